package analysis

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"math/rand/v2"
	"reflect"
	"runtime"
	"strings"
	"testing"
	"time"

	"aftershock/analysis/stat"
	"aftershock/market"
)

func mustCalibrate(t testing.TB, r *Result, spec CalibrateSpec) *Calibration {
	t.Helper()
	c, err := r.Calibrate(context.Background(), spec, nil)
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// together gives the securities' returns a common part: correlation rho of
// what the index leaves.
func (s *simulated) together(rho float64, seed uint64) {
	rng := rand.New(rand.NewPCG(seed, 2))
	common := make([]float64, len(s.panel.Columns[0].Return))
	for k := range common {
		common[k] = 0.02 * math.Sqrt(rho/(1-rho)) * rng.NormFloat64()
	}
	for _, c := range s.panel.Columns[1:] {
		for k := range c.Return {
			c.Return[k] += common[k]
		}
	}
}

// Independent normal observations: every test on one session has its size, and
// says so. Observations that move together: the tests that take them as
// independent reject too often, and the others hold.
func TestCalibrateKnownSizes(t *testing.T) {
	for _, rho := range []float64{0, 0.5} {
		s := simulate(t, 12, 3500, 14)
		s.together(rho, 3)
		st := s.study()
		st.Tests = DefaultTests()
		r := s.run(t, st, s.event(3450, names(12)...))
		c := mustCalibrate(t, r, CalibrateSpec{Draws: 5000})
		g := c.Group("all", Window{0, 0})
		if g == nil || g.Draws < 3000 || !g.Clean || g.Observations != 12 || !g.SameDate {
			t.Fatalf("rho %v: %+v", rho, g)
		}
		for name, want := range map[string]float64{
			"portfolio": 0.05, "kp-bmp": 0.05, "kp-patell": 0.05, "crude": 0.05, "joint": 0.05,
			"patell": 0.05, "bmp": 0.05, "cross-section": 0.05, "sign": 0.0386, "wilcoxon": 0.0425,
		} {
			x := g.Test(name)
			size := x.At(0.05)
			if independent := want < 0.05 || name == "patell" || name == "bmp" || name == "cross-section"; rho > 0 && independent {
				if size.Share < 0.3 || x.Verdict != TooOften {
					t.Errorf("rho %v %s: size %.4f, %s", rho, name, size.Share, x.Verdict)
				}
			} else if math.Abs(size.Share-want) > 0.0125 || x.Verdict == TooOften || want == 0.05 && x.Verdict != Holds {
				t.Errorf("rho %v %s: size %.4f, want %.4f; %s", rho, name, size.Share, want, x.Verdict)
			}
			if !(size.Lower < size.Share && size.Share < size.Upper) || size.Effective < 300 || size.Effective > float64(x.Draws) {
				t.Errorf("rho %v %s: %+v", rho, name, size)
			}
			if a, b := x.At(0.01).Share, x.At(0.10).Share; a >= size.Share || b <= size.Share {
				t.Errorf("rho %v %s: sizes %.4f %.4f %.4f", rho, name, a, size.Share, b)
			}
		}
		if x := g.Test("calendar-time"); x.Draws != 0 || x.Undefined != g.Draws || x.Verdict != NotDecided || x.Size != nil {
			t.Errorf("a test that one session does not define: %+v", x)
		}
	}
}

// Windows of eleven sessions overlap: their shifts are worth a fraction of
// their number, and intervals are as much wider as the spread between histories
// is.
func TestCalibrateCountsOverlap(t *testing.T) {
	const histories = 40
	var shares, covered, effective float64
	var all []float64
	for seed := range uint64(histories) {
		s := simulate(t, 1, 1100, 100+seed)
		st := s.study()
		st.EventWindow, st.CARWindows, st.Tests = Window{0, 10}, []Window{{0, 10}}, []Test{StudentTest{}}
		r := s.run(t, st, s.event(120, "S0"))
		g := mustCalibrate(t, r, CalibrateSpec{Draws: 5000}).Groups[0]
		x := g.Tests[0].At(0.10)
		shares += x.Share
		all = append(all, x.Share)
		effective += x.Effective
		if x.Lower <= 0.10 && 0.10 <= x.Upper {
			covered++
		}
		if x.Effective > float64(g.Draws)/2 {
			t.Errorf("seed %d: %d shifts of windows of 11 sessions count as %.0f", seed, g.Draws, x.Effective)
		}
	}
	if covered < 0.85*histories {
		t.Errorf("%v of %d intervals cover 10%%", covered, histories)
	}
	// The spread between histories is that of as many independent draws.
	sd := stat.Deviation(all)
	if n, got := 0.09/(sd*sd), effective/histories; got < n/2 || got > 2*n {
		t.Errorf("histories spread as %.0f independent draws do, the intervals as %.0f", n, got)
	}
}

// Power rises with what is injected, whichever its sign, is the size where
// nothing is, and is the same as that of a study whose returns have the jump.
func TestCalibratePower(t *testing.T) {
	s := simulate(t, 6, 700, 5)
	hole := s.panel.Column("S1").Return
	hole[400] = nan
	st := s.study()
	st.Tests = []Test{PortfolioTest{}, KPBMP{}, GRankT{}, RankTest{}, Joint{}, BHARTest{}}
	st.CARWindows = []Window{{0, 2}, {1, 2}}
	r := s.run(t, st, s.event(200, names(6)...))
	inject := []float64{0, 0.01, 0.02, 0.04, 0.08, -0.08}
	c := mustCalibrate(t, r, CalibrateSpec{Inject: inject, Windows: st.CARWindows, Draws: 300})
	for _, x := range c.Group("all", Window{0, 2}).Tests {
		p := x.Power
		if p[0].Rate != x.At(0.05) {
			t.Errorf("%s: %+v with nothing injected, size %+v", x.Test, p[0], x.At(0.05))
		}
		for i := 1; i < 5; i++ {
			if p[i].Share < p[i-1].Share-0.02 || p[i].Adjusted < p[i-1].Adjusted-0.02 {
				t.Errorf("%s: power falls from %+v to %+v", x.Test, p[i-1], p[i])
			}
		}
		if p[4].Share < 0.5 || math.Abs(p[5].Share-p[4].Share) > 0.1 || p[0].Adjusted > 0.05 {
			t.Errorf("%s: %+v", x.Test, p)
		}
	}
	for _, x := range c.Group("all", Window{1, 2}).Tests {
		for _, p := range x.Power {
			if p.Rate != x.At(0.05) && x.Test != "rank" { // it ranks the returns of all sessions
				t.Errorf("%s over [1,2] sees what happened on session 0: %+v", x.Test, p)
			}
		}
	}

	// One pseudo-date against a study of it.
	spec := &CalibrateSpec{Inject: []float64{0.03}, Share: 1, Draws: 300, Windows: st.CARWindows[:1], Tests: st.Tests}
	j := newCalibration(r.eng, pattern{[]string{"all"}, []int32{0, 1, 2, 3, 4, 5}}, spec)
	for b, d := range j.shifts {
		if b%37 != 0 && d != 199 {
			continue
		}
		own := j.newCopy()
		own.at(d)
		own.reaction(1, spec)
		for _, col := range s.panel.Columns[1:] {
			col.Return[200+d] += 0.03
		}
		want := s.run(t, st, s.event(200+d, names(6)...)).Groups[0].Windows[0]
		for _, got := range own.injected(0.03) {
			if w := want.Test(got.Test).Stat; math.Abs(got.Stat-w) > 1e-9*math.Abs(w) {
				t.Errorf("%s at %+d: %v, want %v", got.Test, d, got.Stat, w)
			}
		}
		for _, col := range s.panel.Columns[1:] {
			col.Return[200+d] -= 0.03
		}
	}

	// Reactions that cancel out: only joint sees them.
	c = mustCalibrate(t, r, CalibrateSpec{Inject: []float64{0.06}, Opposite: true, Draws: 300})
	g := c.Group("all", Window{0, 2})
	if a, b := g.Test("portfolio").Power[0].Share, g.Test("joint").Power[0].Share; a > 0.15 || b < 0.8 {
		t.Errorf("opposite reactions: portfolio %.2f, joint %.2f", a, b)
	}
	few := mustCalibrate(t, r, CalibrateSpec{Inject: []float64{0.04}, Share: 0.34, Draws: 300}).Group("all", Window{0, 2})
	if a, b := few.Test("portfolio").Power[0].Share, 0.7; a > b {
		t.Errorf("a third of the observations react: power %.2f", a)
	}
}

func TestCalibrateIsDeterministic(t *testing.T) {
	s := simulate(t, 4, 800, 7)
	r := s.run(t, s.study(), s.event(300, names(4)...), s.event(320, "S0", "S2"))
	dump := func(procs int) string {
		defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(procs))
		c := mustCalibrate(t, r, CalibrateSpec{Inject: []float64{0.02}, Share: 0.5, Draws: 100})
		data, err := json.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		var back Calibration
		if err := json.Unmarshal(data, &back); err != nil || !reflect.DeepEqual(&back, c) {
			t.Errorf("the calibration does not survive JSON: %v", err)
		}
		return string(data)
	}
	if a, b := dump(1), dump(7); a != b {
		t.Errorf("1 and 7 processors:\n%s\n%s", a, b)
	}
}

