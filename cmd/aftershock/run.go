package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"golang.org/x/term"

	"aftershock/analysis"
	"aftershock/events"
	"aftershock/internal/words"
	"aftershock/market"
	"aftershock/market/factors"
	"aftershock/report"
)

func (a *app) runCommand() *cobra.Command {
	flags := make(settingsFlags)
	var quiet bool
	cmd := &cobra.Command{
		Use:   "run",
		Short: "Perform the study of the configuration and write its results",
		Long: `Perform the study of the configuration. The report goes to standard output; the
report, the tables, the charts and a manifest go to the output directory, in the
formats of --format. With --out - and --table one table goes to standard output
instead, and nothing is written.

The results of the run before are replaced only when the new ones are complete.
Files that no run has written are never touched.`,
		Example: `  aftershock run
  aftershock run --config my-study.yaml --out results
  aftershock run --model mean --car "0,0 -1,1" --tests bmp,kp-bmp --charts none
  aftershock run --format text,xlsx,parquet --lang ar
  aftershock run --out - --table cars --format json
  aftershock run --quiet --if-changed --keep 7 --out nightly
  AFTERSHOCK_STUDY_BENCHMARK=SOXX aftershock run --quiet`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if a.packFile != "" && a.shard.asked() {
				return errPackShard
			}
			if err := a.shard.resolve(); err != nil {
				return err
			}
			return a.runStudy(cmd, flags, quiet)
		},
	}
	a.runFlags(cmd, flags)
	a.shardFlag(cmd)
	cmd.Flags().StringVar(&a.packFile, "pack", "", "compute nothing: write study, events and prices to a `file`, for processes elsewhere that compute shares")
	cmd.Flags().BoolVarP(&quiet, "quiet", "q", false, "do not print the report")
	cmd.Flags().BoolVar(&a.ifChanged, "if-changed", false, "do nothing where inputs, configuration and program are as in the last run")
	flags.add(cmd, "keep", "output.keep", "keep the last `n` runs, each in a folder of its own")
	return cmd
}

// runFlags are those of a command that writes the results of a study.
func (a *app) runFlags(cmd *cobra.Command, flags settingsFlags) {
	flags.add(cmd, "out", "output.dir", "output `directory`; - with --table: standard output")
	a.formatFlags(cmd, flags)
	flags.add(cmd, "tables", "output.tables", "`list` of tables to write, or all", append(tableNames(), all)...)
	flags.add(cmd, "calibration", "output.calibration", "`true` or false: show in the report what aftershock calibrate has found", "true", "false")
	chartFlags(cmd, flags)
	langFlag(cmd, flags)
	studyFlags(cmd, flags)
	flags.add(cmd, "event-window", "study.event", "event `window`, such as -10,10")
	flags.add(cmd, "window", "study.car", "`windows` of the cumulative abnormal returns, such as \"0,0 -1,1\"")
	alias(cmd, "car", "window")
	flags.add(cmd, "events", "events.file", "`catalogue` of events (.yaml, .json, .csv), or shipped")
	flags.add(cmd, "ids", "events.ids", "`list` of the IDs of the events to study; none: all")
	flags.add(cmd, "securities", "securities", "`list` of securities, for events that name none")
	a.pricesFlag(cmd, flags)
	a.tellFlags(cmd)
}

// telling is how much of a result is printed.
type telling struct {
	full, brief bool
	sort        string
	top         int
}

// tellFlags are those of a command that prints a report.
func (a *app) tellFlags(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&a.telling.full, "full", false, "print everything: each event, test, note and source")
	cmd.Flags().BoolVar(&a.telling.brief, "brief", false, "print a line an event")
	cmd.Flags().StringVar(&a.telling.sort, "sort", "", "`order` of the ranked table: p, effect or date (default p)")
	cmd.Flags().IntVar(&a.telling.top, "top", 0, "`number` of lines of the ranked table; 0: as many as fit")
	closed(cmd, "sort", sortNames()...)
	cmd.MarkFlagsMutuallyExclusive("full", "brief")
}

func sortNames() []string {
	return names(report.Sorts, func(s report.Sort) string { return string(s) })
}

