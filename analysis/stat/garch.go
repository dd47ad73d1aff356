package stat

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// GARCHKind says how the conditional variance h_t follows from the residuals
// e_t before it, z_t = e_t / sqrt(h_t).
type GARCHKind string

// The conditional variances of order (1,1).
const (
	// h_t = omega + a1 e_{t-1}^2 + b1 h_{t-1}. Bollerslev (1986).
	GARCH11 GARCHKind = "garch"
	// h_t = omega + (a1 + gamma [e_{t-1} < 0]) e_{t-1}^2 + b1 h_{t-1}.
	// Glosten, Jagannathan, Runkle (1993).
	GJR GARCHKind = "gjr"
	// ln h_t = omega + a1 (|z_{t-1}| - sqrt(2/pi)) + gamma z_{t-1} + b1 ln h_{t-1}.
	// Nelson (1991).
	EGARCH GARCHKind = "egarch"
)

// Names lists the parameters, with a regressor or without.
func (k GARCHKind) Names(regressor bool) []string {
	n := []string{"alpha", "omega", "a1"}
	if regressor {
		n = slices.Insert(n, 1, "beta")
	}
	if k != GARCH11 {
		n = append(n, "gamma")
	}
	return append(n, "b1")
}

// GARCHFit is a fitted regression with a conditional variance.
type GARCHFit struct {
	Kind   GARCHKind
	Names  []string  // of the parameters: alpha, beta (with a regressor), omega, a1, gamma (but for garch), b1
	Theta  []float64 // the parameters
	LogLik float64   // with the constant -M/2 ln(2 pi)
	H      []float64 // the conditional variance of each row
	// Standard errors by the inverse Hessian, by the outer product of the
	// scores and by both (Bollerslev and Wooldridge 1992). NaN for a parameter
	// on its bound, and for all where the Hessian is not definite.
	SEHessian, SEOPG, SEQML []float64

	Last float64 // the last residual

	p garchParams
}

// FitGARCH estimates y_t = alpha + beta x_t + e_t (no beta where x is nil)
// with a conditional variance of e_t by Gaussian quasi-maximum likelihood,
//
//	L = -1/2 sum ( ln 2 pi + ln h_t + e_t^2/h_t )
//
// Before the first row, e^2 and h are the mean of e_t^2, which depends on alpha
// and beta, as in Fiorentini, Calzolari and Panattoni (1996); for gjr the sign
// of that e is either, for egarch its z adds nothing. The parameters are held
// to omega >= 0, a1 >= 0, b1 >= 0, a1 + b1 <= 1 (garch); a1 + gamma >= 0 and
// a1 + gamma/2 + b1 <= 1 (gjr); |b1| <= 1 (egarch).
//
// The likelihood has several maxima on a year of returns: climbs (BFGS with
// exact scores) start from every point of a fixed grid, and the highest of the
// summits is taken. For egarch it may be one at which the variances do not
// forget where they began (the filter is not invertible; Wintenberger 2013). Of
// such maxima there are many beside each other, narrow and of any height: the
// one reported is then the highest of those met, not of all. See drift.
//
// Errors: an unknown kind, slices of different length, a value that is not
// finite, fewer rows than parameters + 1, a constant regressor, a perfect fit,
// a likelihood that is finite nowhere on the grid.
func FitGARCH(y, x []float64, kind GARCHKind) (*GARCHFit, error) {
	f := &GARCHFit{Kind: kind, Names: kind.Names(x != nil)}
	switch {
	case kind != GARCH11 && kind != GJR && kind != EGARCH:
		return nil, because("no conditional variance is called %q; use garch, gjr or egarch", kind)
	case x != nil && len(x) != len(y):
		return nil, because("%d returns and %d regressors", len(y), len(x))
	case len(y) <= len(f.Names):
		return nil, because("%d returns for %d parameters", len(y), len(f.Names))
	}
	for _, s := range [][]float64{y, x} {
		for t, v := range s {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, because("row %d is %v", t, v)
			}
		}
	}
	l, err := newLikelihood(y, x, kind)
	if err != nil {
		return nil, err
	}
	p, err := l.maximize()
	if err != nil {
		return nil, err
	}
	f.H = l.h
	l.errors(f, &p)
	l.report(f, &p, l.value(&p))
	return f, nil
}

