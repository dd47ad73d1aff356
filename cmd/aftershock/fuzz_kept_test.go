package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/internal/sealed"
	"aftershock/internal/words"
	"aftershock/market"
	"aftershock/market/sample"
	"aftershock/plots"
	"aftershock/report"
)

// someCalibration returns a small one.
func someCalibration() *analysis.Calibration {
	rates := func(x float64) (out []analysis.Rate) {
		for _, l := range analysis.Levels {
			out = append(out, analysis.Rate{Level: l, Share: x * l, Lower: 0, Upper: min(1, 3*x*l), Effective: 90})
		}
		return out
	}
	test := func(name string, v analysis.Verdict, x float64) analysis.CalibratedTest {
		return analysis.CalibratedTest{Test: name, Draws: 99, Undefined: 1, Size: rates(x), Selected: rates(2 * x), Verdict: v,
			Power: []analysis.Power{{Inject: 0.01, Rate: analysis.Rate{Level: 0.05, Share: 0.3, Lower: 0.2, Upper: 0.4, Effective: 90}, Adjusted: 0.3}, {Inject: 0.02, Rate: analysis.Rate{Level: 0.05, Share: 0.8, Lower: 0.7, Upper: 0.9, Effective: 90}, Adjusted: 0.8}}}
	}
	return &analysis.Calibration{Inject: []float64{0.01, 0.02}, Share: 1, Selected: 20, Groups: []analysis.CalibratedGroup{{
		Groups: []string{"event deepseek-selloff", "all"}, Observations: 12, SameDate: true, Window: analysis.Window{From: 0, To: 1}, Draws: 100, Pool: 300, Clean: true,
		First: market.NewDate(2023, 1, 3), Last: market.NewDate(2024, 6, 3),
		Tests: []analysis.CalibratedTest{test("t", analysis.TooOften, 2), test("kp-bmp", analysis.Holds, 1), {Test: "corrado", Undefined: 100, Verdict: analysis.NotDecided}},
	}}}
}

// FuzzCalibration reads calibrations that are sealed and that no run has kept: an
// error, or what reports and charts can show.
func FuzzCalibration(f *testing.F) {
	k := keptCalibration{Key: "key", Spec: "spec", Study: "study", Model: "market", Calibration: someCalibration()}
	good, err := k.json()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(good))
	for _, change := range [][2]string{{`"from": 0`, `"from": 9007199254740993`}, {`"draws": 99`, `"draws": -1`}, {`"share": 0.8`, `"share": -1e300`}, {`"power": [`, `"power": [{},`},
		{`"event deepseek-selloff"`, `"\u001b[31m"`}, {`"groups": [`, `"groups": [{},`}, {`"size": [`, `"size": [{},`}, {`"verdict": "holds"`, `"verdict": "x"`}, {`"first": "2023-01-03"`, `"first": ""`}} {
		f.Add(strings.Replace(string(good), change[0], change[1], 1))
	}
	r := measured(f)
	f.Fuzz(func(t *testing.T, text string) {
		if len(text) > 1<<16 {
			return
		}
		name := filepath.Join(t.TempDir(), "kept")
		if err := sealed.Write(name, calibrationKind, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
			t.Fatal(err)
		}
		k, err := readCalibration(name, "key")
		if err != nil {
			return
		}
		r := *r
		r.Calibration = k.Calibration
		if err := errors.Join(report.WriteCSV(io.Discard, report.CalibrationTable(k.Calibration)), report.CalibrationText(io.Discard, &r, k.Calibration, report.TextOptions{}),
			report.Text(io.Discard, &r, report.TextOptions{Calibration: k.Calibration})); err != nil {
			t.Error(err)
		}
		if _, err := plots.Calibration(t.Context(), k.Calibration, plots.Options{Width: 300, DPI: 72, Formats: []plots.Format{plots.SVG}}); err != nil {
			t.Error(err)
		}
	})
}

