package events

import (
	"cmp"
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
	"time"
)

// groupPlainly is group without its shelves: every candidate against every group.
func groupPlainly(g Gathering, list []candidate) [][]candidate {
	steps := 0
	slices.SortStableFunc(list, func(a, b candidate) int { return a.at.Compare(b.at) })
	var groups [][]candidate
	look := func(c candidate, set string) int {
		for n, group := range groups {
			if group[0].Timeless() || group[0].set != set || c.at.Sub(group[0].at) > g.Window {
				continue
			}
			for _, m := range group[:min(len(group), 3)] {
				if g.repeats(&m, &c, &steps) && !(c.old && slices.ContainsFunc(group, func(x candidate) bool { return x.old })) {
					return n
				}
			}
		}
		return -1
	}
	for _, c := range list {
		n := -1
		if !c.Timeless() {
			if n = look(c, c.set); n < 0 && c.set != "" {
				n = look(c, "")
			} else if n < 0 {
				for i := len(groups) - 1; i >= 0 && n < 0; i-- {
					m := groups[i][0]
					if c.at.Sub(m.at) > g.Window {
						break
					}
					if m.set != "" && g.repeats(&m, &c, &steps) {
						n = i
					}
				}
			}
		}
		if n >= 0 {
			groups[n] = append(groups[n], c)
		} else {
			groups = append(groups, []candidate{c})
		}
	}
	slices.SortStableFunc(groups, func(a, b []candidate) int { return cmp.Compare(firstOrder(a), firstOrder(b)) })
	return groups
}

// The shelves of group change nothing in what it finds.
func TestGroupAgainstEachWithEach(t *testing.T) {
	titles := []string{"Nvidia falls as DeepSeek shakes AI trade", "Nvidia tumbles as DeepSeek shakes AI trade", "Nvidia falls as DeepSeek shakes the AI trade - Reuters", "Chips fall 5%", "Chips fall 6%",
		"Chips fell 5% on the news", "Results", "Dividend", "Nvidia rises as DeepSeek shakes AI trade", "...", "Results of the fourth quarter", "Results call of the fourth quarter"}
	r := rand.New(rand.NewPCG(17, 5))
	joined := 0
	for range 400 {
		all := make([]Event, 60)
		var list, again []candidate
		n := 1 + r.IntN(len(titles))
		for i := range all {
			e := &all[i]
			e.ID, e.Title = fmt.Sprint("e", i), titles[r.IntN(n)]
			e.Time = time.Date(2025, 1, 27, r.IntN(24*[]int{1, 4, 30}[r.IntN(3)]), 0, 0, 0, time.UTC)
			e.Precision = Instant
			e.Provenance = &Provenance{Key: e.ID, Status: Confirmed}
			switch r.IntN(8) {
			case 0:
				e.Precision, e.DateOnly = Day, true
			case 1:
				e.Precision, e.Provenance.Status = NoTime, Draft
			case 2:
				e.Provenance.Status, e.Category = Expected, "earnings"
			case 3:
				e.Provenance.scheduled, e.Category = true, "earnings"
			}
			switch r.IntN(6) {
			case 0:
				e.Provenance.distinct = "edgar"
			case 1:
				e.Provenance.distinct = fmt.Sprint("series ", r.IntN(2))
			}
			for _, s := range []string{"A", "B"} {
				if r.IntN(3) == 0 {
					e.Targets = append(e.Targets, Target{Symbol: s})
				}
			}
			c := newCandidate(e, r.IntN(3) == 0, i)
			list, again = append(list, c), append(again, c)
		}
		groups, whole := DefaultGathering.group(list)
		want := groupPlainly(DefaultGathering, again)
		text := func(groups [][]candidate) (s string) {
			for _, g := range groups {
				for _, c := range g {
					s += " " + c.ID
				}
				s += "\n"
			}
			return s
		}
		if got, want := text(groups), text(want); got != want || !whole {
			t.Fatalf("got\n%s\nwant\n%s", got, want)
		}
		joined += len(all) - len(groups)
	}
	if joined < 1000 {
		t.Errorf("only %d were joined: the titles are too different for a test", joined)
	}
}
