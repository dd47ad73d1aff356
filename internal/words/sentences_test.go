package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"aftershock/analysis"
	"aftershock/market"
)

var (
	valueOf  = regexp.MustCompile(`%(\[(\d)\])?[-+.0-9]*[a-z]`)
	choiceOf = regexp.MustCompile(`\{(\d):([^}]*)\}`)
)

// taken lists the values that a form takes, by number.
func taken(form string) []string {
	var out []string
	next := 0
	for _, m := range valueOf.FindAllStringSubmatch(strings.ReplaceAll(form, "%%", ""), -1) {
		next++
		if m[2] != "" {
			next, _ = strconv.Atoi(m[2])
		}
		out = append(out, strconv.Itoa(next))
	}
	for _, m := range choiceOf.FindAllStringSubmatch(form, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestSentences: every language has words for every sentence and issue, with the
// same values and with as many forms of a number of things as it has.
func TestSentences(t *testing.T) {
	english := make(map[string]string)
	for _, c := range analysis.Codes() {
		english[c] = analysis.Form(c)
	}
	for _, c := range market.IssueCodes() {
		english["issue/"+c] = market.IssueForm(c)
	}
	for _, f := range failures(t) {
		english[f] = f
	}
	if len(english) < 100 {
		t.Fatalf("only %d sentences", len(english))
	}
	for _, l := range languages[1:] {
		for c, form := range english {
			own, ok := l.sentences()[c]
			if !ok {
				t.Errorf("%s has no words for %q: %s", l.Tag, c, form)
				continue
			}
			if a, b := taken(form), taken(own); !slices.Equal(a, b) {
				t.Errorf("%s says of %q another thing: %q takes the values %v, not %v", l.Tag, c, own, b, a)
			}
			for _, m := range choiceOf.FindAllStringSubmatch(own, -1) {
				if n := strings.Count(m[2], "|") + 1; n <= l.plural(5) {
					t.Errorf("%s has %d forms in %q", l.Tag, n, own)
				}
			}
			if !Leftward(own) && strings.ContainsFunc(valueOf.ReplaceAllString(own, ""), func(r rune) bool { return 'a' <= r && r <= 'z' }) {
				t.Errorf("%s says %q in English: %q", l.Tag, c, own)
			}
		}
	}
}

// failures returns the reasons that models give in English: the forms that they
// pass to exclude, Failed or Design.Problem; and what a study refuses of itself.
func failures(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, pattern := range []string{"../../analysis/*.go", "../../analysis/*/*.go"} {
		names, err := filepath.Glob(pattern)
		if err != nil {
			t.Fatal(err)
		}
		for _, name := range names {
			if strings.HasSuffix(name, "_test.go") {
				continue
			}
			src, err := os.ReadFile(name)
			if err != nil {
				t.Fatal(err)
			}
			file, err := parser.ParseFile(token.NewFileSet(), name, src, 0)
			if err != nil {
				t.Fatal(err)
			}
			text := func(e ast.Expr) {
				if lit, ok := e.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					if s, _ := strconv.Unquote(lit.Value); strings.Contains(s, " ") {
						out = append(out, s)
					}
				}
			}
			ast.Inspect(file, func(n ast.Node) bool {
				switch n := n.(type) {
				case *ast.CallExpr:
					name := ""
					switch f := n.Fun.(type) {
					case *ast.SelectorExpr:
						name = f.Sel.Name
					case *ast.Ident:
						name = f.Name
					}
					if name == "refuse" {
						text(n.Args[1])
					}
					if name == "because" {
						text(n.Args[0])
					}
					if (name == "exclude" || name == "Failed") && len(n.Args) > 1 {
						text(n.Args[1])
					}
				case *ast.KeyValueExpr:
					if k, ok := n.Key.(*ast.Ident); ok && k.Name == "Problem" {
						text(n.Value)
					}
				}
				return true
			})
		}
	}
	return out
}

// TestForms: what a sentence says in Arabic, with the forms of its numbers.
func TestForms(t *testing.T) {
	for _, x := range []struct {
		n    int
		want string
	}{{1, "خبر آخر واحد"}, {2, "خبران آخران"}, {3, "3 أخبار أخرى"}, {11, "11 خبرًا آخر"}, {103, "103 أخبار أخرى"}} {
		n := analysis.Note{Code: "confounder-estimation", Args: []any{x.n}}
		if got := Arabic.Sentence(n.Sentence(), nil); !strings.Contains(got, x.want) {
			t.Errorf("%d: %s", x.n, got)
		}
	}
	n := analysis.Note{Code: "price-issue", Variant: "securitytimes", Args: []any{"NVDA", 3, market.Issue{Code: "no-price", Args: []any{"NYSE"}}, market.Date(20000)}}
	if got, want := Arabic.Sentence(n.Sentence(), nil), "\u2066NVDA\u2069: لا سعر في جلسة من جلسات بورصة نيويورك (عدد المرات 3، أولها \u20662024-10-04\u2069)"; got != want {
		t.Errorf("%s, not %s", got, want)
	}
	if got, want := English.Sentence(n.Sentence(), nil), "NVDA, 3 times: no price on a session of NYSE (first 2024-10-04)"; got != want || n.Text() != want {
		t.Errorf("%s and %s, not %s", got, n.Text(), want)
	}
}

// TestExchanges: every language names every exchange and the place of its clock.
// No name is one that a security might have too.
func TestExchanges(t *testing.T) {
	for _, e := range market.Exchanges {
		if own := Arabic.Exchange(e.Name); !Leftward(own) && e.Name != "CME" {
			t.Errorf("ar has no name for the exchange %s", e.Name)
		}
		if own := Arabic.City(e.Calendar()); !Leftward(own) {
			t.Errorf("ar has no name for the city of %s, %s", e.Name, own)
		}
	}
	for name := range arabicExchanges {
		if _, ok := market.Find(market.Exchanges, name); !ok {
			t.Errorf("there is no exchange %q", name)
		}
		if name == strings.ToUpper(name) && name != "NYSE" && name != "LSE" {
			t.Errorf("%q may be a security", name)
		}
	}
}
