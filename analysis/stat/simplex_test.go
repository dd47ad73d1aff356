package stat

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
		w, err := SimplexLeastSquares(y, x)
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
		again, _ := SimplexLeastSquares(y, x)
		if !slices.Equal(w, again) {
			t.Fatal("two runs differ")
		}
	}
}
