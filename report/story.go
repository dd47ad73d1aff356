package report

import (
	"cmp"
	"fmt"
	"math"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"aftershock/analysis"
	"aftershock/analysis/stat"
	"aftershock/internal/words"
	"aftershock/market"
)

// headline is the CAR window that the sentences and the tests in full are
// about: the first of the study.
const headline = 0

// A story is what a report tells of some events, in one language, whatever it
// is laid out as.
type story struct {
	speaker
	only    []string          // IDs of the events it is about; empty: all, and the groups
	events  []int             // indices into the catalogue, in the order of session 0
	told    []int             // those of them that are told one by one
	obs     [][]int           // observations by event
	tested  []analysis.Single // all observations of the events
	repeats int               // of those, left out for having the return of another
	byID    map[string]int
	groups  map[string]*analysis.Group // those of events, by ID
	owned   map[int]int                // see owners; nil before it was asked

	warnings map[string][]*analysis.Note // the notes that stand with an event, by its ID
	remarks  []*analysis.Note            // the others that are shown
}

// newStory lists what there is to tell of the events in only, or of all.
func newStory(r *analysis.Result, lang string, only []string) (*story, error) {
	s := &story{speaker: speaker{words.Of(lang), r, lang}, only: only}
	c := r.Catalog
	s.byID, s.groups = make(map[string]int, len(c.Events)), make(map[string]*analysis.Group)
	for ev := range c.Events {
		s.byID[c.Events[ev].ID] = ev
	}
	for i := range r.Groups {
		if g := &r.Groups[i]; g.By == analysis.ByEvent {
			s.groups[g.Key] = g
		}
	}
	s.obs = make([][]int, len(c.Events))
	all, from := make([]int, r.N()), 0
	for i := range all { // those of an event stand together
		all[i] = i
		if ev := r.EventOf(i); i+1 == len(all) || r.EventOf(i+1) != ev {
			s.obs[ev], from = all[from:i+1:i+1], i+1
		}
	}
	wanted := make([]bool, len(c.Events))
	for _, id := range only {
		ev, ok := s.byID[id]
		if !ok {
			return nil, fmt.Errorf("no event %q in the catalogue", id)
		}
		wanted[ev] = true
	}
	var studied map[string]bool // nil: all
	if len(r.Study.EventIDs) > 0 {
		studied = make(map[string]bool, len(r.Study.EventIDs))
		for _, id := range r.Study.EventIDs {
			studied[id] = true
		}
	}
	order := make([]int64, 0, len(c.Events)) // day of session 0, event: of many, whole numbers are sorted fastest
	for ev := range c.Events {
		if wanted[ev] || len(only) == 0 && (studied == nil || studied[c.Events[ev].ID]) {
			order = append(order, int64(s.session0(ev))<<32|int64(ev))
		}
	}
	slices.Sort(order)
	s.events, all = make([]int, len(order)), make([]int, 0, r.N())
	for k, x := range order {
		s.events[k] = int(x & math.MaxUint32)
	}
	for lo, hi := 0, 0; lo < len(order); lo = hi { // those of one day, by the clock
		for hi = lo; hi < len(order) && order[hi]>>32 == order[lo]>>32; hi++ {
		}
		slices.SortStableFunc(s.events[lo:hi], func(a, b int) int { return c.Events[a].Time.Compare(c.Events[b].Time) })
	}
	for _, ev := range s.events {
		all = append(all, s.obs[ev]...)
	}
	s.tested = r.Singles(all, headline)
	used := slices.DeleteFunc(slices.Clone(all), func(i int) bool { return !r.Used(i) })
	s.repeats = len(used) - len(r.Distinct(used))
	s.choose()
	s.sortNotes()
	return s, nil
}

// mostTold is how many events are told one by one: what comes after is read by
// programs.
const mostTold = 1000

// choose finds the events to tell one by one: all, or those in which some
// security reacted most unusually.
func (s *story) choose() {
	if s.told = s.events; len(s.events) <= mostTold {
		return
	}
	chosen := make([]bool, len(s.obs))
	n := 0
	add := func(ev int) {
		if !chosen[ev] && n < mostTold {
			chosen[ev] = true
			n++
		}
	}
	for _, x := range s.tested {
		if n == mostTold {
			break
		}
		add(s.r.EventOf(x.Observation))
	}
	for _, ev := range s.events {
		add(ev)
	}
	s.told = nil
	for _, ev := range s.events {
		if chosen[ev] {
			s.told = append(s.told, ev)
		}
	}
}

