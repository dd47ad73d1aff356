package report

import (
	"bufio"
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"html/template"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"aftershock/internal/words"

	"golang.org/x/net/html"
)

// What tries to leave the place where it stands.
var attacks = []string{
	"</script><script>alert(1)</script>", "</style></title></textarea></svg><img src=x onerror=alert(1)>", `" onmouseover="alert(1)`, `' onmouseover='alert(1)`,
	"javascript:alert(1)", "JaVaScRiPt\t:alert(1)", "data:text/html,<script>1</script>", "//example.org/", "a:b/c", "a/b:c", "charts/a b%20c%zz%.png", "charts/نص+(1)'.png",
	"<!-- -->", "<![CDATA[ ]]>", "&lt;&#34;&amp", "+ADw-script+AD4-", "{}", "{{.}}", "a\x00b", "\xff\xfe\xc0", "\u2028\u2029\ufeff\ufffe", "a\nb\tc\r\x1b[31m", "`=x", "", "نص",
}

// putOf is what put makes of one value.
func putOf(m markup, v string) string {
	var b bytes.Buffer
	h := &markupWriter{words.English, bufio.NewWriter(&b)}
	h.put(m, v)
	if err := h.Flush(); err != nil {
		panic(err)
	}
	return b.String()
}

var byTemplate = template.Must(template.New("").Parse(`{{define "text"}}<p>{{.}}</p>{{end}}{{define "attribute"}}<p title="a {{.}}">{{end}}{{define "title"}}<title>{{.}}</title>{{end}}{{define "address"}}<a href="{{.}}">{{end}}`))

// FuzzPut holds what put makes of a value to package html/template, which finds the
// context of each by itself. In addresses they differ: put knows no scheme.
func FuzzPut(f *testing.F) {
	for _, s := range attacks {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		for name, m := range map[string]markup{"text": "<p>{}</p>", "attribute": `<p title="a {}">`, "title": "<title>{}</title>", "address": `<a href="{}">`} {
			var b strings.Builder
			if err := byTemplate.ExecuteTemplate(&b, name, s); err != nil {
				t.Fatal(err)
			}
			got, want := putOf(m, s), b.String()
			if name == "address" {
				want = strings.ReplaceAll(want, "#ZgotmplZ", "#")
				if scheme, _, ok := strings.Cut(s, ":"); ok && slices.Contains([]string{"http", "https", "mailto"}, strings.ToLower(scheme)) {
					want = `<a href="#">`
				}
			}
			if got != want {
				t.Errorf("%s: %q became %q, want %q", name, s, got, want)
			}
		}
	})
}

// fill sets every text of v to s and gives every list two members. What is markup
// stays: it is ours.
func fill(v reflect.Value, s string) {
	switch v.Kind() {
	case reflect.String:
		if v.Type() != reflect.TypeFor[markup]() {
			v.SetString(s)
		}
	case reflect.Bool:
		v.SetBool(!v.Bool())
	case reflect.Struct:
		for i := range v.NumField() {
			fill(v.Field(i), s)
		}
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 2, 2))
		for i := range v.Len() {
			fill(v.Index(i), s)
		}
	case reflect.Pointer:
		if v.Type() != reflect.TypeFor[*inlineChart]() || !v.CanAddr() { // it holds itself
			v.Set(reflect.New(v.Type().Elem()))
			fill(v.Elem(), s)
		}
	}
}

// pages are the page of a study and that of a brief whose every text is s.
func pages(t testing.TB, s string) []string {
	var v htmlView
	var b briefView
	fill(reflect.ValueOf(&v).Elem(), s)
	fill(reflect.ValueOf(&b).Elem(), s)
	v.Events = func(yield func(eventView) bool) {
		var e eventView
		fill(reflect.ValueOf(&e).Elem(), s)
		for i := range e.MoreCharts {
			e.MoreCharts[i].Slim, e.MoreCharts[i].Own, e.MoreCharts[i].File = &e.Charts[0], false, ""
		}
		for i := range e.Securities.Rows {
			e.Securities.Rows[i][0].Head, e.Securities.Rows[i][0].Link = false, ""
		}
		_ = yield(e) && yield(eventView{})
	}
	var out []string
	for _, write := range []func(h *markupWriter){func(h *markupWriter) { h.page(&v) }, func(h *markupWriter) { h.brief(&b) }} {
		var page bytes.Buffer
		h := &markupWriter{words.English, bufio.NewWriter(&page)}
		write(h)
		if err := h.Flush(); err != nil {
			t.Fatal(err)
		}
		out = append(out, page.String())
	}
	return out
}

