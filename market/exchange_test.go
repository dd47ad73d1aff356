package market

import (
	"bufio"
	"errors"
	"io/fs"
	"os"
	"slices"
	"strings"
	"testing"
	"time"
)

// barDates returns the dates of a file of shared prices, or skips the test.
func barDates(t *testing.T, symbol string) []Date {
	t.Helper()
	f, err := os.Open("../../shared/data/prices/" + symbol + ".csv")
	if errors.Is(err, fs.ErrNotExist) {
		t.Skip("the shared prices are not beside this checkout")
	}
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var out []Date
	sc := bufio.NewScanner(f)
	for sc.Scan() {
		if d, err := ParseDate(sc.Text()[:min(10, len(sc.Text()))]); err == nil {
			out = append(out, d)
		}
	}
	return out
}

// TestSessionsAreThoseOfThePrices compares every session between a file's
// first and last bar, within the years of the rules.
func TestSessionsAreThoseOfThePrices(t *testing.T) {
	for _, c := range []struct {
		symbol string
		holes  []string // sessions that the file lacks, known from elsewhere
	}{
		{"NVDA", nil}, {"SPY", nil}, {"^GSPC", nil},
		{"6857.T", nil}, {"8035.T", nil},
		{"005930.KS", nil}, {"000660.KS", nil},
		{"2330.TW", []string{"2025-08-01"}}, // the exchange traded: its index fell 0.5% on the tariff
		{"ASML.AS", []string{"2015-12-31"}}, // a half-day
	} {
		t.Run(c.symbol, func(t *testing.T) {
			bars := barDates(t, c.symbol)
			e := ExchangeOfSymbol(c.symbol)
			cal := e.Calendar()
			for _, d := range bars {
				if _, ok := cal.Index(d); !ok && e.Rules.Contains(d) {
					t.Errorf("%s traded on %s, %s, which is no session of %s", c.symbol, d, d.Weekday(), e.Name)
				}
			}
			for i := cal.Search(bars[0]); i < cal.Len() && cal.Date(i) <= bars[len(bars)-1]; i++ {
				if d := cal.Date(i); !slices.Contains(bars, d) && !slices.Contains(c.holes, d.String()) {
					t.Errorf("%s: no bar on %s, a session of %s", c.symbol, d, e.Name)
				}
			}
		})
	}
}

// TestFirstSessionAfterTheSellOff: the exchanges of Taiwan and Korea were
// closed for Lunar New Year when DeepSeek reached the markets.
func TestFirstSessionAfterTheSellOff(t *testing.T) {
	at := time.Date(2025, 1, 27, 14, 30, 0, 0, time.UTC)
	for symbol, want := range map[string]string{
		"NVDA": "2025-01-27", "2330.TW": "2025-02-03", "000660.KS": "2025-01-31", "035720.KQ": "2025-01-31",
		"8035.T": "2025-01-28", "0700.HK": "2025-01-28", "ASML.AS": "2025-01-27", "IFX.DE": "2025-01-27", "ARM.L": "2025-01-27",
	} {
		cal := ExchangeOfSymbol(symbol).Calendar()
		if got := cal.Date(cal.SessionFor(at)); got.String() != want {
			t.Errorf("%s: %s, want %s", symbol, got, want)
		}
	}
}

