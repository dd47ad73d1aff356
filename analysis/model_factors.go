package analysis

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
func (CAPM) Estimate(s *Sample, e *Estimate) *Exclusion { return leastSquares(s, e) }

// Factors is ordinary least squares on named factors of the panel:
//
//	R_t [- Rf_t] = alpha + sum b_j F_jt + e_t, s^2 = sum e^2 / (M-K)
//
// Fama and French publish factors of simple returns: log returns need factors
// of their own.
type Factors struct {
	Series []string // names of the factors in the panel
	Excess bool     // explain the return less the risk-free rate

	name, about, paper string
}

// The factor models of Fama, French and Carhart, on factors that go by the
// names of Kenneth French's files.
var (
	FamaFrench3 = Factors{[]string{"mkt_rf", "smb", "hml"}, true, "ff3",
		"the risk-free rate, and the premiums for market, size and value", "Fama and French (1993)"}
	Carhart = Factors{[]string{"mkt_rf", "smb", "hml", "mom"}, true, "carhart",
		"the risk-free rate, and the premiums for market, size, value and momentum", "Carhart (1997)"}
	FamaFrench5 = Factors{[]string{"mkt_rf", "smb", "hml", "rmw", "cma"}, true, "ff5",
		"the risk-free rate, and the premiums for market, size, value, profitability and investment", "Fama and French (2015)"}
	FamaFrench6 = Factors{[]string{"mkt_rf", "smb", "hml", "rmw", "cma", "mom"}, true, "ff6",
		"the risk-free rate, and the premiums for market, size, value, profitability, investment and momentum", "Fama and French (2018)"}
)

// Name implements Model.
func (m Factors) Name() string {
	if m.name == "" {
		return "factors"
	}
	return m.name
}

// About implements Model.
func (m Factors) About() string {
	if m.about == "" {
		return "what the factors that the study names would have given"
	}
	return m.about
}

// Paper implements Model.
func (m Factors) Paper() string {
	if m.paper == "" {
		return "MacKinlay (1997), section 4, multifactor models"
	}
	return m.paper
}

// Coefs implements Model.
func (m Factors) Coefs() []string { return append([]string{"alpha"}, m.Series...) }

// Design implements Model.
func (m Factors) Design(string) Design {
	if len(m.Series) == 0 {
		return Design{Problem: "the study names no factors"}
	}
	d := Design{Forecast: len(m.Series), Excess: m.Excess}
	for _, name := range m.Series {
		d.Terms = append(d.Terms, Term{Series: FactorReturn, Name: name})
	}
	return d
}

// Estimate implements Model.
func (Factors) Estimate(s *Sample, e *Estimate) *Exclusion { return leastSquares(s, e) }