// A calibration of the program makes sense to it.
func TestCalibrationSense(t *testing.T) {
	if err := someCalibration().Sense(); err != nil {
		t.Error(err)
	}
	r := measured(t)
	c, err := r.Calibrate(t.Context(), analysis.CalibrateSpec{Draws: 30, Inject: []float64{0.02}, Share: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	if err := c.Sense(); err != nil {
		t.Error(err)
	}
	for what, spoil := range map[string]func(c *analysis.Calibration){
		"a window to 2^53":    func(c *analysis.Calibration) { c.Groups[0].Window.To = 1 << 53 },
		"no name":             func(c *analysis.Calibration) { c.Groups[0].Groups = nil },
		"draws below 0":       func(c *analysis.Calibration) { c.Groups[0].Draws = -1 },
		"a share of 2":        func(c *analysis.Calibration) { c.Groups[0].Tests[0].Size[0].Share = 2 },
		"a power too many":    func(c *analysis.Calibration) { c.Inject = nil },
		"no verdict":          func(c *analysis.Calibration) { c.Groups[0].Tests[0].Verdict = "x" },
		"the end of all days": func(c *analysis.Calibration) { c.Groups[0].Last = 1 << 30 },
	} {
		c := someCalibration()
		if spoil(c); c.Sense() == nil {
			t.Errorf("%s makes sense", what)
		}
	}
}

// FuzzRecord reads records of runs that no run has kept: whatever they say, the
// run is not called unchanged where its manifest is another.
func FuzzRecord(f *testing.F) {
	f.Setenv("XDG_CACHE_HOME", f.TempDir())
	dir := f.TempDir()
	var m bytes.Buffer
	if err := (&report.Manifest{Program: "aftershock", Clock: time.Unix(1e9, 0)}).Write(&m); err != nil {
		f.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, manifestName), m.Bytes(), 0o644); err != nil {
		f.Fatal(err)
	}
	c, err := loadConfig("", nil)
	if err != nil {
		f.Fatal(err)
	}
	name, err := recordFile(dir)
	if err != nil {
		f.Fatal(err)
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		f.Fatal(err)
	}
	good, err := json.Marshal(runRecord{Program: programText(), Configuration: c.settingsSum(), Manifest: "another", Clock: time.Unix(1e9, 0), Inputs: []runInput{{Path: "x", Bytes: -1}}})
	if err != nil {
		f.Fatal(err)
	}
	f.Add(string(good))
	f.Add("{}")
	f.Add(strings.Replace(string(good), `"bytes":-1`, `"bytes":9223372036854775808`, 1))
	f.Add(strings.Replace(string(good), `"path":"x"`, `"path":"/dev/zero"`, 1))
	f.Add(strings.Replace(string(good), `"clock":"2001`, `"clock":"9999`, 1))
	a := &app{stdout: io.Discard, stderr: io.Discard}
	f.Fuzz(func(t *testing.T, text string) {
		if err := sealed.Write(name, recordKind, func(w io.Writer) error { _, err := io.WriteString(w, text); return err }); err != nil {
			t.Fatal(err)
		}
		if since, ok := a.unchanged(t.Context(), c, dir); ok {
			t.Errorf("it is unchanged since %s", since)
		}
	})
}

// FuzzJournal recovers from stages that no run has left: files of others stay, and
// the next run is written.
func FuzzJournal(f *testing.F) {
	manifest := func(names ...string) []byte {
		m := report.Manifest{Program: "aftershock"}
		for _, n := range names {
			d, _ := report.FileOf(n, strings.NewReader("new"))
			m.Outputs = append(m.Outputs, d)
		}
		var b bytes.Buffer
		if err := m.Write(&b); err != nil {
			f.Fatal(err)
		}
		return b.Bytes()
	}
	f.Add(manifest("a.csv"), manifest("a.csv"), manifest("a.csv"), "a.csv", uint8(0))
	f.Add(manifest("mine.txt"), manifest("mine.txt"), []byte("{}"), "mine.txt", uint8(1))
	f.Add(manifest("a.csv", "charts/b.svg"), []byte(nil), manifest("mine.txt"), "charts/b.svg", uint8(2))
	f.Add([]byte("{"), manifest("a.csv"), []byte(nil), "../mine.txt", uint8(3))
	f.Add(manifest("a.csv"), []byte(nil), []byte(nil), "before/mine.txt", uint8(4))
	f.Fuzz(func(t *testing.T, staged, replaced, present []byte, name string, how uint8) {
		dir := filepath.Join(t.TempDir(), "out")
		stage := filepath.Join(dir, stageName)
		if how&2 != 0 {
			stage = filepath.Join(filepath.Dir(dir), "."+filepath.Base(dir)+".aftershock")
		}
		put := func(path string, data []byte) {
			if data == nil {
				return
			}
			_ = os.MkdirAll(filepath.Dir(path), 0o755) // what cannot be planted is not
			_ = os.WriteFile(path, data, 0o644)
		}
		put(filepath.Join(dir, "mine.txt"), []byte("mine"))
		put(filepath.Join(dir, manifestName), present)
		put(filepath.Join(stage, manifestName), staged)
		put(filepath.Join(stage, replacedName), replaced)
		if filepath.IsLocal(name) && len(name) < 100 && !strings.ContainsRune(name, 0) {
			put(filepath.Join(stage, name), []byte("new"))
		}
		if how&4 != 0 {
			put(filepath.Join(stage, markName), []byte(markText))
		}
		if how&8 != 0 {
			put(filepath.Join(dir, markName), []byte(markText))
		}
		mine := func() {
			if got, err := os.ReadFile(filepath.Join(dir, "mine.txt")); err != nil || string(got) != "mine" {
				t.Errorf("the file of others is %q, %v", got, err)
			}
		}
		o, err := openOutput(dir)
		if mine(); err != nil {
			if strings.Contains(err.Error(), "\n") && strings.Count(err.Error(), "\n") > 5 {
				t.Errorf("%v", err)
			}
			return
		}
		o.close()
		if err := writeOutput(dir, outputs("a.csv", "2")); err == nil {
			if got, err := os.ReadFile(filepath.Join(dir, "a.csv")); err != nil || string(got) != "2" {
				t.Errorf("the next run left %q, %v", got, err)
			}
		}
		mine()
	})
}

// FuzzCompare compares runs with tables that no run has written.
func FuzzCompare(f *testing.F) {
	f.Add("test,p\na,0.04\n", "test,p\na,0.06\n", false)
	f.Add("event_id,security\nx,A\n", "security,event_id,x\nA,x,1\n", false)
	f.Add("p\n\"", "", false)
	f.Add(`{"tables":{"cars":[{"event_id":"x","security":"A","car":0.1}]}}`, `{"tables":{"cars":[{"event_id":"x","security":"A","car":-0.1},{}]}}`, true)
	f.Add(`{"tables":{"cars":[{"car":{"a":[1]}}]}}`, `{"tables":{"cars":[null]}}`, true)
	f.Fuzz(func(t *testing.T, x, y string, isJSON bool) {
		root := t.TempDir()
		dirs := []string{filepath.Join(root, "a"), filepath.Join(root, "b")}
		for i, text := range []string{x, y} {
			name := "cars.csv"
			if isJSON {
				name = "results.json"
			}
			if err := writeOutput(dirs[i], outputs(name, text)); err != nil {
				t.Fatal(err)
			}
		}
		c, err := compareRuns(dirs[0], dirs[1], comparing{tolerance: 1e-9, level: 0.05})
		if err == nil {
			for _, d := range c.Changes {
				if d.By != nil && *d.By == 0 {
					t.Errorf("%+v moved by nothing", d)
				}
			}
		}
	})
}

// FuzzMoves asks for explanations with flags and events that people type: an answer,
// or what is wrong. The configuration and the prices are those of all tries.
func FuzzMoves(f *testing.F) {
	f.Add("NVDA", "2025-01-02", "2025-02-03", "5%", "id,date,title,securities\na,2025-01-27,x,NVDA\n")
	f.Add("SPY", "", "2025-13-40", "0", "id,time,zone,title\na,2025-01-27 09:30,America/New_York,x\n")
	f.Add("SPY", "9999-12-31", "0001-01-01", "1e300", "date\n1900-01-01\n")
	f.Add("\x1b[31m", "-1", "x", "NaN", "\x00")
	f.Add("NVDA", "2025-01-27", "2025-01-27", "0.5", "id,date,hour,title,securities\na,27.01.2025,amc,x\x1b,NVDA SPY\n")
	study := analysis.DefaultStudy()
	study.EstimationWindow, study.MinEstimation = analysis.Window{From: -60, To: -11}, 30
	panel, problems := market.Load(f.Context(), sample.Source(), market.Request{
		Securities: []market.Security{{Symbol: "NVDA"}, {Symbol: "SPY"}}, Days: market.Span{From: market.NewDate(2024, 9, 3), To: market.NewDate(2025, 3, 3)}})
	if len(problems) > 0 {
		f.Fatal(problems)
	}
	p := &plan{study: study, exchanges: market.Exchanges}
	f.Fuzz(func(t *testing.T, security, since, until, level, catalogue string) {
		spec := analysis.ExplainSpec{Securities: []string{security}}
		var wrong [4]error
		var cat *events.Catalog
		spec.From, wrong[0] = dayOf("since", since)
		spec.To, wrong[1] = dayOf("until", until)
		spec.Level, wrong[2] = levelOf(level)
		cat, wrong[3] = events.Read("events.csv", strings.NewReader(catalogue))
		for _, err := range wrong {
			if err != nil && strings.TrimSpace(err.Error()) == "" {
				t.Error("an error without a word")
			}
		}
		if wrong[3] != nil {
			cat = &events.Catalog{}
		}
		var out bytes.Buffer
		a := &app{stdout: &out, stderr: io.Discard, now: time.Now}
		timing := p.timing(cat)
		if err := errors.Join(timing.text(a, words.English), timing.json(&out, "events.csv", nil)); err != nil {
			t.Error(err)
		}
		if errors.Join(wrong[:3]...) == nil {
			x, err := study.Explain(t.Context(), cat, panel, spec, nil)
			if err == nil {
				err = errors.Join(report.ExplainText(&out, x, report.TextOptions{}), report.ExplainJSON(&out, x))
				for _, table := range report.ExplainTables(x) {
					err = errors.Join(err, report.WriteCSV(&out, table))
				}
				if err != nil {
					t.Error(err)
				}
			}
		}
		if strings.ContainsAny(out.String(), "\x1b\x00\a") {
			t.Errorf("printed %q", out.String())
		}
	})
}

// measured is a small study of the sample.
func measured(tb testing.TB) *analysis.Result {
	tb.Helper()
	catalog, err := events.Shipped()
	if err != nil {
		tb.Fatal(err)
	}
	study := analysis.DefaultStudy()
	study.EventIDs = []string{"deepseek-selloff"}
	study.Tests = analysis.DefaultTests()[:2]
	needs, err := study.Needs(catalog)
	if err != nil {
		tb.Fatal(err)
	}
	panel, problems := market.Load(tb.Context(), sample.Source(), market.Request{Securities: needs.Securities})
	if len(problems) > 0 {
		tb.Fatal(problems)
	}
	r, err := study.Run(tb.Context(), catalog, panel, nil)
	if err != nil {
		tb.Fatal(err)
	}
	return r
}
