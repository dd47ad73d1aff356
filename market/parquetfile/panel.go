package parquetfile

import (
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"aftershock/market"

	"github.com/parquet-go/parquet-go"
	"golang.org/x/sync/errgroup"
)

// Columns names the columns of a bulk file. An empty name stands for the first
// of the usual names, given beside it, that the file has, in capitals or not.
type Columns struct {
	ID        string // permno, symbol, ticker, id, gvkey, isin, cusip
	Date      string // date, caldt, dlycaldt, datadate
	Return    string // ret, return, dlyret: simple returns with dividends, as decimals
	Delisting string // dlret: the return after the last price, compounded with Return on its day
	Price     string // without Return: adj_close, adjclose, price, close, prc, dlyprc, prccd
	Factor    string // with prc only: cfacpr, by which it is divided; with prccd: ajexdi
	Volume    string // never read unless named
}

// usual are the usual names of columns, in the order in which they are tried.
var usual = Columns{
	ID:        "permno symbol ticker id gvkey isin cusip",
	Date:      "date datetime timestamp caldt dlycaldt datadate index __index_level_0__", // the last two of pandas
	Return:    "ret return dlyret",
	Delisting: "dlret",
	Price:     "adj_close adjclose price close prc dlyprc prccd",
	Factor:    "cfacpr",
}

// compustat are the usual names of the factors that belong to prccd.
var compustat = struct{ factor, total string }{"ajexdi", "trfd"}

// Layout is how a bulk file is laid out.
type Layout string

// The layouts.
const (
	Long        Layout = ""             // a row for each security and session
	WideReturns Layout = "wide-returns" // a row for each session, a column of simple returns for each security
	WidePrices  Layout = "wide-prices"  // a row for each session, a column of adjusted prices for each security
)

// PanelOptions says how ReadPanel reads.
type PanelOptions struct {
	Layout  Layout
	Columns Columns           // in a wide file, Date alone counts
	Kind    market.ReturnKind // market.Simple
	Given   market.ReturnKind // what the returns of the file are; see market.Panel.Given
	Gaps    market.Gaps       // of returns computed from prices; market.Skip
	// CalendarOf returns the sessions of a security by what is known of its
	// exchange, nil for nothing; if it is nil, market.CalendarOf by the symbol.
	CalendarOf func(symbol string) *market.Calendar
	// Calendar is of the securities of which nothing is known; nil: NYSE's. On days
	// without rules its sessions are all the days of their rows, those of another
	// the days on which most of its securities have one.
	Calendar *market.Calendar

	// Keep says of a security whether it goes into the panel; nil: all do. It is
	// called once for each security of the file. The rows of the others are not
	// looked at but for their days.
	Keep func(symbol string) bool
	// ReturnsOnly leaves prices out of the panel.
	ReturnsOnly bool
	// Progress, if not nil, is told how many of the steps of reading are done. It
	// is never called by two goroutines at once.
	Progress func(done, total int)
}

// ReadPanel reads a Parquet file of many securities into a panel. Rows may be
// in any order; in long format they are read fastest where those of a security
// lie together. Beside the numbers of the panel it holds one row group of the
// file for each processor.
//
// A number that is missing (null, NaN, or one of CRSP's codes -44, -55, -66,
// -77, -88 and -99 among returns) is NaN. A negative prc is CRSP's mark of a
// bid/ask average and counts by its size; prc is not adjusted for splits and
// is refused without cfacpr. Rows on days that are no session are left out and
// counted in the panel's Issues. A security
// of which a tenth of the rows, and five or more, are no session is in Refused.
//
// The panel has no column where Keep leaves none.
//
// Errors: a column that is not there or of another type, a row without a
// security or date, two rows of one security on one day, a return below -1,
// an infinite one, a price below 0; returns of another kind than Kind; ctx is done.
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
	b := bulk{file: f, o: o, name: filepath.Base(path), passes: 2}
	steps := []func(context.Context) error{b.resolve, b.readKeys, b.layOut, b.readValues}
	if o.Layout != Long {
		steps[1], b.passes = b.readWideKeys, 1
	}
	for _, step := range steps {
		if err := step(ctx); err != nil {
			return fail(err)
		}
	}
	if p, err = b.panel(); err != nil {
		return fail(err)
	}
	return p, nil
}

