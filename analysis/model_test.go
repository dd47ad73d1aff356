package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/market"
)

// world is a panel of one share and everything that a model may explain it by,
// on sessions numbered from 0, and one event on session worldEvent.
type world struct {
	cal                    *market.Calendar
	index, oil, rf         []float64
	donors                 [3][]float64
	ff                     map[string][]float64
	share                  []float64
	noIndex, noDonors, noF bool // leave these out of the panel
}

const worldLen, worldEvent = 160, 140

var ffNames = []string{"cma", "hml", "mkt_rf", "mom", "rmw", "smb"}

func newWorld(t testing.TB) *world {
	w := &world{cal: days(t, "X", worldLen), ff: make(map[string][]float64)}
	rng := rand.New(rand.NewPCG(9, 9))
	normals := func(mean, sd float64) []float64 {
		x := make([]float64, worldLen)
		for k := range x {
			x[k] = mean + sd*rng.NormFloat64()
		}
		return x
	}
	w.index, w.oil, w.rf = normals(0.0005, 0.01), normals(0, 0.02), normals(0.0002, 0.00002)
	for _, name := range ffNames {
		w.ff[name] = normals(0, 0.01)
	}
	for i := range w.donors {
		w.donors[i] = normals(0, 0.015)
	}
	return w
}

// regressors returns every series but the share's.
func (w *world) regressors() [][]float64 {
	all := [][]float64{w.index, w.oil}
	for _, name := range ffNames {
		all = append(all, w.ff[name])
	}
	return append(all, w.donors[:]...)
}

// run performs a study of the share with m.
func (w *world) run(t testing.TB, m model.Model, minimum int) *Result {
	t.Helper()
	p := market.NewPanel(market.Simple, market.Skip)
	add := func(symbol string, r []float64) {
		if err := p.AddColumn(&market.Column{Security: market.Security{Symbol: symbol}, Calendar: w.cal, Return: slices.Clone(r)}); err != nil {
			t.Fatal(err)
		}
	}
	add("SHARE", w.share)
	if !w.noIndex {
		add("INDEX", w.index)
	}
	if !w.noDonors {
		for i, r := range w.donors {
			add(fmt.Sprint("D", i), r)
		}
	}
	if !w.noF {
		dates := make([]market.Date, worldLen)
		for k := range dates {
			dates[k] = w.cal.Date(k)
		}
		for name, v := range w.ff {
			p.AddFactor(name, dates, v)
		}
		p.AddFactor("oil", dates, w.oil)
		p.AddFactor(model.RiskFree, dates, w.rf)
	}
	s := DefaultStudy()
	s.Model, s.Benchmark, s.Tests, s.MinEstimation = m, "INDEX", []Test{StudentTest{}}, minimum
	s.EstimationWindow, s.EventWindow, s.CARWindows = Window{-120, -11}, Window{-5, 5}, []Window{{0, 0}, {-1, 1}}
	c := &events.Catalog{Events: []events.Event{{ID: "x", DateOnly: true, Time: w.cal.Date(worldEvent).In(time.UTC, 0),
		Targets: []events.Target{{Symbol: "SHARE"}}}}}
	return mustRun(t, s, c, p)
}

// modelCase is a model with options, what it takes as normal, and how.
type modelCase struct {
	name   string
	o      model.Options
	normal func(w *world, k int) float64
	tol    float64 // of an AR that should be 0
	slopes bool    // a slope is estimated, so that a constant regressor is an exclusion
	none   string  // what the exclusion says where the regressors are not in the panel
}

func line13(w *world, k int) float64 { return 0.0005 + 1.3*w.index[k] }

func premiums(names ...string) func(w *world, k int) float64 {
	return func(w *world, k int) float64 {
		r := w.rf[k] + 0.0003
		for j, n := range names {
			r += (0.9 - 0.3*float64(j)) * w.ff[n][k]
		}
		return r
	}
}

