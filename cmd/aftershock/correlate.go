package main

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/market"
	"aftershock/plots"
	"aftershock/report"
)

func (a *app) correlateCommand() *cobra.Command {
	flags := make(settingsFlags)
	var kinds, level string
	var securities []string
	var sectors bool
	cmd := &cobra.Command{
		Use:   "correlate",
		Short: "Set kinds of news against securities, and events against each other",
		Long: `Correlate asks which kind of news moves which shares, and whether that is more than
chance: for each kind of event and each security that its events name, how session 0
went, against the security's own sessions without news. And it asks which events hit
the same shares the same way, with p values by each event's own past.`,
		Example: `  aftershock correlate
  aftershock correlate --kinds tag --securities NVDA,AMD,AVGO,TSM --format json`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.correlate(cmd, flags, analysis.CorrelateSpec{Kinds: analysis.Kinds(kinds), BySector: sectors}, securities, level)
		},
	}
	cmd.Flags().StringVar(&kinds, "kinds", string(analysis.CategoryKinds), "what makes a `kind`: category or tag")
	cmd.Flags().StringSliceVar(&securities, "securities", nil, "`list` of securities; default: those that the catalogue names")
	cmd.Flags().BoolVar(&sectors, "sectors", false, "sectors in the place of securities")
	cmd.Flags().StringVar(&level, "level", "5%", "`level` of q at which a pair is told")
	a.answerFlags(cmd, flags)
	return cmd
}

func (a *app) correlate(cmd *cobra.Command, flags settingsFlags, spec analysis.CorrelateSpec, securities []string, level string) error {
	ctx := cmd.Context()
	var err error
	if spec.Level, err = levelOf(level); err != nil {
		return err
	}
	if spec.Kinds != analysis.CategoryKinds && spec.Kinds != analysis.TagKinds {
		return usageError{fmt.Errorf("--kinds: %q; use category or tag", spec.Kinds)}
	}
	c, p, err := a.answering(cmd, flags)
	if err != nil {
		return err
	}
	cat, err := c.everyEvent()
	if err != nil {
		return err
	}
	if len(cat.Events) == 0 {
		return fmt.Errorf("%s: has no event to correlate", cat.Origin)
	}
	src, err := a.open(ctx, c, p, nil)
	if err != nil {
		return err
	}
	if _, err := a.respell(ctx, c, p, src, cat); err != nil {
		return err
	}
	if len(securities) == 0 {
		spec.Securities, err = a.namedBy(ctx, p, src, cat)
	} else {
		spec.Securities, err = a.symbolsOf(ctx, c, p, src, securities)
	}
	if err != nil {
		return err
	}
	if len(spec.Securities) == 0 {
		return fmt.Errorf("%s: names no security that %s has; name some with --securities", cat.Origin, src.Name())
	}
	if err := c.demand(p, spec.Securities, nil, p.study.Around(market.NoDate, market.NoDate)); err != nil {
		return err
	}
	panel, err := a.load(ctx, c, p, src, cat)
	if err != nil {
		return err
	}
	bar := newProgress(a.stderr, "sessions:")
	x, err := p.study.Correlate(ctx, cat, panel, spec, bar.step)
	bar.end()
	if err != nil {
		return c.blame(err)
	}
	return a.deliverAnswer(ctx, c, p, src, &analysis.Result{Study: x.Study, Catalog: cat, Panel: panel}, answer{
		name:   "correlate",
		text:   func(w io.Writer, o report.TextOptions) error { return report.CorrelateText(w, x, o) },
		html:   func(w io.Writer, o report.HTMLOptions) error { return report.CorrelateHTML(w, x, o) },
		json:   func(w io.Writer) error { return report.CorrelateJSON(w, x) },
		tables: report.CorrelateTables(x),
		charts: func(ctx context.Context, o plots.Options) ([]plots.File, error) { return plots.Correlations(ctx, x, o) },
	})
}

// namedBy lists the securities that a catalogue names and src has, the configured
// ones where an event names none.
func (a *app) namedBy(ctx context.Context, p *plan, src *prices, cat *events.Catalog) ([]string, error) {
	list, err := src.Symbols(ctx)
	if err != nil {
		return nil, err
	}
	have, seen := setOf(list), make(map[string]bool)
	var out []string
	left := 0
	add := func(symbol string) {
		switch {
		case seen[symbol] || symbol == p.study.Benchmark:
			return
		case !have[symbol]:
			left++
		default:
			out = append(out, symbol)
		}
		seen[symbol] = true
	}
	for i := range cat.Events {
		for _, t := range cat.Events[i].Targets {
			add(t.Symbol)
		}
		if len(cat.Events[i].Targets) == 0 {
			for _, s := range p.securities {
				add(s.Symbol)
			}
		}
	}
	if left > 0 {
		a.say("%d securities of the catalogue are not in %s and are left out", left, src.Name())
	}
	return out, nil
}
