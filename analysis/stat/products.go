package stat

import "math"

// The tile of sums and sessions of AddProducts that stays in registers.
const TileSums, TileSessions = 6, 8

// Stride returns how far the rows of [AddProducts] best lie apart for so many sessions: an
// odd multiple of eight, so that those of one tile do not push each other out of the cache.
func Stride(sessions int) int { return (sessions+7)&^7 | 8 }

// AddProducts adds W'Y to sum, W a matrix of weights with a row a member and a column a
// sum, Y one of numbers with a row a member and a column a session:
//
//	sum[k][t] += weight[0][k] y[0][t] + ... + weight[n-1][k] y[n-1][t]
//
// where it is to begin, to 0, whatever sum held before. n is at least 1.
// Members are added one after the other, each product rounded, so that the sums are the
// same however members and sessions are cut into calls. Rows are width apart in weight,
// stride in sum and y; width is a multiple of [TileSums] and sessions one of
// [TileSessions]. A run of 100,000 observations on 2,400 dates takes two thirds of the
// time. TestProducts holds what amd64 does to the plain function.
func AddProducts(sum, weight, y []float64, n, width, sessions, stride int, begin bool) {
	const members = 64 // whose tile and weights stay in the cache together
	for ; n > 0; n, begin = n-members, false {
		addProducts(sum, weight, y, min(n, members), width, sessions, stride, begin)
		if n > members {
			weight, y = weight[members*width:], y[members*stride:]
		}
	}
}

// plainAddProducts is AddProducts.
func plainAddProducts(sum, weight, y []float64, n, width, sessions, stride int, begin bool) {
	for i := range n {
		of := y[i*stride:][:sessions]
		for k, w := range weight[i*width:][:width] {
			to := sum[k*stride:][:sessions]
			if begin && i == 0 {
				clear(to)
			}
			for t, v := range of {
				to[t] += float64(w * v)
			}
		}
	}
}

// Spans are parts of a series: the sums of their elements and of the squares of these, the
// inverse of how many they are, and what Standardise adds up.
type Spans struct{ Sum, Squares, Inverse, Total []float64 }

// Standardise sets weight to the inverse of the root of each part's sum of squares about
// its mean,
//
//	w = 1 / sqrt(ss - s^2/n)
//
// 0 where the part does not vary (a difference of no more than 1e-12 ss), and adds w s to
// Total. All slices are as long as weight.
func (p *Spans) Standardise(weight []float64) {
	n := len(weight)
	whole := n &^ 3
	standardise(&Spans{p.Sum[:n], p.Squares[:n], p.Inverse[:n], p.Total[:n]}, weight[:whole])
	plainStandardise(&Spans{p.Sum[whole:n], p.Squares[whole:n], p.Inverse[whole:n], p.Total[whole:n]}, weight[whole:])
}

// plainStandardise is Spans.Standardise.
func plainStandardise(p *Spans, weight []float64) {
	n := len(weight)
	sum, squares, inverse, total := p.Sum[:n], p.Squares[:n], p.Inverse[:n], p.Total[:n]
	for k := range weight {
		s, ss := sum[k], squares[k]
		v := ss - float64(float64(s*s)*inverse[k])
		w := 1 / math.Sqrt(v)
		if !(v > 1e-12*ss) {
			w = 0
		}
		weight[k] = w
		total[k] += float64(w * s)
	}
}

// SumAndSquares returns the sums of x and of its squares. Each adds up every eighth
// element, and the eight sums in pairs.
func SumAndSquares(x []float64) (s, ss float64) {
	s, ss, _ = productSums(x, x)
	return s, ss
}

// Dot returns the sum of the products of x and y, wherever they lie in memory: of every
// sixteenth, and the sixteen sums in pairs. y is at least as long as x.
func Dot(x, y []float64) float64 {
	n := len(x) &^ 15
	y = y[:len(x)]
	sum := dot(x[:n], y[:n])
	for t := n; t < len(x); t++ {
		sum += float64(x[t] * y[t])
	}
	return sum
}

// plainDot is Dot for a length divisible by sixteen.
func plainDot(x, y []float64) float64 {
	var s [16]float64
	y = y[:len(x)]
	for t := 0; t < len(x); t += 16 {
		u, v := x[t:t+16:t+16], y[t:t+16:t+16]
		for k := range s {
			s[k] += float64(u[k] * v[k])
		}
	}
	var of [4]float64
	for k := range of {
		of[k] = (s[k] + s[k+4]) + (s[k+8] + s[k+12])
	}
	return (of[0] + of[2]) + (of[1] + of[3])
}
