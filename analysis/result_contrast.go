package analysis

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"strings"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/events"
)

// Versus names the two sides of a contrast.
type Versus struct{ First, Second Side }

// Side names observations: those of a group, or those of securities. With Event,
// a side of securities is these securities at that event, whether or not the
// catalogue names them there.
type Side struct {
	Group      string   // as of Group.Name, or the ID of an event
	Securities []string // symbols, in place of a group
	Event      string   // ID; with Securities alone
}

// String returns the group, or the symbols parted by blanks.
func (s Side) String() string {
	if len(s.Securities) > 0 {
		return strings.Join(s.Securities, " ")
	}
	return s.Group
}

// How a contrast was found. The codes are stable.
const (
	LongShort     = "long-short"     // one date: the portfolio of the first less that of the second
	TwoPortfolios = "two-portfolios" // a date each
	ClusterMeans  = "cluster-means"  // many dates
)

// Contrast is the reaction of one group less that of another.
type Contrast struct {
	First, Second string // as Side.String
	EventID       string // of sides that are securities at one event
	Method        string
	Windows       []ContrastWindow // in the order of Study.CARWindows
	Excluded      []*Sentence      // observations that a side names and that could not be measured, with the reason
}

// ContrastWindow is a contrast over one CAR window. Difference, SE are decimals;
// Note says why there are none, or what is doubtful about them.
type ContrastWindow struct {
	Window                   Window
	N1, N2                   int // observations of each side
	Difference, SE, T, DF, P float64
	Low, High                float64 // 95% interval
	Note                     *Sentence
}

// Contrast compares two groups. With one session 0 for all, the difference is
// the CAR of the portfolio that is long the first and short the second,
//
//	R_t = mean_A R_t - mean_B R_t,  t = CAR/sqrt(Var(CAR)), M-K degrees of freedom
//
// through the study's model, so that how the two move together is inside. With a
// session 0 for each it is that of their portfolios (see [PortfolioTest]),
//
//	t = (CAAR_1 - CAAR_2)/sqrt(V_1 + V_2),  df = (V_1+V_2)^2/(V_1^2/(M_1-K) + V_2^2/(M_2-K))
//
// and with many dates Welch's t of the means of clusters of dates (see [Dates]),
// formed within each. Means are weighted as the study says. A return that two
// observations of a side share counts once. Jaffe (1974); Welch (1947);
// Ibragimov and Müller (2010).
//
// Errors: a side without an observation, or that is no group of the study; the
// event of a side that the catalogue does not have; those of Run.
func (r *Result) Contrast(ctx context.Context, v Versus) (*Contrast, error) {
	if ev := cmp.Or(v.First.Event, v.Second.Event); ev != "" {
		return r.contrastAt(ctx, ev, v)
	}
	c := &Contrast{First: v.First.String(), Second: v.Second.String()}
	a, err := r.side(v.First, c)
	if err != nil {
		return nil, err
	}
	b, err := r.side(v.Second, c)
	if err != nil {
		return nil, err
	}
	for w := range r.Study.CARWindows {
		x, method := r.contrast(a, b, w)
		c.Windows, c.Method = append(c.Windows, x), cmp.Or(c.Method, method)
	}
	return c, nil
}

// contrastAt is Contrast of securities at one event: the study of that event on
// these securities alone.
func (r *Result) contrastAt(ctx context.Context, id string, v Versus) (*Contrast, error) {
	k := slices.IndexFunc(r.Catalog.Events, func(e events.Event) bool { return e.ID == id })
	if k < 0 {
		return nil, fmt.Errorf("there is no event %q in the catalogue", id)
	}
	for _, s := range []Side{v.First, v.Second} {
		if s.Event != id || len(s.Securities) == 0 {
			return nil, fmt.Errorf("at one event, %s, both sides are securities; %q is not", id, s)
		}
	}
	catalog := *r.Catalog
	catalog.Events = slices.Clone(catalog.Events)
	e := &catalog.Events[k]
	named := e.Targets
	e.Targets = nil
	for _, symbol := range slices.Concat(v.First.Securities, v.Second.Securities) {
		if slices.ContainsFunc(e.Targets, func(t events.Target) bool { return t.Symbol == symbol }) {
			continue
		}
		t := events.Target{Symbol: symbol}
		if i := slices.IndexFunc(named, func(t events.Target) bool { return t.Symbol == symbol }); i >= 0 {
			t = named[i]
		}
		e.Targets = append(e.Targets, t)
	}
	study := *r.Study
	study.EventIDs, study.Contrasts, study.Groups, study.Tests, study.Family = []string{id}, nil, nil, nil, ""
	own, err := study.Run(ctx, &catalog, r.Panel, nil)
	if err != nil {
		return nil, err
	}
	v.First.Event, v.Second.Event = "", ""
	c, err := own.Contrast(ctx, v)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	c.EventID = id
	return c, nil
}

