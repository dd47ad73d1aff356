package analysis

import (
	"aftershock/events"
	"aftershock/market"
)

// Grouping says by what observations are pooled.
type Grouping string

// The groupings.
const (
	ByEvent    Grouping = "event"
	BySecurity Grouping = "security"
	ByCategory Grouping = "category"
	All        Grouping = "all"
)

// Groupings lists every Grouping.
var Groupings = []Grouping{ByEvent, BySecurity, ByCategory, All}

// Note is a figure that is missing or doubtful, or a fact that a reader must
// know to read the figures rightly. The empty string in a field means that
// the note is not about one of these. The sentence is that of the code
// "note/CODE" or "note/CODE/VARIANT" (sentences.go); [Note.Text] says it.
type Note struct {
	Code     string // stable, e.g. "co-movement", "confounder", "missing-return"
	Severity Severity
	EventID  string
	Security string
	Group    string // as Group.Name
	Window   string // as Window.String
	Test     string
	Variant  string // which sentence of the code, "" for its only one
	Args     []any  // the values that stand in it, see [Sentence]
}

// Severity orders notes.
type Severity string

// The severities.
const (
	Info    Severity = "info"
	Warning Severity = "warning"
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

// Average is a group's cross-section on one session of the event window.
type Average struct {
	Tau          int
	N            int     // observations with an AR on this session
	AAR          float64 // mean of AR
	SD           float64 // cross-sectional standard deviation of AR, divisor N-1
	SE           float64 // standard error of AAR
	NPath        int     // observations whose CAR from the window's start is complete
	CAAR         float64 // mean CAR from the window's start to tau
	CAARSE       float64 // standard error of CAAR
	Lower, Upper float64 // 95% interval of CAAR
	Positive     int     // observations with AR > 0
}

// GroupWindow is a group's cross-section over one CAR window.
type GroupWindow struct {
	Window   Window
	N        int     // observations whose window is complete
	Missing  []int   // members (indices into Result.Observations) without a CAR here
	CAAR     float64 // mean CAR
	ABHAR    float64 // mean BHAR
	MeanSCAR float64
	Positive int     // CAR > 0
	RBar     float64 // mean correlation of the members over the window, see Cross.RBar; NaN for N < 2
	Drawn    int     // pairs drawn for RBar, where those with a member that lacks a session are too many; else 0
	RBarSE   float64 // standard error of RBar from the drawing, 0 where it is exact
	Tests    []TestResult
}

// Test returns the result of the test called name, or nil.
func (g *GroupWindow) Test(name string) *TestResult {
	for i := range g.Tests {
		if g.Tests[i].Test == name {
			return &g.Tests[i]
		}
	}
	return nil
}

// Group is a set of used observations that are averaged and tested together.
type Group struct {
	By      Grouping
	Key     string // event ID, symbol, category, or "all"
	Members []int  // indices into Result.Observations, used ones only, one for each security and session 0
	Repeats []int  // the others of those, whose return is that of a member
	// SameDate: all members share session 0, on one calendar.
	SameDate bool
	// SEMethod says how CAARSE and the interval were found: "portfolio" (the
	// forecast error of the equal-weighted portfolio; one date) or
	// "cross-section" (the members' spread, scaled up for their overlap).
	SEMethod string
	Averages []Average     // by session of the event window
	Windows  []GroupWindow // in the order of Study.CARWindows
}

// Name returns "event deepseek-r1", "security NVDA", "category earnings" or "all".
func (g *Group) Name() string {
	if g.By == All {
		return string(All)
	}
	return string(g.By) + " " + g.Key
}

// Result is a finished study.
type Result struct {
	Study        *Study
	Catalog      *events.Catalog
	Panel        *market.Panel
	Observations []Observation // every (event, security) pair, events in catalogue order, securities in the event's order
	CoefNames    []string      // names of Fit.Coef: "alpha", "beta", or factor names
	Groups       []Group
	Corrected    []Corrected // of Study.Family
	Contrasts    []Contrast  // of Study.Contrasts
	Regression   *Regression // what [Result.Regress] was last asked; nil after Run
	Notes        []Note

	eng       *engine
	spots     []spot          // by observation
	first     []int           // observations before each event of the catalogue
	scattered bool            // the rows of an event do not lie together
	early     []Group         // by event, those that are measured already
	repeats   []int32         // by observation, the one before it whose return it has, or -1; nil: none has
	all       []events.Target // the study's securities, for events that name none
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
