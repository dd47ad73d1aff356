package plots

import (
	"strconv"
	"strings"

	"aftershock/analysis"
)

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
