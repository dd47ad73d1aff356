package csvfile

import (
	"fmt"
	"math"
	"slices"
	"strings"

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
	longFactor    // by which CRSP's price is divided for splits
	longColumns
)

var longNames = [longColumns][]string{
	longSymbol:    {"permno", "symbol", "ticker", "tic", "ric", "isin", "cusip", "gvkey", "security", "instrument"},
	longName:      {"comnam", "company", "companyname", "issuernm", "name", "ticker"},
	longDate:      slices.Concat(names[colDate], []string{"caldt", "dlycaldt", "datadate"}),
	longReturn:    {"ret", "return", "returns", "totalreturn", "dlyret", "trt1d"},
	longDelisting: {"dlret", "dlyretdel", "delistingreturn"},
	longPrice:     names[colAdj],
	longClose:     slices.Concat([]string{"prc", "dlyprc", "prccd"}, names[colClose]),
	longVolume:    slices.Concat([]string{"dlyvol", "cshtrd"}, names[colVolume]),
	longShares:    {"shares", "sharesoutstanding"},
	longThousands: {"shrout", "dlyshrout", "shroutthousands"},
	longFactor:    {"cfacpr"},
}

// crspPrices are the names under which CRSP gives closes as traded, with 0 for
// none and a minus sign for the middle of bid and ask.
var crspPrices = []string{"prc", "dlyprc"}

