package events

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"aftershock/internal/pattern"
)

// Doubt says why a mention is not taken for a firm or product.
type Doubt string

// The doubts.
const (
	Sure      Doubt = ""          // it is taken
	Ambiguous Doubt = "ambiguous" // the name is a word too, and nothing near it speaks for the name
	Unknown   Doubt = "unknown"   // it looks like the name of a firm, and the table has none such
)

// Mention is a place in a text that names a firm or a product.
type Mention struct {
	Start, End int    // in bytes; without Arabic proclitics
	Text       string // what stands there
	Entity     Entity // with Doubt Unknown its Name is the text
	Doubt      Doubt
}

// Find returns the firms and products that text mentions, in their order; none
// overlap. A name that is a word too (Apple, Arm, ميتا) counts where the text has
// the firm beyond doubt elsewhere, or its neighbours speak for it: a legal form, a
// verb of reporting, a capital within a sentence. Where none does the mention has
// the doubt [Ambiguous]. Symbols count as $NVDA, (NASDAQ: NVDA), (NVDA), and bare
// beside words of the market. What looks like the name of a firm and is not in the
// table is a mention with the doubt [Unknown].
func (n *Names) Find(text string) []Mention {
	s := &scan{names: n, text: text, tokens: tokenize(text)}
	s.sentences()
	s.symbols()
	for i := 0; i < len(s.tokens); {
		if end := s.at(i); end > i {
			i = end
		} else {
			i++
		}
	}
	s.resolve()
	s.bare()
	s.unknown()
	slices.SortFunc(s.found, func(a, b found) int { return a.Start - b.Start })
	out := make([]Mention, 0, len(s.found))
	for _, f := range s.found {
		if len(out) > 0 && f.Start < out[len(out)-1].End {
			continue
		}
		f.Text = text[f.Start:f.End]
		out = append(out, f.Mention)
	}
	return out
}

// Symbols returns the symbols of the listed firms and products that text mentions
// beyond doubt, in the order of their first mention, and the mentions that gave
// none: what is ambiguous, what is unknown, what is not listed.
func (n *Names) Symbols(text string) (symbols []string, unresolved []Mention) {
	for _, m := range n.Find(text) {
		switch {
		case m.Doubt != Sure || m.Entity.Symbol == "":
			if !slices.ContainsFunc(unresolved, func(u Mention) bool { return u.Entity.Name == m.Entity.Name && u.Doubt == m.Doubt }) {
				unresolved = append(unresolved, m)
			}
		case !slices.Contains(symbols, m.Entity.Symbol):
			symbols = append(symbols, m.Entity.Symbol)
		}
	}
	return symbols, unresolved
}

// found is a mention on its way.
type found struct {
	Mention
	entity   int // -1: not in the table
	from, to int // tokens
	kind     spellingKind
}

// scan is one text being searched.
type scan struct {
	names    *Names
	text     string
	tokens   []token
	sentence []int    // by token: number of its sentence
	begins   []bool   // by token: it is the first of a sentence
	title    []bool   // by sentence: most words have capitals, so capitals say nothing
	given    [][2]int // symbols in brackets or after a dollar, in bytes
	found    []found
}

// gap returns the text between token i-1 and token i.
func (s *scan) gap(i int) string {
	if i <= 0 || i >= len(s.tokens) {
		return "\n"
	}
	return s.text[s.tokens[i-1].to:s.tokens[i].from]
}

func (s *scan) raw(i int) string { return s.text[s.tokens[i].from:s.tokens[i].to] }

// word returns the folded token i, or "" where there is none in the sentence of
// token of.
func (s *scan) word(i, of int) string {
	if i < 0 || i >= len(s.tokens) || s.sentence[i] != s.sentence[of] {
		return ""
	}
	return s.tokens[i].fold
}

