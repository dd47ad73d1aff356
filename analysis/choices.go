package analysis

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
