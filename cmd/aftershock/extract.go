package main

import (
	"bytes"
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/spf13/cobra"

	"aftershock/events"
	"aftershock/events/article"
	"aftershock/events/feed"
	"aftershock/internal/bounded"
	"aftershock/internal/words"
)

// extraction is a call of events extract.
type extraction struct {
	published string
	out       string
	keep      []string
	score     string
	format    string
}

func (a *app) extractCommand() *cobra.Command {
	flags := make(settingsFlags)
	var x extraction
	cmd := &cobra.Command{
		Use:   "extract FILE|URL",
		Short: "Draft events from an article in English or Arabic",
		Long: `Read an article, HTML or plain text, in English or Arabic, and draft the events
that it tells of: the sentence, the dates in it and what they resolve to, the firms
and their symbols, and the event of the catalogue that it seems to be. FILE may be -
for standard input.

Relative dates (yesterday, last week, الشهر الماضي) count from --published, the day of
publication; without it from what the page says of itself, and where it says nothing
they stay open.

With --out the drafts are written as a catalogue (.yaml, .json or .csv) whose events
have the status draft: no study takes them. Keep one by removing that line, after
filling in what is open, or name those to keep with --keep.

With --score the labelled sentences of a file (one JSON object a line) are read in
place of an article, and precision and recall of dates, companies and events are
printed.`,
		Example: `  aftershock events extract article.html --published 2025-02-05
  aftershock events extract article.txt --published 2025-02-05 --keep deepseek-r1,deepseek-selloff --out mine.yaml
  aftershock events extract --score labelled.jsonl --format json`,
		Args: arguments(cobra.MaximumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return a.extract(cmd, flags, args, x) },
	}
	cmd.Flags().StringVar(&x.published, "published", "", "the `day` of publication, such as 2025-02-05")
	cmd.Flags().StringVar(&x.out, "out", "", "write the drafts to this new `file`, .yaml, .json or .csv; - for YAML to standard output")
	cmd.Flags().StringSliceVar(&x.keep, "keep", nil, "`list` of the IDs of drafts to keep: only these are written, as confirmed")
	cmd.Flags().StringVar(&x.score, "score", "", "measure the labelled sentences of this `file`")
	cmd.Flags().StringVar(&x.format, "format", "text", "`form` of what is printed: text or json")
	flags.add(cmd, "names", "events.names", "`table` of names of firms and products that goes before the one that ships (.csv)")
	flags.add(cmd, "events", "events.file", "`catalogue` of events to recognise (.yaml, .json, .csv), or shipped")
	langFlag(cmd, flags)
	return cmd
}

func (a *app) extract(cmd *cobra.Command, flags settingsFlags, args []string, x extraction) error {
	c, err := a.configured(cmd, flags)
	if err != nil {
		return err
	}
	var wrong []error
	usage := func(format string, args ...any) { wrong = append(wrong, fmt.Errorf(format, args...)) }
	var published time.Time
	if x.published != "" {
		if published, err = time.Parse(time.DateOnly, x.published); err != nil || published.Year() < 1600 || published.Year() > 2400 {
			usage("--published %q is not a day; write it as 2025-02-05", x.published)
		}
	}
	if x.format != "text" && x.format != "json" {
		usage("--format %q is not known; write text or json", x.format)
	}
	if (x.score != "") == (len(args) > 0) {
		usage("give either an article (a file, an address, or -) or --score with a file of labelled sentences")
	}
	if x.score != "" && (x.published != "" || x.out != "" || len(x.keep) > 0) {
		usage("--published, --out and --keep go with an article, not with --score")
	}
	if len(x.keep) > 0 && x.out == "" {
		usage("--keep needs --out, the file that is to hold the kept events")
	}
	if e := strings.ToLower(filepath.Ext(x.out)); x.out != "" && x.out != "-" && !slices.Contains([]string{".yaml", ".yml", ".json", ".csv"}, e) {
		usage("--out %q: the kind of file is not known; name it .yaml, .json or .csv", x.out)
	}
	if len(wrong) > 0 {
		return usageError{errors.Join(wrong...)}
	}
	names, err := c.nameTable()
	if err != nil {
		return err
	}
	if x.score != "" {
		return a.score(c, x, names)
	}
	catalog, err := c.readCatalog(c.path("events.file", c.Events.File))
	if err != nil {
		return err
	}
	return a.draft(cmd.Context(), c, x, args[0], published, names, catalog)
}

