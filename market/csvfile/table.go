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
	"unsafe"

	"golang.org/x/text/encoding/htmlindex"
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
	case bytes.HasPrefix(data, []byte{0xff, 0xfe}) && !bytes.HasPrefix(data, []byte{0xff, 0xfe, 0, 0}):
		return fromUTF16(data[2:], binary.LittleEndian), nil
	case bytes.HasPrefix(data, []byte{0xfe, 0xff}):
		return fromUTF16(data[2:], binary.BigEndian), nil
	}
	for _, k := range kinds {
		if bytes.HasPrefix(data, []byte(k.start)) {
			return "", errors.New(k.is)
		}
	}
	if head := data[:min(len(data), 512)]; bytes.IndexByte(head, 0) >= 0 {
		var zeros [2]int
		for i, c := range head {
			if c == 0 {
				zeros[i%2]++
			}
		}
		switch { // UTF-16 without a mark: of Latin letters every second byte is 0
		case zeros[0] > len(head)/3 && zeros[1] == 0:
			return fromUTF16(data, binary.BigEndian), nil
		case zeros[1] > len(head)/3 && zeros[0] == 0:
			return fromUTF16(data, binary.LittleEndian), nil
		}
		return "", errors.New("it is not text")
	}
	if !utf8.Valid(data) {
		return fromBytes(data)
	}
	return unsafe.String(unsafe.SliceData(data), len(data)), nil // files are large, and nobody changes what was read
}

// kinds are what files that are no text begin with.
var kinds = []struct{ start, is string }{
	{"\xff\xfe\x00\x00", "it is UTF-32; save it as UTF-8"},
	{"\x00\x00\xfe\xff", "it is UTF-32; save it as UTF-8"},
	{"PK\x03\x04", "it is a workbook (.xlsx, .ods) or another zip archive, not text; save its sheet as CSV"},
	{"\xd0\xcf\x11\xe0", "it is a workbook (.xls), not text; save its sheet as CSV"},
	{"PAR1", "it is Parquet, not text; name it .parquet and read it with prices.source: panel"},
	{"ARROW1", "it is Feather (Arrow), not text; save it as CSV or Parquet"},
	{"ORC", "it is ORC, not text; save it as CSV or Parquet"},
	{"\x89HDF", "it is HDF5, not text; save it as CSV or Parquet"},
	{"%PDF", "it is a PDF, not text; save its table as CSV"},
	{"{\\rtf", "it is RTF, not plain text; save it as CSV"},
	{"\x80\x04\x95", "it is a pickle of Python, not text; save it as CSV or Parquet"},
	{"\x80\x05\x95", "it is a pickle of Python, not text; save it as CSV or Parquet"},
	{"7z\xbc\xaf", "it is a 7z archive, not text; unpack it"},
	{"BZh", "it is compressed by bzip2; decompress it, or compress it by gzip"},
	{"\xfd7zXZ", "it is compressed by xz; decompress it, or compress it by gzip"},
	{"\x28\xb5\x2f\xfd", "it is compressed by zstd; decompress it, or compress it by gzip"},
	{"version https://git-lfs", "it is a pointer of Git LFS, not the file; fetch that (git lfs pull)"},
}

// legacy are encodings of before Unicode, of which spreadsheets still make use: that
// is taken in which the first lines name a column.
var legacy = []string{"windows-1252", "windows-1251", "windows-1250", "windows-1256", "windows-1254", "windows-1253", "shift_jis", "gbk", "euc-kr", "big5"}

// fromBytes decodes text that is not UTF-8. Of the encodings in which it names
// columns that is taken in which it names most of them; Windows-1252, which says
// nothing about letters beyond ASCII, where none does.
func fromBytes(data []byte) (string, error) {
	head := data[:min(len(data), 4096)]
	best, most := "windows-1252", 0
	for _, name := range legacy {
		e, err := htmlindex.Get(name)
		if err != nil {
			continue
		}
		s, err := e.NewDecoder().Bytes(head)
		if err != nil {
			continue
		}
		if n := named(string(s)); n > most {
			best, most = name, n
		}
	}
	e, err := htmlindex.Get(best)
	if err != nil {
		return "", err
	}
	s, err := e.NewDecoder().Bytes(data)
	return string(s), err
}

// named returns how many columns the line among the first of s names that names most.
func named(s string) (most int) {
	for range mostHeadings {
		line, rest, more := strings.Cut(s, "\n")
		t := table{rest: line, delim: detectDelimiter(line)}
		if ok, err := t.next(); ok && err == nil {
			n := 0
			for _, f := range t.fields {
				if columnNamed(canonical(f)) >= 0 {
					n++
				}
			}
			most = max(most, n)
		}
		if s = rest; !more {
			break
		}
	}
	return most
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
// comma last, which may be a mark of decimals, and blanks only where there is
// nothing else.
func detectDelimiter(line string) byte {
	best, most := byte(','), 0
	for _, d := range []byte{';', '\t', '|', ','} {
		if n := strings.Count(line, string(d)); n > most {
			best, most = d, n
		}
	}
	if most == 0 && strings.IndexByte(strings.TrimSpace(line), ' ') > 0 {
		return ' '
	}
	return best
}

// ahead returns the next line that is not blank.
func (t *table) ahead() string {
	for rest := t.rest; rest != ""; {
		line, after, _ := strings.Cut(rest, "\n")
		if strings.TrimSpace(line) != "" {
			return line
		}
		rest = after
	}
	return ""
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
	if t.delim == ' ' { // one or many are one delimiter
		line = strings.Join(strings.Fields(line), " ")
	}
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
			if t.delim == ' ' {
				continue
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
	return strings.TrimFunc(s, func(r rune) bool {
		return r == ' ' || r == '\t' || r == '\u00a0' || r == '\u202f' || r == '\u2009' || r == '\u2007' || r == '\u3000' || unseen(r)
	})
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
