package plots

import (
	"math"
	"slices"
	"strings"

	"image/color"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
)

// arData is the abnormal returns on session 0 of one event.
type arData struct {
	subject
	Names            []string
	AR, Lower, Upper floats // with the 95% interval; NaN = none
	P                floats // two-sided, of the t test; NaN = none
}

// bar is one security's abnormal return.
type bar struct {
	name         string
	ar           float64 // NaN = none
	lower, upper float64 // 95% interval; NaN = none
	p            float64 // two-sided, of the t test; NaN = none
}

// significant reports whether the abnormal return differs from 0 at the 5% level.
func (b bar) significant() bool { return b.p < 0.05 }

func arOf(r *analysis.Result, event int, obs []int) drawing {
	d := &arData{subject: subjectOf(r, &r.Catalog.Events[event], obs)}
	for _, i := range obs {
		o := r.Observation(i)
		if !o.Used() {
			continue
		}
		b := bar{name: o.Security, ar: math.NaN(), lower: math.NaN(), upper: math.NaN(), p: math.NaN()}
		if d.Window.Contains(0) {
			t := r.SessionTest(i, 0)
			x := r.ARInterval(i, 0)
			b.ar, b.lower, b.upper, b.p = x.Value, x.Lower, x.Upper, t.P
		}
		d.add(b)
	}
	return d
}

func (d *arData) add(b bar) {
	d.Names = append(d.Names, b.name)
	d.AR, d.Lower, d.Upper, d.P = append(d.AR, b.ar), append(d.Lower, b.lower), append(d.Upper, b.upper), append(d.P, b.p)
}

func (d *arData) figure(p *pen) figure {
	f := figure{title: d.title(p.lang), subtitle: p.words.Say("Abnormal return (AR) on session 0")}
	if on := d.dates(); on != "" {
		f.subtitle = p.words.Say("Abnormal return (AR) on session 0, %s", on)
	}
	rows, missing := d.rows()
	if len(rows) == 0 {
		return p.nothing(f, &d.subject)
	}
	f.caption = d.caption(p.words, []string{p.words.Say("Whiskers: 95% interval (t). Filled bar and bold figure: differs from 0 at the 5% level; hollow bar: does not.")}, missing)
	f.height = vg.Length(float64(len(rows))*1.75+2.2) * p.em
	f.body = func(c draw.Canvas) { d.draw(p, c, rows) }
	return f
}

// all returns the bars in the order in which they were added.
func (d *arData) all() []bar {
	bars := make([]bar, len(d.Names))
	for i, name := range d.Names {
		bars[i] = bar{name, d.AR[i], d.Lower[i], d.Upper[i], d.P[i]}
	}
	return bars
}

// rows returns the bars from the highest to the lowest, and the names of those
// without a figure.
func (d *arData) rows() (rows []bar, missing []string) {
	for _, b := range d.all() {
		if finite(b.ar) {
			rows = append(rows, b)
		} else {
			missing = append(missing, b.name)
		}
	}
	slices.SortStableFunc(rows, func(a, b bar) int {
		switch {
		case a.ar > b.ar:
			return -1
		case a.ar < b.ar:
			return 1
		}
		return strings.Compare(a.name, b.name)
	})
	return rows, missing
}

