package analysis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/market"
)

// SweepSpec lists the choices that a sweep combines.
type SweepSpec struct {
	Models      []model.Model
	Estimations []Window
	Benchmarks  []string
	Windows     []Window // CAR windows, within the event window
	Tests       []Test
	Shifts      []int         // sessions by which session 0 of every event is moved; empty: 0 alone
	Confounders []Confounding // empty: the study's
	// Groups are names as of Group.Name, or IDs of events; empty: every event
	// that is studied and, of several, all.
	Groups []string
}

// Answer is one way to ask what a group's reaction was, and the answer.
type Answer struct {
	Group       string // as Group.Name
	Model       string
	Benchmark   string // "" where the model has none
	Estimation  Window
	Window      Window // of the CAR
	Test        string
	Confounders Confounding // what becomes of other events of the securities
	Shift       int         // sessions by which session 0 was moved
	N           int         // observations that entered
	CAAR        float64     // a decimal; NaN where nothing could be measured
	Stat, P     float64     // NaN where Failed
	Failed      *Sentence   // why there is no p value; nil where there is
}

// Significant reports whether the test rejects at 5%.
func (s *Answer) Significant() bool { return s.P < 0.05 }

// Agreement counts the specifications of one group that have an answer, by what
// it is. Rose and Fell count the sign of CAAR, and so do the significant ones.
type Agreement struct {
	Group                                string
	Shift                                int // that of the answers that are counted: 0 where it is among those asked for, else the first
	Specifications, Failed               int // Failed are among Specifications
	Rose, Fell                           int
	SignificantlyRose, SignificantlyFell int
	Median, Least, Most                  float64 // CAAR over those that have an answer; NaN where none has
}

// Sign is the sign that most specifications have, 0 where as many rose as fell.
func (a *Agreement) Sign() int { return cmp.Compare(a.Rose, a.Fell) }

// SameSign is the share of the answered specifications that have that sign;
// NaN where none is answered.
func (a *Agreement) SameSign() float64 {
	return float64(max(a.Rose, a.Fell)) / float64(a.Specifications-a.Failed)
}

// Agree is the share of the answered specifications that have that sign and
// are significant; NaN where none is answered.
func (a *Agreement) Agree() float64 {
	n := a.SignificantlyRose
	if a.Sign() < 0 {
		n = a.SignificantlyFell
	}
	return float64(n) / float64(a.Specifications-a.Failed)
}

// Sweep is a study under every combination of choices.
type Sweep struct {
	Answers    []Answer    // by group, shift, model, estimation window, benchmark, CAR window, test
	Agreements []Agreement // by group
}

// DefaultSweep returns the choices that are combined where nothing else is
// asked for: the study's model and those that need no more than the benchmark
// and the factors of panel (market, mean, market-adjusted, scholes-williams,
// huber; capm, ff3, carhart, ff5, ff6); the study's estimation window, one half
// and one and a half times as long, with the same end; its benchmark and CAR
// windows; the tests t and, of several observations, portfolio, kp-bmp and
// grank-t.
func (s *Study) DefaultSweep(panel *market.Panel) SweepSpec {
	spec := SweepSpec{Models: []model.Model{s.Model}, Benchmarks: []string{s.Benchmark}, Windows: s.CARWindows,
		Tests: []Test{StudentTest{}, PortfolioTest{}, KPBMP{}, GRankT{}}}
	for _, m := range []model.Model{model.MarketModel{}, model.ConstantMean{}, model.MarketAdjusted{}, model.ScholesWilliams{}, model.Huber{}, model.CAPM{}, model.FamaFrench3, model.Carhart, model.FamaFrench5, model.FamaFrench6} {
		if m.Name() != s.Model.Name() && hasFactors(m, panel) {
			spec.Models = append(spec.Models, m)
		}
	}
	for _, l := range []int{s.EstimationWindow.Len() / 2, s.EstimationWindow.Len(), s.EstimationWindow.Len() * 3 / 2} {
		spec.Estimations = append(spec.Estimations, Window{s.EstimationWindow.To - l + 1, s.EstimationWindow.To})
	}
	return spec
}

