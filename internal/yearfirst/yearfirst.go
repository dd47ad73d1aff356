// Package yearfirst tells columns of dates such as 25-01-27, whose years have two digits
// and come first, from those such as 27-01-25, whose years come last: most of them are
// dates in both ways.
package yearfirst

import "math/bits"

// Dates is what the dates of a column show. The zero value has seen none.
type Dates struct {
	n             int
	long          bool // a year of four digits
	line          int
	sample        string // the first date
	hyphens       bool
	never         [3]bool   // readings by which some date is none
	last          [3]int    // date by each reading
	rises         [3]bool   // by each reading
	falls         [3]bool   // by each reading
	first, ending [2]uint64 // numbers that come first, and last, as sets of bits
}

// The readings of three numbers.
const (
	yearFirst = iota
	dayFirst
	monthFirst
)

// See takes in a date of a line. What is not three numbers is passed over.
func (d *Dates) See(s string, line int) {
	a, b, c, mark, ok := numbers(s)
	if !ok {
		return
	}
	if c > 99 {
		d.long = true
		return
	}
	if d.n++; d.n == 1 {
		d.line, d.sample, d.hyphens = line, s, mark == '-'
	}
	d.first[a>>6] |= 1 << (a & 63)
	d.ending[c>>6] |= 1 << (c & 63)
	for i, r := range [3][3]int{yearFirst: {a, b, c}, dayFirst: {c, b, a}, monthFirst: {c, a, b}} {
		year, month, day := r[0], r[1], r[2]
		if month < 1 || month > 12 || day < 1 || day > 31 {
			d.never[i] = true
		}
		if year < 50 {
			year += 100
		}
		at := (year*12+month)*31 + day
		if d.n > 1 {
			d.rises[i] = d.rises[i] || at > d.last[i]
			d.falls[i] = d.falls[i] || at < d.last[i]
		}
		d.last[i] = at
	}
}

// First returns a date with its line where years seem to come first, or where nothing
// tells that they come last. certain reports that as nothing else they are dates.
func (d *Dates) First() (line int, sample string, certain, is bool) {
	if d.n == 0 || d.long || d.never[yearFirst] {
		return 0, "", false, false
	}
	if d.never[dayFirst] && d.never[monthFirst] {
		return d.line, d.sample, true, true
	}
	ordered := func(reading int) bool { return !d.never[reading] && !(d.rises[reading] && d.falls[reading]) }
	last := ordered(dayFirst) || ordered(monthFirst)
	switch before, after := count(d.first), count(d.ending); {
	case d.n > 2 && ordered(yearFirst) != last:
		is = !last
	case before != after:
		is = before < after // years are fewer than days
	default:
		is = d.hyphens // as ISO 8601 had them
	}
	return d.line, d.sample, false, is
}

func count(set [2]uint64) int { return bits.OnesCount64(set[0]) + bits.OnesCount64(set[1]) }

// numbers parts the date that s begins with: two numbers of one or two digits, then one of
// two or four, parted by the same of "-/.".
func numbers(s string) (a, b, c int, mark byte, ok bool) {
	number := func(most int) (n, digits int) {
		for digits < len(s) && digits < most && '0' <= s[digits] && s[digits] <= '9' {
			n = 10*n + int(s[digits]-'0')
			digits++
		}
		s = s[digits:]
		return n, digits
	}
	a, n := number(2)
	if n == 0 || s == "" || s[0] != '-' && s[0] != '/' && s[0] != '.' {
		return
	}
	mark = s[0]
	s = s[1:]
	b, m := number(2)
	if m == 0 || s == "" || s[0] != mark {
		return
	}
	s = s[1:]
	c, k := number(4)
	if k != 2 && k != 4 || k == 2 && n != 2 || s != "" && '0' <= s[0] && s[0] <= '9' {
		return
	}
	if k == 4 {
		c = max(c, 100)
	}
	return a, b, c, mark, true
}
