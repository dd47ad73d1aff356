package market

import (
	"math"
	"testing"
)

// TestMonths: where all prices are monthly a session is a month, on whatever of
// its days they are dated.
func TestMonths(t *testing.T) {
	series := func(symbol string, day func(y, m int) Date) *Series {
		s := &Series{Symbol: symbol, Adjusted: true}
		for k := range 30 {
			p := 100 + float64(k)
			s.Bars = append(s.Bars, Bar{Date: day(2013, 1+k), Open: math.NaN(), High: math.NaN(), Low: math.NaN(), Close: p, AdjClose: p, Volume: math.NaN()})
		}
		return s
	}
	end := func(y, m int) Date { return endOfMonth(NewDate(y, 1, 1) + Date(30.44*float64(m-1)) + 10) }
	middle := func(y, m int) Date { return end(y, m) - 14 }
	src := memory{"A": series("A", end), "B": series("B", middle)}
	p, errs := Load(t.Context(), src, Request{Securities: []Security{{Symbol: "A"}, {Symbol: "B"}}})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	a, b := p.Column("A"), p.Column("B")
	if a.Calendar != b.Calendar || a.Len() != 30 || b.First != a.First {
		t.Fatalf("%d sessions from %d, %d from %d", a.Len(), a.First, b.Len(), b.First)
	}
	if d := a.Calendar.Date(a.First); d != NewDate(2013, 1, 31) || a.Calendar.Date(a.First+2) != NewDate(2013, 3, 28) { // the 29th was Good Friday
		t.Errorf("sessions %s, %s", d, a.Calendar.Date(a.First+2))
	}
	if r := a.Return[1]; math.Abs(r-0.01) > 1e-12 || a.Return[1] != b.Return[1] {
		t.Errorf("returns %v, %v", a.Return[1], b.Return[1])
	}
	if len(p.Issues) != 1 || p.Issues[0].Code != "months" {
		t.Errorf("issues %v", p.Issues)
	}
	// Beside a daily series they are not.
	src["C"] = walk(120, 0.01, 90, 0)
	src["C"].Symbol = "C"
	if p, _ := Load(t.Context(), src, Request{Securities: []Security{{Symbol: "A"}, {Symbol: "C"}}}); p.Column("C").Calendar != NYSE() {
		t.Errorf("a daily series is on %s", p.Column("C").Calendar.Name())
	}
}

// TestSpacing: weekly prices are refused by their cause, and so are monthly ones
// beside daily ones.
func TestSpacing(t *testing.T) {
	series := func(symbol string, step Date) *Series {
		s := &Series{Symbol: symbol, Origin: symbol + ".csv"}
		for k := range Date(20) {
			d := NewDate(2024, 1, 5) + k*step
			for step == 1 && (d.Weekday() == 0 || d.Weekday() == 6) {
				d += 2
			}
			if len(s.Bars) == 0 || s.Bars[len(s.Bars)-1].Date < d {
				s.Bars = append(s.Bars, Bar{Date: d, Open: math.NaN(), High: math.NaN(), Low: math.NaN(), Close: 100 + float64(k), AdjClose: 100 + float64(k), Volume: math.NaN()})
			}
		}
		return s
	}
	src := memory{"DAY": series("DAY", 1), "WEEK": series("WEEK", 7), "MONTH": series("MONTH", 30)}
	p, errs := Load(t.Context(), src, Request{Securities: []Security{{Symbol: "DAY"}, {Symbol: "WEEK"}, {Symbol: "MONTH"}}})
	if len(p.Columns) != 1 || len(errs) != 2 || errs[0].Error() != "WEEK.csv: its prices are weekly, and a session is a day; take daily ones" ||
		errs[1].Error() != "MONTH.csv: its prices are monthly, and a session is a day; take daily ones" {
		t.Errorf("%d columns, %v", len(p.Columns), errs)
	}
}
