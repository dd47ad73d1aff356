package analysis

import (
	"testing"
	"time"

	"aftershock/events"
	"aftershock/market"
)

// News at the very second of the close is too late for it: session 0 is the
// first session whose close is after the instant.
func TestPlaceAtTheClose(t *testing.T) {
	ny, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	cal := market.NYSE()
	for _, x := range []struct {
		at   time.Time
		want string
		how  Placement
	}{
		{time.Date(2025, 1, 27, 15, 59, 59, 0, ny), "2025-01-27", InSession},
		{time.Date(2025, 1, 27, 16, 0, 0, 0, ny), "2025-01-28", PastClose},
		{time.Date(2025, 1, 27, 0, 0, 0, 0, ny), "2025-01-27", InSession},
		{time.Date(2024, 11, 29, 12, 59, 59, 0, ny), "2024-11-29", InSession}, // a half-day
		{time.Date(2024, 11, 29, 13, 0, 0, 0, ny), "2024-12-02", PastClose},
		{time.Date(2025, 1, 20, 12, 19, 44, 0, time.UTC), "2025-01-21", OnClosedDay}, // Martin Luther King day
		{time.Date(2025, 1, 28, 2, 0, 0, 0, time.UTC), "2025-01-28", PastClose},      // 21:00 on the 27th in New York
	} {
		i, how, ex := Place(&events.Event{Time: x.at}, cal)
		if ex != nil || cal.Date(i).String() != x.want || how != x.how {
			t.Errorf("%s: %s %s %v, want %s %s", x.at, cal.Date(i), how, ex, x.want, x.how)
		}
	}
	// A date: the flag moves it only from a day that has a close.
	for _, x := range []struct {
		date  market.Date
		after bool
		want  string
	}{
		{market.NewDate(2025, 1, 27), false, "2025-01-27"},
		{market.NewDate(2025, 1, 27), true, "2025-01-28"},
		{market.NewDate(2025, 1, 25), false, "2025-01-27"},
		{market.NewDate(2025, 1, 25), true, "2025-01-27"},
	} {
		i, _, ex := Place(&events.Event{Time: x.date.Time(), DateOnly: true, AfterClose: x.after}, cal)
		if ex != nil || cal.Date(i).String() != x.want {
			t.Errorf("%s, after close %t: %s %v, want %s", x.date, x.after, cal.Date(i), ex, x.want)
		}
	}
}
