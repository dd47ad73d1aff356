package analysis

import (
	"cmp"
	"math"
	"slices"

	"aftershock/analysis/stat"
)

// moment is one event of a security on its calendar.
type moment struct {
	index int32 // calendar index of session 0
	event int32 // index into Result.Catalog.Events
}

// Confounders lists the other events of the catalogue, studied or not, that
// concern the security of observation i and whose session 0 lies in its
// estimation or event window, in order of time.
func (r *Result) Confounders(i int) []Confounder { return r.appendConfounders(nil, i) }

func (r *Result) appendConfounders(out []Confounder, i int) []Confounder {
	o := &r.Observations[i]
	if o.column < 0 || o.Placement == "" {
		return out
	}
	line := r.eng.timeline[o.column]
	from := int(o.index) + min(r.Study.EstimationWindow.From, r.Study.EventWindow.From)
	k, _ := slices.BinarySearchFunc(line, int32(from), func(m moment, at int32) int { return cmp.Compare(m.index, at) })
	for ; k < len(line) && int(line[k].index) <= int(o.index)+r.Study.EventWindow.To; k++ {
		c := Confounder{Event: int(line[k].event), Tau: int(line[k].index - o.index)}
		switch {
		case c.Event == o.Event:
			continue
		case r.Study.EventWindow.Contains(c.Tau):
			c.In = "event"
		case r.Study.EstimationWindow.Contains(c.Tau):
			c.In = "estimation"
		default:
			continue
		}
		c.EventID = r.Catalog.Events[c.Event].ID
		out = append(out, c)
	}
	return out
}

// Confounding says what becomes of the other catalogued events of a security,
// those that share session 0 with the studied one left aside: they are one day's
// news. The choice is by catalogue, never by the size of a residual.
type Confounding string

// The choices.
const (
	KeepConfounders Confounding = "keep" // they stay, and are listed
	TrimConfounders Confounding = "trim" // sessions of the estimation window near one are no part of it
	DropConfounders Confounding = "drop" // a CAR window that holds one has no CAR
)

// Confoundings lists every Confounding.
var Confoundings = []Confounding{KeepConfounders, TrimConfounders, DropConfounders}

// otherNews returns the sessions 0 of the events of a column, in order of time,
// without those of the categories that the study excepts.
func (r *Result) otherNews(column int) []int32 {
	var out []int32
	for _, m := range r.eng.timeline[column] {
		if !slices.Contains(r.Study.ConfounderExcept, r.Catalog.Events[m.event].Category) {
			out = append(out, m.index)
		}
	}
	return slices.Compact(out)
}

// distract tells a series of the sessions 0 of its security's news, as study
// wants to know them.
func (s *series) distract(study *Study, news []int32) {
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

// Trimmed returns how many sessions of the estimation window of observation i
// would be, or are, left out by trimming; 0 where there is no session 0.
func (r *Result) Trimmed(i int) int {
	o := &r.Observations[i]
	if o.column < 0 || o.Placement == "" {
		return 0
	}
	trimming := *r.Study
	trimming.Confounders = TrimConfounders
	var s series
	s.distract(&trimming, r.otherNews(int(o.column)))
	from, n := int(o.index)+r.Study.EstimationWindow.From, 0
	for k := from; k < from+r.Study.EstimationWindow.Len(); k++ {
		if s.trims(int(o.index), k, k) {
			n++
		}
	}
	return n
}

// Cleaned is a CAR of one observation under one treatment of its confounders.
type Cleaned struct {
	M             int // usable estimation sessions
	CAR, SE, T, P float64
}

// Cleaned measures observation i over CAR window w twice, its estimation window
// kept whole and trimmed; ok is false where the two are one, or one of them
// cannot be measured.
func (r *Result) Cleaned(i, w int) (kept, trimmed Cleaned, ok bool) {
	o := &r.Observations[i]
	if !o.Used() || r.Trimmed(i) == 0 {
		return kept, trimmed, false
	}
	news := r.otherNews(int(o.column))
	measure := func(how Confounding) (c Cleaned, ok bool) {
		study := *r.Study
		study.Confounders = how
		own := *r.eng.ser[o.row]
		own.distract(&study, news)
		p := single(&study, &own, int32(o.index), nil)
		if p.ex != nil {
			return c, false
		}
		e := p.eng.estimate(0)
		car, variance, _, _ := p.eng.cumulate(0, &e, study.CARWindows[w])
		c = Cleaned{M: e.M, CAR: car, SE: math.Sqrt(variance)}
		c.T = c.CAR / c.SE
		c.P, _, _ = stat.StudentT(float64(e.M - e.K)).PValues(c.T)
		return c, c.T == c.T
	}
	if kept, ok = measure(KeepConfounders); !ok {
		return kept, trimmed, false
	}
	trimmed, ok = measure(TrimConfounders)
	return kept, trimmed, ok
}
