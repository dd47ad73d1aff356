package csvfile

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"aftershock/market"

	"aftershock/internal/yearfirst"
)

// Mark is the mark of decimals in the numbers of a file.
type Mark string

// The marks.
const (
	AutoMark  Mark = ""      // decided by the whole file
	PointMark Mark = "point" // 1,234.50
	CommaMark Mark = "comma" // 1.234,50
)

// Options settle what a file leaves open.
type Options struct {
	Order Order          // of day and month in 01/02/2025
	Zone  *time.Location // of the exchange, for times in UTC; nil: that of CalendarOf
	// CalendarOf returns the sessions of a security's exchange, nil where they are not
	// known; if it is nil, market.CalendarOf by the symbol.
	CalendarOf func(symbol string) *market.Calendar
	Mark       Mark         // of decimals
	Splits     market.Basis // of prices, where the file names splits
	Trust      bool         // a file that says it is of another security is read all the same
}

// wrongRows is the share of rows that may be wrong: they are named and left
// out. Of more the file is not what it is taken for.
const wrongRows = 10

// Read reads the prices of symbol from the bytes of a file that messages call
// file. Bars ascend by date, and are mended as [market.Mend] says.
//
// A row that cannot be read (its date, a number, a price that is not positive,
// too few or too many fields) is left out, and so is a day with two closes; the
// findings of the series name them. A row that is there twice counts once.
//
// Errors: no header, no rows, more than one row in ten that cannot be read (all
// are reported at once, the first ten in words), a file that says that it is of
// another security.
func Read(file, symbol string, data []byte, opt Options) (*market.Series, error) {
	s, err := text(data, largestSeries)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	t := &table{rest: s}
	h, err := readHeader(t)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", file, err)
	}
	r := reader{header: h, problems: problems{file: file}, symbol: symbol}
	if h.stated != "" && !SameTicker(h.stated, symbol) && !opt.Trust {
		if !isFirm(h.stated) {
			return nil, otherTicker(file, 1, h.stated, symbol)
		}
		r.found = append(r.found, market.Said(symbol, market.OtherTicker, false, market.NoDate, "other-ticker/named", file, h.stated))
	}
	if r.dates, err = datesOf(*t, h, symbol, opt); err != nil {
		return nil, fmt.Errorf("%s:%w", file, err)
	}
	if r.mark, err = decimalMark(*t, h, opt.Mark); err != nil {
		return nil, fmt.Errorf("%s:%w", file, err)
	}
	rows := strings.Count(t.rest, "\n") + 1
	r.bars, r.lines = make([]market.Bar, 0, rows), make([]int32, 0, rows)
	if h.at[colClose] < 0 && h.at[colAdj] < 0 {
		r.returns = make([]float64, 0, rows)
	}
	for {
		more, err := t.next()
		if !more {
			break
		}
		if err != nil {
			r.wrong(market.NoDate, t.line, "%v", err)
			continue
		}
		if len(r.bars) == 0 && r.labels(t.fields) {
			continue
		}
		r.row(t.fields, t.line)
	}
	if len(r.stated) > 0 && !opt.Trust {
		if len(r.stated) > 1 {
			return nil, fmt.Errorf("%s: its rows are of %s: a file of a folder holds one security; read this one with prices.source: panel", file, joined(r.stated))
		}
		if !SameTicker(r.stated[0], symbol) {
			return nil, otherTicker(file, r.statedLine, r.stated[0], symbol)
		}
	}
	r.sort()
	if r.count > 0 && (len(r.bars) == 0 || r.count > (len(r.bars)+r.count)/wrongRows) {
		return nil, r.err()
	}
	if len(r.bars) == 0 {
		return nil, fmt.Errorf("%s: it has no rows", file)
	}
	r.place()
	slices.SortStableFunc(r.actions, func(a, b market.Action) int { return int(a.Date) - int(b.Date) })
	out := &market.Series{Symbol: symbol, Bars: r.bars, Actions: r.actions, Adjusted: r.adjust(), Origin: file, Findings: r.found}
	if r.returns != nil {
		if out.Returns, err = r.simple(); err != nil {
			return nil, err
		}
		out.Adjusted = true
		return out, nil
	}
	return market.Mend(out, market.MendOptions{Basis: opt.Splits, Prior: r.prior(), Priced: r.at[colDividend] < 0}), nil
}

