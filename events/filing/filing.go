// Package filing reads what the SEC's EDGAR system says of filings: submissions of a
// filer, headers of filings, and answers of the full-text search.
//
// A filing's time is the moment at which EDGAR accepted it: an upper bound of the
// moment of the news, which is often in a press release some minutes before.
package filing

import (
	"bytes"
	"cmp"
	"fmt"
	"html"
	"slices"
	"strings"
	"time"

	"aftershock/events"
	"aftershock/internal/pattern"
)

// distinct: two filings are never one story.
const distinct = "edgar"

const byRule = "by rule of EDGAR"

// Read reads s where it is of EDGAR, and returns events.ErrUnknownKind where not.
func Read(s *events.Source) (*events.Batch, error) {
	head := s.Text[:min(len(s.Text), 1<<16)]
	switch {
	case headerForm.Match(head) || strings.Contains(string(head), "&lt;ACCEPTANCE-DATETIME&gt;"):
		return readHeader(s)
	case strings.HasPrefix(strings.TrimSpace(string(head[:min(len(head), 200)])), "{"):
		if !bytes.Contains(s.Text, []byte("accessionNumber")) && !bytes.Contains(s.Text, []byte(`"adsh"`)) {
			return nil, events.ErrUnknownKind
		}
		v, err := s.Object()
		if err != nil {
			return nil, fmt.Errorf("%s: not JSON: %w", s.Name, err)
		}
		return readJSON(s, events.RecordOf(v))
	}
	return nil, events.ErrUnknownKind
}

// takes reports whether forms lets form pass: 8-K with its amendments where it is
// empty, else those it names, with their amendments.
func takes(forms []string, form string) bool {
	form = strings.ToUpper(strings.TrimSpace(form))
	if len(forms) == 0 {
		forms = []string{"8-K"}
	}
	for _, f := range forms {
		f = strings.ToUpper(strings.TrimSpace(f))
		if f == "ALL" || f == form || f+"/A" == form {
			return true
		}
	}
	return false
}

func newYork() *time.Location {
	loc, err := events.Location("America/New_York")
	if err != nil {
		return time.UTC
	}
	return loc
}

// item is an event of a filing.
func item(name, form, accession, cik string, items []string, securities []string) events.Item {
	if name == "" {
		name = "(no name in the file)"
	}
	it := events.Item{
		Key: accession, Title: name + " " + form, Category: strings.Join(items, ","), Securities: securities,
		Tags: []string{form}, Distinct: distinct,
	}
	for _, n := range items {
		it.Tags = append(it.Tags, "item-"+n)
	}
	if cik = strings.TrimLeft(cik, "0"); cik != "" && accessionForm.MatchString(accession) {
		it.Source = fmt.Sprintf("https://www.sec.gov/Archives/edgar/data/%s/%s/%s-index.htm", cik, strings.ReplaceAll(accession, "-", ""), accession)
	} else {
		it.Source = "SEC EDGAR"
	}
	return it
}

var accessionForm = pattern.New(`^\d{10}-\d{2}-\d{6}$`)

// Headers.

var (
	headerForm = pattern.New(`(?m)^\s*<ACCEPTANCE-DATETIME>\s*\d`)
	tagLine    = pattern.New(`(?m)^\s*<([A-Z-]+)>[ \t]*([^\r\n<]*)\r?$`)
	wordLine   = pattern.New(`(?m)^[ \t]*([A-Z][A-Z /&-]+):[ \t]*([^\r\n]*?)[ \t]*\r?$`)
	headerEnd  = pattern.New(`</SEC-HEADER>|<DOCUMENT>|</IMS-HEADER>`)
)

