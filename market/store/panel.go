package store

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"sync"

	"aftershock/market"

	"github.com/parquet-go/parquet-go"
	"golang.org/x/sync/errgroup"
)

// Mapping names the columns of a bulk file. An empty name stands for the first
// of the usual names, given beside it, that the file has, in capitals or not.
type Mapping struct {
	ID        string // permno, symbol, ticker, id, gvkey, isin, cusip
	Date      string // date, caldt, dlycaldt, datadate
	Return    string // ret, return, dlyret: simple returns with dividends, as decimals
	Delisting string // dlret: the return after the last price, compounded with Return on its day
	Price     string // without Return: adj_close, adjclose, price, close, prc, dlyprc
	Factor    string // with prc only: cfacpr, by which it is divided
	Volume    string // never read unless named
}

// usual are the usual names of columns, in the order in which they are tried.
var usual = Mapping{
	ID:        "permno symbol ticker id gvkey isin cusip",
	Date:      "date caldt dlycaldt datadate",
	Return:    "ret return dlyret",
	Delisting: "dlret",
	Price:     "adj_close adjclose price close prc dlyprc",
	Factor:    "cfacpr",
}

// PanelOptions says how ReadPanel reads.
type PanelOptions struct {
	Columns  Mapping
	Kind     market.ReturnKind // market.Simple
	Gaps     market.Gaps       // of returns computed from prices; market.Skip
	Calendar *market.Calendar  // the sessions; those of NYSE, and in years without rules the days in the file
}

// ReadPanel reads a Parquet file in long format, one row for each security and
// session in any order, into a panel. Rows of one security that lie together
// are read fastest.
//
// A number that is missing (null, NaN, or one of CRSP's codes -44, -55, -66,
// -77, -88 and -99 among returns) is NaN. A negative prc is CRSP's mark of a
// bid/ask average and counts by its size; prc is not adjusted for splits and
// is refused without cfacpr. Rows on days that are no session are left out and
// counted in the panel's Issues; so is a total loss under market.Log.
//
// Errors: a column that is not there or of another type, a row without a
// security or date, two rows of one security on one day, a return below -1,
// an infinite one, a price below 0.
func ReadPanel(ctx context.Context, path string, o PanelOptions) (p *market.Panel, err error) {
	fail := func(err error) (*market.Panel, error) { return nil, fmt.Errorf("%s: %w", path, err) }
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	stat, err := file.Stat()
	if err != nil {
		return nil, err
	}
	f, err := openBulk(file, stat.Size())
	if err != nil {
		return fail(err)
	}
	if o.Kind == "" {
		o.Kind = market.Simple
	}
	if o.Gaps == "" {
		o.Gaps = market.Skip
	}
	b := bulk{file: f, o: o, name: filepath.Base(path)}
	for _, step := range []func(context.Context) error{b.resolve, b.readKeys, b.layOut, b.readValues} {
		if err := step(ctx); err != nil {
			return fail(err)
		}
	}
	p, err = b.panel()
	if err != nil {
		return fail(err)
	}
	return p, nil
}

func openBulk(file *os.File, size int64) (f *parquet.File, err error) {
	defer recovered(&err)
	return parquet.OpenFile(file, size, parquet.SkipPageIndex(true), parquet.SkipBloomFilters(true), parquet.ReadBufferSize(1<<20))
}

// bulk is a file while it is read.
type bulk struct {
	file   *parquet.File
	name   string
	o      PanelOptions
	column map[string]int // of the file, by the field of Mapping
	crsp   bool           // the price is CRSP's

	blocks   []block
	cal      *market.Calendar
	session  []int32 // by date - firstDay; -1 where there is none
	firstDay market.Date

	securities []*security
}

// block is the keys of one row group.
type block struct {
	start    int // row in the file
	ids      []int32
	names    []string // by id
	extent   []span   // by id
	dates    []market.Date
	security []*security // by id
}

// security is one column of the panel while it is filled.
type security struct {
	mu     sync.Mutex
	c      market.Column
	values []float64 // c.Return or c.Price
	dates  span
	off    int // rows on days that are no session
	offDay market.Date
	lost   []market.Date
}

