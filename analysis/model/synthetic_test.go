package model

import (
	"math"
	"slices"
	"testing"
)

// The variance divides by the sessions less the donors of the simplex and the
// effective parameters of the correction: 2 + 2.65, of at most 4 (numpy's value, by
// the code of stat.TestRidgeSimplexKnownAnswer and
// u = y - x @ w; ((u - u.mean()) ** 2).sum() / (M - 4)).
func TestSyntheticRidge(t *testing.T) {
	s := &Sample{X: make([][]float64, 4)}
	for k := 1.0; k <= 40; k++ {
		y := math.Cos(7*math.Pow(k, 1.1)) / 100
		for j, w := range []float64{0.9, 0.6, -0.5, 0} {
			r := math.Sin(float64(j+2)*math.Pow(k, 1.3)) / 50
			s.X[j] = append(s.X[j], r)
			y += w * r
		}
		s.Y = append(s.Y, y)
	}
	e := NewEstimate(4)
	if err := (Synthetic{Ridge: true}).Estimate(s, e); err != nil {
		t.Fatal(err)
	}
	if e.K != 4 || e.M != 40 || !e.Plain || e.B[0] != 0 {
		t.Errorf("%+v", e)
	}
	if want := 6.0610462322963845e-05; math.Abs(e.S2/want-1) > 1e-9 {
		t.Errorf("s^2 %v, want %v", e.S2, want)
	}
	if math.Abs(e.B[3]+0.4548838753430961) > 1e-9 {
		t.Errorf("weights %v, want the third to be negative", e.B[1:])
	}
}

// Donors of the security's own sector, and those of none, are left out on request.
func TestSyntheticOtherSectors(t *testing.T) {
	m := Synthetic{Donors: []string{"A", "B", "C", "D"}, Sectors: map[string]string{"A": "chips", "B": "banks", "C": "chips", "X": "chips", "Y": "banks"}}
	for _, c := range []struct {
		security string
		others   bool
		want     []string
	}{
		{"X", false, []string{"A", "B", "C", "D"}},
		{"X", true, []string{"B"}},
		{"Y", true, []string{"A", "C"}},
		{"A", true, []string{"B"}},
		{"Z", true, nil}, // of no known sector
		{"", true, []string{"A", "B", "C", "D"}},
	} {
		m.OtherSectors = c.others
		d := m.Design(c.security)
		var got []string
		for _, term := range d.Terms {
			got = append(got, term.Name)
		}
		if !slices.Equal(got, c.want) || d.Forecast != len(c.want) || (d.Problem == "") != (c.want != nil) {
			t.Errorf("%s, %v: %+v, want %v", c.security, c.others, d, c.want)
		}
	}
	if d := (Synthetic{Donors: []string{"A"}, OtherSectors: true, Sectors: m.Sectors}).Design("X"); d.Problem == "" {
		t.Error("a control of no donor")
	}
}
