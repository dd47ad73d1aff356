package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
)

// TextOptions say how [Text] writes.
type TextOptions struct {
	Width   int      // columns of the terminal; 0 means 80, less than 60 counts as 60
	Color   bool     // headings in bold, by ANSI escape sequences
	Lang    string   // language of the titles, where an event has one in it; "" means the catalogue's first
	Events  []string // IDs of the events to write about; empty: all, and the groups
	Summary bool     // only what stands out: no event by event, no groups
}

// headline is the CAR window that the sentences and the tests in full are
// about: the first of the study.
const headline = 0

// Text writes the report of a finished study for people: what was measured,
// what stands out, each event in the order of its session 0, the groups, what
// was excluded and why, and what the words mean. No line of Latin text is
// longer than the width; a table that does not fit leaves columns out, and the
// end of the report says which.
//
// Errors: an ID in o.Events that the catalogue does not have; a failed write.
func Text(w io.Writer, r *analysis.Result, o TextOptions) error {
	if o.Width == 0 {
		o.Width = 80
	}
	p := &page{r: r, o: o, width: max(60, o.Width)}
	if err := p.choose(); err != nil {
		return err
	}
	p.header()
	p.summary()
	if !o.Summary {
		for _, ev := range p.events {
			p.event(ev)
		}
		if len(o.Events) == 0 {
			p.groups()
		}
		p.notes()
	}
	p.excluded()
	p.legend()
	_, err := io.WriteString(w, p.b.String())
	return err
}

// page is a text report being written.
type page struct {
	r       *analysis.Result
	o       TextOptions
	width   int
	b       strings.Builder
	events  []int    // indices into the catalogue, in the order of session 0
	obs     [][]int  // observations by event
	dropped []string // columns for which there was no room

	warnings map[string][]string // the notes that stand with an event, by its ID
	remarks  []analysis.Note     // the others that are shown
}

// choose lists the events to write about.
func (p *page) choose() error {
	c := p.r.Catalog
	p.obs = make([][]int, len(c.Events))
	for i := range p.r.Observations {
		ev := p.r.Observations[i].Event
		p.obs[ev] = append(p.obs[ev], i)
	}
	for _, id := range p.o.Events {
		if !slices.ContainsFunc(c.Events, func(e events.Event) bool { return e.ID == id }) {
			return fmt.Errorf("no event %q in the catalogue", id)
		}
	}
	for ev := range c.Events {
		if len(p.o.Events) == 0 || slices.Contains(p.o.Events, c.Events[ev].ID) {
			p.events = append(p.events, ev)
		}
	}
	slices.SortStableFunc(p.events, func(a, b int) int {
		return cmp.Or(cmp.Compare(p.day(a), p.day(b)), c.Events[a].Time.Compare(c.Events[b].Time))
	})
	p.sortNotes()
	return nil
}

// sortNotes parts the notes: a warning about an event stands with it, the
// others at the end. Co-movement stands in the tables of tests.
func (p *page) sortNotes() {
	shown := make(map[string]bool)
	for _, ev := range p.events {
		shown[p.r.Catalog.Events[ev].ID] = true
	}
	p.warnings = make(map[string][]string)
	for _, n := range p.r.Notes {
		switch {
		case n.Code == "co-movement", n.EventID != "" && !shown[n.EventID], n.EventID == "" && n.Group != "" && len(p.o.Events) > 0:
		case n.EventID != "" && n.Severity == analysis.Warning:
			p.warnings[n.EventID] = append(p.warnings[n.EventID], clean(n.Text))
		default:
			p.remarks = append(p.remarks, n)
		}
	}
}

// day returns the first session 0 of an event's observations, or the event's
// own date where none has one.
func (p *page) day(ev int) market.Date {
	day := market.NoDate
	for _, i := range p.obs[ev] {
		if d := p.r.Observations[i].Session0; d != market.NoDate && (day == market.NoDate || d < day) {
			day = d
		}
	}
	if day == market.NoDate {
		day = market.DateOf(p.r.Catalog.Events[ev].Date())
	}
	return day
}

// line writes one line.
func (p *page) line(s string) { p.b.WriteString(s + "\n") }

func (p *page) blank() { p.line("") }

func (p *page) bold(s string) string {
	if p.o.Color {
		return "\x1b[1m" + s + "\x1b[0m"
	}
	return s
}

// heading writes a heading.
func (p *page) heading(s string) {
	p.blank()
	for _, l := range wrap(s, p.width) {
		p.line(p.bold(l))
	}
}

