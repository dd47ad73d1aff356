package events

import (
	"fmt"
	"math"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode"

	"aftershock/internal/pattern"
	"aftershock/internal/yearfirst"
)

// Order says which part of 01/02/2025 is the day.
type Order string

// The orders of day and month.
const (
	AutoOrder  Order = ""    // decided by the whole file
	MonthFirst Order = "mdy" // 01/27/2025
	DayFirst   Order = "dmy" // 27/01/2025
)

// fields are the names of what a catalogue says of an event, each with the
// other names that people and their sources give it, without separators. CSV
// files may use any of them; YAML and JSON keep to the first, and are told it
// when they use another. Where a file has several of one field, the first named
// here is read.
var fields = []struct {
	name  string
	other []string
}{
	{"id", []string{"eventid", "idevent", "uid", "guid", "newsid", "storyid", "rpstoryid", "itemid", "accessionnumber", "accessionno", "accession"}},
	{"date", []string{"eventdate", "dateevent", "dateofevent", "announcementdate", "announcedate", "anndate", "anndats", "reportdate", "earningsdate", "releasedate", "newsdate",
		"filingdate", "datefiled", "fileddate", "publicationdate", "announceddate", "dateannounced", "reporteddate", "datereported", "disclosuredate", "disclosed", "declarationdate", "declareddate", "storydate", "publicationday", "edate", "evdate", "evtdate", "eventdt",
		"sqldate", "rdq", "day", "keydevelopmentsbydate", "datedepublication", "fechadepublicación", "datadipubblicazione", "تاریخ", "תאריך", "วันที่", "datum", "fecha", "data", "التاريخ", "تاريخ",
		"تاريخالحدث", "تاريخالإعلان", "дата", "tarih", "日付", "日期", "公告日期", "公告日", "発表日", "날짜", "일자", "dato", "päivämäärä", "dátum", "ημερομηνία", "tanggal", "ngày"}},
	{"time", []string{"timestamp", "datetime", "when", "published", "publishedat", "publisheddate", "publishdate", "publishedtime", "publicationtime", "pubdate", "pubtime", "seendate",
		"acceptancedatetime", "acceptedat", "accepted", "filedat", "versioncreated", "firstcreated", "displaydate", "webpublicationdate", "firstpublished", "publishtime", "createdutc", "storytime", "postedat", "issued", "eventtime", "eventdatetime", "newstime", "announcementtime", "anntims", "createdat", "created", "uhrzeit", "zeit", "zeitpunkt", "日時", "発表日時", "heure", "hora", "الوقت", "ora", "saat", "godzina", "время", "时间", "发布时间", "公告时间", "時刻", "時間", "시간"}},
	{"hour", []string{"timing", "marketsession", "releasetime", "reporttime", "earningstime", "timeofday", "timeoftheday", "markettime", "beforeaftermarket", "startdatetimetype", "amcbmo", "bmoamc", "whenreported", "calltime", "session", "tradingsession", "announcesession", "slot", "timeslot", "premarketpostmarket", "announcetime"}},
	{"zone", []string{"timezone", "tz", "zeitzone", "fuseau", "fuseauhoraire", "zonahoraria", "fusoorario", "المنطقة", "المنطقةالزمنية", "时区", "時區", "タイムゾーン"}},
	{"after_close", []string{"aftermarket", "afterhours", "amc"}},
	{"precision", []string{"timeprecision"}},
	{"confidence", nil},
	{"title", []string{"headline", "webtitle", "keydevelopmentheadline", "storyheadline", "eventtitle", "newstitle", "event", "eventname", "subject", "titel", "titre", "titulo", "título", "titolo", "العنوان", "عنوان", "الخبر",
		"schlagzeile", "tytuł", "başlık", "заголовок", "标题", "標題", "見出し", "タイトル", "제목", "rubrik", "otsikko", "τίτλος", "judul", "tiêuđề", "כותרת", "หัวข้อ", "主旨", "cím", "titulek", "news", "noticia", "notizia", "notícia"}},
	{"titles", []string{"headlines"}},
	{"category", []string{"type", "eventtype", "kind", "formtype"}},
	{"tags", []string{"tag", "labels", "keywords"}},
	{"securities", []string{"security", "oftic", "tickers", "ticker", "symbols", "symbol", "stocks", "stock", "tickersymbol", "stocksymbol", "tic", "ric", "permno", "instrument",
		"kürzel", "aktie", "wertpapier", "valeur", "símbolo", "simbolo", "acción", "ativo", "papel", "azione", "aandeel", "spółka", "walor", "hisse", "sembol", "тикер", "бумага", "инструмент",
		"الرمز", "رمز", "السهم", "代码", "代碼", "股票代码", "股票代碼", "证券代码", "銘柄コード", "証券コード", "コード", "종목코드", "종목", "code", "companyticker", "stockcode", "股票代號", "證券代號", "股票代号", "代號", "証券番号", "mãck", "mãchứngkhoán", "kode", "kodesaham", "نماد", "kortnamn", "σύμβολο", "סימול", "หลักทรัพย์", "symbole", "rics", "isin", "company", "companyname", "firm", "issuer"}},
	{"source", []string{"url", "link", "reference", "publisher", "provider"}},
	{"note", []string{"notes", "comment", "comments", "remark", "description", "summary"}},
	// What an import says of how it came by the event.
	{"key", nil},
	{"status", nil},
	{"part", nil},
	{"raw_time", nil},
	{"zone_given", nil},
	{"zone_assumed", nil},
	{"upper_bound", nil},
	{"alternative", nil},
	{"doubts", nil},
	{"unresolved", nil},
	{"coverage", nil},
}

