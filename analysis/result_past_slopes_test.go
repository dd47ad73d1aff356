package analysis

import (
	"context"
	"testing"
	"time"

	"aftershock/analysis/stat"
	"aftershock/events"
)

// The momentum of the months before the event: what is made of the end of the
// estimation window is in the intercept of the model as well, see docs/verify.md.
const earlier, late = "momentum 12 to 7 months before", "momentum 12 to 2 months before"

// realSlopes regresses the abnormal returns of all shares of the panel on a
// characteristic on every step-th ordinary day and returns, by characteristic, how
// many days there were and on how many of them each p value is at most 5%.
func realSlopes(t testing.TB, step int) (days int, rejected map[string]*[3]int) {
	p := realPanel(t)
	cal, all := p.Columns[0].Calendar, p.Columns[0]
	rejected = map[string]*[3]int{"beta": {}, "sigma": {}, earlier: {}, late: {}}
	study := DefaultStudy()
	study.EventWindow, study.CARWindows = Window{0, 0}, []Window{{0, 0}}
	study.Groups, study.Tests = []Grouping{ByEvent}, []Test{StudentTest{}}
	for at := all.First + 271; at <= all.Last(); at += step {
		e := events.Event{ID: "day", DateOnly: true, Time: cal.Date(at).In(time.UTC, 0)}
		momentum := map[string]map[string]float64{earlier: {}, late: {}}
		for _, c := range p.Columns[1:] {
			if at-270 > c.First && at <= c.Last() {
				e.Targets = append(e.Targets, events.Target{Symbol: c.Symbol})
				momentum[earlier][c.Symbol] = c.Price[at-126-c.First]/c.Price[at-252-c.First] - 1
				momentum[late][c.Symbol] = c.Price[at-21-c.First]/c.Price[at-252-c.First] - 1
			}
		}
		r, err := study.Run(context.Background(), &events.Catalog{Events: []events.Event{e}}, p, nil)
		if err != nil {
			t.Fatal(err)
		}
		days++
		for name, n := range rejected {
			by := []Characteristic{r.CharacteristicOf(name, momentum[name])}
			if momentum[name] == nil {
				if by, err = r.Characteristic(name); err != nil {
					t.Fatal(err)
				}
			}
			x, err := r.Regress(by, RegressionSpec{Errors: stat.HC3})
			if err != nil || x.Past.Note != nil {
				t.Fatal(err, x)
			}
			for i, p := range []float64{x.Past.Past[1].PValue(), x.Past.Past[1].Rank, x.P[1]} {
				if p <= 0.05 {
					n[i]++
				}
			}
		}
	}
	return days, rejected
}

// TestPastSlopesOnRealDays: on days picked by the calendar alone, past slopes reject a
// slope of zero about as often as they say, and errors that take shares as independent
// on every other day. docs/verify.md has the figures of all days.
func TestPastSlopesOnRealDays(t *testing.T) {
	if testing.Short() {
		t.Skip("a regression of 500 shares on 250 past days, on 120 days")
	}
	days, rejected := realSlopes(t, 20)
	for name, n := range rejected {
		// qbinom(c(0.0005, 0.9995), 122, 0.05) is 1 and 15
		if name != late && (n[0] < 1 || n[0] > 15 || n[1] < 1 || n[1] > 15) {
			t.Errorf("%s: past slopes reject on %d and %d of %d days", name, n[0], n[1], days)
		}
		if n[2] < days*35/100 {
			t.Errorf("%s: hc3 rejects on %d of %d days only", name, n[2], days)
		}
		t.Logf("%s: t %d, rank %d, hc3 %d of %d days", name, n[0], n[1], n[2], days)
	}
}
