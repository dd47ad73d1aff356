package csvfile

import (
	"math"
	"math/bits"
	"slices"
	"strings"

	"aftershock/market"
)

// plain reads the rows of a wide file of prices in one go where nothing in them needs
// care: as many fields everywhere, days in ascending order, prices of digits with at
// most one mark that are positive or missing, and a mark of decimals that one of them
// proves. The prices of symbol i of n go to all[i*rows:]. ok is false where anything
// is otherwise: wide then reads the file as if nothing had been read.
//
// It takes a third of the time of taking lines apart twice, once for the mark and once
// for the numbers, and what it makes of a file is what that makes of it (TestPlain).
func (b *panelReader) plain(t table, day int, all []float64, rows, n int) (days []market.Date, lines []int32, ok bool) {
	if t.delim == ' ' {
		return nil, nil, false
	}
	mark := byte('.')
	if _, figures, _ := strings.Cut(t.ahead(), string(t.delim)); t.delim != ',' && strings.IndexByte(figures, '.') < 0 {
		mark = ','
	}
	proven, may := provenBy(b.opt.Mark, mark)
	if !may {
		return nil, nil, false
	}
	days, lines = make([]market.Date, 0, rows), make([]int32, 0, rows)
	s, line := t.rest, t.line
	for len(s) > 0 {
		line++
		if s[0] == '\n' {
			s = s[1:]
			continue
		}
		date := ""
		for range day + 1 { // an index stands before it
			cell, size := plainCell(s, t.delim)
			if size < 0 || size >= len(s) || s[size] != t.delim {
				return nil, nil, false
			}
			date, s = cell, s[size+1:]
		}
		d, err := b.parse(date)
		if err != nil || len(days) == rows || len(days) > 0 && d <= days[len(days)-1] {
			return nil, nil, false
		}
		at := len(days)
		days, lines = append(days, d), append(lines, int32(line))
		for k := range n {
			x, m, size, ok := plainNumber(s, mark)
			if !ok {
				return nil, nil, false
			}
			proven = proven || m
			end := byte('\n') // of the text, where the line has no other
			if size < len(s) {
				if end = s[size]; end == '\r' && (size+1 == len(s) || s[size+1] == '\n') {
					size++
					end = '\n'
				}
			}
			if k == n-1 && end != '\n' || k < n-1 && end != t.delim {
				return nil, nil, false
			}
			s = s[min(size+1, len(s)):]
			all[k*rows+at] = x
		}
	}
	if !proven {
		return nil, nil, false
	}
	b.mark, b.rows = mark, len(days)
	return days, lines, true
}

