package events

import (
	"cmp"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"aftershock/internal/pattern"
)

// Gathering says which items tell one story.
type Gathering struct {
	// Window is how far apart repeats of one story may be; Agree is by how much their
	// times may differ without a word.
	Window, Agree time.Duration
	// Alike is the least likeness of their titles, see [Likeness], where they name the
	// same securities; Exact where one of them names none.
	Alike, Exact float64
	// KeepRepeats leaves every item an event.
	KeepRepeats bool
}

// DefaultGathering is that of the program.
var DefaultGathering = Gathering{Window: 48 * time.Hour, Agree: time.Hour, Alike: 0.8, Exact: 0.98}

// previews are words of titles that tell of what is to come.
var previews = []string{"preview", "what to expect", "ahead of", "week ahead", "look ahead", "to watch", "what to know before", "expected to report", "curtain raiser", "earnings scheduled for", "ترقب", "توقعات", "قبيل"}

// preview reports whether a title announces what it names.
func preview(s string) bool {
	s = strings.ToLower(s)
	return slices.ContainsFunc(previews, func(p string) bool { return strings.Contains(s, p) })
}

// identity is what makes two items the same: an accession number, an address without what
// only counts visitors, or the source's own number with the place it comes from.
func identity(key, source string) string {
	key = strings.TrimSpace(key)
	if i := strings.Index(key, "accession-number="); i >= 0 {
		return key[i+len("accession-number="):]
	}
	if u, err := url.Parse(key); err == nil && u.Host != "" {
		host := strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
		q := u.Query()
		for k := range q {
			if strings.HasPrefix(k, "utm_") || k == "source" || k == "ref" || k == "feedType" || k == "feedName" || k == "wprss" {
				q.Del(k)
			}
		}
		out := host + strings.TrimRight(u.Path, "/")
		if len(q) > 0 {
			out += "?" + q.Encode()
		}
		return out
	}
	if len(key) < 12 && !strings.ContainsAny(key, "@-") {
		return publisher(source) + " " + key
	}
	return key
}

// publisher returns the host of an address, else the source itself.
func publisher(source string) string {
	if u, err := url.Parse(source); err == nil && u.Host != "" {
		return strings.TrimPrefix(strings.ToLower(u.Hostname()), "www.")
	}
	return source
}

// Publisher returns who gave out e, as far as its source says.
func (e *Event) Publisher() string {
	if name, ok := strings.CutPrefix(e.Note, "publisher: "); ok && !strings.Contains(name, "://") {
		name, _, _ = strings.Cut(name, ";")
		return name
	}
	return publisher(e.Source)
}

// candidate is an event that is compared with others.
type candidate struct {
	*Event
	title title
	set   string    // its securities
	at    time.Time // its instant, or noon of its date
	old   bool      // it stands in the catalogue
	order int

	calendar bool // foretold: it repeats what is of the same day alone
	day      int64
	apart    string // see Event.distinct
}

func newCandidate(e *Event, old bool, order int) candidate {
	c := candidate{Event: e, title: newTitle(e.Title, e.Publisher(), publisher(e.Source)), old: old, order: order}
	var symbols []string
	for _, t := range e.Targets {
		symbols = append(symbols, t.Symbol)
	}
	slices.Sort(symbols)
	c.set = strings.Join(symbols, " ")
	if c.at = e.Time; e.DateOnly {
		c.at = e.Date().Add(12 * time.Hour)
	}
	c.calendar = e.Provenance != nil && e.Provenance.scheduled || e.Status() == Expected
	c.day, c.apart = dayOf(e), e.distinct()
	return c
}

