package analysis

import (
	"context"
	"math"
	"strconv"
	"testing"
	"time"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// bars reads whole bars of a security of the shared prices.
func bars(t testing.TB, symbol string) *market.Series {
	t.Helper()
	s := readPrices(t, symbol)
	for i, row := range readCSV(t, shared+"/data/prices/"+symbol+".csv") {
		b := &s.Bars[i]
		for name, to := range map[string]*float64{"open": &b.Open, "close": &b.Close} {
			v, err := strconv.ParseFloat(row[name], 64)
			if err != nil {
				t.Fatal(err)
			}
			*to = v
		}
	}
	return s
}

// The figures of NVDA about 27 January 2025, computed apart from this program with
// numpy from the same prices: least squares of the nights on SPY's nights, of the
// days on SPY's days, over sessions -270 to -21; squared standardised residuals over
// -20 to -1 without the session 0 of other events; CAR over -10 to -1.
func TestAroundSession0(t *testing.T) {
	needShared(t)
	spy := bars(t, "SPY")
	cal := market.Exchanges[0].Calendar()
	panel := market.NewPanel(market.Simple, market.Skip)
	for _, s := range []*market.Series{spy, bars(t, "NVDA")} {
		if err := panel.AddSeries(s, market.Security{}, cal); err != nil {
			t.Fatal(err)
		}
	}
	day := func(s string) time.Time { d, _ := time.Parse(time.DateOnly, s); return d }
	target := []events.Target{{Symbol: "NVDA"}}
	ny := cal.Zone()
	catalog := &events.Catalog{Events: []events.Event{
		{ID: "selloff", Time: day("2025-01-27"), DateOnly: true, Targets: target},
		{ID: "other", Time: day("2025-01-07"), DateOnly: true, Targets: target},
		{ID: "noon", Time: time.Date(2025, 3, 4, 12, 0, 0, 0, ny), Targets: target},
		{ID: "morning", Time: time.Date(2025, 3, 4, 8, 0, 0, 0, ny), Targets: target},
	}}
	s := DefaultStudy()
	r, err := s.Run(context.Background(), catalog, panel, nil)
	if err != nil {
		t.Fatal(err)
	}
	night, d := r.Halves(0)
	regime := r.Regime(0)
	car, se := r.RunUp(0)
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"night", night.Return, -0.12494733305462147}, {"night_ar", night.AR, -0.06398002268107865}, {"night_se", night.SE, 0.013827714676095754},
		{"day", d.Return, -0.05112179487179491}, {"day_ar", d.AR, -0.07275379971813827}, {"day_se", d.SE, 0.01992576629970935},
		{"regime", regime.Ratio, 0.5590216980690763}, {"regime_p", regime.P, 0.9318662744102061},
		{"runup", car, -0.08387580803256808}, {"runup_se", se, 0.0823643492559971},
	} {
		alike(t, c.what, c.got, c.want)
	}
	if regime.N != 19 {
		t.Errorf("%d sessions count, want 19 of 20", regime.N)
	}
	f := r.AbnormalReturns(0)
	if whole := (1+night.Return)*(1+d.Return) - 1; math.Abs(whole-f.Return[10]) > 1e-12 {
		t.Errorf("night and day make %g, the session %g", whole, f.Return[10])
	}
	var all float64
	for _, ar := range f.AR[:11] {
		all += ar
	}
	alike(t, "runup_share", r.RunUpShare(0), -0.08387580803256808/all)
	notes := make(map[string]string)
	for _, n := range r.Notes {
		notes[n.EventID+" "+n.Code] = n.Text()
	}
	if r.MidSession(0) || !r.MidSession(2) || r.MidSession(3) {
		t.Error("the news of noon, and no other, came inside the session")
	}
	if got := notes["noon mid-session"]; got != "NVDA: the news came inside the hours of session 0 (12:00), whose return is partly older than the news and is that of other events too: morning" {
		t.Errorf("mid-session says %q", got)
	}
}

