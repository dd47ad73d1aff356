package analysis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// collinearity is the least share of a regressor's length that must be left
// after the intercept and the regressors before it are taken out.
const collinearity = 1e-10

// leastSquares fits y = b0 + sum b_j x_j by ordinary least squares, on centred
// columns made orthogonal (see frame).
//
//	s^2 = sum e^2 / (M-K), K = 1 + number of regressors
//	Var(b) = s^2 (X'X)^-1
//
// Every term of the sample is a regressor, so Forecast must equal len(X).
func leastSquares(s *Sample, e *Estimate) *Exclusion {
	return s.factorised().fit(s.Y, e)
}

func (f *frame) fit(y []float64, e *Estimate) *Exclusion {
	if f.ex != nil {
		return f.ex
	}
	e.M, e.K, e.Plain = f.m, f.p+1, false
	ybar, rss, tss := f.solve(y, e.B[:e.K])
	copy(e.XBar, f.xbar)
	copy(e.SInv, f.sinv)
	if ex := e.spread(rss, tss, ybar); ex != nil {
		return ex
	}
	sd := math.Sqrt(e.S2)
	for j, v := range f.se {
		e.SE[j] = sd * v
	}
	return nil
}

// factorised returns the frame of the sample's regressors: the one that it
// shares with others, or its own.
func (s *Sample) factorised() *frame {
	f := s.frame
	if f == nil {
		f = &s.work.own
		f.ready = false
	}
	if !f.ready {
		f.factorise(s.X, len(s.Y))
	}
	return f
}

// spread sets S2 and R2 of an estimate whose M and K are set.
func (e *Estimate) spread(rss, tss, ybar float64) *Exclusion {
	if negligible(rss, tss+float64(e.M)*ybar*ybar) {
		return noVariance(e.M)
	}
	e.S2 = rss / float64(e.M-e.K)
	e.R2 = 1 - rss/tss
	if e.K == 1 {
		e.R2 = 0
	}
	return nil
}

// line completes the estimate of alpha + beta x, x the first regressor, that
// was found otherwise than by least squares. e must hold the least squares fit
// on x alone:
//
//	s^2 = sum e^2 / (M-2); Var(AR) and the standard errors as if alpha and beta
//	were those of least squares with that s^2
func line(s *Sample, e *Estimate, alpha, beta float64) *Exclusion {
	e.B[0], e.B[1] = alpha, beta
	ybar := mean(s.Y)
	tss, _ := centred(s.Y, s.Y, ybar, ybar)
	if ex := e.spread(squares(s.Y, s.X[:1], e.B), tss, ybar); ex != nil {
		return ex
	}
	e.SE[0] = math.Sqrt(e.S2 * (1/float64(e.M) + e.XBar[0]*e.XBar[0]*e.SInv[0]))
	e.SE[1] = math.Sqrt(e.S2 * e.SInv[0])
	return nil
}

// first is the sample with its first regressor alone.
func (s *Sample) first() *Sample {
	one := *s
	one.X = s.X[:1]
	if len(s.X) > 1 {
		one.frame = nil
	}
	return &one
}

// centred returns sum (x-xbar)^2 and sum (x-xbar)(y-ybar), in four lanes so
// that the additions need not wait for each other.
func centred(x, y []float64, xbar, ybar float64) (sxx, sxy float64) {
	var a0, a1, a2, a3, c0, c1, c2, c3 float64
	y = y[:len(x)]
	t := 0
	for ; t+4 <= len(x); t += 4 {
		u, v := x[t:t+4:t+4], y[t:t+4:t+4]
		d0, d1, d2, d3 := u[0]-xbar, u[1]-xbar, u[2]-xbar, u[3]-xbar
		a0, a1, a2, a3 = a0+d0*d0, a1+d1*d1, a2+d2*d2, a3+d3*d3
		c0, c1, c2, c3 = c0+d0*(v[0]-ybar), c1+d1*(v[1]-ybar), c2+d2*(v[2]-ybar), c3+d3*(v[3]-ybar)
	}
	for ; t < len(x); t++ {
		d := x[t] - xbar
		a0 += d * d
		c0 += d * (y[t] - ybar)
	}
	return (a0 + a1) + (a2 + a3), (c0 + c1) + (c2 + c3)
}

// squares returns the sum of squares of y - b[0] - sum b[1+j] x_j.
func squares(y []float64, x [][]float64, b []float64) (rss float64) {
	for t, v := range y {
		d := v - b[0]
		for j := range x {
			d -= b[1+j] * x[j][t]
		}
		rss += d * d
	}
	return rss
}

// negligible reports whether a residual sum of squares is rounding error
// beside the sum of squares ss of what was explained.
func negligible(rss, ss float64) bool { return !(rss > 1e-24*ss) }

func noVariance(m int) *Exclusion {
	return &Exclusion{ZeroVariance, fmt.Sprintf("the residuals of %d estimation sessions have no variance", m)}
}

// quadratic returns d' A d for the square matrix A, row by row.
func quadratic(a, d []float64) float64 {
	var q float64
	p := len(d)
	for i := range p {
		for j := range p {
			q += d[i] * a[i*p+j] * d[j]
		}
	}
	return q
}

func mean(x []float64) float64 { return sum(x) / float64(len(x)) }

func norm(a []float64) float64 { return math.Sqrt(floats.Dot(a, a)) }

// sum adds in four lanes, so that the additions need not wait for each other. The
// sum of gonum depends on where x lies in memory, and so on what ran before.
func sum(x []float64) float64 {
	var s0, s1, s2, s3 float64
	t := 0
	for ; t+4 <= len(x); t += 4 {
		v := x[t : t+4 : t+4]
		s0, s1, s2, s3 = s0+v[0], s1+v[1], s2+v[2], s3+v[3]
	}
	for ; t < len(x); t++ {
		s0 += x[t]
	}
	return (s0 + s1) + (s2 + s3)
}

// workspace is one worker's scratch memory, handed out as a stack.
type workspace struct {
	buf      []float64
	used     int
	sample   Sample
	estimate Estimate
	own      frame // of a sample that shares its regressors with none
	frames   [4]frame
	turn     int // of frames, to be given away next
	mem      scratch
	members  []int // of an event
}

// take returns n floats of scratch, not cleared.
func (w *workspace) take(n int) []float64 {
	if w.used+n > len(w.buf) {
		w.buf, w.used = make([]float64, 2*(w.used+n)), 0 // what was handed out keeps its own memory
	}
	s := w.buf[w.used : w.used+n : w.used+n]
	w.used += n
	return s
}

// newEstimate returns an estimate of p forecast terms in scratch memory.
func (w *workspace) newEstimate(p int) Estimate {
	return Estimate{B: w.take(1 + p), SE: w.take(1 + p), XBar: w.take(p), SInv: w.take(p * p)}
}

// reset takes everything back.
func (w *workspace) reset() { w.used = 0 }
