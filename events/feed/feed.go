// Package feed reads news as publishers and vendors give it out: RSS and RDF, Atom, JSON
// Feed, news sitemaps, GDELT, the news of data vendors as JSON, tables of headlines, and
// what a page says of its own publication.
package feed

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"html"
	"io"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/mmcdole/gofeed/atom"
	ext "github.com/mmcdole/gofeed/extensions"
	"github.com/mmcdole/gofeed/rss"
	nethtml "golang.org/x/net/html"

	"aftershock/events"
	"aftershock/internal/pattern"
)

// Read reads s where it is news, and returns events.ErrUnknownKind where not.
func Read(s *events.Source) (*events.Batch, error) {
	head := bytes.TrimSpace(s.Text[:min(len(s.Text), 4096)])
	if len(head) == 0 {
		return nil, events.ErrUnknownKind
	}
	switch head[0] {
	case '<':
		root, err := rootOf(s.Text)
		switch root {
		case "rss", "RDF":
			return readRSS(s)
		case "feed":
			return readAtom(s)
		case "urlset":
			return readSitemap(s)
		case "sitemapindex":
			return nil, fmt.Errorf("%s: an index of sitemaps, not news; give the news sitemap that it names", s.Name)
		case "html":
			return readPage(s)
		}
		if err != nil {
			return nil, fmt.Errorf("%s: neither XML nor a page: %w", s.Name, err)
		}
		return nil, fmt.Errorf("%s: XML that begins with <%s>, which is no feed", s.Name, root)
	case '{', '[':
		return readJSON(s)
	}
	return readTable(s)
}

// The bounds of an XML document.
const (
	deepest      = 200
	mostElements = 5_000_000
)

// rootOf returns the name of the first element, "html" for a page.
func rootOf(text []byte) (string, error) {
	lower := bytes.ToLower(bytes.TrimSpace(text[:min(len(text), 1024)]))
	if bytes.HasPrefix(lower, []byte("<!doctype html")) || bytes.HasPrefix(lower, []byte("<html")) {
		return "html", nil
	}
	in := lenient(text)
	for {
		token, err := in.RawToken()
		if err != nil {
			return "", err
		}
		if e, ok := token.(xml.StartElement); ok {
			if strings.EqualFold(e.Name.Local, "html") || strings.EqualFold(e.Name.Local, "head") || strings.EqualFold(e.Name.Local, "body") {
				return "html", nil
			}
			return e.Name.Local, nil
		}
	}
}

func lenient(text []byte) *xml.Decoder {
	in := xml.NewDecoder(bytes.NewReader(text))
	in.Strict = false
	in.Entity = xml.HTMLEntity
	in.CharsetReader = func(_ string, r io.Reader) (io.Reader, error) { return r, nil } // it is UTF-8 already
	return in
}

// scan walks through an XML document once: it holds depth and size to their bounds, counts
// the lines at which items begin, and collects what the library passes over.
func scan(text []byte, item string) (items []scanned, err error) {
	in := lenient(text)
	depth, elements, itemDepth := 0, 0, 0
	line, counted := 1, int64(0)
	var category *symbol
	for {
		token, err := in.RawToken()
		if err == io.EOF {
			return items, nil
		}
		if err != nil {
			return items, err
		}
		switch e := token.(type) {
		case xml.StartElement:
			depth++
			elements++
			if depth > deepest {
				return items, fmt.Errorf("elements are nested deeper than %d", deepest)
			}
			if elements > mostElements {
				return items, fmt.Errorf("more than %d elements", mostElements)
			}
			switch {
			case e.Name.Local == item && itemDepth == 0:
				at := in.InputOffset()
				line += bytes.Count(text[counted:at], []byte("\n"))
				counted = at
				items = append(items, scanned{line: line})
				itemDepth = depth
			case e.Name.Local == "category" && itemDepth > 0 && depth == itemDepth+1:
				category = &symbol{}
				for _, a := range e.Attr {
					switch a.Name.Local {
					case "type", "domain", "scheme":
						category.of += a.Value + " "
					}
				}
			}
		case xml.EndElement:
			if depth == itemDepth {
				itemDepth = 0
			}
			if category != nil && e.Name.Local == "category" {
				last := &items[len(items)-1]
				last.categories = append(last.categories, *category)
				category = nil
			}
			depth--
		case xml.CharData:
			if category != nil {
				category.text += string(e)
			}
		}
	}
}

