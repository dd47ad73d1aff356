package stat

import (
	"cmp"
	"math"
	"slices"
)

// Holm returns the p values adjusted by the step-down method of Holm (1979):
// with p(1) <= ... <= p(m),
//
//	adjusted p(i) = max over j <= i of min(1, (m-j+1) p(j))
//
// NaN stays NaN and does not count in m.
func Holm(p []float64) []float64 {
	out, order := ascendingPs(p)
	m := float64(len(order))
	var worst float64
	for i, k := range order {
		worst = max(worst, min(1, (m-float64(i))*p[k]))
		out[k] = worst
	}
	return out
}

// BenjaminiHochberg returns the p values adjusted by the step-up method of
// Benjamini and Hochberg (1995): with p(1) <= ... <= p(m),
//
//	adjusted p(i) = min over j >= i of min(1, m p(j)/j)
//
// NaN stays NaN and does not count in m.
func BenjaminiHochberg(p []float64) []float64 { return stepUp(p, func(float64) float64 { return 1 }) }

// BenjaminiYekutieli is BenjaminiHochberg with more for dependence:
//
//	adjusted p(i) = min over j >= i of min(1, (1 + 1/2 + ... + 1/m) m p(j)/j)
//
// Benjamini and Yekutieli (2001), theorem 1.3.
func BenjaminiYekutieli(p []float64) []float64 {
	return stepUp(p, func(m float64) float64 {
		var h float64
		for j := 1.0; j <= m; j++ {
			h += 1 / j
		}
		return h
	})
}

func stepUp(p []float64, factor func(m float64) float64) []float64 {
	out, order := ascendingPs(p)
	m := float64(len(order))
	least, f := 1.0, factor(m)
	for i := len(order) - 1; i >= 0; i-- {
		k := order[i]
		least = min(least, f*m*p[k]/float64(i+1))
		out[k] = least
	}
	return out
}

// ascendingPs returns the indices of the p values that are not NaN in
// ascending order of p, and a slice of NaN as long as p.
func ascendingPs(p []float64) (out []float64, order []int) {
	type at struct {
		p float64
		i int
	}
	all := make([]at, 0, len(p))
	for i, v := range p {
		if v == v {
			all = append(all, at{v, i})
		}
	}
	slices.SortFunc(all, func(a, b at) int { // no two are equal, so that it is the stable order
		switch {
		case a.p < b.p:
			return -1
		case a.p > b.p:
			return 1
		}
		return a.i - b.i
	})
	order = make([]int, len(all))
	for k, a := range all {
		order[k] = a.i
	}
	return gaps(len(p)), order
}

// MinDraws is the least number of draws from which a p value can reach 0.05.
const MinDraws = 19

// RomanoWolf returns step-down adjusted p values of statistics whose joint
// distribution under the null is known by draws (by statistic, then by draw):
// with |t(1)| >= ... >= |t(m)|,
//
//	p(i)          = (1 + #{b: max over j >= i of |t_b(j)| >= |t(i)|}) / (1 + B)
//	adjusted p(i) = max over j <= i of p(j)
//
// A NaN statistic has the p value NaN and leaves the family; a draw in which
// one of the others is NaN is left out. With fewer than MinDraws draws left all are
// NaN. Romano and Wolf (2005), algorithm 4.1; (2016) for the p values.
func RomanoWolf(t []float64, draws [][]float64) []float64 {
	out := gaps(len(t))
	var order []int
	for i, v := range t {
		if v == v {
			order = append(order, i)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(math.Abs(t[b]), math.Abs(t[a])) })
	if len(order) == 0 {
		return out
	}
	far, n := make([]float64, len(order)), 0
draw:
	for b := range draws[order[0]] {
		for _, k := range order {
			if v := draws[k][b]; v != v {
				continue draw
			}
		}
		n++
		var most float64
		for i := len(order) - 1; i >= 0; i-- {
			k := order[i]
			most = max(most, math.Abs(draws[k][b]))
			if most >= math.Abs(t[k]) {
				far[i]++
			}
		}
	}
	if n < MinDraws {
		return out
	}
	var worst float64
	for i, k := range order {
		worst = max(worst, (1+far[i])/float64(1+n))
		out[k] = worst
	}
	return out
}

// gaps returns n NaN.
func gaps(n int) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = nan
	}
	return s
}
