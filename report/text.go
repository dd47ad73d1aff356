package report

import (
	"io"
	"slices"
	"strconv"
	"strings"

	"aftershock/analysis"
	"aftershock/internal/words"
)

// TextOptions say how [Text] writes.
type TextOptions struct {
	Width  int      // columns of the terminal; 0 means 80, less than 40 counts as 40
	Color  bool     // headings in bold, by ANSI escape sequences
	Lang   string   // language of words and titles (see [Languages]); "" means English, and the catalogue's first for titles
	Events []string // IDs of the events to write about; empty: all, and the groups
	Detail Detail   // how much is told
	Sort   Sort     // order of the lines of the ranked table; "" means ByP
	Top    int      // lines of the ranked table; 0: as many as the screen has room for
	Charts Charts   // of the run, which an answer tells of where some are left out
	Files  []string // names of the files that hold the whole report, which an answer points to
	// Calibration, if not nil, says how the tests fare on the study's own data.
	Calibration *analysis.Calibration
}

// narrowest is the width below which a report is not made narrower.
const narrowest = 40

// Text writes the report of a finished study for people: what was measured,
// what stands out, each event in the order of its session 0, the groups, what
// was excluded and why, and what the words mean. No line of Latin text is
// longer than the width; a table that does not fit leaves columns out, and the
// end of the report says which. Each event is written before the next is looked
// at, and a failed write ends the work.
//
// Errors: an ID in o.Events that the catalogue does not have; a failed write.
func Text(w io.Writer, r *analysis.Result, o TextOptions) error {
	if o.Width == 0 {
		o.Width = 80
	}
	s, err := newStory(r, o.Lang, o.Events)
	if err != nil {
		return err
	}
	p := &page{story: s, o: o, width: max(narrowest, o.Width)}
	switch o.Detail {
	case Answer:
		p.answer()
		return p.flush(w)
	case Brief:
		p.briefly()
		return p.flush(w)
	}
	p.header()
	p.highlights()
	if o.Calibration != nil {
		p.certificate()
	}
	for _, ev := range p.told {
		if err := p.flush(w); err != nil {
			return err
		}
		p.event(ev)
	}
	if left := p.untold(); left != "" {
		p.blank()
		p.line(p.rule())
		p.paragraph("", "", left)
	}
	if len(o.Events) == 0 {
		p.groups()
	}
	p.many()
	p.explained()
	p.contrasts()
	p.next()
	p.remarksWritten()
	p.unexplained()
	p.exclusions()
	p.sources()
	return p.flush(w)
}

// page is a text report being written.
type page struct {
	*story
	o       TextOptions
	width   int
	b       strings.Builder
	dropped []string // columns for which there was no room
	pools   bool     // averages over several events are told
	defined bool     // what is abnormal is said in the sentences
}

// flush hands over what is written so far.
func (p *page) flush(w io.Writer) error {
	_, err := io.WriteString(w, p.b.String())
	p.b.Reset()
	return err
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
	for k, l := range words.Balance(wrap(s, p.width-max(columns(first), columns(rest)))) {
		lead := rest
		if k == 0 {
			lead = first
		}
		p.line(lead + strings.ReplaceAll(l, nbsp, " "))
	}
}

