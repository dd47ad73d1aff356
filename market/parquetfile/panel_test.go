package parquetfile

import (
	"context"
	"errors"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"aftershock/market"

	"github.com/parquet-go/parquet-go"
	"github.com/parquet-go/parquet-go/compress/zstd"
)

// writeRows writes a Parquet file of rows, in groups of size.
func writeRows[T any](t testing.TB, size int, rows ...T) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "panel.parquet")
	if err := parquet.WriteFile(path, rows, parquet.MaxRowsPerRowGroup(int64(size))); err != nil {
		t.Fatal(err)
	}
	return path
}

type crspRow struct {
	PERMNO int64    `parquet:"PERMNO"`
	Date   int32    `parquet:"date,date"`
	PRC    *float64 `parquet:"PRC,optional"`
	RET    *float64 `parquet:"RET,optional"`
	DLRET  *float64 `parquet:"DLRET,optional"`
}

func day(t testing.TB, s string) market.Date {
	t.Helper()
	d, err := market.ParseDate(s)
	if err != nil {
		t.Fatal(err)
	}
	return d
}

func some(x float64) *float64 { return &x }

func equal(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool {
		return x == y || math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) < 1e-15
	})
}

func crsp(t testing.TB) []crspRow {
	d := func(s string) int32 { return int32(day(t, s)) }
	return []crspRow{
		{10001, d("2020-01-02"), some(10), some(0.01), nil},
		{10001, d("2020-01-03"), some(-11), nil, nil},
		{10001, d("2020-01-06"), some(12), some(-66), nil},
		{10001, d("2020-01-07"), nil, some(0.5), some(-0.2)},
		{10002, d("2020-01-03"), some(5), some(-0.1), nil},
		{10002, d("2020-01-04"), some(5), some(0.9), nil}, // a Saturday
		{10002, d("2020-01-07"), some(5), some(0.3), nil},
		{10002, d("2020-01-08"), nil, nil, some(-0.4)},
		{10002, d("2020-01-09"), nil, nil, some(-88)},
	}
}

func TestPanelOfReturns(t *testing.T) {
	nan := math.NaN()
	rows := crsp(t)
	for _, size := range []int{1, 2, 3, 100} {
		for range 3 {
			p, err := ReadPanel(t.Context(), writeRows(t, size, rows...), PanelOptions{})
			if err != nil {
				t.Fatal(err)
			}
			a, b := p.Column("10001"), p.Column("10002")
			if a == nil || b == nil || len(p.Columns) != 2 {
				t.Fatalf("columns %v", p.Symbols())
			}
			if want := []float64{0.01, nan, nan, 1.5*0.8 - 1}; !equal(a.Return, want) {
				t.Errorf("10001: %v, want %v", a.Return, want)
			}
			if want := []float64{-0.1, nan, 0.3, -0.4, nan}; !equal(b.Return, want) {
				t.Errorf("10002: %v, want %v", b.Return, want)
			}
			if d := b.Calendar.Date(b.First); d != day(t, "2020-01-03") || a.Calendar != b.Calendar {
				t.Errorf("10002 begins on %s", d)
			}
			if len(p.Issues) != 1 || p.Issues[0].Symbol != "10002" || p.Issues[0].Date != day(t, "2020-01-04") {
				t.Errorf("issues %v", p.Issues)
			}
			rand.New(rand.NewPCG(1, uint64(size))).Shuffle(len(rows), func(i, j int) { rows[i], rows[j] = rows[j], rows[i] })
		}
	}
}

// Returns are used as they stand, and must be what the study takes: the logarithm of
// a log return is a wrong number.
func TestPanelOfLogReturns(t *testing.T) {
	path := writeRows(t, 4, crsp(t)...)
	for _, c := range []struct {
		kind, given market.ReturnKind
		refused     bool
	}{
		{market.Log, market.Log, false}, {market.Simple, market.Simple, false}, {market.Simple, "", false}, {"", "", false},
		{market.Log, "", true}, {market.Log, market.Simple, true}, {market.Simple, market.Log, true},
	} {
		p, err := ReadPanel(t.Context(), path, PanelOptions{Kind: c.kind, Given: c.given})
		if c.refused != errors.Is(err, market.ErrReturnKind) {
			t.Fatalf("%+v: %v", c, err)
		}
		if c.refused {
			continue
		}
		delisted := 1.5*0.8 - 1 // the delisting return is compounded
		if c.given == market.Log {
			delisted = 0.5 - 0.2
		}
		if got := p.Column("10001").Return; math.Abs(got[3]-delisted) > 1e-15 || got[0] != 0.01 {
			t.Errorf("%+v: %v", c, got)
		}
	}
}

