package stat

import (
	"math"
	"sync/atomic"

	"gonum.org/v1/gonum/mathext"
	"gonum.org/v1/gonum/stat/distuv"
)

// NormalUpper returns P(Z > z) for a standard normal Z, with its digits kept
// far in the tail.
func NormalUpper(z float64) float64 { return math.Erfc(z/math.Sqrt2) / 2 }

// StudentUpper returns P(T > t) for Student's t with df degrees of freedom:
// half the regularised incomplete beta function I_x(df/2, 1/2) at
// x = df/(df+t^2) for t > 0.
func StudentUpper(t, df float64) float64 {
	if t != t || !(df > 0) {
		return nan
	}
	if t < 0 {
		return 1 - studentBeta(t, df)
	}
	return studentBeta(t, df)
}

// studentBeta is studentUpper of |t|, by the incomplete beta function.
func studentBeta(t, df float64) float64 {
	t2 := t * t
	if math.IsInf(t2, 1) {
		return 0
	}
	return 0.5 * incompleteBetaOf(df/2, 0.5, df/(df+t2), t2/(df+t2), studentLogBeta(df))
}

// fisherUpper returns P(F > f) for the F distribution with d1 and d2 degrees
// of freedom.
func fisherUpper(f, d1, d2 float64) float64 {
	switch {
	case f != f || !(d1 > 0) || !(d2 > 0):
		return nan
	case f <= 0:
		return 1
	case math.IsInf(f, 1):
		return 0
	}
	return IncompleteBeta(d2/2, d1/2, d2/(d2+d1*f), d1*f/(d2+d1*f))
}

// IncompleteBeta is the regularised incomplete beta function I_x(a, b), with
// y = 1-x given separately so that neither loses digits. Unlike gonum's it
// keeps its relative precision where the result is tiny, which is where p
// values of strong events lie. Continued fraction: Abramowitz and Stegun
// (1964), 26.5.8, evaluated forward.
func IncompleteBeta(a, b, x, y float64) float64 {
	return incompleteBetaOf(a, b, x, y, logBeta(a, b))
}

// incompleteBetaOf is incompleteBeta where ln B(a, b) is known.
func incompleteBetaOf(a, b, x, y, logB float64) float64 {
	if x <= 0 {
		return 0
	}
	if y <= 0 {
		return 1
	}
	if x > (a+1)/(a+b+2) {
		return 1 - incompleteBetaOf(b, a, y, x, logB)
	}
	// Of one convergent p/q to the next there is one division, of both
	// coefficients; where they come near each other is seen without any.
	const large = 1e150
	p0, q0, p, q := 1.0, 1.0, 1.0, 1-(a+b)*x/(a+1)
	for m := 1.0; m < 1e6; m++ {
		u, v, w := a+2*m-1, a+2*m, a+2*m+1
		f := x / (u * v * w)
		even, odd := m*(b-m)*w*f, -(a+m)*(a+b+m)*u*f
		p0, q0 = p+even*p0, q+even*q0
		p, q = p0+odd*p, q0+odd*q
		if math.Abs(p*q0-p0*q) <= 1e-16*math.Abs(p0*q) {
			break
		}
		if math.Abs(q) > large || math.Abs(p) > large {
			p0, q0, p, q = p0/large, q0/large, p/large, q/large
		}
	}
	h := p / q
	logx, logy := math.Log(x), math.Log(y)
	if x > 0.5 {
		logx = math.Log1p(-y)
	} else {
		logy = math.Log1p(-x)
	}
	return h / a * math.Exp(a*logx+b*logy-logB)
}

// studentLogBeta is ln B(df/2, 1/2), kept for the degrees of freedom that millions
// of tests share.
func studentLogBeta(df float64) float64 {
	k := int(df)
	if float64(k) != df || k >= len(logBetas) {
		return logBeta(df/2, 0.5)
	}
	if bits := logBetas[k].Load(); bits != 0 {
		return math.Float64frombits(bits)
	}
	v := logBeta(df/2, 0.5)
	logBetas[k].Store(math.Float64bits(v))
	return v
}

var logBetas [1024]atomic.Uint64

