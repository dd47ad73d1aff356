package analysis

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"sort"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
	"aftershock/events"
	"aftershock/market"
)

// sessionFigures are those of a measured session.
type sessionFigures struct {
	index            int32
	m                int16
	df               int16
	ret, ar, se      float64
	t, p, q          float64
	rawP, rawQ       float64
	measured, isMove bool
}

// explainer is the work of Explain.
type explainer struct {
	Explanation
	columns []*market.Column
	series  []*series // by the study's model
	mean    []*series // by the constant mean
	raw     *Study    // of the constant mean
	wide    *Study    // as the study, with [1,5] in its event window
	designs *designs
	bench   [][]float64 // the benchmark's return on each calendar
	peers   [][]float64
	each    [][]sessionFigures
	placed  map[*market.Calendar][]placedEvent
	named   [][]placedEvent // by security: that name it
}

// placedEvent is an event with its session 0.
type placedEvent struct{ index, event int32 }

// Explain measures every session of a period as if it were session 0 of an event:
// by the study's model, on the estimation window relative to it, with the exact
// forecast error, and with the figures that the study gives for an event of that
// date, to the bit. q corrects over all measured sessions of all securities.
//
// Each move parts into market, peers and own: over the sessions of the estimation
// window that have all three,
//
//	R = alpha + beta Rm + gamma u + e,  p = a + b Rm + u
//
// p the equal-weighted mean return of the peers that have one. The catalogue is
// taken whole, whatever Study.EventIDs selects.
//
// Errors: the study does not validate or is not of returns; no security; the same
// twice; a security that the panel lacks; one of which no session can be measured;
// a correction that is not BH or BY; a level outside (0, 1); ctx is done.
func (s *Study) Explain(ctx context.Context, catalog *events.Catalog, panel *market.Panel, spec ExplainSpec, progress Progress) (*Explanation, error) {
	x, err := s.explainer(catalog, panel, spec)
	if err != nil {
		return nil, err
	}
	if err := x.measure(ctx, progress); err != nil {
		return nil, err
	}
	if err := x.unmeasurable(); err != nil {
		return nil, err
	}
	x.correct()
	x.place()
	if err := x.gather(ctx); err != nil {
		return nil, err
	}
	x.match()
	x.coincide()
	x.findUnmoved()
	x.drift()
	x.work = x
	return &x.Explanation, nil
}

