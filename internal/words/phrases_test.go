package words

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"aftershock/analysis"
	"aftershock/analysis/model"
)

// phrasesOf returns the phrases that reports, charts and commands say: the constant
// first arguments of Say, the strings that are passed to it by a name, and what the
// heads of tables and the findings of doctor are called.
func phrasesOf(t *testing.T) []string {
	t.Helper()
	var names []string
	for _, pattern := range []string{"../../report/*.go", "../../plots/*.go", "*.go", "../../cmd/aftershock/*.go"} {
		found, err := filepath.Glob(pattern)
		if err != nil || len(found) == 0 {
			t.Fatalf("%s: %v", pattern, err)
		}
		names = append(names, found...)
	}
	var out []string
	add := func(s string) {
		if !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		command := strings.Contains(name, "cmd/")
		file, err := parser.ParseFile(token.NewFileSet(), name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok || len(c.Args) == 0 {
				return true
			}
			name := ""
			switch f := c.Fun.(type) {
			case *ast.SelectorExpr:
				name = f.Sel.Name
			case *ast.Ident:
				name = f.Name
			}
			if lit, ok := c.Args[0].(*ast.BasicLit); ok && (name == "Say" || name == "Phrase" || name == "field" || name == "add") {
				s, _ := strconv.Unquote(lit.Value)
				add(s)
			}
			if command && slices.Contains([]string{"heads", "fine", "remark", "amiss", "section"}, name) {
				for _, arg := range c.Args {
					if lit, ok := arg.(*ast.BasicLit); ok && lit.Kind == token.STRING && !(name == "section" && arg == c.Args[0]) {
						s, _ := strconv.Unquote(lit.Value)
						add(s)
					}
				}
			}
			return true
		})
		// Verdicts are said by their numbers.
		ast.Inspect(file, func(n ast.Node) bool {
			v, ok := n.(*ast.ValueSpec)
			if !ok || v.Names[0].Name != "verdictWords" {
				return true
			}
			ast.Inspect(v, func(n ast.Node) bool {
				if lit, ok := n.(*ast.BasicLit); ok && lit.Kind == token.STRING {
					s, _ := strconv.Unquote(lit.Value)
					add(s)
				}
				return true
			})
			return false
		})
		if command && filepath.Base(name) != "extract.go" { // which has messages of errors that are chosen so
			continue
		}
		// A phrase that is chosen before it is said.
		ast.Inspect(file, func(n ast.Node) bool {
			a, ok := n.(*ast.AssignStmt)
			if !ok || len(a.Rhs) != 1 {
				return true
			}
			if lit, ok := a.Rhs[0].(*ast.BasicLit); ok && lit.Kind == token.STRING {
				if s, _ := strconv.Unquote(lit.Value); strings.Contains(s, "%s") {
					add(s)
				}
			}
			return true
		})
	}
	return out
}

var verb = regexp.MustCompile(`%(\[(\d)\])?[s%]`)

// verbs returns which values a phrase takes.
func verbs(s string) []string {
	var out []string
	n := 0
	for _, m := range verb.FindAllStringSubmatch(s, -1) {
		switch {
		case m[0] == "%%":
		case m[2] != "":
			out = append(out, m[2])
		default:
			n++
			out = append(out, strconv.Itoa(n))
		}
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// TestPhrases: every language says every phrase, with the same values.
func TestPhrases(t *testing.T) {
	phrases := phrasesOf(t)
	if len(phrases) < 80 {
		t.Fatalf("only %d phrases found", len(phrases))
	}
	for _, tag := range Languages()[1:] {
		l := Of(tag)
		for _, s := range phrases {
			own := l.Phrase(s)
			if own == s && strings.Trim(s, "%s: ") != "" {
				t.Errorf("%s does not say %q", tag, s)
			} else if a, b := verbs(s), verbs(own); !slices.Equal(a, b) {
				t.Errorf("%s says of %q another thing: %q takes %v, not %v", tag, s, own, b, a)
			}
		}
	}
}

// TestTranslations: what package analysis says in English without a code is known
// in every language: hypotheses, assumptions, models.
func TestTranslations(t *testing.T) {
	for _, tag := range Languages()[1:] {
		l := Of(tag)
		known := func(s string) {
			t.Helper()
			if got := l.Translate(s); got == l.Isolate(s) {
				t.Errorf("%s does not know %q", tag, s)
			}
		}
		for _, x := range analysis.Tests {
			known(x.Null())
			known(x.Assumes())
		}
		for _, m := range model.Models {
			known(m.About())
		}
		known(model.Synthetic{Ridge: true}.About())
	}
}

// TestNames: every model and weighting has a display name in every language.
func TestNames(t *testing.T) {
	for _, m := range model.Models {
		english := models[m.Name()]
		if english == "" {
			t.Errorf("model %s has no display name", m.Name())
		}
		for _, l := range languages[1:] {
			if english != "" && l.phrases()[english] == "" {
				t.Errorf("%s does not name the model %s", l.Tag, m.Name())
			}
		}
	}
}

// TestReadings: every reading has its word and what it means, in every language.
func TestReadings(t *testing.T) {
	for _, r := range analysis.Readings {
		x := readings[r]
		if x.word == "" || x.means == "" {
			t.Errorf("no word for the reading %s", r)
		}
		for _, l := range languages[1:] {
			if l.phrases()[x.word] == "" || l.phrases()[x.means] == "" {
				t.Errorf("%s does not say %q: %q", l.Tag, x.word, x.means)
			}
		}
	}
}
