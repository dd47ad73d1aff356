package csvfile

import (
	"bytes"
	"compress/gzip"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// The most bytes of text that a file may hold: more than any history has, and so
// much less than a machine's memory that what is made of them fits into it.
const (
	largestSeries = 64 << 20
	largestPanel  = 256 << 20
)

// text decodes a file's bytes: gzip, a byte-order mark, UTF-16. Lines that end in
// a carriage return alone end in a line feed after it.
func text(data []byte, most int64) (string, error) {
	s, err := decode(data, most)
	if err != nil {
		return "", err
	}
	if strings.TrimSpace(s) == "" {
		return "", errors.New("it is empty")
	}
	if !strings.Contains(s, "\n") {
		s = strings.ReplaceAll(s, "\r", "\n")
	}
	return s, nil
}

// gunzip returns the contents of a compressed file, which may hold most bytes.
func gunzip(data []byte, most int64) ([]byte, error) {
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	var room bytes.Buffer
	_, err = room.ReadFrom(io.LimitReader(z, most+1))
	out := room.Bytes()
	if int64(len(out)) > most {
		return nil, fmt.Errorf("it is compressed and holds more than %d bytes; decompress and part it", most)
	}
	return out, err
}

func decode(data []byte, most int64) (string, error) {
	if bytes.HasPrefix(data, []byte{0x1f, 0x8b}) {
		var err error
		if data, err = gunzip(data, most); err != nil {
			return "", err
		}
	}
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}):
		return fromUTF16(data[2:], binary.LittleEndian), nil
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return fromUTF16(data[2:], binary.BigEndian), nil
	}
	if bytes.IndexByte(data[:min(len(data), 512)], 0) >= 0 {
		return "", errors.New("it is not text")
	}
	if !utf8.Valid(data) { // Western European, as spreadsheets write it
		return charmap.Windows1252.NewDecoder().String(string(data))
	}
	return string(data), nil
}

func fromUTF16(b []byte, order binary.ByteOrder) string {
	u := make([]uint16, len(b)/2)
	for i := range u {
		u[i] = order.Uint16(b[2*i:])
	}
	return string(utf16.Decode(u))
}

// table walks the lines of a delimited text.
type table struct {
	rest   string
	delim  byte
	line   int      // number of the line last read, from 1
	fields []string // of that line, reused
}

// detectDelimiter returns the delimiter that parts the line into most fields; the
// comma last, which may be a mark of decimals.
func detectDelimiter(line string) byte {
	best, most := byte(','), 0
	for _, d := range []byte{';', '\t', '|', ','} {
		if n := strings.Count(line, string(d)); n > most {
			best, most = d, n
		}
	}
	return best
}

// next reads the next line that is not blank into t.fields, trimmed of blanks
// and quotes. It returns false at the end. A quoted field does not span lines.
func (t *table) next() (bool, error) {
	for t.rest != "" {
		line := t.rest
		if i := strings.IndexByte(t.rest, '\n'); i >= 0 {
			line, t.rest = t.rest[:i], t.rest[i+1:]
		} else {
			t.rest = ""
		}
		t.line++
		line = strings.TrimSuffix(line, "\r")
		if strings.Trim(line, " \t") == "" {
			continue
		}
		return true, t.split(line)
	}
	return false, nil
}

func (t *table) split(line string) error {
	t.fields = t.fields[:0]
	if strings.IndexByte(line, '"') < 0 {
		for {
			i := strings.IndexByte(line, t.delim)
			if i < 0 {
				t.fields = append(t.fields, trim(line))
				return nil
			}
			t.fields = append(t.fields, trim(line[:i]))
			line = line[i+1:]
		}
	}
	for {
		if f := strings.TrimLeft(line, " "); strings.HasPrefix(f, `"`) {
			f = f[1:]
			end := 0
			for {
				i := strings.IndexByte(f[end:], '"')
				if i < 0 {
					return errors.New("a quotation mark is not closed")
				}
				end += i
				if !strings.HasPrefix(f[end+1:], `"`) {
					break
				}
				end += 2
			}
			t.fields = append(t.fields, trim(strings.ReplaceAll(f[:end], `""`, `"`)))
			line = strings.TrimLeft(f[end+1:], " ")
			if line == "" {
				return nil
			}
			if line[0] != t.delim {
				return errors.New("text follows a closing quotation mark")
			}
			line = line[1:]
			continue
		}
		i := strings.IndexByte(line, t.delim)
		if i < 0 {
			t.fields = append(t.fields, trim(line))
			return nil
		}
		t.fields = append(t.fields, trim(line[:i]))
		line = line[i+1:]
	}
}

// trim removes blanks, no-break spaces among them.
func trim(s string) string {
	if s == "" || s[0] > ' ' && s[0] < utf8.RuneSelf && s[len(s)-1] > ' ' && s[len(s)-1] < utf8.RuneSelf {
		return s
	}
	return strings.Trim(s, " \t\u00a0\u202f")
}

// maxShown is the number of wrong rows that an error spells out.
const maxShown = 10

// problems collects the wrong rows of one file.
type problems struct {
	file  string
	shown []error
	count int
}

func (p *problems) add(line int, format string, args ...any) {
	if p.count++; p.count <= maxShown {
		p.shown = append(p.shown, fmt.Errorf("%s:%d: %s", p.file, line, fmt.Sprintf(format, args...)))
	}
}

func (p *problems) err() error {
	switch {
	case p.count == 0:
		return nil
	case p.count > maxShown:
		return errors.Join(append(p.shown, fmt.Errorf("%s: and %d more wrong rows", p.file, p.count-maxShown))...)
	}
	return errors.Join(p.shown...)
}
