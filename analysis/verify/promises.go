package verify

import (
	"context"
	"encoding/json"
	"fmt"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/gonum/stat/distuv"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/analysis/stat"
)

// Promise is how often a figure that is no test of the table Tests does in simulated
// studies what it says: an interval covers, a p value rejects, an effect is found.
type Promise struct {
	Figure       string  `json:"figure"`
	Situation    string  `json:"situation"`
	N            int     `json:"n"` // observations, or events
	L            int     `json:"l"`
	Replications int     `json:"replications"`
	Undefined    int     `json:"undefined"` // replications without the figure; they do not count
	Rate         float64 `json:"rate"`
	Should       float64 `json:"should"` // NaN where nothing is known
	Class        Class   `json:"class"`
	Low          float64 `json:"low"` // the band of the rate
	High         float64 `json:"high"`
	OK           bool    `json:"ok"`
}

// MarshalJSON implements json.Marshaler.
func (p Promise) MarshalJSON() ([]byte, error) {
	type plain Promise
	return json.Marshal(struct {
		plain
		Should *float64 `json:"should"`
	}{plain(p), finite(p.Should)})
}

// promise is one kind of simulated study, and what is asked of each.
type promise struct {
	design    design
	situation string
	study     func(s *analysis.Study)
	share     int // of the replications, as 1/share; 0: all
	// ask answers, for replication k, the questions in their order: 1 for yes, 0 for
	// no, NaN where the figure is not defined.
	ask       func(ctx context.Context, d design, seed uint64, k int, r *analysis.Result) []float64
	questions []question
}

// question is a figure over a window, and the rate at which its answer should be yes.
type question struct {
	figure string
	l      int
	class  Class
	should float64
}

func yes(b bool) float64 {
	if b {
		return 1
	}
	return 0
}

// rejects answers whether p is at most 5%.
func rejects(p float64) float64 {
	if p != p {
		return math.NaN()
	}
	return yes(p <= level)
}

// within answers whether an interval holds v.
func within(low, high, v float64) float64 {
	if low != low || high != high {
		return math.NaN()
	}
	return yes(low <= v && v <= high)
}

// found answers whether an estimate has p <= 5% with Student's t.
func found(estimate, se, df float64) float64 {
	p, _, _ := stat.StudentT(df).PValues(estimate / se)
	return rejects(p)
}

// The effect and the margin of the studies of what could be seen: so large that
// nothing but the nearer end of an interval counts.
const far = 0.5

func promised(opts Options) []promise {
	sizes := []int{5, 12, 50}
	if opts.Quick {
		sizes = sizes[:2]
	}
	var out []promise
	together := dating{name: "one date"}
	for _, n := range append([]int{1}, sizes...) {
		out = append(out, seen(design{n: n, correlation: 0.3, dates: together, effect: far}))
	}
	for _, n := range sizes {
		out = append(out, contrasted("one date, long a third and short the others", design{n: n, correlation: 0.3, dates: together}, n/3, Holds))
		out = append(out, contrasted("two dates", design{n: n, correlation: 0.3, dates: dating{step: 12, firms: (n + 1) / 2}}, (n+1)/2, Holds))
	}
	out = append(out, contrasted("four dates of three, two against two", design{n: 12, correlation: 0.3, dates: dating{step: 12, firms: 3}}, 6, Shown))
	for _, n := range sizes {
		out = append(out, sloped("one date", design{n: n, correlation: 0.5, dates: together, tilted: true}))
	}
	out = append(out, sloped("three dates of four", design{n: 12, correlation: 0.5, dates: dating{step: 12, firms: 4}, tilted: true}))
	for _, k := range append([]int{3}, sizes...) {
		for _, varies := range []float64{0, 2 * spread} {
			out = append(out, following(design{n: k, correlation: 0.3, dates: dating{step: 12}, varies: varies}))
		}
	}
	out = append(out, following(design{n: 48, correlation: 0.3, dates: dating{step: 12, firms: 4}, varies: 2 * spread}))
	for _, n := range append([]int{1}, sizes...) {
		out = append(out, before(design{n: n, dates: dating{step: 12}, history: 20}))
	}
	for _, n := range append([]int{1}, sizes...) {
		for _, ridge := range []bool{false, true} {
			d := design{n: n, correlation: 0.3, dates: together, donors: 8, outside: true}
			out = append(out, imitated(d, ridge))
			if d.effect = 2 * spread; ridge && !opts.Quick {
				out = append(out, imitated(d, ridge))
			}
		}
	}
	return out
}

