package csvfile

import (
	"strings"
)

// tickerOf returns the symbol in Yahoo's spelling that a heading or a column
// gives in another: "ACME US Equity" of Bloomberg, "NASDAQ:ACME", "$ACME",
// "ACME.US" stays as it is.
func tickerOf(s string) string {
	s = strings.TrimSpace(s)
	words := strings.Fields(s)
	if n := len(words); n > 1 {
		switch strings.ToLower(words[n-1]) {
		case "equity", "index", "comdty", "curncy", "corp", "govt":
			if n == 3 {
				return words[0] + bloomberg[strings.ToUpper(words[1])]
			}
			return strings.Join(words[:n-1], " ")
		}
		if _, ok := bloomberg[strings.ToUpper(words[1])]; ok && n == 2 && strings.ToUpper(s) == s {
			return words[0] + bloomberg[strings.ToUpper(words[1])]
		}
	}
	if i := strings.LastIndexByte(s, ':'); i > 0 && i < len(s)-1 {
		s = s[i+1:]
	}
	return strings.TrimPrefix(s, "$")
}

// bloomberg turns Bloomberg's codes of exchanges into Yahoo's suffixes.
var bloomberg = map[string]string{
	"US": "", "UN": "", "UW": "", "UQ": "", "UR": "", "UA": "", "UP": "",
	"LN": ".L", "GY": ".DE", "GR": ".DE", "FP": ".PA", "NA": ".AS", "IM": ".MI", "SM": ".MC", "SW": ".SW", "SE": ".SW", "BB": ".BR", "PL": ".LS", "AV": ".VI", "ID": ".IR",
	"SS": ".ST", "DC": ".CO", "NO": ".OL", "FH": ".HE", "PW": ".WA", "TI": ".IS", "IT": ".TA", "JP": ".T", "JT": ".T", "HK": ".HK", "KS": ".KS", "KQ": ".KQ", "TT": ".TW",
	"CH": ".SS", "CG": ".SS", "CS": ".SZ", "IN": ".NS", "IS": ".NS", "IB": ".BO", "AU": ".AX", "AT": ".AX", "NZ": ".NZ", "SP": ".SI", "MK": ".KL", "IJ": ".JK", "TB": ".BK",
	"CN": ".TO", "CT": ".TO", "BZ": ".SA", "BS": ".SA", "MM": ".MX", "SJ": ".JO", "AB": ".SR", "UH": ".AE", "DH": ".AE", "QD": ".QA", "KK": ".KW", "EY": ".CA",
}

// SameTicker reports whether two spellings can be those of one security:
// capitals or not, with or without the exchange, by Yahoo, Stooq, Bloomberg or
// Reuters: ACME and acme.us, BRK-B and BRK.B, SAP.DE and "SAP GY Equity".
func SameTicker(a, b string) bool {
	a, b = strings.ToUpper(tickerOf(a)), strings.ToUpper(tickerOf(b))
	if a == b {
		return true
	}
	plain := func(s string) string {
		return strings.Map(func(r rune) rune {
			if strings.ContainsRune(".-_/ ^=", r) {
				return -1
			}
			return r
		}, s)
	}
	if plain(a) == plain(b) {
		return true
	}
	stem := func(s string) string {
		if i := strings.LastIndexAny(s, ".:"); i > 0 && len(s)-i > 2 || i > 0 && (s[i:] == ".L" || s[i:] == ".T" || s[i:] == ".O" || s[i:] == ".N") {
			s = s[:i]
		}
		return plain(s)
	}
	return stem(a) == plain(b) || plain(a) == stem(b)
}

// isFirm reports whether a heading is the name of a firm or a fund, by the form that
// ends it, rather than a symbol or what a column holds.
func isFirm(s string) bool {
	words := strings.Fields(strings.ToLower(s))
	return len(words) > 1 && firmForms[strings.Trim(words[len(words)-1], ".,()")]
}

var firmForms = map[string]bool{"inc": true, "corp": true, "corporation": true, "co": true, "company": true, "plc": true, "ltd": true, "limited": true, "llc": true, "lp": true, "ag": true, "se": true,
	"sa": true, "s.a": true, "nv": true, "n.v": true, "ab": true, "asa": true, "oyj": true, "spa": true, "s.p.a": true, "kgaa": true, "group": true, "holding": true, "holdings": true, "trust": true, "etf": true, "bhd": true, "tbk": true}
