package main

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"os"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/internal/words"
	"aftershock/market"
	"aftershock/market/factors"
	"aftershock/plots"
	"aftershock/report"
)

// plan is a configuration that makes sense: what to do, in the terms of the
// packages that do it.
type plan struct {
	study      *analysis.Study
	securities []market.Security             // as configured
	known      []market.Security             // those of the file of securities
	configured map[string]market.Security    // both, by symbol
	exchanges  []*market.Exchange            // those described, then the program's
	calendars  map[string]*market.Calendar   // with the special days, by name of exchange
	factors    []report.Factors              // the files that were read
	explain    *explanation                  // nil: no regression
	text, html bool                          // the report is wanted as such a file
	tables     []report.Format               // that the tables are wanted in
	charts     []string                      // names; none: no charts
	leading    bool                          // instead: the charts of the leading events
	counts     func() (report.Charts, error) // of what is drawn
	drawn      report.Charts                 // the same, once the run is written
	listed     []string                      // names of the tables that are written; none: all
	rows       map[string][]report.Rows      // of tables that shares have written
	sweep      analysis.SweepSpec            // what is not named is left empty
	plot       plots.Options
	needs      *analysis.Needs // of the study of the events that were read; nil before
	priceFiles []string        // that prices were read from
	inputs     []string        // all files that were read, as the manifest lists them

	calibration     *analysis.Calibration // of a study with these data, where there is one
	calibrationFile string
}

// plan checks every value of c and translates it. All that is wrong is
// reported at once, as a usageError.
func (c *config) plan() (*plan, error) {
	c.namesIn("study.names", c.Study.Names)
	p := &plan{
		study: &analysis.Study{
			Name:             c.name(),
			Subject:          analysis.Subject(c.Study.Design),
			Benchmark:        c.Study.Benchmark,
			EstimationWindow: analysis.Window(c.Study.Estimation),
			EventWindow:      analysis.Window(c.Study.Event),
			MinEstimation:    c.Study.MinEstimation,
			Returns:          market.ReturnKind(c.Study.Returns),
			Gaps:             market.Gaps(c.Study.Missing),
			MissingEvent:     analysis.MissingEvent(c.Study.MissingEvent),
			Weights:          analysis.Weighting(c.Study.Weights),
			Tests:            c.tests(),
			Family:           analysis.FamilyKind(c.Study.Family),
			Correction:       analysis.Correction(c.Study.Correction),
			Trust:            c.Prices.Trust,
			Placebo:          c.Study.Placebo,
			Confounders:      analysis.Confounding(c.Study.Confounders),
			ConfounderWindow: analysis.Window(c.Study.ConfounderWindow),
			ConfounderExcept: c.Study.ConfounderExcept,
			Margin:           c.Study.Margin,
			Correlation:      analysis.Blocks(c.Study.Correlation),
			Draws:            c.Study.Draws,
			Seed:             c.Study.Seed,
		},
		plot: plots.Options{Width: c.Output.Width, Height: c.Output.Height, DPI: c.Output.DPI, Lang: c.Output.Lang},
	}
	for _, w := range c.Study.CAR {
		p.study.CARWindows = append(p.study.CARWindows, analysis.Window(w))
	}
	p.study.Model = c.model()
	for i, g := range c.Study.Groups {
		if c.oneOf(fmt.Sprintf("study.groups[%d]", i), g, "a grouping", names(analysis.Groupings, func(g analysis.Grouping) string { return string(g) })) {
			p.study.Groups = append(p.study.Groups, analysis.Grouping(g))
		}
	}
	for i := range c.Study.Contrasts {
		p.study.Contrasts = append(p.study.Contrasts, c.contrast(fmt.Sprintf("study.contrasts[%d]", i), c.Study.Contrasts[i]))
	}
	var spec *analysis.SpecError
	if err := p.study.Validate(); errors.As(err, &spec) {
		c.bad("study."+spec.Field, "%s", spec.Problem.Text())
	}
	c.checkTexts(reflect.ValueOf(c.settings), "")
	c.checkExchanges()
	p.exchanges = c.known
	c.checkSecurities(p)
	c.checkDonors(p)
	c.checkCalendar(p)
	c.calendarOf = func(symbol string) *market.Calendar { return p.calendar(p.security(symbol)) }
	c.checkPrices()
	c.checkRegression(p)
	c.checkFactors(p)
	c.checkOutput(p)
	c.checkJob()
	c.oneOf("events.dates", c.Events.Dates, "an order of dates", []string{auto, string(events.DayFirst), string(events.MonthFirst)})
	p.sweep = c.sweepSpec()
	if f := c.Events; f.From != market.NoDate && f.To != market.NoDate && f.From > f.To {
		c.bad("events.from", "%s is after events.to, %s; exchange them", f.From, f.To)
	}
	return p, c.err()
}

