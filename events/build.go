package events

import (
	"cmp"
	"fmt"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"aftershock/internal/pattern"
)

// A text is a value as the file has it, and the line it stands on.
type text struct {
	s    string
	line int
}

// A record is an event as the file has it, whatever the format.
type record struct {
	line       int
	unnamed    bool   // the file gives no IDs
	fields     values // without titles, tags and securities
	titles     []titleText
	tags       []text
	securities []securityText
	doubts     []text
	unresolved []text
	coverage   []Coverage
	imported   bool // it bears what only imports write
}

// values are what a record gives, by name of field. They are few: to look through them
// takes a fraction of what a map does.
type values []struct {
	name string
	text
}

// of returns the value of a field, the zero text where there is none.
func (v values) of(name string) text {
	for i := range v {
		if v[i].name == name {
			return v[i].text
		}
	}
	return text{}
}

func (v *values) set(name string, t text) {
	for i := range *v {
		if (*v)[i].name == name {
			(*v)[i].text = t
			return
		}
	}
	*v = append(*v, struct {
		name string
		text
	}{name, t})
}

type titleText struct {
	lang string
	text
}

type securityText struct{ symbol, sign text }

// A builder turns the records of one file into events and collects what is
// wrong with them.
type builder struct {
	file     string
	errs     Errors
	warnings []string
	events   []Event
	ids      map[string]int // line by ID in lower case: file systems may not tell R1 from r1
	hashes   []uint64       // of those, where ids is nil: of a part of a file
	seed     maphash.Seed   // of hashes
	zones    zones
	order    Order    // of day and month
	clock    string   // the zone that the heading of the times states; ""
	midnight bool     // every time is midnight: they are dates
	undated  bool     // how the dates of the file are written is not known, which is said
	careful  bool     // every row is read by the rules of CSV, see quick
	encoding string   // that the file was read in, where it is not Unicode; ""
	targets  []Target // room for those of the next events
	seen     map[string]bool
}

func newBuilder(file string) *builder {
	return &builder{file: file, ids: map[string]int{}, seed: maphash.MakeSeed(), zones: zones{}, seen: map[string]bool{}}
}

// The most of a catalogue that is held, so that no file takes all memory, and
// of its problems, so that none fills a log.
const (
	mostEvents   = 2_500_000
	mostProblems = 1_000
	mostColumns  = 10_000
	mostNodes    = 4_000_000 // values of a file in YAML
	mostInEvent  = 1_000_000 // values of an event in JSON
)

// problem reports what is wrong on a line. After mostProblems it says that there is
// more, once.
func (b *builder) problem(line int, format string, args ...any) {
	switch n := len(b.errs); {
	case n < mostProblems:
		b.errs = append(b.errs, Problem{b.file, line, fmt.Sprintf(format, args...)})
	case n == mostProblems:
		b.errs = append(b.errs, Problem{b.file, line, "more is wrong from here on; mend what is said before first"})
	}
}

// lost reports whether so much is wrong that the rest need not be read.
func (b *builder) lost() bool { return len(b.errs) > mostProblems }

// catalog returns what was built, or everything that was wrong.
func (b *builder) catalog() (*Catalog, error) {
	b.nameEvents()
	if len(b.errs) == 0 && len(b.events) == 0 {
		b.problem(0, "no events; give at least one, with an id and a date or time")
	}
	if len(b.errs) > 0 {
		slices.SortStableFunc(b.errs, func(x, y Problem) int { return x.Line - y.Line })
		return nil, b.errs
	}
	return &Catalog{Events: b.events, Origin: b.file, Warnings: b.warnings}, nil
}

// add builds the event of r.
func (b *builder) add(r record) {
	before := len(b.errs)
	e := Event{
		ID:         b.id(r),
		Confidence: b.clean(r.fields.of("confidence"), "confidence"),
		Category:   b.line(r.fields.of("category"), "category"),
		Source:     b.clean(r.fields.of("source"), "source"),
		Note:       b.clean(r.fields.of("note"), "note"),
		Origin:     b.file + ":" + strconv.Itoa(r.line),
	}
	b.provenance(&e, r)
	b.time(&e, r)
	b.titles(&e, r)
	clear(b.seen)
	for _, t := range r.tags {
		switch tag := b.clean(t, "tag"); {
		case tag == "" || strings.ContainsFunc(tag, isSeparator):
			b.problem(t.line, "tag %s is not one word; join its words, as in chip-makers", quote(tag))
		case b.seen[tag]:
			b.problem(t.line, "tag %s is given twice; remove one", quote(tag))
		default:
			e.Tags, b.seen[tag] = append(e.Tags, tag), true
		}
	}
	e.Targets = b.targetRoom(len(r.securities))
	clear(b.seen)
	for _, s := range r.securities {
		t, ok := b.concerned(s, r.imported)
		if !ok {
			continue
		}
		if len(r.securities) > 1 {
			if b.seen[t.Symbol] {
				b.problem(s.symbol.line, "security %s is given twice; remove one", t.Symbol)
			}
			b.seen[t.Symbol] = true
		}
		e.Targets = append(e.Targets, t)
	}
	if len(b.errs) > before {
		return
	}
	if len(b.events) == mostEvents {
		b.problem(r.line, "the catalogue holds more than %d events; part it", mostEvents)
		return
	}
	b.events = append(b.events, e)
}

