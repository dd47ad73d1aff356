package market

import (
	"context"
	"errors"
	"fmt"
	"math"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

var nan = math.NaN()

// same reports whether a and b agree within 1e-15, NaN with NaN.
func same(a, b []float64) bool {
	return slices.EqualFunc(a, b, func(x, y float64) bool {
		return math.IsNaN(x) && math.IsNaN(y) || math.Abs(x-y) <= 1e-15
	})
}

func TestReturns(t *testing.T) {
	price := []float64{nan, 100, 110, nan, nan, 121, 60.5, nan}
	for _, c := range []struct {
		kind ReturnKind
		gaps Gaps
		ret  []float64
		span []int32
	}{
		{Simple, Skip, []float64{nan, nan, 0.1, nan, nan, nan, -0.5, nan}, nil},
		{Log, Skip, []float64{nan, nan, math.Log(1.1), nan, nan, nan, math.Log(0.5), nan}, nil},
		{Simple, TradeToTrade, []float64{nan, nan, 0.1, nan, nan, 0.1, -0.5, nan}, []int32{1, 1, 1, 1, 1, 3, 1, 1}},
		{Log, TradeToTrade, []float64{nan, nan, math.Log(1.1), nan, nan, math.Log(1.1), math.Log(0.5), nan}, []int32{1, 1, 1, 1, 1, 3, 1, 1}},
	} {
		ret, span := Returns(price, c.kind, c.gaps)
		if !same(ret, c.ret) || !slices.Equal(span, c.span) {
			t.Errorf("%s %s: %v %v, want %v %v", c.kind, c.gaps, ret, span, c.ret, c.span)
		}
	}
	for _, kind := range []ReturnKind{Simple, Log} { // beyond the numbers
		if ret, _ := Returns([]float64{1e-300, 1e300, 1e300, 1e-300}, kind, Skip); math.IsInf(ret[1], 0) || ret[2] != 0 || math.IsInf(ret[3], 0) {
			t.Errorf("%s: %v", kind, ret)
		}
	}
	for _, p := range [][]float64{nil, {5}, {nan}} {
		if ret, span := Returns(p, Simple, TradeToTrade); len(ret) != len(p) || len(p) > 0 && !math.IsNaN(ret[0]) || span != nil {
			t.Errorf("returns of %v: %v %v", p, ret, span)
		}
	}
}

// TestReturnsLaws: whatever is missing, trade-to-trade returns compound to the
// ratio of the last price to the first, and both rules agree on returns over
// one session; a price in other units gives the same returns.
func TestReturnsLaws(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		price := rapid.SliceOfN(rapid.Float64Range(1, 1000), 1, 30).Draw(t, "price")
		for i := range price {
			if rapid.IntRange(0, 3).Draw(t, "missing") == 0 {
				price[i] = nan
			}
		}
		skip, _ := Returns(price, Log, Skip)
		trade, span := Returns(price, Log, TradeToTrade)
		sum, first, last, sessions := 0.0, -1, -1, 0
		for i, p := range price {
			if !math.IsNaN(p) {
				if first < 0 {
					first = i
				}
				last = i
			}
			if !math.IsNaN(trade[i]) {
				sum += trade[i]
				if span == nil {
					sessions++
				} else {
					sessions += int(span[i])
				}
			}
			if !math.IsNaN(skip[i]) && skip[i] != trade[i] {
				t.Fatalf("at %d: %v and %v", i, skip[i], trade[i])
			}
		}
		if first >= 0 && (math.Abs(sum-math.Log(price[last]/price[first])) > 1e-9 || sessions != last-first) {
			t.Fatalf("%v: returns sum to %v over %d sessions", price, sum, sessions)
		}
		scaled := slices.Clone(price)
		for i := range scaled {
			scaled[i] *= 8
		}
		if again, _ := Returns(scaled, Log, Skip); !same(again, skip) {
			t.Fatal("the unit of the price matters")
		}
	})
}

func bars(t *testing.T, list ...string) []Bar {
	t.Helper()
	var out []Bar
	for _, s := range list {
		var b Bar
		var day string
		if _, err := fmt.Sscan(s, &day, &b.Close, &b.AdjClose, &b.Volume); err != nil {
			t.Fatal(err)
		}
		b.Date = dates(t, day)[0]
		out = append(out, b)
	}
	return out
}

