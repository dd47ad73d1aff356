package events

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
)

// TestForms holds the forms that are told without regular expressions to those.
func TestForms(t *testing.T) {
	forms := map[string]struct {
		is func(string) bool
		re *regexp.Regexp
	}{
		"id":     {isID, regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,99}$`)},
		"ticker": {isTicker, regexp.MustCompile(`^[\p{L}\p{N}^][\p{L}\p{N}.^=_&-]{0,39}$`)},
		"firm":   {isFirm, regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N}.,'’&+/() -]{0,99}$`)},
	}
	parts := []string{"a", "Z", "7", "٧", "Ⅷ", "ب", "\u064b", "é", "e\u0301", ".", ",", "'", "’", "&", "+", "/", "(", ")", " ", "-", "_", "^", "=", "\xff", "\ufffd", "\n", "語", "🙂", ":"}
	rng := rand.New(rand.NewPCG(1, 1))
	texts := []string{"", "\n", "a\n"}
	for _, n := range []int{39, 40, 41, 99, 100, 101} {
		texts = append(texts, strings.Repeat("a", n), strings.Repeat("ب", n), "^"+strings.Repeat("a-", n/2))
	}
	for _, p := range parts {
		texts = append(texts, p, "a"+p, p+"a", "a"+p+"a")
	}
	for range 20_000 {
		var b strings.Builder
		for range rng.IntN(8) {
			b.WriteString(parts[rng.IntN(len(parts))])
		}
		texts = append(texts, b.String())
	}
	for name, f := range forms {
		yes := 0
		for _, s := range texts {
			want := f.re.MatchString(s)
			if f.is(s) != want {
				t.Fatalf("%s of %q: %v", name, s, !want)
			}
			if want {
				yes++
			}
		}
		if yes < 100 {
			t.Errorf("%s: only %d texts have the form", name, yes)
		}
	}
}
