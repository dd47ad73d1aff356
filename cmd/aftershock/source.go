package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/time/rate"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
	"aftershock/market/csvfile"
	"aftershock/market/parquetfile"
	"aftershock/market/sample"
	"aftershock/market/store"
	"aftershock/market/yahoo"
)

// The sources of prices.
const (
	sampleSource = "sample" // the figures that come with the program
	csvSource    = "csv"    // a folder with a file a security
	yahooSource  = "yahoo"  // Yahoo Finance, through the store
	storeSource  = "store"  // what is stored, and nothing else
	panelSource  = "panel"  // one file of many securities
)

var priceSources = []string{sampleSource, csvSource, yahooSource, storeSource, panelSource}

// The layouts of a file of many securities.
const (
	longLayout  = "long"
	widePrices  = "wide-prices"
	wideReturns = "wide-returns"
	widePercent = "wide-percent"
)

// setPrices takes the one value of --prices, which stands for several keys.
func (c *config) setPrices(value string) {
	p := &c.Prices
	p.Dir, p.File = "", ""
	for _, key := range []string{"prices.source", "prices.file"} {
		c.flags[key] = c.flags["prices.dir"]
	}
	switch lower := strings.ToLower(value); {
	case value == sampleSource, value == yahooSource, value == storeSource:
		p.Source = value
	case isParquet(value), strings.HasSuffix(lower, ".csv"), strings.HasSuffix(lower, ".csv.gz"):
		p.Source, p.File = panelSource, value
	default:
		p.Source, p.Dir = csvSource, value
	}
}

func isParquet(name string) bool {
	return slices.Contains([]string{".parquet", ".parq", ".pq"}, strings.ToLower(filepath.Ext(name)))
}

func (c *config) checkPrices() {
	p := &c.Prices
	if !c.oneOf("prices.source", p.Source, "a source of prices", priceSources) {
		return
	}
	c.oneOf("prices.dates", p.Dates, "an order of dates", []string{auto, string(csvfile.DayFirst), string(csvfile.MonthFirst)})
	switch {
	case p.Source == csvSource && p.Dir == "":
		c.bad("prices.dir", "is missing; name the folder of the files SYMBOL.csv")
	case p.Source != csvSource && p.Source != panelSource && p.Dir != "":
		c.bad("prices.dir", "goes with prices.source csv or panel; it is %s", p.Source)
	}
	switch {
	case p.Source == panelSource && p.File == "":
		c.bad("prices.file", "is missing; name the file of many securities (.parquet or .csv)")
	case p.Source != panelSource && p.File != "":
		c.bad("prices.file", "goes with prices.source panel; it is %s", p.Source)
	}
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
	c.exchange("prices.exchange", p.Exchange)
	if p.From != market.NoDate && p.To != market.NoDate && p.From > p.To {
		c.bad("prices.from", "%s is after prices.to, %s; exchange them", p.From, p.To)
	}
	y := &p.Yahoo
	if !(y.Rate > 0) || math.IsInf(y.Rate, 0) {
		c.bad("prices.yahoo.rate", "%v requests a second; use a number above 0", y.Rate)
	}
	const mostInFlight = 100
	if y.InFlight < 1 || y.InFlight > mostInFlight {
		c.bad("prices.yahoo.in_flight", "%d; use 1 to %d", y.InFlight, mostInFlight)
	}
	if strings.ContainsFunc(y.UserAgent, unicode.IsControl) {
		c.bad("prices.yahoo.user_agent", "%q holds a control character; remove it", y.UserAgent)
	}
	if u, err := url.Parse(y.BaseURL); y.BaseURL != "" && (err != nil || u.Scheme != "http" && u.Scheme != "https" || u.Host == "") {
		c.bad("prices.yahoo.base_url", "%q is no http or https address", y.BaseURL)
	}
	if y.Retries < 0 {
		c.bad("prices.yahoo.retries", "%d; use 0 or more", y.Retries)
	}
	if d, err := time.ParseDuration(y.Timeout); err != nil || d <= 0 {
		c.bad("prices.yahoo.timeout", "%q is not a time such as 30s", y.Timeout)
	}
}

// yahoo returns Yahoo Finance as configured. No connection is made before it
// is asked for prices.
func (c *config) yahoo() (*yahoo.Source, error) {
	y := &c.Prices.Yahoo
	timeout, err := time.ParseDuration(y.Timeout)
	if err != nil {
		return nil, err
	}
	o := yahoo.Options{
		Base: y.BaseURL, UserAgent: y.UserAgent, Rate: rate.Limit(y.Rate), Burst: max(1, int(math.Ceil(y.Rate))),
		MaxInFlight: y.InFlight, Retries: y.Retries, Timeout: timeout,
	}
	if o.Retries == 0 {
		o.Retries = -1 // to that package 0 is its default
	}
	if y.BaseURL != "" {
		o.CookieURL = y.BaseURL
	}
	s, err := yahoo.New(o)
	if err != nil {
		c.bad("prices.yahoo.base_url", "%s", strings.TrimPrefix(err.Error(), "yahoo: "))
		return nil, c.err()
	}
	return s, nil
}

