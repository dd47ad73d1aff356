package csvfile

import (
	"errors"
	"fmt"
	"slices"
	"strings"
)

// header is where each column of a file of one security stands; -1 is nowhere.
type header struct {
	at     [columns]int
	width  int
	stated string // the symbol that the headings carry; "": none
}

// nowhere returns a header without any column.
func nowhere(width int) header {
	h := header{width: width}
	for c := range h.at {
		h.at[c] = -1
	}
	return h
}

// prices reports whether the header has a date and something to study.
func (h *header) usable() bool {
	return h.at[colDate] >= 0 && (h.at[colClose] >= 0 || h.at[colAdj] >= 0 || h.at[colReturn] >= 0)
}

// mostHeadings is how many lines of titles and headings a file may begin with.
const mostHeadings = 20

// readHeader finds the headings among the first lines of t, which then stands
// before the first row. Its errors begin with the number of the line.
func readHeader(t *table) (header, error) {
	start := *t
	lacks := "date and no closing price"
	for range mostHeadings {
		t.delim = detectDelimiter(t.ahead())
		before := *t
		more, err := t.next()
		if !more {
			break
		}
		if err != nil {
			continue
		}
		if canonical(t.fields[0]) == "price" && slices.Index(t.fields[1:], "") < 0 { // the first of three lines of yfinance
			at := *t
			*t = before
			h, err := gridHeader(t)
			if err == nil || !errors.Is(err, errNoGrid) {
				return h, err
			}
			*t = at
		}
		h, err := headerOf(t.fields)
		if err != nil {
			return h, fmt.Errorf("%d: %w", t.line, err)
		}
		if h.at[colClose] >= 0 || h.at[colAdj] >= 0 || h.at[colReturn] >= 0 {
			t.rowNames(&h)
		}
		if h.usable() && (t.delim != ' ' || t.rowsFit(h)) {
			return h, nil
		}
		switch {
		case len(t.fields) < 2:
		case h.at[colDate] >= 0:
			lacks = "closing price"
		case h.at[colClose] >= 0 || h.at[colAdj] >= 0:
			lacks = "date"
		}
	}
	*t = start
	h, err := gridHeader(t)
	if err == nil || !errors.Is(err, errNoGrid) {
		return h, err
	}
	*t = start
	if h, ok := headless(t); ok {
		return h, nil
	}
	line := strings.TrimSpace(start.ahead())
	switch {
	case strings.HasPrefix(line, "{") || strings.HasPrefix(line, "["):
		return header{}, fmt.Errorf("1: it is JSON, not CSV, and reads %.60q", line)
	case strings.HasPrefix(line, "<") && !isDay(strings.Trim(line, "<>")) && !strings.Contains(line, ">,<") && !strings.Contains(line, ">;<"):
		return header{}, fmt.Errorf("1: it is a page or another document of marks (HTML, XML), not CSV, and reads %.60q", line)
	}
	return header{}, fmt.Errorf("1: no column is named as a %s; name it in the headings; they read %.60q", strings.Replace(lacks, "date and no", "date, nor one as a", 1), line)
}

// rowsFit reports whether the next row has a field for each heading, and a day
// where the date is: blanks part the words of titles too.
func (t *table) rowsFit(h header) bool {
	at := *t
	at.fields = nil
	for range 3 {
		more, err := at.next()
		if !more {
			return false
		}
		if err == nil && len(at.fields) == h.width && isDay(at.fields[h.at[colDate]]) {
			return true
		}
	}
	return false
}

