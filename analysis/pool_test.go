package analysis

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// rbarByPairs is r over win of all members of p, one pair at a time.
func rbarByPairs(p *pool, win Window) float64 {
	n, sum := len(p.rows), 0.0
	e := make([][]float64, n)
	for i := range e {
		e[i] = slices.Clone(p.residuals(i))
	}
	for i := range n {
		for j := range i {
			if o := p.overlap(i, j, win); o > 0 {
				sum += p.correlation(i, j, e[i], e[j]) * float64(o)
			}
		}
	}
	return sum / float64(win.Len()) / (float64(n) * float64(n-1) / 2)
}

// asked returns the members of p that a question asks about, found session by session.
func (p *pool) asked(q question) *pool {
	g := p.eng
	var rows []int32
	for _, r := range p.rows {
		n := 0
		for tau := q.win.From; tau <= q.win.To; tau++ {
			if v := g.abnormalAt(int(r), tau-g.study.EventWindow.From); v == v {
				n++
			}
		}
		has := n == q.win.Len() || g.study.MissingEvent == ZeroMissing && n > 0
		if q.car >= 0 {
			has = !math.IsNaN(g.car[int(r)*g.windows+q.car])
		}
		if has {
			rows = append(rows, r)
		}
	}
	return newPool(g, rows)
}

// crowd is a panel of securities of two calendars that move together beyond their
// index, some with gaps, and events on several dates about all of them.
func crowd(t *testing.T, securities, dates, apart int, gaps bool, change ...func(s *Study)) (*Result, *pool) {
	t.Helper()
	p := market.NewPanel(market.Simple, market.Skip)
	rng := rand.New(rand.NewPCG(4, 4))
	begin := market.NewDate(2015, 1, 5)
	var c events.Catalog
	var symbols []string
	for k, cal := range []*market.Calendar{market.NYSE(), market.CalendarOf(market.Security{Symbol: "8035.T"})} {
		first := cal.Search(begin)
		index := make([]float64, 900)
		shared := make([]float64, 900)
		for s := range index {
			index[s], shared[s] = 0.01*rng.NormFloat64(), 0.01*rng.NormFloat64()
		}
		benchmark := fmt.Sprint("INDEX", k)
		column := func(symbol string, r []float64) {
			if err := p.AddColumn(&market.Column{Security: market.Security{Symbol: symbol, Benchmark: benchmark}, Calendar: cal, First: first, Return: r}); err != nil {
				t.Fatal(err)
			}
		}
		column(benchmark, index)
		column(fmt.Sprint("SHARED", k), shared)
		for i := range securities {
			r := make([]float64, len(index))
			own := 0.02
			if i == 5 { // of which the benchmark explains all but 1e-8
				own = 1e-6
			}
			if benchmark = fmt.Sprint("INDEX", k); i%5 == 3 {
				benchmark = fmt.Sprint("SHARED", k)
			}
			for s := range r {
				r[s] = index[s] + own/0.02*shared[s] + own*rng.NormFloat64()
				if i == 6 && s%211 == 7 {
					r[s] += 3 // most of what it varies is on few days
				}
				if gaps && i%4 == 0 && rng.IntN(60) == 0 {
					r[s] = nan
				}
			}
			symbols = append(symbols, fmt.Sprint("S", k, ".", i))
			column(symbols[len(symbols)-1], r)
		}
	}
	ny := market.NYSE()
	for d := range dates {
		e := events.Event{ID: fmt.Sprint("e", d), DateOnly: true, Time: ny.Date(ny.Search(begin)+400+d*apart).In(time.UTC, 0)}
		for _, s := range symbols {
			e.Targets = append(e.Targets, events.Target{Symbol: s})
		}
		c.Events = append(c.Events, e)
	}
	st := DefaultStudy()
	st.Benchmark, st.Groups, st.Tests = "INDEX0", []Grouping{All}, []Test{KPBMP{}}
	st.CARWindows = []Window{{-10, 10}, {0, 0}, {-1, 3}}
	for _, f := range change {
		f(st)
	}
	r := mustRun(t, st, &c, p)
	return r, newPool(r.eng, r.rowsOf(r.Group(All, "all"), nil))
}

