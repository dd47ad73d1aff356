package main

import (
	"bytes"
	"cmp"
	"context"
	"crypto/sha256"
	"encoding/csv"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"math"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/parquet-go/parquet-go"
	"github.com/spf13/cobra"

	"aftershock/internal/words"
	"aftershock/market"
	"aftershock/market/parquetfile"
	"aftershock/market/store"
	"aftershock/report"
)

// comparing is what the flags of compare ask for.
type comparing struct {
	tolerance, level float64
	format, lang     string
}

func (a *app) compareCommand() *cobra.Command {
	q := comparing{}
	cmd := &cobra.Command{
		Use:   "compare A B",
		Short: "Say what changed between two runs",
		Long: `Compare says what changed from the run in the directory A to that in B: the program,
the configuration, the inputs; events and securities that are in one of them alone;
figures that moved by more than --tolerance; and readings that flipped: a p value
that crossed --level, an estimate that changed its sign.

The runs must have tables as csv, json or parquet: all of those that both have are
compared. Exit status 0 says that they were
compared, whatever was found.`,
		Example: `  aftershock compare monday tuesday
  aftershock compare monday tuesday --tolerance 1e-4 --format csv`,
		Args: arguments(cobra.ExactArgs(2)),
		RunE: func(_ *cobra.Command, args []string) error { return a.compare(args[0], args[1], q) },
	}
	cmd.Flags().Float64Var(&q.tolerance, "tolerance", 1e-9, "largest `difference` of figures that agree, relative to the larger where that is above 1")
	cmd.Flags().Float64Var(&q.level, "level", 0.05, "`level` that a p value crosses")
	cmd.Flags().StringVar(&q.format, "format", "text", "`form` of the answer: text, csv or json")
	cmd.Flags().StringVar(&q.lang, "lang", "", "`language` of the text: en or ar (default that of output.lang)")
	closed(cmd, "lang", words.Languages()...)
	closed(cmd, "format", "text", "csv", "json")
	return cmd
}

// A change is one thing in which two runs differ. Its JSON is stable.
type change struct {
	Kind   string   `json:"kind"`  // program, configuration, input, added, removed, moved, flipped
	Table  string   `json:"table"` // "" beside tables
	Key    string   `json:"key"`   // of the row, of the configuration, the name of the input; "": a column, or the whole table
	Column string   `json:"column"`
	Before string   `json:"before"`
	After  string   `json:"after"`
	By     *float64 `json:"by"` // After - Before of figures
}

// comparison is what two runs differ in. Its JSON is stable.
type comparison struct {
	A       string   `json:"a"`
	B       string   `json:"b"`
	Rows    int      `json:"rows"`    // that both have
	Figures int      `json:"figures"` // that both have
	Moved   int      `json:"moved"`   // of these
	Flipped int      `json:"flipped"`
	Changes []change `json:"changes"`

	NotCompared []string `json:"not_compared,omitempty"` // tables that are too large
}

// tableKeys are the columns that tell the rows of the tables of other commands than run
// apart, by table.
var tableKeys = map[string][]string{
	"sweep":           {"group", "model", "benchmark", "estimation_from", "estimation_to", "from", "to", "test", "shift", "confounders"},
	"calibration":     {"groups", "from", "to", "test", "figure", "level", "inject", "share"},
	"impact":          {"security"},
	"impact_excluded": {"security"},
	"impact_groups":   {"by", "group"},
	"coincidence":     {"security"},
	"matches":         {"security", "date", "event_id"},
	"moves":           {"security", "date"},
	"unmoved":         {"security", "date", "event_id"},
	"correlation":     {"kind", "security"},
	"likeness":        {"first", "second"},
}

// rowKeys are the columns that tell the rows of a table apart; of a table that nobody
// knows rows are told apart by their order.
func rowKeys(table string) []string {
	if keys := report.Keys(table); keys != nil {
		return keys
	}
	return tableKeys[table]
}

