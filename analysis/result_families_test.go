package analysis

import (
	"context"
	"math"
	"testing"

	"aftershock/analysis/stat"
)

func same(t *testing.T, what string, got, want []float64, tol float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %v, want %v", what, got, want)
	}
	for i, v := range want {
		if math.IsNaN(got[i]) != math.IsNaN(v) || math.Abs(got[i]-v) > tol {
			t.Errorf("%s: element %d is %.17g, want %.17g", what, i, got[i], v)
		}
	}
}

func TestFamilies(t *testing.T) {
	s := simulate(t, 3, 700, 5)
	st := s.study()
	st.Groups = []Grouping{ByEvent, All}
	r := s.run(t, st, s.event(300, names(3)...), s.event(500, names(2)...))
	for kind, want := range map[FamilyKind]struct {
		families, hypotheses int
		name                 string
	}{
		SecurityFamily: {4, 10, "securities of event e300 over [0,0]"},
		SessionFamily:  {3, 9, "sessions of event e300"},
		WindowFamily:   {3, 6, "windows of event e300"},
		GroupFamily:    {4, 6, "groups by event over [0,0]"},
	} {
		f := r.Families(kind, nil)
		n := 0
		for _, x := range f {
			n += len(x.Hypotheses)
		}
		if len(f) != want.families || n != want.hypotheses || f[0].Name != want.name {
			t.Errorf("%s: %d families of %d hypotheses, first %q; want %d of %d, %q", kind, len(f), n, f[0].Name, want.families, want.hypotheses, want.name)
		}
		for _, by := range Corrections {
			adjusted, err := r.Adjust(context.Background(), f[0], by)
			if err != nil {
				t.Fatal(err)
			}
			for _, a := range adjusted {
				if !(a.P >= a.Result.P-1e-12) || a.P > 1 {
					t.Errorf("%s %s %s: adjusted %v from %v", kind, by, a.Label, a.P, a.Result.P)
				}
			}
		}
	}
	st.Family, st.Correction = SecurityFamily, BYCorrection
	given := s.run(t, st, s.event(300, names(3)...), s.event(500, names(2)...))
	if c := given.Corrected; len(c) != 4 || len(r.Corrected) != 0 || c[1].Name != "securities of event e300 over [0,+2]" || c[1].By != BYCorrection {
		t.Errorf("corrected %+v, and where none is asked for %+v", c, r.Corrected)
	} else {
		var p, adjusted []float64
		for _, h := range c[1].Hypotheses {
			p, adjusted = append(p, h.Result.P), append(adjusted, h.P)
		}
		same(t, "a family of the study", adjusted, stat.BenjaminiYekutieli(p), 1e-15)
	}
	f := r.Families(SecurityFamily, nil)[1]
	holm, err := r.Adjust(context.Background(), f, HolmCorrection)
	if err != nil {
		t.Fatal(err)
	}
	for k, a := range holm {
		if one := r.ObservationTests(k, 1)[0]; one.Test != "t" || a.Result.Stat != one.Stat || a.Result.P != one.P {
			t.Errorf("%s: t %v, want %v", a.Label, a.Result.Stat, one.Stat)
		}
	}
	if _, err := r.Adjust(context.Background(), f, "bonferroni"); err == nil {
		t.Error("an unknown correction is accepted")
	}
	f.Hypotheses[0].Window = Window{-5, 0}
	if _, err := r.Adjust(context.Background(), f, HolmCorrection); err == nil {
		t.Error("a window outside the event window is accepted")
	}
}
