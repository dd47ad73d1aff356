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
	// Sums as differences of sums from the start, which tell where they are
	// clear of rounding; those that are as far as the CAR but for it are added up.
	upto := c.mem().take(len(e) + 1)
	var size float64
	for t, v := range e {
		upto[t+1] = upto[t] + v
		size += math.Abs(v)
	}
	slack := 4 * 0x1p-52 * float64(len(e)) * size
	ends := upto[l:][:sums]
	for i, begin := range upto[:sums] {
		s := ends[i] - begin
		if math.Abs(math.Abs(s)-far) <= slack {
			s = 0
			for _, v := range e[i : i+l] {
				s += v
			}
			if s == car { // counted on both sides
				above++
			}
		}
		low, out := 0, 0
		if s <= car {
			low = 1
		}
		if math.Abs(s) >= far {
			out = 1
		}
		below, beyond = below+low, beyond+out
	}
	above += sums - below
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
