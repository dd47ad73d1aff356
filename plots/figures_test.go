package plots

import (
	"bytes"
	"encoding/json"
	"math"
	"slices"
	"strings"
	"testing"

	"aftershock/market"
)

func TestFiguresInJSON(t *testing.T) {
	for _, tt := range []struct {
		in   floats
		want string
	}{
		{nil, "null"},
		{floats{}, "[]"},
		{floats{-0.13345678912, nan, math.Inf(1), 0, 1e-9, 250}, "[-0.1334568,null,null,0,1e-09,250]"},
	} {
		b, err := json.Marshal(tt.in)
		if err != nil || string(b) != tt.want {
			t.Errorf("%v is written as %s (%v), want %s", tt.in, b, err, tt.want)
		}
		var back floats
		if err := json.Unmarshal(b, &back); err != nil || (back == nil) != (tt.in == nil) || len(back) != len(tt.in) {
			t.Errorf("%s is read as %v (%v)", b, back, err)
		}
		again, _ := json.Marshal(back)
		if !bytes.Equal(again, b) {
			t.Errorf("%s is written again as %s", b, again)
		}
	}
	for _, bad := range []string{`["a"]`, `[[1]]`, `{}`, `[1e999]`} {
		var f floats
		if err := json.Unmarshal([]byte(bad), &f); err == nil {
			t.Errorf("%s is read as %v", bad, f)
		}
	}
	d := days{market.NewDate(2025, 1, 24), market.NewDate(2025, 1, 27)}
	b, _ := json.Marshal(d)
	var back days
	if err := json.Unmarshal(b, &back); err != nil || !slices.Equal(back, d) || string(b) != "[20112,3]" {
		t.Errorf("days are written as %s and read as %v (%v)", b, back, err)
	}
}

// Data that a run did not write is refused.
func TestRedrawRefuses(t *testing.T) {
	data, err := Data(t.Context(), study(t), []string{"ar"})
	if err != nil {
		t.Fatal(err)
	}
	o := Options{Formats: []Format{SVG}}
	for _, tt := range []struct {
		data  []byte
		names []string
		want  string
	}{
		{[]byte("no"), nil, "no chart data"},
		{[]byte("{}"), nil, `format ""`},
		{bytes.Replace(data, []byte("charts 2"), []byte("charts 1"), 1), nil, "run the study again"},
		{bytes.Replace(data, []byte("NVDA"), []byte("NVDB"), 1), []string{"ar"}, "not as the run wrote it"},
		{data[:len(data)-9], []string{"ar"}, "no chart data"},
		{data, []string{"car"}, `kept no figures for "car", only for ar`},
		{data, []string{"cra"}, `unknown chart "cra"`},
	} {
		_, err := Redraw(t.Context(), tt.data, tt.names, o)
		if err == nil || !strings.Contains(err.Error(), tt.want) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%.40s %v: error %v, want one line with %q", tt.data, tt.names, err, tt.want)
		}
	}
	o.Only = []string{"deepseek-selloff"}
	files, err := Redraw(t.Context(), data, []string{"ar"}, o)
	if err != nil || len(files) != 1 || files[0].Name != "ar-deepseek-selloff.svg" {
		t.Errorf("of one event: %d files, %v", len(files), err)
	}
}
