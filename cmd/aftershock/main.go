package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"strings"
	"syscall"
	"time"
	_ "time/tzdata" // New York's clock must not depend on the machine

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func main() {
	signal.Ignore(syscall.SIGPIPE) // a write says it, and what is open is closed
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	context.AfterFunc(ctx, stop) // a second signal ends the program at once
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

// The exit statuses.
const (
	statusOK          = 0
	statusFailure     = 1 // the data or the machine does not allow it
	statusUsage       = 2 // the command line or the configuration is wrong
	statusInterrupted = 130
	statusPipe        = 141 // nobody reads standard output any more
)

// A usageError is one or more things wrong with the command line or the
// configuration.
type usageError struct{ error }

func (e usageError) Unwrap() error { return e.error }

// app is one call of the program.
type app struct {
	stdin          io.Reader
	stdout, stderr io.Writer
	configFile     string
	tableName      string // that goes to stdout in place of the report
	offline        bool   // never use the network
	now            func() time.Time
	shard          shard    // of run --shard
	parts          []string // of merge
}

// run performs the command of args and returns its exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, now: time.Now}
	defer func() {
		if x := recover(); x != nil {
			a.say("a defect of the program, please report it: %v\n%s", x, debug.Stack())
			status = statusFailure
		}
	}()
	root := a.root()
	root.SetArgs(append([]string{}, args...))
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	var usage usageError
	switch {
	case err == nil:
		return statusOK
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		kept := "nothing was written"
		switch {
		case errors.Is(err, errFetching):
			kept = "what was fetched until then is stored"
		case errors.Is(err, errWritten):
			kept = "the results are written, the report was not printed to its end"
		}
		a.say("interrupted; %s", kept)
		return statusInterrupted
	case errors.Is(err, syscall.EPIPE):
		return statusPipe
	case errors.As(err, &usage):
		a.say("%v", err)
		return statusUsage
	}
	a.say("%v", err)
	return statusFailure
}

// say writes a message to stderr, its first word the program's name on each line.
func (a *app) say(format string, args ...any) {
	for line := range strings.Lines(fmt.Sprintf(format, args...)) {
		fmt.Fprintf(a.stderr, "aftershock: %s\n", strings.TrimSuffix(line, "\n"))
	}
}

func (a *app) root() *cobra.Command {
	root := &cobra.Command{
		Use:   "aftershock",
		Short: "Measure what dated news did to share prices",
		Long: `Aftershock measures what dated news did to share prices: an event study.

It compares the returns of securities around each event with those that a model
of normal returns predicts, and tests whether the difference is more than chance.
Without a configuration it studies the DeepSeek news of January 2025 on figures
that come with it, so "aftershock run" works as it stands.

Every command reads config.yaml in the working directory, or the file named by
--config or AFTERSHOCK_CONFIG. A flag goes before an environment variable, that
before the file, and the file before the defaults. The variable of a key is its
name in capitals: study.min_estimation is AFTERSHOCK_STUDY_MIN_ESTIMATION.

Exit status: 0 done; 1 the data or the machine did not allow it; 2 the command
line or the configuration is wrong; 130 interrupted; 141 standard output was closed.`,
		Args:          a.noCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().StringVar(&a.configFile, "config", os.Getenv(envName("config")), "configuration `file` (default config.yaml where there is one)")
	root.SetFlagErrorFunc(flagError)
	root.AddCommand(a.runCommand(), a.mergeCommand(), a.plotCommand(), a.eventCommand(), a.explainCommand(), a.impactCommand(), a.correlateCommand(), a.eventsCommand(), a.pricesCommand(), a.calibrateCommand(), a.sweepCommand(), a.contrastCommand(), a.listCommand(), a.verifyCommand(), a.versionCommand())
	if c := a.manpagesCommand(); c != nil {
		root.AddCommand(c)
	}
	return root
}

// noCommand refuses what is no command.
func (a *app) noCommand(cmd *cobra.Command, args []string) error {
	if len(args) == 0 {
		return nil
	}
	var names []string
	for _, c := range cmd.Commands() {
		if c.IsAvailableCommand() {
			names = append(names, c.Name())
		}
	}
	return usageError{fmt.Errorf("%q is not a command of %s%s", args[0], cmd.CommandPath(), didYouMean(args[0], names))}
}

// arguments makes what is wrong with the arguments a usageError.
func arguments(check cobra.PositionalArgs) cobra.PositionalArgs {
	return func(cmd *cobra.Command, args []string) error {
		if err := check(cmd, args); err != nil {
			return usageError{fmt.Errorf("%w; use: %s", err, cmd.UseLine())}
		}
		return nil
	}
}

// flagError makes what is wrong with the flags a usageError, with the flag that
// may have been meant.
func flagError(cmd *cobra.Command, err error) error {
	var unknown *pflag.NotExistError
	if errors.As(err, &unknown) {
		var names []string
		cmd.Flags().VisitAll(func(f *pflag.Flag) { names = append(names, "--"+f.Name) })
		return usageError{fmt.Errorf("%s has no flag --%s%s", cmd.CommandPath(), unknown.GetSpecifiedName(), didYouMean("--"+unknown.GetSpecifiedName(), names))}
	}
	return usageError{err}
}

// settingsFlags are flags that go before keys of the configuration, by dotted key.
type settingsFlags map[string]*pflag.Flag

// add defines a flag for key. Its values are written as in an environment
// variable, and completed to words.
func (f settingsFlags) add(cmd *cobra.Command, name, key, usage string, words ...string) {
	cmd.Flags().String(name, "", usage)
	f[key] = cmd.Flags().Lookup(name)
	if len(words) > 0 {
		// the flag has just been defined, so this cannot fail
		_ = cmd.RegisterFlagCompletionFunc(name, cobra.FixedCompletions(words, cobra.ShellCompDirectiveNoFileComp))
	}
}
