package main

import (
	"bytes"
	"fmt"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"
)

// A year of nightly runs by a clock of its own: what is kept does not grow, a night
// without a session does nothing, and compare tells the nights with news from others.
func TestYearOfNights(t *testing.T) {
	nights := 365
	if testing.Short() {
		nights = 45
	}
	const keep = 7
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", filepath.Join(dir, "cache"))
	config := "prices: {source: csv, dir: prices}\nevents: {file: events.csv}\njob: {metrics: job.prom}\n" +
		"study: {estimation: [-60, -11], min_estimation: 30, tests: [t, portfolio]}\noutput: {charts: [], formats: [csv, text], keep: 7, calibration: false}\n"
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("config.yaml", config)
	if err := os.Mkdir("prices", 0o755); err != nil {
		t.Fatal(err)
	}
	price := map[string]*strings.Builder{"A": {}, "B": {}, "SPY": {}}
	level := map[string]float64{"A": 100, "B": 50, "SPY": 400}
	for _, b := range price {
		b.WriteString("Date,Close\n")
	}
	n := 0
	trade := func(day time.Time) bool { // weekdays, as far as the exchange keeps them
		if w := day.Weekday(); w == time.Saturday || w == time.Sunday {
			return false
		}
		n++
		for i, s := range []string{"SPY", "A", "B"} {
			level[s] *= math.Exp(0.01 * math.Sin(float64(n*(3+2*i)*(i+2))))
			fmt.Fprintf(price[s], "%s,%.4f\n", day.Format(time.DateOnly), level[s])
		}
		return true
	}
	begin := time.Date(2023, 6, 1, 0, 0, 0, 0, time.UTC)
	night := time.Date(2024, 1, 1, 22, 30, 0, 0, time.UTC)
	for day := begin; day.Before(night.Truncate(24 * time.Hour)); day = day.AddDate(0, 0, 1) {
		trade(day)
	}
	catalogue := "id,date,title,securities\nfirst,2023-12-01,First,A B\n"
	var unchanged, done, told, most int
	var size, quiet int64
	before := ""
	for k := range nights {
		traded := trade(night.Truncate(24 * time.Hour))
		news := k%30 == 29
		if news {
			catalogue += fmt.Sprintf("n%d,%s,News,A\n", k, night.AddDate(0, 0, -20).Format(time.DateOnly))
		}
		write("events.csv", catalogue)
		if traded || k == 0 {
			for s, b := range price {
				write("prices/"+s+".csv", b.String())
			}
		}
		clock := night
		var out, problems bytes.Buffer
		if status := runAt(t.Context(), func() time.Time { return clock }, []string{"run", "--if-changed"}, strings.NewReader(""), &out, &problems); status != statusOK {
			t.Fatalf("night %d, %s: status %d, %s", k, night.Format(time.DateOnly), status, &problems)
		}
		if strings.HasPrefix(out.String(), "nothing has changed") {
			unchanged++
		} else {
			done++
			last, err := os.Readlink("out/latest")
			if err != nil {
				t.Fatal(err)
			}
			if before != "" && news {
				_, said, problems := aftershock(t, "compare", filepath.Join("out", before), filepath.Join("out", last))
				if !strings.Contains(said, fmt.Sprintf("observations: n%d A", k)) {
					t.Errorf("night %d: compare does not name the news: %s%s", k, said, problems)
				}
				told++
			}
			before = last
		}
		files := 0
		size = 0
		_ = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
			if err == nil && !d.IsDir() && !strings.HasPrefix(path, filepath.Join(dir, "prices")) {
				files++
				if info, err := d.Info(); err == nil {
					size += info.Size()
				}
			}
			return nil
		})
		most = max(most, files)
		switch k {
		case keep + 10:
			t.Logf("night %d: %d files, %d kB", k, files, size>>10)
			quiet = size
		case 28: // all that is kept studies the same events as then
			if size > quiet+quiet/50 {
				t.Errorf("without an event from %d to %d bytes", quiet, size)
			}
		}
		night = night.AddDate(0, 0, 1)
	}
	runs, err := datedRuns("out")
	if err != nil || len(runs) != keep {
		t.Errorf("%d runs are kept, want %d; %v", len(runs), keep, err)
	}
	if most > 40*keep {
		t.Errorf("up to %d files", most)
	}
	if unchanged < nights/5 || told < nights/45 {
		t.Errorf("%d nights without anything new, %d with news told", unchanged, told)
	}
	t.Logf("%d nights: %d runs, %d nights without anything new, %d with news; %d files at most, %d kB at the end", nights, done, unchanged, told, most, size>>10)
}
