package report

import (
	"bufio"
	"cmp"
	"crypto/sha256"
	_ "embed"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"

	"aftershock/analysis"
	"aftershock/analysis/stat"
	"aftershock/market"
)

// HTMLOptions say how [HTML] writes.
type HTMLOptions struct {
	Lang   string   // language of words and titles (see [Languages]); "" means English, and the catalogue's first for titles
	Events []string // IDs of the events to write about; empty: all, and the groups
	Charts []Chart  // those of an event stand with it, the others before
	// Dark says what each colour of the charts is on a dark page, both written
	// as "#1a1a1a". A chart with a colour that is not among them keeps its own
	// paper.
	Dark map[string]string
	// Manifest is what is known of how the figures came about; nil: what the
	// result knows. Its clock and its outputs are not shown, so that the same
	// study gives the same bytes.
	Manifest *Manifest
	// Calibration, if not nil, says how the tests fare on the study's own data.
	Calibration *analysis.Calibration
}

// Chart is a chart as package plots draws it in SVG.
type Chart struct {
	Kind   string // name of the chart, such as car
	Event  string // ID of the event that it shows; "" for one of the whole study
	SVG    []byte
	Narrow []byte // the same for a page of a phone; nil where there is none
	File   string // of the same picture beside the page, such as charts/ranking.png; "" where there is none
}

//go:embed html/style.css
var htmlStyle string

//go:embed html/script.js
var htmlScript string

// HTML writes the report of a finished study as one page that needs nothing
// beside it: no network, no font, no script to be read. A script of its own
// sorts tables, switches the theme and shows what cells have more to tell; its
// policy lets the page run no other. Whatever comes from a catalogue or a price
// source is text.
//
// Errors: an ID in o.Events that the catalogue does not have; a chart that is
// not written as package plots does; a failed write.
func HTML(w io.Writer, r *analysis.Result, o HTMLOptions) error {
	s, err := newStory(r, o.Lang, o.Events)
	if err != nil {
		return err
	}
	if o.Manifest == nil {
		o.Manifest = NewManifest(r)
	}
	v, err := s.view(o)
	if err != nil {
		return err
	}
	h := &markupWriter{s.Language, bufio.NewWriter(w)}
	h.page(v)
	if err := h.Flush(); err != nil {
		return fmt.Errorf("HTML report: %w", err)
	}
	return nil
}

// htmlView is what the page lays out. What is of type markup is our own or comes
// from package plots; all else is text.
type htmlView struct {
	Lang, Dir, Title, Policy string
	Style, Script, Sheet     markup

	Facts          []labelled
	About          string   // how much was studied, and how
	Lead           []string // what moved most, the benchmark's own move, the average
	First          []string // what must be known first
	Opening, Whole string
	Ranked         *ranked
	Leading        []inlineChart // of the only event
	Charts         []inlineChart
	Shown          string              // which charts of events are left out
	Events         iter.Seq[eventView] // made as they are written
	Pools          []poolView
	PoolLegend     string
	Fared          []string // how the tests fare on this data
	Unexplained    string   // heads the moves without an event
	Moves          []string
	How            string   // how families are corrected
	Left           []string // what is left of them
	Regressed      string
	Explained      *sheet
	Past           []string       // how the regression compares with its own past
	Contrasts      []contrastView // and what to expect of the next event
	Legend         []string
	Models         sheet
	Hypotheses     []sheet
	Excluded       *sheet
	Notes          []string
	NotesSaid      string // how many they are
	Provenance     []labelled
	Coverage       sheet
	Inputs         *sheet
	Configuration  string
	Repeat         []string
	Footer         string
}

type labelled struct{ Label, Text string }

type inlineChart struct {
	Name, ViewBox            string
	Frame, Across, Up, At    string // see picture
	Own                      bool
	Body                     markup
	Slim                     *inlineChart // for a narrow page
	Class, File              string
	Figures                  markup // its lines as CSV
	FiguresFile, PictureFile string // what to save them as
}

type eventView struct {
	Line                               string // the event in one line
	Anchor, Date, Title, About, Source string
	Said, Warnings                     []string
	Charts, MoreCharts                 []inlineChart
	Securities, Tests                  *sheet
	Short                              string
	Rest                               []string
}

type poolView struct {
	Table sheet
	Left  string
}

// sheet is a table of a page.
type sheet struct {
	ID, Caption string
	Heads       []headCell
	Rows        [][]pageCell
	Foot        []pageCell
}

type headCell struct {
	Text, Tip, Class string
	Num              bool
}

type pageCell struct {
	Text, Link, Class, Tip string
	ID                     string // of the cell, for links to it
	Head, Bdi              bool   // heads its row; comes from outside, in whatever direction it runs
	Stars                  string // beside a figure
	Mark                   markup
}