// What a study does not need is not kept, and its sessions are those of the whole
// file all the same.
func TestPanelOfSome(t *testing.T) {
	for _, size := range []int{1, 2, 100} {
		path := writeRows(t, size, crsp(t)...)
		all, err := ReadPanel(t.Context(), path, PanelOptions{})
		if err != nil {
			t.Fatal(err)
		}
		var asked []string
		done := 0
		some, err := ReadPanel(t.Context(), path, PanelOptions{
			Keep:     func(symbol string) bool { asked = append(asked, symbol); return symbol == "10002" },
			Progress: func(k, total int) { done = k - total },
		})
		if err != nil {
			t.Fatal(err)
		}
		a, b := all.Column("10002"), some.Column("10002")
		if len(some.Columns) != 1 || !equal(a.Return, b.Return) || a.First != b.First || a.Calendar.Len() != b.Calendar.Len() {
			t.Errorf("groups of %d: kept %+v, want %+v", size, some.Columns, a)
		}
		if want := all.Symbols(); !slices.Equal(asked, want) || done != 0 {
			t.Errorf("groups of %d: asked for %v, want %v; %d steps from the end", size, asked, want, done)
		}
		none, err := ReadPanel(t.Context(), path, PanelOptions{Keep: func(string) bool { return false }})
		if err != nil || len(none.Columns) != 0 {
			t.Errorf("groups of %d: nothing kept: %v, %v", size, none, err)
		}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := ReadPanel(ctx, writeRows(t, 2, crsp(t)...), PanelOptions{}); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
	type priced struct {
		ID    int32   `parquet:"id"`
		Date  int32   `parquet:"date"`
		Price float64 `parquet:"price"`
	}
	p, err := ReadPanel(t.Context(), writeRows(t, 2, priced{7, 20200102, 4}, priced{7, 20200103, 2}), PanelOptions{ReturnsOnly: true})
	if err != nil || p.Columns[0].Price != nil || !equal(p.Columns[0].Return, []float64{math.NaN(), -0.5}) {
		t.Errorf("returns alone: %+v, %v", p, err)
	}
}

// Names, types of dates and of securities as others write them.
func TestPanelOfPrices(t *testing.T) {
	type text struct {
		Ticker   string  `parquet:"Ticker,dict"`
		Date     string  `parquet:"date"`
		AdjClose float32 `parquet:"adj_close"`
	}
	type stamped struct {
		Symbol string `parquet:"symbol"`
		Date   int64  `parquet:"date,timestamp(microsecond)"`
		Close  int32  `parquet:"close"`
	}
	type number struct {
		ID    int32   `parquet:"id"`
		Caldt int32   `parquet:"caldt"`
		Price float64 `parquet:"price"`
	}
	type adjusted struct {
		Permno   int32   `parquet:"permno"`
		Dlycaldt int32   `parquet:"dlycaldt,date"`
		Prc      float64 `parquet:"prc"`
		Cfacpr   float64 `parquet:"cfacpr"`
	}
	const sec = 1_000_000
	for name, path := range map[string]string{
		"text":    writeRows(t, 2, text{"7", "2020-01-02", 4}, text{"7", "2020-01-06", 2}, text{"7", "2020-01-07", 3}),
		"stamped": writeRows(t, 2, stamped{"7", 1577923200 * sec, 4}, stamped{"7", (1578268800 + 3600) * sec, 2}, stamped{"7", 1578355200 * sec, 3}),
		"number":  writeRows(t, 2, number{7, 20200102, 4}, number{7, 20200106, 2}, number{7, 20200107, 3}),
		"crsp":    writeRows(t, 2, adjusted{7, 18263, -16, 4}, adjusted{7, 18267, 2, 1}, adjusted{7, 18268, 3, 1}),
	} {
		t.Run(name, func(t *testing.T) {
			p, err := ReadPanel(t.Context(), path, PanelOptions{Gaps: market.TradeToTrade})
			if err != nil {
				t.Fatal(err)
			}
			c := p.Column("7")
			if want := []float64{math.NaN(), math.NaN(), -0.5, 0.5}; !equal(c.Return, want) {
				t.Errorf("returns %v, want %v", c.Return, want)
			}
			if want := []int32{1, 1, 2, 1}; !slices.Equal(c.Span, want) {
				t.Errorf("spans %v, want %v", c.Span, want)
			}
		})
	}
}

func TestWidePanel(t *testing.T) {
	type wide struct {
		Date int32    `parquet:"Date,date"`
		A    *float64 `parquet:"BRK.B,optional"`
		B    float64  `parquet:"nvda"`
	}
	d := func(s string) int32 { return int32(day(t, s)) }
	nan := math.NaN()
	path := writeRows(t, 2, wide{d("2020-01-07"), nil, 4}, wide{d("2020-01-02"), nil, 1}, wide{d("2020-01-03"), some(3), nan}, wide{d("2020-01-06"), some(1.5), 2})
	p, err := ReadPanel(t.Context(), path, PanelOptions{Layout: WidePrices})
	if err != nil {
		t.Fatal(err)
	}
	a, b := p.Column("BRK.B"), p.Column("nvda")
	if a == nil || a.Calendar.Date(a.First) != day(t, "2020-01-03") || !equal(a.Price, []float64{3, 1.5}) || !equal(a.Return, []float64{nan, -0.5}) {
		t.Errorf("BRK.B: %+v", a)
	}
	if b == nil || b.Calendar.Date(b.First) != day(t, "2020-01-02") || !equal(b.Price, []float64{1, nan, 2, 4}) || !equal(b.Return, []float64{nan, nan, nan, 1}) {
		t.Errorf("nvda: %+v", b)
	}
	p, err = ReadPanel(t.Context(), path, PanelOptions{Layout: WideReturns})
	if err != nil || !equal(p.Column("BRK.B").Return, []float64{3, 1.5}) || p.Column("BRK.B").Price != nil {
		t.Errorf("as returns: %v", err)
	}
	for want, o := range map[string]PanelOptions{
		"wide-anything": {Layout: "wide-anything"},
		"no column day": {Layout: WidePrices, Columns: Columns{Date: "day"}},
		"not of dates":  {Layout: WidePrices, Columns: Columns{Date: "nvda"}},
	} {
		if _, err := ReadPanel(t.Context(), path, o); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("got %v, want %q", err, want)
		}
	}
}