func openBulk(file *os.File, size int64) (f *parquet.File, err error) {
	defer Recover(&err)
	return Open(file, size, parquet.ReadBufferSize(1<<20))
}

// bulk is a file while it is read.
type bulk struct {
	file   *parquet.File
	name   string
	o      PanelOptions
	column map[string]int // of the file, by the field of Columns
	prices bool           // the numbers are prices, not returns
	crsp   bool           // the prices are CRSP's or Compustat's, as traded
	plain  bool           // the prices are not adjusted for dividends

	known    sync.Map // *exchange, by name of security
	exchange []*exchange
	blocks   []block
	days     []bool // that some row of the first exchange is of, by date - firstEver
	firstDay market.Date

	securities []*security
	rows       sync.Pool // of *rows

	progress sync.Mutex
	passes   int // over all blocks
	done     int // blocks, in all passes
}

// block is the rows of one row group, and of one column of it in a wide file.
type block struct {
	start    int // row in the file
	n        int
	chunks   map[string]parquet.ColumnChunk // by the field of Columns
	names    []string                       // by id
	extent   []span                         // by id
	security []*security                    // by id; nil for those that are not kept

	// Of a wide file, whose blocks share them; in a long one they are read anew
	// with the numbers, which takes less than to keep them.
	ids   []int32
	dates []market.Date
}

// exchange is one calendar of the file; the first is that of securities of which
// nothing is known.
type exchange struct {
	mu      sync.Mutex
	cal     *market.Calendar
	session []int32               // by date - firstDay; -1 where there is none
	rows    map[market.Date]int32 // of its securities, on days of which rules do not tell; not of the first
}

// security is one column of the panel while it is filled.
type security struct {
	mu     sync.Mutex
	on     *exchange
	rows   int
	c      market.Column
	values []float64 // c.Return or c.Price
	dates  span
	off    int // rows on days that are no session
	offDay market.Date
}

// resolve finds the columns.
func (b *bulk) resolve(context.Context) error {
	b.column = make(map[string]int)
	o := b.o.Columns
	if err := b.need("dates", "Date", o.Date, usual.Date); err != nil || b.o.Layout != Long {
		return err
	}
	if err := b.need("securities", "ID", o.ID, usual.ID); err != nil {
		if o.ID == "" {
			err = fmt.Errorf("%w; where every column is a security, say so (prices.layout: wide-prices or wide-returns)", err)
		}
		return err
	}
	if o.Volume != "" {
		if _, err := b.pick("Volume", o.Volume, ""); err != nil {
			return err
		}
	}
	// A price that is asked for by name is meant instead of returns.
	if o.Price == "" || o.Return != "" {
		ok, err := b.pick("Return", o.Return, usual.Return)
		if ok {
			_, err = b.pick("Delisting", o.Delisting, usual.Delisting)
		}
		if ok || err != nil {
			return err
		}
	}
	b.prices = true
	if o.Delisting != "" {
		return errors.New("delisting returns are compounded with returns, and no column of returns is known")
	}
	if err := b.need("returns or prices", "Price", o.Price, usual.Price); err != nil {
		return err
	}
	name := strings.ToLower(b.columnNames()[b.column["Price"]])
	b.plain = o.Price == "" && (name == "close" || name == "price" && !b.has("close"))
	factor := usual.Factor
	switch name {
	case "prc", "dlyprc":
		b.crsp, b.plain = true, true
	case "prccd":
		b.crsp, factor = true, compustat.factor
		ok, err := b.pick("Total", "", compustat.total)
		if err != nil {
			return err
		}
		b.plain = !ok
	default:
		return nil
	}
	ok, err := b.pick("Factor", o.Factor, factor)
	if err == nil && !ok {
		err = fmt.Errorf("%s is not adjusted for splits; name a column of returns, or of factors to divide it by (%s)", name, factor)
	}
	return err
}

