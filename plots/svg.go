package plots

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"image"
	"image/color"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/vg"
)

// svgCanvas writes SVG. Beside gonum/plot's it keeps each glyph once, which
// makes a chart a fifth of the size, and carries a title and a description
// for readers who hear the page.
type svgCanvas struct {
	w, h   vg.Length
	title  string
	desc   string
	about  string // attributes of where its data lies, for the scripts of a page
	body   bytes.Buffer
	defs   bytes.Buffer
	known  map[glyphKey]string
	states []svgState
}

type svgState struct {
	// Points go through x' = a x + c y + e, y' = b x + d y + f.
	a, b, c, d, e, f float64
	width            vg.Length
	dash             []vg.Length
	offset           vg.Length
	color            color.NRGBA
}

var (
	_ vg.CanvasWriterTo = (*svgCanvas)(nil)
	_ glyphCanvas       = (*svgCanvas)(nil)
)

func newSVG(w, h vg.Length, title, desc string) *svgCanvas {
	s := &svgCanvas{w: w, h: h, title: title, desc: desc, known: make(map[glyphKey]string)}
	s.states = []svgState{{a: 1, d: -1, f: h.Points()}} // SVG's y points down
	vg.Initialize(s)
	return s
}

func (s *svgCanvas) state() *svgState { return &s.states[len(s.states)-1] }

// Size implements vg.CanvasSizer.
func (s *svgCanvas) Size() (w, h vg.Length) { return s.w, s.h }

// SetLineWidth implements vg.Canvas.
func (s *svgCanvas) SetLineWidth(w vg.Length) { s.state().width = w }

// SetLineDash implements vg.Canvas.
func (s *svgCanvas) SetLineDash(pattern []vg.Length, offset vg.Length) {
	s.state().dash, s.state().offset = pattern, offset
}

// SetColor implements vg.Canvas.
func (s *svgCanvas) SetColor(c color.Color) {
	if c == nil {
		c = color.Black
	}
	s.state().color = color.NRGBAModel.Convert(c).(color.NRGBA)
}

// Rotate implements vg.Canvas.
func (s *svgCanvas) Rotate(rad float64) {
	sin, cos := math.Sincos(rad)
	s.transform(cos, sin, -sin, cos, 0, 0)
}

// Translate implements vg.Canvas.
func (s *svgCanvas) Translate(pt vg.Point) { s.transform(1, 0, 0, 1, pt.X.Points(), pt.Y.Points()) }

// Scale implements vg.Canvas.
func (s *svgCanvas) Scale(x, y float64) { s.transform(x, 0, 0, y, 0, 0) }

func (s *svgCanvas) transform(a, b, c, d, e, f float64) {
	t := s.state()
	t.a, t.b, t.c, t.d, t.e, t.f = t.a*a+t.c*b, t.b*a+t.d*b, t.a*c+t.c*d, t.b*c+t.d*d, t.a*e+t.c*f+t.e, t.b*e+t.d*f+t.f
}

// Push implements vg.Canvas.
func (s *svgCanvas) Push() { s.states = append(s.states, *s.state()) }

// Pop implements vg.Canvas.
func (s *svgCanvas) Pop() { s.states = s.states[:len(s.states)-1] }

// Stroke implements vg.Canvas.
func (s *svgCanvas) Stroke(p vg.Path) {
	t := s.state()
	if t.width <= 0 {
		return
	}
	s.path(p)
	fmt.Fprintf(&s.body, ` fill="none" stroke="%s"`, hexColor(t.color))
	s.opacity("stroke-opacity")
	fmt.Fprintf(&s.body, ` stroke-width="%s"`, num(t.width.Points(), 2))
	if len(t.dash) > 0 {
		var d []string
		for _, l := range t.dash {
			d = append(d, num(l.Points(), 2))
		}
		fmt.Fprintf(&s.body, ` stroke-dasharray="%s"`, strings.Join(d, " "))
		if t.offset != 0 {
			fmt.Fprintf(&s.body, ` stroke-dashoffset="%s"`, num(t.offset.Points(), 2))
		}
	}
	s.body.WriteString("/>\n")
}