// plainLong reads the rows of a long file of prices in one go where nothing in them
// needs care: columns of a symbol, a date, prices, a volume and a name, and others that
// are not read; as many fields everywhere, and prices as plain has them. It reports
// whether it did; where anything is otherwise long reads the file as if nothing had been
// read.
func (b *panelReader) plainLong(t table, at [longColumns]int, head []string) bool {
	if t.delim == ' ' || slices.ContainsFunc(head, func(name string) bool { return slices.Contains(marketReturns, canonical(name)) }) {
		return false
	}
	for c := range at { // the others are of figures that are looked at together
		switch c {
		case longSymbol, longDate, longPrice, longClose, longVolume, longName, longTicker:
		default:
			if at[c] >= 0 {
				return false
			}
		}
	}
	mark := byte('.')
	if t.delim != ',' {
		row := t
		if more, err := row.next(); !more || err != nil || len(row.fields) != len(head) {
			return false
		}
		mark = ','
		for _, c := range []int{longPrice, longClose} {
			if i := at[c]; i >= 0 && strings.IndexByte(row.fields[i], '.') >= 0 {
				mark = '.'
			}
		}
	}
	proven, ok := provenBy(b.opt.Mark, mark)
	if !ok {
		return false
	}
	// What columns hold; one that is not read is nothing.
	is := make([]int, len(head))
	for i := range is {
		is[i] = -1
	}
	for _, c := range []int{longTicker, longName, longVolume, longPrice, longClose, longDate, longSymbol} {
		if i := at[c]; i >= 0 {
			if (c == longName || c == longTicker) && i == at[longSymbol] {
				continue
			}
			if is[i] >= 0 { // two at once, as a name that is a ticker
				return false
			}
			is[i] = c
		}
	}
	rows := strings.Count(t.rest, "\n") + 1
	var price, close, vol []float64
	for _, v := range []struct {
		c  int
		to *[]float64
	}{{longPrice, &price}, {longClose, &close}, {longVolume, &vol}} {
		if at[v.c] >= 0 {
			*v.to = make([]float64, 0, rows)
		}
	}
	days, lines := make([]market.Date, 0, rows), make([]int32, 0, rows)
	type spelling struct { // of a symbol
		symbol string
		m      *member
		n      int       // rows
		next   *spelling // that of the rows after the last ones of this
	}
	type run struct { // of rows of one spelling
		*spelling
		from int
	}
	var runs []run
	known := make(map[string]*spelling)
	size := make(map[*member]int, 16) // rows, in the end
	lastDay, lastDate := "", market.NoDate
	fail := func() bool {
		clear(b.members)
		b.symbols = b.symbols[:0]
		return false
	}
	s, line := t.rest, t.line
	for len(s) > 0 {
		line++
		if s[0] == '\n' {
			s = s[1:]
			continue
		}
		var symbol, date, name, ticker string
		for i, c := range is {
			end := byte('\n')
			size := 0
			switch c {
			case longPrice, longClose:
				x, m, n, ok := plainNumber(s, mark)
				if !ok {
					return fail()
				}
				proven = proven || m
				if size = n; c == longPrice {
					price = append(price, x)
				} else {
					close = append(close, x)
				}
			default:
				cell := ""
				if cell, size = plainCell(s, t.delim); size < 0 {
					return fail()
				}
				switch c {
				case longSymbol:
					symbol = cell
				case longDate:
					date = cell
				case longName:
					name = cell
				case longTicker:
					ticker = cell
				case longVolume:
					x, ok := volume(cell, mark)
					if !ok {
						return fail()
					}
					if !(x >= 0) {
						x = math.NaN()
					}
					vol = append(vol, x)
				}
			}
			if size < len(s) {
				if end = s[size]; end == '\r' && (size+1 == len(s) || s[size+1] == '\n') {
					size++
					end = '\n'
				}
			}
			if i == len(is)-1 && end != '\n' || i < len(is)-1 && end != t.delim {
				return fail()
			}
			s = s[min(size+1, len(s)):]
		}
		if date != lastDay || len(days) == 0 {
			d, err := b.parse(date)
			if err != nil {
				return fail()
			}
			lastDay, lastDate = date, d
		}
		var last *spelling
		if n := len(runs); n > 0 {
			last = runs[n-1].spelling
		}
		if last == nil || last.symbol != symbol {
			var own *spelling
			if last != nil && last.next != nil && last.next.symbol == symbol { // days list securities in one order
				own = last.next
			} else if own = known[symbol]; own == nil {
				clean := tickerOf(symbol)
				if clean == "" || isMissing(clean) && clean != "NA" {
					return fail()
				}
				own = &spelling{symbol: symbol, m: b.member(clean)}
				known[symbol] = own
			}
			if last != nil {
				last.next = own
			}
			if last = own; len(runs) == cap(runs) && len(runs) > 4096 {
				runs = slices.Grow(runs, rows-len(runs))
			}
			runs = append(runs, run{own, len(days)})
		}
		m := last.m
		if name != "" && name != m.Name {
			m.Name = strings.Clone(name)
		}
		if ticker != "" && ticker != m.ticker {
			m.ticker = strings.Clone(ticker)
		}
		days, lines = append(days, lastDate), append(lines, int32(line))
	}
	if !proven || len(days) == 0 {
		return fail()
	}
	// Rows that stand together are a part of the columns; others are laid together.
	to := func(k int) int {
		if k+1 < len(runs) {
			return runs[k+1].from
		}
		return len(days)
	}
	for k, r := range runs {
		r.n += to(k) - r.from
	}
	for _, own := range known {
		size[own.m] += own.n
	}
	part := func(v []float64, lo, hi int) []float64 {
		if v == nil {
			return nil
		}
		return v[lo:hi:hi]
	}
	for k, r := range runs {
		m, lo, hi := r.m, r.from, to(k)
		if m.days == nil && size[m] == hi-lo { // all
			m.days, m.lines, m.price, m.close, m.volume = days[lo:hi:hi], lines[lo:hi:hi], part(price, lo, hi), part(close, lo, hi), part(vol, lo, hi)
			continue
		}
		if m.days == nil {
			m.days, m.lines = make([]market.Date, 0, size[m]), make([]int32, 0, size[m])
			for _, v := range []struct{ from, to *[]float64 }{{&price, &m.price}, {&close, &m.close}, {&vol, &m.volume}} {
				if *v.from != nil {
					*v.to = make([]float64, 0, size[m])
				}
			}
		}
		m.days, m.lines = append(m.days, days[lo:hi]...), append(m.lines, lines[lo:hi]...)
		if price != nil {
			m.price = append(m.price, price[lo:hi]...)
		}
		if close != nil {
			m.close = append(m.close, close[lo:hi]...)
		}
		if vol != nil {
			m.volume = append(m.volume, vol[lo:hi]...)
		}
	}
	b.mark, b.rows = mark, len(days)
	return true
}

