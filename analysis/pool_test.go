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

// crowd is a panel of securities of two calendars that move together beyond their
// index, some with gaps, and events on several dates about all of them.
func crowd(t *testing.T, securities, dates, apart int, gaps bool) (*Result, *pool) {
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
		column := func(symbol string, r []float64) {
			if err := p.AddColumn(&market.Column{Security: market.Security{Symbol: symbol, Benchmark: fmt.Sprint("INDEX", k)}, Calendar: cal, First: first, Return: r}); err != nil {
				t.Fatal(err)
			}
		}
		column(fmt.Sprint("INDEX", k), index)
		for i := range securities {
			r := make([]float64, len(index))
			for s := range r {
				r[s] = index[s] + shared[s] + 0.02*rng.NormFloat64()
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
	r := mustRun(t, st, &c, p)
	return r, newPool(r.eng, r.rowsOf(r.Group(All, "all"), nil))
}

// The mean correlation from sums by date is that of the pairs one by one: windows that
// overlap in part, two calendars, members that lack sessions.
func TestPairSums(t *testing.T) {
	for _, gaps := range []bool{false, true} {
		r, p := crowd(t, 20, 9, 3, gaps)
		q := p.pairing()
		if q.summed == nil || len(q.foreign) == 0 || gaps != (len(q.listed) > 0) {
			t.Fatalf("gaps %v: %d foreign sums, %d pairs listed", gaps, len(q.foreign), len(q.listed))
		}
		for w, win := range r.Study.CARWindows {
			want := rbarByPairs(p, win)
			if got := p.rbarOf(win).r; math.Abs(got-want) > 1e-12 || want == 0 {
				t.Errorf("gaps %v, %s: %v, by pairs %v", gaps, win, got, want)
			}
			if g := r.Group(All, "all").Windows[w]; g.Drawn != 0 || g.RBarSE != 0 {
				t.Errorf("%d pairs drawn", g.Drawn)
			}
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
	all := slices.Clone(p.plan().listed)
	pieces := slices.Clone(all)
	p.correlate(all)
	for k := 0; k < len(pieces); k += 7 {
		p.correlate(pieces[k:min(k+7, len(pieces))])
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
	got, want := pool.rbarOf(Window{0, 0}).r, rbarByPairs(pool, Window{0, 0})
	if q := pool.pairing(); pool.summary().complete || q.drawn() > 0 || len(rows)*(len(rows)-1)/2 <= maxPairs || len(q.listed) == 0 {
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
	var sum float64
	for _, q := range p.pairing().listed {
		sum += 2 * q.rho
	}
	if got := p.summary().rho; math.Abs(got-sum) > 1e-12 || !p.summary().complete {
		t.Errorf("sum of correlations %v, by pairs %v", got, sum)
	}
}

// The mean correlation of some members, over windows that overlap in part, is
// that of their pairs, each by the sessions that its windows share.
func TestRBarOfSome(t *testing.T) {
	s := simulate(t, 12, 700, 9)
	var e []events.Event
	for k := range 6 {
		e = append(e, s.event(400+2*k, names(12)[k:k+6]...))
	}
	st := s.study()
	st.EstimationWindow, st.EventWindow, st.CARWindows = Window{-120, -6}, Window{-5, 5}, []Window{{-5, 5}}
	r := s.run(t, st, e...)
	p := newPool(r.eng, r.rowsOf(&r.Groups[0], nil))
	in, k := make([]bool, len(p.rows)), 0
	for i := range in {
		if in[i] = i%3 > 0; in[i] {
			k++
		}
	}
	for _, win := range []Window{{0, 0}, {-1, 2}, {-5, 5}} {
		var want float64
		for i := range in {
			for j := range i {
				if in[i] && in[j] {
					x := slices.Clone(p.residuals(i))
					want += p.correlation(i, j, x, p.residuals(j)) * float64(p.overlap(i, j, win)) / float64(win.Len())
				}
			}
		}
		want /= float64(k * (k - 1) / 2)
		if got := p.pairMean(k, in, win).r; math.Abs(got-want) > 1e-12 || want == 0 {
			t.Errorf("%s: %v, of the pairs %v", win, got, want)
		}
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
