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
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
	"unicode/utf16"

	"pgregory.net/rapid"

	"aftershock/market"
)

const sharedPrices = "../../../shared/data/prices"

// show writes bars as date open/high/low/close/adjusted/volume, _ for none.
func show(s *market.Series) string {
	var b strings.Builder
	for i, x := range s.Bars {
		if i > 0 {
			b.WriteString("; ")
		}
		b.WriteString(x.Date.String())
		for k, v := range []float64{x.Open, x.High, x.Low, x.Close, x.AdjClose, x.Volume} {
			b.WriteByte(" /////"[k])
			if math.IsNaN(v) {
				b.WriteByte('_')
			} else {
				b.WriteString(strconv.FormatFloat(v, 'f', -1, 64))
			}
		}
	}
	return b.String()
}

func TestRead(t *testing.T) {
	for _, c := range []struct{ name, symbol, text, want string }{
		{"yahoo", "NVDA", "Date,Open,High,Low,Close,Adj Close,Volume\n2025-01-24,148.37,148.97,141.88,142.62,142.58,234657600\n2025-01-27,124.8,128.4,116.7,118.42,118.39,818830900\n",
			"2025-01-24 148.37/148.97/141.88/142.62/142.58/234657600; 2025-01-27 124.8/128.4/116.7/118.42/118.39/818830900"},
		{"no adjusted column, no volume", "X", "date,close\n2025-01-24,142.62\n", "2025-01-24 _/_/_/142.62/142.62/_"},
		{"adjusted only", "X", "date,adj_close\n2025-01-24,142.58\n", "2025-01-24 _/_/_/_/142.58/_"},
		{"nasdaq.com, newest first", "NVDA", "Date,Close/Last,Volume,Open,High,Low\n01/27/2025,$118.42,818830900,$124.80,$128.40,$116.70\n01/24/2025,$142.62,234657600,$148.37,$148.97,$141.88\n",
			"2025-01-24 148.37/148.97/141.88/142.62/142.62/234657600; 2025-01-27 124.8/128.4/116.7/118.42/118.42/818830900"},
		{"investing.com", "NVDA", "\ufeff\"Date\",\"Price\",\"Open\",\"High\",\"Low\",\"Vol.\",\"Change %\"\r\n\"Jan 27, 2025\",\"118.42\",\"124.80\",\"128.40\",\"116.70\",\"818.83M\",\"-16.97%\"\r\n\"Jan 24, 2025\",\"1,142.62\",\"148.37\",\"148.97\",\"141.88\",\"-\",\"-3.12%\"\r\n",
			"2025-01-24 148.37/148.97/141.88/1142.62/1142.62/_; 2025-01-27 124.8/128.4/116.7/118.42/118.42/818830000"},
		{"German, semicolons", "SAP.DE", "Datum;Date;Close;Volume\nx;27.01.2025;1.234,50;1.234\nx;28.01.2025;1.240;12\n", "2025-01-27 _/_/_/1234.5/1234.5/1234; 2025-01-28 _/_/_/1240/1240/12"},
		{"decimal comma proven by other rows", "X", "date;close\n2025-01-27;1,234\n2025-01-28;1,5\n", "2025-01-27 _/_/_/1.234/1.234/_; 2025-01-28 _/_/_/1.5/1.5/_"},
		{"semicolons and one comma", "X", "date;close\n2025-01-27;1,234\n", "2025-01-27 _/_/_/1.234/1.234/_"},
		{"thousands in quotes", "X", "date,close\n2025-01-27,\"1,234\"\n", "2025-01-27 _/_/_/1234/1234/_"},
		{"tabs, day first proven by one row", "X", "date\tclose\n02/01/2025\t5\n27/01/2025\t6\n", "2025-01-02 _/_/_/5/5/_; 2025-01-27 _/_/_/6/6/_"},
		{"stooq", "NVDA", "<TICKER>,<PER>,<DATE>,<TIME>,<OPEN>,<HIGH>,<LOW>,<CLOSE>,<VOL>,<OPENINT>\nNVDA.US,D,20250127,000000,1,3,0.5,2,100,0\n", "2025-01-27 1/3/0.5/2/2/100"},
		{"yfinance, three header lines", "NVDA", "Price,Adj Close,Close,High,Low,Open,Volume\nTicker,NVDA,NVDA,NVDA,NVDA,NVDA,NVDA\nDate,,,,,,\n2025-01-27,118.39,118.42,128.4,116.7,124.8,818830900\n", "2025-01-27 124.8/128.4/116.7/118.42/118.39/818830900"},
		{"pandas with an offset", "X", "Date,Close\n2025-01-27 00:00:00-05:00,5\n2025-01-28T00:00:00+09:00,6\n", "2025-01-27 _/_/_/5/5/_; 2025-01-28 _/_/_/6/6/_"},
		{"UTC midnight is the day itself", "NVDA", "Date,Close\n2025-01-27 00:00:00+00:00,5\n2025-01-28T00:00:00Z,6\n", "2025-01-27 _/_/_/5/5/_; 2025-01-28 _/_/_/6/6/_"},
		{"another time in UTC goes to the exchange", "8035.T", "Date,Close\n2025-01-26T15:00:00Z,5\n", "2025-01-27 _/_/_/5/5/_"},
		{"month names", "X", "Date,Close\n27-Jan-2025,5\n28 January 2025,6\n29-jan-25,7\n2025-Jan-30,8\n", "2025-01-27 _/_/_/5/5/_; 2025-01-28 _/_/_/6/6/_; 2025-01-29 _/_/_/7/7/_; 2025-01-30 _/_/_/8/8/_"},
		{"other separators", "X", "Date,Close\n2025/01/27,5\n2025/1/28,6\n20250129,7\n20250130 16:00:00,8\n", "2025-01-27 _/_/_/5/5/_; 2025-01-28 _/_/_/6/6/_; 2025-01-29 _/_/_/7/7/_; 2025-01-30 _/_/_/8/8/_"},
		{"spreadsheet", "X", "Date,Close\n1/27/2025 16:00:00,5\n1/28/25 16:00,6\n", "2025-01-27 _/_/_/5/5/_; 2025-01-28 _/_/_/6/6/_"},
		{"stamps at the open in New York", "NVDA", "timestamp,close\n1737988200,5\n1738074600,6\n", "2025-01-27 _/_/_/5/5/_; 2025-01-28 _/_/_/6/6/_"},
		{"stamps at midnight UTC", "NVDA", "timestamp,close\n1737936000,5\n", "2025-01-27 _/_/_/5/5/_"},
		{"stamps in milliseconds, midnight in Tokyo", "8035.T", "timestamp,close\n1737903600000,5\n", "2025-01-27 _/_/_/5/5/_"},
		{"missing", "X", "date,open,close,volume\n2025-01-20,NaN,null,\n2025-01-21,N/A,5,-\n2025-01-22, , #N/A ,None\n", "2025-01-20 _/_/_/_/_/_; 2025-01-21 _/_/_/5/5/_; 2025-01-22 _/_/_/_/_/_"},
		{"title lines, blank lines, no newline at the end", "X", "NVIDIA Corp\nprices in dollars\n\ndate,close\n\n2025-01-27,5", "2025-01-27 _/_/_/5/5/_"},
		{"a comma at each line's end", "X", "date,close,\n2025-01-27,5,\n2025-01-28,6\n", ""},
		{"quotes within quotes", "X", "date,\"the \"\"close\"\"\",close\n2025-01-27,\"a, b\",5\n", "2025-01-27 _/_/_/5/5/_"},
		{"out of order", "X", "date,close\n2025-01-28,6\n2025-01-27,5\n2025-01-29,7\n", "2025-01-27 _/_/_/5/5/_; 2025-01-28 _/_/_/6/6/_; 2025-01-29 _/_/_/7/7/_"},
	} {
		s, err := Read("f.csv", c.symbol, []byte(c.text), Options{})
		if c.want == "" {
			if err == nil {
				t.Errorf("%s: no error", c.name)
			}
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
		} else if got := show(s); got != c.want {
			t.Errorf("%s:\n got %s\nwant %s", c.name, got, c.want)
		}
	}
}

