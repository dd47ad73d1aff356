package report

import (
	"strings"
	"testing"
)

// TestTellApart: titles that a narrow table would cut to the same words are cut in
// the middle, and others at their end.
func TestTellApart(t *testing.T) {
	g := &grid{tight: true, heads: []head{{name: "event", left: true, fill: true}, {name: "N"}}, rows: [][]string{
		{"Nvidia reports its results of 2023-05-24", "3"},
		{"Nvidia reports its results of 2024-02-21", "3"},
		{"DeepSeek releases its open model V3", "1"},
		{"DeepSeek releases its reasoning model", "12"},
		{"OpenAI announces data centres for billions", "4"},
		{"Stargate", "4"},
	}}
	lines, _ := g.render(24)
	seen := make(map[string]bool)
	for _, l := range lines {
		if columns(l) > 24 {
			t.Errorf("%q is wider than 24", l)
		}
		if seen[l] {
			t.Errorf("%q stands twice", l)
		}
		seen[l] = true
	}
	for k, want := range []string{"", "2023-05-24", "2024-02-21", "V3", "model"} {
		if !strings.Contains(lines[k], want) {
			t.Errorf("line %q lacks %q", lines[k], want)
		}
	}
	if want := "OpenAI announces data…"; !strings.HasPrefix(lines[5], want[:len("OpenAI announces")]) {
		t.Errorf("%q does not begin with %q", lines[5], want)
	}
	if !strings.HasPrefix(lines[6], "Stargate ") {
		t.Errorf("%q", lines[6])
	}
}
