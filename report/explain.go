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

// ExplainTables returns the tables of an explanation.
func ExplainTables(x *analysis.Explanation) []Table {
	moves := x.Moves
	if x.Spec.All {
		moves = x.Sessions
	}
	return []Table{movesTable(x, moves), matchesTable(x), coincidenceTable(x), unmovedTable(x)}
}

func movesTable(x *analysis.Explanation, moves []analysis.Move) Table {
	t := Table{Name: "moves", Title: "One row a move, a session whose abnormal return is beyond chance; with --all one a measured session.", Columns: []Column{
		security,
		{"date", Date, "", "The session."},
		{"return", Number, "return", "Return of the session, of the study's kind."},
		{"expected", Number, "return", "What the study's model expects of it."},
		{"ar", Number, "return", "Abnormal return: return less expected."},
		{"se", Number, "return", "Its standard error, the exact forecast error."},
		{"t", Number, "", "ar over se."},
		{"df", Number, "", "Degrees of freedom of t."},
		{"p", Number, "", "Two-sided p value of t."},
		{"q", Number, "", "p corrected over all measured sessions of all securities asked for, by Benjamini and Hochberg or Benjamini and Yekutieli."},
		{"m", Integer, "sessions", "Usable sessions of the estimation window before it."},
		{"verdict", String, "", "own: abnormal even less the peers' part; sector: abnormal, but not less that; own-or-sector: abnormal, and no peers are known; market: the return is abnormal by the constant mean, less the market's part it is not; none: neither."},
		{"market", Number, "return", "Market part: alpha + beta Rm. Empty where no peers are known to part by."},
		{"peers", Number, "return", "Peers' part: gamma u, u the peers' mean return less its own market model. Empty where no peers are known."},
		{"own", Number, "return", "Own part: the rest. Empty where no peers are known."},
		{"events", String, "", "IDs of the events that name the security and have their session 0 here, parted by blanks. Empty: none."},
	}}
	t.Rows = rowsFor(len(moves), func(i int) []Cell {
		m := &moves[i]
		return []Cell{text(x.Securities[m.Security].Symbol), date(m.Date), number(m.Return), number(m.Expected), number(m.AR), number(m.SE), number(m.T), number(m.DF),
			number(m.P), number(m.Q), integer(m.M), text(string(m.Verdict)), number(m.Market), number(m.Peers), number(m.Own), text(strings.Join(eventIDs(x, m), " "))}
	})
	return t
}

// eventIDs are those of the news of a move.
func eventIDs(x *analysis.Explanation, m *analysis.Move) []string {
	var out []string
	for _, e := range m.Events {
		out = append(out, x.Catalog.Events[e].ID)
	}
	return out
}

func matchesTable(x *analysis.Explanation) Table {
	t := Table{Name: "matches", Title: "One row a move and an event whose session 0 is the move's session or a neighbour of it, in the order of the parts.", Columns: []Column{
		security,
		{"date", Date, "", "Session of the move."},
		{"order", Integer, "", "Place among the candidates of the move, from 1: by relation, then session, precision, sign."},
		eventID,
		{"relation", String, "", "Whom the event names: security, peer (or one of its sector), market (the benchmark, or nobody), other."},
		{"session", String, "", "Session 0 of the event: same, before (the session before the move), after (the session after it)."},
		{"precision", String, "", "How well the time of the event is known, the finest first: instant, second, minute, approx, date."},
		{"sign", String, "", "expected: the move has the sign that the event expects; opposite. Empty: none is stated."},
		{"category", String, "", "Category of the event. Empty where it has none."},
		{"title", String, "", "Title of the event in the catalogue's first language. Empty where it has none."},
	}}
	t.Rows = rowsFor(len(x.Matches), func(i int) []Cell {
		c := &x.Matches[i]
		m, e := &x.Moves[c.Move], &x.Catalog.Events[c.Event]
		sign := ""
		switch {
		case c.Sign > 0:
			sign = "expected"
		case c.Sign < 0:
			sign = "opposite"
		}
		precision := string(e.Precision)
		if e.DateOnly {
			precision = "date"
		}
		return []Cell{text(x.Securities[m.Security].Symbol), date(m.Date), integer(c.Order), text(e.ID), text(c.Relation.String()),
			text([]string{"before", "same", "after"}[c.Session+1]), text(precision), text(sign), text(e.Category), text(e.Title)}
	})
	return t
}

