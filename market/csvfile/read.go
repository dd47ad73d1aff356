package csvfile

import (
	"fmt"
	"math"
	"slices"
	"strings"
	"time"

	"aftershock/market"
)

// Options settle what a file leaves open.
type Options struct {
	Order Order          // of day and month in 01/02/2025
	Zone  *time.Location // of the exchange, for times in UTC; nil: by the symbol
}

// The columns of a price file.
const (
	colDate = iota
	colOpen
	colHigh
	colLow
	colClose
	colAdj
	colVolume
	colDividend
	colSplit
	columns
)

// names lists what each column is called, canonically, the surest first.
var names = [columns][]string{
	colDate:     {"date", "datetime", "timestamp", "tradedate", "tradingdate", "tradingday", "day", "time", "unix", "t"},
	colOpen:     {"open", "openprice", "openingprice", "pxopen", "o"},
	colHigh:     {"high", "highprice", "pxhigh", "max", "h"},
	colLow:      {"low", "lowprice", "pxlow", "min", "l"},
	colClose:    {"close", "closelast", "closeprice", "closingprice", "pxlast", "last", "lastprice", "price", "settle", "value", "c"},
	colAdj:      {"adjclose", "adjustedclose", "adjusted", "closeadj", "closeadjusted", "adjcloseprice", "adjustedprice", "adjprice", "adj"},
	colVolume:   {"volume", "vol", "pxvolume", "tradingvolume", "sharestraded", "v"},
	colDividend: {"dividends", "dividend", "divcash", "dividendamount", "cashdividend"},
	colSplit:    {"stocksplits", "stocksplit", "splitfactor", "splitcoefficient", "splitratio", "split"},
}

// header is where each column stands in a line; -1 is nowhere.
type header struct {
	at    [columns]int
	width int
}

// readHeader finds the header among the first lines of t. Its errors begin with
// the number of the line.
func readHeader(t *table) (header, error) {
	const preamble = 20 // lines of titles that some exports begin with
	start := *t
	for range preamble {
		t.delim = ','
		line, _, _ := strings.Cut(t.rest, "\n")
		t.delim = detectDelimiter(line)
		more, err := t.next()
		if !more {
			break
		}
		if err != nil {
			continue
		}
		h := header{width: len(t.fields)}
		canon := make([]string, len(t.fields))
		for i, f := range t.fields {
			canon[i] = canonical(f)
		}
		for c := range names {
			h.at[c] = -1
			for _, n := range names[c] {
				if i := slices.Index(canon, n); i >= 0 {
					if j := slices.Index(canon[i+1:], n); j >= 0 {
						return h, fmt.Errorf("%d: the column %s appears twice", t.line, t.fields[i])
					}
					h.at[c] = i
					break
				}
			}
		}
		if canon[0] == "price" && h.at[colDate] < 0 && h.at[colClose] > 0 {
			return h, skipTickerRows(t, &h)
		}
		if h.at[colDate] >= 0 && (h.at[colClose] >= 0 || h.at[colAdj] >= 0) {
			return h, nil
		}
	}
	line, _, _ := strings.Cut(start.rest, "\n")
	return header{}, fmt.Errorf("1: no column is named as a date and a closing price are; it reads %.60q", strings.TrimSpace(line))
}

// skipTickerRows reads on in a file of yfinance, whose header is three lines:
// Price,Close,... then Ticker,NVDA,... then Date,,...
func skipTickerRows(t *table, h *header) error {
	for _, want := range []string{"ticker", "date"} {
		before := *t
		if more, err := t.next(); err != nil || !more || canonical(t.fields[0]) != want {
			*t = before
			if want == "date" {
				return fmt.Errorf("%d: no column is named as a date", t.line)
			}
		}
	}
	h.at[colDate] = 0
	return nil
}

