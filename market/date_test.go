package market

import (
	"testing"
	"time"

	"pgregory.net/rapid"
)

func TestDate(t *testing.T) {
	for _, c := range []struct {
		d    Date
		s    string
		wday time.Weekday
	}{
		{0, "1970-01-01", time.Thursday},
		{-1, "1969-12-31", time.Wednesday},
		{NewDate(2000, 2, 29), "2000-02-29", time.Tuesday},
		{NewDate(2025, 1, 27), "2025-01-27", time.Monday},
		{NewDate(2025, 13, 1), "2026-01-01", time.Thursday},
		{NewDate(1900, 3, 0), "1900-02-28", time.Wednesday},
	} {
		if c.d.String() != c.s || c.d.Weekday() != c.wday {
			t.Errorf("%d: %s %s, want %s %s", c.d, c.d, c.d.Weekday(), c.s, c.wday)
		}
		if p, err := ParseDate(c.s); err != nil || p != c.d {
			t.Errorf("ParseDate(%q) = %v, %v", c.s, p, err)
		}
	}
	for _, s := range []string{"", "2025-02-29", "2025-1-2", "27.01.2025", "2025-01-27T00:00:00Z"} {
		if d, err := ParseDate(s); err == nil {
			t.Errorf("ParseDate(%q) = %s", s, d)
		}
	}
	if NoDate.String() != "" {
		t.Errorf("NoDate prints %q", NoDate)
	}
}

func TestDateOfUsesTheLocation(t *testing.T) {
	instant := time.Date(2025, 1, 28, 3, 0, 0, 0, time.UTC)
	for zone, want := range map[string]string{"America/New_York": "2025-01-27", "Asia/Seoul": "2025-01-28", "UTC": "2025-01-28"} {
		loc, err := time.LoadLocation(zone)
		if err != nil {
			t.Fatal(err)
		}
		if d := DateOf(instant.In(loc)); d.String() != want {
			t.Errorf("%s: %s, want %s", zone, d, want)
		}
	}
}

func TestDateRoundTrips(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Date(rapid.IntRange(-700_000, 2_900_000).Draw(t, "d")) // years 53 to 9909
		if got, want := d.String(), d.Time().Format(time.DateOnly); got != want {
			t.Fatalf("%d is written %s, not %s", d, got, want)
		}
		if got := DateOf(d.Time()); got != d {
			t.Fatalf("DateOf(Time) = %d, want %d", got, d)
		}
		b, err := d.MarshalText()
		var u Date
		if err != nil || u.UnmarshalText(b) != nil || u != d {
			t.Fatalf("%d marshals to %s and back to %d", d, b, u)
		}
		if d.Time().Weekday() != d.Weekday() || d.Time().Year() != d.Year() {
			t.Fatalf("%d: weekday or year differ from package time", d)
		}
	})
	var u Date
	if err := u.UnmarshalText(nil); err != nil || u != NoDate {
		t.Errorf("empty text gives %v, %v", u, err)
	}
	if err := u.UnmarshalText([]byte("27 January")); err == nil {
		t.Error("a wrong date was taken")
	}
}

func TestNewDateByTime(t *testing.T) {
	for y := 0; y < 2500; y++ {
		for m := time.Month(0); m <= 13; m++ {
			for _, d := range []int{-40, 0, 1, 28, 29, 30, 31, 32, 400} {
				if got, want := NewDate(y, m, d), DateOf(time.Date(y, m, d, 0, 0, 0, 0, time.UTC)); got != want {
					t.Fatalf("%d-%d-%d: %d, want %d", y, m, d, got, want)
				}
			}
		}
	}
}
