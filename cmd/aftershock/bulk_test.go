package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"aftershock/analysis"
	"aftershock/market"
	"aftershock/report"
)

// A market like CRSP's: securities that are listed and delisted over twenty
// years of New York's sessions, returns of six decimals of which some are
// missing, delisting returns, and a benchmark among them.
const (
	bulkMarket  = "10000" // the permno of the benchmark
	bulkAverage = 3000    // sessions of a security
)

// bulkListing is a security of the market: the session of its first return, as
// a calendar index, and the number of its sessions.
type bulkListing struct{ permno, first, sessions int }

// bulkMarketOf draws n securities, the benchmark first. Two by two they have
// 2 bulkAverage sessions, so that their rows are n bulkAverage in all.
func bulkMarketOf(n int) (cal *market.Calendar, list []bulkListing) {
	cal = market.NYSE()
	from, to := cal.Search(market.NewDate(2005, 1, 1)), cal.Search(market.NewDate(2025, 1, 1))
	list = append(list, bulkListing{10000, from, to - from})
	rng := rand.New(rand.NewPCG(2005, 1))
	for k := range n {
		sessions := 1000 + rng.IntN(4000)
		if k%2 == 1 {
			sessions = 2*bulkAverage - list[k].sessions
		}
		list = append(list, bulkListing{10001 + k, from + rng.IntN(to-from-sessions+1), sessions})
	}
	return cal, list
}

// writeBulkPanel writes the returns of n securities as CRSP lays them out.
func writeBulkPanel(name string, n int) (rows int, err error) {
	type row struct {
		Permno int64    `parquet:"permno,delta"`
		Date   int32    `parquet:"date,date,delta"`
		Ret    *float64 `parquet:"ret,optional"`
		DlRet  *float64 `parquet:"dlret,optional"`
	}
	f, err := os.Create(name)
	if err != nil {
		return 0, err
	}
	defer f.Close()
	w := parquet.NewGenericWriter[row](f, parquet.Compression(&zstd.Codec{}), parquet.MaxRowsPerRowGroup(1<<20))
	cal, list := bulkMarketOf(n)
	index := make([]float64, list[0].sessions)
	rng := rand.New(rand.NewPCG(2005, 2))
	for k := range index {
		index[k] = math.Round(rng.NormFloat64()*1e4) / 1e6
	}
	buf, ret := make([]row, len(index)), make([]float64, len(index))
	lost := -0.3
	for i, l := range list {
		rng := rand.New(rand.NewPCG(uint64(l.permno), 3))
		beta, sigma := 0.5+rng.Float64(), 0.01+0.03*rng.Float64()
		for k := range l.sessions {
			ret[k] = index[l.first-list[0].first+k]
			buf[k] = row{int64(l.permno), int32(cal.Date(l.first + k)), &ret[k], nil}
			if i == 0 {
				continue
			}
			ret[k] = max(-0.9, math.Round(1e6*(beta*ret[k]+sigma*rng.NormFloat64()))/1e6)
			if rng.IntN(500) == 0 {
				buf[k].Ret = nil
			}
		}
		if l.first+l.sessions < list[0].first+list[0].sessions && rng.IntN(4) > 0 {
			buf[l.sessions-1].DlRet = &lost
		}
		k, err := w.Write(buf[:l.sessions])
		if rows += k; err != nil {
			return rows, err
		}
	}
	if err := w.Close(); err != nil {
		return rows, err
	}
	return rows, f.Close()
}

// A bulkCatalog is a kind of catalogue of the market.
type bulkCatalog struct {
	name   string
	groups string
	write  func(w io.Writer, cal *market.Calendar, list []bulkListing, n int)
}