// hasFactors reports whether panel has the factors of m.
func hasFactors(m model.Model, panel *market.Panel) bool {
	d := m.Design("")
	needs := func(name string) bool { return slices.Contains(panel.Factors(), name) }
	for _, t := range d.Terms {
		if t.Series == model.FactorReturn && !needs(t.Name) || t.Excess && !needs(model.RiskFree) {
			return false
		}
	}
	return !d.Excess || needs(model.RiskFree)
}

// Sweep performs the study under every combination of the choices of spec, all
// else as it is, and counts how far the answers agree: a multiverse (Steegen,
// Tuerlinckx, Gelman, Vanpaemel 2016), drawn as a specification curve
// (Simonsohn, Simmons, Nelson 2020). A model without a benchmark is combined
// with none. An estimation window shorter than Study.MinEstimation must be
// usable in whole.
//
// A combination without an answer is listed with its reason. Tests that are not
// about as many observations as a group has are left out. The answers are not
// independent: the share that agrees is no p value.
//
// With Shifts the study is performed once for each with session 0 of every event
// moved by so many sessions: what it would have found had the news been placed
// wrongly. All windows move along. Agreement is counted where it is not moved.
//
// Errors: an empty list of choices, a CAR window outside the event window, a shift
// given twice or beyond [MaxShift], an unknown group, ctx is done.
func (s *Study) Sweep(ctx context.Context, spec SweepSpec, catalog *events.Catalog, panel *market.Panel, progress Progress) (*Sweep, error) {
	p, err := s.planSweep(spec, catalog, panel)
	if err != nil {
		return nil, err
	}
	return p.whole(ctx, progress)
}

// sweepPlan is the studies of a sweep.
type sweepPlan struct {
	catalog *events.Catalog
	panel   *market.Panel
	groups  []sweepGroup
	studies []*Study
	answers [][]Answer // by study; nil: not yet
}

func (s *Study) planSweep(spec SweepSpec, catalog *events.Catalog, panel *market.Panel) (*sweepPlan, error) {
	if err := spec.validate(s); err != nil {
		return nil, err
	}
	if len(spec.Confounders) == 0 {
		spec.Confounders = []Confounding{cmp.Or(s.Confounders, KeepConfounders)}
	}
	groups, err := s.sweepGroups(spec.Groups, catalog)
	if err != nil {
		return nil, err
	}
	var by []Grouping
	for _, g := range groups {
		if !slices.Contains(by, g.by) {
			by = append(by, g.by)
		}
	}
	var studies []*Study
	shifts := spec.Shifts
	if len(shifts) == 0 {
		shifts = []int{0}
	}
	for _, shift := range shifts {
		for _, m := range spec.Models {
			for _, est := range spec.Estimations {
				for _, b := range spec.benchmarks(m, panel) {
					for _, how := range spec.Confounders {
						study := *s
						study.Confounders, study.Contrasts = how, nil
						study.Model, study.EstimationWindow, study.Benchmark = m, est, b
						study.MinEstimation = min(s.MinEstimation, est.Len())
						study.CARWindows, study.Tests, study.Groups = spec.Windows, spec.Tests, by
						study.Family, study.Without = "", Figures
						study.shift = shift
						studies = append(studies, &study)
					}
				}
			}
		}
	}
	return &sweepPlan{catalog, panel, groups, studies, make([][]Answer, len(studies))}, nil
}

