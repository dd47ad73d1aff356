package yahoo

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"aftershock/market"

	finance "github.com/piquette/finance-go"
	"go.uber.org/goleak"
	"golang.org/x/time/rate"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// clock is a clock that only sleeping moves.
type clock struct {
	mu    sync.Mutex
	t     time.Time
	slept []time.Duration
}

func (c *clock) now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.t
}

func (c *clock) sleep(ctx context.Context, d time.Duration) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.t = c.t.Add(d)
	c.slept = append(c.slept, d)
	return ctx.Err()
}

// recorded is when the recorded answers were: a Saturday.
var recorded = time.Date(2025, 2, 22, 10, 1, 31, 0, time.UTC)

// serve returns a Source of a local server that answers by h, and its clock.
func serve(t testing.TB, h http.HandlerFunc, change func(*Options)) (*Source, *clock) {
	t.Helper()
	srv := httptest.NewServer(h)
	c := &clock{t: recorded}
	o := Options{Base: srv.URL, CookieURL: srv.URL + "/cookie", Rate: rate.Inf, Now: c.now}
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	s.sleep = c.sleep
	t.Cleanup(func() {
		s.Close()
		srv.CloseClientConnections()
		srv.Close()
	})
	return s, c
}

func date(t testing.TB, s string) market.Date {
	t.Helper()
	d, err := market.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func recording(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile(filepath.Join("../../../shared/data/yahoo", name))
	if errors.Is(err, os.ErrNotExist) {
		t.Skipf("the recorded answers are not beside this repository: %v", err)
	}
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func body(b []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) { w.Write(b) }
}

func status(code int, b []byte) http.HandlerFunc {
	return func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(code)
		w.Write(b)
	}
}

// sequence answers the i-th request by the i-th handler, and all later ones by
// the last. It counts the requests.
func sequence(n *atomic.Int32, hs ...http.HandlerFunc) http.HandlerFunc {
	return func(w http.ResponseWriter, r *http.Request) {
		i := int(n.Add(1)) - 1
		hs[min(i, len(hs)-1)](w, r)
	}
}

// page is a small whole answer: three sessions in New York of 2025-02-18 and
// the days after.
func page(change func(meta, result map[string]any)) []byte {
	meta := map[string]any{
		"currency": "USD", "symbol": "TEST", "exchangeName": "NYQ", "fullExchangeName": "NYSE", "longName": "Test Corp.",
		"exchangeTimezoneName": "America/New_York", "dataGranularity": "1d",
		"currentTradingPeriod": map[string]any{"regular": map[string]any{"start": 1740148200, "end": 1740171600}},
	}
	result := map[string]any{
		"meta":      meta,
		"timestamp": []any{1739889000, 1739975400, 1740061800},
		"indicators": map[string]any{
			"quote":    []any{map[string]any{"open": []any{1, 2, 3}, "high": []any{1, 2, 3}, "low": []any{1, 2, 3}, "close": []any{1, 2, 3}, "volume": []any{10, 20, 30}}},
			"adjclose": []any{map[string]any{"adjclose": []any{1, 2, 3}}},
		},
	}
	if change != nil {
		change(meta, result)
	}
	b, err := json.Marshal(map[string]any{"chart": map[string]any{"result": []any{result}, "error": nil}})
	if err != nil {
		panic(err)
	}
	return b
}

func columns(result map[string]any) map[string]any {
	return result["indicators"].(map[string]any)["quote"].([]any)[0].(map[string]any)
}

// fetch asks s for all that page has.
func fetch(t testing.TB, s *Source) (*market.Series, error) {
	t.Helper()
	return s.Series(t.Context(), "TEST", date(t, "2025-01-01"), date(t, "2025-12-31"))
}

