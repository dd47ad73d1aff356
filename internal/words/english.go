package words

import (
	"strconv"
	"strings"
	"time"
)

// English says the phrases as they stand in the code.
var English = &Language{
	Tag:    "en",
	Comma:  ", ",
	Semi:   "; ",
	Spell:  spell,
	Count:  func(n int, noun string) string { return spell(n) + " " + plural(n, noun, pluralOf(noun)) },
	Things: func(n int, noun string) string { return strconv.Itoa(n) + " " + plural(n, noun, pluralOf(noun)) },
	List: func(names []string) string {
		if n := len(names); n > 1 {
			return strings.Join(names[:n-1], ", ") + " and " + names[n-1]
		}
		return strings.Join(names, "")
	},
	Date:  func(t time.Time) string { return t.Format("Monday 2 January 2006") },
	Day:   func(t time.Time) string { return t.Format("Monday") },
	units: englishUnits,
	plural: func(n int) int {
		if n == 1 {
			return 0
		}
		return 1
	},
	phrases:   func() map[string]string { return nil },
	sentences: func() map[string]string { return nil },
	more:      "%s and %d more",
}

var smallNumbers = []string{"no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"}

// spell writes a number of things in words up to twelve.
func spell(n int) string {
	if n < len(smallNumbers) {
		return smallNumbers[n]
	}
	return strconv.Itoa(n)
}

func pluralOf(noun string) string {
	if stem, ok := strings.CutSuffix(noun, "y"); ok {
		return stem + "ies"
	}
	return noun + "s"
}

// plural is one or many, by n.
func plural(n int, one, many string) string {
	if n == 1 {
		return one
	}
	return many
}
