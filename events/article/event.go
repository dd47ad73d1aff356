package article

import (
	"strings"
	"time"
	"unicode"
	"unicode/utf8"

	"aftershock/events"
	"aftershock/internal/pattern"
)

// The verbs of what happens to firms and markets. Of English ones the base; the
// forms are made of it.
var (
	englishActs = makeEnglishActs()
	arabicActs  = pattern.NewWords(arabicBases)
)

const actBases = `announce unveil launch release introduce debut publish disclose reveal report post file raise lower boost lift cut trim slash beat miss win lose
	acquire take buy purchase sell merge close complete agree sign strike invest fund back spend pledge commit order award grant approve reject block ban bar restrict tighten
	curb halt suspend resume delay postpone cancel scrap drop end start begin open shut expand build move shift split list delist float price declare pay hike
	fall rise jump slide plunge sink tumble slump surge soar climb rally gain slip dip edge plummet collapse crash rebound recover swing tank
	sue accuse charge fine settle investigate probe raid subpoena indict arrest convict sentence hack breach leak recall ground crash
	appoint name hire promote oust fire lay resign retire quit step depart replace succeed elect
	warn downgrade upgrade initiate rate reiterate halve double triple quadruple top exceed overtake surpass join leave enter exit withdraw pull
	hold meet host impose lift rescind repeal exempt notify tell confirm deny apologise apologize claim demonstrate test show find discover patch remove add ship deliver produce
	default restructure bail rescue seize liquidate wind mark write reach hit set break cross tie partner team collaborate cooperate ally adopt pass vote rule order issue reverse bring put drive forecast project`

var irregular = map[string]string{
	"fall": "fell fallen", "rise": "rose risen", "sink": "sank sunk", "slide": "slid", "win": "won", "lose": "lost", "cut": "cut", "beat": "beat beaten", "buy": "bought", "sell": "sold",
	"strike": "struck", "spend": "spent", "begin": "began begun", "shut": "shut", "build": "built", "split": "split", "pay": "paid", "lay": "laid", "quit": "quit", "leave": "left",
	"hold": "held", "meet": "met", "tell": "told", "show": "shown", "find": "found", "hit": "hit", "set": "set", "break": "broke broken", "write": "wrote", "swing": "swung", "withdraw": "withdrew withdrawn",
	"overtake": "overtook", "put": "put", "take": "took taken", "bring": "brought", "drive": "drove driven", "grow": "grew grown", "make": "made", "forecast": "forecast", "wind": "wound",
}

const arabicBases = `اعلن اعلنت كشف كشفت اطلق اطلقت طرح طرحت اصدر اصدرت نشر نشرت افصح افصحت سجل سجلت حقق حققت رفع رفعت خفض خفضت قلص قلصت زاد زادت
	تراجع تراجعت هبط هبطت انخفض انخفضت هوي هوت انهار انهارت قفز قفزت ارتفع ارتفعت صعد صعدت خسر خسرت فقد فقدت كسب كسبت ربح ربحت تجاوز تجاوزت تخطي تخطت
	استحوذ استحوذت اشتري اشترت باع باعت وقع وقعت ابرم ابرمت وافق وافقت رفض رفضت حظر حظرت منع منعت فرض فرضت قيد قيدت شدد شددت الغي الغت علق علقت اجل اجلت ارجا ارجات
	اغلق اغلقت افتتح افتتحت بدا بدات انهي انهت اكمل اكملت اتم اتمت اسس اسست تاسس تاسست انضم انضمت ادرج ادرجت استثمر استثمرت ضخ ضخت جمع جمعت تعهد تعهدت
	غرم غرمت قاضي قاضت اتهم اتهمت ادان ادانت اعتقل اعتقلت حكم حكمت امر امرت سمح سمحت استثني استثنت
	عين عينت استقال استقالت تقاعد تقاعدت اقال اقالت سرح سرحت تنحي تنحت تولي تولت غادر غادرت
	حذر حذرت نفي نفت اكد اكدت دعا دعت سحب سحبت استدعي استدعت شحن شحنت سلم سلمت انتج انتجت كشفت اكتشف اكتشفت اظهر اظهرت تبين بينت ظهر ظهرت اختبر اختبرت عرض عرضت قدم قدمت
	تعاون تعاونت تحالف تحالفت اندمج اندمجت اتفق اتفقت شارك وزع وزعت قسم قسمت ضاعف ضاعفت تسبب تسببت ادي ادت اثار اثارت دفع دفعت افلس افلست اشهر طلب طلبت اضاف اضافت اوقف اوقفت توقف توقفت استانف استانفت
	تعرض تعرضت اخترق اخترقت سرب سربت وصل وصلت بلغ بلغت دخل دخلت خرج خرجت انسحب انسحبت ازال ازالت حل حلت غير غيرت نقل نقلت صوت صوتت اقر اقرت اعتمد اعتمدت مدد مددت عدل عدلت
	واجه واجهت دشن دشنت احتفل عقد عقدت التقي اجتمع استضاف استضافت`