func modelCases() []modelCase {
	peers := func(w *world, k int) float64 { return (w.donors[0][k] + w.donors[1][k] + w.donors[2][k]) / 3 }
	all := []string{"D0", "D1", "SHARE", "D2"}
	return []modelCase{
		{name: "mean", normal: func(*world, int) float64 { return 0.0005 }, tol: 1e-5},
		{name: "market", normal: line13, tol: 1e-5, slopes: true, none: "INDEX"},
		{name: "market-adjusted", normal: func(w *world, k int) float64 { return w.index[k] }, tol: 1e-5, none: "INDEX"},
		{name: "capm", normal: func(w *world, k int) float64 { return w.rf[k] + 0.0002 + 1.3*(w.index[k]-w.rf[k]) }, tol: 1e-5, slopes: true, none: "rf"},
		{name: "ff3", normal: premiums("mkt_rf", "smb", "hml"), tol: 1e-5, slopes: true, none: "rf"},
		{name: "carhart", normal: premiums("mkt_rf", "smb", "hml", "mom"), tol: 1e-5, slopes: true, none: "rf"},
		{name: "ff5", normal: premiums("mkt_rf", "smb", "hml", "rmw", "cma"), tol: 1e-5, slopes: true, none: "rf"},
		{name: "ff6", normal: premiums("mkt_rf", "smb", "hml", "rmw", "cma", "mom"), tol: 1e-5, slopes: true, none: "rf"},
		{name: "factors", o: model.Options{Factors: []string{"oil"}}, normal: func(w *world, k int) float64 { return 0.0005 + 0.7*w.oil[k] }, tol: 1e-5, slopes: true, none: "factor oil"},
		// The slopes on the lagged and led market cancel against rho but for the ends of the window.
		{name: "scholes-williams", normal: line13, tol: 2e-3, slopes: true, none: "INDEX"},
		{name: "dimson", o: model.Options{Lags: 2}, normal: line13, tol: 1e-5, slopes: true, none: "INDEX"},
		{name: "fowler-rorke", normal: line13, tol: 1e-5, slopes: true, none: "INDEX"},
		{name: "huber", normal: line13, tol: 1e-5, slopes: true, none: "INDEX"},
		{name: "theil-sen", normal: line13, tol: 1e-5, slopes: true, none: "INDEX"},
		{name: "garch", normal: line13, tol: 1e-5, slopes: true, none: "INDEX"},
		{name: "gjr", normal: line13, tol: 1e-5, slopes: true, none: "INDEX"},
		{name: "egarch", normal: line13, tol: 1e-5, slopes: true, none: "INDEX"},
		{name: "peer", o: model.Options{Peers: all}, normal: peers, tol: 1e-5, none: "D0"},
		{name: "peer", o: model.Options{Peers: all, PeerMarket: true}, normal: func(w *world, k int) float64 { return 0.001 + 1.3*peers(w, k) }, tol: 1e-5, slopes: true, none: "D0"},
		{name: "synthetic", o: model.Options{Donors: all}, normal: func(w *world, k int) float64 { return 0.3*w.donors[0][k] + 0.7*w.donors[2][k] }, tol: 1e-5, none: "D0"},
		{name: "synthetic", o: model.Options{Donors: all, Ridge: true}, normal: func(w *world, k int) float64 { return 0.3*w.donors[0][k] + 0.7*w.donors[2][k] }, tol: 1e-5, none: "D0"},
		{name: "matched", o: model.Options{Matches: map[string]string{"SHARE": "D1"}}, normal: func(w *world, k int) float64 { return w.donors[1][k] }, tol: 1e-5, none: "D1"},
	}
}

// TestModels holds every model to the same demands.
func TestModels(t *testing.T) {
	seen := make(map[string]bool)
	for _, c := range modelCases() {
		seen[c.name] = true
		name := c.name
		if c.o.PeerMarket {
			name += " as market"
		}
		if c.o.Ridge {
			name += " with ridge"
		}
		t.Run(name, func(t *testing.T) {
			m, err := model.New(c.name, c.o)
			if err != nil {
				t.Fatal(err)
			}
			if m.About() == "" || m.Paper() == "" {
				t.Error("no description or source")
			}
			c.conforms(t, m)
		})
	}
	for _, m := range model.Models {
		if !seen[m.Name()] {
			t.Errorf("%s: not held to anything", m.Name())
		}
	}
	for i, m := range model.Models {
		if got, ok := model.ByName(m.Name()); !ok || fmt.Sprint(got) != fmt.Sprint(m) {
			t.Errorf("%s: %d entries by that name", m.Name(), i)
		}
	}
}

