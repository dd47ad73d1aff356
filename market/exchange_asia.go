package market

import "time"

// tokyo keeps Japan's national holidays and 31 December to 3 January.
//
// A holiday on a Sunday is kept on the next day that is none, and a day
// between two holidays is one (Act on National Holidays, article 3).
// Equinoxes by the formula of the Japanese almanac, good for 1980 to 2099; the
// government confirms each a year before. On 2020-10-01 the exchange's systems
// failed and nothing traded. Close at 15:00, since 2024-11-05 at 15:30.
var tokyo = &Exchange{
	Name: "Tokyo", MIC: "XTKS", Zone: "Asia/Tokyo", Currency: "JPY",
	Aliases:  []string{"JPX", "TSE", "TYO", "OSA"},
	Suffixes: []string{".T", ".JP"},
	Indices:  []string{"^N225", "^NKX", "^TOPX", "^TPX", "^N300"},
	Open:     9 * 60,
	Rules:    Years{2010, 2040},
	usual:    []usualClose{{from: NoDate, minute: 15 * 60}, {from: NewDate(2024, 11, 5), minute: 15*60 + 30}},
	year:     tokyoYear,
}

func tokyoYear(y int, yr *yearOf) {
	equinox := func(day float64) int { return int(day+0.242194*float64(y-1980)) - (y-1980)/4 }
	holidays := []Date{
		NewDate(y, 1, 1),
		nth(y, time.January, time.Monday, 2), // Coming of Age
		NewDate(y, 2, 11),                    // Foundation
		NewDate(y, 3, equinox(20.8431)),
		NewDate(y, 4, 29),                      // Showa
		NewDate(y, 5, 3),                       // Constitution
		NewDate(y, 5, 4),                       // Greenery
		NewDate(y, 5, 5),                       // Children
		nth(y, time.September, time.Monday, 3), // Respect for the Aged
		NewDate(y, 9, equinox(23.2488)),
		NewDate(y, 11, 3),  // Culture
		NewDate(y, 11, 23), // Labour Thanksgiving
	}
	switch y { // the Olympic Games moved three holidays
	case 2020:
		holidays = append(holidays, NewDate(y, 7, 23), NewDate(y, 7, 24), NewDate(y, 8, 10))
	case 2021:
		holidays = append(holidays, NewDate(y, 7, 22), NewDate(y, 7, 23), NewDate(y, 8, 8))
	default:
		holidays = append(holidays, nth(y, time.July, time.Monday, 3), nth(y, time.October, time.Monday, 2))
		if y >= 2016 {
			holidays = append(holidays, NewDate(y, 8, 11))
		}
	}
	switch {
	case y <= 2018:
		holidays = append(holidays, NewDate(y, 12, 23))
	case y == 2019:
		holidays = append(holidays, NewDate(y, 5, 1), NewDate(y, 10, 22)) // accession and enthronement
	default:
		holidays = append(holidays, NewDate(y, 2, 23))
	}

	yr.shut(holidays...)
	for _, d := range holidays {
		if yr.closed[d+2] {
			yr.shut(d + 1)
		}
	}
	for _, d := range holidays {
		if d.Weekday() == time.Sunday {
			for yr.closed[d] {
				d++
			}
			yr.shut(d)
		}
	}
	yr.shut(NewDate(y, 1, 2), NewDate(y, 1, 3), NewDate(y, 12, 31))
	yr.shut(specialIn(y, "2020-10-01")...)
}

// Korea, Taiwan and Hong Kong keep lunar holidays, elections and days that the
// government adds at short notice: their closures are tables. Those of the
// current year are the ones that the exchanges announced; a typhoon or an
// election since is missing and can be added in the configuration.

// korea closes at 15:30, until 2016-07-29 at 15:00, and an hour later on the
// day of the college entrance examination; so on 2017-11-16 too, when the
// examination was put off by a week the evening before.
var korea = &Exchange{
	Name: "Korea", MIC: "XKRX", Zone: "Asia/Seoul", Currency: "KRW",
	Aliases:  []string{"KRX", "KSC", "KOE", "KOSPI", "KOSDAQ", "KSE", "XKOS"},
	Suffixes: []string{".KS", ".KQ", ".KO"},
	Indices:  []string{"^KS11", "^KS200", "^KQ11", "^KOSPI"},
	Open:     9 * 60,
	Rules:    Years{2015, 2026},
	usual:    []usualClose{{from: NoDate, minute: 15 * 60}, {from: NewDate(2016, 8, 1), minute: 15*60 + 30}},
	year: func(y int, yr *yearOf) {
		yr.closures(koreaClosures, y, 0)
		yr.closeAt(16*60, specialIn(y, "2015-11-12")...)
		yr.closeAt(16*60+30, specialIn(y, "2016-11-17", "2017-11-16", "2017-11-23", "2018-11-15", "2019-11-14", "2020-12-03",
			"2021-11-18", "2022-11-17", "2023-11-16", "2024-11-14", "2025-11-13", "2026-11-19")...)
	},
}

