package events

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"

	"aftershock/internal/pattern"
)

// A Stamp is a time as a source writes it, read as far as it can be.
//
// It has an instant (Precision Instant or Minute and no Clock), a date with the
// clock of an unknown zone (Clock is set, Time midnight UTC of the date), a date
// alone (Precision Day), or nothing (Precision NoTime).
type Stamp struct {
	Raw         string
	Time        time.Time // with the zone as location where it has one
	Precision   Precision
	Clock       string    // 17:00:00 in a zone that is not known
	ZoneGiven   string    // as written
	ZoneAssumed string    // what was taken, and why; "" where none was
	Other       time.Time // the likely instant if the zone was written wrongly; else zero
	Doubts      []string
}

// Reading says how to read times of a source.
type Reading struct {
	Zone *time.Location // of a time that has none; nil: unknown
	Why  string         // where Zone comes from, such as "by --zone" or "by rule of GDELT"
	// Place is a language (ar, en-IN) or a country's domain (sa, in) of the source,
	// by which names of zones with several meanings are told apart.
	Place    string
	DayFirst bool // 7/1/2024 is the 7th of January
	// Coarse is set where seconds are written but mean nothing, as in calendars: the
	// precision of a time with seconds 0 is Minute.
	Coarse bool
}

// Stamp reads raw. A time in no form known, or that cannot be right, such as one in
// the year 20250, gives a Stamp of precision NoTime with the reason among its
// Doubts. The forms are those of RFC 822 and its successors with their usual
// mistakes, of ISO 8601 with and without separators, of American and European
// writers, and seconds or milliseconds since 1970; months in English, German, French,
// Spanish, Italian and Arabic (all three sets), digits also Arabic-Indic and Persian.
func (how Reading) Stamp(raw string) Stamp {
	st := Stamp{Raw: strings.TrimSpace(raw), Precision: NoTime}
	if len(st.Raw) > 200 {
		st.Raw = strings.ToValidUTF8(st.Raw[:200], "")
		return st.doubt("%s is no time", quote(st.Raw))
	}
	text := tidyTime(st.Raw)
	if text == "" {
		return st
	}
	t, ok := takeApart(text, how.DayFirst)
	switch {
	case !ok:
		return st.doubt("time %s cannot be read", quote(st.Raw))
	case t.year < 1600 || t.year > 2400:
		return st.doubt("time %s cannot be right: the year is %d", quote(st.Raw), t.year)
	}
	if t.epoch {
		st.Time, st.ZoneGiven, st.ZoneAssumed, st.Precision = t.wall, "", "UTC (seconds since 1970)", Instant
		return st
	}
	st.Time, st.Precision = t.wall, Day
	if t.weekday != "" && !strings.HasPrefix(strings.ToLower(t.wall.Weekday().String()), t.weekday) {
		st = st.doubt("%s was a %s", t.wall.Format(time.DateOnly), t.wall.Weekday())
	}
	if !t.timed {
		return st
	}
	st.Precision = Minute
	if t.seconds && !(how.Coarse && t.wall.Second() == 0) {
		st.Precision = Instant
	}
	st.ZoneGiven = t.zone
	if t.zone == "" {
		if how.Zone == nil {
			return st.floating("the time has no zone")
		}
		return st.in(t.wall, how.Zone, fmt.Sprintf("%s (%s)", how.Zone, how.Why))
	}
	return st.named(t, how)
}

func (st Stamp) doubt(format string, args ...any) Stamp {
	st.Doubts = append(st.Doubts, fmt.Sprintf(format, args...))
	return st
}

// floating leaves the zone unknown.
func (st Stamp) floating(why string) Stamp {
	st.Clock = st.Time.Format("15:04:05.999999999")
	if st.Precision == Minute && st.Time.Second() == 0 {
		st.Clock = st.Time.Format("15:04:05")
	}
	y, m, d := st.Time.Date()
	st.Time = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	return st.doubt("%s: session 0 is that of the date", why)
}

// in takes wall for the clock of loc.
func (st Stamp) in(wall time.Time, loc *time.Location, assumed string) Stamp {
	st.ZoneAssumed = assumed
	t, err := resolve(wall, loc)
	if err != nil {
		st.Doubts = append(st.Doubts, err.Error())
		if t.IsZero() {
			t = time.Date(wall.Year(), wall.Month(), wall.Day(), wall.Hour(), wall.Minute(), wall.Second(), wall.Nanosecond(), loc)
		}
	}
	st.Time = t
	return st
}

