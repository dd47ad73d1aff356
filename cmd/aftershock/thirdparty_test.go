package main

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

const thirdParty = "../../docs/THIRD_PARTY.txt"

// TestThirdParty holds docs/THIRD_PARTY.txt to the modules that the program is
// linked with: their versions, licences and notices. UPDATE=1 rewrites it.
func TestThirdParty(t *testing.T) {
	out, err := exec.Command("go", "list", "-deps", "-f", `{{with .Module}}{{if .Version}}{{.Path}}	{{.Version}}	{{.Dir}}{{end}}{{end}}`, ".").Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(modules)
	modules = slices.Compact(modules)
	if len(modules) < 10 {
		t.Fatalf("only %d modules found", len(modules))
	}
	var b strings.Builder
	b.WriteString("aftershock is linked with the modules below, under their licences.\n")
	for _, m := range modules {
		f := strings.Split(m, "\t")
		fmt.Fprintf(&b, "\n%s\n%s %s\n", strings.Repeat("=", 78), f[0], f[1])
		files, err := filepath.Glob(filepath.Join(f[2], "*"))
		if err != nil {
			t.Fatal(err)
		}
		found := false
		for _, name := range files {
			base := strings.ToUpper(filepath.Base(name))
			if !slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE", "OFL"}, func(p string) bool { return strings.HasPrefix(base, p) }) {
				continue
			}
			text, err := os.ReadFile(name)
			if err != nil {
				continue // a folder of licences
			}
			found = true
			fmt.Fprintf(&b, "%s\n%s:\n\n%s\n", strings.Repeat("-", 78), filepath.Base(name), strings.TrimSpace(strings.ReplaceAll(string(text), "\r\n", "\n")))
		}
		if !found {
			t.Errorf("%s has no licence file", f[0])
		}
	}
	want := b.String()
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(thirdParty, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(thirdParty)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != want {
		t.Error("docs/THIRD_PARTY.txt is not that of the modules in use; run UPDATE=1 go test ./cmd/aftershock -run ThirdParty")
	}
}
