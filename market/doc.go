// Package market holds prices by exchange session: civil dates, session
// calendars, daily bars, and panels of returns aligned to those sessions. It
// knows nothing of events and nothing of statistics; sources of prices live in
// the packages below it.
//
// NaN has one meaning here: no observation. Nothing is filled forward.
package market
