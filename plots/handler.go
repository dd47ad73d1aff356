package plots

import (
	"math"
	"strings"

	"gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
)

// handler lets gonum/plot set its tick labels with a typesetter. Text is drawn
// as outlines, so that no output depends on the fonts of the machine that
// shows it.
type handler struct {
	*typesetter
}

var _ text.Handler = handler{}

// Cache implements text.Handler; the typesetter brings its own fonts.
func (h handler) Cache() *font.Cache { return font.DefaultCache }

// Extents implements text.Handler.
func (h handler) Extents(f font.Font) font.Extents {
	return font.Extents{
		Ascent:  vg.Length(h.ascent) * f.Size,
		Descent: vg.Length(h.descent) * f.Size,
		Height:  vg.Length(h.lineHeight()) * f.Size,
	}
}

// Lines implements text.Handler.
func (h handler) Lines(txt string) []string {
	return strings.Split(strings.TrimRight(txt, "\n"), "\n")
}

// Box implements text.Handler.
func (h handler) Box(txt string, f font.Font) (width, height, depth vg.Length) {
	e := h.Extents(f)
	return h.lay(txt, weightOf(f), f.Size, 0, 0).width(), e.Ascent, e.Descent
}

// Draw implements text.Handler. The ink lies within sty.Rectangle(txt).
func (h handler) Draw(c vg.Canvas, txt string, sty text.Style, pt vg.Point) {
	lines := h.Lines(txt)
	c.SetColor(sty.Color)
	if sty.Rotation != 0 {
		c.Push()
		defer c.Pop()
		c.Rotate(sty.Rotation)
		sin, cos := math.Sincos(sty.Rotation)
		x, y := float64(pt.X), float64(pt.Y)
		pt = vg.Point{X: vg.Length(x*cos + y*sin), Y: vg.Length(y*cos - x*sin)}
	}
	pitch := h.Extents(sty.Font).Height
	y := pt.Y + vg.Length(sty.YAlign)*pitch*vg.Length(len(lines)) + pitch*vg.Length(len(lines)-1)
	for _, line := range lines {
		b := h.lay(line, weightOf(sty.Font), sty.Font.Size, 0, 0)
		h.drawLine(c, b.lines[0], vg.Point{X: pt.X + vg.Length(sty.XAlign)*b.width(), Y: y}, sty.Font.Size)
		y -= pitch
	}
}

func weightOf(f font.Font) weight {
	if f.Weight > 0 {
		return bold
	}
	return regular
}