// side returns the rows of a side and adds to c what it names that is not
// measured.
func (r *Result) side(s Side, c *Contrast) ([]int32, error) {
	has := func(o *Observation, _ string) bool { return slices.Contains(s.Securities, o.Security) }
	if len(s.Securities) == 0 {
		g, err := r.Study.sweepGroups([]string{s.Group}, r.Catalog)
		if err != nil {
			return nil, err
		}
		has = g[0].has
	}
	var used []int
	var reason *Sentence
	found := make(map[string]bool)
	for i := range r.N() {
		o := r.Observation(i)
		if !has(o, r.Catalog.Events[o.Event].Category) {
			continue
		}
		if found[o.Security] = true; o.Used() {
			used = append(used, i)
			continue
		}
		why := &Sentence{"failed/observation", []any{o.EventID, o.Security, o.Exclusion.Sentence()}}
		c.Excluded, reason = append(c.Excluded, why), cmp.Or(reason, why)
	}
	for _, symbol := range s.Securities {
		if !found[symbol] {
			return nil, fmt.Errorf("%s is not among the securities of the events that are studied", symbol)
		}
	}
	if len(used) == 0 {
		return nil, fmt.Errorf("%s has no observation that could be measured (%s)", s, cmp.Or(reason, &Sentence{Code: "failed/empty"}).Text())
	}
	return r.once(used), nil
}

// contrast compares the rows of two sides over CAR window w.
func (r *Result) contrast(a, b []int32, w int) (x ContrastWindow, method string) {
	g := r.eng
	first, second := newCrossSection(newPool(g, a), w), newCrossSection(newPool(g, b), w)
	x = ContrastWindow{Window: r.Study.CARWindows[w], N1: first.N(), N2: second.N()}
	var d stat.Difference
	method, d, x.Note = contrasted(first, second)
	x.Difference, x.SE, x.T, x.DF = d.Value, d.SE, d.T(), d.DF
	x.P, _, _ = stat.StudentT(d.DF).PValues(x.T)
	half := stat.StudentQuantile(0.975, d.DF) * d.SE
	x.Low, x.High = d.Value-half, d.Value+half
	return x, method
}

var noDifference = stat.Difference{Value: nan, SE: nan, DF: nan}

// contrasted returns the difference of two cross-sections, and how it was found.
func contrasted(a, b *CrossSection) (method string, d stat.Difference, note *Sentence) {
	p, q := a.pool, b.pool
	one := a.N() > 0 && b.N() > 0 && p.sameDate && q.sameDate
	switch {
	case a.N() == 0 || b.N() == 0:
		return "", noDifference, say("contrast/no-window")
	case one && p.with(q):
		d, note = longShort(a, b)
		return LongShort, d, note
	case one:
		d, note = portfolios(a, b)
		return TwoPortfolios, d, note
	}
	x, _ := a.clusters()
	y, _ := b.clusters()
	if len(x) < 2 || len(y) < 2 {
		return ClusterMeans, noDifference, say("contrast/few-dates", len(x), len(y))
	}
	if !stat.Varies(x) || !stat.Varies(y) {
		return ClusterMeans, noDifference, say("contrast/alike")
	}
	if n := overlapping(a, b); n > 0 {
		note = say("contrast/overlap", n)
	}
	return ClusterMeans, stat.Welch(x, y), note
}

