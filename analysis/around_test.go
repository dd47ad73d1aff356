package analysis

import (
	"fmt"
	"strings"
	"testing"

	"aftershock/events"
	"aftershock/market"
)

// TestPlaceAround: session 0, an hour earlier, an hour later; otherwise for a date
// alone.
func TestPlaceAround(t *testing.T) {
	for _, c := range []struct{ when, exchange, want string }{
		{"2025-01-27T15:30:00-05:00", "NYSE", "2025-01-27 2025-01-27 2025-01-28 - mid-session near-close"},
		{"2025-01-27T16:20:00-05:00", "NYSE", "2025-01-28 2025-01-27 2025-01-28 - after-close near-close"},
		{"2025-01-27T08:00:00-05:00", "NYSE", "2025-01-27 2025-01-27 2025-01-27 - before-open"},
		{"2025-01-27T09:29:59-05:00", "NYSE", "2025-01-27 2025-01-27 2025-01-27 - before-open"},
		{"2025-01-27T09:30:00-05:00", "NYSE", "2025-01-27 2025-01-27 2025-01-27 - mid-session"}, // the opening price is older
		{"2025-01-27T00:30:00-05:00", "NYSE", "2025-01-27 2025-01-27 2025-01-27 - before-open"},
		{"2025-01-26T12:00:00-05:00", "NYSE", "2025-01-27 2025-01-27 2025-01-27 - weekend"},
		{"2025-01-20T12:19:44Z", "NYSE", "2025-01-21 2025-01-21 2025-01-21 - holiday"},
		{"2024-11-29T12:30:00-05:00", "NYSE", "2024-11-29 2024-11-29 2024-12-02 - mid-session half-day near-close"},
		{"2024-11-29T13:30:00-05:00", "NYSE", "2024-12-02 2024-11-29 2024-12-02 - after-close half-day near-close"},
		{"2025-01-27", "NYSE", "2025-01-27 - - 2025-01-28 no-hour"},
		{"2025-01-25", "NYSE", "2025-01-27 - - 2025-01-27 no-hour weekend"},
		{"2025-01-27T16:20:00-05:00", "Tokyo", "2025-01-28 2025-01-28 2025-01-28 - before-open"},
		{"2025-01-27T01:00:00-05:00", "Tokyo", "2025-01-27 2025-01-27 2025-01-28 - mid-session near-close"},
	} {
		cat, err := events.ReadCSV("x.csv", strings.NewReader("id,time\na,"+c.when+"\n"))
		if err != nil {
			t.Fatal(err)
		}
		ex, ok := market.ExchangeByName(c.exchange)
		if !ok {
			t.Fatalf("no exchange %s", c.exchange)
		}
		a := PlaceAround(&cat.Events[0], ex.Calendar())
		show := func(d market.Date) string {
			if d == market.NoDate {
				return "-"
			}
			return d.String()
		}
		got := fmt.Sprint(show(a.Session0), " ", show(a.Earlier), " ", show(a.Later), " ", show(a.Otherwise))
		for _, w := range a.What {
			got += " " + string(w)
		}
		if got != c.want {
			t.Errorf("%s on %s: %s, want %s", c.when, c.exchange, got, c.want)
		}
		if sensitive := strings.Contains(c.want, "near-close") || c.when == "2025-01-27"; a.Sensitive() != sensitive {
			t.Errorf("%s on %s: sensitive %v", c.when, c.exchange, a.Sensitive())
		}
	}
	e := events.Event{Precision: events.NoTime, DateOnly: true}
	if a := PlaceAround(&e, market.NYSE()); a.Excluded == nil || a.Sensitive() {
		t.Errorf("an event without a time: %+v", a)
	}
}

func TestNeighbours(t *testing.T) {
	cat, err := events.ReadCSV("x.csv", strings.NewReader("id,time,securities\na,2025-01-27,NVDA AMD\nb,2025-01-28,NVDA\nc,2025-01-31,AMD\nd,2025-02-28,NVDA\ne,2025-01-27,\nf,2025-01-27,TSM\n"))
	if err != nil {
		t.Fatal(err)
	}
	all := Neighbours(cat, []string{"NVDA"}, func(s string) *market.Calendar {
		if s == "TSM" {
			return nil
		}
		return market.NYSE()
	}, Window{-2, 4})
	want := []string{"[{AMD c 4} {NVDA e 0} {NVDA b 1}]", "[{NVDA a -1} {NVDA e -1}]", "[]", "[]", "[{NVDA a 0} {NVDA b 1}]", "[]"}
	for i := range want {
		if got := fmt.Sprint(all[i]); got != want[i] {
			t.Errorf("%s: %s, want %s", cat.Events[i].ID, got, want[i])
		}
	}
}
