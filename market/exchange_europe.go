package market

import "time"

// London, Euronext and Xetra end continuous trading at the hours given here;
// the closing auction ends five minutes later. News of those five minutes is
// counted to the next session.

// london keeps the bank holidays of England and Wales, with the days that were
// moved or added for jubilees, weddings, the coronation and the Queen's funeral.
// It closes at 12:30 on the last working day before Christmas and before New Year.
var london = &Exchange{
	Name: "LSE", MIC: "XLON", Zone: "Europe/London", Currency: "GBP",
	Aliases:  []string{"LONDON", "LON", "IOB", "FGI"},
	Suffixes: []string{".L", ".IL", ".UK", ".LSE"},
	Indices:  []string{"^FTSE", "^FTMC", "^FTAS", "^FTLC", "^FTSC"},
	Open:     8 * 60,
	Rules:    Years{2000, 2040},
	usual:    []usualClose{{from: NoDate, minute: 16*60 + 30}},
	year: func(y int, yr *yearOf) {
		e := easter(y)
		yr.shut(nextMonday(NewDate(y, 1, 1)), e-2, e+1, nth(y, time.August, time.Monday, -1))
		christmas := nextMonday(NewDate(y, 12, 25))
		boxing := NewDate(y, 12, 26)
		for isWeekend(boxing) || boxing == christmas {
			boxing++
		}
		yr.shut(christmas, boxing)
		if y != 2020 {
			yr.shut(nth(y, time.May, time.Monday, 1))
		}
		if y != 2002 && y != 2012 && y != 2022 {
			yr.shut(nth(y, time.May, time.Monday, -1))
		}
		yr.shut(specialIn(y,
			"2002-06-03", "2002-06-04", // Golden Jubilee
			"2011-04-29",               // royal wedding
			"2012-06-04", "2012-06-05", // Diamond Jubilee
			"2020-05-08",               // 75 years of VE Day
			"2022-06-02", "2022-06-03", // Platinum Jubilee
			"2022-09-19", // funeral of Elizabeth II
			"2023-05-08", // coronation of Charles III
		)...)
		yr.closeAt(12*60+30, fridayBefore(NewDate(y, 12, 24)), fridayBefore(NewDate(y, 12, 31)))
	},
}

// euronextYear enters the common closing days of Euronext's exchanges; early is
// the close of the last days before Christmas and the New Year.
func euronextYear(early int) func(int, *yearOf) {
	return func(y int, yr *yearOf) {
		e := easter(y)
		yr.shut(NewDate(y, 1, 1), e-2, e+1, NewDate(y, 5, 1), NewDate(y, 12, 25), NewDate(y, 12, 26))
		yr.closeAt(early, NewDate(y, 12, 24), NewDate(y, 12, 31))
	}
}

var amsterdam = &Exchange{
	Name: "Euronext Amsterdam", MIC: "XAMS", Zone: "Europe/Amsterdam", Currency: "EUR",
	Aliases:  []string{"AMSTERDAM", "AMS", "AEX"},
	Suffixes: []string{".AS"},
	Indices:  []string{"^AEX", "^AMX"},
	Open:     9 * 60,
	Rules:    Years{2010, 2040},
	usual:    []usualClose{{from: NoDate, minute: 17*60 + 30}},
	year:     euronextYear(14*60 + 5),
}

// paris has the indices of the euro area too, which are computed on its days.
var paris = &Exchange{
	Name: "Euronext Paris", MIC: "XPAR", Zone: "Europe/Paris", Currency: "EUR",
	Aliases:  []string{"PARIS", "PAR", "EURONEXT", "ENX", "ALXP"},
	Suffixes: []string{".PA"},
	Indices:  []string{"^FCHI", "^SBF120", "^CAC", "^CN20", "^N100", "^N150", "^STOXX50E", "^STOXX", "^SXXP", "^SX5E", "^STOXX50"},
	Open:     9 * 60,
	Rules:    Years{2010, 2040},
	usual:    []usualClose{{from: NoDate, minute: 17*60 + 30}},
	year:     euronextYear(14*60 + 5),
}

var brussels = &Exchange{
	Name: "Euronext Brussels", MIC: "XBRU", Zone: "Europe/Brussels", Currency: "EUR",
	Aliases:  []string{"BRUSSELS", "BRU"},
	Suffixes: []string{".BR"},
	Indices:  []string{"^BFX"},
	Open:     9 * 60,
	Rules:    Years{2010, 2040},
	usual:    []usualClose{{from: NoDate, minute: 17*60 + 30}},
	year:     euronextYear(14*60 + 5),
}

var lisbon = &Exchange{
	Name: "Euronext Lisbon", MIC: "XLIS", Zone: "Europe/Lisbon", Currency: "EUR",
	Aliases:  []string{"LISBON", "LIS"},
	Suffixes: []string{".LS"},
	Indices:  []string{"^PSI20", "^PSI"},
	Open:     8 * 60,
	Rules:    Years{2010, 2040},
	usual:    []usualClose{{from: NoDate, minute: 16*60 + 30}},
	year:     euronextYear(13*60 + 5),
}

// xetra was closed on Whit Monday from 2015 and on the Day of German Unity from
// 2014, both until 2021, and on Reformation Day 2017. The last session of a
// year ends at 14:00.
var xetra = &Exchange{
	Name: "Xetra", MIC: "XETR", Zone: "Europe/Berlin", Currency: "EUR",
	Aliases:  []string{"GER", "XETRA", "IBIS"},
	Suffixes: []string{".DE", ".XETRA"},
	Indices:  []string{"^GDAXI", "^GDAXIP", "^MDAXI", "^SDAXI", "^TECDAX", "^CDAXX"},
	Open:     9 * 60,
	Rules:    Years{2010, 2040},
	usual:    []usualClose{{from: NoDate, minute: 17*60 + 30}},
	year:     germanYear(14 * 60),
}

// frankfurt stands for the floors of Germany's exchanges, which keep Xetra's days
// and trade until the evening, until 2019 to 20:00.
var frankfurt = &Exchange{
	Name: "Frankfurt", MIC: "XFRA", Zone: "Europe/Berlin", Currency: "EUR",
	Aliases:  []string{"FRA", "STU", "STUTTGART", "XSTU", "MUN", "MUNICH", "XMUN", "DUS", "XDUS", "HAM", "XHAM", "BER", "XBER", "HAN", "TRADEGATE"},
	Suffixes: []string{".F", ".SG", ".MU", ".DU", ".HM", ".BE", ".HA", ".TG"},
	Open:     8 * 60,
	Rules:    Years{2010, 2040},
	usual:    []usualClose{{from: NoDate, minute: 20 * 60}, {from: NewDate(2019, 12, 2), minute: 22 * 60}},
	year:     germanYear(14 * 60),
}

// germanYear enters the closing days of Germany's exchanges; early is the close
// of the last session of the year.
func germanYear(early int) func(int, *yearOf) {
	return func(y int, yr *yearOf) {
		e := easter(y)
		yr.shut(NewDate(y, 1, 1), e-2, e+1, NewDate(y, 5, 1),
			NewDate(y, 12, 24), NewDate(y, 12, 25), NewDate(y, 12, 26), NewDate(y, 12, 31))
		if y >= 2015 && y <= 2021 {
			yr.shut(e + 50)
		}
		if y >= 2014 && y <= 2021 {
			yr.shut(NewDate(y, 10, 3))
		}
		yr.shut(specialIn(y, "2017-10-31")...)
		yr.closeAt(early, fridayBefore(NewDate(y, 12, 30)))
	}
}
