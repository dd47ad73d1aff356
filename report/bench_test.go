package report

import (
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"testing"
	"time"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
)

// BenchmarkParquet writes the tables of 20,000 observations of 400 securities at
// 50 events, by what a row costs.
func BenchmarkParquet(b *testing.B) {
	const securities, sessions, dates = 400, 1500, 50
	cal := market.NYSE()
	first := cal.Search(market.NewDate(2015, 1, 2))
	rng := rand.New(rand.NewPCG(15, 1))
	p, c := market.NewPanel(market.Simple, market.Skip), &events.Catalog{}
	var targets []events.Target
	for k := range securities + 1 {
		returns := make([]float64, sessions)
		for t := range returns {
			returns[t] = 0.02 * rng.NormFloat64()
		}
		symbol := fmt.Sprintf("S%03d", k)
		if err := p.AddColumn(&market.Column{Security: market.Security{Symbol: symbol}, Calendar: cal, First: first, Return: returns, Adjusted: true}); err != nil {
			b.Fatal(err)
		}
		if k > 0 {
			targets = append(targets, events.Target{Symbol: symbol})
		}
	}
	for k := range dates {
		c.Events = append(c.Events, events.Event{ID: fmt.Sprint("e", k), DateOnly: true, Time: cal.Date(first+300+20*k).In(time.UTC, 0), Targets: targets})
	}
	s := analysis.DefaultStudy()
	s.Benchmark, s.Groups, s.CARWindows = "S000", []analysis.Grouping{analysis.ByEvent}, []analysis.Window{{From: -10, To: 10}}
	r, err := s.Run(context.Background(), c, p, nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, t := range Tables(r)[:3] {
		b.Run(t.Name, func(b *testing.B) {
			b.ReportAllocs()
			rows := 0
			for b.Loop() {
				if err := writeParquet(io.Discard, t); err != nil {
					b.Fatal(err)
				}
				rows += dates * securities
				if t.Name == "abnormal_returns" {
					rows += dates * securities * (s.EventWindow.Len() - 1)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(rows), "ns/row")
		})
	}
}
