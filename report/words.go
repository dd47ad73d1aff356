package report

import (
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
)

// nbsp keeps what it stands between on one line; [page.paragraph] writes it as
// a blank.
const nbsp = "\u00a0"

// sayP writes a p value in a sentence: "p = 0.042", "p < 1e-9". It never rounds
// one to the other side of a level that a star stands for.
func sayP(p float64) string {
	switch {
	case math.IsNaN(p):
		return "p" + nbsp + "not" + nbsp + "defined"
	case p < 1e-300:
		return "p" + nbsp + "<" + nbsp + "1e-300"
	case p < 0.0001:
		return "p" + nbsp + "<" + nbsp + "1e" + strconv.Itoa(int(math.Floor(math.Log10(p)))+1)
	}
	return "p" + nbsp + "=" + nbsp + roundP(p)
}

// showP writes a p value in a table.
func showP(p float64) string {
	switch {
	case math.IsNaN(p):
		return "–"
	case p < 0.0001:
		return strings.Replace(strconv.FormatFloat(p, 'e', 1, 64), "e-0", "e-", 1)
	}
	return roundP(p)
}

func roundP(p float64) string {
	s := ""
	for digits := 2; digits <= 6; digits++ {
		s = strconv.FormatFloat(p, 'f', max(2, digits-1-int(math.Floor(math.Log10(p)))), 64)
		if v, _ := strconv.ParseFloat(s, 64); stars(v) == stars(p) {
			break
		}
	}
	return s
}

// stars marks a p value: *** below 0.001, ** below 0.01, * below 0.05.
func stars(p float64) string {
	switch {
	case p < 0.001:
		return "***"
	case p < 0.01:
		return "**"
	case p < level:
		return "*"
	}
	return ""
}

// percent writes a decimal return as per cent with its sign, or a dash.
func percent(v float64, digits int) string {
	if math.IsNaN(v) {
		return "–"
	}
	s := strconv.FormatFloat(100*v, 'f', digits, 64)
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	if v > 0 {
		s = "+" + s
	}
	return s
}

// size writes the size of a decimal return as a number of per cent, to a
// tenth, or finer where that would be nothing.
func size(v float64) string {
	v = math.Abs(100 * v)
	if v < 0.05 {
		return strconv.FormatFloat(v, 'f', 2, 64)
	}
	return strconv.FormatFloat(v, 'f', 1, 64)
}

func signedPercent(v float64) string {
	return updown(v, "+", "-") + size(v) + "%"
}

// fixed writes a statistic with n digits after the point.
func fixed(v float64, n int) string {
	if math.IsNaN(v) {
		return "–"
	}
	return strconv.FormatFloat(v, 'f', n, 64)
}

var smallNumbers = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// spell writes a number of things in words up to twelve.
func spell(n int) string {
	if n < len(smallNumbers) {
		return smallNumbers[n]
	}
	return strconv.Itoa(n)
}

// plural is one or many, by n.
func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}

// list joins names: "A", "A and B", "A, B and C".
func list(names []string) string {
	if n := len(names); n > 1 {
		return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
	}
	return strings.Join(names, "")
}

func sentence(s string) string {
	if s == "" {
		return s
	}
	return strings.ToUpper(s[:1]) + s[1:]
}

// explainer is who explains a return in the study's model: "the market".
func explainer(m analysis.Model) string {
	d := m.Design("")
	if len(d.Terms) == 0 {
		return "its own mean"
	}
	for _, t := range d.Terms {
		switch t.Series {
		case analysis.FactorReturn:
			return "the factors"
		case analysis.SecurityReturn:
			return "its peers"
		}
	}
	return "the market"
}

// over names a window: "on session 0", "over sessions −1 to +1".
func over(w analysis.Window) string {
	if w.Len() == 1 {
		return "on session " + tau(w.From)
	}
	return "over sessions " + tau(w.From) + " to " + tau(w.To)
}

