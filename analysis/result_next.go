package analysis

import (
	"math"
	"slices"

	"aftershock/analysis/stat"
)

// NextEvent is what the events of a kind so far say of the next one: a random
// effects summary of their reactions over one CAR window.
type NextEvent struct {
	By     Grouping // BySecurity, ByCategory or All
	Key    string   // symbol, category, or "all"
	Window Window
	stat.Effects
	Low, High         float64   // 95% interval of the mean
	NextLow, NextHigh float64   // 95% prediction interval of the next event
	Note              *Sentence // why there is no figure
}

// Next returns [NextEvent] of every security, every category and all used
// observations together, with three values or more, by CAR window. Returns are
// decimals.
//
// The values y_i are the CARs where the group is of one security, else the means
// of clusters of dates (see [Dates]), of variances
//
//	V_i = Var(CAR), of a cluster of n  sum_j sum_l rho_jl o_jl/L se_j se_l / n^2
//
// with rho and o as in [CrossSection.RBar], 1 for j = l. They are combined as
// [stat.RandomEffects] says:
//
//	mean       -+ t_{k-1} SE
//	next event -+ t_{k-2} sqrt(tau^2 + SE^2) about the mean
//
// A return that two events of a group share counts once. Where the clusters of
// a group have more than two million pairs of observations its figures are NaN,
// and Note says so. Higgins, Thompson, Spiegelhalter (2009).
func (r *Result) Next() []NextEvent { return r.next(0, len(r.Study.CARWindows)) }

// NextOver is Next over CAR window w alone.
func (r *Result) NextOver(w int) []NextEvent { return r.next(w, w+1) }

// next is Next over the CAR windows from..to-1.
func (r *Result) next(from, to int) []NextEvent {
	var out []NextEvent
	q := make(quantiles)
	for _, by := range []Grouping{BySecurity, ByCategory, All} {
		for _, g := range r.membersBy(by) {
			if len(g.Members) >= 3 {
				out = r.appendNext(out, g, q, from, to)
			}
		}
	}
	return out
}

// membersBy returns the groups of one grouping, with their members alone.
func (r *Result) membersBy(by Grouping) []Group {
	study := *r.Study
	study.Groups = []Grouping{by}
	of := *r
	of.Study, of.early = &study, nil
	return of.groups()
}

func (r *Result) appendNext(out []NextEvent, grp Group, q quantiles, from, to int) []NextEvent {
	g := r.eng
	rows := r.once(grp.Members)
	one := true
	for _, row := range rows {
		one = one && g.ser[row] == g.ser[rows[0]]
	}
	var pairs []correlated // of rows whose windows may overlap; made when first asked for
	var mem scratch
	for w := from; w < to; w++ {
		x := NextEvent{By: grp.By, Key: grp.Key, Window: r.Study.CARWindows[w]}
		var y, v []float64
		if one {
			for _, row := range rows {
				if k := int(row)*g.windows + w; g.car[k] == g.car[k] {
					y, v = append(y, g.car[k]), append(v, g.carVar[k])
				}
			}
		} else {
			c := newCrossSection(mem.pool(g, rows), w)
			means, cluster := c.clusters()
			if len(means) < 3 {
				continue
			}
			y = means
			if n := pairsWithin(cluster, len(means)); n > maxPairs {
				x.Note, v = say("next/pairs", n, maxPairs), missing(len(y))
			} else {
				if n > 0 && pairs == nil {
					pairs = g.correlated(rows)
				}
				v = c.clusterVariances(pairs, cluster, len(means))
			}
		}
		if len(y) < 3 {
			continue
		}
		x.Effects = stat.RandomEffects(y, v)
		k := float64(x.K)
		half, next := q.student(k-1)*x.SE, q.student(k-2)*x.Effects.Next()
		x.Low, x.High, x.NextLow, x.NextHigh = x.Mean-half, x.Mean+half, x.Mean-next, x.Mean+next
		out = append(out, x)
	}
	return out
}

// quantiles holds 97.5% quantiles of Student's t by degrees of freedom, which groups
// of one size share.
type quantiles map[float64]float64

func (q quantiles) student(df float64) float64 {
	t, ok := q[df]
	if !ok {
		t = stat.StudentQuantile(0.975, df)
		q[df] = t
	}
	return t
}

// once returns the rows of observations, those of one security and session 0
// under the first of them.
func (r *Result) once(members []int) []int32 {
	members = r.Distinct(members)
	rows := make([]int32, len(members))
	for k, i := range members {
		rows[k] = r.row[i]
	}
	return rows
}

// pairsWithin returns how many pairs lie in one cluster.
func pairsWithin(cluster []int, n int) (pairs int) {
	size := make([]int, n)
	for _, c := range cluster {
		pairs += size[c]
		size[c]++
	}
	return pairs
}

// correlated is two rows with the correlation of their estimation residuals.
type correlated struct {
	i, j int32
	rho  float64
}

// correlated returns the pairs of rows whose CAR windows may overlap.
func (g *engine) correlated(rows []int32) []correlated {
	p := newPool(g, rows)
	reach := 0
	for _, win := range g.study.CARWindows {
		reach = max(reach, win.Len())
	}
	at := g.zeros(rows)
	order := make([]int, len(rows))
	for k := range order {
		order[k] = k
	}
	slices.SortStableFunc(order, func(a, b int) int { return at[a] - at[b] })
	m := g.study.EstimationWindow.Len()
	residuals := make([][]float64, len(rows)) // while they are within reach
	of := func(k int) []float64 {
		if residuals[k] == nil {
			residuals[k] = make([]float64, m)
			g.residuals(int(rows[k]), residuals[k])
		}
		return residuals[k]
	}
	var out []correlated
	for a, k := range order {
		for _, l := range order[a+1:] {
			if at[l]-at[k] >= reach+1 { // one more, for calendars that differ
				break
			}
			out = append(out, correlated{rows[k], rows[l], p.correlation(k, l, of(k), of(l))})
		}
		residuals[k] = nil
	}
	return out
}

// clusterVariances returns the variances of the means of the clusters of c, from
// the correlations of the pairs within them.
func (c *CrossSection) clusterVariances(pairs []correlated, cluster []int, n int) []float64 {
	v, size := make([]float64, n), make([]float64, n)
	at := make(map[int32]int, len(c.rows)) // row to its place in c
	for i, k := range cluster {
		v[k] += c.Var[i]
		size[k]++
		at[c.rows[i]] = i
	}
	l := float64(c.Window.Len())
	for _, q := range pairs {
		i, ok := at[q.i]
		j, also := at[q.j]
		if ok && also && cluster[i] == cluster[j] {
			o := float64(c.pool.overlap(i, j, c.Window))
			v[cluster[i]] += 2 * q.rho * o / l * math.Sqrt(c.Var[i]*c.Var[j])
		}
	}
	for k := range v {
		v[k] /= size[k] * size[k]
	}
	return v
}

// NextOf returns what is known of the next event of a group over CAR window w,
// and false where nothing is.
func NextOf(all []NextEvent, by Grouping, key string, w Window) (NextEvent, bool) {
	i := slices.IndexFunc(all, func(x NextEvent) bool { return x.By == by && x.Key == key && x.Window == w })
	if i < 0 {
		return NextEvent{}, false
	}
	return all[i], true
}
