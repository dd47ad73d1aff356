package analysis

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// Kinds says what makes kinds of events.
type Kinds string

// What makes kinds.
const (
	CategoryKinds Kinds = "category"
	TagKinds      Kinds = "tag"
)

// CorrelateSpec says what is set against each other.
type CorrelateSpec struct {
	Securities []string
	Kinds      Kinds   // "" means CategoryKinds
	BySector   bool    // sectors in the place of securities
	Level      float64 // 0 means 0.05
}

// Cell is how one kind of news went with one security, or one sector: session 0 of
// the events of that kind that name it, each session once.
type Cell struct {
	Kind, Security string
	N              int     // sessions; of a sector, of all its securities together
	MeanAR         float64 // decimal
	MeanSAR        float64
	P              float64 // of a mean AR of zero: the test dates, of one date kp-bmp; NaN where neither is defined
	Significant    float64 // share with p of t at most 5%
	Usual          float64 // the same share among its measured sessions without news
	PSignificant   float64 // Fisher's exact test that the first is no larger, upper tail
	Agree          float64 // share that moved with the expected sign, of those with one; NaN where none is stated
	PAgree         float64 // exact binomial, two-sided
	Q              float64 // P corrected over all cells, by Benjamini and Hochberg
	QSignificant   float64 // PSignificant likewise
}

// Likeness is how alike two events hit the same securities.
type Likeness struct {
	First, Second     int // indices into Correlation.Events
	N                 int // securities that both were measured on
	Pearson, Spearman float64
	PFirst, PSecond   float64 // by the past of each
	P                 float64 // the larger
}

// Branch joins two branches of the tree of events.
type Branch struct {
	A, B int     // below len(Correlation.Events) events, else branches, len(Events) + index
	Like float64 // the mean correlation between the events of the two
}

// Correlation sets kinds of news against securities, and events against each other.
type Correlation struct {
	Study    *Study
	Catalog  *events.Catalog
	Spec     CorrelateSpec
	Cells    []Cell
	Events   []int // that are compared: indices into Catalog.Events
	Twins    []int // left out, as an earlier one has all their sessions 0
	Likeness []Likeness
	Tree     []Branch
	Left     int // events that are not compared: measured on fewer than three securities
	Beyond   int // events beyond mostCompared
	NoKind   int // events without a kind
}

// mostCompared is how many events are compared with each other.
const mostCompared = 400

// Correlate measures kinds of news against securities and sets events against each
// other by how they hit them: the standardised abnormal returns of session 0, on
// every security whether an event names it or not. The p value of a likeness is by
// the past of each event: how often a session of its estimation window, on which all
// have a residual, is as like it.
//
// Errors: as [Study.Explain]; kinds that are neither categories nor tags.
func (s *Study) Correlate(ctx context.Context, catalog *events.Catalog, panel *market.Panel, spec CorrelateSpec, progress Progress) (*Correlation, error) {
	if spec.Kinds == "" {
		spec.Kinds = CategoryKinds
	}
	if spec.Kinds != CategoryKinds && spec.Kinds != TagKinds {
		return nil, fmt.Errorf("%q is no kind of events; use category or tag", spec.Kinds)
	}
	x, err := s.explainer(catalog, panel, ExplainSpec{Securities: spec.Securities, Level: spec.Level})
	if err != nil {
		return nil, err
	}
	spec.Level = x.Spec.Level
	if spec.BySector && !slices.ContainsFunc(x.Securities, func(s Explained) bool { return s.Sector != "" }) {
		return nil, fmt.Errorf("no sector of these securities is known; give it under securities or in the securities file")
	}
	if err := x.measure(ctx, progress); err != nil {
		return nil, err
	}
	if err := x.unmeasurable(); err != nil {
		return nil, err
	}
	x.place()
	out := &Correlation{Study: x.Study, Catalog: catalog, Spec: spec}
	if err := x.cells(ctx, out); err != nil {
		return nil, err
	}
	return out, x.likeness(ctx, out)
}

// of lists the kinds of an event.
func (k Kinds) of(e *events.Event) []string {
	if k == TagKinds {
		return e.Tags
	}
	if e.Category == "" {
		return nil
	}
	return []string{e.Category}
}