func TestRecorded(t *testing.T) {
	for _, c := range []struct {
		file, symbol            string
		bars                    int
		first, last             market.Bar
		actions                 []market.Action
		currency, exchange, who string
	}{
		{"chart-NVDA-2021-split.json", "NVDA", 252,
			market.Bar{Date: date(t, "2021-02-01"), Open: 13.05325, High: 13.27075, Low: 12.90275, Close: 13.237, AdjClose: 13.203491, Volume: 217204000},
			market.Bar{Date: date(t, "2022-01-28"), Open: 22.012, High: 22.858, Low: 21.296, Close: 22.84, AdjClose: 22.802078, Volume: 543774000},
			[]market.Action{{Date: date(t, "2021-07-20"), Split: 4}}, "USD", "NasdaqGS", "NVIDIA Corporation"},
		{"chart-AAPL-2020-split-dividend.json", "AAPL", 49,
			market.Bar{Date: date(t, "2020-08-31"), Open: 127.58, High: 131, Low: 126, Close: 129.04, AdjClose: 125.82674, Volume: 225702700},
			market.Bar{Date: date(t, "2020-11-06"), Open: 118.32, High: 119.2, Low: 116.13, Close: 118.69, AdjClose: 115.93415, Volume: 114457900},
			[]market.Action{{Date: date(t, "2020-08-31"), Split: 4}, {Date: date(t, "2020-11-06"), Dividend: 0.205}}, "USD", "NasdaqGS", "Apple Inc."},
		{"chart-MSFT-2021-dividends.json", "MSFT", 252,
			market.Bar{Date: date(t, "2021-02-01"), Open: 235.06, High: 242.5, Low: 232.43, Close: 239.65, AdjClose: 231.18648, Volume: 33314200},
			market.Bar{Date: date(t, "2022-01-28"), Open: 300.23, High: 308.48, Low: 294.45, Close: 308.26, AdjClose: 299.86612, Volume: 49743700},
			[]market.Action{{Date: date(t, "2021-02-17"), Dividend: .56}, {Date: date(t, "2021-05-19"), Dividend: .56},
				{Date: date(t, "2021-08-18"), Dividend: .56}, {Date: date(t, "2021-11-17"), Dividend: .62}}, "USD", "NasdaqGS", "Microsoft Corporation"},
		// Summer time: 09:00 in Frankfurt is 07:00 UTC, although meta says +1 h.
		{"chart-WSU.DE-2023-xetra.json", "WSU.DE", 3,
			market.Bar{Date: date(t, "2023-08-04"), Open: 34.25, High: 34.55, Low: 34.1, Close: 34.45, AdjClose: 32.632496, Volume: 1251},
			market.Bar{Date: date(t, "2023-08-08"), Open: 34.05, High: 34.2, Low: 32.9, Close: 33.2, AdjClose: 31.448442, Volume: 10846},
			nil, "EUR", "XETRA", "WashTec AG"},
		{"chart-WSU.DE-null-bar.DERIVED.json", "WSU.DE", 2,
			market.Bar{Date: date(t, "2023-08-04"), Open: 34.25, High: 34.55, Low: 34.1, Close: 34.45, AdjClose: 32.632496, Volume: 1251},
			market.Bar{Date: date(t, "2023-08-08"), Open: 34.05, High: 34.2, Low: 32.9, Close: 33.2, AdjClose: 31.448442, Volume: 10846},
			nil, "EUR", "XETRA", "WashTec AG"},
		{"chart-AAPL-empty-range.json", "AAPL", 0, market.Bar{}, market.Bar{}, nil, "USD", "NasdaqGS", "Apple Inc."},
	} {
		t.Run(c.file, func(t *testing.T) {
			raw := recording(t, c.file)
			s, _ := serve(t, body(raw), nil)
			got, kept, err := s.SeriesRaw(t.Context(), c.symbol, date(t, "2000-01-01"), date(t, "2025-02-21"))
			if err != nil {
				t.Fatal(err)
			}
			if string(kept) != string(raw) {
				t.Error("the raw answer is not what the server sent")
			}
			if got.Symbol != c.symbol || got.Currency != c.currency || got.Exchange != c.exchange || got.Name != c.who {
				t.Errorf("got %s %s %s %s", got.Symbol, got.Currency, got.Exchange, got.Name)
			}
			if !slices.Equal(got.Actions, c.actions) {
				t.Errorf("actions %v, want %v", got.Actions, c.actions)
			}
			if len(got.Bars) != c.bars {
				t.Fatalf("%d bars, want %d", len(got.Bars), c.bars)
			}
			if c.bars == 0 {
				return
			}
			if !got.Adjusted {
				t.Error("not adjusted")
			}
			if first, last := got.Bars[0], got.Bars[c.bars-1]; first != c.first || last != c.last {
				t.Errorf("from %v\nto   %v, want\nfrom %v\nto   %v", first, last, c.first, c.last)
			}
		})
	}
}