// In reads the clock of a Stamp without zone in loc, as its reason why says; other
// Stamps are returned as they are.
func (st Stamp) In(loc *time.Location, why string) Stamp {
	if st.Clock == "" {
		return st
	}
	c, err := time.Parse("15:04:05.999999999", st.Clock)
	if err != nil {
		return st
	}
	y, m, d := st.Time.Date()
	st.Clock = ""
	var kept []string
	for _, s := range st.Doubts {
		if !strings.HasSuffix(s, "session 0 is that of the date") {
			kept = append(kept, s)
		}
	}
	st.Doubts = kept
	return st.in(time.Date(y, m, d, c.Hour(), c.Minute(), c.Second(), c.Nanosecond(), time.UTC), loc, fmt.Sprintf("%s (%s)", loc, why))
}

// DateAlone forgets the hour of st, which is no more than a slot.
func (st Stamp) DateAlone() Stamp {
	if st.Precision == NoTime {
		return st
	}
	y, m, d := st.Time.Date()
	st.Time, st.Precision, st.Clock, st.Other = time.Date(y, m, d, 0, 0, 0, 0, time.UTC), Day, "", time.Time{}
	var kept []string
	for _, s := range st.Doubts {
		if !strings.HasSuffix(s, "session 0 is that of the date") {
			kept = append(kept, s)
		}
	}
	st.Doubts = kept
	return st
}

// An abbreviation is what the name of a zone stands for.
type abbreviation struct {
	offset int    // in minutes east of Greenwich
	place  string // whose clock it is, where that changes: its other name is then known
}

const newYork, chicago, denver, losAngeles = "America/New_York", "America/Chicago", "America/Denver", "America/Los_Angeles"

var zoneLetters = map[string]abbreviation{
	"EST": {-300, newYork}, "EDT": {-240, newYork}, "CST": {-360, chicago}, "CDT": {-300, chicago},
	"MST": {-420, ""}, "MDT": {-360, denver}, "PST": {-480, losAngeles}, "PDT": {-420, losAngeles},
	"CET": {60, "Europe/Paris"}, "CEST": {120, "Europe/Paris"}, "MEZ": {60, "Europe/Berlin"}, "MESZ": {120, "Europe/Berlin"},
	"EET": {120, ""}, "EEST": {180, ""}, "WET": {0, "Europe/Lisbon"}, "WEST": {60, "Europe/Lisbon"}, "MSK": {180, ""},
	"JST": {540, ""}, "KST": {540, ""}, "HKT": {480, ""}, "SGT": {480, ""}, "PKT": {300, ""}, "SAST": {120, ""}, "WIB": {420, ""},
	"AEST": {600, "Australia/Sydney"}, "AEDT": {660, "Australia/Sydney"}, "AWST": {480, ""}, "NZST": {720, "Pacific/Auckland"}, "NZDT": {780, "Pacific/Auckland"},
	"AKST": {-540, "America/Anchorage"}, "AKDT": {-480, "America/Anchorage"}, "HST": {-600, ""}, "BRT": {-180, ""}, "NST": {-210, "America/St_Johns"}, "NDT": {-150, "America/St_Johns"},
	"ADT": {-180, "America/Halifax"}, "TRT": {180, ""}, "EAT": {180, ""}, "NPT": {345, ""}, "ICT": {420, ""}, "PHT": {480, ""},
}

// clocks are the names of places' clocks, whatever the season.
var clocks = map[string]string{
	"ET": newYork, "EASTERN": newYork, "EST5EDT": newYork, "US-EASTERN": newYork, "CT": chicago, "CENTRAL": chicago, "CST6CDT": chicago, "US-CENTRAL": chicago,
	"MT": denver, "MST7MDT": denver, "US-MOUNTAIN": denver, "PT": losAngeles, "PACIFIC": losAngeles, "PST8PDT": losAngeles, "US-PACIFIC": losAngeles, "UK": "Europe/London",
	"EASTERN TIME": newYork, "US EASTERN": newYork, "US EASTERN TIME": newYork, "EASTERN STANDARD TIME": newYork, "NEW YORK": newYork, "NEW YORK TIME": newYork, "CENTRAL TIME": chicago, "CENTRAL STANDARD TIME": chicago,
	"PACIFIC TIME": losAngeles, "PACIFIC STANDARD TIME": losAngeles, "LONDON TIME": "Europe/London", "TOKYO TIME": "Asia/Tokyo", "BEIJING TIME": "Asia/Shanghai", "CHINA STANDARD TIME": "Asia/Shanghai", "HONG KONG TIME": "Asia/Hong_Kong",
}

