package main

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/time/rate"

	"aftershock/events"
	"aftershock/market"
	"aftershock/market/csvfile"
	"aftershock/market/sample"
	"aftershock/market/store"
	"aftershock/market/yahoo"
)

// A priceSource is a source of prices that prices.source can name.
type priceSource struct {
	name string
	// keys are those that go with this source and not with every one. Of those
	// that must have a value it says what to do where they have none.
	keys    map[string]string
	own     bool                     // its files are the user's, and need not have the securities of the defaults
	service bool                     // it is asked for the days that a study needs, and for today's; others for all they have
	check   func(c *config)          // finds what is wrong in the keys that are for it, whichever source is named; may be nil
	is      func(prices string) bool // that the value of --prices means this source without naming it; may be nil
	valueOf string                   // the key that --prices gives then
	// open opens the source; securities are those that will be asked for, all
	// where it is nil. With a.offline it makes no connection.
	open func(ctx context.Context, a *app, c *config, p *plan, securities []market.Security) (*prices, error)
}

// priceSources is every source of prices. A new one is a new entry.
var priceSources = []priceSource{
	{name: sampleSource, open: openSample},
	{name: "csv", keys: map[string]string{"prices.dir": "name the folder of the files SYMBOL.csv"}, own: true, open: openFolder,
		check: checkFolder, is: func(string) bool { return true }, valueOf: "prices.dir"},
	{name: yahooSource, service: true, check: checkYahoo, open: openYahoo},
	{name: "store", service: true, open: openStored},
	{name: "panel", keys: map[string]string{"prices.dir": "", "prices.file": "name the file of many securities (.parquet or .csv)"}, own: true, open: openPanel,
		check: checkPanel, is: isPanel, valueOf: "prices.file"},
}

// The sources that are named elsewhere.
const (
	sampleSource = "sample" // the figures that come with the program
	yahooSource  = "yahoo"  // Yahoo Finance, through the store
)

// prices is an open source of prices.
type prices struct {
	market.Source
	exchanges []*market.Exchange // those described, then the program's
	// panel builds the panel, where the source is more than series; nil: market.Load.
	panel func(context.Context, market.Request) (*market.Panel, []error)
	// files lists the files that the columns of a panel were read from; nil: none.
	files func(*market.Panel) []string
	// unstored returns what was read and could not be stored; nil: nothing is stored.
	unstored func() []error
	warn     func(error)
}

// load reads what q asks for.
func (s *prices) load(ctx context.Context, q market.Request) (*market.Panel, []error) {
	var panel *market.Panel
	var errs []error
	if s.panel != nil {
		panel, errs = s.panel(ctx, q)
	} else {
		panel, errs = market.Load(ctx, s.Source, q)
	}
	if panel != nil {
		setCurrencies(panel, s.exchanges)
	}
	if s.unstored != nil {
		if left := s.unstored(); slices.ContainsFunc(errs, isUnstored) {
			errs = onceUnstored(append(errs, left...))
		} else {
			for _, err := range onceUnstored(left) {
				s.warn(err)
			}
		}
	}
	return panel, suggest(errs)
}

func isUnstored(err error) bool { return errors.Is(err, store.ErrNotStored) }

// onceUnstored tells once, with how to mend it, that a store cannot be written to: it is
// one fault, however many securities there are.
func onceUnstored(errs []error) []error {
	i := slices.IndexFunc(errs, isUnstored)
	if i < 0 {
		return errs
	}
	first := writable(errs[i], "prices.store")
	rest := slices.DeleteFunc(slices.Clone(errs[i+1:]), isUnstored)
	if n := len(errs) - i - 1 - len(rest); n > 0 {
		first = fmt.Errorf("%w (%d more of the kind)", first, n)
	}
	return slices.Concat(errs[:i], []error{first}, rest)
}

// suggest adds to errors of unknown symbols the symbols that may have been meant.
func suggest(errs []error) []error {
	const most = 20 // who misspells more has another file
	hints, listed := 0, false
	for i, err := range errs {
		var unknown *market.UnknownSymbolError
		if hints == most || !errors.As(err, &unknown) {
			continue
		}
		hints++
		if near := events.Nearest(unknown.Symbol, unknown.Have); near != "" {
			errs[i] = fmt.Errorf("%w; did you mean %s?", err, near)
		} else if n := len(unknown.Have); n > 0 && !listed {
			listed = true
			const shown = 5
			has := strings.Join(unknown.Have[:min(n, shown)], ", ")
			if n > shown {
				has += fmt.Sprintf(" and %d more", n-shown)
			}
			errs[i] = fmt.Errorf("%w; it has %s", err, has)
		}
	}
	return errs
}

