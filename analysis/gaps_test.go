package analysis

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"
	"time"

	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/market"
)

// A regressor's return over several sessions never stands against one session's
// return: where it has a gap that the security has not, there is no value.
func TestGapOfARegressor(t *testing.T) {
	here, there := days(t, "here", 9, 5), days(t, "there", 9) // day 5 is a holiday here
	for _, gaps := range []market.Gaps{market.Skip, market.TradeToTrade} {
		p := market.NewPanel(market.Simple, gaps)
		addPrices(t, p, market.Security{Symbol: "A"}, here, 10, 11, 12, 13, 14, 15, 16, 17)               // days 0 1 2 3 4 6 7 8
		addPrices(t, p, market.Security{Symbol: "F"}, there, 100, 101, nan, 103, 105, 104, 102, 110, 111) // lacks day 2
		addPrices(t, p, market.Security{Symbol: "P"}, here, 50, 51, nan, 53, 54, 55, 56, 57)              // lacks day 2
		addPrices(t, p, market.Security{Symbol: "Q"}, here, 20, 21, 22, 24, 25, 26, 28, 30)               // lacks none
		want := []float64{nan, 0.01, nan, nan, 105./103 - 1, 102./105 - 1, 110./102 - 1, 111./110 - 1}    // over the holiday two sessions there
		wantSeries(t, "benchmark on another calendar", layOut(p, model.MarketAdjusted{}, "F", "A").x[0], want)
		wantSeries(t, "peer alone", layOut(p, model.Peer{Peers: []string{"P"}}, "", "A").x[0],
			[]float64{nan, 51./50 - 1, nan, nan, 54./53 - 1, 55./54 - 1, 56./55 - 1, 57./56 - 1})
		wantSeries(t, "peers, one with a gap", layOut(p, model.Peer{Peers: []string{"P", "Q"}}, "", "A").x[0],
			[]float64{nan, (51./50+21./20)/2 - 1, 22./21 - 1, 24./22 - 1, (54./53+25./24)/2 - 1, (55./54+26./25)/2 - 1, (56./55+28./26)/2 - 1, (57./56+30./28)/2 - 1})
	}
}

// A gap of the security over a holiday of its benchmark's exchange loses nothing.
func TestGapOverAHoliday(t *testing.T) {
	here, there := days(t, "here", 8), days(t, "there", 8, 3) // day 3 is a holiday there
	p := market.NewPanel(market.Simple, market.TradeToTrade)
	addPrices(t, p, market.Security{Symbol: "A"}, here, 10, 11, nan, nan, 14, 15, nan, 17)
	addPrices(t, p, market.Security{Symbol: "M"}, there, 100, 101, 102, 104, 105, 106, 108) // days 0 1 2 4 5 6 7
	wantSeries(t, "market", layOut(p, model.MarketModel{}, "M", "A").x[0],
		[]float64{nan, 0.01, 102./101 - 1, nan, 104./101 - 1, 105./104 - 1, 106./105 - 1, 108./105 - 1})
	// It is the two prices that count, not what lies between.
	addPrices(t, p, market.Security{Symbol: "N"}, there, 100, 101, nan, 104, 105, nan, 108)
	wantSeries(t, "market with gaps of its own", layOut(p, model.MarketModel{}, "N", "A").x[0],
		[]float64{nan, 0.01, nan, nan, 104./101 - 1, 105./104 - 1, nan, 108./105 - 1})
}

// Under trade-to-trade the lag of a return over several sessions is the regressor's
// return over as many sessions that end one session earlier.
func TestLagOverAGap(t *testing.T) {
	cal := days(t, "X", 8)
	p := market.NewPanel(market.Simple, market.TradeToTrade)
	addPrices(t, p, market.Security{Symbol: "A"}, cal, 10, 11, nan, nan, 12, 13, 14, 15)
	m := []float64{100, 102, 99, 105, 104, 103, 108, 110}
	addPrices(t, p, market.Security{Symbol: "M"}, cal, m...)
	r := func(from, to int) float64 { return m[to]/m[from] - 1 }
	s := layOut(p, model.ScholesWilliams{}, "M", "A")
	at := func(what string, x []float64, k int, want float64) {
		t.Helper()
		if math.Abs(x[k]-want) > 1e-15 {
			t.Errorf("%s of session %d: %v, want %v", what, k, x[k], want)
		}
	}
	at("same", s.x[0], 4, r(1, 4))
	at("lag", s.x[1], 4, r(0, 3))
	at("lead", s.x[2], 4, r(2, 5))
	at("lag", s.x[1], 5, r(3, 4)) // of one session after the gap
	at("lag", s.x[1], 6, r(4, 5))
	at("lead", s.x[2], 1, r(1, 2))
	d := layOut(p, model.Dimson{}, "M", "A")
	for k := range d.x {
		at("dimson", d.x[k], 4, [...][]float64{{r(1, 4), r(0, 3), r(2, 5)}}[0][k])
	}
}