func TestRequest(t *testing.T) {
	var asked *http.Request
	s, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		asked = r
		w.Write(page(func(meta, _ map[string]any) { meta["symbol"] = "^GSPC" }))
	}, func(o *Options) { o.UserAgent = "Mozilla/5.0 (a browser)" })
	if _, err := s.Series(t.Context(), "^GSPC", date(t, "1970-01-02"), date(t, "2025-02-20")); err != nil {
		t.Fatal(err)
	}
	if got := asked.URL.EscapedPath(); got != "/v8/finance/chart/%5EGSPC" {
		t.Errorf("path %s", got)
	}
	if got := asked.UserAgent(); got != "Mozilla/5.0 (a browser)" {
		t.Errorf("User-Agent %q", got)
	}
	// From a day before the first date to the end of the day after the last.
	for k, want := range map[string]string{"period1": "0", "period2": "1740182400", "interval": "1d", "events": "div,split"} {
		if got := asked.URL.Query().Get(k); got != want {
			t.Errorf("%s=%q, want %q", k, got, want)
		}
	}
}

func TestSymbols(t *testing.T) {
	var n atomic.Int32
	s, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		n.Add(1)
		symbol := strings.TrimPrefix(r.URL.Path, "/v8/finance/chart/")
		w.Write(page(func(meta, _ map[string]any) { meta["symbol"] = symbol }))
	}, nil)
	day := date(t, "2025-02-18")
	for _, symbol := range []string{"^GSPC", "BRK-B", "005930.KS", "EURUSD=X", "M&M.NS", "ES=F"} {
		if got, err := s.Series(t.Context(), symbol, day, day); err != nil || len(got.Bars) != 1 {
			t.Errorf("%s: %v", symbol, err)
		}
	}
	before := n.Load()
	for _, symbol := range []string{"", "../../v7/finance/quote", "A/B", "A?x=1", "A#", "A B", "%41", ".A", strings.Repeat("A", 33)} {
		if _, err := s.Series(t.Context(), symbol, day, day); !errors.Is(err, market.ErrUnknownSymbol) {
			t.Errorf("%q: %v", symbol, err)
		}
	}
	if _, err := s.Series(t.Context(), "TEST", day, day-1); err == nil {
		t.Error("a range that ends before it begins was accepted")
	}
	if n.Load() != before {
		t.Error("the service was asked for what cannot be")
	}
}

func TestMissingFields(t *testing.T) {
	nan := math.NaN()
	s, _ := serve(t, body(page(func(_, result map[string]any) {
		q := columns(result)
		q["open"] = []any{nil, 2, nil}
		q["close"] = []any{1, 2, nil}
		q["high"] = []any{0, 2, nil}
		q["low"] = []any{1, 2, nil}
		q["volume"] = []any{1.5, nil, 0}
		result["indicators"].(map[string]any)["adjclose"] = []any{map[string]any{}}
	})), nil)
	got, err := fetch(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if got.Adjusted {
		t.Error("adjusted, without adjusted closes")
	}
	want := []market.Bar{
		{Date: date(t, "2025-02-18"), Open: nan, High: nan, Low: 1, Close: 1, AdjClose: 1, Volume: 1.5},
		{Date: date(t, "2025-02-19"), Open: 2, High: 2, Low: 2, Close: 2, AdjClose: 2, Volume: nan},
	}
	if g, w := fmt.Sprint(got.Bars), fmt.Sprint(want); g != w {
		t.Errorf("got %s, want %s", g, w)
	}
}

// In Sydney a session opens on the evening before, by UTC.
func TestZone(t *testing.T) {
	open := time.Date(2025, 2, 17, 23, 0, 0, 0, time.UTC).Unix()
	s, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
		var begin, end int64
		fmt.Sscan(r.URL.Query().Get("period1"), &begin)
		fmt.Sscan(r.URL.Query().Get("period2"), &end)
		if open < begin || open+2*86400 >= end {
			t.Errorf("%d and the two sessions after it are not in %d..%d", open, begin, end)
		}
		w.Write(page(func(meta, result map[string]any) {
			meta["symbol"], meta["exchangeTimezoneName"] = "BHP.AX", "Australia/Sydney"
			result["timestamp"] = []any{open, open + 86400, open + 2*86400}
			result["events"] = map[string]any{"dividends": map[string]any{"x": map[string]any{"date": open, "amount": 1}}}
		}))
	}, nil)
	got, err := s.Series(t.Context(), "BHP.AX", date(t, "2025-02-18"), date(t, "2025-02-20"))
	if err != nil {
		t.Fatal(err)
	}
	if len(got.Bars) != 3 || got.Bars[0].Date != date(t, "2025-02-18") || len(got.Actions) != 1 || got.Actions[0].Date != date(t, "2025-02-18") {
		t.Errorf("got %v %v", got.Bars, got.Actions)
	}
}

