package csvfile

import (
	"fmt"
	"math"
	"os"
	"slices"
	"strings"

	"aftershock/market"
)

// Layout says how a file holds many securities.
type Layout string

// The layouts.
const (
	AutoLayout Layout = ""     // long if the header names a security's column, else wide
	Long       Layout = "long" // a line is one security on one day
	Wide       Layout = "wide" // a line is one day, a column one security
)

// Values says what the numbers of a wide file are.
type Values string

// The kinds of values.
const (
	Prices  Values = "price"   // adjusted closes
	Returns Values = "return"  // simple returns, decimals
	Percent Values = "percent" // simple returns, 1 is 1%
)

// Columns names the columns of a long file, in the file's words. An empty name
// is looked for among the common ones:
//
//	Symbol    permno, symbol, ticker, tic, ric, isin, cusip, gvkey, security, instrument
//	Name      comnam, company, company name, issuernm, name, ticker
//	Date      as package csvfile says, and caldt, datadate
//	Return    ret, return, returns, total return, dlyret, trt1d
//	Delisting dlret, dlyret del, delisting return
//	Price     as the adjusted close
//	Close     prc and dlyprc with cfacpr, prccd, and as the close
//	Volume    vol, dlyvol, cshtrd, and as the volume
//	Shares    shrout, dlyshrout, in thousands; shares, shares outstanding, in shares
type Columns struct {
	Symbol, Name, Date, Return, Delisting, Price, Close, Volume, Shares string
}

// PanelOptions settle how a file with many securities is read.
type PanelOptions struct {
	Options
	Layout   Layout
	Values   Values  // of a wide file; empty means Prices
	Columns  Columns // of a long file
	Calendar *market.Calendar
	Kind     market.ReturnKind // of the panel's returns; empty means Simple
	Gaps     market.Gaps       // for returns computed from prices; empty means Skip
}

// ReadPanelFile reads a CSV file, gzipped or not, into a panel as ReadPanel does.
func ReadPanelFile(path string, opt PanelOptions) (*market.Panel, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("panel: %w", err)
	}
	return ReadPanel(path, data, opt)
}

// ReadPanel reads many securities from the bytes of one file that messages
// call file. All are on opt.Calendar; if that is nil, on market.NYSE(), and in
// years without rules on the days in the file. A column reaches from its first
// to its last observation.
//
// Long files: with a return column, returns are those of the file and are
// taken to be simple; else they are computed from the adjusted close, or the
// close. CRSP's marks are understood: the letters A to E for a missing return
// and P, S, T for a missing delisting return; -44, -55, -66, -77, -88 and -99
// likewise; a negative prc, which stands for the middle of bid and ask, and
// which is divided by cfacpr and not used without it. A delisting return is
// compounded into the return of its row,
//
//	(1 + ret)(1 + dlret) - 1
//
// or stands alone where the row has no return.
//
// Days that are no session, gaps, and securities without any observation are
// recorded in the panel's Issues, one for each day or security.
//
// Errors are those of Read, and a security with two rows of one day.
func ReadPanel(file string, data []byte, opt PanelOptions) (*market.Panel, error) {
	if opt.Calendar == nil {
		return readAmerican(file, data, opt)
	}
	p, _, err := readPanel(file, data, opt)
	return p, err
}

// readAmerican reads on the sessions of New York, and again where the file
// reaches into years of which they are not known by rule.
func readAmerican(file string, data []byte, opt PanelOptions) (*market.Panel, error) {
	nyse := market.Exchanges[0]
	opt.Calendar = nyse.Calendar()
	p, outside, err := readPanel(file, data, opt)
	history := make([]market.Date, 0, len(outside))
	for d := range outside {
		if !nyse.Rules.Contains(d) {
			history = append(history, d)
		}
	}
	if len(history) == 0 {
		return p, err
	}
	slices.Sort(history)
	if opt.Calendar, _, err = nyse.WithHistory(history); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	p, _, err = readPanel(file, data, opt)
	return p, err
}

