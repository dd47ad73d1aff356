package analysis

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"aftershock/events"
	"aftershock/market"
)

// The mean correlation from a sample of pairs is near that of all, and the
// result says that it is one.
func TestSampledPairs(t *testing.T) {
	p := benchPanel(t, 120, 700)
	c := benchCatalog(p, 120*60) // 60 dates within 420 sessions: windows of 21 overlap
	s := DefaultStudy()
	s.Benchmark, s.Groups, s.Tests = "INDEX", []Grouping{All}, []Test{KPBMP{}}
	s.Windows = []Window{{-10, 10}}
	r, err := s.Run(context.Background(), c, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	g := r.Group(All, "all")
	if g.Windows[0].Drawn != drawnPairs || !hasNote(r, "sampled-pairs") {
		t.Errorf("%d pairs drawn of those of %d observations; want %d and a note", g.Windows[0].Drawn, len(g.Members), drawnPairs)
	}
	// All pairs, one by one.
	all := newPool(r.eng, nil)
	for _, i := range g.Members {
		all.rows = append(all.rows, r.Observations[i].row)
	}
	n, sum := len(all.rows), 0.0
	flat := make([][]float64, n)
	for i := range all.rows {
		flat[i] = append([]float64(nil), all.residuals(i)...)
	}
	for i := range n {
		for j := range i {
			if o := all.overlap(i, j, s.Windows[0]); o > 0 && (i+j)%7 == 0 { // every seventh pair is plenty
				sum += 7 * all.correlation(i, j, flat[i], flat[j]) * float64(o)
			}
		}
	}
	want := sum / 21 / (float64(n) * float64(n-1) / 2)
	if got := g.Windows[0].RBar; math.Abs(got-want) > 0.05*want {
		t.Errorf("mean correlation %v from a sample, %v from all pairs", got, want)
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
	s.Events = []string{"sell-off"}
	r := mustRun(t, s, n.catalog, n.panel(t, market.Simple, nil))
	p := newPool(r.eng, []int32{0, 1, 2, 3, 4})
	var sum float64
	for _, q := range p.correlations() {
		sum += 2 * q.rho
	}
	if got := p.summary().rho; math.Abs(got-sum) > 1e-12 || !p.summary().complete {
		t.Errorf("sum of correlations %v, by pairs %v", got, sum)
	}
}

// Of many securities of one date, some with gaps, the mean correlation is that of
// the pairs.
func TestRBarOfMany(t *testing.T) {
	if testing.Short() {
		t.Skip("two million correlations")
	}
	p := benchPanel(t, 2100, 300)
	rng := rand.New(rand.NewPCG(4, 4))
	for i, c := range p.Columns[1:] {
		c.Return[rng.IntN(280)] += 0.02 * float64(i%3)
		if i%5 == 0 {
			c.Return[30+rng.IntN(200)] = nan
		}
	}
	for _, c := range p.Columns[1:] { // an industry that the benchmark does not explain
		for k := range c.Return {
			c.Return[k] += 0.01 * math.Sin(float64(k*k))
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
	got := pool.rbar(Window{0, 0})
	if pool.summary().complete || pool.drawn > 0 || len(rows)*(len(rows)-1)/2 <= maxPairs {
		t.Fatalf("%d securities are no case of this", len(rows))
	}
	e := make([][]float64, len(rows))
	for i := range e {
		e[i] = slices.Clone(pool.residuals(i))
	}
	var want, n float64
	for i := range e {
		for j := range i {
			want += pearson(e[i], e[j])
			n++
		}
	}
	if want /= n; math.Abs(got-want) > 1e-4*want || want < 0.05 {
		t.Errorf("mean correlation %v, of the pairs %v", got, want)
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
	st.Estimation, st.Event, st.Windows = Window{-120, -6}, Window{-5, 5}, []Window{{-5, 5}}
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
		if got := p.pairMean(k, in, win); math.Abs(got-want) > 1e-12 || want == 0 {
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
