package plots

import (
	"image/color"
	"math"
	"strings"

	"golang.org/x/image/font"
	"gonum.org/v1/plot"
	stdfont "gonum.org/v1/plot/font"
	"gonum.org/v1/plot/text"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/internal/words"
)

// pen is what a figure is drawn with.
type pen struct {
	*typesetter
	theme  Theme
	words  *words.Language
	lang   string
	width  vg.Length // of the page
	height vg.Length // of the page; 0 when it is the figure's to choose
	em     vg.Length // size of plain text
	phone  bool      // the page is that of a phone
	start  *int      // of paths, as Options.Start
	own    bool      // each panel has its own scale
}

// newPen chooses the size of text: 66 ems a page width, which reads at the
// default size and when a large page is shown small, and never less than can
// be read at all.
func newPen(t *typesetter, theme Theme, w *words.Language, lang string, width, height vg.Length) *pen {
	side := width
	if height > 0 {
		side = min(side, height*1.6)
	}
	return &pen{typesetter: t, theme: theme, words: w, lang: lang, width: width, height: height, em: max(side/66, 6.8)}
}

// narrowText is how many ems a page of a phone is wide: 390 pixels hold text of 12.
const narrowText = 32.5

// figure is a chart ready to be drawn under its title and above its caption.
type figure struct {
	title    string
	subtitle string
	caption  []string  // paragraphs
	height   vg.Length // that the body would like to have
	brief    bool      // the title and the subtitle have a line each
	body     func(c draw.Canvas)
}

// The sizes of text, in ems of the page.
const (
	titleSize   = 1.5
	longTitle   = 1.2 // of a title that takes more than two lines otherwise
	captionSize = 0.84
)

// leastBody is the least height of a body, in ems: a page too low for it and
// its text grows.
const leastBody = 12

// page is a figure laid out.
type page struct {
	*pen
	fig             figure
	size            vg.Point
	margin          vg.Length
	title, subtitle block
	caption         []block
	body            vg.Rectangle
}

func (p *pen) lay1(txt string, w weight, size vg.Length) block { return p.lay(txt, w, size, 0, 0) }

// compose lays f out. The title, the subtitle and the caption take what they
// need within reason; the body has the rest, or its wish where the page's
// height is free.
func (p *pen) compose(f figure) *page {
	pg := &page{pen: p, fig: f, margin: 1.3 * p.em}
	w := p.width - 2*pg.margin
	most := 8
	if p.height > 0 {
		most = max(1, int(0.25*float64(p.height/p.em)/longTitle/p.lineHeight()))
	}
	second := 2
	pg.title = p.lay(f.title, bold, titleSize*p.em, w, 0)
	if f.brief {
		pg.title = p.lay(f.title, bold, longTitle*p.em, w, 1)
		second = 1
	} else if len(pg.title.lines) > 2 || len(pg.title.lines) > most {
		pg.title = p.lay(f.title, bold, longTitle*p.em, w, most)
	}
	pg.subtitle = p.lay(f.subtitle, regular, p.em, w, second)
	var foot vg.Length
	for _, s := range f.caption {
		b := p.lay(s, regular, captionSize*p.em, w, 6)
		pg.caption = append(pg.caption, b)
		foot += p.typesetter.height(b) + 0.15*p.em
	}
	head := pg.margin + p.typesetter.height(pg.title) + 0.2*p.em + p.typesetter.height(pg.subtitle) + 0.9*p.em
	foot += pg.margin + 0.7*p.em
	pg.size = vg.Point{X: p.width, Y: max(p.height, head+leastBody*p.em+foot)}
	if p.height == 0 {
		pg.size.Y = head + f.height + foot
	}
	pg.body = vg.Rectangle{Min: vg.Point{X: pg.margin, Y: foot}, Max: vg.Point{X: p.width - pg.margin, Y: pg.size.Y - head}}
	return pg
}

// paint fills the page with its paper, on canvases that begin transparent.
func (pg *page) paint(c vg.Canvas) {
	c.SetColor(pg.theme.Paper)
	c.Fill(vg.Rectangle{Max: pg.size}.Path())
}

// draw draws the page on its paper.
func (pg *page) draw(c vg.CanvasSizer) {
	dc := draw.NewCanvas(tame{c}, pg.size.X, pg.size.Y)
	y := pg.size.Y - pg.margin
	y = pg.put(dc, pg.title, y, pg.theme.Ink) - 0.2*pg.em
	pg.put(dc, pg.subtitle, y, pg.theme.Muted)
	y = pg.body.Min.Y - 0.7*pg.em
	for _, b := range pg.caption {
		y = pg.put(dc, b, y, pg.theme.Muted) - 0.15*pg.em
	}
	dc.Rectangle = pg.body
	pg.fig.body(dc)
}

