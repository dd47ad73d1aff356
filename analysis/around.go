package analysis

import (
	"slices"
	"strings"
	"time"

	"aftershock/events"
	"aftershock/market"
)

// Circumstance is something about the moment of an event that makes its session 0
// worth a look.
type Circumstance string

// The circumstances.
const (
	AtWeekend     Circumstance = "weekend"     // the day is none on which the exchange trades
	AtHoliday     Circumstance = "holiday"     // a day of the week on which it trades, and did not
	AtHalfDay     Circumstance = "half-day"    // session 0 closes early
	BeforeOpening Circumstance = "before-open" // out before the opening of session 0, on its day
	MidSession    Circumstance = "mid-session" // out while the exchange traded: the return of session 0 holds trading before the news
	AfterHours    Circumstance = "after-close" // out after the close: session 0 is the next session
	WithoutHour   Circumstance = "no-hour"     // only the date is known
	NearClose     Circumstance = "near-close"  // within an hour of the close, so a mistake of an hour moves session 0
)

// Around is session 0 of an event on one exchange, and where it would be if the
// event's time were wrong.
type Around struct {
	Exchange   string
	Securities []string // of the event, that trade there
	Session0   market.Date
	Earlier    market.Date // if the news was out an hour earlier; NoDate for a date alone
	Later      market.Date // if it was out an hour later; NoDate for a date alone
	Otherwise  market.Date // for a date alone: if it was after the close, or, with AfterClose, if it was not; else NoDate
	Alternate  market.Date // at the other instant that the time may mean; NoDate where none is known
	Local      time.Time   // the instant on the exchange's clock; zero for a date alone
	What       []Circumstance
	Excluded   *Exclusion // why there is no session 0; then the dates are NoDate
}

// Sensitive reports whether a mistake of an hour, or of the part of the day, would
// move session 0.
func (a *Around) Sensitive() bool {
	moved := func(d market.Date) bool { return d != market.NoDate && d != a.Session0 }
	return a.Excluded == nil && (moved(a.Earlier) || moved(a.Later) || moved(a.Otherwise) || moved(a.Alternate))
}

// PlaceAround places e on cal as [Place] does, an hour earlier and an hour later.
func PlaceAround(e *events.Event, cal *market.Calendar) Around {
	const hour = time.Hour
	a := Around{Exchange: cal.Name(), Session0: market.NoDate, Earlier: market.NoDate, Later: market.NoDate, Otherwise: market.NoDate, Alternate: market.NoDate}
	at := func(e events.Event) market.Date {
		i, _, ex := Place(&e, cal)
		if ex != nil {
			return market.NoDate
		}
		return cal.Date(i)
	}
	index, how, ex := Place(e, cal)
	if ex != nil {
		a.Excluded = ex
		return a
	}
	a.Session0 = cal.Date(index)
	instant, timed := e.Instant()
	day := market.DateOf(e.Date())
	if timed {
		a.Local = instant.In(cal.Zone())
		day = market.DateOf(a.Local)
		earlier, later := *e, *e
		earlier.Time, later.Time = instant.Add(-hour), instant.Add(hour)
		a.Earlier, a.Later = at(earlier), at(later)
	} else {
		other := *e
		other.AfterClose = !e.AfterClose
		a.Otherwise = at(other)
		a.What = append(a.What, WithoutHour)
	}
	if p := e.Provenance; p != nil && !p.Other.IsZero() {
		other := *e
		other.Time, other.DateOnly = p.Other, false
		a.Alternate = at(other)
	}
	switch how {
	case OnClosedDay:
		if cal.TradesOn(day) {
			a.What = append(a.What, AtHoliday)
		} else {
			a.What = append(a.What, AtWeekend)
		}
	case PastClose:
		a.What = append(a.What, AfterHours)
		if timed {
			if i, ok := cal.Index(day); ok && cal.Early(i) {
				a.What = append(a.What, AtHalfDay)
			}
		}
	case InSession:
		if open, known := cal.Open(index); known && instant.Before(open) {
			a.What = append(a.What, BeforeOpening)
		} else {
			a.What = append(a.What, MidSession)
		}
	}
	if cal.Early(index) && !slices.Contains(a.What, AtHalfDay) {
		a.What = append(a.What, AtHalfDay)
	}
	if timed && (a.Earlier != a.Session0 || a.Later != a.Session0) && a.Earlier != market.NoDate && a.Later != market.NoDate {
		a.What = append(a.What, NearClose)
	}
	return a
}

// Together is two events of one security that lie near each other.
type Together struct {
	Security string
	Other    string // the ID of the other event
	Sessions int    // from session 0 of the event to that of the other
}

// Neighbours returns, for each event of catalog, the other events of each of its
// securities whose session 0 lies in window about its own, in order of security,
// nearest first. Events without securities are those of all that securities lists.
// calendar gives the sessions of a security; one without is left out.
func Neighbours(catalog *events.Catalog, securities []string, calendar func(symbol string) *market.Calendar, window Window) [][]Together {
	type moment struct{ event, index int }
	of := map[string][]moment{}
	calendars := map[string]*market.Calendar{}
	for k := range catalog.Events {
		e := &catalog.Events[k]
		if e.Timeless() {
			continue
		}
		symbols := securities
		if len(e.Targets) > 0 {
			symbols = make([]string, len(e.Targets))
			for i, t := range e.Targets {
				symbols[i] = t.Symbol
			}
		}
		for _, s := range symbols {
			cal, known := calendars[s]
			if !known {
				cal = calendar(s)
				calendars[s] = cal
			}
			if cal == nil {
				continue
			}
			if i, _, ex := Place(e, cal); ex == nil {
				of[s] = append(of[s], moment{k, i})
			}
		}
	}
	out := make([][]Together, len(catalog.Events))
	for s, list := range of {
		slices.SortStableFunc(list, func(a, b moment) int { return a.index - b.index })
		from := 0
		for i, m := range list {
			for from < len(list) && list[from].index < m.index+window.From {
				from++
			}
			for j := from; j < len(list) && list[j].index <= m.index+window.To; j++ {
				if j != i {
					out[m.event] = append(out[m.event], Together{s, catalog.Events[list[j].event].ID, list[j].index - m.index})
				}
			}
		}
	}
	abs := func(n int) int { return max(n, -n) }
	for _, list := range out {
		slices.SortFunc(list, func(a, b Together) int {
			if c := strings.Compare(a.Security, b.Security); c != 0 {
				return c
			}
			if c := abs(a.Sessions) - abs(b.Sessions); c != 0 {
				return c
			}
			return strings.Compare(a.Other, b.Other)
		})
	}
	return out
}
