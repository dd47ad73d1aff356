package market

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// Finding is something in a price history that is wrong, or may be.
type Finding struct {
	Symbol   string    `json:"symbol"`
	Code     CheckCode `json:"code"`
	Problem  bool      `json:"problem"`  // false: unusual, but what is known speaks for it
	Date     Date      `json:"date"`     // the first day concerned
	Last     Date      `json:"last"`     // the last one
	Sessions int       `json:"sessions"` // how many are concerned
	Text     string    `json:"text"`     // what is the case, with its figures
}

// CheckCode says what is wrong. The codes are stable.
type CheckCode string

// What Check, CheckTogether and Compare look for.
const (
	Unordered    CheckCode = "unordered"     // a bar that does not come after the one before
	Duplicate    CheckCode = "duplicate"     // two bars of one day
	NoSession    CheckCode = "no-session"    // a bar on a day that is no session of the exchange
	Gap          CheckCode = "gap"           // sessions without a bar, or without a close
	EndsEarly    CheckCode = "ends-early"    // the last bar lies before the session that should be there
	StaleTail    CheckCode = "stale-tail"    // the last closes are all the same
	Unchanged    CheckCode = "unchanged"     // the same close on many sessions
	RepeatedBar  CheckCode = "repeated-bar"  // prices and volume of the session before once more
	ZeroVolume   CheckCode = "zero-volume"   // a price, and no trade
	BadPrice     CheckCode = "bad-price"     // a price that is not positive and finite
	Bracket      CheckCode = "bracket"       // open or close outside low..high
	Jump         CheckCode = "jump"          // a return above the threshold, and no corporate action
	Reversal     CheckCode = "reversal"      // a large return undone on the next session
	Split        CheckCode = "split"         // a split that the prices are not adjusted for
	Adjustment   CheckCode = "adjustment"    // the adjusted close falls against the close: no dividend does that
	SameAsOthers CheckCode = "repeated-all"  // all securities of the exchange repeat their close
	Disagreement CheckCode = "disagreement"  // another source has another price
	Unreadable   CheckCode = "unreadable"    // the history cannot be read
	NoCalendar   CheckCode = "unknown-hours" // the exchange's sessions are not known
)

// CheckOptions settle what Check takes for wrong.
type CheckOptions struct {
	Threshold float64 // absolute return that is a jump; 0.25
	Until     Date    // the session up to which there should be prices; 0 or NoDate: not checked
}

// The bounds of Check. They are chosen so that the daily bars of liquid shares
// pass; the tests hold them to real prices.
const (
	staleTail    = 3    // sessions without change at the end
	unchanged    = 5    // sessions without change elsewhere
	late         = 5    // sessions that a history may lag behind
	neighbours   = 30   // sessions on either side that say what is usual
	reversalSize = 10.0 // robust standard deviations
	reversalRest = 0.25 // of the first return that the two days may add up to
	reversalMin  = 0.04 // smallest return that is looked at
	confirming   = 1.5  // times the usual volume: news, not an error
	splitVolume  = 3    // times the volume that a split of its size alone would give: news
	splitSlack   = 0.04 // how far a day's return may take a price from the ratio of a split
	bracketSlack = 1e-4 // relative; adjusted prices are rounded
	adjustSlack  = 2e-3 // relative; adjusted closes are rounded to cents by some
)

// Check looks for what is wrong in the history of one security, in order of
// date. cal is the sessions of its exchange; without it gaps are not looked
// for.
//
// A jump is a return of closes, dividends added back, above o.Threshold. It is
// no problem when the volume is 1.5 times the usual (the median of the 30
// sessions on either side) and the price stays: that is news; by the ratio of a
// split it must be three times what the split alone would make of the volume.
// Nor is a jump one in an index (^VIX), which knows no splits. A reversal is a return of more than
// ten robust standard deviations of the same neighbours (1.4826 times their
// median absolute value) of which the next session undoes three quarters.
//
// What a plausible price is hides from it: see CheckTogether and Compare.
func Check(s *Series, cal *Calendar, o CheckOptions) []Finding {
	if o.Threshold == 0 {
		o.Threshold = 0.25
	}
	if len(s.Bars) == 0 {
		return []Finding{{Symbol: s.Symbol, Code: Gap, Problem: true, Date: NoDate, Last: NoDate, Text: "no bar at all"}}
	}
	c := &checker{s: s, o: o, index: strings.HasPrefix(s.Symbol, "^")}
	c.order()
	if len(c.found) > 0 {
		return c.found // the rest takes the order for granted
	}
	c.prices()
	c.returns()
	c.volumes()
	c.still()
	c.splits()
	if cal != nil {
		c.sessions(cal)
	}
	slices.SortStableFunc(c.found, func(a, b Finding) int { return int(a.Date) - int(b.Date) })
	return c.found
}

