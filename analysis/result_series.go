package analysis

import (
	"context"
	"math"
	"slices"

	"gonum.org/v1/gonum/stat/distuv"

	"aftershock/analysis/stat"
	"aftershock/market"
)

// AverageInterval returns the CAAR of group g over CAR window w (an index into
// Study.CARWindows) with its 95% interval,
//
//	CAAR -+ t SE
//
// SE is found as Group.SEMethod says: "portfolio", the forecast error of the
// members' portfolio, t with its M-K degrees of freedom; "cross-section",
//
//	SE = sqrt( N/(N-1) sum w_i^2 (CAR_i - CAAR)^2 ) / sum w_i sqrt((1+(N-1)r)/(1-r))
//
// t with N-1 (see Average). All are decimals. Members whose window is not
// complete do not enter; the interval is NaN where fewer than two remain and
// there is no portfolio. Campbell, Lo, MacKinlay (1997), 4.4; Kolari and
// Pynnönen (2010) for the factor of r.
func (r *Result) AverageInterval(g *Group, w int) stat.Interval {
	rows := r.rowsOf(g, nil)
	c := newCrossSection(newPool(r.eng, rows), w)
	n := c.N()
	if n == 0 {
		return stat.Interval{Value: nan, Lower: nan, Upper: nan}
	}
	caar := c.average(c.CAR)
	var se, df float64
	if p := c.pool; g.SEMethod == "portfolio" && p.sameDate && p.portfolio().ex == nil {
		e := p.whole.eng.estimate(0)
		_, variance, _, _ := p.whole.eng.cumulate(0, &e, c.Window)
		se, df = math.Sqrt(variance), float64(e.M-e.K)
	} else {
		var ss, sum float64
		for i, v := range c.CAR {
			d := c.Weight[i] * (v - caar)
			ss += d * d
			sum += c.Weight[i]
		}
		var r float64
		if w < len(g.Windows) { // the group is measured
			r = g.Windows[w].RBar
		} else {
			r = c.RBar()
		}
		se, df = math.Sqrt(float64(n)/float64(n-1)*ss)/sum*inflation(n, r), float64(n-1)
	}
	half := stat.StudentQuantile(0.975, df) * se
	return stat.Interval{Value: caar, Lower: caar - half, Upper: caar + half}
}

// ARInterval returns the abnormal return of observation i on event time tau with
// its 95% interval,
//
//	AR -+ t SE,  t the 97.5% quantile of Student's t with M-K degrees of freedom
//
// SE is the standard error of the forecast, the error of estimating the model
// included. Decimals; all NaN where there is no abnormal return. Campbell, Lo,
// MacKinlay (1997), 4.4.
func (r *Result) ARInterval(i, tau int) stat.Interval {
	row := int(r.row[i])
	if row < 0 || !r.Study.EventWindow.Contains(tau) {
		return stat.Interval{Value: nan, Lower: nan, Upper: nan}
	}
	t := tau - r.Study.EventWindow.From
	return r.interval(row, r.eng.abnormalAt(row, t), math.Sqrt(r.eng.variance(row, t)))
}

// CARInterval returns the cumulative abnormal return of observation i over CAR
// window w (an index into Study.CARWindows) with its 95% interval, as ARInterval
// does.
func (r *Result) CARInterval(i, w int) stat.Interval {
	row := int(r.row[i])
	if row < 0 {
		return stat.Interval{Value: nan, Lower: nan, Upper: nan}
	}
	car, se := r.CAR(i, w)
	return r.interval(row, car, se)
}

// PathInterval returns the CAR of observation i from the first session of the event
// window to each, with its 95% interval, as ARInterval does: one element a session
// of the event window, NaN from the first session without an abnormal return; nil
// for an excluded observation.
func (r *Result) PathInterval(i int) []stat.Interval {
	row := int(r.row[i])
	if row < 0 {
		return nil
	}
	f := r.AbnormalReturns(i)
	out := make([]stat.Interval, len(f.Path))
	t := r.limit(row)
	for k, v := range f.Path {
		out[k] = about(v, t*f.PathSE[k])
	}
	return out
}

