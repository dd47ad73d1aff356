package report

import (
	"cmp"
	"math"
	"slices"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/internal/words"
	"aftershock/market"
)

// nbsp keeps what it stands between on one line; [page.paragraph] writes it as
// a blank.
const nbsp = "\u00a0"

// showP writes a p value in a table.
func showP(p float64) string {
	switch {
	case math.IsNaN(p):
		return "–"
	case p < 1e-300:
		return "< 1e-300"
	case p < 0.0001:
		return strings.Replace(strconv.FormatFloat(p, 'e', 1, 64), "e-0", "e-", 1)
	}
	return roundP(p)
}

// roundP never rounds p to the other side of a level that a star stands for.
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
	case p < analysis.Level:
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
	if v < 0 {
		return "-" + size(v) + "%"
	}
	return "+" + size(v) + "%"
}

// fixed writes a statistic with n digits after the point.
func fixed(v float64, n int) string {
	if math.IsNaN(v) {
		return "–"
	}
	s := strconv.FormatFloat(v, 'f', n, 64)
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-")
	}
	return s
}

func sentence(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	return string(unicode.ToUpper(r)) + s[n:]
}

func tau(n int) string {
	if n > 0 {
		return "+" + strconv.Itoa(n)
	}
	return strconv.Itoa(n)
}

// A speaker says in a language what a result says.
type speaker struct {
	*words.Language
	r      *analysis.Result
	titles string // language of the titles; "" means the catalogue's first
}

// sayP writes a p value in a sentence: "p = 0.042", "p < 1e-9".
func (k speaker) sayP(p float64) string {
	switch {
	case math.IsNaN(p):
		return strings.ReplaceAll(k.Say("p not defined"), " ", nbsp)
	case p < 1e-300:
		return "p" + nbsp + "<" + nbsp + "1e-300"
	case p < 0.0001:
		return "p" + nbsp + "<" + nbsp + "1e" + strconv.Itoa(int(math.Floor(math.Log10(p)))+1)
	}
	return "p" + nbsp + "=" + nbsp + roundP(p)
}

// explainer is who explains a return in the model m, and that of several
// securities: "the market".
func explainer(m model.Model, several bool) string {
	d := m.Design("")
	if len(d.Terms) == 0 {
		if several {
			return "their own mean"
		}
		return "its own mean"
	}
	for _, t := range d.Terms {
		switch t.Series {
		case model.FactorReturn:
			return "the factor model"
		case model.SecurityReturn:
			if several {
				return "their peer group"
			}
			return "its peer group"
		}
	}
	return "the market"
}

// over names a window: "on session 0", "over sessions -1 to +1".
func (k speaker) over(w analysis.Window) string {
	if w.Len() == 1 {
		return k.Say("on session %s", tau(w.From))
	}
	return k.Say("over sessions %s to %s", tau(w.From), tau(w.To))
}

// reaction says what one security did over CAR window win, what of it the
// model explains, and whether the rest can be told from chance.
func (k speaker) reaction(i, win int) string {
	r := k.r
	o, w, f := r.Observation(i), r.Study.CARWindows[win], r.AbnormalReturns(i)
	name, t := k.name(o.Security), r.WindowTest(i, win)
	if !t.Defined() {
		return k.Say("%s has no abnormal return %s.", name, k.over(w))
	}
	measure := k.measure(i, win, &t)
	if k.aboutVolume() {
		return k.traded(i, win, measure)
	}
	if w.Len() > 1 {
		return k.Say("%s, the cumulative abnormal return of %s is %s, which %s.", sentence(k.over(w)), name, k.signed(f.CAR[win]), measure)
	}
	at := w.From - r.Study.EventWindow.From
	ret, expected, ar := f.Return[at], f.Expected[at], f.AR[at]
	by := k.explains(o.Benchmark, false)
	did, s := k.priceMove(i, w.From), ""
	switch {
	case ret*expected > 0 && math.Abs(expected) < math.Abs(ret) && k.inLogs():
		s = k.Say("%s; %s explains %s log points of it; the remaining %s %s.", did, by, size(expected), k.signed(ar), measure)
	case ret*expected > 0 && math.Abs(expected) < math.Abs(ret) && size(expected) == "1.0":
		s = k.Say("%s; %s explains %s point of it; the remaining %s %s.", did, by, size(expected), signedPercent(ar), measure)
	case ret*expected > 0 && math.Abs(expected) < math.Abs(ret):
		s = k.Say("%s; %s explains %s points of it; the remaining %s %s.", did, by, size(expected), signedPercent(ar), measure)
	case ret*expected > 0 && k.inLogs():
		s = k.Say("%s, less than the %s that %s explains; the difference of %s %s.", did, k.signed(expected), by, k.signed(ar), measure)
	case ret*expected > 0:
		s = k.Say("%s, less than the %s%% that %s explains; the difference of %s %s.", did, size(expected), by, signedPercent(ar), measure)
	default:
		s = k.Say("%s where %s explains %s; the difference of %s %s.", did, by, k.signed(expected), k.signed(ar), measure)
	}
	if w.From != 0 {
		s = k.over(w) + k.Comma + s
	}
	return sentence(s)
}

