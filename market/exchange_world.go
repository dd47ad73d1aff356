package market

import (
	"slices"
	"strings"
	"time"
)

// The exchanges below have no rules: sessions come from the days on which their
// securities traded. Hours are those of continuous trading today; an auction
// after it belongs to the next session, as elsewhere. Where hours follow the
// summer time of New York, they are entered from 2019 on.
//
// Where shares are quoted in a hundredth or thousandth of the currency
// (Johannesburg, Tel Aviv, Kuwait), none is given: prices do not say which.

// closing is the table of an exchange that always closed at the same hour.
func closing(hour, minute int) []usualClose {
	return []usualClose{{from: NoDate, minute: hour*60 + minute}}
}

// withNewYork is the table of an exchange whose clock knows no summer time and
// that closes at summer while New York has it, else at winter.
func withNewYork(firstYear, summer, winter int) []usualClose {
	u := []usualClose{{from: NoDate, minute: winter}}
	for y := firstYear; y <= 2040; y++ {
		u = append(u, usualClose{from: nth(y, time.March, time.Sunday, 2), minute: summer}, usualClose{from: nth(y, time.November, time.Sunday, 1), minute: winter})
	}
	return u
}

// thursdays is a week that begins on Sunday until until, and on Monday from then on.
func thursdays(until Date) []usualWeek {
	return []usualWeek{{NoDate, SundayToThursday}, {until, MondayToFriday}}
}

var sundayWeek = []usualWeek{{NoDate, SundayToThursday}}

