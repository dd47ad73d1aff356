package model

// CAPM is ordinary least squares of the excess return on the benchmark's.
type CAPM struct{}

// Name implements Model.
func (CAPM) Name() string { return "capm" }

// About implements Model.
func (CAPM) About() string {
	return "the risk-free rate, plus what the benchmark's excess return times the security's beta would have given"
}

// Paper implements Model.
func (CAPM) Paper() string { return "Sharpe (1964); Jensen (1968)" }

// Coefs implements Model.
func (CAPM) Coefs() []string { return []string{"alpha", "beta"} }

// Design implements Model.
func (CAPM) Design(string) Design {
	return Design{Terms: []Term{{Series: BenchmarkReturn, Excess: true}}, Forecast: 1, Excess: true}
}

// Estimate implements Model: R_t - Rf_t = alpha + beta (Rm_t - Rf_t) + e_t by
// ordinary least squares, s^2 = sum e^2 / (M-2).
func (CAPM) Estimate(s *Sample, e *Estimate) error { return LeastSquares(s, e) }
