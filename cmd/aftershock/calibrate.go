package main

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/spf13/cobra"

	"aftershock/analysis"
	"aftershock/internal/parts"
	"aftershock/internal/sealed"
	"aftershock/plots"
	"aftershock/report"
)

// calibration is what the flags of calibrate ask for.
type calibration struct {
	groups, windows, inject string
	share                   float64
	selected                int
	opposite, fresh, quiet  bool
}

func (a *app) calibrateCommand() *cobra.Command {
	flags := make(settingsFlags)
	var q calibration
	cmd := &cobra.Command{
		Use:   "calibrate",
		Short: "Measure how often each test errs on the study's own securities and dates",
		Long: `Calibrate performs the study at sessions without news, the same distance from the
events for all observations of a group, and counts how often every test rejects
there: at 5% it should be 5%. Then it adds an abnormal return on session 0 and
counts how often the tests find it.

The table goes to standard output; calibration.csv, calibration.json and a chart
for each group and window go to the folder calibration in the output directory, or
to --out. What was found is kept in the user's cache folder: as long as neither
study nor data change, the report of aftershock run says which tests hold, unless
output.calibration is false.`,
		Example: `  aftershock calibrate
  aftershock calibrate --group deepseek-selloff --window "0,0 -1,1" --inject 1%,2%,5%
  aftershock calibrate --group all --share 0.5 --draws 1000 --out calibration`,
		Args: arguments(cobra.NoArgs),
		RunE: func(cmd *cobra.Command, _ []string) error {
			if err := a.shard.resolve(); err != nil {
				return err
			}
			if a.shard.of > 0 {
				return a.shareCalibration(cmd, flags, &q)
			}
			return a.watching(cmd, flags, func() error { return a.calibrate(cmd, flags, &q) })
		},
	}
	cmd.Flags().StringVar(&q.groups, "group", "", "`list` of groups: IDs of events, all, \"security NVDA\"; default: events of several securities, and all")
	cmd.Flags().StringVar(&q.windows, "window", "", "`windows` of the cumulative abnormal returns, such as \"0,0 -1,1\"; default: the first of the study")
	cmd.Flags().StringVar(&q.inject, "inject", "1%,2%,3%,5%", "`list` of abnormal returns to add on session 0, or none")
	cmd.Flags().Float64Var(&q.share, "share", 1, "`share` of the observations that react to what is added")
	cmd.Flags().BoolVar(&q.opposite, "opposite", false, "every second of them reacts the other way")
	cmd.Flags().IntVar(&q.selected, "selected", 0, "say how tests fare where the session with the largest average of so many, a `number`, was picked")
	cmd.Flags().BoolVar(&q.fresh, "fresh", false, "compute anew what is in the cache")
	cmd.Flags().BoolVarP(&q.quiet, "quiet", "q", false, "do not print the table")
	a.shardFlag(cmd)
	flags.add(cmd, "draws", "study.draws", "`number` of sessions at most; where there are no more, all")
	alias(cmd, "car", "window")
	outFlag(cmd, flags)
	curveFlags(cmd, flags, "calibration")
	langFlag(cmd, flags)
	studyFlags(cmd, flags)
	flags.add(cmd, "events", "events.file", "`catalogue` of events (.yaml, .json, .csv), or shipped")
	flags.add(cmd, "ids", "events.ids", "`list` of the IDs of the events to study; none: all")
	a.pricesFlag(cmd, flags)
	return cmd
}

func outFlag(cmd *cobra.Command, flags settingsFlags) {
	flags.add(cmd, "out", "output.dir", "`directory` for the files; default: a folder in the output directory")
}

// outDir is the folder name in the output directory, or what --out says.
func (c *config) outDir(name string) string {
	if c.origin("output.dir") == fromFlag {
		return c.Output.Dir
	}
	return filepath.Join(c.path("output.dir", c.Output.Dir), name)
}

func (q *calibration) spec(draws int, tests []analysis.Test) (analysis.CalibrateSpec, error) {
	s := analysis.CalibrateSpec{Share: q.share, Opposite: q.opposite, Draws: draws, Groups: groupList(q.groups), Selected: q.selected}
	for _, t := range tests {
		if slices.ContainsFunc(analysis.DefaultTests(), func(x analysis.Test) bool { return x.Name() == t.Name() }) { // of closed form
			s.Tests = append(s.Tests, t)
		}
	}
	var errs []error
	if q.selected < 0 || q.selected == 1 {
		errs = append(errs, fmt.Errorf("--selected: %d; use 2 or more, the number of sessions that were looked at", q.selected))
	}
	for _, text := range strings.FieldsFunc(q.windows, func(r rune) bool { return r == ' ' || r == ';' }) {
		w, err := analysis.ParseWindow(text)
		if err != nil {
			errs = append(errs, fmt.Errorf("--window: %w", err))
		}
		s.Windows = append(s.Windows, w)
	}
	for _, text := range list(q.inject) {
		number, percent := strings.CutSuffix(text, "%")
		v, err := strconv.ParseFloat(number, 64)
		if err != nil {
			errs = append(errs, fmt.Errorf("--inject: %q is not an abnormal return such as 0.02 or 2%%", text))
		}
		if percent {
			v /= 100
		}
		s.Inject = append(s.Inject, v)
	}
	if len(s.Tests) == 0 {
		errs = append(errs, errors.New("--tests: none of them has a closed-form p value; name one such as kp-bmp"))
	}
	if err := errors.Join(errs...); err != nil {
		return s, usageError{err}
	}
	return s, nil
}

