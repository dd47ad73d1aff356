package plots

import (
	"context"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
)

// residualsData is the diagnostics of the fit of one observation.
type residualsData struct {
	subject
	Security        string
	M               int
	Dates           days   // of the estimation window
	E               rough  // standardised residuals by date; NaN is a gap
	Autocorrelation floats // at lags 1, 2, ...
	Band            float64
	P               floats // of Jarque-Bera, Ljung-Box (10 lags), ARCH-LM (5 lags)
	DurbinWatson    floats // one element
	Drawn, Of       int    // fits with a picture, of how many
}

const (
	mostFits = 200 // that are drawn
	lags     = 20
)

func residualsOf(ctx context.Context, in input) ([]drawing, error) {
	r := in.Result
	used, _ := r.Counts()
	var ds []drawing
	for i := range r.N() {
		o := r.Observation(i)
		if !o.Used() || len(ds) == mostFits {
			continue
		}
		dates, e := r.StandardizedResiduals(i)
		g := r.Diagnostics(i)
		d := &residualsData{
			subject: subjectOf(r, &r.Catalog.Events[o.Event], []int{i}), Security: o.Security, M: o.Fit.M, Dates: dates, E: e,
			P: floats{g.JarqueBeraP, g.LjungBoxP, g.ArchLMP}, DurbinWatson: floats{g.DurbinWatson}, Drawn: min(used, mostFits), Of: used,
		}
		d.Autocorrelation, d.Band = analysis.Autocorrelations(e, lags)
		ds = append(ds, d)
	}
	return ds, ctx.Err()
}

func (d *residualsData) id() string      { return d.ID + "-" + d.Security }
func (d *residualsData) about() []string { return []string{d.id(), d.ID, d.Security} }

func (d *residualsData) figure(p *pen) figure {
	w := p.words
	f := figure{title: d.title(p.lang), subtitle: w.Say("Residuals of the model of %s on the estimation window, %s sessions, in standard deviations", d.Security, strconv.Itoa(d.M))}
	say := w.Say("Dashed: 95% of a normal distribution. Line: what a normal distribution would give. Shaded: 95% band of no autocorrelation.")
	if finite(d.DurbinWatson[0]) && end(d.P) == 2 {
		say += " " + w.Say("Normality (Jarque-Bera): %s; no autocorrelation up to lag 10 (Ljung-Box): %s; constant variance (ARCH-LM up to lag 5): %s; Durbin-Watson %s.", pValue(d.P[0]), pValue(d.P[1]), pValue(d.P[2]), decimal(d.DurbinWatson[0], 2))
	}
	if d.Of > d.Drawn {
		say += " " + w.Say("Drawn are the first %s of %s fits.", strconv.Itoa(d.Drawn), strconv.Itoa(d.Of))
	}
	f.caption = d.caption(w, []string{say}, nil)
	f.height = 0.5 * p.width
	if p.narrow() {
		f.height = 45 * p.em
	}
	if end(d.E) < 0 {
		return p.empty(f)
	}
	f.body = func(c draw.Canvas) { d.draw(p, c) }
	return f
}

// narrow reports whether two charts beside each other would be too small.
func (p *pen) narrow() bool { return p.width < 46*p.em }

func (d *residualsData) draw(p *pen, c draw.Canvas) {
	// Two rows, of which the second has two areas; or three rows.
	gutter, gap := 2.6*p.em, 3.4*p.em // left of an area; under it, with the next one's name
	row := func(i, n int) (lo, hi vg.Length) {
		pitch := (c.Max.Y - c.Min.Y) / vg.Length(n)
		hi = c.Max.Y - vg.Length(i)*pitch - 1.4*p.em
		return hi - pitch + gap, hi
	}
	area := func(i, n int, from, to float64) frame {
		lo, hi := row(i, n)
		w := c.Max.X - c.Min.X
		return frame{Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + vg.Length(from)*w + gutter, Y: lo}, Max: vg.Point{X: c.Min.X + vg.Length(to)*w, Y: hi}}}
	}
	var over, qq, ac frame
	if p.narrow() {
		over, qq, ac = area(0, 3, 0, 1), area(1, 3, 0, 1), area(2, 3, 0, 1)
	} else {
		over, qq, ac = area(0, 2, 0, 1), area(1, 2, 0, 0.485), area(1, 2, 0.515, 1)
	}
	d.overTime(p, c, over)
	d.quantiles(p, c, qq)
	d.autocorrelations(p, c, ac)
}

