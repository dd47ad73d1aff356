package plots

import (
	"context"
	"image/color"
	"math"
	"strconv"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
)

const placeboChart = "placebo"

// placeboData is the statistic of one event at pseudo-dates.
type placeboData struct {
	subject
	CAR   analysis.Window
	Of    string // the test whose statistic it is
	Stat  floats // at the event, one element; empty where there is none
	P     float64
	Draws floats
	Note  string // why there is none
}

func placeboOf(ctx context.Context, in input) ([]drawing, error) {
	r := in.Result
	var ds []drawing
	for e, obs := range studied(r) {
		d := &placeboData{subject: subjectOf(r, &r.Catalog.Events[e], obs), CAR: r.Study.CARWindows[headWindow]}
		ds = append(ds, d)
		if d.Used == 0 {
			continue
		}
		var used []int
		for _, i := range obs {
			if r.Used(i) {
				used = append(used, i)
			}
		}
		res, draws, err := r.PlaceboDraws(ctx, &analysis.Group{Members: used}, headWindow)
		if err != nil {
			return nil, err
		}
		d.Of, d.Draws, d.Note = res.Of, draws, res.Note.Text()
		if len(draws) > 0 {
			d.Stat, d.P = floats{res.Stat}, res.P
		}
	}
	return ds, nil
}

func (d *placeboData) figure(p *pen) figure {
	f := figure{title: d.title(p.lang), subtitle: p.words.Say("Statistic of the test %s over %s at dates without news", d.Of, window(d.CAR))}
	if len(d.Draws) == 0 {
		var say []string
		if d.Note != "" {
			say = append(say, p.words.Isolate(d.Note+"."))
		}
		f.caption = d.caption(p.words, say, nil)
		return p.empty(f)
	}
	f.caption = d.caption(p.words, []string{p.words.Say("Bars: %s dates at which none of these securities has news near, each measured as the event is; orange: as far from 0 as at the event, or farther (%s).", strconv.Itoa(len(d.Draws)), pValue(d.P))}, nil)
	f.height = max(0.38*p.width, 16*p.em)
	f.body = func(c draw.Canvas) { d.draw(p, c) }
	return f
}

func (d *placeboData) draw(p *pen, c draw.Canvas) {
	bins := d.bins(int((c.Max.X - c.Min.X) / (0.9 * p.em)))
	most := 0
	for _, b := range bins {
		most = max(most, b.extreme+b.usual)
	}
	left, right, _ := extent(d.Draws, d.Stat, []float64{0})
	left, right = widen(left, right, 0.03)
	step := max(1, nice(float64(most), 5))
	var counts []plot.Tick
	for v := 0.0; v <= float64(most); v += step {
		counts = append(counts, plot.Tick{Value: v, Label: decimal(v, 0)})
	}
	_, gutter := p.labels(counts, tickSize*p.em)
	f := frame{Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + gutter + 0.6*p.em, Y: c.Min.Y + 3*p.em}, Max: vg.Point{X: c.Max.X, Y: c.Max.Y - 1.5*p.em}},
		left: left, right: right, bottom: 0, top: float64(most) * 1.04}
	p.horizontals(c, f, counts, true)
	p.below(c, f, numberTicks{max(3, min(12, int((f.Max.X-f.Min.X)/(4*p.em))))}.Ticks(left, right))
	p.write(c, p.lay(p.words.Say("%s statistic", d.Of), regular, labelSize*p.em, f.Max.X-f.Min.X, 1), vg.Point{X: (f.Min.X + f.Max.X) / 2, Y: c.Min.Y + 0.6*p.em}, 0.5, p.theme.Muted)
	for _, b := range bins {
		air := min(p.stroke(0.5), (f.x(b.to)-f.x(b.from))/4)
		fill := func(from, n int, col color.NRGBA) {
			if n > 0 {
				c.SetColor(col)
				c.Fill(vg.Rectangle{Min: vg.Point{X: f.x(b.from) + air, Y: f.y(float64(from))}, Max: vg.Point{X: f.x(b.to) - air, Y: f.y(float64(from + n))}}.Path())
			}
		}
		fill(0, b.extreme, p.theme.Fall)
		fill(b.extreme, b.usual, p.theme.Faint)
	}
	x := f.x(d.Stat[0])
	line(c, p.theme.Ink, p.stroke(2), nil, vg.Point{X: x, Y: f.Min.Y}, vg.Point{X: x, Y: f.Max.Y})
	b := p.lay1(p.words.Say("event: %s", decimal(d.Stat[0], 2)), bold, labelSize*p.em)
	at := min(max(x-b.width()/2, f.Min.X), f.Max.X-b.width())
	p.write(c, b, vg.Point{X: at, Y: f.Max.Y + 0.8*p.em}, 0, p.theme.Ink)
}

// bin counts the draws from from up to to: those as far from zero as the
// statistic of the event, or farther, and the others.
type bin struct {
	from, to       float64
	extreme, usual int
}

// bins counts the draws in no more than most intervals of one width.
func (d *placeboData) bins(most int) []bin {
	lo, hi, _ := extent(d.Draws)
	n := max(1, min(most, 60, max(8, int(2*math.Sqrt(float64(len(d.Draws)))))))
	width := max(hi-lo, 1e-9) / float64(n)
	bins := make([]bin, n)
	for k := range bins {
		bins[k].from, bins[k].to = lo+float64(k)*width, lo+float64(k+1)*width
	}
	for _, v := range d.Draws {
		b := &bins[min(n-1, int((v-lo)/width))]
		if math.Abs(v) >= math.Abs(d.Stat[0]) {
			b.extreme++
		} else {
			b.usual++
		}
	}
	return bins
}
