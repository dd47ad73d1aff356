package analysis

import (
	"fmt"
	"math"
	"testing"

	"aftershock/events"
)

// A row has the same bits however it comes to be fitted: alone, with the dates of its
// security among those of an event, without groups, or where events lie by security.
func TestFittedOneWay(t *testing.T) {
	const firms, days = 24, 100
	s := simulate(t, firms, 900, 31)
	gaps := s.panel.Column("S3").Return
	for k := 200; k < len(gaps); k += 97 {
		gaps[k] = nan
	}
	for k := range 420 { // listed late
		s.panel.Column("S5").Return[k] = nan
	}
	close := s.panel.Column("S7").Return // which the market explains but for little
	for k, v := range s.panel.Column("INDEX").Return {
		close[k] = 0.3*v + 1e-9*math.Sin(float64(k))
	}
	var together, apart []events.Event
	for d := range days {
		e := s.event(200+6*d, names(firms)...)
		e.ID = fmt.Sprint(d)
		together = append(together, e)
		for i := range e.Targets {
			one := e
			one.ID, one.Targets = fmt.Sprint(d, i), e.Targets[i:i+1:i+1]
			apart = append(apart, one)
		}
	}
	for _, windows := range [][]Window{{{-3, 2}}, {{0, 0}, {-3, 2}, {-1, 1}}} {
		run := func(groups []Grouping, all []events.Event) *Result {
			st := s.study()
			st.Groups, st.Tests, st.EstimationWindow, st.EventWindow, st.CARWindows = groups, nil, Window{-125, -6}, Window{-3, 2}, windows
			return s.run(t, st, all...)
		}
		first := run([]Grouping{ByEvent}, together)
		alone := run([]Grouping{ByEvent}, together)
		for row := range alone.eng.obs {
			alone.eng.try(row, new(workspace))
		}
		others := map[string]*Result{"alone": alone, "without groups": run(nil, together), "by security": run(nil, apart)}
		if !others["by security"].scattered || first.N() != firms*days {
			t.Fatal("the observations do not lie as they should")
		}
		used := 0
		for name, r := range others {
			for i := range first.N() {
				if first.Used(i) != r.Used(i) {
					t.Fatalf("%s: %d is used: %v", name, i, r.Used(i))
				}
				if !first.Used(i) {
					continue
				}
				used++
				figures := func(r *Result) string {
					g, row := r.eng, int(r.row[i])
					at, w := row*g.coefs, row*g.windows
					return fmt.Sprint(g.m[row], g.k[row], g.s2[row], g.r2[row], g.b[at:][:2], g.se[at:][:2], g.xbar[row], g.sinv[row],
						g.car[w:][:g.windows], g.carVar[w:][:g.windows], g.csar[w:][:g.windows], g.bhar[w:][:g.windows], g.is[row])
				}
				if a, b := figures(first), figures(r); a != b {
					t.Fatalf("%s: observation %d has\n%s, want\n%s", name, i, b, a)
				}
			}
		}
		if used < 3*firms*days*9/10 {
			t.Errorf("only %d are used", used)
		}
	}
}