// sentences numbers the sentences; here they need only be good enough to tell
// where a capital says nothing.
func (s *scan) sentences() {
	s.sentence, s.begins = make([]int, len(s.tokens)), make([]bool, len(s.tokens))
	number := -1
	var capitals, small int
	end := func() {
		if number >= 0 {
			s.title = append(s.title, capitals >= 4 && small == 0)
		}
		capitals, small = 0, 0
	}
	for i, t := range s.tokens {
		g := s.gap(i)
		ends := i == 0 || strings.ContainsAny(g, "\n\r!?؟;؛•") || strings.Contains(g, ":") && strings.ContainsAny(g, " \"“«")
		if !ends && strings.Contains(g, ".") && (strings.ContainsAny(g, " \t\u00a0") || t.arabic) {
			// Inc. and initials end no sentence
			before := s.tokens[i-1]
			ends = before.to-before.from > 1 && !abbreviations.Has(before.fold)
		}
		if ends {
			end()
			number++
		}
		s.sentence[i] = number
		s.begins[i] = ends || strings.ContainsAny(g, "\"“”«»‘—–") && !strings.ContainsAny(g, ",")
		if r, _ := utf8.DecodeRuneInString(s.text[t.from:]); t.to-t.from > 3 {
			if unicode.IsUpper(r) {
				capitals++
			} else if unicode.IsLower(r) && t.to-t.from > 4 {
				small++
			}
		}
	}
	end()
}

var abbreviations = pattern.NewWords(`inc corp co ltd mr mrs ms dr prof jr sr st vs jan feb mar apr jun jul aug sep sept oct nov dec no gov sen rep gen`)

// joined reports whether two words of one name may stand apart by gap.
func joined(gap string) bool {
	if len(gap) > 8 {
		return false
	}
	for i, r := range gap {
		switch r {
		case ' ', '\u00a0', '\t', '-', '‐', '‑', '–', '\'', '’', 'ʼ', '·', '\u200c', '\u200e', '\u200f':
		case '.':
			if i > 0 {
				return false
			}
		default:
			return false
		}
	}
	return true
}

// The letters that Arabic writes to the word that follows them, and the article.
var proclitics = []string{"و", "ف", "ب", "ل", "ك", "ول", "وب", "وك", "فل", "فب", "فك", "ال", "وال", "بال", "فال", "كال"}

// at looks for a name that begins with token i, and returns the token after it.
func (s *scan) at(i int) int {
	t := s.tokens[i]
	if end, ok := s.try(i, t.fold, t.from, false); ok {
		return end
	}
	if !t.arabic {
		return i
	}
	for _, p := range proclitics {
		rest, ok := strings.CutPrefix(t.fold, p)
		if !ok || rest == "" || strings.HasSuffix(p, "ال") && utf8.RuneCountInString(rest) < 6 {
			continue
		}
		if end, ok := s.try(i, rest, s.after(t, utf8.RuneCountInString(p)), true); ok {
			return end
		}
	}
	return i
}

// after returns where the text goes on after the first n letters of t.
func (s *scan) after(t token, n int) int {
	at := t.from
	for at < t.to {
		r, size := utf8.DecodeRuneInString(s.text[at:])
		if n == 0 && r != 'ـ' && !unicode.IsMark(r) {
			break
		}
		if r != 'ـ' && !unicode.IsMark(r) && !unicode.Is(unicode.Cf, r) {
			n--
		}
		at += size
	}
	return at
}

// try looks for a spelling whose first word is first, which stands from byte from
// in token i, after a proclitic or not.
func (s *scan) try(i int, first string, from int, cut bool) (end int, ok bool) {
	var best *alias
	exact := false
	for _, a := range s.names.first[first] {
		if best != nil && len(a.words) < len(best.words) {
			break
		}
		to := i + len(a.words)
		if to > len(s.tokens) {
			continue
		}
		fits := true
		for k := 1; k < len(a.words); k++ {
			if s.tokens[i+k].fold != a.words[k] || !joined(s.gap(i+k)) {
				fits = false
				break
			}
		}
		if !fits {
			continue
		}
		as := s.text[from:s.tokens[to-1].to]
		if !s.cased(a, as, i) {
			continue
		}
		is := a.kind == notName || bare(as) == bare(a.surface)
		switch {
		case best == nil, is && !exact, !is && !exact && a.kind == ambiguous:
			best, exact = a, is
		}
	}
	if best == nil {
		return i, false
	}
	end = i + len(best.words)
	if letters := utf8.RuneCountInString(first); cut && len(best.words) == 1 && (letters < 3 || best.kind == ambiguous && letters < 4) {
		return i, false // بديل is not ديل
	}
	if best.kind == notName {
		return end, true
	}
	if best.kind == ambiguous && strings.ContainsRune(s.text[from:s.tokens[end-1].to], 'ً') { // no foreign name has it
		return i, false
	}
	f := found{entity: best.entity, from: i, to: end, kind: best.kind}
	f.Start, f.End, f.Entity = from, s.tokens[end-1].to, s.names.entities[best.entity]
	if s.inLink(f.Start) || s.taken(f.Start, f.End) {
		return i, false
	}
	if leadWords.Has(best.words[0]) && len(best.words) > 1 { // the firm X: the word is needed, and no part of the name
		f.from++
		f.Start = s.tokens[f.from].from
	}
	if best.version && s.version(&f) {
		f.kind = sure // a version is context enough
	}
	s.found = append(s.found, f)
	return f.to, true
}

