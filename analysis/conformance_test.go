package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
	"time"

	"aftershock/events"
	"aftershock/market"
)

// simulated is a panel of independent securities S0, S1, ... on an index, and
// the means to study it.
type simulated struct {
	panel *market.Panel
	cal   *market.Calendar
	first int
}

func simulate(t testing.TB, securities, sessions int, seed uint64) *simulated {
	t.Helper()
	s := &simulated{panel: market.NewPanel(market.Simple, market.Skip), cal: market.NYSE()}
	s.first = s.cal.Search(market.NewDate(2016, 1, 4))
	rng := rand.New(rand.NewPCG(seed, 1))
	index := make([]float64, sessions)
	for k := range index {
		index[k] = 0.01 * rng.NormFloat64()
	}
	s.add(t, "INDEX", index)
	for i := range securities {
		r := make([]float64, sessions)
		for k := range r {
			r[k] = 0.0005 + (0.5+0.1*float64(i))*index[k] + 0.02*rng.NormFloat64()
		}
		s.add(t, fmt.Sprint("S", i), r)
	}
	return s
}

func (s *simulated) add(t testing.TB, symbol string, r []float64) {
	t.Helper()
	if err := s.panel.AddColumn(&market.Column{Security: market.Security{Symbol: symbol}, Calendar: s.cal, First: s.first, Return: r}); err != nil {
		t.Fatal(err)
	}
}

// event is one on the k-th session, about the securities.
func (s *simulated) event(k int, symbols ...string) events.Event {
	e := events.Event{ID: fmt.Sprint("e", k), DateOnly: true, Time: s.cal.Date(s.first+k).In(time.UTC, 0)}
	for _, sym := range symbols {
		e.Targets = append(e.Targets, events.Target{Symbol: sym})
	}
	return e
}

// names returns S0 ... S(n-1).
func names(n int) []string {
	out := make([]string, n)
	for i := range out {
		out[i] = fmt.Sprint("S", i)
	}
	return out
}

func (s *simulated) study() *Study {
	st := DefaultStudy()
	st.Benchmark, st.Tests, st.Draws = "INDEX", Tests, 99
	st.EstimationWindow, st.EventWindow, st.MinEstimation = Window{-120, -1}, Window{0, 2}, 60
	st.CARWindows, st.Groups = []Window{{0, 0}, {0, 2}}, []Grouping{All}
	return st
}

// catalogOf is a catalogue of e.
func catalogOf(e ...events.Event) *events.Catalog { return &events.Catalog{Events: e} }

func (s *simulated) run(t testing.TB, st *Study, e ...events.Event) *Result {
	t.Helper()
	return mustRun(t, st, catalogOf(e...), s.panel)
}

// sound fails the test where a result breaks the rules that hold for every
// test: an undefined one has a reason and NaN throughout, p values lie in [0, 1].
func sound(t *testing.T, where string, r TestResult) {
	t.Helper()
	undefined := math.IsNaN(r.Stat)
	if undefined != (r.Note != nil) {
		t.Errorf("%s %s: statistic %v, note %q", where, r.Test, r.Stat, r.Note)
	}
	if math.IsInf(r.Stat, 0) {
		t.Errorf("%s %s: statistic %v", where, r.Test, r.Stat)
	}
	for _, p := range []float64{r.P, r.PLower, r.PUpper} {
		if p < 0 || p > 1 || undefined && !math.IsNaN(p) {
			t.Errorf("%s %s: statistic %v, p values %v %v %v", where, r.Test, r.Stat, r.P, r.PLower, r.PUpper)
			break
		}
	}
	if !undefined && math.IsNaN(r.P) {
		t.Errorf("%s %s: statistic %v without a p value", where, r.Test, r.Stat)
	}
}

