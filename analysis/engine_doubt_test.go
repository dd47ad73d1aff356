package analysis

import (
	"slices"
	"strings"
	"testing"

	"aftershock/market"
)

// TestDoubts: a contradiction in a window excludes what rests on it, wherever it
// stands; elsewhere, trusted, or only large, it excludes nothing.
func TestDoubts(t *testing.T) {
	const event = 300 // the windows reach over the sessions 30 to 310
	for _, c := range []struct {
		name     string
		symbol   string
		from, to int // sessions of the returns concerned
		code     market.CheckCode
		form     string
		args     []any
		trust    []string
		excluded []string // securities of the event of S0 and S1
		note     string   // code of a note of an observation that is used
	}{
		{"in the estimation window", "S0", 100, 100, market.Split, "split/inferred", []any{-90.0, "10:1"}, nil, []string{"S0"}, ""},
		{"in the event window", "S0", event + 3, event + 4, market.Unit, "unit/run", []any{-99.0, "2017-03-01", 9900.0, "2017-02-28", "2017-02-28", 100}, nil, []string{"S0"}, ""},
		{"between the windows", "S0", event - 15, event - 15, market.Split, "split/inferred", []any{-90.0, "10:1"}, nil, nil, ""},
		{"before the estimation window", "S0", 10, 20, market.Split, "split/inferred", []any{-90.0, "10:1"}, nil, nil, ""},
		{"reaching into it", "S0", 10, 31, market.Split, "split/inferred", []any{-90.0, "10:1"}, nil, []string{"S0"}, ""},
		{"in the benchmark", "INDEX", 200, 200, market.Adjustment, "adjustment/fall", []any{12.5}, nil, []string{"S0", "S1"}, ""},
		{"trusted", "S0", 100, 100, market.Split, "split/inferred", []any{-90.0, "10:1"}, []string{"split"}, nil, TrustedPrices},
		{"another is trusted", "S0", 100, 100, market.Split, "split/inferred", []any{-90.0, "10:1"}, []string{"unit"}, []string{"S0"}, ""},
		{"large", "S0", event, event, market.Jump, "jump/unknown", []any{-26.0}, nil, nil, "price-finding"},
		{"still", "S1", event - 2, event + 1, market.ZeroVolume, "zero-volume", nil, nil, nil, "price-finding"},
	} {
		s := simulate(t, 2, 400, 5)
		f := market.Said(c.symbol, c.code, true, s.cal.Date(s.first+c.from), c.form, c.args...)
		f.Through = s.cal.Date(s.first + c.to)
		f.Contradiction = slices.Contains(market.Contradictions, c.code)
		col := s.panel.Column(c.symbol)
		col.Findings = append(col.Findings, f)
		st := s.study()
		st.EstimationWindow, st.EventWindow, st.Trust = Window{-270, -21}, Window{-10, 10}, c.trust
		st.CARWindows = []Window{{0, 0}}
		r := s.run(t, st, s.event(event, "S0", "S1"))
		var excluded []string
		for i := range r.N() {
			o := r.Observation(i)
			if o.Used() {
				continue
			}
			excluded = append(excluded, o.Security)
			detail := o.Exclusion.Detail()
			if o.Exclusion.Reason != Reason(c.code) || !strings.HasPrefix(detail, c.symbol+", "+f.Date.String()+" ("+string(c.code)+"): ") || !strings.HasSuffix(detail, f.Text) {
				t.Errorf("%s: %s: %s", c.name, o.Exclusion.Reason, detail)
			}
		}
		if !slices.Equal(excluded, c.excluded) {
			t.Errorf("%s: excluded %v, want %v", c.name, excluded, c.excluded)
		}
		var codes []string
		for i := range r.Notes {
			if n := &r.Notes[i]; n.Code == TrustedPrices || n.Code == "price-finding" {
				codes = append(codes, n.Code)
				if n.Security != c.symbol || !strings.Contains(n.Text(), f.Text) {
					t.Errorf("%s: note of %s: %s", c.name, n.Security, n.Text())
				}
			}
		}
		if strings.Join(codes, " ") != c.note {
			t.Errorf("%s: notes %v, want %q", c.name, codes, c.note)
		}
	}
}

// TestSameSeries: of two studied securities with one series the later is not
// measured; a benchmark beside them, or a series that differs on one session, is
// another matter.
func TestSameSeries(t *testing.T) {
	s := simulate(t, 2, 400, 5)
	s.add(t, "COPY", slices.Clone(s.panel.Column("S0").Return))
	differs := slices.Clone(s.panel.Column("S1").Return)
	differs[50] += 1e-9
	s.add(t, "NEAR", differs)
	r := s.run(t, s.study(), s.event(300, "S0", "S1", "NEAR", "COPY"))
	for i := range r.N() {
		o := r.Observation(i)
		if o.Used() == (o.Security == "COPY") {
			t.Errorf("%s: used %v", o.Security, o.Used())
		}
		if !o.Used() && (o.Exclusion.Reason != Reason(market.SameSeries) || !strings.Contains(o.Exclusion.Detail(), "its returns are those of S0")) {
			t.Errorf("%s: %s", o.Security, o.Exclusion.Detail())
		}
	}
}

// TestUnexplained: what is missing is named where returns are there.
func TestUnexplained(t *testing.T) {
	s := simulate(t, 1, 400, 5)
	short := slices.Clone(s.panel.Column("INDEX").Return)[:280]
	s.add(t, "SHORT", short)
	st := s.study()
	st.Benchmark = "SHORT"
	r := s.run(t, st, s.event(320, "S0"))
	ex := r.Observation(0).Exclusion
	if last := s.cal.Date(s.first + 279).String(); ex == nil || ex.Reason != NoEventReturns || !strings.Contains(ex.Detail(), "SHORT has prices from 2016-01-04 to "+last) {
		t.Errorf("%v", ex)
	}
}

// TestNoMoneyWithoutACurrency: shares alone make no amount.
func TestNoMoneyWithoutACurrency(t *testing.T) {
	for _, currency := range []string{"", "GBP"} {
		s := simulate(t, 1, 400, 5)
		col := s.panel.Column("S0")
		col.Shares, col.Currency = 1e9, currency
		col.Close = make([]float64, len(col.Return))
		for k := range col.Close {
			col.Close[k] = 10
		}
		r := s.run(t, s.study(), s.event(300, "S0"))
		v, ok := r.Value(0, 0)
		if ok != (currency != "") || ok && v.Market != 1e10 {
			t.Errorf("%q: %+v, %v", currency, v, ok)
		}
		noted := slices.ContainsFunc(r.Notes, func(n Note) bool { return n.Code == "no-currency" })
		if noted != (currency == "") {
			t.Errorf("%q: noted %v", currency, noted)
		}
	}
}
