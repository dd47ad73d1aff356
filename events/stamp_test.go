package events

import (
	"strings"
	"testing"
	"time"
)

// TestStampInLanguages reads times as feeds of other languages write them.
func TestStampInLanguages(t *testing.T) {
	for in, want := range map[string]string{
		"lun., 27 janv. 2025 16:05:00 +0100": "2025-01-27T15:05:00Z", "27 févr. 2025": "2025-02-27T00:00:00Z", "seg, 27 jan 2025 16:05:00 -0300": "2025-01-27T19:05:00Z",
		"27 de janeiro de 2025": "2025-01-27T00:00:00Z", "ma, 27 jan. 2025 16:05:00 +0100": "2025-01-27T15:05:00Z", "Пн, 27 янв 2025 16:05:00 +0300": "2025-01-27T13:05:00Z",
		"27 غشت 2025": "2025-08-27T00:00:00Z", "12 mrt. 2025 09:00 CET": "2025-03-12T08:00:00Z", "27 août 2025 à 16h05 CEST": "2025-08-27T14:05:00Z",
	} {
		st := Reading{}.Stamp(in)
		if got := st.Time.UTC().Format(time.RFC3339); got != want || len(st.Doubts) > 0 {
			t.Errorf("%s: %s %v, want %s", in, got, st.Doubts, want)
		}
	}
}

