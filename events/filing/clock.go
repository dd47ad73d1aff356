package filing

import (
	"fmt"
	"math"
	"strings"
	"time"

	"aftershock/events"
)

// The acceptanceDateTime of EDGAR's JSON bears a Z, yet part of the rows are the clock
// of New York: the newest of a file, as a rule, until they are written anew in UTC.
// Which clock a row is on is judged for every row.
//
// A row cannot be on a clock by which it was accepted outside EDGAR's hours, 06:00 to
// 22:00 in New York from Monday to Friday, nor by which its filing date is another:
// what is accepted after 17:30 bears the next business day's, but for the reports of
// insiders (3, 4, 5, 144), which bear their own day's until 22:00. What fits both is
// judged by the hours at which filings of its form and items are made, and by the rows
// beside it: the clock changes seldom from one row to the next. The two together are a
// hidden Markov chain of two states, whose probabilities given all rows are the ones
// taken (Rabiner 1989, section III).

// A clock is what a row was written by.
type clock int

const (
	utc clock = iota
	eastern
)

// row is a filing as the submissions have it.
type row struct {
	accession, form, items, written string
	filed                           time.Time
	wall                            time.Time // written, as if in UTC; zero: unreadable
	possible                        [2]bool   // by itself
	eastern                         float64   // the probability that it is New York's clock
	certain                         string    // what settles it; ""
	neither                         bool      // it fits no clock
}

// change is the probability that two rows side by side are on different clocks.
const change = 0.02

// sure is the probability from which on a row is taken as decided.
const sure = 0.95

// judge fills in the probabilities. known are instants of acceptance that headers give.
func judge(rows []row, known map[string]time.Time) {
	loc := newYork()
	n := len(rows)
	emit := make([][2]float64, n)
	for i := range rows {
		r := &rows[i]
		r.certain = ""
		if r.wall.IsZero() {
			emit[i] = [2]float64{1, 1}
			continue
		}
		if t, ok := known[r.accession]; ok {
			switch {
			case t.Equal(r.instant(utc, loc)):
				emit[i], r.possible, r.certain = [2]float64{1, 0}, [2]bool{true, false}, "the filing's header"
				continue
			case t.Equal(r.instant(eastern, loc)):
				emit[i], r.possible, r.certain = [2]float64{0, 1}, [2]bool{false, true}, "the filing's header"
				continue
			}
		}
		for c := utc; c <= eastern; c++ {
			at := r.instant(c, loc).In(loc)
			r.possible[c] = r.fits(at)
			emit[i][c] = r.habit(at)
		}
		switch {
		case r.possible[utc] != r.possible[eastern]:
			r.certain = "EDGAR's hours, the filing date and the 17:30 cut-off"
			for c := range emit[i] { // rules have exceptions
				if !r.possible[c] {
					emit[i][c] *= 1e-4
				}
			}
		case !r.possible[utc]: // on another day than the filing date's: the hour still says something
			r.neither = true
			emit[i] = [2]float64{1, 1}
			switch h := r.wall.Hour(); {
			case h >= 22 || h < 6:
				emit[i][eastern] = 1e-4
			case h < 10:
				emit[i][utc] = 1e-3
			}
		}
	}
	forward, backward := make([][2]float64, n), make([][2]float64, n)
	before := [2]float64{0.5, 0.5}
	for i := range rows {
		forward[i] = normal([2]float64{before[0] * emit[i][0], before[1] * emit[i][1]})
		before = step(forward[i])
	}
	after := [2]float64{1, 1}
	for i := n - 1; i >= 0; i-- {
		backward[i] = after
		after = normal(step([2]float64{after[0] * emit[i][0], after[1] * emit[i][1]}))
	}
	for i := range rows {
		p := normal([2]float64{forward[i][0] * backward[i][0], forward[i][1] * backward[i][1]})
		rows[i].eastern = p[eastern]
	}
}

func step(p [2]float64) [2]float64 {
	return [2]float64{p[0]*(1-change) + p[1]*change, p[1]*(1-change) + p[0]*change}
}

func normal(p [2]float64) [2]float64 {
	sum := p[0] + p[1]
	if sum == 0 || math.IsNaN(sum) {
		return [2]float64{0.5, 0.5}
	}
	return [2]float64{p[0] / sum, p[1] / sum}
}

// instant is the moment of r if it is on clock c.
func (r *row) instant(c clock, loc *time.Location) time.Time {
	if c == utc {
		return r.wall
	}
	w := r.wall
	return time.Date(w.Year(), w.Month(), w.Day(), w.Hour(), w.Minute(), w.Second(), w.Nanosecond(), loc)
}

// insider reports whether form is one that bears the day of its acceptance until 22:00.
func insider(form string) bool {
	switch strings.TrimSuffix(form, "/A") {
	case "3", "4", "5", "144", "SCHEDULE 13D", "SCHEDULE 13G":
		return true
	}
	return false
}

// fits reports whether a filing can have been accepted at at, New York's time, with
// the filing date of r.
func (r *row) fits(at time.Time) bool {
	clock := at.Hour()*60 + at.Minute()
	if clock < 6*60 || clock > 22*60+1 || at.Weekday() == time.Saturday || at.Weekday() == time.Sunday {
		return false
	}
	if r.filed.IsZero() {
		return true
	}
	y, m, d := at.Date()
	day := time.Date(y, m, d, 0, 0, 0, 0, time.UTC)
	next := day.AddDate(0, 0, 1)
	for next.Weekday() == time.Saturday || next.Weekday() == time.Sunday {
		next = next.AddDate(0, 0, 1)
	}
	late := clock > 17*60+30 || clock == 17*60+30 && at.Second() > 0
	switch {
	case !late:
		// On a holiday EDGAR is closed; what it accepts then is of the next day.
		return r.filed.Equal(day)
	case insider(r.form):
		return r.filed.Equal(day) || r.laterDay(next)
	}
	return r.laterDay(next)
}