func TestPence(t *testing.T) {
	s, _ := serve(t, body(page(func(meta, result map[string]any) {
		meta["currency"] = "GBp"
		result["events"] = map[string]any{"dividends": map[string]any{"1739975400": map[string]any{"date": 1739975400, "amount": 12.5}}}
	})), nil)
	got, err := fetch(t, s)
	if err != nil {
		t.Fatal(err)
	}
	if got.Currency != "GBP" || got.Bars[2].Close != 0.03 || got.Bars[2].Volume != 30 || got.Actions[0].Dividend != 0.125 {
		t.Errorf("got %s %v %v", got.Currency, got.Bars[2], got.Actions)
	}
}

func TestUnfinishedSession(t *testing.T) {
	day := func(s string) time.Time { return date(t, s).Time() }
	for _, c := range []struct {
		name string
		now  time.Time
		want string // the last bar
	}{
		{"before the open", day("2025-02-20").Add(13 * time.Hour), "2025-02-19"},
		{"open", day("2025-02-20").Add(17 * time.Hour), "2025-02-19"},
		{"just closed", day("2025-02-20").Add(21*time.Hour + 10*time.Minute), "2025-02-19"},
		{"closed", day("2025-02-20").Add(21*time.Hour + 31*time.Minute), "2025-02-20"},
		{"long closed", day("2025-02-23"), "2025-02-20"},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, clock := serve(t, body(page(func(meta, result map[string]any) {
				meta["currentTradingPeriod"] = map[string]any{"regular": map[string]any{"start": 1740061800, "end": 1740085200}}
				result["events"] = map[string]any{"dividends": map[string]any{"x": map[string]any{"date": 1740061800, "amount": 1}}}
			})), nil)
			clock.t = c.now
			got, err := fetch(t, s)
			if err != nil {
				t.Fatal(err)
			}
			if last := got.Bars[len(got.Bars)-1].Date.String(); last != c.want {
				t.Errorf("last bar %s, want %s", last, c.want)
			}
			if n := len(got.Actions); (n == 1) != (c.want == "2025-02-20") {
				t.Errorf("%d actions on the last session, whose bar is %s", n, c.want)
			}
		})
	}
}

func TestLiveRow(t *testing.T) {
	live := func(close, at any) func(_, result map[string]any) {
		return func(_, result map[string]any) {
			result["timestamp"] = append(result["timestamp"].([]any), at)
			q := columns(result)
			for k, v := range map[string]any{"open": nil, "high": 4, "low": 2, "close": close, "volume": 35} {
				q[k] = append(q[k].([]any), v)
			}
			a := result["indicators"].(map[string]any)["adjclose"].([]any)[0].(map[string]any)
			a["adjclose"] = append(a["adjclose"].([]any), close)
		}
	}
	s, _ := serve(t, body(page(live(3.5, 1740085201))), nil)
	got, err := fetch(t, s)
	if err != nil {
		t.Fatal(err)
	}
	want := market.Bar{Date: date(t, "2025-02-20"), Open: 3, High: 4, Low: 2, Close: 3.5, AdjClose: 3.5, Volume: 35}
	if len(got.Bars) != 3 || got.Bars[2] != want {
		t.Errorf("got %v, want the live row laid over the last session: %v", got.Bars, want)
	}

	var shape *ShapeError
	s, _ = serve(t, body(page(live(3.5, 1739889000))), nil)
	if _, err := fetch(t, s); !errors.As(err, &shape) {
		t.Errorf("sessions out of order: %v", err)
	}
}

