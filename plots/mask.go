package plots

import (
	"image"
	"image/color"
	"math"
	"sync"

	"git.sr.ht/~sbinet/gg"
	"golang.org/x/image/vector"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/vgimg"
)

// rasterCanvas is gonum/plot's canvas of pixels that keeps the masks of glyphs: most
// of a chart's shapes are letters, and most letters have been drawn before.
type rasterCanvas struct {
	*vgimg.Canvas
	img    *image.RGBA
	dpi    float64
	states []rasterState
}

// rasterState is what Push keeps and Pop restores.
type rasterState struct {
	color  color.NRGBA
	turned bool // points do not go where they say
}

var _ glyphCanvas = (*rasterCanvas)(nil)

// papers are images that were drawn on, to be drawn on again.
var papers sync.Pool

// paper returns an image of w x h pixels; what stands on it is to be painted over.
func paper(w, h int) *image.RGBA {
	if img, ok := papers.Get().(*image.RGBA); ok && cap(img.Pix) >= 4*w*h {
		return &image.RGBA{Pix: img.Pix[:4*w*h], Stride: 4 * w, Rect: image.Rect(0, 0, w, h)}
	}
	return image.NewRGBA(image.Rect(0, 0, w, h))
}

// newRaster returns a canvas of size at dpi pixels an inch, filled with a colour.
func newRaster(size vg.Point, dpi int, fill color.Color) *rasterCanvas {
	dots := func(l vg.Length) int { return int(l.Dots(float64(dpi)) + 0.5) }
	img := paper(dots(size.X), dots(size.Y))
	ctx := gg.NewContextForRGBA(img)
	ctx.SetLineCapButt()
	ctx.InvertY()
	c := &rasterCanvas{img: img, dpi: float64(dpi), states: []rasterState{{color: color.NRGBA{A: 0xff}}}}
	c.Canvas = vgimg.NewWith(vgimg.UseDPI(dpi), vgimg.UseImageWithContext(img, ctx))
	c.SetColor(fill)
	r, g, b, a := fill.RGBA()
	img.Pix[0], img.Pix[1], img.Pix[2], img.Pix[3] = uint8(r>>8), uint8(g>>8), uint8(b>>8), uint8(a>>8)
	for n := 4; n < len(img.Pix); n *= 2 {
		copy(img.Pix[n:], img.Pix[:n])
	}
	return c
}

// SetColor implements vg.Canvas.
func (c *rasterCanvas) SetColor(col color.Color) {
	if col == nil {
		col = color.Black
	}
	c.states[len(c.states)-1].color = color.NRGBAModel.Convert(col).(color.NRGBA)
	c.Canvas.SetColor(col)
}

// Push implements vg.Canvas.
func (c *rasterCanvas) Push() {
	c.states = append(c.states, c.states[len(c.states)-1])
	c.Canvas.Push()
}

// Pop implements vg.Canvas.
func (c *rasterCanvas) Pop() {
	c.states = c.states[:len(c.states)-1]
	c.Canvas.Pop()
}

// Rotate implements vg.Canvas.
func (c *rasterCanvas) Rotate(t float64) { c.turn(); c.Canvas.Rotate(t) }

// Translate implements vg.Canvas.
func (c *rasterCanvas) Translate(pt vg.Point) { c.turn(); c.Canvas.Translate(pt) }

// Scale implements vg.Canvas.
func (c *rasterCanvas) Scale(x, y float64) { c.turn(); c.Canvas.Scale(x, y) }

func (c *rasterCanvas) turn() { c.states[len(c.states)-1].turned = true }

// fillGlyphs implements glyphCanvas.
func (c *rasterCanvas) fillGlyphs(t *typesetter, l textLine, at vg.Point, size vg.Length) {
	s := c.states[len(c.states)-1]
	if s.turned {
		t.fillOutlines(c, l, at, size)
		return
	}
	px := size.Dots(c.dpi)
	left, base := at.X.Dots(c.dpi), float64(c.img.Rect.Max.Y)-at.Y.Dots(c.dpi)
	for _, g := range l.glyphs {
		x, y := left+g.x*px, base-g.y*px
		if math.Abs(x) > farthest || math.Abs(y) > farthest || px > largestMask {
			t.fillOutlines(c, textLine{glyphs: []glyph{g}}, at, size)
			continue
		}
		// Where a glyph lies is kept to a quarter of a pixel, which no eye tells.
		const parts = 4
		qx, qy := int(math.Floor(x*parts+0.5)), int(math.Floor(y*parts+0.5))
		ix, iy := qx>>2, qy>>2
		c.stamp(t.mask(maskKey{glyphKey{g.face, g.id}, px, uint8(qx & 3), uint8(qy & 3)}), ix, iy, s.color)
	}
}

