package analysis

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
)

// Trimming is as if the returns near other news were not there: every figure of every
// test is that of a study on prices without them.
func TestTrimIsMissing(t *testing.T) {
	whole, holed := simulate(t, 5, 400, 21), simulate(t, 5, 400, 21)
	whole.together(0.5, 22)
	holed.together(0.5, 22)
	st := whole.study()
	st.Tests, st.Draws = Tests, 199
	st.Confounders, st.ConfounderWindow, st.MinEstimation = TrimConfounders, Window{-1, 1}, 20
	studied := whole.event(300, names(5)...)
	st.EventIDs = []string{studied.ID}
	// Other news of each security, at a distance that differs, some two in a row.
	news := whole.event(260, "S0", "S2", "S4")
	more := whole.event(261, "S0", "S1")
	spared := whole.event(240, "S3")
	spared.Category = "earnings"
	st.ConfounderExcept = []string{"earnings"}
	for symbol, at := range map[string][]int{"S0": {259, 260, 261, 262}, "S1": {260, 261, 262}, "S2": {259, 260, 261}, "S4": {259, 260, 261}} {
		for _, k := range at {
			holed.panel.Column(symbol).Return[k] = nan
		}
	}
	trimmed := whole.run(t, st, studied, news, more, spared, whole.event(90, "S0"))
	kept := *st
	kept.Confounders = KeepConfounders
	missing := holed.run(t, &kept, studied, news, more, spared, whole.event(90, "S0"))
	plain := whole.run(t, &kept, studied, news, more, spared, whole.event(90, "S0"))
	same := func(a, b float64) bool { return a == b || a != a && b != b || math.Abs(a-b) <= 1e-12*math.Abs(b) }
	differ := 0
	for g := range trimmed.Groups {
		for w := range trimmed.Groups[g].Windows {
			a, b, c := trimmed.Groups[g].Windows[w], missing.Groups[g].Windows[w], plain.Groups[g].Windows[w]
			if !same(a.RBar, b.RBar) {
				t.Errorf("r-bar %v trimmed, %v missing", a.RBar, b.RBar)
			}
			for k := range a.Tests {
				if x, y := a.Tests[k], b.Tests[k]; x.Test != "placebo" && (!same(x.Stat, y.Stat) || !same(x.P, y.P)) { // whose pseudo-dates see other windows
					t.Errorf("%s %s: %v trimmed, %v missing", x.Test, a.Window, x.Stat, y.Stat)
				} else if x.Stat != c.Tests[k].Stat {
					differ++
				}
			}
		}
	}
	if differ < 15 {
		t.Errorf("trimming changes %d statistics only", differ)
	}
	for i := range trimmed.N() {
		for w := range st.CARWindows {
			a, b := trimmed.ObservationTests(i, w), missing.ObservationTests(i, w)
			for k := range a {
				if a[k].Test != "placebo" && (!same(a[k].Stat, b[k].Stat) || !same(a[k].P, b[k].P)) {
					t.Errorf("%s of %d: %v trimmed, %v missing", a[k].Test, i, a[k], b[k])
				}
			}
		}
	}
	if m := trimmed.Observation(0).Fit.M; m != plain.Observation(0).Fit.M-4 || trimmed.Observation(3).Fit.M != plain.Observation(3).Fit.M {
		t.Errorf("M = %d of %d; S3, whose news is excepted, %d", m, plain.Observation(0).Fit.M, trimmed.Observation(3).Fit.M)
	}
	// At pseudo-dates the windows are trimmed likewise.
	draws := func(r *Result) []float64 {
		_, d, err := r.PlaceboDraws(context.Background(), r.Group(All, "all"), 0)
		if err != nil {
			t.Fatal(err)
		}
		return d
	}
	x, y := draws(trimmed), draws(plain)
	moved := 0
	for k := range min(len(x), len(y)) {
		if x[k] != y[k] {
			moved++
		}
	}
	if moved == 0 {
		t.Error("trimming changes no pseudo-date")
	}
}