func otherTicker(file string, line int, stated, symbol string) error {
	return fmt.Errorf("%s:%d: it says that it is of %s, and its name that it is of %s; rename it, or trust it (prices.trust: %s)", file, max(1, line), stated, symbol, market.OtherTicker)
}

// reader turns the rows of one file into bars.
type reader struct {
	header
	problems
	dates
	symbol  string
	mark    byte
	bars    []market.Bar
	returns []float64 // one a bar, of a file without prices
	percent bool      // a return ends in a per cent sign
	lines   []int32   // line of each bar
	actions []market.Action
	found   []market.Finding

	last       int      // the line of the last finding
	currency   string   // of the row before
	stated     []string // symbols that rows state
	statedLine int
	ones       bool // a session without a split has 1 in the column of splits
	zeros      bool // it has 0, as yfinance writes
}

// wrong records a row that cannot be read; d is its day, NoDate where that is
// what cannot be read.
func (r *reader) wrong(d market.Date, line int, format string, args ...any) {
	r.add(line, format, args...)
	const most = 100
	if line == r.last { // one finding a row
		return
	}
	r.last = line
	if len(r.found) < most {
		r.found = append(r.found, market.Said(r.symbol, market.Unreadable, true, d, "unreadable", r.file, line, fmt.Sprintf(format, args...)))
		if d == market.NoDate && len(r.bars) > 0 { // it lies beside the row before
			f := &r.found[len(r.found)-1]
			f.Date = r.bars[len(r.bars)-1].Date
			f.Last = f.Date
		}
	}
}

// inCurrency notes the currency of a row: prices of two in one column contradict each
// other where the currency changes.
func (r *reader) inCurrency(code string, d market.Date, line int) {
	const most = 100
	switch {
	case code == "" || code == r.currency:
		return
	case r.currency != "" && len(r.found) < most:
		r.found = append(r.found, market.Said(r.symbol, market.Unit, true, d, "unit/currency", r.file, line, code, r.currency))
	}
	r.currency = strings.Clone(code)
}

// place gives findings the returns that they concern: that of their day, and
// that of the bar after it.
func (r *reader) place() {
	for i := range r.found {
		f := &r.found[i]
		if f.Date == market.NoDate {
			f.Date, f.Last = r.bars[0].Date, r.bars[0].Date
		}
		k, ok := slices.BinarySearchFunc(r.bars, f.Last, func(b market.Bar, d market.Date) int { return int(b.Date) - int(d) })
		if ok {
			k++
		}
		f.Through = f.Last
		if k < len(r.bars) {
			f.Through = r.bars[k].Date
		}
	}
}

// labels reports whether a row is one more line of headings, such as units.
func (r *reader) labels(f []string) bool {
	if r.at[colDate] >= len(f) || isDay(f[r.at[colDate]]) {
		return false
	}
	for i, s := range f {
		if i != r.at[colDate] && s != "" && isValue(s) {
			return false
		}
	}
	return canonical(f[r.at[colDate]]) == "" || columnNamed(canonical(f[r.at[colDate]])) == colDate
}

