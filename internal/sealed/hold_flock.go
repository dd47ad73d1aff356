//go:build linux || darwin

package sealed

import (
	"os"
	"syscall"
)

// holds is whether a file can be locked, and renamed while it is open.
const holds = true

// hold locks f until it is closed, or reports that another process has.
func hold(f *os.File) bool {
	return syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB) == nil
}
