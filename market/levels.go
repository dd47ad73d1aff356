package market

import "math"

// Levels reports whether values that are given as simple returns or factors of single
// days hang together from day to day as sums since the first one, and levels, do: their
// first-order autocorrelation
//
//	sum (x_t - mean)(x_(t-1) - mean) / sum (x_t - mean)^2
//
// is above 0.7, which that of returns of days never is. A NaN is passed over: its
// neighbours are neighbours. A constant is no level. known is false, and is with it, where
// fewer than 40 values are there to tell.
func Levels(x []float64) (is, known bool) {
	const fewest, most = 40, 0.7
	n, mean := 0, 0.0
	for _, v := range x {
		if v == v {
			n++
			mean += v
		}
	}
	if n < fewest {
		return false, false
	}
	mean /= float64(n)
	var variance, lagged float64
	before := math.NaN()
	for _, v := range x {
		if v != v {
			continue
		}
		variance += (v - mean) * (v - mean)
		if before == before {
			lagged += (v - mean) * (before - mean)
		}
		before = v
	}
	return lagged > most*variance && variance > 1e-9*float64(n)*mean*mean, true
}
