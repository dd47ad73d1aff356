// Package events holds dated news: what happened, when it could first be
// known, and which securities it concerns. It knows no prices and no trading
// calendars; which session an event belongs to is decided in package analysis.
package events

import "time"

// Precision says how well the time of an event is known.
type Precision string

// The precisions, from the finest.
const (
	Second Precision = "second"
	Minute Precision = "minute"
	Approx Precision = "approx" // within an hour or so
	Day    Precision = "date"   // only the calendar date is known
)

// Target is a security that an event concerns.
type Target struct {
	Symbol string
	Sign   int // expected sign of the reaction: -1, 0 (none stated) or +1
}

// Event is one dated piece of news.
//
// It has either an instant (Time, with its zone) or a date only: then Time is
// midnight UTC of that date and DateOnly is true. AfterClose moves a dated
// event to the next session.
type Event struct {
	ID         string
	Time       time.Time
	DateOnly   bool
	AfterClose bool
	Precision  Precision
	Confidence string            // in the source's words
	Title      string            // in the catalogue's first language, English where there is one
	Titles     map[string]string // by BCP 47 language, e.g. "en", "ar"; includes Title
	Category   string
	Tags       []string
	Targets    []Target // empty: all securities of the study
	Source     string   // where the news was read
	Note       string
	Origin     string // file:line of the record
}

// Instant returns the moment the news was out, and false when only its date is known.
func (e *Event) Instant() (time.Time, bool) { return e.Time, !e.DateOnly }

// TitleIn returns the title in lang, or Title when there is none.
func (e *Event) TitleIn(lang string) string {
	if t, ok := e.Titles[lang]; ok && t != "" {
		return t
	}
	return e.Title
}

// Catalog is a list of events with unique IDs, in the order they were given.
type Catalog struct {
	Events []Event
	Origin string // file name, or "shipped"
}
