package verify

import (
	"bytes"
	"context"
	"encoding/json"
	"math"
	"os"
	"runtime"
	"slices"
	"strings"
	"testing"

	"aftershock/analysis"
)

// TestQuick is the whole verification, made small.
func TestQuick(t *testing.T) {
	steps := 0
	r, err := Run(context.Background(), Options{Seed: 1, Quick: true}, func(done, total int) {
		if done <= steps || done > total {
			t.Errorf("progress from %d to %d of %d", steps, done, total)
		}
		steps = done
	})
	if err != nil {
		t.Fatal(err)
	}
	if checks, sizes := r.Failed(); checks+sizes > 0 {
		var b bytes.Buffer
		if err := r.WriteText(&b); err != nil {
			t.Fatal(err)
		}
		t.Errorf("%s", &b)
	}
	if len(r.Checks) < 100 || len(r.Sizes) < 300 {
		t.Errorf("%d checks and %d sizes; something is left out", len(r.Checks), len(r.Sizes))
	}
	var b bytes.Buffer
	if err := r.WriteJSON(&b); err != nil {
		t.Fatal(err)
	}
	var back Report
	if err := json.Unmarshal(b.Bytes(), &back); err != nil {
		t.Fatal(err)
	}
	if !slices.Equal(back.Checks, r.Checks) || !slices.Equal(back.Sizes, r.Sizes) {
		t.Error("the report does not survive JSON")
	}
	b.Reset()
	if err := r.WriteMarkdown(&b); err != nil {
		t.Fatal(err)
	}
	t.Run("page", func(t *testing.T) { testPage(t, b.String()) })
}

// testPage holds docs/verify.md to the program: it has every figure, save that
// the last digits of what was computed may have moved, and every test.
func testPage(t *testing.T, made string) {
	data, err := os.ReadFile("../../docs/verify.md")
	if err != nil {
		t.Fatal(err)
	}
	page := string(data)
	for _, test := range analysis.Tests {
		if !strings.Contains(page, "\n| "+test.Name()+" | ") {
			t.Errorf("docs/verify.md has no size of %s", test.Name())
		}
	}
	if strings.Contains(page, "! |") || strings.Contains(page, "**wrong**") {
		t.Error("docs/verify.md shows a failure")
	}
	got, want := expectations(page), expectations(made)
	if len(want) < 100 || !slices.Equal(got, want) {
		t.Error("docs/verify.md is not what the program makes; remake it: aftershock verify --markdown docs/verify.md")
	}
}

// expectations are the rows of figures without what was computed and the digits
// that agree.
func expectations(page string) []string {
	page, _, _ = strings.Cut(page, "\n## Size\n")
	var out []string
	for line := range strings.Lines(page) {
		if cells := strings.Split(line, " | "); len(cells) == 7 {
			out = append(out, strings.Join(slices.Concat(cells[:1], cells[2:4], cells[5:]), " | "))
		}
	}
	return out
}

// TestEveryTestIsVerified: a test that is added needs a case by hand. A rule for
// its size is of a test that there is.
func TestEveryTestIsVerified(t *testing.T) {
	have := make(map[string]bool)
	for _, c := range handCases() {
		have[c.test] = true
	}
	for _, x := range analysis.Tests {
		if !have[x.Name()] {
			t.Errorf("%s has no case by hand", x.Name())
		}
	}
	for name := range rules {
		if _, ok := analysis.TestByName(name); !ok {
			t.Errorf("a rule for %s, which is no test", name)
		}
	}
}

// TestReplicationsStandAlone: what is simulated depends neither on the number
// of processors nor on what is simulated with it.
func TestReplicationsStandAlone(t *testing.T) {
	d := design{n: 5, correlation: 0.3, dates: dating{name: "apart", step: 3}}
	tests := slices.DeleteFunc(slices.Clone(analysis.Tests), func(t analysis.Test) bool { return t.Name() == "placebo" })
	study := simStudy(3, tests, simDraws)
	ctx := context.Background()
	all, err := d.simulate(ctx, study, 0, 6)
	if err != nil {
		t.Fatal(err)
	}
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(1))
	some, err := d.simulate(ctx, study, 4, 5)
	if err != nil {
		t.Fatal(err)
	}
	for w := range simWindows {
		a, b := all.Groups[4].Windows[w].Tests, some.Groups[0].Windows[w].Tests
		for i := range a {
			if a[i].P != b[i].P && !(math.IsNaN(a[i].P) && math.IsNaN(b[i].P)) {
				t.Errorf("%s: p %v among six replications, %v alone", a[i].Test, a[i].P, b[i].P)
			}
		}
	}
}

