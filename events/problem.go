package events

import (
	"fmt"
	"strings"
)

// Problem is one thing wrong with a catalogue file.
type Problem struct {
	File string
	Line int    // 0: the file as a whole
	What string // what is wrong, and what to do
}

// Error returns "file:line: what".
func (p Problem) Error() string {
	if p.Line == 0 {
		return p.File + ": " + p.What
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.What)
}

// Errors is everything wrong with a catalogue file, in order of line.
type Errors []Problem

// Error returns the problems, one a line.
func (e Errors) Error() string {
	lines := make([]string, len(e))
	for i, p := range e {
		lines[i] = p.Error()
	}
	return strings.Join(lines, "\n")
}

// Unwrap returns the problems one by one, each a [Problem].
func (e Errors) Unwrap() []error {
	out := make([]error, len(e))
	for i, p := range e {
		out[i] = p
	}
	return out
}
