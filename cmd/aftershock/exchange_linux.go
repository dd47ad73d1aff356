package main

import (
	"os"
	"slices"
	"strings"

	"golang.org/x/sys/unix"
)

// exchangeFolders gives each of two folders the other's name, in one step.
var exchangeFolders = func(a, b string) error {
	if err := unix.Renameat2(unix.AT_FDCWD, a, unix.AT_FDCWD, b, unix.RENAME_EXCHANGE); err != nil {
		return &os.LinkError{Op: "exchange", Old: a, New: b, Err: err}
	}
	return nil
}

// hasAttributes reports whether a folder has attributes, such as access lists,
// that another would not have.
func hasAttributes(dir string) bool {
	names := make([]byte, 1<<16)
	n, err := unix.Llistxattr(dir, names)
	if err != nil {
		return err != unix.ENOTSUP
	}
	list := strings.Split(strings.TrimSuffix(string(names[:n]), "\x00"), "\x00")
	return slices.ContainsFunc(list, func(name string) bool { return name != "" && name != "security.selinux" })
}
