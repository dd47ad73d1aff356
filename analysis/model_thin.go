package analysis

import "math"

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
func (ScholesWilliams) Estimate(s *Sample, e *Estimate) *Exclusion {
	if ex := leastSquares(s.first(), e); ex != nil {
		return ex
	}
	same, lag := s.X[0], s.X[1]
	var slopes float64
	for _, x := range s.X {
		sxx, sxy := centred(x, s.Y, mean(x), mean(s.Y))
		if !(sxx > 0) {
			return &Exclusion{Collinear, "the lagged or led market return is constant over the estimation window"}
		}
		slopes += sxy / sxx
	}
	rho := correlation(same, lag)
	if 1+2*rho <= collinearity {
		return &Exclusion{Collinear, "the market's autocorrelation is -1/2 or less; no beta follows from its lags and leads"}
	}
	beta := slopes / (1 + 2*rho)
	return line(s, e, mean(s.Y)-beta*mean(same), beta)
}

// Dimson is the market model for securities that trade thinly: the multiple
// regression of R_t on Rm_{t-n} ... Rm_{t+n},
//
//	beta  = sum_j w_j b_j, w_j = 1
//	alpha = mean(R) - beta mean(Rm)
//
// With FowlerRorke the slopes are weighted for the market's own
// autocorrelations rho_i, i <= n, which makes beta that of Scholes and
// Williams with n lags:
//
//	w_j = (1 + sum_{i<=n} rho_i + sum_{i<=n-|j|} rho_i) / (1 + 2 sum_{i<=n} rho_i)
//
// K = 2; variances as the market model's. Dimson (1979), equation 6; Fowler
// and Rorke (1983).
type Dimson struct {
	Lags        int // n; 0 means 1
	FowlerRorke bool
}

// Name implements Model.
func (m Dimson) Name() string {
	if m.FowlerRorke {
		return "fowler-rorke"
	}
	return "dimson"
}

// About implements Model.
func (m Dimson) About() string {
	if m.FowlerRorke {
		return "the market model, with the slopes on lagged and led market returns added to beta by Fowler and Rorke's weights"
	}
	return "the market model, with the slopes on lagged and led market returns added to beta"
}

// Paper implements Model.
func (m Dimson) Paper() string {
	if m.FowlerRorke {
		return "Fowler and Rorke (1983)"
	}
	return "Dimson (1979)"
}

// Coefs implements Model.
func (Dimson) Coefs() []string { return []string{"alpha", "beta"} }

func (m Dimson) lags() int { return max(m.Lags, 1) }

// Design implements Model.
func (m Dimson) Design(string) Design { return leadsAndLags(m.lags()) }

// Estimate implements Model.
func (m Dimson) Estimate(s *Sample, e *Estimate) *Exclusion {
	if ex := leastSquares(s.first(), e); ex != nil {
		return ex
	}
	f := s.factorised()
	if f.ex != nil {
		return f.ex
	}
	all := s.work.newEstimate(len(s.X))
	f.solve(s.Y, all.B)
	n := m.lags()
	total := 1.0 // 1 + sum_{i<=n} rho_i
	if m.FowlerRorke {
		for i := 1; i <= n; i++ {
			total += correlation(s.X[0], s.X[2*i-1])
		}
		if 2*total-1 <= collinearity {
			return &Exclusion{Collinear, "the market's autocorrelations add up to -1/2 or less; no weights follow from them"}
		}
	}
	beta := all.B[1]
	near := total // 1 + sum_{i<=n-j} rho_i
	for j := 1; j <= n; j++ {
		w := 1.0
		if m.FowlerRorke {
			near -= correlation(s.X[0], s.X[2*(n-j)+1])
			w = (total + near - 1) / (2*total - 1)
		}
		beta += w * (all.B[2*j] + all.B[2*j+1])
	}
	return line(s, e, mean(s.Y)-beta*mean(s.X[0]), beta)
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

// correlation is Pearson's, of two series without gaps.
func correlation(x, y []float64) float64 {
	mx, my := mean(x), mean(y)
	sxx, sxy := centred(x, y, mx, my)
	syy, _ := centred(y, y, my, my)
	return sxy / math.Sqrt(sxx*syy)
}
