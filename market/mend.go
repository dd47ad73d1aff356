package market

import (
	"fmt"
	"math"
	"slices"
)

// Basis says what the closes of a history are, where it also names splits.
type Basis string

// The bases.
const (
	AutoBasis     Basis = ""         // found for each split by the price on its day
	TradedBasis   Basis = "traded"   // as they were traded, adjusted for no split
	AdjustedBasis Basis = "adjusted" // adjusted for all splits
)

// MendOptions settle what a history leaves open.
type MendOptions struct {
	Basis Basis
	// Prior is what is known beforehand of the closes, as the logarithm of the
	// odds that they are as traded: positive where a form of file is known to
	// give them so, negative where it is known not to; 0: nothing.
	Prior float64
	// Priced says that the adjusted close is the source's word on dividends:
	// one that it passes over is not added.
	Priced bool
}

// The bounds of Mend.
const (
	sure          = 2.303 // logarithm of the odds, 10 to 1, above which a reading is taken
	ownPrior      = 3.0   // that of splits which other splits of one history show
	least         = 0.004 // smallest standard deviation that is reckoned with
	greatest      = 0.1   // largest one
	smallSplit    = 0.005 // logarithm below which a split is no split
	largeAdjust   = 0.02  // relative; an adjusted close that falls by less against the close is doubtful, by more wrong
	adjustedPrior = -4.6  // of services whose closes are adjusted for splits: 1 to 100
	impliedLow    = 0.17  // logarithm of the smallest split that is seen in the adjusted close
)

// Mend returns s with what its own figures show with certainty put right, and
// with findings that say so (Mended), or that say what cannot be:
//
//   - A split that s names is applied to the bars before it where the close
//     falls by its factor on its day, or on the session before or after: closes
//     and dividends are divided by it, volumes multiplied, and so is an adjusted
//     close that ignores it. Each split is judged by itself, by the odds of the
//     two returns under Student's t with three degrees of freedom and the robust
//     standard deviation of the neighbours. One that is recorded twice, of which
//     the price shows one, counts once. Where the odds are under ten to one
//     either way, it is a contradiction.
//   - Without an adjusted close, dividends that s names are added to returns,
//     (P_t + D_t) / P_{t-1} - 1, where closes are seen to be as they were traded.
//   - A dividend that the adjusted close passes over is applied to it.
//   - Dividends that stand on more than a third of all days are a rate, or what was
//     paid last, and not what each day's close lost: they are passed over.
//   - Closes and volumes of before a split that only the adjusted close shows are
//     brought to the shares of after it.
//   - An adjusted close that moves against the close by more than a dividend
//     does, and makes of an ordinary day an impossible one, is a contradiction.
//
// s itself is not changed; what Mend has been through it returns as it is.
func Mend(s *Series, o MendOptions) *Series {
	if s.Mended || len(s.Bars) < 2 || s.Returns != nil {
		return s
	}
	m := &mender{o: o, out: *s}
	m.out.Mended = true
	m.out.Actions = slices.Clone(s.Actions)
	m.out.Findings = slices.Clone(s.Findings)
	m.rate()
	m.splits()
	m.impliedSplits()
	m.dividends()
	m.adjusted()
	m.issued()
	return &m.out
}

// mender mends one history; it copies the bars before it changes one.
type mender struct {
	o     MendOptions
	out   Series
	owned bool
}

func (m *mender) bars() []Bar {
	if !m.owned {
		m.out.Bars, m.owned = slices.Clone(m.out.Bars), true
	}
	return m.out.Bars
}

func (m *mender) say(code CheckCode, mended bool, first, last int, format string, args ...any) {
	b := m.out.Bars
	f := finding(m.out.Symbol, code, !mended, b[first].Date, b[last].Date, last-first+1, format, args...)
	f.Mended, f.Contradiction = mended, !mended
	for _, old := range m.out.Findings {
		if old.Code == f.Code && old.Date == f.Date && old.Mended == f.Mended {
			return
		}
	}
	m.out.Findings = append(m.out.Findings, f)
}

// at returns the index of the first bar on or after d.
func (m *mender) at(d Date) int {
	i, _ := slices.BinarySearchFunc(m.out.Bars, d, func(b Bar, d Date) int { return int(b.Date) - int(d) })
	return i
}

