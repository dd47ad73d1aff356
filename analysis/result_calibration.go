package analysis

import (
	"slices"

	"aftershock/market"
)

// calibrated is the level of the verdicts and of the power curves.
const calibrated = 0.05

// Verdict says how a test fares on the user's own data.
type Verdict string

// The verdicts.
const (
	Holds      Verdict = "holds"       // it rejects true nulls about as often as it says
	TooOften   Verdict = "too-often"   // it rejects more of them
	TooRarely  Verdict = "too-rarely"  // it rejects fewer: its p values are safe, and it misses effects
	NotDecided Verdict = "not-decided" // there are too few pseudo-dates to tell
)

// Rate is a share of pseudo-dates with its 95% interval.
type Rate struct {
	Level float64 `json:"level"` // of the test
	Share float64 `json:"share"` // of p values at or below it
	Lower float64 `json:"lower"`
	Upper float64 `json:"upper"`
	// Effective is the number of independent studies that the pseudo-dates are
	// worth for this share.
	Effective float64 `json:"effective"`
}

// Power is how often a test rejects at 5% when every observation that reacts
// has Inject more abnormal return on session 0.
type Power struct {
	Inject float64 `json:"inject"` // a decimal
	Rate
	// Adjusted is the share at the level that gives the test, without what was
	// injected, a size of 5% here, or less where p values are few: tests whose
	// size does not hold compare by it.
	Adjusted float64 `json:"adjusted"`
}

// CalibratedTest is one test on one group and window without any event.
type CalibratedTest struct {
	Test      string  `json:"test"`
	Draws     int     `json:"draws"`          // pseudo-dates at which it is defined
	Undefined int     `json:"undefined"`      // pseudo-dates at which it is not
	Size      []Rate  `json:"size,omitempty"` // by Levels; none where it is nowhere defined
	Verdict   Verdict `json:"verdict"`
	Selected  []Rate  `json:"selected,omitempty"` // by Levels, where the largest of Calibration.Selected sessions was picked
	Power     []Power `json:"power,omitempty"`    // by CalibrateSpec.Inject
}

// At returns the size at level; the zero Rate where there is none.
func (t *CalibratedTest) At(level float64) Rate {
	for _, s := range t.Size {
		if s.Level == level {
			return s
		}
	}
	return Rate{}
}

// CalibratedGroup is a group over one window at its pseudo-dates. Groups of the
// same securities with the same distances between their dates are the same
// there, and stand here as one.
type CalibratedGroup struct {
	Groups       []string         `json:"groups"` // names as of Group.Name
	Observations int              `json:"observations"`
	SameDate     bool             `json:"same_date"`
	Window       Window           `json:"window"`
	Draws        int              `json:"draws"` // pseudo-dates
	Pool         int              `json:"pool"`  // that could have been drawn
	Clean        bool             `json:"clean"` // no estimation window holds an event
	First        market.Date      `json:"first"` // session 0 of the first observation at the first and the last of them
	Last         market.Date      `json:"last"`
	Tests        []CalibratedTest `json:"tests"`
}

// Test returns the test called name, or nil.
func (g *CalibratedGroup) Test(name string) *CalibratedTest {
	for i := range g.Tests {
		if g.Tests[i].Test == name {
			return &g.Tests[i]
		}
	}
	return nil
}

// Calibration is how the tests of a study fare on its own securities, dates and
// windows where there is no event, and where an abnormal return is injected.
type Calibration struct {
	Inject   []float64         `json:"inject,omitempty"`
	Share    float64           `json:"share"`
	Opposite bool              `json:"opposite,omitempty"`
	Selected int               `json:"selected,omitempty"` // of how many sessions the one with the largest |CAAR| was picked
	Groups   []CalibratedGroup `json:"groups"`             // by group, then window
}

// Group returns the calibration of the group called name over w, or nil.
func (c *Calibration) Group(name string, w Window) *CalibratedGroup {
	for i := range c.Groups {
		if g := &c.Groups[i]; g.Window == w && slices.Contains(g.Groups, name) {
			return g
		}
	}
	return nil
}
