package market

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
)

// ReturnKind says how a return is computed from two adjusted closes.
type ReturnKind string

// The kinds of return.
const (
	Simple ReturnKind = "simple" // P_t/P_{t-1} - 1
	Log    ReturnKind = "log"    // ln(P_t/P_{t-1})
)

// Takes refuses returns that are given as another kind than k: they are used as they
// stand, and a log return taken for a simple one, or its logarithm taken once more,
// is a wrong number. given is "" where nobody says what they are; they are then
// simple.
func (k ReturnKind) Takes(given ReturnKind) error {
	switch {
	case given == k, given == "" && k != Log:
		return nil
	case given == "":
		return fmt.Errorf("%w: the study takes log returns, and nothing says that those of the file are: say it, or take simple returns", ErrReturnKind)
	}
	return fmt.Errorf("%w: those of the file are %s returns, and the study takes %s ones; returns are used as they stand, so take %s ones", ErrReturnKind, given, k, given)
}

// Gaps says what a return is where a session has no price.
type Gaps string

// The rules for sessions without a price.
const (
	// Skip: a return is missing if either of its two prices is.
	Skip Gaps = "skip"
	// TradeToTrade: the first price after a gap gives a return over the whole
	// gap, dated on the session of that price; Column.Span says how many
	// sessions it covers.
	TradeToTrade Gaps = "trade-to-trade"
)

// Security is what is known of a listed security beside its prices.
type Security struct {
	Symbol    string
	Name      string
	Names     map[string]string // by BCP 47 language in lower case; where one is missing, Name stands
	Exchange  string
	Currency  string
	Benchmark string  // symbol of its own benchmark; "" means the study's
	Shares    float64 // shares outstanding; 0 when unknown
	SharesOn  Date    // the day that Shares hold for; 0 when it is not said
	Sector    string
}

// NameIn returns the name in lang, such as "ar" or "ar-eg", or Name when there is none.
func (s *Security) NameIn(lang string) string {
	lang = strings.ToLower(lang)
	primary, _, _ := strings.Cut(lang, "-")
	return cmp.Or(s.Names[lang], s.Names[primary], s.Name)
}

// Column is one security's history on its exchange's calendar. Element k of
// each slice belongs to session First+k of Calendar. A slice is nil where the
// source has nothing of the kind.
type Column struct {
	Security
	Calendar *Calendar
	First    int
	Return   []float64 // of the panel's kind, decimals; NaN = no observation
	Span     []int32   // sessions that Return[k] covers; nil = one everywhere
	Price    []float64 // adjusted close
	Close    []float64 // close adjusted for splits only
	Open     []float64 // first price of the session, adjusted as Price is: open times adjusted close over close
	Volume   []float64 // shares
	Issued   []float64 // shares outstanding, in those that Close is of
	Actions  []Action
	Findings []Finding // what Mend and Check found in its history
	Adjusted bool
	Origin   string
}

// Len returns the number of sessions that the column covers.
func (c *Column) Len() int { return len(c.Return) }

// Last returns the calendar index of the column's last session.
func (c *Column) Last() int { return c.First + len(c.Return) - 1 }

// Issue is something in the data that a reader should know: a bar on a day
// that is no session, a session without a price. Without a Symbol it concerns
// all securities of a file, without a Date (NoDate) the whole column.
type Issue struct {
	Symbol string
	Date   Date
	Code   string // of the sentence, see [IssueForm]
	Args   []any  // the values that stand in it
}

// Panel is a set of columns. Columns of one exchange share one *Calendar. A
// Panel is built once and then only read; it is safe for concurrent readers.
type Panel struct {
	Kind    ReturnKind
	Gaps    Gaps
	Columns []*Column
	Issues  []Issue
	Given   ReturnKind       // what returns are that come without prices; "": nobody says, which is taken for Simple
	Refused map[string]error // securities that a file has and no column holds, by symbol: why

	bySymbol map[string]int
	factors  map[string]factor
	work     workspace // of AddSeries
}

