package main

import (
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// Each way to end has a status of its own.
func TestStatuses(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	refuses := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusServiceUnavailable) }))
	defer refuses.Close()
	gone := httptest.NewServer(nil)
	gone.Close()
	events := "id,date,title,securities\na,2025-01-27,One,NVDA XXXX\n"
	if err := errors.Join(os.WriteFile("events.csv", []byte(events), 0o644), os.WriteFile("bad.csv", []byte("id,date\na,yesterday\n"), 0o644)); err != nil {
		t.Fatal(err)
	}
	held, err := openOutput("held")
	if err != nil {
		t.Fatal(err)
	}
	defer held.close()
	run := "run --quiet --charts none --events events.csv "
	for _, tt := range []struct {
		args   string
		env    string
		status int
	}{
		{run + "--out a", "", statusOK},
		{run + "--out b", "AFTERSHOCK_OUTPUT_MAX_EXCLUDED=1", statusOK},
		{run + "--out c", "AFTERSHOCK_OUTPUT_MAX_EXCLUDED=0", statusExcluded},
		{run + "--out c", "AFTERSHOCK_OUTPUT_MAX_EXCLUDED=49%", statusExcluded},
		{run + "--out c", "AFTERSHOCK_OUTPUT_MAX_EXCLUDED=0.5", statusOK},
		{run + "--out d", "AFTERSHOCK_OUTPUT_MAX_EXCLUDED=many", statusUsage},
		{run + "--out d", "AFTERSHOCK_OUTPUT_MAX_EXCLUDED=-1", statusUsage},
		{run + "--out d --log yaml", "", statusUsage},
		{run + "--out held", "", statusLocked},
		{"run --quiet --events bad.csv --out d", "", statusFailure},
		{"event 2025-01-27 XXXX", "", statusFailure},
		{"event 2025-01-27 NVDA --prices yahoo", "AFTERSHOCK_PRICES_YAHOO_BASE_URL=" + refuses.URL, statusSource},
		{"event 2025-01-27 NVDA --prices yahoo", "AFTERSHOCK_PRICES_YAHOO_BASE_URL=" + gone.URL, statusSource},
		{"prices fetch NVDA --from 2025-01-02", "AFTERSHOCK_PRICES_YAHOO_BASE_URL=" + gone.URL, statusSource},
	} {
		t.Run(tt.args+tt.env, func(t *testing.T) {
			t.Setenv("AFTERSHOCK_PRICES_YAHOO_RETRIES", "0")
			if name, value, ok := strings.Cut(tt.env, "="); ok {
				t.Setenv(name, value)
			}
			status, _, problems := aftershock(t, strings.Fields(tt.args)...)
			if status != tt.status {
				t.Errorf("status %d, want %d: %s", status, tt.status, problems)
			}
		})
	}
	if _, err := os.Stat(filepath.Join("c", manifestName)); err != nil {
		t.Errorf("a run that excludes too much is not written: %v", err)
	}
}

// A log in JSON is an object a line, the last one with the status.
func TestJSONLog(t *testing.T) {
	t.Chdir(t.TempDir())
	status, _, problems := aftershock(t, "run", "--log", "json", "--events", "no\x1b[31m.csv")
	var last map[string]any
	n := 0
	for line := range strings.Lines(problems) {
		n++
		last = nil
		if err := json.Unmarshal([]byte(line), &last); err != nil || last["time"] == nil || last["level"] == nil || last["message"] == nil {
			t.Errorf("%q: %v", line, err)
		}
	}
	if status != statusUsage || n != 2 || last["message"] != "finished" || last["status"] != 2.0 || last["command"] != "aftershock run" {
		t.Errorf("status %d, %d lines, the last %v", status, n, last)
	}
}

// What names hold steers no terminal.
func TestPrintable(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                        "plain",
		"\u0639\u0631\u0628\u064a é —": "\u0639\u0631\u0628\u064a é —",
		"red\x1b[31m":                  `red\x1b[31m`,
		"a\u202egnp.exe":               `a\u202egnp.exe`,
		"a\u2066b":                     `a\u2066b`,
		"a\u2069b\u2066c":              `a\u2069b\u2066c`,
		"a \u2066b\u2069 c":            "a \u2066b\u2069 c",
		"bad\xff":                      `bad\xff`,
		"bell\a":                       `bell\a`,
		strings.Repeat("x", 30):        strings.Repeat("x", 20) + "… (10 bytes more)",
	} {
		if got := printable(text, 20); got != want {
			t.Errorf("%q is %q, want %q", text, got, want)
		}
	}
	t.Chdir(t.TempDir())
	_, stdout, problems := aftershock(t, "event", "2025-01-27", "A\x1b]0;x\aB", "--out", "-\x1b[2J")
	if strings.ContainsAny(stdout+problems, "\x1b\a") {
		t.Errorf("printed %q, %q", stdout, problems)
	}
	for key, text := range map[string]string{
		"study.name":         "study: {name: \"a\\e[31m\"}\n",
		"study.names":        "study: {names: {ar: \"a\\u202e\"}}\n",
		"securities[0].name": "securities: [{symbol: NVDA, name: \"a\\u009b31m\"}]\n",
		"output.dir":         "output: {dir: \"a\\a\"}\n",
	} {
		if err := os.WriteFile("evil.yaml", []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
		if status, _, problems := aftershock(t, "run", "--quiet", "--config", "evil.yaml"); status != statusUsage || !strings.Contains(problems, key+": holds a control character (U+") {
			t.Errorf("%s: status %d, %s", key, status, problems)
		}
	}
	if got := harmless("Evil\x1b[31m\u202e"); got != "Evil\ufffd[31m\ufffd" {
		t.Errorf("a name is %q", got)
	}
	var c cells
	if _, err := c.Write([]byte("a\tb\x1b\tc\n")); err != nil || len(c.rows) != 1 || !slices.Equal(c.rows[0], []string{"a", `b\x1b`, "c"}) {
		t.Errorf("cells are %q, %v", c.rows, err)
	}
}