// run performs the studies that wanted names, of those that have no answers yet.
func (p *sweepPlan) run(ctx context.Context, wanted func(k int) bool, progress Progress) error {
	var left []int
	for k := range p.studies {
		if p.answers[k] == nil && wanted(k) {
			left = append(left, k)
		}
	}
	var step func(int)
	if progress != nil {
		step = func(done int) { progress(done, len(left)) }
	}
	return parallel(ctx, len(left), 1, step, func(_ *workspace, i int) {
		k := left[i]
		r, err := p.studies[k].Run(ctx, p.catalog, p.panel, nil)
		for _, g := range p.groups {
			p.answers[k] = append(p.answers[k], g.answers(p.studies[k], r, err)...)
		}
	})
}

// whole performs the studies that are left and counts how far all agree.
func (p *sweepPlan) whole(ctx context.Context, progress Progress) (*Sweep, error) {
	if err := p.run(ctx, func(int) bool { return true }, progress); err != nil {
		return nil, err
	}
	groups := p.groups
	out := &Sweep{Answers: slices.Concat(p.answers...)}
	order := func(x Answer) int {
		return slices.IndexFunc(groups, func(g sweepGroup) bool { return g.name == x.Group })
	}
	slices.SortStableFunc(out.Answers, func(a, b Answer) int { return cmp.Compare(order(a), order(b)) })
	for _, g := range groups {
		out.Agreements = append(out.Agreements, agreement(g.name, out.Answers))
	}
	return out, nil
}

// MaxShift is the number of sessions by which a sweep moves session 0 at most.
const MaxShift = 20

func (spec *SweepSpec) validate(s *Study) error {
	for i, k := range spec.Shifts {
		if k < -MaxShift || k > MaxShift {
			return fmt.Errorf("shift %d: session 0 is moved by %d sessions at most", k, MaxShift)
		}
		if slices.Contains(spec.Shifts[:i], k) {
			return fmt.Errorf("shift %d is given twice; remove one", k)
		}
	}
	for _, list := range []struct {
		what string
		n    int
	}{{"models", len(spec.Models)}, {"estimation windows", len(spec.Estimations)}, {"benchmarks", len(spec.Benchmarks)}, {"windows", len(spec.Windows)}, {"tests", len(spec.Tests)}} {
		if list.n == 0 {
			return fmt.Errorf("the sweep has no %s to combine; name at least one", list.what)
		}
	}
	for _, w := range spec.Windows {
		if !w.Within(s.EventWindow) {
			return fmt.Errorf("window %s does not lie within the event window %s; widen study.event or narrow this window", w, s.EventWindow)
		}
	}
	return nil
}

// benchmarks returns those that m is combined with.
func (spec *SweepSpec) benchmarks(m model.Model, panel *market.Panel) []string {
	for _, c := range panel.Columns {
		for _, t := range m.Design(c.Symbol).Terms {
			if t.Series == model.BenchmarkReturn {
				return spec.Benchmarks
			}
		}
	}
	return []string{""}
}

// sweepGroup is a group before it is known which of its observations are used.
type sweepGroup struct {
	name string
	by   Grouping
	has  func(o *Observation, category string) bool
}

func (s *Study) sweepGroups(names []string, catalog *events.Catalog) ([]sweepGroup, error) {
	var studied []string
	for _, e := range catalog.Events {
		if len(s.EventIDs) == 0 || slices.Contains(s.EventIDs, e.ID) {
			studied = append(studied, e.ID)
		}
	}
	if len(names) == 0 {
		for _, id := range studied {
			names = append(names, string(ByEvent)+" "+id)
		}
		if len(studied) > 1 {
			names = append(names, string(All))
		}
	}
	var out []sweepGroup
	for _, name := range names {
		if slices.Contains(studied, name) {
			name = string(ByEvent) + " " + name
		}
		by, key, _ := strings.Cut(name, " ")
		g := sweepGroup{name: name, by: Grouping(by)}
		switch by := g.by; {
		case by == ByEvent && slices.Contains(studied, key):
			g.has = func(o *Observation, _ string) bool { return o.EventID == key }
		case by == BySecurity && key != "":
			g.has = func(o *Observation, _ string) bool { return o.Security == key }
		case by == ByCategory && key != "":
			g.has = func(_ *Observation, category string) bool { return category == key }
		case by == All && key == "":
			g.has = func(*Observation, string) bool { return true }
		default:
			return nil, fmt.Errorf("%q is not a group of this study; write it as an event's ID, %q or %q", name, "security NVDA", "all")
		}
		out = append(out, g)
	}
	return out, nil
}

