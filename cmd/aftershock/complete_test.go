package main

import (
	"context"
	"io"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

// A shell is told the events, symbols, charts and tests that there are.
func TestCompletion(t *testing.T) {
	t.Chdir(t.TempDir())
	if err := os.WriteFile("own.csv", []byte("id,date,title,securities\nmine,2025-01-27,One,NVDA\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"run", "--ids", "deepseek-s"}, "deepseek-selloff\t"},
		{[]string{"run", "--ids", "stargate,deepseek-s"}, "stargate,deepseek-selloff\t"},
		{[]string{"run", "--events", "own.csv", "--ids", ""}, "mine\tOne\n:6\n"}, // and nothing beside it
		{[]string{"plot", "car", "--only", "stargate,jan"}, "stargate,janus-pro\t"},
		{[]string{"plot", "car", "--only", "nv"}, "NVDA\n"},
		{[]string{"event", "2025-01-27", "nv"}, "NVDA\n"},
		{[]string{"event", "2025-01-27", "NVDA", "a"}, "AMAT\nAMD\n"},
		{[]string{"prices", "list", "AV"}, "AVGO\n"},
		{[]string{"prices", "fetch", "AV"}, "AVGO\n"},
		{[]string{"prices", "export", "folder", "AV"}, "AVGO\n"},
		{[]string{"explain", "nv"}, "NVDA\n"},
		{[]string{"explain", "NVDA", "--peers", "AMD,av"}, "AMD,AVGO\n"},
		{[]string{"impact", "deepseek-s"}, "deepseek-selloff\t"},
		{[]string{"impact", "--universe", "a"}, "all\n"},
		{[]string{"correlate", "--securities", "NVDA,av"}, "NVDA,AVGO\n"},
		{[]string{"correlate", "--kinds", "t"}, "tag\n"},
		{[]string{"contrast", "deepseek-r"}, "deepseek-r1\t"},
		{[]string{"contrast", "NVDA,av"}, "NVDA,AVGO\n"},
		{[]string{"sweep", "--benchmarks", "s"}, "SPY\n"},
		{[]string{"sweep", "--groups", "al"}, "all\n"},
		{[]string{"calibrate", "--benchmark", "s"}, "SPY\n"},
		{[]string{"run", "--charts", "he"}, "heat\n"},
		{[]string{"run", "--charts", "car,he"}, "car,heat\n"},
		{[]string{"run", "--tests", "t,kp"}, "t,kp-bmp\n"},
		{[]string{"run", "--prices", "sa"}, "sample\n"},
		{[]string{"event", "2025-01-27", "--zone", "Asia/To"}, "Asia/Tokyo\n"},
		{[]string{"explain", "--correction", "b"}, "bh\nby\n"},
		{[]string{"events", "check", ""}, "csv\n:8\n"},
		{[]string{"compare", "a", ""}, ":16\n"}, // folders
		{[]string{"compare", "a", "b", ""}, ":4\n"},
		{[]string{"run", ""}, ":4\n"},
		{[]string{"plot", "he"}, "heat\n"},
		{[]string{"plot", "heat", "he"}, ":4\n"}, // it has been said
	} {
		status, out, problems := aftershock(t, append([]string{"__complete"}, tt.args...)...)
		if status != statusOK || !strings.Contains(out, tt.want) {
			t.Errorf("%v: status %d, %q, %s", tt.args, status, out, problems)
		}
	}
	// The scripts of some shells set variables of their own.
	set := 0
	for _, shell := range []string{"bash", "zsh", "fish", "powershell"} {
		_, script, _ := aftershock(t, "completion", shell)
		for _, m := range regexp.MustCompile(`AFTERSHOCK_[A-Z_]+`).FindAllString(script, -1) {
			t.Setenv(m, "0")
			set++
		}
	}
	if _, out, problems := aftershock(t, "__complete", "explain", "nv"); set == 0 || !strings.HasPrefix(out, "NVDA\n") {
		t.Errorf("with %d variables of scripts: %q, %s", set, out, problems)
	}
	for _, args := range [][]string{{"explain", "NVDA", ""}, {"run", "--tests", "t,"}} {
		if _, out, _ := aftershock(t, append([]string{"__complete"}, args...)...); slices.ContainsFunc(strings.Split(out, "\n"), func(s string) bool { return s == "NVDA" || s == "t,t" }) {
			t.Errorf("%v: %q has it again", args, out)
		}
	}
}

// open are the flags, by name or by command and name, that take what nobody can list:
// figures, days, windows, sentences.
var open = []string{
	"confounder-window", "draws", "estimation", "inject", "margin", "selected", "share", "window", "tolerance", "level", "event-window", "car",
	"top", "title", "published", "keep", "contact", "url", "since", "until", "dpi", "height", "width", "threshold", "to", "seed", "estimations", "shift",
	"prices export from", "prices fetch from",
}

// Whoever adds a flag says what a shell completes it to, or that it takes what nobody
// can list; a flag of which a wrong value is answered with the right ones can be listed.
func TestEveryFlagCompletes(t *testing.T) {
	t.Chdir(t.TempDir())
	a := &app{stdin: strings.NewReader(""), stdout: io.Discard, stderr: io.Discard, now: time.Now}
	root := a.root()
	a.completion(root)
	root.SetContext(context.Background())
	asked, flags := make(map[string]bool), 0
	choices := regexp.MustCompile(`(^|[^-])\b(use|write) (one of|[a-z0-9]+(, [a-z0-9]+)* or [a-z0-9]+\b)|did you mean`)
	var walk func(cmd *cobra.Command)
	walk = func(cmd *cobra.Command) {
		path := strings.TrimPrefix(cmd.CommandPath(), root.Name()+" ")
		cmd.LocalFlags().VisitAll(func(f *pflag.Flag) {
			if f.Value.Type() == "bool" {
				return
			}
			flags++
			name := f.Name
			if slices.Contains(open, path+" "+name) {
				name = path + " " + name
			}
			complete, ok := cmd.GetFlagCompletionFunc(f.Name)
			switch isOpen := slices.Contains(open, name); {
			case ok && slices.Contains(open, path+" "+f.Name) || ok && isOpen && name == f.Name:
				t.Errorf("%s --%s completes, and is said to be open", path, f.Name)
			case !ok && !isOpen:
				t.Errorf("%s --%s completes nothing; say to what in completion, or in closed where it is defined", path, f.Name)
			case !ok:
				asked[name] = true
				args := append(strings.Fields(path), "--"+f.Name+"=zzz")
				for range len(strings.Fields(cmd.Use)) - 1 {
					if cmd.Args != nil && cmd.Args(cmd, args[len(strings.Fields(path))+1:]) != nil {
						args = append(args, "2025-01-27")
					}
				}
				if _, _, problems := aftershock(t, args...); choices.MatchString(problems) {
					t.Errorf("%s --%s completes nothing, though its values can be listed: %s", path, f.Name, problems)
				}
			default:
				cmd.SetContext(context.Background())
				list, directive := complete(cmd, nil, "")
				if len(list) == 0 && directive&(cobra.ShellCompDirectiveFilterDirs|cobra.ShellCompDirectiveFilterFileExt) == 0 && directive != cobra.ShellCompDirectiveDefault {
					t.Errorf("%s --%s completes to nothing", path, f.Name)
				}
			}
		})
		if cmd.Runnable() && !cmd.HasSubCommands() && cmd.ValidArgsFunction == nil {
			t.Errorf("%s: its arguments complete to any file", path)
		}
		for _, sub := range cmd.Commands() {
			walk(sub)
		}
	}
	walk(root)
	if flags < 150 {
		t.Errorf("only %d flags were seen", flags)
	}
	for _, name := range open {
		if !asked[name] {
			t.Errorf("no command has the open flag %s", name)
		}
	}
}
