package plots

import (
	"math"

	"gonum.org/v1/plot/vg"
)

// tame is a canvas that draws nothing far outside the page. Rasterizers go along
// every row of pixels that a shape spans, and figures that a file holds and no
// study has give shapes that would take for ever.
type tame struct{ vg.CanvasSizer }

const farthest = 1e5 // points: forty pages of the largest size

// Fill implements vg.Canvas.
func (c tame) Fill(p vg.Path) { c.CanvasSizer.Fill(tamed(p)) }

// Stroke implements vg.Canvas.
func (c tame) Stroke(p vg.Path) { c.CanvasSizer.Stroke(tamed(p)) }

// tamed returns p, whose points it moves onto the border of what can be drawn where
// they lie beyond it.
func tamed(p vg.Path) vg.Path {
	copied := false
	for i := range p {
		if near(p[i]) {
			continue
		}
		if !copied {
			p, copied = append(vg.Path(nil), p...), true
		}
		comp := &p[i]
		comp.Pos = within(comp.Pos)
		comp.Radius = clamp(comp.Radius)
		control := make([]vg.Point, len(comp.Control))
		for k, q := range comp.Control {
			control[k] = within(q)
		}
		comp.Control = control
	}
	return p
}

func near(c vg.PathComp) bool {
	ok := isNear(c.Pos.X) && isNear(c.Pos.Y) && isNear(c.Radius)
	for _, q := range c.Control {
		ok = ok && isNear(q.X) && isNear(q.Y)
	}
	return ok
}

func isNear(x vg.Length) bool { return x >= -farthest && x <= farthest }

func within(q vg.Point) vg.Point { return vg.Point{X: clamp(q.X), Y: clamp(q.Y)} }

func clamp(x vg.Length) vg.Length {
	if math.IsNaN(float64(x)) {
		return 0
	}
	return max(-farthest, min(farthest, x))
}
