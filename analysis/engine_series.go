package analysis

import (
	"cmp"
	"fmt"
	"math"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/market"
)

// series is a security's dependent variable and regressors, laid on its
// calendar: element k of x[j] is session k; element k of y is session first+k.
type series struct {
	col      *market.Column
	first    int
	value    []float64 // what the study is about, by session from first
	y        []float64 // value, less the risk-free rate where rf is given
	x        [][]float64
	forecast int
	bench    string
	rf       []float64 // by session, when y is an excess return
	missing  *Exclusion
	doubts   []doubt // what was found in its prices, and in those of its regressors

	conditional, robust bool // as the model's design says

	// Sessions [begin, end) but for holes have a return and every regressor.
	begin, end int
	holes      []int32

	// Sessions 0 of the security's other news, in order of time, about which
	// sessions are trimmed from estimation windows, or whose CAR windows are
	// dropped; nil where the study keeps them.
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

// sound reports whether the sessions [from, to) have a return and every regressor,
// as their sums tell; where these are infinite it may not see it.
func (s *series) sound(from, to int) bool {
	v := stat.Sum(s.y[from-s.first : to-s.first])
	for _, x := range s.x {
		v += stat.Sum(x[from:to])
	}
	return v == v
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
	case model.BasketReturn:
		var ex *Exclusion
		if x, ex = d.basket(t.Basket, cal); ex != nil {
			return nil, ex
		}
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
			x = onDates(from, y, cal)
		case d.study.Gaps == market.TradeToTrade && from.Calendar == cal && from.Price != nil:
			return d.finish(overPrices(from, col, d.panel.Kind), col, t)
		default:
			x = onCalendar(from, cal, d.panel.Kind)
		}
	}
	if d.spans(col) {
		x = overSpans(x, col, d.panel.Kind)
	}
	return d.finish(x, col, t)
}

// finish takes the risk-free rate from a regressor and lags it, as t says.
func (d *designs) finish(x []float64, col *market.Column, t model.Term) ([]float64, *Exclusion) {
	if t.Excess {
		rf, ex := d.term(col, model.Term{Series: model.FactorReturn, Name: model.RiskFree}, "")
		if ex != nil {
			return nil, ex
		}
		y := make([]float64, len(x))
		for k := range x {
			y[k] = x[k] - rf[k]
		}
		x = y
	}
	if t.Lag != 0 {
		y := missing(len(x))
		for k := range y {
			if j := k - t.Lag; j >= 0 && j < len(x) {
				y[k] = x[j]
			}
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
		for k, r := range onCalendar(col, cal, d.panel.Kind) {
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

// onCalendar lays the returns of a column on another calendar. On its own
// calendar they are what they are; on another, the return of a session
// compounds those of the column since the session before, so that a holiday of
// one exchange loses nothing, and is NaN where the column had no session in
// between or lacks one of the returns.
func onCalendar(from *market.Column, cal *market.Calendar, kind market.ReturnKind) []float64 {
	x := missing(cal.Len())
	if from.Calendar == cal {
		copy(x[from.First:], from.Return)
		return x
	}
	k := 0
	for i := 1; i < cal.Len(); i++ {
		after, upto := cal.Date(i-1), cal.Date(i)
		for k < from.Len() && from.Calendar.Date(from.First+k) <= after {
			k++
		}
		begin := k
		for k < from.Len() && from.Calendar.Date(from.First+k) <= upto {
			k++
		}
		if k > begin {
			x[i] = compound(from.Return[begin:k], kind)
		}
	}
	return x
}

// overPrices is the return of from over the sessions that each return of col
// covers, from prices: NaN where from lacks one of the two.
func overPrices(from, col *market.Column, kind market.ReturnKind) []float64 {
	x := missing(col.Calendar.Len())
	for k := from.First + 1; k <= from.Last(); k++ {
		n := 1
		if i := k - col.First; col.Span != nil && i >= 0 && i < len(col.Span) {
			n = max(1, int(col.Span[i]))
		}
		r, _ := market.Returns([]float64{at(from.Price, from.First, k-n), from.Price[k-from.First]}, kind, market.Skip)
		x[k] = r[1]
	}
	return x
}

// overSpans compounds a regressor over the sessions that each return of col covers.
func overSpans(x []float64, col *market.Column, kind market.ReturnKind) []float64 {
	y := missing(len(x))
	copy(y, x)
	for k, n := range col.Span {
		if n > 1 {
			end := col.First + k + 1
			y[end-1] = compound(x[end-int(n):end], kind)
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
