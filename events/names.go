package events

import (
	_ "embed"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"aftershock/internal/pattern"
)

// Kind says what a name stands for.
type Kind string

// The kinds.
const (
	Company Kind = "company" // a firm, an investor, a laboratory, or a part of one
	Product Kind = "product" // what a firm makes
)

// Entity is a firm or a product that news may speak of.
type Entity struct {
	Name   string `json:"name"`
	Symbol string `json:"ticker,omitempty"` // of its security, a product's of its maker; "": not listed
	Kind   Kind   `json:"kind"`
	Owner  string `json:"owner,omitempty"` // the name of the firm whose it is
	CIK    string `json:"cik,omitempty"`   // of the SEC, without leading zeros
	ISIN   string `json:"isin,omitempty"`
}

// Names is a table of the names of firms and products: how they are written, in
// Latin and Arabic script, and which security they stand for. It is read by
// [ReadNames]; [ShippedNames] comes with the program. A table does not change,
// and may be used by several goroutines at once.
type Names struct {
	given    []Entity     // as they were read
	entities []Entity     // those, with the symbols of their owners
	spelt    [][]spelling // of each entity
	first    map[string][]*alias
	byName   map[string]int // folded name, without the words of its legal form
	bySymbol map[string]int
	byCIK    map[string]int
	byISIN   map[string]int
}

// A spelling is a name as the table has it.
type spelling struct {
	text string
	kind spellingKind
}

type spellingKind int

const (
	sure      spellingKind = iota // it is this name wherever it stands
	ambiguous                     // it is a word too, and needs context
	notName                       // a phrase in which the word is no name
)

// An alias is one way to write a name, cut into folded words.
type alias struct {
	words   []string
	surface string
	kind    spellingKind
	entity  int
	version bool // words of a version may follow: Gemini 2.5 Pro
}

//go:embed names.csv
var shippedNames string

// ShippedNames returns the table that comes with the program: large firms of the
// world's markets, those of technology before all, some that are not listed, and
// their products.
func ShippedNames() (*Names, error) {
	return ReadNames("names.csv", strings.NewReader(shippedNames))
}

var nameColumns = []string{"name", "ticker", "kind", "owner", "aliases", "ambiguous", "not", "cik", "isin"}

