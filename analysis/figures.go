package analysis

import "math"

// Figures returns the abnormal returns of observation i; the zero Figures
// when it is excluded.
func (r *Result) Figures(i int) Figures {
	row := int(r.Observations[i].row)
	if row < 0 {
		return Figures{}
	}
	g := r.eng
	l, w := g.length, g.windows
	s, s0 := g.ser[row], int(g.s0[row])
	f := Figures{
		AR:  g.ar[row*l : (row+1)*l : (row+1)*l],
		CAR: g.car[row*w : (row+1)*w : (row+1)*w], CSAR: g.csar[row*w : (row+1)*w : (row+1)*w], BHAR: g.bhar[row*w : (row+1)*w : (row+1)*w],
	}
	buf := make([]float64, 6*l+2*w)
	cut := func(n int) []float64 {
		s := buf[:n:n]
		buf = buf[n:]
		return s
	}
	f.Return, f.Expected, f.SE, f.SAR, f.Path, f.PathSE = cut(l), cut(l), cut(l), cut(l), cut(l), cut(l)
	f.CARSE, f.SCAR = cut(w), cut(w)
	for t := range l {
		k := s0 + r.Study.Event.From + t
		f.Return[t] = at(s.value, s.first, k)
		f.Expected[t] = f.Return[t] - f.AR[t]
		f.SE[t] = math.Sqrt(g.va[row*l+t])
		f.SAR[t] = f.AR[t] / f.SE[t]
	}
	g.path(row, f.Path, f.PathSE)
	for t, v := range f.PathSE {
		f.PathSE[t] = math.Sqrt(v)
	}
	for k := range w {
		f.CARSE[k] = math.Sqrt(g.carVar[row*w+k])
		f.SCAR[k] = f.CAR[k] / f.CARSE[k]
	}
	return f
}

// ObservationTests returns the one-observation tests of the study for
// observation i over CAR window w (an index into Study.Windows); none for an
// excluded observation.
func (r *Result) ObservationTests(i, w int) []TestResult {
	row := r.Observations[i].row
	if row < 0 {
		return nil
	}
	c := newCross(newPool(r.eng, []int32{row}), w)
	var out []TestResult
	for _, t := range r.Study.Tests {
		if t.Scope().covers(OneObservation) {
			out = append(out, run(t, c))
		}
	}
	return out
}

// SessionTest returns the t test of the abnormal return of observation i on
// event time tau:
//
//	t = AR / sqrt(Var(AR)), Student t with M-K degrees of freedom
//
// Its Stat is NaN where there is none. Campbell, Lo, MacKinlay (1997), 4.4.
func (r *Result) SessionTest(i, tau int) TestResult {
	res := TestResult{Test: "t", Null: StudentTest{}.Null(), Window: Window{tau, tau}, Stat: nan, P: nan, PLower: nan, PUpper: nan}
	row := int(r.Observations[i].row)
	if row < 0 || !r.Study.Event.Contains(tau) {
		res.Note = "no abnormal return"
		return res
	}
	g := r.eng
	k := row*g.length + tau - r.Study.Event.From
	res.Dist = StudentT(float64(g.m[row] - int32(g.k[row])))
	if g.ar[k] != g.ar[k] {
		res.Note = "no abnormal return"
		return res
	}
	res.N, res.Stat = 1, g.ar[k]/math.Sqrt(g.va[k])
	res.P, res.PLower, res.PUpper = res.Dist.PValues(res.Stat)
	return res
}
