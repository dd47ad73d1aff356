// Aftershock-beam performs a study on Apache Beam: the same study as aftershock run,
// which leaves the same files, to the byte.
//
//	aftershock-beam [flags] -- [flags of aftershock run]
//
// It calls aftershock run --pack, which reads configuration, events and prices and
// leaves them in one file; computes the shares of the study on workers, each of which
// opens that file once and is told numbers of shares; and calls aftershock merge,
// which joins what they found and writes the results. Between workers travel the
// file's name, numbers, and sums; no price.
//
// The flags before -- are those below and Beam's own: --runner, with prism, which
// runs in the program itself, as the default, and what the runners of Dataflow,
// Flink and Spark take (docs/scale.md).
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // the clocks of exchanges must not depend on a worker's machine

	"github.com/apache/beam/sdks/v2/go/pkg/beam"
	"github.com/apache/beam/sdks/v2/go/pkg/beam/runners"

	"aftershock/internal/parts"
)

var (
	programFlag = flag.String("aftershock", "", "`program` that packs and merges (default: aftershock beside this one, or else on the path)")
	dirFlag     = flag.String("dir", "", "`folder` for the pack and the parts, which workers reach by the same name: shared, or gs://BUCKET/FOLDER (default: one that is removed in the end)")
	workersFlag = flag.Int("workers", 0, "`number` of processes of workers that Prism starts; 0: its worker is in this program")
	sharesFlag  = flag.Int("shares", runtime.NumCPU(), "`number` of shares that the study is cut into; the results do not depend on it")
)

// The exit statuses, as those of aftershock; what it ends with itself is passed on.
const (
	statusFailure     = 1
	statusUsage       = 2
	statusInterrupted = 130
)

func main() {
	flag.Usage = usage
	flag.Parse()
	registered()
	beam.Init() // does not return in a worker
	if !elsewhere() {
		// Prism tells of each step of a job; what goes wrong is told by the error.
		slog.SetDefault(slog.New(slog.DiscardHandler))
	}
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	if os.Getenv(workerName) != "" {
		if err := work(ctx); err != nil && ctx.Err() == nil {
			fmt.Fprintln(os.Stderr, "aftershock-beam:", err)
			os.Exit(statusFailure)
		}
		return
	}
	err := run(ctx, flag.Args(), os.Stdout, os.Stderr)
	var ended *exec.ExitError
	var use usageError
	switch {
	case err == nil:
	case errors.As(err, &ended) && ended.ExitCode() > 0: // it has said why
		os.Exit(ended.ExitCode())
	case ctx.Err() != nil:
		fmt.Fprintln(os.Stderr, "aftershock-beam: interrupted; nothing was written")
		os.Exit(statusInterrupted)
	case errors.As(err, &use):
		fmt.Fprintln(os.Stderr, "aftershock-beam:", err)
		os.Exit(statusUsage)
	default:
		fmt.Fprintln(os.Stderr, "aftershock-beam:", cause(err))
		os.Exit(statusFailure)
	}
}

// A usageError is something wrong with the command line.
type usageError struct{ error }

func usage() {
	fmt.Fprintf(flag.CommandLine.Output(), "usage: aftershock-beam [flags] -- [flags of aftershock run]\n\n")
	flag.PrintDefaults()
}

// onlyOfRun are flags of aftershock run that say what is not to be said here.
var onlyOfRun = []string{"shard", "pack", "if-changed", "keep"}

