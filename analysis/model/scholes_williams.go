package model

import "aftershock/analysis/stat"

// ScholesWilliams is the market model for securities that do not trade at
// every close:
//
//	beta  = (b_-1 + b_0 + b_+1) / (1 + 2 rho)
//	alpha = mean(R) - beta mean(Rm)
//
// each b the slope of a regression on the one lagged, same or led return of
// the market, rho the correlation of Rm_t with Rm_{t-1}, over the sessions
// where all three exist. K = 2; variances as the market model's.
// Scholes and Williams (1977), section 4.
type ScholesWilliams struct{}

// Name implements Model.
func (ScholesWilliams) Name() string { return "scholes-williams" }

// About implements Model.
func (ScholesWilliams) About() string {
	return "the market model, with a beta that allows for prices that lag or lead the market by a session"
}

// Paper implements Model.
func (ScholesWilliams) Paper() string { return "Scholes and Williams (1977)" }

// Coefs implements Model.
func (ScholesWilliams) Coefs() []string { return []string{"alpha", "beta"} }

// Design implements Model.
func (ScholesWilliams) Design(string) Design { return leadsAndLags(1) }

// Estimate implements Model.
func (ScholesWilliams) Estimate(s *Sample, e *Estimate) error {
	if err := LeastSquares(s.first(), e); err != nil {
		return err
	}
	same, lag := s.X[0], s.X[1]
	var slopes float64
	for _, x := range s.X {
		sxx, sxy := stat.Centred(x, s.Y, stat.Mean(x), stat.Mean(s.Y))
		if !(sxx > 0) {
			return Failed(ErrCollinear, "the lagged or led market return is constant over the estimation window")
		}
		slopes += sxy / sxx
	}
	rho := stat.Correlation(same, lag)
	if 1+2*rho <= stat.Collinearity {
		return Failed(ErrCollinear, "the market's autocorrelation is -1/2 or less; no beta follows from its lags and leads")
	}
	beta := slopes / (1 + 2*rho)
	return Line(s, e, stat.Mean(s.Y)-beta*stat.Mean(same), beta)
}

// leadsAndLags lists the market's return of the session, and then of i
// sessions before and after it, i = 1 to n.
func leadsAndLags(n int) Design {
	d := Design{Terms: []Term{{Series: BenchmarkReturn}}, Forecast: 1}
	for i := 1; i <= n; i++ {
		d.Terms = append(d.Terms, Term{Series: BenchmarkReturn, Lag: i}, Term{Series: BenchmarkReturn, Lag: -i})
	}
	return d
}
