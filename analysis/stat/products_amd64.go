package stat

// addProducts is plainAddProducts.
func addProducts(sum, weight, y []float64, n, width, sessions, stride int, begin bool) {
	if !wide {
		plainAddProducts(sum, weight, y, n, width, sessions, stride, begin)
		return
	}
	if n <= 0 || width <= 0 || sessions <= 0 {
		return
	}
	_, _, _ = sum[(width-1)*stride+sessions-1], weight[n*width-1], y[(n-1)*stride+sessions-1]
	for t := 0; t < sessions; t += TileSessions {
		wideAddProducts(&sum[t], &weight[0], &y[t], n, width, stride, begin)
	}
}

// standardise is plainStandardise for a length of weight divisible by four.
func standardise(p *Spans, weight []float64) {
	if !wide {
		plainStandardise(p, weight)
		return
	}
	wideStandardise(p, weight)
}

// dot is plainDot.
func dot(x, y []float64) float64 {
	if !wide {
		return plainDot(x, y)
	}
	return wideDot(x, y)
}

// Eight sessions of every sum.
//
//go:noescape
func wideAddProducts(sum, weight, y *float64, n, width, stride int, begin bool)

//go:noescape
func wideStandardise(p *Spans, weight []float64)

//go:noescape
func wideDot(x, y []float64) (sum float64)
