package analysis

import (
	"slices"

	"gonum.org/v1/gonum/floats"

	"aftershock/analysis/model"
	"aftershock/analysis/stat"
)

// portfolio is a weighted portfolio of observations of one date, with the
// study's model fitted to it as if it were one security.
type portfolio struct {
	eng *engine // one row
	ex  *Exclusion
}

// newPortfolio fits the portfolio of rows, which share one calendar and one
// session 0, in parts proportional to their weights. On a session where a security has no return, the portfolio is
// that of the others, and so it is where its return is trimmed from the estimation
// window; its regressors are the mean of the securities' own,
// which for a common benchmark is the benchmark. A model that discounts outliers
// is not fitted to the portfolio, where the outliers are others than its
// securities': the portfolio has the mean of their coefficients, so that its
// CAR is their CAAR as it is under least squares.
func newPortfolio(g *engine, rows []int32, weigh func(row int32) float64) *portfolio {
	first := g.ser[rows[0]]
	p := &series{col: first.col, forecast: first.forecast, bench: first.bench, rf: first.rf, conditional: first.conditional, robust: first.robust}
	s0, n := int(g.s0[rows[0]]), g.study.EstimationWindow.Len()
	from := s0 + g.study.EstimationWindow.From
	p.first, p.y = from, membersMean(g, rows, weigh)
	members := make([]*series, len(rows))
	weight := make([]float64, len(rows))
	for i, r := range rows {
		members[i], weight[i] = g.ser[r], weigh(r)
		if len(members[i].x) != len(first.x) || members[i].forecast != first.forecast {
			return &portfolio{ex: exclude(NoRegressor, "several")}
		}
	}
	for j := range first.x {
		common := true
		for _, m := range members {
			common = common && &m.x[j][0] == &first.x[j][0]
		}
		if common {
			p.x = append(p.x, first.x[j])
			continue
		}
		x := slices.Clone(first.x[j])
		for k := range x {
			x[k], _ = stat.WeightedMean(len(members), weight, func(i int) float64 {
				if y := at(members[i].y, members[i].first, k); y != y || k < from+n && members[i].trims(s0, k, k) {
					return nan
				}
				return members[i].x[j][k]
			})
		}
		p.x = append(p.x, x)
	}
	p.survey()
	study := g.study
	if first.robust {
		coef := func(j int) float64 {
			b, _ := stat.WeightedMean(len(rows), weight, func(i int) float64 { return g.b[int(rows[i])*g.coefs+j] })
			return b
		}
		given := *study
		given.Model = givenLine{study.Model, coef(0), coef(1)}
		study = &given
	}
	alone := single(study, p, g.s0[rows[0]], nil)
	return &alone
}

// membersMean is the weighted mean return of rows of one date on every session
// from the first of the estimation window to the last of the event window; NaN
// where none has one, and for volume, whose levels differ, where one has not.
func membersMean(g *engine, rows []int32, weigh func(row int32) float64) []float64 {
	s0, n := int(g.s0[rows[0]]), g.study.EstimationWindow.Len()
	from := s0 + g.study.EstimationWindow.From
	y := make([]float64, s0+g.study.EventWindow.To-from+1)
	total := make([]float64, len(y))
	var all float64
	for _, r := range rows {
		m, w := g.ser[r], weigh(r)
		all += w
		for t := max(0, m.first-from); t < min(len(y), m.first+len(m.y)-from); t++ {
			if v := m.y[from+t-m.first]; v == v && !(t < n && m.trims(s0, from+t, from+t)) {
				y[t] += w * v
				total[t] += w
			}
		}
	}
	for t := range y {
		if g.study.Subject == Volume && total[t] != all {
			total[t] = nan
		}
		y[t] /= total[t] // 0/0 where no security has a return
	}
	return y
}

