package report

import (
	"bytes"
	"encoding/csv"
	"encoding/xml"
	"fmt"
	"html"
	"math"
	"slices"
	"strconv"
	"strings"

	"aftershock/internal/pattern"
)

// A glyphSheet makes charts parts of one page. As package plots writes them,
// each holds the outlines of its own glyphs and spells its words by them. On a
// page each outline stands once, and so does each line of text: the words of
// axes, legends and captions are the same from chart to chart.
type glyphSheet struct {
	defs  strings.Builder
	names map[string]string // of what stands in defs, by what it is
}

// picture is a chart as it stands on a page.
type picture struct {
	Name    string // what it shows, for readers who hear the page
	ViewBox string
	Body    string // its elements, which refer to the sheet
	Own     bool   // it has colours that are not known, and keeps its own paper
	// Of a chart over event time: where its data lies, as package plots notes it (see
	// its method overTime), and its lines.
	Frame, Across, Up, At string
	Lines                 []pathOf
}

// pathOf is a line of a chart: its values from one session on, as they are written.
type pathOf struct {
	name   string
	from   int
	values []string // "-" for none
}

var (
	viewBox = pattern.New(`^<svg [^>]*viewBox="([-0-9. ]+)"`)
	partOf  = pattern.New(`^<g data-series="([^"<>]*)"(?: data-from="(-?[0-9]+)" data-values="([-0-9. ]*)")?>$`)
	colorOf = pattern.New(`(?:fill|stroke)="(#[0-9a-f]{6})"`)
)

// add takes a chart apart, one element a line. dark tells the colours that it
// may have. Errors: a chart that is not written as package plots does.
func (s *glyphSheet) add(svg []byte, dark map[string]string) (p picture, err error) {
	head := viewBox.FindSubmatch(svg)
	if head == nil {
		return p, fmt.Errorf("no SVG with a view box")
	}
	p.ViewBox = string(head[1])
	own := make(map[string]string) // names of glyphs in the sheet, by those in the chart
	var body strings.Builder
	var spoken []string
	for line := range strings.Lines(string(svg)) {
		line = strings.TrimSuffix(line, "\n")
		switch {
		case strings.HasPrefix(line, "<svg "), line == "</svg>", line == "<defs>", line == "</defs>", line == "":
		case strings.HasPrefix(line, "<title>"), strings.HasPrefix(line, "<desc>"):
			var text string
			if err := xml.Unmarshal([]byte(line), &text); err != nil {
				return p, fmt.Errorf("its title or description: %w", err)
			}
			spoken = append(spoken, text)
		case strings.HasPrefix(line, "<metadata "):
			var m struct {
				Frame string `xml:"data-frame,attr"`
				X     string `xml:"data-x,attr"`
				Y     string `xml:"data-y,attr"`
				At    string `xml:"data-at,attr"`
			}
			if err := xml.Unmarshal([]byte(line), &m); err != nil {
				return p, fmt.Errorf("where its data lies: %w", err)
			}
			p.Frame, p.Across, p.Up, p.At = clean(m.Frame), clean(m.X), clean(m.Y), clean(m.At)
		case strings.HasPrefix(line, `<path id="`):
			id, outline, _ := strings.Cut(line[len(`<path id="`):], `" d="`)
			outline, end, ok := strings.Cut(outline, `"`)
			if !ok {
				return p, fmt.Errorf("a glyph without an end: %.60s", line)
			}
			outline, ok = relative(outline)
			if !ok {
				return p, fmt.Errorf("an outline that is not known: %.60s", line)
			}
			own[id] = s.define("<path", ` d="`+outline+`"`+end)
		case strings.HasPrefix(line, `<g fill="`):
			attrs, glyphs, ok := strings.Cut(line[len("<g"):], ">")
			glyphs, closed := strings.CutSuffix(glyphs, "</g>")
			if !ok || !closed {
				return p, fmt.Errorf("a line of text without an end: %.60s", line)
			}
			if strings.Count(line, "<") != 2+strings.Count(glyphs, "<use ") {
				return p, fmt.Errorf("a line of text with more than glyphs: %.60s", line)
			}
			uses, ok := usesOf(glyphs)
			if !ok {
				return p, fmt.Errorf("a glyph that is not known: %.60s", line)
			}
			glyphs = s.words(uses, own)
			if c := colorOf.FindStringSubmatch(attrs); c != nil {
				p.Own = p.Own || dark[c[1]] == ""
			}
			fmt.Fprintf(&body, "<use href=\"#%s\"%s/>\n", s.define("<g", ">"+glyphs+"</g>"), pointed.Replace(attrs))
		case line == "</g>":
			body.WriteString(line + "\n")
		case strings.HasPrefix(line, "<g data-series="):
			part := partOf.FindStringSubmatch(line)
			if part == nil {
				return p, fmt.Errorf("a line that is not known: %.60s", line)
			}
			body.WriteString(`<g data-series="` + part[1] + "\">\n") // its figures stand in picture.Lines
			if part[2] != "" {
				from, err := strconv.Atoi(part[2])
				if err != nil {
					return p, fmt.Errorf("a line that is not known: %.60s", line)
				}
				p.Lines = append(p.Lines, pathOf{html.UnescapeString(part[1]), from, strings.Fields(part[3])})
			}
		case strings.HasPrefix(line, `<path d="`) && strings.Count(line, "<") == 1:
			d, attrs, _ := strings.Cut(line[len(`<path d="`):], `"`)
			d, ok := relative(d)
			if !ok {
				return p, fmt.Errorf("a path that is not known: %.60s", line)
			}
			body.WriteString(`<path d="` + d + `"` + attrs + "\n")
			if m := colorOf.FindAllStringSubmatch(attrs, -1); m != nil {
				for _, c := range m {
					p.Own = p.Own || dark[c[1]] == ""
				}
			}
		default:
			return p, fmt.Errorf("an element that is not known: %.60s", line)
		}
	}
	p.Body, p.Name = body.String(), strings.Join(spoken, ". ")
	return p, nil
}

