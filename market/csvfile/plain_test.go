package csvfile

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"aftershock/market"
)

// sameMany says how what two readings made of one file differs; "" where it does not.
func sameMany(quick, careful *Many, quickly, carefully error) string {
	if fmt.Sprint(quickly) != fmt.Sprint(carefully) {
		return fmt.Sprintf("error %v, with care %v", quickly, carefully)
	}
	if quickly != nil {
		return ""
	}
	if !slices.Equal(quick.symbols, careful.symbols) {
		return fmt.Sprintf("symbols %v, with care %v", quick.symbols, careful.symbols)
	}
	if a, b := fmt.Sprint(quick.Issues), fmt.Sprint(careful.Issues); a != b {
		return fmt.Sprintf("issues %s, with care %s", a, b)
	}
	figures := func(a, b []float64) bool {
		return (a == nil) == (b == nil) && slices.EqualFunc(a, b, func(x, y float64) bool { return math.Float64bits(x) == math.Float64bits(y) || x != x && y != y })
	}
	for _, s := range quick.symbols {
		a, b := quick.members[s], careful.members[s]
		for _, v := range [][2][]float64{{a.price, b.price}, {a.close, b.close}, {a.volume, b.volume}, {a.ret, b.ret}, {a.shares, b.shares}} {
			if !figures(v[0], v[1]) {
				return fmt.Sprintf("%s: %v, with care %v", s, v[0], v[1])
			}
		}
		if !slices.Equal(a.days, b.days) || !slices.Equal(a.lines, b.lines) {
			return fmt.Sprintf("%s: days %v on lines %v, with care %v on %v", s, a.days, a.lines, b.days, b.lines)
		}
		if x, y := fmt.Sprint(a.Security, a.actions, a.findings, a.ticker, a.traded, a.prior), fmt.Sprint(b.Security, b.actions, b.findings, b.ticker, b.traded, b.prior); x != y {
			return fmt.Sprintf("%s: %s, with care %s", s, x, y)
		}
	}
	return ""
}

// bothWays reads a file quickly and with care.
func bothWays(t *testing.T, text string, opt PanelOptions) {
	t.Helper()
	quick, quickly := readPanel("f.csv", []byte(text), opt, false)
	careful, carefully := readPanel("f.csv", []byte(text), opt, true)
	if off := sameMany(quick, careful, quickly, carefully); off != "" {
		t.Errorf("%q, %+v: %s", text, opt, off)
	}
}

// odd are pieces of files that are not plain.
var odd = []string{"", " ", "\"", "\"1,5\"", ",", ";", "\n", "\r\n", "\r", "\n\n", " \n", "-1", "0", "0.0", "1e3", "1.234", "1,234", "1.234,5", "1,234.5", "NaN", "NA", "nan", "#N/A", ".", "5.", ".5", "-99", "99999",
	"123456789012345678", "0.12345678901234567", "1234567.890123456789", "%", "$5", "2020-01-02", "01/02/2020", "20200102", "2020-02-30", "\t", "\u00a0", "é", "\x00", "١٢٫٥", "1 234"}

// drawn writes a table of prices, wide or long, into which odd things are put some of the time.
func drawn(r *rand.Rand, long bool) string {
	delim, mark := ",", "."
	if r.IntN(3) == 0 {
		delim = []string{";", "\t", "|"}[r.IntN(3)]
		if r.IntN(2) == 0 {
			mark = ","
		}
	}
	end := []string{"\n", "\n", "\r\n"}[r.IntN(3)]
	decimals := []int{0, 1, 2, 3, 3, 6, 15}[r.IntN(7)]
	calm := r.IntN(3) == 0 // prices of three digits
	number := func() string {
		x := math.Exp(3 * r.NormFloat64())
		if calm {
			x = 500 * math.Exp(0.1*r.NormFloat64())
		}
		if r.IntN(30) == 0 {
			return ""
		}
		return strings.Replace(fmt.Sprintf("%.*f", decimals, x), ".", mark, 1)
	}
	date := func(k int) string {
		switch decimals {
		case 1:
			return fmt.Sprintf("%02d.%02d.2020", 1+k%28, 1+k/28)
		case 2:
			return fmt.Sprintf("%02d/%02d/2020", 1+k/28, 1+k%28)
		}
		return fmt.Sprintf("2020-%02d-%02d", 1+k/28, 1+k%28)
	}
	quoted := func(s string) string { return s }
	if r.IntN(4) == 0 { // as R writes words
		quoted = func(s string) string { return `"` + s + `"` }
	}
	var b strings.Builder
	rows, n := 1+r.IntN(60), 1+r.IntN(4)
	if long {
		head := []string{"date", "ticker", "close", "adj_close", "volume", "name"}[:3+r.IntN(4)]
		order, spelled := r.Perm(len(head)), r.IntN(4) == 0
		for i, k := range order {
			if i > 0 {
				b.WriteString(delim)
			}
			b.WriteString(head[k])
		}
		b.WriteString(end)
		for k := range rows * n {
			day, share := k%rows, k/rows
			if decimals == 6 {
				day, share = k/n, k%n
			}
			cells := []string{quoted(date(day)), quoted(fmt.Sprintf("S%d", share)), number(), number(), []string{"100", "1.5M", "2500", "0", "", "-99"}[r.IntN(6)], quoted("Firm " + fmt.Sprint(share))}
			if spelled && r.IntN(5) == 0 {
				cells[1] = []string{"NYSE:" + cells[1], "$" + cells[1], cells[1] + " US Equity"}[r.IntN(3)]
			}
			if r.IntN(60) == 0 {
				cells[r.IntN(6)] = odd[r.IntN(len(odd))]
			}
			for i, c := range order {
				if i > 0 {
					b.WriteString(delim)
				}
				b.WriteString(cells[c])
			}
			b.WriteString(end)
		}
	} else {
		index := r.IntN(5) == 0
		if index {
			b.WriteString(delim)
		}
		b.WriteString("Date")
		for i := range n {
			fmt.Fprintf(&b, "%sS%d", delim, i)
		}
		b.WriteString(end)
		for k := range rows {
			if index {
				fmt.Fprintf(&b, "%d%s", k, delim)
			}
			b.WriteString(quoted(date(k)))
			for range n {
				b.WriteString(delim + number())
			}
			b.WriteString(end)
		}
	}
	s := b.String()
	for r.IntN(2) == 0 {
		at := r.IntN(len(s) + 1)
		to := min(len(s), at+r.IntN(8))
		s = s[:at] + odd[r.IntN(len(odd))] + s[to:]
	}
	return strings.TrimSuffix(s, []string{"", "\n"}[r.IntN(2)])
}

