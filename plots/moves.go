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
	"aftershock/market"
)

// movesData is the abnormal returns of one security over time, with its moves and
// its news.
type movesData struct {
	security, model string
	dates           []market.Date
	ar              []float64
	moves           []analysis.Move
	news            []market.Date
	both            int
	expected, p     float64
}

// Moves draws the timeline of every security of an explanation, of more than
// mostSecurities those with the most moves: its abnormal returns, moves, and news.
func Moves(ctx context.Context, x *analysis.Explanation, o Options) ([]File, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	by := make([][]analysis.Move, len(x.Securities))
	for _, m := range x.Moves {
		by[m.Security] = append(by[m.Security], m)
	}
	order := make([]int, len(by))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(len(by[b]), len(by[a])) })
	order = order[:min(len(order), mostSecurities)]
	slices.Sort(order)
	var ds []drawing
	var stems []string
	taken := make(map[string]bool)
	for _, i := range order {
		c := &x.Coincidence[i]
		d := &movesData{security: x.Securities[i].Symbol, model: x.Study.Model.Name(), moves: by[i], news: x.News(i), both: c.Both, expected: c.Expected, p: c.P}
		d.dates, d.ar = x.Series(i)
		ds, stems = append(ds, d), append(stems, stem("timeline", d.security, taken))
	}
	return render(ctx, ds, stems, o)
}

// mostDates is how many moves have their date beside them.
const mostDates = 6

func (d *movesData) id() string      { return d.security }
func (d *movesData) about() []string { return []string{d.security} }

func (d *movesData) figure(p *pen) figure {
	w := p.words
	f := figure{title: w.Say("Moves of %s and its news", d.security), height: 20 * p.em,
		subtitle: w.Say("Abnormal return of each session by the %s, per cent; %s moves, %s of them with news", w.Model(d.model), strconv.Itoa(len(d.moves)), strconv.Itoa(d.both)),
		caption:  []string{w.Say("Full dots: moves with news in the catalogue. Rings: moves without. Marks below: sessions with news. Dates: the largest moves.")}}
	if len(d.dates) == 0 {
		return p.empty(f)
	}
	f.body = func(c draw.Canvas) { d.draw(p, c) }
	return f
}

func (d *movesData) draw(p *pen, c draw.Canvas) {
	lo, hi, _ := extent(d.ar, []float64{0})
	lo, hi = widen(lo, hi, 0.12)
	ticks := percents(lo, hi, 7)
	_, gutter := p.labels(ticks, tickSize*p.em)
	f := frame{Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + gutter + 0.6*p.em, Y: c.Min.Y + 3.2*p.em}, Max: c.Max}, left: -0.5, right: float64(len(d.dates)) - 0.5, bottom: lo, top: hi}
	p.horizontals(c, f, ticks, true)
	marks := f
	marks.Min.Y, marks.Max.Y = c.Min.Y+1.9*p.em, c.Min.Y+2.8*p.em
	below := f
	below.Min.Y = marks.Min.Y
	p.below(c, below, dateTicks(d.dates, int((f.Max.X-f.Min.X)/(6*p.em))))
	thin := min(p.stroke(1), max(p.stroke(0.3), 0.7*(f.Max.X-f.Min.X)/vg.Length(len(d.dates))))
	for k, v := range d.ar {
		line(c, p.theme.Faint, thin, nil, f.at(float64(k), 0), f.at(float64(k), v))
	}
	for _, day := range d.news {
		if k, ok := slices.BinarySearch(d.dates, day); ok {
			line(c, p.theme.Ink, p.stroke(0.9), nil, vg.Point{X: f.x(float64(k)), Y: marks.Min.Y}, vg.Point{X: f.x(float64(k)), Y: marks.Max.Y})
		}
	}
	order := slices.Clone(d.moves)
	slices.SortStableFunc(order, func(a, b analysis.Move) int { return cmp.Compare(math.Abs(b.T), math.Abs(a.T)) })
	r := p.stroke(2.8)
	var taken []vg.Rectangle // by dates
	for _, m := range order {
		k, ok := slices.BinarySearch(d.dates, m.Date)
		if !ok {
			continue
		}
		col := p.theme.Rise
		if m.AR < 0 {
			col = p.theme.Fall
		}
		at := f.at(float64(k), m.AR)
		dot(c, col, at, r)
		if len(m.Events) == 0 {
			dot(c, p.theme.Paper, at, r*0.55)
		}
		if len(taken) == mostDates {
			continue
		}
		b := p.lay1(m.Date.String(), regular, tickSize*p.em)
		align, dx := 0.0, r+0.3*p.em
		if at.X+dx+b.width() > f.Max.X {
			align, dx = 1, -dx
		}
		left := at.X + dx - vg.Length(align)*b.width()
		area := vg.Rectangle{Min: vg.Point{X: left, Y: at.Y - 0.55*p.em}, Max: vg.Point{X: left + b.width(), Y: at.Y + 0.55*p.em}}
		if slices.ContainsFunc(taken, func(o vg.Rectangle) bool {
			return area.Min.X < o.Max.X && o.Min.X < area.Max.X && area.Min.Y < o.Max.Y && o.Min.Y < area.Max.Y
		}) {
			continue
		}
		taken = append(taken, area)
		p.write(c, b, vg.Point{X: at.X + dx, Y: at.Y}, align, p.theme.Muted)
	}
}
