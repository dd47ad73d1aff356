package analysis

import (
	"math"

	"aftershock/analysis/stat"
)

// tally adds up the ranks of observations as whole numbers, in place of sorting each
// (ranker, the plain way, in pool_rank.go): a whole run with every closed-form test takes a
// fifth of the time. TestTally and TestRankBlocks hold it to the sorting. It takes those
// without ties whose residuals have one variance. Their values are dealt into
// buckets by size and put right within them, which takes time in proportion to
// how many they are, where comparing costs a mispredicted branch at every other
// step. The ranks of observations of one shape (as many residuals, as many
// values in the event window) are added exactly, and divided by their number in
// the end.
type tally struct {
	out        *ranks
	est, event int // sessions of the two windows
	kept       [shapes]shape
	shapes     []shape // of kept, in use

	// The row at hand.
	v      []float64 // residuals in ascending order
	t      []int32   // session of v
	bucket []uint16  // by session
	end    [buckets]uint16
	place  [2][]int32 // by session of the event window: residuals below its value; -1: no value
	lower  [2][]int32 // and smaller values in the same place
	window []int32    // by window: residuals below its value
	step   []twin     // by place: values in it
	upto   []twin     // step summed up to it
	late   []uint64   // by place: windows whose value is in it, a lane for each
}

// shape is the sums of rows with as many ranks.
type shape struct {
	n       int    // residuals of a row
	values  [2]int // and values in its event window: abnormal returns, standardised ones
	rows    int
	session []residualSum // by session of the estimation window
	event   []twin        // by session of the event window: sums of ranks
	have    []twin        // and rows that have one
	more    [][]uint64    // as residualSum.above, of each window beyond lanes
}

// twin is two whole numbers below 2^32: of abnormal returns, and of
// standardised ones 32 bits higher.
type twin uint64

// one is 1 in number k of a twin.
func one(k int) twin { return 1 << (32 * k) }

// of returns number k of a twin.
func (t twin) of(k int) int { return int(uint32(t >> (32 * k))) }

// residualSum adds up what the residuals of one session add to the ranks.
type residualSum struct {
	rank  twin
	base  uint64 // the rank among the residuals alone
	above uint64 // how often it lies above the value of a window, a lane for each
}

const (
	buckets = 512
	gap     = buckets // bucket of a session without a residual
	lane    = 12      // bits
	lanes   = 64 / lane
	fullest = 1<<lane - 1 // rows that a lane counts
	shapes  = 8           // that are kept; one more takes the place of the last
)

// begin makes the tally ready to add to out.
func (k *tally) begin(out *ranks, estimation, event int) {
	k.out, k.est, k.event, k.shapes = out, estimation, event, k.kept[:0]
	k.bucket, k.v, k.t = stat.Grown(k.bucket, estimation), stat.Grown(k.v, estimation), stat.Grown(k.t, estimation)
	k.step, k.upto, k.late = stat.Grown(k.step, estimation+1), stat.Grown(k.upto, estimation+1), stat.Grown(k.late, estimation+1)
	for i := range k.place {
		k.place[i], k.lower[i] = stat.Grown(k.place[i], event), stat.Grown(k.lower[i], event)
	}
	k.window = stat.Grown(k.window, len(out.general))
	clear(k.step)
	clear(k.late)
}

// shapeOf returns the sums for a row of n residuals and values in the event
// window.
func (k *tally) shapeOf(n int, values [2]int) *shape {
	for i := range k.shapes {
		if s := &k.shapes[i]; s.n == n && s.values == values {
			if s.rows == fullest {
				k.flush(s)
			}
			return s
		}
	}
	if len(k.shapes) < shapes {
		k.shapes = k.shapes[:len(k.shapes)+1] // what it held before is memory to be used again
	} else {
		k.flush(&k.shapes[shapes-1])
	}
	s := &k.shapes[len(k.shapes)-1]
	s.n, s.values = n, values
	s.session, s.event, s.have = stat.Grown(s.session, k.est), stat.Grown(s.event, k.event), stat.Grown(s.have, k.event)
	s.more = stat.Grown(s.more, max(0, len(k.out.general)-lanes))
	for w := range s.more {
		s.more[w] = stat.Grown(s.more[w], k.est)
	}
	s.clear()
	return s
}

