package sample

import (
	"bytes"
	"encoding/csv"
	"errors"
	"math"
	"os"
	"strconv"
	"strings"
	"testing"

	"aftershock/market"
)

func load(t *testing.T, symbol string) *market.Series {
	t.Helper()
	s, err := Source().Series(t.Context(), symbol, market.NoDate, market.NoDate)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// TestReturnsOfTheSellOff: closes as published; Nvidia lost 589 billion dollars.
func TestReturnsOfTheSellOff(t *testing.T) {
	for symbol, want := range map[string]struct{ close, before, percent float64 }{
		"NVDA": {118.42, 142.62, -16.97}, "AVGO": {202.13, 244.70, -17.40}, "TSM": {0, 0, -13.33}, "MRVL": {0, 0, -19.10}, "MU": {0, 0, -11.71},
		"AMD": {0, 0, -6.37}, "ASML": {0, 0, -5.75}, "ORCL": {0, 0, -13.79}, "VRT": {0, 0, -29.88},
	} {
		s := load(t, symbol).Between(market.NewDate(2025, 1, 24), market.NewDate(2025, 1, 27))
		if len(s.Bars) != 2 {
			t.Fatalf("%s: %d bars from 24 to 27 January", symbol, len(s.Bars))
		}
		a, b := s.Bars[0], s.Bars[1]
		if want.close > 0 && (b.Close != want.close || a.Close != want.before) {
			t.Errorf("%s: %v after %v", symbol, b.Close, a.Close)
		}
		if r := 100 * (b.AdjClose/a.AdjClose - 1); math.Abs(r-want.percent) > 0.005 {
			t.Errorf("%s: %.3f%%, want %.2f%%", symbol, r, want.percent)
		}
	}
}

func TestCoverage(t *testing.T) {
	cal := market.NYSE()
	before, _ := cal.Index(market.NewDate(2024, 12, 1) + 1)
	after, _ := cal.Index(market.NewDate(2025, 4, 16))
	secs := Securities()
	if len(secs) != 19 || secs[0].Symbol != "SPY" {
		t.Fatalf("securities %v", secs)
	}
	for _, sec := range secs {
		s := load(t, sec.Symbol)
		if sec.Name == "" || s.Name != sec.Name || sec.Currency != "USD" || !s.Adjusted {
			t.Errorf("%s: %+v", sec.Symbol, sec)
		}
		if e, ok := market.ExchangeByName(sec.Exchange); !ok || e.Calendar() != cal {
			t.Errorf("%s: exchange %q", sec.Symbol, sec.Exchange)
		}
		first, _ := cal.Index(s.Bars[0].Date)
		last, _ := cal.Index(s.Bars[len(s.Bars)-1].Date)
		if before-first < 290 || last-after < 60 {
			t.Errorf("%s: %d sessions before December 2024, %d after 2025-04-16", sec.Symbol, before-first, last-after)
		}
		if err := market.NewPanel(market.Simple, market.Skip).AddSeries(s, sec, cal); err != nil || last-first+1 != len(s.Bars) {
			t.Errorf("%s: %d bars from %s to %s, %v", sec.Symbol, len(s.Bars), s.Bars[0].Date, s.Bars[len(s.Bars)-1].Date, err)
		}
	}
	if len(packed) > 150_000 {
		t.Errorf("the sample takes %d bytes", len(packed))
	}
}

// TestFiguresAreThoseOfTheFiles compares every figure with the files that the
// sample was written from.
func TestFiguresAreThoseOfTheFiles(t *testing.T) {
	const dir = "../../../shared/data/prices"
	if _, err := os.Stat(dir); err != nil {
		t.Skip("the shared prices are not beside this checkout")
	}
	figures := 0
	for _, sec := range Securities() {
		f, err := os.Open(dir + "/" + sec.Symbol + ".csv")
		if err != nil {
			t.Fatal(err)
		}
		rows, err := csv.NewReader(f).ReadAll()
		f.Close()
		if err != nil {
			t.Fatal(err)
		}
		bars := load(t, sec.Symbol).Bars
		i := 0
		for _, row := range rows[1:] {
			if row[0] < "2023-09-14" || row[0] > "2025-07-31" {
				continue
			}
			if i == len(bars) || bars[i].Date.String() != row[0] {
				t.Fatalf("%s: %s is missing", sec.Symbol, row[0])
			}
			for k, got := range map[int]float64{4: bars[i].Close, 5: bars[i].AdjClose, 6: bars[i].Volume} {
				if want, err := strconv.ParseFloat(row[k], 64); err != nil || got != want {
					t.Fatalf("%s %s: %v, the file says %s", sec.Symbol, row[0], got, row[k])
				}
				figures++
			}
			i++
		}
		if i != len(bars) {
			t.Errorf("%s: %d bars, the file has %d", sec.Symbol, len(bars), i)
		}
	}
	if figures < 25_000 {
		t.Errorf("only %d figures compared", figures)
	}
}

func TestSource(t *testing.T) {
	s := Source()
	symbols, err := s.Symbols(t.Context())
	if err != nil || len(symbols) != 19 || symbols[0] != "AMAT" {
		t.Errorf("%v, %v", symbols, err)
	}
	_, err = s.Series(t.Context(), "NVDIA", market.NoDate, market.NoDate)
	if !errors.Is(err, market.ErrUnknownSymbol) || !strings.Contains(err.Error(), "unknown symbol") {
		t.Errorf("a misspelt symbol: %v", err)
	}
}

func TestDecodeRefusesDamage(t *testing.T) {
	for n := range len(Format) + 40 {
		if _, err := decode(packed[:n]); !errors.Is(err, errDamaged) {
			t.Fatalf("cut to %d bytes: %v", n, err)
		}
	}
	if _, err := decode(bytes.Replace(packed, []byte("sample 1"), []byte("sample 2"), 1)); !errors.Is(err, errDamaged) {
		t.Errorf("another version: %v", err)
	}
}

func BenchmarkDecode(b *testing.B) {
	for b.Loop() {
		if _, err := decode(packed); err != nil {
			b.Fatal(err)
		}
	}
}
