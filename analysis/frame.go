package analysis

import (
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
)

// frame is what least squares fits on the same regressors and sessions share:
// the centred regressors factorised, and what the variances of their forecasts
// are in units of s^2. A frame is made once for all observations of one date.
//
//	X - xbar = Q R, S^-1 = R^-1 R^-T
//
// by the modified Gram-Schmidt method, a column of which little is left made
// orthogonal again, which leaves Q orthogonal to rounding (Giraud, Langou,
// Rozložník 2005).
type frame struct {
	ready bool
	ex    *Exclusion // why the regressors do not identify a fit

	m, p int
	q    []float64 // columns of Q, one after the other
	r    []float64 // p x p, row by row, its upper triangle
	x    [][]float64
	xbar []float64
	sinv []float64 // S^-1, p x p
	se   []float64 // standard errors of the intercept and the slopes over s
	rinv []float64 // R^-1, for S^-1

	estimate Estimate // the last that was made of it

	taken bool // by these sessions and regressors, known by their first elements
	s0    int32
	by    []*float64

	// Of the event window, on which the regressors are whole.
	ahead bool      // what follows is computed
	unit  []float64 // Var(AR_t) / s^2
	root  []float64 // 1 / sqrt(unit)
	scale []float64 // Var(CAR) / s^2, by window of the study
}

// frame returns the frame of row r, one of the last few that were asked for or a
// fresh one; nil where its estimation window has a gap.
func (w *workspace) frame(g *engine, r int) *frame {
	s, s0 := g.ser[r], g.s0[r]
	if !s.whole(int(s0)+g.study.Estimation.From, int(s0)+g.study.Estimation.To) {
		return nil
	}
search:
	for i := range w.frames {
		f := &w.frames[i]
		if !f.taken || f.s0 != s0 || len(f.by) != len(s.x) {
			continue
		}
		for j, x := range s.x {
			if f.by[j] != &x[0] {
				continue search
			}
		}
		return f
	}
	f := &w.frames[w.turn]
	w.turn = (w.turn + 1) % len(w.frames)
	f.taken, f.ready, f.ahead, f.s0, f.by = true, false, false, s0, f.by[:0]
	for _, x := range s.x {
		f.by = append(f.by, &x[0])
	}
	return f
}

// look computes the figures of the event window, whose first session is from.
func (f *frame) look(st *Study, x [][]float64, from int) {
	l := st.Event.Len()
	f.ahead = true
	f.unit, f.root, f.scale = grown(f.unit, l), grown(f.root, l), grown(f.scale, len(st.Windows))
	var ds small
	d := ds.take(f.p)
	for t := range f.unit {
		for j := range d {
			d[j] = x[j][from+t] - f.xbar[j]
		}
		f.unit[t] = 1 + 1/float64(f.m) + quadratic(f.sinv, d)
		f.root[t] = 1 / math.Sqrt(f.unit[t])
	}
	for w, win := range st.Windows {
		n := float64(win.Len())
		clear(d)
		for t := win.From - st.Event.From; t <= win.To-st.Event.From; t++ {
			for j := range d {
				d[j] += x[j][from+t] - f.xbar[j]
			}
		}
		f.scale[w] = n + n*n/float64(f.m) + quadratic(f.sinv, d)
	}
}

