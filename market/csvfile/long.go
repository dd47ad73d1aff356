package csvfile

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"aftershock/market"
)

// The columns of a long file.
const (
	longSymbol = iota
	longName
	longDate
	longReturn
	longDelisting
	longPrice
	longClose
	longVolume
	longShares
	longThousands // shares in thousands
	longFactor    // by which a price as traded is divided for splits
	longShareFactor
	longTotalFactor // by which it is multiplied for dividends
	longCurrency
	longDividend
	longSplit
	longTicker // beside a number that names the security
	longColumns
)

var longNames = sync.OnceValue(func() *[longColumns][]string {
	return &[longColumns][]string{
		longSymbol: {"permno", "symbol", "ticker", "tic", "ric", "isin", "cusip", "gvkey", "security", "instrument", "securityid", "code", "stkcd", "tscode", "figi", "compositefigi", "sedol", "wkn", "valor", "secid", "codneg",
			"symbole", "símbolo", "simbolo", "ativo", "instrumento", "instrumentname", "股票代码", "股票代碼", "证券代码", "證券代號", "证券代號", "代码", "代碼", "銘柄コード", "コード", "종목코드", "тикер", "الرمز", "رمز"},
		longName:        {"comnam", "company", "companyname", "issuernm", "name", "conm", "ticker"},
		longDate:        names()[colDate],
		longReturn:      names()[colReturn],
		longDelisting:   {"dlret", "dlyretdel", "delistingreturn"},
		longPrice:       names()[colAdj],
		longClose:       slices.Concat([]string{"prc", "dlyprc", "prccd"}, names()[colClose]),
		longVolume:      slices.Concat([]string{"dlyvol", "cshtrd"}, names()[colVolume]),
		longShares:      {"shares", "sharesoutstanding", "cshoc"},
		longThousands:   {"shrout", "dlyshrout", "shroutthousands"},
		longFactor:      {"cfacpr", "dlycumfacpr", "ajexdi"}, // not dlyfacprc, which is that of one day
		longShareFactor: {"cfacshr", "dlycumfacshr"},
		longTotalFactor: {"trfd"},
		longCurrency:    {"currency", "curcdd", "curcd", "ccy"},
		longDividend:    names()[colDividend],
		longSplit:       names()[colSplit],
		longTicker:      {"ticker", "tic", "symbol", "tsymbol", "ric"},
	}
})

// tradedPrices are the names under which CRSP and Compustat give closes as
// traded, and the name of the factor that belongs to each.
var tradedPrices = map[string]string{"prc": "cfacpr", "dlyprc": "dlycumfacpr", "prccd": "ajexdi"}

// marketReturns are the columns of CRSP that hold the market's return.
var marketReturns = []string{"vwretd", "vwretx", "ewretd", "ewretx", "sprtrn"}

// findColumns finds the columns of a long file; -1 is nowhere. ok is false
// when the header is not that of a long file.
func findColumns(head []string, own Columns) (at [longColumns]int, ok bool) {
	canon := make([]string, len(head))
	for i, h := range head {
		canon[i] = canonical(h)
	}
	named := [longColumns]string{own.Symbol, own.Name, own.Date, own.Return, own.Delisting, own.Price, own.Close, own.Volume, own.Shares}
	for c := range at {
		look := longNames()[c]
		if named[c] != "" {
			look = []string{canonical(named[c])}
		}
		at[c] = -1
		for _, n := range look {
			if at[c] = slices.Index(canon, n); at[c] >= 0 {
				break
			}
		}
	}
	if own.Symbol == "" && at[longSymbol] < 0 { // Kaggle's S&P 500 has tickers there
		at[longSymbol] = at[longName]
	}
	if at[longSymbol] >= 0 { // headings with a unit, or in more words
		for _, c := range []struct{ long, col int }{{longDate, colDate}, {longReturn, colReturn}, {longPrice, colAdj}, {longClose, colClose}, {longVolume, colVolume}, {longDividend, colDividend}, {longSplit, colSplit}} {
			if at[c.long] >= 0 || c.long < len(named) && named[c.long] != "" {
				continue
			}
			best := -1
			for i, h := range head {
				if col, rank := column(h); col == c.col && !slices.Contains(at[:], i) && (best < 0 || rank < best) {
					at[c.long], best = i, rank
				}
			}
		}
	}
	// Beside a close, a price is what is meant to be studied.
	if price := slices.Index(canon, "price"); at[longPrice] < 0 && price >= 0 && at[longClose] >= 0 && at[longClose] != price {
		at[longPrice] = price
	}
	return at, at[longSymbol] >= 0 && at[longDate] >= 0 && (at[longReturn] >= 0 || at[longPrice] >= 0 || at[longClose] >= 0)
}

