package analysis

import (
	"slices"
)

// One return counts once: in every group, family and count a security and session
// 0 enter under the first event listed that has them. What several events share is
// one day's return, and no evidence several times.

// findRepeats notes for every used observation that has the security and session 0
// of a used one before it, which that is.
func (r *Result) findRepeats() {
	r.repeats = nil
	if !slices.ContainsFunc(r.eng.timeline, func(line []moment) bool {
		for k := 1; k < len(line); k++ {
			if line[k].index == line[k-1].index {
				return true
			}
		}
		return false
	}) {
		return
	}
	// By security, in the order of the catalogue; then the first of each session is noted.
	most := int32(0)
	begin := make([]int, len(r.Panel.Columns)+1)
	for i := range r.N() {
		if p := r.spots[i]; r.Used(i) {
			begin[p.column+1]++
			most = max(most, p.index())
		}
	}
	for c := range r.Panel.Columns {
		begin[c+1] += begin[c]
	}
	all, next := make([]int32, begin[len(begin)-1]), slices.Clone(begin)
	for i := range r.N() {
		if c := r.spots[i].column; r.Used(i) {
			all[next[c]] = int32(i)
			next[c]++
		}
	}
	type seen struct{ column, i int32 } // the column, counted from 1, that has the session, and where first
	first := make([]seen, most+1)
	for c := range r.Panel.Columns {
		for _, i := range all[begin[c]:begin[c+1]] {
			f := &first[r.spots[i].index()]
			if f.column != int32(c+1) {
				*f = seen{int32(c + 1), i}
				continue
			}
			if r.repeats == nil {
				r.repeats = make([]int32, r.N())
				for i := range r.repeats {
					r.repeats[i] = -1
				}
			}
			r.repeats[i] = f.i
		}
	}
}

// SameReturn returns the first used observation of the security and session 0 of
// observation i, whose return is that of i too; ok is false where that is i itself
// or i is excluded.
func (r *Result) SameReturn(i int) (first int, ok bool) {
	if r.repeats == nil || r.repeats[i] < 0 {
		return 0, false
	}
	return int(r.repeats[i]), true
}

// Distinct returns obs without those that have the security and session 0 of
// another of them that comes before in the catalogue, in their order; obs itself
// where there are none. Excluded ones stay.
func (r *Result) Distinct(obs []int) []int {
	if !slices.ContainsFunc(obs, func(i int) bool { _, ok := r.SameReturn(i); return ok }) {
		return obs
	}
	first := func(i int) int { // with the return of i
		if k := r.repeats[i]; k >= 0 {
			return int(k)
		}
		return i
	}
	// By the first, which of obs comes before the others.
	var before func(at int) int
	var put func(at, i int)
	if len(obs) > r.N()/16 {
		least := make([]int32, r.N()) // plus 1
		before = func(at int) int { return int(least[at]) - 1 }
		put = func(at, i int) { least[at] = int32(i + 1) }
	} else {
		least := make(map[int]int)
		before = func(at int) int {
			if i, ok := least[at]; ok {
				return i
			}
			return -1
		}
		put = func(at, i int) { least[at] = i }
	}
	n := 0
	for _, i := range obs {
		at := first(i)
		k := before(at)
		if k < 0 {
			n++
		}
		if k < 0 || i < k {
			put(at, i)
		}
	}
	if n == len(obs) {
		return obs
	}
	out := make([]int, 0, n)
	for _, i := range obs {
		if before(first(i)) == i {
			out = append(out, i)
		}
	}
	return out
}

// sameReturnNotes says of the observations of an event whose return is counted
// under an earlier one.
func (r *Result) sameReturnNotes(out []Note, eventID string, used []int) []Note {
	if r.repeats == nil {
		return out
	}
	var order []int
	who := make(map[int]Names)
	for _, i := range used {
		if first, ok := r.SameReturn(i); ok {
			ev := r.eventOf(first)
			if who[ev] == nil {
				order = append(order, ev)
			}
			who[ev] = append(who[ev], r.Observation(i).Security)
		}
	}
	for _, ev := range order {
		e := &r.Catalog.Events[ev]
		out = append(out, Note{Code: "same-return", Severity: Warning, EventID: eventID, Args: []any{who[ev], EventTitle{e.ID, e.Title}}})
	}
	return out
}
