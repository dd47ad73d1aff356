package plots

import (
	"gonum.org/v1/plot/vg"
	"gonum.org/v1/plot/vg/draw"

	"aftershock/analysis"
)

// timelineData is one security's abnormal returns added up from its first event
// window on.
type timelineData struct{ history }

func timelineOf(r *analysis.Result, h history, _ []int) drawing {
	past := r.History(h.Security)
	h.Dates, h.Y = past.Dates, past.Cumulative
	return &timelineData{h}
}

func (d *timelineData) figure(p *pen) figure {
	f := d.begin(p, p.words.Say("Cumulative abnormal return since the first event window"), p.words.Say("Each session is explained by the fit of the latest event whose window has begun, for as many sessions as its estimation window has."))
	if end(d.Y) < 0 {
		return p.empty(f)
	}
	f.height = 0.36*p.width + d.wish(p)
	f.body = func(c draw.Canvas) {
		lo, hi, _ := extent([]float64{0}, d.Y)
		lo, hi = widen(lo, hi, 0.05)
		ticks := percents(lo, hi, max(3, min(7, int((c.Max.Y-c.Min.Y)/(5*p.em)))))
		_, gutter := p.labels(ticks, tickSize*p.em)
		d.draw(p, c, gutter+0.6*p.em, []float64{1}, func(fs []frame) {
			f := fs[0]
			f.bottom, f.top = lo, hi
			p.horizontals(c, f, ticks, true)
			p.polyline(c, p.theme.Series[0], p.stroke(1.6), len(d.Y), func(k int) (vg.Point, bool) {
				if !finite(d.Y[k]) {
					return vg.Point{}, false
				}
				return f.at(float64(k), d.Y[k]), true
			})
		})
	}
	return f
}
