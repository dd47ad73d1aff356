package report

import (
	"math"
	"strings"
	"testing"

	"aftershock/analysis"
	"aftershock/internal/words"
	"aftershock/market"
)

// TestJudge is the table of rules: which tests lead, and what they say.
func TestJudge(t *testing.T) {
	nan := math.NaN()
	all := func(portfolio, crude, kpPatell, patell, kpBMP, bmp, cross float64) []analysis.TestResult {
		var out []analysis.TestResult
		for i, p := range []float64{portfolio, crude, kpPatell, patell, kpBMP, bmp, cross} {
			out = append(out, analysis.TestResult{Test: []string{"portfolio", "crude", "kp-patell", "patell", "kp-bmp", "bmp", "cross-section"}[i], P: p})
		}
		return out
	}
	for _, c := range []struct {
		name         string
		rbar         float64
		sameDate     bool
		widening     float64
		tests        []analysis.TestResult
		past, spread string
		aside        string
		want         verdict
	}{
		{"all reject", 0.3, true, 1, all(.01, .01, .01, .01, .01, .01, .01), "portfolio", "kp-bmp", "patell bmp cross-section", shared},
		{"none rejects", 0.3, true, 1, all(.5, .5, .5, .5, .5, .5, .5), "portfolio", "kp-bmp", "patell bmp cross-section", chance},
		{"only those that assume independence reject", 0.3, true, 1, all(.5, .5, .5, .001, .5, .001, .001), "portfolio", "kp-bmp", "patell bmp cross-section", chance},
		{"unequal reactions", 0.3, true, 3, all(.001, .001, .001, .001, .3, .01, .01), "portfolio", "kp-bmp", "patell bmp cross-section", unequal},
		{"as far apart as usual", 0.3, true, 1.49, all(.001, .001, .001, .001, .06, .01, .01), "portfolio", "kp-bmp", "patell bmp cross-section", unsettled},
		{"spread not known", 0.3, true, nan, all(.001, .001, .001, .001, .06, .01, .01), "portfolio", "kp-bmp", "patell bmp cross-section", unsettled},
		{"small but alike", 0.3, true, 0.4, all(.3, .3, .3, .3, .01, .01, .01), "portfolio", "kp-bmp", "patell bmp cross-section", alike},
		{"several dates, crude is set aside", 0.3, false, 1, all(nan, .01, nan, .5, .5, .5, .5), "", "kp-bmp", "crude patell bmp cross-section", chance},
		{"no portfolio", 0.3, true, 1, all(nan, .01, .5, .5, .01, .5, .5), "crude", "kp-bmp", "patell bmp cross-section", shared},
		{"several dates", 0.3, false, 1, all(nan, .5, .01, .5, .01, .5, .5), "kp-patell", "kp-bmp", "crude patell bmp cross-section", shared},
		{"independent", 0, false, 1, all(nan, nan, nan, .01, nan, .01, .5), "patell", "bmp", "", shared},
		{"independent, no bmp", 0, true, 1, all(nan, nan, nan, .5, nan, nan, .5), "patell", "cross-section", "", chance},
		{"co-moving, only tests that may not lead", 0.3, true, 1, all(nan, nan, nan, .001, nan, .001, .001), "", "", "patell bmp cross-section", untested},
		{"one kind decides alone", 0.3, true, 1, all(.01, nan, nan, nan, nan, nan, nan), "portfolio", "", "", shared},
		{"one kind decides alone", 0.3, true, 1, all(nan, nan, nan, nan, .2, nan, nan), "", "kp-bmp", "", chance},
		{"exactly at the level", 0.3, true, 1, all(level, 1, 1, 1, level, 1, 1), "portfolio", "kp-bmp", "patell bmp cross-section", chance},
		{"no test", 0.3, true, 1, nil, "", "", "", untested},
	} {
		f := judge(&analysis.Study{}, &analysis.GroupWindow{N: 12, RBar: c.rbar, Tests: c.tests}, c.sameDate, c.widening)
		name := func(x *analysis.TestResult) string {
			if x == nil {
				return ""
			}
			return x.Test
		}
		var aside []string
		for _, x := range f.aside {
			aside = append(aside, x.Test)
		}
		if name(f.past) != c.past || name(f.spread) != c.spread || strings.Join(aside, " ") != c.aside || f.verdict != c.want {
			t.Errorf("%s: past %s, spread %s, aside %v, %s; want %s, %s, %s, %s", c.name, name(f.past), name(f.spread), aside, verdictWords[f.verdict], c.past, c.spread, c.aside, verdictWords[c.want])
		}
	}
}

