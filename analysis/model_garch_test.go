package analysis

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"
	"time"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// digits is the number of decimal digits on which got and want agree.
func digits(got, want float64) float64 {
	if got == want {
		return 17
	}
	return -math.Log10(math.Abs(got/want - 1))
}

// nvdaPanel has NVDA and SPY, and the catalogue of one event, 2025-01-27.
func nvdaPanel(t testing.TB) (*market.Panel, *events.Catalog) {
	spy := readPrices(t, "SPY")
	cal := calendarOf(t, spy)
	p := market.NewPanel(market.Simple, market.Skip)
	for _, s := range []*market.Series{spy, readPrices(t, "NVDA")} {
		if err := p.AddSeries(s, market.Security{}, cal); err != nil {
			t.Fatal(err)
		}
	}
	return p, &events.Catalog{Events: []events.Event{{ID: "x", DateOnly: true,
		Time: time.Date(2025, 1, 27, 0, 0, 0, 0, time.UTC), Targets: []events.Target{{Symbol: "NVDA"}}}}}
}

// TestGARCHReference compares with an independent maximum of the likelihood,
// which ours must reach.
func TestGARCHReference(t *testing.T) {
	needShared(t)
	b, err := os.ReadFile(filepath.Join(shared, "reference/garch_nvda.json"))
	if err != nil {
		t.Fatal(err)
	}
	var ref struct {
		Models map[string]struct {
			LogLik float64
			Theta  []float64
			AR     map[string]float64
			H      map[string]float64 `json:"h_forecast"`
			SAR    map[string]float64
			HLast  float64 `json:"h_last"`
			ELast  float64 `json:"e_last"`
		}
	}
	if err := json.Unmarshal(b, &ref); err != nil {
		t.Fatal(err)
	}
	p, c := nvdaPanel(t)
	for _, kind := range []stat.GARCHKind{stat.GARCH11, stat.GJR, stat.EGARCH} {
		want := ref.Models[string(kind)]
		s := DefaultStudy()
		s.Model = model.GARCH{Kind: kind}
		r, err := s.Run(context.Background(), c, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		if ex := r.Observation(0).Exclusion; ex != nil {
			t.Fatal(kind, ex)
		}
		y, x := nvdaWindow(p)
		f, err := stat.FitGARCH(y, x, kind)
		if err != nil {
			t.Fatal(err)
		}
		if !(f.LogLik >= want.LogLik-1e-6) {
			t.Errorf("%s: log-likelihood %.10f, the reference reaches %.10f", kind, f.LogLik, want.LogLik)
		}
		close := func(what string, got, want float64) {
			if !(math.Abs(got-want) <= 1e-3*math.Abs(want)+1e-9) {
				t.Errorf("%s: %s %.9g, want %.9g", kind, what, got, want)
			}
		}
		for j, v := range want.Theta {
			close(f.Names[j], f.Theta[j], v)
			if f.Theta[j] != r.Observation(0).Fit.Coef[j] || f.SEQML[j] != r.Observation(0).Fit.SE[j] && f.SEQML[j] == f.SEQML[j] {
				t.Errorf("%s: the study has %s %v", kind, f.Names[j], r.Observation(0).Fit.Coef[j])
			}
		}
		close("h of the last row", f.H[len(f.H)-1], want.HLast)
		close("e of the last row", f.Last, want.ELast)
		g := r.AbnormalReturns(0)
		for tau, v := range want.AR {
			k, _ := strconv.Atoi(tau)
			k -= s.EventWindow.From
			close("AR "+tau, g.AR[k], v)
			if h, ok := want.H[tau]; ok {
				close("h "+tau, g.SE[k]*g.SE[k], h)
				close("SAR "+tau, g.SAR[k], want.SAR[tau])
			}
		}
	}
}

// nvdaWindow returns the estimation rows of the event of nvdaPanel.
func nvdaWindow(p *market.Panel) (y, x []float64) {
	nvda, spy := p.Column("NVDA"), p.Column("SPY")
	k, _ := nvda.Calendar.Index(market.NewDate(2025, 1, 27))
	return nvda.Return[k-270-nvda.First : k-20-nvda.First], spy.Return[k-270-spy.First : k-20-spy.First]
}

// commonReturns returns the 250 returns of s and of x, between the sessions that
// they have in common, that end 21 sessions before d.
func commonReturns(s, x *market.Series, d market.Date) (r, rx []float64) {
	at := make(map[market.Date]float64)
	for _, b := range x.Bars {
		at[b.Date] = b.AdjClose
	}
	var p, px []float64
	k := 0
	for _, b := range s.Bars {
		if v, ok := at[b.Date]; ok {
			if b.Date < d {
				k++
			}
			p, px = append(p, b.AdjClose), append(px, v)
		}
	}
	for t := k - 270; t < k-20; t++ {
		r, rx = append(r, p[t]/p[t-1]-1), append(rx, px[t]/px[t-1]-1)
	}
	return r, rx
}

// Securities whose EGARCH variances do not forget where they began are measured,
// and named in a note.
func TestVarianceNotes(t *testing.T) {
	needShared(t)
	spy := readPrices(t, "SPY")
	cal := calendarOf(t, spy)
	p := market.NewPanel(market.Simple, market.Skip)
	e := events.Event{ID: "x", DateOnly: true, Time: time.Date(2025, 1, 27, 0, 0, 0, 0, time.UTC)}
	for _, symbol := range []string{"SPY", "NVDA", "MU", "INTC", "ASML", "CSCO"} {
		if err := p.AddSeries(readPrices(t, symbol), market.Security{}, cal); err != nil {
			t.Fatal(err)
		}
		if symbol != "SPY" {
			e.Targets = append(e.Targets, events.Target{Symbol: symbol})
		}
	}
	for kind, want := range map[stat.GARCHKind]string{stat.EGARCH: "INTC ASML CSCO ", stat.GJR: ""} {
		s := DefaultStudy()
		s.Model = model.GARCH{Kind: kind}
		r := mustRun(t, s, catalogOf(e), p)
		if used, excluded := r.Counts(); used != 5 {
			t.Errorf("%s: %v excluded", kind, excluded)
		}
		var got string
		for _, n := range r.Notes {
			if n.Code == "variance-unstable" {
				got += n.Security + " "
				if !strings.HasPrefix(n.Text(), n.Security+": the egarch likelihood is highest where") {
					t.Errorf("the note of %s is %q", n.Security, n.Text())
				}
			}
		}
		if got != want {
			t.Errorf("%s: notes of %q", kind, got)
		}
	}
}

// Returns of constant variance, which no conditional variance fits better than by
// chance, are fitted all the same, and alike each time.
func TestGARCHConstantVariance(t *testing.T) {
	for seed := range 40 {
		rng := rand.New(rand.NewPCG(uint64(seed), 7))
		var y, x []float64
		for range 120 {
			m := 0.01 * rng.NormFloat64()
			x, y = append(x, m), append(y, m+0.02*rng.NormFloat64())
		}
		for _, kind := range []stat.GARCHKind{stat.GARCH11, stat.GJR, stat.EGARCH} {
			f, err := stat.FitGARCH(y, x, kind)
			if err != nil {
				t.Fatal(kind, seed, err)
			}
			for _, k := range []int{1, 21} {
				if h := f.Forecast(k); !(h > 0) || math.IsInf(h, 1) {
					t.Errorf("%s, path %d: the forecast %d ahead is %v", kind, seed, k, h)
				}
			}
			if again, err := stat.FitGARCH(y, x, kind); err != nil || again.LogLik != f.LogLik {
				t.Errorf("%s, path %d: %v, then %v", kind, seed, f.LogLik, again.LogLik)
			}
		}
	}
}

// Sessions without a return at the end of the estimation window put the
// forecast further ahead.
func TestGARCHGaps(t *testing.T) {
	needShared(t)
	p, c := nvdaPanel(t)
	nvda := p.Column("NVDA")
	k, _ := nvda.Calendar.Index(market.NewDate(2025, 1, 27))
	for i := k - 30; i <= k-21; i++ {
		nvda.Return[i-nvda.First] = math.NaN()
	}
	s := DefaultStudy()
	s.Model = model.GARCH{Kind: stat.GARCH11}
	r := mustRun(t, s, c, p)
	y, x := nvdaWindow(p)
	f, err := stat.FitGARCH(y[:240], x[:240], stat.GARCH11)
	if err != nil {
		t.Fatal(err)
	}
	if o := r.Observation(0); o.Fit.M != 240 {
		t.Fatal(o.Fit.M, o.Exclusion)
	}
	g := r.AbnormalReturns(0)
	for i, se := range g.SE {
		near(t, "h", se*se, f.Forecast(s.EventWindow.From+i+31))
	}
	var sum float64
	for i := range 6 {
		sum += g.SE[10+i] * g.SE[10+i]
	}
	near(t, "Var(CAR)", g.CARSE[3]*g.CARSE[3], sum)
}

// Independent searches on real prices end no higher than the fit. Where EGARCH
// variances do not forget where they began, maxima lie side by side, and the best
// of eighteen searches is now and then above the one climb that went as far.
func TestGARCHLogLikelihoods(t *testing.T) {
	needShared(t)
	b, err := os.ReadFile("testdata/garch_loglik.csv")
	if err != nil {
		t.Fatal(err)
	}
	in := csv.NewReader(bytes.NewReader(b))
	in.Comment = '#'
	rows, err := in.ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	spy := readPrices(t, "SPY")
	fits, beyond := 0, 0
	for _, row := range rows[1:] {
		d, err := market.ParseDate(row[1])
		if err != nil {
			t.Fatal(err)
		}
		y, x := commonReturns(readPrices(t, row[0]), spy, d)
		f, err := stat.FitGARCH(y, x, stat.GARCHKind(row[2]))
		if err != nil {
			t.Fatal(row, err)
		}
		loglik, _ := strconv.ParseFloat(row[3], 64)
		highest, _ := strconv.ParseFloat(row[4], 64)
		if !(f.LogLik >= loglik-1e-6) {
			t.Errorf("%v: log-likelihood %.9f", row, f.LogLik)
		}
		if f.LogLik < highest-1e-6 {
			beyond++
			t.Logf("%v: log-likelihood %.9f", row, f.LogLik)
		}
		fits++
	}
	if fits < 190 || beyond > 12 {
		t.Errorf("%d fits, %d of them below the highest of all searches", fits, beyond)
	}
}

// Residuals whose clusters the model explains are no longer clustered.
func TestGARCHDiagnostics(t *testing.T) {
	y, x := volatilePath(1200, 5)
	s := simulate(t, 0, 0, 1)
	s.add(t, "GARCH", y)
	s.add(t, "MARKET", x)
	st := s.study()
	st.Benchmark, st.Tests, st.EstimationWindow = "MARKET", nil, Window{-1000, -1}
	plain := s.run(t, st, s.event(1100, "GARCH")).Diagnostics(0)
	st.Model = model.GARCH{Kind: stat.GARCH11}
	r := s.run(t, st, s.event(1100, "GARCH"))
	d := r.Diagnostics(0)
	if !(plain.ArchLMP < 1e-6) || !(d.ArchLMP > 0.01) {
		t.Errorf("ARCH-LM p %v of the market model and %v of garch", plain.ArchLMP, d.ArchLMP)
	}
	_, z := r.StandardizedResiduals(0)
	if want := stat.Diagnose(z, new(stat.Workspace)); d != want {
		t.Errorf("diagnostics %+v, want those of the standardised residuals %+v", d, want)
	}
}

// volatilePath simulates returns with a conditional variance around 0.02^2.
func volatilePath(n int, seed uint64) (y, x []float64) {
	rng := rand.New(rand.NewPCG(seed, 11))
	h, e := 0.0004, 0.0
	for range n {
		h = 0.00003 + 0.12*e*e + 0.8*h
		e = math.Sqrt(h) * rng.NormFloat64()
		m := 0.01 * rng.NormFloat64()
		x, y = append(x, m), append(y, 0.001+1.5*m+e)
	}
	return y, x
}
