package report

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"time"

	"golang.org/x/text/unicode/bidi"

	"aftershock/market"
)

// A language is what it takes to say in it what a report says. The rules that
// decide what is said stand in words.go and finding.go, once for all languages,
// with their phrases in English; a language has for each phrase its own, and the
// grammar that phrases cannot carry: numbers of things, lists, dates.
type language struct {
	tag string // BCP 47
	rtl bool   // it is written from right to left

	phrases  map[string]string // by the English phrase; English has none
	patterns []pattern         // of notes and reasons, which package analysis writes in English
	cities   map[string]string // by the English name

	spell func(n int) string              // "twelve"
	count func(n int, noun string) string // "twelve securities"; noun is the singular in English
	list  func(names []string) string     // "A, B and C"
	comma string                          // with its blank
	semi  string                          // likewise
	date  func(t time.Time) string        // "Monday 27 January 2025"
	day   func(t time.Time) string        // "Monday"
}

// A pattern is the form of an English sentence, from its beginning to its end,
// and what it is in another language, with $1 for what the first group matches.
type pattern struct {
	english *regexp.Regexp
	own     string
}

// languages is every language that reports are written in.
var languages = []*language{english, arabic}

// Languages lists the BCP 47 tags of the languages that reports are written in.
func Languages() []string {
	var tags []string
	for _, l := range languages {
		tags = append(tags, l.tag)
	}
	return tags
}

// languageOf returns the language of a BCP 47 tag: that of its first part, and
// English where the tag is empty or reports do not speak it.
func languageOf(tag string) *language {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	for _, l := range languages {
		if l.tag == primary {
			return l
		}
	}
	return english
}

// phrase returns what an English phrase is in l, or the phrase itself.
func (l *language) phrase(s string) string {
	if own, ok := l.phrases[s]; ok {
		return own
	}
	return s
}

// say fills a phrase. Each value keeps its own direction.
func (l *language) say(phrase string, values ...any) string {
	if len(values) == 0 {
		return strings.ReplaceAll(l.phrase(phrase), "%%", "%")
	}
	for i, v := range values {
		values[i] = l.isolate(fmt.Sprint(v))
	}
	return fmt.Sprintf(l.phrase(phrase), values...)
}

// translate returns what a sentence of package analysis is in l, or the
// sentence itself.
func (l *language) translate(s string) string {
	if own, ok := l.phrases[s]; ok {
		return own
	}
	for _, p := range l.patterns {
		if m := p.english.FindStringSubmatch(s); m != nil {
			return groupOf.ReplaceAllStringFunc(p.own, func(g string) string { return l.translate(m[g[1]-'0']) })
		}
	}
	return l.isolate(s)
}

var groupOf = regexp.MustCompile(`\$\d`)

// isolate keeps s, if it is written from left to right, in its own direction
// where the words around it read from right to left. The direction is said
// outright: a bare figure such as -10 has none of its own. A plain number needs
// none, and a list of what is isolated already runs with the words.
func (l *language) isolate(s string) string {
	if !l.rtl || strings.Trim(s, "0123456789.") == "" || strings.HasPrefix(s, lri) || leftward(s) {
		return s
	}
	return lri + s + pdi
}

const lri, pdi = "\u2066", "\u2069"

// balance closes the isolates that a line leaves open and opens them again on
// the next: a terminal gives each line its own direction.
func balance(lines []string) []string {
	open := 0
	for i, s := range lines {
		s = strings.Repeat(lri, open) + s
		open = max(0, strings.Count(s, lri)-strings.Count(s, pdi))
		lines[i] = s + strings.Repeat(pdi, open)
	}
	return lines
}

// leftward reports whether any of s runs from right to left.
func leftward(s string) bool {
	for _, r := range s {
		if p, _ := bidi.LookupRune(r); p.Class() == bidi.R || p.Class() == bidi.AL {
			return true
		}
	}
	return false
}

// each says every one of names.
func (l *language) each(names []string) []string {
	out := slices.Clone(names)
	for i := range out {
		out[i] = l.isolate(out[i])
	}
	return out
}

// city names the place of an exchange by its clock: "New York".
func (l *language) city(cal *market.Calendar) string {
	name, zone := cal.Name(), cal.Zone().String()
	if k := strings.LastIndexByte(zone, '/'); k >= 0 {
		name = strings.ReplaceAll(zone[k+1:], "_", " ")
	}
	if own, ok := l.cities[name]; ok {
		return own
	}
	return name
}
