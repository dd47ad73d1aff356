package report

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"aftershock/analysis"
	"aftershock/analysis/stat"
	"aftershock/market"
)

// Sort is the order of the lines of an answer.
type Sort string

// The orders.
const (
	ByP      Sort = "p"      // the least likely to be chance first
	ByEffect Sort = "effect" // the largest first
	ByDate   Sort = "date"
)

// Sorts lists every Sort.
var Sorts = []Sort{ByP, ByEffect, ByDate}

// An entry is a line of the ranked table: an event, or a security of the only
// event.
type entry struct {
	event    int
	members  []int // its measured observations
	group    *analysis.Group
	finding  *analysis.Finding // nil for one observation
	effect   float64
	p        float64
	adjusted float64 // p by Holm's adjustment for all entries that have returns of their own
	reading  analysis.Reading
	owner    int // event whose returns these are, -1 where they are its own
}

// entries are the lines of the ranked table, in order.
func (s *story) entries(by Sort) []entry {
	var out []entry
	if len(s.events) == 1 {
		ev := s.events[0]
		for _, i := range s.used(ev) {
			out = append(out, s.entryOf(ev, []int{i}, nil))
		}
	} else {
		if s.owned == nil {
			s.owned = s.owners()
		}
		owner := s.owned
		for _, ev := range s.events {
			if used := s.used(ev); len(used) > 0 {
				e := s.entryOf(ev, used, s.eventGroup(ev))
				e.owner = owner[ev]
				out = append(out, e)
			}
		}
	}
	var p []float64
	for k := range out {
		if e := &out[k]; e.owner < 0 && e.p == e.p {
			p = append(p, e.p)
		}
	}
	adjusted := stat.Holm(p)
	for k := range out {
		e := &out[k]
		switch {
		case e.owner >= 0:
			e.adjusted, e.reading = math.NaN(), analysis.Shared
			continue
		case e.p != e.p:
			e.adjusted = math.NaN()
			continue
		}
		e.adjusted, adjusted = adjusted[0], adjusted[1:]
		if e.p < analysis.Level && e.adjusted >= analysis.Level {
			e.reading = analysis.Weak
		}
	}
	key := func(e *entry) (shared bool, v float64) {
		switch {
		case by == ByEffect:
			v = -math.Abs(e.effect)
		default:
			v = e.p
		}
		if v != v {
			v = math.Inf(1)
		}
		return e.owner >= 0, v
	}
	if by == ByDate { // as the events stand
		return out
	}
	slices.SortStableFunc(out, func(a, b entry) int {
		x, v := key(&a)
		y, w := key(&b)
		switch {
		case x != y && x:
			return 1
		case x != y:
			return -1
		case v != w:
			return cmp.Compare(v, w)
		}
		return cmp.Compare(math.Abs(b.effect), math.Abs(a.effect))
	})
	return out
}

func (s *story) entryOf(ev int, members []int, g *analysis.Group) entry {
	e := entry{event: ev, members: members, group: g, owner: -1, p: math.NaN(), reading: analysis.NotTested}
	if g == nil {
		t := s.r.WindowTest(members[0], headline)
		e.effect, _ = s.r.CAR(members[0], headline)
		if e.p = t.P; t.Defined() {
			if e.reading = analysis.Chance; t.Rejects() {
				e.reading = analysis.Clear
			}
		}
		return e
	}
	f := s.r.Finding(g, headline)
	e.finding, e.effect, e.reading = f, f.Window.CAAR, f.Verdict
	if t := deciding(f); t != nil {
		e.p = t.P
	}
	return e
}

// Leading returns the IDs of the measured events of r in the order of the answer's
// ranked table: the least likely to be chance first, those whose returns are another
// event's last.
func Leading(r *analysis.Result) []string {
	s, err := newStory(r, "", nil)
	if err != nil {
		return nil
	}
	var out []string
	if len(s.events) == 1 {
		return []string{r.Catalog.Events[s.events[0]].ID}
	}
	for _, e := range s.entries(ByP) {
		out = append(out, r.Catalog.Events[e.event].ID)
	}
	return out
}