// quotedInParts are the currencies of exchanges that quote in hundredths or in
// thousandths of them, or in both: which it is of a price is not seen.
var quotedInParts = []string{"GBP", "ZAR", "ILS", "KWD"}

// setCurrencies gives securities whose source does not say it the currency of
// their exchange, but for those of quotedInParts, and turns amounts in pence and
// the like to the currency that they are parts of.
func setCurrencies(panel *market.Panel, exchanges []*market.Exchange) {
	for _, c := range panel.Columns {
		e, ok := market.Find(exchanges, c.Exchange)
		if !ok {
			e, _ = market.Of(exchanges, c.Symbol)
		}
		if c.Currency == "" && e != nil && !slices.Contains(quotedInParts, e.Currency) {
			c.Currency = e.Currency
		}
		c.Major()
	}
}

// isMissing reports whether err says that a source has nothing of a security.
func isMissing(err error) bool {
	return errors.Is(err, market.ErrUnknownSymbol) || errors.Is(err, market.ErrNoPrices)
}

// source returns the source that the configuration names; one without a name
// where there is none of that name.
func (c *config) source() priceSource {
	i := slices.IndexFunc(priceSources, func(s priceSource) bool { return s.name == c.Prices.Source })
	if i < 0 {
		return priceSource{}
	}
	return priceSources[i]
}

func sourceNames() []string { return names(priceSources, func(s priceSource) string { return s.name }) }

// sourcesByName lists the sources that --prices takes by their names.
func sourcesByName() string {
	var out []string
	for _, s := range priceSources {
		if len(s.keys) == 0 {
			out = append(out, s.name)
		}
	}
	return strings.Join(out, ", ")
}

// setPrices takes the one value of --prices, which stands for several keys: the
// name of a source that needs no more, or what the last source takes that knows it.
func (c *config) setPrices(value string) {
	for _, s := range priceSources {
		for key := range s.keys {
			c.value(key).SetString("")
		}
	}
	for _, s := range priceSources {
		if len(s.keys) == 0 && s.name == value {
			c.Prices.Source, c.flags["prices.source"] = s.name, c.flags["prices.dir"]
			return
		}
	}
	for _, s := range slices.Backward(priceSources) {
		if s.is != nil && s.is(value) {
			c.Prices.Source = s.name
			c.value(s.valueOf).SetString(value)
			c.flags["prices.source"], c.flags[s.valueOf] = c.flags["prices.dir"], c.flags["prices.dir"]
			return
		}
	}
}

// value returns the setting of a dotted key, which must be one.
func (c *config) value(key string) reflect.Value {
	v := reflect.ValueOf(&c.settings).Elem()
	for part := range strings.SplitSeq(key, ".") {
		t := v.Type()
		for i := range t.NumField() {
			if tagOf(t.Field(i)) == part {
				v = v.Field(i)
				break
			}
		}
	}
	return v
}

// checkPrices finds what is wrong under prices, of every source.
func (c *config) checkPrices() {
	p := &c.Prices
	if !c.oneOf("prices.source", p.Source, "a source of prices", sourceNames()) {
		return
	}
	named := c.source()
	takers := make(map[string][]string) // sources, by the key that goes with them
	for _, s := range priceSources {
		for key := range s.keys {
			takers[key] = append(takers[key], s.name)
		}
	}
	for key, sources := range takers {
		given := c.value(key).String() != ""
		remedy, takes := named.keys[key]
		switch {
		case takes && remedy != "" && !given:
			c.bad(key, "is missing; %s", remedy)
		case !takes && given:
			c.bad(key, "goes with prices.source %s; it is %s", strings.Join(sources, " or "), p.Source)
		}
	}
	if p.From != market.NoDate && p.To != market.NoDate && p.From > p.To {
		c.bad("prices.from", "%s is after prices.to, %s; exchange them", p.From, p.To)
	}
	for _, s := range priceSources {
		if s.check != nil {
			s.check(c)
		}
	}
}

// days returns the days of which prices are loaded: as configured; where that is
// open, all that a folder or file has, and of a service or a store what p needs.
func (c *config) days(p *plan) market.Span {
	days := market.Span{From: c.Prices.From, To: c.Prices.To}
	if !c.source().service {
		return days
	}
	if days.From == market.NoDate {
		days.From = p.needs.Days.From
	}
	if days.To == market.NoDate {
		days.To = p.needs.Days.To
	}
	days.To = max(days.From, days.To)
	return days
}

// open opens the configured source of prices. securities are those that will be
// asked for; nil: all may be.
func (a *app) open(ctx context.Context, c *config, p *plan, securities []market.Security) (*prices, error) {
	s, err := c.source().open(ctx, a, c, p, securities)
	if err == nil {
		s.exchanges = p.exchanges
	}
	return s, err
}