// Read reads the prices of symbol from the bytes of a file that messages call
// file. Bars ascend by date.
//
// Errors: no header, no rows, and every wrong row: a date or a number that
// cannot be read, a price that is not positive, a line with too few or too
// many fields, a date that appears twice.
func Read(file, symbol string, data []byte, opt Options) (*market.Series, error) {
	s, err := text(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	t := &table{rest: s}
	h, err := readHeader(t)
	if err != nil {
		return nil, fmt.Errorf("%s:%w", file, err)
	}
	r := reader{header: h, problems: problems{file: file}}
	if r.dates, err = datesOf(*t, h, symbol, opt); err != nil {
		return nil, fmt.Errorf("%s:%w", file, err)
	}
	r.mark = decimalMark(*t, h)
	rows := strings.Count(t.rest, "\n") + 1
	r.bars, r.lines = make([]market.Bar, 0, rows), make([]int32, 0, rows)
	for {
		more, err := t.next()
		if !more {
			break
		}
		if err != nil {
			r.add(t.line, "%v", err)
			continue
		}
		r.row(t.fields, t.line)
	}
	r.sort()
	if err := r.err(); err != nil {
		return nil, err
	}
	if len(r.bars) == 0 {
		return nil, fmt.Errorf("%s: it has no rows", file)
	}
	slices.SortStableFunc(r.actions, func(a, b market.Action) int { return int(a.Date) - int(b.Date) })
	r.restate()
	return &market.Series{Symbol: symbol, Bars: r.bars, Actions: r.actions, Adjusted: h.at[colAdj] >= 0, Origin: file}, nil
}

// reader turns the rows of one file into bars.
type reader struct {
	header
	problems
	dates
	mark    byte
	bars    []market.Bar
	lines   []int32 // line of each bar
	actions []market.Action
}

func (r *reader) row(f []string, line int) {
	for len(f) > r.width && f[len(f)-1] == "" { // a delimiter at the end
		f = f[:len(f)-1]
	}
	if len(f) != r.width {
		r.add(line, "%d fields where the header has %d; is the line cut off?", len(f), r.width)
		return
	}
	d, err := r.parse(f[r.at[colDate]])
	if err != nil {
		r.add(line, "%q: %v", f[r.at[colDate]], err)
		return
	}
	b := market.Bar{Date: d}
	ok := true
	for _, c := range []struct {
		col int
		to  *float64
	}{{colOpen, &b.Open}, {colHigh, &b.High}, {colLow, &b.Low}, {colClose, &b.Close}, {colAdj, &b.AdjClose}, {colVolume, &b.Volume}} {
		ok = r.value(f, line, c.col, c.to) && ok
	}
	var split, dividend float64
	ok = r.value(f, line, colSplit, &split) && ok
	ok = r.value(f, line, colDividend, &dividend) && ok
	if !ok {
		return
	}
	if r.at[colAdj] < 0 {
		b.AdjClose = b.Close
	}
	if a := (market.Action{Date: d, Split: something(split, 1), Dividend: something(dividend, 0)}); a.Split > 0 || a.Dividend > 0 {
		r.actions = append(r.actions, a)
	}
	r.bars, r.lines = append(r.bars, b), append(r.lines, int32(line))
}

// something returns x, or 0 where x is missing or the value that stands for nothing.
func something(x, nothing float64) float64 {
	if math.IsNaN(x) || x == nothing {
		return 0
	}
	return x
}

// value reads the field of col into to, NaN where there is none.
func (r *reader) value(f []string, line, col int, to *float64) bool {
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
	case !ok:
		r.add(line, "%s %q is not a number", names[col][0], s)
	case x <= 0 && col <= colAdj:
		r.add(line, "%s is %s; a price must be positive: leave it empty where there is none", names[col][0], s)
		ok = false
	case x < 0:
		r.add(line, "%s is %s; it must not be negative", names[col][0], s)
		ok = false
	}
	*to = x
	return ok
}

// sort puts the bars in order of date and reports dates that appear twice.
func (r *reader) sort() {
	ascends := func(a, b market.Bar) int { return int(a.Date) - int(b.Date) }
	if !slices.IsSortedFunc(r.bars, ascends) {
		order := make([]int, len(r.bars))
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(i, j int) int { return ascends(r.bars[i], r.bars[j]) })
		bars, lines := make([]market.Bar, len(order)), make([]int32, len(order))
		for k, i := range order {
			bars[k], lines[k] = r.bars[i], r.lines[i]
		}
		r.bars, r.lines = bars, lines
	}
	for i := 1; i < len(r.bars); i++ {
		if r.bars[i].Date == r.bars[i-1].Date {
			a, b := min(r.lines[i-1], r.lines[i]), max(r.lines[i-1], r.lines[i])
			r.add(int(b), "%s appears twice, first on line %d", r.bars[i].Date, a)
		}
	}
}

