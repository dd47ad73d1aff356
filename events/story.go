package events

import (
	"cmp"
	"fmt"
	"math"
	"math/bits"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode"

	"aftershock/internal/pattern"
	"sync"
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

// Likeness returns how alike two titles are, from 0 to 1: the Dice coefficient of the
// trigrams of their letters and digits,
//
//	2 |A and B| / (|A| + |B|),
//
// without case, blanks, punctuation and a publisher's name at the end, since wires differ
// in those. It is 0 where the titles give other numbers, days or months, or where one says
// the opposite of the other (upgrades, downgrades), however alike the rest.
//
// Source: Dice (1945); the exceptions are this program's.
func Likeness(a, b string) float64 { return newTitle(a).likeness(newTitle(b)) }

// title is a title made ready for comparison.
type title struct {
	letters  string
	digits   string
	signs    string // words that change all: days, months, directions
	trigrams []uint32
	bits     [4]uint64 // a bit for each trigram
}

// turning are the words without whose agreement two titles are not alike: names of days
// and months, and directions.
var turning = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, list := range [][]string{weekdays[:], months[:]} {
		for _, line := range list {
			f := strings.Fields(line)
			for _, w := range f {
				if len([]rune(w)) > 2 && w != "may" && w != "mars" && w != "set" && w != "sat" && w != "sun" && w != "mar" && w != "dom" && w != "mag" && w != "ago" && w != "gen" && w != "dim" && w != "sam" && w != "ene" {
					m[w] = f[1]
				}
			}
		}
	}
	for _, pair := range [][2]string{
		{"up", "down"}, {"upgrade upgrades upgraded", "downgrade downgrades downgraded"}, {"raise raises raised hikes lifts", "lower lowers lowered cuts cut slashes trims"},
		{"beat beats tops", "miss misses"}, {"rise rises rose gain gains jumps surges soars climbs rallies", "fall falls fell drop drops plunges slumps sinks tumbles"},
		{"higher", "lower"}, {"buy buys", "sell sells"}, {"win wins", "lose loses"}, {"approves", "rejects"}, {"open opens", "close closes"}, {"confirms", "denies"},
		{"يرتفع ترتفع ارتفاع ارتفعت", "ينخفض تنخفض انخفاض انخفضت تراجع"}, {"صعود", "هبوط"}, {"ترفع يرفع", "تخفض يخفض"},
	} {
		for side, words := range pair {
			for _, w := range strings.Fields(words) {
				m[w] = []string{"+", "-"}[side] + strings.Fields(pair[0])[0]
			}
		}
	}
	return m
})

// newTitle makes a title ready; names are those of its publisher.
func newTitle(s string, names ...string) title {
	s = withoutPublisher(s, names...)
	var t title
	var letters, digits, word strings.Builder
	var signs []string
	end := func() {
		if w, ok := turning()[word.String()]; ok {
			signs = append(signs, w)
		}
		word.Reset()
	}
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits.WriteRune(r)
			letters.WriteRune(r)
			end()
		case unicode.IsLetter(r):
			r = unicode.ToLower(r)
			letters.WriteRune(r)
			word.WriteRune(r)
		case unicode.IsMark(r): // Arabic vowels are written or not
		case r == '\'' || r == '’':
		default:
			end()
		}
	}
	end()
	slices.Sort(signs)
	t.letters, t.digits, t.signs = letters.String(), digits.String(), strings.Join(slices.Compact(signs), " ")
	runes := []rune("  " + t.letters + " ")
	for i := 0; i+2 < len(runes); i++ {
		t.trigrams = append(t.trigrams, uint32(runes[i])*0x9e3779b1^uint32(runes[i+1])*0x85ebca6b^uint32(runes[i+2])*0xc2b2ae35)
	}
	slices.Sort(t.trigrams)
	t.trigrams = slices.Compact(t.trigrams)
	for _, x := range t.trigrams {
		t.bits[x>>30] |= 1 << (x >> 24 & 63)
	}
	return t
}

// most returns a bound of the likeness of t and u, found without their trigrams.
func (t *title) most(u *title) float64 {
	if t.digits != u.digits || t.signs != u.signs || len(t.trigrams) == 0 || len(u.trigrams) == 0 {
		return 0
	}
	a, b := len(t.trigrams), len(u.trigrams)
	inBoth := a // at most: every bit that u lacks is of a trigram that it lacks
	for i, x := range t.bits {
		inBoth -= bits.OnesCount64(x &^ u.bits[i])
	}
	return 2 * float64(min(inBoth, b)) / float64(a+b)
}