// A dropped window has no CAR and leaves the tests; news of the same session stays.
func TestDrop(t *testing.T) {
	s := simulate(t, 4, 400, 23)
	st := s.study()
	st.Confounders = DropConfounders
	studied := s.event(300, names(4)...)
	st.EventIDs = []string{studied.ID}
	late, same := s.event(301, "S1"), s.event(300, "S2")
	same.ID = "same"
	r := s.run(t, st, studied, late, same)
	for w, win := range st.CARWindows {
		if car, _ := r.CAR(1, w); win.Contains(1) != math.IsNaN(car) {
			t.Errorf("S1 over %s: CAR %g", win, car)
		}
		if car, _ := r.CAR(2, w); math.IsNaN(car) {
			t.Errorf("S2 over %s was dropped for news of its own session", win)
		}
		want := 4
		if win.Contains(1) {
			want = 3
		}
		if n := r.Group(All, "all").Windows[w].N; n != want {
			t.Errorf("%d observations over %s, want %d", n, win, want)
		}
	}
	said := false
	for _, n := range r.Notes {
		said = said || n.Code == "confounded" && n.Security == "S1" && n.Window != ""
	}
	if !said {
		t.Error("no note says that a window was dropped")
	}
}

// Between blocks the correlation counts as 0: r-bar is that of the pairs within, and
// kp-bmp follows.
func TestBlocks(t *testing.T) {
	s := simulate(t, 6, 400, 25)
	s.together(0.6, 26)
	for i := range 6 {
		s.panel.Column(fmt.Sprint("S", i)).Sector = []string{"chips", "banks"}[i%2]
	}
	st := s.study()
	e := s.event(300, names(6)...)
	all := s.run(t, st, e)
	st.Correlation = SectorBlocks
	some := s.run(t, st, e)
	a, b := all.Groups[0].Windows[0], some.Groups[0].Windows[0]
	var within, whole float64
	for i := range 6 {
		for j := range i {
			_, x := all.StandardizedResiduals(i)
			_, y := all.StandardizedResiduals(j)
			rho := stat.Correlation(x, y)
			whole += rho / 15
			if i%2 == j%2 {
				within += rho / 15
			}
		}
	}
	if math.Abs(a.RBar-whole) > 1e-12 || math.Abs(b.RBar-within) > 1e-12 {
		t.Errorf("r-bar %g and %g, want %g and %g", a.RBar, b.RBar, whole, within)
	}
	bmp, kp := b.Test("bmp").Stat, b.Test("kp-bmp").Stat
	if want := bmp * math.Sqrt((1-within)/(1+5*within)); math.Abs(kp-want) > 1e-12*math.Abs(want) {
		t.Errorf("kp-bmp %g, want %g", kp, want)
	}
	for i := range 6 {
		s.panel.Column(fmt.Sprint("S", i)).Sector = ""
	}
	if r := s.run(t, st, e).Groups[0].Windows[0].RBar; r != a.RBar {
		t.Errorf("where no sector is known r-bar is %g, want %g", r, a.RBar)
	}
}

