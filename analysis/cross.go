package analysis

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"unsafe"

	"gonum.org/v1/gonum/floats"

	"aftershock/market"
)

// sample-wide limits of the pairwise correlations, see pool.correlations.
const (
	minCommon  = 30        // common sessions below which a correlation counts as 0
	maxPairs   = 2_000_000 // overlapping pairs above which a sample is drawn
	drawnPairs = 1_000_000
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
	sub      bool    // is one of these

	residual []float64 // of the member last asked for

	summed *summary
	whole  *portfolio
	hotel  *hotelling
	ranks  *ranks

	paired  bool
	pairs   []pair
	lagged  []float64 // sums of rho of pairs on one calendar, by sessions between their sessions 0
	foreign []pair    // pairs on different calendars
	sampled int       // pairs in all that may overlap, when pairs are of a sample; 0 otherwise
	drawn   int       // pairs in that sample

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
		cross     Cross // the last that was made
		ar, car   moments
	}
}

// scratch is memory that one pool after another uses. The nil scratch takes
// from the heap.
type scratch struct {
	root    pool    // the last that was made of it
	rows    []int32 // of root
	ranker  ranker
	tally   tally
	general []general
	floats  []float64
	used    int
	bits    []uint64
	text    []byte
	many    struct {
		n, most int
		text    string
	}
	own    *workspace // of fits of portfolios
	single *engine    // the last of them
	held   frame      // of the last portfolio in calendar time

	// What results keep is cut from blocks of many.
	figures  slab[Figure]
	results  slab[TestResult]
	averages slab[Average]
	windows  slab[GroupWindow]
	members  slab[int]
}

// take returns n zeros, good until the next reset.
func (s *scratch) take(n int) []float64 {
	if s == nil {
		return make([]float64, n)
	}
	if s.used+n > len(s.floats) { // what was taken before keeps the old memory
		s.floats, s.used = make([]float64, 2*len(s.floats)+n), 0
	}
	out := s.floats[s.used : s.used+n : s.used+n]
	s.used += n
	clear(out)
	return out
}

// words returns n words, good until the next call.
func (s *scratch) words(n int) []uint64 {
	if s == nil {
		return make([]uint64, n)
	}
	s.bits = grown(s.bits, n)
	return s.bits
}

// reset gives back all that was taken.
func (s *scratch) reset() { s.used = 0 }

// slab hands out pieces of blocks of memory.
type slab[T any] []T

func (s *slab[T]) take(n int) []T {
	const block = 64 << 10 // bytes
	if n > len(*s) {
		*s = make([]T, max(n, block/int(unsafe.Sizeof(*new(T)))))
	}
	out := (*s)[:n:n]
	*s = (*s)[n:]
	return out
}

// pair is two members whose event windows share sessions.
type pair struct {
	i, j int32
	rho  float64
}

func newPool(g *engine, rows []int32) *pool { return new(pool).begin(g, rows) }

// pool returns the pool of rows in the memory of s, which belongs to it until
// the next.
func (s *scratch) pool(g *engine, rows []int32) *pool {
	s.reset()
	s.root = pool{scratch: s}
	return s.root.begin(g, rows)
}

func (p *pool) begin(g *engine, rows []int32) *pool {
	p.eng, p.rows, p.sameDate = g, rows, true
	if len(rows) == 0 {
		return p
	}
	first := g.ser[rows[0]]
	_, linear := g.study.Model.(linear)
	p.even = linear && first.forecast == len(first.x)
	for _, r := range rows {
		s, s0 := g.ser[r], g.s0[r]
		if s.col.Calendar != first.col.Calendar || s0 != g.s0[rows[0]] {
			p.sameDate, p.even = false, false
			break
		}
		p.even = p.even && s.alike(first) && s.whole(int(s0)+g.study.Estimation.From, int(s0)+g.study.Event.To)
	}
	return p
}

// linear marks the models that are least squares on all their regressors: the
// fit of a mean of returns is the mean of their fits.
type linear interface{ linear() }

func (MarketModel) linear()  {}
func (ConstantMean) linear() {}
func (CAPM) linear()         {}
func (Factors) linear()      {}

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
		p.residual = p.scratch.take(p.eng.study.Estimation.Len())
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
	q.ctx, q.scratch, q.sub = p.ctx, p.scratch, true
	p.subs = append(p.subs, q)
	return q
}