// explainer lays out what an explanation takes.
func (s *Study) explainer(catalog *events.Catalog, panel *market.Panel, spec ExplainSpec) (*explainer, error) {
	if spec.Level == 0 {
		spec.Level = 0.05
	}
	if spec.Correction == "" {
		spec.Correction = BHCorrection
	}
	study := *s
	study.EventWindow.From, study.EventWindow.To = min(0, s.EventWindow.From), max(0, s.EventWindow.To)
	study.CARWindows, study.Tests, study.Groups, study.Family, study.Weights, study.Contrasts = []Window{{0, 0}}, nil, nil, "", EqualWeights, nil
	study.Confounders = KeepConfounders // every session is measured alike, as the study measures one event alone
	if study.EstimationWindow.To >= study.EventWindow.From {
		study.EventWindow.From = 0
	}
	switch {
	case s.Subject != "" && s.Subject != Returns:
		return nil, refuse("design", "%s; moves are those of returns", string(s.Subject))
	case len(spec.Securities) == 0:
		return nil, fmt.Errorf("no security is named whose moves to explain")
	case !(spec.Level > 0 && spec.Level < 1):
		return nil, fmt.Errorf("a level of %g; use one between 0 and 1, such as 0.05", spec.Level)
	case spec.Correction != BHCorrection && spec.Correction != BYCorrection:
		return nil, fmt.Errorf("%q does not correct over thousands of sessions; use bh or by", spec.Correction)
	}
	if err := study.Validate(); err != nil {
		return nil, err
	}
	if panel.Kind != s.Returns || panel.Gaps != s.Gaps {
		return nil, fmt.Errorf("the panel holds %s returns (gaps: %s), the study wants %s (gaps: %s)", panel.Kind, panel.Gaps, s.Returns, s.Gaps)
	}
	raw, wide := study, study
	raw.Model = model.ConstantMean{}
	wide.EventWindow.To, wide.CARWindows = max(5, study.EventWindow.To), []Window{{1, 5}}
	x := &explainer{Explanation: Explanation{Study: &study, Catalog: catalog, Panel: panel, Spec: spec}, raw: &raw, wide: &wide}
	x.designs = &designs{study: &study, panel: panel, shared: make(map[termKey][]float64)}
	means := &designs{study: &raw, panel: panel, shared: make(map[termKey][]float64)}
	for i, symbol := range spec.Securities {
		if slices.Contains(spec.Securities[:i], symbol) {
			return nil, fmt.Errorf("%s is named twice; name it once", symbol)
		}
		col := panel.Column(symbol)
		if col == nil {
			return nil, fmt.Errorf("no prices of %s", symbol)
		}
		if spec.lenient && (study.benchmarkOf(col) == symbol || x.designs.of(col).missing != nil) {
			continue
		}
		for _, t := range study.Model.Design(symbol).Terms {
			if t.Series == model.BenchmarkReturn && study.benchmarkOf(col) == symbol {
				return nil, fmt.Errorf("%s is its own benchmark, which leaves nothing to explain; name another benchmark, or use the model mean", symbol)
			}
		}
		own := x.designs.of(col)
		if own.missing != nil {
			return nil, fmt.Errorf("%s cannot be measured: %s", symbol, own.missing.Detail())
		}
		x.columns, x.series, x.mean = append(x.columns, col), append(x.series, own.survey()), append(x.mean, means.of(col).survey())
		b := panel.Column(own.bench)
		x.Securities = append(x.Securities, Explained{Symbol: symbol, Sector: col.Sector, Peers: x.peersOf(col),
			Apart: b != nil && b.Calendar.Zone().String() != col.Calendar.Zone().String()})
	}
	return x, nil
}

// peersOf lists the peers of a security that the panel has: those that are named, or
// the others of its sector.
func (x *explainer) peersOf(col *market.Column) []string {
	var out []string
	for _, p := range x.Spec.Peers[col.Symbol] {
		if p != col.Symbol && x.Panel.Column(p) != nil && !slices.Contains(out, p) {
			out = append(out, p)
		}
	}
	if len(x.Spec.Peers[col.Symbol]) > 0 || col.Sector == "" {
		return out
	}
	bench := x.Study.benchmarkOf(col)
	for _, c := range x.Panel.Columns {
		if c.Sector == col.Sector && c.Symbol != col.Symbol && c.Symbol != bench {
			out = append(out, c.Symbol)
		}
	}
	return out
}

// span returns the calendar indices [lo, hi) of the sessions of the period that
// security i has prices about.
func (x *explainer) span(i int) (lo, hi int) {
	col := x.columns[i]
	lo, hi = col.First, col.Last()+1
	if said(x.Spec.From) {
		lo = max(lo, col.Calendar.Search(x.Spec.From))
	}
	if said(x.Spec.To) {
		hi = min(hi, col.Calendar.Search(x.Spec.To+1))
	}
	return lo, max(lo, hi)
}