func num(text string) pageCell   { return pageCell{Text: text, Class: "n"} }
func given(text string) pageCell { return pageCell{Text: clean(text), Bdi: true} }
func named(text string) pageCell { return pageCell{Text: clean(text), Bdi: true, Head: true} }

// moved is a return in per cent, in the colour of its sign.
func moved(v float64) pageCell {
	c := num(percent(v, 2))
	if v > 0 {
		c.Class += " up"
	} else if v < 0 {
		c.Class += " down"
	}
	return c
}

// heads makes the heads of a table; those that begin with # head numbers.
func heads(names ...string) []headCell {
	out := make([]headCell, len(names))
	for i, n := range names {
		out[i].Text = n
		if n != "" && n[0] == '#' {
			out[i] = headCell{Text: n[1:], Num: true}
		}
	}
	return out
}

// view takes from the story what the page shows.
func (s *story) view(o HTMLOptions) (*htmlView, error) {
	v := &htmlView{Lang: s.Tag, Dir: "ltr", Title: cmp.Or(clean(s.r.Study.Name), s.Say("Event study")), Legend: s.legend(), PoolLegend: s.poolLegend()}
	if s.RTL {
		v.Dir = "rtl"
	}
	v.Style, v.Script = markup("\n"+htmlStyle+darkRules(o.Dark)), markup("\n"+htmlScript)
	v.Policy = fmt.Sprintf("default-src 'none'; style-src %s; script-src %s; img-src data:; base-uri 'none'; form-action 'none'", hashOf(string(v.Style)), hashOf(string(v.Script)))
	for _, f := range s.facts() {
		v.Facts = append(v.Facts, labelled{f.label, f.text})
	}
	charts, err := s.charts(v, o)
	if err != nil {
		return nil, err
	}
	s.summarize(v)
	if len(s.events) == 1 && len(s.told) == 1 {
		if own := charts[s.r.Catalog.Events[s.told[0]].ID]; len(own) > 0 {
			v.Leading = own[:1]
		}
	}
	v.Events = func(yield func(eventView) bool) {
		for _, ev := range s.told {
			own := charts[s.r.Catalog.Events[ev].ID]
			if len(v.Leading) > 0 { // it stands above
				own = own[1:]
			}
			if !yield(s.eventView(ev, own)) {
				return
			}
		}
	}
	if len(s.only) == 0 {
		s.pools(v)
	}
	if o.Calibration != nil {
		for i := range o.Calibration.Groups {
			v.Fared = append(v.Fared, s.fared(&o.Calibration.Groups[i]))
		}
	}
	if lines, after := s.unexplainedLines(); lines != nil {
		v.Unexplained, v.Moves = s.unexplainedHead(), lines
		if after != "" {
			v.Moves = append(v.Moves, after)
		}
	}
	v.How, v.Left = s.corrections()
	if e := s.r.Regression; e != nil {
		v.Regressed = s.regressed(e)
		v.Explained = &sheet{Caption: s.Say("What explains the differences"), Heads: heads("", "#"+s.Say("coefficient"), "#"+s.Say("error"), "#t", "#p")}
		for k, name := range e.Names {
			v.Explained.Rows = append(v.Explained.Rows, []pageCell{named(name), num(significant(e.Coef[k])), num(significant(e.SE[k])), num(fixed(e.T[k], 2)), num(showP(e.P[k]))})
		}
	}
	if e := s.r.Regression; e != nil {
		v.Past = s.pastSaid(e)
	}
	v.Contrasts = s.contrastViews()
	s.methods(v)
	s.remaining(v)
	s.provenance(v, o.Manifest)
	return v, nil
}

// hashOf names a style or a script in the page's policy.
func hashOf(s string) string {
	sum := sha256.Sum256([]byte(s))
	return "'sha256-" + base64.StdEncoding.EncodeToString(sum[:]) + "'"
}

// A page of more than manyEvents would not open quickly with all their charts.
const manyEvents = 100

func anchor(ev int) string { return "e" + strconv.Itoa(ev) }

