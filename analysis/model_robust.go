package analysis

import (
	"fmt"
	"math"
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

// normalMAD is the median of |Z|, Z standard normal.
const normalMAD = 0.67448975019608174

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
func (Huber) Design(string) Design { return MarketModel{}.Design("") }

func (Huber) robust() {}

// Estimate implements Model.
func (Huber) Estimate(s *Sample, e *Estimate) *Exclusion {
	if ex := leastSquares(s, e); ex != nil {
		return ex
	}
	const steps, small = 1000, 1e-12
	x, y, size := s.X[0], s.Y, s.work.take(len(s.Y))
	alpha, beta := e.B[0], e.B[1]
	scale := math.Sqrt(e.S2)
	for range steps {
		for t, v := range y {
			size[t] = math.Abs(v - alpha - beta*x[t])
		}
		sigma := median(size) / normalMAD
		if sigma <= collinearity*scale {
			return &Exclusion{ZeroVariance, fmt.Sprintf("more than half of the residuals of %d estimation sessions are zero", len(y))}
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
			return line(s, e, alpha, beta)
		}
	}
	return &Exclusion{NotConverged, fmt.Sprintf("Huber's estimate still moves after %d steps", steps)}
}

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
func (TheilSen) Design(string) Design { return MarketModel{}.Design("") }

func (TheilSen) robust() {}

// Estimate implements Model.
func (TheilSen) Estimate(s *Sample, e *Estimate) *Exclusion {
	if ex := leastSquares(s, e); ex != nil {
		return ex
	}
	x, y, m := s.X[0], s.Y, len(s.Y)
	slopes := s.work.take(m * (m - 1) / 2)[:0]
	for i, a := range x {
		for j, b := range x[:i] {
			if a != b {
				slopes = append(slopes, (y[i]-y[j])/(a-b))
			}
		}
	}
	beta := median(slopes)
	rest := s.work.take(m)
	for t, v := range y {
		rest[t] = v - beta*x[t]
	}
	return line(s, e, median(rest), beta)
}

// median returns the median of x, which must not be empty, and puts x out of
// order. For an even number it is the mean of the middle two.
func median(x []float64) float64 {
	n := len(x)
	upper := selectNth(x, n/2)
	if n%2 == 1 {
		return upper
	}
	lower := x[0] // the largest of the lower half, which selectNth put first
	for _, v := range x[:n/2] {
		lower = max(lower, v)
	}
	return lower + (upper-lower)/2
}

// selectNth returns the element that would be x[k] if x were sorted, and puts
// x in an order where none before k is larger and none after it smaller.
// Hoare (1961), with the median of three as pivot.
func selectNth(x []float64, k int) float64 {
	lo, hi := 0, len(x)-1
	for lo < hi {
		mid := lo + (hi-lo)/2
		if x[mid] < x[lo] {
			x[mid], x[lo] = x[lo], x[mid]
		}
		if x[hi] < x[lo] {
			x[hi], x[lo] = x[lo], x[hi]
		}
		if x[hi] < x[mid] {
			x[hi], x[mid] = x[mid], x[hi]
		}
		pivot, i, j := x[mid], lo, hi
		for i <= j {
			for x[i] < pivot {
				i++
			}
			for x[j] > pivot {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return x[k]
		}
	}
	return x[k]
}
