package plots

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"testing"
	"time"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
)

// movesStudy is eight securities of two sectors, with news and moves.
func movesStudy(t *testing.T) (*analysis.Study, *events.Catalog, *market.Panel, []string) {
	t.Helper()
	const sessions = 420
	cal := market.NYSE()
	first := cal.Search(market.NewDate(2022, 1, 3))
	p := market.NewPanel(market.Simple, market.Skip)
	index := make([]float64, sessions)
	for k := range index {
		index[k] = 0.01 * math.Sin(float64(k*k))
	}
	add := func(symbol, sector string, r []float64) {
		if err := p.AddColumn(&market.Column{Security: market.Security{Symbol: symbol, Sector: sector}, Calendar: cal, First: first, Return: r}); err != nil {
			t.Fatal(err)
		}
	}
	add("INDEX", "", index)
	c := &events.Catalog{}
	var symbols []string
	for i := range 8 {
		symbol := fmt.Sprint("S", i)
		r := make([]float64, sessions)
		for k := range r {
			r[k] = index[k] + 0.01*math.Cos(float64((i+2)*k*k))
		}
		for n := range 5 {
			k := 290 + 20*n + i
			r[k] += 0.15 * math.Cos(float64(n))
			if n%2 == 0 {
				c.Events = append(c.Events, events.Event{ID: fmt.Sprint("e", i, "-", n), Title: "News", Category: fmt.Sprint("kind ", n), DateOnly: true,
					Time: cal.Date(first+k).In(time.UTC, 0), Targets: []events.Target{{Symbol: symbol, Sign: 1}}})
			}
		}
		add(symbol, fmt.Sprint("sector ", i%2), r)
		symbols = append(symbols, symbol)
	}
	s := analysis.DefaultStudy()
	s.Benchmark = "INDEX"
	return s, c, p, symbols
}

// The charts of moves, impacts and correlations: one file a picture and format, the
// same bytes twice, in both languages.
func TestMoveCharts(t *testing.T) {
	ctx := context.Background()
	s, c, p, symbols := movesStudy(t)
	x, err := s.Explain(ctx, c, p, analysis.ExplainSpec{Securities: symbols[:3]}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Moves) < 5 {
		t.Fatalf("%d moves", len(x.Moves))
	}
	hit, err := s.Impact(ctx, &c.Events[0], p, symbols, 0.05)
	if err != nil {
		t.Fatal(err)
	}
	like, err := s.Correlate(ctx, c, p, analysis.CorrelateSpec{Securities: symbols}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, chart := range []struct {
		name  string
		files []string
		draw  func(o Options) ([]File, error)
	}{
		{"moves", []string{"timeline-S0.svg", "timeline-S1.svg", "timeline-S2.svg"}, func(o Options) ([]File, error) { return Moves(ctx, x, o) }},
		{"impact", []string{"impact.svg"}, func(o Options) ([]File, error) { return Impact(ctx, hit, o) }},
		{"correlations", []string{"correlation.svg", "likeness.svg"}, func(o Options) ([]File, error) { return Correlations(ctx, like, o) }},
	} {
		for _, lang := range []string{"en", "ar"} {
			o := Options{Formats: []Format{SVG}, Lang: lang}
			one, err := chart.draw(o)
			if err != nil {
				t.Fatal(err)
			}
			two, err := chart.draw(o)
			if err != nil {
				t.Fatal(err)
			}
			if len(one) != len(chart.files) {
				t.Fatalf("%s: %d files", chart.name, len(one))
			}
			for k, f := range one {
				if f.Name != chart.files[k] || !bytes.Equal(f.Data, two[k].Data) || len(f.Data) < 2000 {
					t.Errorf("%s: %s of %d bytes, want %s, the same twice", chart.name, f.Name, len(f.Data), chart.files[k])
				}
			}
		}
	}
}
