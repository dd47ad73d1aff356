package analysis

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// Hit is what one event did to one security on its session 0. Returns are decimals.
type Hit struct {
	Security         string
	Sector, Exchange string
	Apart            bool // its benchmark closes on another clock
	Session0         market.Date
	Return, Expected float64
	AR, SE, T, DF, P float64
	Q                float64 // P corrected over all securities, by Benjamini and Hochberg
}

// Struck is what an event did to the securities of one sector, of one exchange, or
// to all.
type Struck struct {
	By        string // "sector", "exchange", "all"
	Name      string
	N         int
	Rose      int // with an AR above 0
	Hit       int // with q at most the level
	MeanAR    float64
	MeanSAR   float64
	Portfolio TestResult // of their equal-weighted portfolio; undefined where they have several calendars
	Spread    TestResult // kp-bmp
	Holm      float64    // p of the portfolio corrected over the groups of its kind
}

// Reach says how far news reached.
type Reach string

// The reaches, the widest first.
const (
	MarketReach Reach = "market"
	SectorReach Reach = "sector"
	FirmReach   Reach = "firms"
	NoReach     Reach = "none"
)

// Impact is what one event did across securities.
type Impact struct {
	Study    *Study
	Panel    *market.Panel
	Event    *events.Event
	Level    float64
	Hits     []Hit // by p
	Excluded []Observation
	Groups   []Struck // all, then sectors, then exchanges
	Reach    Reach
	Market   Hit // the benchmark's return by the constant mean; no symbol where there is none
}

// Impact measures one event on many securities at once: which were hit, with q over
// all of them, and whether the market, sectors or single firms moved. What the event
// itself names does not count.
//
//   - market: the benchmark's return is abnormal by the constant mean;
//   - sector: else, the portfolio of a sector rejects, by Holm over the sectors;
//   - firms: else, a security has q at most the level;
//   - none: else.
//
// Errors: the study does not validate or is not of returns; no security; none can be
// measured; ctx is done.
func (s *Study) Impact(ctx context.Context, event *events.Event, panel *market.Panel, securities []string, level float64) (*Impact, error) {
	if s.Subject != "" && s.Subject != Returns {
		return nil, refuse("design", "%s; impact is that on returns", string(s.Subject))
	}
	if len(securities) == 0 {
		return nil, fmt.Errorf("there is no security to measure")
	}
	study := s.ofSession()
	e := *event
	e.Targets = make([]events.Target, len(securities))
	for i, symbol := range securities {
		e.Targets[i].Symbol = symbol
	}
	r, err := study.begin(&events.Catalog{Events: []events.Event{e}}, panel)
	if err != nil {
		return nil, err
	}
	g := r.eng
	if err := r.measure(ctx, 0, len(g.obs), false, nil); err != nil {
		return nil, err
	}
	x := &Impact{Study: study, Panel: panel, Event: event, Level: level, Market: Hit{P: nan}}
	zero := -study.EventWindow.From
	var rows []int32
	var p []float64
	for i := range r.N() {
		o := r.Observation(i)
		if !o.Used() || math.IsNaN(g.abnormalAt(int(o.row), zero)) {
			if o.Used() {
				o.Exclusion = exclude(NoEventReturns, "", Window{0, 0}.String())
			}
			x.Excluded = append(x.Excluded, *o)
			continue
		}
		row := int(o.row)
		col := panel.Columns[o.column]
		h := Hit{Security: o.Security, Sector: col.Sector, Exchange: cmp.Or(col.Exchange, col.Calendar.Name()), Session0: o.Session0, AR: g.abnormalAt(row, zero), SE: math.Sqrt(g.variance(row, zero)), DF: float64(o.Fit.M - o.Fit.K)}
		if b := panel.Column(o.Benchmark); b != nil {
			h.Apart = b.Calendar.Zone().String() != col.Calendar.Zone().String()
		}
		h.Return = valueAt(g.ser[row], int(g.s0[row]))
		h.Expected, h.T = h.Return-h.AR, h.AR/h.SE
		h.P, _, _ = stat.StudentT(h.DF).PValues(h.T)
		x.Hits, rows, p = append(x.Hits, h), append(rows, o.row), append(p, h.P)
	}
	if len(x.Hits) == 0 {
		return nil, fmt.Errorf("no security can be measured: %s: %s", x.Excluded[0].Security, x.Excluded[0].Exclusion.Detail())
	}
	for i, q := range stat.BenjaminiHochberg(p) {
		x.Hits[i].Q = q
	}
	if err := x.group(ctx, g, rows); err != nil {
		return nil, err
	}
	x.ofMarket(&e)
	x.reach()
	slices.SortStableFunc(x.Hits, func(a, b Hit) int { return cmp.Or(cmp.Compare(a.P, b.P), cmp.Compare(math.Abs(b.T), math.Abs(a.T))) })
	return x, ctx.Err()
}

