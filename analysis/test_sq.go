package analysis

import (
	"math"

	"gonum.org/v1/gonum/floats"
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
	// Sums as differences of sums from the start, which tell where they are
	// clear of rounding. Where one is as far as the CAR but for it, all are
	// added up.
	upto := c.mem().take(len(e) + 1)
	for t, v := range e {
		upto[t+1] = upto[t] + v
	}
	far := math.Abs(car)
	size := math.Sqrt(float64(len(e)) * floats.Dot(e, e)) // no less than the sum of the sizes
	slack := 4 * 0x1p-52 * float64(len(e)) * size
	rises, falls, sure := beyondIn(upto, l, far, slack)
	low, high := falls, sums-falls // sums <= car, sums >= car
	if car >= 0 {
		low, high = sums-rises, rises
	}
	beyond := rises + falls
	if !sure {
		low, high, beyond = 0, 0, 0
		for i := range sums {
			var s float64
			for _, v := range e[i : i+l] {
				s += v
			}
			if s <= car {
				low++
			}
			if s >= car {
				high++
			}
			if math.Abs(s) >= far {
				beyond++
			}
		}
	}
	n := float64(1 + sums)
	r := TestResult{Stat: car, Dist: Distribution{"empirical", nan, nan}, Extra: c.figures(Figure{"sums", float64(sums)}, Figure{"beyond", float64(beyond)})}
	r.PLower, r.PUpper = float64(1+low)/n, float64(1+high)/n
	r.P = min(1, 2*min(r.PLower, r.PUpper))
	return r
}

// beyondIn counts the sums of l consecutive elements that lie above far, and below
// -far, from the sums from the start. It is not sure where one is within slack of
// either.
func beyondIn(upto []float64, l int, far, slack float64) (rises, falls int, sure bool) {
	ends := upto[l:]
	begins := upto[:len(ends)]
	least, most := far-slack, far+slack
	almostRises, almostFalls := 0, 0
	for i, end := range ends {
		s := end - begins[i]
		a, b, c, d := 0, 0, 0, 0 // no branch depends on them
		if s > most {
			a = 1
		}
		if s >= least {
			b = 1
		}
		if s < -most {
			c = 1
		}
		if s <= -least {
			d = 1
		}
		rises, almostRises, falls, almostFalls = rises+a, almostRises+b, falls+c, almostFalls+d
	}
	return rises, falls, rises == almostRises && falls == almostFalls
}

// usable returns the estimation residuals of the only member on its usable
// sessions; they are computed once.
func (p *pool) usable() []float64 {
	if p.only == nil {
		all := p.residuals(0)
		if int(p.eng.m[p.rows[0]]) == len(all) {
			p.only = all
			return all
		}
		p.only = p.scratch.take(len(all))[:0]
		for _, v := range all {
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
