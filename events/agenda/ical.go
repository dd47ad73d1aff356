package agenda

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"

	"aftershock/events"
	"aftershock/internal/pattern"
)

// mostOccurrences is how many events one recurring entry may become.
const mostOccurrences = 1000

// mostDates is how many dates the series of a file may have together.
const mostDates = 200_000

// mostBarren is how many rules that nothing meets are followed to their ends, some
// thousand years off.
const mostBarren = 10

// horizon is how far past the writing of a calendar an endless series is followed.
const horizon = 400 * 24 * time.Hour

// calendar is an iCalendar file with what its times hang on.
type calendar struct {
	*ics.Calendar
	zones   map[string]*zone // of its VTIMEZONEs
	floats  string           // X-WR-TIMEZONE
	user    *time.Location
	about   string // name and product
	checked map[string]*zone
	written int // dates of series
	barren  int // series without any
}

func readCalendar(s *events.Source) (*events.Batch, error) {
	b := s.Batch("iCalendar")
	parsed, err := ics.ParseCalendar(bytes.NewReader(tidy(s.Text)))
	if err != nil {
		return nil, fmt.Errorf("%s: not an iCalendar file: %w", s.Name, err)
	}
	c := &calendar{Calendar: parsed, zones: map[string]*zone{}, user: s.Zone, checked: map[string]*zone{}}
	for _, p := range parsed.CalendarProperties {
		switch strings.ToUpper(p.IANAToken) {
		case "X-WR-TIMEZONE":
			c.floats = p.Value
		case "X-WR-CALNAME", "PRODID", "NAME", "X-WR-CALDESC", "SUMMARY":
			c.about += " " + p.Value
		}
	}
	for _, comp := range parsed.Components {
		if tz, ok := comp.(*ics.VTimezone); ok {
			if z := definedZone(tz); z != nil {
				c.zones[z.name] = z
			}
		}
	}
	// Single dates of a series that were moved: they stand for those of the series.
	moved := map[string]*clocks{}
	for _, e := range parsed.Events() {
		if id := e.GetProperty(ics.ComponentPropertyRecurrenceId); id != nil {
			if st := c.stamp(id.BaseProperty); !st.Time.IsZero() {
				uid := value(e, ics.ComponentPropertyUniqueId)
				if moved[uid] == nil {
					moved[uid] = &clocks{}
				}
				moved[uid].add(wall(st), false)
			}
		}
	}
	cancelled := 0
	for _, e := range parsed.Events() {
		if strings.EqualFold(value(e, ics.ComponentPropertyStatus), "CANCELLED") {
			cancelled++
			continue
		}
		c.add(b, s, e, moved)
	}
	if cancelled > 0 {
		b.Tell("%d entries are cancelled, and left out", cancelled)
	}
	if len(parsed.Events()) == 0 {
		b.Tell("the calendar has no events")
	}
	return b, nil
}

// tidy takes out blank lines, which the library does not bear, and ends every line alike.
func tidy(text []byte) []byte {
	var out bytes.Buffer
	out.Grow(len(text))
	for line := range bytes.Lines(text) {
		line = bytes.TrimRight(line, "\r\n")
		if len(bytes.TrimSpace(line)) == 0 {
			continue
		}
		out.Write(line)
		out.WriteString("\r\n")
	}
	return out.Bytes()
}

func value(e *ics.VEvent, p ics.ComponentProperty) string {
	if v := e.GetProperty(p); v != nil {
		return strings.TrimSpace(v.Value)
	}
	return ""
}

// wall returns the clock of st as if in UTC, to compare dates of a series.
func wall(st events.Stamp) time.Time {
	t := st.Time
	if st.Clock != "" {
		if c, err := time.Parse("15:04:05", st.Clock); err == nil {
			return time.Date(t.Year(), t.Month(), t.Day(), c.Hour(), c.Minute(), c.Second(), 0, time.UTC)
		}
	}
	return time.Date(t.Year(), t.Month(), t.Day(), t.Hour(), t.Minute(), t.Second(), 0, time.UTC)
}