// ReadNames reads a table of names from CSV; file is its name for messages. The
// header names the columns, of which name alone is needed:
//
//	name       the name in English; a spelling itself
//	ticker     the symbol of the security as the source of prices has it; empty: that
//	           of the owner, or not listed
//	kind       company (the default) or product
//	owner      the name of the firm whose it is, which has a line of its own
//	aliases    other spellings in any script, separated by |
//	ambiguous  those that are words too (Apple, Target, ميتا) and count in context
//	           only, separated by |; may repeat the name
//	not        phrases in which such a word is no name, such as Big Apple
//	cik        the number of the firm at the SEC
//	isin       the international number of the security
//
// In a spelling [ab] stands for any one of the letters, (ab) for letters that may
// be missing, and a + at its end lets words of a version follow: Gemini+ is found
// in Gemini 2.5 Pro too, and named so. Vowel marks, hyphens, the hamza and letters of
// Persian are read alike; Arabic proclitics (و ف ب ل ك) need not be written down.
// Lines that begin with # are comments.
//
// Everything that is wrong with the table is reported at once, as [Errors].
func ReadNames(file string, r io.Reader) (*Names, error) {
	n := &Names{}
	var errs Errors
	bad := func(line int, format string, args ...any) {
		errs = append(errs, Problem{file, line, fmt.Sprintf(format, args...)})
	}
	in := csv.NewReader(r)
	in.TrimLeadingSpace = true
	in.Comment = '#'
	in.FieldsPerRecord = -1
	head, err := in.Read()
	if errors.Is(err, io.EOF) {
		return nil, Errors{{file, 0, "no names; begin with a line of columns, such as name,ticker,aliases"}}
	}
	if err != nil {
		return nil, Errors{{file, 1, err.Error()}}
	}
	at := map[string]int{}
	for i, h := range head {
		h = strings.ToLower(strings.TrimSpace(strings.TrimPrefix(h, "\ufeff")))
		if !slices.Contains(nameColumns, h) {
			bad(1, "%s is not a column of a table of names%s; they are %s", quote(h), meant(h, nameColumns), strings.Join(nameColumns, ", "))
		} else if _, twice := at[h]; twice {
			bad(1, "column %s is given twice; remove one", h)
		}
		at[h] = i
	}
	if _, ok := at["name"]; !ok {
		bad(1, "there is no column name; it is needed, with the names in English")
	}
	if len(errs) > 0 {
		return nil, errs
	}
	lines := map[string]int{}
	var lineOf []int
	for {
		row, err := in.Read()
		if errors.Is(err, io.EOF) {
			break
		}
		var wrong *csv.ParseError
		if errors.As(err, &wrong) {
			bad(wrong.Line, "%v", wrong.Err)
			break
		}
		if err != nil {
			bad(0, "%v", err)
			break
		}
		line, _ := in.FieldPos(0)
		if len(row) > len(head) {
			bad(line, "has %d fields, the header %d; quote fields that hold a comma", len(row), len(head))
			continue
		}
		if !utf8.ValidString(strings.Join(row, "")) {
			bad(line, "not UTF-8 text; save the file as UTF-8")
			continue
		}
		get := func(name string) string {
			if i, ok := at[name]; ok && i < len(row) {
				return strings.TrimSpace(row[i])
			}
			return ""
		}
		e := Entity{Name: get("name"), Symbol: get("ticker"), Kind: Kind(strings.ToLower(get("kind"))), Owner: get("owner"), CIK: strings.TrimLeft(get("cik"), "0"), ISIN: strings.ToUpper(get("isin"))}
		if e.Kind == "" {
			e.Kind = Company
		}
		key := strings.ToLower(e.Name)
		switch {
		case e.Name == "":
			bad(line, "name is empty; give the name in English")
			continue
		case lines[key] > 0:
			bad(line, "%s already has line %d; put its spellings together", quote(e.Name), lines[key])
			continue
		case e.Kind != Company && e.Kind != Product:
			bad(line, "kind %s is not known; write company or product", quote(string(e.Kind)))
		case e.Symbol != "" && !plain(e.Symbol, 40) && !isTicker(e.Symbol):
			bad(line, "ticker %s is not a symbol; write it as the source of prices does, such as NVDA, BRK-B or 005930.KS", quote(e.Symbol))
		case strings.ContainsFunc(e.CIK, func(r rune) bool { return r < '0' || '9' < r }):
			bad(line, "cik %s is not a number", quote(e.CIK))
		case e.ISIN != "" && !isISIN(e.ISIN):
			bad(line, "isin %s is not an ISIN: two letters, nine letters or digits and a check digit that fits", quote(e.ISIN))
		}
		lines[key] = line
		lineOf = append(lineOf, line)
		var spelt []spelling
		add := func(list string, kind spellingKind) {
			for s := range strings.SplitSeq(list, "|") {
				if s = strings.TrimSpace(s); s == "" {
					continue
				}
				texts, err := expand(strings.TrimSuffix(s, "+"))
				if err != nil {
					bad(line, "spelling %s: %v", quote(s), err)
				}
				for _, t := range texts {
					if len(foldWords(t)) == 0 {
						bad(line, "spelling %s has no letters", quote(s))
					} else if strings.HasSuffix(s, "+") {
						spelt = append(spelt, spelling{t + "+", kind})
					} else {
						spelt = append(spelt, spelling{t, kind})
					}
				}
			}
		}
		add(get("ambiguous"), ambiguous)
		add(get("aliases"), sure)
		add(get("not"), notName)
		if !slices.ContainsFunc(spelt, func(s spelling) bool { return strings.TrimSuffix(s.text, "+") == e.Name }) {
			add(e.Name, sure)
		}
		n.given = append(n.given, e)
		n.spelt = append(n.spelt, spelt)
	}
	if len(errs) == 0 && len(n.given) == 0 {
		bad(0, "no names; give at least one line, such as Nvidia,NVDA")
	}
	n.index()
	for i, e := range n.given {
		if e.Owner != "" && n.byName[nameKey(e.Owner)] == i {
			bad(lineOf[i], "%s is given as its own owner", quote(e.Name))
		}
	}
	if len(errs) > 0 {
		slices.SortStableFunc(errs, func(x, y Problem) int { return x.Line - y.Line })
		return nil, errs
	}
	return n, nil
}

