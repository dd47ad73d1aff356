package analysis

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"aftershock/analysis/stat"
	"aftershock/market"
)

// Levels are the levels at which Calibrate counts rejections.
var Levels = []float64{0.01, 0.05, 0.10}

// CalibrateSpec says what Calibrate does. The zero value of a field is its default.
type CalibrateSpec struct {
	Groups  []string // names as of Group.Name; default: the events of two observations or more, and all
	Windows []Window // within the event window; default: the study's first CAR window
	Tests   []Test   // with closed-form p values; default: those of the study's
	Draws   int      // pseudo-dates at most; default: Study.Draws
	Inject  []float64
	// Share of the observations, those drawn anew at every pseudo-date, that
	// react to what is injected; 0 means 1. With Opposite every second of them
	// reacts the other way.
	Share    float64
	Opposite bool
	// Selected, when above 1, asks for the size of each test where the session with
	// the largest average of so many was picked, see Calibration.
	Selected int
}

// Calibrate performs the study at sessions without news and counts how often
// every test rejects there: its size on the user's own data. The pseudo-dates
// are those of the test Placebo: one shift for all observations of a group, so
// that what happened together stays together.
//
//	share = #{p_b <= level} / B
//
// Power is the same share after the abnormal return of session 0 of the
// observations that react was raised by an injected amount; the fits stay as
// they are.
//
// The pseudo-dates of one history are not independent: windows of neighbouring
// ones overlap, and calm and wild times last. Their number is therefore
// deflated. The pseudo-dates, in order of time, are cut into K blocks of
// neighbours (20, or fewer where a block would be shorter than what two
// overlapping studies span); with z_k the rejections of block k less their
// expected number,
//
//	V         = K/(K-1) sum z_k^2 / B^2
//	effective = share (1-share) / V (t_{B-1}/t_{K-1})^2, at most B
//
// t the 97.5% quantiles of Student's t: the effective sample size of a
// clustered proportion, Korn and Graubard (1998), with non-overlapping blocks
// of a series as clusters (Carlstein 1986). The interval is Wilson's (1927) for
// so many independent draws. Where no pseudo-date or every one rejects, or
// fewer than four blocks fit, effective is the number of studies that fit
// without overlap.
//
// The verdict is about the level 5%: a test holds where the interval covers
// 5%, or the share is within a fifth of it (4% to 6%, Cochran 1952); where the
// interval reaches beyond 10% nothing is decided.
//
// Whoever looks for what moved picks the session with the largest |CAAR| of k. Of all
// sets of k of the n pseudo-dates, the one with rank i from the largest is that of
// the share
//
//	w_i = C(n-i, k-1) / C(n, k)
//
// so that the size after such a choice is the sum of w_i over those with p at most
// the level, over all sets at once; its effective number is no more than 1/sum w_i^2.
//
// Results follow from Study.Seed and do not depend on the number of processors.
// Errors: a group that the study has not or that has no observation, a window
// outside the event window, a test that resamples, a share outside 0..1, fewer
// than 19 pseudo-dates for every group, ctx is done.
func (r *Result) Calibrate(ctx context.Context, spec CalibrateSpec, progress Progress) (*Calibration, error) {
	if err := spec.complete(r); err != nil {
		return nil, err
	}
	return r.calibrate(ctx, &spec, nil, progress)
}

// calibrate is Calibrate with the p values of the pseudo-dates from l; nil where only
// a share of them is computed.
func (r *Result) calibrate(ctx context.Context, spec *CalibrateSpec, l *ledger, progress Progress) (*Calibration, error) {
	patterns, err := r.patterns(spec.Groups)
	if err != nil {
		return nil, err
	}
	c := &Calibration{Inject: spec.Inject, Share: spec.Share, Opposite: spec.Opposite, Selected: spec.Selected}
	var jobs []*calibration
	total := 0
	for _, p := range patterns {
		j := newCalibration(r.eng, p, spec)
		if len(j.shifts) < stat.MinDraws {
			err = fmt.Errorf("%s: %d sessions without news have room for the windows about them; calibration needs %d (longer histories, or a shorter estimation window)", p.names[0], len(j.shifts), stat.MinDraws)
			continue
		}
		jobs = append(jobs, j)
		total += l.count(len(j.shifts))
	}
	if len(jobs) == 0 {
		return nil, err
	}
	done := 0
	for k, j := range jobs {
		var step func(int)
		if progress != nil {
			step = func(k int) { progress(done+k, total) }
		}
		if err := j.run(ctx, l, k, step); err != nil {
			return nil, err
		}
		done += l.count(len(j.shifts))
		if l.partial() {
			continue
		}
		c.Groups = append(c.Groups, j.judge()...)
	}
	return c, nil
}

