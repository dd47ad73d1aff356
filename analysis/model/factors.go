package model

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
		return "MacKinlay (1997), 4"
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
func (Factors) Estimate(s *Sample, e *Estimate) error { return LeastSquares(s, e) }
