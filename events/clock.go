package events

import (
	"fmt"
	"strings"
	"time"

	"aftershock/internal/pattern"
)

// timeForm splits a time as people write it into date, clock and zone.
var timeForm = pattern.New(`^(\d{4}-\d{2}-\d{2})(?:(?:[Tt]|\s+)(\d{1,2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?)\s*([A-Za-z][\w/+-]*|[+-][\d:]+)?)?$`)

// abbreviated is a zone such as ET or CEST.
var abbreviated = pattern.New(`^[A-Za-z]{2,5}$`)

// abbreviates reports whether zone is an abbreviation that is known, of whatever season.
func abbreviates(zone string) bool {
	zone = strings.ToUpper(zone)
	_, clock := clocks[zone]
	_, letters := zoneLetters[zone]
	return clock || letters || manyZones[zone] != nil
}

// clockForm is a time of day alone.
var clockForm = pattern.New(`^(?:오전|오후|上午|下午|午前|午後)?\s*\d{1,2}(?::\d{2}|h\d{2}|\s*[時时点]|\s*[AaPp]\.?[Mm])`)

// zones finds time zones by name, and remembers them.
type zones map[string]*time.Location

// moment reads the time of an event from the three fields that may hold it.
// The precision is the one that the text shows: Day for a date alone (then t
// is midnight UTC), Second where seconds are written and not zero, else Minute.
// order is that of day and month.
func (z zones) moment(date, hours, zone string, order Order) (t time.Time, p Precision, err error) {
	var loc *time.Location
	if zone != "" {
		if loc, err = z.find(zone); err != nil {
			// An abbreviation such as ET is one beside its time alone: which offset it is
			// depends on the season.
			if s := strings.TrimSpace(iso(date) + " " + hourOf(hours)); abbreviated.MatchString(zone) {
				if t, p, e := z.parse(s+" "+zone, nil, order); e == nil {
					return t, p, nil
				} else if t, p, e := z.parse(s, nil, order); e == nil && abbreviates(zone) { // a date alone
					return t, p, nil
				}
			}
			return t, "", err
		}
	}
	date = iso(date)
	if date != "" {
		hours = hourOf(hours)
	}
	switch {
	case date != "" && hours != "" && clockForm.MatchString(hours):
		return z.parse(date+" "+hours, loc, order)
	case date == "" || hours == "":
		return z.parse(date+hours, loc, order)
	}
	if t, p, err = z.parse(hours, loc, order); err == nil {
		if day, _, e := z.parse(date, loc, order); e != nil || !sameDay(t, day) {
			err = fmt.Errorf("date %s and time %s disagree; write only one of them", quote(date), quote(hours))
		}
	}
	return t, p, err
}

func sameDay(a, b time.Time) bool { return a.Format(time.DateOnly) == b.Format(time.DateOnly) }

func (z zones) parse(s string, loc *time.Location, order Order) (time.Time, Precision, error) {
	var suffix string
	wall, ok := usual(s)
	timed := len(s) > len(time.DateOnly)
	if !ok {
		form := timeForm.FindStringSubmatch(s)
		if form == nil || halves[strings.ToLower(form[3])] {
			return z.written(s, loc, order)
		}
		date, clock := form[1], form[2]
		timed, suffix = clock != "", form[3]
		layout, text := time.DateOnly, date
		if timed {
			layout, text = time.DateOnly+" 15:04", date+" "+clock
			if strings.Count(clock, ":") == 2 {
				layout = time.DateTime
			}
		}
		var err error
		if wall, err = time.Parse(layout, text); err != nil {
			return time.Time{}, "", fmt.Errorf("time %s does not exist; write year-month-day and hours 0 to 23, such as 2025-01-27 or 2025-01-27T14:30:00Z", quote(s))
		}
	}
	var own *time.Location
	if suffix != "" {
		var err error
		if own, err = z.find(suffix); err != nil {
			st := (Reading{}).Stamp(s)
			if st.Precision != NoTime && len(st.Doubts) == 0 {
				return z.stamped(st, loc)
			}
			if len(st.Doubts) > 0 && st.Precision != NoTime && abbreviates(suffix) {
				err = doubtful(s, st)
			}
			return time.Time{}, "", err
		}
	}
	return z.at(s, wall, timed, own, loc)
}

