package market

import (
	"fmt"
	"math"
	"time"
)

// Date is a civil day, counted from 1970-01-01 (day 0) in the proleptic
// Gregorian calendar. It has no zone and no time of day; a session is named by
// the Date on which its exchange opens.
type Date int32

// NoDate is the absence of a date; it formats as the empty string.
const NoDate Date = math.MinInt32

// NewDate returns the civil day y-m-d; m and d may lie outside their usual
// ranges and are normalised as time.Date does.
func NewDate(y int, m time.Month, d int) Date {
	if 1 <= m && m <= 12 && 1 <= y && y <= 9999 { // a tenth of the time that package time takes
		k, years := int(m)+9, y // months from March on, of years that begin with it
		if m > 2 {
			k -= 12
		} else {
			years--
		}
		return Date(365*years + years/4 - years/100 + years/400 + (153*k+2)/5 + d - 719469)
	}
	return DateOf(time.Date(y, m, d, 0, 0, 0, 0, time.UTC))
}

// DateOf returns the civil day of t in t's own location.
func DateOf(t time.Time) Date {
	_, off := t.Zone()
	s := t.Unix() + int64(off)
	d := s / 86400
	if s%86400 < 0 {
		d--
	}
	return Date(d)
}

// ParseDate reads an ISO 8601 calendar date, 2006-01-02.
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return NoDate, fmt.Errorf("%q is not a date of the form 2006-01-02", s)
	}
	return DateOf(t), nil
}

// Time returns midnight UTC of d.
func (d Date) Time() time.Time { return time.Unix(int64(d)*86400, 0).UTC() }

// In returns the instant of minute (minutes after midnight, clock time) on d in loc.
func (d Date) In(loc *time.Location, minute int) time.Time {
	y, m, dd := d.Time().Date()
	return time.Date(y, m, dd, minute/60, minute%60, 0, 0, loc)
}

// Weekday returns the day of the week of d.
func (d Date) Weekday() time.Weekday {
	w := (int(d) + 4) % 7 // 1970-01-01 was a Thursday
	if w < 0 {
		w += 7
	}
	return time.Weekday(w)
}

// Year returns the calendar year of d.
func (d Date) Year() int { return d.Time().Year() }

// String returns d as 2006-01-02, or "" for NoDate.
func (d Date) String() string {
	var b [len(time.DateOnly)]byte
	return string(d.Append(b[:0]))
}

// Append appends d as String writes it.
func (d Date) Append(b []byte) []byte {
	if d == NoDate {
		return b
	}
	y, m, day := d.Time().Date()
	if y < 0 || y > 9999 {
		return d.Time().AppendFormat(b, time.DateOnly)
	}
	return append(b, byte('0'+y/1000), byte('0'+y/100%10), byte('0'+y/10%10), byte('0'+y%10), '-', byte('0'+m/10), byte('0'+m%10), '-', byte('0'+day/10), byte('0'+day%10))
}

// MarshalText implements encoding.TextMarshaler.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler; the empty string is NoDate.
func (d *Date) UnmarshalText(b []byte) error {
	if len(b) == 0 {
		*d = NoDate
		return nil
	}
	x, err := ParseDate(string(b))
	if err != nil {
		return err
	}
	*d = x
	return nil
}
