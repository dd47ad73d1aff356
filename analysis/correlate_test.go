package analysis

import (
	"context"
	"encoding/json"
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"aftershock/events"
)

func TestCorrelateReference(t *testing.T) {
	needShared(t)
	data, err := os.ReadFile(filepath.Join(shared, "reference/more/correlate.json"))
	if err != nil {
		t.Fatal(err)
	}
	var want struct {
		Securities []string
		Benchmark  string
		Events     []struct {
			ID, Session0 string
			SAR          map[string]float64
		}
		Pairs []struct {
			First, Second        string
			N                    int
			Pearson, Spearman, P float64
			PFirst               float64 `json:"p_first"`
			PSecond              float64 `json:"p_second"`
		}
	}
	if err := json.Unmarshal(data, &want); err != nil {
		t.Fatal(err)
	}
	catalog := &events.Catalog{}
	for _, e := range want.Events {
		d, err := time.Parse(time.DateOnly, e.Session0)
		if err != nil {
			t.Fatal(err)
		}
		catalog.Events = append(catalog.Events, events.Event{ID: e.ID, DateOnly: true, Time: d, Category: "x", Targets: []events.Target{{Symbol: "NVDA"}}})
	}
	s := DefaultStudy()
	s.Benchmark = want.Benchmark
	x, err := s.Correlate(context.Background(), catalog, pricesPanel(t, append([]string{want.Benchmark}, want.Securities...)...), CorrelateSpec{Securities: want.Securities}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if len(x.Likeness) != len(want.Pairs) {
		t.Fatalf("%d pairs, want %d", len(x.Likeness), len(want.Pairs))
	}
	for k, w := range want.Pairs {
		p := &x.Likeness[k]
		first, second := catalog.Events[x.Events[p.First]].ID, catalog.Events[x.Events[p.Second]].ID
		if first != w.First || second != w.Second || p.N != w.N {
			t.Fatalf("pair %d is %s and %s (%d), want %s and %s (%d)", k, first, second, p.N, w.First, w.Second, w.N)
		}
		near(t, first+" "+second+" pearson", p.Pearson, w.Pearson)
		near(t, first+" "+second+" spearman", p.Spearman, w.Spearman)
		near(t, first+" "+second+" p of the first", p.PFirst, w.PFirst)
		near(t, first+" "+second+" p of the second", p.PSecond, w.PSecond)
		near(t, first+" "+second+" p", p.P, w.P)
	}
	if len(x.Tree) != len(x.Events)-1 {
		t.Errorf("%d joints of %d events", len(x.Tree), len(x.Events))
	}
}

// BenchmarkImpact measures one event on six thousand securities.
func BenchmarkImpact(b *testing.B) {
	p := benchPanel(b, 6000, 700)
	for i, c := range p.Columns {
		c.Sector = fmt.Sprint("sector ", i%11)
	}
	s := DefaultStudy()
	s.Benchmark = p.Columns[0].Symbol
	cal := p.Columns[0].Calendar
	e := &events.Event{ID: "e", DateOnly: true, Time: cal.Date(p.Columns[0].First+400).In(time.UTC, 0)}
	for b.Loop() {
		x, err := s.Impact(context.Background(), e, p, p.Symbols()[1:], 0.05)
		if err != nil {
			b.Fatal(err)
		}
		b.ReportMetric(float64(len(x.Hits)), "securities")
	}
}
