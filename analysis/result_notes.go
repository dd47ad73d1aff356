package analysis

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strings"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// comovement is the ratio of variances, 1 + (N-1) r, above which tests that
// take the observations as independent are not to be read.
const comovement = 1.5

// diagnosed is the number of observations up to which the confounders and the
// diagnostics of every fit are gone through for notes.
const diagnosed = 20_000

// VarianceRatio returns by how much the members' correlation swells the
// variance of their average:
//
//	1 + (N-1) RBar
//
// 1 for one member. Kolari and Pynnönen (2010).
func (g *GroupWindow) VarianceRatio() float64 {
	if g.N < 2 || g.RBar != g.RBar {
		return 1
	}
	return 1 + float64(g.N-1)*g.RBar
}

// CoMoving reports whether the members move together so much that only the
// tests that count correlation should be read (variance ratio above 1.5).
func (g *GroupWindow) CoMoving() bool { return g.VarianceRatio() > comovement }

// notes lists what a reader must know, in order: of securities, of events and
// their observations, of groups.
func (r *Result) notes() []Note {
	var out []Note
	out = append(out, r.priceNotes()...)
	if n := r.drafts(); n > 0 {
		out = append(out, Note{Code: "drafts", Severity: Info, Args: []any{n}})
	}
	used := 0
	for _, is := range r.eng.is {
		used += int(is & isUsed)
	}
	if used > diagnosed {
		out = append(out, Note{Code: "large-study", Severity: Info, Args: []any{used}})
		out = append(out, r.countedNotes()...)
	}
	out = append(out, r.observationNotes(used <= diagnosed)...)
	windows := make([]string, len(r.Study.CARWindows))
	for w, win := range r.Study.CARWindows {
		windows[w] = win.String()
	}
	var mem scratch
	for i := range r.Groups {
		out = r.groupNotes(out, &r.Groups[i], windows, &mem)
	}
	return append(out, r.studyNotes()...)
}

// drafts counts the drafts of the catalogue.
func (r *Result) drafts() (n int) {
	for i := range r.Catalog.Events {
		if r.Catalog.Events[i].Status() == events.Draft {
			n++
		}
	}
	return n
}

// dateOnly reports whether news of e may have come after the close.
func dateOnly(e *events.Event) bool {
	return e.DateOnly && !e.AfterClose && (e.Provenance == nil || e.Provenance.Part == "")
}

// countedNotes says once what a large study has too many notes of.
func (r *Result) countedNotes() (out []Note) {
	dates, expected, short, doubtful := 0, 0, 0, 0
	g, m := r.eng, r.Study.EstimationWindow.Len()
	seen, last := make([]bool, len(r.Catalog.Events)), int32(-1)
	for row, is := range g.is {
		if is&isUsed == 0 {
			continue
		}
		if ev := g.ev[row]; ev != last && !seen[ev] {
			last, seen[ev] = ev, true
			if dateOnly(&r.Catalog.Events[ev]) {
				dates++
			}
			if r.Catalog.Events[ev].Status() == events.Expected {
				expected++
			}
		}
		if is&isRemarkable != 0 && int(g.m[row]) < m {
			short++
		}
		s := g.ser[row]
		for i := range s.doubts {
			if estimation, event := s.doubts[i].concerns(r.Study, int(g.s0[row])); estimation || event {
				doubtful++
				break
			}
		}
	}
	if doubtful > 0 {
		out = append(out, Note{Code: "price-finding", Severity: Warning, Variant: "study", Args: []any{doubtful}})
	}
	if dates > 0 {
		out = append(out, Note{Code: "time-unknown", Severity: Info, Variant: "study", Args: []any{dates}})
	}
	if expected > 0 {
		out = append(out, Note{Code: "expected", Severity: Warning, Variant: "study", Args: []any{expected}})
	}
	if short > 0 {
		out = append(out, Note{Code: "short-estimation", Severity: Info, Variant: "study", Args: []any{short, r.Study.EstimationWindow.Len()}})
	}
	return out
}

