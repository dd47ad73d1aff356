package market

import (
	"fmt"
	"slices"
)

// issueForms is what an [Issue] of each code says in English. An issue is added
// here, and in the other languages in internal/words.
var issueForms = map[string]string{
	"no-session":        "a price on a day that is no session of %s; not used",
	"no-session/values": "values on a day that is no session of %s; not used",
	"no-session/rows":   "the first of %d rows on days that are no session of %s; not used",
	"no-price":          "no price on a session of %s",
	"not-positive":      "a price of %v: no return can be computed with it, and the session counts as one without a price",
	"no-rules":          "the rules of %s are not known for %d days from here to %s; its sessions are those on which its securities traded",
	"exchange-by-days":  "its symbol does not tell its exchange; its days are the sessions of %s and are taken as such",
	"refused":           "%v; left out",
	"no-value":          "no value at all; left out",
	"missing-values":    "%d sessions without a value, this the first",

	"unadjusted":  "its prices are not adjusted for dividends, nor perhaps for splits",
	"months":      "all prices are monthly: a session is a month, and an event belongs to the month that it lies in",
	"rate-a-year": "%s: the risk-free rate is a yield a year: a session has a 252nd part of it",

	// What Check and Mend find, which a study tells, or excludes observations for.
	"adjustment/added":    "dividends that the source names (%d) are added to returns, for want of an adjusted close",
	"adjustment/amount":   "a dividend of %v is %.0f%% of the close, and the close does not fall by it (%+.1f%%)",
	"adjustment/fall":     "the adjusted close falls by %.2f%% against the close, which no dividend makes it do",
	"adjustment/filled":   "the adjusted close of some sessions (%d) is empty: it is the close by the factor of the sessions beside them",
	"adjustment/missing":  "dividends that the source names (%d) are not in the adjusted close: they are added to returns",
	"adjustment/rate":     "a dividend stands on %d of %d days: it is a rate, or the last one paid, not what each close lost, and is passed over",
	"adjustment/rise":     "the adjusted close rises by %.0f%% against the close (%+.1f%% beside %+.1f%%): a dividend of %.0f%% of the price, by which the close did not fall",
	"duplicate/closes":    "%s:%d: the day stands twice, first on line %d, with two closes, %v and %v",
	"duplicate/figures":   "%s:%d: the day stands twice, first on line %d, with other figures",
	"duplicate/rows":      "%s: rows that are there twice (%d) count once",
	"jump/calm":           "%+.1f%% without a corporate action, at %.1f times the usual volume",
	"jump/index":          "%+.1f%%, in an index",
	"jump/ratio":          "%+.1f%% without a corporate action, near the ratio of a split of %s; the volume is not known",
	"jump/unknown":        "%+.1f%% without a corporate action; the volume is not known",
	"jump/volume":         "%+.1f%%, with %.1f times the usual volume",
	"other-ticker/named":  "%s heads its prices %q: they are taken to be its own",
	"reversal":            "%+.1f%%, undone on the next session by %+.1f%%; usual are %.1f%%",
	"same-series":         "its returns are those of %s, on all %d sessions that both have",
	"split/applied":       "%+.1f%%, by the split of %s that the source names: the prices before it are divided by it",
	"split/applied/dated": "%+.1f%%, by the split of %s that the source dates %s: the prices before it are divided by it",
	"split/implied":       "the adjusted close shows a split of %s: closes and volumes before it are brought to the shares of after it",
	"split/implied/close": "the adjusted close shows a split of %s: closes before it are brought to the shares of after it",
	"split/inferred":      "%+.1f%%, as in a split of %s that the prices are not adjusted for",
	"split/open":          "%+.1f%% on the day of a split of %s: the price does not tell whether it is adjusted for it; say what prices are (prices.splits)",
	"split/twice":         "the split of %s is recorded a second time, and the price shows one: it counts once, on %s",
	"split/twice-a-day":   "the split of %s is recorded twice: it counts once",
	"stale-tail":          "the last %d closes repeat that of %s",
	"unchanged":           "%d closes repeat that of %s",
	"unit/currency":       "%s:%d: prices are in %s from here on, and in %s before",
	"unit/level":          "%+.1f%%: from here on prices are in another unit, or split %s, and those before are not adjusted for it",
	"unit/per-cent":       "%s: its returns are read as per cent, for their size",
	"unit/run":            "%+.1f%%, undone on %s by %+.0f%%: the prices of %s to %s are in another unit, or of another mark of decimals (a factor near %d)",
	"unit/spike":          "%+.1f%%, undone on the next session by %+.1f%%: the figure of %s is no price of it, but a mark of what is missing, or a slip",
	"unreadable":          "%s:%d: %s; the row is left out",
	"zero-volume":         "a price, and a volume of 0",
}

// IssueCodes lists the code of every issue, sorted: what a language must have
// words for.
func IssueCodes() []string {
	out := make([]string, 0, len(issueForms))
	for c := range issueForms {
		out = append(out, c)
	}
	slices.Sort(out)
	return out
}

// IssueForm returns what an issue of that code says in English, with a verb of
// package fmt for each value; the code itself where it is in no table.
func IssueForm(code string) string {
	if f, ok := issueForms[code]; ok {
		return f
	}
	return code
}

// Text says in English what is the matter.
func (is Issue) Text() string { return fmt.Sprintf(IssueForm(is.Code), is.Args...) }

// String implements fmt.Stringer.
func (is Issue) String() string { return is.Text() }
