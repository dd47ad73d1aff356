package main

import (
	"context"
	"fmt"
	"image/color"
	"io"
	"slices"
	"strings"
	"sync"

	"github.com/spf13/cobra"

	"aftershock/analysis"
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

// tableNames lists the tables of a study.
var tableNames = sync.OnceValue(func() []string {
	return slices.Clip(names(report.Tables(&analysis.Result{}), func(t report.Table) string { return t.Name }))
})

func (a *app) formatFlags(cmd *cobra.Command, flags settingsFlags) {
	flags.add(cmd, "format", "output.formats", "`list` of the formats of report, tables and charts; see aftershock list formats", formatNames()...)
	cmd.Flags().StringVar(&a.tableName, "table", "", "with --out -, the `table` to write to standard output")
	closed(cmd, "table", tableNames()...)
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
			table := strings.TrimSuffix(o.Name, f.Ending)
			if rows := p.rows[table]; len(rows) > 0 && f.Name == "csv" {
				files = append(files, file{o.Name, func(w io.Writer) error { return report.JoinCSV(w, r, table, rows) }})
				continue
			}
			total += o.Steps
			files = append(files, file{o.Name, o.Write})
		}
	}
	return files
}

// gallery is the charts of a run: what they show, those that become files, and those
// of the page. The zero gallery has none.
type gallery struct {
	album  *plots.Album // what is drawn
	rest   func() (*plots.Album, error)
	files  *plots.Pictures
	picks  []plots.Pick // of the page
	format string       // extension of the files that the page links to; "" for none
}

// hang collects what the charts of p show of r, those that are not drawn in beside, and
// begins to draw.
func hang(ctx context.Context, p *plan, r *analysis.Result, beside *sync.WaitGroup) (g gallery, err error) {
	if len(p.charts) == 0 && !p.leading || len(p.plot.Formats) == 0 && !p.html {
		return g, nil
	}
	picks := make([]plots.Pick, len(p.charts))
	for i, c := range p.charts {
		picks[i].Chart = c
	}
	g.picks = picks
	leading := func() ([]string, error) { return nil, nil }
	if p.leading {
		leading = start(beside, func() ([]string, error) { return report.Leading(r), nil })
	}
	if p.leading || len(p.charts) == len(plots.Charts) { // a page with every picture would not open
		g.picks = plots.OfPage(r)
	}
	names := names(slices.Concat(g.picks, picks), func(p plots.Pick) string { return p.Chart })
	slices.Sort(names)
	names = slices.Compact(names)
	if g.album, err = plots.Collect(ctx, r, names); err != nil {
		return g, err
	}
	others := []string{} // nil would be all
	for _, c := range plots.Kept(r) {
		if !slices.Contains(names, c) {
			others = append(others, c)
		}
	}
	g.rest = start(beside, func() (*plots.Album, error) { return plots.Collect(ctx, r, others) })
	if p.leading {
		ids, err := leading()
		if err != nil {
			return g, err
		}
		picks = plots.Leading(r, ids)
	}
	o := p.plot
	if len(o.Formats) == 0 {
		picks, o.Formats = nil, []plots.Format{plots.PNG}
	}
	if g.files, err = g.album.Pictures(picks, o); err != nil {
		return g, err
	}
	g.files.Begin(ctx, 0)
	if slices.Contains(p.plot.Formats, plots.PNG) {
		g.format = string(plots.PNG)
	}
	return g, nil
}

// counts says how many pictures were drawn, and how to get the others.
func (g *gallery) counts() (report.Charts, error) {
	if g.album == nil {
		return report.Charts{}, nil
	}
	rest, err := g.rest()
	if err != nil {
		return report.Charts{}, err
	}
	c := report.Charts{Drawn: len(g.files.List)}
	c.LeftOut = g.album.Len() + rest.Len() - c.Drawn
	if c.LeftOut > 0 {
		c.More = "run with --charts all, or draw any of them from " + chartData + " by aftershock plot CHART --from DIR"
	}
	return c, nil
}

// outputs are the files of the charts, each drawn when it is written, and of their
// data.
func (g *gallery) outputs(ctx context.Context, formats []plots.Format) []file {
	if g.album == nil || len(formats) == 0 {
		return nil
	}
	var files []file
	for k, picture := range g.files.List {
		var drawn [][]byte
		for j, f := range formats {
			files = append(files, file{"charts/" + picture.Name(f), func(w io.Writer) (err error) {
				if drawn == nil {
					if drawn, err = g.files.Draw(ctx, k); err != nil {
						return err
					}
				}
				data := drawn[j]
				if j == len(formats)-1 {
					drawn = nil
				}
				_, err = w.Write(data)
				return err
			}})
		}
	}
	return append(files, file{chartData, func(w io.Writer) error {
		rest, err := g.rest()
		if err != nil {
			return err
		}
		data, err := plots.Joined(g.album, rest).Data()
		if err == nil {
			_, err = w.Write(data)
		}
		return err
	}})
}

// page draws the charts of the HTML report: each for a wide page and for a narrow one.
func (g *gallery) page(ctx context.Context, p *plan, r *analysis.Result) ([]report.Chart, error) {
	if g.album == nil {
		return nil, nil
	}
	known := make(map[string]bool, len(r.Catalog.Events))
	for i := range r.Catalog.Events {
		known[r.Catalog.Events[i].ID] = true
	}
	written := make(map[string]bool)
	for _, f := range g.files.List {
		written[f.Stem] = g.format != ""
	}
	o := p.plot
	o.Formats = []plots.Format{plots.SVG}
	wide, err := g.album.Pictures(g.picks, o)
	if err != nil {
		return nil, err
	}
	o.Narrow, o.Width, o.Height = true, 0, 0
	var both []plots.Pick // those that have a layout of their own for a narrow page
	for _, pick := range g.picks {
		if slices.ContainsFunc(plots.OfPage(r), func(p plots.Pick) bool { return p.Chart == pick.Chart }) {
			both = append(both, pick)
		}
	}
	narrow, err := g.album.Pictures(both, o)
	if err != nil {
		return nil, err
	}
	next := 0 // of those
	out := make([]report.Chart, len(wide.List))
	for k, picture := range wide.List {
		c := &out[k]
		if c.Kind = picture.Chart; known[picture.ID] {
			c.Event = picture.ID
		}
		if written[picture.Stem] {
			c.File = "charts/" + picture.Name(plots.Format(g.format))
		}
		svg, err := wide.Draw(ctx, k)
		if err != nil {
			return nil, err
		}
		c.SVG = svg[0]
		if next < len(narrow.List) && narrow.List[next].Stem == picture.Stem {
			phone, err := narrow.Draw(ctx, next)
			if err != nil {
				return nil, err
			}
			c.Narrow = phone[0]
			next++
		}
	}
	return out, nil
}

// html is the HTML report. It does not name the output directory: the page of a
// study is the same wherever it lies.
func (c *config) html(ctx context.Context, p *plan, r *analysis.Result, g *gallery, manifest func() (*report.Manifest, error)) file {
	return file{"report.html", func(w io.Writer) error {
		charts, err := g.page(ctx, p, r)
		if err != nil {
			return err
		}
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
