package stat

import (
	"errors"
	"fmt"
	"math"

	"gonum.org/v1/gonum/floats"
	"gonum.org/v1/gonum/mat"
)

// Errors names the estimator of a regression's coefficient covariances.
type Errors string

// The covariance estimators. e are the residuals, h the leverages, n the rows,
// k the columns, G the clusters.
const (
	Classical Errors = "classical"  // s^2 (X'X)^-1, s^2 = sum e^2/(n-k)
	HC0       Errors = "hc0"        // e^2; White (1980)
	HC1       Errors = "hc1"        // e^2 n/(n-k); MacKinnon and White (1985)
	HC2       Errors = "hc2"        // e^2/(1-h); MacKinnon and White (1985)
	HC3       Errors = "hc3"        // e^2/(1-h)^2; Davidson and MacKinnon (1993)
	Clustered Errors = "clustered"  // sums over clusters, times G/(G-1) (n-1)/(n-k); Liang and Zeger (1986)
	NeweyWest Errors = "newey-west" // Bartlett weights up to Lag, times n/(n-k); Newey and West (1987)
)

// Specification says how a regression is estimated.
type Specification struct {
	Weights []float64 // one a row, all positive; nil for ordinary least squares
	Errors  Errors
	Cluster []int // the cluster of each row, for Clustered
	Lag     int   // for NeweyWest
}

// Regression is a linear regression y = X b + e.
type Regression struct {
	N, K  int
	Coef  []float64   // b, by column of X
	SE    []float64   // standard errors of b
	T, P  []float64   // b/SE and its two-sided p value against Student's t with DF degrees of freedom
	Cov   [][]float64 // of b
	DF    float64     // n-k, or G-1 for clustered errors
	R2    float64     // about the weighted mean of y
	Sigma float64     // sqrt( sum w e^2 / (n-k) )

	// Clusters are those of clustered errors, else 0. A covariance of fewer clusters
	// than coefficients is of their number's rank at most: it is then NaN.
	Clusters int
}

// Regress estimates y = X b + e by (weighted) least squares through a QR
// factorisation:
//
//	b = (X'WX)^-1 X'W y, W the weights on the diagonal
//
// x holds the columns of X, an intercept among them where one is wanted. No
// element may be NaN. The covariances are those of the sources at [Errors], of
// the rows times the roots of their weights. Davidson and MacKinnon (2004),
// chapters 3 and 5.
//
// Errors: those of [NewDesign] and of [Design.Regress].
func Regress(y []float64, x [][]float64, spec Specification) (*Regression, error) {
	d, err := NewDesign(len(y), x, spec.Weights)
	if err != nil {
		return nil, err
	}
	return d.Regress(y, spec)
}

// A Design is what all regressions on the same columns and weights share: the
// factorisation of X and, of each row, its leverage and what a residual adds to the
// coefficients.
type Design struct {
	n, k     int
	root     []float64 // square roots of the weights
	scale    []float64 // lengths of the columns, by which they are divided, so that only dependence is ill-conditioned
	x        *mat.Dense
	qr       mat.QR
	bread    *mat.Dense // (X'X)^-1
	effects  []float64  // (X'X)^-1 x_i, row by row
	leverage []float64  // x_i'(X'X)^-1 x_i
}

