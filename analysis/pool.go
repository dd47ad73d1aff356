package analysis

import (
	"context"
	"math"
	"slices"

	"aftershock/analysis/stat"
)

// pool is a set of observations that are averaged and tested together, and
// what its windows share, computed when first asked for. A pool is used by one
// goroutine at a time.
type pool struct {
	eng      *engine
	rows     []int32
	sameDate bool    // one session 0 for all members, on one calendar
	even     bool    // and all have least squares fits on the same regressors, and no gap
	subs     []*pool // of the members whose window is complete, where some are not
	of       *pool   // what it is a part of, or nil
	number   int     // 0, or that among subs, from 1
	ledger   *ledger // where what costs most comes from

	residual []float64 // of the member last asked for
	only     []float64 // its residuals on usable sessions, of a pool of one; see place

	known  bool      // that it is even
	totals []float64 // sums of the members' returns, each times engine.standard, where these are known and the pool is even
	event  []float64 // see eventSums
	summed *summary
	whole  *portfolio
	hotel  *hotelling
	ranks  *ranks

	questions []question // of pairing; nil: engine.questions
	planned   *pairPlan  // found once for many shares, see contribution; nil elsewhere
	spreads   *ranking   // the same

	paired *pairing

	ctx       context.Context // ends placebo when it is done; nil: nothing does
	draws     *Draws
	placeboOf Test

	scratch *scratch // memory of the caller's, or nil
	own     struct { // what the above points to
		summary   summary
		sums      residualSums
		portfolio portfolio
		series    series
		hotelling hotelling
		ranks     ranks
		cross     CrossSection // the last that was made
		ar, car   moments
		spread    stat.Spread // see eventSpread
	}
}

func newPool(g *engine, rows []int32) *pool { return new(pool).begin(g, rows) }

// pool returns the pool of rows in the memory of s, which belongs to it until
// the next.
func (s *scratch) pool(g *engine, rows []int32) *pool {
	s.reset()
	s.root = pool{scratch: s, totals: s.totals, known: s.even}
	if s.spread != nil {
		s.root.own.spread = spreadOf(s.spread)
	}
	return s.root.begin(g, rows)
}

func (p *pool) begin(g *engine, rows []int32) *pool {
	p.eng, p.rows, p.sameDate = g, rows, true
	if len(rows) == 0 {
		return p
	}
	if p.known {
		p.even = true
		return p
	}
	first := g.ser[rows[0]]
	p.even = g.linear && first.forecast == len(first.x)
	for _, r := range rows {
		s, s0 := g.ser[r], g.s0[r]
		if s.col.Calendar != first.col.Calendar || s0 != g.s0[rows[0]] {
			p.sameDate, p.even = false, false
			break
		}
		p.even = p.even && s.alike(first) && s.whole(int(s0)+g.study.EstimationWindow.From, int(s0)+g.study.EventWindow.To) &&
			!s.trims(int(s0), int(s0)+g.study.EstimationWindow.From, int(s0)+g.study.EstimationWindow.To)
	}
	return p
}

// alike reports whether two series have the same regressors.
func (s *series) alike(o *series) bool {
	if len(s.x) != len(o.x) {
		return false
	}
	for j, x := range s.x {
		if &x[0] != &o.x[j][0] {
			return false
		}
	}
	return true
}

// residuals returns the estimation residuals of member i, one element a session
// of the estimation window. They are recomputed at every call, which is cheaper
// than to keep those of a million observations, and valid until the next.
func (p *pool) residuals(i int) []float64 {
	if p.residual == nil {
		p.residual = p.scratch.zeros(p.eng.study.EstimationWindow.Len())
	}
	p.eng.residuals(int(p.rows[i]), p.residual)
	return p.residual
}

// part returns the pool of some of the members: p itself when it is all.
func (p *pool) part(rows []int32) *pool {
	if len(rows) == len(p.rows) {
		return p
	}
	for _, q := range p.subs {
		if slices.Equal(q.rows, rows) {
			return q
		}
	}
	q := newPool(p.eng, rows)
	q.ctx, q.scratch, q.of = p.ctx, p.scratch, p
	p.subs = append(p.subs, q)
	q.ledger, q.number = p.ledger, len(p.subs)
	return q
}

// portfolio returns the portfolio of all members, which share session 0.
func (p *pool) portfolio() *portfolio {
	if p.whole == nil {
		if p.even {
			p.whole = &p.own.portfolio
			*p.whole = p.evenPortfolio()
		} else {
			p.whole = newPortfolio(p.eng, p.rows, p.eng.weight)
		}
	}
	return p.whole
}

// CrossSection is a cross-section: the observations of one group whose window is
// complete, as the tests see them. Slices have one element an observation.
type CrossSection struct {
	Window Window
	CAR    []float64
	Var    []float64 // Var(CAR)
	SCAR   []float64 // CAR / sqrt(Var(CAR))
	CSAR   []float64 // sum of SAR over the window
	BHAR   []float64
	Weight []float64 // in averages

	pool   *pool // of these observations
	index  int   // of Window in Study.CARWindows
	rows   []int32
	rbar   float64
	known  bool // rbar is, and what it rests on
	rested meanCorrelation
}