// told is one session with news of a kind.
type told struct {
	security int
	figures  *sessionFigures
	date     market.Date
	sign     int
}

// cells fills in the cells.
func (x *explainer) cells(ctx context.Context, out *Correlation) error {
	type key struct{ kind, name string }
	found := make(map[key][]told)
	var order []key
	usual := make(map[string]*[2]int) // sessions without news, and those of them with p at most 5%
	for i := range x.columns {
		name := x.Securities[i].Symbol
		if out.Spec.BySector {
			if name = x.Securities[i].Sector; name == "" {
				continue
			}
		}
		lo, _ := x.span(i)
		news := make(map[int32]bool)
		for _, e := range x.named[i] {
			news[e.index] = true
		}
		if usual[name] == nil {
			usual[name] = new([2]int)
		}
		for k := range x.each[i] {
			if f := &x.each[i][k]; f.measured && !news[f.index] {
				usual[name][0]++
				if f.p <= 0.05 {
					usual[name][1]++
				}
			}
		}
		type once struct {
			kind  string
			index int32
		}
		seen := make(map[once]int)
		for _, e := range x.named[i] {
			k := int(e.index) - lo
			if k < 0 || k >= len(x.each[i]) || !x.each[i][k].measured {
				continue
			}
			ev := &x.Catalog.Events[e.event]
			sign := 0
			for _, t := range ev.Targets {
				if t.Symbol == x.Securities[i].Symbol {
					sign = t.Sign
				}
			}
			for _, kind := range out.Spec.Kinds.of(ev) {
				at := key{kind, name}
				if j, twice := seen[once{kind, e.index}]; twice { // a return counts once
					if found[at][j].sign == 0 {
						found[at][j].sign = sign
					}
					continue
				}
				if found[at] == nil {
					order = append(order, at)
				}
				seen[once{kind, e.index}] = len(found[at])
				found[at] = append(found[at], told{i, &x.each[i][k], x.columns[i].Calendar.Date(int(e.index)), sign})
			}
		}
	}
	for i := range x.Catalog.Events {
		if len(out.Spec.Kinds.of(&x.Catalog.Events[i])) == 0 {
			out.NoKind++
		}
	}
	slices.SortStableFunc(order, func(a, b key) int { return cmp.Compare(a.kind, b.kind) })
	out.Cells = make([]Cell, len(order))
	err := parallel(ctx, len(order), 8, nil, func(w *workspace, n int) {
		at := order[n]
		c := x.cell(found[at], w)
		c.Kind, c.Security = at.kind, at.name
		base := usual[at.name]
		c.Usual, c.PSignificant = nan, nan
		if base[0] > 0 {
			c.Usual = float64(base[1]) / float64(base[0])
			hits := int(math.Round(c.Significant * float64(c.N)))
			c.PSignificant = stat.HypergeometricUpper(hits, c.N+base[0], c.N, hits+base[1])
		}
		out.Cells[n] = c
	})
	p, often := make([]float64, len(out.Cells)), make([]float64, len(out.Cells))
	for n := range out.Cells {
		p[n], often[n] = out.Cells[n].P, out.Cells[n].PSignificant
	}
	p, often = stat.BenjaminiHochberg(p), stat.BenjaminiHochberg(often)
	for n := range out.Cells {
		out.Cells[n].Q, out.Cells[n].QSignificant = p[n], often[n]
	}
	return err
}

// cell averages and tests sessions with news of one kind.
func (x *explainer) cell(list []told, w *workspace) Cell {
	c := Cell{N: len(list), P: nan, Agree: nan, PAgree: nan}
	sums := make(map[market.Date][2]float64) // of AR and their number, by date
	signs, agree := 0, 0
	for _, t := range list {
		c.MeanAR += t.figures.ar / float64(len(list))
		c.MeanSAR += t.figures.t / float64(len(list))
		if t.figures.p <= 0.05 {
			c.Significant += 1 / float64(len(list))
		}
		if t.sign != 0 {
			signs++
			if (t.figures.ar > 0) == (t.sign > 0) {
				agree++
			}
		}
		s := sums[t.date]
		sums[t.date] = [2]float64{s[0] + t.figures.ar, s[1] + 1}
	}
	if signs > 0 {
		c.Agree, c.PAgree = float64(agree)/float64(signs), stat.BinomialTwoSided(agree, signs)
	}
	if len(sums) == 1 && len(list) > 1 {
		c.P = x.together(list, w)
		return c
	}
	means := make([]float64, 0, len(sums))
	for _, d := range sortedDates(sums) {
		means = append(means, sums[d][0]/sums[d][1])
	}
	if g := float64(len(means)); g > 1 {
		if sd := stat.Deviation(means); sd > 0 && stat.Varies(means) {
			c.P, _, _ = stat.StudentT(g - 1).PValues(stat.Mean(means) * math.Sqrt(g) / sd)
		}
	}
	return c
}