// workspace is what one series after the other is looked at in.
type workspace struct {
	at        []int32
	ret, size []float64
	spare     []float64 // of a column that was not made
	bars      []Bar
	aligned   alignment
}

// grown returns n elements of *s, made longer where it has fewer.
func grown[T any](s *[]T, n int) []T {
	if cap(*s) < n {
		*s = make([]T, n)
	}
	return (*s)[:n]
}

// NewPanel returns an empty panel whose returns are of kind, with gaps treated
// as gaps says.
func NewPanel(kind ReturnKind, gaps Gaps) *Panel {
	return &Panel{Kind: kind, Gaps: gaps, bySymbol: make(map[string]int)}
}

// Column returns the column of symbol, or nil.
func (p *Panel) Column(symbol string) *Column {
	if i, ok := p.bySymbol[symbol]; ok {
		return p.Columns[i]
	}
	return nil
}

// AddSeries aligns s to cal and adds it as a column with s's symbol. Returns
// are computed from adjusted closes, or are those that s has in place of prices.
// s is mended and checked first, and what that finds is the column's Findings.
// The column reaches from the first to the last session on which s has a bar. A
// bar on a day that is no session of cal is left out and recorded in Issues; a
// session without a price is NaN and recorded as well.
//
// Errors: a symbol added twice, bars out of order, no bar on any session, a
// price that is not positive and finite.
func (p *Panel) AddSeries(s *Series, sec Security, cal *Calendar) error {
	s, impossible := priced(s)
	s = Mend(s, MendOptions{Prior: adjustedPrior})
	if err := p.known(&sec, s.Symbol, s.Name, s.Exchange, s.Currency, s.Names); err != nil {
		return err
	}
	first, last := -1, -1
	haveClose, haveVolume, haveOpen := false, false, false
	at := grown(&p.work.at, len(s.Bars)) // the session of each bar, -1 for none
	for i := range s.Bars {
		b := &s.Bars[i]
		if i > 0 && b.Date <= s.Bars[i-1].Date {
			return fmt.Errorf("%s: the bar of %s does not come after that of %s", s.Symbol, b.Date, s.Bars[i-1].Date)
		}
		k, ok := cal.Index(b.Date)
		if at[i] = int32(k); !ok {
			at[i] = -1
			continue
		}
		if first < 0 {
			first = k
		}
		last = k
		haveClose = haveClose || !math.IsNaN(b.Close)
		haveVolume = haveVolume || !math.IsNaN(b.Volume)
		haveOpen = haveOpen || !math.IsNaN(b.Open)
	}
	if first < 0 {
		return fmt.Errorf("%s: none of its %d bars lies on a session of %s", s.Symbol, len(s.Bars), cal.Name())
	}
	n := last - first + 1
	c := &Column{Security: sec, Calendar: cal, First: first, Actions: s.Actions, Adjusted: s.Adjusted, Origin: s.Origin,
		Price: nans(n), Findings: s.Findings}
	if haveClose {
		c.Close = nans(n)
	}
	if haveVolume {
		c.Volume = nans(n)
	}
	var open []float64
	if haveOpen && s.Returns == nil {
		open = nans(n)
	}
	if s.Returns != nil {
		if err := p.Kind.Takes(p.Given); err != nil {
			return err
		}
	}
	if s.Returns == nil {
		c.Findings = append(slices.Clip(c.Findings), check(s, nil, CheckOptions{Study: true}, &p.work)...)
	} else {
		c.Return = nans(n)
		c.Findings = append(slices.Clip(c.Findings), checkReturns(s)...)
	}
	if s.Shares != nil && sec.Shares == 0 {
		c.Issued = nans(n)
	}
	issues := impossible
	for i := range s.Bars {
		b, k := &s.Bars[i], int(at[i])
		if k < 0 {
			issues = append(issues, Issue{s.Symbol, b.Date, "no-session", []any{cal.Name()}})
			continue
		}
		c.Price[k-first] = b.AdjClose
		if haveClose {
			c.Close[k-first] = b.Close
		}
		if haveVolume {
			c.Volume[k-first] = b.Volume
		}
		if s.Returns != nil {
			c.Return[k-first] = s.Returns[i]
		}
		if c.Issued != nil {
			c.Issued[k-first] = s.Shares[i]
			if s.Shares[i] > 0 {
				c.Shares, c.SharesOn = s.Shares[i], b.Date
			}
		}
		if open != nil {
			if o := b.Open * b.AdjClose / b.Close; o > 0 && !math.IsInf(o, 0) {
				open[k-first], c.Open = o, open
			}
		}
	}
	if isPrice := func(v float64) bool { return !math.IsNaN(v) }; len(impossible) > 0 && !slices.ContainsFunc(c.Price, isPrice) {
		return fmt.Errorf("%s: price %v on %s: a price must be positive, and there is no other; leave it empty where there is none", s.Symbol, impossible[0].Args[0], impossible[0].Date)
	}
	main := c.Price
	if s.Returns != nil {
		main, c.Price = c.Return, nil
	}
	for k, v := range main {
		if math.IsNaN(v) {
			issues = append(issues, Issue{s.Symbol, cal.Date(first + k), "no-price", []any{cal.Name()}})
		}
	}
	if s.Returns == nil {
		c.Return, c.Span = Returns(c.Price, p.Kind, p.Gaps)
	}
	p.Issues = append(p.Issues, issues...)
	return p.AddColumn(c)
}

