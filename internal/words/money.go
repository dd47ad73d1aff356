package words

import (
	"math"
	"strconv"
	"strings"
)

// A unit is a power of ten that amounts are counted in.
type unit struct {
	size float64
	name string
}

// The units of English, written on the number, and those of Arabic, between the
// number and the currency.
var (
	englishUnits = []unit{{1e12, "tn"}, {1e9, "bn"}, {1e6, "m"}}
	arabicUnits  = []unit{{1e12, "تريليون"}, {1e9, "مليار"}, {1e6, "مليون"}}
)

// arabicCurrencies are currencies as they are counted.
var arabicCurrencies = map[string]string{
	"USD": "دولار", "EUR": "يورو", "GBP": "جنيه إسترليني", "JPY": "ين", "CNY": "يوان", "HKD": "دولار هونغ كونغ", "TWD": "دولار تايواني", "KRW": "وون",
	"INR": "روبية هندية", "CHF": "فرنك سويسري", "CAD": "دولار كندي", "AUD": "دولار أسترالي", "NZD": "دولار نيوزيلندي", "SGD": "دولار سنغافوري",
	"SEK": "كرونة سويدية", "NOK": "كرونة نرويجية", "DKK": "كرونة دنماركية", "PLN": "زلوتي", "TRY": "ليرة تركية", "RUB": "روبل", "BRL": "ريال برازيلي",
	"MXN": "بيزو مكسيكي", "ZAR": "راند", "ILS": "شيكل", "THB": "بات", "IDR": "روبية إندونيسية", "MYR": "رينغيت", "PKR": "روبية باكستانية",
	"SAR": "ريال سعودي", "AED": "درهم إماراتي", "QAR": "ريال قطري", "KWD": "دينار كويتي", "BHD": "دينار بحريني", "OMR": "ريال عماني",
	"EGP": "جنيه مصري", "JOD": "دينار أردني", "MAD": "درهم مغربي", "TND": "دينار تونسي", "LBP": "ليرة لبنانية", "IQD": "دينار عراقي", "DZD": "دينار جزائري",
}

// Money writes an amount of a currency (ISO 4217; "": none is said) to three digits
// or so: "-465bn USD", "-465 مليار دولار".
func (l *Language) Money(v float64, currency string) string {
	name := ""
	for _, u := range l.units {
		if math.Abs(v) >= u.size {
			v, name = v/u.size, u.name
			break
		}
	}
	digits := 0
	if a := math.Abs(v); a < 10 {
		digits = 2
	} else if a < 100 {
		digits = 1
	}
	number := strconv.FormatFloat(v, 'f', digits, 64)
	if l.currencies == nil {
		return strings.TrimSpace(number + name + " " + currency)
	}
	if strings.Contains(number, ".") {
		number = strings.TrimSuffix(strings.TrimRight(number, "0"), ".")
	}
	// No break within an amount, and its number in one piece.
	parts := []string{l.Isolate(number)}
	for _, p := range []string{name, l.currency(currency)} {
		if p != "" {
			parts = append(parts, p)
		}
	}
	return strings.Join(parts, "\u00a0")
}

// currency is the name of a currency, or its code.
func (l *Language) currency(code string) string {
	if name, ok := l.currencies[code]; ok {
		return name
	}
	return l.Isolate(code)
}