// Forecast returns the variance expected, on the last row, of the residual k
// rows after it; k >= 1:
//
//	garch, gjr: h_{k+1} = omega + (a1 + gamma/2 + b1) h_k
//	egarch:     E[h_{k+1}] from E[exp(s g(z))], g(z) = a1 (|z| - sqrt(2/pi)) + gamma z, z standard normal,
//
// for EGARCH exactly, not exp(E[ln h]). Nelson (1991), appendix 1.
func (f *GARCHFit) Forecast(k int) float64 {
	p, h, e := &f.p, f.H[len(f.H)-1], f.Last
	if f.Kind != EGARCH {
		q := p[pA]
		if e < 0 {
			q += p[pGamma]
		}
		h = p[pOmega] + q*e*e + p[pB]*h
		for range k - 1 {
			h = p[pOmega] + (p[pA]+p[pGamma]/2+p[pB])*h
		}
		return h
	}
	z := e / math.Sqrt(h)
	v := p[pOmega] + p[pA]*(math.Abs(z)-meanAbsNormal) + p[pGamma]*z + p[pB]*math.Log(h)
	s, rest := 1.0, 0.0
	for range k - 1 {
		v = p[pOmega] + p[pB]*v
		up, down := s*(p[pA]+p[pGamma]), s*(p[pA]-p[pGamma])
		rest += math.Log(math.Exp(up*up/2)*NormalUpper(-up)+math.Exp(down*down/2)*NormalUpper(-down)) - s*p[pA]*meanAbsNormal
		s *= p[pB]
	}
	return math.Exp(v + rest)
}

// meanAbsNormal is E|z| of the standard normal, sqrt(2/pi).
const meanAbsNormal = math.Sqrt2 / (math.SqrtPi)

// garchParams are all parameters, by these indices; those that a fit does not
// have are 0.
type garchParams [6]float64

const (
	pMu = iota
	pBeta
	pOmega
	pA
	pGamma
	pB
)

// likelihood is the likelihood of one sample, whose returns and regressor are
// centred and scaled to unit variance: every parameter is then of order one.
type likelihood struct {
	kind                  GARCHKind
	y, x                  []float64
	my, sy, mx, sx, slope float64   // y = my + sy*l.y, x = mx + sx*l.x; slope of l.y on l.x by least squares
	e, h                  []float64 // residuals and variances of the point evaluated last
	// side is the sign of each e_t. The likelihood of gjr and egarch has a kink
	// where one is 0, and second derivatives are those on the one side of it:
	// held keeps the signs as they are.
	side []float64
	held bool
}

func newLikelihood(y, x []float64, kind GARCHKind) (*likelihood, error) {
	l := &likelihood{kind: kind, e: make([]float64, len(y)), h: make([]float64, len(y)), side: make([]float64, len(y)), sx: 1}
	scaled := func(s []float64) (out []float64, m, sd float64) {
		m = Mean(s)
		ss, _ := Centred(s, s, m, m)
		sd = math.Sqrt(ss / float64(len(s)))
		out = make([]float64, len(s))
		for t, v := range s {
			out[t] = (v - m) / sd
		}
		return out, m, sd
	}
	if l.y, l.my, l.sy = scaled(y); !(l.sy > Collinearity*math.Abs(l.my)) {
		return nil, because("the returns do not vary")
	}
	if x != nil {
		if l.x, l.mx, l.sx = scaled(x); !(l.sx > Collinearity*math.Abs(l.mx)) {
			return nil, because("the regressor is constant")
		}
		_, sxy := Centred(l.x, l.y, 0, 0)
		l.slope = sxy / float64(len(y))
		if 1-l.slope*l.slope < 1e-20 {
			return nil, because("the residuals have no variance")
		}
	}
	return l, nil
}

