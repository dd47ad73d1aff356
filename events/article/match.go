package article

import (
	"math"
	"slices"
	"strings"
	"time"
	"unicode"

	"aftershock/events"
	"aftershock/internal/pattern"
	"sync"
)

// Match is an event of a catalogue that a sentence seems to tell of.
type Match struct {
	ID     string
	Score  float64  // of shared names, words and time; see [Read]
	Others []string // IDs of those that fit nearly as well; with any the match is none to rely on
}

// matcher knows the words and names of a catalogue.
type matcher struct {
	catalog *events.Catalog
	names   *events.Names
	events  []fingerprint
	weight  map[string]float64 // of a word: the rarer in the catalogue, the more it says
}

type fingerprint struct {
	words   map[string]bool
	titled  map[string]bool // firms and products in its titles, by the name of the firm
	targets map[string]bool // symbols
	day     time.Time
}

func newMatcher(c *events.Catalog, names *events.Names) *matcher {
	m := &matcher{catalog: c, names: names, weight: map[string]float64{}}
	seen := map[string]int{}
	for i := range c.Events {
		e := &c.Events[i]
		f := fingerprint{words: map[string]bool{}, titled: map[string]bool{}, targets: map[string]bool{}, day: e.Date()}
		titles := []string{e.Title}
		for _, t := range e.Titles {
			titles = append(titles, t)
		}
		for _, t := range titles {
			for w := range contentWords(t) {
				f.words[w] = true
			}
			if names != nil {
				for _, x := range names.Find(t) {
					if x.Doubt == events.Sure {
						f.titled[x.Entity.Name] = true
						if x.Entity.Owner != "" {
							f.titled[x.Entity.Owner] = true
						}
					}
				}
			}
		}
		for _, t := range e.Targets {
			f.targets[t.Symbol] = true
		}
		for w := range f.words {
			seen[w]++
		}
		m.events = append(m.events, f)
	}
	for w, n := range seen {
		m.weight[w] = math.Log(1 + float64(len(c.Events))/float64(n))
	}
	return m
}

// The scores of what a sentence and an event may share.
const (
	scoreName     = 2.0 // a firm or product in the title
	scoreProduct  = 1.5 // more for a product, which says which of a firm's events
	scoreTarget   = 0.5 // a security of the event
	scoreWord     = 0.6 // a word of the title, times its weight
	threshold     = 3.5 // with a date that fits
	thresholdOpen = 4.5 // without a date
	nearTie       = 0.9
)

// match gives each sentence that tells of an event the event of the catalogue that
// fits it best: the day of the event lies in a date of the sentence, or the sentence
// has none and the event lies in the 60 days before publication; and names and words
// are shared enough. Where two fit nearly as well none is given.
func (m *matcher) match(all []Sentence, published time.Time) {
	for i := range all {
		s := &all[i]
		if !s.Event && len(s.Mentions) == 0 {
			continue
		}
		type fit struct {
			at    int
			score float64
		}
		var fits []fit
		words := contentWords(s.Text)
		for k := range m.events {
			f := &m.events[k]
			dated, inside := false, 0.0
			for _, d := range s.Dates {
				if d.From.IsZero() || d.Precision == Year && !s.Event {
					continue
				}
				dated = true
				slack := 24 * time.Hour // the day of another zone
				if d.Precision != Day {
					slack = 0
				}
				if !f.day.Before(d.From.Add(-slack)) && !f.day.After(d.To.Add(slack)) {
					inside = max(inside, []float64{2.5, 2, 1.5, 1, 0.75, 0.5, 0}[rank(d.Precision)])
				}
			}
			switch {
			case dated && inside == 0:
				continue
			case !dated && !published.IsZero() && (f.day.After(published.AddDate(0, 0, 1)) || f.day.Before(published.AddDate(0, 0, -60))):
				continue
			case !dated && !s.Event:
				continue
			}
			score, named := inside, 0
			counted := map[string]bool{}
			for _, x := range s.Mentions {
				if counted[x.Entity.Name] {
					continue
				}
				counted[x.Entity.Name] = true
				switch {
				case f.titled[x.Entity.Name]:
					score += scoreName
					if x.Entity.Kind == events.Product {
						score += scoreProduct
					}
					named++
				case x.Entity.Symbol != "" && f.targets[x.Entity.Symbol]:
					score += scoreTarget
				}
			}
			shared := 0.0
			for w := range words {
				if f.words[w] {
					shared += scoreWord * m.weight[w]
				}
			}
			score += shared
			need := threshold
			if !dated {
				need = thresholdOpen
			}
			if score >= need && (named > 0 || dated && shared >= 2.5) {
				fits = append(fits, fit{k, score})
			}
		}
		slices.SortStableFunc(fits, func(a, b fit) int {
			switch {
			case a.score > b.score:
				return -1
			case a.score < b.score:
				return 1
			}
			return 0
		})
		if len(fits) == 0 {
			continue
		}
		if len(fits) > 1 && fits[1].score >= nearTie*fits[0].score {
			continue // several could be meant, so none is said
		}
		s.Match = &Match{ID: m.catalog.Events[fits[0].at].ID, Score: fits[0].score}
	}
}

