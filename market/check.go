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
	Text     string    `json:"text"`     // what is the case, with its figures, in English

	Form          string `json:"-"`                       // the code of the same as an Issue; "": none
	Args          []any  `json:"-"`                       // the values that stand in it
	Mended        bool   `json:"mended,omitempty"`        // it was put right, and Text says how
	Contradiction bool   `json:"contradiction,omitempty"` // figures contradict each other: what rests on these days is not to be measured
	Through       Date   `json:"-"`                       // the day of the last return concerned; Date is that of the first
}

// Issue returns what f says, as an issue that other languages have words for.
func (f *Finding) Issue() Issue { return Issue{f.Symbol, f.Date, f.Form, f.Args} }

// finding returns a finding about the days first to last that says form, the
// code of an issue or an English sentence.
func finding(symbol string, code CheckCode, problem bool, first, last Date, sessions int, form string, args ...any) Finding {
	f := Finding{Symbol: symbol, Code: code, Problem: problem, Date: first, Last: last, Through: last, Sessions: sessions, Args: args}
	if english, ok := issueForms[form]; ok {
		f.Form, form = form, english
	}
	f.Text = fmt.Sprintf(form, args...)
	return f
}

// Said returns a finding that says form, the code of an issue, about one day;
// problem: it is wrong, and contradicts itself; else it was put right.
func Said(symbol string, code CheckCode, problem bool, d Date, form string, args ...any) Finding {
	f := finding(symbol, code, problem, d, d, 1, form, args...)
	f.Contradiction, f.Mended = problem, !problem
	return f
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
	Unit         CheckCode = "unit"          // prices of some days in another unit than the others
	SameSeries   CheckCode = "same-series"   // the returns are those of another symbol
	OtherTicker  CheckCode = "other-ticker"  // the file says that it is of another security
)

// Contradictions are the codes of findings by which figures contradict each
// other. What rests on them is not measured, unless the user trusts them.
var Contradictions = []CheckCode{Split, Unit, Adjustment, Duplicate, Unreadable, SameSeries, OtherTicker}

// CheckOptions settle what Check takes for wrong.
type CheckOptions struct {
	Threshold float64 // absolute return that is a jump; 0.25
	Until     Date    // the session up to which there should be prices; 0 or NoDate: not checked
	Study     bool    // for a study: only what concerns returns, and closes that stand still for fewer sessions too
}

// The bounds of Check. They are chosen so that the daily bars of liquid shares
// pass; the tests hold them to real prices.
const (
	staleTail             = 3    // sessions without change at the end
	unchanged             = 5    // sessions without change elsewhere
	late                  = 5    // sessions that a history may lag behind
	neighbours            = 30   // sessions on either side that say what is usual
	reversalSize          = 10.0 // robust standard deviations
	reversalRest          = 0.25 // of the first return that the two days may add up to
	reversalMin           = 0.04 // smallest return that is looked at
	confirming            = 1.5  // times the usual volume: news, not an error
	splitVolume           = 3    // times the volume that a split of its size alone would give: news
	splitVolumeOfAdjusted = 1.5  // the same of adjusted closes
	splitSlack            = 0.04 // how far a day's return may take a price from the ratio of a split
	bracketSlack          = 1e-4 // relative; adjusted prices are rounded
	adjustSlack           = 2e-3 // relative; adjusted closes are rounded to cents by some
	unitSlack             = 0.12 // logarithm; how far a day's return may take a price from a power of ten
	absurd                = 5    // times a price, or a fifth of it, that the next session undoes: no price
	unitReach             = 260  // sessions within which a price returns to its unit
	splitReach            = 0.20 // logarithm; how far a reaction may take a price from the ratio of a split, where the volume speaks for one
	stillRare             = 1e-3 // probability of a run of unchanged closes that a study tells of
)

// Check looks for what is wrong in the history of one security, in order of
// date. cal is the sessions of its exchange; without it gaps are not looked
// for.
//
// A jump is a return of closes, dividends added back, above o.Threshold. It is
// no problem when the volume is 1.5 times the usual (the median of the 30
// sessions on either side) and the price stays: that is news; by the ratio of a
// split it must be three times what the split alone would make of the volume, of
// adjusted closes half more. Adjusted closes without volumes lack a split only by
// the ratio of a large one.
// Nor is a jump one in an index (^VIX), which knows no splits. A reversal is a return of more than
// ten robust standard deviations of the same neighbours (1.4826 times their
// median absolute value) of which the next session undoes three quarters.
//
// What a plausible price is hides from it: see CheckTogether and Compare.
func Check(s *Series, cal *Calendar, o CheckOptions) []Finding { return check(s, cal, o, &workspace{}) }

