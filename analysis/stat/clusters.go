package stat

import (
	"cmp"
	"slices"
)

// Chains parts what lies at the whole-numbered places at into clusters: in order
// of place, one that lies fewer than reach places behind the one before joins
// its cluster. It returns the cluster of each, counted from 0 in order of place,
// and how many there are.
func Chains(at []int, reach int) (cluster []int, n int) {
	order := make([]int, len(at))
	for i := range order {
		order[i] = i
	}
	slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(at[a], at[b]) })
	cluster = make([]int, len(at))
	for k, i := range order {
		if k == 0 || at[i]-at[order[k-1]] >= reach {
			n++
		}
		cluster[i] = n - 1
	}
	return cluster, n
}

// ClusterMeans returns the plain mean of the elements of x in each of n
// clusters, and how many elements each has. An empty cluster has the mean NaN.
func ClusterMeans(x []float64, cluster []int, n int) (means []float64, size []int) {
	means, size = make([]float64, n), make([]int, n)
	for i, c := range cluster {
		means[c] += x[i]
		size[c]++
	}
	for c := range means {
		means[c] /= float64(size[c])
	}
	return means, size
}