// has reports whether the file has a column of that name.
func (b *bulk) has(name string) bool {
	return slices.ContainsFunc(b.columnNames(), func(c string) bool { return strings.EqualFold(c, name) })
}

// pick finds the column for field, and reports whether there is one. A column
// that is named must be there.
func (b *bulk) pick(field, named, usual string) (bool, error) {
	names := strings.Fields(usual)
	if named != "" {
		names = []string{named}
	}
	columns := b.columnNames()
	for _, name := range names {
		if i := slices.IndexFunc(columns, func(c string) bool { return strings.EqualFold(c, name) }); i >= 0 {
			b.column[field] = i
			return true, nil
		}
	}
	if named != "" {
		return false, fmt.Errorf("no column %s; it has %s", named, strings.Join(columns, ", "))
	}
	return false, nil
}

func (b *bulk) need(what, field, named, usual string) error {
	ok, err := b.pick(field, named, usual)
	if err == nil && !ok {
		err = fmt.Errorf("no column of %s is known by its name; it has %s", what, strings.Join(b.columnNames(), ", "))
	}
	return err
}

func (b *bulk) columnNames() []string {
	var names []string
	for _, path := range b.file.Schema().Columns() {
		names = append(names, strings.Join(path, "."))
	}
	return names
}

// eachBlock calls do for every block, on every processor. The memory that do is
// given serves many blocks.
func (b *bulk) eachBlock(ctx context.Context, do func(k *block, r *rows) error) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(runtime.GOMAXPROCS(0))
	for i := range b.blocks {
		g.Go(func() (err error) {
			defer Recover(&err)
			if err := ctx.Err(); err != nil {
				return err
			}
			r, _ := b.rows.Get().(*rows)
			if r == nil {
				r = new(rows)
			}
			defer b.rows.Put(r)
			if err := do(&b.blocks[i], r); err != nil {
				return err
			}
			if b.o.Progress != nil {
				b.progress.Lock()
				defer b.progress.Unlock()
				b.done++
				b.o.Progress(b.done, b.passes*len(b.blocks))
			}
			return nil
		})
	}
	return g.Wait()
}

// The days that dates are expected to lie between.
var firstEver, lastEver = market.NewDate(1600, 1, 1), market.NewDate(2500, 1, 1)

// exchangeOf returns the exchange of a security.
func (b *bulk) exchangeOf(name string) *exchange {
	if e, ok := b.known.Load(name); ok {
		return e.(*exchange)
	}
	b.progress.Lock()
	defer b.progress.Unlock()
	if len(b.exchange) == 0 {
		first := b.o.Calendar
		if first == nil {
			first = market.NYSE()
		}
		b.exchange = []*exchange{{cal: first}}
	}
	var cal *market.Calendar
	if b.o.CalendarOf != nil {
		cal = b.o.CalendarOf(name)
	} else if !market.Plain(name) {
		cal = market.CalendarOf(market.Security{Symbol: name})
	}
	e := b.exchange[0]
	if cal != nil && cal != e.cal {
		i := slices.IndexFunc(b.exchange, func(e *exchange) bool { return e.cal == cal })
		if i < 0 {
			i = len(b.exchange)
			b.exchange = append(b.exchange, &exchange{cal: cal, rows: make(map[market.Date]int32)})
		}
		e = b.exchange[i]
	}
	b.known.Store(name, e)
	return e
}

