package main

import (
	"fmt"
	"io"
	"slices"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/plots"
	"aftershock/report"
)

func (a *app) listCommand() *cobra.Command {
	list := &cobra.Command{
		Use:   "list",
		Short: "List what can be chosen: models, tests, charts, formats",
		Args:  a.noCommand,
		RunE:  func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	sub := func(use, short string, rows func(t io.Writer)) {
		list.AddCommand(&cobra.Command{
			Use: use, Short: short, Args: arguments(cobra.NoArgs),
			RunE: func(*cobra.Command, []string) error { return a.table(rows) },
		})
	}
	sub("models", "List the models of normal returns", func(t io.Writer) {
		fmt.Fprintln(t, "MODEL\tTAKES AS NORMAL\tSOURCE")
		for _, m := range model.Models {
			fmt.Fprintf(t, "%s\t%s\t%s\n", m.Name(), m.About(), m.Paper())
		}
	})
	sub("tests", "List the tests; a star marks those of the default", func(t io.Writer) {
		usual := analysis.DefaultStudy().Tests
		fmt.Fprintln(t, "\tTEST\tNULL HYPOTHESIS\tSOURCE")
		for _, x := range analysis.Tests {
			mark := ""
			if slices.ContainsFunc(usual, func(u analysis.Test) bool { return u.Name() == x.Name() }) {
				mark = "*"
			}
			fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", mark, x.Name(), x.Null(), x.Paper())
		}
	})
	sub("charts", "List the charts", func(t io.Writer) {
		fmt.Fprintln(t, "CHART\tSHOWS")
		for _, c := range plots.Charts {
			fmt.Fprintf(t, "%s\t%s\n", c.Name, c.About)
		}
	})
	sub("formats", "List the formats of report, tables and charts", func(t io.Writer) {
		fmt.Fprintln(t, "FORMAT\tIS")
		fmt.Fprintf(t, "%s\tThe report, as it is printed.\n", textFormat)
		fmt.Fprintf(t, "%s\tThe report with its charts, as one page that needs nothing beside it.\n", htmlFormat)
		for _, f := range report.Formats {
			fmt.Fprintf(t, "%s\t%s\n", f.Name, f.About)
		}
		for _, f := range plots.Formats {
			fmt.Fprintf(t, "%s\tA file a chart.\n", f)
		}
	})
	return list
}

// table writes rows of cells that end in tabs to stdout, aligned.
func (a *app) table(rows func(io.Writer)) error {
	t := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	rows(cells{t})
	return t.Flush()
}