func TestShapes(t *testing.T) {
	bodies := map[string][]byte{
		"empty":          nil,
		"HTML":           []byte("\n<!DOCTYPE html><html>\x1b[31m<title>Consent</title></html>"),
		"text":           []byte("Edge: Too Many Requests"),
		"null":           []byte("null"),
		"no chart":       []byte("{}"),
		"no result":      []byte(`{"chart":{"result":[],"error":null}}`),
		"null result":    []byte(`{"chart":{"result":null,"error":null}}`),
		"result of null": []byte(`{"chart":{"result":[null],"error":null}}`),
		"cut":            page(nil)[:200],
	}
	for name, change := range map[string]func(meta, result map[string]any){
		"no meta":           func(_, r map[string]any) { delete(r, "meta") },
		"meta of null":      func(_, r map[string]any) { r["meta"] = nil },
		"meta a list":       func(_, r map[string]any) { r["meta"] = []any{} },
		"no indicators":     func(_, r map[string]any) { delete(r, "indicators") },
		"no quote":          func(_, r map[string]any) { r["indicators"].(map[string]any)["quote"] = []any{} },
		"null quote":        func(_, r map[string]any) { r["indicators"].(map[string]any)["quote"] = []any{nil} },
		"empty quote":       func(_, r map[string]any) { r["indicators"].(map[string]any)["quote"] = []any{map[string]any{}} },
		"no open":           func(_, r map[string]any) { delete(columns(r), "open") },
		"short close":       func(_, r map[string]any) { columns(r)["close"] = []any{1, 2} },
		"long volume":       func(_, r map[string]any) { columns(r)["volume"] = []any{1, 2, 3, 4} },
		"text among prices": func(_, r map[string]any) { columns(r)["low"] = []any{1, "2", 3} },
		"list among prices": func(_, r map[string]any) { columns(r)["low"] = []any{1, []any{2, 3}} },
		"prices an object":  func(_, r map[string]any) { columns(r)["low"] = map[string]any{} },
		"short adjclose": func(_, r map[string]any) {
			r["indicators"].(map[string]any)["adjclose"] = []any{map[string]any{"adjclose": []any{1}}}
		},
		"other symbol":         func(m, _ map[string]any) { m["symbol"] = "OTHER" },
		"monthly":              func(m, _ map[string]any) { m["dataGranularity"] = "1mo" },
		"no zone":              func(m, _ map[string]any) { delete(m, "exchangeTimezoneName") },
		"unknown zone":         func(m, _ map[string]any) { m["exchangeTimezoneName"] = "Mars/Olympus" },
		"time goes backwards":  func(_, r map[string]any) { r["timestamp"] = []any{1740061800, 1739975400, 1739889000} },
		"two rows, two prices": func(_, r map[string]any) { r["timestamp"] = []any{1739889000, 1739889001, 1740061800} },
		"split of nothing": func(_, r map[string]any) {
			r["events"] = map[string]any{"splits": map[string]any{"x": map[string]any{"date": 1740061800, "numerator": 4, "denominator": 0}}}
		},
		"events a list": func(_, r map[string]any) { r["events"] = []any{} },
	} {
		bodies[name] = page(change)
	}
	for name, b := range bodies {
		t.Run(name, func(t *testing.T) {
			s, _ := serve(t, body(b), nil)
			got, err := fetch(t, s)
			var shape *ShapeError
			if !errors.As(err, &shape) {
				t.Fatalf("got %v, %v; want a *ShapeError", got, err)
			}
			if msg := err.Error(); strings.ContainsAny(msg, "\n\x1b") || !strings.HasPrefix(msg, "yahoo: TEST: ") {
				t.Errorf("message %q", msg)
			}
		})
	}
}

func TestRefusals(t *testing.T) {
	for _, c := range []struct {
		name    string
		status  int
		body    []byte
		unknown bool
		asked   int // requests
		line    string
	}{
		{"unknown symbol", 404, recording(t, "error-404-not-found.json"), true, 1, `{"chart":{"result":null,"error":{"code":"Not Found","description":"No data found, symbol may be delisted"}}}`},
		{"unknown symbol, status 200", 200, recording(t, "error-404-not-found.json"), true, 1, ""},
		{"service gone", 404, []byte("<html>gone</html>"), false, 1, "<html>gone</html>"},
		{"bad request", 400, recording(t, "error-400-bad-interval.json"), false, 1, ""},
		{"too many", 429, recording(t, "error-429.txt"), false, 3, "Too Many Requests"},
		{"too many, at the edge", 429, recording(t, "error-429-edge.txt"), false, 3, "Edge: Too Many Requests"},
		{"unavailable", 503, nil, false, 3, "no text"},
		{"forbidden", 403, []byte("no"), false, 1, "no"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var n atomic.Int32
			s, clock := serve(t, sequence(&n, status(c.status, c.body)), func(o *Options) { o.Retries = 2; o.Backoff = time.Second })
			_, err := fetch(t, s)
			var refused *HTTPError
			if !errors.As(err, &refused) || refused.Status != c.status || c.line != "" && refused.Line != c.line {
				t.Fatalf("got %v", err)
			}
			if errors.Is(err, market.ErrUnknownSymbol) != c.unknown {
				t.Errorf("unknown symbol: %v", !c.unknown)
			}
			if int(n.Load()) != c.asked {
				t.Errorf("asked %d times, want %d", n.Load(), c.asked)
			}
			for i, d := range clock.slept {
				if full := time.Second << i; d < full/2 || d > full {
					t.Errorf("wait %d is %v, want between %v and %v", i, d, full/2, full)
				}
			}
		})
	}
}