// manyZones are the names that several zones have, and the languages and domains by
// which they are told apart.
var manyZones = map[string][]struct {
	zone   string
	places string
}{
	"AST": {{"Asia/Riyadh", "ar sa kw qa bh ye iq ae"}, {"America/Halifax", "ca bm pr"}},
	"IST": {{"Asia/Kolkata", "in hi ta te bn mr gu en-in"}, {"Asia/Jerusalem", "il he iw"}, {"Europe/Dublin", "ie ga en-ie"}},
	"GST": {{"Asia/Dubai", "ar ae om"}, {"Atlantic/South_Georgia", "gs"}},
	"BST": {{"Europe/London", "uk gb en-gb"}, {"Asia/Dhaka", "bd bn"}},
	"SST": {{"Asia/Singapore", "sg"}, {"Pacific/Pago_Pago", "as ws"}},
	"WST": {{"Australia/Perth", "au"}, {"Pacific/Apia", "ws"}},
}

// named takes the zone that t names.
func (st Stamp) named(t parts, how Reading) Stamp {
	name := strings.ToUpper(t.zone)
	switch name {
	case "Z", "UTC", "GMT", "UT":
		return st.in(t.wall, time.UTC, t.zone+" (given)")
	}
	if loc := offset(strings.TrimPrefix(strings.TrimPrefix(name, "GMT"), "UTC")); loc != nil {
		return st.in(t.wall, loc, t.zone+" (given)")
	}
	if place, ok := clocks[name]; ok {
		if loc, err := Location(place); err == nil {
			return st.in(t.wall, loc, fmt.Sprintf("%s (%s, given)", place, t.zone))
		}
	}
	if list, ok := manyZones[name]; ok {
		var all []string
		for _, a := range list {
			loc, err := Location(a.zone)
			if err != nil {
				continue
			}
			if how.Place != "" && fits(a.places, how.Place) {
				st = st.in(t.wall, loc, fmt.Sprintf("%s as %s, by the language or the domain of the source (%s)", t.zone, a.zone, how.Place))
				return st.doubt("%s has several meanings; taken as %s", t.zone, a.zone)
			}
			all = append(all, fmt.Sprintf("%s (%s)", a.zone, t.wall.In(loc).Format("-07:00")))
		}
		if how.Zone == nil {
			return st.floating(fmt.Sprintf("%s may be %s", t.zone, strings.Join(all, " or ")))
		}
	}
	if a, ok := zoneLetters[name]; ok {
		hours := formatOffset(a.offset)
		st = st.in(t.wall, time.FixedZone(t.zone, a.offset*60), fmt.Sprintf("%s (%s, given)", t.zone, hours))
		if a.place == "" {
			return st
		}
		loc, err := Location(a.place)
		if err != nil {
			return st
		}
		now := st.Time.In(loc)
		if _, sec := now.Zone(); sec != a.offset*60 {
			true0, _ := resolve(t.wall, loc)
			right, _ := true0.Zone()
			st.Other = true0
			st.ZoneAssumed = fmt.Sprintf("%s as written (%s), suspect", t.zone, hours)
			return st.doubt("%s is written in %s, when the clocks of %s showed %s: if the writer meant them, it was %s", t.zone, t.wall.Month(), a.place, right, true0.UTC().Format(time.RFC3339))
		}
		st.ZoneAssumed = fmt.Sprintf("%s (%s, correct in %s)", t.zone, hours, t.wall.Month())
		return st
	}
	if strings.Contains(t.zone, "/") {
		if loc, err := Location(t.zone); err == nil {
			return st.in(t.wall, loc, t.zone+" (given)")
		}
	}
	if how.Zone != nil {
		st = st.in(t.wall, how.Zone, fmt.Sprintf("%s (%s)", how.Zone, how.Why))
		return st.doubt("zone %s is not known", quote(t.zone))
	}
	return st.floating(fmt.Sprintf("zone %s is not known", quote(t.zone)))
}

