package stat

import (
	"math"
	"slices"
)

// QuantileInterval is the interval of effects that a CAR does not reject by its
// place among n past sums: all theta for which the two-sided p value of
// car - theta, twice the smaller of (1 + #{sums <= car-theta})/(n+1) and
// (1 + #{sums >= car-theta})/(n+1), is above alpha. With the sums in ascending
// order S_(1..n) and k = floor(alpha (n+1)/2):
//
//	[car - S_(n-k+1), car - S_(k)]
//
// NaN where k = 0: so few sums cannot reject anything. After Chernozhukov,
// Wüthrich, Zhu (2021), with the sums of Gelbach, Helland, Klick (2013).
func QuantileInterval(car float64, sums []float64, alpha float64) (low, high float64) {
	n := len(sums)
	k := floorShare(alpha/2, n+1)
	if k < 1 || k > n || math.IsNaN(car) {
		return nan, nan
	}
	// The k smallest in ascending and the k largest in descending order.
	var few [64]float64
	buf := few[:0]
	if 2*k > len(few) {
		buf = make([]float64, 0, 2*k)
	}
	buf = buf[:2*k]
	small, large := buf[:0:k], buf[k:k:2*k]
	for _, s := range sums {
		if len(small) < k || s < small[k-1] {
			small = insert(small, s, func(a, b float64) bool { return a < b })
		}
		if len(large) < k || s > large[k-1] {
			large = insert(large, s, func(a, b float64) bool { return a > b })
		}
	}
	return car - large[k-1], car - small[k-1]
}

// insert puts v in its place among the ordered x, whose last makes room for it
// where x is full.
func insert(x []float64, v float64, before func(a, b float64) bool) []float64 {
	if len(x) < cap(x) {
		x = append(x, v)
	}
	i := len(x) - 1
	for ; i > 0 && before(v, x[i-1]); i-- {
		x[i] = x[i-1]
	}
	x[i] = v
	return x
}

// PlaceboRadius is how many standard errors about an estimate are not rejected
// by its place among the statistics t of pseudo-dates: with their absolute
// values in ascending order |T|_(1..B) and k = floor(alpha (B+1)),
//
//	|T|_(B-k+1)
//
// NaN where k = 0. After Chernozhukov, Wüthrich, Zhu (2021).
func PlaceboRadius(t []float64, alpha float64) float64 {
	k := floorShare(alpha, len(t)+1)
	if k < 1 || k > len(t) {
		return nan
	}
	far := make([]float64, len(t))
	for i, v := range t {
		far[i] = math.Abs(v)
	}
	slices.Sort(far)
	return far[len(far)-k]
}

// floorShare is floor(share n), where a product that is whole but for rounding
// (0.05 x 100) counts as whole.
func floorShare(share float64, n int) int {
	return int(math.Floor(share*float64(n) + 1e-9))
}