// check says what is wrong with the flags.
func (t telling) check() error {
	if t.top < 0 {
		return usageError{fmt.Errorf("--top: %d is less than 0; name a number of lines", t.top)}
	}
	if t.sort == "" {
		return nil
	}
	if !slices.Contains(sortNames(), t.sort) {
		return usageError{fmt.Errorf("--sort: %q is no order of the table; use one of %s", t.sort, strings.Join(sortNames(), ", "))}
	}
	return nil
}

// chartFlags are those of a command that writes charts.
func chartFlags(cmd *cobra.Command, flags settingsFlags) {
	flags.add(cmd, "charts", "output.charts", "`list` of charts, default (of the leading events), all or none; see aftershock list charts", append(chartNames(), byDefault, all, none)...)
	themeFlag(cmd, flags)
	flags.add(cmd, "start", "output.start", "`session` that the paths of the chart car begin at, such as -5; full: that of the event window", byItself, full)
	flags.add(cmd, "scales", "output.scales", "`scales` of the chart panels: one for all, or own", scaleNames...)
}

func themeFlag(cmd *cobra.Command, flags settingsFlags) {
	flags.add(cmd, "theme", "output.theme", "`theme` of the charts: "+strings.Join(themeNames(), " or "), themeNames()...)
}

// curveFlags are those of a command that draws the kind of chart called chart, unless
// no charts are asked for.
func curveFlags(cmd *cobra.Command, flags settingsFlags, chart string) {
	flags.add(cmd, "charts", "output.charts", "all, or none: whether to draw its `charts`", all, none)
	_ = cmd.Flags().SetAnnotation("charts", onlyChart, []string{cmd.Name(), chart}) // the flag is there
	themeFlag(cmd, flags)
}

// onlyChart annotates a flag of charts with the command and the only kind that it draws.
const onlyChart = "only chart"

// checkCurves refuses a chart by name where the command draws one kind alone.
func (c *config) checkCurves(flags settingsFlags) error {
	f := flags["output.charts"]
	if f == nil || !f.Changed || f.Annotations[onlyChart] == nil || len(c.Output.Charts) == 0 || slices.Contains([]string{all, byDefault}, strings.Join(c.Output.Charts, " ")) {
		return nil
	}
	return usageError{fmt.Errorf("--charts: aftershock %s draws the chart %s alone; use all or none", f.Annotations[onlyChart][0], f.Annotations[onlyChart][1])}
}

func studyFlags(cmd *cobra.Command, flags settingsFlags) {
	flags.add(cmd, "model", "study.model", "`model` of normal returns; see aftershock list models", modelNames()...)
	flags.add(cmd, "benchmark", "study.benchmark", "`symbol` of the market")
	flags.add(cmd, "estimation", "study.estimation", "estimation `window`, such as -270,-21")
	confoundingFlags(cmd, flags)
	flags.add(cmd, "tests", "study.tests", "`list` of tests, default or all; see aftershock list tests", append(testNames(), byDefault, all)...)
}

// confoundingFlags are those of how other events count, and of what would matter.
func confoundingFlags(cmd *cobra.Command, flags settingsFlags) {
	flags.add(cmd, "confounders", "study.confounders", "what becomes of other catalogued events of a security: `keep`, trim or drop", names(analysis.Confoundings, func(x analysis.Confounding) string { return string(x) })...)
	flags.add(cmd, "confounder-window", "study.confounder_window", "`window` about them that trim leaves out, such as 0,1")
	flags.add(cmd, "margin", "study.margin", "`effect` that would matter, such as 0.02, for tests of equivalence")
	flags.add(cmd, "correlation", "study.correlation", "within what residuals correlate: `all`, sector or exchange", names(analysis.BlockKinds, func(x analysis.Blocks) string { return string(x) })...)
}

func langFlag(cmd *cobra.Command, flags settingsFlags) {
	flags.add(cmd, "lang", "output.lang", "`language` of titles, words and charts: en or ar", languages...)
}

func (a *app) pricesFlag(cmd *cobra.Command, flags settingsFlags) {
	flags.add(cmd, "prices", "prices.dir", "`source` of prices: "+sourcesByName()+", a directory of files SYMBOL.csv, or a file of many securities (.parquet, .csv)")
	cmd.Flags().BoolVar(&a.offline, "offline", false, "never use the network: take from the store what there is")
}

