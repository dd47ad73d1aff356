package agenda

import (
	"fmt"
	"slices"
	"strings"
	"time"

	ics "github.com/arran4/golang-ical"
	"github.com/teambition/rrule-go"

	"aftershock/events"
)

// zone is a zone of a calendar: a place known by its name, or the rules of the file.
type zone struct {
	name    string
	loc     *time.Location // nil: rules alone
	windows bool
	rules   []observance
}

// observance is a part of a VTIMEZONE: from its onsets on, clocks show offset.
type observance struct {
	first  time.Time // the first onset, by the clock before it, as if in UTC
	rule   string
	dates  []time.Time
	before int // seconds east of Greenwich until the onset
	offset int
	name   string
}

// windowsZones are the names that Microsoft's programs give zones, by those of CLDR's
// windowsZones.xml for the whole territory.
var windowsZones = map[string]string{
	"Eastern Standard Time": "America/New_York", "US Eastern Standard Time": "America/Indiana/Indianapolis", "Central Standard Time": "America/Chicago",
	"Mountain Standard Time": "America/Denver", "US Mountain Standard Time": "America/Phoenix", "Pacific Standard Time": "America/Los_Angeles",
	"Alaskan Standard Time": "America/Anchorage", "Hawaiian Standard Time": "Pacific/Honolulu", "Atlantic Standard Time": "America/Halifax",
	"Newfoundland Standard Time": "America/St_Johns", "Canada Central Standard Time": "America/Regina", "Central Standard Time (Mexico)": "America/Mexico_City",
	"SA Pacific Standard Time": "America/Bogota", "SA Western Standard Time": "America/La_Paz", "E. South America Standard Time": "America/Sao_Paulo",
	"Argentina Standard Time": "America/Buenos_Aires", "Pacific SA Standard Time": "America/Santiago",
	"GMT Standard Time": "Europe/London", "Greenwich Standard Time": "Atlantic/Reykjavik", "W. Europe Standard Time": "Europe/Berlin",
	"Romance Standard Time": "Europe/Paris", "Central Europe Standard Time": "Europe/Budapest", "Central European Standard Time": "Europe/Warsaw",
	"E. Europe Standard Time": "Europe/Chisinau", "FLE Standard Time": "Europe/Kiev", "GTB Standard Time": "Europe/Bucharest", "Turkey Standard Time": "Europe/Istanbul",
	"Russian Standard Time": "Europe/Moscow", "Israel Standard Time": "Asia/Jerusalem", "Egypt Standard Time": "Africa/Cairo", "South Africa Standard Time": "Africa/Johannesburg",
	"Arab Standard Time": "Asia/Riyadh", "Arabian Standard Time": "Asia/Dubai", "Arabic Standard Time": "Asia/Baghdad", "Jordan Standard Time": "Asia/Amman",
	"Middle East Standard Time": "Asia/Beirut", "Syria Standard Time": "Asia/Damascus", "Morocco Standard Time": "Africa/Casablanca", "Iran Standard Time": "Asia/Tehran",
	"W. Central Africa Standard Time": "Africa/Lagos", "E. Africa Standard Time": "Africa/Nairobi",
	"Pakistan Standard Time": "Asia/Karachi", "India Standard Time": "Asia/Kolkata", "Bangladesh Standard Time": "Asia/Dhaka", "SE Asia Standard Time": "Asia/Bangkok",
	"China Standard Time": "Asia/Shanghai", "Singapore Standard Time": "Asia/Singapore", "Taipei Standard Time": "Asia/Taipei", "Tokyo Standard Time": "Asia/Tokyo",
	"Korea Standard Time": "Asia/Seoul", "W. Australia Standard Time": "Australia/Perth", "AUS Eastern Standard Time": "Australia/Sydney",
	"E. Australia Standard Time": "Australia/Brisbane", "Cen. Australia Standard Time": "Australia/Adelaide", "New Zealand Standard Time": "Pacific/Auckland",
	"UTC": "UTC", "Coordinated Universal Time": "UTC",
	"(UTC-05:00) Eastern Time (US & Canada)": "America/New_York", "(UTC-06:00) Central Time (US & Canada)": "America/Chicago", "(UTC-08:00) Pacific Time (US & Canada)": "America/Los_Angeles",
}

// otherNames are names of zones that no database has and calendars use.
var otherNames = map[string]string{
	"US-Eastern": "America/New_York", "US-Central": "America/Chicago", "US-Mountain": "America/Denver", "US-Pacific": "America/Los_Angeles",
	"Eastern": "America/New_York", "Central": "America/Chicago", "Pacific": "America/Los_Angeles", "Eastern Time": "America/New_York", "ET": "America/New_York",
	"Central Time": "America/Chicago", "Pacific Time": "America/Los_Angeles", "GMT": "UTC", "Etc/UTC": "UTC", "Z": "UTC",
}

// zone finds the zone called name: a place of the IANA database, a name of Microsoft's,
// the file's own definition, or another name in use; nil where it is none.
func (c *calendar) zone(name string) *zone {
	if z, ok := c.checked[name]; ok {
		return z
	}
	z := c.find(name)
	c.checked[name] = z
	return z
}