func TestReadSaysWhereTheAdjustedCloseIsFrom(t *testing.T) {
	for text, want := range map[string]bool{"date,close\n2025-01-27,5\n": false, "date,close,AdjClose\n2025-01-27,5,4\n": true} {
		if s, err := Read("f.csv", "X", []byte(text), Options{}); err != nil || s.Adjusted != want || s.Origin != "f.csv" || s.Symbol != "X" {
			t.Errorf("%q: %+v, %v", text, s, err)
		}
	}
}

func TestReadActions(t *testing.T) {
	s, err := Read("f.csv", "NVDA", []byte("Date,Close,Dividends,Stock Splits\n2024-06-11,120.9,0.01,0.0\n2024-06-10,121.79,0,10\n2024-06-07,120.888,0.0,0.0\n"), Options{})
	if err != nil {
		t.Fatal(err)
	}
	want := []market.Action{{Date: market.NewDate(2024, 6, 10), Split: 10}, {Date: market.NewDate(2024, 6, 11), Dividend: 0.01}}
	if !slices.Equal(s.Actions, want) {
		t.Errorf("actions %v, want %v", s.Actions, want)
	}
	if got := s.Between(market.NewDate(2024, 6, 11), market.NoDate); len(got.Bars) != 1 || len(got.Actions) != 1 {
		t.Errorf("from 2024-06-11: %+v", got)
	}
	s, err = Read("f.csv", "NVDA", []byte("date,close,div_cash,split_factor\n2024-06-10,121.79,0,10\n2024-06-07,1208.88,0,1\n"), Options{})
	if err != nil || !slices.Equal(s.Actions, want[:1]) {
		t.Errorf("actions %v, %v", s.Actions, err)
	}
}