func (a *app) compare(dirA, dirB string, q comparing) error {
	switch {
	case !(q.tolerance >= 0):
		return usageError{fmt.Errorf("--tolerance: %v; use a number that is not negative", q.tolerance)}
	case !(q.level > 0 && q.level < 1):
		return usageError{fmt.Errorf("--level: %v; use a number between 0 and 1", q.level)}
	case !slices.Contains([]string{"text", "csv", "json"}, q.format):
		return usageError{fmt.Errorf("--format: %q; use text, csv or json", q.format)}
	}
	if q.lang == "" {
		if c, err := loadConfig(a.configFile, nil); err == nil {
			q.lang = c.Output.Lang
		}
	} else if err := checkLang(q.lang); err != nil {
		return err
	}
	c, err := compareRuns(dirA, dirB, q)
	if err != nil {
		return err
	}
	switch q.format {
	case "json":
		e := json.NewEncoder(a.stdout)
		e.SetEscapeHTML(false)
		e.SetIndent("", "  ")
		return e.Encode(c)
	case "csv":
		w := csv.NewWriter(a.stdout)
		w.Write([]string{"kind", "table", "key", "column", "before", "after", "by"}) // no error: Flush has them
		for _, x := range c.Changes {
			by := ""
			if x.By != nil {
				by = strconv.FormatFloat(*x.By, 'g', -1, 64)
			}
			w.Write([]string{x.Kind, x.Table, x.Key, x.Column, x.Before, x.After, by})
		}
		w.Flush()
		if len(c.NotCompared) > 0 {
			a.say("too large to be compared: %s", strings.Join(c.NotCompared, ", "))
		}
		return w.Error()
	}
	return c.write(a.stdout, words.Of(q.lang))
}

// compareRuns compares two runs.
func compareRuns(dirA, dirB string, q comparing) (*comparison, error) {
	c := &comparison{A: dirA, B: dirB, Changes: []change{}}
	var runs [2]*report.Manifest
	for i, given := range []*string{&dirA, &dirB} {
		dir := *given
		if info, err := os.Stat(dir); err == nil && !info.IsDir() && filepath.Base(dir) == manifestName {
			dir = filepath.Dir(dir)
			*given = dir
		}
		if err := finishInterrupted(dir); err != nil {
			return nil, err
		}
		m, sealed, err := manifestOf(filepath.Join(dir, manifestName))
		switch {
		case errors.Is(err, fs.ErrNotExist):
			return nil, noRun(dir)
		case err != nil:
			return nil, mendBy(err, "run the study again")
		case !sealed:
			return nil, unsealedError(filepath.Join(dir, manifestName), m)
		}
		runs[i] = m
	}
	c.provenance(runs[0], runs[1])
	x, err := tablesOf(dirA, runs[0])
	if err != nil {
		return nil, err
	}
	y, err := tablesOf(dirB, runs[1])
	if err != nil {
		return nil, err
	}
	compared := false
	for _, name := range inOrder(x, y) {
		before, here := x[name]
		after, there := y[name]
		switch {
		case !there:
			c.Changes = append(c.Changes, change{Kind: "removed", Table: name})
			continue
		case !here:
			c.Changes = append(c.Changes, change{Kind: "added", Table: name})
			continue
		case max(before.bytes, after.bytes) > mostCompared:
			c.NotCompared = append(c.NotCompared, name)
			continue
		}
		compared = true
		t, err := tabled(name, before.read)
		if err != nil {
			return nil, err
		}
		u, err := tabled(name, after.read)
		if err != nil {
			return nil, err
		}
		c.rows(name, t, u, q)
	}
	if len(c.NotCompared) > 0 && !compared {
		return nil, fmt.Errorf("every table that %s and %s have in common is too large to be compared (%d bytes); run them with --tables tests,averages", dirA, dirB, mostCompared)
	}
	if !compared {
		return nil, fmt.Errorf("%s and %s have no table in common, as csv, json or parquet; run them with --format csv", dirA, dirB)
	}
	return c, nil
}

// unsealedError says why the manifest m called name is not to be relied on.
func unsealedError(name string, m *report.Manifest) error {
	if m.Seal == "" {
		return fmt.Errorf("%s has no seal, as manifests of releases before 0.2; run the study again", name)
	}
	return fmt.Errorf("%s is not as the run wrote it, by its seal; run the study again", name)
}