// checkFactors refuses files that are not there, and a model of factors where
// there is no file.
func (c *config) checkFactors(p *plan) {
	c.oneOf("factors.risk_free", c.Factors.RiskFree, "a risk-free rate", append([]string{auto}, names(factors.Rates, func(r factors.Rate) string { return string(r) })...))
	c.oneOf("factors.unit", c.Factors.Unit, "a unit", []string{auto, string(factors.Percent), string(factors.Decimal)})
	for i, file := range c.Factors.Files {
		c.checkFile(fmt.Sprintf("factors.files[%d]", i), file)
	}
	if need := analysis.FactorsOf(p.study.Model); len(need) > 0 && len(c.Factors.Files) == 0 {
		c.bad("factors.files", "is empty, and the model %s needs the factors %s; name a file that has them", p.study.Model.Name(), strings.Join(need, ", "))
	}
}

// checkFile records a problem when the value of key is no file that can be read.
func (c *config) checkFile(key, value string) {
	name := c.path(key, value)
	info, err := os.Stat(name)
	switch {
	case value == "":
		c.bad(key, "is empty; name a file")
	case err != nil:
		c.bad(key, "%v", err)
	case info.IsDir():
		c.bad(key, "%s is a folder; name a file", name)
	}
}

// oneOf records a problem when value is none of known.
func (c *config) oneOf(key, value, what string, known []string) bool {
	ok := slices.Contains(known, value)
	if !ok {
		c.bad(key, "%q is not %s%s", value, what, cmp.Or(didYouMean(value, known), listed[what]))
	}
	return ok
}

// listed says where the words are explained that are too many for a message.
var listed = map[string]string{
	"a model": "; see aftershock list models",
	"a test":  "; see aftershock list tests",
	"a chart": "; see aftershock list charts",
}

// name heads the report.
func (c *config) name() string {
	if c.ofOtherEvents("study.name") || strings.TrimSpace(c.Study.Name) == "" {
		return words.Of(c.Output.Lang).Phrase("Event study")
	}
	if c.origin("study.names") == fromDefault && c.origin("study.name") != fromDefault { // of another study
		return c.Study.Name
	}
	for lang, name := range c.Study.Names {
		if events.Language(lang) == words.Of(c.Output.Lang).Tag {
			return name
		}
	}
	return c.Study.Name
}

// model returns the model with the options that the configuration has for it.
// Those of other models are passed over, so that a study can be repeated with
// another model.
func (c *config) model() model.Model {
	instead := model.MarketModel{} // so that the rest can be checked
	if !c.oneOf("study.model", c.Study.Model, "a model", modelNames()) {
		return instead
	}
	estimation := analysis.Window(c.Study.Estimation)
	switch lags := c.Model.Lags; {
	case lags < 0:
		c.bad("model.lags", "%d; use 1 or more, or 0 for one", lags)
		return instead
	case lags > 0 && estimation.Len() > 0 && lags >= estimation.Len()/2: // a coefficient for each lag and each lead
		c.bad("model.lags", "%d; use fewer than %d, half the sessions of the estimation window %s", lags, estimation.Len()/2, estimation)
		return instead
	}
	if w := c.Model.PeerWeights; w != "" {
		c.oneOf("model.peer_weights", w, "a weighting of peers", []string{string(analysis.EqualWeights), string(analysis.ValueWeights)})
	}
	var o model.Options
	switch c.Study.Model {
	case "factors":
		for i, name := range c.Model.Factors { // as the table of factors calls them
			c.Model.Factors[i] = factors.NameOf(name)
		}
		o.Factors, o.Excess = c.Model.Factors, c.Model.Excess
	case "dimson", "fowler-rorke":
		o.Lags = c.Model.Lags
	case "peer":
		o.Peers, o.PeerWeights, o.PeerMarket = c.Model.Peers, c.Model.PeerWeights, c.Model.PeerMarket
		o.PeersOf = make(map[string][]string)
		for _, s := range c.Securities {
			if len(s.Peers) > 0 {
				o.PeersOf[s.Symbol] = s.Peers
			}
		}
	case "synthetic":
		o.Donors, o.Ridge, o.OtherSectors, o.Sectors = c.Model.Donors, c.Model.Ridge, c.Model.OtherSectors, c.sectors
	case "matched":
		o.Matches = make(map[string]string)
		for _, s := range c.Securities {
			if s.Match != "" {
				o.Matches[s.Symbol] = s.Match
			}
		}
	}
	m, err := model.New(c.Study.Model, o)
	var spec *model.OptionError
	switch {
	case errors.As(err, &spec) && spec.Field == "model.matches":
		c.bad("securities", "match: %s", spec.Problem)
	case errors.As(err, &spec):
		c.bad(spec.Field, "%s", spec.Problem)
	default:
		return m
	}
	return instead
}

