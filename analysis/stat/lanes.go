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

// Sound reports whether the sums of y and of x y are numbers, which tells that all elements
// are; where some are infinite they may not. x is as long as y.
func Sound(y, x []float64) bool {
	sy, _, sxy := productSums(y, x)
	return sy+sxy == sy+sxy
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

// AddFour adds scale[0] y[0] + ... + scale[3] y[3] to total, which four series share the
// loads and stores of. Each is at least as long as total.
func AddFour(scale *[4]float64, y *[4][]float64, total []float64) {
	n := len(total)
	for i := range y {
		y[i] = y[i][:n]
	}
	whole := n &^ 3
	addFour(scale, y, total[:whole])
	if whole < n {
		var rest [4][]float64
		for i := range y {
			rest[i] = y[i][whole:]
		}
		plainAddFour(scale, &rest, total[whole:])
	}
}

// plainAddFour is AddFour.
func plainAddFour(scale *[4]float64, y *[4][]float64, total []float64) {
	n := len(total)
	a, b, c, d := y[0][:n], y[1][:n], y[2][:n], y[3][:n]
	p, q, r, s := scale[0], scale[1], scale[2], scale[3]
	for t, v := range total {
		total[t] = v + ((float64(p*a[t]) + float64(q*b[t])) + (float64(r*c[t]) + float64(s*d[t])))
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

// Held are what a window of abnormal returns adds up to: their sum, that of them times
// Root, and the products of 1 + y and of 1 + y - a.
type Held struct{ Sum, Scaled, Gross, Expected float64 }

// Line is a window of returns Y and their regressor X, of which alpha + beta x is
// expected. Slices are as long as AR.
type Line struct {
	AR, Y, X, Root []float64
	Alpha, Beta    float64
	Held           Held
}

// Abnormal sets AR to Y - (alpha + beta X), as OffLine does, and Held.
// Each part of Held takes every fourth element, and the four are joined in pairs.
func (l *Line) Abnormal() {
	n := len(l.AR)
	_, _, _ = l.Y[:n], l.X[:n], l.Root[:n]
	abnormal(l)
}

// plainAbnormal is Line.Abnormal.
func plainAbnormal(l *Line) {
	plainOffLine(l.AR, l.Y, l.X, l.Alpha, l.Beta)
	l.Held = plainHold(l.AR, l.Y, l.Root)
}

// Hold returns what the abnormal returns a, whose returns are y, add up to. y and root are
// at least as long as a.
func Hold(a, y, root []float64) Held { return plainHold(a, y[:len(a)], root[:len(a)]) }

func plainHold(a, y, root []float64) (h Held) {
	var s, c [4]float64
	g, e := [4]float64{1, 1, 1, 1}, [4]float64{1, 1, 1, 1}
	y, root = y[:len(a)], root[:len(a)]
	for t, v := range a {
		u := 1 + y[t]
		i := t & 3
		s[i] += v
		c[i] += float64(v * root[t])
		g[i] *= u
		e[i] *= u - v
	}
	h.Sum = (s[0] + s[2]) + (s[1] + s[3])
	h.Scaled = (c[0] + c[2]) + (c[1] + c[3])
	h.Gross = float64(g[0]*g[2]) * float64(g[1]*g[3])
	h.Expected = float64(e[0]*e[2]) * float64(e[1]*e[3])
	return h
}

// Spread are sums over many series of one session each.
type Spread struct{ Sum, Squares, Above []float64 }

// AddTwo adds the elements of a and b to the sums, their squares, and 1 for each above 0.
// The slices of s and b are at least as long as a.
func (s *Spread) AddTwo(a, b []float64) {
	n := len(a)
	whole := n &^ 3
	b, sum, squares, above := b[:n], s.Sum[:n], s.Squares[:n], s.Above[:n]
	addTwo(a[:whole], b, sum, squares, above)
	plainAddTwo(a[whole:], b[whole:], sum[whole:], squares[whole:], above[whole:])
}

// Add is AddTwo for one series.
func (s *Spread) Add(a []float64) {
	n := len(a)
	sum, squares, above := s.Sum[:n], s.Squares[:n], s.Above[:n]
	for t, v := range a {
		i := 0.0
		if v > 0 {
			i = 1
		}
		sum[t] += v
		squares[t] += float64(v * v)
		above[t] += i
	}
}

// plainAddTwo is AddTwo.
func plainAddTwo(a, b, sum, squares, above []float64) {
	n := len(a)
	b, sum, squares, above = b[:n], sum[:n], squares[:n], above[:n]
	for t, u := range a {
		v := b[t]
		i, j := 0.0, 0.0
		if u > 0 {
			i = 1
		}
		if v > 0 {
			j = 1
		}
		sum[t] += u + v
		squares[t] += float64(u*u) + float64(v*v)
		above[t] += i + j
	}
}
