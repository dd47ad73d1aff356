package stat

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// Collinearity is the least share of a regressor's length that must be left
// after the intercept and the regressors before it are taken out.
const Collinearity = 1e-10

// Factorisation is that of centred regressors, which all least squares fits on the
// same rows share:
//
//	X - xbar = Q R, S^-1 = R^-1 R^-T
//
// by the modified Gram-Schmidt method, a column of which little is left made
// orthogonal again, which leaves Q orthogonal to rounding (Giraud, Langou,
// Rozložník 2005). The zero value is ready to be filled by Factorise.
type Factorisation struct {
	Ready     bool // filled
	Dependent int  // the first regressor that is constant or a linear combination of those before it; -1: none. With one, only this, M and P are set
	M, P      int  // rows, regressors
	X         [][]float64

	XBar []float64 // means of the regressors
	SInv []float64 // S^-1, P x P, S the centred cross products
	SE   []float64 // standard errors of the intercept and the slopes over s, the residual standard deviation

	q    []float64 // columns of Q, one after the other
	r    []float64 // P x P, row by row, its upper triangle
	rinv []float64 // R^-1, for S^-1
}

// Factorise factorises regressors of m rows, in the memory of f.
func (f *Factorisation) Factorise(x [][]float64, m int) {
	p := len(x)
	f.Ready, f.Dependent, f.M, f.P = true, -1, m, p
	f.X = append(f.X[:0], x...)
	f.q, f.XBar = Grown(f.q, p*m), Grown(f.XBar, p)
	f.r, f.rinv, f.SInv, f.SE = Grown(f.r, p*p), Grown(f.rinv, p*p), Grown(f.SInv, p*p), Grown(f.SE, 1+p)
	r := f.r
	clear(r)
	for j, v := range x {
		xbar := Mean(v)
		f.XBar[j] = xbar
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
			if length <= Collinearity*norm(v) {
				break
			}
		}
		if length <= Collinearity*norm(v) {
			f.Dependent = j
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
			f.SInv[i*p+j] = sum
		}
	}
	f.SE[0] = math.Sqrt(1/float64(m) + Quadratic(f.SInv, f.XBar))
	for j := range p {
		f.SE[1+j] = math.Sqrt(f.SInv[j*p+j])
	}
}

// Solve fits y on the regressors. It sets b, the intercept and the
// slopes, and returns the mean of y and the residual and total sums of squares.
// The sums come from one pass over y. Where their differences would lose digits
// they are formed again from deviations, and a fit that leaves little is refined
// by the fit of what it leaves.
func (f *Factorisation) Solve(y, b []float64) (ybar, rss, tss float64) {
	m := f.M
	var cs Small
	c := cs.Floats(f.P)
	var sy, syy float64
	if f.P == 1 {
		sy, syy, c[0] = productSums(y, f.q)
	} else {
		sy, syy = Sum(y), floats.Dot(y, y)
		for j := range c {
			c[j] = floats.Dot(f.q[j*m:(j+1)*m], y)
		}
	}
	return f.solve(y, b, c, sy, syy)
}

// SolveSums is Solve on one regressor for a y of which the sums are known. Where the mean
// of the regressor is most of it, which costs digits, it goes through y.
func (f *Factorisation) SolveSums(y []float64, s *Sums, b []float64) (ybar, rss, tss float64) {
	x := f.Regressor()
	if b[0], b[1], ybar, rss, tss = x.Solve(s); tss == tss {
		return ybar, rss, tss
	}
	if x.deep() {
		return f.Solve(y, b)
	}
	c := [1]float64{(s.XY - x.Mean*s.Y) / x.length}
	return f.solve(y, b, c[:], s.Y, s.YY)
}

// Regressor is the factorisation of one: what fits take of it whose sums are known.
type Regressor struct {
	M      int        // rows
	Mean   float64    // of the regressor
	SInv   float64    // 1 / sum (x-Mean)^2
	SE     [2]float64 // see Factorisation
	length float64    // R
}

