package words

// arabicRefused is what a study refuses of itself, by the English.
var arabicRefused = map[string]string{
	"none is named; `list models` shows them": "لم يُسمَّ نموذج؛ والأمر list models يعرضها",
	"%q; use returns, volume or volatility":   "%q؛ والممكن returns أو volume أو volatility",
	"the model %s explains returns by returns of others than the benchmark, which says nothing of volume; use mean or market": "النموذج %s يفسر العوائد بعوائد غير المؤشر المرجعي، ولا يقول ذلك شيئًا عن حجم التداول؛ والمناسب mean أو market",
	"%s ends before it begins":                                    "%s تنتهي قبل أن تبدأ",
	"%s has %d sessions; use %d or fewer":                         "عدد جلسات %s هو %d؛ والأكثر %d",
	"%s reaches into the event window %s; end it at %d or before": "%s تدخل في نافذة الحدث %s؛ ويلزم أن تنتهي عند %d أو قبله",
	"%d; the estimation window %s has %d sessions: lower min_estimation to that or less, or lengthen study.estimation": "%d؛ وعدد جلسات نافذة التقدير %s هو %d: يلزم خفض min_estimation إليه أو دونه، أو إطالة study.estimation",
	"%q; use simple or log":           "%q؛ والممكن simple أو log",
	"%q; use skip or trade-to-trade":  "%q؛ والممكن skip أو trade-to-trade",
	"%q; use exclude or zero":         "%q؛ والممكن exclude أو zero",
	"%q; use keep, trim or drop":      "%q؛ والممكن keep أو trim أو drop",
	"%q; use all, sector or exchange": "%q؛ والممكن all أو sector أو exchange",
	"%g; give the effect that would matter as a decimal above 0 (0.01 is 1%%), or 0 for none": "%g؛ يُكتب الأثر الذي يُعتد به عددًا عشريًا فوق الصفر (0.01 هو 1%%)، أو 0 إن لم يكن",
	"%q; use equal, value or precision":               "%q؛ والممكن equal أو value أو precision",
	"%q; use codes of %v":                             "%q؛ والممكن من الرموز %v",
	"%d; use %d to %d, or 0 for %d":                   "%d؛ والممكن من %d إلى %d، أو 0 ومعناه %d",
	"%q; use securities, sessions, windows or groups": "%q؛ والممكن securities أو sessions أو windows أو groups",
	"%q; use averages, mean-correlation or notes":     "%q؛ والممكن averages أو mean-correlation أو notes",
	"mean-correlation goes only with notes, which tell where securities move together; leave both out, or none": "لا يُترك mean-correlation إلا مع notes، فهي تذكر أين تتحرك الأوراق معًا؛ فاتركهما معًا أو لا تترك أيًّا منهما",
	"%q; use holm, bh, by or romano-wolf":                                                                                "%q؛ والممكن holm أو bh أو by أو romano-wolf",
	"no window; give at least one, such as [0, 0]":                                                                       "لا نافذة؛ ويلزم واحدة على الأقل، مثل [0, 0]",
	"%q is no test with a statistic to place; use one such as t, portfolio or kp-bmp":                                    "%q ليس اختبارًا له إحصاءة توضع؛ والمناسب مثل t أو portfolio أو kp-bmp",
	"%q is not a grouping; use event, security, category or all":                                                         "%q ليس تجميعًا؛ والممكن event أو security أو category أو all",
	"%s is car[%d] again; leave it out":                                                                                  "%s هي car[%d] مكررة؛ فتُحذف",
	"%s does not lie within the event window %s; widen study.event or narrow this window":                                "%s ليست داخل نافذة الحدث %s؛ فتوسَّع study.event أو تضيَّق هذه النافذة",
	"%s; impact is that on returns":                                                                                      "%s؛ والأثر المقيس هنا هو الأثر في العوائد",
	"%s; moves are those of returns":                                                                                     "%s؛ والتحركات هي تحركات العوائد",
	"%s makes %d groups of %d tests over %d windows, more than %d results; leave it out, or name fewer tests or windows": "%s يعطي %d من المجموعات لكل منها %d من الاختبارات على %d من النوافذ، أي أكثر من %d نتيجة؛ فيُحذف، أو تُسمّى اختبارات أو نوافذ أقل",
	"is empty, and the model %s needs a market; name its symbol, such as SPY":                                            "غير مذكور، والنموذج %s يحتاج إلى سوق؛ فيُسمّى رمزه، مثل SPY",
}