func sortedDates(m map[market.Date][2]float64) []market.Date {
	out := make([]market.Date, 0, len(m))
	for d := range m {
		out = append(out, d)
	}
	slices.Sort(out)
	return out
}

// together is the p value of kp-bmp of sessions of one date.
func (x *explainer) together(list []told, w *workspace) float64 {
	g := &engine{study: x.Study, panel: x.Panel, length: x.Study.EventWindow.Len(), windows: 1}
	for _, t := range list {
		s := x.series[t.security]
		g.forecast, g.conditional = max(g.forecast, s.forecast), g.conditional || s.conditional
	}
	g.grow(len(list))
	rows := make([]int32, 0, len(list))
	for r, t := range list {
		g.ser[r], g.s0[r] = x.series[t.security], t.figures.index
		if g.fit(r, w) == nil {
			rows = append(rows, int32(r))
		}
	}
	result := run(KPBMP{}, newCrossSection(newPool(g, rows), 0))
	return result.P
}

// struck is one event measured on every security.
type struck struct {
	event int
	sar   []float64 // by security; NaN where it was not measured
	past  [][]float64
}

// likeness compares the events of a catalogue by how they hit the securities.
func (x *explainer) likeness(ctx context.Context, out *Correlation) error {
	n := len(x.columns)
	where := make(map[*market.Calendar][]int32)
	for cal, list := range x.placed {
		at := make([]int32, len(x.Catalog.Events))
		for i := range at {
			at[i] = -1
		}
		for _, e := range list {
			at[e.event] = e.index
		}
		where[cal] = at
	}
	var all []struck
	seen := make(map[string]bool)
	for ev := range x.Catalog.Events {
		s := struck{event: ev, sar: make([]float64, n)}
		have := 0
		sessions := make([]int32, n)
		for i, col := range x.columns {
			s.sar[i], sessions[i] = nan, -1
			k := where[col.Calendar][ev]
			lo, _ := x.span(i)
			if j := int(k) - lo; k >= 0 && j >= 0 && j < len(x.each[i]) && x.each[i][j].measured {
				s.sar[i], sessions[i] = x.each[i][j].t, k
				have++
			}
		}
		if have < 3 {
			out.Left++
			continue
		}
		id := fmt.Sprint(sessions)
		if seen[id] {
			out.Twins = append(out.Twins, ev)
			continue
		}
		seen[id] = true
		if len(all) == mostCompared {
			out.Beyond++
			continue
		}
		all = append(all, s)
		out.Events = append(out.Events, ev)
	}
	if err := parallel(ctx, len(all), 1, nil, func(w *workspace, k int) { all[k].past = x.pastOf(all[k].event, where, w) }); err != nil {
		return err
	}
	var pairs []Likeness
	for a := range all {
		for b := a + 1; b < len(all); b++ {
			pairs = append(pairs, Likeness{First: a, Second: b})
		}
	}
	err := parallel(ctx, len(pairs), 16, nil, func(_ *workspace, k int) {
		p := &pairs[k]
		a, b := &all[p.First], &all[p.Second]
		var common []int
		var u, v []float64
		for i := range n {
			if a.sar[i] == a.sar[i] && b.sar[i] == b.sar[i] {
				common, u, v = append(common, i), append(u, a.sar[i]), append(v, b.sar[i])
			}
		}
		p.N, p.Pearson, p.Spearman, p.PFirst, p.PSecond, p.P = len(common), nan, nan, nan, nan, nan
		if p.N < 3 {
			return
		}
		p.Pearson, p.Spearman = stat.Correlation(u, v), stat.Correlation(stat.Ranks(u), stat.Ranks(v))
		p.PFirst, p.PSecond = asLike(a.past, common, u, p.Pearson), asLike(b.past, common, v, p.Pearson)
		p.P = max(p.PFirst, p.PSecond)
	})
	for _, p := range pairs {
		if p.N >= 3 {
			out.Likeness = append(out.Likeness, p)
		}
	}
	out.Tree = treeOf(len(all), out.Likeness)
	return err
}