func makeEnglishActs() map[string]bool {
	set := map[string]bool{}
	for _, base := range strings.Fields(actBases) {
		for _, form := range strings.Fields(inflect(base)) {
			set[form] = true
		}
		for _, form := range strings.Fields(irregular[base]) {
			set[form] = true
		}
	}
	return set
}

// inflect makes the forms of a regular verb.
func inflect(base string) string {
	last, before := base[len(base)-1], base[len(base)-2]
	vowel := func(b byte) bool { return strings.IndexByte("aeiou", b) >= 0 }
	switch {
	case last == 'e':
		return base + "s " + base + "d"
	case last == 'y' && !vowel(before):
		return base[:len(base)-1] + "ies " + base[:len(base)-1] + "ied"
	case strings.HasSuffix(base, "sh"), strings.HasSuffix(base, "ch"), last == 's', last == 'x':
		return base + "es " + base + "ed"
	case !vowel(last) && last != 'w' && vowel(before) && len(base) > 2 && !vowel(base[len(base)-3]) && len(base) < 6:
		return base + "s " + base + string(last) + "ed " + base + "ed"
	}
	return base + "s " + base + "ed"
}

var (
	// A clause in commas that describes a noun: adopted in 1942, which ...
	describing = pattern.New(`,\s+(?:\p{L}+ed|known|made|born|built|led|called|which|who|whose|where|when|a|an)\s[^,.;]{0,160}(?:,|$)`)
	reduced    = pattern.New(`\b(?:known|called|based|listed|backed|owned|so-called|named|designed|made|built|used|needed|required|led|adopted)\s+(?:as|by|in|for|to|on|after|at)\b`)
	opinion    = pattern.New(`\b(?:believes?|thinks?|argues?|could|might|should|cannot|can't|can|may|would\s+like|hopes?|wonders?|seems?|appears?|tends?|if)\b`)
	refusal    = pattern.New(`\b(?:declined\s+to\s+comment|did\s+not\s+(?:immediately\s+)?(?:respond|comment|reply)|has\s+not|have\s+not|had\s+not|did\s+not|didn't|hasn't|no\s+plans)\b`)
	saying     = pattern.New(`\b(?:said|says|told|added|noted|wrote|argued|explained)\b`)
	promise    = pattern.New(`\b(?:will|would|is\s+due|are\s+due|is\s+set|are\s+set|is\s+to|are\s+to|plans?\s+to|planned\s+to|agreed\s+to|expects?\s+to|aims?\s+to|intends?\s+to|scheduled|has|have|had|had\s+been|is\s+expected\s+to)\s+(?:\p{L}+ly\s+)?\p{L}+`)
	trendVerb  = pattern.New(`\b(?:rose|risen|grew|grown|gained|increased|expanded|doubled|tripled|quadrupled|fell|fallen|declined|decreased|more\s+than\s+(?:doubled|tripled))\b`)

	arabicNot     = pattern.New(`(?:^|\s)(?:و|ف)?(?:لم|لن|ليس|ليست|لا)\s`)
	arabicOpinion = pattern.New(`(?:^|\s)(?:و|ف)?(?:قال|قالت|يقول|تقول|يري|تري|يرون|يعتقد|يعتقدون|تعتقد|راي|اعتبر|اعتبرت|وصف|وصفت|يشير|تشير|اوضح|اوضحت|ذكر|ذكرت|اضاف|اضافت|بحسب|وفق|حسب)(?:\s|$)`)
	arabicMaybe   = pattern.New(`(?:^|\s)(?:و|ف)?(?:قد|ربما|يمكن|يفترض|لو|اذا|من\s+الممكن|من\s+المحتمل)\s+[يت]`)
	arabicTrend   = pattern.New(`(?:^|\s)(?:و|ف)?(?:زاد|زادت|نما|نمت|ارتفع|ارتفعت|انخفض|انخفضت|تراجع|تراجعت|تضاعف|تضاعفت)(?:\s|$)`)
	questionForm  = pattern.New(`[?؟]\s*["'”»)]*$`)
	happening     = pattern.New(`\b(?:launch|release|debut|acquisition|takeover|collapse|announcement|merger|bankruptcy|ipo|listing|ban|unveiling|resignation|introduction|publication)\b|(?:ظهور|اطلاق|اعلان|طرح|استحواذ|انهيار|ادراج|افلاس|اندماج|صدور|حظر|افتتاح|اصدار|استقاله|تاسيس|نشر)`)
	dayOfFuture   = pattern.New(`(?:من\s+المقرر|المقرر|المرتقب|المزمع|المنتظر|يعتزم|تعتزم|تخطط|يخطط|سوف)`)
)

