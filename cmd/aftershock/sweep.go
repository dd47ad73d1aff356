package main

import (
	"bytes"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/analysis/model"
	"aftershock/internal/parts"
	"aftershock/plots"
	"aftershock/report"
)

func (a *app) sweepCommand() *cobra.Command {
	flags := make(settingsFlags)
	var quiet bool
	cmd := &cobra.Command{
		Use:   "sweep",
		Short: "Perform the study under every combination of choices, and say how far they agree",
		Long: `Sweep performs the study under every combination of models, estimation windows,
benchmarks, windows of the cumulative abnormal returns and tests, and says for each
event, and for all, which share of them agrees in sign and significance. The keys
under sweep in config.yaml, or the flags, name the choices. With --shift the study is
performed with session 0 of every event moved, too: what it would find had the news
been placed wrongly (see aftershock events check).

The summary goes to standard output; sweep.csv with every specification, those that
have no answer among them, and a specification curve for each group go to the
folder sweep in the output directory, or to --out.`,
		Example: `  aftershock sweep
  aftershock sweep --ids deepseek-selloff --shift -1,0,1
  aftershock sweep --models market,mean,market-adjusted --benchmarks SPY,SOXX --tests portfolio,kp-bmp
  aftershock sweep --estimations "-270,-21 -140,-21" --window "0,0 -1,1" --groups deepseek-selloff`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			return a.watching(cmd, flags, func() error { return a.sweep(cmd, flags, quiet) })
		},
	}
	flags.add(cmd, "models", "sweep.models", "`list` of models", modelNames()...)
	flags.add(cmd, "estimations", "sweep.estimations", "estimation `windows`, such as \"-270,-21 -140,-21\"")
	flags.add(cmd, "benchmarks", "sweep.benchmarks", "`list` of symbols of the market")
	flags.add(cmd, "window", "sweep.car", "`windows` of the cumulative abnormal returns, such as \"0,0 -1,1\"")
	flags.add(cmd, "tests", "sweep.tests", "`list` of tests", testNames()...)
	alias(cmd, "sweep-tests", "tests")
	alias(cmd, "windows", "window")
	alias(cmd, "car", "window")
	flags.add(cmd, "groups", "sweep.groups", "`list` of groups: IDs of events, or all")
	flags.add(cmd, "shift", "sweep.shift", "`list` of sessions by which session 0 of every event is moved, such as -1,0,1")
	flags.add(cmd, "confounders", "sweep.confounders", "`list` of what becomes of other catalogued events: keep, trim, drop", names(analysis.Confoundings, func(x analysis.Confounding) string { return string(x) })...)
	outFlag(cmd, flags)
	curveFlags(cmd, flags, "specification")
	langFlag(cmd, flags)
	flags.add(cmd, "events", "events.file", "`catalogue` of events (.yaml, .json, .csv), or shipped")
	flags.add(cmd, "ids", "events.ids", "`list` of the IDs of the events to study; none: all")
	a.pricesFlag(cmd, flags)
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "do not print the summary")
	a.shardFlag(cmd)
	return cmd
}

// everyModel needs what any of its models needs with any of the benchmarks; it
// stands for them while prices are loaded.
type everyModel struct {
	model.Model
	models     []model.Model
	benchmarks []string
}

// Design implements analysis.Model.
func (m everyModel) Design(symbol string) model.Design {
	d := m.Model.Design(symbol)
	for _, x := range m.models {
		d.Terms = append(d.Terms, x.Design(symbol).Terms...)
	}
	for _, b := range m.benchmarks {
		d.Terms = append(d.Terms, model.Term{Series: model.SecurityReturn, Name: b})
	}
	return d
}

// sweepSpec translates the choices; what is not named is left empty.
func (c *config) sweepSpec() analysis.SweepSpec {
	s := analysis.SweepSpec{Benchmarks: c.Sweep.Benchmarks, Groups: c.Sweep.Groups, Shifts: c.Sweep.Shift}
	for i, k := range s.Shifts {
		switch {
		case k < -analysis.MaxShift || k > analysis.MaxShift:
			c.bad(fmt.Sprintf("sweep.shift[%d]", i), "%d: session 0 is moved by %d sessions at most", k, analysis.MaxShift)
		case slices.Contains(s.Shifts[:i], k):
			c.bad(fmt.Sprintf("sweep.shift[%d]", i), "%d is given twice", k)
		}
	}
	for i, name := range c.Sweep.Models {
		if c.oneOf(fmt.Sprintf("sweep.models[%d]", i), name, "a model", modelNames()) {
			own := *c
			own.Study.Model = name
			s.Models = append(s.Models, own.model())
			c.problems = own.problems
		}
	}
	for i, name := range c.Sweep.Tests {
		if c.oneOf(fmt.Sprintf("sweep.tests[%d]", i), name, "a test", testNames()) {
			t, _ := analysis.TestByName(name)
			s.Tests = append(s.Tests, t)
		}
	}
	for i, name := range c.Sweep.Confounders {
		if c.oneOf(fmt.Sprintf("sweep.confounders[%d]", i), name, "a treatment of confounders", names(analysis.Confoundings, func(x analysis.Confounding) string { return string(x) })) {
			s.Confounders = append(s.Confounders, analysis.Confounding(name))
		}
	}
	for i, w := range c.Sweep.Estimations {
		if w.From > w.To {
			c.bad(fmt.Sprintf("sweep.estimations[%d]", i), "%s ends before it begins", analysis.Window(w))
		}
		s.Estimations = append(s.Estimations, analysis.Window(w))
	}
	for i, w := range c.Sweep.CAR {
		if !analysis.Window(w).Within(analysis.Window(c.Study.Event)) || w.From > w.To {
			c.bad(fmt.Sprintf("sweep.car[%d]", i), "%s does not lie within the event window %s; widen study.event or narrow this window", analysis.Window(w), analysis.Window(c.Study.Event))
		}
		s.Windows = append(s.Windows, analysis.Window(w))
	}
	return s
}

