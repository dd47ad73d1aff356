package analysis

import (
	"context"

	"aftershock/analysis/stat"
)

// unit is what one worker measures at a time: rows [lo, hi), of as many events in whole,
// each of as many rows; of 0, where no event is in it whole.
type unit struct{ lo, hi, events int }

// shares reports whether event v may be measured with the events of u: it has the same
// securities.
func (u unit) shares(r *Result, v unit, dates, most int) bool {
	if u.events == 0 || u.events >= dates || v.hi-v.lo != (u.hi-u.lo)/u.events || v.hi-u.lo > most {
		return false
	}
	ev := r.eng.ev
	a, b := r.targets(&r.Catalog.Events[ev[u.lo]]), r.targets(&r.Catalog.Events[ev[v.lo]])
	return len(a) == v.hi-v.lo && sameTargets(a, b)
}

// measureUnit measures the observations of u and its events. Dates of the same securities
// are gone through by security, whose returns they share while these are in cache: a run
// without ranks takes three quarters of the time.
func (r *Result) measureUnit(ctx context.Context, w *workspace, u unit) {
	g := r.eng
	each := (u.hi - u.lo) / max(1, u.events)
	w.excluded = stat.Grown(w.excluded, u.hi-u.lo)
	even := g.evenDates(u)
	m := g.study.EstimationWindow.Len()
	line := false // and one regressor
	grouped := r.early != nil
	averaged := even && grouped && g.study.gives(AverageFigures)
	l := g.length
	w.pair = stat.Grown(w.pair, 2*u.events*l)
	if averaged {
		w.spreads = stat.Grown(w.spreads, 3*u.events*l)
		clear(w.spreads)
	}
	correlated := grouped && g.study.gives(MeanCorrelationFigures)
	if even {
		if correlated {
			w.totals = stat.Grown(w.totals, u.events*m)
			clear(w.totals)
		}
		line = len(g.ser[u.lo].x) == 1 && g.forecast == 1 && g.coefs == 2 && g.study.Weights != ValueWeights
		for d := 0; line && d < u.events; d++ {
			w.on[d] = &w.dates[d]
			line = w.on[d].prepare(g, u.lo+d*each, &w.alone)
		}
	}
	for k := range each {
		if even && k+1 < each {
			g.fetchDates(u.lo+k+1, u.hi-each+k+1)
		}
		own := w.pair[k%2*u.events*l:][:u.events*l]
		if s := g.ser[u.lo+k]; line && len(s.doubts) == 0 && s.dropped == nil {
			g.fitDates(u.lo+k, u.hi, each, w, own, w.excluded[k:])
		} else {
			for d, row := 0, u.lo+k; row < u.hi; d, row = d+1, row+each {
				w.excluded[row-u.lo] = g.try(row, w)
				if averaged {
					g.abnormals(row, 0, own[d*l:][:l])
				}
			}
		}
		for row := u.lo + k; row < u.hi; row += each {
			if ex := w.excluded[row-u.lo]; ex == nil && even && g.ser[row].col.Span == nil {
				g.is[row] |= isUsed // which settle would find out
			} else {
				r.settle(row, ex)
			}
		}
		if averaged && (k%2 == 1 || k == each-1) {
			for d := range u.events {
				if sums := spreadOf(w.spreads[3*d*l:][:3*l]); k%2 == 1 {
					sums.AddTwo(w.pair[d*l:][:l], own[d*l:][:l])
				} else {
					sums.Add(own[d*l:][:l])
				}
			}
		}
		if even && correlated && (k%4 == 3 || k == each-1) {
			for d := range u.events {
				first := u.lo + d*each
				g.addStandard(w.totals[d*m:][:m], first+k&^3, first+k+1)
			}
		}
	}
	if !grouped {
		return
	}
	for d := range u.events {
		first := u.lo + d*each
		n := 0
		for _, ex := range w.excluded[first-u.lo:][:each] {
			if ex == nil {
				n++
			}
		}
		if n == 0 {
			continue
		}
		ev := g.ev[first]
		grp := Group{By: ByEvent, Key: r.Catalog.Events[ev].ID, Members: w.mem.members.next(n)[:0]}
		for row := first; row < first+each; row++ {
			if w.excluded[row-u.lo] == nil {
				grp.Members = append(grp.Members, int(g.obs[row]))
			}
		}
		if w.mem.even = even && n == each; w.mem.even && correlated {
			w.mem.totals = w.totals[d*m:][:m]
		}
		if w.mem.even && averaged {
			w.mem.spread = w.spreads[3*d*l:][:3*l]
		}
		grp.measure(ctx, r, &w.mem)
		w.mem.even, w.mem.totals, w.mem.spread = false, nil, nil
		r.early[ev] = grp
	}
}