// doubtful is the error of a time whose zone may be another than it says.
func doubtful(s string, st Stamp) error {
	return fmt.Errorf("time %s: %s; write its offset instead", quote(s), strings.TrimSuffix(st.Doubts[0], ": session 0 is that of the date"))
}

// halves are the halves of the day, which stand where a zone might.
var halves = map[string]bool{"am": true, "pm": true, "a": true, "p": true}

// unreadable is the error of a text that is no time in a form known.
func unreadable(s string) error {
	return fmt.Errorf("time %s cannot be read; write 2025-01-27, 2025-01-27T14:30:00Z, or 2025-01-27 09:30 with a zone", quote(s))
}

// written reads a time in one of the many forms that sources and spreadsheets
// use; see Reading.Stamp.
func (z zones) written(s string, loc *time.Location, order Order) (time.Time, Precision, error) {
	dated := iso(s)
	if m := slashed.FindStringSubmatch(dated); m != nil && order == AutoOrder {
		if a, b := number(m[1]), number(m[3]); a <= 12 && b <= 12 && a != b {
			return time.Time{}, "", fmt.Errorf("time %s may be month/day or day/month; write 2025-01-27, or set the order of dates", quote(s))
		}
	}
	text := tidyTime(dated)
	t, ok := takeApart(text, order == DayFirst)
	if !ok && order == MonthFirst { // the month is above 12
		return time.Time{}, "", unreadable(s)
	}
	switch {
	case !ok:
		return time.Time{}, "", unreadable(s)
	case t.epoch:
		if loc == nil {
			loc = time.UTC
		}
		return z.at(s, t.wall, true, time.UTC, loc)
	case t.zone != "":
		own, err := z.find(t.zone)
		if err != nil {
			st := Reading{DayFirst: order == DayFirst}.Stamp(dated)
			if st.Precision == NoTime || len(st.Doubts) > 0 {
				if len(st.Doubts) > 0 && (st.Clock == "" || abbreviates(t.zone)) {
					err = doubtful(s, st)
				}
				return time.Time{}, "", err
			}
			return z.stamped(st, loc)
		}
		if t.weekday != "" && !strings.HasPrefix(strings.ToLower(t.wall.Weekday().String()), t.weekday) {
			return time.Time{}, "", fmt.Errorf("time %s: %s was a %s; correct one of them", quote(s), t.wall.Format(time.DateOnly), t.wall.Weekday())
		}
		return z.at(s, t.wall, true, own, loc)
	}
	if t.weekday != "" && !strings.HasPrefix(strings.ToLower(t.wall.Weekday().String()), t.weekday) {
		return time.Time{}, "", fmt.Errorf("time %s: %s was a %s; correct one of them", quote(s), t.wall.Format(time.DateOnly), t.wall.Weekday())
	}
	return z.at(s, t.wall, t.timed, nil, loc)
}

// stamped returns the instant of st in loc, where that is given.
func (z zones) stamped(st Stamp, loc *time.Location) (time.Time, Precision, error) {
	t, p := st.Time, Minute
	if loc != nil {
		t = t.In(loc)
	}
	if t.Second() != 0 || t.Nanosecond() != 0 {
		p = Second
	}
	return t, p, nil
}

// at returns the instant of the clock wall in own, the zone of the text itself,
// else in loc, that of the record; a date alone where it has no hour.
func (z zones) at(s string, wall time.Time, timed bool, own, loc *time.Location) (time.Time, Precision, error) {
	switch {
	case wall.Year() < 1600 || wall.Year() > 2400:
		return time.Time{}, "", fmt.Errorf("time %s: the year must lie between 1600 and 2400", quote(s))
	case !timed:
		return wall, Day, nil
	}
	precision := Minute
	if wall.Second() != 0 || wall.Nanosecond() != 0 {
		precision = Second
	}
	t := wall
	var err error
	switch {
	case own != nil:
		if t, err = resolve(wall, own); loc != nil {
			t = t.In(loc)
		}
	case loc != nil:
		t, err = resolve(wall, loc)
	default:
		err = fmt.Errorf("time %s has no zone; add one (zone America/New_York, or an offset as in %s-05:00), or write only %s where nobody knows the hour",
			quote(s), wall.Format("2006-01-02T15:04:05"), wall.Format(time.DateOnly))
	}
	return t, precision, err
}

