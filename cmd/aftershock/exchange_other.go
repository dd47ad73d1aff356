//go:build !linux && !darwin

package main

// exchangeFolders is nil: folders cannot be exchanged in one step here.
var exchangeFolders func(a, b string) error

func hasAttributes(string) bool { return false }
