package plots

import (
	"cmp"
	"context"
	"slices"
	"strconv"
	"strings"

	"gonum.org/v1/plot"
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
	"aftershock/market"
)

// history is one security over many sessions, with its events marked.
type history struct {
	facts
	Security, Name string
	Dates          days
	Y              rough // by date; NaN is a gap
	Marks          []mark
	CAR            analysis.Window // of the marks
	Drawn, Of      int             // securities with a picture, of how many
}

// mark is an event of the security.
type mark struct {
	headline
	At  market.Date // session 0
	CAR floats      // CAR and its 95% interval; nil for an excluded observation
}

// mostSecurities is how many securities the charts of one picture a security
// draw: those with the most events.
const mostSecurities = 100

// eachSecurity makes a chart of one picture for each security from a function
// of its symbol and the indices of its observations.
func eachSecurity(take func(r *analysis.Result, h history, obs []int) drawing) func(context.Context, input) ([]drawing, error) {
	return func(ctx context.Context, in input) ([]drawing, error) {
		r := in.Result
		obs := make(map[string][]int)
		var symbols []string
		for i := range r.N() {
			s := r.Observation(i).Security
			if obs[s] == nil {
				symbols = append(symbols, s)
			}
			obs[s] = append(obs[s], i)
		}
		of := len(symbols)
		slices.SortStableFunc(symbols, func(a, b string) int { return cmp.Compare(len(obs[b]), len(obs[a])) })
		symbols = symbols[:min(of, mostSecurities)]
		var ds []drawing
		for _, s := range symbols {
			h := history{facts: factsOf(r, obs[s]), Security: s, CAR: r.Study.CARWindows[headWindow], Drawn: len(symbols), Of: of}
			h.Excluded = nil
			if c := r.Panel.Column(s); c != nil {
				h.Name = c.Name
			}
			for _, i := range obs[s] {
				o := r.Observation(i)
				m := mark{headline: headlineOf(&r.Catalog.Events[o.Event]), At: o.Session0}
				if o.Used() {
					x := r.CARInterval(i, headWindow)
					m.CAR = floats{x.Value, x.Lower, x.Upper}
				}
				if o.Session0 != market.NoDate {
					h.Marks = append(h.Marks, m)
				} else {
					h.Excluded = append(h.Excluded, o.EventID+" ("+string(o.Exclusion.Reason)+")")
				}
			}
			slices.SortStableFunc(h.Marks, func(a, b mark) int { return cmp.Compare(a.At, b.At) })
			ds = append(ds, take(r, h, obs[s]))
		}
		return ds, ctx.Err()
	}
}

func (h *history) id() string      { return h.Security }
func (h *history) about() []string { return []string{h.Security} }

// begin starts the figure of a security: its name and what stands under it.
func (h *history) begin(p *pen, subtitle string, say ...string) figure {
	f := figure{title: h.Security, subtitle: subtitle}
	if h.Name != "" && h.Name != h.Security {
		f.title = h.Name + " (" + h.Security + ")"
	}
	f.caption = []string{h.method(p.words, p.words.Observations)}
	if len(h.Marks) > 0 {
		say = append(say, p.words.Say("Shaded: event windows. Beside each event its CAR over %s, bold and coloured where its 95%% interval excludes 0.", window(h.CAR)))
	}
	if h.Of > h.Drawn {
		say = append(say, p.words.Say("Drawn are the %s securities with the most events, of %s.", strconv.Itoa(h.Drawn), strconv.Itoa(h.Of)))
	}
	if len(h.Excluded) > 0 {
		say = append(say, p.words.Say("Excluded: %s.", strings.Join(some(h.Excluded, 6), ", ")))
	}
	f.caption = append(f.caption, strings.Join(say, " "))
	f.caption = append(f.caption, h.origins(p.words, "")...)
	return f
}

// spans returns the event windows as intervals of indices into Dates, those
// that overlap joined.
func (h *history) spans() [][2]int {
	var out [][2]int
	for _, m := range h.Marks {
		k, ok := slices.BinarySearch(h.Dates, m.At)
		if !ok || m.CAR == nil {
			continue
		}
		s := [2]int{max(0, k+h.Window.From), min(len(h.Dates)-1, k+h.Window.To)}
		if n := len(out); n > 0 && s[0] <= out[n-1][1] {
			out[n-1][1] = max(s[1], out[n-1][1])
		} else {
			out = append(out, s)
		}
	}
	return out
}

