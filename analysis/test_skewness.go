package analysis

import (
	"math"

	"aftershock/analysis/stat"
)

// Skewness is the cross-sectional test transformed for skewness: with
// S = mean(CAR)/sd(CAR) and g = N/((N-1)(N-2)) sum ((CAR-mean)/sd)^3,
//
//	T = sqrt(N) (S + g S^2/3 + g^2 S^3/27 + g/(6N)), N(0,1)
//
// By-product: skewness, g. Hall (1992), equation 4; Lyon, Barber, Tsai (1999).
type Skewness struct{}

// Name implements Test.
func (Skewness) Name() string { return "skewness" }

// Null implements Test.
func (Skewness) Null() string { return noAverage }

// Assumes implements Test.
func (Skewness) Assumes() string {
	return "independent observations; their distribution may be skewed and the event may change it"
}

// Paper implements Test.
func (Skewness) Paper() string { return "Hall (1992)" }

// Properties implements Test.
func (Skewness) Properties() Properties { return Properties{Independence: TakenAlways} }

// Scope implements Test.
func (Skewness) Scope() Scope { return ManyObservations }

// Run implements Test.
func (Skewness) Run(c *CrossSection) TestResult {
	n := float64(c.N())
	if n < 3 {
		return Undefined("undefined/three")
	}
	m, sd := stat.Mean(c.CAR), stat.Deviation(c.CAR)
	if !(sd > 0) || !stat.Varies(c.CAR) {
		return Undefined("undefined/alike")
	}
	var g float64
	for _, v := range c.CAR {
		d := (v - m) / sd
		g += d * d * d
	}
	g *= n / ((n - 1) * (n - 2))
	s := m / sd
	r := outcome(math.Sqrt(n)*(s+g*s*s/3+g*g*s*s*s/27+g/(6*n)), stat.Normal())
	r.ByProducts = c.byProducts(ByProduct{"skewness", g})
	return r
}
