package analysis

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"hash/fnv"
	"math"
	"slices"
	"sync/atomic"

	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/market"
)

// Part is a share of the work of a study, as a Worker computes it and Study.Merge
// joins it: plain data, to be stored or sent in between, see MarshalBinary.
//
// Groups that one share has are in it with their averages and tests. Of groups so
// large that several have them, Sums holds the share of what costs most. Fits are in
// it where they cost so much that it is cheaper to send them than to repeat them.
type Part struct {
	Index, Of int    // share Index of Of, counted from 1
	Rows      int    // observations of the whole study that can be fitted
	Study     uint64 // tells studies apart: of what decides the figures

	Groups []PartGroup
	Shared []PartSums
	Placed []PartPlacebo

	First    int // row of the first fit
	Excluded []PartExclusion
	M        []int32
	K        []int16
	Plain    []bool
	Figures  [][]float64 // the engine's columns, those of the rows of the fits

	Answers []PartAnswer // of a sweep
}

// PartGroup is a group that was averaged and tested.
type PartGroup struct {
	By       Grouping
	Key      string
	N        int // members
	SEMethod string
	SameDate bool
	Averages []Average
	Windows  []GroupWindow
}

// PartSums is the share of the sums of one group.
type PartSums struct {
	By   Grouping
	Key  string
	Sums []Sums
}

// PartPlacebo is the placebo test of one observation over one CAR window.
type PartPlacebo struct {
	Row, Window int
	Result      TestResult
	Low, High   float64 // see Result.PlaceboInterval
}

// PartExclusion is an observation of a part that could not be measured.
type PartExclusion struct {
	Row int
	Exclusion
}

// PartAnswer is what one study of a sweep answers.
type PartAnswer struct {
	Study   int // index among those of the sweep
	Answers []Answer
}

// share returns the items [lo, hi) of share i of n.
func share(items, i, n int) (lo, hi int) { return items * (i - 1) / n, items * i / n }

// columns lists the flat figures of the engine with their width.
func (g *engine) columns() (figures []*[]float64, width []int) {
	p, l, w := g.forecast, g.length, g.windows
	figures = []*[]float64{&g.s2, &g.r2, &g.b, &g.se, &g.xbar, &g.sinv, &g.car, &g.carVar, &g.csar, &g.bhar}
	width = []int{1, 1, g.coefs, g.coefs, p, p * p, w, w, w, w}
	if g.h != nil {
		figures, width = append(figures, &g.h, &g.hest, &g.hgap), append(width, l, g.study.EstimationWindow.Len(), g.gap())
	}
	if g.penalty != nil {
		figures, width = append(figures, &g.penalty), append(width, 1)
	}
	return figures, width
}

// sendsFits reports whether a fit costs more than to send it: that of a model that
// looks for its line step by step.
func (g *engine) sendsFits() bool {
	switch g.study.Model.(type) {
	case model.Huber, model.TheilSen, model.Synthetic:
		return true
	}
	return g.conditional
}

// digest tells studies apart: by what decides their figures, as far as it can be
// had without cost.
func (r *Result) digest() uint64 {
	h := fnv.New64a()
	s := r.Study
	fmt.Fprintf(h, "%T %+v %q %v %v %v %d %q %q %q %q %q %v %v %g %q %v %v %q %q %d %d %q %q %d\n", s.Model, s.Model, s.Benchmark,
		s.EstimationWindow, s.EventWindow, s.CARWindows, s.MinEstimation, s.Returns, s.Gaps, s.MissingEvent, s.Weights, s.Confounders, s.ConfounderWindow, s.ConfounderExcept,
		s.Margin, s.Correlation, s.Contrasts, s.Groups, s.Family, s.Correction, s.Seed, s.Draws, s.Trust, s.Placebo, s.shift)
	for _, t := range s.Tests {
		fmt.Fprintf(h, "%T %+v\n", t, t)
	}
	for i := range r.Catalog.Events {
		e := &r.Catalog.Events[i]
		fmt.Fprintf(h, "%q %q\n", e.ID, e.Category)
	}
	sum := h.Sum64()
	mix := func(v uint64) { sum = (sum ^ v) * 0x9e3779b97f4a7c15; sum ^= sum >> 29 }
	for row, i := range r.eng.obs {
		mix(uint64(i)<<32 | uint64(uint32(r.eng.s0[row])))
	}
	for _, c := range r.Panel.Columns {
		for _, b := range []byte(c.Symbol) {
			mix(uint64(b))
		}
		mix(uint64(c.First))
		for _, v := range c.Return {
			mix(math.Float64bits(v))
		}
	}
	return sum
}

