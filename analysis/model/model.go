package model

import "aftershock/analysis/stat"

// RiskFree is the name of the factor that holds the risk-free rate.
const RiskFree = "rf"

// factorised returns the factorisation of the sample's regressors: the one that it
// shares with others, or its own.
func (s *Sample) factorised() *stat.Factorisation {
	f := s.Shared
	if f == nil {
		if s.own == nil {
			s.own = new(stat.Factorisation)
		}
		f = s.own
		f.Ready = false
	}
	if !f.Ready {
		f.Factorise(s.X, len(s.Y))
	}
	return f
}

// spread sets S2 and R2 of an estimate whose M and K are set.
func (e *Estimate) spread(rss, tss, ybar float64) (err error) {
	e.S2, e.R2, err = Spread(e.M, e.K, rss, tss, ybar)
	return err
}

// Spread returns s^2 and R^2 of a least squares fit of k parameters on m rows, from the
// residual and total sums of squares and the mean of y. Errors: ErrNoVariance.
func Spread(m, k int, rss, tss, ybar float64) (s2, r2 float64, err error) {
	if stat.Negligible(rss, tss+float64(m)*ybar*ybar) {
		return 0, 0, noVariance(m)
	}
	if k > 1 {
		r2 = 1 - rss/tss
	}
	return rss / float64(m-k), r2, nil
}

// first is the sample with its first regressor alone.
func (s *Sample) first() *Sample {
	one := *s
	one.X = s.X[:1]
	if len(s.X) > 1 {
		if s.alone == nil {
			s.alone = new(stat.Factorisation)
		}
		one.Shared, one.own = nil, s.alone
	}
	return &one
}

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
	// parameters. Where the sample does not identify it, the error is ErrCollinear,
	// ErrNoVariance or ErrNotConverged with its figures, see Failed.
	Estimate(s *Sample, e *Estimate) error
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
	// Conditional: the estimate carries a variance of each session, H, HBefore and HEst.
	Conditional bool
	// Robust: outliers are discounted. A portfolio of such securities has the mean of
	// their coefficients; its own outliers would be others than theirs.
	Robust bool
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
	Y        []float64
	X        [][]float64
	Forecast int // the first Forecast terms predict
	Ahead    int // sessions from the last row to the first that is to be predicted
	Before   int // the same to the first after the estimation window

	Work   *stat.Workspace     // memory for the estimation; nil: the heap
	Shared *stat.Factorisation // of all of X, which other samples share; nil: of this one alone
	Sums   *stat.Sums          // of Y and the only regressor, where they are known

	own, alone *stat.Factorisation // of all regressors, and of the first alone
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
	// Penalty is that of the ridge regression of a model that has one, in squares of
	// the units of Y; infinite where it corrects nothing.
	Penalty float64
	// H, when not nil, is the forecast variance of each session of the event
	// window, HBefore that of each session between the estimation window and
	// session 0, and HEst the conditional variance of each row of the sample.
	H, HBefore, HEst []float64
}

// NewEstimate returns an estimate with room for p forecast terms.
func NewEstimate(p int) *Estimate {
	return &Estimate{B: make([]float64, 1+p), SE: make([]float64, 1+p), XBar: make([]float64, p), SInv: make([]float64, p*p)}
}

// Variance returns the variance of a sum of n abnormal returns whose
// regressors add up to z:
//
//	s^2 (n + z'(X'X)^-1 z) = s^2 (n + n^2/M + d'S^-1 d), d = z - n xbar
//
// with z counting the intercept; s^2 n for a fit that estimated nothing.
func (e *Estimate) Variance(n int, z []float64) float64 {
	return e.S2 * e.Scale(n, z)
}

// Scale is Variance without s^2.
func (e *Estimate) Scale(n int, z []float64) float64 {
	f := float64(n)
	if e.Plain {
		return f
	}
	if len(z) == 1 {
		d := z[0] - f*e.XBar[0]
		return f + f*f/float64(e.M) + d*d*e.SInv[0]
	}
	var ds stat.Small
	d := ds.Floats(len(z))
	for j := range z {
		d[j] = z[j] - f*e.XBar[j]
	}
	return f + f*f/float64(e.M) + stat.Quadratic(e.SInv, d)
}

// IsLeastSquares reports whether m is ordinary least squares on all its regressors:
// the fit of a mean of returns is then the mean of their fits. It knows the models of
// this package by their types, so that one which embeds them and estimates otherwise
// is none.
func IsLeastSquares(m Model) bool {
	switch m.(type) {
	case MarketModel, ConstantMean, CAPM, Factors:
		return true
	}
	return false
}

// Models is every expected-return model.
var Models = []Model{
	MarketModel{}, ConstantMean{}, MarketAdjusted{},
	CAPM{}, FamaFrench3, Carhart, FamaFrench5, FamaFrench6, Factors{},
	ScholesWilliams{}, Dimson{}, Dimson{FowlerRorke: true}, Huber{}, TheilSen{},
	GARCH{stat.GARCH11}, GARCH{stat.GJR}, GARCH{stat.EGARCH},
	Peer{}, Synthetic{}, Matched{},
}

// ModelByName returns the model called name, and false when there is none.
func ByName(name string) (Model, bool) {
	for _, m := range Models {
		if m.Name() == name {
			return m, true
		}
	}
	return nil, false
}
