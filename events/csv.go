package events

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"math/bits"
	"runtime"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"unicode"
	"unsafe"
)

// ReadCSV reads a catalogue from a CSV file with a header; see [Read].
func ReadCSV(name string, r io.Reader) (*Catalog, error) {
	return newBuilder(name).readCSV(r)
}

func (b *builder) readCSV(r io.Reader) (*Catalog, error) {
	if data, ok := b.load(r); ok {
		b.table(data)
	}
	return b.catalog()
}

func (b *builder) table(data []byte) {
	if bytes.IndexByte(data, '\n') < 0 { // lines that end in a carriage return alone
		data = bytes.ReplaceAll(data, []byte("\r"), []byte("\n"))
	}
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) || bytes.HasPrefix(data, []byte("\xd0\xcf\x11\xe0")) {
		b.problem(0, "it is a workbook (.xlsx, .xls) or another archive, not text; save its sheet as CSV")
		return
	}
	above, comma := b.preamble(data)
	whole := data
	data = data[above:]
	above = bytes.Count(whole[:above], []byte("\n")) // lines
	in := csvReader(data, comma)
	row, err := in.Read()
	if err == io.EOF {
		return
	}
	if err != nil { // rows mean nothing without their header
		b.badQuotes(err, data[:in.InputOffset()], 1+above)
		return
	}
	line, _ := in.FieldPos(0)
	line += above
	columns := b.header(row, line)
	if columns == nil {
		return
	}
	end := in.InputOffset()
	body := csvPart{data[end:], 1 + above + bytes.Count(data[:end], []byte("\n")), in.Comma}
	b.softColumns(columns, row, line, body)
	b.dateOrder(columns, body)
	if len(body.data) < 2*partSize || body.mostRows(len(columns)) > mostEvents || !b.inParts(columns, body) {
		b.rows(columns, body)
	}
}

// dateOrder settles the order of day and month by all rows, where a date is
// written so that it matters.
func (b *builder) dateOrder(columns []string, p csvPart) {
	var at []int
	for i, c := range columns {
		if c == "date" || c == "time" {
			at = append(at, i)
		}
	}
	var seen evidence
	in := csvReader(p.data, p.comma)
	const look = 50      // rows by which a file without such dates is told
	midnights, n := 0, 0 // of times without a zone
	for rows := 0; ; rows++ {
		row, err := in.Read()
		if err == io.EOF || rows == look && seen == (evidence{}) && midnights < n {
			break
		}
		for _, i := range at {
			if err == nil && i < len(row) {
				line, _ := in.FieldPos(i)
				s := strings.TrimSpace(row[i])
				seen.see(s, p.line-1+line)
				if s != "" {
					n++
				}
				if _, ok := atMidnight(s); ok {
					midnights++
				}
			}
		}
	}
	if midnights > 0 && midnights == n && !slices.Contains(columns, "zone") && b.clock == "" {
		b.midnight = true
		b.warnings = append(b.warnings, fmt.Sprintf("%s: every time is midnight, as programs write dates: read as dates", b.file))
	}
	b.decide(seen)
}

// atMidnight returns the date of a time such as 2024-11-18 00:00:00, as programs write
// dates.
func atMidnight(s string) (string, bool) {
	const n = len("2006-01-02")
	if len(s) < n+5 || s[n] != ' ' && s[n] != 'T' {
		return s, false
	}
	clock, fraction, _ := strings.Cut(s[n+1:], ".")
	if clock != "0:00" && clock != "00:00" && clock != "00:00:00" || strings.Trim(fraction, "0") != "" {
		return s, false
	}
	return s[:n], true
}

// softColumns gives up a column that was taken by its heading for the hour, and holds
// something else.
func (b *builder) softColumns(columns, headings []string, line int, p csvPart) {
	i := slices.Index(columns, "hour")
	if i < 0 || squeezed(headings[i]) != "session" && squeezed(headings[i]) != "slot" {
		return
	}
	in := csvReader(p.data, p.comma)
	for range 50 {
		row, err := in.Read()
		if err == io.EOF {
			return
		}
		if err != nil || i >= len(row) {
			continue
		}
		s := strings.TrimSpace(row[i])
		if _, ok := release(s); !ok && !clockForm.MatchString(s) {
			columns[i] = ""
			b.warnings = append(b.warnings, fmt.Sprintf("%s:%d: column %s is not read", b.file, line, quote(headings[i])))
			return
		}
	}
}

