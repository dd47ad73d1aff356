package stat

import (
	"math"

	"gonum.org/v1/gonum/mat"
)

// A RidgeAugmentation corrects weights of columns by a ridge regression of what they
// leave, without changing their sum (Ben-Michael, Feller, Rothstein 2021):
//
//	w(lambda) = gamma + (X~'X~ + lambda I)^-1 X~' r
//	r = y - X gamma, X~_tj = x_tj - mean_j x_tj
//
// The rows of X~ add up to 0, so that the correction does as well.
type RidgeAugmentation struct {
	gamma    []float64
	v        mat.Dense
	size, ur []float64 // singular values, and U'r
}

// AugmentByRidge prepares the augmentation of gamma, weights of the columns x of the
// length of y, in squares of the units of y. At least one row and one column.
//
// It is an error if the decomposition of X~ does not end.
func AugmentByRidge(y []float64, x [][]float64, gamma []float64) (*RidgeAugmentation, error) {
	m, p := len(y), len(x)
	a, r := mat.NewDense(m, p, nil), make([]float64, m)
	for t, v := range y {
		var mean float64
		for j := range x {
			mean += x[j][t] / float64(p)
			v -= gamma[j] * x[j][t]
		}
		r[t] = v
		for j := range x {
			a.Set(t, j, x[j][t]-mean)
		}
	}
	var svd mat.SVD
	if !svd.Factorize(a, mat.SVDThin) {
		return nil, because("the weights of %d donors do not settle", p)
	}
	k := &RidgeAugmentation{gamma: gamma, size: svd.Values(nil)}
	var u mat.Dense
	svd.UTo(&u)
	svd.VTo(&k.v)
	var ur mat.VecDense
	ur.MulVec(u.T(), mat.NewVecDense(m, r))
	k.ur = ur.RawVector().Data
	return k, nil
}

// Largest is the largest eigenvalue of X~'X~.
func (k *RidgeAugmentation) Largest() float64 { return k.size[0] * k.size[0] }

// Weights returns w(lambda), lambda > 0; gamma for infinite lambda.
func (k *RidgeAugmentation) Weights(lambda float64) []float64 {
	w := append([]float64(nil), k.gamma...)
	for i, s := range k.size {
		c := k.ur[i] * s / (s*s + lambda)
		for j := range w {
			w[j] += c * k.v.At(j, i)
		}
	}
	return w
}

// DF returns the effective number of parameters of the correction,
// sum s_i^2 / (s_i^2 + lambda) over the singular values s_i of X~.
func (k *RidgeAugmentation) DF(lambda float64) float64 {
	var df float64
	for _, s := range k.size {
		df += s * s / (s*s + lambda)
	}
	return df
}

// ridgeFolds is the number of blocks of time that are predicted from the others.
const ridgeFolds = 5

// RidgeSimplex returns the weights of SimplexLeastSquares augmented by ridge, the
// penalty and the effective number of parameters of the correction. The penalty is the
// one of s^2 10^(-k/2), k = -2..8, s^2 the largest eigenvalue of X~'X~, and infinity
// (no correction) with the least sum of squared errors where each of five blocks of
// consecutive rows is predicted from the other four, by weights found on these alone
// with the penalty in proportion to their rows; the largest of those that are equal.
// Fewer rows than two a block, or a single column, leave no choice: infinity.
//
// It is an error if one of the searches does not end.
func RidgeSimplex(y []float64, x [][]float64) (w []float64, lambda, df float64, err error) {
	gamma, err := SimplexLeastSquares(y, x)
	if err != nil {
		return nil, nan, nan, err
	}
	m, p := len(y), len(x)
	if p < 2 || m < 2*ridgeFolds {
		return gamma, math.Inf(1), 0, nil
	}
	all, err := AugmentByRidge(y, x, gamma)
	if err != nil {
		return nil, nan, nan, err
	}
	if all.Largest() == 0 {
		return gamma, math.Inf(1), 0, nil
	}
	grid := []float64{math.Inf(1)}
	for k := -2; k <= 8; k++ {
		grid = append(grid, all.Largest()*math.Pow(10, -float64(k)/2))
	}
	loss := make([]float64, len(grid))
	ty, tx := make([]float64, 0, m), make([][]float64, p)
	for fold := range ridgeFolds {
		from, to := fold*m/ridgeFolds, (fold+1)*m/ridgeFolds
		ty = append(append(ty[:0], y[:from]...), y[to:]...)
		for j := range x {
			tx[j] = append(append(tx[j][:0], x[j][:from]...), x[j][to:]...)
		}
		g, err := SimplexLeastSquares(ty, tx)
		if err != nil {
			return nil, nan, nan, err
		}
		a, err := AugmentByRidge(ty, tx, g)
		if err != nil {
			return nil, nan, nan, err
		}
		for i, l := range grid {
			b := a.Weights(l * float64(len(ty)) / float64(m))
			for t := from; t < to; t++ {
				e := y[t]
				for j := range x {
					e -= b[j] * x[j][t]
				}
				loss[i] += e * e
			}
		}
	}
	best := 0
	for i := range grid {
		if loss[i] < loss[best] {
			best = i
		}
	}
	return all.Weights(grid[best]), grid[best], all.DF(grid[best]), nil
}
