package main

import (
	"bytes"
	"testing"
	"time"
)

func TestProgress(t *testing.T) {
	for _, c := range []struct {
		so          time.Duration
		done, total int
		want        string
	}{
		{time.Second, 0, 10, ""},
		{time.Second, 10, 10, ""},
		{time.Second, 1, 10, ", 10 s left"},
		{30 * time.Second, 999, 1000, ", 1 s left"},
		{time.Minute, 1, 10, ", 10 min left"},
		{time.Hour, 1, 3, ", 2.0 h left"},
	} {
		if got := timeLeft(c.so, c.done, c.total); got != c.want {
			t.Errorf("%d of %d after %s: %q, want %q", c.done, c.total, c.so, got, c.want)
		}
	}
	var b bytes.Buffer
	p := &progress{w: &b, what: "rows:", since: time.Now()}
	p.until("more")(1, 1)
	p.end()
	if b.Len() > 0 {
		t.Errorf("what takes no second is shown: %q", b.String())
	}
	p.since = time.Now().Add(-2 * time.Second)
	step := p.until("more")
	step(1, 2)
	step(2, 2) // too soon to be shown, but it is the end
	p.end()
	if want := "\rrows: 1 of 2, 3 s left\x1b[K\rmore\x1b[K\r\x1b[K"; b.String() != want {
		t.Errorf("%q, want %q", b.String(), want)
	}
	newProgress(&b, "nothing").until("more")(1, 1) // no terminal
}
