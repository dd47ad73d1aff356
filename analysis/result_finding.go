package analysis

import (
	"math"
	"slices"

	"aftershock/analysis/stat"
)

// Level is the level at which a test rejects.
const Level = 0.05

// unusualSpread is the ratio of the spread of the reactions to the usual one
// from which on the reactions are called unequal.
const unusualSpread = 1.5

// Finding is what the tests allow to be said of a group over one window.
//
// Two kinds of test lead, because they ask the average of a group two
// questions: is it more than what the average does anyway (Past), and is it
// more than the spread of the members' own reactions (Spread)? A test that
// takes the members as independent never leads where they move together.
type Finding struct {
	Group    *Group
	Window   *GroupWindow
	Past     *TestResult   // nil where none is defined
	Spread   *TestResult   // nil where none is defined
	Joint    *TestResult   // nil where it is not defined
	Free     []*TestResult // right without the normal distribution
	Aside    []*TestResult // not to be read here: they take as independent what moves together
	Barred   []*TestResult // nor these: Result.Calibration found that they reject too often on this data
	Unbarred *Finding      // what would be said without that; nil where Barred is empty
	Widening float64       // standard deviation of the members' SCAR over the usual one; NaN when not known
	Verdict  Reading

	r *Result
	w int
}

// Reading is what the leading tests say together. The codes are stable.
type Reading string

// The readings.
const (
	NotTested Reading = "untested" // no test that may lead is defined
	Chance    Reading = "chance"   // no leading test rejects
	Clear     Reading = "clear"    // all leading tests reject
	Unequal   Reading = "uneven"   // Past rejects, Spread does not, and the reactions differ more than usual
	Unsettled Reading = "likely"   // Past rejects, Spread does not, though the reactions differ about as usual
	Alike     Reading = "hint"     // Spread rejects, Past does not
	Weak      Reading = "weak"     // of several that are told together: one of these by itself, and not when all are tested together
	Shared    Reading = "shared"   // likewise: its returns are another event's
)

// Readings lists every Reading.
var Readings = []Reading{NotTested, Chance, Clear, Unequal, Unsettled, Alike, Weak, Shared}

// Finding says what the tests allow to be said of g over CAR window w, an index
// into Study.CARWindows.
func (r *Result) Finding(g *Group, w int) *Finding {
	widening := r.widening(&g.Windows[w], g.Members, w)
	judge := func(barred func(test string) bool) *Finding {
		f := r.Study.judge(&g.Windows[w], g.SameDate, widening, barred)
		f.Group, f.r, f.w = g, r, w
		if r.Study.Subject == Volatility {
			f.judgeVariance()
		}
		return f
	}
	f := judge(r.barred(g, g.Windows[w].Window))
	if len(f.Barred) > 0 {
		f.Unbarred = judge(nil)
	}
	return f
}

// Led lists the tests that would lead without [Finding.Barred].
func (f *Finding) Led() (out []string) {
	if f.Unbarred == nil {
		return nil
	}
	for _, pair := range [][2]*TestResult{{f.Past, f.Unbarred.Past}, {f.Spread, f.Unbarred.Spread}} {
		if was := pair[1]; was != nil && was != pair[0] {
			out = append(out, was.Test)
		}
	}
	return out
}

// barred says of a test whether it rejects too often on the study's own data, as
// far as that was asked; nil where it was not.
func (r *Result) barred(g *Group, w Window) func(test string) bool {
	if r.Calibration == nil {
		return nil
	}
	c := r.Calibration.Group(g.Name(), w)
	if c == nil {
		return nil
	}
	return func(test string) bool {
		t := c.Test(test)
		return t != nil && t.Verdict == TooOften
	}
}

// Interval is [Result.AverageInterval] of the group and window, without its ends where
// it is that of the test portfolio, which the study's calibration found to reject too
// often: it would be too narrow beside the p value of the test that leads.
func (f *Finding) Interval() stat.Interval {
	x := f.r.AverageInterval(f.Group, f.w)
	if f.Group.SEMethod == "portfolio" && slices.ContainsFunc(f.Barred, func(t *TestResult) bool { return t.Test == "portfolio" }) {
		x.Lower, x.Upper = nan, nan
	}
	return x
}

