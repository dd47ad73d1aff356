package main

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"aftershock/plots"
)

// chartData is the file of a run that its charts can be drawn from again.
const chartData = "charts.json"

// drawing is what the flags of aftershock plot ask for.
type drawing struct {
	from, out           string
	format, theme, lang string
	width, height, dpi  int
	only, charts        []string
	start, scales       string
}

func (a *app) plotCommand() *cobra.Command {
	var d drawing
	cmd := &cobra.Command{
		Use:   "plot CHART ...",
		Short: "Draw charts from a finished run",
		Long: `Plot draws charts from the results of a run, without computing anything again: any
chart, at any size, in any format. "aftershock list charts" explains each. --only
names what the pictures are to be about: IDs of events, symbols, or groupings.`,
		Example: `  aftershock plot heat --only deepseek-selloff --theme dark
  aftershock plot car forest --format pdf --width 2400 --out pictures
  aftershock plot price --only NVDA --out - > nvda.png`,
		Args: arguments(cobra.ArbitraryArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			if args = append(args, d.charts...); len(args) == 0 {
				return usageError{errors.New("plot: no chart is named; see aftershock list charts")}
			}
			return a.plot(cmd.Context(), args, d)
		},
	}
	f := cmd.Flags()
	f.StringVar(&d.from, "from", "out", "`directory` of the run")
	f.StringVar(&d.out, "out", ".", "`directory` of the pictures; - for one picture on standard output")
	f.StringVar(&d.format, "format", string(plots.PNG), "`format`: png, svg or pdf")
	f.StringVar(&d.theme, "theme", plots.Light.Name, "`theme`: "+strings.Join(themeNames(), " or "))
	f.StringVar(&d.start, "start", byItself, "`session` that the paths of the chart car begin at, such as -5; full: that of the event window")
	f.StringVar(&d.scales, "scales", scaleNames[0], "`scales` of the chart panels: one for all, or own")
	f.StringSliceVar(&d.charts, "charts", nil, "`list` of charts, beside those that are arguments; all: every one that the run kept")
	f.StringVar(&d.lang, "lang", "en", "`language` of titles and words: en or ar")
	f.IntVar(&d.width, "width", 0, "`pixels` across (default 1200)")
	f.IntVar(&d.height, "height", 0, "`pixels` down (default what the chart needs)")
	f.IntVar(&d.dpi, "dpi", 0, "`pixels` an inch (default 144)")
	f.StringSliceVar(&d.only, "only", nil, "`list` of events, symbols or groupings")
	for name, words := range map[string][]string{"format": chartFormats(), "theme": themeNames(), "lang": languages, "scales": scaleNames, "start": {byItself, full}, "charts": append(chartNames(), all)} {
		closed(cmd, name, words...)
	}
	return cmd
}

// scaleNames are the choices of output.scales.
var scaleNames = []string{"one", "own"}

// parseStart reads what output.start says: nil where the chart chooses.
func parseStart(text string) (*int, error) {
	switch text {
	case byItself:
		return nil, nil
	case full:
		return new(-longestStart), nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n > 0 || n < -longestStart {
		return nil, fmt.Errorf("%q is no session before or at session 0; use a number such as -5, %s or %s", text, full, byItself)
	}
	return &n, nil
}

// longestStart is more than any event window has before session 0.
const longestStart = 100_000

func chartFormats() []string {
	return names(plots.Formats, func(f plots.Format) string { return string(f) })
}

func themeNames() []string {
	return names(plots.Themes, func(t plots.Theme) string { return t.Name })
}

// theme returns the theme called name, nil when there is none.
func theme(name string) *plots.Theme {
	if i := slices.Index(themeNames(), name); i >= 0 {
		return &plots.Themes[i]
	}
	return nil
}

// plot draws the charts called names.
func (a *app) plot(ctx context.Context, charts []string, d drawing) error {
	wrong := func(what, value, kind string, known []string) error {
		if slices.Contains(known, value) {
			return nil
		}
		return usageError{fmt.Errorf("%s: %q is not %s%s", what, value, kind, didYouMean(value, known))}
	}
	problems := []error{wrong("--format", d.format, "a format of charts", chartFormats()), wrong("--theme", d.theme, "a theme", themeNames()), wrong("--lang", d.lang, "a language", languages), wrong("--scales", d.scales, "a choice of scales", scaleNames)}
	start, err := parseStart(d.start)
	if err != nil {
		problems = append(problems, usageError{fmt.Errorf("--start: %w", err)})
	}
	for _, c := range charts {
		if c == all {
			continue
		}
		problems = append(problems, wrong("plot", c, "a chart", chartNames()))
	}
	for _, err := range problems {
		if err != nil {
			return err
		}
	}
	o := plots.Options{Width: d.width, Height: d.height, DPI: d.dpi, Lang: d.lang, Theme: theme(d.theme), Formats: []plots.Format{plots.Format(d.format)}, Only: d.only, Start: start, OwnScales: d.scales == scaleNames[1]}
	if err := o.Validate(); err != nil {
		return usageError{err}
	}
	name := filepath.Join(d.from, chartData)
	data, err := readOutput(d.from, chartData)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not there; name the directory of a finished run with --from", name)
	}
	if err != nil {
		return err
	}
	if slices.Contains(charts, all) {
		if charts, err = plots.Held(data); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	files, err := plots.Redraw(ctx, data, charts, o)
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if d.out == toStdout {
		if len(files) != 1 {
			return usageError{fmt.Errorf("--out: - takes one picture, and these are %d; say which with --only", len(files))}
		}
		_, err := a.stdout.Write(files[0].Data)
		return err
	}
	if err := os.MkdirAll(d.out, 0o755); err != nil {
		return writable(fmt.Errorf("the directory of the pictures cannot be made: %w", err), "--out")
	}
	if err := writePictures(d.out, names(files, func(f plots.File) file { return made(f.Name, f.Data) })); err != nil {
		return err
	}
	for _, f := range files {
		if _, err := fmt.Fprintln(a.stdout, filepath.Join(d.out, f.Name)); err != nil {
			return err
		}
	}
	return nil
}