// aroundIntel has INTC, SPY, the risk-free rate and the factors of one event, Intel's
// results of 26 January 2023, after the close.
func aroundIntel(t *testing.T, m model.Model) *Result {
	needShared(t)
	spy := bars(t, "SPY")
	cal := market.Exchanges[0].Calendar()
	panel := market.NewPanel(market.Simple, market.Skip)
	for _, s := range []*market.Series{spy, bars(t, "INTC")} {
		if err := panel.AddSeries(s, market.Security{}, cal); err != nil {
			t.Fatal(err)
		}
	}
	names := []string{"mkt_rf", "smb", "hml", "rf"}
	values := make([][]float64, len(names))
	var dates []market.Date
	for _, row := range readCSV(t, shared+"/data/factors/ff3_daily.csv") {
		d, err := market.ParseDate(row["date"])
		if err != nil {
			t.Fatal(err)
		}
		dates = append(dates, d)
		for j, name := range names {
			v, err := strconv.ParseFloat(row[name], 64)
			if err != nil {
				t.Fatal(err)
			}
			values[j] = append(values[j], v/100)
		}
	}
	for j, name := range names {
		if err := panel.AddFactor(name, dates, values[j]); err != nil {
			t.Fatal(err)
		}
	}
	catalog := &events.Catalog{Events: []events.Event{{ID: "results", Time: time.Date(2023, 1, 27, 0, 0, 0, 0, time.UTC), DateOnly: true, Targets: []events.Target{{Symbol: "INTC"}}}}}
	s := DefaultStudy()
	s.Model = m
	r, err := s.Run(context.Background(), catalog, panel, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// The risk-free rate is one of the night. Computed apart from this program with numpy:
// least squares of the night's return less the rate on SPY's night less the rate, of
// the day on SPY's day. Factors of whole sessions leave returns alone, and say so.
func TestHalvesWithFactors(t *testing.T) {
	night, day := aroundIntel(t, model.CAPM{}).Halves(0)
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"night", night.Return, -0.1003656952568649}, {"night_ar", night.AR, -0.09733926918423101}, {"night_se", night.SE, 0.01116840379776309},
		{"day", day.Return, 0.04026597709641688}, {"day_ar", day.AR, 0.0352996629888476}, {"day_se", day.SE, 0.011618406705617344},
	} {
		alike(t, c.what, c.got, c.want)
	}
	if plain, _ := aroundIntel(t, model.MarketModel{}).Halves(0); plain.AR == night.AR {
		t.Error("the risk-free rate changes nothing")
	}
	r := aroundIntel(t, model.FamaFrench3)
	night, day = r.Halves(0)
	alike(t, "night of ff3", night.Return, -0.1003656952568649)
	alike(t, "day of ff3", day.Return, 0.04026597709641688)
	for _, h := range []Half{night, day} {
		if h.AR == h.AR || h.SE == h.SE || h.Note.Text() != "night and day have no abnormal return: the factors of ff3 are known by whole sessions alone" {
			t.Errorf("a half of ff3 has %g, %g: %s", h.AR, h.SE, h.Note.Text())
		}
	}
	said := false
	for _, n := range aroundIntel(t, model.MarketModel{}).Notes {
		said = said || n.Text() == "INTC: of -6.4% on session 0, -10.0% came from the close to the open (abnormal -9.7%, t -8.72) and 4.0% from the open to the close (abnormal 3.5%, t 3.04)"
	}
	if !said {
		t.Error("no note says what came by night and by day")
	}
}

// Under a conditional variance the sessions before the event are held to its forecast
// from the end of the estimation window, which for garch is
//
//	h_k = v + (alpha+beta)^(k-1) (h_1 - v),  v = omega/(1-alpha-beta)
//
// with h_1 = omega + alpha e^2 + beta h of the last session: written out here from the
// coefficients, beside the recursion of the program.
func TestRegimeUnderConditionalVariance(t *testing.T) {
	r := aroundIntel(t, model.GARCH{Kind: stat.GARCH11})
	f := r.Observation(0).Fit
	b := f.Coef // alpha, beta, omega, alpha1, beta1
	spy, intc := r.Panel.Column("SPY"), r.Panel.Column("INTC")
	ar := func(tau int) float64 {
		k := int(r.spots[0].index()) + tau
		return intc.Return[k-intc.First] - b[0] - b[1]*spy.Return[k-spy.First]
	}
	g := r.eng
	last := g.hest[f.M-1]
	next := b[2] + b[3]*ar(-21)*ar(-21) + b[4]*last
	v := b[2] / (1 - b[3] - b[4])
	var sum float64
	var two [2]float64
	for tau := -20; tau < 0; tau++ {
		h := v + math.Pow(b[3]+b[4], float64(tau+20))*(next-v)
		sum += ar(tau) * ar(tau) / h
		if tau >= -2 {
			two[0] += ar(tau)
			two[1] += h
		}
	}
	got := r.Regime(0)
	if got.N != 20 {
		t.Errorf("%d sessions", got.N)
	}
	alike(t, "regime", got.Ratio, sum/20)
	p, _, _ := stat.FisherF(20, float64(f.M-f.K)).PValues(sum / 20)
	alike(t, "regime_p", got.P, p)
	e := g.estimate(0)
	car, variance := g.early(0, &e, Window{-2, -1})
	alike(t, "CAR(-2,-1)", car, two[0])
	alike(t, "its variance", variance, two[1])
	p, _, _ = stat.StudentT(float64(f.M - f.K)).PValues(two[0] / math.Sqrt(two[1]))
	if x := r.Leaks(); x.N != 1 || x.Unusual != map[bool]int{true: 1}[p <= 0.05] {
		t.Errorf("run-up of %+v, p %g", x, p)
	}
	// An estimation window that ends at the event leaves nothing before it.
	s := *r.Study
	s.EstimationWindow, s.EventWindow, s.CARWindows = Window{-251, -1}, Window{0, 10}, []Window{{0, 0}}
	own, err := s.Run(context.Background(), r.Catalog, r.Panel, nil)
	if err != nil {
		t.Fatal(err)
	}
	if x, y := own.Regime(0), own.Leaks(); x.N != 0 || x.P == x.P || y.N != 0 {
		t.Errorf("sessions of the estimation window count as before the event: %+v, %+v", x, y)
	}
}

// What is known of a run-up since a row was fitted is what its prices tell.
func TestRunUpSeen(t *testing.T) {
	s := simulate(t, 12, 900, 21)
	for _, groups := range [][]Grouping{{ByEvent}, {All}} {
		st := s.study()
		st.Groups, st.EstimationWindow, st.EventWindow = groups, Window{-125, -6}, Window{-3, 2}
		var all []events.Event
		for k := range 30 {
			all = append(all, s.event(300+17*k, names(12)...))
		}
		r := s.run(t, st, all...)
		seen := 0
		for _, is := range r.eng.is {
			if is&isSeen != 0 {
				seen++
			}
		}
		fast := r.Leaks()
		for row := range r.eng.is {
			r.eng.is[row] &^= isSeen | isUnusual
		}
		if plain := r.Leaks(); fast != plain || fast.Unusual == 0 || seen < 300 {
			t.Errorf("%v: %+v of %d that were seen, %+v of all", groups, fast, seen, plain)
		}
	}
}