// preamble returns where the headings begin, behind blank lines, lines of comment, the
// line sep=; of spreadsheets, and titles, and what separates columns.
func (b *builder) preamble(data []byte) (at int, comma rune) {
	const most = 20
	first, stated := -1, rune(0)
	for range most {
		end := bytes.IndexByte(data[at:], '\n') + 1
		if end == 0 {
			end = len(data) - at
		}
		line := bytes.TrimSpace(data[at : at+end])
		next := at + end
		switch {
		case len(line) == 0 || line[0] == '#' && !(len(line) > 1 && bytes.IndexByte([]byte(",;\t|"), line[1]) >= 0): // #,date,... numbers its rows
		case len(line) <= 5 && bytes.HasPrefix(bytes.ToLower(line), []byte("sep=")):
			if len(line) == 5 {
				stated = rune(line[4])
			} else {
				stated = '\t'
			}
		default:
			if first < 0 {
				first = at
			}
			c := stated
			if c == 0 {
				c = separator(line)
			}
			row, err := csvReader(line, c).Read()
			if err != nil { // a quoted heading of two lines, or no headings at all
				return first, c
			}
			known, dated := 0, false
			for _, h := range row {
				if field, _ := canonical(strings.TrimSpace(h)); field != "" {
					known++
					dated = dated || field == "time" || field == "date"
				}
			}
			if dated && (known > 1 || len(row) == 1 || first == at) {
				return at, c
			}
		}
		if next >= len(data) {
			break
		}
		at = next
	}
	at = max(first, 0)
	if stated != 0 {
		return at, stated
	}
	return at, separator(data[at:])
}

// A csvPart is some rows of a file.
type csvPart struct {
	data  []byte
	line  int // of the file, with which it begins
	comma rune
}

// mostRows returns how many rows with so many columns p may have that hold something:
// what is reserved for them is many times as large as a line. Lines within quotes are no
// rows; where quotes do not come in pairs the rows mean nothing.
func (p csvPart) mostRows(columns int) (n int) {
	quoted := bytes.IndexByte(p.data, '"') >= 0
	begin, open := 0, false
	for at := 0; at < len(p.data); {
		end := bytes.IndexByte(p.data[at:], '\n')
		if end < 0 {
			end = len(p.data) - at
		}
		if quoted && bytes.Count(p.data[at:at+end], []byte(`"`))%2 == 1 {
			open = !open
		}
		if at += end; !open {
			if at-begin >= columns { // what parts them, and a letter
				n++
			}
			begin = at + 1
		}
		at++
	}
	return n
}

func csvReader(data []byte, comma rune) *csv.Reader {
	in := csv.NewReader(bytes.NewReader(data))
	in.FieldsPerRecord = -1 // counted below, for a better message
	in.Comma = comma
	in.ReuseRecord = true
	return in
}

// rows builds the events of p.
func (b *builder) rows(columns []string, p csvPart) {
	if b.events == nil {
		b.events = room(min(p.mostRows(len(columns)), mostEvents))[:0]
	}
	q := b.quickly(columns, p.comma)
	if q == nil || b.careful {
		b.rowsBy(columns, p, 0)
		return
	}
	for some := 16; len(p.data) > 0; some *= 2 { // rows that are read with care after one that needs it
		for len(p.data) > 0 {
			end := bytes.IndexByte(p.data, '\n')
			next := end + 1
			if end < 0 {
				end, next = len(p.data), len(p.data)
			}
			if end > 0 && !q.row(p.data[:end], p.line) {
				break
			}
			p.data = p.data[next:]
			p.line++
		}
		n := b.rowsBy(columns, p, some)
		p.line += bytes.Count(p.data[:n], []byte("\n"))
		if p.data = p.data[n:]; b.lost() || len(b.events) == mostEvents && len(b.errs) > 0 {
			return
		}
	}
}