// answers returns what study found of the group: r, or err where it failed.
func (g *sweepGroup) answers(study *Study, r *Result, err error) []Answer {
	size, reason := 0, (*Sentence)(nil)
	var only int // the used observation, where it is one
	if err == nil {
		for i := range r.N() {
			o := r.Observation(i)
			if !g.has(o, r.Catalog.Events[o.Event].Category) {
				continue
			}
			size++
			if only = i; !o.Used() && reason == nil {
				reason = &Sentence{"failed/security", []any{o.Security, o.Exclusion.Sentence()}}
			}
		}
		reason = cmp.Or(reason, &Sentence{Code: "failed/empty"})
	} else if refused := new(SpecError); errors.As(err, &refused) {
		reason = &Sentence{"failed/refused", []any{"study." + refused.Field, refused.Problem}}
	} else {
		reason = &Sentence{"%s", []any{err.Error()}}
	}
	var grp *Group
	if err == nil {
		if i := slices.IndexFunc(r.Groups, func(x Group) bool { return x.Name() == g.name }); i >= 0 {
			grp = &r.Groups[i]
		}
	}
	scope := ManyObservations
	if size == 1 {
		scope = OneObservation
	}
	var out []Answer
	for w, win := range study.CARWindows {
		var results []TestResult
		caar, n := nan, 0
		if grp != nil {
			caar, n, results = grp.Windows[w].CAAR, grp.Windows[w].N, grp.Windows[w].Tests
			if scope == OneObservation {
				results = r.ObservationTests(only, w)
			}
		}
		for _, t := range study.Tests {
			if err == nil && !t.Scope().covers(scope) {
				continue
			}
			x := Answer{Group: g.name, Confounders: study.Confounders, Model: study.Model.Name(), Benchmark: study.Benchmark, Estimation: study.EstimationWindow,
				Window: win, Test: t.Name(), Shift: study.shift, N: n, CAAR: caar, Stat: nan, P: nan, Failed: reason}
			if k := slices.IndexFunc(results, func(res TestResult) bool { return res.Test == x.Test }); k >= 0 {
				x.Stat, x.P, x.Failed = results[k].Stat, results[k].P, results[k].Note
				if grp != nil {
					x.CAAR = grp.Windows[w].Tested(&results[k])
				}
			}
			out = append(out, x)
		}
	}
	return out
}

// agreement counts the specifications of one group.
func agreement(group string, all []Answer) Agreement {
	a := Agreement{Group: group, Median: nan, Least: nan, Most: nan}
	for i := range all {
		if x := &all[i]; x.Group == group && (x.Shift == 0 || a.Shift == 0) {
			if a.Shift = x.Shift; x.Shift == 0 {
				break
			}
		}
	}
	var caar []float64
	for i := range all {
		x := &all[i]
		if x.Group != group || x.Shift != a.Shift {
			continue
		}
		a.Specifications++
		if math.IsNaN(x.P) || math.IsNaN(x.CAAR) {
			a.Failed++
			continue
		}
		caar = append(caar, x.CAAR)
		switch {
		case x.CAAR > 0:
			a.Rose++
			if x.Significant() {
				a.SignificantlyRose++
			}
		case x.CAAR < 0:
			a.Fell++
			if x.Significant() {
				a.SignificantlyFell++
			}
		}
	}
	if n := len(caar); n > 0 {
		slices.Sort(caar)
		a.Median, a.Least, a.Most = (caar[(n-1)/2]+caar[n/2])/2, caar[0], caar[n-1]
	}
	return a
}