// negative returns -L without its constant at p, and sets grad to its gradient;
// scores, when not nil, receives the gradient of each row's part of it.
func (l *likelihood) negative(p, grad *garchParams, scores []garchParams) float64 {
	var s0, mu, beta float64 // the mean square of e and its derivatives
	for t, v := range l.y {
		e := v - p[pMu]
		if l.x != nil {
			e -= p[pBeta] * l.x[t]
			beta += e * l.x[t]
		}
		mu += e
		s0 += e * e
		l.e[t] = e
		if !l.held {
			l.side[t] = math.Copysign(1, e)
		}
	}
	n := float64(len(l.y))
	s0, mu, beta = s0/n, -2*mu/n, -2*beta/n
	*grad = garchParams{}
	var nll float64
	if l.kind == EGARCH {
		nll = l.logarithmic(p, grad, scores, s0, mu, beta)
	} else {
		nll = l.quadratic(p, grad, scores, s0, mu, beta)
	}
	if !(nll < math.Inf(1)) { // the variance died out or overflowed
		return math.Inf(1)
	}
	return nll
}

// quadratic is negative for garch and gjr, where the mean square of the
// residuals is s0, with the derivatives mu and beta. The derivatives of h_t
// follow from those of h_{t-1}; they are single variables for speed.
func (l *likelihood) quadratic(p, grad *garchParams, scores []garchParams, s0, mu, beta float64) float64 {
	a, b := p[pA]+p[pGamma]/2, p[pB]
	h := p[pOmega] + (a+b)*s0
	dMu, dBeta, dOmega, dA, dGamma, dB := (a+b)*mu, (a+b)*beta, 1.0, s0, s0/2, s0
	var gMu, gBeta, gOmega, gA, gGamma, gB, squares float64
	logs := product{part: 1} // of h_t
	for t, e := range l.e {
		var x float64
		if l.x != nil {
			x = l.x[t]
		}
		l.h[t] = h
		logs.times(h)
		inv := 1 / h
		r := e * inv
		squares += e * r
		w := (1 - e*r) * inv / 2
		gMu += w*dMu - r
		gBeta += w*dBeta - r*x
		gOmega += w * dOmega
		gA += w * dA
		gGamma += w * dGamma
		gB += w * dB
		if scores != nil {
			scores[t] = garchParams{w*dMu - r, w*dBeta - r*x, w * dOmega, w * dA, w * dGamma, w * dB}
		}
		fall := (1 - l.side[t]) / 2
		q := p[pA] + fall*p[pGamma]
		dMu = b*dMu - 2*q*e
		dBeta = b*dBeta - 2*q*e*x
		dOmega = b*dOmega + 1
		dA = b*dA + e*e
		dGamma = b*dGamma + fall*e*e
		dB = b*dB + h
		h = p[pOmega] + q*e*e + b*h
	}
	*grad = garchParams{gMu, gBeta, gOmega, gA, gGamma, gB}
	return (logs.log() + squares) / 2
}

// logarithmic is quadratic for egarch. What goes from row to row is q with
// 2^(q/256) = 1/sqrt(h_t), and it is written so that little waits for it.
func (l *likelihood) logarithmic(p, grad *garchParams, scores []garchParams, s0, mu, beta float64) float64 {
	const unit = -math.Ln2 / 128 // of q in ln h_t
	a, b := p[pA], p[pB]
	q, still := (p[pOmega]+b*math.Log(s0))/unit, (p[pOmega]-a*meanAbsNormal)/unit
	dMu, dBeta, dOmega, dA, dGamma, dB := b*mu/s0, b*beta/s0, 1.0, 0.0, 0.0, math.Log(s0)
	var gMu, gBeta, gOmega, gA, gGamma, gB, sum float64
	for t, e := range l.e {
		var x float64
		if l.x != nil {
			x = l.x[t]
		}
		if !(math.Abs(q) < 1000*256) {
			return math.Inf(1)
		}
		side := l.side[t]
		slope := a*side + p[pGamma]
		near, rest := power(q)
		s, z, v := near*rest, e*near*rest, unit*q
		q = still + b*q + slope*(1/unit)*e*near*rest
		l.h[t] = 1 / (s * s)
		sum += v + z*z
		r, w := z*s, (1-z*z)/2
		gMu += w*dMu - r
		gBeta += w*dBeta - r*x
		gOmega += w * dOmega
		gA += w * dA
		gGamma += w * dGamma
		gB += w * dB
		if scores != nil {
			scores[t] = garchParams{w*dMu - r, w*dBeta - r*x, w * dOmega, w * dA, w * dGamma, w * dB}
		}
		f, k := b-slope*z/2, slope*s
		dMu = f*dMu - k
		dBeta = f*dBeta - k*x
		dOmega = f*dOmega + 1
		dA = f*dA + side*z - meanAbsNormal
		dGamma = f*dGamma + z
		dB = f*dB + v
	}
	*grad = garchParams{gMu, gBeta, gOmega, gA, gGamma, gB}
	return sum / 2
}

