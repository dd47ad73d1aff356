package main

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"aftershock/report"
)

// Pictures whose drawing ended early, at whatever step, are replaced by the next
// drawing of others, and nothing else is left of it.
func TestPicturesTakenOver(t *testing.T) {
	draw := func(dir, size string) error { return writePictures(dir, outputs("a.svg", "a"+size, "b.svg", "b"+size)) }
	state := func(dir string) string {
		entries, err := os.ReadDir(dir)
		if err != nil {
			t.Fatal(err)
		}
		return fmt.Sprint(names(entries, os.DirEntry.Name))
	}
	whole := fmt.Sprint([]string{picturesName, "a.svg", "b.svg"})
	// The states between the steps: what has its name already, of a drawing "2" over one "1".
	files := func(size string) (out []report.File) {
		for _, n := range []string{"a", "b"} {
			f, err := report.FileOf(n+".svg", strings.NewReader(n+size))
			if err != nil {
				t.Fatal(err)
			}
			out = append(out, f)
		}
		return out
	}
	for steps := range 4 {
		dir := t.TempDir()
		if err := draw(dir, "1"); err != nil {
			t.Fatal(err)
		}
		if err := errors.Join(os.Mkdir(filepath.Join(dir, newPicturesIn), 0o755), os.WriteFile(filepath.Join(dir, newPicturesIn, ".b.svg.part1"), []byte("b"), 0o644)); err != nil {
			t.Fatal(err)
		}
		if steps > 0 {
			both := &report.Manifest{Program: "aftershock", Outputs: slices.Concat(files("1"), files("2"))}
			f, err := os.Create(filepath.Join(dir, picturesName))
			if err := errors.Join(err, both.Write(f), f.Close()); err != nil {
				t.Fatal(err)
			}
		}
		for _, n := range []string{"a", "b"}[:max(0, steps-1)] {
			if err := os.WriteFile(filepath.Join(dir, n+".svg"), []byte(n+"2"), 0o644); err != nil {
				t.Fatal(err)
			}
		}
		if err := draw(dir, "3"); err != nil {
			t.Errorf("after %d steps: %v", steps, err)
		}
		if got := state(dir); got != whole {
			t.Errorf("after %d steps: %s", steps, got)
		}
		// what somebody has changed is not taken over
		if err := os.WriteFile(filepath.Join(dir, "b.svg"), []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := draw(dir, "4"); err == nil || !strings.Contains(err.Error(), "b.svg was not drawn by aftershock plot") {
			t.Errorf("error %v", err)
		}
	}
	// One that fails changes nothing.
	dir := t.TempDir()
	if err := draw(dir, "1"); err != nil {
		t.Fatal(err)
	}
	tries := 0
	fails := append(outputs("a.svg", "a2"), file{"b.svg", func(w io.Writer) error {
		if tries++; tries == 2 {
			return errors.New("no space")
		}
		_, err := w.Write([]byte("b2"))
		return err
	}})
	if err := writePictures(dir, fails); err == nil {
		t.Fatal("no error")
	}
	if a, _ := os.ReadFile(filepath.Join(dir, "a.svg")); string(a) != "a1" || state(dir) != whole {
		t.Errorf("a failed drawing leaves %s, a.svg is %q", state(dir), a)
	}
	// A record that somebody has broken gives nothing away, and says so.
	if err := os.WriteFile(filepath.Join(dir, picturesName), []byte("{"), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := draw(dir, "2"); err == nil || !strings.Contains(err.Error(), "may be replaced is not known, for "+filepath.Join(dir, picturesName)) {
		t.Errorf("error %v", err)
	}
	// Another that is at work is waited for; a folder that is a link is not cleared.
	held, err := openOutput(dir)
	if err != nil {
		t.Fatal(err)
	}
	if err := draw(dir, "1"); !errors.Is(err, errLocked) {
		t.Errorf("error %v", err)
	}
	held.close()
	mine := t.TempDir()
	if err := errors.Join(os.WriteFile(filepath.Join(mine, "mine.txt"), nil, 0o644), os.Symlink(mine, filepath.Join(dir, newPicturesIn))); err != nil {
		t.Skip("no links here: ", err)
	}
	if err := draw(dir, "1"); err == nil || !exists(filepath.Join(mine, "mine.txt")) {
		t.Errorf("error %v", err)
	}
}
