package analysis

import (
	"cmp"
	"math"
	"slices"
	"sort"

	"aftershock/analysis/stat"
)

// ranker ranks the abnormal returns of one observation after another in
// memory of its own, by sorting them. It takes all that there is: ties, gaps, a
// variance of each session. A tally does the same for most observations, and
// faster; where it cannot, and in its tests, this is how it is done.
type ranker struct {
	x, y sorted // the usable estimation residuals; values of the event window
	raw  []float64
	at   []int32
	turn []int
}

// sorted are values in ascending order.
type sorted struct {
	v    []float64
	t    []int32   // session of v, from the start of the estimation window
	rank []float64 // rank of v, ties at the middle of theirs
}

// sort fills s with raw, which holds no NaN, and at in ascending order of raw.
func (k *ranker) sort(s *sorted) {
	n := len(k.raw)
	s.v, s.t, s.rank, k.turn = stat.Grown(s.v, n), stat.Grown(s.t, n), stat.Grown(s.rank, n), stat.Grown(k.turn, n)
	for i := range k.turn {
		k.turn[i] = i
	}
	slices.SortFunc(k.turn, func(a, b int) int { return cmp.Compare(k.raw[a], k.raw[b]) })
	for i, o := range k.turn {
		s.v[i], s.t[i] = k.raw[o], k.at[o]
	}
	for i := 0; i < n; {
		j := i + 1
		for j < n && s.v[j] == s.v[i] {
			j++
		}
		r := float64(i+j+1) / 2
		for ; i < j; i++ {
			s.rank[i] = r
		}
	}
}

// load takes the estimation residuals of an observation; with sigma, one
// element a usable session, each is divided by its own.
func (k *ranker) load(residuals, sigma []float64) {
	k.raw, k.at = k.raw[:0], k.at[:0]
	for t, v := range residuals {
		if v == v {
			if sigma != nil {
				v /= sigma[len(k.raw)]
			}
			k.raw, k.at = append(k.raw, v), append(k.at, int32(t))
		}
	}
	k.sort(&k.x)
}

// rank adds to s the ranks of the loaded residuals and of the event window's
// values together, each divided by 1 + their number and others. Ties get
// mid-ranks; NaN is not ranked.
func (k *ranker) rank(event []float64, others int, s *rankSum) {
	estimation := len(s.sum) - len(event)
	k.raw, k.at = k.raw[:0], k.at[:0]
	for t, v := range event {
		if v == v {
			k.raw, k.at = append(k.raw, v), append(k.at, int32(estimation+t))
		}
	}
	k.sort(&k.y)
	x, y := k.x, k.y
	unit := 1 / float64(1+len(x.v)+len(y.v)+others)
	i, below := 0, 0 // residuals up to the value at hand, and below it
	for j, v := range y.v {
		for ; i < len(x.v) && x.v[i] < v; i++ {
			s.add(x.t[i], (x.rank[i]+float64(j))*unit)
		}
		if j == 0 || y.v[j-1] != v {
			below = i
		}
		for ; i < len(x.v) && x.v[i] == v; i++ {
			s.add(x.t[i], (x.rank[i]+y.rank[j]-0.5)*unit)
		}
		s.add(y.t[j], (y.rank[j]+float64(below+i)/2)*unit)
	}
	for ; i < len(x.v); i++ {
		s.add(x.t[i], (x.rank[i]+float64(len(y.v)))*unit)
	}
}

// insert ranks v among the n loaded residuals. It returns its rank divided by
// n+2 and adds to sum what v adds to theirs: one step above it, half a step
// where they tie.
func (k *ranker) insert(v float64, sum []float64) float64 {
	x := k.x
	unit := 1 / float64(len(x.v)+2)
	below := sort.SearchFloat64s(x.v, v)
	i := below
	for ; i < len(x.v) && x.v[i] == v; i++ {
		sum[x.t[i]] += unit / 2
	}
	for _, t := range x.t[i:] {
		sum[t] += unit
	}
	return float64(below+i+2) / 2 * unit
}