func (r *reader) row(f []string, line int) {
	for len(f) > r.width && f[len(f)-1] == "" { // a delimiter at the end
		f = f[:len(f)-1]
	}
	if r.action(f) {
		return
	}
	day := market.NoDate
	if r.at[colDate] < len(f) {
		if d, err := r.parse(f[r.at[colDate]]); err == nil {
			day = d
		}
	}
	if day == market.NoDate && len(r.bars) > 0 && words(f) {
		return
	}
	if len(f) != r.width {
		r.wrong(day, line, "%d fields where the header has %d; is the line cut off?", len(f), r.width)
		return
	}
	d, err := r.parse(f[r.at[colDate]])
	if err != nil {
		r.wrong(day, line, "%q: %v", f[r.at[colDate]], err)
		return
	}
	if i := r.at[colSymbol]; i >= 0 && f[i] != "" && !slices.Contains(r.stated, f[i]) {
		r.stated = append(r.stated, strings.Clone(f[i]))
		r.statedLine = line
	}
	if i := r.at[colCurrency]; i >= 0 && i < len(f) {
		r.inCurrency(f[i], d, line)
	} else if i := r.at[colClose]; i >= 0 {
		r.inCurrency(currencyIn(f[i]), d, line)
	}
	b := market.Bar{Date: d}
	ok := true
	for _, c := range []struct {
		col int
		to  *float64
	}{{colOpen, &b.Open}, {colHigh, &b.High}, {colLow, &b.Low}, {colClose, &b.Close}, {colAdj, &b.AdjClose}, {colVolume, &b.Volume}} {
		ok = r.value(f, d, line, c.col, c.to) && ok
	}
	split, splitOK := r.split(f, line, d)
	ok = ok && splitOK
	var dividend float64
	ok = r.value(f, d, line, colDividend, &dividend) && ok
	ret := math.NaN()
	if r.returns != nil {
		var percent bool
		if ret, percent, err = parseReturn(f[r.at[colReturn]], r.mark); err != nil {
			r.wrong(d, line, "%v", err)
			ok = false
		}
		r.percent = r.percent || percent
	}
	if !ok {
		return
	}
	if r.at[colAdj] < 0 {
		b.AdjClose = b.Close
	}
	if a := (market.Action{Date: d, Split: something(split, 1), Dividend: something(dividend, 0)}); a.Split > 0 || a.Dividend > 0 {
		r.actions = append(r.actions, a)
	}
	if r.returns != nil {
		r.returns = append(r.returns, ret)
	}
	r.bars, r.lines = append(r.bars, b), append(r.lines, int32(line))
}

// words reports whether a row is words, as some exports end with.
func words(f []string) bool {
	any := false
	for i, s := range f {
		if s == "" {
			continue
		}
		if isDay(s) || isValue(s) || i == 0 && s[0] >= '0' && s[0] <= '9' {
			return false
		}
		any = true
	}
	return any
}

// action reads a row of a web page's table that is no session: a date, and
// "0.25 Dividend" or "10:1 Stock Splits".
func (r *reader) action(f []string) bool {
	var what string
	for i, s := range f {
		if i == r.at[colDate] || s == "" {
			continue
		}
		if what != "" && what != s {
			return false
		}
		what = s
	}
	if what == "" || r.at[colDate] >= len(f) {
		return false
	}
	parts := strings.Fields(what)
	if len(parts) < 2 {
		return false
	}
	figure, name := parts[0], parts[1:]
	if !isValue(figure) && !strings.ContainsAny(figure, ":/") { // "Dividend 0.25"
		figure, name = parts[len(parts)-1], parts[:len(parts)-1]
	}
	c := columnNamed(canonical(strings.Join(name, " ")))
	if c < 0 {
		c = columnNamed(canonical(name[len(name)-1]))
	}
	d, err := r.parse(f[r.at[colDate]])
	if err != nil || c != colDividend && c != colSplit {
		return false
	}
	a := market.Action{Date: d}
	ok := false
	if c == colDividend {
		a.Dividend, ok = number(figure, r.mark)
	} else {
		a.Split, ok = splitOf(figure, r.mark)
	}
	if ok && (a.Dividend > 0 || a.Split > 0) {
		r.actions = append(r.actions, a)
	}
	return ok
}

// something returns x, or 0 where x is missing or the value that stands for nothing.
func something(x, nothing float64) float64 {
	if math.IsNaN(x) || x == nothing {
		return 0
	}
	return x
}

