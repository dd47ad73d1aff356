package analysis

import (
	"cmp"
	"math"
	"slices"

	"aftershock/analysis/stat"
	"aftershock/market"
)

// PastSlopes is what a regression's coefficients are beside those of the same
// regression on its observations' own past.
type PastSlopes struct {
	Dates int // sessions 0 that enter
	P     int // past regressions
	// By column of the regression.
	Slope []float64   // b_0: of one date the coefficient, of several its mean over the dates
	Past  []stat.Past // where Slope lies among the past ones
	// Size is the share of the past regressions in which the regression's own
	// errors reject a coefficient of 0 at 5%, by column: there was no event.
	Size []float64
	Note *Sentence // why there are none; then the rest is empty
}

// pastSlopes compares the regression of r with those on its observations' own
// estimation residuals. For each session 0, b_0 is the coefficient of its rows
// and b_t that of the same rows, characteristics and weights on the sums of L
// in-sample residuals (over s sqrt(L) where the dependent variable is SCAR), in
// P blocks of L sessions that all rows have, counted back from the last and not
// overlapping:
//
//	T = (b_0 - mean)/(sd sqrt((P+1)/P)), Student t with P-1 degrees of freedom
//
// and a p value by rank, see [stat.AmongPast]. With several dates b_0 and b_t are
// means over those that have more rows than coefficients and whose columns are
// independent, P the smallest of theirs. Observations of one date move together,
// which the errors of a regression do not see; their past slopes do. Cohn,
// Johnson, Liu, Wardlaw (2026).
func (r *Result) pastSlopes(x [][]float64, y []float64, used []int, spec stat.Specification, as RegressionSpec) *PastSlopes {
	k := len(x)
	out := &PastSlopes{}
	byDate := make(map[market.Date][]int) // places in used
	var dates []market.Date
	for i, u := range used {
		d := r.Observation(u).Session0
		if byDate[d] == nil {
			dates = append(dates, d)
		}
		byDate[d] = append(byDate[d], i)
	}
	slices.Sort(dates)
	var all [][][]float64 // by date, then column: b_0, b_1 ... b_P
	var rejected [][]float64
	for _, d := range dates {
		if b, size := r.slopesOfDate(x, y, used, byDate[d], spec, as); b != nil {
			all, rejected = append(all, b), append(rejected, size)
		}
	}
	if len(all) == 0 {
		out.Note = say("past/few-observations", k)
		return out
	}
	out.Dates, out.P = len(all), math.MaxInt
	for _, b := range all {
		out.P = min(out.P, len(b[0])-1)
	}
	if out.P < 2 {
		return &PastSlopes{Note: say("past/few-windows", out.P)}
	}
	n := float64(len(all))
	for j := range k {
		mean := make([]float64, 1+out.P)
		for _, b := range all {
			for t := range mean {
				mean[t] += b[j][t] / n
			}
		}
		out.Slope = append(out.Slope, mean[0])
		out.Past = append(out.Past, stat.AmongPast(mean[0], mean[1:]))
		size := nan
		if len(all) == 1 {
			size = rejected[0][j]
		}
		out.Size = append(out.Size, size)
	}
	return out
}

// slopesOfDate returns, by column, b_0, b_1 ... b_P of the rows of one session 0, and the
// share of the past regressions in which the errors of spec reject at 5%; nil where they
// have no more rows than coefficients, or dependent columns.
func (r *Result) slopesOfDate(x [][]float64, y []float64, used, rows []int, spec stat.Specification, as RegressionSpec) (b [][]float64, size []float64) {
	k := len(x)
	if len(rows) <= k {
		return nil, nil
	}
	sub := make([][]float64, k)
	own := stat.Specification{Errors: spec.Errors, Lag: spec.Lag}
	var y0 []float64
	var obs []int
	for _, i := range rows {
		for j := range x {
			sub[j] = append(sub[j], x[j][i])
		}
		if spec.Weights != nil {
			own.Weights = append(own.Weights, spec.Weights[i])
		}
		if spec.Cluster != nil {
			own.Cluster = append(own.Cluster, spec.Cluster[i])
		}
		y0, obs = append(y0, y[i]), append(obs, used[i])
	}
	plain := stat.Specification{Errors: stat.Classical}
	design, err := stat.NewDesign(len(rows), sub, own.Weights)
	if err != nil {
		return nil, nil
	}
	first, err := design.Regress(y0, plain)
	if err != nil {
		return nil, nil
	}
	past := r.pastSums(obs, as)
	b, size = make([][]float64, k), make([]float64, k)
	for j := range b {
		b[j] = append(b[j], first.Coef[j])
	}
	for _, yt := range past {
		at, err := design.Regress(yt, own)
		if err != nil { // clusters of one, a row of leverage 1: without errors
			if at, err = design.Regress(yt, plain); err != nil {
				continue
			}
			at.P = missing(k)
		}
		for j := range b {
			b[j] = append(b[j], at.Coef[j])
			switch p := at.P[j]; {
			case p != p:
				size[j] = nan
			case p <= seenLevel:
				size[j] += 1 / float64(len(past))
			}
		}
	}
	return b, size
}

// pastSums returns the sums of residuals of observations that share session 0, by
// block, then observation: the latest block first.
func (r *Result) pastSums(obs []int, as RegressionSpec) [][]float64 {
	g := r.eng
	m, l := g.study.EstimationWindow.Len(), r.Study.CARWindows[as.Window].Len()
	e := make([]float64, m)
	// Sessions are known by their dates: the securities may trade on several calendars.
	type residual struct {
		on market.Date
		e  float64
	}
	have := make(map[market.Date]int)
	own := make([][]residual, len(obs))
	for i, u := range obs {
		row := int(r.row[u])
		g.residuals(row, e)
		cal, from := g.ser[row].col.Calendar, int(g.s0[row])+g.study.EstimationWindow.From
		own[i] = make([]residual, 0, m)
		for t, v := range e {
			if v == v {
				d := cal.Date(from + t)
				own[i] = append(own[i], residual{d, v})
				have[d]++
			}
		}
	}
	var common []market.Date
	for d, n := range have {
		if n == len(obs) {
			common = append(common, d)
		}
	}
	slices.SortFunc(common, cmp.Compare)
	out := make([][]float64, len(common)/l)
	for i, u := range obs {
		series := make([]float64, 0, len(common))
		for _, x := range own[i] {
			if have[x.on] == len(obs) {
				series = append(series, x.e)
			}
		}
		scale := 1.0
		if as.Standardised {
			scale = 1 / (r.Observation(u).Fit.S * math.Sqrt(float64(l)))
		}
		for t, s := range stat.BlockSums(series, l) {
			out[t] = append(out[t], s*scale)
		}
	}
	return out
}