// repeats reports whether a and b tell one story, and adds to steps what it took.
func (g Gathering) repeats(a, b *candidate, steps *int) bool {
	*steps++
	if a.Timeless() || b.Timeless() || a.old && b.old {
		return false
	}
	if a.apart != "" && a.apart == b.apart {
		return false
	}
	if a.calendar || b.calendar {
		if a.day != b.day {
			return false
		}
		// A firm's results and its call about them are one event of its day.
		if a.calendar && b.calendar && a.set != "" && a.set == b.set && a.Category == "earnings" && b.Category == "earnings" {
			g.Alike = min(g.Alike, 0.6)
		}
	}
	gap := a.at.Sub(b.at).Abs()
	if gap > g.Window {
		return false
	}
	least := g.Alike
	if a.set != b.set && a.set != "" && b.set != "" {
		return false
	}
	if a.set == "" || b.set == "" { // the titles alone say that it is one story
		least = max(least, g.Exact)
	}
	if short := min(len(a.title.trigrams), len(b.title.trigrams)); short < 8 { // Results, Dividend
		least = 1
	}
	if a.title.letters == b.title.letters && a.title.letters != "" {
		return true
	}
	if a.title.most(&b.title) < least {
		return false
	}
	*steps += 10
	return a.title.likeness(b.title) >= least
}

// distinct returns what e shares with the items that it is no repeat of: those of EDGAR,
// and the dates of one series. It is told by the key where e was read from a catalogue.
func (e *Event) distinct() string {
	switch {
	case e.Provenance == nil:
		return ""
	case e.Provenance.distinct != "":
		return e.Provenance.distinct
	case accession.MatchString(e.Provenance.Key):
		return "edgar"
	}
	if base, at, ok := strings.Cut(e.Provenance.Key, "#"); ok && len(at) >= 8 {
		return "series " + base
	}
	return ""
}

var accession = pattern.New(`(?:^|accession-number=)\d{10}-\d{2}-\d{6}$`)

// Gather merges the events of one or more batches: an item that came twice is one, and the
// items of one story are one event, whose coverage are the others. Its time is the
// earliest credible one: not that of a preview, nor of a page that was rewritten later.
// Where times differ by more than g.Agree, the event says so. The order is that of the
// first items.
func (g Gathering) Gather(all []Event) ([]Event, Gathered) {
	out, same := unique(all, g.KeepRepeats)
	n := Gathered{Same: same, Whole: true}
	if g.KeepRepeats {
		return out, n
	}
	list := make([]candidate, len(out))
	for i := range out {
		list[i] = newCandidate(&out[i], false, i)
	}
	groups, whole := g.group(list)
	n.Whole = whole
	kept := make([]Event, 0, len(groups))
	for _, group := range groups {
		kept = append(kept, g.story(group))
		n.Repeats += len(group) - 1
	}
	return kept, n
}

// Gathered says what Gather made one of.
type Gathered struct {
	Same, Repeats int  // items that came twice; that are coverage of others
	Whole         bool // all titles were compared; else from some item on only equal ones
}

// unique makes one of items that came twice, and gives those that only share a key, as
// careless calendars do, keys of their own.
func unique(all []Event, keep bool) (out []Event, same int) {
	seen := map[string]int{}
	ids := map[string]bool{}
	next := map[string]int{} // the first number of a key that may be free
	differ := map[int]int{}  // by item, how often another time was met
	for _, e := range all {
		k := identity(e.Key(), e.Source)
		if i, ok := seen[k]; ok && !keep && (out[i].Title == e.Title && out[i].When() == e.When() || out[i].Origin != e.Origin && fileOf(out[i].Origin) != fileOf(e.Origin)) {
			same++
			if len(out[i].Targets) == 0 { // a filing's header names no security, the submissions do
				out[i].Targets = e.Targets
			}
			if disagrees(&out[i], &e) {
				if differ[i]++; differ[i] <= mostDiffer {
					disagree(&out[i], &e)
				}
			}
			continue
		}
		if ids[strings.ToLower(e.ID)] {
			p := Provenance{}
			if e.Provenance != nil {
				p = *e.Provenance
			}
			base := cmp.Or(strings.TrimSpace(p.Key), e.ID)
			p.Key, e.ID, next[base] = free(base, next[base], func(id string) bool { return ids[id] })
			e.Provenance = &p
			k = identity(p.Key, e.Source)
		}
		ids[strings.ToLower(e.ID)] = true
		seen[k] = len(out)
		out = append(out, e)
	}
	for i, n := range differ {
		if n > mostDiffer {
			p := *out[i].Provenance
			p.Doubts = append(slices.Clone(p.Doubts), fmt.Sprintf("the same item bears other times %d times more", n-mostDiffer))
			out[i].Provenance = &p
		}
	}
	return out, same
}

