package events

import (
	"bytes"
	"cmp"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"
	"unicode"
)

// A Source is one file or answer that an importer reads, and how.
type Source struct {
	Name       string            // the file or address, for messages and origins
	Text       []byte            // as UTF-8, see [UTF8]
	Zone       *time.Location    // of times that have none; nil: unknown
	Securities []string          // of items that name none
	Forms      []string          // of filings to take; empty: 8-K alone; "all": every one
	Mapping    map[string]string // names of columns by field: id, title, time, date, zone, securities, category, source, url

	object   any // of Text, while nobody has taken its records
	document *Document
	wrong    error
	decoded  bool
}

// A Document is a JSON document as a list of records.
type Document struct {
	Top     *Record   // the document itself, nil where it is a list
	Path    string    // the names that lead to the list; "": the document itself
	List    bool      // there is a list
	Records []*Record // its objects; nil for what is none
}

// Object decodes s once, see [Object].
func (s *Source) Object() (any, error) {
	if !s.decoded {
		s.object, s.wrong = Object(s.Text)
		s.decoded = true
	}
	return s.object, s.wrong
}

// Document decodes s once, and takes its records out of what Object returned: only one
// of the two forms of an object is held.
func (s *Source) Document() (*Document, error) {
	if s.document != nil {
		return s.document, nil
	}
	v, err := s.Object()
	if err != nil {
		return nil, err
	}
	list, path := FindList(v)
	d := &Document{Top: RecordOf(v), Path: path, List: list != nil, Records: make([]*Record, len(list))}
	for i, v := range list {
		list[i] = nil
		if d.Records[i] = RecordOf(v); d.Records[i] != nil {
			d.Records[i].Index = i + 1
		}
	}
	s.document, s.object = d, nil
	return d, nil
}

// ErrUnknownKind is returned by readers for a source that is not of their kinds.
var ErrUnknownKind = errors.New("not of a kind that is known")

// Reading returns how to read the times of s.
func (s *Source) Reading() Reading {
	r := Reading{Zone: s.Zone}
	if s.Zone != nil {
		r.Why = "by --zone"
	}
	return r
}

// Batch returns an empty batch of kind.
func (s *Source) Batch(kind string) *Batch { return &Batch{Origin: s.Name, Kind: kind} }

// A Record is a row of a table or an object of a list, under simplified names: the
// letters and digits of the name in lower case.
type Record struct {
	Line   int // 0: unknown
	Index  int // from 1
	Names  []string
	values map[string]any
}

// Simple returns the letters and digits of name in lower case.
func Simple(name string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}

// Has reports whether r has any of names, empty or not.
func (r *Record) Has(names ...string) bool {
	for _, n := range names {
		if _, ok := r.values[n]; ok {
			return true
		}
	}
	return false
}

// Text returns the first of names that is not empty, as text; of an object its name
// or title.
func (r *Record) Text(names ...string) string {
	for _, n := range names {
		if s := textOf(r.values[n]); s != "" {
			return s
		}
	}
	return ""
}

// Raw returns the value of name as it was decoded.
func (r *Record) Raw(name string) any { return r.values[name] }

// List returns the texts of the first of names that has any: those of a list, or a
// text taken apart at commas, semicolons, bars and blanks.
func (r *Record) List(names ...string) []string {
	for _, n := range names {
		var out []string
		switch v := r.values[n].(type) {
		case []any:
			for _, x := range v {
				s := textOf(x)
				if m, ok := x.(map[string]any); ok { // of a security, its symbol goes before its name
					s = cmp.Or(textIn(m, "symbol", "ticker"), s)
				}
				if s != "" {
					out = append(out, s)
				}
			}
		case string:
			v = strings.TrimSpace(v)
			if strings.HasPrefix(v, "[") && strings.HasSuffix(v, "]") { // as Python writes a list
				v = strings.NewReplacer("'", " ", `"`, " ").Replace(v[1 : len(v)-1])
			}
			out = strings.FieldsFunc(v, isSeparator)
		default:
			if s := textOf(v); s != "" {
				out = append(out, s)
			}
		}
		if len(out) > 0 {
			return out
		}
	}
	return nil
}

func textOf(v any) string {
	switch v := v.(type) {
	case string:
		return strings.TrimSpace(v)
	case json.Number:
		return v.String()
	case bool:
		return fmt.Sprint(v)
	case map[string]any:
		return textIn(v, "name", "title", "symbol", "ticker", "domain", "rendered", "value", "topic")
	}
	return ""
}

// textIn returns the first text of an object under one of the names.
func textIn(v map[string]any, names ...string) string {
	for _, n := range names {
		for k, x := range v {
			if Simple(k) == n {
				if s, ok := x.(string); ok && s != "" {
					return strings.TrimSpace(s)
				}
			}
		}
	}
	return ""
}

// most is the number of records that a source may have.
const most = 2_000_000