// The sizes of the list of events under the data, in ems.
const (
	legendColumn = 26.0 // least width
	legendLine   = 1.3
	badge        = 1.35 // of an event's number over the data
)

// legend is how the list of events is laid out.
type legend struct {
	marks      []mark
	cols, rows int
	more       int // events that are not listed
	tiers      int // rows of numbers over the data
}

func (h *history) legend(p *pen, width, height vg.Length) legend {
	l := legend{marks: h.Marks, cols: max(1, min(3, int(width/(legendColumn*p.em))))}
	l.tiers = min(4, 1+int(float64(len(h.Marks))*badge/float64(width/p.em)*1.2))
	l.rows = (len(l.marks) + l.cols - 1) / l.cols
	if most := int(height / (legendLine * p.em)); l.rows > most {
		l.rows = max(1, most)
		if n := l.rows*l.cols - 1; n < len(l.marks) {
			l.more = len(l.marks) - n
			l.marks = l.marks[:n]
		}
	}
	return l
}

// height is what the list and the numbers take.
func (l legend) height(p *pen) vg.Length {
	return vg.Length(float64(l.rows)*legendLine+float64(l.tiers)*badge+1.2) * p.em
}

// mostListed is how many events a page of free height lists.
const mostListed = 60

// wish is the height that the body would like to have beside its data.
func (h *history) wish(p *pen) vg.Length {
	return h.legend(p, p.width-2.6*p.em, mostListed*legendLine*p.em).height(p)
}

// draw lays the body out and draws what is common to the charts of a security
// over time: windows, dates, marks and the list of events. It calls data
// with the areas for the figures, one over the other in the given shares.
func (h *history) draw(p *pen, c draw.Canvas, gutter vg.Length, shares []float64, data func(f []frame)) {
	room := mostListed * legendLine * p.em
	if p.height > 0 {
		room = 0.45 * (c.Max.Y - c.Min.Y)
	}
	l := h.legend(p, c.Max.X-c.Min.X, room)
	list := vg.Length(float64(l.rows)*legendLine) * p.em
	top := c.Max.Y - vg.Length(float64(l.tiers)*badge+0.4)*p.em
	bottom := c.Min.Y + list + 2.2*p.em
	frames := make([]frame, len(shares))
	y := top
	for i, s := range shares {
		next := y - vg.Length(s)*(top-bottom)
		frames[i] = frame{Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + gutter, Y: next}, Max: vg.Point{X: c.Max.X, Y: y}},
			left: -0.5, right: float64(len(h.Dates)) - 0.5, bottom: 0, top: 1}
		if i > 0 {
			frames[i].Max.Y -= 0.9 * p.em
		}
		y = next
	}
	first, last := frames[0], frames[len(frames)-1]
	for _, s := range h.spans() {
		c.SetColor(faded(p.theme.Band, float64(p.theme.Band.A)/255*0.6))
		c.Fill(vg.Rectangle{Min: vg.Point{X: first.x(float64(s[0]) - 0.5), Y: last.Min.Y}, Max: vg.Point{X: first.x(float64(s[1]) + 0.5), Y: first.Max.Y}}.Path())
	}
	ticks := dateTicks(h.Dates, int((first.Max.X-first.Min.X)/(6*p.em)))
	for _, t := range ticks {
		line(c, p.theme.Grid, p.stroke(0.7), nil, vg.Point{X: first.x(t.Value), Y: last.Min.Y}, vg.Point{X: first.x(t.Value), Y: first.Max.Y})
	}
	p.below(c, last, ticks)
	data(frames)
	h.badges(p, c, first, last.Min.Y, l.tiers)
	h.list(p, c, l, vg.Rectangle{Min: c.Min, Max: vg.Point{X: c.Max.X, Y: c.Min.Y + list}})
}

