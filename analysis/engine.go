package analysis

import (
	"context"
	"math"
	"runtime"
	"slices"
	"sync"
	"sync/atomic"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/market"
)

// engine holds the numbers of a result: a row for each used observation in
// flat slices, from which the views of Result are cut. Estimation residuals,
// abnormal returns and returns are not kept: they are recomputed from the panel and
// the fit, which takes less time than to write and read them.
type engine struct {
	study       *Study
	panel       *market.Panel
	turnover    bool
	elsewhere   bool          // its rows are those of another study, moved to pseudo-dates: by-products are not asked for
	linear      bool          // the model is least squares on all its regressors
	conditional bool          // the model of some security carries a variance of each session
	series      []*series     // by panel column, nil where unused
	timeline    [][]moment    // by panel column
	halves      func() halves // nights and days, laid out when first asked for
	halved      sync.Map      // what Halves found, by observation, of a study that notes go through
	cleaned     sync.Map      // the same of Cleaned, over the first CAR window
	cleaners    sync.Pool     // what it measures with

	length, forecast, windows int // sessions of the event window, most forecast terms of any security, CAR windows
	coefs                     int // length of Estimate.B: the intercept, the forecast terms, what a model estimates beside them

	excluding sync.Mutex // Result.excluded

	obs  []int32 // index into Result.Observation, by row
	ev   []int32 // index into Catalog.Events, by row
	ser  []*series
	s0   []int32 // calendar index of session 0, by row
	m    []int32 // estimation sessions, by row
	s2   []float64
	b    []float64 // coefs a row
	xbar []float64 // forecast a row
	sinv []float64 // forecast^2 a row
	se   []float64 // coefs a row
	r2   []float64
	h    []float64 // length a row, for models with a conditional variance
	hest []float64 // as h, for the usable estimation sessions: Estimation.Len() a row
	hgap []float64 // as h, for the sessions between the estimation window and session 0: gap() a row
	k    []int16
	pl   []bool
	is   []rowState

	penalty []float64 // of synthetic controls that ridge corrects; else nil

	car, carVar, csar, bhar []float64 // windows a row

	places      *places      // nil: each when it is asked for
	diagnostics *diagnostics // the same
	some        []bool       // the rows that both are asked of; nil: all
}

// rowState is what is known of a row once it is settled, in one byte: what goes through a
// million rows for something rare looks at nothing else.
type rowState uint8

const (
	isUsed       rowState = 1 << iota
	isRemarkable          // see remarkable
	isSeen                // whether it has a run-up is known, see Result.Leaks
	isUnusual             // it has
)

const seenLevel = 0.05

// remarkable reports whether a row lacks a session of its windows, or has a return that
// spans several.
func (g *engine) remarkable(row int) bool {
	s, s0 := g.ser[row], int(g.s0[row])
	return s.col.Span != nil || int(g.m[row]) != g.study.EstimationWindow.Len() || !s.whole(s0+g.study.EventWindow.From, s0+g.study.EventWindow.To)
}

// grow makes room for n rows.
func (g *engine) grow(n int) {
	g.linear = model.IsLeastSquares(g.study.Model)
	g.coefs = max(1+g.forecast, len(g.study.Model.Coefs()))
	p, l, w := g.forecast, g.length, g.windows
	f := func(per int) []float64 { return make([]float64, n*per) }
	g.s0, g.m = make([]int32, n), make([]int32, n)
	g.ser = make([]*series, n)
	g.k, g.pl, g.is = make([]int16, n), make([]bool, n), make([]rowState, n)
	g.s2, g.r2 = f(1), f(1)
	g.b, g.se, g.xbar, g.sinv = f(g.coefs), f(g.coefs), f(p), f(p*p)
	g.car, g.carVar, g.csar, g.bhar = f(w), f(w), f(w), f(w)
	if m, ok := g.study.Model.(model.Synthetic); ok && m.Ridge {
		g.penalty = f(1)
	}
	if g.conditional {
		g.h, g.hest, g.hgap = f(l), f(g.study.EstimationWindow.Len()), f(g.gap())
	}
}

