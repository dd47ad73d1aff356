package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"aftershock/report"
)

// outputs returns files.
func outputs(nameAndData ...string) []file {
	var files []file
	for i := 0; i < len(nameAndData); i += 2 {
		files = append(files, made(nameAndData[i], []byte(nameAndData[i+1])))
	}
	return files
}

func manifest() (*report.Manifest, error) { return &report.Manifest{Program: "aftershock"}, nil }

func writeOutput(dir string, files []file) error {
	o, err := openOutput(dir)
	if err != nil {
		return err
	}
	defer o.close()
	return o.write(context.Background(), files, manifest)
}

// contents returns every file below dir, hidden ones too.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	err := filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(dir, path)
		out[filepath.ToSlash(name)] = string(data)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	delete(out, manifestName)
	return out
}

func same(a, b map[string]string) bool {
	if len(a) != len(b) {
		return false
	}
	for k, v := range a {
		if w, ok := b[k]; !ok || v != w {
			return false
		}
	}
	return true
}

// everyWay calls test for a directory that can be exchanged, and for one that
// cannot.
func everyWay(t *testing.T, test func(t *testing.T, open func(dir string) *output)) {
	for _, way := range []string{"exchange", "journal", "refused exchange"} {
		t.Run(way, func(t *testing.T) {
			test(t, func(dir string) *output {
				o, err := openOutput(dir)
				if err != nil {
					t.Fatal(err)
				}
				switch way {
				case "exchange":
					if o.swap == nil {
						t.Skip("folders cannot be exchanged on this system")
					}
				case "journal":
					o.swap = nil
				default:
					o.swap = func(string, string) error { return errors.New("not here") }
				}
				return o
			})
		})
	}
}

// wholeRun reports which of two runs dir holds; "" where it holds neither, or a
// mixture.
func wholeRun(t *testing.T, dir string) string {
	t.Helper()
	m, sealed, err := manifestOf(filepath.Join(dir, manifestName))
	if err != nil || !sealed {
		t.Errorf("the manifest: sealed %v, %v", sealed, err)
		return ""
	}
	run := ""
	for _, f := range m.Outputs {
		data, err := os.ReadFile(filepath.Join(dir, f.Name))
		if err != nil || run != "" && run != string(data) {
			t.Errorf("%s is %q after %q, %v", f.Name, data, run, err)
			return ""
		}
		run = string(data)
	}
	if mine, err := os.ReadFile(filepath.Join(dir, "mine.txt")); string(mine) != "mine" {
		t.Errorf("the user's file is %q, %v", mine, err)
	}
	return run
}

// A run that is killed at any step while its results go into place leaves the
// run before or the new one, whole, at the next command; where folders can be
// exchanged, at once. The user's own files stay.
func TestOutputSurvivesAnyInterruption(t *testing.T) {
	everyWay(t, func(t *testing.T, open func(string) *output) {
		next := outputs("a.csv", "2", "b.csv", "2", "c.csv", "2", "charts/new.png", "2")
		for step := 0; ; step++ {
			dir := filepath.Join(t.TempDir(), "out")
			if err := writeOutput(dir, outputs("a.csv", "1", "b.csv", "1", "charts/old.png", "1")); err != nil {
				t.Fatal(err)
			}
			for _, name := range []string{"mine.txt", "charts/mine.txt", "deep/er/mine.txt"} {
				if err := errors.Join(os.MkdirAll(filepath.Dir(filepath.Join(dir, name)), 0o755), os.WriteFile(filepath.Join(dir, name), []byte("mine"), 0o644)); err != nil {
					t.Fatal(err)
				}
			}
			died := errors.New("died")
			finished := func() (finished bool) {
				o := open(dir)
				defer func() {
					o.lock.Close() // as the system does for a dead process
					if x := recover(); x != nil && x != any(died) {
						panic(x)
					}
				}()
				steps := 0
				die := func() {
					if steps++; steps > step {
						panic(died)
					}
				}
				o.rename = func(from, to string) error {
					die()
					return os.Rename(from, to)
				}
				if swap := o.swap; swap != nil {
					o.swap = func(a, b string) error {
						die()
						err := swap(a, b)
						die()
						return err
					}
				}
				if err := o.write(t.Context(), next, manifest); err != nil {
					t.Fatal(err)
				}
				return true
			}()
			if t.Name() == "TestOutputSurvivesAnyInterruption/exchange" {
				if wholeRun(t, dir) == "" {
					t.Errorf("killed at step %d", step)
				}
			}
			if err := finishInterrupted(dir); err != nil {
				t.Errorf("killed at step %d: %v", step, err)
			}
			if wholeRun(t, dir) == "" {
				t.Errorf("killed at step %d: the next command finds no whole run", step)
			}
			if err := writeOutput(dir, next); err != nil {
				t.Errorf("killed at step %d: %v", step, err)
			}
			got := contents(t, filepath.Dir(dir))
			delete(got, "out/"+manifestName)
			delete(got, "out/"+lockName)
			want := map[string]string{"out/a.csv": "2", "out/b.csv": "2", "out/c.csv": "2", "out/charts/new.png": "2",
				"out/mine.txt": "mine", "out/charts/mine.txt": "mine", "out/deep/er/mine.txt": "mine"}
			if !same(got, want) {
				t.Errorf("killed at step %d: the next run leaves %v", step, got)
			}
			if finished {
				if step < 2 {
					t.Errorf("only %d steps", step)
				}
				return
			}
		}
	})
}

