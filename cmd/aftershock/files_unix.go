//go:build unix

package main

import (
	"errors"
	"io/fs"
	"os"
	"syscall"
)

// sameDevice reports whether two folders are on one file system.
func sameDevice(a, b string) bool {
	x, err1 := os.Stat(a)
	y, err2 := os.Stat(b)
	if err1 != nil || err2 != nil {
		return false
	}
	s, ok1 := x.Sys().(*syscall.Stat_t)
	t, ok2 := y.Sys().(*syscall.Stat_t)
	return ok1 && ok2 && s.Dev == t.Dev
}

// giveTo gives the folder called name the owner that info says.
func giveTo(info fs.FileInfo, name string) error {
	want, ok := info.Sys().(*syscall.Stat_t)
	if !ok {
		return nil
	}
	is, err := os.Lstat(name)
	if err != nil {
		return err
	}
	if have, ok := is.Sys().(*syscall.Stat_t); ok && have.Uid == want.Uid && have.Gid == want.Gid {
		return nil
	}
	return os.Lchown(name, int(want.Uid), int(want.Gid))
}

// diskFull reports whether err is that of a disk, or of a share of it, without space.
func diskFull(err error) bool {
	return errors.Is(err, syscall.ENOSPC) || errors.Is(err, syscall.EDQUOT)
}

func readOnly(err error) bool { return errors.Is(err, syscall.EROFS) }