// The benchmark with a little noise and many prices missing has a beta of one by
// every model: shifted over spans, scholes-williams gave 0.87.
func TestBetaWithGaps(t *testing.T) {
	needShared(t)
	spy := readPrices(t, "SPY")
	cal := calendarOf(t, spy)
	rng := rand.New(rand.NewPCG(7, 7))
	for _, share := range []float64{0.1, 0.2, 0.3} {
		own := &market.Series{Symbol: "OWN", Adjusted: true}
		for _, b := range spy.Bars {
			if v := b.AdjClose * math.Exp(0.0005*rng.NormFloat64()); rng.Float64() >= share || b.Date == market.NewDate(2025, 1, 27) {
				own.Bars = append(own.Bars, market.Bar{Date: b.Date, Close: v, AdjClose: v, Volume: nan})
			}
		}
		p := market.NewPanel(market.Simple, market.TradeToTrade)
		for _, s := range []*market.Series{own, spy} {
			if err := p.AddSeries(s, market.Security{Symbol: s.Symbol}, cal); err != nil {
				t.Fatal(err)
			}
		}
		c := &events.Catalog{Events: []events.Event{{ID: "e", DateOnly: true, Time: time.Date(2025, 1, 27, 0, 0, 0, 0, time.UTC), Targets: []events.Target{{Symbol: "OWN"}}}}}
		for _, m := range []model.Model{model.MarketModel{}, model.ScholesWilliams{}, model.Dimson{}} {
			s := DefaultStudy()
			s.Model, s.Benchmark, s.Gaps, s.EstimationWindow, s.Tests = m, "SPY", market.TradeToTrade, Window{-520, -21}, nil
			r := mustRun(t, s, c, p)
			tolerance := 0.02
			if m.Name() == "scholes-williams" { // three slopes over an autocorrelation
				tolerance = 0.1
			}
			if b := r.Observation(0).Fit.Coef[1]; math.Abs(b-1) > tolerance {
				t.Errorf("%s with %.0f%% of the prices missing: beta %.3f", m.Name(), 100*share, b)
			}
		}
	}
}

// An estimation window, and a pseudo-date's, that begins before the calendar does
// leaves what there is.
func TestWindowBeforeTheCalendar(t *testing.T) {
	p := benchPanel(t, 4, 320)
	cal := p.Columns[0].Calendar
	first := cal.Date(0)
	var dates []market.Date
	for k := range p.Columns[0].Len() {
		dates = append(dates, first+market.Date(k))
	}
	own, err := market.CalendarFromDates("short", time.UTC, 960, dates)
	if err != nil {
		t.Fatal(err)
	}
	q := market.NewPanel(market.Simple, market.Skip)
	for _, c := range p.Columns {
		d := *c
		d.Calendar, d.First = own, 0
		if err := q.AddColumn(&d); err != nil {
			t.Fatal(err)
		}
	}
	c := &events.Catalog{}
	for _, k := range []int{180, 240, 300} { // the first has 31 sessions too few
		c.Events = append(c.Events, events.Event{ID: own.Date(k).String(), DateOnly: true, Time: own.Date(k).Time(),
			Targets: []events.Target{{Symbol: "S0000"}, {Symbol: "S0001"}}})
	}
	s := DefaultStudy()
	s.Benchmark, s.EstimationWindow, s.Tests, s.Draws = "INDEX", Window{-211, -12}, []Test{PortfolioTest{}, KPBMP{}, Placebo{}, CalendarTime{}}, 99
	r := mustRun(t, s, c, q)
	if o := r.Observation(0); !o.Used() || o.Fit.M != 169 {
		t.Fatalf("%+v", o)
	}
	if g := r.Group(ByEvent, c.Events[0].ID); g == nil || !g.Windows[0].Test("portfolio").Defined() {
		t.Error("no portfolio of the first event")
	}
	if _, err := r.Calibrate(t.Context(), CalibrateSpec{Draws: 20, Tests: []Test{PortfolioTest{}, KPBMP{}}}, nil); err != nil {
		t.Error(err)
	}
}

