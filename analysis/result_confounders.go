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

// timelineOf returns the events of the security of observation i, in order of time, and
// where those of event time win lie among them.
func (r *Result) timelineOf(i int, win Window) (line []moment, from, to int) {
	o := &r.Observations[i]
	if o.column < 0 || o.Placement == "" {
		return nil, 0, 0
	}
	line = r.eng.timeline[o.column]
	return line, since(line, int(o.index)+win.From), since(line, int(o.index)+win.To+1)
}

// since returns how many moments lie before session k.
func since(line []moment, k int) int {
	at, _ := slices.BinarySearchFunc(line, k, func(m moment, k int) int { return cmp.Compare(int(m.index), k) })
	return at
}

// Confounders lists the other events of the catalogue, studied or not, that
// concern the security of observation i and whose session 0 lies in its
// estimation or event window, in order of time.
func (r *Result) Confounders(i int) []Confounder {
	var out []Confounder
	o := &r.Observations[i]
	for _, w := range []struct {
		win Window
		in  string
	}{{r.Study.EstimationWindow, "estimation"}, {r.Study.EventWindow, "event"}} {
		line, from, to := r.timelineOf(i, w.win)
		for _, m := range line[from:to] {
			if int(m.event) != o.Event {
				out = append(out, r.confounder(o, m, w.in))
			}
		}
	}
	return out
}

func (r *Result) confounder(o *Observation, m moment, in string) Confounder {
	return Confounder{Event: int(m.event), EventID: r.Catalog.Events[m.event].ID, Tau: int(m.index - o.index), In: in}
}

// nearest appends to out the confounders in the event window of observation i that lie
// nearest to its session 0, most at most, in order of time, and counts all of the event
// and of the estimation window. It goes through none of them but those.
func (r *Result) nearest(out []Confounder, i, most int) (near []Confounder, event, estimation int) {
	o := &r.Observations[i]
	count := func(win Window) int {
		line, from, to := r.timelineOf(i, win)
		n := to - from
		if n > 0 && win.Contains(0) && slices.ContainsFunc(line[since(line, int(o.index)):since(line, int(o.index)+1)], func(m moment) bool { return int(m.event) == o.Event }) {
			n--
		}
		return n
	}
	event, estimation = count(r.Study.EventWindow), count(r.Study.EstimationWindow)
	if event == 0 {
		return out, event, estimation
	}
	line, from, to := r.timelineOf(i, r.Study.EventWindow)
	left := min(max(since(line, int(o.index)), from), to)
	right, begin := left, len(out)
	// Those of one session at a time, by their distance, before session 0 first.
	for len(out)-begin < most && (left > from || right < to) {
		var group []moment
		if left > from && (right == to || int(o.index-line[left-1].index) <= int(line[right].index-o.index)) {
			at := since(line, int(line[left-1].index))
			group, left = line[max(at, from):left], max(at, from)
		} else {
			at := since(line, int(line[right].index)+1)
			group, right = line[right:at], at
		}
		for _, m := range group {
			if int(m.event) != o.Event && len(out)-begin < most {
				out = append(out, r.confounder(o, m, "event"))
			}
		}
	}
	slices.SortStableFunc(out[begin:], func(a, b Confounder) int { return cmp.Compare(a.Tau, b.Tau) })
	return out, event, estimation
}