// A step that fails changes nothing.
func TestOutputThatCannotBeMoved(t *testing.T) {
	for step := 0; ; step++ {
		dir := filepath.Join(t.TempDir(), "out")
		if err := writeOutput(dir, outputs("a.csv", "1", "b.csv", "1", "charts/old.png", "1")); err != nil {
			t.Fatal(err)
		}
		before := contents(t, dir)
		o, err := openOutput(dir)
		if err != nil {
			t.Fatal(err)
		}
		o.swap = nil
		steps, failed := 0, false
		o.rename = func(from, to string) error {
			if steps++; steps == step+1 {
				failed = true
				return &os.LinkError{Op: "rename", Old: from, New: to, Err: fs.ErrPermission}
			}
			return os.Rename(from, to)
		}
		err = o.write(t.Context(), outputs("a.csv", "2", "c.csv", "2", "charts/new.png", "2"), manifest)
		o.close()
		if !failed {
			if err != nil || step < 7 {
				t.Errorf("%d steps, %v", step, err)
			}
			return
		}
		if err == nil || !strings.HasPrefix(err.Error(), "the results cannot be written: ") {
			t.Errorf("step %d: error %v", step, err)
		}
		if got := contents(t, dir); !same(got, before) {
			t.Errorf("step %d fails, and leaves %v", step, got)
		}
	}
}

// A reader finds the one run or the other at every moment.
func TestOutputIsWholeForReaders(t *testing.T) {
	if exchangeFolders == nil {
		t.Skip("folders cannot be exchanged on this system")
	}
	dir := filepath.Join(t.TempDir(), "out")
	run := func(n int) []file {
		text := strings.Repeat(string(rune('a'+n%26)), 100)
		return outputs("a.csv", text, "charts/b.csv", text, "c.csv", text)
	}
	if err := writeOutput(dir, run(0)); err != nil {
		t.Fatal(err)
	}
	done, looks := make(chan struct{}), 0
	var reader sync.WaitGroup
	reader.Go(func() {
		for {
			select {
			case <-done:
				return
			default:
			}
			for _, name := range []string{"a.csv", "charts/b.csv", "c.csv"} {
				data, err := os.ReadFile(filepath.Join(dir, name))
				if err != nil || len(data) != 100 || strings.Trim(string(data), string(data[0])) != "" {
					t.Errorf("a reader finds %q in %s, %v", data, name, err)
				}
			}
			if _, sealed, err := manifestOf(filepath.Join(dir, manifestName)); err != nil || !sealed {
				t.Errorf("a reader finds a manifest that is sealed %v, %v", sealed, err)
			}
			looks++
		}
	})
	for n := range 40 {
		if err := writeOutput(dir, run(n)); err != nil {
			t.Error(err)
		}
	}
	close(done)
	reader.Wait()
	t.Logf("%d looks", looks)
}

// A run that is killed before everything is on the disk leaves the one before.
func TestOutputDropsAnUnfinishedStage(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	if err := writeOutput(dir, outputs("a.csv", "1")); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	if err := errors.Join(os.Mkdir(filepath.Join(dir, stageName), 0o755), os.WriteFile(filepath.Join(dir, stageName, "a.csv"), []byte("2"), 0o644)); err != nil {
		t.Fatal(err)
	}
	o, err := openOutput(dir)
	if err != nil {
		t.Fatal(err)
	}
	o.close()
	if got := contents(t, dir); !same(got, before) {
		t.Errorf("left %v", got)
	}
}

