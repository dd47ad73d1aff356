package events

import (
	"bytes"
	"fmt"
	"io"
	"path"
	"strings"
	"unicode/utf8"
)

// Read reads a catalogue from r in the format that the extension of name says:
// .yaml, .yml, .json or .csv. The name also stands in messages and origins.
//
// An event has these fields; one of date and time is required, and an id in YAML
// and JSON.
//
//	id           short unique name: letters, digits, '-', '_', '.'; a CSV file
//	             without such a column gets them of date and title
//	time         2025-01-27T14:30:00Z, or 2025-01-27 09:30 with a zone, or a date alone
//	date         the date, where the time is in a field of its own or unknown
//	hour         amc, bmo or dmh: after the close, before the open, during trading,
//	             in the words of the usual sources; or a time of day
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
// Times are read in the forms of feeds (Mon, 18 Nov 2024 09:30:00 -0500), archives
// (20241118143000), spreadsheets (11/18/2024 4:20 PM, 18.11.2024) and seconds since
// 1970, too; see [Reading.Stamp]. In 11/12/2024 the order of day and month is that
// which another line of the file proves; where none does, it is an error.
//
// YAML and JSON hold a list of events, alone or under the key events. Numbers,
// dates and words such as TRUE are taken as they are written. Unknown keys are
// errors.
//
// CSV has a header of those names or the common other ones (timestamp, tickers,
// headline, event_date, session, ...), also in other languages, in any order; lines of
// comment (#), titles, blank lines and sep=; may stand above it. Times that are all
// midnight are dates. A security may stand with its exchange (NASDAQ:NVDA, see
// [Listed]), as $NVDA, in brackets behind a name, or in columns ticker1, ticker2. A heading such as timestamp_utc states
// the zone of its times; titles in other languages stand in columns such as
// title_ar; lists are separated by commas, semicolons or bars, or by spaces between
// symbols (a name such as Deutsche Bank is one security). The
// separator of columns is a comma, a semicolon or a tab, as the header shows.
// Columns with other names are left out, and named in the catalogue's Warnings.
//
// Whatever is wrong with the file is reported at once, as [Errors].
func Read(name string, r io.Reader) (*Catalog, error) { return Options{}.Read(name, r) }

// Options settle what a catalogue leaves open.
type Options struct {
	Order Order // of day and month in 01/02/2025
}

// Read is the function Read with options.
func (o Options) Read(name string, r io.Reader) (*Catalog, error) {
	b := newBuilder(name)
	b.order = o.Order
	switch strings.ToLower(path.Ext(strings.TrimSuffix(name, ".gz"))) { // which somebody has unpacked
	case ".yaml", ".yml":
		return b.readYAML(r)
	case ".json":
		return b.readJSON(r)
	case ".csv", ".tsv":
		return b.readCSV(r)
	}
	return nil, Errors{{name, 0, "the kind of file is not known; name it .yaml, .json or .csv"}}
}

// load reads all of r as text: UTF-8, UTF-16 with its mark, or a one-byte encoding whose
// letters make words, which is told.
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
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		data = fromUTF16(data)
	}
	if utf8.Valid(data) {
		return data, true
	}
	if !hasRunes(data) && bytes.IndexByte(data, 0) < 0 && inWords(data) { // an encoding of before Unicode, throughout
		text, label := guess(data)
		b.encoding = label
		b.warnings = append(b.warnings, fmt.Sprintf("%s: not UTF-8 text; read as %s", b.file, label))
		return text, true
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

// inWords reports whether bytes beyond ASCII stand in words: beside a letter, or
// another such byte.
func inWords(data []byte) bool {
	for i, c := range data {
		if c < 0x80 {
			continue
		}
		for _, k := range [2]int{i - 1, i + 1} {
			if k >= 0 && k < len(data) && (data[k] >= 0x80 || data[k]|0x20 >= 'a' && data[k]|0x20 <= 'z') {
				return true
			}
		}
	}
	return false
}
