package analysis

import (
	"context"
	"slices"

	"aftershock/analysis/model"
	"aftershock/market"
)

// The most sessions of all securities that moves are looked for in beside a study,
// by a model whose fit takes no time and by another.
const (
	mostQuick = 200_000
	mostSlow  = 3_000
)

// FindMoves looks for the moves of the studied securities in the period of the study,
// from the first event window to the last, and keeps them in r.Moves, of which
// a report tells most of each security: see [Study.Explain]. A security of which nothing can be measured is passed over. A
// study of very many sessions, or by a model that takes long to fit, is left as it
// is. Errors: ctx is done.
func (r *Result) FindMoves(ctx context.Context, most int) error {
	s := r.Study
	if s.Subject != "" && s.Subject != Returns {
		return nil
	}
	var securities []string
	seen := make(map[int32]bool)
	first, last := market.NoDate, market.NoDate
	sessions := 0
	for i := range r.Observations {
		o := &r.Observations[i]
		if !o.Used() {
			continue
		}
		cal := r.Panel.Columns[o.column].Calendar
		lo, hi := cal.Date(max(0, int(o.index)+s.EventWindow.From)), cal.Date(min(cal.Len()-1, int(o.index)+s.EventWindow.To))
		if first == market.NoDate || lo < first {
			first = lo
		}
		last = max(last, hi)
		if !seen[o.column] {
			seen[o.column] = true
			securities = append(securities, o.Security)
		}
	}
	if len(securities) == 0 {
		return nil
	}
	for column := range seen {
		cal := r.Panel.Columns[column].Calendar
		sessions += cal.Search(last+1) - cal.Search(first)
	}
	limit := mostSlow
	if model.IsLeastSquares(s.Model) {
		limit = mostQuick
	}
	if sessions > limit {
		return nil
	}
	x, err := s.explainer(r.Catalog, r.Panel, ExplainSpec{Securities: securities, From: first, To: last, lenient: true})
	if err != nil || len(x.columns) == 0 {
		return nil // a model or securities that are not measured session by session
	}
	if err := x.measure(ctx, nil); err != nil {
		return ctx.Err()
	}
	if x.unmeasurable() != nil || x.Measured == 0 {
		return nil
	}
	x.correct()
	x.place()
	if err := x.gather(ctx); err != nil {
		return err
	}
	x.work = x
	r.Moves, r.MostMoves = &x.Explanation, most
	return nil
}

// Unexplained returns the moves, and the notable sessions, of a security (an index
// into Securities) that no event of the catalogue names on that session, the largest
// first.
func (x *Explanation) Unexplained(security int) []Move {
	var out []Move
	for _, list := range [][]Move{x.Moves, x.Notables} {
		for _, m := range list {
			if m.Security == security && len(m.Events) == 0 {
				out = append(out, m)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Move) int {
		switch {
		case a.P < b.P:
			return -1
		case a.P > b.P:
			return 1
		}
		return 0
	})
	return out
}
