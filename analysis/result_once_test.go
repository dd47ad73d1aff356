package analysis

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"aftershock/analysis/stat"
	"aftershock/events"
)

// wires is a catalogue in which one return has several events: two wires of one
// story in one category, one of another, and an event of a security more.
func wires(t *testing.T) (*Study, *events.Catalog, *Result) {
	t.Helper()
	p := benchPanel(t, 6, 900)
	cal, first := p.Columns[0].Calendar, p.Columns[0].First
	c := &events.Catalog{Origin: "wires"}
	add := func(id, category string, session int, symbols ...string) {
		e := events.Event{ID: id, Title: "Title of " + id, Category: category, DateOnly: true, Time: cal.Date(first+session).In(time.UTC, 0)}
		for _, s := range symbols {
			e.Targets = append(e.Targets, events.Target{Symbol: s})
		}
		c.Events = append(c.Events, e)
	}
	add("a", "news", 400, "S0000")
	add("b", "news", 410, "S0001")
	add("wire", "news", 400, "S0000")
	add("other", "rumour", 400, "S0000", "S0002")
	add("again", "rumour", 400, "S0000")
	add("c", "news", 420, "S0003")
	add("d", "", 430, "S0004")
	s := DefaultStudy()
	s.Benchmark, s.Tests = "INDEX", []Test{CrossSectionTest{}, Patell{}, KPBMP{}, SignTest{}}
	return s, c, mustRun(t, s, c, p)
}

func TestOneReturnCountsOnce(t *testing.T) {
	s, c, r := wires(t)
	id := func(list []int) string {
		var out []string
		for _, i := range list {
			out = append(out, r.Observation(i).EventID+" "+r.Observation(i).Security)
		}
		return strings.Join(out, ", ")
	}
	for name, want := range map[string][2]string{
		"all":             {"a S0000, b S0001, other S0002, c S0003, d S0004", "wire S0000, other S0000, again S0000"},
		"security S0000":  {"a S0000", "wire S0000, other S0000, again S0000"},
		"category news":   {"a S0000, b S0001, c S0003", "wire S0000"},
		"category rumour": {"other S0000, other S0002", "again S0000"}, // in two categories nothing changes
		"event wire":      {"wire S0000", ""},
		"event other":     {"other S0000, other S0002", ""},
	} {
		k := slices.IndexFunc(r.Groups, func(g Group) bool { return g.Name() == name })
		if k < 0 {
			t.Fatalf("no group %s", name)
		}
		g := &r.Groups[k]
		if id(g.Members) != want[0] || id(g.Repeats) != want[1] || g.Windows[0].N != len(g.Members) {
			t.Errorf("%s: %s; %s; N %d", name, id(g.Members), id(g.Repeats), g.Windows[0].N)
		}
	}

	// All figures of the groups are those of a catalogue without the repeats.
	plain := &events.Catalog{Origin: "plain"}
	for _, e := range c.Events {
		if e.ID == "other" {
			e.Targets = e.Targets[1:]
		}
		if e.ID != "wire" && e.ID != "again" {
			plain.Events = append(plain.Events, e)
		}
	}
	want := mustRun(t, s, plain, r.Panel)
	for _, name := range []string{"all", "category news", "security S0000"} {
		of := func(r *Result) string {
			g := &r.Groups[slices.IndexFunc(r.Groups, func(g Group) bool { return g.Name() == name })]
			return fmt.Sprint(g.Windows[0].Tests, g.Windows[0].CAAR, g.Windows[0].Positive, g.Averages)
		}
		if of(r) != of(want) {
			t.Errorf("%s: the repeats move its figures:\n%s\n%s", name, of(r), of(want))
		}
	}

	// The sections of the events, and the groups, say so.
	var said []string
	for _, n := range r.Notes {
		if n.Code == "same-return" {
			said = append(said, strings.TrimSpace(n.EventID+n.Group+": "+n.Text()))
		}
	}
	for _, want := range []string{
		"wire: the return of S0000 on session 0 is that of a (Title of a) too: over several events it counts there, once",
		"again: the return of S0000",
		"all: 3 observations of ",
	} {
		if !slices.ContainsFunc(said, func(s string) bool { return strings.HasPrefix(s, want) }) {
			t.Errorf("no note %q in %q", want, said)
		}
	}

	// Numbers of observations that are tested together, families, regressions.
	all := make([]int, r.N())
	for i := range all {
		all[i] = i
	}
	if got := r.Singles(all, 0); len(got) != 5 {
		t.Errorf("%d returns are tested together", len(got))
	}
	if got := id(r.Distinct([]int{6, 5, 4, 3, 2})); got != "c S0003, other S0002, wire S0000" {
		t.Errorf("distinct: %s", got)
	}
	for _, f := range r.Families(GroupFamily, nil) {
		var labels []string
		for _, h := range f.Hypotheses {
			labels = append(labels, h.Label)
		}
		if strings.HasPrefix(f.Name, "groups by event over [0,0]") && strings.Join(labels, ", ") != "event a, event b, event other, event c, event d" {
			t.Errorf("%s: %q", f.Name, labels)
		}
	}
	reg, err := r.Regress([]Characteristic{r.CharacteristicOf("x", map[string]float64{"S0000": 1, "S0001": 3, "S0002": 2, "S0003": 5, "S0004": 4})}, RegressionSpec{Errors: stat.HC3})
	if err != nil || len(reg.Used) != 5 || len(reg.Omitted) != 3 {
		t.Errorf("regression of %d observations, %v", len(reg.Used), err)
	}
}

