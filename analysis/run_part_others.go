package analysis

import (
	"context"
	"fmt"
	"hash/fnv"

	"aftershock/events"
	"aftershock/market"
)

// CalibratePart computes share i of n, 1 <= i <= n, of what [Result.Calibrate] does
// with the study: that of the pseudo-dates of every group. Errors are those of
// Calibrate and of Run, and a share that there is not.
func (s *Study) CalibratePart(ctx context.Context, spec CalibrateSpec, catalog *events.Catalog, panel *market.Panel, i, n int, progress Progress) (*Part, error) {
	if n < 1 || i < 1 || i > n {
		return nil, noShare(i, n)
	}
	r, err := s.begin(catalog, panel)
	if err != nil {
		return nil, err
	}
	if err := r.measure(ctx, 0, len(r.eng.obs), false, nil); err != nil {
		return nil, err
	}
	r.findRepeats()
	r.Groups = r.groups()
	if err := spec.complete(r); err != nil {
		return nil, err
	}
	l := &ledger{index: i, of: n}
	if _, err := r.calibrate(ctx, &spec, l, progress); err != nil {
		return nil, err
	}
	return &Part{Index: i, Of: n, Rows: len(r.eng.obs), Study: r.calibrationDigest(&spec), Shared: []PartSums{{Sums: l.sums}}}, nil
}

// MergeCalibration joins all the parts that CalibratePart computed into the
// calibration that Calibrate gives, to the bit. Errors: a part that is missing, given
// twice, or of another study or another calibration; those of Calibrate.
func (r *Result) MergeCalibration(ctx context.Context, spec CalibrateSpec, parts []*Part) (*Calibration, error) {
	if err := spec.complete(r); err != nil {
		return nil, err
	}
	if err := mergeable(parts, len(r.eng.obs), r.calibrationDigest(&spec)); err != nil {
		return nil, err
	}
	l := new(ledger)
	for _, p := range parts {
		for _, s := range p.Shared {
			l.sums = append(l.sums, s.Sums...)
		}
	}
	return r.calibrate(ctx, &spec, l, nil)
}

// calibrationDigest tells calibrations apart.
func (r *Result) calibrationDigest(s *CalibrateSpec) uint64 {
	h := fnv.New64a()
	fmt.Fprintf(h, "calibration %d %q %v %d %v %g %t %d\n", r.digest(), s.Groups, s.Windows, s.Draws, s.Inject, s.Share, s.Opposite, s.Selected)
	for _, t := range s.Tests {
		fmt.Fprintf(h, "%T %+v\n", t, t)
	}
	return h.Sum64()
}

// SweepPart performs share i of n, 1 <= i <= n, of the studies of a sweep: every n-th.
// Errors are those of Sweep and of Run, and a share that there is not.
func (s *Study) SweepPart(ctx context.Context, spec SweepSpec, catalog *events.Catalog, panel *market.Panel, i, n int, progress Progress) (*Part, error) {
	if n < 1 || i < 1 || i > n {
		return nil, noShare(i, n)
	}
	p, part, err := s.beginSweep(spec, catalog, panel)
	if err != nil {
		return nil, err
	}
	if err := p.run(ctx, func(k int) bool { return k%n == i-1 }, progress); err != nil {
		return nil, err
	}
	part.Index, part.Of = i, n
	for k, a := range p.answers {
		if a != nil {
			part.Answers = append(part.Answers, PartAnswer{k, a})
		}
	}
	return part, nil
}

// MergeSweep joins all the parts that SweepPart computed into the sweep that Sweep
// gives, to the bit. Errors: a part that is missing, given twice, or of another study
// or another sweep; those of Sweep.
func (s *Study) MergeSweep(ctx context.Context, spec SweepSpec, catalog *events.Catalog, panel *market.Panel, parts []*Part) (*Sweep, error) {
	p, own, err := s.beginSweep(spec, catalog, panel)
	if err != nil {
		return nil, err
	}
	if err := mergeable(parts, own.Rows, own.Study); err != nil {
		return nil, err
	}
	for _, x := range parts {
		for _, a := range x.Answers {
			if a.Study < 0 || a.Study >= len(p.studies) {
				return nil, foreign(x)
			}
			p.answers[a.Study] = a.Answers
		}
	}
	return p.whole(ctx, nil)
}

// beginSweep plans a sweep, and tells it apart from others in a part.
func (s *Study) beginSweep(spec SweepSpec, catalog *events.Catalog, panel *market.Panel) (*sweepPlan, *Part, error) {
	p, err := s.planSweep(spec, catalog, panel)
	if err != nil {
		return nil, nil, err
	}
	r, err := s.begin(catalog, panel)
	if err != nil {
		return nil, nil, err
	}
	h := fnv.New64a()
	fmt.Fprintf(h, "sweep %d\n", r.digest())
	for _, x := range p.studies {
		fmt.Fprintf(h, "%T %+v %q %v %v %q %d\n", x.Model, x.Model, x.Benchmark, x.EstimationWindow, x.CARWindows, x.Confounders, x.shift)
		for _, t := range x.Tests {
			fmt.Fprintf(h, "%T %+v\n", t, t)
		}
	}
	for _, g := range p.groups {
		fmt.Fprintf(h, "%q\n", g.name)
	}
	return p, &Part{Rows: len(r.eng.obs), Study: h.Sum64()}, nil
}