// A Worker computes parts of one study: it places the observations once, and keeps
// what it has fitted. It is used by one goroutine at a time, and itself uses all
// processors.
type Worker struct {
	// Placebo: the test Placebo of every single observation is computed too, where the
	// study has it. Tables ask for it, the averages and tests of groups do not.
	Placebo bool

	r      *Result
	study  uint64
	row    []int32 // by observation; -1: it cannot be fitted
	fitted []bool  // by row
	groups []Group // as they were if every observation could be measured
	cost   []float64
	common map[int]*contribution // of groups that several shares have
	kept   int                   // numbers in them
	last   []PartPlacebo         // of the last part
}

// keep keeps what was found of a group for the shares to come, as long as all that is
// kept does not take too much memory.
func (w *Worker) keep(k int) {
	b := w.common[k]
	if b.pool == nil || b.counted {
		return
	}
	if n := len(b.group.Members) + b.pool.kept(); w.kept+n <= mostKept {
		b.counted = true
		w.kept += n
		return
	}
	delete(w.common, k)
}

// NewWorker places the observations of a study. Errors are those of Run.
func (s *Study) NewWorker(catalog *events.Catalog, panel *market.Panel) (*Worker, error) {
	r, err := s.begin(catalog, panel)
	if err != nil {
		return nil, err
	}
	w := &Worker{r: r, study: r.digest(), row: slices.Clone(r.row), fitted: make([]bool, len(r.eng.obs)), common: make(map[int]*contribution)}
	w.groups = r.groups()
	for i := range w.groups {
		w.cost = append(w.cost, s.costOf(len(w.groups[i].Members))+w.costOfPairs(w.groups[i].Members))
	}
	return w, nil
}

// costOfPairs is about what the correlations of members of several dates cost, in
// microseconds: below fewPairs each, above that the sums that each member enters, one
// for every date that its own meets, and the meetings.
func (w *Worker) costOfPairs(members []int) float64 {
	g := w.r.eng
	first := g.s0[w.row[members[0]]]
	if !slices.ContainsFunc(members, func(i int) bool { return g.s0[w.row[i]] != first }) {
		return 0
	}
	s0 := make([]int32, len(members))
	for k, i := range members {
		s0[k] = g.s0[w.row[i]]
	}
	slices.Sort(s0)
	var at []int32 // dates
	var n []float64
	for k, v := range s0 {
		if k == 0 || v != s0[k-1] {
			at, n = append(at, v), append(n, 0)
		}
		n[len(n)-1]++
	}
	var pairs, sums, meetings float64
	for a := range at {
		pairs += n[a] * (n[a] - 1) / 2
		sums += n[a]
		for b := a + 1; b < len(at) && int(at[b]-at[a]) < g.length; b++ {
			pairs += n[a] * n[b]
			sums += n[a] + n[b]
			meetings++
		}
	}
	if pairs <= fewPairs {
		return 0.2 * pairs
	}
	return 0.02*sums + 0.1*meetings
}

// costOf is about what the averages and tests of n observations cost, in
// microseconds.
func (s *Study) costOf(n int) float64 {
	each, windows := 1.0, float64(len(s.CARWindows))
	cost := 2.0
	for _, t := range s.Tests {
		switch t.(type) {
		case RankTest, RankStandardized, GRankT, GRankZ:
			each = max(each, 5)
		case Joint:
			if n < s.EstimationWindow.Len() {
				cost += 0.5e-3 * float64(n*n) * float64(s.EstimationWindow.Len())
			}
		case Bootstrap:
			cost += 1e-3 * float64(n) * float64(s.draws()) * windows
		case BHARSkewness:
			cost += 10e-3 * float64(n) / 4 * float64(s.draws()) * windows
		case Placebo:
			cost += float64(n) * float64(min(s.draws(), 2000)) * (0.5 + windows)
		}
	}
	return cost + each*float64(n)
}

// A duty is what a share does.
type duty struct {
	whole  []int // groups that it averages and tests
	common []int // groups that all shares have a share of
}

