package analysis

import (
	"context"
	"math"
	"slices"
)

// measure averages and tests a group. When ctx is done, its tests are void.
func (grp *Group) measure(ctx context.Context, r *Result, mem *scratch) {
	g := r.eng
	mem.reset()
	rows := make([]int32, len(grp.Members))
	for k, i := range grp.Members {
		rows[k] = r.Observations[i].row
	}
	p := newPool(g, rows)
	p.ctx, p.scratch = ctx, mem
	grp.SameDate = p.sameDate
	grp.average(g, p)
	grp.Windows = make([]GroupWindow, len(r.Study.Windows))
	for w := range grp.Windows {
		c := newCross(p, w)
		gw := &grp.Windows[w]
		*gw = GroupWindow{Window: c.Window, N: c.N(), CAAR: nan, ABHAR: nan, MeanSCAR: nan, RBar: c.RBar()}
		if c.pool.sampled > 0 {
			gw.Drawn = len(c.pool.pairs)
		}
		if c.N() > 0 {
			gw.CAAR, gw.ABHAR, gw.MeanSCAR = c.average(c.CAR), c.average(c.BHAR), mean(c.SCAR)
		}
		for _, v := range c.CAR {
			if v > 0 {
				gw.Positive++
			}
		}
		if c.N() < len(rows) {
			for k, i := range grp.Members {
				if math.IsNaN(g.car[int(rows[k])*g.windows+w]) {
					gw.Missing = append(gw.Missing, i)
				}
			}
		}
		tests := mem.results.take(len(r.Study.Tests))[:0]
		for _, t := range r.Study.Tests {
			if t.Scope().covers(ManyObservations) {
				tests = append(tests, run(t, c))
			}
		}
		gw.Tests = slices.Clip(tests)
	}
}

// average fills Averages. The standard error of an average is that of the
// members' portfolio where all share session 0: its forecast error contains
// how the members move together. Otherwise it is their spread,
//
//	SE = sqrt( N/(N-1) sum w_i^2 (x_i - mean)^2 ) / sum w_i
//
// (sd/sqrt(N) for equal weights), times sqrt((1+(N-1)r)/(1-r)) where their
// windows overlap (r = RBar; the factor of Kolari and Pynnönen 2010).
func (grp *Group) average(g *engine, p *pool) {
	l, n := g.length, len(p.rows)
	grp.SEMethod = "cross-section"
	ownPath, ownVar := p.scratch.take(l), p.scratch.take(l)
	if p.sameDate && p.portfolio().ex == nil {
		grp.SEMethod = "portfolio"
		p.portfolio().eng.path(0, ownPath, ownVar)
	}
	ar, car := p.moments()
	grp.Averages = p.scratch.averages.take(l)
	path := p.scratch.take(l)
	q, of := nan, nan // the quantile of so many degrees of freedom
	for t := range l {
		tau := g.study.Event.From + t
		a := Average{Tau: tau, N: ar.n[t], AAR: ar.mean[t], SD: ar.sd[t], SE: ar.se[t], Positive: ar.positive[t],
			NPath: car.n[t], CAAR: car.mean[t], CAARSE: car.se[t], Lower: nan, Upper: nan}
		df := float64(a.NPath - 1)
		if grp.SEMethod == "portfolio" {
			e := p.whole.eng.estimate(0)
			a.SE, a.CAARSE = math.Sqrt(p.whole.eng.va[t]), math.Sqrt(ownVar[t])
			df = float64(e.M - e.K)
		} else if n > 1 {
			here := func(r int32) bool { return g.ar[int(r)*l+t] == g.ar[int(r)*l+t] }
			so := func(r int32) bool { g.cumulative(int(r), path); return path[t] == path[t] }
			a.SE *= inflation(a.N, p.among(a.N, here, Window{tau, tau}))
			a.CAARSE *= inflation(a.NPath, p.among(a.NPath, so, Window{g.study.Event.From, tau}))
		}
		if df != of {
			q, of = studentQuantile(0.975, df), df
		}
		if q == q {
			a.Lower, a.Upper = a.CAAR-q*a.CAARSE, a.CAAR+q*a.CAARSE
		}
		grp.Averages[t] = a
	}
}

// among is rbar over win for the k members for which has is true.
func (p *pool) among(k int, has func(row int32) bool, win Window) float64 {
	if k == len(p.rows) {
		return p.rbar(win)
	}
	in := make([]bool, len(p.rows))
	for i, r := range p.rows {
		in[i] = has(r)
	}
	return p.pairMean(k, in, win)
}

