package plots

import (
	"cmp"
	"context"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
)

// The most rows and columns of the charts of correlations.
const (
	mostKinds    = 24
	mostColumns  = 24
	mostCompared = 40
)

// Correlations draws kinds of news against securities, and how alike events are.
func Correlations(ctx context.Context, x *analysis.Correlation, o Options) ([]File, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	var ds []drawing
	var stems []string
	if len(x.Cells) > 0 {
		ds, stems = append(ds, kindsOf(x)), append(stems, "correlation")
	}
	if len(x.Likeness) > 0 {
		ds, stems = append(ds, likenessOf(x)), append(stems, "likeness")
	}
	return render(ctx, ds, stems, o)
}

// kindsData is mean abnormal returns by kind of news and security.
type kindsData struct {
	kinds, securities []string
	cells             map[[2]string]*analysis.Cell
	level             float64
	left              int // cells that are not shown
}

func kindsOf(x *analysis.Correlation) *kindsData {
	d := &kindsData{cells: make(map[[2]string]*analysis.Cell), level: x.Spec.Level}
	weight := func(name func(c *analysis.Cell) string, most int) []string {
		n := make(map[string]int)
		var names []string
		for i := range x.Cells {
			k := name(&x.Cells[i])
			if n[k] == 0 {
				names = append(names, k)
			}
			n[k] += x.Cells[i].N
		}
		slices.SortStableFunc(names, func(a, b string) int { return cmp.Compare(n[b], n[a]) })
		return names[:min(most, len(names))]
	}
	d.kinds = weight(func(c *analysis.Cell) string { return c.Kind }, mostKinds)
	d.securities = weight(func(c *analysis.Cell) string { return c.Security }, mostColumns)
	for i := range x.Cells {
		c := &x.Cells[i]
		if slices.Contains(d.kinds, c.Kind) && slices.Contains(d.securities, c.Security) {
			d.cells[[2]string{c.Kind, c.Security}] = c
		} else {
			d.left++
		}
	}
	return d
}

func (d *kindsData) id() string      { return "" }
func (d *kindsData) about() []string { return nil }

func (d *kindsData) figure(p *pen) figure {
	w := p.words
	f := figure{title: w.Say("Which news moves which shares"), subtitle: w.Say("Mean abnormal return of session 0 by kind of news and security, per cent"), height: (vg.Length(len(d.kinds))*2 + 6.5) * p.em,
		caption: []string{w.Say("Framed: q at most %s%% over all pairs. Small: the number of sessions. Hatched: no event of the kind names the security.", strconv.FormatFloat(100*d.level, 'g', -1, 64))}}
	if d.left > 0 {
		f.caption = append(f.caption, w.Say("%s pairs with fewer sessions are left out.", strconv.Itoa(d.left)))
	}
	f.body = func(c draw.Canvas) { d.draw(p, c) }
	return f
}