// observationNotes is about the events and their observations, gone through in
// blocks of events on all processors.
func (r *Result) observationNotes(diagnose bool) []Note {
	var which []int // events that may have a note
	if diagnose {
		for ev := range r.Catalog.Events {
			which = append(which, ev)
		}
	} else {
		which = r.notable()
	}
	const block = 64
	parts := make([][]Note, (len(which)+block-1)/block)
	_ = parallel(context.Background(), len(parts), 1, nil, func(w *workspace, b int) {
		var x *Reader
		if diagnose {
			x = r.Reader()
		}
		for _, ev := range which[b*block : min((b+1)*block, len(which))] {
			members := w.members[:0] // used ones
			for i := r.first[ev]; i < r.first[ev+1]; i++ {
				if r.Used(i) {
					members = append(members, i)
				}
			}
			parts[b] = r.eventNotes(parts[b], &r.Catalog.Events[ev], members, x)
			w.members = members
		}
	})
	return slices.Concat(parts...)
}

// notable lists the events of which eventNotes has something to say of a study whose
// observations are not diagnosed.
func (r *Result) notable() (out []int) {
	g := r.eng
	is := make([]bool, len(r.Catalog.Events))
	for ev := range is {
		e := &r.Catalog.Events[ev]
		is[ev] = e.Provenance != nil || e.Precision == events.Approx
	}
	for row, state := range g.is {
		if state&isRemarkable != 0 {
			is[g.ev[row]] = true
		}
	}
	for ev, yes := range is {
		if yes {
			out = append(out, ev)
		}
	}
	return out
}

// priceNotes is about the securities that some used observation needs.
func (r *Result) priceNotes() []Note {
	first := make([]int32, len(r.Panel.Columns)) // used observation, counted from 1
	for row, is := range r.eng.is {
		if is&isUsed == 0 {
			continue
		}
		at := &first[r.eng.ser[row].number]
		if i := r.eng.obs[row] + 1; *at == 0 || i < *at {
			*at = i
		}
	}
	needed := make(map[string]bool)
	for i, c := range r.Panel.Columns {
		if first[i] > 0 {
			needed[c.Symbol], needed[r.eng.series[i].bench] = true, true
		}
	}
	type tally struct {
		what  string
		n     int
		issue market.Issue // the first
	}
	counts := make(map[string][]tally)
	for _, is := range r.Panel.Issues {
		t := counts[is.Symbol]
		what := is.Text()
		k := slices.IndexFunc(t, func(x tally) bool { return x.what == what })
		if k < 0 {
			k = len(t)
			t = append(t, tally{what, 0, is})
		}
		t[k].n++
		counts[is.Symbol] = t
	}
	var out []Note
	for _, t := range counts[""] { // about no security in particular
		n := Note{Code: "price-issue", Severity: Warning, Args: []any{t.issue, t.issue.Date}}
		if t.issue.Date == market.NoDate {
			n.Variant, n.Args = "undated", []any{t.issue}
		} else if t.n > 1 {
			n.Variant, n.Args = "times", []any{t.n, t.issue, t.issue.Date}
		}
		out = append(out, n)
	}
	for i, c := range r.Panel.Columns {
		if !needed[c.Symbol] {
			continue
		}
		for _, t := range counts[c.Symbol] {
			n := Note{Code: "price-issue", Variant: "security", Severity: Warning, Security: c.Symbol, Args: []any{c.Symbol, t.issue, t.issue.Date}}
			if t.n > 1 {
				n.Variant, n.Args = "securitytimes", []any{c.Symbol, t.n, t.issue, t.issue.Date}
			}
			out = append(out, n)
		}
		out = mendedNotes(out, c)
		out = leftOutNotes(out, c)
		if !c.Adjusted && c.Price != nil {
			out = append(out, Note{Code: "unadjusted", Severity: Warning, Security: c.Symbol, Args: []any{c.Symbol}})
		}
		if s := r.eng.series[i]; s != nil {
			b := r.Panel.Column(s.bench)
			if b != nil && b.Calendar != c.Calendar && b.Calendar.Zone().String() != c.Calendar.Zone().String() {
				out = append(out, Note{Code: "non-synchronous", Severity: Warning, Security: c.Symbol,
					Args: []any{c.Symbol, c.Calendar.Zone().String(), b.Symbol, b.Calendar.Zone().String()}})
			} else if first[i] > 0 {
				out = r.shiftedNotes(out, r.Observation(int(first[i]-1)))
			}
		}
	}
	return out
}

