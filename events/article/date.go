package article

import (
	"cmp"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode"
	"unicode/utf8"

	"aftershock/events"
	"aftershock/internal/pattern"
)

// Precision says how long the time is that an expression names.
type Precision string

// The precisions, from the finest.
const (
	Day     Precision = "day"
	Week    Precision = "week"
	Month   Precision = "month"
	Quarter Precision = "quarter"
	Half    Precision = "half"
	Year    Precision = "year"
	None    Precision = "unknown" // no date is given
)

// DateDoubt says why a date is left open, or rests on a guess.
type DateDoubt string

// The doubts.
const (
	NoPublication DateDoubt = "no-publication"  // it counts from the day of publication, which is not known
	NoAnchor      DateDoubt = "no-anchor"       // it counts from another date, and none is before it
	YearRange     DateDoubt = "year-range"      // its year is not one of news
	NoSuchDay     DateDoubt = "no-such-day"     // its month has no such day
	DayOrder      DateDoubt = "day-month-order" // day and month could be the other way round
	WeekdayWrong  DateDoubt = "weekday"         // it is another day of the week than the text says
	MonthsDiffer  DateDoubt = "months-differ"   // two names of the month that are not the same month
)

// Fiscal is a period of a firm's own year, which may begin in any month.
type Fiscal struct {
	Quarter int `json:"quarter"` // 1 to 4; 0: the whole year
	Year    int `json:"year"`    // 0: the text has none
}

// Date is an expression of time in a text and what it resolves to.
type Date struct {
	Start, End int // in bytes of the text
	Text       string
	From, To   time.Time // first and last day, midnight UTC; zero: open
	Precision  Precision
	Fiscal     *Fiscal // with one, From and To are zero: the firm's calendar decides
	AfterClose bool    // the text puts it after the close of that day
	BeforeOpen bool    // or before its opening
	Hijri      bool
	Anchor     int // the index of the date that it counts from, -1 for none
	Doubt      DateDoubt
}

// Open reports whether the date could not be resolved.
func (d *Date) Open() bool { return d.From.IsZero() }

// The earliest and latest year that is taken for one of news.
const firstYear, lastYear = 1600, 2400

// reading is one text being read for dates.
type reading struct {
	text      string
	fold      string // the text, folded
	at        []int  // by byte of fold: the byte of text
	published time.Time
	fiscal    bool // the firms of the text have years of their own
	names     []events.Mention
	anchor    time.Time // the last day that the text before names
	arabic    bool
}

// Dates returns the expressions of time in text, one sentence or a few, in their
// order; none overlap. Those that count from the day on which the text was read
// (yesterday, Monday, 27 January) are resolved from published, which is midnight
// UTC of that day, and stay open where it is the zero time. Without a year the one
// nearest to published is taken; a weekday is the nearest that is not later, or
// not earlier where the verb before it is in the future. ownYear says that quarters
// are those of a firm whose year is not the calendar's.
func Dates(text string, published time.Time, ownYear bool) []Date {
	return dates(text, published, time.Time{}, ownYear, nil)
}

// dates is [Dates] in a text before which anchor was the last day named, and whose
// words in names are no dates and no verbs.
func dates(text string, published, anchor time.Time, ownYear bool, names []events.Mention) []Date {
	r := &reading{text: text, published: published, anchor: anchor, fiscal: ownYear, names: names}
	r.foldText()
	r.mask(names)
	var all []Date
	has := map[*pattern.Pattern]bool{}
	rules := rules()
	for i := range rules {
		u := &rules[i]
		is, known := has[u.when]
		if !known {
			is = u.when.MatchString(r.fold)
			has[u.when] = is
		}
		if is {
			all = r.apply(u, all)
		}
	}
	// The longest of those that overlap; the rules before others where as long.
	order := make([]int, len(all))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return (all[b].End - all[b].Start) - (all[a].End - all[a].Start) })
	var out []Date
	for _, i := range order {
		d := all[i]
		if !slices.ContainsFunc(out, func(o Date) bool { return d.Start < o.End && o.Start < d.End }) {
			out = append(out, d)
		}
	}
	slices.SortFunc(out, func(a, b Date) int { return a.Start - b.Start })
	out = slices.DeleteFunc(out, func(d Date) bool { return d.Precision == "" }) // what only looks like a date
	r.anchors(out)
	for i := range out {
		r.part(&out[i])
		out[i].Text = text[out[i].Start:out[i].End]
	}
	return out
}

// foldText makes the text of one spelling: lower case, European digits, one form
// of the Arabic letters, no vowel marks.
func (r *reading) foldText() {
	var b strings.Builder
	b.Grow(len(r.text))
	r.at = make([]int, 0, len(r.text)+1)
	latin, arabic := 0, 0
	for i, c := range r.text {
		before := b.Len()
		switch {
		case c < utf8.RuneSelf:
			if 'a' <= c && c <= 'z' || 'A' <= c && c <= 'Z' {
				latin++
			}
			b.WriteRune(unicode.ToLower(c))
		case '٠' <= c && c <= '٩':
			b.WriteRune('0' + c - '٠')
		case '۰' <= c && c <= '۹':
			b.WriteRune('0' + c - '۰')
		case c == '\u00a0' || c == '\u202f' || c == '\u2009':
			b.WriteByte(' ')
		case c == '–' || c == '—' || c == '‑' || c == '‐' || c == '−':
			b.WriteByte('-')
		case c == '’' || c == 'ʼ':
			b.WriteByte('\'')
		case c == 'ـ' || unicode.IsMark(c) || unicode.Is(unicode.Cf, c):
		default:
			if unicode.Is(unicode.Arabic, c) {
				arabic++
			}
			if to, ok := arabicFold[c]; ok {
				c = to
			}
			b.WriteRune(unicode.ToLower(c))
		}
		for range b.Len() - before {
			r.at = append(r.at, i)
		}
	}
	r.fold, r.at = b.String(), append(r.at, len(r.text))
	r.arabic = arabic > latin
}

// mask makes names unreadable.
func (r *reading) mask(names []events.Mention) {
	if len(names) == 0 {
		return
	}
	b := []byte(r.fold)
	for _, n := range names {
		from, _ := slices.BinarySearch(r.at, n.Start)
		to, _ := slices.BinarySearch(r.at, n.End)
		for i := from; i < min(to, len(b)); i++ {
			b[i] = 'x'
		}
	}
	r.fold = string(b)
}

var arabicFold = map[rune]rune{'أ': 'ا', 'إ': 'ا', 'آ': 'ا', 'ٱ': 'ا', 'ى': 'ي', 'ئ': 'ي', 'ؤ': 'و', 'ة': 'ه', 'ی': 'ي', 'ک': 'ك', 'گ': 'ك', 'ہ': 'ه', 'ھ': 'ه'}

// A rule is a form of dates: an expression over folded text, whose groups have
// names, and what it resolves to.
type rule struct {
	form  *pattern.Pattern
	names func() []string
	do    func(r *reading, g groups, d *Date) bool
	when  *pattern.Pattern // what the text must have for the form to be looked for
}

// groups are the named parts of a match that are not empty.
type groups map[string]string

func (g groups) number(name string) int {
	n, err := strconv.Atoi(g[name])
	if err != nil {
		return 0
	}
	return n
}

var groupForm = pattern.New(`\(\?P<\w+>`)

// newRule wraps the form of a date so that it begins and ends with whole words;
// Arabic proclitics may be written to its first.
func newRule(form string, do func(r *reading, g groups, d *Date) bool, when *pattern.Pattern) rule {
	n := 0
	form = groupForm.ReplaceAllStringFunc(form, func(s string) string { // a name may stand in several branches
		n++
		return strings.TrimSuffix(s, ">") + "_" + strconv.Itoa(n) + ">"
	})
	re := pattern.New(`(?:^|[^\p{L}\p{N}])(?:[وفبلك]|و[بلك]|ف[بلك])?(?:ال\s?)??(?P<span>` + form + `)(?:$|[^\p{L}\p{N}])`)
	return rule{re, sync.OnceValue(func() []string {
		names := re.SubexpNames()
		for i, name := range names {
			names[i], _, _ = strings.Cut(name, "_")
		}
		return names
	}), do, when}
}

func (r *reading) apply(u *rule, all []Date) []Date {
	for from := 0; from < len(r.fold); {
		m := u.form.FindStringSubmatchIndex(r.fold[from:])
		if m == nil {
			break
		}
		g := groups{}
		var span [2]int
		for i, name := range u.names() {
			if name != "" && m[2*i] >= 0 && m[2*i+1] > m[2*i] {
				if name == "span" {
					span = [2]int{from + m[2*i], from + m[2*i+1]}
				} else if g[name] == "" {
					g[name] = r.fold[from+m[2*i] : from+m[2*i+1]]
				}
			}
		}
		d := Date{Start: r.at[span[0]], Anchor: -1}
		g["before"], g["after"] = r.fold[:span[0]], r.fold[span[1]:]
		d.End = len(r.text)
		if span[1] < len(r.at) { // the end of the last letter, without what was folded away after it
			last := r.at[span[1]-1]
			_, size := utf8.DecodeRuneInString(r.text[last:])
			d.End = last + size
		}
		if text := r.text[d.Start:d.End]; strings.HasSuffix(text, ".") && !abbreviated.MatchString(strings.ToLower(text)) {
			d.End-- // it ends the sentence
		}
		if u.do(r, g, &d) {
			all = append(all, d)
		}
		from = span[1]
	}
	return all
}