func (c *calendar) find(name string) *zone {
	own := c.zones[name]
	var rules []observance
	if own != nil {
		rules = own.rules
	}
	place := strings.TrimPrefix(name, "/")
	if i := strings.Index(place, "/America/"); i >= 0 { // /freeassociation.sourceforge.net/America/New_York
		place = place[i+1:]
	} else if i := strings.Index(place, "/Europe/"); i >= 0 {
		place = place[i+1:]
	} else if i := strings.Index(place, "/Asia/"); i >= 0 {
		place = place[i+1:]
	}
	if strings.Contains(place, "/") || place == "UTC" {
		if loc, err := events.Location(place); err == nil {
			return &zone{name: name, loc: loc, rules: rules}
		}
	}
	if w, ok := windowsZones[name]; ok {
		if loc, err := events.Location(w); err == nil {
			return &zone{name: name, loc: loc, windows: true, rules: rules}
		}
	}
	if own != nil {
		return own
	}
	if w, ok := otherNames[name]; ok {
		if loc, err := events.Location(w); err == nil {
			return &zone{name: name, loc: loc}
		}
	}
	return nil
}

// assumed says what zone was taken at t.
func (z *zone) assumed(t time.Time) string {
	switch {
	case z.windows:
		short, _ := t.Zone()
		return fmt.Sprintf("%s (Windows) = %s, %s that day", z.name, z.loc, short)
	case z.loc == nil:
		return z.name + ", defined by a VTIMEZONE in the file"
	case z.loc.String() != z.name:
		return fmt.Sprintf("%s (%s, given)", z.loc, z.name)
	}
	return z.name + " (given)"
}

// mostRules is how many rules a zone may have: every event asks each of them, and no
// place has put its clocks in so many ways.
const mostRules = 1000

// definedZone reads the rules of a VTIMEZONE; nil where there are none, or more than
// mostRules.
func definedZone(tz *ics.VTimezone) *zone {
	z := &zone{}
	for _, p := range tz.Properties {
		if strings.EqualFold(p.IANAToken, "TZID") {
			z.name = p.Value
		}
	}
	for _, comp := range tz.Components {
		var props []ics.IANAProperty
		switch o := comp.(type) {
		case *ics.Standard:
			props = o.Properties
		case *ics.Daylight:
			props = o.Properties
		default:
			continue
		}
		var o observance
		ok := false
		for _, p := range props {
			switch strings.ToUpper(p.IANAToken) {
			case "DTSTART":
				o.first, _ = time.Parse("20060102T150405", strings.TrimSuffix(p.Value, "Z"))
			case "TZOFFSETTO":
				o.offset, ok = offsetOf(p.Value)
			case "TZOFFSETFROM":
				o.before, _ = offsetOf(p.Value)
			case "RRULE":
				o.rule = p.Value
			case "RDATE":
				for _, v := range strings.Split(p.Value, ",") {
					if t, err := time.Parse("20060102T150405", strings.TrimSuffix(v, "Z")); err == nil {
						o.dates = append(o.dates, t)
					}
				}
			case "TZNAME":
				o.name = p.Value
			}
		}
		slices.SortFunc(o.dates, time.Time.Compare)
		if ok && !o.first.IsZero() {
			z.rules = append(z.rules, o)
		}
	}
	if z.name == "" || len(z.rules) == 0 || len(z.rules) > mostRules {
		return nil
	}
	return z
}

// offsetOf reads -0500 or -050000 as seconds.
func offsetOf(s string) (int, bool) {
	s = strings.TrimSpace(s)
	if len(s) < 5 || s[0] != '+' && s[0] != '-' {
		return 0, false
	}
	var h, m, sec int
	if _, err := fmt.Sscanf(s[1:5], "%02d%02d", &h, &m); err != nil {
		return 0, false
	}
	if len(s) == 7 {
		fmt.Sscanf(s[5:7], "%02d", &sec)
	}
	n := h*3600 + m*60 + sec
	if s[0] == '-' {
		n = -n
	}
	return n, n > -16*3600 && n < 16*3600
}

// offsetAt returns what the clocks show, in seconds east of Greenwich, when they show
// wall: the offset of the last onset before it, of the earliest part where there is none.
func (z *zone) offsetAt(wall time.Time) int {
	var last time.Time
	offset, found := 0, false
	for i, o := range z.rules {
		if i == 0 {
			offset = o.before
		}
		at, ok := o.lastOnset(wall)
		if ok && (!found || at.After(last)) {
			last, offset, found = at, o.offset, true
		}
	}
	return offset
}

// lastOnset returns the latest onset of o not after wall.
func (o *observance) lastOnset(wall time.Time) (time.Time, bool) {
	if o.first.After(wall) {
		return time.Time{}, false
	}
	last := o.first
	if n, is := slices.BinarySearchFunc(o.dates, wall, time.Time.Compare); is {
		last = wall
	} else if n > 0 && o.dates[n-1].After(last) {
		last = o.dates[n-1]
	}
	if o.rule == "" {
		return last, true
	}
	opt, err := rrule.StrToROption(o.rule)
	if err != nil || opt.Freq != rrule.YEARLY {
		return last, true
	}
	opt.Dtstart = o.first
	if opt.Count == 0 { // begin near wall: rules of 1601 are long, and recur every year
		near := time.Date(max(wall.Year()-2, o.first.Year()), o.first.Month(), o.first.Day(), o.first.Hour(), o.first.Minute(), o.first.Second(), 0, time.UTC)
		if near.After(o.first) && opt.Interval <= 1 {
			opt.Dtstart = time.Date(near.Year(), 1, 1, o.first.Hour(), o.first.Minute(), o.first.Second(), 0, time.UTC)
		}
	}
	r, err := rrule.NewRRule(*opt)
	if err != nil {
		return last, true
	}
	if at := r.Before(wall, true); at.After(last) {
		last = at
	}
	return last, true
}
