package main

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
	"aftershock/plots"
	"aftershock/report"
)

func (a *app) impactCommand() *cobra.Command {
	flags := make(settingsFlags)
	var q question
	var universe, level string
	cmd := &cobra.Command{
		Use:   "impact EVENT|TIME",
		Short: "Measure one event on all securities of the price source: who was hit",
		Long: `Impact measures one event on every security of a universe at once: who was hit, with
q over all of them, by sector and exchange, and whether it was the market's news, a
sector's or that of single firms. Whom the event names does not count.

EVENT is the ID of an event of the catalogue; TIME is a date or an instant as the
command event takes it. The universe is all that the source of prices has, or the
symbols of a file: one a line, or a CSV file with a column symbol.`,
		Example: `  aftershock impact 2025-01-27
  aftershock impact deepseek-selloff --universe all --out impact
  aftershock impact "2025-04-02 16:05" --zone America/New_York --format csv`,
		Args: arguments(cobra.ExactArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			q.Time = args[0]
			return a.impact(cmd, flags, q, universe, level)
		},
	}
	cmd.Flags().StringVar(&universe, "universe", all, "`file` of symbols, or all of the source of prices")
	cmd.Flags().StringVar(&level, "level", "5%", "`level` of q at which a security is hit")
	cmd.Flags().StringVar(&q.Zone, "zone", "", "`zone` of a time without an offset, such as America/New_York")
	cmd.Flags().BoolVar(&q.AfterClose, "after-close", false, "the news came after the close of the date")
	cmd.Flags().StringVar(&q.Title, "title", "", "what happened, for the report")
	a.answerFlags(cmd, flags)
	return cmd
}

func (a *app) impact(cmd *cobra.Command, flags settingsFlags, q question, universe, level string) error {
	ctx := cmd.Context()
	share, err := levelOf(level)
	if err != nil {
		return err
	}
	c, p, err := a.answering(cmd, flags)
	if err != nil {
		return err
	}
	event, err := c.eventNamed(q)
	if err != nil {
		return err
	}
	src, err := a.open(ctx, c, p, nil)
	if err != nil {
		return err
	}
	symbols, err := a.universe(ctx, c, p, src, universe)
	if err != nil {
		return err
	}
	symbols = slices.DeleteFunc(symbols, func(s string) bool { return s == p.study.Benchmark })
	if len(symbols) == 0 {
		return fmt.Errorf("--universe: %s has no security beside the benchmark", universe)
	}
	day := market.DateOf(event.Time.UTC())
	if err := c.demand(p, symbols, nil, p.study.Around(day, day)); err != nil {
		return err
	}
	cat := &events.Catalog{Events: []events.Event{*event}}
	panel, err := a.load(ctx, c, p, src, cat)
	if err != nil {
		return err
	}
	x, err := p.study.Impact(ctx, event, panel, symbols, share)
	if err != nil {
		return c.blame(err)
	}
	return a.deliverAnswer(ctx, c, p, src, &analysis.Result{Study: x.Study, Catalog: cat, Panel: panel}, answer{
		name:   "impact",
		text:   func(w io.Writer, o report.TextOptions) error { return report.ImpactText(w, x, o) },
		html:   func(w io.Writer, o report.HTMLOptions) error { return report.ImpactHTML(w, x, o) },
		json:   func(w io.Writer) error { return report.ImpactJSON(w, x) },
		tables: report.ImpactTables(x),
		charts: func(ctx context.Context, o plots.Options) ([]plots.File, error) { return plots.Impact(ctx, x, o) },
	})
}

// eventNamed returns the event of the catalogue with the ID that is given, else the
// event of that time.
func (c *config) eventNamed(q question) (*events.Event, error) {
	cat, catErr := c.everyEvent()
	var ids []string
	if catErr == nil {
		for i := range cat.Events {
			if cat.Events[i].ID == q.Time {
				return &cat.Events[i], nil
			}
			ids = append(ids, cat.Events[i].ID)
		}
	}
	q.Securities = nil
	own, err := q.catalog()
	if err == nil {
		return &own.Events[0], nil
	}
	if catErr != nil {
		return nil, catErr
	}
	if !strings.ContainsAny(q.Time[:min(1, len(q.Time))], "0123456789") {
		near := events.Nearest(q.Time, ids)
		if near != "" {
			near = "; did you mean " + near + "?"
		}
		return nil, usageError{fmt.Errorf("impact: %q is neither the ID of an event of the catalogue %s nor a time such as 2025-01-27%s", q.Time, cat.Origin, near)}
	}
	return nil, err
}

// universe lists the securities of a file, or all that a source of prices has.
func (a *app) universe(ctx context.Context, c *config, p *plan, src *prices, name string) ([]string, error) {
	if name == all {
		return src.Symbols(ctx)
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, usageError{fmt.Errorf("--universe: %w; name a file of symbols, or all", err)}
	}
	defer f.Close()
	var out []string
	lines := bufio.NewScanner(f)
	column := 0
	for n := 0; lines.Scan(); n++ {
		fields := strings.Split(strings.TrimPrefix(lines.Text(), "\ufeff"), ",")
		if n == 0 {
			if k := slices.IndexFunc(fields, func(s string) bool {
				return slices.Contains([]string{"symbol", "ticker", "security"}, strings.ToLower(strings.TrimSpace(s)))
			}); k >= 0 {
				column = k
				continue
			}
		}
		if column >= len(fields) {
			continue
		}
		if s := strings.Trim(strings.TrimSpace(fields[column]), `"`); s != "" && !strings.HasPrefix(s, "#") && !slices.Contains(out, s) {
			out = append(out, s)
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("--universe: %s: %w", name, err)
	}
	if len(out) == 0 {
		return nil, usageError{fmt.Errorf("--universe: %s names no symbol; write one a line", name)}
	}
	return a.symbolsOf(ctx, c, p, src, out)
}