// abbreviated is a date that ends with the point of an abbreviation.
var abbreviated = pattern.New(`\b(?:jan|feb|mar|apr|jun|jul|aug|sept?|oct|nov|dec)\.$`)

// The words of dates. All is folded.
var (
	monthNumber = map[string]int{}
	hijriNumber = map[string]int{}
	dayNumber   = map[string]int{} // of ordinal words
	weekdayOf   = map[string]time.Weekday{}
	countOf     = map[string]int{}
	quarterOf   = map[string]int{}
)

var (
	monthForm, sureMonth, ordinalForm, weekdayForm, hijriForm, countForm, quarterForm string
)

func list(words string) []string {
	var out []string
	for _, w := range strings.Split(words, ",") {
		if w = strings.Join(strings.Fields(w), " "); w != "" {
			out = append(out, w)
		}
	}
	return out
}

// either returns the form of any of the words, the longest first.
func either[V any](m map[string]V) string {
	words := make([]string, 0, len(m))
	for w := range m {
		words = append(words, strings.ReplaceAll(regexp.QuoteMeta(w), " ", `\s+`))
	}
	slices.SortFunc(words, func(a, b string) int { return cmp.Or(len(b)-len(a), strings.Compare(a, b)) })
	return "(?:" + strings.Join(words, "|") + ")"
}

// fit makes a matched word one of the tables': one blank between words.
func fit(s string) string { return strings.Join(strings.Fields(s), " ") }

// rules are made once; the order decides between forms of one length.
var rules = sync.OnceValue(makeRules)

