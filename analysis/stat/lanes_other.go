//go:build !amd64

package stat

func fourSums(y, q []float64) (sy, syy, sqy float64) { return plainFourSums(y, q) }

func addPair(a, b *Member, y1, y2, x, sum, total []float64) (above int) {
	return plainAddPair(a, b, y1, y2, x, sum, total)
}

func offLinePair(dst, y, x []float64, alpha, beta float64) { plainOffLine(dst, y, x, alpha, beta) }

func Fetch(x []float64) {}