// readPanel also returns the days in the file that are no session.
func readPanel(file string, data []byte, opt PanelOptions) (p *market.Panel, outside map[market.Date]bool, err error) {
	if opt.Kind == "" {
		opt.Kind = market.Simple
	}
	if opt.Gaps == "" {
		opt.Gaps = market.Skip
	}
	if opt.Zone == nil {
		opt.Zone = opt.Calendar.Zone()
	}
	switch opt.Values {
	case "":
		opt.Values = Prices
	case Prices, Returns, Percent:
	default:
		return nil, nil, fmt.Errorf("%s: values %q: they must be %s, %s or %s", file, opt.Values, Prices, Returns, Percent)
	}
	s, err := text(data)
	if err != nil {
		return nil, nil, fmt.Errorf("%s: %w", file, err)
	}
	t := &table{rest: s}
	line, _, _ := strings.Cut(s, "\n")
	t.delim = detectDelimiter(line)
	if more, err := t.next(); err != nil {
		return nil, nil, fmt.Errorf("%s:%d: %w", file, t.line, err)
	} else if !more {
		return nil, nil, fmt.Errorf("%s: it is empty", file)
	}
	b := &panelReader{opt: opt, problems: problems{file: file}, outside: make(map[market.Date]bool),
		panel: market.NewPanel(opt.Kind, opt.Gaps)}
	h := slices.Clone(t.fields)
	at, isLong := findColumns(h, opt.Columns)
	switch {
	case opt.Layout != AutoLayout && opt.Layout != Long && opt.Layout != Wide:
		err = fmt.Errorf("%s: layout %q: it must be %s or %s", file, opt.Layout, Long, Wide)
	case opt.Layout == Wide || opt.Layout == AutoLayout && !isLong:
		err = b.wide(t, h)
	case !isLong:
		err = fmt.Errorf("%s:%d: a long file needs columns of a symbol, a date, and a return or a price; name them. It has %.80s", file, t.line, strings.Join(h, ", "))
	default:
		err = b.long(t, at, len(h))
	}
	if err != nil {
		return nil, nil, err
	}
	if len(b.panel.Columns) == 0 {
		return nil, b.outside, fmt.Errorf("%s: no value lies on a session of %s", file, opt.Calendar.Name())
	}
	return b.panel, b.outside, nil
}

type panelReader struct {
	problems
	dates
	opt     PanelOptions
	mark    byte
	panel   *market.Panel
	crsp    bool                 // closes are CRSP's
	outside map[market.Date]bool // days that are no session
}

// session returns the calendar index of a row's day; false when the row cannot
// be used, which is recorded.
func (b *panelReader) session(s string, line int) (int, bool) {
	d, err := b.parse(s)
	if err != nil {
		b.add(line, "%q: %v", s, err)
		return 0, false
	}
	at, ok := b.opt.Calendar.Index(d)
	if !ok && !b.outside[d] {
		b.outside[d] = true
		b.panel.Issues = append(b.panel.Issues, market.Issue{Date: d, Code: "no-session/values", Args: []any{b.opt.Calendar.Name()}})
	}
	return at, ok
}

