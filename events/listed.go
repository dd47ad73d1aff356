package events

import "strings"

// Listed returns Yahoo's symbol of a security that is written with its exchange
// before it, as pages, screens and TradingView write it: NASDAQ:NVDA is NVDA, LON:BP/
// is BP.L. A sign after it is passed over. ok is false where no exchange that is known
// stands before a colon, or where only a sign follows.
func Listed(s string) (symbol string, ok bool) {
	exchange, rest, _ := strings.Cut(s, ":")
	symbol, _, _ = strings.Cut(strings.TrimSpace(rest), ":")
	symbol = strings.TrimRight(symbol, "/.") // London has BP/ and BP.
	exchange = strings.ToUpper(strings.TrimSpace(exchange))
	suffix, known := listings[exchange]
	if exchange == "TSE" && symbol != "" && (symbol[0] < '0' || symbol[0] > '9') { // Toronto's, of letters; Tokyo's begin with a digit
		suffix = ".TO"
	}
	switch symbol {
	case "", "+", "-", "+1", "-1", "0", "1":
		known = false
	}
	if !known {
		return "", false
	}
	if suffix == ".HK" && len(symbol) < 4 { // four digits, as Yahoo writes them
		symbol = strings.Repeat("0", 4-len(symbol)) + symbol
	}
	if !strings.HasSuffix(strings.ToUpper(symbol), suffix) {
		symbol += suffix
	}
	return symbol, true
}

// listings are the codes of exchanges that stand before a symbol and a colon, as
// pages, screens and TradingView write them, and the suffix by which Yahoo names each.
var listings = map[string]string{
	"NASDAQ": "", "NASDAQGS": "", "NASDAQGM": "", "NASDAQCM": "", "NYSE": "", "NYSEARCA": "", "NYSEAMERICAN": "", "NYSEMKT": "", "AMEX": "", "BATS": "", "CBOE": "", "ARCA": "", "OTCMKTS": "", "OTC": "", "XNAS": "", "XNYS": "",
	"LON": ".L", "LSE": ".L", "XLON": ".L", "ETR": ".DE", "XETR": ".DE", "XETRA": ".DE", "FRA": ".F", "FWB": ".F", "EPA": ".PA", "XPAR": ".PA", "AMS": ".AS", "XAMS": ".AS", "EBR": ".BR",
	"BIT": ".MI", "MIL": ".MI", "BME": ".MC", "SWX": ".SW", "SIX": ".SW", "VIE": ".VI", "STO": ".ST", "CPH": ".CO", "HEL": ".HE", "OSL": ".OL", "IST": ".IS", "BIST": ".IS",
	"TYO": ".T", "TSE": ".T", "XTKS": ".T", "HKG": ".HK", "HKEX": ".HK", "SEHK": ".HK", "KRX": ".KS", "KOSDAQ": ".KQ", "TPE": ".TW", "TWSE": ".TW", "SHA": ".SS", "SSE": ".SS", "SHE": ".SZ", "SZSE": ".SZ",
	"NSE": ".NS", "BOM": ".BO", "BSE": ".BO", "ASX": ".AX", "NZE": ".NZ", "SGX": ".SI", "TSX": ".TO", "TSXV": ".V", "CVE": ".V", "BVMF": ".SA", "BMFBOVESPA": ".SA", "BMV": ".MX", "JSE": ".JO", "TLV": ".TA", "TASE": ".TA",
	"TADAWUL": ".SR", "QSE": ".QA", "EGX": ".CA",
}
