package model

import (
	"errors"
	"math"
	"testing"
)

// wave is a market without gaps and a security that follows it by a session,
// with two outliers.
func wave() (y, x []float64) {
	const n = 130
	for k := range n {
		t := float64(k)
		x = append(x, 0.01*math.Sin(t*t)+0.004*math.Sin((t-1)*(t-1)))
		y = append(y, 0.0005+1.2*x[k]+0.003*math.Cos(3*t*t))
		if k > 0 {
			y[k] += 0.5 * x[k-1]
		}
	}
	y[40] += 0.06
	y[77] -= 0.05
	return y, x
}

// sampleOf lays out the terms of d on the market x, without the ends that a
// lag or lead leaves empty.
func sampleOf(d Design, y, x []float64) *Sample {
	reach := 0
	for _, t := range d.Terms {
		reach = max(reach, t.Lag, -t.Lag)
	}
	s := &Sample{Y: y[reach : len(y)-reach], Forecast: d.Forecast}
	for _, t := range d.Terms {
		s.X = append(s.X, x[reach-t.Lag:len(x)-reach-t.Lag])
	}
	return s
}

// Values from numpy 1.24.2: polyfit and lstsq for the slopes, corrcoef for the
// autocorrelations, the papers' formulas written out.
func TestThinTrading(t *testing.T) {
	y, x := wave()
	for _, c := range []struct {
		m           Model
		beta, alpha float64
	}{
		{ScholesWilliams{}, 1.519191964277481, 0.0003767922443807082},
		{Dimson{}, 1.5962587410409872, 0.00039959069561034},
		{Dimson{Lags: 2}, 1.3394358386174856, 0.0003427631964794853},
		{Dimson{FowlerRorke: true}, 1.5284404010220736, 0.00037952818382085065},
		{Dimson{Lags: 2, FowlerRorke: true}, 1.4126592159997446, 0.00036655167464881284},
	} {
		e := NewEstimate(1)
		s := sampleOf(c.m.Design("A"), y, x)
		if ex := c.m.Estimate(s, e); ex != nil {
			t.Fatal(c.m.Name(), ex)
		}
		near(t, c.m.Name()+" beta", e.B[1], c.beta)
		near(t, c.m.Name()+" alpha", e.B[0], c.alpha)
		if e.K != 2 || e.M != len(s.Y) {
			t.Errorf("%s: M %d, K %d", c.m.Name(), e.M, e.K)
		}
	}
}

// A market that turns every session has no beta by its lags and leads: the
// denominator is not positive.
func TestMarketThatAlternates(t *testing.T) {
	var y, x []float64
	for k := range 60 { // rho_1 near -1
		v := 0.01
		if k%2 == 1 {
			v = -v
		}
		x = append(x, v*(1+0.001*math.Sin(float64(k*k))))
		y = append(y, x[k]+0.001*math.Cos(float64(k*k)))
	}
	for _, m := range []Model{ScholesWilliams{}, Dimson{FowlerRorke: true}} {
		if err := m.Estimate(sampleOf(m.Design("A"), y, x), NewEstimate(1)); !errors.Is(err, ErrCollinear) {
			t.Errorf("%s: %v", m.Name(), err)
		}
	}
}
