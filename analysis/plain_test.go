package analysis

import (
	"fmt"
	"math"
	"slices"
	"testing"

	"gonum.org/v1/gonum/mat"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// naive is a least squares model that is fitted one observation at a time, from
// the normal equations of a textbook, and that the engine knows nothing of: no
// frame is shared, no sums are taken for linear, every average goes member by
// member.
type naive struct{ model.Model }

// Estimate implements Model.
func (naive) Estimate(s *model.Sample, e *model.Estimate) error {
	m, p := len(s.Y), len(s.X)
	var ybar float64
	for _, v := range s.Y {
		ybar += v / float64(m)
	}
	x := mat.NewDense(m, max(1, p), nil)
	for j := range s.X {
		e.XBar[j] = 0
		for _, v := range s.X[j] {
			e.XBar[j] += v / float64(m)
		}
		for t, v := range s.X[j] {
			x.Set(t, j, v-e.XBar[j])
		}
	}
	e.B[0] = ybar
	if p > 0 {
		var gram, inverse mat.Dense
		gram.Mul(x.T(), x)
		if err := inverse.Inverse(&gram); err != nil {
			return model.Failed(model.ErrCollinear, "%v", err)
		}
		for i := range p {
			e.B[1+i] = 0
			for j := range p {
				e.SInv[i*p+j] = inverse.At(i, j)
				for t, v := range s.Y {
					e.B[1+i] += inverse.At(i, j) * x.At(t, j) * (v - ybar)
				}
			}
			e.B[0] -= e.B[1+i] * e.XBar[i]
		}
	}
	var rss, tss float64
	for t, v := range s.Y {
		d := v - e.B[0]
		for j := range s.X {
			d -= e.B[1+j] * s.X[j][t]
		}
		rss += d * d
		tss += (v - ybar) * (v - ybar)
	}
	e.M, e.K, e.S2, e.R2 = m, p+1, rss/float64(m-p-1), 1-rss/tss
	if p == 0 {
		e.R2 = 0
	}
	e.SE[0] = math.Sqrt(e.S2 * (1/float64(m) + stat.Quadratic(e.SInv, e.XBar)))
	for j := range p {
		e.SE[1+j] = math.Sqrt(e.S2 * e.SInv[j*p+j])
	}
	return nil
}

// The fast paths against the plain one, to twelve digits: observations of one
// date and of many, whole and with gaps, with and without weights, simple and
// log returns.
func TestPlainPath(t *testing.T) {
	s := simulate(t, 40, 900, 23)
	dates := make([]market.Date, s.cal.Len())
	for k := range dates {
		dates[k] = s.cal.Date(k)
	}
	for f, name := range append([]string{model.RiskFree}, model.Carhart.Series...) {
		values := make([]float64, len(dates))
		for k := range values {
			values[k] = 0.01 * math.Sin(float64((f+2)*k*k))
		}
		if err := s.panel.AddFactor(name, dates, values); err != nil {
			t.Fatal(err)
		}
	}
	for i, c := range s.panel.Columns[1:] {
		c.Price = make([]float64, len(c.Return))
		for k := range c.Price {
			c.Price[k] = 10 + float64(i) + math.Sin(float64(k))
		}
		c.Shares = 1e6 * float64(1+i)
		switch { // gaps: in the estimation window, in the event window, in none
		case i%7 == 3:
			c.Return[150+i] = nan
		case i == 10:
			c.Return[500] = nan
		case i == 30:
			c.Return[503], c.Return[700] = nan, nan
		}
	}
	catalog := &events.Catalog{}
	for k, symbols := range [][]string{names(40), {"S0", "S1", "S2", "S4", "S5", "S6", "S7"}, {"S3", "S10", "S30"}, names(12), names(2)} {
		catalog.Events = append(catalog.Events, s.event(500+3*k, symbols...), s.event(700+40*k, symbols...))
	}
	for _, m := range []model.Model{model.MarketModel{}, model.ConstantMean{}, model.CAPM{}, model.Carhart} {
		for _, weights := range Weightings {
			for _, missing := range []MissingEvent{ExcludeMissing, ZeroMissing} {
				t.Run(fmt.Sprint(m.Name(), weights, missing), func(t *testing.T) {
					study := func(m model.Model) *Study {
						st := s.study()
						st.Model, st.Weights, st.MissingEvent, st.Tests, st.Groups = m, weights, missing, DefaultTests(), Groupings
						st.EstimationWindow, st.EventWindow, st.CARWindows = Window{-270, -21}, Window{-10, 10}, DefaultStudy().CARWindows
						return st
					}
					fast, plain := s.run(t, study(m), catalog.Events...), s.run(t, study(naive{m}), catalog.Events...)
					compare(t, fast, plain)
				})
			}
		}
	}
}

func compare(t *testing.T, fast, plain *Result) {
	t.Helper()
	n := 0
	near := func(what string, x, y []float64) {
		for k := range y {
			n++
			size := max(1e-2, math.Abs(y[k]))
			if size > 1000 { // the mean of two numbers over their difference, which has fewer digits
				size *= size
			}
			if d := math.Abs(x[k] - y[k]); d > 1e-12*size || (x[k] == x[k]) != (y[k] == y[k]) {
				t.Errorf("%s[%d]: %.17g, plainly %.17g", what, k, x[k], y[k])
			}
		}
	}
	if fast.N() != plain.N() || len(fast.Groups) != len(plain.Groups) || !slices.EqualFunc(fast.Notes, plain.Notes, sameNote) {
		t.Fatal("other observations, groups or notes")
	}
	for i := range fast.N() {
		x, y := fast.Observation(i), plain.Observation(i)
		if x.Used() != y.Used() {
			t.Fatalf("observation %d: %v, plainly %v", i, x.Exclusion, y.Exclusion)
		}
		name := fmt.Sprint(x.EventID, " ", x.Security)
		near(name+" fit", slices.Concat(x.Fit.Coef, x.Fit.SE, []float64{x.Fit.S, x.Fit.R2}), slices.Concat(y.Fit.Coef, y.Fit.SE, []float64{y.Fit.S, y.Fit.R2}))
		f, p := fast.AbnormalReturns(i), plain.AbnormalReturns(i)
		near(name, slices.Concat(f.AR, f.SE, f.SAR, f.Path, f.PathSE, f.CAR, f.CARSE, f.SCAR, f.CSAR, f.BHAR),
			slices.Concat(p.AR, p.SE, p.SAR, p.Path, p.PathSE, p.CAR, p.CARSE, p.SCAR, p.CSAR, p.BHAR))
	}
	for k := range fast.Groups {
		x, y := &fast.Groups[k], &plain.Groups[k]
		if x.SEMethod != y.SEMethod {
			t.Errorf("%s: %s, plainly %s", x.Name(), x.SEMethod, y.SEMethod)
		}
		for i := range y.Averages {
			a, b := x.Averages[i], y.Averages[i]
			near(fmt.Sprint(x.Name(), a.Tau), []float64{a.AAR, a.SD, a.SE, a.CAAR, a.CAARSE, a.Lower, a.Upper, float64(a.N), float64(a.NPath), float64(a.Positive)},
				[]float64{b.AAR, b.SD, b.SE, b.CAAR, b.CAARSE, b.Lower, b.Upper, float64(b.N), float64(b.NPath), float64(b.Positive)})
		}
		for w := range y.Windows {
			a, b := &x.Windows[w], &y.Windows[w]
			near(fmt.Sprint(x.Name(), a.Window), []float64{a.CAAR, a.ABHAR, a.MeanSCAR, a.RBar, float64(a.N), float64(a.Positive)},
				[]float64{b.CAAR, b.ABHAR, b.MeanSCAR, b.RBar, float64(b.N), float64(b.Positive)})
			for i := range b.Tests {
				v, u := a.Tests[i], b.Tests[i]
				name := fmt.Sprint(x.Name(), " ", v.Window, " ", v.Test)
				if v.Note.Text() != u.Note.Text() || len(v.ByProducts) != len(u.ByProducts) {
					t.Errorf("%s: %q %v, plainly %q %v", name, v.Note, v.ByProducts, u.Note, u.ByProducts)
					continue
				}
				near(name, []float64{v.Stat, v.P, v.PLower, v.PUpper, v.Dist.DF1, v.Dist.DF2}, []float64{u.Stat, u.P, u.PLower, u.PUpper, u.Dist.DF1, u.Dist.DF2})
				for j := range u.ByProducts {
					near(name+" "+u.ByProducts[j].Name, []float64{v.ByProducts[j].Value}, []float64{u.ByProducts[j].Value})
				}
			}
		}
	}
	if n < 10_000 {
		t.Errorf("only %d figures were compared", n)
	}
}

// half is a model written by embedding another: its own Estimate is what counts.
type half struct{ model.MarketModel }

// Name implements Model.
func (half) Name() string { return "half" }

// Estimate implements Model.
func (half) Estimate(s *model.Sample, e *model.Estimate) error {
	if err := model.LeastSquares(s, e); err != nil {
		return err
	}
	return model.Line(s, e, 0, e.B[1]/2)
}

// A model that embeds a least squares one and estimates otherwise is asked, for the
// observations and for their portfolio.
func TestEmbeddedModel(t *testing.T) {
	s := simulate(t, 12, 900, 5)
	run := func(m model.Model) *Result {
		study := s.study()
		study.Model = m
		return s.run(t, study, s.event(500, names(12)...))
	}
	whole, own := run(model.MarketModel{}), run(half{})
	for i := range own.N() {
		w, o := whole.Observation(i).Fit, own.Observation(i).Fit
		if o.Coef[0] != 0 || math.Abs(o.Coef[1]-w.Coef[1]/2) > 1e-14 || o.S == w.S {
			t.Fatalf("observation %d: coefficients %v and s %g, of the market model %v and %g", i, o.Coef, o.S, w.Coef, w.S)
		}
	}
	var portfolio [2]TestResult
	for k, r := range []*Result{whole, own} {
		portfolio[k] = run1(r, PortfolioTest{})
	}
	if portfolio[0].Stat == portfolio[1].Stat {
		t.Errorf("the portfolio of both models has t %g", portfolio[0].Stat)
	}
}

// run1 performs a test on the first group of r over its first window.
func run1(r *Result, test Test) TestResult {
	return run(test, newCrossSection(newPool(r.eng, r.rowsOf(&r.Groups[0], nil)), 0))
}

// sameNote reports whether two notes are about the same and say the same: their
// figures may differ in digits that no one is shown.
func sameNote(a, b Note) bool {
	return a.Code == b.Code && a.Severity == b.Severity && a.EventID == b.EventID && a.Security == b.Security && a.Group == b.Group && a.Window == b.Window && a.Text() == b.Text()
}
