package analysis

import (
	"context"
	"runtime"
	"sync"

	"aftershock/analysis/stat"
)

// standards are sums of the residuals of a cohort's complete members, each standardised
// over sessions that the cohort has in common with one that it meets: a row for each of
// these. A row spans the estimation window; only what is in common is to be read of it.
type standards struct {
	members []int32 // the complete ones
	last    int     // the last meeting of the cohort
	after   []int32 // lags of the later cohorts on its calendar, ascending: as many sessions are left out at the start
	before  []int32 // of the earlier ones, descending: at the end
	abroad  [][]int32
	sums
}

// sums are rows in the order of after, before and abroad.
type sums struct {
	row  []float64 // a stride apart
	mean []float64 // of what is in common
	own  float64   // what the members' products with themselves add up to, over all sessions
}

// rows returns how many rows there are.
func (s *standards) rows() int { return len(s.after) + len(s.before) + len(s.abroad) }

// A joint is where the sums of a meeting's cohorts stand.
type joint struct {
	l, r int32 // among the rows of their kind
	n    int32 // sessions in common, 0 where there is nothing to sum
}

// sumPairs sums the correlations of complete members by the cohorts that meet.
func (p *pool) sumPairs(out *pairing, co []cohort, meetings []meeting) {
	lagged := make([]float64, p.eng.length)
	out.isSummed = make([]bool, len(p.rows))
	for _, c := range co {
		for _, i := range c.members[c.few:] {
			out.isSummed[i] = true
		}
	}
	o := p.overlaps()
	of := p.items("meetings", len(meetings), 1, func(lo, hi int) []float64 { return p.sumMeetings(co, meetings[lo:hi]) })
	for k, v := range of {
		switch q := &meetings[k]; {
		case v != v:
		case q.lag >= 0:
			lagged[q.lag] += v
		default:
			for k, w := range o.between(twoDates{co[q.a].cal, co[q.b].cal, co[q.a].s0, co[q.b].s0}) {
				out.summed[k] += v * w
			}
		}
	}
	for lag, v := range lagged {
		for k, w := range o.after(lag) {
			out.summed[k] += v * w
		}
	}
}

// sumMeetings returns the sums of the correlations of the complete members of the
// cohorts that meet, by meeting; NaN where there are none. The meetings are
// consecutive ones.
func (p *pool) sumMeetings(co []cohort, meetings []meeting) []float64 {
	m := p.eng.study.EstimationWindow.Len()
	out, joints := missing(len(meetings)), make([]joint, len(meetings))
	all, o := make([]standards, len(co)), p.overlaps()
	for c := range all {
		all[c].members, all[c].last = co[c].members[co[c].few:], -1
	}
	planned, most := 0, min(p.eng.length, len(co))
	plan := func(c int) {
		for ; planned < len(meetings) && int(meetings[planned].a) <= c; planned++ {
			q, j := &meetings[planned], &joints[planned]
			a, b := &all[q.a], &all[q.b]
			if len(a.members) == 0 || len(b.members) == 0 {
				continue
			}
			n := m - int(q.lag)
			var ta, tb []int32
			if q.lag < 0 {
				ta, tb = o.common(twoDates{co[q.a].cal, co[q.b].cal, co[q.a].s0, co[q.b].s0})
				n = len(ta)
			}
			if n < minCommon {
				continue
			}
			j.n, a.last, b.last = int32(n), planned, planned
			switch {
			case q.lag < 0:
				j.l, j.r = int32(len(a.abroad)), int32(len(b.abroad))
				a.abroad, b.abroad = append(a.abroad, ta), append(b.abroad, tb)
			case q.a == q.b:
				j.l = int32(len(a.after))
				a.after = append(make([]int32, 0, most), 0)
			default:
				j.l, j.r = int32(len(a.after)), int32(len(b.before))
				if b.before == nil {
					b.before = make([]int32, 0, most)
				}
				a.after, b.before = append(a.after, q.lag), append(b.before, q.lag)
			}
		}
	}
	// Cohorts lie in order of time, so that what is summed of one can go once the last
	// that it meets is summed too.
	var spare [][]float64
	working := sync.Pool{New: func() any { return new(stat.Workspace) }}
	held, done := 0, 0
	atOnce := 512 * runtime.GOMAXPROCS(0) // members and rows whose sums lie in the cache together
	for lo := 0; lo < len(co); {
		hi, work := lo, 0
		for ; hi < len(co) && (hi == lo || work < atOnce); hi++ {
			plan(hi)
			work += len(all[hi].members) + all[hi].rows()
		}
		spare = p.standardise(all[lo:hi], spare, &working)
		upto := done
		for upto < planned && int(meetings[upto].b) < hi {
			upto++
		}
		_ = parallelWith(context.Background(), upto-done, 64, nil, bare, func(_ struct{}, k int) {
			k += done
			if q, j := &meetings[k], &joints[k]; j.n > 0 {
				out[k] = j.product(&all[q.a], &all[q.b], int(q.lag), m)
				if q.a == q.b {
					out[k] = (out[k] - all[q.a].own) / 2
				}
			}
		})
		done = upto
		for c := held; c < hi; c++ {
			if s := &all[c]; s.last < done && s.row != nil {
				spare = append(spare, s.row)
				s.row, s.abroad = nil, nil
			}
			if c == held && all[c].row == nil {
				held++
			}
		}
		lo = hi
	}
	return out
}

// bare is what a worker of [parallelWith] has that needs nothing.
func bare() struct{} { return struct{}{} }

