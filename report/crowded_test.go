package report

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"testing"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
)

// crowded is a study of n events of one security within four weeks, each of
// which has all the others in its event window.
func crowded(t *testing.T, n int) *analysis.Result {
	t.Helper()
	cal := market.NYSE()
	first := cal.Search(market.NewDate(2023, 1, 3))
	p := market.NewPanel(market.Simple, market.Skip)
	rng := rand.New(rand.NewPCG(3, 4))
	for _, symbol := range []string{"SPY", "A"} {
		c := &market.Column{Security: market.Security{Symbol: symbol}, Calendar: cal, First: first, Adjusted: true}
		for range 360 {
			c.Return = append(c.Return, 0.01*rng.NormFloat64())
		}
		if err := p.AddColumn(c); err != nil {
			t.Fatal(err)
		}
	}
	var cat events.Catalog
	for k := range n {
		cat.Events = append(cat.Events, events.Event{ID: fmt.Sprintf("event-%05d", k), Title: "One of a great many pieces of news", Time: cal.Date(first + 320 + k%10).Time(), DateOnly: true,
			Targets: []events.Target{{Symbol: "A"}}})
	}
	s := analysis.DefaultStudy()
	s.Tests = nil
	for _, name := range []string{"t", "kp-bmp", "kp-patell", "cross-section"} {
		x, _ := analysis.TestByName(name)
		s.Tests = append(s.Tests, x)
	}
	r, err := s.Run(context.Background(), &cat, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// TestManyEventsOfOneSecurity: what is written, and the memory that it takes,
// grow with the number of events, not with that of their pairs.
func TestManyEventsOfOneSecurity(t *testing.T) {
	measure := func(n int) (written, allocated uint64) {
		r := crowded(t, n)
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		var b bytes.Buffer
		for _, write := range []func(io.Writer) error{
			func(w io.Writer) error { return Text(w, r, TextOptions{}) },
			func(w io.Writer) error { return HTML(w, r, HTMLOptions{}) },
			func(w io.Writer) error { return writeJSON(w, r, nil, "") },
			func(w io.Writer) error {
				for _, tab := range Tables(r) {
					if err := WriteCSV(w, tab); err != nil {
						return err
					}
				}
				return nil
			},
		} {
			b.Reset()
			if err := write(&b); err != nil {
				t.Fatal(err)
			}
			written += uint64(b.Len())
		}
		runtime.ReadMemStats(&after)
		return written, after.TotalAlloc - before.TotalAlloc
	}
	const few, times = 60, 6
	written1, allocated1 := measure(few)
	written2, allocated2 := measure(times * few)
	if written2 > 2*times*written1 {
		t.Errorf("%d bytes for %d events, %d for %d", written1, few, written2, times*few)
	}
	if allocated2 > 2*times*allocated1 {
		t.Errorf("%d bytes allocated for %d events, %d for %d", allocated1, few, allocated2, times*few)
	}
}

// TestTooMuchToTell: of a great many events and securities a report tells some, and
// says what it leaves out and where that is.
func TestTooMuchToTell(t *testing.T) {
	r := crowded(t, mostTold+200)
	sentence := fmt.Sprintf("Of %d events these are the %d in which a security reacted most unusually", mostTold+200, mostTold)
	text := strings.Join(strings.Fields(textOf(t, r, TextOptions{})), " ")
	if n := strings.Count(text, "; N = 1"); n != mostTold || !strings.Contains(text, sentence) {
		t.Errorf("%d events are told", n)
	}
	page := htmlOf(t, r, HTMLOptions{})
	if n := strings.Count(page, "<article "); n != mostTold || !strings.Contains(page, sentence) {
		t.Errorf("%d events are told on the page", n)
	}

	cal := market.NYSE()
	first := cal.Search(market.NewDate(2023, 1, 3))
	p := market.NewPanel(market.Simple, market.Skip)
	rng := rand.New(rand.NewPCG(5, 6))
	e := events.Event{ID: "all", DateOnly: true, Time: cal.Date(first + 320).Time()}
	for k := range mostRows + 51 {
		c := &market.Column{Security: market.Security{Symbol: "SPY"}, Calendar: cal, First: first, Adjusted: true}
		if k > 0 {
			c.Symbol = fmt.Sprintf("S%03d", k)
			e.Targets = append(e.Targets, events.Target{Symbol: c.Symbol})
		}
		for range 360 {
			c.Return = append(c.Return, 0.01*rng.NormFloat64())
		}
		if err := p.AddColumn(c); err != nil {
			t.Fatal(err)
		}
	}
	s := analysis.DefaultStudy()
	s.Tests = []analysis.Test{analysis.StudentTest{}, analysis.KPBMP{}}
	if r, err := s.Run(context.Background(), &events.Catalog{Events: []events.Event{e}}, p, nil); err != nil {
		t.Fatal(err)
	} else {
		text := textOf(t, r, TextOptions{})
		rows := 0
		for line := range strings.Lines(text) {
			if strings.HasPrefix(line, "  S") && len(strings.Fields(line)[0]) == 4 {
				rows++
			}
		}
		const left = "Left out: the 50 securities between the first and the last 100; cars.csv has them."
		if rows < mostRows || rows > mostRows+mostRows || !strings.Contains(strings.Join(strings.Fields(text), " "), left) {
			t.Errorf("%d rows", rows)
		}
		if page := htmlOf(t, r, HTMLOptions{}); !strings.Contains(page, left) {
			t.Error("the page does not say what it leaves out")
		}
		told, err := newStory(r, "", nil)
		if err != nil {
			t.Fatal(err)
		}
		used, g := told.used(0), told.eventGroup(0)
		table, said := told.securitiesSheet(used, g)
		at := slices.IndexFunc(table.Heads, func(h headCell) bool { return h.Text == "shrunk" })
		drawn := shrunk(r, used, headline, g.Windows[headline].RBar)
		order, _ := told.farthest(used, g)
		if at < 0 || len(table.Rows) != mostRows || !strings.Contains(said, "drawn towards the mean") {
			t.Fatalf("shrunk is column %d of %d rows; %s", at, len(table.Rows), said)
		}
		for k, row := range table.Rows {
			if want := percent(drawn[order[k]], 2); len(row) != len(table.Heads) || row[at].Text != want {
				t.Fatalf("row %d: %d cells, shrunk %q, want %q", k, len(row), row[at].Text, want)
			}
		}
	}
}
