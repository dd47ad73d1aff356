//go:build unix

package analysis

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"runtime"
	"testing"
	"time"

	"golang.org/x/sys/unix"

	"aftershock/events"
	"aftershock/market"
)

// processorTime is what the process has had of the processors.
func processorTime(t testing.TB) float64 {
	var u unix.Rusage
	if err := unix.Getrusage(unix.RUSAGE_SELF, &u); err != nil {
		t.Skipf("no getrusage: %v", err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano()).Seconds()
}

// spreadEvents has n events, each of the k securities that follow each other in the panel,
// on sessions spread over it.
func spreadEvents(p *market.Panel, n, k int) *events.Catalog {
	cal, all := p.Columns[0].Calendar, p.Columns[0]
	first, span := all.First+271, all.Len()-271-11
	var targets []events.Target
	for _, s := range p.Symbols()[1:] {
		targets = append(targets, events.Target{Symbol: s})
	}
	c := &events.Catalog{}
	for e := range n {
		at := e * k % max(1, len(targets)-k+1)
		c.Events = append(c.Events, events.Event{
			ID: fmt.Sprint(e), DateOnly: true, Category: fmt.Sprint(e % 7), Time: cal.Date(first+e*7919%span).In(time.UTC, 0), Targets: targets[at : at+k]})
	}
	return c
}

// A growth is a study that is made larger in one way.
type growth struct {
	name  string
	few   []int // sizes that the test runs
	many  []int // and those of docs/performance.md
	study func(n int) (*Study, *events.Catalog, *market.Panel)
}

func growths(t testing.TB) []growth {
	p, narrow := benchPanel(t, 50, 2700), benchPanel(t, 1, 2700)
	million := []int{1_000, 10_000, 100_000, 1_000_000}
	gaps := func(percent int) *market.Panel {
		q := benchPanel(t, 50, 2700)
		rng := rand.New(rand.NewPCG(5, 5))
		for i, c := range q.Columns[1:] {
			if 100*i < percent*(len(q.Columns)-1) {
				for k := range c.Return {
					if rng.IntN(200) == 0 {
						c.Return[k] = nan
					}
				}
			}
		}
		return q
	}
	by := func(groups ...Grouping) *Study {
		s := benchStudy("INDEX")
		s.Groups = groups
		return s
	}
	return []growth{
		{"observations, by event and all", []int{4_000, 16_000}, million,
			func(n int) (*Study, *events.Catalog, *market.Panel) {
				return by(ByEvent, All), spreadEvents(p, n/50, 50), p
			}},
		{"observations, by every grouping", []int{4_000, 16_000}, million,
			func(n int) (*Study, *events.Catalog, *market.Panel) {
				return by(ByEvent, BySecurity, ByCategory, All), spreadEvents(p, n/50, 50), p
			}},
		{"events of one security", []int{1_000, 4_000}, []int{1, 10, 100, 1_000, 10_000},
			func(n int) (*Study, *events.Catalog, *market.Panel) {
				return by(ByEvent, BySecurity, ByCategory, All), spreadEvents(narrow, n, 1), narrow
			}},
		{"windows", []int{2, 20}, []int{1, 5, 20},
			func(n int) (*Study, *events.Catalog, *market.Panel) {
				s := by(ByEvent, All)
				s.CARWindows = nil
				for w := range n {
					s.CARWindows = append(s.CARWindows, Window{-10 + w/2, w/2 + w%2})
				}
				return s, spreadEvents(p, 100, 50), p
			}},
		{"groups", []int{2_000, 8_000}, []int{1, 100, 10_000, 100_000},
			func(n int) (*Study, *events.Catalog, *market.Panel) { return by(ByEvent), spreadEvents(p, n, 1), p }},
		{"observations, half of the members with gaps", []int{10_000, 40_000}, million,
			func(n int) (*Study, *events.Catalog, *market.Panel) {
				return by(All), spreadEvents(p, n/50, 50), gaps(50)
			}},
		{"observations, all members with gaps", []int{10_000, 40_000}, million,
			func(n int) (*Study, *events.Catalog, *market.Panel) {
				return by(All), spreadEvents(p, n/50, 50), gaps(100)
			}},
		{"per cent of the members with gaps", []int{25, 100}, []int{2, 10, 50, 100},
			func(n int) (*Study, *events.Catalog, *market.Panel) {
				return by(All), spreadEvents(p, 2_000, 50), gaps(n)
			}},
	}
}

// TestGrowth holds a study to less than N^1.6 in processor time for four times as much of
// anything, where N log N is some N^1.1 and a square would be N^2. With GROWTH=1 it goes
// through the sizes of docs/performance.md and holds each step above a tenth of a second.
func TestGrowth(t *testing.T) {
	full := os.Getenv("GROWTH") != ""
	if testing.Short() && !full {
		t.Skip("takes half a minute")
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	for _, g := range growths(t) {
		t.Run(g.name, func(t *testing.T) { g.measure(t, full) })
	}
}

func (g growth) measure(t *testing.T, full bool) {
	const most = 1.6
	sizes := g.few
	if full {
		sizes = g.many
	}
	least := func(n, rounds int) float64 {
		s, c, p := g.study(n)
		out := math.Inf(1)
		for range rounds {
			runtime.GC()
			before := processorTime(t)
			if _, err := s.Run(context.Background(), c, p, nil); err != nil {
				t.Fatalf("%s, %d: %v", g.name, n, err)
			}
			if out = min(out, processorTime(t)-before); out > 5 {
				break
			}
		}
		return out
	}
	rounds := 1
	if full {
		rounds = 2
	}
	var took []float64
	for k, n := range sizes {
		took = append(took, least(n, rounds))
		if k == 0 {
			t.Logf("%-45s %8d %8.3f s", g.name, n, took[k])
			continue
		}
		exponent := func() float64 { return math.Log(took[k]/took[k-1]) / math.Log(float64(n)/float64(sizes[k-1])) }
		if exponent() > most { // a busy machine may have done it
			took[k-1], took[k] = min(took[k-1], least(sizes[k-1], 2)), min(took[k], least(n, 2))
		}
		t.Logf("%-45s %8d %8.3f s, exponent %.2f", g.name, n, took[k], exponent())
		if exponent() > most && (took[k-1] > 0.1 || !full) {
			t.Errorf("%s: from %d to %d the time grows as N^%.2f: %.3f and %.3f s", g.name, sizes[k-1], n, exponent(), took[k-1], took[k])
		}
	}
}
