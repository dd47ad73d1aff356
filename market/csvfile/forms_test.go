package csvfile

import (
	"fmt"
	"math"
	"strings"
	"testing"
	"time"

	"golang.org/x/text/encoding/htmlindex"

	"aftershock/market"
)

// sessions are the days of the files of these tests, and the closes on them.
var sessions = []struct {
	day   string
	close float64
}{{"2024-08-28", 988.5}, {"2024-08-29", 997.25}, {"2024-08-30", 1003.75}, {"2024-09-03", 1012.5}, {"2024-09-04", 1002}, {"2024-09-05", 999.5}, {"2024-09-13", 1013.25}, {"2024-09-16", 1021}}

// file writes head and a row a session, in which D is the day in the layout of
// package time, C the close by c, and R what is not.
func file(head, row, layout string, c func(float64) string) string {
	var b strings.Builder
	if head != "" {
		b.WriteString(head + "\n")
	}
	for _, s := range sessions {
		d, _ := time.Parse(time.DateOnly, s.day)
		b.WriteString(strings.NewReplacer("{D}", d.Format(layout), "{C}", c(s.close)).Replace(row) + "\n")
	}
	return b.String()
}

func point(x float64) string { return fmt.Sprintf("%.2f", x) }
func comma(x float64) string { return strings.ReplaceAll(point(x), ".", ",") }

// grouped writes 1,012.50 with marks of one's own.
func grouped(group, decimal string) func(float64) string {
	return func(x float64) string {
		whole, rest, _ := strings.Cut(point(x), ".")
		if len(whole) > 3 {
			whole = whole[:len(whole)-3] + group + whole[len(whole)-3:]
		}
		return whole + decimal + rest
	}
}

func easternDigits(s string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r - '0' + '٠'
		}
		return r
	}, s)
}

func utf16BE(s string) string {
	var b strings.Builder
	for _, r := range s {
		b.WriteByte(byte(r >> 8))
		b.WriteByte(byte(r))
	}
	return b.String()
}

func encoded(name, s string) string {
	e, err := htmlindex.Get(name)
	if err != nil {
		panic(err)
	}
	out, err := e.NewEncoder().String(s)
	if err != nil {
		panic(err)
	}
	return out
}

