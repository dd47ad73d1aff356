// Engine runs a study on a market that it makes, in memory and on one processor, for
// docs/rivals/numpy_rival.py, which does the same with numpy. It writes the returns and
// its figures as float64s, and prints the processor time that an observation took.
// pandas_rival.py takes the sessions of its market from here.
package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"flag"
	"fmt"
	"log"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"runtime/pprof"
	"strings"
	"time"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
)

func main() {
	log.SetFlags(0)
	dir := flag.String("dir", "", "`directory` to write returns.f64, dates.f64 and figures.f64 to; none: write nothing")
	securities := flag.Int("securities", 500, "`number` of securities")
	sessions := flag.Int("sessions", 2700, "`number` of sessions")
	dates := flag.Int("dates", 200, "`number` of dates, each an event of every security")
	tests := flag.String("tests", "cross-section,patell,bmp", "`tests` to run")
	lean := flag.Bool("lean", false, "leave out what numpy_rival.py does not compute: averages, mean correlations, notes")
	rounds := flag.Int("rounds", 3, "`number` of runs that are timed")
	calendar := flag.Int("calendar", 0, "print that `number` of New York's sessions, and stop")
	profile := flag.String("profile", "", "`file` to write a profile to")
	flag.Parse()
	runtime.GOMAXPROCS(1)
	debug.SetGCPercent(400)

	cal := market.NYSE()
	first := cal.Search(market.NewDate(2010, 1, 4))
	if *calendar > 0 {
		for k := range *calendar {
			fmt.Println(cal.Date(first + k))
		}
		return
	}
	rng := rand.New(rand.NewPCG(1, 2))
	panel := market.NewPanel(market.Simple, market.Skip)
	returns := make([][]float64, 1+*securities) // the market first
	for i := range returns {
		r := make([]float64, *sessions)
		beta := 0.5 + rng.Float64()
		for k := range r {
			if r[k] = 0.01 * rng.NormFloat64(); i > 0 {
				r[k] = beta*returns[0][k] + 2*r[k]
			}
		}
		returns[i] = r
		c := &market.Column{Security: market.Security{Symbol: symbol(i)}, Calendar: cal, First: first, Return: r, Adjusted: true}
		if err := panel.AddColumn(c); err != nil {
			log.Fatal(err)
		}
	}
	var targets []events.Target
	for i := range *securities {
		targets = append(targets, events.Target{Symbol: symbol(i + 1)})
	}
	catalog := &events.Catalog{}
	at := make([]float64, *dates) // by session of the market
	for k := range at {
		t := 271 + k*(*sessions-271-11) / *dates
		at[k] = float64(t)
		catalog.Events = append(catalog.Events, events.Event{
			ID: fmt.Sprint(k), DateOnly: true, Time: cal.Date(first+t).In(time.UTC, 0), Targets: targets})
	}
	study := analysis.DefaultStudy()
	study.Benchmark, study.Groups, study.CARWindows = symbol(0), []analysis.Grouping{analysis.ByEvent}, []analysis.Window{{From: -10, To: 10}}
	study.Tests = nil
	if *lean {
		study.Without = analysis.Figures
	}
	for name := range strings.SplitSeq(*tests, ",") {
		t, ok := analysis.TestByName(name)
		if !ok {
			log.Fatalf("there is no test %s", name)
		}
		study.Tests = append(study.Tests, t)
	}
	if *profile != "" {
		f, err := os.Create(*profile)
		if err != nil {
			log.Fatal(err)
		}
		if err := pprof.StartCPUProfile(f); err != nil {
			log.Fatal(err)
		}
		defer pprof.StopCPUProfile()
	}
	var result *analysis.Result
	for range *rounds {
		result = nil
		runtime.GC()
		before := processorTime()
		var err error
		if result, err = study.Run(context.Background(), catalog, panel, nil); err != nil {
			log.Fatal(err)
		}
		took := processorTime() - before
		used, excluded := result.Counts()
		if excluded > 0 {
			log.Fatalf("%d observations are excluded", excluded)
		}
		fmt.Printf("%.4f\n", took.Seconds()*1e6/float64(used))
	}
	if *dir == "" {
		return
	}
	if err := write(*dir, "returns.f64", returns...); err != nil {
		log.Fatal(err)
	}
	if err := write(*dir, "dates.f64", at); err != nil {
		log.Fatal(err)
	}
	var rows [][]float64 // a date: CAAR, then statistics and p values of the tests; a security of it: CAR, its standard error, BHAR
	for _, g := range result.Groups {
		w := &g.Windows[0]
		row := []float64{w.CAAR}
		for _, t := range w.Tests {
			row = append(row, t.Stat, t.P)
		}
		for _, i := range g.Members {
			a := result.AbnormalReturns(i)
			row = append(row, a.CAR[0], a.CARSE[0], a.BHAR[0])
		}
		rows = append(rows, row)
	}
	if err := write(*dir, "figures.f64", rows...); err != nil {
		log.Fatal(err)
	}
}

func symbol(i int) string { return fmt.Sprintf("S%04d", i) }

func write(dir, name string, rows ...[]float64) error {
	f, err := os.Create(filepath.Join(dir, name))
	if err != nil {
		return err
	}
	defer f.Close()
	w := bufio.NewWriter(f)
	for _, r := range rows {
		if err := binary.Write(w, binary.LittleEndian, r); err != nil {
			return err
		}
	}
	if err := w.Flush(); err != nil {
		return err
	}
	return f.Close()
}