// measure says how large an abnormal return is by the security's own past: "is
// 5.2 times its usual daily error (p < 0.001) and more extreme than ...".
func (k speaker) measure(i, win int, t *analysis.TestResult) string {
	strength := k.sayP(t.P)
	if t.P < 0.001 { // how far below, no t distribution of daily returns can tell
		strength = "p" + nbsp + "<" + nbsp + "0.001"
	}
	times, w := fixed(math.Abs(t.Stat), 1), k.r.Study.CARWindows[win]
	s := k.Say("%s times its usual daily error (%s)", times, strength)
	if w.Len() > 1 {
		s = k.Say("%s times its usual error over %s sessions (%s)", times, w.Len(), strength)
	}
	if !t.Rejects() {
		return k.Say("cannot be told from chance: it is %s, where only %s or more would have been found with a probability of 80%%", s, k.unsigned(k.r.Seen(i, win).MDE))
	}
	return k.Say("is %s", s) + k.record(i, win)
}

// record says where an abnormal return stands beyond all that the security did
// in its estimation window, if it does and the study asks (test sq).
func (k speaker) record(i, win int) string {
	for _, t := range k.r.ObservationTests(i, win) {
		n := int(t.ByProduct("sums"))
		if t.Test != (analysis.SampleQuantile{}).Name() || !t.Defined() {
			continue
		}
		past := k.Say("all %s sessions of the estimation window", n)
		if l := t.Window.Len(); l > 1 {
			past = k.Say("all %s runs of %s sessions in the estimation window", n, l)
		}
		switch least := 1 / float64(n+1); {
		case t.ByProduct("beyond") == 0:
			return k.Say(" and more extreme than %s", past)
		case t.PLower == least:
			return k.Say(" and lower than %s", past)
		case t.PUpper == least:
			return k.Say(" and higher than %s", past)
		}
	}
	return ""
}

// worth says what an abnormal return is in money, where the shares are known.
func (k speaker) worth(i, win int) string {
	v, ok := k.r.Value(i, win)
	if !ok {
		return ""
	}
	return k.Say("In money: raw %s, abnormal %s (95%% interval %s to %s), of a market value of %s before.",
		k.money(v.Raw, v.Currency), k.money(v.Abnormal, v.Currency), k.money(v.Lower, ""), k.money(v.Upper, v.Currency), k.money(v.Market, v.Currency))
}

// countedAs says what sums of money are counted from, since a headline may count
// otherwise.
func (k speaker) countedAs() string {
	return k.Say("Close to close, by shares outstanding then; a headline may count otherwise.")
}

// worthTogether says the same of all members of a group whose shares are known,
// "" where these are fewer than two or their currencies differ.
func (k speaker) worthTogether(g *analysis.Group, win int) string {
	v, ok := k.r.GroupValue(g, win)
	if !ok || v.N < 2 {
		return ""
	}
	who, raw, abnormal, before := k.Count(v.N, "security"), k.money(v.Raw, v.Currency), k.money(v.Abnormal, v.Currency), k.money(v.Market, v.Currency)
	if math.IsNaN(v.SE) {
		return k.Say("In money, the %s whose shares are known together: raw %s, abnormal %s, of a market value of %s before.", who, raw, abnormal, before)
	}
	return k.Say("In money, the %s whose shares are known together: raw %s, abnormal %s (95%% interval %s to %s), of a market value of %s before.",
		who, raw, abnormal, k.money(v.Lower, ""), k.money(v.Upper, v.Currency), before)
}

