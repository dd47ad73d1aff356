package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/plots"
	"aftershock/report"
)

func (a *app) contrastCommand() *cobra.Command {
	flags := make(settingsFlags)
	var event string
	var quiet bool
	cmd := &cobra.Command{
		Use:   "contrast FIRST SECOND",
		Short: "Compare the reactions of two groups",
		Long: `Contrast measures the reaction of FIRST less that of SECOND over every window of
the cumulative abnormal returns. Each is a group as sweep.groups names it (an
event's ID, "security NVDA", "category earnings", all) or a list of symbols,
NVDA,AVGO. With --event both are lists of symbols at that event, whether or not the
catalogue names them there.

Groups of one session 0 are compared as one portfolio, long the first and short the
second, so that how they move together is in the error; of a session 0 each as two
portfolios; of many dates by the means of clusters of dates.

The contrast goes to standard output; contrasts.csv and a chart go to the folder
contrast in the output directory, or to --out.`,
		Example: `  aftershock contrast NVDA,AVGO,AMD TXN,INTC --event deepseek-selloff
  aftershock contrast deepseek-r1 deepseek-selloff`,
		Args: arguments(cobra.ExactArgs(2)),
		RunE: func(cmd *cobra.Command, args []string) error {
			return a.contrast(cmd, flags, args, event, quiet)
		},
	}
	cmd.Flags().StringVar(&event, "event", "", "`ID` of the event at which two lists of symbols are compared")
	outFlag(cmd, flags)
	a.formatFlags(cmd, flags)
	langFlag(cmd, flags)
	studyFlags(cmd, flags)
	flags.add(cmd, "event-window", "study.event", "event `window`, such as -10,10")
	flags.add(cmd, "car", "study.car", "`windows` of the cumulative abnormal returns, such as \"0,0 -1,1\"")
	flags.add(cmd, "events", "events.file", "`catalogue` of events (.yaml, .json, .csv), or shipped")
	flags.add(cmd, "ids", "events.ids", "`list` of the IDs of the events to study; none: all")
	flags.add(cmd, "securities", "securities", "`list` of securities, for events that name none")
	a.pricesFlag(cmd, flags)
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "do not print the contrast")
	return cmd
}

func (a *app) contrast(cmd *cobra.Command, flags settingsFlags, args []string, event string, quiet bool) error {
	ctx := cmd.Context()
	c, err := a.configured(cmd, flags)
	if err != nil {
		return err
	}
	c.Study.Contrasts = nil // those of the study are not asked for
	c.Regression.Characteristics = nil
	p, err := c.plan()
	if err != nil {
		return err
	}
	cat, ids, err := c.catalog()
	if err != nil {
		return err
	}
	v, err := versus(args, event, cat)
	if err != nil {
		return err
	}
	p.study.EventIDs = ids
	for _, s := range []analysis.Side{v.First, v.Second} { // an event that is named is studied
		if id := strings.TrimPrefix(s.Group, string(analysis.ByEvent)+" "); slices.ContainsFunc(cat.Events, func(e events.Event) bool { return e.ID == id }) && !slices.Contains(ids, id) {
			p.study.EventIDs = append(p.study.EventIDs, id)
		}
	}
	if event != "" {
		p.study.EventIDs = []string{event}
	}
	p.study.Contrasts, p.study.Tests, p.study.Family = []analysis.Versus{v}, nil, ""
	src, err := a.needed(ctx, c, p, cat)
	if err != nil {
		return err
	}
	if c.table != "" {
		r, err := a.measure(ctx, c, p, src, cat)
		if err != nil {
			return contrastError(err)
		}
		return a.writeTable(ctx, r, p.tables[0], c.table)
	}
	o, err := openOutput(c.outDir("contrast"))
	if err != nil {
		return err
	}
	defer o.close()
	r, err := a.measure(ctx, c, p, src, cat)
	if err != nil {
		return contrastError(err)
	}
	var text bytes.Buffer
	if err := report.ContrastText(&text, r, report.TextOptions{Lang: p.plot.Lang}); err != nil {
		return err
	}
	p.listed = []string{"contrasts"}
	files := []file{made("contrast.txt", text.Bytes())}
	bar := newProgress(a.stderr, "tables:")
	files = append(files, tableFiles(r, p, bar)...)
	bar.end()
	p.charts, p.html = []string{"contrast"}, false
	charts, err := plots.Render(ctx, r, p.charts, p.plot)
	if err != nil {
		return err
	}
	files = append(files, chartFiles(charts)...)
	if err := a.deliver(ctx, o, c, p, src, r, files); err != nil || quiet {
		return err
	}
	return report.ContrastText(a.stdout, r, a.textOptions(p))
}

