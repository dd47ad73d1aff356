package market

import (
	"fmt"
	"strings"
)

// UnknownSymbol returns the error of a source that does not have symbol. It
// wraps ErrUnknownSymbol and names the nearest of the symbols it has, if any
// is near.
func UnknownSymbol(symbol, source string, have []string) error {
	best, near := len(symbol)/2+1, ""
	for _, h := range have {
		if d := editDistance(strings.ToUpper(symbol), strings.ToUpper(h)); d < best {
			best, near = d, h
		}
	}
	if near != "" {
		near = "; did you mean " + near + "?"
	}
	return fmt.Errorf("%w %s in %s%s", ErrUnknownSymbol, symbol, source, near)
}

// editDistance is the number of bytes to insert, delete or replace to turn a into b.
func editDistance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		diagonal := row[0]
		row[0] = i + 1
		for j := range len(b) {
			cost := diagonal
			if a[i] != b[j] {
				cost = 1 + min(diagonal, row[j], row[j+1])
			}
			diagonal, row[j+1] = row[j+1], cost
		}
	}
	return row[len(b)]
}
