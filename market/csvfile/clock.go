package csvfile

import (
	"strconv"
	"strings"
	"time"

	"aftershock/market"
)

// clockReading says to which day a stamp with a clock belongs.
type clockReading int

// The readings, in the order in which they are tried.
const (
	usualReading  clockReading = iota // a time in UTC on the clock of the exchange, but midnight as it stands; any other as it stands
	onTheExchange                     // on the clock of the exchange, whatever the offset
	asWritten                         // the day that is written
	nearMidnight                      // the day whose midnight is nearest: 23:00 is the day after
)

// fewestStamps is how many stamps tell how they are to be read.
const fewestStamps = 10

// place returns the day of a stamp that is written on d with clock, which may end in
// an offset.
func (p *dates) place(d market.Date, clock string) market.Date {
	minute, offset, said := clockOf(clock)
	switch {
	case p.reading == usualReading && p.zone != nil:
		return inZone(d, clock, p.zone)
	case p.reading == onTheExchange && said && p.zone != nil:
		return market.DateOf(d.In(time.UTC, minute-offset).In(p.zone))
	case p.reading == nearMidnight && minute >= 12*60:
		return d + 1
	}
	return d
}

// placeUnix returns the day of a stamp in seconds since 1970.
func (p *dates) placeUnix(stamp int64) market.Date {
	t := time.Unix(stamp, 0).UTC()
	d := market.DateOf(t)
	switch {
	case p.reading == nearMidnight && t.Hour() >= 12:
		return d + 1
	case p.utc || p.zone == nil || p.reading == asWritten || p.reading == nearMidnight:
		return d
	}
	return market.DateOf(t.In(p.zone))
}

// clockOf reads a time of day as minutes, and its offset from UTC in minutes where
// it has one.
func clockOf(clock string) (minute, offset int, said bool) {
	for _, z := range []string{"Z", "UTC", "GMT"} {
		if c, ok := strings.CutSuffix(clock, z); ok {
			clock, said = strings.TrimSpace(c), true
		}
	}
	if i := strings.LastIndexAny(clock, "+-"); i > 0 {
		sign, text := 1, strings.ReplaceAll(clock[i+1:], ":", "")
		if clock[i] == '-' {
			sign = -1
		}
		if n, err := strconv.Atoi(text); err == nil && (len(text) == 4 || len(text) == 2) {
			if len(text) == 2 {
				n *= 100
			}
			offset, said, clock = sign*(n/100*60+n%100), true, strings.TrimSpace(clock[:i])
		}
	}
	h, rest, _ := strings.Cut(clock, ":")
	return 60*max(0, digits(h)) + max(0, digits(rest[:min(2, len(rest))])), offset, said
}

// decideClock chooses, for a file whose stamps have a clock, the reading by which the
// fewest of its days are none on which the exchange trades: the usual one unless a
// tenth of its days are such. Days of another zone's clock, or midnights of it in UTC,
// show by Sundays throughout.
func (p *dates) decideClock(stamps []string, trades func(market.Date) bool) {
	if len(stamps) < fewestStamps {
		return
	}
	off := func(r clockReading) (n int) {
		q := *p
		q.reading = r
		for _, s := range stamps {
			if d, err := q.parse(s); err != nil || !trades(d) {
				n++
			}
		}
		return n
	}
	least := off(usualReading)
	if least*wrongRows <= len(stamps) {
		return
	}
	for r := onTheExchange; r <= nearMidnight; r++ {
		if n := off(r); n < least && n*wrongRows <= len(stamps) {
			p.reading, least = r, n
		}
	}
}