// A stage whose manifest is cut off is an unfinished one, also when the manifest
// of the results in place has gone there already.
func TestOutputDropsAStageWithACutManifest(t *testing.T) {
	for _, manifest := range []string{"", `{"program":"aftersh`, `{"program":"aftershock","outputs":[{"name":"../x"}]}`} {
		for _, moved := range []bool{false, true} {
			dir := filepath.Join(t.TempDir(), "out")
			if err := writeOutput(dir, outputs("a.csv", "1")); err != nil {
				t.Fatal(err)
			}
			good, err := os.ReadFile(filepath.Join(dir, manifestName))
			if err != nil {
				t.Fatal(err)
			}
			stage := filepath.Join(dir, stageName)
			if err := errors.Join(os.Mkdir(stage, 0o755), os.WriteFile(filepath.Join(stage, "a.csv"), []byte("2"), 0o644),
				os.WriteFile(filepath.Join(stage, manifestName), []byte(manifest), 0o644)); err != nil {
				t.Fatal(err)
			}
			if moved {
				if err := os.Rename(filepath.Join(dir, manifestName), filepath.Join(stage, replacedName)); err != nil {
					t.Fatal(err)
				}
			}
			o, err := openOutput(dir)
			if err != nil {
				t.Fatalf("manifest %q, moved %v: %v", manifest, moved, err)
			}
			o.close()
			if got, err := os.ReadFile(filepath.Join(dir, manifestName)); err != nil || string(got) != string(good) {
				t.Errorf("manifest %q, moved %v: the manifest before is %q, %v", manifest, moved, got, err)
			}
			if got := contents(t, dir); !same(got, map[string]string{"a.csv": "1"}) {
				t.Errorf("manifest %q, moved %v: left %v", manifest, moved, got)
			}
			if err := writeOutput(dir, outputs("a.csv", "2")); err != nil || contents(t, dir)["a.csv"] != "2" {
				t.Errorf("manifest %q, moved %v: the next run: %v, %v", manifest, moved, err, contents(t, dir))
			}
		}
	}
}

// A folder that is a link leads nowhere else.
func TestOutputThroughALink(t *testing.T) {
	dir, elsewhere := t.TempDir(), t.TempDir()
	if err := os.Symlink(elsewhere, filepath.Join(dir, "charts")); err != nil {
		t.Skip(err)
	}
	err := writeOutput(dir, outputs("charts/car.png", "1"))
	if err == nil || !strings.Contains(err.Error(), "charts is not a folder of the output directory") {
		t.Errorf("error %v", err)
	}
	if got := contents(t, elsewhere); len(got) > 0 {
		t.Errorf("wrote %v", got)
	}
}

// A run that waited with the lock file of one that has ended shuts others out
// all the same.
func TestLockOfARemovedFile(t *testing.T) {
	dir := t.TempDir()
	first, err := openOutput(dir)
	if err != nil {
		t.Fatal(err)
	}
	second := newOutput(dir)
	if locked, err := second.tryLock(); locked || err != nil {
		t.Fatalf("locked twice: %v, %v", locked, err)
	}
	first.close()
	held, err := os.OpenFile(filepath.Join(dir, lockName), os.O_CREATE, 0o644) // as a third does
	if err != nil {
		t.Fatal(err)
	}
	held.Close()
	if locked, err := second.tryLock(); !locked || err != nil {
		t.Fatalf("locked %v, %v", locked, err)
	}
	if _, err := openOutput(dir); err == nil || !strings.Contains(err.Error(), "another run is writing") {
		t.Errorf("error %v", err)
	}
	second.close()
}

// A file that cannot be written, as on a full disk, changes nothing.
func TestOutputThatCannotBeWritten(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	if err := writeOutput(dir, outputs("a.csv", "1")); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	err := writeOutput(dir, outputs("a.csv", "2", strings.Repeat("x", 300), "2"))
	if err == nil || strings.Contains(err.Error(), "\n") {
		t.Errorf("error %v", err)
	}
	if got := contents(t, dir); !same(got, before) {
		t.Errorf("left %v, want %v", got, before)
	}
	// Nor does one make directories.
	fresh := filepath.Join(t.TempDir(), "a", "b")
	if err := writeOutput(fresh, outputs(strings.Repeat("x", 300), "2")); err == nil {
		t.Error("no error")
	}
	if _, err := os.Stat(filepath.Dir(fresh)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("%s was left: %v", filepath.Dir(fresh), err)
	}
}

