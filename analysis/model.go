package analysis

// Model is an expected-return model. Every model predicts the return of a
// session linearly,
//
//	E[R_t] = b_0 + b_1 x_1t + ... + b_p x_pt
//
// from series that it names; models differ in the series and in how b and the
// residual variance are estimated.
type Model interface {
	// Name is the model's name in configuration, flags and files.
	Name() string
	// About says in one sentence what the model takes as normal.
	About() string
	// Paper is the source of the definition.
	Paper() string
	// Coefs names the coefficients that are estimated and reported, the
	// intercept first; none for a model that estimates nothing.
	Coefs() []string
	// Design lists the series that explain the return of a security.
	Design(security string) Design
	// Estimate fits the model to a sample that has more rows than
	// parameters. It returns an exclusion where the sample does not identify it.
	Estimate(s *Sample, e *Estimate) *Exclusion
}

// Design lists the regressors of one security. The first Forecast terms
// predict the event window; the others serve the estimation only (leads and
// lags). With Excess, the dependent variable is R - Rf.
type Design struct {
	Terms    []Term
	Forecast int
	Excess   bool
	// Problem, when not empty, says why the model cannot explain this
	// security; its observations are excluded.
	Problem string
}

// Term is one regressor: a named series, Lag sessions earlier (negative: later).
type Term struct {
	Series SeriesKind
	Name   string // symbol or factor name; "" for the benchmark and a basket
	Lag    int
	Excess bool    // less the risk-free rate
	Basket *Basket // of a BasketReturn
}

// Basket is a portfolio whose return on a session is the mean of the returns of
// those of its securities that have one.
type Basket struct {
	Symbols []string
	ByValue bool // weighted by market value at the close before the session; else equally
}

// SeriesKind says where a regressor comes from.
type SeriesKind int

// The kinds of series.
const (
	BenchmarkReturn SeriesKind = iota // the security's benchmark, or the study's
	SecurityReturn                    // another column of the panel
	FactorReturn                      // a factor of the panel
	BasketReturn                      // the mean of several columns
)

// Sample is what a model is estimated on: the usable sessions of one
// estimation window in order of time, without gaps. X[j] is the j-th term of
// the design; all slices have the same length.
type Sample struct {
	Y          []float64
	X          [][]float64
	Forecast   int // the first Forecast terms predict
	Last       int // event time of the last row
	Estimation Window
	Event      Window

	work  *workspace
	frame *frame // of all of X, shared with other samples; nil: of this one alone
}

// Estimate is a fitted model. The prediction is B[0] + sum B[1+j] x_j over the
// forecast terms. The variance of an abnormal return is, with d = x_t - XBar
// and S = the centred cross products of the regressors on the sample,
//
//	S2 (1 + 1/M + d' S^-1 d)
//
// unless the fit is Plain, or H gives it outright.
type Estimate struct {
	// B holds the intercept, the coefficients of the forecast terms and then
	// those that a model names beyond them; SE their standard errors, NaN where
	// there are none.
	B, SE []float64
	M, K  int
	S2    float64
	R2    float64
	XBar  []float64 // len Forecast
	SInv  []float64 // Forecast x Forecast, row by row
	// Plain: the prediction was not estimated, so that Var(AR) = S2.
	Plain bool
	// H, when not nil, is the forecast variance of each session of the event
	// window, and HEst the conditional variance of each row of the sample.
	H, HEst []float64
}

// Models is every expected-return model.
var Models = []Model{
	MarketModel{}, ConstantMean{}, MarketAdjusted{},
	CAPM{}, FamaFrench3, Carhart, FamaFrench5, FamaFrench6, Factors{},
	ScholesWilliams{}, Dimson{}, Dimson{FowlerRorke: true}, Huber{}, TheilSen{},
	GARCH{GARCH11}, GARCH{GJR}, GARCH{EGARCH},
	Peer{}, Synthetic{}, Matched{},
}

// ModelByName returns the model called name, and false when there is none.
func ModelByName(name string) (Model, bool) {
	for _, m := range Models {
		if m.Name() == name {
			return m, true
		}
	}
	return nil, false
}

// MarketModel is ordinary least squares on the benchmark's return.
type MarketModel struct{}

// Name implements Model.
func (MarketModel) Name() string { return "market" }

// About implements Model.
func (MarketModel) About() string {
	return "what the benchmark's return, times the security's usual sensitivity to it, would have given"
}

// Paper implements Model.
func (MarketModel) Paper() string {
	return "MacKinlay (1997), section 4; Campbell, Lo, MacKinlay (1997), 4.3"
}

// Coefs implements Model.
func (MarketModel) Coefs() []string { return []string{"alpha", "beta"} }

// Design implements Model.
func (MarketModel) Design(string) Design {
	return Design{Terms: []Term{{Series: BenchmarkReturn}}, Forecast: 1}
}

// Estimate implements Model: R_t = alpha + beta Rm_t + e_t by ordinary least
// squares, s^2 = sum e^2 / (M-2).
func (MarketModel) Estimate(s *Sample, e *Estimate) *Exclusion { return leastSquares(s, e) }

// ConstantMean takes the mean of the estimation window as normal.
type ConstantMean struct{}

// Name implements Model.
func (ConstantMean) Name() string { return "mean" }

// About implements Model.
func (ConstantMean) About() string { return "the security's own mean return" }

// Paper implements Model.
func (ConstantMean) Paper() string {
	return "Brown and Warner (1980, 1985); MacKinlay (1997), section 4"
}

// Coefs implements Model.
func (ConstantMean) Coefs() []string { return []string{"alpha"} }

// Design implements Model.
func (ConstantMean) Design(string) Design { return Design{} }

// Estimate implements Model: R_t = alpha + e_t, s^2 = sum e^2 / (M-1).
func (ConstantMean) Estimate(s *Sample, e *Estimate) *Exclusion { return leastSquares(s, e) }

// MarketAdjusted takes the benchmark's return as normal; nothing is estimated
// but the variance.
type MarketAdjusted struct{}

// Name implements Model.
func (MarketAdjusted) Name() string { return "market-adjusted" }

// About implements Model.
func (MarketAdjusted) About() string { return "the benchmark's return" }

// Paper implements Model.
func (MarketAdjusted) Paper() string { return "Brown and Warner (1980, 1985)" }

// Coefs implements Model.
func (MarketAdjusted) Coefs() []string { return nil }

// Design implements Model.
func (MarketAdjusted) Design(string) Design {
	return Design{Terms: []Term{{Series: BenchmarkReturn}}, Forecast: 1}
}

// Estimate implements Model: AR = R - Rm; s^2 is the sample variance of R - Rm
// about its mean, divisor M-1, so that the model counts as K = 1.
func (MarketAdjusted) Estimate(s *Sample, e *Estimate) *Exclusion { return difference(s, e) }

// difference takes the first regressor itself as the expected return.
func difference(s *Sample, e *Estimate) *Exclusion {
	m := float64(len(s.Y))
	var ss, raw float64
	gap := mean(s.Y) - mean(s.X[0])
	for t, y := range s.Y {
		d := y - s.X[0][t] - gap
		ss += d * d
		raw += y * y
	}
	e.B[0], e.B[1] = 0, 1
	e.M, e.K = len(s.Y), 1
	e.S2, e.R2, e.Plain = ss/(m-1), nan, true
	if negligible(ss, raw) {
		return noVariance(e.M)
	}
	return nil
}
