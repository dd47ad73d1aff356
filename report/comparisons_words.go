package report

import (
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"aftershock/analysis"
	"aftershock/analysis/stat"
)

// ContrastText writes the contrasts of a study for people.
func ContrastText(w io.Writer, r *analysis.Result, o TextOptions) error {
	return onPage(w, r, o, func(p *page) {
		p.line(p.bold(clip(clean(r.Study.Name), p.width)))
		p.contrasts()
	})
}

// contrasts writes the contrasts of the study.
func (p *page) contrasts() {
	for i := range p.r.Contrasts {
		c := &p.r.Contrasts[i]
		p.heading(p.Say("%s against %s", clean(c.First), clean(c.Second)))
		for _, s := range p.contrasted(c) {
			p.paragraph("  ", "  ", s)
		}
		g := &grid{heads: []head{{name: p.Say("window"), left: true}, {name: p.Say("difference")}, {name: p.Say("95% interval"), order: 1}, {name: "t"}, {name: "p"}, {name: "N", order: 2}}}
		for _, w := range c.Windows {
			g.rows = append(g.rows, []string{w.Window.String(), p.signed(w.Difference), between(w.Low, w.High), fixed(w.T, 2), showP(w.P), p.Say("%s and %s", w.N1, w.N2)})
		}
		p.grid(g)
		for _, s := range p.doubts(c) {
			p.paragraph("  ! ", "    ", s)
		}
	}
}

func between(low, high float64) string {
	if math.IsNaN(low) || math.IsNaN(high) {
		return "–"
	}
	return percent(low, 1) + "% .. " + percent(high, 1) + "%"
}

// contrasted says what a contrast is and what it comes to over the first window.
func (s *story) contrasted(c *analysis.Contrast) []string {
	how := map[string]string{
		analysis.LongShort:     "One session 0 for both: the difference is the abnormal return of the portfolio that is long the first and short the second, so that how the two move together is in its error.",
		analysis.TwoPortfolios: "A session 0 for each: the difference of two portfolios, each measured by its own past.",
		analysis.ClusterMeans:  "Many dates: the means of clusters of dates whose windows overlap, compared by Welch's t.",
	}[c.Method]
	if how == "" {
		return nil
	}
	out := []string{s.Say(how)}
	if w := c.Windows[headline]; !math.IsNaN(w.T) {
		low, high, p := s.signed(w.Low), s.signed(w.High), s.sayP(w.P)
		if w.P < analysis.Level {
			out = append(out, s.Say("%s, the first moved by %s against the second, more than chance (%s; 95%% interval %s to %s).", sentence(s.over(w.Window)), s.signed(w.Difference), p, low, high))
		} else {
			seen := analysis.SeenBy(w.Difference, w.SE, w.DF, 0)
			out = append(out, s.Say("%s, the first moved by %s against the second, which cannot be told from chance (%s): a difference of %s or more would have been found with a probability of 80%%; the 90%% interval rules out more than %s.",
				sentence(s.over(w.Window)), s.signed(w.Difference), p, s.unsigned(seen.MDE), s.unsigned(seen.RuledOut())))
		}
	}
	return out
}

// doubts are what is missing or doubtful about a contrast.
func (s *story) doubts(c *analysis.Contrast) (out []string) {
	var last string
	for _, w := range c.Windows {
		if w.Note != nil {
			if text := s.Sentence(*w.Note, s.given); text != last {
				out, last = append(out, w.Window.String()+": "+text), text
			}
		}
	}
	for _, x := range c.Excluded {
		out = append(out, s.Sentence(*x, s.given))
	}
	return out
}

// unsigned writes the size of a return.
func (k speaker) unsigned(v float64) string {
	return strings.TrimPrefix(k.signed(math.Abs(v)), "+")
}

// mostNext is how many securities and categories the report says the next event of;
// the table next has all.
const mostNext = 8

