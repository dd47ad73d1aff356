package report

import (
	"bytes"
	"context"
	"encoding/csv"
	"fmt"
	"slices"
	"strings"
	"testing"

	"aftershock/analysis"
	"aftershock/analysis/model"
)

func rows(t *testing.T, tab Table) [][]string {
	t.Helper()
	var b bytes.Buffer
	if err := WriteCSV(&b, tab); err != nil {
		t.Fatal(err)
	}
	all, err := csv.NewReader(&b).ReadAll()
	if err != nil || len(all[0]) != len(tab.Columns) {
		t.Fatal(err)
	}
	return all
}

// fared is a calibration with a test of every verdict.
func fared() *analysis.Calibration {
	test := func(name string, v analysis.Verdict, share float64) analysis.CalibratedTest {
		r := analysis.Rate{Level: 0.05, Share: share, Lower: share / 2, Upper: 2 * share, Effective: 80}
		return analysis.CalibratedTest{Test: name, Draws: 90, Undefined: 9, Size: []analysis.Rate{r}, Verdict: v, Power: []analysis.Power{{Inject: 0.025, Rate: r, Adjusted: 0.75}}}
	}
	return &analysis.Calibration{Inject: []float64{0.025}, Share: 1, Groups: []analysis.CalibratedGroup{{
		Groups: []string{"event a", "event b", "all"}, Observations: 12, Window: analysis.Window{From: -1, To: 1}, Draws: 99, Pool: 99, First: 19800, Last: 19950,
		Tests: []analysis.CalibratedTest{test("bmp", analysis.TooOften, 0.28), test("patell", analysis.TooOften, 0.31), test("kp-bmp", analysis.Holds, 0.056),
			test("sign", analysis.TooRarely, 0.01), test("joint", analysis.NotDecided, 0.07), {Test: "calendar-time", Undefined: 99, Verdict: analysis.NotDecided}},
	}}}
}

func TestCertificate(t *testing.T) {
	r := shipped()
	var with, without, whole bytes.Buffer
	for w, o := range map[*bytes.Buffer]TextOptions{&with: {Calibration: fared()}, &without: {}} {
		if err := Text(w, r, o); err != nil {
			t.Fatal(err)
		}
	}
	if err := CalibrationText(&whole, r, fared(), TextOptions{}); err != nil {
		t.Fatal(err)
	}
	const says = "event a and 2 more of the same securities (N = 12) over [-1,+1], at 99 sessions without news from 2024-03-18 to 2024-08-15: " +
		"do not use (share of true nulls rejected at 5%): patell 31.0%, bmp 28.0%; these hold: kp-bmp 5.6%; these reject too rarely: sign 1.0%; too few sessions to tell: joint 7.0%."
	joined := func(b *bytes.Buffer) string { return strings.Join(strings.Fields(b.String()), " ") }
	if !strings.Contains(joined(&with), says) || !strings.Contains(joined(&whole), says) {
		t.Errorf("the report does not say %q:\n%s", says, &whole)
	}
	if strings.Contains(without.String(), "How the tests fare") {
		t.Error("a certificate without a calibration")
	}
	for _, line := range []string{"patell 31.0 15.5–62.0", "80 rejects too often", "power +2.5%", "kp-bmp 6 (75)"} {
		if !strings.Contains(joined(&whole), line) {
			t.Errorf("the table lacks %q:\n%s", line, &whole)
		}
	}
	if strings.Contains(joined(&whole), "patell 31 (75)") || strings.Contains(whole.String(), "NaN") {
		t.Errorf("the power of a test that rejects too often, or a NaN:\n%s", &whole)
	}
}

func TestCalibrationTable(t *testing.T) {
	all := rows(t, CalibrationTable(fared()))
	if len(all) != 1+5*2+1 {
		t.Fatalf("%d rows", len(all))
	}
	for i, want := range map[int]string{
		3:  "event a; event b; all|12|-1|1|patell|size|0.05||0.31|0.155|0.62|80||too-often|90|9|99|false|2024-03-18|2024-08-15",
		4:  "event a; event b; all|12|-1|1|patell|power|0.05|0.025|0.31|0.155|0.62|80|0.75|too-often|90|9|99|false|2024-03-18|2024-08-15",
		11: "event a; event b; all|12|-1|1|calendar-time|size|||||||not-decided|0|99|99|false|2024-03-18|2024-08-15",
	} {
		if got := strings.Join(all[i], "|"); strings.ReplaceAll(got, "||", "|") != strings.ReplaceAll(want, "||", "|") {
			t.Errorf("row %d: %s", i, got)
		}
	}
}