// put draws b below y from margin to margin, on the side on which its reading
// or that of the page begins, and returns where it ends.
func (pg *page) put(c draw.Canvas, b block, y vg.Length, col color.Color) vg.Length {
	c.SetColor(col)
	for _, l := range b.lines {
		x := pg.margin
		if b.rtl || pg.words.RTL {
			x = pg.size.X - pg.margin - vg.Length(l.width)*b.size
		}
		pg.drawLine(c, l, vg.Point{X: x, Y: y - vg.Length(pg.ascent)*b.size}, b.size)
		y -= vg.Length(pg.lineHeight()) * b.size
	}
	return y
}

// write draws one line of text with its vertical middle at at.Y; align 0
// puts its left end at at.X, 0.5 its middle, 1 its right end.
func (p *pen) write(c draw.Canvas, b block, at vg.Point, align float64, col color.Color) {
	if len(b.lines) == 0 {
		return
	}
	c.SetColor(col)
	const middle = 0.365 // half the height of a capital or a digit of DejaVu Sans, ems
	p.drawLine(c, b.lines[0], vg.Point{X: at.X - vg.Length(align)*b.width(), Y: at.Y - middle*b.size}, b.size)
}

// writeLines draws the lines of b downwards, the vertical middle of the first
// at at.Y, and their left ends, or for text from right to left their right
// ends, within b's width of at.X.
func (p *pen) writeLines(c draw.Canvas, b block, at vg.Point, col color.Color) {
	for _, l := range b.lines {
		one, x := block{lines: []textLine{l}, size: b.size}, at.X
		if b.rtl {
			x += b.width() - one.width()
		}
		p.write(c, one, vg.Point{X: x, Y: at.Y}, 0, col)
		at.Y -= vg.Length(p.lineHeight()) * b.size
	}
}

// stroke is w points at the default size of text and scales with it.
func (p *pen) stroke(w float64) vg.Length { return vg.Length(w) * p.em / 9 }

// plot returns an empty plot in the page's style: tick labels without tick
// marks or axis lines; the grid is the chart's to draw.
func (p *pen) plot() *plot.Plot {
	pl := plot.New()
	pl.BackgroundColor = nil
	pl.TextHandler = handler{p.typesetter}
	for _, a := range []*plot.Axis{&pl.X, &pl.Y} {
		a.LineStyle.Width = 0
		a.Tick.LineStyle.Width = 0
		a.Padding = 0.35 * p.em
		a.Tick.Label = p.style(a.Tick.Label, 0.92*p.em, p.theme.Muted)
		a.Label.TextStyle = p.style(a.Label.TextStyle, 0.92*p.em, p.theme.Muted)
		a.Label.Padding = 0.25 * p.em
	}
	return pl
}

func (p *pen) style(s text.Style, size vg.Length, col color.Color) text.Style {
	s.Font = stdfont.Font{Typeface: "DejaVu", Variant: "Sans", Weight: font.WeightNormal, Size: size}
	s.Color = col
	s.Handler = handler{p.typesetter}
	return s
}

// line strokes the polyline through pts.
func line(c draw.Canvas, col color.Color, width vg.Length, dash []vg.Length, pts ...vg.Point) {
	if len(pts) < 2 {
		return
	}
	c.SetLineStyle(draw.LineStyle{Color: col, Width: width, Dashes: dash})
	var p vg.Path
	p.Move(pts[0])
	for _, q := range pts[1:] {
		p.Line(q)
	}
	c.Stroke(p)
}

// dot fills a circle, drawn as four curves, which every canvas draws alike.
func dot(c draw.Canvas, col color.Color, at vg.Point, r vg.Length) {
	k := r * 0.5523 // control points of a quarter circle
	var p vg.Path
	pt := func(x, y vg.Length) vg.Point { return vg.Point{X: at.X + x, Y: at.Y + y} }
	p.Move(pt(r, 0))
	p.CubeTo(pt(r, k), pt(k, r), pt(0, r))
	p.CubeTo(pt(-k, r), pt(-r, k), pt(-r, 0))
	p.CubeTo(pt(-r, -k), pt(-k, -r), pt(0, -r))
	p.CubeTo(pt(k, -r), pt(r, -k), pt(r, 0))
	p.Close()
	c.SetColor(col)
	c.Fill(p)
}

