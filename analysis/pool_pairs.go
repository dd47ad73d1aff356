package analysis

import (
	"cmp"
	"context"
	"math"
	"math/rand/v2"
	"slices"
	"sort"

	"gonum.org/v1/gonum/floats"

	"aftershock/analysis/stat"
	"aftershock/market"
)

// Limits of the pairwise correlations, see pool.pairing.
const (
	minCommon  = 30        // common sessions below which a correlation counts as 0
	fewPairs   = 1 << 14   // overlapping pairs up to which every one is listed
	maxPairs   = 2_000_000 // pairs that have to be gone through one by one, above which a sample is drawn
	drawnPairs = 500_000
)

// pair is two members whose event windows share sessions.
type pair struct {
	i, j int32
	lag  int32 // sessions between their sessions 0; -1 where their calendars differ
	rho  float64
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
// than minCommon, one of them does not vary or the two are of different blocks.
func (p *pool) correlation(i, j int, x, y []float64) float64 {
	g := p.eng
	a, b := p.rows[i], p.rows[j]
	if g.apart(a, b) {
		return 0
	}
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
	from := g.study.EstimationWindow.From
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

// A cohort is the members that share session 0 on one calendar.
type cohort struct {
	cal     *market.Calendar
	s0      int32
	date    market.Date
	first   int32   // member
	members []int32 // those of the first few in order, then the others in theirs
	few     int     // how many of them are incomplete
}

// cohorts groups the members by session 0, in order of time and then of the first
// member of each calendar. All members count as incomplete.
func (p *pool) cohorts() []cohort {
	g := p.eng
	var out []cohort
	var cals []*market.Calendar
	var at [][]int32 // by calendar and session from begin: 1 + the cohort
	of := make([]int32, len(p.rows))
	begin, end := int32(math.MaxInt32), int32(0)
	for _, r := range p.rows {
		begin, end = min(begin, g.s0[r]), max(end, g.s0[r]+1)
	}
	last := 0
	for i, r := range p.rows {
		cal, s0 := g.ser[r].col.Calendar, g.s0[r]
		if last >= len(cals) || cals[last] != cal {
			if last = slices.Index(cals, cal); last < 0 {
				last = len(cals)
				cals, at = append(cals, cal), append(at, make([]int32, end-begin))
			}
		}
		k := &at[last][s0-begin]
		if *k == 0 {
			out = append(out, cohort{cal: cal, s0: s0, date: cal.Date(int(s0)), first: int32(i)})
			*k = int32(len(out))
		}
		of[i] = *k - 1
		out[of[i]].few++
	}
	all := make([]int32, 0, len(p.rows))
	for c := range out {
		n := len(all)
		all = all[:n+out[c].few]
		out[c].members = all[n:n:len(all)]
	}
	for i, c := range of {
		out[c].members = append(out[c].members, int32(i))
	}
	slices.SortFunc(out, func(a, b cohort) int {
		return cmp.Or(cmp.Compare(a.date, b.date), cmp.Compare(a.first, b.first))
	})
	return out
}

// divide puts the members that are not complete first. It returns its scratch memory.
func (c *cohort) divide(complete func(member int32) bool, whole []int32) []int32 {
	few := c.members[:0]
	whole = whole[:0]
	for _, i := range c.members {
		if complete(i) {
			whole = append(whole, i)
		} else {
			few = append(few, i)
		}
	}
	c.few = len(few)
	copy(c.members[c.few:], whole)
	return whole
}

// A meeting is two cohorts whose event windows share sessions; a = b for the pairs of
// one.
type meeting struct {
	a, b   int32
	lag    int32 // sessions between their sessions 0, -1 on different calendars
	pairs  int   // of an incomplete member of the one and any member of the other
	before int   // such pairs of the meetings before
}

// A pairPlan is which pairs are gone through one by one and which are summed.
type pairPlan struct {
	cohorts  []cohort
	meetings []meeting
	summed   bool   // the pairs of complete members are
	others   int    // see pairing
	drawn    []int  // which of these are drawn, in ascending order; nil: all are gone through
	listed   []pair // these in the order of their dates, where there are few
}

// ones returns how many pairs are gone through one by one.
func (pl *pairPlan) ones() int {
	if pl.drawn != nil {
		return len(pl.drawn)
	}
	return pl.others
}

// pairs sets dst to as many pairs of those that are gone through one by one, from number
// first on.
func (pl *pairPlan) pairs(first int, dst []pair) {
	if pl.listed != nil {
		copy(dst, pl.listed[first:])
		return
	}
	number := func(k int) int {
		if pl.drawn != nil {
			return pl.drawn[first+k]
		}
		return first + k
	}
	var m *meeting
	at, last, i, j := 0, -1, 0, 0
	for k := range dst {
		x := number(k)
		if m == nil || x >= m.before+m.pairs {
			at += sort.Search(len(pl.meetings)-at, func(k int) bool { return pl.meetings[at+k].before+pl.meetings[at+k].pairs > x })
			m, last = &pl.meetings[at], -1
		}
		if last >= 0 && x == last+1 {
			i, j = m.next(pl.cohorts, i, j)
		} else if x != last {
			i, j = m.place(pl.cohorts, x-m.before)
		}
		last = x
		u, v := pl.cohorts[m.a].members[i], pl.cohorts[m.b].members[j]
		dst[k] = pair{i: min(u, v), j: max(u, v), lag: m.lag}
	}
}

// plan finds out which pairs there are.
func (p *pool) plan() *pairPlan {
	g := p.eng
	co := p.cohorts()
	meetings := p.meetings(co)
	all := count(co, meetings)
	out := &pairPlan{cohorts: co, meetings: meetings, others: all}
	if all > fewPairs && p.oneBlock() {
		var whole []int32
		for c := range co {
			whole = co[c].divide(func(i int32) bool { return g.complete(p.rows[i]) }, whole)
		}
		out.summed, out.others = true, count(co, meetings)
	}
	if out.others > maxPairs {
		rng := rand.New(rand.NewPCG(g.study.Seed, 0x6b70)) // a stream of its own
		out.drawn = make([]int, drawnPairs)
		for i := range out.drawn {
			out.drawn[i] = rng.IntN(out.others)
		}
		slices.Sort(out.drawn) // pairs of one member then follow each other
	}
	if all <= fewPairs && all > 0 { // sums in order of time do not depend on how cohorts are formed
		date := make([]market.Date, len(p.rows))
		for _, c := range co {
			for _, i := range c.members {
				date[i] = c.date
			}
		}
		listed := make([]pair, all)
		out.pairs(0, listed)
		ordered := func(i, j int32) int { return cmp.Or(cmp.Compare(date[i], date[j]), cmp.Compare(i, j)) }
		slices.SortFunc(listed, func(a, b pair) int {
			a0, a1, b0, b1 := a.i, a.j, b.i, b.j
			if ordered(a0, a1) > 0 {
				a0, a1 = a1, a0
			}
			if ordered(b0, b1) > 0 {
				b0, b1 = b1, b0
			}
			return cmp.Or(ordered(a0, b0), ordered(a1, b1))
		})
		out.listed = listed
	}
	return out
}

// complete reports whether a row has a residual on every session of the estimation
// window and an abnormal return on every session of the event window.
func (g *engine) complete(row int32) bool {
	return int(g.m[row]) == g.study.EstimationWindow.Len() && g.entire(row)
}

// entire reports whether a row has an abnormal return on every session of the event window.
func (g *engine) entire(row int32) bool {
	return g.present(int(row), g.study.EventWindow) == g.length
}

// meetings lists the cohorts that meet.
func (p *pool) meetings(co []cohort) []meeting {
	// A window of L sessions spans well under 2L+14 days.
	reach := market.Date(2*p.eng.length + 14)
	// Dates on different calendars are counted whether they meet or not.
	most := 0
	for a, b := 0, 0; a < len(co); a++ {
		for b = max(a, b); b < len(co) && co[b].date-co[a].date <= reach; b++ {
		}
		for k := a; k < b; k++ {
			if co[a].cal != co[k].cal || int(co[k].s0-co[a].s0) < p.eng.length {
				most++
			}
		}
	}
	out := make([]meeting, 0, most)
	o := p.overlaps()
	for a := range co {
		out = append(out, meeting{a: int32(a), b: int32(a)})
		for b := a + 1; b < len(co) && co[b].date-co[a].date <= reach; b++ {
			m := meeting{a: int32(a), b: int32(b), lag: -1}
			if co[a].cal == co[b].cal {
				if m.lag = co[b].s0 - co[a].s0; int(m.lag) >= p.eng.length {
					continue
				}
			} else if o.shared(twoDates{co[a].cal, co[b].cal, co[a].s0, co[b].s0}) == 0 {
				continue
			}
			out = append(out, m)
		}
	}
	return out
}

// count counts the pairs of meetings that have an incomplete member.
func count(co []cohort, meetings []meeting) (all int) {
	for k := range meetings {
		m := &meetings[k]
		a, b := &co[m.a], &co[m.b]
		n := len(a.members)
		if m.a == m.b {
			m.pairs = a.few*(n-1) - a.few*(a.few-1)/2
		} else {
			m.pairs = n*len(b.members) - (n-a.few)*(len(b.members)-b.few)
		}
		m.before = all
		all += m.pairs
	}
	return all
}

// place returns which members of the two cohorts are the k-th pair with an incomplete one.
func (m *meeting) place(co []cohort, k int) (i, j int) {
	a, b := &co[m.a], &co[m.b]
	if m.a == m.b {
		n := len(a.members)
		upTo := func(i int) int { return i*(n-1) - i*(i-1)/2 } // pairs that begin before the i-th member
		i = sort.Search(a.few, func(i int) bool { return upTo(i+1) > k })
		return i, i + 1 + k - upTo(i)
	}
	if first := a.few * len(b.members); k >= first {
		k -= first
		return a.few + k/b.few, k % b.few
	}
	return k / len(b.members), k % len(b.members)
}

// next returns the pair after i and j.
func (m *meeting) next(co []cohort, i, j int) (int, int) {
	a, b := &co[m.a], &co[m.b]
	j++
	switch {
	case m.a == m.b && j == len(a.members):
		return i + 1, i + 2
	case m.a != m.b && (j == len(b.members) || i >= a.few && j == b.few):
		return i + 1, 0
	}
	return i, j
}

// filled are residuals with 0 in place of those that are missing, and where these are: what
// a pair has in common is then one product of both, and sums of which little is taken off.
type filled struct {
	e            []float64
	gaps         []int32
	sum, squares float64
}

// fill makes f of e, in its memory.
func (f *filled) fill(e []float64) {
	f.e, f.gaps = e, f.gaps[:0]
	if f.sum = stat.Sum(e); f.sum != f.sum {
		for t, v := range e {
			if v != v {
				e[t] = 0
				f.gaps = append(f.gaps, int32(t))
			}
		}
		f.sum = stat.Sum(e)
	}
	f.squares = stat.Dot(e, e)
}

// with returns the correlation of f and o over the sessions that both have, of which
// element t of f is element t+d of o, as pearson does. ok is false where so little is
// left of one of them that the difference has lost digits.
func (f *filled) with(o *filled, d int) (rho float64, ok bool) {
	m := len(f.e)
	a, b := max(0, -d), min(m, m-d) // elements of f
	if b-a < minCommon {
		return 0, true
	}
	n := b - a
	sx, xx, sy, yy := f.sum, f.squares, o.sum, o.squares
	less := func(s, ss float64, e []float64) (float64, float64) {
		for _, v := range e {
			s -= v
			ss -= v * v
		}
		return s, ss
	}
	sx, xx = less(sx, xx, f.e[:a])
	sx, xx = less(sx, xx, f.e[b:])
	sy, yy = less(sy, yy, o.e[:a+d])
	sy, yy = less(sy, yy, o.e[b+d:])
	k := 0                 // of f.gaps, those before the gap of o
	gap := func(t int32) { // of f
		if int(t) >= a && int(t) < b {
			v := o.e[int(t)+d]
			sy, yy, n = sy-v, yy-v*v, n-1
		}
	}
	for _, u := range o.gaps {
		t := u - int32(d)
		for ; k < len(f.gaps) && f.gaps[k] < t; k++ {
			gap(f.gaps[k])
		}
		if k < len(f.gaps) && f.gaps[k] == t { // of both: 0 in each
			k++
		}
		if int(t) >= a && int(t) < b {
			v := f.e[t]
			sx, xx, n = sx-v, xx-v*v, n-1
		}
	}
	for ; k < len(f.gaps); k++ {
		gap(f.gaps[k])
	}
	if n < minCommon {
		return 0, true
	}
	if xx < f.squares/16 || yy < o.squares/16 {
		return 0, false
	}
	xy := stat.Dot(f.e[a:b], o.e[a+d:b+d])
	vx, vy := xx-sx*sx/float64(n), yy-sy*sy/float64(n)
	if !(vx > 1e-12*xx) || !(vy > 1e-12*yy) {
		return 0, true
	}
	return (xy - sx*sy/float64(n)) / math.Sqrt(vx*vy), true
}

// correlator computes correlations of pairs that overlap.
type correlator struct {
	p    *pool
	kept []filled // residuals of all members, while they are few
}

// correlator returns one for so many pairs.
func (p *pool) correlator(pairs int) correlator {
	c := correlator{p: p}
	m := p.eng.study.EstimationWindow.Len()
	if n := len(p.rows); n*m <= 1<<24 && pairs >= n/2 {
		flat := make([]float64, n*m)
		c.kept = make([]filled, n)
		_ = parallel(context.Background(), n, 256, nil, func(_ *workspace, i int) {
			e := flat[i*m : (i+1)*m]
			p.eng.residuals(int(p.rows[i]), e)
			c.kept[i].fill(e)
		})
	}
	return c
}

// correlate sets rho of some pairs. Those of one member that follow each other share its
// residuals, those of two dates on different calendars their common sessions. x and y are
// scratch memory.
func (c *correlator) correlate(all []pair, x, y []float64, o *overlaps) {
	p := c.p
	g := p.eng
	var own, other filled
	last, raw := int32(-1), int32(-1) // members whose residuals are in own, in x with their gaps
	for k := range all {
		q := &all[k]
		a, b := p.rows[q.i], p.rows[q.j]
		if g.apart(a, b) {
			q.rho = 0
			continue
		}
		if q.lag >= 0 {
			u, v := &own, &other
			if c.kept != nil {
				u, v = &c.kept[q.i], &c.kept[q.j]
			} else {
				if k+1 < len(all) {
					g.fetch(int(p.rows[all[k+1].j]))
				}
				if q.i != last {
					last, raw = q.i, -1
					g.residuals(int(a), x)
					own.fill(x)
				}
				g.residuals(int(b), y)
				other.fill(y)
			}
			var ok bool
			if q.rho, ok = u.with(v, int(g.s0[a]-g.s0[b])); ok {
				continue
			}
		}
		if raw != q.i {
			raw, last = q.i, -1
			g.residuals(int(a), x)
		}
		g.residuals(int(b), y)
		if q.lag >= 0 {
			q.rho = p.correlation(int(q.i), int(q.j), x, y)
		} else {
			q.rho = pearson(o.inCommon(q, x, y))
		}
	}
}