func coincidenceTable(x *analysis.Explanation) Table {
	t := Table{Name: "coincidence", Title: "One row a security, and one for all where there are several: how often moves and news coincide, against chance.", Columns: []Column{
		{"security", String, "", "Symbol, or all."},
		{"sessions", Integer, "sessions", "Measured sessions."},
		{"moves", Integer, "sessions", "Moves among them."},
		{"news_sessions", Integer, "sessions", "Measured sessions that are session 0 of an event that names the security."},
		{"both", Integer, "sessions", "Moves with news."},
		{"expected", Number, "sessions", "Moves with news that chance gives: moves x news_sessions / sessions."},
		{"p", Number, "", "P value of as many moves with news or more: hypergeometric; for all by circular shifts of the whole catalogue. Empty without news."},
		{"share", Number, "", "Share of the abnormal variance, the sum of t^2, on sessions with news."},
		{"share_of_sessions", Number, "", "Share of sessions with news."},
		{"ratio", Number, "", "Mean t^2 with news over mean t^2 without. Empty without news."},
		{"p_ratio", Number, "", "P value of a ratio as large, by circular shifts of the catalogue. Empty without news."},
	}}
	t.Rows = rowsFor(len(x.Coincidence), func(i int) []Cell {
		c := &x.Coincidence[i]
		return []Cell{text(c.Security), integer(c.Sessions), integer(c.Moves), integer(c.NewsSessions), integer(c.Both), number(c.Expected), number(c.P),
			number(c.Share), number(c.ShareOfSessions), number(c.Ratio), number(c.PRatio)}
	})
	return t
}

func unmovedTable(x *analysis.Explanation) Table {
	t := Table{Name: "unmoved", Title: "One row an event that names a security and did not move it, with the effect that would have been seen.", Columns: []Column{
		security,
		{"date", Date, "", "Session 0 of the event."},
		eventID,
		{"ar", Number, "return", "Abnormal return of the session."},
		{"se", Number, "return", "Its standard error."},
		{"t", Number, "", "ar over se."},
		{"p", Number, "", "Two-sided p value of t."},
		{"detectable", Number, "return", "Least effect that p <= 5% would have found in four cases of five: (t_0.975 + t_0.8) se."},
	}}
	t.Rows = rowsFor(len(x.Unmoved), func(i int) []Cell {
		u := &x.Unmoved[i]
		return []Cell{text(x.Securities[u.Security].Symbol), date(u.Date), text(x.Catalog.Events[u.Event].ID), number(u.AR), number(u.SE), number(u.T), number(u.P), number(u.Least)}
	})
	return t
}

// ExplainText writes an explanation for people, the answer first.
func ExplainText(w io.Writer, x *analysis.Explanation, o TextOptions) error {
	return writeBrief(w, o, func(s *story) *brief { return s.explanation(x) })
}

// ExplainHTML writes an explanation as a page.
func ExplainHTML(w io.Writer, x *analysis.Explanation, o HTMLOptions) error {
	return htmlBrief(w, o, func(s *story) *brief { return s.explanation(x) })
}