// check says what is wrong with the command line.
func check(args []string) error {
	for _, a := range args {
		name, _, _ := strings.Cut(strings.TrimLeft(a, "-"), "=")
		switch {
		case a == name && slices.Contains([]string{"run", "merge"}, name):
			return usageError{fmt.Errorf("%q is no flag of aftershock run; name the flags alone, after --", a)}
		case a != name && slices.Contains(onlyOfRun, name):
			return usageError{fmt.Errorf("--%s does not go with a study on Beam; leave it out", name)}
		}
	}
	if *sharesFlag < 1 {
		return usageError{fmt.Errorf("--shares: %d; use 1 or more", *sharesFlag)}
	}
	if *workersFlag < 0 {
		return usageError{fmt.Errorf("--workers: %d; use 0 or more", *workersFlag)}
	}
	if *workersFlag > 0 && runner() != "prism" && runner() != "PrismRunner" {
		return usageError{fmt.Errorf("--workers are processes that Prism starts; the runner %s has workers of its own", runner())}
	}
	if *dirFlag == "" && elsewhere() {
		return usageError{fmt.Errorf("--dir is missing: name a folder that the workers of the runner %s reach", runner())}
	}
	return nil
}

// runner is the name of the runner that is used.
func runner() string {
	if *runners.Runner == "" {
		return "prism"
	}
	return *runners.Runner
}

// elsewhere reports whether workers may run on other machines than this.
func elsewhere() bool {
	return !slices.Contains([]string{"prism", "PrismRunner", "direct", "DirectRunner", "dot"}, runner())
}

// run performs the study with the flags args of aftershock run.
func run(ctx context.Context, args []string, stdout, stderr io.Writer) error {
	if err := check(args); err != nil {
		return err
	}
	program, err := aftershock()
	if err != nil {
		return err
	}
	here, err := os.MkdirTemp("", "aftershock-beam-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(here)
	shared := *dirFlag
	switch {
	case shared == "":
		shared = here
	case !remote(shared):
		if err := os.MkdirAll(shared, 0o755); err != nil {
			return fmt.Errorf("--dir: %w", err)
		}
		if shared, err = filepath.Abs(shared); err != nil {
			return err
		}
		here = shared
	}
	call := func(stdout io.Writer, args ...string) error {
		cmd := exec.CommandContext(ctx, program, args...)
		cmd.Cancel = func() error { return cmd.Process.Signal(os.Interrupt) }
		cmd.WaitDelay = time.Minute
		cmd.Stdin, cmd.Stdout, cmd.Stderr = nil, stdout, stderr
		err := cmd.Run()
		if err != nil && !errors.As(err, new(*exec.ExitError)) {
			return fmt.Errorf("%s cannot be run: %w", program, err)
		}
		return err
	}
	pack := filepath.Join(here, packName)
	if err := call(io.Discard, slices.Concat([]string{"run", "--pack", pack}, args)...); err != nil {
		return err
	}
	sum, err := parts.PackSum(pack)
	if err != nil {
		return err
	}
	job := job{Dir: shared, Pack: join(shared, packName), Sum: sum, Shares: *sharesFlag, Workers: *workersFlag}
	if shared != here {
		if err := upload(ctx, pack, job.Pack); err != nil {
			return err
		}
	}
	if err := job.compute(ctx); err != nil {
		return err
	}
	forget() // merge needs the memory
	merge := []string{"merge"}
	for i := 1; i <= job.Shares; i++ {
		name := parts.Name(here, i, job.Shares)
		if shared != here {
			if err := download(ctx, job.part(i), name); err != nil {
				return err
			}
		}
		if _, err := os.Stat(name); errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("share %d of %d is not in %s, though the job has ended well: do workers reach that folder by this name?", i, job.Shares, shared)
		}
		merge = append(merge, name)
	}
	return call(stdout, append(merge, args...)...)
}

// aftershock returns the program that packs and merges.
func aftershock() (string, error) {
	if *programFlag != "" {
		return exec.LookPath(*programFlag)
	}
	name := "aftershock"
	if runtime.GOOS == "windows" {
		name += ".exe"
	}
	if own, err := os.Executable(); err == nil {
		if beside := filepath.Join(filepath.Dir(own), name); executable(beside) {
			return beside, nil
		}
	}
	found, err := exec.LookPath(name)
	if err != nil {
		return "", errors.New("aftershock is neither beside this program nor on the path; name it by --aftershock")
	}
	return found, nil
}

func executable(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.Mode().IsRegular()
}
