package stat

import (
	"cmp"
	"math"
	"slices"
)

// Deviation is the sample standard deviation, divisor N-1; NaN for N < 2.
func Deviation(x []float64) float64 {
	if len(x) < 2 {
		return nan
	}
	m := Mean(x)
	var ss float64
	for _, v := range x {
		ss += (v - m) * (v - m)
	}
	return math.Sqrt(ss / float64(len(x)-1))
}

// SpreadOf returns how many elements of x are not NaN and their sample standard
// deviation, NaN for fewer than two.
func SpreadOf(x []float64) (n int, sd float64) {
	var sum, ss float64
	for _, v := range x {
		if v == v {
			sum += v
			n++
		}
	}
	m := sum / float64(n)
	for _, v := range x {
		if v == v {
			ss += (v - m) * (v - m)
		}
	}
	if n < 2 {
		return n, nan
	}
	return n, math.Sqrt(ss / float64(n-1))
}

// Correlation is Pearson's, of two series without gaps.
func Correlation(x, y []float64) float64 {
	mx, my := Mean(x), Mean(y)
	sxx, sxy := Centred(x, y, mx, my)
	syy, _ := Centred(y, y, my, my)
	return sxy / math.Sqrt(sxx*syy)
}

// Varies reports whether the elements of x are not all alike.
func Varies(x []float64) bool {
	for _, v := range x {
		if v != x[0] {
			return true
		}
	}
	return false
}

// WeightedMean returns the mean, weighted by w, of the values that are not
// NaN, and their number; NaN for none.
func WeightedMean(n int, w []float64, value func(i int) float64) (mean float64, k int) {
	var sum, total float64
	for i := range n {
		if v := value(i); v == v {
			sum += w[i] * v
			total += w[i]
			k++
		}
	}
	if k == 0 {
		return nan, 0
	}
	return sum / total, k
}

// Interval is an estimate with its 95% interval; NaN where there is none.
type Interval struct {
	Value, Lower, Upper float64
}

// Ranks returns the ranks of x from 1, ties at the middle of theirs.
func Ranks(x []float64) []float64 {
	order := make([]int, len(x))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(x[a], x[b]) })
	out := make([]float64, len(x))
	for i := 0; i < len(order); {
		j := i + 1
		for j < len(order) && x[order[j]] == x[order[i]] {
			j++
		}
		for k := i; k < j; k++ {
			out[order[k]] = float64(i+j+1) / 2
		}
		i = j
	}
	return out
}
