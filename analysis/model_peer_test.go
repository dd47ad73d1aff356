package analysis

import (
	"math"
	"strings"
	"testing"
	"time"

	"aftershock/analysis/model"
	"aftershock/market"
)

// days is a calendar of consecutive days from 2024-01-01, less those left out.
func days(t testing.TB, name string, n int, without ...int) *market.Calendar {
	t.Helper()
	var ss []market.Session
	closed := make(map[int]bool)
	for _, k := range without {
		closed[k] = true
	}
	for k := range n {
		if !closed[k] {
			ss = append(ss, market.Session{Date: market.NewDate(2024, 1, 1) + market.Date(k), Close: 16 * 60})
		}
	}
	c, err := market.NewCalendar(name, time.UTC, 16*60, ss)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// addPrices adds a security whose closes are given by session; NaN is no price.
func addPrices(t testing.TB, p *market.Panel, sec market.Security, cal *market.Calendar, price ...float64) *market.Column {
	t.Helper()
	s := &market.Series{Symbol: sec.Symbol, Adjusted: true}
	for k, v := range price {
		if v == v {
			s.Bars = append(s.Bars, market.Bar{Date: cal.Date(k), Close: v, AdjClose: v, Volume: math.NaN()})
		}
	}
	if err := p.AddSeries(s, sec, cal); err != nil {
		t.Fatal(err)
	}
	return p.Column(sec.Symbol)
}

// layOut returns the series of a security under a model.
func layOut(p *market.Panel, m model.Model, benchmark, symbol string) *series {
	d := &designs{study: &Study{Model: m, Benchmark: benchmark, Returns: p.Kind}, panel: p, shared: make(map[termKey][]float64)}
	return d.of(p.Column(symbol))
}

func wantSeries(t *testing.T, what string, got, want []float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
	for k, v := range want {
		if math.Abs(got[k]-v) > 1e-15 || math.IsNaN(got[k]) != math.IsNaN(v) {
			t.Errorf("%s[%d]: %v, want %v", what, k, got[k], v)
		}
	}
}

func TestPeerMean(t *testing.T) {
	p := market.NewPanel(market.Simple, market.Skip)
	cal := days(t, "X", 5)
	addPrices(t, p, market.Security{Symbol: "SELF"}, cal, 1, 2, 3, 4, 5)
	addPrices(t, p, market.Security{Symbol: "A", Shares: 10, Currency: "USD"}, cal, 100, 110, 99, 99, nan)
	addPrices(t, p, market.Security{Symbol: "B", Shares: 1000, Currency: "USD"}, cal, 2, 2, nan, 3, 6)
	addPrices(t, p, market.Security{Symbol: "C"}, cal, 1, 1, 1, 1, 1)
	addPrices(t, p, market.Security{Symbol: "D", Shares: 5, Currency: "EUR"}, cal, 1, 1, 1, 1, 1)
	peers := []string{"A", "SELF", "B"}

	s := layOut(p, model.Peer{Peers: peers}, "", "SELF")
	wantSeries(t, "equal", s.x[0], []float64{nan, (0.1 + 0) / 2, 99./110 - 1, 0, 1})

	s = layOut(p, model.Peer{Peers: peers, ByValue: true}, "", "SELF")
	// On the first return A is worth 1000 and B 2000; on the last there is B alone.
	wantSeries(t, "by value", s.x[0], []float64{nan, 0.1 / 3, 99./110 - 1, 0, 1})

	s = layOut(p, model.Peer{PeersOf: map[string][]string{"SELF": {"C"}}, Peers: peers}, "", "SELF")
	wantSeries(t, "own group", s.x[0], []float64{nan, 0, 0, 0, 0})

	// The value before a session on another calendar is that of the last close before it.
	other := days(t, "Y", 5, 1)
	addPrices(t, p, market.Security{Symbol: "OTHER"}, other, 1, 1, 1, 1)
	s = layOut(p, model.Peer{Peers: peers, ByValue: true}, "", "OTHER")
	if s.missing == nil || !strings.Contains(s.missing.Detail(), "shares outstanding of SELF") {
		t.Error(s.missing)
	}
	s = layOut(p, model.Peer{Peers: []string{"A", "B"}, ByValue: true}, "", "OTHER")
	wantSeries(t, "other calendar", s.x[0], []float64{nan, -0.01, 0, 1})

	for what, m := range map[string]model.Peer{
		"no peers of":                       {Peers: []string{"SELF"}},
		"the security NOPE has no prices":   {Peers: []string{"A", "NOPE"}},
		"shares outstanding of C are not":   {Peers: []string{"A", "C"}, ByValue: true},
		"D trades in EUR, others in USD":    {Peers: []string{"A", "D"}, ByValue: true},
		"the study names no peers of SELF":  {},
		"no mean can be weighted by value":  {Peers: []string{"C"}, ByValue: true},
		"the study names no peers of SELF ": {PeersOf: map[string][]string{"SELF": nil}, Peers: peers},
	} {
		s := layOut(p, m, "", "SELF")
		if s.missing == nil || s.missing.Reason != NoRegressor || !strings.Contains(s.missing.Detail(), strings.TrimSpace(what)) {
			t.Errorf("%s: %v", what, s.missing)
		}
	}
}

func TestMatched(t *testing.T) {
	p := market.NewPanel(market.Simple, market.Skip)
	cal := days(t, "X", 3)
	addPrices(t, p, market.Security{Symbol: "A"}, cal, 1, 2, 3)
	addPrices(t, p, market.Security{Symbol: "B"}, cal, 4, 5, 6)
	m := model.Matched{Matches: map[string]string{"A": "B", "B": "B"}}
	wantSeries(t, "match", layOut(p, m, "", "A").x[0], []float64{nan, 0.25, 0.2})
	if s := layOut(p, m, "", "B"); s.missing == nil || !strings.Contains(s.missing.Detail(), "its own match") {
		t.Error(s.missing)
	}
	if s := layOut(p, model.Matched{}, "", "B"); s.missing == nil || !strings.Contains(s.missing.Detail(), "no match of B") {
		t.Error(s.missing)
	}
}
