package analysis

import (
	"math"
	"slices"
	"testing"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/market"
)

// Over the window that the average path spans, the interval is the path's.
func TestAverageInterval(t *testing.T) {
	n := newNasty(t)
	s := n.study()
	s.CARWindows = []Window{s.EventWindow}
	r := mustRun(t, s, n.catalog, n.panel(t, market.Simple, nil))
	methods := make(map[string]bool)
	for i := range r.Groups {
		g := &r.Groups[i]
		a, got := g.Averages[len(g.Averages)-1], r.AverageInterval(g, 0)
		if a.CAAR != a.CAAR {
			continue
		}
		if a.NPath < len(g.Members) && g.SEMethod == "portfolio" {
			continue // Averages is of the portfolio of all members, the interval of those that are complete
		}
		want := stat.Interval{Value: a.CAAR, Lower: a.Lower, Upper: a.Upper}
		for k, v := range []float64{got.Value - want.Value, got.Lower - want.Lower, got.Upper - want.Upper} {
			if math.Abs(v) > 1e-12 || k > 0 && math.IsNaN(got.Lower) != math.IsNaN(want.Lower) {
				t.Errorf("%s: %v, want %v", g.Name(), got, want)
			}
		}
		if got.Lower == got.Lower {
			methods[g.SEMethod] = true
		}
	}
	if !methods["portfolio"] || !methods["cross-section"] {
		t.Errorf("compared by method: %v, want both", methods)
	}
}

// Within an event window, until the next begins, the history's abnormal
// returns are the event's.
func TestHistory(t *testing.T) {
	n := newNasty(t)
	r := mustRun(t, n.study(), n.catalog, n.panel(t, market.Simple, nil))
	h := r.History("AAA")
	var own []int
	for i := range r.N() {
		if o := r.Observation(i); o.Security == "AAA" && o.Used() {
			own = append(own, i)
		}
	}
	if len(own) != 3 || h.Dates[0] != r.Session(own[0], -10) {
		t.Fatalf("%d observations, the history begins on %s, want %s", len(own), h.Dates[0], r.Session(own[0], -10))
	}
	if last := h.Dates[len(h.Dates)-1]; last != n.cal.Date(n.cal.Search(market.NewDate(2025, 3, 1))-1) {
		t.Errorf("the history ends on %s", last)
	}
	sum := 0.0
	for k, d := range h.Dates {
		in := 0
		for i, x := range own {
			if r.Session(x, -10) <= d {
				in = i
			}
		}
		for tau, ar := range r.AbnormalReturns(own[in]).AR {
			if r.Session(own[in], tau-10) == d && math.Abs(ar-h.AR[k]) > 1e-15 {
				t.Errorf("%s: AR %v, want that of %s, %v", d, h.AR[k], r.Observation(own[in]).EventID, ar)
			}
		}
		sum += h.AR[k]
		if math.Abs(sum-h.Cumulative[k]) > 1e-12 {
			t.Errorf("%s: cumulative %v, want %v", d, h.Cumulative[k], sum)
		}
	}
	// A halted session and the next have no return; the sum goes on behind them.
	halt := r.History("HALT")
	if gaps := len(halt.AR) - len(present(halt.AR)); gaps != 2 || len(present(halt.Cumulative)) != len(present(halt.AR)) {
		t.Errorf("%d sessions without an abnormal return, want 2", gaps)
	}
	if h := r.History("YOUNG"); h.Dates != nil {
		t.Error("a security without a used observation has a history")
	}
}

// Residuals over s have the variance (M-K)/(M-1) and the diagnostics' first
// autocorrelation.
func TestStandardizedResiduals(t *testing.T) {
	n := newNasty(t)
	r := mustRun(t, n.study(), n.catalog, n.panel(t, market.Simple, nil))
	for i := range r.N() {
		o := r.Observation(i)
		dates, e := r.StandardizedResiduals(i)
		if !o.Used() {
			if e != nil {
				t.Errorf("%s %s is excluded and has residuals", o.EventID, o.Security)
			}
			continue
		}
		if len(e) != 250 || dates[249] != r.Session(i, -21) || len(present(e)) != o.Fit.M {
			t.Fatalf("%s %s: %d residuals to %s", o.EventID, o.Security, len(e), dates[249])
		}
		sd, want := stat.Deviation(present(e)), math.Sqrt(float64(o.Fit.M-o.Fit.K)/float64(o.Fit.M-1))
		if math.Abs(sd-want) > 1e-12 {
			t.Errorf("%s %s: standard deviation %v, want %v", o.EventID, o.Security, sd, want)
		}
		ac, band := Autocorrelations(e, 20)
		if d := r.Diagnostics(i); len(ac) != 20 || math.Abs(ac[0]-d.Autocorrelation) > 1e-12 || band != 1.96/math.Sqrt(float64(o.Fit.M)) {
			t.Errorf("%s %s: autocorrelation %v (band %v), want %v", o.EventID, o.Security, ac[0], band, d.Autocorrelation)
		}
	}
}

