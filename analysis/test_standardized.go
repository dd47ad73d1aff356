package analysis

import (
	"math"

	"aftershock/analysis/stat"
)

// Patell is the standardised-residual test:
//
//	Z = sum CSAR_i / sqrt( sum L_i (M_i-K_i)/(M_i-K_i-2) ), N(0,1)
//
// L_i is the length of the window, less the sessions whose missing abnormal
// return counts as zero.
// Patell (1976), equation 8.
type Patell struct{}

// Name implements Test.
func (Patell) Name() string { return "patell" }

// Null implements Test.
func (Patell) Null() string { return noAverage }

// Assumes implements Test.
func (Patell) Assumes() string {
	return "independent observations whose variance the event does not change"
}

// Paper implements Test.
func (Patell) Paper() string { return "Patell (1976)" }

// Properties implements Test.
func (Patell) Properties() Properties { return Properties{Independence: TakenAlways} }

// Scope implements Test.
func (Patell) Scope() Scope { return ManyObservations }

// Run implements Test.
func (Patell) Run(c *CrossSection) TestResult {
	var sum, variance float64
	for i, v := range c.CSAR {
		df := float64(c.M(i) - c.K(i))
		if df <= 2 {
			return Undefined("undefined/few-sessions", c.M(i), c.K(i)+3)
		}
		sum += v
		variance += float64(c.sessions(i)) * df / (df - 2)
	}
	return outcome(sum/math.Sqrt(variance), stat.Normal())
}

// BMP is the standardised cross-sectional test:
//
//	t = mean(SCAR) sqrt(N) / sd(SCAR), Student t with N-1 degrees of freedom
//
// Boehmer, Musumeci, Poulsen (1991), equation 9. By-product: p_normal, the two-sided p
// against N(0,1).
type BMP struct{}

// Name implements Test.
func (BMP) Name() string { return "bmp" }

// Null implements Test.
func (BMP) Null() string { return noAverage }

// Assumes implements Test.
func (BMP) Assumes() string { return "independent observations; the event may change their variance" }

// Paper implements Test.
func (BMP) Paper() string { return "Boehmer, Musumeci, Poulsen (1991)" }

// Properties implements Test.
func (BMP) Properties() Properties { return Properties{Independence: TakenAlways} }

// Scope implements Test.
func (BMP) Scope() Scope { return ManyObservations }

// Run implements Test.
func (BMP) Run(c *CrossSection) TestResult { return c.withNormal(meanTest(c.SCAR)) }

// withNormal adds the p value that the statistic would have against N(0,1).
func (c *CrossSection) withNormal(r TestResult) TestResult {
	if r.Stat == r.Stat {
		r.ByProducts = c.byProducts(pNormal(r.Stat))
	}
	return r
}

func pNormal(z float64) ByProduct { return ByProduct{"p_normal", 2 * stat.NormalUpper(math.Abs(z))} }

// KPBMP is the BMP test adjusted for cross-correlation:
//
//	t = t_BMP sqrt( (1-r) / (1+(N-1)r) ), Student t with N-1 degrees of freedom
//
// with r = CrossSection.RBar, aligned by calendar date. Kolari and Pynnönen (2010), equation 9.
// By-products: r_bar and p_normal.
type KPBMP struct{}

// Name implements Test.
func (KPBMP) Name() string { return "kp-bmp" }

// Null implements Test.
func (KPBMP) Null() string { return noAverage }

// Assumes implements Test.
func (KPBMP) Assumes() string {
	return "observations as correlated as in the estimation window; the event may change their variance"
}

// Paper implements Test.
func (KPBMP) Paper() string {
	return "Kolari and Pynnönen (2010); Kolari, Pape, Pynnönen (2018)"
}

// Properties implements Test.
func (KPBMP) Properties() Properties { return Properties{} }

// Scope implements Test.
func (KPBMP) Scope() Scope { return ManyObservations }

// Run implements Test.
func (KPBMP) Run(c *CrossSection) TestResult {
	r := meanTest(c.SCAR)
	rbar, n := c.RBar(), float64(c.N())
	if r.Note != nil {
		return r
	}
	if f := 1 + (n-1)*rbar; !(f > 0) || rbar >= 1 {
		return Undefined("undefined/correlation", rbar)
	} else {
		r = outcome(r.Stat*math.Sqrt((1-rbar)/f), r.Dist)
	}
	r.ByProducts = c.byProducts(pNormal(r.Stat), ByProduct{"r_bar", rbar})
	return r
}

// KPPatell is the Patell test adjusted for cross-correlation:
//
//	Z = Z_Patell / sqrt(1+(N-1)r), N(0,1)
//
// with r = CrossSection.RBar. Kolari and Pynnönen (2010), equation 8. By-product: r_bar.
type KPPatell struct{}

// Name implements Test.
func (KPPatell) Name() string { return "kp-patell" }

// Null implements Test.
func (KPPatell) Null() string { return noAverage }

// Assumes implements Test.
func (KPPatell) Assumes() string {
	return "observations as correlated as in the estimation window, whose variance the event does not change"
}

// Paper implements Test.
func (KPPatell) Paper() string { return "Kolari and Pynnönen (2010)" }

// Properties implements Test.
func (KPPatell) Properties() Properties { return Properties{} }

// Scope implements Test.
func (KPPatell) Scope() Scope { return ManyObservations }

// Run implements Test.
func (KPPatell) Run(c *CrossSection) TestResult {
	r := Patell{}.Run(c)
	if r.Note != nil {
		return r
	}
	n := float64(c.N())
	if n < 2 {
		return Undefined("undefined/two")
	}
	f := 1 + (n-1)*c.RBar()
	if !(f > 0) {
		return Undefined("undefined/correlation", c.RBar())
	}
	r = outcome(r.Stat/math.Sqrt(f), stat.Normal())
	r.ByProducts = c.byProducts(ByProduct{"r_bar", c.RBar()})
	return r
}