// interval is v with half of its 95% interval on either side, by the degrees of
// freedom of a row.
func (r *Result) interval(row int, v, se float64) stat.Interval { return about(v, r.limit(row)*se) }

// limit is the 97.5% quantile of Student's t with the degrees of freedom of a row.
// Finding it takes as long as some hundred sessions of a path.
func (r *Result) limit(row int) float64 {
	return stat.StudentQuantile(0.975, float64(r.eng.m[row]-int32(r.eng.k[row])))
}

// about is the interval of v that reaches half to either side.
func about(v, half float64) stat.Interval {
	return stat.Interval{Value: v, Lower: v - half, Upper: v + half}
}

// History is a security's abnormal returns over a long stretch of sessions.
type History struct {
	Dates      []market.Date
	AR         []float64 // decimals; NaN where a return, a regressor or a fit is missing
	Cumulative []float64 // sum of the ARs so far, a missing one left out; NaN where AR is
}

// History returns the abnormal returns of a security from the first event
// window of its used observations on. A session's expected return comes from
// the latest observation whose event window has begun by then,
//
//	AR_t = R_t - x_t'b_j,  j = the last with s0_j + Event.From <= t,
//
// so that no session is explained by what came after it and, until the next
// event window begins, the ARs of an event are those of its observation. A fit
// serves as many sessions as its estimation window has; past that, and past
// the last price, there is none. The zero History where nothing was measured.
func (r *Result) History(security string) History {
	var rows []int32
	for i := range r.N() {
		if o := r.Observation(i); o.row >= 0 && o.Security == security {
			rows = append(rows, o.row)
		}
	}
	if len(rows) == 0 {
		return History{}
	}
	g, st := r.eng, r.Study
	slices.SortStableFunc(rows, func(a, b int32) int { return int(g.s0[a] - g.s0[b]) })
	s := g.ser[rows[0]]
	x := make([]float64, s.forecast)
	begins := func(k int) int { return int(g.s0[rows[k]]) + st.EventWindow.From }
	last := min(s.first+len(s.y)-1, begins(len(rows)-1)+st.EstimationWindow.Len()-1)
	var h History
	sum, j := 0.0, 0
	for t := max(s.first, begins(0)); t <= last; t++ {
		for j+1 < len(rows) && begins(j+1) <= t {
			j++
		}
		ar, cumulative := nan, nan
		if y, ok := s.predictors(t, x); ok && t < begins(j)+st.EstimationWindow.Len() {
			b := g.b[int(rows[j])*g.coefs:]
			ar = y - b[0]
			for i, v := range x {
				ar -= b[1+i] * v
			}
			sum += ar
			cumulative = sum
		}
		h.Dates = append(h.Dates, s.col.Calendar.Date(t))
		h.AR, h.Cumulative = append(h.AR, ar), append(h.Cumulative, cumulative)
	}
	return h
}

// StandardizedResiduals returns the estimation residuals of observation i over
// their standard deviation, one a session of the estimation window, with the
// sessions' dates:
//
//	e_t / s,  or e_t / sqrt(h_t) for a model with a conditional variance
//
// NaN where a session was not usable; nil when the observation is excluded.
// Campbell, Lo, MacKinlay (1997), 4.4; Bollerslev (1986) for h_t.
func (r *Result) StandardizedResiduals(i int) ([]market.Date, []float64) {
	o := r.Observation(i)
	if o.row < 0 {
		return nil, nil
	}
	row, n := int(o.row), r.Study.EstimationWindow.Len()
	e, dates := make([]float64, n), make([]market.Date, n)
	r.eng.residuals(row, e)
	sigma := r.eng.sigmas(row)
	k := 0
	for t := range e {
		dates[t] = r.Session(i, r.Study.EstimationWindow.From+t)
		switch {
		case e[t] != e[t]:
		case sigma == nil:
			e[t] /= o.Fit.S
		default:
			e[t] /= sigma[k]
			k++
		}
	}
	return dates, e
}

