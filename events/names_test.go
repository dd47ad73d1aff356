package events

import (
	"errors"
	"fmt"
	"strings"
	"testing"
)

func shippedTable(t testing.TB) *Names {
	t.Helper()
	n, err := ShippedNames()
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// mentioned writes what a text mentions as word=symbol, word=(name) where it is
// not listed, word? where it is in doubt.
func mentioned(n *Names, text string) string {
	var out []string
	for _, m := range n.Find(text) {
		switch {
		case m.Doubt == Unknown:
			out = append(out, m.Text+"=unknown")
		case m.Doubt != Sure:
			out = append(out, m.Text+"?")
		case m.Entity.Symbol == "":
			out = append(out, fmt.Sprintf("%s=(%s)", m.Text, m.Entity.Name))
		default:
			out = append(out, m.Text+"="+m.Entity.Symbol)
		}
	}
	return strings.Join(out, " | ")
}

func TestFindNames(t *testing.T) {
	n := shippedTable(t)
	for _, c := range [][2]string{
		// English.
		{"Shares of NVIDIA Corp. and Advanced Micro Devices fell.", "NVIDIA Corp=NVDA | Advanced Micro Devices=AMD"},
		{"Alphabet's Google unveiled Gemini 1.5 Flash and Gemini Ultra.", "Alphabet=GOOGL | Google=GOOGL | Gemini 1.5 Flash=GOOGL | Gemini Ultra=GOOGL"},
		{"Apple shipped 40 million iPhones.", "Apple=AAPL | iPhones=AAPL"},
		{"An apple a day keeps the doctor away; so does an Apple pie.", ""},
		{"Fires swept through the Amazon rainforest.", ""},
		{"The European Commission fined Apple and Meta.", "Apple=AAPL | Meta=META"},
		{"Apple growers in Washington state expect a smaller harvest.", "Apple?"},
		{"The analyst lifted his price target for Target.", "Target=TGT"},
		{"Target prices were lifted across the sector.", ""},
		{"Arm's shares debuted on the Nasdaq.", "Arm=ARM"},
		{"The rebels laid down their arms.", ""},
		{"An arm of the government bought chips.", ""},
		{"US intel agencies saw it coming.", ""},
		{"Intel said it would cut jobs.", "Intel=INTC"},
		{"Visa rules for engineers change in June.", ""},
		{"The payments giant Visa beat forecasts.", "Visa=V"},
		{"NVIDIA (NASDAQ: NVDA) reported record revenue.", "NVIDIA=NVDA | NVDA=NVDA"},
		{"Chip designer Foobaz (NASDAQ: FBAZ) went public.", "FBAZ=FBAZ"},
		{"Traders bought $TSLA and $AMD calls.", "TSLA=TSLA | AMD=AMD"},
		{"AVGO fell 3% while the market rose.", "AVGO=AVGO"},
		{"Zyxwell Holdings sold its stake to Hooli Inc.", "Zyxwell=unknown | Hooli=unknown"},
		{"Elon Musk's xAI raised money; Anthropic and Mistral did, too.", "xAI=(xAI) | Anthropic=(Anthropic) | Mistral=(Mistral AI)"},
		{"DeepSeek's R1 and OpenAI's o1 compete with Claude 3.5 Sonnet.", "DeepSeek's R1=(DeepSeek R1) | OpenAI=(OpenAI) | o1=(o1) | Claude 3.5 Sonnet=(Claude 3.5 Sonnet)"},
		{"The car's R1 trim is new.", "R1?"},
		{"Rivals such as SK Hynix, Samsung Electronics and SoftBank gained.", "SK Hynix=000660.KS | Samsung Electronics=005930.KS | SoftBank=9984.T"},
		{"see https://github.com/deepseek-ai/DeepSeek-R1 for the code", ""},
		{"Alibaba (BABA.N) and PDD Holdings sank in New York.", "Alibaba=BABA | BABA.N=BABA | PDD Holdings=PDD"},
		// Arabic: proclitics, spellings, vowel marks, quotes the wrong way round.
		{"وقالت إنفيديا إن مبيعاتها ارتفعت", "إنفيديا=NVDA"},
		{"أسهم نفيديا وإنڤيديا وانفيديا", "نفيديا=NVDA | إنڤيديا=NVDA | انفيديا=NVDA"},
		{"لآبل وبأمازون وكمايكروسوفت ولتسلا", "آبل=AAPL | أمازون=AMZN | مايكروسوفت=MSFT | تسلا=TSLA"},
		{"أعلنت ميتا عن نتائجها", "ميتا=META"},
		{"عُثر عليه ميتًا في بيته", ""},
		{"عثر عليه ميتا في بيته", "ميتا?"},
		{"حرائق غابات الأمازون تتسع", ""},
		{"شركة»ديب سيك«عززت مكانتها و»هغينغ فيس«", "ديب سيك=(DeepSeek) | هغينغ فيس=(Hugging Face)"},
		{"جوجل وقوقل وغوغل اسم واحد", "جوجل=GOOGL | قوقل=GOOGL | غوغل=GOOGL"},
		{"أطلقت أوبن إيه آي نموذجها بعد شات جي بي تي", "أوبن إيه آي=(OpenAI) | شات جي بي تي=(ChatGPT)"},
		{"تراجع سهم سوفت بنك في طوكيو", "سوفت بنك=9984.T"},
		{"انهار بنك وادي السيليكون ثم كريدي سويس", "بنك وادي السيليكون=SIVB | كريدي سويس=CS"},
		{"وادي السيليكون يراقب", ""},
		{"قال الرئيس الصيني شي إن بلاده ستتقدم", ""},
		{"في آب في دمشق", ""},
		{"إعادة إعمار المدينة", ""},
		{"حظر تصدير معالج H20 إلى الصين", "H20=NVDA"},
		{"شركة «النجمة الرقمية» جديدة في السوق", "النجمة الرقمية=unknown"},
		{"هاتف ميت 60 برو من هواوي", "ميت 60 برو=(Mate 60 Pro) | هواوي=(Huawei)"},
		{"سعر الصرف في الربع الأول من نيسان", ""},
	} {
		if got := mentioned(n, c[0]); got != c[1] {
			t.Errorf("%s\n got %s\nwant %s", c[0], got, c[1])
		}
	}
}

func TestSymbolsInText(t *testing.T) {
	symbols, unresolved := shippedTable(t).Symbols("Nvidia and AMD fell after DeepSeek's model; Nvidia most. Hooli Inc. did not.")
	if got := fmt.Sprint(symbols); got != "[NVDA AMD]" {
		t.Errorf("symbols %s", got)
	}
	if len(unresolved) != 2 || unresolved[0].Entity.Name != "DeepSeek" || unresolved[1].Doubt != Unknown {
		t.Errorf("unresolved %+v", unresolved)
	}
}

func TestNameLookups(t *testing.T) {
	n := shippedTable(t)
	for name, want := range map[string]string{
		"NVIDIA CORP": "NVDA", "Apple Inc.": "AAPL", "INTEL CORP": "INTC", "Target Corporation": "TGT", "Meta Platforms, Inc.": "META",
		"ALPHABET INC.": "GOOGL", "شركة أرامكو السعودية": "2222.SR", "Taiwan Semiconductor Manufacturing Co Ltd": "TSM", "Berkshire Hathaway Inc. Class B": "BRK-B",
		"No Such Firm": "", "": "",
	} {
		if e, _ := n.ByName(name); e.Symbol != want {
			t.Errorf("ByName(%q) is %q, want %q", name, e.Symbol, want)
		}
	}
	if e, ok := n.ByCIK("0001045810"); !ok || e.Symbol != "NVDA" {
		t.Errorf("ByCIK: %+v %v", e, ok)
	}
	if e, ok := n.ByISIN("us67066g1040"); !ok || e.Symbol != "NVDA" {
		t.Errorf("ByISIN: %+v %v", e, ok)
	}
	if e, ok := n.BySymbol("META"); !ok || e.Name != "Meta Platforms" {
		t.Errorf("BySymbol(META): %+v %v; the firm, not a part of it", e, ok)
	}
	if _, ok := n.BySymbol(""); ok {
		t.Error("BySymbol of nothing is something")
	}
}

// TestUserNames: the table of a user adds, extends and takes over spellings.
func TestUserNames(t *testing.T) {
	own, err := ReadNames("own.csv", strings.NewReader("name,ticker,aliases,ambiguous\nHooli,HOOL,هولي,\nNvidia,NVDA.DE,Team Green,\nMistral Wind,MWND,Mistral,\n"))
	if err != nil {
		t.Fatal(err)
	}
	shipped := shippedTable(t)
	n := shipped.With(own)
	for text, want := range map[string]string{
		"Hooli and Team Green rose": "Hooli=HOOL | Team Green=NVDA.DE",
		"ارتفع سهم هولي وإنفيديا":   "هولي=HOOL | إنفيديا=NVDA.DE",
		"Mistral rose":              "Mistral=MWND",
		"GeForce cards":             "GeForce=NVDA.DE",
	} {
		if got := mentioned(n, text); got != want {
			t.Errorf("%s: got %s, want %s", text, got, want)
		}
	}
	if got := mentioned(shipped, "Mistral and Nvidia rose"); got != "Mistral=(Mistral AI) | Nvidia=NVDA" {
		t.Errorf("the shipped table changed: %s", got)
	}
}

func TestReadNamesErrors(t *testing.T) {
	for text, want := range map[string]string{
		"":                            "own.csv: no names",
		"ticker\nX\n":                 "own.csv:1: there is no column name",
		"name,tikcer\nX,Y\n":          `"tikcer" is not a column of a table of names (did you mean ticker?)`,
		"name,ticker\n,X\n":           "own.csv:2: name is empty",
		"name,kind\nX,firm\n":         `own.csv:2: kind "firm" is not known`,
		"name\nX\nx\n":                `own.csv:3: "x" already has line 2`,
		"name,aliases\nX,[ab\n":       "own.csv:2: spelling \"[ab\": the brackets do not match",
		"name,aliases\nX,?!\n":        "has no letters",
		"name,isin\nX,US67066G1041\n": "is not an ISIN",
		"name,cik\nX,12a\n":           "is not a number",
		"name,ticker\nX,a b\n":        "is not a symbol",
		"name\n\"X\n":                 "own.csv:",
		"name,aliases\nX,[ab][cd][ef][gh][ij][kl][mn]\n": "more than 64 spellings",
		"name\nX,Y\n": "has 2 fields, the header 1",
	} {
		_, err := ReadNames("own.csv", strings.NewReader(text))
		var errs Errors
		if !errors.As(err, &errs) || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: error %v, want %s", text, err, want)
		}
	}
}

