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
	order := inOrder(at)
	cluster = make([]int, len(at))
	for k, i := range order {
		if k == 0 || at[i]-at[order[k-1]] >= reach {
			n++
		}
		cluster[i] = n - 1
	}
	return cluster, n
}

// inOrder returns the indices of at in order of place, those of one place in theirs.
func inOrder(at []int) []int {
	order := make([]int, len(at))
	if len(at) == 0 {
		return order
	}
	low, high := slices.Min(at), slices.Max(at)
	if span := high - low; span < 0 || span > 4*len(at) { // they lie far apart
		for i := range order {
			order[i] = i
		}
		slices.SortStableFunc(order, func(a, b int) int { return cmp.Compare(at[a], at[b]) })
		return order
	}
	next := make([]int, high-low+2) // by place, where its next index goes
	for _, v := range at {
		next[v-low+1]++
	}
	for k := 1; k < len(next); k++ {
		next[k] += next[k-1]
	}
	for i, v := range at {
		order[next[v-low]] = i
		next[v-low]++
	}
	return order
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