// noRun says that there is no run in dir, and where one is.
func noRun(dir string) error {
	last := lastRun(dir, time.Now())
	if _, err := os.Stat(filepath.Join(last, manifestName)); err == nil {
		return fmt.Errorf("there is no run in %s itself: its runs lie in folders, the last is %s", dir, last)
	}
	return fmt.Errorf("there is no run in %s: it has no %s; name the --out of a run", dir, manifestName)
}

// storedTable is a table as a run left it, to be read when it is asked for.
type storedTable struct {
	bytes int64
	read  func() ([][]string, error) // the names of the columns first
}

// mostCompared is how many bytes of a table are compared: its rows are held.
const mostCompared = 64 << 20

// tablesOf are the tables of the run in dir, by name: of one that is there in several
// formats the CSV file, and results.json where there is no other.
func tablesOf(dir string, m *report.Manifest) (map[string]storedTable, error) {
	out := make(map[string]storedTable)
	for _, ending := range []string{".parquet", ".csv"} {
		for _, f := range m.Outputs {
			name, ok := strings.CutSuffix(f.Name, ending)
			if !ok || strings.Contains(name, "/") {
				continue
			}
			read := func() ([][]string, error) { return parquetRows(dir, f.Name) }
			if ending == ".csv" {
				read = func() ([][]string, error) { return csvRows(dir, f.Name) }
			}
			out[name] = storedTable{f.Bytes, read}
		}
	}
	i := slices.IndexFunc(m.Outputs, func(f report.File) bool { return f.Name == resultsName })
	if len(out) > 0 || i < 0 {
		return out, nil
	}
	if n := m.Outputs[i].Bytes; n > mostCompared {
		return nil, fmt.Errorf("%s has %d bytes, and at most %d are compared; run the study with --format csv", filepath.Join(dir, resultsName), n, mostCompared)
	}
	tables, err := jsonTables(dir)
	if err != nil {
		return nil, err
	}
	for name, rows := range tables {
		out[name] = storedTable{0, func() ([][]string, error) { return rows, nil }}
	}
	return out, nil
}

const resultsName = "results.json"

func csvRows(dir, file string) ([][]string, error) {
	data, err := readOutput(dir, file)
	if err != nil {
		return nil, err
	}
	rows, err := csv.NewReader(bytes.NewReader(data)).ReadAll()
	if err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, file), err)
	}
	return rows, nil
}

// inOrder lists the names of the tables of two runs, those of a study in their order;
// that with a row a session comes last.
func inOrder(x, y map[string]storedTable) []string {
	known := tableNames()
	place := func(name string) int {
		if i := slices.Index(known, name); i >= 0 && name != "abnormal_returns" {
			return i
		}
		return len(known)
	}
	all := slices.Concat(slices.Collect(maps.Keys(x)), slices.Collect(maps.Keys(y)))
	slices.SortFunc(all, func(a, b string) int { return cmp.Or(cmp.Compare(place(a), place(b)), cmp.Compare(a, b)) })
	return slices.Compact(all)
}

// provenance compares what the runs were made of.
func (c *comparison) provenance(a, b *report.Manifest) {
	differ := func(kind, key, before, after string) {
		if before != after {
			c.Changes = append(c.Changes, change{Kind: kind, Key: key, Before: before, After: after})
		}
	}
	differ("program", "version", a.Version, b.Version)
	x, y := flat(a.Configuration), flat(b.Configuration)
	for _, key := range unionOf(x, y) {
		differ("configuration", key, x[key], y[key])
	}
	inputs := func(m *report.Manifest) map[string]string {
		out := make(map[string]string)
		for _, f := range m.Inputs {
			out[f.Name] = f.SHA256
		}
		return out
	}
	x, y = inputs(a), inputs(b)
	for _, name := range unionOf(x, y) {
		differ("input", name, x[name], y[name])
	}
}

func unionOf(x, y map[string]string) []string {
	var keys []string
	for _, m := range []map[string]string{x, y} {
		for k := range m {
			keys = append(keys, k)
		}
	}
	slices.Sort(keys)
	return slices.Compact(keys)
}

