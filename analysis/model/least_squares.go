package model

import (
	"math"

	"aftershock/analysis/stat"
)

// LeastSquares fits y = b0 + sum b_j x_j by ordinary least squares, on centred
// columns made orthogonal (see stat.Factorisation):
//
//	s^2 = sum e^2 / (M-K), K = 1 + number of regressors
//	Var(b) = s^2 (X'X)^-1
//
// Every term of the sample is a regressor, so Forecast must equal len(X). Errors:
// ErrCollinear, ErrNoVariance.
func LeastSquares(s *Sample, e *Estimate) error {
	f := s.factorised()
	if f.Dependent >= 0 {
		return dependent(f)
	}
	e.M, e.K, e.Plain = f.M, f.P+1, false
	var ybar, rss, tss float64
	if s.Sums != nil && f.P == 1 {
		ybar, rss, tss = f.SolveSums(s.Y, s.Sums, e.B[:2])
	} else {
		ybar, rss, tss = f.Solve(s.Y, e.B[:e.K])
	}
	copy(e.XBar, f.XBar)
	copy(e.SInv, f.SInv)
	if err := e.spread(rss, tss, ybar); err != nil {
		return err
	}
	sd := math.Sqrt(e.S2)
	for j, v := range f.SE {
		e.SE[j] = sd * v
	}
	return nil
}

func dependent(f *stat.Factorisation) error {
	if f.P > 1 {
		return Failed(ErrCollinear, "regressor %d is a linear combination of the others over the estimation window", f.Dependent+1)
	}
	return Failed(ErrCollinear, "the regressor is constant over the estimation window")
}

// Line completes the estimate of alpha + beta x, x the first regressor, that
// was found otherwise than by least squares. e must hold the least squares fit
// on x alone:
//
//	s^2 = sum e^2 / (M-2); Var(AR) and the standard errors as if alpha and beta
//	were those of least squares with that s^2
//
// Errors: ErrNoVariance.
func Line(s *Sample, e *Estimate, alpha, beta float64) error {
	e.B[0], e.B[1] = alpha, beta
	ybar := stat.Mean(s.Y)
	tss, _ := stat.Centred(s.Y, s.Y, ybar, ybar)
	if err := e.spread(stat.Squares(s.Y, s.X[:1], e.B), tss, ybar); err != nil {
		return err
	}
	e.SE[0] = math.Sqrt(e.S2 * (1/float64(e.M) + e.XBar[0]*e.XBar[0]*e.SInv[0]))
	e.SE[1] = math.Sqrt(e.S2 * e.SInv[0])
	return nil
}
