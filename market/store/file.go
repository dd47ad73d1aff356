package store

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"time"

	"aftershock/internal/bounded"
	"aftershock/internal/columnar"
	"aftershock/internal/pattern"
	"aftershock/market"
	"aftershock/market/parquetfile"

	"github.com/parquet-go/parquet-go"
)

// DamagedError is a file of the store that cannot be read.
type DamagedError struct {
	Path string
	Err  error
}

func (e *DamagedError) Error() string { return fmt.Sprintf("%s is damaged: %v", e.Path, e.Err) }

// Unwrap returns the cause.
func (e *DamagedError) Unwrap() error { return e.Err }

const (
	suffix    = ".parquet"
	temporary = ".tmp*"                // ends the name of a file that is being written
	stamp     = "20060102T150405.999Z" // of times in names of files
	key       = "aftershock"           // of our entry in a file's metadata
	version   = 1                      // of that entry's format; a reader refuses higher ones
)

// columns are those of a file, whose rows are bars. A value that is not there is null.
var columns = []columnar.Column{
	{Name: "symbol", Kind: columnar.Text, Required: true}, {Name: "date", Kind: columnar.Date, Required: true},
	{Name: "open"}, {Name: "high"}, {Name: "low"}, {Name: "close"}, {Name: "adj_close"}, {Name: "volume"},
}

// header is our entry in a file's metadata.
type header struct {
	Format   int             `json:"format"`
	Symbol   string          `json:"symbol"`
	Name     string          `json:"name"`
	Exchange string          `json:"exchange"`
	Currency string          `json:"currency"`
	Adjusted bool            `json:"adjusted"`
	Origin   string          `json:"origin"`
	Fetched  time.Time       `json:"fetched"`
	From     market.Date     `json:"from"`
	To       market.Date     `json:"to"`
	Actions  []market.Action `json:"actions"`
}

// reserved are the names that Windows keeps for devices.
var reserved = pattern.New(`^(CON|PRN|AUX|NUL|COM[0-9]|LPT[0-9])(\.|$)`)

// fileName returns symbol as the name of a file that is its own on every file
// system, whether or not that tells capitals from small letters.
func fileName(symbol string) string {
	var b strings.Builder
	for i, c := range []byte(symbol) {
		plain := c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '-' || c == '_' || c == '=' || c == '.' && i > 0
		if plain && !(i == 0 && reserved.MatchString(symbol)) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// symbolOf undoes fileName; it reports false for a name that is not one of ours.
func symbolOf(name string) (string, bool) {
	symbol, err := url.PathUnescape(name)
	return symbol, err == nil && symbol != "" && fileName(symbol) == name
}

func (s *Store) rawDir(symbol string) string { return filepath.Join(s.o.Dir, "raw", fileName(symbol)) }

// write stores i. The caller holds the lock of its symbol.
func (s *Store) write(i *Info) error {
	h := i.Series
	meta, err := json.Marshal(header{version, h.Symbol, h.Name, h.Exchange, h.Currency, h.Adjusted, h.Origin, i.Fetched.UTC(), i.From, i.To, h.Actions})
	if err != nil {
		return fmt.Errorf("store: %s: %w", h.Symbol, err)
	}
	var buf bytes.Buffer
	f, err := columnar.Begin(&buf, "row", columns)
	if err != nil {
		return fmt.Errorf("store: %s: %w", h.Symbol, err)
	}
	f.Note(key, string(meta))
	g := columnar.NewGroup(columns)
	for k := range h.Bars {
		b := &h.Bars[k]
		if k > 0 && b.Date <= h.Bars[k-1].Date {
			return fmt.Errorf("store: %s: the bar of %s does not come after that of %s", h.Symbol, b.Date, h.Bars[k-1].Date)
		}
		g.Columns[0].Text(h.Symbol)
		g.Columns[1].Whole(int64(b.Date))
		for i, v := range [...]float64{b.Open, b.High, b.Low, b.Close, b.AdjClose, b.Volume} {
			if math.IsNaN(v) {
				g.Null(2 + i)
			} else {
				g.Columns[2+i].Number(v)
			}
		}
		if err := g.EndRow(); err != nil {
			return fmt.Errorf("store: %s: %w", h.Symbol, err)
		}
	}
	for _, end := range []func() error{g.End, func() error { return f.Write(g) }, f.End} {
		if err := end(); err != nil {
			return fmt.Errorf("store: %s: %w", h.Symbol, err)
		}
	}
	if err := replace(s.Path(h.Symbol), buf.Bytes()); err != nil {
		return fmt.Errorf("store: %s: %w: %w", h.Symbol, ErrNotStored, err)
	}
	return nil
}

// keepRaw stores an answer as it came.
func (s *Store) keepRaw(symbol string, r span, now time.Time, raw []byte) error {
	dir := s.rawDir(symbol)
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return fmt.Errorf("store: %s: the raw answer is %w: %w", symbol, ErrNotStored, err)
	}
	var buf bytes.Buffer
	z := gzip.NewWriter(&buf)
	z.ModTime = now
	_, err := z.Write(raw)
	if err = errors.Join(err, z.Close()); err != nil {
		return fmt.Errorf("store: %s: %w", symbol, err)
	}
	name := fmt.Sprintf("%s_%s_%s.json.gz", r.from, r.to, now.UTC().Format(stamp))
	if err := replace(filepath.Join(dir, name), buf.Bytes()); err != nil {
		return fmt.Errorf("store: %s: the raw answer is %w: %w", symbol, ErrNotStored, err)
	}
	return nil
}

// replace makes data the content of the file at path, or leaves it as it was.
func replace(path string, data []byte) (err error) {
	dir, name := filepath.Split(path)
	f, err := os.CreateTemp(dir, "."+name+temporary)
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			f.Close()
			os.Remove(f.Name())
		}
	}()
	if _, err = f.Write(data); err != nil {
		return err
	}
	if err = f.Chmod(0o644); err != nil && runtime.GOOS != "windows" {
		return err
	}
	if err = f.Sync(); err != nil {
		return err
	}
	if err = f.Close(); err != nil {
		return err
	}
	if err = os.Rename(f.Name(), path); err != nil {
		return err
	}
	return syncDir(dir)
}

