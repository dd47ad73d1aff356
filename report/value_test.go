package report

import (
	"context"
	"strings"
	"testing"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
	"aftershock/market/sample"
)

// Nvidia's 24.49 billion shares (its 10-Q, as of 15 November 2024) lost 24.20
// dollars each on 27 January 2025. What a value is, is tested in package
// analysis; here, that it is said.
func TestMoney(t *testing.T) {
	cat, err := events.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	securities := sample.Securities()
	for i := range securities {
		switch securities[i].Symbol {
		case "NVDA":
			securities[i].Shares = 24.49e9
		case "AVGO":
			securities[i].Shares = 4.69e9
		}
	}
	p, errs := market.Load(context.Background(), sample.Source(), market.Request{Securities: securities})
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	s := analysis.DefaultStudy()
	s.EventIDs = []string{"deepseek-selloff"}
	r, err := s.Run(context.Background(), cat, p, nil)
	if err != nil {
		t.Fatal(err)
	}
	said := strings.Join(strings.Fields(textOf(t, r, TextOptions{})), " ")
	for _, want := range []string{
		"In money: raw -593bn USD, abnormal -467bn USD (95% interval -644bn to -289bn USD), of a market value of 3.49tn USD before.",
		"In money, the two securities whose shares are known together: raw -792bn USD, abnormal -625bn USD (95% interval -829bn to -421bn USD), of a market value of 4.64tn USD before.",
		"Close to close, by shares outstanding then; a headline may count otherwise.",
	} {
		if !strings.Contains(said, want) {
			t.Errorf("not said: %s\n%s", want, said)
		}
	}
	cars := write(t, r, "cars")
	row := cars.find(t, "event_id", "deepseek-selloff", "security", "NVDA", "from", "0", "to", "0")
	if !strings.HasPrefix(row["raw_value"], "-5.926") || row["currency"] != "USD" {
		t.Errorf("raw_value %s, currency %s", row["raw_value"], row["currency"])
	}
	if row := cars.find(t, "event_id", "deepseek-selloff", "security", "AMD", "from", "0", "to", "0"); row["raw_value"] != "" || row["currency"] != "" {
		t.Errorf("a value without shares: %v", row)
	}
}