func makeRules() []rule {
	for i, words := range []string{
		"january,jan,يناير,كانون الثاني,كانون ثاني,جانفي", "february,feb,فبراير,شباط,فيفري", "march,mar,مارس,اذار", "april,apr,ابريل,نيسان,افريل",
		"may,مايو,ايار,ماي", "june,jun,يونيو,يونيه,حزيران,جوان", "july,jul,يوليو,يوليه,تموز,جويليه,يوليوز", "august,aug,اغسطس,اب,اوت,غشت",
		"september,sept,sep,سبتمبر,ايلول,شتنبر", "october,oct,اكتوبر,تشرين الاول,تشرين اول", "november,nov,نوفمبر,تشرين الثاني,تشرين ثاني,نونبر",
		"december,dec,ديسمبر,كانون الاول,كانون اول,دجنبر"} {
		for _, w := range list(words) {
			monthNumber[w] = i + 1
		}
	}
	for i, words := range []string{"محرم", "صفر", "ربيع الاول,ربيع اول", "ربيع الاخر,ربيع الثاني,ربيع ثاني", "جمادي الاولي,جمادي الاول", "جمادي الاخره,جمادي الثانيه,جمادي الثاني", "رجب", "شعبان", "رمضان,ramadan", "شوال,shawwal", "ذو القعده,ذي القعده", "ذو الحجه,ذي الحجه"} {
		for _, w := range list(words) {
			hijriNumber[w] = i + 1
		}
	}
	english := strings.Fields("first second third fourth fifth sixth seventh eighth ninth tenth eleventh twelfth thirteenth fourteenth fifteenth sixteenth seventeenth eighteenth nineteenth twentieth")
	for i, w := range english {
		dayNumber[w] = i + 1
		if i < 9 {
			dayNumber["twenty-"+w] = i + 21
		}
	}
	dayNumber["thirtieth"], dayNumber["thirty-first"] = 30, 31
	units := []string{"الاول,اول", "الثاني,ثاني", "الثالث,ثالث", "الرابع,رابع", "الخامس,خامس", "السادس,سادس", "السابع,سابع", "الثامن,ثامن", "التاسع,تاسع"}
	for i, u := range units {
		for _, w := range list(u) {
			dayNumber[w] = i + 1
		}
		unit := list(u)[0]
		for _, and := range []string{"و"} {
			dayNumber[unit+" "+and+"العشرين"], dayNumber[unit+" "+and+"العشرون"] = i+21, i+21
		}
		if i > 0 {
			dayNumber[unit+" عشر"] = i + 11
		}
	}
	dayNumber["العاشر"], dayNumber["عاشر"], dayNumber["الحادي عشر"], dayNumber["العشرين"], dayNumber["العشرون"] = 10, 10, 11, 20, 20
	dayNumber["الحادي والعشرين"], dayNumber["الحادي والعشرون"], dayNumber["الثلاثين"], dayNumber["الثلاثون"], dayNumber["الحادي والثلاثين"], dayNumber["الحادي والثلاثون"] = 21, 21, 30, 30, 31, 31
	for i, words := range []string{"sunday,الاحد", "monday,الاثنين,الاتنين", "tuesday,الثلاثاء,التلاتاء", "wednesday,الاربعاء", "thursday,الخميس", "friday,الجمعه", "saturday,السبت"} {
		for _, w := range list(words) {
			weekdayOf[w] = time.Weekday(i)
		}
	}
	for i, words := range []string{"one,a,an,واحد,واحده", "two,a couple of,couple of,اثنين,اثنان", "three,ثلاثه,ثلاث", "four,اربعه,اربع", "five,خمسه,خمس", "six,سته,ست", "seven,سبعه,سبع", "eight,ثمانيه,ثماني", "nine,تسعه,تسع", "ten,عشره,عشر", "eleven,احد عشر", "twelve,اثني عشر"} {
		for _, w := range list(words) {
			countOf[w] = i + 1
		}
	}
	for i, words := range []string{"first,1st,الاول,الاولي", "second,2nd,الثاني,الثانيه", "third,3rd,الثالث,الثالثه", "fourth,4th,final,الرابع,الرابعه,الاخير"} {
		for _, w := range list(words) {
			quarterOf[w] = i + 1
		}
	}
	monthForm, ordinalForm, weekdayForm = either(monthNumber), either(dayNumber), either(weekdayOf)
	hijriForm, countForm, quarterForm = either(hijriNumber), either(countOf), either(quarterOf)
	sure := map[string]int{}
	for w, n := range monthNumber {
		switch w {
		case "may", "march", "jan", "feb", "mar", "apr", "jun", "jul", "aug", "sep", "sept", "oct", "nov", "dec", "اب", "ماي", "مارس", "جوان", "اوت", "تموز", "نيسان":
		default:
			sure[w] = n
		}
	}
	sureMonth = either(sure)

	const (
		sp      = `[\s,،]+`
		yearA   = `(?P<y>\d{4,6})`
		yearRel = `(?P<yrel>last|this|next)\s+year|(?:من\s+|ب)?(?:العام|السنه)\s+(?P<yrela>الماضيه?|المنصرمه?|الفاي?ته?|السابقه?|الجاريه?|الحاليه?|المقبله?|القادمه?)|من\s+(?P<yrelt>هذا\s+العام|هذه\s+السنه)`
	)
	year := `(?:(?:,?\s+|\s*[,،]\s*|\s+of\s+|\s+in\s+|\s*[/-]\s*)` + yearA + `(?:\s*م)?|\s*[,،]?\s+(?:من\s+)?(?:عام|العام|سنه|السنه|لعام|لسنه)\s+` + yearA + `(?:\s*م)?|\s+(?:of\s+)?(?:` + yearRel + `))`
	month := `(?P<m>` + monthForm + `)\.?(?:\s*[/(-]\s*(?P<m2>` + monthForm + `)\.?\s*\)?)?`
	weekday := `(?P<w>` + weekdayForm + `)`
	lead := `(?:(?:يوم|اليوم|امس|مساء|صباح|ظهر|ليل|فجر)\s+)*`
	link := `(?:\s*[,،]\s*|\s+|\s*\(\s*)(?:(?:the|الموافق|المصادف|في|يوم)\s+)*`
	day := `(?P<d>\d{1,2})(?:st|nd|rd|th)?`

	var out []rule
	add := func(form string, do func(*reading, groups, *Date) bool, when *pattern.Pattern) {
		out = append(out, newRule(form, do, when))
	}
	// What a text must have for a form to be looked for at all.
	trigger := pattern.New
	months, digits, hijris, weekdays := trigger(monthForm), trigger(`\d`), trigger(hijriForm), trigger(weekdayForm)
	quarters, halves, periods := trigger(`q|\d|ربع|فصل`), trigger(`half|h[12]|نصف`), trigger(`week|month|quarter|year|اسبوع|شهر|عام|سنه|ربع`)
	relatives, spans := trigger(`day|tonight|night|this|tomorrow|يوم|امس|بارحه|غد|ليله`), trigger(`ago|in\s|قبل|منذ`)
	steps, holidays := trigger(`day|يوم|ايام|غداه|عشيه`), trigger(`day|eve|thanksgiving|christmas|الا|السوداء|العظيمه|الجمعه`)
	fiscals, days := trigger(`fiscal|financial|fy|مالي`), trigger(`month|on\s+the|شهر`)
	// 30 November 2022 · Monday, the 30th of November, 2022 · 27 يناير/كانون الثاني 2025 · يوم الاثنين الموافق 27 من يناير
	add(`(?:`+lead+weekday+link+`)?(?:the\s+)?(?:`+day+`|(?P<o>`+ordinalForm+`))(?:\s+(?:of|من(?:\s+شهر)?|شهر|day\s+of)\s+|\s*-\s*|\s+|\s*/\s*)`+month+`(?:`+year+`|\s+(?P<mrel>`+relativeForm+`))?`, onDay, months)
	// November 30, 2022 · Monday, Nov. 30th
	add(`(?:`+weekday+link+`)?`+month+`\s+(?:the\s+)?(?:`+day+`|(?P<o>`+ordinalForm+`))(?:`+year+`)?`, onDay, months)
	// the last day of June
	add(`(?:the\s+)?(?P<which>last|first|final|اول|اخر)\s+(?:day|ايام|يوم)\s+(?:of\s+|من\s+|في\s+)?(?:شهر\s+)?`+month+`(?:`+year+`)?`, edgeDay, months)
	// the week of 10 March · the week ended March 14
	add(`(?:the\s+)?week\s+(?:of|beginning|starting|from|ending|ended|to|through)\s+(?:the\s+)?(?:`+day+`\s+(?:of\s+)?`+month+`|`+month+`\s+`+day+`)(?:`+year+`)?`, weekOf, months)
	// June 14-15, 2022 · 3 to 5 March · بين 3 و5 مارس
	add(`(?:between\s+|from\s+)?`+month+`\s+`+day+`\s*(?:-|to|and|through|until)\s*(?P<e>\d{1,2})(?:st|nd|rd|th)?(?:`+year+`)?`, onDays, months)
	add(`(?:between\s+|from\s+|بين\s+|من\s+)?(?:the\s+)?`+day+`\s*(?:-|to|and|through|until|و|الي|حتي)\s*(?:the\s+)?(?P<e>\d{1,2})(?:st|nd|rd|th)?(?:\s+(?:of|من)\s+|\s+)`+month+`(?:`+year+`)?`, onDays, months)
	// June 30 to July 2
	add(`(?:between\s+|from\s+)?`+month+`\s+`+day+`\s*(?:-|to|and|through|until)\s*(?P<em>`+monthForm+`)\.?\s+(?P<e>\d{1,2})(?:st|nd|rd|th)?(?:`+year+`)?`, onDays, months)
	// 2025-01-27 · 2025/1/27 · 27/1/2025 · 27.1.2025 · 1/27/25
	add(`(?:`+lead+weekday+link+`)?(?P<y>\d{4,6})(?P<s>[-/.])(?P<n>\d{1,2})[-/.](?P<n2>\d{1,2})(?:t[\d:.]+z?)?`, numeric, digits)
	add(`(?:`+lead+weekday+link+`)?(?P<n>\d{1,2})(?P<s>[-/.])(?P<n2>\d{1,2})[-/.](?P<y>\d{4,6}|\d{2})(?:\s*م)?`, numeric, digits)
	// the 15th of last month · 15 من الشهر الجاري · on the 15th
	add(`(?:the\s+)?(?:`+day+`|(?P<o>`+ordinalForm+`))\s+(?:of\s+(?P<rel>this|last|next)\s+month|(?:من\s+)?(?:(?P<rela>هذا)\s+الشهر|الشهر\s+(?P<rela>`+relativeForm+`)))`, dayOfMonth, days)
	add(`(?:يوم|في)\s+`+day+`\s+(?P<rela>الجاري|الماضي|المنصرم|المقبل|القادم)`, dayOfMonth, digits)
	add(`on\s+the\s+(?P<d>\d{1,2})(?:st|nd|rd|th)`, dayOfMonth, days)
	// November 2022 · in May · last March · نوفمبر الماضي
	add(`(?:(?P<edge>early|mid|late|the\s+(?:end|start|beginning|middle)\s+of|مطلع|اوايل|اواخر|منتصف|نهايه|بدايه|خلال|شهر|اول)[\s-]+)?(?:شهر\s+)?`+month+`(?:`+year+`)`, inMonth, months)
	add(`(?:(?P<prep>in|since|until|till|by|during|early|mid|late|of|last|next|this|through|before|after|في|منذ|خلال|حتي|بحلول|شهر|مطلع|اوايل|اواخر|منتصف|نهايه|بدايه|قبل|بعد|من)[\s-]+)(?:(?:شهر|اوايل|اواخر|مطلع|منتصف|نهايه|بدايه)\s+)?`+month+`(?:\s+(?P<rel>last|next)|\s+(?P<rela>`+relativeForm+`))?`, bareMonth, months)
	add(`(?P<m>`+sureMonth+`)(?:\s*[/(-]\s*(?P<m2>`+monthForm+`)\s*\)?)?(?:\s+(?P<rela>`+relativeForm+`))?`, bareMonth, months)
	// Hijri
	add(`(?:`+lead+weekday+link+`)?(?:`+day+`|(?P<o>`+ordinalForm+`)(?:\s+ايام|\s+يوم)?)\s+(?:من\s+|في\s+|of\s+)?(?:شهر\s+)?(?P<h>`+hijriForm+`)(?:\s*[,،]?\s*(?:من\s+)?(?:(?:عام|العام|سنه|السنه|لعام|لسنه)\s+)?(?P<y>\d{4,5})(?:\s*(?:هجريه?|هـ|ه|ah))?)?`, hijri, hijris)
	add(`(?:شهر\s+)?(?P<h>`+hijriForm+`)\s*(?:من\s+)?(?:(?:عام|العام|سنه|لعام)\s+)?(?P<y>1[345]\d\d)(?:\s*(?:هجريه?|هـ|ه|ah))?`, hijri, hijris)
	// quarters, halves
	fiscalYear := `(?P<fy>(?:its\s+|the\s+)?(?:fiscal(?:[\s-]+year)?|financial\s+year|fy)\s*'?)`
	add(`(?:the\s+)?(?P<f>fiscal\s+)?(?P<q>`+quarterForm+`)(?:\s+(?P<f>fiscal))?[\s-]+(?P<f2>fiscal\s+)?quarter(?:'s)?(?:(?:\s+of|\s+in)?\s+(?:(?P<fy>(?:its\s+|the\s+)?(?:fiscal(?:[\s-]+year)?|financial\s+year|fy)\s*'?)(?P<y>\d{4}|\d{2})?|(?P<y>\d{4})|(?P<yrel>last|this|next)\s+year))?`, quarter, quarters)
	add(`(?:`+fiscalYear+`(?P<y>\d{4}|\d{2})(?:'s)?\s+)(?P<q>`+quarterForm+`)[\s-]+(?:fiscal\s+)?quarter`, quarter, quarters)
	add(`(?P<f>fiscal\s+)?q(?P<qn>[1-4])(?:(?:\s+of|\s*[-/])?\s*(?:(?P<fy>fiscal(?:[\s-]+year)?|fy)\s*'?(?P<y>\d{4}|\d{2})|'?(?P<y>\d{4}|\d{2})))?`, quarter, quarters)
	add(`(?:the\s+)?(?P<m>`+monthForm+`)\.?\s+quarter`, quarterTo, months)
	add(`(?P<fy>fiscal(?:[\s-]+year)?\s+|fy\s*'?)?(?P<y>\d{4}|\d{2})\s*-?\s*q(?P<qn>[1-4])`, quarter, quarters)
	add(`(?P<qn>[1-4])q\s*'?(?P<y>\d{4}|\d{2})`, quarter, quarters)
	add(`(?:الربع|الفصل)(?:\s+(?P<f>المالي))?\s+(?P<q>`+quarterForm+`)(?:\s+(?P<f2>المالي))?(?:\s+(?:من|في|ل)?\s*(?:(?P<fy>(?:السنه|العام|سنتها|عامها|سنته|عامه|للسنه|للعام)\s+الماليه?(?:\s+الجاريه?|\s+الحاليه?)?)(?:\s+(?P<y>\d{4}))?|(?:(?:عام|العام|سنه|السنه|لعام)\s+)?(?P<y>\d{4})|(?:العام|السنه)\s+(?P<yrela>`+relativeForm+`)|(?P<yrelt>هذا\s+العام|هذه\s+السنه)))?`, quarter, quarters)
	add(`(?:the\s+)?(?P<q>first|second)[\s-]+half(?:\s+(?:of\s+)?(?:(?P<fy>(?:its\s+|the\s+)?fiscal(?:[\s-]+year)?\s+)?(?P<y>\d{4})|(?P<yrel>last|this|next)\s+year|(?P<yrelt>the\s+year)))?`, half, halves)
	add(`h(?P<qn>[12])(?:\s+of)?\s*'?(?P<y>\d{4})`, half, halves)
	add(`النصف\s+(?P<q>الاول|الثاني)(?:\s+(?:من\s+)?(?:(?:(?:عام|العام|سنه|السنه|لعام)\s+)?(?P<y>\d{4})|(?:العام|السنه)\s+(?P<yrela>`+relativeForm+`)|(?P<yrelt>هذا\s+العام|هذه\s+السنه)))?`, half, halves)
	add(`(?P<rel>this|last|next|the\s+current|the\s+previous)\s+(?P<unit>week|weekend|month|quarter|year)(?:'s)?`, period, periods)
	add(`(?P<side>later|earlier)\s+(?P<rel>this)\s+(?P<unit>week|month|year|quarter)`, period, periods)
	add(`(?:(?P<unita>الاسبوع|الشهر|العام|السنه|الربع)\s+(?P<rela>`+relativeForm+`)|(?P<rela>هذا|هذه)\s+(?P<unita>الاسبوع|الشهر|العام|السنه|الربع))`, period, periods)
	add(`(?:over|at|during|on)\s+(?:the\s+)?(?P<bare>weekend)`, weekend, periods)
	add(`(?P<bare>عطله\s+نهايه\s+الاسبوع)`, weekend, periods)
	add(`(?:نهايه|عطله\s+نهايه)\s+(?P<unita>الاسبوع)\s+(?P<rela>`+relativeForm+`)`, weekend, periods)
	// days
	add(`(?:(?P<late>late|early|earlier|later)\s+(?:on\s+)?)?(?P<day>today|yesterday|tomorrow|tonight|the\s+day\s+before\s+yesterday|the\s+day\s+after\s+tomorrow|this\s+(?:morning|afternoon|evening)|last\s+night|overnight)(?:\s+(?:morning|afternoon|evening|night))?(?:`+link+weekday+`)?(?:\s*,\s*(?:`+day+`\s+`+month+`|`+month+`\s+`+day+`)(?:`+year+`)?)?`, relativeDay, relatives)
	add(`(?:(?:مساء|صباح|ظهر|ليل|ليله|فجر|في\s+وقت\s+(?:متاخر|مبكر)\s+من)\s+)?(?:يوم\s+)?(?P<day>اليوم|امس\s+الاول|اول\s+من\s+امس|اول\s+امس|امس|البارحه|غدا|الغد|بعد\s+غد|غد|الليله\s+الماضيه)(?:`+link+weekday+`)?(?:[\s،,]+(?:الموافق\s+)?(?:`+day+`)\s+(?:من\s+)?`+month+`(?:`+year+`)?)?`, relativeDay, relatives)
	add(`(?:(?P<late>late|early|earlier|later)\s+(?:on\s+)?)?(?:(?P<rel>last|this|next|this\s+past|this\s+coming|this\s+week's|the\s+previous)\s+)?`+weekday+`(?:\s+(?:morning|afternoon|evening|night))?(?:\s+(?P<of>(?:of\s+)?(?:last|this|next)\s+week))?`, onWeekday, weekdays)
	add(`(?:(?:مساء|صباح|ظهر|ليل|ليله|فجر)\s+)?(?:يوم\s+)?`+weekday+`(?:\s+(?P<rela>`+relativeForm+`|من\s+الاسبوع\s+(?:`+relativeForm+`)))?`, onWeekday, weekdays)
	// spans of time
	add(`(?P<n>\d{1,3}|`+countForm+`)\s+(?P<unit>day|week|month|year)s?\s+ago`, ago, spans)
	add(`(?:قبل|منذ)\s+(?:نحو\s+|حوالي\s+)?(?:(?P<n>\d{1,3}|`+countForm+`)\s+)?(?P<unita>يومين|يوم|ايام|يوما|اسبوعين|اسبوع|اسابيع|اسبوعا|شهرين|شهر|اشهر|شهور|شهرا|عامين|عام|اعوام|عاما|سنتين|سنه|سنوات)`, ago, spans)
	add(`in\s+(?P<n>\d{1,2}|`+countForm+`)\s+(?P<unit>day|week)s?`, hence, spans)
	// counting from another date
	add(`(?:the|that)\s+(?:very\s+)?(?P<step>next|following|previous|same)\s+day|(?P<step>that\s+day|the\s+day\s+before|the\s+day\s+after)`, anchored, steps)
	add(`(?P<n>`+countForm+`|\d{1,2})\s+days?\s+(?P<step>later|earlier|after|before|prior|afterwards|afterward)`, anchored, steps)
	add(`(?:في\s+)?اليوم\s+(?P<step>التالي|السابق|نفسه|ذاته|الذي\s+يليه)|(?:في\s+)?نفس\s+(?P<step>اليوم)|(?P<step>غداه|عشيه)`, anchored, steps)
	add(`(?P<step>بعد|قبل)(?:ها|ه|\s+ذلك)?\s+(?:ب)?(?:(?P<n>\d{1,2}|`+countForm+`)\s+)?(?P<unita>يومين|يوم|ايام)(?:\s+(?P<from>من|علي|واحد))?`, anchored, steps)
	// holidays
	add(`(?P<holiday>black\s+friday|cyber\s+monday|thanksgiving(?:\s+day)?|christmas(?:\s+day|\s+eve)|new\s+year's\s+(?:day|eve)|good\s+friday|black\s+(?:monday|tuesday|thursday)|super\s+tuesday|giving\s+tuesday|ash\s+wednesday|bloody\s+sunday|casual\s+friday|(?:الاثنين|الجمعه|الخميس|الثلاثاء)\s+(?:الاسود|السوداء|العظيمه)|صلاه\s+الجمعه|خطبه\s+الجمعه)`, holiday, holidays)
	// fiscal years, years
	add(`(?:its\s+|the\s+)?(?P<fy>fiscal(?:[\s-]+year)?|financial\s+year|fy)\s*'?(?P<y>\d{4}|\d{2})`, fiscalOnly, fiscals)
	add(`(?P<fy>(?:السنه|العام|سنتها|عامها|للسنه|للعام)\s+الماليه?)\s+(?P<y>\d{4})`, fiscalOnly, fiscals)
	add(`(?:(?P<prep>in|since|until|by|early|mid|late|during|through|of|year|before|after|the\s+(?:end|start|beginning|middle)\s+of|في|منذ|حتي|بحلول|مطلع|اوايل|اواخر|منتصف|نهايه|بدايه|خلال)[\s-]+)?(?:(?P<word>عام|العام|سنه|السنه|لعام|عامي)\s+)?(?P<y>\d{4,6})(?P<mark>\s*م)?`, inYear, digits)
	add(`(?:(?:in|since)\s+)?(?P<dec>(?:the\s+)?(?:1[6-9]|20)\d0s)`, func(*reading, groups, *Date) bool { return true }, digits)
	return out
}

