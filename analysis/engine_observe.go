package analysis

import (
	"cmp"
	"context"
	"slices"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// spot is where an event lies for one of its targets.
type spot struct {
	column int32 // of the panel; -1: none
	at     int32 // calendar index of session 0 times bySpot, and the index into placements; 0 of these: there is no session 0
}

const bySpot = 8

func (p spot) index() int32 { return p.at / bySpot }
func (p spot) how() uint8   { return uint8(p.at % bySpot) }

// place is the security and session 0 in one number.
func (p spot) place() uint64 { return uint64(p.column)<<32 | uint64(uint32(p.index())) }

var placements = [...]Placement{"", InSession, PastClose, OnClosedDay, OnDate}

// observe lists the observations, places session 0 of each and lays out the
// series of the securities.
func (r *Result) observe() {
	s, g := r.Study, r.eng
	g.series = make([]*series, len(r.Panel.Columns))
	column := make(map[string]int32, len(r.Panel.Columns))
	for i, c := range r.Panel.Columns {
		column[c.Symbol] = int32(i)
	}
	for _, sym := range s.Securities {
		r.all = append(r.all, events.Target{Symbol: sym})
	}
	studied := r.studied()
	g.turnover = s.Subject == Volume && r.sharesKnown(studied, column)

	n := len(r.Catalog.Events)
	first, target := make([]int, n+1), make([]int, n+1) // observations and targets before each event
	for ev := range r.Catalog.Events {
		e := &r.Catalog.Events[ev]
		k := len(r.targets(e))
		target[ev+1] = target[ev] + k
		if !studied(e.ID) {
			k = 0
		}
		first[ev+1] = first[ev] + k
	}
	where := make([]spot, target[n])
	inEvents(n, func(ev int, w *workspace) {
		var before []spot
		if ev > 0 && ev%eventBlock > 0 && sameTargets(r.targets(&r.Catalog.Events[ev-1]), r.targets(&r.Catalog.Events[ev])) {
			before = where[target[ev-1]:target[ev]]
		}
		r.place(ev, column, before, where[target[ev]:target[ev+1]])
	})
	g.timeline = r.timelines(where, target)
	d := &designs{study: s, panel: r.Panel, shared: make(map[termKey][]float64), turnover: g.turnover}
	for ev := range n {
		if first[ev] == first[ev+1] {
			continue
		}
		for _, p := range where[target[ev]:target[ev+1]] {
			if p.column >= 0 && g.series[p.column] == nil {
				g.series[p.column] = d.of(r.Panel.Columns[p.column])
				g.series[p.column].number = p.column
			}
		}
	}
	linear := model.IsLeastSquares(s.Model)
	_ = parallel(context.Background(), len(g.series), eventBlock, nil, func(_ *workspace, k int) {
		if s := g.series[k]; s != nil && s.missing == nil {
			windows := 0 // whose sums are of use to a fit
			if linear {
				windows = len(g.timeline[k])
			}
			s.share(windows, r.Study.EstimationWindow.Len())
			s.distract(r.Study, r.otherNews(k))
		}
	})
	r.sameSeries()
	r.first = first
	if r.spots = where; first[n] < len(where) { // of the studied events alone
		r.spots = make([]spot, 0, first[n])
		for ev := range n {
			if first[ev] < first[ev+1] {
				r.spots = append(r.spots, where[target[ev]:target[ev+1]]...)
			}
		}
	}
	g.obs, g.ev, r.row = make([]int32, 0, first[n]), make([]int32, 0, first[n]), make([]int32, first[n])
	for ev := range n {
		for i := first[ev]; i < first[ev+1]; i++ {
			if p := r.spots[i]; r.placeable(p) {
				r.row[i] = int32(len(g.obs))
				g.obs, g.ev = append(g.obs, int32(i)), append(g.ev, int32(ev))
				s := g.series[p.column]
				g.forecast, g.conditional = max(g.forecast, s.forecast), g.conditional || s.conditional
			} else {
				r.exclude(i, r.unplaced(i, ev))
			}
		}
	}
	rows := len(g.obs)
	if rows > block && rows < min(8*n, 1<<28) {
		r.bySecurity()
	}
}

// studied returns which events are studied, by ID.
func (r *Result) studied() func(id string) bool { return chosen(r.Study.EventIDs, r.Catalog) }

// chosen returns which events of c are among ids; all are where ids is empty.
func chosen(ids []string, c *events.Catalog) func(id string) bool {
	all := len(ids) == 0 || len(ids) == len(c.Events)
	for k := 0; all && k < len(ids); k++ {
		all = ids[k] == c.Events[k].ID
	}
	if all {
		return func(string) bool { return true }
	}
	in := make(map[string]bool, len(ids))
	for _, id := range ids {
		in[id] = true
	}
	return func(id string) bool { return in[id] }
}

// bySecurity orders the rows by security and session 0, where events concern too
// few securities to share anything: what observation after observation reads
// then lies together.
func (r *Result) bySecurity() {
	g := r.eng
	key := make([]uint64, len(g.obs)) // column and session 0; rows with the same stay in order
	for row, i := range g.obs {
		key[row] = uint64(r.spots[i].column)<<16 | uint64(uint16(r.spots[i].index()))
	}
	order := stat.OrderOf(key)
	obs, ev := make([]int32, len(order)), make([]int32, len(order))
	for k, row := range order {
		obs[k], ev[k] = g.obs[row], g.ev[row]
		r.row[obs[k]] = int32(k)
	}
	g.obs, g.ev = obs, ev
	r.scattered = true
	g.places, g.diagnostics = new(places), new(diagnostics)
}

// placeable reports whether an observation has prices about its session 0.
func (r *Result) placeable(p spot) bool {
	if p.column < 0 || p.how() == 0 || r.eng.series[p.column].missing != nil {
		return false
	}
	col := r.Panel.Columns[p.column]
	return int(p.index()) >= col.First && int(p.index()) <= col.Last()
}

const eventBlock = 64

// inEvents calls do for every event from all processors, in blocks of
// eventBlock consecutive ones.
func inEvents(n int, do func(ev int, w *workspace)) {
	_ = parallel(context.Background(), (n+eventBlock-1)/eventBlock, 1, nil, func(w *workspace, b int) {
		for ev := b * eventBlock; ev < min((b+1)*eventBlock, n); ev++ {
			do(ev, w)
		}
	})
}

// sameTargets reports whether two lists of targets are one.
func sameTargets(a, b []events.Target) bool {
	return len(a) > 0 && len(a) == len(b) && &a[0] == &b[0]
}

// targets returns the securities that e concerns: its own, or all of the study.
func (r *Result) targets(e *events.Event) []events.Target {
	if len(e.Targets) > 0 {
		return e.Targets
	}
	return r.all
}

// place finds the columns and the sessions 0 of an event. before, when not nil,
// are the columns of an event with the same targets.
func (r *Result) place(ev int, column map[string]int32, before, out []spot) {
	e := &r.Catalog.Events[ev]
	var on *market.Calendar // for which p holds
	var p spot
	for k, t := range r.targets(e) {
		var i int32
		if before != nil {
			i = before[k].column
		} else if c, ok := column[t.Symbol]; ok {
			i = c
		} else {
			i = -1
		}
		if i < 0 {
			out[k] = spot{column: -1}
			continue
		}
		if cal := r.Panel.Columns[i].Calendar; cal != on {
			index, how, ex := Place(e, cal)
			if index += r.Study.shift; ex != nil || index < 0 || index >= cal.Len() {
				index, how = 0, ""
			}
			p.at = int32(index*bySpot + slices.Index(placements[:], how))
			on = cal
		}
		out[k] = p
		out[k].column = i
	}
}

// exclude notes why observation i is not measured.
func (r *Result) exclude(i int, ex *Exclusion) {
	r.eng.excluding.Lock()
	defer r.eng.excluding.Unlock()
	if r.excluded == nil {
		r.excluded = make(map[int32]*Exclusion)
	}
	r.excluded[int32(i)], r.row[i] = ex, -1
}

// unplaced says why observation i, of event ev, is not placeable.
func (r *Result) unplaced(i, ev int) *Exclusion {
	p, e := r.spots[i], &r.Catalog.Events[ev]
	symbol := r.targets(e)[i-r.first[ev]].Symbol
	if p.column < 0 {
		return exclude(UnknownSecurity, "", symbol)
	}
	col := r.Panel.Columns[p.column]
	cal := col.Calendar
	if p.how() == 0 {
		_, _, ex := Place(e, cal)
		if ex == nil { // session 0 was moved off the calendar
			ex = exclude(OutsideCalendar, "", market.DateOf(e.Date()).String(), cal.Name(), cal.Date(0).String(), cal.Date(cal.Len()-1).String())
		}
		return ex
	}
	if ex := r.eng.series[p.column].missing; ex != nil {
		return ex
	}
	day := cal.Date(int(p.index())).String()
	if int(p.index()) < col.First {
		return exclude(BeforeData, "", day, symbol, cal.Date(col.First).String())
	}
	return exclude(AfterData, "", day, symbol, cal.Date(col.Last()).String())
}

// timelines lists every catalogued event of every column, studied or not, in
// order of session 0.
func (r *Result) timelines(where []spot, target []int) [][]moment {
	out := make([][]moment, len(r.Panel.Columns))
	n := make([]int, len(out))
	for _, p := range where {
		if p.column >= 0 && p.how() > 0 {
			n[p.column]++
		}
	}
	all := make([]moment, len(where))
	for i, k := range n {
		out[i], all = all[:0:k], all[k:]
	}
	for ev := range len(target) - 1 {
		for _, p := range where[target[ev]:target[ev+1]] {
			if p.column >= 0 && p.how() > 0 {
				out[p.column] = append(out[p.column], moment{p.index(), int32(ev)})
			}
		}
	}
	inOrder := func(a, b moment) int { // those of one session in the order of the catalogue, as they were put
		return cmp.Compare(int64(a.index)<<32|int64(a.event), int64(b.index)<<32|int64(b.event))
	}
	for _, m := range out {
		if !slices.IsSortedFunc(m, inOrder) {
			slices.SortFunc(m, inOrder)
		}
	}
	return out
}

// sharesKnown reports whether the shares outstanding are known of every
// security of the studied events and of the benchmarks that explain them.
func (r *Result) sharesKnown(chosen func(id string) bool, column map[string]int32) bool {
	explained := len(r.Study.Model.Design("").Terms) > 0
	for ev := range r.Catalog.Events {
		e := &r.Catalog.Events[ev]
		if !chosen(e.ID) {
			continue
		}
		for _, t := range r.targets(e) {
			i, ok := column[t.Symbol]
			if !ok {
				continue
			}
			c := r.Panel.Columns[i]
			b := r.Panel.Column(r.Study.benchmarkOf(c))
			if !(c.Shares > 0) || explained && b != nil && !(b.Shares > 0) {
				return false
			}
		}
	}
	return true
}
