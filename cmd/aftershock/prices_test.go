package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net"
	"net/http"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"aftershock/market"
	"aftershock/market/sample"
)

// shared returns the path of shared data, or skips the test.
func shared(t *testing.T, name string) string {
	t.Helper()
	path, err := filepath.Abs(filepath.Join("../../../shared", name))
	if err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(path); err != nil {
		t.Skipf("%s is not beside this checkout", name)
	}
	return path
}

// perform runs the program in an empty folder and returns what it prints.
func perform(t *testing.T, want int, args ...string) string {
	t.Helper()
	var out, problems bytes.Buffer
	if status := run(t.Context(), args, strings.NewReader(""), &out, &problems); status != want {
		t.Fatalf("%v: exit status %d, want %d\n%s", args, status, want, problems.String())
	}
	return out.String()
}

// table reads a CSV file into records by the names of its columns.
func table(t *testing.T, name string) []map[string]string {
	t.Helper()
	f, err := os.Open(name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var out []map[string]string
	for _, row := range rows[1:] {
		m := make(map[string]string)
		for i, name := range rows[0] {
			m[name] = row[i]
		}
		out = append(out, m)
	}
	return out
}

// find returns the record whose values of columns are those given.
func find(t *testing.T, rows []map[string]string, where ...string) map[string]string {
	t.Helper()
	for _, r := range rows {
		ok := true
		for k := 0; k+1 < len(where); k += 2 {
			ok = ok && r[where[k]] == where[k+1]
		}
		if ok {
			return r
		}
	}
	t.Fatalf("no row with %v", where)
	return nil
}

func number(t *testing.T, s string) float64 {
	t.Helper()
	x, err := strconv.ParseFloat(s, 64)
	if err != nil {
		t.Fatal(err)
	}
	return x
}

// Forty securities come in well under the time that one after the other would take.
func TestFetchForty(t *testing.T) {
	y := newFakeYahoo()
	defer y.Close()
	y.delay.Store(int64(20 * time.Millisecond))
	t.Chdir(t.TempDir())
	for name, value := range y.env(".") {
		t.Setenv(name, value)
	}
	t.Setenv("AFTERSHOCK_PRICES_YAHOO_IN_FLIGHT", "8")
	args := []string{"prices", "fetch", "--from", "2024-01-01", "--to", "2024-12-31"}
	for i := range 40 {
		args = append(args, fmt.Sprintf("X%02d", i))
	}
	start := time.Now()
	out := perform(t, statusOK, args...)
	if took := time.Since(start); took > 2*time.Second && !raced {
		t.Errorf("40 securities took %s", took)
	}
	if n := strings.Count(out, " 252  2024-01-02  2024-12-31  no "); n != 40 {
		t.Errorf("%d of 40 are whole:\n%s", n, out)
	}
	if n := y.asked.Load(); n != 40 {
		t.Errorf("%d requests", n)
	}
}

// A fetch that is interrupted leaves what it has fetched.
func TestFetchInterrupted(t *testing.T) {
	y := newFakeYahoo()
	defer y.Close()
	t.Chdir(t.TempDir())
	for name, value := range y.env(".") {
		t.Setenv(name, value)
	}
	args := []string{"prices", "fetch", "--from", "2024-01-01", "--to", "2024-12-31", "A", "B"}
	perform(t, statusOK, args[:len(args)-1]...)
	y.delay.Store(int64(time.Minute))
	ctx, stop := context.WithCancel(t.Context())
	time.AfterFunc(50*time.Millisecond, stop)
	var out, said bytes.Buffer
	if status := run(ctx, args, strings.NewReader(""), &out, &said); status != statusInterrupted || said.String() != "aftershock: interrupted; what was fetched until then is stored\n" {
		t.Errorf("exit status %d, said %q", status, said.String())
	}
	if out := perform(t, statusOK, "prices", "list", "--prices", "store"); !strings.HasPrefix(strings.Split(out, "\n")[1], "A ") || strings.Contains(out, "\nB ") {
		t.Errorf("stored is\n%s", out)
	}
}

// With --offline no connection is opened, whatever the source.
func TestOffline(t *testing.T) {
	y := newFakeYahoo()
	defer y.Close()
	t.Chdir(t.TempDir())
	for name, value := range y.env(".") {
		t.Setenv(name, value)
	}
	perform(t, statusOK, "prices", "fetch", "--to", "2025-07-31")

	var dialled atomic.Int64
	transport := http.DefaultTransport
	defer func() { http.DefaultTransport = transport }()
	http.DefaultTransport = &http.Transport{DialContext: func(context.Context, string, string) (net.Conn, error) {
		dialled.Add(1)
		return nil, errors.New("no network in this test")
	}}
	perform(t, statusOK, "run", "--offline", "--prices", "yahoo", "--charts", "none")
	perform(t, statusOK, "event", "2025-01-27", "NVDA", "--prices", "yahoo", "--offline")
	perform(t, statusFailure, "event", "2025-01-27", "LRCX", "--prices", "yahoo", "--offline")
	perform(t, statusOK, "prices", "list", "--prices", "yahoo")
	perform(t, statusFailure, "prices", "check", "--prices", "yahoo") // that the histories end long ago
	if n := dialled.Load(); n != 0 {
		t.Errorf("%d connections were opened", n)
	}
	perform(t, statusSource, "event", "2025-01-27", "LRCX", "--prices", "yahoo")
	if dialled.Load() == 0 {
		t.Error("no connection online: this test proves nothing")
	}
}

type checked struct {
	Problems int              `json:"problems"`
	Findings []market.Finding `json:"findings"`
}

// problems returns the problems that a check found, as "SYMBOL DATE code".
func problems(t *testing.T, args ...string) []string {
	t.Helper()
	var r checked
	if err := json.Unmarshal([]byte(perform(t, statusFailure, append([]string{"prices", "check", "--json"}, args...)...)), &r); err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, f := range r.Findings {
		if f.Problem {
			out = append(out, fmt.Sprintf("%s %s %s", f.Symbol, f.Date, f.Code))
		}
	}
	if len(out) != r.Problems {
		t.Errorf("%d problems, %d counted", len(out), r.Problems)
	}
	return out
}

// What a check finds in eleven years of 49 real histories is what is known of
// them: early ends, two sessions that their source lacks, sessions without
// trade (Vertiv was a shell company until 2020), one open below the low.
func TestCheckRealPrices(t *testing.T) {
	t.Chdir(t.TempDir())
	got := problems(t, "--prices", shared(t, "data/prices"))
	want := []string{
		"000660.KS 2025-06-16 ends-early", "005930.KS 2025-06-16 ends-early",
		"2330.TW 2021-08-17 zero-volume", "2330.TW 2025-08-01 gap", "2330.TW 2025-12-26 ends-early",
		"6857.T 2026-02-06 ends-early", "8035.T 2026-02-06 ends-early", "AMD 2015-01-02 zero-volume",
		"ASML.AS 2015-12-31 gap", "ASML.AS 2024-05-03 ends-early",
		"VST 2016-11-25 zero-volume", "^GSPC 2023-05-24 zero-volume", "^SOX 2023-04-26 bracket", "^VIX 2026-01-30 ends-early",
	}
	shell := 0
	got = slices.DeleteFunc(got, func(s string) bool {
		if strings.HasPrefix(s, "VRT 2018-") || strings.HasPrefix(s, "VRT 2019-") {
			shell++
			return true
		}
		return false
	})
	if !slices.Equal(got, want) || shell != 12 {
		t.Errorf("found %d of VRT, and\n%s\nwant\n%s", shell, strings.Join(got, "\n"), strings.Join(want, "\n"))
	}
}

// Three days on which Yahoo was wrong about Korea. Two show by themselves, one
// only beside the exchange's own closes; on all others the two sources agree.
func TestCheckWrongKorea(t *testing.T) {
	t.Chdir(t.TempDir())
	got := problems(t, "--prices", shared(t, "data/prices_adjonly"), "--against", shared(t, "data/prices"))
	for _, symbol := range []string{"000660.KS", "005930.KS"} {
		for _, s := range []string{
			"2024-02-15 disagreement", "2024-10-14 disagreement", "2024-11-07 disagreement",
			"2024-10-14 bracket", "2024-10-14 repeated-all", "2024-11-07 repeated-all",
		} {
			if !slices.Contains(got, symbol+" "+s) {
				t.Errorf("%s %s is not found", symbol, s)
			}
		}
	}
	n := 0
	for _, s := range got {
		if strings.HasSuffix(s, "disagreement") {
			n++
		}
	}
	if n != 6 {
		t.Errorf("%d disagreements, want 6:\n%s", n, strings.Join(got, "\n"))
	}
}

// One instant is another session 0 on every exchange: on 27 January 2025 at
// 14:30 UTC New York is open, Tokyo has closed, and Seoul and Taipei are on
// holiday for days.
func TestExchanges(t *testing.T) {
	t.Chdir(t.TempDir())
	out := perform(t, statusOK, "event", "2025-01-27T14:30:00Z", "NVDA", "2330.TW", "000660.KS", "8035.T", "--prices", shared(t, "data/prices"), "--window", "0,0", "--out", "out")
	rows := table(t, "out/observations.csv")
	for symbol, session := range map[string]string{"NVDA": "2025-01-27", "2330.TW": "2025-02-03", "000660.KS": "2025-01-31", "8035.T": "2025-01-28"} {
		if got := find(t, rows, "security", symbol)["session0"]; got != session {
			t.Errorf("session 0 of %s is %s, want %s", symbol, got, session)
		}
	}
	if !strings.Contains(out, "2330.TW closes on Asia/Taipei time, its benchmark SPY on America/New_York") {
		t.Error("nothing is said of closes at different hours")
	}
	// A benchmark of one's own, in the same city: no note for it.
	config := "securities:\n  - {symbol: 8035.T, benchmark: 6857.T}\nprices: {source: csv, dir: " + strconv.Quote(shared(t, "data/prices")) + "}\n"
	if err := os.WriteFile("config.yaml", []byte(config), 0o644); err != nil {
		t.Fatal(err)
	}
	out = perform(t, statusOK, "event", "2025-01-27T14:30:00Z", "8035.T")
	if strings.Contains(out, "do not cover the same hours") {
		t.Error("two securities of Tokyo are said to close at different hours")
	}
}

// Before 2010 Tokyo's sessions are those of its index, and the report says so.
func TestSessionsWithoutRules(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.Mkdir("prices", 0o755); err != nil {
		t.Fatal(err)
	}
	for i, symbol := range []string{"^N225", "9999.T"} {
		var b strings.Builder
		b.WriteString("Date,Close,Adj Close\n")
		for d, p := market.NewDate(2007, 1, 4), 100.0; d < market.NewDate(2008, 6, 1); d++ {
			if w := d.Weekday(); w == time.Saturday || w == time.Sunday || d == market.NewDate(2008, 4, 29) {
				continue
			}
			p *= 1 + 0.01*math.Sin(float64(int(d)*(i+2)))
			fmt.Fprintf(&b, "%s,%.4f,%.4f\n", d, p, p)
		}
		if err := os.WriteFile(filepath.Join("prices", symbol+".csv"), []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	out := perform(t, statusOK, "event", "2008-04-29", "9999.T", "--benchmark", "^N225", "--prices", "prices", "--out", "out")
	if got := find(t, table(t, "out/observations.csv"), "security", "9999.T")["session0"]; got != "2008-04-30" {
		t.Errorf("session 0 is %s", got)
	}
	if !strings.Contains(strings.Join(strings.Fields(out), " "), "the rules of Tokyo are not known for 366 days") {
		t.Errorf("the report does not say where the sessions are from:\n%s", out)
	}
}

// Factor models run from the configuration, and equal the reference.
func TestFactorModels(t *testing.T) {
	prices := shared(t, "data/prices")
	for model, file := range map[string]string{"capm": "ff3", "ff3": "ff3", "ff5": "ff5_mom", "ff6": "ff5_mom"} {
		data, err := os.ReadFile(shared(t, "reference/deepseek_"+model+".json"))
		if err != nil {
			t.Fatal(err)
		}
		var reference struct {
			Observations []struct {
				Security string
				S        float64
				AR       map[string]float64
			}
		}
		if err := json.Unmarshal(data, &reference); err != nil {
			t.Fatal(err)
		}
		t.Chdir(t.TempDir())
		config := fmt.Sprintf("study: {model: %s}\nprices: {source: csv, dir: %q}\nfactors: {files: [%q], unit: percent}\n", model, prices, shared(t, "data/factors/"+file+"_daily.csv"))
		if err := os.WriteFile("config.yaml", []byte(config), 0o644); err != nil {
			t.Fatal(err)
		}
		perform(t, statusOK, "event", "2025-01-27T14:30:00Z", "NVDA", "AVGO", "--out", "out")
		observed, returns := table(t, "out/observations.csv"), table(t, "out/abnormal_returns.csv")
		for _, o := range reference.Observations[:2] {
			if got := number(t, find(t, observed, "security", o.Security)["sigma"]); math.Abs(got-o.S) > 1e-9*o.S {
				t.Errorf("%s: s of %s is %v, want %v", model, o.Security, got, o.S)
			}
			for tau, ar := range o.AR {
				if got := number(t, find(t, returns, "security", o.Security, "tau", tau)["ar"]); math.Abs(got-ar) > 1e-9*max(math.Abs(ar), 1e-3) {
					t.Errorf("%s: AR of %s on %s is %v, want %v", model, o.Security, tau, got, ar)
				}
			}
		}
		var m struct {
			Factors []struct {
				Unit        string
				Names       []string
				First, Last string
			}
		}
		if data, err = os.ReadFile("out/manifest.json"); err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, &m); err != nil || len(m.Factors) != 1 || m.Factors[0].Unit != "percent" || m.Factors[0].Last != "2026-04-30" {
			t.Errorf("%s: the manifest has of factors %+v (%v)", model, m.Factors, err)
		}
	}
}

// One file of many securities is a source, long or wide, with the benchmark in
// it or beside it.
func TestPanelFile(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := writePrices("prices"); err != nil {
		t.Fatal(err)
	}
	symbols := []string{"NVDA", "AVGO", "SPY"}
	var long, wide bytes.Buffer
	long.WriteString("permno,date,close,shrout\n")
	wide.WriteString("date," + strings.Join(symbols[:2], ",") + "\n")
	rows := make(map[market.Date][]string)
	for _, symbol := range symbols {
		s, err := sample.Source().Series(t.Context(), symbol, market.NoDate, market.NoDate)
		if err != nil {
			t.Fatal(err)
		}
		for _, b := range s.Bars {
			fmt.Fprintf(&long, "%s,%s,%v,1000\n", symbol, b.Date, b.AdjClose)
			rows[b.Date] = append(rows[b.Date], fmt.Sprint(b.AdjClose))
		}
	}
	for d, r := range rows {
		fmt.Fprintf(&wide, "%s,%s\n", d, strings.Join(r[:2], ","))
	}
	for name, b := range map[string]*bytes.Buffer{"long.csv": &long, "wide.csv": &wide} {
		if err := os.WriteFile(name, b.Bytes(), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	perform(t, statusOK, "event", "2025-01-27", "NVDA", "AVGO", "--out", "want")
	want := find(t, table(t, "want/cars.csv"), "security", "NVDA", "from", "0", "to", "0")["car"]
	perform(t, statusOK, "event", "2025-01-27", "NVDA", "AVGO", "--prices", "long.csv", "--out", "long")
	t.Setenv("AFTERSHOCK_PRICES_SOURCE", "panel")
	t.Setenv("AFTERSHOCK_PRICES_FILE", "wide.csv")
	perform(t, statusUsage, "event", "2025-01-27", "NVDA", "AVGO") // no SPY
	t.Setenv("AFTERSHOCK_PRICES_DIR", "prices")
	perform(t, statusOK, "event", "2025-01-27", "NVDA", "AVGO", "--out", "wide")
	for _, dir := range []string{"long", "wide"} {
		if got := find(t, table(t, dir+"/cars.csv"), "security", "NVDA", "from", "0", "to", "0")["car"]; math.Abs(number(t, got)-number(t, want)) > 1e-9 {
			t.Errorf("%s: CAR is %s, want %s", dir, got, want)
		}
		data, err := os.ReadFile(dir + "/manifest.json")
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(string(data), `"name": "`+dir+`.csv"`) {
			t.Errorf("%s: the manifest does not name the file", dir)
		}
	}
	// A file of the store is a long file too.
	t.Setenv("AFTERSHOCK_PRICES_STORE", "store")
	perform(t, statusOK, "prices", "import", "prices")
	t.Setenv("AFTERSHOCK_PRICES_FILE", "store/NVDA.parquet")
	perform(t, statusOK, "event", "2025-01-27", "NVDA", "--out", "parquet")
	if got := find(t, table(t, "parquet/cars.csv"), "security", "NVDA", "from", "0", "to", "0")["car"]; math.Abs(number(t, got)-number(t, want)) > 1e-9 {
		t.Errorf("Parquet: CAR is %s, want %s", got, want)
	}
	if out := perform(t, statusOK, "prices", "list", "--prices", "long.csv"); !strings.Contains(out, "NVDA") {
		t.Errorf("the list is\n%s", out)
	}
	if out := perform(t, statusFailure, "prices", "list", "--prices", "nothere.parquet"); out != "" {
		t.Errorf("a list of nothing: %s", out)
	}
}

// An import that was interrupted goes on where it was.
func TestImportAgain(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	if err := writePrices("my-prices"); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"prices", "import", "my-prices/NVDA.csv"}, {"prices", "import", "my-prices"}, {"prices", "import", "my-prices"}} {
		if status, _, problems := aftershock(t, args...); status != statusOK {
			t.Errorf("%v: status %d, %s", args, status, problems)
		}
	}
	data, err := os.ReadFile("my-prices/NVDA.csv")
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.LastIndexByte(bytes.TrimSpace(data), '\n')
	if err := os.WriteFile("my-prices/NVDA.csv", data[:at+1], 0o644); err != nil {
		t.Fatal(err)
	}
	if status, _, problems := aftershock(t, "prices", "import", "my-prices"); status != statusFailure || !strings.Contains(problems, "NVDA: stored already, from my-prices/NVDA.csv; give --replace") {
		t.Errorf("status %d, %s", status, problems)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	var out, said bytes.Buffer
	if status := run(ctx, []string{"prices", "import", "my-prices", "--replace"}, strings.NewReader(""), &out, &said); status != statusInterrupted {
		t.Errorf("status %d, %s", status, said.String())
	}
}