// flat writes decoded JSON as texts by dotted keys.
func flat(v any) map[string]string {
	out := make(map[string]string)
	var visit func(v any, key string)
	visit = func(v any, key string) {
		if group, ok := v.(map[string]any); ok {
			for name, sub := range group {
				visit(sub, join(key, name))
			}
			return
		}
		data, err := json.Marshal(v)
		if err == nil {
			out[key] = string(data)
		}
	}
	visit(v, "")
	return out
}

// runTable is a table of a run as text.
type runTable struct {
	columns []string
	rows    map[string][]string // by key
	keys    []string            // in their order
}

// tabled makes a table of rows, the names of its columns first. Rows of one key are
// told apart by their order.
func tabled(name string, read func() ([][]string, error)) (*runTable, error) {
	rows, err := read()
	if err != nil {
		return nil, err
	}
	t := &runTable{rows: make(map[string][]string)}
	if len(rows) == 0 {
		return t, nil
	}
	t.columns = rows[0]
	var places []int
	for _, k := range rowKeys(name) {
		if i := slices.Index(t.columns, k); i >= 0 {
			places = append(places, i)
		}
	}
	times := make(map[string]int)
	for _, row := range rows[1:] {
		var parts []string
		for _, i := range places {
			if i < len(row) {
				parts = append(parts, row[i])
			}
		}
		key := strings.Join(parts, " ")
		if times[key]++; times[key] > 1 || key == "" {
			key = strings.TrimSpace(fmt.Sprintf("%s #%d", key, times[key]))
		}
		t.keys = append(t.keys, key)
		t.rows[key] = row
	}
	return t, nil
}

// jsonTables reads the tables of results.json, the names of their columns first.
func jsonTables(dir string) (map[string][][]string, error) {
	data, err := readOutput(dir, resultsName)
	if err != nil {
		return nil, err
	}
	var doc struct {
		Tables map[string][]map[string]any `json:"tables"`
	}
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&doc); err != nil {
		return nil, fmt.Errorf("%s: %w", filepath.Join(dir, resultsName), err)
	}
	out := make(map[string][][]string)
	for name, list := range doc.Tables {
		var columns []string
		for _, object := range list {
			for column := range object {
				if !slices.Contains(columns, column) {
					columns = append(columns, column)
				}
			}
		}
		if columns == nil {
			out[name] = nil
			continue
		}
		slices.Sort(columns)
		rows := [][]string{columns}
		for _, object := range list {
			row := make([]string, len(columns))
			for i, column := range columns {
				if v := object[column]; v != nil {
					row[i] = fmt.Sprint(v)
				}
			}
			rows = append(rows, row)
		}
		out[name] = rows
	}
	return out, nil
}

// parquetRows reads a table from a Parquet file, the names of its columns first.
func parquetRows(dir, file string) (rows [][]string, err error) {
	data, err := readOutput(dir, file)
	if err != nil {
		return nil, err
	}
	defer func() {
		if err != nil {
			err = fmt.Errorf("%s: %w", filepath.Join(dir, file), err)
		}
	}()
	defer parquetfile.Recover(&err)
	f, err := parquetfile.Open(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, err
	}
	var columns []string
	for _, path := range f.Schema().Columns() {
		columns = append(columns, strings.Join(path, "."))
	}
	const most = 1_000_000 // rows
	n := f.NumRows()
	if n < 0 || n > most {
		return nil, fmt.Errorf("it has %d rows, and at most %d are compared; run the study with --tables tests,averages", n, most)
	}
	rows = make([][]string, n+1)
	rows[0] = columns
	for i := range rows[1:] {
		rows[i+1] = make([]string, len(columns))
	}
	texts := make([]string, n)
	for j, name := range columns {
		err := parquetfile.ReadColumn(f, name, func(c parquet.ColumnChunk, at, end int) error {
			if end > len(texts) {
				return errors.New("it has more rows than the file")
			}
			return parquetfile.ReadTexts(c, texts[at:end])
		})
		if err != nil {
			return nil, err
		}
		for i, text := range texts {
			rows[i+1][j] = text
		}
	}
	return rows, nil
}

