package analysis

import (
	"math"

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

// Scope implements Test.
func (CalendarTime) Scope() Scope { return ManyObservations }

// Run implements Test.
func (CalendarTime) Run(c *Cross) TestResult {
	g := c.pool.eng
	first := g.ser[c.rows[0]]
	plain := g.pl[c.rows[0]] || first.forecast == 0 || g.study.Design == Volume // whose level is no return
	p := first.forecast
	if plain {
		p = 0
	}
	begin, end := market.Date(math.MaxInt32), market.Date(math.MinInt32)
	for _, r := range c.rows {
		if s := g.ser[r]; s.forecast != first.forecast {
			return undefined("the securities are explained by different series")
		}
		cal := g.ser[r].col.Calendar
		begin = min(begin, cal.Date(max(0, int(g.s0[r])+c.Window.From)))
		end = max(end, cal.Date(min(cal.Len()-1, int(g.s0[r])+c.Window.To)))
	}
	// Sums over the observations held on each day: their number, the return,
	// the regressors.
	width := 2 + p
	days := make([]float64, int(end-begin+1)*width)
	for _, r := range c.rows {
		s := g.ser[r]
		for tau := c.Window.From; tau <= c.Window.To; tau++ {
			ar := g.ar[int(r)*g.length+tau-g.study.Event.From]
			if ar != ar {
				continue
			}
			k := int(g.s0[r]) + tau
			day := days[int(s.col.Calendar.Date(k)-begin)*width:][:width]
			day[0]++
			if plain {
				day[1] += ar
				continue
			}
			day[1] += at(s.y, s.first, k)
			for j := range p {
				day[2+j] += s.x[j][k]
			}
		}
	}
	x := make([][]float64, 1+p)
	var y []float64
	for i := 0; i < len(days); i += width {
		n := days[i]
		if n == 0 {
			continue
		}
		y = append(y, days[i+1]/n)
		x[0] = append(x[0], 1)
		for j := range p {
			x[1+j] = append(x[1+j], days[i+2+j]/n)
		}
	}
	if len(y) < len(x)+2 {
		return undefined("the portfolio is held on %d sessions; %d coefficients need %d", len(y), len(x), len(x)+2)
	}
	lag := int(4 * math.Pow(float64(len(y))/100, 2.0/9))
	fit, err := Regress(y, x, Specification{Errors: NeweyWest, Lag: lag})
	if err != nil {
		return undefined("the portfolio's regression cannot be estimated: %v", err)
	}
	if !(fit.SE[0] > 0) || fit.Sigma < 1e-12*deviation(y) {
		return undefined("the portfolio's abnormal return does not vary")
	}
	r := outcome(fit.T[0], StudentT(fit.DF))
	r.Extra = []Figure{{"alpha", fit.Coef[0]}, {"sessions", float64(len(y))}, {"lag", float64(lag)}}
	return r
}
