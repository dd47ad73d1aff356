package analysis

import (
	"cmp"
	"math"
	"slices"

	"aftershock/events"
)

// regimeLevel is the p value below which a change of variance before the event has
// a note.
const regimeLevel = 0.01

// aroundNotes says what was about session 0 of observation i of e: a wilder time
// before it, other news in its windows that are dropped for it.
func (r *Result) aroundNotes(e *events.Event, i int) (out []Note) {
	o := &r.Observations[i]
	note := func(code, variant string, severity Severity, window string, args ...any) {
		out = append(out, Note{Code: code, Variant: variant, Severity: severity, EventID: e.ID, Security: o.Security, Window: window, Args: args})
	}
	first := r.Study.CARWindows[0]
	if x := r.Regime(i); x.P < regimeLevel {
		if car, se := r.CAR(i, 0); car == car {
			note("regime", "", Warning, "", o.Security, x.N, x.Ratio, x.P, first.String(), car/se, car/se/math.Sqrt(x.Ratio))
		}
	}
	if r.Study.Confounders == DropConfounders {
		for _, w := range r.Study.CARWindows {
			for _, c := range r.Confounders(i) {
				if c.Tau != 0 && w.Contains(c.Tau) && !slices.Contains(r.Study.ConfounderExcept, r.Catalog.Events[c.Event].Category) {
					note("confounded", "", Warning, w.String(), o.Security, c.EventID, signed(c.Tau), w.String())
					break
				}
			}
		}
	}
	return out
}

// fewLeaks is how many observations make it worth to count their run-ups.
const fewLeaks = 5

// leakNotes says how many observations moved before their news, and whose block is
// not known.
func (r *Result) leakNotes() (out []Note) {
	if x := r.Leaks(); x.N >= fewLeaks {
		n := Note{Code: "run-up", Severity: Info, Args: []any{x.N, x.Unusual, seenLevel * float64(x.N), x.P}}
		if x.P < seenLevel {
			n.Variant, n.Severity = "leak", Warning
		}
		out = append(out, n)
	}
	if r.Study.Correlation == SectorBlocks {
		var unknown []string
		for i := range r.Observations {
			if o := &r.Observations[i]; o.Used() && r.Panel.Columns[o.column].Sector == "" && !slices.Contains(unknown, o.Security) {
				unknown = append(unknown, o.Security)
			}
		}
		if len(unknown) > 0 {
			out = append(out, Note{Code: "sector-unknown", Severity: Warning, Args: []any{Names(unknown)}})
		}
	}
	return out
}

// cleanedNotes says of the observations of e whose answer hangs most on other news in
// their estimation windows by how much it does: of the few whose error changes most,
// by a tenth or more.
func (r *Result) cleanedNotes(e *events.Event, used []int) (out []Note) {
	const most, least = 3, 0.1
	type change struct {
		i          int
		was, would Cleaned
		by         float64
	}
	var all []change
	for _, i := range used {
		kept, trimmed, ok := r.Cleaned(i, 0)
		if !ok {
			continue
		}
		c := change{i, kept, trimmed, math.Abs(math.Log(kept.SE / trimmed.SE))}
		if r.Study.Confounders == TrimConfounders {
			c.was, c.would = trimmed, kept
		}
		if c.by >= least {
			all = append(all, c)
		}
	}
	slices.SortStableFunc(all, func(a, b change) int { return cmp.Compare(b.by, a.by) })
	variant := "clean"
	if r.Study.Confounders == TrimConfounders {
		variant = "kept"
	}
	for _, c := range all[:min(most, len(all))] {
		o := &r.Observations[c.i]
		out = append(out, Note{Code: "confounder-estimation", Variant: variant, Severity: Info, EventID: e.ID, Security: o.Security,
			Args: []any{o.Security, r.Trimmed(c.i), r.Study.CARWindows[0].String(), c.would.SE, c.was.SE, c.would.T, c.was.T}})
	}
	return out
}

// midSessionNotes says of which observations of e the news came inside the hours of
// session 0, and what other news has the same one.
func (r *Result) midSessionNotes(e *events.Event, used []int) []Note {
	var who, same Names
	at := ""
	for _, i := range used {
		if !r.MidSession(i) {
			continue
		}
		o := &r.Observations[i]
		who = append(who, o.Security)
		instant, _ := e.Instant()
		at = cmp.Or(at, instant.In(r.Panel.Columns[o.column].Calendar.Zone()).Format("15:04"))
		for _, c := range r.Confounders(i) {
			if c.Tau == 0 && !slices.Contains(same, c.EventID) {
				same = append(same, c.EventID)
			}
		}
	}
	switch {
	case who == nil:
		return nil
	case same != nil:
		return []Note{{Code: "mid-session", Variant: "others", Severity: Warning, EventID: e.ID, Args: []any{who, at, same}}}
	}
	return []Note{{Code: "mid-session", Severity: Warning, EventID: e.ID, Args: []any{who, at}}}
}
