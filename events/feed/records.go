package feed

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"time"

	"aftershock/events"
)

// The names that vendors and files give what they say of a piece of news, the plainest
// first. A mapping of the configuration goes before them.
var (
	titleNames    = []string{"title", "headline", "heading", "newstitle", "newsheadline", "subject", "titletext", "storytitle", "articletitle", "eventtitle", "event", "titel", "titre", "titolo", "titulo", "título", "schlagzeile", "العنوان", "عنوان"}
	timeNames     = []string{"publishedutc", "timestamputc", "datetimeutc", "publishedat", "published", "pubdate", "datepublished", "publisheddate", "publicationdate", "publicationtime", "publishdate", "publishtime", "timepublished", "providerpublishtime", "firstcreated", "versioncreated", "createdat", "created", "seendate", "releasedat", "releasetime", "storydate", "timestamp", "datetime", "time", "date", "newsdate", "articledate", "eventdate", "day", "when", "datum", "fecha", "data", "التاريخ", "تاريخ"}
	changedNames  = []string{"updated", "updatedat", "datemodified", "modified", "lastmodified", "updatedutc"}
	clockNames    = []string{"time", "clock", "timeofday", "hour", "uhrzeit", "heure", "hora"}
	zoneNames     = []string{"zone", "timezone", "tz"}
	keyNames      = []string{"id", "guid", "uuid", "newsid", "storyid", "articleid", "eventid", "idevent", "urn"}
	addressNames  = []string{"url", "link", "articleurl", "newsurl", "sourceurl", "storyurl", "canonicalurl", "permalink", "externalurl", "href", "uri"}
	sourceNames   = []string{"source", "publisher", "provider", "site", "sourcename", "domain", "newssite", "outlet", "sourcedomain"}
	categoryNames = []string{"category", "categories", "channels", "eventtype", "type"}
	tagNames      = []string{"tags", "keywords", "topics", "labels"}
	symbolNames   = []string{"tickers", "ticker", "symbols", "symbol", "stocksymbol", "tickersymbol", "stocks", "stock", "securities", "security", "tickersentiment", "relatedtickers", "related", "companyticker", "instruments", "insights", "entities", "isin", "rics"}
	langNames     = []string{"language", "lang"}
)

// names are those of one source: a mapping's before the usual.
type names struct{ mapping map[string]string }

// field returns the names of a field.
func (n names) field(field string, usual []string) []string {
	if own := n.mapping[field]; own != "" {
		return []string{events.Simple(own)}
	}
	return usual
}

func readJSON(s *events.Source) (*events.Batch, error) {
	doc, err := s.Document()
	if err != nil {
		return nil, fmt.Errorf("%s: not JSON: %w", s.Name, err)
	}
	top, path, records := doc.Top, doc.Path, doc.Records
	kind := "JSON list of news"
	switch {
	case top != nil && strings.Contains(top.Text("version"), "jsonfeed.org"):
		return readJSONFeed(s, doc)
	case top != nil && len(top.Names) == 0, len(records) == 0 && top != nil && top.Has("articles", "news", "results", "items", "feed", "events", "earningscalendar", "hits", "data"), len(records) == 0 && doc.List:
		b := s.Batch("JSON")
		b.Tell("the answer is empty")
		return b, nil
	case len(records) == 0 || records[0] == nil:
		return nil, fmt.Errorf("%s: JSON of a kind that is not known: no list of objects in it", s.Name)
	case records[0].Has("seendate"):
		kind = "GDELT DOC 2.0 (JSON)"
	case records[0].Has("publishedutc"):
		kind = "news of Polygon"
	case records[0].Has("created") && records[0].Has("stocks"):
		kind = "news of Benzinga"
	case records[0].Has("createdat") && records[0].Has("symbols"):
		kind = "news of Alpaca"
	case records[0].Has("timepublished"):
		kind = "news of Alpha Vantage"
	case records[0].Has("datetime") && records[0].Has("related"):
		kind = "news of Finnhub"
	}
	b := s.Batch(kind)
	if !anyHas(records, names{s.Mapping}.field("title", titleNames)) || !anyHas(records, slices.Concat(names{s.Mapping}.field("time", timeNames), names{s.Mapping}.field("date", nil))) {
		return nil, fmt.Errorf("%s: JSON of a kind that is not known: the objects%s have no title and time by the usual names (theirs are %s); name them in the configuration under import.columns", s.Name, at(path), strings.Join(first(records).Names, ", "))
	}
	readRecords(b, s, records, strings.HasPrefix(kind, "GDELT"))
	if top != nil {
		for _, n := range []string{"nexturl", "nextpagetoken", "nextpage", "next"} {
			if next := top.Text(n); next != "" {
				b.Tell("the answer is incomplete: %s points to a further page", n)
			}
		}
	}
	return b, nil
}

