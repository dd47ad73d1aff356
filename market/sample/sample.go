// Package sample holds the figures that make a first study work without a
// network: daily closes, adjusted closes and volumes of SPY, SOXX, SMH and
// sixteen chip and AI firms, 2023-09-14 to 2025-07-31.
//
// docs/sample.md says where they come from and how they are written anew.
package sample

import (
	"bytes"
	"compress/flate"
	"context"
	_ "embed"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"

	"aftershock/market"
)

//go:embed sample.bin
var packed []byte

// Source returns the sample as a source of prices. It is safe for concurrent use.
func Source() market.Source { return source{} }

// Securities lists what the sample holds, benchmarks first, with names,
// exchanges and currencies.
func Securities() []market.Security {
	d, err := data()
	if err != nil {
		return nil
	}
	out := make([]market.Security, len(d))
	for i, s := range d {
		out[i] = market.Security{Symbol: s.Symbol, Name: s.Name, Names: s.Names, Exchange: s.Exchange, Currency: s.Currency}
	}
	return out
}

const origin = "the sample embedded in aftershock"

type source struct{}

func (source) Name() string { return "embedded sample" }

func (source) Symbols(context.Context) ([]string, error) {
	d, err := data()
	if err != nil {
		return nil, err
	}
	return symbols(d), nil
}

func (source) Series(ctx context.Context, symbol string, from, to market.Date) (*market.Series, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	d, err := data()
	if err != nil {
		return nil, err
	}
	i := slices.IndexFunc(d, func(s *market.Series) bool { return s.Symbol == symbol })
	if i < 0 {
		return nil, market.UnknownSymbol(symbol, "the embedded sample", symbols(d))
	}
	return d[i].Between(from, to), nil
}

func symbols(d []*market.Series) []string {
	out := make([]string, len(d))
	for i, s := range d {
		out[i] = s.Symbol
	}
	slices.Sort(out)
	return out
}

var data = sync.OnceValues(func() ([]*market.Series, error) { return decode(packed) })

// Format names the layout of sample.bin. After these bytes, which are not
// compressed, all is DEFLATE (RFC 1951) of:
//
//	sessions    count, first date (days since 1970), then gaps in days
//	securities  count, then for each: symbol, name, exchange and currency as
//	            length and bytes; index of its first session; number of bars;
//	            then the columns close, adjusted close and volume, each as its
//	            number of decimals and the differences of its figures, which
//	            are whole numbers once multiplied by ten to the decimals
//
// Counts are unsigned varints; dates, gaps and differences are signed (zig-zag).
const Format = "aftershock sample 1\n"

var errDamaged = errors.New("the embedded sample is damaged")

func decode(b []byte) ([]*market.Series, error) {
	b, ok := bytes.CutPrefix(b, []byte(Format))
	if !ok {
		return nil, errDamaged
	}
	b, err := io.ReadAll(flate.NewReader(bytes.NewReader(b)))
	if err != nil {
		return nil, fmt.Errorf("%w: %w", errDamaged, err)
	}
	r := reader{b: b}
	days := make([]market.Date, r.count())
	last := int64(0)
	for i := range days {
		last += r.signed()
		days[i] = market.Date(last)
	}
	out := make([]*market.Series, r.count())
	for i := range out {
		s := &market.Series{Symbol: r.text(), Name: r.text(), Exchange: r.text(), Currency: r.text(), Adjusted: true, Origin: origin}
		if name := arabic[s.Symbol]; name != "" {
			s.Names = map[string]string{"ar": name}
		}
		first, n := r.count(), r.count()
		if first+n > len(days) {
			return nil, errDamaged
		}
		s.Bars = make([]market.Bar, n)
		for k := range s.Bars {
			s.Bars[k] = market.Bar{Date: days[first+k], Open: math.NaN(), High: math.NaN(), Low: math.NaN()}
		}
		r.column(s.Bars, func(b *market.Bar) *float64 { return &b.Close })
		r.column(s.Bars, func(b *market.Bar) *float64 { return &b.AdjClose })
		r.column(s.Bars, func(b *market.Bar) *float64 { return &b.Volume })
		out[i] = s
	}
	if r.bad || len(r.b) > 0 {
		return nil, errDamaged
	}
	return out, nil
}

// reader takes the sample apart; bad stays set once something did not fit.
type reader struct {
	b   []byte
	bad bool
}

func (r *reader) skip(n int) {
	if n <= 0 || n > len(r.b) {
		r.bad, r.b = true, nil
		return
	}
	r.b = r.b[n:]
}

// count reads a number of things, of which each takes at least a byte.
func (r *reader) count() int {
	x, n := binary.Uvarint(r.b)
	r.skip(n)
	if x > uint64(len(r.b)) {
		r.bad = true
		return 0
	}
	return int(x)
}

func (r *reader) signed() int64 {
	x, n := binary.Varint(r.b)
	r.skip(n)
	return x
}

func (r *reader) text() string {
	n := r.count()
	s := string(r.b[:n])
	r.b = r.b[n:]
	return s
}

func (r *reader) column(bars []market.Bar, field func(*market.Bar) *float64) {
	unit := math.Pow10(r.count())
	x := int64(0)
	for i := range bars {
		x += r.signed()
		*field(&bars[i]) = float64(x) / unit
	}
}