// paragraph writes s, its first line after first and the others after rest.
func (p *page) paragraph(first, rest, s string) {
	for k, l := range wrap(s, p.width-max(columns(first), columns(rest))) {
		lead := rest
		if k == 0 {
			lead = first
		}
		p.line(lead + strings.ReplaceAll(l, nbsp, " "))
	}
}

// field writes a labelled paragraph.
func (p *page) field(label, s string) {
	p.paragraph(fmt.Sprintf("%-14s", label), strings.Repeat(" ", 14), s)
}

// grid writes a table.
func (p *page) grid(g *grid) {
	lines, dropped := g.render(p.width - 2)
	for _, l := range lines {
		p.line("  " + l)
	}
	for _, d := range dropped {
		if !slices.Contains(p.dropped, d) {
			p.dropped = append(p.dropped, d)
		}
	}
}

func (p *page) window() analysis.Window { return p.r.Study.Windows[headline] }

// title returns the event's title in the report's language, or its ID.
func (p *page) title(ev int) string {
	e := &p.r.Catalog.Events[ev]
	t := e.Title
	if p.o.Lang != "" {
		t = e.TitleIn(p.o.Lang)
	}
	return cmp.Or(clean(t), clean(e.ID))
}

func (p *page) header() {
	r, s := p.r, p.r.Study
	p.line(p.bold(clip(clean(s.Name), p.width)))
	p.blank()
	var symbols, benchmarks, origins []string
	add := func(list *[]string, v string) {
		if v = clean(v); v != "" && !slices.Contains(*list, v) {
			*list = append(*list, v)
		}
	}
	first, last := market.NoDate, market.NoDate
	for i := range r.Observations {
		o := &r.Observations[i]
		if !o.Used() {
			continue
		}
		c := r.Panel.Column(o.Security)
		add(&symbols, o.Security)
		add(&benchmarks, o.Benchmark)
		add(&origins, c.Origin)
		if d := c.Calendar.Date(c.First); first == market.NoDate || d < first {
			first = d
		}
		last = max(last, c.Calendar.Date(c.Last()))
	}
	model := s.Model.Name() + ": normal is " + s.Model.About()
	if len(benchmarks) > 0 && explainer(s.Model) == "the market" {
		model += "; benchmark " + abridge(benchmarks, 4)
	}
	p.field("Model", model+"; "+string(s.Returns)+" returns")
	windows := make([]string, len(s.Windows))
	for k, w := range s.Windows {
		windows[k] = w.String()
	}
	if s.Weights != analysis.EqualWeights {
		p.field("Averages", "weighted by "+string(s.Weights)+", as are portfolio and crude; the other tests weight as their papers do")
	}
	p.field("Windows", fmt.Sprintf("estimation %s, event %s, CAR over %s", s.Estimation, s.Event, strings.Join(windows, " ")))
	prices := fmt.Sprintf("%d %s", len(symbols), plural(len(symbols), "security", "securities"))
	if first != market.NoDate {
		prices += fmt.Sprintf(", %s to %s", first, last)
	}
	if len(origins) > 0 {
		prices += "; " + abridge(origins, 2)
	}
	p.field("Prices", prices)
	catalog := strconv.Itoa(len(r.Catalog.Events))
	if o := clean(r.Catalog.Origin); o != "" {
		catalog += "; catalogue: " + o
	}
	p.field("Events", catalog)
	used, excluded := r.Counts()
	n := fmt.Sprintf("%d, one for each event and security: %d used, %d excluded", used+excluded, used, excluded)
	if excluded > 0 {
		n += " (why: at the end)"
	}
	p.field("Observations", n)
}

// abridge joins the first n names and says how many more there are.
func abridge(names []string, n int) string {
	if len(names) <= n {
		return strings.Join(names, ", ")
	}
	return fmt.Sprintf("%s and %d more", strings.Join(names[:n], ", "), len(names)-n)
}

