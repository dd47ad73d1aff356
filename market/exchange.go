package market

import (
	"fmt"
	"slices"
	"strings"
	"sync"
	"time"
	_ "time/tzdata" // the clocks of exchanges must not depend on the machine
)

// Exchange is a market with one session calendar: its names, its clock and the
// rules by which it opens.
//
// Rules reach over the years for which they are known to be right. Sessions of
// other years must come from data: see Calendar.WithHistory and CalendarFromDates.
type Exchange struct {
	Name     string   // as this program prints it, such as "NYSE"
	MIC      string   // ISO 10383
	Aliases  []string // what data vendors call it, in capitals
	Suffixes []string // of its symbols in Yahoo's spelling, such as ".T"; none for the United States
	Indices  []string // symbols of its indices in Yahoo's spelling, such as "^N225"
	Zone     string   // IANA name of its clock
	Currency string   // ISO 4217, of most of its listings; "" where prices are in a hundredth of it
	Open     int      // minutes after local midnight at which trading usually begins today
	Rules    Years    // for which sessions are known by rule; zero: for none

	usual []usualClose       // in ascending order
	week  []usualWeek        // in ascending order; none: Monday to Friday
	year  func(int, *yearOf) // enters what is special in one year; nil: nothing
	form  func(string) bool  // tells its symbols by their form; nil: nothing does
	once  sync.Once
	cal   *Calendar
}

// Years is a span of calendar years, both inclusive.
type Years struct{ From, To int }

// Contains reports whether d lies in one of the years.
func (y Years) Contains(d Date) bool {
	year := d.Year()
	return y.From <= year && year <= y.To
}

// Exchanges is the table of exchanges that are known: the first, which is that
// of symbols without a suffix, and those of which there are rules, then those
// whose sessions come from data.
var Exchanges = slices.Concat(
	[]*Exchange{nyse, tokyo, korea, taiwan, hongKong, london, amsterdam, paris, brussels, lisbon, xetra, frankfurt, crypto},
	europe, asia, middleEast, others)

// NYSE returns the sessions of the United States' stock exchanges, 1990 to 2040.
func NYSE() *Calendar { return nyse.Calendar() }

// ExchangeByName returns the exchange of the table that name means; see Find.
func ExchangeByName(name string) (*Exchange, bool) { return Find(Exchanges, name) }

// Find returns the first exchange of list that name means: its name, MIC or an
// alias, in capitals or not. The United States' exchanges keep the same hours
// and are one entry, NYSE.
func Find(list []*Exchange, name string) (*Exchange, bool) {
	if name = strings.ToUpper(strings.TrimSpace(name)); name == "" {
		return nil, false
	}
	for _, e := range list {
		if name == strings.ToUpper(e.Name) || name == e.MIC || slices.Contains(e.Aliases, name) {
			return e, true
		}
	}
	return nil, false
}

// ExchangeOfSymbol returns the exchange that a symbol trades on by its spelling;
// see Of.
func ExchangeOfSymbol(symbol string) *Exchange {
	e, _ := Of(Exchanges, symbol)
	return e
}

// Of returns the exchange of list that a symbol in Yahoo's spelling trades on:
// by its suffix (8035.T), for an index by its name (^N225), for a currency
// (EURUSD=X) or crypto-asset (BTC-USD) by its form. Suffixes of a few other
// vendors are known where they mean nothing else.
//
// sure is false for a symbol without a suffix, or with a share class (BRK.B):
// it is taken to be American, the first of list. The exchange is nil for an
// index or a suffix that no exchange of list has.
func Of(list []*Exchange, symbol string) (e *Exchange, sure bool) {
	symbol = strings.ToUpper(symbol)
	for _, e := range list {
		if slices.Contains(e.Indices, symbol) || e.form != nil && e.form(symbol) {
			return e, true
		}
	}
	dot := strings.LastIndexByte(symbol, '.')
	if dot >= 0 {
		for _, e := range list {
			if slices.Contains(e.Suffixes, symbol[dot:]) {
				return e, true
			}
		}
	}
	if strings.HasPrefix(symbol, "^") || dot >= 0 && symbol[dot:] != ".A" && symbol[dot:] != ".B" && symbol[dot:] != ".US" {
		return nil, false
	}
	return Exchanges[0], false
}

// Description describes an exchange that is not in the table, or not as it
// should be. Hours are minutes after local midnight.
type Description struct {
	Name     string
	Zone     string   // IANA name of its clock
	Open     int      // 0: not known
	Close    int      // at which news no longer reaches a session's price
	Week     Weekdays // 0: Monday to Friday
	Holidays []Date   // in any order; sessions of the years that they lie in are known by them, those of others come from data
	Suffixes []string // of its symbols, such as ".CS"
	Indices  []string
	Currency string
}

// NewExchange returns the exchange that d describes.
//
// Errors: no name, a zone that is not known, hours outside the day or in the
// wrong order, a suffix without its point.
func NewExchange(d Description) (*Exchange, error) {
	_, err := time.LoadLocation(d.Zone)
	switch {
	case strings.TrimSpace(d.Name) == "":
		return nil, fmt.Errorf("has no name")
	case err != nil || d.Zone == "" || d.Zone == "Local":
		return nil, fmt.Errorf("zone %q is not known; write a place such as Africa/Casablanca", d.Zone)
	case d.Close < 1 || d.Close > 24*60:
		return nil, fmt.Errorf("the close must lie between 00:01 and 24:00")
	case d.Open < 0 || d.Open >= d.Close:
		return nil, fmt.Errorf("it must open before it closes")
	}
	upper := func(list []string) []string {
		out := make([]string, len(list))
		for i, s := range list {
			out[i] = strings.ToUpper(strings.TrimSpace(s))
		}
		return out
	}
	e := &Exchange{Name: d.Name, Zone: d.Zone, Currency: d.Currency, Open: d.Open, Suffixes: upper(d.Suffixes), Indices: upper(d.Indices),
		usual: []usualClose{{from: NoDate, minute: d.Close}}}
	for _, s := range e.Suffixes {
		if len(s) < 2 || s[0] != '.' {
			return nil, fmt.Errorf("the suffix %q is not a point with letters, such as .CS", s)
		}
	}
	if d.Week != 0 {
		e.week = []usualWeek{{NoDate, d.Week}}
	}
	if len(d.Holidays) > 0 {
		e.Rules = Years{slices.Min(d.Holidays).Year(), slices.Max(d.Holidays).Year()}
		e.year = func(_ int, yr *yearOf) { yr.shut(d.Holidays...) }
	}
	return e, nil
}

