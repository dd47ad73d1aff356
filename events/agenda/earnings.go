// Package agenda reads calendars of what is to come: earnings calendars of data vendors
// and iCalendar files.
//
// A calendar foretells: its events are expected until something confirms them, such as
// the figures reported. The hours in it are slots (16:00 for after the close), not
// instants.
package agenda

import (
	"bytes"
	"cmp"
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode"

	"aftershock/events"
	"aftershock/internal/pattern"
)

// Read reads s where it is a calendar, and returns events.ErrUnknownKind where not.
func Read(s *events.Source) (*events.Batch, error) {
	head := bytes.TrimSpace(s.Text[:min(len(s.Text), 4096)])
	switch {
	case len(head) == 0:
		return nil, events.ErrUnknownKind
	case len(head) >= 15 && bytes.EqualFold(head[:15], []byte("BEGIN:VCALENDAR")):
		return readCalendar(s)
	case head[0] == '{' || head[0] == '[':
		doc, err := s.Document()
		if err != nil {
			return nil, events.ErrUnknownKind // said by whoever reads JSON last
		}
		records := doc.Records
		if !isEarnings(records) {
			return nil, events.ErrUnknownKind
		}
		b := s.Batch(vendor(records[0], doc.Path))
		day := ""
		if top := doc.Top; top != nil {
			if data := events.RecordOf(top.Raw("data")); data != nil {
				day = data.Text("asof")
			}
			day = cmp.Or(day, top.Text("asof"))
		}
		earnings(b, s, records, day)
		return b, nil
	case head[0] == '<':
		return nil, events.ErrUnknownKind
	}
	probe := s.Batch("")
	header, records := events.Table(s.Text, probe)
	if header == nil || !isEarnings(records) && !isEarningsHeader(header) {
		return nil, events.ErrUnknownKind
	}
	probe.Kind = "earnings calendar"
	if len(records) > 0 {
		probe.Kind = vendor(records[0], "")
	}
	earnings(probe, s, records, "")
	return probe, nil
}

// The names that vendors give what a calendar says.
var (
	symbolNames = []string{"symbol", "ticker", "act_symbol", "actsymbol", "security", "stock", "companyticker", "tickersymbol"}
	dayNames    = []string{"reportdate", "earningsdate", "earningsreportdate", "announcementdate", "earningsannouncement", "expectedreportdate", "date", "startdatetime", "eventstartdate", "datereported", "reporteddate", "releasedate", "nextearningsdate", "day"}
	partNames   = []string{"hour", "time", "timeoftheday", "timeofday", "when", "session", "reporttime", "timing", "startdatetimetype", "updatetime", "flag", "beforeaftermarket", "markettime", "releasetime", "earningstime"}
	nameNames   = []string{"name", "companyname", "companyshortname", "company", "securityname"}
	periodNames = []string{"fiscaldateending", "fiscalquarterending", "fiscaldate", "period", "periodending", "quarterending"}
	actualNames = []string{"epsactual", "reportedeps", "eps", "actual", "actualeps", "epsreported", "revenueactual", "actualrevenue"}
	guessNames  = []string{"estimate", "epsestimate", "epsestimated", "epsforecast", "consensus", "consensusepsforecast", "estimatedeps"}
)

// known are the names that only an earnings calendar has.
var known = slices.Concat([]string{"reportdate", "earningsdate", "earningsannouncement", "timeoftheday", "startdatetimetype", "earningsreportdate", "nextearningsdate"},
	periodNames[:3], guessNames[1:], []string{"epsactual", "reportedeps", "actualeps", "eps", "surprise", "surprisepercent", "epssurprise"})

func has(names []string, of []string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return slices.Contains(of, events.Simple(n)) })
}

// isEarningsHeader reports whether these are the columns of an earnings calendar. yfinance
// names no symbol, since its user asked for one.
func isEarningsHeader(header []string) bool {
	if has(header, []string{"title", "headline", "url", "link", "body", "text"}) {
		return false
	}
	if !has(header, dayNames) {
		return false
	}
	return has(header, known)
}

