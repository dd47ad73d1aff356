package model

// MarketModel is ordinary least squares on the benchmark's return.
type MarketModel struct{}

// Name implements Model.
func (MarketModel) Name() string { return "market" }

// About implements Model.
func (MarketModel) About() string {
	return "what the benchmark's return, times the security's usual sensitivity to it, would have given"
}

// Paper implements Model.
func (MarketModel) Paper() string {
	return "MacKinlay (1997), 4; Campbell, Lo, MacKinlay (1997), 4.3"
}

// Coefs implements Model.
func (MarketModel) Coefs() []string { return []string{"alpha", "beta"} }

// Design implements Model.
func (MarketModel) Design(string) Design {
	return Design{Terms: []Term{{Series: BenchmarkReturn}}, Forecast: 1}
}

// Estimate implements Model: R_t = alpha + beta Rm_t + e_t by ordinary least
// squares, s^2 = sum e^2 / (M-2).
func (MarketModel) Estimate(s *Sample, e *Estimate) error { return LeastSquares(s, e) }