// TestShippedNames holds the table that ships to laws of its own.
func TestShippedNames(t *testing.T) {
	n := shippedTable(t)
	if n.Len() < 500 {
		t.Fatalf("only %d names", n.Len())
	}
	owners := map[string]bool{}
	for _, e := range n.entities {
		if e.Owner != "" {
			owners[e.Owner] = true
		}
	}
	for owner := range owners {
		if _, ok := n.byName[nameKey(owner)]; !ok {
			t.Errorf("owner %s has no line", owner)
		}
	}
	// A spelling stands for one name, or context must tell.
	seen := map[string]string{}
	for i, spelt := range n.spelt {
		for _, s := range spelt {
			key := strings.Join(foldWords(s.text), " ")
			if s.kind != sure {
				continue
			}
			if other, twice := seen[key]; twice && other != n.entities[i].Name {
				t.Errorf("%s stands for %s and for %s", s.text, other, n.entities[i].Name)
			}
			seen[key] = n.entities[i].Name
		}
	}
}

func FuzzNames(f *testing.F) {
	n, err := ShippedNames()
	if err != nil {
		f.Fatal(err)
	}
	for _, s := range []string{"Apple said", "شركة»ديب سيك«عزز", "NVDA $NVDA (NVDA) (NASDAQ: X)", "Gemini 2.5 Pro", "وH800", "\xff\xfeApple", "ً ً", "ـــميتا", "Mate 60 Pro Max Ultra 5 6 7"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		end := 0
		for _, m := range n.Find(s) {
			if m.Start < end || m.End <= m.Start || m.End > len(s) || s[m.Start:m.End] != m.Text {
				t.Fatalf("mention %+v of %q", m, s)
			}
			end = m.End
		}
	})
}