type checker struct {
	s     *Series
	o     CheckOptions
	index bool
	found []Finding
}

// add records a finding about the bars first..last.
func (c *checker) add(code CheckCode, problem bool, first, last int, format string, args ...any) {
	c.found = append(c.found, Finding{c.s.Symbol, code, problem, c.s.Bars[first].Date, c.s.Bars[last].Date, last - first + 1, fmt.Sprintf(format, args...)})
}

// runs calls do for every longest run of bars for which is holds.
func (c *checker) runs(is func(i int) bool, do func(first, last int)) {
	for i := 0; i < len(c.s.Bars); i++ {
		if !is(i) {
			continue
		}
		first := i
		for i+1 < len(c.s.Bars) && is(i+1) {
			i++
		}
		do(first, i)
	}
}

func (c *checker) order() {
	b := c.s.Bars
	for i := 1; i < len(b); i++ {
		switch {
		case b[i].Date == b[i-1].Date:
			c.add(Duplicate, true, i, i, "two bars on this day")
		case b[i].Date < b[i-1].Date:
			c.add(Unordered, true, i, i, "this bar stands after that of %s", b[i-1].Date)
		}
	}
}

// prices looks at each bar by itself.
func (c *checker) prices() {
	for i, b := range c.s.Bars {
		for _, p := range []float64{b.Open, b.High, b.Low, b.Close, b.AdjClose} {
			if p <= 0 || math.IsInf(p, 0) {
				c.add(BadPrice, true, i, i, "a price of %v", p)
				break
			}
		}
		for _, p := range []struct {
			name  string
			value float64
		}{{"open", b.Open}, {"close", b.Close}, {"high", b.High}} {
			switch {
			case p.value > b.High*(1+bracketSlack):
				c.add(Bracket, true, i, i, "the %s, %v, is above the high, %v", p.name, p.value, b.High)
			case p.value < b.Low*(1-bracketSlack):
				c.add(Bracket, true, i, i, "the %s, %v, is below the low, %v", p.name, p.value, b.Low)
			}
		}
		if i > 0 && !math.IsNaN(b.Open) && !math.IsNaN(b.High) && b.High > b.Low && b.Volume > 0 {
			if before := c.s.Bars[i-1]; b.Open == before.Open && b.High == before.High && b.Low == before.Low && b.Close == before.Close && b.Volume == before.Volume {
				c.add(RepeatedBar, true, i, i, "prices and volume are those of %s", before.Date)
			}
		}
	}
}

// total returns the return of bar i with dividends, by closes.
func (c *checker) total(i int) float64 {
	if i < 1 || i >= len(c.s.Bars) {
		return math.NaN()
	}
	p := c.s.Bars[i].Close
	for _, a := range c.s.Actions {
		if a.Date == c.s.Bars[i].Date {
			p += a.Dividend
		}
	}
	return p/c.s.Bars[i-1].Close - 1
}