// summary writes the events in which some security stands out even when all
// observations are tested together, and those that moved a whole group.
func (p *page) summary() {
	const most = 5 // events
	r := p.r
	var all []int
	for _, ev := range p.events {
		all = append(all, p.obs[ev]...)
	}
	tested := singles(r, all, headline)
	stand := outstanding(tested)
	p.heading("What stands out")
	quantity := plural(p.window().Len(), "abnormal return", "cumulative abnormal return")
	if len(tested) == 0 {
		p.paragraph("", "", fmt.Sprintf("No %s %s could be measured.", quantity, over(p.window())))
		return
	}
	differing := spell(len(stand)) + " " + plural(len(stand), "differs", "differ")
	if len(stand) == 0 {
		differing = "none differs"
	}
	p.paragraph("", "", fmt.Sprintf("Of %d %s %s, %s from zero at the 5%% level when all are tested together (t tests, Holm's adjustment).",
		len(tested), plural(len(tested), quantity, quantity+"s"), over(p.window()), differing))
	by := make(map[int][]single)
	var order []int // events by their strongest observation
	for _, s := range stand {
		ev := r.Observations[s.obs].Event
		if by[ev] == nil {
			order = append(order, ev)
		}
		by[ev] = append(by[ev], s)
	}
	for k, ev := range order {
		if k == most && len(order) > most+1 {
			p.paragraph("  ", "  ", fmt.Sprintf("and %d more events", len(order)-most))
			break
		}
		p.line("  " + p.day(ev).String() + "  " + isolate(clip(p.title(ev), p.width-14)))
		p.paragraph(strings.Repeat(" ", 14), strings.Repeat(" ", 14), p.strongest(ev, by[ev]))
	}
	var whole []string
	for _, ev := range p.events {
		if g := r.Group(analysis.ByEvent, r.Catalog.Events[ev].ID); g != nil && len(g.Members) > 1 {
			if f := decide(r, g, headline); f.verdict == shared {
				whole = append(whole, fmt.Sprintf("%s (%s, %s)", clean(g.Key), percent(f.window.CAAR, 1)+"%", quote(f.past, f.spread)))
			}
		}
	}
	if len(whole) > 0 {
		p.paragraph("", "", "Whole groups that moved by more than chance in every test that leads, each on its own: "+strings.Join(whole, "; ")+".")
	}
}

// strongest says in one line what an event did.
func (p *page) strongest(ev int, stand []single) string {
	r := p.r
	var who []string
	for _, s := range stand {
		who = append(who, clean(r.Observations[s.obs].Security)+nbsp+percent(r.Figures(s.obs).CAR[headline], 1)+"%")
	}
	g := r.Group(analysis.ByEvent, r.Catalog.Events[ev].ID)
	if g == nil || len(g.Members) < 2 {
		return fmt.Sprintf("%s: %s times the usual %s", strings.Join(who, " "), fixed(math.Abs(stand[0].t.Stat), 1), errorOf(p.window()))
	}
	f := decide(r, g, headline)
	return fmt.Sprintf("N %d, average %s%%, %s; %s", f.window.N, percent(f.window.CAAR, 1), verdictWords[f.verdict], abridge(who, 6))
}

// groups writes the averages that pool several events.
func (p *page) groups() {
	r := p.r
	any := false
	for _, by := range r.Study.Groups {
		if by == analysis.ByEvent {
			continue
		}
		g := &grid{heads: []head{{name: "", left: true}, {name: "N"}, {name: "average"}, {name: "past p"}, {name: "spread p"}, {name: "reading", left: true, order: 1, as: "reading"}, {name: "r_bar", order: 2}}}
		for k, w := range r.Study.Windows {
			if k != headline {
				g.heads = append(g.heads, head{name: w.String(), order: 3, as: "averages over the other windows"})
			}
		}
		alone := 0
		for i := range r.Groups {
			x := &r.Groups[i]
			if x.By != by {
				continue
			}
			if len(x.Members) < 2 {
				alone++
				continue
			}
			f := decide(r, x, headline)
			row := []string{clip(clean(x.Key), 24), strconv.Itoa(f.window.N), percent(f.window.CAAR, 2), leadP(f.past), leadP(f.spread), verdictWords[f.verdict], fixed(f.window.RBar, 2)}
			for k := range r.Study.Windows {
				if k != headline {
					row = append(row, percent(x.Windows[k].CAAR, 2))
				}
			}
			g.rows = append(g.rows, row)
		}
		if len(g.rows) == 0 {
			continue
		}
		if !any {
			p.blank()
			p.line(p.rule())
			any = true
		} else {
			p.blank()
		}
		name := "All observations"
		if by != analysis.All {
			name = "By " + string(by)
		}
		p.line(p.bold(clip(fmt.Sprintf("%s: average abnormal return in %% %s", name, over(p.window())), p.width)))
		p.grid(g)
		if alone > 0 {
			p.paragraph("  ", "  ", fmt.Sprintf("Left out: %d with a single observation.", alone))
		}
	}
	if any {
		p.blank()
		p.paragraph("  ", "  ", "past p: of the average against its own past (portfolio where all share one date, else kp-patell). spread p: against the spread of the reactions (kp-bmp).")
	}
}

