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
	rtl              bool
	car              string // first session, last session
	carAt            string // date of session 0
	ar               string
	arOn             string // date of session 0
	sessions         string // the horizontal axis
	average          string
	securities       func(n int) string
	observations     func(n int) string
	excluded         string // how many, of how many
	models           map[string]string
	benchmark        string
	estimation       string
	returns          map[market.ReturnKind]string
	weighted         map[analysis.Weighting]string
	portfolio        string // what the band is, by Group.SEMethod
	crossed          string
	panels           string
	panelsMean       string // what the average of the line is
	panelsCut        string // drawn, of how many
	averageThin      string
	caarBy           map[analysis.Grouping]string
	single           string // the band of one security
	whiskers         string
	more             func(n int) string
	extremes         string
	ends             string
	missing          string // symbols
	prices           string
	news             string
	heat             string
	heatOn           string
	heatKey          string
	noFigure         string
	forest           string
	forestOn         string
	forestKey        string
	forestPortfolio  string // the average, by Group.SEMethod
	forestSpread     string
	price            string
	priceIn          string
	timeline         string
	timelineKey      string
	marks            string
	mostEvents       string
	notUsed          string
	scatter          string
	scatterOn        string
	scatterAll       string
	characteristics  map[string]string
	fit              string // slope, t, p, errors, R2
	clustered        string
	noFit            string
	betaEstimated    string
	unknown          string
	placebo          string
	placeboAxis      string
	placeboKey       string
	observed         string
	residuals        string
	residualsKey     string
	diagnostics      string
	firstFits        string
	overTime         string
	quantiles        string
	autocorrelation  string
	oneScale         string
	noCharacteristic string
	nothing          string
	reasons          string // reasons for exclusion
	comma            string
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

// arabicCount counts in Arabic: one, two, three to ten, and more of a thing.
func arabicCount(one, two, few, many string) func(n int) string {
	return func(n int) string {
		switch {
		case n == 1:
			return one
		case n == 2:
			return two
		case n%100 >= 3 && n%100 <= 10:
			return strconv.Itoa(n) + " " + few
		}
		return strconv.Itoa(n) + " " + many
	}
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

// decimal writes v with its minus sign and the given number of decimal places.
func decimal(v float64, places int) string {
	s := strconv.FormatFloat(v, 'f', places, 64)
	if abs, neg := strings.CutPrefix(s, "-"); neg {
		if strings.Trim(abs, "0.") == "" {
			return abs
		}
		return minus + abs
	}
	return s
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