// scanned is what scan finds of an item.
type scanned struct {
	line       int
	categories []symbol
}

// symbol is a category with its type or domain.
type symbol struct{ of, text string }

// isTicker reports whether the kind of a category says that it holds a security.
func isTicker(of string) bool {
	of = strings.ToLower(of)
	for _, w := range []string{"symbol", "ticker", "stock", "isin", "security"} {
		if strings.Contains(of, w) {
			return true
		}
	}
	return false
}

// isNumber reports whether the kind of a category says that it holds the number of a
// security, rather than its symbol.
func isNumber(of string) bool { return strings.Contains(strings.ToLower(of), "isin") }

// sane returns text with an XML declaration that says UTF-8, which it is.
func sane(text []byte) []byte {
	t := bytes.TrimLeft(text, " \t\r\n")
	if !bytes.HasPrefix(t, []byte("<?xml")) {
		return t
	}
	end := bytes.Index(t, []byte("?>"))
	if end < 0 {
		return t
	}
	return append([]byte(`<?xml version="1.0" encoding="UTF-8"?>`), t[end+2:]...)
}

// place is the language of a feed, else the country of its address.
func place(language string, links ...string) string {
	language = strings.ToLower(strings.TrimSpace(language))
	for _, l := range links {
		u, err := url.Parse(strings.TrimSpace(l))
		if err != nil || u.Hostname() == "" {
			continue
		}
		host := u.Hostname()
		if end := host[strings.LastIndexByte(host, '.')+1:]; len(end) == 2 {
			return end
		}
	}
	return language
}

func readRSS(s *events.Source) (*events.Batch, error) {
	found, err := scan(s.Text, "item")
	b := s.Batch("RSS")
	if err != nil {
		return nil, fmt.Errorf("%s: not RSS that can be read: %w", s.Name, err)
	}
	p := rss.Parser{}
	f, err := p.Parse(bytes.NewReader(sane(s.Text)))
	if err != nil || f == nil {
		return nil, fmt.Errorf("%s: not RSS that can be read: %w", s.Name, err)
	}
	if f.Version != "" {
		b.Kind = "RSS " + f.Version
	}
	how := s.Reading()
	how.Place = place(f.Language, append([]string{f.Link}, f.Links...)...)
	base := baseOf(s, f.Link, f.Links)
	without := 0
	for i, it := range f.Items {
		if it == nil {
			continue
		}
		date := it.PubDate
		if date == "" {
			date = extension(it.Extensions, it.DublinCoreExt)
		}
		if date == "" {
			without++
		}
		e := events.Item{Title: plainText(it.Title), Lang: f.Language, Stamp: how.Stamp(date), Source: resolve(base, it.Link)}
		if it.GUID != nil {
			e.Key = it.GUID.Value
		}
		if e.Key = strings.TrimSpace(e.Key); e.Key == "" {
			e.Key = e.Source
		}
		publisher := ""
		if it.Source != nil {
			publisher = it.Source.Title
		}
		if publisher != "" {
			e.Note = "publisher: " + publisher
		}
		if i < len(found) && len(found) == len(f.Items) {
			e.Line = found[i].line
			for _, c := range found[i].categories {
				if isNumber(c.of) && slices.ContainsFunc(found[i].categories, func(o symbol) bool { return isTicker(o.of) && !isNumber(o.of) }) {
					continue // of what another category names by its symbol
				}
				if isTicker(c.of) {
					e.Securities = append(e.Securities, listed(strings.TrimSpace(c.text)))
				} else if t := strings.TrimSpace(c.text); t != "" && !strings.Contains(c.of, "author") {
					e.Tags = append(e.Tags, t)
				}
			}
		} else {
			for _, c := range it.Categories {
				if c != nil && isTicker(c.Domain) {
					e.Securities = append(e.Securities, listed(c.Value))
				} else if c != nil {
					e.Tags = append(e.Tags, c.Value)
				}
			}
		}
		if e.Title == "" && e.Source == "" && e.Key == "" && date == "" {
			b.Reject(e.Line, "an item without title, address and time")
			continue
		}
		finish(b, &e, date)
		if len(e.Securities) == 0 {
			e.Securities = s.Securities
		}
		b.Add(e)
	}
	if without > 0 {
		channel := ""
		if d := firstOf(f.PubDate, f.LastBuildDate); d != "" {
			channel = fmt.Sprintf("; the channel's own, %q, is that of the feed and does not stand in", d)
		}
		b.Tell("%d of %d items have no date%s: they are drafts", without, len(f.Items), channel)
	}
	if len(f.Items) == 0 {
		b.Tell("the feed has no items")
	}
	crowded(b)
	return b, nil
}

