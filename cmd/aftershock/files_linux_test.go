package main

import (
	"errors"
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"syscall"
	"testing"

	"github.com/gofrs/flock"
)

// A lock file of another user keeps a run out while it is held, and not when that user's
// run is over; one that cannot be looked at is named with what to do.
func TestLockOfAnotherUser(t *testing.T) {
	dir := t.TempDir()
	name := filepath.Join(dir, lockName)
	if err := errors.Join(os.WriteFile(name, nil, 0o444), os.Chmod(dir, 0o777), os.Chmod(filepath.Dir(dir), 0o755)); err != nil {
		t.Fatal(err)
	}
	theirs := flock.New(name, flock.SetFlag(os.O_RDONLY))
	if ok, err := theirs.TryLock(); err != nil || !ok {
		t.Fatal(err)
	}
	defer theirs.Close()
	if os.Geteuid() == 0 { // else a file without the right to write stands for another's
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		if err := syscall.Setfsuid(65534); err != nil {
			t.Skip(err)
		}
		defer func() {
			if err := syscall.Setfsuid(0); err != nil {
				t.Fatal(err)
			}
		}()
	}
	if f, err := os.OpenFile(name, os.O_RDWR, 0); err == nil {
		f.Close()
		t.Skip("it may be written to here")
	}
	if _, err := openOutput(dir); !errors.Is(err, errLocked) || !strings.Contains(err.Error(), "wait for it") {
		t.Errorf("while it is held: %v", err)
	}
	if err := theirs.Unlock(); err != nil {
		t.Fatal(err)
	}
	o, err := openOutput(dir)
	if err != nil {
		t.Fatalf("when it is over: %v", err)
	}
	o.close()
	if exists(name) {
		t.Error("it is left")
	}
	if os.Geteuid() != 0 {
		return
	}
	if err := errors.Join(syscall.Setfsuid(0), os.WriteFile(name, nil, 0o600), syscall.Setfsuid(65534)); err != nil {
		t.Fatal(err)
	}
	if _, err := openOutput(dir); statusOf(t.Context(), err) != statusLocked || !strings.Contains(err.Error(), "or remove that file if no run is at work") {
		t.Errorf("one that cannot be read: %v", err)
	}
}
