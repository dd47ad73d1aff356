package model

import (
	"errors"
	"fmt"

	"aftershock/analysis/stat"
)

// Why a sample does not identify a model, as errors.Is finds it in the error of
// Model.Estimate.
var (
	ErrCollinear    = errors.New("the regressors do not identify the model")
	ErrNoVariance   = errors.New("the residuals have no variance")
	ErrNotConverged = errors.New("the estimate does not converge")
)

// Failure is one of these errors with its figures.
type Failure struct {
	Kind   error // ErrCollinear, ErrNoVariance, ErrNotConverged
	Format string
	Args   []any
}

// Failed returns the failure of a kind with its reason in words.
func Failed(kind error, format string, args ...any) error { return &Failure{kind, format, args} }

// Error implements error: the reason in words.
func (f *Failure) Error() string { return fmt.Sprintf(f.Format, f.Args...) }

// Unwrap returns the kind.
func (f *Failure) Unwrap() error { return f.Kind }

// notConverged is the failure of a kernel's search.
func notConverged(err error) error {
	var r *stat.Reason
	if errors.As(err, &r) {
		return &Failure{ErrNotConverged, r.Format, r.Args}
	}
	return Failed(ErrNotConverged, "%s", err.Error())
}

func noVariance(m int) error {
	return Failed(ErrNoVariance, "the residuals of %d estimation sessions have no variance", m)
}
