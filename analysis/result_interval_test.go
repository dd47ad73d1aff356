package analysis

import (
	"math"
	"testing"

	"aftershock/market"
)

// TestIntervals: an interval is t quantiles of its forecast error on either side.
// R 4.2: qt(.975, 248) = 1.969575654.
func TestIntervals(t *testing.T) {
	n := newNasty(t)
	r := mustRun(t, n.study(), n.catalog, n.panel(t, market.Simple, nil))
	i := -1
	for k := range r.N() {
		if o := r.Observation(k); o.Used() && o.Fit.M == 250 {
			i = k
			break
		}
	}
	if i < 0 {
		t.Fatal("no observation with 250 estimation sessions")
	}
	const q = 1.969575654
	f := r.AbnormalReturns(i)
	near := func(what string, got, want float64) {
		t.Helper()
		if math.Abs(got-want) > 1e-9*math.Abs(want) {
			t.Errorf("%s: %v, not %v", what, got, want)
		}
	}
	at := -r.Study.EventWindow.From
	x := r.ARInterval(i, 0)
	near("AR", x.Value, f.AR[at])
	near("AR lower", x.Lower, f.AR[at]-q*f.SE[at])
	near("AR upper", x.Upper, f.AR[at]+q*f.SE[at])
	for w := range r.Study.CARWindows {
		x := r.CARInterval(i, w)
		near("CAR lower", x.Lower, f.CAR[w]-q*f.CARSE[w])
		near("CAR upper", x.Upper, f.CAR[w]+q*f.CARSE[w])
	}
	for k, x := range r.PathInterval(i) {
		if f.Path[k] == f.Path[k] {
			near("path lower", x.Lower, f.Path[k]-q*f.PathSE[k])
			near("path upper", x.Upper, f.Path[k]+q*f.PathSE[k])
		}
	}
	if x := r.ARInterval(i, r.Study.EventWindow.To+1); x.Value == x.Value {
		t.Error("an interval outside the event window")
	}
}