// rankSum adds up the ranks of observations session by session: those of the
// estimation window, then those of the event window.
type rankSum struct{ sum, count []float64 }

func (s *scratch) rankSum(sessions int) rankSum {
	return rankSum{s.zeros(sessions), s.zeros(sessions)}
}

func (s *rankSum) add(t int32, rank float64) {
	s.sum[t] += rank
	s.count[t]++
}

// ranks are the ranks of a pool's members, added up session by session, as the
// rank tests need them.
type ranks struct {
	plain        rankSum   // of AR
	standardised rankSum   // of SAR, that of the event window over its spread
	base         rankSum   // of the standardised estimation residuals alone, over M+2
	general      []general // by window of the study
}

// general is the generalised rank test's view of one window: the mean over
// the observations of U = rank/(M+2) - 1/2 of SCAR/sd(SCAR) among the
// standardised estimation residuals.
type general struct {
	u     float64
	ideal float64   // standard deviation of u if every rank is equally likely
	z     float64   // u over its standard deviation in the estimation window
	t     int       // sessions, the window counted as one
	sum   []float64 // what the window's own values add to the ranks; nil where there are none
}

func newRanks(estimation, event, windows int, s *scratch) *ranks {
	return new(ranks).make(estimation, event, windows, s)
}

func (r *ranks) make(estimation, event, windows int, s *scratch) *ranks {
	*r = ranks{plain: s.rankSum(estimation + event), standardised: s.rankSum(estimation + event), base: s.rankSum(estimation)}
	if s == nil {
		r.general = make([]general, windows)
	} else {
		s.general = stat.Grown(s.general, windows)
		clear(s.general)
		r.general = s.general
	}
	return r
}

// merge adds the ranks of other members.
func (r *ranks) merge(o *ranks) {
	add := func(x, y []float64) {
		for t, v := range y {
			x[t] += v
		}
	}
	for _, s := range [][2]*rankSum{{&r.plain, &o.plain}, {&r.standardised, &o.standardised}, {&r.base, &o.base}} {
		add(s[0].sum, s[1].sum)
		add(s[0].count, s[1].count)
	}
	for w := range r.general {
		x, y := &r.general[w], &o.general[w]
		x.u += y.u
		x.ideal += y.ideal
		add(x.sum, y.sum)
	}
}

// ranking is the work of ranking a pool's members.
type ranking struct {
	pool   *pool
	spread []float64 // cross-sectional standard deviation of SAR, by session of the event window
	scale  []float64 // sd(SCAR) by window, NaN where not all members have one or they are alike
}

// ranked returns the ranks of the members. Every member is sorted once, for
// all tests and windows.
func (p *pool) ranked() *ranks {
	if p.ranks == nil {
		p.ranks = p.rank()
	}
	return p.ranks
}

func (p *pool) rank() *ranks {
	g := p.eng
	var job ranking
	if p.spreads != nil {
		job = *p.spreads
	} else if job = p.ranking(); p.ledger.partial() {
		p.spreads = &ranking{p, job.spread, job.scale}
	}
	out := &p.own.ranks
	small := len(p.rows) <= block
	if mem := p.scratch; small && mem != nil && p.of == nil {
		job.begin(out.make(g.study.EstimationWindow.Len(), g.length, g.windows, mem), mem)
		job.members(out, p.rows, mem)
	} else if small {
		job.begin(out.make(g.study.EstimationWindow.Len(), g.length, g.windows, nil), nil)
		job.members(out, p.rows, new(scratch))
	} else {
		p.rankBlocks(out, job)
	}
	if p.ledger.partial() {
		return out
	}
	for w := range out.general {
		out.general[w].finish(len(p.rows), &out.base)
	}
	return out
}