var europe = []*Exchange{
	{Name: "Zurich", MIC: "XSWX", Zone: "Europe/Zurich", Currency: "CHF", Open: 9 * 60, usual: closing(17, 20),
		Aliases: []string{"EBS", "SWISS", "SIX", "VTX", "XVTX", "SWX"}, Suffixes: []string{".SW", ".VX"}, Indices: []string{"^SSMI", "^SMI", "^SLI", "^SPI"}},
	{Name: "Milan", MIC: "XMIL", Zone: "Europe/Rome", Currency: "EUR", Open: 9 * 60, usual: closing(17, 30),
		Aliases: []string{"MIL", "BORSA ITALIANA", "EURONEXT MILAN", "MTAA"}, Suffixes: []string{".MI"}, Indices: []string{"^FTSEMIB", "^FTMIB", "^SPMIB"}},
	{Name: "Madrid", MIC: "XMAD", Zone: "Europe/Madrid", Currency: "EUR", Open: 9 * 60, usual: closing(17, 30),
		Aliases: []string{"MCE", "BME", "XMCE", "BMEX"}, Suffixes: []string{".MC"}, Indices: []string{"^IBEX", "^IBEX35", "^SMSI"}},
	{Name: "Dublin", MIC: "XDUB", Zone: "Europe/Dublin", Currency: "EUR", Open: 8 * 60, usual: closing(16, 28),
		Aliases: []string{"ISE", "IRISH", "EURONEXT DUBLIN", "XMSM"}, Suffixes: []string{".IR"}, Indices: []string{"^ISEQ"}},
	{Name: "Vienna", MIC: "XWBO", Zone: "Europe/Vienna", Currency: "EUR", Open: 9 * 60, usual: closing(17, 30),
		Aliases: []string{"VIE", "WIENER BOERSE"}, Suffixes: []string{".VI"}, Indices: []string{"^ATX"}},
	{Name: "Stockholm", MIC: "XSTO", Zone: "Europe/Stockholm", Currency: "SEK", Open: 9 * 60, usual: closing(17, 25),
		Aliases: []string{"STO"}, Suffixes: []string{".ST"}, Indices: []string{"^OMX", "^OMXS30", "^OMXSPI", "^OMXS"}},
	{Name: "Copenhagen", MIC: "XCSE", Zone: "Europe/Copenhagen", Currency: "DKK", Open: 9 * 60, usual: closing(16, 55),
		Aliases: []string{"CPH"}, Suffixes: []string{".CO"}, Indices: []string{"^OMXC20", "^OMXC25", "^OMXCPI"}},
	{Name: "Oslo", MIC: "XOSL", Zone: "Europe/Oslo", Currency: "NOK", Open: 9 * 60, usual: closing(16, 20),
		Aliases: []string{"OSL", "OSE"}, Suffixes: []string{".OL"}, Indices: []string{"^OSEAX", "^OBX", "^OSEBX"}},
	{Name: "Helsinki", MIC: "XHEL", Zone: "Europe/Helsinki", Currency: "EUR", Open: 10 * 60, usual: closing(18, 25),
		Aliases: []string{"HEL"}, Suffixes: []string{".HE"}, Indices: []string{"^OMXH25", "^OMXHPI"}},
	{Name: "Reykjavik", MIC: "XICE", Zone: "Atlantic/Reykjavik", Currency: "ISK", Open: 9*60 + 30, usual: closing(15, 30),
		Aliases: []string{"ICE", "ICELAND"}, Suffixes: []string{".IC"}, Indices: []string{"^OMXI8", "^OMXI10"}},
	{Name: "Tallinn", MIC: "XTAL", Zone: "Europe/Tallinn", Currency: "EUR", Open: 10 * 60, usual: closing(15, 55),
		Aliases: []string{"TAL"}, Suffixes: []string{".TL"}, Indices: []string{"^OMXT"}},
	{Name: "Riga", MIC: "XRIS", Zone: "Europe/Riga", Currency: "EUR", Open: 10 * 60, usual: closing(15, 55),
		Aliases: []string{"RIS"}, Suffixes: []string{".RG"}, Indices: []string{"^OMXR"}},
	{Name: "Vilnius", MIC: "XLIT", Zone: "Europe/Vilnius", Currency: "EUR", Open: 10 * 60, usual: closing(15, 55),
		Aliases: []string{"LIT"}, Suffixes: []string{".VS"}, Indices: []string{"^OMXV"}},
	{Name: "Warsaw", MIC: "XWAR", Zone: "Europe/Warsaw", Currency: "PLN", Open: 9 * 60, usual: closing(16, 50),
		Aliases: []string{"WSE", "GPW"}, Suffixes: []string{".WA", ".PL", ".WAR"}, Indices: []string{"^WIG", "^WIG20", "^MWIG40"}},
	{Name: "Prague", MIC: "XPRA", Zone: "Europe/Prague", Currency: "CZK", Open: 9 * 60, usual: closing(16, 20),
		Aliases: []string{"PRA"}, Suffixes: []string{".PR"}, Indices: []string{"^PX"}},
	{Name: "Budapest", MIC: "XBUD", Zone: "Europe/Budapest", Currency: "HUF", Open: 9 * 60, usual: closing(17, 0),
		Aliases: []string{"BUD"}, Suffixes: []string{".BD", ".HU"}, Indices: []string{"^BUX"}},
	{Name: "Athens", MIC: "XATH", Zone: "Europe/Athens", Currency: "EUR", Open: 10*60 + 15, usual: closing(17, 0),
		Aliases: []string{"ATH", "ASE ATHENS"}, Suffixes: []string{".AT"}, Indices: []string{"^ATG"}},
	{Name: "Istanbul", MIC: "XIST", Zone: "Europe/Istanbul", Currency: "TRY", Open: 10 * 60, usual: closing(18, 0),
		Aliases: []string{"IST", "BIST", "BORSA ISTANBUL"}, Suffixes: []string{".IS"}, Indices: []string{"^XU100", "^XU030"}},
	{Name: "Moscow", MIC: "MISX", Zone: "Europe/Moscow", Currency: "RUB", Open: 10 * 60, usual: closing(18, 40),
		Aliases: []string{"MCX", "MOEX"}, Suffixes: []string{".ME", ".MM"}, Indices: []string{"^IMOEX", "^RTSI"}},
}

