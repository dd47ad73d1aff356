package events

import (
	"encoding/csv"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"go.yaml.in/yaml/v3"
)

// A row is an event as the writers put it down, under the names of [Read].
type row struct {
	ID         string            `yaml:"id" json:"id"`
	Time       string            `yaml:"time" json:"time"`
	Zone       string            `yaml:"zone,omitempty" json:"zone,omitempty"`
	AfterClose bool              `yaml:"after_close,omitempty" json:"after_close,omitempty"`
	Precision  Precision         `yaml:"precision" json:"precision"`
	Confidence string            `yaml:"confidence,omitempty" json:"confidence,omitempty"`
	Title      string            `yaml:"title,omitempty" json:"title,omitempty"`
	Titles     map[string]string `yaml:"titles,omitempty" json:"titles,omitempty"`
	Category   string            `yaml:"category,omitempty" json:"category,omitempty"`
	Tags       []string          `yaml:"tags,omitempty,flow" json:"tags,omitempty"`
	Securities []string          `yaml:"securities,omitempty,flow" json:"securities,omitempty"`
	Source     string            `yaml:"source,omitempty" json:"source,omitempty"`
	Note       string            `yaml:"note,omitempty" json:"note,omitempty"`

	// How an imported event came by its time.
	Key         string     `yaml:"key,omitempty" json:"key,omitempty"`
	Status      Status     `yaml:"status,omitempty" json:"status,omitempty"`
	Part        Part       `yaml:"part,omitempty" json:"part,omitempty"`
	RawTime     string     `yaml:"raw_time,omitempty" json:"raw_time,omitempty"`
	ZoneGiven   string     `yaml:"zone_given,omitempty" json:"zone_given,omitempty"`
	ZoneAssumed string     `yaml:"zone_assumed,omitempty" json:"zone_assumed,omitempty"`
	UpperBound  string     `yaml:"upper_bound,omitempty" json:"upper_bound,omitempty"`
	Alternative string     `yaml:"alternative,omitempty" json:"alternative,omitempty"`
	Doubts      []string   `yaml:"doubts,omitempty" json:"doubts,omitempty"`
	Unresolved  []string   `yaml:"unresolved,omitempty,flow" json:"unresolved,omitempty"`
	Coverage    []coverRow `yaml:"coverage,omitempty" json:"coverage,omitempty"`
}

// coverRow is another report of an event, as the writers put it down.
type coverRow struct {
	Key    string `yaml:"key" json:"key"`
	Title  string `yaml:"title,omitempty" json:"title,omitempty"`
	Source string `yaml:"source,omitempty" json:"source,omitempty"`
	Time   string `yaml:"time,omitempty" json:"time,omitempty"`
}

// provenance fills in how e came by its time.
func (r *row) provenance(e *Event) {
	p := e.Provenance
	if p == nil {
		return
	}
	if p.Key != e.ID {
		r.Key = p.Key
	}
	r.Status, r.Part, r.RawTime, r.ZoneGiven, r.ZoneAssumed = p.Status, p.Part, p.RawTime, p.ZoneGiven, p.ZoneAssumed
	r.Doubts, r.Unresolved = p.Doubts, p.Unresolved
	r.UpperBound, r.Alternative = inUTC(p.Bound), inUTC(p.Other)
	for _, c := range p.Coverage {
		r.Coverage = append(r.Coverage, coverRow(c))
	}
}

// inUTC writes an instant, "" for none.
func inUTC(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return t.UTC().Format(time.RFC3339Nano)
}

func rows(c *Catalog) []row {
	out := make([]row, len(c.Events))
	for i, e := range c.Events {
		r := row{
			ID: e.ID, AfterClose: e.AfterClose, Precision: e.Precision, Confidence: e.Confidence, Title: e.Title,
			Titles: maps.Clone(e.Titles), Category: e.Category, Tags: e.Tags, Source: e.Source, Note: e.Note,
		}
		r.Time, r.Zone = clock(&e)
		r.provenance(&e)
		if r.Titles["und"] == e.Title {
			delete(r.Titles, "und") // it is the plain title
		}
		if r.Titles["en"] == e.Title {
			r.Title = "" // it is what the reader takes
		}
		for _, t := range e.Targets {
			r.Securities = append(r.Securities, t.Symbol+[]string{":-", "", ":+"}[t.Sign+1])
		}
		out[i] = r
	}
	return out
}