// Words of one meaning in the two languages, in the forms that news has, and what
// they are counted as.
var concepts = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for concept, forms := range map[string]string{
		"=fall":    `fall falls fell fallen sink sinks sank drop drops dropped plunge plunges plunged slump slumps slumped tumble tumbled tumbles selloff sell-off slide slid decline loses lost lose rout تراجع تراجعت هبط هبطت هبوط انخفاض انخفض انخفضت تهوي هوي هوت تفقد فقد فقدت خسر خسرت خسائر تنهار انهار`,
		"=rise":    `rise rises rose jump jumps jumped gain gains gained surge surged surges soar soared rally rallied ارتفع ارتفعت ارتفاع قفز قفزت صعد صعدت صعود`,
		"=release": `release releases released launch launches launched unveil unveils unveiled introduce introduced debut اطلق اطلقت تطلق اطلاق طرح طرحت تطرح اصدر اصدرت تصدر اصدار كشفت كشف`,
		"=report":  `report reports reported results earnings quarter نتائج نتايج ارباح الارباح تعلن الربع`,
		"=chip":    `chip chips chipmaker chipmakers semiconductor semiconductors processor processors gpu gpus رقاقه رقائق رقايق الرقائق الرقايق شرائح معالج معالجات الموصلات`,
		"=export":  `export exports تصدير صادرات الصادرات`,
		"=curb":    `restrict restricts restricted restriction restrictions curb curbs tighten tightens tightened rules rule ban bans banned control controls قيود تقيد قيد تشدد حظر حظرت القيود`,
		"=tariff":  `tariff tariffs duties رسوم الرسوم جمركيه تعريفات`,
		"=flaw":    `flaw flaws vulnerability vulnerabilities jailbreak jailbreaks attack attacks hack harmful security ثغره ثغرات عيوب امنيه هجوم هجمات ضاره`,
		"=app":     `app application download downloads downloaded تطبيق التطبيقات تنزيل`,
		"=open":    `open-source open-weights open weights مفتوح مفتوحه المفتوح`,
		"=model":   `model models نموذج نماذج نموذجها`,
		"=europe":  `europe european اوروبا الاوروبي الاوروبيه اوروبي اوروبيه`,
		"=china":   `china chinese beijing الصين الصيني الصينيه صيني صينيه بكين`,
		"=us":      `us u.s america american washington امريكا الامريكيه اميركا الاميركيه واشنطن المتحده`,
		"=test":    `test tests tested researchers اختبار اختبر باحثون باحثو ابحاث الابحاث`,
	} {
		for _, w := range strings.Fields(forms) {
			m[w] = concept
		}
	}
	return m
})

var emptyWords = pattern.NewWords(`the and for its with from that this are was were has have had will into over after before about which their they been more than first year years company said says new out not but all one two you his her who what when where while also
	التي الذي الذين هذا هذه ذلك تلك علي الي عن من في مع بعد قبل عند كان كانت قد ان او ثم حيث بين كما لم لن لا ما كل غير اكثر اقل شركه شركات الشركه عام العام يوم اليوم`)

// contentWords returns the words of s that may tell one event from another.
func contentWords(s string) map[string]bool {
	r := &reading{text: s}
	r.foldText()
	out := map[string]bool{}
	for _, w := range strings.FieldsFunc(r.fold, func(c rune) bool { return !unicode.IsLetter(c) && !unicode.IsDigit(c) && c != '-' }) {
		w = strings.Trim(w, "-")
		forms := []string{w}
		for _, p := range []string{"وال", "بال", "فال", "كال", "لل", "ال", "و", "ب", "ل", "ف"} {
			if rest, ok := strings.CutPrefix(w, p); ok && len([]rune(rest)) >= 3 {
				forms = append(forms, rest)
			}
		}
		done := false
		for _, f := range forms {
			if c, ok := concepts()[f]; ok {
				out[c], done = true, true
				break
			}
		}
		if done || emptyWords.Has(w) || len([]rune(w)) < 3 {
			continue
		}
		for _, p := range []string{"وال", "بال", "فال", "كال", "لل", "ال"} {
			if rest, ok := strings.CutPrefix(w, p); ok && len([]rune(rest)) >= 3 {
				w = rest
				break
			}
		}
		if strings.HasSuffix(w, "s") && len(w) > 4 && !strings.HasSuffix(w, "ss") {
			w = w[:len(w)-1]
		}
		out[w] = true
	}
	return out
}
