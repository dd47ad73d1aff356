package csvfile

import (
	"strings"
	"sync"
	"time"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

// The columns of a price file.
const (
	colDate = iota
	colOpen
	colHigh
	colLow
	colClose
	colAdj
	colVolume
	colDividend
	colSplit
	colReturn // of a file that has returns in place of prices
	colSymbol // whose prices a row has
	colCurrency
	columns
)

// names lists what each column is called, canonically, the surest first: in
// English and as vendors abbreviate it, then in German, French, Italian,
// Spanish, Portuguese, Dutch, Polish, Romanian, Russian, Ukrainian, Swedish,
// Danish, Norwegian, Finnish, Czech, Hungarian, Turkish, Greek and Arabic.
var names = sync.OnceValue(func() *[columns][]string { return canonicalNames(&columnNames) })

var columnNames = [columns]string{
	colDate: `date "exchange date" "session date" datetime timestamp tradedate tradingdate tradingday pricedate pricingdate quotedate asofdate valuedate day time unix t
		datum handelstag börsentag tag jour séance "date de cotation" data giorno fecha día dia dagen dato "data sesji" data/ora дата tarih
		päivämäärä pvm kaupankäyntipäivä dátum nap ημερομηνία التاريخ تاريخ "تاريخ التداول" "تاريخ الجلسة" اليوم 日付 日期 날짜 일자 trddt
		日付け 年月日 交易日期 วันเดือนปี วันที่ תאריך ngày tanggal
		caldt dlycaldt datadate dates 时间 時間 交易时间 日時 dtyyyymmdd datpre "open time" "gmt time" "local time" "utc time" "time utc" "date utc" "begins at" "window start" "ts event" index "unnamed 0" "level 0"`,
	colOpen: `open openprice openingprice opnprc preabe pxopen "px open" first o
		eröffnung eröffnungskurs eröffn eroeffnung erster anfangskurs ouverture ouv "cours d'ouverture" apertura "prezzo di apertura" abertura aber
		"preço de abertura" openingskoers opening otwarcie "kurs otwarcia" deschidere открытие откр "цена открытия" відкриття відкр "ціна відкриття"
		öppen öppning öppningskurs åbning åbningskurs åben åpning åpningskurs avaus avauskurssi otevírací otevření "otevírací cena" nyitó nyitóár
		açılış açık "açılış fiyatı" άνοιγμα الافتتاح افتتاح "سعر الافتتاح" مفتوح فتح 始値 开盘 开盘价 開盤價 開市 開市價 시가 เปิด פתיחה mở pembukaan`,
	colHigh: `high highprice hiprc premax pxhigh max h dayhigh
		hoch höchst höchstkurs tageshoch höchster "plus haut" haut maximum "cours le plus haut" massimo máximo máxima alto hoog hoogste
		najwyższy "kurs maksymalny" maxim максимум макс högst högsta "högsta kurs" høj højeste høy høyeste ylin korkein nejvyšší maximální legmagasabb
		yüksek "en yüksek" υψηλό μέγιστο الأعلى أعلى "أعلى سعر" مرتفع 高値 最高 最高价 最高價 고가 สูงสุด גבוה cao tertinggi`,
	colLow: `low lowprice loprc premin pxlow min l daylow
		tief tiefst tiefstkurs tagestief niedrig tiefster "plus bas" bas minimum "cours le plus bas" minimo mínimo mínima bajo laag laagste
		najniższy "kurs minimalny" minim минимум мин мінімум мін lägst lägsta "lägsta kurs" lav laveste alin matalin nejnižší minimální legalacsonyabb
		düşük "en düşük" χαμηλό ελάχιστο الأدنى أدنى "أدنى سعر" "أقل سعر" منخفض 安値 最低 最低价 最低價 저가 ต่ำสุด נמוך thấp terendah`,
	// A close goes before a last price, and that before a price or a value: where a
	// file has both, the last trade may be one after the auction.
	colClose: `close closelast closeprice closingprice pxlast "px last" closing settle settlement c clsprc
		schluss schlusskurs clot schlußkurs schluß schlusspreis clôture "cours de clôture" fermeture "prix de clôture" chiusura "prezzo di chiusura" "prezzo chiusura"
		"prezzo di riferimento" cierre "precio de cierre" "precio cierre" fechamento fecho "preço de fechamento" "cotação de fecho" slot slotkoers slotstand zamknięcie
		"kurs zamknięcia" închidere "preț de închidere" "pret inchidere" закрытие закр "цена закрытия" закриття закр "ціна закриття" stängning slutkurs stängningskurs lukkekurs lukkepris luk
		sluttkurs slutt päätös päätöskurssi závěr závěrečná zavírací "zavírací cena" "závěrečná cena" záró záróár zárás kapanış "kapanış fiyatı" κλείσιμο "τιμή κλεισίματος"
		الإغلاق إغلاق "سعر الإغلاق" "سعر الاقفال" الإقفال إقفال 終値 收盘 收盘价 收盤價 收市 收市價 종가 ราคาปิด "שער נעילה" penutupan prc dlyprc prccd "price close" preult
		last lastprice lasttrade "trdprc 1" zuletzt letzter "letzter kurs" dernier "dernier cours" ultimo último laatste ostatnio ultimul послед последняя остання senaste senast
		seneste siste viimeisin "viimeisin kurssi" poslední utolsó son "son fiyat" şimdi τελευταία الأخير آخر "آخر سعر" ล่าสุด "lần cuối" terakhir
		price value kurs cours prezzo precio preço koers cena preț цена ціна pris kurssi τιμή السعر سعر שער nav "share pricing" "unadjusted close" "close unadjusted" "close unadj" "raw close"`,
	colAdj: `adjclose adjustedclose adjusted closeadj closeadjusted adjcloseprice adjustedcloseprice adjustedprice adjprice adj
		"bereinigter schlusskurs" bereinigt "adj. schlusskurs" "schlusskurs bereinigt" "clôture ajustée" "cours ajusté" ajusté "chiusura rettificata" "chiusura aggiustata" rettificato
		"cierre ajustado" ajustado "fechamento ajustado" "fecho ajustado" "aangepaste slotkoers" "aangepast" "skorygowane zamknięcie" "zamknięcie skorygowane"
		"închidere ajustată" "скорректированное закрытие" "цена закрытия скорр" "скориговане закриття" "justerad stängningskurs" "justeret lukkekurs" "justert sluttkurs"
		"korjattu päätöskurssi" "düzeltilmiş kapanış" "προσαρμοσμένο κλείσιμο" "الإغلاق المعدل" "سعر الإغلاق المعدل" "السعر المعدل" 調整後終値 終値調整値 終値調整 調整終値 修正終値 수정종가 수정주가 前复权收盘价 复权收盘价 adjprcwd adjprcnd
		"total return index" tri "total return price" "tot return index gross dvds" "tot return index net dvds" "tot return ind" "gross total return index" "net total return index"`,
	// What is counted in shares goes before what may be money: Ariva's Volumen, and
	// Umsatz, stand for it beside Stücke.
	colVolume: `volume vol stück stücke stuecke stueck "gehandelte stücke" sharestraded "share volume" "no of shares" "number of shares" "volume traded" "traded volume" "total traded quantity" "traded quantity" tottrdqty ttltrdqnty
		dnshrtrd quatot "totalt omsatt antall" "total traded volume"
		pxvolume "px volume" tradingvolume totalvolume v qty quantity
		volumen handelsvolumen quantità volumi "volumen negociado" "volume negociado" omzet omvang wolumen wol volum
		объем объём об "объем торгов" обсяг об'єм volym mængde vaihto volyymi objem forgalom mennyiség hacim hac "işlem hacmi"
		όγκος الحجم "حجم التداول" الكمية "كمية التداول" 出来高 成交量 成交股數 成交股数 总手 거래량 umsatz omsättning omsætning omsetning obrót`,
	colDividend: `dividends dividend divcash dividendamount cashdividend divamount "dividend per share" dps
		dividende dividenden dividendo dividendi dividendos dywidenda dywidendy dividendă дивиденд дивиденды дивіденд дивіденди utdelning udbytte utbytte osinko
		osztalék temettü μέρισμα توزيعات "الأرباح الموزعة" "توزيعات الأرباح" 配当`,
	colSplit: `stocksplits stocksplit splitfactor splitcoefficient splitratio split splits
		aktiensplit splitverhältnis splitfaktor fractionnement frazionamento desdoblamiento desdobramento splitsing сплит спліт "تجزئة الأسهم" تجزئة`,
	colReturn: `ret return returns totalreturn dailyreturn dlyret dretwd trt1d logreturn
		rendite renditen rendement rendimento rentabilidad retorno rendementen "stopa zwrotu" randament доходность дохідність avkastning afkast tuotto výnos hozam getiri απόδοση العائد عائد`,
	colSymbol:   `ticker symbol tic tickersymbol stocksymbol`,
	colCurrency: `currency ccy curr currencycode curcd curcdd währung devise moneda moeda valuta waluta валюта "para birimi" العملة عملة 通貨 货币 貨幣 통화`,
}

// canonicalNames parts each list at its blanks, but within quotation marks.
func canonicalNames(lists *[columns]string) *[columns][]string {
	var out [columns][]string
	for c, list := range lists {
		for i, part := range strings.Split(list, `"`) {
			if i%2 == 1 {
				out[c] = append(out[c], canonical(part))
				continue
			}
			for _, n := range strings.Fields(part) {
				out[c] = append(out[c], canonical(n))
			}
		}
	}
	return &out
}

// columnNamed returns the column that a canonical name means; -1: none.
func columnNamed(canon string) int {
	if c, ok := columnOf()[canon]; ok {
		return c
	}
	return -1
}

var columnOf = sync.OnceValue(func() map[string]int {
	m := make(map[string]int)
	for c, list := range names() {
		for _, n := range list {
			if _, dup := m[n]; !dup {
				m[n] = c
			}
		}
	}
	return m
})

// monthWords are the names of the months in the same languages, whole and as
// they are cut off, canonically.
var monthWords = sync.OnceValue(func() map[string]time.Month {
	m := make(map[string]time.Month)
	for k, list := range [...]string{
		"january januar jänner janvier gennaio enero janeiro januari styczeń stycznia ianuarie января январь січня січень tammikuu leden ledna ocak ιανουάριος ιανουαρίου يناير jan janv jän gen ene sty ian янв січ tam led oca ιαν كانونالثاني جانفي",
		"february februar février febbraio febrero fevereiro februari luty lutego februarie февраля февраль лютого лютий helmikuu únor února şubat φεβρουάριος φεβρουαρίου فبراير feb févr fév fev lut фев лют hel úno şub φεβ شباط فيفري",
		"march märz mars marzo março maart marzec marca martie марта март березня березень maaliskuu březen března mart μάρτιος μαρτίου مارس mar mär mrz mrt мар бер maa bře μαρ آذار مارس",
		"april avril aprile abril kwiecień kwietnia aprilie апреля апрель квітня квітень huhtikuu duben dubna nisan απρίλιος απριλίου أبريل ابريل apr avr abr kwi апр кві huh dub nis απρ نيسان أفريل",
		"may mai maggio mayo maio mei maj maja мая май травня травень toukokuu květen května mayıs μάιος μαΐου مايو mag тра tou kvě μαϊ أيار ماي",
		"june juni juin giugno junio junho czerwiec czerwca iunie июня июнь червня червень kesäkuu červen června haziran ιούνιος ιουνίου يونيو jun giu cze iun июн чер kes čvn haz ιουν حزيران جوان",
		"july juli juillet luglio julio julho lipiec lipca iulie июля июль липня липень heinäkuu červenec července temmuz ιούλιος ιουλίου يوليو jul juil lug lip iul июл лип hei čvc tem ιουλ تموز جويلية يوليوز",
		"august août agosto augustus sierpień sierpnia augusti августа август серпня серпень elokuu srpen srpna ağustos αύγουστος αυγούστου أغسطس اغسطس aug aoû ago sie авг сер elo srp ağu αυγ آب أوت غشت",
		"september septembre settembre septiembre setembro wrzesień września septembrie сентября сентябрь вересня вересень syyskuu září eylül σεπτέμβριος σεπτεμβρίου سبتمبر sep sept set wrz сен вер syy zář eyl σεπ أيلول شتنبر",
		"october oktober octobre ottobre octubre outubro październik października octombrie октября октябрь жовтня жовтень lokakuu říjen října ekim οκτώβριος οκτωβρίου أكتوبر اكتوبر oct okt ott out paź окт жов lok říj eki οκτ تشرينالأول",
		"november novembre noviembre novembro listopad listopada noiembrie ноября ноябрь листопада листопад marraskuu kasım νοέμβριος νοεμβρίου نوفمبر nov noi lis ноя лис kas νοε تشرينالثاني نونبر",
		"december dezember décembre dicembre diciembre dezembro grudzień grudnia decembrie декабря декабрь грудня грудень joulukuu prosinec prosince aralık δεκέμβριος δεκεμβρίου ديسمبر dec dez déc dic gru дек гру jou pro ara δεκ كانونالأول دجنبر",
	} {
		for _, w := range strings.Fields(list) {
			m[canonical(w)] = time.Month(k + 1)
		}
	}
	return m
})

// canonical reduces a column's name to its lower-case letters and digits,
// without accents.
func canonical(name string) string {
	ascii := true
	for i := range len(name) {
		ascii = ascii && name[i] < 0x80
	}
	if !ascii {
		name = norm.NFKD.String(strings.Map(func(r rune) rune {
			switch r {
			case 'ı', 'İ':
				return 'i'
			case 'ł', 'Ł':
				return 'l'
			case 'ø', 'Ø':
				return 'o'
			}
			return r
		}, strings.ReplaceAll(strings.ReplaceAll(name, "ß", "ss"), "æ", "ae")))
	}
	return strings.Map(func(r rune) rune {
		if unicode.IsLetter(r) || unicode.IsDigit(r) {
			return unicode.ToLower(r)
		}
		return -1
	}, name)
}