// arabicExchanges are the exchanges, by the names of package market.
var arabicExchanges = map[string]string{
	"NYSE": "بورصة نيويورك", "LSE": "بورصة لندن", "Tokyo": "بورصة طوكيو", "Korea": "بورصة كوريا", "Taiwan": "بورصة تايوان", "Hong Kong": "بورصة هونغ كونغ",
	"Euronext Amsterdam": "يورونكست أمستردام", "Euronext Paris": "يورونكست باريس", "Euronext Brussels": "يورونكست بروكسل", "Euronext Lisbon": "يورونكست لشبونة",
	"Xetra": "إكسترا", "Frankfurt": "بورصة فرانكفورت", "Zurich": "بورصة زيورخ", "Milan": "بورصة ميلانو", "Madrid": "بورصة مدريد", "Dublin": "بورصة دبلن",
	"Vienna": "بورصة فيينا", "Stockholm": "بورصة ستوكهولم", "Copenhagen": "بورصة كوبنهاغن", "Oslo": "بورصة أوسلو", "Helsinki": "بورصة هلسنكي",
	"Reykjavik": "بورصة ريكيافيك", "Tallinn": "بورصة تالين", "Riga": "بورصة ريغا", "Vilnius": "بورصة فيلنيوس", "Warsaw": "بورصة وارسو", "Prague": "بورصة براغ",
	"Budapest": "بورصة بودابست", "Athens": "بورصة أثينا", "Istanbul": "بورصة إسطنبول", "Moscow": "بورصة موسكو", "India": "بورصة الهند", "Shanghai": "بورصة شنغهاي",
	"Shenzhen": "بورصة شنتشن", "Sydney": "بورصة سيدني", "New Zealand": "بورصة نيوزيلندا", "Singapore": "بورصة سنغافورة", "Jakarta": "بورصة جاكرتا",
	"Bangkok": "بورصة بانكوك", "Kuala Lumpur": "بورصة كوالالمبور", "Manila": "بورصة مانيلا", "Vietnam": "بورصة فيتنام", "Karachi": "بورصة كراتشي",
	"Colombo": "بورصة كولومبو", "Riyadh": "السوق المالية السعودية", "Dubai": "سوق دبي المالي", "Abu Dhabi": "سوق أبوظبي للأوراق المالية", "Doha": "بورصة قطر",
	"Kuwait": "بورصة الكويت", "Bahrain": "بورصة البحرين", "Muscat": "بورصة مسقط", "Amman": "بورصة عمّان", "Cairo": "البورصة المصرية", "Tel Aviv": "بورصة تل أبيب",
	"Casablanca": "بورصة الدار البيضاء", "Toronto": "بورصة تورونتو", "Sao Paulo": "بورصة ساو باولو", "Mexico": "بورصة المكسيك", "Buenos Aires": "بورصة بوينس آيرس",
	"Santiago": "بورصة سانتياغو", "Johannesburg": "بورصة جوهانسبرغ", "Lagos": "بورصة لاغوس", "Nairobi": "بورصة نيروبي", "Currencies": "سوق العملات",
	"Crypto": "سوق العملات المشفرة",
}

// arabicCities are the places of their clocks.
var arabicCities = map[string]string{
	"New York": "نيويورك", "Tokyo": "طوكيو", "Seoul": "سيول", "Taipei": "تايبيه", "Hong Kong": "هونغ كونغ", "Shanghai": "شنغهاي", "London": "لندن",
	"Amsterdam": "أمستردام", "Berlin": "فرانكفورت", "Paris": "باريس", "Brussels": "بروكسل", "Lisbon": "لشبونة", "Zurich": "زيورخ", "Rome": "روما", "Madrid": "مدريد",
	"Dublin": "دبلن", "Vienna": "فيينا", "Stockholm": "ستوكهولم", "Copenhagen": "كوبنهاغن", "Oslo": "أوسلو", "Helsinki": "هلسنكي", "Reykjavik": "ريكيافيك",
	"Tallinn": "تالين", "Riga": "ريغا", "Vilnius": "فيلنيوس", "Warsaw": "وارسو", "Prague": "براغ", "Budapest": "بودابست", "Athens": "أثينا", "Istanbul": "إسطنبول",
	"Moscow": "موسكو", "Kolkata": "كلكتا", "Sydney": "سيدني", "Auckland": "أوكلاند", "Singapore": "سنغافورة", "Jakarta": "جاكرتا", "Bangkok": "بانكوك",
	"Kuala Lumpur": "كوالالمبور", "Manila": "مانيلا", "Ho Chi Minh": "هو تشي منه", "Karachi": "كراتشي", "Colombo": "كولومبو", "Riyadh": "الرياض", "Dubai": "دبي",
	"Qatar": "قطر", "Kuwait": "الكويت", "Bahrain": "البحرين", "Muscat": "مسقط", "Amman": "عمّان", "Cairo": "القاهرة", "Jerusalem": "تل أبيب", "Casablanca": "الدار البيضاء",
	"Toronto": "تورونتو", "Sao Paulo": "ساو باولو", "Mexico City": "مكسيكو", "Buenos Aires": "بوينس آيرس", "Santiago": "سانتياغو", "Johannesburg": "جوهانسبرغ",
	"Lagos": "لاغوس", "Nairobi": "نيروبي", "UTC": "غرينتش",
}

// arabicCompared is what aftershock compare says.
var arabicCompared = map[string]string{
	"From %s to %s":                      "من %s إلى %s",
	"Another program":                    "برنامج آخر",
	"Keys of the configuration":          "مفاتيح الإعدادات",
	"Inputs":                             "المدخلات",
	"In the second alone":                "في الثاني وحده",
	"In the first alone":                 "في الأول وحده",
	"the column %s":                      "العمود %s",
	"the whole table":                    "الجدول كله",
	"Too large to be compared: %s.":      "أكبر من أن يُقارن: %s.",
	"Readings that flipped":              "قراءات انقلبت",
	"Figures that moved, the most first": "أرقام تغيرت، أكثرها تغيرا أولا",
	"and %s more: --format csv has all":  "و%s غيرها: والكل مع \u2066--format csv\u2069",
	"nothing":                            "لا شيء",
	"%s: read by the second alone":       "%s: قُرئ في الثاني وحده",
	"%s: read by the first alone":        "%s: قُرئ في الأول وحده",
	"%s: has changed":                    "%s: تغيّر",
	"Nothing changed.":                   "لم يتغير شيء.",
	"{1:%[1]s row|%[1]s rows} and {2:%[2]s figure|%[2]s figures} compared; %[3]s moved, %[4]s of them readings that flipped.": "قورنت الصفوف (%[1]s) والأرقام (%[2]s)؛ تغيّر منها %[3]s، ومنها %[4]s قراءات انقلبت.",
}
