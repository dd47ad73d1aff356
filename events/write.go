package events

import (
	"encoding/csv"
	"encoding/json"
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
}

func rows(c *Catalog) []row {
	out := make([]row, len(c.Events))
	for i, e := range c.Events {
		r := row{
			ID: e.ID, AfterClose: e.AfterClose, Precision: e.Precision, Confidence: e.Confidence, Title: e.Title,
			Titles: maps.Clone(e.Titles), Category: e.Category, Tags: e.Tags, Source: e.Source, Note: e.Note,
		}
		r.Time, r.Zone = clock(&e)
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

// clock returns the time of e and the place whose clock it is; an offset alone
// stands in the time.
func clock(e *Event) (t, zone string) {
	if e.DateOnly {
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
	out := yaml.NewEncoder(w)
	out.SetIndent(2)
	if err := out.Encode(rows(c)); err != nil {
		return err
	}
	return out.Close()
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
	out.Write(append(header, "category", "tags", "securities", "source", "note"))
	for i, r := range rows {
		line := []string{r.ID, r.Time, r.Zone, strconv.FormatBool(r.AfterClose), string(r.Precision), r.Confidence, c.Events[i].Title}
		for _, lang := range langs {
			line = append(line, r.Titles[lang])
		}
		out.Write(append(line, r.Category, strings.Join(r.Tags, " "), strings.Join(r.Securities, " "), r.Source, r.Note))
	}
	out.Flush()
	return out.Error()
}
