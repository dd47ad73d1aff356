package main

import (
	"encoding/json"
	"errors"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

func TestCompareAndRepeat(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	catalogue := "id,date,title,securities\nselloff,2025-01-27,One,NVDA AVGO MU\n"
	write := func(text string) {
		t.Helper()
		if err := os.WriteFile("events.csv", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write(catalogue)
	if err := os.WriteFile("config.yaml", []byte("events: {file: events.csv}\noutput: {charts: [], formats: [csv, text]}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	do := func(want int, args ...string) (string, string) {
		t.Helper()
		status, out, problems := aftershock(t, args...)
		if status != want {
			t.Fatalf("%v: status %d, want %d: %s", args, status, want, problems)
		}
		return out, problems
	}
	do(statusOK, "run", "--quiet", "--out", "a")
	do(statusOK, "run", "--quiet", "--out", "b", "--format", "csv,json,text")
	if out, _ := do(statusOK, "compare", "a", "a"); !strings.Contains(out, "Nothing changed.") {
		t.Errorf("a run differs from itself:\n%s", out)
	}
	write(catalogue + "later,2025-02-03,Two,TSM\n")
	do(statusOK, "run", "--quiet", "--out", "c", "--model", "mean", "--format", "json")
	for _, run := range []string{"a", "b"} { // from CSV and from JSON, or from JSON alone
		out, _ := do(statusOK, "compare", run, "c")
		for _, want := range []string{"From " + run + " to c", "study.model: \"market\" -> \"mean\"", "events.csv: has changed", "cars: later TSM 0 0", "Readings that flipped: ", "Figures that moved, the most first: "} {
			if !strings.Contains(out, want) {
				t.Errorf("compare %s c does not say %q:\n%s", run, want, out)
			}
		}
	}
	var c comparison
	out, _ := do(statusOK, "compare", "a", "c", "--format", "json")
	if err := json.Unmarshal([]byte(out), &c); err != nil || c.Rows == 0 || c.Moved == 0 || c.Flipped == 0 || len(c.Changes) < c.Moved {
		t.Errorf("%+v, %v", c.Rows, err)
	}
	if out, _ := do(statusOK, "compare", "a", "c", "--format", "csv"); !strings.HasPrefix(out, "kind,table,key,column,before,after,by\n") || strings.Count(out, "\n") != len(c.Changes)+1 {
		t.Errorf("CSV of %d lines for %d changes", strings.Count(out, "\n"), len(c.Changes))
	}
	if out, _ := do(statusOK, "compare", "a", "c", "--lang", "ar"); !strings.Contains(out, "قراءات انقلبت: ") || regexp.MustCompile(`Another|Keys of|Rows of|read by|has changed|Readings|Figures|compared|more:|nothing`).MatchString(out) {
		t.Errorf("English in Arabic:\n%s", out)
	}
	if out, _ := do(statusOK, "compare", "a", "a", "--lang", "ar"); !strings.Contains(out, "لم يتغير شيء") {
		t.Errorf("%s", out)
	}
	if _, problems := do(statusUsage, "compare", "a", "c", "--lang", "xx"); strings.Count(problems, "\n") != 1 {
		t.Errorf("%s", problems)
	}
	for _, tt := range []struct {
		status int
		say    string
		args   []string
	}{
		{statusFailure, "name the --out of a run", []string{"a", "nowhere"}},
		{statusUsage, "--tolerance: -1; use a number", []string{"a", "c", "--tolerance", "-1"}},
		{statusUsage, "--tolerance: NaN; use a number", []string{"a", "c", "--tolerance", "NaN"}},
		{statusUsage, "--level: 1; use a number", []string{"a", "c", "--level", "1"}},
		{statusUsage, `--format: "xml"; use text`, []string{"a", "c", "--format", "xml"}},
	} {
		if _, problems := do(tt.status, append([]string{"compare"}, tt.args...)...); !strings.Contains(problems, tt.say) || strings.Count(problems, "\n") != 1 {
			t.Errorf("%v: %s", tt.args, problems)
		}
	}

	// A format is as good as another, and a table that one run lacks is said.
	write(catalogue)
	do(statusOK, "run", "--quiet", "--out", "p", "--format", "parquet")
	do(statusOK, "run", "--quiet", "--out", "j", "--format", "json")
	do(statusOK, "run", "--quiet", "--out", "few", "--format", "csv", "--tables", "cars,tests")
	do(statusOK, "run", "--quiet", "--out", "x", "--format", "xlsx")
	do(statusOK, "run", "--quiet", "--out", "kept", "--keep", "3")
	for _, run := range []string{"p", "j", filepath.Join("kept", latestName), filepath.Join("b", manifestName)} {
		out, _ := do(statusOK, "compare", "a", run, "--tolerance", "0", "--format", "json")
		var d comparison
		if err := json.Unmarshal([]byte(out), &d); err != nil || d.Moved != 0 || d.Figures < 500 || slices.ContainsFunc(d.Changes, func(x change) bool { return x.Kind != "configuration" }) {
			t.Errorf("compare a %s: %d figures, %+v, %v", run, d.Figures, d.Changes, err)
		}
	}
	if out, _ := do(statusOK, "compare", "a", "few"); !strings.Contains(out, "In the first alone: ") || !strings.Contains(out, "  observations: the whole table") || strings.Contains(out, "cars: ") {
		t.Errorf("%s", out)
	}
	if _, problems := do(statusFailure, "compare", "a", "x"); !strings.Contains(problems, "no table in common, as csv, json or parquet") {
		t.Errorf("%s", problems)
	}
	if _, problems := do(statusFailure, "compare", "kept", "a"); !strings.Contains(problems, "the last is "+filepath.Join("kept", latestName)) {
		t.Errorf("%s", problems)
	}
	do(statusOK, "sweep", "--quiet", "--charts", "none", "--groups", "all", "--models", "mean", "--out", "s1")
	do(statusOK, "sweep", "--quiet", "--charts", "none", "--groups", "all", "--models", "mean,market", "--out", "s2")
	if out, _ := do(statusOK, "compare", "s1", "s2"); !strings.Contains(out, "sweep: all market SPY") || strings.Contains(out, "moved, the most first") {
		t.Errorf("%s", out)
	}
	write(catalogue + "later,2025-02-03,Two,TSM\n")

	// Of a and of c alike an input has changed, or not.
	if out, problems := do(statusOK, "repeat", filepath.Join("c", manifestName)); strings.Contains(out, "other") || problems != "" {
		t.Errorf("%s%s", out, problems)
	}
	out, problems := do(statusFailure, "repeat", filepath.Join("a", manifestName))
	if !strings.Contains(problems, "events.csv has changed since") || !strings.Contains(problems, "files differ") || !strings.Contains(out, "other bytes") {
		t.Errorf("%s%s", out, problems)
	}
	if left, err := filepath.Glob("aftershock-*"); err != nil || len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// Repeat says what it is given, what is gone and what the environment would change.
func TestRepeatOfOddRuns(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	if err := errors.Join(
		os.WriteFile("events.csv", []byte("id,date,title,securities\nselloff,2025-01-27,One,NVDA AVGO MU\n"), 0o644),
		os.WriteFile("config.yaml", []byte("events: {file: events.csv}\noutput: {charts: [], formats: [csv]}\n"), 0o644),
		os.Mkdir("elsewhere", 0o755), os.Mkdir("empty", 0o755),
	); err != nil {
		t.Fatal(err)
	}
	for _, args := range [][]string{{"run", "--quiet", "--out", "out"}, {"run", "--quiet", "--out", "kept", "--keep", "2"}} {
		if status, _, problems := aftershock(t, args...); status != statusOK {
			t.Fatal(problems)
		}
	}
	whole, err := os.ReadFile("out/manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	root, err := os.Getwd()
	if err != nil {
		t.Fatal(err)
	}
	repeated := func(args ...string) (status int, out, problems string) {
		defer os.Chdir(root) // --base is the working directory of the rest of a process
		return aftershock(t, append([]string{"repeat"}, args...)...)
	}
	unsealed := regexp.MustCompile(`"seal": "[0-9a-f]+"`).ReplaceAllString(string(whole), `"seal": ""`)
	if err := errors.Join(os.WriteFile("old.json", []byte(unsealed), 0o644), os.WriteFile("other.json", []byte(strings.Replace(string(whole), "market", "mean", 1)), 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		status int
		say    string
		args   []string
	}{
		{statusOK, "", []string{"out"}},
		{statusOK, "", []string{"kept/latest"}},
		{statusFailure, "the last is " + filepath.Join("kept", latestName), []string{"kept"}},
		{statusFailure, "there is no run in empty", []string{"empty"}},
		{statusFailure, "nowhere.json is not there; name", []string{"nowhere.json"}},
		{statusFailure, "config.yaml is not a manifest of aftershock; name", []string{"config.yaml"}},
		{statusFailure, "old.json has no seal", []string{"old.json"}},
		{statusFailure, "by its seal", []string{"other.json"}},
		{statusUsage, "--out: out is the run that is repeated", []string{"out/manifest.json", "--out", "out"}},
		{statusUsage, "names of inputs start from elsewhere; --base", []string{"out/manifest.json", "--base", "elsewhere"}},
		{statusUsage, "the configuration of the run: events.file: ", []string{"out/manifest.json", "--base", "elsewhere"}},
		{statusUsage, "--base: ", []string{"out/manifest.json", "--base", "nowhere"}},
	} {
		status, out, problems := repeated(tt.args...)
		if status != tt.status || !strings.Contains(problems, tt.say) || (status == statusOK) != (strings.Contains(out, "the same bytes") && problems == "") {
			t.Errorf("repeat %v: status %d, %s%s", tt.args, status, out, problems)
		}
	}
	t.Setenv("AFTERSHOCK_STUDY_MODEL", "mean")
	t.Setenv("AFTERSHOCK_NO_SUCH_KEY", "1")
	if status, out, problems := repeated("out/manifest.json", "--out", "again"); status != statusOK || problems != "" {
		t.Errorf("the environment counts: status %d, %s%s", status, out, problems)
	}
	if _, err := os.Stat("again/cars.csv"); err != nil {
		t.Error(err)
	}
	os.Unsetenv("AFTERSHOCK_STUDY_MODEL")
	os.Unsetenv("AFTERSHOCK_NO_SUCH_KEY")
	if err := os.WriteFile("events.csv", []byte("id,date,title,securities\nselloff,2025-01-28,One,NVDA AVGO MU\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if status, out, problems := repeated("out"); status != statusFailure || !strings.Contains(out, "other bytes from line 2 on") || !strings.Contains(problems, "events.csv has changed since") {
		t.Errorf("status %d, %s%s", status, out, problems)
	}
}

// What is no number in JSON, what a version has alone, and rows of one key are all said.
func TestCompareOddCells(t *testing.T) {
	root := t.TempDir()
	dirs := []string{filepath.Join(root, "a"), filepath.Join(root, "b")}
	for i, text := range []string{
		"event_id,security,from,to,car,old\nx,A,0,0,1,1\nx,A,0,0,2,1\nx,B,0,0,NaN,1\nx,C,0,0,,1\n",
		"event_id,security,from,to,new,car\nx,A,0,0,7,1\nx,A,0,0,7,3\nx,B,0,0,7,+Inf\nx,C,0,0,7,0.5\n",
	} {
		if err := writeOutput(dirs[i], outputs("cars.csv", text)); err != nil {
			t.Fatal(err)
		}
	}
	c, err := compareRuns(dirs[0], dirs[1], comparing{level: 0.05})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := json.Marshal(c); err != nil {
		t.Error(err)
	}
	got := make(map[string]string)
	for _, x := range c.Changes {
		got[x.Key+"."+x.Column] = x.Kind + " " + x.Before + " " + x.After
	}
	want := map[string]string{".old": "removed  ", ".new": "added  ", "x A 0 0 #2.car": "moved 2 3", "x B 0 0.car": "moved NaN +Inf", "x C 0 0.car": "moved  0.5"}
	if !maps.Equal(got, want) {
		t.Errorf("%v, want %v", got, want)
	}
}

// A run on prices of the store is repeated after the store has gone on, from the raw
// answers that it keeps.
func TestRepeatFromAnswers(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	fake := newFakeYahoo()
	defer fake.Close()
	t.Setenv("AFTERSHOCK_PRICES_YAHOO_BASE_URL", fake.URL)
	config := "prices: {source: yahoo, store: prices, yahoo: {rate: 1000}}\noutput: {charts: [], formats: [csv, text]}\nstudy: {tests: [t]}\nevents: {file: events.csv}\n"
	for name, text := range map[string]string{"config.yaml": config, "events.csv": "id,date,title,securities\nselloff,2025-01-27,One,NVDA AVGO\n"} {
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	do := func(want int, args ...string) (string, string) {
		t.Helper()
		status, out, problems := aftershock(t, args...)
		if status != want {
			t.Fatalf("%v: status %d, want %d: %s", args, status, want, problems)
		}
		return out, problems
	}
	do(statusOK, "run", "--quiet", "--out", "a")
	fake.dividend.Store(25)
	do(statusOK, "prices", "fetch", "--quiet", "--from", "2022-01-03")
	do(statusOK, "run", "--quiet", "--out", "b")
	if out, _ := do(statusOK, "compare", "a", "b"); !strings.Contains(out, "has changed") {
		t.Fatalf("the store has not gone on: %s", out)
	}
	for _, run := range []string{"a", "b"} {
		if out, problems := do(statusOK, "repeat", filepath.Join(run, manifestName)); strings.Contains(out, "other") || problems != "" {
			t.Errorf("%s: %s%s", run, out, problems)
		}
	}
	before, err := os.ReadFile("prices/NVDA.parquet")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.RemoveAll("prices/raw/NVDA"); err != nil {
		t.Fatal(err)
	}
	if _, problems := do(statusFailure, "repeat", filepath.Join("a", manifestName)); !strings.Contains(problems, "NVDA.parquet has changed since") || strings.Contains(problems, "AVGO.parquet") {
		t.Errorf("without answers of NVDA: %s", problems)
	}
	if after, err := os.ReadFile("prices/NVDA.parquet"); err != nil || string(after) != string(before) {
		t.Errorf("a repetition has changed the store: %v", err)
	}
}

// A table that is too large to be held is not compared, which is said.
func TestCompareLargeTables(t *testing.T) {
	root := t.TempDir()
	dirs := []string{filepath.Join(root, "a"), filepath.Join(root, "b")}
	large := "event_id,security,tau,ar\n" + strings.Repeat("x,A,0,0.1234567890123456789\n", mostCompared/27)
	for _, dir := range dirs {
		if err := writeOutput(dir, []file{made("cars.csv", []byte("event_id,security,from,to,car\nx,A,0,0,1\n")), made("abnormal_returns.csv", []byte(large))}); err != nil {
			t.Fatal(err)
		}
	}
	status, out, problems := aftershock(t, "compare", dirs[0], dirs[1])
	if status != statusOK || !strings.Contains(out, "Too large to be compared: abnormal_returns.") || strings.Contains(out, "Nothing changed") || !strings.Contains(out, "1 row and 1 figure compared") {
		t.Errorf("status %d, %s%s", status, out, problems)
	}
	if _, _, problems := aftershock(t, "compare", dirs[0], dirs[1], "--format", "csv"); !strings.Contains(problems, "too large to be compared: abnormal_returns") {
		t.Errorf("%s", problems)
	}
}