func TestBeforeListing(t *testing.T) {
	s, _ := serve(t, status(400, recording(t, "error-400-before-listing.json")), nil)
	got, err := fetch(t, s)
	if err != nil || len(got.Bars) != 0 {
		t.Errorf("got %v, %v; want a series without bars", got, err)
	}
	var service *finance.YfinError
	s, _ = serve(t, status(400, recording(t, "error-400-bad-interval.json")), nil)
	if _, err := fetch(t, s); !errors.As(err, &service) || service.Code != "Bad Request" {
		t.Errorf("got %v; want the service's own error inside", err)
	}
}

func TestRetryAfter(t *testing.T) {
	refuse := func(after string) http.HandlerFunc {
		return func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Retry-After", after)
			w.WriteHeader(429)
			io.WriteString(w, "Too Many Requests\r\n")
		}
	}
	for _, c := range []struct {
		after string
		want  time.Duration // 0: within the backoff
	}{
		{"7", 7 * time.Second},
		{recorded.Add(9 * time.Second).Format(http.TimeFormat), 9 * time.Second},
		{"0", 0}, {"-5", 0}, {"soon", 0}, {"", 0},
	} {
		var n atomic.Int32
		s, clock := serve(t, sequence(&n, refuse(c.after), body(page(nil))), func(o *Options) { o.Backoff = time.Second })
		if got, err := fetch(t, s); err != nil || len(got.Bars) != 3 {
			t.Fatalf("%q: %v", c.after, err)
		}
		if d := clock.slept[0]; c.want > 0 && d != c.want || d <= 0 || c.want == 0 && d > time.Second {
			t.Errorf("%q: waited %v", c.after, clock.slept)
		}
	}

	for _, after := range []string{"3600", "99999999999999999", recorded.Add(24 * time.Hour).Format(http.TimeFormat)} {
		var n atomic.Int32
		s, _ := serve(t, sequence(&n, refuse(after), body(page(nil))), nil)
		_, err := fetch(t, s)
		var refused *HTTPError
		if !errors.As(err, &refused) || refused.RetryAfter < time.Hour || n.Load() != 1 {
			t.Errorf("%s: asked %d times: %v; want to give up at once", after, n.Load(), err)
		}
	}
}

// One caller's 429 holds the others back too.
func TestHold(t *testing.T) {
	var n atomic.Int32
	s, clock := serve(t, sequence(&n, body(page(nil))), nil)
	s.hold(5 * time.Second)
	s.hold(2 * time.Second)
	if _, err := fetch(t, s); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(clock.slept, []time.Duration{5 * time.Second}) {
		t.Errorf("waited %v, want the 5 s that the service asked for", clock.slept)
	}
}

func TestBrokenAnswers(t *testing.T) {
	whole := page(nil)
	cutOff := func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", fmt.Sprint(len(whole)))
		w.Write(whole[:len(whole)/2])
	}
	hangUp := func(w http.ResponseWriter, _ *http.Request) {
		conn, _, err := w.(http.Hijacker).Hijack()
		if err == nil {
			conn.Close()
		}
	}
	slow := func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() }
	for name, h := range map[string]http.HandlerFunc{"cut off": cutOff, "hung up": hangUp, "slow": slow, "unavailable": status(503, nil)} {
		t.Run(name, func(t *testing.T) {
			var n atomic.Int32
			s, _ := serve(t, sequence(&n, h, h, body(whole)), func(o *Options) { o.Timeout = 100 * time.Millisecond })
			got, err := fetch(t, s)
			if err != nil || len(got.Bars) != 3 || n.Load() != 3 {
				t.Errorf("after %d requests: %v, %v", n.Load(), got, err)
			}
			s, _ = serve(t, h, func(o *Options) { o.Timeout = 50 * time.Millisecond; o.Retries = -1 })
			_, err = fetch(t, s)
			var broken *RequestError
			if name != "unavailable" && !errors.As(err, &broken) {
				t.Errorf("for good: %v; want a *RequestError", err)
			}
		})
	}
}

