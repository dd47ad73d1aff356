package analysis

import (
	"maps"
	"math"
	"slices"
	"sync"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/market"
)

// Regime says how much a security moved between its estimation window and
// session 0, over what the estimation window leads one to expect.
type Regime struct {
	N     int     // sessions that count
	Ratio float64 // mean of SAR^2
	P     float64 // of a ratio as large: F with N and M-K degrees of freedom, upper tail
}

// Regime compares the variance of observation i just before its event with that of
// its estimation window:
//
//	ratio = mean of SAR_t^2, SAR_t = AR_t/sqrt(Var(AR_t)), against F(n, M-K)
//
// over the n sessions between the estimation window and session 0 that have a
// return and are session 0 of no catalogued event of the security. A high ratio
// says that the error of t is that of calmer times; with a conditional variance,
// which is the forecast from the end of the estimation window, that the forecast was
// too low. NaN where no session counts or the observation is excluded. Brown and
// Warner (1985), section 6, on changes of variance.
func (r *Result) Regime(i int) Regime {
	o := r.Observation(i)
	if o.row < 0 {
		return Regime{0, nan, nan}
	}
	g, row := r.eng, int(o.row)
	e := g.estimate(row)
	out := Regime{Ratio: nan, P: nan}
	line := g.timeline[o.column]
	var sum float64
	for tau := r.Study.EstimationWindow.To + 1; tau < 0; tau++ {
		ar, variance := g.early(row, &e, Window{tau, tau})
		if ar != ar || holds(line, int(o.index)+tau, Window{0, 0}) {
			continue
		}
		sum += ar * ar / variance
		out.N++
	}
	if out.N > 0 {
		out.Ratio = sum / float64(out.N)
		out.P, _, _ = stat.FisherF(float64(out.N), float64(e.M-e.K)).PValues(out.Ratio)
	}
	return out
}

// early returns the CAR of row r over a window between the estimation window and
// session 0, which need not lie in the event window, and its variance; NaN where a
// session has no return or belongs to the estimation window.
func (g *engine) early(r int, e *model.Estimate, win Window) (car, variance float64) {
	s, to := g.ser[r], g.study.EstimationWindow.To
	if win.From <= to || win.To >= 0 {
		return nan, nan
	}
	var xs, zs stat.Small
	x, z := xs.Floats(s.forecast), zs.Floats(s.forecast)
	for tau := win.From; tau <= win.To; tau++ {
		y, ok := s.predictors(int(g.s0[r])+tau, x)
		if !ok {
			return nan, nan
		}
		car += y - e.B[0]
		for j, v := range x {
			car -= e.B[1+j] * v
			z[j] += v
		}
		if e.HBefore != nil {
			variance += e.HBefore[tau-to-1]
		}
	}
	if e.HBefore == nil {
		variance = e.Variance(win.Len(), z)
	}
	return car, variance
}

// RunUp returns the CAR of observation i from the first session of the event window
// to the one before session 0, with its standard error; NaN where the event window
// holds no such session or one of them has no abnormal return. News that leaks is in
// it, and not in session 0. Keown and Pinkerton (1981).
func (r *Result) RunUp(i int) (car, se float64) {
	o := r.Observation(i)
	w := r.Study.EventWindow
	if o.row < 0 || w.From > -1 || w.To < -1 {
		return nan, nan
	}
	e := r.eng.estimate(int(o.row))
	car, variance, _, _ := r.eng.cumulate(int(o.row), &e, Window{w.From, -1})
	return car, math.Sqrt(variance)
}

// RunUpShare returns the share of the run-up of observation i in what it moved until
// session 0:
//
//	CAR(tau1,-1) / CAR(tau1,0)
//
// with tau1 the first session of the event window. It is below 0 or above 1 where
// session 0 went the other way. NaN where either CAR is, and where the sum is 0.
func (r *Result) RunUpShare(i int) float64 {
	before, _ := r.RunUp(i)
	w := r.Study.EventWindow
	if math.IsNaN(before) || w.To < 0 {
		return nan
	}
	e := r.eng.estimate(int(r.row[i]))
	all, _, _, _ := r.eng.cumulate(int(r.row[i]), &e, Window{w.From, 0})
	if all == 0 {
		return nan
	}
	return before / all
}

// Leaks counts the observations whose CAR over the two sessions before session 0
// differs from zero at 5%.
type Leaks struct {
	N, Unusual int
	P          float64 // of as many or more by chance: binomial with 5%, exact
}

