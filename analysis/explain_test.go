package analysis

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"time"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// newsCatalog is the shared catalogue and the dates of results of one security.
func newsCatalog(t testing.TB, symbol string) *events.Catalog {
	t.Helper()
	c := &events.Catalog{}
	add := func(id, at, category string, symbols ...string) {
		when, err := time.Parse(time.RFC3339, at)
		if err != nil {
			t.Fatal(err)
		}
		e := events.Event{ID: id, Time: when, Category: category, Precision: events.Minute, Title: id}
		for _, s := range symbols {
			e.Targets = append(e.Targets, events.Target{Symbol: s})
		}
		c.Events = append(c.Events, e)
	}
	for _, r := range readCSV(t, filepath.Join(shared, "data/events.csv")) {
		add(r["id"], r["timestamp"], r["category"], strings.Fields(r["tickers"])...)
	}
	for _, r := range readCSV(t, filepath.Join(shared, "data/earnings.csv")) {
		if r["ticker"] == symbol {
			add("earnings-"+r["first_us_session"], r["timestamp_utc"], "earnings", symbol)
		}
	}
	return c
}

func TestExplainReference(t *testing.T) {
	needShared(t)
	data, err := os.ReadFile(filepath.Join(shared, "reference/explain/nvda_spy.json"))
	if err != nil {
		t.Fatal(err)
	}
	type session struct {
		Date                           string
		Ret, Expected, AR, SE, T, P, Q float64
		M                              int
		News                           []string
	}
	var want struct {
		Security, Benchmark string
		First, Last         string
		Sessions, Abnormal  int
		NewsSessions        int `json:"news_sessions"`
		Both                int
		PCoincidence        float64 `json:"p_coincidence"`
		Ratio               float64
		Share               float64 `json:"explained_share"`
		Moves, All          []session
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	first, _ := market.ParseDate(want.First)
	last, _ := market.ParseDate(want.Last)
	s := DefaultStudy()
	s.Benchmark = want.Benchmark
	x, err := s.Explain(context.Background(), newsCatalog(t, want.Security), pricesPanel(t, want.Benchmark, want.Security), ExplainSpec{Securities: []string{want.Security}, From: first, To: last, All: true}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Sessions) != want.Sessions || len(x.Moves) != want.Abnormal || len(want.All) != len(x.Sessions) {
		t.Fatalf("%d sessions and %d moves, want %d and %d", len(x.Sessions), len(x.Moves), want.Sessions, want.Abnormal)
	}
	ids := func(m *Move) (out []string) {
		for _, e := range m.Events {
			out = append(out, x.Catalog.Events[e].ID)
		}
		slices.Sort(out)
		return out
	}
	for k, w := range want.All {
		m := &x.Sessions[k]
		if m.Date.String() != w.Date || m.M != w.M {
			t.Fatalf("session %d is %s with M %d, want %s with %d", k, m.Date, m.M, w.Date, w.M)
		}
		near(t, w.Date+" return", m.Return, w.Ret)
		near(t, w.Date+" expected", m.Expected, w.Expected)
		near(t, w.Date+" AR", m.AR, w.AR)
		near(t, w.Date+" SE", m.SE, w.SE)
		near(t, w.Date+" t", m.T, w.T)
		near(t, w.Date+" p", m.P, w.P)
		near(t, w.Date+" q", m.Q, w.Q)
		slices.Sort(w.News)
		if !slices.Equal(ids(m), w.News) {
			t.Errorf("%s: news %v, want %v", w.Date, ids(m), w.News)
		}
	}
	c := x.Coincidence[0]
	if c.Sessions != want.Sessions || c.Moves != want.Abnormal || c.NewsSessions != want.NewsSessions || c.Both != want.Both {
		t.Errorf("%+v", c)
	}
	near(t, "p of coincidence", c.P, want.PCoincidence)
	near(t, "ratio", c.Ratio, want.Ratio)
	near(t, "share", c.Share, want.Share)
}

// pricesPanel has the shared prices of a benchmark and other securities.
func pricesPanel(t testing.TB, symbols ...string) *market.Panel {
	t.Helper()
	p := market.NewPanel(market.Simple, market.Skip)
	var cal *market.Calendar
	for _, symbol := range symbols {
		s := readPrices(t, symbol)
		if cal == nil {
			cal = market.NYSE()
		}
		if err := p.AddSeries(s, market.Security{Symbol: symbol}, cal); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// Every session of explain is, to the bit, what the study gives for an event of
// that date, whatever the model; also near gaps and near the last price.
func TestExplainIsTheStudy(t *testing.T) {
	s := simulate(t, 6, 420, 3)
	hole := slices.Clone(s.panel.Column("S1").Return)
	hole[333], hole[401] = nan, nan
	s.add(t, "HOLE", hole)
	dates := make([]market.Date, s.cal.Len())
	for k := range dates {
		dates[k] = s.cal.Date(k)
	}
	for f, name := range append([]string{model.RiskFree}, model.Carhart.Series...) {
		values := make([]float64, len(dates))
		for k := range values {
			values[k] = 0.01 * math.Sin(float64((f+2)*k*k))
		}
		if err := s.panel.AddFactor(name, dates, values); err != nil {
			t.Fatal(err)
		}
	}
	symbols := append(names(6), "HOLE")
	catalog := &events.Catalog{}
	for k := 280; k < 420; k++ {
		catalog.Events = append(catalog.Events, s.event(k, symbols...))
	}
	for _, m := range []model.Model{model.MarketModel{}, model.ConstantMean{}, model.Carhart, model.Huber{}, model.Dimson{}} {
		st := s.study()
		st.Model, st.Tests = m, nil
		st.EstimationWindow, st.EventWindow, st.CARWindows, st.MinEstimation = Window{-270, -21}, Window{-10, 10}, []Window{{0, 0}}, 100
		r := s.run(t, st, catalog.Events...)
		x, err := st.Explain(context.Background(), catalog, s.panel, ExplainSpec{Securities: symbols, All: true}, nil)
		if err != nil {
			t.Fatal(err)
		}
		type key struct {
			symbol string
			date   market.Date
		}
		of := make(map[key]*Move)
		for k := range x.Sessions {
			move := &x.Sessions[k]
			of[key{x.Securities[move.Security].Symbol, move.Date}] = move
		}
		compared := 0
		for i := range r.N() {
			o := r.Observation(i)
			move := of[key{o.Security, o.Session0}]
			if !o.Used() || math.IsNaN(r.AbnormalReturns(i).AR[10]) {
				if move != nil {
					t.Errorf("%s: %s on %s is measured, and excluded from the study", m.Name(), o.Security, o.Session0)
				}
				continue
			}
			f := r.AbnormalReturns(i)
			test := run(StudentTest{}, newCrossSection(newPool(r.eng, []int32{o.row}), 0))
			if move == nil || move.AR != f.AR[10] || move.SE != f.SE[10] || move.T != test.Stat || move.P != test.P || move.Return != f.Return[10] || move.Expected != f.Expected[10] || move.M != o.Fit.M {
				t.Fatalf("%s: %s on %s: %+v; the study has AR %v, SE %v, t %v, p %v", m.Name(), o.Security, o.Session0, move, f.AR[10], f.SE[10], test.Stat, test.P)
			}
			compared++
		}
		if compared < 900 {
			t.Errorf("%s: only %d sessions were compared", m.Name(), compared)
		}
	}
}

// The parts of a move add up, the market's is the market model's expectation, and
// the own part is that of the regression on the benchmark and the peers.
func TestMoveParts(t *testing.T) {
	s := simulate(t, 5, 400, 9)
	for i, c := range s.panel.Columns[1:] {
		c.Sector = "one"
		c.Return[390-i] += 0.2
	}
	st := s.study()
	st.EstimationWindow, st.MinEstimation = Window{-270, -21}, 100
	x, err := st.Explain(context.Background(), &events.Catalog{Events: []events.Event{s.event(10, "S0")}}, s.panel, ExplainSpec{Securities: []string{"S0", "S1"}, Peers: map[string][]string{"S1": {"S3", "S4"}}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if got := x.Securities[0].Peers; !slices.Equal(got, []string{"S1", "S2", "S3", "S4"}) {
		t.Errorf("peers by sector: %v", got)
	}
	if got := x.Securities[1].Peers; !slices.Equal(got, []string{"S3", "S4"}) {
		t.Errorf("named peers: %v", got)
	}
	if len(x.Moves) < 2 {
		t.Fatalf("%d moves", len(x.Moves))
	}
	for k := range x.Moves {
		m := &x.Moves[k]
		col := s.panel.Column(x.Securities[m.Security].Symbol)
		at := m.index - col.First
		rm := s.panel.Column("INDEX").Return
		var y []float64
		design := make([][]float64, 3)
		peer := func(k int) (p float64) {
			for _, sym := range x.Securities[m.Security].Peers {
				p += s.panel.Column(sym).Return[k] / float64(len(x.Securities[m.Security].Peers))
			}
			return p
		}
		for k := max(0, at-270); k <= at-21; k++ {
			y = append(y, col.Return[k])
			design[0], design[1], design[2] = append(design[0], 1), append(design[1], rm[k]), append(design[2], peer(k))
		}
		both, err := stat.Regress(y, design, stat.Specification{Errors: stat.Classical})
		if err != nil {
			t.Fatal(err)
		}
		near(t, "own", m.Own, col.Return[at]-both.Coef[0]-both.Coef[1]*rm[at]-both.Coef[2]*peer(at))
		near(t, "market", m.Market, m.Expected)
		near(t, "sum", m.Market+m.Peers+m.Own, m.Return)
		row := []float64{1, rm[at], peer(at)}
		v := both.Sigma * both.Sigma
		for i := range row {
			for j := range row {
				v += row[i] * both.Cov[i][j] * row[j]
			}
		}
		if math.Abs(m.OwnSE/math.Sqrt(v)-1) > 1e-9 {
			t.Errorf("error of the own part %v, want %v", m.OwnSE, math.Sqrt(v))
		}
		if math.Abs(m.AR) > 0.15 && m.Verdict != OwnMove {
			t.Errorf("verdict %s", m.Verdict)
		}
	}
}

// BenchmarkExplain measures all sessions of all securities of the real panel, parts
// of every move among them.
func BenchmarkExplain(b *testing.B) {
	p := realPanel(b)
	var symbols []string
	for _, c := range p.Columns {
		if c.Symbol != "SPY" {
			c.Sector = fmt.Sprint("sector ", len(symbols)%11)
			symbols = append(symbols, c.Symbol)
		}
	}
	catalog := &events.Catalog{}
	for k := range 200 {
		catalog.Events = append(catalog.Events, events.Event{ID: fmt.Sprint(k), DateOnly: true, Time: time.Date(2016, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, 15*k), Targets: []events.Target{{Symbol: symbols[k]}, {Symbol: symbols[k+100]}}})
	}
	s := DefaultStudy()
	for b.Loop() {
		x, err := s.Explain(context.Background(), catalog, p, ExplainSpec{Securities: symbols}, nil)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(x.Measured), "sessions")
		b.ReportMetric(float64(len(x.Moves)), "moves")
	}
}

// newsAt is a catalogue that names each security on sessions of its own.
func (s *simulated) newsAt(at map[string][]int) *events.Catalog {
	c := &events.Catalog{}
	for _, symbol := range slices.Sorted(maps.Keys(at)) {
		for _, k := range at[symbol] {
			e := s.event(k, symbol)
			e.ID = fmt.Sprintf("%s-%d", symbol, k)
			c.Events = append(c.Events, e)
		}
	}
	return c
}

// Where events are placed at random the p values of coincidence and share are
// uniform, of one security and of all; where half of them move the price they are
// found.
func TestExplainSimulated(t *testing.T) {
	if testing.Short() {
		t.Skip("simulates a hundred studies")
	}
	const studies, sessions, news = 120, 700, 40
	below := func(p []float64, level float64) (n int) {
		for _, v := range p {
			if v <= level {
				n++
			}
		}
		return n
	}
	var one, ratio, all, allRatio, power, powerRatio []float64
	for b := range studies {
		for _, moved := range []bool{false, true} {
			s := simulate(t, 3, sessions, uint64(100+b))
			rng := rand.New(rand.NewPCG(uint64(b), 7))
			// Jumps without news, so that there are moves in any case.
			for _, symbol := range names(3) {
				r := s.panel.Column(symbol).Return
				for range 25 {
					r[280+rng.IntN(sessions-300)] += math.Copysign(0.13, rng.Float64()-0.5)
				}
			}
			at := make(map[string][]int)
			for _, symbol := range names(3) {
				for n := range news {
					k := 280 + rng.IntN(sessions-300)
					at[symbol] = append(at[symbol], k)
					if moved && n%2 == 0 {
						s.panel.Column(symbol).Return[k] += math.Copysign(0.13, rng.Float64()-0.5)
					}
				}
				slices.Sort(at[symbol])
				at[symbol] = slices.Compact(at[symbol])
			}
			st := s.study()
			st.EstimationWindow, st.EventWindow, st.MinEstimation = Window{-250, -21}, Window{-10, 10}, 100
			x, err := st.Explain(context.Background(), s.newsAt(at), s.panel, ExplainSpec{Securities: names(3), From: s.cal.Date(s.first + 280), To: s.cal.Date(s.first + sessions - 21)}, nil)
			if err != nil {
				t.Fatal(err)
			}
			c, whole := x.Coincidence[0], x.Coincidence[3]
			if whole.Security != "all" {
				t.Fatal(whole.Security)
			}
			if moved {
				power, powerRatio = append(power, c.P), append(powerRatio, c.PRatio)
				continue
			}
			one, ratio, all, allRatio = append(one, c.P), append(ratio, c.PRatio), append(all, whole.P), append(allRatio, whole.PRatio)
		}
	}
	t.Log("at most 5% and 50%:", below(ratio, 0.05), below(ratio, 0.5), below(all, 0.05), below(all, 0.5), below(allRatio, 0.05), below(allRatio, 0.5), below(one, 0.05), below(one, 0.5), "power", below(power, 0.01), below(powerRatio, 0.01))
	for name, p := range map[string][]float64{"share": ratio, "coincidence of all": all, "share of all": allRatio} {
		// Of 120 uniform p values 6 lie below 5% and 60 below half: binomial limits at 1e-4.
		if n := below(p, 0.05); n > 17 {
			t.Errorf("%s: %d of %d p values at most 5%%", name, n, len(p))
		}
		if n := below(p, 0.5); n > 82 || name != "coincidence of all" && n < 38 {
			t.Errorf("%s: %d of %d p values at most 50%%", name, n, len(p))
		}
	}
	if n := below(one, 0.05); n > 17 { // few moves: its law is discrete, and the p values lie above uniform ones
		t.Errorf("coincidence: %d of %d p values at most 5%%", n, len(one))
	}
	if n := below(power, 0.01); n < studies*9/10 {
		t.Errorf("coincidence: only %d of %d p values at most 1%% where half of the events move the price", n, studies)
	}
	if n := below(powerRatio, 0.01); n < studies*9/10 {
		t.Errorf("share: only %d of %d p values at most 1%% where half of the events move the price", n, studies)
	}
}

// Chance by hand: of 10 sessions 3 moves, 4 with news, 2 both; the law of draws
// without replacement, and what is far in its tail.
func TestCoincidenceByHand(t *testing.T) {
	// R 4.2: phyper(1, 4, 6, 3, lower.tail = FALSE) = 1/3
	near(t, "P(X >= 2)", stat.HypergeometricUpper(2, 10, 3, 4), 1./3)
	near(t, "P(X >= 1)", stat.HypergeometricUpper(1, 10, 3, 4), 5./6)
	near(t, "all", stat.HypergeometricUpper(3, 10, 3, 4), 1./30)
	// C(20, 20)/C(1000, 20)
	var log float64
	for i := range 20 {
		log += math.Log(float64(20-i)) - math.Log(float64(1000-i))
	}
	if p := stat.HypergeometricUpper(20, 1000, 20, 20); math.Abs(math.Log(p)/log-1) > 1e-12 {
		t.Errorf("P = %g, want exp(%g)", p, log)
	}
	for _, c := range []struct {
		x, n, k, m int
		want       float64
	}{{0, 10, 3, 4, 1}, {4, 10, 3, 4, 0}, {2, 10, 8, 9, 1}} {
		if got := stat.HypergeometricUpper(c.x, c.n, c.k, c.m); got != c.want {
			t.Errorf("%+v: %g", c, got)
		}
	}
	near(t, "binomial", stat.BinomialTwoSided(2, 10), 2*(1.+10+45)/1024)
	near(t, "binomial, the other side", stat.BinomialTwoSided(8, 10), 2*(1.+10+45)/1024)
	if got := stat.BinomialTwoSided(5, 10); got != 1 {
		t.Errorf("half of them: %g", got)
	}
}

// The figures do not depend on the number of processors, nor on the order of events.
func TestExplainWorkers(t *testing.T) {
	s := simulate(t, 9, 600, 4)
	for i, c := range s.panel.Columns[1:] {
		c.Sector = fmt.Sprint(i % 2)
		for k := 300 + 7*i; k < 590; k += 60 {
			c.Return[k] += 0.15
		}
	}
	at := make(map[string][]int)
	for i, symbol := range names(9) {
		for k := 300 + 7*i; k < 590; k += 30 {
			at[symbol] = append(at[symbol], k)
		}
	}
	run := func(procs int, catalog *events.Catalog) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		st := s.study()
		st.EstimationWindow, st.MinEstimation = Window{-250, -21}, 100
		x, err := st.Explain(context.Background(), catalog, s.panel, ExplainSpec{Securities: names(9)}, nil)
		if err != nil {
			t.Fatal(err)
		}
		var moves []string
		for _, m := range x.Moves {
			for k, e := range m.Events {
				m.Events[k] = 0
				moves = append(moves, catalog.Events[e].ID)
			}
			moves = append(moves, fmt.Sprint(m))
		}
		return fmt.Sprint(moves, x.Coincidence, x.With, x.Without)
	}
	catalog := s.newsAt(at)
	backwards := slices.Clone(catalog.Events)
	slices.Reverse(backwards)
	one := run(1, catalog)
	if many := run(8, catalog); many != one {
		t.Error("1 and 8 processors give different results")
	}
	if back := run(4, &events.Catalog{Events: backwards}); back != one {
		t.Error("the order of events changes the results")
	}
}
