package analysis

import (
	"cmp"
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"

	"aftershock/analysis/stat"
)

// Grouping says by what observations are pooled.
type Grouping string

// The groupings.
const (
	ByEvent    Grouping = "event"
	BySecurity Grouping = "security"
	ByCategory Grouping = "category"
	All        Grouping = "all"
)

// Groupings lists every Grouping.
var Groupings = []Grouping{ByEvent, BySecurity, ByCategory, All}

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
	Missing  []int   // members (indices into Result.Observations) without a CAR here
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
	Members []int  // indices into Result.Observations, used ones only, one for each security and session 0
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
	p.ctx = ctx
	grp.SameDate = p.sameDate
	grp.average(g, p)
	grp.Windows = mem.windows.next(len(r.Study.CARWindows))
	for w := range grp.Windows {
		c := newCrossSection(p, w)
		gw := &grp.Windows[w]
		*gw = GroupWindow{Window: c.Window, N: c.N(), CAAR: nan, MeanCAR: nan, ABHAR: nan, MeanSCAR: nan, RBar: c.RBar()}
		gw.Drawn, gw.RBarSE = c.pool.rested.drawn, c.pool.rested.se
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
				if math.IsNaN(g.car[int(r.Observations[i].row)*g.windows+w]) {
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
	}
}

