package analysis

import (
	"context"
	"math"
	"slices"

	"aftershock/analysis/stat"
)

// summary is what one pass over the members' estimation residuals gives.
type summary struct {
	average  []float64 // weighted mean residual by session of the estimation window, NaN where none
	n        int       // sessions that have one
	spread   float64   // their standard deviation
	positive float64   // see [pool.positive]; NaN where it was not counted yet
	rho      float64   // sum of the correlations of all ordered pairs of different members, where complete
	complete bool      // every member has a residual on every session, and they vary
}

// summary returns the summary of the members' residuals. The sum of the
// correlations is that of the variance of the sum of standardised residuals:
// O(N M) where going through the pairs is O(N^2 M).
func (p *pool) summary() *summary {
	if p.summed != nil {
		return p.summed
	}
	m := p.eng.study.EstimationWindow.Len()
	all := &p.own.sums
	if len(p.rows) <= block {
		p.addResiduals(all, p.rows, p.scratch)
	} else {
		all.make(m, p.scratch)
		width := 3*m + 3
		sums := p.blockItems("residuals", width, func(rows []int32) []float64 {
			var s residualSums
			p.addResiduals(&s, rows, nil)
			incomplete := 1.0
			if s.complete {
				incomplete = 0
			}
			return append(slices.Concat(s.average, s.weight, s.total), s.positive, s.own, incomplete)
		})
		for ; len(sums) > 0; sums = sums[width:] {
			rest := sums[3*m:]
			all.merge(&residualSums{sums[:m], sums[m : 2*m], sums[2*m : 3*m], rest[0], rest[1], rest[2] == 0})
		}
		if p.ledger.partial() { // only this is asked of it
			all.complete = !slices.ContainsFunc(p.rows, func(r int32) bool { return int(p.eng.m[r]) < m })
		}
	}
	s := &p.own.summary
	*s = summary{average: all.average, positive: all.positive / float64(len(p.rows)), complete: all.complete}
	for t := range m {
		s.average[t] /= all.weight[t] // 0/0 where no member has a residual
		s.rho += all.total[t] * all.total[t]
	}
	s.rho -= all.own
	if m < minCommon {
		s.rho = 0
	}
	s.n, s.spread = stat.SpreadOf(s.average)
	if p.even && len(p.rows) <= block {
		s.positive = nan
	}
	p.summed = s
	return s
}

// positive is the mean over the members of their fraction of positive residuals, which
// one test asks for.
func (p *pool) positive() float64 {
	s := p.summary()
	if s.positive != s.positive {
		s.positive = float64(p.eng.countPositive(p.rows)) / float64(p.eng.study.EstimationWindow.Len()) / float64(len(p.rows))
	}
	return s.positive
}

// countPositive counts the positive residuals of rows without gaps.
func (g *engine) countPositive(rows []int32) (n int) {
	m := g.study.EstimationWindow.Len()
	for _, r := range rows {
		s, b := g.ser[r], g.b[int(r)*g.coefs:]
		from := int(g.s0[r]) + g.study.EstimationWindow.From
		returns := s.y[from-s.first:][:m]
		if len(s.x) == 1 {
			n += stat.Above(returns, s.x[0][from:], b[0], b[1])
			continue
		}
		for t, v := range returns {
			v -= b[0]
			for j := range s.x {
				v -= b[1+j] * s.x[j][from+t]
			}
			n += above(v)
		}
	}
	return n
}

// inBlocks calls merge with what do gives for every block of rows, in their
// order: sums are the same on any number of processors.
func inBlocks[T any](rows []int32, do func(rows []int32) T, merge func(T)) {
	parts := make([]T, (len(rows)+block-1)/block)
	_ = parallel(context.Background(), len(parts), 1, nil, func(_ *workspace, b int) {
		parts[b] = do(rows[b*block : min((b+1)*block, len(rows))])
	})
	for _, p := range parts {
		merge(p)
	}
}

// residualSums are sums over members of their estimation residuals, by session.
type residualSums struct {
	average, weight []float64 // weighted residuals, weights
	total           []float64 // standardised residuals
	positive        float64   // fractions of positive residuals
	own             float64   // squares of each member's in total
	complete        bool
}

func (s *residualSums) make(sessions int, mem *scratch) {
	*s = residualSums{average: mem.zeros(sessions), weight: mem.zeros(sessions), total: mem.zeros(sessions), complete: true}
}

func (s *residualSums) merge(o *residualSums) {
	for t := range s.total {
		s.average[t] += o.average[t]
		s.weight[t] += o.weight[t]
		s.total[t] += o.total[t]
	}
	s.positive += o.positive
	s.own += o.own
	s.complete = s.complete && o.complete
}

// addResiduals sets s to the sums over rows.
func (p *pool) addResiduals(s *residualSums, rows []int32, mem *scratch) {
	g := p.eng
	m := g.study.EstimationWindow.Len()
	s.make(m, mem)
	if p.even {
		p.evenSums(rows, s)
		return
	}
	x := mem.zeros(m)
	var whole float64 // weights of rows without gaps
	for _, r := range rows {
		g.residuals(int(r), x)
		w := g.weight(r)
		positive, n := 0, m
		if int(g.m[r]) == m {
			whole += w
			for t, v := range x {
				s.average[t] += w * v
				positive += above(v)
			}
		} else {
			n = 0
			for t, v := range x {
				if v == v {
					s.average[t] += w * v
					s.weight[t] += w
					n++
				}
				if v > 0 {
					positive++
				}
			}
		}
		s.positive += float64(positive) / float64(n)
		if p.sameDate {
			p.addStandard(s, x, n)
		}
	}
	for t := range s.weight {
		s.weight[t] += whole
	}
}

