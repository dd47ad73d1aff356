package main

import (
	"bytes"
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime/debug"
	"slices"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"aftershock/events"
	"aftershock/events/agenda"
	"aftershock/events/feed"
	"aftershock/events/fetch"
	"aftershock/events/filing"
	"aftershock/internal/bounded"
	"aftershock/internal/sealed"
	"aftershock/internal/words"
)

// mostImported is how many bytes of a source are read.
const mostImported = 64 << 20

// How many items that were updated, and that could not be read, are said one by one.
const (
	mostSaid     = 1000
	mostRejected = 10
)

// catalogFormats are the forms of a catalogue that is written.
var catalogFormats = []string{"yaml", "csv", "json"}

// intake is what one call of events import asks for.
type intake struct {
	out, format string
	online      string
	forms       []string
	securities  []string
	keep        bool
	resolve     bool
	in          *words.Language // that the answer is in
	names       *events.Names   // to resolve by
}

func (a *app) eventsImportCommand() *cobra.Command {
	var q intake
	flags := make(settingsFlags)
	cmd := &cobra.Command{
		Use:   "import SOURCE...",
		Short: "Make a catalogue of feeds, filings, calendars and files of news",
		Long: `Make a catalogue of news, or add to one. The kind of a source is recognised by its
content: RSS (RDF too), Atom, JSON Feed, news sitemaps; GDELT DOC 2.0 (JSON, CSV); SEC
EDGAR's submissions, filing headers and full-text search; earnings calendars (Nasdaq,
Finnhub, Alpha Vantage, FMP, yfinance); iCalendar; the news of Benzinga, Polygon, Alpaca
and others as JSON; pages; any CSV or JSON by usual headings, else by those that
import.columns of the configuration names. A source is a file, - for standard input,
or with --url an address.

An event keeps the time as its source wrote it, the zone it gave, the zone that was
assumed and why, and how precise it is. What cannot be known stays unknown: a clock
without a zone is not taken for UTC (session 0 is then that of the date; --zone tells
it), an item without a date is a draft, which no study takes. What a calendar foretells
is expected until it is confirmed.

Items that tell one story (the same securities, alike titles, within --window) form one
event with the earliest credible time; the others are its coverage. What was imported
before is not imported again; a changed time is an update, and said. --keep-repeats
leaves every item an event.`,
		Example: `  aftershock events import feed.xml --out news.yaml
  aftershock events import submissions.json --forms 8-K,10-Q --format json
  aftershock events import --url https://example.org/rss.xml --out news.yaml`,
		Args: arguments(cobra.MinimumNArgs(0)),
		RunE: func(cmd *cobra.Command, args []string) error { return a.eventsImport(cmd, flags, &q, args) },
	}
	f := cmd.Flags()
	f.StringVar(&q.out, "out", "-", "catalogue to write or add to; - is standard output")
	f.StringVar(&q.format, "format", "", "yaml, csv or json (default that of the name of --out, else yaml)")
	f.StringVar(&q.online, "url", "", "fetch sources that are addresses")
	f.Lookup("url").NoOptDefVal = all
	f.StringSliceVar(&q.forms, "forms", nil, "forms of filings to take, or all (default 8-K)")
	f.StringSliceVar(&q.securities, "security", nil, "securities of items that name none")
	f.BoolVar(&q.keep, "keep-repeats", false, "leave every item an event")
	f.BoolVar(&q.resolve, "resolve", false, "find the securities of items that name none by the firms and products in their titles")
	for key, flag := range map[string]string{"import.zone": "zone", "import.window": "window", "import.contact": "contact"} {
		usage := map[string]string{"zone": "zone of times that have none, such as America/New_York", "window": "how far apart the reports of one story may be", "contact": "whom servers may write to, in the User-Agent"}[flag]
		f.String(flag, "", usage)
		flags[key] = f.Lookup(flag)
	}
	langFlag(cmd, flags)
	return cmd
}

