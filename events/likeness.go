package events

import (
	"cmp"
	"math/bits"
	"slices"
	"strings"
	"sync"
	"unicode"
)

// Likeness returns how alike two titles are, from 0 to 1: the Dice coefficient of the
// trigrams of their letters and digits,
//
//	2 |A and B| / (|A| + |B|),
//
// without case, blanks, punctuation and a publisher's name at the end, since wires differ
// in those. It is 0 where the titles give other numbers, days or months, or where one says
// the opposite of the other (upgrades, downgrades), however alike the rest.
//
// Source: Dice (1945); the exceptions are this program's.
func Likeness(a, b string) float64 { return newTitle(a).likeness(newTitle(b)) }

// title is a title made ready for comparison.
type title struct {
	letters  string
	digits   string
	signs    string // words that change all: days, months, directions
	trigrams []uint32
	bits     [4]uint64 // a bit for each trigram
}

// turning are the words without whose agreement two titles are not alike: names of days
// and months, and directions.
var turning = sync.OnceValue(func() map[string]string {
	m := map[string]string{}
	for _, list := range [][]string{weekdays[:], months[:]} {
		for _, line := range list {
			f := strings.Fields(line)
			for _, w := range f {
				if len([]rune(w)) > 2 && w != "may" && w != "mars" && w != "set" && w != "sat" && w != "sun" && w != "mar" && w != "dom" && w != "mag" && w != "ago" && w != "gen" && w != "dim" && w != "sam" && w != "ene" {
					m[w] = f[1]
				}
			}
		}
	}
	for _, pair := range [][2]string{
		{"up", "down"}, {"upgrade upgrades upgraded", "downgrade downgrades downgraded"}, {"raise raises raised hikes lifts", "lower lowers lowered cuts cut slashes trims"},
		{"beat beats tops", "miss misses"}, {"rise rises rose gain gains jumps surges soars climbs rallies", "fall falls fell drop drops plunges slumps sinks tumbles"},
		{"higher", "lower"}, {"buy buys", "sell sells"}, {"win wins", "lose loses"}, {"approves", "rejects"}, {"open opens", "close closes"}, {"confirms", "denies"},
		{"يرتفع ترتفع ارتفاع ارتفعت", "ينخفض تنخفض انخفاض انخفضت تراجع"}, {"صعود", "هبوط"}, {"ترفع يرفع", "تخفض يخفض"},
	} {
		for side, words := range pair {
			for _, w := range strings.Fields(words) {
				m[w] = []string{"+", "-"}[side] + strings.Fields(pair[0])[0]
			}
		}
	}
	return m
})

// newTitle makes a title ready; names are those of its publisher.
func newTitle(s string, names ...string) title {
	s = withoutPublisher(s, names...)
	var t title
	var letters, digits, word strings.Builder
	var signs []string
	end := func() {
		if w, ok := turning()[word.String()]; ok {
			signs = append(signs, w)
		}
		word.Reset()
	}
	for _, r := range s {
		switch {
		case unicode.IsDigit(r):
			digits.WriteRune(r)
			letters.WriteRune(r)
			end()
		case unicode.IsLetter(r):
			r = unicode.ToLower(r)
			letters.WriteRune(r)
			word.WriteRune(r)
		case unicode.IsMark(r): // Arabic vowels are written or not
		case r == '\'' || r == '’':
		default:
			end()
		}
	}
	end()
	slices.Sort(signs)
	t.letters, t.digits, t.signs = letters.String(), digits.String(), strings.Join(slices.Compact(signs), " ")
	runes := []rune("  " + t.letters + " ")
	for i := 0; i+2 < len(runes); i++ {
		t.trigrams = append(t.trigrams, uint32(runes[i])*0x9e3779b1^uint32(runes[i+1])*0x85ebca6b^uint32(runes[i+2])*0xc2b2ae35)
	}
	slices.Sort(t.trigrams)
	t.trigrams = slices.Compact(t.trigrams)
	for _, x := range t.trigrams {
		t.bits[x>>30] |= 1 << (x >> 24 & 63)
	}
	return t
}

// most returns a bound of the likeness of t and u, found without their trigrams.
func (t *title) most(u *title) float64 {
	if t.digits != u.digits || t.signs != u.signs || len(t.trigrams) == 0 || len(u.trigrams) == 0 {
		return 0
	}
	a, b := len(t.trigrams), len(u.trigrams)
	inBoth := a // at most: every bit that u lacks is of a trigram that it lacks
	for i, x := range t.bits {
		inBoth -= bits.OnesCount64(x &^ u.bits[i])
	}
	return 2 * float64(min(inBoth, b)) / float64(a+b)
}

func (t title) likeness(u title) float64 {
	if t.letters == u.letters && t.letters != "" {
		return 1
	}
	if t.digits != u.digits || t.signs != u.signs || len(t.trigrams) == 0 || len(u.trigrams) == 0 {
		return 0
	}
	n := 0
	for i, j := 0, 0; i < len(t.trigrams) && j < len(u.trigrams); {
		switch c := cmp.Compare(t.trigrams[i], u.trigrams[j]); {
		case c == 0:
			n, i, j = n+1, i+1, j+1
		case c < 0:
			i++
		default:
			j++
		}
	}
	return 2 * float64(n) / float64(len(t.trigrams)+len(u.trigrams))
}

// wires are publishers whose names stand at the end of titles everywhere.
var wires = []string{"reuters", "cnbc", "bloomberg", "bloombergcom", "ap", "apnews", "associatedpress", "afp", "wsj", "thewallstreetjournal", "financialtimes", "ft", "bbc", "bbcnews", "cnn", "cnnbusiness",
	"yahoofinance", "yahoo", "marketwatch", "barrons", "benzinga", "seekingalpha", "investing", "investingcom", "forbes", "theverge", "techcrunch", "theguardian", "thenewyorktimes", "thewashingtonpost", "businessinsider",
	"themotleyfool", "fortune", "axios", "npr", "investopedia", "zacks", "nasdaq", "globenewswire", "prnewswire", "businesswire", "رويترز", "الجزيرة", "العربية", "سيانبيسي", "بلومبرغ", "الشرق", "أرقام", "أرقامالمالية"}

// withoutPublisher cuts the name that publishers and aggregators append to a title:
// " - Reuters", " | CNBC". It is a publisher's where names tell so: those of the item's
// publisher and address, and the wires'.
func withoutPublisher(s string, names ...string) string {
	for _, sep := range []string{" - ", " | ", " – ", " — ", " _ "} {
		i := strings.LastIndex(s, sep)
		if i <= 0 {
			continue
		}
		tail := Simple(s[i+len(sep):])
		if tail == "" || len(tail) > 60 {
			continue
		}
		if slices.Contains(wires, tail) {
			return s[:i]
		}
		for _, n := range names {
			if n = Simple(n); n != "" && (n == tail || len(tail) > 3 && strings.HasPrefix(n, tail)) {
				return s[:i]
			}
		}
	}
	return s
}