func tau(n int) string {
	if n > 0 {
		return "+" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// reaction says what one security did over CAR window win, what of it the
// model explains, and whether the rest can be told from chance.
func reaction(r *analysis.Result, i, win int) string {
	o, w, f := &r.Observations[i], r.Study.Windows[win], r.Figures(i)
	name, t := nameOf(r, o.Security), studentTest(r, i, win)
	if !defined(&t) {
		return fmt.Sprintf("%s has no abnormal return %s.", name, over(w))
	}
	strength := sayP(t.P)
	if t.P < 0.001 { // how far below, no t distribution of daily returns can tell
		strength = "p" + nbsp + "<" + nbsp + "0.001"
	}
	measure := fmt.Sprintf("%s times its usual %s (%s)", fixed(math.Abs(t.Stat), 1), errorOf(w), strength)
	if rejects(&t) {
		measure = "is " + measure
	} else {
		measure = "cannot be told from chance: it is " + measure
	}
	if w.Len() > 1 {
		return fmt.Sprintf("%s, the cumulative abnormal return of %s is %s, which %s.", sentence(over(w)), name, signedPercent(f.CAR[win]), measure)
	}
	k := w.From - r.Study.Event.From
	ret, expected, ar := f.Return[k], f.Expected[k], f.AR[k]
	by := explainer(r.Study.Model)
	when := ""
	if w.From != 0 {
		when = over(w) + ", "
	}
	did := fmt.Sprintf("%s %s %s%%", name, updown(ret, "rose", "fell"), size(ret))
	if ret == 0 {
		did = name + " closed unchanged"
	}
	var s string
	switch {
	case ret*expected > 0 && math.Abs(expected) < math.Abs(ret):
		s = fmt.Sprintf("%s; %s explains %s %s of it; the remaining %s %s.", did, by, size(expected), plural(ones(expected), "point", "points"), signedPercent(ar), measure)
	case ret*expected > 0:
		s = fmt.Sprintf("%s, less than the %s%% that %s explains; the difference of %s %s.", did, size(expected), by, signedPercent(ar), measure)
	default:
		s = fmt.Sprintf("%s where %s explains %s; the difference of %s %s.", did, by, signedPercent(expected), signedPercent(ar), measure)
	}
	return sentence(when + s)
}

func errorOf(w analysis.Window) string {
	if w.Len() == 1 {
		return "daily error"
	}
	return fmt.Sprintf("error over %d sessions", w.Len())
}

func updown(v float64, up, down string) string {
	if v < 0 {
		return down
	}
	return up
}

// ones is 1 where v is shown as 1.0.
func ones(v float64) int {
	if size(v) == "1.0" {
		return 1
	}
	return 2
}

// together says what the members of a group did on average over CAR window win
// and what the tests allow to be said of it, in one or more paragraphs.
func together(r *analysis.Result, f *finding, g *analysis.Group, win int) []string {
	w := f.window
	if w.N < 2 {
		return nil
	}
	var b strings.Builder
	say := func(format string, args ...any) { fmt.Fprintf(&b, format, args...) }

	say("%s the %s securities returned on average %s points %s than %s explains", sentence(over(w.Window)), spell(w.N), size(w.CAAR),
		updown(w.CAAR, "more", "less"), strings.Replace(explainer(r.Study.Model), "its ", "their ", 1))
	lo, hi := extremes(r, g.Members, win)
	apart := fmt.Sprintf("from %s (%s) to %s (%s)", signedPercent(r.Figures(lo).CAR[win]), clean(r.Observations[lo].Security),
		signedPercent(r.Figures(hi).CAR[win]), clean(r.Observations[hi].Security))
	counted := ""
	if f.spread != nil && strings.HasPrefix(f.spread.Test, "kp-") {
		counted = " and counts their co-movement"
	}
	switch f.verdict {
	case untested:
		say("; no test of the study may decide whether that is chance.")
	case chance:
		say(", which cannot be told from chance (%s).", quote(f.past, f.spread))
	case shared:
		say(", more than chance (%s): one may speak of the group.", quote(f.past, f.spread))
	case unequal:
		say(". Against its own past that is more than chance (%s). But the securities did not move alike: %s, a spread %s times the usual. %s, which lets the news itself widen their spread%s, cannot tell the average from chance (%s).",
			quote(f.past), apart, fixed(f.widening, 1), f.spread.Test, counted, sayP(f.spread.P))
	case unsettled:
		say(". Against its own past that is more than chance (%s). %s, which measures it by how far apart the %s reactions are (%s), cannot tell it from chance (%s); it has less power, the less the fewer they are. Take the average as likely, not as settled.",
			quote(f.past), f.spread.Test, spell(w.N), apart, sayP(f.spread.P))
	case alike:
		say(". Against its own past that is not unusual (%s). %s, which measures it by how far apart the reactions are (%s), rejects (%s): small, but alike. Take it as a hint.",
			quote(f.past), f.spread.Test, apart, sayP(f.spread.P))
	}

	var names []string
	for _, s := range outstanding(singles(r, g.Members, win)) {
		names = append(names, nameOf(r, r.Observations[s.obs].Security))
	}
	moved := "S"
	if rejects(f.joint) {
		moved = fmt.Sprintf("That none of them moved is ruled out (joint %s): s", sayP(f.joint.P))
	}
	switch disputed := f.verdict != shared && f.verdict != unsettled && f.verdict != alike; {
	case len(names) == 0 && rejects(f.joint) && f.verdict != shared:
		say(" That none of them moved is ruled out (joint %s), but no single one stands out.", sayP(f.joint.P))
	case len(names) == 0:
	case disputed && len(names) == w.N:
		say(" %speak of each rather than of their average.", moved)
	case disputed:
		say(" %speak of %s rather than of the group.", moved, list(names))
	case len(names) < w.N:
		say(" One by one, %s %s out.", list(names), plural(len(names), "stands", "stand"))
	}
	out := []string{b.String()}

	if len(f.free) > 0 {
		out = append(out, "Without the normal distribution: "+quote(f.free...)+".")
	}
	if strict := tooReady(f); len(strict) > 0 {
		out = append(out, fmt.Sprintf("Not to be relied on: %s. %s the securities as independent, but by their co-movement (mean correlation %s) %s of them tell about as much as %s independent ones.",
			quote(strict...), plural(len(strict), "It takes", "They take"), fixed(w.RBar, 2), spell(w.N), fixed(float64(w.N)/w.VarianceRatio(), 1)))
	}
	var others []string
	for k := range g.Windows {
		if k == win {
			continue
		}
		if o := decide(r, g, k); o.verdict != f.verdict && o.window.N > 1 {
			others = append(others, fmt.Sprintf("%s %s%% (%s; %s)", o.window.Window, percent(o.window.CAAR, 1), verdictWords[o.verdict], quote(o.past, o.spread)))
		}
	}
	if len(others) > 0 {
		out = append(out, "Other windows read otherwise: "+strings.Join(others, "; ")+".")
	}
	return out
}

// tooReady are the tests set aside for taking the observations as
// independent that reject where a leading test does not.
func tooReady(f *finding) []*analysis.TestResult {
	if f.verdict == shared || f.verdict == untested {
		return nil
	}
	var out []*analysis.TestResult
	for _, t := range f.aside {
		if rejects(t) && takesIndependence(t.Test, true) {
			out = append(out, t)
		}
	}
	return out
}

// quote names tests with their p values: "portfolio p = 0.0001, kp-bmp p = 0.28".
func quote(tests ...*analysis.TestResult) string {
	var s []string
	for _, t := range tests {
		if t != nil {
			s = append(s, t.Test+" "+sayP(t.P))
		}
	}
	return strings.Join(s, ", ")
}

// extremes returns the members with the lowest and the highest CAR.
func extremes(r *analysis.Result, members []int, win int) (lo, hi int) {
	lo, hi = -1, -1
	for _, i := range members {
		v := r.Figures(i).CAR[win]
		if math.IsNaN(v) {
			continue
		}
		if lo < 0 || v < r.Figures(lo).CAR[win] {
			lo = i
		}
		if hi < 0 || v > r.Figures(hi).CAR[win] {
			hi = i
		}
	}
	return lo, hi
}

// nameOf returns the name of a security, or its symbol.
func nameOf(r *analysis.Result, symbol string) string {
	if c := r.Panel.Column(symbol); c != nil && clean(c.Name) != "" {
		return clean(c.Name)
	}
	return clean(symbol)
}

// whenOut says when the news was out, and which session is session 0 and why,
// one sentence for each exchange and session.
func whenOut(r *analysis.Result, e *events.Event, obs []int) []string {
	type place struct {
		cal  *market.Calendar
		date market.Date
		how  analysis.Placement
	}
	var order []place
	who := make(map[place][]string)
	for _, i := range obs {
		o := &r.Observations[i]
		c := r.Panel.Column(o.Security)
		if c == nil || o.Session0 == market.NoDate {
			continue
		}
		k := place{c.Calendar, o.Session0, o.Placement}
		if who[k] == nil {
			order = append(order, k)
		}
		who[k] = append(who[k], clean(o.Security))
	}
	if len(order) == 0 {
		return []string{sentence(published(e, nil)) + "; no session 0."}
	}
	var out []string
	for _, k := range order {
		s := published(e, k.cal)
		city := cityOf(k.cal)
		day := dayOf(e, k.cal)
		switch k.how {
		case analysis.OnClosedDay:
			s += ", a day without a session in " + city
		case analysis.PastClose:
			if n, ok := k.cal.Index(day); ok && !e.DateOnly {
				early := ""
				if k.cal.Early(n) {
					early = "early "
				}
				s += fmt.Sprintf(", after the %sclose in %s at %s", early, city, k.cal.Close(n).Format("15:04"))
			} else {
				s += ", after the close in " + city
			}
		case analysis.InSession:
			s += ", before the close in " + city
		}
		zero := "that day"
		if k.date != day || day != market.DateOf(e.Date()) {
			zero = longDate(k.date.Time())
		}
		s += ": session 0 is " + zero
		if n, ok := k.cal.Index(k.date); ok && k.cal.Early(n) {
			s += fmt.Sprintf(" (early close at %s)", k.cal.Close(n).Format("15:04"))
		}
		if len(order) > 1 {
			s += " for " + list(who[k])
		}
		out = append(out, sentence(s)+".")
	}
	return out
}

// dayOf returns the date of e on the exchange of cal.
func dayOf(e *events.Event, cal *market.Calendar) market.Date {
	if t, ok := e.Instant(); ok {
		return market.DateOf(t.In(cal.Zone()))
	}
	return market.DateOf(e.Date())
}

// published says when the news was out, on the exchange's clock too where that
// shows another hour. cal may be nil.
func published(e *events.Event, cal *market.Calendar) string {
	t, timed := e.Instant()
	if !timed {
		return "dated " + longDate(e.Date()) + ", the hour not known"
	}
	about := ""
	switch e.Precision {
	case events.Approx:
		about = "about "
	case events.Day:
		about = "nominally "
	}
	zone, offset := t.Zone()
	if zone == "" || strings.ContainsAny(zone[:1], "+-") {
		zone = t.Format("UTC-07:00")
	}
	s := fmt.Sprintf("published %s, %s%s %s", longDate(t), about, t.Format("15:04"), zone)
	if cal == nil {
		return s
	}
	local := t.In(cal.Zone())
	if _, o := local.Zone(); o != offset {
		at := local.Format("15:04")
		if market.DateOf(local) != market.DateOf(t) {
			at = local.Format("Monday 15:04")
		}
		s += fmt.Sprintf(" (%s in %s)", at, cityOf(cal))
	}
	return s
}

func longDate(t time.Time) string { return t.Format("Monday 2 January 2006") }

// cityOf names the place of an exchange by its clock: "New York".
func cityOf(cal *market.Calendar) string {
	zone := cal.Zone().String()
	if k := strings.LastIndexByte(zone, '/'); k >= 0 {
		return strings.ReplaceAll(zone[k+1:], "_", " ")
	}
	return cal.Name()
}
