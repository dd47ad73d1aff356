package analysis

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"aftershock/events"
	"aftershock/market"
)

// benchPanel simulates securities on sessions of New York.
func benchPanel(b testing.TB, securities, sessions int) *market.Panel {
	cal := market.NYSE()
	first := cal.Search(market.NewDate(2014, 1, 2))
	rng := rand.New(rand.NewPCG(1, 2))
	p := market.NewPanel(market.Simple, market.Skip)
	index := make([]float64, sessions)
	for k := range index {
		index[k] = 0.01 * rng.NormFloat64()
	}
	add := func(symbol string, r []float64) {
		if err := p.AddColumn(&market.Column{Security: market.Security{Symbol: symbol}, Calendar: cal, First: first, Return: r, Adjusted: true}); err != nil {
			b.Fatal(err)
		}
	}
	add("INDEX", index)
	for i := range securities {
		r := make([]float64, sessions)
		beta := 0.5 + rng.Float64()
		for k := range r {
			r[k] = beta*index[k] + 0.02*rng.NormFloat64()
		}
		add(fmt.Sprintf("S%04d", i), r)
	}
	return p
}

// benchCatalog has n/securities events that concern every security.
func benchCatalog(p *market.Panel, n int) *events.Catalog {
	cal := p.Columns[0].Calendar
	first, span := p.Columns[0].First+271, p.Columns[0].Len()-271-11
	var targets []events.Target
	for _, s := range p.Symbols()[1:] {
		targets = append(targets, events.Target{Symbol: s})
	}
	c := &events.Catalog{}
	for k := range n / len(targets) {
		c.Events = append(c.Events, events.Event{
			ID: fmt.Sprint(k), DateOnly: true, Time: cal.Date(first+k*span/(n/len(targets))).In(time.UTC, 0), Targets: targets})
	}
	return c
}

// BenchmarkMeasure fits the market model and cumulates: no groups, no tests.
func BenchmarkMeasure(b *testing.B) {
	p := benchPanel(b, 500, 2700)
	c := benchCatalog(p, 100_000)
	s := DefaultStudy()
	s.Benchmark, s.Groups = "INDEX", nil
	s.CARWindows = []Window{{-10, 10}}
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		r, err := s.Run(context.Background(), c, p, nil)
		if err != nil {
			b.Fatal(err)
		}
		n += r.N()
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/obs")
}

// BenchmarkFit is the engine alone, one processor.
func BenchmarkFit(b *testing.B) {
	p := benchPanel(b, 500, 2700)
	c := benchCatalog(p, 10_000)
	s := DefaultStudy()
	s.Benchmark, s.Groups = "INDEX", nil
	s.CARWindows = []Window{{-10, 10}}
	r, err := s.Run(context.Background(), c, p, nil)
	if err != nil {
		b.Fatal(err)
	}
	w := new(workspace)
	b.ReportAllocs()
	n := 0
	for b.Loop() {
		for row := range r.eng.obs {
			r.eng.fit(row, w)
		}
		n += len(r.eng.obs)
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/obs")
}

// rankTests are the tests that sort.
var rankTests = []string{"rank", "rank-standardized", "grank-t", "grank-z", "wilcoxon"}

// BenchmarkTests fits, cumulates and tests 100,000 observations, 500 to an
// event, over one window of 21 sessions: without the tests by ranks, and with
// every closed-form test.
func BenchmarkTests(b *testing.B) {
	p := benchPanel(b, 500, 2700)
	c := benchCatalog(p, 100_000)
	for _, name := range []string{"without-ranks", "closed-form"} {
		b.Run(name, func(b *testing.B) {
			s := benchStudy("INDEX")
			if name == "without-ranks" {
				s.Tests = slices.DeleteFunc(s.Tests, func(t Test) bool { return slices.Contains(rankTests, t.Name()) })
			}
			benchRun(b, s, c, p)
		})
	}
}

// BenchmarkApart is of 100,000 events of one security each in one group of all: fits and
// notes alone, and with averages and the closed-form tests that need sums.
func BenchmarkApart(b *testing.B) {
	p := benchPanel(b, 500, 2700)
	c := &events.Catalog{}
	for k, e := range benchCatalog(p, 100_000).Events {
		for i := range e.Targets {
			one := e
			one.ID, one.Targets = fmt.Sprint(k, i), e.Targets[i:i+1:i+1]
			c.Events = append(c.Events, one)
		}
	}
	for _, name := range []string{"measure", "tests"} {
		b.Run(name, func(b *testing.B) {
			s := benchStudy("INDEX")
			s.Groups, s.Tests = nil, nil
			if name == "tests" {
				s.Groups, s.Tests = []Grouping{All}, []Test{CrossSectionTest{}, Patell{}, BMP{}}
			}
			benchRun(b, s, c, p)
		})
	}
}

// benchStudy is a study of 250 and 21 sessions, one CAR window and the groups of
// events.
func benchStudy(benchmark string) *Study {
	s := DefaultStudy()
	s.Benchmark, s.Groups, s.CARWindows = benchmark, []Grouping{ByEvent}, []Window{{-10, 10}}
	return s
}

// benchRun runs a study again and again and reports what an observation costs.
func benchRun(b *testing.B, s *Study, c *events.Catalog, p *market.Panel) {
	b.ReportAllocs()
	var r *Result
	for b.Loop() {
		var err error
		if r, err = s.Run(context.Background(), c, p, nil); err != nil {
			b.Fatal(err)
		}
	}
	n, _ := r.Counts()
	n *= b.N
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/obs")
	b.ReportMetric(float64(n)/b.Elapsed().Seconds(), "obs/s")
}

// BenchmarkRBar is a study of all observations in one group and one test, whose time is
// most of all that of the mean correlation: of complete members, with one that was listed
// late, with gaps in one of thirteen, and with a gap in each second, whose pairs are drawn.
func BenchmarkRBar(b *testing.B) {
	for _, job := range []struct {
		name  string
		n     int
		dates int
		gaps  func(i int, r []float64)
	}{
		{"complete", 462, 100, func(int, []float64) {}},
		{"one late", 462, 100, func(i int, r []float64) {
			for k := range r[:min(len(r), 1500)] {
				if i == 0 {
					r[k] = nan
				}
			}
		}},
		{"one of thirteen", 501, 100, func(i int, r []float64) {
			if i%13 == 0 {
				for k := 7; k < len(r); k += 83 {
					r[k] = nan
				}
			}
		}},
		{"each second", 260, 70, func(i int, r []float64) {
			if i%2 == 0 {
				for k := 20 + i%40; k < len(r); k += 61 {
					r[k] = nan
				}
			}
		}},
	} {
		b.Run(job.name, func(b *testing.B) {
			sessions := 2700
			if job.name == "each second" {
				sessions = 700
			}
			p := benchPanel(b, job.n, sessions)
			for i, c := range p.Columns[1:] {
				job.gaps(i, c.Return)
			}
			c := benchCatalog(p, job.n*job.dates)
			s := DefaultStudy()
			s.Benchmark, s.Groups, s.Tests, s.CARWindows = "INDEX", []Grouping{All}, []Test{KPBMP{}}, []Window{{-10, 10}}
			for b.Loop() {
				mustRunB(b, s, c, p)
			}
		})
	}
}

func mustRunB(b *testing.B, s *Study, c *events.Catalog, p *market.Panel) *Result {
	r, err := s.Run(context.Background(), c, p, nil)
	if err != nil {
		b.Fatal(err)
	}
	return r
}
