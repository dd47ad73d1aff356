package analysis

import (
	"math"
	"testing"

	"aftershock/analysis/stat"
	"aftershock/market"
)

// TestPathsFrom: a path from any start is the CAR over the window from there, with its
// interval, of an observation and of a group by each method; fewer than five dates
// take theirs from the members' forecast errors, not from their spread.
func TestPathsFrom(t *testing.T) {
	n := newNasty(t)
	s := n.study()
	var starts []int
	s.CARWindows = nil
	for from := -4; from <= 0; from++ {
		starts = append(starts, from)
		for to := from; to <= s.EventWindow.To; to++ {
			s.CARWindows = append(s.CARWindows, Window{from, to})
		}
	}
	s.Tests = nil
	r := mustRun(t, s, n.catalog, n.panel(t, market.Simple, nil))
	equal := func(what string, got, want stat.Interval) {
		t.Helper()
		for k, v := range [][2]float64{{got.Value, want.Value}, {got.Lower, want.Lower}, {got.Upper, want.Upper}} {
			if math.IsNaN(v[0]) != math.IsNaN(v[1]) || math.Abs(v[0]-v[1]) > 1e-12 {
				t.Errorf("%s, figure %d: %v, want %v", what, k, got, want)
			}
		}
	}
	index := func(w Window) int {
		for k, x := range r.Study.CARWindows {
			if x == w {
				return k
			}
		}
		t.Fatalf("no window %v", w)
		return 0
	}
	for i := range r.N() {
		for _, from := range starts {
			for k, x := range r.PathFrom(i, from) {
				equal(r.Observation(i).Security, x, r.CARInterval(i, index(Window{from, from + k})))
			}
		}
	}
	for i := range r.N() {
		for k, v := range r.BenchmarkPath(i, -4) {
			if want := r.BenchmarkMove(i, Window{-4, -4 + k}).Return; math.IsNaN(v) != math.IsNaN(want) || math.Abs(v-want) > 1e-12 {
				t.Errorf("benchmark of %s until %d: %v, want %v", r.Observation(i).Security, k-4, v, want)
			}
		}
	}
	seen := make(map[string]int)
	for g := range r.Groups {
		g := &r.Groups[g]
		paths, method := r.AveragePaths(g, starts...)
		for p, path := range paths {
			for k, x := range path {
				w := index(Window{starts[p], starts[p] + k})
				want, by := r.AverageBand(g, w)
				if by != method {
					t.Errorf("%s: %s and %s", g.Name(), by, method)
				}
				if math.IsNaN(want.Value) {
					continue
				}
				complete := windowed(r, g, w) == len(g.Members)
				if !complete && method == "portfolio" {
					continue // one is of the portfolio of all members, the other of those that are complete
				}
				equal(g.Name()+", "+method, x, want)
				seen[method]++
			}
		}
	}
	for _, method := range []string{"portfolio", ByForecast} {
		if seen[method] == 0 {
			t.Errorf("no average by %s was compared", method)
		}
	}
}

// windowed counts the members of g with a CAR over window w.
func windowed(r *Result, g *Group, w int) (n int) {
	for _, i := range g.Members {
		if car, _ := r.CAR(i, w); car == car {
			n++
		}
	}
	return n
}

// TestForecastInterval: two dates without a session in common, which may happen to
// agree, keep the width of two forecasts, sqrt(V1+V2)/2, by Student's t with the fewer
// degrees of freedom.
func TestForecastInterval(t *testing.T) {
	n := newNasty(t)
	r := mustRun(t, n.study(), n.catalog, n.panel(t, market.Simple, nil))
	compared := 0
	for a := range r.N() {
		for b := range a {
			x, y := r.Observation(a), r.Observation(b)
			if !x.Used() || !y.Used() || x.Session0 == y.Session0 || max(x.Session0-y.Session0, y.Session0-x.Session0) < 5 {
				continue
			}
			g := &Group{By: All, Members: []int{b, a}, SEMethod: "cross-section"}
			got, method := r.AverageBand(g, 0)
			cx, sx := r.CAR(a, 0)
			cy, sy := r.CAR(b, 0)
			if method != ByForecast || math.IsNaN(cx) || math.IsNaN(cy) {
				continue
			}
			df := float64(min(x.Fit.M-x.Fit.K, y.Fit.M-y.Fit.K))
			half := stat.StudentQuantile(0.975, df) * math.Sqrt(sx*sx+sy*sy) / 2
			if math.Abs(got.Value-(cx+cy)/2) > 1e-15 || math.Abs(got.Upper-got.Value-half) > 1e-12 {
				t.Errorf("%s and %s: %v, want half a width of %v", x.EventID, y.EventID, got, half)
			}
			compared++
		}
	}
	if compared == 0 {
		t.Error("no two dates were compared")
	}
}

// TestTogether: the variance of a sum against the sum of its covariance matrix, over
// that of independent values.
func TestTogether(t *testing.T) {
	for _, c := range []struct {
		n    int
		r    float64
		want float64
	}{{1, 0.4, 1}, {2, 0.25, (1 + 1 + 2*0.25) / 2}, {3, 0.2, (3 + 6*0.2) / 3}, {4, 1, 4}, {3, 0, 1}, {3, -0.3, 1}, {3, math.NaN(), 1}} {
		if got := together(c.n, c.r); math.Abs(got-c.want) > 1e-15 {
			t.Errorf("%d values with correlation %v: %v, want %v", c.n, c.r, got, c.want)
		}
	}
}