// TestPricesAsTraded: Nvidia's split of 10 for 1 on 2024-06-10, with closes as
// traded, and as adjusted already.
func TestPricesAsTraded(t *testing.T) {
	want := "2024-06-06 _/_/_/121/121/100; 2024-06-07 _/_/_/120.888/120.888/200; 2024-06-10 _/_/_/121.79/121.79/300"
	for name, text := range map[string]string{
		"as traded": "date,close,volume,split_factor\n2024-06-06,1210,10,1\n2024-06-07,1208.88,20,1\n2024-06-10,121.79,300,10\n",
		"adjusted":  "Date,Close,Volume,Stock Splits\n2024-06-06,121,100,0\n2024-06-07,120.888,200,0\n2024-06-10,121.79,300,10\n",
	} {
		if s, err := Read("f.csv", "NVDA", []byte(text), Options{}); err != nil || show(s) != want {
			t.Errorf("%s: %v, %v", name, show(s), err)
		}
	}
	reverse := "date,close,split_factor\n2024-06-06,1,1\n2024-06-07,10.5,0.1\n2024-06-10,21,1\n2024-06-11,10.6,2\n"
	if s, err := Read("f.csv", "X", []byte(reverse), Options{}); err != nil || show(s) != "2024-06-06 _/_/_/5/5/_; 2024-06-07 _/_/_/5.25/5.25/_; 2024-06-10 _/_/_/10.5/10.5/_; 2024-06-11 _/_/_/10.6/10.6/_" {
		t.Errorf("a reverse split: %v, %v", show(s), err)
	}
	traded, err := Open("../../../shared/data/raw_unadjusted", Options{})
	if err != nil {
		t.Skip("the shared prices are not beside this checkout")
	}
	adjusted, err := Open(sharedPrices, Options{})
	if err != nil {
		t.Fatal(err)
	}
	for _, symbol := range []string{"NVDA", "AVGO", "SMCI", "MSFT"} {
		a, err := traded.Series(t.Context(), symbol, market.NoDate, market.NoDate)
		if err != nil {
			t.Fatal(err)
		}
		b, err := adjusted.Series(t.Context(), symbol, a.Bars[0].Date, a.Bars[len(a.Bars)-1].Date)
		if err != nil {
			t.Fatal(err)
		}
		for i := range a.Bars {
			if x, y := a.Bars[i], b.Bars[i]; x.Date != y.Date || math.Abs(x.Close/y.Close-1) > 2e-4 {
				t.Fatalf("%s: %s %v, elsewhere %s %v", symbol, x.Date, x.Close, y.Date, y.Close)
			}
		}
	}
}