// contrastError says what is wrong with an argument as such.
func contrastError(err error) error {
	var usage usageError
	if errors.As(err, &usage) {
		return usageError{errors.New(strings.TrimPrefix(err.Error(), "study.contrasts[0]: "))}
	}
	return err
}

// versus reads the two sides of a contrast as they stand on the command line.
func versus(args []string, event string, cat *events.Catalog) (analysis.Versus, error) {
	if event != "" && !slices.ContainsFunc(cat.Events, func(e events.Event) bool { return e.ID == event }) {
		ids := names(cat.Events, func(e events.Event) string { return e.ID })
		return analysis.Versus{}, usageError{fmt.Errorf("--event: %q is not in the catalogue%s", event, didYouMean(event, ids))}
	}
	var v analysis.Versus
	for k, text := range args {
		s := sideNamed(text, event, cat)
		if event != "" && len(s.Securities) == 0 {
			return v, usageError{fmt.Errorf("%q: with --event both sides are lists of symbols, such as NVDA,AVGO", text)}
		}
		if s.Group == "" && len(s.Securities) == 0 {
			return v, usageError{fmt.Errorf("%q names nothing; give a group, such as %q, or a list of symbols, such as NVDA,AVGO", text, "category earnings")}
		}
		*[]*analysis.Side{&v.First, &v.Second}[k] = s
	}
	if v.First.String() == v.Second.String() {
		return v, usageError{fmt.Errorf("%q is on both sides; a group does not differ from itself", v.First)}
	}
	return v, nil
}

// sideNamed reads one side: a group where the text is the name of one, else a list
// of symbols.
func sideNamed(text, event string, cat *events.Catalog) analysis.Side {
	text = strings.TrimSpace(text)
	by, key, _ := strings.Cut(text, " ")
	has := func(is func(e events.Event) bool) bool { return slices.ContainsFunc(cat.Events, is) }
	switch {
	case event != "":
		return analysis.Side{Securities: list(text), Event: event}
	case text == string(analysis.All), has(func(e events.Event) bool { return e.ID == text }):
		return analysis.Side{Group: text}
	case key != "" && slices.Contains([]analysis.Grouping{analysis.ByEvent, analysis.BySecurity, analysis.ByCategory}, analysis.Grouping(by)):
		return analysis.Side{Group: text}
	case has(func(e events.Event) bool { return e.Category == text && text != "" }):
		return analysis.Side{Group: string(analysis.ByCategory) + " " + text}
	}
	return analysis.Side{Securities: list(text)}
}

// contrast translates a contrast of the configuration.
func (c *config) contrast(key string, x contrast) analysis.Versus {
	of := func(key string, s side) analysis.Side {
		switch {
		case s.list == nil && strings.TrimSpace(s.text) == "", s.list != nil && len(s.list) == 0:
			c.bad(key, "is empty; name a group, such as category earnings, or a list of symbols, such as [NVDA, AVGO]")
		case x.Event != "" && s.list == nil:
			s.list = list(s.text)
		}
		if s.list != nil {
			return analysis.Side{Securities: s.list, Event: x.Event}
		}
		return analysis.Side{Group: strings.TrimSpace(s.text)}
	}
	return analysis.Versus{First: of(key+".first", x.First), Second: of(key+".second", x.Second)}
}