// Every entry of Tests, on samples too small or too odd for some of them.
func TestConformance(t *testing.T) {
	s := simulate(t, 4, 400, 1)
	s.add(t, "TWIN1", slices.Clone(s.panel.Column("S1").Return))
	s.add(t, "TWIN2", slices.Clone(s.panel.Column("S1").Return))
	halted := slices.Clone(s.panel.Column("S0").Return)
	for k := 300; k < 303; k++ {
		halted[k] = math.NaN()
	}
	halted[301] = 0.01 // something to measure, but no window is complete
	s.add(t, "HALT", halted)
	short := func(st *Study) { st.EstimationWindow, st.MinEstimation = Window{-3, -1}, 3 }
	for _, c := range []struct {
		name    string
		change  func(*Study)
		event   []events.Event
		defined []string // of the tests over [0,2] in the group of all
	}{
		{"N=1", nil, []events.Event{s.event(300, "S0")}, []string{"crude", "portfolio", "patell", "sign", "generalized-sign", "wilcoxon", "rank", "joint", "beaver-u", "placebo"}},
		{"N=2", nil, []events.Event{s.event(300, names(2)...)}, []string{"cross-section", "crude", "portfolio", "patell", "bmp", "kp-bmp", "kp-patell", "joint",
			"sign", "generalized-sign", "wilcoxon", "rank", "rank-standardized", "grank-t", "grank-z", "bhar-t", "beaver-u", "lambda", "bootstrap", "placebo"}},
		{"N=3", nil, []events.Event{s.event(300, names(3)...)}, []string{"cross-section", "crude", "portfolio", "patell", "bmp", "kp-bmp", "kp-patell", "joint", "skewness",
			"sign", "generalized-sign", "wilcoxon", "rank", "rank-standardized", "grank-t", "grank-z", "bhar-t", "beaver-u", "lambda", "bootstrap", "placebo"}},
		{"two dates", nil, []events.Event{s.event(200, names(3)...), s.event(300, names(3)...)}, []string{"cross-section", "crude", "dates", "patell", "bmp", "kp-bmp", "kp-patell", "skewness",
			"sign", "generalized-sign", "wilcoxon", "rank", "rank-standardized", "grank-t", "grank-z", "bhar-t", "bhar-skewness", "calendar-time", "beaver-u", "lambda", "bootstrap", "placebo"}},
		{"zero variance", func(st *Study) { st.Trust = []string{string(market.SameSeries)} }, []events.Event{s.event(300, "S1", "TWIN1", "TWIN2")}, []string{"crude", "portfolio", "patell", "kp-patell", "sign", "generalized-sign", "wilcoxon", "rank", "beaver-u", "lambda", "placebo"}},
		{"all missing", nil, []events.Event{s.event(300, "HALT")}, nil},
		{"M=K+1", short, []events.Event{s.event(300, names(3)...)}, []string{"cross-section", "crude", "portfolio", "bmp", "kp-bmp", "skewness",
			"sign", "generalized-sign", "wilcoxon", "rank", "rank-standardized", "grank-t", "grank-z", "bhar-t", "lambda", "bootstrap", "placebo"}},
	} {
		st := s.study()
		if c.change != nil {
			c.change(st)
		}
		r := s.run(t, st, c.event...)
		for w, win := range r.Groups[0].Windows {
			var defined []string
			for _, res := range win.Tests {
				sound(t, fmt.Sprint(c.name, " ", win.Window), res)
				if res.Note == nil {
					defined = append(defined, res.Test)
				}
			}
			slices.Sort(defined)
			slices.Sort(c.defined)
			if w == 1 && !slices.Equal(defined, c.defined) {
				t.Errorf("%s: defined %v, want %v", c.name, defined, c.defined)
			}
			for i := range r.N() {
				for _, res := range r.ObservationTests(i, w) {
					sound(t, c.name, res)
				}
			}
		}
	}
	for _, x := range [][]float64{{0, 0, 0}, {0.1, 0.1, 0.1}, {1e-320, -1e-320}, {1e200, -1e200, 3e200}} {
		c := &CrossSection{CAR: x, SCAR: x, BHAR: x}
		for _, test := range []Test{CrossSectionTest{}, BMP{}, Skewness{}, SignTest{}, Wilcoxon{}, BHARTest{}} {
			res := run(test, c)
			sound(t, fmt.Sprint(x), res)
			if name := test.Name(); x[0] == 0.1 && (res.Note == nil) != (name == "sign" || name == "wilcoxon") {
				t.Errorf("%s of %v: %v, note %q", name, x, res.Stat, res.Note)
			}
		}
	}
}

