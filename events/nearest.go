package events

import "strings"

// Nearest returns the candidate that word is most likely a misspelling of, or
// "" when none is close: at most a third of the letters may be wrong, or one in
// a shorter word, whose first must be right then.
func Nearest(word string, candidates []string) string {
	const longest = 64 // nobody misspells a longer word by a letter
	if len(word) > longest {
		return ""
	}
	w := []rune(strings.ToLower(word))
	best, least := "", max(1, len(w)/3)+1
	for _, candidate := range candidates {
		c := []rune(strings.ToLower(candidate))
		if len(candidate) > longest || len(w) < 3 && (len(w) == 0 || len(c) == 0 || w[0] != c[0]) {
			continue
		}
		if d := distance(w, c); d < least {
			best, least = candidate, d
		}
	}
	return best
}

// distance is the number of letters to insert, delete, replace or swap with
// their neighbour to turn a into b (optimal string alignment).
func distance(a, b []rune) int {
	before, row, next := make([]int, len(b)+1), make([]int, len(b)+1), make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range a {
		next[0] = i + 1
		for j := range b {
			cost := 1
			if a[i] == b[j] {
				cost = 0
			}
			next[j+1] = min(row[j+1]+1, next[j]+1, row[j]+cost)
			if i > 0 && j > 0 && a[i] == b[j-1] && a[i-1] == b[j] {
				next[j+1] = min(next[j+1], before[j-1]+1)
			}
		}
		before, row, next = row, next, before
	}
	return row[len(b)]
}