// complete fills in the defaults and checks the rest.
func (s *CalibrateSpec) complete(r *Result) error {
	if s.Draws == 0 {
		s.Draws = r.Study.draws()
	}
	if s.Share == 0 {
		s.Share = 1
	}
	if len(s.Windows) == 0 {
		s.Windows = r.Study.CARWindows[:1]
	}
	if s.Tests == nil {
		for _, t := range r.Study.Tests {
			if !t.Properties().Resampled {
				s.Tests = append(s.Tests, t)
			}
		}
	}
	switch {
	case s.Selected < 0:
		return fmt.Errorf("the largest of %d sessions cannot be picked; use 2 or more", s.Selected)
	case s.Draws < stat.MinDraws:
		return fmt.Errorf("%d draws; calibration needs %d or more", s.Draws, stat.MinDraws)
	case !(s.Share > 0 && s.Share <= 1):
		return fmt.Errorf("a share of %g of the observations cannot react; use more than 0 and at most 1", s.Share)
	}
	if len(s.Inject) > 0 && !r.Study.EventWindow.Contains(0) {
		return fmt.Errorf("the event window %s does not hold session 0, where abnormal returns are injected; calibrate without injecting", r.Study.EventWindow)
	}
	for _, v := range s.Inject {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return fmt.Errorf("%g is no abnormal return to inject", v)
		}
	}
	for _, w := range s.Windows {
		if !w.Within(r.Study.EventWindow) {
			return fmt.Errorf("window %s does not lie within the event window %s", w, r.Study.EventWindow)
		}
	}
	for _, t := range s.Tests {
		if t.Properties().Resampled {
			return fmt.Errorf("%s draws again for every p value; calibration takes tests whose p values are computed", t.Name())
		}
	}
	return nil
}

// pattern is observations that calibrate as one: the groups that have them.
type pattern struct {
	names []string
	rows  []int32
}

// patterns returns the groups called names, or those that are calibrated by
// default, those together that have the same securities at the same distances.
func (r *Result) patterns(names []string) ([]pattern, error) {
	var groups []*Group
	if len(names) > 0 {
		for _, name := range names {
			i := slices.IndexFunc(r.Groups, func(g Group) bool { return g.Name() == name || g.By == ByEvent && g.Key == name })
			if i < 0 {
				return nil, fmt.Errorf("%q is not a group of this study with an observation that was measured; write it as an event's ID, %q or %q", name, "security NVDA", "all")
			}
			groups = append(groups, &r.Groups[i])
		}
	}
	for i := range r.Groups {
		if g := &r.Groups[i]; len(names) == 0 && len(g.Members) > 1 && (g.By == ByEvent || g.By == All) {
			groups = append(groups, g)
		}
	}
	if len(groups) == 0 {
		for i := range r.Groups {
			groups = append(groups, &r.Groups[i])
		}
	}
	var out []pattern
	at := make(map[string]int)
	for _, g := range groups {
		p := pattern{names: []string{g.Name()}}
		for _, i := range g.Members {
			p.rows = append(p.rows, r.row[i])
		}
		key := r.eng.pattern(p.rows)
		if k, ok := at[key]; ok {
			out[k].names = append(out[k].names, p.names...)
			continue
		}
		at[key] = len(out)
		out = append(out, p)
	}
	if len(out) == 0 {
		return nil, fmt.Errorf("the study has no group to calibrate")
	}
	return out, nil
}