func TestHugeAnswerAndRedirects(t *testing.T) {
	var n atomic.Int32
	s, _ := serve(t, sequence(&n, func(w http.ResponseWriter, _ *http.Request) {
		for range 1 << 10 {
			if _, err := w.Write(make([]byte, 1<<10)); err != nil {
				return
			}
		}
	}), func(o *Options) { o.MaxBody = 1 << 16 })
	if _, err := fetch(t, s); !errors.Is(err, ErrTooLarge) || n.Load() != 1 {
		t.Errorf("after %d requests: %v", n.Load(), err)
	}

	n.Store(0)
	s, _ = serve(t, sequence(&n, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, r.URL.String(), http.StatusFound)
	}), nil)
	if _, err := fetch(t, s); !errors.Is(err, ErrRedirects) || n.Load() > 10 {
		t.Errorf("after %d requests: %v", n.Load(), err)
	}
}

// guard lets only those in who have both the cookie and the crumb.
type guard struct{ cookies, crumbs, charts atomic.Int32 }

func (g *guard) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	cookie, _ := r.Cookie("A3")
	switch r.URL.Path {
	case "/cookie":
		g.cookies.Add(1)
		http.SetCookie(w, &http.Cookie{Name: "A3", Value: "here"})
		w.WriteHeader(404) // as the real page does
	case "/v1/test/getcrumb":
		g.crumbs.Add(1)
		if cookie == nil {
			w.WriteHeader(401)
			return
		}
		io.WriteString(w, "Xx0/Example=X")
	default:
		g.charts.Add(1)
		if cookie == nil || r.URL.Query().Get("crumb") != "Xx0/Example=X" {
			w.WriteHeader(401)
			io.WriteString(w, `{"finance":{"result":null,"error":{"code":"Unauthorized","description":"Invalid Crumb"}}}`)
			return
		}
		w.Write(page(nil))
	}
}

func TestCrumb(t *testing.T) {
	var g guard
	s, _ := serve(t, g.ServeHTTP, nil)
	var wg sync.WaitGroup
	for range 16 {
		wg.Go(func() {
			if got, err := fetch(t, s); err != nil || len(got.Bars) != 3 {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if g.cookies.Load() != 1 || g.crumbs.Load() != 1 {
		t.Errorf("%d cookies and %d crumbs asked for by 16 callers, want one of each", g.cookies.Load(), g.crumbs.Load())
	}
	before := g.charts.Load()
	if _, err := fetch(t, s); err != nil || g.charts.Load() != before+1 {
		t.Errorf("the session is not kept: %v", err)
	}
}

func TestCrumbRefused(t *testing.T) {
	unauthorized := recording(t, "error-401-invalid-crumb.json")
	for name, h := range map[string]http.HandlerFunc{
		"crumb is a refusal": body([]byte("Too Many Requests\r\n")),
		"crumb is a page":    body([]byte("<html></html>")),
		"no crumb":           body(nil),
		"crumb refused":      status(401, unauthorized),
		"crumb of no use":    body(recording(t, "getcrumb.txt")),
	} {
		t.Run(name, func(t *testing.T) {
			var n atomic.Int32
			s, _ := serve(t, func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/getcrumb") {
					h(w, r)
					return
				}
				n.Add(1)
				status(401, unauthorized)(w, r)
			}, nil)
			_, err := fetch(t, s)
			var refused *HTTPError
			if !errors.As(err, &refused) || refused.Status != 401 {
				t.Errorf("got %v", err)
			}
			if n.Load() > 3 {
				t.Errorf("%d requests", n.Load())
			}
			if strings.Contains(err.Error()+refused.URL, "Xx0ExampleX") {
				t.Errorf("the crumb is in the error: %v", err)
			}
		})
	}

	// A request that fails on the way carries the crumb no further either.
	s, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) { panic(http.ErrAbortHandler) }, func(o *Options) { o.Retries = -1 })
	crumb := "Xx0ExampleX"
	s.crumb.Store(&crumb)
	if _, err := fetch(t, s); err == nil || strings.Contains(err.Error(), crumb) {
		t.Errorf("got %v", err)
	}
}

