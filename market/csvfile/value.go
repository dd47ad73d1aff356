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
	order   Order
	zone    *time.Location // of the exchange
	utc     bool           // stamps since 1970 are whole days
	reading clockReading   // of stamps with a clock
	counted bool           // it has counts of days, from the day serial
	serial  market.Date
	months  bool // 201504 is a month
}

var (
	errNoDate   = errors.New("no date")
	errOrder    = errors.New("the order of day and month is not known")
	errNotADate = errors.New("not a date")
	errMonth    = errors.New("a month, where days are needed")
	errCalendar = errors.New("a year of another calendar (Hijri, Persian); write the Gregorian date")
	errShort    = errors.New("a year of two digits, or a month, where days are needed; write 2025-01-27")
)

// The days 0 that programs count days from.
var (
	excel1900 = market.NewDate(1899, 12, 30)
	excel1904 = market.NewDate(1904, 1, 1)
	sas1960   = market.NewDate(1960, 1, 1) // Stata's too
	unix1970  = market.NewDate(1970, 1, 1) // R's
)

// parse reads one date.
func (p *dates) parse(s string) (market.Date, error) {
	if len(s) == 10 && s[4] == '-' && s[7] == '-' {
		if d, err := civil(digits(s[:4]), digits(s[5:7]), digits(s[8:])); err == nil {
			return d, nil
		}
	}
	if s == "" {
		return market.NoDate, errNoDate
	}
	s = latin(s)
	if p.counted {
		if n, ok := serialDay(s); ok {
			return p.serial + market.Date(n), nil
		}
	}
	s = wholeNumber(s)
	if stamp, err := strconv.ParseInt(s, 10, 64); err == nil {
		n := len(strings.TrimLeft(s, "-+"))
		if d, ok := clockedDay(stamp, n); ok {
			return d, nil
		}
		switch {
		case n == 8 && stamp > 0:
			return civil(int(stamp/10000), int(stamp/100%100), int(stamp%100))
		case n == 6 && !p.months && stamp > 0 && stamp/100%100 >= 1 && stamp/100%100 <= 12 && stamp%100 >= 1 && stamp%100 <= 31:
			return market.NoDate, errShort
		case n == 6 && stamp >= 100000 && stamp%100 >= 1 && stamp%100 <= 12:
			if !p.months {
				return market.NoDate, errMonth
			}
			return endOfMonth(int(stamp/100), int(stamp%100))
		case n >= 11 && n <= 14:
			stamp /= 1e3
		case n == 15 || n == 16:
			stamp /= 1e6
		case n == 18 || n == 19:
			stamp /= 1e9
		case n != 9 && n != 10:
			return market.NoDate, errNotADate
		}
		return p.placeUnix(stamp), nil
	}
	day, clock := cutClock(s)
	if d, ok := sasDate(day); ok {
		return d, nil
	}
	if y, m, ok := yearMonth(day); ok {
		if !p.months {
			return market.NoDate, errMonth
		}
		return endOfMonth(y, m)
	}
	part := parts(day)
	if stamp, ok := strings.CutSuffix(day, "Z"); ok || len(day) == 15 { // 20240801T160000Z
		if d, c, ok := strings.Cut(stamp, "T"); ok && len(d) == 8 && isDigits(d) && len(c) == 6 && isDigits(c) {
			day, clock = d, c[:2]+":"+c[2:4]+day[len(stamp):]
		}
	}
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
	case len(part[0]) == 3: // of Taiwan's calendar, whose year 113 is 2024
		const first, last = 100, 150 // others are what is left of 2023, or of 1998, without one of its digits
		if y := digits(part[0]); y >= first && y <= last {
			d, err = civil(y+1911, digits(part[1]), digits(part[2]))
		} else {
			err = errNotADate
		}
	case strings.IndexByte(day, '.') >= 0 || p.order == DayFirst:
		d, err = civil(year(part[2]), digits(part[1]), digits(part[0]))
	case p.order == MonthFirst:
		d, err = civil(year(part[2]), digits(part[0]), digits(part[1]))
	default:
		return market.NoDate, errOrder
	}
	if err == nil && clock != "" {
		d = p.place(d, clock)
	}
	return d, err
}