// fieldNames returns the first names of the fields that people write.
func fieldNames() []string {
	out := make([]string, 0, len(fields))
	for _, f := range fields {
		if !slices.Contains(importFields, f.name) {
			out = append(out, f.name)
		}
	}
	return out
}

// squeezed returns a heading in lower case without separators and without what
// stands in brackets behind it.
func squeezed(heading string) string {
	if i := strings.IndexAny(heading, "(["); i > 0 {
		heading = heading[:i]
	}
	return strings.ToLower(strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsNumber(r) {
			return r
		}
		return -1
	}, heading))
}

// canonical returns the first name of the field that people call heading, or "",
// and how far down the list of its names it stands.
func canonical(heading string) (field string, rank int) {
	if languageOf, ok := languageColumn(heading); ok {
		return "title_" + languageOf, 0
	}
	name, zone := squeezed(heading), headingZone(heading)
	for {
		for _, f := range fields {
			if squeezed(f.name) == name {
				return f.name, 0
			}
			for i, o := range f.other {
				if o == name {
					return f.name, i + 1
				}
			}
		}
		if list := strings.TrimRight(name, "0123456789"); list != name && list != "" { // ticker1, ticker2
			if f, r := canonical(list); f == "securities" {
				return f, r
			}
		}
		bare := name
		if zone != "" {
			for _, mark := range zoneMarks {
				bare = strings.TrimSuffix(strings.TrimPrefix(bare, mark.mark), mark.mark)
			}
		}
		if bare == name || bare == "" {
			if zone != "" && bare == "" {
				return "time", len(zoneMarks) // a column that is called UTC
			}
			return "", 0
		}
		name = bare
	}
}

// zoneMarks are what headings of times say of their clock.
var zoneMarks = []struct{ mark, zone string }{
	{"utc", "UTC"}, {"gmt", "UTC"}, {"eastern", newYork}, {"est", newYork}, {"edt", newYork}, {"et", newYork}, {"ny", newYork},
}

// headingZone returns the zone that the heading of a column of times states, as
// in timestamp_utc, "Time (ET)" or UTC time; "" if it states none.
func headingZone(heading string) string {
	words := strings.FieldsFunc(strings.ToLower(heading), func(r rune) bool { return !unicode.IsLetter(r) })
	for i, w := range words {
		if i > 0 && i < len(words)-1 {
			continue
		}
		for _, m := range zoneMarks {
			if w == m.mark {
				return m.zone
			}
		}
	}
	if s := squeezed(heading); strings.HasSuffix(s, "utc") || strings.HasSuffix(s, "gmt") { // timestampUTC
		return "UTC"
	}
	return ""
}

