package report

import (
	"cmp"
	"io"
	"math"
	"slices"
	"strconv"
	"strings"

	"aftershock/analysis"
	"aftershock/events"
)

// CalibrationTable is a calibration as a table: a row a test and level for the
// sizes, a row a test and injected return for the power.
func CalibrationTable(c *analysis.Calibration) Table {
	t := Table{Name: "calibration", Title: "One row a test and level (size), or a test and injected abnormal return (power): how often it rejects at sessions without news.", Columns: []Column{
		{"groups", String, "", "Names of the groups that these pseudo-dates are of, parted by \"; \": the same securities, the same distances between their dates."},
		{"observations", Integer, "", "Observations of the group."},
		from, to,
		{"test", String, "", "Name of the test."},
		{"figure", String, "", "size: nothing was injected. selected: nor here, and the session with the largest average of several was picked. power: inject was."},
		{"level", Number, "", "Level of the test: the share of true nulls that it should reject."},
		{"inject", Number, "return", "Abnormal return added on session 0 of the observations that react. Empty for a size."},
		{"share", Number, "", "Share of the pseudo-dates at which the test has p <= level. Empty where it is nowhere defined."},
		{"lower", Number, "", "Lower end of its 95% interval."},
		{"upper", Number, "", "Upper end of its 95% interval."},
		{"effective", Number, "", "Independent studies that the pseudo-dates, which overlap, are worth for this share."},
		{"adjusted", Number, "", "Power at the level that gives the test a size of 5% here. Empty for a size."},
		{"verdict", String, "", "About the size at 5%: holds, too-often, too-rarely or not-decided."},
		{"draws", Integer, "", "Pseudo-dates at which the test is defined."},
		{"undefined", Integer, "", "Pseudo-dates at which it is not."},
		{"pool", Integer, "", "Pseudo-dates that could have been drawn."},
		{"clean", Boolean, "", "No estimation window of a pseudo-date holds a catalogued event of its security."},
		{"first", Date, "", "Session 0 of the group's first observation at the first pseudo-date."},
		{"last", Date, "", "Session 0 of the group's first observation at the last pseudo-date."},
	}}
	none := number(math.NaN())
	t.Rows = func(yield func([]Cell) bool) {
		for i := range c.Groups {
			g := &c.Groups[i]
			for k := range g.Tests {
				x := &g.Tests[k]
				row := func(figure string, inject, adjusted Cell, r analysis.Rate) bool {
					share, lower, upper, effective := number(r.Share), number(r.Lower), number(r.Upper), number(r.Effective)
					if x.Draws == 0 {
						share, lower, upper, effective = none, none, none, none
					}
					return yield([]Cell{text(strings.Join(g.Groups, "; ")), integer(g.Observations), integer(g.Window.From), integer(g.Window.To),
						text(x.Test), text(figure), number(r.Level), inject, share, lower, upper, effective, adjusted, text(string(x.Verdict)),
						integer(x.Draws), integer(x.Undefined), integer(g.Pool), boolean(g.Clean), date(g.First), date(g.Last)})
				}
				for _, s := range x.Selected {
					if !row("selected", none, none, s) {
						return
					}
				}
				sizes := x.Size
				if x.Draws == 0 {
					sizes = []analysis.Rate{{Level: math.NaN()}}
				}
				for _, s := range sizes {
					if !row("size", none, none, s) {
						return
					}
				}
				for _, p := range x.Power {
					if !row("power", number(p.Inject), number(p.Adjusted), p.Rate) {
						return
					}
				}
			}
		}
	}
	return t
}

// CalibrationText writes a calibration of the study r for people: what to make
// of the tests, then a table for each group and window.
func CalibrationText(w io.Writer, r *analysis.Result, c *analysis.Calibration, o TextOptions) error {
	o.Calibration = c
	return onPage(w, r, o, func(p *page) {
		p.line(p.bold(clip(clean(p.r.Study.Name), p.width)))
		p.certificate()
		for i := range c.Groups {
			p.calibrated(&c.Groups[i])
		}
		p.heading(p.Say("How to read this"))
		for _, s := range []string{
			p.Say("Each figure is the share of sessions without news at which the test has p at most at the level that heads the column: 5%% is right under 5%%. The interval (95%%) is that of the share at 5%%."),
			p.Say("Neighbouring sessions share returns, and calm and wild times last: the sessions are worth as many independent studies as the column \"worth\" says, and the interval counts so many."),
		} {
			p.paragraph("  ", "  ", s)
		}
		if c.Selected > 1 {
			p.paragraph("  ", "  ", p.Say("\"Largest of %s\": the same share, at 5%%, where the session with the largest average of %s was picked before it was tested, as whoever looks for what moved does.", c.Selected, c.Selected))
		}
		if len(c.Inject) > 0 {
			p.paragraph("  ", "  ", p.Say("Power is how often the test finds, at 5%%, an abnormal return that is added on session 0; in brackets at the level that gives the test a size of 5%% here."))
		}
		if len(p.dropped) > 0 {
			p.paragraph("  ", "  ", p.Say("At this width the tables leave out: %s. The CSV files have them.", strings.Join(p.Each(p.dropped), p.Comma)))
		}
	})
}