// deciding is the leading test whose error is that of the interval: of a portfolio's
// own past, or of the spread of the reactions; the other where that is not defined.
func deciding(f *analysis.Finding) *analysis.TestResult {
	if f.Past == nil || f.Group.SEMethod == "cross-section" && f.Spread != nil {
		return f.Spread
	}
	return f.Past
}

// interval is the 95% interval of an entry's effect.
func (s *story) interval(e *entry) stat.Interval {
	if e.group == nil {
		return s.r.CARInterval(e.members[0], headline)
	}
	return e.finding.Interval()
}

// detectable is the effect of an entry that would usually not have been missed;
// NaN where it is not known.
func (s *story) detectable(e *entry) float64 {
	if e.group == nil {
		return s.r.Seen(e.members[0], headline).MDE
	}
	if t := e.finding.Window.Test(analysis.PortfolioTest{}.Name()); t != nil && t.Defined() {
		return t.ByProduct("mde")
	}
	return math.NaN()
}

// mover is the member of an entry that is farthest from what the model expects.
func (s *story) mover(e *entry) int {
	best, most := e.members[0], -1.0
	for _, i := range e.members {
		if v, _ := s.r.CAR(i, headline); math.Abs(v) > most {
			best, most = i, math.Abs(v)
		}
	}
	return best
}

// oneReturn is a security's session: what different events may share.
type oneReturn struct {
	security string
	session0 market.Date
}

func (s *story) returnOf(i int) oneReturn {
	o := s.r.Observation(i)
	return oneReturn{o.Security, o.Session0}
}

// owners says of every told event whose returns all of its own are: the event
// with the most securities of those that share them, of several the first in the
// catalogue. -1: its own.
func (s *story) owners() map[int]int {
	by := make(map[oneReturn][]int)
	have := make(map[int]map[oneReturn]bool)
	for _, ev := range s.events {
		have[ev] = make(map[oneReturn]bool)
		for _, i := range s.used(ev) {
			k := s.returnOf(i)
			by[k], have[ev][k] = append(by[k], ev), true
		}
	}
	out := make(map[int]int, len(s.events))
	for _, ev := range s.events {
		out[ev] = -1
		best := len(have[ev])
		used := s.used(ev)
		if len(used) == 0 {
			continue
		}
		for _, other := range by[s.returnOf(used[0])] {
			larger := len(have[other]) > best || len(have[other]) == best && other < ev && out[ev] < 0
			if other == ev || !larger {
				continue
			}
			all := true
			for k := range have[ev] {
				all = all && have[other][k]
			}
			if all {
				out[ev], best = other, len(have[other])
			}
		}
	}
	return out
}

// broad are the categories of news about a whole market: its benchmark takes it.
var broad = []string{"market", "macro", "tariff", "monetary-policy", "geopolitics", "war", "rates"}

// marketWide reports whether the news of an event is about a whole market: by its
// category, or because it names no security.
func (s *story) marketWide(ev int) bool {
	e := &s.r.Catalog.Events[ev]
	return len(e.Targets) == 0 || slices.Contains(broad, strings.ToLower(e.Category))
}

// took reports whether the benchmark itself took the news: it moved unusually, or
// the news is about the whole market.
func (s *story) took(ev int, m *analysis.RawMove) bool {
	return m.Return == m.Return && (m.Unusual() || s.marketWide(ev))
}

