package analysis

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
)

// A portfolio of donors is found again.
func TestSyntheticKnownAnswer(t *testing.T) {
	rng := rand.New(rand.NewPCG(4, 4))
	want := []float64{0, 0.6, 0, 0.1, 0.3}
	s := &model.Sample{X: make([][]float64, 5)}
	for k := range 120 {
		// An error that no combination of donors explains: it alternates.
		y := 0.001 * float64(1-2*(k%2))
		for j := range want {
			if k%2 == 0 {
				s.X[j] = append(s.X[j], 0.01*rng.NormFloat64())
			} else {
				s.X[j] = append(s.X[j], s.X[j][k-1])
			}
			y += want[j] * s.X[j][k]
		}
		s.Y = append(s.Y, y)
	}
	e := model.NewEstimate(5)
	if ex := (model.Synthetic{}).Estimate(s, e); ex != nil {
		t.Fatal(ex)
	}
	for j, v := range want {
		if math.Abs(e.B[1+j]-v) > 1e-12 {
			t.Errorf("weight %d: %v, want %v", j, e.B[1+j], v)
		}
	}
	if e.B[0] != 0 || e.K != 3 || !e.Plain {
		t.Errorf("%+v", e)
	}
	near(t, "s^2", e.S2, 1e-6*120/117)
}

// The fit before the event is that of the weights on the returns of the estimation
// window; that of weights which may be negative is closer for a share that is short
// of a donor.
func TestDonorWeights(t *testing.T) {
	w := newWorld(t)
	rng := rand.New(rand.NewPCG(6, 6))
	w.share = make([]float64, worldLen)
	for k := range w.share {
		w.share[k] = 1.4*w.donors[0][k] - 0.4*w.donors[2][k] + 0.002*rng.NormFloat64()
	}
	w.share[worldEvent-50] = math.NaN()
	fit := make(map[bool]float64)
	for _, ridge := range []bool{false, true} {
		r := w.run(t, model.Synthetic{Donors: []string{"D0", "D1", "D2"}, Ridge: ridge}, 50)
		weights, rmse := r.DonorWeights(0)
		var sum, ss, n float64
		short := false
		for _, d := range weights {
			sum += d.Weight
			short = short || d.Weight < 0
		}
		near(t, "sum", sum, 1)
		if short != ridge {
			t.Errorf("ridge %v: %v", ridge, weights)
		}
		for k := worldEvent - 120; k <= worldEvent-11; k++ {
			e := w.share[k]
			for _, d := range weights {
				e -= d.Weight * w.donors[d.Security[1]-'0'][k]
			}
			if !math.IsNaN(e) {
				ss += e * e
				n++
			}
		}
		if n != 109 {
			t.Errorf("%v sessions", n)
		}
		near(t, "rmse", rmse, math.Sqrt(ss/n))
		fit[ridge] = rmse
		// The penalty is among those that RidgeSimplex tries on the same rows; without
		// ridge there is none.
		penalty := r.RidgePenalty(0)
		var y []float64
		x := make([][]float64, 3)
		for k := worldEvent - 120; k <= worldEvent-11; k++ {
			if v := w.share[k]; !math.IsNaN(v) {
				y = append(y, v)
				for j := range x {
					x[j] = append(x[j], w.donors[j][k])
				}
			}
		}
		_, want, _, err := stat.RidgeSimplex(y, x)
		if err != nil {
			t.Fatal(err)
		}
		if ridge && penalty != want || !ridge && !math.IsNaN(penalty) {
			t.Errorf("ridge %v: the penalty is %v, want %v", ridge, penalty, want)
		}
		said := ""
		for _, n := range r.Notes {
			if n.Code == "ridge" {
				said = n.Text()
			}
		}
		if (said != "") != ridge || ridge && !strings.HasPrefix(said, "the synthetic controls of 1 of 1 observations are corrected by ridge") {
			t.Errorf("ridge %v says %q", ridge, said)
		}
	}
	if fit[true] > fit[false]/2 {
		t.Errorf("rmse %v with ridge, %v without", fit[true], fit[false])
	}
	if weights, rmse := w.run(t, model.MarketModel{}, 50).DonorWeights(0); weights != nil || !math.IsNaN(rmse) {
		t.Errorf("a market model has the donors %v, rmse %v", weights, rmse)
	}
}