func TestStamp(t *testing.T) {
	ny, err := time.LoadLocation("America/New_York")
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		raw       string
		how       Reading
		when      string // as Event.When; "" for none
		precision Precision
		given     string
		assumed   string // a part of it; "-": none
		doubt     string // a part of one; "": none
	}{
		{"Sun, 08 Mar 2026 23:58:37 GMT", Reading{}, "2026-03-08T23:58:37Z", Instant, "GMT", "GMT (given)", ""},
		{"Sun, 08 Mar 2026 22:16 GMT", Reading{}, "2026-03-08T22:16:00Z", Minute, "GMT", "given", ""},
		{"Sun, 10 Dec 17 13:01:36 -0800", Reading{}, "2017-12-10T21:01:36Z", Instant, "-0800", "-0800 (given)", ""},
		{"Tue, 21 Aug 2012 10:33:00 EST", Reading{}, "2012-08-21T15:33:00Z", Instant, "EST", "EST as written (-05:00), suspect", "2012-08-21T14:33:00Z"},
		{"Wed, 17 Jan 2018 15:50:00 EST", Reading{}, "2018-01-17T20:50:00Z", Instant, "EST", "EST (-05:00, correct in January)", ""},
		{"Wed, 17 Jan 2018 15:50:00 EDT", Reading{}, "2018-01-17T19:50:00Z", Instant, "EDT", "suspect", "EDT is written in January"},
		{"Thu, 05 Jul 2018 12:00:00 CET", Reading{}, "2018-07-05T11:00:00Z", Instant, "CET", "suspect", "Europe/Paris"},
		{"Mon, 08 Mar 2026 10:00:00 GMT", Reading{}, "2026-03-08T10:00:00Z", Instant, "GMT", "given", "was a Sunday"},
		{"Sun, 08 Mar 2026 10:00:00 AST", Reading{}, "2026-03-08T10:00:00", Instant, "AST", "-", "Asia/Riyadh"},
		{"Sun, 08 Mar 2026 10:00:00 AST", Reading{Place: "ar-SA"}, "2026-03-08T07:00:00Z", Instant, "AST", "Asia/Riyadh", "several meanings"},
		{"Sun, 08 Mar 2026 10:00:00 IST", Reading{Place: "in"}, "2026-03-08T04:30:00Z", Instant, "IST", "Asia/Kolkata", "several meanings"},
		{"Sun, 08 Mar 2026 10:00:00", Reading{}, "2026-03-08T10:00:00", Instant, "", "-", "no zone"},
		{"Sun, 08 Mar 2026 10:00:00", Reading{Zone: ny, Why: "by --zone"}, "2026-03-08T14:00:00Z", Instant, "", "America/New_York (by --zone)", ""},
		{"2026-03-15T00:48:24.900Z", Reading{}, "2026-03-15T00:48:24.9Z", Instant, "Z", "Z (given)", ""},
		{"2021-10-29T10:26:00-04:00", Reading{}, "2021-10-29T14:26:00Z", Instant, "-04:00", "-04:00 (given)", ""},
		{"2020-06-03T03:01+0400", Reading{}, "2020-06-02T23:01:00Z", Minute, "+0400", "+0400 (given)", ""},
		{"2024-10-13 08:45:00", Reading{Zone: time.UTC, Why: "by rule of GDELT", Coarse: true}, "2024-10-13T08:45:00Z", Minute, "", "UTC (by rule of GDELT)", ""},
		{"20260524T181500Z", Reading{Coarse: true}, "2026-05-24T18:15:00Z", Minute, "Z", "Z (given)", ""},
		{"20250415163025", Reading{Zone: ny, Why: "by rule of EDGAR"}, "2025-04-15T20:30:25Z", Instant, "", "New_York", ""},
		{"20240701", Reading{}, "2024-07-01", Day, "", "-", ""},
		{"2024-07-01", Reading{}, "2024-07-01", Day, "", "-", ""},
		{"Mon, Jul 1, 2024", Reading{}, "2024-07-01", Day, "", "-", ""},
		{"7/1/2024", Reading{}, "2024-07-01", Day, "", "-", ""},
		{"7/1/2024", Reading{DayFirst: true}, "2024-01-07", Day, "", "-", ""},
		{"01.07.2024 16:05", Reading{Zone: ny, Why: "x"}, "2024-07-01T20:05:00Z", Minute, "", "New_York", ""},
		{"Dec 20 2016 10:32 AM EST", Reading{}, "2016-12-20T15:32:00Z", Minute, "EST", "correct", ""},
		{"November 29, 2016: 3:33 AM ET", Reading{}, "2016-11-29T08:33:00Z", Minute, "ET", "America/New_York (ET, given)", ""},
		{"March 5, 2025 at 12:00 PM PT", Reading{}, "2025-03-05T20:00:00Z", Minute, "PT", "Los_Angeles", ""},
		{"الأربعاء، 07 أكتوبر 2020 - 12:09 م", Reading{}, "2020-10-07T12:09:00", Minute, "", "-", "no zone"},
		{"٣ كانون الثاني ٢٠٢٥", Reading{}, "2025-01-03", Day, "", "-", ""},
		{"الجمعة 8 فيفري 2019", Reading{}, "2019-02-08", Day, "", "-", ""},
		{"03 يونيو 2020م", Reading{}, "2020-06-03", Day, "", "-", ""},
		{"15 تشرين الثاني/نوفمبر 2024", Reading{}, "2024-11-15", Day, "", "-", ""},
		{"Mi, 8. Mai 2024 14:30 Uhr MESZ", Reading{}, "2024-05-08T12:30:00Z", Minute, "MESZ", "correct", ""},
		{"Fri Nov 15 21:05:00 +0000 2024", Reading{}, "2024-11-15T21:05:00Z", Instant, "+0000", "given", ""},
		{"2024-11-15T16:05:00-05:00[America/New_York]", Reading{}, "2024-11-15T21:05:00Z", Instant, "-05:00", "given", ""},
		{"113/11/18", Reading{}, "2024-11-18", Day, "", "-", ""},
		{"18. 11. 2024", Reading{}, "2024-11-18", Day, "", "-", ""},
		{"2024.11.18.", Reading{}, "2024-11-18", Day, "", "-", ""},
		{"Nov-15-24 04:05PM", Reading{}, "2024-11-15T16:05:00", Minute, "", "-", "no zone"},
		{"November 18, 2024 Monday", Reading{}, "2024-11-18", Day, "", "-", ""},
		{"18nov2024", Reading{}, "2024-11-18", Day, "", "-", ""},
		{"20241115T210512.000Z", Reading{}, "2024-11-15T21:05:12Z", Instant, "Z", "given", ""},
		{"2024年11月16日 06時05分 JST", Reading{}, "2024-11-15T21:05:00Z", Minute, "JST", "given", ""},
		{"2024年11月16日 05:05 北京时间", Reading{}, "2024-11-15T21:05:00Z", Minute, "Asia/Shanghai", "given", ""},
		{"2024-11-16 오전 6:05 KST", Reading{}, "2024-11-15T21:05:00Z", Minute, "KST", "given", ""},
		{"2024-11-15 04:05 م", Reading{}, "2024-11-15T16:05:00", Minute, "", "-", "no zone"},
		{"Nov. 15, 2024 at 4:05 p.m. E.T.", Reading{}, "2024-11-15T21:05:00Z", Minute, "ET", "given", ""},
		{"8. Mai 2024 14:30 MESZ", Reading{}, "2024-05-08T12:30:00Z", Minute, "MESZ", "correct", ""},
		{"1569550360", Reading{}, "2019-09-27T02:12:40Z", Instant, "", "since 1970", ""},
		{"1569550360000", Reading{}, "2019-09-27T02:12:40Z", Instant, "", "since 1970", ""},
		{"20250-01-27T10:00:00Z", Reading{}, "", NoTime, "", "-", "year is 20250"},
		{"Mon, 27 Jan 20250 10:00:00 GMT", Reading{}, "", NoTime, "", "-", "year is 20250"},
		{"2025-02-30", Reading{}, "", NoTime, "", "-", "cannot be read"},
		{"yesterday", Reading{}, "", NoTime, "", "-", "cannot be read"},
		{"", Reading{}, "", NoTime, "", "-", ""},
		{"2026-03-08 02:30 ET", Reading{}, "2026-03-08T06:30:00Z", Minute, "ET", "New_York", "put forward"},
		{"Fri, 13 Jun 2025 15:00:00 GMT+0300", Reading{}, "2025-06-13T12:00:00Z", Instant, "GMT+0300", "given", ""},
		{"2025-01-27 09:30 America/New_York", Reading{}, "2025-01-27T14:30:00Z", Minute, "America/New_York", "America/New_York (given)", ""},
		{"2025-01-27 04:05 p.m. ET", Reading{}, "2025-01-27T21:05:00Z", Minute, "ET", "given", ""},
		{"1/27/2025 4:05PM", Reading{}, "2025-01-27T16:05:00", Minute, "", "-", "no zone"},
		{"Oct 30, 2025, 4 PMEDT", Reading{}, "2025-10-30T20:00:00Z", Minute, "EDT", "correct", ""},
		{"October 30, 2025 at 4 PM EDT", Reading{}, "2025-10-30T20:00:00Z", Minute, "EDT", "correct", ""},
		{"2025-06-13 15:00 +5:30", Reading{}, "2025-06-13T09:30:00Z", Minute, "+05:30", "given", ""},
	} {
		st := c.how.Stamp(c.raw)
		e := Event{Time: st.Time, Precision: st.Precision, DateOnly: st.Precision == Day || st.Clock != "", Provenance: &Provenance{Clock: st.Clock}}
		if got := e.When(); got != c.when || st.Precision != c.precision {
			t.Errorf("%q: %s, %s; want %s, %s (%v)", c.raw, got, st.Precision, c.when, c.precision, st.Doubts)
		}
		if st.ZoneGiven != c.given {
			t.Errorf("%q: zone given %q, want %q", c.raw, st.ZoneGiven, c.given)
		}
		if c.assumed == "-" && st.ZoneAssumed != "" || c.assumed != "-" && !strings.Contains(st.ZoneAssumed, c.assumed) {
			t.Errorf("%q: zone assumed %q, want %q", c.raw, st.ZoneAssumed, c.assumed)
		}
		if doubts := strings.Join(st.Doubts, "; "); (c.doubt == "") != (doubts == "") || !strings.Contains(doubts, c.doubt) {
			t.Errorf("%q: doubts %q, want %q", c.raw, doubts, c.doubt)
		}
	}
}

func FuzzStamp(f *testing.F) {
	for _, s := range []string{"Sun, 08 Mar 2026 22:16 GMT", "20250-01-27", "7/1/2024 4:05 PM", "٣ كانون الثاني ٢٠٢٥", "1569550360", "12:09 م"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		st := Reading{Place: "ar"}.Stamp(s)
		if (st.Precision == NoTime) != st.Time.IsZero() && st.Precision != NoTime {
			t.Fatalf("%q: %+v", s, st)
		}
		if st.Precision != NoTime && (st.Time.Year() < 1599 || st.Time.Year() > 2401) {
			t.Fatalf("%q: year %d", s, st.Time.Year())
		}
	})
}