func TestAddSeries(t *testing.T) {
	p := NewPanel(Simple, Skip)
	s := &Series{Symbol: "X", Name: "Ex", Currency: "USD", Adjusted: true, Origin: "here", Actions: []Action{{Date: 1, Split: 2}}, Bars: bars(t,
		"2025-01-18 9 9 9", // a Saturday before the first session
		"2025-01-21 100 50 1000", "2025-01-22 110 55 2000",
		"2025-01-24 121 66 NaN", // the 23rd is missing
		"2025-01-25 1 1 1",      // a Saturday
		"2025-01-27 NaN NaN NaN", "2025-01-28 133.1 72.6 4000")}
	if err := p.AddSeries(s, Security{Symbol: "other", Name: "Given", Benchmark: "SPY"}, NYSE()); err != nil {
		t.Fatal(err)
	}
	c := p.Column("X")
	first, _ := NYSE().Index(dates(t, "2025-01-21")[0])
	if c == nil || c.First != first || c.Len() != 6 || c.Last() != first+5 || c.Calendar != NYSE() {
		t.Fatalf("column %+v", c)
	}
	if c.Name != "Given" || c.Currency != "USD" || c.Benchmark != "SPY" || !c.Adjusted || c.Origin != "here" || len(c.Actions) != 1 {
		t.Errorf("column %+v", c.Security)
	}
	if !same(c.Return, []float64{nan, 55./50 - 1, nan, nan, nan, nan}) || c.Span != nil {
		t.Errorf("returns %v", c.Return)
	}
	if !same(c.Close, []float64{100, 110, nan, 121, nan, 133.1}) || !same(c.Volume, []float64{1000, 2000, nan, nan, nan, 4000}) {
		t.Errorf("closes %v, volumes %v", c.Close, c.Volume)
	}
	var issues []string
	for _, i := range p.Issues {
		issues = append(issues, i.Symbol+" "+i.Date.String()+" "+i.Text())
	}
	want := []string{"X 2025-01-18 a price on a day that is no session of NYSE; not used", "X 2025-01-25 a price on a day that is no session of NYSE; not used",
		"X 2025-01-23 no price on a session of NYSE", "X 2025-01-27 no price on a session of NYSE"}
	if !slices.Equal(issues, want) {
		t.Errorf("issues %q", issues)
	}
	if p.Column("Y") != nil || !slices.Equal(p.Symbols(), []string{"X"}) || len(p.Calendars()) != 1 {
		t.Error("the panel's lists are wrong")
	}

	for what, bad := range map[string]*Series{
		"added twice":               {Symbol: "X", Bars: bars(t, "2025-01-21 1 1 1")},
		"does not come after":       {Symbol: "Y", Bars: bars(t, "2025-01-22 1 1 1", "2025-01-21 1 1 1")},
		"none of its 1 bars":        {Symbol: "Y", Bars: bars(t, "2025-01-25 1 1 1")},
		"none of its 0 bars":        {Symbol: "Y"},
		"price 0 on 2025-01-22":     {Symbol: "Y", Bars: bars(t, "2025-01-22 1 0 1")},
		"price -3 on 2025-01-21":    {Symbol: "Y", Bars: bars(t, "2025-01-21 -3 1 1")},
		"price +Inf on 2025-01-21:": {Symbol: "Y", Bars: bars(t, "2025-01-21 1 +Inf 1")},
	} {
		before := len(p.Issues)
		if err := p.AddSeries(bad, Security{}, NYSE()); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("want an error about %q, got %v", what, err)
		}
		if len(p.Columns) != 1 || len(p.Issues) != before {
			t.Errorf("%s: the panel changed", what)
		}
	}
}

// A session whose price is not positive, as that of crude oil on 20 April 2020,
// has none; those beside it stay.
func TestNegativePrice(t *testing.T) {
	p := NewPanel(Simple, Skip)
	s := &Series{Symbol: "CL=F", Bars: bars(t, "2020-04-16 20 20 1", "2020-04-17 18 18 1", "2020-04-20 -37.63 -37.63 1", "2020-04-21 10 10 1", "2020-04-22 15 15 1")}
	if err := p.AddSeries(s, Security{}, NYSE()); err != nil {
		t.Fatal(err)
	}
	nan := math.NaN()
	if c := p.Column("CL=F"); !same(c.Return, []float64{nan, 18./20 - 1, nan, nan, 0.5}) || !same(c.Price, []float64{20, 18, nan, 10, 15}) {
		t.Errorf("returns %v, prices %v", c.Return, c.Price)
	}
	if len(p.Issues) == 0 || p.Issues[0].Code != "not-positive" || !strings.HasPrefix(p.Issues[0].Text(), "a price of -37.63: ") || s.Bars[2].Close != -37.63 {
		t.Errorf("issues %v, the series %v", p.Issues, s.Bars[2])
	}
}