// NewDesign factorises the columns x of n rows, with a weight a row, or nil.
//
// Errors: columns of another length; fewer rows than needed; a NaN or an infinite value; a
// weight that is not positive; linearly dependent columns.
func NewDesign(n int, x [][]float64, weights []float64) (*Design, error) {
	k := len(x)
	if k == 0 || n <= k {
		return nil, fmt.Errorf("%d rows for %d coefficients; a regression needs more rows", n, k)
	}
	if weights != nil && len(weights) != n {
		return nil, fmt.Errorf("%d weights for %d rows", len(weights), n)
	}
	d := &Design{n: n, k: k, root: make([]float64, n), scale: make([]float64, k), x: mat.NewDense(n, k, nil)}
	for i := range d.root {
		d.root[i] = 1
		if weights != nil {
			if d.root[i] = math.Sqrt(weights[i]); !(d.root[i] > 0) || math.IsInf(d.root[i], 0) {
				return nil, fmt.Errorf("weight %g of row %d is not positive", weights[i], i+1)
			}
		}
	}
	for j, c := range x {
		if len(c) != n {
			return nil, fmt.Errorf("column %d has %d rows, the dependent variable %d", j+1, len(c), n)
		}
		for i, v := range c {
			if math.IsNaN(v) || math.IsInf(v, 0) {
				return nil, fmt.Errorf("row %d of column %d is %g", i+1, j+1, v)
			}
			d.x.Set(i, j, d.root[i]*v)
		}
	}
	for j := range d.scale {
		if d.scale[j] = mat.Norm(d.x.ColView(j), 2); !(d.scale[j] > 0) {
			return nil, fmt.Errorf("column %d is zero", j+1)
		}
		for i := range n {
			d.x.Set(i, j, d.x.At(i, j)/d.scale[j])
		}
	}
	d.qr.Factorize(d.x)
	if d.qr.Cond() > 1e10 {
		return nil, errDependent
	}
	var err error
	if d.bread, err = inverseGram(&d.qr, k); err != nil {
		return nil, err
	}
	d.effects, d.leverage = make([]float64, n*k), make([]float64, n)
	for i := range n {
		effect := d.effects[i*k : (i+1)*k]
		for j := range effect {
			effect[j] = floats.Dot(d.bread.RawRowView(j), d.x.RawRowView(i))
		}
		d.leverage[i] = floats.Dot(d.x.RawRowView(i), effect)
	}
	return d, nil
}

// Regress estimates the regression of y on d's columns with the errors of spec, whose
// weights are those of d.
//
// Errors: a y of another length, with a NaN or an infinite value, or that does not vary; no
// cluster for each row, or fewer than two; a row that alone decides a coefficient, under
// HC2 and HC3.
func (d *Design) Regress(y []float64, spec Specification) (*Regression, error) {
	n, k := d.n, d.k
	if len(y) != n || spec.Errors == Clustered && len(spec.Cluster) != n {
		return nil, fmt.Errorf("the dependent variable or the clusters are not as many as the %d rows", n)
	}
	weighted := make([]float64, n)
	for i, v := range y {
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("row %d of the dependent variable is %g", i+1, v)
		}
		weighted[i] = d.root[i] * v
	}
	var coef mat.VecDense
	if err := d.qr.SolveVecTo(&coef, false, mat.NewVecDense(n, weighted)); err != nil {
		return nil, errDependent
	}
	r := &Regression{N: n, K: k, DF: float64(n - k)}
	e := make([]float64, n) // of the weighted rows
	var rss, tss, wy, w float64
	for i, v := range y {
		wy += d.root[i] * d.root[i] * v
		w += d.root[i] * d.root[i]
	}
	for i, v := range y {
		e[i] = weighted[i] - floats.Dot(d.x.RawRowView(i), coef.RawVector().Data)
		rss += e[i] * e[i]
		off := d.root[i] * (v - wy/w)
		tss += off * off
	}
	if Negligible(tss, floats.Dot(weighted, weighted)) {
		return nil, errors.New("the dependent variable does not vary")
	}
	r.Sigma, r.R2 = math.Sqrt(rss/r.DF), 1-rss/tss
	if err := r.covariance(d, e, spec); err != nil {
		return nil, err
	}
	for i := range k {
		for j := range k {
			r.Cov[i][j] /= d.scale[i] * d.scale[j]
		}
		c, se := coef.AtVec(i)/d.scale[i], math.Sqrt(r.Cov[i][i])
		p, _, _ := StudentT(r.DF).PValues(c / se)
		r.Coef, r.SE, r.T, r.P = append(r.Coef, c), append(r.SE, se), append(r.T, c/se), append(r.P, p)
	}
	return r, nil
}

