package analysis

import (
	"math"
	"slices"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"

	"aftershock/analysis/stat"
)

// Joint tests that no security has an abnormal return, whatever their signs:
//
//	F = (M-K-N+1)/N a'(E'E)^-1 a / c, F(N, M-K-N+1)
//
// a the CARs, E the M x N residuals on the sessions that all securities have,
// c = L + z'(X'X)^-1 z the variance of a CAR without s^2. It needs one common
// date, common regressors and N < M-K. Where the securities do not all have
// the same estimation sessions, each is fitted anew on the common ones.
// Schipper and Thompson (1983), in the exact form of Hotelling's T^2.
type Joint struct{}

// Name implements Test.
func (Joint) Name() string { return "joint" }

// Null implements Test.
func (Joint) Null() string { return "no security has an abnormal return" }

// Assumes implements Test.
func (Joint) Assumes() string {
	return "jointly normal residuals whose covariances the event does not change"
}

// Paper implements Test.
func (Joint) Paper() string { return "Schipper and Thompson (1983); Binder (1985)" }

// Properties implements Test.
func (Joint) Properties() Properties { return Properties{OneDate: true} }

// Scope implements Test.
func (Joint) Scope() Scope { return ManyObservations }

// Run implements Test.
func (Joint) Run(c *CrossSection) TestResult {
	h := c.pool.hotelling()
	if h.problem != nil {
		r := unknown
		r.Note = h.problem
		return r
	}
	n := c.N()
	car, scales := slices.Clone(c.CAR), make([]float64, n)
	for i, r := range c.rows {
		if h.fits == nil {
			scales[i] = c.Var[i] / c.pool.eng.s2[r]
			continue
		}
		g := h.fits[i].eng
		e := g.estimate(0)
		var v float64
		car[i], v, _, _ = g.cumulate(0, &e, c.Window)
		scales[i] = v / e.S2
	}
	scale := scales[0]
	for _, own := range scales {
		if math.Abs(own-scale) > 1e-9*scale {
			return Undefined("undefined/joint-sessions")
		}
	}
	var x mat.VecDense
	a := mat.NewVecDense(n, car)
	if err := h.chol.SolveVecTo(&x, a); err != nil {
		return Undefined("undefined/joint-dependent")
	}
	d2 := float64(h.m - h.k - n + 1)
	return outcome(d2/float64(n)*mat.Dot(a, &x)/scale, stat.FisherF(float64(n), d2))
}

// hotelling is what the joint tests of all windows of a pool share.
type hotelling struct {
	problem *Sentence    // why the test is undefined
	m, k    int          // common estimation sessions, parameters
	chol    mat.Cholesky // of E'E
	// fits are the members fitted anew on the common sessions; nil where all
	// have the same sessions.
	fits []*portfolio
}

func (p *pool) hotelling() *hotelling {
	if p.hotel == nil {
		p.hotel = &p.own.hotelling
		p.hotel.problem = p.hotel.prepare(p)
	}
	return p.hotel
}

func (h *hotelling) prepare(p *pool) (problem *Sentence) {
	g, n := p.eng, len(p.rows)
	first := g.ser[p.rows[0]]
	h.k = int(g.k[p.rows[0]])
	switch {
	case !p.sameDate:
		return &Sentence{Code: "undefined/one-date"}
	case g.pl[p.rows[0]]:
		return &Sentence{Code: "undefined/joint-plain"}
	case g.h != nil:
		return &Sentence{Code: "undefined/joint-variance"}
	case n >= g.study.EstimationWindow.Len()-h.k:
		most := g.study.EstimationWindow.Len()
		if p.scratch == nil {
			return tooMany(n, most)
		}
		if at := &p.scratch.many; at.n != n || at.most != most { // large groups are often of one size
			at.n, at.most, at.why = n, most, tooMany(n, most)
		}
		return p.scratch.many.why
	}
	for _, r := range p.rows[1:] {
		for j, x := range g.ser[r].x {
			if &x[0] != &first.x[j][0] {
				return &Sentence{Code: "undefined/joint-regressors"}
			}
		}
	}
	m := g.study.EstimationWindow.Len()
	resid := p.scratch.zeros(n * m)
	have := make([]int, m)
	for i := range n {
		copy(resid[i*m:], p.residuals(i))
		for t, v := range resid[i*m : (i+1)*m] {
			if v == v {
				have[t]++
			}
		}
	}
	common, equal := make([]bool, m), true
	for t, k := range have {
		common[t] = k == n
		equal = equal && (k == n || k == 0)
		if common[t] {
			h.m++
		}
	}
	if n >= h.m-h.k {
		return &Sentence{"undefined/joint-few", []any{n, h.m}}
	}
	if !equal {
		study := *g.study
		study.MinEstimation = 0 // each has enough sessions on its own
		for i, r := range p.rows {
			q := single(&study, g.ser[r].only(common, int(g.s0[r])+g.study.EstimationWindow.From), g.s0[r], nil)
			if q.ex != nil {
				return &Sentence{"undefined/joint-measure", []any{h.m, q.ex.Sentence()}}
			}
			h.fits = append(h.fits, &q)
			q.eng.residuals(0, resid[i*m:(i+1)*m])
		}
	}
	// Only the common sessions, closed up.
	for i := range n {
		e := resid[i*m : (i+1)*m]
		k := 0
		for t, ok := range common {
			if ok {
				e[k] = e[t]
				k++
			}
		}
	}
	cross := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			cross.SetSym(i, j, floats.Dot(resid[i*m:i*m+h.m], resid[j*m:j*m+h.m]))
		}
	}
	if !h.chol.Factorize(cross) || h.chol.Cond() > 1e14 {
		return &Sentence{Code: "undefined/joint-dependent"}
	}
	return nil
}

func tooMany(n, sessions int) *Sentence {
	return &Sentence{"undefined/joint-many", []any{n, sessions}}
}

// only returns s without its returns on those sessions of the estimation
// window, which begins at calendar index from, that are not in keep.
func (s *series) only(keep []bool, from int) *series {
	c := *s
	c.y = append([]float64(nil), s.y...)
	for t, ok := range keep {
		if k := from + t - s.first; !ok && k >= 0 && k < len(c.y) {
			c.y[k] = nan
		}
	}
	return c.survey()
}
