package plots

import (
	"image/color"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
)

// heatData is the abnormal returns of one event by security and session.
type heatData struct {
	subject
	Rows    []heatRow
	Average floats // AAR; nil for fewer than two securities
	Sum     floats // of Average, the CAAR over the event window; nil where that is
}

// heatRow is one security. Element k is session window.From+k; NaN is a gap.
type heatRow struct {
	Name        string
	AR          floats
	Sum         floats // the CAR over the event window, one element
	Significant string // "1" for each session whose AR differs from 0 at the 5% level, else "0"
}

func heatOf(r *analysis.Result, event int, obs []int) drawing {
	e := &r.Catalog.Events[event]
	d := &heatData{subject: subjectOf(r, e, obs)}
	for _, i := range obs {
		if !r.Used(i) {
			continue
		}
		f := r.AbnormalReturns(i)
		row := heatRow{Name: r.Observation(i).Security, AR: f.AR, Sum: floats{f.Path[len(f.Path)-1]}}
		for tau := d.Window.From; tau <= d.Window.To; tau++ {
			s := "0"
			if r.SessionTest(i, tau).P < 0.05 {
				s = "1"
			}
			row.Significant += s
		}
		d.Rows = append(d.Rows, row)
	}
	if g := r.Group(analysis.ByEvent, e.ID); g != nil && len(d.Rows) > 1 {
		for _, a := range g.Averages {
			d.Average = append(d.Average, a.AAR)
		}
		d.Sum = floats{g.Averages[len(g.Averages)-1].CAAR}
	}
	return d
}

// rows returns the rows that have a figure, from the highest abnormal return
// on session 0 to the lowest, and the names of the others.
func (d *heatData) rows() (rows []heatRow, missing []string) {
	for _, x := range d.Rows {
		if end(x.AR) >= 0 {
			rows = append(rows, x)
		} else {
			missing = append(missing, x.Name)
		}
	}
	key := func(x heatRow) float64 {
		if d.Window.Contains(0) && finite(x.AR[-d.Window.From]) {
			return x.AR[-d.Window.From]
		}
		return math.Inf(-1)
	}
	slices.SortStableFunc(rows, func(a, b heatRow) int {
		switch ka, kb := key(a), key(b); {
		case ka > kb:
			return -1
		case ka < kb:
			return 1
		}
		return strings.Compare(a.Name, b.Name)
	})
	return rows, missing
}

// The sizes of the map, in ems.
const (
	heatRowHeight = 1.5
	heatFigure    = 2.35 // least width of a cell that holds its figure
	heatScale     = 2.9  // height of the scale and the sessions below the cells
)

func (d *heatData) figure(p *pen) figure {
	f := figure{title: d.title(p.lang), subtitle: p.words.Say("Abnormal return (AR) by security and session, per cent")}
	if on := d.dates(); on != "" {
		f.subtitle = p.words.Say("Abnormal return (AR) by security and session, per cent; session 0 is %s", on)
	}
	rows, missing := d.rows()
	if len(rows) == 0 {
		return p.nothing(f, &d.subject)
	}
	say := []string{p.words.Say("Rows by their abnormal return on session 0, which is framed. Bold: differs from 0 at the 5% level (t). Beyond the ends of the scale the colour stays the same."), p.words.Say("Sum: the CAR over the sessions shown; none where one is missing.")}
	f.caption = d.caption(p.words, say, missing)
	n := len(rows)
	if end(d.Average) >= 0 {
		n++
	}
	f.height = vg.Length(float64(n)*heatRowHeight+heatScale+1.6) * p.em
	f.body = func(c draw.Canvas) { d.draw(p, c, rows) }
	return f
}

