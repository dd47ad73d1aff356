package market

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"time"
)

// Trading is a security and the days on which it has a price, in ascending order.
type Trading struct {
	Security
	Days []Date
	// Sure says that the exchange is known otherwise than by the lack of a suffix:
	// it is configured, named by the source, or told by the symbol.
	Sure bool
	// carried are the days of Days whose price is that of the day before, where no
	// volume says whether there was trade: services fill holidays so.
	carried []Date
}

// Sessions returns the calendar of each security of list, nil where there is
// none and its error says why; calendar says what is known of a security's
// exchange, nil for nothing.
//
// A day of which an exchange's rules are not known is a session if at least half
// of the exchange's securities that reach over it have a price, and on a day of
// the week on which it does not usually trade, more than half.
//
// An index whose exchange is not known, and a security that is taken to be
// American for the lack of a suffix and whose days contradict that, keep the
// sessions of the exchange of list, else of the table, that their days agree
// with. Issues say so, and where sessions come from data. Days that cannot be
// the sessions of an exchange are an error.
func Sessions(list []Trading, calendar func(Security) *Calendar) (cals []*Calendar, issues []Issue, errs []error) {
	cals, errs = make([]*Calendar, len(list)), make([]error, len(list))
	byCalendar := make(map[*Calendar][]*Trading)
	var order []*Calendar
	for i := range list {
		if cal := calendar(list[i].Security); cal != nil {
			cals[i] = cal
			if len(byCalendar[cal]) == 0 {
				order = append(order, cal)
			}
			byCalendar[cal] = append(byCalendar[cal], &list[i])
		}
	}
	extended := make(map[*Calendar]*Calendar, len(order))
	var used []*Calendar
	for _, cal := range order {
		out, dates := extend(cal, byCalendar[cal])
		if extended[cal] = out; out.Len() > 0 {
			used = append(used, out)
		}
		if len(dates) > 0 {
			issues = append(issues, Issue{"", dates[0], "no-rules", []any{cal.Name(), len(dates), dates[len(dates)-1]}})
		}
	}
	var seen struct { // days that were held to a calendar: many securities have the same
		days []Date
		cal  *Calendar
		all  bool // they are sessions of it: nothing is to be found then
	}
	for i := range list {
		t := &list[i]
		if cals[i] != nil {
			cals[i] = extended[cals[i]]
		}
		if len(t.Days) == 0 {
			continue
		}
		if cals[i] != nil {
			if cals[i] != seen.cal || !slices.Equal(t.Days, seen.days) {
				off, _ := t.misfit(cals[i])
				seen.days, seen.cal, seen.all = t.Days, cals[i], off == 0
			}
			if seen.all {
				continue
			}
		}
		if cals[i] == nil && strings.HasPrefix(t.Symbol, "^") || cals[i] != nil && !t.Sure {
			if other := t.fitting(cals[i], used); other != nil {
				issues = append(issues, Issue{t.Symbol, NoDate, "exchange-by-days", []any{other.Name()}})
				cals[i] = other
				continue
			}
		}
		if cals[i] == nil {
			errs[i] = t.unknown(used)
		} else {
			errs[i] = t.contradiction(cals[i])
		}
	}
	return cals, issues, errs
}

// extend returns cal with the sessions that list shows on days of which its
// rules are not known, and those sessions.
func extend(cal *Calendar, list []*Trading) (*Calendar, []Date) {
	if !cal.learns {
		return cal, nil
	}
	first, last := Date(math.MaxInt32), NoDate
	for _, t := range list {
		if n := len(t.Days); n > 0 {
			first, last = min(first, t.Days[0]), max(last, t.Days[n-1])
		}
	}
	if last == NoDate || cal.Knows(first) && cal.Knows(last) {
		return cal, nil
	}
	const longest = 4000 * 366 // no history is longer: dates of another type than the column says
	if int(last-first) > longest {
		return cal, nil
	}
	traded, reach := make([]int32, last-first+1), make([]int32, last-first+2)
	for _, t := range list {
		if n := len(t.Days); n > 0 {
			reach[t.Days[0]-first]++
			reach[t.Days[n-1]-first+1]--
		}
		for _, d := range t.Days {
			traded[d-first]++
		}
	}
	var dates []Date
	over := int32(0)
	for k, n := range traded {
		over += reach[k]
		d := first + Date(k)
		if n > 0 && !cal.Knows(d) && (2*n > over || 2*n == over && cal.TradesOn(d)) {
			dates = append(dates, d)
		}
	}
	out, _, err := cal.WithHistory(dates)
	if err != nil { // bars without a date: AddSeries will say where
		return cal, nil
	}
	return out, dates
}

// misfit counts the days of t that are no session of cal, and the sessions
// between its first and last day of which it has none.
func (t *Trading) misfit(cal *Calendar) (off, missing int) {
	n := len(t.Days)
	for _, d := range t.Days {
		if _, ok := cal.Index(d); !ok {
			off++
		}
	}
	return off, cal.Search(t.Days[n-1]+1) - cal.Search(t.Days[0]) - (n - off)
}

