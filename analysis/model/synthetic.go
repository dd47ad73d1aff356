package model

import (
	"math"
	"slices"

	"aftershock/analysis/stat"
)

// Synthetic takes as normal the return of the portfolio of donors that tracked
// the security best over the estimation window:
//
//	minimise sum (R_t - sum w_j R_jt)^2 over w_j >= 0, sum w_j = 1
//	AR = R - sum w_j R_j
//	s^2 = sum (e - mean e)^2 / (M-K), K = the number of donors with w_j > 0
//
// The weights are exact, see stat.SimplexLeastSquares. With Ridge they are augmented
// by a ridge regression of what they leave, see stat.RidgeSimplex: they still add up
// to 1, but may be negative; K then grows by the effective number of parameters of
// the correction, rounded up, to at most the number of donors.
//
// Var(AR) = s^2 takes the weights, and with Ridge the penalty, as given. Every donor
// must have a return on a session for it to be used.
//
// Abadie and Gardeazabal (2003); Abadie, Diamond, Hainmueller (2010); for
// returns Acemoglu et al. (2016); Ridge: Ben-Michael, Feller, Rothstein (2021).
type Synthetic struct {
	Donors []string // the security itself is left out
	Ridge  bool
	// OtherSectors leaves out the donors of the security's own sector, as Sectors has
	// it by symbol, and those of none. A security without a sector has no control.
	OtherSectors bool
	Sectors      map[string]string
}

// Name implements Model.
func (Synthetic) Name() string { return "synthetic" }

// About implements Model.
func (m Synthetic) About() string {
	if m.Ridge {
		return "the return of donors, some perhaps sold short, that tracked the security best over the estimation window"
	}
	return "the return of the portfolio of donors that tracked the security best over the estimation window"
}

// Paper implements Model.
func (m Synthetic) Paper() string {
	if m.Ridge {
		return "Ben-Michael, Feller, Rothstein (2021)"
	}
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
	if m.OtherSectors && security != "" {
		own := m.Sectors[security]
		if own == "" {
			return Design{Problem: "the sector of %s is not known, and donors of its own are to be left out"}
		}
		donors = slices.DeleteFunc(donors, func(d string) bool { return m.Sectors[d] == own || m.Sectors[d] == "" })
		if len(donors) == 0 {
			return Design{Problem: "no donor is known to be of another sector than %s"}
		}
	}
	d := Design{Forecast: len(donors)}
	for _, s := range donors {
		d.Terms = append(d.Terms, Term{Series: SecurityReturn, Name: s})
	}
	return d
}

// Estimate implements Model.
func (m Synthetic) Estimate(s *Sample, e *Estimate) error {
	w, err := stat.SimplexLeastSquares(s.Y, s.X)
	if err != nil {
		return notConverged(err)
	}
	e.B[0] = 0
	e.M, e.K, e.Plain = len(s.Y), 0, true
	for _, v := range w {
		if v > 0 {
			e.K++
		}
	}
	if m.Ridge {
		var df float64
		if w, e.Penalty, df, err = stat.RidgeSimplex(s.Y, s.X); err != nil {
			return notConverged(err)
		}
		e.K = min(e.K+int(math.Ceil(df)), len(w))
	}
	copy(e.B[1:], w)
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
