package analysis

import (
	"math"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/market"
)

// tradedPanel holds real prices and volumes; shares may name those outstanding.
func tradedPanel(t testing.TB, shares map[string]float64, symbols ...string) *market.Panel {
	t.Helper()
	needShared(t)
	cal := calendarOf(t, readPrices(t, "SPY"))
	p := market.NewPanel(market.Simple, market.Skip)
	for _, symbol := range symbols {
		s := readPrices(t, symbol)
		for k, row := range readCSV(t, filepath.Join(shared, "data/prices", symbol+".csv")) {
			v, err := strconv.ParseFloat(row["volume"], 64)
			if err != nil {
				t.Fatal(err)
			}
			s.Bars[k].Volume = v
		}
		if err := p.AddSeries(s, market.Security{Shares: shares[symbol]}, cal); err != nil {
			t.Fatal(err)
		}
	}
	return p
}

// sellOff is 27 January 2025.
func sellOff(symbols ...string) *events.Catalog {
	e := events.Event{ID: "sell-off", DateOnly: true, Time: time.Date(2025, 1, 27, 0, 0, 0, 0, time.UTC)}
	for _, s := range symbols {
		e.Targets = append(e.Targets, events.Target{Symbol: s})
	}
	return catalogOf(e)
}

func volumeStudy() *Study {
	s := DefaultStudy()
	s.Subject, s.Tests = Volume, Tests
	s.EstimationWindow, s.EventWindow = Window{-120, -21}, Window{-5, 5}
	s.CARWindows, s.Groups, s.Draws = []Window{{0, 0}, {0, 1}}, []Grouping{All}, 99
	return s
}

// The figures are those of numpy 1.24.2 and statsmodels 0.13.5 (OLS of
// log1p(volume), or log1p(volume/shares), on the benchmark's; exact forecast
// error) from the same price files, p values those of scipy 1.10.1.
func TestVolume(t *testing.T) {
	chips := []string{"NVDA", "AVGO", "AMD"}
	shares := map[string]float64{"NVDA": 24.4e9, "AVGO": 4.7e9, "AMD": 1.62e9, "SPY": 1e9}
	type row struct{ alpha, beta, ar, t0, p0, car, t1 float64 }
	for _, c := range []struct {
		name      string
		model     model.Model
		shares    map[string]float64
		want      []row
		car1, t1  float64 // of the portfolio over [0,+1]
		turnovers bool
	}{
		{"market", model.MarketModel{}, nil, []row{
			{10.454286603324242, 0.505762353843765, 0.9304051417430301, 3.5745107887607386, 0.0005465662269041628, 1.7478598106809216, 4.749131373733316},
			{4.376019469462529, 0.7153334495189863, 1.020139302494563, 2.328432840097868, 0.021944130620462247, 1.7812893149288023, 2.8754232198412186},
			{10.374670110117421, 0.3986346949778128, 0.3498362765526295, 1.1426566291020042, 0.2559651094113454, 0.4735733259463082, 1.0939594161765835},
		}, 1.334240817185286, 4.266693140095036, false},
		{"mean", model.ConstantMean{}, nil, []row{
			{19.381036306156773, nan, 1.1423518442572167, 3.7642909952752976, 0.000283362857503923, 1.9392788634414124, 4.496443791820643},
			{17.001717308357698, nan, 1.3199096683025786, 2.6991585719068145, 0.008175375003932029, 2.052026055760173, 2.9526547169116855},
			{17.41060728078153, nan, 0.5168896534324823, 1.5767568529468456, 0.11804170213822023, 0.6244471012089612, 1.340318911119445},
		}, 1.5385840068035144, 3.8908814009680266, false},
		{"turnover", model.MarketModel{}, shares, []row{
			{0.0064027159194818915, 0.09942533276535473, 0.019844593471822165, 6.622480230468249, 1.9065739804795442e-09, 0.03259843434786182, 7.68771927922461},
			{0.0010206062315158393, 0.1035135561612635, 0.011027647239883972, 2.7179436995730555, 0.007768774743623034, 0.016155480382525483, 2.8138424549815175},
			{0.014714762982150457, 0.18342806921731813, 0.009815946507656315, 1.2571322834598413, 0.2116935726901804, 0.011852364783281222, 1.0726946538027229},
		}, 0.02020209317122284, 4.309428659548456, true},
	} {
		s := volumeStudy()
		s.Model = c.model
		r := mustRun(t, s, sellOff(chips...), tradedPanel(t, c.shares, append(chips, "SPY")...))
		if r.Turnover() != c.turnovers {
			t.Errorf("%s: turnover %v", c.name, r.Turnover())
		}
		same := func(what string, got, want float64) {
			t.Helper()
			if want == want && !(math.Abs(got-want) <= 1e-9*math.Abs(want)) {
				t.Errorf("%s: %s %v, want %v", c.name, what, got, want)
			}
		}
		for i, w := range c.want {
			f, x := r.AbnormalReturns(i), r.SessionTest(i, 0)
			for k, b := range r.Observation(i).Fit.Coef {
				same(chips[i]+" coefficient", b, []float64{w.alpha, w.beta}[k])
			}
			same(chips[i]+" AR", f.AR[5], w.ar)
			same(chips[i]+" t", x.Stat, w.t0)
			same(chips[i]+" p", x.P, w.p0)
			same(chips[i]+" CAR", f.CAR[1], w.car)
			same(chips[i]+" SCAR", f.SCAR[1], w.t1)
			same(chips[i]+" fitted and abnormal", f.Expected[5]+f.AR[5], f.Return[5])
			if f.BHAR[0] == f.BHAR[0] {
				t.Errorf("%s: a volume has the buy-and-hold return %v", c.name, f.BHAR[0])
			}
			if _, ok := r.Value(i, 0); ok {
				t.Errorf("%s: an abnormal volume has a value in money", c.name)
			}
		}
		g := r.Groups[0].Windows[1]
		same("portfolio", g.Test("portfolio").Stat, c.t1)
		same("CAAR", g.CAAR, c.car1)
		if g.ABHAR == g.ABHAR {
			t.Errorf("%s: ABHAR %v", c.name, g.ABHAR)
		}
		for _, x := range g.Tests {
			sound(t, c.name, x)
			if strings.HasPrefix(x.Test, "bhar") != (x.Note.Text() == "volume is not held, so it has no buy-and-hold return") {
				t.Errorf("%s: %s: note %q", c.name, x.Test, x.Note)
			}
		}
	}
}