// split reads the field of splits: a number, or a ratio such as 10:1.
func (r *reader) split(f []string, line int, d market.Date) (float64, bool) {
	if r.at[colSplit] < 0 {
		return math.NaN(), true
	}
	s := f[r.at[colSplit]]
	x, ok := splitOf(s, r.mark)
	switch {
	case !ok || x < 0:
		r.wrong(d, line, "split %q is no ratio such as 10 or 10:1", s)
		return 0, false
	case x == 1:
		r.ones = true
	case x == 0:
		r.zeros = true
	}
	return x, true
}

// splitOf reads a split, as new shares for an old one: 10, 10:1, 10/1, 10-for-1.
func splitOf(s string, mark byte) (float64, bool) {
	for _, sep := range []string{":", "/", "-for-", " for "} {
		if a, b, ok := strings.Cut(s, sep); ok {
			x, ok1 := number(trim(a), mark)
			y, ok2 := number(trim(b), mark)
			return x / y, ok1 && ok2 && x > 0 && y > 0
		}
	}
	return number(s, mark)
}

// prior is what the form of the file says of its closes, as the logarithm of
// the odds that they are as traded; see [market.MendOptions].
func (r *reader) prior() float64 {
	switch {
	case r.ones:
		return math.Log(5)
	case r.zeros:
		return -math.Log(100)
	}
	return 0
}

// missingPrices are marks for no price that are no price.
func missingPrice(x float64) bool {
	switch x {
	case -99, -99.99, -99.9, -999, -999.99, -9999, -1e9, -1:
		return true
	}
	return false
}

// value reads the field of col into to, NaN where there is none.
func (r *reader) value(f []string, d market.Date, line, col int, to *float64) bool {
	*to = math.NaN()
	if r.at[col] < 0 {
		return true
	}
	s := f[r.at[col]]
	x, ok := 0.0, false
	if col == colVolume {
		x, ok = volume(s, r.mark)
	} else {
		x, ok = number(s, r.mark)
	}
	switch {
	case ok && x < 0 && missingPrice(x) && x != -1:
		return true
	case !ok:
		r.wrong(d, line, "%s %q is not a number", names()[col][0], s)
	case x <= 0 && col <= colAdj:
		r.wrong(d, line, "%s is %s; a price must be positive: leave it empty where there is none", names()[col][0], s)
		ok = false
	case x < 0:
		r.wrong(d, line, "%s is %s; it must not be negative", names()[col][0], s)
		ok = false
	}
	*to = x
	return ok
}

// same reports whether two fields hold one figure, or neither any.
func same(x, y float64) bool { return x == y || math.IsNaN(x) && math.IsNaN(y) }

// sort puts the bars in order of date. Of rows that are there twice the second is
// dropped; a day with two closes is left out, and recorded.
func (r *reader) sort() {
	ascends := func(a, b market.Bar) int { return int(a.Date) - int(b.Date) }
	if !slices.IsSortedFunc(r.bars, ascends) {
		order := make([]int, len(r.bars))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(i, j int) int { return ascends(r.bars[i], r.bars[j]) })
		bars, lines := make([]market.Bar, len(order)), make([]int32, len(order))
		returns := slices.Clone(r.returns)
		for k, i := range order {
			bars[k], lines[k] = r.bars[i], r.lines[i]
			if returns != nil {
				returns[k] = r.returns[i]
			}
		}
		r.bars, r.lines, r.returns = bars, lines, returns
	}
	out := 0
	repeats := 0
	for i := 0; i < len(r.bars); {
		j, differs := i+1, false
		for ; j < len(r.bars) && r.bars[j].Date == r.bars[i].Date; j++ {
			d := !same(r.bars[j].Close, r.bars[i].Close) || !same(r.bars[j].AdjClose, r.bars[i].AdjClose) || r.returns != nil && !same(r.returns[j], r.returns[i])
			if d {
				differs = true
			} else {
				repeats++
			}
		}
		if differs {
			a, b := r.lines[i], r.lines[j-1]
			r.add(int(max(a, b)), "%s appears twice, first on line %d, with two closes: %v and %v", r.bars[i].Date, min(a, b), r.bars[i].Close, r.bars[j-1].Close)
			r.found = append(r.found, market.Said(r.symbol, market.Duplicate, true, r.bars[i].Date, "duplicate/closes", r.file, int(max(a, b)), int(min(a, b)), r.bars[i].Close, r.bars[j-1].Close))
		} else {
			r.bars[out], r.lines[out] = r.bars[i], r.lines[i]
			if r.returns != nil {
				r.returns[out] = r.returns[i]
			}
			out++
		}
		i = j
	}
	r.bars, r.lines = r.bars[:out], r.lines[:out]
	if r.returns != nil {
		r.returns = r.returns[:out]
	}
	if repeats > 0 && out > 0 {
		r.found = append(r.found, market.Said(r.symbol, market.Duplicate, false, r.bars[0].Date, "duplicate/rows", r.file, repeats))
	}
}