const koreaClosures = `
2015 01-01 02-18 02-19 02-20 05-01 05-05 05-25 08-14 09-28 09-29 10-09 12-25 12-31
2016 01-01 02-08 02-09 02-10 03-01 04-13 05-05 05-06 06-06 08-15 09-14 09-15 09-16 10-03 12-30
2017 01-27 01-30 03-01 05-01 05-03 05-05 05-09 06-06 08-15 10-02 10-03 10-04 10-05 10-06 10-09 12-25 12-29
2018 01-01 02-15 02-16 03-01 05-01 05-07 05-22 06-06 06-13 08-15 09-24 09-25 09-26 10-03 10-09 12-25 12-31
2019 01-01 02-04 02-05 02-06 03-01 05-01 05-06 06-06 08-15 09-12 09-13 10-03 10-09 12-25 12-31
2020 01-01 01-24 01-27 04-15 04-30 05-01 05-05 08-17 09-30 10-01 10-02 10-09 12-25 12-31
2021 01-01 02-11 02-12 03-01 05-05 05-19 08-16 09-20 09-21 09-22 10-04 10-11 12-31
2022 01-31 02-01 02-02 03-01 03-09 05-05 06-01 06-06 08-15 09-09 09-12 10-03 10-10 12-30
2023 01-23 01-24 03-01 05-01 05-05 05-29 06-06 08-15 09-28 09-29 10-02 10-03 10-09 12-25 12-29
2024 01-01 02-09 02-12 03-01 04-10 05-01 05-06 05-15 06-06 08-15 09-16 09-17 09-18 10-01 10-03 10-09 12-25 12-31
2025 01-01 01-27 01-28 01-29 01-30 03-03 05-01 05-05 05-06 06-03 06-06 08-15 10-03 10-06 10-07 10-08 10-09 12-25 12-31
2026 01-01 02-16 02-17 02-18 03-02 05-01 05-05 05-25 06-03 07-17 08-17 09-24 09-25 10-05 10-09 12-25 12-31
`

// taiwan traded on some Saturdays until 2018, to make up for bridging days;
// Yahoo has no bars of those, and has bars without volume on typhoon days,
// on which nothing traded. Typhoon days are entered up to 2025.
var taiwan = &Exchange{
	Name: "Taiwan", MIC: "XTAI", Zone: "Asia/Taipei", Currency: "TWD",
	Aliases:  []string{"TWSE", "TAI", "TWO", "TPEX"},
	Suffixes: []string{".TW", ".TWO"},
	Indices:  []string{"^TWII", "^TWOII", "^TWSE"},
	Open:     9 * 60,
	Rules:    Years{2015, 2026},
	usual:    []usualClose{{from: NoDate, minute: 13*60 + 30}},
	year:     func(y int, yr *yearOf) { yr.closures(taiwanClosures, y, 13*60+30) },
}

