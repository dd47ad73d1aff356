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

// pairing is what the overlapping pairs of a pool's members give, for windows of any
// length within the event window.
//
// The plain way is listed: one correlation a pair. Above fewPairs, pairs of complete
// members (a residual on every session of the estimation window, an abnormal return on
// every session of the event window) are summed by their dates: the correlations of the
// members of one date with those of another add up to the product of the sums of their
// standardised residuals, so that N members of D dates cost N D and not N^2
// (BenchmarkRBar; TestPairSums holds the sums to the pairs). Pairs with an incomplete
// member are listed, above maxPairs drawn.
type pairing struct {
	lagged  []float64 // sums of rho of complete members on one calendar, by sessions between their sessions 0
	foreign []pair    // the same for two dates on different calendars: i and j stand for all of theirs
	summed  []bool    // by member: it is in these sums; nil: none is
	listed  []pair    // the other pairs, or a sample of them
	others  int       // how many others there are
	whole   []float64 // lagged and what is listed, where that is no sample
	abroad  []pair    // foreign and what is listed, where that is no sample
}

// drawn returns how many pairs were drawn, 0 where none had to be.
func (q *pairing) drawn() int {
	if len(q.listed) < q.others {
		return len(q.listed)
	}
	return 0
}

// meanCorrelation is a mean correlation: its value, and where it rests on a sample of
// pairs their number and its standard error.
type meanCorrelation struct {
	r, se float64
	drawn int
}

