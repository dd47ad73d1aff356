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
	for _, kind := range []GARCHKind{GARCH11, GJR, EGARCH} {
		want := ref.Models[string(kind)]
		s := DefaultStudy()
		s.Model = GARCH{kind}
		r, err := s.Run(context.Background(), c, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		if ex := r.Observations[0].Exclusion; ex != nil {
			t.Fatal(kind, ex)
		}
		y, x := nvdaWindow(p)
		f, err := FitGARCH(y, x, kind)
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
			if f.Theta[j] != r.Observations[0].Fit.Coef[j] || f.SEQML[j] != r.Observations[0].Fit.SE[j] && f.SEQML[j] == f.SEQML[j] {
				t.Errorf("%s: the study has %s %v", kind, f.Names[j], r.Observations[0].Fit.Coef[j])
			}
		}
		close("h of the last row", f.H[len(f.H)-1], want.HLast)
		close("e of the last row", f.last, want.ELast)
		g := r.Figures(0)
		for tau, v := range want.AR {
			k, _ := strconv.Atoi(tau)
			k -= s.Event.From
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

// TestFCP meets the benchmark of Fiorentini, Calzolari and Panattoni (1996) on
// the daily DM/GBP returns of Bollerslev and Ghysels (1996).
func TestFCP(t *testing.T) {
	needShared(t)
	var y []float64
	for _, row := range readCSV(t, filepath.Join(shared, "data/cases/fcp_garch/dem2gbp.csv")) {
		v, err := strconv.ParseFloat(row["ret"], 64)
		if err != nil {
			t.Fatal(err)
		}
		y = append(y, v)
	}
	f, err := FitGARCH(y, nil, GARCH11)
	if err != nil {
		t.Fatal(err)
	}
	// Newton iterations on complex-step scores in R; table 2 of the paper to 6 digits.
	for _, c := range []struct {
		what   string
		got    []float64
		want   [4]float64
		digits float64
	}{
		{"theta", f.Theta, [4]float64{-0.00619040837994, 0.0107613978518, 0.15313406182, 0.805973670305}, 10},
		{"se by the Hessian", f.SEHessian, [4]float64{0.00846211911, 0.00285271189, 0.0265228303, 0.033552688}, 7},
		{"se by the outer product", f.SEOPG, [4]float64{0.00843359321, 0.00132297508, 0.0139737921, 0.0165604027}, 7},
		{"se by both", f.SEQML, [4]float64{0.00918935394, 0.00649318579, 0.0535316998, 0.0724614441}, 7},
	} {
		for j, v := range c.want {
			if d := digits(c.got[j], v); d < c.digits {
				t.Errorf("%s of %s: %.12g, want %.12g (%.1f digits)", c.what, f.Names[j], c.got[j], v, d)
			}
		}
	}
	if d := digits(f.LogLik, -1106.6078810413); d < 12 {
		t.Errorf("log-likelihood %.14g", f.LogLik)
	}
}

// garchPath simulates returns with a conditional variance around 0.02^2.
func garchPath(n int, seed uint64) (y, x []float64) {
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

// The scores are the derivatives of the likelihood.
func TestGARCHScores(t *testing.T) {
	y, x := garchPath(250, 1)
	for _, kind := range []GARCHKind{GARCH11, GJR, EGARCH} {
		l, err := newLikelihood(y, x, kind)
		if err != nil {
			t.Fatal(err)
		}
		p := garchParams{0.01, 0.6, 0.15, 0.1, 0.05, 0.7}
		u := l.point(&p)
		if q := l.params(u); kind != GARCH11 && math.Abs(q[pGamma]-p[pGamma])+math.Abs(q[pB]-p[pB]) > 1e-12 {
			t.Fatalf("%s: %v came back as %v", kind, p, q)
		}
		grad, none := make([]float64, climbDim), make([]float64, climbDim)
		l.climb(u, grad)
		for j := range u {
			const step = 1e-5
			was := u[j]
			u[j] = was + step
			hi := l.climb(u, none)
			u[j] = was - step
			lo := l.climb(u, none)
			u[j] = was
			if got, want := grad[j], (hi-lo)/(2*step); math.Abs(got-want) > 1e-5*(1+math.Abs(want)) {
				t.Errorf("%s: derivative %d is %v, by differences %v", kind, j, got, want)
			}
		}
	}
}

// The estimate does not depend on the units of returns, nor on a constant
// added to them.
func TestGARCHUnits(t *testing.T) {
	y, x := garchPath(300, 2)
	for _, kind := range []GARCHKind{GARCH11, GJR, EGARCH} {
		a, err := FitGARCH(y, x, kind)
		if err != nil {
			t.Fatal(err)
		}
		z, w := make([]float64, len(y)), make([]float64, len(y))
		for i := range y {
			z[i], w[i] = 100*y[i]+3, 100*x[i]
		}
		b, err := FitGARCH(z, w, kind)
		if err != nil {
			t.Fatal(err)
		}
		if d := b.LogLik + 300*math.Log(100) - a.LogLik; math.Abs(d) > 1e-8 {
			t.Errorf("%s: the log-likelihoods differ by %v", kind, d)
		}
		for _, k := range []int{1, 2, 30} {
			if d := digits(b.Forecast(k), 1e4*a.Forecast(k)); d < 5 {
				t.Errorf("%s: the forecasts %d ahead agree to %.1f digits", kind, k, d)
			}
		}
		if d := math.Abs(b.Theta[1] - a.Theta[1]); d > 1e-5 {
			t.Errorf("%s: beta differs by %v", kind, d)
		}
	}
}

// A forecast is the mean of the simulated variances.
func TestGARCHForecast(t *testing.T) {
	for _, f := range []*GARCHFit{
		{Kind: GARCH11, H: []float64{2}, last: -1.1, p: garchParams{pOmega: 0.1, pA: 0.2, pB: 0.7}},
		{Kind: GJR, H: []float64{2}, last: -1.1, p: garchParams{pOmega: 0.1, pA: 0.05, pGamma: 0.3, pB: 0.7}},
		{Kind: GJR, H: []float64{2}, last: 1.1, p: garchParams{pOmega: 0.1, pA: 0.05, pGamma: 0.3, pB: 0.7}},
		{Kind: EGARCH, H: []float64{2}, last: -1.1, p: garchParams{pOmega: 0.05, pA: 0.25, pGamma: -0.2, pB: 0.9}},
	} {
		rng := rand.New(rand.NewPCG(5, 5))
		const draws, ahead = 100_000, 8
		var sum, square [ahead + 1]float64
		for range draws {
			h, e := f.H[0], f.last
			for k := 1; k <= ahead; k++ {
				if f.Kind == EGARCH {
					z := e / math.Sqrt(h)
					h = math.Exp(f.p[pOmega] + f.p[pA]*(math.Abs(z)-math.Sqrt(2/math.Pi)) + f.p[pGamma]*z + f.p[pB]*math.Log(h))
				} else {
					h = f.p[pOmega] + f.p[pA]*e*e + f.p[pB]*h
					if e < 0 {
						h += f.p[pGamma] * e * e
					}
				}
				sum[k] += h
				square[k] += h * h
				e = math.Sqrt(h) * rng.NormFloat64()
			}
		}
		for k := 1; k <= ahead; k++ {
			m := sum[k] / draws
			se := math.Sqrt(max(0, square[k]/draws-m*m)/draws) + 1e-9
			if got := f.Forecast(k); math.Abs(got-m) > 4*se {
				t.Errorf("%s, %d ahead: %v, simulated %v (%v)", f.Kind, k, got, m, se)
			}
		}
	}
}

// No climb from a random point comes out above the fit; for EGARCH, none that
// ends where the variances forget where they began.
func TestGARCHHighestSummit(t *testing.T) {
	rng := rand.New(rand.NewPCG(6, 6))
	for seed := range 6 {
		y, x := garchPath(250, uint64(100+seed))
		for _, kind := range []GARCHKind{GARCH11, GJR, EGARCH} {
			f, err := FitGARCH(y, x, kind)
			if err != nil {
				t.Fatal(err)
			}
			l, err := newLikelihood(y, x, kind)
			if err != nil {
				t.Fatal(err)
			}
			constant := 250*math.Log(l.sy) + 125*math.Log(2*math.Pi)
			for range 20 {
				p := garchParams{pMu: 0.1 * rng.NormFloat64(), pBeta: l.slope + 0.1*rng.NormFloat64()}
				a, g, b, rest := rng.Float64(), rng.Float64(), rng.Float64(), rng.Float64()
				if kind == EGARCH {
					p[pA], p[pGamma], p[pB] = 0.5*a, 0.4*(g-0.5), 2*b-1
					p[pOmega] = (1 - p[pB]) * math.Log(1-l.slope*l.slope)
				} else {
					total := a + b + rest
					p[pA], p[pB], p[pOmega] = a/total, b/total, rest/total
					if kind == GJR {
						p[pA], p[pGamma] = 2*g*a/total, (2-4*g)*a/total
					}
				}
				u := l.point(&p)
				low := minimize(l.climb, u, 1e-13, math.Inf(1))
				if kind == EGARCH {
					p = l.params(u)
					l.value(&p)
					z := make([]float64, len(y))
					for i, e := range l.e {
						z[i] = e / math.Sqrt(l.h[i])
					}
					if drift(p[pA], p[pGamma], p[pB], z) > 0 {
						continue
					}
				}
				if -low-constant > f.LogLik+1e-6 {
					t.Errorf("%s, path %d: %.6f is above the fit, %.6f", kind, seed, -low-constant, f.LogLik)
				}
			}
		}
	}
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
		f, err := FitGARCH(y, x, GARCHKind(row[2]))
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
	for kind, want := range map[GARCHKind]string{EGARCH: "INTC ASML CSCO: ", GJR: ""} {
		s := DefaultStudy()
		s.Model = GARCH{kind}
		r := mustRun(t, s, catalogOf(e), p)
		if used, excluded := r.Counts(); used != 5 {
			t.Errorf("%s: %v excluded", kind, excluded)
		}
		var got string
		for _, n := range r.Notes {
			if n.Code == "variance-unstable" {
				got += n.Text
			}
		}
		if !strings.HasPrefix(got, want) || got != "" && want == "" {
			t.Errorf("%s: the note is %q", kind, got)
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
		for _, kind := range []GARCHKind{GARCH11, GJR, EGARCH} {
			f, err := FitGARCH(y, x, kind)
			if err != nil {
				t.Fatal(kind, seed, err)
			}
			for _, k := range []int{1, 21} {
				if h := f.Forecast(k); !(h > 0) || math.IsInf(h, 1) {
					t.Errorf("%s, path %d: the forecast %d ahead is %v", kind, seed, k, h)
				}
			}
			if again, err := FitGARCH(y, x, kind); err != nil || again.LogLik != f.LogLik {
				t.Errorf("%s, path %d: %v, then %v", kind, seed, f.LogLik, again.LogLik)
			}
		}
	}
}

func TestPower(t *testing.T) {
	for q := -250_000.0; q < 250_000; q += 12.345 {
		near, rest := power(q)
		if got, want := near*rest, math.Exp2(q/256); !(math.Abs(got-want) <= 1e-15*want) {
			t.Fatalf("2^(%v/256) is %v, want %v", q, got, want)
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
	s.Model = GARCH{GARCH11}
	r := mustRun(t, s, c, p)
	y, x := nvdaWindow(p)
	f, err := FitGARCH(y[:240], x[:240], GARCH11)
	if err != nil {
		t.Fatal(err)
	}
	if o := &r.Observations[0]; o.Fit.M != 240 {
		t.Fatal(o.Fit.M, o.Exclusion)
	}
	g := r.Figures(0)
	for i, se := range g.SE {
		near(t, "h", se*se, f.Forecast(s.Event.From+i+31))
	}
	var sum float64
	for i := range 6 {
		sum += g.SE[10+i] * g.SE[10+i]
	}
	near(t, "Var(CAR)", g.CARSE[3]*g.CARSE[3], sum)
}

func TestFitGARCHErrors(t *testing.T) {
	y, x := garchPath(50, 3)
	flat := make([]float64, 50)
	line := make([]float64, 50)
	for i, v := range x {
		line[i] = 2 * v
	}
	bad := append([]float64{math.NaN()}, y[1:]...)
	for _, c := range []struct {
		y, x []float64
		kind GARCHKind
	}{
		{y, x, "arch"}, {y, x[1:], GARCH11}, {y[:5], x[:5], GARCH11}, {bad, x, GARCH11}, {y, bad, GJR},
		{flat, x, GARCH11}, {y, flat, GARCH11}, {line, x, EGARCH}, {nil, nil, GARCH11},
	} {
		if f, err := FitGARCH(c.y, c.x, c.kind); err == nil {
			t.Errorf("no error: %v", f.Theta)
		}
	}
}

func BenchmarkFitGARCH(b *testing.B) {
	y, x := garchPath(250, 1)
	for _, k := range []GARCHKind{GARCH11, GJR, EGARCH} {
		b.Run(string(k), func(b *testing.B) {
			for b.Loop() {
				if _, err := FitGARCH(y, x, k); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// Residuals whose clusters the model explains are no longer clustered.
func TestGARCHDiagnostics(t *testing.T) {
	y, x := garchPath(1200, 5)
	s := simulate(t, 0, 0, 1)
	s.add(t, "GARCH", y)
	s.add(t, "MARKET", x)
	st := s.study()
	st.Benchmark, st.Tests, st.Estimation = "MARKET", nil, Window{-1000, -1}
	plain := s.run(t, st, s.event(1100, "GARCH")).Diagnostics(0)
	st.Model = GARCH{GARCH11}
	r := s.run(t, st, s.event(1100, "GARCH"))
	d := r.Diagnostics(0)
	if !(plain.ArchLMP < 1e-6) || !(d.ArchLMP > 0.01) {
		t.Errorf("ARCH-LM p %v of the market model and %v of garch", plain.ArchLMP, d.ArchLMP)
	}
	_, z := r.StandardizedResiduals(0)
	if want := diagnose(z, new(workspace)); d != want {
		t.Errorf("diagnostics %+v, want those of the standardised residuals %+v", d, want)
	}
}
