package analysis

import (
	"context"
	"errors"
	"math"
	"slices"
	"testing"
)

// What a study is asked for has the same bits whatever it leaves out, and what is left out
// is missing: of dates that share their securities, of one with gaps, and of all together.
func TestWithout(t *testing.T) {
	p := benchPanel(t, 30, 900)
	p.Columns[7].Return[500] = nan
	c := benchCatalog(p, 30*40)
	run := func(tests []Test, without ...Figure) *Result {
		s := DefaultStudy()
		s.Benchmark, s.Groups, s.Tests, s.Without = "INDEX", Groupings, tests, without
		r, err := s.Run(context.Background(), c, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		return r
	}
	for _, tests := range [][]Test{{CrossSectionTest{}, Patell{}, BMP{}}, DefaultTests()} {
		all := run(tests)
		for _, without := range [][]Figure{{AverageFigures}, {NoteFigures}, {NoteFigures, MeanCorrelationFigures}, Figures} {
			r := run(tests, without...)
			if r.Study.gives(NoteFigures) != (len(r.Notes) > 0) || len(r.Groups) != len(all.Groups) {
				t.Fatalf("without %v: %d notes, %d groups", without, len(r.Notes), len(r.Groups))
			}
			for k := range r.Groups {
				g, want := &r.Groups[k], &all.Groups[k]
				if !slices.Equal(g.Members, want.Members) || r.Study.gives(AverageFigures) != (len(g.Averages) > 0) {
					t.Fatalf("without %v, %s: %d members, %d averages", without, g.Name(), len(g.Members), len(g.Averages))
				}
				for w := range g.Windows {
					x, y := &g.Windows[w], &want.Windows[w]
					if x.CAAR != y.CAAR || x.ABHAR != y.ABHAR || x.N != y.N {
						t.Errorf("without %v, %s: %+v, want %+v", without, g.Name(), x, y)
					}
					if x.RBar != y.RBar && !(math.IsNaN(y.RBar) && math.IsNaN(x.RBar)) && (len(tests) > 3 || r.Study.gives(MeanCorrelationFigures)) {
						t.Errorf("without %v, %s: mean correlation %v, want %v", without, g.Name(), x.RBar, y.RBar)
					}
					for i := range x.Tests {
						if a, b := x.Tests[i], y.Tests[i]; a.Stat != b.Stat && !(math.IsNaN(a.Stat) && math.IsNaN(b.Stat)) || a.P != b.P && !math.IsNaN(b.P) {
							t.Errorf("without %v, %s, %s: %v (p %v), want %v (p %v)", without, g.Name(), a.Test, a.Stat, a.P, b.Stat, b.P)
						}
					}
				}
			}
		}
	}
	for _, without := range [][]Figure{{"figures"}, {MeanCorrelationFigures}} {
		s := DefaultStudy()
		s.Without = without
		if refused := new(SpecError); !errors.As(s.Validate(), &refused) {
			t.Errorf("without %v: %v", without, s.Validate())
		}
	}
}
