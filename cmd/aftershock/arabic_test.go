package main

import (
	"os"
	"regexp"
	"strings"
	"testing"

	"aftershock/internal/words"
)

// What the commands beside run print is in the language that is asked for, line by line.
func TestArabicCommands(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	if err := os.WriteFile("events.csv", []byte("id,date,title,securities\na,2025-01-27,One,NVDA\nb,2025-01-29,Two,\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir("prices", 0o755); err != nil {
		t.Fatal(err)
	}
	if status, _, problems := aftershock(t, "prices", "export", "prices", "NVDA"); status != statusOK {
		t.Fatal(problems)
	}
	if status, _, problems := aftershock(t, "run", "--quiet", "--charts", "none", "--format", "csv"); status != statusOK {
		t.Fatal(problems)
	}
	english := regexp.MustCompile(`\b(the|is|are|of|not|and|see|yes|no|none|was|has|bytes|row)\b`)
	commands := [][]string{
		{"run", "--charts", "none", "--format", "csv", "--out", "own"},
		{"run", "--charts", "none", "--format", "csv", "--out", "own", "--if-changed"},
		{"compare", "out", "own"},
		{"repeat", "out/manifest.json"},
		{"doctor"},
		{"events", "list"},
		{"events", "check", "events.csv"},
		{"events", "import", "events.csv", "--out", "more.yaml"},
		{"prices", "list"},
		{"prices", "check", "NVDA"},
		{"prices", "import", "prices/NVDA.csv"},
		{"list", "models"}, {"list", "tests"}, {"list", "tests", "--about", "kp-bmp"}, {"list", "charts"}, {"list", "formats"},
	}
	for _, args := range commands {
		status, out, problems := aftershock(t, append(args, "--lang", "ar")...)
		if status != statusOK {
			t.Errorf("%v: status %d, %s", args, status, problems)
		}
		for line := range strings.Lines(out) {
			// keys, figures, symbols and names of files are as they are
			if !words.Leftward(line) && english.MatchString(line) {
				t.Errorf("%v: English: %q", args, line)
			}
			if strings.Contains(line, `\u20`) {
				t.Errorf("%v: a mark is written out: %q", args, line)
			}
		}
		if status, _, problems := aftershock(t, append(args, "--lang", "tlh")...); status != statusUsage || strings.Count(problems, "\n") != 1 {
			t.Errorf("%v --lang tlh: status %d, %s", args, status, problems)
		}
	}
}
