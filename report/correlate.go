package report

import (
	"cmp"
	"fmt"
	"io"
	"math"
	"slices"
	"strings"

	"aftershock/analysis"
)

// CorrelateTables returns the tables of a correlation.
func CorrelateTables(x *analysis.Correlation) []Table {
	cells := Table{Name: "correlation", Title: "One row a kind of news and a security or sector: how its session 0 went.", Columns: []Column{
		{"kind", String, "", "Category or tag of the events."},
		{"security", String, "", "Symbol, or sector, that the events name."},
		{"n", Integer, "", "Sessions measured, each once; of a sector, of all its securities together."},
		{"mean_ar", Number, "return", "Mean abnormal return of session 0."},
		{"mean_sar", Number, "", "Mean standardised abnormal return."},
		{"p", Number, "", "P value of no mean abnormal return: the test dates, of one date kp-bmp. Empty where neither is defined."},
		{"significant", Number, "", "Share of the sessions with p at most 5%."},
		{"usual", Number, "", "The same share among the measured sessions without news."},
		{"p_significant", Number, "", "Fisher's exact test that significant is no larger than usual, upper tail."},
		{"agree", Number, "", "Share that moved as the events expect, of those that state a sign. Empty: none does."},
		{"p_agree", Number, "", "Exact two-sided binomial p value of agree. Empty: none states a sign."},
		{"q", Number, "", "p corrected over all rows, by Benjamini and Hochberg. Empty where p is."},
	}}
	cells.Rows = rowsFor(len(x.Cells), func(i int) []Cell {
		c := &x.Cells[i]
		return []Cell{text(c.Kind), text(c.Security), integer(c.N), number(c.MeanAR), number(c.MeanSAR), number(c.P), number(c.Significant), number(c.Usual), number(c.PSignificant), number(c.Agree), number(c.PAgree), number(c.Q)}
	})
	pairs := Table{Name: "likeness", Title: "One row a pair of events: how alike they hit the same securities.", Columns: []Column{
		{"first", String, "", "ID of one event."},
		{"second", String, "", "ID of the other."},
		{"n", Integer, "", "Securities that both were measured on, named by them or not."},
		{"pearson", Number, "", "Correlation of their standardised abnormal returns of session 0 over these."},
		{"spearman", Number, "", "The same of their ranks."},
		{"p_first", Number, "", "P value by the past of the first: how often a session of its estimation window is as like it."},
		{"p_second", Number, "", "P value by the past of the second."},
		{"p", Number, "", "The larger of the two."},
	}}
	id := func(k int) string { return x.Catalog.Events[x.Events[k]].ID }
	pairs.Rows = rowsFor(len(x.Likeness), func(i int) []Cell {
		p := &x.Likeness[i]
		return []Cell{text(id(p.First)), text(id(p.Second)), integer(p.N), number(p.Pearson), number(p.Spearman), number(p.PFirst), number(p.PSecond), number(p.P)}
	})
	return []Table{cells, pairs}
}

// CorrelateText writes a correlation for people, the answer first.
func CorrelateText(w io.Writer, x *analysis.Correlation, o TextOptions) error {
	return writeBrief(w, o, func(s *story) *brief { return s.correlation(x) })
}

// CorrelateHTML writes a correlation as a page.
func CorrelateHTML(w io.Writer, x *analysis.Correlation, o HTMLOptions) error {
	return htmlBrief(w, o, func(s *story) *brief { return s.correlation(x) })
}

// CorrelateJSON writes a correlation as one document.
func CorrelateJSON(w io.Writer, x *analysis.Correlation) error {
	type branchJSON struct {
		A    int     `json:"a"`
		B    int     `json:"b"`
		Like float64 `json:"like"`
	}
	tree, ids := []branchJSON{}, []string{}
	for _, b := range x.Tree {
		tree = append(tree, branchJSON(b))
	}
	for _, e := range x.Events {
		ids = append(ids, x.Catalog.Events[e].ID)
	}
	return writeDocument(w, []jsonMember{
		{"format", "aftershock-correlate/1"}, {"study", studyOf(x.Study)}, {"kinds", string(x.Spec.Kinds)}, {"securities", x.Spec.Securities}, {"by_sector", x.Spec.BySector},
		{"events", ids}, {"tree", tree},
	}, CorrelateTables(x))
}