func TestReadOrder(t *testing.T) {
	text := []byte("date,close\n01/02/2025,5\n01/03/2025,6\n")
	for order, want := range map[Order]string{MonthFirst: "2025-01-02 2025-01-03", DayFirst: "2025-02-01 2025-03-01"} {
		s, err := Read("f.csv", "X", text, Options{Order: order})
		if err != nil || s.Bars[0].Date.String()+" "+s.Bars[1].Date.String() != want {
			t.Errorf("%s: %v, %v", order, s, err)
		}
	}
}

func TestReadErrors(t *testing.T) {
	for _, c := range []struct{ name, text, want string }{
		{"empty", "", "f.csv: it is empty"},
		{"blank", " \r\n\n", "f.csv: it is empty"},
		{"no header", "x,y\n1,2\n", "f.csv:1: no column is named as a date, nor one as a closing price; name it in the headings"},
		{"no date", "day of trade,close\n2025-01-27,5\n", "no column is named as a date"},
		{"no rows", "date,close\n", "f.csv: it has no rows"},
		{"zero", "date,close\n2025-01-27,0\n", "f.csv:2: close is 0; a price must be positive"},
		{"zero open", "date,open,close\n2025-01-27,0.00,5\n", "f.csv:2: open is 0.00; a price must be positive"},
		{"negative", "date,close\n2025-01-27,5\n\n2025-01-28,-118.42\n", "f.csv:4: close is -118.42"},
		{"negative with a currency", "date,close\n2025-01-27,-$5\n", "f.csv:2: close is -$5"},
		{"negative volume", "date,close,volume\n2025-01-27,5,-1\n", "f.csv:2: volume is -1; it must not be negative"},
		{"letters", "date,close\n2025-01-27,abc\n", `f.csv:2: close "abc" is not a number`},
		{"infinite", "date,close\n2025-01-27,Inf\n", `f.csv:2: close "Inf" is not a number`},
		{"too large", "date,close\n2025-01-27,1e999\n", `is not a number`},
		{"hexadecimal", "date,close\n2025-01-27,0x10\n", `is not a number`},
		{"wrong groups", "date,close\n2025-01-27,\"1,23,4.5\"\n", `is not a number`},
		{"wrong date", "date,close\n2025-02-29,5\n", `f.csv:2: "2025-02-29": not a date`},
		{"no date in a row", "date,close\n,5\n", `f.csv:2: "": no date`},
		{"cut off", "date,open,close\n2025-01-27,4,5\n2025-01-28,4", "f.csv:3: 2 fields where the header has 3; is the line cut off?"},
		{"quote not closed", "date,close\n2025-01-27,\"5\n2025-01-28,6\n", "f.csv:2: a quotation mark is not closed"},
		{"twice", "date,close\n2025-01-27,5\n2025-01-28,6\n2025-01-27,7\n", "f.csv:4: 2025-01-27 appears twice, first on line 2, with two closes: 5 and 7"},
		{"years that come first", "date,close\n24-12-30,5\n24-12-31,5\n25-01-02,5\n", "f.csv:2: 24-12-30 has a year of two digits, which seems to come first; write 2025-01-27, or, where it comes last, set the order of dates (prices.dates) to dmy or mdy"},
		{"years that can only come first", "date,close\n99-12-30,5\n99-12-31,5\n", "f.csv:2: 99-12-30 has a year of two digits before the month; write 2025-01-27"},
		{"years of two digits without marks", "date,close\n241230,5\n241231,5\n", `f.csv:2: "241230": a year of two digits, or a month, where days are needed; write 2025-01-27`},
		{"ambiguous", "date,close\n01/02/2025,5\n", "f.csv:2: 01/02/2025 may be month/day or day/month, and no line of the file tells; set the order of dates (prices.dates) to mdy or dmy"},
		{"contradictory", "date,close\n13/02/2025,5\n02/14/2025,5\n", "f.csv:2: the day comes first here, but the month on line 3"},
		{"two closes", "date,Close EUR,Close USD\n2025-01-27,5,6\n", "f.csv:1: the columns Close EUR and Close USD are both taken for the close; keep one of them"},
		{"a column twice", "date,close,Close\n2025-01-27,5,6\n", "f.csv:1: the column close appears twice"},
		{"previous close", "Date,Previous Close,Open\n2024-08-01,1,2\n", "f.csv:1: no column is named as a closing price; name it in the headings"},
		{"no date", "When,Close\n2024-08-01,1\n", "f.csv:1: no column is named as a date; name it"},
		{"JSON", `[{"date": "2024-08-01"}]`, "f.csv:1: it is JSON, not CSV"},
		{"HTML", "<html><td>2024-08-01</td></html>", "f.csv:1: it is a page or another document of marks"},
		{"Parquet", "PAR1\x00\x00", "f.csv: it is Parquet, not text"},
		{"old workbook", "\xd0\xcf\x11\xe0\x00", "f.csv: it is a workbook (.xls), not text"},
		{"UTF-32", "\xff\xfe\x00\x00D\x00\x00\x00", "f.csv: it is UTF-32; save it as UTF-8"},
		{"a stamp cut off by an exponent", "timestamp,close\n1.7225E+09,1\n", `"1.7225E+09": not a date`},
		{"binary", "PK\x03\x04\x00\x00\x00", "f.csv: it is a workbook (.xlsx, .ods) or another zip archive"},
	} {
		_, err := Read("f.csv", "X", []byte(c.text), Options{})
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v; want %q", c.name, err, c.want)
		}
	}
}

func TestReadReportsAllWrongRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("date,close\n")
	for i := range 25 {
		fmt.Fprintf(&b, "%s,0\n", market.NewDate(2025, 1, 1+i))
	}
	_, err := Read("f.csv", "X", []byte(b.String()), Options{})
	lines := strings.Split(err.Error(), "\n")
	if len(lines) != 11 || !strings.HasPrefix(lines[0], "f.csv:2: ") || !strings.HasPrefix(lines[9], "f.csv:11: ") || lines[10] != "f.csv: and 15 more wrong rows" {
		t.Errorf("%v", err)
	}
}

func TestReadEncodings(t *testing.T) {
	plain := "date,close\r\n2025-01-27,118.42\r\n"
	u := utf16.Encode([]rune(plain))
	little, big := []byte{0xff, 0xfe}, []byte{0xfe, 0xff}
	for _, c := range u {
		little = append(little, byte(c), byte(c>>8))
		big = append(big, byte(c>>8), byte(c))
	}
	var z bytes.Buffer
	w := gzip.NewWriter(&z)
	w.Write([]byte(plain))
	w.Close()
	for name, data := range map[string][]byte{"plain": []byte(plain), "mark": []byte("\ufeff" + plain), "UTF-16LE": little, "UTF-16BE": big, "gzip": z.Bytes()} {
		if s, err := Read("f.csv", "X", data, Options{}); err != nil || s.Bars[0].Close != 118.42 {
			t.Errorf("%s: %v", name, err)
		}
	}
	if _, err := Read("f.csv.gz", "X", z.Bytes()[:20], Options{}); err == nil || !strings.HasPrefix(err.Error(), "f.csv.gz: ") {
		t.Errorf("a truncated gzip file: %v", err)
	}
}

