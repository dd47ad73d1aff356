// Package store keeps price histories in a directory of Parquet files.
//
// # The files
//
// A Store keeps one file a security: NVDA.parquet, with the columns symbol
// (STRING), date (DATE), open, high, low, close, adj_close and volume (DOUBLE,
// null where there is no value), in ascending order of date. pandas, polars
// and DuckDB read them, one or all at once:
//
//	SELECT symbol, date, adj_close FROM 'prices/*.parquet'
//
// What is known beside the bars (name, exchange, currency, splits, dividends,
// origin, the range that was asked for) is JSON in the file's key-value
// metadata, under the key "aftershock". A letter that file systems treat in
// different ways is written as % and two hexadecimal digits: ^GSPC is in
// %5EGSPC.parquet. Beside them, the directory raw keeps answers of the service as
// they came, gzipped, named by their ranges and times, the last 500 or so of a
// security; the directory lock is for the locks between processes.
//
// # One history, one adjustment
//
// A file is only ever replaced as a whole, by a rename: a process that is
// killed leaves the old file or the new. What is missing before the first or
// after the last stored session is fetched with a few stored sessions beside
// it. Where these differ from what is stored, the source has adjusted the
// history anew, for a dividend or a split since, and all of it is fetched
// again: no file mixes two adjustments. So it is after 250 answers that each
// brought a piece: older answers can go then, and nothing grows for ever.
//
// # Whose licence applies
//
// What is stored stays under the terms of the service that it came from: a
// copy for one's own use is not a right to hand it on. The directory is the
// user's; nothing in it is covered by the licence of this program.
package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aftershock/market"

	"github.com/gofrs/flock"
)

// ErrLocked is wrapped by the error of a store that another process keeps
// locked for longer than Options.Patience.
var ErrLocked = errors.New("locked by another process")

// ErrNotStored is wrapped by the errors of a disk that is full, or of a folder that may
// not be written to.
var ErrNotStored = errors.New("not stored")

// Rawer is a source that can hand over its answer as it came.
type Rawer interface {
	market.Source
	SeriesRaw(ctx context.Context, symbol string, from, to market.Date) (*market.Series, []byte, error)
}

// Options says where a Store is and what it does.
type Options struct {
	Dir      string           // created when something is first stored
	Upstream market.Source    // asked for what is not stored; nil: the store is offline and asks nobody
	Warn     func(error)      // told, by several goroutines at once, of what went wrong without keeping prices from being returned; may be nil
	Patience time.Duration    // how long to wait for another process; 5 minutes
	Now      func() time.Time // time.Now
}

// Store is a directory of price histories, filled from another source. It is
// safe for concurrent use, by other processes too.
type Store struct {
	o               Options
	pieces, answers int // mostPieces and mostAnswers
}

var _ market.Source = (*Store)(nil)

// New returns the store that o describes.
func New(o Options) (*Store, error) {
	if o.Dir == "" {
		return nil, errors.New("store: no directory is given")
	}
	if o.Warn == nil {
		o.Warn = func(error) {}
	}
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Patience == 0 {
		o.Patience = 5 * time.Minute
	}
	return &Store{o: o, pieces: mostPieces, answers: mostAnswers}, nil
}

// Name says where the store is and what fills it.
func (s *Store) Name() string {
	if s.o.Upstream == nil {
		return "store " + s.o.Dir + ", offline"
	}
	return "store " + s.o.Dir + ", filled from " + s.o.Upstream.Name()
}

// Symbols lists what is stored.
func (s *Store) Symbols(context.Context) ([]string, error) {
	entries, err := os.ReadDir(s.o.Dir)
	if err != nil && !errors.Is(err, os.ErrNotExist) {
		return nil, fmt.Errorf("store: %w", err)
	}
	symbols := []string{}
	for _, e := range entries {
		if name, ok := strings.CutSuffix(e.Name(), suffix); ok {
			if symbol, ok := symbolOf(name); ok {
				symbols = append(symbols, symbol)
			}
		}
	}
	slices.Sort(symbols)
	return symbols, nil
}

// Info is what is stored of one security.
type Info struct {
	Path     string
	From, To market.Date // the range that the source was asked for, as far as its answer is final
	Fetched  time.Time   // when it was last asked
	Series   *market.Series
}