// money writes an amount.
func (k speaker) money(v float64, currency string) string { return k.Money(v, clean(currency)) }

// together says what the members of a group did on average over CAR window win
// and what the tests allow to be said of it, in one or more paragraphs.
func (k speaker) together(f *analysis.Finding, g *analysis.Group, win int) []string {
	r, w := k.r, f.Window
	if w.N < 2 {
		return nil
	}
	if r.Study.Subject == analysis.Volatility {
		return []string{k.variance(f)}
	}
	first := k.average(w, k.sharedBenchmark(g.Members)) + k.verdict(f, g, win) + k.members(f, g, win)
	out := []string{first}
	if len(f.Free) > 0 {
		out = append(out, k.Say("Tests that need no normal distribution: %s.", k.quote(f.Free...)))
	}
	if strict := k.tooReady(f); len(strict) > 0 {
		s := "Not to be relied on: %s. They take the securities as independent, but by their co-movement (mean correlation %s) the %s tell about as much as %s independent ones."
		if len(strict) == 1 {
			s = "Not to be relied on: %s. It takes the securities as independent, but by their co-movement (mean correlation %s) the %s tell about as much as %s independent ones."
		}
		out = append(out, k.Say(s, k.quote(strict...), fixed(w.RBar, 2), k.Count(w.N, "security"), fixed(float64(w.N)/w.VarianceRatio(), 1)))
	}
	var others []string
	for j := range g.Windows {
		if j == win {
			continue
		}
		if o := r.Finding(g, j); o.Verdict != f.Verdict && o.Window.N > 1 {
			s := k.Say("%s %s%% (%s; %s)", o.Window.Window, percent(o.Window.CAAR, 1), k.Reading(o.Verdict), k.quote(o.Past, o.Spread))
			if news := k.otherNews(g, o.Window.Window, w.Window); len(news) > 0 {
				s = k.Say("%s, with other news in it: %s", s, k.abridge(news, 2))
			}
			others = append(others, s)
		}
	}
	if len(others) > 0 {
		out = append(out, k.Say("Other windows read otherwise: %s.", strings.Join(others, k.Semi)))
	}
	return out
}

// otherNews are the IDs of the other catalogued events of members of g that
// fall in window w and not in window but, each once.
func (k speaker) otherNews(g *analysis.Group, w, but analysis.Window) []string {
	var out []string
	for _, i := range g.Members {
		for _, c := range k.r.Confounders(i) {
			if id := clean(c.EventID); w.Contains(c.Tau) && !but.Contains(c.Tau) && !slices.Contains(out, id) {
				out = append(out, id)
			}
		}
	}
	return out
}

// verdict ends the sentence about an average by what the leading tests say of
// it and, where they disagree, by which assumption divides them.
func (k speaker) verdict(f *analysis.Finding, g *analysis.Group, win int) string {
	w := f.Window
	lo, hi := extremes(k.r, g.Members, win)
	least, _ := k.r.CAR(lo, win)
	most, _ := k.r.CAR(hi, win)
	apart := k.Say("from %s (%s) to %s (%s)", k.signed(least), clean(k.r.Observation(lo).Security), k.signed(most), clean(k.r.Observation(hi).Security))
	past, spread, p := k.quote(f.Past), "", ""
	if f.Spread != nil {
		spread, p = f.Spread.Test, k.sayP(f.Spread.P)
	}
	switch f.Verdict {
	case analysis.Chance:
		return k.Say(", which cannot be told from chance (%s).", k.quote(f.Past, f.Spread)) + k.couldSee(f.Past)
	case analysis.Clear:
		return k.Say(", more than chance (%s): one may speak of the group.", k.quote(f.Past, f.Spread))
	case analysis.Unequal:
		s := ". Against its own past that is more than chance (%s). But the securities did not move alike: %s, a spread %s times the usual. %s, which lets the news itself widen their spread, cannot tell the average from chance (%s)."
		if strings.HasPrefix(spread, "kp-") {
			s = ". Against its own past that is more than chance (%s). But the securities did not move alike: %s, a spread %s times the usual. %s, which lets the news itself widen their spread and counts their co-movement, cannot tell the average from chance (%s)."
		}
		return k.Say(s, past, apart, fixed(f.Widening, 1), spread, p)
	case analysis.Unsettled:
		return k.Say(". Against its own past that is more than chance (%s). %s, which lets the news itself widen the spread and so measures the average by how far apart the %s are (%s), cannot tell it from chance (%s); it has less power, the less the fewer they are. Take the average as likely, not as settled.",
			past, spread, k.Count(w.N, "reaction"), apart, p)
	case analysis.Alike:
		return k.Say(". Against its own past that is not unusual (%s). %s, which lets the news itself change the spread and so measures the average by how far apart the reactions are (%s), rejects (%s): small, but alike. Take it as a hint.",
			past, spread, apart, p)
	}
	return k.Say("; no test of the study may decide whether that is chance.")
}

