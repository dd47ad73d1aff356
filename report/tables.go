package report

import (
	"iter"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"

	"aftershock/analysis"
	"aftershock/analysis/stat"
	"aftershock/market"
)

// Tables returns the tables of a finished study. Their rows are computed as
// they are read, so that a large study needs no second copy in memory.
func Tables(r *analysis.Result) []Table {
	notes := sync.OnceValue(func() notebook { return notesOf(r) })
	tables := []Table{observations(r, notes), abnormalReturns(r), cars(r, notes), averages(r), tests(r, notes), families(r), regression(r), contrasts(r), nextEvents(r), donors(r)}
	if r.Study != nil && r.Study.Subject == analysis.Volume {
		for _, t := range tables {
			for k := range t.Columns {
				if c := &t.Columns[k]; c.Unit == "return" {
					c.Unit = "ln(1 + volume)"
					if r.Turnover() {
						c.Unit = "ln(1 + turnover)"
					}
				}
			}
		}
	}
	return tables
}

// The columns that several tables share.
var (
	eventID  = Column{"event_id", String, "", "ID of the event in the catalogue."}
	security = Column{"security", String, "", "Symbol of the security."}
	from     = Column{"from", Integer, "sessions", "First session of the window, counted from session 0."}
	to       = Column{"to", Integer, "sessions", "Last session of the window, inclusive."}
	groupBy  = Column{"group_by", String, "", "By what observations are pooled: event, security, category or all."}
	group    = Column{"group", String, "", "The event's ID, the symbol, the category, or all."}
	note     = Column{"note", String, "", "What is missing or doubtful in this row; several notes are parted by \"; \". Empty: nothing."}
)

const (
	noOpens  = " Empty where opens are not known, and in a study of volume."
	noHalves = noOpens + " Empty as well where the model cannot be fitted to such halves, factors being known by whole sessions: note says why."
)

const ofUnmeasured = " Empty for an excluded observation."