// crowded tells of items that name many securities.
func crowded(b *events.Batch) {
	const many = 8
	n, unknown := 0, map[string]bool{}
	for i := range b.Events {
		e := &b.Events[i]
		if len(e.Targets) >= many {
			n++
			e.Provenance.Doubts = append(e.Provenance.Doubts, fmt.Sprintf("%d securities: a list, hardly an event of each", len(e.Targets)))
		}
		for _, u := range e.Provenance.Unresolved {
			unknown[u] = true
		}
	}
	if n > 0 {
		b.Tell("%d items name %d securities or more: lists, hardly events of each", n, many)
	}
	if len(unknown) > 0 {
		b.Tell("%d symbols are of no form that a source of prices knows, and are kept as they are written", len(unknown))
	}
}

// finish looks at what the date of an item could be instead.
func finish(b *events.Batch, e *events.Item, date string) {
	if e.Stamp.Precision != events.NoTime {
		return
	}
	if date == "" {
		e.Doubts = append(e.Doubts, "the item has no date")
	}
	if d := dateInAddress(e.Source); d != "" {
		e.Doubts = append(e.Doubts, "the address suggests "+d)
	}
}

var addressDate = pattern.New(`/((?:19|20)\d{2})/(0?[1-9]|1[0-2])/(0?[1-9]|[12]\d|3[01])(?:/|$)`)

// dateInAddress returns a date that stands in an address, "" for none.
func dateInAddress(address string) string {
	m := addressDate.FindStringSubmatch(address)
	if m == nil {
		return ""
	}
	t, err := time.Parse("2006/1/2", m[1]+"/"+strings.TrimPrefix(m[2], "0")+"/"+strings.TrimPrefix(m[3], "0"))
	if err != nil {
		return ""
	}
	return t.Format(time.DateOnly)
}

func firstOf(s ...string) string {
	for _, x := range s {
		if x = strings.TrimSpace(x); x != "" {
			return x
		}
	}
	return ""
}

// extension returns the date of an item in another vocabulary: Dublin Core, Atom.
func extension(x ext.Extensions, dc *ext.DublinCoreExtension) string {
	if dc != nil && len(dc.Date) > 0 {
		return dc.Date[0]
	}
	for _, path := range [][2]string{{"atom", "published"}, {"dc", "date"}, {"dcterms", "issued"}, {"dcterms", "created"}, {"prism", "publicationDate"}, {"a10", "published"}} {
		if list := x[path[0]][path[1]]; len(list) > 0 && list[0].Value != "" {
			return list[0].Value
		}
	}
	return ""
}

// baseOf returns the address against which relative ones are resolved.
func baseOf(s *events.Source, link string, links []string) *url.URL {
	for _, l := range append([]string{link, s.Name}, links...) {
		if u, err := url.Parse(strings.TrimSpace(l)); err == nil && u.IsAbs() && u.Host != "" {
			return u
		}
	}
	return nil
}

func resolve(base *url.URL, link string) string {
	link = strings.TrimSpace(link)
	u, err := url.Parse(link)
	if err != nil || base == nil || u.IsAbs() {
		return link
	}
	return base.ResolveReference(u).String()
}