// shape is what a browser makes of a page, without its texts: elements, names of
// attributes, and where links lead to by scheme.
func shape(t testing.TB, page string) string {
	root, err := html.Parse(strings.NewReader(page))
	if err != nil {
		t.Fatal(err)
	}
	var b strings.Builder
	var walk func(n *html.Node)
	walk = func(n *html.Node) {
		switch n.Type {
		case html.ElementNode:
			b.WriteString("<" + n.Data)
			for _, a := range n.Attr {
				b.WriteString(" " + a.Key)
				if a.Key == "href" && a.Val != "data:," {
					if scheme, _, ok := strings.Cut(a.Val, ":"); ok && !strings.Contains(scheme, "/") {
						b.WriteString("=" + scheme)
					}
				}
			}
			b.WriteString(">\n")
		case html.CommentNode, html.DoctypeNode:
			b.WriteString("<!" + n.Data + "\n")
		}
		for c := n.FirstChild; c != nil; c = c.NextSibling {
			walk(c)
		}
	}
	walk(root)
	return b.String()
}

// FuzzPages: whatever the texts of a page hold, a browser sees the elements and
// attributes that it sees where they hold a letter.
func FuzzPages(f *testing.F) {
	for _, s := range attacks {
		f.Add(s)
	}
	var plain []string
	for _, page := range pages(f, "x") {
		plain = append(plain, shape(f, page))
	}
	f.Fuzz(func(t *testing.T, s string) {
		if s == "" { // an attribute without a value is not written
			return
		}
		for k, page := range pages(t, s) {
			if got := shape(t, page); got != plain[k] {
				a, b := strings.Split(got, "\n"), strings.Split(plain[k], "\n")
				for i := range min(len(a), len(b)) {
					if a[i] != b[i] {
						t.Fatalf("page %d, element %d is %s, want %s, of %q", k, i, a[i], b[i], s)
					}
				}
				t.Fatalf("page %d has %d elements, want %d, of %q", k, len(a), len(b), s)
			}
		}
	})
}

// TestStyleAndScript: neither ends before it ends.
func TestStyleAndScript(t *testing.T) {
	for name, s := range map[string]string{"style": htmlStyle + darkRules(darkOf()), "script": htmlScript} {
		if strings.Contains(s, "</") || strings.Contains(s, "<!--") {
			t.Errorf("the %s would end early", name)
		}
	}
}

// astray says whether a value would stand elsewhere than in text or in an attribute
// that is no code.
func astray(m string) bool {
	return strings.Contains(hole.ReplaceAllString(m, "$1"), "{}") || strings.Contains(m, "<script>{}") || strings.Contains(m, "<style>{}")
}

var hole = regexp.MustCompile(`(^|>[^<{]*|^[^<>="{]*| (?:lang|dir|content|class|id|data-[a-z]+|aria-[a-z]+|placeholder|value|datetime|viewBox|download)="[^"{]*| href=")\{\}`)

// TestHoles reads the calls that write a page: their markup is constant, has a value
// for each hole, and holes only where values are made safe. Only what takes charts
// and marks apart, and style and script, makes markup of strings.
func TestHoles(t *testing.T) {
	names, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	calls, conversions := 0, 0
	for _, name := range names {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		files := token.NewFileSet()
		file, err := parser.ParseFile(files, name, nil, 0)
		if err != nil {
			t.Fatal(err)
		}
		ast.Inspect(file, func(n ast.Node) bool {
			c, ok := n.(*ast.CallExpr)
			if !ok {
				return true
			}
			where := files.Position(c.Pos())
			if f, ok := c.Fun.(*ast.Ident); ok && f.Name == "markup" {
				conversions++
				if name != "html.go" && name != "brief.go" {
					t.Errorf("%s: a string becomes markup", where)
				}
			}
			f, ok := c.Fun.(*ast.SelectorExpr)
			if !ok || name != "html_page.go" || !slices.Contains([]string{"put", "with", "each", "list", "table"}, f.Sel.Name) {
				return true
			}
			lit, ok := c.Args[0].(*ast.BasicLit)
			if !ok {
				if f.Sel.Name != "put" || len(c.Args) != 1 { // put(before), of table
					t.Errorf("%s: markup that is not constant", where)
				}
				return true
			}
			calls++
			m, err := strconv.Unquote(lit.Value)
			if err != nil {
				t.Fatal(err)
			}
			values := len(c.Args) - 1
			if f.Sel.Name == "list" || f.Sel.Name == "table" {
				values = 0
			}
			if n := strings.Count(m, "{}"); n != values {
				t.Errorf("%s: %d holes, %d values", where, n, values)
			}
			if astray(m) {
				t.Errorf("%s: a hole where no value may stand: %s", where, m)
			}
			return true
		})
	}
	if calls < 100 || conversions == 0 {
		t.Errorf("only %d calls and %d conversions read", calls, conversions)
	}
	for m, want := range map[string]bool{"<p>{}": false, `<a href="{}">{}</a>`: false, `<a href="#{}">`: true, "<p {}>": true, "<p title={}>": true, `<p onclick="{}">`: true, `<p style="{}">`: true, "<script>{}</script>": true} {
		if got := astray(m); got != want {
			t.Errorf("%s: refused %v, want %v", m, got, want)
		}
	}
}
