package analysis

import (
	"cmp"
	"math"
	"slices"
	"sort"
)

// ranker ranks the abnormal returns of one observation after another in
// memory of its own.
type ranker struct {
	x, y   sorted // the usable estimation residuals; values of the event window
	raw    []float64
	at     []int32
	order  []int32
	bucket []int32
}

// sorted are values in ascending order with their sessions, counted from the
// start of the estimation window.
type sorted struct {
	v []float64
	t []int32
}

// sort fills s with raw, which holds no NaN, and at in ascending order of raw.
// A few hundred bell-shaped numbers are dealt into more buckets than there are
// numbers and put right by insertion: about linear time, where comparing costs
// a mispredicted branch at every other step. Crowded buckets are sorted.
func (k *ranker) sort(s *sorted) {
	x, n := k.raw, len(k.raw)
	k.order = grown(k.order, n)
	k.ascending()
	s.v, s.t = grown(s.v, n), grown(s.t, n)
	for i, o := range k.order {
		s.v[i], s.t[i] = x[o], k.at[o]
	}
}

// ascending fills order with the permutation that sorts raw.
func (k *ranker) ascending() {
	x, order := k.raw, k.order
	if len(x) == 0 {
		return
	}
	byValue := func(a, b int32) int { return cmp.Compare(x[a], x[b]) }
	lo, hi := x[0], x[0]
	for _, v := range x {
		lo, hi = min(lo, v), max(hi, v)
	}
	buckets := 2 * len(x)
	scale := float64(buckets-1) / (hi - lo)
	if !(scale > 0) || scale > 1e300 {
		for i := range order {
			order[i] = int32(i)
		}
		slices.SortFunc(order, byValue)
		return
	}
	k.bucket = grown(k.bucket, buckets+1)
	end := k.bucket
	clear(end)
	for _, v := range x {
		end[int((v-lo)*scale)+1]++
	}
	for b := 1; b <= buckets; b++ {
		end[b] += end[b-1]
	}
	for i, v := range x {
		b := int((v - lo) * scale)
		order[end[b]] = int32(i)
		end[b]++
	}
	const crowded = 16
	begin := int32(0)
	for _, end := range end[:buckets] {
		if end-begin > crowded {
			slices.SortFunc(order[begin:end], byValue)
			begin = end
			continue
		}
		for i := begin + 1; i < end; i++ {
			o := order[i]
			j := i
			for ; j > begin && x[order[j-1]] > x[o]; j-- {
				order[j] = order[j-1]
			}
			order[j] = o
		}
		begin = end
	}
}

