package stat

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// SimplexLeastSquares returns the weights, none negative and together 1, that
// minimise |y - sum w_j x_j|^2, by the active-set method of Lawson and Hanson
// (1974, ch. 23) with the sum as a further constraint: from the best single
// column, the column that promises most joins, the least squares weights of
// the members are found by QR, and members whose weight would turn negative
// leave. At the solution the gradient is the same for all members and no
// smaller for the others. Where several solutions exist, it is the one that
// the order of the columns leads to.
//
// It is an error if that does not end, which only rounding could bring about.
func SimplexLeastSquares(y []float64, x [][]float64) ([]float64, error) {
	const promise = 1e-10 // least cosine between the residual and a column's way in
	m, p := len(y), len(x)
	w := make([]float64, p)
	rest := make([]float64, m) // y - Xw
	best, least := 0, math.Inf(1)
	for j := range x {
		var ss float64
		for t, v := range y {
			ss += (v - x[j][t]) * (v - x[j][t])
		}
		if ss < least {
			best, least = j, ss
		}
	}
	w[best] = 1
	members := []int{best}
	barred := make([]bool, p) // joined and left at once
	for range 10 * (p + 1) {
		for t, v := range y {
			rest[t] = v
			for _, j := range members {
				rest[t] -= w[j] * x[j][t]
			}
		}
		size := norm(rest)
		if Negligible(size*size, floats.Dot(y, y)) {
			return w, nil
		}
		join, most := -1, promise
		for j := range x {
			if barred[j] || slices.Contains(members, j) {
				continue
			}
			var along, length float64
			for t, e := range rest {
				d := x[j][t] - (y[t] - e) // from the fitted to the column
				along += d * e
				length += d * d
			}
			if c := along / (math.Sqrt(length) * size); c > most {
				join, most = j, c
			}
		}
		if join < 0 {
			return w, nil
		}
		members = append(members, join)
		for {
			z := memberWeights(y, x, members)
			step, leaves := 1.0, -1
			for i, j := range members {
				if z[i] > 0 {
					continue
				}
				reach := 0.0 // how far towards z this weight stays positive
				if w[j] > 0 {
					reach = w[j] / (w[j] - z[i])
				}
				if leaves < 0 || reach < step {
					step, leaves = reach, i
				}
			}
			for i, j := range members {
				w[j] += step * (z[i] - w[j])
			}
			if leaves < 0 {
				clear(barred)
				break
			}
			j := members[leaves]
			w[j] = 0
			members = append(members[:leaves], members[leaves+1:]...)
			if j == join && step == 0 {
				barred[j] = true
				break
			}
		}
	}
	return nil, because("the weights of %d donors do not settle", p)
}

// memberWeights returns the weights of the members, together 1 but free in
// sign, that minimise the squares: those of the others in a regression of
// y - x_0 on x_j - x_0, x_0 the first member.
func memberWeights(y []float64, x [][]float64, members []int) []float64 {
	m, q := len(y), len(members)-1
	z := make([]float64, q+1)
	z[0] = 1
	if q == 0 {
		return z
	}
	base := x[members[0]]
	a, b := mat.NewDense(m, q, nil), mat.NewVecDense(m, nil)
	for t, v := range y {
		b.SetVec(t, v-base[t])
		for i, j := range members[1:] {
			a.Set(t, i, x[j][t]-base[t])
		}
	}
	var qr mat.QR
	qr.Factorize(a)
	var sol mat.VecDense
	if err := qr.SolveVecTo(&sol, false, b); err != nil {
		if _, poor := err.(mat.Condition); !poor {
			return z
		}
	}
	for i := range q {
		z[1+i] = sol.AtVec(i)
		z[0] -= z[1+i]
	}
	return z
}
