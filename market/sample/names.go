package sample

// arabic are the names of the securities in Arabic, as the business press writes
// them.
var arabic = map[string]string{
	"SPY":  "صندوق ستاندرد آند بورز 500",
	"SOXX": "صندوق آي شيرز لأشباه الموصلات",
	"SMH":  "صندوق فان إيك لأشباه الموصلات",
	"NVDA": "إنفيديا",
	"AVGO": "برودكوم",
	"AMD":  "إيه إم دي",
	"TSM":  "تي إس إم سي (شهادات إيداع)",
	"ASML": "إيه إس إم إل (أسهم نيويورك)",
	"INTC": "إنتل",
	"MU":   "مايكرون",
	"QCOM": "كوالكوم",
	"ARM":  "آرم (شهادات إيداع)",
	"MRVL": "مارفيل",
	"TXN":  "تكساس إنسترومنتس",
	"AMAT": "أبلايد ماتيريالز",
	"ORCL": "أوراكل",
	"VRT":  "فيرتيف",
	"SMCI": "سوبر مايكرو كمبيوتر",
	"CSCO": "سيسكو",
}