// What ends a run in the middle of a file, a signal or a file that cannot be
// made, changes nothing, however much of it is on the disk.
func TestOutputThatEndsWithin(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "out")
	if err := writeOutput(dir, outputs("a.csv", "1", "b.csv", "1")); err != nil {
		t.Fatal(err)
	}
	before := contents(t, dir)
	broken := errors.New("broken")
	for what, want := range map[string]error{"signal": context.Canceled, "defect": broken} {
		ctx, cancel := context.WithCancel(t.Context())
		long := file{"b.csv", func(w io.Writer) error {
			row := make([]byte, 1<<20)
			for range 3 {
				if _, err := w.Write(row); err != nil {
					return err
				}
			}
			if info, err := os.Stat(filepath.Join(filepath.Dir(dir), ".out.aftershock", "b.csv")); err != nil || info.Size() < 2<<20 {
				t.Errorf("%s: nothing is written yet: %v", what, err)
			}
			if want == broken {
				return broken
			}
			cancel()
			_, err := w.Write(row)
			return err
		}}
		o, err := openOutput(dir)
		if err != nil {
			t.Fatal(err)
		}
		if err := o.write(ctx, append(outputs("a.csv", "2"), long), manifest); !errors.Is(err, want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: error %v", what, err)
		}
		o.close()
		cancel()
		if got := contents(t, dir); !same(got, before) {
			t.Errorf("%s: left %v", what, got)
		}
		if left, err := os.ReadDir(filepath.Dir(dir)); err != nil || len(left) != 1 {
			t.Errorf("%s: beside the directory are %v, %v", what, left, err)
		}
	}
}

// A disk that is full in the middle of a table leaves the run before.
func TestRunOnAFullDisk(t *testing.T) {
	dir := t.TempDir()
	aftershock := func(limit string, args ...string) (string, error) {
		cmd := exec.Command("sh", append([]string{"-c", limit + ` exec aftershock run --quiet --charts none "$@"`, "sh"}, args...)...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		return string(out), err
	}
	if out, err := aftershock("", "--format", "csv"); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
	before := contents(t, dir)
	out, err := aftershock("ulimit -f 64;", "--format", "csv,parquet", "--model", "mean")
	if err == nil || !strings.HasPrefix(out, "aftershock: the results cannot be written: ") || strings.Count(out, "\n") != 1 {
		t.Errorf("%v: %s", err, out)
	}
	if got := contents(t, dir); !same(got, before) {
		t.Errorf("left %d files of %d", len(got), len(before))
	}
}

// A manifest from elsewhere cannot make the program remove files elsewhere.
func TestManifestOutsideItsDirectory(t *testing.T) {
	dir := t.TempDir()
	m := []byte(`{"program":"aftershock","outputs":[{"name":"../x"}]}`)
	if err := os.WriteFile(filepath.Join(dir, manifestName), m, 0o644); err != nil {
		t.Fatal(err)
	}
	if err := writeOutput(dir, outputs("a.csv", "1")); err == nil || !strings.Contains(err.Error(), "outside its directory") {
		t.Errorf("error %v", err)
	}
}

// A signal ends a run with status 130, and leaves nothing.
func TestInterrupted(t *testing.T) {
	dir := t.TempDir()
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	t.Chdir(dir)
	var out, problems bytes.Buffer
	if status := run(ctx, []string{"run"}, strings.NewReader(""), &out, &problems); status != statusInterrupted {
		t.Errorf("status %d", status)
	}
	if got := problems.String(); got != "aftershock: interrupted; nothing was written\n" {
		t.Errorf("stderr %q", got)
	}
	if got := contents(t, dir); len(got) > 0 || out.Len() > 0 {
		t.Errorf("left %v, printed %q", got, out.String())
	}
}

// The first run, of everything that ships, takes less than a second: here in
// processor time, of which two cores give two seconds a second.
func TestFirstRunIsQuick(t *testing.T) {
	if testing.Short() {
		t.Skip("the race detector slows it down")
	}
	cmd := exec.Command("aftershock", "run", "--quiet")
	cmd.Dir = t.TempDir()
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v\n%s", err, out)
	}
	if took := cmd.ProcessState.UserTime() + cmd.ProcessState.SystemTime(); took > 2*time.Second {
		t.Errorf("took %v", took)
	}
	m, err := manifestFiles(filepath.Join(cmd.Dir, "out", manifestName))
	if err != nil || !slices.Contains(m, "charts/car-deepseek-selloff.png") {
		t.Errorf("wrote %v, %v", m, err)
	}
}

