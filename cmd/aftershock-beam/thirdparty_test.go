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

// TestThirdParty holds THIRD_PARTY.txt to the modules that the program is linked
// with: their versions, licences and notices, each text once. UPDATE=1 rewrites it.
func TestThirdParty(t *testing.T) {
	list := exec.Command("go", "list", "-deps", "-f", `{{with .Module}}{{if .Version}}{{if not .Replace}}{{.Path}}	{{.Version}}	{{.Dir}}{{end}}{{end}}{{end}}`, ".")
	// The list must not depend on where it is made.
	list.Env = append(os.Environ(), "GOOS=linux", "GOARCH=amd64", "CGO_ENABLED=0")
	out, err := list.Output()
	if err != nil {
		t.Fatal(err)
	}
	modules := strings.Split(strings.TrimSpace(string(out)), "\n")
	slices.Sort(modules)
	modules = slices.DeleteFunc(slices.Compact(modules), func(m string) bool { return m == "" })
	if len(modules) < 30 {
		t.Fatalf("only %d modules found", len(modules))
	}
	var texts []string
	first := make(map[string]int) // number of a text
	var b strings.Builder
	b.WriteString("aftershock-beam is linked with the modules below, under the licences and notices whose\ntexts follow by their numbers. The program aftershock is linked with fewer: docs/THIRD_PARTY.txt.\n\n")
	for _, m := range modules {
		f := strings.Split(m, "\t")
		files, err := filepath.Glob(filepath.Join(f[2], "*"))
		if err != nil {
			t.Fatal(err)
		}
		var has []string
		for _, name := range files {
			base := strings.ToUpper(filepath.Base(name))
			if !slices.ContainsFunc([]string{"LICENSE", "LICENCE", "COPYING", "NOTICE", "UNLICENSE", "OFL"}, func(p string) bool { return strings.HasPrefix(base, p) }) {
				continue
			}
			data, err := os.ReadFile(name)
			if err != nil {
				continue // a folder of licences
			}
			text := strings.TrimSpace(strings.ReplaceAll(string(data), "\r\n", "\n"))
			if first[text] == 0 {
				texts = append(texts, text)
				first[text] = len(texts)
			}
			has = append(has, fmt.Sprintf("%s [%d]", filepath.Base(name), first[text]))
		}
		if len(has) == 0 {
			t.Errorf("%s has no licence file", f[0])
		}
		fmt.Fprintf(&b, "%s %s: %s\n", f[0], f[1], strings.Join(has, ", "))
	}
	for i, text := range texts {
		fmt.Fprintf(&b, "\n%s\n[%d]\n\n%s\n", strings.Repeat("=", 78), i+1, text)
	}
	const name = "THIRD_PARTY.txt"
	if os.Getenv("UPDATE") != "" {
		if err := os.WriteFile(name, []byte(b.String()), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	got, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if string(got) != b.String() {
		t.Errorf("%s is not that of the modules in use; run UPDATE=1 go test . -run ThirdParty here", name)
	}
}
