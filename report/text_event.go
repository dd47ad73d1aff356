package report

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strconv"

	"aftershock/analysis"
	"aftershock/analysis/stat"
)

// event writes the section of one event.
func (p *page) event(ev int) {
	e := &p.r.Catalog.Events[ev]
	const margin = "            " // beneath the title, which stands right of a date
	p.blank()
	p.line(p.rule())
	for k, l := range wrap(p.title(e), p.width-len(margin)) {
		if k == 0 {
			p.line(p.bold(p.session0(ev).String() + "  " + isolate(l)))
		} else {
			p.line(p.bold(margin + isolate(l)))
		}
	}
	p.paragraph(margin, margin, p.about(ev))
	p.blank()
	said, g, f := p.paragraphs(ev)
	for _, s := range said {
		p.paragraph("", "", s)
	}
	used := p.used(ev)
	if len(used) == 0 {
		return
	}
	p.blank()
	p.securities(used, g)
	if g != nil {
		p.blank()
		p.tests(g, f)
		if s := p.expected(g); s != "" {
			p.paragraph("  ", "  ", s)
		}
	}
	if w := p.warned(e.ID); len(w) > 0 {
		p.blank()
		for _, s := range w {
			p.paragraph("  ! ", "    ", s)
		}
	}
}

// byCAR sorts observations by their CAR over the headline window, those first
// that moved farthest in the direction of the average, those without one last.
func byCAR(r *analysis.Result, obs []int, down bool) []int {
	car := make(map[int]float64, len(obs))
	for _, i := range obs {
		if car[i], _ = r.CAR(i, headline); down {
			car[i] = -car[i]
		}
	}
	out := slices.Clone(obs)
	slices.SortStableFunc(out, func(a, b int) int { return -cmp.Compare(car[a], car[b]) }) // NaN is the least
	return out
}

// securities writes the table of an event's securities and, for two or more,
// their average.
func (p *page) securities(used []int, g *analysis.Group) {
	r, s := p.r, p.r.Study
	var windows []int // those with a column of their own
	zero := s.EventWindow.Contains(0)
	for w, win := range s.CARWindows {
		if !zero || win != (analysis.Window{From: 0, To: 0}) { // [0,0] is AR
			windows = append(windows, w)
		}
	}
	t := &grid{heads: []head{{name: fmt.Sprintf("%%, N %d", len(used)), left: true}}}
	if zero {
		t.heads = append(t.heads, head{name: p.what()}, head{name: "AR   "}, head{name: "t", order: 1}, head{name: p.Say("p of t"), order: 3, as: p.Say("p of t")})
	}
	for _, w := range windows {
		t.heads = append(t.heads, head{name: s.CARWindows[w].String(), order: 2, as: s.CARWindows[w].String()})
	}
	t.heads = append(t.heads, head{name: "beta", order: 4}, head{name: "M", order: 4}, head{left: true, order: 5})

	starred := func(v, pv float64) string { return percent(v, 2) + fmt.Sprintf("%-3s", stars(pv)) }
	beta := slices.Index(r.CoefNames, "beta")
	rows, left := p.farthest(used, g)
	var drawn map[int]float64 // of a list of the largest, which are too large on average
	if left != "" {
		rbar := math.NaN()
		if g != nil {
			rbar = g.Windows[headline].RBar
		}
		drawn = shrunk(r, used, headline, rbar)
		t.heads = slices.Insert(t.heads, len(t.heads)-3, head{name: p.Say("shrunk"), order: 1, as: p.Say("shrunk")})
	}
	for _, i := range rows {
		o, f := r.Observation(i), r.AbnormalReturns(i)
		row := []string{clip(clean(o.Security), 16)}
		if zero {
			x, k := r.SessionTest(i, 0), -s.EventWindow.From
			row = append(row, p.observed(f.Return[k]), starred(f.AR[k], x.P), fixed(x.Stat, 2), showP(x.P))
		}
		for _, w := range windows {
			row = append(row, starred(f.CAR[w], r.WindowTest(i, w).P))
		}
		if drawn != nil {
			row = append(row, percent(drawn[i], 2)+"   ")
		}
		b, name := "–", p.name(o.Security)
		if beta >= 0 && beta < len(o.Fit.Coef) {
			b = fixed(o.Fit.Coef[beta], 2)
		}
		if name == clean(o.Security) {
			name = ""
		}
		t.rows = append(t.rows, append(row, b, strconv.Itoa(o.Fit.M), clip(name, 28)))
	}
	if g != nil {
		row := []string{p.Say("average")}
		if zero {
			row = append(row, "", percent(g.Averages[-s.EventWindow.From].AAR, 2)+"   ", "", "")
		}
		for _, w := range windows {
			row = append(row, percent(g.Windows[w].CAAR, 2)+"   ")
		}
		if drawn != nil {
			row = append(row, "")
		}
		t.rows = append(t.rows, append(row, "", "", ""))
	}
	p.grid(t)
	if left != "" {
		p.paragraph("  ", "  ", left)
		p.paragraph("  ", "  ", p.Say("shrunk: the abnormal return %s drawn towards the mean of all by as much as chance spreads them (empirical Bayes): the largest of many are too large on average.", p.over(s.CARWindows[headline])))
	}
	if g == nil {
		return
	}
	if s := p.short(g); s != "" {
		p.paragraph("  ", "  ", s)
	}
}

// tests writes the tests of a group over the headline window, those that lead
// first, and their p values over the others.
func (p *page) tests(g *analysis.Group, f *analysis.Finding) {
	w := f.Window
	if len(w.Tests) == 0 {
		return
	}
	dist, reading := p.Say("distribution"), p.Say("reading")
	t := &grid{heads: []head{{name: fmt.Sprintf("%s, N %d", w.Window, w.N), left: true}, {name: p.Say("statistic")}, {name: dist, left: true, order: 1, as: dist}, {name: "p"}, {name: reading, left: true, order: 1, as: reading}}}
	for k := range g.Windows {
		if k != headline {
			t.heads = append(t.heads, head{name: "p " + g.Windows[k].Window.String(), order: 2, as: p.Say("p values over the other windows")})
		}
	}
	order, rest := p.read(f)
	for _, k := range order {
		x := &w.Tests[k]
		row := []string{x.Test, fixed(x.Stat, 3), p.distribution(x.Dist), showP(x.P), p.reading(f, x)}
		for j := range g.Windows {
			if j != headline {
				row = append(row, showP(g.Windows[j].Tests[k].P))
			}
		}
		t.rows = append(t.rows, row)
	}
	if len(t.rows) > 0 {
		p.grid(t)
	}
	for _, s := range rest {
		p.paragraph("  ", "  ", s)
	}
}

func (k speaker) distribution(d stat.Distribution) string {
	switch {
	case d.Name == "" || d.Name == "t" && math.IsNaN(d.DF1):
		return "–"
	case math.IsNaN(d.DF1):
		return k.Phrase(d.Name)
	case math.IsNaN(d.DF2):
		return fmt.Sprintf("%s(%g)", d.Name, d.DF1)
	}
	return fmt.Sprintf("%s(%g,%g)", d.Name, d.DF1, d.DF2)
}