const relativeForm = `الماضيه?|المنصرمه?|الفاي?ته?|السابقه?|الجاريه?|الحاليه?|المقبله?|القادمه?`

// relative returns -1, 0 or 1 for a word of last, this, next.
func relative(words ...string) (n int, ok bool) {
	for _, w := range words {
		w = strings.TrimPrefix(fit(w), "من الاسبوع ")
		switch {
		case w == "":
		case strings.HasPrefix(w, "last") || w == "the previous" || w == "this past" || strings.HasPrefix(w, "الماضي") || strings.HasPrefix(w, "المنصرم") || strings.HasPrefix(w, "الفا") || strings.HasPrefix(w, "السابق"):
			return -1, true
		case strings.HasPrefix(w, "next") || w == "this coming" || strings.HasPrefix(w, "المقبل") || strings.HasPrefix(w, "القادم"):
			return 1, true
		default:
			return 0, true
		}
	}
	return 0, false
}

func date(y int, m time.Month, d int) time.Time { return time.Date(y, m, d, 0, 0, 0, 0, time.UTC) }

// set gives d one range of days.
func (d *Date) set(from, to time.Time, p Precision) bool {
	d.From, d.To, d.Precision = from, to, p
	return true
}

// open gives d a precision alone, and why.
func (d *Date) open(p Precision, why DateDoubt) bool {
	d.From, d.To, d.Precision, d.Doubt = time.Time{}, time.Time{}, p, why
	return true
}

// yearOf returns the year of the groups: written, or relative to publication.
// Known is false where there is none; ok is false where it cannot be told.
func (r *reading) yearOf(g groups, d *Date, p Precision) (year int, known, ok bool) {
	if y := g["y"]; y != "" {
		year = g.number("y")
		if len(y) == 2 {
			year += 2000
			if year > 2060 {
				year -= 100
			}
		}
		if year < firstYear || year > lastYear {
			d.open(p, YearRange)
			return year, true, false
		}
		return year, true, true
	}
	if n, is := relative(g["yrel"], g["yrela"], g["yrelt"]); is {
		if r.published.IsZero() {
			d.open(p, NoPublication)
			return 0, true, false
		}
		return r.published.Year() + n, true, true
	}
	return 0, false, true
}

