package analysis

import (
	"cmp"
	"fmt"
	"math"
	"slices"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/market"
)

// series is a security's dependent variable and regressors, laid on its
// calendar: element k of x[j] is session k; element k of y is session first+k.
type series struct {
	col      *market.Column
	number   int32 // of col among those of the panel
	first    int
	value    []float64 // what the study is about, by session from first
	y        []float64 // value, less the risk-free rate where rf is given
	x        [][]float64
	forecast int
	bench    string
	rf       []float64 // by session, when y is an excess return
	missing  *Exclusion
	doubts   []doubt // what was found in its prices, and in those of its regressors

	passing bool // y is memory that holds other returns for the next date

	blocks stat.Blocks // of y and its only regressor, where many observations share them

	dates *dates // of its rows, see engine.layDates; nil: none

	conditional, robust bool // as the model's design says

	// Sessions [begin, end) but for holes have a return and every regressor.
	begin, end int
	holes      []int32

	// Sessions 0 of the security's other news, in order of time, about which
	// sessions are trimmed from estimation windows, or whose CAR windows are
	// dropped; nil where the study keeps them.
	news             []int32 // sessions 0 of its news, in order of time; nil: not listed
	trimmed, dropped []int32
	about            Window // of trimmed: sessions from each
}

// survey finds begin, end and holes.
func (s *series) survey() *series {
	s.begin, s.end, s.holes = 0, 0, nil
	first, last := s.first, s.first+len(s.y)
	for _, x := range s.x {
		last = min(last, len(x))
	}
	const many = 64
	passed := max(0, first) // sessions before it were looked at together; a portfolio may begin before its calendar
	for k := passed; k < last; k++ {
		if k >= passed && k+many <= last {
			passed = k + many
			if s.sound(k, passed) {
				if s.end == 0 {
					s.begin = k
				}
				k, s.end = passed-1, passed
				continue
			}
		}
		ok := s.y[k-first] == s.y[k-first]
		for _, x := range s.x {
			ok = ok && x[k] == x[k]
		}
		switch {
		case !ok:
			if s.end > 0 {
				s.holes = append(s.holes, int32(k))
			}
			continue
		case s.end == 0:
			s.begin = k
		}
		s.end = k + 1
	}
	return s
}

// share is survey, and adds up the blocks that windows of length sessions share, of which
// there are n, where these are more than the series has. Blocks of a series without gaps
// tell that it has none.
func (s *series) share(n, length int) {
	if len(s.x) != 1 || n*length <= 2*len(s.y) {
		s.survey()
		return
	}
	if first, last := s.first, s.first+len(s.y); 0 <= first && last <= len(s.x[0]) {
		if s.blocks = stat.NewBlocks(s.y, s.x[0][first:last], first); s.blocks.Sound(s.y, s.x[0][first:last], first) {
			s.begin, s.end, s.holes = first, last, nil
			return
		}
	}
	s.blocks = stat.Blocks{}
	if s.survey(); s.end > s.begin {
		s.blocks = stat.NewBlocks(s.y[s.begin-s.first:s.end-s.first], s.x[0][s.begin:s.end], s.begin)
	}
}

// sound reports whether the sessions [from, to) have a return and every regressor,
// as their sums tell; where these are infinite it may not see it.
func (s *series) sound(from, to int) bool {
	y := s.y[from-s.first : to-s.first]
	if len(s.x) == 0 {
		v := stat.Sum(y)
		return v == v
	}
	for _, x := range s.x {
		if !stat.Sound(y, x[from:to]) {
			return false
		}
	}
	return true
}

// designs lays out the series of every column that a study uses. Regressors
// are shared between the securities of one calendar.
type designs struct {
	study  *Study
	panel  *market.Panel
	shared map[termKey][]float64

	turnover bool // volumes are relative to the shares outstanding

	series slab[series]
	terms  slab[[]float64]
}

type termKey struct {
	cal  *market.Calendar
	term model.Term
	name string
}

