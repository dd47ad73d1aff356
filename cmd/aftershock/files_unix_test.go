//go:build unix

package main

import (
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"
)

// What is no file in the place of the lock is refused at once.
func TestLockThatIsNoFile(t *testing.T) {
	for what, plant := range map[string]func(name string) error{
		"pipe":   func(name string) error { return syscall.Mkfifo(name, 0o644) },
		"link":   func(name string) error { return os.Symlink("elsewhere", name) },
		"folder": func(name string) error { return os.Mkdir(name, 0o755) },
	} {
		dir := t.TempDir()
		if err := plant(filepath.Join(dir, lockName)); err != nil {
			t.Fatal(err)
		}
		if _, err := openOutput(dir); err == nil || !strings.Contains(err.Error(), lockName+" is no file") {
			t.Errorf("%s: error %v", what, err)
		}
	}
}

// A signal ends the program within a second or two, even where it waits for the
// other end of a pipe; that of a terminal that is closed does not where it is ignored,
// as by nohup.
func TestSignalWhileDeaf(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mkfifo(filepath.Join(dir, "events.csv"), 0o644); err != nil {
		t.Fatal(err)
	}
	start := func() *exec.Cmd {
		cmd := exec.Command("aftershock", "run", "--events", "events.csv", "--quiet", "--charts", "none")
		cmd.Dir = dir
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		time.Sleep(500 * time.Millisecond)
		return cmd
	}
	// What is caught here a program that is started does not ignore, whoever started this.
	caught := make(chan os.Signal, 1)
	signal.Notify(caught, syscall.SIGHUP)
	defer signal.Reset(syscall.SIGHUP)
	for by, want := range map[syscall.Signal]int{syscall.SIGTERM: statusTerminated, syscall.SIGHUP: statusHungUp, syscall.SIGINT: statusInterrupted} {
		cmd := start()
		begun := time.Now()
		if err := cmd.Process.Signal(by); err != nil {
			t.Fatal(err)
		}
		_ = cmd.Wait()
		if got := cmd.ProcessState.ExitCode(); got != want || time.Since(begun) > 5*time.Second {
			t.Errorf("%v: exit status %d after %v", by, got, time.Since(begun))
		}
	}
	signal.Ignore(syscall.SIGHUP)
	cmd := start()
	if err := cmd.Process.Signal(syscall.SIGHUP); err != nil {
		t.Fatal(err)
	}
	time.Sleep(100 * time.Millisecond)
	if err := cmd.Process.Signal(syscall.SIGTERM); err != nil {
		t.Fatal(err)
	}
	_ = cmd.Wait()
	if got := cmd.ProcessState.ExitCode(); got != statusTerminated {
		t.Errorf("with SIGHUP ignored: exit status %d", got)
	}
}
