package analysis

import (
	"context"
	"math"
	"testing"

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
