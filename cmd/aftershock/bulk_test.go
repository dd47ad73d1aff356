package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/parquet-go/parquet-go"

	"aftershock/analysis"
	"aftershock/internal/bulkmarket"
	"aftershock/report"
)

// writeBulk writes to dir a panel of securities, a catalogue of n observations
// and the configuration of their study; a panel that is there already stays.
func writeBulk(t testing.TB, dir string, c bulkmarket.Catalog, securities, n int) {
	t.Helper()
	if err := bulkmarket.Write(dir, c, securities, n); err != nil {
		t.Fatal(err)
	}
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
	for _, c := range bulkmarket.Catalogs {
		writeBulk(t, dir, c, 60, observations)
		runtime.GOMAXPROCS(1)
		runBulk(t, dir, c.Name)
		one := contents(t, filepath.Join(dir, "out-"+c.Name))
		if len(one) != len(report.Tables(&analysis.Result{}))+1 { // and the report
			t.Errorf("%s: %d files", c.Name, len(one))
		}
		runtime.GOMAXPROCS(5)
		runBulk(t, dir, c.Name)
		if !same(contents(t, filepath.Join(dir, "out-"+c.Name)), one) {
			t.Errorf("%s: the files depend on the number of processors", c.Name)
		}
		parts := []string{"merge", "--quiet"}
		for i := range 3 {
			out := filepath.Join(dir, fmt.Sprint(c.Name, i))
			runBulk(t, dir, c.Name, "--shard", fmt.Sprintf("%d/3", i+1), "--out", out)
			parts = append(parts, filepath.Join(out, fmt.Sprintf("part-%d-of-3.bin", i+1)))
		}
		bulk(t, dir, c.Name, parts...)
		if !same(contents(t, filepath.Join(dir, "out-"+c.Name)), one) {
			t.Errorf("%s: the parts do not give what one run gives", c.Name)
		}
		for table, want := range map[string]int64{"observations": observations, "abnormal_returns": 3000 * 21} {
			data := one[table+".parquet"]
			f, err := parquet.OpenFile(strings.NewReader(data), int64(len(data)))
			if err != nil {
				t.Fatal(err)
			}
			if f.NumRows() < want {
				t.Errorf("%s: %d rows of %s", c.Name, f.NumRows(), table)
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
	for _, c := range bulkmarket.Catalogs {
		b.Run(c.Name, func(b *testing.B) {
			writeBulk(b, dir, c, securities, observations)
			runtime.GC()
			peak()
			start := time.Now()
			for b.Loop() {
				runBulk(b, dir, c.Name)
			}
			b.ReportMetric(peak(), "peak-MiB")
			seconds := time.Since(start).Seconds() / float64(b.N)
			b.ReportMetric(seconds, "s")
			b.ReportMetric(observations/seconds, "obs/s")
		})
	}
}
