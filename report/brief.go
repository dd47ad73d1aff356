package report

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/internal/words"
)

// brief is a report of its own beside that of a study: a lead, and sections of
// paragraphs and tables, the answer first. The same brief is laid out for a terminal
// and as a page.
type brief struct {
	title, about string
	lead         []string
	sections     []briefSection
	foot         []string
}

// briefSection is a part of a brief.
type briefSection struct {
	heading string
	text    []string
	table   *briefTable
	after   []string // below the table
	page    bool     // shown on a page only
}

// briefTable is a table of words and rounded figures.
type briefTable struct {
	cols []briefColumn
	rows [][]string
	most int    // rows in a terminal; 0: all
	more string // what to say of the others, with their number
}

type briefColumn struct {
	name   string
	text   bool // words, to the left
	order  int  // in a terminal: see head
	signed bool // a return, in the colour of its sign on a page
}

// add adds a row.
func (t *briefTable) add(cells ...string) { t.rows = append(t.rows, cells) }

// writeBrief lays a brief out for a terminal.
func writeBrief(w io.Writer, o TextOptions, say func(s *story) *brief) error {
	return onPage(w, shell("", nil), o, func(p *page) {
		b := say(p.story)
		p.line(p.bold(clip(clean(b.title), p.width)))
		if b.about != "" {
			p.paragraph("", "", b.about)
		}
		for _, t := range b.lead {
			p.paragraph("", "", t)
		}
		for i := range b.sections {
			p.briefSection(&b.sections[i])
		}
		if len(b.foot) > 0 {
			p.blank()
		}
		for _, t := range b.foot {
			p.paragraph("", "  ", t)
		}
	})
}

func (p *page) briefSection(s *briefSection) {
	if s.page {
		return
	}
	if s.heading != "" {
		p.heading(s.heading)
	} else {
		p.blank()
	}
	for _, t := range s.text {
		p.paragraph("  ", "  ", t)
	}
	if t := s.table; t != nil && len(t.rows) > 0 {
		g := &grid{rows: t.rows}
		if t.most > 0 && len(t.rows) > t.most {
			g.rows = t.rows[:t.most]
		}
		for _, c := range t.cols {
			g.heads = append(g.heads, head{name: c.name, left: c.text, order: c.order})
		}
		p.grid(g)
		if left := len(t.rows) - len(g.rows); left > 0 && t.more != "" {
			p.paragraph("  ", "  ", p.Say(t.more, left))
		}
	}
	for _, t := range s.after {
		p.paragraph("  ", "  ", t)
	}
}

// shell is a result of nothing, for what lays out pages.
func shell(name string, study *analysis.Study) *analysis.Result {
	if study == nil {
		study = &analysis.Study{Name: name}
	}
	return &analysis.Result{Study: study, Catalog: &events.Catalog{}}
}

// briefView is what the page of a brief lays out.
type briefView struct {
	Lang, Dir, Title, About, Policy string
	Style, Script, Sheet            markup
	Lead, Foot                      []string
	Charts                          []inlineChart
	Sections                        []briefPart
}

type briefPart struct {
	Heading     string
	Text, After []string
	Table       *sheet
}

// htmlBrief lays a brief out as a page with charts, as HTML does.
func htmlBrief(w io.Writer, o HTMLOptions, say func(s *story) *brief) error {
	s, err := newStory(shell("", nil), o.Lang, nil)
	if err != nil {
		return err
	}
	b := say(s)
	v := &briefView{Lang: s.Tag, Dir: "ltr", Title: clean(b.title), About: b.about, Lead: b.lead, Foot: b.foot}
	if s.RTL {
		v.Dir = "rtl"
	}
	v.Style, v.Script = markup("\n"+htmlStyle+darkRules(o.Dark)), markup("\n"+htmlScript)
	v.Policy = fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; img-src data:; base-uri 'none'; form-action 'none'", hashOf(string(v.Style)), hashOf(string(v.Script)))
	var glyphs glyphSheet
	for k, c := range o.Charts {
		chart, err := glyphs.inline(c, o.Dark)
		if err != nil {
			return fmt.Errorf("HTML report: chart %d: %w", k+1, err)
		}
		v.Charts = append(v.Charts, chart)
	}
	v.Sheet = markup(glyphs.defs.String())
	for i := range b.sections {
		x := &b.sections[i]
		part := briefPart{Heading: x.heading, Text: x.text, After: x.after}
		if t := x.table; t != nil && len(t.rows) > 0 {
			part.Table = &sheet{Caption: x.heading}
			for _, c := range t.cols {
				part.Table.Heads = append(part.Table.Heads, headCell{Text: c.name, Num: !c.text})
			}
			rows := t.rows
			if left := len(rows) - mostOnPage; left > 0 {
				rows = rows[:mostOnPage]
				if t.more != "" {
					part.After = append([]string{s.Say(t.more, left)}, part.After...)
				}
			}
			for _, row := range rows {
				cells := make([]pageCell, len(row))
				for j, text := range row {
					switch c := t.cols[j]; {
					case c.text && j == 0:
						cells[j] = named(text)
					case c.text:
						cells[j] = given(text)
					default:
						cells[j] = num(text)
						if c.signed && strings.HasPrefix(text, "+") {
							cells[j].Class += " up"
						} else if c.signed && strings.HasPrefix(text, "-") {
							cells[j].Class += " down"
						}
					}
				}
				part.Table.Rows = append(part.Table.Rows, cells)
			}
		}
		v.Sections = append(v.Sections, part)
	}
	h := &markupWriter{s.Language, bufio.NewWriter(w)}
	h.brief(v)
	if err := h.Flush(); err != nil {
		return fmt.Errorf("HTML report: %w", err)
	}
	return nil
}

// mostOnPage is how many rows of a table a page has: more would not open quickly.
const mostOnPage = 500

// jsonMember is a member of a document of tables.
type jsonMember struct {
	name  string
	value any
}

// writeDocument writes members and tables as one JSON document, the rows as
// results.json has them.
func writeDocument(w io.Writer, members []jsonMember, tables []Table) error {
	b := bufio.NewWriter(w)
	b.WriteString("{\n")
	for _, m := range members {
		data, err := json.MarshalIndent(m.value, "  ", "  ")
		if err != nil {
			return err
		}
		fmt.Fprintf(b, "  %q: %s,\n", m.name, data)
	}
	b.WriteString("  \"tables\": {")
	for i, t := range tables {
		if i > 0 {
			b.WriteByte(',')
		}
		fmt.Fprintf(b, "\n    %q: ", t.Name)
		var rows bytes.Buffer
		if err := jsonRows(&rows, t); err != nil {
			return err
		}
		b.Write(rows.Bytes())
	}
	b.WriteString("\n  }\n}\n")
	return b.Flush()
}

// rowsFor makes a table's rows of n things.
func rowsFor(n int, row func(i int) []Cell) func(yield func([]Cell) bool) {
	return func(yield func([]Cell) bool) {
		for i := range n {
			if !yield(row(i)) {
				return
			}
		}
	}
}

// listed joins names with commas of the language, the first most of them.
func listed(l *words.Language, names []string, most int) string {
	if len(names) <= most {
		return strings.Join(l.Each(names), l.Comma)
	}
	return l.Say("%s and %s more", strings.Join(l.Each(names[:most]), l.Comma), len(names)-most)
}
