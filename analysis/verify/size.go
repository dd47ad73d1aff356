package verify

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"aftershock/analysis"
)

// level is the nominal size at which the tests are judged.
const level = 0.05

// The probabilities with which the share of rejections falls outside its band
// although the test rejects at its right rate: in a situation in which it should,
// and in one in which it should not, where the band is what the share must exceed.
const (
	outside = 1e-5
	exceeds = 1e-2
)

// Class says what theory expects of a test in a simulated situation.
type Class string

// The classes.
const (
	Holds       Class = "holds"        // its assumptions hold: the rate must lie within its band
	OverRejects Class = "over-rejects" // an assumption fails that matters: the rate must lie above its band
	Shown       Class = "shown"        // its p value is an approximation that may be rough here: no claim
)

// Size is how often a test rejects at the 5% level in a situation without any event,
// or, as its power, where session 0 has the effect Effect.
type Size struct {
	Test         string  `json:"test"`
	N            int     `json:"n"` // observations; 1 for the tests of one observation
	L            int     `json:"l"` // sessions of the window
	Correlation  float64 `json:"correlation"`
	Dates        string  `json:"dates"`
	Effect       float64 `json:"effect"` // abnormal return of session 0; 0: the size of the test
	Replications int     `json:"replications"`
	Undefined    int     `json:"undefined"` // replications without a p value; they do not count
	Rate         float64 `json:"rate"`      // share of p <= 0.05
	Class        Class   `json:"class"`
	Low          float64 `json:"low"` // the band of the rate
	High         float64 `json:"high"`
	OK           bool    `json:"ok"`
}

// rule says where a test's p value is right when there is no event, residuals
// are normal and the estimation window has simEstimation sessions.
type rule struct {
	longest int  // sessions of the window up to which its p value is right; 0: any
	least   int  // observations from which its p value is right
	rough   bool // its p value is an approximation everywhere
	// attains is the rate at which a statistic with few possible values can
	// reject for n observations; nil: level.
	attains func(n int) float64
	// defined says where the test has a p value at all; nil: everywhere that its
	// properties allow.
	defined func(d design, l int) bool
}

// rules has an entry for each test that is not held to its nominal size everywhere.
// The limits come from what the statistics leave out:
//
//   - crude, patell, kp-patell and the tests on ranks by session add up abnormal
//     returns as if each had an estimation error of its own, though they share
//     one: their variance is off by the order of L/M, a tenth for 11 sessions
//     on 100.
//   - sq compares forecast errors with sums of residuals, whose variance is
//     smaller by nearly (1-L/M)/(1+L/M).
//   - rank-standardized and the grank tests divide by a standard deviation over
//     the observations as if it were known; skewness and bhar-skewness estimate
//     a third moment from them.
//   - beaver-u takes a sum of squares, skewed and heavy-tailed, as normal; lambda's
//     sum has a larger mean than its distribution, and neither allows for
//     observations that move together.
//   - calendar-time estimates autocovariances from the sessions of the windows.
//   - placebo takes neighbouring pseudo-dates as so many cases, though their
//     windows overlap: 99 of them hold nine windows of 11 sessions.
var rules = map[string]rule{
	"sq":                {longest: 1, attains: func(int) float64 { return 4. / 101 }}, // 2 x 2 of 1 + 100 places
	"crude":             {longest: 5},
	"dates":             {defined: func(d design, l int) bool { return l <= d.dates.step && d.dates.at(d.n-1) > 0 }}, // longer windows make one chain
	"patell":            {longest: 5},
	"kp-patell":         {longest: 5},
	"skewness":          {least: 50},
	"sign":              {attains: signRate},
	"generalized-sign":  {attains: signRate},
	"wilcoxon":          {attains: wilcoxonRate},
	"rank":              {longest: 5},
	"rank-standardized": {longest: 5, least: 50},
	"grank-t":           {least: 50},
	"grank-z":           {least: 50},
	"bhar-skewness":     {least: 200},
	"calendar-time": {least: 50, defined: func(d design, l int) bool {
		return l+min(l, d.dates.step)*d.dates.at(d.n-1) >= 4 // sessions on which a window lies
	}},
	"bootstrap": {attains: signsRate},
	"placebo":   {longest: 5},
	"beaver-u":  {rough: true},
	"lambda":    {rough: true},
}

// properties are those of a test; none where there is no such test.
func properties(test string) analysis.Properties { return new(analysis.Study).PropertiesOf(test) }

// defines reports whether a test has a p value in the design over a window of l
// sessions.
func (d design) defines(test string, l int) bool {
	if properties(test).OneDate && d.dates.step > 0 {
		return false
	}
	r := rules[test]
	return r.defined == nil || r.defined(d, l)
}

