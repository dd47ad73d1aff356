// Package market holds prices by exchange session: civil dates, session
// calendars, daily bars, and panels of returns aligned to those sessions. It
// knows nothing of events and nothing of statistics; sources of prices live in
// the packages below it.
//
// NaN has one meaning here: no observation. Nothing is filled forward.
//
// # Sessions
//
// Exchanges is the table of exchanges: their clocks, hours, weeks, suffixes and
// indices. Of some, sessions are known by rule:
//
//	NYSE (and Nasdaq, NYSE Arca, NYSE American)                1990 to 2040
//	LSE                                                        2000 to 2040
//	Crypto                                                     2009 to 2040
//	Euronext (Amsterdam, Paris, Brussels, Lisbon), Xetra,
//	Frankfurt, Tokyo                                           2010 to 2040
//	Korea, Taiwan, Hong Kong                                   2015 to 2026
//
// For other years and the other exchanges, sessions are the days on which most
// of the securities of the exchange traded: Sessions, which Load applies. An
// exchange that is not in the table is described to NewExchange. Days on which an
// exchange departs from its rules after this was written, such as a day of
// mourning, are given to Calendar.With.
//
// # From prices to a panel
//
// Load reads many securities from a Source and aligns each to the calendar of
// its own exchange. Event time is counted in that calendar.
package market
