package market_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"math"
	"reflect"
	"testing"
	"time"

	"aftershock/market"
	"aftershock/market/sample"
)

// aPanel is one with all that a panel can hold.
func aPanel(t *testing.T) *market.Panel {
	t.Helper()
	var securities []market.Security
	for _, symbol := range []string{"SPY", "NVDA", "2330.TW", "ASML"} {
		securities = append(securities, market.Security{Symbol: symbol})
	}
	p, errs := market.Load(context.Background(), sample.Source(), market.Request{Securities: securities, Gaps: market.TradeToTrade})
	if len(p.Columns) < 3 {
		t.Fatal(errs)
	}
	nyse, err := market.NYSE().With(market.SpecialDay{Date: market.NewDate(2025, 1, 9)}, market.SpecialDay{Date: market.NewDate(2025, 7, 3), Close: 13 * 60})
	if err != nil {
		t.Fatal(err)
	}
	nan := math.Float64frombits(0x7ff8000000000abc) // with bits of its own
	if err := p.AddColumn(&market.Column{Security: market.Security{Symbol: "GAPS", Exchange: "NYSE", Shares: 5}, Calendar: nyse, First: 100, Return: []float64{0.1, nan, math.Copysign(0, -1)}, Span: []int32{1, 1, 2}, Issued: []float64{1, 2, 3},
		Findings: []market.Finding{{Symbol: "GAPS", Code: market.Unreadable, Form: "unreadable", Args: []any{"a.csv", 1, market.NewDate(2025, 1, 2)}}}}); err != nil {
		t.Fatal(err)
	}
	if err := p.AddFactorOf("ff.csv", "mkt_rf", []market.Date{10, 12}, []float64{0.01, math.NaN()}); err != nil {
		t.Fatal(err)
	}
	p.Issues = append(p.Issues, market.Issue{Symbol: "X", Date: market.NoDate, Code: "refused", Args: []any{errors.New("no session")}},
		market.Issue{Code: "no-rules", Args: []any{"NYSE", 3, market.NewDate(1950, 1, 3)}})
	p.Refused, p.Given = map[string]error{"X": errors.New("no session")}, market.Log
	return p
}

// A panel is read again as it was written, to the bit, and answers as it did.
func TestPanelEncode(t *testing.T) {
	p := aPanel(t)
	var b bytes.Buffer
	if err := p.Encode(&b); err != nil {
		t.Fatal(err)
	}
	b.WriteString("what follows")
	q, err := market.DecodePanel(&b)
	if err != nil {
		t.Fatal(err)
	}
	if b.String() != "what follows" {
		t.Errorf("%d bytes are left behind the panel", b.Len())
	}
	if p.Kind != q.Kind || p.Gaps != q.Gaps || p.Given != q.Given || len(p.Columns) != len(q.Columns) || len(p.Calendars()) != len(q.Calendars()) || len(p.Issues) != len(q.Issues) || q.Refused["X"].Error() != "no session" {
		t.Fatalf("read %+v", q)
	}
	for i, is := range p.Issues {
		if j := q.Issues[i]; is.Text() != j.Text() || is.Symbol != j.Symbol || is.Date != j.Date {
			t.Errorf("issue %d is %q, want %q", i, j.Text(), is.Text())
		}
	}
	bits := func(v []float64) (out []uint64) {
		for _, x := range v {
			out = append(out, math.Float64bits(x))
		}
		return out
	}
	for i, c := range p.Columns {
		d := q.Columns[i]
		if q.Column(c.Symbol) != d {
			t.Errorf("%s is not found by its symbol", c.Symbol)
		}
		for k, f := range []struct{ a, b []float64 }{{c.Return, d.Return}, {c.Price, d.Price}, {c.Close, d.Close}, {c.Open, d.Open}, {c.Volume, d.Volume}, {c.Issued, d.Issued}} {
			if !reflect.DeepEqual(bits(f.a), bits(f.b)) || (f.a == nil) != (f.b == nil) {
				t.Errorf("%s: figures %d differ", c.Symbol, k)
			}
		}
		if !reflect.DeepEqual(c.Span, d.Span) || !reflect.DeepEqual(c.Security, d.Security) || c.First != d.First || c.Adjusted != d.Adjusted || c.Origin != d.Origin || len(c.Actions) != len(d.Actions) || len(c.Findings) != len(d.Findings) {
			t.Errorf("%s differs", c.Symbol)
		}
		for k := range c.Findings {
			a, b := c.Findings[k].Issue(), d.Findings[k].Issue()
			if a.Text() != b.Text() || c.Findings[k].Contradiction != d.Findings[k].Contradiction || c.Findings[k].Through != d.Findings[k].Through {
				t.Errorf("%s: finding %d is %q, want %q", c.Symbol, k, b.Text(), a.Text())
			}
		}
		x, y := c.Calendar, d.Calendar
		if x.Name() != y.Name() || x.Zone().String() != y.Zone().String() || x.Len() != y.Len() {
			t.Fatalf("%s: calendar %s of %d sessions, want %s of %d", c.Symbol, y.Name(), y.Len(), x.Name(), x.Len())
		}
		for k := range x.Len() {
			o1, known1 := x.Open(k)
			o2, known2 := y.Open(k)
			if x.Date(k) != y.Date(k) || !x.Close(k).Equal(y.Close(k)) || x.Early(k) != y.Early(k) || !o1.Equal(o2) || known1 != known2 || x.Knows(x.Date(k)) != y.Knows(y.Date(k)) || x.TradesOn(x.Date(k)+1) != y.TradesOn(x.Date(k)+1) {
				t.Fatalf("%s: session %d differs", c.Symbol, k)
			}
		}
	}
	if a, b := q.Column("SPY").Calendar, q.Column("NVDA").Calendar; a != b {
		t.Error("two securities of one exchange have calendars of their own")
	}
	first, values, ok := p.FactorOn("mkt_rf", market.NYSE())
	f2, v2, ok2 := q.FactorOn("mkt_rf", market.NYSE())
	_, origin, _ := q.FactorSpan("mkt_rf")
	if first != f2 || !reflect.DeepEqual(bits(values), bits(v2)) || ok != ok2 || origin != "ff.csv" {
		t.Error("the factor differs")
	}
}

// A panel that is cut off or changed is an error or another panel, and no panic; a
// zone without a name is refused where it is written.
func TestPanelDecodeRefuses(t *testing.T) {
	p := aPanel(t)
	var b bytes.Buffer
	if err := p.Encode(&b); err != nil {
		t.Fatal(err)
	}
	whole := b.Bytes()
	for n := 0; n < len(whole); n += 997 {
		if _, err := market.DecodePanel(bytes.NewReader(whole[:n])); err == nil {
			t.Errorf("the first %d of %d bytes are read as a panel", n, len(whole))
		}
	}
	for i := 0; i < len(whole); i += 499 {
		data := bytes.Clone(whole)
		data[i] ^= 0x41
		_, _ = market.DecodePanel(bytes.NewReader(data))
	}
	cal, err := market.CalendarFromDates("own", time.FixedZone("mine", 3600), 900, []market.Date{1, 2})
	if err != nil {
		t.Fatal(err)
	}
	q := market.NewPanel(market.Simple, market.Skip)
	if err := q.AddColumn(&market.Column{Security: market.Security{Symbol: "A"}, Calendar: cal, Return: []float64{0, 0}}); err != nil {
		t.Fatal(err)
	}
	if err := q.Encode(io.Discard); err == nil {
		t.Error("a zone without a name is written")
	}
}
