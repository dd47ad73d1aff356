package analysis

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"aftershock/analysis/stat"
)

// inflate widens the standard errors of the members' ARs, and of their CARs from
// the event window's start, for how they move together.
func (p *pool) inflate(ar, car *moments) {
	if len(p.rows) < 2 {
		return
	}
	for t := range p.eng.length {
		for _, of := range []struct {
			*moments
			q int
		}{{ar, p.eng.onSession(t)}, {car, p.eng.onPath(t)}} {
			n := int(of.n[t])
			of.se[t] *= inflation(n, p.rbarOf(n, of.q).r)
		}
	}
}

// moments returns the moments of the members' ARs, and of their CARs from the
// event window's start; of an even pool, only the means of these. Two passes
// over the members, which keep nothing of them: means, then spreads.
func (p *pool) moments() (ar, car *moments) {
	l := p.eng.length
	ar, car = &p.own.ar, &p.own.car
	ar.make(l, p.scratch)
	car.make(l, p.scratch)
	if p.even {
		p.evenMoments(ar, car)
		return ar, car
	}
	if len(p.rows) > block && p.eng.study.Weights == EqualWeights && p.momentsAtOnce(ar, car) {
		return ar, car
	}
	path := p.scratch.zeros(2 * l)
	for _, spread := range []bool{false, true} {
		if len(p.rows) <= block {
			p.addMoments(ar, car, p.rows, spread, path)
		} else {
			p.momentBlocks(ar, car, spread)
		}
		weighted := p.eng.study.Weights != EqualWeights
		ar.end(spread, weighted)
		car.end(spread, weighted)
	}
	return ar, car
}

// momentsAtOnce is moments of equal weights in one pass, in half of the time: squares are
// added up about 0. It reports false where members differ too little for that, as
// evenMoments finds too.
func (p *pool) momentsAtOnce(ar, car *moments) bool {
	type two struct{ ar, car moments }
	g, l := p.eng, p.eng.length
	inBlocks(p.rows, func(rows []int32) *two {
		m := new(two)
		m.ar.make(l, nil)
		m.car.make(l, nil)
		var x, path [2][]float64
		for i := range x {
			x[i], path[i] = make([]float64, l), make([]float64, l)
		}
		held := 0 // of x and path, rows with every session
		for _, r := range rows {
			g.cumulative(g.abnormals(int(r), 0, x[held]), path[held])
			if !g.entire(r) {
				m.ar.addSquares(x[held])
				m.car.addSquares(path[held])
				continue
			}
			if held++; held == 2 {
				m.ar.addTwo(x[0], x[1])
				m.car.addTwo(path[0], path[1])
				held = 0
			}
		}
		if held > 0 {
			m.ar.addSquares(x[0])
			m.car.addSquares(path[0])
		}
		return m
	}, func(m *two) {
		for _, both := range [][2]*moments{{ar, &m.ar}, {car, &m.car}} {
			to, of := both[0], both[1]
			floats.Add(to.n, of.n)
			floats.Add(to.mean, of.mean)
			floats.Add(to.ss, of.ss)
			floats.Add(to.positive, of.positive)
		}
	})
	for _, m := range []*moments{ar, car} {
		for t, n := range m.n {
			if q := m.mean[t] * m.mean[t] / n; n > 0 && !(q <= 0.5*m.ss[t]) {
				ar.clear()
				car.clear()
				return false
			}
		}
	}
	for _, m := range []*moments{ar, car} {
		copy(m.weight, m.n)
		copy(m.sum, m.mean)
		m.end(false, false)
		for t, n := range m.n {
			m.ss[t] -= m.sum[t] * m.sum[t] / n
			m.ws[t] = m.ss[t]
		}
		m.end(true, false)
	}
	return true
}

// addSquares adds the values of one observation to n, their sums (in mean), those of their
// squares and how many are above 0.
func (m *moments) addSquares(x []float64) {
	for t, v := range x {
		if v == v {
			m.n[t]++
			m.mean[t] += v
			m.ss[t] += v * v
			m.positive[t] += float64(above(v))
		}
	}
}

// addTwo is addSquares for two observations without gaps.
func (m *moments) addTwo(x, y []float64) {
	for t := range m.n {
		m.n[t] += 2
	}
	s := stat.Spread{Sum: m.mean, Squares: m.ss, Above: m.positive}
	s.AddTwo(x, y)
}

