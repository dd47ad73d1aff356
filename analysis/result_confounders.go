package analysis

import (
	"cmp"
	"math"
	"slices"

	"aftershock/analysis/stat"
)

// timelineOf returns the events of the security of observation i, in order of time, and
// where those of event time win lie among them.
func (r *Result) timelineOf(i int, win Window) (line []moment, from, to int) {
	o := r.Observation(i)
	if o.column < 0 || o.Placement == "" {
		return nil, 0, 0
	}
	line = r.eng.timeline[o.column]
	return line, since(line, int(o.index)+win.From), since(line, int(o.index)+win.To+1)
}

// Confounders lists the other events of the catalogue, studied or not, that
// concern the security of observation i and whose session 0 lies in its
// estimation or event window, in order of time.
func (r *Result) Confounders(i int) []Confounder {
	var out []Confounder
	o := r.Observation(i)
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
	o := r.Observation(i)
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

// Trimmed returns how many sessions of the estimation window of observation i
// would be, or are, left out by trimming; 0 where there is no session 0.
func (r *Result) Trimmed(i int) int {
	o := r.Observation(i)
	if o.column < 0 || o.Placement == "" {
		return 0
	}
	news, about := r.newsOf(int(o.column)), r.Study.ConfounderWindow
	next, last := int(o.index)+r.Study.EstimationWindow.From, int(o.index)+r.Study.EstimationWindow.To
	n := 0
	k, _ := slices.BinarySearch(news, int32(next-about.To))
	for ; k < len(news) && int(news[k])+about.From <= last; k++ {
		if news[k] == o.index {
			continue
		}
		if end := min(last, int(news[k])+about.To); end >= next { // sessions about two news count once
			n += end - max(next, int(news[k])+about.From) + 1
			next = end + 1
		}
	}
	return n
}

// Cleaned is a CAR of one observation under one treatment of its confounders.
type Cleaned struct {
	M             int // usable estimation sessions
	CAR, SE, T, P float64
}

// cleaner is what Cleaned measures with.
type cleaner struct {
	study   Study
	own     series
	scratch scratch
}

// Cleaned measures observation i over CAR window w twice, its estimation window
// kept whole and trimmed; ok is false where the two are one, or one of them
// cannot be measured.
func (r *Result) Cleaned(i, w int) (kept, trimmed Cleaned, ok bool) {
	o := r.Observation(i)
	if !o.Used() || r.Trimmed(i) == 0 {
		return kept, trimmed, false
	}
	g, news := r.eng, r.newsOf(int(o.column))
	mem, _ := g.cleaners.Get().(*cleaner)
	if mem == nil {
		mem = &cleaner{study: *r.Study}
		mem.study.Without = append(slices.Clone(mem.study.Without), NoteFigures)
	}
	defer g.cleaners.Put(mem)
	measure := func(how Confounding) (c Cleaned, ok bool) {
		var df int
		if k := int(o.row)*g.windows + w; how == KeepConfounders && cmp.Or(r.Study.Confounders, how) == how { // as the study has it
			c, df = Cleaned{M: int(g.m[o.row]), CAR: g.car[k], SE: math.Sqrt(g.carVar[k])}, int(g.m[o.row])-int(g.k[o.row])
		} else {
			mem.study.Confounders, mem.own = how, *g.ser[o.row]
			mem.own.distract(&mem.study, news)
			p := single(&mem.study, &mem.own, int32(o.index), &mem.scratch)
			if p.ex != nil {
				return c, false
			}
			e := p.eng.estimate(0)
			car, variance, _, _ := p.eng.cumulate(0, &e, mem.study.CARWindows[w])
			c, df = Cleaned{M: e.M, CAR: car, SE: math.Sqrt(variance)}, e.M-e.K
		}
		c.T = c.CAR / c.SE
		c.P, _, _ = stat.StudentT(float64(df)).PValues(c.T)
		return c, c.T == c.T
	}
	if kept, ok = measure(KeepConfounders); !ok {
		return kept, trimmed, false
	}
	trimmed, ok = measure(TrimConfounders)
	if ok && w == 0 && len(r.eng.obs) <= diagnosed {
		r.eng.cleaned.Store(i, [2]Cleaned{kept, trimmed})
	}
	return kept, trimmed, ok
}

// Dependence says by how much the answers of a study hang on other catalogued events
// in its estimation windows, over the first CAR window.
type Dependence struct {
	N           int     // observations, a return once, whose estimation window has such sessions
	Least, Most float64 // error with these sessions left out over that with them
	Median      float64
	Crossing    int // observations that p <= 5% of with the sessions, and not without, or the other way
	// Farthest is the observation whose error changes most; -1 where N is 0.
	Farthest      int
	Kept, Trimmed Cleaned // of Farthest
}

// Dependence compares [Result.Cleaned] of all observations that the notes go through.
func (r *Result) Dependence() Dependence {
	out := Dependence{Farthest: -1, Least: nan, Most: nan, Median: nan}
	var ratio []float64
	far := -1.0
	for i := range r.N() {
		found, ok := r.eng.cleaned.Load(i)
		if !ok {
			continue
		}
		if _, again := r.SameReturn(i); again {
			continue
		}
		c := found.([2]Cleaned)
		by := c[1].SE / c[0].SE
		ratio = append(ratio, by)
		if (c[0].P <= seenLevel) != (c[1].P <= seenLevel) {
			out.Crossing++
		}
		if d := math.Abs(math.Log(by)); d > far {
			far, out.Farthest, out.Kept, out.Trimmed = d, i, c[0], c[1]
		}
	}
	if out.N = len(ratio); out.N > 0 {
		out.Least, out.Most, out.Median = slices.Min(ratio), slices.Max(ratio), stat.Median(ratio)
	}
	return out
}
