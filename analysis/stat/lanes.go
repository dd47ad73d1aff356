package stat

// The loops over estimation windows in which a study spends most of its time.
// What they compute is defined here, bit by bit; amd64 has them two elements at a
// time (lanes_amd64.s), which every processor of that kind can do. A product that
// is converted is rounded before it is added to.

// productSums returns the sums of y, y^2 and q y. Of each it adds up every fourth
// element, and the four sums in pairs. q is at least as long as y.
func productSums(y, q []float64) (sy, syy, sqy float64) {
	n := len(y) &^ 3
	q = q[:len(y)]
	sy, syy, sqy = fourSums(y[:n], q[:n])
	for t := n; t < len(y); t++ {
		sy += y[t]
		syy += float64(y[t] * y[t])
		sqy += float64(y[t] * q[t])
	}
	return sy, syy, sqy
}

// plainFourSums is productSums for a length divisible by four.
func plainFourSums(y, q []float64) (sy, syy, sqy float64) {
	var a0, a1, a2, a3, b0, b1, b2, b3, c0, c1, c2, c3 float64
	for t := 0; t < len(y); t += 4 {
		u, v := y[t:t+4:t+4], q[t:t+4:t+4]
		a0, a1, a2, a3 = a0+u[0], a1+u[1], a2+u[2], a3+u[3]
		b0, b1, b2, b3 = b0+float64(u[0]*u[0]), b1+float64(u[1]*u[1]), b2+float64(u[2]*u[2]), b3+float64(u[3]*u[3])
		c0, c1, c2, c3 = c0+float64(u[0]*v[0]), c1+float64(u[1]*v[1]), c2+float64(u[2]*v[2]), c3+float64(u[3]*v[3])
	}
	return (a0 + a2) + (a1 + a3), (b0 + b2) + (b1 + b3), (c0 + c2) + (c1 + c3)
}

// Member is what one adds to the sums of a pool.
type Member struct{ Alpha, Beta, W, Scale float64 }

// Accumulate adds w y to sum and scale y to total for two members at once, which
// share the loads and stores, and returns how many of their y lie above
// alpha + beta x. All slices are at least as long as y1.
func Accumulate(a, b *Member, y1, y2, x, sum, total []float64) (above int) {
	n := len(y1)
	even := n &^ 1
	y2, x, sum, total = y2[:n], x[:n], sum[:n], total[:n]
	above = addPair(a, b, y1[:even], y2, x, sum, total)
	return above + plainAddPair(a, b, y1[even:], y2[even:], x[even:], sum[even:], total[even:])
}

// plainAddPair is accumulate.
func plainAddPair(a, b *Member, y1, y2, x, sum, total []float64) (above int) {
	n := len(y1)
	y2, x, sum, total = y2[:n], x[:n], sum[:n], total[:n]
	for t, u := range y1 {
		v, x := y2[t], x[t]
		i, j := 0, 0 // no branch depends on them
		if u > a.Alpha+float64(a.Beta*x) {
			i = 1
		}
		if v > b.Alpha+float64(b.Beta*x) {
			j = 1
		}
		above += i + j
		sum[t] += float64(a.W*u) + float64(b.W*v)
		total[t] += float64(a.Scale*u) + float64(b.Scale*v)
	}
	return above
}

// OffLine sets dst to y - (alpha + beta x). y and x are at least as long as dst.
func OffLine(dst, y, x []float64, alpha, beta float64) {
	n := len(dst)
	even := n &^ 1
	y, x = y[:n], x[:n]
	offLinePair(dst[:even], y, x, alpha, beta)
	plainOffLine(dst[even:], y[even:], x[even:], alpha, beta)
}

// plainOffLine is offLine.
func plainOffLine(dst, y, x []float64, alpha, beta float64) {
	y, x = y[:len(dst)], x[:len(dst)]
	for t := range dst {
		dst[t] = y[t] - (alpha + float64(beta*x[t]))
	}
}