// untold says which events are not told; "" where all are.
func (s *story) untold() string {
	if len(s.told) == len(s.events) {
		return ""
	}
	return s.Say("Of %s events these are the %s in which a security reacted most unusually %s (by the p of its t test); observations.csv and cars.csv have all of them.",
		len(s.events), len(s.told), s.over(s.window()))
}

// sortNotes parts the notes: a warning about an event stands with it, the
// others at the end. Co-movement stands in the tables of tests.
func (s *story) sortNotes() {
	shown := make(map[string]bool)
	for _, ev := range s.told {
		shown[s.r.Catalog.Events[ev].ID] = true
	}
	s.warnings = make(map[string][]*analysis.Note)
	for i := range s.r.Notes {
		n := &s.r.Notes[i]
		switch {
		case n.Code == "co-movement", n.EventID != "" && !shown[n.EventID], n.EventID == "" && n.Group != "" && len(s.only) > 0:
		case n.EventID != "" && n.Severity == analysis.Warning:
			s.warnings[n.EventID] = append(s.warnings[n.EventID], n)
		default:
			s.remarks = append(s.remarks, n)
		}
	}
}

// session0 returns the first session 0 of an event's observations, or the
// event's own date where none has one.
func (s *story) session0(ev int) market.Date {
	day := market.NoDate
	for _, i := range s.obs[ev] {
		if d := s.r.Observation(i).Session0; d != market.NoDate && (day == market.NoDate || d < day) {
			day = d
		}
	}
	if day == market.NoDate {
		day = market.DateOf(s.r.Catalog.Events[ev].Date())
	}
	return day
}

// used returns the measured observations of an event.
func (s *story) used(ev int) []int {
	var used []int
	for _, i := range s.obs[ev] {
		if s.r.Used(i) {
			used = append(used, i)
		}
	}
	return used
}

// eventGroup returns the group of an event with two or more members, or nil.
func (s *story) eventGroup(ev int) *analysis.Group {
	if g := s.groups[s.r.Catalog.Events[ev].ID]; g != nil && len(g.Members) > 1 {
		return g
	}
	return nil
}

func (s *story) window() analysis.Window { return s.r.Study.CARWindows[headline] }

// fact is a labelled sentence.
type fact struct{ label, text string }

// facts say what was studied, and how.
func (s *story) facts() []fact {
	r, st := s.r, s.r.Study
	var symbols, benchmarks, origins []string
	listed := make(map[*[]string]map[string]bool)
	add := func(list *[]string, v string) {
		if listed[list] == nil {
			listed[list] = make(map[string]bool)
		}
		if v = clean(v); v != "" && !listed[list][v] {
			listed[list][v] = true
			*list = append(*list, v)
		}
	}
	first, last := market.NoDate, market.NoDate
	seen := make(map[string]bool)
	for i := range r.N() {
		o := r.Observation(i)
		if !o.Used() || seen[o.Security] {
			continue
		}
		seen[o.Security] = true
		c := r.Panel.Column(o.Security)
		add(&symbols, o.Security)
		add(&benchmarks, o.Benchmark)
		add(&origins, s.Phrase(shortened(c.Origin)))
		if d := c.Calendar.Date(c.First); first == market.NoDate || d < first {
			first = d
		}
		last = max(last, c.Calendar.Date(c.Last()))
	}
	var out []fact
	field := func(label, text string) { out = append(out, fact{s.Say(label), text}) }

	name := st.Model.Name()
	if s.RTL { // no name to type stands among the words
		name = s.Model(name)
	}
	model := s.Say("%s: normal is %s", name, s.Translate(st.Model.About()))
	if len(benchmarks) > 0 && explainer(st.Model, false) == "the market" {
		model = s.Say("%s; benchmark %s", model, s.abridge(benchmarks, 4))
	}
	if s.aboutVolume() {
		field("Model", s.Say("%s, of volumes in the place of returns", st.Model.Name()))
	} else if st.Returns == market.Log {
		field("Model", s.Say("%s; log returns", model))
	} else {
		field("Model", s.Say("%s; simple returns", model))
	}
	if what := s.subject(); what != "" {
		field("Subject", what)
	}
	switch st.Weights {
	case analysis.ValueWeights:
		field("Averages", s.Say("weighted by market value, as are portfolio and crude; the other tests weight as their papers do"))
	case analysis.PrecisionWeights:
		field("Averages", s.Say("weighted by precision, as are portfolio and crude; the other tests weight as their papers do"))
	}
	windows := make([]string, len(st.CARWindows))
	for k, w := range st.CARWindows {
		windows[k] = w.String()
	}
	field("Windows", s.Say("estimation %s, event %s, CAR over %s", st.EstimationWindow, st.EventWindow, strings.Join(windows, " ")))
	prices := s.Say("%s securities", len(symbols))
	if len(symbols) == 1 {
		prices = s.Say("1 security")
	}
	if first != market.NoDate {
		prices = s.Say("%s, %s to %s", prices, first, last)
	}
	if len(origins) > 0 {
		prices += s.Semi + s.abridge(origins, 2)
	}
	field("Prices", prices)
	catalog := strconv.Itoa(len(r.Catalog.Events))
	if n := len(st.EventIDs); n > 0 && n < len(r.Catalog.Events) {
		catalog = s.Say("%s studied of %s, the others as confounders", n, len(r.Catalog.Events))
	}
	if o := s.origin(r.Catalog.Origin); o != "" {
		catalog = s.Say("%s; catalogue: %s", catalog, o)
	}
	field("Events", catalog)
	used, excluded := r.Counts()
	n := s.Say("%s, one for each event and security: %s used, %s excluded", used+excluded, used, excluded)
	if excluded > 0 {
		n = s.Say("%s (why: at the end)", n)
	}
	field("Observations", n)
	return out
}