// rowsBy builds the events of the rows of p, of so many of them (0: of all), by the rules
// of CSV, and returns how many bytes those are.
func (b *builder) rowsBy(columns []string, p csvPart, most int) int {
	if len(p.data) == 0 {
		return 0
	}
	in := csvReader(p.data, p.comma)
	var r record
	pos := func(i int) int {
		line, _ := in.FieldPos(i)
		return p.line - 1 + line
	}
	for n := 0; ; n++ {
		start := in.InputOffset()
		if most > 0 && n == most {
			return int(start)
		}
		row, err := in.Read()
		if err == io.EOF || b.lost() || len(b.events) == mostEvents && len(b.errs) > 0 {
			return len(p.data)
		}
		if err != nil {
			b.badQuotes(err, p.data[start:in.InputOffset()], p.line)
			continue
		}
		switch line := pos(0); {
		case !slices.ContainsFunc(row, func(s string) bool { return strings.TrimSpace(s) != "" }):
			// spreadsheets leave such rows at the end
		case len(row) < len(columns):
			hint := ""
			if in.InputOffset() == int64(len(p.data)) && !bytes.HasSuffix(p.data, []byte("\n")) {
				hint = "; the file may be cut off here"
			}
			b.problem(line, "%d columns where the header has %d; add the missing ones, empty if need be%s", len(row), len(columns), hint)
		case len(row) > len(columns):
			b.problem(line, "%d columns where the header has %d; put quotes around a text that contains %q", len(row), len(columns), in.Comma)
		default:
			b.row(&r, columns, row, line, pos)
		}
	}
}

// room returns n events in memory that has been written to. The collector reads
// what may hold pointers, and pages that are read before they are written are
// mapped twice, the second time by leave of all processors.
func room(n int) []Event {
	const page = 4096 / int(unsafe.Sizeof(Event{}))
	all := make([]Event, n)
	for i := 0; i < n; i += page {
		all[i].DateOnly = false
	}
	return all
}

// partSize is how many bytes of a long file are read by one processor at a time.
const partSize = 1 << 20

// inParts is rows for many rows, on all processors. It reports whether all is
// well: where anything is wrong, b is as it was, and rows says what.
func (b *builder) inParts(columns []string, p csvPart) bool {
	parts := p.split(partSize)
	builders, ends := make([]*builder, len(parts)), make([]int, len(parts)+1)
	for k, part := range parts {
		ends[k+1] = ends[k] + part.mostRows(len(columns))
	}
	all := room(ends[len(parts)])
	var wg sync.WaitGroup
	var next atomic.Int64
	var wrong atomic.Bool
	for range min(runtime.GOMAXPROCS(0), len(parts)) {
		wg.Go(func() {
			for k := int(next.Add(1)) - 1; k < len(parts) && !wrong.Load(); k = int(next.Add(1)) - 1 {
				own := newBuilder(b.file)
				own.ids, own.seed, own.order, own.clock, own.midnight, own.careful, own.undated = nil, b.seed, b.order, b.clock, b.midnight, b.careful, b.undated
				own.events = all[ends[k]:ends[k]:ends[k+1]]
				own.rows(columns, parts[k])
				builders[k] = own
				if len(own.errs) > 0 {
					wrong.Store(true)
				}
			}
		})
	}
	wg.Wait()
	if wrong.Load() {
		return false
	}
	n := 0
	for k, own := range builders {
		if n < ends[k] {
			copy(all[n:], own.events)
		}
		n += len(own.events)
	}
	// A table of IDs by their hashes, half of it empty: each stands where its last bits
	// say, or at the next place that is free.
	ids := make([]uint64, 2<<bits.Len(uint(n)))
	for _, own := range builders {
		for _, h := range own.hashes {
			at := h
			for ; ids[at&uint64(len(ids)-1)] != 0; at++ {
				if ids[at&uint64(len(ids)-1)] == h { // it is used twice, or might be
					return false
				}
			}
			ids[at&uint64(len(ids)-1)] = h
		}
	}
	clear(all[n:])
	b.events = all[:n]
	return true
}