// charts puts the charts on the page's sheet of glyphs and returns those of
// each event by its ID.
func (s *story) charts(v *htmlView, o HTMLOptions) (map[string][]inlineChart, error) {
	var glyphs glyphSheet
	by := make(map[string][]inlineChart)
	if len(s.events) > manyEvents {
		v.Shown = s.Say("Of more than %s events each has one chart here.", manyEvents)
	}
	if left := s.untold(); left != "" {
		v.Shown = left
	}
	told := make(map[string]bool, len(s.told))
	for _, ev := range s.told {
		told[s.r.Catalog.Events[ev].ID] = true
	}
	for k, c := range o.Charts {
		if c.Kind == "ranking" { // the ranked table has its marks
			continue
		}
		if c.Event != "" && (!told[c.Event] || len(by[c.Event]) > 0 && len(s.events) > manyEvents) {
			continue
		}
		chart, err := glyphs.inline(c, o.Dark)
		if err != nil {
			return nil, fmt.Errorf("HTML report: chart %d, of event %q: %w", k+1, c.Event, err)
		}
		by[c.Event] = append(by[c.Event], chart)
	}
	v.Sheet, v.Charts = markup(glyphs.defs.String()), by[""]
	return by, nil
}

// inline makes a chart part of a page: the wide and the narrow drawing, and its
// figures to save.
func (g *glyphSheet) inline(c Chart, dark map[string]string) (inlineChart, error) {
	p, err := g.add(c.SVG, dark)
	if err != nil {
		return inlineChart{}, err
	}
	of := func(p picture, class string) inlineChart {
		return inlineChart{Class: class, Name: clean(p.Name), ViewBox: p.ViewBox, Frame: p.Frame, Across: p.Across, Up: p.Up, At: p.At, Own: p.Own, Body: markup(p.Body)}
	}
	out := of(p, "wide")
	out.File = c.File
	stem := strings.Trim(c.Kind+"-"+c.Event, "-")
	if stem == "" {
		stem = "chart"
	}
	out.PictureFile = stem + ".png"
	if f := p.figures(); f != "" {
		out.Figures, out.FiguresFile = markup("data:text/csv;charset=utf-8,"+inURL(f)), stem+".csv"
	}
	if c.Narrow != nil {
		n, err := g.add(c.Narrow, dark)
		if err != nil {
			return inlineChart{}, err
		}
		slim := of(n, "slim")
		out.Slim = &slim
	}
	return out, nil
}

// inURL writes what a data URL holds: what has a meaning there, and all that is no
// ASCII, by its bytes.
func inURL(s string) string {
	var b strings.Builder
	for i := range len(s) {
		if c := s[i]; c > ' ' && c < 0x7f && !strings.ContainsRune("%#\"'<>&+\\^`{|}", rune(c)) {
			b.WriteByte(c)
		} else {
			fmt.Fprintf(&b, "%%%02X", c)
		}
	}
	return b.String()
}

// summarize writes the summary: what moved most, what must be known of it, and the
// table that ranks the events, or the securities of the only one.
func (s *story) summarize(v *htmlView) {
	_, _, v.Whole = s.summary(0)
	entries := s.entries(ByP)
	one := len(s.events) == 1
	if len(entries) > 0 {
		lead, said := s.lead(entries)
		v.Lead, v.First = said, s.firstNotes(lead.event)
		if one {
			e := &s.r.Catalog.Events[lead.event]
			v.Title = s.session0(lead.event).String() + " · " + s.title(e)
			v.Opening = strings.Join(s.whenOut(&s.r.Catalog.Events[lead.event], s.obs[lead.event]), " ")
		}
	} else {
		v.Lead = []string{s.Say("No %s could be measured.", s.abnormal(0, s.window()))}
	}
	if t := s.trusted(); t != "" {
		v.First = append([]string{strings.TrimSpace(t)}, v.First...)
	}
	if t := s.recalibrated(); t != "" {
		v.First = append(v.First, t)
	}
	if len(s.tested) > 1 && !one {
		v.Opening = s.counted(entries)
	}
	v.About = s.answerFacts()
	if one {
		v.Ranked = s.rankedSecurities(entries)
	} else {
		v.Ranked = s.rankedEvents(entries)
	}
	seen := make(map[string]bool)
	for _, row := range v.Ranked.Rows {
		if row.Kind != "" && !seen[row.Kind] {
			seen[row.Kind] = true
			v.Ranked.Kinds = append(v.Ranked.Kinds, labelled{s.Category(row.Kind), row.Kind})
		}
	}
	slices.SortFunc(v.Ranked.Kinds, func(a, b labelled) int { return cmp.Compare(a.Label, b.Label) })
}

// ranked is the table of the first screen.
type ranked struct {
	Caption string
	Heads   []headCell
	Rows    []rankedRow
	Kinds   []labelled // categories of its events
	Filter  string     // what the field asks for
	Legend  []string   // its readings
}

// rankedRow is a row of it; a filter looks for words in Find, too.
type rankedRow struct {
	Kind, Find string
	Anchor     string // of the section that the row is about
	Cells      []pageCell
}

