package stat

import (
	"math"

	"gonum.org/v1/gonum/floats"
)

// NoDiagnostics are the diagnostics of no residuals: all NaN.
func NoDiagnostics() Diagnostics { return Diagnostics{nan, nan, nan, nan, nan, nan, nan, nan} }

// Diagnose computes the diagnostics of residuals in order of time, all NaN where
// there are fewer than twelve or they do not vary:
//
//	Autocorrelation = sum e_t e_{t-1} / sum e_t^2, e about its mean
//	Durbin-Watson   = sum (e_t - e_{t-1})^2 / sum e_t^2
//	Jarque-Bera     = M/6 (S^2 + (K-3)^2/4), moments with divisor M
//	Ljung-Box       = M(M+2) sum_{k<=10} r_k^2/(M-k), r_k about the mean
//	ARCH-LM         = (M-5) R^2 of e_t^2 on a constant and its first 5 lags
//
// Durbin and Watson (1950); Jarque and Bera (1987); Ljung and Box (1978);
// Engle (1982). w is memory for the work, nil for the heap.
func Diagnose(e []float64, w *Workspace) Diagnostics {
	const lags = 10
	d := NoDiagnostics()
	m := float64(len(e))
	if len(e) <= lags+1 {
		return d
	}
	mu := Mean(e)
	c := w.Floats(len(e))
	var raw, dw, m2, m3, m4 float64
	for t, v := range e {
		c[t] = v - mu
		raw += v * v
		m3 += c[t] * c[t] * c[t]
		m4 += c[t] * c[t] * c[t] * c[t]
		if t > 0 {
			dw += (v - e[t-1]) * (v - e[t-1])
		}
	}
	ss := floats.Dot(c, c)
	if !(ss > 0) {
		return d
	}
	d.DurbinWatson = dw / raw
	m2, m3, m4 = ss/m, m3/m, m4/m
	skew, kurt := m3/(m2*math.Sqrt(m2)), m4/(m2*m2)
	d.JarqueBera = m / 6 * (skew*skew + (kurt-3)*(kurt-3)/4)
	d.JarqueBeraP = ChiSquaredUpper(d.JarqueBera, 2)
	var q float64
	for k := 1; k <= lags; k++ {
		r := floats.Dot(c[k:], c[:len(c)-k]) / ss
		if k == 1 {
			d.Autocorrelation = r
		}
		q += r * r / (m - float64(k))
	}
	d.LjungBox = m * (m + 2) * q
	d.LjungBoxP = ChiSquaredUpper(d.LjungBox, lags)
	for t, v := range e {
		c[t] = v * v
	}
	if r2 := onLags(c, w); r2 == r2 {
		d.ArchLM = (m - archLags) * r2
		d.ArchLMP = ChiSquaredUpper(d.ArchLM, archLags)
	}
	return d
}

// archLags is how many lags of the squared residuals ARCH-LM takes.
const archLags = 5

// onLags returns R^2 of x on a constant and its first archLags lags, NaN where
// these are linearly dependent or x does not vary. It shifts x.
//
// The lags differ from each other in a few elements at their ends, so that their
// cross products follow from those of x with each lag. Where these leave few
// digits, as the lags explain nearly all or each other, it fits by least squares.
func onLags(x []float64, w *Workspace) float64 {
	const p, enough = archLags, 1e-6
	n := len(x)
	m := float64(n - p)
	for t, shift := 0, Mean(x); t < n; t++ {
		x[t] -= shift
	}
	// s[j] is the sum of lag j, c[j][k] that of its products with lag k.
	var s [p + 1]float64
	var c [p + 1][p + 1]float64
	s[0] = Sum(x[p:])
	for k := range p + 1 {
		c[0][k] = floats.Dot(x[p:], x[p-k:n-k])
	}
	for j := range p {
		s[j+1] = s[j] + x[p-1-j] - x[n-1-j]
		for k := j; k < p; k++ {
			c[j+1][k+1] = c[j][k] + x[p-1-j]*x[p-1-k] - x[n-1-j]*x[n-1-k]
		}
	}
	for j := range p + 1 {
		for k := j; k <= p; k++ {
			c[j][k] -= s[j] * s[k] / m
		}
	}
	// Cholesky's factors of the products of the lags, and x solved by them.
	var l [p + 1][p + 1]float64
	var explained float64
	for j := 1; j <= p; j++ {
		for k := j; k <= p; k++ {
			v := c[j][k]
			for i := 1; i < j; i++ {
				v -= l[j][i] * l[k][i]
			}
			if k == j {
				if !(v > enough*c[j][j]) {
					return onLagsBySquares(x, w)
				}
				l[j][j] = math.Sqrt(v)
				continue
			}
			l[k][j] = v / l[j][j]
		}
		v := c[0][j]
		for i := 1; i < j; i++ {
			v -= l[j][i] * l[0][i]
		}
		l[0][j] = v / l[j][j]
		explained += l[0][j] * l[0][j]
	}
	if !(c[0][0]-explained > enough*c[0][0]) {
		return onLagsBySquares(x, w)
	}
	return explained / c[0][0]
}

// onLagsBySquares is onLags for all x.
func onLagsBySquares(x []float64, w *Workspace) float64 {
	var lags [archLags][]float64
	for k := range lags {
		lags[k] = x[archLags-1-k : len(x)-1-k]
	}
	var f Factorisation
	f.Factorise(lags[:], len(x)-archLags)
	if f.Dependent >= 0 {
		return nan
	}
	ybar, rss, tss := f.Solve(x[archLags:], w.Floats(1+archLags))
	if Negligible(rss, tss+float64(f.M)*ybar*ybar) {
		return nan
	}
	return 1 - rss/tss
}

// Diagnostics describe the estimation residuals, standardised where the model
// has a conditional variance, in order of time, gaps closed up. P values are those of the usual chi-squared limits.
type Diagnostics struct {
	Autocorrelation         float64 // first-order
	DurbinWatson            float64
	JarqueBera, JarqueBeraP float64 // normality; 2 degrees of freedom
	LjungBox, LjungBoxP     float64 // no autocorrelation up to lag 10
	ArchLM, ArchLMP         float64 // no ARCH effects up to lag 5
}
