package analysis

import (
	"math"
	"slices"

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
// x the series that predict it; for a model that estimates nothing y is the
// abnormal return and there is no x.
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

// holding is one observation on one session of its window.
type holding struct {
	date market.Date
	row  int32
	tau  int32
}

// Run implements Test.
func (CalendarTime) Run(c *Cross) TestResult {
	g := c.pool.eng
	first := g.ser[c.rows[0]]
	plain := g.pl[c.rows[0]]
	var held []holding
	for _, r := range c.rows {
		if s := g.ser[r]; s.forecast != first.forecast {
			return undefined("the securities are explained by different series")
		}
		cal := g.ser[r].col.Calendar
		for tau := c.Window.From; tau <= c.Window.To; tau++ {
			if ar := g.ar[int(r)*g.length+tau-g.study.Event.From]; ar == ar {
				held = append(held, holding{cal.Date(int(g.s0[r]) + tau), r, int32(tau)})
			}
		}
	}
	slices.SortFunc(held, func(a, b holding) int {
		if a.date != b.date {
			return int(a.date) - int(b.date)
		}
		return int(a.row) - int(b.row)
	})
	p := first.forecast
	if plain {
		p = 0
	}
	x := make([][]float64, 1+p)
	var y []float64
	for i := 0; i < len(held); {
		row := make([]float64, 1+p)
		var sum, n float64
		date := held[i].date
		for ; i < len(held) && held[i].date == date; i++ {
			h := held[i]
			s, k := g.ser[h.row], int(g.s0[h.row]+h.tau)
			n++
			if plain {
				sum += g.ar[int(h.row)*g.length+int(h.tau)-g.study.Event.From]
				continue
			}
			sum += at(s.y, s.first, k)
			for j := range p {
				row[1+j] += at(s.x[j], 0, k)
			}
		}
		y = append(y, sum/n)
		x[0] = append(x[0], 1)
		for j := 1; j <= p; j++ {
			x[j] = append(x[j], row[j]/n)
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
