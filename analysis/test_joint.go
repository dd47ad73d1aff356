package analysis

import (
	"gonum.org/v1/gonum/mat"
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

// Scope implements Test.
func (Joint) Scope() Scope { return ManyObservations }

// Run implements Test.
func (Joint) Run(c *Cross) TestResult {
	g, n := c.pool.eng, c.N()
	switch {
	case !c.pool.sameDate:
		return undefined("needs one common session 0 on one calendar")
	case g.pl[c.rows[0]]:
		return undefined("needs a model that estimates its prediction")
	case g.h != nil:
		return undefined("needs a residual variance that is constant")
	}
	first := g.ser[c.rows[0]]
	for _, r := range c.rows[1:] {
		s := g.ser[r]
		for j := range s.x {
			if &s.x[j][0] != &first.x[j][0] {
				return undefined("the securities are measured against different regressors")
			}
		}
	}
	car := c.CAR
	resid := make([][]float64, n)
	common := make([]bool, g.study.Estimation.Len())
	m, equal := 0, true
	for t := range common {
		have := 0
		for i := range n {
			if v := c.Residuals(i)[t]; v == v {
				have++
			}
		}
		common[t] = have == n
		equal = equal && (have == n || have == 0)
		if common[t] {
			m++
		}
	}
	e := g.estimate(int(c.rows[0]))
	k, scale := e.K, c.Var[0]/e.S2
	if n >= m-k {
		return undefined("%d securities and %d common estimation sessions; it needs more sessions than securities", n, m)
	}
	for i := range n {
		resid[i] = c.Residuals(i)
	}
	if !equal {
		car = make([]float64, n)
		for i, r := range c.rows {
			p := single(g.study, g.ser[r].only(common, int(g.s0[r])+g.study.Estimation.From), g.s0[r])
			if p.ex != nil {
				return undefined("a security cannot be measured on the %d common estimation sessions: %s", m, p.ex.Detail)
			}
			e := p.eng.estimate(0)
			var v float64
			car[i], v, _, _ = p.eng.cumulate(0, &e, c.Window)
			scale = v / e.S2
			resid[i] = make([]float64, len(common))
			p.eng.residuals(0, resid[i])
		}
	}
	cross := mat.NewSymDense(n, nil)
	for i := range n {
		for j := i; j < n; j++ {
			var sum float64
			for t, ok := range common {
				if ok {
					sum += resid[i][t] * resid[j][t]
				}
			}
			cross.SetSym(i, j, sum)
		}
	}
	var chol mat.Cholesky
	if !chol.Factorize(cross) || chol.Cond() > 1e14 {
		return undefined("the residuals of the securities are linearly dependent")
	}
	var x mat.VecDense
	a := mat.NewVecDense(n, car)
	if err := chol.SolveVecTo(&x, a); err != nil {
		return undefined("the residuals of the securities are linearly dependent")
	}
	d2 := float64(m - k - n + 1)
	return outcome(d2/float64(n)*mat.Dot(a, &x)/scale, FisherF(float64(n), d2))
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
	return &c
}
