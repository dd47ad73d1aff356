package csvfile

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"

	"aftershock/internal/bounded"
	"aftershock/market"
)

// Layout says how a file holds many securities.
type Layout string

// The layouts. A file whose headings name, for each column, a security and what
// is given of it is recognised in any of them: the two or three lines that
// yfinance writes, pairs of dates and prices as in Bloomberg's sheets, and
// headings such as ACME.Close.
const (
	AutoLayout Layout = ""     // long if the header names a security's column, else wide
	Long       Layout = "long" // a line is one security on one day
	Wide       Layout = "wide" // a line is one day, a column one security
)

// Values says what the numbers of a wide file are, and returns of a long one.
type Values string

// The kinds of values.
const (
	Prices  Values = "price"   // adjusted closes
	Returns Values = "return"  // returns, decimals
	Percent Values = "percent" // returns, 1 is 1%
)

// Columns names the columns of a long file, in the file's words. An empty name
// is looked for among the common ones:
//
//	Symbol    permno, symbol, ticker, tic, ric, isin, cusip, gvkey, security, instrument
//	Name      comnam, company, company name, issuernm, name, ticker
//	Date      as package csvfile says, and caldt, datadate
//	Return    ret, return, returns, total return, dlyret, trt1d
//	Delisting dlret, dlyret del, delisting return
//	Price     as the adjusted close; price where there is a close beside it
//	Close     prc and dlyprc with cfacpr, prccd with ajexdi and trfd, and as the close
//	Volume    vol, dlyvol, cshtrd, and as the volume
//	Shares    shrout, dlyshrout, in thousands; cshoc, shares, shares outstanding, in shares
//
// CRSP's shares and volumes are multiplied by cfacshr (without it by cfacpr), and
// Compustat's by ajexdi, as prices are divided: figures of one day are then in
// the same shares. A column vwretd, vwretx, ewretd, ewretx or sprtrn, the
// market's return on each row's day, is a security of that name.
type Columns struct {
	Symbol, Name, Date, Return, Delisting, Price, Close, Volume, Shares string
}

// PanelOptions settle how a file with many securities is read.
type PanelOptions struct {
	Options
	Layout  Layout
	Values  Values  // of a wide file, empty means Prices; of the returns of a long one, empty means seen by their size
	Columns Columns // of a long file
}

// Many is a file of many securities. It is a market.Source, safe for concurrent use.
type Many struct {
	file    string
	opt     PanelOptions
	symbols []string // in the file's order
	members map[string]*member
	Issues  []market.Issue // about the file, and securities that have no value at all
	quick   bool           // it was read in one go, see plain
}

var _ market.Source = (*Many)(nil)

// member is what a file has of one security; a slice is nil where it has nothing
// of the kind.
type member struct {
	market.Security
	days     []market.Date // in the file's order
	lines    []int32
	price    []float64 // adjusted close
	close    []float64
	volume   []float64
	ret      []float64
	shares   []float64 // outstanding
	actions  []market.Action
	findings []market.Finding
	ticker   string // beside the number that is its symbol, as of the last row
	traded   bool   // closes are as traded, without the factors that adjust them
	prior    float64
}

// ReadPanelFile reads a CSV file, gzipped or not, as ReadPanel does.
func ReadPanelFile(path string, opt PanelOptions) (*Many, error) {
	data, err := bounded.ReadFile(path, largestPanel, "part it, or write it as Parquet, which is read in parts")
	if err != nil {
		return nil, fmt.Errorf("panel: %w", err)
	}
	return ReadPanel(path, data, opt)
}

