package analysis

import (
	"context"
	"math"
	"strconv"
	"testing"
	"time"

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
