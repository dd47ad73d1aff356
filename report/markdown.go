package report

import (
	"bufio"
	"io"
	"strings"

	"aftershock/analysis"
)

// inMarkdown makes a text one that CommonMark and GitHub's tables show as it
// is: no markup, no HTML, no link.
var inMarkdown = strings.NewReplacer(
	"&", "&amp;", "<", "&lt;", ">", "&gt;",
	`\`, `\\`, "`", "\\`", "*", `\*`, "_", `\_`, "[", `\[`, "]", `\]`, "~", `\~`, "|", `\|`, "#", `\#`, "$", `\$`, "!", `\!`,
	"://", `\://`, "www.", `www\.`, "@", "&#64;")

// writeMarkdown writes the tables, each below its name, as one document.
func writeMarkdown(w io.Writer, r *analysis.Result, tables []Table, _ string) error {
	b := bufio.NewWriter(w)
	b.WriteString("# " + inMarkdown.Replace(clean(r.Study.Name)) + "\n")
	for _, t := range tables {
		b.WriteString("\n## " + inMarkdown.Replace(t.Name) + "\n\n" + inMarkdown.Replace(t.Title) + "\n\n")
		if err := writeMarkdownTable(b, t); err != nil {
			return err
		}
	}
	return b.Flush()
}

// writeMarkdownTable writes t as a table of GitHub's Markdown.
func writeMarkdownTable(w io.Writer, t Table) error {
	b := bufio.NewWriter(w)
	columns, rows := forPrint(t)
	line := func(cell func(i int) string) error {
		for i := range columns {
			b.WriteString("| " + cell(i) + " ")
		}
		_, err := b.WriteString("|\n")
		return err
	}
	line(func(i int) string { return inMarkdown.Replace(columns[i].Name) })
	line(func(i int) string {
		if columns[i].Type == String {
			return "---"
		}
		return "---:"
	})
	for row := range rows {
		if err := line(func(i int) string { return inMarkdown.Replace(row[i]) }); err != nil {
			return err
		}
	}
	return b.Flush()
}
