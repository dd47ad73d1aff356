package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"path/filepath"
	"slices"
	"strings"

	"aftershock/analysis"
	"aftershock/market"
	"aftershock/market/csvfile"
	"aftershock/market/factors"
	"aftershock/market/parquetfile"
)

// The layouts of a file of many securities.
const (
	longLayout  = "long"
	widePrices  = "wide-prices"
	wideReturns = "wide-returns"
	widePercent = "wide-percent"
)

func isParquet(name string) bool {
	return slices.Contains([]string{".parquet", ".parq", ".pq"}, strings.ToLower(filepath.Ext(name)))
}

// isPanel reports whether the value of --prices is a file of many securities.
func isPanel(name string) bool {
	lower := strings.ToLower(name)
	return isParquet(name) || strings.HasSuffix(lower, ".csv") || strings.HasSuffix(lower, ".csv.gz")
}

func checkPanel(c *config) {
	p := &c.Prices
	c.oneOf("prices.layout", p.Layout, "a layout of a file", []string{auto, longLayout, widePrices, wideReturns, widePercent})
	if isParquet(p.File) {
		for _, column := range []struct{ key, value string }{{"close", p.Columns.Close}, {"shares", p.Columns.Shares}, {"name", p.Columns.Name}} {
			if column.value != "" {
				c.bad("prices.columns."+column.key, "is read from CSV files only")
			}
		}
		if p.Layout == widePercent {
			c.bad("prices.layout", "wide-percent is read from CSV files only")
		}
	} else if p.Columns.Factor != "" {
		c.bad("prices.columns.factor", "is read from Parquet files only; a CSV file must call it cfacpr")
	}
	if p.ReturnsKind != "" {
		c.oneOf("prices.returns_kind", p.ReturnsKind, "a kind of returns", []string{string(market.Simple), string(market.Log)})
	}
	c.oneOf("prices.returns_unit", p.ReturnsUnit, "a unit of returns", []string{auto, string(factors.Decimal), string(factors.Percent)})
	c.exchange("prices.exchange", p.Exchange)
}

func openPanel(ctx context.Context, a *app, c *config, p *plan, securities []market.Security) (*prices, error) {
	if !isParquet(c.Prices.File) {
		return openMany(c)
	}
	f, err := a.readPanel(ctx, c, p, securities)
	if err != nil {
		return nil, err
	}
	load := func(ctx context.Context, q market.Request) (*market.Panel, []error) { return f.complete(ctx, c, q) }
	return &prices{Source: f, panel: load, files: f.files}, nil
}

// many is a CSV file of many securities, and the folder of those that it lacks.
type many struct {
	*csvfile.Many
	rest market.Source // nil: no folder
}

// Series returns the prices of a security of the file, else of the folder.
func (m many) Series(ctx context.Context, symbol string, from, to market.Date) (*market.Series, error) {
	s, err := m.Many.Series(ctx, symbol, from, to)
	if errors.Is(err, market.ErrUnknownSymbol) && m.rest != nil {
		return m.rest.Series(ctx, symbol, from, to)
	}
	return s, err
}

// openMany opens a CSV file of many securities.
func openMany(c *config) (*prices, error) {
	p := &c.Prices
	file := c.path("prices.file", p.File)
	o := csvfile.PanelOptions{
		Options: c.csvOptions(),
		Columns: csvfile.Columns{Symbol: p.Columns.Security, Name: p.Columns.Name, Date: p.Columns.Date, Return: p.Columns.Return,
			Delisting: p.Columns.Delisting, Price: p.Columns.Price, Close: p.Columns.Close, Volume: p.Columns.Volume, Shares: p.Columns.Shares},
	}
	switch p.ReturnsUnit {
	case string(factors.Decimal):
		o.Values = csvfile.Returns
	case string(factors.Percent):
		o.Values = csvfile.Percent
	}
	switch p.Layout {
	case longLayout:
		o.Layout = csvfile.Long
	case widePrices:
		o.Layout, o.Values = csvfile.Wide, csvfile.Prices
	case wideReturns:
		o.Layout, o.Values = csvfile.Wide, csvfile.Returns
	case widePercent:
		o.Layout, o.Values = csvfile.Wide, csvfile.Percent
	}
	f, err := csvfile.ReadPanelFile(file, o)
	if err != nil {
		return nil, err
	}
	m := many{Many: f}
	if dir := c.path("prices.dir", p.Dir); dir != "" {
		if m.rest, err = csvfile.Open(dir, c.csvOptions()); err != nil {
			return nil, err
		}
	}
	load := func(ctx context.Context, q market.Request) (*market.Panel, []error) {
		calendar := q.Calendar
		q.Calendar = func(s market.Security) *market.Calendar {
			if s.Exchange == "" && market.Plain(s.Symbol) {
				s.Exchange = p.Exchange // that of the symbols that name none
			}
			return calendar(s)
		}
		panel, errs := market.Load(ctx, m, q)
		panel.Issues = append(panel.Issues, f.Issues...)
		return panel, errs
	}
	files := func(p *market.Panel) []string {
		list := []string{file}
		for _, c := range p.Columns {
			if c.Origin != file {
				list = append(list, c.Origin)
			}
		}
		return list
	}
	return &prices{Source: m, panel: load, files: files}, nil
}

// panelFile is a Parquet file of many securities as a source of prices.
type panelFile struct {
	*market.Panel
	file    string
	symbols []string // in the file, in the panel or not
}

var _ market.Source = panelFile{}

