package plots

import (
	"context"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
)

// calibrationData is how the tests of one group fare over one window.
type calibrationData struct {
	*analysis.CalibratedGroup
	name string // of the file
}

// Calibration draws, for every group and window of c, how often each test
// rejects where nothing happened, with its 95% interval, and how often those
// that do not reject too often find what was injected. Errors: as of Render.
func Calibration(ctx context.Context, c *analysis.Calibration, o Options) ([]File, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	var drawings []drawing
	var stems []string
	taken := make(map[string]bool)
	for i := range c.Groups {
		d := &calibrationData{CalibratedGroup: &c.Groups[i]}
		d.name = strings.ReplaceAll(d.Groups[0], " ", "-")
		if c.Groups[len(c.Groups)-1].Window != c.Groups[0].Window { // several
			d.name += "-" + strconv.Itoa(d.Window.From) + ".." + strconv.Itoa(d.Window.To)
		}
		drawings, stems = append(drawings, d), append(stems, stem("calibration", d.name, taken))
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return render(ctx, drawings, stems, o)
}

func (d *calibrationData) id() string      { return d.name }
func (d *calibrationData) about() []string { return d.Groups }

// rows returns the tests that are defined somewhere, those that reject most
// often first.
func (d *calibrationData) rows() []*analysis.CalibratedTest {
	var rows []*analysis.CalibratedTest
	for i := range d.Tests {
		if d.Tests[i].Draws > 0 {
			rows = append(rows, &d.Tests[i])
		}
	}
	slices.SortStableFunc(rows, func(a, b *analysis.CalibratedTest) int {
		switch x, y := a.At(0.05).Share, b.At(0.05).Share; {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return rows
}

// curves returns the tests that have a power and do not reject too often, the
// most powerful first, as many as there are colours.
func (d *calibrationData) curves(p *pen) []*analysis.CalibratedTest {
	var out []*analysis.CalibratedTest
	total := func(x *analysis.CalibratedTest) (sum float64) {
		for _, v := range x.Power {
			sum += v.Share
		}
		return sum
	}
	for _, x := range d.rows() {
		if len(x.Power) > 0 && x.Verdict != analysis.TooOften {
			out = append(out, x)
		}
	}
	slices.SortStableFunc(out, func(a, b *analysis.CalibratedTest) int {
		switch x, y := total(a), total(b); {
		case x > y:
			return -1
		case x < y:
			return 1
		}
		return 0
	})
	return out[:min(len(out), len(p.theme.Series))]
}

func (d *calibrationData) figure(p *pen) figure {
	who := p.words.Group(d.Groups[0])
	if n := len(d.Groups) - 1; n > 0 {
		who = p.words.Say("%s and %s more", who, strconv.Itoa(n))
	}
	f := figure{title: p.words.Say("How often tests reject where nothing happened: %s", who),
		subtitle: p.words.Say("%s at %s sessions without news, %s to %s", window(d.Window), strconv.Itoa(d.Draws), d.First.String(), d.Last.String()), caption: []string{p.words.Say("Dots: share of p ≤ 5%; lines: its 95% interval, which allows for sessions that overlap. Blue: the test holds; orange: it rejects too often; grey: too rarely, or not decided. Right: the most powerful tests that do not reject too often.")}}
	rows := d.rows()
	if len(rows) == 0 {
		return p.empty(f)
	}
	f.height = max(18, vg.Length(1.5*float64(len(rows))+4)) * p.em
	f.body = func(c draw.Canvas) { d.draw(p, c, rows) }
	return f
}

// shares marks 0..hi, a share, in per cent without signs.
func shares(hi float64, most int) []plot.Tick {
	step := nice(hi, most)
	var ticks []plot.Tick
	for k := 0.0; k*step <= hi*(1+1e-9); k++ {
		ticks = append(ticks, plot.Tick{Value: k * step, Label: share(k * step)})
	}
	return ticks
}

func share(v float64) string { return strconv.FormatFloat(math.Round(1000*v)/10, 'f', -1, 64) + "%" }

func (d *calibrationData) draw(p *pen, c draw.Canvas, rows []*analysis.CalibratedTest) {
	left, curves := c, d.curves(p)
	if len(curves) > 0 {
		middle := c.Min.X + 0.5*(c.Max.X-c.Min.X)
		left.Max.X = middle - 1.2*p.em
		right := c
		right.Min.X = middle + 1.2*p.em
		d.drawPower(p, right, curves)
	}
	d.drawSizes(p, left, rows)
}

func (d *calibrationData) drawSizes(p *pen, c draw.Canvas, rows []*analysis.CalibratedTest) {
	var names, values vg.Length
	hi := 0.1
	for _, x := range rows {
		names = max(names, p.lay1(x.Test, regular, labelSize*p.em).width())
		values = max(values, p.lay1(share(x.At(0.05).Share), bold, labelSize*p.em).width())
		hi = max(hi, x.At(0.05).Upper)
	}
	f := frame{Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + names + 0.8*p.em, Y: c.Min.Y + 3*p.em}, Max: vg.Point{X: c.Max.X - values - 0.6*p.em, Y: c.Max.Y}},
		left: 0, right: hi, bottom: float64(len(rows)), top: 0}
	ticks := shares(hi, max(2, int((f.Max.X-f.Min.X)/(4*p.em))))
	p.verticals(c, f, ticks)
	p.below(c, f, ticks)
	p.write(c, p.lay1(p.words.Say("Rejected at 5%, of true nulls"), regular, tickSize*p.em), vg.Point{X: (f.Min.X + f.Max.X) / 2, Y: c.Min.Y + 0.6*p.em}, 0.5, p.theme.Muted)
	line(c, p.theme.Ink, p.stroke(1.4), nil, f.at(0.05, f.bottom), f.at(0.05, f.top))
	for i, x := range rows {
		s, y := x.At(0.05), float64(i)+0.5
		col := d.colour(p, x.Verdict)
		line(c, col, p.stroke(2), nil, f.at(s.Lower, y), f.at(s.Upper, y))
		dot(c, col, f.at(s.Share, y), p.stroke(3.4))
		p.write(c, p.lay1(x.Test, regular, labelSize*p.em), vg.Point{X: f.Min.X - 0.6*p.em, Y: f.y(y)}, 1, p.theme.Ink)
		p.write(c, p.lay1(share(s.Share), regular, labelSize*p.em), vg.Point{X: c.Max.X, Y: f.y(y)}, 1, col)
	}
}

func (d *calibrationData) colour(p *pen, v analysis.Verdict) color.NRGBA {
	switch v {
	case analysis.Holds:
		return p.theme.Rise
	case analysis.TooOften:
		return p.theme.Fall
	}
	return p.theme.Muted
}

func (d *calibrationData) drawPower(p *pen, c draw.Canvas, curves []*analysis.CalibratedTest) {
	var names vg.Length
	lo, hi := 0.0, 0.0
	for _, x := range curves {
		names = max(names, p.lay1(x.Test, bold, labelSize*p.em).width())
		for _, v := range x.Power {
			lo, hi = min(lo, v.Inject), max(hi, v.Inject)
		}
	}
	ticks := shares(1, 5)
	_, gutter := p.labels(ticks, tickSize*p.em)
	f := frame{Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + gutter + 0.6*p.em, Y: c.Min.Y + 3*p.em}, Max: vg.Point{X: c.Max.X - names - 0.8*p.em, Y: c.Max.Y - 0.5*p.em}},
		left: lo, right: hi, bottom: 0, top: 1}
	if lo == hi {
		f.left, f.right = widen(lo, hi, 0)
	}
	p.horizontals(c, f, ticks, true)
	p.below(c, f, percents(f.left, f.right, max(2, int((f.Max.X-f.Min.X)/(4*p.em)))))
	p.write(c, p.lay(p.words.Say("Rejected at 5%, by what is added on session 0"), regular, tickSize*p.em, c.Max.X-c.Min.X, 1), vg.Point{X: (c.Min.X + c.Max.X) / 2, Y: c.Min.Y + 0.6*p.em}, 0.5, p.theme.Muted)
	line(c, p.theme.Muted, p.stroke(1), []vg.Length{p.stroke(3), p.stroke(3)}, f.at(f.left, 0.05), f.at(f.right, 0.05))
	ends := make([]float64, len(curves))
	order := make([]int, len(curves))
	for i, x := range curves {
		pts := d.curve(x)
		at := make([]vg.Point, len(pts))
		for k, v := range pts {
			at[k] = f.at(v.Inject, v.Share)
		}
		line(c, p.theme.Series[i], p.stroke(2), nil, at...)
		for _, a := range at {
			dot(c, p.theme.Series[i], a, p.stroke(2.2))
		}
		ends[i], order[i] = float64(at[len(at)-1].Y), i
	}
	slices.SortStableFunc(order, func(a, b int) int {
		switch {
		case ends[a] < ends[b]:
			return -1
		case ends[a] > ends[b]:
			return 1
		}
		return b - a
	})
	want := make([]float64, len(order))
	for k, i := range order {
		want[k] = ends[i]
	}
	for k, y := range spread(want, float64(1.15*p.em), float64(f.Min.Y), float64(f.Max.Y)) {
		i := order[k]
		p.write(c, p.lay1(curves[i].Test, bold, labelSize*p.em), vg.Point{X: f.Max.X + 0.5*p.em, Y: vg.Length(y)}, 0, p.theme.Series[i])
	}
}

// curve returns the power of x by what was injected, its size where nothing was.
func (d *calibrationData) curve(x *analysis.CalibratedTest) []analysis.Power {
	pts := slices.Clone(x.Power)
	if !slices.ContainsFunc(pts, func(v analysis.Power) bool { return v.Inject == 0 }) {
		pts = append(pts, analysis.Power{Rate: x.At(0.05)})
	}
	slices.SortStableFunc(pts, func(a, b analysis.Power) int {
		switch {
		case a.Inject < b.Inject:
			return -1
		case a.Inject > b.Inject:
			return 1
		}
		return 0
	})
	return pts
}
