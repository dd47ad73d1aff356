package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"sort"
	"sync"

	"aftershock/market"
)

// sample-wide limits of the pairwise correlations, see pool.correlations.
const (
	minCommon  = 30        // common sessions below which a correlation counts as 0
	maxPairs   = 2_000_000 // overlapping pairs above which a sample is drawn
	drawnPairs = 1_000_000
)

// pool is what the windows of one group share: the members' rows and, computed
// when first asked for, their estimation residuals and correlations.
type pool struct {
	eng      *engine
	rows     []int32
	sameDate bool // one session 0 for all members, on one calendar

	residOnce sync.Once
	resid     [][]float64

	pairsOnce sync.Once
	pairs     []pair
	sampled   int // overlapping pairs in all, when pairs is a sample of them; 0 otherwise

	rankOnce sync.Once
	rankings []*rankings // by window
	general  []general   // by window

	placeboOnce sync.Once
	draws       *Draws
	placeboOf   Test
}

// pair is two members whose event windows share sessions.
type pair struct {
	i, j int32
	rho  float64
}

func newPool(g *engine, rows []int32) *pool {
	p := &pool{eng: g, rows: rows, sameDate: true}
	for _, r := range rows {
		if g.ser[r].col.Calendar != g.ser[rows[0]].col.Calendar || g.s0[r] != g.s0[rows[0]] {
			p.sameDate = false
		}
	}
	return p
}

