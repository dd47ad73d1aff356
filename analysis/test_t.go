package analysis

import (
	"math"

	"aftershock/analysis/stat"
)

// StudentTest is the t test of one observation:
//
//	t = CAR / sqrt(Var(CAR)), Student t with M-K degrees of freedom
//
// with the exact forecast-error variance. Campbell, Lo, MacKinlay (1997), 4.4.
type StudentTest struct{}

// Name implements Test.
func (StudentTest) Name() string { return "t" }

// Null implements Test.
func (StudentTest) Null() string { return "the security's abnormal return is zero" }

// Assumes implements Test.
func (StudentTest) Assumes() string {
	return "normal residuals of constant variance, the same in both windows"
}

// Paper implements Test.
func (StudentTest) Paper() string { return "Campbell, Lo, MacKinlay (1997), 4.4" }

// Properties implements Test.
func (StudentTest) Properties() Properties { return Properties{} }

// Scope implements Test.
func (StudentTest) Scope() Scope { return OneObservation }

// Run implements Test.
func (StudentTest) Run(c *CrossSection) TestResult {
	return outcome(c.CAR[0]/math.Sqrt(c.Var[0]), stat.StudentT(float64(c.M(0)-c.K(0))))
}

// CrossSectionTest is the cross-sectional t test:
//
//	t = mean(CAR) / (sd(CAR)/sqrt(N)), Student t with N-1 degrees of freedom
//
// Campbell, Lo, MacKinlay (1997), 4.4; Brown and Warner (1980).
type CrossSectionTest struct{}

// Name implements Test.
func (CrossSectionTest) Name() string { return "cross-section" }

// Null implements Test.
func (CrossSectionTest) Null() string { return noAverage }

// Assumes implements Test.
func (CrossSectionTest) Assumes() string {
	return "independent observations; the event may change their variance"
}

// Paper implements Test.
func (CrossSectionTest) Paper() string {
	return "Campbell, Lo, MacKinlay (1997), 4.4; Brown and Warner (1980)"
}

// Properties implements Test.
func (CrossSectionTest) Properties() Properties { return Properties{Independence: TakenAlways} }

// Scope implements Test.
func (CrossSectionTest) Scope() Scope { return ManyObservations }

// Run implements Test.
func (CrossSectionTest) Run(c *CrossSection) TestResult { return meanTest(c.CAR) }

// meanTest is the one-sample t test that the mean of x is zero.
func meanTest(x []float64) TestResult {
	n := float64(len(x))
	if n < 2 {
		return Undefined("undefined/two")
	}
	sd := stat.Deviation(x)
	if !(sd > 0) || !stat.Varies(x) { // the mean of equal numbers need not be their equal
		return Undefined("undefined/alike")
	}
	return outcome(stat.Mean(x)*math.Sqrt(n)/sd, stat.StudentT(n-1))
}

// CrudeDependence is the time-series test on the average's own past ("crude
// dependence adjustment"):
//
//	t = CAAR / (sd(AAR) sqrt(L)), Student t with M-1 degrees of freedom
//
// sd over the M sessions of the estimation window, aligned in event time,
// divisor M-1. Brown and Warner (1980), appendix A.3; (1985), p. 7.
type CrudeDependence struct{}

// Name implements Test.
func (CrudeDependence) Name() string { return "crude" }

// Null implements Test.
func (CrudeDependence) Null() string { return noAverage }

// Assumes implements Test.
func (CrudeDependence) Assumes() string {
	return "the average varies as in the estimation window: co-movement counts, a change of variance at the event does not"
}

// Paper implements Test.
func (CrudeDependence) Paper() string { return "Brown and Warner (1980, 1985)" }

// Properties implements Test.
func (CrudeDependence) Properties() Properties { return Properties{Independence: TakenAcrossDates} }

// Scope implements Test.
func (CrudeDependence) Scope() Scope { return ManyObservations }

// Run implements Test.
func (CrudeDependence) Run(c *CrossSection) TestResult {
	aar := c.pool.summary()
	sd := aar.spread
	if !(sd > 0) {
		return Undefined("undefined/constant-average")
	}
	var l float64 // sessions that count: those of the window, unless missing ones count as zero
	for i := range c.CAR {
		l += float64(c.sessions(i)) / float64(c.N())
	}
	return outcome(c.average(c.CAR)/(sd*math.Sqrt(l)), stat.StudentT(float64(aar.n-1)))
}

// PortfolioTest is the t test of the portfolio (weighted as the study says) of the
// observations' securities, its own model fitted: one common date only.
//
//	t = CAR_p / sqrt(Var(CAR_p)), Student t with M-K degrees of freedom
//
// By-products: car, CAR_p; mde, low90, high90 and p_equivalence, what it could
// have shown, see [SeenBy]. Jaffe (1974); Campbell, Lo, MacKinlay (1997), 4.5.
type PortfolioTest struct{}

// Name implements Test.
func (PortfolioTest) Name() string { return "portfolio" }

// Null implements Test.
func (PortfolioTest) Null() string { return noAverage }

// Assumes implements Test.
func (PortfolioTest) Assumes() string {
	return "the portfolio varies as in the estimation window: co-movement counts, a change of variance at the event does not"
}

// Paper implements Test.
func (PortfolioTest) Paper() string { return "Jaffe (1974); Campbell, Lo, MacKinlay (1997), 4.5" }

// Properties implements Test.
func (PortfolioTest) Properties() Properties { return Properties{OneDate: true} }

// Scope implements Test.
func (PortfolioTest) Scope() Scope { return ManyObservations }

// Run implements Test.
func (PortfolioTest) Run(c *CrossSection) TestResult {
	if !c.pool.sameDate {
		return Undefined("undefined/one-date")
	}
	p := c.pool.portfolio()
	if p.ex != nil {
		return Undefined("undefined/portfolio", p.ex.Sentence())
	}
	e := p.eng.estimate(0)
	car, variance, _, _ := p.eng.cumulate(0, &e, c.Window)
	if car != car {
		return Undefined("undefined/portfolio-window")
	}
	r := outcome(car/math.Sqrt(variance), stat.StudentT(float64(e.M-e.K)))
	if c.pool.eng.elsewhere {
		return r
	}
	seen := c.seenBy(car, math.Sqrt(variance), float64(e.M-e.K), p.eng.study.Margin)
	r.ByProducts = c.byProducts(ByProduct{"car", car}, ByProduct{"mde", seen.MDE}, ByProduct{"low90", seen.Low}, ByProduct{"high90", seen.High}, ByProduct{"p_equivalence", seen.PEquivalence})
	return r
}