// mostNames is how long a table of names may be.
const mostNames = 16 << 20

// nameTable returns the table of names: that which ships, after that of the
// configuration.
func (c *config) nameTable() (*events.Names, error) {
	names, err := events.ShippedNames()
	if err != nil || c.Events.Names == "" {
		return names, err
	}
	file := c.path("events.names", c.Events.Names)
	data, err := bounded.ReadFile(file, mostNames, "leave out the names that you do not use")
	if err == nil {
		data, err = bounded.Unpack(file, data, mostNames, "leave out the names that you do not use")
	}
	if err != nil {
		c.bad("events.names", "%v", err)
		return nil, c.err()
	}
	own, err := events.ReadNames(filepath.ToSlash(file), bytes.NewReader(data))
	if err != nil {
		return nil, err
	}
	return names.With(own), nil
}

// readArticle returns the text of the article called source.
func (a *app) readArticle(ctx context.Context, c *config, source string) (data []byte, transport string, err error) {
	limit := func(r io.Reader) ([]byte, error) {
		data, err := io.ReadAll(io.LimitReader(r, article.MaxPage+1))
		if err == nil && len(data) > article.MaxPage {
			err = fmt.Errorf("%s: longer than %d MB; no article is", source, article.MaxPage>>20)
		}
		return data, err
	}
	if isAddress(source) {
		if c.checkImport(); c.err() != nil {
			return nil, "", c.err()
		}
		page, err := c.client().Get(ctx, source)
		if err != nil {
			return nil, "", err
		}
		return page.Data, page.Charset, nil
	}
	if source == "-" {
		if data, err = limit(a.stdin); err == nil {
			data, err = bounded.Unpack("-", data, article.MaxPage, "no article is as long")
		}
		return data, "", err
	}
	data, err = bounded.ReadFile(source, article.MaxPage, "no article is as long")
	if err == nil {
		data, err = bounded.Unpack(source, data, article.MaxPage, "no article is as long")
	}
	if err != nil {
		return nil, "", fmt.Errorf("the article cannot be read: %w", err)
	}
	return data, "", nil
}

func isAddress(s string) bool {
	return strings.HasPrefix(s, "https://") || strings.HasPrefix(s, "http://")
}

func (a *app) draft(ctx context.Context, c *config, x extraction, source string, published time.Time, names *events.Names, catalog *events.Catalog) error {
	data, transport, err := a.readArticle(ctx, c, source)
	if err != nil {
		return err
	}
	text, told := events.UTF8(data, transport)
	for _, t := range told {
		a.say("%s: %s", source, t)
	}
	title, by := "", "--published"
	if article.IsPage(text) {
		address := ""
		if isAddress(source) {
			address = source
		}
		page, err := article.ReadPage(text, address)
		if err != nil {
			return fmt.Errorf("%s: %w", source, err)
		}
		for _, t := range page.Told {
			a.say("%s: %s", source, t)
		}
		if own, ok := publishedBy(source, text); ok {
			switch {
			case published.IsZero():
				published, by = own, "page"
			case published.Sub(own).Abs() > 36*time.Hour:
				a.say("%s: the page says that it was published on %s; --published %s is taken", source, own.Format(time.DateOnly), published.Format(time.DateOnly))
			}
		}
		title, text = page.Title, []byte(page.Text)
	}
	if published.IsZero() {
		by = ""
		a.say("%s: the day of publication is not known, so relative dates stay open; give --published", source)
	}
	doc := article.Read(string(text), article.Options{Published: published, Names: names, Catalog: catalog})
	if doc.Cut {
		a.say("%s: longer than any article; read are its first %d KB", source, article.MaxText>>10)
	}
	if len(doc.Sentences) == 0 {
		return fmt.Errorf("%s: no text; give a file with an article in it", source)
	}
	drafts := doc.Drafts(filepath.ToSlash(source), catalog, published)
	r := &draftReport{source: source, whole: string(text), title: title, published: published, by: by, doc: doc, drafts: drafts, lang: c.Output.Lang}
	if x.out != "" {
		if err := a.writeDrafts(x, drafts); err != nil {
			return err
		}
		if x.out == "-" {
			return nil
		}
	}
	if x.format == "json" {
		return r.json(a.stdout)
	}
	return r.text(a.stdout)
}