// headerOf finds the columns of a line of headings; what it does not have is
// nowhere. A name that two columns bear is an error.
func headerOf(fields []string) (header, error) {
	h := nowhere(len(fields))
	rank := h.at // of the name by which each column was found
	twice := h.at
	of := func(i, col, r int) {
		switch {
		case h.at[col] < 0 || r < rank[col]:
			h.at[col], rank[col], twice[col] = i, r, -1
		case r == rank[col]:
			twice[col] = i
		}
	}
	for i, f := range fields {
		if col, rank := column(f); col >= 0 {
			of(i, col, rank)
		}
	}
	if h.at[colDate] < 0 && len(fields) > 0 && fields[0] == "" && (h.at[colClose] >= 0 || h.at[colAdj] >= 0) {
		h.at[colDate] = 0 // the index of a data frame
	}
	// A name that is the surest of one column may be a weaker one of another.
	if !h.usable() {
		stated := ""
		for i, f := range fields {
			col, symbol, ok := splitHeading(f)
			switch {
			case !ok:
			case stated == "" || strings.EqualFold(stated, symbol):
				of(i, col, 10_000)
				stated = symbol
			case col == colClose || col == colAdj:
				return h, manySecurities([]string{stated, symbol})
			}
		}
		h.stated = stated
		if h.at[colDate] < 0 && len(fields) > 0 && fields[0] == "" && (h.at[colClose] >= 0 || h.at[colAdj] >= 0) {
			h.at[colDate] = 0 // the index of a data frame
		}
	}
	if h.usable() {
		for _, col := range []int{colDate, colClose, colAdj} {
			if twice[col] >= 0 && canonical(fields[twice[col]]) == canonical(fields[h.at[col]]) {
				return h, fmt.Errorf("the column %s appears twice", fields[h.at[col]])
			} else if twice[col] >= 0 {
				return h, fmt.Errorf("the columns %s and %s are both taken for the %s; keep one of them, or name the other otherwise", fields[h.at[col]], fields[twice[col]], names()[col][0])
			}
		}
	}
	return h, nil
}

// column returns the column that a heading means, and how sure that is: the less the
// surer; -1 where it means none.
func column(heading string) (col, rank int) {
	all := forms(heading)
	for k, form := range all {
		switch col := columnNamed(form); {
		case col == colVolume && k > 0 && inMoney(heading):
			return -1, 0 // what was turned over
		case col >= colOpen && col <= colAdj && strings.Contains(heading, "%"):
			return -1, 0 // a change
		case col >= 0:
			return col, 1000*k + slices.Index(names()[col], form)
		}
	}
	for k, form := range all {
		if isAdjusted(form) {
			return colAdj, 1000*k + len(names()[colAdj])
		}
	}
	return -1, 0
}

// inMoney reports whether a heading says that its figures are of a currency.
func inMoney(heading string) bool {
	return slices.ContainsFunc(strings.FieldsFunc(strings.ToLower(heading), func(r rune) bool { return strings.ContainsRune(" ()[],._-/", r) }), func(w string) bool {
		return currencyUnits[w]
	})
}

// isAdjusted reports whether a canonical name is that of a close with a word before or
// behind it that says that it is adjusted: AdjustmentClose, Adjusted Closing Price.
func isAdjusted(canon string) bool {
	for _, w := range []string{"splitadjusted", "dividendadjusted", "adjusted", "adjustment", "adj"} {
		for _, cut := range []func(string, string) (string, bool){strings.CutPrefix, strings.CutSuffix} {
			if rest, ok := cut(canon, w); ok && columnNamed(rest) == colClose && len(rest) > 1 {
				return true
			}
		}
	}
	return false
}

// units are the words that may follow a name: what it is counted in.
var units = map[string]bool{"usd": true, "eur": true, "gbp": true, "gbx": true, "gbp pence": true, "chf": true, "jpy": true, "sek": true, "nok": true, "dkk": true, "pln": true,
	"cad": true, "aud": true, "hkd": true, "inr": true, "brl": true, "rub": true, "uah": true, "try": true, "ron": true, "czk": true, "huf": true, "sar": true, "aed": true,
	"in": true, "en": true, "w": true, "local": true, "stück": true, "stücke": true, "aktien": true, "tsd": true, "000": true, "thousands": true, "millions": true, "mio": true, "股": true, "元": true, "手": true, "株": true, "円": true, "currency": true, "euro": true, "euros": true, "dollars": true, "stk": true, "shares": true, "€": true, "$": true, "£": true}

// currencyUnits are those of units that are currencies.
var currencyUnits = map[string]bool{"usd": true, "eur": true, "gbp": true, "gbx": true, "chf": true, "jpy": true, "sek": true, "nok": true, "dkk": true, "pln": true, "cad": true, "aud": true, "hkd": true, "inr": true,
	"brl": true, "rub": true, "uah": true, "try": true, "ron": true, "czk": true, "huf": true, "sar": true, "aed": true, "cny": true, "krw": true, "twd": true, "euro": true, "euros": true, "dollars": true,
	"€": true, "$": true, "£": true, "¥": true, "元": true, "円": true, "rs": true}

