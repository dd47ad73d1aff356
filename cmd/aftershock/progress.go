package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// progress shows on a terminal how far something is that takes more than a
// second; elsewhere it shows nothing.
type progress struct {
	w     io.Writer
	what  string
	since time.Time
	shown time.Time // when it was last drawn; zero: not yet
}

func newProgress(w io.Writer, what string) *progress {
	if !isTerminal(w) {
		return nil
	}
	return &progress{w: w, what: what, since: time.Now()}
}

// step says that done of total is behind us.
func (p *progress) step(done, total int) {
	now := time.Now()
	if p == nil || now.Sub(p.since) < time.Second || now.Sub(p.shown) < 100*time.Millisecond {
		return
	}
	p.shown = now
	fmt.Fprintf(p.w, "\r%s %d of %d", p.what, done, total)
}

// end clears the line.
func (p *progress) end() {
	if p != nil && !p.shown.IsZero() {
		fmt.Fprint(p.w, "\r\x1b[K")
	}
}

// isTerminal reports whether w is a terminal that understands more than text.
func isTerminal(w io.Writer) bool {
	f, ok := w.(*os.File)
	return ok && term.IsTerminal(int(f.Fd())) && os.Getenv("TERM") != "dumb"
}
