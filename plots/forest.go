package plots

import (
	"cmp"
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

	names int // characters of a name; 0: those of a symbol
}

// headWindow is the CAR window that charts of one window are about: the first of
// the study, as in the report.
const headWindow = 0

func forestOf(r *analysis.Result, event int, obs []int) drawing {
	e := &r.Catalog.Events[event]
	d := &forestData{subject: subjectOf(r, e, obs), CAR: r.Study.CARWindows[headWindow]}
	for _, i := range obs {
		o := &r.Observations[i]
		if !o.Used() {
			continue
		}
		x := r.CARInterval(i, headWindow)
		d.Names = append(d.Names, o.Security)
		d.Y, d.Lower, d.Upper = append(d.Y, x.Value), append(d.Lower, x.Lower), append(d.Upper, x.Upper)
	}
	if g := r.Group(analysis.ByEvent, e.ID); g != nil && len(g.Members) > 1 {
		a := r.AverageInterval(g, headWindow)
		d.Average, d.SEMethod = floats{a.Value, a.Lower, a.Upper}, g.SEMethod
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
	if len(d.Average) > 0 && finite(d.Average[0]) {
		how := "Diamond: %s and its 95%% interval (spread of the securities)."
		if d.SEMethod == "portfolio" {
			how = "Diamond: %s and its 95%% interval (forecast error of the portfolio)."
		}
		say = append(say, p.words.Say(how, p.words.Weighted(d.Weights)))
	}
	f.caption = d.caption(p.words, say, missing)
	f.height = vg.Length(1.55*float64(len(rows)+1)+2.6) * p.em
	f.body = func(c draw.Canvas) { d.draw(p, c, rows) }
	return f
}

func (d *forestData) draw(p *pen, c draw.Canvas, rows []forestRow) {
	foot, letters := 1.8*p.em, cmp.Or(d.names, 14)
	room := max(3, int((c.Max.Y-c.Min.Y-foot)/(1.15*p.em))-2)
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
		names = max(names, p.lay1(clip(x.name, letters), face, size).width())
		values = max(values, p.lay1(percent(x.y, 1), face, size).width())
		limits = max(limits, p.lay1(x.interval(), regular, size).width())
	}
	right := values + 0.8*p.em
	if withLimits := right + limits + 0.8*p.em; c.Max.X-c.Min.X-names-withLimits > 22*p.em {
		right = withLimits
	} else {
		limits = 0
	}
	lo, hi, _ := extent([]float64{0}, d.Y, d.Lower, d.Upper, d.Average)
	lo, hi = widen(lo, hi, 0.02)
	f := frame{
		Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + names + 0.7*p.em, Y: c.Min.Y + foot}, Max: vg.Point{X: c.Max.X - right, Y: c.Max.Y}},
		left:      lo, right: hi, bottom: lines, top: 0,
	}
	ticks := percents(lo, hi, max(2, min(9, int((f.Max.X-f.Min.X)/(6*p.em)))))
	p.verticals(c, f, ticks)
	p.below(c, f, ticks)
	if average { // a line of what all together did, for comparison
		line(c, p.theme.Muted, p.stroke(0.8), []vg.Length{p.stroke(1.5), p.stroke(2)}, vg.Point{X: f.x(mean.y), Y: f.Min.Y}, vg.Point{X: f.x(mean.y), Y: f.Max.Y})
	}
	row := func(x forestRow, at float64, summary bool) {
		y := f.y(at)
		face, col := regular, p.theme.Muted
		switch {
		case x.lower > 0:
			face, col = bold, p.theme.Rise
		case x.upper < 0:
			face, col = bold, p.theme.Fall
		}
		if x.gap > 0 {
			p.write(c, p.lay1(p.words.Say("%s more", x.gap), regular, size), vg.Point{X: f.Min.X - 0.6*p.em, Y: y}, 1, p.theme.Muted)
			return
		}
		nameFace := regular
		if summary {
			nameFace, col = bold, p.theme.Ink
		}
		p.write(c, p.lay1(clip(x.name, letters), nameFace, size), vg.Point{X: f.Min.X - 0.6*p.em, Y: y}, 1, p.theme.Ink)
		banded := finite(x.lower) && finite(x.upper)
		switch r := 0.36 * p.em; {
		case summary && banded:
			area := []vg.Point{{X: f.x(x.lower), Y: y}, {X: f.x(x.y), Y: y + 1.3*r}, {X: f.x(x.upper), Y: y}, {X: f.x(x.y), Y: y - 1.3*r}}
			c.FillPolygon(col, area)
		default:
			if banded {
				line(c, col, p.stroke(1.5), nil, vg.Point{X: f.x(x.lower), Y: y}, vg.Point{X: f.x(x.upper), Y: y})
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
		p.write(c, p.lay1(percent(x.y, 1), face, size), vg.Point{X: f.Max.X + 0.8*p.em + values, Y: y}, 1, p.theme.Ink)
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