// plainText returns a title without markup and entities, once and twice escaped.
func plainText(s string) string {
	s = strings.TrimSpace(s)
	if strings.Contains(s, "&") {
		s = html.UnescapeString(s)
		if strings.Contains(s, "&") {
			s = html.UnescapeString(s)
		}
	}
	if strings.Contains(s, "<") && strings.Contains(s, ">") {
		s = stripTags(s)
	}
	if t, ok := events.Untwice(s); ok {
		s = t
	}
	return strings.Join(strings.Fields(s), " ")
}

func stripTags(s string) string {
	var b strings.Builder
	z := nethtml.NewTokenizer(strings.NewReader(s))
	z.SetMaxBuf(1 << 20)
	for {
		switch z.Next() {
		case nethtml.ErrorToken:
			if out := b.String(); strings.TrimSpace(out) != "" {
				return out
			}
			return s // < and > that were no markup
		case nethtml.TextToken:
			b.Write(z.Text())
			b.WriteByte(' ')
		}
	}
}

func readAtom(s *events.Source) (*events.Batch, error) {
	found, err := scan(s.Text, "entry")
	if err != nil {
		return nil, fmt.Errorf("%s: not Atom that can be read: %w", s.Name, err)
	}
	p := atom.Parser{}
	f, err := p.Parse(bytes.NewReader(sane(s.Text)))
	if err != nil || f == nil {
		return nil, fmt.Errorf("%s: not Atom that can be read: %w", s.Name, err)
	}
	b := s.Batch("Atom")
	how := s.Reading()
	var links []string
	for _, l := range f.Links {
		if l != nil {
			links = append(links, l.Href)
		}
	}
	how.Place = place(f.Language, links...)
	base := baseOf(s, "", links)
	unpublished := 0
	for i, it := range f.Entries {
		if it == nil {
			continue
		}
		e := events.Item{Title: plainText(it.Title), Lang: f.Language, Key: strings.TrimSpace(it.ID)}
		for _, l := range it.Links {
			if l != nil && (l.Rel == "" || l.Rel == "alternate" || e.Source == "") {
				if e.Source = resolve(base, l.Href); l.Rel == "alternate" {
					break
				}
			}
		}
		if e.Key == "" {
			e.Key = e.Source
		}
		if i < len(found) {
			e.Line = found[i].line
		}
		form := ""
		for _, c := range it.Categories {
			switch {
			case c == nil:
			case strings.Contains(c.Scheme, "sec.gov"):
				form = c.Term
			case isTicker(c.Scheme + c.Label):
				e.Securities = append(e.Securities, c.Term)
			default:
				e.Tags = append(e.Tags, c.Term)
			}
		}
		published, updated := strings.TrimSpace(it.Published), strings.TrimSpace(it.Updated)
		changed := how.Stamp(updated)
		switch {
		case form != "" || strings.Contains(it.ID, "sec.gov"):
			// EDGAR's latest filings: updated is the moment of acceptance.
			if len(s.Forms) > 0 && !wanted(s.Forms, form) {
				b.Tell("filings of form %s are left out", form)
				continue
			}
			e.Category, e.Stamp, e.Bound = form, how.Stamp(firstOf(updated, published)), changed.Time
			e.Tags = append(e.Tags, form)
			e.Distinct = "edgar"
			if at := strings.Index(e.Key, "accession-number="); at >= 0 {
				e.Note = "accession number " + e.Key[at+len("accession-number="):]
			}
		case published != "":
			e.Stamp = how.Stamp(published)
			if changed.Precision != events.NoTime && e.Stamp.Clock == "" && changed.Clock == "" && changed.Time.Sub(e.Stamp.Time) > time.Hour {
				e.Rewritten, e.Bound = true, changed.Time
			}
		default:
			unpublished++
			e.Stamp = events.Stamp{Raw: updated, Precision: events.NoTime, ZoneGiven: ""}
			if changed.Precision != events.NoTime {
				e.Bound = changed.Time
				e.Doubts = append(e.Doubts, fmt.Sprintf("only updated is given, %s, which can be a rebuild years later: an upper bound at best", updated))
			} else {
				finish(b, &e, updated)
			}
		}
		if len(e.Securities) == 0 {
			e.Securities = s.Securities
		}
		b.Add(e)
	}
	if unpublished > 0 {
		b.Tell("%d of %d entries have no published, and updated is no time of news: they are drafts", unpublished, len(f.Entries))
	}
	if len(f.Entries) == 0 {
		b.Tell("the feed has no entries")
	}
	crowded(b)
	return b, nil
}