func observations(r *analysis.Result, notes func() notebook) Table {
	t := Table{Name: "observations", Title: "One row an observation, used or excluded: what was measured, and how."}
	t.Columns = []Column{
		eventID,
		{"title", String, "", "Title of the event in the catalogue's first language. Empty where it has none."},
		{"category", String, "", "Category of the event. Empty where it has none."},
		security,
		{"sign", Integer, "", "Sign of the reaction that the catalogue expects: -1, 0 (none stated) or 1."},
		{"benchmark", String, "", "Symbol of the market return. Empty where the security is not known."},
		{"placement", String, "", "How session 0 was found: in-session (news before the close of its own day), after-close (the next session), closed-day (no session that day: the next one), date (only the date is known). Empty where there is no session 0."},
		{"session0", Date, "", "Session 0: the first session at whose close the news could be in the price. Empty where there is none."},
		{"early_close", Boolean, "", "Session 0 closes earlier than usual."},
		{"used", Boolean, "", "The observation was measured."},
		{"reason", String, "", "Why the observation is excluded, a stable code. Empty for a used one."},
		{"detail", String, "", "The same in words, with figures. Empty for a used one."},
		{"m", Integer, "sessions", "Usable sessions of the estimation window." + ofUnmeasured},
		{"k", Integer, "", "Parameters of the mean that the model estimates." + ofUnmeasured},
	}
	coefs := coefficients(r)
	for _, name := range coefs {
		t.Columns = append(t.Columns,
			Column{name, Number, coefUnit(name), "Estimated coefficient " + name + " of the model. Empty where it has none, and for an excluded observation."},
			Column{"se_" + name, Number, coefUnit(name), "Standard error of " + name + ". Empty where the model gives none, and for an excluded observation."})
	}
	t.Columns = append(t.Columns,
		Column{"sigma", Number, "return", "Residual standard deviation, s = sqrt(sum e^2/(M-K))." + ofUnmeasured},
		Column{"r2", Number, "", "Share of the variance that the model explains. Empty where nothing is estimated, and for an excluded observation."},
		Column{"autocorrelation", Number, "", "First-order autocorrelation of the estimation residuals." + ofUnmeasured},
		Column{"durbin_watson", Number, "", "Durbin-Watson statistic of the estimation residuals." + ofUnmeasured},
		Column{"jarque_bera", Number, "", "Jarque-Bera statistic: are the estimation residuals normal?" + ofUnmeasured},
		Column{"jarque_bera_p", Number, "", "Its p value, chi-squared with 2 degrees of freedom." + ofUnmeasured},
		Column{"ljung_box", Number, "", "Ljung-Box statistic of the estimation residuals up to lag 10." + ofUnmeasured},
		Column{"ljung_box_p", Number, "", "Its p value, chi-squared with 10 degrees of freedom." + ofUnmeasured},
		Column{"arch_lm", Number, "", "ARCH-LM statistic: does the residual variance (of garch, gjr, egarch: of the standardised residuals) come in clusters, up to lag 5?" + ofUnmeasured},
		Column{"arch_lm_p", Number, "", "Its p value, chi-squared with 5 degrees of freedom." + ofUnmeasured},
		Column{"confounders", String, "", "Other catalogued events of the security in the event window, as ID@session, in order of time, parted by blanks; of more than 20 those nearest to session 0. Empty: none."},
		Column{"confounders_event", Integer, "", "Number of other catalogued events of the security in the event window. Empty where there is no session 0."},
		Column{"confounders_estimation", Integer, "", "Number of those in the estimation window, which widen the residuals. Empty where there is no session 0."},
		Column{"trimmed", Integer, "sessions", "Sessions of the estimation window within study.confounder_window of other catalogued events: left out with study.confounders: trim, kept otherwise. Empty where there is no session 0."},
		Column{"night", Number, "return", "Return from the close before session 0 to its open." + noOpens},
		Column{"day", Number, "return", "Return from the open of session 0 to its close." + noOpens},
		Column{"night_ar", Number, "return", "Abnormal return of the night, by the study's model fitted to the nights of the estimation window." + noHalves},
		Column{"night_se", Number, "return", "Its standard error." + noHalves},
		Column{"day_ar", Number, "return", "Abnormal return of the day, by the study's model fitted to the days of the estimation window." + noHalves},
		Column{"day_se", Number, "return", "Its standard error." + noHalves},
		Column{"regime", Number, "", "Variance of the sessions between the estimation window and session 0, without those of other catalogued events, over what the estimation window leads one to expect: mean of SAR^2." + ofUnmeasured},
		Column{"regime_p", Number, "", "p value of a ratio as large, F distribution, upper tail." + ofUnmeasured},
		Column{"runup", Number, "return", "CAR from the first session of the event window to the one before session 0. Empty where there is no such session, or one of them has no abnormal return."},
		Column{"runup_se", Number, "return", "Its standard error. Empty where there is no runup."},
		Column{"runup_share", Number, "", "Share of runup in the CAR from the first session of the event window to session 0; below 0 or above 1 where session 0 went the other way. Empty where there is no runup, or no abnormal return on session 0."},
		Column{"mid_session", Boolean, "", "The news came inside the hours of session 0, whose return is then partly older than the news."},
		note)
	t.of(r.N(), 1, func(lo, hi int) iter.Seq[[]Cell] {
		return func(yield func([]Cell) bool) {
			notes, x := notes(), r.Reader()
			row := make([]Cell, 0, len(t.Columns))
			var names []byte
			for i := lo; i < hi; i++ {
				o := r.Observation(i)
				e := &r.Catalog.Events[o.Event]
				var ex analysis.Exclusion
				if !o.Used() {
					ex = *o.Exclusion
				}
				row = append(row[:0], text(o.EventID), text(e.Title), text(e.Category), text(o.Security), integer(o.Sign), text(o.Benchmark),
					text(string(o.Placement)), date(o.Session0), boolean(o.Early), boolean(o.Used()), text(string(ex.Reason)), text(ex.Detail()))
				row = appendFit(row, r, coefs, o)
				d := x.Diagnostics(i)
				row = append(row, number(d.Autocorrelation), number(d.DurbinWatson), number(d.JarqueBera), number(d.JarqueBeraP),
					number(d.LjungBox), number(d.LjungBoxP), number(d.ArchLM), number(d.ArchLMP))
				row, names = appendConfounders(row, names[:0], o, x, i)
				night, day := r.Halves(i)
				row = appendAround(row, r, i, night, day) // without an abnormal return both have the same reason
				if !yield(append(row, text(join(notes.observation(o), night.Note.Text())))) {
					return
				}
			}
		}
	})
	t.said = func(lo, hi int) iter.Seq[string] {
		return func(yield func(string) bool) {
			notes := notes()
			for i := lo; i < hi; i++ {
				if !yield(notes.observation(r.Observation(i))) {
					return
				}
			}
		}
	}
	return t
}

