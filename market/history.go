package market

import (
	"context"
	"math"
	"slices"
)

// History is a Series as columns, of a source whose figures need no mending: element
// k of each slice belongs to Days[k], which ascend strictly. There are no actions, no
// findings, and no gaps in Price and Close. The slices may be shared; nobody changes
// them.
type History struct {
	Symbol, Name, Exchange, Currency, Origin string

	Days   []Date
	Price  []float64 // adjusted closes, of the source's own; nil: Close stands for them
	Close  []float64 // nil: none
	Open   []float64 // nil: none; NaN where there is none
	Volume []float64 // nil: none; NaN where there is none
}

// Columnar is a Source that has some histories as columns: no bars are made of them.
type Columnar interface {
	Source
	// History returns what Series does, as columns; nil, without an error, where
	// Series is to be asked. It is asked where the source has days outside from..to
	// too, by which it mends those within.
	History(ctx context.Context, symbol string, from, to Date) (*History, error)
}

// main returns the prices that returns are of.
func (h *History) main() []float64 {
	if h.Price != nil {
		return h.Price
	}
	return h.Close
}

// series returns h as bars, for which it makes use of room.
func (h *History) series(room []Bar) *Series {
	s := &Series{Symbol: h.Symbol, Name: h.Name, Exchange: h.Exchange, Currency: h.Currency, Origin: h.Origin, Adjusted: h.Price != nil}
	nan := math.NaN()
	main := h.main()
	for i, d := range h.Days {
		b := Bar{Date: d, Open: nan, High: nan, Low: nan, Close: nan, AdjClose: main[i], Volume: nan}
		if h.Close != nil {
			b.Close = h.Close[i]
		}
		if h.Open != nil {
			b.Open = h.Open[i]
		}
		if h.Volume != nil {
			b.Volume = h.Volume[i]
		}
		room = append(room, b)
	}
	s.Bars = room
	return s
}

// trading is that of a series: the days on which h traded.
func (h *History) trading(sec Security) Trading {
	if slices.Contains(h.Volume, 0) {
		return h.series(make([]Bar, 0, len(h.Days))).trading(sec)
	}
	t := tradingOn(sec, h.Exchange, h.Days)
	main := h.main()
	for i := 1; i < len(main); i++ {
		if main[i] == main[i-1] && (h.Volume == nil || math.IsNaN(h.Volume[i])) {
			t.carried = append(t.carried, h.Days[i])
		}
	}
	return t
}

// Within reports whether all days of h lie in from..to; NoDate leaves an end open.
func (h *History) Within(from, to Date) bool {
	n := len(h.Days)
	return n == 0 || h.Days[0] >= from && (to == NoDate || h.Days[n-1] <= to)
}

// alignment is where the days of a history lie among the sessions of a calendar: many
// histories have the same ones.
type alignment struct {
	days        []Date
	cal         *Calendar
	first, last int
	at          []int32 // nil: one session after the other
	off         bool    // some lie on no session
}

// align returns the alignment of days to cal, that of the history before where it is
// the same.
func (m *workspace) align(days []Date, cal *Calendar) *alignment {
	a := &m.aligned
	if a.cal == cal && slices.Equal(a.days, days) {
		return a
	}
	*a = alignment{days: days, cal: cal, first: -1}
	at := make([]int32, len(days))
	for i, d := range days {
		k, ok := cal.Index(d)
		if !ok {
			a.off = true
			return a
		}
		if a.first < 0 {
			a.first = k
		}
		a.last, at[i] = k, int32(k)
	}
	if a.last-a.first+1 != len(days) {
		a.at = at
	}
	return a
}

