package stat

import "math"

// Shrink draws standardised estimates z, each with a standard error of about 1
// about its own mean, towards their common mean by as much as chance alone
// spreads them:
//
//	shrunk_i = mean + (1 - B)(z_i - mean),  B = min(1, (k-3)(1-r)/sum (z_i - mean)^2)
//
// r is their mean correlation, which narrows their spread under chance. The
// largest of many estimates is too large on average; the shrunk ones are not.
// NaN elements stay NaN and do not count in k; with fewer than four left nothing
// is known of their spread, and z is returned as it is. It returns B as well.
// Efron and Morris (1973, 1975); James and Stein (1961).
func Shrink(z []float64, r float64) (shrunk []float64, b float64) {
	var m, k, ss float64
	for _, v := range z {
		if v == v {
			m += v
			k++
		}
	}
	m /= k
	for _, v := range z {
		if v == v {
			ss += (v - m) * (v - m)
		}
	}
	if math.IsNaN(r) || r < 0 {
		r = 0
	}
	if k >= 4 {
		b = min(1, (k-3)*(1-r)/ss) // ss = 0: all alike, and nothing to draw together
	}
	shrunk = make([]float64, len(z))
	for i, v := range z {
		shrunk[i] = v - b*(v-m)
	}
	return shrunk, b
}
