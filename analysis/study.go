package analysis

import "aftershock/market"

// Study is a specification: everything that decides the figures, and no data.
type Study struct {
	Name          string
	Model         Model
	Benchmark     string // symbol of the market return; a security's own benchmark comes first
	Estimation    Window // event time, before Event
	Event         Window
	Windows       []Window // CAR windows, each within Event
	MinEstimation int      // usable estimation sessions that an observation needs
	Returns       market.ReturnKind
	Gaps          market.Gaps
	MissingEvent  MissingEvent
	Tests         []Test
	Groups        []Grouping
	Securities    []string // for events that name none
	Seed          uint64
}

// MissingEvent says what a CAR is whose window has a missing abnormal return.
type MissingEvent string

// The rules.
const (
	ExcludeMissing MissingEvent = "exclude" // no CAR; the observation leaves that window's tests, and a note says so
	ZeroMissing    MissingEvent = "zero"    // the missing abnormal return counts as 0, and a note says so
)

// Defaults of a Study.
var (
	DefaultEstimation = Window{-270, -21}
	DefaultEvent      = Window{-10, 10}
	DefaultWindows    = []Window{{0, 0}, {0, 1}, {-1, 1}, {0, 5}, {0, 10}}
)

// DefaultMinEstimation is the least number of usable estimation sessions.
const DefaultMinEstimation = 100