// fits reports whether place, a language or domain, is one of places.
func fits(places, place string) bool {
	place = strings.ToLower(strings.ReplaceAll(place, "_", "-"))
	for _, p := range strings.Fields(places) {
		lang, region, _ := strings.Cut(place, "-")
		if p == place || p == lang || region != "" && p == region {
			return true
		}
	}
	return false
}

func formatOffset(minutes int) string {
	sign := '+'
	if minutes < 0 {
		sign, minutes = '-', -minutes
	}
	return fmt.Sprintf("%c%02d:%02d", sign, minutes/60, minutes%60)
}

// parts is a time taken apart.
type parts struct {
	wall    time.Time // as if in UTC
	year    int       // as written, where wall cannot hold it
	timed   bool
	seconds bool
	zone    string
	weekday string // its first three letters
	epoch   bool
}

var (
	isoTime = pattern.New(`^(\d{4,6})-(\d{1,2})-(\d{1,2})(?:(?:[Tt]|\s+|\s*,\s*)(\d{1,2}):(\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?\s*([AaPp]\.?[Mm]\b\.?)?\s*(.*))?$`)
	// 20260524T181500Z, 20220506183057, 20240701
	denseTime = pattern.New(`^(\d{4})(\d{2})(\d{2})(?:[Tt]?(\d{2})(\d{2})(\d{2})?\s*([Zz]|[+-]\d{2}:?\d{2})?)?$`)
	// 7/1/2024 4:05 PM, 01.07.2024 16:05
	slashTime = pattern.New(`^(\d{1,4})([/.])(\d{1,2})[/.](\d{2,6})(?:,?\s+(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*([AaPp]\.?[Mm]\b\.?)?\s*(.*))?$`)
	// 08 Mar 2026 23:58:37 GMT, 8-Mar-26
	dayMonth = pattern.New(`^(\d{1,2})(?:st|nd|rd|th|er|º)?[\s.-]+(?:de\s+)?(\pL[\pL\pM_]*)(?:\s*/\s*[\pL\pM_]+)?[\s.,-]+(?:de\s+)?(\d{2,6})(.*)$`)
	// Mar 8, 2026 11:58 PM
	monthDay  = pattern.New(`^(\pL[\pL\pM]*)\.?\s+(\d{1,2})(?:st|nd|rd|th)?,?\s+(\d{4,6})(.*)$`)
	weekdayAt = pattern.New(`^(\pL[\pL\pM]*)\.?\s*[,،]?\s+`)
	clockAt   = pattern.New(`^[\s,،:|@-]*(?:at\s+|um\s+|à\s+|الساعة\s+)?(\d{1,2})(?:[:h](\d{2})(?::(\d{2})(?:[.,](\d{1,9}))?)?|\s*(?:h|Uhr))?\s*([AaPp]\.?\s?[Mm]\.?|ص|م|صباحا|صباحاً|مساء|مساءً)?(?:\s+|$|([Zz+-]))(.*)$`)
	zoneForm  = pattern.New(`^\(?((?:[A-Za-z][A-Za-z0-9_]*(?:[/-][A-Za-z_]+)*)?(?:\s*[+-]\d{1,2}(?::?\d{2})?)?)\)?(?:\s*\(.*\))?$`)
	epochForm = pattern.New(`^(?:\d{9,10}|\d{13})(?:\.\d+)?$`)
)

// tidyTime writes digits of other scripts as ours and takes out what only decorates.
func tidyTime(s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case '٠' <= r && r <= '٩':
			return '0' + r - '٠'
		case '۰' <= r && r <= '۹':
			return '0' + r - '۰'
		case r == '\u00a0' || r == '\u202f' || r == '\u2009' || r == '\n' || r == '\t' || r == '\r':
			return ' '
		case r == '\u200e' || r == '\u200f' || r == '\ufeff' || '\u202a' <= r && r <= '\u202e':
			return -1
		case r == '−' || r == '–':
			return '-'
		}
		return r
	}, s)
	return halfDay.ReplaceAllString(twoWords.Replace(strings.Join(strings.Fields(s), " ")), "$1 $2")
}

// halfDay is a half of the day that a zone follows at once: 4 PMEDT.
var halfDay = pattern.New(`\b(\d{0,2}[AaPp][Mm])([A-Z]{2,4})\b`)

