package analysis

import (
	"context"
	"errors"
	"fmt"

	"aftershock/events"
	"aftershock/market"
)

// Part is the fits of a share of a study's observations, as Study.RunPart
// computes it and Study.Merge joins it: plain data, to be stored in between.
type Part struct {
	Index, Of int // share Index of Of, counted from 1
	Rows      int // observations of the whole study that can be fitted
	Excluded  []PartExclusion
	M         []int32
	K         []int16
	Plain     []bool
	Figures   [][]float64 // the engine's columns, those of the share's rows
}

// PartExclusion is an observation of a part that could not be measured.
type PartExclusion struct {
	Row int
	Exclusion
}

// share returns the rows [lo, hi) of share i of n.
func share(rows, i, n int) (lo, hi int) { return rows * (i - 1) / n, rows * i / n }

// columns lists the flat figures of the engine with their width.
func (g *engine) columns() (figures []*[]float64, width []int) {
	p, l, w := g.forecast, g.length, g.windows
	figures = []*[]float64{&g.s2, &g.r2, &g.b, &g.se, &g.xbar, &g.sinv, &g.ar, &g.va, &g.car, &g.carVar, &g.csar, &g.bhar}
	width = []int{1, 1, g.coefs, g.coefs, p, p * p, l, l, w, w, w, w}
	if g.h != nil {
		figures, width = append(figures, &g.h, &g.hest), append(width, l, g.study.EstimationWindow.Len())
	}
	return figures, width
}

// RunPart fits share i of n of the study's observations, 1 <= i <= n. Errors
// are those of Run, and a share that there is not.
func (s *Study) RunPart(ctx context.Context, catalog *events.Catalog, panel *market.Panel, i, n int, progress Progress) (*Part, error) {
	if n < 1 || i < 1 || i > n {
		return nil, fmt.Errorf("there is no share %d of %d", i, n)
	}
	r, err := s.begin(catalog, panel)
	if err != nil {
		return nil, err
	}
	g := r.eng
	lo, hi := share(len(g.obs), i, n)
	if err := r.measure(ctx, lo, hi, false, progress); err != nil {
		return nil, err
	}
	p := &Part{Index: i, Of: n, Rows: len(g.obs), M: g.m[lo:hi], K: g.k[lo:hi], Plain: g.pl[lo:hi]}
	for row := lo; row < hi; row++ {
		if ex := r.Observations[g.obs[row]].Exclusion; ex != nil {
			p.Excluded = append(p.Excluded, PartExclusion{row, *ex})
		}
	}
	figures, width := g.columns()
	for k, f := range figures {
		p.Figures = append(p.Figures, (*f)[lo*width[k]:hi*width[k]])
	}
	return p, nil
}

// Merge joins all the parts of a study into the result that Run gives, to the
// bit. The study, the catalogue and the panel must be those that the parts
// were computed from: what is pooled and tested is computed here.
//
// Errors: a part that is missing, given twice, or of another study.
func (s *Study) Merge(ctx context.Context, catalog *events.Catalog, panel *market.Panel, parts []*Part) (*Result, error) {
	r, err := s.begin(catalog, panel)
	if err != nil {
		return nil, err
	}
	if len(parts) == 0 {
		return nil, errors.New("there is no part to join")
	}
	g := r.eng
	figures, width := g.columns()
	have := make([]bool, len(parts))
	for _, p := range parts {
		switch {
		case p.Of != len(parts):
			return nil, fmt.Errorf("part %d is one of %d, and %d are given", p.Index, p.Of, len(parts))
		case p.Index < 1 || p.Index > len(parts) || have[p.Index-1]:
			return nil, fmt.Errorf("part %d of %d is given twice", p.Index, p.Of)
		}
		lo, hi := share(len(g.obs), p.Index, p.Of)
		if p.Rows != len(g.obs) || len(p.M) != hi-lo || len(p.K) != hi-lo || len(p.Plain) != hi-lo || len(p.Figures) != len(figures) {
			return nil, fmt.Errorf("part %d of %d is of another study: it has %d observations to fit, this one %d", p.Index, p.Of, p.Rows, len(g.obs))
		}
		have[p.Index-1] = true
		copy(g.m[lo:hi], p.M)
		copy(g.k[lo:hi], p.K)
		copy(g.pl[lo:hi], p.Plain)
		for k, f := range p.Figures {
			if len(f) != (hi-lo)*width[k] {
				return nil, fmt.Errorf("part %d of %d is of another study: its windows or its model differ", p.Index, p.Of)
			}
			copy((*figures[k])[lo*width[k]:], f)
		}
		excluded := make(map[int]*Exclusion)
		for _, ex := range p.Excluded {
			excluded[ex.Row] = &ex.Exclusion
		}
		for row := lo; row < hi; row++ {
			r.settle(row, excluded[row])
		}
	}
	return r, r.finish(ctx)
}
