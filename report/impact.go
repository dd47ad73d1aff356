package report

import (
	"fmt"
	"io"
	"strings"

	"aftershock/analysis"
)

// ImpactTables returns the tables of an impact.
func ImpactTables(x *analysis.Impact) []Table {
	hits := Table{Name: "impact", Title: "One row a security, by p: what one event did on its session 0.", Columns: []Column{
		security,
		{"sector", String, "", "Its sector. Empty where it is not known."},
		{"exchange", String, "", "Its exchange."},
		{"return", Number, "return", "Return of session 0, of the study's kind."},
		{"expected", Number, "return", "What the study's model expects of it."},
		{"ar", Number, "return", "Abnormal return: return less expected."},
		{"se", Number, "return", "Its standard error, the exact forecast error."},
		{"t", Number, "", "ar over se."},
		{"df", Number, "", "Degrees of freedom of t."},
		{"p", Number, "", "Two-sided p value of t."},
		{"q", Number, "", "p corrected over all securities, by Benjamini and Hochberg."},
	}}
	hits.Rows = rowsFor(len(x.Hits), func(i int) []Cell {
		h := &x.Hits[i]
		return []Cell{text(h.Security), text(h.Sector), text(h.Exchange), number(h.Return), number(h.Expected), number(h.AR), number(h.SE), number(h.T), number(h.DF), number(h.P), number(h.Q)}
	})
	groups := Table{Name: "impact_groups", Title: "One row for all securities, one a sector and one an exchange: how far one event reached.", Columns: []Column{
		{"by", String, "", "What the group is: all, sector, exchange."},
		{"group", String, "", "Its name."},
		{"n", Integer, "", "Securities measured."},
		{"rose", Integer, "", "Securities with an abnormal return above 0."},
		{"hit", Integer, "", "Securities with q at most the level."},
		{"mean_ar", Number, "return", "Mean abnormal return."},
		{"mean_sar", Number, "", "Mean standardised abnormal return."},
		{"p_portfolio", Number, "", "P value of the group's equal-weighted portfolio, against its own past. Empty where it has several calendars."},
		{"holm", Number, "", "The same corrected over the groups of its kind, by Holm."},
		{"p_kp_bmp", Number, "", "P value of kp-bmp, by the spread of the securities, allowing for how they move together. Empty for one security."},
	}}
	groups.Rows = rowsFor(len(x.Groups), func(i int) []Cell {
		g := &x.Groups[i]
		return []Cell{text(g.By), text(g.Name), integer(g.N), integer(g.Rose), integer(g.Hit), number(g.MeanAR), number(g.MeanSAR), number(g.Portfolio.P), number(g.Holm), number(g.Spread.P)}
	})
	left := Table{Name: "impact_excluded", Title: "One row a security that could not be measured, with the reason.", Columns: []Column{
		security,
		{"reason", String, "", "A stable code."},
		{"detail", String, "", "The same in words, with figures."},
	}}
	left.Rows = rowsFor(len(x.Excluded), func(i int) []Cell {
		o := &x.Excluded[i]
		return []Cell{text(o.Security), text(string(o.Exclusion.Reason)), text(o.Exclusion.Detail())}
	})
	return []Table{hits, groups, left}
}

// ImpactText writes an impact for people, the answer first.
func ImpactText(w io.Writer, x *analysis.Impact, o TextOptions) error {
	return writeBrief(w, o, func(s *story) *brief { return s.impact(x) })
}

// ImpactHTML writes an impact as a page.
func ImpactHTML(w io.Writer, x *analysis.Impact, o HTMLOptions) error {
	return htmlBrief(w, o, func(s *story) *brief { return s.impact(x) })
}

// ImpactJSON writes an impact as one document.
func ImpactJSON(w io.Writer, x *analysis.Impact) error {
	type marketJSON struct {
		Symbol string   `json:"symbol"`
		Return *float64 `json:"return"`
		T      *float64 `json:"t"`
		P      *float64 `json:"p"`
	}
	return writeDocument(w, []jsonMember{
		{"format", "aftershock-impact/1"}, {"study", studyOf(x.Study)}, {"event", x.Event.ID}, {"title", x.Event.Title}, {"level", x.Level},
		{"reach", string(x.Reach)}, {"market", marketJSON{x.Market.Security, finite(x.Market.Return), finite(x.Market.T), finite(x.Market.P)}},
		{"measured", len(x.Hits)}, {"excluded", len(x.Excluded)},
	}, ImpactTables(x))
}