// class returns what is expected of a test in the design over a window of l
// sessions, and the rate that it should have.
func (d design) class(test string, l int) (c Class, rate float64) {
	r := rules[test]
	rate = level
	if r.attains != nil {
		rate = r.attains(d.n)
	}
	switch together := d.n > 1 && d.correlation > 0; {
	case r.rough, d.effect != 0:
		return Shown, rate
	case rate == 0: // no outcome is rare enough
		return Holds, rate
	case together && d.dates.firms > 1:
		return d.clustered(test, l), rate
	case together && d.sectors > 0 && !d.apart && (test == "kp-bmp" || test == "kp-patell"):
		return OverRejects, rate // half of the correlations are left out
	case together && d.apart && d.n < 12 && properties(test).Independence == analysis.TakenAlways:
		return Shown, rate // few pairs are correlated
	case together && d.dates.step == 0 && properties(test).Independence.TakenFor(true):
		return OverRejects, rate
	case together && d.dates.step > 0 && l > 1:
		return Shown, rate // windows overlap in part, and one's event lies in another's estimation window
	case d.n < r.least, r.longest > 0 && l > r.longest, test == "calendar-time" && d.dates.step == 0:
		return Shown, rate
	}
	return Holds, rate
}

// clustered is the class of a test where several observations share each of several
// dates and move together on it.
func (d design) clustered(test string, l int) Class {
	dates := d.dates.at(d.n-1) + 1
	switch r := rules[test]; {
	case test == "dates":
		return Holds
	case properties(test).Independence == analysis.TakenAlways && d.n/dates >= 5:
		return OverRejects // with fewer the average varies too little more for a claim
	case test == "crude" && l <= r.longest:
		return Holds // it is aligned in event time, where a date's observations lie together
	}
	// Correlations within dates that are few and small: the mean correlation is right on
	// average, its effect on a statistic of so few dates is not.
	return Shown
}

// band returns the limits within which the share of rejections among n
// replications lies with probability 1-outside if each rejects with
// probability rate.
func band(rate float64, n int, outside float64) (low, high float64) {
	if rate <= 0 || rate >= 1 || n == 0 {
		return rate, rate
	}
	b := distuv.Binomial{N: float64(n), P: rate}
	lo, hi := 0, n
	for b.CDF(float64(lo)) < outside/2 {
		lo++
	}
	for hi > 0 && 1-b.CDF(float64(hi-1)) < outside/2 {
		hi--
	}
	return float64(lo) / float64(n), float64(hi) / float64(n)
}

// signRate is the rate at which |W - n/2|/sqrt(n/4), W binomial, exceeds the
// normal distribution's 5% limit.
func signRate(n int) float64 {
	b := distuv.Binomial{N: float64(n), P: 0.5}
	limit := distuv.UnitNormal.Quantile(1 - level/2)
	var rate float64
	for w := range n + 1 {
		if math.Abs(float64(w)-float64(n)/2) >= limit*math.Sqrt(float64(n))/2 {
			rate += b.Prob(float64(w))
		}
	}
	return rate
}

// wilcoxonRate is the rate at which the exact signed-rank test of n
// observations, n <= 50, has p <= 5%.
func wilcoxonRate(n int) float64 {
	count := make([]float64, n*(n+1)/2+1) // subsets of 1..n by their sum
	count[0] = 1
	for k := 1; k <= n; k++ {
		for s := len(count) - 1; s >= k; s-- {
			count[s] += count[s-k]
		}
	}
	var lower, rate float64
	for _, c := range count {
		if lower += math.Ldexp(c, -n); 2*lower > level {
			break
		}
		rate = 2 * lower
	}
	return rate
}

// signsRate is the rate at which a statistic that is compared with itself under
// all 2^n patterns of sign, n at most simDraws of them, has p <= 5%: every
// pattern is as far out as its mirror image.
func signsRate(n int) float64 {
	if all := math.Ldexp(1, n); all <= simDraws {
		return 2 * math.Floor(level*all/2) / all
	}
	return level
}

// simDraws is how often the resampled tests draw in a simulated study; with
// one more it divides into twentieths, so that they can reject at 5% exactly.
const simDraws = 99

// batch is designs on which the same tests are performed.
type batch struct {
	designs      []design
	tests        []analysis.Test
	replications int
}