func (m *moments) clear() {
	for _, f := range [][]float64{m.n, m.positive, m.weight, m.mean, m.ss, m.ws, m.sd, m.se, m.sum} {
		clear(f)
	}
}

// evenMoments is moments for an even pool, without the errors of the means: in one pass,
// unless the members differ so little that their squares tell nothing of how.
func (p *pool) evenMoments(ar, car *moments) {
	g, n := p.eng, float64(len(p.rows))
	var weights, sum float64
	for _, r := range p.rows {
		weights += g.weight(r)
	}
	all := p.eventSpread()
	copy(ar.ss, all.Squares)
	copy(ar.positive, all.Above)
	sure := true
	for t, v := range all.Sum {
		q := v * v / n
		sure = sure && q <= 0.5*ar.ss[t]
		ar.ss[t] -= q
	}
	if !sure {
		copy(ar.ss, p.squaresAbout(all.Sum))
	}
	for t, v := range p.eventSums() {
		ar.n[t], car.n[t], ar.weight[t] = n, n, weights
		ar.mean[t] = v / weights
		sum += ar.mean[t]
		car.mean[t] = sum
		if ar.sd[t] = math.Sqrt(ar.ss[t] / (n - 1)); n < 2 {
			ar.sd[t] = nan
		}
	}
}

// eventSpread returns the sums of the abnormal returns of an even pool, of their squares
// and of those above zero, by session of the event window.
func (p *pool) eventSpread() *stat.Spread {
	if p.own.spread.Sum == nil {
		l := p.eng.length
		add := func(rows []int32, f []float64) *stat.Spread {
			s := spreadOf(f[:3*l])
			g := p.eng
			a, b := f[3*l:4*l], f[4*l:]
			for ; len(rows) > 1; rows = rows[2:] {
				s.AddTwo(g.abnormals(int(rows[0]), 0, a), g.abnormals(int(rows[1]), 0, b))
			}
			for _, r := range rows {
				s.Add(g.abnormals(int(r), 0, a))
			}
			return &s
		}
		if len(p.rows) <= block {
			p.own.spread = *add(p.rows, p.scratch.zeros(5*l))
		} else {
			p.own.spread = *add(nil, p.scratch.zeros(5*l))
			inBlocks(p.rows, func(rows []int32) *stat.Spread { return add(rows, make([]float64, 5*l)) }, func(o *stat.Spread) {
				floats.Add(p.own.spread.Sum, o.Sum)
				floats.Add(p.own.spread.Squares, o.Squares)
				floats.Add(p.own.spread.Above, o.Above)
			})
		}
	}
	return &p.own.spread
}

// spreadOf is the spread that lies in f.
func spreadOf(f []float64) stat.Spread {
	l := len(f) / 3
	return stat.Spread{Sum: f[:l], Squares: f[l : 2*l], Above: f[2*l:]}
}

// squaresAbout returns the sums of squares of the abnormal returns of an even pool about
// their means, by session of the event window. sums are their sums.
func (p *pool) squaresAbout(sums []float64) []float64 {
	g, n := p.eng, float64(len(p.rows))
	out := make([]float64, len(sums))
	inBlocks(p.rows, func(rows []int32) []float64 {
		ss, own := make([]float64, len(sums)), make([]float64, len(sums))
		for _, r := range rows {
			for t, v := range g.abnormals(int(r), 0, own) {
				d := v - sums[t]/n
				ss[t] += d * d
			}
		}
		return ss
	}, func(ss []float64) { floats.Add(out, ss) })
	return out
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
		p.addMoments(&m.ar, &m.car, rows, spread, make([]float64, 2*l))
		return m
	}, func(m *two) {
		ar.merge(&m.ar, spread)
		car.merge(&m.car, spread)
	})
}

// addMoments adds what rows add to the means, or to the spreads. mem is scratch for two
// event windows.
func (p *pool) addMoments(ar, car *moments, rows []int32, spread bool, mem []float64) {
	g := p.eng
	x, path := mem[:g.length], mem[g.length:]
	for _, r := range rows {
		w := g.weight(r)
		g.cumulative(g.abnormals(int(r), 0, x), path)
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
