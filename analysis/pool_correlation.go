package analysis

import (
	"context"
	"math"
	"sync"

	"aftershock/market"
)

// A question is which members a mean correlation is asked of, and over which window: of
// those that have the CAR over a CAR window (an index into Study.CARWindows), or, where
// that is -1, an abnormal return on all of its sessions, on one of them where missing ones
// count as zero.
type question struct {
	win Window
	car int
}

// questions are those of a group: each session, the path up to each, each CAR window.
func (g *engine) questions() []question {
	from := g.study.EventWindow.From
	out := make([]question, 0, 2*g.length+g.windows)
	for t := range g.length {
		out = append(out, question{Window{from + t, from + t}, -1})
	}
	for t := range g.length {
		out = append(out, question{Window{from, from + t}, -1})
	}
	for w, win := range g.study.CARWindows {
		out = append(out, question{win, w})
	}
	return out
}

// Numbers of these questions.
func (g *engine) onSession(t int) int  { return t }
func (g *engine) onPath(t int) int     { return g.length + t }
func (g *engine) overWindow(w int) int { return 2*g.length + w }

// pairing is what the overlapping pairs of a pool's members give.
//
// The plain way is one correlation a pair. Above fewPairs, pairs of complete
// members (a residual on every session of the estimation window, an abnormal return on
// every session of the event window) are summed by their dates: the correlations of the
// members of one date with those of another add up to the product of the sums of their
// standardised residuals, so that N members of D dates cost N D and not N^2
// (BenchmarkRBar; TestPairSums holds the sums to the pairs). Pairs with an incomplete
// member are gone through one by one, above maxPairs a sample of them; all questions at
// once, so that no correlation is kept.
type pairing struct {
	questions []question
	summed    []float64 // by question: sums of correlations, each times the sessions that its pair shares, of complete members
	one       []float64 // the same of the other pairs, or of a sample of them
	square    []float64 // of a sample, the sums of squares
	isSummed  []bool    // by member: it is among those that are summed; nil: none is
	others    int       // how many others there are
	drawn     int       // and how many of them were drawn; 0: none had to be
}

// meanCorrelation is a mean correlation: its value, and where it rests on a sample of
// pairs their number and its standard error.
type meanCorrelation struct {
	r, se float64
	drawn int
}

// rbarOf answers question q, see CrossSection.RBar. n of the members are asked about.
func (p *pool) rbarOf(n, q int) meanCorrelation {
	if n < 2 {
		return meanCorrelation{r: nan}
	}
	if n == len(p.rows) && p.sameDate && p.oneBlock() {
		if s := p.summary(); s.complete {
			return meanCorrelation{r: s.rho / (float64(n) * float64(n-1))}
		}
	}
	if p.of != nil && !p.of.sameDate && p.of.serves(q) { // whose pairs contain those of a part
		return p.of.pairMean(n, q)
	}
	return p.pairMean(n, q)
}

// serves reports whether the pairs of the members that q asks about can be told from those
// of all: none of the members that are summed is left out.
func (p *pool) serves(q int) bool {
	x := p.pairing()
	if w := x.questions[q].car; w >= 0 {
		for i, summed := range x.isSummed {
			if summed && math.IsNaN(p.eng.car[int(p.rows[i])*p.eng.windows+w]) {
				return false
			}
		}
	}
	return true
}

// pairMean is rbarOf from the pairs. [pool.serves] must hold of q.
func (p *pool) pairMean(n, q int) meanCorrelation {
	x := p.pairing()
	if p.ledger.partial() {
		return meanCorrelation{r: nan}
	}
	per := func(sum float64) float64 {
		return sum / float64(x.questions[q].win.Len()) / (float64(n) * float64(n-1) / 2)
	}
	if x.drawn == 0 {
		return meanCorrelation{r: per(x.summed[q] + x.one[q])}
	}
	d, all := float64(x.drawn), float64(x.others)
	mean := x.one[q] / d
	sd := math.Sqrt(max(0, x.square[q]/d-mean*mean))
	return meanCorrelation{r: per(x.summed[q] + all*mean), se: per(all * sd / math.Sqrt(d)), drawn: x.drawn}
}

// pairing returns what the pairs of the members give, found when first asked for.
func (p *pool) pairing() *pairing {
	if p.paired == nil {
		p.paired = p.pair()
	}
	return p.paired
}