// Shares of true nulls rejected at 5% and of effects found, by simulation: bands hold
// 99.9% of the outcomes of a test of size 5%.
func TestComparisonsSize(t *testing.T) {
	const reps = 600
	band := 3.29 * math.Sqrt(0.05*0.95/reps)
	holds := func(what string, rejected int) {
		t.Helper()
		share := float64(rejected) / reps
		t.Logf("%s: rejects %.3f", what, share)
		if math.Abs(share-0.05) > band {
			t.Errorf("%s rejects %.3f of true nulls, want 0.05 +- %.3f", what, share, band)
		}
	}
	// Firms of one date move together: past slopes hold where HC3 does not.
	for _, n := range []int{5, 12, 50} {
		past, hc3, contrast, found := 0, 0, 0, 0
		for rep := range reps {
			s := simulate(t, n, 170, uint64(1000*n+rep))
			rng := rand.New(rand.NewPCG(uint64(rep), uint64(n)))
			style := make([]float64, 170) // a factor on which the firms load by their characteristic
			for k := range style {
				style[k] = 0.02 * rng.NormFloat64()
			}
			load := make([]float64, n)
			for i := range n {
				load[i] = rng.NormFloat64()
				r := s.panel.Column(fmt.Sprint("S", i)).Return
				for k := range r {
					r[k] += load[i] * style[k]
				}
			}
			st := s.study()
			st.EstimationWindow, st.MinEstimation, st.Tests, st.CARWindows = Window{-120, -11}, 100, nil, []Window{{0, 0}}
			r := s.run(t, st, s.event(160, names(n)...))
			by := r.CharacteristicOf("load", map[string]float64{})
			copy(by.Value, load)
			x, err := r.Regress([]Characteristic{by}, RegressionSpec{Errors: stat.HC1})
			if err != nil {
				t.Fatal(err)
			}
			if x.Past.Past[1].PValue() <= 0.05 {
				past++
			}
			if x.P[1] <= 0.05 {
				hc3++
			}
			half := n / 2
			v := Versus{Side{Securities: names(n)[:half]}, Side{Securities: names(n)[half:]}}
			c, err := r.Contrast(context.Background(), v)
			if err != nil {
				t.Fatal(err)
			}
			if c.Windows[0].P <= 0.05 {
				contrast++
			}
			d := c.Windows[0]
			mde := SeenBy(d.Difference, d.SE, d.DF, 0).MDE
			if p, _, _ := stat.StudentT(d.DF).PValues((d.Difference + mde) / d.SE); p <= 0.05 {
				found++
			}
		}
		holds(fmt.Sprintf("past slopes, N %d", n), past)
		holds(fmt.Sprintf("contrast of one date, N %d", n), contrast)
		if share := float64(found) / reps; math.Abs(share-0.8) > 3.29*math.Sqrt(0.8*0.2/reps) {
			t.Errorf("N %d: an effect of the MDE is found in %.3f, want 0.8", n, share)
		}
		t.Logf("hc1, N %d: rejects %.3f", n, float64(hc3)/reps)
		if share := float64(hc3) / reps; n == 50 && share < 0.3 {
			t.Errorf("hc1 rejects %.3f: the simulation does not move the firms together", share)
		}
	}
	// Kernels: the mean of random effects, Welch on unequal groups, equivalence at the margin.
	rng := rand.New(rand.NewPCG(5, 6))
	for _, k := range []int{5, 12, 50} {
		effects, covered, welch, equal := 0, 0, 0, 0
		for range reps {
			y, v := make([]float64, k), make([]float64, k)
			for i := range y {
				v[i] = 0.5 + rng.Float64()
				y[i] = 2*rng.NormFloat64() + math.Sqrt(v[i])*rng.NormFloat64()
			}
			e := stat.RandomEffects(y, v)
			if math.Abs(e.Mean) > stat.StudentQuantile(0.975, float64(k-1))*e.SE {
				effects++
			}
			if next := 2 * rng.NormFloat64(); math.Abs(next-e.Mean) > stat.StudentQuantile(0.975, float64(k-2))*e.Next() {
				covered++
			}
			a, b := make([]float64, k), make([]float64, 2*k)
			for i := range a {
				a[i] = 3 * rng.NormFloat64()
			}
			for i := range b {
				b[i] = rng.NormFloat64()
			}
			d := stat.Welch(a, b)
			if p, _, _ := stat.StudentT(d.DF).PValues(d.T()); p <= 0.05 {
				welch++
			}
			m, sd := stat.Mean(b)+1, stat.Deviation(b) // the effect is the margin: a true null of equivalence
			if SeenBy(m, sd/math.Sqrt(float64(2*k)), float64(2*k-1), 1).PEquivalence <= 0.05 {
				equal++
			}
		}
		holds(fmt.Sprintf("mean of random effects, k %d", k), effects)
		holds(fmt.Sprintf("Welch, %d and %d", k, 2*k), welch)
		if k >= 12 {
			holds(fmt.Sprintf("prediction interval, k %d", k), covered)
		}
		holds(fmt.Sprintf("equivalence, n %d", 2*k), equal)
	}
}

// R 4.2: binom.test(4, 5)$p.value = 0.375.
// A CAR of exactly 0 has no sign, and counts in the mean.
func TestExpectedSignsOfZero(t *testing.T) {
	s := simulate(t, 3, 400, 31)
	e := s.event(300, names(3)...)
	for i := range e.Targets {
		e.Targets[i].Sign = 1
	}
	st := s.study()
	st.Model = model.MarketAdjusted{}
	bench := s.panel.Column(st.Benchmark)
	for i := range 3 {
		c := s.panel.Column(fmt.Sprint("S", i))
		c.Return[300] = bench.Return[300] + []float64{0, .2, -.1}[i]
	}
	r := s.run(t, st, e)
	if car, _ := r.CAR(0, 0); car != 0 {
		t.Fatalf("CAR %g", car)
	}
	got := r.ExpectedSigns(&r.Groups[0], 0)
	if got.N != 2 || got.Agree != 1 || got.Zero != 1 || math.Abs(got.Mean-0.1/3) > 1e-12 || got.P != 1 {
		t.Errorf("%+v", got)
	}
}

