package analysis

import (
	"context"
	"fmt"
	"slices"
	"testing"
)

// TestReader: a reader tells what the result does, in the same memory all along.
func TestReader(t *testing.T) {
	p := benchPanel(t, 20, 900)
	for k := range p.Columns[3].Return[:400] {
		p.Columns[3].Return[k] = nan // too few sessions for the first events
	}
	p.Columns[5].Return[700] = nan
	s := DefaultStudy()
	s.Benchmark, s.Groups = "INDEX", nil
	r, err := s.Run(context.Background(), benchCatalog(p, 400), p, nil)
	if err != nil {
		t.Fatal(err)
	}
	if used, excluded := r.Counts(); used == 0 || excluded == 0 {
		t.Fatalf("%d used, %d excluded", used, excluded)
	}
	x := r.Reader()
	for i := range r.N() {
		want, got := r.AbnormalReturns(i), x.AbnormalReturns(i)
		if fmt.Sprint(got) != fmt.Sprint(want) {
			t.Fatalf("figures of observation %d: %v, want %v", i, got, want)
		}
		for w := range want.CAR {
			if got, want := fmt.Sprint(x.ObservationTests(i, w)), fmt.Sprint(r.ObservationTests(i, w)); got != want {
				t.Fatalf("tests of observation %d over window %d: %s, want %s", i, w, got, want)
			}
			car, se := r.CAR(i, w)
			f := x.Windows(i)
			if got, want := fmt.Sprint(f.CAR[w], f.CARSE[w], f.SCAR[w], f.CSAR[w], f.BHAR[w]), fmt.Sprint(car, se, want.SCAR[w], want.CSAR[w], want.BHAR[w]); got != want {
				t.Fatalf("window %d of observation %d: %s, want %s", w, i, got, want)
			}
		}
		p := x.SessionP(i)
		if (p != nil) != r.Used(i) {
			t.Fatalf("observation %d: %d p values", i, len(p))
		}
		for k := range p {
			tau := s.EventWindow.From + k
			if got, want := fmt.Sprint(p[k]), fmt.Sprint(r.SessionTest(i, tau).P); got != want {
				t.Fatalf("session %d of observation %d: p %s, want %s", tau, i, got, want)
			}
		}
		if got, want := fmt.Sprint(x.Diagnostics(i)), fmt.Sprint(r.Diagnostics(i)); got != want {
			t.Fatalf("observation %d: %s, want %s", i, got, want)
		}
		for _, most := range []int{1000, 2} {
			near, event, estimation := x.Confounders(i, most)
			inside := slices.DeleteFunc(r.Confounders(i), func(c Confounder) bool { return c.In != "event" })
			all := len(r.Confounders(i))
			slices.SortStableFunc(inside, func(a, b Confounder) int { return max(a.Tau, -a.Tau) - max(b.Tau, -b.Tau) })
			want := slices.Clone(inside[:min(most, len(inside))])
			slices.SortStableFunc(want, func(a, b Confounder) int { return a.Tau - b.Tau })
			if event != len(inside) || estimation != all-len(inside) || fmt.Sprint(near) != fmt.Sprint(want) {
				t.Fatalf("observation %d: %v of %d and %d, want %v of %d and %d", i, near, event, estimation, want, len(inside), all-len(inside))
			}
		}
	}
	i := 0
	if n := testing.AllocsPerRun(200, func() {
		x.AbnormalReturns(i)
		x.Windows(i)
		x.SessionP(i)
		x.Diagnostics(i)
		x.Confounders(i, 20)
		i = (i + 1) % r.N()
	}); n > 0 {
		t.Errorf("%v allocations an observation", n)
	}
}
