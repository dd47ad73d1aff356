package plots

import (
	"cmp"
	"fmt"
	"image/color"
	"math"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
	"aftershock/internal/words"
)

// panelsData is small multiples of one event: the cumulative abnormal returns
// of each security in a panel of its own.
type panelsData struct {
	subject
	Panels  []panel
	Average floats // nil for fewer than two securities
}

// panel is one path. Element k of a slice is session window.From+k; NaN is a gap.
type panel struct {
	Name         headline // ID alone for a security
	N            int      // observations that it averages; 0 for one security
	Y            floats
	Lower, Upper floats // 95% interval
}

func panelsOf(r *analysis.Result, event int, obs []int) drawing {
	e := &r.Catalog.Events[event]
	d := &panelsData{subject: subjectOf(r, e, obs)}
	for _, i := range obs {
		o := r.Observation(i)
		if !o.Used() {
			continue
		}
		f := r.AbnormalReturns(i)
		p := panel{Name: headline{ID: o.Security}, Y: f.Path}
		for _, x := range r.PathInterval(i) {
			p.Lower, p.Upper = append(p.Lower, x.Lower), append(p.Upper, x.Upper)
		}
		d.Panels = append(d.Panels, p)
	}
	if g := r.Group(analysis.ByEvent, e.ID); g != nil && len(d.Panels) > 1 {
		for _, a := range g.Averages {
			d.Average = append(d.Average, a.CAAR)
		}
	}
	return d
}

func (d *panelsData) figure(p *pen) figure {
	f := figure{title: d.title(p.lang)}
	f.subtitle = p.carSubtitle(&d.subject)
	m := newMultiples(d.Panels, d.Window)
	if len(m.panels) == 0 {
		return p.nothing(f, &d.subject)
	}
	m.own = p.own
	say := []string{p.words.Say("Shaded: 95% interval (forecast error of the model). Blue and orange: the interval at the end excludes 0.")}
	if end(d.Average) >= 0 && !m.own {
		m.average = d.Average
		say = append(say, p.words.Say("Thin line: their average."))
	}
	f.caption = d.caption(p.words, append(say, m.remarks(p.words)...), m.missing)
	m.complete(p, &f)
	return f
}

// carSubtitle says what a chart of cumulative abnormal returns shows.
func (p *pen) carSubtitle(s *subject) string {
	from, to := session(s.Window.From), session(s.Window.To)
	if on := s.dates(); on != "" {
		return p.words.Say("Cumulative abnormal return (CAR) from session %s to %s; session 0 is %s", from, to, on)
	}
	return p.words.Say("Cumulative abnormal return (CAR) from session %s to %s", from, to)
}

// multiples are panels on common axes.
type multiples struct {
	panels  []panel // from the highest end to the lowest
	window  analysis.Window
	average []float64 // drawn thin in every panel; may be nil
	hidden  int       // panels that are not drawn
	longest int       // runes of the longest name
	missing []string  // names of panels without a figure
	own     bool      // each panel has its own scale
	inset   vg.Length // of an own scale's labels
}

// mostPanels is how many panels a page has at most; of more, the highest and
// the lowest are drawn.
const mostPanels = 60

func newMultiples(all []panel, w analysis.Window) *multiples {
	m := &multiples{window: w}
	for _, x := range all {
		if end(x.Y) >= 0 {
			m.panels = append(m.panels, x)
		} else {
			m.missing = append(m.missing, x.Name.ID)
		}
	}
	slices.SortStableFunc(m.panels, func(a, b panel) int {
		switch ya, yb := a.Y[end(a.Y)], b.Y[end(b.Y)]; {
		case ya > yb:
			return -1
		case ya < yb:
			return 1
		}
		return strings.Compare(a.Name.ID, b.Name.ID)
	})
	if n := len(m.panels); n > mostPanels {
		m.hidden = n - mostPanels
		m.panels = slices.Concat(m.panels[:mostPanels/2], m.panels[n-mostPanels/2:])
	}
	return m
}

