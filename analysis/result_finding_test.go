package analysis

import (
	"math"
	"strings"
	"testing"
)

// TestJudge is the table of rules: which tests lead, and what they say.
func TestJudge(t *testing.T) {
	nan := math.NaN()
	all := func(portfolio, crude, kpPatell, patell, kpBMP, bmp, cross float64) []TestResult {
		var out []TestResult
		for i, p := range []float64{portfolio, crude, kpPatell, patell, kpBMP, bmp, cross} {
			out = append(out, TestResult{Test: []string{"portfolio", "crude", "kp-patell", "patell", "kp-bmp", "bmp", "cross-section"}[i], P: p})
		}
		return out
	}
	for _, c := range []struct {
		name         string
		rbar         float64
		sameDate     bool
		widening     float64
		tests        []TestResult
		past, spread string
		aside        string
		want         Reading
	}{
		{"all reject", 0.3, true, 1, all(.01, .01, .01, .01, .01, .01, .01), "portfolio", "kp-bmp", "patell bmp cross-section", Clear},
		{"none rejects", 0.3, true, 1, all(.5, .5, .5, .5, .5, .5, .5), "portfolio", "kp-bmp", "patell bmp cross-section", Chance},
		{"only those that assume independence reject", 0.3, true, 1, all(.5, .5, .5, .001, .5, .001, .001), "portfolio", "kp-bmp", "patell bmp cross-section", Chance},
		{"unequal reactions", 0.3, true, 3, all(.001, .001, .001, .001, .3, .01, .01), "portfolio", "kp-bmp", "patell bmp cross-section", Unequal},
		{"as far apart as usual", 0.3, true, 1.49, all(.001, .001, .001, .001, .06, .01, .01), "portfolio", "kp-bmp", "patell bmp cross-section", Unsettled},
		{"spread not known", 0.3, true, nan, all(.001, .001, .001, .001, .06, .01, .01), "portfolio", "kp-bmp", "patell bmp cross-section", Unsettled},
		{"small but alike", 0.3, true, 0.4, all(.3, .3, .3, .3, .01, .01, .01), "portfolio", "kp-bmp", "patell bmp cross-section", Alike},
		{"several dates, crude is set aside", 0.3, false, 1, all(nan, .01, nan, .5, .5, .5, .5), "", "kp-bmp", "crude patell bmp cross-section", Chance},
		{"no portfolio", 0.3, true, 1, all(nan, .01, .5, .5, .01, .5, .5), "crude", "kp-bmp", "patell bmp cross-section", Clear},
		{"several dates", 0.3, false, 1, all(nan, .5, .01, .5, .01, .5, .5), "kp-patell", "kp-bmp", "crude patell bmp cross-section", Clear},
		{"independent", 0, false, 1, all(nan, nan, nan, .01, nan, .01, .5), "patell", "bmp", "", Clear},
		{"independent, no bmp", 0, true, 1, all(nan, nan, nan, .5, nan, nan, .5), "patell", "cross-section", "", Chance},
		{"co-moving, only tests that may not lead", 0.3, true, 1, all(nan, nan, nan, .001, nan, .001, .001), "", "", "patell bmp cross-section", NotTested},
		{"one kind decides alone", 0.3, true, 1, all(.01, nan, nan, nan, nan, nan, nan), "portfolio", "", "", Clear},
		{"one kind decides alone", 0.3, true, 1, all(nan, nan, nan, nan, .2, nan, nan), "", "kp-bmp", "", Chance},
		{"exactly at the level", 0.3, true, 1, all(Level, 1, 1, 1, Level, 1, 1), "portfolio", "kp-bmp", "patell bmp cross-section", Chance},
		{"no test", 0.3, true, 1, nil, "", "", "", NotTested},
	} {
		f := (&Study{}).judge(&GroupWindow{N: 12, RBar: c.rbar, Tests: c.tests}, c.sameDate, c.widening, nil)
		name := func(x *TestResult) string {
			if x == nil {
				return ""
			}
			return x.Test
		}
		var aside []string
		for _, x := range f.Aside {
			aside = append(aside, x.Test)
		}
		if name(f.Past) != c.past || name(f.Spread) != c.spread || strings.Join(aside, " ") != c.aside || f.Verdict != c.want {
			t.Errorf("%s: past %s, spread %s, aside %v, %s; want %s, %s, %s, %s", c.name, name(f.Past), name(f.Spread), aside, f.Verdict, c.past, c.spread, c.aside, c.want)
		}
	}
}

// TestIndependenceKnown: what a test says that it assumes decides whether it
// may be read where securities move together.
func TestIndependenceKnown(t *testing.T) {
	for _, x := range Tests {
		if x.Scope() == OneObservation {
			continue
		}
		if says := strings.Contains(x.Assumes(), "independent observations"); says != x.Properties().Independence.TakenFor(true) {
			t.Errorf("%s assumes %q, but its properties say %v", x.Name(), x.Assumes(), !says)
		}
		if says := strings.Contains(x.Assumes(), "of one date"); says && !x.Properties().Independence.TakenFor(false) {
			t.Errorf("%s is right for one date only; say so in its properties", x.Name())
		}
	}
}

// TestOutstanding: R 4.2, p.adjust(c(.01, .04, .03, .005), "holm") = .03 .06 .06 .02.
func TestOutstanding(t *testing.T) {
	if n := len(Outstanding([]Single{{Adjusted: .02}, {Adjusted: .03}, {Adjusted: .06}, {Adjusted: .06}})); n != 2 {
		t.Errorf("%d stand out, want 2", n)
	}
}

// TestBarredInterval: the interval of a test that is barred does not stand beside the
// p value of another.
func TestBarredInterval(t *testing.T) {
	s := simulate(t, 5, 400, 31)
	r := s.run(t, s.study(), s.event(300, names(5)...))
	g := &r.Groups[0]
	f := r.Finding(g, 0)
	if x := f.Interval(); g.SEMethod != "portfolio" || x != r.AverageInterval(g, 0) || !(x.Lower < x.Value && x.Value < x.Upper) {
		t.Fatalf("%s %+v", g.SEMethod, x)
	}
	f.Barred = []*TestResult{{Test: "crude"}}
	if x := f.Interval(); x.Lower != x.Lower {
		t.Error("another test is barred, and the interval goes")
	}
	f.Barred = []*TestResult{{Test: "portfolio"}}
	if x := f.Interval(); x.Value != r.AverageInterval(g, 0).Value || x.Lower == x.Lower || x.Upper == x.Upper {
		t.Errorf("%+v", x)
	}
}

// TestBarred: a test that was found to reject too often on the study's own data
// neither leads nor is quoted.
func TestBarred(t *testing.T) {
	w := &GroupWindow{N: 12, RBar: 0.3, Tests: []TestResult{{Test: "portfolio", P: .001}, {Test: "kp-patell", P: .4}, {Test: "kp-bmp", P: .3}, {Test: "joint", P: 1e-9}}}
	free := (&Study{}).judge(w, true, 1, nil)
	if free.Past.Test != "portfolio" || free.Joint == nil {
		t.Fatalf("without a calibration: %+v", free)
	}
	f := (&Study{}).judge(w, true, 1, func(test string) bool { return test == "portfolio" || test == "joint" })
	if f.Past == nil || f.Past.Test != "kp-patell" || f.Joint != nil || f.Verdict != Chance || len(f.Barred) != 2 {
		t.Errorf("past %v, joint %v, %s, %d barred", f.Past, f.Joint, f.Verdict, len(f.Barred))
	}
}