// rows compares a table.
func (c *comparison) rows(name string, x, y *runTable, q comparing) {
	if len(x.columns) > 0 && len(y.columns) > 0 {
		for _, column := range x.columns {
			if !slices.Contains(y.columns, column) {
				c.Changes = append(c.Changes, change{Kind: "removed", Table: name, Column: column})
			}
		}
		for _, column := range y.columns {
			if !slices.Contains(x.columns, column) {
				c.Changes = append(c.Changes, change{Kind: "added", Table: name, Column: column})
			}
		}
	}
	for _, key := range x.keys {
		if _, ok := y.rows[key]; !ok {
			c.Changes = append(c.Changes, change{Kind: "removed", Table: name, Key: key})
		}
	}
	keys := rowKeys(name)
	for _, key := range y.keys {
		before, ok := x.rows[key]
		if !ok {
			c.Changes = append(c.Changes, change{Kind: "added", Table: name, Key: key})
			continue
		}
		c.Rows++
		after := y.rows[key]
		for i, column := range x.columns {
			k := slices.Index(y.columns, column)
			if k < 0 || i >= len(before) || k >= len(after) || slices.Contains(keys, column) {
				continue
			}
			c.cell(change{Table: name, Key: key, Column: column, Before: before[i], After: after[k]}, q)
		}
	}
}

// cell compares two cells.
func (c *comparison) cell(d change, q comparing) {
	u, err1 := strconv.ParseFloat(d.Before, 64)
	v, err2 := strconv.ParseFloat(d.After, 64)
	if err1 != nil || err2 != nil {
		if d.Before != d.After {
			d.Kind = "moved"
			c.Moved++
			c.Changes = append(c.Changes, d)
		}
		return
	}
	c.Figures++
	by := v - u
	if d.Before == d.After || math.Abs(by) <= q.tolerance*max(1, math.Abs(u), math.Abs(v)) {
		return
	}
	c.Moved++
	d.Kind = "moved"
	if !math.IsNaN(by) && !math.IsInf(by, 0) { // which JSON has no number for
		d.By = &by
	}
	switch {
	case d.Table == "abnormal_returns": // a session is no reading
	case d.Column == "p":
		if (u < q.level) != (v < q.level) {
			d.Kind = "flipped"
		}
	case slices.Contains([]string{"car", "aar", "estimate", "caar", "difference"}, d.Column):
		if u*v < 0 {
			d.Kind = "flipped"
		}
	}
	if d.Kind == "flipped" {
		c.Flipped++
	}
	c.Changes = append(c.Changes, d)
}

// write says in words what changed: everything that is not a figure, and of the
// figures those that moved most.
func (c *comparison) write(w io.Writer, l *words.Language) error {
	var b strings.Builder
	say := func(text string) { b.WriteString(text + "\n") }
	say(l.Say("From %s to %s", c.A, c.B))
	const most = 20
	section := func(kind, title string, line func(x change) string) {
		var list []change
		for _, x := range c.Changes {
			if x.Kind == kind {
				list = append(list, x)
			}
		}
		if len(list) == 0 {
			return
		}
		say("\n" + l.Phrase(title) + ": " + strconv.Itoa(len(list)))
		if kind == "moved" {
			size := func(x change) float64 {
				if x.By == nil {
					return math.Inf(1)
				}
				return math.Abs(*x.By)
			}
			slices.SortStableFunc(list, func(a, b change) int { return cmp.Compare(size(b), size(a)) })
		}
		for i, x := range list {
			if i == most {
				say("  " + l.Say("and %s more: --format csv has all", len(list)-most))
				break
			}
			say("  " + printable(line(x), 200))
		}
	}
	short := func(s string) string {
		if s == "" {
			return l.Phrase("nothing")
		}
		return printable(s, 40)
	}
	section("program", "Another program", func(x change) string { return x.Before + " -> " + x.After })
	section("configuration", "Keys of the configuration", func(x change) string { return x.Key + ": " + short(x.Before) + " -> " + short(x.After) })
	section("input", "Inputs", func(x change) string {
		switch {
		case x.Before == "":
			return l.Say("%s: read by the second alone", x.Key)
		case x.After == "":
			return l.Say("%s: read by the first alone", x.Key)
		}
		return l.Say("%s: has changed", x.Key)
	})
	what := func(x change) string {
		switch {
		case x.Column != "":
			return x.Table + ": " + l.Say("the column %s", x.Column)
		case x.Key == "":
			return x.Table + ": " + l.Say("the whole table")
		}
		return x.Table + ": " + x.Key
	}
	section("added", "In the second alone", what)
	section("removed", "In the first alone", what)
	section("flipped", "Readings that flipped", func(x change) string {
		return fmt.Sprintf("%s: %s: %s %s -> %s", x.Table, x.Key, x.Column, short(x.Before), short(x.After))
	})
	section("moved", "Figures that moved, the most first", func(x change) string {
		return fmt.Sprintf("%s: %s: %s %s -> %s", x.Table, x.Key, x.Column, short(x.Before), short(x.After))
	})
	if len(c.NotCompared) > 0 {
		say("\n" + l.Say("Too large to be compared: %s.", l.List(c.NotCompared)))
	}
	if len(c.Changes) == 0 && len(c.NotCompared) == 0 {
		say("\n" + l.Say("Nothing changed."))
	}
	say("\n" + l.Say("{1:%[1]s row|%[1]s rows} and {2:%[2]s figure|%[2]s figures} compared; %[3]s moved, %[4]s of them readings that flipped.", c.Rows, c.Figures, c.Moved, c.Flipped))
	_, err := io.WriteString(w, b.String())
	return err
}

