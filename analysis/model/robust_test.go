package model

import (
	"errors"
	"slices"
	"testing"
)

func TestRobust(t *testing.T) {
	y, x := wave()
	for _, c := range []struct {
		m           Model
		alpha, beta float64
	}{
		// statsmodels 0.13.5: RLM(y, x, M=HuberT(t=1.345)).fit(scale_est="mad", tol=1e-14, conv="coefs")
		{Huber{}, 0.00017322839221068395, 1.3732512628913354},
		// scipy 1.10.1: theilslopes(y, x)[0]; numpy: median(y - b x)
		{TheilSen{}, 0.000344494689171488, 1.3819695291105982},
	} {
		e := NewEstimate(1)
		if ex := c.m.Estimate(sampleOf(c.m.Design("A"), y, x), e); ex != nil {
			t.Fatal(c.m.Name(), ex)
		}
		near(t, c.m.Name()+" alpha", e.B[0], c.alpha)
		near(t, c.m.Name()+" beta", e.B[1], c.beta)
	}
}

// A security that mostly follows the market exactly has no scale of residuals.
func TestHuberWithoutScale(t *testing.T) {
	_, x := wave()
	y := slices.Clone(x)
	y[5], y[50] = 0.3, -0.2
	if err := (Huber{}).Estimate(sampleOf(Huber{}.Design("A"), y, x), NewEstimate(1)); !errors.Is(err, ErrNoVariance) {
		t.Error(err)
	}
}

// Theil-Sen leaves out the pairs of sessions with one market return.
func TestTheilSenTies(t *testing.T) {
	e := NewEstimate(1)
	s := &Sample{X: [][]float64{{1, 1, 2, 2, 3}}, Y: []float64{2, 3, 4, 6, 9}}
	if ex := (TheilSen{}).Estimate(s, e); ex != nil {
		t.Fatal(ex)
	}
	// Slopes 2, 4, 1, 3, 3.5, 3, 5, 3: the median is 3; of y - 3x -1, 0, -2, 0, 0 it is 0.
	if e.B[1] != 3 || e.B[0] != 0 {
		t.Error(e.B)
	}
}