// field writes a labelled paragraph.
func (p *page) field(label, s string) {
	p.paragraph(label+strings.Repeat(" ", max(1, 14-columns(label))), strings.Repeat(" ", 14), s)
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

func (p *page) header() {
	p.line(p.bold(clip(clean(p.r.Study.Name), p.width)))
	p.blank()
	for _, f := range p.facts() {
		p.field(f.label, f.text)
	}
}

// highlights writes the summary.
func (p *page) highlights() {
	const most = 5 // events
	p.heading(p.Say("What stands out"))
	opening, stand, whole := p.summary(most + 1)
	p.paragraph("", "", opening)
	for k, h := range stand {
		if k == most && len(stand) > most+1 {
			p.paragraph("  ", "  ", p.Say("and %s more events", len(stand)-most))
			break
		}
		p.line("  " + p.session0(h.event).String() + "  " + isolate(clip(p.title(&p.r.Catalog.Events[h.event]), p.width-14)))
		p.paragraph(strings.Repeat(" ", 14), strings.Repeat(" ", 14), h.text)
	}
	if whole != "" {
		p.paragraph("", "", whole)
	}
}

// groups writes the averages that pool several events.
func (p *page) groups() {
	r := p.r
	any := false
	for _, by := range r.Study.Groups {
		if by == analysis.ByEvent {
			continue
		}
		reading := p.Say("reading")
		g := &grid{heads: []head{{name: "", left: true}, {name: "N"}, {name: p.Say("average")}, {name: p.Say("past p")}, {name: p.Say("spread p")}, {name: reading, left: true, order: 1, as: reading}, {name: "r_bar", order: 2}}}
		for k, w := range r.Study.CARWindows {
			if k != headline {
				g.heads = append(g.heads, head{name: w.String(), order: 3, as: p.Say("averages over the other windows")})
			}
		}
		pooled, left := p.pooled(by)
		for _, x := range pooled {
			f := r.Finding(x, headline)
			key := clean(x.Key)
			if by == analysis.ByCategory {
				key = p.Category(key)
			}
			row := []string{clip(key, 24), strconv.Itoa(f.Window.N), percent(f.Window.CAAR, 2), leadP(f.Past), leadP(f.Spread), p.Reading(f.Verdict), fixed(f.Window.RBar, 2)}
			for k := range r.Study.CARWindows {
				if k != headline {
					row = append(row, percent(x.Windows[k].CAAR, 2))
				}
			}
			g.rows = append(g.rows, row)
		}
		if len(g.rows) == 0 {
			continue
		}
		p.blank()
		if !any {
			p.line(p.rule())
			any = true
		}
		p.line(p.bold(clip(p.poolTitle(by), p.width)))
		p.grid(g)
		if left != "" {
			p.paragraph("  ", "  ", left)
		}
	}
	if any {
		p.blank()
		p.paragraph("  ", "  ", p.poolLegend())
	}
}

func leadP(t *analysis.TestResult) string {
	if t == nil {
		return "–"
	}
	return showP(t.P)
}

func (p *page) rule() string { return strings.Repeat("─", p.width) }

// remarksWritten writes the notes that do not stand with an event.
func (p *page) remarksWritten() {
	kinds := p.notes()
	if len(kinds) == 0 {
		return
	}
	p.heading(p.Say("Notes"))
	for _, k := range kinds {
		for _, s := range k.list {
			p.paragraph("  - ", "    ", s)
		}
	}
}

// exclusions lists the observations that were not measured.
func (p *page) exclusions() {
	const most = 40
	list, all := p.excluded()
	if len(list) == 0 {
		return
	}
	p.heading(p.Say("Excluded: %s of %s observations", len(list), all))
	for k, o := range list {
		if k == most {
			p.paragraph("  ", "  ", p.Say("and %s more: observations.csv has each with its reason", len(list)-most))
			break
		}
		p.paragraph("  ", "    ", p.Say("%s, %s: %s (%s)", clean(o.EventID), clean(o.Security), p.why(o.Exclusion), o.Exclusion.Reason))
	}
}

// sources says what stars, words and tests mean, and where they come from.
func (p *page) sources() {
	p.heading(p.Say("How to read this"))
	write := func(s string) { p.paragraph("  ", "  ", s) }
	for _, s := range p.legend() {
		write(s)
	}
	if len(p.dropped) > 0 {
		write(p.Say("At this width the tables leave out: %s. The CSV files have them.", strings.Join(p.Each(p.dropped), p.Comma)))
	}
	p.heading(p.Say("Sources"))
	m := p.r.Study.Model
	p.paragraph("  ", "    ", p.Say("model %s: %s", m.Name(), m.Paper()))
	for _, h := range p.hypotheses() {
		write(p.Say("Tests of the hypothesis that %s:", p.Translate(h.null)))
		for _, t := range h.tests {
			p.paragraph("    ", "      ", p.Say("%s: assumes %s. %s", t.Name(), p.Translate(t.Assumes()), t.Paper()))
		}
	}
}
