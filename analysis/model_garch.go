package analysis

import (
	"fmt"
	"math"

	"aftershock/events"
)

// GARCH is the market model with a conditional variance, estimated jointly by
// Gaussian quasi-maximum likelihood, see FitGARCH. Var(AR) of tau is the
// variance h_{tau|b} forecast from the last usable session b of the estimation
// window, tau - b sessions ahead; no return of the event window enters it, nor
// does the sampling error of the coefficients. Var(CAR) is the sum of h.
// Sessions of the estimation window without a return take no part in the
// recursion.
//
// Standard errors are the quasi-maximum likelihood ones. K = 2; S is of the
// residuals, as the market model's.
type GARCH struct{ Kind GARCHKind }

// Name implements Model.
func (m GARCH) Name() string { return string(m.Kind) }

// About implements Model.
func (m GARCH) About() string {
	switch m.Kind {
	case GJR:
		return "the market model; the variance follows past residuals, falls more than rises"
	case EGARCH:
		return "the market model; the logarithm of the variance follows the size and the sign of past residuals"
	}
	return "the market model; the variance follows past residuals"
}

// Paper implements Model.
func (m GARCH) Paper() string {
	switch m.Kind {
	case GJR:
		return "Glosten, Jagannathan, Runkle (1993)"
	case EGARCH:
		return "Nelson (1991)"
	}
	return "Bollerslev (1986)"
}

// Coefs implements Model.
func (m GARCH) Coefs() []string { return m.Kind.names(true) }

// Design implements Model.
func (GARCH) Design(string) Design { return MarketModel{}.Design("") }

func (GARCH) conditional() {}

// Estimate implements Model.
func (m GARCH) Estimate(s *Sample, e *Estimate) *Exclusion {
	if ex := leastSquares(s, e); ex != nil {
		return ex
	}
	f, err := FitGARCH(s.Y, s.X[0], m.Kind)
	if err != nil {
		return &Exclusion{NotConverged, err.Error()}
	}
	if ex := line(s, e, f.Theta[0], f.Theta[1]); ex != nil {
		return ex
	}
	copy(e.B, f.Theta)
	copy(e.SE, f.SEQML)
	e.HEst = append(e.HEst[:0], f.H...)
	for t := range e.H {
		h := f.Forecast(s.Event.From + t - s.Last)
		if !(h > 0) || math.IsInf(h, 1) {
			return &Exclusion{NotConverged, fmt.Sprintf("the %s variance forecast for the event window is %v", m.Kind, h)}
		}
		e.H[t] = h
	}
	return nil
}

// varianceNotes names the securities whose egarch variances do not forget where
// they began.
func (r *Result) varianceNotes(e *events.Event, used []int) []Note {
	if r.Study.Model != (GARCH{EGARCH}) {
		return nil
	}
	var unstable []string
	for _, i := range used {
		b := r.Observations[i].Fit.Coef[3:]
		if _, z := r.StandardizedResiduals(i); drift(b[0], b[1], b[2], z) > 0 {
			unstable = append(unstable, r.Observations[i].Security)
		}
	}
	if unstable == nil {
		return nil
	}
	return []Note{{Code: "variance-unstable", Severity: Warning, EventID: e.ID,
		Text: fmt.Sprintf("%s: the egarch likelihood is highest where the variances do not forget where they began and turn over at the least change of a parameter; do not rely on these variances, nor on the tests that divide by them, without gjr or garch beside them", abbreviate(unstable))}}
}
