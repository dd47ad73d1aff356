package yahoo

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"

	"aftershock/market"

	finance "github.com/piquette/finance-go"
	"github.com/piquette/finance-go/chart"
	"github.com/piquette/finance-go/form"
	"github.com/shopspring/decimal"
)

// settle is how long after the end of a session its bar may still change:
// closing auctions, and feeds that are delayed by up to 20 minutes.
const settle = 30 * time.Minute

// answer is the document that the chart service sends.
type answer struct {
	Chart struct {
		Result []result           `json:"result"`
		Error  *finance.YfinError `json:"error"`
	} `json:"chart"`
}

type result struct {
	Meta      json.RawMessage `json:"meta"`
	Timestamp []int64         `json:"timestamp"`
	Events    struct {
		Splits map[string]struct {
			Date                   int64
			Numerator, Denominator float64
		}
		Dividends map[string]struct {
			Date   int64
			Amount float64
		}
	} `json:"events"`
	Indicators struct {
		Quote    []quote    `json:"quote"`
		AdjClose []adjClose `json:"adjclose,omitempty"`
	} `json:"indicators"`
}

type quote struct {
	Open   prices  `json:"open"`
	High   prices  `json:"high"`
	Low    prices  `json:"low"`
	Close  prices  `json:"close"`
	Volume volumes `json:"volume"`
}

type adjClose struct {
	AdjClose prices `json:"adjclose"`
}

// prices is an array of numbers in which null is NaN.
type prices []float64

func (p *prices) UnmarshalJSON(b []byte) error {
	v, err := numbers(b)
	for i, x := range v {
		v[i] = shortest(x)
	}
	*p = v
	return err
}

// MarshalJSON writes NaN as null, which finance-go reads as 0.
func (p prices) MarshalJSON() ([]byte, error) {
	return array(len(p), func(b []byte, i int) []byte {
		if math.IsNaN(p[i]) {
			return append(b, "null"...)
		}
		return strconv.AppendFloat(b, p[i], 'g', -1, 64)
	}), nil
}

// volumes is an array of numbers in which null is NaN.
type volumes []float64

func (v *volumes) UnmarshalJSON(b []byte) (err error) {
	*v, err = numbers(b)
	return err
}

// MarshalJSON writes whole numbers: finance-go fails on others.
func (v volumes) MarshalJSON() ([]byte, error) {
	return array(len(v), func(b []byte, i int) []byte {
		if math.IsNaN(v[i]) {
			return append(b, "null"...)
		}
		return strconv.AppendInt(b, int64(min(max(math.Round(v[i]), 0), 1<<53)), 10)
	}), nil
}

func array(n int, element func(b []byte, i int) []byte) []byte {
	b := append(make([]byte, 0, 12*n+2), '[')
	for i := range n {
		if i > 0 {
			b = append(b, ',')
		}
		b = element(b, i)
	}
	return append(b, ']')
}

// numbers reads a JSON array of numbers and nulls.
func numbers(b []byte) ([]float64, error) {
	b = bytes.TrimSpace(b)
	if string(b) == "null" {
		return nil, nil
	}
	if len(b) < 2 || b[0] != '[' {
		return nil, fmt.Errorf("%.20s is no array of numbers", b)
	}
	b = bytes.TrimSpace(b[1 : len(b)-1])
	if len(b) == 0 {
		return []float64{}, nil
	}
	out := make([]float64, 0, bytes.Count(b, []byte{','})+1)
	for f := range bytes.SplitSeq(b, []byte{','}) {
		f = bytes.TrimSpace(f)
		x := math.NaN()
		if string(f) != "null" {
			var err error
			if x, err = strconv.ParseFloat(string(f), 64); err != nil {
				return nil, fmt.Errorf("%.20q is no number", f)
			}
		}
		out = append(out, x)
	}
	return out, nil
}

// shortest returns the shortest decimal with the 32 bits of x if 32 bits are
// all that x has, and x otherwise.
func shortest(x float64) float64 {
	if float64(float32(x)) != x {
		return x
	}
	var buf [32]byte
	y, err := strconv.ParseFloat(string(strconv.AppendFloat(buf[:0], x, 'g', -1, 32)), 64)
	if err != nil {
		return x
	}
	return y
}

// call is one request of a chart and its answer. It is the backend that
// finance-go sends the request through.
type call struct {
	source *Source
	now    time.Time
	start  time.Time
	raw    []byte
	result result
}

