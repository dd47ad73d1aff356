package analysis

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"strings"
	"testing"

	"aftershock/analysis/model"
	"aftershock/market"
)

func mustSweep(t testing.TB, s *simulated, st *Study, spec SweepSpec, k ...int) *Sweep {
	t.Helper()
	c := catalogOf()
	for _, k := range k {
		c.Events = append(c.Events, s.event(k, names(4)...))
	}
	w, err := st.Sweep(context.Background(), spec, c, s.panel, nil)
	if err != nil {
		t.Fatal(err)
	}
	return w
}

// Every specification is what a study of its own gives, and every combination
// is there.
func TestSweep(t *testing.T) {
	s := simulate(t, 6, 700, 3)
	for _, c := range s.panel.Columns[1:] {
		c.Return[400] -= 0.05 // an event that no choice explains away
	}
	st := s.study()
	st.EventWindow = Window{-1, 5}
	spec := SweepSpec{
		Models: []model.Model{model.MarketModel{}, model.ConstantMean{}, model.FamaFrench3}, Estimations: []Window{{-120, -2}, {-70, -2}, {-120, 0}},
		Benchmarks: []string{"INDEX", "S5"}, Windows: []Window{{0, 0}, {0, 2}}, Tests: []Test{StudentTest{}, PortfolioTest{}, KPBMP{}},
	}
	w := mustSweep(t, s, st, spec, 400, 500)
	// (two benchmarks + none + none) x 3 estimation windows x 2 windows x 2 tests of many, 3 where no study could be made
	studies := 4 * 3
	if want := 3 * 2 * (studies*2/3*2 + studies/3*3); len(w.Answers) != want {
		t.Errorf("%d specifications, want %d", len(w.Answers), want)
	}
	seen := make(map[string]bool)
	for _, x := range w.Answers {
		key := fmt.Sprint(x.Group, x.Model, x.Benchmark, x.Estimation, x.Window, x.Test)
		if seen[key] {
			t.Errorf("%s is there twice", key)
		}
		seen[key] = true
		if (x.Failed == nil) != (x.P == x.P) {
			t.Errorf("%+v", x)
		}
		switch {
		case x.Model == "ff3" && x.Estimation.To < -1:
			if !strings.Contains(x.Failed.Text(), "factor") {
				t.Errorf("without factors: %q", x.Failed.Text())
			}
		case x.Estimation.To == 0:
			if !strings.Contains(x.Failed.Text(), "reaches into the event window") {
				t.Errorf("estimation into the event window: %q", x.Failed.Text())
			}
		case x.Group == "all" && x.Test == "portfolio":
			if !strings.Contains(x.Failed.Text(), "common session 0") {
				t.Errorf("portfolio of two dates: %q", x.Failed.Text())
			}
		case x.Failed != nil:
			t.Errorf("%+v", x)
		default:
			one := *st
			one.Model, _ = model.ByName(x.Model)
			one.Benchmark, one.EstimationWindow, one.CARWindows, one.Groups = x.Benchmark, x.Estimation, spec.Windows, Groupings
			r := s.run(t, &one, s.event(400, names(4)...), s.event(500, names(4)...))
			i := slices.IndexFunc(r.Groups, func(g Group) bool { return g.Name() == x.Group })
			gw := r.Groups[i].Windows[slices.Index(spec.Windows, x.Window)]
			if res := gw.Test(x.Test); res.Stat != x.Stat || res.P != x.P || gw.CAAR != x.CAAR || gw.N != x.N {
				t.Errorf("%+v, want %+v", x, res)
			}
		}
	}

	a := w.Agreements[0]
	if a.Group != "event e400" || a.Specifications-a.Failed != 3*2*2*2 || a.Fell != 24 || a.SignificantlyFell < 12 || a.Sign() != -1 || a.SameSign() != 1 ||
		a.Agree() != float64(a.SignificantlyFell)/24 || !(a.Least <= a.Median && a.Median <= a.Most && a.Most < -0.02) {
		t.Errorf("%+v", a)
	}
	if b := w.Agreements[1]; b.Group != "event e500" || b.SignificantlyRose+b.SignificantlyFell > 12 {
		t.Errorf("no event: %+v", b)
	}
	none := agreement("x", []Answer{{Group: "x", CAAR: nan, P: nan, Failed: &Sentence{Code: "no"}}})
	if none.Failed != 1 || !math.IsNaN(none.Agree()) || !math.IsNaN(none.Median) {
		t.Errorf("%+v", none)
	}
}

