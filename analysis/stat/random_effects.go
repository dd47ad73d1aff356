package stat

import "math"

// Effects is a random-effects summary of K estimates of one quantity that
// varies from case to case.
type Effects struct {
	K    int
	Tau2 float64 // variance between the cases
	Mean float64
	SE   float64 // of Mean, of Hartung and Knapp
	Q    float64 // Cochran's, at Tau2 = 0
	I2   float64 // share of the variance that is between the cases, 0 to 1
}

// RandomEffects combines estimates y of variances v:
//
//	y_i = mean + u_i + e_i,  Var(u_i) = tau^2,  Var(e_i) = v_i,  w_i = 1/(v_i + tau^2)
//	tau^2: sum w_i (y_i - mean)^2 = k-1, or 0 where that has no root above 0
//	mean  = sum w_i y_i / sum w_i
//	SE^2  = sum w_i (y_i - mean)^2 / ((k-1) sum w_i)
//	I^2   = max(0, 1 - (k-1)/Q),  Q = sum w_i (y_i - mean)^2 at tau^2 = 0
//
// SE is not cut off from below. The mean's interval takes Student's t with k-1
// degrees of freedom, that of the next case mean -+ t_{k-2} sqrt(tau^2 + SE^2)
// (see [Effects.Next]). Units are those of y, and of y squared. All figures are
// NaN for fewer than two estimates, and where one of them is NaN or a variance
// is not positive.
//
// Paule and Mandel (1982) for tau^2, by the iteration of DerSimonian and Kacker
// (2007), equation 8; Hartung and Knapp (2001) for SE; Higgins and Thompson
// (2002) for I^2. R: metafor::rma(y, v, method = "PM", test = "knha").
func RandomEffects(y, v []float64) Effects {
	k := len(y)
	e := Effects{K: k, Tau2: nan, Mean: nan, SE: nan, Q: nan, I2: nan}
	if k < 2 || len(v) != k {
		return e
	}
	for i, s := range v {
		if !(s > 0) || math.IsInf(s, 0) || math.IsNaN(y[i]) {
			return e
		}
	}
	df := float64(k - 1)
	at := func(tau2 float64) (mean, q, slope, w float64) {
		for i, s := range v {
			u := 1 / (s + tau2)
			w += u
			mean += u * y[i]
		}
		mean /= w
		for i, s := range v {
			u, d := 1/(s+tau2), y[i]-mean
			q += u * d * d
			slope += u * u * d * d
		}
		return mean, q, slope, w
	}
	mean, q, slope, w := at(0)
	e.Q, e.I2, e.Tau2 = q, max(0, 1-df/q), 0
	// q falls in tau^2 and is convex, so that the steps rise to the root.
	for n := 0; n < 200 && q > df; n++ {
		step := (q - df) / slope
		next := e.Tau2 + step
		if next == e.Tau2 {
			break
		}
		e.Tau2 = next
		mean, q, slope, w = at(next)
	}
	e.Mean, e.SE = mean, math.Sqrt(q/(df*w))
	return e
}

// Next is the standard deviation of the next case about Mean,
//
//	sqrt(tau^2 + SE^2)
//
// whose interval takes Student's t with K-2 degrees of freedom: it is not
// defined, and NaN, for K < 3. Higgins, Thompson, Spiegelhalter (2009),
// equation 12.
func (e Effects) Next() float64 {
	if e.K < 3 {
		return nan
	}
	return math.Sqrt(e.Tau2 + e.SE*e.SE)
}