// factorise computes the frame of regressors of m sessions.
func (f *frame) factorise(x [][]float64, m int) {
	p := len(x)
	f.ready, f.ahead, f.ex, f.m, f.p = true, false, nil, m, p
	f.x = append(f.x[:0], x...)
	f.q, f.xbar = grown(f.q, p*m), grown(f.xbar, p)
	f.r, f.rinv, f.sinv, f.se = grown(f.r, p*p), grown(f.rinv, p*p), grown(f.sinv, p*p), grown(f.se, 1+p)
	r := f.r
	clear(r)
	for j, v := range x {
		xbar := mean(v)
		f.xbar[j] = xbar
		c := f.q[j*m : (j+1)*m]
		copy(c, v)
		floats.AddConst(-xbar, c)
		before, length := math.Inf(1), norm(c)
		for length < before/math.Sqrt2 { // once more where little was left
			before = length
			for k := range j {
				o := f.q[k*m : (k+1)*m]
				d := floats.Dot(o, c)
				r[k*p+j] += d
				floats.AddScaled(c, -d, o)
			}
			length = norm(c)
			if length <= collinearity*norm(v) {
				break
			}
		}
		if length <= collinearity*norm(v) {
			f.ex = &Exclusion{Collinear, "the regressor is constant over the estimation window"}
			if p > 1 {
				f.ex.Detail = fmt.Sprintf("regressor %d is a linear combination of the others over the estimation window", j+1)
			}
			return
		}
		r[j*p+j] = length
		floats.Scale(1/length, c)
	}
	for j := range p {
		f.rinv[j*p+j] = 1 / r[j*p+j]
		for i := j - 1; i >= 0; i-- {
			var sum float64
			for k := i + 1; k <= j; k++ {
				sum += r[i*p+k] * f.rinv[k*p+j]
			}
			f.rinv[i*p+j] = -sum / r[i*p+i]
		}
	}
	for i := range p {
		for j := range p {
			var sum float64
			for k := max(i, j); k < p; k++ {
				sum += f.rinv[i*p+k] * f.rinv[j*p+k]
			}
			f.sinv[i*p+j] = sum
		}
	}
	f.se[0] = math.Sqrt(1/float64(m) + quadratic(f.sinv, f.xbar))
	for j := range p {
		f.se[1+j] = math.Sqrt(f.sinv[j*p+j])
	}
}

// solve fits y on the frame's regressors. It sets b, the intercept and the
// slopes, and returns the mean of y and the residual and total sums of squares.
// The sums come from one pass over y. Where their differences would lose digits
// they are formed again from deviations, and a fit that leaves little is refined
// by the fit of what it leaves.
func (f *frame) solve(y, b []float64) (ybar, rss, tss float64) {
	m, p := f.m, f.p
	var cs small
	c := cs.take(p)
	var sy, syy float64
	if p == 1 {
		sy, syy, c[0] = productSums(y, f.q)
	} else {
		sy, syy = sum(y), floats.Dot(y, y)
		for j := range c {
			c[j] = floats.Dot(f.q[j*m:(j+1)*m], y)
		}
	}
	ybar = sy / float64(m)
	if tss = syy - sy*ybar; tss < 0.5*syy {
		b[0] = ybar
		_, tss = f.left(y, nil, b, c)
	}
	rss = tss
	for _, v := range c {
		rss -= v * v
	}
	clear(b)
	f.step(ybar, c, b)
	if p > 0 && !(rss > 0.05*tss) {
		rest, _ := f.left(y, f.x, b, c)
		f.step(rest, c, b)
		rss = squares(y, f.x, b)
	}
	return ybar, rss, tss
}

// step adds to b the coefficients of a fit of mean ybar whose product with Q is c.
func (f *frame) step(ybar float64, c, b []float64) {
	p := f.p
	b[0] += ybar
	for i := p - 1; i >= 0; i-- {
		for k := i + 1; k < p; k++ {
			c[i] -= f.r[i*p+k] * c[k]
		}
		c[i] /= f.r[i*p+i]
		b[1+i] += c[i]
		b[0] -= c[i] * f.xbar[i]
	}
}

// left returns the mean and the sum of squares of d = y - b[0] - sum b[1+j] x_j
// and sets c to Q'd.
func (f *frame) left(y []float64, x [][]float64, b, c []float64) (mean, ss float64) {
	clear(c)
	for t, d := range y {
		d -= b[0]
		for j := range x {
			d -= b[1+j] * x[j][t]
		}
		mean += d
		ss += d * d
		for j := range c {
			c[j] += d * f.q[j*f.m+t]
		}
	}
	return mean / float64(f.m), ss
}
