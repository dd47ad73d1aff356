package analysis

import (
	"math"

	"aftershock/analysis/stat"
)

// SignTest compares the number w of positive CARs with one half:
//
//	z = (w - N/2) / sqrt(N/4), N(0,1)
//
// A CAR of exactly zero has no sign and does not count in N. By-product:
// exact_p, the two-sided binomial p, min(1, 2 min(P(W<=w), P(W>=w))).
// Conover (1999), 3.4.
type SignTest struct{}

// Name implements Test.
func (SignTest) Name() string { return "sign" }

// Null implements Test.
func (SignTest) Null() string { return "a positive abnormal return is as likely as a negative one" }

// Assumes implements Test.
func (SignTest) Assumes() string {
	return "independent observations whose abnormal returns are symmetric about zero"
}

// Paper implements Test.
func (SignTest) Paper() string { return "Conover (1999), 3.4; MacKinlay (1997), 8" }

// Properties implements Test.
func (SignTest) Properties() Properties { return Properties{Independence: TakenAlways} }

// Scope implements Test.
func (SignTest) Scope() Scope { return ManyObservations }

// Run implements Test.
func (SignTest) Run(c *CrossSection) TestResult {
	positive, n := 0, 0
	for _, v := range c.CAR {
		if v > 0 {
			positive++
		}
		if v != 0 {
			n++
		}
	}
	if n == 0 {
		return Undefined("undefined/zero")
	}
	w, f := float64(positive), float64(n)
	r := outcome((w-f/2)/math.Sqrt(f/4), stat.Normal())
	// P(W <= w) = 1 - I_1/2(w+1, N-w).
	lower := stat.IncompleteBeta(f-w, w+1, 0.5, 0.5)
	upper := stat.IncompleteBeta(w, f-w+1, 0.5, 0.5)
	if positive == n {
		lower = 1
	}
	if positive == 0 {
		upper = 1
	}
	r.ByProducts = c.byProducts(ByProduct{"exact_p", min(1, 2*min(lower, upper))})
	return r
}

// GeneralizedSign compares the number w of positive CARs with the frequency of
// positive abnormal returns in the estimation windows:
//
//	z = (w - N p) / sqrt(N p (1-p)), N(0,1)
//
// p the mean over the observations of the fraction of positive estimation
// residuals. By-product: p_hat. Cowan (1992), equation 1.
type GeneralizedSign struct{}

// Name implements Test.
func (GeneralizedSign) Name() string { return "generalized-sign" }

// Null implements Test.
func (GeneralizedSign) Null() string {
	return "a positive abnormal return is as likely as in the estimation window"
}

// Assumes implements Test.
func (GeneralizedSign) Assumes() string { return "independent observations" }

// Paper implements Test.
func (GeneralizedSign) Paper() string { return "Cowan (1992)" }

// Properties implements Test.
func (GeneralizedSign) Properties() Properties { return Properties{Independence: TakenAlways} }

// Scope implements Test.
func (GeneralizedSign) Scope() Scope { return ManyObservations }

// Run implements Test.
func (GeneralizedSign) Run(c *CrossSection) TestResult {
	var w float64
	for _, v := range c.CAR {
		if v > 0 {
			w++
		}
	}
	n, p := float64(c.N()), c.pool.positive()
	if !(p > 0) || p >= 1 {
		return Undefined("undefined/fraction", p)
	}
	r := outcome((w-n*p)/math.Sqrt(n*p*(1-p)), stat.Normal())
	r.ByProducts = c.byProducts(ByProduct{"p_hat", p})
	return r
}
