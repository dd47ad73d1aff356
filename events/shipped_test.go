package events

import (
	"slices"
	"testing"
	"time"
	"unicode"
)

func TestShipped(t *testing.T) {
	c, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	if c.Origin != "shipped" || len(c.Warnings) > 0 {
		t.Errorf("origin %q, warnings %q", c.Origin, c.Warnings)
	}
	known := []string{"NVDA", "AVGO", "AMD", "TSM", "ASML", "INTC", "MU", "QCOM", "ARM", "MRVL", "TXN", "AMAT", "ORCL", "VRT", "SMCI", "CSCO"}
	measurable := 0
	for i := range c.Events {
		e := &c.Events[i]
		if s := firstSession(t, e); "2024-11-20" <= s && s <= "2025-04-16" {
			measurable++
		}
		if e.Titles["en"] == "" || e.Title != e.Titles["en"] || e.Category == "" || e.Confidence == "" || e.Source == "" || len(e.Tags) == 0 || len(e.Targets) == 0 {
			t.Errorf("%s: incomplete: %+v", e.ID, e)
		}
		// A title that begins with another script would be laid out from the left.
		if first := []rune(e.Titles["ar"] + " ")[0]; !unicode.Is(unicode.Arabic, first) {
			t.Errorf("%s: Arabic title %q", e.ID, e.Titles["ar"])
		}
		for _, target := range e.Targets {
			if !slices.Contains(known, target.Symbol) {
				t.Errorf("%s: %s is not among the prices that ship", e.ID, target.Symbol)
			}
		}
		if i > 0 && e.Date().Before(c.Events[i-1].Date()) {
			t.Errorf("%s is not in order of time", e.ID)
		}
	}
	if len(c.Events) < 18 || measurable < 15 {
		t.Errorf("%d events, %d of them measurable", len(c.Events), measurable)
	}

	got, err := c.Select(Filter{IDs: []string{"deepseek-selloff", "deepseek-r1"}})
	if err != nil {
		t.Fatal(err)
	}
	r1, selloff := &got.Events[0], &got.Events[1]
	if !r1.Time.Equal(at("2025-01-20T12:19:44Z")) || !selloff.Time.Equal(at("2025-01-27T14:30:00Z")) {
		t.Errorf("R1 %s, sell-off %s", r1.Time, selloff.Time)
	}
	for i, symbol := range known[:12] {
		if len(selloff.Targets) != 12 || selloff.Targets[i] != (Target{Symbol: symbol}) {
			t.Fatalf("sell-off: %v", selloff.Targets)
		}
	}
}

// The shipped catalogue states the facts that the shared events state.
func TestShippedAgainstShared(t *testing.T) {
	shared, sessions := sharedEvents(t)
	c, err := Shipped()
	if err != nil {
		t.Fatal(err)
	}
	compared := 0
	for i := range c.Events {
		e := &c.Events[i]
		j := slices.IndexFunc(shared.Events, func(s Event) bool { return s.ID == e.ID })
		if j < 0 {
			continue
		}
		compared++
		s := &shared.Events[j]
		if got := firstSession(t, e); got != sessions[e.ID] {
			t.Errorf("%s: session %s, want %s", e.ID, got, sessions[e.ID])
		}
		if e.DateOnly != (s.Precision == Day) || !e.DateOnly && !e.Time.Equal(s.Time) || e.DateOnly && !e.Date().Equal(s.Date()) {
			t.Errorf("%s: %s (precision %s), shared %s (%s)", e.ID, e.Time.Format(time.RFC3339), e.Precision, s.Time.Format(time.RFC3339), s.Precision)
		}
		if e.Precision != s.Precision || e.Category != s.Category {
			t.Errorf("%s: %s %s, shared %s %s", e.ID, e.Precision, e.Category, s.Precision, s.Category)
		}
	}
	if compared < 18 {
		t.Errorf("only %d events are among the shared ones", compared)
	}
}
