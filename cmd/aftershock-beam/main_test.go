package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/io/filesystem/memfs"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/register"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/x/beamx"

	"aftershock/internal/bulkmarket"
	"aftershock/internal/parts"
)

func TestMain(m *testing.M) {
	registered()
	register.DoFn3x1[context.Context, int, func(int, string), error](&twice{})
	register.DoFn3x1[context.Context, int, func(int, string), error](&marking{})
	flag.Parse()
	beam.Init()
	if os.Getenv(workerName) != "" { // Prism has started this as the process of a worker
		if err := work(context.Background()); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		return
	}
	slog.SetDefault(slog.New(slog.DiscardHandler))
	dir, err := os.MkdirTemp("", "aftershock-beam-test-")
	if err == nil {
		*programFlag = filepath.Join(dir, "aftershock.exe")
		build := exec.Command("go", "build", "-o", *programFlag, "./cmd/aftershock")
		build.Dir = filepath.Join("..", "..")
		var out []byte
		if out, err = build.CombinedOutput(); err != nil {
			err = fmt.Errorf("%w\n%s", err, out)
		}
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	status := m.Run()
	os.RemoveAll(dir)
	os.Exit(status)
}

// aftershockRun runs the program itself in a folder.
func aftershockRun(t *testing.T, dir string, args ...string) {
	t.Helper()
	cmd := exec.Command(*programFlag, append([]string{"run"}, args...)...)
	cmd.Dir = dir
	if out, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, out)
	}
}

// results returns what the files below dir hold; of the manifest all but the clock,
// and the seal that has it.
func results(t *testing.T, dir string) map[string]string {
	t.Helper()
	out := make(map[string]string)
	err := filepath.WalkDir(dir, func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		data, err := os.ReadFile(name)
		if d.Name() == "manifest.json" {
			var m map[string]any
			if err := json.Unmarshal(data, &m); err != nil {
				return err
			}
			if m["clock"] == nil || m["seal"] == nil || len(m) < 8 {
				return fmt.Errorf("a manifest of %d fields", len(m))
			}
			delete(m, "clock")
			delete(m, "seal")
			data, _ = json.Marshal(m)
		}
		rel, _ := filepath.Rel(dir, name)
		out[rel] = string(data)
		return err
	})
	if err != nil || len(out) < 3 {
		t.Fatalf("%d files in %s, %v", len(out), dir, err)
	}
	return out
}

func equal(t *testing.T, what string, got, want map[string]string) {
	t.Helper()
	for name, data := range want {
		if got[name] != data {
			t.Errorf("%s: %s differs", what, name)
		}
	}
	if len(got) != len(want) {
		t.Errorf("%s: %d files, want %d", what, len(got), len(want))
	}
}

// onBeam performs a study in the working directory, cut into shares.
func onBeam(t *testing.T, shares int, args ...string) (stdout string, err error) {
	t.Helper()
	defer func(n int) { *sharesFlag = n }(*sharesFlag)
	*sharesFlag = shares
	var out, problems bytes.Buffer
	err = run(t.Context(), args, &out, &problems)
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		err = fmt.Errorf("%w: %s", err, &problems)
	}
	return out.String(), err
}

// The shipped study leaves the same files and the same report, whatever the number
// of shares, as aftershock run; prices are read once.
func TestShippedStudy(t *testing.T) {
	args := []string{"--out", "out", "--charts", "ranking", "--format", "text,csv,html,png"}
	whole := t.TempDir()
	aftershockRun(t, whole, append([]string{"--quiet"}, args...)...)
	want := results(t, filepath.Join(whole, "out"))
	for _, shares := range []int{1, 7, 40} {
		t.Chdir(t.TempDir())
		before := studies.read
		stdout, err := onBeam(t, shares, args...)
		if err != nil {
			t.Fatal(err)
		}
		if !strings.Contains(stdout, "DeepSeek") {
			t.Errorf("%d shares: the report is %q", shares, stdout)
		}
		if n := studies.read - before; n != 1 {
			t.Errorf("%d shares: prices were read %d times", shares, n)
		}
		equal(t, fmt.Sprint(shares, " shares"), results(t, "out"), want)
	}
}