// A session without trade has no volume, and none is carried to the next: of
// the security, and of a member of a portfolio, whose level the others do not have.
func TestVolumeGaps(t *testing.T) {
	s := simulate(t, 3, 400, 2)
	for i, c := range s.panel.Columns {
		c.Volume = make([]float64, c.Len())
		for k := range c.Volume {
			c.Volume[k] = math.Exp(10 + float64(3*i) + 0.2*c.Return[k]*100)
		}
	}
	s.panel.Column("S1").Volume[301] = 0
	s.panel.Column("S1").Volume[250] = math.NaN()
	st := s.study()
	st.Subject, st.Model = Volume, model.ConstantMean{}
	r := s.run(t, st, s.event(300, names(3)...))
	f := r.AbnormalReturns(1)
	if f.AR[1] == f.AR[1] || f.Return[1] == f.Return[1] || f.AR[2] != f.AR[2] || r.Observation(1).Fit.M != 119 {
		t.Errorf("AR %v, M %d: want a gap on session 1 alone and 119 sessions", f.AR, r.Observation(1).Fit.M)
	}
	p := newPool(r.eng, []int32{0, 1, 2}).portfolio()
	if p.ex != nil || p.eng.m[0] != 119 || math.Abs(p.eng.abnormalAt(0, 0)) > 1 {
		t.Errorf("the portfolio has %d sessions and the AR %v; the level of two members is not that of three", p.eng.m[0], p.eng.abnormalAt(0, 0))
	}
	silent := &market.Column{Security: market.Security{Symbol: "SILENT"}, Calendar: s.cal, First: s.first, Return: slices.Clone(s.panel.Column("S0").Return)}
	if err := s.panel.AddColumn(silent); err != nil {
		t.Fatal(err)
	}
	if ex := s.run(t, st, s.event(300, "SILENT")).Observation(0).Exclusion; ex == nil || ex.Reason != NoVolume {
		t.Errorf("a security without volume: %v", ex)
	}
	st.Model, st.Benchmark = model.MarketModel{}, "SILENT"
	if ex := s.run(t, st, s.event(300, "S0")).Observation(0).Exclusion; ex == nil || ex.Reason != NoRegressor {
		t.Errorf("a benchmark without volume: %v", ex)
	}
}

// Only the volume of benchmarks explains volume.
func TestVolumeModels(t *testing.T) {
	explains := []string{"market", "mean", "market-adjusted", "scholes-williams", "dimson", "fowler-rorke", "huber", "theil-sen", "garch", "gjr", "egarch"}
	for _, m := range model.Models {
		s := volumeStudy()
		s.Model = m
		if err := s.Validate(); (err == nil) != slices.Contains(explains, m.Name()) {
			t.Errorf("%s: %v", m.Name(), err)
		}
	}
}

// A volume lies on another calendar on the dates that both have.
func TestVolumeOnAnotherCalendar(t *testing.T) {
	own, other := days(t, "own", 10, 4), days(t, "other", 10, 7)
	c := &market.Column{Calendar: own, First: 1}
	x := onDates(c, []float64{1, 2, 3, 5, 6, 7, 8, 9}, other)
	wantSeries(t, "volume", x, []float64{nan, 1, 2, 3, nan, 5, 6, 8, 9})
}

// The abnormal returns of a study of volatility are those of returns, and its
// placebo places beaver-u.
func TestVolatility(t *testing.T) {
	s := simulate(t, 3, 900, 3)
	st := s.study()
	base := s.run(t, st, s.event(700, names(3)...))
	st.Subject, st.Tests = Volatility, Volatility.DefaultTests()
	r := s.run(t, st, s.event(700, names(3)...))
	if !slices.Equal(base.AbnormalReturns(1).AR, r.AbnormalReturns(1).AR) {
		t.Error("the abnormal returns differ")
	}
	w := r.Groups[0].Windows[1]
	if got := w.Test("placebo"); got.Of != "beaver-u" || got.Stat != w.Test("beaver-u").Stat || got.Note != nil {
		t.Errorf("placebo is of %q: %+v", got.Of, got)
	}
}

func TestDefaultTests(t *testing.T) {
	for _, s := range append(Subjects, "") {
		if len(s.DefaultTests()) < 4 {
			t.Errorf("%s: %d tests", s, len(s.DefaultTests()))
		}
	}
	if !slices.Equal(Subject("").DefaultTests(), DefaultTests()) {
		t.Error("a study says nothing of its subject and is not about returns")
	}
}
