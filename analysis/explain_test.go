package analysis

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"os"
	"path/filepath"
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
		for i := range r.Observations {
			o := &r.Observations[i]
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