// tells reports whether a sentence tells of something that happened at a time, or
// is due: a release, a decision, a move of prices. What holds in general, an
// opinion, a question, a thing that did not happen tell of none.
func tells(text string, all []Date, published time.Time, names []events.Mention) bool {
	r := &reading{text: text}
	r.foldText()
	r.mask(names)
	s := r.fold
	if questionForm.MatchString(s) || utf8.RuneCountInString(text) < 12 {
		return false
	}
	best := None // the finest date
	background := true
	for _, d := range all {
		if d.Fiscal != nil {
			continue
		}
		if rank(d.Precision) < rank(best) {
			best = d.Precision
		}
		if published.IsZero() || d.From.IsZero() || published.Sub(d.To) < 15*365*24*time.Hour {
			background = false
		}
	}
	near := best == Day || best == Week
	if r.arabic {
		return tellsArabic(s, near, best)
	}
	main := s
	if !near || background {
		main = describing.ReplaceAllString(main, " ")
		main = reduced.ReplaceAllString(main, " ")
	}
	acts, says := 0, saying.MatchString(main)
	words := wordForm.FindAllString(main, -1)
	for i, w := range words {
		if !englishActs[w] || i == 0 && !strings.HasSuffix(w, "ed") {
			continue
		}
		before := ""
		if i > 0 {
			before = words[i-1]
		}
		switch before {
		case "the", "a", "an", "to", "of", "its", "their", "this", "that", "for", "in", "on", "s", "is", "are", "be", "can", "could", "may", "might", "no", "any", "with", "at":
			continue // a noun, or no finite verb
		}
		acts++
	}
	if best == Month && (happening.MatchString(main) || pastAny(words)) {
		acts++ // since the launch of ChatGPT in November 2022
	}
	due := dueForm.MatchString(main) || promise.MatchString(main) && acts > 0
	switch {
	case refusal.MatchString(main) && !near:
		return false
	case near && !background:
		return true
	case habit.MatchString(main) && best != Month:
		return false
	case figures.MatchString(main):
		return true
	case acts == 0 && !due:
		return false
	case acts == 0 && best == None && !firmDue.MatchString(main):
		return false
	case says && acts == 0 && opinion.MatchString(main):
		return false
	case acts > 0 && opinion.MatchString(main) && best == None && !pastAny(words):
		return false
	case best == Year && trendVerb.MatchString(main) && acts <= 1:
		return false
	}
	return true
}

var dueForm = pattern.New(`\b(?:will|is\s+due|are\s+due|due\s+to|is\s+set\s+to|are\s+set\s+to|is\s+to|are\s+to|plans?\s+to|planned\s+to|agreed\s+to|expects?\s+to|intends?\s+to|scheduled|would|in\s+(?:advanced\s+|early\s+)?talks|takes?\s+effect|(?:is|are)\s+(?:buying|acquiring|cutting|laying|suing|launching|closing|recalling|investing|merging|planning))\b`)

// habit are words of what happens again and again; figures a report of a period.
var (
	habit   = pattern.New(`\b(?:usually|often|typically|generally|normally|always|tends?\s+to|every\s+(?:\p{L}+\s+)?(?:year|quarter|month|day|week)s?|each\s+(?:year|quarter|month|day|week))\b|(?:^|\s)(?:عاده|غالبا|داي?ما|عموما|كل\s+(?:عام|سنه|ربع|شهر|يوم|اسبوع))(?:\s|$)`)
	figures = pattern.New(`\b(?:revenues?|profits?|sales|earnings|income|loss|deliveries|shipments|margin)\b[^.;]{0,80}\b(?:was|were|came\s+in|totall?ed|reached|amounted|stood)\b[^.;]{0,40}\d`)
)

// firmDue are words of a plan that is news without a date.
var firmDue = pattern.New(`\b(?:plans?\s+to|planned\s+to|agreed\s+to|will|is\s+set\s+to|are\s+set\s+to|intends?\s+to|in\s+(?:advanced\s+|early\s+)?talks|(?:is|are)\s+(?:buying|acquiring|cutting|laying|suing|launching|closing|recalling|investing|merging|planning))\b`)

// pastAny reports whether any word has the form of a past.
func pastAny(words []string) bool {
	for _, w := range words {
		if pastWord.Has(w) || len(w) > 4 && w[0] < utf8.RuneSelf && strings.HasSuffix(w, "ed") {
			return true
		}
	}
	return false
}

func rank(p Precision) int {
	switch p {
	case Day:
		return 0
	case Week:
		return 1
	case Month:
		return 2
	case Quarter:
		return 3
	case Half:
		return 4
	case Year:
		return 5
	}
	return 6
}