func (c *modelCase) conforms(t *testing.T, m model.Model) {
	build := func(noise float64) *world {
		w := newWorld(t)
		rng := rand.New(rand.NewPCG(2, 9))
		w.share = make([]float64, worldLen)
		for k := range w.share {
			w.share[k] = c.normal(w, k) + noise*rng.NormFloat64()
		}
		return w
	}
	used := func(what string, r *Result) AbnormalReturns {
		t.Helper()
		o := r.Observation(0)
		if !o.Used() {
			t.Fatalf("%s: excluded: %v", what, *o.Exclusion)
		}
		if f := o.Fit; !(f.S > 0) || len(f.Coef) != len(m.Coefs()) || slices.ContainsFunc(f.Coef, math.IsNaN) {
			t.Errorf("%s: fit %+v", what, f)
		}
		f := r.AbnormalReturns(0)
		for _, s := range [][]float64{f.AR, f.SE, f.CAR, f.CARSE, f.SCAR, f.BHAR} {
			if slices.ContainsFunc(s, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }) {
				t.Errorf("%s: %+v", what, f)
			}
		}
		return f
	}
	excluded := func(what string, r *Result, reason Reason, detail string) {
		t.Helper()
		if ex := r.Observation(0).Exclusion; ex == nil || ex.Reason != reason || !strings.Contains(ex.Detail(), detail) {
			t.Errorf("%s: %v, want %s with %q", what, ex, reason, detail)
		}
	}

	// A share that does what the model takes as normal, but for a jump on session 0.
	w := build(1e-7)
	w.share[worldEvent] += 0.05
	f := used("known answer", w.run(t, m, 50))
	for k, ar := range f.AR {
		want := 0.0
		if k == 5 {
			want = 0.05
		}
		if math.Abs(ar-want) > c.tol {
			t.Errorf("AR[%d] is %v, want %v", k, ar, want)
		}
	}

	// The size of the jump reaches AR and CAR whole, and nothing else.
	w = build(0.01)
	base := w.run(t, m, 50)
	before := used("noise", base)
	w.share[worldEvent] += 0.05
	after := used("jump", w.run(t, m, 50))
	for k := range after.AR {
		d := after.AR[k] - before.AR[k]
		if k == 5 {
			d -= 0.05
		}
		if math.Abs(d) > 1e-12 || after.SE[k] != before.SE[k] {
			t.Errorf("the jump moves AR[%d] by %v beyond its size", k, d)
		}
	}
	if d := after.CAR[1] - before.CAR[1] - 0.05; math.Abs(d) > 1e-12 {
		t.Errorf("the jump moves CAR by %v beyond its size", d)
	}

	// Gaps in the share and in what explains it.
	w = build(0.01)
	for k := range 7 {
		w.share[40+3*k] = nan
	}
	for _, x := range w.regressors() {
		x[80], x[90] = nan, nan
	}
	r := w.run(t, m, 50)
	used("gaps", r)
	reach := 0
	for _, term := range m.Design("SHARE").Terms {
		reach = max(reach, term.Lag)
	}
	want := 110 - 7 - 2*(2*reach+1)
	if c.name == "mean" {
		want = 110 - 7
	}
	if got := r.Observation(0).Fit.M; got != want {
		t.Errorf("M is %d with gaps, want %d", got, want)
	}

	// As many rows as coefficients are too few; one more is enough, or is
	// excluded by name, but is never a figure that is not a number.
	w = build(0.01)
	rows := 1 + len(m.Design("SHARE").Terms)
	for k := worldEvent - 120; k <= worldEvent-11-rows; k++ {
		w.share[k] = nan
	}
	excluded("too few rows", w.run(t, m, 0), ShortEstimation, fmt.Sprint(rows))
	w.share[worldEvent-11-rows] = 0.01
	if r := w.run(t, m, 0); r.Used(0) {
		used("one more row", r)
	}

	// A regressor without variance.
	w = build(0.01)
	for i, x := range w.regressors() {
		for k := range x {
			x[k] = 0.001 * float64(1+i)
		}
	}
	for k := range w.rf {
		w.rf[k] = 0.0001
	}
	if r := w.run(t, m, 50); c.slopes {
		excluded("constant regressor", r, Collinear, "")
	} else {
		used("constant regressor", r)
	}

	excluded("no residual variance", build(0).run(t, m, 50), ZeroVariance, "")

	w = build(0.01)
	w.noIndex, w.noDonors, w.noF = true, true, true
	if r := w.run(t, m, 50); c.none == "" {
		used("no regressors", r)
	} else {
		excluded("no regressors", r, NoRegressor, c.none)
	}

	w = build(0.01)
	for k := range w.share {
		w.share[k] = nan
	}
	excluded("no return at all", w.run(t, m, 0), ShortEstimation, "0 usable")

	w = build(0.01)
	for k := worldEvent - 5; k <= worldEvent+5; k++ {
		w.share[k] = nan
	}
	excluded("no event return", w.run(t, m, 50), NoEventReturns, "")
}