// The mean correlation from sums by date is that of the pairs one by one, whichever members
// and sessions it is asked of: windows that overlap in part, two calendars, members that
// lack sessions of one window or the other.
func TestPairSums(t *testing.T) {
	for name, c := range map[string]struct {
		gaps   bool
		change func(s *Study)
	}{
		"whole":   {false, func(*Study) {}},
		"gaps":    {true, func(*Study) {}},
		"zero":    {true, func(s *Study) { s.MissingEvent = ZeroMissing }},
		"dropped": {true, func(s *Study) { s.Confounders = DropConfounders }},
	} {
		r, p := crowd(t, 11, 9, 3, c.gaps, c.change)
		q, plan := p.pairing(), p.plan()
		abroad := slices.ContainsFunc(plan.meetings, func(m meeting) bool { return m.lag < 0 })
		if q.isSummed == nil || !abroad || c.gaps != (plan.ones() > pairsOfItem) || q.drawn > 0 {
			t.Fatalf("%s: %d pairs one by one, on two calendars: %t", name, plan.ones(), abroad)
		}
		asked, few := r.eng.questions(), 0
		for k, x := range asked {
			some := p.asked(x)
			if len(some.rows) < len(p.rows) {
				few++
			}
			want := rbarByPairs(some, x.win)
			got := p.part(some.rows).rbarOf(len(some.rows), k)
			if math.Abs(got.r-want) > 1e-12 || want == 0 || got.drawn > 0 || got.se != 0 {
				t.Errorf("%s, question %d, %v of %d of %d members: %v, by pairs %v", name, k, x, len(some.rows), len(p.rows), got, want)
			}
			if x.car >= 0 {
				if g := r.Group(All, "all").Windows[x.car]; g.N != len(some.rows) || math.Abs(g.RBar-want) > 1e-12 {
					t.Errorf("%s, %s: %v of %d, by pairs %v of %d", name, g.Window, g.RBar, g.N, want, len(some.rows))
				}
			}
		}
		own := newPool(r.eng, p.rows)
		own.questions = []question{{Window{-2, -2}, -1}, {Window{-2, 5}, -1}, {Window{3, 3}, -1}, {Window{3, 10}, -1}}
		for k, x := range own.questions {
			some := p.asked(x)
			if got, want := own.rbarOf(len(some.rows), k).r, rbarByPairs(some, x.win); math.Abs(got-want) > 1e-12 || want == 0 {
				t.Errorf("%s, own question %v of %d members: %v, by pairs %v", name, x, len(some.rows), got, want)
			}
		}
		if c.gaps != (few > 10) {
			t.Errorf("%s: %d of %d questions ask about some members alone", name, few, len(asked))
		}
	}
}

// What is gone through one by one is each pair with an incomplete member, once.
func TestPairNumbers(t *testing.T) {
	_, p := crowd(t, 14, 9, 3, true)
	plan := p.plan()
	all := make([]pair, plan.ones())
	plan.pairs(0, all)
	seen := make(map[[2]int32]bool)
	g := p.eng
	for _, f := range all {
		a, b := p.rows[f.i], p.rows[f.j]
		lag := max(g.s0[a]-g.s0[b], g.s0[b]-g.s0[a])
		if g.ser[a].col.Calendar != g.ser[b].col.Calendar {
			lag = -1
		}
		if f.i >= f.j || seen[[2]int32{f.i, f.j}] || g.complete(a) && g.complete(b) || f.lag != lag || p.overlap(int(f.i), int(f.j), g.study.EventWindow) == 0 {
			t.Fatalf("pair %v", f)
		}
		seen[[2]int32{f.i, f.j}] = true
	}
	n := 0
	for i, a := range p.rows {
		for j, b := range p.rows[:i] {
			if !(g.complete(a) && g.complete(b)) && p.overlap(i, j, g.study.EventWindow) > 0 {
				n++
			}
		}
	}
	if n != len(all) {
		t.Errorf("%d pairs, want %d", len(all), n)
	}
	for first := 0; first < n; first += 997 {
		some := make([]pair, min(13, n-first))
		if plan.pairs(first, some); !slices.Equal(some, all[first:][:len(some)]) {
			t.Fatalf("from %d on: %v, want %v", first, some, all[first:][:len(some)])
		}
	}
	for range 40 { // drawn ones, some of them twice
		plan.drawn = append(plan.drawn, len(plan.drawn)*len(plan.drawn)/2%n)
	}
	slices.Sort(plan.drawn)
	some := make([]pair, 30)
	plan.pairs(5, some)
	for k, f := range some {
		if f != all[plan.drawn[5+k]] {
			t.Errorf("drawn %d: %v, want %v", plan.drawn[5+k], f, all[plan.drawn[5+k]])
		}
	}
}

