package plots

import (
	"image/color"
	"slices"
	"testing"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/recorder"
)

// Bars stand in order of size and are filled only where the test says that
// the return differs from 0.
func TestBars(t *testing.T) {
	_, d := walks(2, "bars")
	d.Names, d.AR, d.Lower, d.Upper, d.P = nil, nil, nil, nil, nil
	for _, b := range []bar{
		{"C", 0.01, -0.02, 0.04, 0.4},
		{"A", -0.10, -0.13, -0.07, 0.001},
		{"B", nan, nan, nan, nan},
		{"D", 0.06, 0.03, 0.09, 0.002},
		{"E", -0.02, nan, nan, nan},
	} {
		d.add(b)
	}
	rows, missing := d.rows()
	var order []string
	for _, b := range rows {
		order = append(order, b.name)
	}
	if want := []string{"D", "C", "E", "A"}; !slices.Equal(order, want) {
		t.Errorf("bars in the order %v, want %v", order, want)
	}
	if !slices.Equal(missing, []string{"B"}) {
		t.Errorf("without figures: %v, want B", missing)
	}
	_, c := sheet(t, d, "en", 600, 0)
	filled := map[color.Color]int{}
	var now color.Color
	for _, a := range c.Actions {
		switch a := a.(type) {
		case *recorder.SetColor:
			now = a.Color
		case *recorder.Fill:
			if isRectangle(a.Path) {
				filled[now]++
			}
		}
	}
	if r, f := filled[faded(Light.Rise, 0.85)], filled[faded(Light.Fall, 0.85)]; r != 1 || f != 1 {
		t.Errorf("%d rises and %d falls are filled, want 1 and 1", r, f)
	}
	if h := len(strokes(&c.Canvas, Light.Rise)); h != 1 {
		t.Errorf("%d hollow rises, want 1", h)
	}
	if h := len(strokes(&c.Canvas, Light.Fall)); h != 1 {
		t.Errorf("%d hollow falls, want 1", h)
	}
	if w := len(strokes(&c.Canvas, Light.Ink)); w != 3*3 {
		t.Errorf("%d strokes of whiskers, want 3 for each of 3 bars", w)
	}
}

func isRectangle(p vg.Path) bool { return len(p) == 5 && p[4].Type == vg.CloseComp }