// impact tells an impact, the answer first.
func (s *story) impact(x *analysis.Impact) *brief {
	level := fixed(100*x.Level, 0)
	all := &x.Groups[0]
	b := &brief{title: s.Say("Whom it hit: %s", clean(s.title(x.Event)))}
	b.about = s.Say("%s measured on session 0 (%s) by the %s; hit: q at most %s%% over all of them", s.Securities(len(x.Hits)), x.Hits[0].Session0, s.Model(x.Study.Model.Name()), level)
	var sectors []string
	for i := range x.Groups {
		if g := &x.Groups[i]; g.By == "sector" && g.N > 1 && g.Holm <= x.Level {
			sectors = append(sectors, g.Name)
		}
	}
	switch x.Reach {
	case analysis.MarketReach:
		b.lead = append(b.lead, s.Say("The market's news: %s itself moved by %s%%, beyond what is usual of it (%s). Below is what each did beside the market.", x.Market.Security, percent(x.Market.Return, 2), s.sayP(x.Market.P)))
	case analysis.SectorReach:
		b.lead = append(b.lead, s.Say("A sector's news: %s moved as a whole, beyond the market.", listed(s.Language, sectors, 4)))
	case analysis.FirmReach:
		b.lead = append(b.lead, s.Say("The news of single firms: some were hit, and neither the market nor a sector moved as a whole."))
		if !x.Sectors() {
			b.lead[0] = s.Say("Some were hit, and the market did not move beyond what is usual of it. Whether a sector moved as a whole cannot be told: no sector is known.")
		}
	default:
		b.lead = append(b.lead, s.Say("Nobody was hit beyond chance, after correction for looking at all of them."))
	}
	if x.Market.Security != "" && x.Reach != analysis.MarketReach {
		b.lead = append(b.lead, s.Say("The benchmark %s moved by %s%% (%s).", x.Market.Security, percent(x.Market.Return, 2), s.sayP(x.Market.P)))
	}
	b.lead = append(b.lead, s.Say("Breadth: %s of %s rose beyond the market, %s were hit; the average is %s%% (portfolio %s).", all.Rose, all.N, all.Hit, percent(all.MeanAR, 2), s.sayP(all.Portfolio.P)))
	t := &briefTable{most: 10, more: "and %s more: see impact.csv", cols: []briefColumn{{name: s.Say("security"), text: true}, {name: s.Say("sector"), text: true, order: 2}, {name: s.Say("return %%"), signed: true},
		{name: s.Say("abnormal %%"), signed: true}, {name: "t", order: 1}, {name: "p", order: 3}, {name: "q"}}}
	for i := range x.Hits {
		h := &x.Hits[i]
		if h.Q > x.Level && i >= 10 {
			break
		}
		t.add(h.Security, h.Sector, percent(h.Return, 2), percent(h.AR, 2), fixed(h.T, 2), showP(h.P), showP(h.Q))
	}
	head := s.Say("Hit hardest")
	if all.Hit == 0 {
		head = s.Say("Nearest to being hit")
	}
	b.sections = append(b.sections, briefSection{heading: head, table: t})
	for _, by := range []struct{ kind, heading string }{{"sector", s.Say("By sector")}, {"exchange", s.Say("By exchange")}} {
		t := &briefTable{most: 12, more: "and %s more: see impact_groups.csv", cols: []briefColumn{{name: "", text: true}, {name: "N"}, {name: s.Say("rose")}, {name: s.Say("hit")}, {name: s.Say("average %%"), signed: true}, {name: s.Say("portfolio p")}, {name: "kp-bmp p", order: 1}}}
		for i := range x.Groups {
			if g := &x.Groups[i]; g.By == by.kind {
				t.add(g.Name, fmt.Sprint(g.N), fmt.Sprint(g.Rose), fmt.Sprint(g.Hit), percent(g.MeanAR, 2), showP(g.Portfolio.P), showP(g.Spread.P))
			}
		}
		if len(t.rows) > 1 {
			b.sections = append(b.sections, briefSection{heading: by.heading, table: t})
		}
	}
	var also []string
	if n := len(x.Excluded); n > 0 {
		var why []string
		for i := range min(3, n) {
			why = append(why, x.Excluded[i].Security+" ("+s.why(x.Excluded[i].Exclusion)+")")
		}
		also = append(also, s.Say("Not measured: %s: %s.", s.Securities(n), strings.Join(why, s.Semi)))
	}
	var apart []string
	for i := range x.Hits {
		if x.Hits[i].Apart {
			apart = append(apart, x.Hits[i].Security)
		}
	}
	if len(apart) > 0 {
		also = append(also, s.Say("Of another clock than the benchmark: %s. The benchmark's return of a date does not cover their hours, so that a move may be the market's of the day before; name a benchmark of their own exchange.", listed(s.Language, apart, 6)))
	}
	if all.Portfolio.P != all.Portfolio.P {
		also = append(also, s.Say("They trade on several calendars, so that there is no one portfolio of all."))
	}
	if also != nil {
		b.sections = append(b.sections, briefSection{text: also})
	}
	b.foot = append(b.foot, s.Say("Securities of one day move together: that many were hit is one fact, not many. The sector's and the market's rows say it once."))
	return b
}