// The sums of a cohort's residuals over what it has in common with others are those of each
// stretch, also where most of what they vary lies outside it.
func TestSpans(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 10))
	const m = 90
	s := &standards{after: []int32{0, 1, 4, 30, 60}, before: []int32{55, 20, 3, 1}, abroad: [][]int32{{2, 3, 40, 89}}}
	parts := [][]int{}
	stretch := func(from, to int) (at []int) {
		for t := from; t < to; t++ {
			at = append(at, t)
		}
		return at
	}
	for _, lag := range s.after {
		parts = append(parts, stretch(int(lag), m))
	}
	for _, lag := range s.before {
		parts = append(parts, stretch(0, m-int(lag)))
	}
	parts = append(parts, []int{2, 3, 40, 89})
	out := &stat.Spans{Sum: make([]float64, len(parts)), Squares: make([]float64, len(parts))}
	for k := range 300 {
		x := make([]float64, m)
		for i := range x {
			x[i] = rng.NormFloat64()
		}
		switch k % 3 {
		case 1:
			x[2] *= 1e7
		case 2:
			x[m-2] *= 1e7
		}
		s.spans(x, out)
		for row, at := range parts {
			var sum, size, squares float64
			for _, t := range at {
				sum, size, squares = sum+x[t], size+math.Abs(x[t]), squares+x[t]*x[t]
			}
			if s.count(row, m) != len(at) || math.Abs(out.Sum[row]-sum) > 1e-13*size || math.Abs(out.Squares[row]-squares) > 1e-13*squares {
				t.Fatalf("row %d: %d sessions, %v and %v; want %d, %v and %v", row, s.count(row, m), out.Sum[row], out.Squares[row], len(at), sum, squares)
			}
		}
	}
}

// Residuals with zeros in their gaps correlate as the sessions that two have in common do,
// whatever is missing of either and however far they lie apart.
func TestFilled(t *testing.T) {
	rng := rand.New(rand.NewPCG(3, 9))
	const m = 120
	lost, few := 0, 0
	for range 4000 {
		draw := func() []float64 {
			e := make([]float64, m)
			for k := range e {
				e[k] = rng.NormFloat64()
			}
			switch rng.IntN(4) {
			case 0: // listed late, or gone
				a, b := rng.IntN(m), rng.IntN(m)
				for k := min(a, b); k < max(a, b); k++ {
					e[k] = nan
				}
			case 1: // single ones
				for range rng.IntN(60) {
					e[rng.IntN(m)] = nan
				}
			case 2: // most of what it varies lies at one end
				for k := range 8 {
					e[k] *= 1e4
				}
			}
			return e
		}
		x, y, d := draw(), draw(), rng.IntN(2*m+20)-m-10
		want := 0.0
		if a, b := max(0, -d), min(m, m-d); a < b {
			want = pearson(x[a:b], y[a+d:b+d])
		}
		var f, o filled
		f.fill(slices.Clone(x))
		o.fill(slices.Clone(y))
		got, ok := f.with(&o, d)
		if !ok {
			lost++
			continue
		}
		if want == 0 {
			few++
		}
		if math.Abs(got-want) > 1e-13 {
			t.Fatalf("%d apart: %v, of the common sessions %v", d, got, want)
		}
	}
	if lost == 0 || lost > 1500 || few == 0 || few > 3000 {
		t.Errorf("digits were lost %d times, sessions too few %d times", lost, few)
	}
}

// Pairs have the same correlations in pieces, whose residuals are not kept, as together.
func TestPairsInPieces(t *testing.T) {
	_, p := crowd(t, 20, 9, 3, true)
	plan := p.plan()
	all := make([]pair, plan.ones())
	plan.pairs(0, all)
	pieces := slices.Clone(all)
	m := p.eng.study.EstimationWindow.Len()
	x, y := make([]float64, m), make([]float64, m)
	c, few := p.correlator(len(all)), p.correlator(1)
	if c.kept == nil || few.kept != nil {
		t.Fatal("residuals are kept of few, or not of many")
	}
	c.correlate(all, x, y, p.overlaps())
	for k := 0; k < len(pieces); k += 7 {
		few.correlate(pieces[k:min(k+7, len(pieces))], x, y, p.overlaps())
	}
	if len(all) < 100 || !slices.Equal(all, pieces) {
		t.Errorf("%d pairs, the same in pieces: %v", len(all), slices.Equal(all, pieces))
	}
}

