package main

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/internal/words"
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
	sub := func(use, short string, rows func(t io.Writer, l *words.Language)) {
		flags := make(settingsFlags)
		cmd := &cobra.Command{
			Use: use, Short: short, Args: arguments(cobra.NoArgs),
			RunE: func(cmd *cobra.Command, _ []string) error {
				l, err := a.listing(flags)
				if err != nil {
					return err
				}
				return a.table(func(t io.Writer) { rows(t, l) })
			},
		}
		langFlag(cmd, flags)
		list.AddCommand(cmd)
	}
	sub("models", "List the models of normal returns", func(t io.Writer, l *words.Language) {
		fmt.Fprintln(t, heads(l, "MODEL", "TAKES AS NORMAL", "SOURCE"))
		for _, m := range model.Models {
			fmt.Fprintf(t, "%s\t%s\t%s\n", m.Name(), l.Translate(m.About()), m.Paper())
		}
	})
	list.AddCommand(a.listTestsCommand())
	sub("charts", "List the charts", func(t io.Writer, l *words.Language) {
		fmt.Fprintln(t, heads(l, "CHART", "SHOWS"))
		for _, c := range plots.Charts {
			fmt.Fprintf(t, "%s\t%s\n", c.Name, l.Translate(c.About))
		}
	})
	sub("formats", "List the formats of report, tables and charts", func(t io.Writer, l *words.Language) {
		fmt.Fprintln(t, heads(l, "FORMAT", "IS"))
		fmt.Fprintf(t, "%s\t%s\n", textFormat, l.Phrase("The report, as it is printed."))
		fmt.Fprintf(t, "%s\t%s\n", htmlFormat, l.Phrase("The report with its charts, as one page that needs nothing beside it."))
		for _, f := range report.Formats {
			fmt.Fprintf(t, "%s\t%s\n", f.Name, l.Translate(f.About))
		}
		for _, f := range plots.Formats {
			fmt.Fprintf(t, "%s\t%s\n", f, l.Phrase("A file a chart."))
		}
	})
	return list
}

// checkLang says what is wrong with a value of --lang.
func checkLang(tag string) error {
	if tag == "" || slices.Contains(words.Languages(), tag) {
		return nil
	}
	return usageError{fmt.Errorf("--lang: %q is not a language of reports; use en or ar", tag)}
}

// listing is the language of a list, which needs no configuration to be right.
func (a *app) listing(flags settingsFlags) (*words.Language, error) {
	if err := checkLang(flags["output.lang"].Value.String()); err != nil {
		return nil, err
	}
	c, err := loadConfig(a.configFile, flags)
	if err != nil {
		c = nil // which the commands that read it say
	}
	return speaking(c, flags), nil
}

func (a *app) listTestsCommand() *cobra.Command {
	var about string
	flags := make(settingsFlags)
	cmd := &cobra.Command{
		Use: "tests", Short: "List the tests; a star marks those of the default",
		Example: `  aftershock list tests
  aftershock list tests --about kp-bmp`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			l, err := a.listing(flags)
			if err != nil {
				return err
			}
			if cmd.Flags().Changed("about") {
				return a.aboutTest(l, about)
			}
			return a.table(func(t io.Writer) {
				fmt.Fprintln(t, "\t"+heads(l, "TEST", "NULL HYPOTHESIS", "SOURCE"))
				for _, x := range analysis.Tests {
					mark := ""
					if usual(x) {
						mark = "*"
					}
					fmt.Fprintf(t, "%s\t%s\t%s\t%s\n", mark, x.Name(), l.Translate(x.Null()), x.Paper())
				}
			})
		},
	}
	langFlag(cmd, flags)
	cmd.Flags().StringVar(&about, "about", "", "`name` of one test to tell all about")
	closed(cmd, "about", testNames()...)
	return cmd
}

// usual reports whether a study runs t where none is asked for.
func usual(t analysis.Test) bool {
	return slices.ContainsFunc(analysis.DefaultStudy().Tests, func(u analysis.Test) bool { return u.Name() == t.Name() })
}

// aboutTest writes all that a test says of itself.
func (a *app) aboutTest(l *words.Language, name string) error {
	t, ok := analysis.TestByName(name)
	if !ok {
		return usageError{fmt.Errorf("--about: %q is not a test%s", name, cmp.Or(didYouMean(name, testNames()), listed["a test"]))}
	}
	scope := l.Phrase("one security")
	switch t.Scope() {
	case analysis.ManyObservations:
		scope = l.Phrase("the average of several securities or events")
	case analysis.AnyNumber:
		scope = l.Phrase("one security, and the average of several securities or events")
	}
	props := t.Properties()
	together := l.Phrase("allowed for: no two returns are taken as independent of each other")
	switch props.Independence {
	case analysis.TakenAcrossDates:
		together = l.Phrase("allowed for where all returns are of one date; between dates they are taken as independent")
	case analysis.TakenAlways:
		together = l.Phrase("not allowed for: returns are taken as independent, so it rejects too often where they move together")
	}
	where := l.Phrase("any dates")
	if props.OneDate {
		where = l.Phrase("only where all have the same session 0")
	}
	source := l.Phrase("a distribution that is known")
	if props.Resampled {
		source = l.Phrase("drawing again from the sample")
	}
	by := l.Phrase("only where it is asked for")
	if usual(t) {
		by = l.Phrase("yes")
	}
	lines := [][2]string{
		{l.Phrase("Null hypothesis"), l.Translate(t.Null())}, {l.Phrase("Assumes"), l.Translate(t.Assumes())}, {l.Phrase("About"), scope},
	}
	if t.Scope() != analysis.OneObservation { // which has no others to move with
		lines = append(lines, [2]string{l.Phrase("Defined for"), where}, [2]string{l.Phrase("Co-movement"), together})
	}
	lines = append(lines, [2]string{l.Phrase("p from"), source}, [2]string{l.Phrase("In the default"), by}, [2]string{l.Phrase("Source"), l.Isolate(t.Paper())})
	if _, err := fmt.Fprintln(a.stdout, t.Name()); err != nil {
		return err
	}
	return a.table(func(w io.Writer) {
		for _, l := range lines {
			fmt.Fprintf(w, "%s\t%s\n", l[0], l[1])
		}
	})
}

// table writes rows of cells between tabs to stdout, aligned by the columns that
// they take on a terminal. A row of one cell is a line of text.
func (a *app) table(rows func(io.Writer)) error {
	var c cells
	rows(&c)
	var widths []int
	for _, row := range c.rows {
		for i, cell := range row[:len(row)-1] {
			if i == len(widths) {
				widths = append(widths, 0)
			}
			widths[i] = max(widths[i], report.Columns(cell))
		}
	}
	var b strings.Builder
	for _, row := range c.rows {
		last := len(row) - 1
		for i, cell := range row[:last] {
			b.WriteString(cell + strings.Repeat(" ", widths[i]-report.Columns(cell)+2))
		}
		b.WriteString(row[last] + "\n")
	}
	_, err := io.WriteString(a.stdout, b.String())
	return err
}

// heads is the first row of a table.
func heads(l *words.Language, names ...string) string {
	out := make([]string, len(names))
	for i, name := range names {
		out[i] = l.Phrase(name)
	}
	return strings.Join(out, "\t")
}