func closeOf(b *Bar) float64    { return b.Close }
func adjCloseOf(b *Bar) float64 { return b.AdjClose }

// change returns ln(P_i/P_{i-1}) of one kind of price.
func (m *mender) change(i int, price func(*Bar) float64) float64 {
	if i < 1 || i >= len(m.out.Bars) {
		return math.NaN()
	}
	return math.Log(price(&m.out.Bars[i]) / price(&m.out.Bars[i-1]))
}

// usual returns the robust standard deviation of the changes about bar i, of
// which those of i and its neighbours are left out.
func (m *mender) usual(i int, price func(*Bar) float64) float64 {
	var near []float64
	for k := max(1, i-neighbours); k < min(len(m.out.Bars), i+neighbours+1); k++ {
		if k >= i-1 && k <= i+1 {
			continue
		}
		if r := math.Abs(m.change(k, price)); !math.IsNaN(r) {
			near = append(near, r)
		}
	}
	if len(near) == 0 {
		return 0.02
	}
	slices.Sort(near)
	return min(max(least, 1.4826*near[len(near)/2]), greatest)
}

// rarity returns the logarithm of the density of a return of x standard
// deviations under Student's t with three degrees of freedom, but for a constant.
func rarity(x float64) float64 { return -2 * math.Log1p(x*x/3) }

// odds returns the logarithm of the odds that the price holds a factor of
// logarithm f on bar i, against that it does not.
func (m *mender) odds(i int, f float64, price func(*Bar) float64) float64 {
	r := m.change(i, price)
	if math.IsNaN(r) {
		return math.NaN()
	}
	sd := m.usual(i, price)
	return rarity((r+f)/sd) - rarity(r/sd)
}

// judged is a split and the bar on which the price shows it.
type judged struct {
	action int
	factor float64
	named  int // the bar of its date
	shown  int // the bar on which the price shows it
	odds   float64
}

func (m *mender) splits() {
	m.once()
	var list []judged
	prior := m.o.Prior
	for k, a := range m.out.Actions {
		f := math.Log(a.Split)
		if a.Split <= 0 || math.Abs(f) < smallSplit {
			continue
		}
		i := m.at(a.Date)
		j := judged{action: k, factor: a.Split, named: i, shown: i, odds: m.odds(i, f, closeOf)}
		for _, other := range []int{i + 1, i - 1} {
			if o := m.odds(other, f, closeOf); o > sure && (math.IsNaN(j.odds) || o > max(j.odds, 0)+sure) {
				j.shown, j.odds = other, o
			}
		}
		if !math.IsNaN(j.odds) {
			list = append(list, j)
		}
	}
	clear := 0 // splits that leave no doubt: as traded less adjusted for
	for _, j := range list {
		switch {
		case j.odds > 3*sure:
			clear++
		case j.odds < -3*sure:
			clear--
		}
	}
	var applied, drop []judged
	for _, j := range list {
		odds := j.odds
		if math.Abs(odds) <= 3*sure {
			odds += prior
			switch {
			case clear > 0:
				odds += ownPrior
			case clear < 0:
				odds -= ownPrior
			}
		}
		switch m.o.Basis {
		case TradedBasis:
			odds = max(odds, 2*sure)
		case AdjustedBasis:
			odds = -2 * sure
		}
		twin := slices.IndexFunc(applied, func(x judged) bool {
			return math.Abs(x.factor/j.factor-1) < 1e-9 && j.named-x.named <= 10 && (x.shown == j.shown || m.odds(j.shown, math.Log(j.factor), closeOf) < sure)
		})
		switch r := math.Expm1(m.change(j.shown, closeOf)); {
		case twin >= 0:
			drop = append(drop, j)
			m.say(Split, true, min(j.named, len(m.out.Bars)-1), min(j.named, len(m.out.Bars)-1), "split/twice", ratio(j.factor), m.out.Bars[applied[twin].shown].Date.String())
		case odds >= sure:
			applied = append(applied, j)
		case odds > -sure:
			m.say(Split, false, j.shown, j.shown, "split/open", 100*r, ratio(j.factor))
		}
	}
	for _, j := range applied {
		m.apply(j)
	}
	for _, j := range slices.Backward(drop) {
		m.out.Actions = slices.Delete(m.out.Actions, j.action, j.action+1)
	}
}