func (a *app) repeatCommand() *cobra.Command {
	var out string
	cmd := &cobra.Command{
		Use:   "repeat MANIFEST|DIR",
		Short: "Perform a past run again, and say what differs",
		Long: `Repeat performs the run of a manifest again, with its configuration and its inputs,
and says of each of its files whether the bytes are the same. Inputs are looked for
by the names in the manifest, from --base on; those that have changed since, or
have gone, are named first: they are why files differ. Prices that the store has
brought up to date since are made again from the raw answers that it keeps, as far
as these give the file of the manifest's hash. Nothing is fetched.

The environment does not count. Exit status 0: the same bytes in every file; 1: not.`,
		Example: `  aftershock repeat out/manifest.json`,
		Args:    arguments(cobra.ExactArgs(1)),
	}
	base := cmd.Flags().String("base", ".", "`directory` that the names of inputs are relative to: that of the configuration")
	lang := cmd.Flags().String("lang", "", "`language` of what is said: en or ar (default that of the run)")
	closed(cmd, "lang", words.Languages()...)
	cmd.Flags().StringVar(&out, "out", "", "`directory` that the repetition is left in; default: none")
	cmd.RunE = func(cmd *cobra.Command, args []string) error { return a.repeat(cmd, args[0], *base, out, *lang) }
	return cmd
}