// largestMask is the size in pixels past which glyphs are drawn as shapes.
const largestMask = 200

// stamp fills a mask whose origin lies at x, y with a colour.
func (c *rasterCanvas) stamp(m *image.Alpha, x, y int, col color.NRGBA) {
	r := m.Rect.Add(image.Pt(x, y)).Intersect(c.img.Rect)
	if r.Empty() {
		return
	}
	red, green, blue, opacity := uint32(col.R), uint32(col.G), uint32(col.B), uint32(col.A)
	for py := r.Min.Y; py < r.Max.Y; py++ {
		mask := m.Pix[m.PixOffset(r.Min.X-x, py-y):][:r.Dx()]
		row := c.img.Pix[c.img.PixOffset(r.Min.X, py):][:4*r.Dx()]
		for i, a := range mask {
			if a == 0 {
				continue
			}
			k := uint32(a)
			if opacity != 0xff {
				k = (k*opacity + 127) / 255
			}
			d := row[4*i : 4*i+4 : 4*i+4]
			d[0] = uint8((red*k + uint32(d[0])*(255-k) + 127) / 255)
			d[1] = uint8((green*k + uint32(d[1])*(255-k) + 127) / 255)
			d[2] = uint8((blue*k + uint32(d[2])*(255-k) + 127) / 255)
		}
	}
}

// maskKey is a glyph at a size in pixels, its origin a few quarters of a pixel to the
// right of and below a pixel's corner.
type maskKey struct {
	glyphKey
	px   float64
	x, y uint8
}

// mostMasks bounds what a typesetter keeps.
const mostMasks = 1 << 14

// mask returns the coverage of a glyph about its origin. It is not to be changed.
func (t *typesetter) mask(k maskKey) *image.Alpha {
	outline := t.outline(k.face, k.id)
	t.maskMu.Lock()
	defer t.maskMu.Unlock()
	if m, ok := t.masks[k]; ok {
		return m
	}
	if len(t.masks) >= mostMasks {
		clear(t.masks)
	}
	m := cover(outline, k.px, float64(k.x)/4, float64(k.y)/4)
	t.masks[k] = m
	return m
}

// cover rasterizes an outline at a size in pixels, moved to the right and down.
func cover(outline vg.Path, px, dx, dy float64) *image.Alpha {
	at := func(q vg.Point) (x, y float64) { return float64(q.X)*px + dx, dy - float64(q.Y)*px }
	lo, hi := [2]float64{math.Inf(1), math.Inf(1)}, [2]float64{math.Inf(-1), math.Inf(-1)}
	reach := func(q vg.Point) {
		x, y := at(q)
		lo[0], lo[1], hi[0], hi[1] = min(lo[0], x), min(lo[1], y), max(hi[0], x), max(hi[1], y)
	}
	for _, comp := range outline {
		if comp.Type == vg.CloseComp {
			continue
		}
		reach(comp.Pos)
		for _, q := range comp.Control {
			reach(q)
		}
	}
	if lo[0] > hi[0] {
		return new(image.Alpha)
	}
	box := image.Rect(int(math.Floor(lo[0])), int(math.Floor(lo[1])), int(math.Ceil(hi[0]))+1, int(math.Ceil(hi[1]))+1)
	z := vector.NewRasterizer(box.Dx(), box.Dy())
	in := func(q vg.Point) (x, y float32) {
		a, b := at(q)
		return float32(a - float64(box.Min.X)), float32(b - float64(box.Min.Y))
	}
	for _, comp := range outline {
		switch x, y := in(comp.Pos); comp.Type {
		case vg.MoveComp:
			z.MoveTo(x, y)
		case vg.LineComp:
			z.LineTo(x, y)
		case vg.CurveComp:
			a, b := in(comp.Control[0])
			if len(comp.Control) == 1 {
				z.QuadTo(a, b, x, y)
				break
			}
			c, d := in(comp.Control[1])
			z.CubeTo(a, b, c, d, x, y)
		case vg.CloseComp:
			z.ClosePath()
		}
	}
	m := image.NewAlpha(image.Rect(0, 0, box.Dx(), box.Dy()))
	z.Draw(m, m.Rect, image.Opaque, image.Point{})
	m.Rect = box
	return m
}

// fillOutlines fills the glyphs of l as shapes.
func (t *typesetter) fillOutlines(c vg.Canvas, l textLine, at vg.Point, size vg.Length) {
	var p vg.Path
	for _, g := range l.glyphs {
		// One fill a glyph: the rasterizer's time grows with the square of
		// the edges that a path has on one row of pixels.
		p = appendScaled(p[:0], t.outline(g.face, g.id), size, at.X+vg.Length(g.x)*size, at.Y+vg.Length(g.y)*size)
		if len(p) > 0 {
			c.Fill(p)
		}
	}
}