// readKeys reads whose and when every row is.
func (b *bulk) readKeys(ctx context.Context) error {
	start := 0
	for _, g := range b.file.RowGroups() {
		k := block{start: start, n: int(g.NumRows()), chunks: make(map[string]parquet.ColumnChunk)}
		for field, i := range b.column {
			k.chunks[field] = g.ColumnChunks()[i]
		}
		b.blocks = append(b.blocks, k)
		start += k.n
	}
	b.days = make([]bool, lastEver-firstEver+1)
	var mu sync.Mutex
	return b.eachBlock(ctx, func(k *block, r *rows) (err error) {
		if k.names, err = r.readKeys(k); err != nil {
			return err
		}
		k.extent = make([]span, len(k.names))
		for j := range k.extent {
			k.extent[j] = span{math.MaxInt32, market.NoDate}
		}
		if r.days == nil {
			r.days = make([]bool, len(b.days))
		}
		clear(r.days)
		on := make([]*exchange, len(k.names)) // nil: the first
		for id, name := range k.names {
			if e := b.exchangeOf(name); e.rows != nil {
				on[id] = e
			}
		}
		for j, id := range r.ids {
			d := r.dates[j]
			if id < 0 {
				return fmt.Errorf("row %d names no security", k.start+j+1)
			}
			if d == market.NoDate {
				return fmt.Errorf("row %d (%s) has no date", k.start+j+1, k.names[id])
			}
			k.extent[id].widen(d, d)
			if e := on[id]; e != nil {
				e.count(d)
			} else if d >= firstEver && d <= lastEver {
				r.days[d-firstEver] = true
			}
		}
		mu.Lock()
		defer mu.Unlock()
		for d, seen := range r.days {
			b.days[d] = b.days[d] || seen
		}
		return nil
	})
}

// count notes a row of a security of e.
func (e *exchange) count(d market.Date) {
	if !e.cal.Knows(d) {
		e.mu.Lock()
		e.rows[d]++
		e.mu.Unlock()
	}
}

// readWideKeys reads when every row is; every other column is a security.
func (b *bulk) readWideKeys(context.Context) (err error) {
	defer Recover(&err)
	field := "Return"
	switch b.o.Layout {
	case WideReturns:
	case WidePrices:
		field, b.prices = "Price", true
	default:
		return fmt.Errorf("%q is no layout of a file; it is %q, %q or nothing", b.o.Layout, WideReturns, WidePrices)
	}
	start := 0
	for _, g := range b.file.RowGroups() {
		ids, dates := make([]int32, g.NumRows()), make([]market.Date, g.NumRows())
		if err := ReadDates(g.ColumnChunks()[b.column["Date"]], dates); err != nil {
			return fmt.Errorf("column of dates: %w", err)
		}
		extent := span{math.MaxInt32, market.NoDate}
		for i, d := range dates {
			if d == market.NoDate {
				return fmt.Errorf("row %d has no date", start+i+1)
			}
			extent.widen(d, d)
		}
		for i, name := range b.columnNames() {
			if i != b.column["Date"] && !strings.HasPrefix(name, "__index_level_") { // pandas keeps the index of a frame
				if e := b.exchangeOf(name); e.rows != nil && !(e.cal.Knows(extent.from) && e.cal.Knows(extent.to)) {
					values := make([]float64, len(dates))
					if err := ReadFloats(g.ColumnChunks()[i], values); err != nil {
						return fmt.Errorf("column %s: %w", name, err)
					}
					for j, v := range values {
						if !math.IsNaN(v) {
							e.count(dates[j])
						}
					}
				}
				b.blocks = append(b.blocks, block{start: start, n: len(dates), chunks: map[string]parquet.ColumnChunk{field: g.ColumnChunks()[i]},
					ids: ids, names: []string{name}, extent: []span{extent}, dates: dates})
			}
		}
		b.mark(dates)
		start += len(dates)
	}
	return nil
}

// mark notes the days of dates.
func (b *bulk) mark(dates []market.Date) {
	if b.days == nil {
		b.days = make([]bool, lastEver-firstEver+1)
	}
	for _, d := range dates {
		if d >= firstEver && d <= lastEver {
			b.days[d-firstEver] = true
		}
	}
}

// span is a range of days, both inclusive.
type span struct{ from, to market.Date }

func (s *span) widen(from, to market.Date) { s.from, s.to = min(s.from, from), max(s.to, to) }