// wanted reports whether forms name form.
func wanted(forms []string, form string) bool {
	for _, f := range forms {
		if strings.EqualFold(f, "all") || strings.EqualFold(f, form) || strings.EqualFold(f+"/A", form) {
			return true
		}
	}
	return false
}

// readSitemap reads a sitemap of Google News.
func readSitemap(s *events.Source) (*events.Batch, error) {
	if _, err := scan(s.Text, "url"); err != nil {
		return nil, fmt.Errorf("%s: not a sitemap that can be read: %w", s.Name, err)
	}
	b := s.Batch("news sitemap")
	in := lenient(s.Text)
	how := s.Reading()
	plainPages := 0
	for {
		token, err := in.Token()
		if err == io.EOF {
			break
		}
		if err != nil {
			return nil, fmt.Errorf("%s: not a sitemap that can be read: %w", s.Name, err)
		}
		start, ok := token.(xml.StartElement)
		if !ok || start.Name.Local != "url" {
			continue
		}
		line, _ := in.InputPos()
		var u struct {
			Loc     string `xml:"loc"`
			LastMod string `xml:"lastmod"`
			News    *struct {
				Name     string `xml:"publication>name"`
				Language string `xml:"publication>language"`
				Date     string `xml:"publication_date"`
				Title    string `xml:"title"`
				Keywords string `xml:"keywords"`
				Tickers  string `xml:"stock_tickers"`
			} `xml:"news"`
		}
		if err := in.DecodeElement(&u, &start); err != nil {
			return nil, fmt.Errorf("%s:%d: not a sitemap that can be read: %w", s.Name, line, err)
		}
		if u.News == nil {
			plainPages++
			continue
		}
		how.Place = place(u.News.Language, u.Loc)
		e := events.Item{Title: plainText(u.News.Title), Lang: u.News.Language, Source: strings.TrimSpace(u.Loc), Key: strings.TrimSpace(u.Loc), Stamp: how.Stamp(u.News.Date), Line: line}
		if n := strings.TrimSpace(u.News.Name); n != "" {
			e.Note = "publisher: " + n
		}
		e.Tags = append(e.Tags, strings.Split(u.News.Keywords, ",")...)
		for _, t := range strings.Split(u.News.Tickers, ",") {
			if t = strings.TrimSpace(t); t != "" {
				e.Securities = append(e.Securities, listed(t))
			}
		}
		if len(e.Securities) == 0 {
			e.Securities = s.Securities
		}
		finish(b, &e, u.News.Date)
		b.Add(e)
	}
	if plainPages > 0 {
		b.Tell("%d addresses are no news (no news:news element): a lastmod is no time of news, and they are left out", plainPages)
	}
	crowded(b)
	return b, nil
}

// listed returns the symbol of EXCHANGE:SYMBOL where the exchange is American, whose
// symbols stand alone everywhere; what is listed elsewhere is kept as it is written.
func listed(s string) string {
	exchange, code, ok := strings.Cut(s, ":")
	if !ok {
		return s
	}
	switch strings.ToUpper(strings.TrimSpace(exchange)) {
	case "NYSE", "NASDAQ", "NYSEARCA", "NYSEAMERICAN", "NYSEMKT", "NASDAQGS", "NASDAQGM", "NASDAQCM", "AMEX", "BATS", "CBOE", "US", "NAS", "NYS", "ARCA":
		return strings.TrimSpace(code)
	}
	return strings.ReplaceAll(s, " ", "")
}