// readingsOf says what the readings of entries mean.
func (s *story) readingsOf(entries []entry) []string {
	var out []string
	named := readings(entries)
	for _, r := range analysis.Readings {
		if slices.Contains(named, r) {
			out = append(out, s.Say("%s: %s", s.Reading(r), s.ReadingMeans(r)))
		}
	}
	return out
}

// rankedEvents lists all events that are told, the least likely to be chance first.
func (s *story) rankedEvents(entries []entry) *ranked {
	v := &ranked{Caption: s.Say("The events: average abnormal return in %% %s", s.over(s.window())), Filter: s.Say("Filter by words, ticker or category"), Legend: s.readingsOf(entries),
		Heads: classed(heads(s.Say("session 0"), s.Say("event"), "#N", "#"+s.Say("abnormal %%"), "", "#"+s.Say("95%% interval"), "#"+s.Say("adj. p"), s.Say("strongest"), s.Say("reading"), "#"+s.Say("market %%")),
			"date", "what", "count", "effect", "mark", "span", "p", "who", "reading", "market")}
	scale := s.scaleOf(entries)
	told := make(map[int]bool, len(s.told))
	for _, ev := range s.told {
		told[ev] = true
	}
	row := func(ev int, cells ...pageCell) rankedRow {
		e := &s.r.Catalog.Events[ev]
		find := []string{clean(e.ID), clean(e.Category), s.Category(clean(e.Category))}
		for _, i := range s.obs[ev] {
			find = append(find, clean(s.r.Observation(i).Security), s.name(s.r.Observation(i).Security))
		}
		slices.Sort(find[3:])
		cells = append([]pageCell{{Text: s.session0(ev).String(), Class: "ltr"}, {Text: s.title(e), Link: "#" + anchor(ev), Head: true}}, cells...)
		return rankedRow{Kind: clean(e.Category), Find: strings.Join(slices.Compact(find), " "), Anchor: anchor(ev), Cells: withClasses(cells, v.Heads)}
	}
	for k := range entries {
		e := &entries[k]
		if !told[e.event] {
			continue
		}
		delete(told, e.event)
		x, i := s.interval(e), s.mover(e)
		car, _ := s.r.CAR(i, headline)
		v.Rows = append(v.Rows, row(e.event, num(strconv.Itoa(len(e.members))), moved(e.effect), s.mark(scale, e), num(spanOf(x)), num(showP(e.adjusted)),
			pageCell{Text: clean(s.r.Observation(i).Security) + " " + percent(car, 1), Class: "ltr"},
			pageCell{Text: s.Reading(e.reading), Tip: s.readingTip(e)},
			num(percent(s.r.BenchmarkMove(e.members[0], s.window()).Return, 1))))
	}
	for _, ev := range s.told { // those that could not be measured
		if told[ev] {
			v.Rows = append(v.Rows, row(ev, num("0"), num("–"), pageCell{}, num("–"), num("–"), pageCell{Text: "–"}, pageCell{Text: s.Reading(analysis.NotTested)}, num("–")))
		}
	}
	return v
}

// rankedSecurities lists the securities of the only event.
func (s *story) rankedSecurities(entries []entry) *ranked {
	w := s.window()
	v := &ranked{Caption: s.Say("The securities: abnormal return in %% %s", s.over(w)), Filter: s.Say("Filter by words or ticker"), Legend: s.readingsOf(entries),
		Heads: classed(heads(s.Say("security"), s.Say("name"), "#"+s.what(), "#"+s.Say("abnormal %%"), "", "#"+s.Say("95%% interval"), "#"+s.Say("adj. p"), "#t", s.Say("reading")),
			"date", "what", "count", "effect", "mark", "span", "p", "t", "reading")}
	scale := s.scaleOf(entries)
	for k := range entries {
		if k == mostListed {
			break
		}
		e := &entries[k]
		i := e.members[0]
		o, ret := s.r.Observation(i), num("–")
		if w.Len() == 1 {
			ret = num(s.observed(s.r.AbnormalReturns(i).Return[w.From-s.r.Study.EventWindow.From]))
		}
		cells := []pageCell{{Text: clean(o.Security), Class: "ltr"}, {Text: s.name(o.Security), Head: true, Bdi: true}, ret, moved(e.effect), s.mark(scale, e), num(spanOf(s.interval(e))),
			num(showP(e.adjusted)), num(fixed(s.r.WindowTest(i, headline).Stat, 1)), {Text: s.Reading(e.reading), Tip: s.readingTip(e)}}
		v.Rows = append(v.Rows, rankedRow{Find: clean(o.Security), Cells: withClasses(cells, v.Heads)})
	}
	return v
}