// ReadPanel reads many securities from the bytes of one file that messages call
// file. market.Load lays them on the sessions of their exchanges.
//
// Long files: with a return column, returns are those of the file; else they are
// computed from the adjusted close, or the close. Whether they are decimals or
// per cent is seen by the median size of all, where Values does not say; it is an
// error where both are possible. The marks of CRSP, SAS, Stata and French for a
// missing return are understood, and a negative prc, which stands for the middle
// of bid and ask, and which is divided by cfacpr; without that it serves the market
// value of its day alone. A delisting return is compounded into the return of its row,
//
//	(1 + ret)(1 + dlret) - 1
//
// or stands alone where the row has no return.
//
// A row that cannot be read is left out, and a finding of its security; more than
// one in ten are an error, as is a file without headings that can be used.
func ReadPanel(file string, data []byte, opt PanelOptions) (*Many, error) {
	return readPanel(file, data, opt, false)
}

// readPanel is ReadPanel; carefully: without the quick look at files in which nothing
// needs care.
func readPanel(file string, data []byte, opt PanelOptions, carefully bool) (*Many, error) {
	switch opt.Values {
	case "", Prices, Returns, Percent:
	default:
		return nil, fmt.Errorf("%s: values %q: they must be %s, %s or %s", file, opt.Values, Prices, Returns, Percent)
	}
	if opt.Layout != AutoLayout && opt.Layout != Long && opt.Layout != Wide {
		return nil, fmt.Errorf("%s: layout %q: it must be %s or %s", file, opt.Layout, Long, Wide)
	}
	s, err := text(data, largestPanel)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	b := &panelReader{Many: &Many{file: file, opt: opt, members: make(map[string]*member)}, problems: problems{file: file}, carefully: carefully}
	t := &table{rest: s}
	if opt.Layout == AutoLayout {
		at := *t
		if g, err := readGrid(&at); err == nil && g.many() {
			return b.done(b.grid(&at, g))
		}
	}
	h, err := panelHeadings(t, opt)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", file, err)
	}
	at, isLong := findColumns(h, opt.Columns)
	switch {
	case opt.Layout == Wide || opt.Layout == AutoLayout && !isLong:
		err = b.wide(t, h)
	case !isLong:
		err = fmt.Errorf("%s:%d: a long file needs columns of a symbol, a date, and a return or a price; name them. It has %.80s", file, t.line, strings.Join(h, ", "))
	default:
		err = b.long(t, at, h)
	}
	return b.done(err)
}

// panelHeadings finds the headings of a long or wide file, which titles may stand above
// and units below; t then stands before the first row. Of lines of headings as wide as
// the rows that which begins as symbols do, or as dates, goes before one of names.
// Its errors begin with the number of the line.
func panelHeadings(t *table, opt PanelOptions) ([]string, error) {
	start := *t
	var lines [][]string
	for range mostHeadings {
		before := *t
		t.delim = detectDelimiter(t.ahead())
		if more, err := t.next(); !more {
			break
		} else if err != nil {
			continue
		}
		f := slices.Clone(t.fields)
		if _, ok := findColumns(f, opt.Columns); ok && opt.Layout != Wide {
			return f, nil
		}
		if len(f) < 2 || !isDay(f[0]) || !slices.ContainsFunc(f[1:], isValue) {
			lines = append(lines, f)
			continue
		}
		best, sure := []string(nil), 0
		for _, l := range lines {
			if len(l) == len(f)-1 && !slices.Contains(l, "") && columnNamed(canonical(l[0])) < 0 {
				l = append([]string{""}, l...) // R names no heading of the names of its rows
			}
			if len(l) != len(f) || slices.Contains(l[1:], "") || slices.ContainsFunc(l[1:], func(s string) bool { return isDay(s) }) {
				continue
			}
			rank := 1
			switch c := canonical(l[0]); {
			case columnNamed(c) == colDate:
				rank = 4
			case symbolWords[c]:
				rank = 3
			case c == "" || c == "name":
				rank = 2
			}
			if rank > sure {
				best, sure = l, rank
			}
		}
		if best == nil || sure == 4 && len(lines) == 1 {
			break
		}
		if sure < 4 {
			best[0] = "date"
		}
		delim := t.delim
		*t = before
		t.delim = delim
		return best, nil
	}
	*t = start
	t.delim = detectDelimiter(t.ahead())
	more, err := t.next()
	switch {
	case err != nil:
		return nil, fmt.Errorf("%d: %w", t.line, err)
	case !more:
		return nil, errors.New(" it is empty")
	}
	return slices.Clone(t.fields), nil
}

