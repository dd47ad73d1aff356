package stat

// The loops over estimation windows in which a study spends most of its time. What they
// compute is defined here, bit by bit, by the plain functions, which every processor runs
// that has no other. A product that is converted is rounded before it is added to. amd64
// processors with AVX2 have the same four elements at a time (lanes_amd64.s); TestLanes
// and FuzzLanes hold them to the plain functions. A run without ranks takes seven tenths of
// the time, one with every closed-form test nine tenths.

// productSums returns the sums of y, y^2 and q y. Of each it adds up every eighth
// element, and the eight sums in pairs. q is at least as long as y.
func productSums(y, q []float64) (sy, syy, sqy float64) {
	n := len(y) &^ 7
	q = q[:len(y)]
	sy, syy, sqy = eightSums(y[:n], q[:n])
	for t := n; t < len(y); t++ {
		sy += y[t]
		syy += float64(y[t] * y[t])
		sqy += float64(y[t] * q[t])
	}
	return sy, syy, sqy
}

// plainEightSums is productSums for a length divisible by eight. Each sum has a loop of
// its own, so that its parts stay in registers.
func plainEightSums(y, q []float64) (sy, syy, sqy float64) {
	q = q[:len(y)]
	{
		var s0, s1, s2, s3, s4, s5, s6, s7 float64
		for t := 0; t < len(y); t += 8 {
			u := y[t : t+8 : t+8]
			s0 += u[0]
			s1 += u[1]
			s2 += u[2]
			s3 += u[3]
			s4 += u[4]
			s5 += u[5]
			s6 += u[6]
			s7 += u[7]
		}
		sy = ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))
	}
	{
		var s0, s1, s2, s3, s4, s5, s6, s7 float64
		for t := 0; t < len(y); t += 8 {
			u := y[t : t+8 : t+8]
			s0 += float64(u[0] * u[0])
			s1 += float64(u[1] * u[1])
			s2 += float64(u[2] * u[2])
			s3 += float64(u[3] * u[3])
			s4 += float64(u[4] * u[4])
			s5 += float64(u[5] * u[5])
			s6 += float64(u[6] * u[6])
			s7 += float64(u[7] * u[7])
		}
		syy = ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))
	}
	{
		var s0, s1, s2, s3, s4, s5, s6, s7 float64
		for t := 0; t < len(y); t += 8 {
			u, v := y[t:t+8:t+8], q[t:t+8:t+8]
			s0 += float64(u[0] * v[0])
			s1 += float64(u[1] * v[1])
			s2 += float64(u[2] * v[2])
			s3 += float64(u[3] * v[3])
			s4 += float64(u[4] * v[4])
			s5 += float64(u[5] * v[5])
			s6 += float64(u[6] * v[6])
			s7 += float64(u[7] * v[7])
		}
		sqy = ((s0 + s4) + (s2 + s6)) + ((s1 + s5) + (s3 + s7))
	}
	return sy, syy, sqy
}

// Member is what one adds to the sums of a pool.
type Member struct{ W, Scale float64 }

// Accumulate adds w y to sum and scale y to total for two members at once, which
// share the loads and stores. All slices are at least as long as y1.
func Accumulate(a, b *Member, y1, y2, sum, total []float64) {
	n := len(y1)
	whole := n &^ 3
	y2, sum, total = y2[:n], sum[:n], total[:n]
	addPair(a, b, y1[:whole], y2, sum, total)
	plainAddPair(a, b, y1[whole:], y2[whole:], sum[whole:], total[whole:])
}

// plainAddPair is Accumulate.
func plainAddPair(a, b *Member, y1, y2, sum, total []float64) {
	n := len(y1)
	y2, sum, total = y2[:n], sum[:n], total[:n]
	for t, u := range y1 {
		v := y2[t]
		sum[t] += float64(a.W*u) + float64(b.W*v)
		total[t] += float64(a.Scale*u) + float64(b.Scale*v)
	}
}

// Above returns how many elements of y lie above alpha + beta x: those whose residual by
// OffLine is positive. x is at least as long as y.
func Above(y, x []float64, alpha, beta float64) (above int) {
	n := len(y)
	whole := n &^ 3
	x = x[:n]
	return aboveLine(y[:whole], x, alpha, beta) + plainAbove(y[whole:], x[whole:], alpha, beta)
}

// plainAbove is Above.
func plainAbove(y, x []float64, alpha, beta float64) (above int) {
	x = x[:len(y)]
	for t, v := range y {
		i := 0 // no branch depends on it
		if v > alpha+float64(beta*x[t]) {
			i = 1
		}
		above += i
	}
	return above
}

// OffLine sets dst to y - (alpha + beta x). y and x are at least as long as dst.
func OffLine(dst, y, x []float64, alpha, beta float64) {
	n := len(dst)
	whole := n &^ 3
	y, x = y[:n], x[:n]
	offLine(dst[:whole], y, x, alpha, beta)
	plainOffLine(dst[whole:], y[whole:], x[whole:], alpha, beta)
}

// plainOffLine is OffLine.
func plainOffLine(dst, y, x []float64, alpha, beta float64) {
	y, x = y[:len(dst)], x[:len(dst)]
	for t := range dst {
		dst[t] = y[t] - (alpha + float64(beta*x[t]))
	}
}