// seen asks of detectable effects, 90% intervals, equivalence and inversion, about one
// observation or the portfolio of several.
func seen(d design) promise {
	p := promise{design: d, situation: d.dates.name, study: func(s *analysis.Study) {
		s.Margin, s.Tests = far, []analysis.Test{analysis.PortfolioTest{}, analysis.SampleQuantile{}}
	}}
	for _, w := range simWindows {
		p.questions = append(p.questions, question{"mde: an effect of that size has p <= 5%", w.Len(), Holds, 0.80},
			question{"low90 to high90 covers the effect", w.Len(), Holds, 0.90},
			question{"p_equivalence <= 5% where the effect is the margin", w.Len(), Holds, level})
		if d.n == 1 {
			q := question{"sq_low to sq_high covers the effect", w.Len(), Holds, 1 - rules["sq"].attains(1)}
			if w.Len() > rules["sq"].longest {
				q.class = Shown
			}
			p.questions = append(p.questions, q)
		}
	}
	p.ask = func(_ context.Context, _ design, _ uint64, _ int, r *analysis.Result) (out []float64) {
		for w := range simWindows {
			if d.n == 1 {
				car, se := r.CAR(0, w)
				x := r.Seen(0, w)
				low, high := r.SampleInterval(0, w)
				df := float64(r.Observation(0).Fit.M - r.Observation(0).Fit.K)
				out = append(out, found(car-far+x.MDE, se, df), within(x.Low, x.High, far), rejects(x.PEquivalence), within(low, high, far))
				continue
			}
			x := r.Groups[0].Windows[w].Test("portfolio")
			car, mde := x.ByProduct("car"), x.ByProduct("mde")
			out = append(out, found(car-far+mde, car/x.Stat, x.Dist.DF1), within(x.ByProduct("low90"), x.ByProduct("high90"), far), rejects(x.ByProduct("p_equivalence")))
		}
		return out
	}
	return p
}

// contrasted asks of the contrast of the first observations with the others.
func contrasted(situation string, d design, first int, class Class) promise {
	p := promise{design: d, situation: situation}
	for _, w := range simWindows {
		p.questions = append(p.questions, question{"contrast: p <= 5% where there is no difference", w.Len(), class, level},
			question{fmt.Sprintf("contrast: p <= 5%% where the difference is %g%%", 200*spread), w.Len(), Shown, math.NaN()})
	}
	p.ask = func(ctx context.Context, d design, _ uint64, k int, r *analysis.Result) []float64 {
		var side [2][]string
		for i := range d.n {
			j := int(yes(i >= first))
			side[j] = append(side[j], strconv.Itoa(k)+"."+strconv.Itoa(i))
		}
		c, err := r.Contrast(ctx, analysis.Versus{First: analysis.Side{Securities: side[0]}, Second: analysis.Side{Securities: side[1]}})
		if err != nil {
			return nil
		}
		var out []float64
		for _, w := range c.Windows {
			out = append(out, rejects(w.P), found(w.Difference+2*spread, w.SE, w.DF))
		}
		return out
	}
	return p
}

