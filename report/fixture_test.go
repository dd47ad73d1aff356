package report

import (
	"bytes"
	"context"
	"flag"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
	"aftershock/market/sample"
)

var update = flag.Bool("update", false, "write the golden files and the data dictionary anew")

// golden compares got with a file, or writes it.
func golden(t *testing.T, name string, got []byte) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, got, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if !bytes.Equal(got, want) {
		a, b := strings.Split(string(got), "\n"), strings.Split(string(want), "\n")
		for i := range min(len(a), len(b)) {
			if a[i] != b[i] {
				t.Fatalf("%s, line %d:\n got %q\nwant %q\n(-update writes it anew)", name, i+1, a[i], b[i])
			}
		}
		t.Fatalf("%s: %d lines, want %d (-update writes it anew)", name, len(a), len(b))
	}
}

// The titles that a report must bear.
const (
	formula = `=HYPERLINK("http://example.org","x")`
	tagged  = "<script>alert(1)</script>"
	escape  = "Red \x1b[31malert\x1b[0m\nand a second line\u202e"
	mixed   = "إنفيديا تهبط 17% بعد DeepSeek R1 في جلسة واحدة"
)

// nasty is a small study with everything that goes wrong: a firm with two
// events, two firms on one day, news after the close, after an early close, on
// a holiday, on a weekend, a halted security, a listing too short, an unknown
// symbol, an event past the last price, another exchange, and titles that are
// long, Arabic, or code.
var nasty = sync.OnceValue(func() *analysis.Result {
	tokyo, _ := market.ExchangeByName("Tokyo")
	rng := rand.New(rand.NewPCG(7, 11))
	first, last := market.NewDate(2023, 6, 1), market.NewDate(2025, 3, 31)
	shock := make(map[market.Date]float64) // common to the firms
	rm := make(map[market.Date]float64)
	for d := first; d <= last; d++ {
		shock[d], rm[d] = 0.01*rng.NormFloat64(), 0.008*rng.NormFloat64()
	}
	p := market.NewPanel(market.Simple, market.Skip)
	add := func(symbol, name string, cal *market.Calendar, from, to market.Date, ret func(d market.Date) float64, halted ...market.Date) {
		s := &market.Series{Symbol: symbol, Name: name, Origin: "made for tests", Adjusted: symbol != "BETA"}
		price := 100.0
		for k := cal.Search(from); k < cal.Len() && cal.Date(k) <= to; k++ {
			d := cal.Date(k)
			price *= 1 + ret(d)
			b := market.Bar{Date: d, Close: price, AdjClose: price, Volume: math.NaN()}
			for _, h := range halted {
				if h == d {
					b.Close, b.AdjClose = math.NaN(), math.NaN()
				}
			}
			s.Bars = append(s.Bars, b)
		}
		if err := p.AddSeries(s, market.Security{}, cal); err != nil {
			panic(err)
		}
	}
	firm := func(beta, noise float64, jumps map[market.Date]float64) func(market.Date) float64 {
		return func(d market.Date) float64 {
			return beta*rm[d] + shock[d] + noise*rng.NormFloat64() + jumps[d]
		}
	}
	day := func(m time.Month, d int) market.Date { return market.NewDate(2024, m, d) }
	nyse := market.NYSE()
	add("SPY", "", nyse, first, last, func(d market.Date) float64 { return rm[d] })
	add("ALFA", "Alfa Industries, Inc.", nyse, first, last, firm(1.2, 0.006, map[market.Date]float64{day(9, 3): -0.15, day(12, 2): 0.04}))
	add("BETA", "", nyse, first, last, firm(0.9, 0.006, map[market.Date]float64{day(9, 3): -0.12}))
	add("GAMA", "Gama", nyse, first, last, firm(1.1, 0.006, map[market.Date]float64{day(9, 3): 0.03}))
	add("HALT", "Halted plc", nyse, first, last, firm(1, 0.008, nil), day(9, 3), day(9, 4))
	add("NEWB", "Newly listed", nyse, day(8, 1), last, firm(1, 0.008, nil))
	add("GONE", "", nyse, first, day(6, 28), firm(1, 0.008, nil))
	add("6857.T", "アドバンテスト", tokyo.Calendar(), first, last, firm(0.7, 0.01, nil))

	ny := nyse.Zone()
	at := func(m time.Month, d, hour, minute int) time.Time {
		return time.Date(2024, m, d, hour, minute, 0, 0, ny)
	}
	on := func(m time.Month, d int) time.Time { return time.Date(2024, m, d, 0, 0, 0, 0, time.UTC) }
	to := func(symbols ...string) (out []events.Target) {
		for _, s := range symbols {
			out = append(out, events.Target{Symbol: s, Sign: -1})
		}
		return out
	}
	cat := &events.Catalog{Origin: "nasty.yaml", Warnings: []string{"nasty.yaml:1: column \"colour\" is not known"}, Events: []events.Event{
		{ID: "labor-day", Time: at(9, 2, 11, 0), Precision: events.Minute, Title: "News on a holiday", Titles: map[string]string{"ar": mixed}, Category: "news", Targets: to("ALFA", "BETA", "GAMA", "HALT", "NEWB", "6857.T")},
		{ID: "early-close", Time: at(11, 29, 14, 30), Precision: events.Second, Title: tagged, Category: "news", Targets: to("ALFA")},
		{ID: "weekend", Time: on(10, 5), DateOnly: true, Precision: events.Day, Title: formula, Category: "+risk", Targets: to("BETA", "GAMA")},
		{ID: "evening", Time: on(7, 3), DateOnly: true, AfterClose: true, Precision: events.Day, Title: escape, Category: "-risk", Targets: to("GAMA")},
		{ID: "half-day", Time: at(11, 29, 12, 30), Precision: events.Approx, Title: strings.Repeat("A title without end ", 15), Category: "@risk", Targets: to("GAMA", "BETA")},
		{ID: "unknown", Time: at(10, 15, 10, 0), Title: "Nobody knows it 🚀", Targets: to("NOPE", "GONE")},
		{ID: "future", Time: time.Date(2030, 5, 1, 12, 0, 0, 0, time.UTC), Title: "Past the last price", Targets: to("ALFA")},
		{ID: "no-title", Time: time.Date(2024, 10, 22, 23, 30, 0, 0, time.UTC), Category: "", Targets: to("ALFA")},
	}}
	s := analysis.DefaultStudy()
	s.Name = "A nasty study"
	s.Tests = nil
	for _, name := range []string{"t", "cross-section", "crude", "portfolio", "patell", "bmp", "kp-bmp", "kp-patell", "joint"} {
		t, _ := analysis.TestByName(name)
		s.Tests = append(s.Tests, t)
	}
	s.Family = analysis.SecurityFamily
	r, err := s.Run(context.Background(), cat, p, nil)
	if err != nil {
		panic(err)
	}
	beta, err := r.Characteristic("beta")
	if err != nil {
		panic(err)
	}
	if _, err := r.Regress(beta, analysis.RegressionSpec{Errors: stat.HC3}); err != nil {
		panic(err)
	}
	return r
})