// Read returns what is stored of symbol, and asks nobody. A symbol that is not
// stored is an error that wraps market.ErrUnknownSymbol; a file that cannot be
// read is a *DamagedError.
func (s *Store) Read(symbol string) (*Info, error) {
	return readFile(s.Path(symbol), symbol)
}

// Path returns the name of the file that symbol is stored in, if it is.
func (s *Store) Path(symbol string) string {
	return filepath.Join(s.o.Dir, fileName(symbol)+suffix)
}

// Put stores h in place of what is stored of its symbol.
func (s *Store) Put(ctx context.Context, h *market.Series) error {
	if len(h.Bars) == 0 {
		return fmt.Errorf("store: %s: no bars to store", h.Symbol)
	}
	unlock, err := s.lock(ctx, h.Symbol)
	if err != nil {
		return err
	}
	defer unlock()
	return s.write(&Info{From: h.Bars[0].Date, To: h.Bars[len(h.Bars)-1].Date, Fetched: s.o.Now(), Series: h})
}

// Series returns the history of symbol. What is not stored of it is first
// fetched from the source upstream and stored. When that fails, what is stored
// of the range is returned all the same, and Options.Warn is told.
//
// Errors: the upstream source's when nothing of the range is stored; one that
// wraps market.ErrUnknownSymbol when the store is offline and nothing of
// symbol is stored; *DamagedError for a file that cannot be read when the
// store is offline; one that wraps ErrLocked; the context's.
func (s *Store) Series(ctx context.Context, symbol string, from, to market.Date) (*market.Series, error) {
	if to == market.NoDate {
		to = market.DateOf(s.o.Now().UTC())
		if s.o.Upstream == nil {
			to = math.MaxInt32
		}
	}
	if from > to {
		return nil, fmt.Errorf("store: %s: the range from %s to %s ends before it begins", symbol, from, to)
	}
	have, err := s.Read(symbol)
	s.distrust(have)
	if s.o.Upstream == nil {
		if err != nil {
			return nil, err
		}
		return cut(have.Series, from, to), nil
	}
	if err == nil && len(s.missing(have, from, to)) == 0 {
		return cut(have.Series, from, to), nil
	}

	unlock, err := s.lock(ctx, symbol)
	if err != nil {
		return nil, err
	}
	defer unlock()
	have, err = s.Read(symbol) // another process may have been faster
	s.distrust(have)
	var damaged *DamagedError
	switch {
	case errors.As(err, &damaged):
		if err := s.setAside(damaged); err != nil {
			return nil, err
		}
	case err != nil && !errors.Is(err, market.ErrUnknownSymbol):
		return nil, err
	}
	fresh, err := s.fill(ctx, symbol, have, from, to)
	switch {
	case err == nil:
		s.prune(symbol)
		return cut(fresh, from, to), nil
	case have == nil || ctx.Err() != nil:
		return nil, err
	}
	old := cut(have.Series, from, to)
	if len(old.Bars) == 0 {
		return nil, err
	}
	s.o.Warn(fmt.Errorf("store: %s: used as stored on %s, up to %s: %w", symbol,
		have.Fetched.UTC().Format(time.DateOnly), old.Bars[len(old.Bars)-1].Date, err))
	return old, nil
}

const (
	// overlap is how many stored sessions are fetched again beside missing ones.
	overlap = 5
	// tolerance is the relative difference of two prices up to which they are
	// the same: above the noise of 32-bit prices and of two computations of
	// one adjustment, below the effect of any dividend that matters.
	tolerance = 5e-6
	// afterClose is how long after its close a session can first be had.
	afterClose = 30 * time.Minute
	// final is the number of days after which a session that the source does
	// not have is not expected any more.
	final = 7
)

// span is a range of dates, both inclusive.
type span struct{ from, to market.Date }

// missing returns the parts of from..to that are not stored and could be had
// by now, each reaching over some stored sessions.
func (s *Store) missing(have *Info, from, to market.Date) []span {
	bars := have.Series.Bars
	var out []span
	if from < have.From {
		out = append(out, span{from, bars[min(overlap, len(bars))-1].Date})
	}
	if to > have.To && s.due(have, to) {
		out = append(out, span{bars[max(len(bars)-overlap, 0)].Date, to})
	}
	return out
}

