package model

import (
	"math"

	"aftershock/analysis/stat"
)

// GARCH is the market model with a conditional variance, estimated jointly by
// Gaussian quasi-maximum likelihood, see stat.FitGARCH. Var(AR) of tau is the
// variance h_{tau|b} forecast from the last usable session b of the estimation
// window, tau - b sessions ahead; no return of the event window enters it, nor
// does the sampling error of the coefficients. Var(CAR) is the sum of h.
// Sessions of the estimation window without a return take no part in the
// recursion.
//
// Standard errors are the quasi-maximum likelihood ones. K = 2; S is of the
// residuals, as the market model's.
type GARCH struct{ Kind stat.GARCHKind }

// Name implements Model.
func (m GARCH) Name() string { return string(m.Kind) }

// About implements Model.
func (m GARCH) About() string {
	switch m.Kind {
	case stat.GJR:
		return "the market model; the variance follows past residuals, falls more than rises"
	case stat.EGARCH:
		return "the market model; the logarithm of the variance follows the size and the sign of past residuals"
	}
	return "the market model; the variance follows past residuals"
}

// Paper implements Model.
func (m GARCH) Paper() string {
	switch m.Kind {
	case stat.GJR:
		return "Glosten, Jagannathan, Runkle (1993)"
	case stat.EGARCH:
		return "Nelson (1991)"
	}
	return "Bollerslev (1986)"
}

// Coefs implements Model.
func (m GARCH) Coefs() []string { return m.Kind.Names(true) }

// Design implements Model.
func (GARCH) Design(string) Design {
	d := MarketModel{}.Design("")
	d.Conditional = true
	return d
}

// Estimate implements Model.
func (m GARCH) Estimate(s *Sample, e *Estimate) error {
	if err := LeastSquares(s, e); err != nil {
		return err
	}
	f, err := stat.FitGARCH(s.Y, s.X[0], m.Kind)
	if err != nil {
		return notConverged(err)
	}
	if err := Line(s, e, f.Theta[0], f.Theta[1]); err != nil {
		return err
	}
	copy(e.B, f.Theta)
	copy(e.SE, f.SEQML)
	e.HEst = append(e.HEst[:0], f.H...)
	for _, x := range []struct {
		to    []float64
		ahead int
	}{{e.H, s.Ahead}, {e.HBefore, s.Before}} {
		for t := range x.to {
			h := f.Forecast(x.ahead + t)
			if !(h > 0) || math.IsInf(h, 1) {
				return Failed(ErrNotConverged, "the %s variance forecast for the event window is %v", m.Kind, h)
			}
			x.to[t] = h
		}
	}
	return nil
}