// pastOf returns the standardised residuals of the estimation window before an
// event, by session and security, on the dates of the first security's calendar.
func (x *explainer) pastOf(ev int, where map[*market.Calendar][]int32, w *workspace) [][]float64 {
	m := x.Study.EstimationWindow.Len()
	past := make([][]float64, m)
	for t := range past {
		past[t] = make([]float64, len(x.columns))
	}
	ref := x.columns[0].Calendar
	begin := int(where[ref][ev]) + x.Study.EstimationWindow.From
	own := make([]float64, m)
	for i, col := range x.columns {
		k := where[col.Calendar][ev]
		s := x.series[i]
		g := &engine{study: x.Study, panel: x.Panel, length: x.Study.EventWindow.Len(), windows: 1, forecast: s.forecast, conditional: s.conditional}
		g.grow(1)
		g.ser[0], g.s0[0] = s, k
		fitted := k >= 0 && g.fit(0, w) == nil
		if fitted {
			g.residuals(0, own)
		}
		scale := math.Sqrt(g.s2[0])
		for t := range past {
			past[t][i] = nan
			switch {
			case !fitted:
			case col.Calendar == ref:
				past[t][i] = own[t] / scale
			default:
				at := begin + t
				if at < 0 || at >= ref.Len() {
					continue
				}
				if j, ok := col.Calendar.Index(ref.Date(at)); ok {
					if j -= int(k) + x.Study.EstimationWindow.From; j >= 0 && j < m {
						past[t][i] = own[j] / scale
					}
				}
			}
		}
	}
	return past
}

// asLike is the p value of a correlation r with u by a past: how often its sessions on
// which all the securities have a residual are as like u.
func asLike(past [][]float64, common []int, u []float64, r float64) float64 {
	v := make([]float64, len(common))
	far, all := 0, 0
session:
	for _, day := range past {
		for j, i := range common {
			if v[j] = day[i]; v[j] != v[j] {
				continue session
			}
		}
		all++
		if math.Abs(stat.Correlation(u, v)) >= math.Abs(r) {
			far++
		}
	}
	if all == 0 {
		return nan
	}
	return float64(1+far) / float64(1+all)
}

// treeOf joins events, the most alike first, by the mean correlation between groups.
func treeOf(n int, pairs []Likeness) []Branch {
	if n < 2 {
		return nil
	}
	sum, count := make(map[[2]int]float64), make(map[[2]int]float64)
	for _, p := range pairs {
		if p.Pearson == p.Pearson {
			sum[[2]int{p.First, p.Second}], count[[2]int{p.First, p.Second}] = p.Pearson, 1
		}
	}
	key := func(a, b int) [2]int { return [2]int{min(a, b), max(a, b)} }
	live := make([]int, n)
	for i := range live {
		live[i] = i
	}
	var out []Branch
	for len(live) > 1 {
		best, at := math.Inf(-1), [2]int{-1, -1}
		for i, a := range live {
			for j := i + 1; j < len(live); j++ {
				k := key(a, live[j])
				if count[k] > 0 && sum[k]/count[k] > best {
					best, at = sum[k]/count[k], [2]int{i, j}
				}
			}
		}
		if at[0] < 0 {
			break // what is left has nothing in common
		}
		a, b := live[at[0]], live[at[1]]
		next := n + len(out)
		out = append(out, Branch{a, b, best})
		live = append(slices.Delete(slices.Delete(slices.Clone(live), at[1], at[1]+1), at[0], at[0]+1), next)
		for _, c := range live[:len(live)-1] {
			sum[key(c, next)] = sum[key(c, a)] + sum[key(c, b)]
			count[key(c, next)] = count[key(c, a)] + count[key(c, b)]
		}
	}
	return out
}