// split cuts p into parts of some size bytes, where a row ends if quotes come in
// pairs.
func (p csvPart) split(size int) (parts []csvPart) {
	data, line := p.data, p.line
	for len(data) > 0 {
		end, open := 0, false
		for {
			n := bytes.IndexByte(data[end:], '\n') + 1
			if n == 0 {
				end = len(data)
				break
			}
			if bytes.Count(data[end:end+n], []byte(`"`))%2 == 1 {
				open = !open
			}
			if end += n; end >= size && !open {
				break
			}
		}
		parts = append(parts, csvPart{data[:end], line, p.comma})
		line += bytes.Count(data[:end], []byte("\n"))
		data = data[end:]
	}
	return parts
}

// separator returns the character that separates the columns of the header.
func separator(data []byte) rune {
	header, _, _ := bytes.Cut(data, []byte("\n"))
	best := ','
	for _, c := range ";\t|" {
		if bytes.Count(header, []byte(string(c))) > bytes.Count(header, []byte(string(best))) {
			best = c
		}
	}
	return best
}

// badQuotes says what is wrong with raw, a row of a part that begins with line first.
func (b *builder) badQuotes(err error, raw []byte, first int) {
	var e *csv.ParseError
	if !errors.As(err, &e) {
		b.problem(0, "%v", err)
		return
	}
	switch {
	case errors.Is(err, csv.ErrQuote) && bytes.Count(raw, []byte(`"`))%2 == 1:
		b.problem(first-1+e.StartLine, "a quoted text that begins in this row is never closed; add the closing quote, or fetch the file again if it is cut off")
	case errors.Is(err, csv.ErrQuote):
		b.problem(first-1+e.Line, `text after a closing quote (character %d); write a quote inside a quoted text as ""`, e.Column)
	default:
		b.problem(first-1+e.Line, `a quote inside a text without quotes (character %d); put the text in quotes and write the quote as ""`, e.Column)
	}
}

// header returns the field of each column: a name of fields, "title_" and a
// language, or "" for a column that is not read. It is nil when rows cannot be
// read by it.
func (b *builder) header(row []string, line int) []string {
	before := len(b.errs)
	if len(row) > mostColumns {
		b.problem(line, "%d columns are more than a catalogue has (%d); leave out what is not read", len(row), mostColumns)
		return nil
	}
	columns := make([]string, len(row))
	from := map[string]int{} // the column that each field is taken from, + 1
	best := map[string]int{} // how far down the list of names of the field that stands
	imported := slices.ContainsFunc(row, func(h string) bool { return squeezed(h) == "rawtime" })
	for i, h := range row {
		field, rank := canonical(strings.TrimSpace(h))
		if !imported && slices.Contains(importFields, field) {
			field = ""
		}
		if isEmbargo(h) && !slices.Contains(columns, embargoed) {
			columns[i] = embargoed
			b.warnings = append(b.warnings, fmt.Sprintf("%s:%d: where %s is later than the time, it is taken for it: nobody could trade on the news before", b.file, line, quote(h)))
			continue
		}
		if field == "" || field == "titles" {
			b.warnings = append(b.warnings, fmt.Sprintf("%s:%d: column %s is not read%s", b.file, line, quote(h), meant(strings.ToLower(strings.TrimSpace(h)), fieldNames())))
			continue
		}
		other, taken := from[field]
		switch {
		case !taken:
		case field == "securities" && numbered(h) && numbered(row[other-1]):
			columns[i] = field
			continue
		case rank == best[field] && squeezed(h) == squeezed(row[other-1]):
			b.problem(line, "column %s appears twice; rename or remove one", quote(h))
			continue
		case rank < best[field]:
			columns[other-1] = ""
			b.notRead(line, row[other-1], h, field)
		default:
			b.notRead(line, h, row[other-1], field)
			continue
		}
		columns[i], from[field], best[field] = field, i+1, rank
	}
	if i := from["time"]; i > 0 {
		b.clock = headingZone(row[i-1])
	}
	if i := from["hour"]; i > 0 && b.clock == "" {
		b.clock = headingZone(row[i-1])
	}
	if from["time"] == 0 && from["date"] == 0 {
		if b.encoding != "" {
			b.problem(line, "not UTF-8 text, and no column is called time or date in %s; save the file as UTF-8", b.encoding)
		} else {
			b.problem(line, "no column is called time or date; the first row must name the columns, such as id,time,title,securities; it reads %s", quote(strings.Join(row, ",")))
		}
	}
	if len(b.errs) > before {
		return nil
	}
	return columns
}

