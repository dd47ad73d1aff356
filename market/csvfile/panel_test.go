package csvfile

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"math"
	"os"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"aftershock/market"
)

var nan = math.NaN()

func near(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool { return math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) < 1e-12 })
}

func issues(p *market.Panel) []string {
	var out []string
	for _, i := range p.Issues {
		out = append(out, strings.TrimSpace(i.Symbol+" "+i.Date.String()+" "+i.Text()))
	}
	return out
}

// panelOf reads a file and lays all of its securities on their sessions.
func panelOf(file string, data []byte, opt PanelOptions, kind market.ReturnKind, gaps market.Gaps) (*market.Panel, error) {
	f, err := ReadPanel(file, data, opt)
	if err != nil {
		return nil, err
	}
	var all []market.Security
	for _, s := range f.symbols {
		all = append(all, market.Security{Symbol: s})
	}
	p, errs := market.Load(context.Background(), f, market.Request{Securities: all, Returns: kind, Gaps: gaps})
	p.Issues = append(p.Issues, f.Issues...)
	return p, errors.Join(errs...)
}

func mustReadPanel(t *testing.T, text string, opt PanelOptions) *market.Panel {
	t.Helper()
	p, err := panelOf("f.csv", []byte(text), opt, market.Simple, market.Skip)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestWide(t *testing.T) {
	p := mustReadPanel(t, "date,T,V,NONE,LATE\n2025-01-21,100,1,,\n2025-01-22,110,,,5\n2025-01-23,121,4,,6\n2025-01-25,1,1,,1\n", PanelOptions{})
	if !slices.Equal(p.Symbols(), []string{"T", "V", "LATE"}) {
		t.Fatalf("columns %v", p.Symbols())
	}
	at, _ := market.NYSE().Index(market.NewDate(2025, 1, 21))
	c := p.Column("T")
	if c.First != at || c.Calendar != market.NYSE() || !c.Adjusted || c.Origin != "f.csv" || !near(c.Price, []float64{100, 110, 121}) || !near(c.Return, []float64{nan, 0.1, 0.1}) {
		t.Errorf("T: %+v", c)
	}
	if c := p.Column("V"); !near(c.Return, []float64{nan, nan, nan}) {
		t.Errorf("V: %v", c.Return)
	}
	if c := p.Column("LATE"); c.First != at+1 || !near(c.Return, []float64{nan, 0.2}) {
		t.Errorf("LATE: %+v", c)
	}
	want := []string{"T 2025-01-25 a price on a day that is no session of NYSE; not used", "V 2025-01-25 a price on a day that is no session of NYSE; not used", "V 2025-01-22 no price on a session of NYSE",
		"LATE 2025-01-25 a price on a day that is no session of NYSE; not used"}
	want = append(want, "NONE  no value at all; left out")
	if !slices.Equal(issues(p), want) {
		t.Errorf("issues %q", issues(p))
	}
	p, err := panelOf("f.csv", []byte("date,V\n2025-01-21,1\n2025-01-23,4\n"), PanelOptions{}, market.Log, market.TradeToTrade)
	if err != nil {
		t.Fatal(err)
	}
	if c := p.Column("V"); !near(c.Return, []float64{nan, nan, math.Log(4)}) || !slices.Equal(c.Span, []int32{1, 1, 2}) {
		t.Errorf("trade to trade: %+v", c)
	}
}

func TestWideForms(t *testing.T) {
	for _, c := range []struct {
		name, text string
		opt        PanelOptions
		want       []float64
	}{
		{"newest first, German", "Date;A\n22.01.2025;1.100,5\n21.01.2025;1.000\n", PanelOptions{}, []float64{nan, 0.1005}},
		{"an index of a data frame", ",Date,A\n0,2025-01-21,10\n1,2025-01-22,11\n", PanelOptions{}, []float64{nan, 0.1}},
		{"dates under another name", "Row Labels,A\n2025-01-21,10\n2025-01-22,11\n", PanelOptions{}, []float64{nan, 0.1}},
		{"names of rows of R", "\"A\" \"B\"\n\"2025-01-21\" 10 5\n\"2025-01-22\" 11 5\n", PanelOptions{}, []float64{nan, 0.1}},
		{"titles above, units below", "Closes\n\nDate,A,B\n,USD,EUR\n2025-01-21,10,5\n2025-01-22,11,5\n", PanelOptions{}, []float64{nan, 0.1}},
		{"Datastream", "Name,ALPHA INC,BETA PLC\nCode,A,B\nCURRENCY,U$,£\n21/01/2025,10,5\n22/01/2025,11,5\n", PanelOptions{}, []float64{nan, 0.1}},
		{"no name above the dates", ",A\n2025-01-21,10\n2025-01-22,11\n", PanelOptions{}, []float64{nan, 0.1}},
		{"returns", "date,A\n2025-01-21,-0.5\n2025-01-22,0\n", PanelOptions{Values: Returns}, []float64{-0.5, 0}},
		{"per cent", "date,A\n2025-01-21,-50\n2025-01-22,2.5\n", PanelOptions{Values: Percent}, []float64{-0.5, 0.025}},
		{"returns of a total loss", "date,A\n2025-01-21,-0.5\n2025-01-22,-1\n", PanelOptions{Values: Returns}, []float64{-0.5, -1}},
		{"a ticker that is a long file's column", "date,RIC,A\n2025-01-21,1,10\n2025-01-22,1,11\n", PanelOptions{}, []float64{nan, 0.1}},
		{"said to be wide", "date,TIC,RET,A\n2025-01-21,1,1,10\n2025-01-22,1,1,11\n", PanelOptions{Layout: Wide}, []float64{nan, 0.1}},
	} {
		p, err := panelOf("f.csv", []byte(c.text), c.opt, market.Simple, market.Skip)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if got := p.Column("A").Return; !near(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

func TestLongCRSP(t *testing.T) {
	p := mustReadPanel(t, `PERMNO,date,TICKER,COMNAM,PRC,VOL,RET,SHROUT,DLRET,CFACPR
10001,20250121,AAA,ALPHA INC,10.00,1000,C,500,,2
10001,20250122,AAA,ALPHA INC,-11.00,-99,0.10,510,,2
10001,20250123,AAB,ALPHA NEW,0,5,B,,,
10001,20250124,AAB,ALPHA NEW,5.5,5,-0.5,520,-0.3,1
10002,20250122,BBB,BETA,20,7,0.05,1,S,1
10002,20250123,BBB,BETA,,,,,-0.9,
`, PanelOptions{})
	if !slices.Equal(p.Symbols(), []string{"10001", "10002"}) {
		t.Fatalf("columns %v", p.Symbols())
	}
	at, _ := market.NYSE().Index(market.NewDate(2025, 1, 21))
	a, b := p.Column("10001"), p.Column("10002")
	if a.First != at || !near(a.Return, []float64{nan, 0.1, nan, 0.5*0.7 - 1}) || !near(a.Close, []float64{5, 5.5, nan, 5.5}) || !near(a.Volume, []float64{2000, nan, nan, 5}) || !near(a.Issued, []float64{1e6, 1.02e6, nan, 520_000}) {
		t.Errorf("10001: %+v", a)
	}
	if a.Name != "ALPHA NEW" || a.Shares != 520_000 || !a.Adjusted || a.Price != nil {
		t.Errorf("10001: %+v", a.Security)
	}
	if !near(b.Return, []float64{0.05, -0.9}) || b.Name != "BETA" {
		t.Errorf("10002: %+v", b)
	}
}

func TestLongForms(t *testing.T) {
	for _, c := range []struct {
		name, text string
		opt        PanelOptions
		want       []float64
	}{
		{"prices, by day", "Date,Symbol,Close,Adj Close,Volume\n01/21/2025,A,10,5,1\n01/21/2025,B,1,1,1\n01/22/2025,A,11,6,1\n01/22/2025,B,1,1,1\n", PanelOptions{}, []float64{nan, 0.2}},
		{"CRSP's prices", "PERMNO,DlyCalDt,DlyPrc,cfacpr\nA,2025-01-22,-11,2\nA,2025-01-21,10,4\n", PanelOptions{}, []float64{nan, 1.2}},
		{"years without rules", "ticker,date,ret\nA,1987-10-16,-0.05\nA,1987-10-19,-0.2\n", PanelOptions{}, []float64{-0.05, -0.2}},
		{"closes alone", "ticker,date,price\nA,2025-01-22,11\nA,2025-01-21,10\n", PanelOptions{}, []float64{nan, 0.1}},
		{"columns of one's own", "Firm;Tag;R\nA;21.01.2025;0,1\nA;22.01.2025;-0,2\n", PanelOptions{Columns: Columns{Symbol: "Firm", Date: "tag", Return: "R"}}, []float64{0.1, -0.2}},
		{"Kaggle's tickers", "date,open,close,Name\n2025-01-21,1,10,A\n2025-01-22,1,11,A\n", PanelOptions{}, []float64{nan, 0.1}},
		{"Chinese", "交易日期,证券代码,收盘价(元)\n2025-01-21,A,10\n2025-01-22,A,11\n", PanelOptions{}, []float64{nan, 0.1}},
		{"CSMAR", "Stkcd,Trddt,Clsprc,Dretwd\nA,2025-01-21,10,\nA,2025-01-22,1,0.1\n", PanelOptions{}, []float64{nan, 0.1}},
		{"J-Quants", "Date,Code,Close,AdjustmentFactor,AdjustmentClose\n2025-01-21,A,100,0.1,10\n2025-01-22,A,11,1,11\n", PanelOptions{}, []float64{nan, 0.1}},
		{"said to be long", "id_,ticker,date,ret\n1,A,2025-01-21,0.1\n2,A,2025-01-22,-1\n", PanelOptions{Layout: Long}, []float64{0.1, -1}},
	} {
		p, err := panelOf("f.csv", []byte(c.text), c.opt, market.Simple, market.Skip)
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if got := p.Column("A").Return; !near(got, c.want) {
			t.Errorf("%s: %v, want %v", c.name, got, c.want)
		}
	}
}

// TestGross holds gross returns and prices about 1 apart.
func TestGross(t *testing.T) {
	var returns, currency strings.Builder
	returns.WriteString("Date,A,B\n")
	currency.WriteString("Date,A,B\n")
	level := 1.08
	for i := range 40 {
		d := market.NewDate(2024, 1, 1+i)
		x := 0.02 * math.Sin(float64(7*i*i+i))
		level *= 1 + x/3
		fmt.Fprintf(&returns, "%s,%.6f,%.6f\n", d, 1+x, 1-x/2)
		fmt.Fprintf(&currency, "%s,%.6f,%.6f\n", d, level, 1/level)
	}
	if _, err := ReadPanel("f.csv", []byte(returns.String()), PanelOptions{}); err == nil || !strings.Contains(err.Error(), "they are gross returns (1 + return), not prices") {
		t.Errorf("gross returns: %v", err)
	}
	if _, err := ReadPanel("f.csv", []byte(currency.String()), PanelOptions{}); err != nil {
		t.Errorf("a currency: %v", err)
	}
	signs := strings.Replace(returns.String(), "\n", "\n2023-12-31,0.5%,-0.25%\n", 1)
	for i := range 19 {
		signs += fmt.Sprintf("2024-03-%02d,1.5%%,-2%%\n", i+1)
	}
	f, err := ReadPanel("f.csv", []byte("Date,A,B\n"+signs[strings.LastIndex(signs, "2024-03-01"):]), PanelOptions{})
	if err != nil {
		t.Fatalf("per cent signs: %v", err)
	}
	s, err := f.Series(context.Background(), "A", market.NoDate, market.NoDate)
	if err != nil || s.Returns == nil || s.Returns[0] != 0.015 {
		t.Errorf("per cent signs: %v, %+v", err, s)
	}
}

// TestTickersBesideNumbers asks a file that numbers its securities for a ticker.
func TestTickersBesideNumbers(t *testing.T) {
	f, err := ReadPanel("f.csv", []byte("PERMNO,date,TICKER,PRC,RET,CFACPR\n10001,2024-08-01,OLD,5,C,1\n10001,2024-08-02,ACME,-5.5,0.1,1\n10002,2024-08-01,BETA,7,B,1\n10002,2024-08-02,BETA,7,0.0,1\n"), PanelOptions{})
	if err != nil {
		t.Fatal(err)
	}
	s, err := f.Series(context.Background(), "ACME", market.NoDate, market.NoDate)
	if err != nil || s.Symbol != "ACME" || s.Returns[len(s.Returns)-1] != 0.1 {
		t.Errorf("%v, %+v", err, s)
	}
	if _, err := f.Series(context.Background(), "OLD", market.NoDate, market.NoDate); !errors.Is(err, market.ErrUnknownSymbol) {
		t.Errorf("a ticker of the past: %v", err)
	}
}

func TestReadPanelErrors(t *testing.T) {
	for _, c := range []struct {
		name, text string
		opt        PanelOptions
		want       string
	}{
		{"empty", "", PanelOptions{}, "f.csv: it is empty"},
		{"no rows", "date,A\n", PanelOptions{}, "f.csv: it has no rows"},
		{"no date", "stock,A\nx,1\n", PanelOptions{}, `f.csv:1: the first column of a wide file must be the date; it is "stock"`},
		{"a column without a name", "date,A,\n2025-01-21,1,\n", PanelOptions{}, "f.csv:1: column 3 has no name"},
		{"a symbol twice", "date,A,A\n2025-01-21,1,1\n2025-01-22,1,1\n", PanelOptions{}, "f.csv:1: the column A appears twice"},
		{"a day twice", "date,A\n2025-01-21,1\n2025-01-21,2\n", PanelOptions{}, "f.csv:3: 2025-01-21 appears twice, first on line 2"},
		{"cut off", "date,A,B\n2025-01-21,1,1\n2025-01-22,1", PanelOptions{}, "f.csv:3: 2 fields where the header has 3"},
		{"returns taken for prices", "date,A\n2025-01-21,-0.5\n", PanelOptions{}, "f.csv:2: A is -0.5, and 1 of 1 values are not positive"},
		{"letters", "date,A\n2025-01-21,x\n", PanelOptions{}, `f.csv:2: A: "x" is not a number`},
		{"per cent taken for decimals", "date,A\n2025-01-21,-1.5\n", PanelOptions{Values: Returns}, "f.csv:2: A: the return -1.5 is below -100%"},
		{"values", "date,A\n", PanelOptions{Values: "logs"}, `values "logs"`},
		{"layout", "date,A\n", PanelOptions{Layout: "tall"}, `f.csv: layout "tall": it must be long or wide`},
		{"not long", "date,A\n", PanelOptions{Layout: Long}, "a long file needs columns of a symbol, a date"},
		{"a return below -100%", "ticker,date,ret\nA,2025-01-22,-1.5\n", PanelOptions{}, "f.csv:2: the return -1.5 is below -100%; returns are decimals"},
		{"CRSP's prices as traded", "permno,date,prc\n1,2025-01-21,10\n", PanelOptions{}, "f.csv:1: prc is not adjusted for splits; a column of returns, adjusted prices or cfacpr is needed"},
		{"no symbol", "ticker,date,ret\n,2025-01-21,0.1\n", PanelOptions{}, "f.csv:2: no symbol"},
		{"a wrong return", "ticker,date,ret\nA,2025-01-21,x\nA,2025-01-22,-1.5\n", PanelOptions{}, "f.csv:2: the return \"x\" is not a number"},
		{"a wrong price", "ticker,date,close\nA,2025-01-21,0\n", PanelOptions{}, "f.csv:2: a price of 0; it must be positive"},
		{"one day of a security twice, of every day", "ticker,exchange,date,close\nA,NYSE,2025-01-21,1\nA,TSX,2025-01-21,1.4\n", PanelOptions{}, "f.csv:3: the day stands twice, first on line 2, with other figures, as do all days of A: are its rows of several exchanges or currencies?"},
		{"CRSP's factor of one day", "permno,dlycaldt,dlyprc,dlyfacprc\n1,2025-01-21,10,1\n", PanelOptions{}, "f.csv:1: dlyprc is not adjusted for splits; a column of returns, adjusted prices or dlycumfacpr is needed"},
		{"a wrong day", "ticker,date,close\nA,2025-02-30,1\n", PanelOptions{}, `f.csv:2: "2025-02-30": not a date`},
	} {
		_, err := panelOf("f.csv", []byte(c.text), c.opt, market.Simple, market.Skip)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
	if _, err := ReadPanelFile("none.csv", PanelOptions{}); err == nil {
		t.Error("a file that is not there was read")
	}
}

// TestSharedPanel compares every price of the wide file with encoding/csv, and
// the returns of a column with their definition.
func TestSharedPanel(t *testing.T) {
	const path = "../../../shared/data/panel/sp500_adjclose_2015_2025.csv.gz"
	data, err := os.ReadFile(path)
	if err != nil {
		t.Skip("the shared panel is not beside this checkout")
	}
	start := time.Now()
	p, err := panelOf(path, data, PanelOptions{}, market.Simple, market.Skip)
	t.Logf("read in %v", time.Since(start))
	if err != nil {
		t.Fatal(err)
	}
	z, err := gzip.NewReader(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	if len(p.Columns) != len(rows[0])-1 || len(p.Columns) != 502 {
		t.Fatalf("%d columns", len(p.Columns))
	}
	start0, _ := market.NYSE().Index(market.NewDate(2015, 1, 2))
	for k, row := range rows[1:] {
		for i, s := range row[1:] {
			c := p.Columns[i]
			at := start0 + k - c.First
			if s == "" {
				if at >= 0 && at < c.Len() && !math.IsNaN(c.Price[at]) {
					t.Fatalf("%s %s: %v, the file has none", c.Symbol, row[0], c.Price[at])
				}
			} else if want, _ := strconv.ParseFloat(s, 64); c.Price[at] != want {
				t.Fatalf("%s %s: %v, the file says %s", c.Symbol, row[0], c.Price[at], s)
			}
		}
	}
	c := p.Column("NVDA")
	i, _ := market.NYSE().Index(market.NewDate(2025, 1, 27))
	if r := c.Return[i-c.First]; math.Abs(r+0.1697) > 5e-5 {
		t.Errorf("NVDA fell by %v on 2025-01-27", r)
	}
}

func FuzzReadPanel(f *testing.F) {
	for _, s := range []string{"date,A,B\n2025-01-21,1,\n2025-01-22,2,3\n", "permno;date;ret;dlret\n1;20250121;0,1;-0,3\n", ",Date,A\n0,01/21/2025,10\n", "ticker,date,prc,ret\nA,2025-01-21,-5,B\n"} {
		f.Add([]byte(s), "", "")
	}
	f.Add([]byte("date,A\n2025-01-21,1\n"), "wide", "percent")
	f.Fuzz(func(t *testing.T, data []byte, layout, values string) {
		p, err := panelOf("f.csv", data, PanelOptions{Layout: Layout(layout), Values: Values(values)}, market.Log, market.Skip)
		if err != nil {
			return
		}
		for _, c := range p.Columns {
			for _, r := range c.Return {
				if math.IsInf(r, 0) {
					t.Fatalf("%s: return %v", c.Symbol, r)
				}
			}
		}
	})
}

func BenchmarkReadPanel(b *testing.B) {
	var text strings.Builder
	text.WriteString("date")
	for i := range 502 {
		text.WriteString(",S" + strconv.Itoa(i))
	}
	cal := market.NYSE()
	first := cal.Search(market.NewDate(2015, 1, 2))
	for k := range 2707 {
		text.WriteString("\n" + cal.Date(first+k).String())
		for i := range 502 {
			text.WriteByte(',')
			text.WriteString(strconv.FormatFloat(50+float64((k*31+i*17)%1000)/16, 'f', 4, 64))
		}
	}
	data := []byte(text.String())
	b.SetBytes(int64(len(data)))
	for b.Loop() {
		if p, err := panelOf("f.csv", data, PanelOptions{}, market.Simple, market.Skip); err != nil || len(p.Columns) != 502 {
			b.Fatal(err)
		}
	}
}

// TestGrids reads headings that name a security and what is given of it for each
// column.
func TestGrids(t *testing.T) {
	for name, text := range map[string]string{
		"yfinance":                 "Price,Close,Close,Volume,Volume\nTicker,A,B,A,B\nDate,,,,\n2025-01-21,10,5,7,8\n2025-01-22,11,6,7,8\n",
		"yfinance, by ticker":      "Ticker,A,A,B,B\nPrice,Close,Volume,Close,Volume\nDate,,,,\n2025-01-21,10,7,5,8\n2025-01-22,11,7,6,8\n",
		"pandas, older":            ",Adj Close,Adj Close,Close,Close\n,A,B,A,B\nDate,,,,\n2025-01-21,10,5,9,4\n2025-01-22,11,6,9,4\n",
		"cells merged":             ",Adj Close,,Close,\n,A,B,A,B\nDate,,,,\n2025-01-21,10,5,9,4\n2025-01-22,11,6,9,4\n",
		"underscores":              "Date,Close_A,Close_B,Volume_A,Volume_B\n2025-01-21,10,5,7,8\n2025-01-22,11,6,7,8\n",
		"quantmod":                 "Index,A.Close,A.Volume,B.Close,B.Volume\n2025-01-21,10,7,5,8\n2025-01-22,11,7,6,8\n",
		"pairs":                    "Date,A,Date,B\n2025-01-21,10,2025-01-21,5\n2025-01-22,11,2025-01-22,6\n",
		"Bloomberg":                "A US Equity,,B US Equity,\nDate,PX_LAST,Date,PX_LAST\n01/21/2025,10,01/21/2025,5\n01/22/2025,11,01/22/2025,6\n",
		"Bloomberg, a blank":       "A US Equity,,,B US Equity,\nDate,PX_LAST,,Date,PX_LAST\n2025-01-21,10,,2025-01-21,5\n2025-01-22,11,,2025-01-22,6\n",
		"pairs of unequal length":  "A Equity,,B Equity,\nDate,PX_LAST,Date,PX_LAST\n2025-01-21,10,2025-01-17,4\n2025-01-22,11,2025-01-21,5\n,,2025-01-22,6\n",
		"a line of the span asked": "Start,1/21/2025,,\nA Index,,B Index,\nDate,PX_LAST,Date,PX_LAST\n2025-01-21,10,2025-01-21,5\n2025-01-22,11,2025-01-22,6\n",
	} {
		p, err := panelOf("f.csv", []byte(text), PanelOptions{}, market.Simple, market.Skip)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		for symbol, want := range map[string]float64{"A": 0.1, "B": 0.2} {
			c := p.Column(symbol)
			if c == nil || len(c.Return) == 0 || math.Abs(c.Return[len(c.Return)-1]-want) > 1e-12 {
				t.Errorf("%s: %s: %+v", name, symbol, c)
			}
		}
	}
}

// TestBases: prices, shares and volumes of one day are in the same shares, whatever
// the vendor's factors.
func TestBases(t *testing.T) {
	for _, c := range []struct {
		name, text string
		returns    []float64 // of session 1
		value      float64   // of session 0
		volume     float64
	}{
		{"Compustat", "datadate,tic,prccd,ajexdi,trfd,cshoc,cshtrd,curcdd\n2025-01-21,A,1000,10,1,50,3,USD\n2025-01-22,A,110,1,1,500,30,USD\n", []float64{0.1}, 50_000, 30},
		{"Compustat, a dividend", "datadate,tic,prccd,ajexdi,trfd,cshoc\n2025-01-21,A,100,1,1,50\n2025-01-22,A,99,1,1.02,50\n", []float64{99*1.02/100 - 1}, 5000, nan},
		{"CRSP, a later split", "PERMNO,date,PRC,RET,VOL,SHROUT,CFACPR,CFACSHR\nA,20250121,1000,C,3,50,10,10\nA,20250122,-1100,0.1,3,50,10,10\n", []float64{0.1}, 50_000_000, 30},
		{"CRSP, cfacpr alone", "PERMNO,date,PRC,RET,SHROUT,CFACPR\nA,20250121,1000,C,50,10\nA,20250122,110,0.1,500,1\n", []float64{0.1}, 50_000_000, nan},
		{"CRSP, no factor", "PERMNO,date,PRC,RET,SHROUT\nA,20250121,1000,C,50\nA,20250122,110,0.1,500\n", []float64{0.1}, 50_000_000, nan},
		{"price and close", "ticker,date,close,price\nA,2025-01-21,10,5\nA,2025-01-22,10,6\n", []float64{0.2}, nan, nan},
	} {
		p := mustReadPanel(t, c.text, PanelOptions{})
		a := p.Column("A")
		if r := a.Return[1]; math.Abs(r-c.returns[0]) > 1e-12 {
			t.Errorf("%s: return %v, want %v", c.name, r, c.returns[0])
		}
		if n, _, ok := a.SharesAt(a.First); ok != !math.IsNaN(c.value) || ok && math.Abs(n*a.Close[0]/c.value-1) > 1e-12 {
			t.Errorf("%s: %v shares at %v, want %v", c.name, n, a.Close, c.value)
		}
		if !math.IsNaN(c.volume) && a.Volume[0] != c.volume {
			t.Errorf("%s: volume %v, want %v", c.name, a.Volume[0], c.volume)
		}
	}
}

// TestMarketReturns: the market's return beside those of securities is a security.
func TestMarketReturns(t *testing.T) {
	p := mustReadPanel(t, "PERMNO,date,RET,VWRETD\n1,20250121,0.1,0.01\n2,20250121,0.2,0.01\n1,20250122,B,0.02\n2,20250122,.C,0.02\n", PanelOptions{})
	if c := p.Column("vwretd"); c == nil || !near(c.Return, []float64{0.01, 0.02}) {
		t.Fatalf("%+v", c)
	}
}

// TestUnitsOfReturns: per cent is seen by the size of all returns.
func TestUnitsOfReturns(t *testing.T) {
	long := func(scale float64, sign string) string {
		var b strings.Builder
		b.WriteString("ticker,date,ret\n")
		for k := range 40 {
			b.WriteString("A," + (market.NewDate(2024, 1, 2) + market.Date(k)).String() + "," + strconv.FormatFloat(scale*math.Sin(float64(5*k+1)), 'f', 6, 64) + sign + "\n")
		}
		return b.String()
	}
	for _, c := range []struct {
		name, text string
		o          PanelOptions
		want       float64 // of the first
		err        string
	}{
		{"decimals", long(0.02, ""), PanelOptions{}, 0.02 * math.Sin(1), ""},
		{"per cent, none below -1", long(0.9, ""), PanelOptions{}, 0.009 * math.Sin(1), ""},
		{"per cent", long(2, ""), PanelOptions{}, 0.02 * math.Sin(1), ""},
		{"per cent signs", long(0.02, "%"), PanelOptions{}, 0.0002 * math.Sin(1), ""},
		{"either", long(0.06, ""), PanelOptions{}, 0, "prices.returns_unit: decimal or percent"},
		{"said to be decimals", long(0.06, ""), PanelOptions{Values: Returns}, 0.06 * math.Sin(1), ""},
		{"said to be per cent", long(0.06, ""), PanelOptions{Values: Percent}, 0.0006 * math.Sin(1), ""},
	} {
		p, err := panelOf("f.csv", []byte(c.text), c.o, market.Simple, market.Skip)
		if c.err != "" {
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v", c.name, err)
			}
			continue
		}
		if err != nil || math.Abs(p.Column("A").Return[0]-c.want) > 1e-6 {
			t.Errorf("%s: %v, %v", c.name, p, err)
		}
	}
}

// A security in per cent among others in decimals has no figures.
func TestOneInPercent(t *testing.T) {
	var wide, long strings.Builder
	wide.WriteString("date,A,B,C\n")
	long.WriteString("ticker,date,ret\n")
	for k := range 60 {
		d, x := market.NewDate(2024, 1, 2)+market.Date(k), math.Sin(float64(5*k+1))
		fmt.Fprintf(&wide, "%s,%v,%v,%v\n", d, 0.9*x, 0.01*x, 0.02*x)
		fmt.Fprintf(&long, "A,%s,%v\nB,%s,%v\nC,%s,%v\n", d, 0.9*x, d, 0.01*x, d, 0.02*x)
	}
	for name, c := range map[string]struct {
		text string
		o    PanelOptions
	}{"wide": {wide.String(), PanelOptions{Layout: Wide, Values: Returns}}, "long": {long.String(), PanelOptions{}}} {
		m, err := ReadPanel("f.csv", []byte(c.text), c.o)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if _, err := m.Series(t.Context(), "A", market.NoDate, market.NoDate); err == nil || err.Error() != "f.csv: the returns of A are per cent by their size, and those of others decimals; write all in one unit" {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := m.Series(t.Context(), "B", market.NoDate, market.NoDate); err != nil {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// Room is made for the values that the bytes of a wide file can hold, not for as many
// rows as it has lines.
func TestWideLines(t *testing.T) {
	const n = 100_000 // squared, they would be 80 GB
	var b strings.Builder
	b.WriteString("date")
	for i := range n {
		fmt.Fprintf(&b, ",S%d", i)
	}
	text := b.String() + "\n" + strings.Repeat("x\n", n)
	if _, err := ReadPanel("a.csv", []byte(text), PanelOptions{}); err == nil || !strings.Contains(err.Error(), "a.csv:2: 1 fields where the header has 100001") {
		t.Errorf("%.300v", err)
	}
}

// A row of per cent that stands twice counts once.
func TestWideTwice(t *testing.T) {
	for name, c := range map[string]struct {
		sign   string
		values Values
	}{"signs": {"%", ""}, "said": {"", Percent}, "both": {"%", Percent}} {
		text := strings.ReplaceAll("date,AAA,BBB\n2024-01-02,1.5#,2.0#\n2024-01-03,-1.5#,0.5#\n2024-01-03,-1.5#,0.5#\n", "#", c.sign)
		m, err := ReadPanel("a.csv", []byte(text), PanelOptions{Values: c.values})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		s, err := m.Series(context.Background(), "AAA", 0, market.NewDate(2100, 1, 1))
		if err != nil || len(s.Returns) != 2 || s.Returns[1] != -0.015 || len(s.Findings) > 0 {
			t.Errorf("%s: %v %+v", name, err, s)
		}
	}
}