// bare leaves out what never tells names apart: vowel marks and tatweel.
func bare(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= utf8.RuneSelf }) < 0 {
		return s
	}
	return strings.Map(func(r rune) rune {
		if r == 'ـ' || unicode.IsMark(r) || unicode.Is(unicode.Cf, r) {
			return -1
		}
		return r
	}, s)
}

// cased reports whether the case of as suits a: short names and those that are
// words must have their capitals.
func (s *scan) cased(a *alias, as string, i int) bool {
	letters, upper, lower := 0, 0, 0
	for _, r := range as {
		if unicode.IsUpper(r) {
			upper++
		}
		if unicode.IsLower(r) {
			lower++
		}
		if unicode.IsLetter(r) {
			letters++
		}
	}
	if upper+lower == 0 || as == a.surface { // no letters with a case
		return true
	}
	if s.title[s.sentence[i]] && lower == 0 && a.kind == ambiguous && letters < 4 {
		return false
	}
	if lower == 0 && letters > 2 {
		return true
	}
	if a.kind == sure && letters >= 5 {
		return true
	}
	if a.kind == notName {
		return true
	}
	// As the table has it, or with the first letter of each word in capitals.
	have, want := []rune(as), []rune(a.surface)
	if len(have) != len(want) {
		return false
	}
	for k := range have {
		if have[k] != want[k] && !(unicode.IsUpper(have[k]) && (k == 0 || !unicode.IsLetter(have[k-1])) && unicode.ToLower(have[k]) == want[k] && a.kind == ambiguous) {
			if unicode.IsLetter(have[k]) || unicode.IsLetter(want[k]) {
				return false
			}
		}
	}
	return true
}

// inLink reports whether byte at lies in an address of the web or of mail.
func (s *scan) inLink(at int) bool {
	from := at
	for from > 0 && at-from < 200 {
		if c := s.text[from-1]; c == ' ' || c == '\n' || c == '\t' || c == '(' || c == '<' || c == '"' || c >= utf8.RuneSelf {
			break
		}
		from--
	}
	word := strings.ToLower(s.text[from:at])
	return strings.Contains(word, "://") || strings.HasPrefix(word, "www.") || strings.HasSuffix(word, "@") || strings.HasSuffix(word, "/") && strings.Contains(word, ".")
}

func (s *scan) taken(from, to int) bool {
	for _, f := range s.found {
		if from < f.End && f.Start < to {
			return true
		}
	}
	return false
}

// Words that belong to versions of products, and how they are named.
var versionWords = map[string]string{
	"pro": "Pro", "max": "Max", "ultra": "Ultra", "plus": "Plus", "mini": "Mini", "nano": "Nano", "flash": "Flash", "turbo": "Turbo",
	"air": "Air", "sonnet": "Sonnet", "opus": "Opus", "haiku": "Haiku", "lite": "Lite", "preview": "Preview", "thinking": "Thinking", "super": "Super", "ti": "Ti",
	"scout": "Scout", "maverick": "Maverick", "behemoth": "Behemoth", "coder": "Coder", "vision": "Vision", "large": "Large", "medium": "Medium", "small": "Small",
	"برو": "Pro", "ماكس": "Max", "الترا": "Ultra", "بلس": "Plus", "بلاس": "Plus", "ميني": "Mini", "نانو": "Nano", "فلاش": "Flash", "توربو": "Turbo", "اير": "Air",
	"سونيت": "Sonnet", "اوبوس": "Opus", "هايكو": "Haiku",
}