// nearest returns the range, among those that make gives for the years about
// publication, whose middle is nearest to it.
func (r *reading) nearest(make func(year int) (from, to time.Time, ok bool)) (from, to time.Time, ok bool) {
	best := time.Duration(1<<63 - 1)
	for y := r.published.Year() - 4; y <= r.published.Year()+4; y++ {
		f, t, is := make(y)
		if !is {
			continue
		}
		middle := f.Add(t.Sub(f) / 2)
		if off := middle.Sub(r.published).Abs(); off < best {
			best, from, to, ok = off, f, t, true
		}
	}
	return from, to, ok
}

// monthOf returns the month of the groups, and notes two that differ.
func monthOf(g groups, d *Date) int {
	m := monthNumber[fit(g["m"])]
	if m2 := g["m2"]; m2 != "" && monthNumber[fit(m2)] != m {
		d.Doubt = MonthsDiffer
	}
	return m
}

func exists(y, m, d int) (time.Time, bool) {
	t := date(y, time.Month(m), d)
	return t, d > 0 && t.Day() == d && int(t.Month()) == m
}

// isWord reports whether a form of a month stands for the word instead: may,
// march, mar, sat in lower case, and such.
func (r *reading) isWord(d *Date, month string) bool {
	if month == "" || month[0] >= utf8.RuneSelf {
		return false
	}
	at := strings.Index(strings.ToLower(r.text[d.Start:d.End]), month)
	return at < 0 || !unicode.IsUpper(rune(r.text[d.Start+at]))
}

func onDay(r *reading, g groups, d *Date) bool {
	m, day := monthOf(g, d), g.number("d")
	if o := g["o"]; o != "" {
		day = dayNumber[fit(o)]
	}
	if day < 1 || day > 31 || r.isWord(d, g["m"]) {
		return false
	}
	if b := strings.TrimRight(g["before"], " "); g["o"] != "" && (strings.HasSuffix(b, "الاسبوع") || strings.HasSuffix(b, "النصف") || strings.HasSuffix(b, "الثلث")) {
		return false // الأسبوع الأول من آذار: the month is read
	}
	if b := strings.TrimRight(g["before"], " "); g["w"] == "" && g["d"] != "" && (strings.HasSuffix(b, "$") || strings.HasSuffix(b, ".") && b != "" && !strings.HasSuffix(g["before"], " ")) {
		return false // 4.30 March
	}
	y, known, ok := r.yearOf(g, d, Day)
	if !ok {
		return true
	}
	w, named := weekdayOf[fit(g["w"])]
	if known {
		t, ok := exists(y, m, day)
		if !ok {
			return d.open(Day, NoSuchDay)
		}
		if named && t.Weekday() != w {
			d.Doubt = WeekdayWrong
		}
		return d.set(t, t, Day)
	}
	if r.published.IsZero() {
		return d.open(Day, NoPublication)
	}
	n, is := relative(g["mrel"]) // 9 سبتمبر المقبل
	make := func(must bool) func(y int) (time.Time, time.Time, bool) {
		return func(y int) (time.Time, time.Time, bool) {
			t, ok := exists(y, m, day)
			if is && (n < 0 && t.After(r.published) || n > 0 && t.Before(r.published)) {
				return t, t, false
			}
			return t, t, ok && (!must || t.Weekday() == w)
		}
	}
	t, _, ok := r.nearest(make(false))
	if !ok {
		return false
	}
	if named && t.Weekday() != w {
		if other, _, ok := r.nearest(make(true)); ok && other.Sub(r.published).Abs() < 500*24*time.Hour {
			t = other
		} else {
			d.Doubt = WeekdayWrong
		}
	}
	return d.set(t, t, Day)
}

// edgeDay is the first or the last day of a month.
func edgeDay(r *reading, g groups, d *Date) bool {
	g["prep"] = ""
	if r.isWord(d, g["m"]) {
		return false
	}
	ok := false
	if g["y"]+g["yrel"]+g["yrela"]+g["yrelt"] != "" {
		ok = inMonth(r, g, d)
	} else {
		ok = bareMonth(r, g, d)
	}
	if !ok || d.Open() {
		d.Precision = Day
		return ok
	}
	if w := g["which"]; w == "first" || w == "اول" {
		return d.set(d.From, d.From, Day)
	}
	return d.set(d.To, d.To, Day)
}

// weekOf is the week in which a day lies.
func weekOf(r *reading, g groups, d *Date) bool {
	if !onDay(r, g, d) {
		return false
	}
	if d.Open() {
		d.Precision = Week
		return true
	}
	from := monday(d.From)
	return d.set(from, from.AddDate(0, 0, 6), Week)
}

func onDays(r *reading, g groups, d *Date) bool {
	m, from, to := monthOf(g, d), g.number("d"), g.number("e")
	m2 := m
	if em := g["em"]; em != "" {
		m2 = monthNumber[fit(em)]
	}
	if r.isWord(d, g["m"]) {
		return false
	}
	make := func(y int) (time.Time, time.Time, bool) {
		a, ok := exists(y, m, from)
		b, ok2 := exists(y, m2, to)
		return a, b, ok && ok2 && !b.Before(a)
	}
	y, known, ok := r.yearOf(g, d, Day)
	if !ok {
		return true
	}
	if known {
		a, b, ok := make(y)
		return ok && d.set(a, b, Day)
	}
	if r.published.IsZero() {
		return d.open(Day, NoPublication)
	}
	a, b, ok := r.nearest(make)
	return ok && d.set(a, b, Day)
}

func numeric(r *reading, g groups, d *Date) bool {
	y, _, ok := r.yearOf(g, d, Day)
	a, b := g.number("n"), g.number("n2")
	if len(g["y"]) == 2 && (g["s"] != "/" || strings.HasSuffix(g["before"], "/")) {
		return false
	}
	if strings.HasSuffix(g["before"], "-") || strings.HasSuffix(g["before"], "/") || strings.HasSuffix(g["before"], ".") || strings.HasSuffix(g["before"], "$") {
		return false
	}
	if len(g["y"]) > 4 && (a > 12 || a < 1 || b < 1 || b > 31) {
		return false
	}
	if !ok {
		return len(g["y"]) > 2
	}
	yearFirst := strings.Contains(r.fold, g["y"]+g["s"]+g["n"])
	m, day := a, b // year, month, day
	if !yearFirst {
		dayFirst := r.arabic || g["s"] == "."
		if dayFirst && b > 12 || !dayFirst && a > 12 {
			dayFirst = !dayFirst
		} else if a <= 12 && b <= 12 && a != b && g["s"] != "." {
			d.Doubt = DayOrder
		}
		if dayFirst {
			m, day = b, a
		}
	}
	t, ok := exists(y, m, day)
	if !ok {
		return false
	}
	if w, named := weekdayOf[fit(g["w"])]; named && t.Weekday() != w {
		other, ok := exists(y, day, m)
		if ok && d.Doubt == DayOrder && other.Weekday() == w {
			t, d.Doubt = other, ""
		} else {
			d.Doubt = WeekdayWrong
		}
	} else if named && d.Doubt == DayOrder {
		d.Doubt = ""
	}
	return d.set(t, t, Day)
}

func dayOfMonth(r *reading, g groups, d *Date) bool {
	day := g.number("d")
	if o := g["o"]; o != "" {
		day = dayNumber[fit(o)]
	}
	if r.published.IsZero() {
		return d.open(Day, NoPublication)
	}
	n, is := relative(g["rel"], g["rela"])
	first := date(r.published.Year(), r.published.Month(), 1)
	if is {
		t := first.AddDate(0, n, day-1)
		return day > 0 && t.Month() == first.AddDate(0, n, 0).Month() && d.set(t, t, Day)
	}
	var best time.Time
	for k := -1; k <= 1; k++ {
		t := first.AddDate(0, k, day-1)
		if t.Month() == first.AddDate(0, k, 0).Month() && (best.IsZero() || t.Sub(r.published).Abs() < best.Sub(r.published).Abs()) {
			best = t
		}
	}
	return !best.IsZero() && d.set(best, best, Day)
}

func monthRange(y, m int) (time.Time, time.Time) {
	from := date(y, time.Month(m), 1)
	return from, from.AddDate(0, 1, -1)
}

func inMonth(r *reading, g groups, d *Date) bool {
	if r.isWord(d, g["m"]) {
		return false
	}
	y, _, ok := r.yearOf(g, d, Month)
	if !ok {
		return true
	}
	from, to := monthRange(y, monthOf(g, d))
	return d.set(from, to, Month)
}