// symbolWords are what a line of symbols begins with.
var symbolWords = map[string]bool{"code": true, "ticker": true, "tickers": true, "symbol": true, "symbols": true, "ric": true, "mnemonic": true, "security": true, "instrument": true, "isin": true}

// many reports whether a grid is to be read as one: its headings name fields, or
// there is more than one column of dates.
func (g *grid) many() bool {
	return len(g.columns) > 0 && (g.fields || slices.ContainsFunc(g.columns, func(c gridColumn) bool { return c.date != g.columns[0].date }))
}

// inPercent reports whether most returns of m are of 30% and more, as no decimals are.
func (m *member) inPercent() bool {
	const fewest, large = 20, 0.3
	n, above := 0, 0
	for _, x := range m.ret {
		if x != 0 && x == x {
			n++
			if math.Abs(x) > large {
				above++
			}
		}
	}
	return n >= fewest && 2*above > n
}

// errUnit refuses a security whose returns are in another unit than those of the others.
func errUnit(file, symbol string) error {
	return fmt.Errorf("%s: the returns of %s are per cent by their size, and those of others decimals; write all in one unit", file, symbol)
}

// done ends the reading.
func (b *panelReader) done(err error) (*Many, error) {
	if err == nil && b.count > b.rows/wrongRows {
		for _, s := range b.symbols {
			if b.members[s].inPercent() {
				err = errUnit(b.Many.file, s)
				break
			}
		}
	}
	if err == nil && b.count > 0 && b.count > b.rows/wrongRows {
		err = b.err()
	}
	if err != nil {
		return nil, err
	}
	for _, s := range b.symbols {
		if m := b.members[s]; !m.any() {
			b.Issues = append(b.Issues, market.Issue{Symbol: s, Date: market.NoDate, Code: "no-value"})
			delete(b.members, s)
		}
	}
	b.symbols = slices.DeleteFunc(b.symbols, func(s string) bool { return b.members[s] == nil })
	if len(b.symbols) == 0 {
		return nil, fmt.Errorf("%s: it has no rows", b.Many.file)
	}
	return b.Many, nil
}

func (m *member) any() bool {
	for _, v := range [][]float64{m.price, m.close, m.ret} {
		if slices.ContainsFunc(v, func(x float64) bool { return !math.IsNaN(x) }) {
			return true
		}
	}
	return false
}

// Name returns the file's name.
func (f *Many) Name() string { return f.file }

// Symbols lists the securities of the file, in ascending order.
func (f *Many) Symbols(context.Context) ([]string, error) {
	out := slices.Clone(f.symbols)
	slices.Sort(out)
	return out, nil
}

// Series returns the history of a security of the file, mended. A symbol that it
// does not have as written is that of the one security with another spelling of
// it, see SameTicker, or that has it as its ticker on its last row, where securities
// are numbered.
func (f *Many) Series(ctx context.Context, symbol string, from, to market.Date) (*market.Series, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m := f.members[symbol]
	if m == nil {
		var found []string
		for _, s := range f.symbols {
			if SameTicker(s, symbol) {
				found = append(found, s)
			}
		}
		if len(found) == 0 { // of a file that numbers its securities
			for _, s := range f.symbols {
				if t := f.members[s].ticker; t != "" && SameTicker(t, symbol) {
					found = append(found, s)
				}
			}
		}
		switch len(found) {
		case 0:
			return nil, market.UnknownSymbol(symbol, f.file, f.symbols)
		case 1:
			m = f.members[found[0]]
		default:
			return nil, fmt.Errorf("%s: %s may mean %s; write it as the file does", f.file, symbol, strings.Join(found, " or "))
		}
	}
	if m.inPercent() {
		return nil, errUnit(f.file, symbol)
	}
	s := m.series(f.file)
	if i := slices.IndexFunc(s.Findings, func(f market.Finding) bool { return f.Code == market.Duplicate && f.Contradiction }); i >= 0 && len(s.Bars) == 0 {
		return nil, fmt.Errorf("%s, as do all days of %s: are its rows of several exchanges or currencies? keep those of one", s.Findings[i].Text, symbol)
	}
	s.Symbol = symbol
	return market.Mend(s, market.MendOptions{Basis: f.opt.Splits, Prior: m.prior}).Between(from, to), nil
}