func (s *shape) clear() {
	clear(s.session)
	clear(s.event)
	clear(s.have)
	for _, m := range s.more {
		clear(m)
	}
	s.rows = 0
}

// bucketOf returns the bucket of a value of z spreads. Buckets are narrow where
// bell-shaped numbers crowd and wide where they are few.
func bucketOf(z float64) uint {
	u := z / (1 + math.Abs(z)) // in (-1, 1)
	return uint(int(u*(buckets/2)+buckets/2)) % buckets
}

// add adds the ranks of a row as ranks.add does: scale is one over the spread
// of the residuals. It returns false, and adds nothing, where it cannot.
func (k *tally) add(residuals, ar, standardised, windows []float64, scale float64) bool {
	n, ok := k.order(residuals, scale)
	if !ok {
		return false
	}
	v := k.v[:n]
	var values [2]int
	for i, x := range [2][]float64{ar, standardised} {
		place := k.place[i][:len(x)]
		for t, a := range x {
			if a != a {
				place[t] = -1
				continue
			}
			p, ok := k.find(v, a, scale)
			if !ok {
				return k.undo(i, t)
			}
			place[t] = int32(p)
			k.step[p] += one(i)
			values[i]++
		}
	}
	for i, x := range [2][]float64{ar, standardised} {
		for t, p := range k.place[i][:len(x)] {
			k.lower[i][t] = 0
			if p < 0 || k.step[p].of(i) == 1 {
				continue
			}
			for u, q := range k.place[i][:len(x)] {
				if q == p && u != t {
					if x[u] == x[t] {
						return k.undo(2, 0)
					}
					if x[u] < x[t] {
						k.lower[i][t]++
					}
				}
			}
		}
	}
	for w, a := range windows {
		if k.out.general[w].sum == nil {
			continue
		}
		p, ok := k.find(v, a, scale)
		if !ok {
			return k.undo(2, 0)
		}
		k.window[w] = int32(p)
	}
	to := k.shapeOf(n, values)
	to.rows++
	k.sum(to, windows)
	for i := range k.place {
		for t, p := range k.place[i] {
			if p >= 0 {
				rank := k.upto[p].of(i) - k.step[p].of(i) + int(p+k.lower[i][t]) + 1
				to.event[t] += twin(rank) * one(i)
				to.have[t] += one(i)
			}
		}
	}
	k.undo(2, 0)
	if n < k.est {
		k.out.uncountMissing(k.bucket)
	}
	return true
}

// order sorts the residuals. It returns false where two are alike, too many crowd
// in a bucket, or scale is none.
func (k *tally) order(residuals []float64, scale float64) (n int, ok bool) {
	if !(scale > 0) || math.IsInf(scale, 0) {
		return 0, false
	}
	bucket := k.bucket[:len(residuals)]
	clear(k.end[:])
	for t, e := range residuals {
		if e != e {
			bucket[t] = gap
			continue
		}
		b := bucketOf(e * scale)
		bucket[t] = uint16(b)
		k.end[b]++
		n++
	}
	var begin uint16
	crowd := uint16(max(64, len(residuals)/64))
	for b, m := range k.end {
		if m > crowd {
			return 0, false
		}
		k.end[b] = begin
		begin += m
	}
	v, at := k.v[:n], k.t[:n]
	for t, e := range residuals {
		b := bucket[t]
		if b == gap {
			continue
		}
		j := k.end[b]
		k.end[b] = j + 1
		v[j], at[j] = e, int32(t)
	}
	for i := 1; i < n; i++ {
		e := v[i]
		if e > v[i-1] {
			continue
		}
		t, j := at[i], i
		for ; j > 0 && v[j-1] > e; j-- {
			v[j], at[j] = v[j-1], at[j-1]
		}
		if j > 0 && v[j-1] == e {
			return 0, false
		}
		v[j], at[j] = e, t
	}
	return n, true
}