// repeat performs the run of the manifest called name again.
func (a *app) repeat(cmd *cobra.Command, name, base, out, lang string) error {
	if err := checkLang(lang); err != nil {
		return err
	}
	if info, err := os.Stat(name); err == nil && info.IsDir() {
		if _, err := os.Stat(filepath.Join(name, manifestName)); errors.Is(err, fs.ErrNotExist) {
			return noRun(name)
		}
		name = filepath.Join(name, manifestName)
	}
	data, err := readBounded(name, mostManifest)
	if errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("%s is not there; name the manifest.json of a run", name)
	}
	if err != nil {
		return err
	}
	m, sealed, err := report.ReadManifest(data)
	if err != nil {
		return fmt.Errorf("%s is not a manifest of aftershock; name the manifest.json of a run", name)
	}
	if !sealed {
		return unsealedError(name, m)
	}
	first, err := filepath.Abs(filepath.Dir(name)) // the working directory is another from here on
	if err != nil {
		return err
	}
	if out != "" {
		if own, err := os.Stat(first); err == nil {
			if other, err := os.Stat(out); err == nil && os.SameFile(own, other) {
				return usageError{fmt.Errorf("--out: %s is the run that is repeated; name another directory", out)}
			}
		}
		if out, err = filepath.Abs(out); err != nil {
			return err
		}
	}
	if err := os.Chdir(base); err != nil {
		return usageError{fmt.Errorf("--base: %w", err)}
	}
	var why []string
	if now := readBuild().version; now != m.Version {
		why = append(why, fmt.Sprintf("the run was made by version %s, this is %s", m.Version, now))
	}
	c, err := configOf(m)
	if err != nil {
		return fmt.Errorf("%s: its configuration is not one of this version: %w", name, err)
	}
	past, err := a.pastStore(cmd.Context(), c, m)
	if err != nil {
		return err
	}
	defer past.remove()
	gone := 0
	cache, _ := os.UserCacheDir()
	for _, in := range m.Inputs {
		path := filepath.FromSlash(in.Name)
		if rest, ok := strings.CutPrefix(in.Name, "cache/"); ok && cache != "" {
			path = filepath.Join(cache, filepath.FromSlash(rest))
		}
		if own, ok := past.files[in.Name]; ok {
			path = own
		}
		f, err := os.Open(path)
		if err != nil {
			why = append(why, in.Name+" is not there")
			gone++
			continue
		}
		is, err := report.FileOf(in.Name, f)
		f.Close()
		switch {
		case err != nil:
			why = append(why, fmt.Sprintf("%s cannot be read: %v", in.Name, err))
		case is.SHA256 != in.SHA256:
			why = append(why, fmt.Sprintf("%s has changed since: its SHA-256 was %.12s…, and is %.12s…", in.Name, in.SHA256, is.SHA256))
		}
	}
	if gone > 0 {
		why = append(why, "names of inputs start from "+base+"; --base names another directory")
	}
	if past.rebuilt > 0 {
		a.note("prices of %s are made again from raw answers", securitiesWord(past.rebuilt))
	}
	if out == "" {
		dir, err := os.MkdirTemp("", "aftershock-repeat-")
		if err != nil {
			return err
		}
		defer os.RemoveAll(dir)
		out = filepath.Join(dir, "out")
	}
	c.remember()
	a.offline = true
	if past.dir != "" {
		c.Prices.Store = past.dir
	}
	p, cat, err := c.intended()
	if err != nil {
		return errors.Join(append(problemsOf(why), err)...)
	}
	if err := a.perform(cmd.Context(), c, p, cat, out, false); err != nil && !written(err) {
		return errors.Join(append(problemsOf(why), err)...)
	}
	again, _, err := manifestOf(filepath.Join(out, manifestName))
	if err != nil {
		return err
	}
	is := make(map[string]string)
	for _, f := range again.Outputs {
		is[f.Name] = f.SHA256
	}
	differ := 0
	l := words.Of(cmp.Or(lang, c.Output.Lang))
	err = a.table(func(t io.Writer) {
		fmt.Fprintln(t, heads(l, "FILE", "REPEATED"))
		for _, f := range m.Outputs {
			same, verdict := true, l.Phrase("the same bytes")
			switch sum, there := is[f.Name]; {
			case !there:
				same, verdict = false, l.Phrase("not made")
			case sum != f.SHA256:
				same, verdict = false, l.Phrase("other bytes")
				if line := differsFrom(filepath.Join(first, filepath.FromSlash(f.Name)), f.SHA256, filepath.Join(out, filepath.FromSlash(f.Name))); line > 0 {
					verdict = l.Say("other bytes from line %s on", line)
				}
			}
			if !same {
				differ++
			}
			fmt.Fprintf(t, "%s\t%s\n", f.Name, verdict)
		}
	})
	if err != nil {
		return err
	}
	if differ > 0 {
		if len(why) == 0 && m.Version == unversioned {
			why = append(why, "neither an input nor a setting has changed: the run was made by another build of the program, as all without a version are called "+unversioned)
		}
		why = append(why, fmt.Sprintf("%d of %d files differ", differ, len(m.Outputs)))
		return errors.Join(problemsOf(why)...)
	}
	for _, reason := range why {
		a.say("%s; the files are the same all the same", reason)
	}
	return nil
}

// differsFrom returns the line from which on the file called b differs from that called
// a, whose SHA-256 is sum; 0 where a is not that file any more, or they are no text.
func differsFrom(a, sum, b string) int {
	x, err1 := readBounded(a, mostManifest)
	y, err2 := readBounded(b, mostManifest)
	if is := sha256.Sum256(x); err1 != nil || err2 != nil || hex.EncodeToString(is[:]) != sum || bytes.IndexByte(x, 0) >= 0 {
		return 0
	}
	n := 0
	for n < min(len(x), len(y)) && x[n] == y[n] {
		n++
	}
	return 1 + bytes.Count(x[:n], []byte("\n"))
}

