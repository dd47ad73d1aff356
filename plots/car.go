package plots

import (
	"image/color"
	"slices"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
)

// carData is the cumulative abnormal returns around one event. Element k of a
// slice is session window.From+k; NaN is a gap.
type carData struct {
	subject
	Series       []series
	Average      floats // nil for fewer than two securities
	Lower, Upper floats // 95% interval of the average, or of the only series; nil when there is none
	SEMethod     string // analysis.Group.SEMethod
}

// series is one security's path.
type series struct {
	Name string
	Y    floats
}

// end returns the index of the last figure of y, or -1.
func end(y []float64) int {
	for k := len(y) - 1; k >= 0; k-- {
		if finite(y[k]) {
			return k
		}
	}
	return -1
}

func carOf(r *analysis.Result, event int, obs []int) drawing {
	e := &r.Catalog.Events[event]
	d := &carData{subject: subjectOf(r, e, obs)}
	for _, i := range obs {
		o := &r.Observations[i]
		if !o.Used() {
			continue
		}
		f := r.AbnormalReturns(i)
		d.Series = append(d.Series, series{o.Security, f.Path})
		if len(d.Series) == 1 {
			for _, x := range r.PathInterval(i) {
				d.Lower, d.Upper = append(d.Lower, x.Lower), append(d.Upper, x.Upper)
			}
		}
	}
	if len(d.Series) < 2 {
		return d
	}
	d.Lower, d.Upper = nil, nil
	if g := r.Group(analysis.ByEvent, e.ID); g != nil {
		d.SEMethod = g.SEMethod
		for _, a := range g.Averages {
			d.Average = append(d.Average, a.CAAR)
			d.Lower, d.Upper = append(d.Lower, a.Lower), append(d.Upper, a.Upper)
		}
	}
	return d
}

// mostNamed is how many lines can be named one by one; of more, only the
// extremes are.
const (
	mostNamed = 24
	extremes  = 6 // named at either end
)

// labelSize is the size of the names at the lines' ends, in ems.
const labelSize = 0.92

func (d *carData) figure(p *pen) figure {
	f := figure{title: d.title(p.lang)}
	f.subtitle = p.carSubtitle(&d.subject)
	lines := d.lines()
	if len(lines) == 0 {
		return p.nothing(f, &d.subject)
	}
	var say []string
	weighted := p.words.Weighted(d.Weights)
	switch banded := end(d.Lower) >= 0; {
	case banded && len(d.Series) == 1:
		say = append(say, p.words.Say("Shaded: 95% interval of the CAR (forecast error of the model)."))
	case banded && d.SEMethod == "cross-section":
		say = append(say, p.words.Say("Heavy line: %s; shaded: its 95%% interval (spread of the securities).", weighted))
	case banded:
		say = append(say, p.words.Say("Heavy line: %s; shaded: its 95%% interval (forecast error of the portfolio).", weighted))
	}
	if crowded(lines) {
		say = append(say, p.words.Say("Only the highest and the lowest are named; the others are the thin grey lines."))
	}
	if slices.ContainsFunc(lines, func(l carLine) bool { return l.last < len(l.Y)-1 }) {
		say = append(say, p.words.Say("A number in brackets is the session with which the line ends."))
	}
	var missing []string
	for _, s := range d.Series {
		if end(s.Y) < 0 {
			missing = append(missing, s.Name)
		}
	}
	f.caption = d.caption(p.words, say, missing)

	named := min(len(lines), mostNamed) + 1
	f.height = max(0.47*p.width, vg.Length(float64(named)*1.02*p.lineHeight()*labelSize)*p.em+4*p.em)
	f.body = func(c draw.Canvas) { d.draw(p, c, lines) }
	return f
}

// carLine is a line to be drawn.
type carLine struct {
	series
	last int // index of its last figure
	kind lineKind
	rank int // among the named securities, from the top
}

