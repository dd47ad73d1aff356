package plots

import (
	"fmt"
	"math"
	"slices"

	"aftershock/analysis"
	"aftershock/analysis/stat"
	"aftershock/market"
)

// What is read from a file has passed its seal, and still need not be what a study
// gives: who seals it anew may have written anything. Each drawing says here what
// its lists must look like, so that what draws them can rely on it. What single
// values must be is said by bounded.

// mismatch is the error of a list that is not as long as it must be.
func mismatch(what string, is, want int) error {
	return fmt.Errorf("%s has %d figures in place of %d", what, is, want)
}

// list is a list of figures with what it is called.
type list struct {
	name string
	n    int
}

// alike refuses lists that do not all have n elements.
func alike(n int, lists ...list) error {
	for _, l := range lists {
		if l.n != n {
			return mismatch(l.name, l.n, n)
		}
	}
	return nil
}

// noneOr refuses lists that have elements, and not n of them.
func noneOr(n int, lists ...list) error {
	for _, l := range lists {
		if l.n != 0 && l.n != n {
			return mismatch(l.name, l.n, n)
		}
	}
	return nil
}

// ascending refuses dates that do not ascend.
func ascending(name string, dates []market.Date) error {
	for k := 1; k < len(dates); k++ {
		if dates[k] <= dates[k-1] {
			return fmt.Errorf("%s do not ascend: %s follows %s", name, dates[k], dates[k-1])
		}
	}
	return nil
}

// firstOf returns the first error of errs that is one.
func firstOf(errs ...error) error {
	for _, err := range errs {
		if err != nil {
			return err
		}
	}
	return nil
}

func (s *facts) sense() error {
	if len(s.Excluded) > s.Out {
		return fmt.Errorf("%d observations are excluded, and %d are named", s.Out, len(s.Excluded))
	}
	return nil
}

func (s *subject) sense() error {
	return firstOf(s.facts.sense(), ascending("the dates of session 0", s.Session0))
}

func (d *carData) sense() error {
	n := d.Window.Len()
	for _, s := range d.Series {
		if err := firstOf(alike(n, list{"the line of " + s.Name, len(s.Y)}), noneOr(n, list{"the abnormal returns of " + s.Name, len(s.AR)})); err != nil {
			return err
		}
	}
	for _, s := range d.Starts {
		if int(s.From) <= d.Window.From || int(s.From) > d.Window.To {
			return fmt.Errorf("a path starts at session %d of a window %s", s.From, window(d.Window))
		}
		left := d.Window.To - int(s.From) + 1
		if err := firstOf(noneOr(left, list{"the average", len(s.Average)}), alike(left, list{"the lower limit", len(s.Lower)}, list{"the upper limit", len(s.Upper)})); err != nil {
			return err
		}
	}
	for _, o := range d.Others {
		if !d.Window.Contains(int(o.At)) {
			return fmt.Errorf("another event is on session %d of a window %s", o.At, window(d.Window))
		}
	}
	return firstOf(d.subject.sense(), noneOr(n, list{"the average", len(d.Average)}, list{"the lower limit", len(d.Lower)}, list{"the benchmark", len(d.Market)}),
		alike(len(d.Lower), list{"the upper limit", len(d.Upper)}))
}

func (d *arData) sense() error {
	return firstOf(d.subject.sense(), alike(len(d.Names), list{"AR", len(d.AR)}, list{"the lower limit", len(d.Lower)}, list{"the upper limit", len(d.Upper)}, list{"p", len(d.P)}))
}

func (d *forestData) sense() error {
	return firstOf(d.subject.sense(), alike(len(d.Names), list{"CAR", len(d.Y)}, list{"the lower limit", len(d.Lower)}, list{"the upper limit", len(d.Upper)}),
		noneOr(3, list{"the average", len(d.Average)}))
}

func (d *rankingData) sense() error {
	err := alike(len(d.Events), list{"the list of dates", len(d.Dates)}, list{"CAAR", len(d.Y)}, list{"the lower limit", len(d.Lower)}, list{"the upper limit", len(d.Upper)})
	if err == nil && d.Of < len(d.Events) {
		err = fmt.Errorf("%d of %d events are ranked", len(d.Events), d.Of)
	}
	return firstOf(d.facts.sense(), err)
}

func (d *contrastData) sense() error {
	if !slices.Contains([]string{"", analysis.LongShort, analysis.TwoPortfolios, analysis.ClusterMeans}, d.Method) {
		return fmt.Errorf("the method of a contrast is %q", d.Method)
	}
	for k, v := range d.Y {
		if d.Method == "" && finite(v) {
			return fmt.Errorf("figure %d of a contrast has no method", k+1)
		}
	}
	return alike(len(d.Windows), list{"the difference", len(d.Y)}, list{"the lower limit", len(d.Lower)}, list{"the upper limit", len(d.Upper)})
}

