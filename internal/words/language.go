package words

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"golang.org/x/text/unicode/bidi"

	"aftershock/analysis"
	"aftershock/market"
)

// A Language is what it takes to say in it what reports and charts say. The rules
// that decide what is said stand where it is said, once for all languages, with
// their phrases in English; a language has for each phrase its own, for each
// sentence of package analysis and each issue of package market the form by its
// code, and the grammar that phrases cannot carry: numbers of things, lists, dates.
type Language struct {
	Tag string // BCP 47
	RTL bool   // it is written from right to left

	Spell  func(n int) string              // "twelve"
	Count  func(n int, noun string) string // "twelve securities"; noun is the singular in English
	Things func(n int, noun string) string // "12 securities", in the nominative
	List   func(names []string) string     // "A, B and C"
	Comma  string                          // with its blank
	Semi   string                          // likewise
	Date   func(t time.Time) string        // "Monday 27 January 2025"
	Day    func(t time.Time) string        // "Monday"

	phrases   func() map[string]string // by the English phrase; English has none
	sentences func() map[string]string // by the code; English has none, they stand with the codes
	plural    func(n int) int          // which of the forms of a thing serves n of them
	more      string                   // "%s and %d more"
	exchanges map[string]string        // by the names of package market
	cities    map[string]string        // by the English name

	categories map[string]string // of events, by the names that catalogues usually have

	units      []unit            // of amounts of money, the largest first
	currencies map[string]string // by their codes; nil: the code stands
}

// languages is every language that reports are written in.
var languages = []*Language{English, Arabic}

// Languages lists the BCP 47 tags of the languages that reports are written in.
func Languages() []string {
	var tags []string
	for _, l := range languages {
		tags = append(tags, l.Tag)
	}
	return tags
}

// Lookup returns the language of a BCP 47 tag, that of its first part, and
// whether there is one.
func Lookup(tag string) (*Language, bool) {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	for _, l := range languages {
		if l.Tag == primary {
			return l, true
		}
	}
	return nil, false
}

// Of returns the language of a BCP 47 tag: that of its first part, and
// English where the tag is empty or reports do not speak it.
func Of(tag string) *Language {
	if l, ok := Lookup(tag); ok {
		return l
	}
	return English
}

// Phrase returns what an English phrase is in l, or the phrase itself.
func (l *Language) Phrase(s string) string {
	if own, ok := l.phrases()[s]; ok {
		return own
	}
	return s
}

// Say fills a phrase. Each value keeps its own direction. A phrase may have forms
// for numbers, {1:%[1]s event|%[1]s events}: which one stands is chosen by that
// value; what stands in them refers to values by their numbers.
func (l *Language) Say(phrase string, values ...any) string {
	if len(values) == 0 {
		return strings.ReplaceAll(l.Phrase(phrase), "%%", "%")
	}
	chosen := false
	form := numbered().ReplaceAllStringFunc(l.Phrase(phrase), func(braces string) string {
		chosen = true
		at := int(braces[1] - '1')
		forms := strings.Split(braces[3:len(braces)-1], "|")
		n, err := strconv.Atoi(fmt.Sprint(values[at]))
		switch {
		case strings.EqualFold(fmt.Sprint(values[at]), "one"):
			n = 1
		case err != nil: // in words
			n = 2
		}
		return forms[min(l.plural(n), len(forms)-1)]
	})
	for i, v := range values {
		values[i] = l.Isolate(fmt.Sprint(v))
		if chosen { // a form may leave its number out
			form += fmt.Sprintf("%%.0[%d]s", i+1)
		}
	}
	return fmt.Sprintf(form, values...)
}

// numbered are the forms of a phrase for numbers.
var numbered = sync.OnceValue(func() *regexp.Regexp { return regexp.MustCompile(`\{[1-9]:[^{}]*\}`) })

// Translate returns what an English phrase without values is in l, or the phrase
// itself in its own direction: what a model is, what a test assumes.
func (l *Language) Translate(s string) string {
	if own, ok := l.phrases()[s]; ok {
		return own
	}
	return l.Isolate(s)
}