// layOut makes the calendar, and the columns at their full length.
func (b *bulk) layOut(context.Context) error {
	if !b.prices {
		if err := b.o.Kind.Takes(b.o.Given); err != nil {
			return err
		}
	}
	if b.file.NumRows() == 0 || len(b.blocks) == 0 {
		return errors.New("it has no rows")
	}
	all := span{math.MaxInt32, market.NoDate}
	byName := make(map[string]*security) // nil for those that are not kept
	reach := make(map[string]span)       // of those on other exchanges than the first
	for i := range b.blocks {
		k := &b.blocks[i]
		k.security = make([]*security, len(k.names))
		for id, name := range k.names {
			if k.extent[id].to == market.NoDate {
				continue // in the file's dictionary, but in no row
			}
			all.widen(k.extent[id].from, k.extent[id].to)
			if b.exchangeOf(name).rows != nil {
				r, ok := reach[name]
				if !ok {
					r = k.extent[id]
				}
				r.widen(k.extent[id].from, k.extent[id].to)
				reach[name] = r
			}
			s, known := byName[name]
			if !known {
				if b.o.Keep == nil || b.o.Keep(name) {
					s = &security{dates: k.extent[id], on: b.exchangeOf(name)}
					s.c.Symbol = name
					b.securities = append(b.securities, s)
				}
				byName[name] = s
			}
			if s != nil {
				s.dates.widen(k.extent[id].from, k.extent[id].to)
				k.security[id] = s
			}
		}
	}
	// Thousands of years are no history, but dates of another type than the
	// column says.
	if all.from < firstEver || all.to > lastEver {
		return fmt.Errorf("its dates reach from %s to %s; are they of the type that the column says?", all.from, all.to)
	}
	b.firstDay = all.from
	for i, e := range b.exchange {
		var days []market.Date
		if i == 0 {
			for d, seen := range b.days {
				if seen {
					days = append(days, firstEver+market.Date(d))
				}
			}
		} else {
			days = b.traded(e, reach)
		}
		var err error
		base := e.cal
		if e.cal, _, err = base.WithHistory(days); err != nil {
			return err
		}
		e.session = make([]int32, all.to-all.from+1)
		for d := range e.session {
			k, ok := e.cal.Index(b.firstDay + market.Date(d))
			if !ok {
				k = -1
			}
			e.session[d] = int32(k)
		}
	}
	for _, s := range b.securities {
		cal := s.on.cal
		first, end := cal.Search(s.dates.from), cal.Search(s.dates.to+1)
		s.c.Calendar, s.c.First = cal, first
		s.values = missing(end - first)
		if _, ok := b.column["Volume"]; ok {
			s.c.Volume = missing(end - first)
		}
	}
	return nil
}

// traded returns the days, in ascending order, on which at least half of the
// securities of e that reach over them have a row; more than half on a day of the
// week on which it does not usually trade.
func (b *bulk) traded(e *exchange, reach map[string]span) []market.Date {
	var days []market.Date
	for d, n := range e.rows {
		over := int32(0)
		for name, r := range reach {
			if b.exchangeOf(name) == e && r.from <= d && d <= r.to {
				over++
			}
		}
		if 2*n > over || 2*n == over && e.cal.TradesOn(d) {
			days = append(days, d)
		}
	}
	slices.Sort(days)
	return days
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
	return b.eachBlock(ctx, func(k *block, r *rows) error {
		if !slices.ContainsFunc(k.security, func(s *security) bool { return s != nil }) {
			return nil
		}
		if _, err := r.readKeys(k); err != nil {
			return err
		}
		for _, f := range []struct {
			field string
			to    *[]float64
		}{{"Return", &r.ret}, {"Delisting", &r.delisting}, {"Price", &r.price}, {"Factor", &r.factor}, {"Total", &r.total}, {"Volume", &r.volume}} {
			c, ok := k.chunks[f.field]
			if !ok {
				continue
			}
			*f.to = resized(*f.to, k.n)
			if err := ReadFloats(c, *f.to); err != nil {
				return fmt.Errorf("column %s: %w", b.columnNames()[c.Column()], err)
			}
		}
		// Rows of one security that lie together are written under one lock.
		for from := 0; from < len(r.ids); {
			to := from + 1
			for to < len(r.ids) && r.ids[to] == r.ids[from] {
				to++
			}
			if s := k.security[r.ids[from]]; s != nil {
				if err := b.enter(s, k, r, from, to); err != nil {
					return err
				}
			}
			from = to
		}
		return nil
	})
}

