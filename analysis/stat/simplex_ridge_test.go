package stat

import (
	"math"
	"testing"
)

// ridgeSample is four columns of 40 rows, and what weights of which one is negative
// make of them, with an error.
func ridgeSample() (y []float64, x [][]float64) {
	x = make([][]float64, 4)
	for t := 1.0; t <= 40; t++ {
		v := math.Cos(7*math.Pow(t, 1.1)) / 100
		for j, w := range []float64{0.9, 0.6, -0.5, 0} {
			r := math.Sin(float64(j+2)*math.Pow(t, 1.3)) / 50
			x[j] = append(x[j], r)
			v += w * r
		}
		y = append(y, v)
	}
	return y, x
}

// The values are of numpy, the weights on the simplex found by trying all 15 sets of
// members and the ridge by solving the normal equations:
//
//	M, P = 40, 4
//	x = np.array([[np.sin((j + 2) * (t + 1) ** 1.3) for j in range(P)] for t in range(M)]) / 50
//	y = x @ [0.9, 0.6, -0.5, 0] + np.array([np.cos(7 * (t + 1) ** 1.1) for t in range(M)]) / 100
//	def simplex(y, x):
//	    best = None
//	    for n in range(1, P + 1):
//	        for s in itertools.combinations(range(P), n):
//	            a = x[:, s[1:]] - x[:, [s[0]]]
//	            b = np.linalg.lstsq(a, y - x[:, s[0]], rcond=None)[0]
//	            w = np.zeros(P); w[list(s)] = [1 - b.sum(), *b]
//	            ss = ((y - x @ w) ** 2).sum()
//	            if w.min() >= 0 and (best is None or ss < best[0]): best = ss, w
//	    return best[1]
//	def centred(x): return x - x.mean(1, keepdims=True)
//	def ridge(y, x, l):
//	    g, c = simplex(y, x), centred(x)
//	    return g + np.linalg.solve(c.T @ c + l * np.eye(P), c.T @ (y - x @ g))
//	e = np.linalg.eigvalsh(centred(x).T @ centred(x))
//	grid = [np.inf] + [e[-1] * 10 ** (-k / 2) for k in range(-2, 9)]
//	def loss(l):
//	    out = 0
//	    for f in range(5):
//	        held = np.isin(np.arange(M), range(f * M // 5, (f + 1) * M // 5))
//	        w = simplex(y[~held], x[~held]) if l == np.inf else ridge(y[~held], x[~held], l * (~held).sum() / M)
//	        out += ((y[held] - x[held] @ w) ** 2).sum()
//	    return out
//	l = min(grid, key=loss); w = ridge(y, x, l); df = (e / (e + l)).sum()
func TestRidgeSimplexKnownAnswer(t *testing.T) {
	y, x := ridgeSample()
	w, lambda, df, err := RidgeSimplex(y, x)
	if err != nil {
		t.Fatal(err)
	}
	for j, want := range []float64{0.9537800162377257, 0.5822441905195674, -0.4548838753430961, -0.08114033141419599} {
		if math.Abs(w[j]-want) > 1e-9 {
			t.Errorf("weight %d: %v, want %v", j, w[j], want)
		}
	}
	if want := 0.0010854321584689453; math.Abs(lambda/want-1) > 1e-9 {
		t.Errorf("lambda %v, want %v", lambda, want)
	}
	if want := 2.645592301853283; math.Abs(df/want-1) > 1e-9 {
		t.Errorf("df %v, want %v", df, want)
	}
}

// Whatever the penalty, the weights add up to 1; the larger it is, the nearer they
// are to those that are augmented, and with an infinite one they are the same.
func TestRidgeAugmentation(t *testing.T) {
	y, x := ridgeSample()
	for _, m := range []int{3, 4, 40} { // fewer rows than columns as well
		short := make([][]float64, len(x))
		for j := range x {
			short[j] = x[j][:m]
		}
		gamma, err := SimplexLeastSquares(y[:m], short)
		if err != nil {
			t.Fatal(err)
		}
		a, err := AugmentByRidge(y[:m], short, gamma)
		if err != nil {
			t.Fatal(err)
		}
		last := math.Inf(1)
		for _, lambda := range []float64{1e-6, 1e-4, 1e-2, 1, 1e6, math.Inf(1)} {
			var sum, away float64
			for j, v := range a.Weights(lambda) {
				sum += v
				away += (v - gamma[j]) * (v - gamma[j])
			}
			if math.Abs(sum-1) > 1e-12 {
				t.Errorf("%d rows, lambda %v: weights add up to %v", m, lambda, sum)
			}
			if away > last {
				t.Errorf("%d rows, lambda %v: further away, %v after %v", m, lambda, away, last)
			}
			last = away
		}
		if last != 0 || a.DF(math.Inf(1)) != 0 {
			t.Errorf("%d rows, infinite lambda: %v away, df %v", m, last, a.DF(math.Inf(1)))
		}
	}
}

// Where the weights on the simplex are those of the returns, where one column is all
// there is, where all columns are the same or the rows are few, nothing is corrected.
func TestRidgeSimplexWithoutCorrection(t *testing.T) {
	y, x := ridgeSample()
	few := [][]float64{x[0][:9], x[1][:9]}
	for name, c := range map[string]struct {
		y []float64
		x [][]float64
	}{"one": {y, x[:1]}, "same": {y, [][]float64{x[0], x[0]}}, "few": {y[:9], few}} {
		want, err := SimplexLeastSquares(c.y, c.x)
		if err != nil {
			t.Fatal(err)
		}
		w, lambda, df, err := RidgeSimplex(c.y, c.x)
		if err != nil || !math.IsInf(lambda, 1) || df != 0 {
			t.Errorf("%s: lambda %v, df %v, %v", name, lambda, df, err)
		}
		for j := range want {
			if w[j] != want[j] {
				t.Errorf("%s: weights %v, want %v", name, w, want)
			}
		}
	}
}