func TestPanelErrors(t *testing.T) {
	type bare struct {
		Date int32   `parquet:"date,date"`
		PRC  float64 `parquet:"prc"`
		ID   int32   `parquet:"id"`
	}
	change := func(f func(r []crspRow) []crspRow) string { return writeRows(t, 3, f(crsp(t))...) }
	text := filepath.Join(t.TempDir(), "text.parquet")
	if err := os.WriteFile(text, []byte("permno,date,ret\n10001,2020-01-02,0.1\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		path string
		o    PanelOptions
		want string
	}{
		"no file":       {path: "none.parquet", want: "none.parquet"},
		"not Parquet":   {path: text, want: text},
		"two rows":      {path: change(func(r []crspRow) []crspRow { return append(r, r[0]) }), want: "(10001, 2020-01-02): a second row on this day"},
		"return":        {path: change(func(r []crspRow) []crspRow { r[4].RET = some(-1.5); return r }), want: "row 5 (10002, 2020-01-03): a return of -1.5"},
		"infinite":      {path: change(func(r []crspRow) []crspRow { r[4].DLRET = some(math.Inf(1)); return r }), want: "row 5 (10002, 2020-01-03): a return of +Inf"},
		"too large":     {path: change(func(r []crspRow) []crspRow { r[4].RET, r[4].DLRET = some(1e300), some(1e300); return r }), want: "row 5 (10002, 2020-01-03): a return of +Inf with that of the delisting"},
		"unadjusted":    {path: writeRows(t, 3, bare{18263, 1, 1}), want: "prc is not adjusted"},
		"no such":       {path: change(slices.Clip), o: PanelOptions{Columns: Columns{Return: "retx"}}, want: "no column retx; it has PERMNO, date, PRC, RET, DLRET"},
		"wrong type":    {path: change(slices.Clip), o: PanelOptions{Columns: Columns{Date: "RET"}}, want: "not of dates"},
		"negative":      {path: writeRows(t, 3, bare{18263, -1, 1}), o: PanelOptions{Columns: Columns{Price: "prc", Factor: "id", ID: "id"}}, want: ""},
		"no price":      {path: writeRows(t, 3, struct{ ID, Date int32 }{1, 20200102}), want: "no column of returns or prices"},
		"dates of what": {path: writeRows(t, 3, bare{1e9, 1, 1}), o: PanelOptions{Columns: Columns{Return: "prc"}}, want: "are they of the type"},
		"no session":    {path: writeRows(t, 3, bare{18265, 1, 1}), o: PanelOptions{Columns: Columns{Return: "prc"}}, want: "none of its rows"},
		"empty":         {path: writeRows[bare](t, 3), o: PanelOptions{Columns: Columns{Return: "prc"}}, want: "no rows"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := ReadPanel(t.Context(), c.path, c.o)
			if c.want == "" {
				if err != nil {
					t.Error(err)
				}
			} else if err == nil || !strings.Contains(err.Error(), c.want) {
				t.Errorf("got %v, want %q", err, c.want)
			}
		})
	}
}