// listed writes securities as one text; names of several words are parted by more
// than spaces.
func listed(securities []string) string {
	if slices.ContainsFunc(securities, func(s string) bool { return strings.Contains(s, " ") }) {
		return strings.Join(securities, "; ")
	}
	return strings.Join(securities, " ")
}

// clock returns the time of e and the place whose clock it is; an offset alone
// stands in the time.
func clock(e *Event) (t, zone string) {
	switch {
	case e.Timeless():
		return "", ""
	case e.DateOnly && e.Provenance != nil && e.Provenance.Clock != "":
		return e.When(), unknownZone
	case e.DateOnly:
		return e.Time.Format(time.DateOnly), ""
	}
	if name := e.Time.Location().String(); strings.Contains(name, "/") {
		zone = name
	}
	shown := e.Time
	if _, sec := shown.Zone(); sec%60 != 0 { // local mean time, which RFC 3339 cannot say
		shown = shown.UTC()
	}
	return shown.Format(time.RFC3339Nano), zone
}

// WriteYAML writes c so that [ReadYAML] reads it back.
func WriteYAML(w io.Writer, c *Catalog) error {
	if len(c.Events) == 0 {
		_, err := io.WriteString(w, "[]\n")
		return err
	}
	// Some at a time: the library builds a tree of all that it is given, and makes room
	// for every encoder.
	for list := range slices.Chunk(c.Events, 64) {
		out := yaml.NewEncoder(w)
		out.SetIndent(2)
		if err := errors.Join(out.Encode(rows(&Catalog{Events: list})), out.Close()); err != nil {
			return err
		}
	}
	return nil
}

// WriteJSON writes c so that [ReadJSON] reads it back.
func WriteJSON(w io.Writer, c *Catalog) error {
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	return out.Encode(rows(c))
}

// WriteCSV writes c so that [ReadCSV] reads it back: the titles stand in title
// and in a column for each language.
func WriteCSV(w io.Writer, c *Catalog) error {
	rows := rows(c)
	seen := map[string]bool{}
	for _, r := range rows {
		for lang := range r.Titles {
			seen[lang] = true
		}
	}
	langs := slices.Sorted(maps.Keys(seen))

	header := []string{"id", "time", "zone", "after_close", "precision", "confidence", "title"}
	for _, lang := range langs {
		header = append(header, "title_"+lang)
	}
	out := csv.NewWriter(w)
	header = append(header, "category", "tags", "securities", "source", "note")
	imported := slices.ContainsFunc(c.Events, func(e Event) bool { return e.Provenance != nil })
	if imported {
		header = append(header, importFields...)
	}
	out.Write(header)
	for i, r := range rows {
		line := []string{r.ID, r.Time, r.Zone, strconv.FormatBool(r.AfterClose), string(r.Precision), r.Confidence, c.Events[i].Title}
		for _, lang := range langs {
			line = append(line, r.Titles[lang])
		}
		line = append(line, r.Category, strings.Join(r.Tags, " "), listed(r.Securities), r.Source, r.Note)
		if imported {
			line = append(line, r.Key, string(r.Status), string(r.Part), r.RawTime, r.ZoneGiven, r.ZoneAssumed, r.UpperBound, r.Alternative,
				asJSON(r.Doubts, len(r.Doubts)), asJSON(r.Unresolved, len(r.Unresolved)), asJSON(r.Coverage, len(r.Coverage)))
		}
		out.Write(line)
	}
	out.Flush()
	return out.Error()
}