// clockNotes says where the time of an imported event, of which used is an observation,
// may be that of another session.
func (r *Result) clockNotes(e *events.Event, used int, note func(code, variant string, sev Severity, security string, args ...any)) {
	o := r.Observation(used)
	cal := r.Panel.Columns[o.column].Calendar
	p := e.Provenance
	if !p.Other.IsZero() {
		other := *e
		other.Time, other.DateOnly, other.AfterClose = p.Other, false, false
		if i, _, ex := Place(&other, cal); ex == nil && i != int(o.index) {
			note("other-clock", "", Warning, "", p.Other.In(cal.Zone()).Format("2006-01-02 15:04 MST"), cal.Date(i))
		}
	}
	if k := int(o.index) - 1; !e.DateOnly && e.Precision == events.Minute && p.Bound.Equal(e.Time) && k >= 0 {
		if late := e.Time.Sub(cal.Close(k)).Minutes(); late >= 0 && late < 60 {
			note("seen-time", "", Warning, "", cal.Date(k))
		}
	}
}

// shiftedNotes says where the returns of a security go with those of its benchmark of
// the session before or after, and hardly with those of the same: the dates of one of
// the two are then a session off. Over the estimation window, with c_k the
// correlation with the benchmark k sessions later,
//
//	|c_k| > 0.3,  |c_k| > 2 |c_0|,  atanh |c_k| - atanh |c_0| > 5 sqrt(2/(n-3))
//
// Fisher (1921) for the error of atanh c. A benchmark on another clock is left to the
// note non-synchronous.
func (r *Result) shiftedNotes(out []Note, o *Observation) []Note {
	s := r.eng.ser[o.row]
	terms := r.Study.Model.Design(o.Security).Terms
	j := slices.IndexFunc(terms, func(t model.Term) bool { return t.Series == model.BenchmarkReturn && t.Lag == 0 })
	whose, kind := o.Benchmark, ""
	if j < 0 { // the market among factors
		j = slices.IndexFunc(terms, func(t model.Term) bool { return t.Series == model.FactorReturn && t.Lag == 0 })
		if j >= 0 {
			whose, kind = terms[j].Name, "/factor"
		}
	}
	if j < 0 || j >= len(s.x) || r.Study.Subject == Volume {
		return out
	}
	from, n := int(o.index)+r.Study.EstimationWindow.From, r.Study.EstimationWindow.Len()
	var y, x []float64
	correlation := func(lead int) float64 {
		if s.whole(from-1, from+n) { // which -1 and 1 may lead to
			return stat.Correlation(s.x[j][from+lead:][:n], s.y[from-s.first:][:n])
		}
		y, x = y[:0], x[:0]
		for k := from; k < from+n; k++ {
			if v, w := at(s.y, s.first, k), at(s.x[j], 0, k+lead); v == v && w == w {
				y, x = append(y, v), append(x, w)
			}
		}
		return stat.Correlation(x, y)
	}
	same := correlation(0)
	for _, lead := range []int{-1, 1} {
		c := correlation(lead)
		if a, b := math.Abs(c), math.Abs(same); a > 0.3 && a > 2*b && math.Atanh(a)-math.Atanh(b) > 5*math.Sqrt(2/float64(n-3)) {
			variant := "late"
			if lead < 0 {
				variant = "early"
			}
			out = append(out, Note{Code: "benchmark-shifted", Variant: variant + kind, Severity: Warning, Security: o.Security, Args: []any{o.Security, whose, c, same}})
		}
	}
	return out
}

