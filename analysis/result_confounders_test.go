package analysis

import (
	"math"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// TestTrimmed counts the trimmed sessions one by one.
func TestTrimmed(t *testing.T) {
	rng := rand.New(rand.NewPCG(18, 8))
	some := 0
	for range 500 {
		st := &Study{EstimationWindow: Window{-40, -11}, ConfounderWindow: Window{-rng.IntN(4), rng.IntN(4)}}
		if rng.IntN(4) == 0 {
			st.ConfounderWindow = Window{2, 4}
		}
		news := []int32{60}
		for range rng.IntN(8) {
			news = append(news, int32(rng.IntN(80)))
		}
		slices.Sort(news)
		news = slices.Compact(news)
		s := &series{}
		s.distract(&Study{Confounders: TrimConfounders, ConfounderWindow: st.ConfounderWindow}, news)
		c := &events.Catalog{Events: []events.Event{{Targets: []events.Target{{Symbol: "A"}}}}}
		r := &Result{Study: st, Catalog: c, Panel: &market.Panel{Columns: []*market.Column{{Calendar: market.NYSE()}}}, eng: &engine{series: []*series{s}},
			spots: []spot{{at: 60*bySpot + 4}}, row: []int32{-1}, first: []int{0, 1}}
		want := 0
		for k := 60 + st.EstimationWindow.From; k <= 60+st.EstimationWindow.To; k++ {
			if s.trims(60, k, k) {
				want++
			}
		}
		if got := r.Trimmed(0); got != want {
			t.Fatalf("news %v about %v: %d sessions, want %d", news, st.ConfounderWindow, got, want)
		}
		if want > 0 {
			some++
		}
	}
	if some < 100 {
		t.Errorf("only %d windows were trimmed", some)
	}
}

// An observation that could not be measured with other news left out, for the benchmark
// lacks returns too, is not compared.
func TestCleanedTooShort(t *testing.T) {
	p := benchPanel(t, 1, 400)
	index := p.Columns[0]
	for k := 250; k < 280; k++ {
		index.Return[k] = math.NaN()
	}
	c := &events.Catalog{}
	for i, k := range []int{200, 220, 300} {
		c.Events = append(c.Events, events.Event{ID: string(rune('a' + i)), DateOnly: true, Time: index.Calendar.Date(index.First+k).In(time.UTC, 0), Targets: []events.Target{{Symbol: "S0000"}}})
	}
	s := DefaultStudy()
	s.Benchmark, s.Groups, s.EstimationWindow = "INDEX", nil, Window{-120, -21}
	s.MinEstimation = 70 // of 70, of which the news of two dates takes some
	r, err := s.Run(t.Context(), c, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	o := r.Observation(2)
	if n := r.Trimmed(2); !o.Used() || o.Fit.M != 70 || n == 0 {
		t.Fatalf("used %v, on %d sessions, %d trimmed: the test is of little use", o.Used(), o.Fit.M, n)
	}
	if _, _, ok := r.Cleaned(2, 0); ok {
		t.Error("compared, with too few sessions")
	}
}

// What Cleaned measures, in whatever order, is what a study that keeps the sessions and one
// that trims them give.
func TestCleaned(t *testing.T) {
	s := simulate(t, 6, 700, 9)
	var e []events.Event
	for k := range 12 {
		e = append(e, s.event(300+13*k, names(6)[k%3:3+k%4]...))
	}
	of := func(how Confounding) *Result {
		st := s.study()
		st.Confounders, st.ConfounderWindow, st.Groups = how, Window{-1, 2}, nil
		return s.run(t, st, e...)
	}
	kept, trimmed := of(KeepConfounders), of(TrimConfounders)
	some := 0
	for _, r := range []*Result{kept, trimmed} {
		for w := range r.Study.CARWindows {
			for i := r.N() - 1; i >= 0; i-- {
				a, b, ok := r.Cleaned(i, w)
				if !ok {
					continue
				}
				some++
				for name, x := range map[string]struct {
					got  Cleaned
					want *Result
				}{"kept": {a, kept}, "trimmed": {b, trimmed}} {
					car, se := x.want.CAR(i, w)
					fit := x.want.Observation(i).Fit
					p, _, _ := stat.StudentT(float64(fit.M - fit.K)).PValues(car / se)
					if x.got.M != fit.M || math.Abs(x.got.CAR-car) > 1e-14 || math.Abs(x.got.SE-se) > 1e-14 || math.Abs(x.got.T-car/se) > 1e-10 || math.Abs(x.got.P-p) > 1e-10 {
						t.Fatalf("observation %d, window %d, %s: %+v, want %v %v of %d sessions", i, w, name, x.got, car, se, fit.M)
					}
				}
				if a.M <= b.M {
					t.Fatalf("observation %d: %d and %d sessions", i, a.M, b.M)
				}
			}
		}
	}
	if some < 40 {
		t.Errorf("%d observations have sessions to be trimmed", some)
	}
}