// grown returns s with length n, allocating only when its capacity is short.
func grown[T any](s []T, n int) []T {
	if cap(s) < n {
		return make([]T, n)
	}
	return s[:n]
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
	for i, j := 0, 0; i < len(x.v) || j < len(y.v); {
		v := math.Inf(1)
		if i < len(x.v) {
			v = x.v[i]
		}
		if j < len(y.v) {
			v = min(v, y.v[j])
		}
		a, b := i, j
		for i < len(x.v) && x.v[i] == v {
			i++
		}
		for j < len(y.v) && y.v[j] == v {
			j++
		}
		r := float64(a+b+i+j+1) / 2 * unit // the mean of a+b+1 ... i+j
		for _, t := range x.t[a:i] {
			s.add(t, r)
		}
		for _, t := range y.t[b:j] {
			s.add(t, r)
		}
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

func newRankSum(sessions int) rankSum {
	return rankSum{make([]float64, sessions), make([]float64, sessions)}
}

func (s *rankSum) add(t int32, rank float64) {
	s.sum[t] += rank
	s.count[t]++
}

// rankings are the ranks of a set of observations, as the rank tests need them.
type rankings struct {
	n            int
	plain        rankSum   // of AR
	standardised rankSum   // of SAR, the event window's over spread
	spread       []float64 // cross-sectional standard deviation of SAR, by session of the event window

	in      []bool // which members of the pool are in the set
	base    rankSum
	windows []int // windows of the study that have this set
}

// general is the generalised rank test's view of one window: the mean over
// the observations of U = rank/(M+2) - 1/2 of SCAR/sd(SCAR) among the
// standardised estimation residuals.
type general struct {
	u     float64
	ideal float64   // standard deviation of u if every rank is equally likely
	z     float64   // u over its standard deviation in the estimation window
	t     int       // sessions, the window counted as one
	scale float64   // sd(SCAR)
	sum   []float64 // what the window's own value adds to the ranks
	note  string
}

// ranked returns the ranks of the pool, by window of the study. Every
// observation is sorted once, for all tests and windows.
func (p *pool) ranked() ([]*rankings, []general) {
	p.rankOnce.Do(p.rank)
	return p.rankings, p.general
}

func (p *pool) rank() {
	g := p.eng
	est, l := g.study.Estimation.Len(), g.length
	var sets []*rankings
	p.rankings, p.general = make([]*rankings, g.windows), make([]general, g.windows)
	for w := range g.windows {
		c := newCross(p, w)
		gen := &p.general[w]
		switch {
		case c.N() < 2:
			gen.note = "needs two observations at least"
		case !varies(c.SCAR):
			gen.note = "the observations do not differ, so their spread says nothing"
		default:
			gen.scale, gen.sum = deviation(c.SCAR), make([]float64, est)
		}
		in := make([]bool, len(p.rows))
		for i, r := range p.rows {
			in[i] = !math.IsNaN(g.car[int(r)*g.windows+w])
		}
		k := slices.IndexFunc(sets, func(s *rankings) bool { return slices.Equal(s.in, in) })
		if k < 0 {
			k = len(sets)
			sets = append(sets, &rankings{n: c.N(), in: in, spread: c.spreads(),
				plain: newRankSum(est + l), standardised: newRankSum(est + l), base: newRankSum(est)})
		}
		sets[k].windows = append(sets[k].windows, w)
		p.rankings[w] = sets[k]
	}
	k := new(ranker)
	event := make([]float64, l)
	for i, r := range p.rows {
		row := int(r)
		ar, va := g.ar[row*l:][:l], g.va[row*l:][:l]
		k.load(p.residuals(i), nil)
		for _, s := range sets {
			if s.in[i] {
				k.rank(ar, 0, &s.plain)
			}
		}
		// The residuals are compared with s times a standardised value,
		// unless their variance is not constant.
		sigma := math.Sqrt(g.s2[row])
		if own := g.sigmas(row); own != nil {
			sigma = 1
			k.load(p.residuals(i), own)
		}
		for _, s := range sets {
			if !s.in[i] {
				continue
			}
			for t := range event {
				event[t] = sigma * ar[t] / math.Sqrt(va[t]) / s.spread[t]
			}
			k.rank(event, 0, &s.standardised)
			k.rank(nil, 1, &s.base)
			for _, w := range s.windows {
				if gen := &p.general[w]; gen.note == "" {
					v := g.car[row*g.windows+w] / math.Sqrt(g.carVar[row*g.windows+w]) / gen.scale
					gen.u += k.insert(sigma*v, gen.sum)
					t := float64(len(k.x.v) + 1)
					gen.ideal += (t - 1) / (12 * (t + 1))
				}
			}
		}
	}
	for w, s := range p.rankings {
		p.general[w].finish(s)
	}
}

// finish turns the sums over the observations of s into the statistics.
func (gen *general) finish(s *rankings) {
	if gen.note != "" {
		return
	}
	n := float64(s.n)
	gen.u = gen.u/n - 0.5
	gen.ideal = math.Sqrt(gen.ideal) / n
	ss := gen.u * gen.u
	gen.t = 1
	for t, m := range s.base.count {
		if m > 0 {
			u := (s.base.sum[t]+gen.sum[t])/m - 0.5
			ss += m / n * u * u
			gen.t++
		}
	}
	gen.z = gen.u / math.Sqrt(ss/float64(gen.t))
}

// spreads returns the cross-sectional standard deviation of the SARs on each
// session of the event window, NaN where fewer than two or all alike.
func (c *Cross) spreads() []float64 {
	g := c.pool.eng
	sd := make([]float64, g.length)
	x := make([]float64, 0, c.N())
	for t := range sd {
		x = x[:0]
		for _, r := range c.rows {
			k := int(r)*g.length + t
			if sar := g.ar[k] / math.Sqrt(g.va[k]); sar == sar {
				x = append(x, sar)
			}
		}
		sd[t] = nan
		if varies(x) {
			sd[t] = deviation(x)
		}
	}
	return sd
}

// varies reports whether the elements of x are not all alike.
func varies(x []float64) bool {
	for _, v := range x {
		if v != x[0] {
			return true
		}
	}
	return false
}
