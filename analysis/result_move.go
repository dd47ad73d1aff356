package analysis

import (
	"math"

	"aftershock/analysis/stat"
	"aftershock/market"
)

// RawMove is a return over a window against what is usual for whoever made it: the
// constant mean model.
type RawMove struct {
	Symbols []string      // whose equal-weighted mean return it is
	Return  float64       // over the window, of the panel's kind; NaN where there is none
	AR      stat.Interval // less the mean of the estimation window, a session, with its 95% interval
	Stat    float64
	DF      float64
	P       float64 // two-sided
}

// Unusual reports whether the move differs from its own mean at [Level].
func (m *RawMove) Unusual() bool { return m.P < Level }

// RawMove returns what the observations of obs did together over window w, against
// their own past and nothing else:
//
//	AR = sum_{t in w} R_t - L mean,  Var = s^2 (L + L^2/M),  t = AR / sqrt(Var), M-1
//
// R is the equal-weighted mean return of the securities, mean and s those of the M
// sessions of the estimation window on which all have one. It is what is left to
// read where the benchmark itself took the news: no model takes the market's part
// away. Session 0 is that of the first; the figures are NaN where the securities do
// not keep the same sessions, or one has no return in w. Brown and Warner (1985).
func (r *Result) RawMove(obs []int, w Window) RawMove {
	var columns []*market.Column
	day := market.NoDate
	for _, i := range obs {
		o := r.Observation(i)
		if o.column < 0 {
			continue
		}
		if day == market.NoDate {
			day = o.Session0
		}
		columns = append(columns, r.Panel.Columns[o.column])
	}
	return r.moveOf(columns, day, w)
}

// BenchmarkMove returns what the benchmark of observation i did over window w,
// against its own past, as [Result.RawMove] does.
func (r *Result) BenchmarkMove(i int, w Window) RawMove {
	o := r.Observation(i)
	if c := r.Panel.Column(o.Benchmark); c != nil {
		return r.moveOf([]*market.Column{c}, o.Session0, w)
	}
	return r.moveOf(nil, o.Session0, w)
}

func (r *Result) moveOf(columns []*market.Column, day market.Date, w Window) RawMove {
	m := RawMove{Return: nan, AR: stat.Interval{Value: nan, Lower: nan, Upper: nan}, Stat: nan, DF: nan, P: nan}
	if len(columns) == 0 || day == market.NoDate || r.Study.Subject == Volume {
		return m
	}
	for _, c := range columns {
		m.Symbols = append(m.Symbols, c.Symbol)
	}
	cal := columns[0].Calendar
	s0, ok := cal.Index(day)
	if !ok {
		return m
	}
	at := func(t int) float64 {
		sum := 0.0
		for _, c := range columns {
			if c.Calendar != cal || t < c.First || t > c.Last() {
				return nan
			}
			sum += c.Return[t-c.First]
		}
		return sum / float64(len(columns))
	}
	total := 0.0
	for t := w.From; t <= w.To; t++ {
		total += at(s0 + t)
	}
	m.Return = total
	var y []float64
	for t := r.Study.EstimationWindow.From; t <= r.Study.EstimationWindow.To; t++ {
		if v := at(s0 + t); v == v {
			y = append(y, v)
		}
	}
	n, l := float64(len(y)), float64(w.Len())
	if len(y) < max(3, r.Study.MinEstimation) || total != total {
		return m
	}
	se := stat.Deviation(y) * math.Sqrt(l+l*l/n)
	ar := total - l*stat.Mean(y)
	m.DF = n - 1
	half := stat.StudentQuantile(0.975, m.DF) * se
	m.AR = stat.Interval{Value: ar, Lower: ar - half, Upper: ar + half}
	m.Stat = ar / se
	m.P, _, _ = stat.StudentT(m.DF).PValues(m.Stat)
	return m
}
