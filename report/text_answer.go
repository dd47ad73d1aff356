package report

import (
	"math"
	"slices"
	"strconv"
	"strings"

	"aftershock/analysis"
	"aftershock/internal/words"
)

// Detail is how much of a result a text tells.
type Detail int

// The details.
const (
	Whole  Detail = iota // every event, test, note and source
	Answer               // what stands out, on a screen or two
	Brief                // a line an event
)

// The lines that an answer takes at most: about one event, and about several.
const (
	oneScreen  = 25
	twoScreens = 60
)

// answer writes what stands out and the table that ranks events, or the securities
// of the only one.
func (p *page) answer() {
	entries := p.entries(p.sort())
	one := len(p.events) == 1
	most := twoScreens
	if one {
		most = oneScreen
	}
	p.line(p.bold(clip(p.answerTitle(), p.width)))
	if !one {
		p.line(clip(p.answerFacts(), p.width))
	}
	p.heading(p.Say("What stands out"))
	if t := p.trusted(); t != "" {
		p.paragraph("", "", strings.TrimSpace(t))
	}
	lead, said := p.standing(entries)
	var pooled []string
	var averages []analysis.Reading
	others := slices.Concat(p.contrastLines(), p.nextLines())
	pools := 4 // of each grouping, at most
	pool := func() {
		pooled, averages = p.pooledLines(pools)
		p.pools = len(pooled) > 0
		pooled = slices.Concat(pooled, others)
	}
	pool()
	warned := p.mostSerious(entries, lead, 5)
	calibrated := p.recalibratedLines()
	used := strings.Count(p.b.String(), "\n") + 2 + len(calibrated) // and the rule, and a blank line
	rows := len(entries)
	if p.o.Top > 0 {
		rows = min(rows, p.o.Top)
	} else {
		// The ranking comes before what is pooled and before doubts of single lines, of
		// which it leaves some room: as many rows as fit, with what explains their readings.
		least := min(rows, 3)
		if one {
			least = min(rows, 8)
		}
		left := func(n int) int {
			l := most - used - 1 - n - len(p.below(slices.Concat(readings(entries[:n]), said, averages)))
			if n < len(entries) {
				l-- // how many are left out has a line
			}
			return l
		}
		// A line of the ranking goes before one of what is pooled.
		crowded := func() bool { return left(rows) < len(pooled)+len(warned) }
		for pools > 1 && crowded() {
			pools--
			pool()
		}
		for rows > least && crowded() {
			rows--
		}
		for rows > 1 && left(rows) < 0 {
			rows--
		}
		warned = whole(warned, max(0, left(rows)-len(pooled)))
	}
	if len(entries) > 0 && !(one && len(entries) == 1) {
		p.blank()
		p.ranked(entries, rows)
		said = append(said, readings(entries[:min(rows, len(entries))])...)
	}
	for _, l := range slices.Concat(calibrated, pooled, warned) {
		p.line(l)
	}
	p.line(p.rule())
	for _, l := range p.below(slices.Concat(said, averages)) {
		p.line(l)
	}
}

// recalibratedLines say below the readings what a calibration has changed of them.
func (p *page) recalibratedLines() []string {
	said := p.recalibrated()
	if said == "" {
		return nil
	}
	sub := &page{story: p.story, o: p.o, width: p.width}
	sub.paragraph("! ", "  ", said)
	return strings.Split(strings.TrimSuffix(sub.b.String(), "\n"), "\n")
}

// readings are those of entries.
func readings(entries []entry) []analysis.Reading {
	out := make([]analysis.Reading, len(entries))
	for k := range entries {
		out[k] = entries[k].reading
	}
	return out
}

// whole returns the first lines of list, at most n, that are complete warnings.
func whole(list []string, n int) []string {
	if n >= len(list) {
		return list
	}
	for n > 0 && !strings.HasPrefix(list[n], "! ") {
		n--
	}
	if n == 1 { // the blank line before the first
		n = 0
	}
	return list[:n]
}

func (p *page) sort() Sort {
	if p.o.Sort == "" {
		return ByP
	}
	return p.o.Sort
}

// answerTitle says what was studied in one line.
func (p *page) answerTitle() string {
	if len(p.events) == 1 {
		e := &p.r.Catalog.Events[p.events[0]]
		return p.session0(p.events[0]).String() + "  " + isolate(p.title(e))
	}
	return clean(p.r.Study.Name)
}