// publishedBy returns the day on which a page says that it was published.
func publishedBy(source string, text []byte) (time.Time, bool) {
	b, err := feed.Read(&events.Source{Name: source, Text: text})
	if err != nil || len(b.Events) != 1 || b.Events[0].Timeless() {
		return time.Time{}, false
	}
	return b.Events[0].Date(), true
}

// writeDrafts writes the drafts, or those that are kept, to a new file.
func (a *app) writeDrafts(x extraction, drafts []article.Draft) error {
	out := &events.Catalog{}
	var ids []string
	for _, d := range drafts {
		ids = append(ids, d.Event.ID)
	}
	if len(x.keep) > 0 {
		for _, id := range x.keep {
			k := slices.Index(ids, id)
			if k < 0 {
				return usageError{fmt.Errorf("--keep: no draft is called %q%s", id, didYouMean(id, ids))}
			}
			e := drafts[k].Event
			if e.Timeless() {
				return fmt.Errorf("--keep: %s has no day (%s); write the drafts with --out alone and fill it in", id, strings.Join(e.Provenance.Doubts, "; "))
			}
			p := *e.Provenance
			p.Status = events.Confirmed
			e.Provenance = &p
			out.Events = append(out.Events, e)
		}
	} else {
		for _, d := range drafts {
			out.Events = append(out.Events, d.Event)
		}
	}
	if len(out.Events) == 0 {
		return errors.New("the article tells of no event, so nothing is written")
	}
	var b bytes.Buffer
	var err error
	switch strings.ToLower(filepath.Ext(x.out)) {
	case ".json":
		err = events.WriteJSON(&b, out)
	case ".csv":
		err = events.WriteCSV(&b, out)
	default:
		fmt.Fprintln(&b, "# Drafts from an article. An event is in no study while its status is draft: read its\n# sentence in the note, fill in what is open, and remove the line, or the event.")
		if len(x.keep) > 0 {
			b.Reset()
		}
		err = events.WriteYAML(&b, out)
	}
	if err != nil {
		return err
	}
	if x.out == "-" {
		_, err = a.stdout.Write(b.Bytes())
		return err
	}
	f, err := os.OpenFile(x.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644)
	if errors.Is(err, os.ErrExist) {
		return fmt.Errorf("%s is there already; name a new file, so that nothing that was kept is lost", x.out)
	}
	if err != nil {
		return err
	}
	if _, err = f.Write(b.Bytes()); err == nil {
		err = f.Sync()
	}
	if err = errors.Join(err, f.Close()); err != nil {
		os.Remove(x.out)
	}
	return err
}

// draftReport is what was found in an article, for print.
type draftReport struct {
	source, title, by, lang string
	whole                   string // the text that was read
	published               time.Time
	doc                     *article.Article
	drafts                  []article.Draft
}