var versionForm = pattern.New(`^[a-z]{0,2}\d{1,4}[a-z]{0,2}$`)

var countedThings = pattern.NewWords(`million billion trillion thousand percent per users people models countries times months weeks days years hours minutes
	مليون مليار ملايين مليارات الف الاف تريليون نسخه نماذج دول سنوات اشهر ايام اسابيع ساعات مرات بالمئه بالمائه`)

// leadWords may stand before a name in the table, to tell it from the word.
var leadWords = pattern.NewWords(`شركه منصه تطبيق روبوت متصفح محرك موقع سيارات مجموعه`)

// version lets the words of a version that follow f belong to it, and reports
// whether there are any.
func (s *scan) version(f *found) bool {
	name, end := f.Entity.Name, f.to
	for end < len(s.tokens) && end < f.to+5 && joined(s.gap(end)) && len(s.gap(end)) <= 3 {
		t := s.tokens[end]
		part, ok := versionWords[t.fold]
		if ok && !t.arabic && end == f.to {
			r, _ := utf8.DecodeRuneInString(s.raw(end)) // a large Gemini, Gemini Pro
			ok = unicode.IsUpper(r)
		}
		if !ok {
			year := len(t.fold) == 4 && (strings.HasPrefix(t.fold, "19") || strings.HasPrefix(t.fold, "20"))
			if !versionForm.MatchString(t.fold) || year || end+1 < len(s.tokens) && joined(s.gap(end+1)) && countedThings.Has(s.tokens[end+1].fold) || strings.HasPrefix(strings.TrimSpace(s.text[t.to:]), "%") {
				break
			}
			part = latin(s.raw(end))
		}
		glue := " "
		if g := s.gap(end); g == "." || g == "-" {
			glue = g
		}
		name, end = name+glue+part, end+1
	}
	if end > f.to {
		f.to, f.End, f.Entity.Name = end, s.tokens[end-1].to, name
		return true
	}
	return false
}

// latin writes the digits of s as European ones.
func latin(s string) string {
	return strings.Map(func(r rune) rune {
		if d, ok := digitOf(r); ok {
			return '0' + rune(d)
		}
		return r
	}, s)
}

var (
	symbolInText = pattern.New(`\((?:[^()\n]{0,40}[:：]\s*)?\$?([A-Z]{1,5}(?:[.-][A-Z]{1,3})?|\d{4,6}\.[A-Z]{1,3})\)|\$([A-Z]{1,5})\b`)
	exchangeWord = pattern.New(`(?i)nasdaq|nyse|amex|otc|tsx|lse|hkex|euronext|xetra|tadawul|asx|ناسداك|نيويورك|تداول`)
)

// symbols looks for symbols in brackets or after a dollar.
func (s *scan) symbols() {
	for _, m := range symbolInText.FindAllStringSubmatchIndex(s.text, -1) {
		whole, group := s.text[m[0]:m[1]], m[2:4]
		if m[2] < 0 {
			group = m[4:6]
		}
		symbol := s.text[group[0]:group[1]]
		s.given = append(s.given, [2]int{group[0], group[1]})
		i, known := s.names.bySymbol[symbol]
		if !known {
			base, _, _ := strings.Cut(symbol, ".")
			i, known = s.names.bySymbol[base] // NVDA.O
		}
		if !known && !(strings.ContainsAny(whole, ":：") && exchangeWord.MatchString(whole)) {
			continue
		}
		f := found{entity: -1}
		f.Start, f.End, f.Entity = group[0], group[1], Entity{Name: symbol, Symbol: symbol, Kind: Company}
		if known {
			f.entity, f.Entity = i, s.names.entities[i]
		}
		for f.from < len(s.tokens) && s.tokens[f.from].to <= f.Start {
			f.from++
		}
		for f.to = f.from; f.to < len(s.tokens) && s.tokens[f.to].from < f.End; {
			f.to++
		}
		s.found = append(s.found, f)
	}
}