// power returns 2^(q/256), to the last digit or two, as a product of which the
// first factor is soon known.
func power(q float64) (near, rest float64) {
	const (
		whole = 3 << 51 // a sum with this is an integer
		c     = math.Ln2 / 256
	)
	k := q + whole
	r := q - (k - whole)
	bits := math.Float64bits(k)
	near = math.Float64frombits(math.Float64bits(powers[bits%256]) + bits/256<<52)
	return near, 1 + c*r + r*r*(c*c/2+c*c*c/6*r+c*c*c*c/24*(r*r))
}

// powers are 2^(i/256).
var powers = func() (t [256]float64) {
	for i := range t {
		t[i] = math.Exp2(float64(i) / 256)
	}
	return t
}()

// value is negative without its derivatives.
func (l *likelihood) value(p *garchParams) float64 { return l.negative(p, new(garchParams), nil) }

// product multiplies many positive numbers, for their logarithm.
type product struct{ part, logs float64 }

func (p *product) times(v float64) {
	p.part *= v
	if p.part < 1e-150 || p.part > 1e150 {
		p.logs += math.Log(p.part)
		p.part = 1
	}
}

func (p *product) log() float64 { return p.logs + math.Log(p.part) }

// A point of the climb holds mu, beta and then
//
//	garch, gjr: r, s_0, s_1, s_2, s_3 with omega = r^2 and the shares
//	            s_i^2 / sum s^2 of 1 - a - b, a or half of a1, half of a1 + gamma, b
//	egarch:     omega, a1, gamma, phi, nothing, with b1 = sin phi
//
// so that every point is admissible, the bounds are within reach, and the
// scores are smooth there.
const climbDim = 7

// params returns the parameters at a point of the climb.
func (l *likelihood) params(u []float64) (p garchParams) {
	p[pMu], p[pBeta], p[pOmega] = u[0], u[1], u[2]
	if l.kind == EGARCH {
		p[pA], p[pGamma], p[pB] = u[3], u[4], math.Sin(u[5])
		return p
	}
	var total float64
	for _, s := range u[3:] {
		total += s * s
	}
	p[pOmega] *= u[2]
	p[pB] = u[6] * u[6] / total
	if l.kind == GARCH11 {
		p[pA] = u[4] * u[4] / total
	} else {
		p[pA] = 2 * u[4] * u[4] / total
		p[pGamma] = 2*u[5]*u[5]/total - p[pA]
	}
	return p
}

// point is the inverse of params.
func (l *likelihood) point(p *garchParams) []float64 {
	if l.kind == EGARCH {
		return []float64{p[pMu], p[pBeta], p[pOmega], p[pA], p[pGamma], math.Asin(p[pB]), 0}
	}
	u := []float64{p[pMu], p[pBeta], math.Sqrt(p[pOmega]), 0, math.Sqrt(p[pA]), 0, math.Sqrt(p[pB])}
	if l.kind == GJR {
		u[4] = math.Sqrt(p[pA] / 2)
		u[5] = math.Sqrt((p[pA] + p[pGamma]) / 2)
	}
	u[3] = math.Sqrt(max(0, 1-p[pA]-p[pGamma]/2-p[pB]))
	return u
}

// climb is negative in the coordinates of the climb.
func (l *likelihood) climb(u, grad []float64) float64 {
	p := l.params(u)
	var g garchParams
	f := l.negative(&p, &g, nil)
	clear(grad)
	grad[0], grad[1], grad[2] = g[pMu], g[pBeta], g[pOmega]
	if l.x == nil {
		grad[1] = 0
	}
	if l.kind == EGARCH {
		grad[3], grad[4], grad[5] = g[pA], g[pGamma], g[pB]*math.Cos(u[5])
		return f
	}
	grad[2] *= 2 * u[2]
	share := [4]float64{0, g[pA], 0, g[pB]} // derivatives by the shares
	if l.kind == GJR {
		share[1], share[2] = 2*(g[pA]-g[pGamma]), 2*g[pGamma]
	}
	var total, average float64
	for i, s := range u[3:] {
		total += s * s
		average += s * s * share[i]
	}
	average /= total
	for i, s := range u[3:] {
		if i == 2 && l.kind == GARCH11 {
			continue
		}
		grad[3+i] = 2 * s / total * (share[i] - average)
	}
	return f
}