// of lays out the series of col; its survey is left to the caller.
func (d *designs) of(col *market.Column) *series {
	bench := d.study.benchmarkOf(col)
	des := d.study.Model.Design(col.Symbol)
	s := &d.series.next(1)[0]
	*s = series{col: col, first: col.First, value: d.subject(col), x: d.terms.next(len(des.Terms))[:0], forecast: des.Forecast, bench: bench, conditional: des.Conditional, robust: des.Robust}
	s.y = s.value
	var ex *Exclusion
	fail := func(ex *Exclusion) *series {
		s.missing = ex
		return s
	}
	if s.value == nil {
		return fail(exclude(NoVolume, "", col.Symbol))
	}
	if des.Problem != "" {
		return fail(exclude(NoRegressor, des.Problem, col.Symbol))
	}
	if des.Excess {
		if s.rf, ex = d.term(col, model.Term{Series: model.FactorReturn, Name: model.RiskFree}, ""); ex != nil {
			return fail(ex)
		}
		s.y = make([]float64, len(s.value))
		for k, r := range s.value {
			s.y[k] = r - s.rf[col.First+k]
		}
	}
	for _, t := range des.Terms {
		x, ex := d.term(col, t, bench)
		if ex != nil {
			return fail(ex)
		}
		s.x = append(s.x, x)
	}
	s.doubts = d.doubts(col, bench)
	return s
}

// benchmarkOf returns the symbol of a column's benchmark: its own, or the study's.
func (s *Study) benchmarkOf(col *market.Column) string { return cmp.Or(col.Benchmark, s.Benchmark) }

// spans reports whether some of a column's values cover gaps of its own.
func (d *designs) spans(col *market.Column) bool {
	return col.Span != nil && d.study.Subject != Volume
}

// unpriced excludes for want of prices of a regressor.
func unpriced(t model.Term, bench string) *Exclusion {
	switch {
	case t.Series != model.BenchmarkReturn:
		return exclude(NoRegressor, "security", t.Name)
	case bench == "":
		return exclude(NoRegressor, "none")
	}
	return exclude(NoRegressor, "benchmark", bench)
}

// untraded excludes for want of the trading volume of a regressor.
func untraded(t model.Term, bench string) *Exclusion {
	if t.Series == model.BenchmarkReturn {
		return exclude(NoRegressor, "volume", bench)
	}
	return exclude(NoRegressor, "security-volume", t.Name)
}

// term returns a regressor laid on the calendar of col, an exclusion when the
// panel lacks it.
func (d *designs) term(col *market.Column, t model.Term, bench string) ([]float64, *Exclusion) {
	key := termKey{col.Calendar, t, ""}
	if t.Series == model.BenchmarkReturn {
		key.name = bench
	}
	if b := t.Basket; b != nil {
		key.term.Basket = nil
		key.name = fmt.Sprintf("%q %v", b.Symbols, b.ByValue)
	}
	own := d.spans(col)
	if !own {
		if x, ok := d.shared[key]; ok {
			return x, nil
		}
	}
	x, ex := d.lay(col, t, bench)
	if ex == nil && !own {
		d.shared[key] = x
	}
	return x, ex
}

