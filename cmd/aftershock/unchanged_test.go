package main

import (
	"errors"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// A run whose inputs, configuration and program are as before is not made again;
// one of which anything has changed is.
func TestIfChanged(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	write := func(name, text string) {
		t.Helper()
		if err := os.WriteFile(name, []byte(text), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	write("events.csv", "id,date,title,securities\nselloff,2025-01-27,One,NVDA\n")
	write("config.yaml", "events: {file: events.csv}\noutput: {charts: []}\n")
	if err := writePrices("prices"); err != nil {
		t.Fatal(err)
	}
	made := func(args ...string) bool {
		t.Helper()
		status, out, problems := aftershock(t, append([]string{"run", "--if-changed"}, args...)...)
		if status != statusOK {
			t.Fatalf("status %d: %s", status, problems)
		}
		if again := !strings.HasPrefix(out, "nothing has changed since the run of "); again || strings.Count(out, "\n") == 1 {
			return again
		}
		t.Errorf("printed %q", out)
		return true
	}
	expect := func(what string, want bool, args ...string) {
		t.Helper()
		if got := made(args...); got != want {
			t.Errorf("%s: the run was made %v, want %v", what, got, want)
		}
	}
	expect("the first time", true)
	expect("the second time", false)
	begun := time.Now()
	expect("the third time", false)
	if took := time.Since(begun); took > time.Second {
		t.Errorf("took %v", took)
	}
	later := time.Now().Add(time.Hour)
	if err := os.Chtimes("events.csv", later, later); err != nil {
		t.Fatal(err)
	}
	expect("an input with another time", false)
	write("events.csv", "id,date,title,securities\nselloff,2025-01-28,One,NVDA\n")
	expect("another input", true)
	expect("again", false)
	expect("another configuration", true, "--model", "mean")
	expect("back", true)
	write(filepath.Join("out", "cars.csv"), "x")
	expect("an output that is cut", true)
	if err := os.Remove(filepath.Join("out", "report.txt")); err != nil {
		t.Fatal(err)
	}
	expect("an output that has gone", true)
	expect("prices from files", true, "--prices", "prices", "--benchmark", "MU")
	expect("the same", false, "--prices", "prices", "--benchmark", "MU")
}

// With keep, so many runs lie beside each other, and nothing of others goes.
func TestKeep(t *testing.T) {
	dir := t.TempDir()
	t.Chdir(dir)
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	if err := errors.Join(os.MkdirAll("out/2020-01-01T000000Z", 0o755), os.WriteFile("out/2020-01-01T000000Z/mine.txt", []byte("mine"), 0o644)); err != nil {
		t.Fatal(err)
	}
	var last []string
	for n := range 4 {
		status, _, problems := aftershock(t, "run", "--quiet", "--keep", "2", "--charts", "none", "--ids", "deepseek-selloff", "--format", "csv")
		if status != statusOK {
			t.Fatalf("run %d: status %d, %s", n, status, problems)
		}
		runs, err := datedRuns("out")
		if err != nil || len(runs) != min(n+1, 2) {
			t.Errorf("after run %d there are %v, %v", n, runs, err)
		}
		target, err := os.Readlink("out/latest")
		if err != nil || len(runs) == 0 || target != runs[len(runs)-1] || slices.Equal(runs, last) {
			t.Errorf("after run %d latest leads to %q of %v, %v", n, target, runs, err)
		}
		last = runs
		if n == 1 { // a file of the user's in a run that will go
			if err := os.WriteFile(filepath.Join("out", runs[0], "notes.txt"), []byte("mine"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	notes, err := filepath.Glob("out/*/notes.txt")
	if mine, _ := filepath.Glob("out/*/mine.txt"); err != nil || len(notes) != 1 || len(mine) != 1 {
		t.Errorf("of the user's are left %v, %v", notes, mine)
	}
	if status, out, _ := aftershock(t, "run", "--if-changed", "--keep", "2", "--charts", "none", "--ids", "deepseek-selloff", "--format", "csv"); status != statusOK || !strings.HasPrefix(out, "nothing has changed") {
		t.Errorf("status %d, %.100s", status, out)
	}
	if files, err := filepath.Glob(filepath.Join(os.Getenv("HOME"), ".cache", "aftershock", "runs", "*")); err != nil || len(files) != 1 {
		t.Errorf("records %v, %v", files, err)
	}
}
