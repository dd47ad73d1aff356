package market

import (
	"slices"
	"strings"
)

// broad are the symbols of indices of whole share markets and of funds that follow
// one, as services spell them.
var broad = []string{
	"^GSPC", "^SPX", "SPX", "SPY", "VOO", "IVV", "SPLG", "RSP", "^OEX", "^NYA", "^W5000", "VTI", "ITOT", "SCHB", "IWV", "^RUA",
	"^DJI", "DIA", "^IXIC", "^NDX", "QQQ", "ONEQ", "^RUT", "IWM", "^RUI", "IWB",
	"ACWI", "VT", "URTH", "EFA", "VEA", "EEM", "VWO", "IEMG",
	"^STOXX", "^STOXX50E", "FEZ", "VGK", "^GDAXI", "^FCHI", "^FTSE", "^FTAS", "ISF.L", "^AEX", "^SSMI", "^IBEX", "FTSEMIB.MI", "^OMX",
	"^N225", "^TOPX", "EWJ", "1306.T", "^HSI", "^TWII", "EWT", "0050.TW", "^KS11", "EWY", "000001.SS", "000300.SS", "399001.SZ",
	"^BSESN", "^NSEI", "^AXJO", "^AORD", "^STI", "^GSPTSE", "XIU.TO", "^BVSP", "^MXX", "^TASI.SR", "KSA", "^TA125.TA",
	"MKT", "MARKET", "INDEX", "VWRETD", "EWRETD", "SPRTRN",
}

// whole are what the names of such indices and funds hold.
var whole = []string{"s&p 500", "s&p500", "total stock market", "total market", "total world", "all-world", "all share", "all-share", "all ordinaries", "nasdaq composite", "nasdaq-100", "russell 1000", "russell 2000", "russell 3000", "dow jones industrial", "wilshire 5000", "msci world", "msci acwi", "stoxx europe 600", "euro stoxx 50", "ftse 100", "nikkei 225", "topix", "hang seng index"}

// parts are what the names of indices of a part of a market hold beside those words.
var parts = []string{"sector", "semiconductor", "technology", "tech ", "financial", "energy", "health", "utilit", "industrials", "materials", "real estate", "consumer", "communication", "growth", "value", "bank"}

// Broad reports whether a symbol, or a name, is that of an index of a whole share
// market or of a fund that follows one: such a benchmark stands for the market,
// another, such as one of a sector, for itself. What is not known is not one.
func Broad(symbol, name string) bool {
	if slices.Contains(broad, strings.ToUpper(symbol)) {
		return true
	}
	name = strings.ToLower(name)
	within := func(list []string) bool {
		return slices.ContainsFunc(list, func(w string) bool { return strings.Contains(name, w) })
	}
	return within(whole) && !within(parts)
}
