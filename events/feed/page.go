package feed

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"golang.org/x/net/html"

	"aftershock/events"
	"aftershock/internal/pattern"
)

// page is what a page says of itself.
type page struct {
	title, ogTitle, headline, address string
	published, changed                []string // as written, the most trustworthy first
	visible                           []string // of <time> and "First published"
	dates                             []string // of meta date and the like
	lang, site                        string
}

// mostScripts is how many bytes of JSON-LD are looked at.
const mostScripts = 1 << 20

// readPage reads the publication of a page: what its meta elements, its JSON-LD and its
// text say. One event, or a draft where it says nothing.
func readPage(s *events.Source) (*events.Batch, error) {
	p, err := pageOf(s.Text)
	if err != nil {
		return nil, fmt.Errorf("%s: not a page that can be read: %w", s.Name, err)
	}
	b := s.Batch("page")
	how := s.Reading()
	how.Place = place(p.lang, p.address, s.Name)
	e := events.Item{Title: plainText(p.name()), Lang: p.lang, Source: firstOf(p.address, s.Name), Securities: s.Securities}
	if strings.Contains(p.address, "://") {
		e.Key = p.address
	}
	if p.site != "" {
		e.Note = "publisher: " + p.site
	}
	st := events.Stamp{Precision: events.NoTime}
	for _, raw := range append(append([]string(nil), p.published...), p.dates...) {
		if got := how.Stamp(raw); got.Precision != events.NoTime {
			st = got
			break
		}
	}
	// A machine's value without a zone: the text of the page may name it.
	if st.Clock != "" {
		for _, v := range p.visible {
			if seen := how.Stamp(v); seen.Precision != events.NoTime && seen.Clock == "" && seen.Precision != events.Day && sameMinute(st, seen) {
				raw, doubts := st.Raw, seen.Doubts
				st = st.In(seen.Time.Location(), "")
				st.Raw, st.Doubts = raw, doubts
				st.ZoneAssumed = strings.TrimSpace(seen.ZoneGiven + " from the visible text")
			}
		}
	}
	if st.Clock != "" {
		if loc, name := country(p.lang, p.address, p.site); loc != nil {
			raw := st.Raw
			st = st.In(loc, "")
			st.Raw = raw
			st.ZoneAssumed = fmt.Sprintf("%s assumed (%s), the country of the site", name, st.Time.Format("-07:00"))
			st.Doubts = append(st.Doubts, "no zone is written; the clock of the site's country is assumed")
		}
	}
	// A date dressed as midnight.
	if st.Clock == "" && st.Precision != events.NoTime && st.Precision != events.Day && st.Time.Format("15:04:05") == "00:00:00" {
		for _, v := range p.visible {
			if seen := how.Stamp(v); seen.Precision == events.Day && seen.Time.Format(time.DateOnly) == st.Time.Format(time.DateOnly) {
				given := st.ZoneGiven
				st = st.DateAlone()
				st.ZoneGiven, st.ZoneAssumed = given, ""
				st.Doubts = append(st.Doubts, "midnight stands for the date alone")
				break
			}
		}
	}
	if st.Precision == events.NoTime {
		for _, v := range p.visible {
			if seen := how.Stamp(v); seen.Precision != events.NoTime {
				st = seen
				st.Doubts = append(st.Doubts, "the date is that of the page's text")
				break
			}
		}
	}
	e.Stamp = st
	before := ""
	for _, raw := range p.changed {
		c := how.Stamp(raw)
		if c.Precision == events.NoTime || c.Clock != "" || st.Clock != "" || st.Precision == events.NoTime {
			continue
		}
		switch gap := c.Time.Sub(st.Time); {
		case gap > time.Hour:
			e.Rewritten = true
			if c.Time.After(e.Bound) {
				e.Bound = c.Time
			}
		case gap < -time.Hour:
			before = raw
		}
	}
	if before != "" {
		e.Doubts = append(e.Doubts, fmt.Sprintf("the page says that it was changed before it was published, %s; ignored", before))
	}
	if e.Rewritten {
		e.Doubts = append(e.Doubts, fmt.Sprintf("the page was changed until %s: under its address may have stood a preview, so its first time need not be that of the news", e.Bound.UTC().Format(time.RFC3339)))
	}
	finish(b, &e, st.Raw)
	b.Add(e)
	return b, nil
}

// name returns the title: what the page shows where it is the longer form of its own name.
func (p *page) name() string {
	title := strings.TrimSpace(p.title)
	own := firstOf(p.ogTitle, p.headline)
	switch {
	case own == "":
		return title
	case title == "":
		return own
	case latin(own): // the site's name after a bar is no part of the headline
		return own
	}
	return title
}

func latin(s string) bool {
	for _, r := range s {
		if r > 0x24f && r < 0x2000 {
			return false
		}
	}
	return true
}