// checkDonors gives a synthetic control without donors of the security's own sector
// the sectors, and refuses a donor of which none is known: it might be of that sector.
func (c *config) checkDonors(p *plan) {
	if !c.Model.OtherSectors {
		return
	}
	c.sectors = make(map[string]string)
	for symbol, s := range p.configured {
		c.sectors[symbol] = s.Sector
	}
	m, ok := p.study.Model.(model.Synthetic)
	if !ok && !slices.Contains(c.Sweep.Models, model.Synthetic{}.Name()) {
		return
	}
	for i, symbol := range c.Model.Donors {
		if c.sectors[symbol] == "" {
			c.bad(fmt.Sprintf("model.donors[%d]", i), "%s has no sector, and model.other_sectors leaves out donors by theirs; give it one under securities or in securities_file", symbol)
		}
	}
	if ok {
		m.Sectors = c.sectors
		p.study.Model = m
	}
}

func (c *config) tests() []analysis.Test {
	switch names := c.Study.Tests; {
	case len(names) == 0:
		c.bad("study.tests", "is empty; name at least one, or %s or %s", byDefault, all)
		return nil
	case slices.Equal(names, []string{byDefault}):
		return analysis.Subject(c.Study.Design).DefaultTests()
	case slices.Equal(names, []string{all}):
		return analysis.Tests
	default:
		var tests []analysis.Test
		for i, name := range names {
			if c.oneOf(fmt.Sprintf("study.tests[%d]", i), name, "a test", testNames()) {
				t, _ := analysis.TestByName(name)
				tests = append(tests, t)
			}
		}
		return tests
	}
}

// withoutSecurities reports whether the securities of the defaults are passed over:
// a folder or file of the user's need not have them.
func (c *config) withoutSecurities() bool {
	return c.origin("securities") == fromDefault && (c.source().own || c.SecuritiesFile != "")
}

func (c *config) checkSecurities(p *plan) {
	seen := make(map[string]bool)
	for i, s := range c.Securities {
		key := fmt.Sprintf("securities[%d]", i)
		switch {
		case s.Symbol == "":
			c.bad(key, "has no symbol")
		case seen[s.Symbol]:
			c.bad(key, "%s is listed twice", s.Symbol)
		case s.Shares < 0:
			c.bad(key+".shares", "%v is negative", s.Shares)
		case s.SharesOn != market.NoDate && s.SharesOn != 0 && s.Shares == 0:
			c.bad(key+".shares_date", "is the day of a number of shares, and there is none; give shares")
		}
		c.exchange(key+".exchange", s.Exchange)
		seen[s.Symbol] = true
		p.securities = append(p.securities, market.Security{
			Symbol: s.Symbol, Name: s.Name, Names: c.namesIn(key+".names", s.Names), Exchange: s.Exchange, Currency: s.Currency, Benchmark: s.Benchmark, Shares: float64(s.Shares), SharesOn: s.SharesOn, Sector: s.Sector,
		})
	}
	if c.withoutSecurities() {
		p.securities = nil
	}
	c.readSecurities(p)
	p.configured = make(map[string]market.Security)
	for _, list := range [][]market.Security{p.known, p.securities} { // the latter go before the former
		for _, s := range list {
			p.configured[s.Symbol] = s
		}
	}
	for _, s := range p.securities {
		p.study.Securities = append(p.study.Securities, s.Symbol)
	}
}

