package analysis

import (
	"context"
	"math"
)

// measure averages and tests a group. When ctx is done, its tests are void.
func (grp *Group) measure(ctx context.Context, r *Result) {
	g := r.eng
	rows := make([]int32, len(grp.Members))
	for k, i := range grp.Members {
		rows[k] = r.Observations[i].row
	}
	p := newPool(g, rows)
	p.ctx = ctx
	grp.SameDate = p.sameDate
	grp.average(g, p)
	for w := range r.Study.Windows {
		c := newCross(p, w)
		gw := GroupWindow{Window: c.Window, N: c.N(), CAAR: nan, ABHAR: nan, MeanSCAR: nan, RBar: c.RBar()}
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
		for k, i := range grp.Members {
			if math.IsNaN(g.car[int(rows[k])*g.windows+w]) {
				gw.Missing = append(gw.Missing, i)
			}
		}
		for _, t := range r.Study.Tests {
			if t.Scope().covers(ManyObservations) {
				gw.Tests = append(gw.Tests, run(t, c))
			}
		}
		grp.Windows = append(grp.Windows, gw)
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
	ownPath, ownVar := make([]float64, l), make([]float64, l)
	if p.sameDate && p.portfolio().ex == nil {
		grp.SEMethod = "portfolio"
		p.portfolio().eng.path(0, ownPath, ownVar)
	}
	// Two passes over the members, which keep nothing of them: means, then
	// spreads. Sums of ARs first, of CARs from the window's start second.
	path, variance := make([]float64, l), make([]float64, l)
	ar, car := newMoments(l), newMoments(l)
	for _, spread := range []bool{false, true} {
		for _, r := range p.rows {
			g.path(int(r), path, variance)
			w := g.weight(r)
			ar.add(g.ar[int(r)*l:][:l], w, spread)
			car.add(path, w, spread)
		}
		ar.end(spread)
		car.end(spread)
	}
	grp.Averages = make([]Average, l)
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
			so := func(r int32) bool { g.path(int(r), path, variance); return path[t] == path[t] }
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

// moments are weighted means and spreads by session, NaN values left out.
type moments struct {
	n, positive                  []int
	weight, mean, ss, ws, sd, se []float64
}

func newMoments(l int) *moments {
	f := make([]float64, 6*l)
	return &moments{make([]int, l), make([]int, l), f[:l], f[l : 2*l], f[2*l : 3*l], f[3*l : 4*l], f[4*l : 5*l], f[5*l:]}
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

// end completes the means, then the spreads.
func (m *moments) end(spread bool) {
	for t, n := range m.n {
		if !spread {
			m.mean[t] /= m.weight[t] // 0/0 for no value
			continue
		}
		f := float64(n)
		m.sd[t], m.se[t] = math.Sqrt(m.ss[t]/(f-1)), math.Sqrt(f/(f-1)*m.ws[t])/m.weight[t] // 0/0 for one value
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