var _ finance.Backend = (*call)(nil)

// Call implements finance.Backend: it fills v, finance-go's own type, from an
// answer that is proved to be of the shape that finance-go relies on.
func (c *call) Call(path string, f *form.Values, ctx *context.Context, v any) error {
	f.Set("events", "div,split")
	f.Set("period1", strconv.FormatInt(c.start.Unix(), 10)) // finance-go leaves out a period that begins at 0
	u := c.source.o.Base + "/" + path + "?" + f.Encode()
	raw, err := c.source.ask(*ctx, u)
	if err != nil {
		return err
	}
	var a answer
	if err := json.Unmarshal(raw, &a); err != nil {
		return &ShapeError{"not the JSON of a chart: " + err.Error(), firstLine(raw)}
	}
	if a.Chart.Error != nil {
		return &HTTPError{Status: 200, Line: firstLine(raw), URL: u, Service: a.Chart.Error}
	}
	if len(a.Chart.Result) != 1 {
		return &ShapeError{fmt.Sprintf("%d results", len(a.Chart.Result)), firstLine(raw)}
	}
	if err := a.Chart.Result[0].check(); err != nil {
		return err
	}
	c.raw, c.result = raw, a.Chart.Result[0]
	clean, err := json.Marshal(a)
	if err != nil {
		return err
	}
	if err := json.Unmarshal(clean, v); err != nil {
		return &ShapeError{err.Error(), ""}
	}
	return nil
}

// check proves that there is one value for each session in every column, and
// drops columns of adjusted closes that are not there at all.
func (r *result) check() error {
	if len(r.Meta) == 0 || string(r.Meta) == "null" {
		return &ShapeError{"nothing on the security (no meta)", ""}
	}
	n := len(r.Timestamp)
	if n == 0 {
		r.Indicators.Quote, r.Indicators.AdjClose = []quote{{}}, nil
		return nil
	}
	if len(r.Indicators.Quote) != 1 {
		return &ShapeError{fmt.Sprintf("%d sets of prices", len(r.Indicators.Quote)), ""}
	}
	q := r.Indicators.Quote[0]
	columns := []struct {
		name   string
		values []float64
	}{{"open", q.Open}, {"high", q.High}, {"low", q.Low}, {"close", q.Close}, {"volume", q.Volume}}
	if a := r.Indicators.AdjClose; len(a) == 0 || a[0].AdjClose == nil {
		r.Indicators.AdjClose = nil
	} else {
		columns = append(columns, struct {
			name   string
			values []float64
		}{"adjclose", a[0].AdjClose})
	}
	for _, c := range columns {
		if len(c.values) != n {
			return &ShapeError{fmt.Sprintf("%d values of %s for %d sessions", len(c.values), c.name, n), ""}
		}
	}
	return nil
}