func TestExpectedSigns(t *testing.T) {
	s := simulate(t, 7, 400, 31)
	e := s.event(300, names(7)...)
	for i, sign := range []int{1, 1, -1, -1, 1, 0, 1} {
		e.Targets[i].Sign = sign
		s.panel.Column(fmt.Sprint("S", i)).Return[300] = []float64{.2, .2, -.2, .2, .2, .2, nan}[i]
	}
	r := s.run(t, s.study(), e)
	got := r.ExpectedSigns(&r.Groups[0], 0)
	var mean float64
	for i, sign := range []float64{1, 1, -1, -1, 1} {
		car, _ := r.CAR(i, 0)
		mean += sign * car / 5
	}
	if got.N != 5 || got.Agree != 4 || math.Abs(got.P-0.375) > 1e-12 || math.Abs(got.Mean-mean) > 1e-15 {
		t.Errorf("%+v, want 4 of 5, p 0.375, mean %g", got, mean)
	}
}

// A study of twelve shares with everything of this file on, placebo and the
// bootstrap aside.
func BenchmarkComparisons(b *testing.B) {
	s := simulate(b, 12, 700, 41)
	st := s.study()
	st.Tests = DefaultTests()
	st.EstimationWindow, st.EventWindow, st.MinEstimation = Window{-270, -21}, Window{-10, 10}, 100
	st.CARWindows = []Window{{0, 0}, {0, 1}, {-1, 1}, {0, 5}, {0, 10}}
	st.Confounders, st.Margin, st.Groups = TrimConfounders, 0.02, Groupings
	st.Contrasts = []Versus{{Side{Securities: names(12)[:6], Event: "e500"}, Side{Securities: names(12)[6:], Event: "e500"}}, {Side{Group: "event e500"}, Side{Group: "event e600"}}}
	catalog := catalogOf(s.event(500, names(12)...), s.event(440, names(4)...), s.event(560, names(4)...), s.event(600, names(12)...))
	for b.Loop() {
		r, err := st.Run(context.Background(), catalog, s.panel, nil)
		if err != nil {
			b.Fatal(err)
		}
		by, err := r.Characteristic("beta")
		if err != nil {
			b.Fatal(err)
		}
		if _, err := r.Regress(by, RegressionSpec{Errors: stat.HC3}); err != nil {
			b.Fatal(err)
		}
		r.Next()
		x := r.Reader()
		for i := range r.N() {
			r.Regime(i)
			r.RunUp(i)
			r.Halves(i)
			for w := range st.CARWindows {
				x.Seen(i, w)
				x.SampleInterval(i, w)
			}
		}
	}
}

// The variance of a cluster counts how its members move together over the sessions
// that their windows share.
func TestNextOfClusters(t *testing.T) {
	s := simulate(t, 2, 500, 51)
	s.together(0.6, 52)
	r := s.run(t, s.study(), s.event(200, "S0"), s.event(201, "S1"), s.event(300, "S0", "S1"), s.event(400, "S1"))
	_, x := r.StandardizedResiduals(0)
	_, y := r.StandardizedResiduals(1)
	_, a := r.StandardizedResiduals(2)
	_, b := r.StandardizedResiduals(3)
	rho := []float64{stat.Correlation(x[1:], y[:len(y)-1]), stat.Correlation(a, b)}
	const w = 1 // [0,2]
	car, se := make([]float64, 5), make([]float64, 5)
	for i := range car {
		car[i], se[i] = r.CAR(i, w)
	}
	v := func(i, j int, share float64) float64 {
		return (se[i]*se[i] + se[j]*se[j] + 2*share*se[i]*se[j]) / 4
	}
	want := stat.RandomEffects([]float64{(car[0] + car[1]) / 2, (car[2] + car[3]) / 2, car[4]}, []float64{v(0, 1, rho[0]*2/3), v(2, 3, rho[1]), se[4] * se[4]})
	got, ok := NextOf(r.Next(), All, "all", Window{0, 2})
	if !ok || got.K != 3 || math.Abs(got.Mean-want.Mean) > 1e-12 || math.Abs(got.SE-want.SE) > 1e-12 || math.Abs(got.Q-want.Q) > 1e-9 {
		t.Errorf("%+v, want %+v", got.Effects, want)
	}
}
