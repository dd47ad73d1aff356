package analysis

import (
	"slices"

	"aftershock/analysis/model"
	"aftershock/market"
)

// Subject is what a study is about.
type Subject string

// The subjects.
const (
	// Returns: did the event move prices? The abnormal figures are returns.
	Returns Subject = "returns"
	// Volume: did it move trading? The abnormal figures are logarithms of
	// trading volume, see [Result.Turnover].
	Volume Subject = "volume"
	// Volatility: did it change how far prices move? The abnormal figures are
	// returns; the tests beaver-u and lambda are about their variance.
	Volatility Subject = "volatility"
)

// Subjects lists every Subject.
var Subjects = []Subject{Returns, Volume, Volatility}

// MissingEvent says what a CAR is whose window has a missing abnormal return.
type MissingEvent string

// The rules.
const (
	ExcludeMissing MissingEvent = "exclude" // no CAR; the observation leaves that window's tests, and a note says so
	ZeroMissing    MissingEvent = "zero"    // the missing abnormal return counts as 0, and a note says so
)

// Weighting says how observations are weighted in averages (AAR, CAAR, ABHAR)
// and in the tests of the average against its own past (portfolio, crude). The
// other tests weight observations as their papers define.
type Weighting string

// The weightings.
const (
	EqualWeights     Weighting = "equal"
	ValueWeights     Weighting = "value"     // market value at the last close before the event window
	PrecisionWeights Weighting = "precision" // 1/s^2 of the estimation window
)

// Weightings lists every Weighting.
var Weightings = []Weighting{EqualWeights, ValueWeights, PrecisionWeights}

// Confounding says what becomes of the other catalogued events of a security,
// those that share session 0 with the studied one left aside: they are one day's
// news. The choice is by catalogue, never by the size of a residual.
type Confounding string

// The choices.
const (
	KeepConfounders Confounding = "keep" // they stay, and are listed
	TrimConfounders Confounding = "trim" // sessions of the estimation window near one are no part of it
	DropConfounders Confounding = "drop" // a CAR window that holds one has no CAR
)

// Confoundings lists every Confounding.
var Confoundings = []Confounding{KeepConfounders, TrimConfounders, DropConfounders}

// Blocks says between which securities estimation residuals are taken to
// correlate, in the mean correlation of a group and what follows from it.
// Between two blocks the correlation counts as 0. A security whose block is not
// known is of every block.
type Blocks string

// The blocks.
const (
	OneBlock       Blocks = "all"
	SectorBlocks   Blocks = "sector"
	ExchangeBlocks Blocks = "exchange"
)

// BlockKinds lists every kind of Blocks.
var BlockKinds = []Blocks{OneBlock, SectorBlocks, ExchangeBlocks}

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

// Correction is a correction of p values for the number of hypotheses that
// are tested together.
type Correction string

// The corrections.
const (
	HolmCorrection       Correction = "holm"        // any wrong rejection, whatever the dependence
	BHCorrection         Correction = "bh"          // share of wrong rejections, independent or positively dependent tests
	BYCorrection         Correction = "by"          // share of wrong rejections, whatever the dependence
	RomanoWolfCorrection Correction = "romano-wolf" // any wrong rejection, with the dependence that the placebo draws show
)

// Corrections lists every Correction.
var Corrections = []Correction{HolmCorrection, BHCorrection, BYCorrection, RomanoWolfCorrection}

// FamilyKind says which hypotheses are a family.
type FamilyKind string

// The families.
const (
	SecurityFamily FamilyKind = "securities" // the securities of one event, over one CAR window
	SessionFamily  FamilyKind = "sessions"   // the sessions of the event window, for one group
	WindowFamily   FamilyKind = "windows"    // the CAR windows, for one group
	GroupFamily    FamilyKind = "groups"     // the groups of one grouping, over one CAR window
)

// FamilyKinds lists every FamilyKind.
var FamilyKinds = []FamilyKind{SecurityFamily, SessionFamily, WindowFamily, GroupFamily}

// Figure is something that a study gives beside the figures of its tests.
type Figure string

// The figures that a study may leave out.
const (
	AverageFigures         Figure = "averages"         // Group.Averages and SEMethod
	MeanCorrelationFigures Figure = "mean-correlation" // GroupWindow.RBar, where no test takes it
	NoteFigures            Figure = "notes"            // Result.Notes
)

// Figures lists every Figure.
var Figures = []Figure{AverageFigures, MeanCorrelationFigures, NoteFigures}

// Study is a specification: everything that decides the figures, and no data.
type Study struct {
	Name             string
	Subject          Subject // "" means Returns
	Model            model.Model
	Benchmark        string // symbol of the market return; a security's own benchmark comes first
	EstimationWindow Window // event time, before Event
	EventWindow      Window
	CARWindows       []Window // CAR windows, each within Event
	MinEstimation    int      // usable estimation sessions that an observation needs
	Returns          market.ReturnKind
	Gaps             market.Gaps
	MissingEvent     MissingEvent
	Weights          Weighting
	Confounders      Confounding // what becomes of other news of the security; "" means keep
	ConfounderWindow Window      // sessions about session 0 of other news that trim leaves out
	ConfounderExcept []string    // categories of events that are not trimmed or dropped
	Margin           float64     // effect that would matter, for tests of equivalence; 0: none is named
	Correlation      Blocks      // between which securities residuals are taken to correlate; "" means all
	Contrasts        []Versus    // of two groups each
	Tests            []Test
	Groups           []Grouping
	Family           FamilyKind // whose p values are corrected for each other; "": none
	Correction       Correction // by which
	Securities       []string   // for events that name none
	EventIDs         []string   // IDs of the events to study; empty: all. The others still count as confounders
	Seed             uint64     // of everything that is drawn at random
	Draws            int        // resamples, and pseudo-dates at most; 0 means DefaultDraws
	Trust            []string   // codes of market.Contradictions that exclude no observation
	Placebo          string     // test whose statistic placebo places at pseudo-dates; "" chooses, see Placebo

	// Without is what is left out because nothing asks for it: one of many studies of a
	// sweep is asked for its tests alone, which takes two thirds of the time. All that
	// is not left out has the same bits. A mean correlation that is left out is NaN; as
	// a note tells of members that move together, it goes only with the notes.
	Without []Figure

	shift int // sessions by which session 0 of every event is moved, of a sweep
}

// gives reports whether f is asked for.
func (s *Study) gives(f Figure) bool { return !slices.Contains(s.Without, f) }

// DefaultDraws is how often the resampled tests draw where nothing else is
// asked for.
const DefaultDraws = 9_999

func (s *Study) draws() int {
	if s.Draws == 0 {
		return DefaultDraws
	}
	return s.Draws
}