// distrust takes back what have says of days that have not come: it was fetched
// while the clock was wrong, and would never be asked for again.
func (s *Store) distrust(have *Info) {
	if have == nil {
		return
	}
	bars := have.Series.Bars
	if today := market.DateOf(s.o.Now().UTC()); have.To > today || have.Fetched.After(s.o.Now().Add(24*time.Hour)) {
		have.To = min(have.To, max(bars[0].Date, min(bars[len(bars)-1].Date, today)))
	}
}

// due reports whether a session after the stored ones, up to to, can be had by
// now. Where the exchange's sessions are not known, every past day may be one.
func (s *Store) due(have *Info, to market.Date) bool {
	now := s.o.Now()
	if e, ok := market.ExchangeByName(have.Series.Exchange); ok {
		cal := e.Calendar()
		if i := cal.Search(have.To + 1); e.Rules.Contains(have.To) && i < cal.Len() {
			return cal.Date(i) <= to && !now.Before(cal.Close(i).Add(afterClose))
		}
	}
	return have.To < market.DateOf(now.UTC())
}

// fill fetches what is missing of from..to, stores it with what there is, and
// returns the whole. The caller holds the lock of symbol.
func (s *Store) fill(ctx context.Context, symbol string, have *Info, from, to market.Date) (*market.Series, error) {
	now := s.o.Now().Truncate(time.Millisecond) // as the names of raw answers have it, see Rebuild
	if have == nil {
		fresh, err := s.fetch(ctx, symbol, span{from, to}, now)
		if err != nil || len(fresh.Bars) == 0 {
			return fresh, err
		}
		return fresh, s.write(asked(fresh, span{from, to}, now))
	}
	gaps := s.missing(have, from, to)
	if len(gaps) == 0 {
		return have.Series, nil
	}
	whole := span{min(from, have.From), max(to, have.To)}
	merged, ok := have.Series, !s.pieced(symbol)
	for _, gap := range gaps {
		if !ok {
			break
		}
		part, err := s.fetch(ctx, symbol, gap, now)
		if err != nil {
			return nil, err
		}
		if err := s.sameMoney(have, part); err != nil {
			return nil, err
		}
		if merged, ok = merge(merged, part, gap); !ok {
			break
		}
	}
	if !ok {
		var err error
		if merged, err = s.fetch(ctx, symbol, whole, now); err != nil {
			return nil, err
		}
		if err := s.sameMoney(have, merged); err != nil {
			return nil, err
		}
		old, n := have.Series.Bars, len(merged.Bars)
		if n == 0 || merged.Bars[0].Date > old[0].Date || merged.Bars[n-1].Date < old[len(old)-1].Date {
			return nil, fmt.Errorf("%s has changed its history, and no longer has all of %s to %s; remove %s to accept that",
				s.o.Upstream.Name(), old[0].Date, old[len(old)-1].Date, have.Path)
		}
	}
	return merged, s.write(asked(merged, whole, now))
}

// sameMoney refuses an answer in another currency than what is stored: prices do not
// become others by another name.
func (s *Store) sameMoney(have *Info, part *market.Series) error {
	if old := have.Series.Currency; old != "" && part.Currency != "" && old != part.Currency {
		return fmt.Errorf("%s answers in %s, and what is stored of %s is in %s; remove %s to accept that",
			s.o.Upstream.Name(), part.Currency, part.Symbol, old, have.Path)
	}
	return nil
}

// asked describes h, the answer at the instant now to a request for r. Days
// after its last bar count as answered only when they are long past: a source
// may be late.
func asked(h *market.Series, r span, now time.Time) *Info {
	last := h.Bars[len(h.Bars)-1].Date
	return &Info{From: r.from, To: min(r.to, max(last, market.DateOf(now.UTC())-final)), Fetched: now, Series: h}
}

// fetch asks the source upstream, and keeps its answer as it came. When that
// fails, the prices are good all the same, and Options.Warn is told.
func (s *Store) fetch(ctx context.Context, symbol string, r span, now time.Time) (*market.Series, error) {
	source, ok := s.o.Upstream.(Rawer)
	if !ok {
		return s.o.Upstream.Series(ctx, symbol, r.from, r.to)
	}
	h, raw, err := source.SeriesRaw(ctx, symbol, r.from, r.to)
	if err != nil || raw == nil {
		return h, err
	}
	if err := s.keepRaw(symbol, r, now, raw); err != nil {
		s.o.Warn(err)
	}
	return h, nil
}

