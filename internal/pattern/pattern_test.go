package pattern

import (
	"fmt"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

// TestExpressions compiles every expression of the program, as nothing does before it is
// asked, and finds none that is compiled whenever the program starts.
func TestExpressions(t *testing.T) {
	n := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
			return err
		}
		fset := token.NewFileSet()
		f, err := parser.ParseFile(fset, path, nil, 0)
		if err != nil {
			return err
		}
		for _, decl := range f.Decls {
			g, ok := decl.(*ast.GenDecl)
			if !ok {
				continue
			}
			ast.Inspect(g, func(node ast.Node) bool {
				if _, ok := node.(*ast.FuncLit); ok {
					return false
				}
				call, ok := node.(*ast.CallExpr)
				if !ok || len(call.Args) != 1 {
					return true
				}
				f, ok := call.Fun.(*ast.SelectorExpr)
				if !ok {
					return true
				}
				switch from, _ := f.X.(*ast.Ident); {
				case from == nil:
				case from.Name == "regexp":
					t.Errorf("%s: compiled when the program starts; use pattern.New", fset.Position(call.Pos()))
				case from.Name == "pattern" && f.Sel.Name == "New":
					n++
					if lit, ok := call.Args[0].(*ast.BasicLit); ok { // the tests of their packages use the others
						expr, err := strconv.Unquote(lit.Value)
						if err != nil {
							t.Fatal(err)
						}
						if _, err := regexp.Compile(expr); err != nil {
							t.Errorf("%s: %v", fset.Position(call.Pos()), err)
						}
					}
				}
				return true
			})
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
	if n < 50 {
		t.Errorf("%d expressions found", n)
	}
}

// TestPattern holds the methods to those of regexp.
func TestPattern(t *testing.T) {
	const expr, text = `(?P<a>\d)x(b?)`, "1x 2xb 3"
	p, re := New(expr), regexp.MustCompile(expr)
	same := func(name string, got, want any) {
		t.Helper()
		if g, w := fmt.Sprint(got), fmt.Sprint(want); g != w {
			t.Errorf("%s: %s, not %s", name, g, w)
		}
	}
	upper := func(s string) string { return strings.ToUpper(s) }
	same("String", p.String(), re.String())
	same("Match", p.Match([]byte(text)), re.Match([]byte(text)))
	same("MatchString", p.MatchString("y"), re.MatchString("y"))
	same("FindString", p.FindString(text), re.FindString(text))
	same("FindStringIndex", p.FindStringIndex(text), re.FindStringIndex(text))
	same("FindSubmatch", p.FindSubmatch([]byte(text)), re.FindSubmatch([]byte(text)))
	same("FindStringSubmatch", p.FindStringSubmatch(text), re.FindStringSubmatch(text))
	same("FindStringSubmatchIndex", p.FindStringSubmatchIndex(text), re.FindStringSubmatchIndex(text))
	same("FindAllString", p.FindAllString(text, -1), re.FindAllString(text, -1))
	same("FindAllStringIndex", p.FindAllStringIndex(text, 1), re.FindAllStringIndex(text, 1))
	same("FindAllSubmatch", p.FindAllSubmatch([]byte(text), -1), re.FindAllSubmatch([]byte(text), -1))
	same("FindAllStringSubmatch", p.FindAllStringSubmatch(text, -1), re.FindAllStringSubmatch(text, -1))
	same("FindAllStringSubmatchIndex", p.FindAllStringSubmatchIndex(text, -1), re.FindAllStringSubmatchIndex(text, -1))
	same("ReplaceAllString", p.ReplaceAllString(text, "<$a>"), re.ReplaceAllString(text, "<$a>"))
	same("ReplaceAllStringFunc", p.ReplaceAllStringFunc(text, upper), re.ReplaceAllStringFunc(text, upper))
	same("SubexpNames", p.SubexpNames(), re.SubexpNames())
}