func (t title) likeness(u title) float64 {
	if t.letters == u.letters && t.letters != "" {
		return 1
	}
	if t.digits != u.digits || t.signs != u.signs || len(t.trigrams) == 0 || len(u.trigrams) == 0 {
		return 0
	}
	n := 0
	for i, j := 0, 0; i < len(t.trigrams) && j < len(u.trigrams); {
		switch c := cmp.Compare(t.trigrams[i], u.trigrams[j]); {
		case c == 0:
			n, i, j = n+1, i+1, j+1
		case c < 0:
			i++
		default:
			j++
		}
	}
	return 2 * float64(n) / float64(len(t.trigrams)+len(u.trigrams))
}

// wires are publishers whose names stand at the end of titles everywhere.
var wires = []string{"reuters", "cnbc", "bloomberg", "bloombergcom", "ap", "apnews", "associatedpress", "afp", "wsj", "thewallstreetjournal", "financialtimes", "ft", "bbc", "bbcnews", "cnn", "cnnbusiness",
	"yahoofinance", "yahoo", "marketwatch", "barrons", "benzinga", "seekingalpha", "investing", "investingcom", "forbes", "theverge", "techcrunch", "theguardian", "thenewyorktimes", "thewashingtonpost", "businessinsider",
	"themotleyfool", "fortune", "axios", "npr", "investopedia", "zacks", "nasdaq", "globenewswire", "prnewswire", "businesswire", "رويترز", "الجزيرة", "العربية", "سيانبيسي", "بلومبرغ", "الشرق", "أرقام", "أرقامالمالية"}

// withoutPublisher cuts the name that publishers and aggregators append to a title:
// " - Reuters", " | CNBC". It is a publisher's where names tell so: those of the item's
// publisher and address, and the wires'.
func withoutPublisher(s string, names ...string) string {
	for _, sep := range []string{" - ", " | ", " – ", " — ", " _ "} {
		i := strings.LastIndex(s, sep)
		if i <= 0 {
			continue
		}
		tail := Simple(s[i+len(sep):])
		if tail == "" || len(tail) > 60 {
			continue
		}
		if slices.Contains(wires, tail) {
			return s[:i]
		}
		for _, n := range names {
			if n = Simple(n); n != "" && (n == tail || len(tail) > 3 && strings.HasPrefix(n, tail)) {
				return s[:i]
			}
		}
	}
	return s
}

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