func (d *arData) draw(p *pen, c draw.Canvas, rows []bar) {
	// Where the page is too low for all rows the middle ones give way to a
	// line that says how many they are.
	room := max(3, int((c.Max.Y-c.Min.Y-2.2*p.em)/(1.2*p.em)))
	gap, hidden := -1, 0
	if len(rows) > room {
		k := (room - 1) / 2
		hidden = len(rows) - 2*k
		rows = slices.Concat(rows[:k:k], []bar{{ar: math.NaN()}}, rows[len(rows)-k:])
		gap = k
	}
	values := make([]block, len(rows))
	var widest vg.Length
	for i, b := range rows {
		w := regular
		if b.significant() {
			w = bold
		}
		if i != gap {
			values[i] = p.lay1(percent(b.ar, 1), w, labelSize*p.em)
			widest = max(widest, values[i].width())
		}
	}
	pl := p.plot()
	var lo, hi float64
	for _, b := range rows {
		for _, v := range []float64{b.ar, b.lower, b.upper} {
			if finite(v) {
				lo, hi = min(lo, v), max(hi, v)
			}
		}
	}
	if hi-lo < 1e-6 {
		lo, hi = -0.01, 0.01
	}
	air := 0.02 * (hi - lo)
	pl.X.Min, pl.X.Max = lo-air, hi+air
	pl.Y.Min, pl.Y.Max = -0.5, float64(len(rows))-0.5
	var names plot.ConstantTicks
	for i, b := range rows {
		label := clip(b.name, 14)
		if i == gap {
			label = p.words.Say("%s more", hidden)
		}
		names = append(names, plot.Tick{Value: float64(len(rows) - 1 - i), Label: label})
	}
	pl.Y.Tick.Marker = names
	pl.Y.Tick.Label.Color = p.theme.Ink
	pl.X.Tick.Marker = percentTicks{max(2, min(9, int((c.Max.X-c.Min.X)/(6*p.em))))}
	pl.Add(&arPlotter{p, rows, values, widest + 0.8*p.em})
	pl.Draw(draw.Crop(c, 0, -(widest + 0.8*p.em), 0, 0))
}

// arPlotter draws the data area of the chart.
type arPlotter struct {
	p      *pen
	rows   []bar
	values []block
	column vg.Length // right end of the values, from the data area's edge
}

// Plot implements plot.Plotter.
func (ap *arPlotter) Plot(c draw.Canvas, pl *plot.Plot) {
	p := ap.p
	p.grid(c, pl, true)
	x, y := pl.Transforms(&c)
	pitch := y(1) - y(0)
	thick := min(0.62*pitch, 1.3*p.em)
	for i, b := range ap.rows {
		if !finite(b.ar) {
			continue
		}
		mid := y(float64(len(ap.rows) - 1 - i))
		col := p.theme.Rise
		if b.ar < 0 {
			col = p.theme.Fall
		}
		ap.bar(c, b, col, x(0), x(b.ar), mid, thick)
		if finite(b.lower) && finite(b.upper) {
			w, tick := p.stroke(1), 0.28*thick
			line(c, p.theme.Ink, w, nil, vg.Point{X: x(b.lower), Y: mid}, vg.Point{X: x(b.upper), Y: mid})
			for _, v := range []float64{b.lower, b.upper} {
				line(c, p.theme.Ink, w, nil, vg.Point{X: x(v), Y: mid - tick}, vg.Point{X: x(v), Y: mid + tick})
			}
		}
		p.write(c, ap.values[i], vg.Point{X: c.Max.X + ap.column, Y: mid}, 1, p.theme.Ink)
	}
}

// bar draws the bar from zero to end: filled when significant, hollow when not.
func (ap *arPlotter) bar(c draw.Canvas, b bar, col color.NRGBA, zero, end, mid, thick vg.Length) {
	border := ap.p.stroke(1.2)
	r := vg.Rectangle{Min: vg.Point{X: min(zero, end), Y: mid - thick/2}, Max: vg.Point{X: max(zero, end), Y: mid + thick/2}}
	if b.significant() {
		c.SetColor(faded(col, 0.85))
		c.Fill(r.Path())
		return
	}
	inset := min(border/2, (r.Max.X-r.Min.X)/2)
	r.Min, r.Max = r.Min.Add(vg.Point{X: inset, Y: border / 2}), r.Max.Sub(vg.Point{X: inset, Y: border / 2})
	c.SetLineStyle(draw.LineStyle{Color: col, Width: border})
	c.Stroke(r.Path())
}
