package report

import (
	"bufio"
	"fmt"
	"strings"

	"aftershock/internal/words"
)

// markup is HTML of our own. A constant is markup by itself; a string that comes
// from elsewhere has to be converted, which is done only where it was made safe.
type markup string

// markupWriter writes a page in a language. What its methods take as strings is
// text: whatever it holds, it comes out as characters.
type markupWriter struct {
	*words.Language
	*bufio.Writer
}

// put writes constant markup whose holes, {}, take the values in turn. A hole is
// an element's text, or stands in an attribute between double quotes; in href it
// is the whole address. No other place takes a value: TestHoles reads every call.
func (h *markupWriter) put(m markup, values ...string) {
	rest := string(m)
	for _, v := range values {
		before, after, _ := strings.Cut(rest, "{}")
		h.WriteString(before)
		if strings.HasSuffix(before, `href="`) {
			v = address(v)
		}
		_, _ = asText.WriteString(h, v) // the writer keeps its error for Flush
		rest = after
	}
	h.WriteString(rest)
}

// with puts m with a value, and nothing where the value is "".
func (h *markupWriter) with(m markup, value string) {
	if value != "" {
		h.put(m, value)
	}
}

// each puts m with every value.
func (h *markupWriter) each(m markup, values []string) {
	for _, v := range values {
		h.put(m, v)
	}
}

// list puts values as an unordered list of lines, after the markup that opens it.
func (h *markupWriter) list(open markup, values []string) {
	h.put(open)
	h.each("\n<li>{}</li>", values)
	h.put("\n</ul>")
}

// raw writes markup as it is.
func (h *markupWriter) raw(m markup) { h.WriteString(string(m)) }

// asText makes characters of what has a meaning in text or between quotes. The
// plus sign opens UTF-7, which an old browser may guess; NUL is no character.
var asText = strings.NewReplacer("\x00", "\uFFFD", `"`, "&#34;", "&", "&amp;", "'", "&#39;", "+", "&#43;", "<", "&lt;", ">", "&gt;")

// address writes a fragment or the path of a file beside the page as an address.
// One that names a scheme, such as javascript:, leads nowhere.
func address(s string) string {
	if scheme, _, ok := strings.Cut(s, ":"); ok && !strings.Contains(scheme, "/") {
		return "#"
	}
	var b strings.Builder
	for i := range len(s) {
		c := s[i]
		hex := c == '%' && i+2 < len(s) && isHex(s[i+1]) && isHex(s[i+2]) // escaped already
		if hex || 'a' <= c|0x20 && c|0x20 <= 'z' || '0' <= c && c <= '9' || strings.IndexByte("-._~!#$&*+,/:;=?@[]", c) >= 0 {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02x", c)
		}
	}
	return b.String()
}

func isHex(c byte) bool { return '0' <= c && c <= '9' || 'a' <= c|0x20 && c|0x20 <= 'f' }
