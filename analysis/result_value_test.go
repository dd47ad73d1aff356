package analysis

import (
	"math"
	"slices"
	"testing"

	"aftershock/analysis/stat"
	"aftershock/market"
)

func TestWeights(t *testing.T) {
	n := newNasty(t)
	shares := map[string]float64{"AAA": 5e6, "BBB": 1e6, "CCC": 3e6, "DDD": 1e6, "EEE": 2e6}
	run := func(w Weighting) (*Result, *Group) {
		p := n.panel(t, market.Simple, nil)
		for _, c := range p.Columns {
			c.Shares = shares[c.Symbol]
		}
		s := n.study()
		s.Weights, s.EventIDs, s.Tests = w, []string{"sell-off"}, []Test{PortfolioTest{}, CrudeDependence{}, BMP{}}
		r := mustRun(t, s, n.catalog, p)
		return r, r.Group(ByEvent, "sell-off")
	}
	equal, ge := run(EqualWeights)
	for _, w := range []Weighting{ValueWeights, PrecisionWeights} {
		r, g := run(w)
		var num, den float64
		for _, i := range g.Members {
			o := r.Observation(i)
			weight := 1 / (o.Fit.S * o.Fit.S)
			if w == ValueWeights {
				weight = shares[o.Security] * n.prices[o.Security][int(o.index)-n.from-11]
			}
			num += weight * r.AbnormalReturns(i).CAR[0]
			den += weight
		}
		if got := g.Windows[0].CAAR; math.Abs(got-num/den) > 1e-14 {
			t.Errorf("%s: CAAR %v, want %v", w, got, num/den)
		}
		if got := g.Windows[0].Test("portfolio").ByProduct("car"); math.Abs(got-num/den) > 1e-12 {
			t.Errorf("%s: the portfolio's CAR is %v, the CAAR %v", w, got, num/den)
		}
		if a, b := g.Windows[0].Test("bmp").Stat, ge.Windows[0].Test("bmp").Stat; a != b {
			t.Errorf("%s: bmp %v, with equal weights %v", w, a, b)
		}
		// The spread is about the plain mean whatever the weights, with divisor N-1, and
		// a test that is not weighted is of the plain mean.
		for k := range g.Averages {
			var x []float64
			for _, i := range g.Members {
				if v := r.AbnormalReturns(i).AR[k]; v == v {
					x = append(x, v)
				}
			}
			if got, want := g.Averages[k].SD, stat.Deviation(x); math.Abs(got-want) > 1e-12*want {
				t.Errorf("%s: sd %v on session %d, want %v", w, got, g.Averages[k].Tau, want)
			}
		}
		var plain []float64
		for _, i := range g.Members {
			plain = append(plain, r.AbnormalReturns(i).CAR[0])
		}
		if win := &g.Windows[0]; win.Tested(win.Test("bmp")) != stat.Mean(plain) || win.Tested(win.Test("portfolio")) != win.CAAR || win.Tested(win.Test("crude")) != win.CAAR {
			t.Errorf("%s: means %v, %v, want %v, %v", w, win.Tested(win.Test("bmp")), win.Tested(win.Test("portfolio")), stat.Mean(plain), win.CAAR)
		}
		if g.Windows[0].CAAR == ge.Windows[0].CAAR || r.AbnormalReturns(0).CAR[0] != equal.AbnormalReturns(0).CAR[0] {
			t.Errorf("%s: weights must move the average and no observation", w)
		}
	}
}

// Without a market value an observation cannot be weighted by it.
func TestNoMarketValue(t *testing.T) {
	n := newNasty(t)
	s := n.study()
	s.Weights, s.EventIDs = ValueWeights, []string{"sell-off"}
	p := n.panel(t, market.Simple, nil)
	p.Column("AAA").Shares = 1e6
	r := mustRun(t, s, n.catalog, p)
	used, _ := r.Counts()
	if used != 1 || r.Observation(1).Exclusion.Reason != NoMarketValue {
		t.Errorf("%d used, second excluded for %v; want 1 and no-market-value", used, r.Observation(1).Exclusion)
	}
}