// forms returns what a heading may mean, canonically, the surest first: as it
// stands, without what stands in brackets, without the unit that follows, and
// as the words that a long explanation begins with.
func forms(heading string) []string {
	out := []string{canonical(heading)}
	base := heading
	if i := strings.Index(heading, ". "); i > 0 && i <= 2 && isDigits(heading[:i]) { // 4. close
		base = heading[i+2:]
		out = append(out, canonical(base))
	}
	if i := strings.IndexAny(base, "([<{"); i > 0 {
		base = strings.TrimSpace(base[:i])
		out = append(out, canonical(base))
	}
	words := strings.Fields(strings.ReplaceAll(base, ",", " "))
	n := len(words)
	for n > 1 && units[strings.ToLower(strings.Trim(words[n-1], ".,"))] {
		n--
		out = append(out, canonical(strings.Join(words[:n], " ")))
	}
	if len(words) >= 5 {
		for n := 3; n > 0; n-- {
			out = append(out, canonical(strings.Join(words[:n], " ")))
		}
	}
	return out
}

var quotes = strings.NewReplacer("'", "", `"`, "")

// noSymbols are words beside the name of a column that say which price it is.
var noSymbols = map[string]bool{"unadjusted": true, "unadj": true, "raw": true, "prior": true, "previous": true, "prev": true, "average": true, "avg": true, "bid": true, "ask": true, "mid": true, "theoretical": true,
	"index": true, "benchmark": true, "type": true, "afterhours": true, "premarket": true, "t1": true, "1d": true, "yesterday": true}

// splitHeading parts a heading such as ACME.Close, Close_ACME or ('Close',
// 'ACME') into the column that it names and the symbol that it carries.
func splitHeading(heading string) (col int, symbol string, ok bool) {
	s := strings.Trim(heading, "()[]")
	s = quotes.Replace(s)
	seps := "._|:, -/"
	named := func(name string) int {
		canon := canonical(name)
		if len(canon) < 3 {
			return -1 // VOD.L is a symbol, not the low of VOD
		}
		if c := columnNamed(canon); c >= colOpen && c <= colSplit {
			return c
		}
		return -1
	}
	for i := len(s) - 1; i > 0; i-- { // ACME.Close; of BRK.B.Close the last
		if strings.IndexByte(seps, s[i]) < 0 {
			continue
		}
		left, right := strings.Trim(s[:i], seps), strings.Trim(s[i+1:], seps)
		if left == "" || right == "" {
			continue
		}
		if s[i] == ' ' && strings.ToUpper(left) != left {
			continue // words, not a symbol
		}
		if c := named(right); c >= 0 && columnNamed(canonical(left)) < 0 && !noSymbols[canonical(left)] {
			// Of "ACME.Adj Close" the longest name is meant.
			for j := i - 1; j > 0; j-- {
				if strings.IndexByte(seps, s[j]) >= 0 {
					if longer := named(s[j+1:]); longer >= 0 && columnNamed(canonical(s[:j])) < 0 {
						c, left = longer, strings.Trim(s[:j], seps)
					}
				}
			}
			return c, left, true
		}
	}
	for i := len(s) - 1; i > 0; i-- { // Close_ACME, Adj Close_BRK-B: the longest name
		if strings.IndexByte(seps, s[i]) < 0 {
			continue
		}
		left, right := strings.Trim(s[:i], seps), strings.Trim(s[i+1:], seps)
		if s[i] == ' ' && strings.ToUpper(right) != right {
			continue
		}
		if c := named(left); c >= 0 && right != "" && columnNamed(canonical(right)) < 0 && !noSymbols[canonical(right)] {
			return c, right, true
		}
	}
	return 0, "", false
}

// rowNames makes room for the field that R writes before the others of a row,
// and gives no heading.
func (t *table) rowNames(h *header) {
	at := *t
	at.fields = nil
	more, err := at.next()
	if !more || err != nil || len(at.fields) != h.width+1 || at.fields[h.width] == "" {
		return
	}
	date := h.at[colDate]
	if date < 0 && !isDay(at.fields[0]) || date >= 0 && isDay(at.fields[date]) {
		return
	}
	h.width++
	for c := range h.at {
		if h.at[c] >= 0 {
			h.at[c]++
		}
	}
	if date < 0 {
		h.at[colDate] = 0
	}
}