// rowsOf returns the rows of the members of a group, in dst where it is long
// enough: in their order, or of many as they lie in memory.
func (r *Result) rowsOf(grp *Group, dst []int32) []int32 {
	dst = stat.Grown(dst, len(grp.Members))
	for k, i := range grp.Members {
		dst[k] = r.Observations[i].row
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
	p.even = p.even && grp.SEMethod == "portfolio" // else the spreads are asked for
	ar, car := p.moments()
	grp.Averages = p.scratch.averages.next(l)
	if grp.SEMethod != "portfolio" {
		p.inflate(ar, car)
	}
	for t := range l {
		a := Average{Tau: g.study.EventWindow.From + t, N: int(ar.n[t]), AAR: ar.mean[t], SD: ar.sd[t], SE: ar.se[t], Positive: int(ar.positive[t]),
			NPath: int(car.n[t]), CAAR: car.mean[t], CAARSE: car.se[t], Lower: nan, Upper: nan}
		df := float64(a.NPath - 1)
		if grp.SEMethod == "portfolio" {
			e := p.whole.eng.estimate(0)
			a.SE, a.CAARSE = math.Sqrt(p.whole.eng.va[t]), math.Sqrt(ownVar[t])
			df = float64(e.M - e.K)
		}
		if q := p.scratch.quantile(df); q == q {
			a.Lower, a.Upper = a.CAAR-q*a.CAARSE, a.CAAR+q*a.CAARSE
		}
		grp.Averages[t] = a
	}
}

// inflate widens the standard errors of the members' ARs, and of their CARs from
// the event window's start, for how they move together.
func (p *pool) inflate(ar, car *moments) {
	g, n := p.eng, len(p.rows)
	if n < 2 {
		return
	}
	p.rbarOf(g.study.EventWindow) // what all sessions share
	if most := float64(n); slices.Min(ar.n) < most || slices.Min(car.n) < most {
		p.pairing()
	}
	gaps := p.pathSpans()
	session := func(t int, in []bool) {
		tau := g.study.EventWindow.From + t
		marked := func(m *moments, has func(i int, r int32) bool, win Window) {
			k := int(m.n[t])
			if k < n {
				for i, r := range p.rows {
					in[i] = has(i, r)
				}
			}
			m.se[t] *= inflation(k, p.among(k, in, win))
		}
		marked(ar, func(_ int, r int32) bool { v := g.ar[int(r)*g.length+t]; return v == v }, Window{tau, tau})
		marked(car, func(i int, _ int32) bool { return t >= int(gaps[i].from) && t < int(gaps[i].to) }, Window{g.study.EventWindow.From, tau})
	}
	if n <= block {
		in := make([]bool, n)
		for t := range g.length {
			session(t, in)
		}
		return
	}
	_ = parallel(context.Background(), g.length, 1, nil, func(_ *workspace, t int) { session(t, make([]bool, n)) })
}

// among is rbar over win for the k members that in marks.
func (p *pool) among(k int, in []bool, win Window) float64 {
	if k == len(p.rows) {
		return p.rbarOf(win).r
	}
	return p.pairMean(k, in, win).r
}

// span is a range of sessions of the event window.
type span struct{ from, to int32 }

// pathSpans returns for each member the sessions on which it has a CAR from the
// window's start.
func (p *pool) pathSpans() []span {
	g := p.eng
	out := make([]span, len(p.rows))
	for i, r := range p.rows {
		s := span{to: int32(g.length)}
		for t, v := range g.ar[int(r)*g.length:][:g.length] {
			switch {
			case v == v:
			case g.study.MissingEvent != ZeroMissing:
				s.to = min(s.to, int32(t))
			case s.from == int32(t):
				s.from++
			}
		}
		out[i] = s
	}
	return out
}

// moments returns the moments of the members' ARs, and of their CARs from the
// event window's start; of an even pool, only the means of these. Two passes
// over the members, which keep nothing of them: means, then spreads.
func (p *pool) moments() (ar, car *moments) {
	l := p.eng.length
	path := p.scratch.zeros(l)
	ar, car = &p.own.ar, &p.own.car
	ar.make(l, p.scratch)
	car.make(l, p.scratch)
	for _, spread := range []bool{false, true} {
		if len(p.rows) <= block {
			p.addMoments(ar, car, p.rows, spread, path)
		} else {
			p.momentBlocks(ar, car, spread)
		}
		if p.even && !spread {
			copy(ar.mean, p.eventSums())
		}
		weighted := p.eng.study.Weights != EqualWeights
		ar.end(spread, weighted)
		car.end(spread, weighted)
	}
	if p.even {
		copy(car.n, ar.n)
		var sum float64
		for t, v := range ar.mean {
			sum += v
			car.mean[t] = sum
		}
	}
	return ar, car
}

// momentBlocks is addMoments for many members.
func (p *pool) momentBlocks(ar, car *moments, spread bool) {
	type two struct{ ar, car moments }
	l := p.eng.length
	inBlocks(p.rows, func(rows []int32) *two {
		m := new(two)
		m.ar.make(l, nil)
		m.car.make(l, nil)
		if spread {
			m.ar.mean, m.car.mean = ar.mean, car.mean
		}
		p.addMoments(&m.ar, &m.car, rows, spread, make([]float64, l))
		return m
	}, func(m *two) {
		ar.merge(&m.ar, spread)
		car.merge(&m.car, spread)
	})
}

// addMoments adds what rows add to the means, or to the spreads. path is scratch.
func (p *pool) addMoments(ar, car *moments, rows []int32, spread bool, path []float64) {
	g := p.eng
	if p.even {
		ar.addWhole(g, rows, spread)
		return
	}
	for _, r := range rows {
		w, x := g.weight(r), g.ar[int(r)*g.length:][:g.length]
		g.cumulative(int(r), path)
		ar.add(x, w, spread)
		car.add(path, w, spread)
	}
}

// moments are weighted means and spreads by session, NaN values left out.
// The mean is weighted, and so is what its error takes; sd is about the plain mean,
// which sum gives where weights differ.
type moments struct{ n, positive, weight, mean, ss, ws, sd, se, sum []float64 }

func (m *moments) make(l int, mem *scratch) {
	f := mem.zeros(9 * l)
	*m = moments{f[:l], f[l : 2*l], f[2*l : 3*l], f[3*l : 4*l], f[4*l : 5*l], f[5*l : 6*l], f[6*l : 7*l], f[7*l : 8*l], f[8*l:]}
}

// add takes the values x of one observation of weight w, first for the mean,
// then for the spread.
func (m *moments) add(x []float64, w float64, spread bool) {
	for t, v := range x {
		if v != v {
			continue
		}
		if spread {
			d := v - m.mean[t]
			m.ss[t] += d * d
			m.ws[t] += w * w * d * d
			continue
		}
		m.n[t]++
		m.weight[t] += w
		m.mean[t] += w * v
		m.sum[t] += v
		if v > 0 {
			m.positive[t]++
		}
	}
}

// addWhole is add for the abnormal returns of rows of which none is missing, but for
// their mean and what only its error takes.
func (m *moments) addWhole(g *engine, rows []int32, spread bool) {
	mean := m.mean
	if spread {
		ss := m.ss[:len(mean)]
		for _, r := range rows {
			for t, v := range g.ar[int(r)*g.length:][:len(mean)] {
				d := v - mean[t]
				ss[t] += d * d
			}
		}
		return
	}
	positive := m.positive[:len(mean)]
	var weights float64
	for _, r := range rows {
		weights += g.weight(r)
		for t, v := range g.ar[int(r)*g.length:][:len(mean)] {
			positive[t] += float64(above(v))
		}
	}
	if g.study.Weights != EqualWeights {
		for _, r := range rows {
			floats.Add(m.sum, g.ar[int(r)*g.length:][:len(mean)])
		}
	}
	floats.AddConst(float64(len(rows)), m.n)
	floats.AddConst(weights, m.weight)
}

// merge adds the sums of other observations.
func (m *moments) merge(o *moments, spread bool) {
	for t := range m.n {
		if spread {
			m.ss[t] += o.ss[t]
			m.ws[t] += o.ws[t]
			continue
		}
		m.n[t] += o.n[t]
		m.positive[t] += o.positive[t]
		m.weight[t] += o.weight[t]
		m.mean[t] += o.mean[t]
		m.sum[t] += o.sum[t]
	}
}

// end completes the means, then the spreads. The squares are about the weighted mean:
//
//	sum (x - plain)^2 = sum (x - mean)^2 - n (mean - plain)^2
func (m *moments) end(spread, weighted bool) {
	for t, n := range m.n {
		if !spread {
			m.mean[t] /= m.weight[t] // 0/0 for no value
			continue
		}
		ss := m.ss[t]
		if weighted {
			d := m.mean[t] - m.sum[t]/n
			ss = max(0, ss-n*d*d)
		}
		m.sd[t], m.se[t] = math.Sqrt(ss/(n-1)), math.Sqrt(n/(n-1)*m.ws[t])/m.weight[t] // 0/0 for one value
		if n < 2 {
			m.sd[t], m.se[t] = nan, nan
		}
	}
}

// above is 1 for a number above 0 and else 0, without a branch.
func above(v float64) int {
	bits := int64(math.Float64bits(v)) // above 0 as v is
	return int(uint64(-bits&^bits) >> 63)
}

// inflation is sqrt((1+(N-1)r)/(1-r)), 1 where r is not positive or not known.
func inflation(n int, r float64) float64 {
	if !(r > 0) || r >= 1 {
		return 1
	}
	return math.Sqrt((1 + float64(n-1)*r) / (1 - r))
}