// Regressor returns the only regressor of f.
func (f *Factorisation) Regressor() Regressor {
	return Regressor{f.M, f.XBar[0], f.SInv[0], [2]float64{f.SE[0], f.SE[1]}, f.r[0]}
}

// deep reports whether the mean of the regressor is most of it.
func (x *Regressor) deep() bool { return x.length*x.length < x.Mean*x.Mean*float64(x.M) }

// Solve is Factorisation.SolveSums with the coefficients alpha and beta, of the same bits,
// where sums tell enough; elsewhere tss is NaN.
func (x *Regressor) Solve(s *Sums) (alpha, beta, ybar, rss, tss float64) {
	c := (s.XY - x.Mean*s.Y) / x.length
	ybar = s.Y / float64(x.M)
	tss = s.YY - s.Y*ybar
	rss = tss - c*c
	if tss < 0.5*s.YY || !(rss > 0.05*tss) || x.deep() {
		return 0, 0, ybar, rss, nan
	}
	beta = c / x.length
	return ybar - beta*x.Mean, beta, ybar, rss, tss
}

// solve is Solve for a y of sum sy and sum of squares syy whose product with Q is c.
func (f *Factorisation) solve(y, b, c []float64, sy, syy float64) (ybar, rss, tss float64) {
	m, p := f.M, f.P
	ybar = sy / float64(m)
	if tss = syy - sy*ybar; tss < 0.5*syy {
		b[0] = ybar
		_, tss = f.remainder(y, nil, b, c)
	}
	rss = tss
	for _, v := range c {
		rss -= v * v
	}
	clear(b)
	f.addSlopes(ybar, c, b)
	if p > 0 && !(rss > 0.05*tss) {
		rest, _ := f.remainder(y, f.X, b, c)
		f.addSlopes(rest, c, b)
		rss = Squares(y, f.X, b)
	}
	return ybar, rss, tss
}

// addSlopes adds to b the coefficients of a fit of mean ybar whose product with Q is c.
func (f *Factorisation) addSlopes(ybar float64, c, b []float64) {
	p := f.P
	b[0] += ybar
	for i := p - 1; i >= 0; i-- {
		for k := i + 1; k < p; k++ {
			c[i] -= f.r[i*p+k] * c[k]
		}
		c[i] /= f.r[i*p+i]
		b[1+i] += c[i]
		b[0] -= c[i] * f.XBar[i]
	}
}

// remainder returns the mean and the sum of squares of d = y - b[0] - sum b[1+j] x_j
// and sets c to Q'd.
func (f *Factorisation) remainder(y []float64, x [][]float64, b, c []float64) (mean, ss float64) {
	clear(c)
	for t, d := range y {
		d -= b[0]
		for j := range x {
			d -= b[1+j] * x[j][t]
		}
		mean += d
		ss += d * d
		for j := range c {
			c[j] += d * f.q[j*f.M+t]
		}
	}
	return mean / float64(f.M), ss
}

// InterceptHAC returns Newey and West's variance of the intercept of the fit b of
// y, without a correction for few rows:
//
//	sum_l w_l sum_t u_t u_{t-l}, w_l = 1 - |l|/(lag+1), u_t = (1/T - xbar' S^-1 (x_t - xbar)) e_t
//
// u is memory for as many numbers as y has.
func (f *Factorisation) InterceptHAC(y, b []float64, lag int, u []float64) (v float64) {
	var cs Small
	c := cs.Floats(f.P) // S^-1 xbar
	for i := range c {
		for j := range c {
			c[i] += f.SInv[i*f.P+j] * f.XBar[j]
		}
	}
	for t := range u {
		e, h := y[t]-b[0], 1/float64(f.M)
		for j, x := range f.X {
			e -= b[1+j] * x[t]
			h -= c[j] * (x[t] - f.XBar[j])
		}
		u[t] = h * e
		v += u[t] * u[t]
		for l := 1; l <= min(lag, t); l++ {
			v += 2 * (1 - float64(l)/float64(lag+1)) * u[t] * u[t-l]
		}
	}
	return v
}