// measure measures all sessions, in blocks of securities and sessions: the
// securities of one session share what depends on the market alone.
func (x *explainer) measure(ctx context.Context, progress Progress) error {
	const securities, sessions = 64, 128
	n := len(x.columns)
	x.each = make([][]sessionFigures, n)
	first, last, total := math.MaxInt, 0, 0
	for i := range n {
		lo, hi := x.span(i)
		x.each[i] = make([]sessionFigures, hi-lo)
		x.Securities[i].Period = hi - lo
		total += hi - lo
		if hi > lo {
			first, last = min(first, lo), max(last, hi)
		}
	}
	if total == 0 && x.Spec.lenient {
		return nil
	}
	if total == 0 {
		return fmt.Errorf("the period has no session of %s; its prices are of %s", x.columns[0].Symbol, x.known(0))
	}
	type unit struct{ security, session int }
	var units []unit
	for k := first; k < last; k += sessions {
		for i := 0; i < n; i += securities {
			units = append(units, unit{i, k})
		}
	}
	excluded := make([][]*Exclusion, len(units)) // of each unit, by security
	var step func(int)
	if progress != nil {
		step = func(done int) { progress(total*done/len(units), total) }
	}
	err := parallel(ctx, len(units), 1, step, func(w *workspace, u int) {
		from := units[u]
		to := min(from.security+securities, n)
		excluded[u] = make([]*Exclusion, to-from.security)
		x.measureUnit(w, from.security, to, from.session, min(from.session+sessions, last), excluded[u])
	})
	for u, list := range excluded {
		for k, ex := range list {
			if s := &x.Securities[units[u].security+k]; s.Why == nil {
				s.Why = ex
			}
		}
	}
	return err
}

// known says which days the prices of security i are of.
func (x *explainer) known(i int) string {
	c := x.columns[i]
	return fmt.Sprintf("%s to %s", c.Calendar.Date(c.First), c.Calendar.Date(c.Last()))
}

// measureUnit measures the sessions [from, to) of the securities [lo, hi).
func (x *explainer) measureUnit(w *workspace, lo, hi, from, to int, why []*Exclusion) {
	type spot struct{ security, session int }
	var rows []spot
	for k := from; k < to; k++ {
		for i := lo; i < hi; i++ {
			if a, b := x.span(i); a <= k && k < b {
				rows = append(rows, spot{i, k})
			}
		}
	}
	forecast, conditional := 0, false
	for i := lo; i < hi; i++ {
		forecast, conditional = max(forecast, x.series[i].forecast), conditional || x.series[i].conditional
	}
	g := &engine{study: x.Study, panel: x.Panel, length: x.Study.EventWindow.Len(), windows: 1, forecast: forecast, conditional: conditional}
	g.grow(len(rows))
	plain := &engine{study: x.raw, panel: x.Panel, length: g.length, windows: 1}
	plain.grow(1)
	zero := -x.Study.EventWindow.From
	for r, at := range rows {
		s := x.series[at.security]
		g.ser[r], g.s0[r] = s, int32(at.session)
		ret := valueAt(s, at.session)
		a, _ := x.span(at.security)
		f := &x.each[at.security][at.session-a]
		f.index = int32(at.session)
		if ret != ret {
			continue // no return: nothing to measure
		}
		if ex := g.fit(r, w); ex != nil {
			if why[at.security-lo] == nil {
				why[at.security-lo] = ex
			}
			continue
		}
		ar := g.abnormalAt(r, zero)
		if ar != ar {
			continue
		}
		f.measured, f.m, f.df = true, int16(g.m[r]), int16(g.m[r])-g.k[r]
		f.ret, f.ar, f.se = ret, ar, math.Sqrt(g.variance(r, zero))
		f.t = f.ar / f.se
		f.p, _, _ = stat.StudentT(float64(f.df)).PValues(f.t)
		f.rawP = nan
		plain.ser[0], plain.s0[0] = x.mean[at.security], int32(at.session)
		if plain.fit(0, w) == nil {
			z := plain.abnormalAt(0, zero) / math.Sqrt(plain.variance(0, zero))
			f.rawP, _, _ = stat.StudentT(float64(plain.m[0]) - 1).PValues(z)
		}
	}
}

// valueAt is the return of session k; NaN where there is none.
func valueAt(s *series, k int) float64 { return at(s.value, s.first, k) }