// sweepText spells out what was asked for.
func sweepText(s analysis.SweepSpec) string {
	return fmt.Sprintf("%q %+v %v %q %v %q %v %q %q", names(s.Models, model.Model.Name), s.Models, s.Estimations, s.Benchmarks, s.Windows, names(s.Tests, analysis.Test.Name), s.Shifts, s.Confounders, s.Groups)
}

func (a *app) sweep(cmd *cobra.Command, flags settingsFlags, quiet bool) error {
	ctx := cmd.Context()
	c, p, cat, err := a.intended(cmd, flags)
	if err != nil {
		return err
	}
	if err := a.shard.resolve(); err != nil {
		return err
	}
	spec := p.sweep
	src, err := a.open(ctx, c, p, nil)
	if err != nil {
		return err
	}
	out := c.outDir("sweep")
	var o *output
	if a.shard.of == 0 {
		if o, err = openOutput(out); err != nil {
			return err
		}
		defer o.close()
	}

	model, estimation, event := p.study.Model, p.study.EstimationWindow, p.study.EventWindow
	p.study.Model = everyModel{model, spec.Models, spec.Benchmarks}
	for _, w := range append(spec.Estimations, analysis.Window{From: estimation.To - estimation.Len()*3/2 + 1}) { // that of DefaultSweep
		p.study.EstimationWindow.From = min(p.study.EstimationWindow.From, w.From)
	}
	for _, k := range spec.Shifts {
		p.study.EventWindow.To = max(p.study.EventWindow.To, event.To+k)
		p.study.EstimationWindow.From = min(p.study.EstimationWindow.From, p.study.EstimationWindow.From+k)
	}
	err = c.findNeeds(p, cat)
	p.study.Model, p.study.EstimationWindow, p.study.EventWindow = model, estimation, event
	if err != nil {
		return err
	}
	p.needs.Factors = analysis.FactorsOf(model)
	panel, err := a.load(ctx, c, p, src, cat)
	if err != nil {
		return err
	}
	usual := p.study.DefaultSweep(panel)
	if len(spec.Models) == 0 {
		spec.Models = usual.Models
	}
	if len(spec.Estimations) == 0 {
		spec.Estimations = usual.Estimations
	}
	if len(spec.Benchmarks) == 0 {
		spec.Benchmarks = usual.Benchmarks
	}
	if len(spec.Windows) == 0 {
		spec.Windows = usual.Windows
	}
	if len(spec.Tests) == 0 {
		spec.Tests = usual.Tests
	}
	key := func() string { return c.partKey(p, cat, panel) + sweepText(spec) }
	if a.shard.of > 0 {
		bar := newProgress(a.stderr, "studies:")
		part, err := p.study.SweepPart(ctx, spec, cat, panel, a.shard.index, a.shard.of, bar.step)
		bar.end()
		if err != nil {
			return c.blame(err)
		}
		return a.writePart(ctx, out, parts.Part{Study: key(), Part: part, Command: cmd.Name(), Flags: saidFlags(cmd)})
	}
	r, err := p.study.Run(ctx, cat, panel, nil) // for the manifest, and to fail where nothing can be measured
	if err != nil {
		return err
	}
	a.outcome.measured(r)
	if err := allExcluded(r); err != nil {
		return err
	}
	var s *analysis.Sweep
	if a.parts != nil {
		var list []*analysis.Part
		if list, err = ownParts(a.parts, key()); err == nil {
			s, err = p.study.MergeSweep(ctx, spec, cat, panel, list)
		}
	} else {
		bar := newProgress(a.stderr, "studies:")
		s, err = p.study.Sweep(ctx, spec, cat, panel, bar.step)
		bar.end()
	}
	if err != nil {
		return err
	}
	var table, text bytes.Buffer
	if err := errors.Join(report.WriteCSV(&table, report.SweepTable(s)), report.SweepText(&text, p.study.Name, s, report.TextOptions{Lang: p.plot.Lang})); err != nil {
		return err
	}
	var charts []plots.File
	if len(c.Output.Charts) > 0 {
		if charts, err = plots.Specification(ctx, s, p.plot); err != nil {
			return err
		}
	}
	files := slices.Concat([]file{made("sweep.csv", table.Bytes()), made("sweep.txt", text.Bytes())}, chartFiles(charts))
	if err := a.deliver(ctx, o, c, p, src, r, files); err != nil || quiet {
		return err
	}
	return report.SweepText(a.stdout, p.study.Name, s, a.textOptions(p))
}