// pattern spells out which securities rows are, and how far apart in time.
func (g *engine) pattern(rows []int32) string {
	var b strings.Builder
	ref := g.ser[rows[0]].col.Calendar
	zero := ref.Search(ref.Date(int(g.s0[rows[0]])))
	for _, i := range rows {
		cal := g.ser[i].col.Calendar
		fmt.Fprintf(&b, "%s %d\n", g.ser[i].col.Symbol, ref.Search(cal.Date(int(g.s0[i])))-zero)
	}
	return b.String()
}

// calibration is one pattern being calibrated.
type calibration struct {
	pattern
	from  *engine
	spec  *CalibrateSpec
	stats []statistic // by window, then test

	shifts []int
	pool   int
	clean  bool
	first  *replica
	caar   [][]float64 // |CAAR| by statistic, then shift; nil unless selected is asked for
	p      [][]float64 // p values by what was injected (nothing first), then statistic, then shift
}

func newCalibration(g *engine, p pattern, spec *CalibrateSpec) *calibration {
	study := *g.study
	study.Draws = spec.Draws
	j := &calibration{pattern: p, spec: spec}
	j.from = &engine{study: &study, panel: g.panel, series: g.series, timeline: g.timeline, length: g.length, forecast: g.forecast, ser: g.ser, s0: g.s0}
	scope := ManyObservations
	if len(p.rows) == 1 {
		scope = OneObservation
	}
	for _, w := range spec.Windows {
		for _, t := range spec.Tests {
			if t.Scope().covers(scope) {
				j.stats = append(j.stats, statistic{p.rows, w, t})
			}
		}
	}
	j.first = newReplica(j.from, j.stats)
	if len(j.stats) > 0 {
		j.shifts, j.pool, j.clean = j.first.shifts()
	}
	return j
}

// run computes the p values, which are items of l.
func (j *calibration) run(ctx context.Context, l *ledger, number int, step func(int)) error {
	n, at := len(j.stats), 1+len(j.spec.Inject)
	width := at * n
	if j.spec.Selected > 1 {
		width += n
	}
	copies := sync.Pool{New: func() any { return j.newCopy() }}
	all, err := l.items(number, "calibration", len(j.shifts), width, func(lo, hi int) ([]float64, error) {
		out := make([]float64, (hi-lo)*width)
		err := parallel(ctx, hi-lo, 8, step, func(_ *workspace, b int) {
			own := copies.Get().(*calibrator)
			defer copies.Put(own)
			d, to := j.shifts[lo+b], out[b*width:][:width]
			record := func(results []TestResult) {
				for k := range results {
					to[k] = nan
					if results[k].N == len(j.rows) {
						to[k] = results[k].P
					}
				}
				to = to[n:]
			}
			record(own.at(d))
			size := to[len(to)-(width-at*n):]
			for k := range size {
				size[k] = own.average(k)
			}
			if len(j.spec.Inject) > 0 {
				own.reaction(stat.Word(stat.Stream(own.from.study.Seed, "reaction"), uint64(int64(d)), 0), j.spec)
				for _, delta := range j.spec.Inject {
					record(own.injected(delta))
				}
			}
		})
		return out, err
	})
	if err != nil || l.partial() {
		return err
	}
	column := func(k int) []float64 {
		x := make([]float64, len(j.shifts))
		for b := range x {
			x[b] = all[b*width+k]
		}
		return x
	}
	for k := range width {
		if k < at*n {
			j.p = append(j.p, column(k))
		} else {
			j.caar = append(j.caar, column(k))
		}
	}
	return nil
}

// calibrator is a replica whose rows have returns of their own, so that what is
// injected into one is in no other's estimation window.
type calibrator struct {
	*replica
	own    []series
	y      []float64
	base   []float64 // return on session 0
	factor []float64 // of what is injected
	order  []int
}

func (j *calibration) newCopy() *calibrator {
	c := &calibrator{replica: newReplica(j.from, j.stats)}
	n := len(c.rows)
	if len(j.spec.Inject) > 0 {
		st := c.from.study
		c.own = make([]series, n)
		c.y = make([]float64, n*(st.EventWindow.To-st.EstimationWindow.From+1))
		c.base, c.factor, c.order = make([]float64, n), make([]float64, n), make([]int, n)
	}
	return c
}