// Events of the same securities on one date each have the same pseudo-dates,
// and are calibrated once.
func TestCalibrateGroups(t *testing.T) {
	s := simulate(t, 4, 900, 7)
	st := s.study()
	st.Groups = Groupings
	r := s.run(t, st, s.event(300, names(3)...), s.event(500, names(3)...), s.event(510, "S3"))
	c := mustCalibrate(t, r, CalibrateSpec{})
	if len(c.Groups) != 2 || fmt.Sprint(c.Groups[0].Groups) != "[event e300 event e500]" || fmt.Sprint(c.Groups[1].Groups) != "[all]" || c.Groups[1].SameDate {
		t.Errorf("%+v", c.Groups)
	}
	one := mustCalibrate(t, r, CalibrateSpec{Groups: []string{"e510"}})
	if g := one.Groups[0]; g.Observations != 1 || g.Tests[0].Test != "t" || g.Tests[1].Test != "sq" || len(g.Tests) != 2 {
		t.Errorf("one observation: %+v", g)
	}
	for _, c := range []struct {
		spec CalibrateSpec
		want string
	}{
		{CalibrateSpec{Groups: []string{"e9"}}, `"e9" is not a group`},
		{CalibrateSpec{Windows: []Window{{0, 9}}}, "does not lie within"},
		{CalibrateSpec{Tests: []Test{Placebo{}}}, "placebo draws again"},
		{CalibrateSpec{Share: 2}, "share of 2"},
		{CalibrateSpec{Draws: 3}, "3 draws"},
		{CalibrateSpec{Inject: []float64{nan}}, "to inject"},
	} {
		if _, err := r.Calibrate(context.Background(), c.spec, nil); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%+v: %v, want %s", c.spec, err, c.want)
		}
	}
	short := simulate(t, 2, 80, 3)
	if _, err := short.run(t, short.study(), short.event(70, names(2)...)).Calibrate(context.Background(), CalibrateSpec{}, nil); err == nil || !strings.Contains(err.Error(), "sessions without news") {
		t.Errorf("a history without room: %v", err)
	}
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := r.Calibrate(ctx, CalibrateSpec{}, nil); err == nil {
		t.Error("no error after an interrupt")
	}
}

