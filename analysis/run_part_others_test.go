package analysis

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"aftershock/analysis/model"
	"aftershock/market"
)

// Parts of a calibration join into what Calibrate gives.
func TestCalibrationParts(t *testing.T) {
	n := newNasty(t)
	s, p := n.study(), n.panel(t, market.Simple, nil)
	s.Tests = DefaultTests()
	for _, spec := range []CalibrateSpec{
		{Draws: 60},
		{Draws: 45, Inject: []float64{0.01, 0.05}, Share: 0.5, Opposite: true, Selected: 3, Windows: []Window{{0, 0}, {-1, 1}}},
	} {
		r := mustRun(t, s, n.catalog, p)
		want := fmt.Sprintf("%+v", mustCalibrate(t, r, spec))
		for _, of := range []int{1, 2, 3, 7, 80} { // 80: more than pseudo-dates
			if testing.Short() && of != 3 {
				continue
			}
			var parts []*Part
			for i := of; i >= 1; i-- {
				x, err := s.CalibratePart(t.Context(), spec, n.catalog, p, i, of, nil)
				if err != nil {
					t.Fatal(err)
				}
				parts = append(parts, stored(t, x))
			}
			got, err := r.MergeCalibration(t.Context(), spec, parts)
			if err != nil {
				t.Fatal(err)
			}
			if fmt.Sprintf("%+v", got) != want {
				t.Errorf("%d parts differ from one calibration: %s", of, firstDifference(want, fmt.Sprintf("%+v", got)))
			}
			for _, wrong := range []struct {
				what  string
				parts []*Part
				spec  CalibrateSpec
			}{{"are given", parts[1:], spec}, {"another study", parts, CalibrateSpec{Draws: 59}}} {
				if of == 3 {
					if _, err := r.MergeCalibration(t.Context(), wrong.spec, wrong.parts); err == nil || !strings.Contains(err.Error(), wrong.what) {
						t.Errorf("%s: %v", wrong.what, err)
					}
				}
			}
			if of == 3 { // what a part has is what counts
				for k := range parts[0].Shared[0].Sums[0].Values {
					parts[0].Shared[0].Sums[0].Values[k] = 0.001
				}
				if got, err := r.MergeCalibration(t.Context(), spec, parts); err != nil || fmt.Sprintf("%+v", got) == want {
					t.Errorf("p values of a part do not count: %v", err)
				}
			}
		}
	}
	if _, err := s.CalibratePart(t.Context(), CalibrateSpec{}, n.catalog, p, 3, 2, nil); err == nil {
		t.Error("share 3 of 2")
	}
}

// Parts of a sweep join into what Sweep gives.
func TestSweepParts(t *testing.T) {
	s := simulate(t, 6, 700, 3)
	st := s.study()
	c := catalogOf(s.event(400, names(4)...), s.event(500, names(4)...))
	spec := SweepSpec{
		Models: []model.Model{model.MarketModel{}, model.ConstantMean{}, model.FamaFrench3}, Estimations: []Window{{-120, -20}, {-70, -20}},
		Benchmarks: []string{"INDEX", "S5"}, Windows: []Window{{0, 0}, {0, 2}}, Tests: []Test{StudentTest{}, PortfolioTest{}, KPBMP{}}, Shifts: []int{0, 1},
	}
	whole, err := st.Sweep(t.Context(), spec, c, s.panel, nil)
	if err != nil {
		t.Fatal(err)
	}
	text := func(w *Sweep) string { return fmt.Sprintf("%+v", *w) }
	for _, of := range []int{1, 2, 3, 7, 100} {
		var parts []*Part
		for i := 1; i <= of; i++ {
			x, err := st.SweepPart(t.Context(), spec, c, s.panel, i, of, nil)
			if err != nil {
				t.Fatal(err)
			}
			parts = append(parts, stored(t, x))
		}
		got, err := st.MergeSweep(t.Context(), spec, c, s.panel, parts)
		if err != nil || text(got) != text(whole) {
			t.Fatalf("%d parts differ from one sweep: %v", of, err)
		}
		other := spec
		other.Windows = other.Windows[:1]
		for what, f := range map[string]func() (*Sweep, error){
			"are given":     func() (*Sweep, error) { return st.MergeSweep(t.Context(), spec, c, s.panel, parts[:of-1]) },
			"another study": func() (*Sweep, error) { return st.MergeSweep(t.Context(), other, c, s.panel, parts) },
		} {
			if _, err := f(); of > 1 && (err == nil || !strings.Contains(err.Error(), what)) {
				t.Errorf("%s: %v", what, err)
			}
		}
	}
	if _, err := st.SweepPart(context.Background(), spec, c, s.panel, 0, 2, nil); err == nil {
		t.Error("share 0 of 2")
	}
}
