package analysis

import (
	"compress/gzip"
	"context"
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"testing"
	"time"

	"gonum.org/v1/gonum/floats"

	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/market"
)

// realPanel is a panel of some 500 American shares over 2,707 sessions, with SPY
// as the benchmark; the benchmark is skipped where the folder of shared data is
// not.
func realPanel(b testing.TB) *market.Panel {
	b.Helper()
	needShared(b)
	f, err := os.Open(filepath.Join(shared, "data/panel/sp500_adjclose_2015_2025.csv.gz"))
	if err != nil {
		b.Fatal(err)
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		b.Fatal(err)
	}
	rows, err := csv.NewReader(z).ReadAll()
	if err != nil {
		b.Fatal(err)
	}
	cal := market.NYSE()
	p := market.NewPanel(market.Simple, market.Skip)
	add := func(symbol string, price map[int]float64) {
		first, last := cal.Len(), 0
		for k := range price {
			first, last = min(first, k), max(last, k)
		}
		prices := missing(last - first + 1)
		for k, v := range price {
			prices[k-first] = v
		}
		r, _ := market.Returns(prices, market.Simple, market.Skip)
		if err := p.AddColumn(&market.Column{Security: market.Security{Symbol: symbol}, Calendar: cal, First: first, Return: r, Price: prices, Adjusted: true}); err != nil {
			b.Fatal(err)
		}
	}
	session := func(date string) int {
		d, err := market.ParseDate(date)
		if err != nil {
			b.Fatal(err)
		}
		k, ok := cal.Index(d)
		if !ok {
			b.Fatalf("%s is no session", date)
		}
		return k
	}
	spy := make(map[int]float64)
	from, to := session(rows[1][0]), session(rows[len(rows)-1][0])
	for _, r := range readCSV(b, filepath.Join(shared, "data/prices/SPY.csv")) {
		if d, err := market.ParseDate(r["date"]); err == nil {
			if k, ok := cal.Index(d); ok && k >= from && k <= to {
				spy[k], _ = strconv.ParseFloat(r["adj_close"], 64)
			}
		}
	}
	add("SPY", spy)
	for j, symbol := range rows[0][1:] {
		price := make(map[int]float64)
		for _, r := range rows[1:] {
			if v, err := strconv.ParseFloat(r[1+j], 64); err == nil {
				price[session(r[0])] = v
			}
		}
		if symbol != "SPY" && len(price) > 0 {
			add(symbol, price)
		}
	}
	return p
}

// everyDay has n observations: events on sessions spread over the panel, each of
// every security that has been listed for long enough.
func everyDay(p *market.Panel, n int) *events.Catalog {
	cal, all := p.Columns[0].Calendar, p.Columns[0]
	first, span := all.First+271, all.Len()-271-11
	days := n/(len(p.Columns)-1) + 1
	c := &events.Catalog{}
	for n > 0 {
		k := len(c.Events)
		at := first + k%days*span/days
		e := events.Event{ID: strconv.Itoa(k), DateOnly: true, Time: cal.Date(at).In(time.UTC, 0)}
		for _, col := range p.Columns[1:] {
			if n > 0 && at-270 > col.First && at+10 <= col.Last() {
				e.Targets = append(e.Targets, events.Target{Symbol: col.Symbol})
				n--
			}
		}
		c.Events = append(c.Events, e)
	}
	return c
}

// BenchmarkMillion is a million observations on 500 shares and 2,700 sessions of
// real prices, with every closed-form test.
func BenchmarkMillion(b *testing.B) {
	p := realPanel(b)
	c := everyDay(p, 1_000_000)
	for _, groups := range [][]Grouping{{ByEvent}, {ByEvent, All}} {
		b.Run(fmt.Sprint("groups=", groups), func(b *testing.B) {
			s := benchStudy("SPY")
			s.Groups = groups
			runtime.GC()
			os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // resets the peak
			benchRun(b, s, c, p)
			b.ReportMetric(peak()/(1<<20), "peak-MiB")
		})
	}
}