// lay lays a regressor on the calendar of col, lagged as t says: element k is over
// as many sessions as the return of col on session k covers, which end Lag sessions
// before it.
func (d *designs) lay(col *market.Column, t model.Term, bench string) ([]float64, *Exclusion) {
	cal := col.Calendar
	var x []float64
	switch t.Series {
	case model.FactorReturn:
		first, v, ok := d.panel.FactorOn(t.Name, cal)
		if !ok {
			if t.Name == model.RiskFree {
				return nil, exclude(NoRegressor, "risk-free", t.Name)
			}
			return nil, exclude(NoRegressor, "factor", t.Name)
		}
		x = missing(cal.Len())
		copy(x[first:], v)
		x = d.overSpans(x, col, t.Lag)
	case model.BasketReturn:
		var ex *Exclusion
		if x, ex = d.basket(t.Basket, cal); ex != nil {
			return nil, ex
		}
		x = d.overSpans(x, col, t.Lag)
	default:
		name := t.Name
		if t.Series == model.BenchmarkReturn {
			name = bench
		}
		from := d.panel.Column(name)
		if from == nil {
			return nil, unpriced(t, bench)
		}
		y := d.subject(from)
		switch {
		case y == nil:
			return nil, untraded(t, bench)
		case d.study.Subject == Volume:
			x = d.overSpans(onDates(from, y, cal), col, t.Lag)
		case d.spans(col):
			x = d.onCalendar(from, cal, func(k int) int { return spanOf(col, k) }, t.Lag)
		default:
			x = d.onCalendar(from, cal, nil, t.Lag)
		}
	}
	if t.Excess {
		rf, ex := d.term(col, model.Term{Series: model.FactorReturn, Name: model.RiskFree, Lag: t.Lag}, "")
		if ex != nil {
			return nil, ex
		}
		y := make([]float64, len(x))
		for k := range x {
			y[k] = x[k] - rf[k]
		}
		x = y
	}
	return x, nil
}

// basket lays the returns of a basket on a calendar; NaN on a session where
// none of its securities has one.
func (d *designs) basket(b *model.Basket, cal *market.Calendar) ([]float64, *Exclusion) {
	x, total := make([]float64, cal.Len()), make([]float64, cal.Len())
	currency := ""
	for _, symbol := range b.Symbols {
		col := d.panel.Column(symbol)
		if col == nil {
			return nil, exclude(NoRegressor, "security", symbol)
		}
		s := &series{col: col}
		if b.ByValue {
			if col.Shares <= 0 {
				return nil, exclude(NoRegressor, "shares", symbol)
			}
			if currency != "" && col.Currency != "" && col.Currency != currency {
				return nil, exclude(NoRegressor, "currencies", symbol, col.Currency, currency)
			}
			currency = cmp.Or(currency, col.Currency)
		}
		for k, r := range d.onCalendar(col, cal, nil, 0) {
			if r != r {
				continue
			}
			w := 1.0
			if b.ByValue {
				if k == 0 {
					continue // no close before it
				}
				w = s.marketValue(col.Calendar.Search(cal.Date(k-1)+1) - 1)
			}
			if w == w {
				x[k] += w * r
				total[k] += w
			}
		}
	}
	for k, w := range total {
		x[k] /= w // 0/0 is NaN: no return
	}
	return x, nil
}

// onCalendar lays the returns of a column on a calendar, its own or another's, in
// pieces that the sessions of cal cut out: element k is over the span(k) sessions of
// cal that end lag sessions before k (one where span is nil),
//
//	(1 + x_k) = prod (1 + r) over the sessions of the column after cal session
//	            k-lag-span(k) and up to k-lag
//
// so that a holiday of one exchange loses nothing. It is NaN where the column had no
// session in between, or where its returns cannot be cut so: one is missing, or
// reaches over a gap from before.
func (d *designs) onCalendar(from *market.Column, cal *market.Calendar, span func(k int) int, lag int) []float64 {
	x := missing(cal.Len())
	same := from.Calendar == cal
	if same && span == nil && lag == 0 && from.Span == nil {
		copy(x[from.First:], from.Return)
		return x
	}
	last := func(i int) int { return i } // the last session of the column's calendar by session i of cal
	if !same {
		last = func(i int) int { return from.Calendar.Search(cal.Date(i)+1) - 1 }
	}
	for k := range x {
		n, j := 1, k-lag
		if span != nil {
			n = span(k)
		}
		if j-n >= 0 && j < len(x) {
			x[k] = d.over(from, last(j-n), last(j))
		} else if j == 0 && n == 1 && same { // before it, no session is known
			x[k] = d.over(from, -1, 0)
		}
	}
	return x
}