// duty returns that of share i of n: the groups lie on a line as long as what they
// cost, and a share has those whose middle lies in its part of it. Groups longer than
// a quarter of such a part are common to all.
func (w *Worker) duty(i, n int) (d duty) {
	var total float64
	for _, c := range w.cost {
		total += c
	}
	alone := func(k int) bool { return n == 1 || w.cost[k] <= total/float64(4*n) }
	var line float64
	for k, c := range w.cost {
		if alone(k) {
			line += c
		} else {
			d.common = append(d.common, k)
		}
	}
	var at float64
	for k, c := range w.cost {
		if !alone(k) {
			continue
		}
		if middle := at + c/2; int(middle/line*float64(n)) == i-1 {
			d.whole = append(d.whole, k)
		}
		at += c
	}
	return d
}

// RunPart computes share i of n of a study, 1 <= i <= n, as a Worker does.
func (s *Study) RunPart(ctx context.Context, catalog *events.Catalog, panel *market.Panel, i, n int, progress Progress) (*Part, error) {
	w, err := s.NewWorker(catalog, panel)
	if err != nil {
		return nil, err
	}
	return w.Part(ctx, i, n, progress)
}

// Part computes share i of n, 1 <= i <= n. Parts that are joined have the same n.
// Errors: a share that there is not, ctx is done.
func (w *Worker) Part(ctx context.Context, i, n int, progress Progress) (*Part, error) {
	if n < 1 || i < 1 || i > n {
		return nil, noShare(i, n)
	}
	p := &Part{Index: i, Of: n, Rows: len(w.fitted), Study: w.study}
	sends := w.r.eng.sendsFits()
	families := w.r.Study.Family != "" && w.r.Study.Correction == RomanoWolfCorrection
	d := w.duty(i, n)
	lo, hi := 0, 0
	switch {
	case sends:
		lo, hi = w.border(i-1, n), w.border(i, n)
		if !w.r.Study.runs(Placebo{}) {
			d = duty{whole: w.inside(lo, hi)}
		}
	case w.placed():
		lo, hi = share(p.Rows, i, n)
	}
	want := make([]bool, p.Rows)
	for row := range want {
		want[row] = families || lo <= row && row < hi
	}
	for _, k := range slices.Concat(d.whole, d.common) {
		for _, i := range w.groups[k].Members {
			want[w.row[i]] = true
		}
	}
	if err := w.fit(ctx, want, progress); err != nil {
		return nil, err
	}
	if err := w.measure(ctx, p, d.whole); err != nil {
		return nil, err
	}
	for _, k := range d.common {
		b := w.common[k]
		if b == nil {
			b = new(contribution)
			b.group, _ = w.actual(k)
			w.common[k] = b
		}
		if g := &b.group; len(g.Members) > 0 {
			l := &ledger{index: (i-1+k)%n + 1, of: n}
			b.contribute(ctx, w.r, l)
			p.Shared = append(p.Shared, PartSums{g.By, g.Key, l.sums})
		}
		w.keep(k)
	}
	if w.placed() {
		p.place(w.r, lo, hi)
	}
	w.last = p.Placed
	if families {
		if err := w.families(ctx, p); err != nil {
			return nil, err
		}
	}
	if sends {
		w.send(p, lo, hi)
	}
	return p, ctx.Err()
}

// Stretch measures the observations [lo, hi) of which share i of n makes rows of
// tables, after Part. Those of all shares follow each other and are all observations.
// The result has neither groups nor notes, and no other observation need be measured.
// ok is false where the fits of these lie in several shares: then who merges makes all
// rows. Errors: a share that there is not, ctx is done.
func (w *Worker) Stretch(ctx context.Context, i, n int) (r *Result, lo, hi int, ok bool, err error) {
	if n < 1 || i < 1 || i > n {
		return nil, 0, 0, false, noShare(i, n)
	}
	r, g := w.r, w.r.eng
	switch {
	case r.scattered && g.sendsFits():
		return r, 0, 0, false, nil
	case r.scattered:
		lo, hi = share(r.N(), i, n)
	default: // those of the fits, and of the placebo tests, that a share has
		lo, hi = w.beginning(i-1, n), w.beginning(i, n)
	}
	want := make([]bool, len(w.fitted))
	for _, row := range w.row[lo:hi] {
		if row >= 0 {
			want[row] = true
		}
	}
	if r.scattered {
		g.some, g.places, g.diagnostics = slices.Clone(want), new(places), new(diagnostics)
	}
	r.joined = new(joined)
	if err := r.take(&Part{Placed: slices.Clone(w.last)}); err != nil {
		return nil, 0, 0, false, err
	}
	return r, lo, hi, true, w.fit(ctx, want, nil)
}

