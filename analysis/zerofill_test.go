package analysis

import (
	"math"
	"testing"
)

// halted is a study with zeros for what is missing: S1 has no return on two of
// the three sessions of the window, and fewer estimation sessions than S0.
func halted(t *testing.T, symbols ...string) *GroupWindow {
	t.Helper()
	s := simulate(t, 3, 400, 21)
	r := s.panel.Column("S1").Return
	r[301], r[302], r[250], r[251] = math.NaN(), math.NaN(), math.NaN(), math.NaN()
	st := s.study()
	st.MissingEvent, st.MinEstimation = ZeroMissing, 119
	r[251] = 0.01
	res := s.run(t, st, s.event(300, symbols...))
	return &res.Groups[0].Windows[1]
}

// A session that counts as zero adds nothing to a sum, nor to its variance.
func TestZeroFilledVariance(t *testing.T) {
	w := halted(t, "S1") // one session is left of three
	if got, want := w.Test("patell").Stat, w.MeanSCAR*math.Sqrt((117-2.0)/117); math.Abs(got-want) > 1e-12*math.Abs(want) {
		t.Errorf("patell %v, want %v", got, want)
	}
	first := halted(t, "S1").Test("rank")
	s := simulate(t, 3, 400, 21)
	r := s.panel.Column("S1").Return
	for _, k := range []int{301, 302, 250} {
		r[k] = math.NaN()
	}
	r[251] = 0.01
	st := s.study()
	st.MinEstimation = 119
	if want := s.run(t, st, s.event(300, "S1")).Groups[0].Windows[0].Test("rank"); math.Abs(first.Stat-want.Stat) > 1e-12 {
		t.Errorf("rank %v, want %v of the one session that there is", first.Stat, want.Stat)
	}
}

// CARs over different sessions have no common scale.
func TestZeroFilledJoint(t *testing.T) {
	for _, symbols := range [][]string{{"S0", "S1"}, {"S1", "S0"}} {
		if got := halted(t, symbols...).Test("joint"); got.Note == nil {
			t.Errorf("joint of %v: %v", symbols, got.Stat)
		}
	}
}

// Securities that were measured each on enough sessions are tested on those
// that they have in common, even if these are fewer.
func TestJointOnFewCommonSessions(t *testing.T) {
	s := simulate(t, 2, 400, 22)
	a, b := s.panel.Column("S0").Return, s.panel.Column("S1").Return
	a[200], b[210] = math.NaN(), math.NaN()
	st := s.study()
	st.MinEstimation = 119
	got := s.run(t, st, s.event(300, "S0", "S1")).Groups[0].Windows[0].Test("joint")
	a[210], b[200] = math.NaN(), math.NaN()
	st.MinEstimation = 118
	want := s.run(t, st, s.event(300, "S0", "S1")).Groups[0].Windows[0].Test("joint")
	if !(math.Abs(got.Stat-want.Stat) <= 1e-12*want.Stat) {
		t.Errorf("joint %v (%s), want %v", got.Stat, got.Note, want.Stat)
	}
}