// standing writes the sentences: how many differ, what moved most, the market's own
// move, and what must be known of that event first. It returns that event, -1 where
// there is none, and the readings that it names.
func (p *page) standing(entries []entry) (event int, named []analysis.Reading) {
	if len(entries) == 0 {
		p.paragraph("", "", p.Say("No %s could be measured.", p.abnormal(0, p.window())))
		return -1, nil
	}
	if warning := p.trusted(); warning != "" {
		p.paragraph("", "", strings.TrimSpace(warning))
	}
	lead, said := p.lead(entries)
	for k, t := range said {
		if k < 4 {
			p.paragraph("", "", t)
		} else {
			p.short2("", "", t)
		}
	}
	if len(p.tested) > 1 && len(p.events) > 1 {
		p.paragraph("", "", p.counted(entries))
	}
	m := p.r.BenchmarkMove(lead.members[0], p.window())
	p.defined = p.split(&lead, p.took(lead.event, &m)) != ""
	notes := p.firstNotes(lead.event)
	for k, n := range notes {
		if k == 2 {
			p.paragraph("! ", "  ", p.Say("and %s more about this event: --full has them", len(notes)-k))
			break
		}
		p.short2("! ", "  ", n)
	}
	if len(p.events) == 1 {
		when := p.whenOut(&p.r.Catalog.Events[lead.event], p.obs[lead.event])
		if len(when) > 0 && !p.inside(lead.event) {
			p.short2("", "", when[0])
		}
	}
	if lead.group != nil {
		named = append(named, lead.reading)
	}
	return lead.event, named
}

// lead is what moved most of the entries, and what is said of it first: what it did,
// the benchmark's own move, which comes before where it took the news, and its money
// where it is the only event.
func (s *story) lead(entries []entry) (entry, []string) {
	lead := entries[0]
	for k := range entries { // whatever order they are in
		e := &entries[k]
		if e.owner < 0 && (lead.owner >= 0 || e.p < lead.p) {
			lead = *e
		}
	}
	best := lead.members[0]
	for k := range entries { // of what stands out on the same session, that with the most securities
		e := &entries[k]
		if len(s.events) > 1 && e.owner < 0 && e.adjusted < analysis.Level && len(e.members) > len(lead.members) &&
			s.r.Observation(e.members[0]).Session0 == s.r.Observation(best).Session0 {
			lead = *e
		}
	}
	if len(s.events) == 1 && len(entries) > 1 {
		if g := s.eventGroup(lead.event); g != nil {
			lead = s.entryOf(lead.event, s.used(lead.event), g)
		}
	}
	m := s.r.BenchmarkMove(lead.members[0], s.window())
	took := s.took(lead.event, &m)
	said := []string{s.headed(&lead, took)}
	market := s.benchmarked(lead.event, lead.members, s.split(&lead, took) == "")
	moved := s.movers(lead.members, took)
	switch {
	case moved != "" && market != "":
		said = []string{moved, market, said[0]}
	case moved != "":
		said = []string{moved, said[0]}
	case market != "" && took: // the model's figure is what the market left
		said = []string{market, said[0]}
	case market != "":
		said = append(said, market)
	}
	if t := s.wasIt(&lead, m.Unusual()); t != "" {
		at := 1
		if market != "" && moved == "" && took {
			at = 2
		}
		said = slices.Insert(said, min(at, len(said)), t)
	}
	if len(s.events) > 1 {
		e := &s.r.Catalog.Events[lead.event]
		said[0] = s.Say("%s, %s: %s", s.session0(lead.event), s.Say("“%s”", clip(s.title(e), 60)), said[0])
		return lead, said
	}
	v := s.worth(lead.members[0], headline)
	if lead.group != nil {
		v = s.worthTogether(lead.group, headline)
	}
	if v != "" {
		said = append(said, v, s.countedAs())
	}
	return lead, said
}

// short2 writes s on two lines at most.
func (p *page) short2(first, rest, s string) { p.shortened(first, rest, s, "") }

// shortened writes s and tail on two lines at most: what there is no room for of s is
// left out, where it can be from a mark on that parts it.
func (p *page) shortened(first, rest, s, tail string) {
	room := p.width - columns(rest)
	lines := wrap(s+tail, room)
	if len(lines) > 2 {
		tail = "…" + tail
		head := strings.Join(wrap(s, room)[:2], " ")
		for columns(tail) < room && len(wrap(head+tail, room)) > 2 {
			at := strings.LastIndex(head, " ")
			if at < 0 {
				break
			}
			head = head[:at]
		}
		for _, mark := range []string{"; ", "؛ ", ": ", " (", ", ", "، ", " and "} {
			if at := strings.LastIndex(head, mark); 3*at > 2*len(head) {
				head = head[:at]
				break
			}
		}
		lines = wrap(strings.TrimRight(head, " ,;:،؛(")+tail, room)
	}
	for k, l := range words.Balance(lines) {
		lead := rest
		if k == 0 {
			lead = first
		}
		p.line(lead + strings.ReplaceAll(l, nbsp, " "))
	}
}

