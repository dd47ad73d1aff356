package stat

import (
	"math"
	"testing"
)

// P values keep their digits however far in the tail.
func TestTails(t *testing.T) {
	for _, c := range []struct {
		d       Distribution
		stat, p float64
	}{
		// R 4.2: 2*pnorm(-20), 2*pt(-20, 248), 2*pt(-40, 248), 2*pt(-200, 248)
		{Normal(), 20, 5.5072482372124675e-89},
		{StudentT(248), -20, 1.2152653428667707e-53},
		{StudentT(248), 40, 3.7693207555103289e-110},
		{StudentT(248), -200, 4.2591457207655986e-276},
		// R 4.2: pf(60, 12, 237, lower=FALSE), pf(1000, 3, 500, lower=FALSE)
		{FisherF(12, 237), 60, 7.9666505301940464e-65},
		{FisherF(3, 500), 1000, 8.7950103775750502e-211},
		// scipy 1.10: 2*norm.sf, 2*t.sf, f.sf, chi2.sf
		{Normal(), -37, 1.1451142445047853e-299},
		{StudentT(11), 20, 5.344325078535112e-10},
		{StudentT(3), 1e4, 2.2053155022958127e-12},
		{StudentT(1), 8.5, 0.07455374230841036},
		{StudentT(5), 1e-9, 0.9999999992407866},
		{FisherF(1, 10), 1e6, 2.4608247101732722e-26},
		{FisherF(12, 237), 0.3, 0.9889858596724833},
		{ChiSquared(1), 400, 5.507248237212379e-89},
		{ChiSquared(5), 1000, 6.0100776879208495e-214},
		{ChiSquared(11), 30, 0.0015845952573066058},
		{ChiSquared(248), 1500, 8.033192780949162e-178},
	} {
		p, lower, upper := c.d.PValues(c.stat)
		if !(math.Abs(p/c.p-1) < 1e-11) {
			t.Errorf("%v at %v: p %.17g, want %.17g", c.d, c.stat, p, c.p)
		}
		if c.d.Name == "normal" || c.d.Name == "t" {
			if tail := min(lower, upper); !(math.Abs(2*tail/c.p-1) < 1e-11) || math.Abs(lower+upper-1) > 1e-15 {
				t.Errorf("%v at %v: one-sided %v and %v", c.d, c.stat, lower, upper)
			}
		} else if lower == lower || upper == upper {
			t.Errorf("%v has no sign, and one-sided p values %v, %v", c.d, lower, upper)
		}
	}
}
