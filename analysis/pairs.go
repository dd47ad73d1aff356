package analysis

import (
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"gonum.org/v1/gonum/floats"

	"aftershock/analysis/stat"
	"aftershock/market"
)

// sample-wide limits of the pairwise correlations, see pool.correlations.
const (
	minCommon  = 30        // common sessions below which a correlation counts as 0
	maxPairs   = 2_000_000 // overlapping pairs above which a sample is drawn
	drawnPairs = 1_000_000
)

// pair is two members whose event windows share sessions.
type pair struct {
	i, j int32
	lag  int32 // sessions between their sessions 0; -1 where their calendars differ
	rho  float64
}

// rbar computes Cross.RBar over win for all members, and notes from how many drawn
// pairs, if any were drawn.
func (p *pool) rbar(win Window) (r float64) {
	r, p.drawnFor = p.rbarOf(win)
	return r
}

// rbarOf is rbar, and returns the number of drawn pairs.
func (p *pool) rbarOf(win Window) (r float64, drawn int) {
	n := len(p.rows)
	if n < 2 {
		return nan, 0
	}
	if p.sameDate {
		if s := p.summary(); s.complete || n*(n-1)/2 > maxPairs {
			return s.rho / (float64(n) * float64(n-1)), 0
		}
	}
	if p.of != nil && !p.of.sameDate { // whose pairs contain those of a part
		in, k := make([]bool, len(p.of.rows)), 0
		for i, r := range p.of.rows {
			if k < n && r == p.rows[k] {
				in[i] = true
				k++
			}
		}
		r = p.of.pairMean(n, in, win)
		return r, p.of.drawn
	}
	r = p.pairMean(n, nil, win)
	return r, p.drawn
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
		switch {
		case in != nil && !(in[q.i] && in[q.j]):
		case q.lag >= 0:
			sum += q.rho * float64(max(0, win.Len()-int(q.lag)))
		case q.rho != 0:
			sum += q.rho * float64(p.overlap(int(q.i), int(q.j), win))
		}
	}
	if p.sampled > 0 {
		sum *= float64(p.sampled) / float64(p.drawn)
	}
	return sum / float64(win.Len()) / (float64(n) * float64(n-1) / 2)
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
	n, sx, sy := float64(len(x)), stat.Sum(x), stat.Sum(y)
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
	key := make([]uint64, n) // date, then place among the members
	date := make([]market.Date, n)
	for i, r := range p.rows {
		date[i] = g.ser[r].col.Calendar.Date(int(g.s0[r]))
		key[i] = uint64(uint32(date[i])^1<<31)<<32 | uint64(i) // days before 1970 are negative
	}
	slices.Sort(key)
	order := make([]int32, n)
	for k, v := range key {
		order[k] = int32(v)
	}
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
		drawn := make([]int, drawnPairs)
		for i := range drawn {
			drawn[i] = rng.IntN(total)
		}
		all = make([]pair, drawnPairs)
		_ = parallel(context.Background(), len(all), block, nil, func(_ *workspace, i int) {
			k := drawn[i]
			a := sort.SearchInts(ends, k+1)
			all[i] = couple(a, a+1+k-begins(a))
		})
	}
	p.correlate(all)
	// Those that overlap, and their sums by how far apart they are.
	p.lagged = make([]float64, g.length)
	for _, q := range all {
		if p.overlap(int(q.i), int(q.j), g.study.Event) == 0 {
			continue
		}
		a, b := p.rows[q.i], p.rows[q.j]
		if g.ser[a].col.Calendar == g.ser[b].col.Calendar {
			q.lag = max(g.s0[a]-g.s0[b], g.s0[b]-g.s0[a])
			p.lagged[q.lag] += q.rho
		} else {
			q.lag = -1
			p.foreign = append(p.foreign, q)
		}
		p.pairs = append(p.pairs, q)
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
			if k+1 < len(all) && flat == nil {
				g.fetch(int(p.rows[all[k+1].i]))
				g.fetch(int(p.rows[all[k+1].j]))
			}
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
		w.Reset()
		some(all[b*block:min((b+1)*block, len(all))], w.Take(m), w.Take(m))
	})
}