// headless recognises rows without headings: a date and a price, or a date, open,
// high, low and close, with or without a volume, where every high and low brackets
// the others.
func headless(t *table) (header, bool) {
	at := *t
	at.delim = detectDelimiter(at.ahead())
	at.fields = nil
	before := at
	more, err := at.next()
	n := len(at.fields)
	if !more || err != nil || n < 2 || !isDay(at.fields[0]) {
		return header{}, false
	}
	h := nowhere(n)
	first := 1
	if n == 6 || n == 7 { // a column of times, as MetaTrader writes
		if c := at.fields[1]; strings.IndexByte(c, ':') > 0 && isDigits(strings.ReplaceAll(c, ":", "")) {
			first, n = 2, n-1
		}
	}
	if n != 2 && n != 5 && n != 6 || !isValue(at.fields[first]) {
		return header{}, false
	}
	h.at[colDate], h.at[colClose] = 0, first
	if n > 2 {
		h.at[colOpen], h.at[colHigh], h.at[colLow], h.at[colClose] = first, first+1, first+2, first+3
		if n == 6 {
			h.at[colVolume] = first + 4
		}
		mark, err := decimalMark(before, h, AutoMark)
		if err != nil || !bracketed(before, first, mark) {
			return header{}, false
		}
	}
	t.delim = at.delim
	return h, true
}

// bracketed reports whether the second and third price of every row, of four from
// field first on, are the highest and the lowest.
func bracketed(t table, first int, mark byte) bool {
	t.fields = nil
	for {
		more, err := t.next()
		if !more {
			return true
		}
		if err != nil || len(t.fields) < first+4 {
			return false
		}
		var p [4]float64
		for i := range p {
			x, ok := number(t.fields[first+i], mark)
			if !ok {
				return false
			}
			p[i] = x
		}
		if p[1] < max(p[0], p[3]) || p[2] > min(p[0], p[3]) {
			return false
		}
	}
}

// isDay reports whether a field can be a date, in whatever order of its parts.
func isDay(s string) bool {
	for _, o := range []Order{DayFirst, MonthFirst} {
		d := dates{order: o, counted: true, serial: excel1900}
		if _, err := d.parse(s); err == nil {
			return true
		}
	}
	return false
}

// isValue reports whether a field is a number, or stands for none.
func isValue(s string) bool {
	for _, mark := range []byte{'.', ','} {
		if _, ok := volume(s, mark); ok {
			return true
		}
	}
	return false
}

// errNoGrid says that headings are not those of several columns a security.
var errNoGrid = errors.New("no headings of securities")

// gridColumn is what a column of a grid holds.
type gridColumn struct {
	at     int
	date   int // the column of its dates
	col    int // colOpen to colSplit
	symbol string
}

// grid is a file whose headings name, for each column, a security and what is
// given of it: the two or three lines that yfinance writes, pairs of dates and
// prices as Bloomberg's sheets have them, headings such as ACME.Close.
type grid struct {
	columns []gridColumn
	symbols []string // in order of first appearance
	width   int
	fields  bool // headings name what is given, not securities alone
}

// words that stand at the side of lines of headings, and name neither a
// security nor a column.
var sideWords = map[string]bool{"price": true, "ticker": true, "tickers": true, "date": true, "attributes": true, "symbols": true, "symbol": true, "": true, "field": true, "fields": true,
	"security": true, "securities": true, "startdate": true, "enddate": true, "dates": true, "index": true, "datetime": true, "start": true, "end": true}

