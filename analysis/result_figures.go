package analysis

import (
	"math"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
)

// Reader reads what a result holds of single observations, without new memory
// for each: what a method returns is valid until the method is asked again, and of
// Figures and Windows until either is. A
// Reader is used by one goroutine at a time; a result may have many.
type Reader struct {
	r           *Result
	figures, p  []float64
	confounders []Confounder
	work        workspace

	row          [1]int32
	pool         *pool
	scratch      scratch
	cross        CrossSection
	values       [6]float64
	seer         seer
	usable, sums []float64
	tests        []TestResult
}

// Reader returns a reader of r.
func (r *Result) Reader() *Reader { return &Reader{r: r} }

// ahead returns the row of the observation after i, which is most often asked for
// next; -1 where there is none.
func (x *Reader) ahead(i int) int {
	if i++; i < x.r.N() {
		return int(x.r.row[i])
	}
	return -1
}

// AbnormalReturns returns the abnormal returns of observation i; the zero Figures
// when it is excluded.
func (r *Result) AbnormalReturns(i int) AbnormalReturns { return r.Reader().AbnormalReturns(i) }

// AbnormalReturns is [Result.AbnormalReturns].
func (x *Reader) AbnormalReturns(i int) AbnormalReturns {
	r := x.r
	row := int(r.row[i])
	if row < 0 {
		return AbnormalReturns{}
	}
	g, l := r.eng, r.eng.length
	s, s0 := g.ser[row], int(g.s0[row])
	if next := x.ahead(i); next >= 0 {
		s := g.ser[next]
		if from := int(g.s0[next]) + r.Study.EventWindow.From - s.first; 0 <= from && from+l <= len(s.value) {
			stat.Fetch(s.value[from:][:l])
		}
	}
	f := x.Windows(i)
	buf := x.figures
	cut := func(n int) []float64 {
		s := buf[:n:n]
		buf = buf[n:]
		return s
	}
	f.Return, f.Expected, f.AR, f.SE, f.SAR, f.Path, f.PathSE = cut(l), cut(l), cut(l), cut(l), cut(l), cut(l), cut(l)
	g.abnormals(row, 0, f.AR)
	g.variances(row, 0, f.SE)
	for t := range l {
		k := s0 + r.Study.EventWindow.From + t
		f.Return[t] = at(s.value, s.first, k)
		f.Expected[t] = f.Return[t] - f.AR[t]
		f.SE[t] = math.Sqrt(f.SE[t])
		f.SAR[t] = f.AR[t] / f.SE[t]
	}
	g.path(row, f.Path, f.PathSE)
	for t, v := range f.PathSE {
		f.PathSE[t] = math.Sqrt(v)
	}
	return f
}

// Windows is Figures with what belongs to the CAR windows alone.
func (x *Reader) Windows(i int) AbnormalReturns {
	r := x.r
	row := int(r.row[i])
	if row < 0 {
		return AbnormalReturns{}
	}
	g := r.eng
	l, w := g.length, g.windows
	if x.figures == nil {
		x.figures = make([]float64, 7*l+2*w)
	}
	f := AbnormalReturns{CAR: g.car[row*w : (row+1)*w : (row+1)*w], CSAR: g.csar[row*w : (row+1)*w : (row+1)*w], BHAR: g.bhar[row*w : (row+1)*w : (row+1)*w],
		CARSE: x.figures[7*l:][:w:w], SCAR: x.figures[7*l+w:][:w:w]}
	for k := range w {
		f.CARSE[k] = math.Sqrt(g.carVar[row*w+k])
		f.SCAR[k] = f.CAR[k] / f.CARSE[k]
	}
	return f
}

// CAR returns the cumulative abnormal return of observation i over CAR window w
// (an index into Study.CARWindows), a decimal, with its standard error; NaN where
// it is excluded or its window is not complete.
func (r *Result) CAR(i, w int) (car, se float64) {
	row := int(r.row[i])
	if row < 0 {
		return nan, nan
	}
	k := row*r.eng.windows + w
	return r.eng.car[k], math.Sqrt(r.eng.carVar[k])
}

// ObservationTests returns the one-observation tests of the study for
// observation i over CAR window w (an index into Study.CARWindows); none for an
// excluded observation.
func (r *Result) ObservationTests(i, w int) []TestResult { return r.Reader().ObservationTests(i, w) }

// ObservationTests is [Result.ObservationTests].
func (x *Reader) ObservationTests(i, w int) []TestResult {
	row := x.r.row[i]
	if row < 0 {
		return nil
	}
	c := x.single(row, w)
	x.tests = x.tests[:0]
	for _, t := range x.r.Study.Tests {
		if !t.Scope().covers(OneObservation) {
			continue
		}
		if p := x.r.placedAt(row, w); p != nil && t == (Placebo{}) {
			x.tests = append(x.tests, p.Result)
		} else {
			x.tests = append(x.tests, run(t, c))
		}
	}
	return x.tests
}

// single is newCross of one row. What the windows of an observation share stays
// until another is asked for.
func (x *Reader) single(row int32, w int) *CrossSection {
	g := x.r.eng
	if x.pool == nil || x.row[0] != row {
		x.row[0] = row
		x.pool = x.scratch.pool(g, x.row[:])
	}
	k := int(row)*g.windows + w
	x.cross = CrossSection{Window: g.study.CARWindows[w], index: w, pool: x.pool}
	if math.IsNaN(g.car[k]) {
		return &x.cross
	}
	x.values = [...]float64{g.car[k], g.carVar[k], g.car[k] / math.Sqrt(g.carVar[k]), g.csar[k], g.bhar[k], g.weight(row)}
	c, v := &x.cross, x.values[:]
	c.CAR, c.Var, c.SCAR, c.CSAR, c.BHAR, c.Weight, c.rows = v[0:1], v[1:2], v[2:3], v[3:4], v[4:5], v[5:6], x.row[:]
	return c
}

