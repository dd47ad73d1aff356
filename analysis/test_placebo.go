package analysis

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"sort"
	"sync"

	"aftershock/analysis/stat"
	"aftershock/market"
)

// minClean is how many pseudo-dates with clean estimation windows suffice; below it
// those of all others serve as well.
const minClean = 99

// Placebo moves the whole study to sessions without news and asks how often
// its statistic is as far from zero there as at the event:
//
//	p = (1 + #{|T_b| >= |T|}) / (1 + B)
//
// A pseudo-date is one shift d of calendar sessions, the same for all
// observations, so that what happened together stays together. Models are
// fitted anew at every shift. A shift serves if at it every observation
//
//   - has prices for the event window and for the least estimation window, and
//     is measured, its CAR window complete;
//   - has no event of its security, from the whole catalogue, inside the event
//     window, nor inside the estimation window. Where fewer than 99 shifts
//     meet the latter (events that recur within an estimation window leave
//     none), estimation windows may hold events.
//
// With no more than Study.Draws shifts, all are gone through; otherwise that
// many are drawn without replacement from Study.Seed. Fewer than 19 leave the
// test undefined. Where the securities trade on several calendars, d counts
// sessions of the calendar of most of them, and every other session 0 moves to
// the first session at or after the date that its own moves to there.
//
// The statistic is Study.Placebo's where that is about as many observations;
// else t for one observation; for several beaver-u where the study is about
// volatility, portfolio where they share their session 0
// (the average against the same portfolio's own past), and kp-bmp where they do
// not. A statistic without a sign has no one-sided p values.
// By-products: draws, the shifts that served; pool, those that there were;
// clean_estimation, 1 where estimation windows held no event, else 0; of portfolio
// placebo_low and placebo_high, the effects that are not rejected at 5% (see
// [Result.PlaceboInterval]).
//
// Statistics of neighbouring shifts are not independent; the p value holds as
// long as the event's own shift is exchangeable with the others. After
// MacKinlay (1997), section 8; Gelbach, Helland, Klick (2013) for one firm.
type Placebo struct{}

// Name implements Test.
func (Placebo) Name() string { return "placebo" }

// Null implements Test.
func (Placebo) Null() string { return "the event's date is a date like any other" }

// Assumes implements Test.
func (Placebo) Assumes() string {
	return "the sessions without news vary as those of the event would have without it"
}

// Paper implements Test.
func (Placebo) Paper() string {
	return "Fisher (1935) on randomisation; Gelbach, Helland, Klick (2013)"
}

// Properties implements Test.
func (Placebo) Properties() Properties { return Properties{Resampled: true} }

// Scope implements Test.
func (Placebo) Scope() Scope { return AnyNumber }

// Run implements Test.
func (Placebo) Run(c *CrossSection) TestResult {
	d, of := c.pool.placebo()
	real := run(of, c)
	r := placed(real, d, c.index)
	if of == (PortfolioTest{}) && r.Note == nil { // which is CAR/SE
		car := real.ByProduct("car")
		low, high := placeboInterval(car, car/real.Stat, d.Stat[c.index])
		r.ByProducts = append(r.ByProducts, ByProduct{"placebo_low", low}, ByProduct{"placebo_high", high})
	}
	return r
}

// placed is the result of a test with p values from the draws of statistic k.
func placed(real TestResult, d *Draws, k int) TestResult {
	var r TestResult
	if draws := present(d.Stat[k]); real.Note != nil {
		r = Undefined(real.Note.Code, real.Note.Args...)
	} else if len(draws) < stat.MinDraws {
		r = Undefined("undefined/pseudo-dates", len(draws), stat.MinDraws)
	} else {
		r = resampledFrom(real.Stat, measure(&real), draws, false)
		if real.PLower != real.PLower {
			r.PLower, r.PUpper = nan, nan
		}
		clean := 0.0
		if d.Clean {
			clean = 1
		}
		r.ByProducts = append(r.ByProducts, ByProduct{"pool", float64(d.Pool)}, ByProduct{"clean_estimation", clean})
	}
	r.Test, r.Of, r.Null, r.Window, r.N = Placebo{}.Name(), real.Test, Placebo{}.Null(), real.Window, real.N
	return r
}

// measure is the statistic of a test as a departure from zero.
func measure(r *TestResult) float64 {
	if r.Dist.Name == "signed-rank" {
		return r.ByProduct("z")
	}
	return r.Stat
}

// placebo returns the pool's statistics at pseudo-dates, by window of the
// study, and the test that they are of.
func (p *pool) placebo() (*Draws, Test) {
	if p.draws == nil {
		g := p.eng
		n := ManyObservations
		p.placeboOf = KPBMP{}
		switch {
		case len(p.rows) == 1:
			n, p.placeboOf = OneObservation, StudentTest{}
		case g.study.Subject == Volatility:
			p.placeboOf = VarianceU{}
		case p.sameDate:
			p.placeboOf = PortfolioTest{}
		}
		if t, ok := TestByName(g.study.Placebo); ok && t.Scope().covers(n) {
			p.placeboOf = t
		}
		at := make([]statistic, g.windows)
		for w := range at {
			at[w] = statistic{rows: p.rows, window: g.study.CARWindows[w], test: p.placeboOf}
		}
		var err error
		if p.draws, err = g.draw(cmp.Or(p.ctx, context.Background()), at, p.ledger, p.number, "placebo"); err != nil {
			p.draws = &Draws{Stat: make([][]float64, len(at))} // none is no basis for a test
		}
	}
	return p.draws, p.placeboOf
}

