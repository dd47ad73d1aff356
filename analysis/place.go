package analysis

import (
	"aftershock/events"
	"aftershock/market"
)

// Place finds session 0 of an event on an exchange's calendar: the first
// session at whose close the news could be in the price.
//
//   - An instant belongs to the first session whose close is after it.
//   - A date belongs to the session of that date, or to the next one where it
//     is none; after_close moves a date that is a session one session on.
//
// index is meaningless when an exclusion is returned.
func Place(e *events.Event, cal *market.Calendar) (index int, how Placement, ex *Exclusion) {
	n := cal.Len()
	if n == 0 {
		return 0, "", exclude(OutsideCalendar, "empty", cal.Name())
	}
	d := market.DateOf(e.Time.UTC())
	instant, timed := e.Instant()
	if timed {
		d = market.DateOf(instant.In(cal.Zone()))
	}
	if d < cal.Date(0) || d > cal.Date(n-1) {
		return 0, "", exclude(OutsideCalendar, "", d.String(), cal.Name(), cal.Date(0).String(), cal.Date(n-1).String())
	}
	i, session := cal.Index(d)
	switch {
	case !session:
		how = OnClosedDay
	case timed && !cal.Close(i).After(instant), !timed && e.AfterClose:
		i, how = i+1, PastClose
	case timed:
		how = InSession
	default:
		how = OnDate
	}
	if i >= n {
		return 0, "", exclude(OutsideCalendar, "after", cal.Name(), cal.Date(n-1).String())
	}
	return i, how, nil
}