// SessionTest returns the t test of the abnormal return of observation i on
// event time tau:
//
//	t = AR / sqrt(Var(AR)), Student t with M-K degrees of freedom
//
// Its Stat is NaN where there is none. Campbell, Lo, MacKinlay (1997), 4.4.
func (r *Result) SessionTest(i, tau int) TestResult {
	res := TestResult{Test: "t", Null: StudentTest{}.Null(), Window: Window{tau, tau}, Stat: nan, P: nan, PLower: nan, PUpper: nan}
	row := int(r.row[i])
	if row < 0 || !r.Study.EventWindow.Contains(tau) {
		res.Note = &Sentence{Code: "undefined/no-return"}
		return res
	}
	g := r.eng
	ar := g.abnormalAt(row, tau-r.Study.EventWindow.From)
	res.Dist = stat.StudentT(float64(g.m[row] - int32(g.k[row])))
	if ar != ar {
		res.Note = &Sentence{Code: "undefined/no-return"}
		return res
	}
	res.N, res.Stat = 1, ar/math.Sqrt(g.variance(row, tau-r.Study.EventWindow.From))
	res.P, res.PLower, res.PUpper = res.Dist.PValues(res.Stat)
	return res
}

// SessionP returns the P of [Result.SessionTest] of observation i, one element a
// session of the event window; nil when it is excluded.
func (x *Reader) SessionP(i int) []float64 {
	row := int(x.r.row[i])
	if row < 0 {
		return nil
	}
	g, l := x.r.eng, x.r.eng.length
	x.p, x.work.ar = stat.Grown(x.p, l), stat.Grown(x.work.ar, l)
	df := float64(g.m[row] - int32(g.k[row]))
	g.variances(row, 0, x.p)
	for t, ar := range g.abnormals(row, 0, x.work.ar) {
		x.p[t] = 2 * stat.StudentUpper(math.Abs(ar/math.Sqrt(x.p[t])), df)
	}
	return x.p
}

// Confounders returns those of [Result.Confounders] in the event window that lie nearest
// to session 0 of observation i, most at most, in order of time; and how many there are
// in the event and in the estimation window.
func (x *Reader) Confounders(i, most int) (near []Confounder, event, estimation int) {
	x.confounders, event, estimation = x.r.nearest(x.confounders[:0], i, most)
	return x.confounders, event, estimation
}

// DonorWeight is the share of one donor in a synthetic control.
type DonorWeight struct {
	Security string
	Weight   float64 // decimal; the weights of one observation add up to 1, negative ones with it
}

// RidgePenalty returns the penalty lambda that observation i's synthetic control was
// corrected with, in squares of decimal returns; +Inf where no correction predicts
// held-out sessions better than none, NaN without model.ridge and for an excluded
// observation. See [stat.RidgeSimplex].
func (r *Result) RidgePenalty(i int) float64 {
	row := r.row[i]
	if row < 0 || r.eng.penalty == nil {
		return nan
	}
	return r.eng.penalty[row]
}

// DonorWeights returns the donors of observation i that have a weight, in the
// order of the study's, and the fit of the control before the event,
//
//	RMSE = sqrt(sum e_t^2 / M), e_t = R_t - sum w_j R_jt
//
// over the M usable sessions of the estimation window, a decimal return. None and NaN
// under another model than Synthetic, and for an excluded observation.
func (r *Result) DonorWeights(i int) (weights []DonorWeight, rmse float64) {
	o := r.Observation(i)
	m, ok := r.Study.Model.(model.Synthetic)
	if !ok || o.row < 0 {
		return nil, nan
	}
	b := r.eng.estimate(int(o.row)).B
	for j, t := range m.Design(o.Security).Terms {
		if w := b[1+j]; w != 0 {
			weights = append(weights, DonorWeight{t.Name, w})
		}
	}
	e := make([]float64, r.Study.EstimationWindow.Len())
	r.eng.residuals(int(o.row), e)
	var ss, n float64
	for _, v := range e {
		if !math.IsNaN(v) {
			ss += v * v
			n++
		}
	}
	return weights, math.Sqrt(ss / n)
}

// Diagnostics computes the diagnostics of the estimation residuals of
// observation i, all NaN when it is excluded. Those of a model with a
// conditional variance are standardised first, e_t/sqrt(h_t): what the model
// explains of their variance is no fault of theirs.
//
//	Autocorrelation = sum e_t e_{t-1} / sum e_t^2, e about its mean
//	Durbin-Watson   = sum (e_t - e_{t-1})^2 / sum e_t^2
//	Jarque-Bera     = M/6 (S^2 + (K-3)^2/4), moments with divisor M
//	Ljung-Box       = M(M+2) sum_{k<=10} r_k^2/(M-k), r_k about the mean
//	ARCH-LM         = (M-5) R^2 of e_t^2 on a constant and its first 5 lags
//
// Durbin and Watson (1950); Jarque and Bera (1987); Ljung and Box (1978);
// Engle (1982).
func (r *Result) Diagnostics(i int) stat.Diagnostics { return r.Reader().Diagnostics(i) }

// Diagnostics is [Result.Diagnostics].
func (x *Reader) Diagnostics(i int) stat.Diagnostics {
	g, row := x.r.eng, int(x.r.row[i])
	if row < 0 {
		return stat.NoDiagnostics()
	}
	if g.diagnostics != nil {
		return g.diagnosticsOf()[row]
	}
	return g.diagnose(row, &x.work)
}
