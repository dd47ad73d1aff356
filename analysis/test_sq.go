package analysis

import "math"

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

// Scope implements Test.
func (SampleQuantile) Scope() Scope { return OneObservation }

// Run implements Test.
func (SampleQuantile) Run(c *Cross) TestResult {
	e := c.pool.usable()
	l, car := c.sessions(0), c.CAR[0]
	sums := len(e) - l + 1
	if sums < 1 {
		return undefined("%d usable estimation sessions; a window of %d needs %d", len(e), l, l)
	}
	below, above, beyond := 0, 0, 0
	far := math.Abs(car)
	count := func(s float64) {
		if s <= car {
			below++
		}
		if s >= car {
			above++
		}
		if math.Abs(s) >= far {
			beyond++
		}
	}
	i := 0
	for ; i+4 <= sums; i += 4 { // sums that need not wait for each other
		var s0, s1, s2, s3 float64
		for k := i; k < i+l; k++ {
			v := e[k : k+4 : k+4]
			s0, s1, s2, s3 = s0+v[0], s1+v[1], s2+v[2], s3+v[3]
		}
		count(s0)
		count(s1)
		count(s2)
		count(s3)
	}
	for ; i < sums; i++ {
		var s float64
		for _, v := range e[i : i+l] {
			s += v
		}
		count(s)
	}
	n := float64(1 + sums)
	r := TestResult{Stat: car, Dist: Distribution{"empirical", nan, nan}, Extra: c.figures(Figure{"sums", float64(sums)}, Figure{"beyond", float64(beyond)})}
	r.PLower, r.PUpper = float64(1+below)/n, float64(1+above)/n
	r.P = min(1, 2*min(r.PLower, r.PUpper))
	return r
}

// usable returns the estimation residuals of the only member on its usable
// sessions; they are computed once.
func (p *pool) usable() []float64 {
	if p.only == nil {
		p.only = p.scratch.take(p.eng.study.Estimation.Len())[:0]
		for _, v := range p.residuals(0) {
			if v == v {
				p.only = append(p.only, v)
			}
		}
	}
	return p.only
}

// present returns the elements of x that are not NaN, in a new slice.
func present(x []float64) []float64 {
	out := make([]float64, 0, len(x))
	for _, v := range x {
		if v == v {
			out = append(out, v)
		}
	}
	return out
}
