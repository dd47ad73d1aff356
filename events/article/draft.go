package article

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"aftershock/events"
)

// Draft is an event that an article tells of, for a person to keep or strike.
type Draft struct {
	Event    events.Event // its status is draft
	Sentence int          // the sentence of the article
	Also     []int        // other sentences that tell of the same
	When     *Date        // the date of the sentence that was taken; nil: none
	Names    []events.Entity
}

// Drafts makes an event of each thing that the article tells of. One that the
// catalogue knows has its time, titles and securities from there; another has the
// day that the sentence gives, and none where it gives a week or more: a session
// cannot be found from that, and the day must be filled in. source is the address
// or the file of the article.
func (a *Article) Drafts(source string, catalog *events.Catalog, published time.Time) []Draft {
	var out []Draft
	ids := map[string]bool{}
	for i := range a.Sentences {
		s := &a.Sentences[i]
		if s.Match == nil && (!s.Event || len(s.Dates) == 0 && len(s.Mentions) == 0) {
			continue
		}
		d := Draft{Sentence: i, When: s.when()}
		for _, m := range s.Mentions {
			if !slices.ContainsFunc(d.Names, func(e events.Entity) bool { return e.Name == m.Entity.Name }) {
				d.Names = append(d.Names, m.Entity)
			}
		}
		if k := a.known(out, s, d.When); k >= 0 {
			out[k].Also = append(out[k].Also, i)
			continue
		}
		d.Event = s.event(&d, source, catalog, published)
		base := d.Event.ID
		for n := 2; ids[strings.ToLower(d.Event.ID)]; n++ {
			d.Event.ID = fmt.Sprintf("%s-%d", base, n)
		}
		ids[strings.ToLower(d.Event.ID)] = true
		out = append(out, d)
	}
	return out
}

// known returns the draft that tells of what s tells of: the same event of the
// catalogue, or the same day and a firm in common; -1 for none.
func (a *Article) known(out []Draft, s *Sentence, when *Date) int {
	return slices.IndexFunc(out, func(d Draft) bool {
		first := &a.Sentences[d.Sentence]
		if s.Match != nil || first.Match != nil {
			return s.Match != nil && first.Match != nil && s.Match.ID == first.Match.ID
		}
		return when != nil && d.When != nil && when.Precision == Day && !when.Open() && d.When.From.Equal(when.From) && d.When.To.Equal(when.To) &&
			slices.ContainsFunc(s.Mentions, func(m events.Mention) bool {
				return slices.ContainsFunc(d.Names, func(e events.Entity) bool { return e.Name == m.Entity.Name })
			})
	})
}

// background are the words before a date that is not that of the news.
var background = []string{"since", "until", "till", "by", "effective", "from", "before", "through", "منذ", "حتي", "بحلول", "اعتبارا من", "ابتداء من", "قبل"}

// when returns the date of s that its event seems to have: of its dates the finest,
// of those the first that no word marks as background.
func (s *Sentence) when() *Date {
	var best *Date
	bestRank := 100
	for i := range s.Dates {
		d := &s.Dates[i]
		if d.Fiscal != nil {
			continue
		}
		n := 2 * rank(d.Precision)
		r := &reading{text: s.Text[:d.Start]}
		r.foldText()
		before := strings.TrimRight(r.fold, " ")
		if slices.ContainsFunc(background, func(w string) bool { return before == w || strings.HasSuffix(before, " "+w) }) {
			n += 5
		}
		if d.Open() {
			n += 20
		}
		if n < bestRank {
			best, bestRank = d, n
		}
	}
	return best
}