func first(records []*events.Record) *events.Record {
	for _, r := range records {
		if r != nil {
			slices.Sort(r.Names)
			return r
		}
	}
	return &events.Record{}
}

func at(path string) string {
	if path == "" {
		return ""
	}
	return " under " + path
}

func anyHas(records []*events.Record, names []string) bool {
	for _, r := range records[:min(len(records), 50)] {
		if r != nil && r.Has(names...) {
			return true
		}
	}
	return false
}

// readTable reads a CSV file of headlines.
func readTable(s *events.Source) (*events.Batch, error) {
	b := s.Batch("table of headlines")
	if line, _, _ := bytes.Cut(s.Text, []byte("\n")); !bytes.ContainsAny(line, ",;\t|") {
		return nil, events.ErrUnknownKind
	}
	header, records := events.Table(s.Text, b)
	if header == nil {
		return nil, events.ErrUnknownKind
	}
	n := names{s.Mapping}
	has := func(list []string) bool {
		return slices.ContainsFunc(header, func(h string) bool { return slices.Contains(list, events.Simple(h)) })
	}
	timed := has(slices.Concat(n.field("time", timeNames), n.field("date", nil)))
	if !timed || !has(n.field("title", titleNames)) && !has(n.field("securities", symbolNames)) {
		prose := slices.ContainsFunc(header, func(h string) bool { return len([]rune(h)) > 40 })
		if len(s.Mapping) == 0 && (len(records) == 0 || prose) {
			return nil, events.ErrUnknownKind // a text with a comma in its first line
		}
		what := "a title"
		if !timed {
			what = "a time or date"
		}
		return nil, fmt.Errorf("%s: no column of the table is called %s by the usual names (its columns are %s); name it in the configuration under import.columns", s.Name, what, strings.Join(header, ", "))
	}
	gdelt := len(header) == 4 && events.Simple(header[0]) == "url" && events.Simple(header[1]) == "mobileurl" && events.Simple(header[2]) == "date"
	if gdelt {
		b.Kind = "GDELT DOC 2.0 (CSV)"
	}
	readRecords(b, s, records, gdelt)
	if len(b.Rejected) > 0 {
		b.Tell("%d rows are broken, and left out", len(b.Rejected))
	}
	return b, nil
}