// sameMinute reports whether a clock without zone shows what seen shows in its own.
func sameMinute(st, seen events.Stamp) bool {
	return len(st.Clock) >= 5 && st.Time.Format(time.DateOnly)+" "+st.Clock[:5] == seen.Time.Format("2006-01-02 15:04")
}

// countries are the places whose clock a site keeps, by the end of its address, and by
// the region of its language.
var countries = map[string]string{
	"eg": "Africa/Cairo", "sa": "Asia/Riyadh", "ae": "Asia/Dubai", "qa": "Asia/Qatar", "kw": "Asia/Kuwait", "bh": "Asia/Bahrain", "om": "Asia/Muscat", "jo": "Asia/Amman",
	"lb": "Asia/Beirut", "iq": "Asia/Baghdad", "tn": "Africa/Tunis", "dz": "Africa/Algiers", "ma": "Africa/Casablanca", "ly": "Africa/Tripoli", "sd": "Africa/Khartoum",
	"uk": "Europe/London", "de": "Europe/Berlin", "fr": "Europe/Paris", "it": "Europe/Rome", "es": "Europe/Madrid", "nl": "Europe/Amsterdam", "ch": "Europe/Zurich",
	"jp": "Asia/Tokyo", "kr": "Asia/Seoul", "cn": "Asia/Shanghai", "hk": "Asia/Hong_Kong", "tw": "Asia/Taipei", "sg": "Asia/Singapore", "in": "Asia/Kolkata", "il": "Asia/Jerusalem", "tr": "Europe/Istanbul",
}

// sites are Egyptian publishers and others whose addresses end in no country's letters.
var sites = map[string]string{
	"akhbarelyom": "Africa/Cairo", "أخبار اليوم": "Africa/Cairo", "youm7": "Africa/Cairo", "elbalad": "Africa/Cairo", "almasryalyoum": "Africa/Cairo", "shorouknews": "Africa/Cairo", "ahram": "Africa/Cairo",
	"alarabiya": "Asia/Dubai", "albayan": "Asia/Dubai", "argaam": "Asia/Riyadh", "aawsat": "Asia/Riyadh", "aljazeera": "Asia/Qatar",
}

// country returns the clock of the place where a site is.
func country(lang, address, site string) (*time.Location, string) {
	name := countries[place("", address)]
	if name == "" {
		for _, word := range []string{address, site} {
			for k, v := range sites {
				if word != "" && strings.Contains(strings.ToLower(word), k) {
					name = v
				}
			}
		}
	}
	if _, region, ok := strings.Cut(strings.ReplaceAll(strings.ToLower(lang), "_", "-"), "-"); ok && name == "" && len(region) == 2 && region != "ar" {
		name = countries[region]
	}
	if name == "" {
		return nil, ""
	}
	loc, err := events.Location(name)
	if err != nil {
		return nil, ""
	}
	return loc, name
}

var firstPublished = pattern.New(`(?i)\b(?:first )?(?:published|posted)(?: on)?:?\s+((?:[a-z]{3,9}\.?,?\s+)?[a-z]{3,9}\.? \d{1,2}, \d{4}[^<\n]{0,30})`)

