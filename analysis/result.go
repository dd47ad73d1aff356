package analysis

import (
	"aftershock/events"
	"aftershock/market"
)

// AbnormalReturns are the abnormal returns of one used observation. All slices are
// views of the result's memory: do not modify them. Returns are decimals of
// the study's kind. NaN = no observation.
//
// Return, Expected, AR, SE, SAR, Path, PathSE have one element a session of
// the event window (element k is tau = Study.EventWindow.From + k); Path is the CAR
// from the window's first session to tau and PathSE its standard error. The
// others have one element a CAR window, in the order of Study.CARWindows.
type AbnormalReturns struct {
	Return, Expected, AR, SE, SAR, Path, PathSE []float64
	CAR, CARSE, SCAR, CSAR, BHAR                []float64
}

// Result is a finished study.
type Result struct {
	Study        *Study
	Catalog      *events.Catalog
	Panel        *market.Panel
	Observations []Observation // every (event, security) pair, events in catalogue order, securities in the event's order
	CoefNames    []string      // names of Fit.Coef: "alpha", "beta", or factor names
	Groups       []Group
	Corrected    []Corrected  // of Study.Family
	Contrasts    []Contrast   // of Study.Contrasts
	Regression   *Regression  // what [Result.Regress] was last asked; nil after Run
	Moves        *Explanation // of the studied securities in the period of the study; nil unless [Result.FindMoves] was asked
	MostMoves    int          // how many of them a report tells of each security
	Notes        []Note
	Calibration  *Calibration // how the tests fare on the data of the study, where that was asked; nil after Run

	eng       *engine
	spots     []spot          // by observation
	first     []int           // observations before each event of the catalogue
	scattered bool            // the rows of an event do not lie together
	early     []Group         // by event, those that are measured already
	repeats   []int32         // by observation, the one before it whose return it has, or -1; nil: none has
	all       []events.Target // the study's securities, for events that name none
	joined    *joined         // what parts have computed, of Merge
}

// Counts returns how many observations were used and how many excluded; the
// two add up to len(r.Observations).
func (r *Result) Counts() (used, excluded int) {
	for i := range r.Observations {
		if r.Observations[i].Used() {
			used++
		} else {
			excluded++
		}
	}
	return used, excluded
}

// Group returns the group of that grouping and key, or nil.
func (r *Result) Group(by Grouping, key string) *Group {
	for i := range r.Groups {
		if r.Groups[i].By == by && r.Groups[i].Key == key {
			return &r.Groups[i]
		}
	}
	return nil
}

// Session returns the date of event time tau for observation i: the session
// tau sessions after session 0 on the security's own calendar. It is NoDate
// where the calendar has none.
func (r *Result) Session(i, tau int) market.Date {
	o := &r.Observations[i]
	if o.column < 0 || o.Session0 == market.NoDate {
		return market.NoDate
	}
	cal := r.Panel.Columns[o.column].Calendar
	if k := int(o.index) + tau; k >= 0 && k < cal.Len() {
		return cal.Date(k)
	}
	return market.NoDate
}

// Turnover reports whether the abnormal figures of a study of volume are those
// of turnover. With V_t the shares traded in a session and S those outstanding,
//
//	y_t = ln(1 + V_t/S)  where S is known of every security studied and of
//	                     every benchmark that explains one
//	y_t = ln(1 + V_t)    otherwise
//
// the same for all, so that averages are of one unit. A session on which
// nothing was traded, or of which no volume is known, has none (NaN). False for
// the other subjects. Ajinkya and Jain (1989); Campbell and Wasley (1996).
func (r *Result) Turnover() bool { return r.eng.turnover }