func TestNormalScores(t *testing.T) {
	// Python 3: NormalDist().inv_cdf((k-3/8)/5.25)
	want := []float64{-1.1797611176118612, -0.497200570681554, 0, 0.497200570681554, 1.1797611176118612}
	for k, v := range NormalScores(5) {
		if math.Abs(v-want[k]) > 1e-9 {
			t.Errorf("score %d is %v, want %v", k+1, v, want[k])
		}
	}
}

func TestCharacteristics(t *testing.T) {
	n := newNasty(t)
	p := n.panel(t, market.Simple, nil)
	p.Column("AAA").Shares = 2e6
	r := mustRun(t, n.study(), n.catalog, p)
	cs := r.Characteristics()
	if len(cs) != 2 || cs[0].Name != "beta" || cs[1].Name != "log-market-value" {
		t.Fatalf("characteristics %v", cs)
	}
	for i := range r.N() {
		o := r.Observation(i)
		beta, size := cs[0].Value[i], cs[1].Value[i]
		if o.Used() != (beta == beta) || o.Used() && beta != o.Fit.Coef[1] {
			t.Errorf("%s %s: beta %v", o.EventID, o.Security, beta)
		}
		if o.Used() && o.Security == "AAA" {
			want := math.Log(2e6 * n.prices["AAA"][int(o.index)-11-n.from])
			if math.Abs(size-want) > 1e-12 {
				t.Errorf("%s AAA: log market value %v, want %v", o.EventID, size, want)
			}
		} else if size == size {
			t.Errorf("%s %s: a market value without shares: %v", o.EventID, o.Security, size)
		}
	}
	given := r.CharacteristicOf("capacity", map[string]float64{"AAA": 3, "NOPE": 4})
	for i := range r.N() {
		o := r.Observation(i)
		if v := given.Value[i]; (v == 3) != (o.Used() && o.Security == "AAA") || v != 3 && v == v {
			t.Errorf("%s %s: a given figure of %v", o.EventID, o.Security, v)
		}
	}
	s := n.study()
	s.Model = model.ConstantMean{}
	if cs := mustRun(t, s, n.catalog, n.panel(t, market.Simple, nil)).Characteristics(); len(cs) != 0 {
		t.Errorf("the mean model knows %v", cs)
	}
}

// The interval of a fitted mean, worked out by hand.
func TestRegressionMean(t *testing.T) {
	y := []float64{2.1, 3.9, 6.2, 7.8, 10.1}
	r, err := stat.Regress(y, [][]float64{{1, 1, 1, 1, 1}, {1, 2, 3, 4, 5}}, stat.Specification{Errors: stat.Classical})
	if err != nil {
		t.Fatal(err)
	}
	// b = (0.05, 1.99), s^2 = 0.107/3, x0'(X'X)^-1x0 = 1/5 + 9/10.
	half := 3.182446305284263 * math.Sqrt(0.107/3*1.1)
	got := r.Mean([]float64{1, 6})
	for k, v := range []float64{got.Value - 11.99, got.Lower - (11.99 - half), got.Upper - (11.99 + half)} {
		if math.Abs(v) > 1e-9 {
			t.Errorf("figure %d of %v is off by %v", k, got, v)
		}
	}
}

// The draws give the test's p value when they are counted.
func TestPlaceboDrawsOfGroup(t *testing.T) {
	n := newNasty(t)
	s := n.study()
	s.EstimationWindow, s.MinEstimation = Window{-120, -21}, 60
	s.EventIDs = []string{"weekend"}
	c := *n.catalog
	c.Events = slices.Clone(c.Events[2:3])
	r := mustRun(t, s, &c, n.panel(t, market.Simple, nil))
	g := r.Group(ByEvent, "weekend")
	res, draws, err := r.PlaceboDraws(t.Context(), g, 1)
	if err != nil || res.Note != nil || res.Of != "portfolio" {
		t.Fatalf("%+v %v", res, err)
	}
	far := 1.0
	for _, v := range draws {
		if math.Abs(v) >= math.Abs(res.Stat) {
			far++
		}
	}
	if p := far / float64(1+len(draws)); math.Abs(p-res.P) > 1e-12 || len(draws) < 100 {
		t.Errorf("%d draws give p = %v, the test says %v", len(draws), p, res.P)
	}
	if own := g.Windows[1].Test("placebo"); own != nil && own.P != res.P {
		t.Errorf("the study's own placebo test has p = %v, this one %v", own.P, res.P)
	}
}