func check(s *Series, cal *Calendar, o CheckOptions, m *workspace) []Finding {
	if o.Threshold == 0 {
		o.Threshold = 0.25
	}
	if len(s.Bars) == 0 {
		return []Finding{{Symbol: s.Symbol, Code: Gap, Problem: true, Date: NoDate, Last: NoDate, Text: "no bar at all"}}
	}
	c := &checker{s: s, o: o, index: strings.HasPrefix(s.Symbol, "^"), ret: returnsOf(s, m), workspace: m}
	c.order()
	if len(c.found) > 0 {
		return c.found // the rest takes the order for granted
	}
	if !o.Study {
		c.prices()
	}
	c.returns()
	c.volumes()
	c.still()
	if !o.Study {
		c.splits()
	}
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
	given bool // returns are the source's own, and no matter of splits
	ret   []float64
	found []Finding
	*workspace
}

// add records a finding about the bars first..last.
func (c *checker) add(code CheckCode, problem bool, first, last int, format string, args ...any) {
	through := c.s.Bars[last].Date
	if (code == Unit || code == Reversal) && last+1 < len(c.s.Bars) {
		through = c.s.Bars[last+1].Date
	}
	f := finding(c.s.Symbol, code, problem, c.s.Bars[first].Date, c.s.Bars[last].Date, last-first+1, format, args...)
	f.Through, f.Contradiction = through, problem && (code == Split || code == Unit || code == Duplicate)
	c.found = append(c.found, f)
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

// returnsOf returns the returns of s with dividends: of the adjusted close where
// there is one, else of the close.
func returnsOf(s *Series, m *workspace) []float64 {
	r := grown(&m.ret, len(s.Bars))
	if len(r) > 0 {
		r[0] = math.NaN()
	}
	next := 0
	for i := 1; i < len(s.Bars); i++ {
		b, before := &s.Bars[i], &s.Bars[i-1]
		if s.Adjusted {
			r[i] = b.AdjClose/before.AdjClose - 1
			continue
		}
		p := b.Close
		for ; next < len(s.Actions) && s.Actions[next].Date <= b.Date; next++ {
			if a := s.Actions[next]; a.Date == b.Date {
				p += a.Dividend
			}
		}
		r[i] = p/before.Close - 1
	}
	return r
}

// returns looks for jumps, reversals and falls of the adjusted close.
func (c *checker) returns() {
	n := len(c.s.Bars)
	r := c.ret
	var size, volume []float64 // made where they are asked for
	for i := 1; i < n; i++ {
		b := &c.s.Bars[i]
		if before := &c.s.Bars[i-1]; !c.o.Study {
			if q := (b.AdjClose / b.Close) / (before.AdjClose / before.Close); q < 1-adjustSlack {
				c.add(Adjustment, true, i, i, "the adjusted close falls by %.2f%% more than the close", 100*(1-q))
			}
		}
		if !(math.Abs(r[i]) >= reversalMin) {
			continue
		}
		if size == nil {
			if c.workspace == nil {
				c.workspace = &workspace{}
			}
			size = grown(&c.size, n)
			for i := range r {
				size[i] = math.Abs(r[i])
			}
		}
		if last, power := c.unit(i); power != 0 {
			c.add(Unit, true, i, last, "unit/run", 100*r[i], c.s.Bars[last+1].Date.String(), 100*r[last+1], c.s.Bars[i].Date.String(), c.s.Bars[last].Date.String(), int(power))
			i = last + 1
			continue
		}
		sigma := math.NaN()
		if i+1 < n && math.Abs((1+r[i])*(1+r[i+1])-1) < reversalRest*size[i] {
			sigma = 1.4826 * around(size, i, i+1)
		}
		if sigma > 0 && size[i] > reversalSize*sigma { // of a share that seldom trades, every move is undone
			if l := math.Abs(math.Log1p(r[i])); l > math.Log(absurd) && !c.index {
				c.add(Unit, true, i, i, "unit/spike", 100*r[i], 100*r[i+1], b.Date.String())
			} else {
				c.add(Reversal, true, i, i, "reversal", 100*r[i], 100*r[i+1], 100*sigma)
			}
			i++
			continue
		}
		if !(size[i] > c.o.Threshold) || c.splitOn(b.Date) != 0 && !c.o.Study {
			continue
		}
		if volume == nil {
			volume = make([]float64, n)
			for i, b := range c.s.Bars {
				volume[i] = b.Volume
			}
		}
		times := b.Volume / around(volume, i, i)
		fall := 1 / (1 + r[i])
		k, ratio := splitRatio(fall)
		news := float64(splitVolume)
		if c.s.Adjusted { // and so for splits: only what is nothing else speaks against it
			news = splitVolumeOfAdjusted
		}
		near := ratio // of a split that adjusted closes are not taken to lack
		if c.given || c.s.Adjusted && math.IsNaN(times) && !slices.Contains(largeSplits, k) {
			k = 0
		} else if k == 0 && !math.IsNaN(times) && times < confirming || k == 0 && (fall > 5 || fall < 1/3.) {
			k, ratio = splitNear(fall)
		}
		switch {
		case c.index:
			c.add(Jump, false, i, i, "jump/index", 100*r[i])
		case !c.given && math.Abs(math.Abs(math.Log(fall))-math.Log(100)) < unitSlack && !(times >= news*k):
			c.add(Unit, true, i, i, "unit/level", 100*r[i], ratio)
		case k > 0 && !(times >= news*k) && !(fall < 1 && times >= splitVolume):
			c.add(Split, true, i, i, "split/inferred", 100*r[i], ratio)
		case times >= confirming:
			c.add(Jump, false, i, i, "jump/volume", 100*r[i], times)
		case math.IsNaN(times) && near != "" && !c.given:
			c.add(Jump, true, i, i, "jump/ratio", 100*r[i], near)
		case math.IsNaN(times):
			c.add(Jump, true, i, i, "jump/unknown", 100*r[i])
		default:
			c.add(Jump, true, i, i, "jump/calm", 100*r[i], times)
		}
	}
}

// unit reports whether the price changes by a power of ten on bar i, and back
// after bar last.
func (c *checker) unit(i int) (last int, power float64) {
	l := math.Log1p(c.ret[i])
	for _, power := range []float64{10, 100, 1000} {
		if math.Abs(math.Abs(l)-math.Log(power)) >= unitSlack {
			continue
		}
		for j := i + 1; j < min(len(c.ret), i+unitReach); j++ {
			if back := math.Log1p(c.ret[j]); back*l < 0 && math.Abs(math.Abs(back)-math.Log(power)) < unitSlack {
				return j - 1, power
			}
		}
	}
	return 0, 0
}

// largeSplits are the splits that adjusted closes without volumes are taken to
// lack: smaller ratios are reached by news.
var largeSplits = []float64{4, 5, 6, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100}

// checkReturns looks for what is wrong in a series of returns without prices.
func checkReturns(s *Series) []Finding {
	c := &checker{s: s, o: CheckOptions{Threshold: 0.25, Study: true}, index: strings.HasPrefix(s.Symbol, "^"), given: true, ret: s.Returns}
	c.returns()
	return c.found
}

// Examine returns what a study is to be told of a column that was not made of a
// series. Only the sessions that a quick look finds suspicious are checked, each
// with its neighbours. closes says that its prices may not be adjusted for splits;
// the returns of others are taken as they are, but for errors of unit.
func (c *Column) Examine(closes bool, kind ReturnKind) []Finding {
	r := c.Return
	if kind == Log {
		r = make([]float64, len(c.Return))
		for k, v := range c.Return {
			r[k] = math.Expm1(v)
		}
	}
	sum, n := 0.0, 0
	stride := 1 + len(r)/512 // of a long history a sample tells as much
	for k := 0; k < len(r); k += stride {
		if v := math.Abs(r[k]); v >= reversalMin { // errors are not to hide each other
			sum += reversalMin
			n++
		} else if v == v {
			sum += v
			n++
		}
	}
	if n == 0 {
		return nil
	}
	const large, reach = 4, neighbours + 5 // of the mean size: far below ten robust deviations of one's neighbours
	limit := max(reversalMin, large*sum/float64(n))
	var found []Finding
	for k := 0; k < len(r); k++ {
		v := r[k]
		if !(v > limit || v < -limit) {
			continue
		}
		l := math.Abs(math.Log1p(v))
		undone := k+1 < len(r) && math.Abs((1+v)*(1+r[k+1])-1) < reversalRest*math.Abs(v)
		if !undone && l < math.Log(10)-unitSlack && math.Abs(v) <= 0.25 {
			continue
		}
		from, to := max(0, k-reach), min(len(r), k+reach)
		if l > math.Log(10)-unitSlack {
			to = min(len(r), k+unitReach)
		}
		s := &Series{Symbol: c.Symbol, Bars: make([]Bar, to-from), Returns: r[from:to]}
		for i := range s.Bars {
			volume := math.NaN()
			if c.Volume != nil {
				volume = c.Volume[from+i]
			}
			s.Bars[i] = Bar{Date: c.Calendar.Date(c.First + from + i), Volume: volume}
		}
		day := c.Calendar.Date(c.First + k)
		check := &checker{s: s, o: CheckOptions{Threshold: 0.25, Study: true}, index: strings.HasPrefix(c.Symbol, "^"), given: !closes, ret: s.Returns}
		check.returns()
		for _, f := range check.found {
			if f.Date == day {
				found = append(found, f)
				k = max(k, c.Calendar.Search(f.Through)-c.First) // what undoes it is not looked at
			}
		}
	}
	if !slices.ContainsFunc(c.Volume, func(v float64) bool { return v > 0 }) {
		return found
	}
	for k := 0; k < len(c.Volume); k++ {
		if c.Volume[k] != 0 {
			continue
		}
		first := k
		for k+1 < len(c.Volume) && c.Volume[k+1] == 0 {
			k++
		}
		found = append(found, finding(c.Symbol, ZeroVolume, true, c.Calendar.Date(c.First+first), c.Calendar.Date(c.First+k), k-first+1, "zero-volume"))
	}
	return found
}

// around is the median of the values beside first..last.
func around(v []float64, first, last int) float64 {
	var room [2 * (neighbours + 1)]float64
	near := room[:0]
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

// splitNear returns the usual split whose ratio is nearest to a fall that a
// reaction to news may have taken from it; 0 when none is near.
func splitNear(fall float64) (float64, string) {
	best, words, off := 0.0, "", splitReach
	for _, k := range []float64{1.5, 2, 2.5, 3, 4, 5, 6, 7, 8, 10, 12, 15, 20, 25, 30, 40, 50, 100} {
		for _, f := range []float64{k, 1 / k} {
			if d := math.Abs(math.Log(fall / f)); d < off && (k >= 2 || d < splitSlack) {
				best, words, off = k, ratio(f), d
			}
		}
	}
	return best, words
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
			c.add(Split, true, i, i, "%+.1f%% on the day of a split of %v:1: the prices are not adjusted for it", 100*c.ret[i], s)
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
		c.add(ZeroVolume, true, first, last, "zero-volume")
	})
}