// The page of the shipped study stays one that is sent by mail: under 600 kB.
func TestPageIsSmall(t *testing.T) {
	for _, lang := range []string{"en", "ar"} {
		dir := t.TempDir()
		cmd := exec.Command("aftershock", "run", "--quiet", "--lang", lang, "--format", "html", "--tables", "tests")
		cmd.Dir = dir
		if out, err := cmd.CombinedOutput(); err != nil {
			t.Fatalf("%v\n%s", err, out)
		}
		page, err := os.Stat(filepath.Join(dir, "out", "report.html"))
		if err != nil || page.Size() < 300_000 || page.Size() >= 600_000 {
			t.Errorf("%s: %v bytes, %v", lang, page.Size(), err)
		}
	}
}

// Tables are written no further than they are when the signal comes.
func TestTablesAreInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	var buf bytes.Buffer
	w := until(ctx, &buf)
	fmt.Fprint(w, "before")
	cancel()
	if n, err := fmt.Fprint(w, "after"); n != 0 || !errors.Is(err, context.Canceled) || buf.String() != "before" {
		t.Errorf("wrote %q, %v", buf.String(), err)
	}
}

// Who closes the pipe that the report goes to ends the program quietly; the
// files are complete and the directory is free.
func TestClosedPipe(t *testing.T) {
	cmd := exec.Command("aftershock", "run", "--charts", "none")
	cmd.Dir = t.TempDir()
	r, w, err := os.Pipe()
	if err != nil {
		t.Fatal(err)
	}
	r.Close()
	var problems bytes.Buffer
	cmd.Stdout, cmd.Stderr = w, &problems
	err = cmd.Run()
	w.Close()
	if got := cmd.ProcessState.ExitCode(); got != statusPipe || problems.Len() > 0 {
		t.Errorf("exit status %d (%v), stderr %q", got, err, problems.String())
	}
	if _, err := os.Stat(filepath.Join(cmd.Dir, "out", lockName)); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the lock is left: %v", err)
	}
	if m, err := manifestFiles(filepath.Join(cmd.Dir, "out", manifestName)); err != nil || len(m) < 2 {
		t.Errorf("wrote %v, %v", m, err)
	}
}

// The manifest describes what was read: a file that changed since ends the run.
func TestInputThatChanges(t *testing.T) {
	t.Chdir(t.TempDir())
	catalogue := "id,date,securities\nselloff,2025-01-27,NVDA\n"
	if err := os.WriteFile("events.csv", []byte(catalogue), 0o644); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile("config.yaml", []byte("events: {file: events.csv}\n"), 0o644); err != nil {
		t.Fatal(err)
	}
	c, err := loadConfig("", nil)
	if err != nil {
		t.Fatal(err)
	}
	c.remember()
	for _, name := range []string{"config.yaml", "events.csv"} {
		if _, err := c.describe(name, c.homes()); err != nil {
			t.Error(err)
		}
		if err := os.WriteFile(name, []byte(catalogue+"r1,2025-01-20,NVDA\n"), 0o644); err != nil {
			t.Fatal(err)
		}
		if _, err := c.describe(name, c.homes()); err == nil || err.Error() != name+" has changed while the study ran; run it again" {
			t.Errorf("%s: error %v", name, err)
		}
	}
}

// A disk that is full leaves no part of a file of prices.
func TestExportToAFullDisk(t *testing.T) {
	cmd := exec.Command("sh", "-c", "ulimit -f 8; exec aftershock prices export exported NVDA")
	cmd.Dir = t.TempDir()
	out, err := cmd.CombinedOutput()
	if err == nil {
		t.Fatalf("no error: %s", out)
	}
	if left := contents(t, cmd.Dir); len(left) > 0 {
		t.Errorf("left %d files; %s", len(left), out)
	}
}

// A signal stops the program while it works; nothing of the run is left.
func TestSignal(t *testing.T) {
	cmd := exec.Command("aftershock", "run", "--quiet", "--tests", "bootstrap", "--charts", "none")
	cmd.Dir = t.TempDir()
	cmd.Env = append(os.Environ(), "AFTERSHOCK_STUDY_DRAWS=300000")
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	lock := filepath.Join(cmd.Dir, "out", lockName)
	for _, err := os.Stat(lock); err != nil; _, err = os.Stat(lock) {
		time.Sleep(time.Millisecond)
	}
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != statusTerminated {
		t.Errorf("exit status %d after SIGTERM", got)
	}
	if left := contents(t, cmd.Dir); len(left) > 0 {
		t.Errorf("left %v", left)
	}
}