// Of one date and of a member that was listed late, two million pairs and more.
func TestRBarOfMany(t *testing.T) {
	if testing.Short() {
		t.Skip("two million correlations")
	}
	p := benchPanel(t, 2100, 300)
	for i, c := range p.Columns[1:] {
		for k := range c.Return {
			c.Return[k] += 0.01 * math.Sin(float64(k*k)) // an industry that the benchmark does not explain
		}
		if i%700 == 3 {
			c.Return[30+i%200] = nan
		}
	}
	s := DefaultStudy()
	s.Benchmark, s.Groups, s.Tests = "INDEX", nil, nil
	r := mustRun(t, s, benchCatalog(p, 2100), p)
	rows := make([]int32, len(r.eng.s0))
	for i := range rows {
		rows[i] = int32(i)
	}
	pool := newPool(r.eng, rows)
	got, want := pool.rbarOf(len(rows), r.eng.onSession(-s.EventWindow.From)).r, rbarByPairs(pool, Window{0, 0})
	if q := pool.pairing(); pool.summary().complete || q.drawn > 0 || len(rows)*(len(rows)-1)/2 <= maxPairs || q.others == 0 {
		t.Fatalf("%d securities are no case of this", len(rows))
	}
	if math.Abs(got-want) > 1e-11*want || want < 0.05 {
		t.Errorf("mean correlation %v, of the pairs %v", got, want)
	}
}