func (r *draftReport) text(w io.Writer) error {
	l := words.Of(r.lang)
	var b bytes.Buffer
	line := func(format string, values ...any) { fmt.Fprintln(&b, l.Say(format, values...)) }
	tells := 0
	for _, s := range r.doc.Sentences {
		if s.Event {
			tells++
		}
	}
	line("%s: %s sentences, of which %s tell of an event; %s drafts", printable(r.source, longestMessage), len(r.doc.Sentences), tells, len(r.drafts))
	switch {
	case r.published.IsZero():
		line("Published on a day that is not known: relative dates are open")
	case r.by == "page":
		line("Published on %s, as the page says", r.published.Format(time.DateOnly))
	default:
		line("Published on %s, by --published", r.published.Format(time.DateOnly))
	}
	for _, d := range r.drafts {
		s := &r.doc.Sentences[d.Sentence]
		fmt.Fprintln(&b)
		day := l.Phrase("no day; fill it in")
		if e := d.Event; !e.Timeless() {
			day = when(l, &e)
		}
		fmt.Fprintf(&b, "%s  %s  %s\n", d.Event.ID, day, cmp.Or(targets(l, &d.Event), "-"))
		if s.Match != nil {
			line("  seems to be %s of the catalogue", s.Match.ID)
		}
		for _, t := range s.Dates {
			switch {
			case t.Fiscal != nil:
				line("  date: %s, a period of the firm's own year", t.Text)
			case t.Open():
				line("  date: %s, open: %s", t.Text, l.Phrase(t.Doubt.Text()))
			case t.From.Equal(t.To):
				line("  date: %s, %s", t.Text, t.From.Format(time.DateOnly))
			default:
				line("  date: %s, %s to %s", t.Text, t.From.Format(time.DateOnly), t.To.Format(time.DateOnly))
			}
			if t.Doubt != "" && !t.Open() {
				line("  in doubt: %s", l.Phrase(t.Doubt.Text()))
			}
		}
		if len(d.Names) > 0 {
			var list []string
			for _, n := range d.Names {
				list = append(list, n.Name+" ("+cmp.Or(n.Symbol, l.Phrase("not listed"))+")")
			}
			line("  firms and products: %s", strings.Join(list, ", "))
		}
		line("  sentence %s: %s", d.Sentence+1, s.Text)
		if len(d.Also) > 0 {
			var list []string
			for _, i := range d.Also {
				list = append(list, fmt.Sprint(i+1))
			}
			line("  also told in sentence %s", strings.Join(list, ", "))
		}
	}
	if len(r.doc.Unresolved) > 0 {
		fmt.Fprintln(&b)
		var list []string
		for _, m := range r.doc.Unresolved {
			why := "not in the table of names"
			if m.Doubt == events.Ambiguous {
				why = "a word too, and nothing near it speaks for the firm"
			}
			list = append(list, m.Text+" ("+l.Phrase(why)+")")
		}
		line("Not resolved: %s", strings.Join(list, ", "))
	}
	_, err := w.Write(b.Bytes())
	return err
}

type jsonDate struct {
	Text      string          `json:"text"`
	At        [2]int          `json:"at"`
	Start     *string         `json:"start"`
	End       *string         `json:"end"`
	Precision string          `json:"precision"`
	Fiscal    *article.Fiscal `json:"fiscal,omitempty"`
	Part      string          `json:"part,omitempty"`
	Calendar  string          `json:"calendar,omitempty"`
	Doubt     string          `json:"doubt,omitempty"`
}

type jsonName struct {
	Text   string  `json:"text"`
	At     [2]int  `json:"at"`
	Ticker *string `json:"ticker"`
	Name   string  `json:"name"`
	Kind   string  `json:"kind"`
	Owner  string  `json:"owner,omitempty"`
	Doubt  string  `json:"doubt,omitempty"`
}

type jsonSentence struct {
	Sentence  int        `json:"sentence"`
	At        [2]int     `json:"at"`
	Lang      string     `json:"lang"`
	Text      string     `json:"text"`
	Event     bool       `json:"event"`
	Dates     []jsonDate `json:"dates"`
	Companies []jsonName `json:"companies"`
	Catalogue *string    `json:"catalogue"`
	Draft     *string    `json:"draft"`
	Time      *string    `json:"time"`
}