// beginning is the observation behind the last of share i of n.
func (w *Worker) beginning(i, n int) int {
	row := len(w.fitted) * i / n
	if w.r.eng.sendsFits() {
		row = w.border(i, n)
	}
	switch {
	case i == 0:
		return 0
	case row == len(w.fitted):
		return w.r.N()
	}
	return int(w.r.eng.obs[row])
}

func noShare(i, n int) error { return fmt.Errorf("there is no share %d of %d", i, n) }

// fit fits the rows that are wanted and not fitted yet.
func (w *Worker) fit(ctx context.Context, want []bool, progress Progress) error {
	r := w.r
	total := 0
	for row := range want {
		if want[row] = want[row] && !w.fitted[row]; want[row] {
			total++
		}
	}
	var done atomic.Int64
	var step func(int)
	if progress != nil {
		step = func(int) { progress(int(done.Load()), total) }
	}
	err := parallel(ctx, len(want), 64, step, func(ws *workspace, row int) {
		if !want[row] {
			return
		}
		ex := r.eng.doubted(row)
		if ex == nil {
			ex = r.eng.fit(row, ws)
		}
		r.settle(row, ex)
		done.Add(1)
	})
	if err == nil {
		for row, is := range want {
			w.fitted[row] = w.fitted[row] || is
		}
	}
	return err
}

// actual is group k of those of its observations that were measured, as
// Result.groups makes it; ok is false where there are none.
func (w *Worker) actual(k int) (g Group, ok bool) {
	g = Group{By: w.groups[k].By, Key: w.groups[k].Key}
	seen := make(map[uint64]bool)
	for _, i := range w.groups[k].Members {
		if !w.r.Used(i) {
			continue
		}
		if g.By != ByEvent {
			at := w.r.spots[i].place()
			if seen[at] {
				g.Repeats = append(g.Repeats, i)
				continue
			}
			seen[at] = true
		}
		g.Members = append(g.Members, i)
	}
	return g, len(g.Members) > 0
}

// measure averages and tests groups.
func (w *Worker) measure(ctx context.Context, p *Part, groups []int) error {
	done := make([]*PartGroup, len(groups))
	err := parallel(ctx, len(groups), 1, nil, func(ws *workspace, j int) {
		g, ok := w.actual(groups[j])
		if !ok {
			return
		}
		g.measure(ctx, w.r, &ws.mem)
		done[j] = &PartGroup{g.By, g.Key, len(g.Members), g.SEMethod, g.SameDate, g.Averages, g.Windows}
	})
	for _, g := range done {
		if g == nil {
			continue
		}
		for k := range g.Windows {
			for t := range g.Windows[k].Tests {
				g.Windows[k].Tests[t].bare()
			}
		}
		p.Groups = append(p.Groups, *g)
	}
	return err
}

// bare leaves out of a result what the study says of it too.
func (r *TestResult) bare() { r.Test, r.Null, r.Window = "", "", Window{} }

// restore is the reverse of measure: it gives grp what was computed of it. It
// returns false where that is not about this group of this study.
func (p *PartGroup) restore(grp *Group, s *Study) bool {
	if p.N != len(grp.Members) || len(p.Averages) != s.EventWindow.Len() || len(p.Windows) != len(s.CARWindows) {
		return false
	}
	var tests []Test
	for _, t := range s.Tests {
		if t.Scope().covers(ManyObservations) {
			tests = append(tests, t)
		}
	}
	grp.SEMethod, grp.SameDate, grp.Averages, grp.Windows = p.SEMethod, p.SameDate, p.Averages, p.Windows
	for w := range grp.Windows {
		x := &grp.Windows[w]
		if len(x.Tests) != len(tests) || slices.ContainsFunc(x.Missing, grp.lacks) {
			return false
		}
		for k, t := range tests {
			r := &x.Tests[k]
			r.Test, r.Null, r.Window = t.Name(), t.Null(), s.CARWindows[w]
		}
	}
	return true
}

// lacks reports whether observation i is no member.
func (g *Group) lacks(i int) bool {
	_, ok := slices.BinarySearch(g.Members, i)
	return !ok
}

