// Package events holds dated news: what happened, when it could first be
// known, and which securities it concerns. It knows no prices and no trading
// calendars; which session an event belongs to is decided in package analysis.
//
// Catalogues are read from YAML, JSON and CSV (see [Read]); one about the
// DeepSeek story ships with the program ([Shipped]).
package events

import (
	"strings"
	"time"
)

// Precision says how well the time of an event is known. It describes the time
// and never changes it: an event with a full timestamp keeps its instant
// whatever its precision.
type Precision string

// The precisions, from the finest.
const (
	Instant Precision = "instant" // stamped by a machine, to the second or better
	Second  Precision = "second"
	Minute  Precision = "minute"
	Approx  Precision = "approx"  // within an hour or so
	Day     Precision = "date"    // only the calendar date is known
	NoTime  Precision = "unknown" // not even the date
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
// event to the next session. A draft has neither: its Precision is NoTime and
// its Time zero.
type Event struct {
	ID         string
	Time       time.Time
	DateOnly   bool
	AfterClose bool
	Precision  Precision
	Confidence string            // in the source's words
	Title      string            // in the catalogue's first language, English where there is one
	Titles     map[string]string // by BCP 47 language in lower case, e.g. "en", "ar", "und" where none is stated; includes Title. Nil: Title alone, of no stated language
	Category   string
	Tags       []string
	Targets    []Target // empty: all securities of the study
	Source     string   // where the news was read
	Note       string
	Origin     string      // file:line of the record
	Provenance *Provenance // how an imported event came by its time; nil: written by hand
}

// Instant returns the moment the news was out, and false when only its date is known.
func (e *Event) Instant() (time.Time, bool) { return e.Time, !e.DateOnly }

// Date returns midnight UTC of the calendar date of the event in its own zone.
func (e *Event) Date() time.Time {
	y, m, d := e.Time.Date()
	return time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
}

// TitleIn returns the title in lang, or Title when there is none.
func (e *Event) TitleIn(lang string) string {
	if t, ok := e.Titles[strings.ToLower(lang)]; ok && t != "" {
		return t
	}
	return e.Title
}

// Catalog is a list of events with unique IDs, in the order they were given.
type Catalog struct {
	Events   []Event
	Origin   string   // file name, or "shipped"
	Warnings []string // what a reader left out, such as a column it does not know
}