// laterDay reports whether r was filed on the business day next, or one that follows a
// holiday there.
func (r *row) laterDay(next time.Time) bool {
	gap := r.filed.Sub(next)
	return gap >= 0 && gap <= 3*24*time.Hour
}

// habit is how often filings like r are accepted at the hour of at, relative to others.
func (r *row) habit(at time.Time) float64 {
	m := at.Hour()*60 + at.Minute()
	const open, close, cut = 9*60 + 30, 16 * 60, 17*60 + 35
	// Shares of the filings of a kind in each part of the day, an hour: before the open
	// (06:00-09:30), in the session, from the close to the cut-off, and later.
	var share [4]float64
	switch {
	case strings.Contains(r.items, "2.02"):
		share = [4]float64{0.42 / 3.5, 0.05 / 6.5, 0.52 / 1.6, 0.01 / 4.4}
	case strings.HasPrefix(r.form, "8-K"):
		share = [4]float64{0.28 / 3.5, 0.16 / 6.5, 0.53 / 1.6, 0.03 / 4.4}
	case insider(r.form) && !strings.HasPrefix(r.form, "SCHEDULE") && r.form != "144":
		share = [4]float64{0.02 / 3.5, 0.15 / 6.5, 0.43 / 1.6, 0.40 / 4.4}
	case strings.HasPrefix(r.form, "10-"):
		share = [4]float64{0.18 / 3.5, 0.17 / 6.5, 0.60 / 1.6, 0.05 / 4.4}
	default:
		share = [4]float64{0.12 / 3.5, 0.40 / 6.5, 0.40 / 1.6, 0.08 / 4.4}
	}
	part := 3
	switch {
	case m < open:
		part = 0
	case m < close:
		part = 1
	case m < cut:
		part = 2
	}
	p := share[part]
	// Filings wait for the half hour after the close and for 06:00.
	if part == 2 && m < 16*60+45 {
		p *= 1.3
	}
	if m >= 6*60 && m < 6*60+20 {
		p *= 2
	}
	return p
}

// doubtful reports whether neither rule nor neighbours decide the clock of r.
func (r *row) doubtful() bool {
	return !r.wall.IsZero() && r.certain == "" && r.eastern < sure && r.eastern > 1-sure
}

// stamp returns the time of r by the clock that is the more probable.
func (r *row) stamp() events.Stamp {
	st := events.Stamp{Raw: r.written, Precision: events.NoTime}
	if r.wall.IsZero() {
		if r.written != "" {
			st.Doubts = append(st.Doubts, fmt.Sprintf("time %q cannot be read", r.written))
		}
		return st
	}
	loc := newYork()
	st.Precision = events.Instant
	if strings.HasSuffix(r.written, "Z") {
		st.ZoneGiven = "Z"
	}
	c, p := utc, 1-r.eastern
	if r.eastern > 0.5 {
		c, p = eastern, r.eastern
	}
	st.Time = r.instant(c, loc).In(loc)
	other := r.instant(1-c, loc)
	why := r.certain
	if why == "" || !r.possible[c] {
		why = fmt.Sprintf("the filings beside it and the hours of such filings, %.1f%% sure", min(100*p, 99.9))
	}
	if c == utc {
		st.ZoneAssumed = "UTC (as written; " + why + ")"
	} else {
		st.ZoneAssumed = "America/New_York although written Z (" + why + ")"
	}
	switch {
	case r.neither:
		st.Doubts = append(st.Doubts, fmt.Sprintf("the time fits neither clock with the filing date %s", r.filed.Format(time.DateOnly)))
		st.Other = other
	case r.doubtful():
		st.Doubts = append(st.Doubts, fmt.Sprintf("undecided whether UTC or New York's clock; on the other it was %s", other.UTC().Format(time.RFC3339)))
		st.Other = other
	}
	return st
}

// Settle judges the clocks of a batch anew with instants of acceptance that filing
// headers give, and reports how many events changed.
func Settle(b *events.Batch, known map[string]time.Time) (changed int) {
	for i := range b.Events {
		e := &b.Events[i]
		t, ok := known[e.Key()]
		if !ok || e.Provenance == nil || e.DateOnly && e.Precision != events.Day {
			continue
		}
		p := e.Provenance
		if e.Time.Equal(t) && (strings.Contains(p.ZoneAssumed, "header") || strings.Contains(p.ZoneAssumed, byRule)) {
			continue
		}
		if !e.Time.Equal(t) || e.DateOnly {
			changed++
		}
		e.Time, e.DateOnly, e.Precision, e.AfterClose = t, false, events.Instant, false
		p.ZoneAssumed, p.Other = "America/New_York (the filing's header)", time.Time{}
		p.Bound = t
		var kept []string
		for _, d := range p.Doubts {
			if !strings.HasPrefix(d, "undecided") && !strings.HasPrefix(d, "the time fits neither") {
				kept = append(kept, d)
			}
		}
		p.Doubts = kept
	}
	return changed
}