// Fill implements vg.Canvas.
func (s *svgCanvas) Fill(p vg.Path) {
	s.path(p)
	fmt.Fprintf(&s.body, ` fill="%s"`, hexColor(s.state().color))
	s.opacity("fill-opacity")
	s.body.WriteString("/>\n")
}

func (s *svgCanvas) opacity(attr string) {
	if a := s.state().color.A; a < 0xff {
		fmt.Fprintf(&s.body, ` %s="%s"`, attr, num(float64(a)/0xff, 3))
	}
}

func (s *svgCanvas) path(p vg.Path) {
	t := s.state()
	s.body.WriteString(`<path d="`)
	writePath(&s.body, p, 2, func(q vg.Point) (x, y float64) {
		qx, qy := q.X.Points(), q.Y.Points()
		return t.a*qx + t.c*qy + t.e, t.b*qx + t.d*qy + t.f
	})
	s.body.WriteByte('"')
}

// writePath writes path data with the given number of decimal places.
func writePath(w *bytes.Buffer, p vg.Path, places int, at func(vg.Point) (x, y float64)) {
	write := func(op byte, pts ...vg.Point) {
		w.WriteByte(op)
		for i, q := range pts {
			if i > 0 {
				w.WriteByte(' ')
			}
			x, y := at(q)
			w.WriteString(num(x, places))
			w.WriteByte(' ')
			w.WriteString(num(y, places))
		}
	}
	for _, c := range p {
		switch c.Type {
		case vg.MoveComp:
			write('M', c.Pos)
		case vg.LineComp:
			write('L', c.Pos)
		case vg.CurveComp:
			if len(c.Control) == 1 {
				write('Q', c.Control[0], c.Pos)
			} else {
				write('C', c.Control[0], c.Control[1], c.Pos)
			}
		case vg.ArcComp:
			// One chord for each three degrees is rounder than a pixel shows.
			n := max(2, int(math.Ceil(math.Abs(c.Angle)*60/math.Pi)))
			for i := range n + 1 {
				sin, cos := math.Sincos(c.Start + c.Angle*float64(i)/float64(n))
				write('L', vg.Point{X: c.Pos.X + c.Radius*vg.Length(cos), Y: c.Pos.Y + c.Radius*vg.Length(sin)})
			}
		case vg.CloseComp:
			w.WriteByte('Z')
		}
	}
}

// fillGlyphs implements glyphCanvas: the text is a group in font units whose
// children refer to the glyphs.
func (s *svgCanvas) fillGlyphs(t *typesetter, l textLine, at vg.Point, size vg.Length) {
	if len(l.glyphs) == 0 {
		return
	}
	const upem = 2048
	m, k := s.state(), size.Points()/upem
	x, y := at.X.Points(), at.Y.Points()
	fmt.Fprintf(&s.body, `<g fill="%s" transform="matrix(%s %s %s %s %s %s)">`, hexColor(m.color),
		num(m.a*k, 5), num(m.b*k, 5), num(m.c*k, 5), num(m.d*k, 5), num(m.a*x+m.c*y+m.e, 2), num(m.b*x+m.d*y+m.f, 2))
	for _, g := range l.glyphs {
		outline := t.outline(g.face, g.id)
		if len(outline) == 0 {
			continue
		}
		key := glyphKey{g.face, g.id}
		name, ok := s.known[key]
		if !ok {
			name = "g" + strconv.Itoa(slices.Index(t.faces[:], g.face)) + "-" + strconv.Itoa(int(g.id))
			s.known[key] = name
			fmt.Fprintf(&s.defs, `<path id="%s" d="`, name)
			writePath(&s.defs, outline, 0, func(q vg.Point) (x, y float64) { return float64(q.X) * upem, float64(q.Y) * upem })
			s.defs.WriteString("\"/>\n")
		}
		fmt.Fprintf(&s.body, `<use xlink:href="#%s" x="%s"`, name, num(g.x*upem, 0))
		if g.y != 0 {
			fmt.Fprintf(&s.body, ` y="%s"`, num(g.y*upem, 0))
		}
		s.body.WriteString("/>")
	}
	s.body.WriteString("</g>\n")
}

