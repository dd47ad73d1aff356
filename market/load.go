package market

import (
	"cmp"
	"context"
	"fmt"
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

// Load reads the sessions from..to of every security from src, and builds a
// panel with a column for each that can be read, in the order given; a symbol
// given again is passed over. NoDate leaves an end of the span open.
//
// What is not known of a security (name, exchange, currency) is taken from its
// series. calendar is then asked for its sessions; it is CalendarOf if nil.
//
// A security that cannot be read or aligned does not stop the others: it has
// no column, and its *SecurityError is in the list, in the order of
// securities. The panel does not depend on the order in which series arrive.
func Load(ctx context.Context, src Source, securities []Security, calendar func(Security) *Calendar, kind ReturnKind, gaps Gaps, from, to Date) (*Panel, []error) {
	if calendar == nil {
		calendar = CalendarOf
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
			series[i], failed[i] = src.Series(ctx, sec.Symbol, from, to)
		})
	}
	wg.Wait()

	p := NewPanel(kind, gaps)
	var errs []error
	for i, sec := range securities {
		err := failed[i]
		if s := series[i]; s != nil && err == nil {
			sec.Exchange = cmp.Or(sec.Exchange, s.Exchange)
			if cal := calendar(sec); cal == nil {
				err = fmt.Errorf("%s: the sessions of exchange %q are not known; name one of %s, or take them from a benchmark", sec.Symbol, sec.Exchange, exchangeNames())
			} else {
				err = p.AddSeries(s, sec, cal)
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
