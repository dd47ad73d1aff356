package analysis

import (
	"fmt"
	"math"
	"slices"

	"aftershock/market"
)

// Sense reports what no calibration has, for one that was read from a file: a group
// without a name, a window that ends before it begins, shares beyond 0..1, counts
// below 0, a list that is not as long as the one it belongs to. nil where all is well.
func (c *Calibration) Sense() error {
	const most, longest, largest = 1_000_000_000, 10_000, 1e6
	if c.Selected < 0 || c.Selected > most || !(c.Share >= 0 && c.Share <= 1) {
		return fmt.Errorf("a share is %v, and the largest of %d is picked", c.Share, c.Selected)
	}
	for _, x := range c.Inject {
		if !(math.Abs(x) <= largest) {
			return fmt.Errorf("what is injected is %v", x)
		}
	}
	first, last := market.NewDate(1600, 1, 1), market.NewDate(2500, 1, 1)
	for i := range c.Groups {
		g := &c.Groups[i]
		w := g.Window
		switch {
		case len(g.Groups) == 0:
			return fmt.Errorf("group %d has no name", i+1)
		case w.From > w.To || w.From < -longest || w.To > longest:
			return fmt.Errorf("the window of %s is %s", g.Groups[0], w)
		case min(g.Observations, g.Draws, g.Pool) < 0 || max(g.Observations, g.Draws, g.Pool) > most:
			return fmt.Errorf("%s has %d observations and %d of %d draws", g.Groups[0], g.Observations, g.Draws, g.Pool)
		case g.Draws > 0 && (g.First < first || g.Last > last || g.First > g.Last):
			return fmt.Errorf("the draws of %s are from %s to %s", g.Groups[0], g.First, g.Last)
		}
		for k := range g.Tests {
			if err := g.Tests[k].sense(len(c.Inject)); err != nil {
				return fmt.Errorf("%s: %w", g.Groups[0], err)
			}
		}
	}
	return nil
}

func (t *CalibratedTest) sense(injected int) error {
	if t.Test == "" || len(t.Test) > 100 || min(t.Draws, t.Undefined) < 0 {
		return fmt.Errorf("test %.100q has %d draws and is undefined at %d", t.Test, t.Draws, t.Undefined)
	}
	if !slices.Contains([]Verdict{Holds, TooOften, TooRarely, NotDecided}, t.Verdict) && (t.Draws > 0 || t.Verdict != "") {
		return fmt.Errorf("the verdict of %s is %.100q", t.Test, t.Verdict)
	}
	if len(t.Power) != 0 && len(t.Power) != injected {
		return fmt.Errorf("%s has a power for %d of %d effects", t.Test, len(t.Power), injected)
	}
	for _, rates := range [][]Rate{t.Size, t.Selected} {
		if len(rates) != 0 && len(rates) != len(Levels) {
			return fmt.Errorf("%s has a size at %d of %d levels", t.Test, len(rates), len(Levels))
		}
		for k, r := range rates {
			if r.Level != Levels[k] || !r.sense() {
				return fmt.Errorf("%s has a size of %v at level %v", t.Test, r.Share, r.Level)
			}
		}
	}
	if t.Draws > 0 && len(t.Size) == 0 {
		return fmt.Errorf("%s has draws and no size", t.Test)
	}
	for _, p := range t.Power {
		if !p.Rate.sense() || !isShare(p.Adjusted) || math.IsNaN(p.Inject) || math.IsInf(p.Inject, 0) {
			return fmt.Errorf("%s has a power of %v", t.Test, p.Share)
		}
	}
	return nil
}

func (r Rate) sense() bool {
	return isShare(r.Share) && isShare(r.Lower) && isShare(r.Upper) && r.Lower <= r.Upper && r.Effective >= 0 && !math.IsInf(r.Effective, 0)
}

func isShare(x float64) bool { const slack = 1e-9; return x >= -slack && x <= 1+slack }
