package analysis

import (
	"hash/fnv"
	"math"
	"slices"
	"strings"

	"aftershock/analysis/model"
	"aftershock/market"
)

// doubt is a finding in the history of a security, or of what explains its
// returns, by the sessions of the security whose returns it concerns.
type doubt struct {
	first, last int32
	symbol      string
	finding     *market.Finding
	barred      bool // figures contradict each other, and the study does not trust them
}

// doubts lists what was found in the history of col and of its regressors.
func (d *designs) doubts(col *market.Column, bench string) []doubt {
	var out []doubt
	add := func(from *market.Column) {
		if from == nil {
			return
		}
		for i := range from.Findings {
			f := &from.Findings[i]
			if f.Date == market.NoDate || f.Mended || !f.Problem {
				continue
			}
			first, last := col.Calendar.Search(f.Date), col.Calendar.Search(max(f.Through, f.Date)+1)-1
			out = append(out, doubt{int32(first), int32(max(first, last)), from.Symbol, f, f.Contradiction && !slices.Contains(d.study.Trust, string(f.Code))})
		}
	}
	add(col)
	seen := []string{col.Symbol}
	for _, t := range d.study.Model.Design(col.Symbol).Terms {
		names := []string{t.Name}
		switch t.Series {
		case model.BenchmarkReturn:
			names[0] = bench
		case model.BasketReturn:
			names = t.Basket.Symbols
		case model.FactorReturn:
			continue
		}
		for _, name := range names {
			if !slices.Contains(seen, name) {
				seen = append(seen, name)
				add(d.panel.Column(name))
			}
		}
	}
	return out
}

// concerns reports whether the doubt touches a window of a row, and which.
func (d *doubt) concerns(st *Study, s0 int) (estimation, event bool) {
	over := func(w Window) bool { return int(d.first) <= s0+w.To && int(d.last) >= s0+w.From }
	return over(st.EstimationWindow), over(st.EventWindow)
}

// doubted excludes a row that rests on figures that contradict each other. It
// names every day of the first security and kind that it meets.
func (g *engine) doubted(row int) *Exclusion {
	s, s0 := g.ser[row], int(g.s0[row])
	var met *doubt
	var days []string
	for i := range s.doubts {
		d := &s.doubts[i]
		if !d.barred {
			continue
		}
		estimation, event := d.concerns(g.study, s0)
		if !estimation && !event {
			continue
		}
		if met == nil {
			met = d
		}
		if day := d.finding.Date.String(); d.symbol == met.symbol && d.finding.Code == met.finding.Code && !slices.Contains(days, day) {
			days = append(days, d.finding.Date.String())
		}
	}
	if met == nil {
		return nil
	}
	args := append([]any{met.symbol, Names(days).String(), string(met.finding.Code)}, met.finding.Args...)
	return &Exclusion{Reason(met.finding.Code), met.finding.Form, args}
}

// TrustedPrices is the code of notes on prices that contradict themselves, and
// are used because the study trusts them. They head a report.
const TrustedPrices = "trusted-prices"

// fewestSame is how many returns two securities must share, and no session
// differ, to be one series under two symbols.
const fewestSame = 20

// sameSeries bars the later of two studied securities whose returns are the same
// on every session that both have.
func (r *Result) sameSeries() {
	byPrint := make(map[uint64][]*series)
	for _, s := range r.eng.series {
		if s == nil || s.missing != nil || s.col.Return == nil {
			continue
		}
		print, ok := fingerprint(s.col.Return)
		if !ok {
			continue
		}
		for _, other := range byPrint[print] {
			n, same := sharedReturns(other.col, s.col)
			if !same || n < fewestSame || strings.EqualFold(other.col.Symbol, s.col.Symbol) {
				continue
			}
			f := market.Said(s.col.Symbol, market.SameSeries, true, s.col.Calendar.Date(s.col.First), "same-series", other.col.Symbol, n)
			s.doubts = append(s.doubts, doubt{int32(s.col.First), int32(s.col.Last()), s.col.Symbol, &f, !slices.Contains(r.Study.Trust, string(market.SameSeries))})
			break
		}
		byPrint[print] = append(byPrint[print], s)
	}
}

// fingerprint is a number that equal returns have in common: of the last ones.
func fingerprint(ret []float64) (uint64, bool) {
	h := fnv.New64a()
	n := 0
	var b [8]byte
	for k := len(ret) - 1; k >= 0 && n < fewestSame; k-- {
		if v := ret[k]; v == v && v != 0 {
			bits := math.Float64bits(v)
			for i := range b {
				b[i] = byte(bits >> (8 * i))
			}
			h.Write(b[:])
			n++
		}
	}
	return h.Sum64(), n == fewestSame
}

// sharedReturns counts the sessions on which both columns have a return, and
// reports whether these are the same.
func sharedReturns(a, b *market.Column) (n int, same bool) {
	for k, v := range b.Return {
		x := at(a.Return, a.First, b.First+k)
		if a.Calendar != b.Calendar {
			x = nan
			if i, ok := a.Calendar.Index(b.Calendar.Date(b.First + k)); ok {
				x = at(a.Return, a.First, i)
			}
		}
		if v != v || x != x {
			continue
		}
		if v != x {
			return n, false
		}
		n++
	}
	return n, true
}

// unexplained says why a window of a row has fewer usable sessions than returns:
// which regressor is missing there, and where it ends or begins. "" where the
// returns are missing themselves.
func (g *engine) unexplained(r int, w Window) (variant string, args []any) {
	if g.panel == nil { // of one series alone, see single
		return "", nil
	}
	s, s0 := g.ser[r], int(g.s0[r])
	terms := g.study.Model.Design(s.col.Symbol).Terms
	for j := -1; j < len(s.x); j++ {
		x, t := s.rf, model.Term{Series: model.FactorReturn, Name: model.RiskFree}
		if j >= 0 {
			x = s.x[j]
			if j >= len(terms) {
				continue
			}
			t = terms[j]
		}
		lost := 0
		for k := s0 + w.From; k <= s0+w.To; k++ {
			if v := at(s.value, s.first, k); v == v && k >= 0 && (k >= len(x) || x[k] != x[k]) {
				lost++
			}
		}
		if x == nil || lost == 0 {
			continue
		}
		switch t.Series {
		case model.FactorReturn:
			if days, origin, ok := g.panel.FactorSpan(t.Name); ok {
				if origin == "" {
					origin = t.Name
				}
				return "factor", []any{t.Name, origin, days.From.String(), days.To.String(), lost}
			}
		case model.BenchmarkReturn:
			if c := g.panel.Column(s.bench); c != nil {
				return "regressor", []any{s.bench, c.Calendar.Date(c.First).String(), c.Calendar.Date(c.Last()).String(), lost}
			}
		default:
			if c := g.panel.Column(t.Name); c != nil {
				return "regressor", []any{t.Name, c.Calendar.Date(c.First).String(), c.Calendar.Date(c.Last()).String(), lost}
			}
		}
	}
	return "", nil
}

// noEventReturns excludes a row without an abnormal return in its event window.
func (g *engine) noEventReturns(r int) *Exclusion {
	w := g.study.EventWindow
	variant, args := g.unexplained(r, w)
	return exclude(NoEventReturns, variant, append([]any{w.String()}, args...)...)
}

// shortEstimation excludes a row with m usable estimation sessions.
func (g *engine) shortEstimation(r, m int) *Exclusion {
	w := g.study.EstimationWindow
	variant, args := g.unexplained(r, w)
	return exclude(ShortEstimation, variant, append([]any{m, w.Len(), g.study.MinEstimation}, args...)...)
}