// at is replica.at on the rows' own returns.
func (c *calibrator) at(d int) []TestResult {
	g, st := c.eng, c.from.study
	for j, i := range c.rows {
		s0 := c.from.moved(i, c.ref, d)
		if c.own != nil {
			s := c.from.ser[i]
			span := len(c.y) / len(c.rows)
			own := &c.own[j]
			*own = *s
			own.first, own.y, own.blocks, own.passing = s0+st.EstimationWindow.From, c.y[j*span:][:span], stat.Blocks{}, true
			for t := range own.y {
				own.y[t] = at(s.y, s.first, own.first+t)
			}
			c.base[j] = at(own.y, own.first, s0)
			g.ser[j] = own
		}
		c.measure(j, s0)
	}
	return c.test()
}

// average is the size of the mean CAR of statistic k; NaN where one is missing.
func (c *calibrator) average(k int) float64 {
	g := c.eng
	var sum float64
	for j := range c.rows {
		sum += g.car[j*g.windows+c.index[k]]
	}
	return math.Abs(sum / float64(len(c.rows)))
}

// reaction draws which rows react, and which way.
func (c *calibrator) reaction(seed uint64, spec *CalibrateSpec) {
	for j := range c.order {
		c.order[j], c.factor[j] = j, 0
	}
	slices.SortFunc(c.order, func(a, b int) int {
		return cmp.Compare(stat.Word(seed, uint64(a), 0), stat.Word(seed, uint64(b), 0))
	})
	n := max(1, int(math.Round(spec.Share*float64(len(c.order)))))
	for k, j := range c.order[:n] {
		c.factor[j] = 1
		if spec.Opposite && k%2 == 1 {
			c.factor[j] = -1
		}
	}
}

// injected raises the abnormal returns of session 0 by delta, less what was
// there before, and runs the tests anew.
func (c *calibrator) injected(delta float64) []TestResult {
	g := c.eng
	e := &c.work.estimate
	for j := range c.own {
		if c.fitted[j] {
			s := &c.own[j]
			s.y[int(g.s0[j])-s.first] = c.base[j] + delta*c.factor[j]
			*e = g.estimate(j)
			g.abnormal(j, e, c.work.frame(g, j), c.work.abnormals(g.length))
		}
	}
	return c.test()
}

// judge turns the p values into shares.
func (j *calibration) judge() []CalibratedGroup {
	g := j.from
	var out []CalibratedGroup
	for k, at := range j.stats {
		if len(out) == 0 || out[len(out)-1].Window != at.window {
			out = append(out, CalibratedGroup{Groups: j.names, Observations: len(j.rows), SameDate: newPool(g, j.rows).sameDate, Window: at.window,
				Draws: len(j.shifts), Pool: j.pool, Clean: j.clean,
				First: j.date(j.shifts[0]), Last: j.date(j.shifts[len(j.shifts)-1])})
		}
		grp := &out[len(out)-1]
		grp.Tests = append(grp.Tests, j.verdict(k, at))
	}
	return out
}

// date is session 0 of the first observation at shift d.
func (j *calibration) date(d int) market.Date {
	return j.from.ser[j.rows[0]].col.Calendar.Date(j.from.moved(j.rows[0], j.first.ref, d))
}

