package main

import (
	"context"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/internal/parts"
	"aftershock/market"
)

func (a *app) mergeCommand() *cobra.Command {
	flags := make(settingsFlags)
	var quiet bool
	cmd := &cobra.Command{
		Use:   "merge PART ...",
		Short: "Join the parts of a study that --shard computed",
		Long: `Merge joins the parts of a study, computed by "aftershock run --shard" in other
processes or on other machines, and writes what one run would have written, to the
byte. The configuration, the events and the prices must be those of the parts. Parts
of calibrate and sweep are joined to what these write, with the flags that they had.

A folder stands for all the parts in it. A part that is missing, given twice, of
another study or of another version of the program is named.`,
		Example: `  aftershock run --shard 1/2 --out part1
  aftershock run --shard 2/2 --out part2
  aftershock merge part1/part-1-of-2.bin part2/part-2-of-2.bin
  aftershock merge --out results parts`,
		Args: arguments(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			list, err := gather(args)
			if err != nil {
				return err
			}
			if list[0].file.Command != "" {
				return a.mergeShared(cmd, list)
			}
			a.parts = list
			return a.runStudy(cmd, flags, quiet)
		},
	}
	a.runFlags(cmd, flags)
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "do not print the report")
	return cmd
}

// share computes the share of the study that --shard names and writes it to
// the directory out.
func (a *app) share(ctx context.Context, c *config, p *plan, cat *events.Catalog, out string) error {
	src, err := a.needed(ctx, c, p, cat)
	if err != nil {
		return err
	}
	panel, err := a.load(ctx, c, p, src, cat)
	if err != nil {
		return err
	}
	w, err := p.study.NewWorker(cat, panel)
	if err != nil {
		return c.blame(err)
	}
	w.Placebo = p.placesEach()
	bar := newProgress(a.stderr, "observations:")
	part, err := w.Part(ctx, a.shard.index, a.shard.of, bar.step)
	bar.end()
	if err != nil {
		return c.blame(err)
	}
	return a.writePart(ctx, out, parts.Part{Study: c.partKey(p, cat, panel), Part: part})
}

// placesEach reports whether a table asks for the placebo test of every observation.
func (p *plan) placesEach() bool {
	return len(p.tables) > 0 && (len(p.listed) == 0 || slices.Contains(p.listed, "cars"))
}

// partKey is the same for the parts of one study alone.
func (c *config) partKey(p *plan, cat *events.Catalog, panel *market.Panel) string {
	s := p.study
	return fmt.Sprint(c.fingerprint(&analysis.Result{Study: s, Catalog: cat, Panel: panel}), s.CARWindows, s.EventIDs, names(s.Tests, analysis.Test.Name), s.Groups, s.Placebo, s.Draws, s.Seed)
}

// join joins the parts.
func (a *app) join(ctx context.Context, c *config, p *plan, cat *events.Catalog, panel *market.Panel) (*analysis.Result, error) {
	list, err := ownParts(a.parts, c.partKey(p, cat, panel))
	if err != nil {
		return nil, err
	}
	return p.study.Merge(ctx, cat, panel, list)
}

// pack writes all that the parts of the study are computed from to the file that
// --pack names.
func (a *app) pack(ctx context.Context, c *config, p *plan, cat *events.Catalog) error {
	if err := refuseOther(a.packFile, parts.PackKind, "--pack"); err != nil {
		return err
	}
	src, err := a.needed(ctx, c, p, cat)
	if err != nil {
		return err
	}
	panel, err := a.load(ctx, c, p, src, cat)
	if err != nil {
		return err
	}
	err = parts.WritePack(a.packFile, &parts.Pack{Key: c.partKey(p, cat, panel), Study: p.study, Catalog: cat, Panel: panel, Placebo: p.placesEach()}, func(w io.Writer) io.Writer { return until(ctx, w) })
	if err != nil {
		return fmt.Errorf("the pack cannot be written: %w", err)
	}
	_, err = fmt.Fprintln(a.stdout, a.packFile)
	return err
}
