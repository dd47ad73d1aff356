package main

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"
)

// What a run with --keep that was killed has left, in a folder of its own that no later
// run has the name of, goes with the next run; what others have put there stays, and so
// does the folder of a run that is at work.
func TestKeepClearsKilledRuns(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	run := func() {
		t.Helper()
		if status, _, problems := aftershock(t, "run", "--quiet", "--charts", "none", "--format", "csv", "--keep", "2"); status != statusOK {
			t.Fatal(problems)
		}
	}
	run()
	first, err := os.Readlink("out/latest")
	if err != nil {
		t.Fatal(err)
	}
	killed := func(name string, die func(o *output)) {
		t.Helper()
		o, err := openOutput(filepath.Join("out", name))
		if err != nil {
			t.Fatal(err)
		}
		die(o)
		o.lock.Close() // and its file stays
	}
	part := func(o *output) error { return os.WriteFile(o.inStage("cars.csv"), []byte("half"), 0o644) }
	killed("2024-01-01T000000Z", func(*output) {})
	killed("2024-01-02T000000Z", func(o *output) { // while it wrote
		if err := errors.Join(o.openStage(), part(o)); err != nil {
			t.Fatal(err)
		}
	})
	killed("2024-01-03T000000Z", func(o *output) { // where folders cannot be exchanged
		o.staged = o.inner()
		if err := errors.Join(os.Mkdir(o.staged, 0o755), part(o)); err != nil {
			t.Fatal(err)
		}
	})
	if err := errors.Join(
		os.Mkdir("out/.2024-01-04T000000Z.aftershock", 0o755), // before its mark, its folder gone
		os.MkdirAll("out/2024-01-05T000000Z", 0o755), os.WriteFile("out/2024-01-05T000000Z/mine.txt", []byte("mine"), 0o644),
		os.MkdirAll("out/.2024-01-06T000000Z.aftershock", 0o755), os.WriteFile("out/.2024-01-06T000000Z.aftershock/mine.txt", []byte("mine"), 0o644),
		os.Mkdir("out/notes", 0o755),
	); err != nil {
		t.Fatal(err)
	}
	busy, err := openOutput("out/2024-01-07T000000Z")
	if err != nil {
		t.Fatal(err)
	}
	defer busy.close()
	run()
	last, err := os.Readlink("out/latest")
	if err != nil {
		t.Fatal(err)
	}
	entries, err := os.ReadDir("out")
	if err != nil {
		t.Fatal(err)
	}
	want := []string{".2024-01-06T000000Z.aftershock", "2024-01-05T000000Z", "2024-01-07T000000Z", first, last, "latest", "notes"}
	if got := names(entries, os.DirEntry.Name); !slices.Equal(got, want) {
		t.Errorf("there are %v, want %v", got, want)
	}
	for _, name := range []string{"out/2024-01-05T000000Z/mine.txt", "out/.2024-01-06T000000Z.aftershock/mine.txt"} {
		if text, err := os.ReadFile(name); err != nil || string(text) != "mine" {
			t.Errorf("%s: %q, %v", name, text, err)
		}
	}
}

// Where there can be no links the runs are kept all the same, that is said, and the last
// one is found.
func TestKeepWithoutLinks(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	// what stands where the link is made keeps it from being made
	if err := os.MkdirAll("out/.aftershock.latest/foreign", 0o755); err != nil {
		t.Fatal(err)
	}
	args := []string{"run", "--quiet", "--charts", "none", "--format", "csv", "--keep", "2"}
	for range 4 {
		if status, _, problems := aftershock(t, args...); status != statusOK || !strings.Contains(problems, "the last run is out") || strings.Count(problems, "\n") != 1 {
			t.Fatalf("status %d, %s", status, problems)
		}
	}
	runs, err := datedRuns("out")
	if err != nil || len(runs) != 2 {
		t.Errorf("%v are kept, %v", runs, err)
	}
	if status, out, problems := aftershock(t, append(args[:1:1], "--if-changed", "--charts", "none", "--format", "csv", "--keep", "2")...); status != statusOK || !strings.HasPrefix(out, "nothing has changed") {
		t.Errorf("status %d, %s%s", status, out, problems)
	}
	if _, _, problems := aftershock(t, "compare", "out", "out"); !strings.Contains(problems, "the last is "+filepath.Join("out", runs[1])) {
		t.Errorf("%s", problems)
	}
}