// sloped asks of a regression on beta where what depends on beta moves together.
func sloped(situation string, d design) promise {
	p := promise{design: d, situation: situation}
	p.situation += ", what depends on beta moves together"
	const effect = 4 * spread
	windows := simWindows[:2]
	for _, w := range windows {
		p.questions = append(p.questions, question{"past_p <= 5% of the slope on beta where there is none", w.Len(), Holds, level},
			question{"past_p_rank <= 5%", w.Len(), Holds, level},
			question{"p <= 5% by hc3", w.Len(), Shown, math.NaN()},
			question{fmt.Sprintf("past_p <= 5%% where the slope is %g%%", 100*effect), w.Len(), Shown, math.NaN()})
	}
	// Of P+1 places of equal chance the p value by rank rejects at floor(5% (P+1)).
	for i := range p.questions {
		if q := &p.questions[i]; q.figure == "past_p_rank <= 5%" {
			places := float64(simEstimation/q.l + 1)
			q.should = math.Floor(level*places) / places
		}
	}
	p.ask = func(_ context.Context, _ design, _ uint64, _ int, r *analysis.Result) (out []float64) {
		by, err := r.Characteristic("beta")
		if err != nil {
			return nil
		}
		for w := range windows {
			x, err := r.Regress(by, analysis.RegressionSpec{Window: w, Errors: stat.HC3})
			if err != nil || x.Past.Note != nil {
				return nil
			}
			past := x.Past.Past[1]
			moved := past.T + effect/(past.SD*math.Sqrt(1+1/float64(past.P)))
			out = append(out, rejects(past.PValue()), rejects(past.Rank), rejects(x.P[1]), found(moved, 1, float64(past.P-1)))
		}
		return out
	}
	return p
}

// following asks of the next event of a kind, over the events of a study and the
// effect of the one after them.
func following(d design) promise {
	events := d.dates.at(d.n-1) + 1
	p := promise{design: d, situation: "the same effect each time"}
	if d.varies > 0 {
		p.situation = "effects that vary by twice the residuals"
	}
	if d.dates.firms > 1 {
		p.situation += fmt.Sprintf(", %d firms a date", d.dates.firms)
	}
	p.questions = []question{{"next: low to high covers the mean effect", 1, Holds, 0.95}, {"next: next_low to next_high covers the next effect", 1, Holds, 0.95}}
	if d.varies == 0 || events < 12 {
		// tau^2 = 0 is no normal case, few events say little of it: the interval of the next one is an approximation.
		p.questions[1].class = Shown
	}
	p.ask = func(_ context.Context, d design, seed uint64, k int, r *analysis.Result) []float64 {
		x, ok := analysis.NextOf(r.Next(), analysis.All, "all", simWindows[0])
		if !ok {
			return nil
		}
		return []float64{within(x.Low, x.High, d.effect), within(x.NextLow, x.NextHigh, d.effectAt(seed, k, events))}
	}
	return p
}

// before asks of what lies before session 0, and of signs.
func before(d design) promise {
	p := promise{design: d, situation: "nothing happens", study: func(s *analysis.Study) {
		s.EstimationWindow = analysis.Window{From: -d.history - simEstimation, To: -d.history - 1}
	}}
	if d.n == 1 {
		p.questions = []question{{"regime_p <= 5%", 1, Holds, level}}
		p.ask = func(_ context.Context, _ design, _ uint64, _ int, r *analysis.Result) []float64 {
			return []float64{rejects(r.Regime(0).P)}
		}
		return p
	}
	p.questions = []question{{"run-up: p <= 5% of as many unusual ones", 2, Holds, runUpRate(d.n)}, {"agree_p <= 5%", 1, Holds, agreeRate(d.n)}}
	p.ask = func(_ context.Context, d design, _ uint64, _ int, r *analysis.Result) []float64 {
		i := 0
		for ev := range r.Catalog.Events {
			for t := range r.Catalog.Events[ev].Targets {
				r.Catalog.Events[ev].Targets[t].Sign = 1 - 2*(i%2)
				i++
			}
		}
		return []float64{rejects(r.Leaks().P), rejects(r.ExpectedSigns(&r.Groups[0], 0).P)}
	}
	return p
}