// releases are the words that say in which part of the trading day news came.
var releases = map[string]Part{
	"amc": PastClose, "aftermarketclose": PastClose, "aftermarket": PastClose, "afterclose": PastClose, "aftertheclose": PastClose, "afterhours": PastClose, "ah": PastClose,
	"postmarket": PastClose, "postclose": PastClose, "timeafterhours": PastClose, "aftermarkethours": PastClose, "aft": PastClose, "afterthemarketcloses": PastClose, "aftermarketcloses": PastClose, "marketclose": PastClose, "close": PastClose,
	"bmo": BeforeOpen, "beforemarketopen": BeforeOpen, "beforemarket": BeforeOpen, "beforeopen": BeforeOpen, "beforetheopen": BeforeOpen, "premarket": BeforeOpen, "preopen": BeforeOpen, "timepremarket": BeforeOpen,
	"beforemarkethours": BeforeOpen, "bto": BeforeOpen, "beforethemarketopens": BeforeOpen, "beforemarketopens": BeforeOpen, "pre": BeforeOpen, "marketopen": BeforeOpen, "open": BeforeOpen, "beforehours": BeforeOpen,
	"dmh": During, "dmt": During, "duringmarkethours": During, "duringmarket": During, "during": During, "intraday": During, "markethours": During, "duringhours": During, "regular": During, "duringtrading": During,
	"tns": "", "timenotsupplied": "", "notsupplied": "", "tas": "", "tba": "", "tbd": "", "unspecified": "", "unknown": "", "na": "", "none": "", "null": "", "nan": "", "": "", "unconfirmed": "",
}

// release returns the part of the day that text says, "" where it says that it
// is not known. ok is false for a text that is none of the words.
func release(text string) (part Part, ok bool) {
	if text == "" {
		return "", true
	}
	if strings.ContainsFunc(text, unicode.IsDigit) {
		return "", false
	}
	part, ok = releases[squeezed(text)]
	return part, ok
}

// slashed matches a date whose order of day and month is not evident.
var slashed = pattern.New(`^(\d{1,2})([/-])(\d{1,2})[/-]\d{2}(?:\d{2})?(?:\D|$)`)

// evidence is what the dates of a file show of the order of day and month, by line.
type evidence struct {
	dayFirst, monthFirst, open int
	sample                     string
	short                      yearfirst.Dates
}

// see takes a date in.
func (e *evidence) see(s string, line int) {
	m := slashed.FindStringSubmatch(s)
	if m == nil {
		return
	}
	e.short.See(s, line)
	a, _ := strconv.Atoi(m[1])
	b, _ := strconv.Atoi(m[3])
	switch {
	case a > 12 && b <= 12 && e.dayFirst == 0:
		e.dayFirst = line
	case b > 12 && a <= 12 && e.monthFirst == 0:
		e.monthFirst = line
	}
	if e.open == 0 && a <= 12 && b <= 12 && a != b {
		e.open, e.sample = line, s
	}
}

// decide settles the order of day and month of the file, or says why it cannot be.
func (b *builder) decide(e evidence) {
	if b.order != AutoOrder {
		return
	}
	before := len(b.errs)
	defer func() { b.undated = len(b.errs) > before }()
	line, sample, certain, first := e.short.First()
	switch {
	case certain:
		b.problem(line, "%s has a year of two digits before the month; write 2025-01-27", quote(sample))
	case first:
		b.problem(line, "%s has a year of two digits, which may come first or last; write 2025-01-27, or, where it comes last, set the order of dates (events.dates) to %s or %s", quote(sample), DayFirst, MonthFirst)
	case e.dayFirst > 0 && e.monthFirst > 0:
		b.problem(max(e.dayFirst, e.monthFirst), "the day comes first on line %d of this file, and the month on line %d; write dates as 2025-01-27", e.dayFirst, e.monthFirst)
	case e.dayFirst > 0:
		b.order = DayFirst
	case e.monthFirst > 0:
		b.order = MonthFirst
	case e.open > 0:
		b.problem(e.open, "%s may be month/day or day/month, and no line of the file tells; write 2025-01-27, or set the order of dates (events.dates) to %s or %s", quote(e.sample), MonthFirst, DayFirst)
	}
}

