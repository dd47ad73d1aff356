package market

import (
	"cmp"
	"context"
	"math"
	"slices"
)

// Bar is one session of one security. Prices are in the security's currency;
// a field without a value is NaN.
type Bar struct {
	Date                   Date
	Open, High, Low, Close float64 // adjusted for splits, not for dividends
	AdjClose               float64 // Close adjusted for splits and dividends
	Volume                 float64 // shares
}

// Action is a corporate action that took effect at the open of Date.
type Action struct {
	Date     Date
	Split    float64 // new shares for one old share; 0 when this is no split
	Dividend float64 // cash for a share, in the security's currency; 0 when this is no dividend
}

// Series is the daily history of one security, in strictly ascending order of date.
type Series struct {
	Symbol   string
	Name     string
	Names    map[string]string // by language, see Security
	Exchange string            // as the source names it; "" when it does not say
	Currency string            // ISO 4217; "" when unknown
	Bars     []Bar
	Actions  []Action
	Adjusted bool   // AdjClose is the source's own; otherwise it repeats Close
	Origin   string // where the figures come from, for provenance: a file, a service and a time

	Returns  []float64 // simple returns, one a bar, of a source that has no prices; nil otherwise
	Shares   []float64 // outstanding, one a bar, in the shares that Close is of; nil where the source has none
	Findings []Finding // what reading found: what was mended, and what contradicts itself
	Mended   bool      // Mend has been through it
}

// Between returns s with the bars and actions of the days from..to alone, both
// inclusive; NoDate leaves an end open. It shares their storage with s.
func (s *Series) Between(from, to Date) *Series {
	if to == NoDate {
		to = math.MaxInt32
	}
	out := *s
	i, _ := slices.BinarySearchFunc(s.Bars, from, func(b Bar, d Date) int { return cmp.Compare(b.Date, d) })
	j := i
	for j < len(s.Bars) && s.Bars[j].Date <= to {
		j++
	}
	out.Bars = s.Bars[i:j:j]
	if s.Returns != nil {
		out.Returns = s.Returns[i:j:j]
	}
	if s.Shares != nil {
		out.Shares = s.Shares[i:j:j]
	}
	out.Findings = nil
	for _, f := range s.Findings {
		if f.Date == NoDate || f.Date <= to && f.Last >= from {
			out.Findings = append(out.Findings, f)
		}
	}
	out.Actions = nil
	for _, a := range s.Actions {
		if a.Date >= from && a.Date <= to {
			out.Actions = append(out.Actions, a)
		}
	}
	return &out
}

// Source provides price histories.
type Source interface {
	// Name says what the source is, for messages and provenance.
	Name() string
	// Series returns the history of symbol from the session from to the
	// session to, both inclusive; NoDate leaves that end open. A symbol that the source does not have is
	// an error that wraps ErrUnknownSymbol.
	Series(ctx context.Context, symbol string, from, to Date) (*Series, error)
	// Symbols lists what the source has, in ascending order; nil when it
	// cannot be listed (a service on the network).
	Symbols(ctx context.Context) ([]string, error)
}

// Error values that sources, and Load, wrap.
const (
	ErrUnknownSymbol = errorString("unknown symbol")
	ErrNoPrices      = errorString("no prices")
	ErrReturnKind    = errorString("simple and log returns do not go together") // see ReturnKind.Takes
)

type errorString string

func (e errorString) Error() string { return string(e) }