// gap is how many sessions lie between the estimation window and session 0.
func (g *engine) gap() int { return max(0, -1-g.study.EstimationWindow.To) }

// estimate is a view of row r.
func (g *engine) estimate(r int) (e model.Estimate) {
	g.view(r, &e)
	return e
}

// view makes e a view of row r.
func (g *engine) view(r int, e *model.Estimate) {
	p, q := g.forecast, g.coefs
	own := g.ser[r].forecast
	e.B, e.SE = g.b[r*q:(r+1)*q], g.se[r*q:(r+1)*q]
	e.XBar, e.SInv = g.xbar[r*p:][:own], g.sinv[r*p*p:][:own*own]
	e.M, e.K, e.S2, e.R2, e.Plain = int(g.m[r]), int(g.k[r]), g.s2[r], g.r2[r], g.pl[r]
	e.H, e.HBefore, e.HEst = nil, nil, nil
	if g.ser[r].conditional {
		e.H = g.h[r*g.length : (r+1)*g.length]
		e.HBefore = g.hgap[r*g.gap():][:g.gap()]
		e.HEst = g.hest[r*g.study.EstimationWindow.Len():][:e.M]
	}
}

// at returns element k of s, whose first element has index first; NaN outside.
func at(s []float64, first, k int) float64 {
	if k -= first; k >= 0 && k < len(s) {
		return s[k]
	}
	return nan
}

// predictors fills x with the forecast regressors of session k and reports
// whether the return and all of them are there.
func (s *series) predictors(k int, x []float64) (y float64, ok bool) {
	y = at(s.y, s.first, k)
	ok = y == y
	for j := range x {
		x[j] = at(s.x[j], 0, k)
		ok = ok && x[j] == x[j]
	}
	return y, ok
}

// gather collects the usable rows of the sessions [from, to] into sample:
// views of the panel where every session is usable, else copies. Those near other
// news than that of session s0 are not usable where the study trims them. It
// returns the last usable session.
func (s *series) gather(s0, from, to int, sample *model.Sample) (last int) {
	n := to - from + 1
	sample.X = sample.X[:0]
	if s.whole(from, to) && !s.trims(s0, from, to) {
		sample.Y = s.y[from-s.first : to-s.first+1]
		for _, x := range s.x {
			sample.X = append(sample.X, x[from:to+1])
		}
		return to
	}
	buf := sample.Work.Floats(n * (1 + len(s.x)))
	rows := buf[:0:n]
	for j := range s.x {
		sample.X = append(sample.X, buf[(1+j)*n:(1+j)*n:(2+j)*n])
	}
session:
	for k := from; k <= to; k++ {
		y := at(s.y, s.first, k)
		if y != y || s.trims(s0, k, k) {
			continue
		}
		for _, x := range s.x {
			if v := at(x, 0, k); v != v {
				continue session
			}
		}
		last = k
		rows = append(rows, y)
		for j, x := range s.x {
			sample.X[j] = append(sample.X[j], x[k])
		}
	}
	sample.Y = rows
	return last
}

// fit estimates the model of one observation and computes its abnormal
// returns into row r. It returns the exclusion where that cannot be done.
func (g *engine) fit(r int, w *workspace) *Exclusion {
	st, s, s0 := g.study, g.ser[r], int(g.s0[r])
	from, to := s0+st.EstimationWindow.From, s0+st.EstimationWindow.To
	sample := &w.sample
	sample.Work = &w.Workspace
	w.Reset()
	f := w.frame(g, r)
	if f != nil && g.linear {
		return g.fitLinear(r, f, sample, w.abnormals(g.length))
	}
	if sample.Shared = nil; f != nil {
		sample.Shared = &f.Factorisation
	}
	last := s.gather(s0, from, to, sample)
	sample.Ahead, sample.Before = s0+st.EventWindow.From-last, to+1-last
	if m := len(sample.Y); m < st.MinEstimation {
		return g.shortEstimation(r, m)
	}
	sample.Forecast = s.forecast
	e := &w.estimate // what an interface is given would leave the stack
	*e = g.estimate(r)
	for j := range e.SE {
		e.SE[j] = nan
	}
	if s.conditional {
		e.HEst = g.hest[r*st.EstimationWindow.Len():][:len(sample.Y)]
	}
	if k := 1 + len(sample.X); len(sample.Y) <= k {
		return exclude(ShortEstimation, "parameters", len(sample.Y), k)
	}
	if err := st.Model.Estimate(sample, e); err != nil {
		return exclusionOf(err)
	}
	g.m[r], g.k[r], g.s2[r], g.r2[r], g.pl[r] = int32(e.M), int16(e.K), e.S2, e.R2, e.Plain
	if g.penalty != nil {
		g.penalty[r] = e.Penalty
	}
	if !g.abnormal(r, e, f, w.abnormals(g.length)) {
		return g.noEventReturns(r)
	}
	return g.weighable(r)
}

