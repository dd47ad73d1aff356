package analysis

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"slices"
	"testing"
	"time"

	"aftershock/analysis/model"
	"aftershock/market"
)

func mustPlace(t testing.TB, r *Result, h ...Hypothesis) *Draws {
	t.Helper()
	d, err := r.Placebo(context.Background(), h)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

// A pseudo-date's statistic is the one that a study of that date has.
func TestPlaceboIsTheStudyMoved(t *testing.T) {
	s := simulate(t, 5, 500, 11)
	hole := slices.Clone(s.panel.Column("S1").Return)
	hole[333] = math.NaN()
	s.add(t, "HOLE", hole)
	symbols := append(names(3), "HOLE")
	for _, name := range []string{"market", "mean", "market-adjusted", "dimson", "huber"} {
		m, ok := model.ByName(name)
		if !ok {
			t.Fatalf("no model %s", name)
		}
		st := s.study()
		st.Model, st.Draws, st.Trust = m, 1000, []string{string(market.SameSeries)}
		r := s.run(t, st, s.event(300, symbols...))
		g := &r.Groups[0]
		var h []Hypothesis
		for _, test := range []Test{PortfolioTest{}, KPBMP{}, GRankT{}, Wilcoxon{}, Joint{}} {
			h = append(h, Hypothesis{test.Name(), g.Members, Window{0, 2}, test})
		}
		h = append(h, Hypothesis{"t", g.Members[3:], Window{0, 2}, StudentTest{}})
		d := mustPlace(t, r, h...)
		if len(d.Shifts) < 100 {
			t.Fatalf("%s: %d shifts", m.Name(), len(d.Shifts))
		}
		for b, shift := range d.Shifts {
			if b%61 != 0 && shift != 33 && shift != 31 {
				continue
			}
			moved := s.run(t, st, s.event(300+shift, symbols...))
			win := GroupWindow{}
			if len(moved.Groups) > 0 {
				win = moved.Groups[0].Windows[1]
			}
			for k, x := range h {
				var want float64
				if x.Label == "t" {
					i := indexOf(moved, func(o *Observation) bool { return o.Security == "HOLE" })
					want = nan
					if one := moved.ObservationTests(i, 1); len(one) > 0 {
						want = one[0].Stat
					}
				} else if res := win.Test(x.Label); win.N == 4 {
					want = measure(res)
				} else {
					want = nan
				}
				if got := d.Stat[k][b]; got != want && !(math.IsNaN(got) && math.IsNaN(want)) {
					t.Errorf("%s %s at %+d: %v, want %v", m.Name(), x.Label, shift, got, want)
				}
			}
		}
	}
}

// Pseudo-dates keep away from every event of the securities, studied or not.
func TestPlaceboShifts(t *testing.T) {
	s := simulate(t, 3, 700, 2)
	st := s.study() // estimation [-120,-1], event [0,2], at least 60 sessions
	st.EventIDs = []string{"e300"}
	other := s.event(450, "S1")
	r := s.run(t, st, s.event(300, "S0", "S1"), other, s.event(500, "S2"))
	clean := func(k int) bool {
		return k-60 >= 0 && k+2 < 700 &&
			(k+2 < 300 || k-120 > 300) && (k+2 < 450 || k-120 > 450)
	}
	var want []int
	for k := range 700 {
		if clean(k) {
			want = append(want, k-300)
		}
	}
	st.Draws = 1000
	d := mustPlace(t, r, Hypothesis{"all", r.Groups[0].Members, Window{0, 0}, PortfolioTest{}})
	if !d.Clean || !slices.Equal(d.Shifts, want) || d.Pool != len(want) {
		t.Errorf("clean %v, %d shifts of %d: %v\nwant %v", d.Clean, len(d.Shifts), d.Pool, d.Shifts, want)
	}
	st.Draws = 50
	some := mustPlace(t, r, Hypothesis{"all", r.Groups[0].Members, Window{0, 0}, PortfolioTest{}})
	if len(some.Shifts) != 50 || some.Pool != len(want) || !slices.IsSorted(some.Shifts) {
		t.Errorf("drew %d of %d", len(some.Shifts), some.Pool)
	}
	for b, shift := range some.Shifts {
		k, ok := slices.BinarySearch(d.Shifts, shift)
		if !ok || d.Stat[0][k] != some.Stat[0][b] {
			t.Errorf("drew %+d: in the pool %v, with another statistic", shift, ok)
		}
	}
	st.Seed++
	if again := mustPlace(t, r, Hypothesis{"all", r.Groups[0].Members, Window{0, 0}, PortfolioTest{}}); slices.Equal(again.Shifts, some.Shifts) {
		t.Error("another seed draws the same shifts")
	}

	// Events that recur leave no clean estimation window.
	for k := range 13 {
		r.Catalog.Events = append(r.Catalog.Events, s.event(30+50*k, "S0"))
	}
	r = s.run(t, st, r.Catalog.Events...)
	d = mustPlace(t, r, Hypothesis{"all", r.Groups[0].Members, Window{0, 0}, PortfolioTest{}})
	if d.Clean || d.Pool < 500 {
		t.Errorf("clean %v, pool %d", d.Clean, d.Pool)
	}
	for _, shift := range d.Shifts {
		for _, e := range []int{30, 80, 130, 180, 230, 280, 300, 330, 450} {
			if k := 300 + shift; e >= k && e <= k+2 {
				t.Errorf("the window at %+d holds the event at %d", shift, e)
			}
		}
	}
}

// The same draws on any number of processors, from one call or many.
func TestPlaceboDraws(t *testing.T) {
	s := simulate(t, 3, 500, 6)
	dump := func(procs int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		r := s.run(t, s.study(), s.event(300, names(3)...))
		h := Hypothesis{"", r.Groups[0].Members, Window{0, 2}, KPBMP{}}
		d, two := mustPlace(t, r, h), mustPlace(t, r, Hypothesis{"", r.Groups[0].Members[:1], Window{0, 1}, StudentTest{}}, h)
		if !slices.Equal(d.Stat[0], two.Stat[1]) {
			t.Error("a statistic depends on those computed beside it")
		}
		return fmt.Sprint(d, r.Groups[0].Windows, r.ObservationTests(1, 1))
	}
	if dump(1) != dump(8) {
		t.Error("1 and 8 processors draw differently")
	}
}

// Securities of several calendars move to the same dates.
func TestPlaceboCalendars(t *testing.T) {
	s := simulate(t, 1, 1500, 8)
	exchange, _ := market.ExchangeByName("Tokyo")
	tokyo := exchange.Calendar()
	first := tokyo.Search(s.cal.Date(s.first))
	if err := s.panel.AddColumn(&market.Column{Security: market.Security{Symbol: "JP"}, Calendar: tokyo, First: first, Return: s.panel.Column("S0").Return[:1400]}); err != nil {
		t.Fatal(err)
	}
	r := s.run(t, s.study(), s.event(700, "S0", "JP"))
	if used, _ := r.Counts(); used != 2 {
		t.Fatalf("%d used", used)
	}
	d := mustPlace(t, r, Hypothesis{"", r.Groups[0].Members, Window{0, 2}, KPBMP{}})
	if len(d.Shifts) != 99 {
		t.Fatalf("%d shifts", len(d.Shifts))
	}
	reversed := s.run(t, s.study(), s.event(700, "JP", "S0"))
	e := mustPlace(t, reversed, Hypothesis{"", reversed.Groups[0].Members, Window{0, 2}, KPBMP{}})
	if !slices.Equal(e.Shifts, d.Shifts) {
		t.Error("the order of securities moves the pseudo-dates")
	}
	same(t, "order of securities", e.Stat[0], d.Stat[0], 1e-9)
	for _, shift := range d.Shifts {
		ny, jp := s.cal.Date(r.eng.moved(0, s.cal, shift)), tokyo.Date(r.eng.moved(1, s.cal, shift))
		if jp < ny || jp > ny+11 || tokyo.Date(tokyo.Search(ny)) != jp {
			t.Errorf("%+d: New York %s, Tokyo %s", shift, ny, jp)
		}
	}
}

// The statistic that placebo places.
func TestPlaceboStatistic(t *testing.T) {
	s := simulate(t, 3, 500, 6)
	for _, c := range []struct {
		name, want, one string
		members         int
		second          bool
	}{
		{"", "portfolio", "t", 3, false}, {"", "kp-bmp", "t", 3, true}, {"", "t", "t", 1, false},
		{"grank-t", "grank-t", "t", 3, false}, {"t", "portfolio", "t", 3, false}, {"sq", "portfolio", "sq", 3, false},
	} {
		st := s.study()
		st.Placebo = c.name
		e := catalogOf(s.event(300, names(c.members)...))
		if c.second {
			e = catalogOf(e.Events[0], s.event(320, "S0"))
		}
		r := mustRun(t, st, e, s.panel)
		all, ones := r.Groups[0].Windows[1].Test("placebo"), r.ObservationTests(0, 1)
		one := ones[len(ones)-1]
		if all.Of != c.want || all.Stat != r.Groups[0].Windows[1].statOf(c.want, r) || one.Test != "placebo" || one.Of != c.one {
			t.Errorf("placebo %q: of %q %v, for one %q of %q", c.name, all.Of, all.Stat, one.Test, one.Of)
		}
	}
	for _, few := range []int{-1, 18} {
		st := s.study()
		if st.Draws = few; st.Validate() == nil {
			t.Errorf("%d draws are accepted", few)
		}
	}
	for _, bad := range []string{"placebo", "bootstrap", "no such"} {
		st := s.study()
		st.Placebo = bad
		if st.Validate() == nil {
			t.Errorf("%q is accepted", bad)
		}
	}
}

func (w *GroupWindow) statOf(test string, r *Result) float64 {
	if res := w.Test(test); res != nil {
		return res.Stat
	}
	return r.ObservationTests(0, 1)[0].Stat
}

// Twenty or so in four hundred true nulls are rejected at 5%, for one firm and
// for a group on one date.
func TestPlaceboSize(t *testing.T) {
	s := simulate(t, 3, 1000, 21)
	st := s.study()
	st.Tests, st.Draws, st.CARWindows = []Test{Placebo{}}, 39, st.CARWindows[1:]
	const n = 400
	var one, many int
	for k := range n {
		r := s.run(t, st, s.event(300+k, names(3)...))
		if r.ObservationTests(0, 0)[0].P <= 0.05 {
			one++
		}
		if r.Groups[0].Windows[0].Tests[0].P <= 0.05 {
			many++
		}
	}
	band := 3.29 * math.Sqrt(0.05*0.95/n)
	for what, k := range map[string]int{"one firm": one, "three firms": many} {
		if rate := float64(k) / n; math.Abs(rate-0.05) > band {
			t.Errorf("%s: %.4f of true nulls rejected, want 0.05 +- %.4f", what, rate, band)
		}
	}
}

// Ten thousand pseudo-dates of twelve securities, with every closed-form test.
func BenchmarkPlacebo(b *testing.B) {
	s := simulate(b, 12, 3000, 4)
	st := s.study()
	st.EstimationWindow, st.EventWindow, st.CARWindows = Window{-270, -21}, Window{-10, 10}, DefaultStudy().CARWindows
	r := s.run(b, st, s.event(1500, names(12)...))
	var stats []statistic
	var rows []int32
	for i := range r.N() {
		rows = append(rows, r.row[i])
	}
	for _, w := range st.CARWindows {
		for _, test := range DefaultTests() {
			if test.Scope() == ManyObservations {
				stats = append(stats, statistic{rows, w, test})
			}
		}
	}
	rep := newReplica(r.eng, stats)
	b.ReportAllocs()
	start := time.Now()
	for i := 0; b.Loop(); i++ {
		rep.at(i % 1000)
	}
	b.ReportMetric(time.Since(start).Seconds()/float64(b.N)*1e4, "s/10000")
}

// No pseudo-date is the event itself, nor overlaps its window, when the event
// window leaves session 0 out.
func TestPlaceboLeavesTheEvent(t *testing.T) {
	n := newNasty(t)
	n.catalog.Events = n.catalog.Events[4:5] // the sell-off alone
	for _, w := range []Window{{1, 3}, {-3, -1}, {-1, 1}} {
		s := n.study()
		s.EventWindow, s.CARWindows, s.EstimationWindow = w, []Window{w}, Window{-150, -21}
		s.Tests = []Test{BMP{}}
		r := mustRun(t, s, n.catalog, n.panel(t, market.Simple, nil))
		d, err := r.Placebo(context.Background(), []Hypothesis{{Label: "all", Members: r.Groups[0].Members, Window: w, Test: BMP{}}})
		if err != nil {
			t.Fatal(err)
		}
		if len(d.Shifts) < 20 {
			t.Fatalf("%s: %d shifts", w, len(d.Shifts))
		}
		for _, k := range d.Shifts {
			if k > -3 && k < 3 {
				t.Errorf("%s: the event's own window, shifted by %d, serves as one without news", w, k)
			}
		}
	}
}
