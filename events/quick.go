package events

import (
	"bytes"
	"cmp"
	"hash/maphash"
	"slices"
	"strconv"
	"strings"
	"time"
	"unsafe"
)

// A quick reader takes the rows of a table whose cells need no care, without quotes and
// with nothing but the usual fields, straight to events: a tenth of the time of taking
// them apart by the rules of CSV and by field. What it does not take it leaves as it is
// for rows, and what it makes of a row is what that makes of it (TestQuick).
type quick struct {
	*builder
	kinds   []kind
	comma   byte
	unnamed bool              // the file gives no IDs
	targets map[string]Target // by cell, of those that are more than letters and digits
	origins []byte            // room for the origins of the next events
	prefix  string            // of origins
}

// kind is what a column holds.
type kind uint8

const (
	passedOver kind = iota
	idColumn
	dateColumn
	timeColumn
	zoneColumn
	securitiesColumn
	titleColumn
	categoryColumn
	sourceColumn
	rareColumn // in which a value needs the way of all fields
)

// quickly returns a quick reader of rows with columns, nil where none is quick.
func (b *builder) quickly(columns []string, comma rune) *quick {
	if comma >= 0x80 || slices.Contains(columns, "raw_time") {
		return nil
	}
	q := &quick{builder: b, comma: byte(comma), unnamed: !slices.Contains(columns, "id"), prefix: b.file + ":"}
	for _, c := range columns {
		k := rareColumn
		switch c {
		case "":
			k = passedOver
		case "id":
			k = idColumn
		case "date":
			k = dateColumn
		case "time":
			k = timeColumn
		case "zone":
			k = zoneColumn
		case "securities":
			k = securitiesColumn
		case "title":
			k = titleColumn
		case "category":
			k = categoryColumn
		case "source":
			k = sourceColumn
		}
		q.kinds = append(q.kinds, k)
	}
	return q
}

// row makes the event of a line, which does not end in a line feed. It reports whether
// it did.
func (q *quick) row(line []byte, number int) bool {
	line = bytes.TrimSuffix(line, []byte("\r"))
	if bytes.IndexByte(line, '"') >= 0 || len(q.events) == mostEvents {
		return false
	}
	rest := unsafe.String(unsafe.SliceData(line), len(line)) // nobody changes what was read
	var cells [rareColumn]string
	for i, k := range q.kinds {
		cell := rest
		if i < len(q.kinds)-1 {
			at := strings.IndexByte(rest, q.comma)
			if at < 0 {
				return false
			}
			cell, rest = rest[:at], rest[at+1:]
		} else if strings.IndexByte(rest, q.comma) >= 0 {
			return false
		}
		if cell == "" || k == passedOver {
			continue
		}
		if !tidy(cell) || k == rareColumn || cells[k] != "" {
			return false
		}
		cells[k] = cell
	}
	e := Event{ID: cells[idColumn], Category: cells[categoryColumn], Source: cells[sourceColumn]}
	if e.Title = cells[titleColumn]; len(e.Title) > longestLine || len(e.Category) > longestLine {
		return false
	}
	if e.Title == "" {
		e.Title = e.ID
	}
	if !q.time(&e, cells[dateColumn], cells[timeColumn], cells[zoneColumn]) {
		return false
	}
	var target Target
	if s := cells[securitiesColumn]; s != "" {
		var ok bool
		if target, ok = q.one(s); !ok {
			return false
		}
	}
	if !q.unnamed { // last: nothing of a row that is left is kept
		if !plainID(e.ID) {
			return false
		}
		lower := strings.ToLower(e.ID)
		if q.ids == nil {
			q.hashes = append(q.hashes, max(1, maphash.String(q.seed, lower)))
		} else if _, used := q.ids[lower]; used {
			return false
		} else {
			q.ids[lower] = number
		}
	}
	if target.Symbol != "" {
		e.Targets = append(q.targetRoom(1), target)
	}
	e.Origin = q.origin(number)
	q.events = append(q.events, e)
	return true
}