func bareMonth(r *reading, g groups, d *Date) bool {
	name := fit(g["m"])
	if r.isWord(d, g["m"]) || name == "اب" && !strings.Contains(r.text[d.Start:d.End], "آب") {
		return false
	}
	if prep := g["prep"]; prep != "" { // it is no part of the date, unless it says which
		if n := strings.Index(r.text[d.Start:d.End], " "); n < 0 || prep != "last" && prep != "next" && prep != "this" {
			d.Start = r.startOf(d, g["m"])
		}
		switch fit(prep) {
		case "last", "next", "this":
			g["rel"] = prep
		case "قبل", "بعد", "من":
			if name == "مارس" || name == "ماي" || name == "اب" {
				return false
			}
		}
	}
	if r.published.IsZero() {
		return d.open(Month, NoPublication)
	}
	m := monthOf(g, d)
	n, is := relative(g["rel"], g["rela"])
	from, to, ok := r.nearest(func(y int) (time.Time, time.Time, bool) {
		f, t := monthRange(y, m)
		switch {
		case !is:
			return f, t, true
		case n < 0:
			return f, t, f.Before(date(r.published.Year(), r.published.Month(), 1))
		case n > 0:
			return f, t, f.After(r.published)
		}
		return f, t, y == r.published.Year()
	})
	return ok && d.set(from, to, Month)
}

// startOf returns where in the text of d the folded word stands.
func (r *reading) startOf(d *Date, word string) int {
	from, _ := slices.BinarySearch(r.at, d.Start)
	to, _ := slices.BinarySearch(r.at, d.End)
	if i := strings.Index(r.fold[from:max(from, min(to, len(r.fold)))], word); i >= 0 {
		return r.at[from+i]
	}
	return d.Start
}

func hijri(r *reading, g groups, d *Date) bool {
	m, day := hijriNumber[fit(g["h"])], g.number("d")
	if o := g["o"]; o != "" {
		day = dayNumber[fit(o)]
	}
	d.Hijri = true
	y := g.number("y")
	if y == 0 {
		if r.published.IsZero() {
			return d.open(Day, NoPublication)
		}
		from, to, ok := r.nearest(func(year int) (time.Time, time.Time, bool) {
			// A Hijri year is about 0.97 of a Gregorian one.
			for h := (year-622)*33/32 - 1; h <= (year-622)*33/32+2; h++ {
				if t, _, ok := fromHijri(h, m, day); ok && t.Year() == year {
					return t, t, true
				}
			}
			return time.Time{}, time.Time{}, false
		})
		return ok && d.set(from, to, Day)
	}
	if y < firstHijri || y > lastHijri {
		return d.open(Day, YearRange)
	}
	if day == 0 && g["d"] == "" {
		from, days, ok := fromHijri(y, m, 1)
		return ok && d.set(from, from.AddDate(0, 0, days-1), Month)
	}
	t, _, ok := fromHijri(y, m, day)
	if !ok {
		return false
	}
	if w, named := weekdayOf[fit(g["w"])]; named && t.Weekday() != w {
		d.Doubt = WeekdayWrong // the sight of the moon may differ by a day
	}
	return d.set(t, t, Day)
}

func quarter(r *reading, g groups, d *Date) bool {
	q := quarterOf[fit(g["q"])]
	if n := g.number("qn"); n > 0 {
		q = n
	}
	if q == 0 || g["q"] == "final" && g["fy"] == "" && g["y"] == "" {
		return false
	}
	y, known, ok := r.yearOf(g, d, Quarter)
	if !ok {
		return true
	}
	if g["f"]+g["f2"]+g["fy"] != "" || r.ownYearAt(d.Start) {
		d.Precision, d.Fiscal = Quarter, &Fiscal{q, y}
		return true
	}
	make := func(y int) (time.Time, time.Time, bool) {
		from := date(y, time.Month(3*q-2), 1)
		return from, from.AddDate(0, 3, -1), true
	}
	if known {
		from, to, _ := make(y)
		return d.set(from, to, Quarter)
	}
	if r.published.IsZero() {
		return d.open(Quarter, NoPublication)
	}
	from, to, _ := r.nearest(make)
	return d.set(from, to, Quarter)
}

// ownYearAt reports whether the firm nearest to byte at, those before it first, has a
// year of its own.
func (r *reading) ownYearAt(at int) bool {
	if len(r.names) == 0 {
		return r.fiscal
	}
	own, least := false, len(r.text)+100
	for _, m := range r.names {
		if m.Entity.Symbol == "" {
			continue
		}
		far := at - m.End
		if far < 0 {
			far = m.Start - at + 30
		}
		if far < least {
			own, least = ownYears.Has(m.Entity.Symbol), far
		}
	}
	return own
}

// quarterTo is the quarter that ends with a month.
func quarterTo(r *reading, g groups, d *Date) bool {
	if r.isWord(d, g["m"]) {
		return false
	}
	if r.published.IsZero() {
		return d.open(Quarter, NoPublication)
	}
	m := monthOf(g, d)
	from, to, ok := r.nearest(func(y int) (time.Time, time.Time, bool) {
		last, end := monthRange(y, m)
		return last.AddDate(0, -2, 0), end, true
	})
	return ok && d.set(from, to, Quarter)
}

func half(r *reading, g groups, d *Date) bool {
	h := quarterOf[fit(g["q"])]
	if n := g.number("qn"); n > 0 {
		h = n
	}
	y, known, ok := r.yearOf(g, d, Half)
	if !ok {
		return true
	}
	if g["fy"] != "" {
		return d.open(Half, "")
	}
	make := func(y int) (time.Time, time.Time, bool) {
		from := date(y, time.Month(6*h-5), 1)
		return from, from.AddDate(0, 6, -1), true
	}
	if known {
		from, to, _ := make(y)
		return d.set(from, to, Half)
	}
	if r.published.IsZero() {
		return d.open(Half, NoPublication)
	}
	from, to, _ := r.nearest(make)
	return d.set(from, to, Half)
}

// monday returns the Monday of the week of t.
func monday(t time.Time) time.Time { return t.AddDate(0, 0, -(int(t.Weekday())+6)%7) }

func period(r *reading, g groups, d *Date) bool {
	unit := g["unit"]
	if u := g["unita"]; u != "" {
		unit = map[string]string{"الاسبوع": "week", "الشهر": "month", "العام": "year", "السنه": "year", "الربع": "quarter"}[u]
	}
	p := map[string]Precision{"week": Week, "weekend": Week, "month": Month, "quarter": Quarter, "year": Year}[unit]
	if r.published.IsZero() {
		return d.open(p, NoPublication)
	}
	n, _ := relative(g["rel"], g["rela"])
	t := r.published
	defer func() { // earlier this month: until today
		if g["side"] == "earlier" && d.To.After(t) {
			d.To = t
		}
		if g["side"] == "later" && d.From.Before(t) {
			d.From = t
		}
	}()
	switch unit {
	case "week":
		from := monday(t).AddDate(0, 0, 7*n)
		return d.set(from, from.AddDate(0, 0, 6), Week)
	case "weekend":
		from := monday(t).AddDate(0, 0, 7*n+5)
		if n < 0 && (t.Weekday() == time.Sunday) {
			from = monday(t).AddDate(0, 0, -2)
		}
		return d.set(from, from.AddDate(0, 0, 1), Week)
	case "month":
		first := date(t.Year(), t.Month(), 1).AddDate(0, n, 0)
		from, to := monthRange(first.Year(), int(first.Month()))
		return d.set(from, to, Month)
	case "quarter":
		if r.ownYearAt(d.Start) {
			d.Precision, d.Fiscal = Quarter, &Fiscal{}
			return true
		}
		from := date(t.Year(), (t.Month()-1)/3*3+1, 1).AddDate(0, 3*n, 0)
		return d.set(from, from.AddDate(0, 3, -1), Quarter)
	}
	return d.set(date(t.Year()+n, 1, 1), date(t.Year()+n, 12, 31), Year)
}

func weekend(r *reading, g groups, d *Date) bool {
	g["unit"], g["unita"] = "weekend", ""
	if w := r.published.Weekday(); g["bare"] != "" && !r.future(g) && w != time.Saturday && w != time.Sunday {
		g["rel"] = "last"
	}
	return period(r, g, d)
}

func relativeDay(r *reading, g groups, d *Date) bool {
	word := fit(g["day"])
	n := 0
	switch word {
	case "yesterday", "last night", "امس", "البارحه", "الليله الماضيه":
		n = -1
	case "the day before yesterday", "اول امس", "اول من امس", "امس الاول":
		n = -2
	case "tomorrow", "غدا", "الغد", "غد":
		n = 1
	case "the day after tomorrow", "بعد غد":
		n = 2
	case "اليوم":
		after := strings.TrimSpace(g["after"])
		for _, w := range []string{"التالي", "السابق", "نفسه", "ذاته", "الذي", "الاول", "الواحد", "الثاني", "الثالث", "الوطني", "العالمي", "الاخير", "الرابع", "الخامس"} {
			if strings.HasPrefix(after, w) && g["w"] == "" {
				return false
			}
		}
	case "overnight":
		return false
	}
	if strings.HasPrefix(strings.TrimSpace(g["after"]), "'s date") {
		return false
	}
	if r.published.IsZero() {
		return d.open(Day, NoPublication)
	}
	t := r.published.AddDate(0, 0, n)
	if w, named := weekdayOf[fit(g["w"])]; named && t.Weekday() != w {
		d.Doubt = WeekdayWrong
	}
	if word == "tonight" || word == "last night" || word == "this evening" {
		d.AfterClose = true
	}
	return d.set(t, t, Day)
}