// readGrid reads the headings of a grid; t then stands before the first row.
// It is errNoGrid where they are none.
func readGrid(t *table) (grid, error) {
	var g grid
	var lines [][]string
	var row []string
	var at table
	for range mostHeadings {
		t.delim = detectDelimiter(t.ahead())
		at = *t
		more, err := t.next()
		if !more || err != nil {
			return g, errNoGrid
		}
		if len(t.fields) > 1 && isDay(t.fields[0]) && slices.ContainsFunc(t.fields[1:], isValue) {
			row = slices.Clone(t.fields)
			break
		}
		lines = append(lines, slices.Clone(t.fields))
	}
	if row == nil || len(lines) == 0 {
		return g, errNoGrid
	}
	delim := t.delim
	*t = at
	t.delim = delim
	g.width = len(row)
	// The first lines may be titles: only lines as wide as the rows are headings,
	// and so are not those that hold a figure or a day, as of the span asked for.
	lines = slices.DeleteFunc(lines, func(l []string) bool {
		return len(l) < 2 || len(l) > g.width+1 || slices.ContainsFunc(l, func(s string) bool { return isDay(s) || s != "" && !isMissing(s) && isValue(s) })
	})
	date := -1
	loose := false // a price is of no security: names beside it are not of securities
	for j := range row {
		label := func(l []string) string {
			if j < len(l) {
				return l[j]
			}
			return ""
		}
		var field, symbol string
		col := -1
		isDate := false
		for _, l := range lines {
			switch name := label(l); {
			case columnNamed(canonical(name)) == colDate && isDay(row[j]):
				isDate = true
			case j == 0 && sideWords[canonical(name)]:
			case name == "":
				// A cell that was merged with those to its left, in a line of symbols.
				for k := min(j, len(l)) - 1; k > 0 && symbol == ""; k-- {
					if l[k] != "" {
						if columnNamed(canonical(l[k])) < 0 {
							symbol = l[k]
						} else if col < 0 && columnNamed(canonical(l[k])) > colDate && len(lines) > 1 {
							col = columnNamed(canonical(l[k]))
						}
						break
					}
				}
				if symbol == "" && date == 0 && j == 1 && len(l) > 0 && l[0] != "" && !sideWords[canonical(l[0])] && columnNamed(canonical(l[0])) < 0 {
					symbol = l[0]
				}
			default:
				f := forms(name)
				c := -1
				for _, form := range f {
					if c = columnNamed(form); c >= 0 {
						break
					}
				}
				if c > colDate && c <= colReturn && (col < 0 || field == "") {
					col, field = c, name
				} else if c2, s, ok := splitHeading(name); ok && col < 0 {
					col, field, symbol = c2, name, s
				} else if symbol == "" && c < 0 {
					symbol = name
				}
			}
		}
		if isDate || j == 0 && isDay(row[0]) {
			date = j
			continue
		}
		if date < 0 || symbol == "" {
			loose = loose || col > colDate
			continue
		}
		if col < 0 {
			col = colClose
		} else if col == colClose || col == colAdj {
			g.fields = true
		}
		if col <= colSplit {
			g.columns = append(g.columns, gridColumn{at: j, date: date, col: col, symbol: tickerOf(symbol)})
		}
	}
	for _, c := range g.columns {
		if !slices.Contains(g.symbols, c.symbol) {
			g.symbols = append(g.symbols, c.symbol)
		}
	}
	if len(g.symbols) == 0 || loose && !g.fields {
		return g, errNoGrid
	}
	return g, nil
}

// gridHeader reads the headings of a grid that holds one security.
func gridHeader(t *table) (header, error) {
	g, err := readGrid(t)
	if err != nil {
		return header{}, err
	}
	if len(g.symbols) > 1 && !g.fields {
		return header{}, errNoGrid // names of who knows what
	}
	if len(g.symbols) > 1 {
		return header{}, fmt.Errorf("%d: %w", max(1, t.line), manySecurities(g.symbols))
	}
	h := nowhere(g.width)
	h.stated = g.symbols[0]
	for _, c := range g.columns {
		if h.at[c.col] < 0 {
			h.at[c.col] = c.at
		}
		h.at[colDate] = c.date
	}
	if !h.usable() {
		return header{}, errNoGrid
	}
	return h, nil
}

func manySecurities(symbols []string) error {
	return fmt.Errorf("the headings name %s: a file of a folder holds one security; read this one with prices.source: panel", joined(symbols))
}

// joined lists the first few of names.
func joined(names []string) string {
	const most = 4
	if len(names) > most {
		return fmt.Sprintf("%s and %d more", strings.Join(names[:most], ", "), len(names)-most)
	}
	return strings.Join(names, ", ")
}