// long reads a line a security and day.
func (b *panelReader) long(t *table, at [longColumns]int, head []string) error {
	file, width := b.problems.file, len(head)
	factor := ""
	if at[longClose] >= 0 {
		factor = tradedPrices[canonical(head[at[longClose]])]
	}
	b.crsp = factor == "cfacpr" || factor == "dlycumfacpr"
	switch has := at[longFactor] >= 0; {
	case factor != "" && !has && at[longReturn] < 0 && at[longPrice] < 0:
		return fmt.Errorf("%s:%d: %s is not adjusted for splits; a column of returns, adjusted prices or %s is needed", file, t.line, head[at[longClose]], factor)
	case factor != "" && !has && at[longThousands] < 0 && at[longShares] < 0:
		at[longClose] = -1
	case factor != "" && !has: // good for values of the day, not for prices of several
		b.unfactored = true
	case factor == "":
		at[longFactor], at[longShareFactor], at[longTotalFactor] = -1, -1, -1
	}
	if at[longShareFactor] < 0 {
		at[longShareFactor] = at[longFactor]
	}
	h := nowhere(width)
	h.at[colDate] = at[longDate]
	var err error
	if b.dates, err = datesOf(*t, h, "", b.opt.Options); err != nil {
		return fmt.Errorf("%s:%w", file, err)
	}
	if !b.carefully && factor == "" && b.plainLong(*t, at, head) {
		b.quick = true
		return nil
	}
	var cols []int
	for _, c := range []int{longPrice, longClose, longReturn} {
		if at[c] >= 0 {
			cols = append(cols, at[c])
		}
	}
	if b.mark, err = markOfColumns(*t, cols, at[longVolume], at[longSymbol], b.opt.Mark); err != nil {
		return fmt.Errorf("%s:%w", file, err)
	}
	type marketColumn struct {
		at int
		m  *member
	}
	var ofMarket []marketColumn
	for i, name := range head {
		if c := canonical(name); slices.Contains(marketReturns, c) && i != at[longReturn] {
			ofMarket = append(ofMarket, marketColumn{i, &member{Security: market.Security{Symbol: c, Name: name}, ret: []float64{}}})
		}
	}
	onDay := make(map[market.Date]bool) // of which the market's return is taken
	percent := false
	ones, zeros := false, false
	var m *member // of the row before
	for {
		more, err := t.next()
		if !more {
			break
		}
		b.rows++
		for len(t.fields) > width && t.fields[len(t.fields)-1] == "" {
			t.fields = t.fields[:len(t.fields)-1]
		}
		f := t.fields
		if err == nil && len(f) != width {
			err = fmt.Errorf("%d fields where the header has %d; is the line cut off?", len(f), width)
		}
		symbol := ""
		if err == nil {
			if symbol = tickerOf(f[at[longSymbol]]); symbol == "" || isMissing(symbol) && symbol != "NA" {
				err = fmt.Errorf("no symbol")
			}
		}
		if err != nil {
			if len(f) > at[longSymbol] && b.members[f[at[longSymbol]]] != nil {
				b.wrong(b.members[f[at[longSymbol]]], market.NoDate, t.line, "%v", err)
			} else {
				b.add(t.line, "%v", err)
			}
			continue
		}
		if m == nil || m.Symbol != symbol {
			m = b.member(symbol)
		}
		d, err := b.parse(f[at[longDate]])
		if err != nil {
			b.wrong(m, market.NoDate, t.line, "%q: %v", f[at[longDate]], err)
			continue
		}
		n := b.count
		o := b.observation(m, d, f, at, t.line)
		if b.count > n {
			continue
		}
		percent = percent || o.percent
		m.days, m.lines = append(m.days, d), append(m.lines, int32(t.line))
		for _, v := range []struct {
			has bool
			to  *[]float64
			x   float64
		}{{at[longReturn] >= 0, &m.ret, o.ret}, {at[longPrice] >= 0 || at[longTotalFactor] >= 0 && at[longReturn] < 0, &m.price, o.price}, {at[longClose] >= 0, &m.close, o.close},
			{at[longVolume] >= 0, &m.volume, o.volume}, {at[longShares] >= 0 || at[longThousands] >= 0, &m.shares, o.shares}} {
			if v.has {
				*v.to = append(*v.to, v.x)
			}
		}
		if i := at[longName]; i >= 0 && i != at[longSymbol] && f[i] != "" && f[i] != m.Name {
			m.Name = strings.Clone(f[i])
		}
		if i := at[longTicker]; i >= 0 && i != at[longSymbol] && f[i] != "" && f[i] != m.ticker {
			m.ticker = strings.Clone(f[i])
		}
		if i := at[longCurrency]; i >= 0 && f[i] != "" && f[i] != m.Currency {
			const most = 100
			if m.Currency != "" && len(m.findings) < most {
				m.findings = append(m.findings, market.Said(m.Symbol, market.Unit, true, d, "unit/currency", file, t.line, f[i], m.Currency))
			}
			m.Currency = strings.Clone(f[i])
		}
		if at[longDividend] >= 0 || at[longSplit] >= 0 {
			a := market.Action{Date: d}
			if i := at[longDividend]; i >= 0 {
				x, _ := number(f[i], b.mark)
				a.Dividend = something(x, 0)
			}
			if i := at[longSplit]; i >= 0 {
				x, _ := splitOf(f[i], b.mark)
				a.Split = something(x, 1)
				ones, zeros = ones || x == 1, zeros || x == 0
			}
			if a.Dividend > 0 || a.Split > 0 {
				m.actions = append(m.actions, a)
			}
		}
		if len(ofMarket) > 0 && !onDay[d] {
			onDay[d] = true
			for _, c := range ofMarket {
				if x, _, err := parseReturn(f[c.at], b.mark); err == nil {
					c.m.days, c.m.ret = append(c.m.days, d), append(c.m.ret, x)
				}
			}
		}
	}
	for _, c := range ofMarket {
		if b.members[c.m.Symbol] == nil && c.m.any() {
			b.members[c.m.Symbol] = c.m
			b.symbols = append(b.symbols, c.m.Symbol)
		}
	}
	for _, m := range b.members {
		switch {
		case ones:
			m.prior = math.Log(5)
		case zeros:
			m.prior = -math.Log(100)
		}
	}
	if at[longReturn] < 0 && len(ofMarket) == 0 {
		return nil
	}
	if at[longReturn] >= 0 {
		if err := b.notLevels(); err != nil {
			return err
		}
	}
	return b.decimals(percent, at[longReturn] >= 0)
}