// still looks for closes that do not change.
func (c *checker) still() {
	price := func(i int) float64 { // of files that have adjusted closes alone, those
		if b := &c.s.Bars[i]; !math.IsNaN(b.Close) {
			return b.Close
		} else {
			return b.AdjClose
		}
	}
	same := func(i int) bool { return i > 0 && price(i) == price(i-1) }
	often := 0.0 // the share of closes that repeat the one before
	for i := range c.s.Bars {
		if same(i) {
			often += 1 / float64(len(c.s.Bars))
		}
	}
	c.runs(same, func(first, last int) {
		n := last - first + 1
		switch {
		case last == len(c.s.Bars)-1 && n >= staleTail:
			c.add(StaleTail, true, first, last, "stale-tail", n, c.s.Bars[first-1].Date.String())
		case n >= unchanged || c.o.Study && n >= staleTail && math.Pow(often, float64(n)) < stillRare:
			c.add(Unchanged, true, first, last, "unchanged", n, c.s.Bars[first-1].Date.String())
		}
	})
	if c.o.Study {
		return
	}
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
			c.found = append(c.found, Finding{Symbol: c.s.Symbol, Code: Gap, Problem: true, Date: cal.Date(from), Last: cal.Date(to - 1), Sessions: to - from, Text: "no bar"})
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
			found = append(found, Finding{Symbol: s.Symbol, Code: SameAsOthers, Problem: true, Date: d, Last: d, Sessions: 1,
				Text: fmt.Sprintf("the close repeats that of the session before, as do those of all %d securities of %s, though they traded", n.same, exchange)})
		}
	})
	return found
}

