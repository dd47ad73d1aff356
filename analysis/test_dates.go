package analysis

import (
	"math"

	"aftershock/analysis/stat"
	"aftershock/market"
)

// Dates is the t test on the means of clusters of dates. Observations whose
// windows overlap in calendar time form a cluster: in order of session 0, one
// that lies fewer than L sessions behind the one before joins its cluster. With
// the plain means of the CARs of G clusters,
//
//	t = mean / (sd/sqrt(G)), Student t with G-1 degrees of freedom
//
// undefined for G < 2: one date says nothing of how dates differ. What moves the
// observations of a cluster together may be anything. On several calendars,
// sessions are counted on that of most observations. By-products: clusters, G;
// mean, that of the cluster means. Ibragimov and Müller (2010).
type Dates struct{}

// Name implements Test.
func (Dates) Name() string { return "dates" }

// Null implements Test.
func (Dates) Null() string { return noAverage }

// Assumes implements Test.
func (Dates) Assumes() string {
	return "dates whose windows do not overlap are independent; what moves together within one may do so in any way"
}

// Paper implements Test.
func (Dates) Paper() string { return "Ibragimov and Müller (2010)" }

// Properties implements Test.
func (Dates) Properties() Properties { return Properties{Independence: NotTaken} }

// Scope implements Test.
func (Dates) Scope() Scope { return ManyObservations }

// Run implements Test.
func (Dates) Run(c *CrossSection) TestResult {
	means, _ := c.clusters()
	g := float64(len(means))
	if g < 2 {
		return Undefined("undefined/dates")
	}
	sd := stat.Deviation(means)
	if !(sd > 0) || !stat.Varies(means) {
		return Undefined("undefined/dates-alike")
	}
	r := outcome(stat.Mean(means)*math.Sqrt(g)/sd, stat.StudentT(g-1))
	r.ByProducts = c.byProducts(ByProduct{"clusters", g}, ByProduct{"mean", stat.Mean(means)})
	return r
}

// clusters returns the means of the CARs of the observations whose windows
// overlap in calendar time, see Dates, and the cluster of each observation.
func (c *CrossSection) clusters() (means []float64, cluster []int) {
	cluster, n := stat.Chains(c.pool.eng.zeros(c.rows), c.Window.Len())
	means, _ = stat.ClusterMeans(c.CAR, cluster, n)
	return means, cluster
}

// zeros returns where session 0 of each row lies, on the calendar of most of them.
func (g *engine) zeros(rows []int32) []int {
	out := make([]int, len(rows))
	ref := g.reference(rows)
	for i, r := range rows {
		if cal := g.ser[r].col.Calendar; cal == ref {
			out[i] = int(g.s0[r])
		} else {
			out[i] = ref.Search(cal.Date(int(g.s0[r])))
		}
	}
	return out
}

// reference returns the calendar of most rows; equal numbers go to the name, then
// to the first.
func (g *engine) reference(rows []int32) (ref *market.Calendar) {
	n := make(map[*market.Calendar]int)
	run := 0 // of rows with one calendar
	for i, r := range rows {
		cal := g.ser[r].col.Calendar
		if run++; i+1 == len(rows) || g.ser[rows[i+1]].col.Calendar != cal {
			n[cal] += run
			run = 0
		}
	}
	for _, r := range rows {
		if cal := g.ser[r].col.Calendar; ref == cal {
			continue
		} else if ref == nil || n[cal] > n[ref] || n[cal] == n[ref] && cal.Name() < ref.Name() {
			ref = cal
		}
	}
	return ref
}