// TestClosesAndClosures holds days that no price file here reaches.
func TestClosesAndClosures(t *testing.T) {
	for _, c := range []struct{ exchange, closed string }{
		{"NYSE", "1994-04-27 2001-09-11 2001-09-14 2004-06-11 2007-01-02 2012-10-29 2012-10-30 2018-12-05 2025-01-09 " +
			"1998-01-19 2022-06-20 2023-06-19 2000-01-17 1990-12-25 2026-07-03 2021-12-24 1995-01-02 2033-12-26"},
		{"LSE", "2002-06-03 2011-04-29 2012-06-05 2020-05-08 2022-06-02 2022-09-19 2023-05-08 2021-12-27 2021-12-28 2022-12-26 2022-12-27 2020-12-28 2022-01-03"},
		{"Xetra", "2017-10-31 2015-05-25 2021-05-24 2014-10-03 2019-10-03 2024-12-24 2024-12-31"},
		{"Hong Kong", "2015-04-07 2018-02-19 2020-10-13 2021-04-06 2023-09-01 2023-09-08 2024-09-06 2026-04-07"},
		{"Taiwan", "2016-07-08 2018-12-31 2020-01-29 2026-10-26"},
		{"Korea", "2017-05-09 2020-04-15 2024-10-01 2026-07-17"},
		{"Tokyo", "2015-09-22 2019-04-30 2019-05-02 2019-10-22 2020-10-01 2020-07-24 2021-08-09 2026-09-22 2032-09-21"},
	} {
		e, ok := ExchangeByName(c.exchange)
		if !ok {
			t.Fatalf("no exchange %s", c.exchange)
		}
		for _, d := range dates(t, strings.Fields(c.closed)...) {
			if _, ok := e.Calendar().Index(d); ok {
				t.Errorf("%s: %s is a session", c.exchange, d)
			}
		}
	}
	for _, c := range []struct{ exchange, close, sessions string }{
		{"NYSE", "16:00", "1997-01-20 2021-06-18 2010-12-31 2021-12-31 2018-11-30 2002-07-03 1991-11-29 2026-07-02 1994-07-01 2009-07-02"},
		{"NYSE", "14:00", "1990-12-24 1991-12-24 1992-11-27 1992-12-24 1996-01-08"},
		{"NYSE", "13:00", "1993-11-26 1995-07-03 1996-07-05 1997-12-26 1999-12-31 2002-07-05 2003-12-26 2012-07-03 2013-07-03 2019-07-03 2024-07-03 2024-11-29 2024-12-24 2025-07-03 2040-12-24"},
		{"NYSE", "15:30", "1997-10-27"},
		{"LSE", "12:30", "2024-12-24 2024-12-31 2022-12-23 2022-12-30"},
		{"LSE", "16:30", "2025-01-27 2020-05-04 2022-05-30"},
		{"Euronext Amsterdam", "14:05", "2024-12-24 2024-12-31"},
		{"Xetra", "14:00", "2024-12-30 2023-12-29"},
		{"Xetra", "17:30", "2022-06-06 2022-10-03 2025-01-27"},
		{"Tokyo", "15:00", "2024-11-01 2020-10-02"},
		{"Tokyo", "15:30", "2024-11-05"},
		{"Korea", "15:00", "2016-07-29"},
		{"Korea", "15:30", "2016-08-01 2017-11-15 2017-11-17"},
		{"Korea", "16:30", "2017-11-16 2017-11-23 2024-11-14"},
		{"Taiwan", "13:30", "2016-01-30 2018-03-31 2018-12-22 2025-08-01"},
		{"Hong Kong", "12:00", "2024-02-09 2025-01-28 2024-12-24 2024-12-31"},
		{"Hong Kong", "16:00", "2023-10-09 2025-01-27"},
	} {
		e, _ := ExchangeByName(c.exchange)
		cal := e.Calendar()
		for _, d := range dates(t, strings.Fields(c.sessions)...) {
			i, ok := cal.Index(d)
			if !ok {
				t.Errorf("%s: %s is no session", c.exchange, d)
			} else if got := cal.Close(i).Format("15:04"); got != c.close {
				t.Errorf("%s: %s closes at %s, want %s", c.exchange, d, got, c.close)
			}
		}
	}
}

func TestEarly(t *testing.T) {
	for _, c := range []struct {
		exchange, date string
		early          bool
	}{
		{"NYSE", "2024-11-29", true}, {"NYSE", "2024-12-02", false},
		{"Tokyo", "2024-11-01", false}, {"Tokyo", "2024-11-05", false}, // the usual hour changed
		{"Korea", "2016-07-29", false}, {"Korea", "2024-11-14", false},
	} {
		e, _ := ExchangeByName(c.exchange)
		i, _ := e.Calendar().Index(dates(t, c.date)[0])
		if got := e.Calendar().Early(i); got != c.early {
			t.Errorf("%s %s: early %v", c.exchange, c.date, got)
		}
	}
}