// decimals brings the returns of a long file to decimals.
func (b *panelReader) decimals(percent, own bool) error {
	file := b.problems.file
	unit := b.opt.Values
	if percent {
		unit = Percent
	}
	var all [][]float64
	var days []market.Date
	for _, s := range b.symbols {
		if own == !slices.Contains(marketReturns, s) && b.members[s].ret != nil {
			all = append(all, b.members[s].ret)
			if len(b.members[s].days) > len(days) {
				days = b.members[s].days
			}
		}
	}
	if unit != Returns && unit != Percent {
		var err error
		if unit, err = unitOf(all, days); err != nil {
			return fmt.Errorf("%s: %w", file, err)
		}
		if unit == Percent {
			b.Issues = append(b.Issues, market.Issue{Date: market.NoDate, Code: "unit/per-cent", Args: []any{file}})
		}
	}
	for _, s := range b.symbols {
		m := b.members[s]
		for k, x := range m.ret {
			if unit == Percent {
				m.ret[k] = x / 100
			}
			if m.ret[k] < -1 {
				b.wrong(m, m.days[k], int(m.line(k)), "the return %v is below -100%%; returns are decimals", x)
				m.ret[k] = math.NaN()
			}
		}
	}
	return nil
}

// observation is one row of a long file.
type observation struct {
	ret, price, close, volume, shares float64
	percent                           bool
}