func leadP(t *analysis.TestResult) string {
	if t == nil {
		return "–"
	}
	return showP(t.P)
}

func (p *page) rule() string { return strings.Repeat("─", p.width) }

// notes writes the notes that do not stand with an event: those about
// securities and groups, and one of each kind of those about events.
func (p *page) notes() {
	type kind struct {
		code string
		list []string
		most int
	}
	var kinds []*kind
	for _, n := range p.remarks {
		k := slices.IndexFunc(kinds, func(k *kind) bool { return k.code == n.Code })
		if k < 0 {
			k = len(kinds)
			kinds = append(kinds, &kind{code: n.Code, most: 1})
		}
		s := clean(n.Text)
		if n.EventID != "" {
			s = clean(n.EventID) + ": " + s
		} else {
			kinds[k].most = 6
		}
		kinds[k].list = append(kinds[k].list, s)
	}
	if len(kinds) == 0 {
		return
	}
	p.heading("Notes")
	for _, k := range kinds {
		more := ""
		for n, s := range k.list {
			if n == k.most {
				break
			}
			if n == k.most-1 && len(k.list) > k.most {
				more = fmt.Sprintf(" [and %d more of this kind, %s, in the CSV files]", len(k.list)-k.most, k.code)
			}
			p.paragraph("  - ", "    ", s+more)
		}
	}
}

// excluded lists the observations that were not measured.
func (p *page) excluded() {
	const most = 40
	r := p.r
	var list []*analysis.Observation
	all := 0
	for _, ev := range p.events {
		all += len(p.obs[ev])
		for _, i := range p.obs[ev] {
			if o := &r.Observations[i]; !o.Used() {
				list = append(list, o)
			}
		}
	}
	if len(list) == 0 {
		return
	}
	p.heading(fmt.Sprintf("Excluded: %d of %d observations", len(list), all))
	for k, o := range list {
		if k == most {
			p.paragraph("  ", "  ", fmt.Sprintf("and %d more: observations.csv has each with its reason", len(list)-most))
			break
		}
		p.paragraph("  ", "    ", fmt.Sprintf("%s, %s: %s (%s)", clean(o.EventID), clean(o.Security), clean(o.Exclusion.Detail), o.Exclusion.Reason))
	}
}

// legend says what stars, words and tests mean, and where they come from.
func (p *page) legend() {
	p.heading("How to read this")
	say := func(s string) { p.paragraph("  ", "  ", s) }
	say("Session 0 is the first session at whose close the news could be in the price; event time counts a security's own sessions from it. AR, abnormal return: the return less what the model expects. CAR: its sum over a window. t: AR over its standard error, which contains the error of estimating the model.")
	say("Stars: * p < 0.05, ** p < 0.01, *** p < 0.001, two-sided, each test on its own. What \"stands out\" holds after Holm's (1979) adjustment for all that are compared: the securities of the event in its section, all observations in the summary.")
	say("Two kinds of test lead: one asks whether an average is unusual against its own past, the other whether it is large against the spread of the reactions. Where the residuals move together so much that the variance of their average is more than 1.5 times that of independent ones, tests that take them as independent (or, for several dates, that count co-movement by event time) are set aside. That a test does not reject does not show that nothing happened.")
	if len(p.dropped) > 0 {
		say("At this width the tables leave out: " + strings.Join(p.dropped, ", ") + ". The CSV files have them.")
	}
	if p.o.Summary {
		return
	}
	p.heading("Sources")
	s := p.r.Study
	p.paragraph("  ", "    ", "model "+s.Model.Name()+": "+s.Model.Paper())
	var nulls []string
	by := make(map[string][]analysis.Test)
	for _, t := range s.Tests {
		if by[t.Null()] == nil {
			nulls = append(nulls, t.Null())
		}
		by[t.Null()] = append(by[t.Null()], t)
	}
	for _, null := range nulls {
		say("Tests of the hypothesis that " + null + ":")
		for _, t := range by[null] {
			p.paragraph("    ", "      ", fmt.Sprintf("%s: assumes %s. %s", t.Name(), t.Assumes(), t.Paper()))
		}
	}
}