// moments returns the moments of the members' ARs, and of their CARs from the
// event window's start; of an even pool, only the means of these. Two passes
// over the members, which keep nothing of them: means, then spreads.
func (p *pool) moments() (ar, car *moments) {
	g := p.eng
	l := g.length
	type two struct{ ar, car *moments }
	pass := func(spread bool) two {
		sums := inBlocks(p.rows, func(rows []int32, mem *scratch) two {
			m := two{newMoments(l, ar, mem), newMoments(l, car, mem)}
			path := mem.take(l)
			for _, r := range rows {
				w, x := g.weight(r), g.ar[int(r)*l:][:l]
				if p.even {
					m.ar.addWhole(x, w, spread)
					continue
				}
				g.cumulative(int(r), path)
				m.ar.add(x, w, spread)
				m.car.add(path, w, spread)
			}
			return m
		}, p.scratch)
		for _, o := range sums[1:] {
			sums[0].ar.merge(o.ar)
			sums[0].car.merge(o.car)
		}
		return sums[0]
	}
	first := pass(false)
	ar, car = first.ar, first.car
	ar.means()
	car.means()
	second := pass(true)
	ar.spreads(second.ar)
	car.spreads(second.car)
	if p.even {
		copy(car.n, ar.n)
		var sum float64
		for t, v := range ar.mean {
			sum += v
			car.mean[t] = sum
		}
	}
	return ar, car
}

// moments are weighted means and spreads by session, NaN values left out.
type moments struct {
	n, positive                  []int
	weight, mean, ss, ws, sd, se []float64
}

// newMoments returns moments of l sessions about the means of of, if it is not nil.
func newMoments(l int, of *moments, mem *scratch) *moments {
	f, k := mem.take(6*l), make([]int, 2*l)
	m := &moments{k[:l], k[l:], f[:l], f[l : 2*l], f[2*l : 3*l], f[3*l : 4*l], f[4*l : 5*l], f[5*l:]}
	if of != nil {
		m.mean = of.mean
	}
	return m
}

// add takes the values x of one observation of weight w, first for the mean,
// then for the spread.
func (m *moments) add(x []float64, w float64, spread bool) {
	for t, v := range x {
		if v != v {
			continue
		}
		if spread {
			d := v - m.mean[t]
			m.ss[t] += d * d
			m.ws[t] += w * w * d * d
			continue
		}
		m.n[t]++
		m.weight[t] += w
		m.mean[t] += w * v
		if v > 0 {
			m.positive[t]++
		}
	}
}

// addWhole is add for values of which none is NaN; it leaves out what only the
// error of a mean takes.
func (m *moments) addWhole(x []float64, w float64, spread bool) {
	mean := m.mean[:len(x)]
	if spread {
		ss := m.ss[:len(x)]
		for t, v := range x {
			d := v - mean[t]
			ss[t] += d * d
		}
		return
	}
	n, weight, positive := m.n[:len(x)], m.weight[:len(x)], m.positive[:len(x)]
	for t, v := range x {
		n[t]++
		weight[t] += w
		mean[t] += w * v
		positive[t] += above(v)
	}
}

// above is 1 for a number above 0 and else 0, without a branch.
func above(v float64) int {
	bits := int64(math.Float64bits(v)) // above 0 as v is
	return int(uint64(-bits&^bits) >> 63)
}

// merge adds the sums of other observations.
func (m *moments) merge(o *moments) {
	for t := range m.n {
		m.n[t] += o.n[t]
		m.positive[t] += o.positive[t]
		m.weight[t] += o.weight[t]
		if &m.mean[0] != &o.mean[0] {
			m.mean[t] += o.mean[t]
		}
		m.ss[t] += o.ss[t]
		m.ws[t] += o.ws[t]
	}
}

func (m *moments) means() {
	for t := range m.mean {
		m.mean[t] /= m.weight[t] // 0/0 for no value
	}
}

// spreads completes m with the sums of the second pass.
func (m *moments) spreads(o *moments) {
	for t, n := range m.n {
		f := float64(n)
		m.sd[t], m.se[t] = math.Sqrt(o.ss[t]/(f-1)), math.Sqrt(f/(f-1)*o.ws[t])/m.weight[t] // 0/0 for one value
		if n < 2 {
			m.sd[t], m.se[t] = nan, nan
		}
	}
}

// inflation is sqrt((1+(N-1)r)/(1-r)), 1 where r is not positive or not known.
func inflation(n int, r float64) float64 {
	if !(r > 0) || r >= 1 {
		return 1
	}
	return math.Sqrt((1 + float64(n-1)*r) / (1 - r))
}

// deviation is the sample standard deviation, divisor N-1; NaN for N < 2.
func deviation(x []float64) float64 {
	if len(x) < 2 {
		return nan
	}
	m := mean(x)
	var ss float64
	for _, v := range x {
		ss += (v - m) * (v - m)
	}
	return math.Sqrt(ss / float64(len(x)-1))
}

// spreadOf returns how many elements of x are not NaN and their sample standard
// deviation, NaN for fewer than two.
func spreadOf(x []float64) (n int, sd float64) {
	var sum, ss float64
	for _, v := range x {
		if v == v {
			sum += v
			n++
		}
	}
	m := sum / float64(n)
	for _, v := range x {
		if v == v {
			ss += (v - m) * (v - m)
		}
	}
	if n < 2 {
		return n, nan
	}
	return n, math.Sqrt(ss / float64(n-1))
}