// marketWords speak of firms and their shares.
var marketWords = pattern.NewWords(`share shares stock stocks investor investors earnings revenue profit profits sales dividend quarter analyst analysts
	trading traded rose fell jumped slid dropped gained lost surged plunged climbed sank tumbled rallied soared slumped rise fall percent
	guidance forecast results ceo nasdaq nyse market chipmaker company
	سهم اسهم السهم اسهمها سهمها ايرادات ارباح ارباحها ايراداتها نتائج نتائجها الارباح المستثمرين تداول التداول التداولات ناسداك البورصه ربع الربع مليار مليون شركه الشركه شركات بالمئه بالمائه ارتفع انخفض قفز هبط تراجع صعد خسر`)

// bare takes symbols that stand alone, where the sentence speaks of the market.
func (s *scan) bare() {
	for i, t := range s.tokens {
		raw := s.raw(i)
		if len(raw) < 3 || len(raw) > 5 || strings.ToUpper(raw) != raw || !plain(raw, 5) || ordinaryCapitals.Has(raw) {
			continue
		}
		k, ok := s.names.bySymbol[raw]
		if !ok || s.taken(t.from, t.to) || s.isGiven(t.from) || s.title[s.sentence[i]] && strings.ToUpper(s.text) == s.text || s.inLink(t.from) {
			continue
		}
		near := false
		for j := range s.tokens {
			if s.sentence[j] == s.sentence[i] && marketWords.Has(s.tokens[j].fold) {
				near = true
				break
			}
		}
		if near {
			f := found{entity: k, from: i, to: i + 1}
			f.Start, f.End, f.Entity = t.from, t.to, s.names.entities[k]
			s.found = append(s.found, f)
		}
	}
}

var ordinaryCapitals = pattern.NewWords(`ALL ARE CAN CAT CEO CFO COST DAY EAT ETF EPS EU FAST FOR GDP HAS IPO IT KEY LOW MAR NET NEW NOW ON ONE OUT PAY PM RUN SEE SO TAP THE TWO UK US USA WELL YOU CPI FED SEC FTC DOJ ECB OPEN REAL PLAN LIFE HOPE CARE TEAM ROCK LAND LOVE NEWS WORK SNOW BILL DASH SHOP COIN PATH NET BEAM EAR CAR MAN WM DD MS`)

// family returns the firm at the top of entity i.
func (n *Names) family(i int) int {
	for deep := 0; i >= 0 && deep < 5; deep++ {
		owner := n.entities[i].Owner
		k, ok := n.byName[nameKey(owner)]
		if owner == "" || !ok {
			break
		}
		i = k
	}
	return i
}

// resolve decides on names that are words too.
func (s *scan) resolve() {
	anchored := map[int]bool{}
	for _, f := range s.found {
		if f.kind == sure && f.entity >= 0 {
			anchored[s.names.family(f.entity)] = true
		}
	}
	for again := 0; again < 3; again++ { // what is decided may speak for its neighbours
		for i := range s.found {
			if f := &s.found[i]; f.kind == ambiguous && !anchored[s.names.family(f.entity)] && s.speaksFor(f) {
				f.kind = sure
			}
		}
	}
	for _, f := range s.found {
		if f.kind == sure && f.entity >= 0 {
			anchored[s.names.family(f.entity)] = true
		}
	}
	for i := range s.found {
		if f := &s.found[i]; f.kind == ambiguous && !anchored[s.names.family(f.entity)] {
			f.Doubt = Ambiguous
		}
	}
}

func (s *scan) isGiven(from int) bool {
	return slices.ContainsFunc(s.given, func(g [2]int) bool { return g[0] <= from && from < g[1] })
}