// adjust reports whether the file has adjusted closes, and completes them: one
// that is empty where the factor to the close is the same before and after it,
// or after the last, is the close times that factor.
func (r *reader) adjust() bool {
	if r.at[colAdj] < 0 {
		return false
	}
	if r.at[colClose] < 0 {
		return true
	}
	factor := func(i int) float64 { return r.bars[i].AdjClose / r.bars[i].Close }
	last, filled, first := -1, 0, 0
	for i := range r.bars {
		if f := factor(i); math.IsNaN(f) {
			continue
		}
		if last >= 0 && i > last+1 && math.Abs(factor(i)/factor(last)-1) < 1e-4 {
			for k := last + 1; k < i; k++ {
				if b := &r.bars[k]; math.IsNaN(b.AdjClose) && !math.IsNaN(b.Close) {
					b.AdjClose = b.Close * factor(last)
					if filled == 0 {
						first = k
					}
					filled++
				}
			}
		}
		last = i
	}
	if last < 0 { // it is empty throughout
		for i := range r.bars {
			r.bars[i].AdjClose = r.bars[i].Close
		}
		return false
	}
	for k := last + 1; k < len(r.bars); k++ {
		if b := &r.bars[k]; math.IsNaN(b.AdjClose) && !math.IsNaN(b.Close) {
			b.AdjClose = b.Close * factor(last)
			if filled == 0 {
				first = k
			}
			filled++
		}
	}
	if filled > 0 {
		r.found = append(r.found, market.Said(r.symbol, market.Adjustment, false, r.bars[first].Date, "adjustment/filled", filled))
	}
	return true
}

// simple returns the returns of a file without prices, as decimals.
func (r *reader) simple() ([]float64, error) {
	if is, _ := market.Levels(r.returns); is {
		return nil, errLevels(r.file)
	}
	unit := Percent
	if !r.percent {
		var err error
		days := make([]market.Date, len(r.bars))
		for i, b := range r.bars {
			days[i] = b.Date
		}
		if unit, err = unitOf([][]float64{r.returns}, days); err != nil {
			return nil, fmt.Errorf("%s: %w", r.file, err)
		}
	}
	if unit == Percent {
		for i := range r.returns {
			r.returns[i] /= 100
		}
		r.found = append(r.found, market.Said(r.symbol, market.Unit, false, market.NoDate, "unit/per-cent", r.file))
	}
	for i, x := range r.returns {
		if x < -1 {
			return nil, fmt.Errorf("%s:%d: a return of %v is below -100%%", r.file, r.lines[i], x)
		}
	}
	return r.returns, nil
}

// datesOf decides, from all rows, how the dates of a file are written. The
// error begins with the line.
func datesOf(t table, h header, symbol string, opt Options) (dates, error) {
	p := dates{order: opt.Order, zone: opt.Zone, utc: true}
	var cal *market.Calendar
	if opt.CalendarOf != nil {
		cal = opt.CalendarOf(symbol)
	} else {
		cal = market.CalendarOf(market.Security{Symbol: symbol})
	}
	if p.zone == nil && cal != nil {
		p.zone = cal.Zone()
	}
	w := witness{p: &p, trades: func(d market.Date) bool {
		return cal == nil && d.Weekday() != 0 && d.Weekday() != 6 || cal != nil && cal.TradesOn(d)
	}}
	t.fields = nil
	for {
		more, err := t.next()
		if !more {
			break
		}
		if err == nil && h.at[colDate] < len(t.fields) && w.see(t.fields[h.at[colDate]], t.line) {
			return p, nil
		}
	}
	return p, w.decide()
}