// addHistory is AddSeries of a history. One that shows anything that is to be looked
// at with care goes through it.
func (p *Panel) addHistory(h *History, sec Security, cal *Calendar) error {
	a := p.work.align(h.Days, cal)
	main := h.main()
	var ret []float64 // from one bar to the next; of the column where it is all sessions
	simple := a.at == nil && p.Kind == Simple
	if simple {
		ret, p.work.spare = grown(&p.work.spare, len(main)), nil
	} else {
		ret = grown(&p.work.ret, len(main))
	}
	if a.off || a.first < 0 || !h.plain(ret) {
		if simple {
			p.work.spare = ret
		}
		s := h.series(p.work.bars[:0])
		p.work.bars = s.Bars[:0]
		return p.AddSeries(Mend(s, MendOptions{}), sec, cal)
	}
	if err := p.known(&sec, h.Symbol, h.Name, h.Exchange, h.Currency, nil); err != nil {
		return err
	}
	some := func(v []float64) bool { return slices.ContainsFunc(v, func(x float64) bool { return x == x }) }
	n := a.last - a.first + 1
	laid := func(v []float64) []float64 {
		if a.at == nil {
			return v[:len(v):len(v)]
		}
		out := nans(n)
		for i, k := range a.at {
			out[int(k)-a.first] = v[i]
		}
		return out
	}
	c := &Column{Security: sec, Calendar: cal, First: a.first, Adjusted: h.Price != nil, Origin: h.Origin, Price: laid(main)}
	switch {
	case h.Close != nil && h.Price == nil:
		c.Close = c.Price
	case h.Close != nil:
		c.Close = laid(h.Close)
	}
	if some(h.Volume) {
		c.Volume = laid(h.Volume)
	}
	if h.Close != nil && some(h.Open) {
		open := nans(n)
		for i, x := range h.Open {
			k := i
			if a.at != nil {
				k = int(a.at[i]) - a.first
			}
			if o := x * main[i] / h.Close[i]; o > 0 && !math.IsInf(o, 0) {
				open[k], c.Open = o, open
			}
		}
	}
	if a.at != nil {
		for k, v := range c.Price {
			if math.IsNaN(v) {
				p.Issues = append(p.Issues, Issue{h.Symbol, cal.Date(a.first + k), "no-price", []any{cal.Name()}})
			}
		}
	}
	if simple {
		c.Return = ret
	} else {
		c.Return, c.Span = Returns(c.Price, p.Kind, p.Gaps)
	}
	return p.AddColumn(c)
}

// plain reports whether Mend and Check, of a study, have nothing to say of h, and
// puts the returns from one bar to the next into ret. It may say no where they have
// nothing; where it says yes, they have nothing.
//
//   - No price is other than positive and finite.
//   - The adjusted close moves with the close, but for less than is looked at.
//   - No return is a jump, and of those that are large and undone on the next session
//     none is ten robust standard deviations of its neighbours: their median is not
//     small enough, as not half of them are.
//   - No close stands still for as long as is told, and none is without trade.
func (h *History) plain(ret []float64) bool {
	const threshold = 0.25 // of Check
	main := h.main()
	ret[0] = math.NaN()
	last, still := main[0], 0
	if !(last > 0) || last > math.MaxFloat64 {
		return false
	}
	large := false
	for i := 1; i < len(main); i++ {
		x := main[i]
		r := x/last - 1
		ret[i] = r
		if !(r <= threshold && r >= -threshold) { // so x is positive, as the one before is
			return false
		}
		large = large || r >= reversalMin || r <= -reversalMin
		if x != last {
			still = 0
		} else if still++; still == staleTail && (h.Price == nil || h.Close == nil) {
			return false
		}
		last = x
	}
	if large {
		for i := 1; i+1 < len(ret); i++ {
			r := ret[i]
			if !(r >= reversalMin || r <= -reversalMin) {
				continue
			}
			size := math.Abs(r)
			if !(math.Abs((1+r)*(1+ret[i+1])-1) < reversalRest*size) {
				continue
			}
			const scale = 1.4826 * reversalSize * (1 - 1e-9)
			limit, small, n := size/scale, 0, 0
			for k := max(1, i-neighbours); k < min(len(ret), i+1+neighbours+1); k++ {
				if k == i || k == i+1 {
					continue
				}
				n++
				if v := ret[k]; v < limit && v > -limit {
					small++
				}
			}
			if small > n/2 {
				return false
			}
		}
	}
	if h.Price != nil && h.Close != nil {
		still = 0
		for i, x := range h.Close {
			if !(x > 0) || x > math.MaxFloat64 {
				return false
			}
			if i == 0 {
				continue
			}
			if q := h.Price[i] / h.Price[i-1] * h.Close[i-1] / x; !(math.Abs(q-1) <= largeAdjust) {
				return false
			}
			if x != h.Close[i-1] {
				still = 0
			} else if still++; still == staleTail {
				return false
			}
		}
	}
	return !slices.Contains(h.Volume, 0)
}