// fitLinear is fit for a least squares model on an estimation window without
// gaps. ar is memory for its abnormal returns.
func (g *engine) fitLinear(r int, f *frame, sample *model.Sample, ar []float64) *Exclusion {
	st, s := g.study, g.ser[r]
	from, m := int(g.s0[r])+st.EstimationWindow.From, st.EstimationWindow.Len()
	if k := 1 + len(s.x); m <= k {
		return exclude(ShortEstimation, "parameters", m, k)
	}
	if !f.Ready {
		x := make([][]float64, len(s.x))
		for j := range x {
			x[j] = s.x[j][from:][:m]
		}
		f.Factorise(x, m)
		f.ahead = false
	}
	e := &f.estimate
	g.view(r, e)
	sample.Y, sample.Shared, sample.Sums = s.y[from-s.first:][:m], &f.Factorisation, nil
	if len(s.x) == 1 {
		f.sums = s.blocks.Over(sample.Y, s.x[0][from:], from)
		sample.Sums = &f.sums
	}
	err := model.LeastSquares(sample, e)
	sample.Sums = nil // which are of these rows alone
	if err != nil {
		return exclusionOf(err)
	}
	g.m[r], g.k[r], g.s2[r], g.r2[r] = int32(e.M), int16(e.K), e.S2, e.R2
	if !g.abnormal(r, e, f, ar) {
		return g.noEventReturns(r)
	}
	if st.Weights == ValueWeights {
		return g.weighable(r)
	}
	return nil
}

// abnormal computes AR, into ar, and the figures of the CAR windows of row r,
// and reports whether there is any abnormal return. f may be nil.
//
//	AR_t      = R_t - x_t'b
//	Var(AR_t) = s^2 (1 + x_t'(X'X)^-1 x_t)
//	Var(CAR)  = s^2 (L + z'(X'X)^-1 z), z = sum of x_t over the window
//	BHAR      = prod(1+R_t) - prod(1+E[R_t])
//
// Campbell, Lo, MacKinlay (1997), equations 4.4.9 to 4.4.11.
func (g *engine) abnormal(r int, e *model.Estimate, f *frame, ar []float64) bool {
	st, s, s0, l := g.study, g.ser[r], int(g.s0[r]), g.length
	from := s0 + st.EventWindow.From
	if f != nil && f.Ready && e.H == nil && !e.Plain && s.forecast == len(s.x) && s.whole(from, from+l-1) {
		if !f.ahead {
			f.scaleAhead(st, s.x, from)
		}
		g.framed(r, e, f, ar)
		g.drop(r)
		return true
	}
	any := slices.ContainsFunc(g.abnormals(r, 0, ar), func(v float64) bool { return v == v })
	for w, win := range st.CARWindows {
		i := r*g.windows + w
		g.car[i], g.carVar[i], g.csar[i], g.bhar[i] = g.cumulate(r, e, win)
	}
	g.drop(r)
	return any
}

// abnormalOn returns the abnormal return y - b0 - sum b_j x_j of session k, and sets x to
// the forecast regressors; NaN where one of these is missing.
func (s *series) abnormalOn(k int, b, x []float64) float64 {
	y, _ := s.predictors(k, x)
	fitted := b[0]
	for j, v := range x {
		fitted += float64(b[1+j] * v) // rounded, as stat.OffLine does
	}
	return y - fitted
}