// once removes actions that are recorded twice on one day.
func (m *mender) once() {
	var out []Action
	for _, a := range m.out.Actions {
		if !slices.Contains(out, a) {
			out = append(out, a)
			continue
		}
		if i := m.at(a.Date); a.Split > 0 && i < len(m.out.Bars) {
			m.say(Split, true, i, i, "split/twice-a-day", ratio(a.Split))
		}
	}
	m.out.Actions = out
}

// apply brings the bars before a split to the shares of after it.
func (m *mender) apply(j judged) {
	f := math.Log(j.factor)
	r := math.Expm1(m.change(j.shown, closeOf))
	adjusts := !m.out.Adjusted || m.odds(j.shown, f, adjCloseOf) > 0
	bars := m.bars()
	for i := range j.shown {
		b := &bars[i]
		for _, p := range []*float64{&b.Open, &b.High, &b.Low, &b.Close} {
			*p /= j.factor
		}
		if adjusts {
			b.AdjClose /= j.factor
		}
		b.Volume *= j.factor
	}
	if !m.out.Adjusted {
		for k := range m.out.Actions {
			if a := &m.out.Actions[k]; a.Dividend > 0 && a.Date < bars[j.shown].Date {
				a.Dividend /= j.factor
			}
		}
	}
	if j.shown != j.named {
		dated := &m.out.Actions[j.action].Date
		m.say(Split, true, j.shown, j.shown, "split/applied/dated", 100*r, ratio(j.factor), dated.String())
		*dated = bars[j.shown].Date
		return
	}
	m.say(Split, true, j.shown, j.shown, "split/applied", 100*r, ratio(j.factor))
}

// impliedSplits brings closes and volumes to the shares of after splits that
// the adjusted close has and no action names.
func (m *mender) impliedSplits() {
	if !m.out.Adjusted {
		return
	}
	for i := 1; i < len(m.out.Bars); i++ {
		b, a := &m.out.Bars[i], &m.out.Bars[i-1]
		q := math.Log(b.AdjClose / a.AdjClose * a.Close / b.Close)
		if !(math.Abs(q) > impliedLow) || m.named(b.Date) {
			continue
		}
		r, adj := m.change(i, closeOf), m.change(i, adjCloseOf)
		sd := m.usual(i, adjCloseOf)
		if rarity(adj/sd)-rarity(r/sd) < sure {
			continue
		}
		factor := nearRatio(math.Exp(q))
		if factor == 0 {
			continue
		}
		volume := m.volumeOdds(i, math.Log(factor)) > 0
		bars := m.bars()
		for k := range i {
			x := &bars[k]
			for _, p := range []*float64{&x.Open, &x.High, &x.Low, &x.Close} {
				*p /= factor
			}
			if volume {
				x.Volume *= factor
			}
		}
		m.out.Actions = append(m.out.Actions, Action{Date: b.Date, Split: factor})
		slices.SortStableFunc(m.out.Actions, func(a, b Action) int { return int(a.Date) - int(b.Date) })
		form := "split/implied/close"
		if volume {
			form = "split/implied"
		}
		m.say(Split, true, i, i, form, ratio(factor))
	}
}

func (m *mender) named(d Date) bool {
	return slices.ContainsFunc(m.out.Actions, func(a Action) bool { return a.Split > 0 && a.Date >= d-5 && a.Date <= d+5 })
}

// volumeOdds says whether volumes change by a split of logarithm f about bar i:
// positive if they do, or are not known well enough.
func (m *mender) volumeOdds(i int, f float64) float64 {
	level := func(from, to int) (float64, int) {
		var v []float64
		for k := max(0, from); k < min(len(m.out.Bars), to); k++ {
			if x := m.out.Bars[k].Volume; x > 0 {
				v = append(v, math.Log(x))
			}
		}
		if len(v) == 0 {
			return 0, 0
		}
		slices.Sort(v)
		return v[len(v)/2], len(v)
	}
	before, n := level(i-neighbours, i)
	after, k := level(i, i+neighbours)
	if n < 5 || k < 5 {
		return 1
	}
	change := after - before
	return math.Abs(change) - math.Abs(change-f)
}