// mostNamed is how many securities a sentence names.
const mostNamed = 12

// members says of which members one may speak.
func (k speaker) members(f *analysis.Finding, g *analysis.Group, win int) string {
	var names []string
	for _, s := range f.Outstanding() {
		names = append(names, k.name(k.r.Observation(s.Observation).Security))
	}
	moved := f.Joint.Rejects()
	joint, who := "", k.List(k.Each(names))
	if len(names) > mostNamed {
		who = k.abridge(names, mostNamed)
	}
	if moved {
		joint = k.sayP(f.Joint.P)
	}
	switch disputed := f.Verdict != analysis.Clear && f.Verdict != analysis.Unsettled && f.Verdict != analysis.Alike; {
	case len(names) == 0 && moved && f.Verdict != analysis.Clear:
		return k.Say(" That none of them moved is ruled out (joint %s), but no single one stands out.", joint)
	case len(names) == 0:
	case disputed && len(names) == f.Window.N && moved:
		return k.Say(" That none of them moved is ruled out (joint %s): speak of each rather than of their average.", joint)
	case disputed && len(names) == f.Window.N:
		return k.Say(" Speak of each rather than of their average.")
	case disputed && moved:
		return k.Say(" That none of them moved is ruled out (joint %s): speak of %s rather than of the group.", joint, who)
	case disputed:
		return k.Say(" Speak of %s rather than of the group.", who)
	case len(names) == 1 && f.Window.N > 1:
		return k.Say(" One by one, %s stands out.", who)
	case len(names) < f.Window.N:
		return k.Say(" One by one, %s stand out.", who)
	}
	return ""
}

// tooReady are the tests set aside for taking the observations as
// independent that reject where a leading test does not.
func (k speaker) tooReady(f *analysis.Finding) []*analysis.TestResult {
	if f.Verdict == analysis.Clear || f.Verdict == analysis.NotTested {
		return nil
	}
	var out []*analysis.TestResult
	for _, t := range f.Aside {
		if t.Rejects() && k.r.Study.PropertiesOf(t.Test).Independence.TakenFor(true) {
			out = append(out, t)
		}
	}
	return out
}

// quote names tests with their p values: "portfolio p = 0.0001, kp-bmp p = 0.28".
func (k speaker) quote(tests ...*analysis.TestResult) string {
	var s []string
	for _, t := range tests {
		if t != nil {
			s = append(s, k.Isolate(t.Test+" "+k.sayP(t.P)))
		}
	}
	return strings.Join(s, k.Comma)
}

// extremes returns the members with the lowest and the highest CAR.
func extremes(r *analysis.Result, members []int, win int) (lo, hi int) {
	lo, hi = -1, -1
	var least, most float64
	for _, i := range members {
		v, _ := r.CAR(i, win)
		if math.IsNaN(v) {
			continue
		}
		if lo < 0 || v < least {
			lo, least = i, v
		}
		if hi < 0 || v > most {
			hi, most = i, v
		}
	}
	return lo, hi
}

// name returns the name of a security in the report's language, or its symbol.
func (k speaker) name(symbol string) string {
	if c := k.r.Panel.Column(symbol); c != nil {
		return cmp.Or(clean(c.NameIn(k.Tag)), clean(symbol))
	}
	return clean(symbol)
}

