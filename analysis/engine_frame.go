package analysis

import (
	"math"
	"unsafe"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
)

// frame is what least squares fits on the same regressors and sessions share:
// their factorisation, and what the variances of their forecasts are in units of
// s^2. A frame is made once for all observations of one date, in place of a factorisation
// each (LeastSquares without Shared): a run without ranks takes half of the time, one with
// every closed-form test nine tenths. TestPlainPath holds it to normal equations.
type frame struct {
	stat.Factorisation

	estimate model.Estimate // the last that was made of it
	sums     stat.Sums      // what it was made of

	taken bool // by these sessions and regressors, known by their first elements
	s0    int32
	by    []*float64

	// Of the event window, on which the regressors are whole.
	ahead bool      // what follows is computed
	root  []float64 // s / sqrt(Var(AR_t))
	scale []float64 // Var(CAR) / s^2, by window of the study
	line  stat.Line // of the last that was fitted, where there is one regressor
	runUp runUp
}

// runUp is what the test of CAR(-2,-1) takes of a date, see Result.Leaks. Whoever has the
// abnormal returns at hand tells in less time than it takes to find them again.
type runUp struct {
	first int     // of the two sessions, an index; -1: it is not asked for
	scale float64 // standard error of the CAR over s
	df    int
	limit float64 // of the statistic, for df degrees of freedom
}

// begin makes u that of a date whose event window begins with session from.
func (u *runUp) begin(st *Study, f *stat.Factorisation, x [][]float64, from int) {
	u.first = -2 - st.EventWindow.From
	if u.first < 0 || st.EventWindow.To < -1 || st.EstimationWindow.To >= -2 || !st.gives(NoteFigures) {
		u.first = -1
		return
	}
	var zs stat.Small
	z := zs.Floats(f.P)
	for j := range z {
		z[j] = x[j][from+u.first] + x[j][from+u.first+1]
	}
	e := model.Estimate{M: f.M, XBar: f.XBar[:f.P], SInv: f.SInv[:f.P*f.P]}
	u.scale = math.Sqrt(e.Scale(2, z))
	if df := f.M - 1 - f.P; df != u.df {
		u.df, u.limit = df, stat.StudentQuantile(1-seenLevel/2, float64(df))
	}
}

// seen is what can be told of the run-up of a row with the residual deviation s and the
// abnormal returns ar: nothing where it is close to the limit.
func (u *runUp) seen(s float64, ar []float64) rowState {
	if u.first < 0 {
		return 0
	}
	car, limit := math.Abs(ar[u.first]+ar[u.first+1]), u.limit*u.scale*s
	switch {
	case car > limit*(1+1e-6):
		return isSeen | isUnusual
	case car < limit*(1-1e-6):
		return isSeen
	}
	return 0
}

// scaleAhead computes the figures of the event window, whose first session is from.
func (f *frame) scaleAhead(st *Study, x [][]float64, from int) {
	l := st.EventWindow.Len()
	f.ahead = true
	f.root, f.scale = stat.Grown(f.root, l), stat.Grown(f.scale, len(st.CARWindows))
	var ds stat.Small
	d := ds.Floats(f.P)
	for t := range f.root {
		for j := range d {
			d[j] = x[j][from+t] - f.XBar[j]
		}
		f.root[t] = 1 / math.Sqrt(1+1/float64(f.M)+stat.Quadratic(f.SInv, d))
	}
	f.runUp.begin(st, &f.Factorisation, x, from)
	if f.P == 1 {
		f.line.X, f.line.Root = x[0][from:][:l], f.root
	}
	for w, win := range st.CARWindows {
		n := float64(win.Len())
		clear(d)
		for t := win.From - st.EventWindow.From; t <= win.To-st.EventWindow.From; t++ {
			for j := range d {
				d[j] += x[j][from+t] - f.XBar[j]
			}
		}
		f.scale[w] = n + n*n/float64(f.M) + stat.Quadratic(f.SInv, d)
	}
}

// date is what market model fits on one date share: the regressor in the estimation window,
// and what the event window takes of it, as a frame has it.
type date struct {
	stat.Regressor
	ready       bool      // it can be fitted on
	x           []float64 // of the event window
	root, scale []float64
	runUp       runUp
}

// prepare makes d the date of row r, whose windows are whole, and reports whether its
// regressor can be fitted on. f is scratch.
func (d *date) prepare(g *engine, r int, f *frame) bool {
	st, x, s0 := g.study, g.ser[r].x, int(g.s0[r])
	from, m := s0+st.EstimationWindow.From, st.EstimationWindow.Len()
	f.Factorise([][]float64{x[0][from:][:m]}, m)
	if d.ready = f.Dependent < 0 && m > 2; !d.ready {
		return false
	}
	f.scaleAhead(st, x, s0+st.EventWindow.From)
	d.Regressor, d.x, d.runUp = f.Regressor(), f.line.X, f.runUp
	d.root, d.scale = append(d.root[:0], f.root...), append(d.scale[:0], f.scale...)
	return true
}

