package main

import (
	"bytes"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/plots"
	"aftershock/report"
)

const (
	textFormat = "text" // of the report
	toStdout   = "-"    // in the place of the output directory
)

// formatNames are those of output.formats: of the report, of tables, of charts.
func formatNames() []string {
	all := append([]string{textFormat}, tableFormats()...)
	return append(all, names(plots.Formats, func(f plots.Format) string { return string(f) })...)
}

func tableFormats() []string {
	return names(report.Formats, func(f report.Format) string { return f.Name })
}

func tableNames() []string {
	return names(report.Tables(&analysis.Result{}), func(t report.Table) string { return t.Name })
}

func (a *app) formatFlags(cmd *cobra.Command, flags settingsFlags) {
	flags.add(cmd, "format", "output.formats", "`list` of the formats of report, tables and charts; see aftershock list formats", formatNames()...)
	cmd.Flags().StringVar(&a.tableName, "table", "", "with --out -, the `table` to write to standard output")
	_ = cmd.RegisterFlagCompletionFunc("table", cobra.FixedCompletions(tableNames(), cobra.ShellCompDirectiveNoFileComp))
}

// checkFormats sorts the formats of c into those of the report, of tables and
// of charts.
func (c *config) checkFormats(p *plan) {
	for i, f := range c.Output.Formats {
		if !c.oneOf(fmt.Sprintf("output.formats[%d]", i), f, "a format", formatNames()) || slices.Contains(c.Output.Formats[:i], f) {
			continue
		}
		if t, ok := report.FormatByName(f); ok {
			p.tables = append(p.tables, t)
		} else if f == textFormat {
			p.text = true
		} else {
			p.plot.Formats = append(p.plot.Formats, plots.Format(f))
		}
	}
	switch {
	case c.table == "" && c.Output.Dir != toStdout:
	case c.table == "":
		c.bad("output.dir", "- is standard output, which takes one table; name it, such as --table cars")
	case c.Output.Dir != toStdout:
		c.problems = append(c.problems, problem{where: "--table", what: "is for standard output; add --out -, or leave it out to write all tables"})
	case !slices.Contains(tableNames(), c.table):
		c.problems = append(c.problems, problem{where: "--table", what: fmt.Sprintf("%q is not a table%s", c.table, didYouMean(c.table, tableNames()))})
	case len(p.tables) != 1:
		c.bad("output.formats", "a table goes to standard output in one format; choose one, such as --format csv")
	}
}

// writeTable writes the table of r called name to stdout.
func (a *app) writeTable(r *analysis.Result, f report.Format, name string) error {
	tables := report.Tables(r)
	i := slices.IndexFunc(tables, func(t report.Table) bool { return t.Name == name })
	return f.Table(a.stdout, tables[i])
}

// renderTables makes the files of the tables of r.
func renderTables(r *analysis.Result, p *plan) ([]file, error) {
	var files []file
	for _, f := range p.tables {
		for _, o := range f.Outputs(r, p.plot.Lang) {
			var buf bytes.Buffer
			if err := o.Write(&buf); err != nil {
				return nil, fmt.Errorf("%s cannot be made: %w", o.Name, err)
			}
			files = append(files, file{o.Name, buf.Bytes()})
		}
	}
	return files, nil
}