// readPlain reads the prices of symbol as columns, where nothing in the file needs care:
// columns of a date, prices, a volume, and dividends and splits of which there are none;
// days in ascending order, and prices as panelReader.plain has them, without a gap. It
// returns nil for any other file, which Read reads.
func readPlain(file, symbol string, data []byte, opt Options) *market.History {
	s, err := text(data, largestSeries)
	if err != nil {
		return nil
	}
	t := &table{rest: s}
	h, err := readHeader(t)
	if err != nil || h.stated != "" || t.delim == ' ' || h.at[colClose] < 0 && h.at[colAdj] < 0 {
		return nil
	}
	is := make([]int, h.width)
	for i := range is {
		is[i] = -1
	}
	for c, i := range h.at {
		if i < 0 {
			continue
		}
		switch c {
		case colDate, colOpen, colHigh, colLow, colClose, colAdj, colVolume, colDividend, colSplit:
		default:
			return nil
		}
		if is[i] >= 0 {
			return nil
		}
		is[i] = c
	}
	days, err := datesOf(*t, h, symbol, opt)
	if err != nil {
		return nil
	}
	mark := byte('.')
	if t.delim != ',' {
		row := *t
		row.fields = nil
		if more, err := row.next(); !more || err != nil || len(row.fields) != h.width {
			return nil
		}
		i := max(h.at[colClose], h.at[colAdj])
		if strings.IndexByte(row.fields[i], '.') < 0 {
			mark = ','
		}
	}
	proven, ok := provenBy(opt.Mark, mark)
	if !ok {
		return nil
	}
	rows := strings.Count(t.rest, "\n") + 1
	kept := [...]int{colOpen, colClose, colAdj, colVolume}
	var columns [columns][]float64
	n := 0
	for _, c := range kept {
		if h.at[c] >= 0 {
			n++
		}
	}
	room := make([]float64, n*rows)
	for _, c := range kept {
		if h.at[c] >= 0 {
			columns[c], room = room[:0:rows], room[rows:]
		}
	}
	out := &market.History{Symbol: symbol, Origin: file, Days: make([]market.Date, 0, rows)}
	for s := t.rest; len(s) > 0; {
		if s[0] == '\n' {
			s = s[1:]
			continue
		}
		for i, c := range is {
			size := 0
			switch c {
			case colOpen, colHigh, colLow, colClose, colAdj:
				x, m, n, ok := plainNumber(s, mark)
				if !ok || x != x && (c == colClose || c == colAdj) {
					return nil
				}
				proven, size = proven || m, n
				if c != colHigh && c != colLow {
					columns[c] = append(columns[c], x)
				}
			default:
				cell := ""
				if cell, size = plainCell(s, t.delim); size < 0 {
					return nil
				}
				switch c {
				case colDate:
					d, err := days.parse(cell)
					if n := len(out.Days); err != nil || n > 0 && d <= out.Days[n-1] {
						return nil
					}
					out.Days = append(out.Days, d)
				case colVolume:
					x, ok := volume(cell, mark)
					if !ok || x < 0 {
						return nil
					}
					columns[c] = append(columns[c], x)
				case colDividend, colSplit:
					if x, ok := number(cell, mark); !ok || x > 0 && !(x == 1 && c == colSplit) || x < 0 {
						return nil
					}
				}
			}
			end := byte('\n')
			if size < len(s) {
				if end = s[size]; end == '\r' && (size+1 == len(s) || s[size+1] == '\n') {
					size++
					end = '\n'
				}
			}
			if i == len(is)-1 && end != '\n' || i < len(is)-1 && end != t.delim {
				return nil
			}
			s = s[min(size+1, len(s)):]
		}
	}
	if !proven || len(out.Days) == 0 {
		return nil
	}
	out.Open, out.Close, out.Price, out.Volume = columns[colOpen], columns[colClose], columns[colAdj], columns[colVolume]
	return out
}

