// Package factors reads daily factor returns: the files of Kenneth French's
// data library as he publishes them, and tidy CSV files of the same or other
// factors.
package factors

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"aftershock/internal/bounded"
	"aftershock/internal/pattern"
	"aftershock/market"
	"aftershock/market/csvfile"
)

// Unit says what the numbers of a file are.
type Unit string

// The units.
const (
	Auto    Unit = ""        // decided as Read says
	Percent Unit = "percent" // 1 is 1%
	Decimal Unit = "decimal" // 0.01 is 1%
)

// The names that factors have in a Table, whatever a file calls them. Others
// keep the file's name, in lower case with underscores.
const (
	MktRF = "mkt_rf" // return of the market less the risk-free rate
	SMB   = "smb"    // small less big
	HML   = "hml"    // high less low book-to-market
	RMW   = "rmw"    // robust less weak profitability
	CMA   = "cma"    // conservative less aggressive investment
	Mom   = "mom"    // winners less losers of the past year (UMD)
	RF    = "rf"     // the risk-free rate
)

var canonical = map[string]string{
	"mkt_rf": MktRF, "mktrf": MktRF, "mkt_minus_rf": MktRF, "rm_rf": MktRF, "rmrf": MktRF, "market_excess": MktRF,
	"market_rf": MktRF, "rm_minus_rf": MktRF, "market_minus_rf": MktRF,
	"mom": Mom, "umd": Mom, "wml": Mom, "momentum": Mom, "rf": RF, "risk_free": RF, "riskfree": RF, "rf_daily": RF, "riskfree_rate": RF, "risk_free_rate": RF, "r_f": RF, "tbill": RF,
}

// Table is a set of factors by date, in decimals (0.01 is 1%).
type Table struct {
	Dates    []market.Date // strictly ascending
	Names    []string      // in the file's order
	Values   [][]float64   // Values[i][k] is factor Names[i] on Dates[k]; NaN = no observation
	RiskFree Rate          // what the risk-free rate was in the file; "" where it has none
	Vintage  string        // the edition that the file states, such as "CRSP 202604"; or ""
	Unit     Unit          // of the file, Percent or Decimal
	Origin   string        // the file
}

// Factor returns the values of a factor, or nil.
func (t *Table) Factor(name string) []float64 {
	if i := slices.Index(t.Names, name); i >= 0 {
		return t.Values[i]
	}
	return nil
}

// AddTo adds every factor of t to p, under its name. A factor that p has
// already is an error: the SMB of the three factors is not that of the five.
func (t *Table) AddTo(p *market.Panel) error {
	if t.RiskFree == PercentAYear || t.RiskFree == DecimalAYear {
		p.Issues = append(p.Issues, market.Issue{Date: market.NoDate, Code: "rate-a-year", Args: []any{t.Origin}})
	}
	for i, name := range t.Names {
		if err := p.AddFactorOf(t.Origin, name, t.Dates, t.Values[i]); err != nil {
			return fmt.Errorf("%s: %w", t.Origin, err)
		}
	}
	return nil
}

// Options settle what a file leaves open.
type Options struct {
	Unit     Unit // of the factors
	RiskFree Rate // of the risk-free rate
}

// Rate says what the numbers of a risk-free rate are.
type Rate string

// The rates. A yield a year counts with a 252nd part a session.
const (
	AutoRate      Rate = ""               // decided as Read says
	DailyPercent  Rate = "percent"        // a session, 0.02 is 0.02%
	DailyDecimal  Rate = "decimal"        // a session, 0.0002 is 0.02%
	PercentAYear  Rate = "percent-a-year" // 5.25 is 5.25% a year
	DecimalAYear  Rate = "decimal-a-year" // 0.0525 is 5.25% a year
	sessionsAYear      = 252
)

// Rates lists every Rate that can be asked for.
var Rates = []Rate{DailyPercent, DailyDecimal, PercentAYear, DecimalAYear}

