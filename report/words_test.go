package report

import (
	"bytes"
	"math"
	"strings"
	"testing"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/internal/words"
	"aftershock/market"
	"aftershock/market/sample"
)

func TestSingles(t *testing.T) {
	s := nasty().Singles([]int{0, 1, 2, 3, 4, 5}, 0)
	if len(s) != 4 || s[0].P > s[1].P || math.Abs(s[0].Adjusted-4*s[0].P) > 1e-15*s[0].Adjusted || s[3].Adjusted < s[2].Adjusted {
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

// TestBenchmarkExplains: only the index of a whole market is the market.
func TestBenchmarkExplains(t *testing.T) {
	cat, err := events.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	p, errs := market.Load(t.Context(), sample.Source(), market.Request{Securities: sample.Securities()})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	study := analysis.DefaultStudy()
	study.Benchmark, study.EventIDs = "SOXX", []string{"deepseek-selloff"}
	r, err := study.Run(t.Context(), cat, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	var page bytes.Buffer
	if err := HTML(&page, r, HTMLOptions{}); err != nil {
		t.Fatal(err)
	}
	answer, arabic := textOf(t, r, TextOptions{Detail: Answer}), textOf(t, r, TextOptions{Lang: "ar"})
	for name, text := range map[string]string{"text": textOf(t, r, TextOptions{}), "answer": answer, "HTML": page.String()} {
		text = strings.Join(strings.Fields(text), " ")
		if !strings.Contains(text, "SOXX explains") || strings.Contains(text, "the market explains") {
			t.Errorf("%s: SOXX is taken for the market, or not said:\n%.2000s", name, text)
		}
	}
	if arabic = strings.Join(strings.Fields(arabic), " "); !strings.Contains(arabic, "بحكم \u2066SOXX\u2069") || strings.Contains(arabic, "بحكم السوق") {
		t.Errorf("Arabic: SOXX is taken for the market, or not said:\n%.2000s", arabic)
	}
}
