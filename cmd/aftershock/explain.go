package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/market"
	"aftershock/plots"
	"aftershock/report"
)

// moves are what the command explain is asked for.
type moves struct {
	since, until, level, correction string
	peers                           []string
	all                             bool
}

func (a *app) explainCommand() *cobra.Command {
	flags := make(settingsFlags)
	var q moves
	cmd := &cobra.Command{
		Use:   "explain SECURITY ...",
		Short: "Find the moves of securities and the news that may lie behind them",
		Long: `Explain measures every session of a period as the command event measures one, and
sets against the whole catalogue what moved beyond chance: which moves no event
explains, which have news, whether the market, the sector or the security itself
moved, how many matches chance alone would give, and which events moved nothing.

A move is a session with q, the p value corrected over all measured sessions of all
securities asked for, at most --level. Peers that part a move into market, peers and
own are those of --peers, of the configuration, or the securities of its sector.

The answer goes to standard output. --out writes moves.csv, matches.csv,
coincidence.csv, unmoved.csv, the report and a timeline; --all writes every
measured session to moves.csv.`,
		Example: `  aftershock explain NVDA --since 2024-01-01
  aftershock explain NVDA AMD INTC --peers AVGO,TSM,MU --out moves
  aftershock explain NVDA --events shipped --level 1% --format json`,
		Args: arguments(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error { return a.explain(cmd, flags, q, args) },
	}
	cmd.Flags().StringVar(&q.since, "since", "", "first `day` of the period; default: all there is")
	cmd.Flags().StringVar(&q.until, "until", "", "last `day` of the period")
	cmd.Flags().StringVar(&q.level, "level", "5%", "`level` of q at which a session is a move")
	cmd.Flags().StringVar(&q.correction, "correction", "bh", "`correction` over all sessions: bh, or by, which holds whatever their dependence")
	cmd.Flags().StringSliceVar(&q.peers, "peers", nil, "`list` of the peers of every security")
	cmd.Flags().BoolVar(&q.all, "all", false, "write every measured session to moves.csv, not the moves alone")
	a.answerFlags(cmd, flags)
	return cmd
}

func (a *app) explain(cmd *cobra.Command, flags settingsFlags, q moves, args []string) error {
	ctx := cmd.Context()
	spec := analysis.ExplainSpec{Correction: analysis.Correction(q.correction), All: q.all}
	var err error
	if spec.From, err = dayOf("since", q.since); err != nil {
		return err
	}
	if spec.To, err = dayOf("until", q.until); err != nil {
		return err
	}
	if spec.From != market.NoDate && spec.To != market.NoDate && spec.From > spec.To {
		return usageError{fmt.Errorf("--since: %s is after --until, %s; exchange them", spec.From, spec.To)}
	}
	if spec.Level, err = levelOf(q.level); err != nil {
		return err
	}
	if spec.Correction != analysis.BHCorrection && spec.Correction != analysis.BYCorrection {
		return usageError{fmt.Errorf("--correction: %q; use bh or by", q.correction)}
	}
	c, p, err := a.answering(cmd, flags)
	if err != nil {
		return err
	}
	cat, err := c.everyEvent()
	if err != nil {
		return err
	}
	src, err := a.open(ctx, c, p, nil)
	if err != nil {
		return err
	}
	if _, err := a.respell(ctx, c, p, src, cat); err != nil {
		return err
	}
	if spec.Securities, err = a.symbolsOf(ctx, c, p, src, args); err != nil {
		return err
	}
	named, err := a.symbolsOf(ctx, c, p, src, q.peers)
	if err != nil {
		return err
	}
	var beside []string
	spec.Peers, beside = c.peersOf(p, spec.Securities, named)
	if err := c.demand(p, spec.Securities, beside, p.study.Around(spec.From, spec.To)); err != nil {
		return err
	}
	panel, err := a.load(ctx, c, p, src, cat)
	if err != nil {
		return err
	}
	bar := newProgress(a.stderr, "sessions:")
	x, err := p.study.Explain(ctx, cat, panel, spec, bar.step)
	bar.end()
	if err != nil {
		return c.blame(err)
	}
	return a.deliverAnswer(ctx, c, p, src, &analysis.Result{Study: x.Study, Catalog: cat, Panel: panel}, answer{
		name:   "explain",
		text:   func(w io.Writer, o report.TextOptions) error { return report.ExplainText(w, x, o) },
		html:   func(w io.Writer, o report.HTMLOptions) error { return report.ExplainHTML(w, x, o) },
		json:   func(w io.Writer) error { return report.ExplainJSON(w, x) },
		tables: report.ExplainTables(x),
		charts: func(ctx context.Context, o plots.Options) ([]plots.File, error) { return plots.Moves(ctx, x, o) },
	})
}

// peersOf returns the peers of securities, those named before those that the
// configuration knows, and all symbols whose prices they take: without named peers
// the configured securities of the same sector.
func (c *config) peersOf(p *plan, securities, named []string) (peers map[string][]string, beside []string) {
	peers = make(map[string][]string)
	for _, symbol := range securities {
		list := named
		for _, s := range c.Securities {
			if len(list) == 0 && s.Symbol == symbol {
				list = s.Peers
			}
		}
		if len(list) == 0 {
			list = c.Model.Peers
		}
		sector := p.configured[symbol].Sector
		if len(list) > 0 {
			peers[symbol] = list
			beside = append(beside, list...)
		} else if sector != "" {
			for _, s := range slices.Concat(p.securities, p.known) {
				if s.Sector == sector {
					beside = append(beside, s.Symbol)
				}
			}
		}
	}
	return peers, beside
}