// ranked writes the first lines of the table, at most n, and how many are left out.
func (p *page) ranked(entries []entry, n int) {
	one := len(p.events) == 1
	g := &grid{tight: true}
	named := slices.ContainsFunc(entries, func(e entry) bool {
		symbol := p.r.Observation(e.members[0]).Security
		return p.name(symbol) != clean(symbol)
	})
	if one {
		g.heads = []head{{name: p.Say("security"), left: true}, {name: p.Say("name"), left: true, order: 2}, {name: p.what() + " %", order: 1}}
	} else {
		g.heads = []head{{name: p.Say("session 0"), left: true}, {name: p.Say("event"), left: true, fill: true}, {name: "N"}}
	}
	g.heads = append(g.heads, head{name: p.Say("abnormal %%")}, head{name: p.Say("95%% interval")}, head{name: p.Say("adj. p")})
	several := slices.ContainsFunc(entries, func(e entry) bool { return len(e.members) > 1 })
	switch {
	case several:
		g.heads = append(g.heads, head{name: p.Say("strongest"), left: true})
	case one:
		g.heads = append(g.heads, head{name: "t", order: 1})
	}
	g.heads = append(g.heads, head{name: p.Say("reading"), left: true})
	if !one {
		g.heads = append(g.heads, head{name: p.Say("market %%"), order: 3})
	}
	if !p.aboutVolume() {
		g.heads = append(g.heads, head{name: p.Say("detectable %%"), order: 4})
	}
	for k := range entries {
		if k == n {
			break
		}
		e := &entries[k]
		x := p.interval(e)
		span := "–"
		if x.Lower == x.Lower {
			span = percent(x.Lower, 1) + ".." + percent(x.Upper, 1)
		}
		var row []string
		i := p.mover(e)
		if one {
			o := p.r.Observation(i)
			f := p.r.AbnormalReturns(i)
			ret := math.NaN()
			if w := p.window(); w.Len() == 1 {
				ret = f.Return[w.From-p.r.Study.EventWindow.From]
			}
			row = []string{clean(o.Security), clip(p.name(o.Security), 24), percent(ret, 1)}
		} else {
			row = []string{p.session0(e.event).String(), p.title(&p.r.Catalog.Events[e.event]), strconv.Itoa(len(e.members))}
		}
		row = append(row, percent(e.effect, 1), span, tableP(e.adjusted))
		switch {
		case one:
			row = append(row, fixed(p.r.WindowTest(i, headline).Stat, 1))
		case several:
			car, _ := p.r.CAR(i, headline)
			row = append(row, clean(p.r.Observation(i).Security)+" "+percent(car, 1))
		}
		row = append(row, p.Reading(e.reading))
		if !one {
			row = append(row, percent(p.r.BenchmarkMove(e.members[0], p.window()).Return, 1))
		}
		if v := p.detectable(e); !p.aboutVolume() && v == v {
			row = append(row, size(v))
		} else if !p.aboutVolume() {
			row = append(row, "–")
		}
		g.rows = append(g.rows, row)
	}
	if one && !named { // symbols are all that is known
		g.heads = slices.Delete(g.heads, 1, 2)
		for k := range g.rows {
			g.rows[k] = slices.Delete(g.rows[k], 1, 2)
		}
	}
	lines, _ := g.render(p.width)
	for k, l := range lines {
		if k == 0 {
			l = p.bold(l)
		}
		p.line(l)
	}
	if left := len(entries) - n; left > 0 {
		p.line(p.Say("and %s more, less unusual: --top %s or --full", left, len(entries)))
	}
}

// tableP writes a p value in few columns.
func tableP(p float64) string {
	switch {
	case p != p:
		return "–"
	case p < 0.001:
		return "<.001"
	}
	return strconv.FormatFloat(p, 'f', 3, 64)
}