// statistic is a test of rows over a window.
type statistic struct {
	rows   []int32
	window Window
	test   Test
}

// Draws are statistics at pseudo-dates: what they would have been had the
// study been about a date without news.
type Draws struct {
	Shifts []int       // sessions from the event to the pseudo-date, ascending
	Stat   [][]float64 // by statistic, then by shift; NaN where it could not be computed
	Pool   int         // shifts that could have been drawn
	Clean  bool        // no event lies in any of the estimation windows either
}

// draw computes the statistics at their common pseudo-dates, which are items of l.
func (g *engine) draw(ctx context.Context, at []statistic, l *ledger, pool int, kind string) (*Draws, error) {
	r := newReplica(g, at)
	d := &Draws{Stat: make([][]float64, len(at))}
	d.Shifts, d.Pool, d.Clean = r.shifts()
	for i := range at {
		d.Stat[i] = make([]float64, len(d.Shifts))
	}
	if len(d.Shifts) == 0 {
		return d, ctx.Err()
	}
	copies := sync.Pool{New: func() any { return newReplica(g, at) }}
	all, err := l.items(pool, kind, len(d.Shifts), len(at), func(lo, hi int) ([]float64, error) {
		size := make([]int, len(at)) // who joins shares need not fit all again to know
		for i, t := range r.at(0) {
			size[i] = t.N
		}
		out := missing((hi - lo) * len(at))
		err := parallel(ctx, hi-lo, 8, nil, func(_ *workspace, b int) {
			own := copies.Get().(*replica)
			defer copies.Put(own)
			for i, t := range own.at(d.Shifts[lo+b]) {
				if t.N == size[i] {
					out[b*len(at)+i] = measure(&t)
				}
			}
		})
		return out, err
	})
	for k, v := range all {
		d.Stat[k%len(at)][k/len(at)] = v
	}
	return d, err
}

// replica is an engine of its own that measures the rows of another at other
// sessions.
type replica struct {
	from   *engine
	eng    *engine
	work   *workspace
	stats  []statistic
	local  [][]int32        // the rows of stats in eng
	rows   []int32          // the rows of eng in from
	fitted []bool           // which rows of eng were measured
	index  []int            // the window of stats in eng.study.CARWindows
	ref    *market.Calendar // that shifts are counted on
	out    []TestResult

	scratch scratch
}

func newReplica(g *engine, at []statistic) *replica {
	study := *g.study
	study.CARWindows = nil
	r := &replica{from: g, stats: at, work: new(workspace), out: make([]TestResult, len(at))}
	row := make(map[int32]int32)
	for _, a := range at {
		local := make([]int32, len(a.rows))
		for k, i := range a.rows {
			j, ok := row[i]
			if !ok {
				j = int32(len(r.rows))
				row[i] = j
				r.rows = append(r.rows, i)
			}
			local[k] = j
		}
		r.local = append(r.local, local)
		w := slices.Index(study.CARWindows, a.window)
		if w < 0 {
			w = len(study.CARWindows)
			study.CARWindows = append(study.CARWindows, a.window)
		}
		r.index = append(r.index, w)
	}
	r.eng = &engine{elsewhere: true, study: &study, panel: g.panel, length: g.length, forecast: g.forecast, conditional: g.conditional, windows: len(study.CARWindows)}
	r.eng.grow(len(r.rows))
	r.fitted = make([]bool, len(r.rows))
	rows := make(map[*market.Calendar]int)
	for j, i := range r.rows {
		r.eng.ser[j] = g.ser[i]
		rows[g.ser[i].col.Calendar]++
	}
	for _, s := range r.eng.ser { // in order: equal numbers go to the name, then to the first
		cal := s.col.Calendar
		if n := rows[cal]; r.ref == nil || n > rows[r.ref] || n == rows[r.ref] && cal.Name() < r.ref.Name() {
			r.ref = cal
		}
	}
	return r
}

// at measures the rows d sessions later and runs the tests. The result is
// good until the next call.
func (r *replica) at(d int) []TestResult {
	for j, i := range r.rows {
		r.measure(j, r.from.moved(i, r.ref, d))
	}
	return r.test()
}

// measure measures row j with its session 0 at s0.
func (r *replica) measure(j, s0 int) {
	g := r.eng
	g.s0[j] = int32(s0)
	if r.fitted[j] = g.fit(j, r.work) == nil; !r.fitted[j] {
		for w := range g.windows {
			g.car[j*g.windows+w] = nan
		}
	}
}