// shipped is the study of the shipped catalogue on the embedded sample.
var shipped = sync.OnceValue(func() *analysis.Result {
	cat, err := events.Shipped()
	if err != nil {
		panic(err)
	}
	p, errs := market.Load(context.Background(), sample.Source(), market.Request{Securities: sample.Securities()})
	if len(errs) > 0 {
		panic(errs[0])
	}
	r, err := analysis.DefaultStudy().Run(context.Background(), cat, p, nil)
	if err != nil {
		panic(err)
	}
	return r
})

// made is a study of one event on given returns of session 0, by
// market-adjusted returns: what the model explains is the market's return.
func made(t *testing.T, market0 float64, returns ...float64) *analysis.Result {
	t.Helper()
	return madeOf(t, market.Simple, func(*market.Column) {}, market0, returns...)
}

// madeOf is made of returns of kind, its securities changed before they are
// measured; session 0 is element 120 of a column.
func madeOf(t *testing.T, kind market.ReturnKind, change func(*market.Column), market0 float64, returns ...float64) *analysis.Result {
	t.Helper()
	cal := market.NYSE()
	first := cal.Search(market.NewDate(2024, 1, 2))
	p := market.NewPanel(kind, market.TradeToTrade)
	e := events.Event{ID: "e", Time: cal.Date(first + 120).Time(), DateOnly: true}
	rng := rand.New(rand.NewPCG(1, 2))
	for k, ret0 := range append([]float64{market0}, returns...) {
		c := &market.Column{Security: market.Security{Symbol: "SPY"}, Calendar: cal, First: first, Adjusted: true}
		for range 140 {
			c.Return = append(c.Return, 0.01*rng.NormFloat64())
		}
		c.Return[120] = ret0
		if k > 0 {
			c.Symbol = string(rune('A' + k - 1))
			e.Targets = append(e.Targets, events.Target{Symbol: c.Symbol})
			change(c)
		}
		if err := p.AddColumn(c); err != nil {
			t.Fatal(err)
		}
	}
	s := analysis.DefaultStudy()
	s.Model, s.EstimationWindow, s.Returns, s.Gaps = model.MarketAdjusted{}, analysis.Window{From: -115, To: -11}, kind, market.TradeToTrade
	r, err := s.Run(context.Background(), &events.Catalog{Events: []events.Event{e}}, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func textOf(t *testing.T, r *analysis.Result, o TextOptions) string {
	t.Helper()
	var b bytes.Buffer
	if err := Text(&b, r, o); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func testdata(name string) string { return filepath.Join("testdata", name) }
