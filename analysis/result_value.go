package analysis

import (
	"math"

	"aftershock/analysis/stat"
	"aftershock/market"
)

// Value is an abnormal return in money, in the currency of the security or of
// all securities of a group.
type Value struct {
	N            int // securities
	Currency     string
	Market       float64 // shares outstanding x close of the last session before the window
	Raw          float64 // Market x the security's return over the window
	Abnormal     float64 // Market x CAR, the CAR as a simple return
	SE           float64 // standard error of Abnormal
	Lower, Upper float64 // 95% interval of Abnormal
}

// Value returns the abnormal return of observation i over CAR window w (an
// index into Study.CARWindows) in money:
//
//	simple: Market x CAR, with the interval Market x (CAR -+ t sqrt(Var(CAR)))
//	log:    Market x (exp(CAR) - 1), with the ends Market x (exp(CAR -+ t sqrt(Var(CAR))) - 1)
//
// and, of log returns, the error Market x exp(CAR) x sqrt(Var(CAR)) of the
// delta method; t the 97.5% quantile of Student's t with M-K degrees of freedom. ok is false
// where the observation is excluded, its window incomplete, its shares
// outstanding or the currency of its prices unknown, or the study about volume.
func (r *Result) Value(i, w int) (v Value, ok bool) {
	row := int(r.row[i])
	if row < 0 || r.Study.Subject == Volume {
		return v, false
	}
	g := r.eng
	s, win := g.ser[row], r.Study.CARWindows[w]
	start := int(g.s0[row]) + win.From
	car, se := g.car[row*g.windows+w], math.Sqrt(g.carVar[row*g.windows+w])
	v.Market = s.marketValue(start - 1)
	if v.Market != v.Market || car != car || s.col.Currency == "" {
		return v, false
	}
	var present []float64
	for k := start; k < start+win.Len(); k++ {
		if x := at(s.col.Return, s.col.First, k); x == x {
			present = append(present, x)
		}
	}
	v.N, v.Currency = 1, s.col.Currency
	v.Raw = v.Market * simpleReturn(present, r.Study.Returns)
	v.Abnormal = v.Market * simpleReturn([]float64{car}, r.Study.Returns)
	v.bound(r.Study.Returns, se, stat.StudentQuantile(0.975, float64(g.m[row]-int32(g.k[row]))))
	return v, true
}

// exposed returns what of v moves with its CAR, d Abnormal / d CAR.
func (v *Value) exposed(kind market.ReturnKind) float64 {
	if kind == market.Log {
		return v.Market + v.Abnormal
	}
	return v.Market
}

// bound sets the error of v and its interval from the error of its CAR and the
// quantile q.
func (v *Value) bound(kind market.ReturnKind, se, q float64) {
	x := v.exposed(kind)
	v.SE = x * se
	v.Lower, v.Upper = v.Abnormal-q*v.SE, v.Abnormal+q*v.SE
	if kind == market.Log {
		v.Lower, v.Upper = x*math.Exp(-q*se)-v.Market, x*math.Exp(q*se)-v.Market
	}
}

// GroupValue returns the abnormal return of the members of grp over CAR window
// w (an index into Study.CARWindows) in money, the sum of their Values:
//
//	sum V_i CAR_i, with the interval sum V_i (CAR_p -+ t sqrt(Var(CAR_p)))
//
// V_i the market values, CAR_p the CAR of the portfolio of the members in parts
// proportional to V_i, fitted as one security: its forecast error contains how
// the members move together. Of log returns the sum is that of V_i (exp(CAR_i) -
// 1), the parts are V_i exp(CAR_i), and these move by the factor exp(-+ t
// sqrt(Var(CAR_p))). Members without a Value are left out; N says how
// many are not.
//
// SE and the interval are NaN where the members with a Value do not share their
// session 0, or are explained by different series. ok is false where no member
// has a Value, where their currencies differ, or one is in the group twice.
func (r *Result) GroupValue(grp *Group, w int) (v Value, ok bool) {
	g := r.eng
	value := make(map[int32]float64)
	var rows []int32
	for _, i := range grp.Members {
		own, has := r.Value(i, w)
		if !has {
			continue
		}
		for _, row := range rows {
			if g.ser[row] == g.ser[r.row[i]] {
				return Value{}, false
			}
		}
		if len(rows) == 0 {
			v = own
		} else if own.Currency != v.Currency {
			return Value{}, false
		} else {
			v.N++
			v.Market += own.Market
			v.Raw += own.Raw
			v.Abnormal += own.Abnormal
		}
		rows = append(rows, r.row[i])
		value[r.row[i]] = own.exposed(r.Study.Returns)
	}
	if len(rows) < 2 {
		return v, len(rows) == 1
	}
	v.SE, v.Lower, v.Upper = nan, nan, nan
	if !newPool(g, rows).sameDate {
		return v, true
	}
	p := newPortfolio(g, rows, func(row int32) float64 { return value[row] })
	if p.ex == nil {
		e := p.eng.estimate(0)
		v.bound(r.Study.Returns, math.Sqrt(p.eng.carVar[w]), stat.StudentQuantile(0.975, float64(e.M-e.K)))
	}
	return v, true
}
