package plots

import (
	"strconv"

	"aftershock/analysis"
	"aftershock/market"
)

var english = &words{
	car:          "Cumulative abnormal return (CAR) from session %s to %s",
	carAt:        "Cumulative abnormal return (CAR) from session %s to %s; session 0 is %s",
	ar:           "Abnormal return (AR) on session 0",
	arOn:         "Abnormal return (AR) on session 0, %s",
	sessions:     "Sessions from session 0",
	average:      "Average",
	securities:   func(n int) string { return plural(n, "security", "securities") },
	observations: func(n int) string { return plural(n, "observation", "observations") },
	excluded:     "%s of %s excluded",
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
	portfolio:   "Heavy line: %s; shaded: its 95%% interval (forecast error of the portfolio).",
	crossed:     "Heavy line: %s; shaded: its 95%% interval (spread of the securities).",
	single:      "Shaded: 95% interval of the CAR (forecast error of the model).",
	whiskers:    "Whiskers: 95% interval (t). Filled bar and bold figure: differs from 0 at the 5% level; hollow bar: does not.",
	more:        func(n int) string { return strconv.Itoa(n) + " more" },
	extremes:    "Only the highest and the lowest are named; the others are the thin grey lines.",
	ends:        "A number in brackets is the session with which the line ends.",
	missing:     "Without figures: %s.",
	prices:      "Prices: %s",
	news:        "News: %s",
	panels:      "Shaded: 95% interval (forecast error of the model). Blue and orange: the interval at the end excludes 0. All panels have one scale.",
	panelsMean:  "Line: %s of the group's n observations; shaded: its 95%% interval (forecast error of the portfolio where all share one date, else the spread of the observations). Blue and orange: the interval at the end excludes 0. All panels have one scale.",
	panelsCut:   "Only the highest and the lowest are drawn, %s of %s.",
	averageThin: "Thin line: their average.",
	caarBy: map[analysis.Grouping]string{
		analysis.ByEvent: "Average cumulative abnormal return (CAAR) of each event", analysis.BySecurity: "Average cumulative abnormal return (CAAR) of each security",
		analysis.ByCategory: "Average cumulative abnormal return (CAAR) of each category", analysis.All: "Average cumulative abnormal return (CAAR) of all observations",
	},
	heat:            "Abnormal return (AR) by security and session, per cent",
	heatOn:          "Abnormal return (AR) by security and session, per cent; session 0 is %s",
	heatKey:         "Rows by their abnormal return on session 0, which is framed. Bold: differs from 0 at the 5% level (t). Beyond the ends of the scale the colour stays the same.",
	noFigure:        "no figure",
	forest:          "Cumulative abnormal return (CAR) over %s",
	forestOn:        "Cumulative abnormal return (CAR) over %s; session 0 is %s",
	forestKey:       "Lines: 95% interval (t). Filled square and bold figure: the interval excludes 0.",
	forestPortfolio: "Diamond: %s and its 95%% interval (forecast error of the portfolio).",
	forestSpread:    "Diamond: %s and its 95%% interval (spread of the securities).",
	price:           "Closing price, adjusted for splits, and volume",
	priceIn:         "Closing price, adjusted for splits, in %s, and volume",
	timeline:        "Cumulative abnormal return since the first event window",
	timelineKey:     "Each session is explained by the fit of the latest event whose window has begun, for as many sessions as its estimation window has.",
	marks:           "Shaded: event windows. Beside each event its CAR over %s, bold and coloured where its 95%% interval excludes 0.",
	mostEvents:      "Drawn are the %s securities with the most events, of %s.",
	notUsed:         "excluded",
	nothing:         "Nothing to draw: no abnormal return here could be measured.",
	reasons:         "Excluded: %s.",
	comma:           ", ",
}