var asia = []*Exchange{
	{Name: "India", MIC: "XNSE", Zone: "Asia/Kolkata", Currency: "INR", Open: 9*60 + 15, usual: closing(15, 30),
		Aliases: []string{"NSE", "NSI", "BSE", "BOM", "XBOM", "BOMBAY", "MUMBAI"}, Suffixes: []string{".NS", ".BO", ".NSE", ".BSE"},
		Indices: []string{"^NSEI", "^NSEBANK", "^BSESN", "^CNX100", "^CRSLDX", "^NSMIDCP", "^INDIAVIX", "^CNXIT", "^NIFTY", "^SENSEX", "^SNX"}},
	{Name: "Shanghai", MIC: "XSHG", Zone: "Asia/Shanghai", Currency: "CNY", Open: 9*60 + 30, usual: closing(15, 0),
		Aliases: []string{"SHH", "SSE", "SHA"}, Suffixes: []string{".SS", ".SH", ".SHG"}, Indices: []string{"^SSEC", "^SSE50", "^SHC", "^CSI300"}},
	{Name: "Shenzhen", MIC: "XSHE", Zone: "Asia/Shanghai", Currency: "CNY", Open: 9*60 + 30, usual: closing(15, 0),
		Aliases: []string{"SHZ", "SZSE", "SHE"}, Suffixes: []string{".SZ", ".SHE"}, Indices: []string{"^SZSC"}},
	{Name: "Sydney", MIC: "XASX", Zone: "Australia/Sydney", Currency: "AUD", Open: 10 * 60, usual: closing(16, 0),
		Aliases: []string{"ASX", "AUSTRALIA"}, Suffixes: []string{".AX", ".AU"}, Indices: []string{"^AXJO", "^AORD", "^ATLI", "^AXKO", "^AFLI", "^AXFJ", "^AXMJ", "^AOR"}},
	{Name: "New Zealand", MIC: "XNZE", Zone: "Pacific/Auckland", Currency: "NZD", Open: 10 * 60, usual: closing(16, 45),
		Aliases: []string{"NZE", "NZX", "NZSE"}, Suffixes: []string{".NZ"}, Indices: []string{"^NZ50"}},
	{Name: "Singapore", MIC: "XSES", Zone: "Asia/Singapore", Currency: "SGD", Open: 9 * 60, usual: closing(17, 0),
		Aliases: []string{"SES", "SGX"}, Suffixes: []string{".SI", ".SGX"}, Indices: []string{"^STI"}},
	{Name: "Jakarta", MIC: "XIDX", Zone: "Asia/Jakarta", Currency: "IDR", Open: 9 * 60, usual: closing(15, 50),
		Aliases: []string{"JKT", "IDX"}, Suffixes: []string{".JK"}, Indices: []string{"^JKSE", "^JKLQ45", "^JCI"}},
	{Name: "Bangkok", MIC: "XBKK", Zone: "Asia/Bangkok", Currency: "THB", Open: 10 * 60, usual: closing(16, 30),
		Aliases: []string{"SET", "THAILAND"}, Suffixes: []string{".BK"}, Indices: []string{"^SET", "^SET50"}},
	{Name: "Kuala Lumpur", MIC: "XKLS", Zone: "Asia/Kuala_Lumpur", Currency: "MYR", Open: 9 * 60, usual: closing(16, 45),
		Aliases: []string{"KLS", "KLSE", "BURSA MALAYSIA", "MALAYSIA"}, Suffixes: []string{".KL", ".KLSE"}, Indices: []string{"^KLSE", "^KLCI"}},
	{Name: "Manila", MIC: "XPHS", Zone: "Asia/Manila", Currency: "PHP", Open: 9*60 + 30, usual: closing(14, 45),
		Aliases: []string{"PHS", "PHP", "PHILIPPINES"}, Suffixes: []string{".PS", ".PSE"}, Indices: []string{"^PSEI", "^PSI_PH"}},
	{Name: "Vietnam", MIC: "XSTC", Zone: "Asia/Ho_Chi_Minh", Currency: "VND", Open: 9 * 60, usual: closing(14, 30),
		Aliases: []string{"HOSE", "VSE", "HNX", "XHNX", "HO CHI MINH"}, Suffixes: []string{".VN", ".HN"}, Indices: []string{"^VNINDEX", "^VNI"}},
	{Name: "Karachi", MIC: "XKAR", Zone: "Asia/Karachi", Currency: "PKR", Open: 9*60 + 30, usual: closing(15, 30),
		Aliases: []string{"KAR", "PSX"}, Suffixes: []string{".KA"}, Indices: []string{"^KSE", "^KSE100"}},
	{Name: "Colombo", MIC: "XCOL", Zone: "Asia/Colombo", Currency: "LKR", Open: 9*60 + 30, usual: closing(14, 30),
		Aliases: []string{"CSE"}, Suffixes: []string{".CM"}, Indices: []string{"^CSE", "^ASPI"}},
}