// namesIn checks names by language.
func (c *config) namesIn(key string, names byLanguage) map[string]string {
	var out map[string]string
	for _, lang := range slices.Sorted(maps.Keys(names)) {
		switch tag := events.Language(lang); {
		case tag == "":
			c.bad(key, "%q is not a language; write its code, such as en, ar or zh-hant", lang)
		case strings.TrimSpace(names[lang]) == "":
			c.bad(key, "the name in %s is empty; leave it out", lang)
		default:
			if out == nil {
				out = make(map[string]string)
			}
			out[tag] = strings.TrimSpace(names[lang])
		}
	}
	return out
}

// exchange returns the exchange called name; the first one for "".
func (c *config) exchange(key, name string) *market.Exchange {
	if name == "" {
		return market.Exchanges[0]
	}
	e, ok := market.Find(c.known, name)
	if !ok {
		known := names(c.known, func(e *market.Exchange) string { return e.Name })
		c.bad(key, "%q is not an exchange that is known%s; describe it under exchanges", name, didYouMean(name, known))
		return nil
	}
	return e
}

// checkExchanges makes the exchanges that are described.
func (c *config) checkExchanges() {
	c.known = nil
	for i, x := range c.Exchanges {
		key := fmt.Sprintf("exchanges[%d]", i)
		d := market.Description{Name: x.Name, Zone: x.Zone, Holidays: x.Holidays, Suffixes: x.Suffixes, Indices: x.Indices, Currency: x.Currency}
		ok := true
		for _, h := range []struct {
			key, text string
			to        *int
		}{{".open", x.Open, &d.Open}, {".close", x.Close, &d.Close}} {
			if h.text == "" && h.key == ".open" {
				continue
			}
			var good bool
			if *h.to, good = minuteOf(h.text); !good {
				c.bad(key+h.key, `%q is not an hour such as "15:30"`, h.text)
				ok = false
			}
		}
		for k, day := range x.Week {
			w, good := weekday(day)
			if !good {
				c.bad(fmt.Sprintf("%s.week[%d]", key, k), "%q is not a day of the week; write [sun, mon, tue, wed, thu] or the like", day)
				ok = false
				continue
			}
			d.Week |= 1 << w
		}
		if !ok {
			continue
		}
		if _, twice := market.Find(c.known, x.Name); twice {
			c.bad(key, "%s is described twice", x.Name)
			continue
		}
		e, err := market.NewExchange(d)
		if err != nil {
			c.bad(key, "%v", err)
			continue
		}
		c.known = append(c.known, e)
	}
	c.known = slices.Concat(c.known, market.Exchanges)
}

// minuteOf reads an hour such as 15:30, up to 24:00, as minutes after midnight.
func minuteOf(text string) (int, bool) {
	h, m, ok := strings.Cut(text, ":")
	hour, err1 := strconv.Atoi(h)
	minute, err2 := strconv.Atoi(m)
	n := 60*hour + minute
	return n, ok && err1 == nil && err2 == nil && hour >= 0 && minute >= 0 && minute < 60 && n > 0 && n <= 24*60
}

// weekday reads a day of the week, or its first letters.
func weekday(text string) (time.Weekday, bool) {
	text = strings.ToLower(strings.TrimSpace(text))
	for d := time.Sunday; d <= time.Saturday; d++ {
		if len(text) >= 3 && strings.HasPrefix(strings.ToLower(d.String()), text) {
			return d, true
		}
	}
	return 0, false
}

