package plots

import (
	"context"
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
	study.Events = []string{"deepseek-r1", "deepseek-selloff", "openeurollm"}
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
