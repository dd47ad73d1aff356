package analysis

import (
	"math"
	"slices"

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
	Study       *Study
	Catalog     *events.Catalog
	Panel       *market.Panel
	CoefNames   []string // names of Fit.Coef: "alpha", "beta", or factor names
	Groups      []Group
	Corrected   []Corrected  // of Study.Family
	Contrasts   []Contrast   // of Study.Contrasts
	Regression  *Regression  // what [Result.Regress] was last asked; nil after Run
	Moves       *Explanation // of the studied securities in the period of the study; nil unless [Result.FindMoves] was asked
	MostMoves   int          // how many of them a report tells of each security
	Notes       []Note
	Calibration *Calibration // how the tests fare on the data of the study, where that was asked; nil after Run

	eng       *engine
	spots     []spot               // by observation
	row       []int32              // the same: index into the figures of eng, -1 where it is excluded
	first     []int                // observations before each event of the catalogue
	excluded  map[int32]*Exclusion // by observation
	scattered bool                 // the rows of an event do not lie together
	early     []Group              // by event, those that are measured already
	repeats   []int32              // by observation, the one before it whose return it has, or -1; nil: none has
	all       []events.Target      // the study's securities, for events that name none
	joined    *joined              // what parts have computed, of Merge
}

// N returns the number of observations: every (event, security) pair, events in
// catalogue order, securities in the event's order.
func (r *Result) N() int { return len(r.spots) }

// Observation returns observation i, of [0, N). It is made of what the result holds in
// columns: to change it changes nothing else.
func (r *Result) Observation(i int) *Observation {
	o := new(Observation) // most often on the caller's stack
	r.observation(o, i)
	return o
}

// Used reports whether observation i was measured.
func (r *Result) Used(i int) bool { return r.row[i] >= 0 }

// observation sets o, which is zero, to observation i.
func (r *Result) observation(o *Observation, i int) {
	g, p, row := r.eng, r.spots[i], r.row[i]
	ev := r.eventOf(i)
	e := &r.Catalog.Events[ev]
	t := &r.targets(e)[i-r.first[ev]]
	o.Event, o.EventID, o.Security, o.Sign = ev, e.ID, t.Symbol, t.Sign
	o.column, o.row, o.Session0 = p.column, row, market.NoDate
	if row < 0 {
		o.Exclusion = r.excluded[int32(i)]
	} else if g.m != nil { // there is room for what is measured
		n, at := len(r.CoefNames), int(row)*g.coefs
		o.Fit = Fit{int(g.m[row]), int(g.k[row]), g.b[at:][:n:n], g.se[at:][:n:n], math.Sqrt(g.s2[row]), g.r2[row]}
	}
	if p.column < 0 {
		return
	}
	o.Benchmark = g.series[p.column].bench
	if p.how() > 0 {
		cal := r.Panel.Columns[p.column].Calendar
		o.index, o.Placement = p.index(), placements[p.how()]
		o.Session0, o.Early = cal.Date(int(o.index)), cal.Early(int(o.index))
	}
}

// sign returns the sign that the catalogue expects of observation i, 0 for none.
func (r *Result) sign(i int) int {
	ev := r.eventOf(i)
	return r.targets(&r.Catalog.Events[ev])[i-r.first[ev]].Sign
}

// EventOf returns the index in the catalogue of the event of observation i.
func (r *Result) EventOf(i int) int { return r.eventOf(i) }

// df returns the degrees of freedom of the fit of observation i, which was used.
func (r *Result) df(i int) float64 {
	if g, row := r.eng, r.row[i]; g.m != nil {
		return float64(int(g.m[row]) - int(g.k[row]))
	}
	return 0
}

// eventOf returns the event of observation i.
func (r *Result) eventOf(i int) int {
	if row := r.row[i]; row >= 0 {
		return int(r.eng.ev[row])
	}
	ev, _ := slices.BinarySearch(r.first, i+1) // the first that begins behind it
	return ev - 1
}

// Counts returns how many observations were used and how many excluded; the
// two add up to N.
func (r *Result) Counts() (used, excluded int) {
	return r.N() - len(r.excluded), len(r.excluded)
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
	o := r.Observation(i)
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