// resolve finds the columns.
func (b *bulk) resolve(context.Context) error {
	b.column = make(map[string]int)
	for _, f := range []struct{ field, named, usual string }{
		{"ID", b.o.Columns.ID, usual.ID},
		{"Date", b.o.Columns.Date, usual.Date},
		{"Return", b.o.Columns.Return, usual.Return},
		{"Delisting", b.o.Columns.Delisting, usual.Delisting},
		{"Price", b.o.Columns.Price, usual.Price},
		{"Factor", b.o.Columns.Factor, usual.Factor},
		{"Volume", b.o.Columns.Volume, ""},
	} {
		if f.named != "" {
			f.usual = ""
			if _, ok := b.find(f.named); !ok {
				return fmt.Errorf("no column %s; it has %s", f.named, strings.Join(b.columnNames(), ", "))
			}
		}
		for _, name := range append(strings.Fields(f.usual), f.named) {
			if i, ok := b.find(name); ok {
				b.column[f.field] = i
				b.crsp = b.crsp || f.field == "Price" && (strings.EqualFold(name, "prc") || strings.EqualFold(name, "dlyprc"))
				break
			}
		}
	}
	// A price that is asked for by name is meant instead of returns.
	if b.o.Columns.Price != "" && b.o.Columns.Return == "" {
		delete(b.column, "Return")
	}
	_, hasReturn := b.column["Return"]
	if hasReturn {
		delete(b.column, "Price")
	}
	if _, ok := b.column["Factor"]; b.crsp && !hasReturn && !ok {
		return errors.New("prc is not adjusted for splits; name a column of returns, or of factors to divide it by (cfacpr)")
	}
	if hasReturn || !b.crsp {
		delete(b.column, "Factor")
	}
	if !hasReturn {
		delete(b.column, "Delisting")
	}
	for _, need := range []struct{ what, field, or string }{{"securities", "ID", "ID"}, {"dates", "Date", "Date"}, {"returns or prices", "Return", "Price"}} {
		_, ok := b.column[need.field]
		if _, or := b.column[need.or]; !ok && !or {
			return fmt.Errorf("no column of %s is known by its name; it has %s", need.what, strings.Join(b.columnNames(), ", "))
		}
	}
	return nil
}

func (b *bulk) columnNames() []string {
	var names []string
	for _, path := range b.file.Schema().Columns() {
		names = append(names, strings.Join(path, "."))
	}
	return names
}

func (b *bulk) find(name string) (int, bool) {
	i := slices.IndexFunc(b.file.Schema().Columns(), func(path []string) bool { return len(path) == 1 && strings.EqualFold(path[0], name) })
	return i, i >= 0 && name != ""
}

// eachGroup calls do for every row group, on every processor.
func (b *bulk) eachGroup(ctx context.Context, do func(i int, chunks []parquet.ColumnChunk) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i, group := range b.file.RowGroups() {
		g.Go(func() (err error) {
			defer recovered(&err)
			if err := ctx.Err(); err != nil {
				return err
			}
			return do(i, group.ColumnChunks())
		})
	}
	return g.Wait()
}

// readKeys reads whose and when every row is.
func (b *bulk) readKeys(ctx context.Context) error {
	b.blocks = make([]block, len(b.file.RowGroups()))
	rows := 0
	for i, g := range b.file.RowGroups() {
		b.blocks[i].start = rows
		rows += int(g.NumRows())
	}
	if rows == 0 {
		return errors.New("it has no rows")
	}
	return b.eachGroup(ctx, func(i int, chunks []parquet.ColumnChunk) error {
		k := &b.blocks[i]
		n := int(b.file.RowGroups()[i].NumRows())
		k.ids, k.dates = make([]int32, n), make([]market.Date, n)
		var err error
		if k.names, err = readIDs(chunks[b.column["ID"]], k.ids); err != nil {
			return fmt.Errorf("column of securities: %w", err)
		}
		if err = readDates(chunks[b.column["Date"]], k.dates); err != nil {
			return fmt.Errorf("column of dates: %w", err)
		}
		k.extent = make([]span, len(k.names))
		for j := range k.extent {
			k.extent[j] = span{math.MaxInt32, market.NoDate}
		}
		for j, id := range k.ids {
			d := k.dates[j]
			if id < 0 {
				return fmt.Errorf("row %d names no security", k.start+j+1)
			}
			if d == market.NoDate {
				return fmt.Errorf("row %d (%s) has no date", k.start+j+1, k.names[id])
			}
			k.extent[id].widen(d, d)
		}
		return nil
	})
}