// ratios are the splits that are made.
var ratios = [][2]float64{{2, 1}, {3, 1}, {4, 1}, {5, 1}, {6, 1}, {7, 1}, {8, 1}, {10, 1}, {12, 1}, {15, 1}, {20, 1}, {25, 1}, {30, 1}, {40, 1}, {50, 1}, {100, 1},
	{3, 2}, {5, 2}, {4, 3}, {5, 4}, {6, 5}, {7, 5}, {8, 5}, {5, 3}, {7, 4}}

// nearRatio returns the split within three per cent of q; 0 for none.
func nearRatio(q float64) float64 {
	const near = 0.03
	for _, r := range ratios {
		for _, f := range []float64{r[0] / r[1], r[1] / r[0]} {
			if math.Abs(q/f-1) < near {
				return f
			}
		}
	}
	return 0
}

// ratio writes a split as people do: 10:1, 3:2, 1:20, 11:10.
func ratio(f float64) string {
	for den := 1.0; den <= 100; den++ {
		if n := f * den; math.Abs(n-math.Round(n)) < 1e-6*n && math.Round(n) >= 1 {
			return fmt.Sprintf("%v:%v", math.Round(n), den)
		}
	}
	return fmt.Sprintf("%v:1", f)
}

// dividends adds dividends to returns where there is no adjusted close, and
// applies those that the adjusted close passes over.
func (m *mender) dividends() {
	var list []Action
	for _, a := range m.out.Actions {
		if i := m.at(a.Date); a.Dividend > 0 && i > 0 && i < len(m.out.Bars) {
			list = append(list, a)
		}
	}
	if len(list) == 0 || m.out.Adjusted && m.o.Priced {
		return
	}
	if !m.out.Adjusted && !m.asPaid(list) {
		return
	}
	n := 0
	first, last := math.MaxInt32, 0
	passed := make(map[int]float64)
	for _, a := range list {
		i := m.at(a.Date)
		b, before := &m.out.Bars[i], &m.out.Bars[i-1]
		if !(b.Close > 0) || !(before.Close > 0) {
			continue
		}
		q := (b.Close + a.Dividend) / b.Close
		r, sd := m.change(i, closeOf), m.usual(i, closeOf)
		if math.Log(q) > 0.1 && rarity((r+math.Log(q))/sd)-rarity(r/sd) < -sure {
			m.say(Adjustment, false, i, i, "adjustment/amount", a.Dividend, 100*a.Dividend/before.Close, 100*math.Expm1(r))
			continue
		}
		if m.out.Adjusted {
			has := b.AdjClose / before.AdjClose * before.Close / b.Close
			if !(math.Abs(has-1) < 0.25*(q-1)) || q-1 < 3*m.rounding(i) {
				continue
			}
		}
		passed[i] = passed[i] + math.Log(q)
		n++
		first, last = min(first, i), max(last, i)
	}
	if n == 0 {
		return
	}
	factor := 0.0
	bars := m.bars()
	for i := len(bars) - 1; i >= 0; i-- {
		if !m.out.Adjusted {
			bars[i].AdjClose = bars[i].Close
		}
		bars[i].AdjClose *= math.Exp(-factor)
		factor += passed[i]
	}
	form := "adjustment/added"
	if m.out.Adjusted {
		form = "adjustment/missing"
	}
	m.say(Adjustment, true, first, last, form, n)
	m.out.Adjusted = true
}

// rate passes over dividends that are none of a day.
func (m *mender) rate() {
	const fewest, share = 5, 3
	n := 0
	for _, a := range m.out.Actions {
		if a.Dividend > 0 {
			n++
		}
	}
	if n < fewest || n*share <= len(m.out.Bars) {
		return
	}
	var kept []Action
	for _, a := range m.out.Actions {
		if a.Dividend = 0; a.Split > 0 {
			kept = append(kept, a)
		}
	}
	m.out.Actions = kept
	m.say(Adjustment, true, 0, len(m.out.Bars)-1, "adjustment/rate", n, len(m.out.Bars))
}

