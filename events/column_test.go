package events

import (
	"fmt"
	"slices"
	"strings"
	"testing"
)

// summary writes what decides on session 0 of an event, and whose it is.
func summary(e *Event) string {
	s := e.Time.Format("2006-01-02T15:04:05Z07:00")
	if e.DateOnly {
		s = e.Time.Format("2006-01-02")
	}
	if e.AfterClose {
		s += " amc"
	}
	if e.Provenance != nil && e.Provenance.Part != "" {
		s += " " + string(e.Provenance.Part)
	}
	for _, t := range e.Targets {
		s += " " + t.Symbol
	}
	return s
}

// TestColumns reads catalogues as other programs and people write them.
func TestColumns(t *testing.T) {
	for _, tt := range []struct{ name, in, want string }{
		// The part of the day.
		{"amc", "id,date,symbol,hour\na,2024-11-15,ACME,amc\n", "2024-11-15 amc ACME"},
		{"bmo", "id,date,symbol,hour\na,2024-11-18,ACME,bmo\n", "2024-11-18 before-open ACME"},
		{"dmh", "id,date,symbol,hour\na,2024-11-18,ACME,dmh\n", "2024-11-18 during ACME"},
		{"nothing supplied", "id,date,symbol,hour\na,2024-11-18,ACME,\nb,2024-11-19,ACME,--\n", "2024-11-18 ACME; 2024-11-19 ACME"},
		{"in the column of times", "symbol,date,time\nACME,2024-11-15,AMC\nACME,2024-11-18,bmo\n", "2024-11-15 amc ACME; 2024-11-18 before-open ACME"},
		{"Nasdaq's words", "date,time,symbol\n11/15/2024,time-after-hours,ACME\n11/18/2024,time-pre-market,ACME\n11/19/2024,time-not-supplied,ACME\n",
			"2024-11-15 amc ACME; 2024-11-18 before-open ACME; 2024-11-19 ACME"},
		{"Alpha Vantage", "symbol,name,reportDate,timeOfTheDay\nACME,Acme,2024-11-15,post-market\n", "2024-11-15 amc ACME"},
		{"EODHD", "code,ticker,report_date,before_after_market\nx,ACME,2024-11-15,AfterMarket\n", "2024-11-15 amc ACME"},
		{"Yahoo", "Symbol,Company,Earnings Date,startDateTimeType\nACME,Acme,2024-11-15,AMC\nACME,Acme,2024-11-16,TNS\n", "2024-11-15 amc ACME; 2024-11-16 ACME"},
		{"people", "date,ticker,timing\n2024-11-15,ACME,After Market Close\n2024-11-18,ACME,Before Open\n", "2024-11-15 amc ACME; 2024-11-18 before-open ACME"},
		{"an hour of its own", "date,hour,zone,ticker\n2024-11-15,16:05,America/New_York,ACME\n", "2024-11-15T16:05:00-05:00 ACME"},
		{"an hour in twelves", "date,hour,zone,ticker\n2024-11-15,4:05 PM,America/New_York,ACME\n", "2024-11-15T16:05:00-05:00 ACME"},
		{"words beside an instant", "time,hour,ticker\n2024-11-15T21:05:00Z,amc,ACME\n", "2024-11-15T21:05:00Z ACME"},

		// What headings say of the clock.
		{"timestamp_utc", "timestamp_utc,id,ticker\n2024-11-18 14:30:00.123,a,ACME\n", "2024-11-18T14:30:00Z ACME"},
		{"TimestampUTC", "TimestampUTC,ticker\n2024-11-18 14:30,ACME\n", "2024-11-18T14:30:00Z ACME"},
		{"Time (ET)", "Date,Time (ET),Ticker\n11/18/2024,9:45 AM,ACME\n", "2024-11-18T09:45:00-05:00 ACME"},
		{"published at GMT", "published_at_gmt,ticker\n2024-11-18T14:30:00,ACME\n", "2024-11-18T14:30:00Z ACME"},
		{"utc", "utc,ticker\n2024-11-18 14:30,ACME\n", "2024-11-18T14:30:00Z ACME"},
		{"an offset goes before the heading", "time_utc,ticker\n2024-11-18 09:30-05:00,ACME\n", "2024-11-18T14:30:00Z ACME"},
		{"a zone goes before the heading", "time_utc,zone,ticker\n2024-11-18 09:30,America/New_York,ACME\n", "2024-11-18T09:30:00-05:00 ACME"},
		{"a date of UTC is a date", "date_utc,ticker\n2024-11-18,ACME\n", "2024-11-18 ACME"},

		// The order of day and month, by the whole column.
		{"days first", "date,ticker\n05/11/2024,A\n18/11/2024,B\n", "2024-11-05 A; 2024-11-18 B"},
		{"months first", "date,ticker\n11/05/2024,A\n11/18/2024,B\n", "2024-11-05 A; 2024-11-18 B"},
		{"proved by the last line", "date,ticker\n1/2/2024,A\n3/4/2024,B\n5/31/2024,C\n", "2024-01-02 A; 2024-03-04 B; 2024-05-31 C"},
		{"with dashes", "date,ticker\n05-11-2024,A\n18-11-2024,B\n", "2024-11-05 A; 2024-11-18 B"},
		{"two digits of the year", "date,ticker\n05/11/24,A\n18/11/24,B\n", "2024-11-05 A; 2024-11-18 B"},
		{"German", "Datum;Uhrzeit;Ticker;zone\n05.11.2024;16:05;A;Europe/Berlin\n", "2024-11-05T16:05:00+01:00 A"},
		{"day and month alike", "date,ticker\n11/11/2024,A\n", "2024-11-11 A"},

		// Headings.
		{"event_date, id_event", "id_event,event_date,ticker\na,2024-11-18,ACME\n", "2024-11-18 ACME"},
		{"IBES", "ticker,anndats,anntims\nACME,2024-11-18,09:45:00\n", "!has no zone"},
		{"filings", "accessionNumber,filingDate,acceptanceDateTime,form_type,ticker\n0001-24-1,2024-11-15,2024-11-15T21:20:34.000Z,8-K,ACME\n", "2024-11-15T21:20:34Z ACME"},
		{"several columns of a time", "timestamp,published_at,date,ticker\n2024-11-18T14:30:00Z,2024-11-18T15:00:00Z,2024-11-18,ACME\n", "2024-11-18T14:30:00Z ACME"},
		{"Arabic", "التاريخ,العنوان,ticker\n2024-11-18,تحذير من الأرباح,2222.SR\n", "2024-11-18 2222.SR"},

		// Securities.
		{"lists", "date,tickers\n2024-11-18,\"NVDA,AMD\"\n2024-11-18,nvda amd\n2024-11-18,ACME 8035.T\n", "2024-11-18 NVDA AMD; 2024-11-18 nvda amd; 2024-11-18 ACME 8035.T"},
		{"as Python prints lists", "date,tickers\n2024-11-18,\"['NVDA', 'AMD']\"\n", "2024-11-18 NVDA AMD"},
		{"names", "date,securities\n2024-11-18,Deutsche Bank\n2024-11-18,\"Apple, Inc.\"\n2024-11-18,Deutsche Bank; SAP\n", "2024-11-18 Deutsche Bank; 2024-11-18 Apple, Inc.; 2024-11-18 Deutsche Bank SAP"},

		// What is wrong is said.
		{"an order that nothing proves", "date,ticker\n05/06/2024,A\n07/08/2024,B\n", `!a.csv:2: "05/06/2024" may be month/day or day/month, and no line of the file tells; write 2025-01-27, or set the order of dates (events.dates) to mdy or dmy`},
		{"years of two digits that come first", "date,ticker\n25-01-27,A\n25-02-28,B\n", `!a.csv:2: "25-01-27" has a year of two digits, which may come first or last; write 2025-01-27, or, where it comes last, set the order of dates (events.dates) to dmy or mdy`},
		{"years of two digits that can be nothing else", "date,ticker\n99-12-31,A\n", `!a.csv:2: "99-12-31" has a year of two digits before the month; write 2025-01-27`},
		{"years of two digits that come last", "date,ticker\n27-01-25,A\n20-02-25,B\n", "2025-01-27 A; 2025-02-20 B"},
		{"two orders", "date,ticker\n18/11/2024,A\n11/19/2024,B\n", "!a.csv:3: the day comes first on line 2 of this file, and the month on line 3; write dates as 2025-01-27"},
		{"a word that is none", "date,hour\n2024-11-18,teatime\n", `!a.csv:2: hour "teatime" cannot be read; write amc, bmo, dmh or a time of day`},
		{"amc and after_close: no", "date,hour,after_close\n2024-11-18,amc,no\n", "!a.csv:2: after_close is no, but the hour says that the news came after-close; remove one of them"},
		{"bmo and after_close: yes", "date,hour,after_close\n2024-11-18,bmo,yes\n", "!a.csv:2: after_close is yes, but the hour says that the news came before-open; remove one of them"},
		{"no zone", "time,ticker\n20241115162034,A\n", "!has no zone; add one"},
		{"amc without a date", "time,ticker\namc,A\n", "!time is missing"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			c, err := Read("a.csv", strings.NewReader(tt.in))
			if want, wrong := strings.CutPrefix(tt.want, "!"); wrong {
				if err == nil || !strings.Contains(err.Error(), want) {
					t.Fatalf("error %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			var got []string
			for i := range c.Events {
				got = append(got, summary(&c.Events[i]))
			}
			if s := strings.Join(got, "; "); s != tt.want {
				t.Errorf("got %s", s)
			}
		})
	}
}

func TestOrderGiven(t *testing.T) {
	for order, want := range map[Order]string{DayFirst: "2024-06-05", MonthFirst: "2024-05-06"} {
		for _, in := range []struct{ name, text string }{
			{"a.csv", "date,ticker\n05/06/2024,A\n"}, {"a.yaml", "- {id: a, date: 05/06/2024}\n"}, {"a.json", `[{"id": "a", "time": "05/06/2024"}]`},
		} {
			c, err := Options{Order: order}.Read(in.name, strings.NewReader(in.text))
			if err != nil || c.Events[0].Time.Format("2006-01-02") != want {
				t.Errorf("%s %s: %v", in.name, order, err)
			}
		}
	}
	c, err := Read("a.yaml", strings.NewReader("- {id: a, date: 05/06/2024, hour: amc}\n- {id: b, date: 18/06/2024}\n"))
	if err != nil || summary(&c.Events[0]) != "2024-06-05 amc" {
		t.Errorf("by the whole YAML file: %v", err)
	}
}

// TestIDs: IDs of date and title do not depend on the other events.
func TestIDs(t *testing.T) {
	ids := func(in string) []string {
		c, err := Read("a.csv", strings.NewReader(in))
		if err != nil {
			t.Fatal(err)
		}
		return c.ids()
	}
	got := ids("date,ticker,title\n2024-11-18,ACME,\"Acme warns: profits fall, chief leaves & shares halted in early trade\"\n2024-11-18,ACME,\n2024-11-19,,تحذير من الأرباح\n2024-11-20,A,Results\n2024-11-20,B,Results\n2024-11-20,B,Results\n2024-11-21,,\n")
	want := []string{"2024-11-18-acme-warns-profits-fall-chief-leaves-shares", "2024-11-18-acme", "2024-11-19-تحذير-من-الأرباح",
		"2024-11-20-results-a", "2024-11-20-results-b", "2024-11-20-results-b-2", "2024-11-21"}
	if !slices.Equal(got, want) {
		t.Errorf("IDs %q", got)
	}
	for _, id := range got {
		if !isID(id) {
			t.Errorf("%q is no ID", id)
		}
	}
	if one := ids("date,ticker,title\n2024-11-20,A,Results of A\n2024-01-01,B,New\n"); one[0] != ids("date,title,ticker\n2024-11-20,Results of A,A\n")[0] {
		t.Error("an ID depends on the other events")
	}
	c, err := Read("a.csv", strings.NewReader("date,ticker\n2024-11-18,ACME\n"))
	if err != nil || c.Events[0].Title != "2024-11-18-acme" {
		t.Errorf("an event without a title is called by its ID: %v", err)
	}
	var long strings.Builder
	long.WriteString("date,ticker,title\n")
	for i := range 60_000 { // in parts, on all processors
		fmt.Fprintf(&long, "2024-11-18,T%d,A title that makes the line longer, number %d\n", i%7, i)
	}
	if _, err := Read("a.csv", strings.NewReader(strings.ReplaceAll(long.String(), "longer, ", "longer "))); err != nil {
		t.Fatal(err)
	}
}

// What is not known of the dates of a file is said once, and what only follows from it is
// not said at all; another fault is.
func TestUndated(t *testing.T) {
	const unknown = `a.csv:2: "01/02/2025 09:30" may be month/day or day/month, and no line of the file tells; write 2025-01-27, or set the order of dates (events.dates) to mdy or dmy`
	for text, want := range map[string]string{
		"time,zone,ticker\n01/02/2025 09:30,ET,A\n03/04/2025 10:30,ET,B\n":                             unknown,
		"time,zone,ticker\n01/02/2025 09:30,America/New_York,A\n03/04/2025 10:30,America/New_York,B\n": unknown,
		"time,zone,ticker\n01/02/2025 09:30,XQT,A\n":                                                   unknown + "\n" + `a.csv:2: zone "XQT" is not known; write a place such as America/New_York, UTC, or an offset such as -05:00`,
		"date,ticker\n18/11/2024,A\n11/19/2024,B\n":                                                    "a.csv:3: the day comes first on line 2 of this file, and the month on line 3; write dates as 2025-01-27",
		"date,ticker\n99-12-31,A\n99-12-30,A\n":                                                        `a.csv:2: "99-12-31" has a year of two digits before the month; write 2025-01-27`,
	} {
		if _, err := Read("a.csv", strings.NewReader(text)); err == nil || err.Error() != want {
			t.Errorf("%q: %v", text, err)
		}
	}
}
