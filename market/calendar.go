package market

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Session is one trading session of an exchange.
type Session struct {
	Date  Date
	Close int // minutes after local midnight at which regular trading ends
}

// Calendar is the ordered sessions of one exchange, with the instant at which
// each closes. It is immutable and safe for concurrent use.
type Calendar struct {
	name     string
	zone     *time.Location
	sessions []Session
	usual    []usualClose // in ascending order
	rules    Years        // in which the rules of an exchange decide; zero when all sessions were given
	next     []int32      // next[d-first] is the index of the first session on or after d
}

// usualClose is the hour at which an exchange usually closes, from a day on.
type usualClose struct {
	from   Date
	minute int // after local midnight
}

// usualOn returns the usual close of d; before the first entry it is the first's.
func usualOn(u []usualClose, d Date) int {
	i := len(u) - 1
	for i > 0 && u[i].from > d {
		i--
	}
	return u[i].minute
}

// NewCalendar returns the calendar of the exchange called name, whose clock is
// zone and whose usual close is usualClosing (minutes after local midnight).
// Sessions must be in strictly ascending order of date.
func NewCalendar(name string, zone *time.Location, usualClosing int, sessions []Session) (*Calendar, error) {
	return newCalendar(name, zone, []usualClose{{NoDate, usualClosing}}, sessions)
}

// CalendarFromDates returns a calendar whose sessions are dates, in strictly
// ascending order, all closing at usualClosing (minutes after local midnight).
// It serves an exchange, or years, of which the rules are not known: the days
// on which the study's benchmark traded are the sessions.
func CalendarFromDates(name string, zone *time.Location, usualClosing int, dates []Date) (*Calendar, error) {
	sessions := make([]Session, len(dates))
	for i, d := range dates {
		sessions[i] = Session{d, usualClosing}
	}
	return NewCalendar(name, zone, usualClosing, sessions)
}

func newCalendar(name string, zone *time.Location, usual []usualClose, sessions []Session) (*Calendar, error) {
	if zone == nil {
		return nil, fmt.Errorf("calendar %s: no time zone", name)
	}
	for i, s := range sessions {
		if i > 0 && s.Date <= sessions[i-1].Date {
			return nil, fmt.Errorf("calendar %s: session %s does not come after %s", name, s.Date, sessions[i-1].Date)
		}
		if s.Date == NoDate {
			return nil, fmt.Errorf("calendar %s: session %d has no date", name, i)
		}
		if s.Close <= 0 || s.Close > 24*60 {
			return nil, fmt.Errorf("calendar %s: session %s closes at minute %d; it must lie in 1..1440", name, s.Date, s.Close)
		}
	}
	c := &Calendar{name: name, zone: zone, sessions: slices.Clone(sessions), usual: usual}
	if n := len(sessions); n > 0 {
		c.next = make([]int32, sessions[n-1].Date-sessions[0].Date+1)
		i := int32(0)
		for k := range c.next {
			if sessions[i].Date < sessions[0].Date+Date(k) {
				i++
			}
			c.next[k] = i
		}
	}
	return c, nil
}

// Name returns the exchange's name, such as "NYSE".
func (c *Calendar) Name() string { return c.name }

// Zone returns the clock of the exchange.
func (c *Calendar) Zone() *time.Location { return c.zone }

// Len returns the number of sessions.
func (c *Calendar) Len() int { return len(c.sessions) }

// Date returns the date of session i; it panics when i is out of range.
func (c *Calendar) Date(i int) Date { return c.sessions[i].Date }

// Close returns the instant at which session i closes.
func (c *Calendar) Close(i int) time.Time {
	s := c.sessions[i]
	return s.Date.In(c.zone, s.Close)
}

// Early reports whether session i closes before the usual hour.
func (c *Calendar) Early(i int) bool { s := c.sessions[i]; return s.Close < usualOn(c.usual, s.Date) }

// SpecialDay is a day on which an exchange departed from its rules.
type SpecialDay struct {
	Date  Date
	Close int // minutes after local midnight at which trading ends; 0 when there is no session
}

// With returns c with days changed: a session removed, given another close, or
// added. Removing a day that is no session changes nothing.
//
// Errors: a day outside c, a day named twice, a close outside 1..1440.
func (c *Calendar) With(days ...SpecialDay) (*Calendar, error) {
	days = slices.Clone(days)
	slices.SortFunc(days, func(a, b SpecialDay) int { return cmp.Compare(a.Date, b.Date) })
	if len(c.sessions) == 0 && len(days) > 0 {
		return nil, fmt.Errorf("calendar %s has no sessions to change", c.name)
	}
	sessions := slices.Clone(c.sessions)
	for i, d := range days {
		switch first, last := c.sessions[0].Date, c.sessions[len(c.sessions)-1].Date; {
		case d.Date < first || d.Date > last:
			return nil, fmt.Errorf("calendar %s: special day %s lies outside %s..%s", c.name, d.Date, first, last)
		case i > 0 && d.Date == days[i-1].Date:
			return nil, fmt.Errorf("calendar %s: special day %s is named twice", c.name, d.Date)
		}
		k, found := slices.BinarySearchFunc(sessions, d.Date, func(s Session, d Date) int { return cmp.Compare(s.Date, d) })
		switch {
		case d.Close == 0 && found:
			sessions = slices.Delete(sessions, k, k+1)
		case d.Close == 0:
		case found:
			sessions[k].Close = d.Close
		default:
			sessions = slices.Insert(sessions, k, Session(d))
		}
	}
	out, err := newCalendar(c.name, c.zone, c.usual, sessions)
	if err != nil {
		return nil, err
	}
	out.rules = c.rules
	return out, nil
}

// WithHistory returns the calendar of an exchange with the sessions of years
// outside its rules taken from dates, the days on which something of the
// exchange traded (its index, the study's benchmark), in strictly ascending
// order; and how many were taken. Such sessions close at the usual hour: early
// closes of those years are not known. A calendar that was not made by rules
// is returned as it is.
func (c *Calendar) WithHistory(dates []Date) (*Calendar, int, error) {
	if c.rules == (Years{}) {
		return c, 0, nil
	}
	var before, after []Session
	for _, d := range dates {
		switch s := (Session{d, usualOn(c.usual, d)}); {
		case c.rules.Contains(d):
		case d.Year() < c.rules.From:
			before = append(before, s)
		default:
			after = append(after, s)
		}
	}
	n := len(before) + len(after)
	if n == 0 {
		return c, 0, nil
	}
	out, err := newCalendar(c.name, c.zone, c.usual, slices.Concat(before, c.sessions, after))
	return out, n, err
}

// Search returns the index of the first session on or after d, or Len() if
// there is none.
func (c *Calendar) Search(d Date) int {
	switch n := len(c.sessions); {
	case n == 0 || d <= c.sessions[0].Date:
		return 0
	case d > c.sessions[n-1].Date:
		return n
	}
	return int(c.next[d-c.sessions[0].Date])
}

// Index returns the index of the session on d, and whether d is a session.
func (c *Calendar) Index(d Date) (int, bool) {
	i := c.Search(d)
	return i, i < len(c.sessions) && c.sessions[i].Date == d
}

// SessionFor returns the index of the first session whose close is after t:
// the first session at whose close news of the instant t could be in the
// price. It returns Len() when the calendar ends before t, and 0 when it
// begins after t: check both against the first and last session's dates.
func (c *Calendar) SessionFor(t time.Time) int {
	i := c.Search(DateOf(t.In(c.zone)))
	if i < len(c.sessions) && !c.Close(i).After(t) {
		i++
	}
	return i
}
