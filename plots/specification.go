package plots

import (
	"context"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
	"aftershock/internal/words"
)

// specificationData is the answers of one group, from the least CAAR to the greatest.
type specificationData struct {
	*analysis.Agreement
	answers []analysis.Answer
	listed  []analysis.Answer // the same as they were made
}

// Specification draws a specification curve for every group of s that has an
// answer: the average cumulative abnormal returns in ascending order, and under
// each the choices that it is of. Simonsohn, Simmons, Nelson (2020). Errors: as
// of Render.
func Specification(ctx context.Context, s *analysis.Sweep, o Options) ([]File, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	var drawings []drawing
	var stems []string
	taken := make(map[string]bool)
	for i := range s.Agreements {
		d := &specificationData{Agreement: &s.Agreements[i]}
		for _, x := range s.Answers {
			if x.Group == d.Group && x.Failed == nil && x.Shift == d.Shift {
				d.answers = append(d.answers, x)
			}
		}
		d.listed = slices.Clone(d.answers)
		slices.SortStableFunc(d.answers, func(a, b analysis.Answer) int {
			switch {
			case a.CAAR < b.CAAR:
				return -1
			case a.CAAR > b.CAAR:
				return 1
			}
			return 0
		})
		drawings, stems = append(drawings, d), append(stems, stem("specification", strings.ReplaceAll(d.Group, " ", "-"), taken))
	}
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	return render(ctx, drawings, stems, o)
}

func (d *specificationData) id() string      { return d.Group }
func (d *specificationData) about() []string { return []string{d.Group} }

// choiceRow is one value of one choice.
type choiceRow struct {
	heading string // of the choice, with its first value
	value   string
	of      func(x *analysis.Answer) string
}

// choices lists the values of every choice that has more than one.
func (d *specificationData) choices(w *words.Language) []choiceRow {
	var rows []choiceRow
	for _, c := range []struct {
		name string
		of   func(x *analysis.Answer) string
	}{
		{w.Say("Model"), func(x *analysis.Answer) string { return x.Model }},
		{w.Say("Benchmark"), func(x *analysis.Answer) string {
			if x.Benchmark == "" {
				return "–"
			}
			return x.Benchmark
		}},
		{w.Say("Estimation"), func(x *analysis.Answer) string { return window(x.Estimation) }},
		{w.Say("Window"), func(x *analysis.Answer) string { return window(x.Window) }},
		{w.Say("Test"), func(x *analysis.Answer) string { return x.Test }},
		{w.Say("Other events"), func(x *analysis.Answer) string { return string(x.Confounders) }},
	} {
		var values []string
		for i := range d.listed {
			if v := c.of(&d.listed[i]); !slices.Contains(values, v) {
				values = append(values, v)
			}
		}
		if len(values) < 2 {
			continue
		}
		for k, v := range values {
			r := choiceRow{value: v, of: c.of}
			if k == 0 {
				r.heading = c.name
			}
			rows = append(rows, r)
		}
	}
	return rows
}

func (d *specificationData) figure(p *pen) figure {
	w := p.words
	n := len(d.answers)
	of := func(k int) string { return share(float64(k) / math.Max(1, float64(n))) }
	significant := d.SignificantlyRose
	if d.Sign() < 0 {
		significant = d.SignificantlyFell
	}
	f := figure{title: p.words.Say("Average abnormal return under every combination of choices: %s", p.words.Group(d.Group)), caption: []string{p.words.Say("Above: the mean cumulative abnormal return (CAAR) of each specification, in ascending order. Blue and orange: p < 5%; grey: not. Below: the choices that each is of.")},
		subtitle: p.words.Say("%s of %s specifications have an answer; %s of them agree in sign, %s in sign and significance", strconv.Itoa(n), strconv.Itoa(d.Specifications), of(max(d.Rose, d.Fell)), of(significant))}
	if n == 0 {
		return p.empty(f)
	}
	rows := d.choices(w)
	f.height = (18 + vg.Length(1.25*float64(len(rows)))) * p.em
	f.body = func(c draw.Canvas) { d.draw(p, c, rows) }
	return f
}

func (d *specificationData) draw(p *pen, c draw.Canvas, rows []choiceRow) {
	var headings, values vg.Length
	for _, r := range rows {
		headings = max(headings, p.lay1(r.heading, bold, tickSize*p.em).width())
		values = max(values, p.lay1(r.value, regular, tickSize*p.em).width())
	}
	caar := make([]float64, len(d.answers))
	for i, x := range d.answers {
		caar[i] = x.CAAR
	}
	lo, hi, _ := extent(caar, []float64{0})
	lo, hi = widen(lo, hi, 0.05)
	ticks := percents(lo, hi, 6)
	_, gutter := p.labels(ticks, tickSize*p.em)
	gutter = max(gutter, headings+values+1.2*p.em) + 0.6*p.em

	pitch := min(1.25*p.em, 0.6*(c.Max.Y-c.Min.Y)/vg.Length(max(1, len(rows))))
	split := c.Min.Y + pitch*vg.Length(len(rows)) + 0.8*p.em
	f := frame{Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + gutter, Y: split}, Max: c.Max},
		left: 0, right: float64(len(d.answers)), bottom: lo, top: hi}
	p.horizontals(c, f, ticks, true)
	r := min(p.stroke(2.6), max(p.stroke(0.9), 0.45*(f.Max.X-f.Min.X)/vg.Length(len(d.answers))))
	for i := range d.answers {
		x := &d.answers[i]
		col := p.theme.Fall
		switch {
		case !x.Significant():
			col = p.theme.Faint
		case x.CAAR > 0:
			col = p.theme.Rise
		}
		at := f.x(float64(i) + 0.5)
		dot(c, col, vg.Point{X: at, Y: f.y(x.CAAR)}, r)
		for k := range rows {
			if rows[k].of(x) == rows[k].value {
				y := split - 0.8*p.em - pitch*(vg.Length(k)+0.5)
				c.SetColor(col)
				c.Fill(vg.Rectangle{Min: vg.Point{X: at - 0.8*r, Y: y - 0.32*pitch}, Max: vg.Point{X: at + 0.8*r, Y: y + 0.32*pitch}}.Path())
			}
		}
	}
	for k, row := range rows {
		y := split - 0.8*p.em - pitch*(vg.Length(k)+0.5)
		p.write(c, p.lay1(row.value, regular, tickSize*p.em), vg.Point{X: f.Min.X - 0.6*p.em, Y: y}, 1, p.theme.Muted)
		if row.heading != "" {
			p.write(c, p.lay1(row.heading, bold, tickSize*p.em), vg.Point{X: c.Min.X, Y: y}, 0, p.theme.Ink)
			line(c, p.theme.Grid, p.stroke(0.7), nil, vg.Point{X: c.Min.X, Y: y + pitch/2}, vg.Point{X: f.Max.X, Y: y + pitch/2})
		}
	}
}