func TestExchangesTable(t *testing.T) {
	names := map[string]string{}
	for _, e := range Exchanges {
		for _, n := range slices.Concat([]string{strings.ToUpper(e.Name), e.MIC}, e.Aliases, e.Suffixes, e.Indices) {
			if n != strings.ToUpper(n) {
				t.Errorf("%s: %q is not in capitals", e.Name, n)
			}
			if o, dup := names[n]; dup && o != e.Name {
				t.Errorf("%q names %s and %s", n, o, e.Name)
			}
			names[n] = e.Name
		}
		cal := e.Calendar()
		perYear := map[int]int{}
		for i := range cal.Len() {
			perYear[cal.Date(i).Year()]++
		}
		fewest, most := 238, 260
		if e == crypto {
			fewest, most = 365, 366
		}
		for y := e.Rules.From; e.Rules != (Years{}) && y <= e.Rules.To; y++ {
			if n := perYear[y]; n < fewest || n > most {
				t.Errorf("%s: %d sessions in %d", e.Name, n, y)
			}
		}
		if cal != e.Calendar() {
			t.Errorf("%s: Calendar is built anew", e.Name)
		}
	}
	for name, want := range map[string]string{"NMS": "NYSE", "nasdaq": "NYSE", "PCX": "NYSE", "XTKS": "Tokyo", " ksc ": "Korea", "AMS": "Euronext Amsterdam"} {
		if e, ok := ExchangeByName(name); !ok || e.Name != want {
			t.Errorf("ExchangeByName(%q) is not %s", name, want)
		}
	}
	for _, name := range []string{"", "Atlantis"} {
		if _, ok := ExchangeByName(name); ok {
			t.Errorf("an unknown exchange %q was found", name)
		}
	}
	for symbol, want := range map[string]string{
		"NVDA": "NYSE", "BRK.B": "NYSE", "BRK-B": "NYSE", "^GSPC": "NYSE", "AAPL.OQ": "NYSE", "aapl.us": "NYSE", "BAC-PL": "NYSE",
		"^N225": "Tokyo", "^KS11": "Korea", "vod.l": "LSE", "SAP.DE": "Xetra", "6488.TWO": "Taiwan", "MC.PA": "Euronext Paris", "^STOXX50E": "Euronext Paris",
		"INFY.NS": "India", "RELIANCE.BO": "India", "^NSEI": "India", "600519.SS": "Shanghai", "000001.SS": "Shanghai", "300750.SZ": "Shenzhen",
		"BHP.AX": "Sydney", "^AXJO": "Sydney", "RY.TO": "Toronto", "^GSPTSE": "Toronto", "NESN.SW": "Zurich", "^SSMI": "Zurich", "VOLV-B.ST": "Stockholm",
		"NOVO-B.CO": "Copenhagen", "EQNR.OL": "Oslo", "NOKIA.HE": "Helsinki", "ENI.MI": "Milan", "FTSEMIB.MI": "Milan", "SAN.MC": "Madrid", "^IBEX": "Madrid",
		"D05.SI": "Singapore", "BBCA.JK": "Jakarta", "^JKSE": "Jakarta", "PTT.BK": "Bangkok", "1155.KL": "Kuala Lumpur", "PETR4.SA": "Sao Paulo", "^BVSP": "Sao Paulo",
		"WALMEX.MX": "Mexico", "NPN.JO": "Johannesburg", "2222.SR": "Riyadh", "^TASI.SR": "Riyadh", "EMAAR.AE": "Dubai", "QNBK.QA": "Doha", "NBK.KW": "Kuwait",
		"COMI.CA": "Cairo", "^CASE30": "Cairo", "THYAO.IS": "Istanbul", "XU100.IS": "Istanbul", "PKO.WA": "Warsaw", "OMV.VI": "Vienna", "^ATX": "Vienna", "TEVA.TA": "Tel Aviv",
		"EDP.LS": "Euronext Lisbon", "ABI.BR": "Euronext Brussels", "SAP.F": "Frankfurt", "BTC-USD": "Crypto", "eth-usdt": "Crypto", "EURUSD=X": "Currencies", "JPY=X": "Currencies", "CL=F": "CME",
	} {
		if e := ExchangeOfSymbol(symbol); e == nil || e.Name != want {
			t.Errorf("ExchangeOfSymbol(%q) is not %s", symbol, want)
		}
	}
	for _, symbol := range []string{"ABC.QQ", "^NOBODYSINDEX", "X.C"} {
		if e := ExchangeOfSymbol(symbol); e != nil {
			t.Errorf("%s is on %s", symbol, e.Name)
		}
	}
}