// Object reads a JSON document into values, numbers as they are written, or objects one
// after the other (JSON lines) into a list of them. It returns
// false where text is no JSON; depth and size are bounded.
func Object(text []byte) (any, error) {
	in := json.NewDecoder(bytes.NewReader(text))
	in.UseNumber()
	var v any
	if err := in.Decode(&v); err != nil {
		return nil, jsonReason(err)
	}
	list := []any{v} // of a document a line
	for n := 0; ; n++ {
		var next map[string]any
		switch err := in.Decode(&next); {
		case err == io.EOF && n == 0:
			return v, nil
		case err == io.EOF:
			return list, nil
		case err != nil || next == nil || n == 0 && RecordOf(v) == nil:
			return nil, errors.New("something follows the end of the document")
		case n > most:
			return nil, fmt.Errorf("more than %d documents", most)
		}
		list = append(list, next)
	}
}

// RecordOf returns the fields of an object, nil for anything else.
func RecordOf(v any) *Record {
	m, ok := v.(map[string]any)
	if !ok {
		return nil
	}
	r := &Record{values: make(map[string]any, len(m))}
	for k, x := range m {
		name := Simple(k)
		if old, twice := r.values[name]; twice && textOf(old) != "" {
			continue
		}
		r.values[name] = x
		r.Names = append(r.Names, k)
	}
	return r
}

// Records returns the objects of a list; what is none comes as nil.
func Records(list []any) []*Record {
	out := make([]*Record, len(list))
	for i, v := range list {
		if out[i] = RecordOf(v); out[i] != nil {
			out[i].Index = i + 1
		}
	}
	return out
}

// FindList returns the list of objects in a JSON document: the document itself, or
// the longest list of objects within two levels of it, with the names that lead to it.
func FindList(v any) (list []any, path string) {
	if l, ok := v.([]any); ok {
		return l, ""
	}
	m, ok := v.(map[string]any)
	if !ok {
		return nil, ""
	}
	best := func(l []any, p string) {
		n := 0
		for _, x := range l {
			if _, ok := x.(map[string]any); ok {
				n++
			}
		}
		if n > 0 && (n > len(list) || n == len(list) && p < path) || list == nil && len(l) == 0 && l != nil && path == "" {
			list, path = l, p
		}
	}
	for k, x := range m {
		switch x := x.(type) {
		case []any:
			best(x, k)
		case map[string]any:
			for k2, y := range x {
				if l, ok := y.([]any); ok {
					best(l, k+"."+k2)
				}
			}
		}
	}
	return list, path
}

// Table reads a CSV file with a header into records: columns separated by commas,
// semicolons, tabs or bars. Rows with another number of columns are rejected in b with
// their lines, and so are those whose quotes cannot be understood; the rows after them
// are read all the same.
func Table(text []byte, b *Batch) (header []string, records []*Record) {
	comma := separator(text)
	if line, _, _ := bytes.Cut(text, []byte("\n")); comma == ',' && bytes.Count(line, []byte("|")) > bytes.Count(line, []byte(",")) {
		comma = '|'
	}
	rest, first := text, 1
	var names []string
	reject := func(line int, format string, args ...any) {
		if header != nil {
			b.Reject(line, format, args...)
		}
	}
	for len(rest) > 0 {
		in := csv.NewReader(bytes.NewReader(rest))
		in.FieldsPerRecord = -1
		in.Comma = comma
		for {
			at := in.InputOffset()
			row, err := in.Read()
			if err == io.EOF {
				return header, records
			}
			if err != nil { // go on with the line after that on which the row began
				begin := rest[at:]
				line := first + bytes.Count(rest[:at], []byte("\n"))
				for len(begin) > 0 && (begin[0] == '\n' || begin[0] == '\r') {
					if begin[0] == '\n' {
						line++
					}
					begin = begin[1:]
				}
				reject(line, "the quotes of this row cannot be understood")
				_, after, _ := bytes.Cut(begin, []byte("\n"))
				rest, first = after, line+1
				break
			}
			at0, _ := in.FieldPos(0)
			line := first - 1 + at0
			switch {
			case blank(row):
				continue
			case header == nil:
				header = row
				for _, h := range row {
					names = append(names, Simple(h))
				}
				continue
			case len(row) != len(header):
				reject(line, "%d columns where the header has %d: %s", len(row), len(header), quote(strings.Join(row, string(comma))))
				continue
			case len(records) >= most:
				reject(line, "more than %d rows; split the file", most)
				return header, records
			}
			r := &Record{Line: line, Index: len(records) + 1, Names: header, values: make(map[string]any, len(row))}
			for i, s := range row {
				if old, ok := r.values[names[i]]; !ok || textOf(old) == "" {
					r.values[names[i]] = s
				}
			}
			records = append(records, r)
		}
	}
	return header, records
}

func blank(row []string) bool {
	for _, s := range row {
		if strings.TrimSpace(s) != "" {
			return false
		}
	}
	return true
}