// pairsOfItem is how many pairs that are gone through one by one are an item of the ledger.
const pairsOfItem = 4096

func (p *pool) pair() *pairing {
	plan := p.planned
	if plan == nil {
		plan = p.plan()
		if p.ledger.partial() {
			p.planned = plan
		}
	}
	if p.questions == nil {
		p.questions = p.eng.questions()
	}
	n := len(p.questions)
	out := &pairing{questions: p.questions, summed: make([]float64, n), one: make([]float64, n), others: plan.others, drawn: len(plan.drawn)}
	if plan.summed {
		p.sumPairs(out, plan.cohorts, plan.meetings)
	}
	width := n
	if out.drawn > 0 {
		width = 2 * n
	}
	of := p.items("pairs", (plan.ones()+pairsOfItem-1)/pairsOfItem, width, func(lo, hi int) []float64 {
		return p.addPairs(plan, lo, hi, width)
	})
	if out.drawn > 0 {
		out.square = make([]float64, n)
	}
	for ; len(of) > 0; of = of[width:] {
		for q := range n {
			out.one[q] += of[q]
			if out.drawn > 0 {
				out.square[q] += of[n+q]
			}
		}
	}
	return out
}

// addPairs returns what items [lo, hi) of the pairs that are gone through one by one add to
// pairing.one and, of a sample, square.
func (p *pool) addPairs(plan *pairPlan, lo, hi, width int) []float64 {
	m, n := p.eng.study.EstimationWindow.Len(), plan.ones()
	out := make([]float64, (hi-lo)*width)
	c := p.correlator(min(hi*pairsOfItem, n) - lo*pairsOfItem)
	has := p.presence()
	type memory struct {
		pairs []pair
		*overlaps
	}
	item := func(k int, mem *memory, x, y []float64) {
		first := (lo + k) * pairsOfItem
		pairs := mem.pairs[:min(pairsOfItem, n-first)]
		plan.pairs(first, pairs)
		c.correlate(pairs, x, y, mem.overlaps)
		p.add(out[k*width:][:width], pairs, has, mem.overlaps)
	}
	if hi-lo == 1 {
		item(0, &memory{make([]pair, min(n, pairsOfItem)), p.overlaps()}, p.scratch.zeros(m), p.scratch.zeros(m))
		return out
	}
	working := sync.Pool{New: func() any { return &memory{make([]pair, pairsOfItem), p.overlaps()} }}
	_ = parallel(context.Background(), hi-lo, 1, nil, func(w *workspace, k int) {
		w.Reset()
		mem := working.Get().(*memory)
		item(k, mem, w.Floats(m), w.Floats(m))
		working.Put(mem)
	})
	return out
}

// add adds what pairs give to sums, which has the sums of squares behind where it is
// twice as long as the questions.
func (p *pool) add(sums []float64, pairs []pair, has *presence, o *overlaps) {
	n := len(p.questions)
	one, square := sums[:n], sums[n:]
	// Pairs of members that have everything, by their lag: sums and squares.
	whole, squares := make([]float64, p.eng.length), make([]float64, p.eng.length)
	for k := range pairs {
		f := &pairs[k]
		if f.rho == 0 {
			continue
		}
		a, b := has.of(f.i), has.of(f.j)
		if f.lag >= 0 && a == nil && b == nil {
			whole[f.lag] += f.rho
			squares[f.lag] += f.rho * f.rho
			continue
		}
		of := o.of(f)
		first := 0
		if f.lag > 0 {
			first = o.sessions // which such a pair does not share
		}
		for q := first; q < n; q++ {
			if w := of[q]; w > 0 && bit(a, q) && bit(b, q) {
				v := f.rho * w
				one[q] += v
				if len(square) > 0 {
					square[q] += v * v
				}
			}
		}
	}
	for lag, rho := range whole {
		if rho == 0 && squares[lag] == 0 {
			continue
		}
		for q, w := range o.after(lag) {
			one[q] += rho * w
			if len(square) > 0 {
				square[q] += squares[lag] * w * w
			}
		}
	}
}

// presence tells which questions ask about a member.
type presence struct {
	words int
	at    []int32 // by member: where its bits begin, a bit a question; -1: all ask. nil: of all
	bits  []uint64
}