// iso writes a date or time with separators between its digits where nothing is
// lost by it: 20241118 is 2024-11-18, and 18-11-2024 is 18/11/2024.
func iso(s string) string {
	if len(s) == len("2006-01-02") && digitsOnly(s[:4]) && s[4] == '-' { // as most are
		return s
	}
	if m := slashed.FindStringSubmatch(s); m != nil && m[2] == "-" {
		return strings.Replace(s, "-", "/", 2)
	}
	if whole, rest, _ := strings.Cut(s, "."); digitsOnly(whole) {
		fraction := strings.Trim(rest, "0")
		switch {
		case len(whole) == 5 && (fraction == "" || digitsOnly(rest)): // days of a spreadsheet
			if x, err := strconv.ParseFloat(s, 64); err == nil && x >= 30_000 && x < 80_000 { // from 1982 on: those of SAS and R are less
				t := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC).Add(time.Duration(math.Round(x*86400)) * time.Second)
				if fraction == "" {
					return t.Format(time.DateOnly)
				}
				return t.Format(time.DateTime)
			}
		case fraction != "":
		case len(whole) == 8:
			return whole[:4] + "-" + whole[4:6] + "-" + whole[6:]
		case len(whole) == 16 || len(whole) == 19: // micro- and nanoseconds since 1970
			return whole[:10]
		}
	}
	return s
}

// hourOf writes a time of day with a colon: 1605 and 160500 are 16:05.
func hourOf(s string) string {
	if !digitsOnly(s) {
		return s
	}
	switch len(s) {
	case 3:
		return "0" + s[:1] + ":" + s[1:]
	case 4:
		return s[:2] + ":" + s[2:]
	case 6:
		return s[:2] + ":" + s[2:4] + ":" + s[4:]
	}
	return s
}

func digitsOnly(s string) bool {
	return s != "" && !strings.ContainsFunc(s, func(r rune) bool { return r < '0' || r > '9' })
}

// nameEvents gives an ID to the events that have none: of their date and title,
// or securities where there is no title. Events of one date and title are told
// apart by their securities, else by number, in their order. The IDs do not
// depend on the other events of the file.
func (b *builder) nameEvents() {
	named := true
	for i := range b.events {
		named = named && b.events[i].ID != ""
	}
	if named {
		return
	}
	used := make(map[string]bool, len(b.events))
	base := make([]string, len(b.events))
	shared := make(map[string]int)
	for i := range b.events {
		e := &b.events[i]
		if e.ID != "" {
			used[strings.ToLower(e.ID)] = true
			continue
		}
		if base[i] = e.idStem(); base[i] != "" {
			shared[base[i]]++
		}
	}
	if len(shared) == 0 {
		return
	}
	last := make(map[string]int) // number given to an ID, by the stem
	for i := range b.events {
		e := &b.events[i]
		if e.ID != "" {
			continue
		}
		id := base[i]
		if (shared[id] > 1 || used[id]) && e.Title != "" && len(e.Targets) > 0 {
			id += "-" + symbolStem(e)
		}
		for stem := id; used[strings.ToLower(id)]; {
			last[stem] = max(1, last[stem]) + 1
			id = fmt.Sprintf("%s-%d", stem, last[stem])
		}
		used[strings.ToLower(id)] = true
		if e.ID = id; e.Title == "" {
			e.Title = id
			if e.Titles != nil {
				e.Titles["und"] = id
			}
		}
	}
}

// idStem returns the date and the title of e, or its securities, as an ID.
func (e *Event) idStem() string {
	what := e.Title
	if what == "" {
		what = symbolStem(e)
	}
	date := e.Date().Format("2006-01-02")
	if s := idWords(what, 48); s != "" {
		return date + "-" + s
	}
	return date
}

func symbolStem(e *Event) string {
	var symbols []string
	for _, t := range e.Targets[:min(3, len(e.Targets))] {
		symbols = append(symbols, t.Symbol)
	}
	return idWords(strings.Join(symbols, " "), 40)
}

