// Package liberation stands in for the fonts that gonum.org/v1/plot brings along, 4.4 MB
// that no chart is drawn with, and reads when any program starts that has it: each of
// its packages hands out a font of one box. go.mod of the program puts it in place of
// the real one.
package liberation
