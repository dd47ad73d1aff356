package market

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sync"
)

// SecurityError is why a security is not in a panel. Its message is that of
// the cause, which names the symbol or its file.
type SecurityError struct {
	Symbol string
	Err    error
}

func (e *SecurityError) Error() string { return e.Err.Error() }

// Unwrap returns the cause, such as one that wraps ErrUnknownSymbol.
func (e *SecurityError) Unwrap() error { return e.Err }

// loadsInFlight bounds the series that Load reads at once. Sources on a
// network have a limit of their own.
const loadsInFlight = 16

// Span is a range of days, both inclusive; NoDate leaves an end open. The zero
// Span is all days.
type Span struct{ From, To Date }

// Request says what Load reads, and what it makes of it.
type Request struct {
	Securities []Security               // a symbol that is given again is passed over
	Days       Span                     // all, where it is zero
	Calendar   func(Security) *Calendar // the sessions of a security; nil: CalendarOf
	Returns    ReturnKind               // "": Simple
	Gaps       Gaps                     // "": Skip
}

// Load reads the series of the securities of q from src, and builds a panel with
// a column for each that can be read, in the order given.
//
// What is not known of a security (name, exchange, currency) is taken from its
// series, before q.Calendar is asked for its sessions.
//
// In years for which the rules of an exchange are not known, a day is a session
// if more than half of the exchange's series that reach over it have a bar;
// the panel's Issues say so.
//
// A security that cannot be read or aligned does not stop the others: it has
// no column, and its *SecurityError is in the list, in the order of
// securities. The panel does not depend on the order in which series arrive.
func Load(ctx context.Context, src Source, q Request) (*Panel, []error) {
	securities, calendar := q.Securities, q.Calendar
	if calendar == nil {
		calendar = CalendarOf
	}
	if q.Days == (Span{}) {
		q.Days = Span{NoDate, NoDate}
	}
	series := make([]*Series, len(securities))
	failed := make([]error, len(securities))
	slots := make(chan struct{}, loadsInFlight)
	seen := make(map[string]bool, len(securities))
	var wg sync.WaitGroup
	for i, sec := range securities {
		if seen[sec.Symbol] {
			continue
		}
		seen[sec.Symbol] = true
		slots <- struct{}{}
		wg.Go(func() {
			defer func() { <-slots }()
			series[i], failed[i] = src.Series(ctx, sec.Symbol, q.Days.From, q.Days.To)
		})
	}
	wg.Wait()

	cals := make([]*Calendar, len(securities))
	byCalendar := make(map[*Calendar][]*Series)
	for i, sec := range securities {
		if s := series[i]; s != nil && failed[i] == nil {
			if len(s.Bars) == 0 {
				failed[i] = fmt.Errorf("%w of %s in the days asked for in %s", ErrNoPrices, sec.Symbol, src.Name())
				continue
			}
			sec.Exchange = cmp.Or(sec.Exchange, s.Exchange)
			if cals[i] = calendar(sec); cals[i] == nil {
				failed[i] = fmt.Errorf("%s: the sessions of its exchange (%q) are not known; name the one of these whose sessions it keeps: %s", sec.Symbol, sec.Exchange, exchangeNames())
				continue
			}
			byCalendar[cals[i]] = append(byCalendar[cals[i]], s)
		}
	}

	p := NewPanel(cmp.Or(q.Returns, Simple), cmp.Or(q.Gaps, Skip))
	extended := make(map[*Calendar]*Calendar)
	var errs []error
	for i, sec := range securities {
		err := failed[i]
		if cal := cals[i]; err == nil && cal != nil {
			if extended[cal] == nil {
				var dates []Date
				if extended[cal], dates = extend(cal, byCalendar[cal]); len(dates) > 0 {
					p.Issues = append(p.Issues, Issue{"", dates[0], fmt.Sprintf("the rules of %s are not known for %d days from here to %s; its sessions are those on which its securities traded", cal.Name(), len(dates), dates[len(dates)-1])})
				}
			}
			err = p.AddSeries(series[i], sec, extended[cal])
		}
		if err != nil {
			errs = append(errs, &SecurityError{sec.Symbol, err})
		}
	}
	return p, errs
}

// extend returns cal with the sessions that series show in years outside its
// rules, and those sessions.
func extend(cal *Calendar, series []*Series) (*Calendar, []Date) {
	traded := make(map[Date]int)
	for _, s := range series {
		for _, b := range s.Bars {
			if cal.rules != (Years{}) && !cal.rules.Contains(b.Date) {
				traded[b.Date]++
			}
		}
	}
	var dates []Date
	for d, n := range traded {
		reach := 0
		for _, s := range series {
			if len(s.Bars) > 0 && s.Bars[0].Date <= d && d <= s.Bars[len(s.Bars)-1].Date {
				reach++
			}
		}
		if 2*n > reach {
			dates = append(dates, d)
		}
	}
	slices.Sort(dates)
	out, _, err := cal.WithHistory(dates)
	if err != nil { // bars without a date: AddSeries will say where
		return cal, nil
	}
	return out, dates
}

// CalendarOf returns the sessions of a security by the name of its exchange,
// else by its symbol; nil when neither is known.
func CalendarOf(sec Security) *Calendar {
	e, ok := ExchangeByName(sec.Exchange)
	if !ok {
		e = ExchangeOfSymbol(sec.Symbol)
	}
	if e == nil {
		return nil
	}
	return e.Calendar()
}
