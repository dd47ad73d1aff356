package verify

import (
	"context"
	"errors"
	"testing"
)

// A check that is interrupted says so, whenever that is.
func TestInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := Run(ctx, Options{Quick: true}, nil); !errors.Is(err, context.Canceled) {
		t.Errorf("error %v", err)
	}
}
