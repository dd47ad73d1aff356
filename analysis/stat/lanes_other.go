//go:build !amd64

package stat

func eightSums(y, q []float64) (sy, syy, sqy float64) { return plainEightSums(y, q) }

func addPair(a, b *Member, y1, y2, sum, total []float64) { plainAddPair(a, b, y1, y2, sum, total) }

func aboveLine(y, x []float64, alpha, beta float64) int { return plainAbove(y, x, alpha, beta) }

func offLine(dst, y, x []float64, alpha, beta float64) { plainOffLine(dst, y, x, alpha, beta) }

func Fetch(x []float64) {}