// Distinct keeps the first of the catalogue, whatever the order it is asked in.
func TestDistinct(t *testing.T) {
	_, _, r := wires(t)
	for _, c := range []struct{ in, want []int }{
		{[]int{2, 0}, []int{0}}, {[]int{5, 2, 3}, []int{2}}, {[]int{1, 4}, []int{1, 4}}, {nil, nil},
	} {
		if got := r.Distinct(c.in); !slices.Equal(got, c.want) {
			t.Errorf("%v: %v, want %v", c.in, got, c.want)
		}
	}
}

// Distinct looks many up in one way and few in another.
func TestDistinctOfFewAndMany(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 4))
	few := &Result{spots: make([]spot, 400), repeats: make([]int32, 400)}
	many := &Result{spots: few.spots[:20], repeats: few.repeats[:20]}
	for i := range few.repeats {
		few.repeats[i] = -1
	}
	shorter := 0
	for range 200 {
		obs := rng.Perm(20)[:12]
		for i := range 20 {
			if few.repeats[i] = int32(rng.IntN(5)); int(few.repeats[i]) >= i {
				few.repeats[i] = -1
			}
		}
		for i := range 20 { // the first is itself no repeat
			if k := few.repeats[i]; k >= 0 && few.repeats[k] >= 0 {
				few.repeats[i] = few.repeats[k]
			}
		}
		a, b := few.Distinct(obs), many.Distinct(obs)
		if !slices.Equal(a, b) {
			t.Fatalf("%v of %v: %v and %v", obs, few.repeats[:20], a, b)
		}
		if len(a) < len(obs) {
			shorter++
		}
	}
	if shorter < 100 {
		t.Errorf("only %d lists had repeats", shorter)
	}
}

// Errors of few clusters are said to be too small, and of fewer than coefficients
// not to be.
func TestFewClustersAreSaid(t *testing.T) {
	_, _, r := wires(t)
	x := r.CharacteristicOf("x", map[string]float64{"S0000": 1, "S0001": 3, "S0002": 2, "S0003": 5, "S0004": 4})
	z := r.CharacteristicOf("z", map[string]float64{"S0000": 2, "S0001": 1, "S0002": 7, "S0003": 1, "S0004": 9})
	said := func() (out []string) {
		for _, n := range r.Notes {
			if n.Code == "few-clusters" {
				out = append(out, n.Text())
			}
		}
		return out
	}
	for _, c := range []struct {
		by      []Characteristic
		cluster Grouping
		want    string
	}{
		{[]Characteristic{x, z}, ByCategory, ""}, // news, rumour and none are three
		{[]Characteristic{x}, ByEvent, "the errors of the regression are clustered in 5 groups by event: fewer than ten make them too small"},
	} {
		if _, err := r.Regress(c.by, RegressionSpec{Errors: stat.Clustered, Cluster: c.cluster}); err != nil {
			t.Fatal(err)
		}
		if got := said(); len(got) != 1 || c.want != "" && got[0] != c.want {
			t.Errorf("said %q", got)
		}
	}
	r.Catalog.Events[3].Category, r.Catalog.Events[6].Category = "news", "rumour" // two clusters for three coefficients
	reg, err := r.Regress([]Characteristic{x, z}, RegressionSpec{Errors: stat.Clustered, Cluster: ByCategory})
	if err != nil {
		t.Fatal(err)
	}
	if got := said(); len(got) != 1 || got[0] != "the errors of the regression are not defined: they are clustered in 2 groups by category, fewer than its 3 coefficients" || reg.SE[1] == reg.SE[1] {
		t.Errorf("said %q, errors %v", got, reg.SE)
	}
}
