package main

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/spf13/cobra"

	"aftershock/analysis/verify"
)

func (a *app) verifyCommand() *cobra.Command {
	var opts verify.Options
	var markdown, json string
	cmd := &cobra.Command{
		Use:   "verify",
		Short: "Check the program's statistics against certified, published and simulated values",
		Long: `Verify recomputes figures that are known without this program, from data that is
part of it: certified regressions, a published GARCH benchmark, tail probabilities,
a case worked out by hand for every test, and how often every test rejects in
simulated studies without any event. It needs no prices and no network.

Exit status 1 says that a figure is not as it should be.`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			p := newProgress(a.stderr, "simulated study")
			r, err := verify.Run(cmd.Context(), opts, p.step)
			p.end()
			if err != nil {
				return err
			}
			if err := r.WriteText(a.stdout); err != nil {
				return err
			}
			for _, f := range []struct {
				name  string
				write func(io.Writer) error
			}{{markdown, r.WriteMarkdown}, {json, r.WriteJSON}} {
				if f.name == "" {
					continue
				}
				var b bytes.Buffer
				if err := errors.Join(f.write(&b), os.WriteFile(f.name, b.Bytes(), 0o644)); err != nil {
					return fmt.Errorf("the verification cannot be written: %w", err)
				}
			}
			if checks, sizes := r.Failed(); checks+sizes > 0 {
				return errors.New("the statistics of this program are not as they should be; do not use them, and report this")
			}
			return nil
		},
	}
	f := cmd.Flags()
	f.StringVar(&markdown, "markdown", "", "also write every figure to `file`, as Markdown")
	f.StringVar(&json, "json", "", "also write every figure to `file`, as JSON")
	f.BoolVar(&opts.Quick, "quick", false, "simulate less: a few seconds, wider bands")
	f.Uint64Var(&opts.Seed, "seed", 1, "`number` that the simulated studies follow from")
	return cmd
}