// benchmarked says what the benchmark itself did, and, where it took the news and
// rawToo, what the members did against their own past alone; "" where it is not known.
func (s *story) benchmarked(ev int, members []int, rawToo bool) string {
	if len(members) == 0 || s.aboutVolume() {
		return ""
	}
	w := s.window()
	m := s.r.BenchmarkMove(members[0], w)
	if m.Return != m.Return {
		return ""
	}
	rose := m.Return >= 0
	var out string
	how := s.Say("not unusual for it (%s)", s.sayP(m.P))
	switch {
	case m.P != m.P:
		how = s.Say("not tested")
	case m.Unusual():
		how = s.Say("unusual for it (%s)", s.sayP(m.P))
	}
	switch {
	case rose:
		out = s.Say("The benchmark %s itself rose %s%%, %s.", clean(m.Symbols[0]), size(m.Return), how)
	default:
		out = s.Say("The benchmark %s itself fell %s%%, %s.", clean(m.Symbols[0]), size(m.Return), how)
	}
	if !s.took(ev, &m) {
		if v := s.betaOf(members); v == v && math.Abs(v*m.Return) >= 0.0005 {
			out += " " + s.Say("For 1%% of %s, %s moves %s%% on average.", clean(m.Symbols[0]), s.name(s.r.Observation(members[0]).Security), fixed(v, 1))
		}
		return out
	}
	took := s.Say("The news may have moved it too; the model takes that part away.")
	if m.Unusual() {
		took = s.Say("The news is likely to have moved it too; the model takes that part away.")
	}
	out += " " + took
	raw := s.r.RawMove(members, w)
	if raw.P != raw.P || !rawToo {
		return out
	}
	who := s.name(s.r.Observation(members[0]).Security)
	if len(members) > 1 {
		who = s.Say("the %s", s.Count(len(members), "security"))
	}
	span := s.Say("95%% interval %s to %s, %s", signedPercent(raw.AR.Lower), signedPercent(raw.AR.Upper), s.sayP(raw.P))
	if len(members) == 1 {
		return out + " " + s.Say("Raw, %s returned %s, or %s against its own usual mean alone (%s).", who, s.signed(raw.Return), s.signed(raw.AR.Value), span)
	}
	return out + " " + s.Say("Raw, %s returned %s on average, or %s against their own usual mean alone (%s).", who, s.signed(raw.Return), s.signed(raw.AR.Value), span)
}

// takenFor is what a model takes away for: the market, or the benchmark by its symbol
// where that is no whole market. A factor model takes away for its factors.
func (s *story) takenFor(members []int) string {
	switch who := explainer(s.r.Study.Model, true); who {
	case "the market":
		if shared := s.sharedBenchmark(members); shared != "" {
			return s.explains(shared, true)
		}
	case "the factor model":
		return s.Say("the factors")
	}
	return s.Say("the market")
}

// betaOf is the only member's sensitivity to its benchmark; NaN of several, and in
// models without one.
func (s *story) betaOf(members []int) float64 {
	beta := slices.Index(s.r.CoefNames, "beta")
	if len(members) != 1 || beta < 0 || s.aboutVolume() {
		return math.NaN()
	}
	if f := s.r.Observation(members[0]).Fit; beta < len(f.Coef) {
		return f.Coef[beta]
	}
	return math.NaN()
}

// movers says what the securities of an entry did that moved most, in the returns
// that anybody can look up: by their size where byReturn, else by their size those
// whose own test rejects, and by how unusual they were where these are too few. ""
// for one, for volumes and where there are none.
func (s *story) movers(members []int, byReturn bool) string {
	const most = 3
	w := s.window()
	if len(members) < 2 || s.aboutVolume() {
		return ""
	}
	type mover struct {
		name   string
		ret, t float64
		clear  bool // its own test rejects
	}
	var all []mover
	unusual := 0
	at := w.From - s.r.Study.EventWindow.From
	for _, i := range members {
		test := s.r.WindowTest(i, headline)
		m := mover{name: s.name(s.r.Observation(i).Security), t: math.Abs(test.Stat), clear: test.P < analysis.Level}
		if m.ret, _ = s.r.CAR(i, headline); w.Len() == 1 {
			m.ret = s.r.AbnormalReturns(i).Return[at]
			if s.inLogs() {
				m.ret = math.Expm1(m.ret)
			}
		}
		if byReturn {
			m.t = math.Abs(m.ret)
		}
		if m.ret == m.ret && m.t == m.t {
			all = append(all, m)
			unusual += btoi(m.clear)
		}
	}
	if len(all) < 2 {
		return ""
	}
	bySize := unusual >= most && !byReturn
	slices.SortStableFunc(all, func(a, b mover) int {
		if bySize {
			return cmp.Or(cmp.Compare(btoi(b.clear), btoi(a.clear)), cmp.Compare(math.Abs(b.ret), math.Abs(a.ret)))
		}
		return cmp.Compare(b.t, a.t)
	})
	moved := slices.Clone(all[:min(most, len(all))])
	slices.SortStableFunc(moved, func(a, b mover) int { // those that went the way of the first
		return cmp.Compare(btoi(a.ret < 0 != (all[0].ret < 0)), btoi(b.ret < 0 != (all[0].ret < 0)))
	})
	var said []string
	for k, m := range moved {
		way := k == 0 || m.ret < 0 != (moved[k-1].ret < 0)
		switch {
		case w.Len() > 1:
			said = append(said, s.Say("%s %s", m.name, s.signed(m.ret)))
		case way && m.ret < 0:
			said = append(said, s.Say("%s fell %s%%", m.name, size(m.ret)))
		case way:
			said = append(said, s.Say("%s rose %s%%", m.name, size(m.ret)))
		default:
			said = append(said, s.Say("%s %s%%", m.name, size(m.ret)))
		}
	}
	list, who := s.List(said), s.Count(len(members), "security")
	switch {
	case w.Len() > 1:
		return s.Say("%s the cumulative abnormal returns of the most unusual of %s: %s.", sentence(s.over(w)), who, list)
	case len(all) <= most:
		return list + "."
	case byReturn:
		return s.Say("%s: the largest moves of its %s.", list, who)
	case bySize:
		return s.Say("%s: the largest unusual moves of its %s.", list, who)
	}
	return s.Say("%s: the most unusual moves of its %s.", list, who)
}

