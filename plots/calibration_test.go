package plots

import (
	"bytes"
	"context"
	"fmt"
	"math"
	"strings"
	"testing"

	"aftershock/analysis"
	"aftershock/internal/words"
)

func testPen(t *testing.T, lang string) *pen {
	w, _ := words.Lookup(lang)
	return newPen(setter(t), Light, w, lang, 600, 0)
}

func TestCalibrationChart(t *testing.T) {
	size := func(v float64) []analysis.Rate {
		return []analysis.Rate{{Level: 0.05, Share: v, Lower: v / 2, Upper: 2 * v, Effective: 90}}
	}
	power := func(v ...float64) (out []analysis.Power) {
		for i, x := range v {
			out = append(out, analysis.Power{Inject: 0.01 * float64(i+1), Rate: analysis.Rate{Level: 0.05, Share: x}})
		}
		return out
	}
	c := &analysis.Calibration{Inject: []float64{0.01, 0.02}, Groups: []analysis.CalibratedGroup{
		{Groups: []string{"event a", "all"}, Draws: 99, Tests: []analysis.CalibratedTest{
			{Test: "weak", Draws: 99, Size: size(0.05), Verdict: analysis.Holds, Power: power(0.1, 0.3)},
			{Test: "wild", Draws: 99, Size: size(0.4), Verdict: analysis.TooOften, Power: power(0.9, 1)},
			{Test: "none", Undefined: 99, Verdict: analysis.NotDecided},
			{Test: "strong", Draws: 99, Size: size(0.04), Verdict: analysis.Holds, Power: power(0.4, 0.9)},
		}},
		{Groups: []string{"event b"}, Draws: 99},
	}}
	d := &calibrationData{CalibratedGroup: &c.Groups[0]}
	p := testPen(t, "en")
	var rows, curves []string
	for _, x := range d.rows() {
		rows = append(rows, x.Test)
	}
	for _, x := range d.curves(p) {
		curves = append(curves, x.Test)
	}
	if got := fmt.Sprint(rows, curves); got != "[wild weak strong] [strong weak]" {
		t.Errorf("drawn are %s", got)
	}
	if pts := d.curve(&d.Tests[0]); len(pts) != 3 || pts[0].Inject != 0 || pts[0].Share != 0.05 || pts[2].Share != 0.3 {
		t.Errorf("the curve begins with the size: %+v", pts)
	}
	if got := fmt.Sprint(share(0.05), " ", share(0.1234), " ", share(0)); got != "5% 12.3% 0%" {
		t.Error(got)
	}
	for _, lang := range []string{"en", "ar"} {
		o := Options{Lang: lang, Formats: []Format{SVG}}
		files, err := Calibration(context.Background(), c, o)
		if err != nil || len(files) != 2 || files[0].Name != "calibration-event-a.svg" || files[1].Name != "calibration-event-b.svg" {
			t.Fatalf("%v %v", files, err)
		}
		again, err := Calibration(context.Background(), c, o)
		if err != nil || !bytes.Equal(files[0].Data, again[0].Data) {
			t.Errorf("%s: two drawings differ, %v", lang, err)
		}
	}
	if _, err := Calibration(context.Background(), c, Options{Lang: "xx"}); err == nil {
		t.Error("no error for a language without words")
	}
}

func TestSpecificationChart(t *testing.T) {
	nan := math.NaN()
	answer := func(model string, w analysis.Window, caar, p float64, why string) analysis.Answer {
		var failed *analysis.Sentence
		if why != "" {
			failed = &analysis.Sentence{Code: why}
		}
		return analysis.Answer{Group: "event a", Model: model, Benchmark: "SPY", Window: w, Test: "t", CAAR: caar, P: p, Failed: failed}
	}
	day, week := analysis.Window{}, analysis.Window{From: -1, To: 3}
	s := &analysis.Sweep{
		Answers: []analysis.Answer{answer("market", week, 0.02, 0.5, ""), answer("mean", day, -0.03, 0.01, ""), answer("ff3", day, nan, nan, "no factor"), answer("market", day, -0.05, 0.02, "")},
		Agreements: []analysis.Agreement{{Group: "event a", Specifications: 4, Failed: 1, Rose: 1, Fell: 2, SignificantlyFell: 1},
			{Group: "all", Specifications: 4, Failed: 4, Median: nan, Least: nan, Most: nan}},
	}
	files, err := Specification(context.Background(), s, Options{Formats: []Format{SVG}})
	if err != nil || len(files) != 2 || files[0].Name != "specification-event-a.svg" || files[1].Name != "specification-all.svg" {
		t.Fatalf("%v %v", files, err)
	}
	d := &specificationData{Agreement: &s.Agreements[0], answers: s.Answers[:2], listed: s.Answers[:2]} // one rose, one fell
	var rows []string
	for _, r := range d.choices(words.English) {
		rows = append(rows, r.heading+":"+r.value)
	}
	if got := strings.Join(rows, " "); got != "Model:market :mean Window:[−1, +3] :[0, 0]" { // what does not vary is left out
		t.Errorf("choices %q", got)
	}
	if f := d.figure(testPen(t, "en")); f.subtitle != "2 of 4 specifications have an answer; 100% of them agree in sign, 50% in sign and significance" {
		t.Errorf("subtitle %q", f.subtitle)
	}
	if f := d.figure(testPen(t, "ar")); !strings.Contains(f.title, "الخبر \u2066a\u2069") {
		t.Errorf("title %q", f.title)
	}
}
