// Package market holds prices by exchange session: civil dates, session
// calendars, daily bars, and panels of returns aligned to those sessions. It
// knows nothing of events and nothing of statistics; sources of prices live in
// the packages below it.
//
// NaN has one meaning here: no observation. Nothing is filled forward.
//
// # Sessions
//
// Exchanges is the table of exchanges whose sessions are known by rule:
//
//	NYSE (and Nasdaq, NYSE Arca, NYSE American)   1990 to 2040
//	LSE                                           2000 to 2040
//	Euronext Amsterdam, Xetra, Tokyo              2010 to 2040
//	Korea, Taiwan, Hong Kong                      2015 to 2026
//
// For other years and other exchanges the sessions are the days on which
// something of the exchange traded, its index or the study's benchmark:
// Calendar.WithHistory, which Load applies, and CalendarFromDates. Days on which an exchange departs
// from its rules after this was written, such as a day of mourning, are given
// to Calendar.With.
//
// # From prices to a panel
//
// Load reads many securities from a Source and aligns each to the calendar of
// its own exchange. Event time is counted in that calendar.
package market
