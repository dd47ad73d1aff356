package model

import "aftershock/analysis/stat"

// TheilSen is the market model by medians:
//
//	beta  = median of (R_s - R_t)/(Rm_s - Rm_t) over the pairs with Rm_s != Rm_t
//	alpha = median(R - beta Rm)
//
// K = 2; variances as the market model's. Theil (1950); Sen (1968).
type TheilSen struct{}

// Name implements Model.
func (TheilSen) Name() string { return "theil-sen" }

// About implements Model.
func (TheilSen) About() string {
	return "the market model, with the median slope between two sessions of the estimation window as beta"
}

// Paper implements Model.
func (TheilSen) Paper() string { return "Theil (1950); Sen (1968)" }

// Coefs implements Model.
func (TheilSen) Coefs() []string { return []string{"alpha", "beta"} }

// Design implements Model.
func (TheilSen) Design(string) Design {
	d := MarketModel{}.Design("")
	d.Robust = true
	return d
}

// Estimate implements Model.
func (TheilSen) Estimate(s *Sample, e *Estimate) error {
	if err := LeastSquares(s, e); err != nil {
		return err
	}
	x, y, m := s.X[0], s.Y, len(s.Y)
	slopes := s.Work.Floats(m * (m - 1) / 2)[:0]
	for i, a := range x {
		for j, b := range x[:i] {
			if a != b {
				slopes = append(slopes, (y[i]-y[j])/(a-b))
			}
		}
	}
	beta := stat.Median(slopes)
	rest := s.Work.Floats(m)
	for t, v := range y {
		rest[t] = v - beta*x[t]
	}
	return Line(s, e, stat.Median(rest), beta)
}
