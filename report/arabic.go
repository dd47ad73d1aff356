package report

import (
	"fmt"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// arabic is that of the financial press: the digits 0 to 9 with a decimal point,
// the sign before and the per cent sign after the number, the months of the Gulf
// and Egypt, names of tests and symbols as in the files. A list is joined by
// "and" throughout.
var arabic = &language{
	tag:   "ar",
	rtl:   true,
	comma: "، ",
	semi:  "؛ ",
	spell: strconv.Itoa,
	count: func(n int, noun string) string {
		f := arabicNouns[noun]
		switch {
		case n == 1:
			return f[0]
		case n == 2:
			return f[1]
		case n%100 >= 3 && n%100 <= 10:
			return strconv.Itoa(n) + " " + f[2]
		}
		return strconv.Itoa(n) + " " + f[3]
	},
	list:     func(names []string) string { return strings.Join(names, " و") },
	date:     func(t time.Time) string { return arabicDays[t.Weekday()] + " " + arabicDate(t) },
	day:      func(t time.Time) string { return arabicDays[t.Weekday()] },
	phrases:  arabicPhrases,
	patterns: arabicPatterns,
	cities: map[string]string{
		"New York": "نيويورك", "Tokyo": "طوكيو", "Seoul": "سيول", "Taipei": "تايبيه", "Hong Kong": "هونغ كونغ", "Shanghai": "شنغهاي",
		"London": "لندن", "Amsterdam": "أمستردام", "Berlin": "فرانكفورت", "Paris": "باريس", "Riyadh": "الرياض", "Dubai": "دبي", "Cairo": "القاهرة",
	},
}

var (
	arabicDays   = [...]string{"الأحد", "الاثنين", "الثلاثاء", "الأربعاء", "الخميس", "الجمعة", "السبت"}
	arabicMonths = [...]string{"يناير", "فبراير", "مارس", "أبريل", "مايو", "يونيو", "يوليو", "أغسطس", "سبتمبر", "أكتوبر", "نوفمبر", "ديسمبر"}

	// One, two, a few (3 to 10) and many of a thing, as they stand after another noun.
	arabicNouns = map[string][4]string{
		"security": {"ورقة مالية واحدة", "ورقتين ماليتين", "أوراق مالية", "ورقة مالية"},
		"reaction": {"رد فعل واحد", "ردّي فعل", "ردود فعل", "رد فعل"},
	}
)

func arabicDate(t time.Time) string {
	return fmt.Sprintf("%d %s %d", t.Day(), arabicMonths[t.Month()-1], t.Year())
}

// arabicPatterns are the notes and the reasons of exclusions, and what stands
// in them. What fits none is shown in English.
var arabicPatterns = []pattern{
	{form(`all (\d+) securities`), "الأوراق المالية كلها ($1)"},
	{form(`both securities`), "الورقتين الماليتين كلتيهما"},
	{form(`1 more catalogued event`), "خبر آخر واحد من القائمة"},
	{form(`(\d+) more catalogued events`), "أخبار أخرى من القائمة (عددها $1)"},
	{form(`(.+) and (\d+) more`), "$1 و$2 غيرها"},
	{form(`1 other catalogued event`), "خبر آخر واحد من القائمة"},
	{form(`(\d+) other catalogued events`), "أخبار أخرى من القائمة (عددها $1)"},
	{form(`event (\S+)`), "الخبر $1"},
	{form(`security (\S+)`), "الورقة $1"},
	{form(`category (.+)`), "الفئة $1"},
	{form(`all`), "المشاهدات كلها"},

	{form(`(\S+): its prices are not adjusted for dividends, nor perhaps for splits`), "$1: أسعارها غير معدّلة لتوزيعات الأرباح، وربما لا لتجزئة الأسهم"},
	{form(`(\S+), (\d+) times: (.+) \(first (\S+)\)`), "$1: $3 (عدد المرات $2، أولها $4)"},
	{form(`no price on a session of (.+)`), "لا سعر في جلسة من جلسات $1"},
	{form(`(\S+) closes on (\S+) time, its benchmark (\S+) on (\S+) time: their returns of one date do not cover the same hours`), "تغلق $1 بتوقيت $2 ومؤشرها المرجعي $3 بتوقيت $4: فعائداهما في التاريخ الواحد لا يغطيان الساعات نفسها"},
	{form(`only the date is known: if the news came after the close, session 0 is one session too early`), "لا يُعرف إلا التاريخ: فإن جاء الخبر بعد الإغلاق فالجلسة 0 متقدمة بجلسة واحدة"},
	{form(`with (\d+) observations, confounders and the diagnostics of the fits are listed by observation only, not gone through for notes`), "مع $1 مشاهدة تُذكر الأخبار المتزاحمة وتشخيصات التقدير لكل مشاهدة على حدة فقط، ولا تُفرد لها ملاحظات"},
	{form(`of (\d+) events only the date is known: if their news came after the close, session 0 is one session too early`), "لا يُعرف إلا التاريخ لأخبار عددها $1: فما جاء منها بعد الإغلاق فالجلسة 0 له متقدمة بجلسة واحدة"},
	{form(`(\d+) observations have fewer than (\d+) estimation sessions; m says how many`), "لمشاهدات عددها $1 أقل من $2 جلسة تقدير؛ والعمود m يبيّن العدد"},
	{form(`the hour is approximate and near the close of (\S+): session 0 may be one session off`), "الساعة تقريبية وقريبة من إغلاق $1: قد تكون الجلسة 0 منحرفة بجلسة واحدة"},
	{form(`(\S+) has no return on sessions? (.+), so no CAR over (.+)`), "لا عائد لورقة $1 في الجلسات $2، فلا عائد تراكميًا لها على $3"},
	{form(`(\S+) has no return on sessions? (.+), outside every CAR window`), "لا عائد لورقة $1 في الجلسات $2، وهي خارج كل نوافذ العائد التراكمي"},
	{form(`(\S+) has no return on sessions? (.+); (?:they count|it counts) as 0`), "لا عائد لورقة $1 في الجلسات $2؛ وقد حُسب صفرًا"},
	{form(`(\S+) has (\d+) of (\d+) estimation sessions`), "لورقة $1 $2 من أصل $3 جلسة تقدير"},
	{form(`(\S+) \((.+)\) falls on session (\S+) of (.+)`), "يقع الخبر $1 ($2) في الجلسة $3 لدى $4"},
	{form(`(\S+) \((.+)\) has the same session 0 for (.+): the two cannot be told apart`), "للخبر $1 ($2) الجلسة 0 نفسها لدى $3: ولا يمكن فصل أثر أحدهما عن الآخر"},
	{form(`(.+) of these securities in the estimation window: (?:they widen|it widens) the residuals that abnormal returns are measured by`), "في نافذة التقدير لهذه الأوراق $1: وهي توسّع البواقي التي تُقاس بها العوائد غير العادية"},
	{form(`(.+) of these securities in the event window, farther from session 0`), "في نافذة الحدث لهذه الأوراق $1، أبعد عن الجلسة 0"},
	{form(`(\S+): the return of session (\S+) is that of (\d+) sessions, since there was no price in between; tests take its error for that of one`), "$1: عائد الجلسة $2 هو عائد عدة جلسات ($3) إذ لا سعر بينها؛ والاختبارات تأخذ خطأه على أنه خطأ جلسة واحدة"},
	{form(`(.+): the estimation residuals are autocorrelated, so the error of a CAR over several sessions is not what the tests take it for \(p < 0.001\)`), "$1: بواقي التقدير مترابطة ذاتيًا، فخطأ العائد التراكمي على عدة جلسات ليس ما تفترضه الاختبارات (\u2066p < 0.001\u2069)"},
	{form(`(.+): the variance of the estimation residuals comes in clusters; a conditional-variance model or placebo would allow for it \(p < 0.001\)`), "$1: تباين بواقي التقدير يأتي متكتلًا؛ ويراعي ذلك نموذج تباين شرطي أو اختبار \u2066placebo\u2069 (\u2066p < 0.001\u2069)"},
	{form(`(.+): the variance of the standardised residuals still comes in clusters, which the model does not catch; placebo would allow for them \(p < 0.001\)`), "$1: ما زال تباين البواقي المعيارية يأتي متكتلًا على نحو لا يلتقطه النموذج؛ ويراعي ذلك اختبار \u2066placebo\u2069 (\u2066p < 0.001\u2069)"},
	{form(`(.+): the estimation residuals have heavier tails than the normal distribution, so large abnormal returns are less rare than t says \(p < 0.001\)`), "$1: ذيول بواقي التقدير أثقل من ذيول التوزيع الطبيعي، فالعوائد غير العادية الكبيرة أقل ندرة مما يقوله اختبار t (\u2066p < 0.001\u2069)"},
	{form(`the residuals of the (\d+) observations of (.+) correlate by (\S+) on average over (\S+), which makes the variance of their average (\S+) times that of independent observations: tests that take them as independent reject too often`), "يبلغ متوسط ارتباط بواقي المشاهدات ($1) في $2 $3 على النافذة $4، فيصير تباين متوسطها $5 مرة قدر تباين مشاهدات مستقلة: والاختبارات التي تفترض استقلالها ترفض أكثر مما ينبغي"},
	{form(`1 observation of (.+) shares the security and session 0 of another: the same return is counted more than once`), "في $1 مشاهدة لها ورقة مشاهدة أخرى وجلستها 0: فالعائد نفسه محسوب أكثر من مرة"},
	{form(`(\d+) observations of (.+) share the security and session 0 of another: the same return is counted more than once`), "في $2 مشاهدات (عددها $1) لكل منها ورقة مشاهدة أخرى وجلستها 0: فالعائد نفسه محسوب أكثر من مرة"},

	{form(`no prices of (\S+)`), "لا أسعار لورقة $1"},
	{form(`session 0, (\S+), lies before the first price of (\S+), (\S+)`), "الجلسة 0 ($1) قبل أول سعر لورقة $2 ($3)"},
	{form(`session 0, (\S+), lies after the last price of (\S+), (\S+)`), "الجلسة 0 ($1) بعد آخر سعر لورقة $2 ($3)"},
	{form(`the (?:risk-free rate|factor) (\S+) is not among the factors, or not on these sessions`), "السلسلة $1 ليست بين العوامل، أو ليست في هذه الجلسات"},
	{form(`(\d+) usable estimation sessions of (\d+); at least (\d+) are needed`), "جلسات التقدير الصالحة $1 من $2؛ والمطلوب $3 على الأقل"},
	{form(`no return on any session of the event window (\S+)`), "لا عائد في أي جلسة من نافذة الحدث $1"},
	{form(`(\S+) lies outside the calendar of (.+), (\S+) to (\S+)`), "$1 خارج تقويم $2، من $3 إلى $4"},
	{form(`the calendar of (.+) has no session after (\S+)`), "لا جلسة في تقويم $1 بعد $2"},
	{form(`the regressor is constant over the estimation window`), "المتغير المفسِّر ثابت على نافذة التقدير"},
	{form(`the residuals of (\d+) estimation sessions have no variance`), "لا تباين لبواقي $1 جلسة تقدير"},
	{form(`the study weights by market value, and the shares outstanding of (\S+) or its close before the event window are not known`), "تزن الدراسة بالقيمة السوقية، وعدد أسهم $1 أو سعر إغلاقها قبل نافذة الحدث غير معروف"},
}

func form(s string) *regexp.Regexp { return regexp.MustCompile("^" + s + "$") }