// readRecords adds the records of news.
func readRecords(b *events.Batch, s *events.Source, records []*events.Record, gdelt bool) {
	n := names{s.Mapping}
	how := s.Reading()
	if gdelt {
		how.Zone, how.Why, how.Coarse = time.UTC, "by rule of GDELT", true
		b.Tell("the times are when GDELT saw the page, in steps of 15 minutes: upper bounds")
	}
	how.DayFirst = dayFirst(records, n)
	bad := 0
	for i, r := range records {
		if r == nil {
			b.Reject(0, "item %d is no object", i+1)
			continue
		}
		records[i] = nil                                                               // it is held as an event from here on
		if c := events.RecordOf(r.Raw("content")); c != nil && !r.Has(titleNames...) { // Yahoo wraps its news
			r = c
		}
		var raw, from string
		for _, name := range n.field("time", timeNames) {
			if raw = r.Text(name); raw != "" {
				from = name
				break
			}
		}
		if own := n.mapping["date"]; own != "" {
			date := r.Text(events.Simple(own))
			if raw != "" && date != "" && !strings.Contains(raw, date) {
				raw = date + " " + raw
			} else if raw == "" {
				raw = date
			}
		} else if from == "time" || from == "date" || from == "day" || from == "datum" {
			// A date in one column and the clock in another.
			date, clock := r.Text("date", "day", "datum", "newsdate"), r.Text(clockNames...)
			if date != "" && clock != "" && date != clock && len(date) <= 12 {
				raw = date + " " + clock
			}
		}
		if zone := r.Text(n.field("zone", zoneNames)...); zone != "" && raw != "" {
			if st := how.Stamp(raw); st.Clock != "" && st.ZoneGiven == "" {
				raw += " " + zone
			}
		}
		mine := how
		if strings.HasSuffix(from, "utc") || strings.HasSuffix(from, "gmt") {
			mine.Zone, mine.Why = time.UTC, "by the name of the column, "+from
		}
		address := r.Text(n.field("url", addressNames)...)
		if address == "" && n.mapping["source"] == "" {
			if u := r.Text("source"); strings.Contains(u, "://") {
				address = u
			}
		}
		if mine.Place = r.Text(langNames...); len(mine.Place) > 5 {
			mine.Place = ""
		}
		mine.Place = place(mine.Place, address)
		e := events.Item{Title: plainText(r.Text(n.field("title", titleNames)...)), Source: address, Line: r.Line, Stamp: mine.Stamp(raw)}
		if lang := r.Text(langNames...); len(lang) <= 5 {
			e.Lang = lang
		}
		if e.Source == "" {
			e.Source = r.Text(n.field("source", sourceNames)...)
		} else if p := r.Text(sourceNames...); p != "" && !strings.Contains(p, "://") {
			e.Note = "publisher: " + p
		}
		e.Key = r.Text(n.field("id", keyNames)...)
		if e.Key == "" && address != "" {
			e.Key = address
		}
		for _, t := range r.List(n.field("securities", symbolNames)...) {
			e.Securities = append(e.Securities, listed(t))
		}
		if len(e.Securities) == 0 {
			e.Securities = s.Securities
		}
		if own := n.mapping["category"]; own != "" {
			e.Category = strings.Join(r.List(events.Simple(own)), ",")
		} else {
			e.Category = category(r)
		}
		e.Tags = append(e.Tags, listOf(r, tagNames)...)
		if gdelt {
			e.Bound = e.Stamp.Time
			e.Key = address
		}
		if changed := r.Text(changedNames...); changed != "" && e.Stamp.Clock == "" {
			if st := mine.Stamp(changed); st.Clock == "" && st.Precision != events.NoTime && !e.Stamp.Time.IsZero() && st.Time.Sub(e.Stamp.Time) > time.Hour {
				e.Rewritten, e.Bound = true, st.Time
			}
		}
		if strings.Contains(","+e.Category+",", ",WIIM,") {
			e.Doubts = append(e.Doubts, "the vendor's reason for a move, written after the move (WIIM): not the time of the news")
		}
		switch {
		case e.Title == "" && len(e.Securities) == 0:
			b.Reject(r.Line, "%s has neither title nor security", rowOf(r, i))
			continue
		case e.Stamp.Precision == events.NoTime && r.Line > 0 && raw != "":
			b.Reject(r.Line, "the time %q cannot be read", clip(raw))
			bad++
			continue
		}
		finish(b, &e, raw)
		b.Add(e)
	}
	midnights(b)
	crowded(b)
}

// midnights makes dates of the times of a table that are all midnight without a zone: its
// writer had dates.
func midnights(b *events.Batch) {
	n := 0
	for i := range b.Events {
		if e := &b.Events[i]; !e.Timeless() {
			if e.Provenance.Clock != "00:00:00" {
				return
			}
			n++
		}
	}
	if n < 2 {
		return
	}
	for i := range b.Events {
		if e := &b.Events[i]; !e.Timeless() {
			e.Precision, e.Provenance.Clock = events.Day, ""
			e.Provenance.Doubts = slices.DeleteFunc(e.Provenance.Doubts, func(s string) bool { return strings.HasPrefix(s, "the time has no zone") })
		}
	}
	b.Tell("all times are midnight without a zone: taken as dates")
}