// origin says where a catalogue or prices come from: a file, or what comes with the
// program.
func (k speaker) origin(from string) string { return k.Phrase(clean(shortened(from))) }

// shortened names a file by its own name and that of its folder where its origin
// is a whole path: where a folder lies on one machine is of no use on another.
func shortened(origin string) string {
	if !filepath.IsAbs(origin) {
		return origin
	}
	dir, name := filepath.Split(origin)
	return path.Join(filepath.Base(dir), name)
}

// abridge joins the first n names and says how many more there are.
func (k speaker) abridge(names []string, n int) string {
	if len(names) <= n {
		return strings.Join(k.Each(names), k.Comma)
	}
	return k.Say("%s and %s more", strings.Join(k.Each(names[:n]), k.Comma), len(names)-n)
}

// highlight is an event with a security that stands out.
type highlight struct {
	event int
	text  string
}

// mostWhole is how many groups that moved as a whole are named.
const mostWhole = 20

// trusted says what contradicts itself in the prices that the figures rest on, and
// is used because the configuration trusts it; "" for nothing.
func (s *story) trusted() string {
	const most = 3
	var said []string
	more := 0
	for i := range s.r.Notes {
		n := &s.r.Notes[i]
		if n.Code != analysis.TrustedPrices {
			continue
		}
		switch text := s.Sentence(n.Sentence(), s.given); {
		case slices.Contains(said, text):
		case len(said) < most:
			said = append(said, text)
		default:
			more++
		}
	}
	switch {
	case len(said) == 0:
		return ""
	case more > 0:
		return s.Say("Figures below rest on prices that contradict themselves: %s; and %s more.", strings.Join(said, "; "), more) + " "
	}
	return s.Say("Figures below rest on prices that contradict themselves: %s.", strings.Join(said, "; ")) + " "
}

// differing says how many of those that are tested differ.
func (s *story) differing(n int) string {
	if n == 0 {
		return s.Say("none differs from zero at the 5%% level when all are tested together (t tests, Holm's adjustment)")
	}
	return s.Say("{1:%[1]s differs|%[1]s differ} from zero at the 5%% level when all are tested together (t tests, Holm's adjustment)", s.Spell(n))
}

// counted says how many events moved prices by more than chance, and how many single
// returns.
func (s *story) counted(entries []entry) string {
	moved, own := 0, 0
	for k := range entries {
		switch e := &entries[k]; {
		case e.owner >= 0:
			continue
		case e.adjusted < analysis.Level:
			moved++
		}
		own++
	}
	opening, _, _ := s.summary(0)
	opening = strings.TrimPrefix(opening, s.trusted())
	if own < 2 {
		return opening
	}
	if moved == 0 {
		return s.Say("In no event of %s is the average abnormal return beyond chance, all tested together.", own) + " " + opening
	}
	return s.Say("In {1:%[1]s event|%[1]s events} of %[2]s the average abnormal return is beyond chance, all tested together.", s.Spell(moved), own) + " " + opening
}