// A benchmark whose dates are a session off is found by the correlations of leads
// and lags; one that is right, or goes with nothing, is not.
func TestShiftedBenchmark(t *testing.T) {
	for _, c := range []struct {
		shift int // sessions by which the benchmark is late
		noise float64
		want  string
	}{
		{0, 0.5, ""}, {1, 0.5, "late"}, {-1, 0.5, "early"}, {2, 0.5, ""}, {1, 30, ""},
	} {
		p := benchPanel(t, 2, 900)
		index := p.Column("INDEX")
		rng := rand.New(rand.NewPCG(5, 5))
		own, moved := *p.Column("S0000"), *index
		own.Symbol, moved.Symbol = "OWN", "MOVED"
		own.Return, moved.Return = missing(len(index.Return)), missing(len(index.Return))
		own.First, own.Price, own.Close, own.Volume, own.Span = index.First, nil, nil, nil, nil
		moved.Price, moved.Close, moved.Volume = nil, nil, nil
		for k, v := range index.Return {
			own.Return[k] = v + 0.01*c.noise*rng.NormFloat64()
			if j := k + c.shift; j >= 0 && j < len(moved.Return) {
				moved.Return[j] = v
			}
		}
		for _, col := range []*market.Column{&own, &moved} {
			if err := p.AddColumn(col); err != nil {
				t.Fatal(err)
			}
		}
		cat := &events.Catalog{Events: []events.Event{{ID: "e", DateOnly: true, Time: own.Calendar.Date(own.First + 600).Time(), Targets: []events.Target{{Symbol: "OWN"}}}}}
		s := DefaultStudy()
		s.Benchmark, s.Tests = "MOVED", nil
		got := ""
		for _, n := range mustRun(t, s, cat, p).Notes {
			if n.Code == "benchmark-shifted" {
				got += n.Variant
			}
		}
		if got != c.want {
			t.Errorf("a benchmark %d sessions late, noise %v: %q", c.shift, c.noise, got)
		}
	}
}

// The same of the factors, whose first is the market's; and a factor that lacks the
// event day takes the abnormal return of a security that has its own, and is named.
func TestFactorsOffByASession(t *testing.T) {
	for _, c := range []struct {
		shift, lacks int
		want         string
	}{
		{0, 0, ""}, {1, 0, "benchmark-shifted/late/factor"}, {-1, 0, "benchmark-shifted/early/factor"}, {0, 600, "unexplained-return/factor"},
	} {
		p := benchPanel(t, 2, 900)
		index := p.Column("INDEX")
		rng := rand.New(rand.NewPCG(5, 5))
		own := *p.Column("S0000")
		own.Symbol, own.First, own.Price, own.Close, own.Volume, own.Span = "OWN", index.First, nil, nil, nil, nil
		own.Return = missing(len(index.Return))
		dates := make([]market.Date, len(index.Return))
		values := missing(len(index.Return))
		for k, v := range index.Return {
			dates[k] = index.Calendar.Date(index.First + k)
			own.Return[k] = v + 0.005*rng.NormFloat64()
			if j := k + c.shift; j >= 0 && j < len(values) && (c.lacks == 0 || j != c.lacks) {
				values[j] = v
			}
		}
		if err := p.AddColumn(&own); err != nil {
			t.Fatal(err)
		}
		if err := p.AddFactorOf("f.csv", "mkt", dates, values); err != nil {
			t.Fatal(err)
		}
		day := own.Calendar.Date(own.First + 600)
		cat := &events.Catalog{Events: []events.Event{{ID: "e", DateOnly: true, Time: day.Time(), Targets: []events.Target{{Symbol: "OWN"}}}}}
		s := DefaultStudy()
		s.Tests = nil
		var err error
		if s.Model, err = model.New("factors", model.Options{Factors: []string{"mkt"}}); err != nil {
			t.Fatal(err)
		}
		got := ""
		for _, n := range mustRun(t, s, cat, p).Notes {
			switch n.Code {
			case "benchmark-shifted", "unexplained-return":
				got += n.Code + "/" + n.Variant
				if n.Code == "unexplained-return" && !strings.HasPrefix(n.Text(), "OWN has no abnormal return on session 0: the factor mkt in f.csv, which reaches from ") {
					t.Error(n.Text())
				}
			case "missing-return":
				t.Errorf("lacks %d: %s", c.lacks, n.Text())
			}
		}
		if got != c.want {
			t.Errorf("factors %d sessions late, lacks %d: %q, want %q", c.shift, c.lacks, got, c.want)
		}
	}
}
