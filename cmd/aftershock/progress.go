package main

import (
	"fmt"
	"io"
	"os"
	"time"

	"golang.org/x/term"
)

// progress shows on a terminal how far something is that takes more than a
// second, and how long it may still take; elsewhere it shows nothing.
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
	fmt.Fprintf(p.w, "\r%s %d of %d%s\x1b[K", p.what, done, total, timeLeft(now.Sub(p.since), done, total))
}

// timeLeft says how long the rest takes at the pace so far; "" where that is not
// known.
func timeLeft(so time.Duration, done, total int) string {
	if done <= 0 || done >= total {
		return ""
	}
	left := time.Duration(float64(so) * float64(total-done) / float64(done))
	switch {
	case left < time.Minute:
		return fmt.Sprintf(", %d s left", int(left.Seconds())+1)
	case left < time.Hour:
		return fmt.Sprintf(", %d min left", int(left.Minutes())+1)
	}
	return fmt.Sprintf(", %.1f h left", left.Hours())
}

// until is step, which says in the end what begins then.
func (p *progress) until(then string) func(done, total int) {
	return func(done, total int) {
		p.step(done, total)
		if p != nil && done == total && !p.shown.IsZero() {
			fmt.Fprintf(p.w, "\r%s\x1b[K", then)
		}
	}
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