func (c *config) checkCalendar(p *plan) {
	special := make(map[string][]market.SpecialDay)
	for i, d := range c.Calendar {
		key := fmt.Sprintf("calendar[%d]", i)
		day := market.SpecialDay{Date: d.Date}
		if d.Date == market.NoDate || d.Date == 0 { // empty, or no such key
			c.bad(key, "has no date")
			continue
		}
		if d.Closed == (d.Close != "") {
			c.bad(key, `say either closed: true, or the hour at which trading ended, as close: "13:00"`)
			continue
		}
		if d.Close != "" {
			var ok bool
			if day.Close, ok = minuteOf(d.Close); !ok {
				c.bad(key+".close", "%q is not an hour such as 13:00", d.Close)
				continue
			}
		}
		if e := c.exchange(key+".exchange", d.Exchange); e != nil {
			special[e.Name] = append(special[e.Name], day)
		}
	}
	p.calendars = make(map[string]*market.Calendar)
	for _, e := range c.known {
		if days := special[e.Name]; len(days) > 0 && p.calendars[e.Name] == nil {
			cal, err := e.Calendar().With(days...)
			if err != nil {
				c.bad("calendar", "%v", err)
				continue
			}
			p.calendars[e.Name] = cal
		}
	}
}

// languages are those that charts have words in.
var languages = []string{"en", "ar"}

func (c *config) checkOutput(p *plan) {
	c.checkFormats(p)
	c.oneOf("output.lang", c.Output.Lang, "a language of the charts", languages)
	if c.oneOf("output.theme", c.Output.Theme, "a theme of the charts", themeNames()) {
		p.plot.Theme = theme(c.Output.Theme)
	}
	if start, err := parseStart(c.Output.Start); err != nil {
		c.bad("output.start", "%v", err)
	} else {
		p.plot.Start = start
	}
	if c.oneOf("output.scales", c.Output.Scales, "a choice of scales", scaleNames) {
		p.plot.OwnScales = c.Output.Scales == scaleNames[1]
	}
	if c.Output.Moves < 0 {
		c.bad("output.moves", "%d; use 0 for none, or how many of each security", c.Output.Moves)
	}
	if len(c.Output.Tables) == 0 {
		c.bad("output.tables", "is empty; name at least one, or all")
	}
	if !slices.Equal(c.Output.Tables, []string{all}) {
		for i, name := range c.Output.Tables {
			if c.oneOf(fmt.Sprintf("output.tables[%d]", i), name, "a table", tableNames()) {
				p.listed = append(p.listed, name)
			}
		}
	}
	switch {
	case slices.Equal(c.Output.Charts, []string{byDefault}):
		p.leading = true
	case slices.Equal(c.Output.Charts, []string{all}):
		p.charts = chartNames()
	default:
		for i, name := range c.Output.Charts {
			if c.oneOf(fmt.Sprintf("output.charts[%d]", i), name, "a chart", chartNames()) && !slices.Contains(p.charts, name) {
				p.charts = append(p.charts, name)
			}
		}
	}
	if o := (plots.Options{Width: c.Output.Width, Height: c.Output.Height, DPI: c.Output.DPI}); o.Validate() != nil {
		c.bad("output", "%s", strings.TrimPrefix(o.Validate().Error(), "charts: "))
	}
	if c.Output.MaxExcluded != "" {
		if _, _, err := c.Output.MaxExcluded.parse(); err != nil {
			c.bad("output.max_excluded", "%v", err)
		}
	}
	if c.Output.Keep < 0 {
		c.bad("output.keep", "%d; use 0 for one run in the directory itself, or the number of runs to keep", c.Output.Keep)
	}
	if c.Output.Dir == "" {
		c.bad("output.dir", "is empty; name a folder")
	}
}

// security returns what the configuration knows of symbol.
func (p *plan) security(symbol string) market.Security {
	s := p.configured[symbol]
	s.Symbol = symbol
	return s
}

// calendar returns the sessions of a security, special days included; nil when
// its exchange is not known.
func (p *plan) calendar(s market.Security) *market.Calendar {
	e, ok := market.Find(p.exchanges, s.Exchange)
	if !ok {
		e, _ = market.Of(p.exchanges, s.Symbol)
	}
	if e == nil {
		return nil
	}
	return cmp.Or(p.calendars[e.Name], e.Calendar())
}

func setOf(list []string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, s := range list {
		set[s] = true
	}
	return set
}

// names lists what the elements of a table are called, or otherwise made of each.
func names[T, N any](table []T, name func(T) N) []N {
	out := make([]N, len(table))
	for i, x := range table {
		out[i] = name(x)
	}
	return out
}

func modelNames() []string { return names(model.Models, model.Model.Name) }
func testNames() []string  { return names(analysis.Tests, analysis.Test.Name) }
func chartNames() []string { return names(plots.Charts, func(c plots.Chart) string { return c.Name }) }