// summary says in which events some security stands out even when all
// observations are tested together, and which events moved a whole group. The
// events come by their strongest observation; of those past most there is no
// text.
func (s *story) summary(most int) (opening string, stand []highlight, whole string) {
	r, tested := s.r, s.tested
	best := analysis.Outstanding(tested)
	quantity := s.abnormal(len(tested), s.window())
	if len(tested) == 0 {
		return s.Say("No %s could be measured.", quantity), nil, ""
	}
	opening = s.trusted() + s.Say("Of %s %s, %s.", len(tested), quantity, s.differing(len(best)))
	if n := s.repeats; n > 0 {
		opening = s.Say("%s {2:%[2]s more shares|%[2]s more share} security and session 0 with one of these: one return counts once.", opening, n)
	}
	by := make(map[int][]analysis.Single)
	var order []int
	for _, x := range best {
		ev := r.Observation(x.Observation).Event
		if by[ev] == nil {
			order = append(order, ev)
		}
		by[ev] = append(by[ev], x)
	}
	for k, ev := range order {
		h := highlight{event: ev}
		if k < most {
			h.text = s.strongest(ev, by[ev])
		}
		stand = append(stand, h)
	}
	var moved []string
	for _, ev := range s.events {
		if g := s.eventGroup(ev); g != nil {
			if f := r.Finding(g, headline); f.Verdict == analysis.Clear {
				moved = append(moved, s.Say("%s (%s, %s)", clean(g.Key), percent(f.Window.CAAR, 1)+"%", s.quote(f.Past, f.Spread)))
			}
		}
	}
	if more := len(moved) - mostWhole; more > 0 {
		moved = append(moved[:mostWhole], s.Say("and %s more events", more))
	}
	if len(moved) > 0 {
		whole = s.Say("Whole groups that moved by more than chance in every test that leads, each on its own: %s.", strings.Join(moved, s.Semi))
	}
	return opening, stand, whole
}

// strongest says in one line what an event did.
func (s *story) strongest(ev int, stand []analysis.Single) string {
	var who []string
	for _, x := range stand {
		car, _ := s.r.CAR(x.Observation, headline)
		who = append(who, clean(s.r.Observation(x.Observation).Security)+nbsp+percent(car, 1)+"%")
	}
	g := s.eventGroup(ev)
	if g == nil {
		times, all := fixed(math.Abs(stand[0].Stat), 1), strings.Join(s.Each(who), " ")
		if w := s.window(); w.Len() > 1 {
			return s.Say("%s: %s times the usual error over %s sessions", all, times, w.Len())
		}
		return s.Say("%s: %s times the usual daily error", all, times)
	}
	f := s.r.Finding(g, headline)
	return s.Say("N %s, average %s%%, %s; %s", f.Window.N, percent(f.Window.CAAR, 1), s.Reading(f.Verdict), s.abridge(who, 6))
}

// paragraphs say what an event did: when the news was out, what the first
// security did, and what all did together. f is the finding about its group g.
func (s *story) paragraphs(ev int) (out []string, g *analysis.Group, f *analysis.Finding) {
	used := s.used(ev)
	out = s.whenOut(&s.r.Catalog.Events[ev], s.obs[ev])
	if len(used) == 0 {
		return append(out, s.Say("No security could be measured; the reasons stand at the end.")), nil, f
	}
	out = append(out, s.reaction(used[0], headline))
	if m := s.benchmarked(ev, used, true); m != "" {
		out = append(out, m)
	}
	if b := s.before(used[0]); b != "" {
		out = append(out, b)
	}
	money := false
	if v := s.worth(used[0], headline); v != "" {
		out = append(out, v)
		money = true
	}
	if g = s.eventGroup(ev); g != nil {
		f = s.r.Finding(g, headline)
		out = append(out, s.together(f, g, headline)...)
		if v := s.worthTogether(g, headline); v != "" {
			out = append(out, v)
			money = true
		}
	}
	if money {
		out = append(out, s.countedAs())
	}
	return out, g, f
}

