package report

import (
	"math"
	"slices"

	"aftershock/analysis"
	"aftershock/analysis/stat"
)

// level is the level at which a test rejects.
const level = 0.05

// unusualSpread is the ratio of the spread of the reactions to the usual one
// from which on the reactions are called unequal.
const unusualSpread = 1.5

// finding is what the tests allow to be said of a group over one window.
//
// Two kinds of test lead, because they ask the average of a group two
// questions: is it more than what the average does anyway (past), and is it
// more than the spread of the members' own reactions (spread)? A test that
// takes the members as independent never leads where they move together.
type finding struct {
	study    *analysis.Study
	window   *analysis.GroupWindow
	past     *analysis.TestResult   // nil where none is defined
	spread   *analysis.TestResult   // nil where none is defined
	joint    *analysis.TestResult   // nil where it is not defined
	free     []*analysis.TestResult // right without the normal distribution
	aside    []*analysis.TestResult // not to be read here
	widening float64                // spread of the members' SCAR over the usual one; NaN when not known
	verdict  verdict
}

// verdict is what the leading tests say together.
type verdict int

const (
	untested  verdict = iota // no test that may lead is defined
	chance                   // no leading test rejects
	shared                   // all leading tests reject
	unequal                  // past rejects, spread does not, and the reactions differ more than usual
	unsettled                // past rejects, spread does not, though the reactions differ about as usual
	alike                    // spread rejects, past does not
)

// decide says what the tests allow to be said of g over CAR window win.
func decide(r *analysis.Result, g *analysis.Group, win int) finding {
	w := &g.Windows[win]
	f := judge(r.Study, w, g.SameDate, widening(r, w, g.Members, win))
	if r.Study.Subject == analysis.Volatility {
		judgeVariance(&f)
	}
	return f
}

// judge applies the rules: which tests lead, which are set aside, and what
// the leading ones say together.
//
//	members move together   past leads                   spread leads                set aside
//	yes, one session 0      portfolio, crude, kp-patell  kp-bmp                      those that take independence
//	yes, several            kp-patell                    kp-bmp                      those that take independence
//	no, one session 0       as above, patell             kp-bmp, bmp, cross-section  none
//	no, several             kp-patell, crude, patell     kp-bmp, bmp, cross-section  none
//
// Of several names the first that is defined leads.
//
//	past rejects   spread rejects   reactions spread        verdict
//	yes            yes                                      shared
//	no             no                                       chance
//	yes            no               1.5 times the usual     unequal
//	yes            no               less                    unsettled
//	no             yes                                      alike
//
// Where only one kind is defined it decides alone: shared or chance.
func judge(s *analysis.Study, w *analysis.GroupWindow, sameDate bool, widening float64) finding {
	f := finding{study: s, window: w, widening: widening}
	together := w.CoMoving()
	past, spread := []string{"portfolio", "crude", "kp-patell"}, []string{"kp-bmp"}
	switch {
	case !sameDate && together:
		past = []string{"kp-patell"}
	case !sameDate:
		past = []string{"kp-patell", "crude"}
	}
	if !together {
		past, spread = append(past, "patell"), append(spread, "bmp", "cross-section")
	}
	first := func(names ...string) *analysis.TestResult {
		for _, n := range names {
			if t := w.Test(n); t != nil && defined(t) {
				return t
			}
		}
		return nil
	}
	f.past, f.spread, f.joint = first(past...), first(spread...), first("joint")
	for k := range w.Tests {
		t := &w.Tests[k]
		switch {
		case !defined(t):
		case together && s.PropertiesOf(t.Test).Independence.TakenFor(sameDate):
			f.aside = append(f.aside, t)
		case t.Test == "grank-t" || t.Test == "placebo":
			f.free = append(f.free, t)
		}
	}
	past0, spread0 := rejects(f.past), rejects(f.spread)
	switch {
	case f.past == nil && f.spread == nil:
		f.verdict = untested
	case (f.past == nil || past0) && (f.spread == nil || spread0):
		f.verdict = shared
	case !past0 && !spread0:
		f.verdict = chance
	case spread0:
		f.verdict = alike
	case f.widening >= unusualSpread:
		f.verdict = unequal
	default:
		f.verdict = unsettled
	}
	return f
}

func defined(t *analysis.TestResult) bool { return !math.IsNaN(t.P) }

func rejects(t *analysis.TestResult) bool { return t != nil && t.P < level }

// widening is the standard deviation of the members' SCAR over the one that
// their correlation leaves where the event changes no variance, sqrt(1-RBar).
func widening(r *analysis.Result, w *analysis.GroupWindow, members []int, win int) float64 {
	var x []float64
	var mean float64
	for _, i := range members {
		car, se := r.CAR(i, win)
		if v := car / se; !math.IsNaN(v) {
			x = append(x, v)
			mean += v
		}
	}
	n := float64(len(x))
	if n < 2 || !(w.RBar < 1) {
		return math.NaN()
	}
	mean /= n
	var ss float64
	for _, v := range x {
		ss += (v - mean) * (v - mean)
	}
	return math.Sqrt(ss / (n - 1) / (1 - w.RBar))
}

// single is one observation's t test over a window.
type single struct {
	obs     int
	place   int // among those that were asked about
	stat, p float64
	holm    float64 // p adjusted for all that were asked about
}

// singles tests the observations one by one over CAR window win, in order of
// p. Those without a CAR are left out. Holm's adjustment holds however the
// securities move together.
func singles(r *analysis.Result, obs []int, win int) []single {
	out := make([]single, 0, len(obs))
	for _, i := range obs {
		if t := studentTest(r, i, win); defined(&t) {
			out = append(out, single{obs: i, place: len(out), stat: t.Stat, p: t.P})
		}
	}
	slices.SortFunc(out, func(a, b single) int {
		switch {
		case a.p < b.p:
			return -1
		case a.p > b.p:
			return 1
		}
		return a.place - b.place
	})
	p := make([]float64, len(out))
	for k := range out {
		p[k] = out[k].p
	}
	for k, v := range stat.Holm(p) {
		out[k].holm = v
	}
	return out
}

// outstanding are the leading elements of s that reject after Holm's adjustment.
func outstanding(s []single) []single {
	for k := range s {
		if s[k].holm >= level {
			return s[:k]
		}
	}
	return s
}

// studentTest returns the t test of observation i over CAR window win, also
// where the study does not run it.
func studentTest(r *analysis.Result, i, win int) analysis.TestResult {
	t := analysis.TestResult{Test: "t", Window: r.Study.CARWindows[win], Stat: math.NaN(), P: math.NaN()}
	if o := &r.Observations[i]; o.Used() {
		car, se := r.CAR(i, win)
		t.Stat, t.Dist = car/se, stat.StudentT(float64(o.Fit.M-o.Fit.K))
		t.P, t.PLower, t.PUpper = t.Dist.PValues(t.Stat)
	}
	return t
}
