package events

import (
	"math/rand/v2"
	"strings"
	"testing"
	"time"
)

func TestMoment(t *testing.T) {
	for _, tt := range []struct {
		date, clock, zone string
		want              string // RFC 3339, or the message
		precision         Precision
	}{
		{"", "2025-01-27T14:30:00Z", "", "2025-01-27T14:30:00Z", Minute},
		{"", "2025-01-27T14:30:05Z", "", "2025-01-27T14:30:05Z", Second},
		{"", "2025-01-27t14:30z", "", "2025-01-27T14:30:00Z", Minute},
		{"", "2025-01-27 14:30:00.250+00:00", "", "2025-01-27T14:30:00.25Z", Second},
		{"", "2025-01-27T09:30:00-05:00", "", "2025-01-27T09:30:00-05:00", Minute},
		{"", "2025-01-27 09:30 -0500", "", "2025-01-27T09:30:00-05:00", Minute},
		{"", "2025-01-27 9:30-05", "", "2025-01-27T09:30:00-05:00", Minute},
		{"", "2025-01-27 09:30 America/New_York", "", "2025-01-27T09:30:00-05:00", Minute},
		{"", "2025-01-27 14:30 UTC", "", "2025-01-27T14:30:00Z", Minute},
		{"", "2025-01-27 09:30", "America/New_York", "2025-01-27T09:30:00-05:00", Minute},
		{"", "2025-07-01 09:30", "America/New_York", "2025-07-01T09:30:00-04:00", Minute},
		{"", "2025-01-27 09:30", "+08:00", "2025-01-27T09:30:00+08:00", Minute},
		{"", "2025-01-27 09:30", "gmt", "2025-01-27T09:30:00Z", Minute},
		{"", "2025-01-27T14:30:00Z", "Asia/Tokyo", "2025-01-27T23:30:00+09:00", Minute},
		{"2025-01-27", "09:30", "America/New_York", "2025-01-27T09:30:00-05:00", Minute},
		{"2025-01-27", "09:30-05:00", "", "2025-01-27T09:30:00-05:00", Minute},
		{"2025-01-27", "2025-01-27T14:30:00Z", "", "2025-01-27T14:30:00Z", Minute},
		{"2025-01-27", "", "", "2025-01-27T00:00:00Z", Day},
		{"", "2025-01-27", "America/New_York", "2025-01-27T00:00:00Z", Day},
		{"2025-01-27T14:30:00Z", "", "", "2025-01-27T14:30:00Z", Minute},

		{"2025-01-26", "2025-01-27T14:30:00Z", "", `date "2025-01-26" and time "2025-01-27T14:30:00Z" disagree; write only one of them`, ""},
		{"", "2025-01-27 09:30", "", `time "2025-01-27 09:30" has no zone; add one (zone America/New_York, or an offset as in 2025-01-27T09:30:00-05:00), or write only 2025-01-27 where nobody knows the hour`, ""},
		{"", "27/01/2025", "", "2025-01-27T00:00:00Z", Day},
		{"", "01/27/2025", "", "2025-01-27T00:00:00Z", Day},
		{"", "27.1.2025 16:05", "Europe/Berlin", "2025-01-27T16:05:00+01:00", Minute},
		{"", "20250127", "", "2025-01-27T00:00:00Z", Day},
		{"", "20250127163034", "America/New_York", "2025-01-27T16:30:34-05:00", Second},
		{"", "20250127T163000Z", "", "2025-01-27T16:30:00Z", Minute},
		{"", "Mon, 27 Jan 2025 09:30:00 -0500", "", "2025-01-27T09:30:00-05:00", Minute},
		{"", "27 Jan 2025 09:30:00 EST", "", "2025-01-27T09:30:00-05:00", Minute},
		{"", "Jan 27, 2025 4:20 PM", "America/New_York", "2025-01-27T16:20:00-05:00", Minute},
		{"", "2025-01-27 12:05 AM", "UTC", "2025-01-27T00:05:00Z", Minute},
		{"", "1/27/2025 4:05:06 pm", "America/New_York", "2025-01-27T16:05:06-05:00", Second},
		{"", "1738003800", "", "2025-01-27T18:50:00Z", Minute},
		{"", "1738003800000", "America/New_York", "2025-01-27T13:50:00-05:00", Minute},
		{"27.01.2025", "16:05", "Europe/Berlin", "2025-01-27T16:05:00+01:00", Minute},
		{"1/27/2025", "4:05 PM", "America/New_York", "2025-01-27T16:05:00-05:00", Minute},
		{"20250127", "160534", "America/New_York", "2025-01-27T16:05:34-05:00", Second},
		{"2025-01-27", "1605", "America/New_York", "2025-01-27T16:05:00-05:00", Minute},

		{"", "20250127163034", "", `time "20250127163034" has no zone; add one (zone America/New_York, or an offset as in 2025-01-27T16:30:34-05:00), or write only 2025-01-27 where nobody knows the hour`, ""},
		{"", "01/02/2025", "", `time "01/02/2025" may be month/day or day/month; write 2025-01-27, or set the order of dates`, ""},
		{"", "Tue, 27 Jan 2025 09:30:00 -0500", "", `time "Tue, 27 Jan 2025 09:30:00 -0500": 2025-01-27 was a Monday; correct one of them`, ""},
		{"", "1 Jul 2025 09:30:00 EST", "", `time "1 Jul 2025 09:30:00 EST": EST is written in July, when the clocks of America/New_York showed EDT: if the writer meant them, it was 2025-07-01T13:30:00Z; write its offset instead`, ""},
		{"", "31/13/2025", "", `time "31/13/2025" cannot be read; write 2025-01-27, 2025-01-27T14:30:00Z, or 2025-01-27 09:30 with a zone`, ""},
		{"", "09:30", "UTC", `time "09:30" cannot be read; write 2025-01-27, 2025-01-27T14:30:00Z, or 2025-01-27 09:30 with a zone`, ""},
		{"", "2025-02-29", "", `time "2025-02-29" does not exist; write year-month-day and hours 0 to 23, such as 2025-01-27 or 2025-01-27T14:30:00Z`, ""},
		{"", "2025-01-27T24:00:00Z", "", `time "2025-01-27T24:00:00Z" does not exist; write year-month-day and hours 0 to 23, such as 2025-01-27 or 2025-01-27T14:30:00Z`, ""},
		{"", "0205-01-27", "", `time "0205-01-27": the year must lie between 1600 and 2400`, ""},
		{"", "2025-01-27 09:30", "EST", "2025-01-27T09:30:00-05:00", Minute},
		{"2025-07-01", "16:05", "ET", "2025-07-01T16:05:00-04:00", Minute},
		{"2025-07-01", "", "ET", "2025-07-01T00:00:00Z", Day},
		{"", "2025-07-01 09:30", "EST", `zone "EST" is not known; write a place such as America/New_York, UTC, or an offset such as -05:00`, ""},
		{"", "2025-07-01 09:30", "XQT", `zone "XQT" is not known; write a place such as America/New_York, UTC, or an offset such as -05:00`, ""},
		{"2025-07-01", "", "EST", "2025-07-01T00:00:00Z", Day},
		{"2025-07-01", "", "XQT", `zone "XQT" is not known; write a place such as America/New_York, UTC, or an offset such as -05:00`, ""},
		{"", "20115", "", `time "20115" cannot be read; write 2025-01-27, 2025-01-27T14:30:00Z, or 2025-01-27 09:30 with a zone`, ""}, // R's 2025-01-27
		{"", "45611", "", "2024-11-15T00:00:00Z", Day},
		{"", "45611.67361111", "America/New_York", "2024-11-15T16:10:00-05:00", Minute},
		{"", "20241115.0", "", "2024-11-15T00:00:00Z", Day},
		{"", "1731704700000000000", "", "2024-11-15T21:05:00Z", Minute},
		{"", "2025-01-27 09:30", "Local", `zone "Local" is not known; write a place such as America/New_York, UTC, or an offset such as -05:00`, ""},
		{"", "2025-01-27 09:30", "America/Gotham", `zone "America/Gotham" is not known; write a place such as America/New_York, UTC, or an offset such as -05:00`, ""},
		{"", "2025-01-27 09:30", "../UTC", `zone "../UTC" is not known; write a place such as America/New_York, UTC, or an offset such as -05:00`, ""},
		{"", "2025-01-27 09:30+23:00", "", `zone "+23:00" is not known; write a place such as America/New_York, UTC, or an offset such as -05:00`, ""},

		// New York's clocks went from 02:00 to 03:00, and from 02:00 back to 01:00.
		{"", "2025-03-09 01:59", "America/New_York", "2025-03-09T01:59:00-05:00", Minute},
		{"", "2025-03-09 02:30", "America/New_York", `time "2025-03-09 02:30:00" does not exist in America/New_York: the clocks were put forward over it; correct it, or write it with its offset`, ""},
		{"", "2025-03-09 03:00", "America/New_York", "2025-03-09T03:00:00-04:00", Minute},
		{"", "2025-11-02 00:59", "America/New_York", "2025-11-02T00:59:00-04:00", Minute},
		{"", "2025-11-02 01:00", "America/New_York", `time "2025-11-02 01:00:00" came twice in America/New_York, where the clocks were put back; write 2025-11-02T01:00:00-04:00 or 2025-11-02T01:00:00-05:00`, ""},
		{"", "2025-11-02 01:59:59", "America/New_York", `time "2025-11-02 01:59:59" came twice in America/New_York, where the clocks were put back; write 2025-11-02T01:59:59-04:00 or 2025-11-02T01:59:59-05:00`, ""},
		{"", "2025-11-02 02:00", "America/New_York", "2025-11-02T02:00:00-05:00", Minute},
		{"", "2025-11-02T01:30:00-05:00", "America/New_York", "2025-11-02T01:30:00-05:00", Minute},
	} {
		got, precision, err := zones{}.moment(tt.date, tt.clock, tt.zone, AutoOrder)
		text := got.Format(time.RFC3339Nano)
		if err != nil {
			text, precision = err.Error(), ""
		}
		if text != tt.want || precision != tt.precision {
			t.Errorf("%q %q %q:\n got %s %s\nwant %s %s", tt.date, tt.clock, tt.zone, text, precision, tt.want, tt.precision)
		}
	}
}