// N returns the number of observations.
func (c *CrossSection) N() int { return len(c.CAR) }

// newCrossSection takes window w (an index into Study.CARWindows) of the pool's members.
func newCrossSection(p *pool, w int) *CrossSection {
	g := p.eng
	c := &p.own.cross
	*c = CrossSection{Window: g.study.CARWindows[w], index: w, rows: p.rows}
	n := len(p.rows)
	buf := p.scratch.zeros(6 * n)
	cut := func() []float64 {
		s := buf[:0:n]
		buf = buf[n:]
		return s
	}
	c.CAR, c.Var, c.SCAR, c.CSAR, c.BHAR, c.Weight = cut(), cut(), cut(), cut(), cut(), cut()
	whole := true
	for i, r := range p.rows {
		k := int(r)*g.windows + w
		if math.IsNaN(g.car[k]) {
			if whole {
				whole, c.rows = false, slices.Clone(p.rows[:i])
			}
			continue
		}
		c.CAR = append(c.CAR, g.car[k])
		c.Var = append(c.Var, g.carVar[k])
		c.SCAR = append(c.SCAR, g.car[k]/math.Sqrt(g.carVar[k]))
		c.CSAR = append(c.CSAR, g.csar[k])
		c.BHAR = append(c.BHAR, g.bhar[k])
		c.Weight = append(c.Weight, g.weight(r))
		if !whole {
			c.rows = append(c.rows, r)
		}
	}
	c.pool = p.part(c.rows)
	return c
}

// mem is the scratch memory of the cross-section, or nil.
func (c *CrossSection) mem() *scratch {
	if c.pool == nil {
		return nil
	}
	return c.pool.scratch
}

// M returns the usable estimation sessions of observation i.
func (c *CrossSection) M(i int) int { return int(c.pool.eng.m[c.rows[i]]) }

// K returns the parameters estimated for observation i.
func (c *CrossSection) K(i int) int { return int(c.pool.eng.k[c.rows[i]]) }

// sessions returns the sessions of the window on which observation i has an
// abnormal return.
func (c *CrossSection) sessions(i int) int { return c.pool.eng.sessions(int(c.rows[i]), c.Window) }

// average is the mean of x, one element an observation, weighted as the study says.
func (c *CrossSection) average(x []float64) float64 {
	m, _ := stat.WeightedMean(len(x), c.Weight, func(i int) float64 { return x[i] })
	return m
}

// Residuals returns the estimation residuals of observation i, one element a
// session of the estimation window, NaN where a session was not usable. They
// are valid until the next call.
func (c *CrossSection) Residuals(i int) []float64 { return c.pool.residuals(i) }

// RBar is the mean over all pairs of observations of their correlation, as far
// as their windows overlap:
//
//	r = 2/(N(N-1)) sum_{i<j} rho_ij o_ij / L
//
// rho_ij the correlation of the two estimation residuals over their common calendar
// sessions, o_ij the number of calendar sessions that the two windows of L
// sessions share. NaN for fewer than two observations.
//
// One common date gives the mean correlation of Kolari and Pynnönen (2010);
// windows that do not overlap give 0. It is exact, but that of the pairs with a
// member that lacks a session half a million are drawn from Study.Seed where they are
// more than two million; GroupWindow.RBarSE is then the standard error of that.
// After Kolari, Pape, Pynnönen (2018).
func (c *CrossSection) RBar() float64 {
	if !c.known {
		c.rested = c.pool.rbarOf(c.N(), c.pool.eng.overWindow(c.index))
		c.rbar, c.known = c.rested.r, true
	}
	return c.rbar
}

// blockOf names the block of a row, "" where it is not known.
func (g *engine) blockOf(row int32) string {
	switch col := g.ser[row].col; g.study.Correlation {
	case SectorBlocks:
		return col.Sector
	case ExchangeBlocks:
		if col.Exchange != "" {
			return col.Exchange
		}
		return col.Calendar.Name()
	}
	return ""
}

// apart reports whether two rows are of different blocks.
func (g *engine) apart(a, b int32) bool {
	if g.study.Correlation == "" || g.study.Correlation == OneBlock {
		return false
	}
	x, y := g.blockOf(a), g.blockOf(b)
	return x != "" && y != "" && x != y
}

// oneBlock reports whether no two members are of different blocks.
func (p *pool) oneBlock() bool {
	g := p.eng
	if g.study.Correlation == "" || g.study.Correlation == OneBlock {
		return true
	}
	known := ""
	for _, r := range p.rows {
		switch b := g.blockOf(r); {
		case b == "" || b == known:
		case known == "":
			known = b
		default:
			return false
		}
	}
	return true
}
