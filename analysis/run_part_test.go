package analysis

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"aftershock/analysis/model"
	"aftershock/market"
)

// Parts join into what one run gives.
func TestParts(t *testing.T) {
	n := newNasty(t)
	ctx := context.Background()
	for _, m := range []model.Model{model.MarketModel{}, model.MarketAdjusted{}, model.GARCH{}} {
		s := n.study()
		s.Model, s.Tests = m, DefaultTests()
		whole := mustRun(t, s, n.catalog, n.panel(t, market.Simple, nil))
		for _, of := range []int{1, 3, 40} { // 40: more parts than observations
			var parts []*Part
			for i := of; i >= 1; i-- {
				p, err := s.RunPart(ctx, n.catalog, n.panel(t, market.Simple, nil), i, of, nil)
				if err != nil {
					t.Fatal(err)
				}
				parts = append(parts, p)
			}
			joined, err := s.Merge(ctx, n.catalog, n.panel(t, market.Simple, nil), parts)
			if err != nil {
				t.Fatal(err)
			}
			dump := func(r *Result) string {
				var b strings.Builder
				for i := range r.Observations {
					o := &r.Observations[i]
					fmt.Fprintln(&b, o.EventID, o.Security, o.Session0, o.Fit, o.Exclusion, r.AbnormalReturns(i))
				}
				fmt.Fprintln(&b, r.Groups, r.Notes)
				return b.String()
			}
			if dump(whole) != dump(joined) {
				t.Errorf("%s: %d parts joined differ from one run", m.Name(), of)
			}
		}
	}
}

func TestWrongParts(t *testing.T) {
	n := newNasty(t)
	ctx, s, p := context.Background(), n.study(), n.panel(t, market.Simple, nil)
	s.Tests = nil
	part := func(i, of int) *Part {
		x, err := s.RunPart(ctx, n.catalog, p, i, of, nil)
		if err != nil {
			t.Fatal(err)
		}
		return x
	}
	other := n.study()
	other.CARWindows = []Window{{0, 0}}
	for what, parts := range map[string][]*Part{
		"given twice":   {part(1, 2), part(1, 2)},
		"is one of 2":   {part(1, 2)},
		"another study": {{Index: 1, Of: 1, Rows: 3}},
	} {
		if _, err := s.Merge(ctx, n.catalog, p, parts); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("%s: %v", what, err)
		}
	}
	if _, err := s.Merge(ctx, n.catalog, p, nil); err == nil {
		t.Error("no part was joined")
	}
	if _, err := other.Merge(ctx, n.catalog, p, []*Part{part(1, 1)}); err == nil || !strings.Contains(err.Error(), "windows") {
		t.Errorf("other windows: %v", err)
	}
	if _, err := s.RunPart(ctx, n.catalog, p, 3, 2, nil); err == nil {
		t.Error("share 3 of 2")
	}
}