// onPage lays out a page of its own about r.
func onPage(w io.Writer, r *analysis.Result, o TextOptions, body func(p *page)) error {
	s, err := newStory(r, o.Lang, nil)
	if err != nil {
		return err
	}
	p := &page{story: s, o: o, width: max(60, cmp.Or(o.Width, 80))}
	body(p)
	_, err = io.WriteString(w, p.b.String())
	return err
}

// fares says a verdict about a test's size.
func (s *story) fares(v analysis.Verdict) string {
	switch v {
	case analysis.Holds:
		return s.Say("holds")
	case analysis.TooOften:
		return s.Say("rejects too often")
	case analysis.TooRarely:
		return s.Say("rejects too rarely")
	}
	return s.Say("not decided")
}

// calibrated writes the table of one group and window.
func (p *page) calibrated(g *analysis.CalibratedGroup) {
	p.heading(p.whoFared(g))
	worth := p.Say("worth")
	k := p.o.Calibration.Selected
	t := &grid{heads: []head{{name: "", left: true}, {name: "5%"}, {name: "95%", order: 2, as: p.Say("intervals")}, {name: "1%", order: 4, as: "1%"}, {name: "10%", order: 4, as: "10%"},
		{name: worth, order: 3, as: worth}, {name: "", left: true, order: 1}}}
	if k > 1 {
		t.heads = append(t.heads, head{name: p.Say("largest of %s", k)})
	}
	for i := range g.Tests {
		x := &g.Tests[i]
		if x.Draws == 0 {
			continue
		}
		s := x.At(0.05)
		row := []string{x.Test, perCent(s.Share), perCent(s.Lower) + "–" + perCent(s.Upper), perCent(x.At(0.01).Share), perCent(x.At(0.10).Share),
			fixed(s.Effective, 0), p.fares(x.Verdict)}
		if k > 1 {
			picked := "–"
			if len(x.Selected) > 0 {
				for _, s := range x.Selected {
					if s.Level == 0.05 {
						picked = perCent(s.Share)
					}
				}
			}
			row = append(row, picked)
		}
		t.rows = append(t.rows, row)
	}
	p.grid(t)
	p.power(g)
}

// power writes how often the tests that do not reject too often find what was
// injected.
func (p *page) power(g *analysis.CalibratedGroup) {
	t := &grid{heads: []head{{name: p.Say("power"), left: true}}}
	for _, v := range p.o.Calibration.Inject {
		t.heads = append(t.heads, head{name: percent(v, places(v)) + "%", order: 1, as: p.Say("power")})
	}
	for i := range g.Tests {
		x := &g.Tests[i]
		if len(x.Power) != len(p.o.Calibration.Inject) || len(x.Power) == 0 || x.Verdict == analysis.TooOften {
			continue
		}
		row := []string{x.Test}
		for _, v := range x.Power {
			row = append(row, fixed(100*v.Share, 0)+" ("+fixed(100*v.Adjusted, 0)+")")
		}
		t.rows = append(t.rows, row)
	}
	if len(t.rows) > 0 {
		p.blank()
		p.grid(t)
	}
}

// places is how many decimal places v, a decimal, needs in per cent.
func places(v float64) int {
	for n := range 4 {
		if f := math.Pow(10, float64(n)) * 100 * v; math.Abs(f-math.Round(f)) < 1e-9 {
			return n
		}
	}
	return 4
}

func perCent(v float64) string { return fixed(100*v, 1) }

// whoFared names the groups and the pseudo-dates of g.
func (s *story) whoFared(g *analysis.CalibratedGroup) string {
	who := s.Group(clean(g.Groups[0]))
	if n := len(g.Groups) - 1; n > 0 {
		who = s.Say("%s and %s more of the same securities", who, n)
	}
	if g.Observations > 1 {
		who += " (N" + nbsp + "=" + nbsp + strconv.Itoa(g.Observations) + ")"
	}
	return s.Say("%s over %s, at %s sessions without news from %s to %s", who, g.Window.String(), g.Draws, g.First.String(), g.Last.String())
}

// certificate says which tests hold on the study's own data.
func (p *page) certificate() {
	const most = 3
	p.heading(p.Say("How the tests fare on this data"))
	groups := p.o.Calibration.Groups
	for i := range groups {
		if i == most {
			p.paragraph("  ", "    ", p.Say("and %s more groups and windows: see calibration.csv", len(groups)-most))
			break
		}
		p.paragraph("  ", "    ", p.fared(&groups[i]))
	}
}

