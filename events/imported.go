package events

import (
	"bytes"
	"encoding/json"
	"slices"
	"strings"
	"time"
)

// importFields are the fields that only imports write. A table has them where it has
// raw_time: columns called status or key may be anything else.
var importFields = []string{"key", "status", "part", "raw_time", "zone_given", "zone_assumed", "upper_bound", "alternative", "doubts", "unresolved", "coverage"}

// provenance reads how the event of r was come by; nothing where it was written by hand.
func (b *builder) provenance(e *Event, r record) {
	if !r.imported && !strings.EqualFold(r.fields.of("zone").s, unknownZone) {
		return
	}
	p := &Provenance{
		Key: b.line(r.fields.of("key"), "key"), RawTime: b.line(r.fields.of("raw_time"), "raw_time"),
		ZoneGiven: b.line(r.fields.of("zone_given"), "zone_given"), ZoneAssumed: b.line(r.fields.of("zone_assumed"), "zone_assumed"),
		Coverage: r.coverage,
	}
	if p.Key == "" && r.fields.of("id").s != e.ID { // the id is the source's own
		p.Key = r.fields.of("id").s
	}
	if s := r.fields.of("status"); s.s != "" {
		p.Status = Status(strings.ToLower(s.s))
		if known := []string{string(Confirmed), string(Expected), string(Draft)}; !slices.Contains(known, string(p.Status)) {
			b.problem(s.line, "status %s is not known%s; write one of %s", quote(s.s), meant(s.s, known), strings.Join(known, ", "))
		}
	}
	if s := r.fields.of("part"); s.s != "" {
		p.Part = Part(strings.ToLower(s.s))
		if known := []string{string(BeforeOpen), string(During), string(PastClose)}; !slices.Contains(known, string(p.Part)) {
			b.problem(s.line, "part %s is not known%s; write one of %s", quote(s.s), meant(s.s, known), strings.Join(known, ", "))
		}
	}
	for _, f := range []struct {
		name string
		to   *time.Time
	}{{"upper_bound", &p.Bound}, {"alternative", &p.Other}} {
		s := r.fields.of(f.name)
		if s.s == "" {
			continue
		}
		t, err := time.Parse(time.RFC3339Nano, s.s)
		if err != nil {
			b.problem(s.line, "%s %s cannot be read; write it as 2025-01-27T14:30:00Z", f.name, quote(s.s))
		}
		*f.to = t.UTC()
	}
	for _, t := range r.doubts {
		if s := b.line(t, "doubts"); s != "" {
			p.Doubts = append(p.Doubts, s)
		}
	}
	for _, t := range r.unresolved {
		if s := b.line(t, "unresolved"); s != "" {
			p.Unresolved = append(p.Unresolved, s)
		}
	}
	e.Provenance = p
}

// unknownZone stands for a zone that nobody knows.
const unknownZone = "unknown"

// imported reads the time of a draft, which has none, and that of a clock whose zone is not
// known. It reports whether e is one of them; then the time is done with.
func (b *builder) imported(e *Event, r record) bool {
	date, clock, precision := r.fields.of("date"), r.fields.of("time"), r.fields.of("precision")
	if e.Provenance == nil {
		return false
	}
	written := strings.TrimSpace(date.s + " " + clock.s)
	if strings.EqualFold(precision.s, string(NoTime)) || written == "" && e.Provenance.Status == Draft {
		if written != "" {
			b.problem(precision.line, "precision unknown, but the time is %s; leave one of them out", quote(written))
			return true
		}
		e.Precision, e.DateOnly, e.Provenance.Status = NoTime, true, Draft
		return true
	}
	zone := r.fields.of("zone")
	switch {
	case strings.EqualFold(zone.s, unknownZone):
		st := Reading{}.Stamp(written)
		if st.Clock == "" {
			b.problem(max(date.line, clock.line), "time %s cannot be read as a clock of an unknown zone; write it as 2025-01-27T09:30:00", quote(written))
			return true
		}
		e.Time, e.DateOnly, e.Provenance.Clock = st.Time, true, st.Clock
		if e.Precision = Precision(strings.ToLower(precision.s)); e.Precision == "" {
			e.Precision = st.Precision
		} else if known := []string{string(Instant), string(Second), string(Minute), string(Approx)}; !slices.Contains(known, string(e.Precision)) {
			b.problem(precision.line, "precision %s does not go with a time of an unknown zone; write one of %s", quote(precision.s), strings.Join(known, ", "))
		}
	default:
		return false
	}
	switch strings.ToLower(r.fields.of("after_close").s) {
	case "true", "yes", "y", "1":
		e.AfterClose = true
	}
	return true
}

// texts reads a cell that holds a list as JSON, else one text.
func texts(t text) []text {
	var list []string
	if strings.HasPrefix(t.s, "[") && json.Unmarshal([]byte(t.s), &list) == nil {
		out := make([]text, len(list))
		for i, s := range list {
			out[i] = text{s, t.line}
		}
		return out
	}
	return []text{t}
}

// reports reads a cell that holds the coverage of an event as JSON.
func (b *builder) reports(t text) (list []Coverage) {
	var in []struct {
		Key    string `json:"key"`
		Title  string `json:"title"`
		Source string `json:"source"`
		Time   string `json:"time"`
	}
	dec := json.NewDecoder(bytes.NewReader([]byte(t.s)))
	if err := dec.Decode(&in); err != nil {
		b.problem(t.line, "coverage %s cannot be read; it is a list in JSON, as imports write it", quote(t.s))
		return nil
	}
	for _, c := range in {
		line := func(s string) string { return b.line(text{s, t.line}, "coverage") }
		list = append(list, Coverage{line(c.Key), line(c.Title), line(c.Source), line(c.Time)})
	}
	return list
}
