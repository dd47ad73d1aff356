package market

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// healthy returns a history of the NYSE's sessions from 2024-01-02 on, in which
// there is nothing to find.
func healthy(symbol string, n int) *Series {
	cal := NYSE()
	first := cal.Search(NewDate(2024, 1, 2))
	s := &Series{Symbol: symbol, Adjusted: true}
	p := 100.0
	for i := range n {
		p *= 1 + 0.01*float64(i*i%7-3)/3
		s.Bars = append(s.Bars, Bar{Date: cal.Date(first + i), Open: p, High: 1.01 * p, Low: 0.99 * p, Close: p, AdjClose: p, Volume: 1000 + float64(i%5)})
	}
	return s
}

// scale multiplies the prices of the bars from i on.
func scale(s *Series, i int, by float64) {
	for k := i; k < len(s.Bars); k++ {
		b := &s.Bars[k]
		for _, p := range []*float64{&b.Open, &b.High, &b.Low, &b.Close, &b.AdjClose} {
			*p *= by
		}
	}
}

// brief writes findings one a line, with a question mark on those that are no problem.
func brief(found []Finding) string {
	var b strings.Builder
	for _, f := range found {
		mark := ""
		if !f.Problem {
			mark = "?"
		}
		fmt.Fprintf(&b, "%s%s %s", f.Code, mark, f.Date)
		if f.Sessions > 1 {
			fmt.Fprintf(&b, " %d", f.Sessions)
		}
		b.WriteString("\n")
	}
	return b.String()
}

func TestCheck(t *testing.T) {
	const at = 60 // 2024-03-28
	for _, tt := range []struct {
		name string
		do   func(s *Series)
		want string
	}{
		{"nothing", func(*Series) {}, ""},
		{"twice a day", func(s *Series) { s.Bars[at].Date = s.Bars[at-1].Date }, "duplicate 2024-03-27\n"},
		{"order", func(s *Series) { s.Bars[at], s.Bars[at-1] = s.Bars[at-1], s.Bars[at] }, "unordered 2024-03-27\n"},
		{"holes", func(s *Series) { s.Bars = append(s.Bars[:at:at], s.Bars[at+3:]...) }, "gap 2024-03-28 3\n"},
		{"Good Friday", func(s *Series) {
			s.Bars = slices.Insert(s.Bars, at+1, s.Bars[at])
			s.Bars[at+1].Date++
			s.Bars[at+1].Volume++
		}, "no-session 2024-03-29\n"},
		{"no close", func(s *Series) { s.Bars[at].Close, s.Bars[at].AdjClose = nan, nan }, "gap 2024-03-28\n"},
		{"a mark of what is missing", func(s *Series) { b := &s.Bars[at]; b.Close, b.AdjClose, b.High = 61_000, 61_000, 61_000 }, "unit 2024-03-28\n"},
		{"price 0", func(s *Series) { s.Bars[at].Open, s.Bars[at].Low = 0, 0 }, "bad-price 2024-03-28\n"},
		{"close above high", func(s *Series) { s.Bars[at].High = 0.999 * s.Bars[at].Close; s.Bars[at].Open = s.Bars[at].Low }, "bracket 2024-03-28\n"},
		{"high below low", func(s *Series) { b := &s.Bars[at]; b.Open, b.High = nan, 0.98*b.Close }, "bracket 2024-03-28\nbracket 2024-03-28\n"},
		{"copied row", func(s *Series) { d := s.Bars[at].Date; s.Bars[at] = s.Bars[at-1]; s.Bars[at].Date = d }, "repeated-bar 2024-03-28\n"},
		{"no trade", func(s *Series) { s.Bars[at].Volume, s.Bars[at+1].Volume = 0, 0 }, "zero-volume 2024-03-28 2\n"},
		{"never a trade", func(s *Series) {
			for i := range s.Bars {
				s.Bars[i].Volume = 0
			}
		}, ""},
		{"jump", func(s *Series) { scale(s, at, 1.3) }, "jump 2024-03-28\n"},
		{"jump below the threshold", func(s *Series) { scale(s, at, 1.2) }, ""},
		{"news", func(s *Series) { scale(s, at, 0.7); s.Bars[at].Volume *= 4 }, "jump? 2024-03-28\n"},
		{"special dividend", func(s *Series) {
			s.Actions = []Action{{Date: s.Bars[at].Date, Dividend: 0.4 * s.Bars[at-1].Close}}
			scale(s, at, 0.6)
			for i := range at {
				s.Bars[i].AdjClose *= 0.6
			}
		}, ""},
		{"split unknown", func(s *Series) { scale(s, at, 0.1); s.Bars[at].Volume *= 12 }, "split 2024-03-28\n"},
		{"reverse split unknown", func(s *Series) { scale(s, at, 20) }, "split 2024-03-28\n"},
		{"crash by the ratio of a split", func(s *Series) { scale(s, at, 0.5); s.Bars[at].Volume *= 30 }, "jump? 2024-03-28\n"},
		{"split known, not applied", func(s *Series) {
			s.Actions = []Action{{Date: s.Bars[at].Date, Split: 10}}
			scale(s, at, 0.1)
		}, "split 2024-03-28\n"},
		{"split known, applied", func(s *Series) { s.Actions = []Action{{Date: s.Bars[at].Date, Split: 10}} }, ""},
		{"wrong price", func(s *Series) { scale(s, at, 1.15); scale(s, at+1, 1/1.15) }, "reversal 2024-03-28\n"},
		{"wrong scale of a day", func(s *Series) { scale(s, at, 0.01); scale(s, at+1, 100) }, "unit 2024-03-28\n"},
		{"adjusted the wrong way", func(s *Series) {
			for i := range at {
				s.Bars[i].AdjClose *= 1.02
			}
		}, "adjustment 2024-03-28\n"},
		{"halted", func(s *Series) {
			for i := at; i < at+5; i++ {
				s.Bars[i].Close, s.Bars[i].AdjClose = s.Bars[at-1].Close, s.Bars[at-1].Close
				s.Bars[i].Open, s.Bars[i].High, s.Bars[i].Low = nan, nan, nan
			}
		}, "unchanged 2024-03-28 5\n"},
		{"delisted", func(s *Series) {
			s.Bars = s.Bars[:at+3]
			for i := at; i < at+3; i++ {
				s.Bars[i].Close, s.Bars[i].AdjClose = s.Bars[at-1].Close, s.Bars[at-1].Close
				s.Bars[i].Open, s.Bars[i].High, s.Bars[i].Low = nan, nan, nan
			}
		}, "stale-tail 2024-03-28 3\nends-early 2024-04-02\n"},
		{"behind", func(s *Series) { s.Bars = s.Bars[:at] }, "ends-early 2024-03-27\n"},
		{"empty", func(s *Series) { s.Bars = nil }, "gap \n"},
	} {
		s := healthy("X", 120)
		until := s.Bars[119].Date
		tt.do(s)
		if got := brief(Check(s, NYSE(), CheckOptions{Until: until})); got != tt.want {
			t.Errorf("%s: found\n%swant\n%s", tt.name, got, tt.want)
		}
	}
	vix := healthy("^VIX", 120)
	scale(vix, at, 2)
	if got := brief(Check(vix, nil, CheckOptions{})); got != "jump? 2024-03-28\n" {
		t.Errorf("an index: found %s", got)
	}
}