// sweep removes what a process that was killed has left of symbol. The caller
// holds the lock of symbol, so none is at work on it now.
func (s *Store) sweep(symbol string) {
	for _, pattern := range []string{
		filepath.Join(s.o.Dir, "."+fileName(symbol)+suffix+temporary),
		filepath.Join(s.rawDir(symbol), ".*"+temporary),
	} {
		stale, _ := filepath.Glob(pattern) // an error would be one of the pattern
		for _, f := range stale {
			os.Remove(f) // what cannot be removed does no harm
		}
	}
}

// syncDir makes a rename in dir last through a loss of power, where the system
// can.
func syncDir(dir string) error {
	if runtime.GOOS == "windows" {
		return nil
	}
	d, err := os.Open(dir)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// largest is what the file of a security may hold: a century of sessions takes 2 MiB.
const largest = 64 << 20

// readFile reads the file of symbol at path.
func readFile(path, symbol string) (*Info, error) {
	data, err := bounded.ReadRegular(path, largest, "")
	var tooLarge *bounded.TooLarge
	if errors.Is(err, bounded.ErrIrregular) || errors.As(err, &tooLarge) {
		return nil, &DamagedError{path, err}
	}
	if errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("%w %s: nothing of it is stored in %s; fetch it first", market.ErrUnknownSymbol, symbol, filepath.Dir(path))
	}
	if err != nil {
		return nil, fmt.Errorf("store: %s: %w", symbol, err)
	}
	i, err := decode(data)
	if err == nil && i.Series.Symbol != symbol {
		err = fmt.Errorf("it holds %s", i.Series.Symbol)
	}
	var newer *newerFormat
	switch {
	case errors.As(err, &newer):
		return nil, fmt.Errorf("store: %s: %w", path, err)
	case err != nil:
		return nil, &DamagedError{path, err}
	}
	i.Path = path
	return i, nil
}

type newerFormat struct{ format int }

func (e *newerFormat) Error() string {
	return fmt.Sprintf("written by a newer version of this program (format %d, known up to %d)", e.format, version)
}

// decode reads the content of a file of the store.
func decode(data []byte) (i *Info, err error) {
	defer parquetfile.Recover(&err)
	f, err := parquetfile.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	text, ok := f.Lookup(key)
	if !ok {
		return nil, fmt.Errorf("no %q in its metadata", key)
	}
	var h header
	if err := json.Unmarshal([]byte(text), &h); err != nil {
		return nil, fmt.Errorf("%q in its metadata: %w", key, err)
	}
	if h.Format > version {
		return nil, &newerFormat{h.Format}
	}
	n := int(f.NumRows())
	if n == 0 || n > len(data) {
		return nil, fmt.Errorf("%d rows in %d bytes", n, len(data))
	}
	dates := make([]market.Date, n)
	if err := parquetfile.ReadColumn(f, "date", func(c parquet.ColumnChunk, at, end int) error { return parquetfile.ReadDates(c, dates[at:end]) }); err != nil {
		return nil, err
	}
	bars := make([]market.Bar, n)
	for k, d := range dates {
		if k > 0 && d <= dates[k-1] {
			return nil, fmt.Errorf("the bar of %s does not come after that of %s", d, dates[k-1])
		}
		bars[k].Date = d
	}
	values := make([]float64, n)
	for _, c := range []struct {
		name  string
		field func(*market.Bar) *float64
	}{
		{"open", func(b *market.Bar) *float64 { return &b.Open }},
		{"high", func(b *market.Bar) *float64 { return &b.High }},
		{"low", func(b *market.Bar) *float64 { return &b.Low }},
		{"close", func(b *market.Bar) *float64 { return &b.Close }},
		{"adj_close", func(b *market.Bar) *float64 { return &b.AdjClose }},
		{"volume", func(b *market.Bar) *float64 { return &b.Volume }},
	} {
		if err := parquetfile.ReadColumn(f, c.name, func(chunk parquet.ColumnChunk, at, end int) error {
			return parquetfile.ReadFloats(chunk, values[at:end])
		}); err != nil {
			return nil, err
		}
		for k, v := range values {
			*c.field(&bars[k]) = v
		}
	}
	return &Info{From: h.From, To: h.To, Fetched: h.Fetched, Series: &market.Series{
		Symbol: h.Symbol, Name: h.Name, Exchange: h.Exchange, Currency: h.Currency,
		Bars: bars, Actions: h.Actions, Adjusted: h.Adjusted, Origin: h.Origin,
	}}, nil
}