// before says what of the move of observation i until session 0 came before it; ""
// where that can be chance.
func (s *story) before(i int) string {
	o, st := s.r.Observation(i), s.r.Study
	car, se := s.r.RunUp(i)
	share := s.r.RunUpShare(i)
	if df := float64(o.Fit.M - o.Fit.K); share != share || s.aboutVolume() || !(df > 0 && math.Abs(car/se) > stat.StudentQuantile(1-analysis.Level/2, df)) {
		return ""
	}
	over, who := sentence(s.over(analysis.Window{From: st.EventWindow.From, To: -1})), s.name(o.Security)
	if share >= 0 && share <= 1 {
		return s.Say("%s, before the news was in its price, %s had run up an abnormal return of %s (t %s): %s%% of its %s by the end of session 0.",
			over, who, s.signed(car), fixed(car/se, 1), fixed(100*share, 0), s.signed(car/share))
	}
	return s.Say("%s, before the news was in its price, %s had run up an abnormal return of %s (t %s); session 0 went the other way, to %s in all.",
		over, who, s.signed(car), fixed(car/se, 1), s.signed(car/share))
}

// about says what an event is in the catalogue and how many securities it has.
func (s *story) about(ev int) string {
	e, n := &s.r.Catalog.Events[ev], len(s.used(ev))
	out := s.Isolate(clean(e.ID))
	if c := clean(e.Category); c != "" {
		out += s.Comma + s.Category(c)
	}
	out = s.Say("%s; N = %s", out, n)
	if x := len(s.obs[ev]) - n; x > 0 {
		out = s.Say("%s, %s excluded", out, x)
	}
	return out
}

// short says over which windows the averages are of fewer securities.
func (s *story) short(g *analysis.Group) string {
	var short []string
	for _, w := range g.Windows {
		if len(w.Missing) > 0 {
			short = append(short, s.Isolate(fmt.Sprintf("%s N %d", w.Window, w.N)))
		}
	}
	if len(short) == 0 {
		return ""
	}
	return s.Say("Averages over the securities with a complete window: %s.", strings.Join(short, s.Comma))
}

// mostRows is how many securities of an event, groups of a grouping and the like
// stand in a table.
const mostRows = 200

// farthest are the observations of the table of securities: all, or half of them
// at either end, and what to say of those between.
func (s *story) farthest(used []int, g *analysis.Group) (rows []int, left string) {
	rows = byCAR(s.r, used, g != nil && g.Windows[headline].CAAR < 0)
	if n := len(rows); n > mostRows {
		rows = slices.Concat(rows[:mostRows/2], rows[n-mostRows/2:])
		left = s.Say("Left out: the %s securities between the first and the last %s; cars.csv has them.", n-mostRows, mostRows/2)
	}
	return rows, left
}

// read sorts the tests of a group over the headline window: those to read,
// which lead first, as indices, and a sentence about those that are set aside
// and those that are not defined.
func (s *story) read(f *analysis.Finding) (order []int, rest []string) {
	w := f.Window
	var aside, undefined []string
	rank := func(k int) int {
		switch &w.Tests[k] {
		case f.Past, f.Spread:
			return 0
		case f.Joint:
			return 1
		}
		return 2
	}
	for k := range w.Tests {
		switch x := &w.Tests[k]; {
		case !x.Defined():
			undefined = append(undefined, s.Isolate(x.Test))
		case slices.Contains(f.Aside, x):
			aside = append(aside, s.Isolate(fmt.Sprintf("%s %s (p"+nbsp+"%s)", x.Test, fixed(x.Stat, 3), showP(x.P))))
		default:
			order = append(order, k)
		}
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(rank(a), rank(b)) })
	if len(aside) > 0 {
		rest = append(rest, s.Say("Set aside, as the residuals correlate by %s on average and the variance of the average is %s times that of independent securities: %s.",
			fixed(w.RBar, 2), fixed(w.VarianceRatio(), 1), strings.Join(aside, s.Comma)))
	}
	if c := s.few(f); c != "" {
		rest = append(rest, c)
	}
	if len(undefined) > 0 {
		rest = append(rest, s.Say("Not defined here (tests.csv says why): %s.", strings.Join(undefined, s.Comma)))
	}
	return order, rest
}

// enough is the number of securities from which on the rank tests of
// standardised returns hold their size on one date (docs/verify.md).
const enough = 50

