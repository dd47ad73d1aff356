package events

import (
	"bytes"
	"fmt"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding"
	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/encoding/htmlindex"

	"aftershock/internal/pattern"
)

// declared finds what XML, HTML and CSS say of their encoding.
var declared = pattern.New(`(?i)(?:<\?xml[^>]{0,200}?encoding\s*=\s*|<meta[^>]{0,200}?charset\s*=\s*)["']?\s*([A-Za-z0-9._:-]+)`)

// UTF8 returns data as UTF-8 without byte-order mark, and tells what was odd: an
// encoding declared that is not the true one, and bytes that are none. transport is
// the encoding that came with data, as in a Content-Type; "" where none did. What is
// valid UTF-8 with letters beyond ASCII is UTF-8, whatever it says of itself; what
// claims to be UTF-8 and is not is read in the one-byte encoding whose letters make
// words (Arabic, Cyrillic or Western).
func UTF8(data []byte, transport string) (text []byte, told []string) {
	switch {
	case bytes.HasPrefix(data, []byte("\xef\xbb\xbf")):
		data = data[3:]
	case bytes.HasPrefix(data, []byte("\xff\xfe")), bytes.HasPrefix(data, []byte("\xfe\xff")):
		return fromUTF16(data), nil
	case len(data) > 3 && data[0] == '<' && data[1] == 0:
		return fromUTF16(append([]byte("\xff\xfe"), data...)), []string{"UTF-16 without a byte-order mark"}
	case len(data) > 3 && data[0] == 0 && data[1] == '<':
		return fromUTF16(append([]byte("\xfe\xff"), data...)), []string{"UTF-16 without a byte-order mark"}
	}
	name := ""
	if m := declared.FindSubmatch(data[:min(len(data), 4096)]); m != nil {
		name = strings.ToLower(string(m[1]))
	} else {
		name = strings.ToLower(transport)
	}
	if utf8.Valid(data) {
		if e, err := htmlindex.Get(name); name != "" && err == nil && !isUnicode(e) && hasHigh(data) {
			told = append(told, fmt.Sprintf("declares %s and is UTF-8; read as UTF-8", name))
		}
		return data, told
	}
	if e, err := htmlindex.Get(name); name != "" && err == nil && !isUnicode(e) {
		if out, err := e.NewDecoder().Bytes(data); err == nil {
			if better, label := guess(data); better != nil && label != canonicalLabel(e) && lettersOf(string(out)) < 0.75*lettersOf(string(better)) {
				return better, append(told, fmt.Sprintf("declares %s and is %s; read as %s", name, label, label))
			}
			return out, told
		}
	} else if name != "" && err != nil {
		told = append(told, fmt.Sprintf("declares the encoding %s, which is not known", quote(name)))
	}
	if bad := invalid(data); bad*200 < len(data) && hasRunes(data) { // a slip in a text that is UTF-8 else
		return bytes.ToValidUTF8(data, []byte("\ufffd")), append(told, fmt.Sprintf("%d bytes are not UTF-8; shown as \ufffd", bad))
	}
	out, label := guess(data)
	if name == "" {
		return out, append(told, fmt.Sprintf("declares no encoding and is not UTF-8; read as %s", label))
	}
	return out, append(told, fmt.Sprintf("declares %s and is not; read as %s", name, label))
}

// isUnicode reports whether e is UTF-8 or UTF-16, which data that declares so in ASCII
// letters cannot be.
func isUnicode(e encoding.Encoding) bool {
	return strings.HasPrefix(canonicalLabel(e), "utf-")
}

func canonicalLabel(e encoding.Encoding) string {
	name, err := htmlindex.Name(e)
	if err != nil {
		return ""
	}
	return name
}

