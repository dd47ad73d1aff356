// Generate writes the sample of prices that aftershock embeds, from a
// directory of SYMBOL.csv files:
//
//	go run ./market/sample/generate DIR market/sample/sample.bin
//
// It copies closes, adjusted closes and volumes digit by digit and refuses
// files that lack one. The same files give the same bytes.
package main

import (
	"bytes"
	"compress/flate"
	"context"
	"encoding/binary"
	"fmt"
	"math"
	"os"
	"strconv"
	"strings"

	"aftershock/market"
	"aftershock/market/csvfile"
	"aftershock/market/sample"
)

// span of the sample: the listing of Arm, and 72 sessions after the last event
// of the shipped catalogue.
var first, last = market.NewDate(2023, 9, 14), market.NewDate(2025, 7, 31)

var securities = []market.Security{
	{Symbol: "SPY", Name: "SPDR S&P 500 ETF", Exchange: "NYSEARCA"},
	{Symbol: "SOXX", Name: "iShares Semiconductor ETF", Exchange: "NASDAQ"},
	{Symbol: "SMH", Name: "VanEck Semiconductor ETF", Exchange: "NASDAQ"},
	{Symbol: "NVDA", Name: "Nvidia", Exchange: "NASDAQ"},
	{Symbol: "AVGO", Name: "Broadcom", Exchange: "NASDAQ"},
	{Symbol: "AMD", Name: "Advanced Micro Devices", Exchange: "NASDAQ"},
	{Symbol: "TSM", Name: "Taiwan Semiconductor (ADR)", Exchange: "NYSE"},
	{Symbol: "ASML", Name: "ASML (New York shares)", Exchange: "NASDAQ"},
	{Symbol: "INTC", Name: "Intel", Exchange: "NASDAQ"},
	{Symbol: "MU", Name: "Micron Technology", Exchange: "NASDAQ"},
	{Symbol: "QCOM", Name: "Qualcomm", Exchange: "NASDAQ"},
	{Symbol: "ARM", Name: "Arm Holdings (ADR)", Exchange: "NASDAQ"},
	{Symbol: "MRVL", Name: "Marvell Technology", Exchange: "NASDAQ"},
	{Symbol: "TXN", Name: "Texas Instruments", Exchange: "NASDAQ"},
	{Symbol: "AMAT", Name: "Applied Materials", Exchange: "NASDAQ"},
	{Symbol: "ORCL", Name: "Oracle", Exchange: "NYSE"},
	{Symbol: "VRT", Name: "Vertiv", Exchange: "NYSE"},
	{Symbol: "SMCI", Name: "Super Micro Computer", Exchange: "NASDAQ"},
	{Symbol: "CSCO", Name: "Cisco Systems", Exchange: "NASDAQ"},
}

func main() {
	if len(os.Args) != 3 {
		fmt.Fprintln(os.Stderr, "usage: generate DIR FILE")
		os.Exit(2)
	}
	b, err := generate(os.Args[1])
	if err == nil {
		err = os.WriteFile(os.Args[2], b, 0o644)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "generate:", err)
		os.Exit(1)
	}
}

func generate(dir string) ([]byte, error) {
	plain, err := encode(dir)
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	out.WriteString(sample.Format)
	w, err := flate.NewWriter(&out, flate.BestCompression)
	if err != nil {
		return nil, err
	}
	if _, err := w.Write(plain); err != nil {
		return nil, err
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return out.Bytes(), nil
}

// encode lays the figures out as sample.Format says.
func encode(dir string) ([]byte, error) {
	files, err := csvfile.Open(dir, csvfile.Options{})
	if err != nil {
		return nil, err
	}
	cal := market.NYSE()
	start, end := cal.Search(first), cal.Search(last+1)
	b := binary.AppendUvarint(nil, uint64(end-start))
	previous := market.Date(0)
	for i := start; i < end; i++ {
		b = binary.AppendVarint(b, int64(cal.Date(i)-previous))
		previous = cal.Date(i)
	}
	b = binary.AppendUvarint(b, uint64(len(securities)))
	for _, sec := range securities {
		s, err := files.Series(context.Background(), sec.Symbol, first, last)
		if err != nil {
			return nil, err
		}
		if len(s.Bars) == 0 {
			return nil, fmt.Errorf("%s has no bar in %s..%s", sec.Symbol, first, last)
		}
		at := cal.Search(s.Bars[0].Date)
		for i, bar := range s.Bars {
			if at+i >= end || cal.Date(at+i) != bar.Date {
				return nil, fmt.Errorf("%s: a session is missing before %s, or %s is none", sec.Symbol, bar.Date, bar.Date)
			}
		}
		for _, t := range []string{sec.Symbol, sec.Name, sec.Exchange, "USD"} {
			b = append(binary.AppendUvarint(b, uint64(len(t))), t...)
		}
		b = binary.AppendUvarint(b, uint64(at-start))
		b = binary.AppendUvarint(b, uint64(len(s.Bars)))
		for _, field := range []func(market.Bar) float64{
			func(b market.Bar) float64 { return b.Close },
			func(b market.Bar) float64 { return b.AdjClose },
			func(b market.Bar) float64 { return b.Volume },
		} {
			if b, err = appendColumn(b, s.Bars, field); err != nil {
				return nil, fmt.Errorf("%s: %w", sec.Symbol, err)
			}
		}
	}
	return b, nil
}

// appendColumn appends a column as whole numbers: the shortest decimal that
// reads back as the same float64 is the one that the file holds.
func appendColumn(b []byte, bars []market.Bar, field func(market.Bar) float64) ([]byte, error) {
	text := make([]string, len(bars))
	decimals := 0
	for i, bar := range bars {
		if math.IsNaN(field(bar)) {
			return nil, fmt.Errorf("a figure of %s is missing", bar.Date)
		}
		text[i] = strconv.FormatFloat(field(bar), 'f', -1, 64)
		_, fraction, _ := strings.Cut(text[i], ".")
		decimals = max(decimals, len(fraction))
	}
	b = binary.AppendUvarint(b, uint64(decimals))
	previous := int64(0)
	for i, t := range text {
		whole, fraction, _ := strings.Cut(t, ".")
		x, err := strconv.ParseInt(whole+fraction+strings.Repeat("0", decimals-len(fraction)), 10, 64)
		if err != nil || x >= 1<<53 {
			return nil, fmt.Errorf("the figure %s of %s has too many digits", t, bars[i].Date)
		}
		b = binary.AppendVarint(b, x-previous)
		previous = x
	}
	return b, nil
}