// imitated asks of synthetic controls, whose error takes the weights as given.
func imitated(d design, ridge bool) promise {
	name := "plain"
	if ridge {
		name = "augmented by ridge"
	}
	p := promise{design: d, share: 4 + d.n/5, situation: fmt.Sprintf("one date, synthetic controls of eight donors with smaller betas, %s", name), study: func(s *analysis.Study) {
		s.Model = model.Synthetic{Ridge: ridge}
		s.Tests = []analysis.Test{analysis.StudentTest{}, analysis.PortfolioTest{}, analysis.KPBMP{}, analysis.GRankT{}}
		s.CARWindows = simWindows[:2]
	}}
	what := "p <= 5%"
	if d.effect != 0 {
		what = fmt.Sprintf("p <= 5%% where the effect is %g%%", 100*d.effect)
	}
	tests := []string{"kp-bmp", "grank-t"}
	if d.n == 1 {
		tests = []string{"t"}
	}
	for _, w := range simWindows[:2] {
		for _, t := range tests {
			p.questions = append(p.questions, question{t + ": " + what, w.Len(), Shown, math.NaN()})
		}
	}
	p.ask = func(_ context.Context, d design, _ uint64, _ int, r *analysis.Result) (out []float64) {
		for w := range simWindows[:2] {
			for _, t := range tests {
				if d.n == 1 {
					out = append(out, rejects(r.ObservationTests(0, w)[0].P))
				} else {
					out = append(out, rejects(r.Groups[0].Windows[w].Test(t).P))
				}
			}
		}
		return out
	}
	return p
}

// runUpRate is the chance that of n independent p values so many are at most 5% that
// the binomial p of as many or more is so as well.
func runUpRate(n int) float64 {
	b := distuv.Binomial{N: float64(n), P: level}
	for k := range n + 1 {
		if upper := 1 - b.CDF(float64(k-1)); upper <= level {
			return upper
		}
	}
	return 0
}

// agreeRate is the chance that the exact sign test of n signs has p <= 5%.
func agreeRate(n int) float64 {
	b := distuv.Binomial{N: float64(n), P: 0.5}
	rate := 0.0
	for k := range n + 1 {
		if twice := 2 * b.CDF(float64(k)); twice > level {
			break
		} else {
			rate = min(1, twice)
		}
	}
	return rate
}

// promises simulates every promise.
func promises(ctx context.Context, opts Options, step func(done, total int)) ([]Promise, error) {
	all := promised(opts)
	done, total := 0, 0
	number := func(p promise) int { return max(1, opts.Replications/max(1, p.share)) }
	for _, p := range all {
		total += number(p)
	}
	var out []Promise
	for _, p := range all {
		study := simStudy(opts.Seed, nil, simDraws)
		study.Tests = []analysis.Test{analysis.StudentTest{}}
		if p.study != nil {
			p.study(study)
		}
		answers := make([][]float64, number(p))
		errs := make([]error, len(answers))
		each(ctx, len(answers), func(k int) {
			r, err := p.design.simulate(ctx, study, k, k+1)
			if err != nil {
				errs[k] = err
				return
			}
			answers[k] = p.ask(ctx, p.design, opts.Seed, k, r)
		})
		if err := ctx.Err(); err != nil {
			return nil, err
		}
		if i := slices.IndexFunc(errs, func(err error) bool { return err != nil }); i >= 0 {
			return nil, errs[i]
		}
		for i, q := range p.questions {
			out = append(out, p.judge(i, q, answers))
		}
		if done += len(answers); step != nil {
			step(done, total)
		}
	}
	return out, nil
}

// judge counts the answers to question i.
func (p *promise) judge(i int, q question, answers [][]float64) Promise {
	x := Promise{Figure: q.figure, Situation: p.situation, N: p.design.n, L: q.l, Class: q.class, Should: q.should}
	rate := 0.0
	for _, a := range answers {
		if i >= len(a) || a[i] != a[i] {
			x.Undefined++
			continue
		}
		x.Replications++
		rate += a[i]
	}
	x.Rate = rate / math.Max(1, float64(x.Replications))
	x.Low, x.High = 0, 1
	if q.class == Holds {
		x.Low, x.High = band(q.should, x.Replications, outside)
	}
	x.OK = x.Undefined == 0 && x.Low <= x.Rate && x.Rate <= x.High
	return x
}
