package market

import (
	"math"
	"slices"
	"strings"
	"testing"
	"time"
)

// weekdaysFrom lists n days from first on that cal, or else the week, has.
func weekdaysFrom(cal *Calendar, first string, n int, week Weekdays, shut ...string) []Date {
	d, _ := ParseDate(first)
	var out []Date
	for ; len(out) < n; d++ {
		if cal != nil {
			if _, ok := cal.Index(d); !ok {
				continue
			}
		} else if !week.Has(d.Weekday()) {
			continue
		}
		if !slices.Contains(shut, d.String()) {
			out = append(out, d)
		}
	}
	return out
}

func trading(symbol string, days []Date) Trading {
	return Trading{Security: Security{Symbol: symbol}, Days: days, Sure: !Plain(symbol)}
}

// TestSessionsFromData: an exchange without rules has the sessions that most of
// its securities show.
func TestSessionsFromData(t *testing.T) {
	index := weekdaysFrom(nil, "2024-10-01", 60, MondayToFriday, "2024-10-02", "2024-11-15")
	halted := slices.DeleteFunc(slices.Clone(index), func(d Date) bool { return d.String() == "2024-10-22" })
	stray := slices.Clone(index)
	stray = append(stray, dates(t, "2024-10-12", "2024-11-15")...) // a Saturday, a holiday
	slices.Sort(stray)
	special := append(slices.Clone(index), dates(t, "2024-10-19")...) // a Saturday on which all traded
	slices.Sort(special)
	for _, c := range []struct {
		name           string
		list           [][]Date
		session, close string
	}{
		{"one halted of two", [][]Date{index, halted}, "2024-10-22", ""},
		{"a stray Saturday of two", [][]Date{index, stray}, "", "2024-10-12"},
		{"a stray holiday of three", [][]Date{index, stray, halted}, "2024-10-22", "2024-11-15 2024-10-12"},
		{"a Saturday of all", [][]Date{special, special}, "2024-10-19", "2024-10-12"},
		{"one alone", [][]Date{halted}, "2024-10-21", "2024-10-22"},
	} {
		var list []Trading
		for i, days := range c.list {
			list = append(list, trading([]string{"^NSEI", "INFY.NS", "TCS.NS"}[i], days))
		}
		cals, issues, errs := Sessions(list, CalendarOf)
		for i, cal := range cals {
			if errs[i] != nil || cal != cals[0] || cal.Name() != "India" {
				t.Fatalf("%s: %v, %v", c.name, cal, errs[i])
			}
		}
		if len(issues) != 1 || !strings.Contains(issues[0].Text(), "the rules of India are not known") {
			t.Errorf("%s: issues %v", c.name, issues)
		}
		for _, d := range dates(t, strings.Fields(c.session)...) {
			if _, ok := cals[0].Index(d); !ok {
				t.Errorf("%s: %s is no session", c.name, d)
			}
		}
		for _, d := range dates(t, strings.Fields(c.close)...) {
			if _, ok := cals[0].Index(d); ok {
				t.Errorf("%s: %s is a session", c.name, d)
			}
		}
	}
}

// TestSessionsOfUntoldSymbols: what the spelling of a symbol does not tell is
// told by its days, or is an error.
func TestSessionsOfUntoldSymbols(t *testing.T) {
	xetraDays := weekdaysFrom(xetra.Calendar(), "2024-10-01", 60, 0)
	nyseDays := weekdaysFrom(NYSE(), "2024-08-01", 100, 0)
	tokyoDays := weekdaysFrom(tokyo.Calendar(), "2024-10-01", 60, 0)
	riyadh := weekdaysFrom(nil, "2024-10-01", 60, SundayToThursday)
	gap := slices.Delete(slices.Clone(nyseDays), 30, 31)
	for _, c := range []struct {
		name, symbol string
		days         []Date
		with         []Trading
		want, err    string
	}{
		{"an index of the securities it serves", "^MYINDEX", xetraDays, []Trading{trading("SAP.DE", xetraDays)}, "Xetra", ""},
		{"a plain name of a German index", "DAX", xetraDays, []Trading{trading("SAP.DE", xetraDays)}, "Xetra", ""},
		{"an index without rules", "^MYINDEX", riyadh, []Trading{trading("2222.SR", riyadh)}, "Riyadh", ""},
		{"an American index that is not in the table", "^XYZ", nyseDays, []Trading{trading("NVDA", nyseDays)}, "NYSE", ""},
		{"a Tokyo code without a suffix", "TOPIX", tokyoDays, []Trading{trading("NVDA", nyseDays)}, "Tokyo", ""},
		{"a halted American share", "ACME", gap, []Trading{trading("SAP.DE", xetraDays)}, "NYSE", ""},
		{"an index that fits nothing", "^MYINDEX", riyadh, []Trading{trading("NVDA", nyseDays)}, "", "^MYINDEX: its exchange is not known by its symbol ("},
		{"days that are a day early", "ACME", shift(nyseDays, -1), nil, "", "they include Sundays and no Friday"},
		{"days that are a day early, of a known suffix", "SAP.DE", shift(xetraDays, -1), nil, "", "no session of Xetra: they include Sundays"},
		{"every day", "COIN", weekdaysFrom(nil, "2024-10-01", 60, EveryDay), nil, "Crypto", ""},
	} {
		list := append(slices.Clone(c.with), trading(c.symbol, c.days))
		cals, _, errs := Sessions(list, CalendarOf)
		k := len(list) - 1
		switch {
		case c.err != "" && (errs[k] == nil || !strings.Contains(errs[k].Error(), c.err)):
			t.Errorf("%s: error %v", c.name, errs[k])
		case c.err == "" && (errs[k] != nil || cals[k].Name() != c.want):
			t.Errorf("%s: %v, %v", c.name, cals[k], errs[k])
		}
	}
}