// fared is a sentence about the tests of g.
func (s *story) fared(g *analysis.CalibratedGroup) string {
	by := make(map[analysis.Verdict][]*analysis.CalibratedTest)
	for i := range g.Tests {
		if x := &g.Tests[i]; x.Draws > 0 {
			by[x.Verdict] = append(by[x.Verdict], x)
		}
	}
	quote := func(v analysis.Verdict) string {
		list := by[v]
		slices.SortStableFunc(list, func(a, b *analysis.CalibratedTest) int {
			return cmp.Compare(b.At(0.05).Share, a.At(0.05).Share)
		})
		var out []string
		for _, x := range list {
			out = append(out, s.Isolate(x.Test+nbsp+perCent(x.At(0.05).Share)+"%"))
		}
		return strings.Join(out, s.Comma)
	}
	out := s.whoFared(g) + ": "
	var parts []string
	if len(by[analysis.TooOften]) > 0 {
		parts = append(parts, s.Say("do not use (share of true nulls rejected at 5%%): %s", quote(analysis.TooOften)))
	}
	if len(by[analysis.Holds]) > 0 {
		parts = append(parts, s.Say("these hold: %s", quote(analysis.Holds)))
	}
	if len(by[analysis.TooRarely]) > 0 {
		parts = append(parts, s.Say("these reject too rarely: %s", quote(analysis.TooRarely)))
	}
	if len(by[analysis.NotDecided]) > 0 {
		parts = append(parts, s.Say("too few sessions to tell: %s", quote(analysis.NotDecided)))
	}
	return out + strings.Join(parts, s.Semi) + "."
}

// SweepTable is a sweep as a table.
func SweepTable(s *analysis.Sweep) Table {
	t := Table{Name: "sweep", Title: "One row a combination of choices: what the study answers under it.", Columns: []Column{
		{"group", String, "", "Name of the group, such as event ID, security NVDA or all."},
		{"model", String, "", "Model of normal returns."},
		{"benchmark", String, "", "Symbol of the market. Empty where the model has none."},
		{"estimation_from", Integer, "sessions", "First session of the estimation window."},
		{"estimation_to", Integer, "sessions", "Last session of the estimation window, inclusive."},
		from, to,
		{"test", String, "", "Name of the test."},
		{"n", Integer, "", "Observations that entered."},
		{"caar", Number, "return", "Mean cumulative abnormal return over the window. Empty where nothing could be measured."},
		{"stat", Number, "", "Statistic of the test. Empty where there is none."},
		{"p", Number, "", "Its p value. Empty where there is none."},
		{"significant", Boolean, "", "p is below 5%."},
		{"failed", String, "", "Why there is no answer. Empty where there is."},
		{"shift", Integer, "sessions", "Sessions by which session 0 of every event was moved."},
		{"confounders", String, "", "What becomes of other catalogued events of the securities: keep, trim (sessions near one are no part of the estimation window) or drop (a CAR window that holds one has no CAR)."},
	}}
	t.Rows = func(yield func([]Cell) bool) {
		for i := range s.Answers {
			x := &s.Answers[i]
			if !yield([]Cell{text(x.Group), text(x.Model), text(x.Benchmark), integer(x.Estimation.From), integer(x.Estimation.To), integer(x.Window.From), integer(x.Window.To),
				text(x.Test), integer(x.N), number(x.CAAR), number(x.Stat), number(x.P), boolean(x.Significant()), text(x.Failed.Text()), integer(x.Shift), text(string(x.Confounders))}) {
				return
			}
		}
	}
	return t
}

// SweepText writes a sweep for people: for each group how far the answers
// agree, under which choices, and which have none.
func SweepText(w io.Writer, name string, s *analysis.Sweep, o TextOptions) error {
	return onPage(w, &analysis.Result{Study: &analysis.Study{Name: name}, Catalog: &events.Catalog{}}, o, func(p *page) {
		p.line(p.bold(clip(clean(name), p.width)))
		for i := range s.Agreements {
			p.agreement(&s.Agreements[i], s.Answers)
		}
		p.heading(p.Say("How to read this"))
		for _, t := range []string{
			p.Say("A specification is one model, benchmark, estimation window, CAR window and test; each is a study of its own. Significant is p below 5%%."),
			p.Say("The answers are about the same event and are not independent: the share that agrees is no p value. Choices that a test or a model does not fit count as failed."),
		} {
			p.paragraph("  ", "  ", t)
		}
	})
}

