package analysis

import (
	"fmt"
	"math"
)

// collinearity is the least share of a regressor's length that must be left
// after the intercept and the regressors before it are taken out.
const collinearity = 1e-10

// leastSquares fits y = b0 + sum b_j x_j by ordinary least squares, on centred
// columns: in closed form for one regressor, by Householder QR for more.
//
//	s^2 = sum e^2 / (M-K), K = 1 + number of regressors
//	Var(b) = s^2 (X'X)^-1
//
// Every term of the sample is a regressor, so Forecast must equal len(X).
func leastSquares(s *Sample, e *Estimate) *Exclusion {
	y, m, p := s.Y, len(s.Y), len(s.X)
	e.M, e.K, e.Plain = m, p+1, false
	ybar := mean(y)
	switch p {
	case 0:
		e.B[0] = ybar
	case 1:
		x := s.X[0]
		xbar := mean(x)
		sxx, sxy := centred(x, y, xbar, ybar)
		if sxx <= collinearity*collinearity*(sxx+float64(m)*xbar*xbar) {
			return &Exclusion{Collinear, "the regressor is constant over the estimation window"}
		}
		b := sxy / sxx
		e.B[0], e.B[1] = ybar-b*xbar, b
		e.XBar[0], e.SInv[0] = xbar, 1/sxx
	default:
		if ex := householder(s, e, ybar); ex != nil {
			return ex
		}
	}
	return spread(s, e, ybar)
}

// spread sets S2, R2 and SE of an estimate whose other fields are set.
func spread(s *Sample, e *Estimate, ybar float64) *Exclusion {
	m, p := len(s.Y), len(s.X)
	rss, tss := squares(s, e.B, ybar)
	if negligible(rss, tss+float64(m)*ybar*ybar) {
		return noVariance(m)
	}
	e.S2 = rss / float64(m-p-1)
	e.R2 = 1 - rss/tss
	if p == 0 {
		e.R2 = 0
	}
	e.SE[0] = math.Sqrt(e.S2 * (1/float64(m) + quadratic(e.SInv, e.XBar)))
	for j := range p {
		e.SE[1+j] = math.Sqrt(e.S2 * e.SInv[j*p+j])
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
	return spread(s.first(), e, mean(s.Y))
}

// first is the sample with its first regressor alone.
func (s *Sample) first() *Sample {
	one := *s
	one.X = s.X[:1]
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

// squares returns the residual and the total sum of squares of the prediction
// b[0] + sum b[1+j] x_j.
func squares(s *Sample, b []float64, ybar float64) (rss, tss float64) {
	y := s.Y
	if len(s.X) != 1 {
		for t, v := range y {
			d := v - b[0]
			for j, x := range s.X {
				d -= b[1+j] * x[t]
			}
			rss += d * d
			tss += (v - ybar) * (v - ybar)
		}
		return rss, tss
	}
	x, alpha, beta := s.X[0][:len(y)], b[0], b[1]
	var r0, r1, r2, r3, t0, t1, t2, t3 float64
	t := 0
	for ; t+4 <= len(y); t += 4 {
		u, v := x[t:t+4:t+4], y[t:t+4:t+4]
		d0, d1, d2, d3 := v[0]-alpha-beta*u[0], v[1]-alpha-beta*u[1], v[2]-alpha-beta*u[2], v[3]-alpha-beta*u[3]
		r0, r1, r2, r3 = r0+d0*d0, r1+d1*d1, r2+d2*d2, r3+d3*d3
		d0, d1, d2, d3 = v[0]-ybar, v[1]-ybar, v[2]-ybar, v[3]-ybar
		t0, t1, t2, t3 = t0+d0*d0, t1+d1*d1, t2+d2*d2, t3+d3*d3
	}
	for ; t < len(y); t++ {
		d := y[t] - alpha - beta*x[t]
		r0 += d * d
		t0 += (y[t] - ybar) * (y[t] - ybar)
	}
	return (r0 + r1) + (r2 + r3), (t0 + t1) + (t2 + t3)
}

// negligible reports whether a residual sum of squares is rounding error
// beside the sum of squares ss of what was explained.
func negligible(rss, ss float64) bool { return !(rss > 1e-24*ss) }

func noVariance(m int) *Exclusion {
	return &Exclusion{ZeroVariance, fmt.Sprintf("the residuals of %d estimation sessions have no variance", m)}
}

// householder solves the centred normal equations of p >= 2 regressors by QR,
// and sets B, XBar and SInv.
func householder(s *Sample, e *Estimate, ybar float64) *Exclusion {
	m, p := len(s.Y), len(s.X)
	q := s.work.take((p + 1) * m) // columns of X, then y, all centred
	r := s.work.take(p * p)       // upper triangle, row by row
	size := s.work.take(p)
	for j, x := range s.X {
		xbar := mean(x)
		e.XBar[j] = xbar
		c := q[j*m : (j+1)*m]
		for t, v := range x {
			c[t] = v - xbar
		}
		size[j] = norm(x)
	}
	z := q[p*m:]
	for t, v := range s.Y {
		z[t] = v - ybar
	}
	for j := range p {
		v := q[j*m+j : (j+1)*m]
		length := norm(v)
		if length <= collinearity*size[j] {
			return &Exclusion{Collinear, fmt.Sprintf("regressor %d is a linear combination of the others over the estimation window", j+1)}
		}
		rjj := -math.Copysign(length, v[0])
		v[0] -= rjj
		scale := -1 / (rjj * v[0]) // 2 / v'v
		r[j*p+j] = rjj
		for k := j + 1; k <= p; k++ {
			c := q[k*m+j:][:len(v)]
			f := scale * dot(v, c)
			for t, a := range v {
				c[t] -= f * a
			}
			if k < p {
				r[j*p+k] = c[0]
			}
		}
	}
	// b by back substitution.
	for j := p - 1; j >= 0; j-- {
		b := z[j]
		for k := j + 1; k < p; k++ {
			b -= r[j*p+k] * e.B[1+k]
		}
		e.B[1+j] = b / r[j*p+j]
	}
	e.B[0] = ybar
	for j := range p {
		e.B[0] -= e.B[1+j] * e.XBar[j]
	}
	// S^-1 = R^-1 R^-T.
	inv := s.work.take(p * p)
	for j := range p {
		for i := range p {
			inv[i*p+j] = 0
		}
		inv[j*p+j] = 1 / r[j*p+j]
		for i := j - 1; i >= 0; i-- {
			var sum float64
			for k := i + 1; k <= j; k++ {
				sum += r[i*p+k] * inv[k*p+j]
			}
			inv[i*p+j] = -sum / r[i*p+i]
		}
	}
	for i := range p {
		for j := range p {
			var sum float64
			for k := max(i, j); k < p; k++ {
				sum += inv[i*p+k] * inv[j*p+k]
			}
			e.SInv[i*p+j] = sum
		}
	}
	return nil
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

// dot is the inner product, in four lanes.
func dot(a, b []float64) float64 {
	var s0, s1, s2, s3 float64
	b = b[:len(a)]
	t := 0
	for ; t+4 <= len(a); t += 4 {
		u, v := a[t:t+4:t+4], b[t:t+4:t+4]
		s0, s1, s2, s3 = s0+u[0]*v[0], s1+u[1]*v[1], s2+u[2]*v[2], s3+u[3]*v[3]
	}
	for ; t < len(a); t++ {
		s0 += a[t] * b[t]
	}
	return (s0 + s1) + (s2 + s3)
}

func norm(a []float64) float64 { return math.Sqrt(dot(a, a)) }

// sum adds in four lanes, so that the additions need not wait for each other.
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