// over returns the return of a column over the sessions (a, b] of its calendar: of
// its returns where they begin and end there, else of its prices where gaps are
// bridged; NaN where it has neither, or there is no session.
func (d *designs) over(from *market.Column, a, b int) float64 {
	if b <= a {
		return nan
	}
	first := a + 1
	var held [8]float64
	parts := held[:0]
	for k := b; k >= first; {
		i := k - from.First
		if i < 0 || i >= len(from.Return) || from.Return[i] != from.Return[i] || k-spanOf(from, k) < a {
			parts = nil
			break
		}
		parts = append(parts, from.Return[i])
		k -= spanOf(from, k)
	}
	if parts != nil {
		slices.Reverse(parts)
		return compound(parts, d.panel.Kind)
	}
	if d.panel.Gaps != market.TradeToTrade || from.Price == nil {
		return nan
	}
	r, _ := market.Returns([]float64{at(from.Price, from.First, a), at(from.Price, from.First, b)}, d.panel.Kind, market.Skip)
	return r[1]
}

// spanOf returns how many sessions the return of a column on session k covers.
func spanOf(col *market.Column, k int) int {
	if i := k - col.First; i >= 0 && i < len(col.Span) {
		return max(1, int(col.Span[i]))
	}
	return 1
}

// overSpans compounds the one-session returns x over the sessions that each return
// of col covers, ending lag sessions before it.
func (d *designs) overSpans(x []float64, col *market.Column, lag int) []float64 {
	own := d.spans(col)
	if !own && lag == 0 {
		return x
	}
	y := missing(len(x))
	for k := range y {
		n, j := 1, k-lag
		if own {
			n = spanOf(col, k)
		}
		if j-n+1 >= 0 && j < len(x) {
			y[k] = compound(x[j-n+1:j+1], d.panel.Kind)
		}
	}
	return y
}

// compound joins consecutive returns into one.
func compound(r []float64, kind market.ReturnKind) float64 {
	if len(r) == 1 {
		return r[0]
	}
	if kind == market.Log {
		var s float64
		for _, v := range r {
			s += v
		}
		return s
	}
	g := 1.0
	for _, v := range r {
		g *= 1 + v
	}
	return g - 1
}

func missing(n int) []float64 {
	s := make([]float64, n)
	for i := range s {
		s[i] = nan
	}
	return s
}

// subject returns what the study is about of a column, one element a session
// of it: its returns, or its volume as [Result.Turnover] says; nil where the
// column has no volume.
func (d *designs) subject(col *market.Column) []float64 {
	if d.study.Subject != Volume {
		return col.Return
	}
	if col.Volume == nil {
		return nil
	}
	unit := 1.0
	if d.turnover {
		unit = col.Shares
	}
	y := missing(len(col.Volume))
	for k, v := range col.Volume {
		if v > 0 {
			y[k] = math.Log1p(v / unit)
		}
	}
	return y
}

// onDates lays the values y of a column on the sessions of cal that are its own
// as well; the others are NaN. Other than returns, volumes of sessions that cal
// lacks do not add up to that of the next.
func onDates(from *market.Column, y []float64, cal *market.Calendar) []float64 {
	x := missing(cal.Len())
	if from.Calendar == cal {
		copy(x[from.First:], y)
		return x
	}
	for k, v := range y {
		if i, ok := cal.Index(from.Calendar.Date(from.First + k)); ok {
			x[i] = v
		}
	}
	return x
}

// marketValue returns shares outstanding times the close of session k, in the
// security's currency: the last close at or before k, no more than five
// sessions earlier. NaN where either is unknown.
func (s *series) marketValue(k int) float64 {
	price := s.col.Close
	if price == nil {
		price = s.col.Price
	}
	shares, _, ok := s.col.SharesAt(k)
	if !ok {
		return nan
	}
	for back := range 5 {
		if p := at(price, s.col.First, k-back); p == p {
			return p * shares
		}
	}
	return nan
}

// halves are the series of close-to-open and of open-to-close returns, by panel
// column; nil where opens are not known.
type halves [2][]*series