// Outstanding are the members that stand out even when all of them are tested
// together, see [Outstanding].
func (f *Finding) Outstanding() []Single { return Outstanding(f.r.Singles(f.Group.Members, f.w)) }

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
//	yes            yes                                      clear
//	no             no                                       chance
//	yes            no               1.5 times the usual     unequal
//	yes            no               less                    unsettled
//	no             yes                                      alike
//
// Where only one kind is defined it decides alone: clear or chance.
func (s *Study) judge(w *GroupWindow, sameDate bool, widening float64, barred func(test string) bool) *Finding {
	f := &Finding{Window: w, Widening: widening}
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
	first := func(names ...string) *TestResult {
		for _, n := range names {
			if t := w.Test(n); t != nil && t.Defined() && (barred == nil || !barred(n)) {
				return t
			}
		}
		return nil
	}
	f.Past, f.Spread, f.Joint = first(past...), first(spread...), first("joint")
	for k := range w.Tests {
		t := &w.Tests[k]
		switch {
		case !t.Defined():
		case together && s.PropertiesOf(t.Test).Independence.TakenFor(sameDate):
			f.Aside = append(f.Aside, t)
		case barred != nil && barred(t.Test):
			f.Barred = append(f.Barred, t)
		case t.Test == "grank-t" || t.Test == "placebo":
			f.Free = append(f.Free, t)
		}
	}
	past0, spread0 := f.Past.Rejects(), f.Spread.Rejects()
	switch {
	case f.Past == nil && f.Spread == nil:
		f.Verdict = NotTested
	case (f.Past == nil || past0) && (f.Spread == nil || spread0):
		f.Verdict = Clear
	case !past0 && !spread0:
		f.Verdict = Chance
	case spread0:
		f.Verdict = Alike
	case f.Widening >= unusualSpread:
		f.Verdict = Unequal
	default:
		f.Verdict = Unsettled
	}
	return f
}

// Defined reports whether the test has a p value.
func (r *TestResult) Defined() bool { return r.P == r.P }

// Rejects reports whether the test rejects at [Level]; nil does not.
func (r *TestResult) Rejects() bool { return r != nil && r.P < Level }

// widening is the standard deviation of the members' SCAR over the one that
// their correlation leaves where the event changes no variance, sqrt(1-RBar).
func (r *Result) widening(gw *GroupWindow, members []int, w int) float64 {
	var x []float64
	var mean float64
	for _, i := range members {
		car, se := r.CAR(i, w)
		if v := car / se; v == v {
			x = append(x, v)
			mean += v
		}
	}
	n := float64(len(x))
	if n < 2 || !(gw.RBar < 1) {
		return math.NaN()
	}
	mean /= n
	var ss float64
	for _, v := range x {
		ss += (v - mean) * (v - mean)
	}
	return math.Sqrt(ss / (n - 1) / (1 - gw.RBar))
}

// Single is one observation's t test over a window.
type Single struct {
	Observation int
	Stat, P     float64
	Adjusted    float64 // P by Holm's adjustment for all that were asked about
}

// Singles tests the observations one by one over CAR window w, in order of
// P. Those without a CAR are left out, and so are those with the security and
// session 0 of another: see [Result.Distinct]. Holm's adjustment holds however the
// securities move together.
func (r *Result) Singles(obs []int, w int) []Single {
	obs = r.Distinct(obs)
	out := make([]Single, 0, len(obs))
	for _, i := range obs {
		if !r.Used(i) {
			continue
		}
		car, se := r.CAR(i, w)
		t := car / se
		if p, _, _ := stat.StudentT(r.df(i)).PValues(t); p == p {
			out = append(out, Single{Observation: i, Stat: t, P: p})
		}
	}
	// The order of numbers that are not negative is that of their bits.
	order := make([]uint64, len(out))
	for k := range out {
		order[k] = math.Float64bits(out[k].P)
	}
	sorted := make([]Single, len(out))
	for k, at := range stat.OrderOf(order) {
		sorted[k] = out[at]
	}
	out = sorted
	p := make([]float64, len(out))
	for k := range out {
		p[k] = out[k].P
	}
	for k, v := range stat.Holm(p) {
		out[k].Adjusted = v
	}
	return out
}