// Words beside a name that speak for a firm.
var (
	beforeName = pattern.NewWords(`shares stock at by from chipmaker maker giant retailer rival rivals firm company designer parent owner startup group unit lender bank carmaker automaker
		investors backed owned ceo chief executive versus against buy bought acquire acquired acquires acquiring sue sued sues join joined joins partner partners like including
		supplier suppliers customer customers
		شركه شركات مجموعه عملاق عملاقه عملاقا اسهم سهم منصه موسسه رييس مالكه صانعه صانع نموذج نماذج منصات مصنع منافس منافسه منافستها منافسيها منتج منتجات لشركه وشركه بشركه مثل تطبيق هاتف هواتف مطوره الرقايق مصرف بنك
		اعلنت اعلن كشفت كشف قالت قال اطلقت اطلق طرحت طرح رفعت خفضت سجلت حققت تعتزم تخطط تستثمر استثمرت وقعت ابرمت اشترت باعت استحوذت تراجعت ارتفعت هبطت قفزت خسرت اصدرت نشرت وافقت اكدت ذكرت اوضحت قررت بدات تطلق تعلن تكشف تطرح ستطلق ستعلن ستكشف قدمت تقدم تنوي توقعت تعهدت سرحت اغلقت انهت نفت رفضت اتهمت غرمت`)
	afterName = pattern.NewWords(`inc corp corporation co ltd plc holdings platforms group shares stock says said say will has had is was plans plan planned reported reports report reporting posts posted announced announces
		unveils unveiled launches launched released releases raised raises cut cuts beat beats missed misses forecast forecasts expects expected agreed agrees bought buys buying acquired acquires
		sold sells named names appointed suspended suspends earnings results revenue sales profit profits ceo chief chairman executive executives fell rose jumped slid dropped gained lost surged plunged climbed
		sank tumbled rallied soared slumped wins won signed signs sues sued faces faced warned warns closed opened dipped edged hit began begins started filed files told tells introduced introduces
		laid lays paid pays delayed delays halted halts confirmed confirms denied denies priced prices debuted debuts investors investor spent spends invested invests put puts took takes gave gives made makes led leads held holds went came saw sees got gets built builds drew grew grows chose left met set sets shut struck sent let lets overtook became
		اعلنت اعلن كشفت قالت اطلقت طرحت رفعت خفضت سجلت حققت تعتزم تخطط تستثمر وقعت ابرمت اشترت تراجع ارتفع هبط قفز خسر تراجعت ارتفعت هبطت قفزت خسرت اصدرت نشرت وافقت اكدت ذكرت نتايج ارباح ايرادات الامريكيه الاميركيه العملاقه القابضه عن ان`)
	asNoun = pattern.NewWords(`price prices range rate rates sources officials agency agencies agent date dates`)
)

// speaksFor reports whether the neighbours of f speak for its being a name.
func (s *scan) speaksFor(f *found) bool {
	if s.tokens[f.from].arabic {
		if before, _ := utf8.DecodeLastRuneInString(s.text[:f.Start]); strings.ContainsRune("«»\"“”", before) {
			return true
		}
		if f.Start == s.tokens[f.from].from && s.word(f.from-1, f.from) != "" && isFeminineVerb(s.raw(f.from-1), s.tokens[f.from-1].fold) {
			return true // ألغت ميتا
		}
		for k := 1; k <= 2; k++ {
			if w := s.word(f.from-k, f.from); beforeName.Has(w) || beforeName.Has(strings.TrimPrefix(w, "و")) || beforeName.Has(strings.TrimPrefix(w, "ل")) {
				return true
			}
		}
		for k := 0; k < 2; k++ {
			if w := s.word(f.to+k, f.from); afterName.Has(w) && (k == 0 || w != "عن" && w != "ان") && w != "عن" {
				return true
			}
		}
		for _, g := range s.found { // another firm in the same sentence
			if g.entity >= 0 && g.kind == sure && g.from < len(s.tokens) && s.sentence[g.from] == s.sentence[f.from] {
				return true
			}
		}
		return false
	}
	next, prev := s.word(f.to, f.from), s.word(f.from-1, f.from)
	if next == "s" && strings.ContainsAny(s.gap(f.to), "'’") {
		return true
	}
	if next == "" && prev == "" || asNoun.Has(next) {
		return false
	}
	if legalForms.Has(next) && len(next) > 1 && next != "the" && next != "stock" && next != "de" || beforeName.Has(prev) {
		return true
	}
	if prev == "of" || prev == "in" { // shares of Apple
		for k := 2; k <= 4; k++ {
			if marketWords.Has(s.word(f.from-k, f.from)) {
				return true
			}
		}
	}
	for k := range 3 {
		if w := s.word(f.to+k, f.from); afterName.Has(w) || len(w) > 4 && strings.HasSuffix(w, "ed") {
			return true
		} else if k == 0 && w != "" && !strings.HasSuffix(w, "ly") && w != "also" && w != "now" && w != "then" && w != "on" {
			break
		}
	}
	capital := func(i int) bool {
		if s.word(i, f.from) == "" || s.begins[i] {
			return false
		}
		r, _ := utf8.DecodeRuneInString(s.raw(i))
		return unicode.IsUpper(r)
	}
	neighbour := capital(f.from-1) && joined(s.gap(f.from)) || capital(f.to) && joined(s.gap(f.to))
	if strings.ContainsAny(s.gap(f.from), ",") {
		neighbour = capital(f.to) && joined(s.gap(f.to))
	}
	return !s.begins[f.from] && !s.title[s.sentence[f.from]] && !neighbour && strings.ToUpper(s.text[f.Start:f.End]) != s.text[f.Start:f.End] || s.besideFirm(f)
}

