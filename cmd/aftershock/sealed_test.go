package main

import (
	"bytes"
	"errors"
	"io"
	"math/rand/v2"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"aftershock/internal/sealed"
)

// aftershock performs a command in the working directory.
func aftershock(t *testing.T, args ...string) (status int, stdout, stderr string) {
	t.Helper()
	var out, problems bytes.Buffer
	status = run(t.Context(), args, strings.NewReader(""), &out, &problems)
	return status, out.String(), problems.String()
}

// Every change of one bit of a part, of the data of charts, of a manifest and of a
// kept calibration is found out.
func TestEveryFlippedBitShows(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("XDG_CACHE_HOME", filepath.Join(t.TempDir(), "cache"))
	run := []string{"run", "--quiet", "--ids", "deepseek-selloff", "--format", "text,svg", "--charts", "heat"}
	for _, args := range [][]string{append(run, "--shard", "1/1", "--out", "part"), append(run, "--out", "out")} {
		if status, _, problems := aftershock(t, args...); status != statusOK {
			t.Fatal(problems)
		}
	}
	merge := append([]string{"merge", "part/part-1-of-1.bin"}, append(run[1:], "--out", "merged")...)
	plot := []string{"plot", "heat", "--format", "svg", "--out", "drawn"}
	for _, args := range [][]string{merge, plot} {
		if status, _, problems := aftershock(t, args...); status != statusOK {
			t.Fatal(problems)
		}
	}
	flips := 60
	if testing.Short() {
		flips = 6
	}
	rng := rand.New(rand.NewPCG(1, 2))
	for file, args := range map[string][]string{"part/part-1-of-1.bin": merge, "out/charts.json": plot} {
		good, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for range flips {
			data := bytes.Clone(good)
			i := rng.IntN(8 * len(data))
			data[i/8] ^= 1 << (i % 8)
			if err := os.WriteFile(file, data, 0o644); err != nil {
				t.Fatal(err)
			}
			if status, _, problems := aftershock(t, args...); status != statusFailure || !strings.HasPrefix(problems, "aftershock: "+filepath.FromSlash(file)) {
				t.Errorf("%s, bit %d of byte %d: status %d, %s", file, i%8, i/8, status, problems)
			}
		}
		if err := os.WriteFile(file, good, 0o644); err != nil {
			t.Fatal(err)
		}
	}
	var got []byte
	read := func(r io.Reader) (err error) { got, err = io.ReadAll(r); return err }
	if err := sealed.Write("kept", calibrationKind, func(w io.Writer) error { _, err := w.Write([]byte("figures")); return err }); err != nil {
		t.Fatal(err)
	}
	if err := sealed.Read("kept", calibrationKind, read); err != nil || string(got) != "figures" {
		t.Fatalf("read %q, %v", got, err)
	}
	good, err := os.ReadFile("kept")
	if err != nil {
		t.Fatal(err)
	}
	for i := range 8 * len(good) {
		data := bytes.Clone(good)
		data[i/8] ^= 1 << (i % 8)
		if err := os.WriteFile("kept", data, 0o644); err != nil {
			t.Fatal(err)
		}
		if err := sealed.Read("kept", calibrationKind, read); !errors.Is(err, sealed.ErrSeal) {
			t.Errorf("bit %d: %v", i, err)
		}
	}
}

// Parts and pictures replace what this program has written and nothing else.
func TestNothingOfOthersIsReplaced(t *testing.T) {
	t.Chdir(t.TempDir())
	share := []string{"run", "--quiet", "--ids", "deepseek-selloff", "--shard", "1/1", "--out", "part"}
	draw := []string{"plot", "heat", "--format", "svg", "--out", "pictures"}
	if status, _, problems := aftershock(t, "run", "--quiet", "--ids", "deepseek-selloff", "--format", "svg", "--charts", "heat"); status != statusOK {
		t.Fatal(problems)
	}
	for file, args := range map[string][]string{filepath.Join("part", "part-1-of-1.bin"): share, filepath.Join("pictures", "heat-deepseek-selloff.svg"): draw} {
		for range 2 { // its own it replaces
			if status, _, problems := aftershock(t, args...); status != statusOK {
				t.Errorf("%s: %s", file, problems)
			}
		}
		if err := os.WriteFile(file, []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		status, _, problems := aftershock(t, args...)
		if data, err := os.ReadFile(file); status != statusFailure || string(data) != "mine" || !strings.Contains(problems, "would be lost") {
			t.Errorf("%s: status %d, %s, %q, %v", file, status, problems, data, err)
		}
		// A link planted in the place of a file that is being written leads nowhere.
		if err := errors.Join(os.Remove(file), os.WriteFile("precious", []byte("mine"), 0o644), os.Symlink(filepath.Join("..", "precious"), file+".part"),
			os.Symlink(filepath.Join("..", "precious"), file)); err != nil {
			t.Skip(err)
		}
		aftershock(t, args...)
		if data, err := os.ReadFile("precious"); string(data) != "mine" {
			t.Errorf("%s: the file it links to is %q, %v", file, data, err)
		}
	}
}