func btoi(b bool) int {
	if b {
		return 1
	}
	return 0
}

// early are the codes of notes that stand in an event's first lines: what they say
// changes what its figures are about.
var early = []string{"mid-session", "same-return", "expected", "time-unsure"}

// first reports whether a note belongs in the first lines of its event: another
// event of the same session, one inside the headline window, news that came inside
// the session.
func (s *story) first(n *analysis.Note) bool {
	if n.Code == "confounder" {
		if n.Variant == "same" {
			return true
		}
		if n.Variant == "" && len(n.Args) > 1 {
			for t := s.window().From; t <= s.window().To; t++ {
				if n.Args[1] == any(tau(t)) {
					return true
				}
			}
		}
		return false
	}
	return slices.Contains(early, n.Code)
}

// firstNotes are the notes of the first lines of an event. What falls on the session
// of the only event is said by wasIt.
func (s *story) firstNotes(ev int) []string {
	var out []string
	id := s.r.Catalog.Events[ev].ID
	for i := range s.r.Notes {
		n := &s.r.Notes[i]
		if n.EventID == id && s.first(n) && !(len(s.events) == 1 && n.Code == "confounder" && n.Variant == "same") {
			out = append(out, s.noteText(n))
		}
	}
	return out
}

// inside reports whether the first notes of an event say at which hour of session 0
// the news came.
func (s *story) inside(ev int) bool {
	id := s.r.Catalog.Events[ev].ID
	return slices.ContainsFunc(s.r.Notes, func(n analysis.Note) bool { return n.EventID == id && n.Code == "mid-session" })
}

// sameSession are the other catalogued events with the session 0 of an event,
// whatever their securities.
func (s *story) sameSession(ev int) []int {
	var out []int
	day := s.session0(ev)
	for other := range s.r.Catalog.Events {
		if other != ev && s.session0(other) == day {
			out = append(out, other)
		}
	}
	return out
}

// wasIt answers whether an entry was moved by its news, as far as returns can: what
// the benchmark and usual days explain, and what else falls on its session 0. took is
// whether the benchmark itself moved unusually.
func (s *story) wasIt(e *entry, took bool) string {
	if s.aboutVolume() || e.reading == analysis.NotTested {
		return ""
	}
	if took {
		return s.Say("Was it the news? It may be, with all of %s: see the raw returns first.", s.takenFor(e.members))
	}
	if e.reading == analysis.Chance || e.reading == analysis.Weak {
		for _, i := range e.members {
			if t := s.r.WindowTest(i, headline); len(e.members) > 1 && t.P*float64(len(e.members)) < analysis.Level {
				return s.Say("Was it the news? No sign of it for all together, but for some: look at each.")
			}
		}
		return s.Say("Was it the news? No sign of it, but usual days may hide one: they give as much.")
	}
	explained := s.Say("Was it the news? It may be: usual days do not give such a move")
	switch explainer(s.r.Study.Model, true) {
	case "the market", "the factor model":
		explained = s.Say("Was it the news? It may be: neither %s nor usual days explain the move", s.takenFor(e.members))
	}
	switch same := s.sameSession(e.event); {
	case len(same) == 1:
		return s.Say("%s, but returns cannot tell it from %s on the same session.", explained, s.Say("“%s”", clip(s.title(&s.r.Catalog.Events[same[0]]), 32)))
	case len(same) > 1:
		return s.Say("%s, but which of the %s events of that session did it, returns cannot tell.", explained, 1+len(same))
	case len(s.r.Catalog.Events) > 1:
		return s.Say("%s, and the catalogue has no other event of that session.", explained)
	}
	return s.Say("%s. Other news of that session was not looked for.", explained)
}