// checkImport checks the settings of events import, and returns the zone of times that
// have none, and how repeats are gathered.
func (c *config) checkImport() (zone *time.Location, g events.Gathering) {
	g = events.DefaultGathering
	s := &c.Import
	if s.Zone != "" {
		loc, err := time.LoadLocation(s.Zone)
		if err != nil || !strings.Contains(s.Zone, "/") && s.Zone != "UTC" {
			c.bad("import.zone", "%q is not known; write a place such as America/New_York, or UTC", s.Zone)
		}
		zone = loc
	}
	w, err := time.ParseDuration(s.Window)
	if err != nil || w < 0 {
		c.bad("import.window", "%q is not a length of time; write 48h or 90m", s.Window)
	}
	g.Window = w
	if d, err := time.ParseDuration(s.Timeout); err != nil || d <= 0 {
		c.bad("import.timeout", "%q is not a length of time above 0; write 30s", s.Timeout)
	}
	if !(s.Rate > 0) || s.Rate > 100 {
		c.bad("import.rate", "%v requests a second; use a number above 0, at most 100", s.Rate)
	}
	if strings.ContainsFunc(s.Contact, func(r rune) bool { return r < ' ' || r > '~' }) {
		c.bad("import.contact", "%q holds characters that no header can; write an address such as me@example.org", s.Contact)
	}
	return zone, g
}

func (a *app) eventsImport(cmd *cobra.Command, flags settingsFlags, q *intake, args []string) error {
	if q.online != "" && q.online != all {
		args = append(args, q.online)
	}
	if len(args) == 0 {
		return usageError{fmt.Errorf("requires at least 1 source; use: %s", cmd.UseLine())}
	}
	if err := checkLang(flags["output.lang"].Value.String()); err != nil {
		return err
	}
	c, err := a.configured(cmd, flags)
	if err != nil {
		return err
	}
	q.in = words.Of(c.Output.Lang)
	zone, gather := c.checkImport()
	if err := c.err(); err != nil {
		return err
	}
	gather.KeepRepeats = q.keep
	format, err := q.formatOf()
	if err != nil {
		return err
	}
	if q.resolve {
		if q.names, err = c.nameTable(); err != nil {
			return err
		}
	}
	old, document, err := readOld(q.out)
	if err != nil {
		return err
	}

	// What is read is held as events, and little of it is left behind: memory for half as
	// much again is enough.
	defer debug.SetGCPercent(debug.SetGCPercent(50))

	client := c.client()
	mapping := c.importColumns()
	var batches []*events.Batch
	var wrong []error
	for _, name := range args {
		data, charset, err := a.source(cmd.Context(), client, q, name)
		if err == nil {
			text, told := events.UTF8(data, charset)
			s := &events.Source{Name: filepath.ToSlash(name), Text: text, Zone: zone, Securities: q.securities, Forms: q.forms, Mapping: mapping}
			var b *events.Batch
			if b, err = recognise(s); err == nil {
				b.Told = append(told, b.Told...)
				batches = append(batches, b)
				err = unread(b)
			}
		}
		if err != nil {
			if cmd.Context().Err() != nil {
				return cmd.Context().Err()
			}
			wrong = append(wrong, err)
		}
	}
	if len(wrong) > 0 {
		return errors.Join(wrong...)
	}
	return a.takeIn(batches, old, document, gather, q, format)
}

// unread is the error of a source that has items, of which none can be read.
func unread(b *events.Batch) error {
	n := len(b.Rejected)
	if n == 0 || len(b.Events) > 0 {
		return nil
	}
	const shown = 3
	var why []string
	for _, p := range b.Rejected[:min(n, shown)] {
		why = append(why, strings.TrimPrefix(p.Error(), b.Origin+":"))
	}
	if n > shown {
		why = append(why, fmt.Sprintf("and %d more", n-shown))
	}
	return fmt.Errorf("%s: none of its %s can be read: %s", b.Origin, plural(n, "item"), strings.Join(why, "; "))
}

// formatOf returns the form in which to write.
func (q *intake) formatOf() (string, error) {
	byName := strings.TrimPrefix(strings.ToLower(filepath.Ext(q.out)), ".")
	if byName == "yml" {
		byName = "yaml"
	}
	switch {
	case q.format != "" && !slices.Contains(catalogFormats, q.format):
		return "", usageError{fmt.Errorf("--format: %q is not a form of catalogues%s", q.format, didYouMean(q.format, catalogFormats))}
	case q.out == "-":
		return cmp.Or(q.format, "yaml"), nil
	case !slices.Contains(catalogFormats, byName):
		return "", usageError{fmt.Errorf("--out: %s: the kind of file is not known; name it .yaml, .json or .csv", q.out)}
	case q.format != "" && q.format != byName:
		return "", usageError{fmt.Errorf("--format: %s does not go with --out %s; leave one of them out", q.format, q.out)}
	}
	return byName, nil
}

