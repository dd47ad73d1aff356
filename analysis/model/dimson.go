package model

import "aftershock/analysis/stat"

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
func (m Dimson) Estimate(s *Sample, e *Estimate) error {
	if err := LeastSquares(s.first(), e); err != nil {
		return err
	}
	f := s.factorised()
	if f.Dependent >= 0 {
		return dependent(f)
	}
	b := s.Work.Floats(1 + len(s.X))
	f.Solve(s.Y, b)
	n := m.lags()
	total := 1.0 // 1 + sum_{i<=n} rho_i
	if m.FowlerRorke {
		for i := 1; i <= n; i++ {
			total += stat.Correlation(s.X[0], s.X[2*i-1])
		}
		if 2*total-1 <= stat.Collinearity {
			return Failed(ErrCollinear, "the market's autocorrelations add up to -1/2 or less; no weights follow from them")
		}
	}
	beta := b[1]
	near := total // 1 + sum_{i<=n-j} rho_i
	for j := 1; j <= n; j++ {
		w := 1.0
		if m.FowlerRorke {
			near -= stat.Correlation(s.X[0], s.X[2*(n-j)+1])
			w = (total + near - 1) / (2*total - 1)
		}
		beta += w * (b[2*j] + b[2*j+1])
	}
	return Line(s, e, stat.Mean(s.Y)-beta*stat.Mean(s.X[0]), beta)
}