var bulkCatalogs = []bulkCatalog{
	// News of one security each: some hours, some dates alone, some of days
	// without a session, some too early for an estimation window.
	{"news", "[all]", func(w io.Writer, cal *market.Calendar, list []bulkListing, n int) {
		rng := rand.New(rand.NewPCG(2005, 4))
		for k := range n {
			l := list[1+rng.IntN(len(list)-1)]
			when := cal.Date(l.first+100+rng.IntN(l.sessions-120)) + market.Date(rng.IntN(2))
			clock, zone := "", ""
			if rng.IntN(4) > 0 {
				clock, zone = fmt.Sprintf(" %02d:%02d", 6+rng.IntN(14), rng.IntN(60)), "America/New_York"
			}
			fmt.Fprintf(w, "n%d,%s%s,%s,News %d of %d,news,%d\n", k, when, clock, zone, k, l.permno, l.permno)
		}
	}},
	// News of all that are listed at the time, a hundred sessions after their
	// listing.
	{"market", "[event, all]", func(w io.Writer, cal *market.Calendar, list []bulkListing, n int) {
		rng := rand.New(rand.NewPCG(2005, 5))
		sessions := list[0].sessions
		for k, done := 0, 0; done < n; k++ {
			at := list[0].first + 300 + rng.IntN(sessions-320)
			fmt.Fprintf(w, "m%d,%s,,News %d of all,news,", k, cal.Date(at), k)
			for _, l := range list[1:] {
				if l.first+100 <= at && at < l.first+l.sessions && done < n {
					fmt.Fprintf(w, " %d", l.permno)
					done++
				}
			}
			fmt.Fprintln(w)
		}
	}},
}

// writeBulk writes to dir a panel of securities, a catalogue of n observations
// and the configuration of their study; what is there already stays.
func writeBulk(t testing.TB, dir string, c bulkCatalog, securities, n int) {
	t.Helper()
	check := func(err error) {
		if err != nil {
			t.Helper()
			t.Fatal(err)
		}
	}
	panel := filepath.Join(dir, "panel.parquet")
	if _, err := os.Stat(panel); err != nil {
		_, err := writeBulkPanel(panel, securities)
		check(err)
	}
	events := filepath.Join(dir, c.name+".csv")
	f, err := os.Create(events)
	check(err)
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "id,time,zone,title,category,securities")
	cal, list := bulkMarketOf(securities)
	c.write(w, cal, list, n)
	check(w.Flush())
	check(f.Close())
	check(os.WriteFile(filepath.Join(dir, c.name+".yaml"), []byte(`
study: {name: Bulk, benchmark: "`+bulkMarket+`", groups: `+c.groups+`, car: [[-10, 10]]}
prices: {source: panel, file: panel.parquet}
events: {file: `+c.name+`.csv}
output: {dir: out-`+c.name+`, formats: [text, parquet], charts: [], calibration: false}
`), 0o644))
}

// runBulk performs the study called name in dir.
func runBulk(t testing.TB, dir, name string, args ...string) {
	t.Helper()
	bulk(t, dir, name, append([]string{"run"}, args...)...)
}

// bulk runs the program with the configuration of the study called name in dir.
func bulk(t testing.TB, dir, name string, args ...string) {
	t.Helper()
	var stderr strings.Builder
	args = append(args, "--config", filepath.Join(dir, name+".yaml"))
	if status := run(context.Background(), args, strings.NewReader(""), io.Discard, &stderr); status != statusOK {
		t.Fatalf("status %d: %s", status, stderr.String())
	}
}

// peak returns the most memory that the process has had since it was last
// called, in MiB; 0 where the system does not say.
func peak() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	defer os.WriteFile("/proc/self/clear_refs", []byte("5"), 0)
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kib, _ := strconv.ParseFloat(f[1], 64)
			return kib / 1024
		}
	}
	return 0
}