func clip(s string) string {
	if r := []rune(s); len(r) > 60 {
		return string(r[:59]) + "…"
	}
	return s
}

func rowOf(r *events.Record, i int) string {
	if r.Line > 0 {
		return "the row"
	}
	return fmt.Sprintf("item %d", i+1)
}

// listOf is List for texts that hold blanks: keywords are separated by commas alone.
func listOf(r *events.Record, names []string) []string {
	for _, n := range names {
		if s, ok := r.Raw(n).(string); ok && s != "" {
			return strings.FieldsFunc(s, func(c rune) bool { return strings.ContainsRune(",;|", c) })
		}
		if l := r.List(n); len(l) > 0 {
			return l
		}
	}
	return nil
}

// category returns the categories of r, one text.
func category(r *events.Record) string {
	for _, n := range categoryNames {
		switch v := r.Raw(n).(type) {
		case []any:
			return strings.Join(r.List(n), ",")
		case string:
			if v = strings.TrimSpace(v); v != "" && len(v) <= 60 {
				return v
			}
		}
	}
	return ""
}

// dayFirst reports whether dates with slashes put the day first: one day above 12 says it
// for the whole column.
func dayFirst(records []*events.Record, n names) bool {
	for _, r := range records {
		if r == nil {
			continue
		}
		raw := r.Text(slices.Concat(n.field("date", nil), n.field("time", timeNames))...)
		a, rest, ok := strings.Cut(raw, "/")
		if !ok || len(a) > 2 {
			continue
		}
		var d int
		if _, err := fmt.Sscan(a, &d); err == nil && d > 12 && strings.Contains(rest, "/") {
			return true
		}
	}
	return false
}

func readJSONFeed(s *events.Source, doc *events.Document) (*events.Batch, error) {
	b := s.Batch("JSON Feed")
	top, records := doc.Top, doc.Records
	if events.Simple(doc.Path) != "items" { // another list is longer
		list, _ := top.Raw("items").([]any)
		records = events.Records(list)
	}
	how := s.Reading()
	how.Place = place(top.Text("language"), top.Text("homepageurl"))
	without := 0
	for i, r := range records {
		if r == nil {
			b.Reject(0, "item %d is no object", i+1)
			continue
		}
		records[i] = nil // it is held as an event from here on
		raw := r.Text("datepublished")
		e := events.Item{
			Key: r.Text("id"), Title: plainText(firstOf(r.Text("title"), r.Text("summary"))), Lang: firstOf(r.Text("language"), top.Text("language")),
			Source: firstOf(r.Text("url"), r.Text("externalurl")), Stamp: how.Stamp(raw), Tags: r.List("tags"),
		}
		if e.Title == "" {
			e.Title = clip(plainText(firstOf(r.Text("contenttext"), r.Text("contenthtml"))))
		}
		if e.Key == "" {
			e.Key = e.Source
		}
		if changed := how.Stamp(r.Text("datemodified")); changed.Precision != events.NoTime && changed.Clock == "" {
			switch {
			case raw == "":
				e.Bound = changed.Time
				e.Doubts = append(e.Doubts, fmt.Sprintf("only date_modified is given, %s: an upper bound", changed.Raw))
			case e.Stamp.Clock == "" && changed.Time.Sub(e.Stamp.Time) > time.Hour:
				e.Rewritten, e.Bound = true, changed.Time
			}
		}
		if raw == "" {
			without++
		}
		finish(b, &e, raw)
		e.Securities = s.Securities
		b.Add(e)
	}
	if without > 0 {
		b.Tell("%d of %d items have no date_published: they are drafts", without, len(records))
	}
	if next := top.Text("nexturl"); next != "" {
		b.Tell("the feed is incomplete: next_url points to a further page")
	}
	return b, nil
}