// Groups that span all shares, and a model whose fits travel.
func TestDrawnMarket(t *testing.T) {
	dir := t.TempDir()
	for _, c := range bulkmarket.Catalogs {
		if err := bulkmarket.Write(dir, c, 12, 200); err != nil {
			t.Fatal(err)
		}
	}
	if err := os.WriteFile(filepath.Join(dir, "none.yaml"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	t.Chdir(dir)
	for _, args := range [][]string{
		{"--config", "news.yaml"},
		{"--config", "market.yaml", "--format", "csv"},
		{"--config", "none.yaml", "--ids", "deepseek-selloff", "--model", "huber", "--charts", "none"},
	} {
		args = append(args, "--out", "out", "--quiet")
		aftershockRun(t, dir, args...)
		want := results(t, "out")
		if err := os.RemoveAll("out"); err != nil {
			t.Fatal(err)
		}
		if _, err := onBeam(t, 7, args...); err != nil {
			t.Fatal(err)
		}
		equal(t, strings.Join(args, " "), results(t, "out"), want)
	}
}

// packed packs the shipped study into dir.
func packed(t *testing.T, dir string) job {
	t.Helper()
	aftershockRun(t, dir, "--pack", packName, "--ids", "deepseek-selloff")
	sum, err := parts.PackSum(filepath.Join(dir, packName))
	if err != nil {
		t.Fatal(err)
	}
	return job{Dir: dir, Pack: filepath.Join(dir, packName), Sum: sum, Shares: 3}
}

// merged joins the parts of j.
func merged(t *testing.T, j job) map[string]string {
	t.Helper()
	args := []string{"merge"}
	for i := range j.Shares {
		args = append(args, j.part(i+1))
	}
	out := filepath.Join(t.TempDir(), "out")
	cmd := exec.Command(*programFlag, append(args, "--ids", "deepseek-selloff", "--charts", "none", "--quiet", "--out", "out")...)
	cmd.Dir = filepath.Dir(out)
	if data, err := cmd.CombinedOutput(); err != nil {
		t.Fatalf("%v: %s", err, data)
	}
	return results(t, out)
}

// twice measures each share twice, as a runner does that tries a bundle again after
// it has taken what the first attempt found.
type twice struct{ Job job }

// ProcessElement emits share i twice.
func (f *twice) ProcessElement(ctx context.Context, i int, emit func(int, string)) error {
	m := measure{f.Job}
	return errors.Join(m.ProcessElement(ctx, i, emit), m.ProcessElement(ctx, i, emit))
}

// What is computed twice counts once: in one job, where a share is kept again, and
// in a job after one that failed half-way.
func TestRetriesCountOnce(t *testing.T) {
	j := packed(t, t.TempDir())
	if err := j.compute(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := merged(t, j)

	again := j
	again.Dir = t.TempDir()
	p, s := beam.NewPipelineWithRoot()
	again.pipeline(s, &twice{again})
	if err := beamx.Run(t.Context(), p); err != nil {
		t.Fatal(err)
	}
	equal(t, "each share twice", merged(t, again), want)

	for range 2 { // a job over the folder of another
		if err := again.compute(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	equal(t, "each job twice", merged(t, again), want)

	for _, c := range []struct {
		sums []string
		want string
	}{{[]string{"a", "a", "a"}, ""}, {[]string{"a", "a", "b"}, "different figures of share 3"}, {nil, "nothing was found of share 3"}} {
		next := func(to *string) bool {
			if len(c.sums) == 0 {
				return false
			}
			*to, c.sums = c.sums[0], c.sums[1:]
			return true
		}
		kept := 0
		err := (&once{}).ProcessElement(3, next, func(i int) { kept = i })
		if c.want == "" && (err != nil || kept != 3) || c.want != "" && (err == nil || kept != 0 || !strings.Contains(cause(err).Error(), c.want)) {
			t.Errorf("%s: %d, %v", c.want, kept, err)
		}
	}

	failed := j
	failed.Pack = filepath.Join(t.TempDir(), packName) // not there yet
	if err := failed.compute(t.Context()); err == nil {
		t.Fatal("a job without a pack ends well")
	}
	whole, err := os.ReadFile(j.Pack)
	if err == nil {
		err = os.WriteFile(failed.Pack, whole, 0o644)
	}
	if err != nil {
		t.Fatal(err)
	}
	if err := failed.compute(t.Context()); err != nil {
		t.Fatalf("the pack is there now: %v", err)
	}
	equal(t, "after a job that failed", merged(t, failed), want)
}

// marking is a worker that says in a file which process it is, and computes nothing
// where Dies is set, but ends its process.
type marking struct {
	Job  job
	Dies bool
}

// ProcessElement measures share i.
func (f *marking) ProcessElement(ctx context.Context, i int, emit func(int, string)) error {
	if f.Dies {
		os.Exit(3)
	}
	name := filepath.Join(f.Job.Dir, fmt.Sprintf("by-%d-%d", os.Getpid(), i))
	return errors.Join(os.WriteFile(name, nil, 0o644), (&measure{f.Job}).ProcessElement(ctx, i, emit))
}

// With --workers shares are computed by so many processes besides this one, and nothing
// changes.
func TestProcesses(t *testing.T) {
	j := packed(t, t.TempDir())
	if err := j.compute(t.Context()); err != nil {
		t.Fatal(err)
	}
	want := merged(t, j)
	for _, c := range []struct{ shares, workers, processes int }{{3, 1, 1}, {7, 2, 2}, {6, 4, 4}, {2, 5, 2}} {
		own := j
		own.Dir, own.Shares, own.Workers = t.TempDir(), c.shares, c.workers
		p, s := beam.NewPipelineWithRoot()
		own.pipeline(s, &marking{Job: own})
		if err := own.onProcesses(t.Context(), p); err != nil {
			t.Fatal(err)
		}
		by := make(map[string]int)
		marks, _ := filepath.Glob(filepath.Join(own.Dir, "by-*"))
		for _, m := range marks {
			by[strings.Split(filepath.Base(m), "-")[1]]++
		}
		if len(by) != c.processes || len(marks) != c.shares || by[fmt.Sprint(os.Getpid())] > 0 {
			t.Errorf("%d shares, %d workers: %v", c.shares, c.workers, by)
		}
		equal(t, fmt.Sprint(c), merged(t, own), want)
	}
	p, s := beam.NewPipelineWithRoot()
	dead := j
	dead.Workers = 2
	dead.pipeline(s, &marking{Job: dead, Dies: true})
	if err := dead.onProcesses(t.Context(), p); err == nil || !strings.HasPrefix(cause(err).Error(), "a worker's process ended") {
		t.Errorf("workers that have died: %v", err)
	}
	bad := j
	bad.Workers, bad.Sum = 2, strings.Repeat("0", 64)
	if err := bad.compute(t.Context()); err == nil || !strings.Contains(cause(err).Error(), "is not the pack") {
		t.Errorf("another pack: %v", err)
	}
}

// A worker says in one line what it cannot work with.
func TestWorkerRefuses(t *testing.T) {
	j := packed(t, t.TempDir())
	whole, err := os.ReadFile(j.Pack)
	if err != nil {
		t.Fatal(err)
	}
	changed := bytes.Clone(whole)
	changed[len(changed)/2] ^= 1
	for _, c := range []struct {
		what string
		data []byte
		sum  string
		want string
	}{
		{"no file", nil, j.Sum, "no such file"},
		{"another file", []byte("prices"), j.Sum, "is no pack of a study"},
		{"a changed bit", changed, j.Sum, "is no pack of a study"},
		{"another pack", whole, strings.Repeat("0", 64), "is not the pack that this job was started with"},
	} {
		bad := j
		bad.Dir = t.TempDir()
		bad.Pack, bad.Sum = filepath.Join(bad.Dir, packName), c.sum
		if c.data != nil {
			if err := os.WriteFile(bad.Pack, c.data, 0o644); err != nil {
				t.Fatal(err)
			}
		}
		err := bad.compute(t.Context())
		if err == nil {
			t.Errorf("%s: the job ends well", c.what)
			continue
		}
		if said := cause(err).Error(); !strings.Contains(said, c.want) || !strings.Contains(said, bad.Pack) || strings.Contains(said, "\n") {
			t.Errorf("%s: %s", c.what, said)
		}
		if left, _ := filepath.Glob(filepath.Join(bad.Dir, "part-*")); len(left) > 0 {
			t.Errorf("%s: %v are left", c.what, left)
		}
	}
	nowhere := j
	nowhere.Dir = filepath.Join(t.TempDir(), "gone")
	if err := nowhere.compute(t.Context()); err == nil || !strings.Contains(cause(err).Error(), "gone") || strings.Contains(cause(err).Error(), "\n") {
		t.Errorf("parts to a folder that is not there: %v", err)
	}
}

// A folder that is no folder of this machine is read and written through Beam.
func TestRemoteFolder(t *testing.T) {
	_ = memfs.New // registers memfs://
	defer func() { *dirFlag = "" }()
	args := []string{"--out", "out", "--charts", "none", "--quiet", "--ids", "deepseek-selloff"}
	whole := t.TempDir()
	aftershockRun(t, whole, args...)
	for _, dir := range []string{"memfs://jobs/one/", filepath.Join(t.TempDir(), "made", "of", "two")} {
		t.Chdir(t.TempDir())
		*dirFlag = dir
		if _, err := onBeam(t, 4, args...); err != nil {
			t.Fatal(err)
		}
		equal(t, dir, results(t, "out"), results(t, filepath.Join(whole, "out")))
	}
}

// What is wrong with the command line, or with what aftershock is told, is one line,
// and nothing is written.
func TestCommandLine(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, c := range []struct {
		args []string
		want string
	}{
		{[]string{"--shard", "1/2"}, "--shard does not go"},
		{[]string{"--pack=x"}, "--pack does not go"},
		{[]string{"--keep", "3"}, "--keep does not go"},
		{[]string{"run"}, `"run" is no flag`},
		{[]string{"--model", "markte"}, `"markte" is not a model`},
		{[]string{"--ids", "none-such"}, "none-such"},
		{[]string{"--out", "out", "more"}, `"more"`},
	} {
		_, err := onBeam(t, 2, c.args...)
		if err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%v: %v", c.args, err)
		}
		if left, _ := filepath.Glob("*"); len(left) > 0 {
			t.Errorf("%v: %v is left", c.args, left)
		}
	}
	if _, err := onBeam(t, 0); err == nil || !strings.Contains(err.Error(), "--shares: 0") {
		t.Error(err)
	}
	defer func(name string) { *programFlag = name }(*programFlag)
	*programFlag = "none-such"
	if _, err := onBeam(t, 1); err == nil {
		t.Error("a program that is not there runs")
	}
}

// Prism asks without rest whether a stage that gives nothing has ended: none that works
// may be one.
func TestEveryStageGives(t *testing.T) {
	p, s := beam.NewPipelineWithRoot()
	j := job{Dir: t.TempDir(), Shares: 3}
	j.pipeline(s, &measure{j})
	edges, _, err := p.Build()
	if err != nil {
		t.Fatal(err)
	}
	ends := 0
	for _, e := range edges {
		if len(e.Output) > 0 {
			continue
		}
		if ends++; e.DoFn == nil || !strings.HasSuffix(e.DoFn.Name(), ".end") {
			t.Errorf("%s gives nothing", e.Name())
		}
	}
	if ends != 1 {
		t.Errorf("%d ends", ends)
	}
}
