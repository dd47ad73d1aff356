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
	opens    int          // usual opening, minutes after local midnight; 0 when it is not known
	week     []usualWeek  // in ascending order; none: Monday to Friday
	learns   bool         // sessions outside rules come from data, see WithHistory
	rules    Years        // in which the rules of an exchange decide; none are when zero
	special  []SpecialDay // of days outside rules, for WithHistory
	next     []int32      // next[d-first] is the index of the first session on or after d
}

// usualClose is the hour at which an exchange usually closes, from a day on.
type usualClose struct {
	from   Date
	minute int                  // after local midnight
	on     map[time.Weekday]int // days of the week with a close of their own
}

// usualOn returns the usual close of d; before the first entry it is the first's.
func usualOn(u []usualClose, d Date) int {
	i := len(u) - 1
	for i > 0 && u[i].from > d {
		i--
	}
	if minute, ok := u[i].on[d.Weekday()]; ok {
		return minute
	}
	return u[i].minute
}

// Weekdays is a set of days of the week, the bit 1<<time.Weekday for each.
type Weekdays uint8

// The usual weeks of exchanges.
const (
	MondayToFriday   Weekdays = 0b0111110
	SundayToThursday Weekdays = 0b0011111
	EveryDay         Weekdays = 0b1111111
)

// Has reports whether w is in the set.
func (s Weekdays) Has(w time.Weekday) bool { return s>>w&1 == 1 }

// usualWeek is the days of the week on which an exchange trades, from a day on.
type usualWeek struct {
	from Date
	days Weekdays
}

// weekOn returns the days of the week on which the exchange trades at d.
func weekOn(u []usualWeek, d Date) Weekdays {
	days := MondayToFriday
	for i, w := range u {
		if i == 0 || w.from <= d {
			days = w.days
		}
	}
	return days
}

// NewCalendar returns the calendar of the exchange called name, whose clock is
// zone and whose usual close is usualClosing (minutes after local midnight).
// Sessions must be in strictly ascending order of date.
func NewCalendar(name string, zone *time.Location, usualClosing int, sessions []Session) (*Calendar, error) {
	return newCalendar(name, zone, []usualClose{{from: NoDate, minute: usualClosing}}, sessions)
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

// Open returns the instant at which regular trading of session i begins, and
// false where the hour is not known. A session that closes later than usual is
// taken to begin later by as much.
func (c *Calendar) Open(i int) (time.Time, bool) {
	s := c.sessions[i]
	if c.opens == 0 {
		return time.Time{}, false
	}
	return s.Date.In(c.zone, c.opens+max(0, s.Close-usualOn(c.usual, s.Date))), true
}

// TradesOn reports whether d is one of the days of the week on which the
// exchange trades.
func (c *Calendar) TradesOn(d Date) bool { return weekOn(c.week, d).Has(d.Weekday()) }

// Knows reports whether rules, or a list of all sessions, say of d whether it is
// a session.
func (c *Calendar) Knows(d Date) bool {
	if c.learns {
		return c.rules.Contains(d)
	}
	n := len(c.sessions)
	return n > 0 && c.sessions[0].Date <= d && d <= c.sessions[n-1].Date
}

// Early reports whether session i closes before the usual hour.
func (c *Calendar) Early(i int) bool { s := c.sessions[i]; return s.Close < usualOn(c.usual, s.Date) }

// SpecialDay is a day on which an exchange departed from its rules.
type SpecialDay struct {
	Date  Date
	Close int // minutes after local midnight at which trading ends; 0 when there is no session
}

// With returns c with days changed: a session removed, given another close, or
// added. Removing a day that is no session changes nothing. A day of which the
// rules of an exchange are not known is kept until WithHistory.
//
// Errors: a day outside c, a day named twice, a close outside 1..1440.
func (c *Calendar) With(days ...SpecialDay) (*Calendar, error) {
	days = slices.Clone(days)
	slices.SortFunc(days, func(a, b SpecialDay) int { return cmp.Compare(a.Date, b.Date) })
	if len(c.sessions) == 0 && len(days) > 0 && !c.learns {
		return nil, fmt.Errorf("calendar %s has no sessions to change", c.name)
	}
	for i, d := range days {
		if d.Close < 0 || d.Close > 24*60 {
			return nil, fmt.Errorf("calendar %s: special day %s closes at minute %d; it must lie in 1..1440, or be 0 for none", c.name, d.Date, d.Close)
		}
		if d.Date == NoDate {
			return nil, fmt.Errorf("calendar %s: a special day has no date", c.name)
		}
		if i > 0 && d.Date == days[i-1].Date {
			return nil, fmt.Errorf("calendar %s: special day %s is named twice", c.name, d.Date)
		}
	}
	sessions := slices.Clone(c.sessions)
	var later []SpecialDay
	for _, d := range days {
		if c.learns && !c.rules.Contains(d.Date) {
			later = append(later, d)
			continue
		}
		switch first, last := c.sessions[0].Date, c.sessions[len(c.sessions)-1].Date; {
		case d.Date < first || d.Date > last:
			return nil, fmt.Errorf("calendar %s: special day %s lies outside %s..%s", c.name, d.Date, first, last)
		}
		sessions = changed(sessions, d)
	}
	out, err := c.of(sessions)
	if err != nil {
		return nil, err
	}
	out.special = slices.Concat(c.special, later)
	return out, nil
}

// changed returns sessions with day d removed, given another close, or added.
func changed(sessions []Session, d SpecialDay) []Session {
	k, found := slices.BinarySearchFunc(sessions, d.Date, func(s Session, d Date) int { return cmp.Compare(s.Date, d) })
	switch {
	case d.Close == 0 && found:
		return slices.Delete(sessions, k, k+1)
	case d.Close == 0:
	case found:
		sessions[k].Close = d.Close
	default:
		return slices.Insert(sessions, k, Session(d))
	}
	return sessions
}

// of returns c with other sessions.
func (c *Calendar) of(sessions []Session) (*Calendar, error) {
	out, err := newCalendar(c.name, c.zone, c.usual, sessions)
	if err != nil {
		return nil, err
	}
	out.opens, out.week, out.learns, out.rules, out.special = c.opens, c.week, c.learns, c.rules, c.special
	return out, nil
}

// WithHistory returns the calendar of an exchange with the sessions of years
// outside its rules taken from dates, the days on which something of the
// exchange traded (its index, the study's benchmark), in strictly ascending
// order; and how many were taken. Such sessions close at the usual hour: early
// closes of those years are not known, but for those that With was told. A
// calendar that is not an exchange's is returned as it is.
func (c *Calendar) WithHistory(dates []Date) (*Calendar, int, error) {
	if !c.learns {
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
	sessions := slices.Concat(before, c.sessions, after)
	first, last := sessions[0].Date, sessions[len(sessions)-1].Date
	for _, d := range c.special {
		if d.Date >= first && d.Date <= last {
			sessions = changed(sessions, d)
		}
	}
	out, err := c.of(sessions)
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
