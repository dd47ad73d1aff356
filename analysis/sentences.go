package analysis

// sentences is every sentence of this package in English, by its code, in the
// form that [Sentence.Fill] takes. A sentence is added here, and in the other
// languages in internal/words.
var sentences = map[string]string{
	// Of securities and their prices.
	"note/price-issue":               "%s (%s)",
	"note/price-issue/times":         "%d times: %s (first %s)",
	"note/price-issue/security":      "%s: %s (%s)",
	"note/price-issue/securitytimes": "%s, %d times: %s (first %s)",
	"note/unadjusted":                "%s: its prices are not adjusted for dividends, nor perhaps for splits",
	"note/non-synchronous":           "%s closes on %s time, its benchmark %s on %s time: their returns of one date do not cover the same hours",

	// Of the whole study.
	"note/large-study":            "with %d observations, confounders and the diagnostics of the fits are listed by observation only, not gone through for notes",
	"note/time-unknown/study":     "of %d events only the date is known: if their news came after the close, session 0 is one session too early",
	"note/short-estimation/study": "%d observations have fewer than %d estimation sessions; m says how many",

	// Of events and their observations.
	"note/time-unknown":           "only the date is known: if the news came after the close, session 0 is one session too early",
	"note/time-unsure":            "the hour is approximate and near the close of %s: session 0 may be one session off",
	"note/confounder":             "%s falls on session %s of %s",
	"note/confounder/same":        "%s has the same session 0 for %s: the two cannot be told apart",
	"note/confounder/more":        "%d more catalogued {1:event|events} of these securities in the event window, farther from session 0",
	"note/confounder-estimation":  "%d other catalogued {1:event|events} of these securities in the estimation window: {1:it widens|they widen} the residuals that abnormal returns are measured by",
	"note/spanning-return":        "%s: the return of session %s is that of %d sessions, since there was no price in between; tests take its error for that of one",
	"note/zero-filled":            "%s has no return on {2:session|sessions} %s; {2:it counts|they count} as 0",
	"note/missing-return":         "%s has no return on {2:session|sessions} %s, so no CAR over %s",
	"note/missing-return/outside": "%s has no return on {2:session|sessions} %s, outside every CAR window",
	"note/short-estimation":       "%s has %d of %d estimation sessions",
	"note/autocorrelation":        "%s: the estimation residuals are autocorrelated, so the error of a CAR over several sessions is not what the tests take it for (p < 0.001)",
	"note/arch":                   "%s: the variance of the estimation residuals comes in clusters; a conditional-variance model or placebo would allow for it (p < 0.001)",
	"note/arch/left":              "%s: the variance of the standardised residuals still comes in clusters, which the model does not catch; placebo would allow for them (p < 0.001)",
	"note/heavy-tails":            "%s: the estimation residuals have heavier tails than the normal distribution, so large abnormal returns are less rare than t says (p < 0.001)",
	"note/variance-unstable":      "%s: the egarch likelihood is highest where the variances do not forget where they began and turn over at the least change of a parameter; do not rely on these variances, nor on the tests that divide by them, without gjr or garch beside them",

	// Of groups.
	"note/co-movement":      "the residuals of the %d observations of %s correlate by %.2f on average over %s, which makes the variance of their average %.1f times that of independent observations: tests that take them as independent reject too often",
	"note/sampled-pairs":    "the mean correlation of %s, %.4f, rests in part on %d pairs drawn from the study's seed, of more than %d with a security that lacks a session: its standard error from that is %.1g",
	"note/mixed-currencies": "the market values of %s are in several currencies (%s) and are weighted as if these were one: give shares such that they compare, or weight equally",
	"note/counted-twice":    "%d {1:observation|observations} of %s {1:shares|share} the security and session 0 of another: the same return is counted more than once",

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
	"excluded/outside-calendar":             "%s lies outside the calendar of %s, %s to %s",
	"excluded/outside-calendar/empty":       "the calendar of %s has no sessions",
	"excluded/outside-calendar/after":       "the calendar of %s has no session after %s",
	"excluded/before-data":                  "session 0, %s, lies before the first price of %s, %s",
	"excluded/after-data":                   "session 0, %s, lies after the last price of %s, %s",
	"excluded/short-estimation":             "%d usable estimation sessions of %d; at least %d are needed",
	"excluded/short-estimation/parameters":  "%d usable estimation sessions for %d parameters",
	"excluded/no-event-returns":             "no return on any session of the event window %s",
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
	"excluded/no-regressor/currencies":      "%s trades in %s, others in %s: they cannot be weighted by value",

	// Why a specification of a sweep has no answer.
	"failed/security": "%s: %s",
	"failed/empty":    "the group has no observation",

	// Why a test has no result.
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
}