// numbered reports whether a heading ends in a number, as ticker1 does.
func numbered(heading string) bool {
	s := squeezed(heading)
	return s != "" && s[len(s)-1] >= '0' && s[len(s)-1] <= '9'
}

// notRead says that a column is passed over for another of the same field.
func (b *builder) notRead(line int, heading, other, field string) {
	b.warnings = append(b.warnings, fmt.Sprintf("%s:%d: column %s is not read: %s gives the %s", b.file, line, quote(heading), quote(other), field))
}

// embargoed is a column that says until when news was not to be published.
const embargoed = "embargo"

func isEmbargo(heading string) bool {
	name := squeezed(heading)
	return strings.HasPrefix(name, "embargo") || strings.HasPrefix(name, "sperrfrist")
}

// release puts the end of an embargo in the place of an earlier time.
func (b *builder) release(r *record, until text) {
	zone := cmp.Or(r.fields.of("zone").s, b.clock)
	end, _, err := b.zones.moment(until.s, "", zone, b.order)
	if err == nil {
		t, shown, err := b.zones.moment(r.fields.of("date").s, r.fields.of("time").s, zone, b.order)
		if err == nil && shown != Day && !end.After(t) {
			return
		}
	}
	r.fields = slices.DeleteFunc(r.fields, func(f struct {
		name string
		text
	}) bool {
		return f.name == "date" || f.name == "hour"
	})
	r.fields.set("time", until)
}

// languageColumn returns the language of a column such as title_ar.
func languageColumn(heading string) (string, bool) {
	name := strings.ToLower(strings.NewReplacer(" ", "_", "-", "_").Replace(strings.TrimSpace(heading)))
	for _, prefix := range []string{"title_", "headline_"} {
		if lang, ok := strings.CutPrefix(name, prefix); ok {
			lang = strings.ReplaceAll(lang, "_", "-")
			return lang, langForm.MatchString(lang)
		}
	}
	return "", false
}

// row builds the event of a row. r is memory from row to row.
func (b *builder) row(r *record, columns, row []string, line int, pos func(int) int) {
	*r = record{line: line, unnamed: !slices.Contains(columns, "id"), fields: r.fields[:0], securities: r.securities[:0], imported: slices.Contains(columns, "raw_time")}
	var until text // the end of an embargo
	for i, s := range row {
		t := text{strings.TrimFunc(s, empty), pos(i)}
		if b.midnight && (columns[i] == "time" || columns[i] == "date") {
			t.s, _ = atMidnight(t.s)
		}
		switch field := columns[i]; {
		case t.s == "" || field == "":
		case field == embargoed:
			until = t
		case strings.HasPrefix(field, "title_"):
			r.titles = append(r.titles, titleText{strings.TrimPrefix(field, "title_"), t})
		case field == "tags":
			r.tags = words(t)
		case field == "doubts":
			r.doubts = texts(t)
		case field == "unresolved":
			r.unresolved = texts(t)
		case field == "coverage":
			r.coverage = b.reports(t)
		case field == "securities":
			if plain(t.s, 40) { // one symbol, without a sign
				r.securities = append(r.securities, securityText{symbol: t})
				continue
			}
			for _, w := range symbols(t) {
				r.securities = append(r.securities, security(w))
			}
		default:
			r.fields.set(field, t)
		}
	}
	if until.s != "" {
		b.release(r, until)
	}
	b.add(*r)
}

// empty reports whether r is a blank, or has no width.
func empty(r rune) bool {
	return unicode.IsSpace(r) || r >= 0x200b && r <= 0x200f || r == 0xfeff || r >= 0x2060 && r <= 0x2064
}