// groupList takes a list of groups apart; their names hold blanks.
func groupList(text string) []string {
	var out []string
	for g := range strings.SplitSeq(text, ",") {
		if g = strings.TrimSpace(g); g != "" {
			out = append(out, g)
		}
	}
	return out
}

func (a *app) calibrate(cmd *cobra.Command, flags settingsFlags, q *calibration) error {
	ctx := cmd.Context()
	joining := a.parts
	a.parts = nil // what performs the study joins none
	c, p, src, r, err := a.performed(cmd, flags)
	if err != nil {
		return err
	}
	spec, err := q.spec(p.study.Draws, p.study.Tests)
	if err != nil {
		return err
	}
	o, err := openOutput(c.outDir("calibration"))
	if err != nil {
		return err
	}
	defer o.close()
	kept := keptCalibration{Key: c.fingerprint(r), Spec: specText(spec), Study: r.Study.Name, Model: r.Study.Model.Name()}
	store, cacheErr := calibrationFile(kept.Key)
	if old, err := readCalibration(store, kept.Key); err == nil && old.Spec == kept.Spec && !q.fresh && joining == nil {
		kept.Calibration = old.Calibration
		a.note("nothing has changed since it was computed; --fresh computes it anew")
	} else {
		if joining != nil {
			var list []*analysis.Part
			if list, err = ownParts(joining, c.partKey(p, r.Catalog, r.Panel)+specText(spec)); err == nil {
				kept.Calibration, err = r.MergeCalibration(ctx, spec, list)
			}
		} else {
			bar := newProgress(a.stderr, "sessions without news:")
			kept.Calibration, err = r.Calibrate(ctx, spec, bar.step)
			bar.end()
		}
		if err != nil {
			return err
		}
		if cacheErr == nil {
			cacheErr = kept.write(store)
		}
		if cacheErr != nil {
			a.say("the calibration cannot be kept, so that aftershock run will not show it: %v", cacheErr)
		}
	}
	var table, text bytes.Buffer
	if err := errors.Join(report.WriteCSV(&table, report.CalibrationTable(kept.Calibration)),
		report.CalibrationText(&text, r, kept.Calibration, report.TextOptions{Lang: p.plot.Lang})); err != nil {
		return err
	}
	data, err := kept.json()
	if err != nil {
		return err
	}
	var charts []plots.File
	if len(c.Output.Charts) > 0 {
		if charts, err = plots.Calibration(ctx, kept.Calibration, p.plot); err != nil {
			return err
		}
	}
	files := []file{made("calibration.csv", table.Bytes()), made("calibration.json", data), made("calibration.txt", text.Bytes())}
	if err := a.deliver(ctx, o, c, p, src, r, append(files, chartFiles(charts)...)); err != nil || q.quiet {
		return err
	}
	return report.CalibrationText(a.stdout, r, kept.Calibration, a.textOptions(p))
}

// shareCalibration computes the share of a calibration that --shard names.
func (a *app) shareCalibration(cmd *cobra.Command, flags settingsFlags, q *calibration) error {
	ctx := cmd.Context()
	c, p, cat, err := a.intended(cmd, flags)
	if err != nil {
		return err
	}
	spec, err := q.spec(p.study.Draws, p.study.Tests)
	if err != nil {
		return err
	}
	panel, err := a.loaded(ctx, c, p, cat)
	if err != nil {
		return err
	}
	bar := newProgress(a.stderr, "sessions without news:")
	part, err := p.study.CalibratePart(ctx, spec, cat, panel, a.shard.index, a.shard.of, bar.step)
	bar.end()
	if err != nil {
		return c.blame(err)
	}
	return a.writePart(ctx, c.outDir("calibration"), parts.Part{Study: c.partKey(p, cat, panel) + specText(spec), Part: part, Command: cmd.Name(), Flags: saidFlags(cmd)})
}

// performed performs the study of the configuration.
func (a *app) performed(cmd *cobra.Command, flags settingsFlags) (*config, *plan, *prices, *analysis.Result, error) {
	c, p, cat, err := a.intended(cmd, flags)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	src, err := a.needed(cmd.Context(), c, p, cat)
	if err != nil {
		return nil, nil, nil, nil, err
	}
	r, err := a.measure(cmd.Context(), c, p, src, cat)
	if err == nil {
		a.outcome.measured(r)
	}
	return c, p, src, r, err
}

func chartFiles(charts []plots.File) []file {
	var files []file
	for _, f := range charts {
		files = append(files, made("charts/"+f.Name, f.Data))
	}
	return files
}