func (d *kindsData) draw(p *pen, c draw.Canvas) {
	var widest vg.Length
	for _, k := range d.kinds {
		widest = max(widest, p.lay1(clip(k, 22), regular, labelSize*p.em).width())
	}
	var sizes []float64
	for _, x := range d.cells {
		sizes = append(sizes, math.Abs(x.MeanAR))
	}
	slices.Sort(sizes)
	limit := max(1e-4, sizes[len(sizes)-1-len(sizes)/20])
	f := frame{Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + widest + 0.7*p.em, Y: c.Min.Y + 4.5*p.em}, Max: c.Max}, left: 0, right: float64(len(d.securities)), bottom: float64(len(d.kinds)), top: 0}
	var framed []vg.Rectangle
	for i, kind := range d.kinds {
		p.write(c, p.lay1(clip(kind, 22), regular, labelSize*p.em), vg.Point{X: f.Min.X - 0.5*p.em, Y: f.y(float64(i) + 0.5)}, 1, p.theme.Ink)
		for j, security := range d.securities {
			r := vg.Rectangle{Min: f.at(float64(j), float64(i+1)), Max: f.at(float64(j+1), float64(i))}
			in := p.stroke(0.5)
			r.Min, r.Max = r.Min.Add(vg.Point{X: in, Y: in}), r.Max.Sub(vg.Point{X: in, Y: in})
			x := d.cells[[2]string{kind, security}]
			if x == nil {
				p.hatch(c, r)
				continue
			}
			col := p.theme.diverging(x.MeanAR / limit)
			c.SetColor(col)
			c.Fill(r.Path())
			mid := (r.Min.X + r.Max.X) / 2
			size := min(0.8*p.em, (r.Max.X-r.Min.X)/3.2)
			p.write(c, p.lay1(figureOf(x.MeanAR), regular, size), vg.Point{X: mid, Y: r.Min.Y + 0.63*(r.Max.Y-r.Min.Y)}, 0.5, p.theme.on(col))
			p.write(c, p.lay1(strconv.Itoa(x.N), regular, 0.75*size), vg.Point{X: mid, Y: r.Min.Y + 0.24*(r.Max.Y-r.Min.Y)}, 0.5, p.theme.on(col))
			if x.Q <= d.level {
				framed = append(framed, r)
			}
		}
	}
	c.SetLineStyle(draw.LineStyle{Color: p.theme.Ink, Width: p.stroke(1.6)})
	for _, r := range framed {
		c.Stroke(r.Path())
	}
	for j, security := range d.securities { // in two lines, so that they do not run into each other
		y := f.Min.Y - 0.9*p.em - vg.Length(j%3)*1.1*p.em
		p.write(c, p.lay1(clip(security, 14), regular, tickSize*p.em), vg.Point{X: f.x(float64(j) + 0.5), Y: y}, 0.5, p.theme.Muted)
	}
}

// figureOf is a return in per cent for a cell.
func figureOf(v float64) string { return strconv.FormatFloat(100*v, 'f', 1, 64) }

// likenessData is the correlations between events, ordered by their tree.
type likenessData struct {
	names []string // in the order of the tree
	r, p  map[[2]int]float64
	tree  []analysis.Branch // of all events, if all are shown
	place []int             // of an event in names
	level float64
	left  int
	n     int
}

func likenessOf(x *analysis.Correlation) *likenessData {
	n := len(x.Events)
	d := &likenessData{r: make(map[[2]int]float64), p: make(map[[2]int]float64), level: x.Spec.Level, n: n}
	leaves := make([][]int, n, 2*n)
	for i := range n {
		leaves[i] = []int{i}
	}
	joined := make([]bool, n, 2*n)
	for _, b := range x.Tree {
		leaves = append(leaves, slices.Concat(leaves[b.A], leaves[b.B]))
		joined = append(joined, false)
		joined[b.A], joined[b.B] = true, true
	}
	var order []int
	for k := len(leaves) - 1; k >= 0; k-- {
		if !joined[k] {
			order = append(order, leaves[k]...)
		}
	}
	if d.left = len(order) - mostCompared; d.left > 0 {
		order = order[:mostCompared]
	} else {
		d.tree = x.Tree
	}
	d.place = make([]int, n)
	for i := range d.place {
		d.place[i] = -1
	}
	for at, e := range order {
		d.place[e] = at
		d.names = append(d.names, x.Catalog.Events[x.Events[e]].ID)
	}
	for _, l := range x.Likeness {
		if a, b := d.place[l.First], d.place[l.Second]; a >= 0 && b >= 0 {
			for _, k := range [][2]int{{a, b}, {b, a}} {
				d.r[k], d.p[k] = l.Pearson, l.P
			}
		}
	}
	return d
}

func (d *likenessData) id() string      { return "" }
func (d *likenessData) about() []string { return nil }

func (d *likenessData) figure(p *pen) figure {
	w := p.words
	f := figure{title: w.Say("Events that hit the same shares the same way"), subtitle: w.Say("Correlation of the standardised abnormal returns of session 0 over the securities, and the tree of the most alike"), height: (vg.Length(len(d.names))*1.7 + 3.5) * p.em,
		caption: []string{w.Say("Framed: p at most %s%% by the past of both events, not corrected for the number of pairs.", strconv.FormatFloat(100*d.level, 'g', -1, 64))}}
	if d.left > 0 {
		f.caption = append(f.caption, w.Say("%s events are left out.", strconv.Itoa(d.left)))
	}
	f.body = func(c draw.Canvas) { d.draw(p, c) }
	return f
}

