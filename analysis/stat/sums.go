package stat

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// Centred returns sum (x-xbar)^2 and sum (x-xbar)(y-ybar), in four lanes so
// that the additions need not wait for each other.
func Centred(x, y []float64, xbar, ybar float64) (sxx, sxy float64) {
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

// Squares returns the sum of squares of y - b[0] - sum b[1+j] x_j.
func Squares(y []float64, x [][]float64, b []float64) (rss float64) {
	for t, v := range y {
		d := v - b[0]
		for j := range x {
			d -= b[1+j] * x[j][t]
		}
		rss += d * d
	}
	return rss
}

// Negligible reports whether a residual sum of squares is rounding error
// beside the sum of squares ss of what was explained.
func Negligible(rss, ss float64) bool { return !(rss > 1e-24*ss) }

// Quadratic returns d' A d for the square matrix A, row by row.
func Quadratic(a, d []float64) float64 {
	var q float64
	p := len(d)
	for i := range p {
		for j := range p {
			q += d[i] * a[i*p+j] * d[j]
		}
	}
	return q
}

// Mean is the arithmetic mean, NaN for an empty x.
func Mean(x []float64) float64 { return Sum(x) / float64(len(x)) }

func norm(a []float64) float64 { return math.Sqrt(floats.Dot(a, a)) }

// Sum adds in four lanes, so that the additions need not wait for each other. The
// sum of gonum depends on where x lies in memory, and so on what ran before.
func Sum(x []float64) float64 {
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
