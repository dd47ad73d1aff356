package plots

import (
	"context"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
)

// contrastData is one contrast of two groups: its difference over each window.
type contrastData struct {
	Number          int // from 1, in the order in which contrasts are asked for
	First, Second   string
	Event           string
	Windows         []analysis.Window
	Y, Lower, Upper floats // 95% interval; NaN = none
	Method          string // analysis.Contrast.Method
}

func contrastOf(_ context.Context, in input) ([]drawing, error) {
	var out []drawing
	for i, c := range in.Contrasts {
		d := &contrastData{Number: i + 1, First: c.First, Second: c.Second, Event: c.EventID, Method: c.Method}
		for _, w := range c.Windows {
			d.Windows = append(d.Windows, w.Window)
			d.Y, d.Lower, d.Upper = append(d.Y, w.Difference), append(d.Lower, w.Low), append(d.Upper, w.High)
		}
		out = append(out, d)
	}
	return out, nil
}

func (d *contrastData) id() string      { return strconv.Itoa(d.Number) }
func (d *contrastData) about() []string { return []string{d.id(), d.First, d.Second, d.Event} }

func (d *contrastData) figure(p *pen) figure {
	f := figure{title: p.words.Say("%s against %s", clip(d.First, 40), clip(d.Second, 40)),
		subtitle: p.words.Say("Cumulative abnormal return of the first less that of the second")}
	if d.Event != "" {
		f.subtitle = p.words.Say("Cumulative abnormal return of the first less that of the second, %s", d.Event)
	}
	how := map[string]string{
		analysis.LongShort:     "Lines: 95% interval (t) of the portfolio that is long the first and short the second. Filled square and bold figure: the interval excludes 0.",
		analysis.TwoPortfolios: "Lines: 95% interval (t) of the difference of two portfolios. Filled square and bold figure: the interval excludes 0.",
		analysis.ClusterMeans:  "Lines: 95% interval (Welch's t) of the means of clusters of dates. Filled square and bold figure: the interval excludes 0.",
	}[d.Method]
	var rows []forestRow
	for i, w := range d.Windows {
		if finite(d.Y[i]) {
			rows = append(rows, forestRow{name: window(w), y: d.Y[i], lower: d.Lower[i], upper: d.Upper[i]})
		}
	}
	if len(rows) == 0 {
		return p.empty(f)
	}
	f.caption = []string{p.words.Say(how)}
	f.height = vg.Length(1.55*float64(len(rows)+1)+2.6) * p.em
	like := &forestData{Y: d.Y, Lower: d.Lower, Upper: d.Upper}
	f.body = func(c draw.Canvas) { like.draw(p, c, rows) }
	return f
}
