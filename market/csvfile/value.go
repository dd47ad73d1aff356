package csvfile

import (
	"errors"
	"math"
	"strconv"
	"strings"
	"time"

	"aftershock/market"
)

// Order says which part of 01/02/2025 is the day.
type Order string

// The orders of day and month.
const (
	AutoOrder  Order = ""    // decided by the whole file
	MonthFirst Order = "mdy" // 01/27/2025
	DayFirst   Order = "dmy" // 27/01/2025
)

// dates reads the dates of one file.
type dates struct {
	order Order
	zone  *time.Location // of the exchange
	utc   bool           // stamps since 1970 are whole days
}

var (
	errNoDate    = errors.New("no date")
	errOrder     = errors.New("the order of day and month is not known")
	errNotADate  = errors.New("not a date")
	monthsByName = map[string]time.Month{"jan": 1, "feb": 2, "mar": 3, "apr": 4, "may": 5, "jun": 6, "jul": 7, "aug": 8, "sep": 9, "oct": 10, "nov": 11, "dec": 12}
)

// parse reads one date.
func (p *dates) parse(s string) (market.Date, error) {
	if len(s) == 10 && s[4] == '-' && s[7] == '-' {
		return civil(digits(s[:4]), digits(s[5:7]), digits(s[8:]))
	}
	if s == "" {
		return market.NoDate, errNoDate
	}
	if stamp, err := strconv.ParseInt(s, 10, 64); err == nil {
		switch n := len(strings.TrimLeft(s, "-+")); {
		case n == 8 && stamp > 0:
			return civil(int(stamp/10000), int(stamp/100%100), int(stamp%100))
		case n >= 11 && n <= 14:
			stamp /= 1000
		case n != 9 && n != 10:
			return market.NoDate, errNotADate
		}
		if p.utc || p.zone == nil {
			return market.DateOf(time.Unix(stamp, 0).UTC()), nil
		}
		return market.DateOf(time.Unix(stamp, 0).In(p.zone)), nil
	}
	day, clock := cutClock(s)
	part := parts(day)
	if len(day) == 8 && clock != "" && part[2] == "" {
		part = [3]string{day[:4], day[4:6], day[6:]}
	}
	if part[2] == "" {
		return market.NoDate, errNotADate
	}
	var d market.Date
	var err error
	switch m1, m2 := monthNamed(part[0]), monthNamed(part[1]); {
	case m1 > 0: // Jan 27, 2025
		d, err = civil(year(part[2]), int(m1), digits(part[1]))
	case m2 > 0: // 27-Jan-2025, 2025-Jan-27
		if len(part[0]) == 4 {
			d, err = civil(digits(part[0]), int(m2), digits(part[2]))
		} else {
			d, err = civil(year(part[2]), int(m2), digits(part[0]))
		}
	case len(part[0]) == 4:
		d, err = civil(digits(part[0]), digits(part[1]), digits(part[2]))
	case strings.IndexByte(day, '.') >= 0 || p.order == DayFirst:
		d, err = civil(year(part[2]), digits(part[1]), digits(part[0]))
	case p.order == MonthFirst:
		d, err = civil(year(part[2]), digits(part[0]), digits(part[1]))
	default:
		return market.NoDate, errOrder
	}
	if err == nil && clock != "" && p.zone != nil {
		d = inZone(d, clock, p.zone)
	}
	return d, err
}

// dayMonth returns the first two numbers of a date whose order is not evident.
func dayMonth(s string) (a, b int, ok bool) {
	day, _ := cutClock(s)
	part := parts(day)
	if part[2] == "" || len(part[0]) > 2 || strings.IndexByte(day, '.') >= 0 {
		return 0, 0, false
	}
	a, b = digits(part[0]), digits(part[1])
	return a, b, a > 0 && b > 0
}

// cutClock parts a date from the time of day that may follow it.
func cutClock(s string) (day, clock string) {
	if c := strings.IndexByte(s, ':'); c >= 0 {
		if i := strings.LastIndexAny(s[:c], " T"); i >= 0 {
			return strings.TrimRight(s[:i], " ,"), s[i+1:]
		}
	}
	return s, ""
}

// parts cuts a date at its separators into exactly three parts, or returns none.
func parts(s string) (p [3]string) {
	n := 0
	for _, f := range strings.FieldsFunc(s, func(r rune) bool { return r == '-' || r == '/' || r == '.' || r == ' ' || r == ',' }) {
		if n == 3 {
			return [3]string{}
		}
		p[n] = f
		n++
	}
	if n < 3 {
		return [3]string{}
	}
	return p
}

func monthNamed(s string) time.Month {
	if len(s) < 3 {
		return 0
	}
	m := monthsByName[strings.ToLower(s[:3])]
	if m == 0 || len(s) > 3 && !strings.EqualFold(s, m.String()) && !strings.EqualFold(s, "sept") {
		return 0
	}
	return m
}

// digits reads up to four digits; anything else is -1.
func digits(s string) int {
	if s == "" || len(s) > 4 {
		return -1
	}
	n := 0
	for _, c := range []byte(s) {
		if c < '0' || c > '9' {
			return -1
		}
		n = 10*n + int(c-'0')
	}
	return n
}

// year reads a year of four digits, or of two: 70..99 are 1970 to 1999.
func year(s string) int {
	n := digits(s)
	switch {
	case len(s) == 2 && n >= 70:
		return 1900 + n
	case len(s) == 2 && n >= 0:
		return 2000 + n
	case len(s) != 4:
		return -1
	}
	return n
}