func (d *heatData) draw(p *pen, c draw.Canvas, rows []heatRow) {
	foot := (heatScale + 1.6) * p.em
	extra := 0
	if end(d.Average) >= 0 {
		extra = 1
	}
	room := max(3, int((c.Max.Y-c.Min.Y-foot)/(0.95*p.em))-extra)
	hidden, gap := 0, -1
	if len(rows) > room { // the middle gives way to a line that says so
		k := (room - 1) / 2
		hidden, gap = len(rows)-2*k, k
		rows = slices.Concat(rows[:k:k], []heatRow{{}}, rows[len(rows)-k:])
	}
	var names []block
	var widest vg.Length
	for i, x := range rows {
		txt := clip(x.Name, 14)
		if i == gap {
			txt = p.words.Say("%s more", hidden)
		}
		names = append(names, p.lay1(txt, regular, labelSize*p.em))
	}
	if extra > 0 {
		rows = append(slices.Clip(rows), heatRow{AR: d.Average, Sum: d.Sum})
		names = append(names, p.lay1(p.words.Say("Average"), bold, labelSize*p.em))
	}
	for _, b := range names {
		widest = max(widest, b.width())
	}
	head := p.lay1(p.words.Say("Sum"), bold, tickSize*p.em)
	sums := head.width() // of the column of sums
	totals := make([]block, len(rows))
	for i, x := range rows {
		if len(x.Sum) > 0 && finite(x.Sum[0]) {
			totals[i] = p.lay1(percent(x.Sum[0], 1), bold, 0.8*p.em)
			sums = max(sums, totals[i].width())
		}
	}
	sums += 0.8 * p.em
	f := frame{
		Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + widest + 0.6*p.em, Y: c.Min.Y + foot}, Max: vg.Point{X: c.Max.X - sums, Y: c.Max.Y}},
		left:      float64(d.Window.From) - 0.5, right: float64(d.Window.To) + 0.5, bottom: float64(len(rows)), top: 0,
	}
	limit := d.limit()
	for i, x := range rows {
		p.write(c, names[i], vg.Point{X: f.Min.X - 0.5*p.em, Y: f.y(float64(i) + 0.5)}, 1, p.theme.Ink)
		p.write(c, totals[i], vg.Point{X: c.Max.X, Y: f.y(float64(i) + 0.5)}, 1, p.theme.Ink)
		for k := range d.Window.Len() {
			if i == gap {
				continue
			}
			tau := float64(d.Window.From + k)
			cell := vg.Rectangle{Min: f.at(tau-0.5, float64(i+1)), Max: f.at(tau+0.5, float64(i))}
			if extra > 0 && i == len(rows)-1 { // apart from the securities
				cell.Max.Y -= 0.2 * p.em
			}
			d.cell(p, c, cell, x, k, limit)
		}
	}
	if d.Window.Contains(0) {
		c.SetLineStyle(draw.LineStyle{Color: p.theme.Ink, Width: p.stroke(1.1)})
		c.Stroke(vg.Rectangle{Min: f.at(-0.5, float64(len(rows))), Max: f.at(0.5, 0)}.Path())
	}
	p.write(c, head, vg.Point{X: c.Max.X, Y: f.Min.Y - 0.85*p.em}, 1, p.theme.Muted)
	m := multiples{window: d.Window}
	p.below(c, f, m.sessions(max(7, int((f.Max.X-f.Min.X)/(3.4*p.em)))))
	d.scale(p, c, vg.Rectangle{Min: vg.Point{X: f.Min.X, Y: c.Min.Y}, Max: vg.Point{X: f.Max.X, Y: c.Min.Y + heatScale*p.em}}, limit)
}

// cell draws one figure: a colour, and where there is room the figure itself in
// per cent, bold when it differs from zero. A missing one is hatched.
func (d *heatData) cell(p *pen, c draw.Canvas, r vg.Rectangle, x heatRow, k int, limit float64) {
	inset := p.stroke(0.4)
	r.Min, r.Max = r.Min.Add(vg.Point{X: inset, Y: inset}), r.Max.Sub(vg.Point{X: inset, Y: inset})
	w, h := r.Max.X-r.Min.X, r.Max.Y-r.Min.Y
	if w <= 0 || h <= 0 {
		return
	}
	v := x.AR[k]
	if !finite(v) {
		p.hatch(c, r)
		return
	}
	col := p.theme.diverging(v / limit)
	c.SetColor(col)
	c.Fill(r.Path())
	size := min(0.8*p.em, h*0.8, w/heatFigure*0.68)
	if size < 0.5*p.em || size.Points() < 4 {
		return
	}
	face := regular
	if k < len(x.Significant) && x.Significant[k] == '1' {
		face = bold
	}
	p.write(c, p.lay1(strings.TrimSuffix(percent(v, 1), "%"), face, size), vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: (r.Min.Y + r.Max.Y) / 2}, 0.5, p.theme.on(col))
}

