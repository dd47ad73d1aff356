package store

import (
	"cmp"
	"compress/gzip"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"aftershock/market"
)

// An Answer is an answer of the source upstream that is kept as it came.
type Answer struct {
	From, To market.Date // what was asked for
	At       time.Time   // when, to the millisecond
	path     string
}

// mostAnswer is how many bytes of an answer are read.
const mostAnswer = 64 << 20

// Raw reads the answer.
func (a *Answer) Raw() ([]byte, error) {
	f, err := os.Open(a.path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	z, err := gzip.NewReader(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.path, err)
	}
	data, err := io.ReadAll(io.LimitReader(z, mostAnswer))
	if err != nil {
		return nil, fmt.Errorf("%s: %w", a.path, err)
	}
	return data, nil
}

// Answers lists the answers that are kept of symbol, in the order in which they came.
func (s *Store) Answers(symbol string) ([]Answer, error) {
	dir := s.rawDir(symbol)
	entries, err := os.ReadDir(dir)
	if errors.Is(err, os.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("store: %w", err)
	}
	var out []Answer
	for _, e := range entries {
		parts := strings.Split(strings.TrimSuffix(e.Name(), ".json.gz"), "_")
		if len(parts) != 3 || !strings.HasSuffix(e.Name(), ".json.gz") {
			continue
		}
		from, err1 := market.ParseDate(parts[0])
		to, err2 := market.ParseDate(parts[1])
		at, err3 := time.Parse(stamp, parts[2])
		if errors.Join(err1, err2, err3) == nil {
			out = append(out, Answer{from, to, at, filepath.Join(dir, e.Name())})
		}
	}
	slices.SortStableFunc(out, func(a, b Answer) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.From, b.From)) })
	return out, nil
}

const (
	// mostPieces is how many answers may follow the one that began a history before the
	// whole of it is asked for again.
	mostPieces = 250
	// mostAnswers is how many answers of a symbol are kept, as far as these begin with
	// one that began a history: without it the others are of no use.
	mostAnswers = 500
)

// beginnings returns the places in all of the answers that began a history: the first,
// and those that gave again all that those before them gave.
func beginnings(all []Answer) []int {
	var out []int
	var had span
	for i := 0; i < len(all); {
		n := i + 1
		for n < len(all) && all[n].At.Equal(all[i].At) {
			n++
		}
		begins := i == 0
		for _, a := range all[i:n] {
			begins = begins || a.From <= had.from && a.To >= had.to
		}
		if begins {
			out, had = append(out, i), span{all[i].From, all[i].To}
		}
		for _, a := range all[i:n] {
			had = span{min(had.from, a.From), max(had.to, a.To)}
		}
		i = n
	}
	return out
}

// pieced reports whether the history of symbol consists of so many answers that it is
// to be asked for anew.
func (s *Store) pieced(symbol string) bool {
	if _, ok := s.o.Upstream.(Rawer); !ok {
		return false
	}
	all, err := s.Answers(symbol)
	if err != nil || len(all) <= s.pieces {
		return false
	}
	begins := beginnings(all)
	return len(all)-begins[len(begins)-1] > s.pieces
}

// prune removes the oldest answers of symbol where more than mostAnswers are kept, up
// to one that began a history. The caller holds the lock of symbol.
func (s *Store) prune(symbol string) {
	all, err := s.Answers(symbol)
	if err != nil || len(all) <= s.answers {
		return
	}
	begins := beginnings(all)
	first := begins[len(begins)-1]
	for _, i := range begins {
		if len(all)-i <= s.answers {
			first = i
			break
		}
	}
	for _, a := range all[:first] {
		os.Remove(a.path) // what cannot be removed does no harm
	}
}

// ErrNotRebuilt says that the answers that are kept do not give the file asked for.
var ErrNotRebuilt = errors.New("the raw answers that are kept do not give that file")

// Rebuild makes in the directory dir the file of symbol whose SHA-256 is sum from the
// answers that are kept: they are given again, in their order and at their times, to
// a store that is empty before the first, or before a later one that may have begun
// the history anew. source reads an answer as the source upstream does.
//
// Errors: ErrNotRebuilt where no moment had such a file; ctx is done.
func (s *Store) Rebuild(ctx context.Context, symbol, sum, dir string, source func(Answer) (*market.Series, error)) error {
	all, err := s.Answers(symbol)
	if err != nil {
		return err
	}
	for begin := range all {
		const long = 60 // days of an answer that may begin a history
		if begin > 0 && (all[begin].At.Equal(all[begin-1].At) || all[begin].To-all[begin].From < long) {
			continue
		}
		found, err := replayed(ctx, symbol, sum, dir, all[begin:], source)
		if found || err != nil {
			return err
		}
		if err := os.Remove((&Store{o: Options{Dir: dir}}).Path(symbol)); err != nil && !errors.Is(err, os.ErrNotExist) {
			return err
		}
	}
	return fmt.Errorf("store: %s: %w", symbol, ErrNotRebuilt)
}

// replayed fills a store in dir with answers until the file of symbol has that sum.
func replayed(ctx context.Context, symbol, sum, dir string, answers []Answer, source func(Answer) (*market.Series, error)) (bool, error) {
	replay := &replaySource{source: source}
	s, err := New(Options{Dir: dir, Upstream: replay, Now: func() time.Time { return replay.at }})
	if err != nil {
		return false, err
	}
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return false, err
	}
	for len(answers) > 0 {
		n := 1
		for n < len(answers) && answers[n].At.Equal(answers[0].At) {
			n++
		}
		replay.at, replay.answers, answers = answers[0].At, answers[:n], answers[n:]
		whole := span{replay.answers[0].From, replay.answers[0].To}
		for _, a := range replay.answers {
			whole = span{min(whole.from, a.From), max(whole.to, a.To)}
		}
		have, err := s.Read(symbol)
		if err != nil {
			have = nil
		}
		s.distrust(have)
		// What was refused then is refused again, and left the file as it was.
		if _, err := s.fill(ctx, symbol, have, whole.from, whole.to); ctx.Err() != nil {
			return false, ctx.Err()
		} else if err != nil {
			continue
		}
		data, err := os.ReadFile(s.Path(symbol))
		if err != nil {
			continue
		}
		if is := sha256.Sum256(data); strings.EqualFold(hex.EncodeToString(is[:]), sum) {
			return true, nil
		}
	}
	return false, nil
}

// replaySource gives the answers of one moment.
type replaySource struct {
	at      time.Time
	answers []Answer
	source  func(Answer) (*market.Series, error)
}

func (r *replaySource) Name() string { return "kept answers" }

func (r *replaySource) Symbols(context.Context) ([]string, error) { return nil, nil }

func (r *replaySource) Series(_ context.Context, symbol string, from, to market.Date) (*market.Series, error) {
	for _, a := range r.answers {
		if a.From == from && a.To == to {
			return r.source(a)
		}
	}
	return nil, fmt.Errorf("no answer of %s from %s to %s is kept", symbol, from, to)
}

// SymbolOf returns the symbol whose file in a store has that name; false where it is
// the name of none.
func SymbolOf(file string) (string, bool) {
	name, ok := strings.CutSuffix(file, suffix)
	if !ok {
		return "", false
	}
	return symbolOf(name)
}
