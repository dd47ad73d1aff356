package report

import (
	"fmt"
	"os"
	"regexp"
	"strings"
	"testing"
)

// TestOutputsDocument holds the generated parts of docs/outputs.md to the
// formats and tables.
func TestOutputsDocument(t *testing.T) {
	code := func(names []string) string { return "`" + strings.Join(names, "`, `") + "`" }
	var tables, formats, printable strings.Builder
	tables.WriteString("| table | rows | told apart by |\n| --- | --- | --- |\n")
	printable.WriteString("| table | columns |\n| --- | --- |\n")
	for _, tab := range Tables(nasty()) {
		fmt.Fprintf(&tables, "| `%s` | %s | %s |\n", tab.Name, tab.Title, code(keys[tab.Name]))
		fmt.Fprintf(&printable, "| `%s` | %s |\n", tab.Name, code(printed[tab.Name]))
	}
	formats.WriteString("| format | | files |\n| --- | --- | --- |\n")
	for _, f := range Formats {
		var names []string
		for _, o := range f.Outputs(nasty(), nil, "en", nil) {
			names = append(names, o.Name)
		}
		fmt.Fprintf(&formats, "| `%s` | %s | %s |\n", f.Name, f.About, code(names))
	}
	const file = "../docs/outputs.md"
	doc, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	want := string(doc)
	for name, part := range map[string]string{"tables": tables.String(), "formats": formats.String(), "printed": printable.String()} {
		section := regexp.MustCompile(`(?s)(<!-- generated: ` + name + ` -->\n).*?(<!-- end -->)`)
		if !section.MatchString(want) {
			t.Errorf("%s has no place for %s", file, name)
		}
		want = section.ReplaceAllStringFunc(want, func(s string) string {
			m := section.FindStringSubmatch(s)
			return m[1] + "\n" + part + "\n" + m[2]
		})
	}
	golden(t, file, []byte(want))
}
