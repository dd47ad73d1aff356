package stat

import (
	"cmp"
	"slices"
)

// OrderOf returns the indices of keys in ascending order of them, equal ones as they
// stand. The bits of float64 that are not negative are in the order of the numbers.
//
// Digits of 11 bits are counted and laid out from the lowest: a tenth of the time that
// comparing takes of 100,000 keys.
func OrderOf(keys []uint64) []int32 {
	const bits, digits, few = 11, 6, 256
	order := make([]int32, len(keys))
	for i := range order {
		order[i] = int32(i)
	}
	if len(keys) < few {
		slices.SortStableFunc(order, func(a, b int32) int { return cmp.Compare(keys[a], keys[b]) })
		return order
	}
	var count [digits][1 << bits]int32
	for _, k := range keys {
		for d := range digits {
			count[d][k>>(d*bits)&(1<<bits-1)]++
		}
	}
	next := make([]int32, len(keys))
	for d := range digits {
		c := &count[d]
		if c[keys[0]>>(d*bits)&(1<<bits-1)] == int32(len(keys)) { // all have the same digit
			continue
		}
		at := int32(0)
		for v, n := range c {
			c[v], at = at, at+n
		}
		for _, i := range order {
			v := keys[i] >> (d * bits) & (1<<bits - 1)
			next[c[v]] = i
			c[v]++
		}
		order, next = next, order
	}
	return order
}