// unversioned is what Go calls the version of a program that was built in its folder.
const unversioned = "(devel)"

// pastStore is the store of prices as a run found it.
type pastStore struct {
	dir     string            // "": as it is now
	files   map[string]string // by the names of inputs
	rebuilt int
}

func (s *pastStore) remove() {
	if s.dir != "" {
		os.RemoveAll(s.dir)
	}
}

// pastStore makes again what the store held when m was made: files that have changed
// since from raw answers, in a folder of its own, the others as they are.
func (a *app) pastStore(ctx context.Context, c *config, m *report.Manifest) (*pastStore, error) {
	past := &pastStore{files: make(map[string]string)}
	if c.Prices.Source != "store" && c.Prices.Source != yahooSource {
		return past, nil
	}
	s, err := c.openStore(nil, func(error) {})
	if err != nil {
		return past, nil // which is said where prices are read
	}
	y, err := c.yahoo(nil)
	if err != nil {
		return nil, err
	}
	defer y.Close()
	dir, err := os.MkdirTemp("", "aftershock-store-")
	if err != nil {
		return nil, err
	}
	for _, in := range m.Inputs {
		symbol, ok := store.SymbolOf(path.Base(in.Name))
		if !ok {
			continue
		}
		own := s.Path(symbol)
		past.files[in.Name] = own
		data, err := os.ReadFile(own)
		if is := sha256.Sum256(data); err == nil && hex.EncodeToString(is[:]) == in.SHA256 {
			err = os.WriteFile(filepath.Join(dir, filepath.Base(own)), data, 0o600)
			if err != nil {
				return nil, errors.Join(err, os.RemoveAll(dir))
			}
			continue
		}
		err = s.Rebuild(ctx, symbol, in.SHA256, dir, func(x store.Answer) (*market.Series, error) {
			raw, err := x.Raw()
			if err != nil {
				return nil, err
			}
			return y.Recorded(ctx, symbol, x.From, x.To, x.At, raw)
		})
		if ctx.Err() != nil {
			return nil, errors.Join(ctx.Err(), os.RemoveAll(dir))
		}
		if err == nil {
			past.files[in.Name] = filepath.Join(dir, filepath.Base(own))
			past.rebuilt++
			past.dir = dir
		} else if data != nil { // it is what there is, and said to have changed
			if err := os.WriteFile(filepath.Join(dir, filepath.Base(own)), data, 0o600); err != nil {
				return nil, errors.Join(err, os.RemoveAll(dir))
			}
		}
	}
	if past.dir == "" {
		return past, os.RemoveAll(dir)
	}
	return past, nil
}

// configOf returns the configuration of a manifest.
func configOf(m *report.Manifest) (*config, error) {
	configuration := withoutNulls(m.Configuration)
	if groups, ok := configuration.(map[string]any); ok {
		delete(groups, "job") // who was told then is not told again
	}
	data, err := json.Marshal(configuration)
	if err != nil {
		return nil, err
	}
	f, err := os.CreateTemp("", "aftershock-*.yaml") // JSON is YAML
	if err != nil {
		return nil, err
	}
	defer os.Remove(f.Name())
	_, err = f.Write(data)
	if err := errors.Join(err, f.Close()); err != nil {
		return nil, err
	}
	c, err := readConfig(&config{alone: true}, f.Name())
	if err != nil { // which names a file that nobody knows
		return nil, errors.New(strings.ReplaceAll(strings.ReplaceAll(err.Error(), f.Name()+":1: ", ""), f.Name(), "it"))
	}
	c.file = "" // paths are relative to the working directory
	return c, nil
}

// withoutNulls returns decoded JSON without the keys that have no value: these are
// defaults.
func withoutNulls(v any) any {
	if group, ok := v.(map[string]any); ok {
		out := make(map[string]any, len(group))
		for k, x := range group {
			if x != nil {
				out[k] = withoutNulls(x)
			}
		}
		return out
	}
	return v
}

func problemsOf(texts []string) []error {
	return names(texts, func(s string) error { return errors.New(s) })
}