// with reports whether the members of two pools of one date each share it, on one
// calendar.
func (p *pool) with(q *pool) bool {
	g, a, b := p.eng, p.rows[0], q.rows[0]
	return g.s0[a] == g.s0[b] && g.ser[a].col.Calendar == g.ser[b].col.Calendar
}

// overlapping returns how many windows of a overlap one of b in calendar time.
func overlapping(a, b *CrossSection) (n int) {
	at := a.pool.eng.zeros(slices.Concat(a.rows, b.rows))
	there := slices.Clone(at[len(a.rows):])
	slices.Sort(there)
	l := a.Window.Len()
	for _, k := range at[:len(a.rows)] {
		if i, _ := slices.BinarySearch(there, k-l+1); i < len(there) && there[i] < k+l {
			n++
		}
	}
	return n
}

// portfolios is the difference of the portfolios of two dates.
func portfolios(a, b *CrossSection) (d stat.Difference, note *Sentence) {
	var car, variance, df [2]float64
	for k, c := range []*CrossSection{a, b} {
		p := c.pool.portfolio()
		if p.ex != nil {
			return noDifference, say("undefined/portfolio", p.ex.Sentence())
		}
		e := p.eng.estimate(0)
		car[k], variance[k], _, _ = p.eng.cumulate(0, &e, c.Window)
		df[k] = float64(e.M - e.K)
	}
	if n := overlapping(a, b); n > 0 {
		note = say("contrast/overlap-dates")
	}
	return stat.Apart(car[0], variance[0], df[0], car[1], variance[1], df[1]), note
}

// longShort is the portfolio that is long a and short b, which share session 0.
func longShort(a, b *CrossSection) (d stat.Difference, note *Sentence) {
	p, problem := newLongShort(a.pool.eng, a.rows, b.rows)
	if problem != nil {
		return noDifference, problem
	}
	e := p.eng.estimate(0)
	car, variance, _, _ := p.eng.cumulate(0, &e, a.Window)
	if car != car {
		return noDifference, say("undefined/portfolio-window")
	}
	return stat.Difference{Value: car, SE: math.Sqrt(variance), DF: float64(e.M - e.K)}, nil
}

// newLongShort fits the study's model to the portfolio that is long the rows a
// and short the rows b of one date, as newPortfolio does to one side of it. What
// both sides are explained by alike, without a coefficient, cancels.
func newLongShort(g *engine, a, b []int32) (p *portfolio, problem *Sentence) {
	first := g.ser[a[0]]
	for _, r := range slices.Concat(a, b) {
		if !g.ser[r].alike(first) || g.ser[r].forecast != first.forecast {
			return nil, say("undefined/series")
		}
	}
	if _, ok := g.study.Model.(model.Synthetic); ok {
		return nil, say("contrast/synthetic")
	}
	s0 := g.s0[a[0]]
	long, short := membersMean(g, a, g.weight), membersMean(g, b, g.weight)
	s := &series{col: first.col, first: int(s0) + g.study.EstimationWindow.From, y: long, x: first.x, forecast: first.forecast, bench: first.bench, conditional: first.conditional, robust: first.robust}
	for t := range s.y {
		s.y[t] -= short[t]
	}
	study := *g.study
	study.MinEstimation = 0 // each security has enough on its own
	if g.pl[a[0]] {
		zero := make([]float64, len(first.x[0]))
		s.x = [][]float64{zero}
	} else if first.robust {
		of := func(rows []int32, j int) float64 {
			var sum, total float64
			for _, r := range rows {
				w := g.weight(r)
				sum, total = sum+w*g.b[int(r)*g.coefs+j], total+w
			}
			return sum / total
		}
		study.Model = givenLine{study.Model, of(a, 0) - of(b, 0), of(a, 1) - of(b, 1)}
	}
	s.survey()
	one := single(&study, s, s0, nil)
	if one.ex != nil {
		return nil, say("undefined/portfolio", one.ex.Sentence())
	}
	return &one, nil
}

// say is the sentence of a code.
func say(code string, args ...any) *Sentence { return &Sentence{code, args} }
