package stat

// NormalMAD is the median of |Z|, Z standard normal.
const NormalMAD = 0.67448975019608174

// Median returns the median of x, which must not be empty, and puts x out of
// order. For an even number it is the mean of the middle two.
func Median(x []float64) float64 {
	n := len(x)
	upper := selectNth(x, n/2)
	if n%2 == 1 {
		return upper
	}
	lower := x[0] // the largest of the lower half, which selectNth put first
	for _, v := range x[:n/2] {
		lower = max(lower, v)
	}
	return lower + (upper-lower)/2
}

// selectNth returns the element that would be x[k] if x were sorted, and puts
// x in an order where none before k is larger and none after it smaller.
// Hoare (1961), with the median of three as pivot.
func selectNth(x []float64, k int) float64 {
	lo, hi := 0, len(x)-1
	for lo < hi {
		mid := lo + (hi-lo)/2
		if x[mid] < x[lo] {
			x[mid], x[lo] = x[lo], x[mid]
		}
		if x[hi] < x[lo] {
			x[hi], x[lo] = x[lo], x[hi]
		}
		if x[hi] < x[mid] {
			x[hi], x[mid] = x[mid], x[hi]
		}
		pivot, i, j := x[mid], lo, hi
		for i <= j {
			for x[i] < pivot {
				i++
			}
			for x[j] > pivot {
				j--
			}
			if i <= j {
				x[i], x[j] = x[j], x[i]
				i++
				j--
			}
		}
		switch {
		case k <= j:
			hi = j
		case k >= i:
			lo = i
		default:
			return x[k]
		}
	}
	return x[k]
}