// peak returns the most memory that the process has had, in bytes; 0 where the
// system does not say.
func peak() float64 {
	status, err := os.ReadFile("/proc/self/status")
	if err != nil {
		return 0
	}
	for line := range strings.Lines(string(status)) {
		if f := strings.Fields(line); len(f) > 1 && f[0] == "VmHWM:" {
			kib, _ := strconv.ParseFloat(f[1], 64)
			return kib * 1024
		}
	}
	return 0
}

// BenchmarkScaling goes from a thousand observations to a million, and from one
// worker to eight.
func BenchmarkScaling(b *testing.B) {
	p := realPanel(b)
	for _, n := range []int{1_000, 10_000, 100_000, 1_000_000} {
		c := everyDay(p, n)
		for _, workers := range []int{1, 2, 4, 8} {
			b.Run(fmt.Sprintf("n=%d/workers=%d", n, workers), func(b *testing.B) {
				defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(workers))
				benchRun(b, benchStudy("SPY"), c, p)
			})
		}
	}
}

// BenchmarkBandwidth is what memory alone costs BenchmarkTests: the returns of
// both windows of every observation are read, and as many bytes written as its
// figures have.
func BenchmarkBandwidth(b *testing.B) {
	p := benchPanel(b, 500, 2700)
	c := benchCatalog(p, 100_000)
	s := benchStudy("INDEX")
	s.Groups, s.Tests = nil, nil
	r, err := s.Run(context.Background(), c, p, nil)
	if err != nil {
		b.Fatal(err)
	}
	g := r.eng
	figures, width := g.columns()
	per := 0
	for k := range figures {
		per += width[k]
	}
	out := make([]float64, per*len(g.obs))
	n, total := 0, 0.0
	for b.Loop() {
		for row, ser := range g.ser {
			s0 := int(g.s0[row]) - ser.first
			sum := floats.Sum(ser.y[s0+s.EstimationWindow.From:s0+s.EstimationWindow.To+1]) + floats.Sum(ser.y[s0+s.EventWindow.From:s0+s.EventWindow.To+1])
			to := out[row*per:][:per]
			for k := range to {
				to[k] = sum
			}
			total += sum
		}
		n += len(g.ser)
	}
	if total == 0 {
		b.Error("nothing was read")
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/obs")
	b.ReportMetric(float64(8*(per+s.EstimationWindow.Len()+s.EventWindow.Len())), "B/obs")
}

// BenchmarkFactors fits a model of four factors, one processor: on frames that
// 500 securities share, and on one for every observation.
func BenchmarkFactors(b *testing.B) {
	p := benchPanel(b, 500, 2700)
	rng := rand.New(rand.NewPCG(8, 8))
	cal := p.Columns[0].Calendar
	for _, name := range append([]string{model.RiskFree}, model.Carhart.Series...) {
		dates, values := make([]market.Date, cal.Len()), make([]float64, cal.Len())
		for k := range dates {
			dates[k], values[k] = cal.Date(k), 0.01*rng.NormFloat64()
		}
		if err := p.AddFactor(name, dates, values); err != nil {
			b.Fatal(err)
		}
	}
	c := benchCatalog(p, 10_000)
	s := benchStudy("INDEX")
	s.Model, s.Groups = model.Carhart, nil
	r, err := s.Run(context.Background(), c, p, nil)
	if err != nil {
		b.Fatal(err)
	}
	for _, shared := range []bool{true, false} {
		b.Run(fmt.Sprint("shared=", shared), func(b *testing.B) {
			w := new(workspace)
			n := 0
			for b.Loop() {
				for row := range r.eng.obs {
					if !shared {
						for i := range w.frames {
							w.frames[i].taken = false
						}
					}
					r.eng.fit(row, w)
				}
				n += len(r.eng.obs)
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(n), "ns/obs")
		})
	}
}