func (d *likenessData) draw(p *pen, c draw.Canvas) {
	var widest vg.Length
	for _, name := range d.names {
		widest = max(widest, p.lay1(clip(name, 26), regular, labelSize*p.em).width())
	}
	n := len(d.names)
	branch := vg.Length(0)
	if d.tree != nil {
		branch = 0.18 * (c.Max.X - c.Min.X)
	}
	f := frame{Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + widest + 0.7*p.em, Y: c.Min.Y + 1.2*p.em}, Max: vg.Point{X: c.Max.X - branch, Y: c.Max.Y}}, left: 0, right: float64(n), bottom: float64(n), top: 0}
	var framed []vg.Rectangle
	for i, name := range d.names {
		p.write(c, p.lay1(clip(name, 26), regular, labelSize*p.em), vg.Point{X: f.Min.X - 0.5*p.em, Y: f.y(float64(i) + 0.5)}, 1, p.theme.Ink)
		p.write(c, p.lay1(strconv.Itoa(i+1), regular, tickSize*p.em), vg.Point{X: f.x(float64(i) + 0.5), Y: f.Min.Y - 0.7*p.em}, 0.5, p.theme.Muted)
		for j := range n {
			r := vg.Rectangle{Min: f.at(float64(j), float64(i+1)), Max: f.at(float64(j+1), float64(i))}
			in := p.stroke(0.4)
			r.Min, r.Max = r.Min.Add(vg.Point{X: in, Y: in}), r.Max.Sub(vg.Point{X: in, Y: in})
			size := min(0.75*p.em, (r.Max.X-r.Min.X)/3)
			if i == j {
				p.write(c, p.lay1(strconv.Itoa(i+1), bold, size), vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: (r.Min.Y + r.Max.Y) / 2}, 0.5, p.theme.Muted)
				continue
			}
			v, ok := d.r[[2]int{i, j}]
			if !ok || math.IsNaN(v) {
				p.hatch(c, r)
				continue
			}
			col := p.theme.diverging(v)
			c.SetColor(col)
			c.Fill(r.Path())
			if size.Points() > 4 {
				p.write(c, p.lay1(strconv.FormatFloat(v, 'f', 2, 64), regular, size), vg.Point{X: (r.Min.X + r.Max.X) / 2, Y: (r.Min.Y + r.Max.Y) / 2}, 0.5, p.theme.on(col))
			}
			if d.p[[2]int{i, j}] <= d.level {
				framed = append(framed, r)
			}
		}
	}
	c.SetLineStyle(draw.LineStyle{Color: p.theme.Ink, Width: p.stroke(1.3)})
	for _, r := range framed {
		c.Stroke(r.Path())
	}
	if d.tree != nil {
		d.branches(p, c, f, branch)
	}
}

// branches draws the tree at the right of the matrix: the farther to the right two
// branches join, the less alike their events are.
func (d *likenessData) branches(p *pen, c draw.Canvas, f frame, width vg.Length) {
	y := make([]float64, d.n, 2*d.n)
	x := make([]vg.Length, d.n, 2*d.n)
	for e, at := range d.place {
		y[e], x[e] = float64(at)+0.5, f.Max.X+0.3*p.em
	}
	for _, b := range d.tree {
		like := min(1, max(-1, b.Like))
		at := f.Max.X + 0.3*p.em + vg.Length((1-like)/2)*(width-0.8*p.em)
		at = max(at, max(x[b.A], x[b.B])+p.stroke(1))
		for _, k := range []int{b.A, b.B} {
			line(c, p.theme.Muted, p.stroke(0.9), nil, vg.Point{X: x[k], Y: f.y(y[k])}, vg.Point{X: at, Y: f.y(y[k])})
		}
		line(c, p.theme.Muted, p.stroke(0.9), nil, vg.Point{X: at, Y: f.y(y[b.A])}, vg.Point{X: at, Y: f.y(y[b.B])})
		y, x = append(y, (y[b.A]+y[b.B])/2), append(x, at)
	}
}
