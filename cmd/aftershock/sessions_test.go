package main

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// reaction is the study of one pair of price files whose figures are always the
// same, whatever days, stamps and symbols they have: the 101st session is the event.
type reaction struct {
	symbol, benchmark string
	week              string // days on which it trades, as time.Weekday's letters; "" is Monday to Friday
	closed            []string
	stamp             func(time.Time) string // of a day; nil: the day
	config            string                 // beside the study and prices
	layout            string                 // "": a folder; wide, long: one file
	refused           string                 // what standard error says then
}

// perform returns the abnormal return of session 0, which must be the event's day.
func (x reaction) perform(t *testing.T) (string, string) {
	t.Helper()
	const sessions = 140
	rng := rand.New(rand.NewPCG(3, 3))
	t.Chdir(t.TempDir())
	var days []time.Time
	week := x.week
	if week == "" {
		week = "Mon Tue Wed Thu Fri"
	}
	for d := time.Date(2024, 4, 1, 0, 0, 0, 0, time.UTC); len(days) < sessions; d = d.AddDate(0, 0, 1) {
		if strings.Contains(week, d.Weekday().String()[:3]) && !slices.Contains(x.closed, d.Format(time.DateOnly)) {
			days = append(days, d)
		}
	}
	if x.stamp == nil {
		x.stamp = func(d time.Time) string { return d.Format(time.DateOnly) }
	}
	var wide, long strings.Builder
	files := []*strings.Builder{new(strings.Builder), new(strings.Builder)}
	fmt.Fprintf(&wide, "Date,%s,%s\n", x.symbol, x.benchmark)
	long.WriteString("ticker,date,adj close\n")
	p := []float64{100, 500}
	for k, d := range days {
		m := 0.01 * rng.NormFloat64()
		own := 0.8*m + 0.012*rng.NormFloat64()
		if k == 100 {
			own -= 0.08
		}
		p[0], p[1] = p[0]*(1+own), p[1]*(1+m)
		fmt.Fprintf(&wide, "%s,%.6f,%.6f\n", x.stamp(d), p[0], p[1])
		for j, s := range []string{x.symbol, x.benchmark} {
			fmt.Fprintf(&long, "%s,%s,%.6f\n", s, x.stamp(d), p[j])
			fmt.Fprintf(files[j], "%s,%.6f\n", x.stamp(d), p[j])
		}
	}
	source := "{source: csv, dir: prices}"
	put := func(name, text string) {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	switch x.layout {
	case "":
		if err := os.Mkdir("prices", 0o755); err != nil {
			t.Fatal(err)
		}
		for j, s := range []string{x.symbol, x.benchmark} {
			put(filepath.Join("prices", s+".csv"), "Date,Adj Close\n"+files[j].String())
		}
	default:
		source = "{source: panel, file: panel.csv}"
		put("panel.csv", map[string]string{"wide": wide.String(), "long": long.String()}[x.layout])
	}
	put("config.yaml", fmt.Sprintf("study: {benchmark: %q, estimation: [-80, -6], event: [-5, 5], car: [[0, 0]], min_estimation: 50, tests: [t]}\nprices: %s\n%s", x.benchmark, source, x.config))
	var out, problems bytes.Buffer
	day := days[100].Format(time.DateOnly)
	if run(t.Context(), []string{"event", day, x.symbol, "--out", "out", "--format", "csv"}, strings.NewReader(""), &out, &problems) != statusOK {
		return "", strings.Join(strings.Fields(problems.String()), " ")
	}
	f, err := os.Open("out/abnormal_returns.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	ar := slices.Index(rows[0], "ar")
	for _, r := range rows[1:] {
		if slices.Contains(r, day) && slices.Contains(r, "0") && r[slices.Index(rows[0], "tau")] == "0" {
			return r[ar], problems.String()
		}
	}
	return "session 0 is not " + day, problems.String()
}

// midnight writes days as the instant of midnight on a clock some hours east of UTC.
func midnight(hours int, layout string) func(time.Time) string {
	return func(d time.Time) string { return d.Add(-time.Duration(hours) * time.Hour).Format(layout) }
}

// The figures of a share and its benchmark give one abnormal return on whatever
// exchange, in whatever file, with whatever stamps they come; or they are refused by
// their cause.
func TestSessionsOfEveryExchange(t *testing.T) {
	american := []string{"2024-05-27", "2024-06-19", "2024-07-04", "2024-09-02"}
	some := []string{"2024-05-01", "2024-08-15", "2024-10-02"}
	european := []string{"2024-04-01", "2024-05-01"}
	japanese := []string{"2024-04-29", "2024-05-03", "2024-05-06", "2024-07-15", "2024-08-12", "2024-09-16", "2024-09-23", "2024-10-14"}
	const sunday, always = "Sun Mon Tue Wed Thu", "Sun Mon Tue Wed Thu Fri Sat"
	const instant, offset = "2006-01-02 15:04:05+00:00", "2006-01-02 15:04:05-04:00"
	paris := "securities: [{symbol: LVMH, exchange: Paris}, {symbol: PX1, exchange: Paris}]\n"
	dhaka := "exchanges: [{name: Dhaka, zone: Asia/Dhaka, open: \"10:00\", close: \"14:30\", week: [sun, mon, tue, wed, thu], suffixes: [.DH], indices: [^DSEX]}]\n"
	cases := map[string]reaction{
		"American": {symbol: "AAA", benchmark: "MKT", closed: american},

		"Sydney": {symbol: "BHP.AX", benchmark: "^AXJO", closed: some}, "Toronto": {symbol: "RY.TO", benchmark: "^GSPTSE", closed: some},
		"Sao Paulo": {symbol: "PETR4.SA", benchmark: "^BVSP", closed: some}, "Zurich": {symbol: "NESN.SW", benchmark: "^SSMI", closed: some},
		"Shanghai": {symbol: "600519.SS", benchmark: "000001.SS", closed: some}, "India": {symbol: "INFY.NS", benchmark: "^NSEI", closed: some},
		"Riyadh": {symbol: "2222.SR", benchmark: "^TASI.SR", closed: some, week: sunday}, "Cairo": {symbol: "COMI.CA", benchmark: "^CASE30", closed: some, week: sunday},
		"Tel Aviv": {symbol: "TEVA.TA", benchmark: "^TA125.TA", closed: some, week: sunday}, "crypto": {symbol: "BTC-USD", benchmark: "ETH-USD", week: always},
		"currencies": {symbol: "EURUSD=X", benchmark: "GBPUSD=X"}, "Dhaka, described": {symbol: "GP.DH", benchmark: "^DSEX", closed: some, week: sunday, config: dhaka},
		"Dhaka, not described": {symbol: "GP.DH", benchmark: "^DSEX", closed: some, week: sunday, refused: "GP.DH: its exchange is not known by its symbol"},

		"an unknown index":       {symbol: "SAP.DE", benchmark: "^FOOBAR", closed: european},
		"an index without caret": {symbol: "SAP.DE", benchmark: "DAX", closed: european},
		"days of another week":   {symbol: "AAA", benchmark: "^FOOBAR", closed: some, week: sunday, refused: "they include Sundays and no Friday"},

		"wide, another continent": {symbol: "8035.T", benchmark: "^N225", closed: japanese, layout: "wide"},
		"long, another continent": {symbol: "0005.L", benchmark: "^FTSE", closed: []string{"2024-04-01", "2024-05-06", "2024-05-27", "2024-08-26"}, layout: "long"},
		"wide, without rules":     {symbol: "INFY.NS", benchmark: "^NSEI", closed: some, layout: "wide"},
		"wide, named exchange":    {symbol: "code1", benchmark: "code2", closed: japanese, layout: "wide", config: "securities: [{symbol: code1, exchange: Tokyo}, {symbol: code2, exchange: TSE}]\n"},

		"Frankfurt's midnights":           {symbol: "SAP.DE", benchmark: "^GDAXI", closed: european, stamp: midnight(2, instant)},
		"midnights, exchange configured":  {symbol: "LVMH", benchmark: "PX1", closed: european, stamp: midnight(2, instant), config: paris},
		"midnights, exchange not said":    {symbol: "SAP", benchmark: "DAX", closed: european, stamp: midnight(2, instant)},
		"Tokyo's midnights":               {symbol: "8035.T", benchmark: "^N225", closed: japanese, stamp: midnight(9, instant)},
		"Tokyo on New York's clock":       {symbol: "8035.T", benchmark: "^N225", closed: japanese, stamp: midnight(4, offset)},
		"Sydney's midnights":              {symbol: "BHP.AX", benchmark: "^AXJO", closed: some, stamp: midnight(10, instant)},
		"New York's midnights":            {symbol: "AAA", benchmark: "MKT", closed: american, stamp: midnight(-4, instant)},
		"New York's days, midnight UTC":   {symbol: "AAA", benchmark: "MKT", closed: american, stamp: midnight(0, "2006-01-02T15:04:05Z")},
		"wide, Frankfurt's midnights":     {symbol: "SAP.DE", benchmark: "^GDAXI", closed: european, stamp: midnight(2, instant), layout: "wide"},
		"days that are written too early": {symbol: "AAA", benchmark: "MKT", closed: american, stamp: midnight(24, time.DateOnly), refused: "they include Sundays and no Friday, so the dates are a day off"},
	}
	figure := func(text string) float64 { // NaN where there is none
		v, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return math.NaN()
		}
		return v
	}
	first, _ := cases["American"].perform(t)
	want := figure(first)
	if !(math.Abs(want) >= 0.03) {
		t.Fatalf("the American study gives %q", first)
	}
	for name, x := range cases {
		t.Run(name, func(t *testing.T) {
			got, said := x.perform(t)
			if x.refused != "" {
				if got != "" || !strings.Contains(said, x.refused) {
					t.Errorf("%q, %s", got, said)
				}
			} else if !(math.Abs(figure(got)-want) <= 1e-12) { // sums begin at other sessions
				t.Errorf("abnormal return %q, not %v: %s", got, want, said)
			}
		})
	}
}
