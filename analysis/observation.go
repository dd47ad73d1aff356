package analysis

import (
	"errors"
	"fmt"

	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/market"
)

// Reason says why an observation cannot be measured. The codes are stable:
// they stand in observations.csv.
type Reason string

// The reasons for an exclusion.
const (
	UnknownSecurity Reason = "unknown-security" // the panel has no such column
	NoRegressor     Reason = "no-regressor"     // a series that the model needs (the benchmark, a factor) is not in the panel
	NoVolume        Reason = "no-volume"        // the panel has no trading volume of it
	OutsideCalendar Reason = "outside-calendar" // session 0 lies outside the exchange's calendar
	BeforeData      Reason = "before-data"      // session 0 lies before the security's first price
	AfterData       Reason = "after-data"       // session 0 lies after the security's last price
	ShortEstimation Reason = "short-estimation" // fewer usable estimation sessions than required
	Collinear       Reason = "collinear"        // the regressors are linearly dependent
	ZeroVariance    Reason = "zero-variance"    // the residual variance is zero
	NoEventReturns  Reason = "no-event-returns" // no abnormal return in the whole event window
	NoMarketValue   Reason = "no-market-value"  // the study weights by market value, and it is not known
	NotConverged    Reason = "not-converged"    // an iterative fit did not converge
	IsDraft         Reason = "draft"            // the event is a draft: its time is not known, or nobody has looked at it
)

// Exclusion says why one observation is not measured. The sentence is that of
// the code "excluded/REASON" or "excluded/REASON/VARIANT" (sentences.go).
type Exclusion struct {
	Reason  Reason
	Variant string // which sentence of the reason, "" for its only one
	Args    []any  // the values that stand in it: strings, ints and float64s, which a stored [Part] can hold
}

// Placement says by which rule session 0 was found. The codes are stable.
type Placement string

// The placements.
const (
	InSession   Placement = "in-session"  // the instant lies before the close of a session on its own local date
	PastClose   Placement = "after-close" // after that day's close, an early one too: the next session
	OnClosedDay Placement = "closed-day"  // the instant or date falls on a day without a session: the next session
	OnDate      Placement = "date"        // only a date was given, and it is a session
)

// Confounder is another catalogued event of the same security inside one of
// the windows of an observation.
type Confounder struct {
	Event   int // index into Result.Catalog.Events
	EventID string
	Tau     int    // its session 0 in this observation's event time
	In      string // "estimation" or "event"
}

// Observation is one (event, security) pair, used or excluded.
type Observation struct {
	Event     int // index into Result.Catalog.Events
	EventID   string
	Security  string
	Sign      int // expected sign: -1, 0 (none stated), +1
	Benchmark string
	Placement Placement
	Session0  market.Date // NoDate when there is none
	Early     bool        // session 0 closes early
	Exclusion *Exclusion  // nil when the observation is used
	Fit       Fit         // zero when excluded before the fit

	column int32 // index into the panel's columns, -1 when unknown
	index  int32 // calendar index of session 0 on the security's calendar
	row    int32 // row of the flat figures, -1 when excluded
}

// Used reports whether the observation was measured.
func (o *Observation) Used() bool { return o.Exclusion == nil }

// Fit is an expected-return model estimated on one observation's estimation
// window. A figure that the model does not define is NaN or absent.
type Fit struct {
	M, K int       // usable sessions; estimated mean parameters
	Coef []float64 // by Result.CoefNames; empty where the model estimates none
	SE   []float64 // standard errors of Coef, NaN where the model gives none
	S    float64   // residual standard deviation, a decimal return
	R2   float64   // share of the variance explained, a decimal; NaN where nothing is estimated
}

// exclusionOf returns the exclusion that the error of a model makes.
func exclusionOf(err error) *Exclusion {
	reason := NotConverged
	switch {
	case errors.Is(err, model.ErrCollinear):
		reason = Collinear
	case errors.Is(err, model.ErrNoVariance):
		reason = ZeroVariance
	}
	var f *model.Failure
	if !errors.As(err, &f) {
		return exclude(reason, "%s", err.Error())
	}
	ex := exclude(reason, f.Format)
	for _, v := range f.Args {
		switch v.(type) {
		case int, float64, string:
		default: // which a stored Part could not hold
			v = fmt.Sprint(v)
		}
		ex.Args = append(ex.Args, v)
	}
	return ex
}

// Place finds session 0 of an event on an exchange's calendar: the first
// session at whose close the news could be in the price.
//
//   - An instant belongs to the first session whose close is after it.
//   - A date belongs to the session of that date, or to the next one where it
//     is none; after_close moves a date that is a session one session on.
//   - A clock of an unknown zone counts as its date. A draft is excluded.
//
// index is meaningless when an exclusion is returned.
func Place(e *events.Event, cal *market.Calendar) (index int, how Placement, ex *Exclusion) {
	if e.Timeless() {
		return 0, "", exclude(IsDraft, "timeless")
	}
	if e.Status() == events.Draft {
		return 0, "", exclude(IsDraft, "")
	}
	n := cal.Len()
	if n == 0 {
		return 0, "", exclude(OutsideCalendar, "empty", cal.Name())
	}
	d := market.DateOf(e.Time.UTC())
	instant, timed := e.Instant()
	if timed {
		d = market.DateOf(instant.In(cal.Zone()))
	}
	if d < cal.Date(0) || d > cal.Date(n-1) {
		return 0, "", exclude(OutsideCalendar, "", d.String(), cal.Name(), cal.Date(0).String(), cal.Date(n-1).String())
	}
	i, session := cal.Index(d)
	switch {
	case !session:
		how = OnClosedDay
	case timed && !cal.Close(i).After(instant), !timed && e.AfterClose:
		i, how = i+1, PastClose
	case timed:
		how = InSession
	default:
		how = OnDate
	}
	if i >= n {
		return 0, "", exclude(OutsideCalendar, "after", cal.Name(), cal.Date(n-1).String())
	}
	return i, how, nil
}
