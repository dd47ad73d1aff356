package stat

import (
	"errors"
	"fmt"
	"math"

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
// Errors: columns of unequal length; fewer rows than needed; a NaN; a weight
// that is not positive; linearly dependent columns; fewer than two clusters.
func Regress(y []float64, x [][]float64, spec Specification) (*Regression, error) {
	n, k := len(y), len(x)
	if k == 0 || n <= k {
		return nil, fmt.Errorf("%d rows for %d coefficients; a regression needs more rows", n, k)
	}
	if spec.Weights != nil && len(spec.Weights) != n || spec.Errors == Clustered && len(spec.Cluster) != n {
		return nil, fmt.Errorf("the weights or clusters are not as many as the %d rows", n)
	}
	root := make([]float64, n) // square roots of the weights
	for i := range root {
		root[i] = 1
		if spec.Weights != nil {
			if root[i] = math.Sqrt(spec.Weights[i]); !(root[i] > 0) || math.IsInf(root[i], 0) {
				return nil, fmt.Errorf("weight %g of row %d is not positive", spec.Weights[i], i+1)
			}
		}
	}
	a, b := mat.NewDense(n, k, nil), mat.NewVecDense(n, nil)
	for i, v := range y {
		b.SetVec(i, root[i]*v)
		if math.IsNaN(v) || math.IsInf(v, 0) {
			return nil, fmt.Errorf("row %d of the dependent variable is %g", i+1, v)
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
			a.Set(i, j, root[i]*v)
		}
	}
	scale := make([]float64, k) // columns of unit length, so that only dependence is ill-conditioned
	for j := range scale {
		if scale[j] = mat.Norm(a.ColView(j), 2); !(scale[j] > 0) {
			return nil, fmt.Errorf("column %d is zero", j+1)
		}
		for i := range n {
			a.Set(i, j, a.At(i, j)/scale[j])
		}
	}
	var qr mat.QR
	qr.Factorize(a)
	if qr.Cond() > 1e10 {
		return nil, errDependent
	}
	var coef mat.VecDense
	if err := qr.SolveVecTo(&coef, false, b); err != nil {
		return nil, errDependent
	}
	r := &Regression{N: n, K: k, DF: float64(n - k)}
	e := make([]float64, n) // of the weighted rows
	var rss, tss, wy, w float64
	for i, v := range y {
		wy += root[i] * root[i] * v
		w += root[i] * root[i]
	}
	for i, v := range y {
		e[i] = b.AtVec(i) - mat.Dot(a.RowView(i), &coef)
		rss += e[i] * e[i]
		d := root[i] * (v - wy/w)
		tss += d * d
	}
	if Negligible(tss, mat.Dot(b, b)) {
		return nil, errors.New("the dependent variable does not vary")
	}
	r.Sigma, r.R2 = math.Sqrt(rss/r.DF), 1-rss/tss
	bread, err := inverseGram(&qr, k)
	if err != nil {
		return nil, err
	}
	if err := r.covariance(a, bread, e, spec); err != nil {
		return nil, err
	}
	for i := range k {
		for j := range k {
			r.Cov[i][j] /= scale[i] * scale[j]
		}
		c, se := coef.AtVec(i)/scale[i], math.Sqrt(r.Cov[i][i])
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
func (r *Regression) covariance(x, bread *mat.Dense, e []float64, spec Specification) error {
	n, k := r.N, r.K
	r.Cov = make([][]float64, k)
	for i := range r.Cov {
		r.Cov[i] = make([]float64, k)
	}
	add := func(u, v []float64, weight float64) {
		for i := range k {
			for j := range k {
				r.Cov[i][j] += weight * u[i] * v[j]
			}
		}
	}
	u := make([][]float64, n)
	flat := make([]float64, n*k)
	var effect mat.VecDense
	for i := range u {
		row := x.RowView(i)
		effect.MulVec(bread, row)
		adjusted := e[i]
		h := mat.Dot(row, &effect)
		if 1-h < 1e-10 && (spec.Errors == HC2 || spec.Errors == HC3) {
			return fmt.Errorf("row %d alone decides a coefficient, so that %s has no residual to go by; leave it out, or use hc1", i, spec.Errors)
		}
		switch spec.Errors {
		case HC2:
			adjusted /= math.Sqrt(1 - h)
		case HC3:
			adjusted /= 1 - h
		}
		u[i] = flat[i*k : (i+1)*k]
		for j := range u[i] {
			u[i][j] = effect.AtVec(j) * adjusted
		}
	}
	small := float64(n) / float64(n-k)
	switch spec.Errors {
	case Classical:
		for i := range k {
			for j := range k {
				r.Cov[i][j] = r.Sigma * r.Sigma * bread.At(i, j)
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
