package stat

import (
	"math"
	"math/rand/v2"
	"testing"
)

// R 4.2: p.adjust(p, "holm"), "BH", "BY".
func TestCorrections(t *testing.T) {
	p := []float64{0.01, 0.04, 0.03, 0.005, 0.2, 0.03, 0.9, nan, 1}
	same(t, "holm", Holm(p), []float64{0.07, 0.18, 0.18, 0.04, 0.6, 0.18, 1, nan, 1}, 1e-14)
	same(t, "bh", BenjaminiHochberg(p), []float64{0.04, 0.064, 0.06, 0.04, 0.266666666666667, 0.06, 1, nan, 1}, 1e-14)
	same(t, "by", BenjaminiYekutieli(p), []float64{0.108714285714286, 0.173942857142857, 0.163071428571429, 0.108714285714286,
		0.724761904761905, 0.163071428571429, 1, nan, 1}, 1e-14)
	for _, f := range []func([]float64) []float64{Holm, BenjaminiHochberg, BenjaminiYekutieli} {
		same(t, "none", f(nil), []float64{}, 0)
		same(t, "one", f([]float64{0.02}), []float64{0.02}, 0)
		same(t, "NaN", f([]float64{nan, nan}), []float64{nan, nan}, 0)
	}
}

// By hand: 19 draws of two statistics.
func TestRomanoWolf(t *testing.T) {
	a, b := make([]float64, 19), make([]float64, 19)
	a[0], b[0] = 4, 0    // beyond both
	a[1], b[1] = 0, -2.5 // beyond the smaller only
	a[2], b[2] = 2.5, 0  // beyond the smaller, but not in its own step
	a[3], b[3] = nan, 9  // no draw of the family
	got := RomanoWolf([]float64{-3, 2}, [][]float64{append(a, 0), append(b, 0)})
	same(t, "by hand", got, []float64{2.0 / 20, 2.0 / 20}, 1e-15)
	same(t, "undefined", RomanoWolf([]float64{nan, 2}, [][]float64{append(a, 0), append(b, 0)}), []float64{nan, 3.0 / 21}, 1e-15)
	same(t, "few draws", RomanoWolf([]float64{3, 2}, [][]float64{a[:10], b[:10]}), []float64{nan, nan}, 0)
}

// A family of one is not corrected; statistics that are one and the same cost
// nothing; independent ones cost about what Holm's method takes.
func TestRomanoWolfDependence(t *testing.T) {
	const n = 20_000
	rng := rand.New(rand.NewPCG(1, 1))
	x, y := make([]float64, n), make([]float64, n)
	for b := range x {
		x[b], y[b] = rng.NormFloat64(), rng.NormFloat64()
	}
	alone := RomanoWolf([]float64{2.2}, [][]float64{x})[0]
	twins := RomanoWolf([]float64{2.2, 2.2}, [][]float64{x, x})
	same(t, "twins", twins, []float64{alone, alone}, 1e-15)
	apart := RomanoWolf([]float64{2.2, 2.1}, [][]float64{x, y})
	if want := 1 - (1-alone)*(1-alone); math.Abs(apart[0]-want) > 0.005 {
		t.Errorf("independent: %v, want about %v", apart[0], want)
	}
}
