package stat

import "math"

// HypergeometricUpper returns P(X >= x) where X is how many of k draws without
// replacement hit one of m marked things among n:
//
//	P(X = i) = C(m, i) C(n-m, k-i) / C(n, k)
//
// NaN where k or m is not between 0 and n.
func HypergeometricUpper(x, n, k, m int) float64 {
	if k < 0 || m < 0 || k > n || m > n {
		return nan
	}
	lo, hi := max(0, k+m-n), min(k, m)
	if x <= lo {
		return 1
	}
	if x > hi {
		return 0
	}
	// From the most likely value outwards, each term by its neighbour's, so that
	// the tail keeps its digits: sum of the tail over sum of all.
	mode := min(max((k+1)*(m+1)/(n+2), lo), hi)
	up := func(i int) float64 { // P(X = i+1) / P(X = i)
		return float64(k-i) * float64(m-i) / (float64(i+1) * float64(n-m-k+i+1))
	}
	tail, all := 0.0, 1.0
	if mode >= x {
		tail = 1
	}
	for i, t := mode, 1.0; i < hi; i++ {
		t *= up(i)
		all += t
		if i+1 >= x {
			tail += t
		}
	}
	for i, t := mode, 1.0; i > lo; i-- {
		t /= up(i - 1)
		all += t
		if i-1 >= x {
			tail += t
		}
	}
	return tail / all
}

// BinomialTwoSided returns the exact two-sided p value of x successes in n trials
// of probability 1/2: min(1, 2 min(P(X <= x), P(X >= x))). NaN for n = 0.
func BinomialTwoSided(x, n int) float64 {
	if n <= 0 || x < 0 || x > n {
		return nan
	}
	few := min(x, n-x)
	// P(X <= few) = sum_{i<=few} C(n, i) / 2^n, in logarithms against underflow.
	whole, _ := math.Lgamma(float64(n + 1))
	var p float64
	for i := range few + 1 {
		a, _ := math.Lgamma(float64(i + 1))
		b, _ := math.Lgamma(float64(n - i + 1))
		p += math.Exp(whole - a - b - float64(n)*math.Ln2)
	}
	return min(1, 2*p)
}