func (b *panelReader) observation(m *member, d market.Date, f []string, at [longColumns]int, line int) observation {
	field := func(c int) string {
		if at[c] < 0 {
			return ""
		}
		return f[at[c]]
	}
	figure := func(c int) float64 {
		x, ok := number(field(c), b.mark)
		if !ok {
			b.wrong(m, d, line, "%s %q is not a number", longNames()[c][0], field(c))
		}
		return x
	}
	o := observation{close: math.NaN(), volume: math.NaN(), shares: math.NaN()}
	var err error
	if o.ret, o.percent, err = parseReturn(field(longReturn), b.mark); err != nil {
		b.wrong(m, d, line, "%v", err)
	}
	if x, _, err := parseReturn(field(longDelisting), b.mark); err != nil {
		b.wrong(m, d, line, "%v", err)
	} else if !math.IsNaN(x) {
		if math.IsNaN(o.ret) {
			o.ret = x
		} else {
			o.ret = (1+o.ret)*(1+x) - 1
		}
	}
	o.price = b.price(m, d, field(longPrice), line)
	byPrice, byShares := 1.0, 1.0
	if at[longFactor] >= 0 {
		byPrice, byShares = figure(longFactor), figure(longShareFactor)
	}
	switch s := field(longClose); {
	case !b.crsp:
		if x := b.price(m, d, s, line); byPrice > 0 || math.IsNaN(x) {
			o.close = x / byPrice
		}
	default:
		if x, ok := number(s, b.mark); !ok {
			b.wrong(m, d, line, "the price %q is not a number", s)
		} else if x != 0 && byPrice > 0 {
			o.close = math.Abs(x) / byPrice
		}
	}
	if at[longTotalFactor] >= 0 && at[longPrice] < 0 {
		total := figure(longTotalFactor)
		if math.IsNaN(total) { // Compustat's word for no dividend so far
			total = 1
		}
		o.price = o.close * total
	}
	if x, ok := volume(field(longVolume), b.mark); !ok {
		b.wrong(m, d, line, "the volume %q is not a number", field(longVolume))
	} else if x >= 0 { // CRSP writes -99 for none
		o.volume = x
		if byShares > 0 {
			o.volume *= byShares
		}
	}
	i, thousands := at[longShares], at[longThousands] >= 0
	if thousands {
		i = at[longThousands]
	}
	if i >= 0 {
		if n, ok := volume(f[i], b.mark); ok && n > 0 {
			if thousands {
				n *= 1000
			}
			if byShares > 0 {
				n *= byShares
			}
			o.shares = n
		}
	}
	return o
}

func (b *panelReader) price(m *member, d market.Date, s string, line int) float64 {
	x, ok := number(s, b.mark)
	switch {
	case !ok:
		b.wrong(m, d, line, "the price %q is not a number", s)
	case x < 0 && missingPrice(x) && x != -1:
		return math.NaN()
	case x <= 0:
		b.wrong(m, d, line, "a price of %s; it must be positive: leave it empty where there is none", s)
	}
	return x
}
