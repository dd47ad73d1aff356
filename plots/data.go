package plots

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"math"
	"reflect"
	"slices"
	"strings"

	"aftershock/analysis"
	"aftershock/market"
)

// dataFormat names the layout of what Data returns. A change of any drawing's
// fields is another format.
const dataFormat = "aftershock charts 1"

// dataFile is the layout. The sum is of the bytes of Charts, so that what a
// program or a person has changed is refused rather than drawn wrongly.
type dataFile struct {
	Format string          `json:"format"`
	SHA256 string          `json:"sha256"`
	Charts json.RawMessage `json:"charts"`
}

// pictures is the data of one chart.
type pictures struct {
	Chart    string            `json:"chart"`
	Pictures []json.RawMessage `json:"pictures"`
}

// Data returns, as JSON, all that the named charts (nil: every chart) show of
// r, in every language: Redraw draws from it what Render draws from r. The
// placebo chart, whose figures take the most time, is among them only where it
// is named or the study has the test of that name. Given characteristics are
// as Options.Characteristics.
//
// Errors: an unknown chart; ctx is done.
func Data(ctx context.Context, r *analysis.Result, names []string, given ...analysis.Characteristic) ([]byte, error) {
	if names == nil {
		names = chartNames()
		if !slices.ContainsFunc(r.Study.Tests, func(t analysis.Test) bool { return t.Name() == placeboChart }) {
			names = slices.DeleteFunc(names, func(n string) bool { return n == placeboChart })
		}
	}
	charts, err := takeAll(ctx, input{r, given}, names)
	if err != nil {
		return nil, err
	}
	all, err := json.Marshal(charts)
	if err != nil {
		return nil, err
	}
	sum := sha256.Sum256(all)
	return json.Marshal(dataFile{dataFormat, hex.EncodeToString(sum[:]), all})
}

// Redraw draws the named charts (nil: those that are drawn by default) from
// data, which Data returned, in every format of o, to the same bytes and in
// the same order as Render.
//
// Errors: data of another version of the program, damaged or changed; a chart
// that is unknown or that data does not hold; those of Render.
func Redraw(ctx context.Context, data []byte, names []string, o Options) (files []File, err error) {
	o.stored = true
	defer func() {
		if x := recover(); x != nil { // see render
			files, err = nil, fmt.Errorf("charts: the chart data cannot be drawn: %v", x)
		}
	}()
	var f dataFile
	if err := json.Unmarshal(data, &f); err != nil {
		return nil, fmt.Errorf("charts: this is no chart data of a run: %w", err)
	}
	if f.Format != dataFormat {
		return nil, fmt.Errorf("charts: the chart data has the format %q, this program reads %q; run the study again", f.Format, dataFormat)
	}
	if sum := sha256.Sum256(f.Charts); hex.EncodeToString(sum[:]) != f.SHA256 {
		return nil, errors.New("charts: the chart data is not as the run wrote it; run the study again")
	}
	var held []pictures
	if err := json.Unmarshal(f.Charts, &held); err != nil {
		return nil, fmt.Errorf("charts: the chart data cannot be read: %w", err)
	}
	if names == nil {
		names = Defaults()
	}
	var charts []pictures
	for _, n := range names {
		if _, err := chartByName(n); err != nil {
			return nil, err
		}
		k := slices.IndexFunc(held, func(c pictures) bool { return c.Chart == n })
		if k < 0 {
			var have []string
			for _, c := range held {
				have = append(have, c.Chart)
			}
			if n == placeboChart {
				return nil, fmt.Errorf("charts: the run kept no figures for %q, which take a test of that name: run the study with --tests %s or all", n, placeboChart)
			}
			return nil, fmt.Errorf("charts: the run kept no figures for %q, only for %s; name it when you run the study", n, strings.Join(have, ", "))
		}
		charts = append(charts, held[k])
	}
	return drawAll(ctx, charts, o)
}

// The days that a date is expected to lie between.
var firstDay, lastDay = market.NewDate(1600, 1, 1), market.NewDate(2500, 1, 1)