const taiwanClosures = `
2015 01-01 01-02 02-16 02-17 02-18 02-19 02-20 02-23 02-27 04-03 04-06 05-01 06-19 07-10 09-28 09-29 10-09
2016 01-01 +01-30 02-04 02-05 02-08 02-09 02-10 02-11 02-12 02-29 04-04 04-05 05-02 +06-04 06-09 06-10 07-08 +09-10 09-15 09-16 09-27 09-28 10-10
2017 01-02 01-25 01-26 01-27 01-30 01-31 02-01 +02-18 02-27 02-28 04-03 04-04 05-01 05-29 05-30 +06-03 +09-30 10-04 10-09 10-10
2018 01-01 02-13 02-14 02-15 02-16 02-19 02-20 02-28 +03-31 04-04 04-05 04-06 05-01 06-18 09-24 10-10 +12-22 12-31
2019 01-01 01-31 02-01 02-04 02-05 02-06 02-07 02-08 02-28 03-01 04-04 04-05 05-01 06-07 08-09 09-13 09-30 10-10 10-11
2020 01-01 01-21 01-22 01-23 01-24 01-27 01-28 01-29 02-28 04-02 04-03 05-01 06-25 06-26 10-01 10-02 10-09
2021 01-01 02-08 02-09 02-10 02-11 02-12 02-15 02-16 03-01 04-02 04-05 04-30 06-14 09-20 09-21 10-11 12-31
2022 01-27 01-28 01-31 02-01 02-02 02-03 02-04 02-28 04-04 04-05 05-02 06-03 09-09 10-10
2023 01-02 01-18 01-19 01-20 01-23 01-24 01-25 01-26 01-27 02-27 02-28 04-03 04-04 04-05 05-01 06-22 06-23 08-03 09-29 10-09 10-10
2024 01-01 02-06 02-07 02-08 02-09 02-12 02-13 02-14 02-28 04-04 04-05 05-01 06-10 07-24 07-25 09-17 10-02 10-03 10-10 10-31
2025 01-01 01-23 01-24 01-27 01-28 01-29 01-30 01-31 02-28 04-03 04-04 05-01 05-30 09-29 10-06 10-10 10-24 12-25
2026 01-01 02-12 02-13 02-16 02-17 02-18 02-19 02-20 02-27 04-03 04-06 05-01 06-19 09-25 09-28 10-09 10-26 12-25
`

// hongKong ends continuous trading at 16:00 and at 12:00 on the eves of
// Christmas, New Year and Lunar New Year. Whole days lost to typhoons and
// rain are entered; since 2024-09-23 it trades through them. A close brought
// forward by weather (2022-11-02) is not.
var hongKong = &Exchange{
	Name: "Hong Kong", MIC: "XHKG", Zone: "Asia/Hong_Kong", Currency: "HKD",
	Aliases:  []string{"HKEX", "HKSE", "HKG", "SEHK"},
	Suffixes: []string{".HK"},
	Indices:  []string{"^HSI", "^HSCE", "^HSCC", "^HSTECH"},
	Open:     9*60 + 30,
	Rules:    Years{2015, 2026},
	usual:    []usualClose{{from: NoDate, minute: 16 * 60}},
	year: func(y int, yr *yearOf) {
		yr.closures(hongKongClosures, y, 0)
		yr.closeAt(12*60, NewDate(y, 12, 24), NewDate(y, 12, 31))
		yr.closeAt(12*60, specialIn(y, "2015-02-18", "2017-01-27", "2018-02-15", "2019-02-04", "2020-01-24",
			"2021-02-11", "2022-01-31", "2024-02-09", "2025-01-28", "2026-02-16")...)
	},
}

const hongKongClosures = `
2015 01-01 02-19 02-20 04-03 04-06 04-07 05-01 05-25 07-01 09-03 09-28 10-01 10-21 12-25
2016 01-01 02-08 02-09 02-10 03-25 03-28 04-04 05-02 06-09 07-01 08-02 09-16 10-10 10-21 12-26 12-27
2017 01-02 01-30 01-31 04-04 04-14 04-17 05-01 05-03 05-30 08-23 10-02 10-05 12-25 12-26
2018 01-01 02-16 02-19 03-30 04-02 04-05 05-01 05-22 06-18 07-02 09-25 10-01 10-17 12-25 12-26
2019 01-01 02-05 02-06 02-07 04-05 04-19 04-22 05-01 05-13 06-07 07-01 10-01 10-07 12-25 12-26
2020 01-01 01-27 01-28 04-10 04-13 04-30 05-01 06-25 07-01 10-01 10-02 10-13 10-26 12-25
2021 01-01 02-12 02-15 04-02 04-05 04-06 05-19 06-14 07-01 09-22 10-01 10-13 10-14 12-27
2022 02-01 02-02 02-03 04-05 04-15 04-18 05-02 05-09 06-03 07-01 09-12 10-04 12-26 12-27
2023 01-02 01-23 01-24 01-25 04-05 04-07 04-10 05-01 05-26 06-22 07-17 09-01 09-08 10-02 10-23 12-25 12-26
2024 01-01 02-12 02-13 03-29 04-01 04-04 05-01 05-15 06-10 07-01 09-06 09-18 10-01 10-11 12-25 12-26
2025 01-01 01-29 01-30 01-31 04-04 04-18 04-21 05-01 05-05 07-01 10-01 10-07 10-29 12-25 12-26
2026 01-01 02-17 02-18 02-19 04-03 04-06 04-07 05-01 05-25 06-19 07-01 10-01 10-19 12-25
`