// presence returns that of the members.
func (p *pool) presence() *presence {
	g := p.eng
	out := &presence{words: (len(p.questions) + 63) / 64}
	ar := make([]float64, g.length)
	upTo := make([]int32, g.length+1) // abnormal returns before each session
	for i, r := range p.rows {
		whole := g.entire(r)
		for w := 0; w < g.windows && whole; w++ {
			v := g.car[int(r)*g.windows+w]
			whole = v == v
		}
		if whole {
			continue
		}
		if out.at == nil {
			out.at = make([]int32, len(p.rows))
			for k := range out.at {
				out.at[k] = -1
			}
		}
		out.at[i] = int32(len(out.bits))
		out.bits = append(out.bits, make([]uint64, out.words)...)
		bits := out.bits[out.at[i]:]
		for t, v := range g.abnormals(int(r), 0, ar) {
			upTo[t+1] = upTo[t]
			if v == v {
				upTo[t+1]++
			}
		}
		for q, asked := range p.questions {
			var has bool
			if asked.car >= 0 {
				v := g.car[int(r)*g.windows+asked.car]
				has = v == v
			} else {
				from, to := asked.win.From-g.study.EventWindow.From, asked.win.To-g.study.EventWindow.From
				k := int(upTo[to+1] - upTo[from])
				has = k == to+1-from || k > 0 && g.study.MissingEvent == ZeroMissing
			}
			if has {
				bits[q/64] |= 1 << (q % 64)
			}
		}
	}
	return out
}

// of returns the bits of a member, nil where all questions ask about it.
func (x *presence) of(member int32) []uint64 {
	if x.at == nil || x.at[member] < 0 {
		return nil
	}
	return x.bits[x.at[member]:][:x.words]
}

// bit reports whether bit q is set of bits, all of which are where it is nil.
func bit(bits []uint64, q int) bool { return bits == nil || bits[q/64]>>(q%64)&1 > 0 }

// overlaps are how many sessions the windows of two dates share, by question.
type overlaps struct {
	p           *pool
	sessions    int         // the first questions that are about one session each
	lags        [][]float64 // by lag, of two dates on one calendar
	meet        map[[2]*market.Calendar]*alignment
	weighed     twoDates // those of abroad, two on different calendars
	abroad      []float64
	joined      twoDates // those of ta and tb, what their estimation windows have in common
	ta, tb      []int32
	x, y        []float64 // the residuals of the last pair there
	upTo, below []float64 // by session of the event window: shared ones whose later place is no later, whose earlier is before
}

// twoDates are sessions 0 on two calendars.
type twoDates struct {
	a, b   *market.Calendar
	s0, t0 int32
}

func (d twoDates) reversed() twoDates { return twoDates{d.b, d.a, d.t0, d.s0} }

func (p *pool) overlaps() *overlaps {
	o := &overlaps{p: p}
	for o.sessions < len(p.questions) && p.questions[o.sessions].win.Len() == 1 {
		o.sessions++
	}
	return o
}

// after returns those of dates on one calendar, lag sessions apart.
func (o *overlaps) after(lag int) []float64 {
	if o.lags == nil {
		o.lags = make([][]float64, o.p.eng.length)
	}
	if o.lags[lag] == nil {
		of := make([]float64, len(o.p.questions))
		for q := range of {
			of[q] = float64(max(0, o.p.questions[q].win.Len()-lag))
		}
		o.lags[lag] = of
	}
	return o.lags[lag]
}

// of returns those of a pair.
func (o *overlaps) of(f *pair) []float64 {
	if f.lag >= 0 {
		return o.after(int(f.lag))
	}
	return o.between(o.datesOf(f))
}

// datesOf returns the dates of a pair.
func (o *overlaps) datesOf(f *pair) twoDates {
	g := o.p.eng
	a, b := o.p.rows[f.i], o.p.rows[f.j]
	return twoDates{g.ser[a].col.Calendar, g.ser[b].col.Calendar, g.s0[a], g.s0[b]}
}