// few says by how much the rank tests that divide by the spread between the
// securities reject too often where these are few; "" where none is read.
func (s *story) few(f *analysis.Finding) string {
	w := f.Window
	if w.N >= enough {
		return ""
	}
	var named []string
	for k := range w.Tests {
		if t := &w.Tests[k]; t.Defined() && isGRank(t) && !slices.Contains(f.Aside, t) {
			named = append(named, t.Test)
		}
	}
	if len(named) == 0 {
		return ""
	}
	return s.Say("%s: with few securities, here %s, the spread between them that this divides by is itself chance, and too small where they move together: of true hypotheses it rejects about 8%% at the 5%% level with 12 securities of one date and correlation 0.3, about 12%% with 5 (simulations in docs/verify.md).",
		strings.Join(s.Each(named), s.Comma), w.N)
}

// isGRank reports whether t divides by the spread between the securities and
// is for observations of one date.
func isGRank(t *analysis.TestResult) bool {
	return t.Test == analysis.GRankT{}.Name() || t.Test == analysis.RankStandardized{}.Name()
}

// reading says in a few words what one test says here.
func (s *story) reading(f *analysis.Finding, t *analysis.TestResult) string {
	lead := t == f.Past || t == f.Spread
	switch {
	case lead && t.Rejects():
		return s.Say("decides: more than chance")
	case lead:
		return s.Say("decides: chance")
	case t.Rejects():
		return s.Say("more than chance")
	}
	return s.Say("chance")
}

// recalibrated says how many readings the calibration of the study has put on other
// tests than they would stand on without it; "" where none.
func (s *story) recalibrated() string {
	if s.r.Calibration == nil {
		return ""
	}
	moved, changed := 0, 0
	var tests []string
	for i := range s.r.Groups {
		g := &s.r.Groups[i]
		if len(g.Members) < 2 {
			continue
		}
		f := s.r.Finding(g, headline)
		led := f.Led()
		if len(led) == 0 {
			continue
		}
		if moved++; f.Verdict != f.Unbarred.Verdict {
			changed++
		}
		for _, t := range led {
			if !slices.Contains(tests, t) {
				tests = append(tests, t)
			}
		}
	}
	switch {
	case moved == 0:
		return ""
	case changed == 0:
		return s.Say("Calibrated: {1:a reading|%[1]s readings} without %[2]s (rejects too often); none changes.", moved, s.List(tests))
	}
	return s.Say("Calibrated: {1:a reading|%[1]s readings} without %[2]s (rejects too often); {3:one changes|%[3]s change}.", moved, s.List(tests), changed)
}

// pooled are the groups of one grouping with two observations or more, at most
// mostRows, and what to say of the others.
func (s *story) pooled(by analysis.Grouping) (groups []*analysis.Group, left string) {
	alone := 0
	for i := range s.r.Groups {
		if g := &s.r.Groups[i]; g.By == by && len(g.Members) < 2 {
			alone++
		} else if g.By == by {
			groups = append(groups, g)
		}
	}
	switch more := len(groups) - mostRows; {
	case more > 0:
		groups = groups[:mostRows]
		left = s.Say("Left out: %s more groups, and %s with a single observation; averages.csv and tests.csv have them.", more, alone)
	case alone > 0:
		left = s.Say("Left out: %s with a single observation.", alone)
	}
	return groups, left
}

// poolTitle heads a table of groups.
func (s *story) poolTitle(by analysis.Grouping) string {
	what := s.Say("average abnormal return in %% %s", s.over(s.window()))
	if s.aboutVolume() {
		what = s.Say("average abnormal volume in %% %s", s.over(s.window()))
	}
	switch by {
	case analysis.ByEvent:
		return s.Say("By event: %s", what)
	case analysis.BySecurity:
		return s.Say("By security: %s", what)
	case analysis.ByCategory:
		return s.Say("By category: %s", what)
	}
	return s.Say("All observations: %s", what)
}

// poolLegend says what the columns of these tables are.
func (s *story) poolLegend() string {
	return s.Say("past p: of the average against its own past (portfolio where all share one date, else kp-patell). spread p: against the spread of the reactions (kp-bmp).")
}

// kind is the notes of one code.
type kind struct {
	code string
	list []string // those to show
	all  int
}

// The notes of one code that are shown: of those about securities and groups,
// and of those about events.
const mostNotes, mostEventNotes = 6, 1

// mostWarnings is how many warnings stand with an event.
const mostWarnings = 20

// noteText returns what a note says. The event that a confounder note names has
// its title in the report's language.
func (s *story) noteText(n *analysis.Note) string {
	return s.Sentence(n.Sentence(), s.given)
}

