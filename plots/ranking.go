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

// mostRanked is how many events the ranking shows: those with the largest effects.
const mostRanked = 40

// rankingData is the effects of the events of a study with their intervals.
type rankingData struct {
	facts
	CAR             analysis.Window
	Events          []headline
	Dates           []string
	Y, Lower, Upper floats
	Of              int // events that were measured
}

func rankingOf(ctx context.Context, in input) ([]drawing, error) {
	r := in.Result
	d := &rankingData{CAR: r.Study.CARWindows[headWindow]}
	type ranked struct {
		headline
		date         string
		y, low, high float64
	}
	var all []ranked
	var used []int
	for event, obs := range studied(r) {
		e := &r.Catalog.Events[event]
		obs = slices.DeleteFunc(slices.Clone(obs), func(i int) bool { return !r.Used(i) })
		if len(obs) == 0 {
			continue
		}
		x := r.CARInterval(obs[0], headWindow)
		if g := r.Group(analysis.ByEvent, e.ID); g != nil && len(g.Members) > 1 {
			x, _ = r.AverageBand(g, headWindow)
		}
		if !finite(x.Value) {
			continue
		}
		used = append(used, obs...)
		all = append(all, ranked{headlineOf(e), r.Observation(obs[0]).Session0.String(), x.Value, x.Lower, x.Upper})
	}
	if len(all) < 2 { // one event is no ranking: forest ranks its securities
		return nil, ctx.Err()
	}
	d.facts, d.Of = factsOf(r, used), len(all)
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Compare(math.Abs(b.y), math.Abs(a.y)) })
	all = all[:min(len(all), mostRanked)]
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Compare(b.y, a.y) })
	for _, x := range all {
		d.Events, d.Dates = append(d.Events, x.headline), append(d.Dates, x.date)
		d.Y, d.Lower, d.Upper = append(d.Y, x.y), append(d.Lower, x.low), append(d.Upper, x.high)
	}
	return []drawing{d}, ctx.Err()
}

func (d *rankingData) id() string { return "" }

func (d *rankingData) about() []string {
	out := make([]string, len(d.Events))
	for k := range d.Events {
		out[k] = d.Events[k].ID
	}
	return out
}

func (d *rankingData) figure(p *pen) figure {
	f := figure{title: p.words.Say("What moved most"), subtitle: p.words.Say("Average cumulative abnormal return (CAAR) of each event over %s", window(d.CAR))}
	rows := make([]forestRow, len(d.Events))
	for k := range rows {
		rows[k] = forestRow{name: d.Dates[k] + "  " + d.Events[k].title(p.lang), y: d.Y[k], lower: d.Lower[k], upper: d.Upper[k]}
	}
	f.caption = []string{d.method(p.words, p.words.Observations), p.words.Say("Lines: 95% interval (t). Filled square and bold figure: the interval excludes 0.")}
	drawn := &forestData{Y: d.Y, Lower: d.Lower, Upper: d.Upper, wide: true}
	if lo, hi := drawn.bounds(); cut(lo, hi, d.Y, d.Lower, d.Upper) {
		f.caption = append(f.caption, p.words.Say("Arrowheads: it goes on beyond the axis."))
	}
	if left := d.Of - len(rows); left > 0 {
		f.caption = append(f.caption, p.words.Say("Drawn are the %s events with the largest effects, of %s.", strconv.Itoa(len(rows)), strconv.Itoa(d.Of)))
	}
	f.caption = append(f.caption, d.origins(p.words, "")...)
	f.height = vg.Length(1.55*float64(len(rows)+1)+2.6) * p.em
	if p.phone {
		f.height = vg.Length(2.7*float64(len(rows)+1)+2.6) * p.em
	}
	f.body = func(c draw.Canvas) { drawn.draw(p, c, rows) }
	return f
}