// isEarnings reports whether records are rows of an earnings calendar: of a day and a
// symbol without a headline, with what only such a calendar says, or nothing else.
func isEarnings(records []*events.Record) bool {
	if len(records) == 0 {
		return false
	}
	r := records[0]
	if r == nil {
		return false
	}
	if isEarningsHeader(r.Names) {
		return true
	}
	if has(r.Names, []string{"title", "headline", "url", "link", "body", "text", "content"}) || !has(r.Names, symbolNames) {
		return false
	}
	if !has(r.Names, dayNames) { // Nasdaq says the day once
		return r.Has("time") && r.Has("fiscalquarterending", "epsforecast", "lastyearrptdt")
	}
	if len(r.Names) == 2 {
		return true
	}
	_, part := partOf(r.Text(partNames...))
	return part
}

// vendor names the kind of calendar.
func vendor(r *events.Record, path string) string {
	switch {
	case r == nil:
	case strings.EqualFold(path, "earningsCalendar"):
		return "earnings calendar of Finnhub"
	case r.Has("lastyearrptdt"):
		return "earnings calendar of Nasdaq"
	case r.Has("reportdate") && r.Has("fiscaldateending"):
		return "earnings calendar of Alpha Vantage"
	case r.Has("epsestimated"):
		return "earnings calendar of FMP"
	case r.Has("earningsdate") && r.Has("reportedeps"):
		return "earnings dates of yfinance"
	}
	return "earnings calendar"
}

// partOf reads a part of the day as calendars write it. ok: it is one, or says that it is
// not known ("").
func partOf(s string) (p events.Part, ok bool) {
	t := events.Simple(s)
	switch t {
	case "":
		return "", strings.Trim(s, " -–—") == "" && s != ""
	case "bmo", "bto", "bo", "pre", "am", "beforemarketopen", "beforeopen", "premarket", "timepremarket", "beforemarket", "beforethemarketopens", "morning", "preopen", "beforethebell", "beforehours", "prebell", "beforetheopen":
		return events.BeforeOpen, true
	case "amc", "ac", "post", "pm", "aftermarketclose", "afterclose", "postmarket", "timeafterhours", "aftermarket", "afterhours", "afterthemarketcloses", "afterthebell", "evening", "postclose", "aftermarketcloses", "afterbell", "aftertheclose":
		return events.PastClose, true
	case "dmh", "dmt", "duringmarkethours", "during", "intraday", "duringmarket", "duringmarkettrading", "duringtrading":
		return events.During, true
	case "tns", "tas", "tbd", "tba", "na", "unknown", "none", "timenotsupplied", "notsupplied", "unspecified", "null", "nan", "notspecified":
		return "", true
	}
	return "", false
}