// summary is what one pass over the members' estimation residuals gives.
type summary struct {
	average  []float64 // weighted mean residual by session of the estimation window, NaN where none
	n        int       // sessions that have one
	spread   float64   // their standard deviation
	positive float64   // mean over the members of their fraction of positive residuals
	rho      float64   // sum of the correlations of all ordered pairs of different members, if complete
	complete bool      // every member has a residual on every session, and they vary
}

// summary returns the summary of the members' residuals. The sum of the
// correlations is that of the variance of the sum of standardised residuals:
// O(N M) where going through the pairs is O(N^2 M).
func (p *pool) summary() *summary {
	if p.summed != nil {
		return p.summed
	}
	m := p.eng.study.Estimation.Len()
	all := &p.own.sums
	if len(p.rows) <= block {
		p.addResiduals(all, p.rows, p.scratch)
	} else {
		all.make(m, p.scratch)
		inBlocks(p.rows, func(rows []int32) *residualSums {
			s := new(residualSums)
			p.addResiduals(s, rows, nil)
			return s
		}, all.merge)
	}
	s := &p.own.summary
	*s = summary{average: all.average, positive: all.positive / float64(len(p.rows)), complete: all.complete}
	for t := range m {
		s.average[t] /= all.weight[t] // 0/0 where no member has a residual
		s.rho += all.total[t] * all.total[t]
	}
	s.rho -= float64(len(p.rows))
	if m < minCommon {
		s.rho = 0
	}
	s.n, s.spread = spreadOf(s.average)
	p.summed = s
	return s
}

// block is how many rows a pool goes through at a time; more are shared out
// between the processors.
const block = 2048

// inBlocks calls merge with what do gives for every block of rows, in their
// order: sums are the same on any number of processors.
func inBlocks[T any](rows []int32, do func(rows []int32) T, merge func(T)) {
	parts := make([]T, (len(rows)+block-1)/block)
	_ = parallel(context.Background(), len(parts), 1, nil, func(_ *workspace, b int) {
		parts[b] = do(rows[b*block : min((b+1)*block, len(rows))])
	})
	for _, p := range parts {
		merge(p)
	}
}

// residualSums are sums over members of their estimation residuals, by session.
type residualSums struct {
	average, weight []float64 // weighted residuals, weights
	total           []float64 // standardised residuals
	positive        float64   // fractions of positive residuals
	complete        bool
}

func (s *residualSums) make(sessions int, mem *scratch) {
	*s = residualSums{average: mem.take(sessions), weight: mem.take(sessions), total: mem.take(sessions), complete: true}
}

func (s *residualSums) merge(o *residualSums) {
	for t := range s.total {
		s.average[t] += o.average[t]
		s.weight[t] += o.weight[t]
		s.total[t] += o.total[t]
	}
	s.positive += o.positive
	s.complete = s.complete && o.complete
}

// addResiduals sets s to the sums over rows.
func (p *pool) addResiduals(s *residualSums, rows []int32, mem *scratch) {
	g := p.eng
	m := g.study.Estimation.Len()
	s.make(m, mem)
	if p.even {
		p.evenSums(rows, s)
		return
	}
	x := mem.take(m)
	var whole float64 // weights of rows without gaps
	for _, r := range rows {
		g.residuals(int(r), x)
		w := g.weight(r)
		positive, n := 0, m
		if int(g.m[r]) == m {
			whole += w
			for t, v := range x {
				s.average[t] += w * v
				positive += above(v)
			}
		} else {
			n = 0
			for t, v := range x {
				if v == v {
					s.average[t] += w * v
					s.weight[t] += w
					n++
				}
				if v > 0 {
					positive++
				}
			}
		}
		s.positive += float64(positive) / float64(n)
		if n < m {
			s.complete = false
		}
		if !p.sameDate || !s.complete {
			continue
		}
		e := mean(x)
		ss, _ := centred(x, x, e, e)
		if !(ss > 0) {
			s.complete = false
			continue
		}
		scale := 1 / math.Sqrt(ss)
		for t, v := range x {
			s.total[t] += (v - e) * scale
		}
	}
	for t := range s.weight {
		s.weight[t] += whole
	}
}

