package plots

import (
	"cmp"
	"math"
	"slices"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
)

// forestData is the CARs of one event over one window with their intervals.
type forestData struct {
	subject
	CAR             analysis.Window
	Names           []string
	Y, Lower, Upper floats // 95% interval; NaN = none
	Average         floats // CAAR and its interval; nil for fewer than two securities
	SEMethod        string // analysis.Group.SEMethod

	wide bool // names are titles
}

// headWindow is the CAR window that charts of one window are about: the first of
// the study, as in the report.
const headWindow = 0

func forestOf(r *analysis.Result, event int, obs []int) drawing {
	e := &r.Catalog.Events[event]
	d := &forestData{subject: subjectOf(r, e, obs), CAR: r.Study.CARWindows[headWindow]}
	for _, i := range obs {
		o := r.Observation(i)
		if !o.Used() {
			continue
		}
		x := r.CARInterval(i, headWindow)
		d.Names = append(d.Names, o.Security)
		d.Y, d.Lower, d.Upper = append(d.Y, x.Value), append(d.Lower, x.Lower), append(d.Upper, x.Upper)
	}
	if g := r.Group(analysis.ByEvent, e.ID); g != nil && len(g.Members) > 1 {
		a, method := r.AverageBand(g, headWindow)
		d.Average, d.SEMethod = floats{a.Value, a.Lower, a.Upper}, method
	}
	return d
}

// forestRow is a line of the chart; gap says how many are not shown there.
type forestRow struct {
	name            string
	y, lower, upper float64
	gap             int
}

func (x forestRow) significant() bool { return x.lower > 0 || x.upper < 0 }

// interval writes the limits in per cent.
func (x forestRow) interval() string {
	if !finite(x.lower) || !finite(x.upper) {
		return ""
	}
	return "[" + strings.TrimSuffix(percent(x.lower, 1), "%") + ", " + strings.TrimSuffix(percent(x.upper, 1), "%") + "]"
}

// rows returns the securities with a CAR from the highest to the lowest, and
// the names of the others.
func (d *forestData) rows() (rows []forestRow, missing []string) {
	for i, name := range d.Names {
		if finite(d.Y[i]) {
			rows = append(rows, forestRow{name: name, y: d.Y[i], lower: d.Lower[i], upper: d.Upper[i]})
		} else {
			missing = append(missing, name)
		}
	}
	slices.SortStableFunc(rows, func(a, b forestRow) int {
		switch {
		case a.y > b.y:
			return -1
		case a.y < b.y:
			return 1
		}
		return strings.Compare(a.name, b.name)
	})
	return rows, missing
}

func (d *forestData) figure(p *pen) figure {
	f := figure{title: d.title(p.lang), subtitle: p.words.Say("Cumulative abnormal return (CAR) over %s", window(d.CAR))}
	if on := d.dates(); on != "" {
		f.subtitle = p.words.Say("Cumulative abnormal return (CAR) over %s; session 0 is %s", window(d.CAR), on)
	}
	rows, missing := d.rows()
	if len(rows) == 0 {
		return p.nothing(f, &d.subject)
	}
	say := []string{p.words.Say("Lines: 95% interval (t). Filled square and bold figure: the interval excludes 0.")}
	if lo, hi := d.bounds(); cut(lo, hi, d.Y, d.Lower, d.Upper, d.Average) {
		say = append(say, p.words.Say("Arrowheads: it goes on beyond the axis."))
	}
	if len(d.Average) > 0 && finite(d.Average[0]) {
		how := "Diamond: %s and its 95%% interval (spread of the securities)."
		switch d.SEMethod {
		case analysis.ByForecast:
			how = "Diamond: %s and its 95%% interval (forecast errors of the securities)."
		case "portfolio":
			how = "Diamond: %s and its 95%% interval (forecast error of the portfolio)."
		}
		say = append(say, p.words.Say(how, p.words.Weighted(d.Weights)))
	}
	f.caption = d.caption(p.words, say, missing)
	f.height = vg.Length(1.55*float64(len(rows)+1)+2.6) * p.em
	f.body = func(c draw.Canvas) { d.draw(p, c, rows) }
	return f
}