// batches are the simulated situations. Placebo fits every model a hundred
// times: it has fewer of them, with a history in which to find its pseudo-dates.
func batches(opts Options) []batch {
	plain := batch{replications: opts.Replications}
	past := batch{replications: max(1, opts.Replications/4)}
	for _, t := range analysis.Tests {
		if t.Name() == (analysis.Placebo{}).Name() {
			past.tests = append(past.tests, t)
		} else {
			plain.tests = append(plain.tests, t)
		}
	}
	common, apart := dating{name: "one date"}, dating{name: "dates 3 sessions apart", step: 3}
	for _, dates := range []dating{common, apart} {
		for _, rho := range []float64{0, 0.3} {
			for _, n := range []int{5, 12, 50} {
				if n <= 12 || !opts.Quick {
					plain.designs = append(plain.designs, design{n: n, correlation: rho, dates: dates})
				}
			}
		}
	}
	// Several firms on each of several dates; sectors, and a study that says so.
	for _, d := range []design{
		{n: 5, dates: dating{"dates 12 sessions apart, several firms on each", 12, 2}},
		{n: 12, dates: dating{"dates 12 sessions apart, several firms on each", 12, 3}},
		{n: 50, dates: dating{"dates 12 sessions apart, several firms on each", 12, 5}},
		{n: 5, dates: dating{name: "one date, two sectors, correlated within each alone, and study.correlation: sector"}, sectors: 2, apart: true},
		{n: 12, dates: dating{name: "one date, two sectors, correlated within each alone, and study.correlation: sector"}, sectors: 2, apart: true},
		{n: 50, dates: dating{name: "one date, two sectors, correlated within each alone, and study.correlation: sector"}, sectors: 2, apart: true},
		{n: 12, dates: dating{name: "one date, two sectors, correlated across them as well, and study.correlation: sector all the same"}, sectors: 2},
		{n: 50, dates: dating{name: "one date, two sectors, correlated across them as well, and study.correlation: sector all the same"}, sectors: 2},
	} {
		if d.correlation = 0.3; d.n <= 12 || !opts.Quick {
			plain.designs = append(plain.designs, d)
		}
	}
	// Power: an effect of one standard deviation of a residual.
	for _, d := range slices.Clone(plain.designs) {
		if d.correlation > 0 && (d.sectors == 0 || d.apart) && !opts.Quick {
			d.effect = spread
			plain.designs = append(plain.designs, d)
		}
	}
	const history = simDraws + simEvent - 1 // so many shifts leave the event window
	past.designs = []design{
		{n: 12, correlation: 0.3, dates: common, history: history},
		{n: 5, correlation: 0.3, dates: apart, history: history},
	}
	return []batch{plain, past}
}

// tally counts the p values of one test over one window.
type tally struct{ rejected, defined, undefined int }

func (t *tally) add(p float64) {
	switch {
	case p != p:
		t.undefined++
	case p <= level:
		t.rejected++
		t.defined++
	default:
		t.defined++
	}
}

// tallies counts by test and window.
type tallies map[string][]tally

func (t tallies) add(w int, results []analysis.TestResult) {
	for _, r := range results {
		if t[r.Test] == nil {
			t[r.Test] = make([]tally, len(simWindows))
		}
		t[r.Test][w].add(r.P)
	}
}

// sizes simulates every design and judges every test in each. The tests of one
// observation are performed on the first of each group in the first design, and in the first
// with an effect.
func sizes(ctx context.Context, opts Options, progress analysis.Progress) ([]Size, error) {
	all := batches(opts)
	total, before := 0, 0
	for _, b := range all {
		total += len(b.designs) * b.replications
	}
	var out []Size
	for _, b := range all {
		study := simStudy(opts.Seed, b.tests, simDraws)
		for i, d := range b.designs {
			single, group := make(tallies), make(tallies)
			err := d.tally(ctx, study, b.replications, func(done int, r *analysis.Result) {
				for _, g := range r.Groups {
					for w := range g.Windows {
						group.add(w, g.Windows[w].Tests)
						if i == first(b.designs, d.effect) {
							single.add(w, r.ObservationTests(g.Members[0], w))
						}
					}
				}
				if progress != nil {
					progress(before+done, total)
				}
			})
			if err != nil {
				return nil, err
			}
			before += b.replications
			own := d
			own.n = 1
			for _, t := range b.tests {
				out = append(out, own.judge(t.Name(), single)...)
				out = append(out, d.judge(t.Name(), group)...)
			}
		}
	}
	return out, nil
}

// first is the first of designs with an effect of this size; the tests of one
// observation are performed on it.
func first(designs []design, effect float64) int {
	return slices.IndexFunc(designs, func(d design) bool { return d.effect == effect })
}

// tally simulates n replications of the design, as many at once as keep the
// memory small, and hands on each result with the number that are done.
func (d design) tally(ctx context.Context, study *analysis.Study, n int, each func(done int, r *analysis.Result)) error {
	const atOnce = 24_000 // observations
	for from := 0; from < n; {
		to := min(n, from+max(1, atOnce/d.n))
		r, err := d.simulate(ctx, study, from, to)
		if err != nil {
			return err
		}
		from = to
		each(from, r)
	}
	return nil
}

// judge turns the tallies of a test into its sizes, a window each; none where
// the test is about another number of observations, or not defined.
func (d design) judge(test string, t tallies) []Size {
	var out []Size
	for w, c := range t[test] {
		l := simWindows[w].Len()
		if !d.defines(test, l) && c.defined == 0 {
			continue
		}
		s := Size{Test: test, N: d.n, L: l, Correlation: d.correlation, Dates: d.dates.name, Effect: d.effect, Replications: c.defined, Undefined: c.undefined}
		var rate float64
		s.Class, rate = d.class(test, l)
		s.Rate = float64(c.rejected) / math.Max(1, float64(c.defined))
		s.Low, s.High = band(rate, c.defined, outside)
		switch s.Class {
		case Holds:
			s.OK = s.Low <= s.Rate && s.Rate <= s.High
		case OverRejects:
			s.Low, s.High = band(rate, c.defined, exceeds)
			s.OK = s.Rate > s.High
		case Shown:
			s.OK = true
		}
		s.OK = s.OK && c.undefined == 0
		out = append(out, s)
	}
	return out
}