var middleEast = []*Exchange{
	{Name: "Riyadh", MIC: "XSAU", Zone: "Asia/Riyadh", Currency: "SAR", Open: 10 * 60, usual: closing(15, 0),
		week:    []usualWeek{{NoDate, 0b1001111}, {NewDate(2013, 6, 29), SundayToThursday}}, // Saturday to Wednesday before
		Aliases: []string{"SAU", "SAUDI", "TADAWUL"}, Suffixes: []string{".SR", ".SAU"}, Indices: []string{"^TASI", "^TASI.SR"}},
	{Name: "Dubai", MIC: "XDFM", Zone: "Asia/Dubai", Currency: "AED", Open: 10 * 60, usual: []usualClose{{from: NoDate, minute: 14 * 60}, {from: NewDate(2022, 1, 3), minute: 14*60 + 45}},
		week: thursdays(NewDate(2022, 1, 1)), Aliases: []string{"DFM"}, Suffixes: []string{".AE"}, Indices: []string{"^DFMGI", "^DFMGI.AE"}},
	{Name: "Abu Dhabi", MIC: "XADS", Zone: "Asia/Dubai", Currency: "AED", Open: 10 * 60, usual: []usualClose{{from: NoDate, minute: 14 * 60}, {from: NewDate(2022, 1, 3), minute: 14*60 + 45}},
		week: thursdays(NewDate(2022, 1, 1)), Aliases: []string{"ADX"}, Suffixes: []string{".AD"}, Indices: []string{"^ADI", "^FTFADGI", "^FADGI"}},
	{Name: "Doha", MIC: "DSMD", Zone: "Asia/Qatar", Currency: "QAR", Open: 9*60 + 30, usual: closing(13, 10),
		week: sundayWeek, Aliases: []string{"DOH", "QSE", "QATAR", "XQAT"}, Suffixes: []string{".QA"}, Indices: []string{"^GNRI", "^GNRI.QA", "^QSI"}},
	{Name: "Kuwait", MIC: "XKUW", Zone: "Asia/Kuwait", Open: 9 * 60, usual: closing(12, 40),
		week: sundayWeek, Aliases: []string{"KUW", "BOURSA KUWAIT"}, Suffixes: []string{".KW"}, Indices: []string{"^BKP", "^BKM", "^BKA", "^BKP.KW"}},
	{Name: "Bahrain", MIC: "XBAH", Zone: "Asia/Bahrain", Open: 9*60 + 30, usual: closing(13, 0),
		week: sundayWeek, Aliases: []string{"BAH"}, Suffixes: []string{".BH"}, Indices: []string{"^BAX", "^BHBX"}},
	{Name: "Muscat", MIC: "XMUS", Zone: "Asia/Muscat", Open: 10 * 60, usual: closing(14, 0),
		week: sundayWeek, Aliases: []string{"MUS", "MSX", "MSM"}, Suffixes: []string{".OM"}, Indices: []string{"^MSX30", "^MSI"}},
	{Name: "Amman", MIC: "XAMM", Zone: "Asia/Amman", Currency: "JOD", Open: 10*60 + 30, usual: closing(12, 30),
		week: sundayWeek, Aliases: []string{"AMM"}, Suffixes: []string{".AM"}, Indices: []string{"^AMGNRLX"}},
	{Name: "Cairo", MIC: "XCAI", Zone: "Africa/Cairo", Currency: "EGP", Open: 10 * 60, usual: closing(14, 15),
		week: sundayWeek, Aliases: []string{"CAI", "EGX", "EGYPT"}, Suffixes: []string{".CA"}, Indices: []string{"^CASE30", "^CASE", "^EGX30", "^EGX70"}},
	{Name: "Tel Aviv", MIC: "XTAE", Zone: "Asia/Jerusalem", Open: 9*60 + 59,
		usual: []usualClose{{from: NoDate, minute: 17*60 + 15, on: map[time.Weekday]int{time.Sunday: 15*60 + 40}},
			{from: NewDate(2026, 1, 5), minute: 17*60 + 15, on: map[time.Weekday]int{time.Friday: 13*60 + 40}}},
		week: thursdays(NewDate(2026, 1, 4)), Aliases: []string{"TLV", "TASE"}, Suffixes: []string{".TA"}, Indices: []string{"^TA125", "^TA35", "^TA125.TA", "^TA100"}},
	{Name: "Casablanca", MIC: "XCAS", Zone: "Africa/Casablanca", Currency: "MAD", Open: 9*60 + 30, usual: closing(15, 20),
		Aliases: []string{"CAS", "BVC"}, Suffixes: []string{".CS"}, Indices: []string{"^MASI"}},
}