// wholeNumber returns a count of seconds, milliseconds and so on, or a date such as
// 20240801, that was written as a decimal or with an exponent, as digits. One that
// an exponent has rounded, as 1.72247e+09, is left as it stands.
func wholeNumber(s string) string {
	point := strings.IndexByte(s, '.')
	if point < 0 || point > 19 {
		return s
	}
	mantissa, exponent, has := strings.Cut(strings.ToLower(s), "e")
	whole, fraction, _ := strings.Cut(mantissa, ".")
	if !isDigits(whole) || fraction != "" && !isDigits(fraction) {
		return s
	}
	if !has {
		if len(whole) >= 6 && strings.Trim(fraction, "0") == "" {
			return whole
		}
		return s
	}
	n, err := strconv.Atoi(strings.TrimPrefix(exponent, "+"))
	if err != nil || n < 0 || n > 18 || len(whole) != 1 || len(fraction) > n && strings.Trim(fraction[n:], "0") != "" {
		return s
	}
	rounded := len(fraction) < n
	fraction += strings.Repeat("0", max(0, n-len(fraction)))
	if out := whole + fraction[:n]; !rounded || n >= 9 && wholeDay(out) {
		return out
	}
	return s
}

// yearMonth reads 2015-04, 2015/04, 2015M04 and 201504.
func yearMonth(s string) (y, m int, ok bool) {
	switch {
	case len(s) == 7 && (s[4] == '-' || s[4] == '/' || s[4] == '.' || s[4] == 'M' || s[4] == 'm'):
		y, m = digits(s[:4]), digits(s[5:])
	case len(s) == 6:
		y, m = digits(s[:4]), digits(s[4:])
	}
	return y, m, y >= 1000 && y < 3000 && m >= 1 && m <= 12
}

// endOfMonth is the day that stands for a month.
func endOfMonth(y, m int) (market.Date, error) { return civil(y, m, daysIn(y, m)) }

// serialDay reads a count of days, such as 45614 or 45614.6875.
func serialDay(s string) (int, bool) {
	whole, _, _ := strings.Cut(s, ".")
	if len(whole) != 5 || !isDigits(whole) {
		return 0, false
	}
	if x, err := strconv.ParseFloat(s, 64); err != nil || x >= 80_000 {
		return 0, false
	}
	n, _ := strconv.Atoi(whole)
	return n, n >= 10_000
}

// sasDate reads 02AUG2024 and 02AUG24, the formats DATE9. and DATE7. of SAS.
func sasDate(s string) (market.Date, bool) {
	if len(s) != 9 && len(s) != 7 || s[0] < '0' || s[0] > '9' {
		return market.NoDate, false
	}
	m := monthNamed(s[2:5])
	if m == 0 || !isDigits(s[:2]) || !isDigits(s[5:]) {
		return market.NoDate, false
	}
	d, err := civil(year(s[5:]), int(m), digits(s[:2]))
	return d, err == nil
}

// epoch returns the day that counts of days are from, found by the days of the
// week that each possible one gives: no exchange trades on three of them. Where several
// are possible, as for a week from Sunday to Thursday, it is the one with the fewest days
// on which trades, which may be nil, says that the exchange does not trade.
func epoch(counts []int, trades func(market.Date) bool) market.Date {
	best, least := excel1900, len(counts)+1
	for _, from := range []market.Date{excel1900, sas1960, excel1904, unix1970} {
		var on [7]int
		plausible, off := true, 0
		for _, n := range counts {
			d := from + market.Date(n)
			on[d.Time().Weekday()]++
			plausible = plausible && d >= market.NewDate(1920, 1, 1) && d < market.NewDate(2045, 1, 1)
			if trades != nil && !trades(d) {
				off++
			}
		}
		most := len(counts) / 50 // a few sessions on Saturdays
		if plausible && on[time.Saturday] <= most && (on[time.Sunday] <= most || on[time.Friday] <= most) && off < least {
			best, least = from, off
		}
	}
	return best
}

// dayMonth returns the first two numbers of a date whose order is not evident.
func dayMonth(s string) (a, b int, ok bool) {
	day, _ := cutClock(latin(s))
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
		if c == 9 || c == 7 { // 02AUG2024:16:00:00
			if _, ok := sasDate(s[:c]); ok {
				return s[:c], s[c+1:]
			}
		}
		if i := strings.LastIndexAny(s[:c], " T"); i >= 0 {
			day, clock = strings.TrimRight(s[:i], " ,"), s[i+1:]
			// Thu Aug 01 16:00:00 EDT 2024, as C writes it
			if k := strings.LastIndexByte(clock, ' '); k > 0 && len(clock)-k == 5 && isDigits(clock[k+1:]) && parts(day)[2] == "" {
				day, clock = day+" "+clock[k+1:], clock[:k]
			}
			return day, clock
		}
	}
	return s, ""
}