// Files in which nothing needs care are read in one go: as those are that need it.
func TestPlain(t *testing.T) {
	r := rand.New(rand.NewPCG(18, 4))
	quick := make(map[bool]int)
	for range 6000 {
		long := r.IntN(2) == 0
		text := drawn(r, long)
		opt := PanelOptions{Options: Options{Mark: []Mark{AutoMark, AutoMark, PointMark, CommaMark}[r.IntN(4)]}}
		bothWays(t, text, opt)
		if m, err := readPanel("f.csv", []byte(text), opt, false); err == nil && m.quick {
			quick[long]++
		}
		if t.Failed() {
			break
		}
	}
	if quick[true] < 300 || quick[false] < 300 {
		t.Errorf("of 6,000 files %d long and %d wide ones were read in one go: the test is of little use", quick[true], quick[false])
	}
}

func FuzzPlain(f *testing.F) {
	r := rand.New(rand.NewPCG(4, 18))
	for range 30 {
		f.Add(drawn(r, r.IntN(2) == 0))
	}
	f.Fuzz(func(t *testing.T, text string) { bothWays(t, text, PanelOptions{}) })
}

// What a file gives as columns is what it gives as bars.
func TestHistory(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 18))
	given := 0
	for range 2000 {
		f, err := readPanel("f.csv", []byte(drawn(r, r.IntN(2) == 0)), PanelOptions{}, false)
		if err != nil {
			continue
		}
		for _, symbol := range f.symbols {
			h, err := f.History(t.Context(), symbol, market.NoDate, market.NoDate)
			if err != nil {
				t.Fatal(err)
			}
			if h == nil {
				continue
			}
			s := f.members[symbol].series(f.file) // not mended
			given++
			if len(s.Bars) != len(h.Days) || len(s.Actions) > 0 || len(s.Findings) > 0 || s.Returns != nil || s.Shares != nil || s.Adjusted != (h.Price != nil) ||
				s.Name != h.Name || s.Exchange != h.Exchange || s.Currency != h.Currency || s.Origin != h.Origin || s.Symbol != h.Symbol {
				t.Fatalf("%s: %+v, as bars %+v", symbol, h, s)
			}
			at := func(v []float64, i int) float64 {
				if v == nil {
					return math.NaN()
				}
				return v[i]
			}
			for i, b := range s.Bars {
				main := at(h.Price, i)
				if h.Price == nil {
					main = at(h.Close, i)
				}
				if b.Date != h.Days[i] || b.AdjClose != main || !same(b.Close, at(h.Close, i)) || !same(b.Volume, at(h.Volume, i)) || b.Open == b.Open {
					t.Fatalf("%s, bar %d: %+v, as columns %+v", symbol, i, b, h)
				}
			}
		}
	}
	if given < 1000 {
		t.Errorf("%d histories were given as columns: the test is of little use", given)
	}
}

