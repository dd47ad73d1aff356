//go:build !unix

package main

import "io/fs"

const openPlain = 0

func sameDevice(_, _ string) bool { return true }

func giveTo(fs.FileInfo, string) error { return nil }