// eventNotes appends what is to say about one event and its observations; without
// x, only what is not counted elsewhere.
func (r *Result) eventNotes(out []Note, e *events.Event, used []int, x *Reader) []Note {
	diagnose := x != nil
	note := func(code, variant string, sev Severity, security string, args ...any) {
		out = append(out, Note{Code: code, Variant: variant, Severity: sev, EventID: e.ID, Security: security, Args: args})
	}
	if len(used) == 0 {
		return out
	}
	if e.Provenance != nil {
		if e.Status() == events.Expected && diagnose { // else counted
			note("expected", "", Warning, "")
		}
		r.clockNotes(e, used[0], note)
	}
	switch {
	case !diagnose && dateOnly(e): // counted
	case dateOnly(e):
		note("time-unknown", "", Info, "")
	case e.Precision == events.Approx:
		o := r.Observation(used[0])
		cal := r.Panel.Columns[o.column].Calendar
		for _, k := range []int{int(o.index) - 1, int(o.index)} {
			if k >= 0 {
				if d := e.Time.Sub(cal.Close(k)).Minutes(); d > -60 && d < 60 {
					note("time-unsure", "", Warning, "", cal.Date(k))
				}
			}
		}
	}
	if diagnose {
		out = append(out, r.confounderNotes(e, used)...)
		out = r.sameReturnNotes(out, e.ID, used)
		out = append(out, r.cleanedNotes(e, used)...)
		out = append(out, r.halfNotes(e, used)...)
		out = append(out, r.midSessionNotes(e, used)...)
	}
	for _, i := range used {
		o := r.Observation(i)
		row := int(o.row)
		if diagnose && len(r.eng.ser[row].doubts) > 0 {
			out = r.doubtNotes(out, e.ID, o)
		}
		if diagnose {
			out = r.sharesNotes(out, e.ID, o)
			out = append(out, r.aroundNotes(e, i)...)
		}
		if r.eng.is[row]&isRemarkable == 0 {
			continue
		}
		var gaps, unexplained Names
		var want []any // the series that is missing, and where it ends or begins
		variant := ""
		for t, v := range r.eng.abnormals(row, 0, make([]float64, r.eng.length)) {
			if v == v {
				continue
			}
			tau := r.Study.EventWindow.From + t
			if form, args := r.eng.unexplained(row, Window{tau, tau}); form != "" {
				unexplained = append(unexplained, signed(tau))
				if variant == "" {
					variant, want = form, args[:len(args)-1]
				}
				continue
			}
			gaps = append(gaps, signed(tau))
		}
		for tau := r.Study.EventWindow.From; tau <= r.Study.EventWindow.To; tau++ {
			if n := r.eng.ser[row].span(int(o.index) + tau); n > 1 && r.Study.Subject != Volume {
				note("spanning-return", "", Warning, o.Security, o.Security, signed(tau), n)
			}
		}
		if len(gaps)+len(unexplained) > 0 {
			var lost []string
			for w, c := range r.eng.car[row*r.eng.windows:][:r.eng.windows] {
				if c != c {
					lost = append(lost, r.Study.CARWindows[w].String())
				}
			}
			if len(unexplained) > 0 {
				args := append([]any{o.Security, unexplained}, want...)
				switch {
				case r.Study.MissingEvent == ZeroMissing:
					note("unexplained-return", variant+"/zero", Warning, o.Security, args...)
				case len(lost) > 0:
					note("unexplained-return", variant, Warning, o.Security, append(args, strings.Join(lost, " "))...)
				default:
					note("unexplained-return", variant+"/outside", Info, o.Security, args...)
				}
			}
			switch {
			case len(gaps) == 0:
			case r.Study.MissingEvent == ZeroMissing:
				note("zero-filled", "", Warning, o.Security, o.Security, gaps)
			case len(lost) > 0:
				note("missing-return", "", Warning, o.Security, o.Security, gaps, strings.Join(lost, " "))
			default:
				note("missing-return", "outside", Info, o.Security, o.Security, gaps)
			}
		}
		if m := o.Fit.M; diagnose && m < r.Study.EstimationWindow.Len() {
			note("short-estimation", "", Info, o.Security, o.Security, m, r.Study.EstimationWindow.Len())
		}
	}
	if diagnose {
		out = append(out, r.diagnosticNotes(e, used, x)...)
		out = append(out, r.varianceNotes(e, used)...)
	}
	return out
}