// appendAround appends what was about session 0 of observation i: the sessions that
// are trimmed, its halves, the sessions before it.
func appendAround(row []Cell, r *analysis.Result, i int, night, day analysis.Half) []Cell {
	o := r.Observation(i)
	trimmed := number(math.NaN())
	if o.Session0 != market.NoDate {
		trimmed = integer(r.Trimmed(i))
	}
	regime := r.Regime(i)
	runup, se := r.RunUp(i)
	if math.IsNaN(runup) {
		se = runup
	}
	return append(row, trimmed, number(night.Return), number(day.Return), number(night.AR), number(night.SE), number(day.AR), number(day.SE),
		number(regime.Ratio), number(regime.P), number(runup), number(se), number(r.RunUpShare(i)), boolean(r.MidSession(i)))
}

// mostConfounders is how many confounders of an observation are named.
const mostConfounders = 20

// appendConfounders appends the names of the nearest confounders of observation
// i, and how many it has in each window. names is memory for them.
func appendConfounders(row []Cell, names []byte, o *analysis.Observation, x *analysis.Reader, i int) ([]Cell, []byte) {
	if o.Session0 == market.NoDate {
		none := number(math.NaN())
		return append(row, text(""), none, none), names
	}
	near, event, estimation := x.Confounders(i, mostConfounders)
	for k, c := range near {
		if k > 0 {
			names = append(names, ' ')
		}
		names = strconv.AppendInt(append(append(names, c.EventID...), '@'), int64(c.Tau), 10)
	}
	return append(row, text(string(names)), integer(event), integer(estimation)), names
}

// coefUnit returns the unit of a coefficient: the intercept is a return, a
// slope is a ratio of returns.
func coefUnit(name string) string {
	if name == "alpha" {
		return "return"
	}
	return ""
}

