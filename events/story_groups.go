package events

import (
	"cmp"
	"math"
	"slices"
)

// group puts together what repeats; groups in the order of their first members, members in
// the order of time.
//
// Only titles of the same letters, or of the same numbers and turning words, can be alike,
// so that a candidate is compared with those alone. Where very many such titles of the
// same securities fall into one window, mostSteps ends the comparison: from there on
// only the same letters make a story, and whole is false.
func (g Gathering) group(list []candidate) (groups [][]candidate, whole bool) {
	slices.SortStableFunc(list, func(a, b candidate) int { return a.at.Compare(b.at) })
	s := stories{
		Gathering: g,
		foretold:  slices.ContainsFunc(list, func(c candidate) bool { return c.calendar }),
		known:     slices.ContainsFunc(list, func(c candidate) bool { return c.old }),
		shelves:   make(map[shelfKey]*shelf, 2*len(list)),
		others:    make(map[shelfLabel]*shelf),
		named:     make(map[string][]int),
	}
	for i := range list {
		s.add(&list[i])
	}
	slices.SortStableFunc(s.groups, func(a, b []candidate) int { return cmp.Compare(firstOrder(a), firstOrder(b)) })
	return s.groups, s.steps <= mostSteps
}

// mostSteps bounds the comparison of titles: a step is a pair that is told apart at
// sight, ten are one that is compared by its trigrams.
const mostSteps = 100_000_000

// firstOrder is the place of the member of group that was read first.
func firstOrder(group []candidate) int {
	least := group[0].order
	for _, c := range group {
		least = min(least, c.order)
	}
	return least
}

// stories are groups of candidates that are added by time.
type stories struct {
	Gathering
	foretold, known bool // some candidate is a calendar's; stands in the catalogue: most lists need fewer shelves than theirs

	groups [][]candidate
	hasOld []bool // by group, whether the catalogue holds one of it
	steps  int    // of the comparisons made

	// Where groups are looked for: by the securities of their first members, and by the
	// forms of titles and the days of their first three.
	shelves map[shelfKey]*shelf
	others  map[shelfLabel]*shelf // but the first of its key
	named   map[string][]int      // groups that name securities, by form, ascending
}

type shelfKey struct {
	set, form string
	day       int64 // anyDay where no calendar foretold it
}

const anyDay = math.MinInt64

type shelfLabel struct {
	shelfKey
	apart string
}

// A shelf has the groups of a key, ascending, apart by what is never one story: all, and
// those without one of the catalogue.
type shelf struct {
	apart string
	open  [2][]int
	next  *shelf // of the same key
}

// forms are what a title shares with all titles that may be alike.
func (c *candidate) forms() [2]string {
	return [2]string{"=" + c.title.letters, c.title.digits + " " + c.title.signs}
}

// add puts c into the first group that it repeats, or makes it one.
func (s *stories) add(c *candidate) {
	n := -1
	if !c.Timeless() {
		n = s.look(c, c.set)
		if n < 0 && c.set != "" {
			n = s.look(c, "")
		} else if n < 0 {
			n = s.lookNamed(c)
		}
	}
	if n >= 0 {
		s.groups[n] = append(s.groups[n], *c)
		s.hasOld[n] = s.hasOld[n] || c.old
		if len(s.groups[n]) <= compared {
			s.enter(c, n)
		}
		return
	}
	n = len(s.groups)
	s.groups, s.hasOld = append(s.groups, []candidate{*c}), append(s.hasOld, c.old)
	if c.Timeless() {
		return
	}
	s.enter(c, n)
	if c.set != "" {
		for _, form := range c.forms() {
			s.named[form] = append(s.named[form], n)
		}
	}
}

// compared is how many members of a group a candidate is compared with.
const compared = 3

// tells reports whether c tells the story of group n.
func (s *stories) tells(n int, c *candidate) bool {
	members := s.groups[n]
	for i := range members[:min(len(members), compared)] {
		if s.repeats(&members[i], c, &s.steps) {
			return true
		}
	}
	return false
}

// look finds the first group of set's shelves that c is of; -1: none.
func (s *stories) look(c *candidate, set string) int {
	found := len(s.groups)
	days := []int64{c.day, anyDay}
	if c.calendar {
		days = days[:1]
	} else if !s.foretold {
		days = days[1:]
	}
	which := 0
	if c.old {
		which = 1
	}
	for i, form := range c.forms() {
		for _, day := range days {
			for x := s.shelves[shelfKey{set, form, day}]; x != nil; x = x.next {
				if s.steps++; s.steps > mostSteps && (i > 0 || x.apart != "") {
					break
				}
				if x.apart != "" && x.apart == c.apart {
					continue
				}
				n := -1
				if n, x.open[which] = s.walk(c, x.open[which], found); n >= 0 {
					found = n
				}
			}
		}
	}
	if found == len(s.groups) {
		return -1
	}
	return found
}

// walk returns the first group of open before the given one that c is of (-1: none), and
// open without those that none after c can be of.
func (s *stories) walk(c *candidate, open []int, before int) (int, []int) {
	for len(open) > 0 && c.at.Sub(s.groups[open[0]][0].at) > s.Window {
		open = open[1:]
	}
	found, i, gone := -1, 0, 0
	for ; i < len(open) && open[i] < before && found < 0; i++ {
		if n := open[i]; c.old && s.hasOld[n] {
			gone++
		} else if s.tells(n, c) {
			found = n
		}
	}
	if gone == 0 {
		return found, open
	}
	to := i
	for from := i - 1; from >= 0; from-- {
		if n := open[from]; !s.hasOld[n] {
			to--
			open[to] = n
		}
	}
	return found, open[to:]
}

// lookNamed finds the latest group that names securities, of which c, that names none,
// tells; -1: none.
func (s *stories) lookNamed(c *candidate) int {
	const most = 2000 // groups back
	found := -1
	for _, form := range c.forms() {
		if s.steps > mostSteps {
			break
		}
		list := s.named[form]
		for at := len(list) - 1; at >= 0; at-- {
			n := list[at]
			if n <= found || n < len(s.groups)-most || c.at.Sub(s.groups[n][0].at) > s.Window {
				break
			}
			if s.repeats(&s.groups[n][0], c, &s.steps) {
				found = n
				break
			}
		}
	}
	return found
}

// enter puts group n onto the shelves of c, one of its members.
func (s *stories) enter(c *candidate, n int) {
	for _, form := range c.forms() {
		for _, day := range []int64{c.day, anyDay} {
			if c.calendar && day == anyDay || !s.foretold && day != anyDay {
				continue
			}
			x := s.shelf(shelfLabel{shelfKey{s.groups[n][0].set, form, day}, c.apart})
			for which := range x.open {
				if at, is := slices.BinarySearch(x.open[which], n); !is && (which == 0 || s.known && !s.hasOld[n]) {
					x.open[which] = slices.Insert(x.open[which], at, n)
				}
			}
		}
	}
}

// shelf returns that of a label, made where it is not there.
func (s *stories) shelf(l shelfLabel) *shelf {
	first := s.shelves[l.shelfKey]
	switch {
	case first == nil:
		first = &shelf{apart: l.apart}
		s.shelves[l.shelfKey] = first
		return first
	case first.apart == l.apart:
		return first
	}
	x := s.others[l]
	if x == nil {
		x = &shelf{apart: l.apart, next: first.next}
		first.next, s.others[l] = x, x
	}
	return x
}
