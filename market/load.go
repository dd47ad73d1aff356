package market

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
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
	Given      ReturnKind               // what returns are that come without prices; see Panel.Given
	Gaps       Gaps                     // "": Skip
}

// Load reads the series of the securities of q from src, and builds a panel with
// a column for each that can be read, in the order given.
//
// What is not known of a security (name, exchange, currency) is taken from its
// series, before q.Calendar is asked for its sessions.
//
// Sessions decides on which days there were sessions where rules do not, and
// what the panel's Issues say of it.
//
// Where the bars of every series are those of months, a session is a month; see
// Months.
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
	series := make([]loaded, len(securities))
	columnar, _ := src.(Columnar)
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
			l, err := &series[i], error(nil)
			if columnar != nil {
				if l.history, err = columnar.History(ctx, sec.Symbol, q.Days.From, q.Days.To); l.history != nil || err != nil {
					failed[i] = err
					return
				}
			}
			l.series, failed[i] = src.Series(ctx, sec.Symbol, q.Days.From, q.Days.To)
		})
	}
	wg.Wait()

	if byMonth(series) {
		return loadMonths(series, failed, q, calendar)
	}
	var list []Trading
	var at []int // of list, in securities
	for i, sec := range securities {
		if l := &series[i]; l.any() && failed[i] == nil {
			if l.len() == 0 {
				failed[i] = fmt.Errorf("%w of %s in the days asked for in %s", ErrNoPrices, sec.Symbol, src.Name())
				continue
			}
			var like *loaded // one before, of the same days
			if i > 0 {
				like = &series[i-1]
			}
			if every := l.spacing(like); every != "" {
				failed[i] = fmt.Errorf("%s: its prices are %s, and a session is a day; take daily ones", cmp.Or(l.origin(), sec.Symbol), every)
				continue
			}
			list, at = append(list, l.trading(sec)), append(at, i)
		}
	}
	cals, issues, errs := Sessions(list, calendar)
	p := NewPanel(cmp.Or(q.Returns, Simple), cmp.Or(q.Gaps, Skip))
	p.Issues, p.Given = issues, q.Given
	for k, i := range at {
		if failed[i] = errs[k]; failed[i] != nil {
			continue
		}
		if h := series[i].history; h != nil {
			failed[i] = p.addHistory(h, securities[i], cals[k])
		} else {
			failed[i] = p.AddSeries(series[i].series, securities[i], cals[k])
		}
	}
	errs = nil
	for i, err := range failed {
		if errors.Is(err, ErrReturnKind) {
			return p, []error{err} // the same for all
		}
		if err != nil {
			errs = append(errs, &SecurityError{securities[i].Symbol, err})
		}
	}
	return p, errs
}

// loaded is what a source has of a security, in one of two forms; neither where it was
// not asked or could not say.
type loaded struct {
	series  *Series
	history *History
	daily   bool // history was found to be
}

func (l *loaded) any() bool { return l.series != nil || l.history != nil }

// len returns the number of bars.
func (l *loaded) len() int {
	switch {
	case l.history != nil:
		return len(l.history.Days)
	case l.series != nil:
		return len(l.series.Bars)
	}
	return 0
}

func (l *loaded) date(i int) Date {
	if l.history != nil {
		return l.history.Days[i]
	}
	return l.series.Bars[i].Date
}

func (l *loaded) origin() string {
	if l.history != nil {
		return l.history.Origin
	}
	return l.series.Origin
}

// spacing is that of a series; "" where like, which may be nil, has the same days and
// was found daily.
func (l *loaded) spacing(like *loaded) string {
	switch {
	case l.history == nil:
		return l.series.spacing()
	case like != nil && like.daily && slices.Equal(like.history.Days, l.history.Days):
		l.daily = true
		return ""
	}
	every := spacing(slices.Values(l.history.Days))
	l.daily = every == ""
	return every
}

func (l *loaded) trading(sec Security) Trading {
	if l.history != nil {
		return l.history.trading(sec)
	}
	return l.series.trading(sec)
}

// loadMonths is the rest of Load where all series are monthly.
func loadMonths(list []loaded, failed []error, q Request, calendar func(Security) *Calendar) (*Panel, []error) {
	days := Span{From: math.MaxInt32, To: NoDate}
	series := make([]*Series, len(list))
	for i, l := range list {
		if series[i] = l.series; l.history != nil {
			series[i] = Mend(l.history.series(nil), MendOptions{})
		}
		if s := series[i]; s != nil && len(s.Bars) > 0 {
			days.From, days.To = min(days.From, s.Bars[0].Date), max(days.To, s.Bars[len(s.Bars)-1].Date)
		}
	}
	p := NewPanel(cmp.Or(q.Returns, Simple), cmp.Or(q.Gaps, Skip))
	p.Issues = append(p.Issues, Issue{Date: NoDate, Code: "months"})
	months := make(map[*Calendar]*Calendar)
	var errs []error
	for i, sec := range q.Securities {
		s, err := series[i], failed[i]
		if s == nil && err == nil {
			continue
		}
		if err == nil && len(s.Bars) == 0 {
			err = fmt.Errorf("%w of %s in the days asked for", ErrNoPrices, sec.Symbol)
		}
		if err == nil {
			known := sec
			known.Exchange = cmp.Or(known.Exchange, s.Exchange)
			cal := calendar(known)
			if cal == nil {
				cal = Exchanges[0].Calendar()
			}
			if months[cal] == nil {
				months[cal], err = Months(cal, days)
			}
			if err == nil {
				err = p.AddSeries(s.onMonths(months[cal]), sec, months[cal])
			}
		}
		if err != nil {
			errs = append(errs, &SecurityError{sec.Symbol, err})
		}
	}
	return p, errs
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