func civil(y, m, d int) (market.Date, error) {
	if y < 1000 || m < 1 || m > 12 || d < 1 || d > 28 && d > daysIn(y, m) {
		return market.NoDate, errNotADate
	}
	return market.NewDate(y, time.Month(m), d), nil
}

func daysIn(y, m int) int {
	return int(market.NewDate(y, time.Month(m)+1, 1) - market.NewDate(y, time.Month(m), 1))
}

// inZone takes a day with a time that is said to be UTC to zone. Midnight
// stands for the day itself.
func inZone(d market.Date, clock string, zone *time.Location) market.Date {
	utc := false
	for _, z := range []string{"Z", "+00:00", "+0000", "UTC", " GMT"} {
		if c, ok := strings.CutSuffix(clock, z); ok {
			clock, utc = strings.TrimSpace(c), true
			break
		}
	}
	h, rest, _ := strings.Cut(clock, ":")
	hour, minute := digits(h), digits(rest[:min(2, len(rest))])
	if !utc || hour < 0 || minute < 0 || hour == 0 && minute == 0 {
		return d
	}
	return market.DateOf(d.In(time.UTC, 60*hour+minute).In(zone))
}

// number reads a number whose decimal mark is mark; the other of comma and
// point parts thousands. Without an observation it is NaN.
func number(s string, mark byte) (float64, bool) {
	if x, ok := short(s, mark); ok {
		return x, true
	}
	if isPlain(s) && (mark == '.' || strings.IndexByte(s, '.') < 0) {
		x, err := strconv.ParseFloat(s, 64)
		return x, err == nil
	}
	if isMissing(s) {
		return math.NaN(), true
	}
	neg := false
	if t, ok := strings.CutPrefix(s, "-"); ok {
		s, neg = t, true
	}
	for _, c := range []string{"$", "€", "£", "¥", "₩"} {
		s = strings.TrimPrefix(s, c)
	}
	s = strings.TrimLeft(s, " ")
	group := byte(',')
	if mark == ',' {
		group = '.'
	}
	if s, ok := ungroup(s, group, mark); ok && isPlain(s) {
		x, err := strconv.ParseFloat(s, 64)
		if neg {
			x = -x
		}
		return x, err == nil
	}
	return 0, false
}

// short reads a number of at most 15 digits and one decimal mark. Digits and
// power of ten are exact in a float64, so their quotient is rounded once, as
// strconv.ParseFloat rounds it, which takes three times as long.
func short(s string, mark byte) (float64, bool) {
	if len(s) == 0 || len(s) > 16 {
		return 0, false
	}
	n, point := int64(0), -1
	for i := range len(s) {
		switch c := s[i]; {
		case c >= '0' && c <= '9':
			n = 10*n + int64(c-'0')
		case c == mark && point < 0:
			point = i
		default:
			return 0, false
		}
	}
	if point < 0 {
		return float64(n), len(s) < 16
	}
	return float64(n) / powersOfTen[len(s)-1-point], len(s) > 1
}

var powersOfTen = [16]float64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15}

// volume reads a number that may end in K, M, B or T.
func volume(s string, mark byte) (float64, bool) {
	scale := 1.0
	if n := len(s) - 1; n > 0 && s[n-1] <= '9' {
		switch s[n] {
		case 'K', 'k':
			scale = 1e3
		case 'M', 'm':
			scale = 1e6
		case 'B', 'b':
			scale = 1e9
		case 'T', 't':
			scale = 1e12
		}
		if scale > 1 {
			s = s[:n]
		}
	}
	x, ok := number(s, mark)
	if scale > 1 {
		x = math.Round(x*scale*1e3) / 1e3 // 123.4M is 123,400,000
	}
	return x, ok
}

// isPlain reports whether s is digits with at most a sign, a point and an exponent.
func isPlain(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || c > '9') && c != '.' && (c != 'e' && c != 'E' || i == 0) && (c != '-' && c != '+') {
			return false
		}
	}
	return s != "" && s != "." && s != "-" && s != "+"
}

func isMissing(s string) bool {
	switch s {
	case "", "-", "--", ".", "—", "–":
		return true
	}
	switch strings.ToLower(s) {
	case "nan", "null", "none", "na", "n/a", "#n/a", "#n/a n/a", "nil", "missing":
		return true
	}
	return false
}

// ungroup removes the marks of thousands, which must part groups of three
// digits, and turns the decimal mark into a point.
func ungroup(s string, group, mark byte) (string, bool) {
	whole, fraction, hasFraction := strings.Cut(s, string(mark))
	if strings.IndexByte(fraction, group) >= 0 {
		return "", false
	}
	if strings.IndexByte(whole, group) >= 0 {
		g := strings.Split(whole, string(group))
		for i, p := range g {
			if i > 0 && len(p) != 3 || i == 0 && (len(p) == 0 || len(p) > 3) {
				return "", false
			}
		}
		whole = strings.Join(g, "")
	}
	if !hasFraction {
		return whole, true
	}
	return whole + "." + fraction, true
}

// markOf returns the decimal mark that s proves, or 0.
func markOf(s string) byte {
	comma, point := strings.LastIndexByte(s, ','), strings.LastIndexByte(s, '.')
	if strings.IndexFunc(s, func(r rune) bool { return r >= 'A' && r <= 'z' }) >= 0 {
		return 0
	}
	switch {
	case comma >= 0 && point >= 0:
		return s[max(comma, point)]
	case comma >= 0 && strings.IndexByte(s, ',') != comma:
		return '.'
	case comma >= 0 && len(s)-comma != 4:
		return ','
	case point >= 0 && strings.IndexByte(s, '.') != point:
		return ','
	case point >= 0 && len(s)-point != 4:
		return '.'
	}
	return 0
}