// concerned reads one security of a record, which bears what only imports write or does
// not.
func (b *builder) concerned(s securityText, imported bool) (Target, bool) {
	if s.sign.s == "" {
		return b.target(s)
	}
	if whole := s.symbol.s + ":" + s.sign.s; imported && foreign.MatchString(whole) {
		s.symbol.s, s.sign.s = whole, ""
	} else if symbol, ok := Listed(whole); ok { // NASDAQ:NVDA, NASDAQ:NVDA:+
		_, sign, _ := strings.Cut(s.sign.s, ":")
		s.symbol.s, s.sign.s = symbol, sign
	}
	return b.target(s)
}

// targetRoom returns an empty slice with room for n targets, of a block that serves
// many events; nil for none.
func (b *builder) targetRoom(n int) []Target {
	const block = 4096
	if n == 0 {
		return nil
	}
	if len(b.targets) < n {
		b.targets = make([]Target, max(n, block))
	}
	room := b.targets[:0:n]
	b.targets = b.targets[n:]
	return room
}

// id checks the ID. It names files and stands on command lines, which is why
// it may hold little.
func (b *builder) id(r record) string {
	t := r.fields.of("id")
	if r.imported { // a source's own name for the item, such as an address
		t.s = SafeID(t.s)
	}
	lower := strings.ToLower(t.s)
	switch first, used := b.ids[lower]; {
	case t.s == "" && r.unnamed:
		return ""
	case t.s == "":
		b.problem(r.line, "id is missing; give the event a short unique name, such as deepseek-r1")
	case !plain(t.s, 100) && !isID(t.s):
		b.problem(t.line, "id %s: use at most 100 letters, digits, '-', '_' and '.', and begin with a letter or a digit", quote(t.s))
	case used:
		b.problem(t.line, "id %s is already used on line %d; give one of the two another", quote(t.s), first)
	case b.ids == nil:
		b.hashes = append(b.hashes, max(1, maphash.String(b.seed, lower))) // 0 is none
	default:
		b.ids[lower] = t.line
	}
	return t.s
}

func (b *builder) time(e *Event, r record) {
	if b.imported(e, r) {
		return
	}
	date, clock, hour := r.fields.of("date"), r.fields.of("time"), r.fields.of("hour")
	line := max(date.line, clock.line)
	part, stated := release(clock.s)
	if stated && clock.s != "" {
		clock.s = "" // the column of times has words
	}
	switch p, ok := release(hour.s); {
	case hour.s == "":
	case ok:
		part, stated = p, true
	case !clockForm.MatchString(hour.s) && hourOf(hour.s) == hour.s:
		b.problem(hour.line, "hour %s cannot be read; write amc, bmo, dmh or a time of day", quote(hour.s))
		return
	case clock.s == "" || !clockForm.MatchString(clock.s) && !strings.Contains(clock.s, ":"):
		if date.s == "" { // a date in the column of times, the hour in one of its own
			date = clock
		}
		clock, line = hour, max(line, hour.line)
	}
	if date.s == "" && clock.s == "" {
		b.problem(r.line, "time is missing; write 2025-01-27, 2025-01-27T14:30:00Z, or 2025-01-27 09:30 with a zone")
		return
	}
	zone := cmp.Or(r.fields.of("zone").s, b.clock)
	t, shown, err := b.zones.moment(date.s, clock.s, zone, b.order)
	if err != nil && b.undated && slashed.MatchString(cmp.Or(date.s, clock.s)) {
		// What follows from that alone is not said beside it.
		for _, order := range []Order{DayFirst, MonthFirst} {
			if t, shown, err = b.zones.moment(date.s, clock.s, zone, order); err == nil {
				break
			}
		}
		if err != nil && strings.HasPrefix(err.Error(), "time ") {
			return
		}
	}
	if err != nil {
		b.problem(line, "%v", err)
		return
	}
	e.Time, e.Precision, e.DateOnly = t, shown, shown == Day
	if e.DateOnly {
		e.AfterClose = part == PastClose
		if part == BeforeOpen || part == During {
			e.Provenance = &Provenance{Part: part}
		}
	}

	known := []string{string(Second), string(Minute), string(Approx), string(Day)}
	if p := r.fields.of("precision"); p.s != "" {
		e.Precision = Precision(strings.ToLower(p.s))
		if e.Precision != Instant && !slices.Contains(known, string(e.Precision)) {
			b.problem(p.line, "precision %s is not known%s; write one of %s", quote(p.s), meant(p.s, known), strings.Join(known, ", "))
		} else if e.DateOnly && e.Precision != Day {
			b.problem(p.line, "precision %s, but the time is a date alone; add the hour, or write precision date", quote(p.s))
		}
	}
	if a := r.fields.of("after_close"); a.s != "" {
		switch strings.ToLower(a.s) {
		case "true", "yes", "y", "1":
			if part == BeforeOpen || part == During {
				b.problem(a.line, "after_close is %s, but the hour says that the news came %s; remove one of them", a.s, part)
			}
			e.AfterClose = true
		case "false", "no", "n", "0":
			if part == PastClose {
				b.problem(a.line, "after_close is %s, but the hour says that the news came %s; remove one of them", a.s, part)
			}
		default:
			b.problem(a.line, "after_close %s cannot be read; write true or false", quote(a.s))
		}
		if e.AfterClose && !e.DateOnly {
			b.problem(a.line, "after_close goes with a date alone, and this event has an hour; remove one of them")
		}
	}
}

