package main

import (
	"bytes"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/spf13/cobra"
)

// An example is a command line of a document and the output shown below it.
type example struct {
	file string
	line int
	env  []string // NAME=value
	args []string
	want []string
}

// examples takes the indented or fenced lines of text that begin with
// "$ aftershock", "aftershock" or "go run ./cmd/aftershock", with variables
// before it or not, and what stands below the first kind.
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
		e, isExample := parse(t, file, i+1, strings.Replace(command, "go run ./cmd/aftershock", "aftershock", 1))
		switch {
		case !fenced && !indented:
			open = false
		case isExample:
			out = append(out, e)
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

// parse splits a command line at blanks outside double quotes, up to a comment,
// a redirection or a pipe. It is an example when its command is aftershock.
func parse(t *testing.T, file string, line int, command string) (example, bool) {
	t.Helper()
	for _, end := range []string{" #", " >", " |"} {
		command, _, _ = strings.Cut(command, end)
	}
	e := example{file: file, line: line}
	for i, part := range strings.Split(command, `"`) {
		if i%2 == 1 {
			e.args = append(e.args, part)
		} else {
			e.args = append(e.args, strings.Fields(part)...)
		}
	}
	for len(e.args) > 0 && strings.HasPrefix(e.args[0], envPrefix) {
		e.env, e.args = append(e.env, e.args[0]), e.args[1:]
	}
	if len(e.args) < 2 || e.args[0] != "aftershock" {
		return e, false
	}
	e.args = e.args[1:]
	return e, true
}

// dependent reports whether e asks the network, for what is stored from there,
// or for what another command leaves.
func (e *example) dependent() bool {
	return slices.ContainsFunc(e.args, func(arg string) bool {
		return slices.Contains([]string{"fetch", "yahoo", "store", "plot", "merge", "compare", "repeat", "--url", "--network"}, arg)
	})
}

// understood checks that e is a command with flags and arguments that it takes.
func (e *example) understood(t *testing.T) {
	t.Helper()
	cmd, rest, err := (&app{}).root().Find(e.args)
	if err == nil {
		err = cmd.ParseFlags(rest)
	}
	if err == nil {
		err = cmd.ValidateArgs(cmd.Flags().Args())
	}
	if err != nil {
		t.Errorf("%s:%d: %v", e.file, e.line, err)
	}
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
// the configuration that ships; those that need more are only parsed.
func TestExamples(t *testing.T) {
	var all []example
	for _, file := range []string{"doc.go", "../../README.md", "../../docs/prices.md"} {
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
			if e, ok := parse(t, "help of "+c.CommandPath(), 1, line); ok {
				all = append(all, e)
			} else {
				t.Errorf("help of %s: %q is no example", c.CommandPath(), line)
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
	t.Setenv("HOME", t.TempDir()) // the store of prices is in the user's cache
	t.Setenv("XDG_CACHE_HOME", "")
	done := make(map[string]string)
	for _, e := range all {
		command := strings.Join(append(e.env, e.args...), " ")
		t.Run(command, func(t *testing.T) {
			if e.dependent() {
				e.understood(t)
				return
			}
			if _, ran := done[command]; !ran {
				for _, kv := range e.env {
					name, value, _ := strings.Cut(kv, "=")
					t.Setenv(name, value)
				}
				t.Chdir(examplesDir(t, shipped))
				if slices.Contains(e.args, "extract") { // which writes new files alone
					_ = os.Remove("kept.yaml")
				}
				var out, problems bytes.Buffer
				if status := run(t.Context(), e.args, strings.NewReader(""), &out, &problems); status != statusOK {
					t.Fatalf("%s:%d: exit status %d\n%s", e.file, e.line, status, problems.String())
				}
				done[command] = out.String()
			}
			e.compare(t, done[command])
		})
	}
}

func examplesDir(t *testing.T, config []byte) string {
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(importFixtures)); err != nil {
		t.Fatal(err)
	}
	for source, catalogue := range map[string]string{"feed.xml": "news.yaml", "submissions.json": "filings.yaml", "calendar.ics": "agenda.yaml"} {
		var problems bytes.Buffer
		if run(t.Context(), []string{"events", "import", filepath.Join(dir, source), "--out", filepath.Join(dir, catalogue)}, nil, io.Discard, &problems) != statusOK {
			t.Fatal(problems.String())
		}
	}
	var problems bytes.Buffer
	if run(t.Context(), []string{"events", "extract", filepath.Join(dir, "article.txt"), "--published", "2025-02-05", "--keep", "deepseek-r1,deepseek-selloff", "--out", filepath.Join(dir, "kept.yaml")}, nil, io.Discard, &problems) != statusOK {
		t.Fatal(problems.String())
	}
	const catalogue = "id,date,after_close,title,securities\nq4,2025-02-26,yes,Nvidia's fourth quarter,NVDA\nselloff,2025-01-27,no,The sell-off,NVDA AVGO MU\n"
	err := errors.Join(
		writePrices(filepath.Join(dir, "my-prices")),
		os.Symlink(filepath.Join("my-prices", "NVDA.csv"), filepath.Join(dir, "NVDA.csv")),
		os.WriteFile(filepath.Join(dir, "config.yaml"), config, 0o644),
		os.WriteFile(filepath.Join(dir, "my-study.yaml"), config, 0o644),
		os.WriteFile(filepath.Join(dir, "my-events.csv"), []byte(catalogue), 0o644),
	)
	if err != nil {
		t.Fatal(err)
	}
	return dir
}