// wordGap is about the advance of a letter and a blank, in 2048ths of the size: where
// letters stand farther apart, a word ends, or a wide letter, which does no harm.
const wordGap = 1650

// pointed leaves out the naught before a decimal point of a number.
var pointed = strings.NewReplacer("(0.", "(.", " 0.", " .", "-0.", "-.")

// use is a glyph of a line of text: its name in the chart, where it stands, and the
// attribute of its height, if it has one.
type use struct {
	id string
	x  int
	y  string
}

// usesOf takes a line's elements apart, each as <use xlink:href="#g1-7" x="560" y="-3"/>;
// false where there is anything else.
func usesOf(glyphs string) (uses []use, ok bool) {
	for glyphs != "" {
		var u use
		if glyphs, ok = strings.CutPrefix(glyphs, `<use xlink:href="#`); !ok {
			return nil, false
		}
		if u.id, glyphs, ok = strings.Cut(glyphs, `" x="`); !ok || u.id == "" || strings.Contains(u.id, `"`) {
			return nil, false
		}
		place, rest, ok := strings.Cut(glyphs, "/>")
		if !ok {
			return nil, false
		}
		x, y, high := strings.Cut(place, `" y="`)
		if high {
			y, ok = strings.CutSuffix(y, `"`)
			if _, err := strconv.Atoi(y); !ok || err != nil || y[0] == '+' {
				return nil, false
			}
			u.y = ` y="` + y + `"`
		} else if x, ok = strings.CutSuffix(x, `"`); !ok {
			return nil, false
		}
		var err error
		if u.x, err = strconv.Atoi(x); err != nil || x[0] == '+' {
			return nil, false
		}
		uses, glyphs = append(uses, u), rest
	}
	return uses, true
}

// words returns the elements of a line of text whose glyphs are uses; own translates
// their names. Each word stands in the sheet once.
func (s *glyphSheet) words(uses []use, own map[string]string) string {
	var out, word []byte
	first, start, last := 0, 0, 0 // the word's first glyph and where it stands; where the last glyph does
	put := func(b []byte, id string, x int, y string) []byte {
		b = append(append(append(b, `<use href="#`...), id...), '"')
		if x != 0 { // as it is where nothing is said
			b = append(strconv.AppendInt(append(b, ` x="`...), int64(x), 10), '"')
		}
		return append(append(b, y...), "/>"...)
	}
	flush := func(end int, alone bool) {
		switch n := end - first; {
		case n == 0:
		case alone, n == 1:
			for k, u := range uses[first:end] {
				x := u.x - start
				if k == 0 || x == 0 {
					x = start
				}
				out = put(out, own[u.id], x, u.y)
			}
		default:
			word = append(word[:0], '>')
			for _, u := range uses[first:end] {
				word = put(word, own[u.id], u.x-start, u.y)
			}
			out = put(out, s.define("<g", string(append(word, "</g>"...))), start, "")
		}
		first = end
	}
	for k, u := range uses {
		if k == 0 || u.x-last > wordGap || u.x < last {
			flush(k, false)
			start = u.x
		}
		last = u.x
	}
	flush(len(uses), len(out) == 0 && start == 0)
	return string(out)
}