// returns looks for jumps, reversals and falls of the adjusted close.
func (c *checker) returns() {
	n := len(c.s.Bars)
	r, size := make([]float64, n), make([]float64, n)
	for i := range r {
		r[i] = c.total(i)
		size[i] = math.Abs(r[i])
	}
	volume := make([]float64, n)
	for i, b := range c.s.Bars {
		volume[i] = b.Volume
	}
	for i := 1; i < n; i++ {
		b := c.s.Bars[i]
		if q := (b.AdjClose / b.Close) / (c.s.Bars[i-1].AdjClose / c.s.Bars[i-1].Close); q < 1-adjustSlack {
			c.add(Adjustment, true, i, i, "the adjusted close falls by %.2f%% more than the close", 100*(1-q))
		}
		sigma := math.NaN()
		if i+1 < n && size[i] >= reversalMin && math.Abs((1+r[i])*(1+r[i+1])-1) < reversalRest*size[i] {
			sigma = 1.4826 * around(size, i, i+1)
		}
		if sigma > 0 && size[i] > reversalSize*sigma { // of a share that seldom trades, every move is undone
			c.add(Reversal, true, i, i, "%+.1f%%, undone on the next session by %+.1f%%; usual are %.1f%%", 100*r[i], 100*r[i+1], 100*sigma)
			i++
			continue
		}
		if !(size[i] > c.o.Threshold) || c.splitOn(b.Date) != 0 {
			continue
		}
		times := b.Volume / around(volume, i, i)
		k, ratio := splitRatio(c.s.Bars[i-1].Close / b.Close)
		switch {
		case c.index:
			c.add(Jump, false, i, i, "%+.1f%%, in an index", 100*r[i])
		case k > 0 && !(times >= splitVolume*k):
			c.add(Split, true, i, i, "%+.1f%%, as in a split of %s that the prices are not adjusted for", 100*r[i], ratio)
		case times >= confirming:
			c.add(Jump, false, i, i, "%+.1f%%, with %.1f times the usual volume", 100*r[i], times)
		case math.IsNaN(times):
			c.add(Jump, true, i, i, "%+.1f%% without a corporate action; the volume is not known", 100*r[i])
		default:
			c.add(Jump, true, i, i, "%+.1f%% without a corporate action, at %.1f times the usual volume", 100*r[i], times)
		}
	}
}

// around is the median of the values beside first..last.
func around(v []float64, first, last int) float64 {
	var near []float64
	for k := max(0, first-neighbours); k < min(len(v), last+neighbours+1); k++ {
		if (k < first || k > last) && !math.IsNaN(v[k]) {
			near = append(near, v[k])
		}
	}
	if len(near) == 0 {
		return math.NaN()
	}
	slices.Sort(near)
	return near[len(near)/2]
}

// splitRatio returns the split whose ratio is near to the fall from one close
// to the next, as a number above 1 and in words; 0 when there is none. Those
// below 2:1 do not stand out from returns.
func splitRatio(fall float64) (float64, string) {
	for k := 2.0; k <= 100; k++ {
		switch {
		case math.Abs(fall/k-1) < splitSlack:
			return k, fmt.Sprintf("%v:1", k)
		case math.Abs(fall*k-1) < splitSlack:
			return k, fmt.Sprintf("1:%v", k)
		}
	}
	return 0, ""
}

// splitOn returns the ratio of the split on d, 0 for none.
func (c *checker) splitOn(d Date) float64 {
	for _, a := range c.s.Actions {
		if a.Date == d && a.Split > 0 {
			return a.Split
		}
	}
	return 0
}

// splits holds the splits that are known to the closes.
func (c *checker) splits() {
	for i := 1; i < len(c.s.Bars); i++ {
		s := c.splitOn(c.s.Bars[i].Date)
		if s == 0 || math.Abs(math.Log(s)) < 0.2 { // a day's return may hide it
			continue
		}
		if fall := math.Log(c.s.Bars[i-1].Close / c.s.Bars[i].Close); math.Abs(fall-math.Log(s)) < math.Abs(fall) {
			c.add(Split, true, i, i, "%+.1f%% on the day of a split of %v:1: the prices are not adjusted for it", 100*c.total(i), s)
		}
	}
}

// volumes looks for sessions without trade, unless there is no volume at all,
// as in many indices.
func (c *checker) volumes() {
	if !slices.ContainsFunc(c.s.Bars, func(b Bar) bool { return b.Volume > 0 }) {
		return
	}
	c.runs(func(i int) bool { return c.s.Bars[i].Volume == 0 }, func(first, last int) {
		c.add(ZeroVolume, true, first, last, "a price, and a volume of 0")
	})
}

// still looks for closes that do not change.
func (c *checker) still() {
	same := func(i int) bool { return i > 0 && c.s.Bars[i].Close == c.s.Bars[i-1].Close }
	c.runs(same, func(first, last int) {
		n := last - first + 1
		switch {
		case last == len(c.s.Bars)-1 && n >= staleTail:
			c.add(StaleTail, true, first, last, "the last %d closes repeat that of %s", n, c.s.Bars[first-1].Date)
		case n >= unchanged:
			c.add(Unchanged, true, first, last, "%d closes repeat that of %s", n, c.s.Bars[first-1].Date)
		}
	})
	c.runs(func(i int) bool { return math.IsNaN(c.s.Bars[i].Close) }, func(first, last int) {
		c.add(Gap, true, first, last, "no close")
	})
}

