package analysis

import (
	"cmp"
	"slices"
)

// moment is one event of a security on its calendar.
type moment struct {
	index int32 // calendar index of session 0
	event int32 // index into Result.Catalog.Events
}

// since returns how many moments lie before session k.
func since(line []moment, k int) int {
	at, _ := slices.BinarySearchFunc(line, k, func(m moment, k int) int { return cmp.Compare(int(m.index), k) })
	return at
}

// newsOf is otherNews, listed once where the study has the series of the column.
func (r *Result) newsOf(column int) []int32 {
	if s := r.eng.series[column]; s != nil && s.news != nil {
		return s.news
	}
	return r.otherNews(column)
}

// otherNews returns the sessions 0 of the events of a column, in order of time,
// without those of the categories that the study excepts.
func (r *Result) otherNews(column int) []int32 {
	line := r.eng.timeline[column]
	out := make([]int32, 0, len(line))
	if len(r.Study.ConfounderExcept) == 0 {
		for _, m := range line {
			out = append(out, m.index)
		}
		return slices.Compact(out)
	}
	for _, m := range line {
		if !slices.Contains(r.Study.ConfounderExcept, r.Catalog.Events[m.event].Category) {
			out = append(out, m.index)
		}
	}
	return slices.Compact(out)
}

// distract tells a series of the sessions 0 of its security's news, as study
// wants to know them.
func (s *series) distract(study *Study, news []int32) {
	if s.news = news; news == nil {
		s.news = []int32{}
	}
	s.trimmed, s.dropped, s.about = nil, nil, study.ConfounderWindow
	switch study.Confounders {
	case TrimConfounders:
		s.trimmed = news
	case DropConfounders:
		s.dropped = news
	}
}

// trims reports whether a session of [from, to], which lies in the estimation
// window about session s0, is trimmed.
func (s *series) trims(s0, from, to int) bool {
	if s.trimmed == nil {
		return false
	}
	return holdsOther(s.trimmed, s0, from-s.about.To, to-s.about.From)
}

// holdsOther reports whether news, in order of time, has a session of [from, to]
// other than s0.
func holdsOther(news []int32, s0, from, to int) bool {
	k, _ := slices.BinarySearch(news, int32(from))
	for ; k < len(news) && int(news[k]) <= to; k++ {
		if int(news[k]) != s0 {
			return true
		}
	}
	return false
}

// trim makes NaN those elements of x, one a session from from on, that are
// trimmed from the estimation window about session s0.
func (s *series) trim(s0, from int, x []float64) {
	if s.trimmed == nil {
		return
	}
	k, _ := slices.BinarySearch(s.trimmed, int32(from-s.about.To))
	for ; k < len(s.trimmed) && int(s.trimmed[k])+s.about.From < from+len(x); k++ {
		e := int(s.trimmed[k])
		if e == s0 {
			continue
		}
		for t := max(0, e+s.about.From-from); t <= min(len(x)-1, e+s.about.To-from); t++ {
			x[t] = nan
		}
	}
}

// drop takes from row r the CARs of the windows that hold other news.
func (g *engine) drop(r int) {
	s, s0 := g.ser[r], int(g.s0[r])
	if s.dropped == nil {
		return
	}
	for w, win := range g.study.CARWindows {
		if holdsOther(s.dropped, s0, s0+win.From, s0+win.To) {
			i := r*g.windows + w
			g.car[i], g.carVar[i], g.csar[i], g.bhar[i] = nan, nan, nan, nan
		}
	}
}
