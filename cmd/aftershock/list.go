package main

import (
	"cmp"
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
	list.AddCommand(a.listTestsCommand())
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

func (a *app) listTestsCommand() *cobra.Command {
	var about string
	cmd := &cobra.Command{
		Use: "tests", Short: "List the tests; a star marks those of the default",
		Example: `  aftershock list tests
  aftershock list tests --about kp-bmp`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if cmd.Flags().Changed("about") {
				return a.aboutTest(about)
			}
			return a.table(func(t io.Writer) {
				fmt.Fprintln(t, "\tTEST\tNULL HYPOTHESIS\tSOURCE")
				for _, x := range analysis.Tests {
					mark := ""
					if usual(x) {
						mark = "*"
					}
					fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", mark, x.Name(), x.Null(), x.Paper())
				}
			})
		},
	}
	cmd.Flags().StringVar(&about, "about", "", "`name` of one test to tell all about")
	_ = cmd.RegisterFlagCompletionFunc("about", cobra.FixedCompletions(testNames(), cobra.ShellCompDirectiveNoFileComp))
	return cmd
}

// usual reports whether a study runs t where none is asked for.
func usual(t analysis.Test) bool {
	return slices.ContainsFunc(analysis.DefaultStudy().Tests, func(u analysis.Test) bool { return u.Name() == t.Name() })
}

// aboutTest writes all that a test says of itself.
func (a *app) aboutTest(name string) error {
	t, ok := analysis.TestByName(name)
	if !ok {
		return usageError{fmt.Errorf("--about: %q is not a test%s", name, cmp.Or(didYouMean(name, testNames()), listed["a test"]))}
	}
	scope := "one security"
	switch t.Scope() {
	case analysis.ManyObservations:
		scope = "the average of several securities or events"
	case analysis.AnyNumber:
		scope = "one security, and the average of several securities or events"
	}
	props := t.Properties()
	together := "allowed for: no two returns are taken as independent of each other"
	switch props.Independence {
	case analysis.TakenAcrossDates:
		together = "allowed for where all returns are of one date; between dates they are taken as independent"
	case analysis.TakenAlways:
		together = "not allowed for: returns are taken as independent, so it rejects too often where they move together"
	}
	where := "any dates"
	if props.OneDate {
		where = "only where all have the same session 0"
	}
	source := "a distribution that is known"
	if props.Resampled {
		source = "drawing again from the sample"
	}
	by := "only where it is asked for"
	if usual(t) {
		by = "yes"
	}
	lines := [][2]string{
		{"Null hypothesis", t.Null()}, {"Assumes", t.Assumes()}, {"About", scope}, {"Defined for", where},
		{"Co-movement", together}, {"p from", source}, {"In the default", by}, {"Source", t.Paper()},
	}
	if t.Scope() == analysis.OneObservation { // no others to move with
		lines = slices.DeleteFunc(lines, func(l [2]string) bool { return l[0] == "Co-movement" || l[0] == "Defined for" })
	}
	if _, err := fmt.Fprintln(a.stdout, t.Name()); err != nil {
		return err
	}
	return a.table(func(w io.Writer) {
		for _, l := range lines {
			fmt.Fprintf(w, "%s\t%s\n", l[0], l[1])
		}
	})
}

// table writes rows of cells that end in tabs to stdout, aligned.
func (a *app) table(rows func(io.Writer)) error {
	t := tabwriter.NewWriter(a.stdout, 0, 0, 2, ' ', 0)
	rows(cells{t})
	return t.Flush()
}
