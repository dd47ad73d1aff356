package market

import (
	"fmt"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// walk returns a history of n sessions from 100 on, whose daily returns have a
// standard deviation of sd, closes in cents and volumes of about a million, and
// whose return on bar event is news.
func walk(n int, sd float64, event int, news float64) *Series {
	r := rand.New(rand.NewPCG(1, 7))
	s := &Series{Symbol: "X"}
	p, d := 100.0, NewDate(2024, 1, 2)
	for i := range n {
		switch {
		case i == event:
			p *= 1 + news
		case i > 0:
			p *= 1 + sd*r.NormFloat64()
		}
		c := math.Round(100*p) / 100
		s.Bars = append(s.Bars, Bar{Date: d, Open: math.NaN(), High: math.NaN(), Low: math.NaN(), Close: c, AdjClose: c, Volume: math.Round(1e6 * math.Exp(0.3*r.NormFloat64()))})
		if d++; d.Time().Weekday() == 6 {
			d += 2
		}
	}
	return s
}

// asTraded undoes the adjustment of s for a split of factor f on bar at.
func asTraded(s *Series, at int, f float64) {
	for i := range at {
		s.Bars[i].Close = math.Round(1e4*s.Bars[i].Close*f) / 1e4
		s.Bars[i].Volume /= f
	}
}

func closesOnly(s *Series) {
	for i := range s.Bars {
		s.Bars[i].AdjClose = s.Bars[i].Close
	}
}

func said(s *Series) string {
	var b strings.Builder
	for _, f := range s.Findings {
		word := "wrong"
		if f.Mended {
			word = "mended"
		}
		fmt.Fprintf(&b, "%s %s %s;", word, f.Code, f.Date)
	}
	return b.String()
}

// TestMend damages a history as files do, and compares what Mend makes of it with
// the history before.
func TestMend(t *testing.T) {
	const n, at, event = 120, 60, 90
	const day, eventDay, adjacent = "2024-03-26", "2024-05-07", "2024-03-28"
	split := func(bar int, f float64) func(s *Series) Action {
		return func(s *Series) Action { return Action{Date: s.Bars[bar].Date, Split: f} }
	}
	for _, c := range []struct {
		name   string
		o      MendOptions
		damage func(s *Series)
		named  []func(s *Series) Action
		news   float64
		want   string // findings
		right  bool   // the history is as before
	}{
		{"as traded, 10:1", MendOptions{}, func(s *Series) { asTraded(s, at, 10); closesOnly(s) }, []func(*Series) Action{split(at, 10)}, 0, "mended split " + day + ";", true},
		{"as traded, 1:20", MendOptions{}, func(s *Series) { asTraded(s, at, 0.05); closesOnly(s) }, []func(*Series) Action{split(at, 0.05)}, 0, "mended split " + day + ";", true},
		{"as traded, 3:2 on a day of news", MendOptions{}, func(s *Series) { asTraded(s, event, 1.5); closesOnly(s) }, []func(*Series) Action{split(event, 1.5)}, -0.1, "mended split " + eventDay + ";", true},
		{"named a day late", MendOptions{}, func(s *Series) { asTraded(s, at, 4); closesOnly(s) }, []func(*Series) Action{split(at+1, 4)}, 0, "mended split " + day + ";", true},
		{"named a day early", MendOptions{}, func(s *Series) { asTraded(s, at, 4); closesOnly(s) }, []func(*Series) Action{split(at-1, 4)}, 0, "mended split " + day + ";", true},
		{"recorded twice", MendOptions{}, func(s *Series) { asTraded(s, at, 10); closesOnly(s) }, []func(*Series) Action{split(at, 10), split(at+2, 10)}, 0, "mended split " + adjacent + ";mended split " + day + ";", true},
		{"recorded twice on one day", MendOptions{}, func(s *Series) { asTraded(s, at, 10); closesOnly(s) }, []func(*Series) Action{split(at, 10), split(at, 10)}, 0, "mended split " + day + ";", true},
		{"adjusted already", MendOptions{}, func(*Series) {}, []func(*Series) Action{split(at, 10)}, 0, "", true},
		{"one of two applied", MendOptions{}, func(s *Series) { asTraded(s, event, 2); closesOnly(s) }, []func(*Series) Action{split(at, 10), split(event, 2)}, 0.01, "mended split " + eventDay + ";", true},
		{"both as traded", MendOptions{}, func(s *Series) { asTraded(s, event, 2); asTraded(s, at, 10); closesOnly(s) }, []func(*Series) Action{split(at, 10), split(event, 2)}, 0.01, "mended split " + day + ";mended split " + eventDay + ";", true},
		{"11:10, the only one", MendOptions{Prior: math.Log(5)}, func(s *Series) { asTraded(s, at, 1.1); closesOnly(s) }, []func(*Series) Action{split(at, 1.1)}, 0, "mended split " + day + ";", true},
		{"11:10 on a day of news", MendOptions{Prior: math.Log(5)}, func(s *Series) { asTraded(s, event, 1.1); closesOnly(s) }, []func(*Series) Action{split(event, 1.1)}, -0.08, "mended split " + eventDay + ";", true},
		{"11:10, adjusted already", MendOptions{}, func(*Series) {}, []func(*Series) Action{split(at, 1.1)}, 0, "", true},
		{"11:10 on a day of news, of a service that adjusts", MendOptions{Prior: adjustedPrior}, func(*Series) {}, []func(*Series) Action{split(event, 1.1)}, -0.08, "wrong split " + eventDay + ";", true},
		{"51:50 under its noise", MendOptions{}, func(*Series) {}, []func(*Series) Action{split(at, 1.02)}, 0, "wrong split " + day + ";", true},
		{"51:50, said to be adjusted", MendOptions{Basis: AdjustedBasis}, func(*Series) {}, []func(*Series) Action{split(at, 1.02)}, 0, "", true},
		{"51:50, said to be as traded", MendOptions{Basis: TradedBasis}, func(s *Series) { asTraded(s, at, 1.02); closesOnly(s) }, []func(*Series) Action{split(at, 1.02)}, 0, "mended split " + day + ";", true},
		{"a service that names a split and does not apply it", MendOptions{Prior: adjustedPrior}, func(s *Series) { s.Adjusted = true; asTraded(s, at, 10); closesOnly(s) }, []func(*Series) Action{split(at, 10)}, 0, "mended split " + day + ";", true},
		{"a split in the adjusted close alone", MendOptions{}, func(s *Series) { s.Adjusted = true; asTraded(s, at, 10) }, nil, 0, "mended split " + day + ";", true},
		{"a dividend a hundred times too large", MendOptions{}, func(s *Series) {
			s.Adjusted = true
			for i := range at {
				s.Bars[i].AdjClose *= 0.26
			}
		}, nil, 0, "wrong adjustment " + day + ";", false},
		{"a dividend ten times too large", MendOptions{}, func(s *Series) {
			s.Adjusted = true
			for i := range at {
				s.Bars[i].AdjClose *= 0.92
			}
		}, nil, 0, "wrong adjustment " + day + ";", false},
		{"adjusted the wrong way", MendOptions{}, func(s *Series) {
			s.Adjusted = true
			for i := range at {
				s.Bars[i].AdjClose *= 1.05
			}
		}, nil, 0, "wrong adjustment " + day + ";", false},
		{"a usual dividend in the adjusted close", MendOptions{}, func(s *Series) {
			s.Adjusted = true
			for i := range at {
				s.Bars[i].AdjClose *= 0.99
			}
		}, nil, 0, "", false},
		{"a dividend without an adjusted close", MendOptions{}, func(s *Series) {
			for i := at; i < n; i++ {
				s.Bars[i].Close -= 2
			}
			closesOnly(s)
		}, []func(*Series) Action{func(s *Series) Action { return Action{Date: s.Bars[at].Date, Dividend: 2} }}, 0, "mended adjustment " + day + ";", false},
		{"a dividend that the adjusted close passes over", MendOptions{}, func(s *Series) {
			s.Adjusted = true
			for i := at; i < n; i++ {
				s.Bars[i].Close -= 2
			}
			closesOnly(s)
		}, []func(*Series) Action{func(s *Series) Action { return Action{Date: s.Bars[at].Date, Dividend: 2} }}, 0, "mended adjustment " + day + ";", false},
		{"a dividend of 80 of which the close knows nothing", MendOptions{}, func(*Series) {}, []func(*Series) Action{func(s *Series) Action { return Action{Date: s.Bars[at].Date, Dividend: 80} }}, 0, "wrong adjustment " + day + ";", true},
	} {
		before := walk(n, 0.014, event, c.news)
		s := walk(n, 0.014, event, c.news)
		c.damage(s)
		for _, a := range c.named {
			s.Actions = append(s.Actions, a(s))
		}
		given := slices.Clone(s.Bars)
		got := Mend(s, c.o)
		if w := said(got); w != c.want {
			t.Errorf("%s: findings %q, want %q", c.name, w, c.want)
		}
		if !slices.EqualFunc(given, s.Bars, func(a, b Bar) bool { return a.Close == b.Close && a.AdjClose == b.AdjClose && a.Volume == b.Volume }) {
			t.Errorf("%s: the history that was given is changed", c.name)
		}
		if again := Mend(got, c.o); said(again) != said(got) {
			t.Errorf("%s: mended twice: %s", c.name, said(again))
		}
		for i, b := range got.Bars {
			if c.right && (math.Abs(b.AdjClose/before.Bars[i].AdjClose-1) > 2e-5 || math.Abs(b.Volume/before.Bars[i].Volume-1) > 1e-9) {
				t.Errorf("%s: %s: %v and %v, not %v and %v", c.name, b.Date, b.AdjClose, b.Volume, before.Bars[i].AdjClose, before.Bars[i].Volume)
				break
			}
		}
		if strings.Contains(c.name, "a dividend without") || strings.Contains(c.name, "passes over") {
			total := (given[at].Close + 2) / given[at-1].Close
			if r := got.Bars[at].AdjClose / got.Bars[at-1].AdjClose; math.Abs(r-total) > 1e-12 || !got.Adjusted {
				t.Errorf("%s: return %v, want %v", c.name, r-1, total-1)
			}
		}
	}
}

// Closes that are adjusted already, as their many decimals show, are given no
// dividends again.
func TestMendLeavesAdjustedClosesAlone(t *testing.T) {
	s := walk(120, 0.014, 90, 0)
	for i := range 60 {
		s.Bars[i].Close *= 0.98765432
	}
	closesOnly(s)
	s.Actions = []Action{{Date: s.Bars[60].Date, Dividend: 1.25}}
	if got := Mend(s, MendOptions{}); said(got) != "" || got.Bars[0].AdjClose != s.Bars[0].AdjClose {
		t.Errorf("%s: %v", said(got), got.Bars[0])
	}
}

// Shares outstanding of before a split are restated where the close is, and a
// merger that changes them by another ratio is none.
func TestMendShares(t *testing.T) {
	for _, c := range []struct {
		name   string
		damage func(s *Series)
		first  float64
	}{
		{"a split that the prices are adjusted for", func(s *Series) {}, 1e9},
		{"a split that is applied", func(s *Series) {
			asTraded(s, 60, 10)
			closesOnly(s)
			s.Actions = []Action{{Date: s.Bars[60].Date, Split: 10}}
		}, 1e9},
		{"new shares", func(s *Series) {
			for i := range 60 {
				s.Shares[i] = 8e8
			}
		}, 8e8},
	} {
		s := walk(120, 0.014, 90, 0)
		for i := range s.Bars {
			n := 1e9
			if i < 60 {
				n = 1e8
			}
			s.Shares = append(s.Shares, n)
		}
		c.damage(s)
		if got := Mend(s, MendOptions{}); got.Shares[0] != c.first || got.Shares[119] != 1e9 || s.Shares[0] == 1e9 {
			t.Errorf("%s: %v shares, want %v", c.name, got.Shares[0], c.first)
		}
	}
}

// A number of shares holds for its day, and is restated by the splits after it.
func TestSharesAt(t *testing.T) {
	cal := NYSE()
	first := cal.Search(NewDate(2024, 1, 2))
	split := []Action{{Date: cal.Date(first + 50), Split: 10}}
	for _, c := range []struct {
		name  string
		col   Column
		at    int
		want  float64
		on    Date
		known bool
	}{
		{"of before the split", Column{Security: Security{Shares: 5, SharesOn: cal.Date(first + 10)}, Actions: split}, 20, 50, cal.Date(first + 10), true},
		{"of after it", Column{Security: Security{Shares: 5, SharesOn: cal.Date(first + 60)}, Actions: split}, 20, 5, cal.Date(first + 60), true},
		{"without a day", Column{Security: Security{Shares: 5}, Actions: split}, 20, 5, 0, true},
		{"none", Column{}, 20, 0, 0, false},
		{"by session", Column{Issued: []float64{math.NaN(), 3, math.NaN(), 7}}, 2, 3, cal.Date(first + 1), true},
		{"before the first", Column{Issued: []float64{math.NaN(), 3}}, 0, 0, 0, false},
	} {
		c.col.Calendar, c.col.First = cal, first
		if n, on, ok := c.col.SharesAt(first + c.at); n != c.want || on != c.on || ok != c.known {
			t.Errorf("%s: %v of %s, %v", c.name, n, on, ok)
		}
	}
}

func TestMajor(t *testing.T) {
	c := &Column{Security: Security{Currency: "GBp"}, Price: []float64{150}, Close: []float64{160}}
	price := c.Price
	if c.Major(); c.Currency != "GBP" || c.Price[0] != 1.5 || c.Close[0] != 1.6 || price[0] != 150 {
		t.Errorf("%+v", c)
	}
	if c.Major(); c.Price[0] != 1.5 {
		t.Errorf("divided twice: %v", c.Price)
	}
}

// TestExamine: the quick look at a column finds what the whole check finds.
func TestExamine(t *testing.T) {
	cal := NYSE()
	first := cal.Search(NewDate(2015, 1, 2))
	r := rand.New(rand.NewPCG(3, 4))
	found := 0
	for trial := range 60 {
		n := 400
		s := &Series{Symbol: "X"}
		c := &Column{Security: Security{Symbol: "X"}, Calendar: cal, First: first, Return: make([]float64, n), Volume: make([]float64, n)}
		for k := range n {
			c.Return[k] = 0.015 * r.NormFloat64()
			c.Volume[k] = 1e6 * math.Exp(0.4*r.NormFloat64())
		}
		for j := range 3 { // errors and news, apart from each other
			k := 50 + 110*j + r.IntN(40)
			switch trial % 5 {
			case 0:
				c.Return[k], c.Return[k+1] = -0.99, 98.7
			case 1:
				c.Return[k], c.Return[k+1] = 0.4, -0.28
			case 2:
				c.Return[k] = -0.35
			case 3:
				c.Return[k] = -0.9
			case 4:
				c.Return[k], c.Volume[k] = -0.3, 1e7
			}
		}
		for k := range n {
			s.Bars = append(s.Bars, Bar{Date: cal.Date(first + k), Volume: c.Volume[k]})
		}
		for _, closes := range []bool{false, true} {
			whole := &checker{s: s, o: CheckOptions{Threshold: 0.25, Study: true}, given: !closes, ret: c.Return}
			whole.returns()
			quick := c.Examine(closes, Simple)
			found += len(quick)
			if !slices.EqualFunc(whole.found, quick, func(a, b Finding) bool {
				return a.Code == b.Code && a.Date == b.Date && a.Last == b.Last && a.Text == b.Text
			}) {
				t.Fatalf("trial %d: %v, want %v", trial, quick, whole.found)
			}
		}
	}
	if found < 200 {
		t.Errorf("only %d findings compared", found)
	}
}

// TestContradictions: what of a price's moves is a contradiction, and what is told.
func TestContradictions(t *testing.T) {
	const at = 60
	scale := func(from, to int, f float64) func(*Series) {
		return func(s *Series) {
			for i := from; i < to; i++ {
				s.Bars[i].Close *= f
			}
		}
	}
	for _, c := range []struct {
		name   string
		damage func(*Series)
		want   CheckCode
		barred bool
	}{
		{"a split of 2:1", scale(0, at, 2), Split, true},
		{"a split of 7:1", scale(0, at, 7), Split, true},
		{"a reverse split of 1:15", scale(0, at, 1./15), Split, true},
		{"a split of 10:1 and a fall of 6%", scale(0, at, 10.64), Split, true},
		{"pounds for a day", scale(at, at+1, 0.01), Unit, true},
		{"pounds for two weeks", scale(at, at+10, 0.01), Unit, true},
		{"a thousand times", scale(at, at+1, 1000), Unit, true},
		{"a point too far to the left", scale(at, at+1, 0.1), Unit, true},
		{"pence from a day on", scale(at, 120, 100), Unit, true},
		{"a fall by a quarter", scale(at, 120, 0.74), Jump, false},
		{"a rise by half, undone", scale(at, at+1, 1.5), Reversal, false},
	} {
		s := walk(120, 0.014, 90, 0)
		c.damage(s)
		closesOnly(s)
		for i := range s.Bars {
			s.Bars[i].Volume = math.NaN()
		}
		found := Check(s, nil, CheckOptions{Study: true})
		if len(found) != 1 || found[0].Code != c.want || found[0].Contradiction != c.barred || found[0].Date != s.Bars[at].Date {
			t.Errorf("%s: %+v", c.name, found)
		}
	}
	// Intel's fall of 2024-08-02 on three times the usual volume is news.
	s := walk(120, 0.014, 90, 0)
	scale(at, 120, 0.74)(s)
	closesOnly(s)
	s.Bars[at].Volume *= 3
	if found := Check(s, nil, CheckOptions{Study: true}); len(found) != 1 || found[0].Problem {
		t.Errorf("news: %+v", found)
	}
}

// Adjusted closes without volumes fall by half on news, and by nine tenths as in a
// split; with volumes the volume tells.
func TestSplitsOfAdjustedCloses(t *testing.T) {
	const at = 60
	for _, c := range []struct {
		name   string
		f      float64
		volume float64 // times the usual; 0: not known
		want   string
	}{
		{"half, volume not known", 0.5, 0, "jump"},
		{"a tenth, volume not known", 0.1, 0, "split"},
		{"half, on usual volume", 0.5, 1, "split"},
		{"half, on four times the volume", 0.5, 4, ""},
		{"a tenth, on ten times the volume", 0.1, 10, "split"},
	} {
		s := walk(120, 0.014, 90, 0)
		s.Adjusted = true
		for i := range s.Bars {
			if s.Bars[i].Volume = 1e6; c.volume == 0 {
				s.Bars[i].Volume = math.NaN()
			}
			if i >= at {
				s.Bars[i].Close *= c.f
			}
		}
		s.Bars[at].Volume *= c.volume
		if c.volume == 0 {
			s.Bars[at].Volume = math.NaN()
		}
		closesOnly(s)
		got := ""
		for _, f := range Check(s, nil, CheckOptions{Study: true}) {
			if f.Problem {
				got += string(f.Code)
			}
		}
		if got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
}

// A dividend on most days is a rate, and added to no return; one on few is.
func TestDividendRate(t *testing.T) {
	series := func(every int) *Series {
		s := &Series{Symbol: "ACME"}
		for k := range 60 {
			d := NewDate(2024, 1, 2) + Date(k)
			price := 100 + float64(k%7)
			s.Bars = append(s.Bars, Bar{Date: d, Close: price, AdjClose: price, Volume: 5})
			if k%every == 0 {
				s.Actions = append(s.Actions, Action{Date: d, Dividend: 1.5})
			}
		}
		return s
	}
	if s := Mend(series(1), MendOptions{}); s.Adjusted || len(s.Actions) > 0 || len(s.Findings) != 1 || s.Findings[0].Form != "adjustment/rate" {
		t.Errorf("a rate: adjusted %v, %d actions, %v", s.Adjusted, len(s.Actions), s.Findings)
	}
	if s := Mend(series(10), MendOptions{}); !s.Adjusted || len(s.Actions) != 6 {
		t.Errorf("dividends: adjusted %v, %d actions, %v", s.Adjusted, len(s.Actions), s.Findings)
	}
}

// Closes that stand still are seen where a file has adjusted closes alone.
func TestStillAdjustedCloses(t *testing.T) {
	s := &Series{Symbol: "ACME", Adjusted: true}
	for k := range 60 {
		s.Bars = append(s.Bars, Bar{Date: NewDate(2024, 1, 2) + Date(k), Close: math.NaN(), AdjClose: 100 + float64(min(k, 45)), Volume: math.NaN()})
	}
	if found := check(s, nil, CheckOptions{Study: true}, &workspace{}); len(found) != 1 || found[0].Code != StaleTail {
		t.Errorf("%v", found)
	}
	h := &History{Symbol: "ACME"}
	for _, b := range s.Bars {
		h.Days, h.Price = append(h.Days, b.Date), append(h.Price, b.AdjClose)
	}
	if h.plain(make([]float64, len(h.Days))) {
		t.Error("as columns it is taken for one without findings")
	}
}