// Pseudo-dates of twelve securities, every closed-form test, the study's first
// window; and the same with four injected returns.
func BenchmarkCalibrate(b *testing.B) {
	s := simulate(b, 12, 5_300, 4)
	st := s.study()
	st.EstimationWindow, st.EventWindow, st.CARWindows = Window{-270, -21}, Window{-10, 10}, DefaultStudy().CARWindows
	st.Tests, st.Draws = DefaultTests(), 10_000
	r := s.run(b, st, s.event(5_250, names(12)...))
	for name, inject := range map[string][]float64{"size": nil, "power": {0.005, 0.01, 0.02, 0.03}} {
		b.Run(name, func(b *testing.B) {
			b.ReportAllocs()
			start, n := time.Now(), 0
			for b.Loop() {
				n += mustCalibrate(b, r, CalibrateSpec{Inject: inject}).Groups[0].Draws
			}
			b.ReportMetric(time.Since(start).Seconds()/float64(n)*1e4, "s/10000")
		})
	}
}

// Nothing can be injected into a session 0 that the event window leaves out.
func TestCalibrateOutside(t *testing.T) {
	n := newNasty(t)
	s := n.study()
	s.EventWindow, s.CARWindows, s.Tests = Window{1, 3}, []Window{{1, 3}}, DefaultTests()
	r := mustRun(t, s, n.catalog, n.panel(t, market.Simple, nil))
	if _, err := r.Calibrate(context.Background(), CalibrateSpec{Inject: []float64{0.01}}, nil); err == nil || !strings.Contains(err.Error(), "session 0") {
		t.Errorf("injected outside the event window: %v", err)
	}
}