// ExplainJSON writes an explanation as one document.
func ExplainJSON(w io.Writer, x *analysis.Explanation) error {
	type securityJSON struct {
		Symbol   string   `json:"symbol"`
		Sector   string   `json:"sector,omitempty"`
		Peers    []string `json:"peers"`
		First    string   `json:"first"`
		Last     string   `json:"last"`
		Measured int      `json:"measured"`
		Period   int      `json:"period"`
		Named    int      `json:"events"`
	}
	var list []securityJSON
	for i := range x.Securities {
		s := &x.Securities[i]
		list = append(list, securityJSON{s.Symbol, s.Sector, append([]string{}, s.Peers...), s.First.String(), s.Last.String(), s.Measured, s.Period, s.Named})
	}
	type driftJSON struct {
		N    int      `json:"n"`
		Mean *float64 `json:"mean"`
		P    *float64 `json:"p"`
	}
	drift := func(d analysis.Drift) driftJSON { return driftJSON{d.N, finite(d.Mean), finite(d.P)} }
	return writeDocument(w, []jsonMember{
		{"format", "aftershock-explain/1"}, {"study", studyOf(x.Study)}, {"level", x.Spec.Level}, {"correction", string(x.Spec.Correction)},
		{"measured", x.Measured}, {"moves", len(x.Moves)}, {"notable", len(x.Notables)}, {"by_market", len(x.ByMarket)},
		{"securities", list}, {"after_with_news", drift(x.With)}, {"after_without_news", drift(x.Without)},
	}, ExplainTables(x))
}

// finite is v, nil where it is no number.
func finite(v float64) *float64 {
	if math.IsNaN(v) || math.IsInf(v, 0) {
		return nil
	}
	return &v
}

// explanation tells an explanation, the answer first.
func (s *story) explanation(x *analysis.Explanation) *brief {
	var symbols []string
	first, last := x.Securities[0].First, x.Securities[0].Last
	for i := range x.Securities {
		c := &x.Securities[i]
		symbols = append(symbols, c.Symbol)
		first, last = min(first, c.First), max(last, c.Last)
	}
	b := &brief{title: s.Say("What moved %s, %s to %s", listed(s.Language, symbols, 6), first, last)}
	b.about = s.Say("%s measured by the %s; %s: sessions with q at most %s%% over all of them", s.Things(x.Measured, "session"), s.Model(x.Study.Model.Name()), s.Things(len(x.Moves), "move"), fixed(100*x.Spec.Level, 0))
	one := len(x.Securities) == 1
	order := make([]int, len(x.Moves))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(math.Abs(x.Moves[b].T), math.Abs(x.Moves[a].T)) })
	best := make([]int, len(x.Moves)) // the first candidate of each; -1: none
	for k := range best {
		best[k] = -1
	}
	for k := range x.Matches {
		if c := &x.Matches[k]; best[c.Move] < 0 {
			best[c.Move] = k
		}
	}
	table := func(most int, news string) *briefTable {
		t := &briefTable{most: most, more: "and %s more: see moves.csv"}
		if !one {
			t.cols = append(t.cols, briefColumn{name: s.Say("security"), text: true})
		}
		t.cols = append(t.cols, briefColumn{name: s.Say("session"), text: true}, briefColumn{name: s.Say("return %%"), signed: true}, briefColumn{name: s.Say("market"), signed: true, order: 2},
			briefColumn{name: s.Say("peers"), signed: true, order: 2}, briefColumn{name: s.Say("own"), signed: true, order: 2}, briefColumn{name: "t", order: 1}, briefColumn{name: "q"}, briefColumn{name: s.Say("whose"), text: true}, briefColumn{name: news, text: true})
		return t
	}
	row := func(t *briefTable, m *analysis.Move, news string) {
		var cells []string
		if !one {
			cells = append(cells, x.Securities[m.Security].Symbol)
		}
		t.add(append(cells, m.Date.String(), percent(m.Return, 2), percent(m.Market, 2), percent(m.Peers, 2), percent(m.Own, 2), fixed(m.T, 2), showP(m.Q), s.whose(m.Verdict), news)...)
	}
	unexplained, told := table(6, s.Say("nearest news")), table(8, s.Say("news"))
	for _, k := range order {
		m := &x.Moves[k]
		news := s.Say("none")
		if best[k] >= 0 {
			c := &x.Matches[best[k]]
			e := &x.Catalog.Events[c.Event]
			news = clip(clean(s.title(e)), 60)
			if extra := len(m.Events) - 1; extra > 0 {
				news = s.Say("%s and %s more", news, extra)
			}
			if len(m.Events) == 0 {
				news = s.near(c, news)
			}
		}
		if len(m.Events) > 0 {
			row(told, m, news)
		} else {
			row(unexplained, m, news)
		}
	}
	none := len(unexplained.rows)
	sec := briefSection{heading: s.Say("Unexplained: no event of the catalogue names it on that session"), table: unexplained}
	if none == 0 {
		sec = briefSection{heading: s.Say("Unexplained"), text: []string{s.Say("No move is without news of its own.")}}
	}
	b.sections = append(b.sections, sec)
	if len(told.rows) > 0 {
		b.sections = append(b.sections, briefSection{heading: s.Say("Moves with news"), table: told})
	}
	chance := briefSection{heading: s.Say("More than chance?")}
	for i := range x.Coincidence {
		c := &x.Coincidence[i]
		if !one && c.Security != "all" {
			continue
		}
		chance.text = append(chance.text, s.coincided(c)...)
	}
	b.sections = append(b.sections, chance)
	if !one {
		t := &briefTable{cols: []briefColumn{{name: s.Say("security"), text: true}, {name: s.Say("sessions")}, {name: s.Say("moves")}, {name: s.Say("with news")}, {name: s.Say("expected")}, {name: "p"}, {name: s.Say("share %%"), order: 1}, {name: s.Say("of sessions %%"), order: 2}, {name: s.Say("ratio"), order: 1}, {name: "p", order: 1}}, most: 8, more: "and %s more: see coincidence.csv"}
		for i := range x.Coincidence {
			c := &x.Coincidence[i]
			t.add(c.Security, fmt.Sprint(c.Sessions), fmt.Sprint(c.Moves), fmt.Sprint(c.Both), fixed(c.Expected, 2), showP(c.P), fixed(100*c.Share, 1), fixed(100*c.ShareOfSessions, 1), fixed(c.Ratio, 1), showP(c.PRatio))
		}
		b.sections = append(b.sections, briefSection{heading: s.Say("By security"), table: t})
	}
	s.others(b, x, one)
	b.foot = append(b.foot, s.Say("A catalogue taken from news is chosen on the outcome: what moved was written about. That a move has news does not say that the news moved it."))
	return b
}