// residuals returns the estimation residuals of every member, one element a
// session of the estimation window.
func (p *pool) residuals() [][]float64 {
	p.residOnce.Do(func() {
		m := p.eng.study.Estimation.Len()
		flat := make([]float64, len(p.rows)*m)
		p.resid = make([][]float64, len(p.rows))
		for i, r := range p.rows {
			p.resid[i] = flat[i*m : (i+1)*m]
			p.eng.residuals(int(r), p.resid[i])
		}
	})
	return p.resid
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

// correlation returns the correlation of the estimation residuals of members i
// and j over their common calendar sessions, 0 where these are fewer than
// minCommon or one of them does not vary.
func (p *pool) correlation(i, j int) float64 {
	g, x, y := p.eng, p.residuals()[i], p.residuals()[j]
	a, b := p.rows[i], p.rows[j]
	ca, cb := g.ser[a].col.Calendar, g.ser[b].col.Calendar
	if ca == cb {
		// Element t of x is the same session as element t+d of y.
		if d := int(g.s0[a] - g.s0[b]); d >= 0 {
			if d >= len(x) {
				return 0
			}
			return pearson(x[:len(x)-d], y[d:])
		} else {
			if -d >= len(x) {
				return 0
			}
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
	var n, sx, sy float64
	for t, a := range x {
		if b := y[t]; a == a && b == b {
			n++
			sx += a
			sy += b
		}
	}
	if n < minCommon {
		return 0
	}
	mx, my := sx/n, sy/n
	var xx, yy, xy float64
	for t, a := range x {
		if b := y[t]; a == a && b == b {
			xx += (a - mx) * (a - mx)
			yy += (b - my) * (b - my)
			xy += (a - mx) * (b - my)
		}
	}
	if !(xx > 0) || !(yy > 0) {
		return 0
	}
	return xy / math.Sqrt(xx*yy)
}

// correlations lists the pairs of members whose event windows overlap, with
// their correlations; above maxPairs of them, a seeded sample of drawnPairs.
func (p *pool) correlations() []pair {
	p.pairsOnce.Do(func() {
		g, n := p.eng, len(p.rows)
		order := make([]int, n)
		date := make([]market.Date, n)
		for i, r := range p.rows {
			order[i] = i
			date[i] = g.ser[r].col.Calendar.Date(int(g.s0[r]))
		}
		slices.SortStableFunc(order, func(a, b int) int { return int(date[a]) - int(date[b]) })
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
		add := func(a, b int) {
			i, j := min(order[a], order[b]), max(order[a], order[b])
			q := pair{i: int32(i), j: int32(j)}
			if p.overlap(i, j, g.study.Event) > 0 {
				q.rho = p.correlation(i, j)
				p.pairs = append(p.pairs, q)
			} else if p.sampled > 0 {
				p.pairs = append(p.pairs, q) // counts as a drawn pair without overlap
			}
		}
		if total <= maxPairs {
			for a := range order {
				begin := 0
				if a > 0 {
					begin = ends[a-1]
				}
				for b := a + 1; b <= a+ends[a]-begin; b++ {
					add(a, b)
				}
			}
			return
		}
		p.sampled = total
		rng := rand.New(rand.NewPCG(g.study.Seed, 0x6b70)) // a stream of its own
		for range drawnPairs {
			k := rng.IntN(total)
			a := sort.SearchInts(ends, k+1)
			begin := 0
			if a > 0 {
				begin = ends[a-1]
			}
			add(a, a+1+k-begin)
		}
	})
	return p.pairs
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
	M, K   []int

	pool   *pool
	index  int // of Window in Study.Windows
	rows   []int32
	member []int // position in pool.rows, by observation
	rbar   float64
	rbarOK bool
}

// N returns the number of observations.
func (c *Cross) N() int { return len(c.CAR) }

// newCross takes window w (an index into Study.Windows) of the pool's members.
func newCross(p *pool, w int) *Cross {
	g := p.eng
	c := &Cross{Window: g.study.Windows[w], pool: p, index: w}
	for i, r := range p.rows {
		k := int(r)*g.windows + w
		if math.IsNaN(g.car[k]) {
			continue
		}
		c.CAR = append(c.CAR, g.car[k])
		c.Var = append(c.Var, g.carVar[k])
		c.SCAR = append(c.SCAR, g.car[k]/math.Sqrt(g.carVar[k]))
		c.CSAR = append(c.CSAR, g.csar[k])
		c.BHAR = append(c.BHAR, g.bhar[k])
		c.Weight = append(c.Weight, g.weight(r))
		c.M = append(c.M, int(g.m[r]))
		c.K = append(c.K, int(g.k[r]))
		c.rows = append(c.rows, r)
		c.member = append(c.member, i)
	}
	return c
}

// average is the mean of x, one element an observation, weighted as the study says.
func (c *Cross) average(x []float64) float64 {
	m, _ := weightedMean(len(x), c.Weight, func(i int) float64 { return x[i] })
	return m
}

// Residuals returns the estimation residuals of observation i, one element a
// session of the estimation window, NaN where a session was not usable. Do not
// modify them.
func (c *Cross) Residuals(i int) []float64 { return c.pool.residuals()[c.member[i]] }

// RBar is the mean over all pairs of observations of rho_ij o_ij / L: rho_ij
// the correlation of the two estimation residuals over their common calendar
// sessions, o_ij the number of calendar sessions that the two windows of L
// sessions share. NaN for fewer than two observations.
//
// One common date gives the mean correlation of Kolari and Pynnönen (2010);
// windows that do not overlap give 0. After Kolari, Pape, Pynnönen (2018).
func (c *Cross) RBar() float64 {
	if !c.rbarOK {
		c.rbar, c.rbarOK = c.pool.rbar(c.member, c.Window), true
	}
	return c.rbar
}

// rbar computes Cross.RBar for the members listed in ascending order.
func (p *pool) rbar(member []int, win Window) float64 {
	n := len(member)
	if n < 2 {
		return nan
	}
	if p.sameDate {
		if sum, ok := p.correlationSum(member); ok {
			return sum / (float64(n) * float64(n-1))
		}
	}
	in := make([]bool, len(p.rows))
	for _, i := range member {
		in[i] = true
	}
	pairs := p.correlations()
	var sum float64
	for _, q := range pairs {
		if in[q.i] && in[q.j] && q.rho != 0 {
			sum += q.rho * float64(p.overlap(int(q.i), int(q.j), win))
		}
	}
	if p.sampled > 0 {
		sum *= float64(p.sampled) / float64(len(pairs))
	}
	return sum / float64(win.Len()) / (float64(n) * float64(n-1) / 2)
}

// correlationSum returns the sum of the correlations of all ordered pairs of
// different members of a same-date pool from the variance of the sum of their
// standardised residuals, in O(N M). ok is false when a residual is missing or
// does not vary, so that pairs must be gone through one by one.
func (p *pool) correlationSum(member []int) (sum float64, ok bool) {
	m := p.eng.study.Estimation.Len()
	if m < minCommon {
		return 0, true
	}
	total := make([]float64, m)
	for _, i := range member {
		x := p.residuals()[i]
		mx := mean(x)
		var ss float64
		for _, v := range x {
			ss += (v - mx) * (v - mx)
		}
		if !(ss > 0) {
			return 0, false
		}
		scale := 1 / math.Sqrt(ss)
		for t, v := range x {
			total[t] += (v - mx) * scale
		}
	}
	for _, v := range total {
		sum += v * v
	}
	return sum - float64(len(member)), true
}