// itemNumbers are the items of form 8-K by the first words of their titles.
var itemNumbers = []struct{ words, number string }{
	{"Entry into a Material Definitive", "1.01"}, {"Termination of a Material Definitive", "1.02"}, {"Bankruptcy or Receivership", "1.03"}, {"Bankruptcy", "1.03"},
	{"Mine Safety", "1.04"}, {"Material Cybersecurity", "1.05"},
	{"Completion of Acquisition", "2.01"}, {"Results of Operations", "2.02"}, {"Creation of a Direct Financial", "2.03"}, {"Triggering Events", "2.04"},
	{"Cost Associated with Exit", "2.05"}, {"Costs Associated with Exit", "2.05"}, {"Material Impairment", "2.06"},
	{"Notice of Delisting", "3.01"}, {"Unregistered Sale", "3.02"}, {"Material Modification", "3.03"},
	{"Changes in Registrant's Certifying Accountant", "4.01"}, {"Changes in Registrants Certifying Accountant", "4.01"}, {"Non-Reliance on Previously", "4.02"},
	{"Changes in Control", "5.01"}, {"Departure of Directors", "5.02"}, {"Amendments to Articles", "5.03"}, {"Amendment to Articles", "5.03"},
	{"Temporary Suspension of Trading", "5.04"}, {"Amendments to the Registrant's Code", "5.05"}, {"Amendment to Registrant's Code", "5.05"}, {"Amendments to the Registrants Code", "5.05"},
	{"Change in Shell Company", "5.06"}, {"Submission of Matters to a Vote", "5.07"}, {"Shareholder Director Nominations", "5.08"}, {"Shareholder Nominations", "5.08"},
	{"ABS Informational", "6.01"}, {"Change of Servicer", "6.02"}, {"Change in Credit Enhancement", "6.03"}, {"Failure to Make a Required Distribution", "6.04"},
	{"Securities Act Updating", "6.05"}, {"Static Pool", "6.06"},
	{"Regulation FD", "7.01"}, {"Other Events", "8.01"}, {"Financial Statements and Exhibits", "9.01"},
}

// itemNumber returns the number of an item that is written as such or in words.
func itemNumber(s string) (string, bool) {
	s = strings.TrimSpace(s)
	if len(s) > 0 && s[0] >= '0' && s[0] <= '9' {
		return s, true
	}
	s = strings.ReplaceAll(s, "’", "'")
	for _, i := range itemNumbers {
		if len(s) >= len(i.words) && strings.EqualFold(s[:len(i.words)], i.words) {
			return i.number, true
		}
	}
	return s, false
}

// readHeader reads the SGML header of a filing, as a text, with tags, or in a page that
// has it twice.
func readHeader(s *events.Source) (*events.Batch, error) {
	b := s.Batch("filing header of EDGAR")
	whole := string(s.Text)
	if !headerForm.MatchString(whole) {
		whole = html.UnescapeString(whole)
	}
	// A file may hold several filings, one after the other.
	line, counted := 1, 0
	starts := headerForm.FindAllStringIndex(whole, -1)
	for i, at := range starts {
		begin, end := at[0], len(whole)
		if i+1 < len(starts) {
			end = starts[i+1][0]
		}
		line += strings.Count(whole[counted:begin], "\n")
		counted = begin
		text := whole[begin:end]
		if stop := headerEnd.FindStringIndex(text); stop != nil {
			text = text[:stop[0]]
		}
		if err := oneHeader(b, s, text, line); err != nil {
			return nil, err
		}
	}
	return b, nil
}

