package analysis

import "aftershock/market"

// Reason says why an observation cannot be measured. The codes are stable:
// they stand in observations.csv.
type Reason string

// The reasons for an exclusion.
const (
	UnknownSecurity  Reason = "unknown-security"  // the panel has no such column
	NoBenchmark      Reason = "no-benchmark"      // a series that the model needs is not in the panel
	BeforeData       Reason = "before-data"       // session 0 lies before the security's first price
	AfterData        Reason = "after-data"        // session 0 lies after the security's last price
	OutsideCalendar  Reason = "outside-calendar"  // session 0 lies outside the exchange's calendar
	ShortEstimation  Reason = "short-estimation"  // fewer usable estimation sessions than required
	CollinearDesign  Reason = "collinear"         // the regressors are linearly dependent
	ZeroVariance     Reason = "zero-variance"     // the residual variance is zero
	NoEventReturns   Reason = "no-event-returns"  // no return in the whole event window
	NotConverged     Reason = "not-converged"     // an iterative fit did not converge
	UserExclusion    Reason = "excluded-by-user"  // named in the study's exclusions
	RepeatedSession0 Reason = "repeated-session0" // the same security and session 0 in an earlier event of a pooled study
)

// Exclusion says why one observation is not measured.
type Exclusion struct {
	Reason Reason
	Detail string // a sentence for people, with the figures
}

// Placement says by which rule session 0 was found. The codes are stable.
type Placement string

// The placements.
const (
	AtInstant   Placement = "session"     // the instant lies before the close of a session on its own local date
	PastClose   Placement = "after-close" // after that day's close (an early one too): the next session
	OnClosedDay Placement = "closed-day"  // the instant or date falls on a day without a session: the next session
	OnDate      Placement = "date"        // only a date was given, and it is a session
)

// Confounder is another catalogued event of the same security inside one of
// the windows of an observation.
type Confounder struct {
	EventID string
	Tau     int    // its session 0 in this observation's event time
	In      string // "estimation" or "event"
}

// Observation is one (event, security) pair, used or excluded.
type Observation struct {
	Event       int // index into Result.Catalog.Events
	EventID     string
	Security    string
	Sign        int // expected sign: -1, 0 (none stated), +1
	Benchmark   string
	Placement   Placement
	Session0    market.Date // NoDate when there is none
	Early       bool        // session 0 has an early close
	Exclusion   *Exclusion  // nil when the observation is used
	Fit         Fit
	Confounders []Confounder

	column int // index into the panel's columns, -1 when unknown
	index  int // calendar index of session 0 on the security's calendar
	row    int // row of the flat figures, -1 when excluded
}

// Used reports whether the observation was measured.
func (o *Observation) Used() bool { return o.Exclusion == nil }

// Fit is an expected-return model estimated on one observation's estimation
// window. NaN where a model does not define a figure.
type Fit struct {
	M, K        int       // usable sessions; estimated mean parameters
	Coef        []float64 // by Result.CoefNames: alpha, then the slopes
	SE          []float64 // standard errors of Coef
	S           float64   // residual standard deviation, divisor M-K (see the model)
	R2          float64   // decimals
	Diagnostics Diagnostics
}

// Alpha returns the intercept, NaN where the model has none.
func (f *Fit) Alpha() float64 { return at(f.Coef, 0) }

// Beta returns the slope on the first regressor, NaN where the model has none.
func (f *Fit) Beta() float64 { return at(f.Coef, 1) }

// Diagnostics of the estimation residuals in order of time, gaps closed up.
type Diagnostics struct {
	Autocorrelation         float64 // first-order
	DurbinWatson            float64
	JarqueBera, JarqueBeraP float64
	LjungBox, LjungBoxP     float64 // 10 lags
	ArchLM, ArchLMP         float64 // 5 lags
}