// asJSON writes a list of n in a cell.
func asJSON(list any, n int) string {
	if n == 0 {
		return ""
	}
	var b strings.Builder
	out := json.NewEncoder(&b)
	out.SetEscapeHTML(false)
	if out.Encode(list) != nil {
		return ""
	}
	return strings.TrimSpace(b.String())
}

// importRow is an event as an import writes it for programs: every field, null where
// nothing is known.
type importRow struct {
	ID          string            `json:"id"`
	Title       string            `json:"title"`
	Time        *string           `json:"time"`
	Zone        string            `json:"zone,omitempty"`
	AfterClose  bool              `json:"after_close,omitempty"`
	Precision   Precision         `json:"precision"`
	ZoneGiven   *string           `json:"zone_given"`
	ZoneAssumed *string           `json:"zone_assumed"`
	RawTime     *string           `json:"raw_time"`
	Part        Part              `json:"part,omitempty"`
	Securities  []string          `json:"securities"`
	Category    *string           `json:"category"`
	Status      *string           `json:"status"`
	Source      *string           `json:"source"`
	Coverage    importCover       `json:"coverage"`
	UpperBound  *string           `json:"upper_bound"`
	Alternative *string           `json:"alternative"`
	Doubts      []string          `json:"doubts"`
	Unresolved  []string          `json:"unresolved"`
	Tags        []string          `json:"tags"`
	Confidence  string            `json:"confidence,omitempty"`
	Titles      map[string]string `json:"titles,omitempty"`
	Note        string            `json:"note,omitempty"`
	Key         string            `json:"key,omitempty"`
}

type importCover struct {
	Count   int        `json:"count"`
	Sources []string   `json:"sources"`
	Items   []coverRow `json:"items"`
}

// WriteImport writes c for programs, so that [ReadJSON] reads it back: the id is what the
// source calls the item, a time is in UTC, and what is not known is null. With whole, the
// events stand under the key events, beside the rows rejected and what was told.
func WriteImport(w io.Writer, c *Catalog, whole bool, rejected Errors, told []string) error {
	list := []importRow{}
	text := func(s string) *string {
		if s == "" {
			return nil
		}
		return &s
	}
	for i, r := range rows(c) {
		e := &c.Events[i]
		out := importRow{
			ID: r.ID, Title: e.Title, Time: text(e.When()), Zone: r.Zone, AfterClose: r.AfterClose, Precision: r.Precision,
			ZoneGiven: text(r.ZoneGiven), ZoneAssumed: text(r.ZoneAssumed), RawTime: text(r.RawTime), Part: r.Part,
			Securities: append([]string{}, r.Securities...), Category: text(r.Category), Status: text(string(r.Status)), Source: text(r.Source),
			UpperBound: text(r.UpperBound), Alternative: text(r.Alternative), Doubts: append([]string{}, r.Doubts...), Unresolved: append([]string{}, r.Unresolved...),
			Tags: append([]string{}, r.Tags...), Confidence: r.Confidence, Titles: r.Titles, Note: r.Note, Key: r.Key,
			Coverage: importCover{len(r.Coverage), []string{}, append([]coverRow{}, r.Coverage...)},
		}
		if e.Provenance != nil && e.Provenance.Key != "" && e.ID == SafeID(e.Provenance.Key) {
			out.ID, out.Key = strings.TrimSpace(e.Provenance.Key), ""
		}
		named := map[string]bool{"": true}
		for _, v := range r.Coverage {
			if s := publisher(v.Source); !named[s] {
				named[s] = true
				out.Coverage.Sources = append(out.Coverage.Sources, s)
			}
		}
		list = append(list, out)
	}
	out := json.NewEncoder(w)
	out.SetEscapeHTML(false)
	out.SetIndent("", "  ")
	if !whole {
		return out.Encode(list)
	}
	bad := []string{}
	for _, p := range rejected {
		bad = append(bad, p.Error())
	}
	return out.Encode(struct {
		Events   []importRow `json:"events"`
		Rejected []string    `json:"rejected"`
		Told     []string    `json:"told"`
	}{list, bad, append([]string{}, told...)})
}
