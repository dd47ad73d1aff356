package main

import (
	"context"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/internal/parts"
	"aftershock/market"
)

// shard is a share of a study, such as 2/8.
type shard struct{ index, of int }

// String implements pflag.Value.
func (s *shard) String() string {
	if s.of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.index, s.of)
}

// Type implements pflag.Value.
func (s *shard) Type() string { return "i/n" }

// Set implements pflag.Value.
func (s *shard) Set(text string) error {
	var rest string
	if n, _ := fmt.Sscanf(text+" .", "%d/%d %s", &s.index, &s.of, &rest); n != 3 || rest != "." || s.index < 1 || s.index > s.of {
		return fmt.Errorf("write it as 1/4 for the first share of four")
	}
	return nil
}

func (a *app) mergeCommand() *cobra.Command {
	flags := make(settingsFlags)
	var quiet bool
	cmd := &cobra.Command{
		Use:   "merge PART ...",
		Short: "Join the parts of a study that run --shard computed",
		Long: `Merge joins the parts of a study, computed by "aftershock run --shard" in other
processes or on other machines, and writes what one run would have written, to the
byte. The configuration, the events and the prices must be those of the parts.`,
		Example: `  aftershock run --shard 1/2 --out part1
  aftershock run --shard 2/2 --out part2
  aftershock merge part1/part-1-of-2.bin part2/part-2-of-2.bin`,
		Args: arguments(cobra.MinimumNArgs(1)),
		RunE: func(cmd *cobra.Command, args []string) error {
			a.parts = args
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
	bar := newProgress(a.stderr, "observations:")
	part, err := p.study.RunPart(ctx, cat, panel, a.shard.index, a.shard.of, bar.step)
	bar.end()
	if err != nil {
		return c.blame(err)
	}
	if err := os.MkdirAll(out, 0o755); err != nil {
		return fmt.Errorf("the output directory cannot be made: %w", err)
	}
	name := parts.Name(out, part.Index, part.Of)
	if err := refuseOther(name, parts.Kind, "--out"); err != nil {
		return err
	}
	err = parts.Write(name, parts.Part{Study: c.partKey(p, cat, panel), Part: part}, func(w io.Writer) io.Writer { return until(ctx, w) })
	if err != nil {
		return fmt.Errorf("the part cannot be written: %w", err)
	}
	_, err = fmt.Fprintln(a.stdout, name)
	return err
}

// partKey is the same for the parts of one study alone.
func (c *config) partKey(p *plan, cat *events.Catalog, panel *market.Panel) string {
	return fmt.Sprint(c.fingerprint(&analysis.Result{Study: p.study, Catalog: cat, Panel: panel}), p.study.CARWindows, p.study.EventIDs)
}

// join reads the parts that were named and joins them.
func (a *app) join(ctx context.Context, c *config, p *plan, cat *events.Catalog, panel *market.Panel) (*analysis.Result, error) {
	study := c.partKey(p, cat, panel)
	var list []*analysis.Part
	for _, name := range a.parts {
		s, err := parts.Read(name)
		switch {
		case err != nil:
			return nil, err
		case s.Study != study:
			return nil, fmt.Errorf("%s: was computed with another configuration, other events or other prices; use those of the parts", name)
		}
		list = append(list, s.Part)
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
	err = parts.WritePack(a.packFile, &parts.Pack{Key: c.partKey(p, cat, panel), Study: p.study, Catalog: cat, Panel: panel}, func(w io.Writer) io.Writer { return until(ctx, w) })
	if err != nil {
		return fmt.Errorf("the pack cannot be written: %w", err)
	}
	_, err = fmt.Fprintln(a.stdout, a.packFile)
	return err
}