// others tells what else there is: moves of the market, events that moved nothing,
// what came after, what could not be parted.
func (s *story) others(b *brief, x *analysis.Explanation, one bool) {
	name := func(m *analysis.Move) string {
		if one {
			return fmt.Sprintf("%s %s%%", m.Date, percent(m.Return, 1))
		}
		return fmt.Sprintf("%s %s %s%%", x.Securities[m.Security].Symbol, m.Date, percent(m.Return, 1))
	}
	named := func(moves []analysis.Move, by func(m *analysis.Move) float64) []string {
		order := make([]*analysis.Move, len(moves))
		for k := range moves {
			order[k] = &moves[k]
		}
		slices.SortStableFunc(order, func(a, b *analysis.Move) int { return cmp.Compare(math.Abs(by(b)), math.Abs(by(a))) })
		var out []string
		for _, m := range order {
			out = append(out, name(m))
		}
		return out
	}
	var also []string
	if n := len(x.ByMarket); n > 0 {
		also = append(also, s.Say("The market's, not its own: %s beyond what is usual of it that the benchmark explains, the largest %s.", s.Things(n, "return"), listed(s.Language, named(x.ByMarket, func(m *analysis.Move) float64 { return m.Return }), 3)))
	}
	if n := len(x.Notables); n > 0 {
		also = append(also, s.Say("Notable, though no move: %s with p at most 0.001: %s.", s.Things(n, "session"), listed(s.Language, named(x.Notables, func(m *analysis.Move) float64 { return m.T }), 3)))
	}
	if n := len(x.Unmoved); n > 0 {
		least := make([]float64, n)
		for k := range x.Unmoved {
			least[k] = x.Unmoved[k].Least
		}
		slices.Sort(least)
		also = append(also, s.Say("Moved nothing: %s; an effect of less than %s%% (in the middle) could not have been seen, so that these are no proof of none: see unmoved.csv.", s.Things(n, "event"), fixed(100*least[n/2], 1)))
	}
	for _, d := range []struct {
		of     analysis.Drift
		phrase string
	}{{x.With, s.Say("with news")}, {x.Without, s.Say("without news")}} {
		if d.of.N > 1 {
			also = append(also, s.Say("In the five sessions after moves %s they went on by %s%% on average (N = %s, %s).", d.phrase, percent(d.of.Mean, 2), d.of.N, s.sayP(d.of.P)))
		}
	}
	var alone, unnamed, apart []string
	for i := range x.Securities {
		c := &x.Securities[i]
		if len(c.Peers) == 0 {
			alone = append(alone, c.Symbol)
		}
		if c.Apart {
			apart = append(apart, c.Symbol)
		}
		if c.Named == 0 {
			unnamed = append(unnamed, c.Symbol)
		}
	}
	if len(apart) > 0 {
		also = append(also, s.Say("Of another clock than the benchmark: %s. The benchmark's return of a date does not cover their hours, so that a move may be the market's of the day before; name a benchmark of their own exchange.", listed(s.Language, apart, 6)))
	}
	if len(alone) > 0 {
		also = append(also, s.Say("No peers are known of %s, neither named nor of its sector: its moves are not parted between sector and firm.", listed(s.Language, alone, 6)))
	}
	if first, last, outside := x.Outside(); outside > 0 {
		also = append(also, s.Say("The events of the catalogue are of %s to %s. Outside of these days, and so without news in any case: %s.", first, last, s.Things(outside, "move")))
	}
	if len(unnamed) > 0 {
		also = append(also, s.Say("No event of the catalogue names %s: all its moves count as unexplained.", listed(s.Language, unnamed, 6)))
	}
	short := 0
	for i := range x.Securities {
		short += x.Securities[i].Period - x.Securities[i].Measured
	}
	if short > 0 {
		also = append(also, s.Say("Not measured: %s of the period, for too short an estimation window before them or no return.", s.Things(short, "session")))
	}
	if also != nil {
		b.sections = append(b.sections, briefSection{heading: s.Say("Beside the moves"), text: also})
	}
}

