package verify

import (
	"context"
	"math"
	"slices"
	"strconv"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// firm is one observation of a case worked out by hand: its returns are pattern,
// again and again through the estimation window, and then those of the event
// window, in per cent. But where a case says otherwise, every pattern has mean
// zero, so that under the model `mean` the residuals are the pattern and the
// abnormal returns the event.
type firm struct {
	pattern []float64
	event   []float64
}

// handCase is a study of a few firms, one common date, in which one test can
// be computed by hand; NaN where only one of stat and p can.
type handCase struct {
	test, name string
	before     int // rounds of the pattern before the estimation window
	times      int // rounds within it
	firms      []firm
	stat, p    float64
}

// The patterns: orthogonal to each other, each with 4 a^2 as its sum of squares
// over one round.
func alternate(a float64) []float64 { return []float64{a, -a, a, -a} }
func paired(a float64) []float64    { return []float64{a, a, -a, -a} }
func mirrored(a float64) []float64  { return []float64{a, -a, -a, a} }

// handCases holds a case for every test, each with its derivation. M is the
// number of estimation sessions, a the size of a firm's pattern and e its
// event return. For the model `mean` over 40 sessions of +a and -a,
//
//	s^2 = 40a^2/39, Var(AR) = s^2 (1+1/40) = 41a^2/39, SAR = (e/a) sqrt(39/41)
func handCases() []handCase {
	nan := math.NaN()
	sar := math.Sqrt(39. / 41)
	// Three firms whose SCARs are as 1:2:3 and whose CARs are 2, 2, 3; the first
	// two move together, the third on its own, so that r_bar = (1+0+0)/3.
	trio := []firm{{alternate(2), []float64{2}}, {alternate(1), []float64{2}}, {paired(1), []float64{3}}}
	// The same SCARs and patterns without a common component.
	apart := []firm{{alternate(1), []float64{1}}, {paired(1), []float64{2}}, {mirrored(1), []float64{3}}}
	// Firms that move as one in the estimation window and rise above all of it.
	chorus := []firm{{alternate(1), []float64{2}}, {alternate(1), []float64{4}}, {alternate(1), []float64{6}}}
	// sum SAR = 6 sqrt(39/41), variance of each SAR (M-K)/(M-K-2) = 39/37.
	patell := 6 * sar / math.Sqrt(3*39./37)
	// The pattern's ranks among 41 values are 10.5 (twenty -a) and 30.5 (twenty
	// +a), the event's 41; less the middle, over 42: -10.5, 9.5 and 20 of 42.
	squares := 20*10.5*10.5 + 20*9.5*9.5 + 20*20
	rank := 20 / math.Sqrt(squares/41)
	return []handCase{
		// M = 3, s^2 = (1+1)/2 = 1, Var(AR) = 1+1/3; t = 2/sqrt(4/3) = sqrt(3)
		// with two degrees of freedom: p = 1 - t/sqrt(2+t^2).
		{"t", "one day, M = 3", 0, 1, []firm{{[]float64{1, -1, 0}, []float64{2}}}, math.Sqrt(3), 1 - math.Sqrt(3./5)},
		// L = 2: Var(CAR) = s^2 (2 + 4/3), t = 4/sqrt(10/3) = sqrt(24/5).
		{"t", "two days, M = 3", 0, 1, []firm{{[]float64{1, -1, 0}, []float64{3, 1}}}, math.Sqrt(24. / 5), 1 - math.Sqrt(24./34)},
		// No residual reaches +2: upper p = 1/41, two-sided 2/41; CAR = 0.02.
		{"sq", "above every residual", 0, 10, trio[1:2], 0.02, 2. / 41},
		// CAR = -1 beside twenty -1 and twenty +1: lower p = 21/41.
		{"sq", "among the residuals", 0, 10, []firm{{alternate(1), []float64{-1}}}, -0.01, 1},
		// Mean 7/3, sd = sqrt(1/3), t = 7/3 sqrt(3) sqrt(3) = 7, two degrees of freedom.
		{"cross-section", "CARs 2, 2, 3", 0, 10, trio, 7, 1 - 7/math.Sqrt(51)},
		// The average's residuals are (2A+A+B)/3 = A + B/3: sum of squares
		// 40(1+1/9) = 400/9, over 39 the variance.
		{"crude", "CAAR 7/3", 0, 10, trio, 7. / 3 / math.Sqrt(400./9/39), nan},
		// The same, and the forecast error 1+1/40.
		{"portfolio", "CAAR 7/3", 0, 10, trio, 7. / 3 / math.Sqrt(400./9/39*41/40), nan},
		{"patell", "SARs as 1:2:3", 0, 10, trio, patell, nan},
		// mean/sd = 2 of (1, 2, 3): t = 2 sqrt(3), p = 1 - sqrt(12/14).
		{"bmp", "SCARs as 1:2:3", 0, 10, trio, 2 * math.Sqrt(3), 1 - math.Sqrt(12./14)},
		// sqrt((1-1/3)/(1+2/3)) = sqrt(2/5): t^2 = 12*2/5 = 24/5.
		{"kp-bmp", "r_bar = 1/3", 0, 10, trio, math.Sqrt(24. / 5), 1 - math.Sqrt(24./34)},
		{"kp-patell", "r_bar = 1/3", 0, 10, trio, patell / math.Sqrt(5./3), nan},
		{"kp-bmp", "r_bar = 0", 0, 10, apart, 2 * math.Sqrt(3), 1 - math.Sqrt(12./14)},
		// E'E = 40 I, a'(E'E)^-1 a / c = (1+4)/40 / (41/40) = 5/41, F = 38/2 * 5/41
		// with (2, 38) degrees of freedom: p = (1+2F/38)^-19 = (46/41)^-19.
		{"joint", "two orthogonal firms", 0, 10, apart[:2], 95. / 41, math.Pow(41./46, 19)},
		// F = 37/3 * (1+4+9)/41.
		{"joint", "three orthogonal firms", 0, 10, apart, 37. / 3 * 14 / 41, nan},
		// S = 7/sqrt(3), g = 3/2 ((2/3)^3 - 2/3^3) / (1/sqrt(3))^3 = sqrt(3):
		// 7 + 49/3 + 343/27 + 1/6 = 1955/54.
		{"skewness", "CARs 2, 2, 3", 0, 10, trio, 1955. / 54, nan},
		// Three of three: (3-3/2)/sqrt(3/4).
		{"sign", "three of three", 0, 10, trio, math.Sqrt(3), nan},
		// One residual in four is positive: (2-2/4)/sqrt(2*1/4*3/4).
		{"generalized-sign", "two of two where one in four is usual", 0, 10,
			[]firm{{[]float64{3, -1, -1, -1}, []float64{4}}, {[]float64{-1, -1, -1, 3}, []float64{5}}}, 1.5 / math.Sqrt(3./8), nan},
		// All positive: W = 1+2+3, p = 2/2^3.
		{"wilcoxon", "CARs 1, 2, 3", 0, 10, apart, 6, 0.25},
		// The smallest of three is negative: W = 2+3; subsets of {1,2,3} with a
		// sum of 5 or more: 2 of 8; p = 4/8.
		{"wilcoxon", "CARs -1, 2, 3", 0, 10, []firm{{alternate(1), []float64{-1}}, apart[1], apart[2]}, 5, 0.5},
		{"rank", "above everything", 0, 10, chorus, rank, nan},
		// SARs as 1:2:3, over their standard deviation exactly 1, 2, 3: above +-sqrt(39/40).
		{"rank-standardized", "above everything", 0, 10, chorus, rank, nan},
		// The same ranks, T = 41: Z = rank, t = Z sqrt(39/(40-Z^2)).
		{"grank-t", "above everything", 0, 10, chorus, rank * math.Sqrt(39/(40-rank*rank)), nan},
		// sqrt(12*3*42/40) * 20/42.
		{"grank-z", "above everything", 0, 10, chorus, math.Sqrt(12*3*42./40) * 20 / 42, nan},
		// |sum| of the SCARs is largest for +++ and ---: 2 of 8 patterns of sign.
		{"bootstrap", "SCARs as 1:2:3", 0, 10, trio, 2 * math.Sqrt(3), 0.25},
		// One day: BHAR = AR.
		{"bhar-t", "BHARs 2, 2, 3", 0, 10, trio, 7, 1 - 7/math.Sqrt(51)},
		// BHARs 1, 1, 1, 1, 6: mean 2, sd = sqrt(5), g = (4*(-1)+64)/(5*5 sqrt(5))
		// = 12/(5 sqrt(5)): sqrt(5)(2/sqrt(5) + g 4/15 + g/30) = 2 + 12/5 * 3/10.
		{"bhar-skewness", "BHARs 1, 1, 1, 1, 6", 0, 10, []firm{{alternate(1), []float64{1}}, {paired(1), []float64{1}}, {mirrored(1), []float64{1}},
			{alternate(2), []float64{1}}, {paired(2), []float64{6}}}, 2.72, nan},
		// SAR^2 (d-2)/d = (e/a)^2 39/41 37/39, d = 39, of variance 2 x 38/35.
		{"beaver-u", "SARs as 1:2:3", 0, 10, trio, (14*37./41 - 3) / math.Sqrt(3*2*38./35), nan},
		// (3e - 6)^2 = 9, 0, 9 over (3 x 1 + 3) v, v = 41/39: 18/6 x 39/41 with two
		// degrees of freedom, p = exp(-x/2).
		{"lambda", "CARs 1, 2, 3", 0, 10, apart, 117. / 41, math.Exp(-117. / 82)},
		// Five sessions, mean 2, e = 1, -1, 1, -1, 0; sums of products 4, -3, 2 at
		// lags 0, 1, 2, floor(4 (5/100)^(2/9)) = 2: 4 + 2(2/3 (-3) + 1/3 2) = 4/3,
		// Var(alpha) = 4/3 / 25 * 5/4 = 1/15. With four degrees of freedom and
		// t/2 = tan u, p = 1 - sin u (1 + cos^2 u/2), cos u = 1/4.
		{"calendar-time", "returns 3, 1, 3, 1, 2", 0, 10, []firm{{alternate(1), []float64{3, 1, 3, 1, 2}}}, 2 * math.Sqrt(15), 1 - 33*math.Sqrt(15)/128},
		// The same returns above a usual one of 1.
		{"calendar-time", "returns 4, 2, 4, 2, 3 of a firm that earns 1", 0, 10, []firm{{[]float64{2, 0, 2, 0}, []float64{4, 2, 4, 2, 3}}}, 2 * math.Sqrt(15), 1 - 33*math.Sqrt(15)/128},
		// A date each: mean 7/3, sd = sqrt(1/3), as of cross-section.
		{"dates", threeDates, 0, 10, trio, 7, 1 - 7/math.Sqrt(51)},
		// The means of two dates, 2 and 3: 5/2 / (sqrt(1/2)/sqrt(2)) with one degree of
		// freedom, p = 1 - 2 atan(5)/pi.
		{"dates", twoDates, 0, 10, trio, 5, 1 - 2*math.Atan(5)/math.Pi},
		// M = 4, s^2 = 4/3, t = 2/sqrt(4/3 * 5/4). At each of the 116 sessions
		// before the event that have four before them |t| is half that.
		{"placebo", "one firm, 116 pseudo-dates", 29, 1, []firm{{alternate(1), []float64{2}}}, 2 * math.Sqrt(3./5), 1. / 117},
	}
}

// The cases whose firms do not all have one date, and how many rounds of the
// pattern later than the first's each firm's date is.
const (
	threeDates = "CARs 2, 2, 3 on three dates"
	twoDates   = "CARs 2, 2, 3, the first two on one date"
)

var later = map[string][]int{threeDates: {0, 1, 2}, twoDates: {0, 0, 1}}

const handSection, worked = "By hand", "worked out"

// byHand performs the cases.
func byHand(ctx context.Context) []Check {
	const section, source = handSection, worked
	out := slices.Concat(corrections(), covariances())
	for _, c := range handCases() {
		t, ok := analysis.TestByName(c.test)
		if !ok {
			out = append(out, missing(section, c.test, source))
			continue
		}
		r, ok := c.run(ctx, t)
		if !ok {
			out = append(out, missing(section, c.test+": "+c.name, source))
			continue
		}
		if c.stat == c.stat {
			out = append(out, check(section, c.test+": "+c.name, source, r.Stat, c.stat, 12))
		}
		if c.p == c.p {
			out = append(out, check(section, c.test+": "+c.name+", p", source, r.P, c.p, 12))
		}
	}
	return out
}

func (c *handCase) run(ctx context.Context, t analysis.Test) (analysis.TestResult, bool) {
	rounds := c.before + c.times
	round, l := len(c.firms[0].pattern), len(c.firms[0].event)
	m, s0 := c.times*round, rounds*round
	after := later[c.name] // rounds, by firm
	if after == nil {
		after = make([]int, len(c.firms))
	}
	last := slices.Max(after)
	cal, err := calendar(s0 + last*round + l)
	if err != nil {
		return analysis.TestResult{}, false
	}
	panel := market.NewPanel(market.Simple, market.Skip)
	news := make([]events.Event, 1+last) // by rounds later
	for k := range news {
		news[k] = events.Event{ID: strconv.Itoa(k), DateOnly: true, Time: cal.Date(s0 + k*round).Time()}
	}
	for i, f := range c.firms {
		var y []float64
		for range rounds + after[i] {
			y = append(y, f.pattern...)
		}
		y = append(y, f.event...)
		for k := range y {
			y[k] /= 100
		}
		sec := market.Security{Symbol: strconv.Itoa(i)}
		if err := panel.AddColumn(&market.Column{Security: sec, Calendar: cal, Return: y, Adjusted: true}); err != nil {
			return analysis.TestResult{}, false
		}
		e := &news[after[i]]
		e.Targets = append(e.Targets, events.Target{Symbol: sec.Symbol})
	}
	s := analysis.DefaultStudy()
	s.Model, s.Tests, s.Groups = model.ConstantMean{}, []analysis.Test{t}, []analysis.Grouping{analysis.All}
	s.EstimationWindow, s.EventWindow = analysis.Window{From: -m, To: -1}, analysis.Window{From: 0, To: l - 1}
	s.CARWindows, s.MinEstimation = []analysis.Window{s.EventWindow}, m
	r, err := s.Run(ctx, &events.Catalog{Events: news}, panel, nil)
	if err != nil {
		return analysis.TestResult{}, false
	}
	results := r.Groups[0].Windows[0].Tests
	if len(results) == 0 {
		results = r.ObservationTests(0, 0)
	}
	if len(results) != 1 {
		return analysis.TestResult{}, false
	}
	return results[0], true
}

// corrections holds the corrections for many hypotheses against p = 0.04, 0.01,
// 0.02.
func corrections() []Check {
	var out []Check
	p := []float64{0.04, 0.01, 0.02}
	for _, c := range []struct {
		name string
		got  []float64
		want [3]float64
	}{
		// In order: 3 x 0.01, 2 x 0.02, 1 x 0.04, none below the one before.
		{"holm", stat.Holm(p), [3]float64{0.04, 0.03, 0.04}},
		// 3/1 x 0.01, 3/2 x 0.02, 3/3 x 0.04, none above the one after.
		{"bh", stat.BenjaminiHochberg(p), [3]float64{0.04, 0.03, 0.03}},
		// The same times 1 + 1/2 + 1/3 = 11/6.
		{"by", stat.BenjaminiYekutieli(p), [3]float64{0.44 / 6, 0.33 / 6, 0.33 / 6}},
	} {
		for i, want := range c.want {
			out = append(out, check(handSection, c.name+" of "+strconv.FormatFloat(p[i], 'g', -1, 64), worked, c.got[i], want, 12))
		}
	}
	// Statistics 3 and 1; of 19 draws one has 4 in the first place, the others 2,
	// and 1/2 in the second: 2/20 for the first; 1/20 for the second, raised to
	// the first's.
	draws := make([][]float64, 2)
	for b := range 19 {
		first := 2.
		if b == 7 {
			first = -4
		}
		draws[0], draws[1] = append(draws[0], first), append(draws[1], 0.5)
	}
	for i, v := range stat.RomanoWolf([]float64{3, 1}, draws) {
		out = append(out, check(handSection, "romano-wolf of "+strconv.Itoa(3-2*i), worked, v, 0.1, 12))
	}
	return out
}

// covariances holds the standard errors of the mean of 0, 0, 3, whose residuals
// are -1, -1, 2 and leverages 1/3.
func covariances() []Check {
	var out []Check
	for _, c := range []struct {
		errors stat.Errors
		want   float64
	}{
		{stat.Classical, 1},                   // s^2 = 6/2, over 3
		{stat.HC0, math.Sqrt(6. / 9)},         // sum e^2 / 3^2
		{stat.HC1, 1},                         // times 3/2
		{stat.HC2, 1},                         // over 1 - 1/3
		{stat.HC3, math.Sqrt(6. / 9 * 9 / 4)}, // over (1 - 1/3)^2
		{stat.Clustered, 4. / 3},              // sums -2 and 2: 8/9, times 2/1 and 2/2
		{stat.NeweyWest, math.Sqrt(5. / 6)},   // 6 + 2/2 (1 - 2) = 5, over 9, times 3/2
	} {
		r, err := stat.Regress([]float64{0, 0, 3}, [][]float64{{1, 1, 1}}, stat.Specification{Errors: c.errors, Cluster: []int{0, 0, 1}, Lag: 1})
		if err != nil {
			out = append(out, missing(handSection, string(c.errors)+" error", worked))
			continue
		}
		out = append(out, check(handSection, string(c.errors)+" error of the mean of 0, 0, 3", worked, r.SE[0], c.want, 12))
	}
	return out
}
