package market

import "testing"

func TestBroad(t *testing.T) {
	for _, x := range []struct {
		symbol, name string
		want         bool
	}{
		{"SPY", "", true},
		{"spy", "", true},
		{"^GSPC", "", true},
		{"CSPX.L", "iShares Core S&P 500 UCITS ETF", true},
		{"IUIT.L", "iShares S&P 500 Information Technology Sector UCITS ETF", false},
		{"SOXX", "iShares Semiconductor ETF", false},
		{"^SOX", "", false},
		{"NVDA", "Nvidia", false},
		{"", "", false},
	} {
		if got := Broad(x.symbol, x.name); got != x.want {
			t.Errorf("Broad(%q, %q) = %t", x.symbol, x.name, got)
		}
	}
}