// place computes the placebo tests of the observations of the rows [lo, hi).
func (p *Part) place(r *Result, lo, hi int) {
	x := r.Reader()
	for row := lo; row < hi; row++ {
		i := int(r.eng.obs[row])
		if !r.Used(i) {
			continue
		}
		for w := range r.Study.CARWindows {
			o := PartPlacebo{Row: row, Window: w, Result: run(Placebo{}, x.single(int32(row), w))}
			o.Low, o.High = x.PlaceboInterval(i, w)
			o.Result.bare()
			p.Placed = append(p.Placed, o)
		}
	}
}

// families computes a share of the draws that the families of the study are
// corrected by. Every row is fitted.
func (w *Worker) families(ctx context.Context, p *Part) error {
	r := w.r
	r.findRepeats()
	r.Groups = r.groups()
	for i := range r.Groups {
		g := &r.Groups[i]
		g.SameDate = newPool(r.eng, r.rowsOf(g, nil)).sameDate
	}
	l := &ledger{index: p.Index, of: p.Of}
	for k, f := range r.Families(r.Study.Family, nil) {
		if at, err := r.places(f.Hypotheses); err == nil && len(at) > 0 { // Correct says what is wrong with others
			if _, err := r.eng.draw(ctx, at, l, k, familyDraws); err != nil {
				return err
			}
		}
	}
	p.Shared = append(p.Shared, PartSums{Sums: l.sums})
	r.Groups, r.repeats = nil, nil
	return nil
}

// inside lists the groups whose members all lie in the rows [lo, hi). Where fits are
// sent, a share has these: the tests of other groups cost less than to fit their members in
// every share, but for Placebo, which fits them anew at every pseudo-date.
func (w *Worker) inside(lo, hi int) (groups []int) {
	for k := range w.groups {
		if !slices.ContainsFunc(w.groups[k].Members, func(i int) bool { return int(w.row[i]) < lo || int(w.row[i]) >= hi }) {
			groups = append(groups, k)
		}
	}
	return groups
}

// send gives p the fits of the rows [lo, hi).
func (w *Worker) send(p *Part, lo, hi int) {
	r, g := w.r, w.r.eng
	p.First, p.M, p.K, p.Plain = lo, g.m[lo:hi], g.k[lo:hi], g.pl[lo:hi]
	for row := lo; row < hi; row++ {
		if ex := r.excluded[g.obs[row]]; ex != nil {
			p.Excluded = append(p.Excluded, PartExclusion{row, *ex})
		}
	}
	figures, width := g.columns()
	for k, f := range figures {
		p.Figures = append(p.Figures, (*f)[lo*width[k]:hi*width[k]])
	}
}

// placed reports whether the placebo tests of single observations are computed.
func (w *Worker) placed() bool { return w.Placebo && w.r.Study.runs(Placebo{}) }

// border is the row behind the last of share i of n: where an event begins, if its
// observations lie together.
func (w *Worker) border(i, n int) int {
	row := len(w.fitted) * i / n
	if ev := w.r.eng.ev; !w.r.scattered && len(ev) > 0 {
		for row > 0 && row < len(ev) && ev[row] == ev[row-1] {
			row--
		}
	}
	return row
}

// mergeable checks that parts are all of one study of rows observations.
func mergeable(parts []*Part, rows int, study uint64) error {
	if len(parts) == 0 {
		return errors.New("there is no part to join")
	}
	have := make([]bool, len(parts))
	for _, p := range parts {
		switch {
		case p == nil:
			return errors.New("a part is missing")
		case p.Of != len(parts):
			return fmt.Errorf("part %d is one of %d, and %d are given", p.Index, p.Of, len(parts))
		case p.Index < 1 || p.Index > len(parts) || have[p.Index-1]:
			return fmt.Errorf("part %d of %d is given twice", p.Index, p.Of)
		case p.Rows != rows:
			return fmt.Errorf("part %d of %d is of another study: it has %d observations to fit, this one %d", p.Index, p.Of, p.Rows, rows)
		case p.Study != study:
			return foreign(p)
		}
		have[p.Index-1] = true
	}
	return nil
}

func foreign(p *Part) error {
	return fmt.Errorf("part %d of %d is of another study: its windows, model, tests, events or prices differ", p.Index, p.Of)
}