// remarks says that the panels have one scale, and of those that are not drawn
// how many they are.
func (m *multiples) remarks(w *words.Language) (say []string) {
	switch {
	case len(m.panels) > 1 && m.own:
		say = append(say, w.Say("Each panel has its own scale, which its edge states."))
	case len(m.panels) > 1:
		say = append(say, w.Say("All panels have one scale."))
	}
	if slices.ContainsFunc(m.panels, func(x panel) bool {
		lo, hi := m.boundsOf(&x)
		return cut(lo, hi, x.Y, x.Lower, x.Upper)
	}) {
		say = append(say, w.Say("Arrowheads: it goes on beyond the axis."))
	}
	if m.hidden > 0 {
		say = append(say, w.Say("Only the highest and the lowest are drawn, %s of %s.", strconv.Itoa(len(m.panels)), strconv.Itoa(len(m.panels)+m.hidden)))
	}
	return say
}

// The sizes of panels, in ems.
const (
	panelWidth  = 10.0 // least
	panelHead   = 1.55
	panelFoot   = 1.9 // under the last row, for the labels
	panelHeight = 3.4 // least height of its area
	panelGap    = 1.3 // between columns
)

// wide reports whether names need more room than symbols.
func (m *multiples) wide() bool { return m.longest > 10 }

// nameLines is how many lines names take.
func (m *multiples) nameLines() int {
	if m.longest > 22 {
		return 2
	}
	return 1
}

// head is the height over a panel, for its name, in ems.
func (m *multiples) head() vg.Length { return panelHead + 1.1*vg.Length(m.nameLines()-1) }

// columns divides n panels, each least wide, into columns on a page of the
// given width.
func columns(n int, width, least float64) int {
	most := max(1, int(width/least))
	root := math.Sqrt(float64(n))
	best, empty := 0, n+1
	for c := int(math.Ceil(root)); c <= min(n, int(math.Ceil(1.5*root))); c++ {
		if e := (n+c-1)/c*c - n; c <= most && e <= empty {
			best, empty = c, e
		}
	}
	if best == 0 {
		return most
	}
	return best
}

// complete gives f the panels as its body.
func (m *multiples) complete(p *pen, f *figure) {
	width := p.width - 2.6*p.em
	least := panelWidth
	if m.wide() {
		least *= 1.8
	}
	cols := columns(len(m.panels), float64(width/p.em), least)
	rows := (len(m.panels) + cols - 1) / cols
	each := max(0.5*width/vg.Length(cols), panelHeight*p.em) + m.head()*p.em
	if p.phone && cols == 1 {
		each = 7*p.em + m.head()*p.em
	}
	if len(m.panels) == 1 {
		each = 0.45 * p.width
	}
	f.height = vg.Length(rows)*each + panelFoot*p.em
	f.body = func(c draw.Canvas) { m.draw(p, c, cols) }
}