func (s *span) widen(from, to market.Date) { s.from, s.to = min(s.from, from), max(s.to, to) }

// layOut makes the calendar, and the columns at their full length.
func (b *bulk) layOut(context.Context) error {
	all := span{math.MaxInt32, market.NoDate}
	byName := make(map[string]*security)
	for i := range b.blocks {
		k := &b.blocks[i]
		k.security = make([]*security, len(k.names))
		for id, name := range k.names {
			if k.extent[id].to == market.NoDate {
				continue // in the file's dictionary, but in no row
			}
			s := byName[name]
			if s == nil {
				s = &security{dates: k.extent[id]}
				s.c.Symbol = name
				byName[name] = s
				b.securities = append(b.securities, s)
			}
			s.dates.widen(k.extent[id].from, k.extent[id].to)
			all.widen(k.extent[id].from, k.extent[id].to)
			k.security[id] = s
		}
	}
	// A file of a few days' width is usual, one of a million years is a
	// mistake in the type of its dates.
	if all.from < market.NewDate(1600, 1, 1) || all.to > market.NewDate(2500, 1, 1) {
		return fmt.Errorf("its dates reach from %s to %s; are they of the type that the column says?", all.from, all.to)
	}
	b.firstDay = all.from
	b.session = make([]int32, all.to-all.from+1)
	if b.cal = b.o.Calendar; b.cal == nil {
		for _, k := range b.blocks {
			for _, d := range k.dates {
				b.session[d-b.firstDay] = 1
			}
		}
		var days []market.Date
		for d, seen := range b.session {
			if seen != 0 {
				days = append(days, b.firstDay+market.Date(d))
			}
		}
		var err error
		if b.cal, _, err = market.ExchangeOfSymbol("").WithHistory(days); err != nil {
			return err
		}
	}
	for d := range b.session {
		k, ok := b.cal.Index(b.firstDay + market.Date(d))
		if !ok {
			k = -1
		}
		b.session[d] = int32(k)
	}
	for _, s := range b.securities {
		first, end := b.cal.Search(s.dates.from), b.cal.Search(s.dates.to+1)
		s.c.Calendar, s.c.First = b.cal, first
		s.values = missing(end - first)
		if _, ok := b.column["Volume"]; ok {
			s.c.Volume = missing(end - first)
		}
	}
	return nil
}

func missing(n int) []float64 {
	v := make([]float64, n)
	for i := range v {
		v[i] = math.NaN()
	}
	return v
}

// readValues reads the numbers into the columns.
func (b *bulk) readValues(ctx context.Context) error {
	return b.eachGroup(ctx, func(i int, chunks []parquet.ColumnChunk) error {
		k := &b.blocks[i]
		read := func(field string) ([]float64, error) {
			c, ok := b.column[field]
			if !ok {
				return nil, nil
			}
			v := make([]float64, len(k.ids))
			if err := readFloats(chunks[c], v); err != nil {
				return nil, fmt.Errorf("column %s: %w", b.columnNames()[c], err)
			}
			return v, nil
		}
		var r rows
		for _, f := range []struct {
			field string
			to    *[]float64
		}{{"Return", &r.ret}, {"Delisting", &r.delisting}, {"Price", &r.price}, {"Factor", &r.factor}, {"Volume", &r.volume}} {
			var err error
			if *f.to, err = read(f.field); err != nil {
				return err
			}
		}
		// Rows of one security that lie together are written under one lock.
		for from := 0; from < len(k.ids); {
			to := from + 1
			for to < len(k.ids) && k.ids[to] == k.ids[from] {
				to++
			}
			if err := b.enter(k.security[k.ids[from]], k, &r, from, to); err != nil {
				return err
			}
			from = to
		}
		return nil
	})
}

// rows is the numbers of one row group; what the file has not is nil.
type rows struct{ ret, delisting, price, factor, volume []float64 }