// coefficients names the coefficients that have columns: alpha and beta under every
// model, so that programs find them, and what else the study's model estimates.
func coefficients(r *analysis.Result) []string {
	names := []string{"alpha", "beta"}
	for _, name := range r.CoefNames {
		if !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

func appendFit(row []Cell, r *analysis.Result, names []string, o *analysis.Observation) []Cell {
	none := number(math.NaN())
	if !o.Used() {
		for range 4 + 2*len(names) {
			row = append(row, none)
		}
		return row
	}
	f := &o.Fit
	row = append(row, integer(f.M), integer(f.K))
	for _, name := range names {
		coef, se := none, none
		if k := slices.Index(r.CoefNames, name); k >= 0 {
			if k < len(f.Coef) {
				coef = number(f.Coef[k])
			}
			if k < len(f.SE) {
				se = number(f.SE[k])
			}
		}
		row = append(row, coef, se)
	}
	return append(row, number(f.S), number(f.R2))
}

func abnormalReturns(r *analysis.Result) Table {
	t := Table{Name: "abnormal_returns", Title: "One row a session of the event window of a used observation."}
	const missing = " Empty where the security or its benchmark has no return that session."
	t.Columns = []Column{
		eventID, security,
		{"tau", Integer, "sessions", "Event time: sessions from session 0."},
		{"date", Date, "", "Date of the session on the security's exchange. Empty where its calendar ends before."},
		{"return", Number, "return", "Return of the session from adjusted closes, of the study's kind; in a study of volume the logarithm of 1 + volume, or of 1 + turnover. Empty where there is none."},
		{"expected", Number, "return", "Return that the model expects." + missing},
		{"ar", Number, "return", "Abnormal return, AR = return - expected. A model on excess returns takes the risk-free rate as part of expected." + missing},
		{"se", Number, "return", "Standard error of AR, the forecast error of the model." + missing},
		{"sar", Number, "", "Standardised abnormal return, SAR = ar/se: the t statistic with m-k degrees of freedom (see observations)." + missing},
		{"p", Number, "", "Two-sided p value of sar." + missing},
		{"u", Number, "", "ar squared over its variance, sar^2: above 1 where the price moved further than usual." + missing},
		{"car", Number, "return", "Cumulative abnormal return from the first session of the event window to this one. Empty from the first missing AR on, unless missing ones count as 0."},
		{"se_car", Number, "return", "Standard error of car. Empty where car is."},
	}
	if r.Study == nil { // for its names alone
		return t
	}
	t.of(r.N(), r.Study.EventWindow.Len(), func(lo, hi int) iter.Seq[[]Cell] {
		return func(yield func([]Cell) bool) {
			x, row := r.Reader(), make([]Cell, len(t.Columns))
			for i := lo; i < hi; i++ {
				o, f, p := r.Observation(i), x.AbnormalReturns(i), x.SessionP(i)
				row[0], row[1] = text(o.EventID), text(o.Security)
				for k, ar := range f.AR {
					tau := r.Study.EventWindow.From + k
					sar, se, pathSE := f.SAR[k], f.SE[k], f.PathSE[k]
					if math.IsNaN(ar) { // an error of nothing
						se = math.NaN()
					}
					if math.IsNaN(f.Path[k]) {
						pathSE = math.NaN()
					}
					for j, v := range [...]float64{float64(tau), date(r.Session(i, tau)).Num, f.Return[k], f.Expected[k], ar, se, sar, p[k], sar * sar, f.Path[k], pathSE} {
						row[2+j].Num = v
					}
					if !yield(row) {
						return
					}
				}
			}
		}
	})
	return t
}

// otherSingleTests are the tests of one observation that have columns of their
// own beside those of t.
func otherSingleTests() []analysis.Test {
	var out []analysis.Test
	for _, t := range analysis.Tests {
		if t.Scope() != analysis.ManyObservations && t.Name() != "t" {
			out = append(out, t)
		}
	}
	return out
}

func cars(r *analysis.Result, notes func() notebook) Table {
	t := Table{Name: "cars", Title: "One row a CAR window of a used observation."}
	const missing = " Empty where the window is not complete."
	const tested = " Empty where the window is not complete or the study does not run the test."
	t.Columns = []Column{
		eventID, security, from, to,
		{"car", Number, "return", "Cumulative abnormal return, CAR = sum of AR over the window." + missing},
		{"se", Number, "return", "Standard error of car, exact: residual and estimation error." + missing},
		{"scar", Number, "", "Standardised CAR, SCAR = car/se." + missing},
		{"csar", Number, "", "Sum of SAR over the window." + missing},
		{"bhar", Number, "return", "Buy-and-hold abnormal return: product of 1 + return less product of 1 + expected." + missing},
		{"t", Number, "", "Statistic of the t test that car is zero, whichever tests the study runs." + missing},
		{"df", Number, "", "Its degrees of freedom, m-k." + missing},
		{"p", Number, "", "Its two-sided p value." + missing},
		{"p_lower", Number, "", "Its one-sided p value against a fall." + missing},
		{"p_upper", Number, "", "Its one-sided p value against a rise." + missing},
	}
	others := otherSingleTests()
	for _, o := range others {
		name := columnName(o.Name())
		t.Columns = append(t.Columns,
			Column{name + "_p", Number, "", "Two-sided p value of the test " + o.Name() + " (" + o.Paper() + ")." + tested},
			Column{name + "_p_lower", Number, "", "Its one-sided p value against a fall." + tested},
			Column{name + "_p_upper", Number, "", "Its one-sided p value against a rise." + tested},
			Column{name + "_draws", Integer, "", "From how many past windows or pseudo-dates that p value is." + tested})
	}
	t.Columns = append(t.Columns,
		Column{"mde", Number, "return", "Minimum detectable effect: a true CAR of this size is found at 5% with a probability of 80%." + missing},
		Column{"low90", Number, "return", "Lower end of the 90% interval of car; it rules out effects beyond the larger of |low90| and |high90|." + missing},
		Column{"high90", Number, "return", "Upper end of the 90% interval of car." + missing},
		Column{"p_equivalence", Number, "", "p value of the hypothesis that the CAR is study.margin or more, to either side (two one-sided tests). Empty without a margin."},
		Column{"sq_low", Number, "return", "Lower end of the effects that the test sq does not reject at 5%." + tested},
		Column{"sq_high", Number, "return", "Upper end of these effects." + tested},
		Column{"placebo_low", Number, "return", "Lower end of the effects that the test placebo does not reject at 5%." + tested},
		Column{"placebo_high", Number, "return", "Upper end of these effects." + tested})
	const unknown = " Empty where the window is not complete or the shares outstanding are not known."
	t.Columns = append(t.Columns,
		Column{"market_value", Number, "currency", "Shares outstanding times the close before the window." + unknown},
		Column{"raw_value", Number, "currency", "market_value times the simple return over the window." + unknown},
		Column{"abnormal_value", Number, "currency", "market_value times car, a car of log returns as the simple return exp(car) - 1." + unknown},
		Column{"abnormal_value_se", Number, "currency", "Standard error of abnormal_value." + unknown},
		Column{"abnormal_value_lower", Number, "currency", "Lower end of its 95% interval." + unknown},
		Column{"abnormal_value_upper", Number, "currency", "Upper end of its 95% interval." + unknown},
		Column{"currency", String, "", "Currency of these values, ISO 4217. Empty where there are none, or it is not known."},
		note)
	if r.Study == nil { // for its names alone
		return t
	}
	windows := make([]string, len(r.Study.CARWindows))
	for w, win := range r.Study.CARWindows {
		windows[w] = win.String()
	}
	nan := math.NaN()
	none := analysis.TestResult{Stat: nan, P: nan, PLower: nan, PUpper: nan, Dist: stat.Distribution{DF1: nan}}
	t.of(r.N(), len(windows), func(lo, hi int) iter.Seq[[]Cell] {
		return func(yield func([]Cell) bool) {
			notes, x := notes(), r.Reader()
			row, said := make([]Cell, 0, len(t.Columns)), make([]string, 0, 8)
			for i := lo; i < hi; i++ {
				o, f := r.Observation(i), x.Windows(i)
				for w := range f.CAR {
					win, results := r.Study.CARWindows[w], x.ObservationTests(i, w)
					find := func(name string) *analysis.TestResult {
						for k := range results {
							if results[k].Test == name {
								return &results[k]
							}
						}
						return &none
					}
					st, se := find("t"), f.CARSE[w]
					switch {
					case math.IsNaN(f.CAR[w]):
						se = math.NaN()
					case st == &none:
						own := r.WindowTest(i, w)
						st = &own
					}
					row = append(row[:0], text(o.EventID), text(o.Security), integer(win.From), integer(win.To),
						number(f.CAR[w]), number(se), number(f.SCAR[w]), number(f.CSAR[w]), number(f.BHAR[w]),
						number(st.Stat), number(st.Dist.DF1), number(st.P), number(st.PLower), number(st.PUpper))
					said = append(said[:0], st.Note.Text())
					for _, other := range others {
						y := find(other.Name())
						draws := y.ByProduct("draws")
						if math.IsNaN(draws) {
							draws = y.ByProduct("sums")
						}
						row = append(row, number(y.P), number(y.PLower), number(y.PUpper), number(draws))
						said = append(said, y.Note.Text())
					}
					seen := x.Seen(i, w)
					row = append(row, number(seen.MDE), number(seen.Low), number(seen.High), number(seen.PEquivalence))
					low, high := x.SampleInterval(i, w)
					row = append(row, number(low), number(high))
					low, high = x.PlaceboInterval(i, w)
					row = appendValue(append(row, number(low), number(high)), r, i, w)
					said = append(said, notes.of(noteKey{event: o.EventID, security: o.Security, window: windows[w]})...)
					if !yield(append(row, text(join(said...)))) {
						return
					}
				}
			}
		}
	})
	t.ownFirst = true
	t.said = func(lo, hi int) iter.Seq[string] {
		return func(yield func(string) bool) {
			notes := notes()
			for i := lo; i < hi; i++ {
				o := r.Observation(i)
				if !o.Used() {
					continue
				}
				for _, win := range windows {
					if !yield(join(slices.Clone(notes.of(noteKey{event: o.EventID, security: o.Security, window: win}))...)) {
						return
					}
				}
			}
		}
	}
	return t
}

// appendValue appends what observation i is worth over CAR window w.
func appendValue(row []Cell, r *analysis.Result, i, w int) []Cell {
	v, ok := r.Value(i, w)
	if !ok {
		none := number(math.NaN())
		return append(row, none, none, none, none, none, none, text(""))
	}
	return append(row, number(v.Market), number(v.Raw), number(v.Abnormal), number(v.SE), number(v.Lower), number(v.Upper), text(v.Currency))
}

func averages(r *analysis.Result) Table {
	t := Table{Name: "averages", Title: "One row a session of the event window of a group."}
	const none = " Empty where no observation has one."
	t.Columns = []Column{
		groupBy, group,
		{"tau", Integer, "sessions", "Event time: sessions from session 0."},
		{"n", Integer, "observations", "Observations with an abnormal return this session."},
		{"aar", Number, "return", "Average abnormal return, AAR = mean of AR, weighted as the study says (equally unless it says otherwise)." + none},
		{"sd", Number, "return", "Standard deviation of AR between the observations, divisor N-1. Empty for fewer than two."},
		{"se", Number, "return", "Standard error of aar, see se_method. Empty where it is not defined."},
		{"n_car", Integer, "observations", "Observations whose CAR from the window's first session to this one is complete."},
		{"caar", Number, "return", "Mean CAR from the first session of the event window to this one." + none},
		{"se_caar", Number, "return", "Standard error of caar, see se_method. Empty where it is not defined."},
		{"lower", Number, "return", "Lower end of the 95% interval of caar. Empty where se_caar is."},
		{"upper", Number, "return", "Upper end of the 95% interval of caar. Empty where se_caar is."},
		{"positive", Integer, "observations", "Observations with AR > 0 this session."},
		{"se_method", String, "", "portfolio: forecast error of the equal-weighted portfolio (one common session 0); cross-section: spread of the observations over sqrt(N), widened for their correlation where windows overlap."},
	}
	per := 1
	if len(r.Groups) > 0 {
		per = len(r.Groups[0].Averages)
	}
	t.of(len(r.Groups), per, func(lo, hi int) iter.Seq[[]Cell] {
		return func(yield func([]Cell) bool) {
			row := make([]Cell, 0, len(t.Columns))
			for i := lo; i < hi; i++ {
				g := &r.Groups[i]
				for _, a := range g.Averages {
					row = append(row[:0], text(string(g.By)), text(g.Key), integer(a.Tau), integer(a.N), number(a.AAR), number(a.SD), number(a.SE),
						integer(a.NPath), number(a.CAAR), number(a.CAARSE), number(a.Lower), number(a.Upper), integer(a.Positive), text(g.SEMethod))
					if !yield(row) {
						return
					}
				}
			}
		}
	})
	return t
}

// byProducts are the figures that tests give beside their statistic and that
// have a column of their own. r_bar is not among them: it has its column with
// the group.
var byProducts = []Column{
	{"p_normal", Number, "", "Two-sided p value of the same statistic against the normal distribution (bmp, kp-bmp). Empty for other tests."},
	{"exact_p", Number, "", "Two-sided p value of the binomial distribution (sign). Empty for other tests."},
	{"p_hat", Number, "", "Share of positive abnormal returns that the estimation windows lead one to expect (generalized-sign). Empty for other tests."},
	{"p_continuity", Number, "", "Two-sided p value of the normal limit with continuity correction (wilcoxon). Empty for other tests."},
	{"z", Number, "", "The statistic standardised by its mean and deviation under the hypothesis (wilcoxon). Empty for other tests."},
	{"skewness", Number, "", "Sample skewness of the CARs (skewness). Empty for other tests."},
	{"car", Number, "return", "CAR of the portfolio (portfolio). Empty for other tests."},
	{"mde", Number, "return", "Minimum detectable effect: a true CAR of the portfolio of this size is found at 5% with a probability of 80% (portfolio). Empty for other tests."},
	{"low90", Number, "return", "Lower end of the 90% interval of car (portfolio). Empty for other tests."},
	{"high90", Number, "return", "Upper end of the 90% interval of car (portfolio). Empty for other tests."},
	{"p_equivalence", Number, "", "p value of the hypothesis that the CAR is study.margin or more, to either side (portfolio). Empty without a margin, and for other tests."},
	{"clusters", Integer, "", "Clusters of dates whose windows overlap (dates). Empty for other tests."},
	{"mean", Number, "return", "Mean of their mean CARs (dates). Empty for other tests."},
	{"placebo_low", Number, "return", "Lower end of the effects that the pseudo-dates do not reject at 5% (placebo of portfolio). Empty for other tests."},
	{"placebo_high", Number, "return", "Upper end of these effects (placebo of portfolio). Empty for other tests."},
	{"alpha", Number, "return", "Mean abnormal return a session of the calendar-time portfolio (calendar-time). Empty for other tests."},
	{"sessions", Integer, "sessions", "Sessions on which the calendar-time portfolio holds a security (calendar-time). Empty for other tests."},
	{"lag", Integer, "sessions", "Lags of the Newey-West standard error (calendar-time). Empty for other tests."},
	{"draws", Integer, "", "Resamples drawn or gone through (bootstrap, bhar-skewness), pseudo-dates that served (placebo). Empty for other tests."},
	{"resample", Integer, "observations", "Size of a resample (bhar-skewness). Empty for other tests."},
	{"pool", Integer, "", "Pseudo-dates that there were to draw from (placebo). Empty for other tests."},
	{"clean_estimation", Integer, "", "1 where no estimation window of a pseudo-date holds an event, else 0 (placebo). Empty for other tests."},
	{"u", Number, "", "Mean of the squared abnormal returns over their variances, 1 under the hypothesis (beaver-u). Empty for other tests."},
	{"p_rise", Number, "", "One-sided p value against a rise of the variance (beaver-u). Empty for other tests."},
	{"lambda", Number, "", "Mean over the sessions of the spread between observations over what their variances lead one to expect, 1 under the hypothesis (lambda). Empty for other tests."},
	{"p_scaled", Number, "", "p value with every sum times (N-1)/N, exact for equal, known variances (lambda). Empty for other tests."},
}

func tests(r *analysis.Result, notes func() notebook) Table {
	t := Table{Name: "tests", Title: "One row a test of a group over a CAR window."}
	const undefined = " Empty where the test is not defined; note says why."
	t.Columns = []Column{
		groupBy, group, from, to,
		{"n", Integer, "observations", "Observations whose window is complete: those that the test sees."},
		{"n_missing", Integer, "observations", "Used observations of the group without a CAR over this window."},
		{"caar", Number, "return", "Mean CAR of the n observations, with the weights of the test: those of the study for portfolio and crude, else equal ones. Empty for n = 0."},
		{"abhar", Number, "return", "Mean BHAR of the n observations. Empty for n = 0."},
		{"mean_scar", Number, "", "Mean SCAR of the n observations. Empty for n = 0."},
		{"positive", Integer, "observations", "Observations with CAR > 0."},
		{"rbar", Number, "", "Mean correlation of the observations over the window: of the estimation residuals on common calendar sessions, weighted by the share of the window that two observations have in common. Empty for n < 2."},
		{"test", String, "", "Name of the test."},
		{"of", String, "", "Test whose statistic this is, where placebo places another's. Empty otherwise."},
		{"null", String, "", "The hypothesis that it tests."},
		{"statistic", Number, "", "Test statistic." + undefined},
		{"distribution", String, "", "Its distribution under the hypothesis: t, normal, F, chi2, signed-rank, empirical (of the past), resampled. Empty where the test is not defined."},
		{"df1", Number, "", "Degrees of freedom; of the numerator for F. Empty where the distribution has none."},
		{"df2", Number, "", "Degrees of freedom of the denominator of F. Empty otherwise."},
		{"p", Number, "", "Two-sided p value, or the only one where the statistic has no sign." + undefined},
		{"p_lower", Number, "", "One-sided p value against a fall. Empty where the statistic has no sign."},
		{"p_upper", Number, "", "One-sided p value against a rise. Empty where the statistic has no sign."},
	}
	extras := extraColumns(r)
	t.Columns = append(append(t.Columns, extras...),
		Column{"n_signed", Integer, "observations", "Observations of the group with an expected sign in the catalogue and a CAR over this window that is not 0; of the group, not of the test."},
		Column{"signed_caar", Number, "return", "Mean of expected sign times CAR of these and of those whose CAR is exactly 0. Empty where there is none."},
		Column{"agree", Integer, "observations", "How many of them have the sign that is expected."},
		Column{"agree_p", Number, "", "Two-sided p value of so many agreements, or so few, by chance: exact binomial with 1/2. Empty where there is none."},
		note)
	per := 1
	if len(r.Groups) > 0 && len(r.Groups[0].Windows) > 0 {
		per = len(r.Groups[0].Windows) * len(r.Groups[0].Windows[0].Tests)
	}
	t.of(len(r.Groups), per, func(lo, hi int) iter.Seq[[]Cell] {
		return func(yield func([]Cell) bool) {
			notes := notes()
			row, said := make([]Cell, 0, len(t.Columns)), make([]string, 0, 8)
			for i := lo; i < hi; i++ {
				g := &r.Groups[i]
				name := g.Name()
				expects := r.Expects(g)
				for k := range g.Windows {
					w := &g.Windows[k]
					signs := analysis.ExpectedSigns{Mean: math.NaN(), P: math.NaN()}
					if expects {
						signs = r.ExpectedSigns(g, k)
					}
					window := w.Window.String()
					for j := range w.Tests {
						x := &w.Tests[j]
						row = append(row[:0], text(string(g.By)), text(g.Key), integer(w.Window.From), integer(w.Window.To), integer(w.N), integer(len(w.Missing)),
							number(w.Tested(x)), number(w.ABHAR), number(w.MeanSCAR), integer(w.Positive), number(w.RBar), text(x.Test), text(x.Of), text(x.Null),
							number(x.Stat), text(x.Dist.Name), number(x.Dist.DF1), number(x.Dist.DF2), number(x.P), number(x.PLower), number(x.PUpper))
						for _, c := range extras {
							row = append(row, number(byProduct(x, c.Name)))
						}
						row = append(row, integer(signs.N), number(signs.Mean), integer(signs.Agree), number(signs.P))
						said = append(said[:0], x.Note.Text())
						said = append(said, notes.of(noteKey{group: name})...)
						said = append(said, notes.of(noteKey{group: name, window: window})...)
						said = append(said, notes.of(noteKey{group: name, window: window, test: x.Test})...)
						if !yield(append(row, text(join(said...)))) {
							return
						}
					}
				}
			}
		}
	})
	return t
}

// extraColumns returns the columns of byProducts and, so that nothing is lost,
// one for every other by-product that a test of r has.
func extraColumns(r *analysis.Result) []Column {
	out := slices.Clone(byProducts)
	known := map[string]bool{"r_bar": true}
	for _, c := range out {
		known[c.Name] = true
	}
	for i := range r.Groups {
		for k := range r.Groups[i].Windows {
			for _, x := range r.Groups[i].Windows[k].Tests {
				for _, f := range x.ByProducts {
					if name := columnName(f.Name); !known[name] {
						known[name] = true
						out = append(out, Column{name, Number, "", "By-product of the test " + x.Test + ". Empty for other tests."})
					}
				}
			}
		}
	}
	return out
}

func byProduct(x *analysis.TestResult, column string) float64 {
	for _, f := range x.ByProducts {
		if isColumn(column, f.Name) {
			return f.Value
		}
	}
	return math.NaN()
}

// isColumn is column == columnName(s).
func isColumn(column, s string) bool {
	if len(column) != len(s) {
		return false
	}
	for i := range len(s) {
		if c := s[i]; c != column[i] && (c != '-' || column[i] != '_') {
			return false
		}
	}
	return true
}

func columnName(s string) string { return strings.ReplaceAll(s, "-", "_") }

// noteKey is what a note is about.
type noteKey struct{ event, security, group, window, test string }

// notebook holds the texts of a result's notes by what they are about.
type notebook struct {
	by     map[noteKey][]string
	within bool // some are about a window of an observation
}

func notesOf(r *analysis.Result) notebook {
	b := notebook{by: make(map[noteKey][]string)}
	for i := range r.Notes {
		n := &r.Notes[i]
		k := noteKey{event: n.EventID, security: n.Security, window: n.Window, test: n.Test}
		switch {
		case n.Group != "":
			k = noteKey{group: n.Group, window: n.Window, test: n.Test}
		case n.EventID != "" && n.Security == "" && !ofEventAlone(n.Code):
			continue
		}
		b.by[k] = append(b.by[k], n.Text())
		b.within = b.within || k.security != "" && k.window != ""
	}
	return b
}

// of returns the notes about k.
func (b notebook) of(k noteKey) []string {
	if len(b.by) == 0 || k.security != "" && k.window != "" && !b.within {
		return nil
	}
	return b.by[k]
}

// ofEventAlone reports whether the notes of this code about an event are true of
// each of its securities. The others name those that they concern; what they say
// of one of them stands in columns of its own.
func ofEventAlone(code string) bool {
	return slices.Contains([]string{"time-unknown", "time-unsure", "expected", "other-clock", "seen-time"}, code)
}

// observation returns the notes about an observation, its event and its security.
func (b notebook) observation(o *analysis.Observation) string {
	own, ofEvent, ofSecurity := b.of(noteKey{event: o.EventID, security: o.Security}), b.of(noteKey{event: o.EventID}), b.of(noteKey{security: o.Security})
	if len(own)+len(ofEvent)+len(ofSecurity) == 0 {
		return ""
	}
	return join(slices.Concat(own, ofEvent, ofSecurity)...)
}

// join puts those of parts that say something into one text. It changes parts.
func join(parts ...string) string {
	return strings.Join(slices.DeleteFunc(parts, func(s string) bool { return s == "" }), "; ")
}