// ranking finds what the values of the event window are divided by.
func (p *pool) ranking() ranking {
	g := p.eng
	about := p.firstStandardised()
	var d deviations
	d.make(len(about), p.scratch)
	if len(p.rows) <= block {
		p.addStandardised(&d, p.rows, about)
	} else {
		inBlocks(p.rows, func(rows []int32) *deviations {
			d := new(deviations)
			d.make(len(about), nil)
			p.addStandardised(d, rows, about)
			return d
		}, d.merge)
	}
	spread := d.spread()
	job := ranking{pool: p, spread: spread[:g.length], scale: spread[g.length:]}
	for w := range job.scale {
		if d.n[g.length+w] < float64(len(p.rows)) {
			job.scale[w] = nan
		}
	}
	return job
}

// rankBlocks is rank for many members.
func (p *pool) rankBlocks(out *ranks, job ranking) {
	g := p.eng
	fresh := func() *ranks {
		r := newRanks(g.study.EstimationWindow.Len(), g.length, g.windows, nil)
		job.begin(r, nil)
		return r
	}
	width := 0
	for _, s := range fresh().sums() {
		width += len(s)
	}
	all := p.blockItems("ranks", width, func(rows []int32) []float64 {
		r, v := fresh(), make([]float64, 0, width)
		for _, s := range job.members(r, rows, new(scratch)).sums() {
			v = append(v, s...)
		}
		for w := range r.general {
			v[w], v[len(r.general)+w] = r.general[w].u, r.general[w].ideal
		}
		return v
	})
	*out = *fresh()
	for first := true; len(all) > 0; all, first = all[width:], false {
		o, at := out, 0
		if !first {
			o = fresh()
		}
		for _, s := range o.sums() {
			at += copy(s, all[at:])
		}
		for w := range o.general {
			o.general[w].u, o.general[w].ideal = all[w], all[len(o.general)+w]
		}
		if !first {
			out.merge(o)
		}
	}
}

// sums lists the numbers of r that add up, its first 2 by window those of general.
func (r *ranks) sums() [][]float64 {
	out := [][]float64{make([]float64, 2*len(r.general)), r.plain.sum, r.plain.count, r.standardised.sum, r.standardised.count, r.base.sum, r.base.count}
	for w := range r.general {
		out = append(out, r.general[w].sum)
	}
	return out
}

// deviations are sums of several columns of numbers about one of each, from
// which their spreads follow without a second pass.
type deviations struct{ n, sum, ss []float64 }

func (d *deviations) make(columns int, mem *scratch) {
	*d = deviations{mem.zeros(columns), mem.zeros(columns), mem.zeros(columns)}
}

func (d *deviations) merge(o *deviations) {
	for k := range d.n {
		d.n[k] += o.n[k]
		d.sum[k] += o.sum[k]
		d.ss[k] += o.ss[k]
	}
}

// spread returns the standard deviations of the columns, NaN where the numbers
// of one are alike or fewer than two. It overwrites ss.
func (d *deviations) spread() []float64 {
	for k, ss := range d.ss {
		if d.ss[k] = nan; ss > 0 {
			d.ss[k] = math.Sqrt((ss - d.sum[k]*d.sum[k]/d.n[k]) / (d.n[k] - 1))
		}
	}
	return d.ss
}

// standardisable returns the ARs of a row, then its CARs, with their variances, and where they begin among the columns of deviations.
func (g *engine) standardisable(r int32, ar, va []float64) [2]struct {
	value, variance []float64
	first           int
} {
	row, l, w := int(r), g.length, g.windows
	return [2]struct {
		value, variance []float64
		first           int
	}{{g.abnormals(row, 0, ar[:l]), g.variances(row, 0, va[:l]), 0}, {g.car[row*w:][:w], g.carVar[row*w:][:w], l}}
}

// firstStandardised returns the first SAR that there is of each session of the
// event window, and behind them the first SCAR of each window.
func (p *pool) firstStandardised() []float64 {
	about := p.scratch.zeros(p.eng.length + p.eng.windows)
	for k := range about {
		about[k] = nan
	}
	left := len(about)
	ar, va := p.scratch.zeros(p.eng.length), p.scratch.zeros(p.eng.length)
	for _, r := range p.rows {
		for _, x := range p.eng.standardisable(r, ar, va) {
			for t, v := range x.value {
				if k := x.first + t; about[k] != about[k] && v == v {
					about[k] = v / math.Sqrt(x.variance[t])
					left--
				}
			}
		}
		if left == 0 {
			break
		}
	}
	return about
}