func TestDir(t *testing.T) {
	dir := t.TempDir()
	for name, text := range map[string]string{
		"NVDA.csv": "date,close\n2025-01-24,142.62\n2025-01-27,118.42\n", "^GSPC.csv": "date,close\n2025-01-27,6012.28\n", "%5EIXIC.csv": "date,close\n2025-01-27,19341.83\n",
		"BRK-B.csv": "date,close\n2025-01-27,468\n", "amd.CSV": "date,close\n2025-01-27,115.01\n", "005930.KS.csv": "date,close\n2025-01-31,52400\n", "notes.txt": "", ".hidden.csv": "",
	} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	d, err := Open(dir, Options{})
	if err != nil {
		t.Fatal(err)
	}
	var _ market.Source = d
	symbols, _ := d.Symbols(t.Context())
	if want := []string{"005930.KS", "BRK-B", "NVDA", "^GSPC", "^IXIC", "amd"}; !slices.Equal(symbols, want) {
		t.Errorf("symbols %v, want %v", symbols, want)
	}
	for symbol, want := range map[string]string{"NVDA": "2025-01-24 _/_/_/142.62/142.62/_; 2025-01-27 _/_/_/118.42/118.42/_", "^IXIC": "2025-01-27 _/_/_/19341.83/19341.83/_", "AMD": "2025-01-27 _/_/_/115.01/115.01/_"} {
		if s, err := d.Series(t.Context(), symbol, market.NoDate, market.NoDate); err != nil || show(s) != want || s.Symbol != symbol {
			t.Errorf("%s: %v, %v", symbol, s, err)
		}
	}
	if s, err := d.Series(t.Context(), "NVDA", market.NewDate(2025, 1, 25), market.NewDate(2025, 1, 27)); err != nil || len(s.Bars) != 1 {
		t.Errorf("a span: %v, %v", s, err)
	}
	_, err = d.Series(t.Context(), "NVDIA", market.NoDate, market.NoDate)
	if !errors.Is(err, market.ErrUnknownSymbol) || !strings.Contains(err.Error(), "unknown symbol") {
		t.Errorf("a misspelt symbol: %v", err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := d.Series(ctx, "NVDA", market.NoDate, market.NoDate); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
	if _, err := Open(filepath.Join(dir, "none"), Options{}); err == nil || !strings.Contains(err.Error(), "no directory") {
		t.Errorf("no directory: %v", err)
	}
	if _, err := Open(t.TempDir(), Options{}); err == nil || !strings.Contains(err.Error(), "SYMBOL.csv") {
		t.Errorf("an empty directory: %v", err)
	}
	if _, err := Open(dir, Options{Order: "ymd"}); err == nil {
		t.Error("a wrong order was taken")
	}
}

// TestSharedPrices compares every figure of every file with encoding/csv.
func TestSharedPrices(t *testing.T) {
	d, err := Open(sharedPrices, Options{})
	if err != nil {
		t.Skip("the shared prices are not beside this checkout")
	}
	symbols, _ := d.Symbols(t.Context())
	rows := 0
	for _, symbol := range symbols {
		s, err := d.Series(t.Context(), symbol, market.NoDate, market.NoDate)
		if err != nil {
			t.Error(err)
			continue
		}
		f, err := os.Open(filepath.Join(sharedPrices, symbol+".csv"))
		if err != nil {
			t.Fatal(err)
		}
		records, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil || len(records)-1 != len(s.Bars) {
			t.Fatalf("%s: %d bars of %d rows, %v", symbol, len(s.Bars), len(records)-1, err)
		}
		for i, b := range s.Bars {
			rows++
			for k, v := range []float64{b.Open, b.High, b.Low, b.Close, b.AdjClose, b.Volume} {
				if want, err := strconv.ParseFloat(records[i+1][k+1], 64); err != nil && !math.IsNaN(v) || err == nil && v != want {
					t.Fatalf("%s %s: field %d is %v, want %s", symbol, b.Date, k, v, records[i+1][k+1])
				}
			}
			if b.Date.String() != records[i+1][0] {
				t.Fatalf("%s: %s, want %s", symbol, b.Date, records[i+1][0])
			}
		}
	}
	if rows < 120_000 {
		t.Errorf("only %d rows compared", rows)
	}
}

func TestShortAgreesWithParseFloat(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9]{0,10}\.?[0-9]{0,6}`).Draw(t, "s")
		got, ok := short(s, '.')
		want, err := strconv.ParseFloat(s, 64)
		if ok && (err != nil || got != want) || !ok && err == nil && len(s) < 16 {
			t.Fatalf("short(%q) = %v, %v; ParseFloat says %v, %v", s, got, ok, want, err)
		}
	})
}

func TestPlainMarkAgreesWithAnyMark(t *testing.T) {
	compare := func(s string) (mark byte, wrong bool) {
		mark, ok := plainMark(s)
		return mark, ok && mark != anyMark(s)
	}
	proving := 0
	for _, s := range []string{"", ".", ",", "5", "5.", ".5", ",5", "1.5", "1,5", "1.234", "1,234", "0.123", "12.345", "1234.567", "1234,567", ".123", "1.2345", "1.2.3", "-1.5", "1.5e3"} {
		mark, wrong := compare(s)
		if wrong {
			t.Errorf("plainMark(%q) = %q; anyMark says %q", s, mark, anyMark(s))
		}
		if mark != 0 {
			proving++
		}
	}
	if proving < 10 {
		t.Errorf("only %d prove a mark", proving)
	}
	rapid.Check(t, func(t *rapid.T) {
		s := rapid.StringMatching(`[0-9]{0,5}([.,][0-9]{0,4}){0,2}|[.,-]|-?[0-9]{1,3}`).Draw(t, "s")
		if mark, wrong := compare(s); wrong {
			t.Fatalf("plainMark(%q) = %q; anyMark says %q", s, mark, anyMark(s))
		}
	})
}

func FuzzRead(f *testing.F) {
	for _, s := range []string{
		"date,close\n2025-01-27,118.42\n", "Date;Close;Adj Close\n27.01.2025;1.234,50;1\n", "\"Date\",\"Price\",\"Vol.\"\n\"Jan 27, 2025\",\"1,1\",\"3M\"\n",
		"t\tc\n1737988200\t$5\n", "Price,Close\nTicker,X\nDate,\n2025-01-27,5\n", "date,close\n1/2/25 16:00Z,-\n", "date|close|split\n2025-01-27|5|10\n",
	} {
		f.Add([]byte(s), "")
	}
	f.Add([]byte("date,close\n01/02/2025,1e5\n"), "dmy")
	f.Fuzz(func(t *testing.T, data []byte, order string) {
		s, err := Read("f.csv", "8035.T", data, Options{Order: Order(order)})
		if err != nil {
			if s != nil || err.Error() == "" {
				t.Fatal("an error with a series, or without words")
			}
			return
		}
		for i, b := range s.Bars {
			if i > 0 && b.Date <= s.Bars[i-1].Date {
				t.Fatalf("%s does not come after %s", b.Date, s.Bars[i-1].Date)
			}
			for _, v := range []float64{b.Open, b.High, b.Low, b.Close, b.AdjClose} {
				if v <= 0 || math.IsInf(v, 0) {
					t.Fatalf("price %v", v)
				}
			}
		}
	})
}

func BenchmarkRead(b *testing.B) {
	var text strings.Builder
	text.WriteString("date,open,high,low,close,adj_close,volume\n")
	for i, d := 0, market.NewDate(2015, 1, 2); i < 2859; i, d = i+1, d+1 {
		p := 100 + 50*math.Sin(float64(i)/100)
		fmt.Fprintf(&text, "%s,%.4f,%.4f,%.4f,%.4f,%.6f,%d\n", d, p, p+1, p-1, p+0.5, p/2, 100000000+i)
	}
	data := []byte(text.String())
	b.SetBytes(int64(len(data)))
	b.ReportAllocs()
	for b.Loop() {
		if s, err := Read("f.csv", "NVDA", data, Options{Zone: time.UTC}); err != nil || len(s.Bars) != 2859 {
			b.Fatal(err)
		}
	}
}

func TestLinesThatEndInACarriageReturn(t *testing.T) {
	s, err := Read("f.csv", "X", []byte("Date,Close\r2025-01-02,1\r2025-01-03,2\r"), Options{})
	if err != nil || len(s.Bars) != 2 || s.Bars[1].Close != 2 {
		t.Errorf("%+v, %v", s, err)
	}
	if _, err := Read("f.csv", "X", []byte("Date,Close\r2025-01-02,1\r2025-01-03,x\r"), Options{}); err == nil || !strings.HasPrefix(err.Error(), "f.csv:3: ") {
		t.Errorf("error %v", err)
	}
}

// A small file that holds a large one does not fill the memory.
func TestGunzipIsBounded(t *testing.T) {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	z.Write(make([]byte, 1000))
	z.Close()
	if out, err := gunzip(b.Bytes(), 1000); err != nil || len(out) != 1000 {
		t.Errorf("%d bytes, %v", len(out), err)
	}
	if _, err := gunzip(b.Bytes(), 999); err == nil || !strings.Contains(err.Error(), "more than 999 bytes") {
		t.Errorf("error %v", err)
	}
}
