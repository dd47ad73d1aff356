package analysis

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
)

// inflate widens the standard errors of the members' ARs, and of their CARs from
// the event window's start, for how they move together.
func (p *pool) inflate(ar, car *moments) {
	g, n := p.eng, len(p.rows)
	if n < 2 {
		return
	}
	p.rbarOf(g.study.EventWindow) // what all sessions share
	if most := float64(n); slices.Min(ar.n) < most || slices.Min(car.n) < most {
		p.pairing()
	}
	gaps := p.pathSpans()
	session := func(t int, in []bool) {
		tau := g.study.EventWindow.From + t
		marked := func(m *moments, has func(i int, r int32) bool, win Window) {
			k := int(m.n[t])
			if k < n {
				for i, r := range p.rows {
					in[i] = has(i, r)
				}
			}
			m.se[t] *= inflation(k, p.among(k, in, win))
		}
		marked(ar, func(_ int, r int32) bool { v := g.ar[int(r)*g.length+t]; return v == v }, Window{tau, tau})
		marked(car, func(i int, _ int32) bool { return t >= int(gaps[i].from) && t < int(gaps[i].to) }, Window{g.study.EventWindow.From, tau})
	}
	if n <= block {
		in := make([]bool, n)
		for t := range g.length {
			session(t, in)
		}
		return
	}
	_ = parallel(context.Background(), g.length, 1, nil, func(_ *workspace, t int) { session(t, make([]bool, n)) })
}

// among is rbar over win for the k members that in marks.
func (p *pool) among(k int, in []bool, win Window) float64 {
	if k == len(p.rows) {
		return p.rbarOf(win).r
	}
	return p.pairMean(k, in, win).r
}

// span is a range of sessions of the event window.
type span struct{ from, to int32 }

// pathSpans returns for each member the sessions on which it has a CAR from the
// window's start.
func (p *pool) pathSpans() []span {
	g := p.eng
	out := make([]span, len(p.rows))
	for i, r := range p.rows {
		s := span{to: int32(g.length)}
		for t, v := range g.ar[int(r)*g.length:][:g.length] {
			switch {
			case v == v:
			case g.study.MissingEvent != ZeroMissing:
				s.to = min(s.to, int32(t))
			case s.from == int32(t):
				s.from++
			}
		}
		out[i] = s
	}
	return out
}

// moments returns the moments of the members' ARs, and of their CARs from the
// event window's start; of an even pool, only the means of these. Two passes
// over the members, which keep nothing of them: means, then spreads.
func (p *pool) moments() (ar, car *moments) {
	l := p.eng.length
	path := p.scratch.zeros(l)
	ar, car = &p.own.ar, &p.own.car
	ar.make(l, p.scratch)
	car.make(l, p.scratch)
	for _, spread := range []bool{false, true} {
		if len(p.rows) <= block {
			p.addMoments(ar, car, p.rows, spread, path)
		} else {
			p.momentBlocks(ar, car, spread)
		}
		if p.even && !spread {
			copy(ar.mean, p.eventSums())
		}
		weighted := p.eng.study.Weights != EqualWeights
		ar.end(spread, weighted)
		car.end(spread, weighted)
	}
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

// momentBlocks is addMoments for many members.
func (p *pool) momentBlocks(ar, car *moments, spread bool) {
	type two struct{ ar, car moments }
	l := p.eng.length
	inBlocks(p.rows, func(rows []int32) *two {
		m := new(two)
		m.ar.make(l, nil)
		m.car.make(l, nil)
		if spread {
			m.ar.mean, m.car.mean = ar.mean, car.mean
		}
		p.addMoments(&m.ar, &m.car, rows, spread, make([]float64, l))
		return m
	}, func(m *two) {
		ar.merge(&m.ar, spread)
		car.merge(&m.car, spread)
	})
}

// addMoments adds what rows add to the means, or to the spreads. path is scratch.
func (p *pool) addMoments(ar, car *moments, rows []int32, spread bool, path []float64) {
	g := p.eng
	if p.even {
		ar.addWhole(g, rows, spread)
		return
	}
	for _, r := range rows {
		w, x := g.weight(r), g.ar[int(r)*g.length:][:g.length]
		g.cumulative(int(r), path)
		ar.add(x, w, spread)
		car.add(path, w, spread)
	}
}

// moments are weighted means and spreads by session, NaN values left out.
// The mean is weighted, and so is what its error takes; sd is about the plain mean,
// which sum gives where weights differ.
type moments struct{ n, positive, weight, mean, ss, ws, sd, se, sum []float64 }

func (m *moments) make(l int, mem *scratch) {
	f := mem.zeros(9 * l)
	*m = moments{f[:l], f[l : 2*l], f[2*l : 3*l], f[3*l : 4*l], f[4*l : 5*l], f[5*l : 6*l], f[6*l : 7*l], f[7*l : 8*l], f[8*l:]}
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
		m.sum[t] += v
		if v > 0 {
			m.positive[t]++
		}
	}
}

// addWhole is add for the abnormal returns of rows of which none is missing, but for
// their mean and what only its error takes.
func (m *moments) addWhole(g *engine, rows []int32, spread bool) {
	mean := m.mean
	if spread {
		ss := m.ss[:len(mean)]
		for _, r := range rows {
			for t, v := range g.ar[int(r)*g.length:][:len(mean)] {
				d := v - mean[t]
				ss[t] += d * d
			}
		}
		return
	}
	positive := m.positive[:len(mean)]
	var weights float64
	for _, r := range rows {
		weights += g.weight(r)
		for t, v := range g.ar[int(r)*g.length:][:len(mean)] {
			positive[t] += float64(above(v))
		}
	}
	if g.study.Weights != EqualWeights {
		for _, r := range rows {
			floats.Add(m.sum, g.ar[int(r)*g.length:][:len(mean)])
		}
	}
	floats.AddConst(float64(len(rows)), m.n)
	floats.AddConst(weights, m.weight)
}

// merge adds the sums of other observations.
func (m *moments) merge(o *moments, spread bool) {
	for t := range m.n {
		if spread {
			m.ss[t] += o.ss[t]
			m.ws[t] += o.ws[t]
			continue
		}
		m.n[t] += o.n[t]
		m.positive[t] += o.positive[t]
		m.weight[t] += o.weight[t]
		m.mean[t] += o.mean[t]
		m.sum[t] += o.sum[t]
	}
}

// end completes the means, then the spreads. The squares are about the weighted mean:
//
//	sum (x - plain)^2 = sum (x - mean)^2 - n (mean - plain)^2
func (m *moments) end(spread, weighted bool) {
	for t, n := range m.n {
		if !spread {
			m.mean[t] /= m.weight[t] // 0/0 for no value
			continue
		}
		ss := m.ss[t]
		if weighted {
			d := m.mean[t] - m.sum[t]/n
			ss = max(0, ss-n*d*d)
		}
		m.sd[t], m.se[t] = math.Sqrt(ss/(n-1)), math.Sqrt(n/(n-1)*m.ws[t])/m.weight[t] // 0/0 for one value
		if n < 2 {
			m.sd[t], m.se[t] = nan, nan
		}
	}
}

// above is 1 for a number above 0 and else 0, without a branch.
func above(v float64) int {
	bits := int64(math.Float64bits(v)) // above 0 as v is
	return int(uint64(-bits&^bits) >> 63)
}

// inflation is sqrt((1+(N-1)r)/(1-r)), 1 where r is not positive or not known.
func inflation(n int, r float64) float64 {
	if !(r > 0) || r >= 1 {
		return 1
	}
	return math.Sqrt((1 + float64(n-1)*r) / (1 - r))
}