// The machine's own zone must not change what is read.
func TestMomentElsewhere(t *testing.T) {
	defer func(l *time.Location) { time.Local = l }(time.Local)
	time.Local = time.FixedZone("EST", -5*3600)
	got, _, err := zones{}.moment("", "2025-01-27T09:30:00-05:00", "", AutoOrder)
	if err != nil || got.Location() == time.Local || got.Location().String() != "" {
		t.Errorf("%v in %q, %v", got, got.Location(), err)
	}
}

func TestPrecisionAndClose(t *testing.T) {
	for in, want := range map[string]string{
		"time: 2025-01-27, precision: minute":           `a.yaml:1: precision "minute", but the time is a date alone; add the hour, or write precision date`,
		"time: 2025-01-27T21:30:00Z, after_close: true": "a.yaml:1: after_close goes with a date alone, and this event has an hour; remove one of them",
		"time: 2025-01-27T21:30:00Z, precision: aprox":  `a.yaml:1: precision "aprox" is not known (did you mean approx?); write one of second, minute, approx, date`,
		"title: x": "a.yaml:1: time is missing; write 2025-01-27, 2025-01-27T14:30:00Z, or 2025-01-27 09:30 with a zone",
		"time: 2025-01-27T21:30:00Z, precision: date":           "2025-01-27T21:30:00Z date false false",
		"time: 2025-01-27T21:30:00Z, after_close: false":        "2025-01-27T21:30:00Z minute false false",
		"time: 2025-01-27, after_close: Yes, precision: date":   "2025-01-27T00:00:00Z date true true",
		"date: 2025-01-27, after_close: 0, zone: Europe/Berlin": "2025-01-27T00:00:00Z date true false",
	} {
		got := read1("a.yaml", "- {id: a, "+in+"}")
		if got != want {
			t.Errorf("%s:\n got %s\nwant %s", in, got, want)
		}
	}
}

// What is read at a glance is what the long way gives.
func TestUsual(t *testing.T) {
	rng := rand.New(rand.NewPCG(24, 1))
	seen := 0
	for range 200_000 {
		s := []byte("2024-02-29 09:30")[:[]int{10, 16}[rng.IntN(2)]]
		for range rng.IntN(4) {
			s[rng.IntN(len(s))] = "0123456789-:T /"[rng.IntN(15)]
		}
		got, ok := usual(string(s))
		layout := "2006-01-02 15:04"[:len(s)]
		want, err := time.Parse(layout, strings.Replace(string(s), "T", " ", 1))
		exists := err == nil && timeForm.Match(s) && (len(s) == 10 || s[11] != ' ') // hours of one digit go the long way
		if ok != exists || ok && !got.Equal(want) {
			t.Fatalf("%s: %v %v, want %v %v", s, got, ok, want, err)
		}
		if ok {
			seen++
		}
	}
	if seen < 50_000 {
		t.Errorf("only %d times exist", seen)
	}
}