// arabicPlan begins a sentence about what a firm means to do.
var arabicPlan = pattern.New(`^\s*(?:تعتزم|يعتزم|تنوي|ينوي|تخطط|يخطط|من\s+المقرر|تجري\s+\S+(?:\s\S+)?\s+(?:محادثات|مباحثات|مفاوضات))`)

// arabicHeadline is a firm, masked, with a verb of the present that tells of one act:
// as headlines have it.
var arabicHeadline = pattern.New(`(?:^|\s)[وفلبك]?x[x ]*x(?:\s+\S+){0,2}\s+` + presentActs + `\s|^\s*` + presentActs + `\s+(?:\S+\s+)?x[x ]*x`)

const presentActs = `(?:تطلق|تعلن|تكشف|تطرح|تشتري|تستحوذ|تستثمر|توقع|تبرم|ترفع|تخفض|تسرح|تقلص|تغلق|تفتتح|تحظر|تفقد|تخسر|تهوي|تهبط|تقفز|تصدر|تقاضي|تغرم|توافق|ترفض|تلغي|تعلق|توجل|تدشن|تعين|تندمج|تدرج|تتجاوز|تتخطي|تشعل)`

// verbNouns are verbs of the past that are written as their nouns, and count only
// where a sentence or clause begins.
var verbNouns = pattern.NewWords(`نشر طرح رفع خفض عرض دفع طلب حظر منع فرض فقد كشف ربح كسب جمع حل حكم ضخ سحب شحن نقل رفض وقع امر نفي قيد سجل غير شحن حذر علق اجل دخل خرج بلغ`)

// weakActs are verbs that tell of an event only beside a date.
var weakActs = pattern.NewWords(`بدا بدات وصل وصلت بلغ بلغت دخل دخلت خرج خرجت اضاف اضافت قدم قدمت عرض عرضت ادي ادت اثار اثارت دفع دفعت طلب طلبت حل حلت غير غيرت واجه واجهت زاد زادت اظهر اظهرت تبين بينت ظهر ظهرت دعا دعت انتج انتجت اكد اكدت حذر حذرت`)

var relativePronouns = pattern.NewWords(`الذي التي الذين والذي والتي اللذان اللتان ما مما`)

func tellsArabic(s string, near bool, best Precision) bool {
	words := wordForm.FindAllString(s, -1)
	acts, weak, future, maybe := 0, 0, dayOfFuture.MatchString(s), -1
	if m := arabicMaybe.FindStringIndex(s); m != nil {
		maybe = len(wordForm.FindAllString(s[:m[0]], -1))
	}
	for i, w := range words {
		if rest, ok := strings.CutPrefix(w, "و"); ok && arabicActs.Has(rest) && !arabicActs.Has(w) {
			w = rest
		} else if rest, ok := strings.CutPrefix(w, "ف"); ok && arabicActs.Has(rest) && !arabicActs.Has(w) {
			w = rest
		}
		switch {
		case !arabicActs.Has(w):
			if is, ok := tense(words, i); ok && is {
				future = true
			}
		case i > 0 && relativePronouns.Has(words[i-1]), verbNouns.Has(w) && i > 1, maybe >= 0 && i > maybe:
		case weakActs.Has(w):
			weak++
		default:
			acts++
		}
	}
	if best == Month {
		acts += weak
		if happening.MatchString(s) {
			acts++
		}
	}
	says := arabicOpinion.MatchString(s)
	switch {
	case habit.MatchString(s) && !near:
		return false
	case near && arabicNot.MatchString(s) && acts+weak == 0:
		return false
	case near:
		return true
	case arabicPlan.MatchString(s), arabicHeadline.MatchString(s) && !says:
		return true
	case says && saysFirst(words):
		return acts > 1 || acts > 0 && best != None || future
	case says:
		return acts > 0 || future
	case arabicTrend.MatchString(s) && acts <= 1 && (best == Year || best == None):
		return best == None && acts > 0 && strings.ContainsFunc(s, unicode.IsDigit)
	case best == None:
		return acts > 0 || weak > 0 && weakFirst(words)
	}
	return acts+weak > 0 || future
}

// weakFirst reports whether a weak verb begins the sentence.
func weakFirst(words []string) bool {
	return len(words) > 0 && (weakActs.Has(words[0]) || weakActs.Has(strings.TrimPrefix(words[0], "و")))
}

var sayingWords = pattern.NewWords(`قال قالت وقال وقالت يقول تقول يري تري يرون ويري يعتقد ويعتقدون راي اعتبر اوضح ذكر اضاف واضاف ويقول وتقول ويرون`)

// saysFirst reports whether a sentence begins with a verb of saying.
func saysFirst(words []string) bool {
	for i, w := range words {
		if i > 1 {
			break
		}
		if sayingWords.Has(w) {
			return true
		}
	}
	return false
}