// pooledLines are the averages over several events, a line a group of two
// observations or more, at most most of each grouping, and their readings. Groups of
// two, which say next to nothing, and those that repeat an event are counted alone.
func (p *page) pooledLines(most int) (lines []string, named []analysis.Reading) {
	if len(p.events) < 2 {
		return nil, nil
	}
	g := &grid{tight: true, heads: []head{{name: p.Say("pooled"), left: true, fill: true}, {name: "N"}, {name: p.Say("abnormal %%")}, {name: p.Say("95%% interval")}, {name: "p"}, {name: p.Say("reading"), left: true}}}
	more := 0
	var told []*analysis.Group // of which no line repeats one
	for _, ev := range p.events {
		if x := p.eventGroup(ev); x != nil {
			told = append(told, x)
		}
	}
	for _, by := range []analysis.Grouping{analysis.All, analysis.ByCategory, analysis.BySecurity} {
		if !slices.Contains(p.r.Study.Groups, by) {
			continue
		}
		groups, _ := p.pooled(by)
		all := len(groups)
		groups = slices.DeleteFunc(groups, func(x *analysis.Group) bool { return len(x.Members) < 3 || slices.ContainsFunc(told, sameMembers(x)) })
		more += all - len(groups)
		told = append(told, groups...)
		slices.SortStableFunc(groups, func(a, b *analysis.Group) int { return len(b.Members) - len(a.Members) })
		for k, x := range groups {
			if k == most {
				more += len(groups) - k
				break
			}
			f := p.r.Finding(x, headline)
			v := f.Interval()
			span := "–"
			if v.Lower == v.Lower {
				span = percent(v.Lower, 1) + ".." + percent(v.Upper, 1)
			}
			pv := math.NaN()
			if t := deciding(f); t != nil {
				pv = t.P
			}
			name := p.Say("all events")
			switch by {
			case analysis.ByCategory:
				name = p.Say("category %s", p.Category(clean(x.Key)))
			case analysis.BySecurity:
				name = clean(x.Key)
			}
			g.rows = append(g.rows, []string{name, strconv.Itoa(f.Window.N), percent(f.Window.CAAR, 1), span, tableP(pv), p.Reading(f.Verdict)})
			named = append(named, f.Verdict)
		}
	}
	if len(g.rows) == 0 {
		return nil, nil
	}
	lines, _ = g.render(min(p.width, 80))
	lines[0] = p.bold(lines[0])
	if more > 0 {
		lines = append(lines, p.Say("and {1:%[1]s more group|%[1]s more groups}: --full", more))
	}
	return append([]string{""}, lines...), named
}

// sameMembers reports of a group whether it has the members of x.
func sameMembers(x *analysis.Group) func(*analysis.Group) bool {
	return func(y *analysis.Group) bool { return slices.Equal(x.Members, y.Members) }
}

// nextLines is the sentence about the next event, on two lines at most.
func (p *page) nextLines() []string {
	said := p.nextOfOne()
	if said == "" {
		return nil
	}
	sub := &page{story: p.story, o: p.o, width: p.width}
	sub.blank()
	sub.short2("", "", said)
	return strings.Split(strings.TrimSuffix(sub.b.String(), "\n"), "\n")
}

// mostSerious are the warnings that change how the lines are read, at most n, each
// on two lines: of the events in the order of the table, then of the whole study. The
// first notes of the event lead stand above.
func (p *page) mostSerious(entries []entry, lead, n int) []string {
	var said []string
	add := func(s string) {
		if !slices.Contains(said, s) {
			said = append(said, s)
		}
	}
	if list, all := p.excluded(); len(list) > 0 {
		o := list[0]
		add(p.Say("Not measured: %s of %s observations, the first %s, %s: %s.", len(list), all, clean(o.EventID), clean(o.Security), p.why(o.Exclusion)))
	}
	kinds := make(map[string]int) // how many are left out of each kind
	at := make(map[string]int)    // where the one that stands is, in said
	for _, firsts := range []bool{true, false} {
		seen := map[int]bool{}
		for k := range entries {
			ev := entries[k].event
			if seen[ev] || k >= 12 {
				continue
			}
			seen[ev] = true
			if firsts && entries[k].owner >= 0 {
				add(p.Say("%s: its returns are those of %s.", p.called(&p.r.Catalog.Events[ev]), p.called(&p.r.Catalog.Events[entries[k].owner])))
				continue
			}
			together := 0 // other events of the session that are named
			for _, note := range p.warnings[p.r.Catalog.Events[ev].ID] {
				if p.first(note) != firsts || firsts && ev == lead || note.Severity != analysis.Warning || !firsts && note.Code == "confounder" {
					continue
				}
				kind := note.Code + "/" + note.Variant
				switch {
				case firsts && note.Code == "confounder":
					together++
				case note.Code == "same-return" && together > 0: // the one before says it
					continue
				}
				if firsts {
					kind += "/" + note.EventID
				}
				if _, ok := at[kind]; ok {
					kinds[kind]++
					continue
				}
				s := p.noteText(note)
				if len(p.events) > 1 {
					s = p.Say("%s: %s", p.called(&p.r.Catalog.Events[ev]), s)
				}
				at[kind] = len(said)
				add(s)
			}
		}
	}
	more := make([]int, len(said)+len(p.remarks))
	for kind, n := range kinds {
		more[at[kind]] = n
	}
	clear(kinds)
	for _, note := range p.remarks {
		if p.doubtful(note) {
			kinds[note.Code]++
		}
	}
	for _, note := range p.remarks {
		switch n := kinds[note.Code]; {
		case n == 0:
			continue
		default:
			more[len(said)] = n - 1
			add(p.noteText(note))
		}
		kinds[note.Code] = 0
	}
	var out []string
	for k, s := range said {
		if k == n {
			break
		}
		sub := &page{story: p.story, o: p.o, width: p.width}
		tail := ""
		if more[k] > 0 {
			tail = " " + p.Say("[and %s more of this kind]", more[k])
		}
		sub.shortened("! ", "  ", s, tail)
		out = append(out, strings.Split(strings.TrimRight(sub.b.String(), "\n"), "\n")...)
	}
	if len(out) > 0 {
		out = append([]string{""}, out...)
	}
	return out
}