func TestCancel(t *testing.T) {
	for name, h := range map[string]http.HandlerFunc{
		"while waiting for the answer": func(w http.ResponseWriter, r *http.Request) { <-r.Context().Done() },
		"while waiting to try again":   status(503, nil),
	} {
		t.Run(name, func(t *testing.T) {
			s, _ := serve(t, h, nil)
			s.sleep = sleep
			s.o.Backoff = time.Hour
			s.o.MaxWait = time.Hour
			ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
			defer cancel()
			_, err := s.Series(ctx, "TEST", 20000, 20001)
			if !errors.Is(err, context.DeadlineExceeded) {
				t.Errorf("got %v", err)
			}
		})
	}
}

func TestInFlight(t *testing.T) {
	var now, most atomic.Int32
	b := page(nil)
	s, _ := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		n := now.Add(1)
		for m := most.Load(); n > m && !most.CompareAndSwap(m, n); m = most.Load() {
		}
		time.Sleep(2 * time.Millisecond)
		now.Add(-1)
		w.Write(b)
	}, func(o *Options) { o.MaxInFlight = 3 })
	var wg sync.WaitGroup
	for range 30 {
		wg.Go(func() {
			if _, err := fetch(t, s); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	if most.Load() != 3 {
		t.Errorf("%d requests under way at once, want 3", most.Load())
	}
}

func TestRate(t *testing.T) {
	s, _ := serve(t, body(page(nil)), func(o *Options) { o.Rate = 50; o.Burst = 1 })
	start := time.Now()
	for range 4 {
		if _, err := fetch(t, s); err != nil {
			t.Fatal(err)
		}
	}
	if d := time.Since(start); d < 55*time.Millisecond {
		t.Errorf("4 requests in %v, at most 50 a second", d)
	}
}

func TestOptions(t *testing.T) {
	for _, o := range []Options{{Base: "query2"}, {CookieURL: "ftp://x"}, {Rate: -1}, {MaxInFlight: -1}} {
		if _, err := New(o); err == nil {
			t.Errorf("%+v was accepted", o)
		}
	}
}

// decade is ten years of sessions, with the noise of 32-bit prices.
func decade() []byte {
	const n = 2520
	stamps, price, volume := make([]any, n), make([]any, n), make([]any, n)
	for i := range n {
		stamps[i] = 1400000000 + 86400*i
		price[i] = float64(float32(100 + 0.01*float64(i)))
		volume[i] = 1000000 + i
	}
	return page(func(_, r map[string]any) {
		r["timestamp"] = stamps
		q := columns(r)
		for _, k := range []string{"open", "high", "low", "close"} {
			q[k] = price
		}
		q["volume"] = volume
		r["indicators"].(map[string]any)["adjclose"] = []any{map[string]any{"adjclose": price}}
	})
}

// Forty tickers of ten years, each answer 20 ms on its way.
func BenchmarkForty(b *testing.B) {
	raw := decade()
	s, _ := serve(b, func(w http.ResponseWriter, _ *http.Request) {
		time.Sleep(20 * time.Millisecond)
		w.Write(raw)
	}, nil)
	for b.Loop() {
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				got, err := s.Series(b.Context(), "TEST", 0, 30000)
				if err != nil || len(got.Bars) != 2520 {
					b.Error(err)
				}
			})
		}
		wg.Wait()
	}
}

func FuzzAnswer(f *testing.F) {
	f.Add([]byte("<html>"))
	f.Add(page(nil))
	f.Add(page(func(_, r map[string]any) { columns(r)["close"] = []any{1, nil} }))
	f.Add([]byte(`{"chart":{"result":[{"meta":{},"timestamp":[1],"indicators":{"quote":[{"close":[null]}]}}]}}`))
	var answer atomic.Pointer[[]byte]
	s, _ := serve(f, func(w http.ResponseWriter, _ *http.Request) { w.Write(*answer.Load()) }, nil)
	f.Fuzz(func(t *testing.T, b []byte) {
		answer.Store(&b)
		got, err := s.Series(t.Context(), "TEST", 0, 30000)
		if err != nil {
			return
		}
		for i := 1; i < len(got.Bars); i++ {
			if got.Bars[i].Date <= got.Bars[i-1].Date {
				t.Errorf("sessions out of order: %v", got.Bars)
			}
		}
	})
}
