package main

import (
	"bytes"
	"fmt"
	"path/filepath"

	"aftershock/events"
	"aftershock/internal/bounded"
	"aftershock/market"
)

// largestCatalog is the most bytes of a catalogue: of a million events.
const largestCatalog = 256 << 20

// shippedEvents stands for the catalogue that comes with the program.
const shippedEvents = "shipped"

// catalog reads the catalogue and returns it with the IDs of the events that
// the configuration selects.
func (c *config) catalog() (*events.Catalog, []string, error) {
	cat, err := c.readCatalog(c.path("events.file", c.Events.File))
	if err != nil {
		return nil, nil, err
	}
	exclude := c.Events.Exclude
	f := events.Filter{IDs: c.Events.IDs, Categories: c.Events.Categories, Tags: c.Events.Tags}
	for key, list := range map[string]*[]string{"events.ids": &f.IDs, "events.categories": &f.Categories, "events.tags": &f.Tags, "events.exclude": &exclude} {
		if c.ofOtherEvents(key) {
			*list = nil
		}
	}
	if c.Events.From != market.NoDate {
		f.From = c.Events.From.Time()
	}
	if c.Events.To != market.NoDate {
		f.To = c.Events.To.Time()
	}
	for _, part := range []struct { // each by itself, so that all that is wrong is said
		key string
		f   events.Filter
	}{
		{"events.ids", events.Filter{IDs: f.IDs}},
		{"events.categories", events.Filter{Categories: f.Categories}},
		{"events.tags", events.Filter{Tags: f.Tags}},
		{"events.exclude", events.Filter{IDs: exclude}},
		{"study.confounder_except", events.Filter{Categories: c.Study.ConfounderExcept}}, // a name that no event has would except nothing
	} {
		if _, err := cat.Select(part.f); err != nil {
			c.bad(part.key, "%v", err)
		}
	}
	if err := c.err(); err != nil {
		return nil, nil, err
	}
	chosen, err := cat.Select(f)
	if err != nil {
		return nil, nil, err
	}
	excluded := setOf(exclude)
	ids := make([]string, 0, len(chosen.Events))
	asked := setOf(f.IDs)
	drafts := 0
	for i := range chosen.Events {
		id := chosen.Events[i].ID
		switch {
		case excluded[id]:
		case chosen.Events[i].Status() != events.Draft:
			ids = append(ids, id)
		case asked[id]:
			c.bad("events.ids", "event %q is a draft; look at its time, and take status: draft out", id)
		default:
			drafts++ // the report says how many
		}
	}
	if err := c.err(); err != nil {
		return nil, nil, err
	}
	if len(ids) == 0 && drafts > 0 {
		return nil, nil, fmt.Errorf("%s: %s; look at their times, and take status: draft out", cat.Origin, wereAll(drafts))
	}
	if len(ids) == 0 {
		return nil, nil, fmt.Errorf("%s: none of its %d events is selected; loosen ids, categories, tags, from, to or exclude under events", cat.Origin, len(cat.Events))
	}
	return cat, ids, nil
}

func wereAll(n int) string {
	if n == 1 {
		return "the one event selected is a draft"
	}
	return fmt.Sprintf("all %d events selected are drafts", n)
}

func (c *config) readCatalog(file string) (*events.Catalog, error) {
	if c.Events.File == shippedEvents {
		return events.Shipped()
	}
	if c.checkFile("events.file", c.Events.File); len(c.problems) > 0 {
		return nil, c.err()
	}
	return c.readEvents(file)
}

// readEvents reads a catalogue.
func (c *config) readEvents(file string) (*events.Catalog, error) {
	data, err := bounded.ReadFile(file, largestCatalog, "part it")
	if err == nil {
		data, err = bounded.Unpack(file, data, largestCatalog, "part it")
	}
	if err != nil {
		return nil, fmt.Errorf("the events cannot be read: %w", err)
	}
	var o events.Options
	if c.Events.Dates != auto {
		o.Order = events.Order(c.Events.Dates)
	}
	return o.Read(filepath.ToSlash(file), bytes.NewReader(data))
}