// between returns those of two dates on different calendars, good until the next call.
func (o *overlaps) between(d twoDates) []float64 {
	if o.weighed == d || o.weighed == d.reversed() {
		return o.abroad
	}
	o.weighed = d
	from := o.p.eng.study.EventWindow.From
	if o.abroad = o.abroad[:0]; o.shared(d) == 0 {
		for range o.p.questions {
			o.abroad = append(o.abroad, 0)
		}
		return o.abroad
	}
	for _, q := range o.p.questions {
		// Later sessions of the one are later ones of the other: those that begin before the
		// window come first, those that end after it last.
		o.abroad = append(o.abroad, max(0, o.upTo[q.win.To-from]-o.below[q.win.From-from]))
	}
	return o.abroad
}

// shared returns how many sessions the event windows of two dates share, and sets upTo and
// below.
func (o *overlaps) shared(d twoDates) (n int) {
	g := o.p.eng
	l, from := g.length, g.study.EventWindow.From
	if o.upTo == nil {
		o.upTo, o.below = make([]float64, l), make([]float64, l+1)
	}
	clear(o.upTo)
	clear(o.below)
	to := o.aligned(d.a, d.b)
	for t := range l {
		k := to.session(int(d.s0) + from + t)
		if u := k - int(d.t0) - from; k >= 0 && u >= 0 && u < l {
			o.upTo[max(t, u)]++
			o.below[min(t, u)+1]++
			n++
		}
	}
	for t := 1; t < l; t++ {
		o.upTo[t] += o.upTo[t-1]
		o.below[t] += o.below[t-1]
	}
	return n
}

// common returns the sessions of the estimation window, as elements of the residuals,
// that members of two dates have in common.
func (o *overlaps) common(d twoDates) (ta, tb []int32) {
	m, from := o.p.eng.study.EstimationWindow.Len(), o.p.eng.study.EstimationWindow.From
	to := o.aligned(d.a, d.b)
	ta, tb = make([]int32, 0, m), make([]int32, 0, m)
	for t := range m {
		l := to.session(int(d.s0) + from + t)
		if u := l - int(d.t0) - from; l >= 0 && u >= 0 && u < m {
			ta, tb = append(ta, int32(t)), append(tb, int32(u))
		}
	}
	return ta, tb
}

// inCommon returns what a pair on different calendars has of its residuals x and y, gaps
// left out, on the sessions that it has in common; good until the next call.
func (o *overlaps) inCommon(f *pair, x, y []float64) (u, v []float64) {
	d := o.datesOf(f)
	switch o.joined {
	case d:
	case d.reversed():
		o.ta, o.tb = o.tb, o.ta
	default:
		o.ta, o.tb = o.common(d)
	}
	o.joined = d
	u, v = o.x[:0], o.y[:0]
	for k, t := range o.ta {
		if a, b := x[t], y[o.tb[k]]; a == a && b == b {
			u, v = append(u, a), append(v, b)
		}
	}
	o.x, o.y = u, v
	return u, v
}

// An alignment tells which sessions of two calendars are on one date. It holds those about
// the sessions that were asked for.
type alignment struct {
	of, to *market.Calendar
	first  int     // session of known
	known  []int32 // by session of the first calendar: 0 is not known yet, -1 none, else 1 + the session
}

// aligned returns the alignment of a to b.
func (o *overlaps) aligned(a, b *market.Calendar) *alignment {
	x := o.meet[[2]*market.Calendar{a, b}]
	if x == nil {
		if o.meet == nil {
			o.meet = make(map[[2]*market.Calendar]*alignment)
		}
		x = &alignment{of: a, to: b}
		o.meet[[2]*market.Calendar{a, b}] = x
	}
	return x
}

// session returns which session of the second calendar has the date of session k of the
// first, -1 where there is none.
func (x *alignment) session(k int) int {
	if k < 0 || k >= x.of.Len() {
		return -1
	}
	if k < x.first || k >= x.first+len(x.known) {
		x.extend(k)
	}
	at := &x.known[k-x.first]
	if *at == 0 {
		*at = -1
		if l, ok := x.to.Index(x.of.Date(k)); ok {
			*at = int32(l) + 1
		}
	}
	return max(int(*at)-1, -1)
}

// extend makes room for session k.
func (x *alignment) extend(k int) {
	const step = 256
	first := k &^ (step - 1)
	end := first + step
	if len(x.known) > 0 {
		first, end = min(first, x.first), max(end, x.first+len(x.known))
	}
	known := make([]int32, end-first)
	copy(known[max(0, x.first-first):], x.known)
	x.first, x.known = first, known
}