// calledByID is what stands for an event of the catalogue, or its ID.
func (s *story) calledByID(id string) string {
	if ev, ok := s.byID[id]; ok {
		return s.called(&s.r.Catalog.Events[ev])
	}
	return clean(id)
}

// why returns why an observation was not measured.
func (s *story) why(e *analysis.Exclusion) string { return s.Sentence(e.Sentence(), s.given) }

// given is what to say in place of a value of a sentence: names without control
// characters, an event by its title in the language of the report.
func (s *story) given(v any) any {
	switch v := v.(type) {
	case string:
		return clean(v)
	case analysis.Names:
		out := slices.Clone(v)
		for k := range out {
			out[k] = clean(out[k])
		}
		return out
	case analysis.EventTitle:
		title := clean(v.Title)
		if ev, ok := s.byID[v.ID]; ok {
			title = s.title(&s.r.Catalog.Events[ev])
		}
		return analysis.EventTitle{ID: clean(v.ID), Title: title}
	}
	return v
}

// warned are the warnings that stand with an event.
func (s *story) warned(id string) []string {
	var out []string
	for k, n := range s.warnings[id] {
		if k == mostWarnings {
			return append(out, s.Say("and %s more: the CSV files have them", len(s.warnings[id])-k))
		}
		out = append(out, s.noteText(n))
	}
	return out
}

// notes are those that do not stand with an event: about securities and groups,
// and one of each kind of those about events.
func (s *story) notes() []*kind {
	var kinds []*kind
	for _, n := range s.remarks {
		k := slices.IndexFunc(kinds, func(k *kind) bool { return k.code == n.Code })
		if k < 0 {
			k = len(kinds)
			kinds = append(kinds, &kind{code: n.Code})
		}
		kinds[k].all++
		switch most := len(kinds[k].list); {
		case n.EventID != "" && most < mostEventNotes:
			kinds[k].list = append(kinds[k].list, s.Say("%s: %s", s.calledByID(n.EventID), s.noteText(n)))
		case n.EventID == "" && most < mostNotes:
			kinds[k].list = append(kinds[k].list, s.noteText(n))
		}
	}
	for _, k := range kinds {
		if last := len(k.list) - 1; k.all > len(k.list) {
			k.list[last] = s.Say("%s [and %s more of this kind, %s, in the CSV files]", k.list[last], k.all-len(k.list), k.code)
		}
	}
	return kinds
}

// excluded are the observations that were not measured, of how many.
func (s *story) excluded() (list []*analysis.Observation, all int) {
	for _, ev := range s.events {
		all += len(s.obs[ev])
		for _, i := range s.obs[ev] {
			if !s.r.Used(i) {
				list = append(list, s.r.Observation(i))
			}
		}
	}
	return list, all
}

// legend says what stars and words mean.
func (s *story) legend() []string {
	return []string{
		s.Say("Session 0 is the first session at whose close the news could be in the price; event time counts a security's own sessions from it. AR, abnormal return: the return less what the model expects. CAR: its sum over a window. t: AR over its standard error, which contains the error of estimating the model."),
		s.Say("Stars: * p < 0.05, ** p < 0.01, *** p < 0.001, two-sided, each test on its own. What \"stands out\" holds after Holm's (1979) adjustment for all that are compared: the securities of the event in its section, all observations in the summary."),
		s.Say("Two kinds of test lead: one asks whether an average is unusual against its own past, the other whether it is large against the spread of the reactions. Where the residuals move together so much that the variance of their average is more than 1.5 times that of independent ones, tests that take them as independent (or, for several dates, that count co-movement by event time) are set aside. That a test does not reject does not show that nothing happened."),
	}
}

// hypothesis is a null hypothesis and the study's tests of it.
type hypothesis struct {
	null  string
	tests []analysis.Test
}

// hypotheses are the hypotheses of the study's tests.
func (s *story) hypotheses() []hypothesis {
	var out []hypothesis
	several := slices.ContainsFunc(s.r.Groups, func(g analysis.Group) bool { return len(g.Members) > 1 })
	for _, t := range s.r.Study.Tests {
		if !several && t.Scope() == analysis.ManyObservations { // none was used
			continue
		}
		k := slices.IndexFunc(out, func(h hypothesis) bool { return h.null == t.Null() })
		if k < 0 {
			k = len(out)
			out = append(out, hypothesis{null: t.Null()})
		}
		out[k].tests = append(out[k].tests, t)
	}
	return out
}
