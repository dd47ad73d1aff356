package analysis

import (
	"cmp"
	"context"
	"math"
	"slices"

	"aftershock/analysis/stat"
)

// Average is a group's cross-section on one session of the event window.
type Average struct {
	Tau          int
	N            int     // observations with an AR on this session
	AAR          float64 // mean of AR
	SD           float64 // cross-sectional standard deviation of AR, divisor N-1
	SE           float64 // standard error of AAR
	NPath        int     // observations whose CAR from the window's start is complete
	CAAR         float64 // mean CAR from the window's start to tau
	CAARSE       float64 // standard error of CAAR
	Lower, Upper float64 // 95% interval of CAAR
	Positive     int     // observations with AR > 0
}

// GroupWindow is a group's cross-section over one CAR window.
type GroupWindow struct {
	Window   Window
	N        int     // observations whose window is complete
	Missing  []int   // members (indices into Result.Observation) without a CAR here
	CAAR     float64 // mean CAR, weighted as the study says
	MeanCAR  float64 // mean CAR on equal weights, which most tests are of
	ABHAR    float64 // mean BHAR
	MeanSCAR float64
	Positive int     // CAR > 0
	RBar     float64 // mean correlation of the members over the window, see Cross.RBar; NaN for N < 2
	Drawn    int     // pairs drawn for RBar, where those with a member that lacks a session are too many; else 0
	RBarSE   float64 // standard error of RBar from the drawing, 0 where it is exact
	Tests    []TestResult
}

// Tested returns the mean CAR that the statistic of t is of: weighted for the tests
// of the average that is shown, portfolio and crude, else on equal weights.
func (g *GroupWindow) Tested(t *TestResult) float64 {
	switch cmp.Or(t.Of, t.Test) {
	case PortfolioTest{}.Name(), CrudeDependence{}.Name():
		return g.CAAR
	}
	return g.MeanCAR
}

// Test returns the result of the test called name, or nil.
func (g *GroupWindow) Test(name string) *TestResult {
	for i := range g.Tests {
		if g.Tests[i].Test == name {
			return &g.Tests[i]
		}
	}
	return nil
}

// Group is a set of used observations that are averaged and tested together.
type Group struct {
	By      Grouping
	Key     string // event ID, symbol, category, or "all"
	Members []int  // indices into Result.Observation, used ones only, one for each security and session 0
	Repeats []int  // the others of those, whose return is that of a member
	// SameDate: all members share session 0, on one calendar.
	SameDate bool
	// SEMethod says how CAARSE and the interval were found: "portfolio" (the
	// forecast error of the equal-weighted portfolio; one date) or
	// "cross-section" (the members' spread, scaled up for their overlap).
	SEMethod string
	Averages []Average     // by session of the event window
	Windows  []GroupWindow // in the order of Study.CARWindows
}

// Name returns "event deepseek-r1", "security NVDA", "category earnings" or "all".
func (g *Group) Name() string {
	if g.By == All {
		return string(All)
	}
	return string(g.By) + " " + g.Key
}

// measure averages and tests a group. When ctx is done, its tests are void.
func (grp *Group) measure(ctx context.Context, r *Result, mem *scratch) {
	g := r.eng
	mem.rows = r.rowsOf(grp, mem.rows)
	rows := mem.rows
	p := mem.pool(g, rows)
	p.ctx, p.ledger = ctx, r.ledgerOf(grp.By, grp.Key)
	grp.SameDate = p.sameDate
	if g.study.gives(AverageFigures) {
		grp.average(g, p)
	}
	grp.Windows = mem.windows.next(len(r.Study.CARWindows))
	for w := range grp.Windows {
		c := newCrossSection(p, w)
		gw := &grp.Windows[w]
		*gw = GroupWindow{Window: c.Window, N: c.N(), CAAR: nan, MeanCAR: nan, ABHAR: nan, MeanSCAR: nan, RBar: nan}
		if g.study.gives(MeanCorrelationFigures) {
			c.RBar()
		}
		if c.N() > 0 {
			gw.CAAR, gw.ABHAR, gw.MeanSCAR = c.average(c.CAR), c.average(c.BHAR), stat.Mean(c.SCAR)
			if gw.MeanCAR = gw.CAAR; r.Study.Weights != EqualWeights {
				gw.MeanCAR = stat.Mean(c.CAR)
			}
		}
		for _, v := range c.CAR {
			if v > 0 {
				gw.Positive++
			}
		}
		if c.N() < len(rows) {
			for _, i := range grp.Members {
				if math.IsNaN(g.car[int(r.row[i])*g.windows+w]) {
					gw.Missing = append(gw.Missing, i)
				}
			}
		}
		tests := mem.results.next(len(r.Study.Tests))[:0]
		for _, t := range r.Study.Tests {
			if t.Scope().covers(ManyObservations) {
				tests = append(tests, run(t, c))
			}
		}
		gw.Tests = slices.Clip(tests)
		if c.known {
			gw.RBar, gw.Drawn, gw.RBarSE = c.rbar, c.rested.drawn, c.rested.se
		}
	}
}

// rowsOf returns the rows of the members of a group, in dst where it is long
// enough: in their order, or of many as they lie in memory.
func (r *Result) rowsOf(grp *Group, dst []int32) []int32 {
	dst = stat.Grown(dst, len(grp.Members))
	for k, i := range grp.Members {
		dst[k] = r.row[i]
	}
	if len(dst) <= block {
		return dst
	}
	in, k := make([]bool, len(r.eng.obs)), 0
	for _, row := range dst {
		in[row] = true
	}
	for row, is := range in {
		if is {
			dst[k] = int32(row)
			k++
		}
	}
	return dst
}

