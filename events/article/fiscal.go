package article

import (
	"aftershock/events"
	"aftershock/internal/pattern"
)

// ownYears are the symbols of firms whose year is not the calendar's: their third
// quarter is no third quarter of the calendar.
var ownYears = pattern.NewWords(`NVDA AAPL MSFT ORCL CSCO AVGO MU CRM DELL HPQ HPE SPLK VMW WMT TGT COST HD LOW BBY NKE ADBE QCOM AMAT ADI MRVL LRCX KLAC PANW CRWD
	SNOW ZS OKTA S INTU ADSK WDAY NTAP PSTG MDB CIEN COHR LITE CRUS SWKS QRVO ARM SMCI WOLF DIS SBUX V ACN FDX GIS PG KR M GAP DLTR DG ULTA CHWY GME BBBY AI PATH
	DOCU ZM CRDO ALAB JBL SNX WDC STX SNDK TTWO EA BABA 9984.T SONY TM HMC 7201.T 8035.T 6857.T 7974.T 6501.T 6752.T 6702.T 6701.T MUFG NMR MFG 0992.HK SIE.DE IFX.DE
	ENR.DE INFY WIT TCS.NS HDB RELIANCE.NS TATAMOTORS.NS EMR DE MDT VOD WBA TSN HRL AZO CPRT PAYX ADP AVAV`)

// ownYear reports whether a firm that is mentioned has a year of its own.
func ownYear(all []events.Mention) bool {
	for _, m := range all {
		if m.Doubt == events.Sure && ownYears.Has(m.Entity.Symbol) {
			return true
		}
	}
	return false
}
