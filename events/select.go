package events

import (
	"fmt"
	"slices"
	"time"
)

// Filter says which events to take: those that pass all of its parts. An empty
// part lets everything pass.
type Filter struct {
	IDs        []string  // any of these
	Categories []string  // any of these
	Tags       []string  // at least one of these
	From, To   time.Time // midnight UTC of the first and last date, both inclusive, by the calendar of the event's zone
}

// Select returns the events of c that pass f, in their order in c. Where all
// pass, they are those of c, not copies.
//
// Errors: an ID, category or tag that no event of c has, with the nearest that
// one has; From after To. That nothing passes is no error.
func (c *Catalog) Select(f Filter) (*Catalog, error) {
	for _, part := range []struct {
		what  string
		asked []string
		known func() []string
	}{{"event", f.IDs, c.ids}, {"category", f.Categories, c.Categories}, {"tag", f.Tags, c.Tags}} {
		if len(part.asked) == 0 {
			continue
		}
		known := part.known()
		have := setOf(known)
		for _, a := range part.asked {
			if !have[a] {
				return nil, fmt.Errorf("%s: no %s %s%s", c.Origin, part.what, quote(a), meant(a, known))
			}
		}
	}
	if !f.From.IsZero() && !f.To.IsZero() && f.To.Before(f.From) {
		return nil, fmt.Errorf("from %s is after to %s; exchange them", f.From.Format(time.DateOnly), f.To.Format(time.DateOnly))
	}
	if len(f.IDs)+len(f.Categories)+len(f.Tags) == 0 && f.From.IsZero() && f.To.IsZero() {
		return c, nil
	}
	out := &Catalog{Origin: c.Origin, Warnings: c.Warnings}
	ids := setOf(f.IDs)
	for i := range c.Events {
		if e := &c.Events[i]; (len(ids) == 0 || ids[e.ID]) && f.passes(e) {
			out.Events = append(out.Events, *e)
		}
	}
	return out, nil
}

// ids returns the IDs of the events, in their order.
func (c *Catalog) ids() []string {
	ids := make([]string, len(c.Events))
	for i := range c.Events {
		ids[i] = c.Events[i].ID
	}
	return ids
}

func setOf(list []string) map[string]bool {
	set := make(map[string]bool, len(list))
	for _, s := range list {
		set[s] = true
	}
	return set
}

// passes looks at all but the IDs.
func (f *Filter) passes(e *Event) bool {
	tagged := func(t string) bool { return slices.Contains(f.Tags, t) }
	return (len(f.Categories) == 0 || slices.Contains(f.Categories, e.Category)) &&
		(len(f.Tags) == 0 || slices.ContainsFunc(e.Tags, tagged)) &&
		(f.From.IsZero() || !e.Date().Before(f.From)) &&
		(f.To.IsZero() || !e.Date().After(f.To))
}

// Categories returns the categories of the events, in ascending order.
func (c *Catalog) Categories() []string {
	var out []string
	for _, e := range c.Events {
		if e.Category != "" {
			out = append(out, e.Category)
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// Tags returns the tags of the events, in ascending order.
func (c *Catalog) Tags() []string {
	var out []string
	for _, e := range c.Events {
		out = append(out, e.Tags...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}