// hatch fills r with oblique lines.
func (p *pen) hatch(c draw.Canvas, r vg.Rectangle) {
	w, h := r.Max.X-r.Min.X, r.Max.Y-r.Min.Y
	step := 0.55 * p.em
	for s := step / 2; s < w+h; s += step { // the line x + y = s
		a := vg.Point{X: r.Min.X + max(0, s-h), Y: r.Min.Y + min(s, h)}
		b := vg.Point{X: r.Min.X + min(s, w), Y: r.Min.Y + max(0, s-w)}
		line(c, p.theme.Faint, p.stroke(0.6), nil, a, b)
	}
}

// limit returns the size of abnormal return at which the scale ends: that which
// two cells in a hundred exceed, so that one extreme does not pale the others.
func (d *heatData) limit() float64 {
	var sizes []float64
	for _, x := range d.Rows {
		for _, v := range x.AR {
			if finite(v) {
				sizes = append(sizes, math.Abs(v))
			}
		}
	}
	slices.Sort(sizes)
	v := sizes[len(sizes)-1-len(sizes)*2/100]
	step := nice(v, 10)
	return max(step, math.Ceil(v/step-1e-9)*step)
}

// scale draws the colours with their figures.
func (d *heatData) scale(p *pen, c draw.Canvas, r vg.Rectangle, limit float64) {
	const steps = 41
	width := min(r.Max.X-r.Min.X, 26*p.em)
	top := r.Max.Y - 1.0*p.em
	f := frame{Rectangle: vg.Rectangle{Min: vg.Point{X: r.Max.X - width, Y: top - 0.75*p.em}, Max: vg.Point{X: r.Max.X, Y: top}}, left: -limit, right: limit, bottom: 0, top: 1}
	for k := range steps {
		v := limit * (2*(float64(k)+0.5)/steps - 1)
		half := limit / steps
		c.SetColor(p.theme.diverging(v / limit))
		// A little wider than its share: no paper shows between two.
		c.Fill(vg.Rectangle{Min: f.at(v-half, 0), Max: vg.Point{X: min(f.x(v+3*half), f.Max.X), Y: f.Max.Y}}.Path())
	}
	p.below(c, f, percents(-limit, limit, max(4, int(width/(4.5*p.em)))))
	if !slices.ContainsFunc(d.Rows, func(x heatRow) bool { return slices.ContainsFunc(x.AR, math.IsNaN) }) {
		return
	}
	swatch := vg.Rectangle{Min: vg.Point{X: r.Min.X, Y: f.Min.Y}, Max: vg.Point{X: r.Min.X + 2*p.em, Y: f.Max.Y}}
	b := p.lay1(p.words.Say("no figure"), regular, tickSize*p.em)
	if swatch.Max.X+0.5*p.em+b.width() < f.Min.X-p.em {
		p.hatch(c, swatch)
		p.write(c, b, vg.Point{X: swatch.Max.X + 0.5*p.em, Y: (f.Min.Y + f.Max.Y) / 2}, 0, p.theme.Muted)
	}
}

// diverging returns the colour of v, -1 to 1 and beyond: from Fall through a
// neutral tone to Rise.
func (t *Theme) diverging(v float64) color.NRGBA {
	far := t.Rise
	if v < 0 {
		far = t.Fall
	}
	return mix(t.Neutral, far, min(1, math.Abs(v)))
}

// on returns the colour of text on an area of colour c: the theme's ink or its
// paper, whichever has more contrast.
func (t *Theme) on(c color.NRGBA) color.NRGBA {
	if contrast(t.Ink, c) >= contrast(t.Paper, c) {
		return t.Ink
	}
	return t.Paper
}