// readingTip is what a reading means, and the effect that would usually not show
// where it is chance.
func (s *story) readingTip(e *entry) string {
	tip := s.ReadingMeans(e.reading)
	if e.reading == analysis.Chance || e.reading == analysis.Weak {
		tip = sentence(tip) + "." + s.unseen(e)
	}
	return tip
}

func spanOf(x stat.Interval) string {
	if x.Lower != x.Lower {
		return "–"
	}
	return percent(x.Lower, 1) + " … " + percent(x.Upper, 1)
}

// classed names the columns of heads, for the style.
func classed(h []headCell, names ...string) []headCell {
	for k := range h {
		h[k].Class = "c-" + names[k]
	}
	return h
}

// withClasses gives cells the classes of their columns, and their heads for a page
// that is too narrow for a table.
func withClasses(cells []pageCell, h []headCell) []pageCell {
	for k := range cells {
		cells[k].Class = strings.TrimSpace(h[k].Class + " " + cells[k].Class)
	}
	return cells
}

// scale is the range of effects that marks are drawn on.
type scale struct{ from, to float64 }

// scaleOf spans the effects of entries and zero, with room beside them.
func (s *story) scaleOf(entries []entry) scale {
	var x scale
	for k := range entries {
		if v := entries[k].effect; v == v {
			x.from, x.to = min(x.from, v), max(x.to, v)
		}
	}
	room := 0.25 * (x.to - x.from)
	return scale{x.from - room, x.to + room}
}