// Runs of one second lie in the order that they began in, whatever is left of them.
func TestDated(t *testing.T) {
	now := time.Date(2026, 1, 2, 3, 4, 5, 0, time.UTC)
	for _, c := range []struct {
		there []string
		want  string
	}{
		{nil, "2026-01-02T030405Z"},
		{[]string{"2026-01-02T030404Z-7", "notes"}, "2026-01-02T030405Z"},
		{[]string{"2026-01-02T030405Z"}, "2026-01-02T030405Z-2"},
		{[]string{"2026-01-02T030405Z-2", "2026-01-02T030405Z-3"}, "2026-01-02T030405Z-4"},
		{[]string{"2026-01-02T030405Z-9", "2026-01-02T030405Z-10"}, "2026-01-02T030405Z-11"},
		{[]string{".2026-01-02T030405Z" + stageSuffix}, "2026-01-02T030405Z-2"},
	} {
		dir := t.TempDir()
		for _, name := range c.there {
			if err := os.Mkdir(filepath.Join(dir, name), 0o755); err != nil {
				t.Fatal(err)
			}
		}
		if got := filepath.Base(dated(dir, now)); got != c.want {
			t.Errorf("%v: %s, want %s", c.there, got, c.want)
		}
	}
}

// Of what is kept in the cache folder the newest stays; files of others stay too.
func TestThin(t *testing.T) {
	dir := t.TempDir()
	begun := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	for i := range 20 {
		name := filepath.Join(dir, fmt.Sprintf("%02d.sealed", 19-i))
		if err := errors.Join(os.WriteFile(name, nil, 0o644), os.Chtimes(name, begun, begun.Add(time.Duration(i)*time.Minute))); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "zz.txt"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	thin(dir, 3)
	entries, err := os.ReadDir(dir)
	if got := names(entries, os.DirEntry.Name); err != nil || !slices.Equal(got, []string{"00.sealed", "01.sealed", "02.sealed", "zz.txt"}) {
		t.Errorf("there are %v, %v", got, err)
	}
}

// A run that a clock gone wrong has dated later than all others holds no place for ever,
// and is not taken for the last one; nor does a clock that went back cost more than the
// runs that it makes.
func TestKeepUnderAWrongClock(t *testing.T) {
	t.Chdir(t.TempDir())
	t.Setenv("HOME", t.TempDir())
	t.Setenv("XDG_CACHE_HOME", "")
	night := func(year, day int, args ...string) string {
		t.Helper()
		now := time.Date(year, 3, day, 22, 0, 0, 0, time.UTC)
		var out, problems strings.Builder
		args = append([]string{"run", "--charts", "none", "--format", "csv", "--keep", "3"}, args...)
		if status := runAt(t.Context(), func() time.Time { return now }, args, strings.NewReader(""), &out, &problems); status != statusOK {
			t.Fatal(problems.String())
		}
		return out.String()
	}
	kept := func(want ...string) {
		t.Helper()
		runs, err := datedRuns("out")
		for i := range runs {
			runs[i] = runs[i][:len("2026-03-01")]
		}
		if err != nil || !slices.Equal(runs, want) {
			t.Errorf("%v are kept, want %v, %v", runs, want, err)
		}
	}
	night(2026, 1)
	night(2099, 2)
	night(2026, 3)
	kept("2026-03-01", "2026-03-03", "2099-03-02")
	if err := os.Remove("out/latest"); err != nil { // as where there can be no links
		t.Fatal(err)
	}
	now := time.Date(2026, 3, 3, 22, 0, 0, 0, time.UTC)
	if got := lastRun("out", now); got != filepath.Join("out", "2026-03-03T220000Z") {
		t.Errorf("the last run is %s", got)
	}
	night(2026, 4)
	kept("2026-03-01", "2026-03-03", "2026-03-04")
	night(1970, 5)
	kept("1970-03-05", "2026-03-03", "2026-03-04")
	night(2026, 6)
	kept("2026-03-03", "2026-03-04", "2026-03-06")
	night(2099, 7)
	if out := night(2026, 8, "--if-changed"); strings.HasPrefix(out, "nothing has changed") {
		t.Errorf("a run of 2099 is taken for that of tonight: %s", out)
	}
}
