package main

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"aftershock/market"
)

// The file that ships is the study that is performed without one, and names
// every key.
func TestShippedConfigIsTheDefault(t *testing.T) {
	const file = "../../config.yaml"
	c, err := loadConfig(file, nil)
	if err != nil {
		t.Fatal(err)
	}
	none, err := loadConfig(filepath.Join(write(t, ""), "config.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	if d := cmp.Diff(defaults(), c.settings); d != "" {
		t.Errorf("config.yaml is not the default (-default +file):\n%s", d)
	}
	if d := cmp.Diff(defaults(), none.settings); d != "" {
		t.Errorf("an empty file is not the default (-default +empty):\n%s", d)
	}
	for key := range leafKeys() {
		if c.lines[key] == 0 {
			t.Errorf("config.yaml does not show %s", key)
		}
	}
}

// write puts text into config.yaml in a directory of its own, and returns that.
func write(t *testing.T, text string) string {
	t.Helper()
	dir := t.TempDir()
	if err := os.WriteFile(filepath.Join(dir, "config.yaml"), []byte(text), 0o644); err != nil {
		t.Fatal(err)
	}
	return dir
}

// The examples of records in the comments of config.yaml are right.
func TestCommentedRecords(t *testing.T) {
	data, err := os.ReadFile("../../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	text := map[string]string{}
	for line := range strings.Lines(string(data)) {
		if record, ok := strings.CutPrefix(line, "#   - "); ok {
			key := "securities"
			switch {
			case strings.Contains(record, "date:"):
				key = "calendar"
			case strings.Contains(record, "zone:"):
				key = "exchanges"
			}
			text[key] += "  - " + record
		}
	}
	if len(text) != 3 {
		t.Fatalf("records of %d keys, want 3", len(text))
	}
	c, err := loadConfig(filepath.Join(write(t, "securities:\n"+text["securities"]+"calendar:\n"+text["calendar"]+"exchanges:\n"+text["exchanges"]), "config.yaml"), nil)
	if err != nil {
		t.Fatal(err)
	}
	p, err := c.plan()
	if err != nil {
		t.Fatal(err)
	}
	if p.securities[0].Benchmark != "^N225" || p.securities[0].Shares != 471632733 {
		t.Errorf("security is %+v", p.securities[0])
	}
	if e, ok := market.Find(p.exchanges, "Dhaka"); !ok || e.Currency != "BDT" || p.calendar(market.Security{Symbol: "GP.DH"}) != e.Calendar() {
		t.Error("the exchange that is described is not known")
	}
	if cal := p.calendars["NYSE"]; cal == nil {
		t.Error("the special days have not reached the calendar")
	} else if i, ok := cal.Index(c.Calendar[1].Date); !ok || !cal.Early(i) {
		t.Errorf("%s is no early close", c.Calendar[1].Date)
	}
}

// Everything that is wrong is said at once, with its line.
func TestWrongConfigs(t *testing.T) {
	for _, tt := range []struct{ name, text, want string }{
		{"keys", "studdy:\n  model: market\nstudy:\n  modell: market\n  Seed: 2\nsecurities:\n  - {symbl: NVDA}\n", `
			config.yaml:1: studdy: unknown key; did you mean study?
			config.yaml:4: study.modell: unknown key; did you mean model?
			config.yaml:5: study.Seed: unknown key; did you mean seed?
			config.yaml:7: securities[0].symbl: unknown key; did you mean symbol?`},
		{"no value", "study:\n  tests:\n", `
			config.yaml:2: study.tests: has no value; give one, or remove the key to take the default`},
		{"types", "study:\n  seed: -1\n  min_estimation: many\n  draws: 1.5\n  event: [-10]\n  car: [[0, 1], x]\n  name: 2025\nevents:\n  from: 20250101\nsecurities: [NVDA, TRUE, 700, {symbol: 1E5}]\nmodel: {excess: maybe}\noutput: png\n", `
			config.yaml:2: study.seed: -1 is not a whole number of 0 or more
			config.yaml:3: study.min_estimation: "many" is not a whole number
			config.yaml:4: study.draws: 1.5 is not a whole number
			config.yaml:5: study.event: must be a window of two whole numbers, such as [-1, 1]
			config.yaml:6: study.car[1]: "x" is not a window; write it as -1,1
			config.yaml:7: study.name: YAML reads this as the number 2025 and not as a text; put it in quotes
			config.yaml:9: events.from: 20250101 is not a date of the form 2006-01-02
			config.yaml:10: securities[1]: YAML reads this as true or false (true) and not as a text; put it in quotes
			config.yaml:10: securities[2]: YAML reads this as the number 700 and not as a text; put it in quotes
			config.yaml:10: securities[3].symbol: YAML reads this as the number 100000 and not as a text; put it in quotes
			config.yaml:11: model.excess: maybe is neither true nor false
			config.yaml:12: output: must hold keys and values`},
		{"values", "study:\n  model: markett\n  tests: [kp-bpm]\n  groups: [sector]\n  returns: raw\nprices:\n  source: yaho\noutput:\n  formats: [jpg]\n  charts: [carr]\n  lang: de\n  width: 3\ncalendar:\n  - {date: 2025-01-09}\n  - {date: 2025-01-10, close: noon, exchange: NYSE}\n  - {date: 2025-01-13, closed: true, exchange: Moon}\n", `
			config.yaml:2: study.model: "markett" is not a model; did you mean market?
			config.yaml:3: study.tests[0]: "kp-bpm" is not a test; did you mean kp-bmp?
			config.yaml:4: study.groups[0]: "sector" is not a grouping; use event, security, category or all
			config.yaml:5: study.returns: "raw"; use simple or log
			config.yaml:7: prices.source: "yaho" is not a source of prices; did you mean yahoo?
			config.yaml:9: output.formats[0]: "jpg" is not a format; use text, html, csv, json, latex,
			config.yaml:10: output.charts[0]: "carr" is not a chart; did you mean car?
			config.yaml:11: output.lang: "de" is not a language of the charts; use en or ar
			config.yaml:9: output: a width of 3 pixels is outside 200..20000
			config.yaml:14: calendar[0]: say either closed: true, or the hour at which trading ended, as close: "13:00"
			config.yaml:15: calendar[1].close: "noon" is not an hour such as 13:00
			config.yaml:16: calendar[2].exchange: "Moon" is not an exchange that is known`},
		{"exchanges", "exchanges:\n  - {name: Dhaka, zone: Asia/Dhaka, open: noon, close: \"14:30\", week: [sun, moonday]}\n  - {name: A, zone: Mars/Base, close: \"14:30\"}\n  - {name: B, zone: UTC}\n  - {name: C, zone: UTC, open: \"15:00\", close: \"14:00\"}\n  - {name: D, zone: UTC, close: \"24:00\", suffixes: [XX]}\n  - {name: E, zone: UTC, close: \"9:00\"}\n  - {name: e, zone: UTC, close: \"9:00\"}\n", `
			config.yaml:2: exchanges[0].open: "noon" is not an hour such as "15:30"
			config.yaml:2: exchanges[0].week[1]: "moonday" is not a day of the week; write [sun, mon, tue, wed, thu] or the like
			config.yaml:3: exchanges[1]: zone "Mars/Base" is not known; write a place such as Africa/Casablanca
			config.yaml:4: exchanges[2].close: "" is not an hour such as "15:30"
			config.yaml:5: exchanges[3]: it must open before it closes
			config.yaml:6: exchanges[4]: the suffix "XX" is not a point with letters, such as .CS
			config.yaml:8: exchanges[6]: e is described twice`},
		{"windows", "study:\n  estimation: [-100, -5]\n", `
			config.yaml:2: study.estimation: [-100,-5] reaches into the event window [-10,+10]; end it at -11 or before`},
		{"not YAML", "study:\n  model: [market\n", `
			config.yaml:2: not YAML: did not find expected ',' or ']'`},
		{"tab", "study:\n\tmodel: market\n", `
			config.yaml:2: not YAML: found character that cannot start any token; a tab, or an @ or % that is not in quotes: indent by blanks`},
		{"twice", "study: {seed: 1}\nstudy: {seed: 2}\n", `
			config.yaml:2: not YAML: mapping key "study" already defined at line 1`},
		{"a list", "- study\n", `
			config.yaml:1: must hold keys and values, such as study: and below it model: market`},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Chdir(write(t, tt.text))
			c, err := loadConfig("", nil)
			if err == nil {
				_, err = c.plan()
			}
			if err == nil {
				t.Fatal("no error")
			}
			got := strings.ReplaceAll(err.Error(), "\n\n", "\n")
			want := strings.ReplaceAll(strings.TrimSpace(tt.want), "\t", "")
			for line := range strings.Lines(want) {
				if !strings.Contains(got+"\n", strings.TrimSpace(line)) {
					t.Errorf("not said: %s", line)
				}
			}
			if g, w := strings.Count(got, "\n"), strings.Count(want, "\n"); g != w {
				t.Errorf("%d lines, want %d:\n%s", g+1, w+1, got)
			}
		})
	}
}