// TestWeeks: where a week begins on Sunday, and when exchanges changed it.
func TestWeeks(t *testing.T) {
	for _, c := range []struct{ exchange, trades, rests string }{
		{"Riyadh", "2024-11-17 2024-11-21 2013-06-30 2013-06-26 2013-06-22", "2024-11-22 2024-11-23 2013-06-28 2013-06-27"},
		{"Cairo", "2024-11-17 2024-11-21", "2024-11-22 2024-11-23"},
		{"Dubai", "2021-12-26 2022-01-07", "2021-12-24 2022-01-02"},
		{"Tel Aviv", "2025-12-28 2026-01-09", "2025-12-26 2026-01-04"},
		{"India", "2024-11-22", "2024-11-23 2024-11-24"},
		{"Crypto", "2024-11-23 2024-11-24", ""},
	} {
		e, ok := ExchangeByName(c.exchange)
		if !ok {
			t.Fatal(c.exchange)
		}
		for _, d := range dates(t, strings.Fields(c.trades)...) {
			if !e.Calendar().TradesOn(d) {
				t.Errorf("%s does not trade on %s", c.exchange, d)
			}
		}
		for _, d := range dates(t, strings.Fields(c.rests)...) {
			if e.Calendar().TradesOn(d) {
				t.Errorf("%s trades on %s", c.exchange, d)
			}
		}
	}
}

// TestHours: closes without rules, and openings.
func TestHours(t *testing.T) {
	days := dates(t, "2024-03-08", "2024-03-11", "2024-11-01", "2024-11-03", "2024-11-04", "2026-01-09")
	for _, c := range []struct {
		exchange    string
		open, close [6]string
	}{
		{"Sao Paulo", [6]string{"10:00", "10:00", "10:00", "10:00", "10:00", "10:00"}, [6]string{"17:55", "16:55", "16:55", "17:55", "17:55", "17:55"}},
		{"Mexico", [6]string{"08:30"}, [6]string{"15:00", "14:00", "14:00", "15:00", "15:00", "15:00"}},
		{"Tel Aviv", [6]string{"09:59"}, [6]string{"17:15", "17:15", "17:15", "15:40", "17:15", "13:40"}},
		{"India", [6]string{"09:15"}, [6]string{"15:30", "15:30", "15:30", "15:30", "15:30", "15:30"}},
	} {
		e, _ := ExchangeByName(c.exchange)
		cal, n, err := e.WithHistory(days)
		if err != nil || n != len(days) {
			t.Fatalf("%s: %d, %v", c.exchange, n, err)
		}
		for i := range days {
			if got := cal.Close(i).Format("15:04"); got != c.close[i] || cal.Early(i) {
				t.Errorf("%s closes at %s on %s, not %s", c.exchange, got, days[i], c.close[i])
			}
			if open, ok := cal.Open(i); !ok || c.open[i] != "" && open.Format("15:04") != c.open[i] {
				t.Errorf("%s opens at %s on %s", c.exchange, open, days[i])
			}
		}
	}
	i, _ := korea.Calendar().Index(dates(t, "2017-11-16")[0])
	if open, ok := korea.Calendar().Open(i); !ok || open.Format("15:04") != "10:00" {
		t.Errorf("Seoul opened at %s on 2017-11-16", open)
	}
	if _, ok := (&Calendar{sessions: []Session{{Date: 1, Close: 5}}, usual: closing(1, 0), zone: time.UTC}).Open(0); ok {
		t.Error("an opening that nobody knows")
	}
}

// TestEquinoxes: dates of the National Astronomical Observatory of Japan.
func TestEquinoxes(t *testing.T) {
	cal := tokyo.Calendar()
	for _, d := range dates(t, "2010-03-22", "2015-09-23", "2016-09-22", "2018-03-21", "2020-03-20", "2020-09-22", "2023-03-21", "2024-03-20", "2024-09-23", "2028-09-22", "2031-03-21", "2035-09-24") {
		if _, ok := cal.Index(d); ok {
			t.Errorf("%s is a session", d)
		}
	}
}

func TestWithHistory(t *testing.T) {
	own := dates(t, "2014-12-29", "2014-12-30", "2015-01-01", "2015-01-02", "2027-01-04")
	c, n, err := korea.WithHistory(own)
	if err != nil || n != 3 {
		t.Fatalf("%d sessions taken, %v", n, err)
	}
	if c.Len() != korea.Calendar().Len()+3 || c.Date(0) != own[0] || c.Date(c.Len()-1) != own[4] {
		t.Error("the sessions of other years are not those given")
	}
	if _, ok := c.Index(own[2]); ok {
		t.Error("within the rules' years the rules decide")
	}
	if c.Close(0).Format("15:04") != "15:00" {
		t.Errorf("2014 closes at %s", c.Close(0).Format("15:04"))
	}
	if _, _, err := korea.WithHistory([]Date{own[1], own[0]}); err == nil {
		t.Error("dates out of order were taken")
	}
	if c, n, _ := korea.WithHistory(own[2:4]); n != 0 || c != korea.Calendar() {
		t.Error("nothing to add, yet a new calendar")
	}
}