// Where too many pairs have a member that lacks a session, the mean correlation rests on
// a sample of them, says so, and is within its standard error of that of all.
func TestSampledPairs(t *testing.T) {
	if testing.Short() {
		t.Skip("two million correlations")
	}
	p := benchPanel(t, 260, 700)
	for i, c := range p.Columns[1:] {
		if i%2 == 0 {
			c.Return[120+i] = nan // every estimation window lacks it
		}
	}
	c := benchCatalog(p, 260*70) // 70 dates within 490 sessions: windows of 21 overlap
	s := DefaultStudy()
	s.Benchmark, s.Groups, s.Tests = "INDEX", []Grouping{All}, []Test{KPBMP{}}
	s.CARWindows = []Window{{-10, 10}}
	r, err := s.Run(context.Background(), c, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := r.Group(All, "all")
	w := g.Windows[0]
	pool := newPool(r.eng, r.rowsOf(g, nil))
	if w.Drawn != drawnPairs || !(w.RBarSE > 0) || !hasNote(r, "sampled-pairs") {
		t.Fatalf("%d pairs drawn of %d, standard error %v", w.Drawn, pool.pairing().others, w.RBarSE)
	}
	if want := rbarByPairs(pool, w.Window); math.Abs(w.RBar-want) > 4*w.RBarSE || w.RBarSE > 0.05*want {
		t.Errorf("mean correlation %v from a sample (standard error %v), %v from all pairs", w.RBar, w.RBarSE, want)
	}
}

func hasNote(r *Result, code string) bool {
	for _, n := range r.Notes {
		if n.Code == code {
			return true
		}
	}
	return false
}

// The correlation sum of a common date equals that of its pairs.
func TestCorrelationSum(t *testing.T) {
	n := newNasty(t)
	s := n.study()
	s.EventIDs = []string{"sell-off"}
	r := mustRun(t, s, n.catalog, n.panel(t, market.Simple, nil))
	p := newPool(r.eng, []int32{0, 1, 2, 3, 4})
	pairs := make([]pair, p.plan().ones())
	p.plan().pairs(0, pairs)
	m := s.EstimationWindow.Len()
	c := p.correlator(len(pairs))
	c.correlate(pairs, make([]float64, m), make([]float64, m), p.overlaps())
	var sum float64
	for _, q := range pairs {
		sum += 2 * q.rho
	}
	if got := p.summary().rho; math.Abs(got-sum) > 1e-12 || !p.summary().complete {
		t.Errorf("sum of correlations %v, by pairs %v", got, sum)
	}
}

// The members of one date whose portfolio has no variance are averaged by their
// spread.
func TestMirrored(t *testing.T) {
	s := simulate(t, 1, 700, 9)
	one, index := s.panel.Column("S0").Return, s.panel.Column("INDEX").Return
	mirror := make([]float64, len(one))
	for k := range mirror {
		mirror[k] = 2*index[k] - one[k]
	}
	s.add(t, "M", mirror)
	r := s.run(t, s.study(), s.event(400, "S0", "M"))
	g := &r.Groups[0]
	if a := g.Averages[1]; g.SEMethod != "cross-section" || !(a.SE > 0) || !(a.CAARSE > 0) || !(a.Upper > a.Lower) {
		t.Errorf("%s: %+v", g.SEMethod, a)
	}
}

// Moments of many members in one pass are those of two, with members that lack sessions;
// where all lie far from 0 the one pass gives up.
func TestMomentsAtOnce(t *testing.T) {
	p := benchPanel(t, 60, 700)
	for k := range 20 {
		p.Columns[2+2*k].Return[290+20*k] = nan
	}
	for _, missing := range []MissingEvent{ExcludeMissing, ZeroMissing} {
		s := DefaultStudy()
		s.Benchmark, s.EstimationWindow, s.MinEstimation, s.Groups, s.Tests = "INDEX", Window{-140, -21}, 100, nil, nil
		s.MissingEvent = missing
		r := mustRun(t, s, benchCatalog(p, 2*block), p)
		l := r.eng.length
		rows := make([]int32, len(r.eng.s0))
		for i := range rows {
			rows[i] = int32(i)
		}
		q := newPool(r.eng, rows)
		if q.even || len(rows) <= block || !slices.ContainsFunc(rows, func(row int32) bool { return !r.eng.entire(row) }) {
			t.Fatalf("%d members are no case of this", len(rows))
		}
		var ar, car, two, twoCAR moments
		for _, m := range []*moments{&ar, &car, &two, &twoCAR} {
			m.make(l, nil)
		}
		if !q.momentsAtOnce(&ar, &car) {
			t.Fatal("one pass gives up")
		}
		for _, spread := range []bool{false, true} {
			q.addMoments(&two, &twoCAR, rows, spread, make([]float64, 2*l))
			two.end(spread, false)
			twoCAR.end(spread, false)
		}
		for name, both := range map[string][2]*moments{"AR": {&ar, &two}, "CAR": {&car, &twoCAR}} {
			a, b := both[0], both[1]
			if slices.Max(a.n) == slices.Min(a.n) {
				t.Errorf("%s: no session lacks a member", name)
			}
			for k := range l {
				got := []float64{a.n[k], a.positive[k], a.weight[k], a.mean[k], a.sd[k], a.se[k]}
				want := []float64{b.n[k], b.positive[k], b.weight[k], b.mean[k], b.sd[k], b.se[k]}
				for i, v := range want {
					if !(math.Abs(got[i]-v) <= 1e-12*math.Abs(v)+1e-16) {
						t.Errorf("%s, session %d: %v, in two passes %v", name, k, got, want)
						break
					}
				}
			}
		}
		for _, row := range rows {
			r.eng.b[int(row)*r.eng.coefs] -= 5 // all ARs are near 5
		}
		var far, farCAR moments
		far.make(l, nil)
		farCAR.make(l, nil)
		if q.momentsAtOnce(&far, &farCAR) || slices.ContainsFunc(far.n, func(n float64) bool { return n != 0 }) {
			t.Error("one pass does not give up, or leaves something")
		}
		got, _ := q.moments()
		for k := range l {
			if math.Abs(got.mean[k]-5-ar.mean[k]) > 1e-12 || math.Abs(got.sd[k]-ar.sd[k]) > 1e-12 {
				t.Errorf("session %d: mean %v and sd %v of 5 more, %v and %v before", k, got.mean[k], got.sd[k], ar.mean[k], ar.sd[k])
			}
		}
	}
}

// Sessions of two calendars meet by date, in whatever order they are asked for.
func TestAlignment(t *testing.T) {
	a, b := market.NYSE(), market.CalendarOf(market.Security{Symbol: "8035.T"})
	rng := rand.New(rand.NewPCG(3, 11))
	x, none, far := &alignment{of: a, to: b}, 0, a.Search(market.NewDate(2015, 1, 5))
	for range 3000 {
		k := far + rng.IntN(700) - 350
		if rng.IntN(50) == 0 {
			k = rng.IntN(a.Len()+20) - 10
		}
		want := -1
		if k >= 0 && k < a.Len() {
			if l, ok := b.Index(a.Date(k)); ok {
				want = l
			} else {
				none++
			}
		}
		for range 2 { // looked up, and known
			if got := x.session(k); got != want {
				t.Fatalf("session %d: %d, want %d", k, got, want)
			}
		}
	}
	if none == 0 {
		t.Error("all sessions are on both")
	}
	if x = (&alignment{of: a, to: b}); x.session(far) == 0 || len(x.known) > 256 {
		t.Errorf("%d sessions are held of one", len(x.known))
	}
}