// lineKind says how a line is to be seen.
type lineKind int

const (
	named   lineKind = iota // a security with its name at the line's end
	crowd                   // one of too many securities
	average                 // the average
)

// lines returns the lines that have a figure, from the highest end to the
// lowest, the average among them.
func (d *carData) lines() []carLine {
	var lines []carLine
	for _, s := range d.Series {
		if k := end(s.Y); k >= 0 {
			lines = append(lines, carLine{series: s, last: k})
		}
	}
	if k := end(d.Average); k >= 0 {
		lines = append(lines, carLine{series: series{"", d.Average}, last: k, kind: average})
	}
	slices.SortStableFunc(lines, func(a, b carLine) int {
		switch ya, yb := a.Y[a.last], b.Y[b.last]; {
		case ya > yb:
			return -1
		case ya < yb:
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return lines
}

// carLabel is a name at the end of a line.
type carLabel struct {
	line  int      // index of its line, -1 for a word about the lines between
	name  block    // on the left
	value block    // on the right
	at    vg.Point // left end, vertical middle
	from  vg.Point // end of the line
}

// crowded reports whether the lines, the average among them, are too many to be
// named one by one.
func crowded(lines []carLine) bool { return len(lines) > mostNamed+1 }

// chooseNamed decides which lines are named where there is room for most labels: all,
// or the average and as many as fit from the top and from the bottom.
func chooseNamed(lines []carLine, most int) {
	n := len(lines)
	k := n
	if n > most || crowded(lines) {
		k = min(extremes, max(1, (most-3)/2))
	}
	rank := 0
	for i := range lines {
		switch {
		case lines[i].kind == average:
		case i < k || i >= n-k:
			lines[i].kind, lines[i].rank = named, rank
			rank++
		default:
			lines[i].kind = crowd
		}
	}
}

func (d *carData) draw(p *pen, c draw.Canvas, lines []carLine) {
	cp, area := d.layout(p, c, lines)
	cp.plot.Draw(area)
}

// layout names the lines and returns what draws them, and the area for the
// data and its axes.
func (d *carData) layout(p *pen, c draw.Canvas, lines []carLine) (*carPlotter, draw.Canvas) {
	size := labelSize * p.em
	pitch := 1.02 * float64(p.lineHeight()) * float64(size)
	chooseNamed(lines, int(float64(c.Max.Y-c.Min.Y-3*p.em)/pitch))

	var labels []carLabel
	hidden := 0
	flush := func() {
		if hidden > 0 {
			labels = append(labels, carLabel{line: -1, name: p.lay1(p.words.Say("%s more", hidden), regular, size)})
			hidden = 0
		}
	}
	for i, l := range lines {
		if l.kind == crowd {
			hidden++
			continue
		}
		flush()
		text, w := clip(l.Name, 12), regular
		if l.kind == average {
			text, w = p.words.Say("Average"), bold
		}
		if l.last < len(l.Y)-1 {
			text += p.words.Isolate(" (" + session(d.Window.From+l.last) + ")")
		}
		labels = append(labels, carLabel{line: i, name: p.lay1(text, w, size), value: p.lay1(percent(l.Y[l.last], 1), w, size)})
	}
	flush()
	var names, values vg.Length
	for _, l := range labels {
		names, values = max(names, l.name.width()), max(values, l.value.width())
	}
	const gap = 2.2 // ems between the data area and the labels
	column := names + 0.8*p.em + values

	pl := p.plot()
	pl.X.Min, pl.X.Max = float64(d.Window.From), float64(d.Window.To)
	pl.Y.Min, pl.Y.Max = d.bounds(lines)
	pl.Y.Tick.Marker = percentTicks{max(3, min(8, int((c.Max.Y-c.Min.Y)/(2.4*p.em))))}
	pl.X.Tick.Marker = d.sessionTicks(int((c.Max.X - c.Min.X - column) / (3.2 * p.em)))
	pl.X.Label.Text = p.words.Say("Sessions from session 0")
	cp := &carPlotter{p, d, pl, lines, labels, gap * p.em, column, pitch}
	pl.Add(cp)
	inner := draw.Crop(c, 0, -(column + gap*p.em), 0, 0)
	// gonum/plot keeps room for the half of the last tick's label that
	// reaches past the data area; it reaches into the gap.
	inner.Max.X += inner.Max.X - pl.DataCanvas(inner).Max.X
	return cp, inner
}

// bounds returns the range of the vertical axis: all that is drawn and zero,
// with air above and below.
func (d *carData) bounds(lines []carLine) (lo, hi float64) {
	span := func(ys []float64) {
		for _, y := range ys {
			if finite(y) {
				lo, hi = min(lo, y), max(hi, y)
			}
		}
	}
	for _, l := range lines {
		span(l.Y)
	}
	span(d.Lower)
	span(d.Upper)
	if hi-lo < 1e-6 {
		lo, hi = lo-0.01, hi+0.01
	}
	air := 0.04 * (hi - lo)
	return lo - air, hi + air
}

// sessionTicks labels at most most sessions, session 0 among them, with its
// date below when there is one.
func (d *carData) sessionTicks(most int) plot.ConstantTicks {
	step := max(1, int(nice(float64(d.Window.To-d.Window.From), most)))
	var ticks plot.ConstantTicks
	for tau := d.Window.From; tau <= d.Window.To; tau++ {
		if tau%step != 0 {
			continue
		}
		label := session(tau)
		if tau == 0 && len(d.Session0) == 1 {
			label += "\n" + d.Session0[0].String()
		}
		ticks = append(ticks, plot.Tick{Value: float64(tau), Label: label})
	}
	return ticks
}

// carPlotter draws the data area of the chart.
type carPlotter struct {
	p      *pen
	d      *carData
	plot   *plot.Plot
	lines  []carLine
	labels []carLabel
	gap    vg.Length // between the data area and the labels
	column vg.Length // width of the labels
	pitch  float64   // between labels
}

// Plot implements plot.Plotter.
func (cp *carPlotter) Plot(c draw.Canvas, pl *plot.Plot) {
	p, d := cp.p, cp.d
	p.grid(c, pl, false)
	x, y := pl.Transforms(&c)
	at := func(k int, v float64) vg.Point { return vg.Point{X: x(float64(d.Window.From + k)), Y: y(v)} }

	c.SetColor(p.theme.Band)
	for _, run := range runs(len(d.Lower), func(k int) bool { return finite(d.Lower[k]) && finite(d.Upper[k]) }) {
		var area []vg.Point
		for k := run[0]; k < run[1]; k++ {
			area = append(area, at(k, d.Upper[k]))
		}
		for k := run[1] - 1; k >= run[0]; k-- {
			area = append(area, at(k, d.Lower[k]))
		}
		if len(area) == 2 { // a session alone
			line(c, p.theme.Band, p.stroke(8), nil, area...)
			continue
		}
		c.FillPolygon(p.theme.Band, area)
	}
	if d.Window.Contains(0) {
		line(c, p.theme.Muted, p.stroke(0.8), []vg.Length{p.stroke(3), p.stroke(2.5)}, vg.Point{X: x(0), Y: c.Min.Y}, vg.Point{X: x(0), Y: c.Max.Y})
	}

	path := func(i int) {
		col, width, dash := cp.stroke(i)
		for _, run := range runs(len(cp.lines[i].Y), func(k int) bool { return finite(cp.lines[i].Y[k]) }) {
			var pts []vg.Point
			for k := run[0]; k < run[1]; k++ {
				pts = append(pts, at(k, cp.lines[i].Y[k]))
			}
			if len(pts) == 1 {
				dot(c, col, pts[0], 1.2*width)
			}
			line(c, col, width, dash, pts...)
		}
	}
	// What must be seen is drawn last.
	for _, kind := range []lineKind{crowd, named, average} {
		for i := len(cp.lines) - 1; i >= 0; i-- {
			if cp.lines[i].kind == kind {
				part(c, cp.name(i), func() { path(i) })
			}
		}
	}
	cp.place(c, at)
	for _, l := range cp.labels {
		if l.line < 0 {
			p.write(c, l.name, l.at, 0, p.theme.Muted)
			continue
		}
		part(c, cp.name(l.line), func() { cp.label(c, l) })
	}
}

// name is what line i is called.
func (cp *carPlotter) name(i int) string {
	if cp.lines[i].kind == average {
		return cp.p.words.Say("Average")
	}
	return cp.lines[i].Name
}

// label draws the end of a line with its name and its last figure.
func (cp *carPlotter) label(c draw.Canvas, l carLabel) {
	p := cp.p
	col, width, _ := cp.stroke(l.line)
	edge := vg.Point{X: c.Max.X, Y: l.from.Y}
	thin := p.stroke(0.5)
	if l.from.X < edge.X {
		line(c, faded(col, 0.7), thin, []vg.Length{p.stroke(1), p.stroke(2)}, l.from, edge)
	}
	line(c, faded(col, 0.7), thin, nil, vg.Point{X: edge.X + 0.3*p.em, Y: edge.Y}, vg.Point{X: l.at.X - 0.9*p.em, Y: l.at.Y}, vg.Point{X: l.at.X - 0.3*p.em, Y: l.at.Y})
	dot(c, col, l.from, 0.9*width)
	p.write(c, l.name, l.at, 0, col)
	p.write(c, l.value, vg.Point{X: l.at.X + cp.column, Y: l.at.Y}, 1, col)
}

// place puts the labels beside the data area, in the order of the lines' ends
// and without overlap.
func (cp *carPlotter) place(c draw.Canvas, at func(k int, v float64) vg.Point) {
	n := len(cp.labels)
	want := make([]float64, n) // from the bottom up
	for j := range cp.labels {
		l := &cp.labels[j]
		if l.line >= 0 {
			s := cp.lines[l.line]
			l.from = at(s.last, s.Y[s.last])
		}
	}
	for j := range cp.labels {
		y := cp.labels[j].from.Y
		if cp.labels[j].line < 0 { // between its neighbours
			y = (cp.labels[j-1].from.Y + cp.labels[j+1].from.Y) / 2
		}
		want[n-1-j] = float64(y)
	}
	half := cp.pitch / 2
	for k, y := range spread(want, cp.pitch, float64(c.Min.Y)-half, float64(c.Max.Y)-half) {
		cp.labels[n-1-k].at = vg.Point{X: c.Max.X + cp.gap, Y: vg.Length(y)}
	}
}

// stroke returns how line i is drawn: the average heavy; the named securities
// by rank in the theme's colours, each time round with another dash; the
// others thin and faint.
func (cp *carPlotter) stroke(i int) (col color.NRGBA, width vg.Length, dash []vg.Length) {
	p := cp.p
	switch {
	case cp.lines[i].kind == average:
		return p.theme.Ink, p.stroke(2.6), nil
	case cp.lines[i].kind == crowd:
		return p.theme.Faint, p.stroke(0.6), nil
	case len(cp.d.Series) == 1:
		return p.theme.Series[0], p.stroke(2.2), nil
	}
	rank := cp.lines[i].rank
	n := len(p.theme.Series)
	dashes := [][]vg.Length{nil, {p.stroke(5), p.stroke(2)}, {p.stroke(1.5), p.stroke(1.5)}, {p.stroke(6), p.stroke(1.5), p.stroke(1.5), p.stroke(1.5)}}
	return p.theme.Series[rank%n], p.stroke(1.3), dashes[rank/n%len(dashes)]
}