var others = []*Exchange{
	{Name: "Toronto", MIC: "XTSE", Zone: "America/Toronto", Currency: "CAD", Open: 9*60 + 30, usual: closing(16, 0),
		Aliases: []string{"TOR", "TSX", "VAN", "TSXV", "XTSX", "CNQ", "NEO", "CANADA"}, Suffixes: []string{".TO", ".V", ".NE", ".CN"}, Indices: []string{"^GSPTSE", "^TSX", "^TX60", "^SPCDNX"}},
	{Name: "Sao Paulo", MIC: "BVMF", Zone: "America/Sao_Paulo", Currency: "BRL", Open: 10 * 60, usual: withNewYork(2019, 16*60+55, 17*60+55),
		Aliases: []string{"SAO", "SÃO PAULO", "SAO PAOLO", "B3", "BOVESPA", "IBOVESPA"}, Suffixes: []string{".SA"}, Indices: []string{"^BVSP", "^IBX50", "^IBOV"}},
	{Name: "Mexico", MIC: "XMEX", Zone: "America/Mexico_City", Currency: "MXN", Open: 8*60 + 30, usual: withNewYork(2023, 14*60, 15*60),
		Aliases: []string{"MEX", "BMV"}, Suffixes: []string{".MX"}, Indices: []string{"^MXX", "^MEXBOL", "^IPC"}},
	{Name: "Buenos Aires", MIC: "XBUE", Zone: "America/Argentina/Buenos_Aires", Currency: "ARS", Open: 11 * 60, usual: closing(17, 0),
		Aliases: []string{"BUE", "BYMA"}, Suffixes: []string{".BA"}, Indices: []string{"^MERV"}},
	{Name: "Santiago", MIC: "XSGO", Zone: "America/Santiago", Currency: "CLP", Open: 9*60 + 30, usual: closing(16, 0),
		Aliases: []string{"SGO"}, Suffixes: []string{".SN"}, Indices: []string{"^IPSA", "^SPIPSA"}},
	{Name: "Johannesburg", MIC: "XJSE", Zone: "Africa/Johannesburg", Open: 9 * 60, usual: closing(16, 50),
		Aliases: []string{"JNB", "JSE"}, Suffixes: []string{".JO", ".JSE"}, Indices: []string{"^J203", "^J200", "^J203.JO", "^J200.JO", "^JN0U.JO", "^JTOPI"}},
	{Name: "Lagos", MIC: "XNSA", Zone: "Africa/Lagos", Currency: "NGN", Open: 10 * 60, usual: closing(14, 30),
		Aliases: []string{"NGX"}, Suffixes: []string{".LG"}, Indices: []string{"^NGSEINDX", "^NGXASI"}},
	{Name: "Nairobi", MIC: "XNAI", Zone: "Africa/Nairobi", Currency: "KES", Open: 9*60 + 30, usual: closing(15, 0),
		Aliases: []string{"NAI"}, Suffixes: []string{".NR"}, Indices: []string{"^NASI", "^NSE20"}},
	// Exchange rates have no exchange. Their day ends at 17:00 in New York, as
	// dealers have it; some vendors end it at midnight in London.
	{Name: "Currencies", MIC: "XCCY", Zone: "America/New_York", usual: closing(17, 0),
		Aliases: []string{"CCY", "FX", "FOREX"}, form: func(s string) bool { return strings.HasSuffix(s, "=X") && len(s) > len("=X") }},
	{Name: "CME", MIC: "XCME", Zone: "America/New_York", Currency: "USD", usual: closing(17, 0),
		Aliases: []string{"CMX", "COMEX", "NYM", "NYMEX", "CBT", "CBOT", "CMES", "NYB"}, form: func(s string) bool { return strings.HasSuffix(s, "=F") && len(s) > len("=F") }},
}

// cryptoQuotes are what crypto-assets are priced in.
var cryptoQuotes = []string{"USD", "USDT", "USDC", "EUR", "GBP", "JPY", "CHF", "CAD", "AUD", "KRW", "INR", "BRL", "TRY", "BTC", "ETH"}

// crypto trades always. Its day ends at midnight UTC.
var crypto = &Exchange{
	Name: "Crypto", MIC: "XCRY", Zone: "UTC",
	Aliases: []string{"CCC", "COINBASE", "BINANCE", "KRAKEN"},
	Rules:   Years{2009, 2040},
	usual:   closing(24, 0),
	week:    []usualWeek{{NoDate, EveryDay}},
	form: func(s string) bool {
		i := strings.LastIndexByte(s, '-')
		return i > 0 && slices.Contains(cryptoQuotes, s[i+1:])
	},
}