// twoWords makes one word of the months that have two.
var twoWords = strings.NewReplacer("كانون الثاني", "كانون_الثاني", "كانون الأول", "كانون_الأول", "كانون الاول", "كانون_الأول",
	"تشرين الأول", "تشرين_الأول", "تشرين الاول", "تشرين_الأول", "تشرين الثاني", "تشرين_الثاني")

// takeApart reads text in any form known.
func takeApart(text string, dayFirst bool) (t parts, ok bool) {
	if t, ok = apart(text, dayFirst); !ok {
		if plain := reformed(text); plain != text {
			if t, ok := apart(plain, dayFirst); ok {
				return t, true
			}
		}
	}
	return t, ok
}

// reforms turn what few write into what many do.
var reforms = []struct {
	from *pattern.Pattern
	to   string
}{
	{pattern.New(`^(\pL{3}) (\pL{3}) (\d{1,2}) (\d\d:\d\d:\d\d)(?: ([+-]\d{4}|[A-Z]{2,5}))? (\d{4})$`), "$1, $3 $2 $6 $4 $5"}, // Twitter, C
	{pattern.New(`^(.*\d[+-]\d\d:?\d\d|.*\dZ)\[[A-Za-z_/]+\]$`), "$1"},                                                        // Java
	{pattern.New(`^1(\d\d)[/.](\d{1,2})[/.](\d{1,2})$`), "ROC$1-$2-$3"},                                                       // Taiwan
	{pattern.New(`^(\d{1,4})\. ?(\d{1,2})\. ?(\d{1,4})\.?( .*)?$`), "$1.$2.$3$4"},                                             // 18. 11. 2024, 2024.11.18.
	{pattern.New(`^(\pL{3})-(\d{1,2})-(\d{2}|\d{4})( .*)?$`), "$2 $1 $3$4"},                                                   // Finviz
	{pattern.New(`^(\pL+ \d{1,2}, \d{4}|\d{1,2} \pL+ \d{4}),? (?:\pL+day)$`), "$1"},                                           // LexisNexis
	{pattern.New(`^(\d{8}T\d{6})\.\d+(Z|[+-]\d\d:?\d\d)?$`), "$1$2"},                                                          // Dow Jones
	{pattern.New(`^(\d{1,2})(\pL{3})(\d{4})(?::(\d.*))?$`), "$1 $2 $3 $4"},                                                    // SAS, Stata
	{pattern.New(`(\d{4}) ?年 ?(\d{1,2}) ?月 ?(\d{1,2}) ?日`), "$1-$2-$3"},
	{pattern.New(`(오전|上午|午前) ?(\d{1,2})(:\d\d| ?[時时点])`), "$2$3 AM"},
	{pattern.New(`(오후|下午|午後) ?(\d{1,2})(:\d\d| ?[時时点])`), "$2$3 PM"},
	{pattern.New(`(\d{1,2}) ?[時时点] ?(\d{1,2}) ?分?`), "$1:$2"},
	{pattern.New(`(\d:\d\d) (?:ص|صباحا|صباحاً)(\s|$)`), "$1 AM$2"},
	{pattern.New(`(\d:\d\d) (?:م|مساء|مساءً)(\s|$)`), "$1 PM$2"},
	{pattern.New(`\b(\d{1,2})h(\d{2})\b`), "$1:$2"},
	{pattern.New(`(\d:\d\d) Uhr\b`), "$1"},
	{pattern.New(`\b([ECMP])\.T\.`), "${1}T"},
	{pattern.New(`\b([ECMP])\.([SD])\.T\.`), "${1}${2}T"},
	{pattern.New(`\((?:heure de Paris|heures de Paris)\)`), "Europe/Paris"},
	{pattern.New(`北京时间|北京時間`), "Asia/Shanghai"},
}

// reformed returns text in a form that more sources use.
func reformed(text string) string {
	for _, r := range reforms {
		text = r.from.ReplaceAllString(text, r.to)
	}
	if rest, ok := strings.CutPrefix(text, "ROC"); ok {
		if y, rest, ok := strings.Cut(rest, "-"); ok {
			text = strconv.Itoa(2011+number(y)) + "-" + rest
		}
	}
	return text
}

