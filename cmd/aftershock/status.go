package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"syscall"
	"time"

	"aftershock/analysis"
	"aftershock/events/fetch"
	"aftershock/market"
	"aftershock/market/yahoo"
)

// The exit statuses. docs/stability.md promises them.
const (
	statusOK          = 0
	statusFailure     = 1   // the data or the machine does not allow it
	statusUsage       = 2   // the command line or the configuration is wrong
	statusExcluded    = 3   // done, with more observations excluded than output.max_excluded
	statusSource      = 4   // the source of prices cannot be reached, or refuses
	statusLocked      = 75  // another run is at work there: try again later (EX_TEMPFAIL)
	statusHungUp      = 129 // by SIGHUP
	statusInterrupted = 130 // by SIGINT
	statusPipe        = 141 // nobody reads standard output any more
	statusTerminated  = 143 // by SIGTERM
)

// statusesText explains the exit statuses in the help.
const statusesText = `Exit status: 0 done; 1 the data or the machine did not allow it; 2 the command
line or the configuration is wrong; 3 done, with more excluded than
output.max_excluded; 4 the source of prices cannot be reached, or refuses; 75
another run is at work there; 129 hung up; 130 interrupted; 141 standard output
was closed; 143 terminated.`

// errExcluded is wrapped by the error of a run that is done, and has excluded more
// than it may.
var errExcluded = errors.New("the results are written")

// tooManyExcluded says that more observations of r are excluded than the
// configuration allows; nil where they are not.
func (c *config) tooManyExcluded(r *analysis.Result) error {
	if c.Output.MaxExcluded == "" {
		return nil
	}
	used, excluded := r.Counts()
	n, isShare, err := c.Output.MaxExcluded.parse()
	if err != nil {
		return err // checked before
	}
	most := n
	if isShare {
		most = n * float64(used+excluded)
	}
	if float64(excluded) <= most {
		return nil
	}
	return fmt.Errorf("%d of %d observations are excluded, and output.max_excluded is %s: %w", excluded, used+excluded, c.Output.MaxExcluded, errExcluded)
}

// statusOf returns the exit status of a command that ended with err.
func statusOf(ctx context.Context, err error) int {
	var usage usageError
	switch {
	case err == nil:
		return statusOK
	case ctx.Err() != nil && errors.Is(err, context.Canceled):
		var by signalError
		errors.As(context.Cause(ctx), &by)
		switch by.Signal {
		case syscall.SIGTERM:
			return statusTerminated
		case syscall.SIGHUP:
			return statusHungUp
		}
		return statusInterrupted
	case errors.Is(err, syscall.EPIPE):
		return statusPipe
	case errors.As(err, &usage):
		return statusUsage
	case errors.Is(err, errExcluded):
		return statusExcluded
	case errors.Is(err, errLocked):
		return statusLocked
	case unreachable(err):
		return statusSource
	}
	return statusFailure
}

// unreachable reports whether a service did not answer, or refused to.
func unreachable(err error) bool {
	var request *yahoo.RequestError
	var refused *yahoo.HTTPError
	switch {
	case errors.As(err, &request):
		return !errors.Is(err, yahoo.ErrTooLarge)
	case errors.As(err, &refused):
		return !errors.Is(refused, market.ErrUnknownSymbol)
	}
	return errors.Is(err, fetch.ErrUnreachable)
}

// signalError is why a command was ended.
type signalError struct{ os.Signal }

func (e signalError) Error() string { return "ended by a signal: " + e.String() }

// grace is how long a command that a signal ends may clear up. The output
// directory is whole at every moment, so that nothing is lost by ending it then.
const grace = 900 * time.Millisecond

// withSignals returns a context that ends with the first signal to end. Where the
// program does not end after that, it ends at once, as it does at a second signal.
func withSignals(parent context.Context, late func(status int)) context.Context {
	signal.Ignore(syscall.SIGPIPE) // a write says it, and what is open is closed
	ctx, cancel := context.WithCancelCause(parent)
	signals := make(chan os.Signal, 1)
	end := []os.Signal{os.Interrupt, syscall.SIGTERM}
	if !signal.Ignored(syscall.SIGHUP) { // by nohup
		end = append(end, syscall.SIGHUP)
	}
	signal.Notify(signals, end...)
	go func() {
		s := <-signals
		signal.Stop(signals)
		cancel(signalError{s})
		time.Sleep(grace)
		late(statusOf(ctx, context.Canceled))
	}()
	return ctx
}
