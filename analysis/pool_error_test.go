package analysis

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"

	"aftershock/market"
)

// residualsByHand is the regression of y on x and a constant as a textbook has it, and
// what it leaves of y.
func residualsByHand(y, x []float64) []float64 {
	n := float64(len(y))
	var sx, sy, sxx, sxy float64
	for t := range y {
		sx += x[t]
		sy += y[t]
		sxx += x[t] * x[t]
		sxy += x[t] * y[t]
	}
	slope := (n*sxy - sx*sy) / (n*sxx - sx*sx)
	e := make([]float64, len(y))
	for t := range y {
		e[t] = y[t] - slope*x[t] - (sy-slope*sx)/n
	}
	return e
}

// The error of a CAAR over dates of which two overlap, by hand: three observations, A
// and B on two sessions of the three that a window has, C far away. The spread of the
// three CARs is widened by the mean correlation of the pairs as far as they overlap,
//
//	SE = sd/sqrt(3) sqrt((1 + 2 r)/(1 - r)),  r = rho_AB (2/3) / 3
//
// and the interval is that of Student's t with two degrees of freedom, 4.302653 errors
// either way (any table).
func TestCAARErrorOfOverlappingDates(t *testing.T) {
	const from, sessions = 300, 800
	s := &simulated{panel: market.NewPanel(market.Simple, market.Skip), cal: market.NYSE()}
	s.first = s.cal.Search(market.NewDate(2016, 1, 4))
	rng := rand.New(rand.NewPCG(42, 1))
	series := map[string][]float64{}
	var shared []float64
	for range sessions {
		shared = append(shared, 0.02*rng.NormFloat64())
	}
	for i, symbol := range []string{"INDEX", "A", "B", "C"} {
		r := make([]float64, sessions)
		for k := range r {
			r[k] = 0.01 * rng.NormFloat64()
			if i > 0 {
				r[k] += series["INDEX"][k] + shared[k] // A, B and C move together beyond the index
			}
		}
		series[symbol] = r
		s.add(t, symbol, r)
	}
	st := s.study()
	st.Tests = []Test{CrossSectionTest{}}
	st.CARWindows = []Window{{0, 2}}
	session0 := map[string]int{"A": from, "B": from + 1, "C": from + 400}
	r := s.run(t, st, s.event(from, "A"), s.event(from+1, "B"), s.event(from+400, "C"))

	residual := map[string][]float64{}
	car := map[string]float64{}
	for symbol, k := range session0 {
		y, x := series[symbol][k-120:k], series["INDEX"][k-120:k]
		residual[symbol] = residualsByHand(y, x)
		// the coefficients again, as differences of what they leave of 1 and of x
		var sx, sy, sxx, sxy float64
		for i := range y {
			sx, sy, sxx, sxy = sx+x[i], sy+y[i], sxx+x[i]*x[i], sxy+x[i]*y[i]
		}
		beta := (120*sxy - sx*sy) / (120*sxx - sx*sx)
		for tau := range 3 {
			car[symbol] += series[symbol][k+tau] - (sy-beta*sx)/120 - beta*series["INDEX"][k+tau]
		}
	}
	// A's residuals 1..119 and B's 0..118 are of the same sessions.
	var n, sa, sb, saa, sbb, sab float64
	for i := range 119 {
		a, b := residual["A"][i+1], residual["B"][i]
		n, sa, sb, saa, sbb, sab = n+1, sa+a, sb+b, saa+a*a, sbb+b*b, sab+a*b
	}
	rho := (sab - sa*sb/n) / math.Sqrt((saa-sa*sa/n)*(sbb-sb*sb/n))
	if rho < 0.5 {
		t.Fatalf("the residuals correlate by %v: the fixture shows nothing", rho)
	}
	rbar := rho * 2 / 3 / 3
	mean := (car["A"] + car["B"] + car["C"]) / 3
	var ss float64
	for _, v := range car {
		ss += (v - mean) * (v - mean)
	}
	se := math.Sqrt(ss/2) / math.Sqrt(3) * math.Sqrt((1+2*rbar)/(1-rbar))

	g := r.Group(All, "all")
	a := g.Averages[2]
	for _, c := range []struct {
		what      string
		got, want float64
	}{
		{"r", g.Windows[0].RBar, rbar},
		{"CAAR", a.CAAR, mean},
		{"its error", a.CAARSE, se},
		{"lower", a.Lower, mean - 4.302652729749464*se}, // qt(0.975, 2)
		{"upper", a.Upper, mean + 4.302652729749464*se},
	} {
		if math.Abs(c.got-c.want) > 1e-10*math.Abs(c.want) {
			t.Errorf("%s: %.15g, by hand %.15g", c.what, c.got, c.want)
		}
	}
	if g.SEMethod != "cross-section" {
		t.Errorf("method %s", g.SEMethod)
	}
}

// A correlation over 29 common sessions counts as 0, one over 30 does not.
func TestFewCommonSessions(t *testing.T) {
	for common, want := range map[int]bool{29: false, 30: true} {
		t.Run(fmt.Sprint(common), func(t *testing.T) {
			s := simulate(t, 2, 900, 3)
			base := s.panel.Column("S0").Return
			twin := make([]float64, len(base))
			for k, v := range base {
				twin[k] = v + 0.001*math.Sin(float64(k))
			}
			s.add(t, "TWIN", twin)
			st := s.study()
			// the second window begins when the first has 30 sessions or 29 left
			st.EstimationWindow, st.EventWindow, st.CARWindows, st.MinEstimation = Window{-120, -1}, Window{0, 99}, []Window{{0, 99}}, 60
			st.Tests = []Test{KPBMP{}}
			k := 300
			r := s.run(t, st, s.event(k, "S0"), s.event(k+120-common, "TWIN"))
			rbar := r.Group(All, "all").Windows[0].RBar
			if (rbar != 0) != want {
				t.Errorf("r over %d common sessions is %v", common, rbar)
			}
		})
	}
}