// earnings adds the rows of a calendar. day is their day where it is said once for all.
func earnings(b *events.Batch, s *events.Source, records []*events.Record, day string) {
	how := s.Reading()
	how.Coarse = true
	noSymbol, unsure := 0, 0
	for i, r := range records {
		if r == nil {
			b.Reject(0, "row %d is no object", i+1)
			continue
		}
		records[i] = nil // it is held as an event from here on
		symbol := r.Text(symbolNames...)
		symbols := []string{symbol}
		if symbol == "" {
			symbols = s.Securities
		}
		if len(symbols) == 0 {
			noSymbol++
		}
		raw := cmp.Or(r.Text(dayNames...), day)
		st := how.Stamp(raw)
		name := r.Text(nameNames...)
		it := events.Item{
			Category: "earnings", Securities: symbols, Line: r.Line, Scheduled: true, Status: events.Expected,
			Source: b.Kind, Distinct: "",
		}
		if st.Precision == events.NoTime {
			if raw == "" && symbol == "" {
				b.Reject(r.Line, "row %d has neither a day nor a symbol", r.Index)
				continue
			}
			if raw != "" && r.Line > 0 {
				b.Reject(r.Line, "the day %q cannot be read", raw)
				continue
			}
		}
		text := ""
		for _, n := range partNames {
			if v := r.Text(n); v != "" && v != raw {
				text = v
				break
			}
		}
		part, ok := partOf(text)
		if !ok && text != "" {
			if clock := clockForm.FindStringSubmatch(text); clock != nil && st.Precision == events.Day {
				part = partOfClock(clock[1], clock[2])
				it.Doubts = append(it.Doubts, fmt.Sprintf("the hour %s is a slot", text))
			} else if st.Precision == events.Day {
				it.Doubts = append(it.Doubts, fmt.Sprintf("the part of the day %q is not known", text))
			}
		}
		if st.Precision != events.NoTime && st.Precision != events.Day {
			// A calendar's hour is its vendor's slot.
			local := st.Time
			if st.Clock == "" && s.Zone == nil {
				if loc, err := events.Location("America/New_York"); err == nil {
					if _, sec := local.Zone(); sec == 0 && local.Location() == time.UTC {
						local = local.In(loc)
					}
				}
			}
			clock := local.Format("15:04")
			if st.Clock != "" {
				clock = st.Clock[:5]
			}
			if part == "" && clock != "00:00" {
				part = partOfClock(clock[:2], clock[3:])
			}
			y, m, d := local.Date()
			zone := st.ZoneAssumed
			st = st.DateAlone()
			st.Time = time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
			st.ZoneAssumed = zone
			if clock != "00:00" {
				it.Doubts = append(it.Doubts, fmt.Sprintf("the hour %s is a slot, not the minute of the news", clock))
			}
		}
		st.Raw = strings.TrimSpace(strings.TrimSuffix(raw+" "+text, " "))
		it.Stamp, it.Part = st, part
		it.Title = name
		if name == "" {
			it.Title = cmp.Or(symbol, strings.Join(symbols, " ")) + " results"
			if symbol == "" && len(symbols) == 0 {
				it.Title = "results"
			}
		}
		period := r.Text(periodNames...)
		if period == "" {
			if q, y := r.Text("quarter", "fiscalquarter"), r.Text("year", "fiscalyear"); q != "" && y != "" {
				period = fmt.Sprintf("fiscal %s Q%s", y, strings.TrimPrefix(strings.ToUpper(q), "Q"))
			}
		}
		var note []string
		if period != "" {
			note = append(note, "period "+period)
			it.Key = keyOf(strings.Join(symbols, "+") + "-results-" + period)
		}
		if g := figure(r.Text(guessNames...)); g != "" {
			note = append(note, strings.TrimSpace("estimate "+g+" "+r.Text("currency")))
		}
		if a := figure(r.Text(actualNames...)); a != "" && reported(r) {
			note = append(note, "reported "+a)
			it.Status = events.Confirmed
		}
		it.Note = strings.Join(note, "; ")
		if it.Status == events.Expected {
			unsure++
		}
		b.Add(it)
	}
	// Keys of rows that are in the file twice (a firm's two classes) must differ by their days.
	seen := map[string]int{}
	for i := range b.Events {
		seen[b.Events[i].ID]++
	}
	for i := range b.Events {
		if e := &b.Events[i]; seen[e.ID] > 1 && e.Provenance.Key != "" && !e.Timeless() {
			e.Provenance.Key += "-" + e.Time.Format(time.DateOnly)
			e.ID = events.SafeID(e.Provenance.Key)
		}
	}
	if unsure > 0 {
		b.Tell("%d of %d dates are not confirmed by figures: status expected; such calendars have missed by more than a week", unsure, len(b.Events))
	}
	if noSymbol > 0 {
		b.Tell("%d rows name no security; name it with --security", noSymbol)
	}
}

// keyOf makes a name of letters, digits, dots and hyphens.
func keyOf(s string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) || r == '.' {
			return r
		}
		return '-'
	}, s)
}

var clockForm = pattern.New(`^(\d{1,2}):(\d{2})(?::\d{2})?`)

// partOfClock puts an hour in New York into its part of the day.
func partOfClock(hour, minute string) events.Part {
	var h, m int
	fmt.Sscan(hour, &h)
	fmt.Sscan(minute, &m)
	switch t := h*60 + m; {
	case t == 0:
		return ""
	case t <= 9*60+30:
		return events.BeforeOpen
	case t < 16*60:
		return events.During
	}
	return events.PastClose
}

// figure returns a number as calendars write it, ($0.11) for -0.11; "" for none.
func figure(s string) string {
	s = strings.TrimSpace(s)
	switch events.Simple(s) {
	case "", "na", "nan", "null", "none":
		return ""
	}
	if strings.HasPrefix(s, "(") && strings.HasSuffix(s, ")") {
		s = "-" + s[1:len(s)-1]
	}
	return strings.ReplaceAll(s, "$", "")
}

// reported reports whether what r gives are figures reported. FMP's eps and Finnhub's
// epsActual are; an estimate alone is none.
func reported(r *events.Record) bool {
	return figure(r.Text(actualNames...)) != ""
}