// bounded refuses figures that no study has and that would take for ever to draw:
// numbers beyond what a calendar, a catalogue or an axis holds, counts below 0,
// windows that end before they begin, texts that are no title.
func bounded(v reflect.Value) error {
	const (
		most        = 100_000_000
		largest     = 1e100
		longestText = 40_000
	)
	switch v.Kind() {
	case reflect.Pointer, reflect.Interface:
		if !v.IsNil() {
			return bounded(v.Elem())
		}
	case reflect.Int, reflect.Int8, reflect.Int16, reflect.Int32, reflect.Int64:
		n := v.Int()
		if v.Type() == reflect.TypeFor[market.Date]() {
			if d := market.Date(n); d != market.NoDate && (d < firstDay || d > lastDay) {
				return fmt.Errorf("a date is %s", d)
			}
		} else if n < 0 || n > most {
			return fmt.Errorf("a whole number is %d", n)
		}
	case reflect.Float64:
		if x := v.Float(); math.Abs(x) > largest {
			return fmt.Errorf("a figure is %g", x)
		}
	case reflect.String:
		if n := v.Len(); n > longestText {
			return fmt.Errorf("a text has %d bytes", n)
		}
	case reflect.Slice, reflect.Array:
		if v.Type().Elem().Kind() == reflect.Float64 && v.Kind() == reflect.Slice {
			for _, x := range v.Convert(reflect.TypeFor[[]float64]()).Interface().([]float64) {
				if math.Abs(x) > largest {
					return fmt.Errorf("a figure is %g", x)
				}
			}
			return nil
		}
		for i := range v.Len() {
			if err := bounded(v.Index(i)); err != nil {
				return err
			}
		}
	case reflect.Map:
		for it := v.MapRange(); it.Next(); {
			if err := errors.Join(bounded(it.Key()), bounded(it.Value())); err != nil {
				return err
			}
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[analysis.Window]() {
			const longest = 10_000
			if w := v.Interface().(analysis.Window); w.From > w.To || w.From < -longest || w.To > longest {
				return fmt.Errorf("a window is %d to %d", w.From, w.To)
			}
			return nil
		}
		for i := range v.NumField() {
			if err := bounded(v.Field(i)); err != nil {
				return err
			}
		}
	}
	return nil
}

// Defaults returns the names of the charts that are drawn by default.
func Defaults() []string {
	var names []string
	for _, c := range Charts {
		if c.Default {
			names = append(names, c.Name)
		}
	}
	return names
}

// takeAll reads from in what the named charts need.
func takeAll(ctx context.Context, in input, names []string) ([]pictures, error) {
	var charts []pictures
	for _, n := range names {
		c, err := chartByName(n)
		if err != nil {
			return nil, err
		}
		ds, err := c.take(ctx, in)
		if err != nil {
			return nil, err
		}
		p := pictures{Chart: c.Name, Pictures: make([]json.RawMessage, len(ds))}
		for i, d := range ds {
			if p.Pictures[i], err = json.Marshal(d); err != nil {
				return nil, fmt.Errorf("chart %s: %w", c.Name, err)
			}
		}
		charts = append(charts, p)
	}
	return charts, nil
}

// chartByName returns the chart called name, or an error that names them all.
func chartByName(name string) (Chart, error) {
	c, ok := ChartByName(name)
	if !ok {
		return c, fmt.Errorf("charts: unknown chart %q; the charts are %s", name, strings.Join(chartNames(), ", "))
	}
	return c, nil
}

// drawAll draws charts as o says.
func drawAll(ctx context.Context, charts []pictures, o Options) ([]File, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	var stems []string
	var drawings []drawing
	found := make(map[string]bool)
	var known []string // what pictures are about
	for _, c := range charts {
		kind, err := chartByName(c.Chart)
		if err != nil {
			return nil, err
		}
		taken := make(map[string]bool)
		for _, data := range c.Pictures {
			d, err := kind.read(data)
			if err == nil {
				err = bounded(reflect.ValueOf(d))
			}
			if err == nil && o.stored {
				err = d.sense()
			}
			if err != nil {
				return nil, fmt.Errorf("charts: the data of %s cannot be read: %w", c.Chart, err)
			}
			// Every picture takes its name, so that it has the same one
			// whichever of them are drawn.
			name := stem(kind.Name, d.id(), taken)
			wanted := o.Only == nil
			for _, x := range d.about() {
				if !slices.Contains(known, x) {
					known = append(known, x)
				}
				if slices.Contains(o.Only, x) {
					wanted, found[x] = true, true
				}
			}
			if wanted {
				stems, drawings = append(stems, name), append(drawings, d)
			}
		}
	}
	for _, id := range o.Only {
		if !found[id] {
			return nil, fmt.Errorf("charts: no picture is about %q; there are some about %s", id, strings.Join(some(known, 20), ", "))
		}
	}
	return render(ctx, drawings, stems, o)
}