// Merge joins all the parts of a study into the result that Run gives, to the
// bit. The study, the catalogue and the panel must be those that the parts
// were computed from. What is no part's is computed here: least squares fits, what
// is cheap of groups that several shares have, contrasts, notes.
//
// Errors: a part that is missing, given twice, or of another study; those of Run.
func (s *Study) Merge(ctx context.Context, catalog *events.Catalog, panel *market.Panel, parts []*Part) (*Result, error) {
	r, err := s.begin(catalog, panel)
	if err != nil {
		return nil, err
	}
	if err := mergeable(parts, len(r.eng.obs), r.digest()); err != nil {
		return nil, err
	}
	r.joined = &joined{groups: make(map[groupName]*PartGroup), sums: make(map[groupName]*ledger)}
	parts = slices.SortedFunc(slices.Values(parts), func(a, b *Part) int { return cmp.Compare(a.Index, b.Index) })
	if r.eng.sendsFits() {
		err = r.takeFits(parts)
	} else {
		err = r.measure(ctx, 0, len(r.eng.obs), false, nil)
	}
	if err != nil {
		return nil, err
	}
	for _, p := range parts {
		if err := r.take(p); err != nil {
			return nil, err
		}
	}
	return r, r.finish(ctx)
}

// joined is what parts have computed of a study.
type joined struct {
	groups map[groupName]*PartGroup
	sums   map[groupName]*ledger
	placed []*PartPlacebo // by row and window; nil: none
}

type groupName struct {
	by  Grouping
	key string
}

// takeFits takes the fits of parts.
func (r *Result) takeFits(parts []*Part) error {
	g := r.eng
	figures, width := g.columns()
	row := 0
	for _, p := range parts {
		lo, n := p.First, len(p.M)
		if lo != row || lo+n > len(g.obs) || len(p.K) != n || len(p.Plain) != n || len(p.Figures) != len(figures) {
			return foreign(p)
		}
		copy(g.m[lo:], p.M)
		copy(g.k[lo:], p.K)
		copy(g.pl[lo:], p.Plain)
		for k, f := range p.Figures {
			if len(f) != n*width[k] {
				return foreign(p)
			}
			copy((*figures[k])[lo*width[k]:], f)
		}
		excluded := make(map[int]*Exclusion)
		for k := range p.Excluded {
			excluded[p.Excluded[k].Row] = &p.Excluded[k].Exclusion
		}
		row += n
		for k := lo; k < row; k++ {
			if m := int(g.m[k]); excluded[k] == nil && (m < 1 || m > r.Study.EstimationWindow.Len() || g.k[k] < 0) {
				return foreign(p)
			}
			r.settle(k, excluded[k])
		}
	}
	if row != len(g.obs) {
		return foreign(parts[len(parts)-1])
	}
	return nil
}

// take notes what a part has computed.
func (r *Result) take(p *Part) error {
	j := r.joined
	for k := range p.Groups {
		j.groups[groupName{p.Groups[k].By, p.Groups[k].Key}] = &p.Groups[k]
	}
	for _, s := range p.Shared {
		name := groupName{s.By, s.Key}
		if j.sums[name] == nil {
			j.sums[name] = new(ledger)
		}
		j.sums[name].sums = append(j.sums[name].sums, s.Sums...)
	}
	windows := len(r.Study.CARWindows)
	for k := range p.Placed {
		x := &p.Placed[k]
		if x.Row < 0 || x.Row >= len(r.eng.obs) || x.Window < 0 || x.Window >= windows {
			return foreign(p)
		}
		if j.placed == nil {
			j.placed = make([]*PartPlacebo, len(r.eng.obs)*windows)
		}
		x.Result.Test, x.Result.Null, x.Result.Window = Placebo{}.Name(), Placebo{}.Null(), r.Study.CARWindows[x.Window]
		j.placed[x.Row*windows+x.Window] = x
	}
	return nil
}

// restored gives grp what a part has computed of it, and reports whether one has.
func (r *Result) restored(grp *Group) (bool, error) {
	if r.joined == nil {
		return false, nil
	}
	p := r.joined.groups[groupName{grp.By, grp.Key}]
	if p == nil {
		return false, nil
	}
	if !p.restore(grp, r.Study) {
		return false, fmt.Errorf("a part is of another study: its %s differs", grp.Name())
	}
	return true, nil
}

// ledgerOf is where sums of a group come from, nil for nowhere.
func (r *Result) ledgerOf(by Grouping, key string) *ledger {
	if r.joined == nil {
		return nil
	}
	return r.joined.sums[groupName{by, key}]
}

// placedAt is the placebo test of an observation that a part has computed, or nil.
func (r *Result) placedAt(row int32, w int) *PartPlacebo {
	if r.joined == nil || r.joined.placed == nil {
		return nil
	}
	return r.joined.placed[int(row)*r.eng.windows+w]
}