// configured reads the configuration for a command with flags.
func (a *app) configured(cmd *cobra.Command, flags settingsFlags) (*config, error) {
	if err := a.telling.check(); err != nil {
		return nil, err
	}
	c, err := loadConfig(a.configFile, map[string]*pflag.Flag(flags))
	if err != nil {
		return nil, err
	}
	if err := c.checkCurves(flags); err != nil {
		return nil, err
	}
	c.table = a.tableName
	if f, ok := flags["prices.dir"]; ok && f.Changed { // one flag for two keys
		c.setPrices(c.Prices.Dir)
	}
	c.remember()
	return c, nil
}

// intended reads the configuration, what it plans, and the events to study.
func (a *app) intended(cmd *cobra.Command, flags settingsFlags) (*config, *plan, *events.Catalog, error) {
	c, err := a.configured(cmd, flags)
	if err != nil {
		return nil, nil, nil, err
	}
	p, cat, err := c.intended()
	return c, p, cat, err
}

// intended plans what the configuration asks for, and reads the events to study.
func (c *config) intended() (*plan, *events.Catalog, error) {
	p, err := c.plan()
	if err != nil {
		return nil, nil, err
	}
	cat, ids, err := c.catalog()
	p.study.EventIDs = ids
	return p, cat, err
}

func (a *app) runStudy(cmd *cobra.Command, flags settingsFlags, quiet bool) error {
	ctx := cmd.Context()
	c, err := a.configured(cmd, flags)
	if err != nil {
		return err
	}
	return a.watched(ctx, "run", c, func(o *outcome) error { return a.runConfigured(ctx, c, o, quiet) })
}

// runConfigured performs the study of c.
func (a *app) runConfigured(ctx context.Context, c *config, o *outcome, quiet bool) error {
	a.outcome = o
	out := c.path("output.dir", c.Output.Dir)
	last := out
	if c.Output.Keep > 0 {
		last = lastRun(out, a.now())
	}
	if a.ifChanged && c.table == "" && a.shard.of == 0 && a.packFile == "" {
		if since, ok := a.unchanged(ctx, c, last); ok {
			o.Unchanged = true
			if quiet {
				return nil
			}
			_, err := fmt.Fprintln(a.stdout, words.Of(c.Output.Lang).Say("nothing has changed since the run of %s in %s", since.Format(time.RFC3339), last))
			return err
		}
	}
	makeRoom(c.reads())
	p, cat, err := c.intended()
	switch {
	case err != nil:
		return err
	case a.packFile != "":
		return a.pack(ctx, c, p, cat)
	case a.shard.of > 0:
		return a.share(ctx, c, p, cat, out)
	case c.table != "":
		return a.perform(ctx, c, p, cat, out, !quiet)
	case c.Output.Keep == 0:
		return a.recorded(c, p, out, a.perform(ctx, c, p, cat, out, !quiet))
	}
	whole, err := openOutput(out)
	if err != nil {
		return err
	}
	defer whole.close()
	cleared(out)
	own := dated(out, a.now())
	err = a.perform(ctx, c, p, cat, own, !quiet)
	if written(err) {
		err = errors.Join(err, kept(out, filepath.Base(own), c.Output.Keep, func(err error) { a.say("%v", err) }))
	}
	return a.recorded(c, p, lastRun(out, a.now()), err)
}

// written reports whether the results of a run that ended with err are written.
func written(err error) bool {
	return err == nil || errors.Is(err, errExcluded) || errors.Is(err, errWritten)
}

// recorded records the run in dir, if it is written, and returns err.
func (a *app) recorded(c *config, p *plan, dir string, err error) error {
	if written(err) {
		if e := a.record(c, p, dir); e != nil {
			a.note("--if-changed will not know this run: %v", e)
		}
	}
	return err
}