func TestSweepDefaults(t *testing.T) {
	s := simulate(t, 4, 700, 3)
	st := s.study()
	st.Model = model.Dimson{}
	st.EstimationWindow, st.MinEstimation = Window{-100, -1}, 80
	dates := make([]market.Date, 700)
	for k := range dates {
		dates[k] = s.cal.Date(s.first + k)
	}
	if err := s.panel.AddFactor("rf", dates, make([]float64, 700)); err != nil {
		t.Fatal(err)
	}
	spec := st.DefaultSweep(s.panel)
	var models []string
	for _, m := range spec.Models {
		models = append(models, m.Name())
	}
	if want := "[dimson market mean market-adjusted scholes-williams huber capm]"; fmt.Sprint(models) != want {
		t.Errorf("models %v, want %s", models, want)
	}
	if fmt.Sprint(spec.Estimations) != "[[-50,-1] [-100,-1] [-150,-1]]" {
		t.Errorf("estimation windows %v", spec.Estimations)
	}
	dump := func(procs int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		return fmt.Sprint(mustSweep(t, s, st, spec, 400))
	}
	one := dump(1)
	if one != dump(6) {
		t.Error("1 and 6 processors sweep differently")
	}
	for _, c := range []struct {
		change func(*SweepSpec)
		want   string
	}{
		{func(s *SweepSpec) { s.Tests = nil }, "no tests"},
		{func(s *SweepSpec) { s.Windows = []Window{{0, 9}} }, "does not lie within"},
		{func(s *SweepSpec) { s.Groups = []string{"sector x"} }, "is not a group"},
	} {
		bad := spec
		c.change(&bad)
		if _, err := st.Sweep(context.Background(), bad, catalogOf(s.event(400, "S0")), s.panel, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v, want %s", err, c.want)
		}
	}
	// One observation has the tests of one.
	single, err := st.Sweep(context.Background(), spec, catalogOf(s.event(400, "S0")), s.panel, nil)
	if err != nil || len(single.Answers) != 7*3*2 || single.Answers[0].Test != "t" {
		t.Errorf("one observation: %v, %+v", err, single)
	}
}

// A sweep that moves session 0 answers what the study of events that many sessions
// later would, and counts agreement where nothing is moved.
func TestSweepShift(t *testing.T) {
	s := simulate(t, 6, 700, 3)
	for _, c := range s.panel.Columns[1:] {
		c.Return[400] -= 0.05
	}
	st := s.study()
	st.EventWindow = Window{-1, 5}
	spec := SweepSpec{Models: []model.Model{model.MarketModel{}}, Estimations: []Window{{-120, -2}}, Benchmarks: []string{"INDEX"},
		Windows: []Window{{0, 0}, {0, 2}}, Tests: []Test{StudentTest{}, PortfolioTest{}}}
	plain := map[int]*Sweep{}
	for _, k := range []int{-1, 0, 2} {
		plain[k] = mustSweep(t, s, st, spec, 400+k)
	}
	spec.Shifts = []int{-1, 0, 2}
	w := mustSweep(t, s, st, spec, 400)
	if len(w.Answers) != 3*len(plain[0].Answers) {
		t.Fatalf("%d answers, want %d", len(w.Answers), 3*len(plain[0].Answers))
	}
	at := map[int]int{}
	for _, x := range w.Answers {
		of := plain[x.Shift].Answers[at[x.Shift]]
		at[x.Shift]++
		if x.CAAR != of.CAAR || x.Stat != of.Stat || x.P != of.P || x.N != of.N || x.Window != of.Window || x.Test != of.Test {
			t.Errorf("moved by %d: %+v, want %+v", x.Shift, x, of)
		}
	}
	if a, b := w.Agreements[0], plain[0].Agreements[0]; a.Specifications != b.Specifications || a.Median != b.Median || a.Shift != 0 {
		t.Errorf("agreement %+v, want %+v", a, b)
	}
	spec.Shifts = []int{-1, 2}
	if a, b := mustSweep(t, s, st, spec, 400).Agreements[0], plain[-1].Agreements[0]; a.Shift != -1 || a.Median != b.Median {
		t.Errorf("without 0: agreement %+v, want %+v", a, b)
	}
	// Off the calendar nothing is measured, and it is said.
	spec.Shifts = []int{20}
	if x := mustSweep(t, s, st, spec, 695).Answers[0]; x.Failed == nil {
		t.Errorf("beyond the last session: %+v", x)
	}
	for _, bad := range [][]int{{1, 1}, {MaxShift + 1}, {-MaxShift - 1}} {
		spec.Shifts = bad
		if _, err := st.Sweep(context.Background(), spec, catalogOf(), s.panel, nil); err == nil {
			t.Errorf("shifts %v are taken", bad)
		}
	}
}