// ReadFiles reads files that are used together. A risk-free rate in a file of its
// own, which may be per cent a session by its size, is that where the factors of
// another file are per cent.
func ReadFiles(paths []string, o Options) ([]*Table, error) {
	var out []*Table
	var open []int
	common := Auto
	for i, path := range paths {
		t, err := ReadFile(path, o)
		if errors.Is(err, errRate) {
			open = append(open, i)
		} else if err != nil {
			return nil, err
		} else if len(t.Names) > 1 || t.Names[0] != RF {
			common = t.Unit
		}
		out = append(out, t)
	}
	for _, i := range open {
		own := o
		if common == Percent {
			own.Unit = Percent
		}
		t, err := ReadFile(paths[i], own)
		if err != nil {
			return nil, err
		}
		out[i] = t
	}
	return out, nil
}

// limit is the most bytes that a file may hold.
const limit = 64 << 20

// ReadFile reads a CSV file, or the archive with one CSV file in which the data
// library delivers it.
func ReadFile(path string, o Options) (*Table, error) {
	data, err := bounded.ReadFile(path, limit, "the daily files of the library are a hundredth of it")
	if err != nil {
		return nil, fmt.Errorf("factors: %w", err)
	}
	return Read(path, data, o)
}

// Read reads the bytes of a file that messages call file.
//
// Dates are 20260430, 2026-04-30, or in any form that package csvfile reads, or year,
// month and day in three columns, in any order; a row that is there twice counts once;
// decimals may have a comma. The line before the first date names
// the columns; text above and below it is passed over, and the edition of the CRSP
// database that it states becomes the vintage. -99.99 and -999 (French's marks),
// -0.9999, an empty field and NaN are no observation.
//
// Where o.Unit is Auto, a file that names the CRSP database is in per cent, as
// French's files are. In any other the median of a factor's absolute values
// decides, that of the market before others: a daily factor moves by some tenths of
// a per cent. Factors that contradict each other are an error. The risk-free rate
// is judged by itself: what it would be as a rate of a session or of a year, in per
// cent or decimals, beside the unit of the factors; it is an error where more than
// one reading is possible.
//
// Errors name file and line: no table, a number that cannot be read, a line
// cut off, a day with two figures, a figure that no daily factor has, a monthly file, a
// second table.
func Read(file string, data []byte, o Options) (*Table, error) {
	if o.Unit != Auto && o.Unit != Percent && o.Unit != Decimal {
		return nil, fmt.Errorf("%s: unit %q of factors: it must be %s or %s", file, o.Unit, Percent, Decimal)
	}
	text, err := plain(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	t := &Table{Unit: o.Unit, RiskFree: o.RiskFree, Origin: file}
	p := parser{file: file, t: t}
	for line := range strings.Lines(text) {
		p.line++
		if err := p.take(strings.TrimRight(line, "\r\n")); err != nil {
			return nil, err
		}
	}
	if len(p.rows) == 0 {
		return nil, fmt.Errorf("%s: no line begins with a day, such as 20260430 or 2026-04-30, and has figures after it", file)
	}
	if err := p.fill(); err != nil {
		return nil, err
	}
	if m := vintage.FindStringSubmatch(text); m != nil {
		t.Vintage = "CRSP " + m[1]
	}
	if err := t.decimals(p.percent); err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	if err := p.plausible(); err != nil {
		return nil, err
	}
	return t, nil
}

var vintage = pattern.New(`(\d{6}) +CRSP +database`)

// plain takes a file out of its archive and drops a byte-order mark.
func plain(data []byte) (string, error) {
	if bytes.HasPrefix(data, []byte("PK\x03\x04")) {
		z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
		if err != nil {
			return "", err
		}
		if len(z.File) != 1 {
			return "", fmt.Errorf("the archive holds %d files; it must be one", len(z.File))
		}
		f, err := z.File[0].Open()
		if err != nil {
			return "", err
		}
		defer f.Close()
		if data, err = io.ReadAll(io.LimitReader(f, limit+1)); err != nil {
			return "", err
		}
		if len(data) > limit {
			return "", errors.New("the file in the archive is larger than 64 MiB")
		}
	}
	return csvfile.Text(data)
}

// parser takes the lines of a file.
type parser struct {
	file    string
	line    int
	header  string // the last line with text before the table
	delim   byte
	day     int  // the column of dates
	parted  bool // dates are in three columns
	ended   bool
	rows    [][]string
	lines   []int
	percent bool // figures end in a per cent sign
	t       *Table
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", p.file, p.line, fmt.Sprintf(format, args...))
}

// fields parts a line at the delimiter of the table.
func (p *parser) fields(line string) []string {
	f := strings.Split(line, string(p.delim))
	if p.delim == ' ' {
		f = strings.Fields(line)
	}
	for i := range f {
		f[i] = strings.Trim(f[i], " \t\"\u00a0")
	}
	return f
}

func (p *parser) take(line string) error {
	if strings.TrimSpace(line) == "" {
		p.ended = len(p.rows) > 0
		return nil
	}
	if len(p.rows) == 0 {
		p.delim = csvfile.Delimiter(line)
		for _, d := range []byte{';', '\t', '|'} { // beside which a comma is a mark of decimals
			if strings.IndexByte(line, d) >= 0 {
				p.delim = d
				break
			}
		}
	}
	f := p.fields(line)
	if len(p.rows) == 0 {
		p.day = 0
		if len(f) > 2 && !csvfile.IsDay(f[0]) && csvfile.IsDay(f[1]) { // after the index of a data frame
			p.day = 1
		}
	}
	if len(p.rows) == 0 {
		p.parted = !csvfile.IsDay(f[0]) && threeParts(f)
	}
	if p.parted && threeParts(f) {
		f = append([]string{f[0] + "-" + two(f[1]) + "-" + two(f[2])}, f[3:]...)
		p.day = 0
	}
	isDate := p.day < len(f) && csvfile.IsDay(f[p.day])
	switch {
	case !isDate && len(p.rows) == 0:
		if month := strings.Trim(f[0], "0123456789") == "" && len(f[0]) == 6; month && len(f) > 1 {
			return p.errorf("%s is a month: a file of daily factors is needed", f[0])
		}
		p.header = line
		return nil
	case !isDate && !p.ended && len(f) > 1 && !strings.HasPrefix(f[0], "Copyright"):
		return p.errorf("%q is not a day", f[0])
	case !isDate:
		p.ended = true
		return nil
	case p.ended:
		return p.errorf("a second table begins; keep one of them")
	}
	if len(p.rows) == 0 {
		if err := p.names(len(f)); err != nil {
			return err
		}
	}
	for len(f) > p.day+1+len(p.t.Names) && f[len(f)-1] == "" {
		f = f[:len(f)-1]
	}
	if len(f)-p.day-1 != len(p.t.Names) {
		return p.errorf("%d values for %d factors; is the line cut off?", len(f)-p.day-1, len(p.t.Names))
	}
	p.rows, p.lines = append(p.rows, f), append(p.lines, p.line)
	return nil
}

// threeParts reports whether a row begins with year, month and day in columns of their own.
func threeParts(f []string) bool {
	return len(f) > 3 && len(f[0]) == 4 && csvfile.IsDay(f[0]+"-"+two(f[1])+"-"+two(f[2]))
}

func two(s string) string {
	if len(s) == 1 {
		return "0" + s
	}
	return s
}

// names reads the header once the table's first day is met.
func (p *parser) names(width int) error {
	f := p.fields(p.header)
	if p.parted && len(f) > 3 {
		f = f[2:]
	}
	if p.delim == ' ' && len(f) == width-1 { // the days, or the numbers of R's rows, have no heading
		f = append([]string{""}, f...)
	}
	if len(f) < p.day+2 {
		return p.errorf("the line before the first day must name the columns")
	}
	for len(f) > p.day+2 && f[len(f)-1] == "" {
		f = f[:len(f)-1]
	}
	for _, s := range f[p.day+1:] {
		name := NameOf(s)
		if name == "" || slices.Contains(p.t.Names, name) {
			return p.errorf("the header above has a column without a name, or two of one name: %q", p.header)
		}
		p.t.Names = append(p.t.Names, name)
		p.t.Values = append(p.t.Values, nil)
	}
	return nil
}

// NameOf returns the name that a factor has in a Table: that of one that is known,
// else the file's, in lower case with underscores.
func NameOf(heading string) string {
	name := strings.ToLower(strings.Trim(heading, " \t\""))
	name = strings.Trim(strings.NewReplacer("-", "_", " ", "_", ".", "_", "%", "", "(", "", ")", "").Replace(name), "_")
	if c, ok := canonical[name]; ok {
		return c
	}
	return name
}

// fill reads the rows, once it is known how all of them are written.
func (p *parser) fill() error {
	t := p.t
	days := make([]string, len(p.rows))
	var figures []string
	for i, f := range p.rows {
		days[i] = f[p.day]
		figures = append(figures, f[p.day+1:]...)
	}
	dates, err := csvfile.DatesOf(days, p.lines)
	if err != nil {
		return fmt.Errorf("%s:%w", p.file, err)
	}
	mark, err := csvfile.MarkOf(figures)
	if err != nil {
		return fmt.Errorf("%s: %w", p.file, err)
	}
	order := make([]int, len(p.rows))
	on := make([]market.Date, len(p.rows))
	for i, f := range p.rows {
		order[i] = i
		if on[i], err = dates.Parse(f[p.day]); err != nil {
			p.line = p.lines[i]
			return p.errorf("%q is not a day", f[p.day])
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return int(on[a]) - int(on[b]) })
	var lines []int
	last := -1 // the row before
	for _, i := range order {
		f, d := p.rows[i], on[i]
		p.line = p.lines[i]
		if last >= 0 && d == on[last] {
			if !slices.Equal(f[p.day+1:], p.rows[last][p.day+1:]) {
				return p.errorf("%s stands twice, first on line %d, with other figures; keep one", d, p.lines[last])
			}
			continue
		}
		last = i
		lines = append(lines, p.line)
		for k, s := range f[p.day+1:] {
			x, percent, ok := csvfile.Number(s, mark)
			if !ok {
				return p.errorf("%s %q is not a number", t.Names[k], s)
			}
			switch x {
			case -99.99, -999, -999.99, -9999, -99.9, -0.9999, -9.99, -9.9999:
				x = math.NaN()
			}
			p.percent = p.percent || percent
			t.Values[k] = append(t.Values[k], x)
		}
		t.Dates = append(t.Dates, d)
	}
	p.lines = lines
	return nil
}

// plausible looks for what no daily factor is: one that moves by a tenth on half of
// the days, one that is cumulated, and a day of more than 30% that is fifty times what is usual.
func (p *parser) plausible() error {
	const most, absurd, times = 0.1, 0.3, 50
	for i, v := range p.t.Values {
		name := p.t.Names[i]
		if name == RF {
			continue
		}
		usual := median(v)
		if usual > most && slices.Contains(known, name) {
			return fmt.Errorf("%s: the factor %s moves by %.0f%% on half of the days: it is in basis points, a level, or in another unit than factors.unit says", p.file, name, 100*usual)
		}
		if is, _ := market.Levels(v); is && slices.Contains(known, name) {
			return fmt.Errorf("%s: the factor %s hangs together from day to day: it is cumulated, or a level; give the return of each day", p.file, name)
		}
		for k, x := range v {
			if math.Abs(x) > absurd && math.Abs(x) > times*usual && usual > 0 {
				p.line = p.lines[k]
				return p.errorf("the factor %s is %+.1f%% on %s, where %.1f%% is usual: correct it, or leave it empty", name, 100*x, p.t.Dates[k], 100*usual)
			}
		}
	}
	return nil
}

// The median absolute values between which the unit of a daily factor is not
// seen, and those of a risk-free rate: 0.06% a session is 15% a year.
const (
	mostDecimal  = 0.03
	leastPercent = 0.1
	mostAMarket  = 0.1    // per cent a session, at most
	leastAYear   = 0.25   // per cent a year, at least
	mostASession = 0.0006 // a decimal
	leastFrench  = 0.0008 // his rates have three digits
)

var errRate = errors.New("the values of the risk-free rate (rf)")

// decimals decides what the numbers are and brings them to decimals.
func (t *Table) decimals(signs bool) error {
	if t.Unit == Auto && (t.Vintage != "" || signs) {
		t.Unit = Percent
	}
	if t.Unit == Auto {
		if err := t.guessUnit(); err != nil {
			return err
		}
	}
	for i, v := range t.Values {
		scale := 1.0
		if t.Names[i] == RF {
			if t.RiskFree == AutoRate {
				if err := t.guessRate(v); err != nil {
					return err
				}
			}
			switch t.RiskFree {
			case DailyPercent:
				scale = 100
			case PercentAYear:
				scale = 100 * sessionsAYear
			case DecimalAYear:
				scale = sessionsAYear
			}
		} else if t.Unit == Percent {
			scale = 100
		}
		for k := range v {
			v[k] /= scale
		}
	}
	if !slices.Contains(t.Names, RF) {
		t.RiskFree = AutoRate
	} else if t.Unit == Auto {
		t.Unit = Decimal
		if t.RiskFree == DailyPercent || t.RiskFree == PercentAYear {
			t.Unit = Percent
		}
	}
	return nil
}

// median returns the median absolute value, 0 where there is none.
func median(v []float64) float64 {
	var size []float64
	for _, x := range v {
		if !math.IsNaN(x) && x != 0 {
			size = append(size, math.Abs(x))
		}
	}
	if len(size) == 0 {
		return 0
	}
	slices.Sort(size)
	return size[len(size)/2]
}

// known are the factors whose size is known; others may be of any.
var known = []string{MktRF, SMB, HML, RMW, CMA, Mom}

// guessUnit decides between per cent and decimals by the factors, and leaves it
// open where there is none but the risk-free rate.
func (t *Table) guessUnit() error {
	seen := make(map[Unit]string) // the first factor that says so
	known := known
	if !slices.ContainsFunc(t.Names, func(name string) bool { return slices.Contains(known, name) }) {
		known = t.Names
	}
	factors := 0
	for i, name := range t.Names {
		if name == RF || !slices.Contains(known, name) {
			continue
		}
		factors++
		u := Auto
		switch m := median(t.Values[i]); {
		case m >= leastPercent:
			u = Percent
		case m > 0 && m <= mostDecimal:
			u = Decimal
		}
		if u != Auto && (seen[u] == "" || name == MktRF) {
			seen[u] = name
		}
	}
	switch a, b := seen[Percent], seen[Decimal]; {
	case factors == 0:
		return nil
	case a != "" && b != "":
		return fmt.Errorf("the factor %s is per cent by its size, and %s decimals; write both in one unit", a, b)
	case a != "":
		t.Unit = Percent
	case b != "":
		t.Unit = Decimal
	default:
		return fmt.Errorf("the values do not tell whether they are per cent or decimals; set the unit to %s or %s", Percent, Decimal)
	}
	return nil
}

// guessRate decides what the risk-free rate v is, beside factors of t.Unit.
func (t *Table) guessRate(v []float64) error {
	m := median(v)
	switch {
	case m == 0:
		t.RiskFree = DailyDecimal
	case t.Vintage != "":
		t.RiskFree = DailyPercent
	case m >= leastAYear:
		t.RiskFree = PercentAYear
	case t.Unit == Percent && m >= leastFrench && m <= mostAMarket:
		t.RiskFree = DailyPercent
	case t.Unit != Percent && m <= mostASession:
		t.RiskFree = DailyDecimal
	default:
		return fmt.Errorf("%w are about %.2g, which may be a rate of a session or a yield a year, in per cent or decimals; say which (factors.risk_free: %s, %s, %s or %s)",
			errRate, m, DailyPercent, DailyDecimal, PercentAYear, DecimalAYear)
	}
	return nil
}
