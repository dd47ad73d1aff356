package analysis

import (
	"slices"
	"strings"

	"aftershock/market"
)

// sentences is every sentence of this package in English, by its code, in the
// form that [Sentence.Fill] takes. A sentence is added here, and in the other
// languages in internal/words.
var sentences = withFindings(map[string]string{
	// Of securities and their prices.
	"note/price-issue":               "%s (%s)",
	"note/price-issue/undated":       "%s",
	"note/price-issue/times":         "%d times: %s (first %s)",
	"note/price-issue/security":      "%s: %s (%s)",
	"note/price-issue/securitytimes": "%s, %d times: %s (first %s)",
	"note/unadjusted":                "%s: its prices are not adjusted for dividends, nor perhaps for splits",
	"note/no-currency":               "%s: its shares are known, and the currency of its prices is not (some exchanges quote in pence, cents or agorot): no amount of money is given; name it (securities, currency: GBP or GBp)",
	"note/shares-date":               "%s: its market value is by %.4g shares of %s, more than a year from %s; give the number of the time, or with its day (shares_date)",
	"note/shares-date/undated":       "%s: its market value is by %.4g shares of a day that is not said, and prices reach more than a year beyond %s; give the number with its day (shares_date)",
	"note/row-left-out":              "%s: %s",
	"note/price-mended":              "%s, %s: %s",
	"note/price-mended/undated":      "%s: %s",
	"note/price-finding/event":       "%s, %s (%s): %s; it lies in the event window and is used",
	"note/price-finding/estimation":  "%s, %s (%s): %s; it lies in the estimation window and is used",
	"note/price-finding/study":       "%d observations have prices in their windows that are large, still or absent; prices check names them",
	"note/trusted-prices":            "%s, %s (%s): %s; it is used all the same, since prices.trust names it",
	"note/non-synchronous":           "%s closes on %s time, its benchmark %s on %s time: their returns of one date do not cover the same hours",

	// Of the whole study.
	"note/large-study":            "with %d observations, confounders and the diagnostics of the fits are listed by observation only, not gone through for notes",
	"note/drafts":                 "%d {1:event|events} of the catalogue {1:is a draft|are drafts}, whose time is not known or not looked at, and in no study",
	"note/time-unknown/study":     "of %d events only the date is known: if their news came after the close, session 0 is one session too early",
	"note/short-estimation/study": "%d observations have fewer than %d estimation sessions; m says how many",

	// Of events and their observations.
	"note/time-unknown":                         "only the date is known: if the news came after the close, session 0 is one session too early",
	"note/time-unsure":                          "the hour is approximate and near the close of %s: session 0 may be one session off",
	"note/expected":                             "a calendar foretold it, and nothing confirms that it came, nor that it came on that day",
	"note/expected/study":                       "of %d events a calendar foretold the day, and nothing confirms it",
	"note/other-clock":                          "its time may have been written on another clock: then it was %s, and session 0 is %s",
	"note/seen-time":                            "the time is when it was seen, less than an hour after the close of %s: the news itself may be of that session",
	"note/confounder":                           "%s falls on session %s of %s",
	"note/confounder/same":                      "%s has the same session 0 for %s: the two cannot be told apart",
	"note/confounder/more":                      "%d more catalogued {1:event|events} of these securities in the event window, farther from session 0",
	"note/confounder-estimation":                "%d other catalogued {1:event|events} of these securities in the estimation window: {1:it widens|they widen} the residuals that abnormal returns are measured by",
	"note/confounder-estimation/clean":          "%s: without the %d {2:session|sessions} near other catalogued events (study.confounders: trim) the error over %s is %.4f in place of %.4f, t %.2f in place of %.2f",
	"note/confounder-estimation/kept":           "%s: with the %d {2:session|sessions} near other catalogued events that are left out, the error over %s would be %.4f in place of %.4f, t %.2f in place of %.2f",
	"note/clean-windows":                        "how far the answers hang on other news in the estimation windows: for the %d {1:return|returns} that have any there, the error over %s without these sessions is %.2f to %.2f times what it is with them (median %.2f), and p crosses 5%% for %d; it changes most for %s (%s): error %.4f in place of %.4f, t %.2f in place of %.2f (study.confounders: trim)",
	"note/clean-windows/trimmed":                "how far the answers hang on other news in the estimation windows, which is left out: for the %d {1:return|returns} that have any there, the error over %s is %.2f to %.2f times what it would be with these sessions (median %.2f), and p crosses 5%% for %d; it changes most for %s (%s): error %.4f in place of %.4f, t %.2f in place of %.2f",
	"note/confounded":                           "%s: %s falls on session %s, so no CAR over %s (study.confounders: drop)",
	"note/regime":                               "%s moved more than usual before the event: over %d {2:session|sessions} its abnormal returns had %.1f times the variance of the estimation window (p %.2g); over %s t is %.2f by the estimation window's error, %.2f by that of these sessions",
	"note/regime/conditional":                   "%s moved more than usual before the event: over %d {2:session|sessions} its abnormal returns had %.1f times the variance that the model forecast for them (p %.2g); over %s t is %.2f by the forecast error, %.2f by that of these sessions",
	"note/night-day":                            "%s: of %.1f%% on session 0, %.1f%% came from the close to the open (abnormal %.1f%%, t %.2f) and %.1f%% from the open to the close (abnormal %.1f%%, t %.2f)",
	"note/mid-session":                          "%s: the news came inside the hours of session 0 (%s), whose return is partly older than the news",
	"note/mid-session/others":                   "%s: the news came inside the hours of session 0 (%s), whose return is partly older than the news and is that of other events too: %s",
	"note/run-up":                               "of %d returns over the two sessions before the news %d {2:differs|differ} from zero at 5%%, where %.1f are expected by chance (binomial p %.2g)",
	"note/run-up/leak":                          "of %d returns over the two sessions before the news %d {2:differs|differ} from zero at 5%%, where %.1f are expected by chance (binomial p %.2g): the news may have been known before, or dated too late",
	"note/ridge":                                "the synthetic controls of %d of %d observations are corrected by ridge, with penalties lambda from %.2g to %.2g (the table donors has each); those of the others are not, since no correction predicts held-out sessions better",
	"note/ridge/none":                           "of %d synthetic controls ridge corrects none: no correction predicts held-out sessions better",
	"note/sector-unknown":                       "the sector of %s is not known: their residuals are taken to correlate with all (study.correlation: sector)",
	"note/spanning-return":                      "%s: the return of session %s is that of %d sessions, since there was no price in between; tests take its error for that of one",
	"note/zero-filled":                          "%s has no return on {2:session|sessions} %s; {2:it counts|they count} as 0",
	"note/missing-return":                       "%s has no return on {2:session|sessions} %s, so no CAR over %s",
	"note/unexplained-return/factor":            "%s has no abnormal return on {2:session|sessions} %s: the factor %s in %s, which reaches from %s to %s, has no value there; so no CAR over %s",
	"note/unexplained-return/regressor":         "%s has no abnormal return on {2:session|sessions} %s: %s, whose prices reach from %s to %s, has no return there; so no CAR over %s",
	"note/unexplained-return/factor/zero":       "%s has no abnormal return on {2:session|sessions} %s: the factor %s in %s, which reaches from %s to %s, has no value there; {2:it counts|they count} as 0",
	"note/unexplained-return/regressor/zero":    "%s has no abnormal return on {2:session|sessions} %s: %s, whose prices reach from %s to %s, has no return there; {2:it counts|they count} as 0",
	"note/unexplained-return/factor/outside":    "%s has no abnormal return on {2:session|sessions} %s, outside every CAR window: the factor %s in %s, which reaches from %s to %s, has no value there",
	"note/unexplained-return/regressor/outside": "%s has no abnormal return on {2:session|sessions} %s, outside every CAR window: %s, whose prices reach from %s to %s, has no return there",
	"note/missing-return/outside":               "%s has no return on {2:session|sessions} %s, outside every CAR window",
	"note/short-estimation":                     "%s has %d of %d estimation sessions",
	"note/autocorrelation":                      "%s: the estimation residuals are autocorrelated, so the error of a CAR over several sessions is not what the tests take it for (p < 0.001)",
	"note/arch":                                 "%s: the variance of the estimation residuals comes in clusters; a conditional-variance model or placebo would allow for it (p < 0.001)",
	"note/arch/left":                            "%s: the variance of the standardised residuals still comes in clusters, which the model does not catch; placebo would allow for them (p < 0.001)",
	"note/heavy-tails":                          "%s: the estimation residuals have heavier tails than the normal distribution, so large abnormal returns are less rare than t says (p < 0.001)",
	"note/variance-unstable":                    "%s: the egarch likelihood is highest where the variances do not forget where they began and turn over at the least change of a parameter; do not rely on these variances, nor on the tests that divide by them, without gjr or garch beside them",

	// Of groups.
	"note/co-movement":                    "the residuals of the %d observations of %s correlate by %.2f on average over %s, which makes the variance of their average %.1f times that of independent observations: tests that take them as independent reject too often",
	"note/sampled-pairs":                  "the mean correlation of %s, %.4f, rests in part on %d pairs drawn from the study's seed, of more than %d with a security that lacks a session: its standard error from that is %.1g",
	"note/mixed-currencies":               "the market values of %s are in several currencies (%s) and are weighted as if these were one: give shares such that they compare, or weight equally",
	"note/few-clusters":                   "the errors of the regression are clustered in %d {1:group|groups} by %s: fewer than ten make them too small",
	"note/few-clusters/undefined":         "the errors of the regression are not defined: they are clustered in %d {1:group|groups} by %s, fewer than its %d coefficients",
	"note/benchmark-shifted/late":         "the returns of %s go with those that %s has a session later (correlation %.2f, of the same day %.2f): the dates of the benchmark are a session late, or those of the security a session early",
	"note/benchmark-shifted/late/factor":  "the returns of %s go with the factor %s of a session later (correlation %.2f, of the same day %.2f): the dates of the factors are a session late, or those of the security a session early",
	"note/benchmark-shifted/early/factor": "the returns of %s go with the factor %s of a session before (correlation %.2f, of the same day %.2f): the dates of the factors are a session early, or those of the security a session late",
	"note/benchmark-shifted/early":        "the returns of %s go with those that %s has a session before (correlation %.2f, of the same day %.2f): the dates of the benchmark are a session early, or those of the security a session late",
	"note/same-return":                    "the return of %s on session 0 is that of %s too: over several events it counts there, once",
	"note/same-return/group":              "%d {1:observation|observations} of %s {1:has|have} the security and session 0 of another: one return counts once, under the first event listed",

	// What stands in them.
	"who/both":       "both securities",
	"who/all":        "all %d securities",
	"group/event":    "event %s",
	"group/security": "security %s",
	"group/category": "category %s",
	"group/all":      "all",

	// Why an observation is not measured.
	"excluded/unknown-security":             "no prices of %s",
	"excluded/no-volume":                    "no trading volume of %s is known",
	"excluded/draft":                        "it is a draft: look at its time, and take status: draft out",
	"excluded/draft/timeless":               "it is a draft: no time is known; write one in, and take status: draft out",
	"excluded/outside-calendar":             "%s lies outside the calendar of %s, %s to %s",
	"excluded/outside-calendar/empty":       "the calendar of %s has no sessions",
	"excluded/outside-calendar/after":       "the calendar of %s has no session after %s",
	"excluded/before-data":                  "session 0, %s, lies before the first price of %s, %s",
	"excluded/after-data":                   "session 0, %s, lies after the last price of %s, %s",
	"excluded/short-estimation":             "%d usable estimation sessions of %d; at least %d are needed",
	"excluded/short-estimation/factor":      "%d usable estimation sessions of %d; at least %d are needed: the factor %s in %s reaches from %s to %s, and lacks %d of them",
	"excluded/short-estimation/regressor":   "%d usable estimation sessions of %d; at least %d are needed: %s has prices from %s to %s, and lacks %d of them",
	"excluded/short-estimation/parameters":  "%d usable estimation sessions for %d parameters",
	"excluded/no-event-returns":             "no return on any session of the event window %s",
	"excluded/no-event-returns/factor":      "no abnormal return on any session of the event window %s: the factor %s in %s reaches from %s to %s, and lacks %d of its sessions",
	"excluded/no-event-returns/regressor":   "no abnormal return on any session of the event window %s: %s has prices from %s to %s, and lacks %d of its sessions",
	"excluded/no-market-value":              "the study weights by market value, and the shares outstanding of %s or its close before the event window are not known",
	"excluded/no-regressor/several":         "the securities are explained by different series",
	"excluded/no-regressor/factor":          "the factor %s is not among the factors, or not on these sessions",
	"excluded/no-regressor/risk-free":       "the risk-free rate %s is not among the factors, or not on these sessions",
	"excluded/no-regressor/benchmark":       "the benchmark %s has no prices",
	"excluded/no-regressor/none":            "the benchmark (none is named) has no prices",
	"excluded/no-regressor/security":        "the security %s has no prices",
	"excluded/no-regressor/volume":          "no trading volume of the benchmark %s is known",
	"excluded/no-regressor/security-volume": "no trading volume of the security %s is known",
	"excluded/no-regressor/shares":          "the shares outstanding of %s are not known, so that no mean can be weighted by value",
	"excluded/no-regressor/halves":          "night and day have no abnormal return: the factors of %s are known by whole sessions alone",
	"excluded/no-regressor/half-opens":      "night and day have no abnormal return: the opens of what %s explains returns by are not known",
	"excluded/no-regressor/currencies":      "%s trades in %s, others in %s: they cannot be weighted by value",

	// Why a specification of a sweep has no answer.
	"failed/security": "%s: %s",
	"failed/empty":    "the group has no observation",
	"failed/refused":  "%s: %s",

	"failed/observation": "%s %s: %s",

	// Of contrasts, of the next event and of past regressions.
	"contrast/no-window":     "one of the two has no observation with a complete window",
	"contrast/few-dates":     "the windows lie on %d and %d dates that do not overlap, and each side needs two",
	"contrast/alike":         "the dates of one of the two do not differ, so their spread says nothing",
	"contrast/overlap":       "%d {1:window|windows} of the first {1:overlaps|overlap} some of the second in calendar time: how they move together is not in the error",
	"contrast/overlap-dates": "the windows of the two dates overlap: how they move together is not in the error",
	"contrast/synthetic":     "a synthetic control has no portfolio that is short",
	"next/pairs":             "its clusters of dates have %d pairs of observations, more than the %d that are gone through",
	"past/few-observations":  "no session 0 has more observations, with characteristics that differ, than the %d coefficients",
	"past/few-windows":       "the observations of a date have %d past windows in common, and it needs two",

	// Why a test has no result.
	"undefined/dates":            "all windows overlap in calendar time: they are one date, and it needs two",
	"undefined/dates-alike":      "the dates do not differ, so their spread says nothing",
	"undefined/no-window":        "no observation has a complete window",
	"undefined/no-return":        "no abnormal return",
	"undefined/two":              "needs two observations at least",
	"undefined/three":            "needs three observations at least",
	"undefined/five":             "needs five observations at least",
	"undefined/alike":            "the observations do not differ, so their spread says nothing",
	"undefined/constant-average": "the average does not vary over the estimation window",
	"undefined/one-date":         "needs one common session 0 on one calendar",
	"undefined/portfolio":        "the portfolio cannot be measured: %s",
	"undefined/portfolio-window": "the portfolio's window is not complete",
	"undefined/zero":             "every cumulative abnormal return is zero",
	"undefined/fraction":         "the fraction of positive abnormal returns in the estimation windows is %g",
	"undefined/sums":             "%d usable estimation sessions; a window of %[2]d needs %[2]d",
	"undefined/pseudo-dates":     "%d pseudo-dates have windows without an event of these securities; placebo needs %d",
	"undefined/holding":          "volume is not held, so it has no buy-and-hold return",
	"undefined/few-sessions":     "an observation has %d estimation sessions; the variance needs %d",
	"undefined/correlation":      "a mean correlation of %.3g leaves no variance to adjust by",
	"undefined/series":           "the securities are explained by different series",
	"undefined/held":             "the portfolio is held on %d sessions; %d coefficients need %d",
	"undefined/held-collinear":   "the portfolio's regression cannot be estimated: the columns are linearly dependent",
	"undefined/held-constant":    "the portfolio's regression cannot be estimated: the dependent variable does not vary",
	"undefined/held-no-variance": "the portfolio's abnormal return does not vary",
	"undefined/joint-sessions":   "the windows of the securities do not have the same sessions",
	"undefined/joint-dependent":  "the residuals of the securities are linearly dependent",
	"undefined/joint-plain":      "needs a model that estimates its prediction",
	"undefined/joint-variance":   "needs a residual variance that is constant",
	"undefined/joint-regressors": "the securities are measured against different regressors",
	"undefined/joint-many":       "%d securities and at most %d estimation sessions; it needs more sessions than securities",
	"undefined/joint-few":        "%d securities and %d common estimation sessions; it needs more sessions than securities",
	"undefined/joint-measure":    "a security cannot be measured on the %d common estimation sessions: %s",
	"undefined/ranks-alike":      "no session of the window has abnormal returns that differ between observations",
	"undefined/ranks-constant":   "the mean rank does not vary",
	"undefined/ranks-two":        "needs two observations that differ",
	"undefined/ranks-window":     "the mean rank varies on no session but the window's",
})

// withFindings adds the sentences of exclusions for figures that contradict each
// other. Their reasons are the codes of market.Contradictions, and they say what
// the finding says, after the security, the days and the code.
func withFindings(sentences map[string]string) map[string]string {
	for _, c := range market.IssueCodes() {
		reason, _, _ := strings.Cut(c, "/")
		if slices.Contains(market.Contradictions, market.CheckCode(reason)) {
			sentences["excluded/"+reason+"/"+c] = "%s, %s (%s): " + market.IssueForm(c)
		}
	}
	return sentences
}
