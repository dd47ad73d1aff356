//go:build race

package main

// raced says that the race detector is on, under which times mean nothing.
const raced = true
