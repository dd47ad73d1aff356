package stat

import (
	"math"
	"testing"
)

// By hand: of 1, 2, 3 and 6 the mean is 3 and the sum of squares about it 14, so that
// B = (4-3)(1-r)/14. A missing one does not count.
func TestShrinkByHand(t *testing.T) {
	for _, c := range []struct{ r, b float64 }{{0, 1. / 14}, {0.25, 0.75 / 14}, {-1, 1. / 14}, {math.NaN(), 1. / 14}} {
		got, b := Shrink([]float64{1, 2, math.NaN(), 3, 6}, c.r)
		want := []float64{1 + 2*c.b, 2 + c.b, math.NaN(), 3, 6 - 3*c.b}
		for i, v := range want {
			if !(math.Abs(got[i]-v) < 1e-15) && v == v || v != v && got[i] == got[i] {
				t.Errorf("r %v: %v, by hand %v", c.r, got, want)
			}
		}
		if math.Abs(b-c.b) > 1e-15 {
			t.Errorf("r %v: B = %v, by hand %v", c.r, b, c.b)
		}
	}
	if got, b := Shrink([]float64{1, 2, 30}, 0); b != 0 || got[2] != 30 {
		t.Errorf("three are drawn together by %v: %v", b, got)
	}
	if got, b := Shrink([]float64{1, 1.01, 1.02, 1.03, 1.04}, 0); b != 1 || math.Abs(got[0]-1.02) > 1e-15 {
		t.Errorf("what chance alone spreads is drawn together by %v: %v", b, got)
	}
}
