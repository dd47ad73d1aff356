package events

import (
	"fmt"
	"hash/fnv"
	"net/url"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Status says whether an event has happened.
type Status string

// The statuses. An event of a catalogue written by hand has none, and is taken
// as its author's word.
const (
	Confirmed Status = "confirmed" // it was reported
	Expected  Status = "expected"  // a calendar foretells it; it may come on another day, or not at all
	Draft     Status = "draft"     // no time is known, or none that can be right: it is in no study
)

// Part is the part of the trading day in which the news of a date came out.
type Part string

// The parts of the day.
const (
	BeforeOpen Part = "before-open"
	During     Part = "during"
	PastClose  Part = "after-close"
)

// Provenance is how an imported event came by its time, so that whoever reads a
// study can judge it. Every text is as the source has it, nothing is guessed
// without a word.
type Provenance struct {
	Key         string     // what the source calls the item: guid, accession number, UID, address
	RawTime     string     // the time as the source writes it
	ZoneGiven   string     // the zone or offset as it writes it; "": none
	ZoneAssumed string     // the zone that was taken, and why; "": none, so Clock is unknown in any zone
	Clock       string     // 17:00:00, the time of day in a zone that is not known; session 0 is taken from the date
	Part        Part       // of the day, for a date alone
	Status      Status     // whether it happened
	Bound       time.Time  // the news was out by then (when it was seen, changed, accepted); zero: none is known
	Other       time.Time  // the instant if the time was misread (another zone, another clock); zero: none is likely
	Doubts      []string   // what is doubtful, a sentence each
	Unresolved  []string   // names and symbols that are no security known
	Coverage    []Coverage // the other items that tell the same story
	Rewritten   bool       // the item was changed long after it was first published

	scheduled bool   // of a calendar: its repeats are on the same day
	distinct  string // items with the same are never one story
}

// Coverage is another item that tells the story of an event.
type Coverage struct {
	Key    string
	Title  string
	Source string
	Time   string // as the event's own would be written
}

// Status returns whether e has happened, "" where nobody says.
func (e *Event) Status() Status {
	if e.Provenance == nil {
		return ""
	}
	return e.Provenance.Status
}

// Key returns what the source of e calls it, else its ID.
func (e *Event) Key() string {
	if e.Provenance == nil || e.Provenance.Key == "" {
		return e.ID
	}
	return e.Provenance.Key
}

// Timeless reports whether neither instant nor date of e is known.
func (e *Event) Timeless() bool { return e.Precision == NoTime }

// When returns the time of e as imports write it: an instant in UTC
// (2025-01-27T14:30:00Z), a clock of an unknown zone without one
// (2025-01-27T09:30:00), a date, or "" where no time is known.
func (e *Event) When() string {
	switch {
	case e.Timeless():
		return ""
	case !e.DateOnly:
		return e.Time.UTC().Format(time.RFC3339Nano)
	case e.Provenance != nil && e.Provenance.Clock != "":
		return e.Time.Format(time.DateOnly) + "T" + e.Provenance.Clock
	}
	return e.Time.Format(time.DateOnly)
}

// SafeID makes an ID of what a source calls an item: itself where it can be one,
// else its letters and digits with a hash, the same for the same key.
func SafeID(key string) string {
	key = strings.TrimSpace(key)
	if plain(key, 100) || isID(key) {
		return key
	}
	h := fnv.New64a()
	h.Write([]byte(key))
	end := fmt.Sprintf("%08x", uint32(h.Sum64()^h.Sum64()>>32))
	text := key
	if i := strings.Index(text, "://"); i >= 0 { // the end of an address says most
		text, _, _ = strings.Cut(text[i+3:], "?")
		text, _, _ = strings.Cut(text, "#")
		text = strings.TrimRight(text, "/")
		if plainText, err := url.PathUnescape(text); err == nil && utf8.ValidString(plainText) {
			text = plainText
		}
		text = text[strings.LastIndexByte(text, '/')+1:]
		for _, ext := range []string{".html", ".htm", ".ece", ".php", ".aspx"} {
			text = strings.TrimSuffix(text, ext)
		}
	}
	return slug(text, 60, end)
}

// slug returns the letters and digits of text, at most most of them, and end.
func slug(text string, most int, end string) string {
	var b strings.Builder
	n, gap := 0, false
	for _, r := range text {
		if n >= most {
			break
		}
		if unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.IsMark(r) && n > 0 {
			if gap && n > 0 {
				b.WriteByte('-')
				n++
			}
			b.WriteRune(r)
			n, gap = n+1, false
		} else {
			gap = true
		}
	}
	if b.Len() == 0 {
		return "item-" + end
	}
	if end == "" {
		return b.String()
	}
	return b.String() + "-" + end
}

// A Batch is what one source gave.
type Batch struct {
	Origin   string   // the file or the address
	Kind     string   // in words: RSS 2.0, iCalendar, ...
	Events   []Event  // one an item, in the source's order
	Told     []string // what is odd about the source as a whole
	Untold   int      // how much more is
	told     map[string]bool
	Rejected Errors // items that could not be read, with their lines
	// Accepted holds the times at which filings were accepted that a source knows
	// for certain, by accession number, of filings that are no events too.
	Accepted map[string]time.Time
}

// mostTold is how many sentences about a source are told.
const mostTold = 1000

// Tell adds a sentence to what is told about the source, once. Beyond mostTold they are
// counted in Untold.
func (b *Batch) Tell(format string, args ...any) {
	if len(b.Told) >= mostTold {
		b.Untold++
		return
	}
	s := fmt.Sprintf(format, args...)
	if b.told == nil {
		b.told = map[string]bool{}
	}
	if !b.told[s] {
		b.told[s] = true
		b.Told = append(b.Told, s)
	}
}

// Reject adds an item that could not be read.
func (b *Batch) Reject(line int, format string, args ...any) {
	b.Rejected = append(b.Rejected, Problem{b.Origin, line, fmt.Sprintf(format, args...)})
}

// An Item is what a reader found of one piece of news; [Batch.Add] makes an
// event of it.
type Item struct {
	Key        string // "": one is made of the date, the securities and the title
	Title      string
	Lang       string // of the title, where it is stated
	Category   string
	Tags       []string
	Securities []string
	Source     string // address or publisher
	Note       string
	Stamp      Stamp
	Part       Part
	Status     Status // "": confirmed, or a draft where there is no time
	Line       int    // 0: unknown
	Bound      time.Time
	Rewritten  bool
	Doubts     []string
	Scheduled  bool   // of a calendar: only items of the same day can be its repeats
	Distinct   string // items that have the same, and it is not "", are never one story: filings, dates of one series
}

// Add makes an event of it and adds that to b.
func (b *Batch) Add(it Item) *Event {
	oneLine := func(s string) string {
		s = strings.Map(func(r rune) rune {
			if upsets(r) {
				return -1
			}
			return r
		}, s)
		return strings.Join(strings.Fields(s), " ")
	}
	p := &Provenance{
		Key: oneLine(it.Key), RawTime: oneLine(it.Stamp.Raw), ZoneGiven: it.Stamp.ZoneGiven, ZoneAssumed: it.Stamp.ZoneAssumed,
		Clock: it.Stamp.Clock, Part: it.Part, Status: it.Status, Bound: it.Bound, Other: it.Stamp.Other, Rewritten: it.Rewritten,
		Doubts:    append(append([]string(nil), it.Stamp.Doubts...), it.Doubts...),
		scheduled: it.Scheduled, distinct: it.Distinct,
	}
	e := Event{
		Time: it.Stamp.Time, DateOnly: it.Stamp.Precision == Day || it.Stamp.Clock != "" || it.Stamp.Precision == NoTime || it.Stamp.Precision == "",
		Precision: it.Stamp.Precision, Title: oneLine(it.Title), Category: oneLine(it.Category), Source: oneLine(it.Source), Note: oneLine(it.Note),
		Origin: b.Origin, Provenance: p,
	}
	if it.Line > 0 {
		e.Origin = fmt.Sprintf("%s:%d", b.Origin, it.Line)
	}
	if e.Precision == "" {
		e.Precision = NoTime
	}
	if e.Timeless() {
		p.Status = Draft
		e.Time = time.Time{}
	} else if p.Status == "" {
		p.Status = Confirmed
	}
	e.AfterClose = e.DateOnly && p.Part == PastClose
	if !e.DateOnly {
		p.Part = ""
	}
	var known map[string]bool // of lists longer than any that is meant
	if n := len(it.Tags) + len(it.Securities); n > 64 {
		known = make(map[string]bool, n)
	}
	// isNew reports whether s is the first of its kind.
	isNew := func(kind, s string, listed func() bool) bool {
		if known == nil {
			return !listed()
		}
		k := kind + s
		was := known[k]
		known[k] = true
		return !was
	}
	for _, t := range it.Tags {
		t = strings.Join(strings.FieldsFunc(oneLine(t), isSeparator), "-")
		if t != "" && isNew("tag ", t, func() bool { return containsText(e.Tags, t) }) {
			e.Tags = append(e.Tags, t)
		}
	}
	for _, s := range it.Securities {
		s = strings.TrimSpace(s)
		if s == "" || !isNew("security ", s, func() bool { return e.concerns(s) }) {
			continue
		}
		if !isSymbol(s) {
			if isNew("unresolved ", s, func() bool { return containsText(p.Unresolved, s) }) {
				p.Unresolved = append(p.Unresolved, oneLine(s))
			}
			continue
		}
		if strings.ContainsAny(s, ":/") && isNew("unresolved ", s, func() bool { return containsText(p.Unresolved, s) }) {
			p.Unresolved = append(p.Unresolved, s) // kept as it is written, and told
		}
		e.Targets = append(e.Targets, Target{Symbol: s})
	}
	key := p.Key
	if key == "" {
		text := e.Title
		if len(e.Targets) == 1 && !strings.HasPrefix(text, e.Targets[0].Symbol+" ") {
			text = e.Targets[0].Symbol + " " + text
		}
		h := fnv.New64a()
		fmt.Fprint(h, e.When(), "\x00", p.RawTime, "\x00", text, "\x00", e.Source)
		day := ""
		if !e.Timeless() {
			day = " " + e.Time.Format(time.DateOnly)
		}
		key = slug(text, 48, "") + day
		key = slug(key, 70, fmt.Sprintf("%06x", h.Sum64()&0xffffff))
	}
	e.ID = SafeID(key)
	if e.Title == "" {
		e.Title = e.ID
	} else if lang, _, _ := strings.Cut(strings.ToLower(strings.ReplaceAll(it.Lang, "_", "-")), "-"); langForm.MatchString(lang) {
		e.Titles = map[string]string{lang: e.Title}
	}
	b.Events = append(b.Events, e)
	return &b.Events[len(b.Events)-1]
}

// concerns reports whether symbol is a security of e.
func (e *Event) concerns(symbol string) bool {
	for _, t := range e.Targets {
		if t.Symbol == symbol {
			return true
		}
	}
	return false
}

func containsText(list []string, s string) bool {
	for _, t := range list {
		if t == s {
			return true
		}
	}
	return false
}

// isSymbol reports whether s can be a security of a catalogue.
func isSymbol(s string) bool {
	return plain(s, 40) || isTicker(s) || foreign.MatchString(s)
}