// figures are the lines of a chart as CSV: a row a session, a column a line; "" where
// it has none.
func (p *picture) figures() string {
	if len(p.Lines) == 0 {
		return ""
	}
	first, last := p.Lines[0].from, p.Lines[0].from
	head := []string{"event_time"}
	for _, l := range p.Lines {
		first, last = min(first, l.from), max(last, l.from+len(l.values)-1)
		head = append(head, l.name)
	}
	var b strings.Builder
	w := csv.NewWriter(&b)
	_ = w.Write(head) // a Builder takes everything
	for t := first; t <= last; t++ {
		row := []string{strconv.Itoa(t)}
		for _, l := range p.Lines {
			v := ""
			if k := t - l.from; k >= 0 && k < len(l.values) && l.values[k] != "-" {
				v = l.values[k]
			}
			row = append(row, v)
		}
		_ = w.Write(row)
	}
	w.Flush()
	return b.String()
}

// define puts an element into the sheet, unless it is there, and returns its name.
func (s *glyphSheet) define(tag, rest string) string {
	name, ok := s.names[rest]
	if !ok {
		if s.names == nil {
			s.names = make(map[string]string)
		}
		name = "g" + strconv.FormatInt(int64(len(s.names)), 36)
		s.names[rest] = name
		fmt.Fprintf(&s.defs, "%s id=\"%s\"%s\n", tag, name, rest)
	}
	return name
}

// relative returns path data in tenths of a unit, each point relative to the one
// before, which is two thirds as long; false where there is a command other than
// M, L, Q, C and Z. A tenth of a point is less than a pixel.
func relative(d string) (string, bool) {
	var b []byte
	var last byte
	x, y := 0, 0           // where the pen is, in tenths
	startX, startY := 0, 0 // where Z takes it
	for d != "" {
		op := d[0]
		d = d[1:]
		points, ok := 0, true
		switch op {
		case 'Z':
		case 'M', 'L':
			points = 1
		case 'Q':
			points = 2
		case 'C':
			points = 3
		default:
			return "", false
		}
		if op != last || op == 'M' {
			b = append(b, op|0x20)
		} else if points > 0 {
			b = append(b, ' ')
		}
		last = op
		px, py := x, y
		for k := range points {
			if px, d, ok = tenths(d); !ok {
				return "", false
			}
			if py, d, ok = tenths(d); !ok {
				return "", false
			}
			if k > 0 {
				b = append(b, ' ')
			}
			b = appendTenths(b, px-x)
			b = append(b, ' ')
			b = appendTenths(b, py-y)
		}
		switch x, y = px, py; op {
		case 'M':
			startX, startY = x, y
		case 'Z':
			x, y = startX, startY
		}
	}
	return strings.ReplaceAll(string(b), " -", "-"), true
}

// tenths reads the number that d begins with, and the blank behind it.
func tenths(d string) (v int, rest string, ok bool) {
	n := 0
	for n < len(d) && (d[n] >= '0' && d[n] <= '9' || d[n] == '.' || d[n] == '-') {
		n++
	}
	rest = strings.TrimPrefix(d[n:], " ")
	if v, ok := hundredths(d[:n]); ok { // as package plots writes them
		if v < 0 {
			return -((-v + 5) / 10), rest, true
		}
		return (v + 5) / 10, rest, true
	}
	f, err := strconv.ParseFloat(d[:n], 64)
	return int(math.Round(10 * f)), rest, err == nil
}

// hundredths reads a number of at most six digits and two decimals.
func hundredths(d string) (v int, ok bool) {
	minus := strings.HasPrefix(d, "-")
	if minus {
		d = d[1:]
	}
	whole, part, _ := strings.Cut(d, ".")
	if whole == "" || len(whole) > 6 || len(part) > 2 {
		return 0, false
	}
	for _, digits := range [...]string{whole, part} {
		for i := range len(digits) {
			if digits[i] < '0' || digits[i] > '9' {
				return 0, false
			}
			v = 10*v + int(digits[i]-'0')
		}
	}
	for range 2 - len(part) {
		v *= 10
	}
	if minus {
		v = -v
	}
	return v, true
}

func appendTenths(b []byte, v int) []byte {
	if v < 0 {
		b, v = append(b, '-'), -v
	}
	if v >= 10 || v == 0 {
		b = strconv.AppendInt(b, int64(v/10), 10)
	}
	if v%10 != 0 {
		b = append(b, '.', byte('0'+v%10))
	}
	return b
}

// darkRules are the style rules that change the colours of charts with the
// page: dark[c] is what colour c is on a dark one.
func darkRules(dark map[string]string) string {
	var colors []string
	for c := range dark {
		colors = append(colors, c)
	}
	slices.Sort(colors)
	var b bytes.Buffer
	for _, c := range colors {
		for _, of := range []string{"fill", "stroke"} {
			fmt.Fprintf(&b, ".chart [%s=\"%s\"]{%s:light-dark(%s,%s)}\n", of, c, of, c, dark[c])
		}
	}
	return b.String()
}