// starts is the grid that climbs begin from: a1 (gjr: the mean weight of rises
// and falls), gamma (gjr: as a multiple of that mean), b1.
var starts = map[GARCHKind][][3]float64{
	GARCH11: {{0.05, 0, 0.9}, {0.1, 0, 0.8}, {0.02, 0, 0.97}, {0.2, 0, 0.6}, {0.1, 0, 0.4}, {0.3, 0, 0.1},
		{0.02, 0, 0.5}, {0.01, 0, 0.02}, {0.0005, 0, 0.9985}},
	GJR: {{0.05, 1, 0.9}, {0.1, 1, 0.8}, {0.02, 1, 0.97}, {0.2, 1, 0.6}, {0.1, 1, 0.4}, {0.3, 1, 0.1}, {0.02, 1, 0.5},
		{0.05, -1, 0.9}, {0.1, -1, 0.4}, {0.3, -1, 0.1}, {0.02, -1, 0.97}, {0.6, 1.8, 0.05}, {0.35, -1.8, 0.6},
		{0.4, -0.3, 0.05}, {0.0005, 1, 0.9985}},
	EGARCH: {{0.1, 0, 0.97}, {0.1, -0.05, -0.3}, {0.2, -0.1, 0.95}, {0, -0.1, 0.95}, {0.05, 0, 0.9}, {0.3, 0, 0.97},
		{0.1, -0.05, -0.6}, {0.2, -0.1, 0.8}, {0.1, -0.2, 0.5}, {-0.2, -0.1, 0.3}, {0.2, 0, -0.85}},
}

// maximize returns the parameters of the highest summit that is found.
func (l *likelihood) maximize() (garchParams, error) {
	low := math.Inf(1)
	var top []float64
	climb := func(u []float64, flat float64) {
		if f := minimize(l.climb, u, flat, low); f < low {
			low, top = f, u
		}
	}
	const rough, fine = 1e-6, 1e-13
	s0 := 1 - l.slope*l.slope
	for _, g := range starts[l.kind] {
		p := garchParams{pBeta: l.slope, pOmega: s0 * (1 - g[0] - g[2]), pA: g[0], pB: g[2]}
		switch l.kind {
		case GJR:
			p[pA], p[pGamma] = g[0]*(1-g[1]/2), g[0]*g[1]
		case EGARCH:
			p[pOmega], p[pGamma] = (1-g[2])*math.Log(s0), g[1]
		}
		climb(l.point(&p), rough)
	}
	if top == nil {
		return garchParams{}, because("the %s likelihood of these %d rows is not finite; use the market model", l.kind, len(l.y))
	}
	// The kinks of gjr and egarch lie where alpha + beta x_t meets a y_t, so that
	// there are lesser summits beside the highest.
	if l.kind != GARCH11 {
		for _, by := range [][2]float64{{0.02, 0}, {-0.02, 0}, {0, 0.02}, {0, -0.02}} {
			u := slices.Clone(top)
			u[0] += by[0]
			u[1] += by[1]
			climb(u, rough)
		}
	}
	climb(top, fine)
	return l.polish(l.snap(l.params(top), low)), nil
}

// Drift is the mean of ln |d ln h_{t+1} / d ln h_t|, for egarch
//
//	ln |b1 - (a1 |z_t| + gamma z_t)/2|
//
// Where it is positive an error in one variance grows from row to row: the
// variances do not forget where they began, and turn over at the least change
// of a parameter. Rows that are NaN are passed over. Wintenberger (2013).
func Drift(a, gamma, b float64, z []float64) float64 {
	var sum float64
	n := 0
	for _, v := range z {
		if v == v {
			sum += math.Log(math.Abs(b - (a*math.Abs(v)+gamma*v)/2))
			n++
		}
	}
	return sum / float64(n)
}

