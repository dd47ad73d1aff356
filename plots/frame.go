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
	p.rules(c, f, ticks, labelled, tickSize*p.em)
}

// rules is horizontals with labels of a size.
func (p *pen) rules(c draw.Canvas, f frame, ticks []plot.Tick, labelled bool, size vg.Length) {
	for _, t := range ticks {
		col, width := p.theme.Grid, p.stroke(0.7)
		if t.Value == 0 {
			col, width = p.theme.Muted, p.stroke(0.9)
		}
		y := f.y(t.Value)
		line(c, col, width, nil, vg.Point{X: f.Min.X, Y: y}, vg.Point{X: f.Max.X, Y: y})
		if labelled {
			p.write(c, p.lay1(t.Label, regular, size), vg.Point{X: f.Min.X - 0.35*p.em, Y: y}, 1, p.theme.Muted)
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

// path draws a line over sessions, element k of y at session from+k, in its pieces
// between gaps; what leaves the frame is cut, and an arrowhead marks where.
func (p *pen) path(c draw.Canvas, f frame, col color.NRGBA, width vg.Length, dash []vg.Length, from int, y []float64) {
	low, high := min(f.bottom, f.top), max(f.bottom, f.top)
	inside := func(v float64) bool { return v >= low && v <= high }
	for _, r := range runs(len(y), func(k int) bool { return finite(y[k]) }) {
		if r[1]-r[0] == 1 {
			if at := f.at(float64(from+r[0]), y[r[0]]); inside(y[r[0]]) {
				dot(c, col, at, 1.2*width)
			} else {
				p.beyond(c, f, col, at.X, y[r[0]] > high)
			}
			continue
		}
		var pts []vg.Point
		flush := func() {
			line(c, col, width, dash, pts...)
			pts = nil
		}
		for k := r[0]; k < r[1]; k++ {
			x := float64(from + k)
			if k > r[0] && inside(y[k]) != inside(y[k-1]) { // it crosses an edge
				edge := high
				if min(y[k], y[k-1]) < low {
					edge = low
				}
				share := (edge - y[k-1]) / (y[k] - y[k-1])
				at := f.at(x-1+share, edge)
				pts = append(pts, at)
				p.beyond(c, f, col, at.X, edge == high)
				if !inside(y[k]) {
					flush()
				}
			}
			if inside(y[k]) {
				pts = append(pts, f.at(x, y[k]))
			}
		}
		flush()
	}
}

// beyond draws an arrowhead at the upper or the lower edge of f.
func (p *pen) beyond(c draw.Canvas, f frame, col color.NRGBA, x vg.Length, up bool) {
	r := min(0.34*p.em, 0.05*(f.Max.Y-f.Min.Y))
	tip, foot := f.Max.Y, f.Max.Y-1.6*r
	if !up {
		tip, foot = f.Min.Y, f.Min.Y+1.6*r
	}
	c.FillPolygon(col, []vg.Point{{X: x, Y: tip}, {X: x - r, Y: foot}, {X: x + r, Y: foot}})
}

// aside draws an arrowhead to the right or to the left that ends at x.
func (p *pen) aside(c draw.Canvas, col color.NRGBA, x, y vg.Length, right bool) {
	r, foot := 0.34*p.em, x-0.55*p.em
	if !right {
		foot = x + 0.55*p.em
	}
	c.FillPolygon(col, []vg.Point{{X: x, Y: y}, {X: foot, Y: y - r}, {X: foot, Y: y + r}})
}

// cuts marks where a band, element k of it at session from+k, goes on beyond the axis:
// with an arrowhead in the middle of each stretch that does.
func (p *pen) cuts(c draw.Canvas, f frame, from int, lower, upper []float64) {
	for _, side := range []struct {
		y  []float64
		up bool
	}{{upper, true}, {lower, false}} {
		for _, r := range runs(len(side.y), func(k int) bool {
			return finite(side.y[k]) && (side.up && side.y[k] > f.top || !side.up && side.y[k] < f.bottom)
		}) {
			p.beyond(c, f, p.theme.Muted, f.x(float64(from)+float64(r[0]+r[1]-1)/2), side.up)
		}
	}
}

// cut reports whether a figure of lists lies outside lo..hi.
func cut(lo, hi float64, lists ...[]float64) bool {
	a, b, ok := extent(lists...)
	return ok && (a < lo || b > hi)
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
