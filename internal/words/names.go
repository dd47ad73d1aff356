package words

import (
	"slices"
	"strings"

	"aftershock/analysis"
	"aftershock/market"
)

// models are the display names of models, by their names in configuration.
var models = map[string]string{
	"market":           "market model",
	"mean":             "constant mean model",
	"market-adjusted":  "market-adjusted returns",
	"capm":             "CAPM",
	"ff3":              "Fama-French three-factor model",
	"carhart":          "Carhart four-factor model",
	"ff5":              "Fama-French five-factor model",
	"ff6":              "Fama-French five-factor model with momentum",
	"factors":          "factor model",
	"scholes-williams": "market model, Scholes-Williams beta",
	"dimson":           "market model, Dimson beta",
	"fowler-rorke":     "market model, Fowler-Rorke beta",
	"huber":            "robust market model (Huber)",
	"theil-sen":        "robust market model (Theil-Sen)",
	"garch":            "market model with GARCH(1,1) errors",
	"gjr":              "market model with GJR-GARCH(1,1) errors",
	"egarch":           "market model with EGARCH(1,1) errors",
	"peer":             "peer portfolio",
	"synthetic":        "synthetic control",
	"matched":          "matched firm",
}

// Model names a model as charts and reports display it; a model that is in no
// table by its own name.
func (l *Language) Model(name string) string {
	if n, ok := models[name]; ok {
		return l.Phrase(n)
	}
	return l.Isolate(name)
}

// Group names a group by its name in files: "event ID", "all".
func (l *Language) Group(name string) string {
	by, key, _ := strings.Cut(name, " ")
	if !slices.Contains(analysis.Groupings, analysis.Grouping(by)) {
		return l.Isolate(name)
	}
	return l.Sentence(analysis.Sentence{Code: "group/" + by, Args: []any{key}}, nil)
}

// Weighted names an average by its weights.
func (l *Language) Weighted(w analysis.Weighting) string {
	switch w {
	case analysis.ValueWeights:
		return l.Phrase("value-weighted average")
	case analysis.PrecisionWeights:
		return l.Phrase("precision-weighted average")
	}
	return l.Phrase("equal-weighted average")
}

// Returns names a kind of return.
func (l *Language) Returns(k market.ReturnKind) string {
	if k == market.Log {
		return l.Phrase("log returns")
	}
	return l.Phrase("simple returns")
}

// CAARBy says of what an average of a grouping is.
func (l *Language) CAARBy(by analysis.Grouping) string {
	switch by {
	case analysis.ByEvent:
		return l.Phrase("Average cumulative abnormal return (CAAR) of each event")
	case analysis.BySecurity:
		return l.Phrase("Average cumulative abnormal return (CAAR) of each security")
	case analysis.ByCategory:
		return l.Phrase("Average cumulative abnormal return (CAAR) of each category")
	}
	return l.Phrase("Average cumulative abnormal return (CAAR) of all observations")
}

// Characteristic names a characteristic of securities; one that is in no table by
// its own name.
func (l *Language) Characteristic(name string) string {
	if name == "log-market-value" {
		name = "log market value"
	}
	return l.Phrase(name)
}

// Securities and Observations count these in figures, in the nominative.
func (l *Language) Securities(n int) string { return l.Things(n, "security") }

// Observations counts observations in figures.
func (l *Language) Observations(n int) string { return l.Things(n, "observation") }

// readings are the words for what tests say together, and what each means. They
// are the same in every report.
var readings = map[analysis.Reading]struct{ word, means string }{
	analysis.Clear:     {"clear", "more than chance"},
	analysis.Chance:    {"chance", "could be chance, which does not show that nothing happened"},
	analysis.Unequal:   {"uneven", "more than usual days give, but the reactions differ too much to speak of the group"},
	analysis.Unsettled: {"likely", "more than usual days give; the reactions are too few or too far apart to settle it"},
	analysis.Alike:     {"hint", "small, but the reactions agree"},
	analysis.Weak:      {"weak", "unusual alone, not among all lines"},
	analysis.NotTested: {"untested", "no test of the study may decide"},
	analysis.Shared:    {"shared", "the same returns as another event's"},
}

// Reading is the word for what the tests say together.
func (l *Language) Reading(r analysis.Reading) string { return l.Phrase(readings[r].word) }

// ReadingMeans says in one clause what that word means.
func (l *Language) ReadingMeans(r analysis.Reading) string { return l.Phrase(readings[r].means) }
