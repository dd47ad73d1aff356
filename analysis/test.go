package analysis

import (
	"slices"

	"aftershock/analysis/stat"
)

// ByProduct is a named by-product of a test, such as the exact p of the sign test.
type ByProduct struct {
	Name  string
	Value float64
}

// TestResult is the outcome of one test on one group and window. Where the
// test is undefined, Stat and the p values are NaN and Note says why.
type TestResult struct {
	Test       string
	Null       string // the hypothesis in words
	Of         string // test whose statistic this is, where placebo places another's; "" otherwise
	Window     Window
	N          int // observations that entered
	Stat       float64
	Dist       stat.Distribution
	P          float64 // two-sided, or the only one where the statistic has no sign
	PLower     float64 // one-sided, against a fall; NaN where the statistic has no sign
	PUpper     float64 // one-sided, against a rise; NaN where the statistic has no sign
	ByProducts []ByProduct
	Note       *Sentence // nil where the test is defined
}

// ByProduct returns the by-product called name, NaN when there is none.
func (r *TestResult) ByProduct(name string) float64 {
	for _, f := range r.ByProducts {
		if f.Name == name {
			return f.Value
		}
	}
	return nan
}

// Scope says how many observations a test is about.
type Scope int

// The scopes.
const (
	OneObservation Scope = iota
	ManyObservations
	AnyNumber // one or many
)

// covers reports whether a test of scope s serves t, one observation or many.
func (s Scope) covers(t Scope) bool { return s == t || s == AnyNumber }

// Properties are what a test assumes, as data: the rules of reports, the default
// list, calibration and verification go by them.
type Properties struct {
	Independence Independence
	OneDate      bool // it is defined where the observations share their session 0 only
	Resampled    bool // its p value comes from drawing again, not from a distribution
}

// Independence says whether a test takes observations as independent, so that its p
// value is wrong where they move together.
type Independence int

// Where a test takes observations as independent.
const (
	NotTaken         Independence = iota // it allows for how they move together, or is about one
	TakenAcrossDates                     // where their dates differ: it counts co-movement by event time
	TakenAlways
)

// TakenFor reports whether observations are taken as independent, of one date or
// of several.
func (i Independence) TakenFor(sameDate bool) bool {
	return i == TakenAlways || i == TakenAcrossDates && !sameDate
}

// Test is a hypothesis test on a cross-section of one or many observations.
type Test interface {
	// Name is the test's name in configuration, flags and files.
	Name() string
	// Null is the hypothesis that it tests, in words.
	Null() string
	// Assumes says in words what must hold for its p value to be right.
	Assumes() string
	// Properties says the same as data, as far as the program decides by it.
	Properties() Properties
	// Paper is the source of the formula.
	Paper() string
	// Scope says whether it is about one observation or many.
	Scope() Scope
	// Run computes the statistic. It returns [Undefined] where the
	// cross-section does not allow it.
	Run(c *CrossSection) TestResult
}

// Tests is every test.
var Tests = []Test{
	StudentTest{},
	CrossSectionTest{}, CrudeDependence{}, PortfolioTest{}, Dates{},
	Patell{}, BMP{}, KPBMP{}, KPPatell{},
	Joint{},
	Skewness{}, SignTest{}, GeneralizedSign{}, Wilcoxon{},
	RankTest{}, RankStandardized{}, GRankT{}, GRankZ{},
	SampleQuantile{},
	BHARTest{}, BHARSkewness{}, CalendarTime{},
	VarianceU{}, VarianceLambda{},
	Bootstrap{}, Placebo{},
}

// TestByName returns the test called name, and false when there is none.
func TestByName(name string) (Test, bool) {
	for _, t := range Tests {
		if t.Name() == name {
			return t, true
		}
	}
	return nil, false
}

// run performs t and completes its result.
func run(t Test, c *CrossSection) TestResult {
	var r TestResult
	if c.N() == 0 {
		r = Undefined("undefined/no-window")
	} else {
		r = t.Run(c)
	}
	r.Test, r.Null, r.Window, r.N = t.Name(), t.Null(), c.Window, c.N()
	return r
}

// outcome is the result of a statistic with a closed-form distribution.
func outcome(value float64, d stat.Distribution) TestResult {
	r := TestResult{Stat: value, Dist: d}
	r.P, r.PLower, r.PUpper = d.PValues(value)
	return r
}

// Undefined is the result of a test that cannot be computed, with the reason: the
// code of a sentence of this package, or, for a test written elsewhere, the
// English sentence itself, as [Sentence.Fill] takes it.
func Undefined(code string, args ...any) TestResult {
	r := unknown
	r.Note = &Sentence{code, args}
	return r
}

var unknown = TestResult{Stat: nan, P: nan, PLower: nan, PUpper: nan, Dist: stat.Distribution{DF1: nan, DF2: nan}}

const noAverage = "the average abnormal return is zero"

// DefaultTests returns the tests of Tests that have closed-form p values, or
// p values read off the estimation window: all but bootstrap, placebo and
// bhar-skewness.
func DefaultTests() []Test {
	return slices.DeleteFunc(slices.Clone(Tests), func(t Test) bool {
		return t.Properties().Resampled
	})
}

// byProducts returns by-products of a test.
func (c *CrossSection) byProducts(f ...ByProduct) []ByProduct {
	mem := c.mem()
	if mem == nil {
		return slices.Clone(f)
	}
	out := mem.figures.next(len(f))
	copy(out, f)
	return out
}

// PropertiesOf returns the properties of the test called name: one of the study's,
// or of Tests; none where there is no such test.
func (s *Study) PropertiesOf(name string) Properties {
	for _, t := range s.Tests {
		if t.Name() == name {
			return t.Properties()
		}
	}
	if t, ok := TestByName(name); ok {
		return t.Properties()
	}
	return Properties{}
}

// runs reports whether t is among the study's tests.
func (s *Study) runs(t Test) bool {
	for _, x := range s.Tests {
		if x.Name() == t.Name() {
			return true
		}
	}
	return false
}
