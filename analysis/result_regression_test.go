package analysis

import (
	"math"
	"slices"
	"strings"
	"testing"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/events"
)

// The calendar-time test is the regression of the days' mean returns: three
// securities, windows that overlap and windows that do not.
func TestCalendarTime(t *testing.T) {
	s := simulate(t, 3, 900, 9)
	st := s.study()
	r := s.run(t, st, s.event(300, names(3)...), s.event(301, "S0"), s.event(500, "S1", "S2"), s.event(700, "S2"))
	held := map[int][]string{300: names(3), 301: append(names(3), "S0"), 302: append(names(3), "S0"), 303: {"S0"}}
	for k := range 3 {
		held[500+k], held[700+k] = []string{"S1", "S2"}, []string{"S2"}
	}
	var y []float64
	x := make([][]float64, 2)
	for k := range 900 {
		if symbols := held[k]; symbols != nil {
			var sum float64
			for _, sym := range symbols {
				sum += s.panel.Column(sym).Return[k]
			}
			y = append(y, sum/float64(len(symbols)))
			x[0], x[1] = append(x[0], 1), append(x[1], s.panel.Column("INDEX").Return[k])
		}
	}
	want, err := stat.Regress(y, x, stat.Specification{Errors: stat.NeweyWest, Lag: 2}) // floor(4 (10/100)^(2/9)) = 2
	if err != nil {
		t.Fatal(err)
	}
	got := r.Groups[0].Windows[1].Test("calendar-time")
	if math.Abs(got.Stat/want.T[0]-1) > 1e-9 || got.Dist.DF1 != 8 || got.ByProduct("sessions") != 10 || got.ByProduct("lag") != 2 ||
		math.Abs(got.ByProduct("alpha")/want.Coef[0]-1) > 1e-9 {
		t.Errorf("%+v, want %+v", got, want)
	}

	// Without a series to explain it, alpha is the mean abnormal return.
	st.Model = model.ConstantMean{}
	g := &s.run(t, st, s.event(300, "S0"), s.event(500, "S0")).Groups[0].Windows[1]
	if got := g.Test("calendar-time").ByProduct("alpha"); math.Abs(got-g.CAAR/3) > 1e-15 {
		t.Errorf("mean model: alpha %v, want %v", got, g.CAAR/3)
	}

	// Its size: four hundred firms of thirty events each, ninety sessions.
	const firms = 400
	s = simulate(t, firms, 900, 10)
	st = s.study()
	st.Tests, st.Groups = []Test{CalendarTime{}}, []Grouping{BySecurity}
	var e []events.Event
	for k := range 30 {
		e = append(e, s.event(130+25*k, names(firms)...))
	}
	r = s.run(t, st, e...)
	rejected := 0
	for i := range r.Groups {
		if r.Groups[i].Windows[1].Tests[0].P <= 0.05 {
			rejected++
		}
	}
	const size = 0.06 // what Newey-West errors with a lag of 3 have at 90 sessions of noise
	if rate, band := float64(rejected)/firms, 3.29*math.Sqrt(size*(1-size)/firms); math.Abs(rate-size) > band {
		t.Errorf("%.4f of true nulls rejected, want %.3f +- %.4f", rate, size, band)
	}
}

func TestExplain(t *testing.T) {
	s := simulate(t, 8, 900, 14)
	st := s.study()
	r := s.run(t, st, s.event(300, names(8)...), s.event(500, append(names(5), "NOPE")...), s.event(898, "S0"))
	size, beta := missing(r.N()), missing(r.N())
	for i := range size {
		size[i] = float64(i*i%11) / 3
		beta[i] = math.Sin(float64(i))
	}
	beta[2] = nan
	var y, w []float64
	x := make([][]float64, 3)
	var cluster []int
	for i := range r.N() {
		if o := r.Observation(i); o.Used() && i != 2 && o.EventID != "e898" {
			f := r.AbnormalReturns(i)
			y, w = append(y, f.CAR[1]), append(w, 1/(f.CARSE[1]*f.CARSE[1]))
			x[0], x[1], x[2] = append(x[0], 1), append(x[1], size[i]), append(x[2], beta[i])
			cluster = append(cluster, int(o.Security[1]))
		}
	}
	for _, c := range []RegressionSpec{
		{Errors: stat.HC3}, {Errors: stat.HC1, Weighted: true}, {Errors: stat.Clustered, Cluster: BySecurity},
	} {
		c.Window = 1
		spec := stat.Specification{Errors: c.Errors}
		if c.Weighted {
			spec.Weights = w
		}
		if c.Errors == stat.Clustered {
			spec.Cluster = cluster
		}
		want, err := stat.Regress(y, x, spec)
		if err != nil {
			t.Fatal(err)
		}
		got, err := r.Regress([]Characteristic{{"size", size}, {"beta", beta}}, c)
		if err != nil {
			t.Fatal(err)
		}
		same(t, string(c.Errors), append(got.Coef, got.SE...), append(want.Coef, want.SE...), 1e-12)
		if r.Regression != got || got.RegressionSpec != c {
			t.Errorf("the result holds %+v, not %+v", r.Regression, got)
		}
		if len(got.Used) != 12 || !slices.Equal(got.Omitted, []int{2, 14}) || got.Names[2] != "beta" {
			t.Errorf("used %v, omitted %v, names %v", got.Used, got.Omitted, got.Names)
		}
	}
	r.Catalog.Events[0].Category, r.Catalog.Events[1].Category = "a", "b"
	r.Catalog.Events[r.Observation(1).Event].Targets[1].Sign = -1
	for name, want := range map[string]float64{"beta": r.Observation(1).Fit.Coef[1], "sigma": r.Observation(1).Fit.S, "sign": -1, "category": 0} {
		if c, err := r.Characteristic(name); err != nil || c[0].Value[1] != want || c[0].Value[14] == c[0].Value[14] != (name != "category") {
			t.Errorf("%s: %v, %v", name, c, err)
		}
	}
	if c, err := r.Characteristic("category"); err != nil || len(c) != 1 || c[0].Name != "category=b" || c[0].Value[8] != 1 {
		t.Errorf("category: %v, %v", c, err)
	}
	for _, name := range []string{"log-market-value", "sector", "colour"} {
		if c, err := r.Characteristic(name); err == nil {
			t.Errorf("%s: %v", name, c)
		}
	}
	rare := missing(r.N())
	rare[0] = 1
	if _, err := r.Regress([]Characteristic{{"rare", rare}}, RegressionSpec{Errors: stat.HC1}); err == nil || !strings.HasSuffix(err.Error(), "(13 observations left out, without a CAR or one of the characteristics)") {
		t.Errorf("one observation explained: %v", err)
	}
	if _, err := r.Regress([]Characteristic{{"size", size[:3]}}, RegressionSpec{Errors: stat.HC1}); err == nil {
		t.Error("a characteristic of too few values is accepted")
	}
}