// try fits a row, unless it rests on figures that are doubted.
func (g *engine) try(row int, w *workspace) *Exclusion {
	if ex := g.doubted(row); ex != nil {
		return ex
	}
	return g.fit(row, w)
}

// evenDates reports whether the events of u have the same securities in the same order,
// which would make an even pool of each: see pool.begin.
func (g *engine) evenDates(u unit) bool {
	if u.events == 0 || !g.linear {
		return false
	}
	each := (u.hi - u.lo) / u.events
	first := g.ser[u.lo]
	if each > block || first.forecast != len(first.x) {
		return false
	}
	from, to := int(g.s0[u.lo]), int(g.s0[u.lo])
	for row := u.lo; row < u.hi; row += each {
		from, to = min(from, int(g.s0[row])), max(to, int(g.s0[row]))
	}
	from, to = from+g.study.EstimationWindow.From, to+max(g.study.EventWindow.To, g.study.EstimationWindow.To)
	for k := range each {
		s := g.ser[u.lo+k]
		if s.col.Calendar != first.col.Calendar || !s.alike(first) || s.trimmed != nil || !s.whole(from, to) {
			return false
		}
		for row := u.lo; row < u.hi; row += each {
			if g.ser[row+k] != s || g.s0[row+k] != g.s0[row] {
				return false
			}
		}
	}
	return true
}

// fetchDates begins to read what the windows of rows first and last, of one security,
// take of it.
func (g *engine) fetchDates(first, last int) {
	s := g.ser[first]
	from, to := int(min(g.s0[first], g.s0[last])), int(max(g.s0[first], g.s0[last]))
	from, to = from+g.study.EstimationWindow.From, to+g.study.EventWindow.To+1
	stat.Fetch(s.y[from-s.first : to-s.first])
	s.blocks.Fetch(from, to)
}

// layDates makes the dates of rows that lie by security, where many share them: fits
// then take a third of the time.
func (g *engine) layDates(ctx context.Context) {
	if !g.linear || g.forecast != 1 || g.coefs != 2 || g.study.Weights == ValueWeights {
		return
	}
	by := make(map[*float64]*dates) // their regressor
	for row, s := range g.ser {
		if row == 0 || s != g.ser[row-1] {
			if len(s.x) != 1 || len(s.doubts) > 0 || s.dropped != nil {
				continue
			}
			x := &s.x[0][0]
			if by[x] == nil {
				by[x] = &dates{of: make([]int32, len(s.x[0]))}
			}
			s.dates = by[x]
		}
		if d := s.dates; d != nil && g.hasAll(row) {
			d.rows++
			if at := &d.of[g.s0[row]]; *at == 0 {
				d.with = append(d.with, row)
				*at = int32(len(d.with))
			}
		}
	}
	for _, d := range by {
		if d.rows < 4*len(d.with) {
			d.of = nil
			continue
		}
		d.all = make([]date, len(d.with))
		_ = parallel(ctx, len(d.all), 16, nil, func(w *workspace, i int) { d.all[i].prepare(g, d.with[i], &w.alone) })
	}
}

// hasAll reports whether row r has all that its windows may hold.
func (g *engine) hasAll(r int) bool {
	st, s, s0 := g.study, g.ser[r], int(g.s0[r])
	from, to := s0+st.EstimationWindow.From, s0+st.EstimationWindow.To
	return s.whole(min(from, s0+st.EventWindow.From), max(to, s0+st.EventWindow.To)) && !s.trims(s0, from, to)
}

// fitNext fits row lo and those behind it, before hi, that can be fitted with it: their
// exclusions are w.excluded. It returns the row behind the last.
func (g *engine) fitNext(lo, hi int, w *workspace) int {
	s, n := g.ser[lo], 0
	if d := s.dates; d != nil && d.of != nil {
		for ; lo+n < hi && n < datesOfBlock && g.ser[lo+n] == s && g.hasAll(lo+n); n++ {
			if w.on[n] = &d.all[d.of[g.s0[lo+n]]-1]; !w.on[n].ready {
				break
			}
		}
	}
	w.excluded = stat.Grown(w.excluded, max(1, n))
	if n == 0 {
		w.excluded[0] = g.try(lo, w)
		return lo + 1
	}
	w.pair = stat.Grown(w.pair, n*g.length)
	g.fitDates(lo, lo+n, 1, w, w.pair, w.excluded)
	return lo + n
}
