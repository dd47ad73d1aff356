package main

import (
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/internal/parts"
	"aftershock/internal/sealed"
	"aftershock/market"
	"aftershock/report"
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
	panel, err := a.loaded(ctx, c, p, cat)
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
	whole := parts.Part{Study: c.partKey(p, cat, panel), Part: part}
	if err := a.shareRows(ctx, p, w, out, &whole); err != nil {
		return err
	}
	if len(whole.Rows) > 0 {
		whole.Shown = shownKey(cat, panel)
	}
	return a.writePart(ctx, out, whole)
}

// sharesRows lists the tables whose rows shares write: those of observations, where
// the study has them as comma-separated values. Other formats are made of whole blocks
// of rows, or of all, by who merges.
func (p *plan) sharesRows() (out []string) {
	if slices.ContainsFunc(p.tables, func(f report.Format) bool { return f.Name == "csv" }) {
		for _, t := range report.SharedTables {
			if len(p.listed) == 0 || slices.Contains(p.listed, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// shareRows writes the rows of tables that the share has to files beside its part, which
// is given what they are.
func (a *app) shareRows(ctx context.Context, p *plan, w *analysis.Worker, out string, part *parts.Part) error {
	tables := p.sharesRows()
	if len(tables) == 0 {
		return nil
	}
	i, n := part.Part.Index, part.Part.Of
	r, lo, hi, ok, err := w.Stretch(ctx, i, n)
	if err != nil || !ok {
		return err
	}
	if err := makeOut(out); err != nil {
		return err
	}
	for _, t := range tables {
		name := parts.RowsName(out, t, i, n)
		if _, err := sealed.Sum(name, parts.RowsKind); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return fmt.Errorf("%s was not written by aftershock and would be lost; move it away, or choose another --out", name)
		}
		rows := parts.Rows{Table: t, Lo: lo, Hi: hi}
		rows.Sum, err = parts.WriteRows(name, func(w io.Writer) (err error) {
			rows.Columns, err = report.WriteRows(until(ctx, w), r, t, lo, hi)
			return err
		})
		if err != nil {
			return writable(fmt.Errorf("the rows of the table %s cannot be written: %w", t, err), "--out")
		}
		part.Rows = append(part.Rows, rows)
	}
	return nil
}

// shownKey tells apart what stands in tables and what partKey does not say.
func shownKey(cat *events.Catalog, panel *market.Panel) string {
	h := sha256.New()
	for i := range cat.Events {
		e := &cat.Events[i]
		fmt.Fprintf(h, "%q %q %q %q\n", e.ID, e.Title, e.Category, e.Precision)
	}
	var b []byte
	for _, c := range panel.Columns {
		fmt.Fprintf(h, "%q %q %q %v\n", c.Symbol, c.Currency, c.Sector, c.Span)
		for _, values := range [][]float64{c.Open, c.Volume, c.Issued} {
			b = binary.AppendUvarint(b[:0], uint64(len(values)))
			for _, v := range values {
				b = binary.LittleEndian.AppendUint64(b, math.Float64bits(v))
			}
			h.Write(b)
		}
	}
	return hex.EncodeToString(h.Sum(nil))
}

// sharedRows are the rows that all the parts of list have beside them, by table. It
// says where some are not there: then merge makes them itself.
func (a *app) sharedRows(p *plan, list []gathered, shown string) (map[string][]report.Rows, error) {
	list = slices.SortedFunc(slices.Values(list), func(x, y gathered) int { return cmp.Compare(x.file.Part.Index, y.file.Part.Index) })
	out := make(map[string][]report.Rows)
table:
	for _, t := range p.sharesRows() {
		var all []report.Rows
		for _, g := range list {
			k := slices.IndexFunc(g.file.Rows, func(r parts.Rows) bool { return r.Table == t })
			if k < 0 || g.file.Shown != shown {
				continue table
			}
			rows := g.file.Rows[k]
			name := parts.RowsName(filepath.Dir(g.name), t, g.file.Part.Index, g.file.Part.Of)
			switch sum, err := sealed.Sum(name, parts.RowsKind); {
			case errors.Is(err, fs.ErrNotExist):
				a.say("%s is not beside its part: the table %s is made anew", name, t)
				continue table
			case err != nil || sum != rows.Sum:
				return nil, otherRows(name, g)
			}
			all = append(all, report.Rows{Name: name, Lo: rows.Lo, Hi: rows.Hi, Columns: rows.Columns, Open: func() (io.ReadCloser, error) {
				f, err := parts.OpenRows(name, rows)
				if err != nil {
					return nil, otherRows(name, g)
				}
				return f, nil
			}})
		}
		out[t] = all
	}
	return out, nil
}

func otherRows(name string, g gathered) error {
	return fmt.Errorf("%s: is not, or no longer, what share %d of %d wrote; compute that share again", name, g.file.Part.Index, g.file.Part.Of)
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
	if p.rows, err = a.sharedRows(p, a.parts, shownKey(cat, panel)); err != nil {
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
	if info, err := os.Stat(filepath.Dir(a.packFile)); err != nil || !info.IsDir() {
		return fmt.Errorf("--pack: there is no folder %s to hold the pack; make it, or name another file", filepath.Dir(a.packFile))
	}
	panel, err := a.loaded(ctx, c, p, cat)
	if err != nil {
		return err
	}
	err = parts.WritePack(a.packFile, &parts.Pack{Key: c.partKey(p, cat, panel), Study: p.study, Catalog: cat, Panel: panel, Placebo: p.placesEach()}, func(w io.Writer) io.Writer { return until(ctx, w) })
	if err != nil {
		return writable(fmt.Errorf("the pack cannot be written: %w", err), "--pack")
	}
	_, err = fmt.Fprintln(a.stdout, a.packFile)
	return err
}