// stamp reads a DATE or DATE-TIME.
func (c *calendar) stamp(p ics.BaseProperty) events.Stamp {
	raw := strings.TrimSpace(p.Value)
	how := events.Reading{Coarse: true}
	st := how.Stamp(raw)
	st.Raw = raw
	if len(p.ICalParameters["TZID"]) > 0 {
		st.Raw = "TZID=" + p.ICalParameters["TZID"][0] + ":" + raw
	}
	if st.Precision == events.NoTime || st.Precision == events.Day || st.Clock == "" {
		return st
	}
	name := ""
	if id := p.ICalParameters["TZID"]; len(id) > 0 {
		name = strings.Trim(id[0], `"`)
	}
	why := ""
	switch {
	case name != "":
	case c.floats != "":
		name, why = c.floats, "X-WR-TIMEZONE of the file"
	case c.user != nil:
		return st.In(c.user, "by --zone")
	default:
		return st // floating
	}
	z := c.zone(name)
	if z == nil {
		if c.user != nil {
			st = st.In(c.user, "by --zone")
			st.Doubts = append(st.Doubts, fmt.Sprintf("zone %q is not known", name))
			return st
		}
		st.Doubts = []string{fmt.Sprintf("zone %q is neither known nor defined in the file: session 0 is that of the date", name)}
		st.ZoneGiven = name
		return st
	}
	wall := wall(st)
	loc := z.loc
	if loc == nil {
		loc = time.FixedZone(name, z.offsetAt(wall))
	}
	st = st.In(loc, "")
	st.ZoneGiven = name
	st.ZoneAssumed = z.assumed(st.Time)
	if why != "" {
		st.ZoneGiven, st.ZoneAssumed = "", fmt.Sprintf("%s (%s)", name, why)
	}
	if z.loc != nil && z.rules != nil {
		if _, sec := st.Time.Zone(); sec != z.offsetAt(wall) {
			st.Doubts = append(st.Doubts, fmt.Sprintf("the file's own rules for %s give another hour than that zone has", name))
			st.Other = wall.Add(-time.Duration(z.offsetAt(wall)) * time.Second)
		}
	}
	return st
}

