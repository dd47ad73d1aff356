package sealed

import (
	"errors"
	"os"
	"path/filepath"
	"sync"
	"testing"
)

// What a killed writer has left goes with the next one; what another process writes, and
// what is no file of ours, stays.
func TestReplaceAfterKilled(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, "n.yaml")
	put := func(text string) func(f *os.File) error {
		return func(f *os.File) error { _, err := f.WriteString(text); return err }
	}
	there := func() (out []string) {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		for _, e := range entries {
			out = append(out, e.Name())
		}
		return out
	}
	left := filepath.Join(dir, ".n.yaml.part")
	if err := os.WriteFile(left, []byte("half"), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := Replace(name, put("1")); err != nil || holds && len(there()) != 1 {
		t.Fatalf("%v, left %v", err, there())
	}
	failed := errors.New("failed")
	if err := Replace(name, func(*os.File) error { return failed }); !errors.Is(err, failed) || holds && len(there()) != 1 {
		t.Errorf("%v, left %v", err, there())
	}
	// While one writes another one does, and neither takes the other's away.
	err := Replace(name, func(f *os.File) error {
		return errors.Join(put("outer")(f), Replace(name, put("inner")))
	})
	if text, _ := os.ReadFile(name); err != nil || string(text) != "outer" || holds && len(there()) != 1 {
		t.Errorf("%v, %q, left %v", err, text, there())
	}
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 50 {
				if err := Replace(name, put("whole")); err != nil {
					t.Error(err)
				}
			}
		})
	}
	wg.Wait()
	if text, _ := os.ReadFile(name); string(text) != "whole" || holds && len(there()) != 1 {
		t.Errorf("%q, left %v", text, there())
	}
	// A link in its place leads nowhere, and a folder is not taken away.
	precious := filepath.Join(t.TempDir(), "precious")
	for _, plant := range []func() error{func() error { return os.Symlink(precious, left) }, func() error { return os.Mkdir(left, 0o755) }, func() error { return os.Link(precious, left) }} {
		if err := errors.Join(os.WriteFile(precious, []byte("mine"), 0o644), plant()); err != nil {
			t.Skip(err)
		}
		if err := Replace(name, put("2")); err != nil {
			t.Error(err)
		}
		if text, err := os.ReadFile(precious); err != nil || string(text) != "mine" {
			t.Errorf("%q, %v", text, err)
		}
		os.Remove(left)
	}
}