// json writes every sentence in which something was found; all positions are code
// points of the text.
func (r *draftReport) json(w io.Writer) error {
	out := struct {
		Source     string         `json:"source"`
		Title      string         `json:"title,omitempty"`
		Published  *string        `json:"published"`
		By         string         `json:"published_by,omitempty"`
		Sentences  int            `json:"sentences"`
		Candidates []jsonSentence `json:"candidates"`
		Unresolved []jsonName     `json:"unresolved"`
	}{Source: r.source, Title: r.title, By: r.by, Sentences: len(r.doc.Sentences), Candidates: []jsonSentence{}, Unresolved: []jsonName{}}
	if !r.published.IsZero() {
		out.Published = dayText(r.published)
	}
	draftOf := map[int]*article.Draft{}
	for i := range r.drafts {
		d := &r.drafts[i]
		draftOf[d.Sentence] = d
		for _, also := range d.Also {
			draftOf[also] = d
		}
	}
	at := 0 // the code point of byte seen
	seen := 0
	for i := range r.doc.Sentences {
		s := &r.doc.Sentences[i]
		at += r.points(seen, s.Start)
		seen = s.Start
		if draftOf[i] == nil && len(s.Dates) == 0 && len(s.Mentions) == 0 {
			continue
		}
		span := func(from, to int) [2]int {
			start := at + utf8.RuneCountInString(s.Text[:from])
			return [2]int{start, start + utf8.RuneCountInString(s.Text[from:to])}
		}
		js := jsonSentence{Sentence: i + 1, At: span(0, len(s.Text)), Lang: s.Lang, Text: s.Text, Event: s.Event, Dates: []jsonDate{}, Companies: []jsonName{}}
		for _, d := range s.Dates {
			jd := jsonDate{Text: d.Text, At: span(d.Start, d.End), Precision: string(d.Precision), Fiscal: d.Fiscal, Doubt: string(d.Doubt)}
			if !d.Open() {
				jd.Start, jd.End = dayText(d.From), dayText(d.To)
			}
			switch {
			case d.AfterClose:
				jd.Part = string(events.PastClose)
			case d.BeforeOpen:
				jd.Part = string(events.BeforeOpen)
			}
			if d.Hijri {
				jd.Calendar = "hijri"
			}
			js.Dates = append(js.Dates, jd)
		}
		for _, m := range s.Mentions {
			js.Companies = append(js.Companies, nameOf(m, span(m.Start, m.End)))
		}
		if s.Match != nil {
			js.Catalogue = &s.Match.ID
		}
		if d := draftOf[i]; d != nil {
			js.Draft = &d.Event.ID
			if !d.Event.Timeless() {
				t := d.Event.Time.Format(time.DateOnly)
				if instant, ok := d.Event.Instant(); ok {
					t = instant.UTC().Format(time.RFC3339)
				}
				js.Time = &t
			}
		}
		out.Candidates = append(out.Candidates, js)
	}
	for _, m := range r.doc.Unresolved {
		out.Unresolved = append(out.Unresolved, nameOf(m, [2]int{r.points(0, m.Start), r.points(0, m.End)}))
	}
	return indented(w, out)
}

// points counts the code points of the text between two bytes.
func (r *draftReport) points(from, to int) int { return utf8.RuneCountInString(r.whole[from:to]) }

func nameOf(m events.Mention, at [2]int) jsonName {
	n := jsonName{Text: m.Text, At: at, Name: m.Entity.Name, Kind: string(m.Entity.Kind), Owner: m.Entity.Owner, Doubt: string(m.Doubt)}
	if m.Entity.Symbol != "" {
		n.Ticker = &m.Entity.Symbol
	}
	return n
}

func dayText(t time.Time) *string {
	s := t.Format(time.DateOnly)
	return &s
}

func indented(w io.Writer, v any) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(v)
}

func (a *app) score(c *config, x extraction, names *events.Names) error {
	f, err := os.Open(x.score)
	if err != nil {
		return fmt.Errorf("the labelled sentences cannot be read: %w", err)
	}
	defer f.Close()
	scores, misses, err := article.Score(filepath.ToSlash(x.score), f, names)
	if err != nil {
		return err
	}
	if x.format == "json" {
		return indented(a.stdout, scores)
	}
	l := words.Of(c.Output.Lang)
	langs := make([]string, 0, len(scores))
	for lang := range scores {
		langs = append(langs, lang)
	}
	slices.Sort(langs)
	err = a.table(func(t io.Writer) {
		fmt.Fprintln(t, strings.Join([]string{l.Phrase("LANGUAGE"), l.Phrase("WHAT"), l.Phrase("PRECISION"), l.Phrase("RECALL"), "F1", l.Phrase("RIGHT"), l.Phrase("FOUND"), l.Phrase("LABELLED")}, "\t"))
		for _, lang := range langs {
			s := scores[lang]
			for _, m := range []struct {
				what string
				m    article.Measure
			}{{"dates", s.Dates}, {"companies", s.Companies}, {"events", s.Events}} {
				fmt.Fprintf(t, "%s\t%s\t%.3f\t%.3f\t%.3f\t%d\t%d\t%d\n", lang, l.Phrase(m.what), m.m.Precision, m.m.Recall, m.m.F1, m.m.Right, m.m.Found, m.m.Labelled)
			}
		}
	})
	if err != nil {
		return err
	}
	for _, m := range misses {
		form := "%s: %s not found: %s"
		if m.Found {
			form = "%s: %s found and not labelled so: %s"
		}
		if _, err := fmt.Fprintln(a.stdout, l.Say(form, m.ID, l.Phrase(m.Kind), m.Text)); err != nil {
			return err
		}
	}
	return nil
}