var _ market.Columnar = (*Many)(nil)

// History returns what Series does, as columns, where the file has prices of symbol
// alone, in order of day, and nothing to tell of them.
func (f *Many) History(ctx context.Context, symbol string, from, to market.Date) (*market.History, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	m := f.members[symbol]
	if m == nil || m.ret != nil || m.shares != nil || m.traded || len(m.actions) > 0 || len(m.findings) > 0 {
		return nil, nil
	}
	main := m.price
	if main == nil {
		main = m.close
	}
	first, last, n := 0, -1, 0
	for i, x := range main {
		if x != x {
			if m.price != nil && m.close != nil && m.close[i] == m.close[i] {
				return nil, nil
			}
			continue
		}
		if m.price != nil && m.close != nil && m.close[i] != m.close[i] || last >= 0 && m.days[i] <= m.days[last] {
			return nil, nil
		}
		if n == 0 {
			first = i
		}
		n++
		last = i
	}
	h := &market.History{Symbol: symbol, Name: m.Name, Exchange: m.Exchange, Currency: m.Currency, Origin: f.file, Price: m.price, Close: m.close, Volume: m.volume, Days: m.days}
	if n == len(main) {
		return within(h, from, to), nil
	}
	whole := n == last-first+1 // from its first day to its last
	if h.Days = m.days[first : last+1 : last+1]; !whole {
		h.Days = having(h.Days, main[first:])
	}
	for _, v := range []*[]float64{&h.Price, &h.Close, &h.Volume} {
		if *v != nil {
			if *v = (*v)[first : last+1 : last+1]; !whole {
				*v = having(*v, main[first:])
			}
		}
	}
	return within(h, from, to), nil
}

// within returns h; nil where it has days outside from..to.
func within(h *market.History, from, to market.Date) *market.History {
	if !h.Within(from, to) {
		return nil
	}
	return h
}

// having returns the elements of v beside which x has a value.
func having[T any](v []T, x []float64) []T {
	var out []T
	for i := range v {
		if x[i] == x[i] {
			out = append(out, v[i])
		}
	}
	return out
}

