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