// asPaid reports whether closes of before the last dividend are as they were
// traded, in whole ticks; those that are adjusted already are not.
func (m *mender) asPaid(list []Action) bool {
	end := m.at(list[len(list)-1].Date)
	scale := 1.0
	for _, a := range m.out.Actions { // by which closes were divided here
		if a.Split > 0 {
			scale *= a.Split
		}
	}
	ticks, n := 0, 0
	for _, b := range m.out.Bars[:end] {
		if !(b.Close > 0) {
			continue
		}
		n++
		for _, k := range []float64{1, scale} {
			if x := b.Close * k * 1000; math.Abs(x-math.Round(x)) < 1e-4*max(1, x*1e-4) {
				ticks++
				break
			}
		}
	}
	return n > 0 && float64(ticks) > 0.9*float64(n)
}

// rounding is how far the ratio of adjusted closes of bar i can be off by their
// last decimal, of six at most.
func (m *mender) rounding(i int) float64 {
	unit := 1e-6
	for _, u := range []float64{1e-2, 1e-3, 1e-4, 1e-5} {
		whole := true
		for k := max(0, i-10); k < min(len(m.out.Bars), i+10) && whole; k++ {
			if x := m.out.Bars[k].AdjClose / u; !math.IsNaN(x) && math.Abs(x-math.Round(x)) > 1e-4*max(1, 1e-4*x) {
				whole = false
			}
		}
		if whole {
			unit = u
			break
		}
	}
	return unit / min(m.out.Bars[i].AdjClose, m.out.Bars[i-1].AdjClose)
}

// adjusted looks for days on which the adjusted close moves against the close
// as no dividend and no split makes it.
func (m *mender) adjusted() {
	if !m.out.Adjusted {
		return
	}
	for i := 1; i < len(m.out.Bars); i++ {
		b, a := &m.out.Bars[i], &m.out.Bars[i-1]
		q := b.AdjClose / a.AdjClose * a.Close / b.Close
		if !(math.Abs(q-1) > largeAdjust) {
			continue
		}
		r, adj := m.change(i, closeOf), m.change(i, adjCloseOf)
		sd := m.usual(i, closeOf)
		worse := rarity(r/sd) - rarity(adj/sd)
		switch {
		case q > 1 && worse > sure:
			m.say(Adjustment, false, i, i, "adjustment/rise", 100*(q-1), 100*math.Expm1(adj), 100*math.Expm1(r), 100*(1-1/q))
		case q < 1 && 1-q > m.rounding(i) && worse > -sure:
			m.say(Adjustment, false, i, i, "adjustment/fall", 100*(1-q))
		}
	}
}

// issued brings shares outstanding of before a split to those of after it: where
// their number changes from one bar to the next by the ratio of a split, and the
// close does not.
func (m *mender) issued() {
	if m.out.Shares == nil {
		return
	}
	shares := slices.Clone(m.out.Shares)
	last := -1
	for i, n := range shares {
		if !(n > 0) {
			continue
		}
		if last >= 0 {
			q := n / shares[last]
			factor := nearRatio(q)
			if a := m.split(m.out.Bars[last].Date, m.out.Bars[i].Date); a > 0 && math.Abs(math.Log(q/a)) < 0.1 {
				factor = a
			} else if math.Abs(math.Log(q)) < impliedShares || factor == 0 || math.Abs(q/factor-1) > 0.005 {
				factor = 0
			}
			if factor > 0 && math.Abs(math.Log(m.out.Bars[last].Close/m.out.Bars[i].Close)-math.Log(factor)) > 0.5*math.Abs(math.Log(factor)) {
				for k := range i {
					shares[k] *= factor
				}
			}
		}
		last = i
	}
	m.out.Shares = shares
}

// impliedShares is the logarithm of the smallest change of shares that is taken
// for a split that no action names.
const impliedShares = 0.65

// split returns the product of the splits after the day from, up to the day to; 0
// for none.
func (m *mender) split(from, to Date) float64 {
	f := 0.0
	for _, a := range m.out.Actions {
		if a.Split > 0 && a.Date > from && a.Date <= to {
			f = max(f, 1) * a.Split
		}
	}
	return f
}