// series makes a series of what the file has; days that stand twice with two
// closes are left out.
func (m *member) series(file string) *market.Series {
	order := m.order()
	value := func(v []float64, i int32) float64 {
		if v == nil {
			return math.NaN()
		}
		return v[i]
	}
	s := &market.Series{Symbol: m.Symbol, Name: m.Name, Exchange: m.Exchange, Currency: m.Currency, Origin: file, Actions: slices.Clone(m.actions), Findings: slices.Clone(m.findings)}
	s.Bars = make([]market.Bar, 0, len(order))
	if m.ret != nil {
		s.Returns = make([]float64, 0, len(order))
	}
	if m.shares != nil {
		s.Shares = make([]float64, 0, len(order))
	}
	nan := math.NaN()
	for k := 0; k < len(order); {
		i, last, differs := order[k], k+1, false
		for ; last < len(order) && m.days[order[last]] == m.days[i]; last++ {
			j := order[last]
			differs = differs || !same(value(m.price, i), value(m.price, j)) || !same(value(m.close, i), value(m.close, j)) || !same(value(m.ret, i), value(m.ret, j))
		}
		if differs {
			d := m.days[i]
			f := market.Said(m.Symbol, market.Duplicate, true, d, "duplicate/figures", file, int(m.line(int(order[last-1]))), int(m.line(int(i))))
			s.Findings = append(s.Findings, f)
		} else {
			b := market.Bar{Date: m.days[i], Open: nan, High: nan, Low: nan, Close: value(m.close, i), AdjClose: value(m.price, i), Volume: value(m.volume, i)}
			if m.price == nil && m.ret == nil {
				b.AdjClose = b.Close
			}
			s.Bars = append(s.Bars, b)
			if m.ret != nil {
				s.Returns = append(s.Returns, m.ret[i])
			}
			if m.shares != nil {
				s.Shares = append(s.Shares, m.shares[i])
			}
		}
		k = last
	}
	for i := range s.Findings { // the return after a row that is left out spans two sessions
		f := &s.Findings[i]
		if !f.Contradiction {
			continue
		}
		if k, _ := slices.BinarySearchFunc(s.Bars, f.Last+1, func(b market.Bar, d market.Date) int { return int(b.Date) - int(d) }); k < len(s.Bars) {
			f.Through = s.Bars[k].Date
		}
	}
	if m.traded {
		byReturns(s)
	}
	slices.SortStableFunc(s.Actions, func(a, b market.Action) int { return int(a.Date) - int(b.Date) })
	s.Adjusted = m.price != nil || m.ret != nil
	return s
}

// order lists the rows that have a value, in order of day.
func (m *member) order() []int32 {
	order := make([]int32, 0, len(m.days))
	sorted := true
	for i := range m.days {
		if m.price != nil && !math.IsNaN(m.price[i]) || m.close != nil && !math.IsNaN(m.close[i]) || m.ret != nil && !math.IsNaN(m.ret[i]) {
			sorted = sorted && (len(order) == 0 || m.days[order[len(order)-1]] <= m.days[i])
			order = append(order, int32(i))
		}
	}
	if !sorted {
		slices.SortStableFunc(order, func(a, b int32) int { return int(m.days[a] - m.days[b]) })
	}
	return order
}

// byReturns puts in place of closes as traded, whose factors are not known, closes
// that go back from the last by the returns; shares outstanding are then such that
// the market value of each day stays that of the file.
func byReturns(s *market.Series) {
	at := math.NaN()
	for i := len(s.Bars) - 1; i >= 0; i-- {
		b := &s.Bars[i]
		value := math.NaN()
		if s.Shares != nil {
			value = b.Close * s.Shares[i]
		}
		if math.IsNaN(at) {
			at = b.Close
		}
		b.Close = at
		if s.Shares != nil {
			s.Shares[i] = value / at
		}
		if r := s.Returns[i]; r > -1 {
			at /= 1 + r
		}
	}
}

func (m *member) line(i int) int32 {
	if i < len(m.lines) {
		return m.lines[i]
	}
	return 0
}

// panelReader reads a file of many securities.
type panelReader struct {
	*Many
	problems
	dates
	mark byte
	rows int
	crsp bool // closes are CRSP's
	// closes are as traded, of a file whose returns need no factors
	unfactored bool
	carefully  bool // see readPanel
}

// member returns that of symbol, made where it is new.
func (b *panelReader) member(symbol string) *member {
	m := b.members[symbol]
	if m == nil {
		m = &member{Security: market.Security{Symbol: strings.Clone(symbol)}, traded: b.unfactored}
		b.members[m.Symbol] = m
		b.symbols = append(b.symbols, m.Symbol)
	}
	return m
}