// Every test has its words, and a name of its own.
func TestTestsAreDescribed(t *testing.T) {
	seen := make(map[string]bool)
	for _, x := range Tests {
		if seen[x.Name()] || x.Name() == "" || x.Null() == "" || x.Assumes() == "" || x.Paper() == "" {
			t.Errorf("%T: name %q, null %q, assumes %q, paper %q", x, x.Name(), x.Null(), x.Assumes(), x.Paper())
		}
		seen[x.Name()] = true
	}
	for _, x := range DefaultTests() {
		if x.Properties().Resampled {
			t.Errorf("%s is resampled and among the default tests", x.Name())
		}
	}
}

// Opposite returns exchange the one-sided p values and keep the two-sided one;
// returns in other units keep every statistic.
func TestSignAndScale(t *testing.T) {
	s := simulate(t, 7, 500, 4)
	type key struct {
		test, of string
		w, i     int
	}
	all := func(change func(float64) float64) map[key]TestResult {
		for _, c := range s.panel.Columns {
			if c.Symbol != "INDEX" || change(-1) < -1 {
				for k := range c.Return {
					c.Return[k] = change(c.Return[k])
				}
			}
		}
		out := make(map[key]TestResult)
		for d, e := range [][]events.Event{{s.event(300, names(7)...)}, {s.event(200, names(6)...), s.event(303, names(7)...)}} {
			r := s.run(t, s.study(), e...)
			for w, win := range r.Groups[0].Windows {
				for _, x := range win.Tests {
					out[key{x.Test, x.Of, w, -1 - d}] = x
				}
				for i := range r.N() {
					for _, x := range r.ObservationTests(i, w) {
						out[key{x.Test, x.Of, w, i}] = x
					}
				}
			}
		}
		return out
	}
	base := all(func(r float64) float64 { return r })
	flipped := all(func(r float64) float64 { return -r })
	all(func(r float64) float64 { return -r })
	scaled := all(func(r float64) float64 { return 3 * r })
	for k, x := range base {
		f, c := flipped[k], scaled[k]
		if strings.HasPrefix(k.test, "bhar-") { // compounded returns are not those of the opposite sign, nor three times them
			continue
		}
		for what, v := range map[string][3]float64{"two-sided": {x.P, f.P, c.P}, "lower": {x.PLower, f.PUpper, c.PLower}, "upper": {x.PUpper, f.PLower, c.PUpper}} {
			for j, p := range v[1:] {
				if math.Abs(p-v[0]) > 1e-9 || math.IsNaN(p) != math.IsNaN(v[0]) {
					t.Errorf("%+v: %s p %v, after change %d %v", k, what, v[0], j, p)
				}
			}
		}
	}
	if len(base) < 60 {
		t.Errorf("%d results compared", len(base))
	}
}

// Small samples by hand, and by R 4.2.
func TestSmallSamples(t *testing.T) {
	// Hollander and Wolfe (1973), p. 29, as in R's help of wilcox.test.
	depression := []float64{0.952, -0.147, 1.022, 0.430, 0.620, 0.590, 0.490, -0.080, 0.010}
	odd := []float64{1, -2, 2, 3, -3, 4, 5, 0, -1, 6}
	twelve := []float64{-1, -2, -3, -4, -5, -6, -7, -8, -9, 10, 11, 12}
	for _, c := range []struct {
		test         Test
		x            []float64
		figure       string
		stat, p      float64
		lower, upper float64
	}{
		{Wilcoxon{}, depression, "", 40, 0.0390625, 0.986328125, 0.01953125},                           // wilcox.test(x)
		{Wilcoxon{}, odd, "", 34.5, 0.15404354654375088, nan, nan},                                     // wilcox.test(x, correct=FALSE)
		{Wilcoxon{}, odd, "p_continuity", 34.5, 0.17193836605810284, nan, nan},                         // wilcox.test(x)
		{SignTest{}, twelve, "exact_p", -math.Sqrt(3), 0.14599609375, nan, nan},                        // binom.test(3, 12)
		{SignTest{}, []float64{0, 1, 1, 0, -1}, "exact_p", 1 / math.Sqrt(3), 1, nan, nan},              // zeros have no sign: 2 of 3
		{Skewness{}, []float64{1, 2, 6}, "skewness", 3.3851947724593465, 1.4578629673213057, nan, nan}, // numpy, by the formula
		{CrossSectionTest{}, []float64{1, 2, 6}, "", 3 * math.Sqrt(3.0/7), nan, nan, nan},
	} {
		r := run(c.test, &CrossSection{CAR: c.x})
		p := r.P
		if c.figure != "" {
			p = r.ByProduct(c.figure)
		}
		for i, v := range [][2]float64{{r.Stat, c.stat}, {p, c.p}, {r.PLower, c.lower}, {r.PUpper, c.upper}} {
			if v[1] == v[1] && !(math.Abs(v[0]-v[1]) <= 1e-10) {
				t.Errorf("%s %v: figure %d is %.15g, want %.15g", r.Test, c.x, i, v[0], v[1])
			}
		}
	}
}