// addStandardised adds the SARs and SCARs of rows to d.
func (p *pool) addStandardised(d *deviations, rows []int32, about []float64) {
	ar, va := make([]float64, p.eng.length), make([]float64, p.eng.length)
	for _, r := range rows {
		for _, x := range p.eng.standardisable(r, ar, va) {
			n := len(x.value)
			variance, about := x.variance[:n], about[x.first:][:n]
			count, sum, ss := d.n[x.first:][:n], d.sum[x.first:][:n], d.ss[x.first:][:n]
			for t, v := range x.value {
				if v == v {
					v = v/math.Sqrt(variance[t]) - about[t]
					count[t]++
					sum[t] += v
					ss[t] += v * v
				}
			}
		}
	}
}

// begin makes room in out for what the windows add to the ranks.
func (job *ranking) begin(out *ranks, s *scratch) {
	for w, v := range job.scale {
		if v == v {
			out.general[w].sum = s.zeros(job.pool.eng.study.EstimationWindow.Len())
		}
	}
}

// members adds the ranks of some of the members to out, which is begun.
func (job *ranking) members(out *ranks, rows []int32, s *scratch) *ranks {
	g := job.pool.eng
	est, l := g.study.EstimationWindow.Len(), g.length
	event, residuals, values, ar, va := s.zeros(l), s.zeros(est), s.zeros(g.windows), s.zeros(l), s.zeros(l)
	s.tally.begin(out, est, l)
	for _, r := range rows {
		row := int(r)
		g.abnormals(row, 0, ar)
		g.variances(row, 0, va)
		g.residuals(row, residuals)
		// The residuals are compared with s times a standardised value,
		// unless their variance is not constant.
		sigma, own := math.Sqrt(g.s2[row]), g.sigmas(row)
		if own != nil {
			sigma = 1
		}
		for t, v := range ar {
			event[t] = sigma * v / math.Sqrt(va[t]) / job.spread[t]
		}
		for w, scale := range job.scale {
			k := row*g.windows + w
			values[w] = sigma * (g.car[k] / math.Sqrt(g.carVar[k]) / scale)
		}
		if own != nil || !s.tally.add(residuals, ar, event, values, 1/sigma) {
			out.add(&s.ranker, residuals, own, ar, event, values)
		}
	}
	s.tally.finish()
	return out
}

// add ranks one observation: its residuals, those over their own standard
// deviations where sigma is not nil, its abnormal returns, the standardised
// ones and, for every window, one value of the scale of these.
func (r *ranks) add(k *ranker, residuals, sigma, ar, standardised, values []float64) {
	k.load(residuals, nil)
	k.rank(ar, 0, &r.plain)
	if sigma != nil {
		k.load(residuals, sigma)
	}
	k.rank(standardised, 0, &r.standardised)
	k.rank(nil, 1, &r.base)
	for w, v := range values {
		if gen := &r.general[w]; gen.sum != nil {
			gen.u += k.insert(v, gen.sum)
			gen.ideal += ideal(len(k.x.v))
		}
	}
}

// ideal is the variance of U of one observation of m estimation sessions if
// every rank is equally likely.
func ideal(m int) float64 {
	t := float64(m + 1)
	return (t - 1) / (12 * (t + 1))
}

// finish turns the sums over n observations into the statistics.
func (gen *general) finish(n int, base *rankSum) {
	if gen.sum == nil {
		return
	}
	all := float64(n)
	gen.u = gen.u/all - 0.5
	gen.ideal = math.Sqrt(gen.ideal) / all
	ss := gen.u * gen.u
	gen.t = 1
	for t, m := range base.count {
		if m > 0 {
			u := (base.sum[t]+gen.sum[t])/m - 0.5
			ss += m / all * u * u
			gen.t++
		}
	}
	gen.z = gen.u / math.Sqrt(ss/float64(gen.t))
}