// find returns how many of the residuals v lie below a. It returns false where
// one is equal to it.
func (k *tally) find(v []float64, a, scale float64) (p int, ok bool) {
	z := a * scale
	if math.IsInf(z, 0) || z != z {
		return 0, false
	}
	if b := bucketOf(z); b > 0 {
		p = int(k.end[b-1])
	}
	for p < len(v) && v[p] < a {
		p++
	}
	for p > 0 && v[p-1] >= a {
		p--
	}
	return p, p == len(v) || v[p] != a
}

// sum adds the ranks of the residuals.
func (k *tally) sum(to *shape, windows []float64) {
	n := to.n
	at, step, upto := k.t[:n], k.step[:n+1], k.upto[:n+1]
	for w := range windows {
		if k.out.general[w].sum == nil {
			continue
		}
		k.out.general[w].count(n, int(k.window[w]))
		if w < lanes {
			k.late[k.window[w]] += 1 << (lane * w)
			continue
		}
		for _, t := range at[k.window[w]:] {
			to.more[w-lanes][t]++
		}
	}
	late := k.late[:n+1]
	var run, rank twin
	var above, base uint64
	for i, t := range at {
		run += step[i]
		upto[i] = run
		above += late[i]
		base++
		rank += one(0) | one(1)
		s := &to.session[t]
		s.rank += rank + run
		s.base += base
		s.above += above
	}
	upto[n] = run + step[n]
	for w := range min(len(windows), lanes) {
		late[min(int(k.window[w]), n)] = 0
	}
}

// undo clears the places of the values of a row, up to session t of those of
// kind i. It returns false.
func (k *tally) undo(i, t int) bool {
	for j := range k.place {
		for u, p := range k.place[j] {
			if j > i || j == i && u >= t {
				return false
			}
			if p >= 0 {
				k.step[p] = 0
			}
		}
	}
	return false
}

// finish adds what is left to out.
func (k *tally) finish() {
	for i := range k.shapes {
		k.flush(&k.shapes[i])
	}
}

// flush divides the sums by the numbers of ranks, adds them to out and begins
// anew.
func (k *tally) flush(s *shape) {
	if s.rows == 0 {
		return
	}
	r := k.out
	among := [2]float64{1 / float64(1+s.n+s.values[0]), 1 / float64(1+s.n+s.values[1])}
	alone, rows := 1/float64(s.n+2), float64(s.rows)
	for t, sum := range s.session {
		for i, to := range [2]*rankSum{&r.plain, &r.standardised} {
			to.sum[t] += float64(sum.rank.of(i)) * among[i]
			to.count[t] += rows
		}
		r.base.sum[t] += float64(sum.base) * alone
		r.base.count[t] += rows
		for w := range r.general {
			gen := &r.general[w]
			switch {
			case gen.sum == nil:
			case w < lanes:
				gen.sum[t] += float64(sum.above>>(lane*w)&fullest) * alone
			default:
				gen.sum[t] += float64(s.more[w-lanes][t]) * alone
			}
		}
	}
	for t, sum := range s.event {
		for i, to := range [2]*rankSum{&r.plain, &r.standardised} {
			to.sum[k.est+t] += float64(sum.of(i)) * among[i]
			to.count[k.est+t] += float64(s.have[t].of(i))
		}
	}
	s.clear()
}

// uncountMissing takes the sessions without a residual out of the counts.
func (r *ranks) uncountMissing(bucket []uint16) {
	for t, b := range bucket {
		if b == gap {
			r.plain.count[t]--
			r.standardised.count[t]--
			r.base.count[t]--
		}
	}
}

// count adds the value of a window that p of n residuals lie below.
func (gen *general) count(n, p int) {
	gen.u += float64(p+1) / float64(n+2)
	gen.ideal += ideal(n)
}