// restate divides prices as traded by the splits that followed, and multiplies
// volumes by them. Whether prices are as traded is seen at the largest split:
// they are if they fell by about its factor on that day.
func (r *reader) restate() {
	const small = 0.2 // the logarithm of a split that a day's return may hide
	largest, traded := small, false
	for _, a := range r.actions {
		i, ok := slices.BinarySearchFunc(r.bars, a.Date, func(b market.Bar, d market.Date) int { return int(b.Date) - int(d) })
		if !ok || i == 0 || a.Split == 0 || math.Abs(math.Log(a.Split)) <= largest {
			continue
		}
		if fall := math.Log(r.bars[i-1].Close / r.bars[i].Close); !math.IsNaN(fall) {
			largest = math.Abs(math.Log(a.Split))
			traded = math.Abs(fall-math.Log(a.Split)) < math.Abs(fall)
		}
	}
	if !traded {
		return
	}
	factor, next := 1.0, len(r.actions)-1
	for i := len(r.bars) - 1; i >= 0; i-- {
		b := &r.bars[i]
		for next >= 0 && r.actions[next].Date > b.Date {
			if s := r.actions[next].Split; s > 0 {
				factor *= s
			}
			next--
		}
		for _, p := range []*float64{&b.Open, &b.High, &b.Low, &b.Close} {
			*p /= factor
		}
		b.Volume *= factor
		if r.at[colAdj] < 0 {
			b.AdjClose = b.Close
		}
	}
}

// datesOf decides, from all rows, how the dates of a file are written. The
// error begins with the line.
func datesOf(t table, h header, symbol string, opt Options) (dates, error) {
	p := dates{order: opt.Order, zone: opt.Zone, utc: true}
	if p.zone == nil {
		if e := market.ExchangeOfSymbol(symbol); e != nil {
			p.zone = e.Location()
		}
	}
	firstDay, firstMonth := 0, 0 // lines that prove that the day, the month comes first
	open, sample := 0, ""
	for {
		more, err := t.next()
		if !more {
			break
		}
		if err != nil || h.at[colDate] >= len(t.fields) {
			continue
		}
		s := t.fields[h.at[colDate]]
		if len(s) == 10 && s[4] == '-' {
			return p, nil // ISO dates decide the file
		}
		if stamp := strings.TrimLeft(s, "-"); len(stamp) > 8 && isDigits(stamp) {
			p.utc = p.utc && wholeDay(stamp)
		}
		if a, b, ok := dayMonth(s); ok {
			switch {
			case a > 12 && firstDay == 0:
				firstDay = t.line
			case b > 12 && firstMonth == 0:
				firstMonth = t.line
			}
			if open == 0 {
				open, sample = t.line, s
			}
		}
	}
	if p.order != AutoOrder || open == 0 {
		return p, nil
	}
	switch {
	case firstDay > 0 && firstMonth > 0:
		return p, fmt.Errorf("%d: the day comes first here, but the month on line %d", firstDay, firstMonth)
	case firstDay > 0:
		p.order = DayFirst
	case firstMonth > 0:
		p.order = MonthFirst
	default:
		return p, fmt.Errorf("%d: %s may be month/day or day/month, and no line of the file tells; set the order of dates (prices.dates) to %s or %s", open, sample, MonthFirst, DayFirst)
	}
	return p, nil
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

// decimalMark decides, from the prices of all rows, whether the comma or the
// point is the decimal mark. Where they leave it open it is the point, unless
// fields are parted by semicolons and a price holds a comma.
func decimalMark(t table, h header) byte {
	mark := byte('.')
	for {
		more, err := t.next()
		if !more {
			return mark
		}
		if err != nil {
			continue
		}
		for c := colOpen; c <= colAdj; c++ {
			if h.at[c] < 0 || h.at[c] >= len(t.fields) {
				continue
			}
			if m := markOf(t.fields[h.at[c]]); m != 0 {
				return m
			}
			if t.delim == ';' && strings.IndexByte(t.fields[h.at[c]], ',') >= 0 {
				mark = ','
			}
		}
	}
}