func onWeekday(r *reading, g groups, d *Date) bool {
	if r.published.IsZero() {
		return d.open(Day, NoPublication)
	}
	w := weekdayOf[fit(g["w"])]
	t := r.published
	back := t.AddDate(0, 0, -(int(t.Weekday())-int(w)+7)%7) // the nearest not later
	ahead := t.AddDate(0, 0, (int(w)-int(t.Weekday())+7)%7)
	rela := g["rela"]
	if of := fit(g["of"]); of != "" || strings.HasPrefix(fit(rela), "من الاسبوع") {
		n, _ := relative(strings.TrimPrefix(of, "of "), rela)
		at := monday(t).AddDate(0, 0, 7*n+(int(w)+6)%7)
		return d.set(at, at, Day)
	}
	n, is := relative(g["rel"], rela)
	switch {
	case is && n < 0:
		if back.Equal(t) {
			back = t.AddDate(0, 0, -7)
		}
		return d.set(back, back, Day)
	case is && n > 0:
		if ahead.Equal(t) {
			ahead = t.AddDate(0, 0, 7)
		}
		return d.set(ahead, ahead, Day)
	}
	if r.future(g) {
		return d.set(ahead, ahead, Day)
	}
	return d.set(back, back, Day)
}

var (
	futureWord = pattern.NewWords(`will shall would due scheduled slated set plans plan planned expected expects expect hopes upcoming reports releases publishes holds hosts meets opens begins starts ends closes
		سوف المقرر المتوقع المرتقب المزمع تعتزم يعتزم تستعد يستعد تخطط يخطط المنتظر ينتظر يترقب تترقب`)
	pastWord = pattern.NewWords(`said told rose fell sank slid won lost cut put took gave made led held went came saw got built drew grew met sent began became was were had did hit beat struck shut laid sold bought paid spent
		قال قالت اعلن اعلنت كشف كشفت ارتفع ارتفعت انخفض انخفضت تراجع تراجعت هبط هبطت صعد صعدت اطلق اطلقت وقع وقعت كان كانت ذكر ذكرت افاد افادت`)
	wordForm = pattern.New(`[\p{L}']+`)
)

// future reports whether the verb nearest before a date, or after it where none
// is before, speaks of what is to come.
func (r *reading) future(g groups) bool {
	future, ok := r.verb(g)
	return ok && future
}

// past reports whether that verb speaks of what has been.
func (r *reading) past(g groups) bool {
	future, ok := r.verb(g)
	return ok && !future
}

func (r *reading) verb(g groups) (future, ok bool) {
	const near = 400
	clause := g["before"]
	clause = clause[max(0, len(clause)-near):]
	if i := strings.LastIndexAny(clause, ".!?;؟؛"); i >= 0 {
		clause = clause[i+1:]
	}
	words := wordForm.FindAllString(clause, -1)
	for i := len(words) - 1; i >= 0; i-- {
		if future, ok := tense(words, i); ok {
			return future, true
		}
	}
	after := g["after"]
	after = after[:min(near, len(after))]
	if i := strings.IndexAny(after, ".!?;؟؛"); i >= 0 {
		after = after[:i]
	}
	words = wordForm.FindAllString(after, -1)
	for i := range words {
		if future, ok := tense(words, i); ok {
			return future, true
		}
	}
	return false, false
}

// tense tells whether words[i] is a verb of the future or of the past.
func tense(words []string, i int) (future, ok bool) {
	w := words[i]
	switch {
	case w == "expected" || w == "planned" || w == "scheduled" || w == "set":
		return i+1 < len(words) && (words[i+1] == "to" || words[i+1] == "for"), true
	case futureWord.Has(w):
		return true, true
	case pastWord.Has(w):
		return false, true
	case len(w) > 4 && w[0] < utf8.RuneSelf:
		return false, strings.HasSuffix(w, "ed")
	}
	// ستعلن، سيعقد: the seen of the future
	if c := []rune(w); len(c) >= 5 && c[0] == 'س' && (c[1] == 'ت' || c[1] == 'ي' || c[1] == 'ن') {
		switch {
		case strings.HasPrefix(w, "سيار"), strings.HasPrefix(w, "سياد"), strings.HasPrefix(w, "ستود"), strings.HasPrefix(w, "ستين"), strings.HasPrefix(w, "سيكو"), strings.HasPrefix(w, "سيمي"), strings.HasPrefix(w, "سينا"), strings.HasPrefix(w, "سنوي"), strings.HasPrefix(w, "سياس"), strings.HasPrefix(w, "ستار"), strings.HasPrefix(w, "سيليك"), strings.HasPrefix(w, "سيسكو"), strings.HasPrefix(w, "سنوات"), strings.HasPrefix(w, "ستاند"), strings.HasPrefix(w, "ستيل"), strings.HasPrefix(w, "سيطر"), strings.HasPrefix(w, "سيول"), strings.HasPrefix(w, "سيلفر"), strings.HasPrefix(w, "سيتي"), strings.HasPrefix(w, "سينس"), strings.HasPrefix(w, "سيناريو"), strings.HasPrefix(w, "سيمنز"), strings.HasPrefix(w, "سندات"), strings.HasPrefix(w, "سنغاف"):
			return false, false
		}
		return true, true
	}
	return false, false
}

func unitsOf(g groups) (n int, unit string) {
	n = g.number("n")
	if n == 0 {
		n = countOf[fit(g["n"])]
	}
	unit = g["unit"]
	if u := g["unita"]; u != "" {
		switch {
		case strings.HasSuffix(u, "ين"):
			n = 2
		case g["n"] == "":
			n = 1
		}
		switch {
		case strings.HasPrefix(u, "يوم") || u == "ايام":
			unit = "day"
		case strings.HasPrefix(u, "اسبوع") || u == "اسابيع":
			unit = "week"
		case strings.HasPrefix(u, "شهر") || u == "اشهر" || u == "شهور":
			unit = "month"
		default:
			unit = "year"
		}
	}
	return n, unit
}

func ago(r *reading, g groups, d *Date) bool {
	n, unit := unitsOf(g)
	before := strings.TrimRight(g["before"], " ")
	if n == 0 || strings.HasSuffix(before, " than") || strings.HasSuffix(before, " from") && unit == "year" {
		return false // a comparison
	}
	switch g["unita"] { // قبل أيام: nobody knows how many
	case "ايام", "اسابيع", "اشهر", "شهور", "سنوات", "اعوام":
		if g["n"] == "" {
			return false
		}
	}
	after := strings.TrimSpace(g["after"])
	if g["unita"] != "" && (strings.HasPrefix(after, "من") || strings.HasPrefix(after, "واحد من")) {
		return false // قبل يوم من
	}
	if c := strings.TrimLeft(g["after"], " "); g["unita"] == "عام" || g["unita"] == "سنه" {
		if c != "" && '0' <= c[0] && c[0] <= '9' {
			return false // منذ عام 1902
		}
	}
	return r.shift(d, -n, unit)
}

func hence(r *reading, g groups, d *Date) bool {
	n, unit := unitsOf(g)
	if n == 0 || r.past(g) {
		return false
	}
	return r.shift(d, n, unit)
}

// shift sets d to the day, week, month or year that is n from publication.
func (r *reading) shift(d *Date, n int, unit string) bool {
	p := map[string]Precision{"day": Day, "week": Week, "month": Month, "year": Year}[unit]
	if r.published.IsZero() {
		return d.open(p, NoPublication)
	}
	t := r.published
	switch unit {
	case "day":
		at := t.AddDate(0, 0, n)
		return d.set(at, at, Day)
	case "week":
		from := monday(t.AddDate(0, 0, 7*n))
		return d.set(from, from.AddDate(0, 0, 6), Week)
	case "month":
		first := date(t.Year(), t.Month(), 1).AddDate(0, n, 0)
		from, to := monthRange(first.Year(), int(first.Month()))
		return d.set(from, to, Month)
	}
	if y := t.Year() + n; y < firstYear || y > lastYear {
		return d.open(Year, YearRange)
	}
	return d.set(date(t.Year()+n, 1, 1), date(t.Year()+n, 12, 31), Year)
}