// coming says of the next event of every security and category, and of all, what
// the events so far lead one to expect over the first window.
func (s *story) coming() (out []string) {
	all := slices.DeleteFunc(s.r.NextOver(headline), func(x analysis.NextEvent) bool {
		return !(x.NextLow > -1) // three events that differ say nothing: the table has it
	})
	for k, x := range all {
		if x.By == analysis.All && k > 0 && all[k-1].K == x.K && all[k-1].Mean == x.Mean { // the same events
			continue
		}
		if len(out) == mostNext {
			return append(out, s.Say("and %s more in the table next", len(all)-k))
		}
		who := s.Say("all events")
		switch x.By {
		case analysis.BySecurity:
			who = s.name(x.Key)
		case analysis.ByCategory:
			who = clean(x.Key)
		}
		out = append(out, s.Say("%s: between %s and %s with 95%% probability, if it is like the %s before (their mean %s, 95%% interval %s to %s).",
			who, s.signed(x.NextLow), s.signed(x.NextHigh), x.K, s.signed(x.Mean), s.signed(x.Low), s.signed(x.High)))
	}
	return out
}

// nextOfOne says the next event of the security that the study is mainly of, with more
// than half of the returns; "" where there is none, or its events differ too much to
// say anything.
func (s *story) nextOfOne() string {
	of, kinds, all := make(map[string]int), make(map[string]map[string]bool), 0
	for _, ev := range s.events {
		for _, i := range s.used(ev) {
			symbol := s.r.Observation(i).Security
			if kinds[symbol] == nil {
				kinds[symbol] = make(map[string]bool)
			}
			kinds[symbol][s.r.Catalog.Events[ev].Category] = true
			of[symbol]++
			all++
		}
	}
	for symbol, n := range of {
		if n < 3 || 2*n <= all {
			continue
		}
		for _, x := range s.r.NextOver(headline) {
			if x.By != analysis.BySecurity || x.Key != symbol || !(x.NextLow > -1) {
				continue
			}
			who, over := s.name(symbol), s.over(x.Window)
			if k := len(kinds[symbol]); k > 1 {
				return s.Say("Next event of %s, %s: between %s and %s with 95%% probability, if it is like the %s before, which are of %s categories.", who, over, s.signed(x.NextLow), s.signed(x.NextHigh), x.K, k)
			}
			for kind := range kinds[symbol] {
				if kind != "" {
					who += " (" + clean(kind) + ")"
				}
			}
			return s.Say("Next event of %s, %s: between %s and %s with 95%% probability, if it is like the %s before.", who, over, s.signed(x.NextLow), s.signed(x.NextHigh), x.K)
		}
	}
	return ""
}

// next writes what to expect of the next event of a kind.
func (p *page) next() {
	said := p.coming()
	if len(said) == 0 {
		return
	}
	p.heading(p.Say("The next event of a kind, %s", p.over(p.r.Study.CARWindows[headline])))
	for _, s := range said {
		p.paragraph("  ", "    ", s)
	}
}

// pastSaid says how a regression compares with those of its observations' own past.
func (s *story) pastSaid(e *analysis.Regression) (out []string) {
	x := e.Past
	switch {
	case x == nil:
		return nil
	case x.Note != nil:
		return []string{s.Say("No past regressions to judge it by: %s.", s.Sentence(*x.Note, s.given))}
	}
	if x.Dates == 1 {
		out = append(out, s.Say("The observations share one date and move together, which the errors of a regression do not see. What leads is the past: the same regression on %s past windows of these securities without the event.", x.P))
	} else {
		out = append(out, s.Say("Beside it, the mean over %s dates of their own regressions against the same on %s past windows without the events, so that what moves the observations of a date together counts.", x.Dates, x.P))
	}
	for k, name := range e.Names {
		p := x.Past[k]
		said := s.Say("%s: %s, past mean %s, deviation %s: t %s, %s; by rank %s.", clean(name), significant(x.Slope[k]), significant(p.Mean), significant(p.SD), fixed(p.T, 2), s.sayP(p.PValue()), s.sayP(p.Rank))
		switch size := x.Size[k]; {
		case size > 2*analysis.Level:
			said += " " + s.Say("Its %s errors reject at 5%% on %s%% of these past windows, and are set aside.", s.Say(errorsOf(e)), fixed(100*size, 0))
		case size == size:
			said += " " + s.Say("Its %s errors reject at 5%% on %s%% of these past windows.", s.Say(errorsOf(e)), fixed(100*size, 0))
		}
		out = append(out, said)
	}
	return out
}