// group puts together what repeats; groups in the order of their first members, members in
// the order of time.
//
// Only titles of the same letters, or of the same numbers and turning words, can be alike,
// so that a candidate is compared with those alone. Where very many such titles of the
// same securities fall into one window, mostSteps ends the comparison: from there on
// only the same letters make a story, and whole is false.
func (g Gathering) group(list []candidate) (groups [][]candidate, whole bool) {
	slices.SortStableFunc(list, func(a, b candidate) int { return a.at.Compare(b.at) })
	// Groups by the securities of their first members, and by the forms of titles and the
	// days of their first three (any day where no calendar foretold them): ascending
	// numbers, apart by what is never one story, all and those without one of the catalogue.
	type key struct {
		set, form string
		day       int64
	}
	type shelf struct {
		apart string
		open  [2][]int
		next  *shelf // of the same key
	}
	type label struct {
		key
		apart string
	}
	shelves := make(map[key]*shelf, 2*len(list))
	others := map[label]*shelf{} // but the first of its key
	const anyDay = math.MinInt64
	// Most lists need few of the shelves that some do.
	foretold := slices.ContainsFunc(list, func(c candidate) bool { return c.calendar })
	known := slices.ContainsFunc(list, func(c candidate) bool { return c.old })
	var hasOld []bool // by group
	steps := 0
	forms := func(c *candidate) [2]string {
		return [2]string{"=" + c.title.letters, c.title.digits + " " + c.title.signs}
	}
	same := func(n int, c *candidate) bool {
		members := groups[n]
		for i := range members[:min(len(members), 3)] {
			if g.repeats(&members[i], c, &steps) {
				return true
			}
		}
		return false
	}
	// walk returns the first group of list that c is of, and list without those that it
	// can have no more.
	walk := func(c *candidate, list []int, before int) (int, []int) {
		for len(list) > 0 && c.at.Sub(groups[list[0]][0].at) > g.Window {
			list = list[1:]
		}
		found, i, gone := -1, 0, 0
		for ; i < len(list) && list[i] < before && found < 0; i++ {
			if n := list[i]; c.old && hasOld[n] {
				gone++
			} else if same(n, c) {
				found = n
			}
		}
		if gone == 0 {
			return found, list
		}
		to := i
		for from := i - 1; from >= 0; from-- {
			if n := list[from]; !hasOld[n] {
				to--
				list[to] = n
			}
		}
		return found, list[to:]
	}
	// look finds the first open group of set that c is of.
	look := func(c *candidate, set string) int {
		found := len(list)
		days := []int64{c.day, anyDay}
		if c.calendar {
			days = days[:1]
		} else if !foretold {
			days = days[1:]
		}
		which := 0
		if c.old {
			which = 1
		}
		for i, form := range forms(c) {
			for _, day := range days {
				for s := shelves[key{set, form, day}]; s != nil; s = s.next {
					if steps++; steps > mostSteps && (i > 0 || s.apart != "") {
						break
					}
					if s.apart != "" && s.apart == c.apart {
						continue
					}
					n := -1
					if n, s.open[which] = walk(c, s.open[which], found); n >= 0 {
						found = n
					}
				}
			}
		}
		if found == len(list) {
			return -1
		}
		return found
	}
	// Groups that name securities, for those that name none: the latest first.
	const most = 2000
	named := map[string][]int{}
	lookNamed := func(c *candidate) int {
		found := -1
		for _, form := range forms(c) {
			if steps > mostSteps {
				break
			}
			list := named[form]
			for at := len(list) - 1; at >= 0; at-- {
				n := list[at]
				if n <= found || n < len(groups)-most || c.at.Sub(groups[n][0].at) > g.Window {
					break
				}
				if g.repeats(&groups[n][0], c, &steps) {
					found = n
					break
				}
			}
		}
		return found
	}
	enter := func(c *candidate, n int) {
		for _, form := range forms(c) {
			for _, day := range []int64{c.day, anyDay} {
				if c.calendar && day == anyDay || !foretold && day != anyDay {
					continue
				}
				k := key{groups[n][0].set, form, day}
				first := shelves[k]
				s := first
				if first != nil && first.apart != c.apart {
					s = others[label{k, c.apart}]
				}
				switch {
				case s != nil:
				case first == nil:
					s = &shelf{apart: c.apart}
					shelves[k] = s
				default:
					s = &shelf{apart: c.apart, next: first.next}
					first.next, others[label{k, c.apart}] = s, s
				}
				for which := range s.open {
					if at, is := slices.BinarySearch(s.open[which], n); !is && (which == 0 || known && !hasOld[n]) {
						s.open[which] = slices.Insert(s.open[which], at, n)
					}
				}
			}
		}
	}
	for i := range list {
		c := &list[i]
		n := -1
		if !c.Timeless() {
			n = look(c, c.set)
			if n < 0 && c.set != "" {
				n = look(c, "")
			} else if n < 0 {
				n = lookNamed(c)
			}
		}
		if n >= 0 {
			groups[n] = append(groups[n], *c)
			hasOld[n] = hasOld[n] || c.old
			if len(groups[n]) <= 3 {
				enter(c, n)
			}
			continue
		}
		n = len(groups)
		groups = append(groups, []candidate{*c})
		hasOld = append(hasOld, c.old)
		if c.Timeless() {
			continue
		}
		enter(c, n)
		if c.set != "" {
			for _, form := range forms(c) {
				named[form] = append(named[form], n)
			}
		}
	}
	slices.SortStableFunc(groups, func(a, b []candidate) int { return cmp.Compare(firstOrder(a), firstOrder(b)) })
	return groups, steps <= mostSteps
}

// mostSteps bounds the comparison of titles: a step is a pair that is told apart at
// sight, ten are one that is compared by its trigrams.
const mostSteps = 100_000_000

func firstOrder(group []candidate) int {
	least := group[0].order
	for _, c := range group {
		least = min(least, c.order)
	}
	return least
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