// parts cuts a date at its separators into exactly three parts, or returns
// none. A day of the week before it, and "de" or "of" within, are passed over.
func parts(s string) (p [3]string) {
	n := 0
	if s != "" && s[0] >= '0' && s[0] <= '9' && strings.IndexByte(s, ' ') > 0 { // the months of the Levant that have two words
		for _, w := range [...]string{"تشرين", "كانون"} {
			s = strings.Replace(s, w+" ", w, 1)
		}
	}
	for _, f := range strings.FieldsFunc(s, func(r rune) bool {
		return strings.ContainsRune("-/. ,\u00a0年月日()（）", r)
	}) {
		if n == 0 && isWeekday(f) || f == "de" || f == "of" || f == "г" {
			continue
		}
		if n == 3 {
			if isWeekday(f) { // 2024/08/01 Thu, 2024-08-01,四
				continue
			}
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

func isWeekday(s string) bool {
	if len(s) == 3 && s[0] >= 0x80 { // one character of Chinese, Japanese or Korean
		return strings.Contains("一二三四五六日天月火水木金土월화수목금토일", s)
	}
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name := d.String(); strings.EqualFold(s, name) || strings.EqualFold(s, name[:3]) {
			return true
		}
	}
	return false
}

// monthNamed returns the month that a word names in one of the languages of
// monthWords, whole or cut off.
func monthNamed(s string) time.Month {
	if len(s) < 3 || s[0] >= '0' && s[0] <= '9' {
		return 0
	}
	return monthWords()[canonical(s)]
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
	if y >= 1300 && y <= 1500 { // Hijri, Persian
		return market.NoDate, errCalendar
	}
	if y < 1000 || m < 1 || m > 12 || d < 1 || d > 28 && d > daysIn(y, m) {
		return market.NoDate, errNotADate
	}
	return market.NewDate(y, time.Month(m), d), nil
}

// clockedDay is the day of a time written in n digits without marks, 20240102160000 or
// 202401021600. As milliseconds the longer would be of the year 2611, and the shorter,
// of 1976, a full or half hour.
func clockedDay(stamp int64, n int) (market.Date, bool) {
	const halfHour = 1_800_000
	switch {
	case stamp <= 0, n != 14 && n != 12, n == 12 && stamp%halfHour == 0:
		return market.NoDate, false
	case n == 12:
		stamp *= 100
	}
	if stamp/10_000%100 > 23 || stamp/100%100 > 59 || stamp%100 > 59 || stamp/1e10 < 1800 || stamp/1e10 > 2200 {
		return market.NoDate, false
	}
	d, err := civil(int(stamp/1e10), int(stamp/1e8%100), int(stamp/1e6%100))
	return d, err == nil
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
	s, neg := bare(s)
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

// bare returns a number without its sign, its currency and whatever parts its
// thousands that is no mark of decimals: blanks as the French write, and the
// apostrophes of the Swiss. Digits are turned to those of ASCII.
func bare(s string) (string, bool) {
	s = latin(s)
	neg := false
	if t, ok := strings.CutPrefix(s, "("); ok && strings.HasSuffix(t, ")") {
		s, neg = t[:len(t)-1], true
	}
	for _, sign := range []string{"-", "\u2212", "\u2013"} {
		if t, ok := strings.CutPrefix(s, sign); ok {
			s, neg = t, !neg
			break
		}
	}
	s = strings.TrimPrefix(s, "+")
	if n := len(s); n > 0 && (s[0] < '0' || s[0] > '9' || s[n-1] < '0' || s[n-1] > '9') {
		for _, c := range currencies {
			s = strings.TrimPrefix(s, c)
			s = strings.TrimSuffix(s, c)
		}
		s = trim(s)
	}
	if strings.ContainsAny(s, thousands) {
		whole, rest := s, ""
		if i := strings.IndexAny(s, ".,"); i >= 0 {
			whole, rest = s[:i], s[i:]
		}
		g := strings.FieldsFunc(whole, func(r rune) bool { return strings.ContainsRune(thousands, r) })
		for i, p := range g {
			if i > 0 && len(p) != 3 || len(p) > 3 {
				return s, neg
			}
		}
		s = strings.Join(g, "") + rest
	}
	return s, neg
}

// thousands part the thousands of a number whatever its mark of decimals: blanks
// of every width, and apostrophes.
const thousands = " \u00a0\u202f\u2009\u2007\u2002'’"

// currencies are written before or after a number; of two that begin or end alike
// the longer one stands first.
var currencies = []string{"US$", "HK$", "NT$", "AU$", "CA$", "NZ$", "A$", "C$", "S$", "R$", "$", "Rs.", "Rs", "CAD", "AUD", "NZD", "HKD", "SGD", "INR", "BRL", "RUB", "TRY", "CNY", "KRW", "TWD", "ZAR", "MXN", "ILS",
	"HUF", "CZK", "RON", "EGP", "QAR", "KWD", "GBX", "GBp", "SFr.", "Fr.", "元", "円", "원", "€", "£", "¥", "₩", "₹", "zł", "kr", "Kč", "₺", "₽", "USD", "EUR", "GBP", "CHF", "JPY", "SEK", "NOK", "DKK", "PLN", "AED", "SAR", "ر.س", "د.إ"}

// currencyIn returns the code of the currency that is written with a number, "" where
// none is.
func currencyIn(s string) string {
	if n := len(s); n == 0 || s[n-1] >= '0' && s[n-1] <= '9' && (s[0] >= '0' && s[0] <= '9' || s[0] == '-' || s[0] == '.') {
		return ""
	}
	for _, c := range currencies {
		if strings.HasPrefix(s, c) || strings.HasSuffix(s, c) {
			if code, ok := currencyCodes[c]; ok {
				return code
			}
			return c
		}
	}
	return ""
}

// currencyCodes are what signs stand for that have a code.
var currencyCodes = map[string]string{"US$": "USD", "$": "USD", "€": "EUR", "£": "GBP", "¥": "JPY", "円": "JPY", "元": "CNY", "₩": "KRW", "원": "KRW", "₹": "INR", "Rs.": "INR", "Rs": "INR", "zł": "PLN", "Kč": "CZK",
	"₺": "TRY", "₽": "RUB", "SFr.": "CHF", "Fr.": "CHF", "HK$": "HKD", "NT$": "TWD", "AU$": "AUD", "A$": "AUD", "CA$": "CAD", "C$": "CAD", "NZ$": "NZD", "S$": "SGD", "R$": "BRL", "GBX": "GBp"}

// latin turns Arabic-Indic, Persian and full-width digits and the Arabic marks
// of decimals and thousands into those of ASCII.
func latin(s string) string {
	if strings.IndexFunc(s, func(r rune) bool {
		return r >= 0x660 && r <= 0x6f9 || r >= 0xff0c && r <= 0xff19 || unseen(r)
	}) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		switch {
		case r >= 0x660 && r <= 0x669:
			return r - 0x660 + '0'
		case r >= 0x6f0 && r <= 0x6f9:
			return r - 0x6f0 + '0'
		case r >= 0xff10 && r <= 0xff19:
			return r - 0xff10 + '0'
		case r == '٫':
			return '.'
		case r == '٬':
			return '\''
		case r == 0xff0c:
			return ','
		case r == 0xff0e:
			return '.'
		case unseen(r):
			return -1
		}
		return r
	}, s)
}

// unseen reports whether r has no width: marks of direction, joiners, and byte-order
// marks within a text that was pasted together.
func unseen(r rune) bool {
	return r >= 0x200b && r <= 0x200f || r >= 0x202a && r <= 0x202e || r >= 0x2060 && r <= 0x2069 || r == 0xfeff
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

// multiples are the words and signs by which counts of shares are cut short; of two
// that end alike the longer one stands first.
var multiples = []struct {
	word  string
	times float64
}{{"mio.", 1e6}, {"mio", 1e6}, {"mill.", 1e6}, {"million", 1e6}, {"mln.", 1e6}, {"mln", 1e6}, {"mn", 1e6}, {"mi", 1e6}, {"mrd.", 1e9}, {"mrd", 1e9}, {"mld", 1e9}, {"billion", 1e9}, {"bln", 1e9}, {"bn", 1e9}, {"bi", 1e9},
	{"tsd.", 1e3}, {"tsd", 1e3}, {"tys.", 1e3}, {"tys", 1e3}, {"thousand", 1e3}, {"mil", 1e3}, {"тыс.", 1e3}, {"тыс", 1e3}, {"млн.", 1e6}, {"млн", 1e6}, {"млрд.", 1e9}, {"млрд", 1e9},
	{"crore", 1e7}, {"cr.", 1e7}, {"cr", 1e7}, {"lakhs", 1e5}, {"lakh", 1e5}, {"lac", 1e5},
	{"千", 1e3}, {"万", 1e4}, {"萬", 1e4}, {"만", 1e4}, {"百万", 1e6}, {"億", 1e8}, {"亿", 1e8}, {"억", 1e8},
	{"ألف", 1e3}, {"الف", 1e3}, {"مليون", 1e6}, {"مليار", 1e9}}

// multiple cuts the word that multiplies a number.
func multiple(s string) (rest string, times float64) {
	n := len(s)
	if n < 2 || s[n-1] >= '0' && s[n-1] <= '9' || s[0] < '0' || s[0] > '9' && s[0] < 0x80 {
		return s, 1
	}
	low := strings.ToLower(s)
	times = 1
	for _, m := range multiples {
		if cut, ok := strings.CutSuffix(low, m.word); ok && len(cut) > 0 {
			if head := trim(s[:len(s)-len(m.word)]); head != "" && times == 1 || len(m.word) > len(s)-len(rest) {
				rest, times = head, m.times
			}
		}
	}
	if times == 1 {
		return s, 1
	}
	return rest, times
}

// volume reads a number that may end in K, M, B or T, or in a word for as many.
func volume(s string, mark byte) (float64, bool) {
	scale := 1.0
	if rest, times := multiple(s); times > 1 {
		s, scale = rest, times
	} else if n := len(s) - 1; n > 0 && s[n-1] <= '9' {
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
	if scale > 1 && !ok { // such figures are often written with another mark than prices
		x, ok = number(s, '.'+','-mark)
	}
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

// isMissing reports whether a field stands for no observation, in the words of
// spreadsheets, databases and statistics programs.
func isMissing(s string) bool {
	switch s {
	case "", "-", "--", ".", "._", "—", "–", "…", "..":
		return true
	}
	if s[0] == '.' && len(s) == 2 && (s[1] >= 'A' && s[1] <= 'Z' || s[1] >= 'a' && s[1] <= 'z') { // SAS and Stata
		return true
	}
	switch strings.ToLower(s) {
	case "nan", "null", "none", "na", "n/a", "n.a.", "n.a", "n/d", "n.d.", "nd", "s/d", "k.a.", "k. a.", "n.v.", "<na>", "nil", "missing", "not available",
		"#value!", "#div/0!", "#ref!", "#num!", "#name?", "#null!", "#wert!", "#nv", "-nan", "nat":
		return true
	}
	return strings.HasPrefix(strings.ToLower(s), "#n/a")
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
			size := 3
			if i > 0 && i < len(g)-1 && len(g[1]) == 2 { // lakhs and crores: 1,50,015
				size = 2
			}
			if i > 0 && len(p) != size || i == 0 && (len(p) == 0 || len(p) > size) {
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

// plainMark is markOf for what nearly all numbers are, digits with at most one mark
// among them, which takes a tenth of the time; ok is false for others.
func plainMark(s string) (mark byte, ok bool) {
	at := -1
	for i := range len(s) {
		if c := s[i]; c < '0' || c > '9' {
			if c != '.' && c != ',' || at >= 0 {
				return 0, false
			}
			at = i
		}
	}
	switch n := len(s); {
	case at < 0:
		return 0, n > 0
	case n == 1:
		return 0, false
	case n-at != 4 || at == 0 || at > 3 || s[0] == '0': // not three digits behind at most three
		return s[at], true
	}
	return 0, true
}

// markOf returns the decimal mark that s proves, or 0.
func markOf(s string) byte {
	if mark, ok := plainMark(s); ok {
		return mark
	}
	return anyMark(s)
}

// anyMark is markOf for all numbers.
func anyMark(s string) byte {
	if isMissing(s) {
		return 0
	}
	arabic := strings.Contains(s, "٫")
	s, _ = bare(s)
	if arabic {
		return '.'
	}
	comma, point := strings.LastIndexByte(s, ','), strings.LastIndexByte(s, '.')
	if strings.IndexFunc(s, func(r rune) bool { return r >= 'A' && r <= 'z' }) >= 0 {
		return 0
	}
	switch {
	case comma >= 0 && point >= 0:
		return s[max(comma, point)]
	case comma >= 0 && strings.IndexByte(s, ',') != comma:
		return '.'
	case comma >= 0 && (len(s)-comma != 4 || comma == 0 || comma > 3 || s[0] == '0'):
		return ','
	case point >= 0 && strings.IndexByte(s, '.') != point:
		return ','
	case point >= 0 && (len(s)-point != 4 || point == 0 || point > 3 || s[0] == '0'):
		return '.'
	}
	return 0
}
