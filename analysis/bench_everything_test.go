package analysis

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// BenchmarkEverything is a study of 12 shares and four events, of which two name all of
// them and other news lies in the estimation windows: the whole of it with everything
// that there is, then what single figures cost beside the plain study. Two years of
// sessions, as the figures that come with the program have.
func BenchmarkEverything(b *testing.B) {
	p, c := everything(b)
	ctx := context.Background()
	closed := slices.DeleteFunc(slices.Clone(Tests), func(t Test) bool { return t.Properties().Resampled })
	plain := func() *Study {
		s := DefaultStudy()
		s.Benchmark, s.EventIDs, s.Tests = "INDEX", []string{"0", "1", "2", "3"}, closed
		s.Margin, s.Correlation = 0.02, SectorBlocks
		return s
	}
	contrasts := []Versus{
		{Side{Group: "event 0"}, Side{Group: "event 1"}}, {Side{Group: "category a"}, Side{Group: "category b"}},
		{Side{Securities: p.Symbols()[1:7], Event: "0"}, Side{Securities: p.Symbols()[7:], Event: "0"}},
	}
	must := func(r *Result, err error) *Result {
		if err != nil {
			b.Fatal(err)
		}
		return r
	}
	var sink float64
	beside := map[string]func(r *Result){
		"next": func(r *Result) { sink += float64(len(r.Next())) },
		"seen": func(r *Result) {
			x := r.Reader()
			for i := range r.N() {
				for w := range r.Study.CARWindows {
					low, _ := x.SampleInterval(i, w)
					sink += x.Seen(i, w).MDE + low
				}
			}
		},
		"before": func(r *Result) {
			for i := range r.N() {
				car, _ := r.RunUp(i)
				night, _ := r.Halves(i)
				sink += r.Regime(i).Ratio + car + night.AR
			}
		},
		"past-slopes": func(r *Result) {
			by, err := r.Characteristic("beta")
			if err != nil {
				b.Fatal(err)
			}
			x, err := r.Regress(by, RegressionSpec{Errors: stat.HC3})
			if err != nil {
				b.Fatal(err)
			}
			sink += x.Past.Slope[1]
		},
		"contrasts": func(r *Result) {
			for _, v := range contrasts {
				if _, err := r.Contrast(ctx, v); err != nil {
					b.Fatal(err)
				}
			}
		},
	}
	order := []string{"next", "seen", "before", "past-slopes", "contrasts"}
	whole := func(b *testing.B, tests []Test, draws int) {
		for b.Loop() {
			s := plain()
			s.Tests, s.Draws = tests, draws
			r := must(s.Run(ctx, c, p, nil))
			for _, name := range order {
				beside[name](r)
			}
		}
	}
	b.Run("all/without-resampling", func(b *testing.B) { whole(b, closed, 0) })
	b.Run("all/resampling", func(b *testing.B) { whole(b, Tests, 0) })
	b.Run("plain", func(b *testing.B) {
		for b.Loop() {
			must(plain().Run(ctx, c, p, nil))
		}
	})
	for _, t := range []Test{Bootstrap{}, Placebo{}, BHARSkewness{}} {
		b.Run("test/"+t.Name(), func(b *testing.B) {
			for b.Loop() {
				s := plain()
				s.Tests = []Test{t}
				must(s.Run(ctx, c, p, nil))
			}
		})
	}
	r := must(plain().Run(ctx, c, p, nil))
	for _, name := range order {
		b.Run("beside/"+name, func(b *testing.B) {
			for b.Loop() {
				r.eng.halved.Clear()
				beside[name](r)
			}
		})
	}
	_ = sink
}

// everything is the panel and the catalogue of BenchmarkEverything.
func everything(b *testing.B) (*market.Panel, *events.Catalog) {
	const sessions = 470
	from := benchPanel(b, 12, sessions)
	rng := rand.New(rand.NewPCG(3, 4))
	p := market.NewPanel(market.Simple, market.Skip)
	for i, col := range from.Columns {
		c := &market.Column{Security: col.Security, Calendar: col.Calendar, First: col.First, Return: col.Return, Adjusted: true, Price: make([]float64, sessions), Open: make([]float64, sessions)}
		c.Sector = fmt.Sprint(i % 2)
		price := 100.0
		for k, r := range col.Return {
			c.Open[k] = price * (1 + 0.01*rng.NormFloat64())
			price *= 1 + r
			c.Price[k] = price
		}
		if err := p.AddColumn(c); err != nil {
			b.Fatal(err)
		}
	}
	targets := func(symbols []string) (out []events.Target) {
		for k, s := range symbols {
			out = append(out, events.Target{Symbol: s, Sign: 1 - 2*(k%2)})
		}
		return out
	}
	cal, first := p.Columns[0].Calendar, p.Columns[0].First
	catalog := &events.Catalog{}
	for k, e := range []struct {
		at       int
		category string
		symbols  []string
	}{{300, "a", p.Symbols()[1:]}, {330, "b", p.Symbols()[1:]}, {360, "a", p.Symbols()[1:5]}, {400, "b", p.Symbols()[3:6]}, {200, "c", p.Symbols()[1:8]}, {260, "c", p.Symbols()[5:12]}} {
		catalog.Events = append(catalog.Events, events.Event{ID: fmt.Sprint(k), DateOnly: true, Time: cal.Date(first + e.at).Time(), Category: e.category, Targets: targets(e.symbols)})
	}
	return p, catalog
}