// apart reads text in the forms that most sources use.
func apart(text string, dayFirst bool) (t parts, ok bool) {
	if epochForm.MatchString(text) {
		n, err := strconv.ParseFloat(text, 64)
		if err != nil {
			return t, false
		}
		if n > 1e11 {
			n /= 1000
		}
		sec := int64(n)
		w := time.Unix(sec, int64((n-float64(sec))*1e9)).UTC()
		return parts{wall: w, year: w.Year(), timed: true, seconds: true, epoch: true}, true
	}
	if m := denseTime.FindStringSubmatch(text); m != nil {
		return t.of(m[1], m[2], m[3], m[4], m[5], m[6], "", "", m[7])
	}
	if m := isoTime.FindStringSubmatch(text); m != nil {
		return t.of(m[1], m[2], m[3], m[4], m[5], m[6], m[7], m[8], m[9])
	}
	if m := slashTime.FindStringSubmatch(text); m != nil {
		month, day, year := m[1], m[3], m[4]
		switch {
		case len(m[1]) == 4:
			year, month, day = m[1], m[3], m[4]
		case m[2] == "." || dayFirst || len(m[1]) <= 2 && number(m[1]) > 12:
			month, day = day, month
		}
		return t.of(year, month, day, m[5], m[6], m[7], m[8], m[9], m[10])
	}
	if m := weekdayAt.FindStringSubmatch(text); m != nil && monthOf(m[1]) == 0 {
		w, known := weekdayOf(m[1])
		if !known {
			return t, false
		}
		t.weekday = w
		weekday := t.weekday
		rest := text[len(m[0]):]
		t, ok = apart(rest, dayFirst)
		if t.weekday != "" { // twice
			return t, false
		}
		t.weekday = weekday
		return t, ok && !t.epoch
	}
	var year, month, day, rest string
	if m := dayMonth.FindStringSubmatch(text); m != nil {
		day, month, year, rest = m[1], m[2], m[3], m[4]
	} else if m := monthDay.FindStringSubmatch(text); m != nil {
		month, day, year, rest = m[1], m[2], m[3], m[4]
	} else {
		return t, false
	}
	n := monthOf(month)
	if n == 0 {
		return t, false
	}
	rest = strings.TrimSpace(rest)
	if era := strings.TrimPrefix(rest, "م"); era == "" || era != rest && strings.ContainsAny(era[:1], " .,-") { // 2020م, the Christian era
		rest = strings.Trim(era, " .,-")
	}
	if rest == "" {
		return t.of(year, strconv.Itoa(n), day, "", "", "", "", "", "")
	}
	m := clockAt.FindStringSubmatch(rest)
	if m == nil {
		return t, false
	}
	minute := m[2]
	if minute == "" {
		if m[5] == "" && !strings.Contains(rest, "Uhr") && !strings.Contains(rest, "h") {
			return t, false
		}
		minute = "00"
	}
	return t.of(year, strconv.Itoa(n), day, m[1], minute, m[3], m[4], m[5], m[6]+m[7])
}

// number returns the value of digits.
func number(s string) int {
	n, _ := strconv.Atoi(s)
	return n
}

// of puts t together of digits; hour is "" for a date alone.
func (t parts) of(year, month, day, hour, minute, second, fraction, half, zone string) (parts, bool) {
	y := number(year)
	if len(year) == 2 {
		if y += 2000; y >= 2070 {
			y -= 100
		}
	}
	t.year = y
	mo, d, h, mi, s := number(month), number(day), number(hour), number(minute), number(second)
	if y > 9999 {
		return t, mo >= 1 && mo <= 12
	}
	if half != "" {
		afternoon := strings.HasPrefix(strings.ToLower(half), "p") || strings.HasPrefix(half, "م")
		if h < 1 || h > 12 {
			if afternoon && h > 12 || h == 0 { // 15:30 PM
			} else {
				return t, false
			}
		} else if h == 12 {
			h = 0
		}
		if afternoon && h < 12 {
			h += 12
		}
	}
	nano := 0
	if fraction != "" {
		nano = number((fraction + "000000000")[:9])
	}
	if hour == "24" && mi == 0 && s == 0 {
		t.wall = time.Date(y, time.Month(mo), d+1, 0, 0, 0, 0, time.UTC)
		d, h = t.wall.Day(), 0
		mo = int(t.wall.Month())
	} else {
		if s == 60 { // a leap second
			s = 59
		}
		t.wall = time.Date(y, time.Month(mo), d, h, mi, s, nano, time.UTC)
	}
	if int(t.wall.Month()) != mo || t.wall.Day() != d || t.wall.Hour() != h || t.wall.Minute() != mi || t.wall.Second() != s {
		return t, false
	}
	t.timed, t.seconds = hour != "", second != ""
	zone = strings.TrimSpace(zone)
	if zone != "" {
		m := zoneForm.FindStringSubmatch(zone)
		if m == nil {
			return t, false
		}
		zone = strings.ReplaceAll(m[1], " ", "")
		if zone == "" {
			return t, false
		}
		if i := strings.IndexAny(zone, "+-"); i >= 0 && !strings.Contains(zone, "/") {
			if sign := zone[i:]; len(sign) > 1 && sign[1] >= '0' && sign[1] <= '9' && (len(sign) == 2 || len(sign) == 3 && !strings.Contains(sign, ":")) {
				zone = zone[:i] + sign[:1] + fmt.Sprintf("%02d", number(sign[1:])) + "00"
			} else if len(sign) == 5 && sign[2] == ':' { // +5:30
				zone = zone[:i] + sign[:1] + "0" + sign[1:]
			}
		}
	}
	t.zone = zone
	return t, true
}