// deliver writes files with their manifest to o.
func (a *app) deliver(ctx context.Context, o *output, c *config, p *plan, src *prices, r *analysis.Result, files []file) error {
	manifest := func() (*report.Manifest, error) { return a.manifest(c, p, src, r) }
	if err := o.write(ctx, files, manifest); err != nil {
		return err
	}
	a.note("results are in %s", o.dir)
	return nil
}

// keptCalibration is a calibration as it stands in a file.
type keptCalibration struct {
	Key         string                `json:"key"`  // of the study and its data
	Spec        string                `json:"spec"` // what was asked for
	Study       string                `json:"study"`
	Model       string                `json:"model"`
	Calibration *analysis.Calibration `json:"calibration"`
}

func (k *keptCalibration) json() ([]byte, error) {
	data, err := json.MarshalIndent(k, "", "  ")
	return append(data, '\n'), err
}

// write puts k where another run finds it whole or not at all.
func (k *keptCalibration) write(name string) error {
	data, err := k.json()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(filepath.Dir(name), 0o755); err != nil {
		return err
	}
	err = sealed.Write(name, calibrationKind, func(w io.Writer) error {
		_, err := w.Write(data)
		return err
	})
	thin(filepath.Dir(name), mostCalibrations)
	return err
}

const mostCalibration = 256 << 20 // bytes

const calibrationKind = "calibration 2"

// calibrationFile is where the calibration of a study and its data is kept.
func calibrationFile(key string) (string, error) {
	dir, err := os.UserCacheDir()
	if err != nil {
		return "", err
	}
	return filepath.Join(dir, "aftershock", "calibrations", key+".sealed"), nil
}

// readCalibration reads what write wrote; an error where there is none for key.
func readCalibration(name, key string) (*keptCalibration, error) {
	var k keptCalibration
	err := sealed.Read(name, calibrationKind, func(r io.Reader) error {
		return json.NewDecoder(io.LimitReader(r, mostCalibration)).Decode(&k)
	})
	if err != nil {
		return nil, err
	}
	if k.Key != key || k.Calibration == nil {
		return nil, fs.ErrNotExist
	}
	if err := k.Calibration.Sense(); err != nil {
		return nil, fmt.Errorf("%w: %w", sealed.ErrSeal, err)
	}
	return &k, nil
}

// certificate finds the calibration of r, if there is one, for its report.
func (c *config) certificate(p *plan, r *analysis.Result) {
	if !c.Output.Calibration {
		return
	}
	// Where nothing is kept the data need not be hashed to know it.
	if any, err := calibrationFile("any"); err != nil || !holdsFiles(filepath.Dir(any)) {
		return
	}
	if name, err := calibrationFile(c.fingerprint(r)); err == nil {
		if k, err := readCalibration(name, strings.TrimSuffix(filepath.Base(name), ".sealed")); err == nil {
			p.calibration, p.calibrationFile = k.Calibration, name
			r.Calibration = k.Calibration
		}
	}
}

func holdsFiles(dir string) bool {
	entries, err := os.ReadDir(dir)
	return err == nil && len(entries) > 0
}

// specText spells out what was asked for.
func specText(s analysis.CalibrateSpec) string {
	return fmt.Sprint(s.Groups, s.Windows, names(s.Tests, analysis.Test.Name), s.Draws, s.Inject, s.Share, s.Opposite, s.Selected)
}

// fingerprint is a hash of everything that decides how the tests of r fare:
// the program, the study but for its CAR windows, tests and draws, the events,
// the sessions and the returns.
func (c *config) fingerprint(r *analysis.Result) string {
	h := sha256.New()
	put := func(v ...any) { fmt.Fprintln(h, v...) }
	numbers := func(v []float64) { _ = binary.Write(h, binary.LittleEndian, v) } // a hash takes everything
	study := c.Study
	study.Name, study.Names, study.CAR, study.Tests, study.Groups, study.Placebo, study.Draws, study.Seed = "", nil, nil, nil, nil, "", 0, 0
	settings, _ := json.Marshal([]any{study, c.Model, c.Securities}) // plain values
	put(readBuild().version, string(settings))
	for i := range r.Catalog.Events {
		e := &r.Catalog.Events[i]
		put(e.ID, e.Time.UTC(), e.DateOnly, e.AfterClose, e.Category, e.Targets)
	}
	for i := range r.N() {
		o := r.Observation(i)
		put(o.EventID, o.Security, o.Session0, o.Benchmark, o.Used())
	}
	for _, cal := range r.Panel.Calendars() {
		put(cal.Name(), cal.Len())
		for k := range cal.Len() {
			_ = binary.Write(h, binary.LittleEndian, int32(cal.Date(k)))
		}
		for _, name := range r.Panel.Factors() {
			first, values, _ := r.Panel.FactorOn(name, cal)
			put(name, first)
			numbers(values)
		}
	}
	for _, col := range r.Panel.Columns {
		put(col.Symbol, col.Calendar.Name(), col.First, col.Benchmark, col.Shares)
		numbers(col.Return)
		numbers(col.Close)
	}
	return hex.EncodeToString(h.Sum(nil))[:32]
}
