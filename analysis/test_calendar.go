package analysis

import (
	"math"

	"gonum.org/v1/gonum/floats"

	"aftershock/analysis/stat"
	"aftershock/market"
)

// CalendarTime tests the event portfolio in calendar time. On every session on
// which the window of at least one observation lies, the portfolio holds the
// observations whose windows contain that session, with equal weights; its
// return, and the mean of their regressors, are one row of
//
//	y_t = alpha + sum beta_j x_jt + e_t
//
// by ordinary least squares, sessions weighted alike however many observations
// they hold. y is the return (less the risk-free rate where the model's is),
// x the series that predict it; for a model without series, or one that
// estimates nothing, and for volume, y is the abnormal return and there is no x.
//
//	t = alpha / SE, Student t with T-K degrees of freedom
//
// SE after Newey and West (1987), Bartlett weights up to lag
// floor(4 (T/100)^(2/9)) counted in the portfolio's own sessions, times
// sqrt(T/(T-K)). It needs T >= K+2 sessions: windows of one session on one
// common date leave nothing to estimate from. By-products: alpha (a session),
// sessions, lag. Jaffe (1974); Mandelker (1974); Fama (1998).
type CalendarTime struct{}

// Name implements Test.
func (CalendarTime) Name() string { return "calendar-time" }

// Null implements Test.
func (CalendarTime) Null() string {
	return "the portfolio of the observations, held over their windows, has no abnormal return"
}

// Assumes implements Test.
func (CalendarTime) Assumes() string {
	return "many sessions; observations may overlap and move together; the exposures inside the windows are constant"
}

// Paper implements Test.
func (CalendarTime) Paper() string { return "Jaffe (1974); Fama (1998); Newey and West (1987)" }

// Properties implements Test.
func (CalendarTime) Properties() Properties { return Properties{} }

// Scope implements Test.
func (CalendarTime) Scope() Scope { return ManyObservations }

// Run implements Test.
func (CalendarTime) Run(c *CrossSection) TestResult {
	g := c.pool.eng
	first := g.ser[c.rows[0]]
	plain := g.pl[c.rows[0]] || first.forecast == 0 || g.study.Subject == Volume // whose level is no return
	p := first.forecast
	if plain {
		p = 0
	}
	begin, end := market.Date(math.MaxInt32), market.Date(math.MinInt32)
	for _, r := range c.rows {
		if s := g.ser[r]; s.forecast != first.forecast {
			return Undefined("undefined/series")
		}
		cal := g.ser[r].col.Calendar
		begin = min(begin, cal.Date(max(0, int(g.s0[r])+c.Window.From)))
		end = max(end, cal.Date(min(cal.Len()-1, int(g.s0[r])+c.Window.To)))
	}
	// Sums over the observations held on each day: their number, the return,
	// the regressors.
	width, mem := 2+p, c.mem()
	days := mem.zeros(int(end-begin+1) * width)
	if c.pool.even && !plain { // all hold every session, with the same regressors
		c.addToDaysEvenly(days, width, begin)
	} else {
		c.addToDays(days, width, begin, plain)
	}
	t := 0 // sessions
	for i := 0; i < len(days); i += width {
		if days[i] > 0 {
			t++
		}
	}
	if t < p+3 {
		return Undefined("undefined/held", t, 1+p, p+3)
	}
	y, flat := mem.zeros(t), mem.zeros(p*t)
	var f stat.Factorisation
	if mem != nil {
		f = mem.held
	}
	x := f.X[:0]
	for j := range p {
		x = append(x, flat[j*t:(j+1)*t])
	}
	k := 0
	for i := 0; i < len(days); i += width {
		if n := days[i]; n > 0 {
			y[k] = days[i+1] / n
			for j := range x {
				x[j][k] = days[i+2+j] / n
			}
			k++
		}
	}
	f.Factorise(x, t)
	if mem != nil {
		mem.held = f
	}
	if f.Dependent >= 0 {
		return Undefined("undefined/held-collinear")
	}
	b := mem.zeros(1 + p)
	ybar, rss, tss := f.Solve(y, b)
	df := float64(t - 1 - p)
	if stat.Negligible(tss, tss+float64(t)*ybar*ybar) {
		return Undefined("undefined/held-constant")
	}
	lag := int(4 * math.Pow(float64(t)/100, 2.0/9))
	se := math.Sqrt(float64(t) / df * f.InterceptHAC(y, b, lag, mem.zeros(t)))
	if !(se > 0) || math.Sqrt(rss/df) < 1e-12*math.Sqrt(tss/float64(t-1)) {
		return Undefined("undefined/held-no-variance")
	}
	r := outcome(b[0]/se, stat.StudentT(df))
	r.ByProducts = c.byProducts(ByProduct{"alpha", b[0]}, ByProduct{"sessions", float64(t)}, ByProduct{"lag", float64(lag)})
	return r
}

// addToDays adds each observation to the days from begin that its window holds: 1, the
// return (of a plain model, the abnormal return), the regressors.
func (c *CrossSection) addToDays(days []float64, width int, begin market.Date, plain bool) {
	g, l := c.pool.eng, c.Window.Len()
	own := make([]float64, l)
	for _, r := range c.rows {
		s := g.ser[r]
		at := int(g.s0[r]) + c.Window.From
		for t, ar := range g.abnormals(int(r), c.Window.From-g.study.EventWindow.From, own) {
			if ar != ar {
				continue
			}
			day := days[int(s.col.Calendar.Date(at+t)-begin)*width:][:width]
			day[0]++
			if plain {
				day[1] += ar
				continue
			}
			day[1] += s.y[at+t-s.first]
			for j := range width - 2 {
				day[2+j] += s.x[j][at+t]
			}
		}
	}
}

// addToDaysEvenly is addToDays for an even pool.
func (c *CrossSection) addToDaysEvenly(days []float64, width int, begin market.Date) {
	g, l := c.pool.eng, c.Window.Len()
	first := g.ser[c.rows[0]]
	at := int(g.s0[c.rows[0]]) + c.Window.From
	sum := c.mem().zeros(l)
	for _, r := range c.rows {
		s := g.ser[r]
		floats.Add(sum, s.y[at-s.first:][:l])
	}
	n := float64(len(c.rows))
	for t, v := range sum {
		day := days[int(first.col.Calendar.Date(at+t)-begin)*width:][:width]
		day[0], day[1] = n, v
		for j := range width - 2 {
			day[2+j] = n * first.x[j][at+t]
		}
	}
}