// spread returns positions as close to want (ascending) as can be, at least
// sep apart and within lo and hi, in the sense of least squares. They are
// apart by less where hi-lo has no room for sep.
func spread(want []float64, sep, lo, hi float64) []float64 {
	n := len(want)
	if n == 0 {
		return nil
	}
	if n > 1 {
		sep = min(sep, (hi-lo)/float64(n-1))
	}
	// Less k*sep, the positions must only ascend: pool adjacent violators.
	type pool struct{ sum, n float64 }
	var pools []pool
	for k, w := range want {
		pools = append(pools, pool{w - float64(k)*sep, 1})
		for len(pools) > 1 {
			a, b := pools[len(pools)-2], pools[len(pools)-1]
			if a.sum/a.n <= b.sum/b.n {
				break
			}
			pools = append(pools[:len(pools)-2], pool{a.sum + b.sum, a.n + b.n})
		}
	}
	at := make([]float64, 0, n)
	for _, p := range pools {
		for range int(p.n) {
			k := float64(len(at))
			base := min(max(p.sum/p.n, lo), hi-float64(n-1)*sep)
			at = append(at, base+k*sep)
		}
	}
	return at
}

// nice returns the least step of 1, 2 or 5 times a power of ten that divides
// span into no more than most parts.
func nice(span float64, most int) float64 {
	if !(span > 0) {
		return 1
	}
	raw := span / float64(max(1, most))
	p := math.Pow(10, math.Floor(math.Log10(raw)))
	for _, k := range []float64{1, 2, 5} {
		if k*p >= raw*(1-1e-9) {
			return k * p
		}
	}
	return 10 * p
}

// percentTicks marks an axis of decimals in per cent.
type percentTicks struct{ most int }

// Ticks implements plot.Ticker.
func (t percentTicks) Ticks(lo, hi float64) []plot.Tick {
	step := nice(hi-lo, t.most)
	places := max(0, int(math.Ceil(-math.Log10(step*100)-1e-9)))
	var ticks []plot.Tick
	for k := math.Ceil(lo/step - 1e-9); k*step <= hi+1e-9*step; k++ {
		ticks = append(ticks, plot.Tick{Value: k * step, Label: percent(k*step, places)})
	}
	return ticks
}

// clip shortens s to at most n runes, the last an ellipsis.
func clip(s string, n int) string {
	if r := []rune(s); len(r) > n {
		return strings.TrimSpace(string(r[:n-1])) + "…"
	}
	return s
}

// nothing completes f for an event without a figure to draw: the page says so.
func (p *pen) nothing(f figure, s *subject) figure {
	f.caption = s.caption(p.words, nil, nil)
	return p.empty(f)
}

// empty completes f, whose caption stands, where there is nothing to draw.
func (p *pen) empty(f figure) figure {
	f.height = 0.15 * p.width
	f.body = func(c draw.Canvas) {
		b := p.lay(p.words.Say("Nothing to draw: no abnormal return here could be measured."), regular, p.em, c.Max.X-c.Min.X, 1)
		p.write(c, b, c.Center(), 0.5, p.theme.Ink)
	}
	return f
}

// grid draws the grid of the axis that carries percentages, its zero line
// stronger.
func (p *pen) grid(c draw.Canvas, pl *plot.Plot, vertical bool) {
	x, y := pl.Transforms(&c)
	axis := &pl.Y
	if vertical {
		axis = &pl.X
	}
	for _, t := range axis.Tick.Marker.Ticks(axis.Min, axis.Max) {
		col, width := p.theme.Grid, p.stroke(0.7)
		if t.Value == 0 {
			col, width = p.theme.Muted, p.stroke(0.9)
		}
		if vertical {
			line(c, col, width, nil, vg.Point{X: x(t.Value), Y: c.Min.Y}, vg.Point{X: x(t.Value), Y: c.Max.Y})
		} else {
			line(c, col, width, nil, vg.Point{X: c.Min.X, Y: y(t.Value)}, vg.Point{X: c.Max.X, Y: y(t.Value)})
		}
	}
}

// runs returns the maximal intervals [from, to) of 0..n-1 on which ok holds.
func runs(n int, ok func(k int) bool) [][2]int {
	var out [][2]int
	for k := 0; k < n; k++ {
		if !ok(k) {
			continue
		}
		from := k
		for k < n && ok(k) {
			k++
		}
		out = append(out, [2]int{from, k})
	}
	return out
}

func finite(v float64) bool { return !math.IsNaN(v) && !math.IsInf(v, 0) }