// mostDiffer is how many other times of one item are told one by one.
const mostDiffer = 20

// free returns the first key base#n, from n = 2 or next on, whose ID is not used, with
// that ID and the number after it.
func free(base string, next int, used func(id string) bool) (key, id string, after int) {
	for n := max(next, 2); ; n++ {
		key = fmt.Sprintf("%s#%d", base, n)
		if id = SafeID(key); !used(strings.ToLower(id)) {
			return key, id, n + 1
		}
	}
}

func fileOf(origin string) string {
	if i := strings.LastIndexByte(origin, ':'); i > 0 {
		if _, err := fmt.Sscan(origin[i+1:], new(int)); err == nil {
			return origin[:i]
		}
	}
	return origin
}

// disagrees reports whether the same item bears another time elsewhere.
func disagrees(e, other *Event) bool {
	return e.Provenance != nil && !other.Timeless() && e.When() != other.When()
}

// disagree notes it.
func disagree(e, other *Event) {
	p := *e.Provenance
	if e.Timeless() {
		q := *other.Provenance
		q.Coverage = append(q.Coverage, p.Coverage...)
		e.Time, e.DateOnly, e.AfterClose, e.Precision, e.Provenance = other.Time, other.DateOnly, other.AfterClose, other.Precision, &q
		return
	}
	p.Doubts = append(slices.Clone(p.Doubts), fmt.Sprintf("the same item bears the time %s in %s", other.When(), fileOf(other.Origin)))
	e.Provenance = &p
}

// credible reports whether the time of e can be that of the news.
func credible(e *Event) bool {
	return !preview(e.Title) && (e.Provenance == nil || !e.Provenance.Rewritten)
}

// story makes one event of a group: that with the earliest credible time.
func (g Gathering) story(group []candidate) Event {
	if len(group) == 1 {
		return *group[0].Event
	}
	lead := slices.MinFunc(group, func(a, b candidate) int {
		if x, y := credible(a.Event), credible(b.Event); x != y {
			if x {
				return -1
			}
			return 1
		}
		// On one date an hour says more than none.
		if a.DateOnly != b.DateOnly && a.Date().Equal(b.Date()) {
			if a.DateOnly {
				return 1
			}
			return -1
		}
		return a.at.Compare(b.at)
	})
	e := *lead.Event
	p := Provenance{}
	if e.Provenance != nil {
		p = *e.Provenance
	}
	p.Doubts, p.Coverage = slices.Clone(p.Doubts), slices.Clone(p.Coverage)
	for _, c := range group {
		if c.Event == lead.Event {
			continue
		}
		p.Coverage = append(p.Coverage, Coverage{Key: c.Key(), Title: c.Title, Source: cmp.Or(c.Source, c.Publisher()), Time: c.When()})
		if c.Provenance != nil {
			p.Coverage = append(p.Coverage, c.Provenance.Coverage...)
		}
		if len(e.Targets) == 0 {
			e.Targets = c.Targets
		}
		if !credible(c.Event) && c.at.Before(lead.at) {
			p.Doubts = append(p.Doubts, fmt.Sprintf("%s bears the earlier time %s, but is a preview or was rewritten later: not taken", cmp.Or(c.Publisher(), c.ID), c.When()))
		}
	}
	first, last := group[0], group[len(group)-1] // by time
	if gap := last.at.Sub(first.at); gap > g.Agree && !first.DateOnly && !last.DateOnly {
		p.Doubts = append(p.Doubts, fmt.Sprintf("the times of its %d reports differ by %s, from %s to %s", len(group), hours(gap), first.When(), last.When()))
	}
	e.Provenance = &p
	return e
}

// hours writes a duration in hours and minutes.
func hours(d time.Duration) string {
	d = d.Round(time.Minute)
	h, m := int(d/time.Hour), int(d%time.Hour/time.Minute)
	switch {
	case h == 0:
		return fmt.Sprintf("%d min", m)
	case m == 0:
		return fmt.Sprintf("%d h", h)
	}
	return fmt.Sprintf("%d h %d min", h, m)
}