// perform does the study p of the events of cat, writes its results to the
// directory out, if it is not "", and its report to stdout if print is true.
func (a *app) perform(ctx context.Context, c *config, p *plan, cat *events.Catalog, out string, print bool) error {
	src, err := a.needed(ctx, c, p, cat)
	if err != nil {
		return err
	}
	if c.table != "" {
		out, print = "", false
	}
	var o *output
	if out != "" {
		if o, err = openOutput(out); err != nil {
			return err
		}
		defer o.close()
	}
	r, err := a.measure(ctx, c, p, src, cat)
	if err != nil {
		return err
	}
	a.outcome.measured(r)
	if c.table != "" {
		return a.writeTable(ctx, r, p.tables[0], c.table)
	}
	c.certificate(p, r)
	var text []byte
	if o != nil {
		if text, err = a.write(ctx, o, c, p, src, r); err != nil {
			return err
		}
	}
	if print {
		if err := a.print(ctx, p, r, text, o != nil); err != nil && o != nil {
			return errors.Join(errWritten, err)
		} else if err != nil {
			return err
		}
	}
	if o != nil {
		a.note("results are in %s", out)
	}
	return c.tooManyExcluded(r)
}

// errWritten is wrapped by the error of a run whose files are complete, and whose
// report is not.
var errWritten = errors.New("the results are written")

// needed finds out what the study of the events of cat takes, and opens the source
// of its prices.
func (a *app) needed(ctx context.Context, c *config, p *plan, cat *events.Catalog) (*prices, error) {
	if err := c.findNeeds(p, cat); err != nil {
		return nil, err
	}
	a.unusedSecurities(c, p, cat)
	src, err := a.open(ctx, c, p, p.needs.Securities)
	if errors.Is(err, market.ErrReturnKind) {
		c.bad("prices.returns_kind", "%v", err)
		return nil, c.err()
	}
	if err != nil {
		return nil, err
	}
	changed, err := a.respell(ctx, c, p, src, cat)
	if err != nil || !changed {
		return src, err
	}
	return src, c.findNeeds(p, cat)
}

// loaded finds out what the study of the events of cat takes, opens the source of its
// prices and loads them.
func (a *app) loaded(ctx context.Context, c *config, p *plan, cat *events.Catalog) (*market.Panel, error) {
	src, err := a.needed(ctx, c, p, cat)
	if err != nil {
		return nil, err
	}
	return a.load(ctx, c, p, src, cat)
}

// unusedSecurities says where a flag names securities that no event leaves open.
func (a *app) unusedSecurities(c *config, p *plan, cat *events.Catalog) {
	if where, _ := c.where("securities"); c.origin("securities") < fromFile {
		studied := setOf(p.study.EventIDs)
		for i := range cat.Events {
			if e := &cat.Events[i]; len(e.Targets) == 0 && (len(studied) == 0 || studied[e.ID]) {
				return
			}
		}
		a.say("%s: is not used: every event that is studied names its own securities", where)
	}
}

// findNeeds finds out what the study of the events of cat takes.
func (c *config) findNeeds(p *plan, cat *events.Catalog) (err error) {
	p.needs, err = p.study.Needs(cat, slices.Concat(p.known, p.securities)...)
	return c.blame(withWarnings(err, cat))
}

// withWarnings adds to an error of what a catalogue says what was not read of it.
func withWarnings(err error, cat *events.Catalog) error {
	const shown = 3
	if err == nil || len(cat.Warnings) == 0 {
		return err
	}
	return fmt.Errorf("%w (%s)", err, strings.Join(cat.Warnings[:min(shown, len(cat.Warnings))], "; "))
}

// nameIn gives the columns of panel the names in lang that the table of names has,
// where neither the configuration names the security nor its source in lang.
func (c *config) nameIn(lang string, panel *market.Panel, configured map[string]market.Security) error {
	if lang != "ar" {
		return nil // the source's
	}
	names, err := c.nameTable()
	if err != nil {
		return err
	}
	for _, col := range panel.Columns {
		if name := names.NameIn(col.Symbol, lang); name != "" && col.Names[lang] == "" && configured[col.Symbol].Name == "" {
			col.Names = merged(col.Names, map[string]string{lang: name})
		}
	}
	return nil
}