// abnormals fills dst with the abnormal returns of row r, from session first of the event
// window on, an index; NaN where there is none. They are the same bits whenever they are
// asked for.
func (g *engine) abnormals(r, first int, dst []float64) []float64 {
	s, from := g.ser[r], int(g.s0[r])+g.study.EventWindow.From+first
	b := g.b[r*g.coefs:][:1+s.forecast]
	if len(s.x) == 1 && s.forecast == 1 && s.whole(from, from+len(dst)-1) {
		stat.OffLine(dst, s.y[from-s.first:], s.x[0][from:], b[0], b[1])
		return dst
	}
	var xs stat.Small
	x := xs.Floats(s.forecast)
	for t := range dst {
		dst[t] = s.abnormalOn(from+t, b, x)
	}
	return dst
}

// abnormalAt is the abnormal return of row r on session t of the event window, an index.
func (g *engine) abnormalAt(r, t int) float64 {
	var xs stat.Small
	s := g.ser[r]
	return s.abnormalOn(int(g.s0[r])+g.study.EventWindow.From+t, g.b[r*g.coefs:][:1+s.forecast], xs.Floats(s.forecast))
}

// present returns on how many sessions of win row r has an abnormal return.
func (g *engine) present(r int, win Window) int {
	s, s0 := g.ser[r], int(g.s0[r])
	if s.whole(s0+win.From, s0+win.To) {
		return win.Len()
	}
	var xs stat.Small
	x, n := xs.Floats(s.forecast), 0
	for k := s0 + win.From; k <= s0+win.To; k++ {
		if _, ok := s.predictors(k, x); ok {
			n++
		}
	}
	return n
}

// variances fills dst with Var(AR) of row r, from session first of the event window on,
// an index; NaN where there is no AR. They are not kept: a row takes them from its
// regressors in less time than to read them from memory.
func (g *engine) variances(r, first int, dst []float64) []float64 {
	var e model.Estimate
	g.view(r, &e)
	s := g.ser[r]
	from := int(g.s0[r]) + g.study.EventWindow.From + first
	var xs stat.Small
	x := xs.Floats(s.forecast)
	for t := range dst {
		switch _, ok := s.predictors(from+t, x); {
		case !ok:
			dst[t] = nan
		case e.H != nil:
			dst[t] = e.H[first+t]
		default:
			dst[t] = e.Variance(1, x)
		}
	}
	return dst
}

// variance is Var(AR) of row r on session t of the event window, an index.
func (g *engine) variance(r, t int) float64 {
	var v [1]float64
	return g.variances(r, t, v[:])[0]
}

// framed is abnormal for an event window without gaps, with what its variances
// share with those of other observations taken from f.
func (g *engine) framed(r int, e *model.Estimate, f *frame, ar []float64) {
	st, s, l := g.study, g.ser[r], g.length
	from := int(g.s0[r]) + st.EventWindow.From
	y, root := s.y[from-s.first:][:l], f.root[:l]
	line := len(s.x) == 1
	if line {
		f.line.AR, f.line.Y, f.line.Alpha, f.line.Beta = ar, y, e.B[0], e.B[1]
		f.line.Abnormal()
	} else {
		for t := range ar {
			fitted := e.B[0]
			for j, x := range s.x {
				fitted += float64(e.B[1+j] * x[from+t])
			}
			ar[t] = y[t] - fitted
		}
	}
	precision := 1 / math.Sqrt(e.S2)
	for w, win := range st.CARWindows {
		if !line {
			f.line.AR, f.line.Y, f.line.Root = ar, y, root
		}
		g.hold(r, w, win, &f.line, s, e.S2*f.scale[w], precision)
	}
	g.is[r] |= f.runUp.seen(math.Sqrt(e.S2), ar)
}

