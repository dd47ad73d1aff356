package analysis

import (
	"math"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
)

// frame is what least squares fits on the same regressors and sessions share:
// their factorisation, and what the variances of their forecasts are in units of
// s^2. A frame is made once for all observations of one date.
type frame struct {
	stat.Factorisation

	estimate model.Estimate // the last that was made of it

	taken bool // by these sessions and regressors, known by their first elements
	s0    int32
	by    []*float64

	// Of the event window, on which the regressors are whole.
	ahead bool      // what follows is computed
	unit  []float64 // Var(AR_t) / s^2
	root  []float64 // 1 / sqrt(unit)
	scale []float64 // Var(CAR) / s^2, by window of the study
}

// scaleAhead computes the figures of the event window, whose first session is from.
func (f *frame) scaleAhead(st *Study, x [][]float64, from int) {
	l := st.EventWindow.Len()
	f.ahead = true
	f.unit, f.root, f.scale = stat.Grown(f.unit, l), stat.Grown(f.root, l), stat.Grown(f.scale, len(st.CARWindows))
	var ds stat.Small
	d := ds.Floats(f.P)
	for t := range f.unit {
		for j := range d {
			d[j] = x[j][from+t] - f.XBar[j]
		}
		f.unit[t] = 1 + 1/float64(f.M) + stat.Quadratic(f.SInv, d)
		f.root[t] = 1 / math.Sqrt(f.unit[t])
	}
	for w, win := range st.CARWindows {
		n := float64(win.Len())
		clear(d)
		for t := win.From - st.EventWindow.From; t <= win.To-st.EventWindow.From; t++ {
			for j := range d {
				d[j] += x[j][from+t] - f.XBar[j]
			}
		}
		f.scale[w] = n + n*n/float64(f.M) + stat.Quadratic(f.SInv, d)
	}
}
