package market

import "time"

// nyse keeps the hours of all stock exchanges of the United States.
//
// Holidays by the exchange's Rule 7.2 and its list of special closings:
// a holiday on a Sunday is kept on Monday and one on a Saturday on Friday,
// except New Year's Day, which is not kept on the last day of a year; Martin
// Luther King's day since 1998; Juneteenth since 2022. Early closes at 13:00
// since 1993, at 14:00 before; those of 1990 to 1992 are Christmas Eve and the
// Friday after Thanksgiving 1992. Days on which trading stopped early without
// notice (snow, the circuit breaker of 1997-10-27) are entered too.
var nyse = &Exchange{
	Name: "NYSE", MIC: "XNYS", Zone: "America/New_York", Currency: "USD",
	Aliases: []string{"NYQ", "NYS", "NASDAQ", "XNAS", "NMS", "NGM", "NCM", "NAS", "NASDAQGS", "NASDAQGM", "NASDAQCM",
		"NYSEARCA", "NYSE ARCA", "ARCX", "PCX", "AMEX", "NYSE AMERICAN", "NYSEAMERICAN", "XASE", "ASE", "BATS", "BTS", "CBOE", "CBOE US", "CXI", "OTC", "PNK", "OQB", "OQX", "OTC MARKETS", "SNP", "DJI", "NIM", "US"},
	Suffixes: []string{".US", ".O", ".OQ", ".N", ".K", ".P", ".PK", ".NYSE", ".NASDAQ"}, // of Stooq, EODHD and Refinitiv; Yahoo writes none
	Indices: []string{"^GSPC", "^SPX", "^IXIC", "^COMP", "^DJI", "^DJT", "^DJU", "^NDX", "^RUT", "^RUI", "^RUA", "^SOX", "^VIX", "^VXN", "^RVX", "^VVIX", "^OVX", "^GVZ",
		"^NYA", "^XAX", "^W5000", "^OEX", "^MID", "^SML", "^SP400", "^SP600", "^SP500TR", "^XAU", "^XOI", "^HGX", "^BKX", "^KBW", "^NBI", "^NDXT", "^XMI", "^DRG", "^BTK", "^OSX",
		"^TNX", "^TYX", "^FVX", "^IRX", "^SPXEW", "^XNDX"},
	Open:  9*60 + 30,
	Rules: Years{1990, 2040},
	usual: []usualClose{{from: NoDate, minute: 16 * 60}},
	year:  nyseYear,
}

func nyseYear(y int, yr *yearOf) {
	newYear := NewDate(y, 1, 1)
	if newYear.Weekday() == time.Sunday {
		newYear++
	}
	thanksgiving := nth(y, time.November, time.Thursday, 4)
	yr.shut(newYear,
		nth(y, time.February, time.Monday, 3),
		easter(y)-2,
		nth(y, time.May, time.Monday, -1),
		nearestWeekday(NewDate(y, 7, 4)),
		nth(y, time.September, time.Monday, 1),
		thanksgiving,
		nearestWeekday(NewDate(y, 12, 25)))
	if y >= 1998 {
		yr.shut(nth(y, time.January, time.Monday, 3))
	}
	if y >= 2022 {
		yr.shut(nearestWeekday(NewDate(y, 6, 19)))
	}
	yr.shut(specialIn(y,
		"1994-04-27",                                           // funeral of Richard Nixon
		"2001-09-11", "2001-09-12", "2001-09-13", "2001-09-14", // attack on the World Trade Center
		"2004-06-11",               // Ronald Reagan
		"2007-01-02",               // Gerald Ford
		"2012-10-29", "2012-10-30", // hurricane Sandy
		"2018-12-05", // George H. W. Bush
		"2025-01-09", // Jimmy Carter
	)...)

	early := 13 * 60
	if y < 1993 {
		early = 14 * 60
	}
	yr.closeAt(early, NewDate(y, 12, 24))
	if y >= 1992 {
		yr.closeAt(early, thanksgiving+1)
	}
	if y >= 1995 {
		// Independence Day on a Thursday: the Friday after it was short until
		// 2012, the Wednesday before it is since 2013.
		eve := NewDate(y, 7, 3)
		switch {
		case eve.Weekday() != time.Wednesday || y >= 2013:
			yr.closeAt(early, eve)
		default:
			yr.closeAt(early, eve+2)
		}
	}
	yr.closeAt(early, specialIn(y, "1997-12-26", "1999-12-31", "2003-12-26")...)
	yr.closeAt(14*60+30, specialIn(y, "1994-02-11")...) // snow
	yr.closeAt(14*60, specialIn(y, "1996-01-08")...)    // snow
	yr.closeAt(15*60+30, specialIn(y, "1997-10-27")...) // circuit breaker
	yr.closeAt(15*60+56, specialIn(y, "2005-06-01")...) // failure of the systems
}
