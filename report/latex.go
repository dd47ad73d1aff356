package report

import (
	"bufio"
	"io"
	"strings"
)

// latexLetters are what stands for characters that TeX takes for something
// else: a bracket or an asterisk after the end of a row for its argument, a
// quotation mark for a shorthand of babel.
var latexLetters = strings.NewReplacer(
	`\`, `\textbackslash{}`, "{", `\{`, "}", `\}`, "&", `\&`, "%", `\%`, "$", `\$`, "#", `\#`, "_", `\_`,
	"~", `\textasciitilde{}`, "^", `\textasciicircum{}`, "<", `\textless{}`, ">", `\textgreater{}`, "|", `\textbar{}`,
	`"`, `\char34{}`, "`", `\textasciigrave{}`, "[", "{[}", "*", "{*}")

// inLaTeX makes a text one that TeX sets as it is.
func inLaTeX(s string) string {
	s = latexLetters.Replace(s)
	for _, c := range []string{"-", "'"} { // two would be drawn as one
		for strings.Contains(s, c+c) {
			s = strings.ReplaceAll(s, c+c, c+`\kern0pt`+c)
		}
	}
	return s
}

const latexHead = `% \input this into a document that has \usepackage{array,booktabs,longtable}.
% Titles may be in any script: use LuaLaTeX or XeLaTeX with a font that has it, and
% for right-to-left titles LuaLaTeX with \usepackage[bidi=basic]{babel} and
% \babelprovide[import,onchar=ids fonts]{arabic}.
`

// writeLaTeX writes t as a longtable with the rules of booktabs, which breaks
// over pages.
func writeLaTeX(w io.Writer, t Table) error {
	b := bufio.NewWriter(w)
	columns, rows := forPrint(t)
	line := func(cell func(i int) string) error {
		for i := range columns {
			if i > 0 {
				b.WriteString(" & ")
			}
			b.WriteString(cell(i))
		}
		_, err := b.WriteString(" \\\\\n")
		return err
	}
	b.WriteString(latexHead + "{\\footnotesize\n\\begin{longtable}{")
	for _, c := range columns {
		switch {
		case c.Name == "title": // as long as its writer likes
			b.WriteString(`>{\raggedright\arraybackslash}p{0.3\linewidth}`)
		case c.Type == String:
			b.WriteByte('l')
		default:
			b.WriteByte('r')
		}
	}
	b.WriteString("}\n\\caption{" + inLaTeX(t.Title) + "}\\label{tab:" + t.Name + "}\\\\\n")
	for _, end := range []string{"firsthead", "head"} {
		b.WriteString("\\toprule\n")
		line(func(i int) string { return inLaTeX(columns[i].Name) })
		b.WriteString("\\midrule\n\\end" + end + "\n")
	}
	b.WriteString("\\bottomrule\n\\endfoot\n")
	for row := range rows {
		err := line(func(i int) string {
			if digits, negative := strings.CutPrefix(row[i], "-"); negative && columns[i].Type != String {
				return "$-$" + digits
			}
			return inLaTeX(row[i])
		})
		if err != nil {
			return err
		}
	}
	b.WriteString("\\end{longtable}}\n")
	return b.Flush()
}