// merge lays part, all that the source has in r, over h. It reports false when
// the two differ where both have sessions.
func merge(h, part *market.Series, r span) (*market.Series, bool) {
	first, last := h.Bars[0].Date, h.Bars[len(h.Bars)-1].Date
	common := span{max(r.from, first), min(r.to, last)}
	old, again := between(h.Bars, common), between(part.Bars, common)
	if len(old) == 0 || !slices.EqualFunc(old, again, sameBar) || h.Adjusted != part.Adjusted {
		return nil, false
	}
	out := *part
	out.Bars = slices.Concat(
		between(h.Bars, span{first, r.from - 1}), part.Bars, between(h.Bars, span{r.to + 1, last}))
	out.Actions = slices.Clone(part.Actions)
	for _, a := range h.Actions {
		if a.Date < r.from || a.Date > r.to {
			out.Actions = append(out.Actions, a)
		}
	}
	slices.SortStableFunc(out.Actions, func(a, b market.Action) int { return cmp.Compare(a.Date, b.Date) })
	return &out, true
}

func sameBar(a, b market.Bar) bool {
	return a.Date == b.Date && samePrice(a.Close, b.Close) && samePrice(a.AdjClose, b.AdjClose)
}

func samePrice(a, b float64) bool {
	if math.IsNaN(a) || math.IsNaN(b) {
		return math.IsNaN(a) && math.IsNaN(b)
	}
	return math.Abs(a-b) <= tolerance*math.Abs(a)
}

// between returns the bars of b in r.
func between(b []market.Bar, r span) []market.Bar {
	byDate := func(b market.Bar, d market.Date) int { return cmp.Compare(b.Date, d) }
	i, _ := slices.BinarySearchFunc(b, r.from, byDate)
	j, there := slices.BinarySearchFunc(b, r.to, byDate)
	if there {
		j++
	}
	return b[i:max(i, j)]
}

// cut returns the part of h in from..to.
func cut(h *market.Series, from, to market.Date) *market.Series {
	out := *h
	out.Bars = between(h.Bars, span{from, to})
	out.Actions = slices.DeleteFunc(slices.Clone(h.Actions), func(a market.Action) bool { return a.Date < from || a.Date > to })
	return &out
}

// lock keeps other callers and processes from writing what is stored of symbol.
func (s *Store) lock(ctx context.Context, symbol string) (unlock func(), err error) {
	dir := filepath.Join(s.o.Dir, "lock")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return nil, fmt.Errorf("store: %s: %w: %w", symbol, ErrNotStored, err)
	}
	path := filepath.Join(dir, fileName(symbol))
	l := flock.New(path, flock.SetPermissions(0o644)) // of a store that users share
	patient, cancel := context.WithTimeout(ctx, s.o.Patience)
	defer cancel()
	ok, err := l.TryLockContext(patient, 20*time.Millisecond)
	switch {
	case ctx.Err() != nil:
		return nil, fmt.Errorf("store: %s: %w", symbol, ctx.Err())
	case errors.Is(err, context.DeadlineExceeded):
		return nil, fmt.Errorf("store: %s: %w for %s (%s)", symbol, ErrLocked, s.o.Patience, path)
	case err != nil || !ok:
		return nil, fmt.Errorf("store: %s: %w: cannot lock %s: %w", symbol, ErrNotStored, path, err)
	}
	s.sweep(symbol)
	// Closing the file releases the lock, whatever else fails.
	return func() { l.Close() }, nil
}

// setAside renames a file that cannot be read, so that it can be looked at.
func (s *Store) setAside(d *DamagedError) error {
	to := d.Path + ".damaged-" + s.o.Now().UTC().Format(stamp)
	if err := os.Rename(d.Path, to); err != nil {
		return fmt.Errorf("%w; it cannot be set aside: %w", d, err)
	}
	const most = 3
	if all, err := filepath.Glob(d.Path + ".damaged-*"); err == nil && len(all) > most {
		for _, old := range all[:len(all)-most] { // by their times
			os.Remove(old) // what cannot be removed does no harm
		}
	}
	s.o.Warn(fmt.Errorf("%w; it was set aside as %s and is fetched again", d, filepath.Base(to)))
	return nil
}
