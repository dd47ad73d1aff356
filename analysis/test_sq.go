package analysis

import (
	"aftershock/analysis/stat"
)

// SampleQuantile places a CAR among the sums of the observation's own
// estimation residuals over every L consecutive usable sessions (overlapping;
// gaps closed up):
//
//	P(lower) = (1 + #{sums <= CAR}) / (1 + #sums)
//	P(upper) = (1 + #{sums >= CAR}) / (1 + #sums)
//	p        = min(1, 2 min(lower, upper))
//
// The statistic is the CAR. By-products: sums, their number; beyond, the number
// of those that are as far from zero as the CAR, to whichever side.
// Gelbach, Helland, Klick (2013).
type SampleQuantile struct{}

// Name implements Test.
func (SampleQuantile) Name() string { return "sq" }

// Null implements Test.
func (SampleQuantile) Null() string { return "the security's abnormal return is zero" }

// Assumes implements Test.
func (SampleQuantile) Assumes() string {
	return "the abnormal return is distributed as in the estimation window, whatever that distribution is"
}

// Paper implements Test.
func (SampleQuantile) Paper() string { return "Gelbach, Helland, Klick (2013)" }

// Properties implements Test.
func (SampleQuantile) Properties() Properties { return Properties{} }

// Scope implements Test.
func (SampleQuantile) Scope() Scope { return OneObservation }

// Run implements Test.
func (SampleQuantile) Run(c *CrossSection) TestResult {
	x := c.pool.place(c.index)
	if x.sums < 1 {
		m, l := c.M(0), c.sessions(0)
		return Undefined("undefined/sums", m, l, l)
	}
	n := float64(1 + x.sums)
	r := TestResult{Stat: c.CAR[0], Dist: stat.OtherDistribution("empirical"), ByProducts: c.byProducts(ByProduct{"sums", float64(x.sums)}, ByProduct{"beyond", float64(x.beyond)})}
	r.PLower, r.PUpper = float64(1+x.low)/n, float64(1+x.high)/n
	r.P = min(1, 2*min(r.PLower, r.PUpper))
	return r
}

// place returns that of the only member over CAR window w.
func (p *pool) place(w int) place {
	g, row := p.eng, int(p.rows[0])
	if g.places != nil {
		return g.placesOf()[row*g.windows+w]
	}
	if p.only == nil {
		p.only = g.usable(row, p.scratch.zeros(g.study.EstimationWindow.Len()))
	}
	return g.place(row, w, p.only, p.scratch.zeros(len(p.only)+1))
}