// CheckSame looks for histories whose closes are those of another symbol on every
// day that both have, twenty at least: copies under another name.
func CheckSame(series []*Series) []Finding {
	const fewest = 20
	last := func(s *Series) (key [fewest]float64, ok bool) {
		n := 0
		for i := len(s.Bars) - 1; i >= 0 && n < fewest; i-- {
			if c := s.Bars[i].Close; c == c {
				key[n] = c
				n++
			}
		}
		return key, n == fewest
	}
	seen := make(map[[fewest]float64][]*Series)
	var found []Finding
	for _, s := range series {
		key, ok := last(s)
		if !ok {
			continue
		}
		for _, other := range seen[key] {
			on := make(map[Date]float64, len(other.Bars))
			for _, b := range other.Bars {
				on[b.Date] = b.Close
			}
			n, same := 0, true
			for _, b := range s.Bars {
				if c, ok := on[b.Date]; ok && c == c && b.Close == b.Close {
					n++
					same = same && c == b.Close
				}
			}
			if same && n >= fewest {
				f := finding(s.Symbol, SameSeries, true, s.Bars[0].Date, s.Bars[len(s.Bars)-1].Date, n, "same-series", other.Symbol, n)
				found = append(found, f)
				break
			}
		}
		seen[key] = append(seen[key], s)
	}
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
		f := Finding{Symbol: s.Symbol, Code: Disagreement, Problem: true, Date: a[i].Date, Last: a[i].Date, Sessions: 1, Text: text}
		if i+1 < len(a) && math.Abs(ratio(i+1)/ratio(i-1)-1) <= tolerance {
			f.Text += "; the next session makes up for it, so this price is wrong in one of them"
			i++
		}
		found = append(found, f)
	}
	return found
}