func oneHeader(b *events.Batch, s *events.Source, text string, line int) error {
	fields := map[string][]string{}
	put := func(name, value string) {
		if value = strings.TrimSpace(value); value != "" {
			fields[name] = append(fields[name], value)
		}
	}
	for _, m := range tagLine.FindAllStringSubmatch(text, -1) {
		put(m[1], m[2])
	}
	for _, m := range wordLine.FindAllStringSubmatch(text, -1) {
		put(strings.ReplaceAll(m[1], " ", "-"), m[2])
	}
	get := func(names ...string) string {
		for _, n := range names {
			if v := fields[n]; len(v) > 0 {
				return v[0]
			}
		}
		return ""
	}
	accession := get("ACCESSION-NUMBER")
	form := get("CONFORMED-SUBMISSION-TYPE", "TYPE", "FORM-TYPE")
	stamp := events.Reading{Zone: newYork(), Why: byRule}.Stamp(get("ACCEPTANCE-DATETIME"))
	if stamp.Precision == events.NoTime || accession == "" {
		b.Reject(line, "a filing header without an accession number or a time of acceptance that can be read: %q", get("ACCEPTANCE-DATETIME"))
		return nil
	}
	if b.Accepted == nil {
		b.Accepted = map[string]time.Time{}
	}
	if _, twice := b.Accepted[accession]; twice {
		return nil // as tags and in words
	}
	b.Accepted[accession] = stamp.Time
	if !takes(s.Forms, form) {
		b.Tell("%s is a form %s, not taken (--forms %s would); its time of acceptance %s settles the clock of that filing elsewhere", accession, form, form, stamp.Time.UTC().Format(time.RFC3339))
		return nil
	}
	var items []string
	for _, raw := range append(fields["ITEMS"], fields["ITEM-INFORMATION"]...) {
		number, known := itemNumber(raw)
		if !known {
			b.Tell("item %q has no number known", raw)
			continue
		}
		if !slices.Contains(items, number) {
			items = append(items, number)
		}
	}
	slices.Sort(items)
	it := item(get("COMPANY-CONFORMED-NAME", "CONFORMED-NAME"), form, accession, get("CENTRAL-INDEX-KEY", "CIK"), items, s.Securities)
	it.Stamp, it.Bound, it.Line = stamp, stamp.Time, line
	it.Note = strings.TrimSpace("CIK " + get("CENTRAL-INDEX-KEY", "CIK"))
	if period := (events.Reading{}).Stamp(get("CONFORMED-PERIOD-OF-REPORT", "PERIOD")); period.Precision == events.Day {
		it.Note += "; period of report " + period.Time.Format(time.DateOnly)
		y, m, d := stamp.Time.Date()
		if days := int(time.Date(y, m, d, 0, 0, 0, 0, time.UTC).Sub(period.Time).Hours() / 24); days > 0 && strings.HasPrefix(form, "8-K") {
			it.Doubts = append(it.Doubts, fmt.Sprintf("the event reported is of %s, %s before the filing: it may have been known earlier", period.Time.Format(time.DateOnly), days2(days)))
		}
	}
	if n := len(fields["COMPANY-CONFORMED-NAME"]) + len(fields["CONFORMED-NAME"]); n > 1 {
		it.Note += fmt.Sprintf("; %d companies are named", n)
	}
	b.Add(it)
	return nil
}

func days2(n int) string {
	if n == 1 {
		return "1 day"
	}
	return fmt.Sprintf("%d days", n)
}

// readJSON reads submissions, one of their older pages, or an answer of the full-text
// search.
func readJSON(s *events.Source, r *events.Record) (*events.Batch, error) {
	if hits := events.RecordOf(r.Raw("hits")); hits != nil {
		list, _ := hits.Raw("hits").([]any)
		return readSearch(s, list)
	}
	columns := r
	if filings := events.RecordOf(r.Raw("filings")); filings != nil {
		if columns = events.RecordOf(filings.Raw("recent")); columns == nil {
			return nil, fmt.Errorf("%s: submissions without filings.recent", s.Name)
		}
	}
	if !columns.Has("accessionnumber") {
		return nil, events.ErrUnknownKind
	}
	return readSubmissions(s, r, columns)
}