// A decoder hook must not panic on anything that YAML can hold.
// FuzzConfig reads configurations, whole ones and such with one value that nobody
// expected: problems, never a panic.
func FuzzConfig(f *testing.F) {
	data, err := os.ReadFile("../../config.yaml")
	if err != nil {
		f.Fatal(err)
	}
	keys := slices.Sorted(maps.Keys(leafKeys()))
	f.Add(uint16(1<<16-1), string(data))
	f.Add(uint16(1<<16-1), "study: {model: [1], car: [[0, .nan]], estimation: {a: b}}\nsecurities: [[a], {symbol: {}}]\n")
	f.Add(uint16(1<<16-1), "a: &a [*a]\n<<: {study: {seed: 1}}\n")
	values := []string{"[[0, 1e9], {symbol: TRUE, peers: [a]}, ~, 2025-01-27, '']", "-9223372036854775808", "{date: 2025-01-09, close: '25:99', zone: Mars}", "x"}
	for i := range keys {
		f.Add(uint16(i), values[i%len(values)])
	}
	name := filepath.Join(f.TempDir(), "config.yaml")
	f.Fuzz(func(t *testing.T, key uint16, text string) {
		if int(key) < len(keys) {
			parts := strings.Split(keys[key], ".")
			text = strings.Join(parts, ": {") + ": " + text + strings.Repeat("}", len(parts)-1) + "\n"
		}
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		c, err := loadConfig(name, nil)
		if err == nil {
			c.Prices.Source = sampleSource // no file of the machine is to be read
			c.SecuritiesFile, c.Regression.File, c.Job.Command = "", "", nil
			c.plan()
			c.published()
			c.settingsSum()
		}
	})
}
