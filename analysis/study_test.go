package analysis

import (
	"context"
	"errors"
	"fmt"
	"math"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/market"
)

// nasty is a fixture in which everything that goes wrong with real data goes
// wrong: see its events. Prices are simulated from a seed, with one factor and
// an industry factor, on the sessions of New York.
type nasty struct {
	prices  map[string][]float64 // adjusted closes by session from first
	from    int                  // calendar index of the first session
	cal     *market.Calendar
	catalog *events.Catalog
}

func newNasty(t testing.TB) *nasty {
	t.Helper()
	cal := market.NYSE()
	from := cal.Search(market.NewDate(2023, 6, 1))
	to := cal.Search(market.NewDate(2025, 3, 1))
	n := &nasty{prices: make(map[string][]float64), from: from, cal: cal}
	rng := rand.New(rand.NewPCG(7, 7))
	length := to - from
	index, chips := make([]float64, length), make([]float64, length)
	for k := range index {
		index[k], chips[k] = 0.008*rng.NormFloat64(), 0.01*rng.NormFloat64()
	}
	walk := func(beta, industry, noise float64) []float64 {
		p := make([]float64, length)
		v := 100.0
		for k := range p {
			v *= 1 + 0.0004 + beta*index[k] + industry*chips[k] + noise*rng.NormFloat64()
			p[k] = v
		}
		return p
	}
	n.prices["INDEX"] = walk(1, 0, 0)
	for i, s := range []string{"AAA", "BBB", "CCC", "DDD", "EEE", "HALT", "YOUNG", "GONE"} {
		n.prices[s] = walk(0.8+0.2*float64(i), 0.7, 0.015)
	}
	at := func(y int, m time.Month, d int) int { k, _ := cal.Index(market.NewDate(y, m, d)); return k - from }
	n.prices["HALT"][at(2025, 1, 23)] = math.NaN()
	for k := range at(2024, 12, 2) { // listed too late
		n.prices["YOUNG"][k] = math.NaN()
	}
	for k := at(2025, 1, 10); k < length; k++ { // delisted
		n.prices["GONE"][k] = math.NaN()
	}
	utc := func(s string) time.Time {
		v, err := time.Parse(time.RFC3339, s)
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
	on := func(symbols ...string) (out []events.Target) {
		for _, s := range symbols {
			out = append(out, events.Target{Symbol: s})
		}
		return out
	}
	n.catalog = &events.Catalog{Events: []events.Event{
		{ID: "half-day", Time: utc("2024-11-29T20:30:00Z"), Targets: on("AAA"), Category: "a"}, // 15:30 New York; the close was at 13:00
		{ID: "holiday", Time: utc("2025-01-20T12:19:44Z"), Targets: on("AAA", "BBB", "HALT", "YOUNG"), Category: "b", Titles: map[string]string{"ar": "إطلاق نموذج"}},
		{ID: "weekend", Time: utc("2025-01-25T12:00:00Z"), Targets: on("CCC", "DDD"), Category: "b"},
		{ID: "late", Time: utc("2025-01-27T21:05:00Z"), Targets: on("EEE"), Category: "a"}, // 16:05 New York
		{ID: "sell-off", Time: utc("2025-01-27T14:30:00Z"), Targets: on("AAA", "BBB", "CCC", "DDD", "EEE"), Category: "a"},
		{ID: "dated", Time: utc("2025-01-27T00:00:00Z"), DateOnly: true, AfterClose: true, Targets: on("BBB", "GONE", "NOPE")},
		{ID: "future", Time: utc("2025-06-02T14:30:00Z"), Targets: on("AAA")},
		{ID: "far", Time: utc("2055-06-02T14:30:00Z"), Targets: on("AAA")},
		{ID: "past", Time: utc("2023-05-01T14:30:00Z"), Targets: on("AAA")},
	}}
	return n
}

// panel builds the panel; change may alter a symbol's prices before.
func (n *nasty) panel(t testing.TB, kind market.ReturnKind, change func(symbol string, price []float64)) *market.Panel {
	t.Helper()
	p := market.NewPanel(kind, market.Skip)
	var symbols []string
	for s := range n.prices {
		symbols = append(symbols, s)
	}
	slices.Sort(symbols)
	for _, s := range symbols {
		price := slices.Clone(n.prices[s])
		if change != nil {
			change(s, price)
		}
		ser := &market.Series{Symbol: s, Adjusted: true}
		for k, v := range price {
			if v == v {
				ser.Bars = append(ser.Bars, market.Bar{Date: n.cal.Date(n.from + k), AdjClose: v, Close: v, Volume: math.NaN()})
			}
		}
		if err := p.AddSeries(ser, market.Security{}, n.cal); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

func (n *nasty) study() *Study {
	s := DefaultStudy()
	s.Benchmark, s.Tests, s.Draws = "INDEX", Tests, 199
	return s
}

func mustRun(t testing.TB, s *Study, c *events.Catalog, p *market.Panel) *Result {
	t.Helper()
	r, err := s.Run(context.Background(), c, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func TestEveryObservationIsUsedOrExcluded(t *testing.T) {
	n := newNasty(t)
	r := mustRun(t, n.study(), n.catalog, n.panel(t, market.Simple, nil))
	want := map[string]string{
		"half-day AAA":  "2024-12-02 after-close",
		"holiday AAA":   "2025-01-21 closed-day",
		"holiday BBB":   "2025-01-21 closed-day",
		"holiday HALT":  "2025-01-21 closed-day",
		"holiday YOUNG": "short-estimation",
		"weekend CCC":   "2025-01-27 closed-day",
		"weekend DDD":   "2025-01-27 closed-day",
		"late EEE":      "2025-01-28 after-close",
		"sell-off AAA":  "2025-01-27 in-session",
		"sell-off BBB":  "2025-01-27 in-session",
		"sell-off CCC":  "2025-01-27 in-session",
		"sell-off DDD":  "2025-01-27 in-session",
		"sell-off EEE":  "2025-01-27 in-session",
		"dated BBB":     "2025-01-28 after-close",
		"dated GONE":    "after-data",
		"dated NOPE":    "unknown-security",
		"future AAA":    "after-data",
		"far AAA":       "outside-calendar",
		"past AAA":      "before-data",
	}
	if r.N() != len(want) {
		t.Errorf("%d observations, want %d", r.N(), len(want))
	}
	for i := range r.N() {
		o := r.Observation(i)
		got := fmt.Sprintf("%s %s", o.Session0, o.Placement)
		if !o.Used() {
			got = string(o.Exclusion.Reason)
			if o.Exclusion.Detail() == "" || strings.Contains(o.Exclusion.Detail(), "\n") {
				t.Errorf("%s %s: detail %q", o.EventID, o.Security, o.Exclusion.Detail())
			}
			if f := r.AbnormalReturns(i); f.AR != nil {
				t.Errorf("%s %s is excluded and has figures", o.EventID, o.Security)
			}
		}
		if w := want[o.EventID+" "+o.Security]; got != w {
			t.Errorf("%s %s: %s, want %s", o.EventID, o.Security, got, w)
		}
	}
	if used, excluded := r.Counts(); used != 13 || excluded != 6 {
		t.Errorf("%d used and %d excluded, want 13 and 6", used, excluded)
	}
	members := 0
	for _, g := range r.Groups {
		if g.By == ByEvent {
			members += len(g.Members)
		}
		for _, w := range g.Windows {
			if w.N+len(w.Missing) != len(g.Members) {
				t.Errorf("%s %s: N %d and %d missing of %d members", g.Name(), w.Window, w.N, len(w.Missing), len(g.Members))
			}
		}
	}
	if members != 13 {
		t.Errorf("the groups by event hold %d observations, want 13", members)
	}
}

// The halted session makes two returns missing: its own and the next.
func TestHaltedSession(t *testing.T) {
	n := newNasty(t)
	r := mustRun(t, n.study(), n.catalog, n.panel(t, market.Simple, nil))
	g := r.Group(ByEvent, "holiday")
	for w, want := range []int{3, 3, 3, 2, 2} { // [0,0] [0,1] [-1,1] are before the halt
		if got := g.Windows[w].N; got != want {
			t.Errorf("%s: N %d, want %d", g.Windows[w].Window, got, want)
		}
	}
	for i := range r.N() {
		if o := r.Observation(i); o.Security == "HALT" {
			f := r.AbnormalReturns(i)
			for k, v := range f.AR {
				tau := k - 10
				if missing := math.IsNaN(v); missing != (tau == 2 || tau == 3) {
					t.Errorf("AR at %d: %v", tau, v)
				}
			}
		}
	}
	if !slices.ContainsFunc(r.Notes, func(n Note) bool { return n.Code == "missing-return" && n.Security == "HALT" }) {
		t.Error("no note about the missing returns")
	}
	s := n.study()
	s.MissingEvent = ZeroMissing
	r = mustRun(t, s, n.catalog, n.panel(t, market.Simple, nil))
	if got := r.Group(ByEvent, "holiday").Windows[4].N; got != 3 {
		t.Errorf("with zeros: N %d, want 3", got)
	}
	if !slices.ContainsFunc(r.Notes, func(n Note) bool { return n.Code == "zero-filled" && n.Security == "HALT" }) {
		t.Error("no note about the zeros")
	}
}

func TestConfounders(t *testing.T) {
	n := newNasty(t)
	s := n.study()
	s.EventIDs = []string{"holiday"}
	r := mustRun(t, s, n.catalog, n.panel(t, market.Simple, nil))
	if r.N() != 4 {
		t.Fatalf("%d observations, want 4", r.N())
	}
	got := fmt.Sprint(r.Confounders(0), r.Confounders(1))
	want := "[{0 half-day -32 estimation} {4 sell-off 4 event}] [{4 sell-off 4 event} {5 dated 5 event}]"
	if got != want {
		t.Errorf("confounders %s, want %s", got, want)
	}
}

// indexOf returns the first observation that is as asked for, -1 where there is none.
func indexOf(r *Result, is func(o *Observation) bool) int {
	for i := range r.N() {
		if is(r.Observation(i)) {
			return i
		}
	}
	return -1
}

// figuresEqual compares the figures of all used observations that both results
// share, to tol relative to scale.
func figuresEqual(t *testing.T, law string, a, b *Result, tol float64) {
	t.Helper()
	find := func(r *Result, o *Observation) int {
		return indexOf(r, func(p *Observation) bool { return p.EventID == o.EventID && p.Security == o.Security })
	}
	compared := 0
	for i := range a.N() {
		o := a.Observation(i)
		j := find(b, o)
		if j < 0 || !o.Used() {
			continue
		}
		x, y := a.AbnormalReturns(i), b.AbnormalReturns(j)
		for k := range x.AR {
			if d := math.Abs(x.AR[k] - y.AR[k]); d > tol || math.IsNaN(x.AR[k]) != math.IsNaN(y.AR[k]) {
				t.Errorf("%s: %s %s AR[%d] %v and %v", law, o.EventID, o.Security, k, x.AR[k], y.AR[k])
			}
			compared++
		}
		for k := range x.SCAR {
			if d := math.Abs(x.SCAR[k] - y.SCAR[k]); d > 1e3*tol {
				t.Errorf("%s: %s %s SCAR[%d] %v and %v", law, o.EventID, o.Security, k, x.SCAR[k], y.SCAR[k])
			}
		}
	}
	if compared < 150 {
		t.Errorf("%s: only %d figures compared", law, compared)
	}
}

// testsEqual compares all group tests; sign is applied to the second's statistics.
func testsEqual(t *testing.T, law string, a, b *Result, sign float64) {
	t.Helper()
	compared := 0
	for i := range a.Groups {
		g := &a.Groups[i]
		h := b.Group(g.By, g.Key)
		if h == nil {
			t.Errorf("%s: group %s is gone", law, g.Name())
			continue
		}
		for w := range g.Windows {
			for k, x := range g.Windows[w].Tests {
				y := h.Windows[w].Tests[k]
				switch {
				case sign < 0 && strings.HasPrefix(x.Test, "bhar-"): // compounded returns are not those of the opposite sign
					continue
				case x.Test == "placebo" && (law == "data outside both windows" || law == "event removed"): // they make its pseudo-dates
					continue
				}
				s := sign
				if math.IsNaN(x.PLower) { // no sign to flip
					s = 1
				}
				if math.IsNaN(x.Stat) && math.IsNaN(y.Stat) {
					continue
				}
				switch { // what signs flipped do to other than the sign
				case x.Test == "wilcoxon" && sign < 0: // a rank sum turns into its complement; its p value stays
					s, x.Stat = 1, y.Stat
				case x.Test == "beaver-u": // it is about squares
					s = 1
				}
				if !(math.Abs(x.Stat-s*y.Stat) <= 1e-7*(1+math.Abs(x.Stat))) || !(math.Abs(x.P-y.P) <= 1e-7) {
					t.Errorf("%s: %s %s %s: %v (p %v) and %v (p %v)", law, g.Name(), g.Windows[w].Window, x.Test, x.Stat, x.P, y.Stat, y.P)
				}
				compared++
			}
		}
	}
	if compared < 50 {
		t.Errorf("%s: only %d tests compared", law, compared)
	}
}

func TestLaws(t *testing.T) {
	n := newNasty(t)
	base := mustRun(t, n.study(), n.catalog, n.panel(t, market.Simple, nil))

	scaled := n.panel(t, market.Simple, func(_ string, p []float64) {
		for k := range p {
			p[k] *= 7.25
		}
	})
	figuresEqual(t, "price x c", base, mustRun(t, n.study(), n.catalog, scaled), 1e-12)

	shifted := n.panel(t, market.Simple, nil)
	for _, c := range shifted.Columns {
		if c.Symbol != "INDEX" {
			for k := range c.Return {
				c.Return[k] += 0.0123
			}
		}
	}
	figuresEqual(t, "constant added to returns", base, mustRun(t, n.study(), n.catalog, shifted), 1e-12)

	flipped := n.panel(t, market.Simple, nil)
	for _, c := range flipped.Columns {
		if c.Symbol != "INDEX" {
			for k := range c.Return {
				c.Return[k] = -c.Return[k]
			}
		}
	}
	testsEqual(t, "signs flipped", base, mustRun(t, n.study(), n.catalog, flipped), -1)

	outside := n.panel(t, market.Simple, nil)
	first, last := n.cal.Search(market.NewDate(2023, 6, 30)), n.cal.Search(market.NewDate(2025, 2, 20))
	for _, c := range outside.Columns {
		for k := range c.Return {
			if i := c.First + k; i < first || i > last {
				c.Return[k] = 0.5
			}
		}
	}
	some := n.study()
	some.EventIDs = []string{"sell-off", "weekend", "late"}
	inside := mustRun(t, some, n.catalog, n.panel(t, market.Simple, nil))
	far := mustRun(t, some, n.catalog, outside)
	if d := inside.AbnormalReturns(0).AR[10] - far.AbnormalReturns(0).AR[10]; d != 0 {
		t.Errorf("data outside both windows moves an AR by %v", d)
	}
	testsEqual(t, "data outside both windows", inside, far, 1)

	reversed := &events.Catalog{Events: slices.Clone(n.catalog.Events)}
	slices.Reverse(reversed.Events)
	for i := range reversed.Events {
		e := &reversed.Events[i]
		e.Targets = slices.Clone(e.Targets)
		slices.Reverse(e.Targets)
	}
	testsEqual(t, "order of events", base, mustRun(t, n.study(), reversed, n.panel(t, market.Simple, nil)), 1)
}

// Removing an event equals not studying it.
func TestRemovingEqualsExcluding(t *testing.T) {
	n := newNasty(t)
	s := n.study()
	for _, e := range n.catalog.Events {
		if e.ID != "late" {
			s.EventIDs = append(s.EventIDs, e.ID)
		}
	}
	excluded := mustRun(t, s, n.catalog, n.panel(t, market.Simple, nil))
	without := &events.Catalog{Events: slices.DeleteFunc(slices.Clone(n.catalog.Events), func(e events.Event) bool { return e.ID == "late" })}
	testsEqual(t, "event removed", excluded, mustRun(t, n.study(), without, n.panel(t, market.Simple, nil)), 1)
}

// Results do not depend on the number of processors.
func TestProcessors(t *testing.T) {
	n := newNasty(t)
	dump := func(procs int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		r := mustRun(t, n.study(), n.catalog, n.panel(t, market.Simple, nil))
		return fmt.Sprintf("%v %v %v", r.Groups, r.eng.car, r.Notes)
	}
	if dump(1) != dump(8) {
		t.Error("1 and 8 processors give different results")
	}
}

// With every model, bootstrap and placebo among the tests, neither the number
// of processors nor the order of events and securities changes anything.
func TestProcessorsAndOrder(t *testing.T) {
	n := newNasty(t)
	reversed := &events.Catalog{Events: slices.Clone(n.catalog.Events)}
	slices.Reverse(reversed.Events)
	for i := range reversed.Events {
		e := &reversed.Events[i]
		e.Targets = slices.Clone(e.Targets)
		slices.Reverse(e.Targets)
	}
	rng := rand.New(rand.NewPCG(3, 5))
	dates := make([]market.Date, len(n.prices["INDEX"]))
	series := make(map[string][]float64)
	for _, f := range append(ffNames, "oil", model.RiskFree) {
		for range dates {
			series[f] = append(series[f], 0.005*rng.NormFloat64())
		}
	}
	for k := range dates {
		dates[k] = n.cal.Date(n.from + k)
	}
	firms := []string{"AAA", "BBB", "CCC", "DDD", "EEE"}
	for _, c := range modelCases() {
		if c.o.Matches != nil {
			c.o.Matches = map[string]string{"AAA": "BBB", "BBB": "CCC", "CCC": "DDD", "DDD": "EEE", "EEE": "AAA"}
		}
		if c.o.Peers != nil {
			c.o.Peers = firms
		}
		if c.o.Donors != nil {
			c.o.Donors = firms
		}
		m, err := model.New(c.name, c.o)
		if err != nil {
			t.Fatal(err)
		}
		run := func(procs int, catalog *events.Catalog) *Result {
			defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
			p := n.panel(t, market.Simple, nil)
			for f, v := range series {
				p.AddFactor(f, dates, v)
			}
			s := n.study()
			s.Model, s.EventIDs, s.Draws = m, []string{"sell-off", "weekend", "late", "holiday"}, 19
			if m.Design("").Conditional {
				s.Tests = slices.DeleteFunc(slices.Clone(Tests), func(t Test) bool { return t == Test(Placebo{}) })
			}
			return mustRun(t, s, catalog, p)
		}
		one, many := run(1, n.catalog), run(8, n.catalog)
		if a, b := fmt.Sprint(one.Groups, one.eng.car, one.Notes), fmt.Sprint(many.Groups, many.eng.car, many.Notes); a != b {
			t.Errorf("%s: 1 and 8 processors give different results", c.name)
		}
		backwards := run(8, reversed)
		figuresEqual(t, c.name+", order of events", one, backwards, 1e-15)
		testsEqual(t, c.name+", order of events", one, backwards, 1)
	}
}

// Log returns add up and BHAR compounds them.
func TestLogReturns(t *testing.T) {
	n := newNasty(t)
	s := n.study()
	s.Returns, s.Model = market.Log, model.MarketAdjusted{}
	p := n.panel(t, market.Log, nil)
	r := mustRun(t, s, n.catalog, p)
	i := indexOf(r, func(o *Observation) bool { return o.EventID == "sell-off" && o.Security == "AAA" })
	f := r.AbnormalReturns(i)
	k := int(r.spots[i].index()) - n.from
	a, m := n.prices["AAA"], n.prices["INDEX"]
	w := slices.Index(s.CARWindows, Window{0, 5})
	car := math.Log(a[k+5]/a[k-1]) - math.Log(m[k+5]/m[k-1])
	bhar := a[k+5]/a[k-1] - m[k+5]/m[k-1]
	if math.Abs(f.CAR[w]-car) > 1e-12 || math.Abs(f.BHAR[w]-bhar) > 1e-12 {
		t.Errorf("CAR %v, BHAR %v; want %v, %v", f.CAR[w], f.BHAR[w], car, bhar)
	}
}

func TestValidate(t *testing.T) {
	for field, change := range map[string]func(*Study){
		"model":          func(s *Study) { s.Model = nil },
		"estimation":     func(s *Study) { s.EstimationWindow.To = s.EventWindow.From },
		"event":          func(s *Study) { s.EventWindow = Window{3, 1} },
		"car[4]":         func(s *Study) { s.CARWindows[4] = s.CARWindows[2] },
		"draws":          func(s *Study) { s.Draws = 1_000_000_000 },
		"event: [":       func(s *Study) { s.EventWindow = Window{-10, 1_000_000} },
		"car[1]":         func(s *Study) { s.CARWindows[1] = Window{0, 11} },
		"car":            func(s *Study) { s.CARWindows = nil },
		"min_estimation": func(s *Study) { s.MinEstimation = 251 },
		"returns":        func(s *Study) { s.Returns = "gross" },
		"missing":        func(s *Study) { s.Gaps = "fill" },
		"missing_event":  func(s *Study) { s.MissingEvent = "" },
		"design":         func(s *Study) { s.Subject = "intraday" },
		"family":         func(s *Study) { s.Family = "sectors" },
		"correction":     func(s *Study) { s.Family, s.Correction = GroupFamily, "bonferroni" },
	} {
		s := DefaultStudy()
		change(s)
		if err := s.Validate(); err == nil || !strings.HasPrefix(err.Error(), "study."+strings.TrimSuffix(field, ": [")+": ") {
			t.Errorf("%s: %v", field, err)
		}
	}
	if err := DefaultStudy().Validate(); err != nil {
		t.Error(err)
	}
}

func TestRunStops(t *testing.T) {
	n := newNasty(t)
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := n.study().Run(ctx, n.catalog, n.panel(t, market.Simple, nil), nil); err != context.Canceled {
		t.Errorf("a cancelled run returned %v", err)
	}
	s := simulate(t, 4, 4000, 1)
	st := s.study()
	st.Model, st.EstimationWindow, st.Draws, st.Tests = model.TheilSen{}, Window{-300, -1}, 9999, []Test{Placebo{}}
	ctx, cancel = context.WithTimeout(context.Background(), 100*time.Millisecond)
	defer cancel()
	start := time.Now()
	if _, err := st.Run(ctx, catalogOf(s.event(2000, names(4)...)), s.panel, nil); err != context.DeadlineExceeded {
		t.Errorf("a study within placebo returned %v when its time was up", err)
	}
	if d := time.Since(start); d > 5*time.Second { // to its end it takes a minute
		t.Errorf("placebo went on for %v", d)
	}
	if _, err := n.study().Run(context.Background(), &events.Catalog{}, n.panel(t, market.Simple, nil), nil); err == nil {
		t.Error("an empty catalogue was studied")
	}
}

func TestWindow(t *testing.T) {
	for in, want := range map[string]Window{"-1,1": {-1, 1}, "[-1,+1]": {-1, 1}, "0": {0, 0}, "-5..+10": {-5, 10}, " 0 , 3 ": {0, 3}} {
		if w, err := ParseWindow(in); err != nil || w != want {
			t.Errorf("%q: %v, %v", in, w, err)
		}
	}
	for _, in := range []string{"", "a", "1,-1", "1,2,3", "--1,1", "1.5,2"} {
		if w, err := ParseWindow(in); err == nil {
			t.Errorf("%q: %v, want an error", in, w)
		}
	}
	if s := (Window{-1, 10}).String(); s != "[-1,+10]" {
		t.Error(s)
	}
}

// Under trade-to-trade returns the first return after a halt covers it, and a
// note says so; the benchmark is measured over the same sessions.
func TestSpanningReturn(t *testing.T) {
	n := newNasty(t)
	s := n.study()
	s.Gaps, s.Model, s.EventIDs = market.TradeToTrade, model.MarketAdjusted{}, []string{"holiday"}
	gap := 0
	for _, lacking := range []string{"", "INDEX"} { // the benchmark halts too, in the second round
		p := market.NewPanel(market.Simple, market.TradeToTrade)
		for _, c := range n.panel(t, market.Simple, func(symbol string, p []float64) {
			if symbol == "HALT" {
				gap = slices.IndexFunc(p, math.IsNaN)
			}
		}).Columns {
			if c.Symbol == lacking {
				c.Price[gap] = math.NaN()
			}
			c.Return, c.Span = market.Returns(c.Price, market.Simple, market.TradeToTrade)
			if err := p.AddColumn(c); err != nil {
				t.Fatal(err)
			}
		}
		r := mustRun(t, s, n.catalog, p)
		i := indexOf(r, func(o *Observation) bool { return o.Security == "HALT" })
		f, k := r.AbnormalReturns(i), int(r.spots[i].index())-n.from
		// The halt is on session +2; the return of +3 covers both.
		h, m := n.prices["HALT"], n.prices["INDEX"]
		if want := (h[k+3]/h[k+1] - 1) - (m[k+3]/m[k+1] - 1); math.Abs(f.AR[13]-want) > 1e-12 {
			t.Errorf("AR of session +3 %v, want %v", f.AR[13], want)
		}
		if !hasNote(r, "spanning-return") || !hasNote(r, "missing-return") {
			t.Errorf("notes %v", r.Notes)
		}
		if a := r.AbnormalReturns(0); lacking != "" && !(math.IsNaN(a.AR[12]) && math.IsNaN(a.AR[13])) {
			t.Errorf("a benchmark without a price on session +2 leaves AAA %v on +2 and %v on +3, whose one-session returns it cannot explain", a.AR[12], a.AR[13])
		}
	}
}

// Groups of so many events that their tests would fill the memory are refused.
func TestTooManyGroups(t *testing.T) {
	p := benchPanel(t, 1, 1200)
	c := &events.Catalog{}
	cal, first := p.Columns[0].Calendar, p.Columns[0].First
	for k := range mostResults/(len(DefaultTests())*5) + 10_000 {
		c.Events = append(c.Events, events.Event{ID: fmt.Sprint(k), DateOnly: true, Time: cal.Date(first+300+k%800).In(time.UTC, 0), Targets: []events.Target{{Symbol: "S0000"}}})
	}
	s := DefaultStudy()
	s.Benchmark = "INDEX"
	_, err := s.Run(t.Context(), c, p, nil)
	var spec *SpecError
	if !errors.As(err, &spec) || spec.Field != "groups[0]" || !strings.Contains(err.Error(), "leave it out") {
		t.Errorf("got %v", err)
	}
}

// Observations of many small events are gone through by security, and listed
// as they come.
func TestScattered(t *testing.T) {
	p := benchPanel(t, 30, 900)
	cal, first := p.Columns[0].Calendar, p.Columns[0].First
	c := &events.Catalog{}
	for k := range 2 * block {
		c.Events = append(c.Events, events.Event{ID: fmt.Sprint(k), DateOnly: true, Time: cal.Date(first+300+k*7%550).In(time.UTC, 0),
			Targets: []events.Target{{Symbol: fmt.Sprintf("S%04d", k*11%30)}}})
	}
	s := DefaultStudy()
	s.Benchmark, s.Groups, s.CARWindows, s.Tests = "INDEX", []Grouping{All, ByEvent}, s.CARWindows[:2], []Test{CrossSectionTest{}, KPBMP{}, RankTest{}, SampleQuantile{}}
	p.Columns[4].Return[500] = nan
	r := mustRun(t, s, c, p)
	if !r.scattered || r.N() != len(c.Events) || len(r.Groups) != 1+len(c.Events) {
		t.Fatalf("%d observations, %d groups", r.N(), len(r.Groups))
	}
	for i := range r.N() {
		o := r.Observation(i)
		g := &r.Groups[1+i]
		if e := &c.Events[i]; o.EventID != e.ID || o.Security != e.Targets[0].Symbol || o.Session0 != market.DateOf(e.Time) || g.Key != e.ID || g.Members[0] != i {
			t.Fatalf("observation %d is %s of %s", i, o.Security, o.EventID)
		}
		if i%97 > 0 {
			continue
		}
		one := *s
		one.EventIDs = []string{o.EventID}
		alone := mustRun(t, &one, c, p)
		same(t, o.EventID, r.AbnormalReturns(i).AR, alone.AbnormalReturns(0).AR, 0)
		for w := range s.CARWindows {
			if got, want := fmt.Sprint(r.ObservationTests(i, w)), fmt.Sprint(alone.ObservationTests(0, w)); got != want {
				t.Fatalf("%s: %s, alone %s", o.EventID, got, want)
			}
		}
		if got, want := fmt.Sprint(r.Diagnostics(i)), fmt.Sprint(alone.Diagnostics(0)); got != want {
			t.Fatalf("%s: %s, alone %s", o.EventID, got, want)
		}
	}
	if g := &r.Groups[0]; g.Windows[0].N != len(g.Members) || len(g.Members)+len(g.Repeats) != len(c.Events) || len(g.Members) != 1650 || math.IsNaN(g.Windows[0].Test("kp-bmp").Stat) {
		t.Errorf("%+v", g.Windows[0])
	}
}

// A large study counts what a small one notes one by one.
func TestLargeStudyNotes(t *testing.T) {
	p := benchPanel(t, 50, 900)
	p.Columns[7].Return[400] = nan
	s := DefaultStudy()
	s.Benchmark, s.Groups, s.Tests = "INDEX", nil, nil
	for _, n := range []int{500, 25_000} {
		r := mustRun(t, s, benchCatalog(p, n), p)
		notes := make(map[string]int)
		for _, x := range r.Notes {
			if notes[x.Code]++; n > diagnosed && (x.Code == "time-unknown" && !strings.HasPrefix(x.Text(), "of 500 events ") || x.Code == "short-estimation" && !strings.HasSuffix(x.Text(), " observations have fewer than 250 estimation sessions; m says how many")) {
				t.Errorf("%d: %+v", n, x)
			}
		}
		if large := n > diagnosed; large != (notes["large-study"] == 1) || large != (notes["time-unknown"] == 1) || large && notes["short-estimation"] != 1 {
			t.Errorf("%d observations: %v", n, notes)
		}
	}
}