// snap sets to its bound every parameter that has come so near to it that the
// likelihood does not tell.
func (l *likelihood) snap(p garchParams, nll float64) garchParams {
	const near, same = 1e-6, 1e-9
	q := p
	if l.kind == EGARCH {
		if 1-math.Abs(p[pB]) < near {
			q[pB] = math.Copysign(1, p[pB])
		}
	} else {
		for _, j := range []int{pOmega, pA, pB} {
			if p[j] < near {
				q[j] = 0
			}
		}
		if l.kind == GJR && p[pA]+p[pGamma] < near {
			q[pGamma] = -q[pA]
		}
		if l.slack(&q) < near {
			q[pB] += l.slack(&q)
		}
	}
	if l.value(&q) <= nll+same {
		return q
	}
	return p
}

func (l *likelihood) slack(p *garchParams) float64 { return 1 - p[pA] - p[pGamma]/2 - p[pB] }

// free lists the directions in which the parameters can move within the
// bounds that hold at p.
func (l *likelihood) free(p *garchParams) []garchParams {
	dirs := []garchParams{{pMu: 1}}
	if l.x != nil {
		dirs = append(dirs, garchParams{pBeta: 1})
	}
	if l.kind == EGARCH {
		dirs = append(dirs, garchParams{pOmega: 1}, garchParams{pA: 1}, garchParams{pGamma: 1})
		if math.Abs(p[pB]) < 1 {
			dirs = append(dirs, garchParams{pB: 1})
		}
		return dirs
	}
	if p[pOmega] > 0 {
		dirs = append(dirs, garchParams{pOmega: 1})
	}
	var trade float64 // what b gives up for the others where they add up to 1
	if l.slack(p) <= 0 {
		trade = 1
	} else if p[pB] > 0 {
		dirs = append(dirs, garchParams{pB: 1})
	}
	switch {
	case trade > 0 && p[pB] == 0:
	case l.kind == GARCH11:
		if p[pA] > 0 {
			dirs = append(dirs, garchParams{pA: 1, pB: -trade})
		}
	default: // rises, then falls
		if p[pA] > 0 {
			dirs = append(dirs, garchParams{pA: 1, pGamma: -1, pB: -trade / 2})
		}
		if p[pA]+p[pGamma] > 0 {
			dirs = append(dirs, garchParams{pGamma: 1, pB: -trade / 2})
		}
	}
	return dirs
}

// hessian returns the second derivatives of negative at p along dirs, as the
// central differences of the exact scores, on p's side of every kink.
func (l *likelihood) hessian(p *garchParams, dirs []garchParams) *mat.SymDense {
	const step = 1e-6
	l.value(p)
	l.held = true
	defer func() { l.held = false }()
	lo, hi := make([]garchParams, len(dirs)), make([]garchParams, len(dirs))
	for j, d := range dirs {
		below, above := *p, *p
		for i, v := range d {
			below[i] -= step * v
			above[i] += step * v
		}
		l.negative(&below, &lo[j], nil)
		l.negative(&above, &hi[j], nil)
	}
	h := mat.NewSymDense(len(dirs), nil)
	for i := range dirs {
		for j := range dirs[:i+1] {
			h.SetSym(i, j, (along(dirs[i], hi[j])-along(dirs[i], lo[j])+along(dirs[j], hi[i])-along(dirs[j], lo[i]))/(4*step))
		}
	}
	return h
}

func along(dir, grad garchParams) float64 { return floats.Dot(dir[:], grad[:]) }

// polish takes one Newton step from p, if that brings the scores nearer to zero.
func (l *likelihood) polish(p garchParams) garchParams {
	dirs := l.free(&p)
	var was, now garchParams
	nll := l.negative(&p, &was, nil)
	size := func(grad garchParams) (s float64) {
		for _, d := range dirs {
			s += along(d, grad) * along(d, grad)
		}
		return s
	}
	var inv mat.SymDense
	if !inverse(&inv, l.hessian(&p, dirs)) {
		return p
	}
	q := p
	for i, d := range dirs {
		for j := range dirs {
			for k, v := range d {
				q[k] -= v * inv.At(i, j) * along(dirs[j], was)
			}
		}
	}
	if l.negative(&q, &now, nil) <= nll+1e-12*math.Abs(nll) && size(now) < size(was) {
		return q
	}
	return p
}