// whose says a verdict.
func (s *story) whose(v analysis.Whose) string {
	switch v {
	case analysis.OwnMove:
		return s.Say("own")
	case analysis.SectorMove:
		return s.Say("sector")
	case analysis.MarketMove:
		return s.Say("market")
	case analysis.OwnOrPeers:
		return s.Say("own or sector")
	}
	return s.Say("none")
}

// near says how a candidate that is no news of the security on its session is near.
func (s *story) near(c *analysis.Match, title string) string {
	switch {
	case c.Session < 0:
		return s.Say("the session before: %s", title)
	case c.Session > 0:
		return s.Say("the session after: %s", title)
	case c.Relation == analysis.NamesPeer:
		return s.Say("names a peer: %s", title)
	case c.Relation == analysis.NamesMarket:
		return s.Say("names the market: %s", title)
	case c.Relation == analysis.NamesOther:
		return s.Say("names others: %s", title)
	}
	return title
}

// coincided says how often moves and news coincide, against chance.
func (s *story) coincided(c *analysis.Coincidence) []string {
	if c.NewsSessions == 0 {
		return []string{s.Say("No measured session has news in the catalogue, so that moves and news cannot be compared.")}
	}
	out := []string{s.Say("%s of %s have news in the catalogue; chance would give %s (%s).", c.Both, s.Things(c.Moves, "move"), fixed(c.Expected, 2), s.sayP(c.P))}
	if c.Moves == 0 {
		out = []string{s.Say("There is no move, on any of %s with news.", s.Things(c.NewsSessions, "session"))}
	}
	share := s.Say("%s%% of the abnormal variance falls on the %s%% of sessions with news: %s times that of a session without (%s, by shifting the catalogue).", fixed(100*c.Share, 0), fixed(100*c.ShareOfSessions, 1), fixed(c.Ratio, 1), s.sayP(c.PRatio))
	return append(out, share)
}
