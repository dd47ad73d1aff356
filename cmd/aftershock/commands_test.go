package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// jobCommands are the commands that a job performs, each so that it succeeds on the
// sample; OUT stands for a directory of its own.
var jobCommands = []struct {
	args   string
	prints bool // something on standard output
	locks  bool // OUT is locked while it is written
	asks   bool // the source of prices
}{
	{"run --ids deepseek-selloff --charts none --out OUT", true, true, true},
	{"event 2025-01-27 NVDA", true, false, true},
	{"event 2025-01-27 NVDA --out OUT", true, true, true},
	{"sweep --ids deepseek-selloff --models market --out OUT", true, true, true},
	{"calibrate --ids deepseek-selloff --draws 20 --out OUT", true, true, true},
	{"contrast --event deepseek-selloff NVDA,AMD AVGO,INTC --out OUT", true, true, true},
	{"explain NVDA --since 2025-01-02 --out OUT", true, true, true},
	{"explain NVDA --since 2025-01-02", true, false, true},
	{"impact deepseek-selloff", true, false, false},
	{"correlate", true, false, false},
	{"merge part/part-1-of-1.bin --ids deepseek-selloff --charts none --out OUT", true, true, false},
	{"plot heat --from done --out OUT --format svg", true, false, false},
	{"compare done done", true, false, false},
	{"events check events.csv", true, false, false},
	{"events import events.csv --out OUT.csv", true, false, false},
	{"prices list", true, false, false},
	{"prices import NVDA.csv", true, false, false},
	{"prices fetch NVDA --from 2025-01-02 --to 2025-01-31", true, false, true},
	{"doctor", true, false, false},
}

type closedPipe struct{}

func (closedPipe) Write([]byte) (int, error) { return 0, syscall.EPIPE }

// Every command that a job performs is silent where it is told to, writes a log that
// programs read, and ends with the status that says how.
func TestCommandsOfJobs(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("HOME", filepath.Join(dir, "home"))
	t.Setenv("XDG_CACHE_HOME", "")
	t.Setenv("AFTERSHOCK_PRICES_STORE", filepath.Join(dir, "store"))
	y := newFakeYahoo()
	defer y.Close()
	for name, value := range y.env(dir) {
		t.Setenv(name, value)
	}
	gone := httptest.NewServer(nil)
	gone.Close()
	prices := "date,close\n2025-01-02,1\n2025-01-03,2\n2025-01-06,1\n"
	if err := errors.Join(os.WriteFile("events.csv", []byte("id,date,title,securities\na,2025-01-27,One,NVDA\n"), 0o644), os.WriteFile("NVDA.csv", []byte(prices), 0o644)); err != nil {
		t.Fatal(err)
	}
	for _, args := range []string{"run -q --ids deepseek-selloff --charts heat --format text,csv,svg --out done", "run -q --ids deepseek-selloff --shard 1/1 --charts none --out part"} {
		if status, _, problems := aftershock(t, strings.Fields(args)...); status != statusOK {
			t.Fatal(problems)
		}
	}
	held, err := openOutput("held")
	if err != nil {
		t.Fatal(err)
	}
	defer held.close()
	perform := func(ctx context.Context, args []string) (int, string, string) {
		var out, problems bytes.Buffer
		status := run(ctx, args, strings.NewReader(""), &out, &problems)
		return status, out.String(), problems.String()
	}
	logged := func(t *testing.T, args []string, status int, problems string) {
		var last map[string]any
		for line := range strings.Lines(problems) {
			last = nil
			if err := json.Unmarshal([]byte(line), &last); err != nil || last["time"] == nil || last["level"] == nil || last["message"] == nil {
				t.Errorf("%q: the log has %q: %v", args, line, err)
			}
		}
		if last["message"] != "finished" || last["status"] != float64(status) || !strings.HasPrefix(last["command"].(string), "aftershock "+args[0]) {
			t.Errorf("%q: status %d, and the log ends with %v", args, status, last)
		}
	}
	for i, c := range jobCommands {
		words := func(out string) []string {
			return strings.Fields(strings.ReplaceAll(c.args, "OUT", out))
		}
		own := "o" + string(rune('a'+i))
		t.Run(c.args, func(t *testing.T) {
			status, out, problems := perform(t.Context(), append(words(own), "--log", "json"))
			if status != statusOK || (out != "") != c.prints {
				t.Errorf("status %d, prints %.80q: %s", status, out, problems)
			}
			logged(t, words(own), status, problems)

			own += "q"
			if status, out, problems := perform(t.Context(), append(words(own), "--quiet")); status != statusOK || out != "" {
				t.Errorf("quiet: status %d, prints %.80q: %s", status, out, problems)
			}
			if status, _, problems := perform(t.Context(), append(words(own), "--no-such-flag", "--log", "json")); status != statusUsage {
				t.Errorf("an unknown flag: status %d, %s", status, problems)
			}
			if c.prints {
				own += "p"
				var problems bytes.Buffer
				if status := run(t.Context(), words(own), strings.NewReader(""), closedPipe{}, &problems); status != statusPipe || strings.Contains(problems.String(), "pipe") {
					t.Errorf("to nobody: status %d, %s", status, problems.String())
				}
			}
			if c.locks {
				status, _, problems := perform(t.Context(), append(words("held"), "--log", "json"))
				if status != statusLocked {
					t.Errorf("a held directory: status %d, %s", status, problems)
				}
				logged(t, words("held"), status, problems)
			}
			if c.asks {
				t.Setenv("AFTERSHOCK_PRICES_YAHOO_BASE_URL", gone.URL)
				t.Setenv("AFTERSHOCK_PRICES_STORE", filepath.Join(dir, "none"))
				args := words(own + "n")
				if args[0] != "prices" {
					args = append(args, "--prices", "yahoo")
				}
				status, _, problems := perform(t.Context(), append(args, "--log", "json"))
				if status != statusSource {
					t.Errorf("no source: status %d, %s", status, problems)
				}
				logged(t, args, status, problems)
			}
			for by, want := range map[syscall.Signal]int{syscall.SIGINT: statusInterrupted, syscall.SIGTERM: statusTerminated, syscall.SIGHUP: statusHungUp} {
				ctx, cancel := context.WithCancelCause(t.Context())
				cancel(signalError{by})
				if status, _, problems := perform(ctx, words(own+"i")); status != want && status != statusOK {
					t.Errorf("by %v: status %d, %s", by, status, problems)
				} else if c.locks && status != want {
					t.Errorf("by %v: it went on: status %d", by, status)
				}
			}
		})
	}
}
