package stat

import "golang.org/x/sys/cpu"

// wide reports whether the processor has the instructions of lanes_amd64.s.
var wide = cpu.X86.HasAVX2

// eightSums is plainEightSums.
func eightSums(y, q []float64) (sy, syy, sqy float64) {
	if !wide {
		return plainEightSums(y, q)
	}
	return wideEightSums(y, q)
}

// addFour is plainAddFour for a length of total divisible by four.
func addFour(scale *[4]float64, y *[4][]float64, total []float64) {
	if !wide {
		plainAddFour(scale, y, total)
		return
	}
	wideAddFour(scale, y, total)
}

// aboveLine is plainAbove for a length of y divisible by four.
func aboveLine(y, x []float64, alpha, beta float64) int {
	if !wide {
		return plainAbove(y, x, alpha, beta)
	}
	return wideAbove(y, x, alpha, beta)
}

// offLine is plainOffLine for a length of dst divisible by four.
func offLine(dst, y, x []float64, alpha, beta float64) {
	if !wide {
		plainOffLine(dst, y, x, alpha, beta)
		return
	}
	wideOffLine(dst, y, x, alpha, beta)
}

// abnormal is plainAbnormal.
func abnormal(l *Line) {
	if !wide {
		plainAbnormal(l)
		return
	}
	wideAbnormal(l)
}

// addTwo is plainAddTwo for a length of a divisible by four.
func addTwo(a, b, sum, squares, above []float64) {
	if !wide {
		plainAddTwo(a, b, sum, squares, above)
		return
	}
	wideAddTwo(a, b, sum, squares, above)
}

// The length that counts is that of the first slice; the others must be at least as long.

//go:noescape
func wideEightSums(y, q []float64) (sy, syy, sqy float64)

//go:noescape
func wideAddFour(scale *[4]float64, y *[4][]float64, total []float64)

//go:noescape
func wideAbove(y, x []float64, alpha, beta float64) (above int)

//go:noescape
func wideOffLine(dst, y, x []float64, alpha, beta float64)

//go:noescape
func wideAbnormal(l *Line)

//go:noescape
func wideAddTwo(a, b, sum, squares, above []float64)

// Fetch begins to read x into the cache, and does not wait for it.
//
//go:noescape
func Fetch(x []float64)
