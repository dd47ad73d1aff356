package events

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Merged is what an import did to a catalogue.
type Merged struct {
	Added, Unchanged, Repeats int
	Updated                   []string // a sentence for each event whose time or status changed
	Changed                   map[string]bool
	Whole                     bool // all titles were compared; see [Gathered]
}

// confirmWithin is how far from its day an expected report of results may come.
const confirmWithin = 15 * 24 * time.Hour

// Merge adds the events of an import to those of a catalogue. An item is known by what
// its source calls it: one that is known already changes nothing, unless the source now
// gives it another time, which is an update, told; a repeat of a story becomes its
// coverage; a filing of results (8-K, item 2.02) confirms the nearest report of that
// security which a calendar foretold within 15 days, and gives it its time. Events that
// nothing concerns stay as they are, byte by byte.
func (g Gathering) Merge(c *Catalog, in []Event) Merged {
	m := Merged{Changed: map[string]bool{}, Whole: true}
	var foretold expectations
	known, covered, ids := map[string]int{}, map[string]int{}, map[string]int{}
	for i := range c.Events {
		e := &c.Events[i]
		known[identity(e.Key(), e.Source)] = i
		ids[strings.ToLower(e.ID)] = i
		if e.Provenance != nil {
			for _, v := range e.Provenance.Coverage {
				covered[identity(v.Key, v.Source)] = i
			}
		}
	}
	var fresh []Event
	for _, e := range in {
		k := identity(e.Key(), e.Source)
		if i, ok := known[k]; ok {
			m.update(&c.Events[i], &e)
			foretold.moved(c, i)
			m.cover(&c.Events[i], e.coverage(), covered, i)
			continue
		}
		if i, ok := ids[strings.ToLower(e.ID)]; ok && c.Events[i].Key() == e.Key() {
			m.update(&c.Events[i], &e)
			foretold.moved(c, i)
			continue
		}
		if _, ok := covered[k]; ok {
			m.Unchanged++
			continue
		}
		if i := foretold.confirmedBy(c, &e); i >= 0 {
			m.confirm(&c.Events[i], &e)
			covered[k] = i
			continue
		}
		fresh = append(fresh, e)
	}
	n := len(c.Events)
	if !g.KeepRepeats && n > 0 && len(fresh) > 0 {
		list := make([]candidate, 0, n+len(fresh))
		for i := range c.Events {
			list = append(list, newCandidate(&c.Events[i], true, i))
		}
		for i := range fresh {
			list = append(list, newCandidate(&fresh[i], false, n+i))
		}
		gone := map[int]bool{}
		groups, whole := g.group(list)
		m.Whole = whole
		for _, group := range groups {
			at := slices.IndexFunc(group, func(x candidate) bool { return x.old })
			if at < 0 || len(group) == 1 {
				continue
			}
			old := group[at]
			story := g.story(group)
			m.Repeats += len(group) - 1
			for _, x := range group {
				if !x.old {
					gone[x.order-n] = true
				}
			}
			e := old.Event
			if story.When() != e.When() {
				m.Updated = append(m.Updated, fmt.Sprintf("%s: %s was %s; %s tells the story earlier", e.ID, story.When(), cmp.Or(e.When(), "unknown"), story.Publisher()))
			}
			id, titleText, titles, targets, category, tags, note := e.ID, e.Title, e.Titles, e.Targets, e.Category, e.Tags, e.Note
			key := ""
			if e.Provenance != nil {
				key = e.Provenance.Key
			}
			oldSource, oldOrigin := e.Source, e.Origin
			if story.ID != id { // the earlier item leads; the event keeps its name
				p := *story.Provenance
				p.Coverage = slices.DeleteFunc(slices.Clone(p.Coverage), func(v Coverage) bool { return v.Key == key || v.Key == id })
				p.Coverage = append(p.Coverage, Coverage{Key: story.Key(), Title: story.Title, Source: story.Source, Time: story.When()})
				p.Key = key
				story.Provenance = &p
			}
			*e = story
			e.ID, e.Title, e.Titles, e.Category, e.Tags, e.Note, e.Source, e.Origin = id, titleText, titles, category, tags, note, oldSource, oldOrigin
			if len(targets) > 0 {
				e.Targets = targets
			}
			m.Changed[e.ID] = true
		}
		var rest []Event
		for i := range fresh {
			if !gone[i] {
				rest = append(rest, fresh[i])
			}
		}
		fresh = rest
	}
	next := map[string]int{}
	for _, e := range fresh {
		if _, used := ids[strings.ToLower(e.ID)]; used {
			p := Provenance{}
			if e.Provenance != nil {
				p = *e.Provenance
			}
			base := strings.TrimSpace(cmp.Or(p.Key, e.ID))
			p.Key, e.ID, next[base] = free(base, next[base], func(id string) bool { _, used := ids[id]; return used })
			e.Provenance = &p
		}
		ids[strings.ToLower(e.ID)] = len(c.Events)
		c.Events = append(c.Events, e)
		m.Added++
		m.Changed[e.ID] = true
	}
	return m
}

func (e *Event) coverage() []Coverage {
	if e.Provenance == nil {
		return nil
	}
	return e.Provenance.Coverage
}

// cover adds reports that e did not know yet.
func (m *Merged) cover(e *Event, list []Coverage, covered map[string]int, at int) {
	own := identity(e.Key(), e.Source)
	var more []Coverage
	for _, v := range list {
		k := identity(v.Key, v.Source)
		if _, ok := covered[k]; ok || k == own {
			continue
		}
		more = append(more, v)
		covered[k] = at
	}
	if len(more) == 0 {
		return
	}
	p := Provenance{}
	if e.Provenance != nil {
		p = *e.Provenance
	}
	p.Coverage = slices.Concat(p.Coverage, more)
	e.Provenance = &p
	m.Changed[e.ID] = true
	m.Repeats += len(more)
}