func fromUTF16(data []byte) []byte {
	big := data[0] == 0xfe
	u := make([]uint16, 0, len(data)/2)
	for i := 2; i+1 < len(data); i += 2 {
		if big {
			u = append(u, uint16(data[i])<<8|uint16(data[i+1]))
		} else {
			u = append(u, uint16(data[i+1])<<8|uint16(data[i]))
		}
	}
	return []byte(string(utf16.Decode(u)))
}

func hasHigh(data []byte) bool {
	return bytes.ContainsFunc(data, func(r rune) bool { return r >= 0x80 })
}

// hasRunes reports whether data holds letters beyond ASCII that are well-formed UTF-8.
func hasRunes(data []byte) bool {
	return bytes.ContainsFunc(data, func(r rune) bool { return r >= 0x80 && r != utf8.RuneError })
}

// invalid counts the bytes that are not UTF-8.
func invalid(data []byte) (n int) {
	for len(data) > 0 {
		r, size := utf8.DecodeRune(data)
		if r == utf8.RuneError && size == 1 {
			n++
		}
		data = data[size:]
	}
	return n
}

// guess reads data in the one-byte encoding in which its high bytes make words.
func guess(data []byte) (text []byte, label string) {
	sample := data[:min(len(data), 1<<18)]
	best := -1.0
	var chosen *charmap.Charmap
	for _, c := range []struct {
		label string
		m     *charmap.Charmap
	}{{"windows-1252", charmap.Windows1252}, {"windows-1256", charmap.Windows1256}, {"windows-1251", charmap.Windows1251}} {
		out, err := c.m.NewDecoder().Bytes(sample)
		if err != nil {
			continue
		}
		if n := lettersOf(string(out)); n > best {
			best, label, chosen = n, c.label, c.m
		}
	}
	text, err := chosen.NewDecoder().Bytes(data)
	if err != nil {
		return bytes.ToValidUTF8(data, []byte("\ufffd")), "UTF-8"
	}
	return text, label
}

// common are the letters that are frequent in texts of the scripts that guess knows.
const common = "اليمنتوربعهدسةفأحقكإшоеаинтсрвлкмдпузяыьгйчбхжцюé äöüßñèàçóíáêôâî"

// lettersOf judges a text by its letters beyond ASCII: frequent ones count fully, others
// half, signs and letters of two scripts side by side against it; the mean, so 1 at best.
func lettersOf(s string) float64 {
	sum, n := 0.0, 0
	var before rune
	for _, r := range s {
		if r >= 0x80 {
			n++
			switch {
			case r == utf8.RuneError || unicode.IsControl(r):
				sum -= 2
			case strings.ContainsRune(common, r):
				sum++
			case unicode.IsLetter(r):
				sum += 0.4
			case unicode.In(r, unicode.Punct):
				sum += 0.5
			}
			if latin := unicode.Is(unicode.Latin, r); unicode.IsLetter(before) && unicode.IsLetter(r) && latin != unicode.Is(unicode.Latin, before) {
				sum -= 1
			}
			if unicode.IsUpper(r) && unicode.IsLower(before) { // wORD
				sum -= 1
			}
		}
		before = r
	}
	if n == 0 {
		return 1
	}
	return sum / float64(n)
}

// Untwice undoes UTF-8 that was taken for Windows-1252 and encoded again (â€™ for ’),
// and reports whether it did. A text in which only part was is left alone, unless
// what remains is ASCII.
func Untwice(s string) (string, bool) {
	if !strings.ContainsAny(s, "ÃÂâÐÑØÙÚÛã") {
		return s, false
	}
	out := make([]byte, 0, len(s))
	for _, r := range s {
		if r < 0x80 || 0x80 <= r && r < 0xa0 { // C1 controls stand for the bytes that 1252 lacks
			out = append(out, byte(r))
			continue
		}
		b, ok := charmap.Windows1252.EncodeRune(r)
		if !ok {
			return s, false
		}
		out = append(out, b)
	}
	if !utf8.Valid(out) || len(out) >= len(s) {
		return s, false
	}
	return string(out), true
}
