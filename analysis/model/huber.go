package model

import (
	"math"

	"aftershock/analysis/stat"
)

// Huber is the market model by Huber's M-estimator:
//
//	sum psi(e_t/sigma) (1, Rm_t) = 0, psi(u) = max(-k, min(k, u)), k = 1.345
//	sigma = median|e_t| / 0.67449, re-estimated at each step
//
// by iteratively reweighted least squares from the ordinary ones, until no
// coefficient moves by more than 1e-12 of its size. K = 2; variances as the
// market model's. Huber (1964); Huber and Ronchetti (2009), 7.8.
type Huber struct{}

// k of Huber's psi: 95% efficient where the residuals are normal.
const huberK = 1.345

// Name implements Model.
func (Huber) Name() string { return "huber" }

// About implements Model.
func (Huber) About() string {
	return "the market model, with the weight of outlying sessions of the estimation window reduced"
}

// Paper implements Model.
func (Huber) Paper() string { return "Huber (1964)" }

// Coefs implements Model.
func (Huber) Coefs() []string { return []string{"alpha", "beta"} }

// Design implements Model.
func (Huber) Design(string) Design {
	d := MarketModel{}.Design("")
	d.Robust = true
	return d
}

// Estimate implements Model.
func (Huber) Estimate(s *Sample, e *Estimate) error {
	if err := LeastSquares(s, e); err != nil {
		return err
	}
	const steps, small = 1000, 1e-12
	x, y, size := s.X[0], s.Y, s.Work.Floats(len(s.Y))
	alpha, beta := e.B[0], e.B[1]
	scale := math.Sqrt(e.S2)
	for range steps {
		for t, v := range y {
			size[t] = math.Abs(v - alpha - beta*x[t])
		}
		sigma := stat.Median(size) / stat.NormalMAD
		if sigma <= stat.Collinearity*scale {
			return Failed(ErrNoVariance, "more than half of the residuals of %d estimation sessions are zero", len(y))
		}
		var sw, swx, swy float64
		weight := func(t int) float64 {
			return min(1, huberK*sigma/math.Abs(y[t]-alpha-beta*x[t]))
		}
		for t := range y {
			w := weight(t)
			sw += w
			swx += w * x[t]
			swy += w * y[t]
		}
		xbar, ybar := swx/sw, swy/sw
		var sxx, sxy float64
		for t := range y {
			w := weight(t)
			sxx += w * (x[t] - xbar) * (x[t] - xbar)
			sxy += w * (x[t] - xbar) * (y[t] - ybar)
		}
		b := sxy / sxx
		a := ybar - b*xbar
		moved := math.Abs(a-alpha) > small*max(math.Abs(a), scale) || math.Abs(b-beta) > small*max(math.Abs(b), scale/math.Sqrt(sxx))
		alpha, beta = a, b
		if !moved {
			return Line(s, e, alpha, beta)
		}
	}
	return Failed(ErrNotConverged, "Huber's estimate still moves after %d steps", steps)
}