// Leaks counts over all used observations, a return that two of them share once:
// the t test of CAR(-2,-1) has p <= 5%. Of independent events without a run-up 5%
// have. Where the estimation window reaches these sessions none counts. P is NaN for
// none.
func (r *Result) Leaks() Leaks {
	g := r.eng
	out := Leaks{P: nan}
	if r.Study.EstimationWindow.To >= -2 {
		return out
	}
	var e model.Estimate
	var xs, zs stat.Small
	df, limit := 0, nan // the statistic whose p value is seenLevel, for those degrees of freedom
	var scale float64   // of the variance in units of s^2; that of the row of before, whose regressors are the same
	before := -1
	from := -2 - r.Study.EventWindow.From
	within := from >= 0 && from+2 <= g.length
	for row, i := range g.obs {
		if g.is[row]&isUsed == 0 || r.repeats != nil && r.repeats[i] >= 0 {
			continue
		}
		if is := g.is[row]; is&isSeen != 0 {
			out.N++
			if is&isUnusual != 0 {
				out.Unusual++
			}
			continue
		}
		s, s0 := g.ser[row], int(g.s0[row])
		var car float64
		ok := within && s.forecast == len(s.x)
		if ok { // both are abnormal returns of the event window, which need no variance of their own
			var known [2]float64
			g.abnormals(row, from, known[:])
			car = known[0] + known[1]
			ok = car == car
		}
		var variance float64
		if ok && before >= 0 && g.sameForecast(before, row) {
			variance = g.s2[row] * scale
		} else {
			g.view(row, &e)
			x, z := xs.Floats(s.forecast), zs.Floats(s.forecast)
			clear(z)
			if !ok {
				car, ok = 0, true
				for k := s0 - 2; k < s0; k++ {
					y, there := s.predictors(k, x)
					ok = ok && there
					car += y - e.B[0]
					for j, v := range x {
						car -= e.B[1+j] * v
						z[j] += v
					}
				}
				if !ok {
					continue
				}
			} else {
				for j, v := range s.x {
					z[j] = v[s0-2] + v[s0-1]
				}
			}
			variance = e.Variance(2, z)
			if s.conditional {
				_, variance = g.early(row, &e, Window{-2, -1})
			} else if g.linear {
				before, scale = row, e.Scale(2, z)
			}
		}
		out.N++
		t := car / math.Sqrt(variance)
		if d := int(g.m[row]) - int(g.k[row]); d != df {
			df = d
			limit = stat.StudentQuantile(1-seenLevel/2, float64(df))
		}
		unusual := math.Abs(t) > limit
		if !(math.Abs(math.Abs(t)-limit) > 1e-6*limit) { // also where there is no limit
			p, _, _ := stat.StudentT(float64(df)).PValues(t)
			unusual = p <= seenLevel
		}
		if unusual {
			out.Unusual++
		}
	}
	if out.N > 0 {
		out.P = stat.BinomialUpper(out.Unusual, out.N, seenLevel)
	}
	return out
}

// sameForecast reports whether two rows of a least squares model forecast from the same
// regressors on the same sessions.
func (g *engine) sameForecast(a, b int) bool {
	p := g.forecast
	return g.s0[a] == g.s0[b] && g.m[a] == g.m[b] && g.ser[a].alike(g.ser[b]) &&
		slices.Equal(g.xbar[a*p:(a+1)*p], g.xbar[b*p:(b+1)*p]) && slices.Equal(g.sinv[a*p*p:(a+1)*p*p], g.sinv[b*p*p:(b+1)*p*p])
}

// Half is one half of session 0: from close to open, or from open to close.
type Half struct {
	Return, AR, SE float64   // decimals of the study's kind; NaN = none
	Note           *Sentence // why there is no AR where there is a return
}

// Halves parts the return of session 0 of observation i into that of the night
// before, from the close to the open, and that of the day, from the open to the
// close. Each is measured by the study's model fitted to the same half of the
// sessions of the estimation window, the benchmark's half its regressor:
//
//	night_t = O_t/P_{t-1} - 1,  day_t = P_t/O_t - 1
//
// P the adjusted close, O the open on the same basis. News of the night is in the
// open: what follows by day is no reaction to it alone. The risk-free rate of a
// session is one of its night, over which interest runs. Factors are known by whole
// sessions: the halves of a model that is explained by them have returns, and no
// abnormal ones. NaN where opens are not known, the study is about volume, or a fit
// fails.
func (r *Result) Halves(i int) (night, day Half) {
	night, day = Half{nan, nan, nan, nil}, Half{nan, nan, nan, nil}
	o := r.Observation(i)
	if o.row < 0 || r.eng.halves == nil {
		return night, day
	}
	if found, ok := r.eng.halved.Load(i); ok {
		both := found.([2]Half)
		return both[0], both[1]
	}
	defer func() {
		if len(r.eng.obs) <= diagnosed { // notes and tables ask again
			r.eng.halved.Store(i, [2]Half{night, day})
		}
	}()
	all := r.eng.halves()
	study := *r.Study
	study.EventWindow, study.CARWindows, study.Gaps = Window{0, 0}, []Window{{0, 0}}, market.Skip
	study.Weights = EqualWeights
	for k, h := range []*Half{&night, &day} {
		s := all[k][o.column]
		if s == nil {
			continue
		}
		if h.Return = at(s.value, s.first, int(o.index)); h.Return != h.Return {
			continue
		}
		if s.missing != nil {
			why := s.missing.Sentence()
			h.Note = &why
			continue
		}
		p := single(&study, s, int32(o.index), nil)
		if p.ex != nil {
			why := p.ex.Sentence()
			h.Note = &why
			continue
		}
		h.AR, h.SE = p.eng.abnormalAt(0, 0), math.Sqrt(p.eng.variance(0, 0))
		if h.AR != h.AR {
			h.SE = nan
		}
	}
	return night, day
}