// Sentence says a sentence of package analysis. as, if not nil, is asked first
// what to say in place of a value: an event's title in the language of the report.
// What l has no words for it says in English.
func (l *Language) Sentence(s analysis.Sentence, as func(v any) any) string {
	own, ok := l.sentences()[s.Code]
	if !ok {
		own = analysis.Form(s.Code)
		if l.sentences() != nil {
			return l.Isolate(English.Sentence(s, as))
		}
	}
	if own == "" {
		own = s.Code // in the words of a model or test from outside
	}
	plural := l.plural
	return s.Fill(own, plural, func(verb string, v any) string {
		if as != nil {
			v = as(v)
		}
		switch v := v.(type) {
		case analysis.Sentence:
			return l.Sentence(v, as)
		case analysis.EventTitle:
			if l.RTL && v.Title != "" { // no name to type stands among the words
				return l.Say("“%s”", v.Title)
			}
			return l.Isolate(v.ID) + " (" + l.Isolate(v.Title) + ")"
		case analysis.Names:
			return l.names(v)
		case market.Issue:
			return l.issue(v, as)
		case string:
			if own, ok := l.exchanges[v]; ok && verb == "%s" {
				return own
			}
		}
		return l.Isolate(fmt.Sprintf(verb, v))
	})
}

// Issue says an issue of package market.
func (l *Language) Issue(is market.Issue) string { return l.issue(is, nil) }

// issue says an issue of package market.
func (l *Language) issue(is market.Issue, as func(v any) any) string {
	code := "issue/" + is.Code
	if _, ok := l.sentences()[code]; !ok {
		code = market.IssueForm(is.Code)
	}
	return l.Sentence(analysis.Sentence{Code: code, Args: is.Args}, as)
}

// names lists the first of many names, with blanks between, and says how many
// more there are.
func (l *Language) names(n analysis.Names) string {
	listed, more := n.Shown()
	s := l.Isolate(strings.Join(listed, " "))
	if more > 0 {
		s = fmt.Sprintf(l.more, s, more)
	}
	return s
}

// Isolate keeps s, if it is written from left to right, in its own direction
// where the words around it read from right to left. The direction is said
// outright: a bare figure such as -10 has none of its own. A plain number needs
// none, and a list of what is isolated already runs with the words.
func (l *Language) Isolate(s string) string {
	if !l.RTL || strings.Trim(s, "0123456789.") == "" || strings.HasPrefix(s, lri) || Leftward(s) {
		return s
	}
	return lri + s + pdi
}

const lri, pdi = "\u2066", "\u2069"

// Balance closes the isolates that a line leaves open and opens them again on
// the next: a terminal gives each line its own direction.
func Balance(lines []string) []string {
	open := 0
	for i, s := range lines {
		s = strings.Repeat(lri, open) + s
		open = max(0, strings.Count(s, lri)-strings.Count(s, pdi))
		lines[i] = s + strings.Repeat(pdi, open)
	}
	return lines
}

// Leftward reports whether any of s runs from right to left.
func Leftward(s string) bool {
	for _, r := range s {
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL {
			return true
		}
	}
	return false
}

// Each says every one of names.
func (l *Language) Each(names []string) []string {
	out := slices.Clone(names)
	for i := range out {
		out[i] = l.Isolate(out[i])
	}
	return out
}

// Exchange names an exchange, one that is in no table by its own name.
func (l *Language) Exchange(name string) string {
	if own, ok := l.exchanges[name]; ok {
		return own
	}
	return l.Isolate(name)
}

// City names the place of an exchange by its clock: "New York".
func (l *Language) City(cal *market.Calendar) string {
	name, zone := cal.Name(), cal.Zone().String()
	if k := strings.LastIndexByte(zone, '/'); k >= 0 {
		name = strings.ReplaceAll(zone[k+1:], "_", " ")
	}
	if own, ok := l.cities[name]; ok {
		return own
	}
	if own, ok := l.exchanges[name]; ok {
		return own
	}
	return name
}

// withFindings adds to sentences those of exclusions for what was found in prices:
// what the finding says, after the security, its days and its code.
func withFindings(sentences map[string]string, lead string) map[string]string {
	for _, c := range market.IssueCodes() {
		reason, _, _ := strings.Cut(c, "/")
		if form, ok := sentences["issue/"+c]; ok && slices.Contains(market.Contradictions, market.CheckCode(reason)) {
			sentences["excluded/"+reason+"/"+c] = lead + form
		}
	}
	return sentences
}