// wrong records a row or a cell of m that cannot be read.
func (b *panelReader) wrong(m *member, d market.Date, line int, format string, args ...any) {
	b.problems.add(line, format, args...)
	if m == nil {
		return
	}
	const most = 100
	if d == market.NoDate && len(m.days) > 0 {
		d = m.days[len(m.days)-1]
	}
	if n := len(m.findings); n < most && d != market.NoDate && (n == 0 || m.findings[n-1].Date != d) {
		m.findings = append(m.findings, market.Said(m.Symbol, market.Unreadable, true, d, "unreadable", b.problems.file, line, fmt.Sprintf(format, args...)))
	}
}

// wide reads a line a day.
func (b *panelReader) wide(t *table, head []string) error {
	file := b.problems.file
	day := 0
	for day < len(head)-2 && (head[day] == "" || canonical(head[day]) == "unnamed0") && slices.Contains(names()[colDate], canonical(head[day+1])) {
		day++ // an index that a data frame was saved with
	}
	if c := canonical(head[day]); c != "" && c != "index" && !slices.Contains(names()[colDate], c) || len(head) < day+2 {
		return fmt.Errorf("%s:%d: the first column of a wide file must be the date; it is %q", file, t.line, head[day])
	}
	symbols := head[day+1:]
	if i := slices.Index(symbols, ""); i >= 0 {
		return fmt.Errorf("%s:%d: column %d has no name", file, t.line, day+2+i)
	}
	h := nowhere(len(head))
	h.at[colDate] = day
	var err error
	if b.dates, err = datesOf(*t, h, "", b.opt.Options); err != nil {
		return fmt.Errorf("%s:%w", file, err)
	}
	values := b.opt.Values
	if values == "" {
		values = Prices
		if percents(*t, day+1) {
			values = Percent
		}
	}
	// A row that is read has all columns, and so as many bytes at least.
	rows := min(strings.Count(t.rest, "\n"), len(t.rest)/len(head)) + 1
	all := make([]float64, rows*len(symbols)) // one security after the other
	var days []market.Date
	var lines []int32
	plain := false
	if values == Prices && !b.carefully {
		days, lines, plain = b.plain(*t, day, all, rows, len(symbols))
	}
	if !plain {
		cols := make([]int, len(symbols))
		for i := range cols {
			cols[i] = day + 1 + i
		}
		if b.mark, err = markOfColumns(*t, cols, -1, -1, b.opt.Mark); err != nil {
			return fmt.Errorf("%s:%w", file, err)
		}
	}
	members := make([]*member, len(symbols))
	for i, s := range symbols {
		s = tickerOf(s)
		if b.members[s] != nil {
			return fmt.Errorf("%s:%d: the column %s appears twice", file, t.line, s)
		}
		members[i] = b.member(s)
	}
	b.quick = plain
	negative, firstLine, first := 0, 0, ""
	seen := make(map[market.Date]int32)
	for !plain {
		more, err := t.next()
		if !more {
			break
		}
		b.rows++
		for len(t.fields) > len(head) && t.fields[len(t.fields)-1] == "" {
			t.fields = t.fields[:len(t.fields)-1]
		}
		if err == nil && len(t.fields) != len(head) {
			err = fmt.Errorf("%d fields where the header has %d; is the line cut off?", len(t.fields), len(head))
		}
		var d market.Date
		if err == nil {
			if d, err = b.parse(t.fields[day]); err != nil {
				err = fmt.Errorf("%q: %w", t.fields[day], err)
			}
		}
		if err != nil {
			b.add(t.line, "%v", err)
			if len(days) > 0 { // all securities lack the day
				for _, m := range members {
					m.days = days
					b.note(m, days[len(days)-1], t.line, err)
				}
			}
			continue
		}
		if before := seen[d]; before > 0 {
			k := slices.Index(lines, before)
			differs := false
			for i, s := range t.fields[day+1:] {
				x, ok := number(s, b.mark)
				percent := false
				if !ok && values != Prices {
					x, percent, _ = parseReturn(s, b.mark)
				}
				if percent || values == Percent {
					x /= 100
				}
				differs = differs || !same(x, all[i*rows+k])
			}
			if differs {
				b.add(t.line, "%s appears twice, first on line %d", d, before)
				for i, m := range members {
					all[i*rows+k] = math.NaN()
					b.note(m, d, t.line, fmt.Errorf("%s appears twice, first on line %d, with other figures", d, before))
				}
			}
			continue
		}
		seen[d] = int32(t.line)
		days, lines = append(days, d), append(lines, int32(t.line))
		for i, s := range t.fields[day+1:] {
			x, ok := number(s, b.mark)
			switch {
			case !ok && values != Prices:
				var percent bool
				if x, percent, err = parseReturn(s, b.mark); err != nil {
					b.wrong(members[i], d, t.line, "%s: %q is not a number", symbols[i], s)
					x = math.NaN()
				} else if percent && values == Returns {
					x /= 100
				}
			case !ok:
				b.wrong(members[i], d, t.line, "%s: %q is not a number", symbols[i], s)
				x = math.NaN()
			case values == Prices && x < 0 && missingPrice(x) && x != -1:
				x = math.NaN()
			case values == Prices && x <= 0:
				if negative++; negative == 1 {
					firstLine, first = t.line, fmt.Sprintf("%s is %s", symbols[i], s)
				}
				b.wrong(members[i], d, t.line, "%s is %s; a price must be positive: leave it empty where there is none, or say that the values are returns", symbols[i], s)
				x = math.NaN()
			case values == Returns && missingReturn(x), values == Percent && missingReturn(x) && x < -99.5:
				x = math.NaN()
			}
			if values == Percent {
				x /= 100
			}
			if values != Prices && x < -1 {
				b.wrong(members[i], d, t.line, "%s: the return %s is below -100%%", symbols[i], s)
				x = math.NaN()
			}
			all[i*rows+len(days)-1] = x
		}
	}
	columns := make([][]float64, len(symbols))
	for i := range columns {
		columns[i] = all[i*rows:][:len(days):len(days)]
	}
	if negative > b.rows*len(symbols)/20 {
		return fmt.Errorf("%s:%d: %s, and %d of %d values are not positive: they are returns or changes, not prices; say which (prices.layout: wide-returns or wide-percent)", file, firstLine, first, negative, len(days)*len(symbols))
	}
	if b.opt.Values == "" && values == Prices && gross(columns) {
		return fmt.Errorf("%s: its values lie about 1 and do not hang together from day to day: they are gross returns (1 + return), not prices; take 1 from each and say so (prices.layout: wide-returns)", file)
	}
	for i, m := range members {
		v := columns[i]
		m.days, m.lines = days, lines
		if values == Prices {
			m.price = v
		} else {
			m.ret = v
		}
	}
	if values != Prices {
		if err := b.notLevels(); err != nil {
			return err
		}
	}
	if values == Returns {
		list := make([][]float64, len(members))
		for i, m := range members {
			list[i] = m.ret
		}
		if unit, err := unitOf(list, days); err == nil && unit == Percent {
			return fmt.Errorf("%s: its returns are of a median size of more than %v: they are per cent, not decimals; say so (prices.layout: wide-percent)", file, leastPercent)
		}
	}
	return nil
}