// tidy reports whether a cell is printing ASCII, with single blanks between words: it is
// then what cleaning makes of it.
func tidy(s string) bool {
	blank := true
	for i := range len(s) {
		c := s[i]
		if c <= ' ' {
			if c != ' ' || blank {
				return false
			}
			blank = true
		} else {
			if c >= 0x7f {
				return false
			}
			blank = false
		}
	}
	return !blank
}

// plainID reports whether s is an ID of ASCII.
func plainID(s string) bool {
	for i := range len(s) {
		if c := s[i]; (c < '0' || '9' < c && c < 'A' || 'Z' < c && c < 'a' || 'z' < c) && (i == 0 || c != '.' && c != '_' && c != '-') {
			return false
		}
	}
	return 0 < len(s) && len(s) <= 100
}

// time reads the time of e, whose hour, precision and the like are not given.
func (q *quick) time(e *Event, date, clock, zone string) bool {
	if date == "" && len(clock) == len(time.DateOnly) && clock[4] == '-' && clock[7] == '-' {
		date, clock = clock, ""
	}
	if q.midnight {
		date, _ = atMidnight(date)
		clock, _ = atMidnight(clock)
	}
	zone = cmp.Or(zone, q.clock)
	if clock == "" && zone == "" {
		if t, ok := day(date); ok {
			e.Time, e.Precision, e.DateOnly = t, Day, true
			return true
		}
	}
	if date == "" && clock == "" || clock != "" && !strings.ContainsAny(clock, "0123456789") { // words for the hour
		return false
	}
	t, shown, err := q.zones.moment(date, clock, zone, q.order)
	if err != nil {
		return false
	}
	e.Time, e.Precision, e.DateOnly = t, shown, shown == Day
	return true
}

// day reads 2025-01-27 of the years 1600 to 2400, as moment does, in a tenth of its time.
func day(s string) (t time.Time, ok bool) {
	if len(s) != len(time.DateOnly) || s[4] != '-' || s[7] != '-' {
		return t, false
	}
	var n [3]int
	for k, part := range [3]string{s[:4], s[5:7], s[8:]} {
		for i := range len(part) {
			if part[i] < '0' || part[i] > '9' {
				return t, false
			}
			n[k] = 10*n[k] + int(part[i]-'0')
		}
	}
	y, m, d := n[0], n[1], n[2]
	if y < 1600 || y > 2400 || m < 1 || m > 12 || d < 1 || d > 28 { // the last days of months are for moment
		return t, false
	}
	k, years := m+9, y // months from March on, of years that begin with it
	if m > 2 {
		k -= 12
	} else {
		years--
	}
	days := 365*years + years/4 - years/100 + years/400 + (153*k+2)/5 + d - 719469
	return time.Unix(int64(days)*86400, 0).UTC(), true
}

// one reads a cell that holds one security.
func (q *quick) one(s string) (Target, bool) {
	if plain(s, 40) {
		return Target{Symbol: s}, true
	}
	if t, ok := q.targets[s]; ok {
		return t, true
	}
	list := symbols(text{s: s})
	if len(list) != 1 {
		return Target{}, false
	}
	before := len(q.errs)
	t, ok := q.concerned(security(list[0]), false)
	if len(q.errs) > before || !ok {
		q.errs = q.errs[:before]
		return Target{}, false
	}
	if q.targets == nil {
		q.targets = make(map[string]Target)
	}
	q.targets[s] = t
	return t, true
}

// origin returns the origin of the event on a line, of a block that serves many.
func (q *quick) origin(number int) string {
	const block = 1 << 15
	if cap(q.origins)-len(q.origins) < len(q.prefix)+20 {
		q.origins = make([]byte, 0, block+len(q.prefix))
	}
	at := len(q.origins)
	q.origins = strconv.AppendInt(append(q.origins, q.prefix...), int64(number), 10)
	return unsafe.String(&q.origins[at], len(q.origins)-at)
}