// unmeasurable says of which security nothing is measured, and why.
func (x *explainer) unmeasurable() error {
	for i := range x.Securities {
		s := &x.Securities[i]
		for k := range x.each[i] {
			if f := &x.each[i][k]; f.measured {
				if s.Measured == 0 {
					s.First = x.columns[i].Calendar.Date(int(f.index))
				}
				s.Measured++
				s.Last = x.columns[i].Calendar.Date(int(f.index))
			}
		}
		x.Measured += s.Measured
		if s.Measured > 0 || x.Spec.lenient {
			continue
		}
		if s.Why != nil {
			return fmt.Errorf("%s: none of the %d sessions of the period can be measured: %s (its prices are of %s)", s.Symbol, s.Period, s.Why.Detail(), x.known(i))
		}
		return fmt.Errorf("%s: the period has no session with a return; its prices are of %s", s.Symbol, x.known(i))
	}
	return nil
}

// correct sets q, and with it which sessions are moves.
func (x *explainer) correct() {
	q := stat.BenjaminiHochberg
	if x.Spec.Correction == BYCorrection {
		q = stat.BenjaminiYekutieli
	}
	p, raw := make([]float64, 0, x.Measured), make([]float64, 0, x.Measured)
	for i := range x.each {
		for k := range x.each[i] {
			if f := &x.each[i][k]; f.measured {
				p, raw = append(p, f.p), append(raw, f.rawP)
			}
		}
	}
	p, raw = q(p), q(raw)
	n := 0
	for i := range x.each {
		for k := range x.each[i] {
			if f := &x.each[i][k]; f.measured {
				f.q, f.rawQ = p[n], raw[n]
				f.isMove = f.q <= x.Spec.Level
				n++
			}
		}
	}
}

// place finds session 0 of every event on every calendar.
func (x *explainer) place() {
	x.placed = make(map[*market.Calendar][]placedEvent)
	for _, c := range x.columns {
		if _, ok := x.placed[c.Calendar]; !ok {
			x.placed[c.Calendar] = placeAll(x.Catalog, c.Calendar)
		}
	}
	naming := make(map[string][]int32)
	for ev := range x.Catalog.Events {
		for _, t := range x.Catalog.Events[ev].Targets {
			naming[t.Symbol] = append(naming[t.Symbol], int32(ev))
		}
	}
	where := make(map[*market.Calendar][]int32) // session 0 by event; -1: none
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
	x.named = make([][]placedEvent, len(x.columns))
	for i, c := range x.columns {
		x.Securities[i].Named = len(naming[c.Symbol])
		for _, ev := range naming[c.Symbol] {
			if k := where[c.Calendar][ev]; k >= 0 {
				x.named[i] = append(x.named[i], placedEvent{k, ev})
			}
		}
		slices.SortStableFunc(x.named[i], func(a, b placedEvent) int { return cmp.Compare(a.index, b.index) })
	}
}

// placeAll returns the events of a catalogue that have a session 0 on a calendar, in
// its order.
func placeAll(catalog *events.Catalog, cal *market.Calendar) []placedEvent {
	var out []placedEvent
	for ev := range catalog.Events {
		if k, _, ex := Place(&catalog.Events[ev], cal); ex == nil {
			out = append(out, placedEvent{int32(k), int32(ev)})
		}
	}
	slices.SortStableFunc(out, func(a, b placedEvent) int { return cmp.Compare(a.index, b.index) })
	return out
}

// of returns the events of a sorted list whose session 0 is k.
func eventsAt(list []placedEvent, k int) []placedEvent {
	lo := sort.Search(len(list), func(i int) bool { return int(list[i].index) >= k })
	hi := lo
	for hi < len(list) && int(list[hi].index) == k {
		hi++
	}
	return list[lo:hi]
}

