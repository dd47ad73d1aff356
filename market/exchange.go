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
	Currency string   // ISO 4217, of most of its listings
	Rules    Years    // for which sessions are known by rule

	usual []usualClose       // in ascending order
	year  func(int, *yearOf) // enters what is special in one year
	once  sync.Once
	cal   *Calendar
}

// Years is a span of calendar years, both inclusive.
type Years struct{ From, To int }

// Contains reports whether d lies in one of the years.
func (y Years) Contains(d Date) bool {
	return d >= NewDate(y.From, 1, 1) && d <= NewDate(y.To, 12, 31)
}

// Exchanges is the table of exchanges whose sessions are known. The first is
// that of symbols without a suffix.
var Exchanges = []*Exchange{nyse, tokyo, korea, taiwan, hongKong, london, amsterdam, xetra}

// NYSE returns the sessions of the United States' stock exchanges, 1990 to 2040.
func NYSE() *Calendar { return nyse.Calendar() }

// ExchangeByName returns the exchange that name means: its name, MIC or an
// alias, in capitals or not. The United States' exchanges keep the same hours
// and are one entry, NYSE.
func ExchangeByName(name string) (*Exchange, bool) {
	name = strings.ToUpper(strings.TrimSpace(name))
	for _, e := range Exchanges {
		if name == strings.ToUpper(e.Name) || name == e.MIC || slices.Contains(e.Aliases, name) {
			return e, true
		}
	}
	return nil, false
}

func exchangeNames() string {
	names := make([]string, len(Exchanges))
	for i, e := range Exchanges {
		names[i] = e.Name
	}
	return strings.Join(names, ", ")
}

// ExchangeOfSymbol returns the exchange that a symbol in Yahoo's spelling
// trades on, by its suffix (8035.T) or, for an index, by its name (^N225). A
// symbol without a suffix is American, and so is one that ends in a share
// class (BRK.B). It returns nil for the suffix of an exchange that is not in
// Exchanges (MC.PA): its sessions must come from data.
func ExchangeOfSymbol(symbol string) *Exchange {
	symbol = strings.ToUpper(symbol)
	for _, e := range Exchanges {
		if slices.Contains(e.Indices, symbol) {
			return e
		}
	}
	dot := strings.LastIndexByte(symbol, '.')
	if dot < 0 || symbol[dot:] == ".A" || symbol[dot:] == ".B" {
		return Exchanges[0]
	}
	for _, e := range Exchanges {
		if slices.Contains(e.Suffixes, symbol[dot:]) {
			return e
		}
	}
	return nil
}

// Location returns the clock of the exchange.
func (e *Exchange) Location() *time.Location {
	loc, err := time.LoadLocation(e.Zone)
	if err != nil {
		panic("market: " + err.Error()) // the zones of the table are embedded
	}
	return loc
}

// Calendar returns the sessions of the years of e.Rules. Every call returns
// the same calendar.
func (e *Exchange) Calendar() *Calendar {
	e.once.Do(func() {
		var sessions []Session
		for y := e.Rules.From; y <= e.Rules.To; y++ {
			yr := yearOf{closed: make(map[Date]bool), close: make(map[Date]int)}
			e.year(y, &yr)
			for d, end := NewDate(y, 1, 1), NewDate(y, 12, 31); d <= end; d++ {
				minute, special := yr.close[d]
				switch {
				case yr.closed[d], isWeekend(d) && !special:
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
		cal.rules = e.Rules
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