// hold sets the figures of CAR window w of row r, whose event window is line, fitted and
// held where it has one regressor. variance is that of its CAR, precision 1/s.
func (g *engine) hold(r, w int, win Window, line *stat.Line, s *series, variance, precision float64) {
	st := g.study
	lo, n := win.From-st.EventWindow.From, win.Len()
	h := line.Held
	if len(s.x) != 1 || n < g.length {
		h = stat.Hold(line.AR[lo:][:n], line.Y[lo:], line.Root[lo:])
	}
	switch {
	case st.Subject == Volume: // nobody holds a volume
		h.Gross = nan
	case st.Returns == market.Log || s.rf != nil:
		var rf []float64
		if s.rf != nil {
			rf = s.rf[int(g.s0[r])+win.From:][:n]
		}
		h.Gross, h.Expected = buyAndHold(line.Y[lo:][:n], line.AR[lo:], rf, st.Returns)
	}
	i := r*g.windows + w
	g.car[i], g.carVar[i], g.csar[i], g.bhar[i] = h.Sum, variance, h.Scaled*precision, h.Gross-h.Expected
}

// buyAndHold returns the return compounded from y and rf, which may be nil, and what it
// would have been without the abnormal returns a, both with 1 added.
func buyAndHold(y, a, rf []float64, kind market.ReturnKind) (gross, expected float64) {
	gross, expected = 1, 1
	a = a[:len(y)]
	if kind == market.Log {
		gross, expected = 0, 0
	}
	for t, v := range y {
		if rf != nil {
			v += rf[t]
		}
		if kind == market.Log {
			gross += v
			expected += v - a[t]
		} else {
			gross *= 1 + v
			expected *= 1 + v - a[t]
		}
	}
	if kind == market.Log {
		return math.Exp(gross), math.Exp(expected)
	}
	return gross, expected
}

// whole reports whether the return and every regressor are there on all
// sessions of [from, to].
func (s *series) whole(from, to int) bool {
	if from < s.begin || to >= s.end {
		return false
	}
	if len(s.holes) == 0 {
		return true
	}
	k, hole := slices.BinarySearch(s.holes, int32(from))
	return !hole && (k == len(s.holes) || int(s.holes[k]) > to)
}

// cumulate returns CAR, Var(CAR), the sum of the SARs and BHAR of row r over win.
func (g *engine) cumulate(r int, e *model.Estimate, win Window) (car, variance, csar, bhar float64) {
	st, s, s0 := g.study, g.ser[r], int(g.s0[r])
	var xs, zs stat.Small
	x, z := xs.Floats(s.forecast), zs.Floats(s.forecast)
	n := 0
	gross, expected := 1.0, 1.0
	var sum, sumExpected, h float64
	for tau := win.From; tau <= win.To; tau++ {
		t := tau - st.EventWindow.From
		k := s0 + tau
		a := s.abnormalOn(k, e.B, x)
		if a != a {
			if st.MissingEvent == ZeroMissing {
				continue
			}
			return nan, nan, nan, nan
		}
		y := s.y[k-s.first]
		for j, v := range x {
			z[j] += v
		}
		n++
		car += a
		var va float64
		if e.H != nil {
			va = e.H[t]
		} else {
			va = e.Variance(1, x)
		}
		csar += a / math.Sqrt(va)
		h += va
		if s.rf != nil {
			y += s.rf[k]
		}
		if st.Returns == market.Log {
			sum += y
			sumExpected += y - a
		} else {
			gross *= 1 + y
			expected *= 1 + y - a
		}
	}
	if st.Returns == market.Log {
		gross, expected = math.Exp(sum), math.Exp(sumExpected)
	}
	if n == 0 {
		return nan, nan, nan, nan
	}
	if st.Subject == Volume { // nobody holds a volume
		gross = nan
	}
	if e.H != nil {
		variance = h
	} else {
		variance = e.Variance(n, z)
	}
	return car, variance, csar, gross - expected
}

// span returns the number of sessions that the return of session k covers, 0
// where there is none.
func (s *series) span(k int) int {
	switch y := at(s.col.Return, s.col.First, k); {
	case y != y:
		return 0
	case s.col.Span == nil:
		return 1
	}
	return int(s.col.Span[k-s.col.First])
}

// simpleReturn compounds returns of kind into one simple return.
func simpleReturn(r []float64, kind market.ReturnKind) float64 {
	c := compound(r, kind)
	if kind == market.Log {
		return math.Expm1(c)
	}
	return c
}