// ofSession is a study of session 0 alone, without groups and tests.
func (s *Study) ofSession() *Study {
	study := *s
	study.EventWindow.From, study.EventWindow.To = min(0, s.EventWindow.From), max(0, s.EventWindow.To)
	if study.EstimationWindow.To >= study.EventWindow.From {
		study.EventWindow.From = 0
	}
	study.CARWindows, study.Tests, study.Groups, study.Family, study.Weights, study.Contrasts = []Window{{0, 0}}, nil, nil, "", EqualWeights, nil
	study.Confounders, study.EventIDs = KeepConfounders, nil
	return &study
}

// group tests all hits together, and those of each sector and exchange; rows are
// those of the hits.
func (x *Impact) group(ctx context.Context, g *engine, rows []int32) error {
	members := [3]map[string][]int{{}, {}, {}}
	var names [3][]string
	kinds := [3]string{"all", "sector", "exchange"}
	for i := range x.Hits {
		for k, name := range [3]string{"all", x.Hits[i].Sector, x.Hits[i].Exchange} {
			if name == "" {
				continue
			}
			if members[k][name] == nil {
				names[k] = append(names[k], name)
			}
			members[k][name] = append(members[k][name], i)
		}
	}
	for k := range names {
		slices.Sort(names[k])
		for _, name := range names[k] {
			x.Groups = append(x.Groups, Struck{By: kinds[k], Name: name, N: len(members[k][name])})
		}
	}
	err := parallel(ctx, len(x.Groups), 1, nil, func(_ *workspace, n int) {
		s := &x.Groups[n]
		list := members[slices.Index(kinds[:], s.By)][s.Name]
		own := make([]int32, len(list))
		for j, i := range list {
			h := &x.Hits[i]
			own[j] = rows[i]
			s.MeanAR += h.AR / float64(len(list))
			s.MeanSAR += h.T / float64(len(list))
			if h.AR > 0 {
				s.Rose++
			}
			if h.Q <= x.Level {
				s.Hit++
			}
		}
		slices.Sort(own)
		c := newCrossSection(newPool(g, own), 0)
		s.Portfolio, s.Spread = run(PortfolioTest{}, c), run(KPBMP{}, c)
	})
	for k := range kinds {
		var p []float64
		var at []int
		for n := range x.Groups {
			if x.Groups[n].By == kinds[k] {
				p, at = append(p, x.Groups[n].Portfolio.P), append(at, n)
			}
		}
		for j, v := range stat.Holm(p) {
			x.Groups[at[j]].Holm = v
		}
	}
	return err
}

// ofMarket measures the benchmark's own return by the constant mean.
func (x *Impact) ofMarket(e *events.Event) {
	col := x.Panel.Column(x.Study.Benchmark)
	if col == nil {
		return
	}
	k, _, ex := Place(e, col.Calendar)
	if ex != nil {
		return
	}
	raw := *x.Study
	raw.Model = model.ConstantMean{}
	d := &designs{study: &raw, panel: x.Panel, shared: make(map[termKey][]float64)}
	g := &engine{study: &raw, panel: x.Panel, length: raw.EventWindow.Len(), windows: 1}
	g.grow(1)
	g.ser[0], g.s0[0] = d.of(col).survey(), int32(k)
	zero := -raw.EventWindow.From
	if g.fit(0, new(workspace)) != nil || math.IsNaN(g.abnormalAt(0, zero)) {
		return
	}
	x.Market = Hit{Security: col.Symbol, Session0: col.Calendar.Date(k), Return: valueAt(g.ser[0], k), AR: g.abnormalAt(0, zero), SE: math.Sqrt(g.variance(0, zero)), DF: float64(g.m[0] - 1)}
	x.Market.Expected, x.Market.T = x.Market.Return-x.Market.AR, x.Market.AR/x.Market.SE
	x.Market.P, _, _ = stat.StudentT(x.Market.DF).PValues(x.Market.T)
}

// Sectors reports whether the sector of any security is known.
func (x *Impact) Sectors() bool {
	return slices.ContainsFunc(x.Groups, func(g Struck) bool { return g.By == "sector" })
}

// reach decides how far the news reached.
func (x *Impact) reach() {
	x.Reach = NoReach
	for i := range x.Hits {
		if x.Hits[i].Q <= x.Level {
			x.Reach = FirmReach
		}
	}
	for i := range x.Groups {
		if g := &x.Groups[i]; g.By == "sector" && g.N > 1 && g.Holm <= x.Level {
			x.Reach = SectorReach
		}
	}
	if x.Market.P <= x.Level {
		x.Reach = MarketReach
	}
}