// mark draws an effect with its interval, a small forest plot: an arrow where the
// interval goes on, a filled point where it is more than chance.
func (s *story) mark(x scale, e *entry) pageCell {
	const wide, high = 120.0, 14.0
	if e.effect != e.effect || !(x.to > x.from) {
		return pageCell{}
	}
	at := func(v float64) float64 { return wide * (v - x.from) / (x.to - x.from) }
	n := func(v float64) string { return strings.TrimSuffix(strconv.FormatFloat(v, 'f', 1, 64), ".0") }
	class := "none"
	if e.adjusted < analysis.Level {
		class = "rise"
		if e.effect < 0 {
			class = "fall"
		}
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="mark %s" viewBox="0 0 120 14" aria-hidden="true"><path class="zero" d="M%s 0V14"/>`, class, n(at(0)))
	if i := s.interval(e); i.Lower == i.Lower {
		lo, hi := at(i.Lower), at(i.Upper)
		fmt.Fprintf(&b, `<path d="M%s 7H%s"/>`, n(max(lo, 2)), n(min(hi, wide-2)))
		if lo < 2 {
			b.WriteString(`<path d="M6 3L2 7L6 11"/>`)
		}
		if hi > wide-2 {
			b.WriteString(`<path d="M114 3L118 7L114 11"/>`)
		}
	}
	fmt.Fprintf(&b, `<path class="dot" d="M%s 7m-3.5 0a3.5 3.5 0 1 0 7 0a3.5 3.5 0 1 0-7 0"/></svg>`, n(at(e.effect)))
	return pageCell{Mark: markup(b.String())}
}

// line says an event in one line: N, the average, its interval, the reading.
func (s *story) line(ev int) string {
	used := s.used(ev)
	if len(used) == 0 {
		return ""
	}
	e := s.entryOf(ev, used, s.eventGroup(ev))
	if s.owned == nil {
		s.owned = s.owners()
	}
	if s.owned[ev] >= 0 {
		e.reading = analysis.Shared
	}
	x := s.interval(&e)
	if x.Lower != x.Lower {
		return s.Say("N %s, %s%%: %s", len(used), percent(e.effect, 1), s.Reading(e.reading))
	}
	return s.Say("N %s, %s%% (95%% interval %s to %s): %s", len(used), percent(e.effect, 1), signedPercent(x.Lower), signedPercent(x.Upper), s.Reading(e.reading))
}

// eventView is the section of one event.
func (s *story) eventView(ev int, charts []inlineChart) eventView {
	e := &s.r.Catalog.Events[ev]
	out := eventView{Anchor: anchor(ev), Date: s.session0(ev).String(), Title: s.title(e), About: s.about(ev), Source: clean(e.Source), Line: s.line(ev)}
	if len(charts) > 0 {
		out.Charts, out.MoreCharts = charts[:1], charts[1:]
	}
	said, g, f := s.paragraphs(ev)
	out.Said = said
	out.Warnings = s.warned(e.ID)
	if used := s.used(ev); len(used) > 0 {
		out.Securities, out.Short = s.securitiesSheet(used, g)
	}
	if g != nil {
		out.Short = strings.TrimSpace(out.Short + " " + s.short(g))
		out.Tests, out.Rest = s.testsSheet(g, f)
	}
	return out
}

// securitiesSheet is the table of an event's securities and, for two or more,
// their average, and what to say of those that are left out.
func (s *story) securitiesSheet(used []int, g *analysis.Group) (*sheet, string) {
	r, st := s.r, s.r.Study
	zero := st.EventWindow.Contains(0)
	t := &sheet{Caption: s.Say("The securities: returns and abnormal returns in %%; stars mark p < 0.05, 0.01 and 0.001"),
		Heads: heads(s.Say("security"), s.Say("name"))}
	if zero {
		t.Heads = append(t.Heads, heads("#"+s.what(), "#AR", "#t", "#"+s.Say("p of t"))...)
		t.Heads[3].Tip = s.Say("Abnormal return on session 0: the return less what the model expects")
	}
	var windows []int
	for w, win := range st.CARWindows {
		if !zero || win != (analysis.Window{From: 0, To: 0}) { // [0,0] is AR
			windows = append(windows, w)
			t.Heads = append(t.Heads, headCell{Text: s.Isolate("CAR " + win.String()), Num: true, Tip: s.Say("Cumulative abnormal return %s", s.over(win))})
		}
	}
	rows, left := s.farthest(used, g)
	var drawn map[int]float64 // of a list of the largest, which are too large on average
	if left != "" {
		rbar := math.NaN()
		if g != nil {
			rbar = g.Windows[headline].RBar
		}
		drawn = shrunk(r, used, headline, rbar)
		means := s.Say("shrunk: the abnormal return %s drawn towards the mean of all by as much as chance spreads them (empirical Bayes): the largest of many are too large on average.", s.over(s.window()))
		t.Heads = append(t.Heads, headCell{Text: s.Say("shrunk"), Num: true, Tip: means})
		left += " " + sentence(means)
	}
	worth := slices.ContainsFunc(used, func(i int) bool { _, ok := r.Value(i, headline); return ok })
	if worth {
		t.Heads = append(t.Heads, headCell{Text: s.Say("in money"), Num: true, Tip: s.Say("Abnormal return %s times the market value before", s.over(s.window()))})
	}
	beta := slices.Index(r.CoefNames, "beta")
	if beta >= 0 {
		t.Heads = append(t.Heads, headCell{Text: "beta", Num: true, Tip: s.Say("Sensitivity to the benchmark's return")})
	}
	t.Heads = append(t.Heads, headCell{Text: "M", Num: true, Tip: s.Say("Usable sessions of the estimation window")})

	for _, i := range rows {
		o, f := r.Observation(i), r.AbnormalReturns(i)
		row := []pageCell{named(o.Security), given(s.name(o.Security))}
		if zero {
			x, k := r.SessionTest(i, 0), -st.EventWindow.From
			observed := moved(f.Return[k])
			observed.Text = s.observed(f.Return[k])
			row = append(row, observed, starred(moved(f.AR[k]), x.P), num(fixed(x.Stat, 2)), num(showP(x.P)))
			row[3].Tip = s.tip(f.SE[k], &x)
		}
		for _, w := range windows {
			x := r.WindowTest(i, w)
			c := starred(moved(f.CAR[w]), x.P)
			c.Tip = s.tip(f.CARSE[w], &x)
			row = append(row, c)
		}
		if drawn != nil {
			row = append(row, moved(drawn[i]))
		}
		if worth {
			text, tip := "–", ""
			if v, ok := r.Value(i, headline); ok {
				text = s.money(v.Abnormal, v.Currency)
				tip = s.Say("95%% interval %s to %s", s.money(v.Lower, v.Currency), s.money(v.Upper, v.Currency))
			}
			row = append(row, pageCell{Text: text, Class: "n", Tip: tip})
		}
		if beta >= 0 {
			b := "–"
			if beta < len(o.Fit.Coef) {
				b = fixed(o.Fit.Coef[beta], 2)
			}
			row = append(row, num(b))
		}
		t.Rows = append(t.Rows, append(row, num(strconv.Itoa(o.Fit.M))))
	}
	if g != nil {
		t.Foot = []pageCell{{Text: s.Say("average"), Head: true}, {}}
		if zero {
			t.Foot = append(t.Foot, num(""), starred(moved(g.Averages[-st.EventWindow.From].AAR), math.NaN()), num(""), num(""))
		}
		for _, w := range windows {
			t.Foot = append(t.Foot, starred(moved(g.Windows[w].CAAR), math.NaN()))
		}
		t.Foot = append(t.Foot, slices.Repeat([]pageCell{num("")}, len(t.Heads)-len(t.Foot))...)
	}
	return t, left
}

// starred leaves room for stars beside a figure, and sets them.
func starred(c pageCell, p float64) pageCell {
	c.Class, c.Stars = c.Class+" s", stars(p)
	return c
}

// tip says how an abnormal return was tested.
func (s *story) tip(se float64, t *analysis.TestResult) string {
	if !t.Defined() {
		return ""
	}
	return s.Say("standard error %s%%, t = %s, %s", percent(se, 2)[1:], fixed(t.Stat, 2), s.sayP(t.P))
}

// testsSheet is the table of the tests of a group over the headline window, and
// what is to be said of those that do not stand in it.
func (s *story) testsSheet(g *analysis.Group, f *analysis.Finding) (*sheet, []string) {
	w := f.Window
	order, rest := s.read(f)
	if len(order) == 0 {
		return nil, rest
	}
	t := &sheet{Caption: s.Say("Tests of the %s %s, and their p values over the other windows", s.Count(w.N, "security"), s.over(w.Window)),
		Heads: heads(s.Say("test"), "#"+s.Say("statistic"), s.Say("distribution"), "#p", s.Say("reading"))}
	for k := range g.Windows {
		if k != headline {
			t.Heads = append(t.Heads, headCell{Text: s.Isolate("p " + g.Windows[k].Window.String()), Num: true})
		}
	}
	for _, k := range order {
		x := &w.Tests[k]
		row := []pageCell{{Text: x.Test, Link: "#test-" + x.Test, Head: true}, num(fixed(x.Stat, 3)), {Text: s.distribution(x.Dist), Class: "ltr"}, num(showP(x.P)), {Text: s.reading(f, x)}}
		for j := range g.Windows {
			if j != headline {
				row = append(row, num(showP(g.Windows[j].Tests[k].P)))
			}
		}
		t.Rows = append(t.Rows, row)
	}
	return t, rest
}

// pools are the averages that pool several events.
func (s *story) pools(v *htmlView) {
	for _, by := range s.r.Study.Groups {
		groups, left := s.pooled(by)
		if by == analysis.ByEvent || len(groups) == 0 {
			continue
		}
		p := poolView{Table: sheet{Caption: s.poolTitle(by), Heads: heads(s.Say("group"), "#N", "#"+s.Say("average"), "#"+s.Say("past p"), "#"+s.Say("spread p"), s.Say("reading"), "#r_bar")}}
		for k, w := range s.r.Study.CARWindows {
			if k != headline {
				p.Table.Heads = append(p.Table.Heads, headCell{Text: s.Isolate("CAR " + w.String()), Num: true})
			}
		}
		for _, g := range groups {
			f := s.r.Finding(g, headline)
			key := clean(g.Key)
			if by == analysis.ByCategory {
				key = s.Category(key)
			}
			row := []pageCell{named(key), num(strconv.Itoa(f.Window.N)), moved(f.Window.CAAR), num(leadP(f.Past)), num(leadP(f.Spread)), {Text: s.Reading(f.Verdict)}, num(fixed(f.Window.RBar, 2))}
			for k := range g.Windows {
				if k != headline {
					row = append(row, moved(g.Windows[k].CAAR))
				}
			}
			p.Table.Rows = append(p.Table.Rows, row)
		}
		p.Left = left
		v.Pools = append(v.Pools, p)
	}
}

// methods names the model and the tests, what they assume and their papers.
func (s *story) methods(v *htmlView) {
	m := s.r.Study.Model
	v.Models = sheet{Caption: s.Say("The model of normal returns"), Heads: heads(s.Say("model"), s.Say("normal is"), s.Say("paper")),
		Rows: [][]pageCell{{{Text: m.Name(), Head: true}, {Text: s.Translate(m.About())}, given(m.Paper())}}}
	for _, h := range s.hypotheses() {
		t := sheet{Caption: s.Say("Tests of the hypothesis that %s:", s.Translate(h.null)), Heads: heads(s.Say("test"), s.Say("assumes"), s.Say("paper"))}
		for _, x := range h.tests {
			t.Rows = append(t.Rows, []pageCell{{Text: x.Name(), ID: "test-" + x.Name(), Head: true}, {Text: s.Translate(x.Assumes())}, given(x.Paper())})
		}
		v.Hypotheses = append(v.Hypotheses, t)
	}
}

// remaining lists the exclusions and the notes.
func (s *story) remaining(v *htmlView) {
	if list, all := s.excluded(); len(list) > 0 {
		v.Excluded = &sheet{Caption: s.Say("Excluded: %s of %s observations", len(list), all), Heads: heads(s.Say("event"), s.Say("security"), s.Say("why"), s.Say("reason"))}
		for k, o := range list {
			if k == mostListed {
				v.Excluded.Rows = append(v.Excluded.Rows, []pageCell{{Text: s.Say("and %s more: observations.csv has each with its reason", len(list)-k)}, {}, {}, {}})
				break
			}
			v.Excluded.Rows = append(v.Excluded.Rows, []pageCell{named(o.EventID), given(o.Security), {Text: s.why(o.Exclusion)}, {Text: string(o.Exclusion.Reason), Class: "ltr"}})
		}
	}
	for _, k := range s.notes() {
		v.Notes = append(v.Notes, k.list...)
	}
	v.NotesSaid = s.Say("{1:%[1]s note|%[1]s notes} on data and tests", len(v.Notes))
}

// mostListed is how many exclusions and securities the lists at the end have.
const mostListed = 1000

// provenance says what the figures are made of and how to make them again.
func (s *story) provenance(v *htmlView, m *Manifest) {
	add := func(label, text string) {
		if text != "" {
			v.Provenance = append(v.Provenance, labelled{s.Say(label), s.Isolate(clean(text))})
		}
	}
	add("Program", clean(m.Program+" "+m.Version))
	add("Catalogue", s.origin(m.Catalog))
	add("Source of prices", s.origin(m.Prices))
	add("Seed", strconv.FormatUint(m.Seed, 10))
	for _, c := range m.Calendars {
		if c.Sessions > 0 {
			add("Calendar", s.Say("%s (%s), sessions from %s to %s: %s", c.Name, c.Zone, c.First, c.Last, c.Sessions))
		}
	}
	for _, f := range m.Factors {
		add("Factors", s.Say("%s, %s to %s: %s", clean(shortened(f.File)), f.First, f.Last, clean(f.Vintage)))
	}
	for k, n := range m.Notes {
		if k == mostRows {
			add("Note of the readers", s.Say("and %s more: manifest.json has them", len(m.Notes)-k))
			break
		}
		add("Note of the readers", n)
	}
	v.Coverage = sheet{Caption: s.Say("Prices"), Heads: heads(s.Say("security"), s.Say("name"), s.Say("calendar"), s.Say("first"), s.Say("last"), "#"+s.Say("sessions"), "#"+s.Say("missing"), s.Say("adjusted for dividends"))}
	several := slices.ContainsFunc(m.Securities, func(c Coverage) bool { return c.Origin != m.Securities[0].Origin })
	if several {
		v.Coverage.Heads = append(v.Coverage.Heads, heads(s.Say("origin"))...)
	} else if len(m.Securities) > 0 {
		add("Origin of prices", s.origin(m.Securities[0].Origin))
	}
	for k, c := range m.Securities {
		if k == mostListed {
			v.Coverage.Rows = append(v.Coverage.Rows, append([]pageCell{{Text: s.Say("and %s more: manifest.json has them", len(m.Securities)-k), Head: true}}, make([]pageCell, len(v.Coverage.Heads)-1)...))
			break
		}
		adjusted := s.Say("no")
		if c.Adjusted {
			adjusted = s.Say("yes")
		}
		row := []pageCell{named(c.Symbol), given(s.name(c.Symbol)), {Text: clean(c.Calendar), Class: "ltr"}, day(c.First), day(c.Last), num(strconv.Itoa(c.Sessions)), num(strconv.Itoa(c.Missing)), {Text: adjusted}}
		if several {
			row = append(row, given(s.origin(c.Origin)))
		}
		v.Coverage.Rows = append(v.Coverage.Rows, row)
	}
	if len(m.Inputs) > 0 {
		v.Inputs = &sheet{Caption: s.Say("Input files"), Heads: heads(s.Say("file"), "#"+s.Say("bytes"), "SHA-256")}
		for _, f := range m.Inputs {
			v.Inputs.Rows = append(v.Inputs.Rows, []pageCell{named(shortened(f.Name)), num(strconv.FormatInt(f.Bytes, 10)), {Text: f.SHA256, Class: "ltr hash"}})
		}
	}
	if m.Configuration != nil {
		if c, err := json.MarshalIndent(m.Configuration, "", "  "); err == nil {
			v.Configuration = string(c)
		}
	}
	v.Repeat = []string{
		s.Say("Save the configuration above as study.yaml (JSON is YAML), beside the input files, and run the command below with the same version of the program. The same inputs give the same bytes in every file; manifest.json holds their SHA-256, and when the run ended."),
		s.Say("The figures of this page stand unrounded in observations.csv, abnormal_returns.csv, cars.csv, averages.csv and tests.csv."),
	}
	v.Footer = s.Say("Written by %s. Returns are in per cent here and decimals in the files.", clean(cmp.Or(m.Program, "aftershock")+" "+m.Version))
}

func day(d market.Date) pageCell {
	if d == market.NoDate {
		return pageCell{Text: "–"}
	}
	return pageCell{Text: d.String(), Class: "ltr"}
}