var langForm = pattern.New(`^[a-z]{2,3}(-[a-z0-9]{1,8})*$`)

// Language returns the BCP 47 code of a language in lower case as titles are kept
// under it, such as "zh-hant" for "zh_Hant"; "" where it is none.
func Language(code string) string {
	code = strings.ToLower(strings.ReplaceAll(code, "_", "-"))
	if !langForm.MatchString(code) {
		return ""
	}
	return code
}

// titles fills in the titles. The first one is the plain title, else the
// English, else the first given; an event without any is called by its ID.
func (b *builder) titles(e *Event, r record) {
	if len(r.titles) == 0 {
		e.Title = cmp.Or(b.line(r.fields.of("title"), "title"), e.ID)
		return
	}
	e.Titles = make(map[string]string, len(r.titles)+1)
	first := ""
	for _, t := range r.titles {
		title := b.line(t.text, "title")
		lang := Language(t.lang)
		switch _, twice := e.Titles[lang]; {
		case lang == "":
			b.problem(t.line, "titles: %s is not a language; write its code, such as en, ar or zh-Hant", quote(t.lang))
		case twice:
			b.problem(t.line, "titles: language %s is given twice; remove one", quote(lang))
		case title != "":
			e.Titles[lang] = title
			if first == "" {
				first = title
			}
		}
	}
	if len(e.Titles) == 0 { // languages without a text
		e.Titles = nil
		e.Title = cmp.Or(b.line(r.fields.of("title"), "title"), e.ID)
		return
	}
	if e.Title = b.line(r.fields.of("title"), "title"); e.Title != "" {
		for _, t := range e.Titles {
			if t == e.Title {
				return
			}
		}
		if _, used := e.Titles["und"]; used {
			b.problem(r.fields.of("title").line, "title and titles: und both give the title of no stated language; remove one")
		}
		e.Titles["und"] = e.Title
		return
	}
	switch {
	case e.Titles["en"] != "":
		e.Title = e.Titles["en"]
	case first != "":
		e.Title = first
	default:
		e.Title = e.ID
		e.Titles["und"] = e.Title
	}
}

// isCompany reports whether s is a company's name, and would be read as one from a
// list.
func isCompany(s string) bool {
	if !strings.Contains(s, " ") || !isFirm(s) {
		return false
	}
	list := symbols(text{s: s})
	return len(list) == 1 && list[0].s == s
}

func (b *builder) target(s securityText) (Target, bool) {
	t := Target{Symbol: s.symbol.s}
	switch s.sign.s {
	case "+", "+1", "1":
		t.Sign = 1
	case "-", "-1":
		t.Sign = -1
	case "0", "":
	default:
		b.problem(s.sign.line, "security %s: sign %s cannot be read; write + or - for the reaction expected, or leave it out", quote(t.Symbol), quote(s.sign.s))
		return t, false
	}
	if !isSymbol(t.Symbol) && !isCompany(t.Symbol) {
		b.problem(s.symbol.line, "security %s is not a symbol; write it as the source of prices does, such as NVDA, BRK-B, 005930.KS or ^GSPC", quote(t.Symbol))
		return t, false
	}
	return t, true
}

