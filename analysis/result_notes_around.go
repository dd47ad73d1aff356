package analysis

import (
	"cmp"
	"math"
	"slices"

	"aftershock/events"
	"aftershock/market"
)

// regimeLevel is the p value below which a change of variance before the event has
// a note.
const regimeLevel = 0.01

// aroundNotes says what was about session 0 of observation i of e: a wilder time
// before it, other news in its windows that are dropped for it.
func (r *Result) aroundNotes(e *events.Event, i int) (out []Note) {
	o := r.Observation(i)
	note := func(code, variant string, severity Severity, window string, args ...any) {
		out = append(out, Note{Code: code, Variant: variant, Severity: severity, EventID: e.ID, Security: o.Security, Window: window, Args: args})
	}
	first := r.Study.CARWindows[0]
	if x := r.Regime(i); x.P < regimeLevel {
		if car, se := r.CAR(i, 0); car == car {
			variant := ""
			if r.eng.ser[o.row].conditional {
				variant = "conditional"
			}
			note("regime", variant, Warning, "", o.Security, x.N, x.Ratio, x.P, first.String(), car/se, car/se/math.Sqrt(x.Ratio))
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

// studyNotes says how many observations moved before their news, which synthetic
// controls ridge corrects, and whose block is not known.
func (r *Result) studyNotes() (out []Note) {
	if x := r.Leaks(); x.N >= fewLeaks {
		n := Note{Code: "run-up", Severity: Info, Args: []any{x.N, x.Unusual, seenLevel * float64(x.N), x.P}}
		if x.P < seenLevel {
			n.Variant, n.Severity = "leak", Warning
		}
		out = append(out, n)
	}
	if d := r.Dependence(); d.N > 0 {
		o := r.Observation(d.Farthest)
		n := Note{Code: "clean-windows", Severity: Info, Args: []any{d.N, r.Study.CARWindows[0].String(), d.Least, d.Most, d.Median, d.Crossing,
			o.Security, o.EventID, d.Trimmed.SE, d.Kept.SE, d.Trimmed.T, d.Kept.T}}
		if r.Study.Confounders == TrimConfounders {
			n.Variant = "trimmed"
		}
		out = append(out, n)
	}
	if g := r.eng; g.penalty != nil {
		corrected, n, least, most := 0, 0, math.Inf(1), 0.0
		for i := range r.N() {
			if !r.Used(i) {
				continue
			}
			n++
			if v := r.RidgePenalty(i); !math.IsInf(v, 0) {
				corrected++
				least, most = min(least, v), max(most, v)
			}
		}
		switch {
		case corrected > 0:
			out = append(out, Note{Code: "ridge", Severity: Info, Args: []any{corrected, n, least, most}})
		case n > 0:
			out = append(out, Note{Code: "ridge", Variant: "none", Severity: Info, Args: []any{n}})
		}
	}
	if r.Study.Correlation == SectorBlocks {
		var unknown []string
		for i := range r.N() {
			if o := r.Observation(i); o.Used() && r.Panel.Columns[o.column].Sector == "" && !slices.Contains(unknown, o.Security) {
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
		o := r.Observation(c.i)
		out = append(out, Note{Code: "confounder-estimation", Variant: variant, Severity: Info, EventID: e.ID, Security: o.Security,
			Args: []any{o.Security, r.Trimmed(c.i), r.Study.CARWindows[0].String(), c.would.SE, c.was.SE, c.would.T, c.was.T}})
	}
	return out
}

// halfNotes says of the observations of e that moved farthest on session 0, against
// their errors, how much of it came by night and by day.
func (r *Result) halfNotes(e *events.Event, used []int) (out []Note) {
	const most = 3
	type move struct {
		i int
		t float64
	}
	var all []move
	for _, i := range used {
		night, day := r.Halves(i)
		if far := math.Max(math.Abs(night.AR/night.SE), math.Abs(day.AR/day.SE)); far > 2 {
			all = append(all, move{i, far})
		}
	}
	slices.SortStableFunc(all, func(a, b move) int { return cmp.Compare(b.t, a.t) })
	for _, m := range all[:min(most, len(all))] {
		o := r.Observation(m.i)
		night, day := r.Halves(m.i)
		whole := (1+night.Return)*(1+day.Return) - 1
		if r.Study.Returns == market.Log {
			whole = night.Return + day.Return
		}
		out = append(out, Note{Code: "night-day", Severity: Info, EventID: e.ID, Security: o.Security, Args: []any{o.Security,
			100 * whole, 100 * night.Return, 100 * night.AR, night.AR / night.SE, 100 * day.Return, 100 * day.AR, day.AR / day.SE}})
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
		o := r.Observation(i)
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

// doubtNotes tells what is only large, still or absent in the windows of an
// observation, and what contradicts itself and is trusted.
func (r *Result) doubtNotes(out []Note, eventID string, o *Observation) []Note {
	row := int(o.row)
	s := r.eng.ser[row]
	type told struct {
		d    *doubt
		days Names
		in   string
	}
	var list []told
	for i := range s.doubts {
		d := &s.doubts[i]
		estimation, event := d.concerns(r.Study, int(o.index))
		if d.barred || !estimation && !event {
			continue
		}
		in := "estimation"
		if event {
			in = "event"
		}
		k := slices.IndexFunc(list, func(t told) bool {
			return t.d.symbol == d.symbol && t.d.finding.Code == d.finding.Code && t.in == in
		})
		if k < 0 {
			k = len(list)
			list = append(list, told{d, nil, in})
		}
		list[k].days = append(list[k].days, d.finding.Date.String())
	}
	for _, t := range list {
		n := Note{Code: "price-finding", Severity: Info, EventID: eventID, Security: o.Security, Variant: t.in, Args: []any{t.d.symbol, t.days, string(t.d.finding.Code), t.d.finding.Issue()}}
		if t.in == "event" {
			n.Severity = Warning
		}
		if t.d.finding.Contradiction {
			n.Code, n.Severity, n.Variant = TrustedPrices, Warning, ""
		}
		out = append(out, n)
	}
	return out
}

// sharesNotes says what is doubtful of an observation's money: shares of another
// time, and prices whose currency is not known.
func (r *Result) sharesNotes(out []Note, eventID string, o *Observation) []Note {
	col := r.Panel.Columns[o.column]
	k := int(o.index) + r.Study.EventWindow.From - 1
	if col.Shares <= 0 || r.Study.Subject == Volume || k < 0 {
		return out
	}
	note := func(code, variant string, args ...any) {
		out = append(out, Note{Code: code, Severity: Warning, EventID: eventID, Security: o.Security, Variant: variant, Args: args})
	}
	const year = 366
	day := col.Calendar.Date(k)
	shares, of, ok := col.SharesAt(k)
	switch off := int(day - of); {
	case col.Currency == "":
		note("no-currency", "", o.Security)
	case !ok:
	case of == 0 && col.Calendar.Date(col.Last())-day > year:
		note("shares-date", "undated", o.Security, shares, day.String())
	case of != 0 && max(off, -off) > year:
		note("shares-date", "", o.Security, shares, of.String(), day.String())
	}
	return out
}

// mendedNotes tells what was put right in the history of a security.
func mendedNotes(out []Note, c *market.Column) []Note {
	for i := range c.Findings {
		if f := &c.Findings[i]; f.Mended && f.Form != "" {
			n := Note{Code: "price-mended", Severity: Info, Security: c.Symbol, Args: []any{c.Symbol, f.Date.String(), f.Issue()}}
			if f.Date == market.NoDate {
				n.Variant, n.Args = "undated", []any{c.Symbol, f.Issue()}
			}
			out = append(out, n)
		}
	}
	return out
}

// leftOutNotes names the rows of a security that could not be read: in no window
// of an observation that is used.
func leftOutNotes(out []Note, c *market.Column) []Note {
	for i := range c.Findings {
		if f := &c.Findings[i]; f.Contradiction && (f.Code == market.Unreadable || f.Code == market.Duplicate) {
			out = append(out, Note{Code: "row-left-out", Severity: Info, Security: c.Symbol, Args: []any{c.Symbol, f.Issue()}})
		}
	}
	return out
}
