package main

import (
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"strings"
	"testing"
)

// A run that ends, well or badly, says so to those who watch.
func TestJob(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	var posted []outcome
	answer := http.StatusOK
	hook := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		data, _ := io.ReadAll(r.Body)
		var o outcome
		if err := json.Unmarshal(data, &o); err != nil {
			t.Errorf("%s: %v", data, err)
		}
		posted = append(posted, o)
		w.WriteHeader(answer)
	}))
	defer hook.Close()
	t.Setenv("AFTERSHOCK_JOB_METRICS", "aftershock.prom")
	t.Setenv("AFTERSHOCK_JOB_WEBHOOK", hook.URL+"/secret")
	_, err := exec.LookPath("tee")
	if err == nil {
		t.Setenv("AFTERSHOCK_JOB_COMMAND", "tee told.json")
	}
	run := []string{"run", "--quiet", "--charts", "none", "--ids", "deepseek-selloff"}
	status, _, problems := aftershock(t, run...)
	if status != statusOK || problems != "" || len(posted) != 1 || posted[0].Status != 0 || posted[0].Used != 12 || posted[0].Events != 1 || posted[0].LastPrice.String() != "2025-07-31" {
		t.Errorf("status %d, %s, posted %+v", status, problems, posted)
	}
	metrics, err := os.ReadFile("aftershock.prom")
	for _, want := range []string{`aftershock_last_run_status{study="DeepSeek"} 0`, `aftershock_observations{study="DeepSeek"} 12`, "aftershock_last_price_timestamp_seconds"} {
		if err != nil || !strings.Contains(string(metrics), want+"\n") && !strings.Contains(string(metrics), want+"{") {
			t.Errorf("metrics lack %s: %s, %v", want, metrics, err)
		}
	}
	if told, err := os.ReadFile("told.json"); os.Getenv("AFTERSHOCK_JOB_COMMAND") != "" && (err != nil || !strings.Contains(string(told), `"used":12`)) {
		t.Errorf("the command was told %q, %v", told, err)
	}
	if data, err := os.ReadFile("out/manifest.json"); err != nil || strings.Contains(string(data), "secret") || strings.Contains(string(data), "told.json") {
		t.Errorf("the manifest says what is secret, or %v", err)
	}
	answer = http.StatusTeapot
	status, _, problems = aftershock(t, append(run, "--prices", "nowhere")...)
	if status == statusOK || len(posted) != 2 || posted[1].Status != status || posted[1].Message == "" || !strings.Contains(problems, "job.webhook: the answer is 418") || strings.Contains(problems, "secret") {
		t.Errorf("status %d, %s, posted %+v", status, problems, posted[len(posted)-1])
	}
	if metrics, err := os.ReadFile("aftershock.prom"); err != nil || !strings.Contains(string(metrics), `aftershock_last_run_status{study="DeepSeek"} `+string(rune('0'+status))) || strings.Contains(string(metrics), "aftershock_observations") {
		t.Errorf("metrics of a failure: %s, %v", metrics, err)
	}
	t.Setenv("AFTERSHOCK_JOB_WEBHOOK", "ftp://x")
	if status, _, problems := aftershock(t, run...); status != statusUsage || !strings.Contains(problems, "AFTERSHOCK_JOB_WEBHOOK: that is no http or https address") {
		t.Errorf("status %d, %s", status, problems)
	}
}

// Other commands of a job tell the same, of themselves, beside what a run told.
func TestJobOfOtherCommands(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("AFTERSHOCK_JOB_METRICS", "job.prom")
	for _, c := range []struct {
		name string
		want int
		args []string
	}{
		{"sweep", statusOK, []string{"sweep", "--quiet", "--ids", "deepseek-selloff", "--models", "market", "--tests", "portfolio", "--window", "0,0", "--charts", "none"}},
		{"calibrate", statusOK, []string{"calibrate", "--quiet", "--group", "deepseek-selloff", "--draws", "100", "--inject", "none", "--tests", "portfolio", "--charts", "none"}},
		{"fetch", statusSource, []string{"prices", "fetch", "--quiet", "NVDA"}},
	} {
		if c.name == "fetch" {
			t.Setenv("AFTERSHOCK_PRICES_YAHOO_BASE_URL", "http://127.0.0.1:1")
			t.Setenv("AFTERSHOCK_PRICES_YAHOO_RETRIES", "0")
		}
		status, out, problems := aftershock(t, append([]string{"--log", "json"}, c.args...)...)
		if status != c.want || out != "" {
			t.Errorf("%s: status %d, %q, %s", c.name, status, out, problems)
		}
		for line := range strings.Lines(problems) {
			if !json.Valid([]byte(line)) {
				t.Errorf("%s: not JSON: %s", c.name, line)
			}
		}
		metrics, err := os.ReadFile("job-" + c.name + ".prom")
		for _, want := range []string{fmt.Sprintf(`aftershock_last_run_status{study="DeepSeek",command=%q} %d`, c.name, c.want), "aftershock_last_run_duration_seconds{"} {
			if err != nil || !strings.Contains(string(metrics), want) {
				t.Errorf("metrics of %s lack %s: %s, %v", c.name, want, metrics, err)
			}
		}
	}
	if _, err := os.Stat("job.prom"); err == nil {
		t.Error("another command wrote the metrics of a run")
	}
}
