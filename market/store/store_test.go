package store

import (
	"bytes"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"aftershock/market"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/parquet-go/parquet-go"
)

// service is a source of made-up prices of every NYSE session from 2015 to
// last. Close is the session's number times split, AdjClose also times adjust.
type service struct {
	mu      sync.Mutex
	last    market.Date
	split   float64
	adjust  float64
	err     error
	asked   []span
	without market.Date
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

func (v *service) Name() string                              { return "test service" }
func (v *service) Symbols(context.Context) ([]string, error) { return nil, nil }

func (v *service) Series(_ context.Context, symbol string, from, to market.Date) (*market.Series, error) {
	v.mu.Lock()
	defer v.mu.Unlock()
	v.asked = append(v.asked, span{from, to})
	if v.err != nil {
		return nil, v.err
	}
	h := &market.Series{Symbol: symbol, Name: "Test Corp.", Exchange: "NYSE", Currency: "USD", Adjusted: true, Origin: "test service"}
	cal := market.NYSE()
	begin := cal.Search(market.NewDate(2015, 1, 1))
	for k := max(begin, cal.Search(from)); k < cal.Len() && cal.Date(k) <= min(to, v.last); k++ {
		if cal.Date(k) == v.without {
			continue
		}
		n := float64(k-begin+1) * v.split
		h.Bars = append(h.Bars, market.Bar{Date: cal.Date(k), Open: n, High: n, Low: n, Close: n, AdjClose: n * v.adjust, Volume: 1000})
	}
	for _, a := range []market.Action{{Date: market.NewDate(2019, 5, 1), Split: 2}, {Date: market.NewDate(2019, 12, 2), Dividend: 0.5}} {
		if from <= a.Date && a.Date <= min(to, v.last) {
			h.Actions = append(h.Actions, a)
		}
	}
	return h, nil
}

// zeros returns what was asked for since it was last called, as text.
func (v *service) take() string {
	v.mu.Lock()
	defer v.mu.Unlock()
	var out []string
	for _, r := range v.asked {
		out = append(out, r.from.String()+".."+r.to.String())
	}
	v.asked = nil
	return strings.Join(out, " ")
}

// friday is an evening on which the session of that Friday is over.
var friday = time.Date(2020, 1, 10, 23, 0, 0, 0, time.UTC)

type fixture struct {
	*Store
	service *service
	now     time.Time
	warned  []string
}

func newFixture(t testing.TB) *fixture {
	f := &fixture{service: &service{last: market.NewDate(2020, 1, 10), split: 1, adjust: 0.5}, now: friday}
	s, err := New(Options{Dir: filepath.Join(t.TempDir(), "prices"), Upstream: f.service,
		Now: func() time.Time { return f.now }, Warn: func(err error) { f.warned = append(f.warned, err.Error()) }})
	if err != nil {
		t.Fatal(err)
	}
	f.Store = s
	return f
}

// get asks for a range, and checks what the store had to ask for in turn.
func (f *fixture) get(t *testing.T, from, to, asked string) *market.Series {
	t.Helper()
	h, err := f.Series(t.Context(), "TEST", day(t, from), day(t, to))
	if err != nil {
		t.Fatal(err)
	}
	if got := f.service.take(); got != asked {
		t.Errorf("%s..%s: asked for %q, want %q", from, to, got, asked)
	}
	return h
}

// whole checks that h has every session from..to, all of the service's
// present adjustment.
func (f *fixture) whole(t *testing.T, h *market.Series, from, to string) {
	t.Helper()
	want, err := f.service.Series(t.Context(), "TEST", day(t, from), day(t, to))
	f.service.take()
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, h); diff != "" {
		t.Errorf("%s..%s (-want +got):\n%s", from, to, diff)
	}
}