// fitDates is fit for the rows lo, lo+each and so on up to hi, of one security at as many
// dates, whose windows are whole and which are w.on: a row has the bits that fit gives it.
// Each step goes over all dates, none of which waits for another. Abnormal returns go to
// ar, date after date; excluded are those of the rows from lo on.
func (g *engine) fitDates(lo, hi, each int, w *workspace, ar []float64, excluded []*Exclusion) {
	st, s, f, line := g.study, g.ser[lo], &w.lines, &w.line
	m, x, l := st.EstimationWindow.Len(), s.x[0], g.length
	n := (hi - lo + each - 1) / each
	for d := range n {
		from := int(g.s0[lo+d*each]) + st.EstimationWindow.From
		f.sums[d] = s.blocks.Over(s.y[from-s.first:][:m], x[from:], from)
	}
	for d := range n {
		row, on := lo+d*each, w.on[d]
		f.precision[d] = 0
		alpha, beta, ybar, rss, tss := on.Solve(&f.sums[d])
		if tss != tss { // which its returns must tell
			if excluded[d*each] = g.fit(row, w); excluded[d*each] == nil {
				g.abnormals(row, 0, ar[d*l:][:l])
			}
			continue
		}
		s2, r2, err := model.Spread(m, 2, rss, tss, ybar)
		if err != nil {
			excluded[d*each] = exclusionOf(err)
			continue
		}
		excluded[d*each] = nil
		sd := math.Sqrt(s2)
		f.b[d], f.s2[d], f.s[d], f.precision[d] = [2]float64{alpha, beta}, s2, sd, 1/sd
		at, se := g.b[row*g.coefs:][:2], g.se[row*g.coefs:][:2]
		at[0], at[1], se[0], se[1] = alpha, beta, sd*on.SE[0], sd*on.SE[1]
		g.m[row], g.k[row], g.s2[row], g.r2[row], g.xbar[row], g.sinv[row] = int32(m), 2, s2, r2, on.Mean, on.SInv
	}
	for d := range n {
		row, on := lo+d*each, w.on[d]
		if f.precision[d] == 0 {
			continue
		}
		from := int(g.s0[row]) + st.EventWindow.From - s.first
		line.X, line.Root = on.x, on.root
		line.AR, line.Y, line.Alpha, line.Beta = ar[d*l:][:l], s.y[from:][:l], f.b[d][0], f.b[d][1]
		line.Abnormal()
		for k, win := range st.CARWindows {
			g.hold(row, k, win, line, s, f.s2[d]*on.scale[k], f.precision[d])
		}
		g.is[row] = on.runUp.seen(f.s[d], line.AR)
	}
}

// dates are those of rows that lie by security, by the session 0 of each.
type dates struct {
	rows int     // that have them
	of   []int32 // index into all by session 0, plus 1; 0: none has it
	all  []date
	with []int // a row of each
}

// slab hands out pieces of blocks of memory.
type slab[T any] []T

func (s *slab[T]) next(n int) []T {
	const block = 64 << 10 // bytes
	if n > len(*s) {
		*s = make([]T, max(n, block/int(unsafe.Sizeof(*new(T)))))
	}
	out := (*s)[:n:n]
	*s = (*s)[n:]
	return out
}

// frame returns the frame of row r, one of the last few that were asked for or a
// fresh one; nil where its estimation window has a gap or a session that is trimmed.
func (w *workspace) frame(g *engine, r int) *frame {
	s, s0 := g.ser[r], g.s0[r]
	if from, to := int(s0)+g.study.EstimationWindow.From, int(s0)+g.study.EstimationWindow.To; !s.whole(from, to) || s.trims(int(s0), from, to) {
		return nil
	}
search:
	for i := range w.frames {
		k := (w.last + i) % len(w.frames) // in a block of dates the next is asked for next
		f := &w.frames[k]
		if !f.taken || f.s0 != s0 || len(f.by) != len(s.x) {
			continue
		}
		for j, x := range s.x {
			if f.by[j] != &x[0] {
				continue search
			}
		}
		w.last = k
		return f
	}
	f := &w.frames[w.turn]
	w.turn = (w.turn + 1) % len(w.frames)
	f.taken, f.Ready, f.ahead, f.s0, f.by = true, false, false, s0, f.by[:0]
	for _, x := range s.x {
		f.by = append(f.by, &x[0])
	}
	return f
}

var nan = math.NaN()

// abnormals is memory for n abnormal returns.
func (w *workspace) abnormals(n int) []float64 {
	w.ar = stat.Grown(w.ar, n)
	return w.ar
}

// datesOfBlock is how many dates are measured together where they have the same securities.
const datesOfBlock = 16

// workspace is one worker's scratch memory.
type workspace struct {
	stat.Workspace
	sample   model.Sample
	estimate model.Estimate
	frames   [datesOfBlock]frame
	turn     int // of frames, to be given away next
	last     int // of frames, that was asked for last
	mem      scratch
	members  []int               // of an event
	alone    frame               // that a date is made of
	dates    [datesOfBlock]date  // of a unit
	on       [datesOfBlock]*date // that rows are fitted on, see engine.fitDates
	line     stat.Line           // of the last of them
	ar       []float64           // abnormal returns, of the rows that were fitted last
	lines    struct {            // of one security at these
		sums             [datesOfBlock]stat.Sums
		b                [datesOfBlock][2]float64
		s2, s, precision [datesOfBlock]float64
	}
	excluded []*Exclusion // by row of a unit
	totals   []float64    // of its dates, see pool.totals
	pair     []float64    // abnormal returns of two securities at these
	spreads  []float64    // sums of these, see pool.eventSpread
}
