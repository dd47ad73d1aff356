package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"gonum.org/v1/gonum/floats"
)

// The Karush-Kuhn-Tucker conditions tell the minimum: the gradient is the same
// for every donor in the portfolio and no smaller for one outside it.
func TestSimplexLeastSquares(t *testing.T) {
	rng := rand.New(rand.NewPCG(2, 3))
	for trial := range 300 {
		m, p := 20+rng.IntN(200), 1+rng.IntN(40)
		if trial%10 == 0 {
			m, p = 15, 30 // more donors than sessions
		}
		common := make([]float64, m)
		for k := range common {
			common[k] = 0.01 * rng.NormFloat64()
		}
		x := make([][]float64, p)
		y := slices.Clone(common)
		for j := range x {
			if j > 2 && j%7 == 0 {
				x[j] = x[j-2] // a donor listed twice
				continue
			}
			for k := range m {
				x[j] = append(x[j], common[k]*(0.5+float64(j%4)/3)+0.01*rng.NormFloat64())
			}
		}
		for k := range y {
			y[k] = 1.2*y[k] + 0.3*x[0][k] + 0.01*rng.NormFloat64()
		}
		w, err := simplexLeastSquares(y, x)
		if err != nil {
			t.Fatal(trial, err)
		}
		var sum, lambda float64
		rest := slices.Clone(y)
		for j, v := range w {
			if v < 0 {
				t.Fatalf("trial %d: weight %d is %v", trial, j, v)
			}
			sum += v
			for k := range rest {
				rest[k] -= v * x[j][k]
			}
		}
		if math.Abs(sum-1) > 1e-12 {
			t.Fatalf("trial %d: the weights add up to %v", trial, sum)
		}
		for j, v := range w {
			lambda -= v * floats.Dot(rest, x[j])
		}
		scale := norm(rest) * norm(y)
		for j, v := range w {
			g := -floats.Dot(rest, x[j]) - lambda
			if v > 0 && math.Abs(g) > 1e-9*scale || g < -1e-9*scale {
				t.Fatalf("trial %d: donor %d of weight %v has the gradient %v, scale %v", trial, j, v, g, scale)
			}
		}
		again, _ := simplexLeastSquares(y, x)
		if !slices.Equal(w, again) {
			t.Fatal("two runs differ")
		}
	}
}

// A portfolio of donors is found again.
func TestSyntheticKnownAnswer(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	want := []float64{0, 0.6, 0, 0.1, 0.3}
	s := &Sample{X: make([][]float64, 5), work: new(workspace)}
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
	e := newEstimate(5)
	if ex := (Synthetic{}).Estimate(s, e); ex != nil {
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