// wide reads a line a day.
func (b *panelReader) wide(t *table, head []string) error {
	day := 0
	for day < len(head)-2 && (head[day] == "" || canonical(head[day]) == "unnamed0") && slices.Contains(names[colDate], canonical(head[day+1])) {
		day++ // an index that a data frame was saved with
	}
	if c := canonical(head[day]); c != "" && c != "index" && !slices.Contains(names[colDate], c) || len(head) < day+2 {
		return fmt.Errorf("%s:%d: the first column of a wide file must be the date; it is %q", b.file, t.line, head[day])
	}
	symbols := head[day+1:]
	if i := slices.Index(symbols, ""); i >= 0 {
		return fmt.Errorf("%s:%d: column %d has no name", b.file, t.line, day+2+i)
	}
	h := header{width: len(head)}
	for c := range h.at {
		h.at[c] = -1
	}
	h.at[colDate] = day
	h.at[colClose] = day + 1 // any column of values shows the decimal mark
	var err error
	if b.dates, err = datesOf(*t, h, "", b.opt.Options); err != nil {
		return fmt.Errorf("%s:%w", b.file, err)
	}
	b.mark = decimalMark(*t, h)

	// One row of the file is one stride of cells, from the first session on.
	rows := strings.Count(t.rest, "\n") + 1
	cells := make([]float64, 0, rows*len(symbols))
	var order, lines []int // session and line of each stride
	for {
		more, err := t.next()
		if !more {
			break
		}
		if err == nil && len(t.fields) != len(head) {
			err = fmt.Errorf("%d fields where the header has %d; is the line cut off?", len(t.fields), len(head))
		}
		if err != nil {
			b.add(t.line, "%v", err)
			continue
		}
		at, ok := b.session(t.fields[day], t.line)
		if !ok {
			continue
		}
		order, lines = append(order, at), append(lines, t.line)
		for i, s := range t.fields[day+1:] {
			cells = append(cells, b.cell(s, symbols[i], t.line))
		}
	}
	if err := b.err(); err != nil || len(order) == 0 {
		return err
	}
	first, last := slices.Min(order), slices.Max(order)
	row := make([]int, last-first+1) // 1 + stride of a session
	for k, at := range order {
		if other := row[at-first]; other > 0 {
			b.add(lines[k], "%s appears twice, first on line %d", b.opt.Calendar.Date(at), lines[other-1])
		}
		row[at-first] = k + 1
	}
	if err := b.err(); err != nil {
		return err
	}
	n := len(row)
	if n/100 > len(order) && n*len(symbols) > 1<<24 {
		return fmt.Errorf("%s: its %d days lie between %s and %s; is one of these dates wrong?", b.file, len(order), b.opt.Calendar.Date(first), b.opt.Calendar.Date(last))
	}
	all := make([]float64, n*len(symbols))
	for i := range symbols {
		for k, r := range row {
			v := math.NaN()
			if r > 0 {
				v = cells[(r-1)*len(symbols)+i]
			}
			all[i*n+k] = v
		}
	}
	for i, symbol := range symbols {
		c := &market.Column{Security: market.Security{Symbol: symbol}, First: first, Adjusted: true}
		if v := all[i*n : (i+1)*n : (i+1)*n]; b.opt.Values == Prices {
			c.Price = v
		} else {
			c.Return = v
		}
		if err := b.addColumn(c); err != nil {
			return fmt.Errorf("%s: %w", b.file, err)
		}
	}
	return nil
}

// cell reads one value of a wide file.
func (b *panelReader) cell(s, symbol string, line int) float64 {
	x, ok := number(s, b.mark)
	switch {
	case !ok:
		b.add(line, "%s: %q is not a number", symbol, s)
	case b.opt.Values == Prices && x <= 0:
		b.add(line, "%s is %s; a price must be positive: leave it empty where there is none, or say that the values are returns", symbol, s)
	case b.opt.Values == Percent:
		x /= 100
	}
	if b.opt.Values != Prices && x < -1 {
		b.add(line, "%s: the return %s is below -100%%", symbol, s)
	}
	return x
}

// addColumn trims a column to its observations, completes its returns and adds it.
func (b *panelReader) addColumn(c *market.Column) error {
	given := c.Return != nil
	main := c.Price
	if given {
		main = c.Return
	}
	first, last, missing := -1, -1, 0
	for k, v := range main {
		if !math.IsNaN(v) {
			if first < 0 {
				first = k
			}
			last = k
		}
	}
	if first < 0 {
		b.panel.Issues = append(b.panel.Issues, market.Issue{Symbol: c.Symbol, Date: market.NoDate, Code: "no-value"})
		return nil
	}
	for _, p := range []*[]float64{&c.Return, &c.Price, &c.Close, &c.Volume} {
		if *p != nil {
			*p = (*p)[first : last+1 : last+1]
		}
	}
	c.First += first
	c.Calendar, c.Origin = b.opt.Calendar, b.file
	gap := -1
	for k, v := range main[first : last+1] {
		if math.IsNaN(v) {
			if missing++; gap < 0 {
				gap = c.First + k
			}
		}
	}
	if missing > 0 {
		b.panel.Issues = append(b.panel.Issues, market.Issue{Symbol: c.Symbol, Date: c.Calendar.Date(gap), Code: "missing-values", Args: []any{missing}})
	}
	switch {
	case !given:
		c.Return, c.Span = market.Returns(c.Price, b.opt.Kind, b.opt.Gaps)
	case b.opt.Kind == market.Log:
		for k, r := range c.Return {
			if r == -1 {
				b.panel.Issues = append(b.panel.Issues, market.Issue{Symbol: c.Symbol, Date: c.Calendar.Date(c.First + k), Code: "total-loss"})
				r = math.NaN()
			}
			c.Return[k] = math.Log1p(r)
		}
	}
	return b.panel.AddColumn(c)
}