// mostConfounders is how many confounders of one event have a note of their own:
// those nearest to its session 0.
const mostConfounders = 20

// confounderNotes names the other events in the windows of an event's
// observations, one note for each kind of window and set of securities.
func (r *Result) confounderNotes(e *events.Event, used []int) []Note {
	type other struct{ event, tau int }
	var order []other
	var near []Confounder
	event, estimation := 0, 0
	concerned := make(map[other][]string)
	for _, i := range used {
		// What is nearest of all is among the nearest of one.
		near, event, estimation = r.nearest(near[:0], i, mostConfounders)
		for _, c := range near {
			k := other{c.Event, c.Tau}
			if concerned[k] == nil {
				order = append(order, k)
				concerned[k] = []string{}
			}
		}
	}
	if len(used) > 1 {
		event, estimation = r.countConfounders(used)
	}
	slices.SortStableFunc(order, func(a, b other) int { return max(a.tau, -a.tau) - max(b.tau, -b.tau) })
	order = order[:min(len(order), mostConfounders)]
	more := event - len(order)
	slices.SortStableFunc(order, func(a, b other) int { return a.tau - b.tau })
	for _, k := range order {
		for _, i := range used {
			if r.concerns(k.event, k.tau, i) {
				concerned[k] = append(concerned[k], r.Observation(i).Security)
			}
		}
	}
	var out []Note
	for _, k := range order {
		c := &r.Catalog.Events[k.event]
		var who any = Names(concerned[k])
		if len(concerned[k]) == len(used) && len(used) > 1 {
			who = Sentence{Code: "who/both"}
			if len(used) > 2 {
				who = Sentence{"who/all", []any{len(used)}}
			}
		}
		n := Note{Code: "confounder", Severity: Warning, EventID: e.ID, Args: []any{EventTitle{c.ID, c.Title}, signed(k.tau), who}}
		if k.tau == 0 {
			n.Variant, n.Args = "same", []any{EventTitle{c.ID, c.Title}, who}
		}
		out = append(out, n)
	}
	if more > 0 {
		out = append(out, Note{Code: "confounder", Severity: Warning, EventID: e.ID, Variant: "more", Args: []any{more}})
	}
	if estimation > 0 {
		out = append(out, Note{Code: "confounder-estimation", Severity: Info, EventID: e.ID, Args: []any{estimation}})
	}
	return out
}

// countConfounders counts the events in the event windows of some observations, one as
// often as it lies at different event times, and the events in their estimation windows.
func (r *Result) countConfounders(obs []int) (event, estimation int) {
	type at struct{ event, tau int32 }
	const none = math.MinInt32
	first := make([]int32, len(r.Catalog.Events)) // event time of each event where it was first met
	for e := range first {
		first[e] = none
	}
	again := make(map[at]bool) // those met at other event times
	before := make([]bool, len(r.Catalog.Events))
	for _, i := range obs {
		o := r.Observation(i)
		before[o.Event], first[o.Event] = true, 0 // its own does not count
		line, from, to := r.timelineOf(i, r.Study.EventWindow)
		for _, m := range line[from:to] {
			switch tau := m.index - o.index; first[m.event] {
			case none:
				first[m.event] = tau
				event++
			case tau:
			default:
				if !again[at{m.event, tau}] {
					again[at{m.event, tau}] = true
					event++
				}
			}
		}
		line, from, to = r.timelineOf(i, r.Study.EstimationWindow)
		for _, m := range line[from:to] {
			if !before[m.event] {
				before[m.event] = true
				estimation++
			}
		}
	}
	return event, estimation
}

