//go:build unix

package main

import (
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
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