// bounds returns the range of the axis: zero and the CARs, but of many those that would
// press the others together; and the intervals as far as they leave these most of the
// width.
func (d *forestData) bounds() (lo, hi float64) {
	var all []float64
	for _, v := range append(slices.Clone(d.Y), d.Average...) {
		if finite(v) {
			all = append(all, v)
		}
	}
	slices.SortFunc(all, func(a, b float64) int { return cmp.Compare(math.Abs(b), math.Abs(a)) })
	lo, hi, _ = extent([]float64{0}, all)
	for k := 1; k <= len(all)/6; k++ {
		if a, b, _ := extent([]float64{0}, all[k:]); hi-lo > flat*(b-a) && b-a > 1e-6 {
			lo, hi = a-0.3*(b-a), b+0.3*(b-a)
			break
		}
	}
	if l, h, ok := extent(d.Lower, d.Upper); ok {
		most := 1.5 * max(hi-lo, 1e-3)
		lo, hi = min(lo, max(l, lo-most)), max(hi, min(h, hi+most))
	}
	return widen(lo, hi, 0.02)
}

func (d *forestData) draw(p *pen, c draw.Canvas, rows []forestRow) {
	foot, least := 1.8*p.em, 1.15*p.em
	// On a page of a phone a title stands over its interval.
	over := d.wide && p.phone
	if over {
		least *= 2
	}
	most := 10 * p.em // of a name
	switch {
	case over:
		most = c.Max.X - c.Min.X - 6*p.em
	case d.wide:
		most = 0.5 * (c.Max.X - c.Min.X)
	}
	lay := func(name string, face weight) block { return p.lay(name, face, labelSize*p.em, most, 1) }
	room := max(3, int((c.Max.Y-c.Min.Y-foot)/least)-2)
	if len(rows) > room {
		k := (room - 1) / 2
		rows = slices.Concat(rows[:k:k], []forestRow{{gap: len(rows) - 2*k}}, rows[len(rows)-k:])
	}
	lines := float64(len(rows))
	average := len(d.Average) > 0 && finite(d.Average[0])
	mean := forestRow{name: p.words.Say("Average")}
	if average {
		mean.y, mean.lower, mean.upper = d.Average[0], d.Average[1], d.Average[2]
		lines += 1.3
	}

	size := labelSize * p.em
	var names, values, limits vg.Length
	for _, x := range append(slices.Clip(rows), mean) {
		face := regular
		if x.significant() || x.name == mean.name {
			face = bold
		}
		if x.gap > 0 {
			names = max(names, p.lay1(p.words.Say("%s more", x.gap), regular, size).width())
			continue
		}
		names = max(names, lay(x.name, face).width())
		values = max(values, p.lay1(percent(x.y, 1), face, size).width())
		limits = max(limits, p.lay1(x.interval(), regular, size).width())
	}
	right := values + 0.8*p.em
	if over {
		names, right, limits = -0.7*p.em, 0, 0
	} else if withLimits := right + limits + 0.8*p.em; c.Max.X-c.Min.X-names-withLimits > 22*p.em {
		right = withLimits
	} else {
		limits = 0
	}
	lo, hi := d.bounds()
	f := frame{
		Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + names + 0.7*p.em, Y: c.Min.Y + foot}, Max: vg.Point{X: c.Max.X - right, Y: c.Max.Y}},
		left:      lo, right: hi, bottom: lines, top: 0,
	}
	pitch := (f.Max.Y - f.Min.Y) / vg.Length(lines)
	ticks := percents(lo, hi, max(2, min(9, int((f.Max.X-f.Min.X)/(6*p.em)))))
	p.verticals(c, f, ticks)
	p.below(c, f, ticks)
	if average { // a line of what all together did, for comparison
		line(c, p.theme.Muted, p.stroke(0.8), []vg.Length{p.stroke(1.5), p.stroke(2)}, vg.Point{X: f.x(mean.y), Y: f.Min.Y}, vg.Point{X: f.x(mean.y), Y: f.Max.Y})
	}
	x0 := func(v float64) vg.Length { return f.x(min(max(v, lo), hi)) }
	row := func(x forestRow, at float64, summary bool) {
		y := f.y(at)
		label := y
		if over {
			label, y = y+0.25*pitch, y-0.25*pitch
		}
		face, col := regular, p.theme.Muted
		switch {
		case x.lower > 0:
			face, col = bold, p.theme.Rise
		case x.upper < 0:
			face, col = bold, p.theme.Fall
		}
		if x.gap > 0 {
			b := p.lay1(p.words.Say("%s more", x.gap), regular, size)
			if over {
				p.write(c, b, vg.Point{X: f.Min.X, Y: label}, 0, p.theme.Muted)
			} else {
				p.write(c, b, vg.Point{X: f.Min.X - 0.6*p.em, Y: y}, 1, p.theme.Muted)
			}
			return
		}
		nameFace := regular
		if summary {
			nameFace, col = bold, p.theme.Ink
		}
		if name := lay(x.name, nameFace); over && p.words.RTL {
			p.write(c, name, vg.Point{X: f.Max.X, Y: label}, 1, p.theme.Ink)
		} else if over {
			p.write(c, name, vg.Point{X: f.Min.X, Y: label}, 0, p.theme.Ink)
		} else {
			p.write(c, name, vg.Point{X: f.Min.X - 0.6*p.em, Y: y}, 1, p.theme.Ink)
		}
		banded := finite(x.lower) && finite(x.upper)
		switch r := 0.36 * p.em; {
		case summary && banded:
			area := []vg.Point{{X: x0(x.lower), Y: y}, {X: x0(x.y), Y: y + 1.3*r}, {X: x0(x.upper), Y: y}, {X: x0(x.y), Y: y - 1.3*r}}
			c.FillPolygon(col, area)
			for _, v := range []float64{x.lower, x.upper} {
				if v < lo || v > hi {
					p.aside(c, col, x0(v), y, v > hi)
				}
			}
		default:
			if banded {
				line(c, col, p.stroke(1.5), nil, vg.Point{X: x0(x.lower), Y: y}, vg.Point{X: x0(x.upper), Y: y})
			}
			for _, v := range []float64{x.lower, x.upper, x.y} {
				if v < lo || v > hi {
					p.aside(c, col, x0(v), y, v > hi)
				}
			}
			if x.y < lo || x.y > hi {
				break
			}
			square := vg.Rectangle{Min: vg.Point{X: f.x(x.y) - r, Y: y - r}, Max: vg.Point{X: f.x(x.y) + r, Y: y + r}}
			c.SetColor(col)
			c.Fill(square.Path())
			if !x.significant() { // hollow
				in := p.stroke(1.2)
				square.Min, square.Max = square.Min.Add(vg.Point{X: in, Y: in}), square.Max.Sub(vg.Point{X: in, Y: in})
				c.SetColor(p.theme.Paper)
				c.Fill(square.Path())
			}
		}
		switch value := p.lay1(percent(x.y, 1), face, size); {
		case over && p.words.RTL:
			p.write(c, value, vg.Point{X: f.Min.X, Y: label}, 0, p.theme.Ink)
		case over:
			p.write(c, value, vg.Point{X: f.Max.X, Y: label}, 1, p.theme.Ink)
		default:
			p.write(c, value, vg.Point{X: f.Max.X + 0.8*p.em + values, Y: y}, 1, p.theme.Ink)
		}
		if limits > 0 {
			p.write(c, p.lay1(x.interval(), regular, size), vg.Point{X: c.Max.X, Y: y}, 1, p.theme.Muted)
		}
	}
	for i, x := range rows {
		row(x, float64(i)+0.5, false)
	}
	if average {
		row(mean, lines-0.5, true)
	}
}
