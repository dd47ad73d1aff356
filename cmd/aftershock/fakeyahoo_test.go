package main

import (
	"context"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"math"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync/atomic"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"aftershock/market"
	"aftershock/market/sample"
)

// fakeYahoo is Yahoo's chart service on this machine. It knows every symbol
// that does not begin with NO: those of the sample with its figures, others
// with figures made up on the sessions of their exchange from 2020 to 2025.
type fakeYahoo struct {
	*httptest.Server
	asked    atomic.Int64
	status   atomic.Int64 // of every answer; 0: as it should be
	delay    atomic.Int64 // before an answer, in nanoseconds
	dividend atomic.Int64 // in cents, on 2025-03-12: adjusts the prices before it anew
}

func newFakeYahoo() *fakeYahoo {
	f := &fakeYahoo{}
	f.Server = httptest.NewServer(http.HandlerFunc(f.chart))
	return f
}

func (f *fakeYahoo) chart(w http.ResponseWriter, r *http.Request) {
	f.asked.Add(1)
	select {
	case <-time.After(time.Duration(f.delay.Load())):
	case <-r.Context().Done():
		return
	}
	if s := f.status.Load(); s != 0 {
		w.WriteHeader(int(s))
		fmt.Fprintln(w, "Edge: Too Many Requests")
		return
	}
	symbol, err := url.PathUnescape(strings.TrimPrefix(r.URL.EscapedPath(), "/v8/finance/chart/"))
	if err != nil || strings.HasPrefix(symbol, "NO") {
		w.WriteHeader(http.StatusNotFound)
		fmt.Fprint(w, `{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}`)
		return
	}
	from, err1 := strconv.ParseInt(r.URL.Query().Get("period1"), 10, 64)
	to, err2 := strconv.ParseInt(r.URL.Query().Get("period2"), 10, 64)
	if err1 != nil || err2 != nil {
		w.WriteHeader(http.StatusBadRequest)
		return
	}
	s, e := history(symbol)
	zone := e.Location()
	type numbers []any
	var stamp, open, high, low, closes, adjusted, volume numbers
	events := map[string]any{}
	paid, cents := market.NewDate(2025, 3, 12), f.dividend.Load()
	for _, b := range s.Bars {
		at := b.Date.In(zone, 9*60+30).Unix()
		if at < from || at >= to {
			continue
		}
		if b.Date < paid {
			b.AdjClose *= 1 - float64(cents)/100/b.Close
		}
		if b.Date == paid && cents > 0 {
			events["dividends"] = map[string]any{strconv.FormatInt(at, 10): map[string]any{"date": at, "amount": float64(cents) / 100}}
		}
		stamp, volume = append(stamp, at), append(volume, b.Volume)
		open, high, low = append(open, b.Close), append(high, b.Close), append(low, b.Close)
		closes, adjusted = append(closes, b.Close), append(adjusted, b.AdjClose)
	}
	result := map[string]any{
		"meta": map[string]any{
			"currency": e.Currency, "symbol": symbol, "exchangeName": e.Name, "fullExchangeName": e.Name, "longName": s.Name,
			"exchangeTimezoneName": e.Zone, "dataGranularity": "1d",
		},
		"timestamp": stamp, "events": events,
		"indicators": map[string]any{
			"quote":    []any{map[string]any{"open": open, "high": high, "low": low, "close": closes, "volume": volume}},
			"adjclose": []any{map[string]any{"adjclose": adjusted}},
		},
	}
	json.NewEncoder(w).Encode(map[string]any{"chart": map[string]any{"result": []any{result}, "error": nil}})
}

// history returns the prices that the service has of symbol.
func history(symbol string) (*market.Series, *market.Exchange) {
	e := market.ExchangeOfSymbol(symbol)
	if s, err := sample.Source().Series(context.Background(), symbol, market.NoDate, market.NoDate); err == nil {
		return s, e
	}
	h := fnv.New64a()
	h.Write([]byte(symbol))
	seed := float64(h.Sum64() % 1000)
	s := &market.Series{Symbol: symbol, Name: symbol + " Corp."}
	cal := e.Calendar()
	for i := cal.Search(market.NewDate(2020, 1, 1)); i < cal.Len() && cal.Date(i).Year() <= 2025; i++ {
		x := float64(i)
		price := 100 * math.Exp(0.02*math.Sin(x*1.7+seed)+0.015*math.Sin(x*x/7+seed)+x/8000)
		s.Bars = append(s.Bars, market.Bar{Date: cal.Date(i), Close: price, AdjClose: price, Volume: 1e6 + 1000*math.Mod(x*seed, 97)})
	}
	return s, e
}

// env returns the variables that send a program to the service, with a store
// in dir.
func (f *fakeYahoo) env(dir string) map[string]string {
	return map[string]string{
		"AFTERSHOCK_PRICES_YAHOO_BASE_URL": f.URL,
		"AFTERSHOCK_PRICES_YAHOO_RATE":     "1000",
		"AFTERSHOCK_PRICES_YAHOO_RETRIES":  "0",
		"AFTERSHOCK_PRICES_STORE":          filepath.Join(dir, "store"),
	}
}

// yahooKey is that of a script's service.
type yahooKey struct{}

// yahooCmd is the script command yahoo. On first use it starts a service for
// the script and sets the variables that lead to it.
//
//	yahoo             answer as it should be
//	yahoo status N    answer every request with HTTP status N
//	yahoo delay 20ms  wait before each answer
//	yahoo dividend N  have paid N cents on 2025-03-12
//	yahoo asked N     check that there were N requests since the last check
func yahooCmd(ts *testscript.TestScript, neg bool, args []string) {
	f, _ := ts.Value(yahooKey{}).(*atomic.Pointer[fakeYahoo])
	y := f.Load()
	if y == nil {
		y = newFakeYahoo()
		f.Store(y)
		ts.Defer(y.Close)
		for name, value := range y.env(ts.Getenv("WORK")) {
			ts.Setenv(name, value)
		}
	}
	if neg || len(args) != 0 && len(args) != 2 {
		ts.Fatalf("usage: yahoo [status|delay|dividend|asked value]")
	}
	if len(args) == 0 {
		y.status.Store(0)
		return
	}
	if args[0] == "delay" {
		d, err := time.ParseDuration(args[1])
		ts.Check(err)
		y.delay.Store(int64(d))
		return
	}
	n, err := strconv.ParseInt(args[1], 10, 64)
	ts.Check(err)
	switch args[0] {
	case "status":
		y.status.Store(n)
	case "dividend":
		y.dividend.Store(n)
	case "asked":
		if got := y.asked.Swap(0); got != n {
			ts.Fatalf("there were %d requests, not %d", got, n)
		}
	default:
		ts.Fatalf("yahoo %s: unknown", args[0])
	}
}

// damage FILE overwrites the middle of a file.
func damage(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 1 {
		ts.Fatalf("usage: damage file")
	}
	data := []byte(ts.ReadFile(args[0]))
	copy(data[len(data)-40:], "this is no longer a file of Parquet...")
	ts.Check(os.WriteFile(ts.MkAbs(args[0]), data, 0o644))
}
