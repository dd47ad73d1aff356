package plots

import (
	"context"
	"unicode/utf8"

	"aftershock/analysis"
)

// caarData is the average cumulative abnormal returns of the groups of one
// grouping, of those that have more than one group and average something.
type caarData struct {
	facts
	By     analysis.Grouping
	Panels []panel
}

func caarOf(ctx context.Context, in input) ([]drawing, error) {
	r := in.Result
	all := make([]int, r.N())
	for i := range all {
		all[i] = i
	}
	facts := factsOf(r, all)
	facts.Excluded = nil // many; the charts of the events name them
	titles := make(map[string]headline)
	for i := range r.Catalog.Events {
		titles[r.Catalog.Events[i].ID] = headlineOf(&r.Catalog.Events[i])
	}
	var ds []drawing
	for _, by := range r.Study.Groups {
		d := &caarData{facts: facts, By: by}
		most := 0
		for i := range r.Groups {
			g := &r.Groups[i]
			if g.By != by {
				continue
			}
			p := panel{Name: headline{ID: g.Key}}
			if by == analysis.ByEvent {
				p.Name = titles[g.Key]
			}
			paths, _ := r.AveragePaths(g, r.Study.EventWindow.From)
			for _, x := range paths[0] {
				p.Y, p.Lower, p.Upper = append(p.Y, x.Value), append(p.Lower, x.Lower), append(p.Upper, x.Upper)
			}
			if k := end(p.Y); k >= 0 {
				p.N = g.Averages[k].NPath
			}
			d.Panels = append(d.Panels, p)
			most = max(most, p.N)
		}
		if by == analysis.All || len(d.Panels) > 1 && most > 1 { // others say no more than that of all, or than single CARs
			ds = append(ds, d)
		}
	}
	return ds, ctx.Err()
}

func (d *caarData) id() string      { return string(d.By) }
func (d *caarData) about() []string { return []string{string(d.By)} }

func (d *caarData) figure(p *pen) figure {
	f := figure{
		title:    p.words.CAARBy(d.By),
		subtitle: p.words.Say("Cumulative abnormal return (CAR) from session %s to %s", session(d.Window.From), session(d.Window.To)),
		caption:  []string{d.method(p.words, p.words.Observations)},
	}
	m := newMultiples(d.Panels, d.Window)
	for i := range m.panels {
		m.longest = max(m.longest, utf8.RuneCountInString(m.panels[i].Name.title(p.lang)))
	}
	if d.By == analysis.All {
		for i := range m.panels {
			m.panels[i].Name.ID = p.words.Say("Average")
		}
	}
	origins := d.origins(p.words, "")
	if len(m.panels) == 0 {
		f.caption = append(f.caption, origins...)
		return p.empty(f)
	}
	say := p.words.Say("Line: %s of the group's n observations; shaded: its 95%% interval (forecast error of the portfolio where all share one date, of two to four dates the forecast errors of the observations, else their spread). Blue and orange: the interval at the end excludes 0.", p.words.Weighted(d.Weights))
	for _, s := range m.remarks(p.words) {
		say += " " + s
	}
	f.caption = append(append(f.caption, say), origins...)
	m.complete(p, &f)
	return f
}