func shift(days []Date, by Date) []Date {
	out := make([]Date, len(days))
	for i, d := range days {
		out[i] = d + by
	}
	return out
}

func TestNewExchange(t *testing.T) {
	e, err := NewExchange(Description{Name: "Dhaka", Zone: "Asia/Dhaka", Open: 600, Close: 870, Week: SundayToThursday,
		Holidays: dates(t, "2024-12-16", "2024-12-25", "2025-02-26"), Suffixes: []string{".dh"}, Indices: []string{"^dsex"}, Currency: "BDT"})
	if err != nil {
		t.Fatal(err)
	}
	if got, sure := Of([]*Exchange{e}, "gp.dh"); got != e || !sure {
		t.Error("its suffix is not known")
	}
	if got, ok := Find([]*Exchange{e}, " dhaka "); got != e || !ok {
		t.Error("its name is not known")
	}
	cal := e.Calendar()
	for _, d := range dates(t, "2024-12-15", "2025-02-27") {
		if i, ok := cal.Index(d); !ok || cal.Close(i).Format("15:04 MST") != "14:30 +06" {
			t.Errorf("%s is no session", d)
		}
	}
	for _, d := range dates(t, "2024-12-16", "2024-12-20", "2025-02-26") {
		if _, ok := cal.Index(d); ok {
			t.Errorf("%s is a session", d)
		}
	}
	if cal.Knows(dates(t, "2026-01-01")[0]) {
		t.Error("holidays of 2026 are not known")
	}
	if e, err := NewExchange(Description{Name: "X", Zone: "UTC", Close: 1000}); err != nil || e.Calendar().Len() != 0 || !e.Calendar().TradesOn(dates(t, "2024-11-22")[0]) {
		t.Errorf("without holidays sessions come from data: %v", err)
	}
	for want, d := range map[string]Description{
		"has no name":   {Zone: "UTC", Close: 900},
		"zone":          {Name: "X", Zone: "Mars/Olympus", Close: 900},
		"the close":     {Name: "X", Zone: "UTC"},
		"before it":     {Name: "X", Zone: "UTC", Open: 900, Close: 900},
		"the suffix \"": {Name: "X", Zone: "UTC", Close: 900, Suffixes: []string{"XX"}},
	} {
		if _, err := NewExchange(d); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%+v: %v", d, err)
		}
	}
}

// TestSpecialDaysWithoutRules: what a configuration says of a day holds where
// sessions come from data, too.
func TestSpecialDaysWithoutRules(t *testing.T) {
	e, _ := ExchangeByName("India")
	days := weekdaysFrom(nil, "2024-11-11", 10, MondayToFriday)
	cal, err := e.Calendar().With(SpecialDay{Date: days[2]}, SpecialDay{Date: days[3], Close: 13 * 60}, SpecialDay{Date: dates(t, "2024-11-16")[0], Close: 12 * 60})
	if err != nil {
		t.Fatal(err)
	}
	if cal, _, err = cal.WithHistory(days); err != nil || cal.Len() != len(days) {
		t.Fatalf("%d sessions, %v", cal.Len(), err)
	}
	if _, ok := cal.Index(days[2]); ok {
		t.Error("a closed day is a session")
	}
	if i, ok := cal.Index(days[3]); !ok || cal.Close(i).In(time.UTC).Format("15:04") != "07:30" || !cal.Early(i) {
		t.Error("an early close is not kept")
	}
	if _, ok := cal.Index(dates(t, "2024-11-16")[0]); !ok {
		t.Error("an added day is no session")
	}
}

// A holiday on which a service repeats the price of the day before, without a volume,
// does not make a security one of another exchange.
func TestCarriedHolidays(t *testing.T) {
	days := weekdaysFrom(NYSE(), "2024-08-01", 80, 0)
	s := &Series{Symbol: "ACME", Adjusted: true}
	for k, d := range days {
		s.Bars = append(s.Bars, Bar{Date: d, Close: math.NaN(), AdjClose: 100 + float64(k), Volume: math.NaN()})
		if labor := NewDate(2024, 9, 2); k+1 < len(days) && d < labor && days[k+1] > labor {
			s.Bars = append(s.Bars, Bar{Date: labor, Close: math.NaN(), AdjClose: 100 + float64(k), Volume: math.NaN()})
		}
	}
	cals, issues, errs := Sessions([]Trading{s.trading(Security{Symbol: "ACME"})}, CalendarOf)
	if errs[0] != nil || cals[0].Name() != "NYSE" || len(issues) > 0 {
		t.Errorf("%v, %v, %v", cals[0], issues, errs[0])
	}
}