// event makes the event of s.
func (s *Sentence) event(d *Draft, source string, catalog *events.Catalog, published time.Time) events.Event {
	p := &events.Provenance{Status: events.Draft, Key: fmt.Sprintf("%s#%d", source, d.Sentence+1)}
	if d.When != nil {
		p.RawTime = d.When.Text
		if d.When.Doubt != "" {
			p.Doubts = append(p.Doubts, d.When.Doubt.Text())
		}
	}
	note := fmt.Sprintf("sentence %d: %s", d.Sentence+1, short(s.Text, 400))
	if s.Match != nil && catalog != nil {
		if k := slices.IndexFunc(catalog.Events, func(e events.Event) bool { return e.ID == s.Match.ID }); k >= 0 {
			e := catalog.Events[k]
			e.Provenance, e.Origin = p, source
			if d.When != nil && !d.When.Open() {
				p.Doubts = append(p.Doubts, fmt.Sprintf("the time is that of the catalogue; the text says %s", rangeText(d.When)))
			} else {
				p.Doubts = append(p.Doubts, "the time is that of the catalogue; the text gives none")
			}
			e.Note = note
			return e
		}
	}
	e := events.Event{ID: s.id(d), Title: short(s.Text, 160), Source: source, Origin: source, Note: note, Provenance: p, DateOnly: true, Precision: events.NoTime}
	e.Titles = map[string]string{s.Lang: e.Title}
	for _, n := range d.Names {
		if n.Symbol == "" {
			p.Unresolved = append(p.Unresolved, n.Name+" (not listed)")
		} else if !slices.ContainsFunc(e.Targets, func(t events.Target) bool { return t.Symbol == n.Symbol }) {
			e.Targets = append(e.Targets, events.Target{Symbol: n.Symbol})
		}
	}
	if len(e.Targets) == 0 {
		p.Doubts = append(p.Doubts, "no listed firm is named: without securities all of the study would be measured")
	}
	switch w := d.When; {
	case w == nil:
		p.Doubts = append(p.Doubts, "the sentence gives no date; write the day")
	case w.Open():
		p.Doubts = append(p.Doubts, "the date is open; write the day")
	case !w.From.Equal(w.To):
		p.Doubts = append(p.Doubts, fmt.Sprintf("the text says only %s; write the day", rangeText(w)))
	default:
		e.Time, e.Precision = w.From, events.Day
		switch {
		case w.AfterClose:
			e.AfterClose, p.Part = true, events.PastClose
		case w.BeforeOpen:
			p.Part = events.BeforeOpen
		}
		if !published.IsZero() && w.From.After(published) {
			p.Doubts = append(p.Doubts, "it lies after the publication: it is foretold, not reported")
		}
	}
	return e
}

func rangeText(d *Date) string {
	if d.From.Equal(d.To) {
		return fmt.Sprintf("%s (%s)", d.From.Format(time.DateOnly), d.Text)
	}
	return fmt.Sprintf("%s to %s (%s, a %s)", d.From.Format(time.DateOnly), d.To.Format(time.DateOnly), d.Text, d.Precision)
}

// Text says a doubt in words.
func (d DateDoubt) Text() string {
	switch d {
	case NoPublication:
		return "it counts from the day of publication, which is not known"
	case NoAnchor:
		return "it counts from another date, and there is none"
	case YearRange:
		return "its year is not one of news"
	case NoSuchDay:
		return "its month has no such day"
	case DayOrder:
		return "day and month could be the other way round"
	case WeekdayWrong:
		return "it is another day of the week than the text says"
	case MonthsDiffer:
		return "the two names of its month are of different months"
	}
	return string(d)
}

// id makes an ID of the first name and the date.
func (s *Sentence) id(d *Draft) string {
	name := "article"
	for _, n := range d.Names {
		name = n.Name
		if n.Kind == events.Company {
			break
		}
	}
	if d.When != nil && !d.When.Open() {
		layout := map[Precision]string{Month: "2006-01", Quarter: "2006-01", Half: "2006-01", Year: "2006"}[d.When.Precision]
		if layout == "" {
			layout = time.DateOnly
		}
		name += " " + d.When.From.Format(layout)
	}
	return events.SafeID(strings.ToLower(strings.Join(strings.FieldsFunc(name, func(r rune) bool { return r == ' ' || r == '/' || r == '&' || r == '\'' }), "-")))
}

// short cuts s at a blank, at most most letters from its beginning.
func short(s string, most int) string {
	s = strings.Join(strings.Fields(strings.Map(func(r rune) rune {
		if r < ' ' || r == 0x7f || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069' || '\u0080' <= r && r <= '\u009f' {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(s, "\ufffd"))), " ")
	if utf8.RuneCountInString(s) <= most {
		return s
	}
	cut := []rune(s)[:most-1]
	text := string(cut)
	if i := strings.LastIndexByte(text, ' '); i > len(text)/2 {
		text = text[:i]
	}
	return text + "…"
}