// load loads the prices and factors that the study of the events of cat takes. A
// symbol that the source does not have makes a warning, and its observations are
// excluded; what explains the returns of others must be there.
func (a *app) load(ctx context.Context, c *config, p *plan, src *prices, cat *events.Catalog) (*market.Panel, error) {
	panel, errs := src.load(ctx, market.Request{
		Securities: p.needs.Securities, Days: c.days(p), Calendar: p.calendar, Returns: p.study.Returns, Given: market.ReturnKind(c.Prices.ReturnsKind), Gaps: p.study.Gaps,
	})
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	if panel != nil {
		if err := c.nameIn(p.plot.Lang, panel, p.configured); err != nil {
			return nil, err
		}
	}
	for _, w := range cat.Warnings {
		a.say("%s", w)
	}
	const shown = 50 // of the securities that are missing
	var fatal []error
	missing := 0
	for _, err := range errs {
		var s *market.SecurityError
		switch {
		case errors.Is(err, market.ErrReturnKind):
			c.bad("prices.returns_kind", "%v", err)
		case isMissing(err) && errors.As(err, &s) && !p.needs.Regressors[s.Symbol]:
			if missing++; missing <= shown {
				a.say("%v (its observations are excluded)", err)
			}
		case errors.Is(err, market.ErrUnknownSymbol) && errors.As(err, &s) && c.keyOf(s.Symbol) != "":
			c.bad(c.keyOf(s.Symbol), "%v", err)
		default:
			fatal = append(fatal, err)
		}
	}
	if more := missing - shown; more > 0 {
		a.say("%d more securities are not there (their observations are excluded)", more)
	}
	if err := errors.Join(append(fatal, c.err())...); err != nil {
		return nil, err
	}
	if src.files != nil {
		p.priceFiles = src.files(panel)
	}
	err := c.addFactors(p, panel)
	c.publish(cat, panel)
	return panel, err
}

// keyOf returns the key that names symbol as what explains the returns of
// others, "" where none does.
func (c *config) keyOf(symbol string) string {
	if c.Study.Benchmark == symbol {
		return "study.benchmark"
	}
	for _, list := range []struct {
		key     string
		symbols []string
	}{{"model.peers", c.Model.Peers}, {"model.donors", c.Model.Donors}, {"sweep.benchmarks", c.Sweep.Benchmarks}} {
		if i := slices.Index(list.symbols, symbol); i >= 0 {
			return fmt.Sprintf("%s[%d]", list.key, i)
		}
	}
	for i, s := range c.Securities {
		switch key := fmt.Sprintf("securities[%d].", i); {
		case s.Benchmark == symbol:
			return key + "benchmark"
		case s.Match == symbol:
			return key + "match"
		case slices.Contains(s.Peers, symbol):
			return key + "peers"
		}
	}
	return ""
}

// addFactors reads the factor files into panel, and records them in p.
func (c *config) addFactors(p *plan, panel *market.Panel) error {
	var o factors.Options
	if c.Factors.Unit != auto {
		o.Unit = factors.Unit(c.Factors.Unit)
	}
	if c.Factors.RiskFree != auto {
		o.RiskFree = factors.Rate(c.Factors.RiskFree)
	}
	tables, err := factors.ReadFiles(names(c.Factors.Files, func(file string) string { return c.path("factors.files", file) }), o)
	if err != nil {
		return err
	}
	for _, t := range tables {
		if err := t.AddTo(panel); err != nil {
			return err
		}
		p.factors = append(p.factors, report.Factors{
			File: c.shown(t.Origin), Vintage: t.Vintage, Unit: string(t.Unit), Names: t.Names,
			First: t.Dates[0], Last: t.Dates[len(t.Dates)-1], Days: len(t.Dates),
		})
	}
	have := panel.Factors()
	for _, name := range p.needs.Factors {
		switch i := slices.Index(c.Model.Factors, name); {
		case slices.Contains(have, name):
		case c.Study.Model == "factors" && i >= 0:
			c.bad(fmt.Sprintf("model.factors[%d]", i), "%q is not among the factors of factors.files%s", name, didYouMean(name, have))
		default:
			c.bad("factors.files", "none of them has the factor %s, which the model %s needs; name a file that has it", name, p.study.Model.Name())
		}
	}
	return c.err()
}

// measure loads prices and factors and performs the study.
func (a *app) measure(ctx context.Context, c *config, p *plan, src *prices, cat *events.Catalog) (*analysis.Result, error) {
	panel, err := a.load(ctx, c, p, src, cat)
	if err != nil {
		return nil, err
	}
	var r *analysis.Result
	if len(a.parts) > 0 {
		r, err = a.join(ctx, c, p, cat, panel)
	} else {
		bar := newProgress(a.stderr, "observations:")
		r, err = p.study.Run(ctx, cat, panel, bar.until("the groups are tested"))
		bar.end()
	}
	if err != nil {
		return nil, c.blame(err)
	}
	if err := allExcluded(r); err != nil {
		return nil, err
	}
	if c.Output.Moves > 0 {
		if err := r.FindMoves(ctx, c.Output.Moves); err != nil {
			return nil, err
		}
	}
	return r, p.explain.perform(r)
}