// Outstanding are the leading elements of s that reject after Holm's adjustment.
func Outstanding(s []Single) []Single {
	for k := range s {
		if s[k].Adjusted >= Level {
			return s[:k]
		}
	}
	return s
}

// WindowTest returns the t test of observation i over CAR window w, also
// where the study does not run it.
func (r *Result) WindowTest(i, w int) TestResult {
	t := TestResult{Test: "t", Window: r.Study.CARWindows[w], Stat: math.NaN(), P: math.NaN()}
	if o := r.Observation(i); o.Used() {
		car, se := r.CAR(i, w)
		t.Stat, t.Dist = car/se, stat.StudentT(float64(o.Fit.M-o.Fit.K))
		t.P, t.PLower, t.PUpper = t.Dist.PValues(t.Stat)
	}
	return t
}

// judgeVariance decides on the size of the abnormal returns, in whatever
// direction: by placebo of beaver-u, or by beaver-u where the securities do not
// move together.
func (f *Finding) judgeVariance() {
	f.Past, f.Spread, f.Joint, f.Free, f.Verdict = nil, nil, nil, nil, NotTested
	u := f.Window.Test(VarianceU{}.Name())
	placebo := f.Window.Test(Placebo{}.Name())
	switch {
	case placebo != nil && placebo.Defined() && placebo.Of == VarianceU{}.Name():
		f.Past = placebo
	case u != nil && u.Defined() && !f.Window.CoMoving():
		f.Past = u
	default:
		return
	}
	if f.Verdict = Chance; f.Past.Rejects() {
		f.Verdict = Clear
	}
}

// Expects reports whether the catalogue expects a sign of any member of a group. Where
// it does not, ExpectedSigns has nothing to say of it.
func (r *Result) Expects(grp *Group) bool {
	return slices.ContainsFunc(grp.Members, func(i int) bool { return r.sign(i) != 0 })
}

// ExpectedSigns says how far reactions had the sign that the catalogue expects.
type ExpectedSigns struct {
	N     int     // observations with an expected sign and a CAR that is not zero
	Agree int     // of which the CAR has that sign
	Zero  int     // further observations with an expected sign, whose CAR is exactly 0
	Mean  float64 // mean of sign x CAR over all of these, a decimal; NaN for none
	P     float64 // of as many agreements or disagreements by chance: binomial with 1/2, exact, two-sided; NaN for none
}

// ExpectedSigns compares the CARs of a group over CAR window w with the signs that
// the catalogue expects of them (NVDA:-). A return that two members share counts once;
// a CAR of exactly 0 has no sign, and counts in the mean alone.
// Observations of one date move together: many that agree are then less than they
// look.
func (r *Result) ExpectedSigns(grp *Group, w int) ExpectedSigns {
	out := ExpectedSigns{Mean: nan, P: nan}
	seen := make(map[uint64]bool)
	var sum float64
	for _, i := range grp.Members {
		sign := r.sign(i)
		if sign == 0 { // most catalogues state none
			continue
		}
		car, _ := r.CAR(i, w)
		k := r.spots[i].place()
		if car != car || seen[k] {
			continue
		}
		seen[k] = true
		if car == 0 {
			out.Zero++
			continue
		}
		out.N++
		v := float64(sign) * car
		sum += v
		if v > 0 {
			out.Agree++
		}
	}
	if n := out.N + out.Zero; n > 0 {
		out.Mean = sum / float64(n)
	}
	if out.N > 0 {
		out.P = min(1, 2*stat.BinomialUpper(max(out.Agree, out.N-out.Agree), out.N, 0.5))
	}
	return out
}