// errors sets the standard errors of f at the summit p.
func (l *likelihood) errors(f *GARCHFit, p *garchParams) {
	dirs := l.free(p)
	k := len(dirs)
	hess, outer := l.hessian(p, dirs), mat.NewSymDense(k, nil)
	scores := make([]garchParams, len(l.y))
	l.negative(p, new(garchParams), scores)
	for i := range k {
		for j := range i + 1 {
			var sum float64
			for t := range scores {
				sum += along(dirs[i], scores[t]) * along(dirs[j], scores[t])
			}
			outer.SetSym(i, j, sum)
		}
	}
	// Row r of the reported parameters moves by jac along each direction.
	rows := l.jacobian(p)
	jac := mat.NewDense(len(rows), k, nil)
	for r := range rows {
		for j := range dirs {
			jac.Set(r, j, along(rows[r], dirs[j]))
		}
	}
	var ih, io mat.SymDense
	var half, qml mat.Dense
	definite := inverse(&ih, hess)
	if definite {
		half.Mul(&ih, outer)
		qml.Mul(&half, &ih)
	}
	f.SEHessian = standardErrors(jac, &ih, definite)
	f.SEOPG = standardErrors(jac, &io, inverse(&io, outer))
	f.SEQML = standardErrors(jac, &qml, definite)
}

// inverse sets dst to the inverse of a and reports whether a is positive definite.
func inverse(dst, a *mat.SymDense) bool {
	var chol mat.Cholesky
	return chol.Factorize(a) && chol.InverseTo(dst) == nil
}

// standardErrors returns sqrt(diag(J C J')); NaN for rows of J that are zero.
func standardErrors(jac *mat.Dense, cov mat.Matrix, ok bool) []float64 {
	n, k := jac.Dims()
	out := make([]float64, n)
	for r := range out {
		if !ok {
			out[r] = nan
			continue
		}
		var v float64
		for i := range k {
			for j := range k {
				v += jac.At(r, i) * jac.At(r, j) * cov.At(i, j)
			}
		}
		out[r] = math.Sqrt(v)
		if v == 0 {
			out[r] = nan
		}
	}
	return out
}

// jacobian lists, by reported parameter, its derivatives by the parameters of
// the scaled data.
func (l *likelihood) jacobian(p *garchParams) []garchParams {
	rows := []garchParams{{pMu: l.sy, pBeta: -l.sy * l.mx / l.sx}, {pBeta: l.sy / l.sx}}
	if l.kind == EGARCH {
		rows = append(rows, garchParams{pOmega: 1, pB: -2 * math.Log(l.sy)}, garchParams{pA: 1}, garchParams{pGamma: 1})
	} else {
		rows = append(rows, garchParams{pOmega: l.sy * l.sy}, garchParams{pA: 1})
		if l.kind == GJR {
			rows = append(rows, garchParams{pGamma: 1})
		}
	}
	rows = append(rows, garchParams{pB: 1})
	if l.x == nil {
		rows = append(rows[:1], rows[2:]...)
	}
	return rows
}

// report sets the fields of f in the units of the data.
func (l *likelihood) report(f *GARCHFit, p *garchParams, nll float64) {
	n := float64(len(l.y))
	f.p = *p
	f.p[pBeta] = p[pBeta] * l.sy / l.sx
	f.p[pMu] = l.my + l.sy*p[pMu] - f.p[pBeta]*l.mx
	if l.kind == EGARCH {
		f.p[pOmega] += (1 - p[pB]) * 2 * math.Log(l.sy)
	} else {
		f.p[pOmega] *= l.sy * l.sy
	}
	for t := range f.H {
		f.H[t] *= l.sy * l.sy
	}
	f.Last = l.e[len(l.e)-1] * l.sy
	f.LogLik = -nll - n*math.Log(l.sy) - n/2*math.Log(2*math.Pi)
	f.Theta = append(f.Theta, f.p[pMu])
	if l.x != nil {
		f.Theta = append(f.Theta, f.p[pBeta])
	}
	f.Theta = append(f.Theta, f.p[pOmega], f.p[pA])
	if l.kind != GARCH11 {
		f.Theta = append(f.Theta, f.p[pGamma])
	}
	f.Theta = append(f.Theta, f.p[pB])
}