func TestFetchOnlyWhatIsMissing(t *testing.T) {
	f := newFixture(t)
	f.whole(t, f.get(t, "2019-03-01", "2019-10-31", "2019-03-01..2019-10-31"), "2019-03-01", "2019-10-31")
	f.get(t, "2019-03-01", "2019-10-31", "")
	f.get(t, "2019-04-01", "2019-04-02", "")
	f.get(t, "2019-03-01", "2019-12-31", "2019-10-25..2019-12-31") // with 5 sessions that are stored
	f.get(t, "2019-02-01", "2019-12-31", "2019-02-01..2019-03-07")
	f.get(t, "2019-01-01", "2020-01-10", "2019-01-01..2019-02-07 2019-12-24..2020-01-10")
	f.get(t, "2019-01-01", "2020-01-10", "")
	f.whole(t, f.get(t, "2019-01-01", "2020-01-10", ""), "2019-01-01", "2020-01-10")

	// Years before the listing are asked for once.
	f.get(t, "2000-01-01", "2020-01-10", "2000-01-01..2019-01-08")
	f.get(t, "2000-01-01", "2020-01-10", "")

	// Nothing can be new at the weekend, nor before half an hour after the close.
	f.now = friday.AddDate(0, 0, 2)
	f.get(t, "2019-01-01", "2020-01-12", "")
	f.now = time.Date(2020, 1, 13, 21, 29, 0, 0, time.UTC)
	f.get(t, "2019-01-01", "2020-01-13", "")
	f.now, f.service.last = f.now.Add(time.Minute), market.NewDate(2020, 1, 13)
	f.get(t, "2019-01-01", "2020-01-13", "2020-01-06..2020-01-13")
	f.whole(t, f.get(t, "2015-01-01", "2020-01-13", ""), "2015-01-01", "2020-01-13")
	if len(f.warned) > 0 {
		t.Errorf("warned of %q", f.warned)
	}
}

// A session that the source does not have yet is asked for again, one that it
// still lacks after a week is not.
func TestLateSession(t *testing.T) {
	f := newFixture(t)
	f.service.last = market.NewDate(2020, 1, 8)
	f.get(t, "2019-12-02", "2020-01-10", "2019-12-02..2020-01-10")
	f.get(t, "2019-12-02", "2020-01-10", "2020-01-02..2020-01-10")
	f.service.last = market.NewDate(2020, 1, 10)
	f.whole(t, f.get(t, "2019-12-02", "2020-01-10", "2020-01-02..2020-01-10"), "2019-12-02", "2020-01-10")

	f.now = friday.AddDate(0, 1, 0)
	f.get(t, "2019-12-02", "2020-01-20", "2020-01-06..2020-01-20")
	f.get(t, "2019-12-02", "2020-01-20", "")
}

func TestReadjusted(t *testing.T) {
	const stored = "2019-01-02..2019-11-01"
	dividend := func(v *service) { v.adjust *= 1 - 2e-5 }
	split := func(v *service) { v.split /= 10 }
	filled := func(v *service) { v.without = 0 }
	noise := func(v *service) { v.adjust *= 1 + 1e-6 }
	for _, c := range []struct {
		name     string
		without  string // a session that is not in what is stored
		change   func(*service)
		from, to string // asked for afterwards
		asked    string
	}{
		{"dividend", "", dividend, "2019-01-02", "2020-01-10", "2019-10-28..2020-01-10 2019-01-02..2020-01-10"},
		{"split", "", split, "2019-01-02", "2020-01-10", "2019-10-28..2020-01-10 2019-01-02..2020-01-10"},
		{"a hole is filled", "2019-10-30", filled, "2019-01-02", "2020-01-10", "2019-10-25..2020-01-10 2019-01-02..2020-01-10"},
		{"dividend, at the beginning", "", dividend, "2018-01-02", "2019-11-01", "2018-01-02..2019-01-08 2018-01-02..2019-11-01"},
		{"split, at the beginning", "", split, "2018-01-02", "2019-10-01", "2018-01-02..2019-01-08 2018-01-02..2019-11-01"},
		{"the noise of another computation", "", noise, "2019-01-02", "2020-01-10", "2019-10-28..2020-01-10"},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := newFixture(t)
			if c.without != "" {
				f.service.without = day(t, c.without)
			}
			f.get(t, "2019-01-02", "2019-11-01", stored)
			c.change(f.service)
			h := f.get(t, c.from, c.to, c.asked)
			if c.name != "the noise of another computation" {
				f.whole(t, h, c.from, c.to)
				f.whole(t, f.get(t, c.from, c.to, ""), c.from, c.to)
			}
		})
	}
}

func TestReadjustedButFailing(t *testing.T) {
	f := newFixture(t)
	f.get(t, "2019-01-02", "2019-11-01", "2019-01-02..2019-11-01")
	before, err := os.ReadFile(f.Path("TEST"))
	if err != nil {
		t.Fatal(err)
	}
	// A source that readjusts and loses its past must not take ours away.
	f.service.adjust, f.service.without = 0.4, market.NewDate(2019, 1, 2)
	h := f.get(t, "2019-01-02", "2020-01-10", "2019-10-28..2020-01-10 2019-01-02..2020-01-10")
	if last := h.Bars[len(h.Bars)-1]; last.Date != day(t, "2019-11-01") || last.AdjClose != last.Close/2 {
		t.Errorf("got up to %v, want what was stored", last)
	}
	if len(f.warned) != 1 || !strings.Contains(f.warned[0], "no longer has all of 2019-01-02 to 2019-11-01") {
		t.Errorf("warned of %q", f.warned)
	}
	if after, err := os.ReadFile(f.Path("TEST")); err != nil || !bytes.Equal(before, after) {
		t.Errorf("the file has changed (%v)", err)
	}
}