// fitting returns the calendar that the days of t agree with where they
// contradict cal, nil where they do not or none agrees.
func (t *Trading) fitting(cal *Calendar, used []*Calendar) *Calendar {
	const fewest = 20 // days that a calendar can be told by
	if len(t.Days) < fewest {
		return nil
	}
	least := len(t.Days)
	if cal != nil {
		off, missing := t.misfit(cal)
		carried := 0
		for _, d := range t.carried {
			if _, ok := cal.Index(d); !ok {
				carried++
			}
		}
		if off == carried {
			return nil // a gap is no contradiction, nor is a holiday with the price of the day before
		}
		least = off + missing - 1
	}
	var best *Calendar
	try := func(list []*Calendar, share int) {
		for _, c := range list {
			off, missing := t.misfit(c)
			if n := off + missing; n <= least && n*share <= len(t.Days) {
				best, least = c, n-1
			}
		}
	}
	if try(used, 50); best == nil {
		var known []*Calendar
		for _, e := range Exchanges {
			if c := e.Calendar(); c.Len() > 0 && c.Knows(t.Days[0]) && c.Knows(t.Days[len(t.Days)-1]) {
				known = append(known, c)
			}
		}
		try(known, 200)
	}
	if best == cal {
		return nil
	}
	return best
}

// unknown is the error of a security whose exchange is not known.
func (t *Trading) unknown(used []*Calendar) error {
	near := ""
	for _, c := range used {
		if off, missing := t.misfit(c); near == "" && off+missing > 0 {
			near = fmt.Sprintf(" (%d of its %d days are no session of %s, which has %d that it lacks)", off, len(t.Days), c.Name(), missing)
		}
	}
	what := "its exchange is not known by its symbol"
	if t.Exchange != "" {
		what = fmt.Sprintf("its exchange, %q, is not known", t.Exchange)
	}
	return fmt.Errorf("%s: %s%s; name its exchange under securities (one of %s), or describe it under exchanges", t.Symbol, what, near, exchangeNames())
}

// contradiction is the error of days that cannot be those of cal: nil unless
// many of them are no session.
func (t *Trading) contradiction(cal *Calendar) error {
	const fewest, share = 5, 10
	var week [7]int
	off, known := 0, 0
	for _, d := range t.Days {
		if _, carried := slices.BinarySearch(t.carried, d); carried {
			if _, ok := cal.Index(d); !ok {
				continue // left out one by one, see AddSeries
			}
		}
		week[d.Weekday()]++
		if !cal.Knows(d) {
			continue
		}
		known++
		if _, ok := cal.Index(d); !ok {
			off++
		}
	}
	if off < fewest || off*share < known {
		return nil
	}
	var odd, none []string
	trades := weekOn(cal.week, t.Days[len(t.Days)-1])
	for w, n := range week {
		day := time.Weekday(w)
		if !trades.Has(day) && n > 0 {
			odd = append(odd, day.String()+"s")
		}
		if trades.Has(day) && n == 0 {
			none = append(none, day.String())
		}
	}
	why := ""
	if len(odd) > 0 {
		why = ": they include " + strings.Join(odd, " and ")
		if len(none) > 0 {
			why += " and no " + strings.Join(none, " or ") + ", so the dates are a day off or the exchange is another"
		}
	}
	return fmt.Errorf("%s: %d of its %d days are no session of %s%s; correct the dates, or name its exchange under securities or in prices.exchange", t.Symbol, off, known, cal.Name(), why)
}

func exchangeNames() string {
	names := make([]string, len(Exchanges))
	for i, e := range Exchanges {
		names[i] = e.Name
	}
	slices.Sort(names)
	return strings.Join(names, ", ")
}

// trading returns sec, completed from s, and the days on which it traded: those
// with a price that is not the last one carried on without any trade.
func (s *Series) trading(sec Security) Trading {
	t := tradingOn(sec, s.Exchange, make([]Date, 0, len(s.Bars)))
	last := math.NaN()
	for i, b := range s.Bars {
		if s.Returns != nil && !math.IsNaN(s.Returns[i]) {
			t.Days = append(t.Days, b.Date)
			continue
		}
		price := b.AdjClose
		if math.IsNaN(price) {
			price = b.Close
		}
		if !math.IsNaN(price) && !(b.Volume == 0 && price == last) {
			if price == last && math.IsNaN(b.Volume) {
				t.carried = append(t.carried, b.Date)
			}
			t.Days = append(t.Days, b.Date)
			last = price
		}
	}
	slices.Sort(t.carried)
	slices.Sort(t.Days) // bars out of order are AddSeries' to refuse
	return t
}

// tradingOn returns sec, of which a source names the exchange, and the days on which it traded.
func tradingOn(sec Security, exchange string, days []Date) Trading {
	sec.Exchange = cmp.Or(sec.Exchange, exchange)
	return Trading{Security: sec, Days: days, Sure: sec.Exchange != "" || !Plain(sec.Symbol)}
}

// SessionsOf is Sessions of series; security says what is known of one.
func SessionsOf(series []*Series, security func(*Series) Security, calendar func(Security) *Calendar) ([]*Calendar, []Issue, []error) {
	list := make([]Trading, len(series))
	for i, s := range series {
		list[i] = s.trading(security(s))
	}
	return Sessions(list, calendar)
}

// Plain reports whether the spelling of symbol does not tell its exchange, so
// that it is taken to be American.
func Plain(symbol string) bool {
	e, sure := Of(Exchanges, symbol)
	return e != nil && !sure
}