// Nvidia on 27 January 2025: 24.49 billion shares at 142.62 dollars fell by 16.97%.
func TestValue(t *testing.T) {
	needShared(t)
	ref := &referenceFile{}
	ref.Spec.Observations = []struct{ Security, Date string }{{"NVDA", "2025-01-27"}}
	ref.Spec.Benchmark, ref.Spec.Model = "SPY", "market"
	ref.Spec.Estimation, ref.Spec.Event, ref.Spec.CAR = [2]int{-270, -21}, [2]int{-10, 10}, [][2]int{{0, 0}}
	r := runReference(t, ref)
	if _, ok := r.Value(0, 0); ok {
		t.Error("a value without shares outstanding")
	}
	c := r.Panel.Column("NVDA")
	c.Shares, c.Currency = 24.49e9, "USD"
	k := int(r.spots[0].index()) - c.First - 1
	c.Close[k] = 142.62 // the close of 24 January; the reference panel holds adjusted closes only
	v, ok := r.Value(0, 0)
	if !ok || v.Currency != "USD" || math.Abs(v.Market-3492.8e9) > 1e8 || math.Abs(v.Raw+592.7e9) > 1e9 {
		t.Errorf("%+v", v)
	}
	// AR -0.13357609296712847 and its standard error 0.025743023081869716 are in deepseek_market.json.
	if math.Abs(v.Abnormal/v.Market+0.13357609296712847) > 1e-12 || math.Abs(v.SE/v.Market-0.025743023081869716) > 1e-12 {
		t.Errorf("abnormal %v, SE %v", v.Abnormal/v.Market, v.SE/v.Market)
	}
	// R 4.2: qt(.975, 248) = 1.969576
	if q := (v.Upper - v.Abnormal) / v.SE; math.Abs(q-1.969576) > 1e-6 || math.Abs(v.Upper+v.Lower-2*v.Abnormal) > 1 {
		t.Errorf("interval %v to %v", v.Lower, v.Upper)
	}
}

// The value of a group is the sum of its members', with the error of the
// portfolio that weights them by value: less than if they moved alike, and not
// what it were if they moved by themselves.
func TestGroupValue(t *testing.T) {
	n := newNasty(t)
	shares := map[string]float64{"AAA": 5e6, "BBB": 1e6, "CCC": 3e6}
	p := n.panel(t, market.Simple, nil)
	for _, c := range p.Columns {
		c.Shares, c.Currency = shares[c.Symbol], "USD"
	}
	s := n.study()
	s.EventIDs, s.Weights = []string{"sell-off"}, ValueWeights
	s.CARWindows = []Window{{s.EventWindow.From, 0}} // so that market values are those of the weights
	s.Tests = []Test{PortfolioTest{}}
	r := mustRun(t, s, n.catalog, p)
	g := r.Group(ByEvent, "sell-off")
	v, ok := r.GroupValue(g, 0)
	var market, raw, abnormal, alike float64
	for _, i := range g.Members {
		own, ok := r.Value(i, 0)
		if !ok {
			t.Fatalf("%s has no value", r.Observation(i).Security)
		}
		market, raw, abnormal, alike = market+own.Market, raw+own.Raw, abnormal+own.Abnormal, alike+own.SE
	}
	if !ok || v.N != len(g.Members) || v.N < 2 || v.Market != market || v.Raw != raw || v.Abnormal != abnormal {
		t.Errorf("%+v, %v; want %d, %v, %v, %v", v, ok, len(g.Members), market, raw, abnormal)
	}
	test := g.Windows[0].Test("portfolio")
	if want := abnormal / test.Stat; math.Abs(v.SE-want) > 1e-9*want {
		t.Errorf("SE is %v, by the portfolio test %v", v.SE, want)
	}
	if !(v.SE < alike) || math.Abs(v.Upper+v.Lower-2*abnormal) > 1e-6*v.SE {
		t.Errorf("SE %v, if all moved alike %v; interval %v to %v", v.SE, alike, v.Lower, v.Upper)
	}
	p.Column("AAA").Currency = "TWD"
	if _, ok := r.GroupValue(g, 0); ok {
		t.Error("dollars and Taiwan dollars are added up")
	}
}

