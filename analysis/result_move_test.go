package analysis

import (
	"math"
	"testing"

	"aftershock/analysis/model"
	"aftershock/market"
)

// TestRawMove: the move of one security is its abnormal return by the mean model, to
// the digit; that of a benchmark likewise.
func TestRawMove(t *testing.T) {
	n := newNasty(t)
	s := n.study()
	s.Model = model.ConstantMean{}
	r := mustRun(t, s, n.catalog, n.panel(t, market.Simple, nil))
	seen := 0
	for i := range r.N() {
		o := r.Observation(i)
		if !o.Used() || o.Fit.M != s.EstimationWindow.Len() {
			continue
		}
		for w, win := range s.CARWindows {
			m, x := r.RawMove([]int{i}, win), r.WindowTest(i, w)
			if math.IsNaN(x.Stat) != math.IsNaN(m.Stat) || math.Abs(m.Stat-x.Stat) > 1e-9*math.Abs(x.Stat) || math.Abs(m.P-x.P) > 1e-9*x.P {
				t.Errorf("%s %s %s: t %v p %v, by the mean model %v %v", o.EventID, o.Security, win, m.Stat, m.P, x.Stat, x.P)
			}
			seen++
		}
		if m := r.BenchmarkMove(i, Window{}); m.P != m.P || len(m.Symbols) != 1 || m.Symbols[0] != "INDEX" {
			t.Errorf("the benchmark of %s: %+v", o.EventID, m)
		}
	}
	if seen < 10 {
		t.Errorf("only %d moves compared", seen)
	}
}