// rbarOf computes CrossSection.RBar over win for all members.
func (p *pool) rbarOf(win Window) meanCorrelation {
	n := len(p.rows)
	if n < 2 {
		return meanCorrelation{r: nan}
	}
	if p.sameDate && p.oneBlock() {
		if s := p.summary(); s.complete {
			return meanCorrelation{r: s.rho / (float64(n) * float64(n-1))}
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
		if p.of.pairing().serves(in) {
			return p.of.pairMean(n, in, win)
		}
	}
	return p.pairMean(n, nil, win)
}

// serves reports whether the pairs of the members that in marks can be told from those
// of all: none of the members that are summed is left out.
func (q *pairing) serves(in []bool) bool {
	for i, summed := range q.summed {
		if summed && !in[i] {
			return false
		}
	}
	return true
}

// pairMean is rbarOf over win of n members, from their pairs: those that in
// marks, all where it is nil. [pairing.serves] must hold of in.
func (p *pool) pairMean(n int, in []bool, win Window) meanCorrelation {
	if n < 2 {
		return meanCorrelation{r: nan}
	}
	q := p.pairing()
	if p.ledger.partial() {
		return meanCorrelation{r: nan}
	}
	per := func(sum float64) float64 { return sum / float64(win.Len()) / (float64(n) * float64(n-1) / 2) }
	if in == nil && q.drawn() == 0 {
		return meanCorrelation{r: per(p.overlapping(q.whole, q.abroad, win))}
	}
	sum := p.overlapping(q.lagged, q.foreign, win)
	var one, square float64
	length := win.Len()
	for _, f := range q.listed {
		var v float64
		switch {
		case int(f.lag) >= length || f.rho == 0: // the first is the same for many that follow each other
		case in != nil && !(in[f.i] && in[f.j]):
		case f.lag >= 0:
			v = f.rho * float64(length-int(f.lag))
		default:
			v = f.rho * float64(p.overlap(int(f.i), int(f.j), win))
		}
		one += v
		square += v * v
	}
	d := q.drawn()
	if d == 0 {
		return meanCorrelation{r: per(sum + one)}
	}
	mean, all := one/float64(d), float64(q.others)
	sd := math.Sqrt(max(0, square/float64(d)-mean*mean))
	return meanCorrelation{r: per(sum + all*mean), se: per(all * sd / math.Sqrt(float64(d))), drawn: d}
}

// overlapping is the sum of correlations, each times the sessions of win that its pair
// shares, of pairs by how far they lie apart and of pairs on different calendars.
func (p *pool) overlapping(lagged []float64, foreign []pair, win Window) float64 {
	var sum float64
	for d, rho := range lagged[:min(win.Len(), len(lagged))] {
		sum += rho * float64(win.Len()-d)
	}
	for _, f := range foreign {
		if f.rho != 0 {
			sum += f.rho * float64(p.overlap(int(f.i), int(f.j), win))
		}
	}
	return sum
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
	var at [][]int32 // by calendar and session: 1 + the cohort
	of := make([]int32, len(p.rows))
	last := 0
	for i, r := range p.rows {
		cal, s0 := g.ser[r].col.Calendar, g.s0[r]
		if last >= len(cals) || cals[last] != cal {
			if last = slices.Index(cals, cal); last < 0 {
				last = len(cals)
				cals, at = append(cals, cal), append(at, make([]int32, cal.Len()))
			}
		}
		k := &at[last][s0]
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
	a, b   int
	lag    int32 // sessions between their sessions 0, -1 on different calendars
	pairs  int   // of an incomplete member of the one and any member of the other
	before int   // such pairs of the meetings before
}

// pairing returns the pairs of the members, found when first asked for.
func (p *pool) pairing() *pairing {
	if p.paired == nil {
		p.paired = p.pair()
	}
	return p.paired
}

func (p *pool) pair() *pairing {
	plan := p.planned
	if plan == nil {
		plan = p.plan()
		if p.ledger.partial() {
			p.planned = plan
		}
	}
	out := &pairing{listed: plan.listed, others: plan.others}
	if plan.summed {
		p.sumPairs(out, plan.cohorts, plan.meetings)
	}
	rho := p.items("pairs", len(out.listed), 1, func(lo, hi int) []float64 {
		p.correlate(out.listed[lo:hi])
		v := make([]float64, hi-lo)
		for k := range v {
			v[k] = out.listed[lo+k].rho
		}
		return v
	})
	if p.ledger.partial() {
		return out
	}
	for k, v := range rho {
		out.listed[k].rho = v
	}
	if out.drawn() == 0 {
		out.whole = make([]float64, p.eng.length)
		copy(out.whole, out.lagged)
		out.abroad = slices.Clip(out.foreign)
		for _, f := range out.listed {
			if f.lag >= 0 {
				out.whole[f.lag] += f.rho
			} else {
				out.abroad = append(out.abroad, f)
			}
		}
	}
	return out
}

// A pairPlan is which pairs are gone through one by one and which are summed.
type pairPlan struct {
	cohorts  []cohort
	meetings []meeting
	summed   bool // the pairs of complete members are
	listed   []pair
	others   int // see pairing
}

// plan finds out which pairs there are.
func (p *pool) plan() *pairPlan {
	g := p.eng
	co := p.cohorts()
	meetings := p.meetings(co)
	all := count(co, meetings)
	out := &pairPlan{others: all}
	if all > fewPairs && p.oneBlock() {
		var whole []int32
		for c := range co {
			whole = co[c].divide(func(i int32) bool { return g.complete(p.rows[i]) }, whole)
		}
		out.summed, out.others = true, count(co, meetings)
	}
	if out.others <= maxPairs {
		out.listed = make([]pair, 0, out.others)
		for _, m := range meetings {
			for k := range m.pairs {
				out.listed = append(out.listed, m.pair(co, k))
			}
		}
	} else {
		rng := rand.New(rand.NewPCG(g.study.Seed, 0x6b70)) // a stream of its own
		out.listed = make([]pair, drawnPairs)
		drawn := make([]int, drawnPairs)
		for i := range drawn {
			drawn[i] = rng.IntN(out.others)
		}
		slices.Sort(drawn) // pairs of one member then follow each other
		for i, k := range drawn {
			m := meetings[sort.Search(len(meetings), func(m int) bool { return meetings[m].before+meetings[m].pairs > k })]
			out.listed[i] = m.pair(co, k-m.before)
		}
	}
	if all <= fewPairs { // sums in order of time do not depend on how cohorts are formed
		date := make([]market.Date, len(p.rows))
		for _, c := range co {
			for _, i := range c.members {
				date[i] = c.date
			}
		}
		ordered := func(i, j int32) int { return cmp.Or(cmp.Compare(date[i], date[j]), cmp.Compare(i, j)) }
		slices.SortFunc(out.listed, func(a, b pair) int {
			a0, a1, b0, b1 := a.i, a.j, b.i, b.j
			if ordered(a0, a1) > 0 {
				a0, a1 = a1, a0
			}
			if ordered(b0, b1) > 0 {
				b0, b1 = b1, b0
			}
			return cmp.Or(ordered(a0, b0), ordered(a1, b1))
		})
	}
	out.cohorts, out.meetings = co, meetings
	return out
}

// complete reports whether a row has a residual on every session of the estimation
// window and an abnormal return on every session of the event window.
func (g *engine) complete(row int32) bool {
	return int(g.m[row]) == g.study.EstimationWindow.Len() && g.present(int(row), g.study.EventWindow) == g.length
}

// meetings lists the cohorts that meet.
func (p *pool) meetings(co []cohort) []meeting {
	// A window of L sessions spans well under 2L+14 days.
	reach := market.Date(2*p.eng.length + 14)
	out := make([]meeting, 0, len(co))
	for a := range co {
		out = append(out, meeting{a: a, b: a})
		for b := a + 1; b < len(co) && co[b].date-co[a].date <= reach; b++ {
			m := meeting{a: a, b: b, lag: -1}
			if co[a].cal == co[b].cal {
				if m.lag = co[b].s0 - co[a].s0; int(m.lag) >= p.eng.length {
					continue
				}
			} else if p.overlap(int(co[a].members[0]), int(co[b].members[0]), p.eng.study.EventWindow) == 0 {
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

// pair returns the k-th of the pairs with an incomplete member.
func (m *meeting) pair(co []cohort, k int) pair {
	a, b := co[m.a].members, co[m.b].members
	of := func(i, j int32) pair { return pair{i: min(i, j), j: max(i, j), lag: m.lag} }
	if m.a == m.b {
		upTo := func(i int) int { return i*(len(a)-1) - i*(i-1)/2 } // pairs that begin before the i-th member
		i := sort.Search(co[m.a].few, func(i int) bool { return upTo(i+1) > k })
		return of(a[i], a[i+1+k-upTo(i)])
	}
	if first := co[m.a].few * len(b); k >= first {
		k -= first
		return of(a[co[m.a].few+k/co[m.b].few], b[k%co[m.b].few])
	}
	return of(a[k/len(b)], b[k%len(b)])
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
	f.squares = floats.Dot(e, e)
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
	xy := floats.Dot(f.e[a:b], o.e[a+d:b+d])
	vx, vy := xx-sx*sx/float64(n), yy-sy*sy/float64(n)
	if !(vx > 1e-12*xx) || !(vy > 1e-12*yy) {
		return 0, true
	}
	return (xy - sx*sy/float64(n)) / math.Sqrt(vx*vy), true
}

// correlate computes the correlations of pairs that overlap. Those of one member that
// follow each other share its residuals.
func (p *pool) correlate(all []pair) {
	g := p.eng
	m := g.study.EstimationWindow.Len()
	// Residuals of all are kept only while they are few.
	var kept []filled
	if n := len(p.rows); n*m <= 1<<24 && len(all) >= n/2 {
		flat := make([]float64, n*m)
		kept = make([]filled, n)
		_ = parallel(context.Background(), n, 256, nil, func(_ *workspace, i int) {
			e := flat[i*m : (i+1)*m]
			g.residuals(int(p.rows[i]), e)
			kept[i].fill(e)
		})
	}
	some := func(all []pair, x, y []float64) {
		var own, other filled
		last := int32(-1)
		for k := range all {
			q := &all[k]
			a, b := p.rows[q.i], p.rows[q.j]
			if g.apart(a, b) {
				q.rho = 0
				continue
			}
			if g.ser[a].col.Calendar == g.ser[b].col.Calendar {
				u, v := &own, &other
				if kept != nil {
					u, v = &kept[q.i], &kept[q.j]
				} else {
					if k+1 < len(all) {
						g.fetch(int(p.rows[all[k+1].j]))
					}
					if q.i != last {
						last = q.i
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
			last = -1
			g.residuals(int(a), x)
			g.residuals(int(b), y)
			q.rho = p.correlation(int(q.i), int(q.j), x, y)
		}
	}
	const block = 1024
	if len(all) <= block {
		some(all, p.scratch.zeros(m), p.scratch.zeros(m))
		return
	}
	_ = parallel(context.Background(), (len(all)+block-1)/block, 1, nil, func(w *workspace, b int) {
		w.Reset()
		some(all[b*block:min((b+1)*block, len(all))], w.Floats(m), w.Floats(m))
	})
}
