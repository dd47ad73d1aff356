package analysis

import (
	"fmt"
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Synthetic takes as normal the return of the portfolio of donors that tracked
// the security best over the estimation window:
//
//	minimise sum (R_t - sum w_j R_jt)^2 over w_j >= 0, sum w_j = 1
//	AR = R - sum w_j R_j
//	s^2 = sum (e - mean e)^2 / (M-K), K = the number of donors with w_j > 0
//
// The weights are exact, see simplexLeastSquares. Var(AR) = s^2 takes them as
// given. Every donor must have a return on a session for it to be used.
// Abadie and Gardeazabal (2003); Abadie, Diamond, Hainmueller (2010); for
// returns Acemoglu et al. (2016).
type Synthetic struct {
	Donors []string // the security itself is left out
}

// Name implements Model.
func (Synthetic) Name() string { return "synthetic" }

// About implements Model.
func (Synthetic) About() string {
	return "the return of the portfolio of donors that tracked the security best over the estimation window"
}

// Paper implements Model.
func (Synthetic) Paper() string {
	return "Abadie, Diamond, Hainmueller (2010); Acemoglu et al. (2016)"
}

// Coefs implements Model.
func (Synthetic) Coefs() []string { return nil }

// Design implements Model.
func (m Synthetic) Design(security string) Design {
	donors := without(m.Donors, security)
	if len(donors) == 0 {
		return Design{Problem: "the study names no donors for " + security}
	}
	d := Design{Forecast: len(donors)}
	for _, s := range donors {
		d.Terms = append(d.Terms, Term{Series: SecurityReturn, Name: s})
	}
	return d
}

// Estimate implements Model.
func (Synthetic) Estimate(s *Sample, e *Estimate) *Exclusion {
	w, err := simplexLeastSquares(s.Y, s.X)
	if err != nil {
		return &Exclusion{NotConverged, err.Error()}
	}
	e.B[0] = 0
	copy(e.B[1:], w)
	e.M, e.K, e.Plain = len(s.Y), 0, true
	for _, v := range w {
		if v > 0 {
			e.K++
		}
	}
	ybar := mean(s.Y)
	rest := make([]float64, len(s.Y))
	var raw float64
	for t, y := range s.Y {
		raw += y * y
		rest[t] = y
		for j, v := range w {
			rest[t] -= v * s.X[j][t]
		}
	}
	mu := mean(rest)
	ss, _ := centred(rest, rest, mu, mu)
	if negligible(ss, raw) {
		return noVariance(e.M)
	}
	tss, _ := centred(s.Y, s.Y, ybar, ybar)
	e.S2, e.R2 = ss/float64(e.M-e.K), 1-ss/tss
	return nil
}

// DonorWeight is the share of one donor in a synthetic control.
type DonorWeight struct {
	Security string
	Weight   float64 // decimal; the weights of one observation add up to 1
}

// DonorWeights returns the donors of observation i that have a weight, in the
// order of the study's; none under another model than Synthetic, and for an
// excluded observation.
func (r *Result) DonorWeights(i int) []DonorWeight {
	o := &r.Observations[i]
	m, ok := r.Study.Model.(Synthetic)
	if !ok || o.row < 0 {
		return nil
	}
	var out []DonorWeight
	b := r.eng.estimate(int(o.row)).B
	for j, t := range m.Design(o.Security).Terms {
		if w := b[1+j]; w > 0 {
			out = append(out, DonorWeight{t.Name, w})
		}
	}
	return out
}

// simplexLeastSquares returns the weights, none negative and together 1, that
// minimise |y - sum w_j x_j|^2, by the active-set method of Lawson and Hanson
// (1974, ch. 23) with the sum as a further constraint: from the best single
// column, the column that promises most joins, the least squares weights of
// the members are found by QR, and members whose weight would turn negative
// leave. At the solution the gradient is the same for all members and no
// smaller for the others. Where several solutions exist, it is the one that
// the order of the columns leads to.
//
// It is an error if that does not end, which only rounding could bring about.
func simplexLeastSquares(y []float64, x [][]float64) ([]float64, error) {
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
		if negligible(size*size, floats.Dot(y, y)) {
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
	return nil, fmt.Errorf("the weights of %d donors do not settle", p)
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