// anchored marks a date that counts from another; the days to count stand in
// Anchor until [reading.anchors] finds which.
func anchored(r *reading, g groups, d *Date) bool {
	n, _ := unitsOf(g)
	n = max(n, 1)
	step := fit(g["step"])
	clause := strings.TrimLeft(g["after"], " ")
	follows := clause != "" && !strings.ContainsAny(clause[:1], ".,;:!?)") && !strings.HasPrefix(clause, "،") // a day after the chipmaker ...
	days := n
	switch step {
	case "next", "following", "later", "afterwards", "afterward", "the day after", "التالي", "الذي يليه":
	case "previous", "earlier", "prior", "the day before", "السابق", "غداه":
		days = -n
	case "after":
		if follows {
			days = -n
		}
	case "before":
		if !follows {
			days = -n
		}
	case "عشيه":
	case "بعد":
		if g["from"] == "من" || g["from"] == "علي" {
			days = -n
		} else if strings.HasPrefix(clause, "من ") {
			days = -n
		}
	case "قبل":
		if g["from"] != "من" {
			days = -n
		}
	default: // the same
		days = 0
	}
	if step == "قبل" && !strings.HasPrefix(r.fold[min(len(g["before"]), len(r.fold)):], "قبلها") && !strings.HasPrefix(r.fold[len(g["before"]):], "قبل ذلك") && g["from"] == "" {
		return false // قبل يومين counts from publication
	}
	if step == "same" || step == "that day" || step == "نفسه" || step == "ذاته" || step == "اليوم" {
		days = 0
	}
	if strings.HasSuffix(strings.TrimRight(g["before"], " "), "every") {
		return false
	}
	d.Precision, d.Anchor = Day, days+anchorOffset
	return true
}

const anchorOffset = 1 << 20

// anchors resolves what counts from the date before it.
func (r *reading) anchors(all []Date) {
	for i := range all {
		d := &all[i]
		if d.Anchor < anchorOffset/2 {
			continue
		}
		days := d.Anchor - anchorOffset
		d.Anchor = -1
		for k := i - 1; k >= 0; k-- {
			if a := &all[k]; a.Precision == Day && !a.From.IsZero() && !a.Hijri {
				d.Anchor = k
				break
			}
		}
		if d.Anchor < 0 {
			for k := i + 1; k < len(all); k++ {
				if a := &all[k]; a.Precision == Day && !a.From.IsZero() && a.Anchor < anchorOffset/2 {
					d.Anchor = k
					break
				}
			}
		}
		at := r.anchor
		if d.Anchor >= 0 {
			at = all[d.Anchor].To
		}
		if at.IsZero() {
			at = r.published // a day earlier
		}
		if at.IsZero() {
			d.open(Day, NoAnchor)
			continue
		}
		at = at.AddDate(0, 0, days)
		d.set(at, at, Day)
	}
}

func holiday(r *reading, g groups, d *Date) bool {
	name := fit(g["holiday"])
	var make func(y int) time.Time
	thanksgiving := func(y int) time.Time {
		first := date(y, 11, 1)
		return first.AddDate(0, 0, (int(time.Thursday)-int(first.Weekday())+7)%7+21)
	}
	switch {
	case name == "black friday" || name == "الجمعه السوداء":
		make = func(y int) time.Time { return thanksgiving(y).AddDate(0, 0, 1) }
	case name == "cyber monday":
		make = func(y int) time.Time { return thanksgiving(y).AddDate(0, 0, 4) }
	case strings.HasPrefix(name, "thanksgiving"):
		make = thanksgiving
	case name == "christmas day":
		make = func(y int) time.Time { return date(y, 12, 25) }
	case name == "christmas eve":
		make = func(y int) time.Time { return date(y, 12, 24) }
	case name == "new year's day":
		make = func(y int) time.Time { return date(y, 1, 1) }
	case name == "new year's eve":
		make = func(y int) time.Time { return date(y, 12, 31) }
	default:
		d.Precision = "" // keeps Friday from being taken for a day of this week
		return true
	}
	if r.published.IsZero() {
		return d.open(Day, NoPublication)
	}
	at, _, _ := r.nearest(func(y int) (time.Time, time.Time, bool) { t := make(y); return t, t, true })
	return d.set(at, at, Day)
}

func fiscalOnly(r *reading, g groups, d *Date) bool {
	y, _, ok := r.yearOf(g, d, Year)
	if ok {
		d.Precision, d.Fiscal = Year, &Fiscal{0, y}
	}
	return true
}

var (
	counted  = pattern.New(`^[\s-]*(?:%|million|billion|trillion|thousand|percent|points?|dollars?|euros?|pounds?|yen|jobs|people|employees|workers|users|chips|gpus?|mw|gw|km|miles|cars|vehicles|units|shares|servers|stores|companies|مليون|مليار|الف|دولار|يورو|ريال|درهم|موظف|نقطه|شريحه|سهم|وحده|سياره|شخص|مستخدم|عامل|بالميه|بالمايه|في الميه|ميغا|كيلو|وظيفه|شركه)`)
	decimals = pattern.New(`^(?:[.,]\d|:\d|\s*x\s*\d)`)
)

func inYear(r *reading, g groups, d *Date) bool {
	y, after := g.number("y"), g["after"]
	prep, word := g["prep"] != "" || g["mark"] != "", g["word"] != ""
	if prep || word {
		if d.Start = r.startOf(d, g["y"]); word {
			d.Start = r.startOf(d, g["word"])
		}
	}
	if len(g["y"]) > 4 {
		if word && !counted.MatchString(after) {
			return d.open(Year, YearRange)
		}
		return false
	}
	if y < 1800 || y > 2100 {
		return false
	}
	if counted.MatchString(after) || decimals.MatchString(after) {
		return false
	}
	b := r.fold[:len(g["before"])]
	if !prep && !word {
		b = strings.TrimRight(b, " (")
		if n := len(b); n > 0 {
			if strings.ContainsRune("$€£¥#.-/+*&", rune(b[n-1])) && !strings.HasSuffix(b, " -") {
				return false
			}
		}
		for _, w := range []string{"nasdaq", "s&p", "russell", "ftse", "model", "windows", "office", "top", "room", "no", "number", "rtx", "page"} {
			if strings.HasSuffix(b, w) {
				return false
			}
		}
		// a number that follows and precedes nothing of time is a year only if it is one of our time
		if y < 1900 {
			return false
		}
	}
	return d.set(date(y, 1, 1), date(y, 12, 31), Year)
}

var (
	lateForm  = pattern.New(`(?:after\s+(?:the\s+)?(?:closing\s+bell|close|closing|bell|market\s+close[sd]?|markets?\s+(?:closed?|closes|had\s+closed)|trading\s+(?:ends|ended|closed)|regular\s+trading|hours)|after-hours|post-market|late\s+on|\blate\b|\bevening\b|\bnight\b|بعد\s+(?:ال)?اغلاق|بعد\s+جرس|عقب\s+(?:ال)?اغلاق|بعد\s+انتهاء\s+التداول|بعد\s+ختام|مساء|ليل|ليله|في\s+وقت\s+متاخر)`)
	earlyForm = pattern.New(`(?:before\s+(?:the\s+)?(?:opening(?:\s+bell)?|open|bell|market\s+open(?:s|ed)?|markets?\s+open(?:ed|s)?|trading\s+(?:began|begins|opens|starts))|pre-?market|ahead\s+of\s+the\s+(?:open|bell|opening\s+bell)|قبل\s+(?:ال)?افتتاح|قبل\s+جرس|قبل\s+بدء\s+التداول)`)
)

// part looks for words about the hour of the market beside a day.
func (r *reading) part(d *Date) {
	if d.Precision != Day || d.From.IsZero() || !d.From.Equal(d.To) {
		return
	}
	from, _ := slices.BinarySearch(r.at, d.Start)
	to, _ := slices.BinarySearch(r.at, d.End)
	const near = 34
	lo, hi := max(0, from-near), min(len(r.fold), to+near)
	before, self, after := r.fold[lo:from], r.fold[from:to], r.fold[to:hi]
	if i := strings.LastIndexAny(before, ".;!?\n"); i >= 0 {
		before = before[i:]
	}
	if i := strings.IndexAny(after, ".;!?\n"); i >= 0 {
		after = after[:i]
	}
	adjacent := strings.TrimRight(before, " ")
	switch {
	case earlyForm.MatchString(self), earlyForm.MatchString(before) && !strings.Contains(before, ","), earlyForm.MatchString(after):
		d.BeforeOpen = true
	case lateForm.MatchString(self),
		longForm.MatchString(before) || longForm.MatchString(after),
		strings.HasSuffix(adjacent, " late"), strings.HasSuffix(adjacent, "مساء"), strings.HasSuffix(adjacent, "ليل"):
		d.AfterClose = true
	}
}

// longForm is lateForm without the short words, which count only in the date itself
// or beside it.
var longForm = pattern.New(strings.NewReplacer(`|late\s+on|\blate\b|\bevening\b|\bnight\b`, ``, `|مساء|ليل|ليله|في\s+وقت\s+متاخر`, ``).Replace(lateForm.String()))