// evenPortfolio is newPortfolio for an even pool: the mean of the returns is the
// mean of the residuals and of the abnormal returns on top of the mean fit.
func (p *pool) evenPortfolio() portfolio {
	g := p.eng
	first, s0 := g.ser[p.rows[0]], int(g.s0[p.rows[0]])
	var bs stat.Small
	b := bs.Floats(1 + len(first.x))
	from, l := s0+g.study.EstimationWindow.From, g.length
	y := p.scratch.zeros(s0 + g.study.EventWindow.To - from + 1)
	var total float64
	for _, r := range p.rows {
		w := g.weight(r)
		total += w
		for j := range b {
			b[j] += w * g.b[int(r)*g.coefs+j]
		}
	}
	for j := range b {
		b[j] /= total
	}
	event := y[len(y)-l:]
	for t, v := range p.eventSums() {
		event[t] = v / total
	}
	copy(y, p.summary().average)
	for t := range y {
		y[t] += b[0]
		for j, x := range first.x {
			y[t] += b[1+j] * x[from+t]
		}
	}
	s := &p.own.series
	*s = series{col: first.col, forecast: first.forecast, bench: first.bench, rf: first.rf, conditional: first.conditional, robust: first.robust, first: from, y: y, x: first.x, begin: from, end: from + len(y)}
	mem := p.scratch
	if p.of != nil { // which may be asked again after another
		mem = nil
	}
	return single(g.study, s, int32(s0), mem)
}

// eventSums returns the weighted sums of the abnormal returns of an even pool, by
// session of the event window.
func (p *pool) eventSums() []float64 {
	if p.eng.study.Weights == EqualWeights {
		return p.eventSpread().Sum
	}
	if p.event == nil {
		g := p.eng
		p.event = p.scratch.zeros(g.length)
		own := p.scratch.zeros(g.length)
		for _, r := range p.rows {
			floats.AddScaled(p.event, g.weight(r), g.abnormals(int(r), 0, own))
		}
	}
	return p.event
}

// givenLine is a model of one regressor whose coefficients are known.
type givenLine struct {
	model.Model
	alpha, beta float64
}

// Estimate implements Model.
func (m givenLine) Estimate(s *model.Sample, e *model.Estimate) error {
	if err := model.LeastSquares(s, e); err != nil {
		return err
	}
	return model.Line(s, e, m.alpha, m.beta)
}

// single fits one series alone, with session 0 at index s0. With mem, it is good
// until the next one.
func single(study *Study, s *series, s0 int32, mem *scratch) portfolio {
	var g *engine
	var w *workspace
	if mem != nil && mem.single != nil && mem.single.study == study && mem.single.forecast == s.forecast && mem.single.conditional == s.conditional {
		g, w = mem.single, mem.own
	} else {
		g, w = &engine{study: study, length: study.EventWindow.Len(), windows: len(study.CARWindows), forecast: s.forecast, conditional: s.conditional}, new(workspace)
		g.grow(1)
	}
	if mem != nil {
		mem.single, mem.own = g, w
	}
	g.ser[0], g.s0[0] = s, s0
	return portfolio{eng: g, ex: g.fit(0, w)}
}

// path fills car and variance, one element a session of the event window, with
// the CAR of row r from the window's first session and its variance; NaN from
// the first missing abnormal return on, unless that counts as zero.
func (g *engine) path(r int, car, variance []float64) { g.pathFrom(r, 0, car, variance) }

// pathFrom is path from session first of the event window on, an index; what comes
// before is left as it is.
func (g *engine) pathFrom(r, first int, car, variance []float64) {
	e, s, s0, l := g.estimate(r), g.ser[r], int(g.s0[r]), g.length
	var xs, zs stat.Small
	x, z := xs.Floats(s.forecast), zs.Floats(s.forecast)
	var sum, h float64
	n := 0
	for t := first; t < l; t++ {
		if a := s.abnormalOn(s0+g.study.EventWindow.From+t, e.B, x); a == a {
			for j, v := range x {
				z[j] += v
			}
			sum += a
			if e.H != nil {
				h += e.H[t]
			}
			n++
		} else if g.study.MissingEvent != ZeroMissing {
			sum = nan
		}
		car[t], variance[t] = sum, h
		if n == 0 && sum == sum {
			car[t], variance[t] = nan, nan
		} else if e.H == nil {
			variance[t] = e.Variance(n, z)
		}
		if sum != sum {
			variance[t] = nan
		}
	}
}

// cumulative fills car as path does, for the abnormal returns ar.
func (g *engine) cumulative(ar, car []float64) {
	var sum float64
	none := true
	for t, v := range ar {
		if v == v {
			sum += v
			none = false
		} else if g.study.MissingEvent != ZeroMissing {
			sum = nan
		}
		if car[t] = sum; none {
			car[t] = nan
		}
	}
}
