//go:build !amd64

package stat

func eightSums(y, q []float64) (sy, syy, sqy float64) { return plainEightSums(y, q) }

func addFour(scale *[4]float64, y *[4][]float64, total []float64) { plainAddFour(scale, y, total) }

func aboveLine(y, x []float64, alpha, beta float64) int { return plainAbove(y, x, alpha, beta) }

func offLine(dst, y, x []float64, alpha, beta float64) { plainOffLine(dst, y, x, alpha, beta) }

func abnormal(l *Line) { plainAbnormal(l) }

func addTwo(a, b, sum, squares, above []float64) { plainAddTwo(a, b, sum, squares, above) }

func Fetch(x []float64) {}