// evenSums is addResiduals for an even pool. Its residuals are linear in the
// returns and have mean 0 and the sum of squares s^2 (M-K), so that returns are
// added and their fits taken off at the end.
func (p *pool) evenSums(rows []int32, s *residualSums) {
	g := p.eng
	m, from := len(s.total), int(g.s0[rows[0]])+g.study.Estimation.From
	x := g.ser[rows[0]].x
	var ws, zs small
	byWeight, byScale := ws.take(1+len(x)), zs.take(1+len(x)) // sums of coefficients
	var weights float64
	positive := 0
	var held member // of two rows that are added together, the first
	for _, r := range rows {
		b := g.b[int(r)*g.coefs:][:1+len(x)]
		own := member{y: g.ser[r].y[from-g.ser[r].first:][:m], w: g.weight(r), scale: 1 / math.Sqrt(g.s2[r]*float64(g.m[r]-int32(g.k[r])))}
		weights += own.w
		for j, v := range b {
			byWeight[j] += own.w * v
			byScale[j] += own.scale * v
		}
		if len(x) == 1 {
			own.alpha, own.beta = b[0], b[1]
			if held.y == nil {
				held = own
			} else {
				positive += accumulate(held, own, x[0][from:], s.average, s.total)
				held.y = nil
			}
			continue
		}
		for t, v := range own.y {
			s.average[t] += own.w * v
			s.total[t] += own.scale * v
			d := v - b[0]
			for j := range x {
				d -= b[1+j] * x[j][from+t]
			}
			positive += above(d)
		}
	}
	if held.y != nil {
		nothing := member{y: held.y, alpha: math.Inf(1)}
		positive += accumulate(held, nothing, x[0][from:], s.average, s.total)
	}
	for t := range m {
		s.weight[t] = weights
		s.average[t] -= byWeight[0]
		s.total[t] -= byScale[0]
		for j := range x {
			s.average[t] -= byWeight[1+j] * x[j][from+t]
			s.total[t] -= byScale[1+j] * x[j][from+t]
		}
	}
	s.positive = float64(positive) / float64(m)
}

// member is what one adds to the sums of a pool.
type member struct {
	y                     []float64
	alpha, beta, w, scale float64
}