// TestForms reads one history written in many ways.
func TestForms(t *testing.T) {
	const iso, german, french, american = "2006-01-02", "02.01.2006", "02/01/2006", "1/2/2006"
	excel := func(zero market.Date) string {
		var b strings.Builder
		b.WriteString("Date,PX_LAST\n")
		for _, s := range sessions {
			d, _ := market.ParseDate(s.day)
			fmt.Fprintf(&b, "%d,%v\n", d-zero, s.close)
		}
		return b.String()
	}
	stamps := func(form func(int64) string) string {
		var b strings.Builder
		b.WriteString("timestamp,close\n")
		for _, s := range sessions {
			d, _ := time.Parse(time.DateOnly, s.day)
			fmt.Fprintf(&b, "%s,%v\n", form(d.Unix()), s.close)
		}
		return b.String()
	}
	eastern := file("التاريخ,سعر الإغلاق", "{D},{C}", iso, func(x float64) string { return strings.ReplaceAll(point(x), ".", "٫") })
	head, rows, _ := strings.Cut(eastern, "\n")
	for _, c := range []struct{ name, text string }{
		{"times in digits", file("timestamp,close", "{D}160000,{C}", "20060102", point)},
		{"times in digits, to the minute", file("timestamp,close", "{D}1600,{C}", "20060102", point)},
		{"midnights in digits", file("timestamp,close", "{D}0000,{C}", "20060102", point)},
		{"German", file("Datum;Eröffnung;Hoch;Tief;Schluss;Volumen", "{D};{C};{C};{C};{C};1.234", german, grouped(".", ","))},
		{"Austrian", file("Datum;Letzter Kurs;Umsatz", "{D};{C};5", german, comma)},
		{"French, narrow spaces", file("Date;Ouverture;Plus haut;Plus bas;Clôture;Volume", "{D};{C};{C};{C};{C};12", french, grouped("\u202f", ","))},
		{"French, a currency", file("Date;Dernier", "{D};{C} €", french, grouped(" ", ","))},
		{"Italian", file("Data;Apertura;Massimo;Minimo;Chiusura;Volume", "{D};{C};{C};{C};{C};12", french, comma)},
		{"Spanish", file("Fecha;Último;Apertura;Máximo;Mínimo;Vol.", "{D};{C};{C};{C};{C};1,2M", french, comma)},
		{"Portuguese", file("Data;Abertura;Máxima;Mínima;Fechamento", "{D};{C};{C};{C};{C}", french, comma)},
		{"Dutch", file("Datum;Openingskoers;Hoogste;Laagste;Slotkoers", "{D};{C};{C};{C};{C}", "02-01-2006", comma)},
		{"Polish, of Stooq", file("Data,Otwarcie,Najwyzszy,Najnizszy,Zamkniecie,Wolumen", "{D},{C},{C},{C},{C},5", iso, point)},
		{"Romanian", file("Data;Deschidere;Maxim;Minim;Închidere;Volum", "{D};{C};{C};{C};{C};5", german, comma)},
		{"Russian", file("Дата;Цена;Откр.;Макс.;Мин.;Объём", "{D};{C};{C};{C};{C};1,5M", german, comma)},
		{"Ukrainian", file("Дата;Відкриття;Максимум;Мінімум;Закриття;Обсяг", "{D};{C};{C};{C};{C};5", german, comma)},
		{"Swedish", file("Datum;Öppning;Högst;Lägst;Stängningskurs;Volym", "{D};{C};{C};{C};{C};5", iso, comma)},
		{"Turkish", file("Tarih;Şimdi;Açılış;Yüksek;Düşük;Hac.", "{D};{C};{C};{C};{C};5", german, comma)},
		{"Greek", file("Ημερομηνία;Άνοιγμα;Υψηλό;Χαμηλό;Κλείσιμο;Όγκος", "{D};{C};{C};{C};{C};5", french, comma)},
		{"Czech", file("Datum;Otevření;Závěrečná cena", "{D};{C};{C}", german, comma)},
		{"Hungarian", file("Dátum;Nyitó;Záró", "{D};{C};{C}", "2006.01.02.", comma)},
		{"Arabic", file("التاريخ,الافتتاح,الأعلى,الأدنى,الإغلاق,الحجم", "{D},{C},{C},{C},{C},5", iso, point)},
		{"Arabic digits", head + "\n" + easternDigits(rows)},
		{"Arabic months", strings.NewReplacer("-08-", " أغسطس ", "-09-", " سبتمبر ").Replace(file("التاريخ;الإغلاق", "{D};{C}", "02-01-2006", point))},
		{"Swiss", file("Datum;Schlusskurs", "{D};{C}", german, grouped("'", "."))},
		{"Swiss, a curly apostrophe", file("Datum;Schlusskurs", "{D};CHF {C}", german, grouped("’", "."))},
		{"Spanish months", strings.NewReplacer("-08-", " de agosto de ", "-09-", " de septiembre de ").Replace(file("Fecha;Cierre", "{D};{C}", "02-01-2006", comma))},
		{"a unit after a name", file("Date,Close (USD),Volume (shares)", "{D},{C},5", iso, point)},
		{"a currency after a name", file("Datum;Kurs in EUR", "{D};{C}", german, comma)},
		{"Windows-1252", "Datum;Schlu\xdfkurs\n28.08.2024;988,50\n29.08.2024;997,25\n30.08.2024;1003,75\n03.09.2024;1012,50\n04.09.2024;1002,00\n05.09.2024;999,50\n13.09.2024;1013,25\n16.09.2024;1021,00\n"},
		{"quantmod", file(`"Index","ACME.Open","ACME.High","ACME.Low","ACME.Close","ACME.Volume","ACME.Adjusted"`, "{D},{C},{C},{C},{C},5,{C}", iso, point)},
		{"quantmod, names of rows", file(`"ACME.Open","ACME.Close"`, `"{D}",{C},{C}`, iso, point)},
		{"the numbers of R's rows", file(`"Date","Close"`, `"1","{D}",{C}`, iso, point)},
		{"underscores", file("Date,Open_ACME,Close_ACME,Adj Close_ACME", "{D},{C},{C},{C}", iso, point)},
		{"a tuple", file(`Date,"('Adj Close', 'ACME')","('Close', 'ACME')"`, "{D},{C},{C}", iso, point)},
		{"yfinance", file("Price,Close,Volume\nTicker,ACME,ACME\nDate,,", "{D},{C},5", iso, point)},
		{"its own ticker", file("Ticker,Date,PX_LAST", "acme.us,{D},{C}", iso, point)},
		{"no headings", file("", "{D},{C}", iso, point)},
		{"no headings, German", file("", "{D};{C}", german, comma)},
		{"no headings, open to volume", file("", "{D},{C},{C},{C},{C},5", iso, point)},
		{"days of a spreadsheet", excel(excel1900)},
		{"days of a spreadsheet from 1904", excel(excel1904)},
		{"days of SAS", excel(sas1960)},
		{"DATE9.", strings.ToUpper(file("date,close", "{D},{C}", "02Jan2006", point))},
		{"DATETIME.", strings.ToUpper(file("date,close", "{D}:00:00:00,{C}", "02Jan2006", point))},
		{"American, with an hour", file("Date,Close", "{D} 12:00:00 AM,{C}", american, point)},
		{"the day of the week", file("Date,Close", `"{D}",{C}`, "Mon, Jan 2, 2006", point)},
		{"the web page", file("Date\tOpen\tHigh\tLow\tClose Close price adjusted for splits.\tAdj Close Adjusted close price adjusted for splits and dividend and/or capital gain distributions.\tVolume",
			"{D}\t{C}\t{C}\t{C}\t{C}\t{C}\t1,234", "Jan 2, 2006", grouped(",", ".")) + "Sep 16, 2024\t0.25 Dividend\nSep 13, 2024\t10:1 Stock Splits\n*Close price adjusted for splits.\n"},
		{"thousands near 1000, commas", file("Date;Close", "{D};{C}", iso, grouped(",", "."))},
		{"an empty adjusted close", file("Date,Close,Adj Close", "{D},{C},", iso, point)},
		{"an adjusted close that ends", strings.Replace(file("Date,Close,Adj Close", "{D},{C},{C}", iso, point), "1021.00,1021.00", "1021.00,", 1)},
		{"a line of units", file("Date,Close\n,USD", "{D},{C}", iso, point)},
		{"days of R", excel(unix1970)},
		{"microseconds since 1970", stamps(func(s int64) string { return fmt.Sprint(s * 1_000_000) })},
		{"nanoseconds since 1970", stamps(func(s int64) string { return fmt.Sprint(s * 1_000_000_000) })},
		{"seconds as a decimal", stamps(func(s int64) string { return fmt.Sprintf("%d.0", s) })},
		{"seconds with an exponent", stamps(func(s int64) string { return fmt.Sprintf("%.7E", float64(s)) })},
		{"days as a decimal", file("date,close", "{D}.0,{C}", "20060102", point)},
		{"as C writes it", file("date,close", "{D},{C}", "Mon Jan 02 16:00:00 2006", point)},
		{"as date writes it", file("date,close", "{D},{C}", "Mon Jan  2 16:00:00 EDT 2006", point)},
		{"months of the Levant", strings.NewReplacer("-08-", " آب ", "-09-", " أيلول ").Replace(file("التاريخ;الإغلاق", "{D};{C}", "02-01-2006", point))},
		{"thin spaces", file("Datum;Schluss;Volumen", "{D};{C};12\u2009345", german, grouped("\u2009", ","))},
		{"figure spaces", file("Datum;Schluss", "{D};{C}", german, grouped("\u2007", ","))},
		{"marks without width", file("Date;Close", "\u200b{D};\u202a{C}\u202c", iso, point)},
		{"dollars of Hong Kong", file("Date;Close", "{D};HK${C}", iso, grouped(",", "."))},
		{"rupees", file("Date;Close", "{D};Rs. {C}", iso, grouped(",", "."))},
		{"blanks between columns", file("Date           Close      Volume", "{D}   {C}    1234", iso, point)},
		{"blanks, quoted by R", file("\"Date\" \"Close\"", "\"1\" \"{D}\" {C}", iso, point)},
		{"a blank line below the title", "history\n\n" + file("BOARDID;TRADEDATE;CLOSE;VOLUME", "TQBR;{D};{C};5", iso, point)},
		{"MetaTrader, no headings", file("", "{D},00:00,{C},{C},{C},{C},5", "2006.01.02", point)},
		{"an index without a name", file("Unnamed: 0,Close", "{D},{C}", iso, point)},
		{"Indonesian", file("Tanggal,Terakhir,Pembukaan", "{D},{C},{C}", french, point)},
		{"Thai", file("วันที่,ราคาปิด", "{D},{C}", iso, point)},
		{"Hebrew", file("תאריך,שער,פתיחה", "{D},{C},{C}", french, point)},
		{"Japanese, of investing.com", file("日付け,終値,始値,変化率 %", "{D},{C},{C},-0.5%", "2006年01月02日", point)},
		{"Polygon", file("ticker,close,window_start", "ACME,{C},{D}T00:00:00Z", iso, point)},
		{"Dukascopy", file("Local time,Open,High,Low,Close,Volume", "{D} 00:00:00.000 GMT-0400,{C},{C},{C},{C},5", german, point)},
		{"the name of the firm", file("Name,ACME INC\nCURRENCY,U$", "{D},{C}", iso, point)},
		{"UTF-16 without a mark", utf16BE(file("Date\tClose", "{D}\t{C}", iso, point))},
		{"Windows-1251", encoded("windows-1251", file("Дата;Цена", "{D};{C}", german, comma))},
		{"Windows-1256", encoded("windows-1256", file("التاريخ;الإغلاق", "{D};{C}", iso, point))},
		{"Shift-JIS", encoded("shift_jis", file("日付,始値,終値", "{D},{C},{C}", iso, point))},
		{"GBK", encoded("gbk", file("日期,开盘,收盘", "{D},{C},{C}", iso, point))},
		{"EUC-KR", encoded("euc-kr", file("일자,종가,시가", "{D},{C},{C}", iso, point))},
		{"Alpha Vantage, JSON as CSV", file(",1. open,4. close,5. adjusted close,8. split coefficient", "{D},{C},7,{C},1.0", iso, point)},
		{"J-Quants", file("Date,Close,AdjustmentFactor,AdjustmentClose,AdjustmentVolume", "{D},7,1,{C},5", iso, point)},
		{"Tel Aviv", file("Date,Adjusted Closing Price,Closing Price (0.01 NIS),Change(%)", "{D},{C},7,1.5", french, point)},
		{"Japanese, adjusted", encoded("shift_jis", "\"ACME 東証\"\n"+file("日付,終値,出来高,終値調整値", "{D},7,5,{C}", iso, point))},
		{"CSMAR", file("Trddt,Opnprc,Clsprc,Dnshrtrd,Dretwd,Adjprcwd", "{D},7,7,5,0.01,{C}", iso, point)},
		{"Madrid: the close before the last price", file("Fecha;Último;Cierre;Volumen", "{D};7;{C};5", french, comma)},
		{"Milan: the official price is no close", file("Data;Prezzo ufficiale;Prezzo di riferimento", "{D};7;{C}", french, comma)},
		{"a total return index beside a price", file("Date,PX_LAST,TOT_RETURN_INDEX_GROSS_DVDS", "{D},7,{C}", iso, point)},
		{"Tonghuashun", strings.NewReplacer("28", "28,三", "29", "29,四").Replace(file("时间\t收盘\t总手", "{D}\t{C}\t1234", iso, point))},
		{"a day of the week behind a date", file("日付,終値", "{D}(木),{C}", "2006/01/02", point)},
		{"Taiwan's calendar", strings.ReplaceAll(file("日期,成交股數,收盤價", "{D},5,{C}", "2006/01/02", point), "2024/", "113/")},
		{"marks of columns", file("<TICKER>,<DTYYYYMMDD>,<CLOSE>,<VOL>", "ACME,{D},{C},5", "20060102", point)},
		{"a time without marks", file("Date,Close", "{D}T160000Z,{C}", "20060102", point)},
		{"a change of the close", file("Date,Close %,Close", "{D},7,{C}", iso, point)},
		{"an unadjusted close alone", file("Date,Unadjusted Close", "{D},{C}", iso, point)},
		{"an unadjusted close first", file("Date,Unadjusted Close,Bid Close,Close", "{D},7,7,{C}", iso, point)},
		{"Binance", file("open_time,open,close,close_time", "{D} 00:00:00,{C},{C},{D} 23:59:59", iso, point)},
		{"a row twice", file("Date,Close", "{D},{C}", iso, point) + "2024-09-16,1021\n"},
	} {
		s, err := Read("f.csv", "ACME", []byte(c.text), Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if len(s.Bars) != len(sessions) {
			t.Errorf("%s: %d bars: %s", c.name, len(s.Bars), show(s))
			continue
		}
		for i, b := range s.Bars {
			if b.Date.String() != sessions[i].day || b.AdjClose != sessions[i].close {
				t.Errorf("%s: %s %v, want %s %v", c.name, b.Date, b.AdjClose, sessions[i].day, sessions[i].close)
				break
			}
		}
	}
}

// TestVolumes finds the shares traded beside their value, and counts cut short by a word.
func TestVolumes(t *testing.T) {
	for _, c := range []struct {
		head, row string
		want      float64
	}{
		{"Date;Close;Volumen;Stuecke", "7000;350", 350},
		{"Date;Close;Umsatz in EUR;Umsatz in Stück", "7000;350", 350},
		{"Date;Close;Volume (USD);Volume", "7000;350", 350},
		{"Date;Close;Volume (USD)", "7000", nan},
		{"Date;Close;Value Traded;Volume Traded", "7000;350", 350},
		{"Datum;Schluss;Volumen", "1,25 Mio.", 1_250_000},
		{"Datum;Schluss;Volumen", "12,5 Tsd.", 12_500},
		{"日期;收盘价;成交量", "12.5万", 125_000},
		{"Date;Close;Volume", "1.2 lakh", 120_000},
		{"Date;Close;Volume", "3.4bn", 3_400_000_000},
		{"Date;Close;Volume", "3.4M", 3_400_000},
	} {
		s, err := Read("f.csv", "ACME", []byte(c.head+"\n2024-09-03;10;"+c.row+"\n"), Options{})
		if err != nil {
			t.Errorf("%s, %s: %v", c.head, c.row, err)
		} else if got := s.Bars[0].Volume; !same(got, c.want) {
			t.Errorf("%s, %s: %v, want %v", c.head, c.row, got, c.want)
		}
	}
}

// TestNotAReturn refuses what is no return of a day, and days of other calendars.
func TestNotAReturn(t *testing.T) {
	var single, wide, long strings.Builder
	single.WriteString("date,return\n")
	wide.WriteString("date,A,B\n")
	long.WriteString("ticker,date,ret\n")
	for k := range 60 {
		d := market.NewDate(2024, 1, 2) + market.Date(k)
		x := math.Sin(float64(k) / 15)
		fmt.Fprintf(&single, "%s,%v\n", d, x/5)
		fmt.Fprintf(&wide, "%s,%v,%v\n", d, x/5, x/7)
		fmt.Fprintf(&long, "A,%s,%v\n", d, x/5)
	}
	const want = "hang together from day to day"
	if _, err := Read("f.csv", "ACME", []byte(single.String()), Options{}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("one security: %v", err)
	}
	if _, err := ReadPanel("f.csv", []byte(wide.String()), PanelOptions{Layout: Wide, Values: Returns}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("wide: %v", err)
	}
	if _, err := ReadPanel("f.csv", []byte(long.String()), PanelOptions{}); err == nil || !strings.Contains(err.Error(), want) {
		t.Errorf("long: %v", err)
	}
	if _, err := Read("f.csv", "ACME", []byte("التاريخ,الإغلاق\n1446/01/26,5\n"), Options{}); err == nil || !strings.Contains(err.Error(), "a year of another calendar") {
		t.Errorf("a Hijri date: %v", err)
	}
}

// Years of three digits are of Taiwan's calendar, or have lost a digit.
func TestThreeDigitYears(t *testing.T) {
	for in, want := range map[string]string{"113/08/01": "2024-08-01", "100/01/04": "2011-01-04", "023-02-13": "", "202-10-05": "", "222-10-05": "", "998-10-05": "", "199-10-05": "", "198-10-05": "", "099-10-05": ""} {
		d, err := (&dates{}).parse(in)
		if got := d.String(); want == "" && err == nil || want != "" && (err != nil || got != want) {
			t.Errorf("%s is %s, %v; want %s", in, got, err, want)
		}
	}
	var b strings.Builder
	b.WriteString("date,close\n")
	for k := range 20 {
		fmt.Fprintf(&b, "2023-02-%02d,%d.5\n", k+1, k+7)
	}
	s, err := Read("f.csv", "ACME", []byte(strings.Replace(b.String(), "2023-02-13", "023-02-13", 1)), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if f := s.Findings; len(s.Bars) != 19 || s.Bars[0].Date != market.NewDate(2023, 2, 1) || len(f) != 1 || !strings.Contains(f[0].Text, "f.csv:14") {
		t.Errorf("%d bars from %s, %v", len(s.Bars), s.Bars[0].Date, f)
	}
}

// TestMonthsOfTwoWords reads the months of the Levant that have two.
func TestMonthsOfTwoWords(t *testing.T) {
	for in, want := range map[string]string{"5 تشرين الأول 2024": "2024-10-05", "٥ تشرين الثاني ٢٠٢٤": "2024-11-05", "5 كانون الأول 2024": "2024-12-05", "5 كانون الثاني 2025": "2025-01-05"} {
		if d, err := (&dates{}).parse(in); err != nil || d.String() != want {
			t.Errorf("%s: %v, %v", in, d, err)
		}
	}
}

// TestMonthsOfAFile: 201504 is a month where every date of the file is one.
func TestMonthsOfAFile(t *testing.T) {
	for name, layout := range map[string]string{"compact": "200601", "hyphen": "2006-01", "M": "2006M01"} {
		var b strings.Builder
		b.WriteString("date,close\n")
		for k := range 5 {
			fmt.Fprintf(&b, "%s,%d\n", time.Date(2015, time.Month(1+k), 1, 0, 0, 0, 0, time.UTC).Format(layout), 100+k)
		}
		s, err := Read("f.csv", "X", []byte(b.String()), Options{})
		if err != nil || s.Bars[1].Date != market.NewDate(2015, 2, 28) {
			t.Errorf("%s: %v, %v", name, s, err)
		}
	}
	if _, err := Read("f.csv", "X", []byte("date,close\n201501,1\n20150201,2\n"), Options{}); err == nil || !strings.Contains(err.Error(), "a month, where days are needed") {
		t.Errorf("months among days: %v", err)
	}
}

// TestMarks: which mark parts decimals, from prices that do not prove it.
func TestMarks(t *testing.T) {
	for _, c := range []struct {
		name, text string
		o          Options
		first      float64
		err        string
	}{
		{"points part thousands", "Date;Close\n2024-09-02;998\n2024-09-03;1.002\n2024-09-04;999\n", Options{}, 998, ""},
		{"commas part thousands", "Date;Close\n2024-09-02;1,002\n2024-09-03;998\n2024-09-04;999\n", Options{}, 1002, ""},
		{"commas part thousands, quoted", "Date,Close\n2024-09-02,\"1,002\"\n2024-09-03,998\n", Options{}, 1002, ""},
		{"decimals beside whole numbers", "Date;Close\n2024-09-02;1,125\n2024-09-03;1\n2024-09-04;1,001\n", Options{}, 1.125, ""},
		{"volumes prove it", "Date;Close;Volume\n2024-09-02;1.250;1.234.567\n2024-09-03;1.251;1.234.568\n", Options{}, 1250, ""},
		{"both readings are possible", "Date;Close\n2024-09-02;30\n2024-09-03;1.002\n", Options{}, 0, "f.csv:3: the point of 1.002 may part decimals or thousands"},
		{"said to be decimals", "Date;Close\n2024-09-02;30\n2024-09-03;1.002\n", Options{Mark: PointMark}, 30, ""},
		{"said to be thousands", "Date;Close\n2024-09-02;1.002\n2024-09-03;998\n", Options{Mark: CommaMark}, 1002, ""},
		{"both proved", "Date;Close\n2024-09-02;99.5\n2024-09-03;99,25\n", Options{}, 0, "f.csv:2: the point is the mark of decimals here, but the comma on line 3"},
	} {
		s, err := Read("f.csv", "X", []byte(c.text), c.o)
		switch {
		case c.err != "":
			if err == nil || !strings.Contains(err.Error(), c.err) {
				t.Errorf("%s: %v; want %q", c.name, err, c.err)
			}
		case err != nil:
			t.Errorf("%s: %v", c.name, err)
		case s.Bars[0].Close != c.first:
			t.Errorf("%s: %v, want %v", c.name, s.Bars[0].Close, c.first)
		}
	}
}

// TestOtherTicker: a file that says that it is of another security is refused.
func TestOtherTicker(t *testing.T) {
	for name, text := range map[string]string{
		"yfinance":         file("Price,Close\nTicker,ZZZZ\nDate,", "{D},{C}", "2006-01-02", point),
		"quantmod":         file(`"Index","ZZZZ.Open","ZZZZ.Close"`, "{D},{C},{C}", "2006-01-02", point),
		"a column":         file("symbol,date,close", "ZZZZ,{D},{C}", "2006-01-02", point),
		"underscores":      file("Date,Close_ZZZZ", "{D},{C}", "2006-01-02", point),
		"Stooq's suffix":   file("<TICKER>,<PER>,<DATE>,<CLOSE>", "ZZZZ.US,D,{D},{C}", "20060102", point),
		"Bloomberg's name": file("Ticker,Date,PX_LAST", "ZZZZ US Equity,{D},{C}", "2006-01-02", point),
	} {
		if _, err := Read("f.csv", "ACME", []byte(text), Options{}); err == nil || !strings.Contains(err.Error(), "it says that it is of ZZZZ") {
			t.Errorf("%s: %v", name, err)
		}
		if _, err := Read("f.csv", "ACME", []byte(text), Options{Trust: true}); err != nil {
			t.Errorf("%s, trusted: %v", name, err)
		}
	}
	for _, c := range []struct {
		a, b string
		same bool
	}{{"BRK-B", "BRK.B", true}, {"ACME", "acme.us", true}, {"SAP.DE", "SAP GY Equity", true}, {"VOD.L", "VOD LN", true}, {"NASDAQ:ACME", "ACME", true}, {"8035.T", "8035", true},
		{"^GSPC", "GSPC", true}, {"SAP.DE", "SAP.US", false}, {"BRK-B", "BRK-A", false}, {"ACME", "ACM", false}, {"0700.HK", "700", false}} {
		if SameTicker(c.a, c.b) != c.same || SameTicker(c.b, c.a) != c.same {
			t.Errorf("%s and %s: %v", c.a, c.b, !c.same)
		}
	}
	for name, text := range map[string]string{
		"two of yfinance": file("Price,Close,Close\nTicker,ACME,MKT\nDate,,", "{D},{C},{C}", "2006-01-02", point),
		"two of quantmod": file("Index,ACME.Close,MKT.Close", "{D},{C},{C}", "2006-01-02", point),
		"two in a column": file("symbol,date,close", "ACME,{D},{C}", "2006-01-02", point) + file("", "MKT,{D},{C}", "2006-01-02", point),
	} {
		if _, err := Read("f.csv", "ACME", []byte(text), Options{}); err == nil || !strings.Contains(err.Error(), "prices.source: panel") {
			t.Errorf("%s: %v", name, err)
		}
	}
}

// TestWrongRows: of many rows a wrong one is named and left out.
func TestWrongRows(t *testing.T) {
	var b strings.Builder
	b.WriteString("date,close\n")
	d := market.NewDate(2024, 1, 1)
	for i := range 60 {
		fmt.Fprintf(&b, "%s,%d\n", d+market.Date(i), 100+i%7)
	}
	for _, c := range []struct {
		name, from, to string
		code           market.CheckCode
		date, through  string
		bars           int
	}{
		{"a word", "2024-01-20,105\n", "2024-01-20,closed\n", market.Unreadable, "2024-01-20", "2024-01-21", 59},
		{"a price of 0", "2024-01-20,105\n", "2024-01-20,0\n", market.Unreadable, "2024-01-20", "2024-01-21", 59},
		{"a day that is none", "2024-01-20,105\n", "2024-01-40,105\n", market.Unreadable, "2024-01-19", "2024-01-21", 59},
		{"a line cut off", "2024-01-20,105\n", "2024-01-20\n", market.Unreadable, "2024-01-20", "2024-01-21", 59},
		{"two closes", "2024-01-20,105\n", "2024-01-20,105\n2024-01-20,106\n", market.Duplicate, "2024-01-20", "2024-01-21", 59},
	} {
		text := strings.Replace(b.String(), c.from, c.to, 1)
		if text == b.String() {
			t.Fatal(c.name)
		}
		s, err := Read("f.csv", "X", []byte(text), Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		if len(s.Bars) != c.bars || len(s.Findings) != 1 {
			t.Errorf("%s: %d bars, %v", c.name, len(s.Bars), s.Findings)
			continue
		}
		if f := s.Findings[0]; f.Code != c.code || !f.Contradiction || f.Date.String() != c.date || f.Through.String() != c.through || !strings.HasPrefix(f.Text, "f.csv:2") {
			t.Errorf("%s: %+v", c.name, f)
		}
	}
}

// TestCurrencies: prices in two currencies contradict each other where it changes; two
// signs of one are one.
func TestCurrencies(t *testing.T) {
	for _, c := range []struct{ name, text, date string }{
		{"signs", "Date;Close\n2024-08-01;$10\n2024-08-02;US$11\n2024-08-05;9 €\n2024-08-06;€9.5\n", "2024-08-05"},
		{"a column", "Date,Close,Currency\n2024-08-01,10,USD\n2024-08-02,11,USD\n2024-08-05,9,EUR\n2024-08-06,9.5,EUR\n", "2024-08-05"},
		{"one", "Date;Close\n2024-08-01;$10\n2024-08-02;USD 11\n2024-08-05;9\n2024-08-06;10 $\n", ""},
	} {
		s, err := Read("f.csv", "X", []byte(c.text), Options{})
		if err != nil {
			t.Errorf("%s: %v", c.name, err)
			continue
		}
		got := ""
		for _, f := range s.Findings {
			if f.Form == "unit/currency" && f.Contradiction && f.Text == "f.csv:4: prices are in EUR from here on, and in USD before" {
				got += f.Date.String()
			}
		}
		if got != c.date || len(s.Bars) != 4 {
			t.Errorf("%s: %q, %d bars, %v", c.name, got, len(s.Bars), s.Findings)
		}
	}
	f, err := ReadPanel("f.csv", []byte("date,ticker,close,currency\n2024-08-01,A,10,USD\n2024-08-01,B,10,EUR\n2024-08-02,A,11,EUR\n2024-08-02,B,11,EUR\n"), PanelOptions{})
	if err != nil {
		t.Fatal(err)
	}
	for symbol, n := range map[string]int{"A": 1, "B": 0} {
		if s, err := f.Series(t.Context(), symbol, market.NoDate, market.NoDate); err != nil || len(s.Findings) != n || n > 0 && (!s.Findings[0].Contradiction || s.Findings[0].Date.String() != "2024-08-02") {
			t.Errorf("%s: %v %+v", symbol, err, s)
		}
	}
}

// TestReturnsInPlaceOfPrices reads a file of returns, in decimals and in per cent.
func TestReturnsInPlaceOfPrices(t *testing.T) {
	decimal, percent, signs := "date,ret\n", "Date;Rendite\n", "Date,Return\n"
	for i := range 30 {
		r := 0.01 * math.Sin(float64(3*i+1))
		d := market.NewDate(2024, 1, 1+i)
		decimal += fmt.Sprintf("%s,%.6f\n", d, r)
		percent += fmt.Sprintf("%s;%s\n", d, strings.ReplaceAll(fmt.Sprintf("%.4f", 100*r), ".", ","))
		signs += fmt.Sprintf("%s,%.4f%%\n", d, 100*r)
	}
	for name, text := range map[string]string{"decimals": decimal, "per cent": percent, "per cent signs": signs} {
		s, err := Read("f.csv", "X", []byte(text), Options{})
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		if len(s.Returns) != 30 || math.Abs(s.Returns[7]-0.01*math.Sin(22)) > 1e-6 || !s.Adjusted {
			t.Errorf("%s: %v", name, s.Returns)
		}
	}
}

// Counts of days of a week from Sunday to Thursday, which read as another count would be
// days of a week from Monday to Friday, are told apart by the exchange's own week.
func TestCountsOfDays(t *testing.T) {
	first := market.NewDate(2024, 1, 1)
	for symbol, closed := range map[string][2]time.Weekday{"2222.SR": {time.Friday, time.Saturday}, "ACME": {time.Saturday, time.Sunday}} {
		for from, zero := range map[string]market.Date{"R": unix1970, "SAS": sas1960, "a spreadsheet": excel1900} {
			var b strings.Builder
			b.WriteString("date,close\n")
			for d := first; d < first+200; d++ {
				if day := d.Time().Weekday(); day != closed[0] && day != closed[1] {
					fmt.Fprintf(&b, "%d,100\n", d-zero)
				}
			}
			s, err := Read("a.csv", symbol, []byte(b.String()), Options{})
			if err != nil {
				t.Errorf("%s of %s: %v", symbol, from, err)
			} else if s.Bars[0].Date != first {
				t.Errorf("%s of %s: from %s on, want %s", symbol, from, s.Bars[0].Date, first)
			}
		}
	}
}
