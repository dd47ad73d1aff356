package market

import (
	"iter"
	"math"
	"slices"
)

// Months returns the calendar of which a session is a month of cal: its last
// session. An event belongs to the month that it lies in. On the days of which
// the rules of cal are not known a month ends with its last day.
func Months(cal *Calendar, days Span) (*Calendar, error) {
	var sessions []Session
	for end := endOfMonth(days.From); end <= endOfMonth(days.To); end = endOfMonth(end + 1) {
		s := Session{Date: end, Close: usualOn(cal.usual, end)}
		if k := cal.Search(end + 1); k > 0 && sameMonth(cal.Date(k-1), end) {
			s = cal.sessions[k-1]
		}
		sessions = append(sessions, s)
	}
	return newCalendar(cal.name+", months", cal.zone, cal.usual, sessions)
}

func endOfMonth(d Date) Date { return NewDate(d.Year(), d.Time().Month()+1, 1) - 1 }

func sameMonth(a, b Date) bool { return endOfMonth(a) == endOfMonth(b) }

// byMonth reports whether the bars of every series are those of months: no two of
// one, and of nearly every month between the first and the last. Two bars tell
// nothing.
func byMonth(list []loaded) bool {
	any := false
	for _, l := range list {
		n := l.len()
		if n == 0 {
			continue
		}
		for i := 1; i < n; i++ {
			if sameMonth(l.date(i), l.date(i-1)) {
				return false
			}
		}
		const fewest, month = 4, 30.5
		if n >= fewest && float64(l.date(n-1)-l.date(0)) > 1.5*month*float64(n-1) {
			return false
		}
		any = any || n >= fewest
	}
	return any
}

// onMonths returns s with each bar on the session of its month, of the calendar of
// months m.
func (s *Series) onMonths(m *Calendar) *Series {
	out := *s
	out.Bars = slices.Clone(s.Bars)
	for i := range out.Bars {
		out.Bars[i].Date = monthOf(m, out.Bars[i].Date)
	}
	out.Actions = slices.Clone(s.Actions)
	for i := range out.Actions {
		out.Actions[i].Date = monthOf(m, out.Actions[i].Date)
	}
	return &out
}

// monthOf returns the session of the month of d.
func monthOf(m *Calendar, d Date) Date {
	k := m.Search(endOfMonth(d) + 1)
	if k > 0 {
		return m.Date(k - 1)
	}
	return d
}

// spacing says that the bars with a value are those of weeks or of months; "" of
// days, and of fewer than tell.
func (s *Series) spacing() string {
	return spacing(func(yield func(Date) bool) {
		for i, b := range s.Bars {
			if math.IsNaN(b.Close) && math.IsNaN(b.AdjClose) && (s.Returns == nil || math.IsNaN(s.Returns[i])) {
				continue
			}
			if !yield(b.Date) {
				return
			}
		}
	})
}

// spacing is that of a series with a value on days.
func spacing(days iter.Seq[Date]) string {
	const fewest, most = 8, 0.8
	var weeks, months, n float64
	last := NoDate
	for d := range days {
		if last != NoDate {
			n++
			switch step := d - last; {
			case step >= 6 && step <= 8:
				weeks++
			case step >= 26 && step <= 33:
				months++
			}
		}
		last = d
	}
	switch {
	case n < fewest:
	case weeks >= most*n:
		return "weekly"
	case months >= most*n:
		return "monthly"
	}
	return ""
}