// notLevels refuses returns that hang together from day to day, of all securities: they
// are summed, or levels.
func (b *panelReader) notLevels() error {
	seen := false
	for _, s := range b.symbols {
		m := b.members[s]
		switch is, known := market.Levels(m.ret); {
		case known && !is:
			return nil
		case known:
			seen = true
		}
	}
	if seen {
		return errLevels(b.Many.file)
	}
	return nil
}

// percents reports whether most of the values of the next rows end in a per cent sign.
func percents(t table, from int) bool {
	t.fields = nil
	with, n := 0, 0
	for range 20 {
		more, err := t.next()
		if !more {
			break
		}
		if err != nil || len(t.fields) <= from {
			continue
		}
		for _, s := range t.fields[from:] {
			if s != "" {
				n++
			}
			if strings.HasSuffix(s, "%") {
				with++
			}
		}
	}
	return 2*with > n
}

// gross reports whether every column is of gross returns: about 1, and as far from it on a day whatever the day before was. A price about 1, of a
// currency or a fund, stays near that of the day before.
func gross(columns [][]float64) bool {
	const fewest = 20
	for _, column := range columns {
		var x []float64
		for _, v := range column {
			if v == v {
				if v < 0.5 || v > 2 {
					return false
				}
				x = append(x, v-1)
			}
		}
		if len(x) < fewest {
			return false
		}
		mean, size := 0.0, 0.0
		for _, v := range x {
			mean += v / float64(len(x))
			size += math.Abs(v) / float64(len(x))
		}
		var variance, lagged float64
		for i, v := range x {
			variance += (v - mean) * (v - mean)
			if i > 0 {
				lagged += (v - mean) * (x[i-1] - mean)
			}
		}
		if size < 0.002 || size > 0.06 || lagged > 0.5*variance {
			return false
		}
	}
	return len(columns) > 0
}

