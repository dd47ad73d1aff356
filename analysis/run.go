package analysis

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync/atomic"

	"aftershock/events"
	"aftershock/market"
)

// Progress is told how many of a study's steps are done; it may be nil. It is
// never called by two goroutines at once.
type Progress func(done, total int)

// Run performs the study on the events of catalog and the prices of panel.
// Every (event, security) pair becomes one Observation, used or excluded with
// its reason; the figures do not depend on the number of processors.
//
// Errors: the study does not validate, or its groups are too many; the catalogue
// is empty; the panel's returns are of another kind than the study's; ctx is done.
func (s *Study) Run(ctx context.Context, catalog *events.Catalog, panel *market.Panel, progress Progress) (*Result, error) {
	r, err := s.begin(catalog, panel)
	if err != nil {
		return nil, err
	}
	if err := r.measure(ctx, 0, len(r.eng.obs), slices.Contains(s.Groups, ByEvent) && !r.scattered, progress); err != nil {
		return nil, err
	}
	return r, r.finish(ctx)
}

// begin places the observations and makes room for what can be measured.
func (s *Study) begin(catalog *events.Catalog, panel *market.Panel) (*Result, error) {
	if err := s.Validate(); err != nil {
		return nil, err
	}
	if len(catalog.Events) == 0 {
		return nil, errors.New("there is no event to study")
	}
	if panel.Kind != s.Returns || panel.Gaps != s.Gaps {
		return nil, fmt.Errorf("the panel holds %s returns (gaps: %s), the study wants %s (gaps: %s)", panel.Kind, panel.Gaps, s.Returns, s.Gaps)
	}
	r := &Result{Study: s, Catalog: catalog, Panel: panel, CoefNames: s.Model.Coefs()}
	r.eng = &engine{study: s, panel: panel, length: s.EventWindow.Len(), windows: len(s.CARWindows)}
	r.observe()
	r.eng.halves = r.lazily()
	if err := r.refuseTooManyResults(); err != nil {
		return nil, err
	}
	g := r.eng
	g.grow(len(g.obs))
	for row, i := range g.obs {
		p := r.spots[i]
		g.s0[row], g.ser[row] = p.index(), g.series[p.column]
	}
	return r, nil
}

// mostResults is how many results of tests a study may have: some 200 bytes each.
const mostResults = 5_000_000

// refuseTooManyResults refuses groupings of so many groups that the results of their tests
// would be of no use to anybody, and fill the memory.
func (r *Result) refuseTooManyResults() error {
	tests := 0
	for _, t := range r.Study.Tests {
		if t.Scope().covers(ManyObservations) {
			tests++
		}
	}
	each := tests * len(r.Study.CARWindows)
	for k, by := range r.Study.Groups {
		n := 1
		switch g := r.eng; by {
		case ByEvent:
			seen := make([]bool, len(r.Catalog.Events))
			n = 0
			for _, ev := range g.ev {
				if !seen[ev] {
					seen[ev] = true
					n++
				}
			}
		case BySecurity:
			seen := make([]bool, len(g.series))
			n = 0
			for _, i := range g.obs {
				if c := r.spots[i].column; !seen[c] {
					seen[c] = true
					n++
				}
			}
		}
		if n > mostResults/max(1, each) {
			return refuse(fmt.Sprintf("groups[%d]", k), "%s makes %d groups of %d tests over %d windows, more than %d results; leave it out, or name fewer tests or windows", string(by), n, tests, len(r.Study.CARWindows), mostResults)
		}
	}
	return nil
}

// finish pools, corrects and annotates what was measured.
func (r *Result) finish(ctx context.Context) (err error) {
	r.findRepeats()
	if err := r.pool(ctx); err != nil {
		return err
	}
	if r.Study.Family != "" {
		if r.Corrected, err = r.Correct(ctx, r.Study.Family, r.Study.Correction); err != nil {
			return err
		}
	}
	for i, v := range r.Study.Contrasts {
		c, err := r.Contrast(ctx, v)
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			return refuse(fmt.Sprintf("contrasts[%d]", i), "%s", err.Error())
		}
		r.Contrasts = append(r.Contrasts, *c)
	}
	if r.Study.gives(NoteFigures) {
		r.Notes = r.notes()
	}
	return nil
}

// measure fits the observations of rows [lo, hi). With grouped, it measures the
// group of every event too, while the returns of its securities are at hand.
func (r *Result) measure(ctx context.Context, lo, hi int, grouped bool, progress Progress) error {
	const (
		block, most = 64, 4096 // rows of a unit of work, and of an event that is one
		fewTogether = 16       // rows of an event, on average, that share enough to be a unit of their own
	)
	var units []unit
	if grouped {
		r.early = make([]Group, len(r.Catalog.Events))
	}
	dates := 1                                                                     // events of a unit at most
	whole := grouped || !r.scattered && hi-lo >= fewTogether*len(r.Catalog.Events) // events are units
	if whole {
		dates = min(max(1, len(r.Catalog.Events)/8), datesOfBlock)
	}
	ev := r.eng.ev
	for row := lo; row < hi; {
		end := min(row+block, hi)
		if whole {
			for end = row + 1; end < hi && ev[end] == ev[row]; end++ {
			}
		}
		if end-row <= most {
			u := unit{lo: row, hi: end}
			if whole {
				u.events = 1
				if n := len(units); n > 0 && units[n-1].shares(r, u, dates, 2*most) {
					units[n-1].hi = end
					units[n-1].events++
					row = end
					continue
				}
			}
			units = append(units, u)
			row = end
			continue
		}
		for ; row < end; row += block {
			units = append(units, unit{lo: row, hi: min(row+block, end)})
		}
		row = end
	}
	var done atomic.Int64
	var step func(int)
	if progress != nil {
		step = func(int) { progress(int(done.Load()), hi-lo) }
	}
	if r.scattered {
		r.eng.layDates(ctx)
	}
	err := parallel(ctx, len(units), max(1, block*len(units)/max(1, hi-lo)), step, func(w *workspace, k int) {
		u := units[k]
		if r.scattered {
			for row := u.lo; row < u.hi; {
				next := r.eng.fitNext(row, u.hi, w)
				for k := range next - row {
					r.settle(row+k, w.excluded[k])
				}
				row = next
			}
		} else {
			r.measureUnit(ctx, w, u)
		}
		done.Add(int64(u.hi - u.lo))
	})
	return err
}

// settle records that a row was measured, or why it was not.
func (r *Result) settle(row int, ex *Exclusion) {
	g := r.eng
	if ex != nil {
		r.exclude(int(g.obs[row]), ex)
		return
	}
	g.is[row] |= isUsed
	if g.remarkable(row) {
		g.is[row] |= isRemarkable
	}
}

// pool forms the groups, averages them and runs their tests.
func (r *Result) pool(ctx context.Context) error {
	r.Groups = r.groups()
	r.early = nil
	var left []*Group
	for i := range r.Groups {
		g := &r.Groups[i]
		if g.Windows == nil {
			if _, err := r.restored(g); err != nil {
				return err
			}
		}
		if g.Windows == nil {
			left = append(left, g)
		}
	}
	return parallel(ctx, len(left), 1, nil, func(w *workspace, i int) {
		left[i].measure(ctx, r, &w.mem)
	})
}