// usual reads the forms that most times have, 2025-01-27 and 2025-01-27 09:30
// (with a T, too), if they exist.
func usual(s string) (wall time.Time, ok bool) {
	const form = "0000-00-00 00:00"
	if len(s) != len(form) && len(s) != len(time.DateOnly) {
		return wall, false
	}
	for i := range len(s) {
		switch c := s[i]; {
		case form[i] == '0':
			ok = '0' <= c && c <= '9'
		default:
			ok = c == form[i] || form[i] == ' ' && c == 'T'
		}
		if !ok {
			return wall, false
		}
	}
	two := func(at int) int { return int(s[at]-'0')*10 + int(s[at+1]-'0') }
	y, m, d, hour, minute := two(0)*100+two(2), two(5), two(8), 0, 0
	if len(s) == len(form) {
		hour, minute = two(11), two(14)
	}
	wall = time.Date(y, time.Month(m), d, hour, minute, 0, 0, time.UTC)
	return wall, int(wall.Month()) == m && wall.Day() == d && wall.Hour() == hour && wall.Minute() == minute
}

// find returns the zone called name: UTC, an offset, or a place in the IANA
// database. Abbreviations are refused: EST is a fixed offset there, and would
// put a summer's news an hour late.
func (z zones) find(name string) (*time.Location, error) {
	switch strings.ToUpper(name) {
	case "Z", "UTC", "GMT":
		return time.UTC, nil
	}
	if loc, ok := z[name]; ok {
		return loc, nil
	}
	loc := offset(name)
	if loc == nil && strings.Contains(name, "/") {
		loc, _ = Location(name)
	}
	if place := clocks[strings.ToUpper(name)]; loc == nil && place != "" && strings.ContainsAny(name, "0123456789 ") { // beside a date of any season
		loc, _ = Location(place)
	}
	if loc == nil {
		return nil, fmt.Errorf("zone %s is not known; write a place such as America/New_York, UTC, or an offset such as -05:00", quote(name))
	}
	z[name] = loc
	return loc, nil
}

// offset reads +08:00, +0800 or +08; nil if s is nothing of the kind.
func offset(s string) *time.Location {
	for _, layout := range []string{"-07:00", "-0700", "-07"} {
		// Without a location, Parse would look the offset up in the machine's own zone.
		if t, err := time.ParseInLocation(layout, s, time.UTC); err == nil {
			if _, sec := t.Zone(); -16*3600 <= sec && sec <= 16*3600 {
				return t.Location()
			}
		}
	}
	return nil
}

// resolve returns the instant at which the clocks of loc show wall. Clocks that
// are put forward skip an hour and clocks that are put back show one twice:
// both are errors, since a guess could move the news to another session.
func resolve(wall time.Time, loc *time.Location) (time.Time, error) {
	y, m, d := wall.Date()
	t := time.Date(y, m, d, wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), loc)
	start, end := t.ZoneBounds()
	const near = 48 * time.Hour // clocks have been put by a day, never by more
	if (start.IsZero() || t.Sub(start) > near) && (end.IsZero() || end.Sub(t) > near) {
		return t, nil
	}
	shows := func(t time.Time) bool { return t.Format(time.DateTime) == wall.Format(time.DateTime) }
	if !shows(t) {
		return t, fmt.Errorf("time %q does not exist in %s: the clocks were put forward over it; correct it, or write it with its offset", wall.Format(time.DateTime), loc)
	}
	for _, other := range []time.Time{start.Add(-1), end} {
		if start.IsZero() && other.Before(t) || other.IsZero() {
			continue
		}
		_, sec := other.Zone()
		if u := wall.Add(-time.Duration(sec) * time.Second).In(loc); shows(u) && !u.Equal(t) {
			if u.Before(t) {
				t, u = u, t
			}
			return t, fmt.Errorf("time %q came twice in %s, where the clocks were put back; write %s or %s",
				wall.Format(time.DateTime), loc, t.Format(time.RFC3339), u.Format(time.RFC3339))
		}
	}
	return t, nil
}

// quote quotes s for a message, shortened where it is long.
func quote(s string) string {
	if r := []rune(s); len(r) > 60 {
		s = string(r[:59]) + "…"
	}
	return fmt.Sprintf("%q", s)
}