// note records a finding of m without counting it again.
func (b *panelReader) note(m *member, d market.Date, line int, err error) {
	n, shown := b.count, b.shown
	b.wrong(m, d, line, "%v", err)
	b.count, b.shown = n, shown
}

// grid reads a file whose headings name securities and what is given of them.
func (b *panelReader) grid(t *table, g grid) error {
	file := b.problems.file
	var err error
	h := nowhere(g.width)
	h.at[colDate] = g.columns[0].date
	if b.dates, err = datesOf(*t, h, "", b.opt.Options); err != nil {
		return fmt.Errorf("%s:%w", file, err)
	}
	var cols []int
	for _, c := range g.columns {
		if c.col != colVolume {
			cols = append(cols, c.at)
		}
	}
	if b.mark, err = markOfColumns(*t, cols, -1, -1, b.opt.Mark); err != nil {
		return fmt.Errorf("%s:%w", file, err)
	}
	bySymbol := make(map[string][]gridColumn)
	for _, c := range g.columns {
		bySymbol[c.symbol] = append(bySymbol[c.symbol], c)
	}
	for {
		more, err := t.next()
		if !more {
			return nil
		}
		b.rows++
		if err != nil {
			b.add(t.line, "%v", err)
			continue
		}
		f := t.fields
		for len(f) < g.width { // blank cells at the end may be left out
			f = append(f, "")
		}
		for _, symbol := range g.symbols {
			own := bySymbol[symbol]
			m := b.member(symbol)
			day := f[own[0].date]
			if day == "" || isMissing(day) {
				continue
			}
			d, err := b.parse(day)
			if err != nil {
				b.wrong(m, market.NoDate, t.line, "%q: %v", day, err)
				continue
			}
			m.days, m.lines = append(m.days, d), append(m.lines, int32(t.line))
			var a market.Action
			for _, c := range own {
				s := f[c.at]
				x, ok := volume(s, b.mark)
				if c.col == colSplit {
					x, ok = splitOf(s, b.mark)
				}
				var to *[]float64
				switch c.col {
				case colClose:
					to = &m.close
				case colAdj:
					to = &m.price
				case colVolume:
					to = &m.volume
				case colDividend:
					a.Dividend = something(x, 0)
				case colSplit:
					a.Split = something(x, 1)
				}
				if to == nil {
					continue
				}
				if !ok || x <= 0 && c.col != colVolume || x < 0 {
					b.wrong(m, d, t.line, "%s of %s: %q is no price", names()[c.col][0], symbol, s)
					x = math.NaN()
				}
				for len(*to) < len(m.days)-1 {
					*to = append(*to, math.NaN())
				}
				*to = append(*to, x)
			}
			if a.Dividend > 0 || a.Split > 0 {
				a.Date = d
				m.actions = append(m.actions, a)
			}
		}
	}
}
