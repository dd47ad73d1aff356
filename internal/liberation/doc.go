// Package liberation stands in for the fonts that gonum.org/v1/plot brings along, 4.4 MB
// that no chart is drawn with: each of its packages hands out a DejaVu font, which the
// program has anyway. go.mod of the program puts it in place of the real one.
package liberation
