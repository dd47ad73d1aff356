package analysis

import (
	"fmt"
	"slices"
	"strconv"
	"strings"
)

// Sentence is what the analysis says in words, as data: the code of the
// sentence and the values that stand in it. The code is the same in every
// language; [Sentence.Text] is the English one.
//
// A value is a string that no language translates (a symbol, a date, an ID), a
// number, [Names], an [EventTitle], or a Sentence.
type Sentence struct {
	Code string
	Args []any
}

// Names are securities, sessions and the like, of which a sentence lists the
// first eight.
type Names []string

// Shown returns the names that are listed, and how many more there are.
func (n Names) Shown() (listed []string, more int) {
	const most = 8
	if len(n) <= most {
		return n, 0
	}
	return n[:most], len(n) - most
}

// String lists the names in English.
func (n Names) String() string {
	listed, more := n.Shown()
	s := strings.Join(listed, " ")
	if more > 0 {
		s = fmt.Sprintf("%s and %d more", s, more)
	}
	return s
}

// EventTitle is an event that a sentence names by its ID and its title, which
// another language may have in words of its own.
type EventTitle struct{ ID, Title string }

// String names the event as the catalogue does.
func (e EventTitle) String() string { return e.ID + " (" + e.Title + ")" }

// Text returns the sentence in English, "" for nil.
func (s *Sentence) Text() string {
	if s == nil || s.Code == "" {
		return ""
	}
	form, ok := sentences[s.Code]
	if !ok {
		form = s.Code // of a model or test from outside, which says its English outright
	}
	return s.Fill(form, func(n int) int { return min(1, max(n-1, 1-n)) }, func(verb string, v any) string {
		if s, ok := v.(Sentence); ok {
			return s.Text()
		}
		return fmt.Sprintf(verb, v)
	})
}

// Fill writes the values of s into form, the sentence in some language.
//
//	%s %d %.2f %[2]s     a value, in turn or by its number, as package fmt has it; %% is %
//	{2:session|sessions} one of these by the number that the second value is, or by how many names it has
//
// plural returns which of the forms serves n, counted from 0; value writes one
// value by its verb, the number of the value left out of it.
func (s *Sentence) Fill(form string, plural func(n int) int, value func(verb string, v any) string) string {
	var b strings.Builder
	next := 0
	for {
		k := strings.IndexAny(form, "%{")
		if k < 0 || k+1 == len(form) {
			b.WriteString(form)
			return b.String()
		}
		b.WriteString(form[:k])
		if form[k] == '{' {
			choice, rest, _ := strings.Cut(form[k+1:], "}")
			number, forms, _ := strings.Cut(choice, ":")
			of, _ := strconv.Atoi(number)
			each := strings.Split(forms, "|")
			form = each[min(plural(s.number(of)), len(each)-1)] + rest
			continue
		}
		end := k + 1
		for end < len(form)-1 && strings.IndexByte("[]+-.0123456789", form[end]) >= 0 {
			end++
		}
		verb := form[k : end+1]
		form = form[end+1:]
		if verb == "%%" {
			b.WriteByte('%')
			continue
		}
		at := next
		if open, shut := strings.IndexByte(verb, '['), strings.IndexByte(verb, ']'); open >= 0 && shut > open {
			n, _ := strconv.Atoi(verb[open+1 : shut])
			at, verb = n-1, verb[:open]+verb[shut+1:]
		}
		next = at + 1
		if at < 0 || at >= len(s.Args) {
			b.WriteString("?")
			continue
		}
		b.WriteString(value(verb, s.Args[at]))
	}
}

// number is value k, counted from 1, as a number of things.
func (s *Sentence) number(k int) int {
	if k < 1 || k > len(s.Args) {
		return 0
	}
	switch v := s.Args[k-1].(type) {
	case int:
		return v
	case Names:
		return len(v)
	}
	return 0
}

// Codes lists the code of every sentence of this package, sorted: what a
// language must have words for.
func Codes() []string {
	out := make([]string, 0, len(sentences))
	for c := range sentences {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// Form returns the English form of a sentence, as [Sentence.Fill] takes it, ""
// where there is none of that code.
func Form(code string) string { return sentences[code] }

// code joins the parts of a sentence's code.
func code(kind, of, variant string) string {
	if variant == "" {
		return kind + "/" + of
	}
	return kind + "/" + of + "/" + variant
}

// Sentence returns what the note says.
func (n *Note) Sentence() Sentence { return Sentence{code("note", n.Code, n.Variant), n.Args} }

// Text returns what the note says in English.
func (n *Note) Text() string {
	s := n.Sentence()
	return s.Text()
}

// Sentence returns why, with its figures.
func (e *Exclusion) Sentence() Sentence {
	c := code("excluded", string(e.Reason), e.Variant)
	if _, ok := sentences[c]; !ok { // in the words of a model
		c = e.Variant
	}
	return Sentence{c, e.Args}
}

// Detail returns the same in English.
func (e *Exclusion) Detail() string {
	s := e.Sentence()
	return s.Text()
}

// Error implements error.
func (e *Exclusion) Error() string { return e.Detail() }

// exclude is an exclusion with the values that its sentence takes.
func exclude(reason Reason, variant string, args ...any) *Exclusion {
	return &Exclusion{reason, variant, args}
}

// String implements fmt.Stringer: it is [Sentence.Text].
func (s *Sentence) String() string { return s.Text() }

// Note is a figure that is missing or doubtful, or a fact that a reader must
// know to read the figures rightly. The empty string in a field means that
// the note is not about one of these. The sentence is that of the code
// "note/CODE" or "note/CODE/VARIANT" (sentences.go); [Note.Text] says it.
type Note struct {
	Code     string // stable, e.g. "co-movement", "confounder", "missing-return"
	Severity Severity
	EventID  string
	Security string
	Group    string // as Group.Name
	Window   string // as Window.String
	Test     string
	Variant  string // which sentence of the code, "" for its only one
	Args     []any  // the values that stand in it, see [Sentence]
}

// Severity orders notes.
type Severity string

// The severities.
const (
	Info    Severity = "info"
	Warning Severity = "warning"
)