// Location returns the clock of the exchange.
func (e *Exchange) Location() *time.Location {
	loc, err := time.LoadLocation(e.Zone)
	if err != nil {
		panic("market: " + err.Error()) // the zones of the table are embedded
	}
	return loc
}

// Calendar returns the sessions of the years of e.Rules, none where that is
// zero. Every call returns the same calendar.
func (e *Exchange) Calendar() *Calendar {
	e.once.Do(func() {
		var sessions []Session
		for y := e.Rules.From; e.Rules != (Years{}) && y <= e.Rules.To; y++ {
			yr := yearOf{closed: make(map[Date]bool), close: make(map[Date]int)}
			if e.year != nil {
				e.year(y, &yr)
			}
			for d, end := NewDate(y, 1, 1), NewDate(y, 12, 31); d <= end; d++ {
				minute, special := yr.close[d]
				switch {
				case yr.closed[d], !special && !weekOn(e.week, d).Has(d.Weekday()):
					continue
				case !special:
					minute = usualOn(e.usual, d)
				}
				sessions = append(sessions, Session{d, minute})
			}
		}
		cal, err := newCalendar(e.Name, e.Location(), e.usual, sessions)
		if err != nil {
			panic("market: " + err.Error())
		}
		cal.rules, cal.learns, cal.week, cal.opens = e.Rules, true, e.week, e.Open
		e.cal = cal
	})
	return e.cal
}

// WithHistory is Calendar().WithHistory(dates).
func (e *Exchange) WithHistory(dates []Date) (*Calendar, int, error) {
	return e.Calendar().WithHistory(dates)
}

// yearOf collects what is special in one year of an exchange.
type yearOf struct {
	closed map[Date]bool // weekdays without a session
	close  map[Date]int  // sessions with a close of their own; a weekend day here is a session
}

func (y *yearOf) shut(days ...Date) {
	for _, d := range days {
		y.closed[d] = true
	}
}

func (y *yearOf) closeAt(minute int, days ...Date) {
	for _, d := range days {
		if !isWeekend(d) {
			y.close[d] = minute
		}
	}
}

// closures enters the days of the line of table that begins with year y. A
// line is a year and its closed weekdays as month-day; a day with a plus sign
// is a session on a Saturday, which closes at minute.
func (y *yearOf) closures(table string, year, minute int) {
	for line := range strings.Lines(table) {
		f := strings.Fields(line)
		if len(f) == 0 || f[0] != fmt.Sprint(year) {
			continue
		}
		for _, s := range f[1:] {
			md, extra := strings.CutPrefix(s, "+")
			d, err := ParseDate(f[0] + "-" + md)
			if err != nil {
				panic("market: closures: " + err.Error())
			}
			if extra {
				y.close[d] = minute
			} else {
				y.closed[d] = true
			}
		}
	}
}

// specialIn returns the days of list that lie in year.
func specialIn(year int, list ...string) []Date {
	var out []Date
	for _, s := range list {
		if d, err := ParseDate(s); err != nil {
			panic("market: " + err.Error())
		} else if d.Year() == year {
			out = append(out, d)
		}
	}
	return out
}

func isWeekend(d Date) bool { w := d.Weekday(); return w == time.Saturday || w == time.Sunday }

// nth returns the n-th w of a month; n = -1 is the last.
func nth(y int, m time.Month, w time.Weekday, n int) Date {
	if n < 0 {
		d := NewDate(y, m+1, 0)
		return d - Date((d.Weekday()-w+7)%7)
	}
	d := NewDate(y, m, 1)
	return d + Date((w-d.Weekday()+7)%7) + Date(7*(n-1))
}

// nearestWeekday moves a Saturday to the Friday before and a Sunday to the Monday after.
func nearestWeekday(d Date) Date {
	switch d.Weekday() {
	case time.Saturday:
		return d - 1
	case time.Sunday:
		return d + 1
	}
	return d
}

// nextMonday moves a Saturday and a Sunday to the Monday after.
func nextMonday(d Date) Date {
	for isWeekend(d) {
		d++
	}
	return d
}

// fridayBefore moves a Saturday and a Sunday to the Friday before.
func fridayBefore(d Date) Date {
	for isWeekend(d) {
		d--
	}
	return d
}

// easter returns Easter Sunday of the Gregorian calendar, by the algorithm of
// Meeus, Astronomical Algorithms (1991), chapter 8.
func easter(y int) Date {
	a, b, c := y%19, y/100, y%100
	g := (8*b + 13) / 25
	h := (19*a + b - b/4 - g + 15) % 30
	l := (32 + 2*(b%4) + 2*(c/4) - h - c%4) % 7
	m := (a + 11*h + 22*l) / 451
	n := h + l - 7*m + 114
	return NewDate(y, time.Month(n/31), n%31+1)
}