// test runs the tests on the rows as they were measured.
func (r *replica) test() []TestResult {
	g := r.eng
	var p *pool
	var c *CrossSection
	for k, a := range r.stats {
		fresh := k == 0 || !slices.Equal(r.local[k], r.local[k-1])
		if fresh {
			p = r.scratch.pool(g, r.local[k])
		}
		if fresh || r.index[k] != r.index[k-1] {
			c = newCrossSection(p, r.index[k])
		}
		r.out[k] = run(a.test, c)
	}
	return r.out
}

// moved returns session 0 of row i, d sessions of ref later.
func (g *engine) moved(i int32, ref *market.Calendar, d int) int {
	cal, s0 := g.ser[i].col.Calendar, int(g.s0[i])
	if cal == ref || d == 0 {
		return s0 + d
	}
	k := ref.Search(cal.Date(s0)) + d
	if k < 0 || k >= ref.Len() {
		return -1
	}
	return cal.Search(ref.Date(k))
}

// shifts returns the shifts that serve before anything is measured, in
// ascending order and no more than Study.Draws; see Placebo.
func (r *replica) shifts() (d []int, pool int, clean bool) {
	g, st, ref := r.from, r.from.study, r.ref
	lines := make([][]moment, len(r.rows))
	column := make(map[*series][]moment)
	for i, s := range g.series {
		if s != nil && g.timeline != nil {
			column[s] = g.timeline[i]
		}
	}
	lo, hi := -ref.Len(), ref.Len()
	for j, i := range r.rows {
		s, s0 := g.ser[i], int(g.s0[i])
		lines[j] = column[s]
		if s.col.Calendar == ref {
			lo = max(lo, s.first+st.MinEstimation-1-st.EstimationWindow.To-s0)
			hi = min(hi, s.first+len(s.y)-1-st.EventWindow.To-s0)
		}
	}
	var all, cleanest []int
	news := Window{min(st.EventWindow.From, 0), max(st.EventWindow.To, 0)} // an event window that leaves its own news out is about it all the same
shift:
	for k := lo; k <= hi; k++ {
		if k > -st.EventWindow.Len() && k < st.EventWindow.Len() {
			continue // would overlap the event's own window
		}
		untouched := true
		for j, i := range r.rows {
			s, s0 := g.ser[i], g.moved(i, ref, k)
			if s0+st.EstimationWindow.To-st.MinEstimation+1 < s.first || s0+st.EventWindow.To >= s.first+len(s.y) || holds(lines[j], s0, news) {
				continue shift
			}
			untouched = untouched && !holds(lines[j], s0, st.EstimationWindow)
		}
		all = append(all, k)
		if untouched {
			cleanest = append(cleanest, k)
		}
	}
	if clean = len(cleanest) >= minClean; clean {
		all = cleanest
	}
	pool = len(all)
	if b := st.draws(); pool > b {
		seed := stat.Stream(st.Seed, "placebo")
		key := func(d int) uint64 { return stat.Word(seed, uint64(int64(d)), 0) }
		slices.SortFunc(all, func(a, b int) int {
			if key(a) < key(b) {
				return -1
			}
			return 1
		})
		all = all[:b]
		slices.Sort(all)
	}
	return all, pool, clean
}

// holds reports whether an event lies in window w about session s0.
func holds(line []moment, s0 int, w Window) bool {
	k := sort.Search(len(line), func(k int) bool { return int(line[k].index) >= s0+w.From })
	return k < len(line) && int(line[k].index) <= s0+w.To
}

// Hypothesis is one statistic of a family: a test on a window of one or many
// observations.
type Hypothesis struct {
	Label   string // as the family's name leaves it open: a security, a session, a group
	Members []int  // indices into Result.Observation; excluded ones are left out
	Window  Window
	Test    Test
}

// Placebo computes the statistics of h at their common pseudo-dates; see the
// test Placebo for which these are. Windows must lie within Study.EventWindow but
// need not be among Study.CARWindows. Errors: a window outside the event window,
// a hypothesis without a measured observation, ctx is done.
func (r *Result) Placebo(ctx context.Context, h []Hypothesis) (*Draws, error) {
	at, err := r.places(h)
	if err != nil {
		return nil, err
	}
	return r.eng.draw(ctx, at, nil, 0, "")
}

func (r *Result) places(h []Hypothesis) ([]statistic, error) {
	at := make([]statistic, len(h))
	for k, x := range h {
		if !x.Window.Within(r.Study.EventWindow) {
			return nil, fmt.Errorf("%s: window %s does not lie within the event window %s", x.Label, x.Window, r.Study.EventWindow)
		}
		at[k] = statistic{window: x.Window, test: x.Test}
		for _, i := range x.Members {
			if row := r.row[i]; row >= 0 {
				at[k].rows = append(at[k].rows, row)
			}
		}
		if len(at[k].rows) == 0 {
			return nil, fmt.Errorf("%s: none of its observations was measured", x.Label)
		}
	}
	return at, nil
}