// readOld reads the catalogue that is to be added to; an empty one where there is none.
func readOld(out string) (*events.Catalog, []byte, error) {
	if out == "-" {
		return &events.Catalog{}, nil, nil
	}
	document, err := bounded.ReadFile(out, largestCatalog, "write to another file")
	if errors.Is(err, fs.ErrNotExist) {
		if _, err := os.Stat(filepath.Dir(out)); err != nil {
			return nil, nil, fmt.Errorf("--out: the folder of %s is not there: %w", out, err)
		}
		return &events.Catalog{}, nil, nil
	}
	if err != nil {
		return nil, nil, fmt.Errorf("the catalogue cannot be read: %w", err)
	}
	if t := strings.TrimSpace(string(document)); t == "" || t == "[]" {
		return &events.Catalog{}, nil, nil
	}
	cat, err := events.Read(filepath.ToSlash(out), bytes.NewReader(document))
	if err != nil {
		return nil, nil, err
	}
	if strings.EqualFold(filepath.Ext(out), ".csv") && len(cat.Warnings) > 0 {
		return nil, nil, fmt.Errorf("%s\n%s: adding to it would lose these columns; write to another file", strings.Join(cat.Warnings, "\n"), out)
	}
	return cat, document, nil
}

// client is what asks servers, as the configuration says, which has been checked.
func (c *config) client() *fetch.Client {
	client := &fetch.Client{Version: readBuild().version, Contact: c.Import.Contact, Rate: c.Import.Rate, Most: mostImported, Tries: 3, Cache: importCache()}
	client.Timeout, _ = time.ParseDuration(c.Import.Timeout)
	return client
}

// importCache is the folder in which answers are kept with their ETags.
func importCache() string {
	dir, err := os.UserCacheDir()
	if err != nil {
		return ""
	}
	return filepath.Join(dir, "aftershock", "import")
}

// importColumns returns the names of columns that the configuration gives.
func (c *config) importColumns() map[string]string {
	s := c.Import.Columns
	m := map[string]string{
		"id": s.ID, "title": s.Title, "time": s.Time, "date": s.Date, "zone": s.Zone, "securities": s.Securities, "category": s.Category, "source": s.Source, "url": s.URL,
	}
	for k, v := range m {
		if v == "" {
			delete(m, k)
		}
	}
	return m
}

// source returns the bytes of a source, and the encoding that came with them.
func (a *app) source(ctx context.Context, client *fetch.Client, q *intake, name string) ([]byte, string, error) {
	if u, err := url.Parse(name); err == nil && len(u.Scheme) > 1 && u.Host != "" {
		if q.online == "" {
			return nil, "", usageError{fmt.Errorf("%s is an address; add --url to fetch it", name)}
		}
		page, err := client.Get(ctx, name)
		if err != nil {
			return nil, "", err
		}
		if !page.Fresh {
			a.say("%s: not changed since it was fetched last", name)
		}
		if page.Redirect {
			a.say("%s: moved to %s", name, page.Address)
		}
		data, err := unpacked(name, page.Data)
		return data, page.Charset, err
	}
	var in io.Reader = a.stdin
	if name != "-" {
		f, err := os.Open(name)
		if err != nil {
			return nil, "", fmt.Errorf("the source cannot be read: %w", err)
		}
		defer f.Close()
		info, err := f.Stat()
		switch {
		case err != nil:
			return nil, "", err
		case info.IsDir():
			return nil, "", fmt.Errorf("%s is a folder; name the files in it", name)
		}
		in = f
	}
	data, err := io.ReadAll(io.LimitReader(in, mostImported+1))
	switch {
	case err != nil:
		return nil, "", fmt.Errorf("%s: %w", name, err)
	case len(data) > mostImported:
		return nil, "", fmt.Errorf("%s: larger than the %d MB that are read; split it", name, mostImported>>20)
	}
	data, err = unpacked(name, data)
	return data, "", err
}

// unpacked returns data, unpacked where it is gzip.
func unpacked(name string, data []byte) ([]byte, error) {
	return bounded.Unpack(name, data, mostImported, "split it")
}