// months are the names of the months, one line a month: English, German, French,
// Spanish, Italian, Portuguese, Dutch, Russian, and the sets of Arabic names.
var months = [12]string{
	"jan january januar jänner janvier enero ene gennaio gen يناير جانفي كانون_الثاني janv janeiro januari января янв",
	"feb february februar février fevrier fév febrero febbraio فبراير فيفري شباط févr fevrier fevereiro fev februari февраля фев",
	"mar march märz maerz mär mars marzo مارس آذار اذار março marco maart mrt марта мар",
	"apr april avril avr abril abr aprile أبريل ابريل إبريل أفريل افريل نيسان апреля апр",
	"may mai mayo maggio mag مايو ماي أيار ايار maio mei мая",
	"jun june juni juin junio giugno giu يونيو يونيه جوان حزيران junho июня июн",
	"jul july juli juillet juil julio luglio lug يوليو يوليه جويلية تموز juil julho يوليوز июля июл",
	"aug august août aoû aout agosto ago أغسطس اغسطس أوت اوت آب augustus غشت августа авг",
	"sep sept september septembre septiembre settembre set سبتمبر أيلول ايلول setembro شتنبر сентября сен",
	"oct october okt oktober octobre octubre ottobre ott أكتوبر اكتوبر تشرين_الأول outubro out октября окт",
	"nov november novembre noviembre نوفمبر تشرين_الثاني novembro نونبر ноября ноя",
	"dec december dez dezember décembre déc diciembre dic dicembre ديسمبر كانون_الأول dezembro دجنبر декабря дек",
}

// monthOf returns the month called name, 0 for none.
func monthOf(name string) int {
	return monthNumbers()[strings.ToLower(name)]
}

// monthNumbers are the numbers of the months by each of their names.
var monthNumbers = sync.OnceValue(func() map[string]int {
	m := make(map[string]int)
	for i, line := range months {
		for _, n := range strings.Fields(line) {
			m[n] = i + 1
		}
	}
	return m
})

// weekdays are the names of the days, as months.
var weekdays = [7]string{
	"sun sunday so sonntag dim dimanche dom domingo domenica الأحد الاحد zo zondag вс",
	"mon monday mo montag lun lundi lunes lunedì الاثنين الإثنين seg segunda ma maandag пн",
	"tue tues tuesday di dienstag mardi mar martes martedì الثلاثاء ter terça dinsdag вт",
	"wed wednesday mi mittwoch mer mercredi mié miércoles mercoledì الأربعاء الاربعاء qua quarta wo woensdag ср",
	"thu thur thurs thursday do donnerstag jeu jeudi jue jueves giovedì الخميس qui quinta donderdag чт",
	"fri friday fr freitag ven vendredi vie viernes venerdì الجمعة sex sexta vr vrijdag пт",
	"sat saturday sa samstag sam samedi sáb sábado sabato السبت za zaterdag сб",
}

// weekdayOf returns the first three letters, in English, of the day called name.
func weekdayOf(name string) (string, bool) {
	name = strings.ToLower(name)
	for i, line := range weekdays {
		for _, n := range strings.Fields(line) {
			if n == name {
				return strings.ToLower(time.Weekday(i).String()[:3]), true
			}
		}
	}
	return "", false
}
