package analysis

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"

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
// Errors: the study does not validate; the catalogue is empty; the panel's
// returns are of another kind than the study's; ctx is done.
func (s *Study) Run(ctx context.Context, catalog *events.Catalog, panel *market.Panel, progress Progress) (*Result, error) {
	r, err := s.begin(catalog, panel)
	if err != nil {
		return nil, err
	}
	if err := r.measure(ctx, 0, len(r.eng.obs), progress); err != nil {
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
	r.eng = &engine{study: s, panel: panel, length: s.Event.Len(), windows: len(s.Windows)}
	r.observe()
	g := r.eng
	rows := make([]int32, 0, len(r.Observations))
	for i := range r.Observations {
		if o := &r.Observations[i]; o.Used() {
			rows = append(rows, int32(i))
			g.forecast = max(g.forecast, g.series[o.column].forecast)
		}
	}
	g.grow(len(rows))
	for row, i := range rows {
		o := &r.Observations[i]
		g.obs[row], g.s0[row], g.ser[row] = i, o.index, g.series[o.column]
	}
	return r, nil
}

// finish pools, corrects and annotates what was measured.
func (r *Result) finish(ctx context.Context) (err error) {
	if err := r.pool(ctx); err != nil {
		return err
	}
	if r.Study.Family != "" {
		if r.Corrected, err = r.Correct(ctx, r.Study.Family, r.Study.Correction); err != nil {
			return err
		}
	}
	r.Notes = r.notes()
	return nil
}

// measure fits the observations of rows [lo, hi).
func (r *Result) measure(ctx context.Context, lo, hi int, progress Progress) error {
	var step func(int)
	if progress != nil {
		step = func(done int) { progress(done, hi-lo) }
	}
	return parallel(ctx, hi-lo, 64, step, func(w *workspace, k int) {
		w.sample.Estimation, w.sample.Event, w.sample.work = r.Study.Estimation, r.Study.Event, w
		r.settle(lo+k, r.eng.fit(lo+k, &w.sample))
	})
}

// settle records that a row was measured, or why it was not.
func (r *Result) settle(row int, ex *Exclusion) {
	o := &r.Observations[r.eng.obs[row]]
	if o.Exclusion = ex; ex == nil {
		o.row = int32(row)
		o.Fit = r.fitOf(row)
	}
}

func (r *Result) fitOf(row int) Fit {
	e := r.eng.estimate(row)
	n := len(r.CoefNames)
	return Fit{M: e.M, K: e.K, Coef: e.B[:n:n], SE: e.SE[:n:n], S: math.Sqrt(e.S2), R2: e.R2}
}

// pool forms the groups, averages them and runs their tests.
func (r *Result) pool(ctx context.Context) error {
	r.Groups = r.groups()
	return parallel(ctx, len(r.Groups), 1, nil, func(w *workspace, i int) {
		r.Groups[i].measure(ctx, r, &w.mem)
	})
}

// groups lists the groups in the order of Study.Groups; within one grouping in
// the order of first appearance. Observations that are excluded are in none.
func (r *Result) groups() []Group {
	var out []Group
	for _, by := range r.Study.Groups {
		at := make(map[string]int)
		for i := range r.Observations {
			o := &r.Observations[i]
			if !o.Used() {
				continue
			}
			key := "all"
			switch by {
			case ByEvent:
				key = o.EventID
			case BySecurity:
				key = o.Security
			case ByCategory:
				if key = r.Catalog.Events[o.Event].Category; key == "" {
					continue
				}
			}
			k, ok := at[key]
			if !ok {
				k = len(out)
				at[key] = k
				out = append(out, Group{By: by, Key: key})
			}
			out[k].Members = append(out[k].Members, i)
		}
	}
	return slices.Clip(out)
}
