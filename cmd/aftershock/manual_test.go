package main

import (
	"bytes"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// An example is a command line of a document and the output shown below it.
type example struct {
	file string
	line int
	args []string
	want []string
}

// examples takes the indented or fenced lines of text that begin with
// "$ aftershock", "aftershock" or "go run ./cmd/aftershock", and what stands
// below the first kind.
func examples(t *testing.T, file, text string) []example {
	t.Helper()
	var out []example
	open, fenced := false, false
	for i, line := range strings.Split(text, "\n") {
		if strings.HasPrefix(line, "```") {
			fenced, open = !fenced, false
			continue
		}
		code, indented := strings.CutPrefix(strings.ReplaceAll(line, "\t", "    "), "    ")
		if fenced {
			code = line
		}
		command, prompted := strings.CutPrefix(code, "$ ")
		for _, program := range []string{"go run ./cmd/aftershock", "go run ./cmd/aftershock@latest"} {
			command = strings.Replace(command, program+" ", "aftershock ", 1)
		}
		switch {
		case !fenced && !indented:
			open = false
		case strings.HasPrefix(command, "aftershock "):
			out = append(out, example{file: file, line: i + 1, args: words(t, strings.TrimPrefix(command, "aftershock "))})
			open = prompted
		case prompted:
			open = false // another program's
		case open:
			e := &out[len(out)-1]
			e.want = append(e.want, code)
		}
	}
	return out
}

// words splits a command line at blanks outside double quotes, up to a comment.
func words(t *testing.T, line string) []string {
	t.Helper()
	line, _, _ = strings.Cut(line, " #")
	var out []string
	for i, part := range strings.Split(line, `"`) {
		if i%2 == 1 {
			out = append(out, part)
		} else {
			out = append(out, strings.Fields(part)...)
		}
	}
	return out
}

// compare matches output with the lines that a document shows: "..." stands for
// any lines, and at the end of a line for its rest.
func (e *example) compare(t *testing.T, output string) {
	t.Helper()
	lines := strings.Split(output, "\n")
	skipping := false
	for _, want := range e.want {
		if want == "..." {
			skipping = true
			continue
		}
		start, open := strings.CutSuffix(want, " ...")
		at := 0
		for at < len(lines) && lines[at] != want && !(open && strings.HasPrefix(lines[at], start)) {
			at++
		}
		if at == len(lines) || at > 0 && !skipping {
			t.Errorf("%s:%d: aftershock %s: does not print %q", e.file, e.line, strings.Join(e.args, " "), want)
			return
		}
		lines, skipping = lines[at+1:], false
	}
}

// The examples of the manual, the README and the help texts do what they say.
// They are run where there is a catalogue my-events.csv, a folder my-prices and
// the configuration that ships.
func TestExamples(t *testing.T) {
	var all []example
	for _, file := range []string{"doc.go", "../../README.md"} {
		data, err := os.ReadFile(file)
		if errors.Is(err, fs.ErrNotExist) {
			t.Logf("there is no %s", file)
			continue
		}
		if err != nil {
			t.Fatal(err)
		}
		found := examples(t, file, string(data))
		if len(found) == 0 {
			t.Errorf("%s shows no command", file)
		}
		all = append(all, found...)
	}
	var help func(c *cobra.Command)
	help = func(c *cobra.Command) {
		for line := range strings.Lines(c.Example) {
			if command, ok := strings.CutPrefix(strings.TrimSpace(line), "aftershock "); ok {
				all = append(all, example{file: "help of " + c.CommandPath(), line: 1, args: words(t, command)})
			}
		}
		for _, sub := range c.Commands() {
			help(sub)
		}
	}
	help((&app{}).root())

	shipped, err := os.ReadFile("../../config.yaml")
	if err != nil {
		t.Fatal(err)
	}
	done := make(map[string]string)
	for _, e := range all {
		key := strings.Join(e.args, "\x00")
		if _, ran := done[key]; !ran {
			t.Chdir(examplesDir(t, shipped))
			var out, problems bytes.Buffer
			if status := run(t.Context(), e.args, strings.NewReader(""), &out, &problems); status != statusOK {
				t.Errorf("%s:%d: aftershock %s: exit status %d\n%s", e.file, e.line, strings.Join(e.args, " "), status, problems.String())
				continue
			}
			done[key] = out.String()
		}
		e.compare(t, done[key])
	}
}

func examplesDir(t *testing.T, config []byte) string {
	dir := t.TempDir()
	const catalogue = "id,date,after_close,title,securities\nq4,2025-02-26,yes,Nvidia's fourth quarter,NVDA\nselloff,2025-01-27,no,The sell-off,NVDA AVGO MU\n"
	err := errors.Join(
		writePrices(filepath.Join(dir, "my-prices")),
		os.WriteFile(filepath.Join(dir, "config.yaml"), config, 0o644),
		os.WriteFile(filepath.Join(dir, "my-study.yaml"), config, 0o644),
		os.WriteFile(filepath.Join(dir, "my-events.csv"), []byte(catalogue), 0o644),
	)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