// inverseGram returns (X'X)^-1 = R^-1 R^-T.
func inverseGram(qr *mat.QR, k int) (*mat.Dense, error) {
	var full mat.Dense
	qr.RTo(&full)
	upper := mat.NewTriDense(k, mat.Upper, nil)
	for i := range k {
		for j := i; j < k; j++ {
			upper.SetTri(i, j, full.At(i, j))
		}
	}
	var inv mat.TriDense
	if err := inv.InverseTri(upper); err != nil {
		return nil, errDependent
	}
	var out mat.Dense
	out.Mul(&inv, inv.T())
	return &out, nil
}

var errDependent = errors.New("the columns are linearly dependent")

// covariance sets r.Cov, and r.DF where the errors are clustered. Every robust
// estimator is a sum of products of u_i = (X'X)^-1 x_i e_i, what residual i
// adds to the coefficients.
func (r *Regression) covariance(d *Design, e []float64, spec Specification) error {
	n, k := r.N, r.K
	r.Cov = make([][]float64, k)
	flat := make([]float64, k*k+n*k)
	for i := range r.Cov {
		r.Cov[i], flat = flat[:k:k], flat[k:]
	}
	add := func(u, v []float64, weight float64) {
		for i := range k {
			for j := range k {
				r.Cov[i][j] += weight * u[i] * v[j]
			}
		}
	}
	u := make([][]float64, n)
	for i := range u {
		adjusted, h := e[i], d.leverage[i]
		if 1-h < 1e-10 && (spec.Errors == HC2 || spec.Errors == HC3) {
			return fmt.Errorf("row %d alone decides a coefficient, so that %s has no residual to go by; leave it out, or use hc1", i+1, spec.Errors)
		}
		switch spec.Errors {
		case HC2:
			adjusted /= math.Sqrt(1 - h)
		case HC3:
			adjusted /= 1 - h
		}
		u[i] = flat[i*k : (i+1)*k]
		for j, effect := range d.effects[i*k : (i+1)*k] {
			u[i][j] = effect * adjusted
		}
	}
	small := float64(n) / float64(n-k)
	switch spec.Errors {
	case Classical:
		for i := range k {
			for j := range k {
				r.Cov[i][j] = r.Sigma * r.Sigma * d.bread.At(i, j)
			}
		}
	case HC0, HC2, HC3:
		for i := range u {
			add(u[i], u[i], 1)
		}
	case HC1:
		for i := range u {
			add(u[i], u[i], small)
		}
	case NeweyWest:
		for i := range u {
			add(u[i], u[i], small)
			for l := 1; l <= min(spec.Lag, i); l++ {
				w := small * (1 - float64(l)/float64(spec.Lag+1))
				add(u[i], u[i-l], w)
				add(u[i-l], u[i], w)
			}
		}
	case Clustered:
		var sums [][]float64
		at := make(map[int]int)
		for i, c := range spec.Cluster {
			g, ok := at[c]
			if !ok {
				g = len(sums)
				at[c] = g
				sums = append(sums, make([]float64, k))
			}
			for j, v := range u[i] {
				sums[g][j] += v
			}
		}
		g := float64(len(sums))
		if g < 2 {
			return errors.New("clustered errors need two clusters at least")
		}
		for _, s := range sums {
			add(s, s, g/(g-1)*float64(n-1)/float64(n-k))
		}
		if r.DF, r.Clusters = g-1, len(sums); r.Clusters < k {
			for i := range k {
				for j := range k {
					r.Cov[i][j] = math.NaN()
				}
			}
		}
	default:
		return fmt.Errorf("no errors called %q; use classical, hc0, hc1, hc2, hc3, clustered or newey-west", spec.Errors)
	}
	return nil
}

// Mean returns the fitted mean at the regressors x with its 95% interval:
//
//	x'b -+ t sqrt(x' Cov x), t with DF degrees of freedom
//
// Davidson and MacKinnon (2004), chapter 5.
func (r *Regression) Mean(x []float64) Interval {
	var y, v float64
	for i, a := range x {
		y += a * r.Coef[i]
		for j, b := range x {
			v += a * b * r.Cov[i][j]
		}
	}
	half := StudentQuantile(0.975, r.DF) * math.Sqrt(v)
	return Interval{y, y - half, y + half}
}