// gather makes the moves, the notable sessions and those of the market, with their
// parts, and every session where it is asked for.
func (x *explainer) gather(ctx context.Context) error {
	var all []Move
	for i := range x.each {
		place := 0
		for k := range x.each[i] {
			f := &x.each[i][k]
			if !f.measured {
				continue
			}
			if x.Spec.All || f.isMove || f.p <= notable || f.rawQ <= x.Spec.Level {
				m := Move{Security: i, Date: x.columns[i].Calendar.Date(int(f.index)), Return: f.ret, Expected: f.ret - f.ar, AR: f.ar, SE: f.se, T: f.t,
					DF: float64(f.df), P: f.p, Q: f.q, RawP: f.rawP, RawQ: f.rawQ, M: int(f.m), index: int(f.index), place: place}
				for _, e := range eventsAt(x.named[i], m.index) {
					m.Events = append(m.Events, int(e.event))
				}
				all = append(all, m)
			}
			place++
		}
	}
	x.layPeers(all)
	if err := parallel(ctx, len(all), 64, nil, func(w *workspace, k int) { x.part(&all[k], w) }); err != nil {
		return err
	}
	for _, m := range all {
		switch {
		case m.Q <= x.Spec.Level:
			x.Moves = append(x.Moves, m)
		case m.Notable():
			x.Notables = append(x.Notables, m)
		}
		if m.Verdict == MarketMove && m.P > x.Spec.Level {
			x.ByMarket = append(x.ByMarket, m)
		}
	}
	if x.Spec.All {
		x.Sessions = all
	}
	return nil
}

// layPeers lays out the benchmark's and the peers' returns of the securities of
// moves.
func (x *explainer) layPeers(moves []Move) {
	x.bench, x.peers = make([][]float64, len(x.columns)), make([][]float64, len(x.columns))
	for k := range moves {
		i := moves[k].Security
		if x.bench[i] != nil || len(x.Securities[i].Peers) == 0 {
			continue
		}
		col := x.columns[i]
		bench, ex := x.designs.term(col, model.Term{Series: model.BenchmarkReturn}, x.Study.benchmarkOf(col))
		if ex != nil {
			continue // no market to part by
		}
		peers, ex := x.designs.term(col, model.Term{Series: model.BasketReturn, Basket: &model.Basket{Symbols: x.Securities[i].Peers}}, "")
		if ex == nil {
			x.bench[i], x.peers[i] = bench, peers
		}
	}
}

// part parts a move into market, peers and own, says whose it is, and what came
// after it.
func (x *explainer) part(m *Move, w *workspace) {
	m.Market, m.Peers, m.Own, m.OwnSE, m.OwnP, m.After, m.AfterSE = nan, nan, nan, nan, nan, nan, nan
	x.partReturn(m, w)
	abnormal := m.Q <= x.Spec.Level
	switch {
	case !abnormal && m.RawQ <= x.Spec.Level:
		m.Verdict = MarketMove
	case !abnormal:
		m.Verdict = NoMove
	case m.OwnP != m.OwnP:
		m.Verdict = OwnOrPeers
	case m.OwnP <= x.Spec.Level:
		m.Verdict = OwnMove
	default:
		m.Verdict = SectorMove
	}
	if abnormal {
		s := x.series[m.Security]
		g := &engine{study: x.wide, panel: x.Panel, length: x.wide.EventWindow.Len(), windows: 1, forecast: s.forecast, conditional: s.conditional}
		g.grow(1)
		g.ser[0], g.s0[0] = s, int32(m.index)
		if g.fit(0, w) == nil {
			m.After, m.AfterSE = g.car[0], math.Sqrt(g.carVar[0])
		}
	}
}

