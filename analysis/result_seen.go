package analysis

import (
	"math"

	"aftershock/analysis/stat"
)

// The level and the power of a minimum detectable effect, and the level of the
// intervals by inversion.
const (
	seenPower = 0.80
)

// Seen is what an estimate could have shown, and what it rules out. All are in
// the unit of the estimate; NaN where this has no error.
type Seen struct {
	// MDE is the minimum detectable effect: a true effect of this size is found
	// at 5% with a probability of 80%.
	MDE float64
	// Low and High are the 90% interval.
	Low, High float64
	// PEquivalence is the p value of the hypothesis that the effect is as large
	// as the margin or larger, to either side; NaN without a margin.
	PEquivalence float64
}

// RuledOut is the effect beyond which the 90% interval leaves nothing, to either
// side: max(|Low|, |High|).
func (s Seen) RuledOut() float64 { return max(math.Abs(s.Low), math.Abs(s.High)) }

// SeenBy returns what an estimate of standard error se, whose statistic has
// Student's t distribution with df degrees of freedom, could have shown:
//
//	MDE          = (t_{0.975} + t_{0.8}) se
//	[Low, High]  = estimate -+ t_{0.95} se
//	PEquivalence = max( P(T > (estimate+margin)/se), P(T < (estimate-margin)/se) )
//
// A margin of 0 or less is none. Bloom (1995) for MDE; Schuirmann (1987) for the
// two one-sided tests.
func SeenBy(estimate, se, df, margin float64) Seen {
	var s seer
	return s.by(estimate, se, df, margin)
}

// seer keeps the quantiles of the degrees of freedom that it was last asked for.
type seer struct{ df, detectable, interval float64 }

func (q *seer) by(estimate, se, df, margin float64) Seen {
	if !(se > 0) || !(df > 0) || estimate != estimate {
		return Seen{nan, nan, nan, nan}
	}
	if q.df != df {
		*q = seer{df, stat.StudentQuantile(1-seenLevel/2, df) + stat.StudentQuantile(seenPower, df), stat.StudentQuantile(1-seenLevel, df)}
	}
	s := Seen{MDE: q.detectable * se, Low: estimate - q.interval*se, High: estimate + q.interval*se, PEquivalence: nan}
	if margin > 0 {
		s.PEquivalence = max(stat.StudentUpper((estimate+margin)/se, df), stat.StudentUpper(-(estimate-margin)/se, df))
	}
	return s
}

// Seen returns what the CAR of observation i over CAR window w could have shown,
// against Study.Margin; NaN where there is no CAR.
func (r *Result) Seen(i, w int) Seen { return r.Reader().Seen(i, w) }

// Seen is [Result.Seen].
func (x *Reader) Seen(i, w int) Seen {
	g, row := x.r.eng, int(x.r.row[i])
	if row < 0 {
		return Seen{nan, nan, nan, nan}
	}
	k := row*g.windows + w
	return x.seer.by(g.car[k], math.Sqrt(g.carVar[k]), float64(g.m[row]-int32(g.k[row])), x.r.Study.Margin)
}

// SampleInterval returns the effects that the test sq does not reject at 5% for
// observation i over CAR window w, see [stat.QuantileInterval]. NaN where the
// study does not run sq, there is no CAR, or the past sums are too few to reject
// anything.
func (r *Result) SampleInterval(i, w int) (low, high float64) { return r.Reader().SampleInterval(i, w) }

// SampleInterval is [Result.SampleInterval].
func (x *Reader) SampleInterval(i, w int) (low, high float64) {
	row := x.r.row[i]
	if row < 0 || !x.r.Study.runs(SampleQuantile{}) {
		return nan, nan
	}
	c := x.single(row, w)
	if c.N() == 0 {
		return nan, nan
	}
	g, l := x.r.eng, c.sessions(0)
	x.usable = stat.Grown(x.usable, g.study.EstimationWindow.Len())
	e := g.usable(int(row), x.usable)
	if len(e) < l {
		return nan, nan
	}
	sums := e
	if l > 1 {
		sums = stat.Grown(x.sums, len(e)-l+1)
		x.sums = sums
		for t := range sums {
			sums[t] = 0
			for _, v := range e[t : t+l] {
				sums[t] += v
			}
		}
	}
	return stat.QuantileInterval(c.CAR[0], sums, seenLevel)
}

// PlaceboInterval returns the effects that placebo does not reject at 5% for
// observation i over CAR window w,
//
//	CAR -+ SE |T|_(B-k+1),  k = floor(0.05 (B+1))
//
// |T| in ascending order the statistics at the B pseudo-dates. NaN where the study
// does not run placebo, or places another statistic than t.
func (r *Result) PlaceboInterval(i, w int) (low, high float64) {
	return r.Reader().PlaceboInterval(i, w)
}

// PlaceboInterval is [Result.PlaceboInterval].
func (x *Reader) PlaceboInterval(i, w int) (low, high float64) {
	row := x.r.row[i]
	if row < 0 || !x.r.Study.runs(Placebo{}) {
		return nan, nan
	}
	if p := x.r.placedAt(row, w); p != nil {
		return p.Low, p.High
	}
	c := x.single(row, w)
	if c.N() == 0 {
		return nan, nan
	}
	d, of := c.pool.placebo()
	if of != (StudentTest{}) {
		return nan, nan
	}
	return placeboInterval(c.CAR[0], math.Sqrt(c.Var[0]), d.Stat[w])
}

// placeboInterval is the interval about an estimate from the statistics at
// pseudo-dates; NaN where these are too few for the test.
func placeboInterval(estimate, se float64, draws []float64) (low, high float64) {
	t := present(draws)
	if len(t) < stat.MinDraws {
		return nan, nan
	}
	far := stat.PlaceboRadius(t, seenLevel) * se
	return estimate - far, estimate + far
}

// seenBy is SeenBy in the memory of the cross-section.
func (c *CrossSection) seenBy(estimate, se, df, margin float64) Seen {
	if mem := c.mem(); mem != nil {
		return mem.seer.by(estimate, se, df, margin)
	}
	return SeenBy(estimate, se, df, margin)
}
