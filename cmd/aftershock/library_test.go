package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

// The program of the README is built and prints what stands below it.
func TestLibraryExample(t *testing.T) {
	data, err := os.ReadFile("../../README.md")
	if err != nil {
		t.Fatal(err)
	}
	_, text, found := strings.Cut(string(data), "```go\n")
	program, rest, closed := strings.Cut(text, "```\n\n```text\n")
	want, _, ends := strings.Cut(rest, "```")
	if !found || !closed || !ends {
		t.Fatal("the README has no program with its output below it")
	}
	if n := strings.Count(program[strings.Index(program, "func main"):], "\n"); n > 30 {
		t.Errorf("the program has %d lines, want 30 or fewer", n)
	}
	name := filepath.Join(t.TempDir(), "main.go")
	if err := os.WriteFile(name, []byte(program), 0o644); err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command("go", "run", name)
	cmd.Dir = "../.."
	got, err := cmd.CombinedOutput()
	if err != nil || string(got) != want {
		t.Errorf("it prints\n%s(%v), want\n%s", got, err, want)
	}
}