// agreement writes what the specifications of one group say together.
func (p *page) agreement(a *analysis.Agreement, all []analysis.Answer) {
	p.heading(p.Group(clean(a.Group)))
	answered := a.Specifications - a.Failed
	if answered == 0 {
		p.paragraph("  ", "  ", p.Say("None of %s specifications has an answer.", a.Specifications))
	} else {
		p.paragraph("  ", "  ", p.agreed(a))
		p.choices(a, all)
	}
	reasons := make(map[string]int)
	var order []*analysis.Sentence
	for i := range all {
		if x := &all[i]; x.Group == a.Group && x.Failed != nil {
			if reasons[x.Failed.Text()]++; reasons[x.Failed.Text()] == 1 {
				order = append(order, x.Failed)
			}
		}
	}
	slices.SortStableFunc(order, func(a, b *analysis.Sentence) int { return reasons[b.Text()] - reasons[a.Text()] })
	const most = 6
	for k, reason := range order {
		if k == most {
			p.paragraph("  ", "    ", p.Say("and %s more reasons: see sweep.csv", len(order)-most))
			break
		}
		p.paragraph("  ", "    ", p.Say("%s failed: %s", reasons[reason.Text()], p.Sentence(*reason, p.given)))
	}
}

// agreed says in words how far the answers agree.
func (p *page) agreed(a *analysis.Agreement) string {
	answered := a.Specifications - a.Failed
	same, significant := a.Rose, a.SignificantlyRose
	lead := p.Say("The average rose in %s of %s specifications, significantly in %s", same, answered, significant)
	if a.Sign() < 0 {
		same, significant = a.Fell, a.SignificantlyFell
		lead = p.Say("The average fell in %s of %s specifications, significantly in %s", same, answered, significant)
	}
	out := p.Say("%s (%s%%); it is between %s%% and %s%%, in the middle %s%%.", lead, fixed(100*a.Agree(), 0), percent(a.Least, 2), percent(a.Most, 2), percent(a.Median, 2))
	switch {
	case a.SameSign() >= 0.95 && a.Agree() >= 0.9:
		out += " " + p.Say("The finding does not hang on the choices.")
	case a.Agree() >= 0.5:
		out += " " + p.Say("Most choices agree, and some do not: say which were made.")
	case a.Agree() > 0.1:
		out += " " + p.Say("The finding hangs on the choices: report all of them, or none.")
	default:
		out += " " + p.Say("Hardly any choice finds anything.")
	}
	return out
}

// shifted writes a number of sessions with its sign.
func shifted(sessions int) string {
	if sessions > 0 {
		return "+" + strconv.Itoa(sessions)
	}
	return strconv.Itoa(sessions)
}

// choices writes how the answers of a group differ by each choice.
func (p *page) choices(a *analysis.Agreement, all []analysis.Answer) {
	t := &grid{heads: []head{{name: "", left: true}, {name: "", left: true}, {name: p.Say("answers")}, {name: p.Say("same sign")}, {name: p.Say("significant")}, {name: p.Say("median")}}}
	for _, choice := range []struct {
		name string
		of   func(x *analysis.Answer) string
	}{
		{p.Say("session 0 moved by"), func(x *analysis.Answer) string { return shifted(x.Shift) }},
		{p.Say("model"), func(x *analysis.Answer) string { return x.Model }},
		{p.Say("benchmark"), func(x *analysis.Answer) string { return cmp.Or(x.Benchmark, "–") }},
		{p.Say("estimation"), func(x *analysis.Answer) string { return x.Estimation.String() }},
		{p.Say("window"), func(x *analysis.Answer) string { return x.Window.String() }},
		{p.Say("test"), func(x *analysis.Answer) string { return x.Test }},
		{p.Say("other events"), func(x *analysis.Answer) string { return string(x.Confounders) }},
	} {
		moves := choice.name == p.Say("session 0 moved by")
		caar := make(map[string][]float64)
		same, significant := make(map[string]int), make(map[string]int)
		var values []string
		for i := range all {
			x := &all[i]
			if x.Group != a.Group || x.Failed != nil || !moves && x.Shift != a.Shift {
				continue
			}
			v := choice.of(x)
			if caar[v] == nil {
				values = append(values, v)
			}
			caar[v] = append(caar[v], x.CAAR)
			if cmp.Compare(x.CAAR, 0) == a.Sign() {
				same[v]++
				if x.Significant() {
					significant[v]++
				}
			}
		}
		if len(values) < 2 {
			continue
		}
		for k, v := range values {
			label := ""
			if k == 0 {
				label = choice.name
			}
			n := len(caar[v])
			slices.Sort(caar[v])
			median := (caar[v][(n-1)/2] + caar[v][n/2]) / 2
			t.rows = append(t.rows, []string{label, v, strconv.Itoa(n), fixed(100*float64(same[v])/float64(n), 0) + "%", fixed(100*float64(significant[v])/float64(n), 0) + "%", percent(median, 2)})
		}
	}
	if len(t.rows) > 0 {
		p.grid(t)
	}
}
