package analysis

import (
	"math"
	"math/rand/v2"
	"testing"

	"aftershock/analysis/model"
)

// A portfolio of donors is found again.
func TestSyntheticKnownAnswer(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	want := []float64{0, 0.6, 0, 0.1, 0.3}
	s := &model.Sample{X: make([][]float64, 5)}
	for k := range 120 {
		// An error that no combination of donors explains: it alternates.
		y := 0.001 * float64(1-2*(k%2))
		for j := range want {
			if k%2 == 0 {
				s.X[j] = append(s.X[j], 0.01*rng.NormFloat64())
			} else {
				s.X[j] = append(s.X[j], s.X[j][k-1])
			}
			y += want[j] * s.X[j][k]
		}
		s.Y = append(s.Y, y)
	}
	e := model.NewEstimate(5)
	if ex := (model.Synthetic{}).Estimate(s, e); ex != nil {
		t.Fatal(ex)
	}
	for j, v := range want {
		if math.Abs(e.B[1+j]-v) > 1e-12 {
			t.Errorf("weight %d: %v, want %v", j, e.B[1+j], v)
		}
	}
	if e.B[0] != 0 || e.K != 3 || !e.Plain {
		t.Errorf("%+v", e)
	}
	near(t, "s^2", e.S2, 1e-6*120/117)
}