// blame says where in the configuration stands what a study refused.
func (c *config) blame(err error) error {
	var spec *analysis.SpecError
	if !errors.As(err, &spec) {
		return err
	}
	c.bad("study."+spec.Field, "%s", spec.Problem.Text())
	return c.err()
}

// allExcluded says why nothing of r could be measured; nil when something could.
func allExcluded(r *analysis.Result) error {
	used, excluded := r.Counts()
	if used > 0 {
		return nil
	}
	const shown = 5
	var why []string
	for i := range min(shown, excluded) {
		o := r.Observation(i)
		why = append(why, fmt.Sprintf("%s, %s: %s", o.EventID, o.Security, o.Exclusion.Detail()))
	}
	if excluded > shown {
		why = append(why, fmt.Sprintf("and %d more", excluded-shown))
	}
	return errors.New("nothing can be measured: " + strings.Join(why, "; "))
}

// write writes the results of a run to o, and returns the report as it is in its
// file; nil where none is wanted. The report is made, and the inputs are read once
// more for the manifest, beside the tables and charts.
func (a *app) write(ctx context.Context, o *output, c *config, p *plan, src *prices, r *analysis.Result) ([]byte, error) {
	var beside sync.WaitGroup
	defer beside.Wait()
	manifest := start(&beside, func() (*report.Manifest, error) { return a.manifest(c, p, src, r) })
	var text func() ([]byte, error)
	if p.text {
		text = start(&beside, func() ([]byte, error) {
			var b bytes.Buffer
			err := report.Text(until(ctx, &b), r, p.textOptions())
			return b.Bytes(), err
		})
	}
	bar := newProgress(a.stderr, "tables, in blocks of rows:")
	defer bar.end()
	files, err := c.files(ctx, p, r, text, manifest, bar, &beside)
	if err == nil {
		err = o.write(ctx, files, func() (*report.Manifest, error) {
			m, err := manifest()
			if err == nil {
				p.drawn, err = p.counts()
				m.Charts = p.drawn
			}
			return m, err
		})
	}
	if err != nil || text == nil {
		return nil, err
	}
	return text()
}

// start begins f in a goroutine of group, and returns what waits for its outcome.
func start[T any](group *sync.WaitGroup, f func() (T, error)) (outcome func() (T, error)) {
	var value T
	var err error
	done := make(chan struct{})
	group.Go(func() {
		defer close(done)
		value, err = f()
	})
	return func() (T, error) {
		<-done
		return value, err
	}
}

// files lists all files of a run but the manifest, which are made while they are
// written, or in beside. text is the report; nil: none is wanted.
func (c *config) files(ctx context.Context, p *plan, r *analysis.Result, text func() ([]byte, error), manifest func() (*report.Manifest, error), bar *progress, beside *sync.WaitGroup) ([]file, error) {
	files := tableFiles(r, p, bar)
	if text != nil {
		files = append(files, file{"report.txt", func(w io.Writer) error {
			data, err := text()
			if err == nil {
				_, err = w.Write(data)
			}
			return err
		}})
	}
	g, err := hang(ctx, p, r, beside)
	if err != nil {
		return nil, err
	}
	p.counts = g.counts
	files = append(files, g.outputs(ctx, p.plot.Formats)...)
	if p.html {
		page := start(beside, func() ([]byte, error) {
			var b bytes.Buffer
			err := c.html(ctx, p, r, &g, manifest).write(until(ctx, &b))
			return b.Bytes(), err
		})
		files = append(files, file{"report.html", func(w io.Writer) error {
			data, err := page()
			if err == nil {
				_, err = w.Write(data)
			}
			return err
		}})
	}
	return files, nil
}

