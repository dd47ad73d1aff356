package market_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"aftershock/market"
)

// columns is a source of histories; bars alone, where it is not columnar.
type columns map[string]*market.History

func (c columns) Name() string { return "columns" }

func (c columns) Symbols(context.Context) ([]string, error) { return nil, nil }

func (c columns) History(_ context.Context, symbol string, from, to market.Date) (*market.History, error) {
	if h := c[symbol]; h != nil && h.Within(from, to) {
		return h, nil
	}
	return nil, nil
}

func (c columns) Series(_ context.Context, symbol string, from, to market.Date) (*market.Series, error) {
	h := c[symbol]
	if h == nil {
		return nil, market.UnknownSymbol(symbol, "columns", nil)
	}
	s := &market.Series{Symbol: h.Symbol, Name: h.Name, Exchange: h.Exchange, Currency: h.Currency, Origin: h.Origin, Adjusted: h.Price != nil}
	at := func(v []float64, i int) float64 {
		if v == nil {
			return math.NaN()
		}
		return v[i]
	}
	for i, d := range h.Days {
		b := market.Bar{Date: d, Open: at(h.Open, i), High: math.NaN(), Low: math.NaN(), Close: at(h.Close, i), AdjClose: at(h.Price, i), Volume: at(h.Volume, i)}
		if h.Price == nil {
			b.AdjClose = b.Close
		}
		s.Bars = append(s.Bars, b)
	}
	return market.Mend(s, market.MendOptions{}).Between(from, to), nil
}

// drawnHistory is a history with, some of the time, what checks look for.
func drawnHistory(r *rand.Rand, symbol string, cal *market.Calendar) *market.History {
	first, n := cal.Search(market.NewDate(2019, 1, 2))+r.IntN(3)*r.IntN(50), 1+r.IntN(400)
	h := &market.History{Symbol: symbol, Origin: "columns", Name: []string{"", "Firm"}[r.IntN(2)], Exchange: []string{"", "", "NASDAQ", "London", "Nowhere"}[r.IntN(5)]}
	step := 1
	switch r.IntN(20) {
	case 0:
		step = 5
	case 1:
		step = 21
	}
	gaps, off, filled := r.IntN(3) == 0, r.IntN(8) == 0, r.IntN(12) == 0
	for k := 0; k < n; k += step {
		d := cal.Date(first + k)
		switch {
		case gaps && r.IntN(15) == 0:
			continue
		case off && r.IntN(15) == 0:
			d++
		}
		if len(h.Days) == 0 || d > h.Days[len(h.Days)-1] {
			h.Days = append(h.Days, d)
		}
		if filled && cal.Date(first+k+1) > d+1 && r.IntN(5) > 0 { // Saturdays, holidays
			h.Days = append(h.Days, d+1)
		}
	}
	n = len(h.Days)
	sd := []float64{0.002, 0.006, 0.01, 0.015, 0.03, 0.06}[r.IntN(6)]
	odds := []int{0, 300, 100, 30}[r.IntN(4)]
	odd := func() bool { return odds > 0 && r.IntN(odds) == 0 }
	price, volume, x := make([]float64, n), make([]float64, n), 100.0
	for i := range price {
		x *= math.Exp(sd * r.NormFloat64())
		price[i] = math.Round(x*100) / 100
		volume[i] = math.Round(1e6 * math.Exp(0.3*r.NormFloat64()))
	}
	for i := range price {
		if !odd() {
			continue
		}
		by := []float64{0.5, 2, 10, 100, 0.01, 0.7, 1.5, 1.06, 0.92, 1.24, 0.749, 0.1, 1e4}[r.IntN(13)]
		switch r.IntN(10) {
		case 8, 9: // for one session, about as far as is looked at
			price[i] *= math.Exp(sd * (7 + 6*r.Float64()) * float64(1-2*r.IntN(2)))
		case 0, 1: // for one session
			price[i] *= by
		case 2, 3: // from here on
			for k := i; k < n; k++ {
				price[k] *= by
			}
		case 4: // the same for a while
			for k := i; k < min(n, i+1+r.IntN(6)); k++ {
				price[k] = price[i]
			}
		case 5:
			price[i] = []float64{0, -1, 99999, math.Inf(1), 1e-300, 1e300}[r.IntN(6)]
		case 6:
			volume[i] = []float64{0, 0, math.NaN(), 3e7}[r.IntN(4)]
		case 7:
			price[i] = price[max(0, i-1)]
		}
	}
	for i, d := range h.Days {
		if _, ok := cal.Index(d); !ok && i > 0 && r.IntN(20) > 0 { // a holiday that was filled
			price[i] = price[i-1]
		}
	}
	switch r.IntN(4) {
	case 0:
		h.Price = price
	case 1:
		h.Close = price
	default:
		h.Price, h.Close = price, slices.Clone(price)
		factor := 1.0
		for i := n - 1; i >= 0; i-- {
			h.Price[i] = price[i] * factor
			if r.IntN(60) == 0 {
				factor *= []float64{0.99, 0.995, 0.97, 0.5, 0.1, 1.01, 0.8}[r.IntN(1+r.IntN(7))]
			}
		}
		if r.IntN(3) == 0 {
			h.Open = make([]float64, n)
			for i := range h.Open {
				h.Open[i] = price[i] * math.Exp(0.005*r.NormFloat64())
				if odd() {
					h.Open[i] = []float64{math.NaN(), 0, -1}[r.IntN(3)]
				}
			}
		}
	}
	if r.IntN(2) == 0 {
		h.Volume = volume
		if r.IntN(8) == 0 {
			for i := range volume {
				volume[i] = []float64{0, math.NaN()}[r.IntN(2)]
			}
		}
	}
	return h
}