// average fills Averages. The standard error of an average is that of the
// members' portfolio where all share session 0: its forecast error contains
// how the members move together. Otherwise it is their spread,
//
//	SE = sqrt( N/(N-1) sum w_i^2 (x_i - mean)^2 ) / sum w_i
//
// (sd/sqrt(N) for equal weights), times sqrt((1+(N-1)r)/(1-r)) where their
// windows overlap (r = RBar; the factor of Kolari and Pynnönen 2010).
func (grp *Group) average(g *engine, p *pool) {
	l := g.length
	grp.SEMethod = "cross-section"
	ownPath, ownVar := p.scratch.zeros(l), p.scratch.zeros(l)
	if p.sameDate && p.portfolio().ex == nil {
		grp.SEMethod = "portfolio"
		p.portfolio().eng.path(0, ownPath, ownVar)
	}
	even := p.even
	p.even = even && grp.SEMethod == "portfolio" // else the spreads are asked for
	ar, car := p.moments()
	p.even = even
	grp.Averages = p.scratch.averages.next(l)
	if grp.SEMethod != "portfolio" {
		p.inflate(ar, car)
	}
	var own []float64
	if grp.SEMethod == "portfolio" {
		own = p.whole.eng.variances(0, 0, p.scratch.zeros(l))
	}
	for t := range l {
		a := Average{Tau: g.study.EventWindow.From + t, N: int(ar.n[t]), AAR: ar.mean[t], SD: ar.sd[t], SE: ar.se[t], Positive: int(ar.positive[t]),
			NPath: int(car.n[t]), CAAR: car.mean[t], CAARSE: car.se[t], Lower: nan, Upper: nan}
		df := float64(a.NPath - 1)
		if grp.SEMethod == "portfolio" {
			e := p.whole.eng.estimate(0)
			a.SE, a.CAARSE = math.Sqrt(own[t]), math.Sqrt(ownVar[t])
			df = float64(e.M - e.K)
		}
		if q := p.scratch.quantile(df); q == q {
			a.Lower, a.Upper = a.CAAR-q*a.CAARSE, a.CAAR+q*a.CAARSE
		}
		grp.Averages[t] = a
	}
}

// groups lists the groups in the order of Study.Groups; within one grouping in
// the order of first appearance. Observations that are excluded are in none; those
// of one security and session 0 are in a group once, the first of them.
func (r *Result) groups() []Group {
	var out []Group
	type once struct{ group, first int32 }
	of := make([]int32, r.N()) // index into out; -1: none
	for _, by := range r.Study.Groups {
		if by == ByEvent && r.early != nil {
			out = r.groupsOfEvents(out)
			continue
		}
		begin := len(out)
		slot := r.slots(by)
		var size []int
		seen := make(map[once]bool) // returns whose first observation is in another group
		for i := range r.N() {
			of[i] = -1
			if !r.Used(i) {
				continue
			}
			at := slot(i)
			if at == nil {
				continue
			}
			if *at == 0 {
				g := Group{By: by, Key: r.key(by, r.Observation(i))}
				out, size = append(out, g), append(size, 0)
				*at = int32(len(out))
			}
			if first, again := r.SameReturn(i); again && by != ByEvent {
				k := once{*at - 1, int32(first)}
				if of[first] == k.group || seen[k] {
					out[k.group].Repeats = append(out[k.group].Repeats, i)
					continue
				}
				seen[k] = true
			}
			of[i] = *at - 1
			size[int(of[i])-begin]++
		}
		for k := range size {
			out[begin+k].Members = make([]int, 0, size[k])
		}
		for i, k := range of {
			if k >= 0 {
				out[k].Members = append(out[k].Members, i)
			}
		}
	}
	return slices.Clip(out)
}

// groupsOfEvents appends the groups by event, those that are measured already as they are.
func (r *Result) groupsOfEvents(out []Group) []Group {
	out = slices.Grow(out, len(r.early))
	for ev := range r.early {
		g := r.early[ev]
		if g.Members == nil {
			for i := r.first[ev]; i < r.first[ev+1]; i++ {
				if r.Used(i) {
					g.Members = append(g.Members, i)
				}
			}
			if g.Members == nil {
				continue
			}
			g.By, g.Key = ByEvent, r.Catalog.Events[ev].ID
		}
		out = append(out, g)
	}
	return out
}

// slots returns where the group of a used observation is noted, as its index plus
// one; nil for an observation that is in none.
func (r *Result) slots(by Grouping) func(i int) *int32 {
	switch by {
	case ByEvent:
		at := make([]int32, len(r.Catalog.Events))
		return func(i int) *int32 { return &at[r.eventOf(i)] }
	case BySecurity:
		at := make([]int32, len(r.Panel.Columns))
		return func(i int) *int32 { return &at[r.spots[i].column] }
	case ByCategory:
		at := make(map[string]*int32)
		return func(i int) *int32 {
			c := r.Catalog.Events[r.eventOf(i)].Category
			if at[c] == nil && c != "" {
				at[c] = new(int32)
			}
			return at[c]
		}
	}
	at := new(int32)
	return func(int) *int32 { return at }
}

// key is the key of the group of an observation.
func (r *Result) key(by Grouping, o *Observation) string {
	switch by {
	case ByEvent:
		return o.EventID
	case BySecurity:
		return o.Security
	case ByCategory:
		return r.Catalog.Events[o.Event].Category
	}
	return string(All)
}