// findColumns finds the columns of a long file; -1 is nowhere. ok is false
// when the header is not that of a long file.
func findColumns(head []string, own Columns) (at [longColumns]int, ok bool) {
	canon := make([]string, len(head))
	for i, h := range head {
		canon[i] = canonical(h)
	}
	named := [longColumns]string{own.Symbol, own.Name, own.Date, own.Return, own.Delisting, own.Price, own.Close, own.Volume, own.Shares}
	for c := range at {
		look := longNames[c]
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
	return at, at[longSymbol] >= 0 && at[longDate] >= 0 && (at[longReturn] >= 0 || at[longPrice] >= 0 || at[longClose] >= 0)
}

// observation is one row of a long file.
type observation struct {
	at, line                  int32
	ret, price, close, volume float64
}

// longSecurity collects the rows of one security.
type longSecurity struct {
	market.Security
	rows []observation
}

// long reads a line a security and day.
func (b *panelReader) long(t *table, at [longColumns]int, width int) error {
	if b.crsp = at[longClose] >= 0 && slices.Contains(crspPrices, canonical(t.fields[at[longClose]])); b.crsp && at[longFactor] < 0 {
		if at[longReturn] < 0 && at[longPrice] < 0 {
			return fmt.Errorf("%s:%d: %s is not adjusted for splits; a column of returns, adjusted prices or cfacpr is needed", b.file, t.line, t.fields[at[longClose]])
		}
		at[longClose] = -1
	}
	h := header{width: width}
	for c := range h.at {
		h.at[c] = -1
	}
	h.at[colDate], h.at[colOpen], h.at[colAdj], h.at[colClose] = at[longDate], at[longReturn], at[longPrice], at[longClose]
	var err error
	if b.dates, err = datesOf(*t, h, "", b.opt.Options); err != nil {
		return fmt.Errorf("%s:%w", b.file, err)
	}
	b.mark = decimalMark(*t, h)

	var secs []*longSecurity
	bySymbol := make(map[string]*longSecurity)
	var sec *longSecurity // of the row before
	for {
		more, err := t.next()
		if !more {
			break
		}
		if err == nil && len(t.fields) != width {
			err = fmt.Errorf("%d fields where the header has %d; is the line cut off?", len(t.fields), width)
		}
		symbol := ""
		if err == nil {
			if symbol = t.fields[at[longSymbol]]; symbol == "" {
				err = fmt.Errorf("no symbol")
			}
		}
		if err != nil {
			b.add(t.line, "%v", err)
			continue
		}
		k, ok := b.session(t.fields[at[longDate]], t.line)
		if !ok {
			continue
		}
		if sec == nil || sec.Symbol != symbol {
			if sec = bySymbol[symbol]; sec == nil {
				sec = &longSecurity{Security: market.Security{Symbol: strings.Clone(symbol)}}
				bySymbol[sec.Symbol] = sec
				secs = append(secs, sec)
			}
		}
		sec.rows = append(sec.rows, b.observation(t.fields, at, t.line, k))
		if i := at[longName]; i >= 0 && i != at[longSymbol] && t.fields[i] != "" && t.fields[i] != sec.Name {
			sec.Name = strings.Clone(t.fields[i])
		}
		if i := max(at[longShares], at[longThousands]); i >= 0 {
			if n, ok := number(t.fields[i], b.mark); ok && n > 0 {
				if i == at[longThousands] {
					n *= 1000
				}
				sec.Shares = n
			}
		}
	}
	if err := b.err(); err != nil {
		return err
	}
	for _, s := range secs {
		c := s.column(at, &b.problems, b.opt.Calendar)
		if b.count > 0 {
			continue
		}
		if err := b.addColumn(c); err != nil {
			return fmt.Errorf("%s: %w", b.file, err)
		}
	}
	return b.err()
}

func (b *panelReader) observation(f []string, at [longColumns]int, line, session int) observation {
	field := func(c int) string {
		if at[c] < 0 {
			return ""
		}
		return f[at[c]]
	}
	o := observation{at: int32(session), line: int32(line), close: math.NaN(), volume: math.NaN()}
	o.ret = b.crspReturn(field(longReturn), line)
	if d := b.crspReturn(field(longDelisting), line); !math.IsNaN(d) {
		if math.IsNaN(o.ret) {
			o.ret = d
		} else {
			o.ret = (1+o.ret)*(1+d) - 1
		}
	}
	o.price = b.price(field(longPrice), line)
	if s := field(longClose); !b.crsp {
		o.close = b.price(s, line)
	} else if x, ok := number(s, b.mark); !ok {
		b.add(line, "the price %q is not a number", s)
	} else if f, ok := number(field(longFactor), b.mark); !ok {
		b.add(line, "cfacpr %q is not a number", field(longFactor))
	} else if x != 0 && f > 0 {
		o.close = math.Abs(x) / f
	}
	if x, ok := volume(field(longVolume), b.mark); !ok {
		b.add(line, "the volume %q is not a number", field(longVolume))
	} else if x >= 0 { // CRSP writes -99 for none
		o.volume = x
	}
	return o
}

func (b *panelReader) price(s string, line int) float64 {
	x, ok := number(s, b.mark)
	switch {
	case !ok:
		b.add(line, "the price %q is not a number", s)
	case x <= 0:
		b.add(line, "a price of %s; it must be positive: leave it empty where there is none", s)
	}
	return x
}

// crspReturn reads a return, NaN for the codes that stand for none.
func (b *panelReader) crspReturn(s string, line int) float64 {
	if len(s) == 1 && strings.Contains("ABCDEPST", s) {
		return math.NaN()
	}
	x, ok := number(s, b.mark)
	switch {
	case !ok:
		b.add(line, "the return %q is not a number", s)
	case x == -44 || x == -55 || x == -66 || x == -77 || x == -88 || x == -99:
		return math.NaN()
	case x < -1:
		b.add(line, "the return %s is below -100%%; returns are decimals", s)
	}
	return x
}

// column lays the rows of a security on the calendar.
func (s *longSecurity) column(at [longColumns]int, p *problems, cal *market.Calendar) *market.Column {
	first, last := int32(math.MaxInt32), int32(-1)
	for _, o := range s.rows {
		first, last = min(first, o.at), max(last, o.at)
	}
	n := int(last - first + 1)
	line := make([]int32, n)
	slice := func(col int) []float64 {
		if at[col] < 0 {
			return nil
		}
		v := make([]float64, n)
		for k := range v {
			v[k] = math.NaN()
		}
		return v
	}
	c := &market.Column{Security: s.Security, First: int(first), Adjusted: at[longReturn] >= 0 || at[longPrice] >= 0,
		Return: slice(longReturn), Price: slice(longPrice), Close: slice(longClose), Volume: slice(longVolume)}
	for _, o := range s.rows {
		k := o.at - first
		if line[k] > 0 {
			p.add(int(max(line[k], o.line)), "%s on %s appears twice, first on line %d", s.Symbol, cal.Date(int(o.at)), min(line[k], o.line))
		}
		line[k] = o.line
		for _, v := range []struct {
			to []float64
			x  float64
		}{{c.Return, o.ret}, {c.Price, o.price}, {c.Close, o.close}, {c.Volume, o.volume}} {
			if v.to != nil {
				v.to[k] = v.x
			}
		}
	}
	if c.Return == nil && c.Price == nil {
		c.Price = c.Close
	}
	return c
}