// pricesMatter reports whether a study needs more than returns: for weights and
// amounts of money, for returns over gaps, for charts of prices.
func (p *plan) pricesMatter() bool {
	s := p.study
	return len(p.charts) > 0 || p.leading || s.Weights == analysis.ValueWeights || s.Gaps == market.TradeToTrade ||
		slices.ContainsFunc(slices.Collect(maps.Values(p.configured)), func(s market.Security) bool { return s.Shares > 0 })
}

// readPanel reads the file of many securities: those of need, or all where it is
// nil.
func (a *app) readPanel(ctx context.Context, c *config, plan *plan, need []market.Security) (panelFile, error) {
	p := &c.Prices
	file := c.path("prices.file", p.File)
	f := panelFile{file: file}
	e, _ := market.Find(plan.exchanges, p.Exchange)
	cal := plan.calendars[e.Name]
	if cal == nil && e != market.Exchanges[0] { // nil: New York, and years without rules by the file
		cal = e.Calendar()
	}
	calendarOf := func(symbol string) *market.Calendar { // nil: the file's
		sec := plan.security(symbol)
		if sec.Exchange == "" && market.Plain(symbol) {
			return nil
		}
		return plan.calendar(sec)
	}
	layout := parquetfile.Long
	if p.Layout == widePrices || p.Layout == wideReturns {
		layout = parquetfile.Layout(p.Layout)
	}
	needed := make(map[string]bool, len(need))
	for _, s := range need {
		needed[symbolKey(s.Symbol)] = true
	}
	bar := newProgress(a.stderr, "reading prices:")
	defer bar.end()
	var err error
	f.Panel, err = parquetfile.ReadPanel(ctx, file, parquetfile.PanelOptions{
		Keep: func(symbol string) bool {
			f.symbols = append(f.symbols, symbol)
			return need == nil || needed[symbolKey(symbol)]
		},
		ReturnsOnly: need != nil && !plan.pricesMatter(), Progress: bar.step,
		Layout: layout, Calendar: cal, CalendarOf: calendarOf, Kind: market.ReturnKind(c.Study.Returns), Given: market.ReturnKind(c.Prices.ReturnsKind), Gaps: market.Gaps(c.Study.Missing),
		Columns: parquetfile.Columns{ID: p.Columns.Security, Date: p.Columns.Date, Return: p.Columns.Return, Delisting: p.Columns.Delisting,
			Price: p.Columns.Price, Factor: p.Columns.Factor, Volume: p.Columns.Volume},
	})
	return f, err
}

// Name returns the file's name.
func (f panelFile) Name() string { return f.file }

// Symbols lists the securities of the file.
func (f panelFile) Symbols(context.Context) ([]string, error) {
	return slices.Sorted(slices.Values(f.symbols)), nil
}

// Series returns the prices of a security of the file.
func (f panelFile) Series(_ context.Context, symbol string, from, to market.Date) (*market.Series, error) {
	c := f.Column(symbol)
	if c == nil {
		return nil, market.UnknownSymbol(symbol, f.file, f.symbols)
	}
	if c.Price == nil {
		return nil, fmt.Errorf("%s: it has the returns of %s, and no prices", f.file, symbol)
	}
	nan := math.NaN()
	s := &market.Series{Symbol: symbol, Name: c.Name, Exchange: c.Exchange, Currency: c.Currency, Adjusted: c.Adjusted, Origin: f.file}
	for k, price := range c.Price {
		if math.IsNaN(price) {
			continue
		}
		b := market.Bar{Date: c.Calendar.Date(c.First + k), Open: nan, High: nan, Low: nan, Close: price, AdjClose: price, Volume: nan}
		if c.Close != nil {
			b.Close = c.Close[k]
		}
		if c.Volume != nil {
			b.Volume = c.Volume[k]
		}
		s.Bars = append(s.Bars, b)
	}
	return s.Between(from, to), nil
}

// complete tells the columns of the file what is known of them, and adds what the
// file lacks of the securities of q from the folder of price files, if there is one.
func (f panelFile) complete(ctx context.Context, c *config, q market.Request) (*market.Panel, []error) {
	var rest market.Source
	if dir := c.path("prices.dir", c.Prices.Dir); dir != "" {
		d, err := csvfile.Open(dir, c.csvOptions())
		if err != nil {
			return nil, []error{err}
		}
		rest = d
	}
	var errs []error
	for _, sec := range q.Securities {
		if col := f.Column(sec.Symbol); col != nil {
			col.Name, col.Names, col.Exchange = cmp.Or(sec.Name, col.Name), merged(sec.Names, col.Names), cmp.Or(sec.Exchange, col.Exchange)
			col.Currency, col.Benchmark = cmp.Or(sec.Currency, col.Currency), sec.Benchmark
			if sec.Shares > 0 {
				col.Shares, col.SharesOn, col.Issued = sec.Shares, sec.SharesOn, nil
			}
			continue
		}
		err := market.UnknownSymbol(sec.Symbol, f.file, f.symbols)
		if rest != nil {
			var s *market.Series
			if s, err = rest.Series(ctx, sec.Symbol, q.Days.From, q.Days.To); err == nil {
				cal := q.Calendar(sec)
				if own := f.Calendars(); len(own) > 0 && (cal == nil || cal.Name() == own[0].Name()) {
					cal = own[0]
				}
				err = f.AddSeries(s, sec, cal)
			}
		}
		if err != nil {
			errs = append(errs, &market.SecurityError{Symbol: sec.Symbol, Err: err})
		}
	}
	return f.Panel, errs
}

// files lists the file, and those that complete has read.
func (f panelFile) files(p *market.Panel) []string {
	list := []string{f.file}
	for _, c := range p.Columns {
		if filepath.Base(c.Origin) != filepath.Base(f.file) {
			list = append(list, c.Origin)
		}
	}
	return list
}