// recognise reads s by the first reader that knows its kind.
func recognise(s *events.Source) (*events.Batch, error) {
	if len(bytes.TrimSpace(s.Text)) == 0 {
		return nil, fmt.Errorf("%s: the file is empty", s.Name)
	}
	if bytes.Contains(s.Text, []byte("raw_time")) {
		if b, err := ofCatalogue(s); b != nil || err != nil {
			return b, err
		}
	}
	for _, read := range []func(*events.Source) (*events.Batch, error){filing.Read, agenda.Read, feed.Read} {
		b, err := read(s)
		if !errors.Is(err, events.ErrUnknownKind) {
			return b, err
		}
	}
	if b, err := ofCatalogue(s); b != nil || err != nil {
		return b, err
	}
	return nil, fmt.Errorf(`%s: the kind of source is not known: no feed, filing, calendar, page, or table with a header; a text goes through "aftershock events extract"`, s.Name)
}

// ofCatalogue reads a catalogue of ours; nothing where s is none by its name.
func ofCatalogue(s *events.Source) (*events.Batch, error) {
	switch strings.ToLower(filepath.Ext(strings.TrimSuffix(s.Name, ".gz"))) {
	case ".yaml", ".yml", ".json", ".csv":
	default:
		return nil, nil
	}
	cat, err := events.Read(s.Name, bytes.NewReader(s.Text))
	if err != nil {
		return nil, err
	}
	b := s.Batch("catalogue")
	b.Events, b.Told = cat.Events, cat.Warnings
	return b, nil
}

// takeIn gathers what was read, merges it into the old catalogue, and writes that.
func (a *app) takeIn(batches []*events.Batch, old *events.Catalog, document []byte, gather events.Gathering, q *intake, format string) error {
	known := map[string]time.Time{}
	for _, b := range batches {
		for k, t := range b.Accepted {
			known[k] = t
		}
	}
	var found []events.Event
	var told []string
	var rejected events.Errors
	for _, b := range batches {
		if n := filing.Settle(b, known); n > 0 {
			b.Tell("%s settled by filing headers", plural(n, "time"))
		}
		told = append(told, fmt.Sprintf("%s: %s, %s", b.Origin, b.Kind, plural(len(b.Events), "event")))
		for _, t := range b.Told {
			told = append(told, b.Origin+": "+t)
		}
		if b.Untold > 0 {
			told = append(told, fmt.Sprintf("%s: %d more remarks are not told", b.Origin, b.Untold))
		}
		rejected = append(rejected, b.Rejected...)
		if len(batches) == 1 {
			found = b.Events
		} else {
			found = append(found, b.Events...)
		}
		b.Events, b.Accepted = nil, nil
	}
	if q.resolve {
		more := resolveSecurities(q.names, found)
		told = append(told, more...)
	}
	count := len(found)
	gathered, by := gather.Gather(found)
	found = nil // what follows needs the memory
	if by.Same > 0 {
		told = append(told, fmt.Sprintf("%s the same as others, and taken once", wereThere(by.Same, "item")))
	}
	merged := gather.Merge(old, gathered)
	if !by.Whole || !merged.Whole {
		told = append(told, "the titles within one window are too many to compare each with each: of the later ones only those that are the same, letter by letter, are taken for repeats; import fewer sources at a time, or shorten --window")
	}
	repeats := by.Repeats + merged.Repeats
	if repeats > 0 {
		told = append(told, fmt.Sprintf("%s told again elsewhere, as coverage of an event (the same securities, titles alike by %.2f, without securities by %.2f, within %s); --keep-repeats leaves them events", wereThere(repeats, "item"), gather.Alike, gather.Exact, hoursOf(gather.Window)))
	}
	drafts, expected := 0, 0
	for i := range old.Events {
		switch e := &old.Events[i]; {
		case !merged.Changed[e.ID]:
		case e.Status() == events.Draft:
			drafts++
		case e.Status() == events.Expected:
			expected++
		}
	}
	if drafts > 0 {
		told = append(told, fmt.Sprintf("%s without a time: drafts, which no study takes until a time is written in", plural(drafts, "event")))
	}
	if expected > 0 {
		told = append(told, fmt.Sprintf("%s expected, not confirmed: a study says so", wereThere(expected, "event")))
	}
	if count == 0 {
		told = append(told, "no events")
	}
	for _, p := range rejected[:min(len(rejected), mostRejected)] {
		a.say("%v", p)
	}
	if n := len(rejected) - mostRejected; n > 0 {
		a.say("%d more items could not be read, the last of them %s; --format json --out - lists all", n, rejected[len(rejected)-1].Error())
	}
	for _, t := range told {
		a.say("%s", t)
	}
	for _, u := range merged.Updated[:min(len(merged.Updated), mostSaid)] {
		a.say("updated: %s", u)
	}
	if n := len(merged.Updated) - mostSaid; n > 0 {
		a.say("updated: %d more events", n)
	}

	var out bytes.Buffer
	var err error
	switch {
	case format == "json":
		err = events.WriteImport(&out, old, q.out == "-", rejected, told)
	case format == "csv":
		err = events.WriteCSV(&out, old)
	case document != nil:
		err = events.AmendYAML(&out, document, old, merged.Changed)
	default:
		err = events.WriteYAML(&out, old)
	}
	if err != nil {
		return err
	}
	if q.out == "-" {
		_, err := a.stdout.Write(out.Bytes())
		return err
	}
	if len(merged.Changed) > 0 || document == nil {
		if err := sealed.Replace(q.out, func(f *os.File) error { _, err := f.Write(out.Bytes()); return err }); err != nil {
			return writable(fmt.Errorf("the catalogue cannot be written: %w", err), "--out")
		}
	}
	_, err = fmt.Fprintln(a.stdout, q.in.Say("%[1]s: {2:%[2]s event|%[2]s events} added, %[3]s updated, %[4]s known already, {5:%[5]s repeat|%[5]s repeats} of stories", q.out, merged.Added, len(merged.Updated), merged.Unchanged, repeats))
	return err
}