// storeDir returns the folder of the store of prices.
func (c *config) storeDir() (string, error) {
	if c.Prices.Store != "" {
		return c.path("prices.store", c.Prices.Store), nil
	}
	cache, err := os.UserCacheDir()
	if err != nil {
		return "", fmt.Errorf("there is no place for the store of prices (%w); set prices.store", err)
	}
	return filepath.Join(cache, "aftershock", "prices"), nil
}

// openStore opens the store of prices, filled from upstream; from nowhere if
// that is nil. warn may be called by several goroutines at once.
func (c *config) openStore(upstream market.Source, warn func(error)) (*store.Store, error) {
	dir, err := c.storeDir()
	if err != nil {
		return nil, err
	}
	return store.New(store.Options{Dir: dir, Upstream: upstream, Warn: warn})
}

// studied opens the source of prices for the study of the events of cat: a file
// of many securities is read as far as the study needs it.
func (a *app) studied(ctx context.Context, c *config, p *plan, cat *events.Catalog) (market.Source, error) {
	need, _, err := p.needs(c, cat)
	if err != nil {
		return nil, err
	}
	return a.source(ctx, c, p, need)
}

// source opens the source of prices, of a file of many securities those of need,
// and all where it is nil. Offline, it opens no connection.
func (a *app) source(ctx context.Context, c *config, p *plan, need []market.Security) (market.Source, error) {
	switch c.Prices.Source {
	case csvSource:
		return csvfile.Open(c.path("prices.dir", c.Prices.Dir), c.csvOptions())
	case panelSource:
		return a.readPanel(ctx, c, p, need)
	case yahooSource, storeSource:
		var mu sync.Mutex
		warn := func(err error) {
			mu.Lock()
			defer mu.Unlock()
			a.say("%v", err)
		}
		if a.offline || c.Prices.Source == storeSource {
			return c.openStore(nil, warn)
		}
		y, err := c.yahoo()
		if err != nil {
			return nil, err
		}
		return c.openStore(&announced{Source: y, say: func() { a.note("fetching prices from %s", y.Name()) }}, warn)
	}
	return sample.Source(), nil
}

// announced is a service that says so when it is first asked.
type announced struct {
	*yahoo.Source
	once sync.Once
	say  func()
}

var _ store.Rawer = (*announced)(nil)

// SeriesRaw implements store.Rawer.
func (s *announced) SeriesRaw(ctx context.Context, symbol string, from, to market.Date) (*market.Series, []byte, error) {
	s.once.Do(s.say)
	return s.Source.SeriesRaw(ctx, symbol, from, to)
}

func (c *config) csvOptions() csvfile.Options {
	if c.Prices.Dates == auto {
		return csvfile.Options{}
	}
	return csvfile.Options{Order: csvfile.Order(c.Prices.Dates)}
}

// span returns the days of which prices are loaded: as configured; where that
// is open, all that a folder or file has, and of a service or a store what the
// events ids of cat need, with three years more before them for the
// pseudo-dates of the test placebo.
func (c *config) span(p *plan, cat *events.Catalog) (from, to market.Date) {
	from, to = c.Prices.From, c.Prices.To
	if c.Prices.Source != yahooSource && c.Prices.Source != storeSource {
		return from, to
	}
	first, last := market.Date(math.MaxInt32), market.NoDate
	studies := p.studies(cat)
	for i := range cat.Events {
		if e := &cat.Events[i]; studies(e.ID) {
			d := market.DateOf(e.Time.UTC())
			first, last = min(first, d), max(last, d)
		}
	}
	// Of three days two are sessions, or more; holidays of weeks come on top.
	const holidays, more = 21, 3
	days := func(sessions int) market.Date { return market.Date(sessions*3/2 + holidays) }
	if from == market.NoDate {
		from = market.NewDate((first-days(-p.study.Estimation.From)).Year()-more, 1, 1)
	}
	if to == market.NoDate {
		to = last + days(p.study.Event.To)
	}
	return from, max(from, to)
}

// loadPanel reads the prices of need, for the events of cat.
func (c *config) loadPanel(ctx context.Context, p *plan, src market.Source, cat *events.Catalog, need []market.Security) (*market.Panel, []error) {
	if f, ok := src.(panelFile); ok {
		return f.complete(ctx, c, p, need)
	}
	from, to := c.span(p, cat)
	panel, errs := market.Load(ctx, src, need, p.calendar, p.study.Returns, p.study.Gaps, from, to)
	setCurrencies(panel)
	return panel, errs
}

// setCurrencies gives securities whose source does not say it the currency of
// their exchange. London's is left open: prices there are in pence or pounds.
func setCurrencies(panel *market.Panel) {
	for _, c := range panel.Columns {
		e, ok := market.ExchangeByName(c.Exchange)
		if !ok {
			e = market.ExchangeOfSymbol(c.Symbol)
		}
		if c.Currency == "" && e != nil && e.Currency != "GBP" {
			c.Currency = e.Currency
		}
	}
}

