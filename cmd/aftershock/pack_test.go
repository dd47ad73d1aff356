package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aftershock/internal/parts"
)

// filesIn returns what the files below dir hold, but for the manifest, which has
// the clock.
func filesIn(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || d.Name() == manifestName {
			return err
		}
		data, err := os.ReadFile(name)
		rel, _ := filepath.Rel(dir, name)
		out[rel] = string(data)
		return err
	})
	if err != nil || len(out) == 0 {
		t.Fatalf("%d files in %s, %v", len(out), dir, err)
	}
	return out
}

// A process that has the pack of a study and nothing else computes its parts, and
// joined they are the run. Factors, contrasts, days that the configuration changes,
// and every kind of event are in it.
func TestPack(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, args := range [][]string{
		{"--charts", "none", "--tests", "all"},
		{"--charts", "none", "--model", "market-adjusted", "--ids", "deepseek-selloff,deepseek-r1", "--confounders", "trim"},
	} {
		want := append([]string{"run", "--quiet", "--out", "whole"}, args...)
		pack := append([]string{"run", "--pack", "study.pack"}, args...)
		for _, args := range [][]string{want, pack} {
			if status, _, problems := aftershock(t, args...); status != statusOK {
				t.Fatal(problems)
			}
		}
		p, err := parts.ReadPack("study.pack")
		if err != nil {
			t.Fatal(err)
		}
		merge := []string{"merge"}
		const n = 5
		for i := 1; i <= n; i++ {
			part, err := p.Study.RunPart(t.Context(), p.Catalog, p.Panel, i, n, nil)
			if err != nil {
				t.Fatal(err)
			}
			name := parts.Name(".", i, n)
			if err := parts.Write(name, parts.Part{Study: p.Key, Part: part}, nil); err != nil {
				t.Fatal(err)
			}
			merge = append(merge, name)
		}
		if status, _, problems := aftershock(t, append(append(merge, "--quiet", "--out", "merged"), args...)...); status != statusOK {
			t.Fatal(problems)
		}
		one, other := filesIn(t, "whole"), filesIn(t, "merged")
		for name, data := range one {
			if other[name] != data {
				t.Errorf("%v: %s differs", args, name)
			}
		}
		if len(one) != len(other) {
			t.Errorf("%v: %d files, and %d merged", args, len(one), len(other))
		}
	}
}

// A pack replaces nothing of others, and a bit of it that is changed is found out.
func TestPackIsSealed(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("mine", []byte("mine"), 0o644); err != nil {
		t.Fatal(err)
	}
	status, _, problems := aftershock(t, "run", "--pack", "mine")
	if data, _ := os.ReadFile("mine"); status != statusFailure || string(data) != "mine" || !strings.Contains(problems, "would be lost") || strings.Count(problems, "\n") != 1 {
		t.Errorf("status %d, %s, %s", status, problems, data)
	}
	if status, _, problems = aftershock(t, "run", "--pack", "a", "--shard", "1/2"); status != statusUsage || strings.Count(problems, "\n") != 1 {
		t.Errorf("status %d, %s", status, problems)
	}
	for range 2 { // its own it replaces
		if status, out, problems := aftershock(t, "run", "--pack", "p"); status != statusOK || out != "p\n" {
			t.Fatal(status, out, problems)
		}
	}
	good, err := os.ReadFile("p")
	if err != nil {
		t.Fatal(err)
	}
	for _, i := range []int{0, 12, 200, len(good) / 2, len(good) - 1} {
		data := bytes.Clone(good)
		data[i] ^= 4
		if err := os.WriteFile("p", data, 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := parts.ReadPack("p"); err == nil || !strings.HasPrefix(err.Error(), "p: is no pack") {
			t.Errorf("byte %d: %v", i, err)
		}
	}
	if _, err := parts.ReadPack("none"); err == nil {
		t.Error("a pack that is not there is read")
	}
}