// pageOf reads the parts of a page that tell when it was published. It reads on past what
// is broken, and holds no more than a token at a time.
func pageOf(text []byte) (*page, error) {
	p := &page{}
	z := html.NewTokenizer(bytes.NewReader(text))
	z.SetMaxBuf(4 << 20)
	var published, created, jsonPublished, jsonChanged, itemPublished, timePublished []string
	scripts := 0
	var in string // title, jsonld, time
	var clock strings.Builder
	timeKind := ""
	for {
		kind := z.Next()
		if kind == html.ErrorToken {
			if err := z.Err(); err != io.EOF {
				if p.title == "" && len(published) == 0 {
					return nil, err
				}
			}
			break
		}
		switch kind {
		case html.StartTagToken, html.SelfClosingTagToken:
			tag, more := z.TagName()
			name := string(tag)
			if name != "html" && name != "meta" && name != "link" && name != "time" && name != "title" && name != "script" && name != "span" && name != "div" && name != "p" {
				continue
			}
			a := map[string]string{}
			for more && len(a) < 40 {
				var k, v []byte
				k, v, more = z.TagAttr()
				a[string(k)] = string(v)
			}
			switch name {
			case "html":
				p.lang = firstOf(a["lang"], a["xml:lang"])
			case "title":
				if p.title == "" {
					in = "title"
				}
			case "link":
				if strings.EqualFold(a["rel"], "canonical") && p.address == "" {
					p.address = a["href"]
				}
			case "script":
				if strings.EqualFold(strings.TrimSpace(a["type"]), "application/ld+json") {
					in = "jsonld"
				}
			case "meta":
				value := firstOf(a["content"], a["value"])
				key := strings.ToLower(firstOf(a["property"], a["name"], a["itemprop"]))
				switch key {
				case "og:title":
					p.ogTitle = value
				case "og:url":
					p.address = firstOf(p.address, value)
				case "og:site_name":
					p.site = value
				case "og:locale":
					p.lang = firstOf(p.lang, value)
				case "article:published_time", "og:article:published_time", "article:published", "og:published_time", "parsely-pub-date", "sailthru.date-published":
					published = append(published, value)
				case "datepublished", "datecreated":
					itemPublished = append(itemPublished, value)
				case "article:modified_time", "og:article:modified_time", "og:updated_time", "datemodified", "lastmod", "last-modified", "revision_date":
					p.changed = append(p.changed, value)
				case "date", "dc.date.issued", "dc.date", "dcterms.created", "dc.date.created", "pubdate", "publishdate", "publish-date", "publication_date", "citation_publication_date", "article.published", "dcterms.issued", "cxenseparse:recs:publishtime":
					p.dates = append(p.dates, value)
				}
			case "time", "span", "div", "p":
				if name != "time" && a["datetime"] == "" && !strings.EqualFold(a["itemprop"], "datePublished") && !strings.Contains(a["property"], "dc:date") {
					continue
				}
				kind := strings.ToLower(a["itemprop"] + " " + a["class"] + " " + a["data-testid"] + " " + a["property"])
				value := firstOf(a["datetime"], a["content"])
				switch {
				case strings.Contains(kind, "modif") || strings.Contains(kind, "updat") || strings.Contains(kind, "lastpublished"):
				case strings.Contains(kind, "publish") || strings.Contains(kind, "dc:date") || strings.Contains(kind, "created") || strings.Contains(kind, "pubdate"):
					if value != "" {
						timePublished = append(timePublished, value)
					}
				case value != "":
					created = append(created, value)
				}
				in, timeKind = "time", kind
				clock.Reset()
			}
		case html.EndTagToken:
			tag, _ := z.TagName()
			if in == "time" {
				switch string(tag) {
				case "time", "span", "div", "p":
					if t := strings.TrimSpace(clock.String()); t != "" && !strings.Contains(timeKind, "modif") {
						p.visible = append(p.visible, t)
					}
					in = ""
				}
				continue
			}
			in = ""
		case html.TextToken:
			raw := z.Text()
			switch in {
			case "title":
				p.title += html.UnescapeString(string(raw))
			case "time":
				if clock.Len() < 200 {
					clock.Write(raw)
					clock.WriteByte(' ')
				}
			case "jsonld":
				if scripts += len(raw); scripts < mostScripts {
					pub, mod, head := linked(raw)
					jsonPublished = append(jsonPublished, pub...)
					jsonChanged = append(jsonChanged, mod...)
					p.headline = firstOf(p.headline, head)
				}
			case "":
				if len(p.visible) < 20 && len(raw) < 4096 && bytes.Contains(bytes.ToLower(raw), []byte("ublished")) {
					if m := firstPublished.FindSubmatch(raw); m != nil {
						p.visible = append(p.visible, strings.TrimSpace(string(m[1])))
					}
				}
			}
		}
	}
	for _, list := range [][]string{published, itemPublished, jsonPublished, timePublished, created} {
		p.published = append(p.published, list...)
	}
	p.changed = append(p.changed, jsonChanged...)
	return p, nil
}

// linked finds the publication in a block of JSON-LD.
func linked(raw []byte) (published, changed []string, headline string) {
	var v any
	if json.Unmarshal(bytes.TrimSpace(raw), &v) != nil {
		for _, m := range jsonDate.FindAllSubmatch(raw, 8) { // broken, as it often is
			if string(m[1]) == "dateModified" {
				changed = append(changed, string(m[2]))
			} else {
				published = append(published, string(m[2]))
			}
		}
		return published, changed, ""
	}
	var walk func(v any, depth int)
	walk = func(v any, depth int) {
		if depth > 6 {
			return
		}
		switch v := v.(type) {
		case []any:
			for _, x := range v {
				walk(x, depth+1)
			}
		case map[string]any:
			if s, ok := v["datePublished"].(string); ok {
				published = append(published, s)
			}
			if s, ok := v["dateModified"].(string); ok {
				changed = append(changed, s)
			}
			if s, ok := v["headline"].(string); ok && headline == "" {
				headline = s
			}
			for _, k := range []string{"@graph", "mainEntity", "itemListElement"} {
				if x, ok := v[k]; ok {
					walk(x, depth+1)
				}
			}
		}
	}
	walk(v, 0)
	return published, changed, headline
}

var jsonDate = pattern.New(`"(datePublished|dateModified)"\s*:\s*"([^"]{4,40})"`)
