package analysis_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/events"
	"aftershock/market"
)

// catalogOf reads a catalogue in CSV.
func catalogOf(t *testing.T, text string) *events.Catalog {
	t.Helper()
	c, err := events.ReadCSV("events.csv", strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func TestNeeds(t *testing.T) {
	catalog := catalogOf(t, "id,time,title,securities\na,2025-01-27,One,NVDA AMD\nb,2025-02-03,Two,\nc,2024-02-05,Three,TSM\n")
	s := analysis.DefaultStudy()
	s.EventIDs, s.Securities = []string{"a", "b"}, []string{"AMD", "MU"}
	n, err := s.Needs(catalog, market.Security{Symbol: "MU", Benchmark: "QQQ"}, market.Security{Symbol: "MU", Benchmark: "SOXX", Shares: 2})
	if err != nil {
		t.Fatal(err)
	}
	var symbols []string
	for _, sec := range n.Securities {
		symbols = append(symbols, sec.Symbol)
	}
	if want := []string{"NVDA", "AMD", "MU", "SPY", "SOXX"}; !slices.Equal(symbols, want) {
		t.Errorf("securities are %v, want %v", symbols, want)
	}
	if n.Securities[2].Shares != 2 || len(n.Regressors) != 2 || !n.Regressors["SPY"] || !n.Regressors["SOXX"] || len(n.Factors) != 0 {
		t.Errorf("MU is %+v, regressors %v, factors %v", n.Securities[2], n.Regressors, n.Factors)
	}
	first, last := n.Days.From, n.Days.To
	if d := market.NewDate(2025, 1, 27); first > d-3*365 || last < market.NewDate(2025, 2, 18) || last > market.NewDate(2025, 4, 1) {
		t.Errorf("days are %s to %s", first, last)
	}

	s.Model = model.CAPM{}
	if n, err = s.Needs(catalog); err != nil || !slices.Equal(n.Factors, []string{model.RiskFree}) && !slices.Contains(n.Factors, model.RiskFree) {
		t.Errorf("factors of CAPM are %v, %v", n.Factors, err)
	}
	s.Model, s.Benchmark = model.MarketModel{}, ""
	var spec *analysis.SpecError
	if _, err = s.Needs(catalog); !errors.As(err, &spec) || spec.Field != "benchmark" {
		t.Errorf("without a benchmark: %v", err)
	}
	s.Securities = nil
	if _, err = s.Needs(catalog); err == nil || !strings.HasPrefix(err.Error(), "events.csv:3: event b names no securities") {
		t.Errorf("without securities: %v", err)
	}
}