func (m *multiples) draw(p *pen, c draw.Canvas, cols int) {
	rows := (len(m.panels) + cols - 1) / cols
	height := c.Max.Y - c.Min.Y - panelFoot*p.em
	room := max(1, int(height/((panelHeight+m.head())*p.em)))
	panels, more := m.panels, 0
	if rows > room { // the page is too low for all
		rows = room
		more = len(panels) - rows*cols + 1
		panels = panels[:rows*cols-1]
	}
	bottom, top := m.bounds()
	each := func(most int) (ticks []plot.Tick, of []([]plot.Tick), gutter vg.Length) {
		if !m.own {
			ticks = percents(bottom, top, most)
			_, gutter = p.labels(ticks, tickSize*p.em)
			return ticks, nil, gutter + 0.5*p.em
		}
		for i := range panels {
			lo, hi := m.boundsOf(&panels[i])
			t := percents(lo, hi, max(2, min(4, most)))
			of = append(of, t)
			_, w := p.labels(t, ownSize*p.em)
			gutter = max(gutter, w)
		}
		return nil, of, gutter + 0.5*p.em
	}
	pitch := height / vg.Length(rows)
	ticks, of, gutter := each(max(2, min(7, int((pitch-m.head()*p.em)/(1.8*p.em)))))
	air, inset := panelGap*p.em, vg.Length(0) // between columns; of a panel's labels within its column
	if m.own {
		air, inset, gutter = 0.8*p.em, gutter, 0
	}
	m.inset = inset
	step := (c.Max.X - c.Min.X - gutter + air) / vg.Length(cols)
	cell := func(i int) frame {
		x := c.Min.X + gutter + vg.Length(i%cols)*step
		y := c.Max.Y - vg.Length(i/cols)*pitch
		return frame{
			Rectangle: vg.Rectangle{Min: vg.Point{X: x + inset, Y: y - pitch + 0.35*p.em}, Max: vg.Point{X: x + step - air, Y: y - m.head()*p.em}},
			left:      float64(m.window.From), right: float64(m.window.To), bottom: bottom, top: top,
		}
	}
	for i := range panels {
		f := cell(i)
		if f.left == f.right {
			f.left, f.right = f.left-1, f.right+1
		}
		last := i+cols >= len(panels)+min(more, 1)
		if m.own {
			f.bottom, f.top = m.boundsOf(&panels[i])
			m.panel(p, c, f, &panels[i], of[i], true, last)
			continue
		}
		m.panel(p, c, f, &panels[i], ticks, i%cols == 0, last)
	}
	if more > 0 {
		f := cell(len(panels))
		p.write(c, p.lay1(p.words.Say("%s more", more), regular, labelSize*p.em), vg.Point{X: (f.Min.X + f.Max.X) / 2, Y: (f.Min.Y + f.Max.Y) / 2}, 0.5, p.theme.Muted)
	}
}

// ownSize is the size of the labels of panels with scales of their own, in ems.
const ownSize = 0.74

// boundsOf returns the range of the vertical axis of x.
func (m *multiples) boundsOf(x *panel) (lo, hi float64) {
	if m.own {
		return span([]panel{*x}, 1)
	}
	return m.bounds()
}

// bounds returns the range of the vertical axis of panels with one scale: the paths,
// zero, and the bands as far as they leave the paths most of the height; of one panel,
// all of both.
func (m *multiples) bounds() (lo, hi float64) {
	if len(m.panels) == 1 {
		return span(m.panels, 1e9)
	}
	lo, hi = span(m.panels, 0.4)
	// Of many panels, few that went far do not press the others flat.
	sorted := slices.Clone(m.panels)
	reach := func(x *panel) float64 {
		l, h, _ := extent([]float64{0}, x.Y)
		return h - l
	}
	slices.SortStableFunc(sorted, func(a, b panel) int { return cmp.Compare(reach(&b), reach(&a)) })
	if k := len(sorted) / 10; k > 0 {
		if a, b := span(sorted[k:], 0.4); hi-lo > crowding*(b-a) {
			lo, hi = a, b
		}
	}
	return lo, hi
}

// crowding is how many times the height that nine of ten panels need all may have
// before the tenth is cut.
const crowding = 1.6

// span is the range of the paths of panels, and of their bands as far as share times
// that beyond it on either side.
func span(panels []panel, share float64) (lo, hi float64) {
	for _, x := range panels {
		if l, h, ok := extent(x.Y); ok {
			lo, hi = min(lo, l), max(hi, h)
		}
	}
	least, most := lo, hi
	for _, x := range panels {
		if l, h, ok := extent(x.Lower, x.Upper); ok {
			least, most = min(least, l), max(most, h)
		}
	}
	room := share * max(hi-lo, 1e-3)
	return widen(max(least, lo-room), min(most, hi+room), 0.03)
}