// series turns what finance-go decoded into our series.
func (c *call) series(it *chart.Iter, symbol string, from, to market.Date) (*market.Series, error) {
	out := &market.Series{
		Symbol: symbol,
		Origin: fmt.Sprintf("%s (%s), fetched %s", c.source.Name(), c.source.o.Base, c.now.UTC().Format(time.RFC3339)),
	}
	if err := it.Err(); err != nil {
		var refused *HTTPError
		if errors.As(err, &refused) && refused.beforeListing() {
			return out, nil
		}
		return nil, err
	}
	meta := it.Meta()
	var names struct{ LongName, ShortName, FullExchangeName string }
	if err := json.Unmarshal(c.result.Meta, &names); err != nil {
		return nil, &ShapeError{err.Error(), ""}
	}
	if !strings.EqualFold(meta.Symbol, symbol) {
		return nil, &ShapeError{fmt.Sprintf("it is one of %q", meta.Symbol), ""}
	}
	if g := meta.DataGranularity; it.Count() > 0 && g != "1d" {
		return nil, &ShapeError{fmt.Sprintf("its bars are of %q", g), ""}
	}
	zone, err := time.LoadLocation(meta.ExchangeTimezoneName)
	if err != nil || meta.ExchangeTimezoneName == "" || meta.ExchangeTimezoneName == "Local" {
		return nil, &ShapeError{fmt.Sprintf("the exchange's time zone is %q", meta.ExchangeTimezoneName), ""}
	}
	session := func(unix int64) market.Date { return market.DateOf(time.Unix(unix, 0).In(zone)) }
	to = min(to, c.lastComplete(meta, zone))

	out.Name, out.Exchange, out.Currency = names.LongName, names.FullExchangeName, meta.Currency
	set(&out.Name, names.ShortName)
	set(&out.Exchange, meta.ExchangeName)
	unit := 1.0
	if iso, parts, ok := market.MinorUnit(out.Currency); ok {
		out.Currency, unit = iso, parts
	}

	out.Adjusted = c.result.Indicators.AdjClose != nil
	n := len(c.result.Timestamp)
	rows := make([]market.Bar, 0, n)
	for i := 0; it.Next(); i++ {
		b := it.Bar()
		row := market.Bar{
			Date:     session(int64(b.Timestamp)),
			Open:     price(b.Open, unit),
			High:     price(b.High, unit),
			Low:      price(b.Low, unit),
			Close:    price(b.Close, unit),
			AdjClose: price(b.AdjClose, unit),
			Volume:   c.result.Indicators.Quote[0].Volume[i],
		}
		if !out.Adjusted {
			row.AdjClose = row.Close
		}
		if len(rows) == 0 || row.Date > rows[len(rows)-1].Date {
			rows = append(rows, row)
			continue
		}
		// The last trade may follow as a row of its own, in the same session.
		last := &rows[len(rows)-1]
		if row.Date < last.Date || i != n-1 && math.Abs(row.Close-last.Close) > 0 {
			return nil, &ShapeError{fmt.Sprintf("the session of %s follows that of %s", row.Date, last.Date), ""}
		}
		overlay(last, row)
	}
	for _, b := range rows {
		empty := math.IsNaN(b.Open) && math.IsNaN(b.High) && math.IsNaN(b.Low) && math.IsNaN(b.Close) && math.IsNaN(b.AdjClose)
		if from <= b.Date && b.Date <= to && !empty {
			out.Bars = append(out.Bars, b)
		}
	}

	for _, e := range c.result.Events.Splits {
		ratio := e.Numerator / e.Denominator
		if !(ratio > 0) || math.IsInf(ratio, 0) {
			return nil, &ShapeError{fmt.Sprintf("a split of %v for %v on %s", e.Numerator, e.Denominator, session(e.Date)), ""}
		}
		out.Actions = append(out.Actions, market.Action{Date: session(e.Date), Split: ratio})
	}
	for _, e := range c.result.Events.Dividends {
		out.Actions = append(out.Actions, market.Action{Date: session(e.Date), Dividend: shortest(e.Amount) / unit})
	}
	out.Actions = slices.DeleteFunc(out.Actions, func(a market.Action) bool { return a.Date < from || a.Date > to })
	slices.SortFunc(out.Actions, func(a, b market.Action) int {
		return cmp.Or(cmp.Compare(a.Date, b.Date), cmp.Compare(b.Split, a.Split), cmp.Compare(b.Dividend, a.Dividend))
	})
	return out, nil
}

// lastComplete returns the last date whose session, if it is one, has ended
// for good.
func (c *call) lastComplete(meta finance.ChartMeta, zone *time.Location) market.Date {
	period := meta.CurrentTradingPeriod.Regular
	if period.End == 0 {
		return market.DateOf(c.now.In(zone)) - 1
	}
	current := market.DateOf(time.Unix(int64(period.Start), 0).In(zone))
	if c.now.Before(time.Unix(int64(period.End), 0).Add(settle)) {
		return current - 1
	}
	return max(current, market.DateOf(c.now.In(zone))-1)
}

// price converts d to units of the currency. finance-go gives 0 for null, and
// Yahoo gives 0 where it has no price, so 0 is NaN.
func price(d decimal.Decimal, unit float64) float64 {
	if d.IsZero() {
		return math.NaN()
	}
	return d.InexactFloat64() / unit
}

// overlay replaces the fields of b for which later has a value.
func overlay(b *market.Bar, later market.Bar) {
	for _, f := range []struct {
		to   *float64
		from float64
	}{{&b.Open, later.Open}, {&b.High, later.High}, {&b.Low, later.Low}, {&b.Close, later.Close}, {&b.AdjClose, later.AdjClose}, {&b.Volume, later.Volume}} {
		if !math.IsNaN(f.from) {
			*f.to = f.from
		}
	}
}
