package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"
	"time"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/internal/words"
	"aftershock/market"
)

// timing is what a mistake of an hour would do to the events of a catalogue.
type timing struct {
	catalog    *events.Catalog
	window     analysis.Window
	around     [][]analysis.Around // by event, by exchange
	neighbours [][]analysis.Together
}

// timing places the events of cat on the exchanges of their securities.
func (p *plan) timing(cat *events.Catalog) *timing {
	t := &timing{catalog: cat, window: p.study.EventWindow}
	usual := cmp.Or(p.calendar(p.security(p.study.Benchmark)), market.NYSE())
	var own []string
	for _, s := range p.securities {
		own = append(own, s.Symbol)
	}
	known := map[string]*market.Calendar{}
	calendar := func(symbol string) *market.Calendar {
		cal, ok := known[symbol]
		if !ok {
			cal = cmp.Or(p.calendar(p.security(symbol)), usual)
			known[symbol] = cal
		}
		return cal
	}
	for i := range cat.Events {
		e := &cat.Events[i]
		symbols := own
		if len(e.Targets) > 0 {
			symbols = nil
			for _, target := range e.Targets {
				symbols = append(symbols, target.Symbol)
			}
		}
		var on []*market.Calendar
		at := map[*market.Calendar][]string{}
		for _, s := range symbols {
			cal := calendar(s)
			if at[cal] == nil {
				on = append(on, cal)
			}
			at[cal] = append(at[cal], s)
		}
		if len(on) == 0 {
			on = []*market.Calendar{usual}
		}
		var list []analysis.Around
		for _, cal := range on {
			a := analysis.PlaceAround(e, cal)
			a.Securities = at[cal]
			list = append(list, a)
		}
		t.around = append(t.around, list)
	}
	t.neighbours = analysis.Neighbours(cat, own, calendar, t.window)
	return t
}

// sensitive counts the events whose session 0 a mistake of an hour would move.
func (t *timing) sensitive() (n int) {
	for _, list := range t.around {
		if slices.ContainsFunc(list, func(a analysis.Around) bool { return a.Sensitive() }) {
			n++
		}
	}
	return n
}

// differ reports whether the exchanges of event i have different sessions 0.
func (t *timing) differ(i int) bool {
	for _, a := range t.around[i] {
		if a.Excluded == nil && a.Session0 != t.around[i][0].Session0 {
			return true
		}
	}
	return false
}

// mostShown is how many events the table for people has; all are in JSON.
const mostShown = 100

// text writes a table of the events that are worth a look: those that a mistake
// would move, and those on closed days, half-days, different sessions on different
// exchanges, or beside other events of their securities.
func (t *timing) text(a *app, l *words.Language) error {
	type line struct{ cells []string }
	var lines []line
	quiet, more := 0, 0
	for i, list := range t.around {
		e := &t.catalog.Events[i]
		worth := t.differ(i) || len(t.neighbours[i]) > 0
		for k := range list {
			x := &list[k]
			worth = worth || x.Sensitive() || x.Excluded != nil || slices.ContainsFunc(x.What, func(c analysis.Circumstance) bool {
				return c == analysis.AtWeekend || c == analysis.AtHoliday || c == analysis.AtHalfDay || c == analysis.MidSession
			})
		}
		if !worth {
			quiet++
			continue
		}
		if len(lines) >= mostShown {
			more++
			continue
		}
		for k := range list {
			x := &list[k]
			id, when := e.ID, when(l, e)
			if k > 0 {
				id, when = "", ""
			}
			lines = append(lines, line{[]string{id, when, x.Exchange, sessionText(x.Session0), hourText(x, x.Earlier), hourText(x, x.Later), t.remarks(l, i, k)}})
		}
	}
	n := t.sensitive()
	if _, err := fmt.Fprintln(a.stdout, l.Say("Session 0 would move by a mistake of an hour, or of the part of the day, in %s of %s events.", n, len(t.around))); err != nil {
		return err
	}
	if len(lines) > 0 {
		err := a.table(func(w io.Writer) {
			fmt.Fprintln(w, strings.Join([]string{"ID", l.Phrase("WHEN"), l.Phrase("EXCHANGE"), l.Phrase("SESSION 0"), l.Phrase("AN HOUR EARLIER"), l.Phrase("AN HOUR LATER"), l.Phrase("WORTH A LOOK")}, "\t"))
			for _, x := range lines {
				fmt.Fprintln(w, strings.Join(x.cells, "\t"))
			}
		})
		if err != nil {
			return err
		}
	}
	if more > 0 {
		if _, err := fmt.Fprintln(a.stdout, l.Say("and %s more events: --format json has them all", more)); err != nil {
			return err
		}
	}
	if quiet > 0 {
		if _, err := fmt.Fprintln(a.stdout, l.Say("Events with nothing of the kind: %s.", quiet)); err != nil {
			return err
		}
	}
	return nil
}

func sessionText(d market.Date) string {
	if d == market.NoDate {
		return "-"
	}
	return d.String()
}

// hourText shows a session that differs from session 0.
func hourText(x *analysis.Around, d market.Date) string {
	switch {
	case d == market.NoDate:
		return "-"
	case d == x.Session0:
		return "="
	}
	return d.String()
}

// circumstanceWords say a circumstance in a table.
var circumstanceWords = map[analysis.Circumstance]string{
	analysis.AtWeekend: "at a weekend", analysis.AtHoliday: "on a holiday", analysis.AtHalfDay: "half-day", analysis.BeforeOpening: "before the opening",
	analysis.MidSession: "mid-session", analysis.AfterHours: "after the close", analysis.WithoutHour: "no hour", analysis.NearClose: "within an hour of the close",
}