// sigmas returns the conditional standard deviations of the usable estimation
// sessions of row r, nil where the model has a constant one.
func (g *engine) sigmas(r int) []float64 {
	if !g.ser[r].conditional {
		return nil
	}
	out := make([]float64, g.m[r])
	for i, h := range g.hest[r*g.study.EstimationWindow.Len():][:len(out)] {
		out[i] = math.Sqrt(h)
	}
	return out
}

// residuals fills dst, one element a session of the estimation window, with
// the residuals R_t - x_t'b of row r; NaN where the session was not usable.
// For a model that estimates nothing these are R - E[R], not centred. The
// operations are those of abnormal in their order: ranks see the last bit where
// two residuals are equal but for rounding, as theil-sen makes two of them.
func (g *engine) residuals(r int, dst []float64) {
	s := g.ser[r]
	p := s.forecast
	from := int(g.s0[r]) + g.study.EstimationWindow.From
	b := g.b[r*g.coefs:][:1+p]
	if len(s.x) == 1 && p == 1 && s.whole(from, from+len(dst)-1) {
		stat.OffLine(dst, s.y[from-s.first:], s.x[0][from:], b[0], b[1])
		s.trim(int(g.s0[r]), from, dst)
		return
	}
session:
	for t := range dst {
		k := from + t
		fitted := b[0]
		for j, x := range s.x {
			xv := at(x, 0, k)
			if xv != xv {
				dst[t] = nan
				continue session
			}
			if j < p {
				fitted += b[1+j] * xv
			}
		}
		dst[t] = at(s.y, s.first, k) - fitted
	}
	s.trim(int(g.s0[r]), from, dst)
}

// fetch begins to read the returns of the estimation window of row r, which lie
// anywhere in the panel.
func (g *engine) fetch(r int) {
	s := g.ser[r]
	from := int(g.s0[r]) + g.study.EstimationWindow.From - s.first
	if to := from + g.study.EstimationWindow.Len(); 0 <= from && to <= len(s.y) {
		stat.Fetch(s.y[from:to])
	}
}

// weighable excludes an observation whose weight is not known.
func (g *engine) weighable(r int) *Exclusion {
	if w := g.weight(int32(r)); !(w > 0) {
		return exclude(NoMarketValue, "", g.ser[r].col.Symbol)
	}
	return nil
}

// block is how many rows a pool goes through at a time; more are shared out
// between the processors.
const block = 2048

// parallel calls do(worker, i) for every i in [0, n) from as many goroutines
// as there are processors, in blocks; which worker gets which i is not
// determined, so do must write only to what belongs to i.
func parallel(ctx context.Context, n, block int, step func(done int), do func(w *workspace, i int)) error {
	return parallelWith(ctx, n, block, step, func() *workspace { return new(workspace) }, do)
}

// parallelWith is parallel with workers that have what begin returns.
func parallelWith[T any](ctx context.Context, n, block int, step func(done int), begin func() T, do func(w T, i int)) error {
	workers := min(runtime.GOMAXPROCS(0), (n+block-1)/block)
	var next, done atomic.Int64
	var wg sync.WaitGroup
	var once sync.Mutex
	for range workers {
		wg.Go(func() {
			w := begin()
			for ctx.Err() == nil {
				lo := int(next.Add(int64(block))) - block
				if lo >= n {
					return
				}
				hi := min(lo+block, n)
				for i := lo; i < hi; i++ {
					do(w, i)
				}
				d := int(done.Add(int64(hi - lo)))
				if step != nil {
					once.Lock()
					step(d)
					once.Unlock()
				}
			}
		})
	}
	wg.Wait()
	return ctx.Err()
}

// weight returns the weight of row r in averages.
func (g *engine) weight(r int32) float64 {
	switch g.study.Weights {
	case ValueWeights:
		return g.ser[r].marketValue(int(g.s0[r]) + g.study.EventWindow.From - 1)
	case PrecisionWeights:
		return 1 / g.s2[r]
	}
	return 1
}

// sessions returns the sessions of win on which a row whose CAR is complete has an
// abnormal return: all, unless missing ones count as zero.
func (g *engine) sessions(row int, win Window) int {
	if g.study.MissingEvent != ZeroMissing {
		return win.Len()
	}
	return g.present(row, win)
}
