package plots

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/go-text/typesetting/di"

	"aftershock/analysis"
	"aftershock/market"
)

// words are what the charts say, in one language. Verbs in the formats are
// filled with strings that isolate has wrapped.
type words struct {
	rtl        bool
	car        string // first session, last session
	carAt      string // date of session 0
	ar         string
	arOn       string // date of session 0
	sessions   string // the horizontal axis
	average    string
	securities func(n int) string
	excluded   string // how many, of how many
	models     map[string]string
	benchmark  string
	estimation string
	returns    map[market.ReturnKind]string
	weighted   map[analysis.Weighting]string
	portfolio  string // what the band is, by Group.SEMethod
	crossed    string
	single     string // the band of one security
	whiskers   string
	more       func(n int) string
	extremes   string
	ends       string
	missing    string // symbols
	prices     string
	news       string
	nothing    string
	reasons    string // reasons for exclusion
	comma      string
}

var english = &words{
	car:        "Cumulative abnormal return (CAR) from session %s to %s",
	carAt:      "Cumulative abnormal return (CAR) from session %s to %s; session 0 is %s",
	ar:         "Abnormal return (AR) on session 0",
	arOn:       "Abnormal return (AR) on session 0, %s",
	sessions:   "Sessions from session 0",
	average:    "Average",
	securities: func(n int) string { return plural(n, "security", "securities") },
	excluded:   "%s of %s excluded",
	models: map[string]string{
		"market": "market model", "mean": "constant mean model", "market-adjusted": "market-adjusted returns",
		"capm": "CAPM", "ff3": "Fama-French three-factor model", "carhart": "Carhart four-factor model",
		"ff5": "Fama-French five-factor model", "ff6": "Fama-French five-factor model with momentum", "factors": "factor model",
		"scholes-williams": "market model, Scholes-Williams beta", "dimson": "market model, Dimson beta", "fowler-rorke": "market model, Fowler-Rorke beta",
		"huber": "robust market model (Huber)", "theil-sen": "robust market model (Theil-Sen)",
		"garch": "market model with GARCH(1,1) errors", "gjr": "market model with GJR-GARCH(1,1) errors", "egarch": "market model with EGARCH(1,1) errors",
		"peer": "peer portfolio", "synthetic": "synthetic control", "matched": "matched firm",
	},
	benchmark:  "benchmark %s",
	estimation: "estimation window %s",
	returns:    map[market.ReturnKind]string{market.Simple: "simple returns", market.Log: "log returns"},
	weighted: map[analysis.Weighting]string{
		analysis.EqualWeights: "equal-weighted average", analysis.ValueWeights: "value-weighted average", analysis.PrecisionWeights: "precision-weighted average",
	},
	portfolio: "Heavy line: %s; shaded: its 95%% interval (forecast error of the portfolio).",
	crossed:   "Heavy line: %s; shaded: its 95%% interval (spread of the securities).",
	single:    "Shaded: 95% interval of the CAR (forecast error of the model).",
	whiskers:  "Whiskers: 95% interval (t). Filled bar and bold figure: differs from 0 at the 5% level; hollow bar: does not.",
	more:      func(n int) string { return strconv.Itoa(n) + " more" },
	extremes:  "Only the highest and the lowest are named; the others are the thin grey lines.",
	ends:      "A number in brackets is the session with which the line ends.",
	missing:   "Without figures: %s.",
	prices:    "Prices: %s",
	news:      "News: %s",
	nothing:   "Nothing to draw: no abnormal return here could be measured.",
	reasons:   "Excluded: %s.",
	comma:     ", ",
}