func TestSweepText(t *testing.T) {
	r := shipped()
	spec := r.Study.DefaultSweep(r.Panel)
	spec.Models, spec.Groups = append(spec.Models, model.FamaFrench3), []string{"deepseek-selloff"}
	s, err := r.Study.Sweep(context.Background(), spec, r.Catalog, r.Panel, nil)
	if err != nil {
		t.Fatal(err)
	}
	a := &s.Agreements[0]
	var b bytes.Buffer
	if err := SweepText(&b, r.Study.Name, s, TextOptions{}); err != nil {
		t.Fatal(err)
	}
	got := strings.Join(strings.Fields(b.String()), " ")
	same := max(a.Rose, a.Fell)
	for _, want := range []string{fmt.Sprintf("in %d of %d specifications, significantly in", same, a.Specifications-a.Failed), "model market", "is not among the factors", "no p value"} {
		if !strings.Contains(got, want) {
			t.Errorf("the summary lacks %q:\n%s", want, &b)
		}
	}
	b.Reset()
	if err := SweepText(&b, "x", s, TextOptions{Lang: "ar"}); err != nil {
		t.Fatal(err)
	}
	if strings.Contains(b.String(), "specifications") || strings.Contains(b.String(), "is not among") {
		t.Errorf("English in Arabic:\n%s", &b)
	}
	all := rows(t, SweepTable(s))
	if len(all) != 1+a.Specifications {
		t.Errorf("%d rows of %d specifications", len(all)-1, a.Specifications)
	}
	for share, want := range map[[3]int]string{
		{100, 95, 0}: "does not hang", {100, 60, 0}: "Most choices agree", {80, 30, 0}: "hangs on the choices", {60, 2, 0}: "Hardly any",
	} {
		one := &analysis.Agreement{Group: "g", Specifications: 100, Fell: share[0], Rose: 100 - share[0], SignificantlyFell: share[1], Median: -0.01, Least: -0.02, Most: 0.03}
		b.Reset()
		if err := SweepText(&b, "x", &analysis.Sweep{Agreements: []analysis.Agreement{*one}}, TextOptions{}); err != nil || !strings.Contains(strings.Join(strings.Fields(b.String()), " "), want) {
			t.Errorf("%v: %v\n%s", share, err, &b)
		}
	}
}

// What a calibration changes of the readings is said on the first screen, in either
// language, and nothing where it changes none.
func TestRecalibrated(t *testing.T) {
	r := *shipped()
	barred := func(tests ...string) *analysis.Calibration {
		c := &analysis.Calibration{}
		for i := range r.Groups {
			g := analysis.CalibratedGroup{Groups: []string{r.Groups[i].Name()}, Window: r.Study.CARWindows[headline]}
			for _, name := range tests {
				g.Tests = append(g.Tests, analysis.CalibratedTest{Test: name, Verdict: analysis.TooOften})
			}
			c.Groups = append(c.Groups, g)
		}
		return c
	}
	readings := func() (out []analysis.Reading) {
		for i := range r.Groups {
			if len(r.Groups[i].Members) > 1 {
				out = append(out, r.Finding(&r.Groups[i], headline).Verdict)
			}
		}
		return out
	}
	before := readings()
	screen := func(lang string) string {
		var b bytes.Buffer
		if err := Text(&b, &r, TextOptions{Lang: lang, Detail: Answer}); err != nil {
			t.Fatal(err)
		}
		return strings.Join(strings.Fields(b.String()), " ")
	}
	for _, tests := range [][]string{{}, {"rank"}, {"portfolio"}, {"portfolio", "crude", "kp-patell"}} {
		r.Calibration = barred(tests...)
		changed := 0
		for i, is := range readings() {
			if is != before[i] {
				changed++
			}
		}
		en, ar, page := screen("en"), screen("ar"), htmlOf(t, &r, HTMLOptions{})
		said := strings.Contains(en, "Calibrated: ")
		if want := slices.Contains(tests, "portfolio"); said != want || strings.Contains(ar, "بعد المعايرة: ") != want || strings.Contains(page, "Calibrated: ") != want {
			t.Errorf("%v: said %v, want %v: %s", tests, said, want, en)
			continue
		}
		_, line, _ := strings.Cut(en, "Calibrated: ")
		line, _, _ = strings.Cut(line, ".")
		end := map[bool]string{true: "none changes", false: fmt.Sprintf("%d change", changed)}[changed == 0]
		if said && changed != 1 && !strings.HasSuffix(line, end) {
			t.Errorf("%v: %q, want %q", tests, line, end)
		}
		t.Log(line)
	}
}