// sessions holds the days to those of the exchange, as far as these are known.
func (c *checker) sessions(cal *Calendar) {
	if cal.Len() == 0 {
		return
	}
	b := c.s.Bars
	gap := func(from, to int) { // sessions from..to-1
		if from < to {
			c.found = append(c.found, Finding{c.s.Symbol, Gap, true, cal.Date(from), cal.Date(to - 1), to - from, "no bar"})
		}
	}
	next := -1
	for i := range b {
		d := b[i].Date
		if d < cal.Date(0) || d > cal.Date(cal.Len()-1) {
			continue
		}
		k, ok := cal.Index(d)
		if !ok {
			c.add(NoSession, true, i, i, "a bar on a day that is no session of %s", cal.Name())
			continue
		}
		if next >= 0 {
			gap(next, k)
		}
		next = k + 1
	}
	if c.o.Until == 0 || c.o.Until == NoDate || next < 0 {
		return
	}
	if missing := cal.Search(c.o.Until+1) - next; missing > late {
		c.add(EndsEarly, true, len(b)-1, len(b)-1, "the last bar, %d sessions before %s", missing, c.o.Until)
	}
}

// CheckTogether looks for sessions on which every one of several securities of
// an exchange, traded as they were, repeats its close of the session before:
// services do that when they have missed a day. Of two shares whose closes
// repeat one session in thirty, it takes one in a thousand right sessions for
// wrong; of three or more, hardly any.
func CheckTogether(exchange string, series []*Series) []Finding {
	type count struct{ bars, same int }
	days := make(map[Date]count)
	each := func(do func(s *Series, d Date, repeats bool)) {
		for _, s := range series {
			for i := 1; i < len(s.Bars); i++ {
				b := s.Bars[i]
				if b.Volume > 0 && b.High > b.Low {
					do(s, b.Date, b.Close == s.Bars[i-1].Close)
				}
			}
		}
	}
	each(func(_ *Series, d Date, repeats bool) {
		n := days[d]
		n.bars++
		if repeats {
			n.same++
		}
		days[d] = n
	})
	var found []Finding
	each(func(s *Series, d Date, repeats bool) {
		if n := days[d]; repeats && n.same == n.bars && n.same > 1 {
			found = append(found, Finding{s.Symbol, SameAsOthers, true, d, d, 1,
				fmt.Sprintf("the close repeats that of the session before, as do those of all %d securities of %s, though they traded", n.same, exchange)})
		}
	})
	return found
}

// Compare looks for sessions on which the return of s by adjusted closes is
// not that of other, another source's history of the same security, by more
// than tolerance. A price that only one of them has is no disagreement.
// A single price that differs makes two returns differ; it is found once.
func Compare(s, other *Series, source string, tolerance float64) []Finding {
	var a, b []Bar // on the days of both
	for i, j := 0, 0; i < len(s.Bars) && j < len(other.Bars); {
		switch x, y := s.Bars[i], other.Bars[j]; {
		case x.Date < y.Date:
			i++
		case x.Date > y.Date:
			j++
		default:
			if !math.IsNaN(x.AdjClose) && !math.IsNaN(y.AdjClose) {
				a, b = append(a, x), append(b, y)
			}
			i, j = i+1, j+1
		}
	}
	ratio := func(i int) float64 { return a[i].AdjClose / b[i].AdjClose }
	var found []Finding
	for i := 1; i < len(a); i++ {
		off := ratio(i)/ratio(i-1) - 1
		if !(math.Abs(off) > tolerance) {
			continue
		}
		text := fmt.Sprintf("a return of %+.2f%%; %s has %+.2f%%", 100*(a[i].AdjClose/a[i-1].AdjClose-1), source, 100*(b[i].AdjClose/b[i-1].AdjClose-1))
		f := Finding{s.Symbol, Disagreement, true, a[i].Date, a[i].Date, 1, text}
		if i+1 < len(a) && math.Abs(ratio(i+1)/ratio(i-1)-1) <= tolerance {
			f.Text += "; the next session makes up for it, so this price is wrong in one of them"
			i++
		}
		found = append(found, f)
	}
	return found
}