// addStandard adds the residuals x, of which n are there, about their mean and over
// their root sum of squares.
func (p *pool) addStandard(s *residualSums, x []float64, n int) {
	if n < len(x) || !s.complete {
		s.complete = false
		return
	}
	e := stat.Mean(x)
	ss, _ := stat.Centred(x, x, e, e)
	if !(ss > 0) {
		s.complete = false
		return
	}
	s.own++
	scale := math.Sqrt(1 / ss)
	for t, v := range x {
		s.total[t] += (v - e) * scale
	}
}

// evenSums is addResiduals for an even pool, in place of residuals one member at a time: a
// run with every closed-form test takes three quarters of the time, one without ranks a
// third. TestPlainPath holds it to member by member. The residuals are linear in the
// returns and have mean 0 and the sum of squares s^2 (M-K), so that returns are
// added and their fits taken off at the end.
func (p *pool) evenSums(rows []int32, s *residualSums) {
	g := p.eng
	m, from := len(s.total), int(g.s0[rows[0]])+g.study.EstimationWindow.From
	x := g.ser[rows[0]].x
	var ws, zs stat.Small
	byWeight, byScale := ws.Floats(1+len(x)), zs.Floats(1+len(x)) // sums of coefficients
	var weights float64
	for _, r := range rows {
		w, scale := g.weight(r), g.standard(r)
		weights += w
		for j, v := range g.b[int(r)*g.coefs:][:1+len(x)] {
			byWeight[j] += w * v
			byScale[j] += scale * v
		}
	}
	if p.totals != nil {
		copy(s.total, p.totals)
	} else {
		g.addReturns(s.total, rows, from, g.standard)
	}
	if g.study.Weights == EqualWeights && len(p.rows) <= block {
		copy(s.average, p.scratch.sumOfReturns(g, rows, from, m))
	} else {
		g.addReturns(s.average, rows, from, g.weight)
	}
	for t := range m {
		s.weight[t] = weights
		s.average[t] -= byWeight[0]
		s.total[t] -= byScale[0]
		for j := range x {
			s.average[t] -= byWeight[1+j] * x[j][from+t]
			s.total[t] -= byScale[1+j] * x[j][from+t]
		}
	}
	s.own = float64(len(rows))
	if len(p.rows) > block { // its blocks are counted where they are summed
		s.positive = float64(g.countPositive(rows)) / float64(m)
	}
}

// standard is what makes residuals of row r, whose mean is 0, a unit long.
func (g *engine) standard(r int32) float64 {
	return 1 / math.Sqrt(g.s2[r]*float64(g.m[r]-int32(g.k[r])))
}

// addStandard adds the returns of rows [lo, hi), four at most, of one session 0, each times
// standard, to dst.
func (g *engine) addStandard(dst []float64, lo, hi int) {
	var held [4]int32
	for k := range hi - lo {
		held[k] = int32(lo + k)
	}
	g.addReturns(dst, held[:hi-lo], int(g.s0[lo])+g.study.EstimationWindow.From, g.standard)
}

// addReturns adds the returns of rows, each times its factor, to dst, by session from the
// one with index from on, of which none is missing.
func (g *engine) addReturns(dst []float64, rows []int32, from int, factor func(r int32) float64) {
	for len(rows) > 0 {
		var scale [4]float64
		var y [4][]float64
		k := min(len(rows), 4)
		for i := range y {
			s := g.ser[rows[min(i, k-1)]] // of fewer than four the last again, not at all
			y[i] = s.y[from-s.first:]
			if i < k {
				scale[i] = factor(rows[i])
			}
		}
		stat.AddFour(&scale, &y, dst)
		rows = rows[k:]
	}
}

// sumOfReturns returns the sums of the returns of rows on n sessions from the one with
// index from on, of which none is missing. Dates whose securities are the same share them.
func (s *scratch) sumOfReturns(g *engine, rows []int32, from, n int) []float64 {
	one := func(int32) float64 { return 1 }
	if s == nil || g.ser[rows[0]].passing {
		out := make([]float64, n)
		g.addReturns(out, rows, from, one)
		return out
	}
	l := &s.summed
	same := len(l.of) == len(rows)
	for i, r := range rows {
		if !same || l.of[i] != g.ser[r] {
			same = false
			break
		}
	}
	if !same {
		l.of, l.from, l.to = l.of[:0], 0, 0
		l.begin, l.end = math.MinInt, math.MaxInt
		for _, r := range rows {
			m := g.ser[r]
			l.of = append(l.of, m)
			l.begin, l.end = max(l.begin, m.first), min(l.end, m.first+len(m.y))
		}
		l.sums = stat.Grown(l.sums, l.end-l.begin)
	}
	add := func(from, to int) {
		part := l.sums[from-l.begin : to-l.begin]
		clear(part)
		g.addReturns(part, rows, from, one)
	}
	const ahead = 256 // sessions that are added up with those that a second date asks for
	switch to := from + n; {
	case l.from == l.to:
		add(from, to)
		l.from, l.to = from, to
	case from > l.to || to < l.from:
		add(from, min(to+ahead, l.end))
		l.from, l.to = from, min(to+ahead, l.end)
	default:
		if from < l.from {
			begin := max(from-ahead, l.begin)
			add(begin, l.from)
			l.from = begin
		}
		if to > l.to {
			end := min(to+ahead, l.end)
			add(l.to, end)
			l.to = end
		}
	}
	return l.sums[from-l.begin:][:n]
}