// printed writes everything that a panel holds, and errors.
func printed(p *market.Panel, errs []error) []string {
	var out []string
	for _, c := range p.Columns {
		own := *c
		own.Calendar = nil
		out = append(out, c.Calendar.Name(), fmt.Sprintf("%+v", own))
		for _, v := range [][]float64{c.Return, c.Price, c.Close, c.Open, c.Volume} {
			out = append(out, fmt.Sprint(v == nil))
		}
	}
	for _, is := range p.Issues {
		out = append(out, fmt.Sprint(is.Symbol, is.Date, is))
	}
	for _, err := range errs {
		out = append(out, err.Error())
	}
	return out
}

// A history as columns makes the column that its bars make, with all that is found in it.
func TestHistory(t *testing.T) {
	cal := market.NYSE()
	r := rand.New(rand.NewPCG(18, 8))
	found, plain := 0, 0
	for trial := range 1200 {
		c := make(columns)
		q := market.Request{Returns: []market.ReturnKind{market.Simple, market.Simple, market.Log}[r.IntN(3)], Gaps: []market.Gaps{market.Skip, market.TradeToTrade}[r.IntN(2)]}
		for i := range 1 + r.IntN(5) {
			s := fmt.Sprintf("S%d", i)
			c[s] = drawnHistory(r, s, cal)
			if i > 0 && r.IntN(3) == 0 { // the days of the one before
				same := *c[fmt.Sprintf("S%d", i-1)]
				same.Symbol = s
				c[s] = &same
			}
			q.Securities = append(q.Securities, market.Security{Symbol: s, Exchange: []string{"", "NYSE"}[r.IntN(2)]})
		}
		if r.IntN(4) == 0 {
			q.Days = market.Span{From: market.NewDate(2019, 3, 1), To: market.NewDate(2019, 9, 1)}
		}
		p, errs := market.Load(t.Context(), c, q)
		want, wanted := market.Load(t.Context(), struct{ market.Source }{c}, q)
		a, b := printed(p, errs), printed(want, wanted)
		if !slices.Equal(a, b) {
			for i := range min(len(a), len(b)) {
				if a[i] != b[i] {
					k := 0
					for k < min(len(a[i]), len(b[i])) && a[i][k] == b[i][k] {
						k++
					}
					k = max(0, k-200)
					t.Fatalf("trial %d: by columns\n%.1000s\nby bars\n%.1000s", trial, a[i][k:], b[i][k:])
				}
			}
			t.Fatalf("trial %d: by columns %d, by bars %d", trial, len(a), len(b))
		}
		for _, c := range p.Columns {
			if len(c.Findings) > 0 {
				found++
			} else {
				plain++
			}
		}
	}
	if found < 200 || plain < 200 {
		t.Errorf("%d histories with findings and %d without: the test is of little use", found, plain)
	}
}

// Closes that stand still are told of histories of adjusted closes alone, too.
func TestHistoryStill(t *testing.T) {
	cal := market.NYSE()
	first := cal.Search(market.NewDate(2019, 1, 2))
	for _, kind := range []string{"adjusted", "closes", "both"} {
		h := &market.History{Symbol: "A", Origin: "columns"}
		var x []float64
		for k := range 100 {
			h.Days = append(h.Days, cal.Date(first+k))
			x = append(x, 100+math.Sin(float64(min(k, 90))))
		}
		if kind != "closes" {
			h.Price = x
		}
		if kind != "adjusted" {
			h.Close = x
		}
		c, q := columns{"A": h}, market.Request{Securities: []market.Security{{Symbol: "A", Exchange: "NYSE"}}}
		p, errs := market.Load(t.Context(), c, q)
		want, wanted := market.Load(t.Context(), struct{ market.Source }{c}, q)
		if a, b := printed(p, errs), printed(want, wanted); !slices.Equal(a, b) {
			t.Errorf("%s: by columns\n%.2000s\nby bars\n%.2000s", kind, a, b)
		}
		if f := p.Columns[0].Findings; len(f) != 1 || f[0].Code != market.StaleTail {
			t.Errorf("%s: %v", kind, f)
		}
	}
}