// known completes sec by what a source says of it. A symbol that p has is an error.
func (p *Panel) known(sec *Security, symbol, name, exchange, currency string, names map[string]string) error {
	sec.Symbol = symbol
	if sec.Name == "" && names != nil { // a name of its own has none of the source's beside it
		names = maps.Clone(names)
		maps.Copy(names, sec.Names)
		sec.Names = names
	}
	sec.Name, sec.Exchange, sec.Currency = cmp.Or(sec.Name, name), cmp.Or(sec.Exchange, exchange), cmp.Or(sec.Currency, currency)
	if _, dup := p.bySymbol[symbol]; dup {
		return fmt.Errorf("%s: added twice", symbol)
	}
	return nil
}

// priced returns s without the prices of sessions whose price is not positive, as
// that of crude oil in April 2020: no return can be computed to or from it. s
// itself is not changed.
func priced(s *Series) (*Series, []Issue) {
	var issues []Issue
	out := s
	for i, b := range s.Bars {
		for _, v := range []float64{b.AdjClose, b.Close} {
			if v <= 0 || math.IsInf(v, 0) {
				if out == s {
					own := *s
					own.Bars = slices.Clone(s.Bars)
					out = &own
				}
				nan := math.NaN()
				out.Bars[i].Open, out.Bars[i].High, out.Bars[i].Low, out.Bars[i].Close, out.Bars[i].AdjClose = nan, nan, nan, nan, nan
				issues = append(issues, Issue{s.Symbol, b.Date, "not-positive", []any{v}})
				break
			}
		}
	}
	return out, issues
}

// minorUnits are the parts of currencies that some exchanges quote in, as they
// and vendors write them, and how many make one.
var minorUnits = map[string]struct {
	currency string
	parts    float64
}{"GBp": {"GBP", 100}, "GBX": {"GBP", 100}, "GBx": {"GBP", 100}, "GBPX": {"GBP", 100}, "GBPp": {"GBP", 100}, "ZAc": {"ZAR", 100}, "ZAC": {"ZAR", 100}, "ILA": {"ILS", 100}, "ILa": {"ILS", 100}, "KWF": {"KWD", 1000}, "KWf": {"KWD", 1000}}

// MinorUnit returns the currency that code is parts of, and how many make one.
func MinorUnit(code string) (currency string, parts float64, ok bool) {
	u, ok := minorUnits[code]
	return u.currency, u.parts, ok
}

// Major turns a column whose currency is pence or the like to the currency that
// these are parts of. Its prices are copied.
func (c *Column) Major() {
	currency, parts, ok := MinorUnit(c.Currency)
	if !ok {
		return
	}
	c.Currency = currency
	for _, v := range []*[]float64{&c.Price, &c.Close} {
		if *v == nil {
			continue
		}
		own := make([]float64, len(*v))
		for k, p := range *v {
			own[k] = p / parts
		}
		*v = own
	}
}