// drawnFile writes a file of one security, into which odd things are put some of the time.
func drawnFile(r *rand.Rand) string {
	pick := func(s ...string) string { return s[r.IntN(len(s))] }
	delim, mark := ",", "."
	if r.IntN(4) == 0 {
		delim, mark = pick(";", "\t"), pick(".", ",")
	}
	end := pick("\n", "\n", "\r\n")
	head := []string{"Date", "Open", "High", "Low", "Close", "Adj Close", "Volume", "Dividends", "Stock Splits", "Comment"}
	keep := [][]int{{0, 1, 2, 3, 4, 5, 6}, {0, 1, 2, 3, 4, 6, 7, 8}, {0, 4}, {0, 5}, {4, 0, 6}, {0, 4, 9}, {0, 4, 5, 7}}[r.IntN(7)]
	odds := []int{10, 300, 100000}[r.IntN(3)]
	decimals := []int{0, 2, 3, 6, 15}[r.IntN(5)]
	quote := pick("", "", "", `"`)
	figure := func(x float64) string { return strings.Replace(fmt.Sprintf("%.*f", decimals, x), ".", mark, 1) }
	var b strings.Builder
	for i, c := range keep {
		if i > 0 {
			b.WriteString(delim)
		}
		b.WriteString(quote + head[c] + quote)
	}
	b.WriteString(end)
	x, factor := 200.0, 0.9
	for k := range 1 + r.IntN(60) {
		x *= math.Exp(0.02 * r.NormFloat64())
		for i, c := range keep {
			if i > 0 {
				b.WriteString(delim)
			}
			s := ""
			switch c {
			case 0:
				s = quote + fmt.Sprintf("2020-%02d-%02d", 1+k/28, 1+k%28) + quote
			case 1, 2, 3, 4:
				s = figure(x)
			case 5:
				s = figure(x * factor)
			case 6:
				s = pick("1000", "25000", "1.5M", "0", "")
			case 7, 8:
				s = pick("0", "0.0", "", "0")
			case 9:
				s = pick("", "x", "halted")
			}
			if r.IntN(odds) == 0 {
				s = odd[r.IntN(len(odd))]
			}
			b.WriteString(s)
		}
		if r.IntN(40) == 0 {
			factor = 1
		}
		b.WriteString(end)
		if r.IntN(odds*3) == 0 {
			b.WriteString(pick(end, "x,y"+end, "2020-05-05"+delim+"0.25 Dividend"+end, "2020-05-05"+delim+"4:1 Stock Splits"+end))
		}
	}
	return strings.TrimSuffix(b.String(), pick("", "\n"))
}

// What a file of a folder gives as columns is what it gives as bars.
func TestPlainFile(t *testing.T) {
	r := rand.New(rand.NewPCG(3, 18))
	given := 0
	for range 5000 {
		text := drawnFile(r)
		opt := Options{Mark: []Mark{AutoMark, AutoMark, PointMark, CommaMark}[r.IntN(4)]}
		h := readPlain("X.csv", "X", []byte(text), opt)
		s, err := Read("X.csv", "X", []byte(text), opt)
		if h == nil {
			continue
		}
		if err != nil {
			t.Fatalf("%q is read as columns, and as bars %v", text, err)
		}
		given++
		at := func(v []float64, i int) float64 {
			if v == nil {
				return math.NaN()
			}
			return v[i]
		}
		own := &market.Series{Symbol: h.Symbol, Adjusted: h.Price != nil, Origin: h.Origin}
		for i, d := range h.Days {
			b := market.Bar{Date: d, Open: at(h.Open, i), Close: at(h.Close, i), AdjClose: at(h.Price, i), Volume: at(h.Volume, i)}
			if h.Price == nil {
				b.AdjClose = b.Close
			}
			own.Bars = append(own.Bars, b)
		}
		own = market.Mend(own, market.MendOptions{})
		for i := range s.Bars {
			s.Bars[i].High, s.Bars[i].Low = 0, 0
		}
		for i := range own.Bars {
			own.Bars[i].High, own.Bars[i].Low = 0, 0
		}
		if a, b := fmt.Sprintf("%+v", own), fmt.Sprintf("%+v", s); a != b {
			t.Fatalf("%q: as columns\n%.3000s\nas bars\n%.3000s", text, a, b)
		}
	}
	if given < 1000 {
		t.Errorf("%d of 5,000 files were read as columns: the test is of little use", given)
	}
}

func TestEightDigits(t *testing.T) {
	r := rand.New(rand.NewPCG(8, 8))
	for range 200_000 {
		var s [8]byte
		want, digits := uint64(0), r.IntN(9)
		for i := range s {
			if s[i] = byte('0' + r.IntN(10)); i == digits {
				for s[i] >= '0' && s[i] <= '9' {
					s[i] = byte(r.IntN(256))
				}
			} else if i > digits {
				s[i] = byte(r.IntN(256))
			}
			if i < digits {
				want = 10*want + uint64(s[i]-'0')
			}
		}
		if n, k := eightDigits(string(s[:])); n != want || k != digits {
			t.Fatalf("%q: %d of %d digits, want %d of %d", s, n, k, want, digits)
		}
	}
}
