package events

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
)

// ReadCSV reads a catalogue from a CSV file with a header; see [Read].
func ReadCSV(name string, r io.Reader) (*Catalog, error) {
	b := newBuilder(name)
	if data, ok := b.load(r); ok {
		b.table(data)
	}
	return b.catalog()
}

func (b *builder) table(data []byte) {
	in := csv.NewReader(bytes.NewReader(data))
	in.FieldsPerRecord = -1 // counted below, for a better message
	in.Comma = separator(data)
	in.ReuseRecord = true

	rows := bytes.Count(data, []byte("\n"))
	b.events, b.ids = make([]Event, 0, rows), make(map[string]int, rows)
	r := record{fields: map[string]text{}}
	var columns []string
	for {
		start := in.InputOffset()
		row, err := in.Read()
		if err == io.EOF {
			return
		}
		if err != nil {
			b.badQuotes(err, data[start:in.InputOffset()])
			if columns == nil {
				return // rows mean nothing without their header
			}
			continue
		}
		line, _ := in.FieldPos(0)
		switch {
		case columns == nil:
			if columns = b.header(row, line); columns == nil {
				return
			}
		case !slices.ContainsFunc(row, func(s string) bool { return strings.TrimSpace(s) != "" }):
			// spreadsheets leave such rows at the end
		case len(row) < len(columns):
			hint := ""
			if in.InputOffset() == int64(len(data)) && !bytes.HasSuffix(data, []byte("\n")) {
				hint = "; the file may be cut off here"
			}
			b.problem(line, "%d columns where the header has %d; add the missing ones, empty if need be%s", len(row), len(columns), hint)
		case len(row) > len(columns):
			b.problem(line, "%d columns where the header has %d; put quotes around a text that contains %q", len(row), len(columns), in.Comma)
		default:
			b.row(&r, columns, row, line, in.FieldPos)
		}
	}
}

// separator returns the character that separates the columns of the header.
func separator(data []byte) rune {
	header, _, _ := bytes.Cut(data, []byte("\n"))
	best := ','
	for _, c := range ";\t" {
		if bytes.Count(header, []byte(string(c))) > bytes.Count(header, []byte(string(best))) {
			best = c
		}
	}
	return best
}

func (b *builder) badQuotes(err error, raw []byte) {
	var e *csv.ParseError
	if !errors.As(err, &e) {
		b.problem(0, "%v", err)
		return
	}
	switch {
	case errors.Is(err, csv.ErrQuote) && bytes.Count(raw, []byte(`"`))%2 == 1:
		b.problem(e.StartLine, "a quoted text that begins in this row is never closed; add the closing quote, or fetch the file again if it is cut off")
	case errors.Is(err, csv.ErrQuote):
		b.problem(e.Line, `text after a closing quote (character %d); write a quote inside a quoted text as ""`, e.Column)
	default:
		b.problem(e.Line, `a quote inside a text without quotes (character %d); put the text in quotes and write the quote as ""`, e.Column)
	}
}

// header returns the field of each column: a name of fields, "title_" and a
// language, or "" for a column that is not read. It is nil when rows cannot be
// read by it.
func (b *builder) header(row []string, line int) []string {
	before := len(b.errs)
	columns := make([]string, len(row))
	from := map[string]string{} // the header that each field was taken from
	names := make([]string, len(row))
	for i, h := range row {
		names[i] = strings.ToLower(strings.NewReplacer(" ", "_", "-", "_").Replace(strings.TrimSpace(h)))
	}
	// A field's own name goes before its other ones, wherever they stand.
	for _, own := range []bool{true, false} {
		for i, n := range names {
			field := canonical(n)
			if lang, ok := languageColumn(n); ok {
				field = "title_" + lang
			}
			if field == "" || field == "titles" || (own != (field == n)) {
				continue
			}
			switch other, taken := from[field]; {
			case !taken:
				columns[i], from[field] = field, row[i]
			case n == field:
				b.problem(line, "column %s appears twice; rename or remove one", quote(row[i]))
			default:
				b.warnings = append(b.warnings, fmt.Sprintf("%s:%d: column %s is not read: %s gives the %s", b.file, line, quote(row[i]), quote(other), field))
			}
		}
	}
	for i, n := range names {
		if field := canonical(n); columns[i] == "" && (field == "" || field == "titles") {
			if _, ok := languageColumn(n); !ok {
				b.warnings = append(b.warnings, fmt.Sprintf("%s:%d: column %s is not read%s", b.file, line, quote(row[i]), meant(n, fieldNames())))
			}
		}
	}
	if from["id"] == "" {
		b.problem(line, "no column is called id; the first row must name the columns, such as id,time,title,securities")
	}
	if from["time"] == "" && from["date"] == "" {
		b.problem(line, "no column is called time or date; the first row must name the columns, such as id,time,title,securities")
	}
	if len(b.errs) > before {
		return nil
	}
	return columns
}

// languageColumn returns the language of a column such as title_ar.
func languageColumn(name string) (string, bool) {
	for _, prefix := range []string{"title_", "headline_"} {
		if lang, ok := strings.CutPrefix(name, prefix); ok {
			lang = strings.ReplaceAll(lang, "_", "-")
			return lang, langForm.MatchString(lang)
		}
	}
	return "", false
}

// row builds the event of a row. r is memory from row to row.
func (b *builder) row(r *record, columns, row []string, line int, pos func(int) (int, int)) {
	clear(r.fields)
	*r = record{line: line, fields: r.fields, securities: r.securities[:0]}
	for i, s := range row {
		at, _ := pos(i)
		t := text{strings.TrimSpace(s), at}
		switch field := columns[i]; {
		case t.s == "" || field == "":
		case strings.HasPrefix(field, "title_"):
			r.titles = append(r.titles, titleText{strings.TrimPrefix(field, "title_"), t})
		case field == "tags":
			r.tags = words(t)
		case field == "securities":
			for _, w := range words(t) {
				r.securities = append(r.securities, security(w))
			}
		default:
			r.fields[field] = t
		}
	}
	b.add(*r)
}