// witness sees the dates of a file, and decides how they are written.
type witness struct {
	p                    *dates
	seen, days           bool // a field, one that is no month
	firstDay, firstMonth int  // lines that prove that the day, the month comes first
	open                 int  // the first line that leaves it open
	sample               string
	short                yearfirst.Dates
	counts               []int    // of days
	clocks               []string // stamps with a clock
	trades               func(market.Date) bool
}

// see takes the date of a line, and reports whether it decides the file.
func (w *witness) see(s string, line int) bool {
	if !w.seen {
		w.seen, w.p.utc = true, true
	}
	if _, _, ok := yearMonth(latin(s)); !ok && s != "" {
		w.days = true
	}
	if len(s) == 10 && s[4] == '-' {
		return true // ISO dates decide the file
	}
	if n, ok := serialDay(latin(s)); ok {
		w.counts = append(w.counts, n)
	}
	if stamp := strings.TrimLeft(s, "-"); len(stamp) > 8 && isDigits(stamp) {
		w.p.utc = w.p.utc && wholeDay(stamp)
		w.clocks = append(w.clocks, s)
	} else if _, clock := cutClock(s); clock != "" {
		w.clocks = append(w.clocks, s)
	}
	w.short.See(latin(s), line)
	if a, b, ok := dayMonth(s); ok {
		switch {
		case a > 12 && w.firstDay == 0:
			w.firstDay = line
		case b > 12 && w.firstMonth == 0:
			w.firstMonth = line
		}
		if w.open == 0 {
			w.open, w.sample = line, s
		}
	}
	return false
}

// decide ends it. The error begins with the line.
func (w *witness) decide() error {
	err := w.decideOrder()
	if err == nil && w.trades != nil {
		w.p.decideClock(w.clocks, w.trades)
	}
	return err
}

func (w *witness) decideOrder() error {
	w.p.months = w.seen && !w.days
	if len(w.counts) > 0 {
		w.p.counted, w.p.serial = true, epoch(w.counts, w.trades)
	}
	if w.p.order != AutoOrder {
		return nil
	}
	line, sample, certain, first := w.short.First()
	switch {
	case certain:
		return fmt.Errorf("%d: %s has a year of two digits before the month; write 2025-01-27", line, sample)
	case first:
		return fmt.Errorf("%d: %s has a year of two digits, which seems to come first; write 2025-01-27, or, where it comes last, set the order of dates (prices.dates) to %s or %s", line, sample, DayFirst, MonthFirst)
	case w.open == 0:
		return nil
	case w.firstDay > 0 && w.firstMonth > 0:
		return fmt.Errorf("%d: the day comes first here, but the month on line %d", w.firstDay, w.firstMonth)
	case w.firstDay > 0:
		w.p.order = DayFirst
	case w.firstMonth > 0:
		w.p.order = MonthFirst
	default:
		return fmt.Errorf("%d: %s may be month/day or day/month, and no line of the file tells; set the order of dates (prices.dates) to %s or %s", w.open, w.sample, MonthFirst, DayFirst)
	}
	return nil
}

func isDigits(s string) bool {
	for i := range len(s) {
		if s[i] < '0' || s[i] > '9' {
			return false
		}
	}
	return s != ""
}

// wholeDay reports whether a stamp in seconds or milliseconds is midnight UTC.
func wholeDay(stamp string) bool {
	n := 0
	for i := range len(stamp) {
		n = (n*10 + int(stamp[i]-'0')) % 86_400_000
	}
	if len(stamp) >= 11 {
		return n == 0
	}
	return n%86_400 == 0
}
