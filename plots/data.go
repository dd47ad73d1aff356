package plots

import (
	"context"
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
const dataFormat = "aftershock charts 2"

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

	known []topic // of each, where they were not read
}

// Data returns, as JSON, all that the named charts (nil: every chart) show of
// r, in every language: Redraw draws from it what Render draws from r. Charts and
// errors are those of Collect.
func Data(ctx context.Context, r *analysis.Result, names []string, given ...analysis.Characteristic) ([]byte, error) {
	a, err := Collect(ctx, r, names, given...)
	if err != nil {
		return nil, err
	}
	return a.Data()
}

// Redraw draws the named charts (nil: those that are drawn by default) from
// data, which Data returned, in every format of o, to the same bytes and in
// the same order as Render.
//
// Errors: data of another version of the program, damaged or changed; a chart
// that is unknown or that data does not hold; those of Render.
func Redraw(ctx context.Context, data []byte, names []string, o Options) (files []File, err error) {
	defer func() {
		if x := recover(); x != nil { // see Pictures.paint
			files, err = nil, fmt.Errorf("charts: the chart data cannot be drawn: %v", x)
		}
	}()
	a, err := read(data)
	if err != nil {
		return nil, err
	}
	if names == nil {
		names = slices.DeleteFunc(Defaults(), func(n string) bool { return !slices.Contains(a.held(), n) })
	}
	return a.draw(ctx, names, o)
}

// The days that a date is expected to lie between.
var firstDay, lastDay = market.NewDate(1600, 1, 1), market.NewDate(2500, 1, 1)

// tau is an event time.
type tau int

// longestWindow is how far from session 0 windows and event times lie.
const longestWindow = 10_000

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
		} else if v.Type() == reflect.TypeFor[tau]() {
			if n < -longestWindow || n > longestWindow {
				return fmt.Errorf("an event time is %d", n)
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
			if w := v.Interface().(analysis.Window); w.From > w.To || w.From < -longestWindow || w.To > longestWindow {
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

// chartByName returns the chart called name, or an error that names them all.
func chartByName(name string) (Chart, error) {
	c, ok := ChartByName(name)
	if !ok {
		return c, fmt.Errorf("charts: unknown chart %q; the charts are %s", name, strings.Join(chartNames(), ", "))
	}
	return c, nil
}
