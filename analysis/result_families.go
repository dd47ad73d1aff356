package analysis

import (
	"context"
	"fmt"
	"slices"

	"aftershock/analysis/stat"
)

// Family is a set of hypotheses that are tested together.
type Family struct {
	Name       string // "securities of event deepseek-r1 over [0,+1]"
	Hypotheses []Hypothesis
}

// Families lists the families of a kind: one for every group or window that
// the kind leaves open. t is the test of their hypotheses; nil chooses t for
// securities, for the other kinds portfolio where the observations share their
// session 0 and kp-bmp where they do not.
func (r *Result) Families(kind FamilyKind, t Test) []Family {
	of := func(g *Group) Test {
		switch {
		case t != nil:
			return t
		case len(g.Members) == 1 || kind == SecurityFamily:
			return StudentTest{}
		case g.SameDate:
			return PortfolioTest{}
		}
		return KPBMP{}
	}
	var out []Family
	if kind == GroupFamily {
		for _, by := range r.Study.Groups {
			for _, w := range r.Study.CARWindows {
				f := Family{Name: fmt.Sprintf("groups by %s over %s", by, w)}
				asked := make(map[string]bool) // groups of the same returns ask one question
				for i := range r.Groups {
					if g := &r.Groups[i]; g.By == by {
						if r.repeats != nil {
							k := r.returnsOf(g.Members)
							if asked[k] {
								continue
							}
							asked[k] = true
						}
						f.Hypotheses = append(f.Hypotheses, Hypothesis{g.Name(), g.Members, w, of(g)})
					}
				}
				out = append(out, f)
			}
		}
		return out
	}
	for i := range r.Groups {
		g := &r.Groups[i]
		switch kind {
		case SecurityFamily:
			if g.By != ByEvent {
				continue
			}
			for _, w := range r.Study.CARWindows {
				f := Family{Name: fmt.Sprintf("securities of %s over %s", g.Name(), w)}
				for _, m := range g.Members {
					f.Hypotheses = append(f.Hypotheses, Hypothesis{r.Observation(m).Security, []int{m}, w, of(g)})
				}
				out = append(out, f)
			}
		case SessionFamily:
			f := Family{Name: "sessions of " + g.Name()}
			for tau := r.Study.EventWindow.From; tau <= r.Study.EventWindow.To; tau++ {
				w := Window{tau, tau}
				f.Hypotheses = append(f.Hypotheses, Hypothesis{w.String(), g.Members, w, of(g)})
			}
			out = append(out, f)
		case WindowFamily:
			f := Family{Name: "windows of " + g.Name()}
			for _, w := range r.Study.CARWindows {
				f.Hypotheses = append(f.Hypotheses, Hypothesis{w.String(), g.Members, w, of(g)})
			}
			out = append(out, f)
		}
	}
	return out
}

// returnsOf spells out the securities and sessions 0 of observations.
func (r *Result) returnsOf(obs []int) string {
	places := make([]uint64, len(obs))
	for k, i := range obs {
		places[k] = r.spots[i].place()
	}
	slices.Sort(places)
	return fmt.Sprint(places)
}

// Adjusted is one hypothesis of a family with its p value before and after
// the correction.
type Adjusted struct {
	Hypothesis
	Result TestResult // alone; P is that of the test, or for romano-wolf that of the placebo draws
	P      float64    // adjusted; NaN where the statistic is undefined
}

// Adjust tests the hypotheses of f and corrects their p values for each other.
// Errors: an unknown correction; what [Result.Placebo] refuses.
func (r *Result) Adjust(ctx context.Context, f Family, by Correction) ([]Adjusted, error) {
	return r.adjust(ctx, f, by, nil, 0)
}

// adjust is Adjust with the draws of family k from l.
func (r *Result) adjust(ctx context.Context, f Family, by Correction, l *ledger, k int) ([]Adjusted, error) {
	if !slices.Contains(Corrections, by) {
		return nil, fmt.Errorf("no correction called %q; use holm, bh, by or romano-wolf", by)
	}
	at, err := r.places(f.Hypotheses)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", f.Name, err)
	}
	out := make([]Adjusted, len(at))
	if len(at) == 0 {
		return out, nil
	}
	p, value := make([]float64, len(at)), make([]float64, len(at))
	for k, res := range newReplica(r.eng, at).at(0) {
		out[k] = Adjusted{Hypothesis: f.Hypotheses[k], Result: res}
		p[k], value[k] = res.P, measure(&res)
	}
	switch by {
	case HolmCorrection:
		p = stat.Holm(p)
	case BHCorrection:
		p = stat.BenjaminiHochberg(p)
	case BYCorrection:
		p = stat.BenjaminiYekutieli(p)
	case RomanoWolfCorrection:
		draws, err := r.eng.draw(ctx, at, l, k, familyDraws)
		if err != nil {
			return nil, err
		}
		p = stat.RomanoWolf(value, draws.Stat)
		for k := range out {
			out[k].Result = placed(out[k].Result, draws, k)
		}
	}
	for k := range out {
		out[k].P = p[k]
	}
	return out, nil
}

const familyDraws = "family"

// Corrected is a family of a study with its p values corrected.
type Corrected struct {
	Name       string // of the family
	By         Correction
	Hypotheses []Adjusted
}

// Correct tests all families of a kind and corrects the p values of each, with
// the tests that [Result.Families] chooses. Errors: as [Result.Adjust].
func (r *Result) Correct(ctx context.Context, kind FamilyKind, by Correction) ([]Corrected, error) {
	var out []Corrected
	for k, f := range r.Families(kind, nil) {
		h, err := r.adjust(ctx, f, by, r.ledgerOf("", ""), k)
		if err != nil {
			return nil, err
		}
		out = append(out, Corrected{f.Name, by, h})
	}
	return out, ctx.Err()
}
