package analysis

import (
	"fmt"
	"math"
	"slices"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/market"
)

// DefaultStudy is the study that is performed where nothing else is asked for.
func DefaultStudy() *Study {
	return &Study{
		Name:             "study",
		Subject:          Returns,
		Model:            model.MarketModel{},
		Benchmark:        "SPY",
		EstimationWindow: Window{-270, -21},
		EventWindow:      Window{-10, 10},
		CARWindows:       []Window{{0, 0}, {0, 1}, {-1, 1}, {0, 5}, {0, 10}},
		MinEstimation:    100,
		Returns:          market.Simple,
		Gaps:             market.Skip,
		MissingEvent:     ExcludeMissing,
		Confounders:      KeepConfounders,
		ConfounderWindow: Window{0, 1},
		Weights:          EqualWeights,
		Tests:            DefaultTests(),
		Groups:           Groupings,
		Correction:       HolmCorrection,
		Seed:             1,
	}
}

// longest is the most sessions of a window: some forty years, beyond which no
// calendar reaches.
const longest = 10_000

// maxDraws is the most resamples: their statistics are held in memory.
const maxDraws = 10_000_000

// SpecError says which field of a Study makes no sense, and why.
type SpecError struct {
	Field   string   // as in the configuration: "estimation", "car[2]"
	Problem Sentence // what is wrong and what to do; its code is the English form
}

// Error implements error.
func (e *SpecError) Error() string { return "study." + e.Field + ": " + e.Problem.Text() }

// refuse is the error of a field, with the values that stand in its sentence.
func refuse(field, form string, args ...any) *SpecError {
	return &SpecError{field, Sentence{form, args}}
}