// partReturn sets the parts of a move; they stay NaN where it cannot be parted.
func (x *explainer) partReturn(m *Move, w *workspace) {
	if x.bench[m.Security] == nil {
		return
	}
	own := x.series[m.Security]
	s := series{col: own.col, first: own.first, value: own.value, y: own.value, x: [][]float64{x.bench[m.Security], x.peers[m.Security]}, forecast: 2}
	w.Reset()
	sample := &w.sample
	sample.Work, sample.Shared = &w.Workspace, nil
	s.gather(m.index, m.index+x.Study.EstimationWindow.From, m.index+x.Study.EstimationWindow.To, sample)
	if n := len(sample.Y); n < x.Study.MinEstimation || n <= 3 {
		return
	}
	var at [2]float64
	y, ok := s.predictors(m.index, at[:])
	if !ok {
		return
	}
	both, market := model.NewEstimate(2), model.NewEstimate(1)
	sample.Forecast = 2
	if model.LeastSquares(sample, both) != nil {
		return
	}
	sample.X, sample.Forecast = sample.X[:1], 1
	if model.LeastSquares(sample, market) != nil {
		return
	}
	m.Market = market.B[0] + market.B[1]*at[0]
	m.Own = y - (both.B[0] + both.B[1]*at[0] + both.B[2]*at[1])
	m.Peers = y - m.Market - m.Own
	m.OwnSE = math.Sqrt(both.Variance(1, at[:]))
	m.OwnP, _, _ = stat.StudentT(float64(both.M - both.K)).PValues(m.Own / m.OwnSE)
}

// The most sessions of all securities that moves are looked for in beside a study,
// by a model whose fit takes no time and by another.
const (
	mostQuick = 200_000
	mostSlow  = 3_000
)

// FindMoves looks for the moves of the studied securities in the period of the study,
// from the first event window to the last, and keeps them in r.Moves, of which
// a report tells most of each security: see [Study.Explain]. A security of which nothing can be measured is passed over. A
// study of very many sessions, or by a model that takes long to fit, is left as it
// is. Errors: ctx is done.
func (r *Result) FindMoves(ctx context.Context, most int) error {
	s := r.Study
	if s.Subject != "" && s.Subject != Returns {
		return nil
	}
	var securities []string
	seen := make(map[int32]bool)
	first, last := market.NoDate, market.NoDate
	sessions := 0
	for i := range r.N() {
		if !r.Used(i) {
			continue
		}
		column, index := r.spots[i].column, int(r.spots[i].index())
		cal := r.Panel.Columns[column].Calendar
		lo, hi := cal.Date(max(0, index+s.EventWindow.From)), cal.Date(min(cal.Len()-1, index+s.EventWindow.To))
		if first == market.NoDate || lo < first {
			first = lo
		}
		last = max(last, hi)
		if !seen[column] {
			seen[column] = true
			securities = append(securities, r.Observation(i).Security)
		}
	}
	if len(securities) == 0 {
		return nil
	}
	for column := range seen {
		cal := r.Panel.Columns[column].Calendar
		sessions += cal.Search(last+1) - cal.Search(first)
	}
	limit := mostSlow
	if model.IsLeastSquares(s.Model) {
		limit = mostQuick
	}
	if sessions > limit {
		return nil
	}
	x, err := s.explainer(r.Catalog, r.Panel, ExplainSpec{Securities: securities, From: first, To: last, lenient: true})
	if err != nil || len(x.columns) == 0 {
		return nil // a model or securities that are not measured session by session
	}
	if err := x.measure(ctx, nil); err != nil {
		return ctx.Err()
	}
	if x.unmeasurable() != nil || x.Measured == 0 {
		return nil
	}
	x.correct()
	x.place()
	if err := x.gather(ctx); err != nil {
		return err
	}
	x.work = x
	r.Moves, r.MostMoves = &x.Explanation, most
	return nil
}

// Unexplained returns the moves, and the notable sessions, of a security (an index
// into Securities) that no event of the catalogue names on that session, the largest
// first.
func (x *Explanation) Unexplained(security int) []Move {
	var out []Move
	for _, list := range [][]Move{x.Moves, x.Notables} {
		for _, m := range list {
			if m.Security == security && len(m.Events) == 0 {
				out = append(out, m)
			}
		}
	}
	slices.SortStableFunc(out, func(a, b Move) int {
		switch {
		case a.P < b.P:
			return -1
		case a.P > b.P:
			return 1
		}
		return 0
	})
	return out
}