// panelsSense looks at panels over n sessions.
func panelsSense(n int, panels []panel) error {
	for i := range panels {
		x := &panels[i]
		if len(x.Y) == 0 && len(x.Lower) == 0 && len(x.Upper) == 0 {
			continue // nothing was measured
		}
		if err := alike(n, list{"the line of " + x.Name.ID, len(x.Y)}, list{"its lower limit", len(x.Lower)}, list{"its upper limit", len(x.Upper)}); err != nil {
			return err
		}
	}
	return nil
}

func (d *panelsData) sense() error {
	n := d.Window.Len()
	return firstOf(d.subject.sense(), panelsSense(n, d.Panels), noneOr(n, list{"the average", len(d.Average)}))
}

func (d *caarData) sense() error {
	var err error
	if !slices.Contains(analysis.Groupings, d.By) {
		err = fmt.Errorf("there is no grouping %q", d.By)
	}
	return firstOf(err, d.facts.sense(), panelsSense(d.Window.Len(), d.Panels))
}

func (d *heatData) sense() error {
	n := d.Window.Len()
	for i := range d.Rows {
		x := &d.Rows[i]
		if err := alike(n, list{"the row of " + x.Name, len(x.AR)}, list{"its marks", len(x.Significant)}); err != nil {
			return err
		}
	}
	for i := range d.Rows {
		if err := noneOr(1, list{"the sum of " + d.Rows[i].Name, len(d.Rows[i].Sum)}); err != nil {
			return err
		}
	}
	return firstOf(d.subject.sense(), noneOr(n, list{"the average", len(d.Average)}), noneOr(1, list{"the sum", len(d.Sum)}))
}

func (h *history) sense() error {
	if h.Drawn > h.Of {
		return fmt.Errorf("%d of %d securities are drawn", h.Drawn, h.Of)
	}
	for i := range h.Marks {
		m := &h.Marks[i]
		if m.CAR != nil && len(m.CAR) != 3 {
			return mismatch("the CAR of "+m.ID, len(m.CAR), 3)
		}
		if i > 0 && m.At < h.Marks[i-1].At {
			return fmt.Errorf("events do not ascend: %s follows %s", m.At, h.Marks[i-1].At)
		}
	}
	return firstOf(h.facts.sense(), ascending("dates", h.Dates))
}

func (d *priceData) sense() error {
	return firstOf(d.history.sense(), noneOr(len(d.Dates), list{"the price", len(d.Y)}, list{"the volume", len(d.Volume)}))
}

func (d *timelineData) sense() error {
	return firstOf(d.history.sense(), alike(len(d.Dates), list{"the line", len(d.Y)}))
}

func (d *scatterData) sense() error {
	err := firstOf(d.subject.sense(), alike(len(d.Names), list{"x", len(d.X)}, list{"y", len(d.Y)}), allFinite("a point", d.X, d.Y))
	if x := d.Fit; x != nil && err == nil {
		if len(x.X) == 0 {
			return mismatch("the fitted line", 0, 2)
		}
		if x.Errors != stat.HC3 && x.Errors != stat.Clustered {
			return fmt.Errorf("the errors of the fitted line are %q", x.Errors)
		}
		err = firstOf(alike(len(x.X), list{"the fitted line", len(x.Y)}, list{"its lower limit", len(x.Lower)}, list{"its upper limit", len(x.Upper)}),
			allFinite("the fitted line", x.X, x.Y))
	}
	return err
}

func (d *placeboData) sense() error {
	err := firstOf(d.subject.sense(), allFinite("a statistic", d.Draws, d.Stat))
	if len(d.Draws) > 0 {
		err = firstOf(err, alike(1, list{"the statistic of the event", len(d.Stat)}))
	}
	return err
}

func (d *residualsData) sense() error {
	if d.Drawn > d.Of {
		return fmt.Errorf("%d of %d fits are drawn", d.Drawn, d.Of)
	}
	if len(d.Autocorrelation) > lags {
		return mismatch("the autocorrelation", len(d.Autocorrelation), lags)
	}
	return firstOf(d.subject.sense(), alike(len(d.Dates), list{"the residuals", len(d.E)}),
		alike(3, list{"p", len(d.P)}), alike(1, list{"Durbin-Watson", len(d.DurbinWatson)}))
}

// allFinite refuses lists in which a figure is missing.
func allFinite(what string, lists ...[]float64) error {
	for _, l := range lists {
		if i := slices.IndexFunc(l, func(v float64) bool { return math.IsNaN(v) || math.IsInf(v, 0) }); i >= 0 {
			return fmt.Errorf("%s is missing, number %d", what, i+1)
		}
	}
	return nil
}