// Validate reports the first thing in the study that makes no sense, as a *SpecError.
func (s *Study) Validate() error {
	switch {
	case s.Model == nil:
		return refuse("model", "none is named; `list models` shows them")
	case s.Subject != "" && !slices.Contains(Subjects, s.Subject):
		return refuse("design", "%q; use returns, volume or volatility", s.Subject)
	case !s.Subject.explainedBy(s.Model):
		return refuse("design", "the model %s explains returns by returns of others than the benchmark, which says nothing of volume; use mean or market", s.Model.Name())
	case s.EstimationWindow.From > s.EstimationWindow.To:
		return refuse("estimation", "%s ends before it begins", s.EstimationWindow)
	case s.EventWindow.From > s.EventWindow.To:
		return refuse("event", "%s ends before it begins", s.EventWindow)
	case s.EstimationWindow.Len() > longest:
		return refuse("estimation", "%s has %d sessions; use %d or fewer", s.EstimationWindow, s.EstimationWindow.Len(), longest)
	case s.EventWindow.Len() > longest:
		return refuse("event", "%s has %d sessions; use %d or fewer", s.EventWindow, s.EventWindow.Len(), longest)
	case s.EstimationWindow.To >= s.EventWindow.From:
		return refuse("estimation", "%s reaches into the event window %s; end it at %d or before", s.EstimationWindow, s.EventWindow, s.EventWindow.From-1)
	case s.MinEstimation < 0 || s.MinEstimation > s.EstimationWindow.Len():
		return refuse("min_estimation", "%d; the estimation window %s has %d sessions: lower min_estimation to that or less, or lengthen study.estimation", s.MinEstimation, s.EstimationWindow, s.EstimationWindow.Len())
	case s.Returns != market.Simple && s.Returns != market.Log:
		return refuse("returns", "%q; use simple or log", s.Returns)
	case s.Gaps != market.Skip && s.Gaps != market.TradeToTrade:
		return refuse("missing", "%q; use skip or trade-to-trade", s.Gaps)
	case s.MissingEvent != ExcludeMissing && s.MissingEvent != ZeroMissing:
		return refuse("missing_event", "%q; use exclude or zero", s.MissingEvent)
	case s.Confounders != "" && !slices.Contains(Confoundings, s.Confounders):
		return refuse("confounders", "%q; use keep, trim or drop", s.Confounders)
	case s.ConfounderWindow.From > s.ConfounderWindow.To:
		return refuse("confounder_window", "%s ends before it begins", s.ConfounderWindow)
	case s.ConfounderWindow.Len() > longest:
		return refuse("confounder_window", "%s has %d sessions; use %d or fewer", s.ConfounderWindow, s.ConfounderWindow.Len(), longest)
	case !(s.Margin >= 0) || math.IsInf(s.Margin, 0):
		return refuse("margin", "%g; give the effect that would matter as a decimal above 0 (0.01 is 1%%), or 0 for none", s.Margin)
	case s.Correlation != "" && !slices.Contains(BlockKinds, s.Correlation):
		return refuse("correlation", "%q; use all, sector or exchange", s.Correlation)
	case !slices.Contains(Weightings, s.Weights):
		return refuse("weights", "%q; use equal, value or precision", s.Weights)
	case slices.ContainsFunc(s.Trust, func(c string) bool { return !slices.Contains(market.Contradictions, market.CheckCode(c)) }):
		return refuse("trust", "%q; use codes of %v", s.Trust, market.Contradictions)
	case s.Draws < 0 || s.Draws > 0 && s.Draws < stat.MinDraws || s.Draws > maxDraws:
		return refuse("draws", "%d; use %d to %d, or 0 for %d", s.Draws, stat.MinDraws, maxDraws, DefaultDraws)
	case s.Family != "" && !slices.Contains(FamilyKinds, s.Family):
		return refuse("family", "%q; use securities, sessions, windows or groups", s.Family)
	case (s.Family != "" || s.Correction != "") && !slices.Contains(Corrections, s.Correction):
		return refuse("correction", "%q; use holm, bh, by or romano-wolf", s.Correction)
	case len(s.CARWindows) == 0:
		return refuse("car", "no window; give at least one, such as [0, 0]")
	}
	for i, f := range s.Without {
		if !slices.Contains(Figures, f) {
			return refuse(fmt.Sprintf("without[%d]", i), "%q; use averages, mean-correlation or notes", f)
		}
	}
	if !s.gives(MeanCorrelationFigures) && s.gives(NoteFigures) {
		return refuse("without", "mean-correlation goes only with notes, which tell where securities move together; leave both out, or none")
	}
	if s.Placebo != "" {
		if t, ok := TestByName(s.Placebo); !ok || t.Properties().Resampled {
			return refuse("placebo", "%q is no test with a statistic to place; use one such as t, portfolio or kp-bmp", s.Placebo)
		}
	}
	for i, by := range s.Groups {
		if !slices.Contains(Groupings, by) {
			return refuse(fmt.Sprintf("groups[%d]", i), "%q is not a grouping; use event, security, category or all", by)
		}
	}
	for i, w := range s.CARWindows {
		if w.From > w.To {
			return refuse(fmt.Sprintf("car[%d]", i), "%s ends before it begins", w)
		}
		if k := slices.Index(s.CARWindows, w); k < i {
			return refuse(fmt.Sprintf("car[%d]", i), "%s is car[%d] again; leave it out", w, k)
		}
		if !w.Within(s.EventWindow) {
			return refuse(fmt.Sprintf("car[%d]", i), "%s does not lie within the event window %s; widen study.event or narrow this window", w, s.EventWindow)
		}
	}
	return nil
}

// DefaultTests are the tests of a study about s where none is asked for: those
// that take little time and are defined, for volatility those of the variance
// first, and placebo, which alone allows for securities that move together.
func (s Subject) DefaultTests() []Test {
	switch s {
	case Volume:
		return slices.DeleteFunc(DefaultTests(), func(t Test) bool { return t == Test(BHARTest{}) })
	case Volatility:
		return []Test{VarianceU{}, VarianceLambda{}, Placebo{}, StudentTest{}}
	}
	return DefaultTests()
}

// explainedBy reports whether m can explain s.
func (s Subject) explainedBy(m model.Model) bool {
	if s != Volume {
		return true
	}
	d := m.Design("")
	return d.Problem == "" && !d.Excess && !slices.ContainsFunc(d.Terms, func(t model.Term) bool { return t.Series != model.BenchmarkReturn })
}