// accumulate adds w y to sum and scale y to total for two members at once, which
// share the loads and stores, and returns how many of their residuals
// y - (alpha + beta x) are positive. It has no branch that depends on them.
func accumulate(a, b member, x, sum, total []float64) (positive int) {
	n := len(a.y)
	y1, y2 := a.y, b.y[:n]
	x, sum, total = x[:n], sum[:n], total[:n]
	for t, u := range y1 {
		v, x := y2[t], x[t]
		i, j := 0, 0
		if u-(a.alpha+a.beta*x) > 0 {
			i = 1
		}
		if v-(b.alpha+b.beta*x) > 0 {
			j = 1
		}
		positive += i + j
		sum[t] += a.w*u + b.w*v
		total[t] += a.scale*u + b.scale*v
	}
	return positive
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

// overlap returns the number of sessions, by date, that the windows win of
// members i and j share.
func (p *pool) overlap(i, j int, win Window) int {
	g := p.eng
	a, b := p.rows[i], p.rows[j]
	ca, cb := g.ser[a].col.Calendar, g.ser[b].col.Calendar
	if ca == cb {
		d := int(g.s0[a] - g.s0[b])
		return max(0, win.Len()-max(d, -d))
	}
	n := 0
	for tau := win.From; tau <= win.To; tau++ {
		k := int(g.s0[a]) + tau
		if k < 0 || k >= ca.Len() {
			continue
		}
		if l, ok := cb.Index(ca.Date(k)); ok && win.Contains(l-int(g.s0[b])) {
			n++
		}
	}
	return n
}

// correlation returns the correlation of the estimation residuals x and y of
// members i and j over their common calendar sessions, 0 where these are fewer
// than minCommon or one of them does not vary.
func (p *pool) correlation(i, j int, x, y []float64) float64 {
	g := p.eng
	a, b := p.rows[i], p.rows[j]
	ca, cb := g.ser[a].col.Calendar, g.ser[b].col.Calendar
	if ca == cb {
		// Element t of x is the same session as element t+d of y.
		d := int(g.s0[a] - g.s0[b])
		switch {
		case d >= len(x) || -d >= len(x):
			return 0
		case d >= 0:
			return pearson(x[:len(x)-d], y[d:])
		default:
			return pearson(x[-d:], y[:len(y)+d])
		}
	}
	z := missing(len(x))
	from := g.study.Estimation.From
	for t := range x {
		k := int(g.s0[a]) + from + t
		if k < 0 || k >= ca.Len() {
			continue
		}
		if l, ok := cb.Index(ca.Date(k)); ok {
			z[t] = at(y, int(g.s0[b])+from, l)
		}
	}
	return pearson(x, z)
}

// pearson is the correlation over the elements that both series have.
func pearson(x, y []float64) float64 {
	y = y[:len(x)]
	n, sx, sy := float64(len(x)), sum(x), sum(y)
	xx, yy, xy := floats.Dot(x, x), floats.Dot(y, y), floats.Dot(x, y)
	if xy != xy { // one of them has gaps
		n, sx, sy, xx, yy, xy = 0, 0, 0, 0, 0, 0
		for t, a := range x {
			if b := y[t]; a == a && b == b {
				n++
				sx += a
				sy += b
				xx += a * a
				yy += b * b
				xy += a * b
			}
		}
	}
	if n < minCommon {
		return 0
	}
	// Residuals have means near zero, so that these differences lose nothing.
	vx, vy := xx-sx*sx/n, yy-sy*sy/n
	if !(vx > 1e-12*xx) || !(vy > 1e-12*yy) {
		return 0
	}
	return (xy - sx*sy/n) / math.Sqrt(vx*vy)
}

// correlations lists the pairs of members whose event windows overlap, with
// their correlations; above maxPairs of them, of a seeded sample of drawnPairs.
func (p *pool) correlations() []pair {
	if !p.paired {
		p.paired = true
		p.pair()
	}
	return p.pairs
}

func (p *pool) pair() {
	g, n := p.eng, len(p.rows)
	order := make([]int32, n)
	date := make([]market.Date, n)
	for i, r := range p.rows {
		order[i] = int32(i)
		date[i] = g.ser[r].col.Calendar.Date(int(g.s0[r]))
	}
	slices.SortStableFunc(order, func(a, b int32) int { return int(date[a]) - int(date[b]) })
	// ends[a]: how many pairs begin with order[0..a]; a window of L
	// sessions spans well under 2L+14 days.
	reach := market.Date(2*g.length + 14)
	ends := make([]int, n)
	total, hi := 0, 0
	for a := range order {
		hi = max(hi, a+1)
		for hi < n && date[order[hi]]-date[order[a]] <= reach {
			hi++
		}
		total += hi - a - 1
		ends[a] = total
	}
	begins := func(a int) int {
		if a == 0 {
			return 0
		}
		return ends[a-1]
	}
	couple := func(a, b int) pair { return pair{i: min(order[a], order[b]), j: max(order[a], order[b])} }
	var all []pair
	if total <= maxPairs {
		all = make([]pair, 0, total)
		for a := range order {
			for b := a + 1; b <= a+ends[a]-begins(a); b++ {
				all = append(all, couple(a, b))
			}
		}
	} else {
		p.sampled, p.drawn = total, drawnPairs
		rng := rand.New(rand.NewPCG(g.study.Seed, 0x6b70)) // a stream of its own
		all = make([]pair, drawnPairs)
		for i := range all {
			k := rng.IntN(total)
			a := sort.SearchInts(ends, k+1)
			all[i] = couple(a, a+1+k-begins(a))
		}
	}
	p.correlate(all)
	// Those that overlap, and their sums by how far apart they are.
	p.lagged = make([]float64, g.length)
	for _, q := range all {
		if p.overlap(int(q.i), int(q.j), g.study.Event) == 0 {
			continue
		}
		p.pairs = append(p.pairs, q)
		a, b := p.rows[q.i], p.rows[q.j]
		if g.ser[a].col.Calendar == g.ser[b].col.Calendar {
			d := int(g.s0[a] - g.s0[b])
			p.lagged[max(d, -d)] += q.rho
		} else {
			p.foreign = append(p.foreign, q)
		}
	}
}

// correlate computes the correlations of the pairs that overlap.
func (p *pool) correlate(all []pair) {
	g := p.eng
	m := g.study.Estimation.Len()
	// Residuals are kept here only while they are few.
	var flat []float64
	if n := len(p.rows); n*m <= 1<<23 && len(all) >= n/2 {
		flat = make([]float64, n*m)
		for i, r := range p.rows {
			g.residuals(int(r), flat[i*m:(i+1)*m])
		}
	}
	of := func(i int32, buf []float64) []float64 {
		if flat != nil {
			return flat[int(i)*m:][:m]
		}
		g.residuals(int(p.rows[i]), buf)
		return buf
	}
	some := func(all []pair, x, y []float64) {
		for k := range all {
			if q := &all[k]; p.overlap(int(q.i), int(q.j), g.study.Event) > 0 {
				q.rho = p.correlation(int(q.i), int(q.j), of(q.i, x), of(q.j, y))
			}
		}
	}
	const block = 1024
	if len(all) <= block {
		some(all, p.scratch.take(m), p.scratch.take(m))
		return
	}
	_ = parallel(context.Background(), (len(all)+block-1)/block, 1, nil, func(w *workspace, b int) {
		w.reset()
		some(all[b*block:min((b+1)*block, len(all))], w.take(m), w.take(m))
	})
}

// Cross is a cross-section: the observations of one group whose window is
// complete, as the tests see them. Slices have one element an observation.
type Cross struct {
	Window Window
	CAR    []float64
	Var    []float64 // Var(CAR)
	SCAR   []float64 // CAR / sqrt(Var(CAR))
	CSAR   []float64 // sum of SAR over the window
	BHAR   []float64
	Weight []float64 // in averages

	pool  *pool // of these observations
	index int   // of Window in Study.Windows
	rows  []int32
	rbar  float64
	known bool // rbar is
}

// N returns the number of observations.
func (c *Cross) N() int { return len(c.CAR) }

// newCross takes window w (an index into Study.Windows) of the pool's members.
func newCross(p *pool, w int) *Cross {
	g := p.eng
	c := &p.own.cross
	*c = Cross{Window: g.study.Windows[w], index: w, rows: p.rows}
	n := len(p.rows)
	buf := p.scratch.take(6 * n)
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
func (c *Cross) mem() *scratch {
	if c.pool == nil {
		return nil
	}
	return c.pool.scratch
}

// figures returns by-products of a test.
func (c *Cross) figures(f ...Figure) []Figure {
	mem := c.mem()
	if mem == nil {
		return slices.Clone(f)
	}
	out := mem.figures.take(len(f))
	copy(out, f)
	return out
}

// M returns the usable estimation sessions of observation i.
func (c *Cross) M(i int) int { return int(c.pool.eng.m[c.rows[i]]) }

// K returns the parameters estimated for observation i.
func (c *Cross) K(i int) int { return int(c.pool.eng.k[c.rows[i]]) }

// sessions returns the sessions of the window on which observation i has an
// abnormal return: all, unless missing ones count as zero.
func (c *Cross) sessions(i int) int {
	g := c.pool.eng
	if g.study.MissingEvent != ZeroMissing {
		return c.Window.Len()
	}
	return len(present(g.ar[int(c.rows[i])*g.length+c.Window.From-g.study.Event.From:][:c.Window.Len()]))
}

// average is the mean of x, one element an observation, weighted as the study says.
func (c *Cross) average(x []float64) float64 {
	m, _ := weightedMean(len(x), c.Weight, func(i int) float64 { return x[i] })
	return m
}

// Residuals returns the estimation residuals of observation i, one element a
// session of the estimation window, NaN where a session was not usable. They
// are valid until the next call.
func (c *Cross) Residuals(i int) []float64 { return c.pool.residuals(i) }

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
// windows that do not overlap give 0. After Kolari, Pape, Pynnönen (2018).
func (c *Cross) RBar() float64 {
	if !c.known {
		c.rbar, c.known = c.pool.rbar(c.Window), true
	}
	return c.rbar
}

// rbar computes Cross.RBar over win for all members.
func (p *pool) rbar(win Window) float64 {
	n := len(p.rows)
	if n < 2 {
		return nan
	}
	if p.sameDate {
		if s := p.summary(); s.complete {
			return s.rho / (float64(n) * float64(n-1))
		}
	}
	return p.pairMean(n, nil, win)
}

// pairMean is rbar over win of n members, from their pairs: those that in
// marks, all where it is nil.
func (p *pool) pairMean(n int, in []bool, win Window) float64 {
	if n < 2 {
		return nan
	}
	pairs := p.correlations()
	var sum float64
	if in == nil {
		for d, rho := range p.lagged[:win.Len()] {
			sum += rho * float64(win.Len()-d)
		}
		pairs = p.foreign
	}
	for _, q := range pairs {
		if q.rho != 0 && (in == nil || in[q.i] && in[q.j]) {
			sum += q.rho * float64(p.overlap(int(q.i), int(q.j), win))
		}
	}
	if p.sampled > 0 {
		sum *= float64(p.sampled) / float64(p.drawn)
	}
	return sum / float64(win.Len()) / (float64(n) * float64(n-1) / 2)
}