// verdict judges statistic k.
func (j *calibration) verdict(k int, at statistic) CalibratedTest {
	t := CalibratedTest{Test: at.test.Name(), Verdict: NotDecided}
	null := present(j.p[k])
	t.Draws, t.Undefined = len(null), len(j.shifts)-len(null)
	if len(null) == 0 {
		return t
	}
	reach := at.window.Len() + j.span()
	apart := float64(j.shifts[len(j.shifts)-1]-j.shifts[0])/float64(reach) + 1
	blocks := int(min(20, apart, float64(len(null))))
	for _, level := range Levels {
		t.Size = append(t.Size, rate(null, level, blocks, apart))
	}
	switch s := t.At(calibrated); {
	case s.Lower > calibrated && s.Share > 1.2*calibrated:
		t.Verdict = TooOften
	case s.Upper < calibrated && s.Share < 0.8*calibrated:
		t.Verdict = TooRarely
	case s.Upper <= 2*calibrated:
		t.Verdict = Holds
	}
	if j.caar != nil {
		t.Selected = selected(j.p[k], j.caar[k], j.spec.Selected, t.Size)
	}
	slices.Sort(null)
	fair := fairLevel(null)
	for i, delta := range j.spec.Inject {
		p := present(j.p[(1+i)*len(j.stats)+k])
		if len(p) == 0 {
			continue
		}
		t.Power = append(t.Power, Power{delta, rate(p, calibrated, blocks, apart), rate(p, fair, blocks, apart).Share})
	}
	return t
}

// fairLevel returns the level that rejects no more than 5% of null, p values in ascending
// order: just below the first that must not be, by more than rounding. What is added does
// not change the statistic of some tests (lambda, where all react alike), whose p values
// are those of null but for the last digits.
func fairLevel(null []float64) float64 {
	p := null[int(calibrated*float64(len(null)))]
	return min(p*(1-1e-9), math.Nextafter(p, -1))
}

// selected is the size of a test where the largest of k sessions was picked, of all
// sets of k at once; size is that without a choice. See Calibrate.
func selected(p, caar []float64, k int, size []Rate) []Rate {
	var order []int
	for b, v := range p {
		if v == v && caar[b] == caar[b] {
			order = append(order, b)
		}
	}
	n := len(order)
	if n < k {
		return nil
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(caar[b], caar[a]) })
	weight := make([]float64, n)
	w := float64(k) / float64(n) // C(n-1, k-1)/C(n, k)
	var squares float64
	for i := range weight {
		weight[i] = w
		squares += w * w
		w *= max(0, float64(n-i-k)) / float64(n-i-1)
	}
	var out []Rate
	for _, s := range size {
		r := Rate{Level: s.Level}
		for i, b := range order {
			if p[b] <= s.Level {
				r.Share += weight[i]
			}
		}
		r.Effective = min(s.Effective, 1/squares)
		r.Lower, r.Upper = wilson(r.Share, r.Effective)
		out = append(out, r)
	}
	return out
}

// span is how many sessions lie between the first and the last session 0.
func (j *calibration) span() int {
	lo, hi := math.MaxInt, math.MinInt
	for _, i := range j.rows {
		k := j.first.ref.Search(j.from.ser[i].col.Calendar.Date(int(j.from.s0[i])))
		lo, hi = min(lo, k), max(hi, k)
	}
	return hi - lo
}

// rate is the share of p, in order of time, at or below level. apart is how
// many studies fit into that time without overlap; see Calibrate.
func rate(p []float64, level float64, blocks int, apart float64) Rate {
	n := float64(len(p))
	hits := make([]float64, len(p))
	for b, v := range p {
		if v <= level {
			hits[b] = 1
		}
	}
	r := Rate{Level: level, Share: stat.Mean(hits)}
	r.Effective = min(n, apart)
	if blocks >= 4 && r.Share > 0 && r.Share < 1 {
		k := float64(blocks)
		var v float64
		for i := range blocks {
			block := hits[i*len(p)/blocks : (i+1)*len(p)/blocks]
			z := stat.Sum(block) - float64(len(block))*r.Share
			v += z * z
		}
		v *= k / (k - 1) / (n * n)
		f := stat.StudentQuantile(0.975, n-1) / stat.StudentQuantile(0.975, k-1)
		r.Effective = min(n, r.Share*(1-r.Share)/v*f*f)
	}
	r.Lower, r.Upper = wilson(r.Share, r.Effective)
	return r
}

// wilson is the 95% score interval of a share of n draws. Wilson (1927).
func wilson(share, n float64) (lower, upper float64) {
	const z = 1.959963984540054
	c := z * z / n
	centre := (share + c/2) / (1 + c)
	half := z / (1 + c) * math.Sqrt(share*(1-share)/n+c/(4*n))
	return max(0, centre-half), min(1, centre+half)
}
