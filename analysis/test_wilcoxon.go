package analysis

import (
	"math"
	"slices"

	"aftershock/analysis/stat"
)

// Wilcoxon is the signed-rank test on the CARs. The statistic is W, the sum of
// the ranks of |CAR| over the positive CARs.
//
// For N <= 50 without ties or zeros the p values are exact; the two-sided one
// is min(1, 2 min(P(W<=w), P(W>=w))). Otherwise zeros are left out, ties get
// mid-ranks, and the p values are those of
//
//	z = (W - N(N+1)/4) / sqrt(N(N+1)(2N+1)/24 - sum(t^3-t)/48), N(0,1)
//
// with t the sizes of the groups of ties. By-products: z, and p_continuity, the
// two-sided p of the normal limit with W moved 1/2 towards its mean, as R's
// wilcox.test has it; scipy's wilcoxon does not. Wilcoxon (1945); Conover
// (1999), 5.7.
type Wilcoxon struct{}

// Name implements Test.
func (Wilcoxon) Name() string { return "wilcoxon" }

// Null implements Test.
func (Wilcoxon) Null() string { return "the abnormal returns are symmetric about zero" }

// Assumes implements Test.
func (Wilcoxon) Assumes() string {
	return "independent observations whose abnormal returns are symmetric"
}

// Paper implements Test.
func (Wilcoxon) Paper() string { return "Wilcoxon (1945); Corrado and Truong (2008)" }

// Properties implements Test.
func (Wilcoxon) Properties() Properties { return Properties{Independence: TakenAlways} }

// Scope implements Test.
func (Wilcoxon) Scope() Scope { return ManyObservations }

// Run implements Test.
func (Wilcoxon) Run(c *CrossSection) TestResult {
	const exact = 50
	// In ascending order of size, the sign in the last bit.
	x := c.mem().words(c.N())[:0]
	for _, v := range c.CAR {
		switch size := math.Float64bits(math.Abs(v)) << 1; {
		case v > 0:
			x = append(x, size|1)
		case v < 0:
			x = append(x, size)
		}
	}
	if len(x) == 0 {
		return Undefined("undefined/zero")
	}
	slices.Sort(x)
	n := float64(len(x))
	w, variance := 0.0, n*(n+1)*(2*n+1)/24
	ties := false
	for i := 0; i < len(x); {
		j := i + 1
		for j < len(x) && x[j]>>1 == x[i]>>1 {
			j++
		}
		for _, v := range x[i:j] {
			w += float64(v&1) * float64(i+1+j) / 2
		}
		if t := float64(j - i); t > 1 {
			ties = true
			variance -= (t*t*t - t) / 48
		}
		i = j
	}
	centre := n * (n + 1) / 4
	sd := math.Sqrt(variance)
	z := (w - centre) / sd
	r := TestResult{Stat: w, Dist: stat.OtherDistribution("signed-rank")}
	r.ByProducts = c.byProducts(ByProduct{"z", z}, ByProduct{"p_continuity", 2 * stat.NormalUpper(max(0, math.Abs(w-centre)-0.5)/sd)})
	if len(x) <= exact && len(x) == c.N() && !ties {
		r.PLower, r.PUpper = signedRank(len(x), int(w)), signedRank(len(x), int(2*centre-w))
	} else {
		r.PLower, r.PUpper = stat.NormalUpper(-z), stat.NormalUpper(z)
	}
	r.P = min(1, 2*min(r.PLower, r.PUpper))
	return r
}

// signedRank returns P(W <= w) for the signed-rank statistic of n observations
// without ties, n <= 50 so that the counts are exact.
func signedRank(n, w int) float64 {
	count := make([]float64, w+1) // subsets of 1..k with that sum
	count[0] = 1
	for k := 1; k <= n; k++ {
		for s := w; s >= k; s-- {
			count[s] += count[s-k]
		}
	}
	var sum float64
	for _, v := range count {
		sum += v
	}
	return sum / math.Ldexp(1, n)
}