// logBeta is ln B(a, b), by Stirling's series where Gamma's logarithms would
// cancel. Abramowitz and Stegun (1964), 6.1.41.
func logBeta(a, b float64) float64 {
	p, q := min(a, b), max(a, b)
	rest := func(x float64) float64 { // ln Gamma(x) less Stirling's leading terms
		z := 1 / (x * x)
		return (1.0/12 - z*(1.0/360-z*(1.0/1260-z*(1.0/1680-z*(1.0/1188-z*691.0/360360))))) / x
	}
	switch {
	case p >= 10:
		return -0.5*math.Log(q) + 0.5*math.Log(2*math.Pi) + rest(p) + rest(q) - rest(p+q) +
			(p-0.5)*math.Log(p/(p+q)) + q*math.Log1p(-p/(p+q))
	case q >= 10:
		g, _ := math.Lgamma(p)
		return g + rest(q) - rest(p+q) + p - p*math.Log(p+q) + (q-0.5)*math.Log1p(-p/(p+q))
	}
	gp, _ := math.Lgamma(p)
	gq, _ := math.Lgamma(q)
	gs, _ := math.Lgamma(p + q)
	return gp + gq - gs
}

// ChiSquaredUpper returns P(X > x) for the chi-squared distribution with df
// degrees of freedom.
func ChiSquaredUpper(x, df float64) float64 {
	if math.IsNaN(x) || !(df > 0) {
		return nan
	}
	if x <= 0 {
		return 1
	}
	return mathext.GammaIncRegComp(df/2, x/2)
}

// Normal is the standard normal reference distribution.
func Normal() Distribution { return Distribution{"normal", nan, nan} }

// StudentT is Student's t with df degrees of freedom.
func StudentT(df float64) Distribution { return Distribution{"t", df, nan} }

// FisherF is the F distribution with d1 and d2 degrees of freedom.
func FisherF(d1, d2 float64) Distribution { return Distribution{"F", d1, d2} }

// ChiSquared is the chi-squared distribution with df degrees of freedom.
func ChiSquared(df float64) Distribution { return Distribution{"chi2", df, nan} }

// OtherDistribution is one without a closed form: that of resampled statistics, of a
// signed rank, of the estimation window.
func OtherDistribution(name string) Distribution { return Distribution{name, nan, nan} }

// PValues returns the two-sided and the one-sided p values of stat: lower is
// P(X <= stat), upper P(X >= stat). For the distributions without a sign (F,
// chi-squared) p is the upper tail and the one-sided values are NaN, as are
// all three for a NaN statistic or a distribution that is not closed-form.
//
//	normal  P(Z >= z) = erfc(z/sqrt(2)) / 2
//	t       P(T >= t) = I_x(df/2, 1/2) / 2, x = df/(df+t^2), t > 0
//	F       P(F >= f) = I_x(d2/2, d1/2), x = d2/(d2 + d1 f)
//	chi2    P(X >= x) = Q(df/2, x/2)
//
// I is the regularised incomplete beta function, Q the upper incomplete gamma
// function; digits are kept far in the tails. Abramowitz and Stegun (1964),
// 26.2, 26.4 to 26.7.
func (d Distribution) PValues(stat float64) (p, lower, upper float64) {
	switch d.Name {
	case "normal":
		return 2 * NormalUpper(math.Abs(stat)), NormalUpper(-stat), NormalUpper(stat)
	case "t":
		tail := StudentUpper(math.Abs(stat), d.DF1)
		if stat < 0 {
			return 2 * tail, tail, 1 - tail
		}
		return 2 * tail, 1 - tail, tail
	case "F":
		return fisherUpper(stat, d.DF1, d.DF2), nan, nan
	case "chi2":
		return ChiSquaredUpper(stat, d.DF1), nan, nan
	}
	return nan, nan, nan
}

// StudentQuantile is the q quantile of Student's t with df degrees of freedom;
// it is meant for interval limits (0.0001 <= q <= 0.9999). NaN for df <= 0.
func StudentQuantile(q, df float64) float64 {
	if !(df > 0) {
		return nan
	}
	return distuv.StudentsT{Sigma: 1, Nu: df}.Quantile(q)
}

// Distribution is a reference distribution.
type Distribution struct {
	Name string  // "normal", "t", "F", "chi2", "signed-rank", "empirical", "resampled"
	DF1  float64 // degrees of freedom; NaN where there are none
	DF2  float64 // denominator degrees of freedom of F; NaN otherwise
}