// foreign is a symbol with its exchange, as feeds write it: NVDA:CA, LON:BP/. Signs are no
// such letters.
var foreign = pattern.New(`^(?:[A-Z0-9./-]{1,12}:[A-Z]{2,5}|[A-Z]{2,8}:(?:[A-Z][A-Z0-9./-]{0,11}|[0-9]{2}[A-Z0-9./-]{0,10}))$`)

// isID reports whether s may be an ID: ^[\p{L}\p{N}][\p{L}\p{M}\p{N}._-]{0,99}$. As a
// regular expression each of these three forms is megabytes of program.
func isID(s string) bool { return formed(s, 100, "", "._-", true) }

// isTicker reports whether s has the form of a symbol:
// ^[\p{L}\p{N}^][\p{L}\p{N}.^=_&-]{0,39}$.
func isTicker(s string) bool { return formed(s, 40, "^", ".^=_&-", false) }

// isFirm reports whether s has the form of a company's name, which a source of prices may
// use as symbol: ^[\p{L}\p{N}][\p{L}\p{M}\p{N}.,'’&+/() -]{0,99}$.
func isFirm(s string) bool { return formed(s, 100, "", ".,'’&+/() -", true) }

// formed reports whether s is one to most letters and numbers, the first of which may be
// one of first as well, and the others one of others, or marks.
func formed(s string, most int, first, others string, marks bool) bool {
	n := 0
	for _, r := range s {
		if n++; n > most {
			return false
		}
		switch {
		case unicode.IsLetter(r) || unicode.IsNumber(r):
		case n == 1 && !strings.ContainsRune(first, r):
			return false
		case n > 1 && !strings.ContainsRune(others, r) && !(marks && unicode.IsMark(r)):
			return false
		}
	}
	return n > 0
}

// plain reports whether s is one to most ASCII letters and digits, which most
// names are and every form allows.
func plain(s string, most int) bool {
	for i := range len(s) {
		if c := s[i]; c < '0' || '9' < c && c < 'A' || 'Z' < c && c < 'a' || 'z' < c {
			return false
		}
	}
	return 0 < len(s) && len(s) <= most
}

// upsets reports whether r would upset a terminal: the controls, and those that
// turn the direction of the text after them.
func upsets(r rune) bool {
	return unicode.IsControl(r) && r != '\n' && r != '\t' || '\u202a' <= r && r <= '\u202e' || '\u2066' <= r && r <= '\u2069'
}

// clean trims t and refuses characters that would upset a terminal.
func (b *builder) clean(t text, what string) string {
	t.s = strings.ReplaceAll(t.s, "\r\n", "\n")
	if i := strings.IndexFunc(t.s, upsets); i >= 0 {
		b.problem(t.line, "%s holds a control character (%U); remove it", what, []rune(t.s[i:])[0])
	}
	return strings.TrimSpace(t.s)
}

// longestLine is the most characters of a title: those of a long article have
// hundreds.
const longestLine = 5_000

// line is clean, and makes one line of several. It refuses a text that is no line.
func (b *builder) line(t text, what string) string {
	s := b.clean(t, what)
	if n := len(s); n > longestLine && utf8.RuneCountInString(s) > longestLine {
		b.problem(t.line, "%s has %d characters, and may have %d; shorten it, and put the text under note", what, utf8.RuneCountInString(s), longestLine)
	}
	if strings.Contains(s, "  ") || strings.ContainsFunc(s, func(r rune) bool { return r != ' ' && unicode.IsSpace(r) }) {
		return strings.Join(strings.Fields(s), " ")
	}
	return s
}

// meant returns " (did you mean x?)", or nothing.
func meant(word string, known []string) string {
	if n := Nearest(word, known); n != "" {
		return fmt.Sprintf(" (did you mean %s?)", n)
	}
	return ""
}

// isSeparator reports whether r stands between the words of a list.
func isSeparator(r rune) bool { return unicode.IsSpace(r) || strings.ContainsRune(",;|", r) }

// words splits a list that is written as one text.
func words(t text) []text {
	var out []text
	for _, w := range strings.FieldsFunc(t.s, isSeparator) {
		out = append(out, text{w, t.line})
	}
	return out
}

// security splits the sign off a security that is written as one text: NVDA:-.
func security(t text) securityText {
	symbol, sign, found := strings.Cut(t.s, ":")
	if found && sign == "" {
		sign = ":"
	}
	return securityText{text{symbol, t.line}, text{sign, t.line}}
}
