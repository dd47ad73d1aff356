package words

import (
	"fmt"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Arabic is that of the financial press: the digits 0 to 9 with a decimal point,
// the sign before and the per cent sign after the number, the months of the Gulf
// and Egypt, names of tests and symbols as in the files. A list is joined by
// "and" throughout.
var Arabic = &Language{
	Tag:   "ar",
	RTL:   true,
	Comma: "، ",
	Semi:  "؛ ",
	Spell: strconv.Itoa,
	Count: func(n int, noun string) string {
		f := arabicNouns[noun][arabicForm(n)]
		if n == 1 || n == 2 {
			return f
		}
		return strconv.Itoa(n) + " " + f
	},
	Things: func(n int, noun string) string {
		f := arabicSubjects[noun][arabicForm(n)]
		if n == 1 || n == 2 {
			return f
		}
		return strconv.Itoa(n) + " " + f
	},
	List:    func(names []string) string { return strings.Join(names, " و") },
	Date:    func(t time.Time) string { return arabicDays[t.Weekday()] + " " + arabicDate(t) },
	Day:     func(t time.Time) string { return arabicDays[t.Weekday()] },
	phrases: joined(arabicPhrases, arabicMoves, arabicAnswer, arabicCompared, arabicCommands),
	sentences: sync.OnceValue(func() map[string]string {
		return joined(withFindings(arabicSentences, "%s، %s (%s): "), arabicRefused)()
	}),
	plural:     arabicForm,
	more:       "%s و%d غيرها",
	categories: arabicCategories, units: arabicUnits, currencies: arabicCurrencies,
	exchanges: arabicExchanges, cities: arabicCities,
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

// arabicSubjects are the same where they begin a sentence or stand alone.
var arabicSubjects = map[string][4]string{
	"return":      {"عائد واحد", "عائدان", "عوائد", "عائدا"},
	"pair":        {"زوج واحد", "زوجان", "أزواج", "زوجا"},
	"event":       {"حدث واحد", "حدثان", "أحداث", "حدثا"},
	"move":        {"تحرّك واحد", "تحرّكان", "تحركات", "تحركا"},
	"session":     {"جلسة واحدة", "جلستان", "جلسات", "جلسة"},
	"security":    {"ورقة مالية واحدة", "ورقتان ماليتان", "أوراق مالية", "ورقة مالية"},
	"observation": {"مشاهدة واحدة", "مشاهدتان", "مشاهدات", "مشاهدة"},
}

func arabicDate(t time.Time) string {
	return fmt.Sprintf("%d %s %d", t.Day(), arabicMonths[t.Month()-1], t.Year())
}

// arabicForm is which of the four forms of a noun serves n things: one, two, a
// few, many.
func arabicForm(n int) int {
	switch {
	case n == 1 || n == 2:
		return n - 1
	case n%100 >= 3 && n%100 <= 10:
		return 2
	}
	return 3
}
