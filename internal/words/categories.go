package words

// arabicCategories are the categories of the shipped catalogue, of what "events
// import" finds and of market-wide news.
var arabicCategories = map[string]string{
	"ai-product": "منتجات الذكاء الاصطناعي", "ai-infrastructure": "بنية الذكاء الاصطناعي", "ai-safety": "سلامة الذكاء الاصطناعي", "ai-policy": "سياسات الذكاء الاصطناعي",
	"market": "السوق", "earnings": "النتائج المالية", "export-control": "ضوابط التصدير", "tariff": "الرسوم الجمركية", "macro": "الاقتصاد الكلي",
	"monetary-policy": "السياسة النقدية", "rates": "أسعار الفائدة", "geopolitics": "الجغرافيا السياسية", "war": "الحرب", "guidance": "التوقعات المالية",
	"merger": "الاندماج", "acquisition": "الاستحواذ", "m&a": "الاندماج والاستحواذ", "dividend": "توزيع الأرباح", "buyback": "إعادة شراء الأسهم", "split": "تجزئة الأسهم",
	"product": "المنتجات", "management": "الإدارة", "lawsuit": "الدعاوى", "litigation": "الدعاوى", "regulation": "التنظيم", "rating": "التصنيف", "analyst": "آراء المحللين",
	"offering": "طرح الأسهم", "ipo": "الطرح الأولي", "bankruptcy": "الإفلاس", "partnership": "الشراكات", "investment": "الاستثمار", "filing": "الإفصاحات", "news": "الأخبار", "other": "أخرى",
}

// Category names a category of events; one that is in no table by its own name.
func (l *Language) Category(name string) string {
	if own, ok := l.categories[name]; ok {
		return own
	}
	return l.Isolate(name)
}