// Models whose options are not given exclude every security, and say why.
func TestModelsWithoutOptions(t *testing.T) {
	for _, m := range model.Models {
		if d := m.Design("A"); d.Problem == "" && len(d.Terms) == 0 && m.Name() != "mean" {
			t.Errorf("%s: explains by nothing", m.Name())
		}
	}
	for _, name := range []string{"factors", "peer", "synthetic", "matched"} {
		m, _ := model.ByName(name)
		if m.Design("A").Problem == "" {
			t.Errorf("%s: no problem without options", name)
		}
	}
}

// Laws that the market models obey: units and a constant in the returns do
// not matter to the ARs but through their own unit; the sign turns them round.
func TestModelLaws(t *testing.T) {
	for _, name := range []string{"market", "scholes-williams", "dimson", "fowler-rorke", "huber", "theil-sen", "garch", "gjr"} {
		m, err := model.New(name, model.Options{})
		if err != nil {
			t.Fatal(err)
		}
		w := newWorld(t)
		rng := rand.New(rand.NewPCG(1, 9))
		for k := range worldLen {
			w.share = append(w.share, line13(w, k)+0.01*rng.NormFloat64())
		}
		base := w.run(t, m, 50).AbnormalReturns(0)
		raw := slices.Clone(w.share)
		for law, change := range map[string]func(r float64) float64{
			"constant": func(r float64) float64 { return r + 0.01 },
			"sign":     func(r float64) float64 { return -r },
			"unit":     func(r float64) float64 { return 0.5 * r },
		} {
			if law == "sign" && name == "gjr" {
				continue // falls weigh more than rises
			}
			for k, r := range raw {
				w.share[k] = change(r)
			}
			f := w.run(t, m, 50).AbnormalReturns(0)
			factor := change(1) - change(0)
			for k := range f.AR {
				tol := 1e-11
				if name == "garch" || name == "gjr" {
					tol = 1e-7 // a maximum is found to half the digits
				}
				if d := f.AR[k] - factor*base.AR[k]; math.Abs(d) > tol {
					t.Errorf("%s, %s: AR[%d] is off by %v", name, law, k, d)
				}
				if d := digits(f.SE[k], math.Abs(factor)*base.SE[k]); d < 5 {
					t.Errorf("%s, %s: SE[%d] agrees to %.1f digits", name, law, k, d)
				}
			}
		}
	}
}

// BenchmarkModels is one observation: the fit, the event window, the CARs.
func BenchmarkModels(b *testing.B) {
	p := benchPanel(b, 20, 2700)
	cal, rng := p.Columns[0].Calendar, rand.New(rand.NewPCG(3, 3))
	var dates []market.Date
	for k := range 2700 {
		dates = append(dates, cal.Date(p.Columns[0].First+k))
	}
	for _, name := range append([]string{model.RiskFree}, ffNames...) {
		v := make([]float64, len(dates))
		for k := range v {
			v[k] = 0.005 * rng.NormFloat64()
		}
		if err := p.AddFactor(name, dates, v); err != nil {
			b.Fatal(err)
		}
	}
	c := benchCatalog(p, 200)
	donors := p.Symbols()[1:]
	for _, mc := range []struct {
		name string
		o    model.Options
	}{{name: "market"}, {name: "carhart"}, {name: "dimson"}, {name: "huber"}, {name: "theil-sen"}, {name: "garch"}, {name: "gjr"}, {name: "egarch"},
		{name: "synthetic", o: model.Options{Donors: donors}}} {
		b.Run(mc.name, func(b *testing.B) {
			m, err := model.New(mc.name, mc.o)
			if err != nil {
				b.Fatal(err)
			}
			s := DefaultStudy()
			s.Model, s.Benchmark, s.Groups, s.CARWindows = m, "INDEX", nil, []Window{{-10, 10}}
			r := mustRun(b, s, c, p)
			if used, excluded := r.Counts(); excluded > used/10 {
				b.Fatal(used, excluded, r.Observation(0).Exclusion)
			}
			w := new(workspace)
			b.ReportAllocs()
			row := 0
			for b.Loop() {
				r.eng.fit(row, w)
				row = (row + 1) % len(r.eng.obs)
			}
		})
	}
}