// Of log returns, what the price did and what of it is abnormal are both simple
// returns: on a session on which the model expects nothing they are one.
func TestValueOfLogReturns(t *testing.T) {
	n := newNasty(t)
	p := n.panel(t, market.Log, nil)
	for _, symbol := range []string{"AAA", "BBB"} {
		p.Column(symbol).Shares, p.Column(symbol).Currency = 1e6, "USD"
	}
	s := n.study()
	s.Returns, s.EventIDs, s.CARWindows = market.Log, []string{"sell-off"}, []Window{{0, 0}}
	r := mustRun(t, s, n.catalog, p)
	g := r.Group(ByEvent, "sell-off")
	var members []int
	var sum float64
	for _, i := range g.Members {
		v, ok := r.Value(i, 0)
		if !ok {
			continue
		}
		members = append(members, i)
		sum += v.Abnormal
		f := r.AbnormalReturns(i)
		if got := 1 + v.Raw/v.Market; math.Abs(math.Log(got)-f.Return[-s.EventWindow.From]) > 1e-12 {
			t.Errorf("raw %v, log return %v", got, f.Return[-s.EventWindow.From])
		}
		if got := 1 + v.Abnormal/v.Market; math.Abs(math.Log(got)-f.CAR[0]) > 1e-12 {
			t.Errorf("abnormal %v, CAR %v", got, f.CAR[0])
		}
		q := stat.StudentQuantile(0.975, float64(r.Observation(i).Fit.M-r.Observation(i).Fit.K))
		lower, upper := math.Log(1+v.Lower/v.Market), math.Log(1+v.Upper/v.Market)
		if math.Abs(lower-(f.CAR[0]-q*f.CARSE[0])) > 1e-12 || math.Abs(upper-(f.CAR[0]+q*f.CARSE[0])) > 1e-12 || math.Abs(v.SE-(v.Market+v.Abnormal)*f.CARSE[0]) > 1e-6 {
			t.Errorf("interval of the CAR %v to %v, error %v", lower, upper, v.SE)
		}
	}
	v, ok := r.GroupValue(g, 0)
	if !ok || len(members) != 2 || math.Abs(v.Abnormal-sum) > 1e-6*math.Abs(sum) || !(v.Lower < v.Abnormal && v.Abnormal < v.Upper) || !(v.Upper-v.Abnormal > v.Abnormal-v.Lower) {
		t.Errorf("%+v, %v; %d members, sum %v", v, ok, len(members), sum)
	}
}

// Market values in several currencies do not add up, and that is said.
func TestMixedCurrencies(t *testing.T) {
	n := newNasty(t)
	p := n.panel(t, market.Simple, nil)
	for _, c := range p.Columns {
		c.Shares, c.Currency = 1e6, "USD"
	}
	s := n.study()
	s.Weights, s.EventIDs, s.Groups = ValueWeights, []string{"sell-off"}, []Grouping{ByEvent}
	mixed := func() bool {
		r := mustRun(t, s, n.catalog, p)
		return slices.ContainsFunc(r.Notes, func(n Note) bool { return n.Code == "mixed-currencies" && n.Group == "event sell-off" })
	}
	if mixed() {
		t.Error("one currency is called several")
	}
	p.Column("AAA").Currency = "TWD"
	if !mixed() {
		t.Error("two currencies are weighted as one, and nothing is said")
	}
}
