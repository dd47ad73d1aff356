package model

import "aftershock/analysis/stat"

// Synthetic takes as normal the return of the portfolio of donors that tracked
// the security best over the estimation window:
//
//	minimise sum (R_t - sum w_j R_jt)^2 over w_j >= 0, sum w_j = 1
//	AR = R - sum w_j R_j
//	s^2 = sum (e - mean e)^2 / (M-K), K = the number of donors with w_j > 0
//
// The weights are exact, see stat.SimplexLeastSquares. Var(AR) = s^2 takes them as
// given. Every donor must have a return on a session for it to be used.
// Abadie and Gardeazabal (2003); Abadie, Diamond, Hainmueller (2010); for
// returns Acemoglu et al. (2016).
type Synthetic struct {
	Donors []string // the security itself is left out
}

// Name implements Model.
func (Synthetic) Name() string { return "synthetic" }

// About implements Model.
func (Synthetic) About() string {
	return "the return of the portfolio of donors that tracked the security best over the estimation window"
}

// Paper implements Model.
func (Synthetic) Paper() string {
	return "Abadie, Diamond, Hainmueller (2010); Acemoglu et al. (2016)"
}

// Coefs implements Model.
func (Synthetic) Coefs() []string { return nil }

// Design implements Model.
func (m Synthetic) Design(security string) Design {
	donors := without(m.Donors, security)
	if len(donors) == 0 {
		return Design{Problem: "the study names no donors for %s"}
	}
	d := Design{Forecast: len(donors)}
	for _, s := range donors {
		d.Terms = append(d.Terms, Term{Series: SecurityReturn, Name: s})
	}
	return d
}

// Estimate implements Model.
func (Synthetic) Estimate(s *Sample, e *Estimate) error {
	w, err := stat.SimplexLeastSquares(s.Y, s.X)
	if err != nil {
		return notConverged(err)
	}
	e.B[0] = 0
	copy(e.B[1:], w)
	e.M, e.K, e.Plain = len(s.Y), 0, true
	for _, v := range w {
		if v > 0 {
			e.K++
		}
	}
	ybar := stat.Mean(s.Y)
	rest := make([]float64, len(s.Y))
	var raw float64
	for t, y := range s.Y {
		raw += y * y
		rest[t] = y
		for j, v := range w {
			rest[t] -= v * s.X[j][t]
		}
	}
	mu := stat.Mean(rest)
	ss, _ := stat.Centred(rest, rest, mu, mu)
	if stat.Negligible(ss, raw) {
		return noVariance(e.M)
	}
	tss, _ := stat.Centred(s.Y, s.Y, ybar, ybar)
	e.S2, e.R2 = ss/float64(e.M-e.K), 1-ss/tss
	return nil
}