// update brings e up to what its source says now.
func (m *Merged) update(e, now *Event) {
	if e.Provenance == nil || now.Provenance == nil {
		m.Unchanged++
		return
	}
	p, q := *e.Provenance, now.Provenance
	sameTime := e.When() == now.When() && e.AfterClose == now.AfterClose
	confirmed := p.Status == Expected && q.Status == Confirmed
	settled := strings.Contains(p.ZoneAssumed, "header") || strings.Contains(p.ZoneAssumed, "by rule of EDGAR")
	switch {
	case now.Timeless() && !e.Timeless(), p.RawTime == q.RawTime && p.ZoneAssumed == q.ZoneAssumed && !confirmed, sameTime && !confirmed,
		e.Status() == Confirmed && q.Status == Expected:
		m.Unchanged++
		return
	case settled && !sameTime && !strings.Contains(q.ZoneAssumed, "header") && !strings.Contains(q.ZoneAssumed, "by rule of EDGAR"):
		m.Updated = append(m.Updated, fmt.Sprintf("%s: kept at %s, which its header gives, though %s now says %s", e.ID, e.When(), fileOf(now.Origin), now.When()))
		return
	}
	was := e.When()
	e.Time, e.DateOnly, e.AfterClose, e.Precision = now.Time, now.DateOnly, now.AfterClose, now.Precision
	status := p.Status
	coverage, unresolved := p.Coverage, p.Unresolved
	p = *q
	p.Coverage, p.Unresolved = coverage, unresolved
	if status == Confirmed && !confirmed {
		p.Status = status
	}
	e.Provenance = &p
	m.Changed[e.ID] = true
	switch {
	case sameTime:
		m.Updated = append(m.Updated, fmt.Sprintf("%s: confirmed", e.ID))
	case confirmed:
		m.Updated = append(m.Updated, fmt.Sprintf("%s: confirmed for %s, was expected on %s", e.ID, e.When(), was))
	default:
		m.Updated = append(m.Updated, fmt.Sprintf("%s: its time is %s now, was %s", e.ID, e.When(), cmp.Or(was, "unknown")))
	}
}

// expectations are the reports of results that a catalogue expects, by security and day.
type expectations map[expectation][]int

type expectation struct {
	symbol string
	day    int64
}

func dayOf(e *Event) int64 { return e.Date().Unix() / (24 * 60 * 60) }

// add enters the event at i where it is expected.
func (x expectations) add(c *Catalog, i int) {
	o := &c.Events[i]
	if o.Status() != Expected || o.Category != "earnings" || o.Timeless() {
		return
	}
	for _, t := range o.Targets {
		k := expectation{t.Symbol, dayOf(o)}
		if at, is := slices.BinarySearch(x[k], i); !is {
			x[k] = slices.Insert(x[k], at, i)
		}
	}
}

// moved enters the event at i anew: it may be expected on another day.
func (x *expectations) moved(c *Catalog, i int) {
	if *x != nil {
		x.add(c, i)
	}
}

// confirmedBy returns the index of the event of c that e, a filing of results, confirms; -1
// for none.
func (x *expectations) confirmedBy(c *Catalog, e *Event) int {
	if e.Timeless() || len(e.Targets) == 0 || e.Status() != Confirmed || !slices.Contains(e.Tags, "item-2.02") {
		return -1
	}
	if *x == nil {
		*x = expectations{}
		for i := range c.Events {
			x.add(c, i)
		}
	}
	day := dayOf(e)
	for gap := range int64(confirmWithin/(24*time.Hour)) + 1 {
		best := -1
		for _, d := range []int64{day - gap, day + gap} {
			k := expectation{e.Targets[0].Symbol, d}
			list := (*x)[k]
			for len(list) > 0 && (c.Events[list[0]].Status() != Expected || dayOf(&c.Events[list[0]]) != d) {
				list = list[1:]
			}
			(*x)[k] = list
			if len(list) > 0 && (best < 0 || list[0] < best) {
				best = list[0]
			}
		}
		if best >= 0 {
			return best
		}
	}
	return -1
}

// confirm gives an expected event the time of the filing that tells of it.
func (m *Merged) confirm(e, by *Event) {
	was := e.When()
	days := int(by.Date().Sub(e.Date()) / (24 * time.Hour))
	p := *e.Provenance
	p.RawTime, p.ZoneGiven, p.ZoneAssumed, p.Clock, p.Part = by.Provenance.RawTime, by.Provenance.ZoneGiven, by.Provenance.ZoneAssumed, by.Provenance.Clock, by.Provenance.Part
	p.Status, p.Bound, p.Other = Confirmed, by.Provenance.Bound, by.Provenance.Other
	p.Doubts = slices.Clone(by.Provenance.Doubts)
	if days != 0 {
		p.Doubts = append(p.Doubts, fmt.Sprintf("a calendar expected it on %s", was))
	}
	p.Coverage = append(slices.Clone(p.Coverage), Coverage{Key: by.Key(), Title: by.Title, Source: by.Source, Time: by.When()})
	e.Provenance = &p
	e.Time, e.DateOnly, e.AfterClose, e.Precision = by.Time, by.DateOnly, by.AfterClose, by.Precision
	m.Changed[e.ID] = true
	off := "on the day expected"
	if days != 0 {
		off = fmt.Sprintf("%d days off: it was expected on %s", max(days, -days), was)
		if days == 1 || days == -1 {
			off = fmt.Sprintf("a day off: it was expected on %s", was)
		}
	}
	m.Updated = append(m.Updated, fmt.Sprintf("%s: confirmed for %s by %s, %s", e.ID, e.When(), by.Key(), off))
}
