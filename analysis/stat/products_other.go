//go:build !amd64

package stat

func addProducts(sum, weight, y []float64, n, width, sessions, stride int, begin bool) {
	plainAddProducts(sum, weight, y, n, width, sessions, stride, begin)
}

func standardise(p *Spans, weight []float64) { plainStandardise(p, weight) }

func dot(x, y []float64) float64 { return plainDot(x, y) }