func TestCheckTogether(t *testing.T) {
	all := []*Series{healthy("A", 80), healthy("B", 80), healthy("C", 80)}
	for _, s := range all {
		s.Bars[60].Close = s.Bars[59].Close // all three
	}
	all[0].Bars[70].Close = all[0].Bars[69].Close // one of three
	got := brief(CheckTogether("NYSE", all))
	if want := strings.Repeat("repeated-all 2024-03-28\n", 3); got != want {
		t.Errorf("found\n%swant\n%s", got, want)
	}
	if got := CheckTogether("NYSE", all[:1]); len(got) > 0 {
		t.Errorf("a security alone: found %v", got)
	}
}

func TestCompare(t *testing.T) {
	a, b := healthy("A", 80), healthy("A", 78)
	scale(b, 0, 0.25)             // another adjustment
	a.Bars[60].AdjClose *= 1.0013 // one wrong price
	scale(a, 70, 1.002)           // a dividend that one of them lacks
	got := Compare(a, b, "B", 0.001)
	if want := "disagreement 2024-03-28\ndisagreement 2024-04-12\n"; brief(got) != want {
		t.Fatalf("found\n%swant\n%s", brief(got), want)
	}
	if !strings.Contains(got[0].Text, "makes up") || strings.Contains(got[1].Text, "makes up") {
		t.Errorf("found %v", got)
	}
}

func TestCheckSame(t *testing.T) {
	a, b, c := walk(60, 0.01, 30, 0), walk(60, 0.01, 30, 0), walk(60, 0.01, 30, 0.05)
	a.Symbol, b.Symbol, c.Symbol = "A", "B", "C"
	found := CheckSame([]*Series{a, c, b})
	if len(found) != 1 || found[0].Symbol != "B" || found[0].Sessions != 60 || !strings.Contains(found[0].Text, "those of A") {
		t.Errorf("%+v", found)
	}
	b.Bars[3].Close += 0.01
	if found := CheckSame([]*Series{a, b}); len(found) > 0 {
		t.Errorf("one close differs: %+v", found)
	}
}