// panelFile is a file of many securities as a source of prices.
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
	return len(p.charts) > 0 || s.Weights == analysis.ValueWeights || s.Gaps == market.TradeToTrade ||
		slices.ContainsFunc(slices.Collect(maps.Values(p.configured)), func(s market.Security) bool { return s.Shares > 0 })
}

// readPanel reads the file of many securities: those of need, or all where it is
// nil.
func (a *app) readPanel(ctx context.Context, c *config, plan *plan, need []market.Security) (panelFile, error) {
	p := &c.Prices
	file := c.path("prices.file", p.File)
	f := panelFile{file: file}
	e, _ := market.ExchangeByName(p.Exchange)
	cal := plan.calendars[e.Name]
	if cal == nil && e != market.Exchanges[0] { // nil: New York, and years without rules by the file
		cal = e.Calendar()
	}
	var err error
	if isParquet(file) {
		layout := parquetfile.Long
		if p.Layout == widePrices || p.Layout == wideReturns {
			layout = parquetfile.Layout(p.Layout)
		}
		needed := make(map[string]bool, len(need))
		for _, s := range need {
			needed[s.Symbol] = true
		}
		bar := newProgress(a.stderr, "reading prices:")
		defer bar.end()
		f.Panel, err = parquetfile.ReadPanel(ctx, file, parquetfile.PanelOptions{
			Keep: func(symbol string) bool {
				f.symbols = append(f.symbols, symbol)
				return need == nil || needed[symbol]
			},
			ReturnsOnly: need != nil && !plan.pricesMatter(), Progress: bar.step,
			Layout: layout, Calendar: cal, Kind: market.ReturnKind(c.Study.Returns), Gaps: market.Gaps(c.Study.Missing),
			Columns: parquetfile.Columns{ID: p.Columns.Security, Date: p.Columns.Date, Return: p.Columns.Return, Delisting: p.Columns.Delisting,
				Price: p.Columns.Price, Factor: p.Columns.Factor, Volume: p.Columns.Volume},
		})
		return f, err
	}
	o := csvfile.PanelOptions{
		Options: c.csvOptions(), Calendar: cal, Kind: market.ReturnKind(c.Study.Returns), Gaps: market.Gaps(c.Study.Missing),
		Columns: csvfile.Columns{Symbol: p.Columns.Security, Name: p.Columns.Name, Date: p.Columns.Date, Return: p.Columns.Return,
			Delisting: p.Columns.Delisting, Price: p.Columns.Price, Close: p.Columns.Close, Volume: p.Columns.Volume, Shares: p.Columns.Shares},
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
	if f.Panel, err = csvfile.ReadPanelFile(file, o); err == nil {
		f.symbols = f.Panel.Symbols()
	}
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

// complete tells the columns of the file what the configuration knows of them,
// and adds what the file lacks of need from the folder of price files, if there
// is one.
func (f panelFile) complete(ctx context.Context, c *config, p *plan, need []market.Security) (*market.Panel, []error) {
	var rest market.Source
	if dir := c.path("prices.dir", c.Prices.Dir); dir != "" {
		d, err := csvfile.Open(dir, c.csvOptions())
		if err != nil {
			return nil, []error{err}
		}
		rest = d
	}
	var errs []error
	for _, sec := range need {
		if col := f.Column(sec.Symbol); col != nil {
			col.Name, col.Exchange = cmp.Or(sec.Name, col.Name), cmp.Or(sec.Exchange, col.Exchange)
			col.Currency, col.Benchmark = cmp.Or(sec.Currency, col.Currency), sec.Benchmark
			col.Shares = cmp.Or(sec.Shares, col.Shares)
			continue
		}
		err := market.UnknownSymbol(sec.Symbol, f.file, f.symbols)
		if rest != nil {
			var s *market.Series
			if s, err = rest.Series(ctx, sec.Symbol, c.Prices.From, c.Prices.To); err == nil {
				cal := p.calendar(sec)
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
	setCurrencies(f.Panel)
	return f.Panel, errs
}

// priceFiles lists the files that the columns of panel were read from.
func priceFiles(src market.Source, panel *market.Panel) []string {
	var files []string
	switch src := src.(type) {
	case *csvfile.Dir:
		for _, c := range panel.Columns {
			files = append(files, c.Origin)
		}
	case *store.Store:
		for _, c := range panel.Columns {
			files = append(files, src.Path(c.Symbol))
		}
	case panelFile:
		files = append(files, src.file)
		for _, c := range panel.Columns {
			if filepath.Base(c.Origin) != filepath.Base(src.file) {
				files = append(files, c.Origin)
			}
		}
	}
	return files
}

// isMissing reports whether err says that a source has nothing of a security.
func isMissing(err error) bool {
	return errors.Is(err, market.ErrUnknownSymbol) || errors.Is(err, market.ErrNoPrices)
}