func TestUpstreamFails(t *testing.T) {
	f := newFixture(t)
	f.service.err = market.ErrUnknownSymbol
	if _, err := f.Series(t.Context(), "TEST", 18000, 18001); !errors.Is(err, market.ErrUnknownSymbol) {
		t.Errorf("nothing stored: %v", err)
	}
	f.service.err = nil
	f.service.take()
	f.get(t, "2019-03-01", "2019-10-31", "2019-03-01..2019-10-31")
	f.service.err = errors.New("no network")
	h := f.get(t, "2019-03-01", "2019-12-31", "2019-10-25..2019-12-31")
	if n := len(h.Bars); n == 0 || h.Bars[n-1].Date != day(t, "2019-10-31") {
		t.Error("what is stored was not returned")
	}
	if len(f.warned) != 1 || !strings.HasPrefix(f.warned[0], "store: TEST: used as stored on 2020-01-10, up to 2019-10-31: no network") {
		t.Errorf("warned of %q", f.warned)
	}
	if _, err := f.Series(t.Context(), "TEST", day(t, "2018-01-01"), day(t, "2018-02-01")); err == nil {
		t.Error("nothing of the range is stored, and there is no error")
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := f.Series(ctx, "TEST", day(t, "2019-03-01"), day(t, "2019-12-31")); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

func TestOffline(t *testing.T) {
	f := newFixture(t)
	f.get(t, "2019-03-01", "2019-10-31", "2019-03-01..2019-10-31")
	offline, err := New(Options{Dir: f.o.Dir})
	if err != nil {
		t.Fatal(err)
	}
	h, err := offline.Series(t.Context(), "TEST", day(t, "2019-01-01"), day(t, "2020-01-10"))
	if err != nil || h.Bars[0].Date != day(t, "2019-03-01") || h.Bars[len(h.Bars)-1].Date != day(t, "2019-10-31") {
		t.Errorf("got %v, %v; want what is stored", h, err)
	}
	if _, err := offline.Series(t.Context(), "OTHER", 18000, 18001); !errors.Is(err, market.ErrUnknownSymbol) {
		t.Errorf("not stored: %v", err)
	}
	if err := os.Truncate(f.Path("TEST"), 1000); err != nil {
		t.Fatal(err)
	}
	var damaged *DamagedError
	if _, err := offline.Series(t.Context(), "TEST", 18000, 18001); !errors.As(err, &damaged) || damaged.Path != f.Path("TEST") {
		t.Errorf("damaged: %v", err)
	}
	if _, err := os.Stat(f.Path("TEST")); err != nil {
		t.Errorf("an offline store has moved a file: %v", err)
	}
	if f.service.take() != "" {
		t.Error("the service was asked")
	}
}

func TestRoundTrip(t *testing.T) {
	nan := math.NaN()
	f := newFixture(t)
	symbols := []string{"%41", "005930.KS", "A", "BRK-B", "CON.DE", "EURUSD=X", "M&M.NS", "^GSPC", "a"}
	for _, symbol := range symbols {
		want := &market.Series{Symbol: symbol, Name: "«نفيديا»", Exchange: "XETRA", Currency: "EUR", Adjusted: true, Origin: "a test",
			Bars:    []market.Bar{{Date: -10, Open: 1.1, High: nan, Low: 0, Close: -37.63, AdjClose: 1e300, Volume: nan}, {Date: 20000, Open: nan, High: nan, Low: nan, Close: 118.42, AdjClose: nan, Volume: 0}},
			Actions: []market.Action{{Date: 7, Split: 0.1}, {Date: 7, Dividend: 0.205}}}
		if err := f.Put(t.Context(), want); err != nil {
			t.Fatal(err)
		}
		got, err := f.Read(symbol)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(want, got.Series, cmpopts.EquateNaNs()); diff != "" {
			t.Errorf("%s (-want +got):\n%s", symbol, diff)
		}
		if !got.Fetched.Equal(friday) || got.From != -10 || got.To != 20000 || got.Path != f.Path(symbol) {
			t.Errorf("%s: %+v", symbol, got)
		}
	}
	got, err := f.Symbols(t.Context())
	if err != nil || !slices.Equal(got, symbols) {
		t.Errorf("symbols %q, %v; want %q", got, err, symbols)
	}
	lower := map[string]bool{}
	for _, symbol := range symbols {
		lower[strings.ToLower(fileName(symbol))] = true
	}
	if len(lower) != len(symbols) {
		t.Error("two symbols have one file where capitals do not count")
	}
	if err := f.Put(t.Context(), &market.Series{Symbol: "A", Bars: []market.Bar{{Date: 2}, {Date: 2}}}); err == nil {
		t.Error("two bars of one day were stored")
	}
}

// row is one bar in a file, as the library takes it.
type row struct {
	Symbol   string   `parquet:"symbol,dict"`
	Date     int32    `parquet:"date,date"`
	Open     *float64 `parquet:"open,optional"`
	High     *float64 `parquet:"high,optional"`
	Low      *float64 `parquet:"low,optional"`
	Close    *float64 `parquet:"close,optional"`
	AdjClose *float64 `parquet:"adj_close,optional"`
	Volume   *float64 `parquet:"volume,optional"`
}

// The types by which pandas, polars and DuckDB know what is in a column.
func TestSchema(t *testing.T) {
	f := newFixture(t)
	f.get(t, "2019-03-01", "2019-10-31", "2019-03-01..2019-10-31")
	data, err := os.ReadFile(f.Path("TEST"))
	if err != nil {
		t.Fatal(err)
	}
	file, err := parquet.OpenFile(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		t.Fatal(err)
	}
	var got []string
	for _, field := range file.Schema().Fields() {
		got = append(got, fmt.Sprintf("%s %s optional=%v", field.Name(), field.Type(), field.Optional()))
	}
	want := []string{"symbol STRING optional=false", "date DATE optional=false", "open DOUBLE optional=true", "high DOUBLE optional=true",
		"low DOUBLE optional=true", "close DOUBLE optional=true", "adj_close DOUBLE optional=true", "volume DOUBLE optional=true"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	text, _ := file.Lookup(key)
	var meta map[string]any
	if err := json.Unmarshal([]byte(text), &meta); err != nil || meta["currency"] != "USD" || meta["from"] != "2019-03-01" {
		t.Errorf("metadata %s: %v", text, err)
	}

	// The library finds in a row what was stored.
	rows, err := parquet.ReadFile[row](f.Path("TEST"))
	if err != nil {
		t.Fatal(err)
	}
	info, err := f.Read("TEST")
	if err != nil || len(rows) == 0 || len(rows) != len(info.Series.Bars) {
		t.Fatalf("%d rows: %v", len(rows), err)
	}
	for k, b := range info.Series.Bars {
		if r := rows[k]; r.Symbol != "TEST" || r.Date != int32(b.Date) || r.Close == nil || *r.Close != b.Close || *r.Volume != b.Volume {
			t.Errorf("row %d is %+v, want %+v", k, r, b)
		}
	}
}

// Whatever happens to a file, it is either known to be damaged or reads as it was.
func TestDamaged(t *testing.T) {
	f := newFixture(t)
	f.get(t, "2019-03-01", "2019-10-31", "2019-03-01..2019-10-31")
	whole, err := os.ReadFile(f.Path("TEST"))
	if err != nil {
		t.Fatal(err)
	}
	want, err := decode(whole)
	if err != nil {
		t.Fatal(err)
	}
	for n := 0; n < len(whole); n += 211 {
		if _, err := decode(whole[:n]); err == nil {
			t.Fatalf("cut to %d bytes of %d, and not noticed", n, len(whole))
		}
	}
	for i := 0; i < len(whole); i += 5 {
		broken := slices.Clone(whole)
		broken[i] ^= 0x10
		if got, err := decode(broken); err == nil {
			// The footer has no checksum; prices have.
			if diff := cmp.Diff(want.Series.Bars, got.Series.Bars, cmpopts.EquateNaNs()); diff != "" {
				t.Fatalf("a flipped bit in byte %d of %d was not noticed:\n%s", i, len(whole), diff)
			}
		}
	}

	for name, data := range map[string][]byte{"empty": nil, "cut": whole[:len(whole)/2], "zeros": make([]byte, len(whole))} {
		f.warned = nil
		if err := os.WriteFile(f.Path("TEST"), data, 0o644); err != nil {
			t.Fatal(err)
		}
		f.now = f.now.Add(time.Second)
		f.whole(t, f.get(t, "2019-03-01", "2019-10-31", "2019-03-01..2019-10-31"), "2019-03-01", "2019-10-31")
		aside := f.Path("TEST") + ".damaged-" + f.now.Format(stamp)
		if kept, err := os.ReadFile(aside); err != nil || !bytes.Equal(kept, data) {
			t.Errorf("%s: not set aside: %v", name, err)
		}
		if len(f.warned) != 1 || !strings.Contains(f.warned[0], f.Path("TEST")+" is damaged") || !strings.Contains(f.warned[0], filepath.Base(aside)) {
			t.Errorf("%s: warned of %q", name, f.warned)
		}
	}
}

// A file in whose place a device or a pipe is planted is set aside, and neither read
// for ever nor waited for.
func TestNoRegularFile(t *testing.T) {
	device := func(path string) error { return os.Symlink("/dev/zero", path) }
	for name, plant := range map[string]func(string) error{"a device": device, "a pipe": makePipe} {
		f := newFixture(t)
		f.get(t, "2019-03-01", "2019-10-31", "2019-03-01..2019-10-31")
		if err := errors.Join(os.Remove(f.Path("TEST")), plant(f.Path("TEST"))); err != nil {
			t.Skip(err)
		}
		f.now = f.now.Add(time.Second)
		f.whole(t, f.get(t, "2019-03-01", "2019-10-31", "2019-03-01..2019-10-31"), "2019-03-01", "2019-10-31")
		if len(f.warned) != 1 || !strings.Contains(f.warned[0], f.Path("TEST")+" is damaged") {
			t.Errorf("%s: warned of %q", name, f.warned)
		}
	}
}

// A file of a later version is refused, not set aside.
func TestNewerFormat(t *testing.T) {
	f := newFixture(t)
	if err := os.MkdirAll(f.o.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := parquet.WriteFile(f.Path("TEST"), []row{{Symbol: "TEST"}}, parquet.KeyValueMetadata(key, `{"format":2,"symbol":"TEST"}`)); err != nil {
		t.Fatal(err)
	}
	_, err := f.Series(t.Context(), "TEST", 18000, 18001)
	if err == nil || !strings.Contains(err.Error(), "newer version") || f.service.take() != "" {
		t.Errorf("got %v", err)
	}
}

// Prices are good also when there is no room for the answer they came in.
func TestRawThatCannotBeKept(t *testing.T) {
	f := newFixture(t)
	f.o.Upstream = rawService{f.service}
	if err := os.MkdirAll(f.o.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(f.o.Dir, "raw"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	f.get(t, "2019-03-01", "2019-10-31", "2019-03-01..2019-10-31")
	if len(f.warned) != 1 || !strings.Contains(f.warned[0], "raw") {
		t.Errorf("warned %q", f.warned)
	}
	f.get(t, "2019-03-01", "2019-10-31", "") // it is stored
}

// rawService is a service that hands over its answers.
type rawService struct{ *service }

func (v rawService) SeriesRaw(ctx context.Context, symbol string, from, to market.Date) (*market.Series, []byte, error) {
	h, err := v.Series(ctx, symbol, from, to)
	return h, []byte(`{"from":"` + from.String() + `"}`), err
}

// wholeService hands over answers that say all that they hold.
type wholeService struct{ *service }

func (v wholeService) SeriesRaw(ctx context.Context, symbol string, from, to market.Date) (*market.Series, []byte, error) {
	h, err := v.Series(ctx, symbol, from, to)
	if err != nil {
		return nil, nil, err
	}
	raw, err := json.Marshal(h)
	return h, raw, err
}

// Years of evenings: the answers that are kept have a bound, whatever is kept begins
// with a whole history, and files of the last year can still be made again.
func TestAnswersDoNotGrow(t *testing.T) {
	f := newFixture(t)
	f.o.Upstream = wholeService{f.service}
	cal := market.NYSE()
	first := cal.Search(market.NewDate(2019, 1, 2))
	sums := make(map[int]string)
	f.pieces, f.answers = 25, 50 // in place of 250 and 500
	const nights = 90
	most, whole := 0, 0
	for k := range nights {
		today := cal.Date(first + 100 + k)
		f.service.last, f.now = today, today.Time().Add(23*time.Hour)
		if k == 8 || k == 80 { // a dividend
			f.service.adjust *= 0.99
		}
		if _, err := f.Series(t.Context(), "TEST", cal.Date(first), today); err != nil {
			t.Fatal(err)
		}
		if k > 0 && strings.Contains(f.service.take(), cal.Date(first).String()) {
			whole++
		}
		all, err := f.Answers("TEST")
		if err != nil {
			t.Fatal(err)
		}
		most = max(most, len(all))
		if all[0].From != cal.Date(first) {
			t.Fatalf("night %d: the first answer kept begins on %s", k, all[0].From)
		}
		data, err := os.ReadFile(f.Path("TEST"))
		if err != nil {
			t.Fatal(err)
		}
		sum := sha256.Sum256(data)
		sums[k] = hex.EncodeToString(sum[:])
	}
	if most > f.answers+2 {
		t.Errorf("up to %d answers were kept", most)
	}
	if whole != 5 { // two dividends, and after 25 pieces
		t.Errorf("the whole history was asked for %d times", whole)
	}
	for _, k := range []int{nights - 1, nights - 5, nights - 24} {
		err := f.Rebuild(t.Context(), "TEST", sums[k], t.TempDir(), func(a Answer) (*market.Series, error) {
			raw, err := a.Raw()
			if err != nil {
				return nil, err
			}
			var h market.Series
			return &h, json.Unmarshal(raw, &h)
		})
		if err != nil {
			t.Errorf("the file of night %d: %v", k, err)
		}
	}
}

func TestRaw(t *testing.T) {
	f := newFixture(t)
	f.o.Upstream = rawService{f.service}
	f.get(t, "2019-03-01", "2019-10-31", "2019-03-01..2019-10-31")
	f.get(t, "2019-03-01", "2019-12-31", "2019-10-25..2019-12-31")
	for name, want := range map[string]string{
		"2019-03-01_2019-10-31_20200110T230000Z.json.gz": `{"from":"2019-03-01"}`,
		"2019-10-25_2019-12-31_20200110T230000Z.json.gz": `{"from":"2019-10-25"}`,
	} {
		file, err := os.Open(filepath.Join(f.o.Dir, "raw", "TEST", name))
		if err != nil {
			t.Fatal(err)
		}
		defer file.Close()
		z, err := gzip.NewReader(file)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := io.ReadAll(z); err != nil || string(got) != want || !z.ModTime.Equal(friday) {
			t.Errorf("%s: %s of %s, %v", name, got, z.ModTime, err)
		}
	}
}

func TestLocked(t *testing.T) {
	f := newFixture(t)
	unlock, err := f.lock(t.Context(), "TEST")
	if err != nil {
		t.Fatal(err)
	}
	f.o.Patience = 30 * time.Millisecond
	if _, err := f.Series(t.Context(), "TEST", 18000, 18001); !errors.Is(err, ErrLocked) || f.service.take() != "" {
		t.Errorf("got %v", err)
	}
	if _, err := f.Series(t.Context(), "OTHER", 18000, 18001); err != nil {
		t.Errorf("another symbol: %v", err)
	}
	unlock()
	if _, err := f.Series(t.Context(), "TEST", 18000, 18001); err != nil {
		t.Error(err)
	}
}

// TestMain runs the test binary as another process that fetches, when a test
// has started it for that.
func TestMain(m *testing.M) {
	switch dir := os.Getenv("STORE_TEST_DIR"); os.Getenv("STORE_TEST_ROLE") {
	case "fetch for ever":
		fetchForEver(dir)
	case "fetch once":
		fetchOnce(dir)
	default:
		os.Exit(m.Run())
	}
}

func process(t *testing.T, role, dir string) *exec.Cmd {
	t.Helper()
	c := exec.Command(os.Args[0])
	c.Env = append(os.Environ(), "STORE_TEST_ROLE="+role, "STORE_TEST_DIR="+dir)
	c.Stderr = os.Stderr
	return c
}

var crowd = []string{"A", "B", "C", "D"}

// fetchForEver replaces what is stored of the crowd, again and again.
func fetchForEver(dir string) {
	v := &service{last: market.NewDate(2020, 1, 10), split: 1, adjust: 1}
	s, err := New(Options{Dir: dir, Upstream: rawService{v}, Now: func() time.Time { return friday }})
	for i := 1; err == nil; i++ {
		v.adjust = 1 / float64(1+i%100)
		for _, symbol := range crowd {
			if h, e := v.Series(context.Background(), symbol, market.NewDate(2017, 1, 1), market.NewDate(2019, 6, 28)); e == nil {
				err = errors.Join(err, s.Put(context.Background(), h))
			}
			_, e := s.Series(context.Background(), symbol, market.NewDate(2016, 1, 1), market.NewDate(2019, 12, 31))
			err = errors.Join(err, e)
		}
	}
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}

func TestKilled(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "prices")
	offline, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	read := 0
	for i := 0; i < 50 || read < 50 && i < 500; i++ { // a busy machine needs longer to write anything
		c := process(t, "fetch for ever", dir)
		if err := c.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(20*time.Millisecond + time.Duration(i)*time.Millisecond)
		c.Process.Kill()
		if c.Wait(); c.ProcessState.Exited() {
			t.Fatal("the fetching process stopped by itself")
		}
		for _, symbol := range crowd {
			got, err := offline.Read(symbol)
			if errors.Is(err, market.ErrUnknownSymbol) {
				continue
			}
			if err != nil {
				t.Fatal(err)
			}
			read++
			first := got.Series.Bars[0]
			for _, b := range got.Series.Bars {
				if b.Close*first.AdjClose != b.AdjClose*first.Close && math.Abs(b.Close*first.AdjClose/(b.AdjClose*first.Close)-1) > 1e-9 {
					t.Fatalf("%s mixes two adjustments, on %s and %s", symbol, first.Date, b.Date)
				}
			}
		}
	}
	if read < 50 {
		t.Errorf("only %d files were there to be read", read)
	}
	// The next fetch clears away what the killed ones left.
	f := newFixture(t)
	f.o.Dir = dir
	f.now = friday.AddDate(1, 0, 0)
	f.service.last = market.NewDate(2020, 12, 31)
	for _, symbol := range crowd {
		if _, err := f.Series(t.Context(), symbol, day(t, "2016-01-01"), day(t, "2020-12-31")); err != nil {
			t.Error(err)
		}
	}
	filepath.WalkDir(dir, func(path string, _ os.DirEntry, _ error) error {
		if strings.Contains(path, ".tmp") {
			t.Errorf("%s is left", path)
		}
		return nil
	})
}

// tally is a service that writes down, in a file, what it is asked for.
type tally struct {
	*service
	path string
}

func (v tally) Series(ctx context.Context, symbol string, from, to market.Date) (*market.Series, error) {
	f, err := os.OpenFile(v.path, os.O_APPEND|os.O_CREATE|os.O_WRONLY, 0o644)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	fmt.Fprintln(f, symbol)
	time.Sleep(5 * time.Millisecond)
	return v.service.Series(ctx, symbol, from, to)
}

func fetchOnce(dir string) {
	v := tally{&service{last: market.NewDate(2020, 1, 10), split: 1, adjust: 1}, dir + ".asked"}
	s, err := New(Options{Dir: dir, Upstream: v, Now: func() time.Time { return friday }})
	for i := range 20 {
		if err == nil {
			_, err = s.Series(context.Background(), fmt.Sprintf("S%02d", i), market.NewDate(2016, 1, 1), market.NewDate(2019, 12, 31))
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

func TestTwoProcesses(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "prices")
	a, b := process(t, "fetch once", dir), process(t, "fetch once", dir)
	if err := errors.Join(a.Start(), b.Start()); err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(a.Wait(), b.Wait()); err != nil {
		t.Fatal(err)
	}
	asked, err := os.ReadFile(dir + ".asked")
	if err != nil {
		t.Fatal(err)
	}
	if lines := strings.Fields(string(asked)); len(lines) != 20 {
		t.Errorf("the service was asked %d times for 20 securities: %v", len(lines), lines)
	}
	s, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	if symbols, err := s.Symbols(t.Context()); err != nil || len(symbols) != 20 {
		t.Errorf("stored: %v, %v", symbols, err)
	}
}

// Forty tickers of ten years, read back.
func BenchmarkForty(b *testing.B) {
	f := newFixture(b)
	f.service.last = market.NewDate(2025, 1, 2)
	f.now = friday.AddDate(6, 0, 0)
	symbols := make([]string, 40)
	for i := range symbols {
		symbols[i] = fmt.Sprintf("S%02d", i)
		if _, err := f.Series(b.Context(), symbols[i], market.NewDate(2015, 1, 1), f.service.last); err != nil {
			b.Fatal(err)
		}
	}
	offline, err := New(Options{Dir: f.o.Dir})
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		for _, symbol := range symbols {
			h, err := offline.Series(b.Context(), symbol, market.NewDate(2015, 1, 1), f.service.last)
			if err != nil || len(h.Bars) < 2500 {
				b.Fatal(err)
			}
		}
	}
}

// FuzzDecode reads files of a store: bytes that may be none, and files with an entry
// and days that nobody expected. A history or an error.
func FuzzDecode(f *testing.F) {
	write := func(entry string, days []byte) []byte {
		var rows []row
		for b := days; len(b) >= 4 && len(rows) < 100; b = b[4:] {
			d := int32(b[0]) | int32(b[1])<<8 | int32(b[2])<<16 | int32(b[3])<<24
			rows = append(rows, row{Symbol: "A", Date: d, Close: some(float64(d))})
		}
		var buf bytes.Buffer
		if err := parquet.Write(&buf, rows, parquet.KeyValueMetadata(key, entry)); err != nil {
			return nil
		}
		return buf.Bytes()
	}
	f.Add(write(`{"format":1,"symbol":"A"}`, []byte{1, 0, 0, 0, 2, 0, 0, 0}), "", []byte(nil))
	f.Add([]byte(nil), `{"format":1,"symbol":"A","from":"2025-01-01","actions":[{"date":"2025-01-02","split":0}]}`, []byte{1, 0, 0, 0, 2, 0, 0, 0})
	f.Add([]byte(nil), `{"format":99}`, []byte{1, 0, 0, 0})
	f.Add([]byte(nil), "null", []byte{2, 0, 0, 0, 1, 0, 0, 0})
	f.Fuzz(func(t *testing.T, b []byte, entry string, days []byte) {
		if len(b) == 0 {
			b = write(entry, days)
		}
		if i, err := decode(b); err == nil && len(i.Series.Bars) == 0 {
			t.Error("a file without bars")
		}
	})
}

// NoDate leaves an end of the range open, at the store and at its source.
func TestOpenRange(t *testing.T) {
	dir := t.TempDir()
	s, err := New(Options{Dir: dir})
	if err != nil {
		t.Fatal(err)
	}
	h := &market.Series{Symbol: "X", Bars: []market.Bar{{Date: market.NewDate(2024, 1, 2), Close: 1, AdjClose: 1}, {Date: market.NewDate(2024, 1, 3), Close: 2, AdjClose: 2}}}
	if err := s.Put(t.Context(), h); err != nil {
		t.Fatal(err)
	}
	for _, r := range []struct {
		from, to market.Date
		bars     int
	}{{market.NoDate, market.NoDate, 2}, {market.NewDate(2024, 1, 3), market.NoDate, 1}, {market.NoDate, market.NewDate(2024, 1, 2), 1}} {
		got, err := s.Series(t.Context(), "X", r.from, r.to)
		if err != nil || len(got.Bars) != r.bars {
			t.Errorf("%s..%s: %d bars, want %d (%v)", r.from, r.to, len(got.Bars), r.bars, err)
		}
	}
}

// An answer in another currency is not taken for more of the same.
func TestOtherCurrency(t *testing.T) {
	v := &service{last: day(t, "2024-01-31"), split: 1, adjust: 1}
	var money moneyOf = "USD"
	now := day(t, "2024-02-01").Time().Add(12 * time.Hour)
	s, err := New(Options{Dir: t.TempDir(), Upstream: inMoney{v, &money}, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Series(t.Context(), "TEST", day(t, "2024-01-02"), day(t, "2024-01-31")); err != nil {
		t.Fatal(err)
	}
	v.last, money = day(t, "2024-02-29"), "JPY"
	now = day(t, "2024-03-01").Time().Add(12 * time.Hour)
	var warned error
	s.o.Warn = func(err error) { warned = err }
	h, err := s.Series(t.Context(), "TEST", day(t, "2024-01-02"), day(t, "2024-02-29"))
	if err != nil || h.Currency != "USD" || h.Bars[len(h.Bars)-1].Date > day(t, "2024-01-31") || warned == nil || !strings.Contains(warned.Error(), "answers in JPY, and what is stored of TEST is in USD; remove ") {
		t.Errorf("%v, %v, warned %v", h.Currency, err, warned)
	}
}

type moneyOf string

// inMoney is a service that says its currency.
type inMoney struct {
	*service
	money *moneyOf
}

func (v inMoney) Series(ctx context.Context, symbol string, from, to market.Date) (*market.Series, error) {
	h, err := v.service.Series(ctx, symbol, from, to)
	if h != nil {
		h.Currency = string(*v.money)
	}
	return h, err
}

// One fetch with a wrong clock does not end all later ones.
func TestClockOfTheFuture(t *testing.T) {
	v := &service{last: day(t, "2024-01-31"), split: 1, adjust: 1}
	now := day(t, "2099-01-01").Time()
	s, err := New(Options{Dir: t.TempDir(), Upstream: v, Now: func() time.Time { return now }})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := s.Series(t.Context(), "TEST", day(t, "2024-01-02"), day(t, "2099-01-01")); err != nil {
		t.Fatal(err)
	}
	v.last, now = day(t, "2024-02-29"), day(t, "2024-03-01").Time().Add(12*time.Hour)
	h, err := s.Series(t.Context(), "TEST", day(t, "2024-01-02"), day(t, "2024-02-29"))
	if err != nil || h.Bars[len(h.Bars)-1].Date != day(t, "2024-02-29") {
		t.Errorf("up to %v, %v", h.Bars[len(h.Bars)-1].Date, err)
	}
}
