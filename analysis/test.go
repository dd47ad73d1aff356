package analysis

// Distribution is a reference distribution.
type Distribution struct {
	Name string  // "normal", "t", "F", "chi2", "binomial", "signed-rank", "resampled"
	DF1  float64 // degrees of freedom; NaN where there are none
	DF2  float64 // denominator degrees of freedom of F; NaN otherwise
}

// Figure is a named by-product of a test, such as the exact p of the sign test.
type Figure struct {
	Name  string
	Value float64
}

// TestResult is the outcome of one test on one group and window. Where the
// test is undefined, Stat and the p values are NaN and Note says why.
type TestResult struct {
	Test   string
	Null   string // the hypothesis in words
	Window Window
	N      int // observations that entered
	Stat   float64
	Dist   Distribution
	P      float64 // two-sided, or the only one where the statistic has no sign
	PLower float64 // one-sided, against a fall; NaN where the statistic has no sign
	PUpper float64 // one-sided, against a rise; NaN where the statistic has no sign
	Extra  []Figure
	Note   string
}

// Scope says how many observations a test is about.
type Scope int

// The scopes.
const (
	OneObservation Scope = iota
	ManyObservations
)