// A manifest that no run has written gives nothing away.
func TestPlantedManifest(t *testing.T) {
	everyWay(t, func(t *testing.T, open func(string) *output) {
		dir := filepath.Join(t.TempDir(), "out")
		planted := `{"program":"aftershock","outputs":[{"name":"thesis.txt","bytes":4,"sha256":"00"},{"name":"a.csv","bytes":4,"sha256":"00"}]}`
		if err := errors.Join(os.Mkdir(dir, 0o755), os.WriteFile(filepath.Join(dir, manifestName), []byte(planted), 0o644),
			os.WriteFile(filepath.Join(dir, "thesis.txt"), []byte("mine"), 0o644)); err != nil {
			t.Fatal(err)
		}
		o := open(dir)
		err := o.write(t.Context(), outputs("b.csv", "1"), manifest)
		o.close()
		if got := contents(t, dir); err != nil || !same(got, map[string]string{"b.csv": "1", "thesis.txt": "mine"}) {
			t.Errorf("a run leaves %v, %v", got, err)
		}
		if err := os.WriteFile(filepath.Join(dir, manifestName), []byte(planted), 0o644); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(filepath.Join(dir, "a.csv"), []byte("mine"), 0o644); err != nil {
			t.Fatal(err)
		}
		o = open(dir)
		err = o.write(t.Context(), outputs("a.csv", "1"), manifest)
		o.close()
		if err == nil || !strings.Contains(err.Error(), "a.csv was not written by aftershock and would be lost") {
			t.Errorf("error %v", err)
		}
	})
}

// A folder that stands at the name of a file of the run before is not the run's: the
// next run refuses to write there, and leaves it where it writes no such file.
func TestForeignFolderAtANameOfARun(t *testing.T) {
	everyWay(t, func(t *testing.T, open func(string) *output) {
		dir := filepath.Join(t.TempDir(), "out")
		write := func(files []file) error {
			o := open(dir)
			defer o.close()
			return o.write(t.Context(), files, manifest)
		}
		if err := write(outputs("a.csv", "1", "b.csv", "2")); err != nil {
			t.Fatal(err)
		}
		notes := filepath.Join(dir, "a.csv", "notes.txt")
		if err := errors.Join(os.Remove(filepath.Join(dir, "a.csv")), os.Mkdir(filepath.Join(dir, "a.csv"), 0o755), os.WriteFile(notes, []byte("mine"), 0o644)); err != nil {
			t.Fatal(err)
		}
		if err := write(outputs("a.csv", "3")); err == nil || !strings.Contains(err.Error(), "a.csv was not written by aftershock and would be lost") {
			t.Errorf("error %v", err)
		}
		if err := write(outputs("b.csv", "4")); err != nil {
			t.Error(err)
		}
		if text, err := os.ReadFile(notes); err != nil || string(text) != "mine" {
			t.Errorf("%q, %v", text, err)
		}
	})
}

// Nor does a stage that no run has written.
func TestPlantedStage(t *testing.T) {
	for _, stage := range []string{filepath.Join("out", stageName), ".out.aftershock"} {
		dir := t.TempDir()
		out, stage := filepath.Join(dir, "out"), filepath.Join(dir, stage)
		var m bytes.Buffer
		if err := errors.Join(os.MkdirAll(out, 0o755), os.MkdirAll(stage, 0o755), os.WriteFile(filepath.Join(out, "thesis.txt"), []byte("mine"), 0o644),
			os.WriteFile(filepath.Join(stage, "thesis.txt"), []byte("other"), 0o644),
			(&report.Manifest{Program: "aftershock", Outputs: []report.File{{Name: "thesis.txt", Bytes: 5}}}).Write(&m),
			os.WriteFile(filepath.Join(stage, manifestName), m.Bytes(), 0o644)); err != nil {
			t.Fatal(err)
		}
		if err := writeOutput(out, outputs("a.csv", "1")); err != nil {
			t.Errorf("%s: %v", stage, err)
		}
		if got := contents(t, out); !same(got, map[string]string{"a.csv": "1", "thesis.txt": "mine"}) {
			t.Errorf("%s: left %v", stage, got)
		}
	}
}
