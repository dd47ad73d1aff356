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
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"aftershock/market"
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
	"mom": Mom, "umd": Mom, "wml": Mom, "momentum": Mom, "rf": RF, "risk_free": RF, "riskfree": RF,
}

// Table is a set of factors by date, in decimals (0.01 is 1%).
type Table struct {
	Dates   []market.Date // strictly ascending
	Names   []string      // in the file's order
	Values  [][]float64   // Values[i][k] is factor Names[i] on Dates[k]; NaN = no observation
	Vintage string        // the edition that the file states, such as "CRSP 202604"; or ""
	Unit    Unit          // of the file, Percent or Decimal
	Origin  string        // the file
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
	for i, name := range t.Names {
		if err := p.AddFactorOf(t.Origin, name, t.Dates, t.Values[i]); err != nil {
			return fmt.Errorf("%s: %w", t.Origin, err)
		}
	}
	return nil
}

// ReadFile reads a CSV file, or the archive with one CSV file in which the data
// library delivers it.
func ReadFile(path string, unit Unit) (*Table, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("factors: %w", err)
	}
	return Read(path, data, unit)
}

// Read reads the bytes of a file that messages call file.
//
// Dates are 20260430 or 2026-04-30, in ascending order. The line before the
// first date names the columns; text above and below it is passed over, and
// the edition of the CRSP database that it states becomes the vintage. -99.99
// and -999 (French's marks), an empty field and NaN are no observation.
//
// With Auto, a file that names the CRSP database is in per cent, as French's
// files are. In any other, the median of the first factor's absolute values
// decides: a daily factor moves by some tenths of a per cent.
//
// Errors name file and line: no table, a number that cannot be read, a line
// cut off, dates that do not ascend, a monthly file, a second table.
func Read(file string, data []byte, unit Unit) (*Table, error) {
	if unit != Auto && unit != Percent && unit != Decimal {
		return nil, fmt.Errorf("%s: unit %q of factors: it must be %s or %s", file, unit, Percent, Decimal)
	}
	text, err := plain(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", file, err)
	}
	t := &Table{Unit: unit, Origin: file}
	p := parser{file: file, t: t}
	for line := range strings.Lines(text) {
		p.line++
		if err := p.take(strings.TrimRight(line, "\r\n")); err != nil {
			return nil, err
		}
	}
	if len(t.Dates) == 0 {
		return nil, fmt.Errorf("%s: no line begins with a day as 20260430 or 2026-04-30", file)
	}
	if m := vintage.FindStringSubmatch(text); m != nil {
		t.Vintage = "CRSP " + m[1]
	}
	if t.Unit == Auto {
		if t.Unit, err = t.guessUnit(); err != nil {
			return nil, fmt.Errorf("%s: %w", file, err)
		}
	}
	if t.Unit == Percent {
		for _, v := range t.Values {
			for k := range v {
				v[k] /= 100
			}
		}
	}
	return t, nil
}

var vintage = regexp.MustCompile(`(\d{6}) +CRSP +database`)

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
		const limit = 64 << 20 // the library's daily files are a hundredth of it
		if data, err = io.ReadAll(io.LimitReader(f, limit+1)); err != nil {
			return "", err
		}
		if len(data) > limit {
			return "", errors.New("the file in the archive is larger than 64 MiB")
		}
	}
	return strings.TrimPrefix(string(data), "\ufeff"), nil
}

// parser takes the lines of a file.
type parser struct {
	file   string
	line   int
	header string // the last line with text before the table
	delim  string
	ended  bool
	t      *Table
}

func (p *parser) errorf(format string, args ...any) error {
	return fmt.Errorf("%s:%d: %s", p.file, p.line, fmt.Sprintf(format, args...))
}

func (p *parser) take(line string) error {
	if strings.TrimSpace(line) == "" {
		p.ended = len(p.t.Dates) > 0
		return nil
	}
	if p.delim == "" || len(p.t.Dates) == 0 {
		p.delim = delimiter(line)
	}
	f := strings.Split(line, p.delim)
	for i := range f {
		f[i] = strings.Trim(f[i], " \t\"")
	}
	d, isDate := parseDate(f[0])
	switch {
	case !isDate && len(p.t.Dates) == 0:
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
	t := p.t
	if len(t.Dates) == 0 {
		if err := p.names(); err != nil {
			return err
		}
	}
	if len(f)-1 != len(t.Names) {
		return p.errorf("%d values for %d factors; is the line cut off?", len(f)-1, len(t.Names))
	}
	if n := len(t.Dates); n > 0 && d <= t.Dates[n-1] {
		return p.errorf("%s does not come after %s", d, t.Dates[n-1])
	}
	for i, s := range f[1:] {
		x, err := number(s)
		if err != nil {
			return p.errorf("%s %q is not a number", t.Names[i], s)
		}
		t.Values[i] = append(t.Values[i], x)
	}
	t.Dates = append(t.Dates, d)
	return nil
}

// names reads the header once the table's first day is met.
func (p *parser) names() error {
	f := strings.Split(p.header, p.delim)
	if len(f) < 2 {
		return p.errorf("the line before the first day must name the columns")
	}
	for _, s := range f[1:] {
		name := strings.ToLower(strings.Trim(s, " \t\""))
		name = strings.NewReplacer("-", "_", " ", "_", "%", "").Replace(name)
		if c, ok := canonical[name]; ok {
			name = c
		}
		if name == "" || slices.Contains(p.t.Names, name) {
			return p.errorf("the header above has a column without a name, or two of one name: %q", p.header)
		}
		p.t.Names = append(p.t.Names, name)
		p.t.Values = append(p.t.Values, nil)
	}
	return nil
}

func delimiter(line string) string {
	for _, d := range []string{";", "\t"} {
		if strings.Contains(line, d) && !strings.Contains(line, ",") {
			return d
		}
	}
	return ","
}

func parseDate(s string) (market.Date, bool) {
	if len(s) == 8 && strings.Trim(s, "0123456789") == "" {
		s = s[:4] + "-" + s[4:6] + "-" + s[6:]
	}
	d, err := market.ParseDate(s)
	return d, err == nil
}

func number(s string) (float64, error) {
	switch strings.ToLower(s) {
	case "", "nan", "na", "null":
		return math.NaN(), nil
	}
	x, err := strconv.ParseFloat(s, 64)
	if err == nil && math.IsInf(x, 0) {
		return 0, errors.New("infinite")
	}
	if x == -99.99 || x == -999 {
		x = math.NaN()
	}
	return x, err
}

// guessUnit decides between per cent and decimals.
func (t *Table) guessUnit() (Unit, error) {
	if t.Vintage != "" {
		return Percent, nil
	}
	var size []float64
	for _, x := range t.Values[0] {
		if !math.IsNaN(x) {
			size = append(size, math.Abs(x))
		}
	}
	slices.Sort(size)
	if len(size) > 0 {
		switch median := size[len(size)/2]; {
		case median >= 0.1:
			return Percent, nil
		case median > 0 && median <= 0.03:
			return Decimal, nil
		}
	}
	return Auto, fmt.Errorf("the values do not tell whether they are per cent or decimals; set the unit to %s or %s", Percent, Decimal)
}
