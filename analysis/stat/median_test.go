package stat

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestMedian(t *testing.T) {
	rng := rand.New(rand.NewPCG(1, 1))
	for n := 1; n < 200; n++ {
		x := make([]float64, n)
		for i := range x {
			x[i] = math.Floor(rng.NormFloat64() * float64(1+n%7)) // with ties
		}
		sorted := slices.Sorted(slices.Values(x))
		want := (sorted[(n-1)/2] + sorted[n/2]) / 2
		if got := Median(x); got != want {
			t.Fatalf("n %d: %v, want %v", n, got, want)
		}
		slices.Sort(x)
		if !slices.Equal(x, sorted) {
			t.Fatal("median lost an element")
		}
	}
}