// rows is what is read of one row group; what the file has not is nil.
type rows struct {
	ids                                          []int32
	dates                                        []market.Date
	ret, delisting, price, factor, total, volume []float64
	days                                         []bool
}

// readKeys reads whose and when the rows of k are, and returns the names of
// whom. The same rows give the same names.
func (r *rows) readKeys(k *block) (names []string, err error) {
	if k.ids != nil {
		r.ids, r.dates = k.ids, k.dates
		return k.names, nil
	}
	r.ids, r.dates = resized(r.ids, k.n), resized(r.dates, k.n)
	if names, err = readIDs(k.chunks["ID"], r.ids); err != nil {
		return nil, fmt.Errorf("column of securities: %w", err)
	}
	if err = ReadDates(k.chunks["Date"], r.dates); err != nil {
		return nil, fmt.Errorf("column of dates: %w", err)
	}
	return names, nil
}

// resized returns s with n elements, of any value.
func resized[T any](s []T, n int) []T { return slices.Grow(s[:0], n)[:n] }

// enter writes rows from..to-1 of block k, all of security s.
func (b *bulk) enter(s *security, k *block, r *rows, from, to int) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	for i := from; i < to; i++ {
		d := r.dates[i]
		session := s.on.session[d-b.firstDay]
		if s.rows++; session < 0 {
			if b.o.Layout != Long && b.empty(r, i) {
				continue
			}
			if s.off++; s.off == 1 || d < s.offDay {
				s.offDay = d
			}
			continue
		}
		at := int(session) - s.c.First
		var v float64
		var err error
		if b.prices {
			v, err = b.price(r, i)
		} else {
			v, err = b.givenReturn(r, i)
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

// empty reports whether row i of a wide file has no number.
func (b *bulk) empty(r *rows, i int) bool {
	if b.prices {
		return math.IsNaN(r.price[i])
	}
	return math.IsNaN(r.ret[i])
}

// givenReturn returns the return of row i: on the day of a delisting,
//
//	(1 + ret) (1 + dlret) - 1,  of log returns ret + dlret,
//
// with a missing ret as 0.
func (b *bulk) givenReturn(r *rows, i int) (float64, error) {
	log := b.o.Given == market.Log
	checkReturn := func(v float64) (float64, error) { return checkReturn(v, log) }
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
	case log:
		return finite(v + d)
	}
	return finite((1+v)*(1+d) - 1)
}

// finite returns v, a return that was computed.
func finite(v float64) (float64, error) {
	if math.IsInf(v, 0) {
		return 0, fmt.Errorf("a return of %v with that of the delisting; returns are decimals from -1 up", v)
	}
	return v, nil
}

// checkReturn returns v, or NaN if it is one of CRSP's codes of missing values. A
// simple return is not below -1.
func checkReturn(v float64, log bool) (float64, error) {
	least := -1.0
	if log {
		least = -20
	}
	switch {
	case v >= least && v <= math.MaxFloat64 || math.IsNaN(v):
		return v, nil
	case v == -44 || v == -55 || v == -66 || v == -77 || v == -88 || v == -99:
		return math.NaN(), nil
	}
	return 0, fmt.Errorf("a return of %v; returns are decimals from -1 up", v)
}

// price returns the adjusted price of row i; 0 is none.
func (b *bulk) price(r *rows, i int) (float64, error) {
	v := r.price[i]
	if b.crsp {
		v = math.Abs(v) / r.factor[i]
		if r.total != nil && r.total[i] == r.total[i] { // missing where there was no dividend so far
			v *= r.total[i]
		}
	}
	switch {
	case v == 0:
		return math.NaN(), nil
	case v < 0 || math.IsInf(v, 0):
		return 0, fmt.Errorf("a price of %v", v)
	}
	return v, nil
}

// examine looks for what is wrong in the columns, and refuses returns that are per
// cent by their size.
func (b *bulk) examine(p *market.Panel) error {
	var g errgroup.Group
	g.SetLimit(runtime.GOMAXPROCS(0))
	const block = 64
	for from := 0; from < len(p.Columns); from += block {
		g.Go(func() error {
			for _, c := range p.Columns[from:min(from+block, len(p.Columns))] {
				c.Findings = c.Examine(b.prices && b.plain, b.o.Kind)
			}
			return nil
		})
	}
	_ = g.Wait()
	if b.prices {
		return nil
	}
	const most, fewest, percent = 200, 20, 0.06
	var sizes []float64
	for _, c := range p.Columns[:min(most, len(p.Columns))] {
		var own []float64
		for _, r := range c.Return {
			if r == r && r != 0 {
				own = append(own, math.Abs(r))
			}
		}
		if len(own) >= fewest {
			slices.Sort(own)
			sizes = append(sizes, own[len(own)/2])
		}
	}
	if len(sizes) == 0 {
		return nil
	}
	slices.Sort(sizes)
	if m := sizes[len(sizes)/2]; m >= percent {
		return fmt.Errorf("its returns are of a median size of %.2g: they are per cent, and must be decimals; divide them by 100", m)
	}
	return nil
}

// trim takes off the sessions before the first and after the last number.
func (s *security) trim() {
	n := len(s.values)
	for n > 0 && math.IsNaN(s.values[n-1]) {
		n--
	}
	k := 0
	for k < n && math.IsNaN(s.values[k]) {
		k++
	}
	s.values, s.c.First = s.values[k:n], s.c.First+k
}

// panel makes the panel of what was read.
func (b *bulk) panel() (*market.Panel, error) {
	p := market.NewPanel(b.o.Kind, b.o.Gaps)
	for _, s := range b.securities {
		const fewest, share = 5, 10
		if s.off >= fewest && s.off*share >= s.rows {
			if p.Refused == nil {
				p.Refused = make(map[string]error)
			}
			p.Refused[s.c.Symbol] = fmt.Errorf("%s: %d of its %d days are no session of %s, the first %s; name its exchange under securities or in prices.exchange, or correct the dates", s.c.Symbol, s.off, s.rows, s.c.Calendar.Name(), s.offDay)
			p.Issues = append(p.Issues, market.Issue{Symbol: s.c.Symbol, Date: market.NoDate, Code: "refused", Args: []any{p.Refused[s.c.Symbol]}})
			continue
		}
		if s.off > 0 {
			p.Issues = append(p.Issues, market.Issue{Symbol: s.c.Symbol, Date: s.offDay,
				Code: "no-session/rows", Args: []any{s.off, s.c.Calendar.Name()}})
		}
		if b.o.Layout != Long {
			s.trim()
		}
		if len(s.values) == 0 {
			continue
		}
		s.c.Origin, s.c.Adjusted = b.name, !b.plain
		if b.plain && b.o.ReturnsOnly {
			p.Issues = append(p.Issues, market.Issue{Symbol: s.c.Symbol, Date: market.NoDate, Code: "unadjusted"})
		}
		if b.prices {
			s.c.Return, s.c.Span = market.Returns(s.values, b.o.Kind, b.o.Gaps)
			if !b.o.ReturnsOnly {
				s.c.Price = s.values
			}
			s.values = nil
		} else {
			s.c.Return = s.values
		}
		if err := p.AddColumn(&s.c); err != nil {
			return nil, err
		}
	}
	if err := b.examine(p); err != nil {
		return nil, err
	}
	if len(p.Columns) == 0 && len(b.securities) > 0 {
		for _, s := range b.securities {
			if err := p.Refused[s.c.Symbol]; err != nil {
				return nil, err
			}
		}
		return nil, fmt.Errorf("none of its rows lies on a session of %s", b.securities[0].c.Calendar.Name())
	}
	return p, nil
}
