package main

import (
	"context"
	"fmt"
	"image/color"
	"io"
	"path"
	"slices"
	"sync"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/plots"
	"aftershock/report"
)

const (
	textFormat = "text" // of the report
	htmlFormat = "html" // of the report
	toStdout   = "-"    // in the place of the output directory
)

// formatNames are those of output.formats: of the report, of tables, of charts.
func formatNames() []string {
	all := append([]string{textFormat, htmlFormat}, tableFormats()...)
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
	if len(c.Output.Formats) == 0 {
		c.bad("output.formats", "is empty; name at least one, such as text")
	}
	for i, f := range c.Output.Formats {
		if !c.oneOf(fmt.Sprintf("output.formats[%d]", i), f, "a format", formatNames()) || slices.Contains(c.Output.Formats[:i], f) {
			continue
		}
		t, ofTables := report.FormatByName(f)
		switch {
		case ofTables:
			p.tables = append(p.tables, t)
		case f == textFormat:
			p.text = true
		case f == htmlFormat:
			p.html = true
		default:
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
func (a *app) writeTable(ctx context.Context, r *analysis.Result, f report.Format, name string) error {
	tables := report.Tables(r)
	i := slices.IndexFunc(tables, func(t report.Table) bool { return t.Name == name })
	return f.Table(until(ctx, a.stdout), tables[i])
}

// until returns w, whose writes fail once ctx is done: those who write at length
// know nothing of contexts.
func until(ctx context.Context, w io.Writer) io.Writer { return untilDone{ctx, w} }

type untilDone struct {
	ctx context.Context
	w   io.Writer
}

// Write implements io.Writer.
func (u untilDone) Write(p []byte) (int, error) {
	if err := u.ctx.Err(); err != nil {
		return 0, err
	}
	return u.w.Write(p)
}

// tableFiles are the files of the tables of r. bar shows how far their writing is.
func tableFiles(r *analysis.Result, p *plan, bar *progress) []file {
	var mu sync.Mutex
	done, total := 0, 0
	step := func() {
		mu.Lock()
		defer mu.Unlock()
		done++
		bar.step(done, total)
	}
	var files []file
	for _, f := range p.tables {
		for _, o := range f.Outputs(r, p.listed, p.plot.Lang, step) {
			total += o.Steps
			files = append(files, file{o.Name, o.Write})
		}
	}
	return files
}

// renderCharts draws the charts of p: as files, and for the HTML report.
func renderCharts(ctx context.Context, p *plan, r *analysis.Result) (files []file, page []report.Chart, err error) {
	o := p.plot
	if p.html && !slices.Contains(o.Formats, plots.SVG) {
		o.Formats = append(slices.Clone(o.Formats), plots.SVG)
	}
	if len(p.charts) == 0 || len(o.Formats) == 0 {
		return nil, nil, nil
	}
	charts, err := plots.Render(ctx, r, p.charts, o)
	if err != nil {
		return nil, nil, err
	}
	for _, f := range charts {
		format := plots.Format(path.Ext(f.Name)[1:])
		if slices.Contains(p.plot.Formats, format) {
			files = append(files, made("charts/"+f.Name, f.Data))
		}
		if p.html && format == plots.SVG {
			c := report.Chart{SVG: f.Data}
			if slices.ContainsFunc(r.Catalog.Events, func(e events.Event) bool { return e.ID == f.ID }) {
				c.Event = f.ID
			}
			page = append(page, c)
		}
	}
	return files, page, nil
}

// html is the HTML report. It does not name the output directory: the page of a
// study is the same wherever it lies.
func (c *config) html(p *plan, r *analysis.Result, charts []report.Chart, manifest func() (*report.Manifest, error)) file {
	return file{"report.html", func(w io.Writer) error {
		m, err := manifest()
		if err != nil {
			return err
		}
		own, shown := *m, c.published()
		shown.Output.Dir = defaults().Output.Dir
		own.Configuration = shown
		return report.HTML(w, r, report.HTMLOptions{Lang: p.plot.Lang, Charts: charts, Dark: darkColors(), Manifest: &own, Calibration: p.calibration})
	}}
}

// darkColors says what each colour of a light chart is in a dark one.
func darkColors() map[string]string {
	colors := func(t plots.Theme) []color.NRGBA {
		return append([]color.NRGBA{t.Paper, t.Ink, t.Muted, t.Faint, t.Grid, t.Rise, t.Fall}, t.Series...)
	}
	hex := func(c color.NRGBA) string { return fmt.Sprintf("#%02x%02x%02x", c.R, c.G, c.B) }
	dark := colors(plots.Dark)
	m := make(map[string]string)
	for i, c := range colors(plots.Light) {
		m[hex(c)] = hex(dark[i])
	}
	return m
}
