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
	"no-rules":          "the rules of %s are not known for %d days from here to %s; its sessions are those on which its securities traded",
	"exchange-by-days":  "its symbol does not tell its exchange; its days are the sessions of %s and are taken as such",
	"refused":           "%v; left out",
	"no-value":          "no value at all; left out",
	"missing-values":    "%d sessions without a value, this the first",
	"total-loss":        "a return of -100%% has no logarithm; not used",
	"total-loss/price":  "a total loss, which has no log return; not used",
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
