package events

import (
	"bytes"
	"io"
	"path"
	"strings"
	"unicode/utf8"
)

// Read reads a catalogue from r in the format that the extension of name says:
// .yaml, .yml, .json or .csv. The name also stands in messages and origins.
//
// An event has these fields; id and one of date and time are required.
//
//	id           short unique name: letters, digits, '-', '_', '.'
//	time         2025-01-27T14:30:00Z, or 2025-01-27 09:30 with a zone, or a date alone
//	date         the date, where the time is in a field of its own or unknown
//	zone         America/New_York, UTC or -05:00: the clock of a time without an
//	             offset; a time with one is kept as that instant, shown in this zone
//	after_close  true: a date alone whose news came after the close
//	precision    second, minute, approx or date: how well the time is known
//	confidence   how sure the time is, in words
//	title        the title; titles: {en: ..., ar: ...} in several languages
//	category     one, such as earnings
//	tags         a list of words
//	securities   a list of symbols, each with the sign expected if there is one:
//	             NVDA, NVDA:+, NVDA:-, {symbol: NVDA, sign: -1}
//	source       where the news was read
//	note         anything else
//
// Two rules keep news in its right session. A time without a zone is an error,
// as is a local time that clock changes skip or repeat. And precision only
// describes: an event with precision date and a full timestamp keeps its
// instant, as its author's best knowledge; who knows no hour writes no hour,
// and after_close where the news came in the evening.
//
// YAML and JSON hold a list of events, alone or under the key events. Numbers,
// dates and words such as TRUE are taken as they are written. Unknown keys are
// errors.
//
// CSV has a header of those names or the common other ones (timestamp, tickers,
// headline, ...), in any order; titles in other languages stand in columns such
// as title_ar; lists are separated by spaces, commas, semicolons or bars. The
// separator of columns is a comma, a semicolon or a tab, as the header shows.
// Columns with other names are left out, and named in the catalogue's Warnings.
//
// Whatever is wrong with the file is reported at once, as [Errors].
func Read(name string, r io.Reader) (*Catalog, error) {
	switch strings.ToLower(path.Ext(name)) {
	case ".yaml", ".yml":
		return ReadYAML(name, r)
	case ".json":
		return ReadJSON(name, r)
	case ".csv":
		return ReadCSV(name, r)
	}
	return nil, Errors{{name, 0, "the kind of file is not known; name it .yaml, .json or .csv"}}
}

// load reads all of r as UTF-8 text, without its byte-order mark.
func (b *builder) load(r io.Reader) ([]byte, bool) {
	var in bytes.Buffer
	if of, ok := r.(interface{ Len() int }); ok { // it is known how long
		in.Grow(of.Len() + bytes.MinRead)
	}
	if _, err := in.ReadFrom(r); err != nil {
		b.problem(0, "%v", err)
		return nil, false
	}
	data := in.Bytes()
	data = bytes.TrimPrefix(data, []byte("\ufeff"))
	if utf8.Valid(data) {
		return data, true
	}
	line := 1
	for rest := data; len(rest) > 0; {
		r, size := utf8.DecodeRune(rest)
		if r == utf8.RuneError && size == 1 {
			break
		}
		if r == '\n' {
			line++
		}
		rest = rest[size:]
	}
	b.problem(line, "not UTF-8 text; save the file as UTF-8")
	return nil, false
}