// readSearch reads hits of the full-text search. They are documents; those of one filing
// are one event.
func readSearch(s *events.Source, list []any) (*events.Batch, error) {
	b := s.Batch("full-text search of EDGAR")
	seen := map[string]int{}
	left := map[string]int{}
	for i, h := range events.Records(list) {
		var src *events.Record
		if h != nil {
			src = events.RecordOf(h.Raw("source"))
		}
		if src == nil {
			b.Reject(0, "hit %d is no document", i+1)
			continue
		}
		accession := src.Text("adsh")
		if accession == "" {
			accession, _, _ = strings.Cut(h.Text("id"), ":")
		}
		form := cmp.Or(src.Text("form"), first(src.List("rootforms")))
		if seen[accession]++; seen[accession] > 1 {
			continue
		}
		if !takes(s.Forms, form) {
			left[form]++
			continue
		}
		name, tickers, cik, kept := filers(src)
		if len(tickers) == 0 {
			tickers = s.Securities
		}
		it := item(name, form, accession, cik, src.List("items"), tickers)
		it.Stamp = events.Reading{}.Stamp(src.Text("filedate"))
		it.Note = kept
		if p := src.Text("periodending"); p != "" {
			it.Note = strings.TrimPrefix(it.Note+"; period of report "+p, "; ")
			if st := (events.Reading{}).Stamp(p); strings.HasPrefix(form, "8-K") && st.Precision == events.Day && it.Stamp.Precision == events.Day && st.Time.Before(it.Stamp.Time) {
				it.Doubts = append(it.Doubts, fmt.Sprintf("the event reported is of %s, %s before the filing: it may have been known earlier", p, days2(int(it.Stamp.Time.Sub(st.Time).Hours()/24))))
			}
		}
		it.Doubts = append(it.Doubts, "the search gives the date of filing alone; what is accepted after 17:30 bears the next day's")
		b.Add(it)
	}
	more := 0
	for a, n := range seen {
		if n > 1 && a != "" {
			more += n - 1
		}
	}
	if more > 0 {
		b.Tell("%d hits are further documents of filings already taken", more)
	}
	tellLeft(b, left)
	return b, nil
}

func first(list []string) string {
	if len(list) == 0 {
		return ""
	}
	return list[0]
}

var displayName = pattern.New(`^(.*?)\s*(?:\(([A-Z0-9.,\s-]+)\))?\s*\(CIK\s+(\d+)\)\s*$`)

// filers returns the name of the first filer with tickers, else of the first; its
// tickers and CIK, and what is kept of the others as a note.
func filers(src *events.Record) (name string, tickers []string, cik, note string) {
	list, _ := src.Raw("displaynames").([]any)
	type filer struct {
		name, cik string
		tickers   []string
	}
	var all []filer
	for _, v := range list {
		text, _ := v.(string)
		m := displayName.FindStringSubmatch(text)
		if m == nil {
			all = append(all, filer{name: strings.TrimSpace(text)})
			continue
		}
		f := filer{name: m[1], cik: m[3]}
		for _, t := range strings.Split(m[2], ",") {
			if t = strings.TrimSpace(t); t != "" {
				f.tickers = append(f.tickers, t)
			}
		}
		all = append(all, f)
	}
	if len(all) == 0 {
		return "", nil, first(src.List("ciks")), ""
	}
	name, cik = all[0].name, all[0].cik
	for _, f := range all {
		for _, t := range f.tickers {
			if !slices.Contains(tickers, t) {
				tickers = append(tickers, t)
			}
		}
	}
	tickers, apart := common(tickers)
	note = "CIK " + cik
	if len(all) > 1 {
		names := make([]string, len(all))
		for i, f := range all {
			names[i] = f.name
		}
		note = fmt.Sprintf("%d filers: %s", len(all), strings.Join(names, "; "))
	}
	if len(apart) > 0 {
		note += "; not taken, preferred shares and the like: " + strings.Join(apart, ", ")
	}
	return name, tickers, cik, note
}

var notCommon = pattern.New(`-(?:P[A-Z]?|WTA?|WS|W|U|UN|RI?)$`)

// common parts the symbols of common shares from those of preferred shares, warrants, units
// and rights, whose prices tell of other things. Where there are none but such, they are
// taken.
func common(symbols []string) (shares, apart []string) {
	for _, s := range symbols {
		if notCommon.MatchString(s) {
			apart = append(apart, s)
		} else {
			shares = append(shares, s)
		}
	}
	if len(shares) == 0 {
		return apart, nil
	}
	return shares, apart
}
