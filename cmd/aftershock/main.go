package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime/debug"
	"strings"
	"time"
	_ "time/tzdata" // New York's clock must not depend on the machine

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
)

func main() {
	collectAfter(usualHeap)
	ctx := withSignals(context.Background(), os.Exit)
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

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
	log            string     // the form of messages
	silent         bool       // nothing that is only good to know
	mute           bool       // nothing on stdout: --quiet of commands without one of their own
	shard          shard      // of run --shard
	telling        telling    // how much of a result is printed
	packFile       string     // of run --pack
	parts          []gathered // of merge
	ifChanged      bool       // of run
	outcome        *outcome   // of run and merge; nil: of no interest
}

// run performs the command of args and returns its exit status.
func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	return runAt(ctx, time.Now, args, stdin, stdout, stderr)
}

// runAt is run by a clock.
func runAt(ctx context.Context, now func() time.Time, args []string, stdin io.Reader, stdout, stderr io.Writer) (status int) {
	a := &app{stdin: stdin, stdout: stdout, stderr: stderr, now: now}
	defer func() {
		if x := recover(); x != nil {
			a.say("a defect of the program, please report it: %v\n%s", x, debug.Stack())
			status = statusFailure
		}
	}()
	begun := a.now()
	root := a.root()
	if asksCompletion(args) {
		a.completion(root)
	}
	root.SetArgs(append([]string{}, args...))
	root.SetIn(stdin)
	root.SetOut(stdout)
	root.SetErr(stderr)
	cmd, err := root.ExecuteContextC(ctx)
	status = statusOf(ctx, err)
	switch {
	case status == statusOK || status == statusPipe:
	case status == statusInterrupted || status == statusTerminated || status == statusHungUp:
		kept := "nothing was written"
		switch {
		case errors.Is(err, errFetching):
			kept = "what was fetched until then is stored"
		case errors.Is(err, errImporting):
			kept = "what was imported until then is stored"
		case errors.Is(err, errWritten):
			kept = "the results are written, the report was not printed to its end"
		}
		a.tell(asError, "interrupted; "+kept)
	default:
		a.tell(asError, err.Error())
	}
	if a.log == jsonLog {
		a.tell(asInfo, "finished", "command", cmd.CommandPath(), "status", status, "seconds", a.now().Sub(begun).Seconds())
	}
	return status
}

// errImporting is wrapped by the error of an import that was interrupted.
var errImporting = errors.New("interrupted while importing")

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

` + statusesText,
		Args:          a.noCommand,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
		SilenceErrors: true,
		SilenceUsage:  true,
	}
	root.PersistentFlags().StringVar(&a.configFile, "config", os.Getenv(envName("config")), "configuration `file` (default config.yaml where there is one)")
	root.PersistentFlags().StringVar(&a.log, "log", textLog, "`form` of the messages on standard error: text or json")
	closed(root, "log", textLog, jsonLog)
	root.PersistentFlags().BoolVarP(&a.mute, "quiet", "q", false, "print nothing on standard output")
	root.PersistentPreRunE = func(*cobra.Command, []string) error {
		if a.mute {
			a.stdout = io.Discard
		}
		if a.log == textLog || a.log == jsonLog {
			return nil
		}
		form := a.log
		a.log = textLog
		return usageError{fmt.Errorf("--log: %q is neither text nor json", form)}
	}
	root.SetFlagErrorFunc(flagError)
	root.SetHelpCommand(helpCommand())
	root.AddCommand(a.runCommand(), a.compareCommand(), a.repeatCommand(), a.doctorCommand(), a.mergeCommand(), a.plotCommand(), a.eventCommand(), a.explainCommand(), a.impactCommand(), a.correlateCommand(), a.eventsCommand(), a.pricesCommand(), a.calibrateCommand(), a.sweepCommand(), a.contrastCommand(), a.listCommand(), a.verifyCommand(), a.versionCommand())
	if c := a.manpagesCommand(); c != nil {
		root.AddCommand(c)
	}
	return root
}

// helpCommand is help, which refuses what is no command.
func helpCommand() *cobra.Command {
	return &cobra.Command{
		Use:   "help [COMMAND]",
		Short: "Explain a command",
		ValidArgsFunction: func(cmd *cobra.Command, _ []string, _ string) ([]string, cobra.ShellCompDirective) {
			return names(cmd.Root().Commands(), (*cobra.Command).Name), cobra.ShellCompDirectiveNoFileComp
		},
		RunE: func(cmd *cobra.Command, args []string) error {
			about, rest, err := cmd.Root().Find(args)
			if err != nil || len(rest) > 0 {
				unknown := strings.Join(args, " ")
				if len(rest) > 0 {
					unknown = rest[0]
				}
				parent := cmd.Root()
				if about != nil {
					parent = about
				}
				return usageError{fmt.Errorf("%q is not a command of %s%s", unknown, parent.CommandPath(), didYouMean(unknown, names(parent.Commands(), (*cobra.Command).Name)))}
			}
			about.InitDefaultHelpFlag()
			return about.Help()
		},
	}
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
		hint := didYouMean("--"+unknown.GetSpecifiedName(), names)
		if others := haveFlag(cmd.Root(), unknown.GetSpecifiedName()); !strings.Contains(hint, "did you mean") && len(others) > 0 {
			hint = "; it is one of " + strings.Join(others, ", ")
		}
		return usageError{fmt.Errorf("%s has no flag --%s%s", cmd.CommandPath(), unknown.GetSpecifiedName(), hint)}
	}
	return usageError{err}
}

// haveFlag lists the commands below cmd with a flag of that name.
func haveFlag(cmd *cobra.Command, name string) (out []string) {
	for _, c := range cmd.Commands() {
		if c.Flags().Lookup(name) != nil {
			out = append(out, c.CommandPath())
		}
		out = append(out, haveFlag(c, name)...)
	}
	return out
}

// alias lets a flag of cmd be called by another name too.
func alias(cmd *cobra.Command, other, name string) {
	before := cmd.Flags().GetNormalizeFunc()
	cmd.Flags().SetNormalizeFunc(func(f *pflag.FlagSet, s string) pflag.NormalizedName {
		if s == other {
			s = name
		}
		return before(f, s)
	})
}

// settingsFlags are flags that go before keys of the configuration, by dotted key.
type settingsFlags map[string]*pflag.Flag

// add defines a flag for key. Its values are written as in an environment
// variable, and completed to words.
func (f settingsFlags) add(cmd *cobra.Command, name, key, usage string, words ...string) {
	cmd.Flags().String(name, "", usage)
	f[key] = cmd.Flags().Lookup(name)
	if len(words) > 0 {
		closed(cmd, name, words...)
	}
}
