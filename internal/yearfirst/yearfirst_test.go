package yearfirst

import (
	"strings"
	"testing"
	"time"
)

func TestFirst(t *testing.T) {
	days := func(layout string, n, step int) string {
		var out []string
		for i := range n {
			out = append(out, time.Date(2024, 12, 20, 0, 0, 0, 0, time.UTC).AddDate(0, 0, i*step).Format(layout))
		}
		return strings.Join(out, " ")
	}
	for dates, want := range map[string]string{
		days("06-01-02", 40, 1):    "first",
		days("06/01/02", 40, -1):   "first",
		days("06.01.02", 3, 5):     "first",
		days("02-01-06", 40, 1):    "last",
		days("01-02-06", 40, 1):    "last",
		days("02/01/06", 3, 5):     "last",
		days("2006-01-02", 3, 5):   "last", // or no concern of this
		"95-12-31":                 "certain",
		"27-01-95":                 "last",
		"25-01-27":                 "first", // nothing tells
		"27/01/25":                 "last",  // nothing tells
		"25-02-27 25-01-28":        "first",
		"27-01-25 20-02-25":        "last",
		"27-01-25 27-01-2025":      "last",
		"25-13-27":                 "last",
		"":                         "last",
		"2025-01-27 1-2-3 5.5.5.5": "last",
	} {
		var d Dates
		for i, s := range strings.Fields(dates) {
			d.See(s, i+1)
		}
		line, sample, certain, is := d.First()
		got := "last"
		switch {
		case certain:
			got = "certain"
		case is:
			got = "first"
		}
		if got != want || is && (line != 1 || sample != strings.Fields(dates)[0]) {
			t.Errorf("%.40s: the year is %s, want %s; %d, %q", dates, got, want, line, sample)
		}
	}
}
