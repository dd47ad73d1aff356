package market

import (
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

func dates(t *testing.T, list ...string) []Date {
	t.Helper()
	out := make([]Date, len(list))
	for i, s := range list {
		var err error
		if out[i], err = ParseDate(s); err != nil {
			t.Fatal(err)
		}
	}
	return out
}

func TestSessionFor(t *testing.T) {
	cal := NYSE()
	for _, c := range []struct{ instant, want, why string }{
		{"2025-01-20T12:19:44Z", "2025-01-21", "DeepSeek-R1 came out on Martin Luther King's day"},
		{"2025-01-27T14:30:00Z", "2025-01-27", "at the open"},
		{"2025-01-27T20:59:59Z", "2025-01-27", "a second before the close"},
		{"2025-01-27T21:00:00Z", "2025-01-28", "at the close it is too late"},
		{"2024-11-29T17:59:00Z", "2024-11-29", "before the early close"},
		{"2024-11-29T20:30:00Z", "2024-12-02", "15:30 on a half-day"},
		{"2025-01-25T12:00:00Z", "2025-01-27", "a Saturday"},
		{"2025-01-28T03:00:00Z", "2025-01-28", "22:00 in New York belongs to the next morning"},
		{"2024-07-08T20:00:00Z", "2024-07-09", "summer time: 20:00Z is the close"},
		{"2001-09-11T12:46:00Z", "2001-09-17", "the exchange stayed closed for four days"},
	} {
		at, err := time.Parse(time.RFC3339, c.instant)
		if err != nil {
			t.Fatal(err)
		}
		if got := cal.Date(cal.SessionFor(at)); got.String() != c.want {
			t.Errorf("%s (%s): session %s, want %s", c.instant, c.why, got, c.want)
		}
	}
	last := cal.Close(cal.Len() - 1)
	if i := cal.SessionFor(last); i != cal.Len() {
		t.Errorf("after the last close: %d, want Len", i)
	}
	if i := cal.SessionFor(time.Unix(0, 0)); i != 0 {
		t.Errorf("before the calendar: %d, want 0", i)
	}
}

func TestSearchAgreesWithAScan(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var ds []Date
		d := Date(rapid.IntRange(-5, 5).Draw(t, "first"))
		for range rapid.IntRange(0, 12).Draw(t, "n") {
			ds = append(ds, d)
			d += Date(rapid.IntRange(1, 5).Draw(t, "gap"))
		}
		c, err := CalendarFromDates("X", time.UTC, 960, ds)
		if err != nil {
			t.Fatal(err)
		}
		for q := Date(-10); q < d+5; q++ {
			want := 0
			for want < len(ds) && ds[want] < q {
				want++
			}
			if got := c.Search(q); got != want {
				t.Fatalf("Search(%d) = %d, want %d in %v", q, got, want, ds)
			}
			if i, ok := c.Index(q); ok != (want < len(ds) && ds[want] == q) || i != want {
				t.Fatalf("Index(%d) = %d, %v", q, i, ok)
			}
		}
	})
}

func TestNewCalendarRefuses(t *testing.T) {
	for what, c := range map[string]struct {
		zone     *time.Location
		sessions []Session
	}{
		"no time zone":    {nil, nil},
		"come after":      {time.UTC, []Session{{5, 960}, {5, 960}}},
		"1..1440":         {time.UTC, []Session{{5, 0}}},
		"it must lie":     {time.UTC, []Session{{5, 1441}}},
		"has no date":     {time.UTC, []Session{{NoDate, 960}}},
		"not come after ": {time.UTC, []Session{{5, 960}, {4, 960}}},
	} {
		if _, err := NewCalendar("X", c.zone, 960, c.sessions); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("want an error about %q, got %v", what, err)
		}
	}
}

func TestWith(t *testing.T) {
	day := func(s string) Date { return dates(t, s)[0] }
	c, err := NYSE().With(
		SpecialDay{day("2025-03-04"), 13 * 60},
		SpecialDay{day("2025-03-03"), 0},
		SpecialDay{day("2025-03-08"), 12 * 60}, // a Saturday
		SpecialDay{day("2025-03-09"), 0},       // a Sunday: no session anyway
	)
	if err != nil {
		t.Fatal(err)
	}
	if _, ok := c.Index(day("2025-03-03")); ok {
		t.Error("a removed session is still there")
	}
	if i, ok := c.Index(day("2025-03-04")); !ok || !c.Early(i) || c.Close(i).Format("15:04 MST") != "13:00 EST" {
		t.Error("a session was not shortened")
	}
	if _, ok := c.Index(day("2025-03-08")); !ok {
		t.Error("a session was not added")
	}
	if c.Len() != NYSE().Len() {
		t.Errorf("%d sessions, want %d", c.Len(), NYSE().Len())
	}
	if _, ok := NYSE().Index(day("2025-03-03")); !ok {
		t.Error("With changed its receiver")
	}
	for _, bad := range [][]SpecialDay{
		{{day("1980-01-02"), 2000}},
		{{NoDate, 0}},
		{{day("2025-03-04"), 0}, {day("2025-03-04"), 780}},
		{{day("2025-03-04"), 2000}},
		{{day("2025-03-04"), -1}},
	} {
		if _, err := NYSE().With(bad...); err == nil {
			t.Errorf("With(%v) was taken", bad)
		}
	}
}