// A study from a Parquet file and a catalogue to the files of a run; its tables
// do not depend on the number of processors, on how often they are written, or on
// whether its parts were computed apart.
func TestBulk(t *testing.T) {
	if testing.Short() {
		t.Skip("performs a study of thousands of observations again and again")
	}
	const observations = 3500 // more than a block of abnormal_returns
	dir := t.TempDir()
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(0))
	for _, c := range bulkCatalogs {
		writeBulk(t, dir, c, 60, observations)
		runtime.GOMAXPROCS(1)
		runBulk(t, dir, c.name)
		one := contents(t, filepath.Join(dir, "out-"+c.name))
		if len(one) != len(report.Tables(&analysis.Result{}))+1 { // and the report
			t.Errorf("%s: %d files", c.name, len(one))
		}
		runtime.GOMAXPROCS(5)
		runBulk(t, dir, c.name)
		if !same(contents(t, filepath.Join(dir, "out-"+c.name)), one) {
			t.Errorf("%s: the files depend on the number of processors", c.name)
		}
		parts := []string{"merge", "--quiet"}
		for i := range 3 {
			out := filepath.Join(dir, fmt.Sprint(c.name, i))
			runBulk(t, dir, c.name, "--shard", fmt.Sprintf("%d/3", i+1), "--out", out)
			parts = append(parts, filepath.Join(out, fmt.Sprintf("part-%d-of-3.bin", i+1)))
		}
		bulk(t, dir, c.name, parts...)
		if !same(contents(t, filepath.Join(dir, "out-"+c.name)), one) {
			t.Errorf("%s: the parts do not give what one run gives", c.name)
		}
		for table, want := range map[string]int64{"observations": observations, "abnormal_returns": 3000 * 21} {
			data := one[table+".parquet"]
			f, err := parquet.OpenFile(strings.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatal(err)
			}
			if f.NumRows() < want {
				t.Errorf("%s: %d rows of %s", c.name, f.NumRows(), table)
			}
		}
	}
}

// A grouping by more events than can be tested is refused where it stands, and
// what was there stays.
func TestTooManyGroups(t *testing.T) {
	dir := t.TempDir()
	var events strings.Builder
	events.WriteString("id,time,title,category,securities\n")
	for k := range 51_000 {
		fmt.Fprintf(&events, "n%d,2024-12-%02d,News,news,NVDA\n", k, 2+k%5)
	}
	for name, data := range map[string]string{"many.csv": events.String(),
		"many.yaml": "study:\n  groups:\n    - all\n    - event\nevents: {file: many.csv}\noutput: {dir: out}\n"} {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(data), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	for _, shard := range []string{"", "1/2"} {
		args := []string{"run", "--config", filepath.Join(dir, "many.yaml")}
		if shard != "" {
			args = append(args, "--shard", shard)
		}
		var stderr strings.Builder
		status := run(context.Background(), args, strings.NewReader(""), io.Discard, &stderr)
		if want := "many.yaml:4: study.groups[1]: event makes 51000 groups"; status != statusUsage || !strings.Contains(stderr.String(), want) || strings.Count(stderr.String(), "\n") != 1 {
			t.Errorf("status %d: %s", status, stderr.String())
		}
		if _, err := os.Stat(filepath.Join(dir, "out")); err == nil {
			t.Error("an output directory was left")
		}
	}
}

// BenchmarkBulk goes from 60 million rows of prices and a catalogue of a million
// observations to the files of a run:
//
//	go test -run - -bench Bulk -benchtime 1x ./cmd/aftershock
//
// The files take a minute to make; the folder BULK_DIR, if set, keeps
// them for the next time.
func BenchmarkBulk(b *testing.B) {
	if testing.Short() {
		b.Skip("takes minutes")
	}
	const securities, observations = 20_000, 1_000_000
	dir := os.Getenv("BULK_DIR")
	if dir == "" {
		dir = b.TempDir()
	}
	for _, c := range bulkCatalogs {
		b.Run(c.name, func(b *testing.B) {
			writeBulk(b, dir, c, securities, observations)
			runtime.GC()
			peak()
			start := time.Now()
			for b.Loop() {
				runBulk(b, dir, c.name)
			}
			b.ReportMetric(peak(), "peak-MiB")
			seconds := time.Since(start).Seconds() / float64(b.N)
			b.ReportMetric(seconds, "s")
			b.ReportMetric(observations/seconds, "obs/s")
		})
	}
}
