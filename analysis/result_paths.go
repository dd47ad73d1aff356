package analysis

import (
	"math"

	"aftershock/analysis/stat"
	"aftershock/market"
)

// fewDates is how many dates of session 0 the spread of observations needs to be
// worth an interval: two values that happen to agree have none.
const fewDates = 5

// ByForecast is how the interval of an average of several dates, fewer than five,
// is found; see [Result.AveragePaths].
const ByForecast = "forecast"

// intervalMethod is how an interval of the average of g is found: Group.SEMethod, or
// ByForecast where that is the spread and there are fewer than five dates.
func (r *Result) intervalMethod(g *Group) string {
	if g.SEMethod == "portfolio" {
		return g.SEMethod
	}
	seen := make(map[market.Date]bool, fewDates)
	for _, i := range g.Members {
		if seen[r.Observation(i).Session0] = true; len(seen) == fewDates {
			return g.SEMethod
		}
	}
	return ByForecast
}

// PathFrom returns the CAR of observation i from event time from to each session of
// the event window from there on, with its 95% interval, as PathInterval does; nil
// where from lies outside the event window or i is excluded.
func (r *Result) PathFrom(i, from int) []stat.Interval {
	row := int(r.row[i])
	if row < 0 || !r.Study.EventWindow.Contains(from) {
		return nil
	}
	l := r.eng.length
	car, variance := make([]float64, l), make([]float64, l)
	t0 := from - r.Study.EventWindow.From
	r.eng.pathFrom(row, t0, car, variance)
	out := make([]stat.Interval, l-t0)
	t := r.limit(row)
	for k := range out {
		out[k] = about(car[t0+k], t*math.Sqrt(variance[t0+k]))
	}
	return out
}

// AveragePaths returns the CAAR of group g from each event time of from to each
// session of the event window from there on, with its 95% interval, and how that is
// found. One element of paths is nil where its start lies outside the event window.
//
//	CAAR = sum w_i CAR_i / sum w_i,  CAAR -+ t SE
//
// "portfolio" and "cross-section" are as [Result.AverageInterval] says. An average
// of fewer than five dates, of which a spread would say nothing, is "forecast": the
// errors of the members' forecasts V_i, which move together as their residuals do
// (r, the mean correlation over the sessions that they share),
//
//	SE = sqrt( sum w_i^2 V_i (1+(N-1) r) ) / sum w_i,  r at least 0
//
// t with the least M-K of the members. All are decimals; NaN where no member has a
// CAR, or no standard error can be found. Campbell, Lo, MacKinlay (1997), 4.4; the
// factor is that of the variance of a mean of N equally correlated values.
func (r *Result) AveragePaths(g *Group, from ...int) (paths [][]stat.Interval, method string) {
	method = r.intervalMethod(g)
	eng, l := r.eng, r.eng.length
	p := newPool(eng, r.rowsOf(g, nil))
	window := r.Study.EventWindow
	asked := make([]int, len(from)) // by start: the first question about its path
	for k, start := range from {
		asked[k] = len(p.questions)
		for tau := start; tau <= window.To && tau >= window.From; tau++ {
			p.questions = append(p.questions, question{Window{start, tau}, -1})
		}
	}
	for s, start := range from {
		if !window.Contains(start) {
			paths = append(paths, nil)
			continue
		}
		t0 := start - window.From
		path := make([]stat.Interval, l-t0)
		paths = append(paths, path)
		if t0 == 0 && method != ByForecast {
			for k, a := range g.Averages {
				path[k] = stat.Interval{Value: a.CAAR, Lower: a.Lower, Upper: a.Upper}
			}
			continue
		}
		n := len(p.rows)
		cars, vars := make([]float64, n*l), make([]float64, n*l)
		for i, row := range p.rows {
			eng.pathFrom(int(row), t0, cars[i*l:][:l], vars[i*l:][:l])
		}
		whole, df := missing(l), nan
		switch method {
		case "portfolio":
			q := p.portfolio()
			q.eng.pathFrom(0, t0, make([]float64, l), whole)
			e := q.eng.estimate(0)
			df = float64(e.M - e.K)
		case ByForecast:
			df = r.leastDF(p.rows)
		}
		limit, limitDF := nan, nan
		in := make([]bool, n)
		for k := range path {
			t, count := t0+k, 0
			var total, sum, variance float64
			for i, row := range p.rows {
				if in[i] = cars[i*l+t] == cars[i*l+t]; !in[i] {
					continue
				}
				w := eng.weight(row)
				count++
				total += w
				sum += w * cars[i*l+t]
				variance += w * w * vars[i*l+t]
			}
			caar := sum / total
			var se float64
			between := func() float64 {
				if count < 2 {
					return 0
				}
				return p.rbarOf(count, asked[s]+k).r
			}
			switch method {
			case "portfolio":
				se = math.Sqrt(whole[t])
			case ByForecast:
				se = math.Sqrt(variance*together(count, between())) / total
			default:
				df = float64(count - 1)
				var ss float64
				for i, row := range p.rows {
					if in[i] {
						d := eng.weight(row) * (cars[i*l+t] - caar)
						ss += d * d
					}
				}
				se = math.Sqrt(float64(count)/df*ss) / total * inflation(count, between())
			}
			if df != limitDF { // mostly that of the session before
				limit, limitDF = stat.StudentQuantile(0.975, df), df
			}
			path[k] = about(caar, limit*se)
		}
	}
	return paths, method
}

