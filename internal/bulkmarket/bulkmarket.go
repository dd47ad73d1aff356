// Package bulkmarket draws a large market, and catalogues of news of it, for
// measurements: the same numbers give the same bytes.
package bulkmarket

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"

	"aftershock/market"
)

// A market like CRSP's: securities that are listed and delisted over twenty
// years of New York's sessions, returns of six decimals of which some are
// missing, delisting returns, and a benchmark among them.
const (
	Benchmark = "10000" // the permno of the benchmark
	average   = 3000    // sessions of a security
)

// listing is a security of the market: the session of its first return, as
// a calendar index, and the number of its sessions.
type listing struct{ permno, first, sessions int }

// marketOf draws n securities, the benchmark first. Two by two they have
// 2 average sessions, so that their rows are n average in all.
func marketOf(n int) (cal *market.Calendar, list []listing) {
	cal = market.NYSE()
	from, to := cal.Search(market.NewDate(2005, 1, 1)), cal.Search(market.NewDate(2025, 1, 1))
	list = append(list, listing{10000, from, to - from})
	rng := rand.New(rand.NewPCG(2005, 1))
	for k := range n {
		sessions := 1000 + rng.IntN(4000)
		if k%2 == 1 {
			sessions = 2*average - list[k].sessions
		}
		list = append(list, listing{10001 + k, from + rng.IntN(to-from-sessions+1), sessions})
	}
	return cal, list
}

// writePanel writes the returns of n securities as CRSP lays them out.
func writePanel(name string, n int) (rows int, err error) {
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
	cal, list := marketOf(n)
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

// A Catalog is a kind of catalogue of the market.
type Catalog struct {
	Name   string
	groups string
	write  func(w io.Writer, cal *market.Calendar, list []listing, n int)
}

// Catalogs lists every kind.
var Catalogs = []Catalog{
	// News of one security each: some hours, some dates alone, some of days
	// without a session, some too early for an estimation window.
	{"news", "[all]", func(w io.Writer, cal *market.Calendar, list []listing, n int) {
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
	{"market", "[event, all]", func(w io.Writer, cal *market.Calendar, list []listing, n int) {
		rng := rand.New(rand.NewPCG(2005, 5))
		sessions := list[0].sessions
		for k, done := 0, 0; done < n; k++ {
			at := list[0].first + 300 + rng.IntN(sessions-320)
			before := done
			for _, l := range list[1:] {
				if l.first+100 <= at && at < l.first+l.sessions && done < n {
					if done == before {
						fmt.Fprintf(w, "m%d,%s,,News %d of all,news,", k, cal.Date(at), k)
					}
					fmt.Fprintf(w, " %d", l.permno)
					done++
				}
			}
			if done > before { // of few securities none may be listed
				fmt.Fprintln(w)
			}
		}
	}},
}

// Write writes to dir a panel of securities (panel.parquet), a catalogue c of n
// observations (NAME.csv) and the configuration of their study (NAME.yaml). A panel
// that is there already stays.
func Write(dir string, c Catalog, securities, n int) error {
	if securities < 1 || n < 1 {
		return errors.New("a market has one security or more, and a catalogue one observation")
	}
	panel := filepath.Join(dir, "panel.parquet")
	if _, err := os.Stat(panel); err != nil {
		part := panel + ".part" // so that one that is not whole does not stay
		if _, err := writePanel(part, securities); err != nil {
			return err
		}
		if err := os.Rename(part, panel); err != nil {
			return err
		}
	}
	f, err := os.Create(filepath.Join(dir, c.Name+".csv"))
	if err != nil {
		return err
	}
	w := bufio.NewWriter(f)
	fmt.Fprintln(w, "id,time,zone,title,category,securities")
	cal, list := marketOf(securities)
	c.write(w, cal, list, n)
	if err := errors.Join(w.Flush(), f.Close()); err != nil {
		return err
	}
	return os.WriteFile(filepath.Join(dir, c.Name+".yaml"), []byte(`
study: {name: Bulk, benchmark: "`+Benchmark+`", groups: `+c.groups+`, car: [[-10, 10]]}
prices: {source: panel, file: panel.parquet}
events: {file: `+c.Name+`.csv}
output: {dir: out-`+c.Name+`, formats: [text, parquet], charts: [], calibration: false}
`), 0o644)
}