func openSample(context.Context, *app, *config, *plan, []market.Security) (*prices, error) {
	return &prices{Source: sample.Source()}, nil
}

func checkFolder(c *config) {
	p := &c.Prices
	c.oneOf("prices.dates", p.Dates, "an order of dates", []string{auto, string(csvfile.DayFirst), string(csvfile.MonthFirst)})
	c.oneOf("prices.decimal", p.Decimal, "a mark of decimals", []string{auto, string(csvfile.PointMark), string(csvfile.CommaMark)})
	c.oneOf("prices.splits", p.Splits, "a basis of prices", []string{auto, string(market.TradedBasis), string(market.AdjustedBasis)})
	for i, code := range p.Trust {
		c.oneOf(fmt.Sprintf("prices.trust[%d]", i), code, "a finding that can be trusted", names(market.Contradictions, func(c market.CheckCode) string { return string(c) }))
	}
}

func (c *config) csvOptions() csvfile.Options {
	p := &c.Prices
	o := csvfile.Options{Trust: slices.Contains(p.Trust, string(market.OtherTicker)), CalendarOf: c.calendarOf}
	if p.Dates != auto {
		o.Order = csvfile.Order(p.Dates)
	}
	if p.Decimal != auto {
		o.Mark = csvfile.Mark(p.Decimal)
	}
	if p.Splits != auto {
		o.Splits = market.Basis(p.Splits)
	}
	return o
}

func openFolder(_ context.Context, _ *app, c *config, _ *plan, _ []market.Security) (*prices, error) {
	dir, err := csvfile.Open(c.path("prices.dir", c.Prices.Dir), c.csvOptions())
	if err != nil {
		return nil, err
	}
	return &prices{Source: dir, files: func(p *market.Panel) []string {
		return names(p.Columns, func(c *market.Column) string { return c.Origin })
	}}, nil
}

func checkYahoo(c *config) {
	y := &c.Prices.Yahoo
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
		shown := strconv.Quote(y.BaseURL)
		if strings.Contains(shown, "@") { // with a password, perhaps
			shown = "that"
		}
		c.bad("prices.yahoo.base_url", "%s is no http or https address", shown)
	}
	if y.Retries < 0 {
		c.bad("prices.yahoo.retries", "%d; use 0 or more", y.Retries)
	}
	if d, err := time.ParseDuration(y.Timeout); err != nil || d <= 0 {
		c.bad("prices.yahoo.timeout", "%q is not a time such as 30s", y.Timeout)
	}
}

func openYahoo(ctx context.Context, a *app, c *config, p *plan, securities []market.Security) (*prices, error) {
	if a.offline {
		return openStored(ctx, a, c, p, securities)
	}
	y, err := c.yahoo(a.waiting)
	if err != nil {
		return nil, err
	}
	return a.throughStore(c, &announced{Source: y, say: func() { a.note("fetching prices from %s", y.Name()) }})
}

func openStored(_ context.Context, a *app, c *config, _ *plan, _ []market.Security) (*prices, error) {
	return a.throughStore(c, nil)
}

// throughStore opens the store as a source that upstream fills; nothing does
// where that is nil.
func (a *app) throughStore(c *config, upstream market.Source) (*prices, error) {
	var mu sync.Mutex
	var unstored []error
	s, err := c.openStore(upstream, func(err error) {
		mu.Lock()
		defer mu.Unlock()
		if isUnstored(err) {
			unstored = append(unstored, err)
			return
		}
		a.say("%v", err)
	})
	if err != nil {
		return nil, err
	}
	take := func() []error {
		mu.Lock()
		defer mu.Unlock()
		out := unstored
		unstored = nil
		return out
	}
	return &prices{Source: s, unstored: take, warn: func(err error) { a.say("%v", err) }, files: func(p *market.Panel) []string {
		return names(p.Columns, func(c *market.Column) string { return s.Path(c.Symbol) })
	}}, nil
}

// yahoo returns Yahoo Finance as configured. No connection is made before it
// is asked for prices.
func (c *config) yahoo(waiting func(time.Duration)) (*yahoo.Source, error) {
	y := &c.Prices.Yahoo
	timeout, err := time.ParseDuration(y.Timeout)
	if err != nil {
		return nil, err
	}
	o := yahoo.Options{
		Waiting: waiting,
		Base:    y.BaseURL, UserAgent: y.UserAgent, Rate: rate.Limit(y.Rate), Burst: max(1, int(math.Ceil(y.Rate))),
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

// waiting says that a service wants to be asked later.
func (a *app) waiting(d time.Duration) {
	a.say("Yahoo Finance asks to wait: going on in %s", d.Round(time.Second))
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
