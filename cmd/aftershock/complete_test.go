package main

import (
	"strings"
	"testing"
)

// A shell is told the events, symbols, charts and tests that there are.
func TestCompletion(t *testing.T) {
	t.Chdir(t.TempDir())
	for _, tt := range []struct {
		args []string
		want string
	}{
		{[]string{"run", "--ids", "deepseek-s"}, "deepseek-selloff\t"},
		{[]string{"run", "--ids", "stargate,deepseek-s"}, "stargate,deepseek-selloff\t"},
		{[]string{"plot", "car", "--only", "stargate,jan"}, "stargate,janus-pro\t"},
		{[]string{"event", "2025-01-27", "nv"}, "NVDA\n"},
		{[]string{"prices", "list", "AV"}, "AVGO\n"},
		{[]string{"run", "--charts", "he"}, "heat"},
		{[]string{"run", "--tests", "kp"}, "kp-bmp"},
		{[]string{"plot", "he"}, "heat"},
	} {
		status, out, problems := aftershock(t, append([]string{"__complete"}, tt.args...)...)
		if status != statusOK || !strings.Contains(out, tt.want) {
			t.Errorf("%v: status %d, %q, %s", tt.args, status, out, problems)
		}
	}
}