// doubtful reports whether a note casts doubt on figures: a warning, or whatever is
// said of prices.
func (s *story) doubtful(n *analysis.Note) bool {
	switch n.Code {
	case "counted-twice", "same-return": // the readings say it
		return false
	case "row-left-out", "price-mended", "price-finding", "price-issue", "trusted-prices", "zero-filled", "missing-return", "unexplained-return", "spanning-return":
		return true
	}
	return n.Severity == analysis.Warning
}

// below says how to read what stands above, with the readings that it names, and
// where the rest is.
func (p *page) below(named []analysis.Reading) []string {
	sub := &page{story: p.story, o: p.o, width: p.width}
	var meant []string
	for _, r := range analysis.Readings {
		if slices.Contains(named, r) {
			meant = append(meant, p.Say("%s: %s", p.Reading(r), p.ReadingMeans(r)))
		}
	}
	if len(p.events) > 1 {
		sub.line(p.bold(p.Say("How to read this")))
	}
	what := p.Say("Abnormal: what is left of the return, in %%, after what the model expects.")
	if p.aboutVolume() {
		what = p.Say("Abnormal: what is left of the volume after what the model expects.")
	}
	if len(p.events) > 1 {
		what += " " + p.Say("Adj. p: of the line, for all lines together (Holm).")
		if len(meant) > 0 {
			what += " " + sentence(strings.Join(meant, p.Semi)) + "."
		}
		if p.pools {
			what += " " + p.Say("Rises and falls cancel in pooled averages.")
		}
		sub.paragraph("", "", what)
	}
	where := []string{"--full"}
	for _, f := range p.o.Files {
		where = append(where, clean(f))
	}
	if n := p.o.Charts.LeftOut; n > 0 {
		where = append(where, p.Say("--charts all (%s charts more)", n))
	}
	if p.RTL {
		for k := range where {
			where[k] = "\u2066" + where[k] + "\u2069"
		}
	}
	rest := p.Say("All else: %s.", strings.Join(where, p.Comma))
	if len(p.events) == 1 && len(meant) > 0 {
		means := sentence(strings.Join(meant, p.Semi)) + ". "
		if !p.defined {
			means = what + " " + means
		}
		rest = p.Say("How to read this") + ". " + means + rest
	}
	sub.paragraph("", "", rest)
	return strings.Split(strings.TrimRight(sub.b.String(), "\n"), "\n")
}

// briefly writes a line an entry.
func (p *page) briefly() {
	for _, e := range p.entries(p.sort()) {
		what := p.title(&p.r.Catalog.Events[e.event])
		if len(p.events) == 1 {
			what = p.name(p.r.Observation(e.members[0]).Security)
		}
		tail := p.Say("N %s, %s%%, adj. p %s, %s", len(e.members), percent(e.effect, 1), tableP(e.adjusted), p.Reading(e.reading))
		p.line(p.session0(e.event).String() + "  " + isolate(clip(what, max(10, p.width-14-columns(tail)))) + "  " + tail)
	}
}
