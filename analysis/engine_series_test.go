package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"

	"aftershock/analysis/model"
	"aftershock/market"
)

// Under trade-to-trade a return after a gap covers it, and so do the
// regressors and the risk-free rate of that session.
func TestTradeToTrade(t *testing.T) {
	cal := days(t, "X", 7)
	for _, kind := range []market.ReturnKind{market.Simple, market.Log} {
		p := market.NewPanel(kind, market.TradeToTrade)
		a := addPrices(t, p, market.Security{Symbol: "A"}, cal, 10, 11, nan, nan, 12, 9, nan)
		addPrices(t, p, market.Security{Symbol: "M"}, cal, 100, 102, 99, 105, 104, 103, 108)
		rf := []float64{0.001, 0.002, 0.003, 0.004, 0.005, 0.006, 0.007}
		dates := make([]market.Date, 7)
		for k := range dates {
			dates[k] = cal.Date(k)
		}
		if err := p.AddFactor(model.RiskFree, dates, rf); err != nil {
			t.Fatal(err)
		}
		ret := func(from, to float64) float64 {
			if kind == market.Log {
				return math.Log(to / from)
			}
			return to/from - 1
		}
		wantSeries(t, "returns", a.Return, []float64{nan, ret(10, 11), nan, nan, ret(11, 12), ret(12, 9)})
		m := layOut(p, model.MarketModel{}, "M", "A").x[0]
		wantSeries(t, "market", m, []float64{nan, ret(100, 102), ret(102, 99), ret(99, 105), ret(102, 104), ret(104, 103), ret(103, 108)})

		over := 1.003*1.004*1.005 - 1 // of the three sessions of the gap
		if kind == market.Log {
			over = 0.012
		}
		s := layOut(p, model.CAPM{}, "M", "A")
		wantSeries(t, "excess return", s.y, []float64{nan, ret(10, 11) - 0.002, nan, nan, ret(11, 12) - over, ret(12, 9) - 0.006})
		wantSeries(t, "excess market", s.x[0], []float64{nan, ret(100, 102) - 0.002, ret(102, 99) - 0.003, ret(99, 105) - 0.004,
			ret(102, 104) - over, ret(104, 103) - 0.006, ret(103, 108) - 0.007})

		// A security without gaps of its own sees the sessions one by one.
		addPrices(t, p, market.Security{Symbol: "B"}, cal, 1, 2, 3, 4, 5, 6, 7)
		wantSeries(t, "market of B", layOut(p, model.MarketModel{}, "M", "B").x[0],
			[]float64{nan, ret(100, 102), ret(102, 99), ret(99, 105), ret(105, 104), ret(104, 103), ret(103, 108)})
	}
}

// A benchmark of another exchange loses nothing over a holiday of this one, and
// is missing on a session since which it has not traded.
func TestBenchmarkOnAnotherCalendar(t *testing.T) {
	here, there := days(t, "here", 8, 2, 3), days(t, "there", 8, 5, 6)
	p := market.NewPanel(market.Simple, market.Skip)
	addPrices(t, p, market.Security{Symbol: "A"}, here, 1, 2, 3, 4, 5, 6)              // days 0 1 4 5 6 7
	addPrices(t, p, market.Security{Symbol: "M"}, there, 100, 101, 103, 102, 110, 121) // days 0 1 2 3 4 7
	wantSeries(t, "market", layOut(p, model.MarketModel{}, "M", "A").x[0],
		[]float64{nan, 0.01, 110./101 - 1, nan, nan, 121./110 - 1})

	// A price that is missing there leaves the return that spans it missing.
	addPrices(t, p, market.Security{Symbol: "N"}, there, 100, 101, nan, 102, 110, 121)
	wantSeries(t, "gap", layOut(p, model.MarketModel{}, "N", "A").x[0], []float64{nan, 0.01, nan, nan, nan, 121./110 - 1})
}

// Lags and leads are sessions of the security's calendar, beyond its own prices too.
func TestLags(t *testing.T) {
	cal := days(t, "X", 5)
	p := market.NewPanel(market.Simple, market.Skip)
	addPrices(t, p, market.Security{Symbol: "A"}, cal, nan, nan, 1, 2, nan)
	addPrices(t, p, market.Security{Symbol: "M"}, cal, 1, 2, 3, 6, 9)
	s := layOut(p, model.ScholesWilliams{}, "M", "A")
	wantSeries(t, "same", s.x[0], []float64{nan, 1, 0.5, 1, 0.5})
	wantSeries(t, "lag", s.x[1], []float64{nan, nan, 1, 0.5, 1})
	wantSeries(t, "lead", s.x[2], []float64{1, 0.5, 1, 0.5, nan})
}

// Gaps are found wherever they lie among the sessions that are looked at together.
func TestSurvey(t *testing.T) {
	rng := rand.New(rand.NewPCG(64, 1))
	for range 5000 {
		s := &series{first: 3, y: make([]float64, rng.IntN(300)), x: [][]float64{make([]float64, 3+rng.IntN(300))}}
		for range rng.IntN(5) {
			if n := len(s.y); n > 0 {
				s.y[rng.IntN(n)] = nan
			}
			s.x[0][rng.IntN(len(s.x[0]))] = []float64{nan, math.Inf(1), math.Inf(-1)}[rng.IntN(3)]
		}
		s.survey()
		begin, end, holes := 0, 0, []int32(nil)
		for k := s.first; k < min(s.first+len(s.y), len(s.x[0])); k++ {
			switch y, x := s.y[k-s.first], s.x[0][k]; {
			case y != y || x != x:
				holes = append(holes, int32(k))
				continue
			case end == 0:
				begin, holes = k, nil
			}
			end = k + 1
		}
		if end == 0 {
			holes = nil
		}
		if s.begin != begin || s.end != end || !slices.Equal(s.holes, holes) {
			t.Fatalf("from %d to %d without %v, want %d to %d without %v", s.begin, s.end, s.holes, begin, end, holes)
		}
	}
}