// Autocorrelations returns the autocorrelations of x at lags 1 to lags, gaps
// (NaN) closed up:
//
//	r_k = sum_{t>k} (x_t - mean)(x_{t-k} - mean) / sum (x_t - mean)^2
//
// and the half width of their 95% band under independence, 1.96/sqrt(n). It
// has fewer lags where x has not more than lags values. Box and Jenkins (1976),
// section 2.1.
func Autocorrelations(x []float64, lags int) (r []float64, band float64) {
	x = present(x)
	m := stat.Mean(x)
	var ss float64
	for _, v := range x {
		ss += (v - m) * (v - m)
	}
	for k := 1; k <= min(lags, len(x)-1); k++ {
		var c float64
		for t := k; t < len(x); t++ {
			c += (x[t] - m) * (x[t-k] - m)
		}
		r = append(r, c/ss)
	}
	return r, 1.96 / math.Sqrt(float64(len(x)))
}

// NormalScores returns the expected order of n standard normal values, in
// ascending order, for a quantile-quantile plot: the normal quantiles at
//
//	(k - 3/8) / (n + 1/4),  k = 1..n
//
// Blom (1958).
func NormalScores(n int) []float64 {
	q := make([]float64, n)
	for k := range q {
		q[k] = distuv.UnitNormal.Quantile((float64(k) + 0.625) / (float64(n) + 0.25))
	}
	return q
}

// Characteristic is a figure of each observation that CARs may depend on.
type Characteristic struct {
	Name  string    // "beta", "log-market-value"
	Value []float64 // by observation; NaN = unknown, and for excluded ones
}

// Characteristics returns the characteristics that the result itself knows:
// beta, the coefficient of that name where the model has one, and
// log-market-value, the natural logarithm of the market value (in the
// security's currency) at the last close before the event window, where shares
// outstanding are known of any.
func (r *Result) Characteristics() []Characteristic {
	var out []Characteristic
	add := func(name string, value func(o *Observation) float64) {
		if c := r.characteristic(name, value); len(present(c.Value)) > 0 {
			out = append(out, c)
		}
	}
	if k := slices.Index(r.CoefNames, "beta"); k >= 0 {
		add("beta", func(o *Observation) float64 { return o.Fit.Coef[k] })
	}
	add("log-market-value", func(o *Observation) float64 {
		return math.Log(r.eng.ser[o.row].marketValue(int(o.index) + r.Study.EventWindow.From - 1))
	})
	return out
}

// PlaceboDraws returns the placebo test of group g over CAR window w (an index
// into Study.CARWindows), which need not be among the study's tests, and the
// statistics at the pseudo-dates that it is counted from; see Placebo. There
// are none where the test is undefined. It is ctx's error when that is done.
func (r *Result) PlaceboDraws(ctx context.Context, g *Group, w int) (TestResult, []float64, error) {
	rows := r.rowsOf(g, nil)
	p := newPool(r.eng, rows)
	p.ctx = ctx
	c := newCrossSection(p, w)
	if err := ctx.Err(); err != nil || c.N() == 0 {
		return run(Placebo{}, c), nil, err
	}
	res := run(Placebo{}, c)
	if res.Note != nil {
		return res, nil, ctx.Err()
	}
	d, _ := c.pool.placebo()
	return res, present(d.Stat[w]), ctx.Err()
}

// CharacteristicOf lays a figure of securities on the observations; NaN where
// a security has none.
func (r *Result) CharacteristicOf(name string, bySecurity map[string]float64) Characteristic {
	c := Characteristic{name, missing(r.N())}
	for i := range r.N() {
		o := r.Observation(i)
		if v, ok := bySecurity[o.Security]; ok && o.Used() {
			c.Value[i] = v
		}
	}
	return c
}
