package model

import "aftershock/analysis/stat"

// MarketAdjusted takes the benchmark's return as normal; nothing is estimated
// but the variance.
type MarketAdjusted struct{}

// Name implements Model.
func (MarketAdjusted) Name() string { return "market-adjusted" }

// About implements Model.
func (MarketAdjusted) About() string { return "the benchmark's return" }

// Paper implements Model.
func (MarketAdjusted) Paper() string { return "Brown and Warner (1980, 1985)" }

// Coefs implements Model.
func (MarketAdjusted) Coefs() []string { return nil }

// Design implements Model.
func (MarketAdjusted) Design(string) Design {
	return Design{Terms: []Term{{Series: BenchmarkReturn}}, Forecast: 1}
}

// Estimate implements Model: AR = R - Rm; s^2 is the sample variance of R - Rm
// about its mean, divisor M-1, so that the model counts as K = 1.
func (MarketAdjusted) Estimate(s *Sample, e *Estimate) error { return difference(s, e) }

// difference takes the first regressor itself as the expected return.
func difference(s *Sample, e *Estimate) error {
	m := float64(len(s.Y))
	var ss, raw float64
	gap := stat.Mean(s.Y) - stat.Mean(s.X[0])
	for t, y := range s.Y {
		d := y - s.X[0][t] - gap
		ss += d * d
		raw += y * y
	}
	e.B[0], e.B[1] = 0, 1
	e.M, e.K = len(s.Y), 1
	e.S2, e.R2, e.Plain = ss/(m-1), nan, true
	if stat.Negligible(ss, raw) {
		return noVariance(e.M)
	}
	return nil
}
