package analysis

import (
	"math"

	"aftershock/analysis/stat"
)

// BHARTest is the t test of buy-and-hold abnormal returns over the window:
//
//	t = mean(BHAR) / (sd(BHAR)/sqrt(N)), Student t with N-1 degrees of freedom
//
// The benchmark is the model's expected return, compounded over the same
// sessions. Barber and Lyon (1997), equation 7; Lyon, Barber, Tsai (1999).
type BHARTest struct{}

// Name implements Test.
func (BHARTest) Name() string { return "bhar-t" }

// Null implements Test.
func (BHARTest) Null() string { return noBHAR }

const noBHAR = "the average buy-and-hold abnormal return is zero"

// Assumes implements Test.
func (BHARTest) Assumes() string {
	return "independent observations that are not too skewed for their number; long windows are"
}

// Paper implements Test.
func (BHARTest) Paper() string { return "Barber and Lyon (1997); Lyon, Barber, Tsai (1999)" }

// Properties implements Test.
func (BHARTest) Properties() Properties { return Properties{Independence: TakenAlways} }

// Scope implements Test.
func (BHARTest) Scope() Scope { return ManyObservations }

// Run implements Test.
func (BHARTest) Run(c *CrossSection) TestResult {
	if c.BHAR[0] != c.BHAR[0] {
		return Undefined("undefined/holding")
	}
	return meanTest(c.BHAR)
}

// BHARSkewness is the bootstrapped skewness-adjusted t test of buy-and-hold
// abnormal returns. With S = mean/sd and g = sum (x-mean)^3 / (N sd^3),
//
//	T = sqrt(N) (S + g S^2/3 + g/(6N))
//
// B resamples (Study.Draws, from Study.Seed) of n observations drawn with
// replacement give T_b of the same formula about the sample's mean in place of
// zero, and the p values are their tails:
//
//	P(lower) = (1 + #{T_b <= T}) / (1 + B), P(upper) likewise
//	p        = min(1, 2 min(lower, upper))
//
// n is N/4 as in the paper, but at least 6 (N where N < 6), since T_b of a
// handful has no useful distribution. A resample of one observation repeated
// counts as more extreme on either side. It needs N >= 5. By-products: draws
// and resample, n. Lyon, Barber, Tsai (1999), equations 5 to 7.
type BHARSkewness struct{}

// Name implements Test.
func (BHARSkewness) Name() string { return "bhar-skewness" }

// Null implements Test.
func (BHARSkewness) Null() string { return noBHAR }

// Assumes implements Test.
func (BHARSkewness) Assumes() string { return "independent observations; they may be skewed" }

// Paper implements Test.
func (BHARSkewness) Paper() string { return "Lyon, Barber, Tsai (1999)" }

// Properties implements Test.
func (BHARSkewness) Properties() Properties {
	return Properties{Independence: TakenAlways, Resampled: true}
}

// Scope implements Test.
func (BHARSkewness) Scope() Scope { return ManyObservations }

// Run implements Test.
func (BHARSkewness) Run(c *CrossSection) TestResult {
	n := c.N()
	if c.BHAR[0] != c.BHAR[0] {
		return Undefined("undefined/holding")
	}
	if n < 5 {
		return Undefined("undefined/five")
	}
	if !stat.Varies(c.BHAR) {
		return Undefined("undefined/alike")
	}
	study := c.pool.eng.study
	all := bySize(c.BHAR)
	value := skewAdjusted(all, 0)
	size := min(n, max(6, n/4))
	about := stat.Mean(all)
	seed := stat.Stream(study.Seed, "bhar-skewness")
	draws := c.draws("bhar-skewness", study.draws(), func(b int) float64 {
		var few [64]float64
		x := few[:0]
		if size > len(few) {
			x = make([]float64, 0, size)
		}
		for k := range size {
			i := stat.Word(seed, uint64(b), uint64(k)) % uint64(n)
			x = append(x, all[i])
		}
		return skewAdjusted(x, about)
	})
	r := TestResult{Stat: value, Dist: stat.OtherDistribution("resampled")}
	lower, upper := 1, 1
	for _, v := range draws {
		if !(v > value) {
			lower++
		}
		if !(v < value) {
			upper++
		}
	}
	total := float64(1 + len(draws))
	r.PLower, r.PUpper = float64(lower)/total, float64(upper)/total
	r.P = min(1, 2*min(r.PLower, r.PUpper))
	r.ByProducts = []ByProduct{{"draws", float64(len(draws))}, {"resample", float64(size)}}
	return r
}

// skewAdjusted is Johnson's skewness-adjusted t statistic of the mean of x
// about mu, NaN where x does not vary. Lyon, Barber, Tsai (1999), equation 5.
func skewAdjusted(x []float64, mu float64) float64 {
	n, m, sd := float64(len(x)), stat.Mean(x), stat.Deviation(x)
	if !(sd > 0) || !stat.Varies(x) {
		return nan
	}
	var g float64
	for _, v := range x {
		d := (v - m) / sd
		g += d * d * d
	}
	g /= n
	s := (m - mu) / sd
	return math.Sqrt(n) * (s + g*s*s/3 + g/(6*n))
}