// headed says what an entry did, in a sentence or two: the average, its interval
// and who moved most, or the security's own move.
func (s *story) headed(e *entry, took bool) string {
	if e.group == nil {
		return s.reaction(e.members[0], headline)
	}
	x := s.interval(e)
	w := e.finding.Window
	out := s.split(e, took)
	if out == "" {
		out = s.average(w, s.sharedBenchmark(e.members))
	}
	if x.Lower == x.Lower && !s.aboutVolume() {
		out += s.Say(" (95%% interval %s to %s)", signedPercent(x.Lower), signedPercent(x.Upper))
	}
	lo, hi := extremes(s.r, e.members, headline)
	least, _ := s.r.CAR(lo, headline)
	most, _ := s.r.CAR(hi, headline)
	out += s.Say(": %s", s.Reading(e.reading))
	if s.aboutVolume() {
		i := s.mover(e)
		car, _ := s.r.CAR(i, headline)
		out += s.Say(". Strongest: %s %s", s.name(s.r.Observation(i).Security), s.signed(car))
	}
	if e.reading == analysis.Unequal && lo >= 0 {
		out += s.Say("; they range from %s (%s) to %s (%s), so look at each", s.signed(least), clean(s.r.Observation(lo).Security), s.signed(most), clean(s.r.Observation(hi).Security))
	}
	out += "."
	if e.reading == analysis.Chance || e.reading == analysis.Weak {
		out += s.unseen(e)
	}
	return out
}

// split says what an entry returned on average, how much of it the model explains and
// what is left, and, where the benchmark took the news, what the members did against
// their own past alone; "" where these do not add up: over several sessions, in logs,
// in volumes, under weights.
func (s *story) split(e *entry, took bool) string {
	if e.group == nil {
		return ""
	}
	w := e.finding.Window
	if w.Window.Len() > 1 || s.inLogs() || s.aboutVolume() || s.r.Study.Weights != analysis.EqualWeights {
		return ""
	}
	at, ret := w.Window.From-s.r.Study.EventWindow.From, 0.0
	for _, i := range e.members {
		ret += s.r.AbnormalReturns(i).Return[at] / float64(len(e.members))
	}
	if ret != ret || w.N != len(e.members) {
		return ""
	}
	over, who, by := sentence(s.over(w.Window)), s.Count(w.N, "security"), s.explains(s.sharedBenchmark(e.members), true)
	if raw := s.r.RawMove(e.members, w.Window); took && raw.P == raw.P {
		return s.Say("%s the %s returned %s on average: %s against their own usual mean (95%% interval %s to %s), %s abnormal, against what %s explains", over, who,
			signedPercent(ret), signedPercent(raw.AR.Value), signedPercent(raw.AR.Lower), signedPercent(raw.AR.Upper), signedPercent(w.CAAR), by)
	}
	return s.Say("%s the %s returned %s on average, where %s explains %s; %s is abnormal", over, who,
		signedPercent(ret), by, signedPercent(ret-w.CAAR), signedPercent(w.CAAR))
}

// unseen says which effect could have been missed.
func (s *story) unseen(e *entry) string {
	if v := s.detectable(e); v == v && !s.aboutVolume() {
		return " " + s.Say("An effect under %s%% would usually not show.", size(v))
	}
	return ""
}

// answerFacts says how much of what was studied, and how.
func (s *story) answerFacts() string {
	st := s.r.Study
	used, out := s.r.Counts()
	how := s.Model(st.Model.Name())
	if st.Benchmark != "" {
		how += s.Comma + s.Say("benchmark %s", clean(st.Benchmark))
	}
	return s.Say("{1:%[1]s event|%[1]s events}; {2:%[2]s return|%[2]s returns} used, %[3]s excluded; %[4]s", len(s.events), used, out, how)
}
