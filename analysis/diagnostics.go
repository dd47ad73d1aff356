package analysis

import "math"

// Diagnostics computes the diagnostics of the estimation residuals of
// observation i, all NaN when it is excluded. Those of a model with a
// conditional variance are standardised first, e_t/sqrt(h_t): what the model
// explains of their variance is no fault of theirs.
//
//	Autocorrelation = sum e_t e_{t-1} / sum e_t^2, e about its mean
//	Durbin-Watson   = sum (e_t - e_{t-1})^2 / sum e_t^2
//	Jarque-Bera     = M/6 (S^2 + (K-3)^2/4), moments with divisor M
//	Ljung-Box       = M(M+2) sum_{k<=10} r_k^2/(M-k), r_k about the mean
//	ARCH-LM         = (M-5) R^2 of e_t^2 on a constant and its first 5 lags
//
// Durbin and Watson (1950); Jarque and Bera (1987); Ljung and Box (1978);
// Engle (1982).
func (r *Result) Diagnostics(i int) Diagnostics { return r.Reader().Diagnostics(i) }

func (r *Result) diagnostics(i int, w *workspace) Diagnostics {
	row := r.Observations[i].row
	if row < 0 {
		return Diagnostics{nan, nan, nan, nan, nan, nan, nan, nan}
	}
	e := w.take(r.Study.Estimation.Len())
	r.eng.residuals(int(row), e)
	n := 0
	for _, v := range e {
		if v == v {
			e[n] = v
			n++
		}
	}
	for t, sigma := range r.eng.sigmas(int(row)) {
		e[t] /= sigma
	}
	return diagnose(e[:n], w)
}

func diagnose(e []float64, w *workspace) Diagnostics {
	const lags, arch = 10, 5
	d := Diagnostics{nan, nan, nan, nan, nan, nan, nan, nan}
	m := float64(len(e))
	if len(e) <= lags+1 {
		return d
	}
	mu := mean(e)
	var ss, raw, dw, m2, m3, m4 float64
	for t, v := range e {
		raw += v * v
		c := v - mu
		ss += c * c
		m3 += c * c * c
		m4 += c * c * c * c
		if t > 0 {
			dw += (v - e[t-1]) * (v - e[t-1])
		}
	}
	if !(ss > 0) {
		return d
	}
	d.DurbinWatson = dw / raw
	m2, m3, m4 = ss/m, m3/m, m4/m
	skew, kurt := m3/math.Pow(m2, 1.5), m4/(m2*m2)
	d.JarqueBera = m / 6 * (skew*skew + (kurt-3)*(kurt-3)/4)
	d.JarqueBeraP = chiSquaredUpper(d.JarqueBera, 2)
	var q float64
	for k := 1; k <= lags; k++ {
		var c float64
		for t := k; t < len(e); t++ {
			c += (e[t] - mu) * (e[t-k] - mu)
		}
		c /= ss
		if k == 1 {
			d.Autocorrelation = c
		}
		q += c * c / (m - float64(k))
	}
	d.LjungBox = m * (m + 2) * q
	d.LjungBoxP = chiSquaredUpper(d.LjungBox, lags)
	s := &w.sample
	*s = Sample{work: w, X: s.X[:0]}
	sq := w.take(len(e))
	for t, v := range e {
		sq[t] = v * v
	}
	s.Y = sq[arch:]
	for k := 1; k <= arch; k++ {
		s.X = append(s.X, sq[arch-k:len(sq)-k])
	}
	est := &w.estimate
	*est = w.newEstimate(arch)
	if ex := leastSquares(s, est); ex == nil {
		d.ArchLM = float64(len(s.Y)) * est.R2
		d.ArchLMP = chiSquaredUpper(d.ArchLM, arch)
	}
	return d
}

// newEstimate returns an estimate with room for p forecast terms.
func newEstimate(p int) *Estimate {
	return &Estimate{B: make([]float64, 1+p), SE: make([]float64, 1+p), XBar: make([]float64, p), SInv: make([]float64, p*p)}
}
