package main

import (
	"cmp"
	"errors"
	"os"
	"os/exec"
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

// A disk that is full, and one that may not be written to, are told once, with how to
// mend it, by every command that writes, however many files it would have written.
func TestDisksThatTakeNothing(t *testing.T) {
	yahoo := newFakeYahoo()
	defer yahoo.Close()
	shell := func(size, then string) *exec.Cmd {
		cmd := exec.Command("unshare", "-m", "sh", "-ec", "mkdir m; mount -t tmpfs -o size="+size+" tmpfs m; "+then)
		cmd.Dir = t.TempDir()
		cmd.Env = append(os.Environ(), "HOME="+t.TempDir(), "XDG_CACHE_HOME=", "AFTERSHOCK_PRICES_YAHOO_BASE_URL="+yahoo.URL, "AFTERSHOCK_PRICES_YAHOO_RATE=1000", "AFTERSHOCK_PRICES_YAHOO_RETRIES=0")
		return cmd
	}
	if out, err := shell("4k", "true").CombinedOutput(); err != nil {
		t.Skipf("nothing can be mounted here: %s %v", out, err)
	}
	run := "aftershock run -q --ids deepseek-selloff --charts none "
	for _, c := range []struct{ before, command, other string }{
		{"", run + "--out m/out", "--out"},
		{"", run + "--keep 2 --out m/out", "--out"},
		{"", run + "--shard 1/2 --out m/out", "--out"},
		{"", run + "--pack m/x.pack", "--pack"},
		{"aftershock run -q --ids deepseek-selloff --charts heat", "aftershock plot heat --out m/pictures", "--out"},
		{"", "aftershock event 2025-01-27 NVDA --out m/out", "--out"},
		{"", "aftershock prices export m/prices --prices sample", "folder"},
		{"aftershock prices export prices --prices sample", "AFTERSHOCK_PRICES_STORE=m aftershock prices import prices", "prices.store"},
		{"", "AFTERSHOCK_PRICES_STORE=m aftershock prices fetch NVDA AMD MU --from 2024-01-01 --to 2025-07-31", "prices.store"},
		{"", "AFTERSHOCK_PRICES_STORE=m " + run + "--prices yahoo", "prices.store"},
		{"printf 'date,title,securities\\n2025-01-27,One,NVDA\\n' >n.csv", "aftershock events import n.csv --out m/n.yaml", "--out"},
	} {
		for how, fault := range map[string]string{"head -c 4096 /dev/zero >m/fill": "no space left on device; free space on that disk, or choose another " + c.other, "mount -o remount,ro m": "read-only file system; it may not be written to: change that, or choose another " + c.other} {
			cmd := shell("4k", strings.Join([]string{"( " + cmp.Or(c.before, "true") + " ) >/dev/null", how, c.command + " >/dev/null"}, "\n"))
			out, err := cmd.CombinedOutput()
			var exit *exec.ExitError
			if !errors.As(err, &exit) || exit.ExitCode() != statusFailure || strings.Count(string(out), fault) != 1 || strings.Count(string(out), "on device")+strings.Count(string(out), "read-only") != 1 {
				t.Errorf("%s, %s: %v\n%s", how, c.command, err, out)
			}
		}
	}
}