// add adds the dates of an entry.
func (c *calendar) add(b *events.Batch, s *events.Source, e *ics.VEvent, moved map[string]*clocks) {
	summary := unescape(value(e, ics.ComponentPropertySummary))
	description := unescape(value(e, ics.ComponentPropertyDescription))
	uid := value(e, ics.ComponentPropertyUniqueId)
	start := e.GetProperty(ics.ComponentPropertyDtStart)
	if start == nil {
		b.Reject(0, "entry %q has no DTSTART", cmp.Or(summary, uid))
		return
	}
	st := c.stamp(start.BaseProperty)
	var categories []string
	for _, p := range e.Properties {
		if strings.EqualFold(p.IANAToken, "CATEGORIES") {
			for _, t := range strings.Split(p.Value, ",") {
				categories = append(categories, strings.TrimSpace(strings.ReplaceAll(t, `\`, "")))
			}
		}
	}
	it := events.Item{
		Key: uid, Title: summary, Stamp: st, Status: events.Expected, Tags: categories, Scheduled: true,
		Source: cmp.Or(value(e, ics.ComponentPropertyUrl), strings.TrimSpace(value(e, ics.ComponentPropertyOrganizer))),
	}
	if strings.EqualFold(value(e, ics.ComponentPropertyStatus), "TENTATIVE") {
		it.Doubts = append(it.Doubts, "the calendar calls it tentative")
	}
	it.Category = categoryOf(summary, description, strings.Join(categories, " "), c.about)
	if it.Category == "earnings" || strings.ContainsAny(summary, "$(") {
		it.Securities = symbolsOf(summary, uid)
	}
	if len(it.Securities) == 0 && it.Category != "macro" {
		it.Securities = s.Securities
	}
	if part, ok := slotOf(summary, description); ok && it.Category == "earnings" {
		if st.Precision != events.Day && st.Precision != events.NoTime {
			zone, given, raw := st.ZoneAssumed, st.ZoneGiven, st.Raw
			st = st.DateAlone()
			st.ZoneAssumed, st.ZoneGiven, st.Raw = zone, given, raw
			it.Doubts = append(it.Doubts, "the hour stands for "+map[events.Part]string{events.BeforeOpen: "before the open", events.PastClose: "after the close", events.During: "the session"}[part]+": the minute is not known")
		}
		it.Stamp, it.Part = st, part
	}
	if st.Precision == events.NoTime {
		b.Add(it)
		return
	}
	if end := e.GetProperty(ics.ComponentPropertyDtEnd); end != nil && st.Precision == events.Day && it.Part == "" {
		if last := c.stamp(end.BaseProperty); last.Precision == events.Day {
			if last := last.Time.AddDate(0, 0, -1); last.After(st.Time) {
				it.Doubts = append(it.Doubts, fmt.Sprintf("the entry lasts until %s: a decision comes at the end of a meeting", last.Format(time.DateOnly)))
			}
		}
	}
	starts, told := c.occurrences(e, it.Stamp, moved[uid])
	if told != "" {
		b.Tell("%s: %s", cmp.Or(summary, uid), told)
	}
	series := len(starts) > 1
	if id := e.GetProperty(ics.ComponentPropertyRecurrenceId); id != nil {
		it.Key = uid + "#" + id.Value
	}
	for i, w := range starts {
		one := it
		if series {
			one.Distinct = "series " + uid
		}
		if i > 0 {
			one.Key = uid + "#" + w.Format("20060102T150405")
			p := start.BaseProperty
			p.Value = w.Format("20060102T150405")
			switch {
			case it.Stamp.Precision == events.Day:
				one.Stamp.Time = time.Date(w.Year(), w.Month(), w.Day(), 0, 0, 0, 0, time.UTC)
				one.Stamp.Raw = w.Format("20060102")
			default:
				if strings.HasSuffix(start.Value, "Z") {
					p.Value += "Z"
				}
				one.Stamp = c.stamp(p)
			}
		}
		b.Add(one)
	}
}

// occurrences returns the clocks, as if in UTC, at which an entry begins: the first, and
// those that its rule adds.
func (c *calendar) occurrences(e *ics.VEvent, st events.Stamp, moved *clocks) (starts []time.Time, told string) {
	first := wall(st)
	rule := e.GetProperty(ics.ComponentPropertyRrule)
	var added, taken []events.Stamp
	for _, p := range e.Properties {
		name := strings.ToUpper(p.IANAToken)
		if name != "RDATE" && name != "EXDATE" {
			continue
		}
		for _, v := range strings.Split(p.Value, ",") {
			v, _, _ = strings.Cut(v, "/") // a period's start
			q := p.BaseProperty
			q.Value = v
			if x := c.stamp(q); x.Precision != events.NoTime {
				if name == "RDATE" {
					added = append(added, x)
				} else {
					taken = append(taken, x)
				}
			}
		}
	}
	starts = []time.Time{first}
	if rule != nil && e.GetProperty(ics.ComponentPropertyRecurrenceId) == nil {
		opt, err := rrule.StrToROption(untilWall(rule.Value, func(u string) string {
			// UNTIL in UTC bounds the instants; here the clocks are compared.
			p := ics.BaseProperty{Value: u}
			x := c.stamp(p)
			if x.Precision == events.NoTime {
				return u
			}
			if strings.HasSuffix(u, "Z") && st.Clock == "" && st.Precision != events.Day {
				return wall(events.Stamp{Time: x.Time.In(st.Time.Location())}).Format("20060102T150405Z")
			}
			if x.Precision == events.Day {
				return x.Time.Format("20060102") + "T235959Z"
			}
			return wall(x).Format("20060102T150405Z")
		}))
		if err != nil {
			return starts, fmt.Sprintf("the rule %q cannot be read (%v): only its first date is taken", rule.Value, err)
		}
		endless := opt.Count == 0 && opt.Until.IsZero()
		opt.Dtstart = first
		if opt.Freq > rrule.DAILY {
			return starts, "it recurs within a day: only its first date is taken"
		}
		end := first.Add(horizon)
		if p := e.GetProperty(ics.ComponentPropertyDtstamp); p != nil {
			if at := c.stamp(p.BaseProperty).Time; at.After(first) {
				end = at.Add(horizon)
			}
		}
		// A rule that nothing meets is sought to its end: it has one here.
		bound := first.AddDate(60, 0, 0)
		if endless {
			bound = end
		}
		if opt.Until.IsZero() || opt.Until.After(bound) {
			opt.Until = bound
		}
		if c.barren >= mostBarren {
			return starts, "too many rules of the file have no dates: only its first is taken"
		}
		r, err := rrule.NewRRule(*opt)
		if err != nil {
			return starts, fmt.Sprintf("the rule %q cannot be read (%v): only its first date is taken", rule.Value, err)
		}
		next := r.Iterator()
		for n := 0; ; n++ {
			t, ok := next()
			if !ok {
				if n == 0 {
					c.barren++
				}
				if endless {
					told = fmt.Sprintf("it recurs without end; its dates to %s are taken", end.Format(time.DateOnly))
				}
				break
			}
			if n > mostOccurrences || c.written > mostDates {
				told = fmt.Sprintf("only its first %d dates are taken", len(starts))
				break
			}
			if !t.Equal(first) {
				starts = append(starts, t)
				c.written++
			}
		}
	}
	for _, x := range added {
		starts = append(starts, wall(x))
	}
	slices.SortFunc(starts, func(a, b time.Time) int { return a.Compare(b) })
	starts = slices.CompactFunc(starts, func(a, b time.Time) bool { return a.Equal(b) })
	var out clocks
	for _, x := range taken {
		at := x.Time
		if x.Clock == "" && st.Clock == "" && st.Precision != events.Day && x.Precision != events.Day {
			at = x.Time.In(st.Time.Location())
		}
		out.add(wall(events.Stamp{Time: at, Clock: x.Clock}), x.Precision == events.Day)
	}
	days := st.Precision == events.Day // the clocks of one that lasts a day say nothing
	starts = slices.DeleteFunc(starts, func(t time.Time) bool { return out.has(t, days) })
	if moved != nil && e.GetProperty(ics.ComponentPropertyRecurrenceId) == nil {
		starts = slices.DeleteFunc(starts, func(t time.Time) bool { return moved.has(t, days) })
	}
	return starts, told
}

// clocks are dates of a series that it does not have.
type clocks struct {
	at       map[int64]bool // by second
	day, all map[int64]bool // whole days; the days of all
}

const secondsOfDay = 24 * 60 * 60

// add adds a clock, as if in UTC, or its whole day.
func (c *clocks) add(t time.Time, day bool) {
	if c.at == nil {
		c.at, c.day, c.all = map[int64]bool{}, map[int64]bool{}, map[int64]bool{}
	}
	s := t.Unix()
	d := s / secondsOfDay
	if s < 0 && s%secondsOfDay != 0 {
		d--
	}
	c.at[s], c.all[d] = true, true
	if day {
		c.day[d] = true
	}
}

// has reports whether t is one of c; days: the day alone decides.
func (c *clocks) has(t time.Time, days bool) bool {
	s := t.Unix()
	d := s / secondsOfDay
	if s < 0 && s%secondsOfDay != 0 {
		d--
	}
	return c.at[s] || c.day[d] || days && c.all[d]
}

var untilForm = pattern.New(`(?i)UNTIL=([0-9TZ]+)`)

// untilWall rewrites the end of a rule.
func untilWall(rule string, f func(string) string) string {
	return untilForm.ReplaceAllStringFunc(rule, func(m string) string { return "UNTIL=" + f(m[6:]) })
}

func unescape(s string) string {
	return strings.NewReplacer(`\n`, "\n", `\N`, "\n", `\,`, ",", `\;`, ";", `\\`, `\`).Replace(s)
}

var (
	earningsWords = pattern.New(`(?i)\b(earnings|eps|results?|quarterly report|bmo|amc|sales result|q[1-4]\s+(?:fy)?\s*'?\d{2,4}|(?:fy\d{2,4}\s+)?q[1-4]\b.*\b(?:call|release))\b`)
	macroWords    = pattern.New(`(?i)\b(fomc|federal reserve|fed\b|ecb|boe|boj|central bank|rate decision|interest rate|monetary policy|bureau of labor|bureau of economic|statistic(s|al)|census bureau|eurostat|destatis|ons\b|cpi|ppi|pce|gdp|gross domestic product|consumer price|producer price|employment situation|nonfarm|payrolls?|jobless|unemployment|retail sales|industrial production|trade balance|pmi|ism\b|housing starts|durable goods|beige book)`)
)

// categoryOf says what an entry is about: earnings, macro or nothing known.
func categoryOf(summary, description, categories, about string) string {
	switch {
	case earningsWords.MatchString(summary) && !macroWords.MatchString(summary), strings.Contains(strings.ToLower(categories), "earning"):
		return "earnings"
	case macroWords.MatchString(summary), macroWords.MatchString(about), macroWords.MatchString(categories):
		return "macro"
	case earningsWords.MatchString(about):
		return "earnings"
	}
	return ""
}

var slotWords = pattern.New(`(?i)\b(AMC|BMO|DMH|after market close|before market open|after[- ]the[- ](?:market[- ])?close|before[- ]the[- ](?:market[- ])?open|after[- ]hours|pre[- ]?market|post[- ]?market|during market hours)\b`)

// slotOf finds the part of the day in the texts of an entry.
func slotOf(summary, description string) (events.Part, bool) {
	for _, s := range []string{summary, description} {
		if m := slotWords.FindString(s); m != "" {
			if p, ok := partOf(m); ok {
				return p, true
			}
			if strings.HasPrefix(strings.ToLower(m), "after") {
				return events.PastClose, true
			}
			return events.BeforeOpen, true
		}
	}
	return "", false
}

var (
	cashtag    = pattern.New(`\$([A-Z]{1,5}(?:[.-][A-Z])?)\b`)
	inBrackets = pattern.New(`\((?:(?:NASDAQ|NYSE|NYSEARCA|AMEX|NYSE American|Nasdaq)\s*:\s*)?([A-Z]{1,5}(?:[.-][A-Z])?)\)`)
	leading    = pattern.New(`^([A-Z]{1,5}(?:[.-][A-Z])?)(?:\s+[·|:–—-]\s*|:\s+|\s+(?:Q[1-4]|[Ee]arnings|EARNINGS|[Rr]esults|AMC|BMO|[Rr]eports?|FY|\())`)
	countryUID = pattern.New(`^([0-9A-Z]{1,6})(US|JP|HK|LN|GR|GY|FP|KS|AU|IT|SM|NA|SS|TT|CN)\b`)
	tokyoLead  = pattern.New(`^(\d[0-9A-Z]\d[0-9A-Z])\s`)
	notSymbols = []string{"US", "EPS", "AMC", "BMO", "FY", "CEO", "CFO", "GDP", "CPI", "PPI", "Q", "H", "ETF", "AGM", "TBD", "TBA", "ET", "PT", "UTC", "EST", "EDT", "IPO", "DMH"}
	suffixes   = map[string]string{"US": "", "JP": ".T", "HK": ".HK", "LN": ".L", "GR": ".DE", "GY": ".DE", "FP": ".PA", "KS": ".KS", "AU": ".AX", "IT": ".MI", "SM": ".MC", "NA": ".AS", "SS": ".ST", "TT": ".TW", "CN": ".TO"}
)

// symbolsOf finds the security that an entry names: after a dollar, in brackets, before
// its words, or by a code of an exchange and a country.
func symbolsOf(summary, uid string) []string {
	if m := countryUID.FindStringSubmatch(uid); m != nil && strings.HasPrefix(summary, m[1]+" ") {
		code := m[1]
		if m[2] == "HK" {
			code = strings.Repeat("0", max(0, 4-len(code))) + code
		}
		return []string{code + suffixes[m[2]]}
	}
	for _, form := range []*pattern.Pattern{cashtag, inBrackets, leading} {
		if m := form.FindStringSubmatch(summary); m != nil && !slices.Contains(notSymbols, m[1]) {
			return []string{m[1]}
		}
	}
	if m := tokyoLead.FindStringSubmatch(summary); m != nil && strings.Contains(uid, "JP") {
		return []string{m[1] + ".T"}
	}
	return nil
}