// print writes the report to stdout: the text of its file, but on a terminal.
func (a *app) print(ctx context.Context, p *plan, r *analysis.Result, text []byte, written bool) error {
	w := until(ctx, a.stdout)
	o := a.textOptions(p)
	if written && p.text {
		o.Files = append(o.Files, "report.txt")
	}
	if written && p.html {
		o.Files = append(o.Files, "report.html")
	}
	if written {
		o.Charts = p.drawn
	}
	switch {
	case a.telling.brief:
		o.Detail = report.Brief
	case !a.telling.full:
		o.Detail = report.Answer
	case text != nil && o.Width == 0 && !o.Color:
		_, err := w.Write(text)
		return err
	}
	o.Sort, o.Top = report.Sort(a.telling.sort), a.telling.top
	return report.Text(w, r, o)
}

// textOptions are those of the report in a file.
func (p *plan) textOptions() report.TextOptions {
	return report.TextOptions{Lang: p.plot.Lang, Calibration: p.calibration}
}

// textOptions fits the report to stdout.
func (a *app) textOptions(p *plan) report.TextOptions {
	o := p.textOptions()
	if f, ok := a.stdout.(*os.File); ok && isTerminal(f) {
		if w, _, err := term.GetSize(int(f.Fd())); err == nil {
			o.Width = min(w, 120)
		}
		o.Color = os.Getenv("NO_COLOR") == ""
	}
	return o
}

// manifest records how the figures of r came about.
func (a *app) manifest(c *config, p *plan, src *prices, r *analysis.Result) (*report.Manifest, error) {
	m := report.NewManifest(r)
	m.Program, m.Version = "aftershock", readBuild().version
	m.Clock = a.now().UTC().Truncate(time.Second)
	m.Configuration = c.published()
	m.Prices, m.Factors = shorten(src.Name(), c.homes()), append(m.Factors, p.factors...)
	var inputs []string
	if c.file != "" {
		inputs = append(inputs, c.file)
	}
	if c.Events.File != shippedEvents && c.Events.File != "" {
		inputs = append(inputs, c.path("events.file", c.Events.File))
	}
	for _, file := range c.Factors.Files {
		inputs = append(inputs, c.path("factors.files", file))
	}
	if c.SecuritiesFile != "" {
		inputs = append(inputs, c.path("securities_file", c.SecuritiesFile))
	}
	if p.explain != nil && c.Regression.File != "" {
		inputs = append(inputs, c.path("regression.file", c.Regression.File))
	}
	inputs = append(inputs, p.priceFiles...)
	p.inputs = inputs
	homes := c.homes()
	for _, name := range inputs {
		f, err := c.describe(name, homes)
		if err != nil {
			return nil, err
		}
		m.Inputs = append(m.Inputs, f)
	}
	if p.calibrationFile != "" {
		f, err := c.describe(p.calibrationFile, homes)
		if err != nil {
			return nil, err
		}
		// The user's cache folder is of no interest to others.
		f.Name = path.Join("cache", "aftershock", "calibrations", filepath.Base(p.calibrationFile))
		m.Inputs = append(m.Inputs, f)
	}
	return m, nil
}

// describe reads a file to its end for the manifest. It must be the one that the
// study has read.
func (c *config) describe(name string, homes []home) (report.File, error) {
	f, err := os.Open(name)
	if err != nil {
		return report.File{}, fmt.Errorf("an input has gone while the study ran: %w", err)
	}
	defer f.Close()
	if before := c.before[name]; before != nil {
		now, err := f.Stat()
		if err != nil {
			return report.File{}, err
		}
		if now.Size() != before.Size() || !now.ModTime().Equal(before.ModTime()) {
			return report.File{}, fmt.Errorf("%s has changed while the study ran; run it again", name)
		}
	}
	return report.FileOf(shownIn(name, homes), f)
}

// remember notes how the files are that the configuration names, before they are
// read.
func (c *config) remember() {
	files := []string{c.path("events.file", c.Events.File), c.path("securities_file", c.SecuritiesFile),
		c.path("regression.file", c.Regression.File), c.path("prices.file", c.Prices.File)}
	for _, file := range c.Factors.Files {
		files = append(files, c.path("factors.files", file))
	}
	if dir := c.path("prices.dir", c.Prices.Dir); dir != "" {
		entries, _ := os.ReadDir(dir) // who reads the prices says what is wrong with it
		for _, e := range entries {
			files = append(files, filepath.Join(dir, e.Name()))
		}
	}
	for _, file := range files {
		if info, err := os.Stat(file); err == nil {
			c.before[file] = info
		}
	}
}