func TestAddSeriesWithoutCloseOrVolume(t *testing.T) {
	p := NewPanel(Log, TradeToTrade)
	if err := p.AddSeries(&Series{Symbol: "X", Bars: bars(t, "2025-01-21 NaN 50 NaN", "2025-01-23 NaN 55 NaN")}, Security{}, NYSE()); err != nil {
		t.Fatal(err)
	}
	c := p.Column("X")
	if c.Close != nil || c.Volume != nil || !slices.Equal(c.Span, []int32{1, 1, 2}) || !same(c.Return, []float64{nan, nan, math.Log(1.1)}) {
		t.Errorf("%+v", c)
	}
}

func TestAddColumnRefuses(t *testing.T) {
	p := NewPanel(Simple, Skip)
	for what, c := range map[string]*Column{
		"calendar":          {Security: Security{Symbol: "X"}, Return: []float64{1}},
		"do not lie":        {Security: Security{Symbol: "X"}, Calendar: NYSE(), First: NYSE().Len(), Return: []float64{1}},
		"on its calendar":   {Security: Security{Symbol: "X"}, Calendar: NYSE(), First: -1},
		"slice of 2 beside": {Security: Security{Symbol: "X"}, Calendar: NYSE(), Return: []float64{1}, Volume: []float64{1, 2}},
	} {
		if err := p.AddColumn(c); err == nil || !strings.Contains(err.Error(), what) {
			t.Errorf("want an error about %q, got %v", what, err)
		}
	}
}

func TestFactors(t *testing.T) {
	p := NewPanel(Simple, Skip)
	if err := p.AddFactor("smb", dates(t, "2025-01-20", "2025-01-21", "2025-01-23"), []float64{1, 2, 3}); err != nil {
		t.Fatal(err)
	}
	if err := p.AddFactor("hml", dates(t, "2025-01-18", "2025-01-25"), []float64{1, 2}); err != nil {
		t.Fatal(err)
	}
	first, values, ok := p.FactorOn("smb", NYSE())
	if at, _ := NYSE().Index(dates(t, "2025-01-21")[0]); !ok || first != at || !same(values, []float64{2, nan, 3}) {
		t.Errorf("%d %v %v", first, values, ok)
	}
	if _, _, ok := p.FactorOn("hml", NYSE()); ok {
		t.Error("a factor that has no value on any session was found")
	}
	if _, _, ok := p.FactorOn("rf", NYSE()); ok {
		t.Error("a factor that is not there was found")
	}
	if !slices.Equal(p.Factors(), []string{"hml", "smb"}) {
		t.Errorf("factors %v", p.Factors())
	}
	for _, bad := range []struct {
		name  string
		dates []Date
		n     int
	}{{"smb", []Date{1}, 1}, {"x", []Date{1}, 2}, {"x", []Date{2, 2}, 2}} {
		if err := p.AddFactor(bad.name, bad.dates, make([]float64, bad.n)); err == nil {
			t.Errorf("%v was taken", bad)
		}
	}
}

// memory is a source of series that waits for symbols of ending "slow".
type memory map[string]*Series