// correlation tells a correlation, the answer first.
func (s *story) correlation(x *analysis.Correlation) *brief {
	level := x.Spec.Level
	b := &brief{title: s.Say("Which news moves which shares")}
	order := make([]*analysis.Cell, len(x.Cells))
	sure, tested := 0, 0
	for i := range x.Cells {
		order[i] = &x.Cells[i]
		if x.Cells[i].Q <= level {
			sure++
		}
		if x.Cells[i].P == x.Cells[i].P {
			tested++
		}
	}
	rank := func(v float64) float64 {
		if math.IsNaN(v) {
			return 2
		}
		return v
	}
	slices.SortStableFunc(order, func(a, b *analysis.Cell) int {
		return cmp.Or(cmp.Compare(rank(a.P), rank(b.P)), cmp.Compare(rank(a.PSignificant), rank(b.PSignificant)))
	})
	unit := s.Say("security")
	if x.Spec.BySector {
		unit = s.Say("sector")
	}
	b.about = s.Say("%s of kinds of news and %s measured by the %s", s.Things(len(x.Cells), "pair"), s.Securities(len(x.Spec.Securities)), s.Model(x.Study.Model.Name()))
	switch {
	case len(x.Cells) == 0:
		b.lead = append(b.lead, s.Say("No event of a kind names one of these securities on a measured session."))
	case sure == 0:
		b.lead = append(b.lead, s.Say("No kind of news moves a share on average in one direction beyond chance: of %s tested none has q at most %s%%.", s.Things(tested, "pair"), fixed(100*level, 0)))
	default:
		c := order[0]
		b.lead = append(b.lead, s.Say("Beyond chance are %s of %s tested (q at most %s%%), the clearest %s for %s: %s%% on average over %s (%s).", sure, s.Things(tested, "pair"), fixed(100*level, 0), c.Kind, c.Security, percent(c.MeanAR, 2), s.Things(c.N, "session"), s.sayP(c.P)))
	}
	var often []*analysis.Cell
	for _, c := range order {
		if c.QSignificant <= level {
			often = append(often, c)
		}
	}
	if len(often) > 0 {
		slices.SortStableFunc(often, func(a, b *analysis.Cell) int { return cmp.Compare(a.PSignificant, b.PSignificant) })
		var said []string
		for _, c := range often[:min(3, len(often))] {
			said = append(said, s.Say("%s for %s (%s%% of %s against %s%%, %s)", c.Kind, c.Security, fixed(100*c.Significant, 0), s.Things(c.N, "session"), fixed(100*c.Usual, 0), s.sayP(c.PSignificant)))
		}
		b.lead = append(b.lead, s.Say("Large moves, in whichever direction, come more often than on sessions without news: %s.", strings.Join(said, s.Semi)))
	}
	t := &briefTable{most: 12, more: "and %s more: see correlation.csv", cols: []briefColumn{{name: s.Say("kind"), text: true}, {name: unit, text: true}, {name: "N"}, {name: s.Say("average %%"), signed: true}, {name: "p"}, {name: "q"},
		{name: s.Say("significant %%"), order: 1}, {name: s.Say("usual %%"), order: 1}, {name: "p", order: 1}, {name: s.Say("as expected %%"), order: 2}}}
	for _, c := range order {
		agree := "–"
		if c.Agree == c.Agree {
			agree = fixed(100*c.Agree, 0)
		}
		t.add(c.Kind, c.Security, fmt.Sprint(c.N), percent(c.MeanAR, 2), showP(c.P), showP(c.Q), fixed(100*c.Significant, 0), fixed(100*c.Usual, 0), showP(c.PSignificant), agree)
	}
	if len(t.rows) > 0 {
		b.sections = append(b.sections, briefSection{heading: s.Say("Kinds of news"), table: t, after: []string{s.Say("An average near zero need not mean that nothing moved: news good and bad cancels. \"Significant\" against \"usual\" asks whether it moved at all.")}})
	}
	s.likeness(b, x)
	return b
}

// likeness tells which events are alike.
func (s *story) likeness(b *brief, x *analysis.Correlation) {
	id := func(k int) string { return x.Catalog.Events[x.Events[k]].ID }
	pairs := make([]*analysis.Likeness, 0, len(x.Likeness))
	alike, defined := 0, 0
	for i := range x.Likeness {
		p := &x.Likeness[i]
		if p.P != p.P {
			continue
		}
		defined++
		if p.P <= x.Spec.Level {
			alike++
		}
		pairs = append(pairs, p)
	}
	slices.SortStableFunc(pairs, func(a, b *analysis.Likeness) int {
		return cmp.Or(cmp.Compare(a.P, b.P), cmp.Compare(math.Abs(b.Pearson), math.Abs(a.Pearson)))
	})
	sec := briefSection{heading: s.Say("Events that hit the same shares the same way")}
	if defined == 0 {
		sec.text = []string{s.Say("No two events are measured on three securities that both have.")}
	} else {
		sec.text = []string{s.Say("Of %s, %s have p at most %s%% by the past of both; chance alone gives about %s. A negative correlation is the opposite pattern.", s.Things(defined, "pair"), alike, fixed(100*x.Spec.Level, 0), fixed(x.Spec.Level*float64(defined), 0))}
		t := &briefTable{most: 6, more: "and %s more: see likeness.csv", cols: []briefColumn{{name: s.Say("first"), text: true}, {name: s.Say("second"), text: true}, {name: "N"}, {name: "r", signed: true}, {name: s.Say("of ranks"), order: 1}, {name: "p"}}}
		for _, p := range pairs {
			t.add(id(p.First), id(p.Second), fmt.Sprint(p.N), fixed(p.Pearson, 2), fixed(p.Spearman, 2), showP(p.P))
		}
		sec.table = t
	}
	if n := len(x.Twins); n > 0 {
		var names []string
		for _, e := range x.Twins {
			names = append(names, x.Catalog.Events[e].ID)
		}
		sec.after = append(sec.after, s.Say("Not compared, since an earlier event has the same session: %s.", listed(s.Language, names, 5)))
	}
	if x.Left > 0 {
		sec.after = append(sec.after, s.Say("Not compared, since fewer than three of these securities were measured: %s.", s.Things(x.Left, "event")))
	}
	if x.Beyond > 0 {
		sec.after = append(sec.after, s.Say("Not compared, beyond the first %s: %s. Name fewer with a catalogue of their own.", len(x.Events), s.Things(x.Beyond, "event")))
	}
	if x.NoKind > 0 && len(x.Cells) > 0 {
		sec.after = append(sec.after, s.Say("Without a kind: %s of the catalogue.", s.Things(x.NoKind, "event")))
	}
	b.sections = append(b.sections, sec)
	b.foot = append(b.foot, s.Say("A catalogue taken from news is chosen on the outcome: what moved was written about. That a move has news does not say that the news moved it."))
}