// badges draws a line at each event and its number above the data.
func (h *history) badges(p *pen, c draw.Canvas, f frame, foot vg.Length, tiers int) {
	for tier := range tiers {
		var index []int
		var want []float64
		for i, m := range h.Marks {
			if k, ok := slices.BinarySearch(h.Dates, m.At); ok && i%tiers == tier {
				index, want = append(index, i), append(want, float64(f.x(float64(k))))
			}
		}
		half := float64(badge * p.em / 2)
		y := f.Max.Y + vg.Length(0.4+badge*(float64(tier)+0.5))*p.em
		for n, x := range spread(want, 2*half, float64(f.Min.X)+half-float64(p.em), float64(f.Max.X)-half) {
			col := p.theme.Ink
			if h.Marks[index[n]].CAR == nil {
				col = p.theme.Muted
			}
			at := vg.Point{X: vg.Length(want[n]), Y: f.Max.Y}
			to := vg.Point{X: vg.Length(x), Y: y}
			line(c, faded(col, 0.55), p.stroke(0.7), []vg.Length{p.stroke(2), p.stroke(1.6)}, vg.Point{X: at.X, Y: foot}, at)
			line(c, faded(col, 0.55), p.stroke(0.7), nil, at, vg.Point{X: to.X, Y: to.Y - 0.5*p.em})
			dot(c, col, to, 0.58*p.em)
			number := strconv.Itoa(index[n] + 1)
			p.write(c, p.lay1(number, bold, []vg.Length{0.74, 0.62, 0.46}[min(2, len(number)-1)]*p.em), to, 0.5, p.theme.Paper)
		}
	}
}

// list writes the events' numbers, dates, titles and CARs in columns.
func (h *history) list(p *pen, c draw.Canvas, l legend, r vg.Rectangle) {
	const gap = 1.6
	width := (r.Max.X - r.Min.X + gap*p.em) / vg.Length(l.cols)
	size := captionSize * p.em
	for i := range len(l.marks) + min(1, l.more) {
		x := r.Min.X + vg.Length(i/l.rows)*width
		if p.words.RTL {
			x = r.Min.X + vg.Length(l.cols-1-i/l.rows)*width
		}
		y := r.Max.Y - vg.Length(float64(i%l.rows)+0.5)*legendLine*p.em
		end := x + width - gap*p.em
		if i == len(l.marks) {
			p.write(c, p.lay1(p.words.Say("%s more", l.more), regular, size), vg.Point{X: x, Y: y}, 0, p.theme.Muted)
			break
		}
		m := l.marks[i]
		value, face, col := p.words.Say("excluded"), regular, p.theme.Muted
		if m.CAR != nil {
			value, col = "–", p.theme.Ink
			if finite(m.CAR[0]) {
				value = percent(m.CAR[0], 1)
			}
			switch {
			case m.CAR[1] > 0:
				face, col = bold, p.theme.Rise
			case m.CAR[2] < 0:
				face, col = bold, p.theme.Fall
			}
		}
		v := p.lay1(value, face, size)
		head := p.lay1(strconv.Itoa(i+1), bold, size)
		date := p.lay1(m.At.String(), regular, size)
		at := func(from, w vg.Length) vg.Point { // left to right, or mirrored
			if p.words.RTL {
				return vg.Point{X: x + end - from - w, Y: y}
			}
			return vg.Point{X: from, Y: y}
		}
		from := x
		p.write(c, head, at(from, head.width()), 0, p.theme.Ink)
		from += 1.9 * p.em
		p.write(c, date, at(from, date.width()), 0, p.theme.Muted)
		from += date.width() + 0.7*p.em
		title := p.lay(m.title(p.lang), regular, size, end-from-v.width()-0.6*p.em, 1)
		p.write(c, title, at(from, title.width()), 0, p.theme.Ink)
		p.write(c, v, at(end-v.width(), v.width()), 0, col)
	}
}

// dateTicks marks the first session of months or years, no more than most of
// them, by index into dates.
func dateTicks(dates []market.Date, most int) []plot.Tick {
	if len(dates) == 0 {
		return nil
	}
	for _, months := range []int{1, 2, 3, 6, 12, 24, 60, 120, 240} {
		var ticks []plot.Tick
		for k, d := range dates {
			t := d.Time()
			month := t.Year()*12 + int(t.Month()) - 1
			if k == 0 || month%months != 0 {
				continue
			}
			if b := dates[k-1].Time(); b.Year()*12+int(b.Month())-1 == month {
				continue
			}
			label := t.Format("2006-01")
			if months >= 12 {
				label = t.Format("2006")
			}
			ticks = append(ticks, plot.Tick{Value: float64(k), Label: label})
		}
		if len(ticks) <= max(2, most) {
			if len(ticks) == 0 { // within a month
				ticks = []plot.Tick{{Value: 0, Label: dates[0].String()}}
			}
			return ticks
		}
	}
	return nil
}
