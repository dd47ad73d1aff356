package main

import (
	"bytes"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// TestEveryFileIsDocumented: docs/outputs.md names every file that a run can
// leave, and every format.
func TestEveryFileIsDocumented(t *testing.T) {
	data, err := os.ReadFile("../../docs/outputs.md")
	if err != nil {
		t.Fatal(err)
	}
	doc := string(data)
	for _, name := range formatNames() {
		if !strings.Contains(doc, "`"+name+"`") {
			t.Errorf("docs/outputs.md does not name the format %s", name)
		}
	}
	t.Chdir(t.TempDir())
	var out, problems bytes.Buffer
	args := []string{"event", "2025-01-27", "NVDA", "--out", "out", "--format", strings.Join(formatNames(), ",")}
	if status := run(t.Context(), args, strings.NewReader(""), &out, &problems); status != statusOK {
		t.Fatalf("exit status %d: %s", status, problems.String())
	}
	files := 0
	err = fs.WalkDir(os.DirFS("out"), ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		files++
		name := path
		if dir, _ := filepath.Split(path); dir == "charts/" {
			name = "charts/NAME"
		} else {
			name = "`" + name + "`"
		}
		if !strings.Contains(doc, name) {
			t.Errorf("docs/outputs.md does not name %s", path)
		}
		return nil
	})
	if err != nil || files < 20 {
		t.Errorf("%d files: %v", files, err)
	}
}
