package plots

import (
	"context"
	"math"
	"slices"
	"strconv"

	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
)

// impactData is the abnormal returns of all securities on one session, by group.
type impactData struct {
	title, model string
	rows         []impactRow
	more         int
	n, hit       int
	level        float64
}

type impactRow struct {
	name string
	hits []analysis.Hit
	mean float64
}

// mostGroups is how many sectors or exchanges a chart of an impact shows.
const mostGroups = 20

// Impact draws the abnormal return of each security, by sector, where none is known
// by exchange.
func Impact(ctx context.Context, x *analysis.Impact, o Options) ([]File, error) {
	o, err := o.withDefaults()
	if err != nil {
		return nil, err
	}
	d := &impactData{title: x.Event.TitleIn(o.Lang), model: x.Study.Model.Name(), n: len(x.Hits), hit: x.Groups[0].Hit, level: x.Level}
	by := "exchange"
	for _, g := range x.Groups {
		if g.By == "sector" {
			by = "sector"
		}
	}
	for _, g := range x.Groups {
		if g.By != by {
			continue
		}
		row := impactRow{name: g.Name, mean: g.MeanAR}
		for _, h := range x.Hits {
			if by == "sector" && h.Sector == g.Name || by == "exchange" && h.Exchange == g.Name {
				row.hits = append(row.hits, h)
			}
		}
		d.rows = append(d.rows, row)
	}
	slices.SortStableFunc(d.rows, func(a, b impactRow) int {
		switch {
		case a.mean < b.mean:
			return -1
		case a.mean > b.mean:
			return 1
		}
		return 0
	})
	if d.more = len(d.rows) - mostGroups; d.more > 0 { // the middle gives way
		d.rows = slices.Concat(d.rows[:mostGroups/2], d.rows[len(d.rows)-mostGroups/2:])
	}
	return render(ctx, []drawing{d}, []string{"impact"}, o)
}

func (d *impactData) id() string      { return "" }
func (d *impactData) about() []string { return nil }

func (d *impactData) figure(p *pen) figure {
	w := p.words
	f := figure{title: w.Say("Whom it hit: %s", d.title), height: (vg.Length(len(d.rows))*2.2 + 4) * p.em,
		subtitle: w.Say("Abnormal return of each of %s securities on session 0 by the %s, per cent; %s were hit", strconv.Itoa(d.n), w.Model(d.model), strconv.Itoa(d.hit)),
		caption:  []string{w.Say("A dot a security; coloured: hit, q at most %s%% over all. Bars: the average of the group. Beyond the ends of the scale dots stand at its edge.", strconv.FormatFloat(100*d.level, 'g', -1, 64))}}
	if d.more > 0 {
		f.caption = append(f.caption, w.Say("%s groups in the middle are left out.", strconv.Itoa(d.more)))
	}
	f.body = func(c draw.Canvas) { d.draw(p, c) }
	return f
}

func (d *impactData) draw(p *pen, c draw.Canvas) {
	var sizes []float64
	var widest vg.Length
	for _, row := range d.rows {
		widest = max(widest, p.lay1(clip(row.name, 22), regular, labelSize*p.em).width())
		for _, h := range row.hits {
			sizes = append(sizes, math.Abs(h.AR))
		}
	}
	slices.Sort(sizes)
	end := sizes[len(sizes)-1-len(sizes)/100] // one in a hundred may lie beyond
	lo, hi := widen(-end, end, 0.05)
	f := frame{Rectangle: vg.Rectangle{Min: vg.Point{X: c.Min.X + widest + 0.8*p.em, Y: c.Min.Y + 2*p.em}, Max: c.Max}, left: lo, right: hi, bottom: float64(len(d.rows)), top: 0}
	ticks := percents(lo, hi, max(4, int((f.Max.X-f.Min.X)/(5*p.em))))
	p.verticals(c, f, ticks)
	p.below(c, f, ticks)
	for k, row := range d.rows {
		mid := float64(k) + 0.5
		p.write(c, p.lay1(clip(row.name, 22), regular, labelSize*p.em), vg.Point{X: f.Min.X - 0.5*p.em, Y: f.y(mid)}, 1, p.theme.Ink)
		for _, hit := range []bool{false, true} { // the hit ones on top
			for i := len(row.hits) - 1; i >= 0; i-- {
				h := &row.hits[i]
				if (h.Q <= d.level) != hit {
					continue
				}
				col, r := faded(p.theme.Faint, 0.6), p.stroke(1.3)
				if hit {
					col, r = p.theme.Rise, p.stroke(1.9)
					if h.AR < 0 {
						col = p.theme.Fall
					}
				}
				// Scattered by their place, so that they do not lie on each other.
				spread := 0.62 * (float64((i*2654435761)%1000)/1000 - 0.5)
				dot(c, col, vg.Point{X: f.x(min(max(h.AR, lo), hi)), Y: f.y(mid + spread)}, r)
			}
		}
		line(c, p.theme.Ink, p.stroke(1.6), nil, vg.Point{X: f.x(min(max(row.mean, lo), hi)), Y: f.y(mid - 0.4)}, vg.Point{X: f.x(min(max(row.mean, lo), hi)), Y: f.y(mid + 0.4)})
	}
}