// makeHalves lays out the halves of every security that is studied.
func (r *Result) makeHalves() (out halves) {
	for k := range out {
		out[k] = make([]*series, len(r.Panel.Columns))
	}
	st := r.Study
	if st.Subject == Volume {
		return out
	}
	study := *st
	study.Gaps, study.Subject = market.Skip, Returns
	needs := make([]bool, len(r.Panel.Columns))
	for i, s := range r.eng.series {
		needs[i] = s != nil && s.missing == nil && s.col.Open != nil
	}
	if !slices.Contains(needs, true) {
		return out
	}
	var panels [2]*market.Panel
	for k := range panels {
		panels[k] = market.NewPanel(st.Returns, market.Skip)
	}
	interest := make(map[market.Date]float64)
	seen := make(map[*market.Calendar]bool)
	for _, c := range r.Panel.Columns {
		if first, v, ok := r.Panel.FactorOn(model.RiskFree, c.Calendar); ok && !seen[c.Calendar] {
			seen[c.Calendar] = true
			for k := range v {
				interest[c.Calendar.Date(first+k)] = v[k]
			}
		}
		night, day := halfReturns(c, st.Returns)
		if night == nil {
			continue
		}
		for k, y := range [][]float64{night, day} {
			half := &market.Column{Security: c.Security, Calendar: c.Calendar, First: c.First, Return: y, Close: c.Close, Issued: c.Issued, Adjusted: c.Adjusted}
			_ = panels[k].AddColumn(half) // one that is refused is not there
		}
	}
	if len(interest) > 0 {
		dates := slices.Sorted(maps.Keys(interest))
		rates := make([]float64, len(dates))
		for i, d := range dates {
			rates[i] = interest[d]
		}
		_ = panels[0].AddFactor(model.RiskFree, dates, rates)
		_ = panels[1].AddFactor(model.RiskFree, dates, make([]float64, len(dates)))
	}
	for k := range panels {
		d := &designs{study: &study, panel: panels[k], shared: make(map[termKey][]float64)}
		for i, c := range r.Panel.Columns {
			col := panels[k].Column(c.Symbol)
			if !needs[i] || col == nil {
				continue
			}
			if !byPrices(st.Model, c.Symbol) {
				out[k][i] = &series{col: col, first: col.First, value: col.Return, missing: exclude(NoRegressor, "halves", st.Model.Name())}
				continue
			}
			s := d.of(col)
			if s.value == nil {
				continue
			}
			if s.missing == nil {
				s.survey()
				s.distract(st, r.otherNews(i))
			} else { // in whole sessions it is not
				s.missing = exclude(NoRegressor, "half-opens", st.Model.Name())
			}
			out[k][i] = s
		}
	}
	return out
}

// byPrices reports whether a model explains a security by the returns of others, and
// at most the risk-free rate.
func byPrices(m model.Model, symbol string) bool {
	for _, t := range m.Design(symbol).Terms {
		if t.Series == model.FactorReturn {
			return false
		}
	}
	return true
}

// halfReturns are the returns of the nights and the days of a column; nil where no
// opens are known.
func halfReturns(c *market.Column, kind market.ReturnKind) (night, day []float64) {
	if c.Open == nil || c.Price == nil {
		return nil, nil
	}
	of := func(from, to float64) float64 {
		switch {
		case !(from > 0 && to > 0):
			return nan
		case kind == market.Log:
			return math.Log(to / from)
		}
		return to/from - 1
	}
	night, day = missing(len(c.Price)), missing(len(c.Price))
	for k, p := range c.Price {
		day[k] = of(c.Open[k], p)
		if k > 0 {
			night[k] = of(c.Price[k-1], c.Open[k])
		}
	}
	return night, day
}

// MidSession reports whether the news of observation i came inside the hours of its
// session 0, whose return is then partly older than the news; false where the hours
// or the instant are not known.
func (r *Result) MidSession(i int) bool {
	o := r.Observation(i)
	if o.column < 0 || o.Placement != InSession {
		return false
	}
	instant, timed := r.Catalog.Events[o.Event].Instant()
	cal := r.Panel.Columns[o.column].Calendar
	open, known := cal.Open(int(o.index))
	return timed && known && !instant.Before(open) && instant.Before(cal.Close(int(o.index)))
}

// lazily keeps the halves until they are asked for.
func (r *Result) lazily() func() halves { return sync.OnceValue(r.makeHalves) }
