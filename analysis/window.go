package analysis

import (
	"fmt"
	"strconv"
	"strings"
)

// Window is an interval of event time, both ends included, in sessions from
// session 0.
type Window struct {
	From, To int
}

// Len returns the number of sessions in w.
func (w Window) Len() int { return w.To - w.From + 1 }

// Contains reports whether tau lies in w.
func (w Window) Contains(tau int) bool { return w.From <= tau && tau <= w.To }

// Within reports whether w lies in v.
func (w Window) Within(v Window) bool { return v.From <= w.From && w.To <= v.To }

// String returns w as [-1,+1].
func (w Window) String() string {
	return "[" + signed(w.From) + "," + signed(w.To) + "]"
}

func signed(n int) string {
	if n > 0 {
		return "+" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// ParseWindow reads "-1,1", "[-1,+1]" or "-1..1"; a single number is a window
// of one session.
func ParseWindow(s string) (Window, error) {
	t := strings.TrimSpace(s)
	t = strings.TrimSuffix(strings.TrimPrefix(t, "["), "]")
	a, b, two := strings.Cut(t, ",")
	if !two {
		a, b, two = strings.Cut(t, "..")
	}
	if !two {
		b = a
	}
	from, err1 := strconv.Atoi(strings.TrimSpace(a))
	to, err2 := strconv.Atoi(strings.TrimSpace(b))
	if err1 != nil || err2 != nil {
		return Window{}, fmt.Errorf("%q is not a window; write it as -1,1", s)
	}
	if from > to {
		return Window{}, fmt.Errorf("window %q ends before it begins; write it as %d,%d", s, to, from)
	}
	return Window{from, to}, nil
}