// idWords writes the words of text, as many as fit into most letters, as part of an ID.
func idWords(text string, most int) string {
	out := ""
	for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsMark(r) && !unicode.IsNumber(r)
	}) {
		if out != "" && len([]rune(out))+1+len([]rune(w)) > most {
			break
		}
		if r := []rune(w); len(r) > most {
			w = string(r[:most])
		}
		if out += "-" + w; out[0] == '-' {
			out = out[1:]
		}
	}
	return out
}

// symbols splits the securities that are written as one text. Words parted by
// spaces alone are symbols, unless they are written as a name is, with a capital
// and small letters.
func symbols(t text) []text {
	s := strings.Trim(t.s, "[]{}() ")
	if m := inBrackets.FindStringSubmatch(t.s); m != nil && !isList(t.s) { // Acme Inc. (NASDAQ: ACME)
		if symbol, ok := Listed(m[1] + ":" + m[2]); ok { // BP (LON: BP) is BP.L
			return []text{{symbol, t.line}}
		}
		return []text{{m[2], t.line}}
	}
	if isList(t.s) {
		s = strings.NewReplacer("(", ";", ")", ";").Replace(s)
	}
	if s != t.s || strings.ContainsAny(s, `"`) || strings.HasPrefix(s, "'") { // a list as programs print it
		s = strings.NewReplacer(`"`, "", "'", "").Replace(s)
	}
	var out []text
	for _, part := range strings.FieldsFunc(s, func(r rune) bool { return r == ';' || r == '|' || r == ',' || r == '\n' || r == '،' || r == '؛' }) {
		words := strings.Fields(part)
		switch {
		case len(words) == 0:
		case len(out) > 0 && companyForms[strings.ToLower(strings.Trim(part, " ."))]: // Apple, Inc.
			out[len(out)-1].s += ", " + strings.Join(words, " ")
		case len(words) > 1 && isName(words):
			out = append(out, text{strings.Join(words, " "), t.line})
		default:
			for i, w := range words {
				switch {
				case w == "&" || w == "+" || len(words) > 2 && i > 0 && i < len(words)-1 && (w == "and" || w == "und" || w == "et"):
					continue
				case len(w) > 1 && w[0] == '$' && (w[1] < '0' || w[1] > '9'): // a cashtag
					w = w[1:]
				}
				out = append(out, text{w, t.line})
			}
		}
	}
	return out
}

// isList reports whether s lists symbols before a bracket, as in NVDA, AMD (TSM), and is
// no name with the form of its firm, as in ACME, INC. (ACME).
func isList(s string) bool {
	head, _, _ := strings.Cut(s, "(")
	parts := strings.FieldsFunc(head, func(r rune) bool { return r == ';' || r == '|' || r == ',' || r == '/' || r == '،' })
	for _, part := range parts {
		part = strings.TrimSpace(part)
		if part == "" || len(part) > 6 || strings.HasSuffix(part, ".") || strings.ContainsAny(part, " ") || strings.ToUpper(part) != part || companyForms[strings.ToLower(part)] {
			return false
		}
	}
	return len(parts) > 1
}

// inBrackets finds the symbol that stands behind a name, and the exchange before it.
var inBrackets = pattern.New(`^[^()]*\pL[^()]*\(\s*(?:([A-Za-z ]{2,20}):\s*)?([A-Z0-9^][A-Z0-9.^-]{0,11})\s*\)\.?$`)

var companyForms = map[string]bool{"inc": true, "ltd": true, "llc": true, "corp": true, "co": true, "plc": true, "ag": true, "se": true, "sa": true, "nv": true, "s.a": true, "n.v": true, "l.p": true, "lp": true}

// isName reports whether words are one name rather than several symbols.
func isName(words []string) bool {
	words = slices.Clone(words)
	last := &words[len(words)-1]
	if name, sign, found := strings.Cut(*last, ":"); found && strings.Trim(sign, "+-01") == "" {
		*last = name
	}
	for _, w := range words {
		if strings.ContainsAny(w, ":") {
			return false // a sign
		}
	}
	for _, w := range words {
		r := []rune(w)
		if len(r) > 1 && unicode.IsUpper(r[0]) && unicode.IsLower(r[1]) || len(r) > 0 && unicode.IsLetter(r[0]) && !unicode.IsUpper(r[0]) && !unicode.IsLower(r[0]) {
			return true
		}
	}
	return false
}