// writeBulk writes n rows of securities of 2,500 sessions each, of one seed.
func writeBulk(b *testing.B, n int) string {
	b.Helper()
	const sessions = 2500
	type bulkRow struct {
		Permno int64    `parquet:"permno,delta"`
		Date   int32    `parquet:"date,date,delta"`
		Ret    *float64 `parquet:"ret,optional"`
	}
	cal := market.NYSE()
	first := cal.Search(market.NewDate(2010, 1, 1))
	path := filepath.Join(b.TempDir(), "bulk.parquet")
	f, err := os.Create(path)
	if err != nil {
		b.Fatal(err)
	}
	w := parquet.NewGenericWriter[bulkRow](f, parquet.Compression(&zstd.Codec{}), parquet.MaxRowsPerRowGroup(1<<20))
	rng := rand.New(rand.NewPCG(7, 11))
	rows, rets := make([]bulkRow, sessions), make([]float64, sessions)
	for id := 0; id*sessions < n; id++ {
		for k := range rows {
			rets[k] = math.Round(rng.NormFloat64()*2e4) / 1e6
			rows[k] = bulkRow{int64(10000 + id), int32(cal.Date(first + k)), &rets[k]}
			if rng.IntN(500) == 0 {
				rows[k].Ret = nil
			}
		}
		if _, err := w.Write(rows); err != nil {
			b.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		b.Fatal(err)
	}
	if err := f.Close(); err != nil {
		b.Fatal(err)
	}
	return path
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

// Twenty million rows, a CRSP of 8,000 securities and ten years.
func BenchmarkPanel(b *testing.B) {
	const n = 20_000_000
	path := writeBulk(b, n)
	runtime.GC()
	os.WriteFile("/proc/self/clear_refs", []byte("5"), 0) // resets the peak
	for b.Loop() {
		p, err := ReadPanel(b.Context(), path, PanelOptions{})
		if err != nil {
			b.Fatal(err)
		}
		rows := 0
		for _, c := range p.Columns {
			rows += c.Len()
		}
		if rows != n {
			b.Fatalf("%d rows", rows)
		}
	}
	b.ReportMetric(peak()/(1<<20), "peak-MiB")
}

// Each security is on the sessions of its own exchange: by its suffix, by what is
// configured, where there are no rules by the days of most; one whose days cannot be
// its exchange's is refused.
func TestPanelOfExchanges(t *testing.T) {
	type row struct {
		Symbol string  `parquet:"symbol"`
		Date   int32   `parquet:"date,date"`
		Price  float64 `parquet:"adj_close"`
	}
	var rows []row
	add := func(symbol string, days ...string) {
		for k, d := range days {
			rows = append(rows, row{symbol, int32(day(t, d)), 10 + float64(k)})
		}
	}
	add("AAA", "2024-11-27", "2024-11-29")                                // Thanksgiving between
	add("8035.T", "2024-11-01", "2024-11-05", "2024-11-28")               // the 4th is a holiday there
	add("INFY.NS", "2024-11-14", "2024-11-18", "2024-11-19")              // the 15th is one
	add("TCS.NS", "2024-11-14", "2024-11-16", "2024-11-18", "2024-11-19") // the 16th, a Saturday, only here
	add("7203", "2024-11-01", "2024-11-05")
	add("ODD", "2024-11-03", "2024-11-10", "2024-11-17", "2024-11-24", "2024-12-01", "2024-12-02")
	tokyo, _ := market.ExchangeByName("Tokyo")
	p, err := ReadPanel(t.Context(), writeRows(t, 3, rows...), PanelOptions{CalendarOf: func(symbol string) *market.Calendar {
		switch {
		case symbol == "7203":
			return tokyo.Calendar()
		case market.Plain(symbol):
			return nil
		}
		return market.CalendarOf(market.Security{Symbol: symbol})
	}})
	if err != nil {
		t.Fatal(err)
	}
	for symbol, want := range map[string]struct {
		calendar string
		returns  int
	}{"AAA": {"NYSE", 1}, "8035.T": {"Tokyo", 1}, "INFY.NS": {"India", 2}, "TCS.NS": {"India", 2}, "7203": {"Tokyo", 1}} {
		c := p.Column(symbol)
		if c == nil {
			t.Errorf("no column %s", symbol)
			continue
		}
		n := 0
		for _, r := range c.Return {
			if !math.IsNaN(r) {
				n++
			}
		}
		if c.Calendar.Name() != want.calendar || n != want.returns {
			t.Errorf("%s: %s, %d returns", symbol, c.Calendar.Name(), n)
		}
	}
	if p.Column("ODD") != nil || p.Refused["ODD"] == nil || !strings.Contains(p.Refused["ODD"].Error(), "5 of its 6 days are no session of NYSE") {
		t.Errorf("ODD: %v", p.Refused["ODD"])
	}
}

// TestPandas reads wide files whose days are the index of a data frame.
func TestPandas(t *testing.T) {
	type unnamed struct {
		A     float64   `parquet:"A"`
		B     float64   `parquet:"B"`
		Index time.Time `parquet:"__index_level_0__,timestamp(nanosecond)"`
	}
	type numbered struct {
		Date  time.Time `parquet:"Date,timestamp(microsecond)"`
		A     float64   `parquet:"A"`
		B     float64   `parquet:"B"`
		Index int64     `parquet:"__index_level_0__"`
	}
	var first []unnamed
	var second []numbered
	for i, d := range []string{"2025-01-24", "2025-01-27", "2025-01-28"} {
		at := day(t, d).Time()
		first = append(first, unnamed{10 + float64(i), 20, at})
		second = append(second, numbered{at, 10 + float64(i), 20, int64(i)})
	}
	for name, path := range map[string]string{"without a name": writeRows(t, 10, first...), "numbered": writeRows(t, 10, second...)} {
		p, err := ReadPanel(t.Context(), path, PanelOptions{Layout: WidePrices})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if got := p.Symbols(); !slices.Equal(got, []string{"A", "B"}) || math.Abs(p.Column("A").Return[1]-0.1) > 1e-12 {
			t.Errorf("%s: %v", name, got)
		}
		if _, err = ReadPanel(t.Context(), path, PanelOptions{}); err == nil || !strings.HasSuffix(err.Error(), "say so (prices.layout: wide-prices or wide-returns)") {
			t.Errorf("%s: %v", name, err)
		}
	}
}