var arabic = &words{
	rtl:      true,
	car:      "العائد غير العادي التراكمي (CAR) من الجلسة %s إلى الجلسة %s",
	carAt:    "العائد غير العادي التراكمي (CAR) من الجلسة %s إلى الجلسة %s؛ الجلسة 0 هي %s",
	ar:       "العائد غير العادي (AR) في الجلسة 0",
	arOn:     "العائد غير العادي (AR) في الجلسة 0، %s",
	sessions: "الجلسات بالنسبة إلى الجلسة 0",
	average:  "المتوسط",
	securities: func(n int) string {
		switch {
		case n == 1:
			return "ورقة مالية واحدة"
		case n == 2:
			return "ورقتان ماليتان"
		case n%100 >= 3 && n%100 <= 10:
			return strconv.Itoa(n) + " أوراق مالية"
		}
		return strconv.Itoa(n) + " ورقة مالية"
	},
	excluded: "استُبعد %s من %s",
	models: map[string]string{
		"market": "نموذج السوق", "mean": "نموذج المتوسط الثابت", "market-adjusted": "العائد المعدّل بالسوق",
		"capm": "نموذج تسعير الأصول الرأسمالية \u2066(CAPM)\u2069", "ff3": "نموذج فاما وفرنش ثلاثي العوامل", "carhart": "نموذج كارهارت رباعي العوامل",
		"ff5": "نموذج فاما وفرنش خماسي العوامل", "ff6": "نموذج فاما وفرنش خماسي العوامل مع الزخم", "factors": "نموذج العوامل",
		"scholes-williams": "نموذج السوق بمعامل بيتا لشولز وويليامز", "dimson": "نموذج السوق بمعامل بيتا لديمسون", "fowler-rorke": "نموذج السوق بمعامل بيتا لفاولر ورورك",
		"huber": "نموذج السوق الحصين (هوبر)", "theil-sen": "نموذج السوق الحصين (تايل وسن)",
		"garch": "نموذج السوق بأخطاء \u2066GARCH(1,1)\u2069", "gjr": "نموذج السوق بأخطاء \u2066GJR-GARCH(1,1)\u2069", "egarch": "نموذج السوق بأخطاء \u2066EGARCH(1,1)\u2069",
		"peer": "محفظة النظراء", "synthetic": "الضابط الاصطناعي", "matched": "الشركة المناظرة",
	},
	benchmark:  "المؤشر المرجعي %s",
	estimation: "نافذة التقدير %s",
	returns:    map[market.ReturnKind]string{market.Simple: "عوائد بسيطة", market.Log: "عوائد لوغاريتمية"},
	weighted: map[analysis.Weighting]string{
		analysis.EqualWeights: "المتوسط المتساوي الأوزان", analysis.ValueWeights: "المتوسط الموزون بالقيمة السوقية", analysis.PrecisionWeights: "المتوسط الموزون بالدقة",
	},
	portfolio: "الخط الغليظ: %s؛ والمظلّل: فترة ثقته عند 95%% (خطأ التنبؤ للمحفظة).",
	crossed:   "الخط الغليظ: %s؛ والمظلّل: فترة ثقته عند 95%% (تشتت الأوراق المالية).",
	single:    "المظلّل: فترة ثقة العائد التراكمي عند 95% (خطأ تنبؤ النموذج).",
	whiskers:  "الخط الأفقي: فترة الثقة عند 95% (t). العمود المملوء والرقم الغليظ: يختلف عن الصفر عند مستوى 5%؛ والعمود الأجوف: لا يختلف.",
	more:      func(n int) string { return "و" + strconv.Itoa(n) + " غيرها" },
	extremes:  "لا يُسمّى إلا الأعلى والأدنى؛ والبقية هي الخطوط الرمادية الرفيعة.",
	ends:      "الرقم بين قوسين هو الجلسة التي ينتهي عندها الخط.",
	missing:   "بلا أرقام: %s.",
	prices:    "الأسعار: %s",
	news:      "الخبر: %s",
	nothing:   "لا شيء يُرسم: لم يمكن قياس أي عائد غير عادي هنا.",
	reasons:   "المستبعد: %s.",
	comma:     "، ",
}

// wordsOf returns the words of the language of a BCP 47 tag, and false where
// the charts do not speak it.
func wordsOf(tag string) (*words, bool) {
	primary, _, _ := strings.Cut(strings.ToLower(tag), "-")
	switch primary {
	case "en":
		return english, true
	case "ar":
		return arabic, true
	}
	return nil, false
}

// say fills format; each value keeps its own direction.
func (w *words) say(format string, values ...string) string {
	args := make([]any, len(values))
	for i, v := range values {
		args[i] = w.isolate(v)
	}
	return fmt.Sprintf(format, args...)
}

// isolate keeps v in its own direction where the words around it read from
// right to left. The direction is said outright: a bare figure such as −10 has
// none of its own and would otherwise be turned round.
func (w *words) isolate(v string) string {
	switch {
	case !w.rtl:
		return v
	case baseDirection([]rune(v)) == di.DirectionRTL:
		return "\u2067" + v + "\u2069"
	}
	return "\u2066" + v + "\u2069"
}

func plural(n int, one, many string) string {
	if n == 1 {
		return "1 " + one
	}
	return strconv.Itoa(n) + " " + many
}

// minus is the sign that is as wide as plus and the digits.
const minus = "−"

// percent writes v, a decimal, in per cent with its sign and the given number
// of decimal places: −16.97%, +5%, 0%.
func percent(v float64, places int) string {
	s := strconv.FormatFloat(100*v, 'f', places, 64)
	if strings.Trim(s, "-0.") == "" {
		return strings.TrimPrefix(s, "-") + "%"
	}
	if abs, neg := strings.CutPrefix(s, "-"); neg {
		return minus + abs + "%"
	}
	return "+" + s + "%"
}

// session writes an event time with its sign: −10, 0, +5.
func session(tau int) string {
	switch {
	case tau < 0:
		return minus + strconv.Itoa(-tau)
	case tau > 0:
		return "+" + strconv.Itoa(tau)
	}
	return "0"
}

func window(w analysis.Window) string {
	return "[" + session(w.From) + ", " + session(w.To) + "]"
}