// provenBy reports whether the mark of decimals is set to mark, and whether it may be that.
func provenBy(set Mark, mark byte) (proven, ok bool) {
	if set == CommaMark && mark == '.' || set == PointMark && mark == ',' {
		return false, false
	}
	return set != AutoMark, true
}

// plainCell returns the cell that s begins with, without blanks and quotes about it, and
// its length with them; -1 where it needs more care.
func plainCell(s string, delim byte) (cell string, size int) {
	if s == "" {
		return "", 0
	}
	if s[0] == '"' {
		i := strings.IndexByte(s[1:], '"')
		if i < 0 || i+2 < len(s) && s[i+2] != delim && s[i+2] != '\n' && s[i+2] != '\r' || strings.IndexByte(s[1:1+i], '\n') >= 0 {
			return "", -1
		}
		return trim(s[1 : 1+i]), i + 2
	}
	i := 0
	for i < len(s) && s[i] != delim && s[i] != '\n' && s[i] != '\r' {
		if s[i] == '"' {
			return "", -1
		}
		i++
	}
	return trim(s[:i]), i
}

// eightDigits reads the digits that s, of eight bytes, begins with, and how many they are.
func eightDigits(s string) (n uint64, digits int) {
	x := uint64(s[0]) | uint64(s[1])<<8 | uint64(s[2])<<16 | uint64(s[3])<<24 | uint64(s[4])<<32 | uint64(s[5])<<40 | uint64(s[6])<<48 | uint64(s[7])<<56
	x ^= 0x3030303030303030 // a digit is 0 to 9 now; of any other byte, or 0x76 more, the highest bit is set
	digits = bits.TrailingZeros64((x|(x+0x7676767676767676))&0x8080808080808080) / 8
	x <<= 64 - 8*digits // zeros before them
	x = x*10 + x>>8     // of two digits each, in every second byte; then of four, of eight
	x = (x&0x00ff00ff00ff00ff*100 + x>>16&0x00ff00ff00ff00ff)
	x = (x&0x0000ffff0000ffff*10000 + x>>32&0x0000ffff0000ffff)
	return x & 0xffffffff, digits
}

// tens are the powers of ten of so many digits.
var tens = [9]uint64{1, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8}

// plainNumber reads the positive number that s begins with, digits with at most one
// mark, and whether it proves that mark to be that of decimals; an empty one, and the
// words nan, NaN and NA, are none. size is its length; ok is false for whatever is
// otherwise.
func plainNumber(s string, mark byte) (x float64, proof bool, size int, ok bool) {
	n, i := uint64(0), 0
	for i < len(s) && s[i]-'0' <= 9 {
		n = 10*n + uint64(s[i]-'0')
		i++
	}
	whole := i
	if i < len(s) && s[i] == mark {
		i++
		if len(s)-i >= 8 { // up to eight digits at once
			x, c := eightDigits(s[i : i+8])
			n, i = n*tens[c]+x, i+c
		}
		for i < len(s) && s[i]-'0' <= 9 {
			n = 10*n + uint64(s[i]-'0')
			i++
		}
		fraction := i - whole - 1
		proof = i > 1 && (fraction != 3 || whole == 0 || whole > 3 || s[0] == '0') // as plainMark has it
		if i <= 16 && n > 0 {
			return float64(n) / powersOfTen[fraction], proof, i, true
		}
	} else if i > 0 && i < 16 && n > 0 {
		return float64(n), false, i, true
	}
	if i == 0 {
		for _, none := range [...]string{"NaN", "nan", "NA"} {
			if strings.HasPrefix(s, none) {
				return math.NaN(), false, len(none), true
			}
		}
		return math.NaN(), false, 0, true
	}
	x, ok = number(s[:i], mark)
	return x, proof, i, ok && x > 0
}
