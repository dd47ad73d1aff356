package analysis

import (
	"cmp"
	"context"
	"math"
	"slices"
	"sync"
)

// What costs most of a large pool is taken item by item: a block of rows or of
// pairs, a meeting of two dates, a pseudo-date or a draw gives a few numbers, and
// these are combined in the order of the items. An item is the same numbers whoever
// computes it and whatever else is computed beside it, so that shares of a study
// join to the bits of one run.

// Sums are the numbers of some items of a pool.
type Sums struct {
	Pool   int    // 0: all members of the group; else those of a window, in the order in which they are first asked for
	Kind   string // of which sums: "ranks", "residuals"
	First  int    // item
	Values []float64
}

// A ledger is where the items of the pools of a group come from: one that computes
// a share of them keeps these and gives none; one that has some computes the
// others. The nil ledger computes all.
type ledger struct {
	index, of int // the share of the items that is computed; of = 0: all
	mu        sync.Mutex
	sums      []Sums
}

// partial reports whether only a share of the items is computed.
func (l *ledger) partial() bool { return l != nil && l.of > 0 }

// count returns how many of n items are computed.
func (l *ledger) count(n int) int {
	if l.partial() {
		lo, hi := share(n, l.index, l.of)
		return hi - lo
	}
	return n
}

// items returns n items of width numbers each, nil where only a share of them is
// computed. do computes the items [lo, hi).
func (l *ledger) items(pool int, kind string, n, width int, do func(lo, hi int) ([]float64, error)) ([]float64, error) {
	switch {
	case l == nil:
		return do(0, n)
	case l.partial():
		lo, hi := share(n, l.index, l.of)
		if lo == hi {
			return nil, nil
		}
		v, err := do(lo, hi)
		if err == nil {
			l.mu.Lock()
			l.sums = append(l.sums, Sums{pool, kind, lo, v})
			l.mu.Unlock()
		}
		return nil, err
	}
	var have []Sums
	for _, s := range l.sums {
		if s.Pool == pool && s.Kind == kind && s.First >= 0 && s.First < n && len(s.Values)%max(1, width) == 0 && len(s.Values) <= (n-s.First)*width {
			have = append(have, s)
		}
	}
	slices.SortStableFunc(have, func(a, b Sums) int { return cmp.Compare(a.First, b.First) })
	out := make([]float64, n*width)
	done := 0
	upTo := func(hi int) error {
		if done >= hi {
			return nil
		}
		v, err := do(done, hi)
		if err == nil {
			copy(out[done*width:], v)
			done = hi
		}
		return err
	}
	for _, s := range have {
		if s.First < done {
			continue // of a share that was cut otherwise: its items are there
		}
		if err := upTo(s.First); err != nil {
			return nil, err
		}
		copy(out[done*width:], s.Values)
		done += len(s.Values) / max(1, width)
	}
	return out, upTo(n)
}

// items are those of the ledger of the pool's group.
func (p *pool) items(kind string, n, width int, do func(lo, hi int) []float64) []float64 {
	v, _ := p.ledger.items(p.number, kind, n, width, func(lo, hi int) ([]float64, error) { return do(lo, hi), nil })
	return v
}

// blockItems are items that are blocks of rows of the pool.
func (p *pool) blockItems(kind string, width int, do func(rows []int32) []float64) []float64 {
	n := (len(p.rows) + block - 1) / block
	return p.items(kind, n, width, func(lo, hi int) []float64 {
		out := make([]float64, 0, (hi-lo)*width)
		inBlocks(p.rows[lo*block:min(hi*block, len(p.rows))], do, func(v []float64) { out = append(out, v...) })
		return out
	})
}

// A contribution is a group that several shares have, with what a process finds but
// once, however many of its shares it computes.
type contribution struct {
	group   Group
	pool    *pool
	counted bool // what it keeps
}

// contribute computes a share of what costs most of the group: what Group.measure asks
// of these pools, window by window in its order, so that pools have the same numbers
// there. What is left out here is computed there.
func (b *contribution) contribute(ctx context.Context, r *Result, l *ledger) {
	if b.pool == nil {
		b.pool = newPool(r.eng, r.rowsOf(&b.group, nil))
	}
	p := b.pool
	p.share(ctx, l)
	if !p.sameDate {
		p.pairing()
	}
	for w := range r.Study.CARWindows {
		q := p.part(p.whereMeasured(w))
		if len(q.rows) == 0 {
			continue
		}
		q.rbarOf(len(q.rows), r.eng.overWindow(w))
		for _, t := range r.Study.Tests {
			if !t.Scope().covers(ManyObservations) {
				continue
			}
			switch t.(type) {
			case RankTest, RankStandardized, GRankT, GRankZ:
				q.ranked()
			case GeneralizedSign:
				q.summary()
			case PortfolioTest, CrudeDependence:
				if q.even {
					q.summary()
				}
			case Bootstrap, BHARSkewness:
				t.Run(newCrossSection(p, w))
			case Placebo:
				q.placebo()
			}
		}
	}
}

// mostKept is about how many numbers are kept of all contributions of a process.
const mostKept = 1 << 27

// kept is how many numbers the pool keeps.
func (p *pool) kept() int {
	n := len(p.rows)
	if p.planned != nil {
		n += 3*len(p.planned.listed) + len(p.planned.drawn) + len(p.rows)
	}
	for _, q := range p.subs {
		n += q.kept()
	}
	return n
}

// share begins a share of the pool's items: what was found for another is forgotten,
// but what is the same for all.
func (p *pool) share(ctx context.Context, l *ledger) {
	p.ctx, p.ledger = ctx, l
	p.summed, p.ranks, p.draws, p.paired = nil, nil, nil, nil
	for _, q := range p.subs {
		q.share(ctx, l)
	}
}

// whereMeasured returns the rows that have a CAR over window w.
func (p *pool) whereMeasured(w int) []int32 {
	g := p.eng
	without := func(r int32) bool { return math.IsNaN(g.car[int(r)*g.windows+w]) }
	if k := slices.IndexFunc(p.rows, without); k < 0 {
		return p.rows
	}
	return slices.DeleteFunc(slices.Clone(p.rows), without)
}
