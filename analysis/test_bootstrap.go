package analysis

import (
	"cmp"
	"context"
	"math"
	"slices"

	"aftershock/analysis/stat"
)

// Bootstrap is the wild bootstrap of the bmp statistic with the null imposed:
// every SCAR keeps its size and gets a random sign, +1 or -1 with equal
// probability, B times (Study.Draws, from Study.Seed):
//
//	p = (1 + #{|T_b| >= |T|}) / (1 + B)
//
// Where the 2^N sign patterns are no more than B they are all gone through
// instead, T's own among them, and p = #{|T_b| >= |T|} / 2^N. The statistic is
// that of bmp. By-product: draws, the number of sign patterns.
//
// A change of sign leaves the sum of squares alone, so that T_b grows with the
// sum of the SCARs and only sums need comparing. Liu (1988); Davidson and
// Flachaire (2008) for the two-point distribution.
type Bootstrap struct{}

// Name implements Test.
func (Bootstrap) Name() string { return "bootstrap" }

// Null implements Test.
func (Bootstrap) Null() string { return noAverage }

// Assumes implements Test.
func (Bootstrap) Assumes() string {
	return "independent observations whose abnormal returns are symmetric about zero, each with a variance of its own"
}

// Paper implements Test.
func (Bootstrap) Paper() string {
	return "Liu (1988); Davidson and Flachaire (2008); Boehmer, Musumeci, Poulsen (1991) for the statistic"
}

// Properties implements Test.
func (Bootstrap) Properties() Properties {
	return Properties{Independence: TakenAlways, Resampled: true}
}

// Scope implements Test.
func (Bootstrap) Scope() Scope { return ManyObservations }

// Run implements Test.
func (Bootstrap) Run(c *CrossSection) TestResult {
	r := meanTest(c.SCAR)
	if r.Note != nil {
		return r
	}
	study := c.pool.eng.study
	n, draws := c.N(), study.draws()
	exact := n < 62 && 1<<n <= draws
	if exact {
		draws = 1 << n
	}
	seed := stat.Stream(study.Seed, "bootstrap")
	x := bySize(c.SCAR)
	sums := c.draws("bootstrap", draws, func(b int) float64 {
		var s float64
		bits := uint64(b)
		for i, v := range x {
			if !exact && i%64 == 0 {
				bits = stat.Word(seed, uint64(b), uint64(i/64))
			}
			if bits&1 == 1 {
				v = -v
			}
			bits >>= 1
			s += v
		}
		return s
	})
	return resampledFrom(r.Stat, stat.Sum(x), sums, exact)
}

// resampledFrom is the outcome of a statistic whose value, in some monotone
// measure, is observed, among the measures of its draws. exact: the draws are
// all that there are, the observed one among them.
func resampledFrom(value, observed float64, draws []float64, exact bool) TestResult {
	r := TestResult{Stat: value, Dist: stat.OtherDistribution("resampled")}
	// What is equal but for rounding counts as equal.
	slack := 1e-10 * math.Abs(observed)
	var far, lower, upper float64
	for _, v := range draws {
		if math.Abs(v) >= math.Abs(observed)-slack {
			far++
		}
		if v <= observed+slack {
			lower++
		}
		if v >= observed-slack {
			upper++
		}
	}
	n, own := float64(len(draws)), 1.0
	if exact {
		own = 0
	}
	r.P, r.PLower, r.PUpper = (own+far)/(own+n), (own+lower)/(own+n), (own+upper)/(own+n)
	r.ByProducts = []ByProduct{{"draws", n}}
	return r
}

// bySize returns x in ascending order of size, so that what is drawn depends
// neither on the order of events nor on the sign of all together.
func bySize(x []float64) []float64 {
	return slices.SortedFunc(slices.Values(x), func(a, b float64) int {
		return cmp.Or(cmp.Compare(math.Abs(a), math.Abs(b)), cmp.Compare(a, b))
	})
}

// draws returns what do gives for every b in [0, n), called from all processors;
// none where only a share of the draws is computed.
func (c *CrossSection) draws(kind string, n int, do func(b int) float64) []float64 {
	var l *ledger
	number := 0
	if c.pool != nil {
		l, number = c.pool.ledger, c.pool.number
	}
	v, _ := l.items(number, kind+" "+c.Window.String(), n, 1, func(lo, hi int) ([]float64, error) {
		out := make([]float64, hi-lo)
		_ = parallel(context.Background(), len(out), 64, nil, func(_ *workspace, k int) { out[k] = do(lo + k) })
		return out, nil
	})
	return v
}