// part draws a part of a chart that has a name, such as one of its lines. In
// SVG it is a group with that name, so that a page can hide it.
func part(c vg.Canvas, name string, draw func()) {
	s, ok := innermost(c).(*svgCanvas)
	if !ok {
		draw()
		return
	}
	s.body.WriteString(`<g data-series="`)
	_ = xml.EscapeText(&s.body, []byte(name)) // a bytes.Buffer takes everything
	s.body.WriteString("\">\n")
	draw()
	s.body.WriteString("</g>\n")
}

// values is part for a line over event time: element k of y is session from+k. In SVG
// the group has the figures, so that a page can say them.
func values(c vg.Canvas, name string, from int, y []float64, draw func()) {
	s, ok := innermost(c).(*svgCanvas)
	if !ok {
		draw()
		return
	}
	s.body.WriteString(`<g data-series="`)
	_ = xml.EscapeText(&s.body, []byte(name))
	fmt.Fprintf(&s.body, `" data-from="%d" data-values="`, from)
	for k, v := range y {
		if k > 0 {
			s.body.WriteByte(' ')
		}
		if finite(v) {
			s.body.WriteString(num(v, 5))
		} else {
			s.body.WriteByte('-')
		}
	}
	s.body.WriteString("\">\n")
	draw()
	s.body.WriteString("</g>\n")
}

// overTime notes in SVG where the data of a chart over event time lies, and the other
// events that it marks.
func (p *pen) overTime(c vg.Canvas, f frame, events []other, lang string) {
	s, ok := innermost(c).(*svgCanvas)
	if !ok {
		return
	}
	var at strings.Builder
	for k, o := range events {
		if k > 0 {
			at.WriteByte('|')
		}
		at.WriteString(strconv.Itoa(int(o.At)) + ":")
		_ = xml.EscapeText(&at, []byte(strings.ReplaceAll(o.title(lang), "|", "/")))
	}
	y := func(v vg.Length) string { return num((s.h - v).Points(), 2) }
	s.about = fmt.Sprintf(`data-frame="%s %s %s %s" data-x="%s %s" data-y="%s %s" data-at="%s"`, num(f.Min.X.Points(), 2), y(f.Max.Y), num(f.Max.X.Points(), 2), y(f.Min.Y),
		num(f.left, 0), num(f.right, 0), num(f.bottom, 5), num(f.top, 5), at.String())
}

// FillString implements vg.Canvas. Text reaches a canvas as outlines, by
// typesetter.drawLine alone.
func (s *svgCanvas) FillString(font.Face, vg.Point, string) {
	panic("plots: text drawn past the typesetter")
}

// DrawImage implements vg.Canvas. No chart holds a raster image.
func (s *svgCanvas) DrawImage(vg.Rectangle, image.Image) { panic("plots: a raster image in a chart") }

// WriteTo implements io.WriterTo.
func (s *svgCanvas) WriteTo(w io.Writer) (int64, error) {
	var out bytes.Buffer
	wd, ht := num(s.w.Points(), 2), num(s.h.Points(), 2)
	fmt.Fprintf(&out, `<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" width="%spt" height="%spt" viewBox="0 0 %s %s" role="img">`+"\n", wd, ht, wd, ht)
	for _, e := range []struct{ tag, text string }{{"title", s.title}, {"desc", s.desc}} {
		if e.text != "" {
			out.WriteString("<" + e.tag + ">")
			if err := xml.EscapeText(&out, []byte(e.text)); err != nil {
				return 0, err
			}
			out.WriteString("</" + e.tag + ">\n")
		}
	}
	if s.about != "" {
		out.WriteString("<metadata " + s.about + "/>\n")
	}
	out.WriteString("<defs>\n")
	out.Write(s.defs.Bytes())
	out.WriteString("</defs>\n")
	out.Write(s.body.Bytes())
	out.WriteString("</svg>\n")
	return out.WriteTo(w)
}

func hexColor(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }

// num writes v with at most the given number of decimal places and no
// trailing zeros.
func num(v float64, places int) string {
	s := strconv.FormatFloat(v, 'f', places, 64)
	if strings.Contains(s, ".") {
		s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	}
	if s == "-0" {
		return "0"
	}
	return s
}