// concerns reports whether an event lies at tau in the event time of observation i.
func (r *Result) concerns(event, tau, i int) bool {
	line, from, to := r.timelineOf(i, Window{tau, tau})
	_, ok := slices.BinarySearchFunc(line[from:to], event, func(m moment, e int) int { return cmp.Compare(int(m.event), e) })
	return ok
}

// diagnosticNotes says where the residuals contradict what the tests assume.
func (r *Result) diagnosticNotes(e *events.Event, used []int, x *Reader) []Note {
	const level = 0.001
	var auto, arch, tails Names
	for _, i := range used {
		d, name := x.Diagnostics(i), r.Observation(i).Security
		if d.LjungBoxP < level {
			auto = append(auto, name)
		}
		if d.ArchLMP < level {
			arch = append(arch, name)
		}
		if d.JarqueBeraP < level {
			tails = append(tails, name)
		}
	}
	var out []Note
	add := func(code, variant string, who Names) {
		if len(who) > 0 {
			out = append(out, Note{Code: code, Variant: variant, Severity: Info, EventID: e.ID, Args: []any{who}})
		}
	}
	add("autocorrelation", "", auto)
	if r.eng.hest != nil {
		add("arch", "left", arch)
		arch = nil
	}
	add("arch", "", arch)
	add("heavy-tails", "", tails)
	return out
}

// groupNotes appends what is to say about the tests of one group. Most groups of
// a large study have a note, which is made with little memory.
func (r *Result) groupNotes(out []Note, g *Group, windows []string, mem *scratch) []Note {
	var name string
	note := func(code string, severity Severity) *Note {
		if name == "" {
			name = g.Name()
		}
		out = append(out, Note{Code: code, Severity: severity, EventID: eventOf(g), Group: name})
		return &out[len(out)-1]
	}
	for w := range g.Windows {
		gw := &g.Windows[w]
		if gw.CoMoving() {
			n := note("co-movement", Warning)
			n.Window = windows[w]
			n.Args = []any{gw.N, g.title(), gw.RBar, windows[w], gw.VarianceRatio()}
			break // the windows of one group differ little; the first that shows it says it
		}
	}
	for w := range g.Windows {
		if drawn := g.Windows[w].Drawn; drawn > 0 {
			n := note("sampled-pairs", Info)
			n.Args = []any{g.title(), g.Windows[w].RBar, drawn, maxPairs, g.Windows[w].RBarSE}
			break
		}
	}
	if r.Study.Weights == ValueWeights {
		var currencies Names
		for _, i := range g.Members {
			if c := r.Panel.Columns[r.spots[i].column].Currency; !slices.Contains(currencies, c) {
				currencies = append(currencies, c)
			}
		}
		if len(currencies) > 1 {
			n := note("mixed-currencies", Warning)
			n.Args = []any{g.title(), currencies}
		}
	}
	if k := len(g.Repeats); k > 0 {
		n := note("same-return", Warning)
		n.Variant, n.Args = "group", []any{k, g.title()}
	}
	return out
}

func eventOf(g *Group) string {
	if g.By == ByEvent {
		return g.Key
	}
	return ""
}

// title is the group's name in a sentence.
func (g *Group) title() Sentence {
	if g.By == All {
		return Sentence{Code: "group/all"}
	}
	return Sentence{"group/" + string(g.By), []any{g.Key}}
}

// varianceNotes names the securities whose egarch variances do not forget where
// they began.
func (r *Result) varianceNotes(e *events.Event, used []int) []Note {
	if r.Study.Model != (model.GARCH{Kind: stat.EGARCH}) {
		return nil
	}
	var out []Note
	for _, i := range used {
		b, who := r.Observation(i).Fit.Coef[3:], r.Observation(i).Security
		if _, z := r.StandardizedResiduals(i); stat.Drift(b[0], b[1], b[2], z) > 0 {
			out = append(out, Note{Code: "variance-unstable", Severity: Warning, EventID: e.ID, Security: who, Args: []any{who}})
		}
	}
	return out
}