// The share of true nulls that each test rejects at 5%: twelve independent
// securities, one common session. The bands hold 99.9% of the outcomes of a
// test of the size stated.
func TestSize(t *testing.T) {
	const sessions = 6000
	s := simulate(t, 12, sessions, 3)
	st := s.study()
	r := s.run(t, st, s.event(200, names(12)...))
	var rows []int32
	for i := range r.N() {
		rows = append(rows, r.row[i])
	}
	var stats []statistic
	for _, test := range Tests {
		for _, w := range st.CARWindows {
			if test.Scope() == ManyObservations {
				stats = append(stats, statistic{rows, w, test})
			} else if test.Name() != "placebo" {
				stats = append(stats, statistic{rows[:1], w, test})
			}
		}
	}
	// Exact sizes of the discrete tests, and of those that are approximate the
	// sizes at twelve normal observations as simulated with numpy.
	size := map[string]float64{
		"sign":              2 * 79.0 / 4096, // 2 P(w <= 2)
		"generalized-sign":  2 * 79.0 / 4096, // as p_hat is near one half
		"wilcoxon":          2 * 87.0 / 4096, // 2 P(W <= 13)
		"sq":                6.0 / 121,       // three of 121 on either side
		"skewness":          0.0757,
		"rank":              0.045,
		"rank-standardized": 0.063,
		"grank-t":           0.065,
		"grank-z":           0.067,
		"beaver-u":          0.045,
		"lambda":            0.09,
	}
	reject, defined := make([]int, len(stats)), make([]int, len(stats))
	rep := newReplica(r.eng, stats)
	for d := 0; 200+d+3 < sessions; d += 3 {
		for k, res := range rep.at(d) {
			if res.Note == nil {
				defined[k]++
			}
			if res.P <= 0.05 {
				reject[k]++
			}
		}
	}
	for k, x := range stats {
		if x.test.Name() == "calendar-time" {
			if defined[k] > 0 {
				t.Errorf("calendar-time over %s is defined on so few sessions", x.window)
			}
			continue
		}
		if x.test.Name() == "dates" {
			if defined[k] > 0 {
				t.Errorf("dates over %s is defined on one date", x.window)
			}
			continue
		}
		n := float64(defined[k])
		if n < 1900 {
			t.Errorf("%s %s: defined %v times", x.test.Name(), x.window, n)
			continue
		}
		p, ok := size[x.test.Name()]
		switch {
		case !ok:
			p = 0.05
		case x.test.Name() == "lambda" && x.window.Len() == 3:
			p = 0.122
		}
		rate := float64(reject[k]) / n
		band := 3.29 * math.Sqrt(p*(1-p)/n)
		t.Logf("%-18s %s %.4f  (%.4f +- %.4f)", x.test.Name(), x.window, rate, p, band)
		if math.Abs(rate-p) > band {
			t.Errorf("%s %s rejects %.4f of true nulls, want %.4f +- %.4f", x.test.Name(), x.window, rate, p, band)
		}
	}
}
