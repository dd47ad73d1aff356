package report

import (
	"bytes"
	"encoding/xml"
	"fmt"
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
}

var (
	viewBox = pattern.New(`^<svg [^>]*viewBox="([-0-9. ]+)"`)
	useOf   = pattern.New(`<use xlink:href="#([^"]+)"`)
	partOf  = pattern.New(`^<g data-series="[^"<>]*"( data-from="-?[0-9]+" data-values="[-0-9. ]*")?>$`)
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
		case strings.HasPrefix(line, `<path id="`):
			id, outline, ok := strings.Cut(line[len(`<path id="`):], `"`)
			if !ok {
				return p, fmt.Errorf("a glyph without an end: %.60s", line)
			}
			own[id] = s.define("<path", outline)
		case strings.HasPrefix(line, `<g fill="`):
			attrs, glyphs, ok := strings.Cut(line[len("<g"):], ">")
			glyphs, closed := strings.CutSuffix(glyphs, "</g>")
			if !ok || !closed {
				return p, fmt.Errorf("a line of text without an end: %.60s", line)
			}
			if strings.Count(line, "<") != 2+strings.Count(glyphs, "<use ") {
				return p, fmt.Errorf("a line of text with more than glyphs: %.60s", line)
			}
			glyphs = useOf.ReplaceAllStringFunc(glyphs, func(u string) string {
				return `<use href="#` + own[useOf.FindStringSubmatch(u)[1]] + `"`
			})
			if c := colorOf.FindStringSubmatch(attrs); c != nil {
				p.Own = p.Own || dark[c[1]] == ""
			}
			fmt.Fprintf(&body, "<use href=\"#%s\"%s/>\n", s.define("<g", ">"+glyphs+"</g>"), attrs)
		case strings.HasPrefix(line, "<metadata "):
		case partOf.MatchString(line), line == "</g>":
			name, _, valued := strings.Cut(line, " data-from=")
			if valued {
				name += ">"
			}
			body.WriteString(name + "\n")
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
		points, ok := map[byte]int{'Z': 0, 'M': 1, 'L': 1, 'Q': 2, 'C': 3}[op]
		if !ok {
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
	f, err := strconv.ParseFloat(d[:n], 64)
	return int(math.Round(10 * f)), strings.TrimPrefix(d[n:], " "), err == nil
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
