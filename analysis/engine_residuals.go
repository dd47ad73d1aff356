package analysis

import (
	"context"
	"math"
	"sync"

	"gonum.org/v1/gonum/floats"

	"aftershock/analysis/stat"
)

func (g *engine) diagnosticsOf() []stat.Diagnostics {
	g.diagnostics.once.Do(func() {
		all := make([]stat.Diagnostics, len(g.obs))
		_ = parallel(context.Background(), len(g.obs), block, nil, func(w *workspace, row int) {
			if g.m[row] > 0 && (g.some == nil || g.some[row]) { // fitted
				all[row] = g.diagnose(row, w)
			}
		})
		g.diagnostics.all = all
	})
	return g.diagnostics.all
}

// diagnose diagnoses a row.
func (g *engine) diagnose(row int, w *workspace) stat.Diagnostics {
	w.Reset()
	e := g.usable(row, w.Floats(g.study.EstimationWindow.Len()))
	for t, sigma := range g.sigmas(row) {
		e[t] /= sigma
	}
	return stat.Diagnose(e, &w.Workspace)
}

// diagnostics are those of all rows, see places.
type diagnostics struct {
	once sync.Once
	all  []stat.Diagnostics
}

// place is where a CAR lies among the sums of its observation's residuals: how
// many there are, at most and at least as large, and as far from zero.
type place struct{ sums, low, high, beyond int32 }

// places are those of all rows, by row and CAR window, of a result whose rows lie
// in another order than its observations: computed together in theirs, most
// residuals are in cache.
type places struct {
	once sync.Once
	all  []place
}

func (g *engine) placesOf() []place {
	g.places.once.Do(func() {
		all := make([]place, len(g.obs)*g.windows)
		_ = parallel(context.Background(), len(g.obs), block, nil, func(w *workspace, row int) {
			if g.m[row] == 0 || g.some != nil && !g.some[row] { // not fitted
				return
			}
			w.Reset()
			m := g.study.EstimationWindow.Len()
			e, upto := g.usable(row, w.Floats(m)), w.Floats(m+1)
			for k := range g.windows {
				all[row*g.windows+k] = g.place(row, k, e, upto[:len(e)+1])
			}
		})
		g.places.all = all
	})
	return g.places.all
}

// usable fills dst with the estimation residuals of a row on its usable sessions.
func (g *engine) usable(row int, dst []float64) []float64 {
	g.residuals(row, dst)
	if int(g.m[row]) == len(dst) {
		return dst
	}
	n := 0
	for _, v := range dst {
		if v == v {
			dst[n] = v
			n++
		}
	}
	return dst[:n]
}

// place places the CAR of a row over CAR window w among the sums of its usable
// residuals e. upto is memory for one more element.
func (g *engine) place(row, w int, e, upto []float64) place {
	l, car := g.sessions(row, g.study.CARWindows[w]), g.car[row*g.windows+w]
	sums := len(e) - l + 1
	if sums < 1 || car != car {
		return place{}
	}
	// Sums as differences of sums from the start, which tell where they are
	// clear of rounding. Where one is as far as the CAR but for it, all are
	// added up.
	upto[0] = 0
	for t, v := range e {
		upto[t+1] = upto[t] + v
	}
	far := math.Abs(car)
	size := math.Sqrt(float64(len(e)) * floats.Dot(e, e)) // no less than the sum of the sizes
	rises, falls, sure := beyondIn(upto, l, far, 4*0x1p-52*float64(len(e))*size)
	x := place{sums: int32(sums), low: int32(falls), high: int32(sums - falls), beyond: int32(rises + falls)}
	if car >= 0 {
		x.low, x.high = int32(sums-rises), int32(rises)
	}
	if sure {
		return x
	}
	x = place{sums: int32(sums)}
	for i := range sums {
		var s float64
		for _, v := range e[i : i+l] {
			s += v
		}
		if s <= car {
			x.low++
		}
		if s >= car {
			x.high++
		}
		if math.Abs(s) >= far {
			x.beyond++
		}
	}
	return x
}

// beyondIn counts the sums of l consecutive elements that lie above far, and below
// -far, from the sums from the start. It is not sure where one is within slack of
// either.
func beyondIn(upto []float64, l int, far, slack float64) (rises, falls int, sure bool) {
	ends := upto[l:]
	begins := upto[:len(ends)]
	least, most := far-slack, far+slack
	almostRises, almostFalls := 0, 0
	for i, end := range ends {
		s := end - begins[i]
		a, b, c, d := 0, 0, 0, 0 // no branch depends on them
		if s > most {
			a = 1
		}
		if s >= least {
			b = 1
		}
		if s < -most {
			c = 1
		}
		if s <= -least {
			d = 1
		}
		rises, almostRises, falls, almostFalls = rises+a, almostRises+b, falls+c, almostFalls+d
	}
	return rises, falls, rises == almostRises && falls == almostFalls
}

// present returns the elements of x that are not NaN, in a new slice.
func present(x []float64) []float64 {
	out := make([]float64, 0, len(x))
	for _, v := range x {
		if v == v {
			out = append(out, v)
		}
	}
	return out
}