// couldSee says what an average that cannot be told from chance could have been.
func (k speaker) couldSee(t *analysis.TestResult) string {
	if t == nil {
		return ""
	}
	mde, low, high := t.ByProduct("mde"), t.ByProduct("low90"), t.ByProduct("high90")
	if mde != mde {
		return ""
	}
	return " " + k.Say("That is no proof that nothing happened: only an average of %s or more would have been found with a probability of 80%%; the 90%% interval rules out more than %s.", k.unsigned(mde), k.unsigned(math.Max(math.Abs(low), math.Abs(high))))
}

// shrunk is the CARs of observations over window w drawn towards their mean by as
// much as chance spreads them, by observation.
func shrunk(r *analysis.Result, obs []int, w int, rbar float64) map[int]float64 {
	z, se := make([]float64, len(obs)), make([]float64, len(obs))
	for k, i := range obs {
		var car float64
		car, se[k] = r.CAR(i, w)
		z[k] = car / se[k]
	}
	z, _ = stat.Shrink(z, rbar)
	out := make(map[int]float64, len(obs))
	for k, i := range obs {
		out[i] = z[k] * se[k]
	}
	return out
}

// expected says how many reactions of a group over the first window had the sign that
// the catalogue expects; nothing where it expects none.
func (s *story) expected(g *analysis.Group) string {
	x := s.r.ExpectedSigns(g, headline)
	switch {
	case x.N == 0 && x.Zero > 0:
		return s.Say("Expected signs: the {1:reaction|reactions} of which the catalogue expects a sign (%s) {1:is|are} exactly 0.", x.Zero)
	case x.N == 0:
		return ""
	}
	said := s.Say("Expected signs: %s of %s moved as the catalogue expects (exact binomial %s); in the direction that is expected they moved %s on average.", x.Agree, x.N, s.sayP(x.P), s.signed(x.Mean))
	if x.Zero > 0 {
		said += " " + s.Say("Reactions of exactly 0 (%s) have no sign, and count in that average alone.", x.Zero)
	}
	if g.SameDate && x.N > 1 {
		said += " " + s.Say("They share one date and move together, so that so many agree by chance more often than that says.")
	}
	return said
}

// contrastLines are the contrasts that are asked for over the first window, a line
// each.
func (p *page) contrastLines() (out []string) {
	for i := range p.r.Contrasts {
		c := &p.r.Contrasts[i]
		w := c.Windows[headline]
		if math.IsNaN(w.T) {
			continue
		}
		tail := p.Say(": %s (%s, %s)", p.signed(w.Difference), between(w.Low, w.High), p.sayP(w.P))
		each := max(8, (p.width-columns(tail)-columns(p.Say("%s against %s", "", "")))/2)
		out = append(out, p.Say("%s against %s", clip(clean(c.First), each), clip(clean(c.Second), each))+strings.ReplaceAll(tail, nbsp, " "))
	}
	return out
}

// contrastView is a section of the page about one contrast, or about the next event of
// a kind.
type contrastView struct {
	Anchor, Head string
	Said, Doubts []string
	Table        *sheet
}

func (s *story) contrastViews() (out []contrastView) {
	for i := range s.r.Contrasts {
		c := &s.r.Contrasts[i]
		v := contrastView{Anchor: "contrast-" + strconv.Itoa(i+1), Head: s.Say("%s against %s", clean(c.First), clean(c.Second)), Said: s.contrasted(c), Doubts: s.doubts(c)}
		v.Table = &sheet{Caption: v.Head, Heads: heads(s.Say("window"), "#"+s.Say("difference"), "#"+s.Say("95% interval"), "#t", "#p")}
		for _, w := range c.Windows {
			v.Table.Rows = append(v.Table.Rows, []pageCell{named(w.Window.String()), num(s.signed(w.Difference)), num(between(w.Low, w.High)), num(fixed(w.T, 2)), num(showP(w.P))})
		}
		out = append(out, v)
	}
	if said := s.coming(); len(said) > 0 {
		out = append(out, contrastView{Anchor: "next", Head: s.Say("The next event of a kind, %s", s.over(s.r.Study.CARWindows[headline])), Doubts: said})
	}
	return out
}