// isISIN checks the form and the check digit (ISO 6166).
func isISIN(s string) bool {
	if len(s) != 12 {
		return false
	}
	var digits []int
	for i, c := range s {
		switch {
		case '0' <= c && c <= '9' && i > 1:
			digits = append(digits, int(c-'0'))
		case 'A' <= c && c <= 'Z' && i < 11:
			digits = append(digits, int(c-'A'+10)/10, int(c-'A'+10)%10)
		default:
			return false
		}
	}
	sum := 0
	for i := range digits {
		d := digits[len(digits)-1-i]
		if i%2 == 1 {
			d *= 2
		}
		sum += d/10 + d%10
	}
	return sum%10 == 0
}

// expand writes out the letters in brackets of a spelling.
func expand(s string) ([]string, error) {
	out := []string{""}
	put := func(choices []string) {
		var next []string
		for _, o := range out {
			for _, c := range choices {
				next = append(next, o+c)
			}
		}
		out = next
	}
	for s != "" {
		i := strings.IndexAny(s, "[(])")
		if i < 0 {
			put([]string{s})
			break
		}
		put([]string{s[:i]})
		end := map[byte]string{'[': "]", '(': ")"}[s[i]]
		inside, rest, ok := strings.Cut(s[i+1:], end)
		if end == "" || !ok || inside == "" || strings.ContainsAny(inside, "[(])") {
			return nil, errors.New("the brackets do not match; [ab] is one of the letters, (ab) may be missing")
		}
		if end == ")" {
			put([]string{inside, ""})
		} else {
			put(strings.Split(inside, ""))
		}
		if s = rest; len(out) > 64 {
			return nil, errors.New("stands for more than 64 spellings; write fewer brackets")
		}
	}
	return out, nil
}

// With returns a table of n and of more, whose lines go before: a line of more with
// the name of one of n replaces what it gives and adds its spellings; a spelling
// that both have is that of more.
func (n *Names) With(more *Names) *Names {
	out := &Names{given: slices.Clone(n.given), spelt: slices.Clone(n.spelt)}
	for i, e := range more.given {
		at := slices.IndexFunc(out.given, func(x Entity) bool { return strings.EqualFold(x.Name, e.Name) })
		spelt := more.spelt[i]
		if at < 0 {
			out.given, out.spelt = append(out.given, e), append(out.spelt, spelt)
			at = len(out.given) - 1
		} else {
			old := out.given[at]
			e.Symbol, e.Owner, e.CIK, e.ISIN = or(e.Symbol, old.Symbol), or(e.Owner, old.Owner), or(e.CIK, old.CIK), or(e.ISIN, old.ISIN)
			out.given[at] = e
			out.spelt[at] = slices.Concat(spelt, out.spelt[at])
		}
		own := map[string]bool{}
		for _, s := range spelt {
			own[strings.Join(foldWords(s.text), " ")] = true
		}
		for k := range out.spelt {
			if k != at {
				out.spelt[k] = slices.DeleteFunc(slices.Clone(out.spelt[k]), func(s spelling) bool { return own[strings.Join(foldWords(s.text), " ")] })
			}
		}
	}
	out.index()
	return out
}

