package report

import (
	"bytes"
	"encoding/csv"
	"math"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestCSVFields holds fields to those of encoding/csv.
func TestCSVFields(t *testing.T) {
	parts := []string{"a", ",", `"`, "\r", "\n", " ", "\t", "\u00a0", "\u2003", "\xff", "\\.", "é", ";", "\x00", "ب"}
	rng := rand.New(rand.NewPCG(3, 3))
	quoted := 0
	for k := range 20_000 {
		var s strings.Builder
		for range rng.IntN(6) {
			s.WriteString(parts[rng.IntN(len(parts))])
		}
		if k < len(parts) {
			s.Reset()
			s.WriteString(parts[k])
		}
		var want bytes.Buffer
		w := csv.NewWriter(&want)
		if err := w.Write([]string{s.String(), "x"}); err != nil {
			t.Fatal(err)
		}
		w.Flush()
		if got := string(appendField(nil, s.String())) + ",x\n"; got != want.String() {
			t.Fatalf("%q is written %q, not %q", s.String(), got, want.String())
		}
		if want.String()[0] == '"' {
			quoted++
		}
	}
	if quoted < 1000 {
		t.Errorf("only %d fields were quoted", quoted)
	}
	// Numbers are not looked at: none may have anything to quote.
	for _, kind := range []Type{Integer, Number, Boolean, Date} {
		for _, v := range []float64{0, 1, -1, math.NaN(), math.Inf(1), math.Inf(-1), 1e300, -5e-324, 20000, 1.0 / 3} {
			b := Cell{Num: v}.appendTo(nil, kind)
			if string(appendField(nil, string(b))) != string(b) {
				t.Errorf("%s %v is written %q, which has to be quoted", kind, v, b)
			}
		}
	}
}