// together is the variance of a sum of n values, of which two have the correlation r
// on average, over that of independent ones; 1 for a correlation below 0.
func together(n int, r float64) float64 {
	if !(r > 0) {
		return 1
	}
	return 1 + float64(n-1)*r
}

// leastDF is the least M-K of rows.
func (r *Result) leastDF(rows []int32) float64 {
	least := math.Inf(1)
	for _, row := range rows {
		least = min(least, float64(r.eng.m[row]-int32(r.eng.k[row])))
	}
	return least
}

// AverageBand is [Result.AverageInterval], but the interval of an average of fewer
// than five dates is that of the forecasts' errors, as [Result.AveragePaths] says. It
// returns how the interval was found.
func (r *Result) AverageBand(g *Group, w int) (x stat.Interval, method string) {
	if method = r.intervalMethod(g); method != ByForecast {
		return r.AverageInterval(g, w), method
	}
	rows := r.rowsOf(g, nil)
	c := newCrossSection(newPool(r.eng, rows), w)
	n := c.N()
	if n == 0 {
		return stat.Interval{Value: nan, Lower: nan, Upper: nan}, method
	}
	var variance, total float64
	for i, v := range c.Var {
		variance += c.Weight[i] * c.Weight[i] * v
		total += c.Weight[i]
	}
	between := 0.0
	if n > 1 {
		between = c.RBar()
	}
	caar := c.average(c.CAR)
	half := stat.StudentQuantile(0.975, r.leastDF(c.rows)) * math.Sqrt(variance*together(n, between)) / total
	return stat.Interval{Value: caar, Lower: caar - half, Upper: caar + half}, method
}

// BenchmarkPath returns the sum of the benchmark's returns of observation i from event
// time from to each session of the event window from there on, a decimal; NaN from
// the first session without a return on, nil where there is no benchmark or no
// session 0, or from lies outside the event window.
func (r *Result) BenchmarkPath(i, from int) []float64 {
	o := r.Observation(i)
	c := r.Panel.Column(o.Benchmark)
	if c == nil || o.Session0 == market.NoDate || !r.Study.EventWindow.Contains(from) {
		return nil
	}
	s0, ok := c.Calendar.Index(o.Session0)
	if !ok {
		return nil
	}
	out := make([]float64, r.Study.EventWindow.To-from+1)
	sum := 0.0
	for k := range out {
		sum += at(c.Return, c.First, s0+from+k)
		out[k] = sum
	}
	return out
}