// hoursOf writes a length of time without what is 0 at its end.
func hoursOf(d time.Duration) string {
	s := strings.TrimSuffix(d.String(), "0s")
	return strings.TrimSuffix(cmp.Or(s, "0s"), "0m")
}

func wereThere(n int, what string) string {
	if n == 1 {
		return "1 " + what + " is"
	}
	return fmt.Sprintf("%d %ss are", n, what)
}

// resolveSecurities finds the securities of events that name none, by the names in their
// titles and the CIK of their filer, and says what was not resolved.
func resolveSecurities(names *events.Names, list []events.Event) (told []string) {
	resolved := 0
	open := map[string]int{}
	for i := range list {
		e := &list[i]
		if len(e.Targets) > 0 {
			continue
		}
		symbols, unresolved := names.Symbols(e.Title)
		if cik := cikOf(e); cik != "" {
			if firm, ok := names.ByCIK(cik); ok && firm.Symbol != "" {
				symbols = []string{firm.Symbol}
			}
		}
		for _, s := range symbols {
			e.Targets = append(e.Targets, events.Target{Symbol: s})
		}
		if len(symbols) > 0 {
			resolved++
		}
		for _, m := range unresolved {
			name := cmp.Or(m.Entity.Name, m.Text)
			open[name]++
			if e.Provenance != nil && !slices.Contains(e.Provenance.Unresolved, name) {
				e.Provenance.Unresolved = append(e.Provenance.Unresolved, name)
			}
		}
	}
	if resolved > 0 {
		told = append(told, fmt.Sprintf("the securities of %s were found by the names in the titles", plural(resolved, "event")))
	}
	if len(open) > 0 {
		var list []string
		for n := range open {
			list = append(list, n)
		}
		slices.Sort(list)
		const shown = 20
		more := ""
		if len(list) > shown {
			more = fmt.Sprintf(" and %d more", len(list)-shown)
			list = list[:shown]
		}
		told = append(told, "not resolved to a security: "+strings.Join(list, ", ")+more)
	}
	return told
}

// cikOf returns the filer of e, "" where it is none.
func cikOf(e *events.Event) string {
	rest, ok := strings.CutPrefix(e.Note, "CIK ")
	if ok {
		rest, _, _ = strings.Cut(rest, ";")
		return strings.TrimSpace(rest)
	}
	if i := strings.Index(e.Source, "CIK="); i >= 0 && strings.Contains(e.Source, "sec.gov") {
		rest, _, _ = strings.Cut(e.Source[i+4:], "&")
		return rest
	}
	return ""
}
