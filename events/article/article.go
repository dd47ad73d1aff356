// Package article reads articles in English and Arabic and finds the dated events
// that they tell of: sentences with their dates (absolute, relative, of three sets
// of Arabic month names, Hijri), firms and products, and the event of a catalogue
// that each seems to be.
//
// It proposes and does not decide: what [Read] finds is a draft for a person to
// keep or strike. It knows no prices and no sessions.
package article

import (
	"slices"
	"time"
	"unicode/utf8"

	"aftershock/events"
)

// Options says what an article is read with.
type Options struct {
	Published time.Time       // midnight UTC of the day the text is read as of; zero: unknown, relative dates stay open
	Names     *events.Names   // nil: no firms are looked for
	Catalog   *events.Catalog // nil: nothing is matched
}

// Article is a text as it was read.
type Article struct {
	Sentences  []Sentence
	Unresolved []events.Mention // names in doubt, each once; Start and End in the text
	Cut        bool             // the text was longer than [MaxText], and its rest was not read
}

// Sentence is one of an article with what was found in it.
type Sentence struct {
	Start, End int // in bytes of the text
	Text       string
	Lang       string           // en or ar
	Dates      []Date           // Start and End in bytes of the sentence
	Mentions   []events.Mention // those beyond doubt; Start and End in bytes of the sentence
	Event      bool             // it tells of something that happened or is due
	Match      *Match           // the event of the catalogue that it seems to be; nil: none
}

// MaxText is the length in bytes to which a text is read: no article is longer.
const MaxText = 1 << 18

// Read finds what text tells of.
func Read(text string, o Options) *Article {
	a := &Article{}
	if len(text) > MaxText {
		cut := MaxText
		for cut > 0 && !utf8.RuneStart(text[cut]) {
			cut--
		}
		text, a.Cut = text[:cut], true
	}
	var mentions []events.Mention
	if o.Names != nil {
		for _, m := range o.Names.Find(text) {
			if m.Doubt == events.Sure {
				mentions = append(mentions, m)
			} else if !slices.ContainsFunc(a.Unresolved, func(u events.Mention) bool { return u.Entity.Name == m.Entity.Name && u.Doubt == m.Doubt }) {
				a.Unresolved = append(a.Unresolved, m)
			}
		}
	}
	var known *matcher
	if o.Catalog != nil {
		known = newMatcher(o.Catalog, o.Names)
	}
	var anchor time.Time
	next := 0
	for _, at := range sentences(text) {
		s := Sentence{Start: at[0], End: at[1], Text: text[at[0]:at[1]], Lang: "en"}
		if arabicText(s.Text) {
			s.Lang = "ar"
		}
		for ; next < len(mentions) && mentions[next].Start < s.End; next++ {
			if m := mentions[next]; m.Start >= s.Start && m.End <= s.End {
				m.Start, m.End = m.Start-s.Start, m.End-s.Start
				s.Mentions = append(s.Mentions, m)
			}
		}
		s.Dates = dates(s.Text, o.Published, anchor, ownYear(s.Mentions), s.Mentions)
		for _, d := range s.Dates {
			if d.Precision == Day && !d.From.IsZero() {
				anchor = d.To
			}
		}
		s.Event = tells(s.Text, s.Dates, o.Published, s.Mentions)
		a.Sentences = append(a.Sentences, s)
	}
	if known != nil {
		known.match(a.Sentences, o.Published)
	}
	return a
}