// TestCanFail: what is wrong is found.
func TestCanFail(t *testing.T) {
	for _, c := range []struct {
		got, want, least float64
		ok               bool
	}{
		{1.000001, 1, 5, true}, {1.00001, 1, 6, false}, {math.NaN(), 1, 1, false}, {1, math.NaN(), 1, false},
		{0, 0, 12, true}, {1e-9, 0, 12, false}, {0, 5.5e-89, 1, false}, {-1, 1, 0.5, false}, {math.Inf(1), 1, 1, false},
	} {
		if k := check("s", "n", "x", c.got, c.want, c.least); k.OK != c.ok {
			t.Errorf("%v for %v at %v digits: OK is %v (%v digits)", c.got, c.want, c.least, k.OK, k.Digits)
		}
	}
	same := design{n: 12, correlation: 0.3, dates: dating{name: "one date"}}
	for _, c := range []struct {
		test      string
		rejected  int
		undefined int
		want      bool
	}{
		{"kp-bmp", 50, 0, true}, {"kp-bmp", 100, 0, false}, {"kp-bmp", 5, 0, false}, {"kp-bmp", 50, 1, false},
		{"bmp", 390, 0, true}, {"bmp", 50, 0, false}, // no over-rejection where there must be one
		{"grank-t", 80, 0, true},                                   // nothing is claimed
		{"unheard-of", 50, 0, true}, {"unheard-of", 100, 0, false}, // a test without a rule is held to 5%
	} {
		s := same.judge(c.test, tallies{c.test: {{rejected: c.rejected, defined: 1000, undefined: c.undefined}}})
		if len(s) != 1 || s[0].OK != c.want {
			t.Errorf("%s with %d of 1000 rejected and %d undefined: %+v", c.test, c.rejected, c.undefined, s)
		}
	}
	r := &Report{Checks: []Check{missing("s", "gone", "x")}, Sizes: []Size{{Test: "t", Dates: "one date"}}}
	var b bytes.Buffer
	if err := r.WriteText(&b); err != nil || strings.Count(b.String(), "WRONG: ") != 2 || !strings.Contains(b.String(), "1 of 1 figures and 1 of 1 rates are not") {
		t.Errorf("%v\n%s", err, &b)
	}
	b.Reset()
	if err := r.WriteJSON(&b); err != nil || !strings.Contains(b.String(), `"got": null`) {
		t.Errorf("%v\n%s", err, &b)
	}
}

// TestAttained: the exact sizes of the tests with few outcomes.
func TestAttained(t *testing.T) {
	near := func(what string, got, want float64) {
		if math.Abs(got-want) > 1e-12 {
			t.Errorf("%s: %v, want %v", what, got, want)
		}
	}
	near("sign of 5", signRate(5), 2./32)               // 0 or 5 positive
	near("sign of 12", signRate(12), 2*(1+12+66)/4096.) // up to 2
	near("wilcoxon of 5", wilcoxonRate(5), 0)           // 2/32 at best
	near("wilcoxon of 6", wilcoxonRate(6), 2./64)       // W = 0 alone
	near("wilcoxon of 8", wilcoxonRate(8), 2*5/256.)    // W <= 3: {}, 1, 2, 3, 1+2
	near("signs of 5", signsRate(5), 0)                 // the two extremes are 2/32
	near("signs of 6", signsRate(6), 2./64)             // 1 of 64 on each side
	near("signs of 50", signsRate(50), level)           // drawn
	low, high := band(0.05, 1000, outside)              // qbinom(c(5e-6, 1-5e-6), 1000, 0.05) is 23 and 83
	if low != 0.023 || high != 0.083 {
		t.Errorf("band %v to %v", low, high)
	}
}