func (t *timing) remarks(l *words.Language, i, k int) string {
	x := &t.around[i][k]
	var out []string
	if x.Excluded != nil {
		return l.Sentence(x.Excluded.Sentence(), nil)
	}
	for _, c := range x.What {
		out = append(out, l.Phrase(circumstanceWords[c]))
	}
	if x.Otherwise != market.NoDate && x.Otherwise != x.Session0 {
		if t.catalog.Events[i].AfterClose {
			out = append(out, l.Say("if it was not after the close: %s", x.Otherwise))
		} else {
			out = append(out, l.Say("if it was after the close: %s", x.Otherwise))
		}
	}
	if x.Alternate != market.NoDate && x.Alternate != x.Session0 {
		out = append(out, l.Say("by the other reading of its time: %s", x.Alternate))
	}
	if k > 0 && x.Session0 != t.around[i][0].Session0 {
		out = append(out, l.Say("another session than on %s", t.around[i][0].Exchange))
	}
	if k == 0 && len(t.neighbours[i]) > 0 {
		out = append(out, t.beside(l, i))
	}
	return strings.Join(out, l.Phrase(", "))
}

// beside names the nearest other events of the securities of event i.
func (t *timing) beside(l *words.Language, i int) string {
	nearest := slices.Clone(t.neighbours[i])
	abs := func(n int) int { return max(n, -n) }
	slices.SortStableFunc(nearest, func(a, b analysis.Together) int { return abs(a.Sessions) - abs(b.Sessions) })
	var ids []string
	for _, n := range nearest {
		if !slices.Contains(ids, n.Other) {
			ids = append(ids, n.Other)
		}
	}
	first := nearest[0]
	if len(ids) == 1 {
		return l.Say("%s also has %s, %s sessions off", first.Security, first.Other, fmt.Sprintf("%+d", first.Sessions))
	}
	return l.Say("%s also has %s, %s sessions off; with it %s events in the window %s", first.Security, first.Other, fmt.Sprintf("%+d", first.Sessions), len(ids), t.window)
}

type jsonAround struct {
	Exchange   string   `json:"exchange"`
	Securities []string `json:"securities"`
	Session0   *string  `json:"session_0"`
	Earlier    *string  `json:"hour_earlier"`
	Later      *string  `json:"hour_later"`
	Otherwise  *string  `json:"other_part,omitempty"`
	Alternate  *string  `json:"alternative,omitempty"`
	Local      string   `json:"local,omitempty"`
	Changes    bool     `json:"changes"`
	What       []string `json:"circumstances"`
	Excluded   string   `json:"excluded,omitempty"`
}

type jsonTogether struct {
	Security string `json:"security"`
	Event    string `json:"event"`
	Sessions int    `json:"sessions"`
}

type jsonTiming struct {
	ID       string         `json:"id"`
	Title    string         `json:"title"`
	Time     *string        `json:"time"`
	Status   string         `json:"status,omitempty"`
	Changes  bool           `json:"changes"`
	Differ   bool           `json:"exchanges_differ"`
	Sessions []jsonAround   `json:"sessions"`
	Together []jsonTogether `json:"same_window"`
}

// json writes all events.
func (t *timing) json(w io.Writer, file string, unknown []string) error {
	out := struct {
		File      string       `json:"file"`
		Events    int          `json:"events"`
		Sensitive int          `json:"sensitive"`
		Window    [2]int       `json:"window"`
		Unknown   []string     `json:"unknown_securities"`
		Warnings  []string     `json:"warnings"`
		List      []jsonTiming `json:"list"`
	}{file, len(t.around), t.sensitive(), [2]int{t.window.From, t.window.To}, append([]string{}, unknown...), append([]string{}, t.catalog.Warnings...), []jsonTiming{}}
	day := func(d market.Date) *string {
		if d == market.NoDate {
			return nil
		}
		s := d.String()
		return &s
	}
	for i, list := range t.around {
		e := &t.catalog.Events[i]
		j := jsonTiming{ID: e.ID, Title: e.Title, Status: string(e.Status()), Differ: t.differ(i), Sessions: []jsonAround{}, Together: []jsonTogether{}}
		if !e.Timeless() {
			s := e.Time.Format(time.DateOnly)
			if instant, ok := e.Instant(); ok {
				s = instant.UTC().Format(time.RFC3339)
			}
			j.Time = &s
		}
		for k := range list {
			x := &list[k]
			a := jsonAround{Exchange: x.Exchange, Securities: append([]string{}, x.Securities...), Session0: day(x.Session0), Earlier: day(x.Earlier), Later: day(x.Later),
				Otherwise: day(x.Otherwise), Alternate: day(x.Alternate), Changes: x.Sensitive(), What: []string{}}
			if !x.Local.IsZero() {
				a.Local = x.Local.Format(time.RFC3339)
			}
			for _, c := range x.What {
				a.What = append(a.What, string(c))
			}
			if x.Excluded != nil {
				a.Excluded = x.Excluded.Detail()
			}
			j.Changes = j.Changes || a.Changes
			j.Sessions = append(j.Sessions, a)
		}
		for _, n := range t.neighbours[i] {
			j.Together = append(j.Together, jsonTogether{n.Security, n.Other, n.Sessions})
		}
		out.List = append(out.List, j)
	}
	return indented(w, out)
}