// SharesAt returns the shares outstanding at session k of the calendar, in those
// that Close is of, the day that the figure is of (0: not said), and whether it
// is known: that of the last session up to a year before which has one, else the
// one of the security, restated by the splits after its day.
func (c *Column) SharesAt(k int) (shares float64, of Date, ok bool) {
	if c.Issued != nil {
		const year = 260 // sessions
		for i := min(k-c.First, len(c.Issued)-1); i >= max(0, k-c.First-year); i-- {
			if n := c.Issued[i]; n > 0 {
				return n, c.Calendar.Date(c.First + i), true
			}
		}
		return 0, 0, false
	}
	shares = c.Shares
	if c.SharesOn != 0 && c.SharesOn != NoDate {
		for _, a := range c.Actions {
			if a.Split > 0 && a.Date > c.SharesOn {
				shares *= a.Split
			}
		}
		return shares, c.SharesOn, shares > 0
	}
	return shares, 0, shares > 0
}

// AddColumn adds a column whose returns are given. Its Return must be of the
// panel's kind, its sessions must lie on its calendar, and its other slices
// must be nil or as long as Return.
func (p *Panel) AddColumn(c *Column) error {
	if _, dup := p.bySymbol[c.Symbol]; dup {
		return fmt.Errorf("%s: added twice", c.Symbol)
	}
	if c.Calendar == nil || c.First < 0 || c.First+len(c.Return) > c.Calendar.Len() {
		return fmt.Errorf("%s: its sessions do not lie on its calendar", c.Symbol)
	}
	for _, n := range []int{len(c.Span), len(c.Price), len(c.Close), len(c.Open), len(c.Volume), len(c.Issued)} {
		if n != 0 && n != len(c.Return) {
			return fmt.Errorf("%s: %d returns, but a slice of %d beside them", c.Symbol, len(c.Return), n)
		}
	}
	p.bySymbol[c.Symbol] = len(p.Columns)
	p.Columns = append(p.Columns, c)
	return nil
}

// Symbols returns the symbols of all columns, in the order they were added.
func (p *Panel) Symbols() []string {
	out := make([]string, len(p.Columns))
	for i, c := range p.Columns {
		out[i] = c.Symbol
	}
	return out
}

// Calendars returns the distinct calendars of the columns, in order of first use.
func (p *Panel) Calendars() []*Calendar {
	var out []*Calendar
	for _, c := range p.Columns {
		if !slices.Contains(out, c.Calendar) {
			out = append(out, c.Calendar)
		}
	}
	return out
}

// Returns computes the returns of a price series of consecutive sessions:
//
//	simple: r_t = P_t/P_{t-1} - 1
//	log:    r_t = ln(P_t/P_{t-1})
//
// r_0 is NaN. Under Skip a return is NaN if either price is. Under
// TradeToTrade the first price after a gap is compared with the last before
// it, and span[t] is the number of sessions between them; span is nil when
// every return covers one session. A return that no number holds, of 1e-200 to
// 1e200, is NaN.
func Returns(price []float64, kind ReturnKind, gaps Gaps) (ret []float64, span []int32) {
	ret = nans(len(price))
	last := -1
	for t, p := range price {
		if math.IsNaN(p) {
			continue
		}
		if last >= 0 && (last == t-1 || gaps == TradeToTrade) {
			if kind == Log {
				ret[t] = math.Log(p / price[last])
			} else {
				ret[t] = p/price[last] - 1
			}
			if math.IsInf(ret[t], 0) {
				ret[t] = math.NaN()
			}
			if last != t-1 {
				if span == nil {
					span = make([]int32, len(price))
					for i := range span {
						span[i] = 1
					}
				}
				span[t] = int32(t - last)
			}
		}
		last = t
	}
	return ret, span
}

func nans(n int) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = math.NaN()
	}
	return s
}
