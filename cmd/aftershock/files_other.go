//go:build !unix

package main

import (
	"errors"
	"io/fs"
	"syscall"
)

func sameDevice(_, _ string) bool { return true }

func giveTo(fs.FileInfo, string) error { return nil }

// diskFull reports whether err is that of a disk without space.
func diskFull(err error) bool {
	const errHandleFull, errDiskFull = syscall.Errno(39), syscall.Errno(112) // of Windows
	return errors.Is(err, errHandleFull) || errors.Is(err, errDiskFull)
}

func readOnly(err error) bool {
	const errWriteProtect = syscall.Errno(19)
	return errors.Is(err, errWriteProtect)
}