// called is what stands for an event before what is said of it: its ID, by which flags
// and tables name it, and among words that run the other way its title.
func (k speaker) called(e *events.Event) string {
	if k.RTL {
		return k.Say("“%s”", clip(k.title(e), 40))
	}
	return clean(e.ID)
}

// title returns an event's title in the report's language, or its ID.
func (k speaker) title(e *events.Event) string {
	t := e.Title
	if k.titles != "" {
		t = e.TitleIn(k.titles)
	}
	return cmp.Or(clean(t), clean(e.ID))
}

// whenOut says when the news was out, and which session is session 0 and why,
// one sentence for each exchange and session.
func (k speaker) whenOut(e *events.Event, obs []int) []string {
	type place struct {
		cal  *market.Calendar
		date market.Date
		how  analysis.Placement
	}
	var order []place
	who := make(map[place][]string)
	for _, i := range obs {
		o := k.r.Observation(i)
		c := k.r.Panel.Column(o.Security)
		if c == nil || o.Session0 == market.NoDate {
			continue
		}
		p := place{c.Calendar, o.Session0, o.Placement}
		if who[p] == nil {
			order = append(order, p)
		}
		who[p] = append(who[p], clean(o.Security))
	}
	if len(order) == 0 {
		return []string{sentence(k.Say("%s; no session 0.", k.published(e, nil)))}
	}
	var out []string
	for _, p := range order {
		s := k.published(e, p.cal)
		city := k.City(p.cal)
		day := dayOf(e, p.cal)
		n, session := p.cal.Index(day)
		switch {
		case p.how == analysis.OnClosedDay:
			s = k.Say("%s, a day without a session in %s", s, city)
		case p.how == analysis.PastClose && session && !e.DateOnly && p.cal.Early(n):
			s = k.Say("%s, after the early close in %s at %s", s, city, p.cal.Close(n).Format("15:04"))
		case p.how == analysis.PastClose && session && !e.DateOnly:
			s = k.Say("%s, after the close in %s at %s", s, city, p.cal.Close(n).Format("15:04"))
		case p.how == analysis.PastClose:
			s = k.Say("%s, after the close in %s", s, city)
		case p.how == analysis.InSession:
			s = k.Say("%s, before the close in %s", s, city)
		}
		zero := k.Say("that day")
		if p.date != day || day != market.DateOf(e.Date()) {
			zero = k.Date(p.date.Time())
		}
		if p.how == analysis.OnDate {
			s = k.Say("%s: taken for session 0", s)
		} else {
			s = k.Say("%s: session 0 is %s", s, zero)
		}
		if n, ok := p.cal.Index(p.date); ok && p.cal.Early(n) {
			s = k.Say("%s (early close at %s)", s, p.cal.Close(n).Format("15:04"))
		}
		if len(order) > 1 {
			list := k.List(k.Each(who[p]))
			if len(who[p]) > mostNamed {
				list = k.abridge(who[p], mostNamed)
			}
			s = k.Say("%s for %s", s, list)
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
func (k speaker) published(e *events.Event, cal *market.Calendar) string {
	t, timed := e.Instant()
	if !timed {
		return k.Say("dated %s, the hour not known", k.Date(e.Date()))
	}
	zone, offset := t.Zone()
	if zone == "" || strings.ContainsAny(zone[:1], "+-") {
		zone = t.Format("UTC-07:00")
	}
	s := "published %s, %s"
	switch e.Precision {
	case events.Approx:
		s = "published %s, about %s"
	case events.Day:
		s = "published %s, nominally %s"
	}
	s = k.Say(s, k.Date(t), t.Format("15:04")+" "+zone)
	if cal == nil {
		return s
	}
	local := t.In(cal.Zone())
	if _, o := local.Zone(); o == offset {
		return s
	}
	if market.DateOf(local) != market.DateOf(t) {
		return k.Say("%s (%s %s in %s)", s, k.Day(local), local.Format("15:04"), k.City(cal))
	}
	return k.Say("%s (%s in %s)", s, local.Format("15:04"), k.City(cal))
}
