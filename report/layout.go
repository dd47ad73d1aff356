package report

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/width"

	"aftershock/internal/words"
)

// clean makes a text from a catalogue or a price source safe to print on one
// line: control characters, which could steer a terminal, and marks of text
// direction, which could reorder what stands beside it, become blanks or go.
func clean(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\u200c' || r == '\u200d': // joiners: Arabic and emoji need them
			return r
		case unicode.IsControl(r) || r == '\u2028' || r == '\u2029':
			return ' '
		case unicode.Is(unicode.Cf, r) || r == unicode.ReplacementChar:
			return -1
		}
		return r
	}, strings.ToValidUTF8(s, " "))
	return strings.Join(strings.Fields(s), " ")
}

// isolate puts s between marks that keep its direction from what stands
// beside it, if any of it runs from right to left.
func isolate(s string) string {
	if words.Leftward(s) {
		return "\u2068" + s + "\u2069"
	}
	return s
}

// Columns is the number of terminal columns that s takes.
func Columns(s string) int { return columns(s) }

// columns is the number of terminal columns that s takes.
func columns(s string) int {
	n := 0
	for _, r := range s {
		switch {
		case r >= ' ' && r <= '~':
			n++
		case unicode.In(r, unicode.Mn, unicode.Me, unicode.Cf):
		case width.LookupRune(r).Kind() == width.EastAsianWide, width.LookupRune(r).Kind() == width.EastAsianFullwidth:
			n += 2
		default:
			n++
		}
	}
	return n
}

// cut returns the longest head of s that takes at most n columns.
func cut(s string, n int) string {
	taken := 0
	for i, r := range s {
		if taken += columns(string(r)); taken > n {
			return s[:i]
		}
	}
	return s
}

// clip shortens s to n columns, the last of them an ellipsis. A number that does not
// fit is left out whole: $5… is not the beginning of $589bn.
func clip(s string, n int) string {
	if columns(s) <= n {
		return s
	}
	head := cut(s, n-1)
	rest := strings.TrimLeft(s[len(head):], ".,")
	if next, _ := utf8.DecodeRuneInString(rest); unicode.IsDigit(next) || next == '%' {
		if whole := strings.TrimRightFunc(head, numeral); strings.TrimSpace(whole) != "" {
			head = whole
		}
	}
	return strings.TrimRight(head, " ,;:،؛") + "…"
}

// numeral reports whether r belongs to a number: a digit, a mark, a sign, a currency.
func numeral(r rune) bool {
	return unicode.IsDigit(r) || strings.ContainsRune(".,+-−%", r) || unicode.Is(unicode.Sc, r)
}

// wrap breaks s at blanks, not at no-break spaces, into lines of at most n
// columns; a longer word is broken where the line ends.
func wrap(s string, n int) []string {
	var lines []string
	line := ""
	for _, word := range strings.FieldsFunc(s, func(r rune) bool { return r == ' ' }) {
		if line != "" && columns(line)+1+columns(word) > n {
			lines, line = append(lines, line), ""
		}
		for columns(word) > n {
			head := cut(word, n)
			lines, word = append(lines, head), word[len(head):]
		}
		if line != "" {
			line += " "
		}
		line += word
	}
	if line != "" {
		lines = append(lines, line)
	}
	return lines
}

// tellApart shortens in the middle those cells of column j that would read the same
// if their ends were cut to n columns.
func (g *grid) tellApart(j, n int) {
	same := make(map[string]map[string]bool)
	for _, r := range g.rows {
		if columns(r[j]) > n {
			c := clip(r[j], n)
			if same[c] == nil {
				same[c] = make(map[string]bool)
			}
			same[c][r[j]] = true
		}
	}
	for k, r := range g.rows {
		if columns(r[j]) > n && len(same[clip(r[j], n)]) > 1 {
			r = slices.Clone(r)
			r[j] = middle(r[j], n)
			g.rows[k] = r
		}
	}
}

// middle shortens s to n columns by an ellipsis in its middle.
func middle(s string, n int) string {
	tail := s
	for columns(tail) > n-1-(n-1)/3 {
		_, size := utf8.DecodeRuneInString(tail)
		tail = tail[size:]
	}
	if word := strings.IndexByte(tail, ' '); word >= 0 && 2*word < len(tail) { // from a word on, where that costs little
		tail = strings.TrimLeft(tail[word:], " ")
	}
	return strings.TrimRight(cut(s, n-1-columns(tail)), " ") + "…" + tail
}

// A grid is a table of text whose columns fit a width.
type grid struct {
	heads []head
	rows  [][]string
	tight bool // one blank between columns
}

// head heads a column of a grid.
type head struct {
	name  string
	left  bool   // aligned left
	fill  bool   // it gives way where the others need the room, and takes what they leave
	order int    // columns are shown by rising order, as long as there is room; 0 always
	as    string // what it is called where it had to be left out; "": its absence need not be mentioned
}

// gap is what stands between two columns.
func (g *grid) gap() string {
	if g.tight {
		return " "
	}
	return "  "
}

// render returns the lines of g, at most width columns wide, and what the
// columns are called for which there was no room. A column of order 0 is clipped
// where there is not even room for these.
func (g *grid) render(width int) (lines []string, dropped []string) {
	gap := g.gap()
	wide := make([]int, len(g.heads))
	last := 0
	for j, h := range g.heads {
		wide[j] = columns(h.name)
		for _, r := range g.rows {
			wide[j] = max(wide[j], columns(r[j]))
		}
		last = max(last, h.order)
	}
	least := slices.Clone(wide)
	for j, h := range g.heads {
		if h.fill {
			least[j] = min(wide[j], 16)
		}
	}
	show := make([]bool, len(g.heads))
	used, full := -len(gap), false
	for order := range last + 1 {
		for j, h := range g.heads {
			if h.order != order {
				continue
			}
			full = full || order > 0 && used+len(gap)+least[j] > width
			if !full {
				show[j], used = true, used+len(gap)+least[j]
			} else if h.as != "" {
				dropped = append(dropped, h.as)
			}
		}
	}
	for j, h := range g.heads {
		if h.fill && show[j] {
			grown := min(wide[j], max(least[j], least[j]+width-used))
			used += grown - least[j]
			wide[j] = grown
		}
	}
	for j := len(wide) - 1; j >= 0 && used > width; j-- {
		if g.heads[j].left && show[j] {
			cut := min(used-width, max(0, wide[j]-6))
			wide[j], used = wide[j]-cut, used-cut
		}
	}
	for j, h := range g.heads {
		if h.fill && show[j] {
			g.tellApart(j, wide[j])
		}
	}
	put := func(cells func(j int) string) {
		var b strings.Builder
		for j := range g.heads {
			if !show[j] {
				continue
			}
			if b.Len() > 0 {
				b.WriteString(gap)
			}
			c := clip(cells(j), wide[j])
			pad := strings.Repeat(" ", wide[j]-columns(c))
			c = isolate(c)
			if g.heads[j].left {
				b.WriteString(c + pad)
			} else {
				b.WriteString(pad + c)
			}
		}
		lines = append(lines, strings.TrimRight(b.String(), " "))
	}
	put(func(j int) string { return g.heads[j].name })
	for _, r := range g.rows {
		put(func(j int) string { return r[j] })
	}
	return lines, dropped
}