// product returns the sum of the products of two rows, about their means. m is the length
// of the estimation window.
func (j *joint) product(a, b *standards, lag, m int) float64 {
	l, r := int(j.l), int(j.r)
	var sum float64
	switch stride := stat.Stride(m); {
	case lag < 0:
		ta, tb := a.abroad[l], b.abroad[r]
		l, r = l+len(a.after)+len(a.before), r+len(b.after)+len(b.before)
		x, y := a.row[l*stride:], b.row[r*stride:]
		for k, t := range ta {
			sum += x[t] * y[tb[k]]
		}
	case lag == 0:
		x := a.row[l*stride:][:m]
		r, sum = l, stat.Dot(x, x)
	default:
		r += len(b.after)
		sum = stat.Dot(a.row[l*stride:][lag:m], b.row[r*stride:][:m-lag])
	}
	return sum - float64(j.n)*a.mean[l]*b.mean[r]
}

// standardise fills the sums of some cohorts, in blocks of members on all processors. They
// take memory from spare, of which it returns what is left, and from working.
func (p *pool) standardise(all []standards, spare [][]float64, working *sync.Pool) [][]float64 {
	type task struct {
		of      *standards
		members []int32
		to      *sums
	}
	var tasks []task
	for c := range all {
		s := &all[c]
		if s.rows() == 0 {
			continue
		}
		for lo := 0; lo < len(s.members); lo += block {
			t := task{s, s.members[lo:min(lo+block, len(s.members))], &s.sums}
			if lo > 0 {
				t.to = new(sums)
			}
			if k := len(spare) - 1; k >= 0 {
				t.to.row, spare = spare[k], spare[:k]
			}
			tasks = append(tasks, t)
		}
	}
	_ = parallelWith(context.Background(), len(tasks), 1, nil, bare, func(_ struct{}, k int) {
		w := working.Get().(*stat.Workspace)
		w.Reset()
		tasks[k].of.add(p, tasks[k].members, tasks[k].to, w)
		working.Put(w)
	})
	for _, t := range tasks {
		if s := t.of; t.to != &s.sums {
			for k, v := range t.to.row {
				s.row[k] += v
			}
			for k, v := range t.to.mean {
				s.mean[k] += v
			}
			s.own += t.to.own
			spare = append(spare, t.to.row)
		}
	}
	return spare
}

// add sets to to the sums over some of the members.
func (s *standards) add(p *pool, members []int32, to *sums, w *stat.Workspace) {
	m := p.eng.study.EstimationWindow.Len()
	rows, stride := s.rows(), stat.Stride(m)
	width := (rows + stat.TileSums - 1) / stat.TileSums * stat.TileSums
	sessions := (m + stat.TileSessions - 1) / stat.TileSessions * stat.TileSessions
	to.row, to.mean, to.own = stat.Grown(to.row, width*stride), make([]float64, rows), 0
	const few = 64 // members whose residuals stay in the cache
	e, weight := w.Floats(few*stride), w.Floats(few*width)
	spans := stat.Spans{Sum: w.Floats(rows), Squares: w.Floats(rows), Inverse: w.Floats(rows), Total: to.mean}
	for k := range rows {
		spans.Inverse[k] = 1 / float64(s.count(k, m))
	}
	for begin := true; len(members) > 0; begin = false {
		n := min(few, len(members))
		for i, member := range members[:n] {
			x := e[i*stride:][:m]
			p.eng.residuals(int(p.rows[member]), x)
			clear(x[m:sessions])
			s.spans(x, &spans)
			of := weight[i*width:][:width]
			spans.Standardise(of[:rows])
			clear(of[rows:])
			if len(s.after) > 0 && s.after[0] == 0 && of[0] != 0 {
				to.own++
			}
		}
		stat.AddProducts(to.row, weight, e, n, width, sessions, stride, begin)
		members = members[n:]
	}
	for k, inverse := range spans.Inverse {
		to.mean[k] *= inverse
	}
}

// count returns how many of m sessions are in common of a row.
func (s *standards) count(row, m int) int {
	if row < len(s.after) {
		return m - int(s.after[row])
	}
	if row -= len(s.after); row < len(s.before) {
		return m - int(s.before[row])
	}
	return len(s.abroad[row-len(s.before)])
}

// spans sets the sums of x, and of its squares, over what is in common of each row.
func (s *standards) spans(x []float64, out *stat.Spans) {
	m := len(x)
	total, squares := stat.SumAndSquares(x)
	least := squares / 16 // below which a difference has lost digits
	sum, ss := out.Sum[:len(s.after)], out.Squares[:len(s.after)]
	left, ssLeft, t := total, squares, 0
	for k, lag := range s.after {
		for ; t < int(lag); t++ {
			left -= x[t]
			ssLeft -= float64(x[t] * x[t])
		}
		if ssLeft < least {
			left, ssLeft = stat.SumAndSquares(x[lag:])
		}
		sum[k], ss[k] = left, ssLeft
	}
	sum, ss = out.Sum[len(s.after):], out.Squares[len(s.after):]
	left, ssLeft, t = total, squares, m
	for k := len(s.before) - 1; k >= 0; k-- {
		for end := m - int(s.before[k]); t > end; {
			t--
			left -= x[t]
			ssLeft -= float64(x[t] * x[t])
		}
		if ssLeft < least {
			left, ssLeft = stat.SumAndSquares(x[:t])
		}
		sum[k], ss[k] = left, ssLeft
	}
	sum, ss = sum[len(s.before):], ss[len(s.before):]
	for k, at := range s.abroad {
		left, ssLeft = 0, 0
		for _, t := range at {
			left += x[t]
			ssLeft += float64(x[t] * x[t])
		}
		sum[k], ss[k] = left, ssLeft
	}
}
