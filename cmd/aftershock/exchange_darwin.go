package main

import (
	"os"

	"golang.org/x/sys/unix"
)

// exchangeFolders gives each of two folders the other's name, in one step.
var exchangeFolders = func(a, b string) error {
	if err := unix.RenamexNp(a, b, unix.RENAME_SWAP); err != nil {
		return &os.LinkError{Op: "exchange", Old: a, New: b, Err: err}
	}
	return nil
}

// hasAttributes reports whether a folder has attributes that another would not have.
func hasAttributes(dir string) bool {
	n, err := unix.Llistxattr(dir, nil)
	return err == nil && n > 0
}
