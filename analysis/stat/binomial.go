package stat

// BinomialUpper returns P(X >= k) for X binomial with n trials of probability p:
//
//	I_p(k, n-k+1)
//
// I the regularised incomplete beta function; digits are kept far in the tail.
// Abramowitz and Stegun (1964), 26.5.24.
func BinomialUpper(k, n int, p float64) float64 {
	switch {
	case k <= 0:
		return 1
	case k > n:
		return 0
	}
	return IncompleteBeta(float64(k), float64(n-k+1), p, 1-p)
}