// panel draws one panel. Its line has a colour where the interval at its end
// excludes zero.
func (m *multiples) panel(p *pen, c draw.Canvas, f frame, x *panel, ticks []plot.Tick, first, last bool) {
	size := vg.Length(tickSize)
	if m.own {
		size = ownSize
	}
	p.rules(c, f, ticks, first, size*p.em)
	if m.window.Contains(0) {
		line(c, p.theme.Muted, p.stroke(0.7), []vg.Length{p.stroke(2.5), p.stroke(2)}, vg.Point{X: f.x(0), Y: f.Min.Y}, vg.Point{X: f.x(0), Y: f.Max.Y})
	}
	tau := func(k int) float64 { return float64(m.window.From + k) }
	p.band(c, p.theme.Band, len(x.Lower), func(k int) (lo, hi vg.Point, ok bool) {
		return f.at(tau(k), x.Lower[k]), f.at(tau(k), x.Upper[k]), finite(x.Lower[k]) && finite(x.Upper[k])
	})
	p.cuts(c, f, m.window.From, x.Lower, x.Upper)
	path := func(col color.NRGBA, width vg.Length, y []float64) {
		p.polyline(c, col, width, len(y), func(k int) (vg.Point, bool) {
			if !finite(y[k]) {
				return vg.Point{}, false
			}
			return f.at(tau(k), y[k]), true
		})
	}
	if !m.own { // on which it would leave the panel
		path(p.theme.Faint, p.stroke(0.9), m.average)
	}
	k := end(x.Y)
	col, face := p.theme.Ink, regular
	switch {
	case x.Lower[k] > 0:
		col, face = p.theme.Rise, bold
	case x.Upper[k] < 0:
		col, face = p.theme.Fall, bold
	}
	p.path(c, f, col, p.stroke(1.7), nil, m.window.From, x.Y)

	y := f.Max.Y + (m.head()-0.8)*p.em
	value := p.lay1(percent(x.Y[k], 1), face, labelSize*p.em)
	p.write(c, value, vg.Point{X: f.Max.X, Y: y}, 1, col)
	left := f.Min.X - m.inset
	room := f.Max.X - left - value.width() - 0.6*p.em
	var count block
	if x.N > 0 {
		count = p.lay1(fmt.Sprintf("n = %d", x.N), regular, tickSize*p.em)
		room -= count.width() + 0.5*p.em
	}
	name := x.Name.title(p.lang)
	if k < len(x.Y)-1 {
		name += p.words.Isolate(" (" + session(m.window.From+k) + ")")
	}
	b := p.lay(name, bold, labelSize*p.em, room, m.nameLines())
	p.writeLines(c, b, vg.Point{X: left, Y: y}, p.theme.Ink)
	p.write(c, count, vg.Point{X: f.Max.X - value.width() - 0.6*p.em, Y: y}, 1, p.theme.Muted)
	if last {
		p.below(c, f, m.sessions(int((f.Max.X-f.Min.X)/(3.6*p.em))))
	}
}

// sessions labels the first, the last and session 0, and where there is room for
// more, those between.
func (m *multiples) sessions(most int) []plot.Tick {
	var taus []int
	if step := int(nice(float64(m.window.To-m.window.From), most)); most > 6 && step > 0 {
		for tau := m.window.From; tau <= m.window.To; tau++ {
			if tau%step == 0 {
				taus = append(taus, tau)
			}
		}
	} else {
		taus = append(taus, m.window.From)
		if m.window.From < 0 && m.window.To > 0 {
			taus = append(taus, 0)
		}
		if m.window.To > m.window.From {
			taus = append(taus, m.window.To)
		}
	}
	ticks := make([]plot.Tick, len(taus))
	for i, tau := range taus {
		ticks[i] = plot.Tick{Value: float64(tau), Label: session(tau)}
	}
	return ticks
}