// name writes what an area shows above it.
func (p *pen) name(c draw.Canvas, f frame, txt string) {
	b := p.lay(txt, bold, labelSize*p.em, f.Max.X-f.Min.X, 1)
	x := f.Min.X
	if b.rtl {
		x = f.Max.X - b.width()
	}
	p.write(c, b, vg.Point{X: x, Y: f.Max.Y + 0.8*p.em}, 0, p.theme.Ink)
}

// heights returns how many ticks a frame's height has room for.
func (p *pen) heights(f frame) int { return max(2, min(7, int((f.Max.Y-f.Min.Y)/(1.8*p.em)))) }

func (d *residualsData) overTime(p *pen, c draw.Canvas, f frame) {
	p.name(c, f, p.words.Say("Over time"))
	lo, hi, _ := extent(d.E, []float64{-2, 2})
	f.bottom, f.top = widen(lo, hi, 0.05)
	f.left, f.right = -0.5, float64(len(d.E))-0.5
	p.horizontals(c, f, numberTicks{p.heights(f)}.Ticks(f.bottom, f.top), true)
	p.below(c, f, dateTicks(d.Dates, int((f.Max.X-f.Min.X)/(6*p.em))))
	for _, v := range []float64{-1.96, 1.96} {
		line(c, p.theme.Muted, p.stroke(0.8), []vg.Length{p.stroke(3), p.stroke(2.5)}, f.at(f.left, v), f.at(f.right, v))
	}
	for k, v := range d.E {
		if finite(v) {
			line(c, p.theme.Series[0], p.stroke(1), nil, f.at(float64(k), 0), f.at(float64(k), v))
			dot(c, p.theme.Series[0], f.at(float64(k), v), p.stroke(1.3))
		}
	}
}

// quantiles plots the residuals in ascending order against the normal scores.
func (d *residualsData) quantiles(p *pen, c draw.Canvas, f frame) {
	p.name(c, f, p.words.Say("Quantiles against those of a normal distribution"))
	y := slices.DeleteFunc(slices.Clone(d.E), func(v float64) bool { return !finite(v) })
	slices.Sort(y)
	x := analysis.NormalScores(len(y))
	lo, hi, _ := extent(x, y, []float64{-3, 3})
	f.bottom, f.top = widen(lo, hi, 0.04)
	f.left, f.right = widen(min(x[0], -3), max(x[len(x)-1], 3), 0.04)
	p.horizontals(c, f, numberTicks{p.heights(f)}.Ticks(f.bottom, f.top), true)
	p.below(c, f, numberTicks{6}.Ticks(f.left, f.right))
	line(c, p.theme.Muted, p.stroke(1), nil, f.at(f.left, f.left), f.at(f.right, f.right))
	for k := range y {
		dot(c, p.theme.Series[0], f.at(x[k], y[k]), p.stroke(1.6))
	}
}

func (d *residualsData) autocorrelations(p *pen, c draw.Canvas, f frame) {
	p.name(c, f, p.words.Say("Autocorrelation by lag"))
	most := max(0.25, 1.4*d.Band)
	for _, v := range d.Autocorrelation {
		most = max(most, 1.1*math.Abs(v))
	}
	f.bottom, f.top, f.left, f.right = -most, most, 0.3, lags+0.7
	p.band(c, p.theme.Band, 2, func(k int) (lo, hi vg.Point, ok bool) {
		x := f.left + float64(k)*(f.right-f.left)
		return f.at(x, -d.Band), f.at(x, d.Band), true
	})
	p.horizontals(c, f, numberTicks{p.heights(f)}.Ticks(f.bottom, f.top), true)
	var ticks []plot.Tick
	for _, k := range []int{1, 5, 10, 15, lags} {
		ticks = append(ticks, plot.Tick{Value: float64(k), Label: strconv.Itoa(k)})
	}
	p.below(c, f, ticks)
	width := 0.5 * (f.x(1) - f.x(0))
	for k, v := range d.Autocorrelation {
		col := p.theme.Faint
		if math.Abs(v) > d.Band {
			col = p.theme.Fall
		}
		x := f.x(float64(k + 1))
		y0, y1 := f.y(0), f.y(v)
		c.SetColor(col)
		c.Fill(vg.Rectangle{Min: vg.Point{X: x - width/2, Y: min(y0, y1)}, Max: vg.Point{X: x + width/2, Y: max(y0, y1)}}.Path())
	}
}
