package stat

import "math"

// Difference is an estimate of a difference with its standard error and
// degrees of freedom.
type Difference struct{ Value, SE, DF float64 }

// T is Value over SE.
func (d Difference) T() float64 { return d.Value / d.SE }

// Apart is the difference of two independent estimates a and b of variances va
// and vb, which have dfa and dfb degrees of freedom:
//
//	SE^2 = va + vb
//	DF   = (va + vb)^2 / (va^2/dfa + vb^2/dfb)
//
// NaN where a variance or its degrees of freedom are not positive. Satterthwaite
// (1946); Welch (1947).
func Apart(a, va, dfa, b, vb, dfb float64) Difference {
	if !(va > 0 && vb > 0 && dfa > 0 && dfb > 0) {
		return Difference{nan, nan, nan}
	}
	v := va + vb
	return Difference{a - b, math.Sqrt(v), v * v / (va*va/dfa + vb*vb/dfb)}
}

// Welch is the difference of the means of two samples of unequal variances,
//
//	Apart(mean(x), sd(x)^2/n, n-1, mean(y), sd(y)^2/m, m-1)
//
// NaN where one has fewer than two elements or does not vary. Welch (1947). R:
// t.test(x, y).
func Welch(x, y []float64) Difference {
	mx, vx := meanVariance(x)
	my, vy := meanVariance(y)
	n, m := float64(len(x)), float64(len(y))
	return Apart(mx, vx/n, n-1, my, vy/m, m-1)
}

// meanVariance is the mean of x and its sample variance, divisor n-1.
func meanVariance(x []float64) (m, v float64) {
	for _, a := range x {
		m += a
	}
	m /= float64(len(x))
	for _, a := range x {
		v += (a - m) * (a - m)
	}
	return m, v / float64(len(x)-1)
}
