package stat

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// minimize moves x towards a minimum of f, which returns its value and sets its
// gradient, by BFGS with a line search for the weak Wolfe conditions, which
// copes with kinks (Lewis and Overton 2013), and returns the value there. It
// ends when three steps running gain less than flat of the value; after a while,
// unless the value is below beat; and in any case after a long while. f may be
// infinite, but x stays where it is if f is so there.
func minimize(f func(x, grad []float64) float64, x []float64, flat, beat float64) float64 {
	const (
		while, long      = 60, 600 // steps
		tries            = 30
		decrease, curved = 1e-4, 0.9
	)
	n := len(x)
	buf := make([]float64, n*n+6*n)
	inv, buf := buf[:n*n], buf[n*n:]
	g, d, y, xn, gn, hy := buf[:n], buf[n:2*n], buf[2*n:3*n], buf[3*n:4*n], buf[4*n:5*n], buf[5*n:]
	identity := func(scale float64) {
		clear(inv)
		for i := range n {
			inv[i*n+i] = scale
		}
	}
	fx := f(x, g)
	if math.IsInf(fx, 1) {
		return fx
	}
	still := 0
	for step := range long {
		if step > while && fx >= beat {
			break
		}
		if step == 0 {
			identity(0.1 / max(norm(g), 1e-300))
		}
		var slope float64
		for i := range n {
			d[i] = 0
			for j := range n {
				d[i] -= inv[i*n+j] * g[j]
			}
			slope += d[i] * g[i]
		}
		if !(slope < 0) {
			return fx
		}
		lo, hi, a := 0.0, math.Inf(1), 1.0
		var fn float64
		wolfe := false
		for range tries {
			for i := range n {
				xn[i] = x[i] + a*d[i]
			}
			fn = f(xn, gn)
			if !(fn <= fx+decrease*a*slope) {
				hi = a
			} else if floats.Dot(gn, d) < curved*slope {
				lo = a
			} else {
				wolfe = true
				break
			}
			if math.IsInf(hi, 1) {
				a *= 2
			} else {
				a = (lo + hi) / 2
			}
		}
		if !wolfe && !(fn < fx) {
			return fx
		}
		for i := range n {
			d[i] = xn[i] - x[i] // the step taken
			y[i] = gn[i] - g[i]
		}
		sy := floats.Dot(d, y)
		if step == 0 && sy > 0 {
			identity(sy / floats.Dot(y, y))
		}
		if sy > 0 {
			update(inv, d, y, hy, sy)
		}
		if fx-fn <= flat*(1+math.Abs(fn)) {
			still++
		} else {
			still = 0
		}
		copy(x, xn)
		copy(g, gn)
		fx = fn
		if still == 3 {
			break
		}
	}
	return fx
}

// update is the BFGS update of an inverse Hessian for the step s that changed
// the gradient by y, with room in hy for H y:
//
//	H <- (I - s y'/s'y) H (I - y s'/s'y) + s s'/s'y
func update(inv, s, y, hy []float64, sy float64) {
	n := len(s)
	for i := range n {
		hy[i] = floats.Dot(inv[i*n:(i+1)*n], y)
	}
	c := (1 + floats.Dot(hy, y)/sy) / sy
	for i := range n {
		for j := range n {
			inv[i*n+j] += c*s[i]*s[j] - (hy[i]*s[j]+s[i]*hy[j])/sy
		}
	}
}
