package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
)

func TestDoctor(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	see := func(want int, says ...string) {
		t.Helper()
		status, out, problems := aftershock(t, "doctor")
		if status != want {
			t.Errorf("status %d, want %d: %s", status, want, problems)
		}
		for _, s := range says {
			if !strings.Contains(out+problems, s) {
				t.Errorf("it does not say %q:\n%s%s", s, out, problems)
			}
		}
	}
	see(statusOK, "version ", "none: the defaults hold", "out is not there yet", "is empty")
	if status, _, problems := aftershock(t, "run", "--quiet", "--charts", "none"); status != statusOK {
		t.Fatal(problems)
	}
	see(statusOK, "out holds the run of ", "whole")
	o, err := openOutput("out")
	if err != nil {
		t.Fatal(err)
	}
	see(statusOK, "a run is at work in out")
	o.close()
	if err := os.WriteFile(filepath.Join("out", "cars.csv"), []byte("x"), 0o644); err != nil {
		t.Fatal(err)
	}
	see(statusFailure, "aftershock: output: 1 of ", "run the study again")
	if err := os.WriteFile("config.yaml", []byte("study: {model: markett}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	see(statusFailure, "aftershock: configuration: config.yaml:1: study.model")
}
