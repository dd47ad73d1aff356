package plots

import (
	"image/color"
	"math"
	"slices"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"
)

// frame is an area with two linear axes, one of several on a page.
type frame struct {
	vg.Rectangle
	left, right, bottom, top float64 // values at its edges
}

func (f frame) x(v float64) vg.Length {
	return f.Min.X + vg.Length((v-f.left)/(f.right-f.left))*(f.Max.X-f.Min.X)
}

// y returns the place of v, at the edge for what lies beyond it.
func (f frame) y(v float64) vg.Length {
	return f.Min.Y + vg.Length((min(max(v, min(f.bottom, f.top)), max(f.bottom, f.top))-f.bottom)/(f.top-f.bottom))*(f.Max.Y-f.Min.Y)
}

func (f frame) at(x, y float64) vg.Point { return vg.Point{X: f.x(x), Y: f.y(y)} }

// widen leaves a share of air above and below lo..hi, and room where there is
// no span.
func widen(lo, hi, share float64) (float64, float64) {
	if !(hi-lo > 1e-6*(math.Abs(lo)+math.Abs(hi))) || hi-lo < 1e-12 {
		d := max(0.01, 0.05*math.Abs(lo))
		return lo - d, hi + d
	}
	air := share * (hi - lo)
	return lo - air, hi + air
}

// extent returns the least and the greatest finite value of lists, and false
// where there is none.
func extent(lists ...[]float64) (lo, hi float64, ok bool) {
	lo, hi = math.Inf(1), math.Inf(-1)
	for _, l := range lists {
		for _, v := range l {
			if finite(v) {
				lo, hi, ok = min(lo, v), max(hi, v), true
			}
		}
	}
	return lo, hi, ok
}

// labels lays out the labels of ticks and returns the widest one's width.
func (p *pen) labels(ticks []plot.Tick, size vg.Length) (blocks []block, widest vg.Length) {
	for _, t := range ticks {
		b := p.lay1(t.Label, regular, size)
		blocks = append(blocks, b)
		widest = max(widest, b.width())
	}
	return blocks, widest
}

// horizontals draws a grid line at each tick of the vertical axis, that of zero
// stronger, and, where labelled, its label to the left of the frame.
func (p *pen) horizontals(c draw.Canvas, f frame, ticks []plot.Tick, labelled bool) {
	for _, t := range ticks {
		col, width := p.theme.Grid, p.stroke(0.7)
		if t.Value == 0 {
			col, width = p.theme.Muted, p.stroke(0.9)
		}
		y := f.y(t.Value)
		line(c, col, width, nil, vg.Point{X: f.Min.X, Y: y}, vg.Point{X: f.Max.X, Y: y})
		if labelled {
			p.write(c, p.lay1(t.Label, regular, tickSize*p.em), vg.Point{X: f.Min.X - 0.35*p.em, Y: y}, 1, p.theme.Muted)
		}
	}
}

// verticals draws a grid line at each tick of the horizontal axis, that of zero
// stronger.
func (p *pen) verticals(c draw.Canvas, f frame, ticks []plot.Tick) {
	for _, t := range ticks {
		col, width := p.theme.Grid, p.stroke(0.7)
		if t.Value == 0 {
			col, width = p.theme.Muted, p.stroke(0.9)
		}
		line(c, col, width, nil, vg.Point{X: f.x(t.Value), Y: f.Min.Y}, vg.Point{X: f.x(t.Value), Y: f.Max.Y})
	}
}

// percents marks lo..hi in per cent at no more than most places, unless two
// need more.
func percents(lo, hi float64, most int) []plot.Tick {
	for ; ; most++ {
		if ticks := (percentTicks{most}).Ticks(lo, hi); len(ticks) > 1 || most > 20 {
			return ticks
		}
	}
}

// below writes the labels of ticks of the horizontal axis under the frame, each
// within the frame's width and none over another.
func (p *pen) below(c draw.Canvas, f frame, ticks []plot.Tick) {
	end := f.Min.X - vg.Inch
	for _, t := range ticks {
		b := p.lay1(t.Label, regular, tickSize*p.em)
		x := min(max(f.x(t.Value)-b.width()/2, f.Min.X), f.Max.X-b.width())
		if x < end+0.4*p.em {
			continue
		}
		end = x + b.width()
		p.write(c, b, vg.Point{X: x, Y: f.Min.Y - 0.85*p.em}, 0, p.theme.Muted)
	}
}

// tickSize is the size of tick labels of frames, in ems.
const tickSize = 0.86

// polyline draws the pieces of a line between its gaps, a figure alone as a dot.
func (p *pen) polyline(c draw.Canvas, col color.NRGBA, width vg.Length, n int, at func(k int) (vg.Point, bool)) {
	pts := make([]vg.Point, n)
	ok := make([]bool, n)
	for k := range n {
		pts[k], ok[k] = at(k)
	}
	for _, r := range runs(n, func(k int) bool { return ok[k] }) {
		if r[1]-r[0] == 1 {
			dot(c, col, pts[r[0]], 1.2*width)
		}
		line(c, col, width, nil, pts[r[0]:r[1]]...)
	}
}

// band fills the area between two curves where both are known.
func (p *pen) band(c draw.Canvas, col color.NRGBA, n int, at func(k int) (lower, upper vg.Point, ok bool)) {
	for _, r := range runs(n, func(k int) bool { _, _, ok := at(k); return ok }) {
		var top, area []vg.Point
		for k := r[0]; k < r[1]; k++ {
			lo, hi, _ := at(k)
			area, top = append(area, lo), append(top, hi)
		}
		if len(area) == 1 { // a session alone
			line(c, col, p.stroke(8), nil, area[0], top[0])
			continue
		}
		slices.Reverse(top)
		c.FillPolygon(col, append(area, top...))
	}
}

// numberTicks marks an axis of plain numbers.
type numberTicks struct{ most int }

// Ticks implements plot.Ticker.
func (t numberTicks) Ticks(lo, hi float64) []plot.Tick {
	step := nice(hi-lo, t.most)
	places := max(0, int(math.Ceil(-math.Log10(step)-1e-9)))
	var ticks []plot.Tick
	for k := math.Ceil(lo/step - 1e-9); k*step <= hi+1e-9*step; k++ {
		ticks = append(ticks, plot.Tick{Value: k * step, Label: decimal(k*step, places)})
	}
	return ticks
}