// enter writes rows from..to-1 of block k, all of security s.
func (b *bulk) enter(s *security, k *block, r *rows, from, to int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := from; i < to; i++ {
		d := k.dates[i]
		session := b.session[d-b.firstDay]
		if session < 0 {
			if s.off++; s.off == 1 || d < s.offDay {
				s.offDay = d
			}
			continue
		}
		at := int(session) - s.c.First
		var v float64
		var err error
		if r.ret != nil {
			v, err = simpleReturn(r, i)
			if b.o.Kind == market.Log {
				if v == -1 {
					s.lost = append(s.lost, d)
				}
				v = logReturn(v)
			}
		} else {
			v, err = b.price(r, i)
		}
		if err == nil && !math.IsNaN(s.values[at]) && !math.IsNaN(v) {
			err = errors.New("a second row on this day")
		}
		if err != nil {
			return fmt.Errorf("row %d (%s, %s): %w", k.start+i+1, s.c.Symbol, d, err)
		}
		if !math.IsNaN(v) {
			s.values[at] = v
		}
		if r.volume != nil {
			s.c.Volume[at] = r.volume[i]
		}
	}
	return nil
}

// simpleReturn returns the return of row i: on the day of a delisting,
//
//	(1 + ret) (1 + dlret) - 1
//
// with a missing ret as 0.
func simpleReturn(r *rows, i int) (float64, error) {
	v, err := checkReturn(r.ret[i])
	if err != nil || r.delisting == nil {
		return v, err
	}
	d, err := checkReturn(r.delisting[i])
	switch {
	case err != nil || math.IsNaN(d):
		return v, err
	case math.IsNaN(v):
		return d, nil
	}
	return (1+v)*(1+d) - 1, nil
}

// checkReturn returns v, or NaN if it is one of CRSP's codes of missing values.
func checkReturn(v float64) (float64, error) {
	switch {
	case v >= -1 && v <= math.MaxFloat64 || math.IsNaN(v):
		return v, nil
	case v == -44 || v == -55 || v == -66 || v == -77 || v == -88 || v == -99:
		return math.NaN(), nil
	}
	return 0, fmt.Errorf("a return of %v; returns are decimals from -1 up", v)
}

// logReturn returns ln(1 + v), and NaN for a total loss.
func logReturn(v float64) float64 {
	if v == -1 {
		return math.NaN()
	}
	return math.Log1p(v)
}

// price returns the adjusted price of row i; 0 is none.
func (b *bulk) price(r *rows, i int) (float64, error) {
	v := r.price[i]
	if b.crsp {
		v = math.Abs(v) / r.factor[i]
	}
	switch {
	case v == 0:
		return math.NaN(), nil
	case v < 0 || math.IsInf(v, 0):
		return 0, fmt.Errorf("a price of %v", v)
	}
	return v, nil
}

// panel makes the panel of what was read.
func (b *bulk) panel() (*market.Panel, error) {
	p := market.NewPanel(b.o.Kind, b.o.Gaps)
	for _, s := range b.securities {
		if s.off > 0 {
			p.Issues = append(p.Issues, market.Issue{Symbol: s.c.Symbol, Date: s.offDay,
				What: "the first of " + strconv.Itoa(s.off) + " rows on days that are no session of " + b.cal.Name() + "; not used"})
		}
		slices.Sort(s.lost)
		for _, d := range s.lost {
			p.Issues = append(p.Issues, market.Issue{Symbol: s.c.Symbol, Date: d, What: "a total loss, which has no log return; not used"})
		}
		if len(s.values) == 0 {
			continue
		}
		s.c.Origin, s.c.Adjusted = b.name, true
		if _, ok := b.column["Return"]; ok {
			s.c.Return = s.values
		} else {
			s.c.Price = s.values
			s.c.Return, s.c.Span = market.Returns(s.values, b.o.Kind, b.o.Gaps)
		}
		if err := p.AddColumn(&s.c); err != nil {
			return nil, err
		}
	}
	if len(p.Columns) == 0 {
		return nil, fmt.Errorf("none of its rows lies on a session of %s", b.cal.Name())
	}
	return p, nil
}