// TestIndependenceKnown: what a test says that it assumes decides whether it
// may be read where securities move together.
func TestIndependenceKnown(t *testing.T) {
	for _, x := range analysis.Tests {
		if x.Scope() == analysis.OneObservation {
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
	if n := len(outstanding([]single{{holm: .02}, {holm: .03}, {holm: .06}, {holm: .06}})); n != 2 {
		t.Errorf("%d stand out, want 2", n)
	}
	s := singles(nasty(), []int{0, 1, 2, 3, 4, 5}, 0)
	if len(s) != 4 || s[0].p > s[1].p || math.Abs(s[0].holm-4*s[0].p) > 1e-15*s[0].holm || s[3].holm < s[2].holm {
		t.Errorf("four of six observations have an abnormal return, in order of p: %+v", s)
	}
}

func TestReaction(t *testing.T) {
	for _, c := range []struct {
		market, own float64
		want        string
	}{
		{-0.036, -0.17, "A fell 17.0%; the market explains 3.6 points of it; the remaining -13.4% is "},
		{0.010, 0.15, "A rose 15.0%; the market explains 1.0 point of it; the remaining +14.0% is "},
		{0.05, 0.03, "A rose 3.0%, less than the 5.0% that the market explains; the difference of -2.0% cannot be told from chance: it is "},
		{0.02, -0.1, "A fell 10.0% where the market explains +2.0%; the difference of -12.0% is "},
		{-0.0004, 0.0003, "A rose 0.03% where the market explains -0.04%; the difference of +0.1% cannot be told from chance: it is "},
		{0.02, 0, "A closed unchanged where the market explains +2.0%; the difference of -2.0% cannot"},
	} {
		r := made(t, c.market, c.own)
		if got := inEnglish(r).reaction(0, 0); !strings.HasPrefix(got, c.want) {
			t.Errorf("%v, %v:\n got %s\nwant %s", c.market, c.own, got, c.want)
		}
	}
	for _, c := range []struct {
		market, own float64
		want        string
	}{
		{-0.036, -0.186, "A fell 17.0% (-18.6% in logs); the market explains 3.6 log points of it; the remaining -15.0% in logs is "},
		{0.05, 0.03, "A rose 3.0% (+3.0% in logs), less than the +5.0% in logs that the market explains; the difference of -2.0% in logs cannot"},
		{0.02, -0.1, "A fell 9.5% (-10.0% in logs) where the market explains +2.0% in logs; the difference of -12.0% in logs is "},
	} {
		r := madeOf(t, market.Log, func(*market.Column) {}, c.market, c.own)
		if got := inEnglish(r).reaction(0, 0); !strings.HasPrefix(got, c.want) {
			t.Errorf("logs, %v, %v:\n got %s\nwant %s", c.market, c.own, got, c.want)
		}
	}
	halted := madeOf(t, market.Simple, func(c *market.Column) {
		c.Span = make([]int32, len(c.Return))
		for k := range c.Span {
			c.Span[k] = 1
		}
		c.Return[118], c.Return[119], c.Span[120] = math.NaN(), math.NaN(), 3 // of sessions -2 to 0
	}, 0.02, -0.1)
	if got, want := inEnglish(halted).reaction(0, 0), "A fell 10.0% since the close of Thursday 20 June 2024, the last before"; !strings.HasPrefix(got, want) {
		t.Errorf("three sessions in one return:\n got %s\nwant %s", got, want)
	}
	r := made(t, 0, 0.2)
	if got := inEnglish(r).reaction(0, 2); !strings.HasPrefix(got, "Over sessions -1 to +1, the cumulative abnormal return of A is +") || !strings.Contains(got, "its usual error over 3 sessions") {
		t.Error(got)
	}
}

func TestPValues(t *testing.T) {
	for p, want := range map[float64]string{0.2774: "p = 0.28", 0.0419: "p = 0.042", 0.04996: "p = 0.04996", 0.0504: "p = 0.050", 0.00987: "p = 0.0099", 0.000126: "p = 0.00013",
		1.136e-10: "p < 1e-9", 9.99e-5: "p < 1e-4", 0: "p < 1e-300", 1: "p = 1.00", 0.999: "p = 1.00"} {
		if got := strings.ReplaceAll(inEnglish(nil).sayP(p), nbsp, " "); got != want {
			t.Errorf("%v: %s, want %s", p, got, want)
		}
	}
	for p, want := range map[float64]string{0.2774: "0.28", 4.33e-7: "4.3e-7", 1.06e-12: "1.1e-12", math.NaN(): "–", 0: "< 1e-300"} {
		if got := showP(p); got != want {
			t.Errorf("%v: %s, want %s", p, got, want)
		}
	}
}

func inEnglish(r *analysis.Result) speaker { return speaker{Language: words.English, r: r} }