// isFeminineVerb reports whether a word, as it stands and folded, has the form of a verb whose subject is
// a firm, which Arabic takes as feminine: ألغت, تنوي.
func isFeminineVerb(raw, w string) bool {
	r := []rune(strings.TrimPrefix(w, "و"))
	if len(r) < 4 || strings.HasPrefix(strings.TrimPrefix(raw, "و"), "ال") || foundDead.Has(string(r)) {
		return false
	}
	return r[len(r)-1] == 'ت' && r[len(r)-2] != 'ا' || r[0] == 'ت' && r[len(r)-1] != 'ه'
}

// foundDead are verbs before a word that is no name: سقطت ميتة.
var foundDead = pattern.NewWords(`وجدت سقطت ولدت ماتت باتت ظلت عادت تركت كانت اصبحت ليست تحت تلك تجاه تقريبا`)

// besideFirm reports whether f is listed with a firm: Nvidia, Apple and Meta.
func (s *scan) besideFirm(f *found) bool {
	for _, g := range s.found {
		if g.entity < 0 || g.kind != sure || g.from >= len(s.tokens) || s.sentence[g.from] != s.sentence[f.from] {
			continue
		}
		if between := min(abs(f.from-g.to), abs(g.from-f.to)); between <= 1 {
			return true
		}
	}
	return false
}

func abs(x int) int { return max(x, -x) }

var (
	latinFirm  = pattern.New(`\b((?:[A-Z][\p{L}\p{N}&'’.-]*,?\s+){1,4}?)(?:Inc|Corp|Corporation|Ltd|Limited|PLC|plc|LLC|AG|SE|N\.?V|S\.?A|GmbH|Holdings|Co)\b`)
	arabicFirm = pattern.New(`(?:شركة|مجموعة|لشركة|وشركة|بشركة)\s*[«"“»]([^«»"“”\n]{2,40})[»"”«]|(?:شركة|لشركة|وشركة|بشركة)\s+([A-Z][A-Za-z0-9&.-]+(?:\s[A-Z][A-Za-z0-9&.-]+){0,3})`)
)

// unknown adds what looks like a firm and is none of the table.
func (s *scan) unknown() {
	for _, m := range latinFirm.FindAllStringSubmatchIndex(s.text, -1) {
		s.unnamed(m[2], m[3])
	}
	for _, m := range arabicFirm.FindAllStringSubmatchIndex(s.text, -1) {
		if m[2] >= 0 {
			s.unnamed(m[2], m[3])
		} else {
			s.unnamed(m[4], m[5])
		}
	}
}

func (s *scan) unnamed(from, to int) {
	name := strings.TrimRight(s.text[from:to], " ,\t\n\u00a0")
	to = from + len(name)
	if name == "" || s.taken(from, to) || slices.Contains([]string{"The", "A", "An", "And", "Other"}, name) {
		return
	}
	if k, ok := s.names.byName[nameKey(name)]; ok { // an ambiguous one with its legal form
		f := found{entity: k}
		f.Start, f.End, f.Entity = from, to, s.names.entities[k]
		s.found = append(s.found, f)
		return
	}
	f := found{entity: -1}
	f.Start, f.End, f.Entity, f.Doubt = from, to, Entity{Name: strings.Join(strings.Fields(name), " "), Kind: Company}, Unknown
	s.found = append(s.found, f)
}
