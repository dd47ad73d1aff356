// Package verify holds the statistics of package analysis against what is
// known without them: certified regressions, a published benchmark, tail
// probabilities from other software, cases small enough to be worked out by
// hand, and the rejection rates of every test under a simulated null.
//
// Everything goes through the exported face of package analysis, as a study of
// the user's does; the data and the expectations are part of the program. Like
// analysis the package is pure: it draws random numbers from the seed alone,
// and its report does not depend on the number of processors.
package verify

import (
	"context"
	"math"
	"slices"

	"aftershock/analysis"
)

// Options says how much is simulated.
type Options struct {
	Seed         uint64
	Replications int // simulated studies of each design; 0: 1000
	// Quick simulates a quarter of the studies and leaves out the largest N: the
	// bands are wider, so that it finds less.
	Quick bool
}

// Check is one figure held against what it should be.
type Check struct {
	Section string  `json:"section"`
	Name    string  `json:"name"`
	Source  string  `json:"source"` // where Want comes from
	Got     float64 `json:"got"`
	Want    float64 `json:"want"`
	Digits  float64 `json:"digits"` // on which Got and Want agree, see agreement
	Least   float64 `json:"least"`  // digits that are asked
	OK      bool    `json:"ok"`
}

// Report is the outcome of a verification.
type Report struct {
	Seed         uint64  `json:"seed"`
	Replications int     `json:"replications"` // of each simulated design
	Checks       []Check `json:"checks"`
	Sizes        []Size  `json:"sizes"`
	// Promises are what other figures than the tests say of themselves.
	Promises []Promise `json:"promises"`
}

// Failed returns how many checks and how many simulated rates are not as they should be.
func (r *Report) Failed() (checks, rates int) {
	for i := range r.Checks {
		if !r.Checks[i].OK {
			checks++
		}
	}
	for i := range r.Sizes {
		if !r.Sizes[i].OK {
			rates++
		}
	}
	for i := range r.Promises {
		if !r.Promises[i].OK {
			rates++
		}
	}
	return checks, rates
}

// Run performs the verification. Progress, which may be nil, is told how many
// of the simulated studies are done.
//
// Errors: ctx is done. A figure that is wrong or missing is no error but a
// check that is not OK.
func Run(ctx context.Context, opts Options, progress analysis.Progress) (*Report, error) {
	if opts.Replications <= 0 {
		opts.Replications = 1000
	}
	if opts.Quick {
		opts.Replications = max(1, opts.Replications/4)
	}
	r := &Report{Seed: opts.Seed, Replications: opts.Replications}
	r.Checks = slices.Concat(regressions(ctx), garch(), byHand(ctx), tails())
	var err error
	before := 0
	if r.Sizes, err = sizes(ctx, opts, func(done, total int) {
		if before = total; progress != nil {
			progress(done, 2*total) // what follows takes about as long
		}
	}); err != nil {
		return nil, err
	}
	if r.Promises, err = promises(ctx, opts, func(done, total int) {
		if progress != nil {
			progress(before+int(float64(before)*float64(done)/float64(total)), 2*before)
		}
	}); err != nil {
		return nil, err
	}
	return r, ctx.Err()
}

// check compares two figures; least is the number of digits on which they must agree.
func check(section, name, source string, got, want, least float64) Check {
	d := agreement(got, want)
	return Check{section, name, source, got, want, d, least, d >= least}
}

// missing is a check whose figure could not be computed.
func missing(section, name, source string) Check {
	return Check{Section: section, Name: name, Source: source, Got: math.NaN(), Want: math.NaN()}
}

// agreement is the log relative error, the number of significant digits on
// which got and want agree:
//
//	-log10(|got-want| / |want|), -log10 |got-want| where want is 0
//
// from 0 to 15; 0 where either is NaN. McCullough (1998), section 2.
func agreement(got, want float64) float64 {
	e := math.Abs(got - want)
	if want != 0 {
		e /= math.Abs(want)
	}
	if e != e {
		return 0
	}
	return math.Min(15, math.Max(0, -math.Log10(e)))
}
