package main

import (
	"os/exec"
	"slices"
	"strings"
	"testing"
)

// TestImports holds the packages to the rules of the house.
func TestImports(t *testing.T) {
	out, err := exec.Command("go", "list", "-f", `{{.ImportPath}}:{{join .Imports " "}}`, "aftershock/...").CombinedOutput()
	if err != nil {
		t.Fatalf("go list: %v\n%s", err, out)
	}
	impure := []string{"os", "io", "io/fs", "io/ioutil", "net", "net/http", "log", "log/slog", "os/exec", "os/signal", "path/filepath", "bufio", "syscall"}
	pure := func(name string, imports []string) {
		for _, i := range imports {
			if slices.Contains(impure, i) {
				t.Errorf("%s imports %s; it reads, writes and logs nothing", name, i)
			}
		}
	}
	checked := 0
	for line := range strings.Lines(string(out)) {
		pkg, list, _ := strings.Cut(strings.TrimSpace(line), ":")
		imports := strings.Fields(list)
		name := strings.TrimPrefix(pkg, "aftershock/")
		var ours []string
		for _, i := range imports {
			if strings.HasPrefix(i, "aftershock/") {
				ours = append(ours, strings.TrimPrefix(i, "aftershock/"))
			}
		}
		only := func(allowed ...string) {
			checked++
			for _, i := range ours {
				if !slices.Contains(allowed, i) {
					t.Errorf("%s imports %s; it may import only %v of ours", name, i, allowed)
				}
			}
		}
		top, rest, _ := strings.Cut(name, "/")
		switch {
		case name == "market":
			only()
		case name == "events":
			only("internal/pattern", "internal/yearfirst")
		case top == "events" && !strings.Contains(rest, "/"):
			only("events", "internal/bounded", "internal/pattern")
		case name == "market/store":
			only("market", "market/parquetfile", "internal/bounded", "internal/columnar", "internal/pattern", "internal/yearfirst")
		case name == "market/factors":
			only("market", "market/csvfile", "internal/bounded", "internal/pattern")
		case top == "market" && !strings.Contains(rest, "/"):
			only("market", "internal/bounded", "internal/pattern", "internal/yearfirst")
		case name == "analysis/stat":
			only()
			pure(name, imports)
		case name == "analysis/model":
			only("analysis/stat")
			pure(name, imports)
		case name == "analysis":
			only("analysis/stat", "analysis/model", "events", "market")
			pure(name, imports)
		case name == "analysis/verify":
			only("analysis", "analysis/stat", "analysis/model", "events", "market")
		case name == "docs/rivals/engine":
			only("analysis", "events", "market")
		case name == "internal/bounded" || name == "internal/sealed" || name == "internal/pattern" || name == "internal/shortest" || name == "internal/columnar" || name == "internal/yearfirst":
			only()
		case name == "internal/bulkmarket":
			only("market")
		case name == "internal/parts":
			only("analysis", "analysis/model", "events", "internal/sealed", "market")
		case name == "internal/words":
			only("analysis", "events", "market")
		case name == "plots" || name == "report":
			only("analysis", "analysis/stat", "analysis/model", "events", "internal/columnar", "internal/pattern", "internal/shortest", "internal/words", "market")
		case top == "cmd", strings.HasSuffix(name, "/generate"):
		default:
			t.Errorf("package %s has no import rule; add one here", name)
		}
		for _, word := range []string{"util", "utils", "common", "helpers"} {
			if slices.Contains(strings.Split(name, "/"), word) {
				t.Errorf("package %s: a package is named for what it holds", name)
			}
		}
	}
	if checked < 6 {
		t.Fatalf("only %d packages were held to a rule", checked)
	}
}