func or(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

// index makes the maps of n from its entities and their spellings.
func (n *Names) index() {
	n.entities = slices.Clone(n.given)
	n.first, n.byName = map[string][]*alias{}, map[string]int{}
	n.bySymbol, n.byCIK, n.byISIN = map[string]int{}, map[string]int{}, map[string]int{}
	put := func(m map[string]int, key string, i int) {
		if _, used := m[key]; !used && key != "" {
			m[key] = i
		}
	}
	for i, e := range n.entities {
		put(n.byName, nameKey(e.Name), i)
		put(n.byCIK, e.CIK, i)
		put(n.byISIN, e.ISIN, i)
		if e.Kind == Company && e.Owner == "" {
			put(n.bySymbol, e.Symbol, i)
		}
	}
	for i, spelt := range n.spelt {
		for _, s := range spelt {
			text, version := strings.CutSuffix(s.text, "+")
			a := &alias{words: foldWords(text), surface: text, kind: s.kind, entity: i, version: version}
			n.first[a.words[0]] = append(n.first[a.words[0]], a)
			if s.kind != notName {
				put(n.byName, nameKey(text), i)
			}
		}
	}
	for _, list := range n.first { // the longest first, and names that need no context
		slices.SortStableFunc(list, func(x, y *alias) int {
			if d := len(y.words) - len(x.words); d != 0 {
				return d
			}
			return int(x.kind) - int(y.kind)
		})
	}
	for i := range n.entities { // what has no ticker has its owner's
		e := &n.entities[i]
		for owner, deep := e.Owner, 0; e.Symbol == "" && owner != "" && deep < 5; deep++ {
			k, ok := n.byName[nameKey(owner)]
			if !ok {
				break
			}
			e.Symbol, owner = n.entities[k].Symbol, n.entities[k].Owner
		}
	}
}

// Len returns the number of firms and products in the table.
func (n *Names) Len() int { return len(n.entities) }

// BySymbol returns the firm whose security has the symbol.
func (n *Names) BySymbol(symbol string) (Entity, bool) { return n.by(n.bySymbol, symbol) }

// NameIn returns the name in lang of the firm whose security has the symbol: its
// first spelling in the script of lang, "ar", and its name in other languages. ""
// where it is not known.
func (n *Names) NameIn(symbol, lang string) string {
	i, ok := n.bySymbol[symbol]
	switch {
	case !ok || symbol == "":
		return ""
	case lang != "ar":
		return n.entities[i].Name
	}
	for _, kind := range []spellingKind{sure, ambiguous} {
		for _, s := range n.spelt[i] {
			if s.kind == kind && strings.ContainsFunc(s.text, func(r rune) bool { return unicode.Is(unicode.Arabic, r) }) {
				return strings.TrimSuffix(s.text, "+")
			}
		}
	}
	return ""
}

// ByCIK returns the firm with a number of the SEC, with or without leading zeros.
func (n *Names) ByCIK(cik string) (Entity, bool) {
	return n.by(n.byCIK, strings.TrimLeft(strings.TrimSpace(cik), "0"))
}

// ByISIN returns the firm whose security has the ISIN.
func (n *Names) ByISIN(isin string) (Entity, bool) {
	return n.by(n.byISIN, strings.ToUpper(strings.TrimSpace(isin)))
}

// ByName returns what name stands for where it is known to be a name, as in a
// field of a filing: the words of its legal form (NVIDIA CORP, Apple Inc.) and
// its case do not matter, and no context is needed.
func (n *Names) ByName(name string) (Entity, bool) { return n.by(n.byName, nameKey(name)) }

func (n *Names) by(m map[string]int, key string) (Entity, bool) {
	i, ok := m[key]
	if !ok || key == "" {
		return Entity{}, false
	}
	return n.entities[i], true
}

// legalForms are words that end the full name of a firm.
var legalForms = pattern.NewWords(`inc incorporated corp corporation co company companies ltd limited plc llc llp lp sa nv ag se spa
	ab asa oyj kgaa gmbh bv kk holdings holding group cl class a b c common stock ordinary shares adr ads sponsored the de /de/
	pjsc jsc saog kscp qpsc شركه مجموعه المحدوده القابضه`)

// nameKey folds a whole name, without the words of its legal form.
func nameKey(name string) string {
	words := foldWords(name)
	for len(words) > 1 && legalForms.Has(words[0]) && (words[0] == "the" || !isLatin(words[0])) {
		words = words[1:]
	}
	for len(words) > 1 && (legalForms.Has(words[len(words)-1]) || words[len(words)-1] == "&") {
		words = words[:len(words)-1]
	}
	return strings.Join(words, " ")
}

func isLatin(s string) bool { return s != "" && s[0] < utf8.RuneSelf }

// foldWords cuts s into words, each folded.
func foldWords(s string) []string {
	var out []string
	for _, t := range tokenize(s) {
		out = append(out, t.fold)
	}
	return out
}

// A token is a word of a text: where it stands, in bytes, and how it is looked up.
type token struct {
	from, to int
	fold     string
	arabic   bool
}

// tokenize cuts s into words of letters and digits. A word ends where Arabic
// letters meet others, since proclitics are written to Latin names, and an
// ampersand is a word.
func tokenize(s string) []token {
	var out []token
	start, arabic := -1, false
	end := func(i int) {
		if start >= 0 {
			if f := fold(s[start:i]); f != "" {
				out = append(out, token{start, i, f, arabic})
			}
			start = -1
		}
	}
	for i, r := range s {
		word := r < utf8.RuneSelf && ('a' <= r && r <= 'z' || 'A' <= r && r <= 'Z' || '0' <= r && r <= '9')
		if r >= utf8.RuneSelf {
			word = unicode.IsLetter(r) || unicode.IsMark(r) || unicode.IsDigit(r)
		}
		switch {
		case r == '&':
			end(i)
			out = append(out, token{i, i + 1, "&", false})
		case !word:
			if r != '\u200c' && r != '\u200d' && r != '\u00ad' && r != '\u200e' && r != '\u200f' || start < 0 {
				end(i)
			}
		default:
			is := isArabicLetter(r)
			if start >= 0 && is != arabic && !unicode.IsMark(r) {
				end(i)
			}
			if start < 0 {
				start, arabic = i, is
			}
		}
	}
	end(len(s))
	return out
}

func isArabicLetter(r rune) bool {
	return unicode.Is(unicode.Arabic, r) && !unicode.IsDigit(r) || r == 'ـ'
}

// fold makes spellings of one word alike: lower case without accents, and in
// Arabic without vowel marks and tatweel, one alef, yeh, heh, and the letters that
// Persian adds as the Arabic ones nearest to them.
func fold(s string) string {
	ascii := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return strings.ToLower(s)
	}
	var b strings.Builder
	for _, r := range s {
		if to, ok := folded()[r]; ok {
			b.WriteString(to)
		} else if d, ok := digitOf(r); ok {
			b.WriteByte('0' + byte(d))
		} else if !unicode.IsMark(r) && !unicode.Is(unicode.Cf, r) {
			b.WriteRune(unicode.ToLower(r))
		}
	}
	return b.String()
}

// folded has what fold writes for letters that it does not keep.
var folded = sync.OnceValue(func() map[rune]string {
	m := map[rune]string{'ـ': ""}
	for _, pair := range strings.Fields(`أا إا آا ٱا ىي ئي ؤو ةه ڤف ڥف پب چج گك کك یي ہه ھه ژز
		áa àa âa äa ãa åa ça ée èe êe ëe íi ìi îi ïi óo òo ôo öo õo øo úu ùu ûu üu ñn çc
		Áa Àa Âa Äa Ãa Åa Ée Èe Êe Ëe Íi Óo Ôo Öo Õo Øo Úu Üu Ñn Çc`) {
		r, size := utf8.DecodeRuneInString(pair)
		m[r] = pair[size:]
	}
	m['ß'], m['æ'], m['œ'] = "ss", "ae", "oe"
	return m
})

// digitOf returns the value of a decimal digit: European, Arabic-Indic, Persian,
// Devanagari or of full width.
func digitOf(r rune) (int, bool) {
	for _, zero := range [...]rune{'0', '٠', '۰', '०', '０'} {
		if zero <= r && r <= zero+9 {
			return int(r - zero), true
		}
	}
	return 0, false
}
