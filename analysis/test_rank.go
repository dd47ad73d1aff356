package analysis

import (
	"math"

	"aftershock/analysis/stat"
)

// RankTest is Corrado's rank test. K_it is the rank of AR_it among observation
// i's abnormal returns of both windows, divided by 1 + their number; K_t its
// mean over the N_t observations that have one:
//
//	T = sqrt(L) (mean of K_t over the window - 1/2) / S, N(0,1)
//	S = sqrt( sum over both windows of (K_t - 1/2)^2 N_t/N / their sessions )
//
// L counts the sessions of the window on which any observation has one.
// Corrado (1989); Cowan (1992) for L > 1; Corrado and Zivney (1992) for
// missing returns.
type RankTest struct{}

// Name implements Test.
func (RankTest) Name() string { return "rank" }

// Null implements Test.
func (RankTest) Null() string { return noRank }

// Assumes implements Test.
func (RankTest) Assumes() string {
	return "the event does not change the variance; observations of one date may move together, their mean rank varies as in the estimation window"
}

// Paper implements Test.
func (RankTest) Paper() string { return "Corrado (1989); Cowan (1992); Corrado and Zivney (1992)" }

// Properties implements Test.
func (RankTest) Properties() Properties { return Properties{Independence: TakenAcrossDates} }

// Scope implements Test.
func (RankTest) Scope() Scope { return ManyObservations }

// Run implements Test.
func (RankTest) Run(c *CrossSection) TestResult {
	return rankTest(c, &c.pool.ranked().plain)
}

const noRank = "the abnormal return ranks in the middle of the security's own"

// rankTest computes T of RankTest.
func rankTest(c *CrossSection, k *rankSum) TestResult {
	g := c.pool.eng
	n := float64(c.N())
	var ss, sum, in float64
	sessions := 0
	begin := len(k.sum) - g.length + c.Window.From - g.study.EventWindow.From
	for t, m := range k.count {
		if m == 0 {
			continue
		}
		u := k.sum[t]/m - 0.5
		ss += u * u * m / n
		sessions++
		if t >= begin && t < begin+c.Window.Len() {
			sum += u
			in++
		}
	}
	if in == 0 {
		return Undefined("undefined/ranks-alike")
	}
	if !(ss > 0) {
		return Undefined("undefined/ranks-constant")
	}
	return outcome(sum/math.Sqrt(in)/math.Sqrt(ss/float64(sessions)), stat.Normal())
}

// RankStandardized is RankTest on standardised abnormal returns: e/s in the
// estimation window, and in the event window SAR divided by the standard
// deviation of that session's SARs over the observations, so that the event
// may change the variance. Corrado and Zivney (1992).
type RankStandardized struct{}

// Name implements Test.
func (RankStandardized) Name() string { return "rank-standardized" }

// Null implements Test.
func (RankStandardized) Null() string { return noRank }

// Assumes implements Test.
func (RankStandardized) Assumes() string {
	return "observations of one date may move together, their mean rank varies as in the estimation window; the event may change their variance"
}

// Paper implements Test.
func (RankStandardized) Paper() string { return "Corrado and Zivney (1992)" }

// Properties implements Test.
func (RankStandardized) Properties() Properties { return Properties{Independence: TakenAcrossDates} }

// Scope implements Test.
func (RankStandardized) Scope() Scope { return ManyObservations }

// Run implements Test.
func (RankStandardized) Run(c *CrossSection) TestResult {
	return rankTest(c, &c.pool.ranked().standardised)
}

// GRankT is the generalised rank test, its own variability taken from the
// estimation window. U_it is rank/(T+1) - 1/2 of observation i's SARs of the
// estimation window and, as one more session "0", SCAR/sd(SCAR); T = M+1;
// U_t their mean over the n_t observations that have one:
//
//	Z = U_0 / sqrt( (1/T) sum (n_t/n) U_t^2 )
//	t = Z sqrt( (T-2)/(T-1-Z^2) ), Student t with T-2 degrees of freedom
//
// Where the observations have different M, T counts the sessions that any of
// them has. Kolari and Pynnönen (2011), equations 10 to 14.
type GRankT struct{}

// Name implements Test.
func (GRankT) Name() string { return "grank-t" }

// Null implements Test.
func (GRankT) Null() string { return noRank }

// Assumes implements Test.
func (GRankT) Assumes() string { return RankStandardized{}.Assumes() }

// Paper implements Test.
func (GRankT) Paper() string { return "Kolari and Pynnönen (2011)" }

// Properties implements Test.
func (GRankT) Properties() Properties { return Properties{Independence: TakenAcrossDates} }

// Scope implements Test.
func (GRankT) Scope() Scope { return ManyObservations }

// Run implements Test.
func (GRankT) Run(c *CrossSection) TestResult {
	g := &c.pool.ranked().general[c.index]
	if g.sum == nil {
		return Undefined("undefined/ranks-two")
	}
	t := float64(g.t)
	left := t - 1 - g.z*g.z
	if t <= 2 || !(left > 0) {
		return Undefined("undefined/ranks-window")
	}
	return outcome(g.z*math.Sqrt((t-2)/left), stat.StudentT(t-2))
}

// GRankZ is the generalised rank test with the variance that independent
// ranks have:
//
//	Z = sqrt( 12 n (T+1)/(T-1) ) U_0, N(0,1)
//
// U_0 and T as in GRankT; where the observations have different T, the
// variance of U_0 is the sum of theirs, (T_i-1)/(12 (T_i+1)), over n^2.
// Kolari and Pynnönen (2011), equation 9.
type GRankZ struct{}

// Name implements Test.
func (GRankZ) Name() string { return "grank-z" }

// Null implements Test.
func (GRankZ) Null() string { return noRank }

// Assumes implements Test.
func (GRankZ) Assumes() string {
	return "independent observations; the event may change their variance"
}

// Paper implements Test.
func (GRankZ) Paper() string { return "Kolari and Pynnönen (2011)" }

// Properties implements Test.
func (GRankZ) Properties() Properties { return Properties{Independence: TakenAlways} }

// Scope implements Test.
func (GRankZ) Scope() Scope { return ManyObservations }

// Run implements Test.
func (GRankZ) Run(c *CrossSection) TestResult {
	g := &c.pool.ranked().general[c.index]
	if g.sum == nil {
		return Undefined("undefined/ranks-two")
	}
	return outcome(g.u/g.ideal, stat.Normal())
}
