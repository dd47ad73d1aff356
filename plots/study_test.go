package plots

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
	"aftershock/market/sample"
)

// shipped performs the study that comes with the program, once.
var shipped = sync.OnceValues(func() (*analysis.Result, error) {
	panel := market.NewPanel(market.Simple, market.Skip)
	src := sample.Source()
	for _, sec := range sample.Securities() {
		s, err := src.Series(context.Background(), sec.Symbol, market.NewDate(2000, 1, 1), market.NewDate(2030, 1, 1))
		if err != nil {
			return nil, err
		}
		if err := panel.AddSeries(s, sec, market.NYSE()); err != nil {
			return nil, err
		}
	}
	news, err := events.Shipped()
	if err != nil {
		return nil, err
	}
	study := analysis.DefaultStudy()
	study.EventIDs = []string{"deepseek-r1", "deepseek-selloff", "openeurollm"}
	study.Securities = []string{"NVDA", "AMD", "AVGO", "TSM"}
	return study.Run(context.Background(), news, panel, nil)
})

func study(t testing.TB) *analysis.Result {
	t.Helper()
	r, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// simulated performs a study of five events on n made-up securities, with long
// titles and Arabic ones. With gaps, prices are missing here and there, around
// an event or from then on, and one security is unknown.
func simulated(t testing.TB, n int, gaps bool) *analysis.Result {
	t.Helper()
	cal := market.NYSE()
	from, to := cal.Search(market.NewDate(2023, 6, 1)), cal.Search(market.NewDate(2025, 6, 1))
	rng := rand.New(rand.NewPCG(3, uint64(n)))
	idx := make([]float64, to-from)
	for k := range idx {
		idx[k] = 0.009 * rng.NormFloat64()
	}
	p := market.NewPanel(market.Simple, market.Skip)
	ev, _ := cal.Index(market.NewDate(2025, 1, 27))
	add := func(sym string, beta, noise, hit float64, gap int) {
		s := &market.Series{Symbol: sym, Name: "شركة " + sym, Adjusted: true, Origin: "simulated"}
		v := 100.0
		for k := range idx {
			r := beta*idx[k] + noise*rng.NormFloat64()
			if from+k == ev {
				r += hit
			}
			v *= 1 + r
			missing := gap > 0 && (k+gap)%57 == 0 || gap == 2 && from+k > ev+4 || gap == 3 && from+k >= ev-2 && from+k <= ev+1
			if !missing {
				s.Bars = append(s.Bars, market.Bar{Date: cal.Date(from + k), AdjClose: v, Close: v, Volume: 1e6 * math.Exp(rng.NormFloat64())})
			}
		}
		if err := p.AddSeries(s, market.Security{Shares: 1e8 * math.Exp(2*rng.NormFloat64())}, cal); err != nil {
			t.Fatal(err)
		}
	}
	add("SPY", 1, 0, 0, 0)
	var targets []events.Target
	for i := range n {
		g := 0
		if gaps {
			g = 1 + i%4
		}
		sym := fmt.Sprintf("SYM%02d", i)
		if i == 3 {
			sym = "A-VERY-LONG-SYMBOL.KS"
		}
		add(sym, 0.5+rng.Float64(), 0.01+0.02*rng.Float64(), -0.05+0.05*rng.NormFloat64(), g)
		targets = append(targets, events.Target{Symbol: sym})
	}
	if gaps {
		targets = append(targets, events.Target{Symbol: "NOPE"})
	}
	c := &events.Catalog{}
	for i, d := range []market.Date{market.NewDate(2024, 11, 11), market.NewDate(2025, 1, 20), market.NewDate(2025, 1, 27), market.NewDate(2025, 1, 28), market.NewDate(2025, 4, 3)} {
		c.Events = append(c.Events, events.Event{ID: fmt.Sprint("event-", i), Time: d.Time(), DateOnly: true, Targets: targets, Category: []string{"اختبار", "model-release"}[i%2],
			Title: strings.Repeat("A title that goes on and on. ", 11)[:300], Titles: map[string]string{"ar": arabicTitle}})
	}
	st := analysis.DefaultStudy()
	r, err := st.Run(context.Background(), c, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// Where files lie on one machine is not told.
func TestOriginsAreShort(t *testing.T) {
	whole, err := filepath.Abs(filepath.Join("secret", "prices", "A.csv"))
	if err != nil {
		t.Fatal(err)
	}
	if got := shortened(whole); got != "prices/A.csv" {
		t.Errorf("%s is told as %s", whole, got)
	}
	if got := shortened("fetched from nowhere"); got != "fetched from nowhere" {
		t.Errorf("an origin that is no file is told as %s", got)
	}
}