// The largest of k, by all sets of k: what C(n-i, k-1)/C(n, k) says, and by
// enumeration.
func TestSelected(t *testing.T) {
	p := []float64{0.9, 0.01, 0.03, 0.5, nan, 0.2}
	caar := []float64{0.1, 5, 3, 2, 9, 4}
	size := []Rate{{Level: 0.05, Effective: 5}}
	for k := 2; k <= 5; k++ {
		var sets, hits float64
		for set := range 1 << 6 {
			largest, n := -1, 0
			for b := range p {
				if set>>b&1 == 1 {
					n++
					if p[b] != p[b] {
						n = 99
					}
					if largest < 0 || caar[b] > caar[largest] {
						largest = b
					}
				}
			}
			if n == k {
				sets++
				if p[largest] <= 0.05 {
					hits++
				}
			}
		}
		near(t, "share", selected(p, caar, k, size)[0].Share, hits/sets)
	}
	if selected(p, caar, 6, size) != nil {
		t.Error("six of five")
	}
}

// statsmodels 0.14: proportion_confint(5, 100, method="wilson"), (0, 30).
func TestWilson(t *testing.T) {
	for _, c := range []struct{ share, n, lower, upper float64 }{
		{0.05, 100, 0.021543679154367966, 0.11175046923191914},
		{0, 30, 0, 0.1135133931739688},
	} {
		lower, upper := wilson(c.share, c.n)
		if math.Abs(lower-c.lower) > 1e-12 || math.Abs(upper-c.upper) > 1e-12 {
			t.Errorf("%v of %v: %v to %v, want %v to %v", c.share, c.n, lower, upper, c.lower, c.upper)
		}
	}
}

// A p value that differs by rounding from the one that bounds the level is not rejected,
// nor are those at 0 where too many are.
func TestFairLevel(t *testing.T) {
	null := []float64{1e-6, 0.003, 0.4}
	for len(null) < 40 {
		null = append(null, 0.5)
	}
	level := fairLevel(null)
	if p := 0.4 * (1 - 1e-14); p <= level || null[1] > level {
		t.Errorf("level %v: %v is rejected, or %v is not", level, p, null[1])
	}
	if level := fairLevel(make([]float64, 40)); level >= 0 {
		t.Errorf("level %v of p values that are all 0", level)
	}
}