func (m memory) Name() string                              { return "memory" }
func (m memory) Symbols(context.Context) ([]string, error) { return nil, nil }
func (m memory) Series(ctx context.Context, symbol string, from, to Date) (*Series, error) {
	if strings.HasSuffix(symbol, "slow") {
		time.Sleep(5 * time.Millisecond)
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	s, ok := m[symbol]
	if !ok {
		return nil, UnknownSymbol(symbol, m.Name(), []string{"AAA-slow", "BBB"})
	}
	return s.Between(from, to), nil
}

func TestLoad(t *testing.T) {
	m := memory{}
	for _, s := range []Series{
		{Symbol: "AAA-slow", Exchange: "NMS"}, {Symbol: "BBB"}, {Symbol: "8035.T", Currency: "JPY"}, {Symbol: "MC.XX", Exchange: "XXX"}, {Symbol: "CCC"},
	} {
		s.Bars = bars(t, "2025-01-22 10 10 1", "2025-01-23 11 11 1", "2025-01-24 12 12 1")
		m[s.Symbol] = &s
	}
	m["CCC"].Bars[1].AdjClose = -1
	secs := []Security{{Symbol: "AAA-slow", Sector: "chips"}, {Symbol: "BBX"}, {Symbol: "MC.XX"}, {Symbol: "8035.T"}, {Symbol: "CCC"}, {Symbol: "BBB"}, {Symbol: "AAA-slow"}}
	p, errs := Load(t.Context(), m, Request{Securities: secs, Days: Span{dates(t, "2025-01-23")[0], NoDate}})
	if !slices.Equal(p.Symbols(), []string{"AAA-slow", "8035.T", "CCC", "BBB"}) {
		t.Errorf("columns %v", p.Symbols())
	}
	if c := p.Column("8035.T"); c == nil || c.Calendar.Name() != "Tokyo" || c.Currency != "JPY" || c.Len() != 2 {
		t.Errorf("Tokyo: %+v", c)
	}
	if c := p.Column("AAA-slow"); c.Exchange != "NMS" || c.Sector != "chips" {
		t.Errorf("%+v", c.Security)
	}
	want := []string{`unknown symbol BBX in memory`,
		`MC.XX: its exchange, "XXX", is not known; name its exchange under securities (one of Abu Dhabi, Amman,`}
	if len(errs) != len(want) {
		t.Fatalf("errors %v", errs)
	}
	for i, err := range errs {
		var se *SecurityError
		if !strings.HasPrefix(err.Error(), want[i]) || !errors.As(err, &se) || errors.Is(err, ErrUnknownSymbol) != (i == 0) {
			t.Errorf("error %d: %v", i, err)
		}
	}
	own, err := CalendarFromDates("Paris", time.UTC, 1050, dates(t, "2025-01-22", "2025-01-23", "2025-01-24"))
	if err != nil {
		t.Fatal(err)
	}
	p, errs = Load(t.Context(), m, Request{Securities: secs[2:3], Calendar: func(Security) *Calendar { return own }})
	if len(errs) > 0 || p.Column("MC.XX").Len() != 3 {
		t.Errorf("with a calendar of its own: %v", errs)
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if p, errs := Load(ctx, m, Request{Securities: secs}); len(p.Columns) != 0 || len(errs) != 6 || !errors.Is(errs[0], context.Canceled) {
		t.Errorf("cancelled: %v", errs)
	}
}

// TestLoadBeforeTheRules: Korea's sessions are known by rule since 2015; those
// of 2013 are the days on which most of its securities traded.
func TestLoadBeforeTheRules(t *testing.T) {
	m := memory{
		"^KS11":     {Bars: bars(t, "2013-12-26 1 1 1", "2013-12-27 1 1 1", "2013-12-30 1 1 1", "2015-01-02 1 1 1")},
		"005930.KS": {Bars: bars(t, "2013-12-26 1 1 1", "2013-12-30 2 2 1", "2013-12-31 3 3 1", "2015-01-02 1 1 1")}, // the 31st is a misprint
		"000660.KS": {Bars: bars(t, "2013-12-27 1 1 1", "2013-12-30 1 1 1", "2015-01-02 1 1 1")},
		"NVDA":      {Bars: bars(t, "2013-12-26 1 1 1", "2013-12-27 1 1 1")},
	}
	var secs []Security
	for _, symbol := range []string{"^KS11", "005930.KS", "NVDA", "000660.KS"} {
		m[symbol].Symbol = symbol
		secs = append(secs, Security{Symbol: symbol})
	}
	p, errs := Load(t.Context(), m, Request{Securities: secs, Days: Span{NoDate, dates(t, "2014-12-31")[0]}})
	if len(errs) > 0 || len(p.Columns) != 4 {
		t.Fatalf("%v", errs)
	}
	cal := p.Column("^KS11").Calendar
	var got []string
	for i := 0; i < cal.Len() && cal.Date(i).Year() < 2015; i++ {
		got = append(got, cal.Date(i).String())
	}
	if !slices.Equal(got, []string{"2013-12-26", "2013-12-27", "2013-12-30", "2013-12-31"}) {
		t.Errorf("one series alone reaches over the 31st: sessions %v", got)
	}
	m["^KS11"].Bars = append(m["^KS11"].Bars[:3:3], bars(t, "2014-01-02 1 1 1")...)
	m["000660.KS"].Bars = append(m["000660.KS"].Bars[:2:2], bars(t, "2014-01-02 1 1 1")...)
	p, _ = Load(t.Context(), m, Request{Securities: secs, Days: Span{NoDate, dates(t, "2014-12-31")[0]}})
	c := p.Column("005930.KS")
	if c.Calendar != p.Column("000660.KS").Calendar || c.Calendar.Len() != korea.Calendar().Len()+4 {
		t.Error("the securities of one exchange do not share a calendar of four more sessions")
	}
	if !same(c.Price, []float64{1, nan, 2}) || p.Column("NVDA").Calendar != NYSE() {
		t.Errorf("prices %v", c.Price)
	}
	want := "the rules of Korea are not known for 4 days from here to 2014-01-02; its sessions are those on which its securities traded"
	if i := p.Issues[0]; i.Text() != want || i.Date.String() != "2013-12-26" {
		t.Errorf("issue %+v", i)
	}
}
